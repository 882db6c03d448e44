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
