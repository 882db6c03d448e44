create or replace function app_public.draft_reply(ticket_id integer, query_embedding vector default null) returns app_public.responses
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_begun timestamptz := clock_timestamp();
  v_asked record;
  v_answer jsonb;
begin
  perform app_hidden.require_role('agent');
  perform app_hidden.require_actor();
  select * into v_asked from app_hidden.draft_question(draft_reply.ticket_id);
  v_answer := app_hidden.begin_answer(v_asked.question, query_embedding, null, v_asked.site, null);
  return app_hidden.record_draft(draft_reply.ticket_id, v_asked.question, v_answer,
    case when (v_answer ->> 'by_vector')::boolean then 'local-extractive' else 'local-extractive-words' end, latency_ms => extract(epoch from clock_timestamp() - v_begun) * 1000);
end
$$;
comment on function app_public.draft_reply(integer, vector) is
$$What the assistant would answer to what the customer last wrote, for a member of staff to look at, change and send: select text from draft_reply(1). Its text is empty where the assistant would have handed over; reason says why. The customer sees nothing of it. Without query_embedding words decide (and the vector of a question asked before). The GraphQL mutation draftReply embeds the question first.
Errors: CO001 no actor, CO005 the customer wrote nothing, CO110 erased, CO403 not an agent, CO404 no such ticket.$$;
