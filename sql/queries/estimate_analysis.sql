create or replace function app_public.estimate_analysis(model text default null, batch boolean default false, most integer default 2000) returns jsonb
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_model text := coalesce(estimate_analysis.model, (select a.analyst from app_public.analyses a where a.analyst <> 'local' order by a.id desc limit 1));
  v_shared integer;
  v_known record;
  v_new integer;
  v_own integer;
  v_patterns integer;
  v_out integer;
begin
  if not app_hidden.has_role('auditor') and not app_hidden.has_role('worker') then
    perform app_hidden.require_role('agent');
  end if;
  -- Four characters are a token.
  select (length(p.content) + length(app_private.analyst_shared()::text)) / 4 into v_shared from app_public.prompts p where p.name = 'analyse';
  select count(*)::integer as patterns, coalesce(sum(length((b.brief -> 'own')::text)) / 4, 0)::integer as own into v_known
    from app_private.patterns_to_analyse() p, lateral (select app_private.analyst_brief(p) as brief) b
   where b.brief is not null
     and not exists (select from app_public.analyses a where a.pattern_id = p and (a.status = 'batched'
            or a.fingerprint = sha256(decode(b.brief ->> 'fingerprint', 'hex') || convert_to(coalesce(v_model, ''), 'UTF8')) and a.status in ('proposed', 'refused', 'nothing')));
  -- What is not clustered yet: what shares an expectation shares a pattern, anything else is taken for one of its own.
  select count(distinct case when coalesce(f.expected_sop_id::text, f.expected_topic) is not null then jsonb_build_array(f.expected_sop_id, f.expected_category, f.expected_topic) else to_jsonb(f.id) end)::integer into v_new
    from (select * from app_public.failed_responses f where not f.analyzed and f.withdrawn_at is null and f.erased_at is null order by f.id limit most) f;
  v_own := case when v_known.patterns > 0 then v_known.own / v_known.patterns else 1200 end;
  v_patterns := v_known.patterns + v_new;
  v_out := app_private.analysis_tokens_out(coalesce(v_model, ''));
  return jsonb_build_object('model', v_model, 'batch', batch, 'failures', (select count(*) from app_public.failed_responses f where not f.analyzed and f.withdrawn_at is null and f.erased_at is null),
    'patterns', v_patterns, 'tokens_in', v_patterns * v_shared + v_known.own + v_new * v_own, 'tokens_cached', greatest(v_patterns - 1, 0) * v_shared, 'tokens_out', v_patterns * v_out,
    -- The first writes the cache, the others read it.
    'cost', app_hidden.llm_cost(v_model, now(), v_patterns * v_shared + v_known.own + v_new * v_own, greatest(v_patterns - 1, 0) * v_shared, case when v_patterns > 0 then v_shared else 0 end, v_patterns * v_out, batch),
    'cost_without_cache', app_hidden.llm_cost(v_model, now(), v_patterns * v_shared + v_known.own + v_new * v_own, 0, 0, v_patterns * v_out, batch),
    'budget_left', app_private.llm_budget_left(), 'budget_state', app_private.llm_budget_state());
end
$$;
comment on function app_public.estimate_analysis(text, boolean, integer) is
$$What analysing the failed answers that wait would cost with a model (default: the one used last), by batches or by messages, as far as can be told before: {model, batch, failures, patterns, tokens_in, tokens_cached, tokens_out, cost and cost_without_cache (US dollars at list price, null where there is none), budget_left (US dollars, null: no limit), budget_state}. Four characters count as a token; failures that no pattern has yet and nobody's correction names an SOP for count as a pattern each, so it is rather too much than too little. most: at most so many failures. Errors: CO403 not staff.$$;
