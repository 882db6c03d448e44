-- The questions a change could touch, with the target that is right for each.
create or replace function app_private.preview_questions(improvement app_public.improvement_queue)
returns table (question text, expected text, role text)
language sql stable set search_path = app_public, public, pg_temp as $$
  with touched as (
    select coalesce(improvement.sop_id, (improvement.suggested_sop_update ->> 'sop_id')::integer) as sop_id,
           improvement.suggested_sop_update ->> 'category' as category,
           coalesce(improvement.suggested_sop_update ->> 'topic', improvement.suggested_sop_update ->> 'section') as topic
  )
  (select f.query, case when coalesce(f.expected_sop_id, t.sop_id) is not null then 'sop:' || coalesce(f.expected_sop_id, t.sop_id)
                       when improvement.kind = 'sop_new' then null
                       else 'topic:' || coalesce(f.expected_category, t.category) || '/' || coalesce(f.expected_topic, t.topic) end, 'failing'
     from touched t, app_public.improvement_evidence e join app_public.failed_responses f on f.id = e.failed_response_id
    where e.improvement_id = improvement.id and f.withdrawn_at is null and f.erased_at is null order by f.id desc limit 30)
  union all
  -- Answered well lately, whatever answered them: what a change takes from others counts against it.
  (select r.question, case when s.sop_id is not null then 'sop:' || s.sop_id else 'topic:' || s.category || '/' || s.topic end, 'good'
     from app_public.responses r join app_public.response_sources s on s.response_id = r.id and s.rank = 1
    where r.feedback = 'helpful' and r.outcome = 'answered' and r.erased_at is null order by r.feedback_at desc limit 30)
$$;
comment on function app_private.preview_questions(app_public.improvement_queue) is 'The failing questions behind a proposal and the latest well-answered ones, each with what should answer it.';

create or replace function app_private.first_target(question text) returns text
language sql stable set search_path = app_public, public, pg_temp as $$
  select t.target from app_private.search_targets(left(question, 20000),
    (select c.embedding from app_private.embedding_cache c, app_public.club_settings s where c.content_hash = app_hidden.embedding_hash(question) and c.model = s.embedding_model)) t
   order by t.score desc, t.target limit 1
$$;
comment on function app_private.first_target(text) is 'What would answer a question now.';
