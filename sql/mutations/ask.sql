create or replace function app_public.ask(query text, category text default null, site text default null, conversation uuid default null, query_embedding vector default null)
returns app_public.responses
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_begun timestamptz := clock_timestamp();
  v_answer jsonb;
begin
  v_answer := app_hidden.begin_answer(query, query_embedding, category, site, conversation);
  return app_public.record_response(query, v_answer ->> 'text', v_answer ->> 'outcome', case when (v_answer ->> 'by_vector')::boolean then 'local-extractive' else 'local-extractive-words' end,
    v_answer -> 'sources', conversation, v_answer ->> 'site', v_answer ->> 'category', category, (v_answer ->> 'confidence')::double precision, v_answer ->> 'reason',
    'local-vote', latency_ms => extract(epoch from clock_timestamp() - v_begun) * 1000, search => v_answer -> 'search');
end
$$;
comment on function app_public.ask(text, text, text, uuid, vector) is
$$Answers a question from the database alone, for psql: select text from ask('the door code does nothing'). Without query_embedding words decide (and the vector of a question asked before). The GraphQL mutation of this name embeds the question first.
Errors: CO005 no question, CO006 too long, CO403 not the server or a worker, CO404 no such conversation or site.$$;
