-- What the golden questions ask for, for whoever asks them: the check, the gate, dry runs.
create or replace function app_private.golden_targets() returns table (golden_question_id integer, question text, site_id integer, expected text)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  -- An SOP that took a topic's name has its entries too.
  select g.id, g.question, g.site_id, case when g.hand_over then 'hand_over' else app_hidden.target_of(coalesce(g.expected_sop_id, s.id), g.expected_category, g.expected_topic) end
    from app_public.golden_questions g
    left join app_public.sops s on s.category = g.expected_category and s.section = g.expected_topic and s.archived_at is null
   order by g.id
$$;
comment on function app_private.golden_targets() is
  'The golden questions with what each must find: sop:<id>, topic:<category>/<topic>, or hand_over.';

create or replace function app_private.golden_revision() returns bigint
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select s.revision from app_private.golden_set s
$$;
comment on function app_private.golden_revision() is 'Grows with every statement that changes golden questions: a result of an earlier revision is of another set.';

-- Erasing and exporting call these for what other parts keep of a visitor (app_private.erase, app_private.personal_data).
create or replace function app_private.erase__golden_questions(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_hashes bytea[];
begin
  with gone as (
    delete from app_public.golden_questions g where g.response_id = any (response_ids) returning g.question
  )
  select coalesce(array_agg(app_hidden.embedding_hash(g.question)), '{}') into v_hashes from gone g;
  delete from app_private.embedding_cache c where c.content_hash = any (v_hashes) and c.content_hash not in (select h from app_private.embeddings_promised() h where h is not null);
  return cardinality(v_hashes);
end
$$;
comment on function app_private.erase__golden_questions(uuid, integer[], bigint[]) is
  'Deletes the golden questions that still are the words of these answers'' customers, with their vectors; one that staff reworded stays, and quotes_of finds it if it quotes.';

create or replace function app_private.export__golden_questions(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) returns jsonb
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'question', g.question, 'response_id', g.response_id, 'created_at', g.created_at) order by g.id), '[]')
    from app_public.golden_questions g
   where g.response_id = any (response_ids) or g.response_id in (select r.id from app_public.responses r where r.ticket_id = any (ticket_ids))
$$;
comment on function app_private.export__golden_questions(uuid, integer[], bigint[]) is 'The golden questions that grew from these answers.';

create or replace function app_private.erase_from_golden_checks(items text[]) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  -- A topic's title may be a customer's question as well.
  update app_public.golden_checks c
     set results = (select jsonb_agg(r || coalesce((select jsonb_object_agg(k, '[erased]') from unnest(array['question', 'expected_title', 'found_title']) k where r ->> k = any (items)), '{}') order by o)
                      from jsonb_array_elements(c.results) with ordinality t(r, o))
   where exists (select from jsonb_array_elements(c.results) r where array[r ->> 'question', r ->> 'expected_title', r ->> 'found_title'] && items)
$$;
comment on function app_private.erase_from_golden_checks(text[]) is 'Makes questions and titles that are one of these [erased] in the results that were kept, also of golden questions that are gone.';
