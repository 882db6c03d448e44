-- The questions a change could touch, with the target that is right for each.
drop function if exists app_private.preview_questions(app_public.improvement_queue);
create or replace function app_private.preview_questions(improvement app_public.improvement_queue, failing integer default 30, good integer default 30)
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
    where e.improvement_id = improvement.id and f.withdrawn_at is null and f.erased_at is null order by f.id desc limit failing)
  union all
  -- Answered well lately, whatever answered them: what a change takes from others counts against it.
  (select r.question, case when s.sop_id is not null then 'sop:' || s.sop_id else 'topic:' || s.category || '/' || s.topic end, 'good'
     from app_public.responses r join app_public.response_sources s on s.response_id = r.id and s.rank = 1
    where r.feedback = 'helpful' and r.outcome = 'answered' and r.erased_at is null order by r.feedback_at desc limit good)
$$;
comment on function app_private.preview_questions(app_public.improvement_queue, integer, integer) is
  'The latest failing questions behind a proposal and the latest well-answered ones, at most so many of each, with what should answer them.';

drop function if exists app_private.first_target(text);
create or replace function app_hidden.readable_name(name text) returns text language sql immutable parallel safe as $$
  select upper(left(w, 1)) || substr(w, 2) from app_hidden.in_words(name) w
$$;
comment on function app_hidden.readable_name(text) is 'A name as a person reads it: tech_support is "Tech support".';

create or replace function app_private.target_title(target text, entry_id bigint default null) returns text
language sql stable set search_path = app_public, public, pg_temp as $$
  select case when target like 'sop:%' then (select app_hidden.readable_name(s.category) || ' / ' || app_hidden.readable_name(s.section) from app_public.sops s where s.id = substr(target, 5)::integer)
              else coalesce((select u.title from app_private.search_units u where u.id = entry_id and u.kind = 'knowledge'),
                            (select u.title from app_private.search_units u where u.target = target_title.target and u.kind = 'knowledge' order by u.trust desc, u.id limit 1),
                            (select app_hidden.readable_name(split_part(p, '/', 1)) || ' / ' || app_hidden.readable_name(substr(p, strpos(p, '/') + 1)) from substr(target, 7) p)) end
$$;
comment on function app_private.target_title(text, bigint) is
  'What a person reads of a target: "Category / Section" of an SOP; of a topic the question of its entry (the one given, else the most trusted), or "Category / Topic" where it has none.';

create or replace function app_private.first_result(question text, out target text, out title text)
language sql stable set search_path = app_public, public, pg_temp as $$
  select t.target, app_private.target_title(t.target, t.entry_id) from app_private.search_targets(left(question, 20000),
    (select c.embedding from app_private.embedding_cache c, app_public.club_settings s where c.content_hash = app_hidden.embedding_hash(question) and c.model = s.embedding_model)) t
   order by t.score desc, t.target limit 1
$$;
comment on function app_private.first_result(text) is 'What would answer a question now, and its title.';

-- What the questions find: once before the change, once with it.
create or replace function app_private.ask_for_preview(improvement app_public.improvement_queue, failing integer, good integer) returns jsonb
language sql volatile set search_path = app_public, public, pg_temp as $$
  select coalesce(jsonb_object_agg(p.question, jsonb_build_array(r.target, r.title)), '{}')
    from (select distinct q.question from app_private.preview_questions(improvement, failing, good) q) p, app_private.first_result(p.question) r
$$;
comment on function app_private.ask_for_preview(app_public.improvement_queue, integer, integer) is 'What each question of a dry run finds at this moment, {question: [target, title]}.';

create or replace function app_private.text_to_publish(improvement app_public.improvement_queue, out category text, out section text, out content text)
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_sop app_public.sops;
begin
  category := improvement.suggested_sop_update ->> 'category';
  section := improvement.suggested_sop_update ->> 'section';
  content := improvement.suggested_sop_update ->> 'new_content';
  if improvement.kind = 'sop_edit' then
    select * into v_sop from app_public.sops s where s.id = improvement.sop_id;
    category := v_sop.category;
    section := v_sop.section;
    if v_sop.version <> improvement.base_version and v_sop.content <> content then
      content := (app_hidden.merge_lines((select v.content from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = improvement.base_version), v_sop.content, content)).merged;
    end if;
  end if;
end
$$;
comment on function app_private.text_to_publish(app_public.improvement_queue) is
  'What approving a proposal for an SOP would publish, merged where the SOP moved on, and under which name; content is null where it conflicts.';

create or replace function app_private.preview_texts(improvement_id integer, edited_content text, edited_version integer default null) returns table (embedding_text text)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_improvement app_public.improvement_queue;
  v_text record;
begin
  select * into v_improvement from app_public.improvement_queue q where q.id = preview_texts.improvement_id and q.status = 'pending' and q.kind in ('sop_edit', 'sop_new');
  if v_improvement.id is null then
    return;
  end if;
  v_improvement := app_private.edited_improvement(v_improvement, edited_content, edited_version);
  select * into v_text from app_private.text_to_publish(v_improvement);
  return query select m.embedding_text from app_private.missing_vectors(v_text.category, v_text.section, v_text.content) m;
end
$$;
comment on function app_private.preview_texts(integer, text, integer) is
  'Texts whose vectors a dry run with an edited text needs and the cache lacks. Errors: CO005 an empty text, CO006 too long.';
