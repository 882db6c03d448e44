-- A draft: what the assistant would say, for the member of staff who has the conversation. It goes the way of an
-- answer (begin_answer), but says nothing to the customer and changes nothing in the conversation.
do $$
begin
  -- What a function returns can only be changed by making it anew.
  if pg_get_function_result(to_regprocedure('app_hidden.draft_question(integer)')) not like '%upto%' then
    drop function app_hidden.draft_question(integer);
  end if;
end
$$;
create or replace function app_hidden.draft_question(ticket_id integer) returns table (question text, site text, upto bigint)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ticket app_public.tickets;
  v_answered bigint;
begin
  perform app_hidden.require_role('agent');
  select * into v_ticket from app_public.tickets t where t.id = draft_question.ticket_id;
  if v_ticket.id is null then
    raise exception 'There is no ticket with id %.', draft_question.ticket_id using errcode = 'CO404';
  elsif v_ticket.erased_at is not null then
    raise exception 'This conversation was erased; there is nothing left to answer.' using errcode = 'CO110';
  end if;
  select s.slug into site from app_public.sites s where s.id = v_ticket.site_id;
  -- Everything since somebody last answered; a hand-over is no answer.
  select max(m.id) into v_answered
    from app_public.messages m left join app_public.responses r on r.id = m.response_id
   where m.ticket_id = v_ticket.id and (m.author_kind = 'staff' or m.author_kind = 'assistant' and r.outcome = 'answered');
  select right(string_agg(m.body, E'\n' order by m.id), 16000) into question
    from app_public.messages m
   where m.ticket_id = v_ticket.id and m.author_kind = 'customer' and m.id > coalesce(v_answered, 0);
  if question is null then
    select right(m.body, 16000), m.id - 1 into question, v_answered
      from app_public.messages m where m.ticket_id = v_ticket.id and m.author_kind = 'customer' order by m.id desc limit 1;
  end if;
  if question is null then
    raise exception 'The customer has not written anything in this conversation yet.' using errcode = 'CO005', hint = 'There is nothing to draft an answer to; write one yourself.';
  end if;
  upto := coalesce(v_answered, 0);
  return next;
end
$$;
comment on function app_hidden.draft_question(integer) is
  'What a draft is to answer: all that the customer wrote since somebody answered, or their last message (the last 16,000 characters); the site''s slug; and the last message before it. Errors: CO005 the customer wrote nothing, CO110 erased, CO403 not an agent, CO404 no such ticket.';

drop function if exists app_hidden.record_draft(integer, text, jsonb, text, text, double precision, text, integer, integer, integer, numeric);
create or replace function app_hidden.record_draft(ticket_id integer, question text, answer jsonb, model text, text text default null, latency_ms double precision default null,
  router_model text default 'local-vote', prompt_version_id integer default null, tokens_in integer default null, tokens_out integer default null, cost numeric default null,
  calls jsonb default null, id bigint default null)
returns app_public.responses
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_response app_public.responses;
  v_answered boolean := record_draft.answer ->> 'outcome' in ('answered', 'emergency');
  v_spent record;
begin
  if not app_hidden.has_role('worker') then
    perform app_hidden.require_role('agent');
  end if;
  perform app_private.check_cited(record_draft.answer ->> 'outcome', record_draft.model, record_draft.answer -> 'sources');
  select * into v_spent from app_private.calls_spent(record_draft.calls);
  insert into app_public.responses (id, ticket_id, question, question_hash, embedding_model, site_id, category, confidence, text, outcome, reason, model, router_model,
      prompt_version_id, latency_ms, tokens_in, tokens_out, cost)
  select coalesce(record_draft.id, nextval(pg_get_serial_sequence('app_public.responses', 'id'))), record_draft.ticket_id, record_draft.question, app_hidden.embedding_hash(record_draft.question), s.embedding_model, app_hidden.find_site(record_draft.answer ->> 'site'),
         record_draft.answer ->> 'category', (record_draft.answer ->> 'confidence')::double precision,
         -- What would have been handed over is no draft: a customer would read that a person will answer, from one.
         case when v_answered then coalesce(record_draft.text, record_draft.answer ->> 'text') else '' end, 'drafted',
         case when record_draft.answer ->> 'outcome' = 'answered' then record_draft.answer ->> 'reason' else concat_ws(': ', record_draft.answer ->> 'outcome', record_draft.answer ->> 'reason') end,
         record_draft.model, record_draft.router_model, record_draft.prompt_version_id, record_draft.latency_ms,
         coalesce(record_draft.tokens_in, v_spent.tokens_in), coalesce(record_draft.tokens_out, v_spent.tokens_out), coalesce(record_draft.cost, v_spent.cost)
    from app_public.club_settings s
  returning * into v_response;
  perform app_private.record_sources(v_response.id, record_draft.answer -> 'sources');
  perform app_private.record_search(v_response.id, record_draft.answer -> 'search');
  perform app_private.record_llm_calls(record_draft.calls, v_response.id);
  return v_response;
end
$$;
comment on function app_hidden.record_draft(integer, text, jsonb, text, text, double precision, text, integer, integer, integer, numeric, jsonb, bigint) is
$$Writes down a draft with the versions it rests on. answer: as begin_answer gives it. text: what a model made of it; without, its own. Empty where the assistant would not have answered; reason says why. calls: of models, for the ledger, as app_private.record_llm_calls takes them; tokens and cost are theirs together. id: where begin_draft reserved it. latency_ms: milliseconds; cost: US dollars.
Errors: CO005 what a model wrote cites no source, CO403 neither the server nor an agent, CO404 no such site.$$;
