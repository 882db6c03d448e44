drop function if exists app_public.record_response(text, text, text, text, jsonb, uuid, text, text, text, double precision, text, text, integer, double precision, integer, integer, numeric);
drop function if exists app_public.record_response(text, text, text, text, jsonb, uuid, text, text, text, double precision, text, text, integer, double precision, integer, integer, numeric, jsonb, bigint);
create or replace function app_public.record_response(question text, text text, outcome text, model text, sources jsonb default '[]', conversation uuid default null,
  site text default null, category text default null, requested_category text default null, confidence double precision default null, reason text default null,
  router_model text default null, prompt_version_id integer default null, latency_ms double precision default null, tokens_in integer default null,
  tokens_out integer default null, cost numeric default null, calls jsonb default null, id bigint default null, search jsonb default null) returns app_public.responses
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ticket app_public.tickets;
  v_response app_public.responses;
  v_outcome text := record_response.outcome;
  v_reason text := record_response.reason;
  v_opened boolean := false;
  v_spent record;
begin
  perform app_hidden.require_role('worker');
  perform app_private.check_cited(record_response.outcome, record_response.model, record_response.sources);
  if conversation is not null then
    v_ticket := app_hidden.find_conversation(conversation);
    -- Decided here, under the conversation's lock: a person who took over meanwhile silences this answer too.
    if app_hidden.assistant_is_silent(v_ticket) or v_ticket.status = 'resolved' then
      v_outcome := 'withheld';
      v_reason := concat_ws('; ', case v_ticket.status when 'resolved' then v_ticket.resolved_by || ' resolved this meanwhile' else v_ticket.assignee || ' has the conversation' end, v_reason);
    end if;
  end if;
  if v_outcome in ('answered') and not (select s.assistant_enabled from app_public.club_settings s for share) then
    v_outcome := 'paused';
    v_reason := 'the assistant was switched off meanwhile';
  end if;
  if v_ticket.id is null and v_outcome in ('handed_over', 'emergency', 'paused') then
    insert into app_public.tickets (visitor_id, site_id, subject, status) values (app_public.current_visitor_id(), app_hidden.find_site(site), left(question, 120), 'waiting')
    returning * into v_ticket;
    insert into app_public.messages (ticket_id, author_kind, body) values (v_ticket.id, 'customer', question);
    v_opened := true;
  end if;
  select * into v_spent from app_private.calls_spent(record_response.calls);
  insert into app_public.responses (id, ticket_id, visitor_id, question, question_hash, embedding_model, site_id, requested_category, category, confidence, text,
      outcome, reason, model, router_model, prompt_version_id, latency_ms, tokens_in, tokens_out, cost, experiment_arm_id, experiment_subject)
  select coalesce(record_response.id, nextval(pg_get_serial_sequence('app_public.responses', 'id'))), v_ticket.id, app_public.current_visitor_id(), question, app_hidden.embedding_hash(question), s.embedding_model, coalesce(app_hidden.find_site(site), v_ticket.site_id),
         requested_category, record_response.category, record_response.confidence, record_response.text, v_outcome, v_reason, record_response.model, record_response.router_model,
         record_response.prompt_version_id, record_response.latency_ms, coalesce(record_response.tokens_in, v_spent.tokens_in),
         coalesce(record_response.tokens_out, v_spent.tokens_out), coalesce(record_response.cost, v_spent.cost),
         x.arm_id, x.subject_hash
    from app_public.club_settings s
    left join app_private.exposure(record_response.sources, app_hidden.experiment_subject(coalesce(app_public.current_visitor_id(), v_ticket.visitor_id), v_ticket.id)) x on v_outcome = 'answered'
  returning * into v_response;
  perform app_private.record_sources(v_response.id, record_response.sources);
  perform app_private.record_search(v_response.id, record_response.search);
  perform app_private.record_llm_calls(record_response.calls, v_response.id);
  if v_outcome = 'withheld' then
    update app_public.tickets t set awaiting_since = null where t.id = v_ticket.id and t.awaiting_since is not null;
  elsif v_ticket.id is not null then
    insert into app_public.messages (ticket_id, author_kind, author, body, response_id)
    values (v_ticket.id, 'assistant', record_response.model,
            case when v_outcome = 'paused' and record_response.outcome <> 'paused' then app_hidden.said('paused') else record_response.text end, v_response.id);
    update app_public.tickets t
       set category = coalesce(record_response.category, t.category), updated_at = now(), awaiting_since = null,
           status = case when v_outcome in ('handed_over', 'emergency', 'paused') then 'waiting' when t.status = 'taken' then 'open' else t.status end,
           assignee = case when t.status = 'taken' then null else t.assignee end, silent_until = null,
           priority = case when v_outcome = 'emergency' then 'urgent' else t.priority end,
           summary = case when v_outcome in ('handed_over', 'emergency', 'paused') then app_hidden.ticket_summary(v_response) else t.summary end
     where t.id = v_ticket.id;
  end if;
  if v_outcome = 'emergency' then
    perform pg_notify('clubos_urgent', json_build_object('ticket_id', v_ticket.id, 'opened', v_opened)::text);
    perform app_hidden.notify('urgent_ticket', jsonb_build_object('ticket_id', v_ticket.id, 'response_id', v_response.id), 'urgent_ticket:' || v_response.id);
  end if;
  return v_response;
end
$$;
comment on function app_public.record_response(text, text, text, text, jsonb, uuid, text, text, text, double precision, text, text, integer, double precision, integer, integer, numeric, jsonb, bigint, jsonb) is
$$@behavior -*
Writes down an answer with its sources, and decides under the conversation's lock whether it may still be given: it is withheld if a person took over, paused if the assistant was switched off. Opens a ticket for what needs a person, urgent for an emergency. sources: as begin_answer lists them; an experiment's arm among those cited goes in with the answer. calls: of models, for the ledger, as app_private.record_llm_calls takes them; tokens and cost are theirs together. id: where begin_question reserved it. search: as begin_answer gives it, so that replay_response finds the same. latency_ms: milliseconds; cost: US dollars.
Errors: CO005 an answer by a model that cites no source, CO403 not the server or a worker, CO404 no such conversation or site.$$;

create or replace function app_hidden.ticket_summary(response app_public.responses) returns text
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  return concat_ws(E'\n', 'Asked: ' || left(response.question, 400), 'Why a person: ' || response.reason,
    'Nearest: ' || (select string_agg(format('%s/%s', s.category, s.topic), ', ' order by s.rank) from app_public.response_sources s where s.response_id = response.id and s.rank <= 3));
end
$$;
comment on function app_hidden.ticket_summary(app_public.responses) is 'For the person who takes over: what was asked, why it was handed over, what is nearest.';
