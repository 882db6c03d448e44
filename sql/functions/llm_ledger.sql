create or replace function app_hidden.llm_cost(model text, at timestamptz, tokens_in integer, tokens_cached integer, tokens_cache_written integer, tokens_out integer, batch boolean)
returns numeric
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select round((greatest(coalesce(llm_cost.tokens_in, 0) - coalesce(llm_cost.tokens_cached, 0) - coalesce(llm_cost.tokens_cache_written, 0), 0) * p.input
           + coalesce(llm_cost.tokens_cached, 0) * coalesce(p.cached_input, p.input)
           + coalesce(llm_cost.tokens_cache_written, 0) * coalesce(p.cache_write, p.input)
           + coalesce(llm_cost.tokens_out, 0) * p.output) / 1000000 * case when llm_cost.batch then p.batch_factor else 1 end, 6)
    from app_public.llm_prices p
   where starts_with(llm_cost.model, p.model) and p.valid_from <= (llm_cost.at at time zone 'UTC')::date
   order by length(p.model) desc, p.valid_from desc
   limit 1
$$;
comment on function app_hidden.llm_cost(text, timestamptz, integer, integer, integer, integer, boolean) is
  'US dollars that a call cost by the price table of its day; null where its model has no price. tokens_cached and tokens_cache_written are parts of tokens_in.';

drop function if exists app_private.record_llm_calls(jsonb, bigint, integer);
create or replace function app_private.record_llm_calls(calls jsonb, response_id bigint default null, improvement_id integer default null, analysis_id integer default null) returns numeric
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_cost numeric;
begin
  if jsonb_array_length(coalesce(record_llm_calls.calls, '[]')) = 0 then
    return null;
  end if;
  with recorded as (
    insert into app_public.llm_calls (purpose, provider, model, tokens_in, tokens_out, tokens_cached, tokens_cache_written, batch, cost, latency_ms, status, request_id, response_id, improvement_id, analysis_id)
    select c.purpose, c.provider, c.model, c.tokens_in, c.tokens_out, c.tokens_cached, c.tokens_cache_written, coalesce(c.batch, false),
           app_hidden.llm_cost(c.model, now(), c.tokens_in, c.tokens_cached, c.tokens_cache_written, c.tokens_out, coalesce(c.batch, false)),
           c.latency_ms, c.status, c.request_id, record_llm_calls.response_id, record_llm_calls.improvement_id, record_llm_calls.analysis_id
      from jsonb_to_recordset(coalesce(record_llm_calls.calls, '[]')) c(purpose text, provider text, model text, tokens_in integer, tokens_out integer, tokens_cached integer,
             tokens_cache_written integer, batch boolean, latency_ms double precision, status text, request_id text)
    returning llm_calls.cost
  )
  select sum(r.cost) into v_cost from recorded r;
  return v_cost;
end
$$;
comment on function app_private.record_llm_calls(jsonb, bigint, integer, integer) is
  'Writes calls into the ledger, as core/llm lists them: [{purpose, provider, model, tokens_in, tokens_out, tokens_cached, tokens_cache_written, batch, latency_ms (milliseconds), status, request_id}]. Returns what they cost together, in US dollars; null where no price is known.';

create or replace function app_hidden.llm_periods(out period text, out begun timestamptz, out spent numeric, out budget numeric, out warning numeric, out state text) returns setof record
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select p.period, p.begun, s.spent, p.budget, p.warning, case when p.budget <= s.spent then 'stopped' when p.warning <= s.spent then 'warned' else 'open' end
    from app_public.club_settings c
   cross join lateral (values ('day', date_trunc('day', now(), 'UTC'), c.daily_budget), ('month', date_trunc('month', now(), 'UTC'), c.monthly_budget)) b(period, begun, budget)
   cross join lateral (select b.period, b.begun, b.budget, round(b.budget * c.budget_warning::numeric, 2) as warning) p
   cross join lateral (select coalesce(sum(l.cost), 0) as spent from app_public.llm_calls l where l.created_at >= p.begun) s
$$;
comment on function app_hidden.llm_periods() is
  'This day and this month (UTC): since when, US dollars spent, the budget and from where it warns (both null: no limit), and open, warned or stopped.';

create or replace function app_private.llm_budget_state() returns text
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select (array['open', 'warned', 'stopped'])[max(array_position(array['open', 'warned', 'stopped'], p.state))] from app_hidden.llm_periods() p
$$;
comment on function app_private.llm_budget_state() is
  'Whether models may still be paid: open, warned (the share club_settings.budget_warning of a budget is used), or stopped (a budget is used up: the local providers answer). Days and months are UTC. Calls that are under way when a budget ends are let end: they may exceed it.';

create or replace function app_private.watch_llm_budget() returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  select app_hidden.notify('llm_budget', jsonb_build_object('period', p.period, 'state', p.state, 'spent', round(p.spent, 2), 'budget', p.budget),
                           format('llm_budget:%s:%s:%s:%s', p.period, to_char(p.begun at time zone 'UTC', 'YYYY-MM-DD'), p.state, p.budget))
    from app_hidden.llm_periods() p where p.state <> 'open'
$$;
comment on function app_private.watch_llm_budget() is
  'Tells admins that a budget for models is almost used up, and that it is used up: each once a day or month, and again for another budget. Called each minute.';

create or replace function app_private.calls_spent(calls jsonb, out tokens_in integer, out tokens_out integer, out cost numeric)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if jsonb_array_length(coalesce(calls_spent.calls, '[]')) > 0 then
    select sum(c.tokens_in), sum(c.tokens_out), sum(app_hidden.llm_cost(c.model, now(), c.tokens_in, c.tokens_cached, c.tokens_cache_written, c.tokens_out, coalesce(c.batch, false)))
      into calls_spent.tokens_in, calls_spent.tokens_out, calls_spent.cost
      from jsonb_to_recordset(calls_spent.calls) c(model text, tokens_in integer, tokens_out integer, tokens_cached integer, tokens_cache_written integer, batch boolean);
  end if;
end
$$;
comment on function app_private.calls_spent(jsonb) is 'Tokens and US dollars of the calls, as record_llm_calls takes them; null where none is known.';

create or replace function app_private.check_cited(outcome text, model text, sources jsonb) returns void language plpgsql immutable as $$
begin
  if outcome = 'answered' and model not like 'local-extractive%' and not jsonb_path_exists(coalesce(sources, '[]'), '$[*] ? (@.cited == true)') then
    raise exception 'An answer by % that cites no source is not recorded as one.', model using errcode = 'CO005', hint = 'Mark the sources it rests on as cited, or hand over.';
  end if;
end
$$;
comment on function app_private.check_cited(text, text, jsonb) is 'Refuses (CO005) an answer by a model that cites no source. Whoever records it: nobody writes one down.';
