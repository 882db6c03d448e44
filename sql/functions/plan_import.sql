-- What would become of an item, decided against what the club has at this moment. One planner per kind.
create or replace function app_private.plan_import__sop(item app_public.import_items) returns app_public.import_items
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_name constant text := item.category || '/' || item.topic;
  v_sop app_public.sops;
  v_like record;
begin
  select * into v_sop from app_public.sops s where s.category = item.category and s.section = item.topic;
  item.sop_id := v_sop.id;
  item.base_version := v_sop.version;
  if v_sop.archived_at is null and v_sop.content = item.content then
    item.action := 'unchanged';
    return app_private.import_because(item, 'sop_says_so', jsonb_build_object('name', v_name));
  end if;
  item.action := case when v_sop.id is null or v_sop.archived_at is not null then 'create' else 'update' end;
  -- The same name twice in one import: the first has it.
  select i.file into v_like from app_public.import_items i
   where i.batch_id = item.batch_id and i.kind = 'sop' and i.category = item.category and i.topic = item.topic and i.ordinal < item.ordinal and i.action in ('create', 'update', 'propose', 'unchanged') limit 1;
  if found then
    item.action := 'skip';
    return app_private.import_because(item, 'name_taken', jsonb_build_object('file', v_like.file, 'name', v_name));
  end if;
  if item.action = 'create' then
    select k.sop_id, s.category || '/' || s.section as name into v_like from app_private.sop_sketches k join app_public.sops s on s.id = k.sop_id and s.archived_at is null
     where k.hash = item.hash order by k.sop_id limit 1;
    if found then
      item.action := 'duplicate';
      item.findings := item.findings || jsonb_build_object('duplicate_of', jsonb_build_object('sop_id', v_like.sop_id, 'name', v_like.name));
      return app_private.import_because(item, 'sop_has_text', jsonb_build_object('name', v_like.name));
    end if;
    select i.file, i.category || '/' || i.topic as name into v_like from app_public.import_items i
     where i.batch_id = item.batch_id and i.hash = item.hash and i.kind = 'sop' and i.ordinal < item.ordinal and i.action in ('create', 'update', 'propose', 'unchanged') order by i.ordinal limit 1;
    if found then
      item.action := 'duplicate';
      item.findings := item.findings || jsonb_build_object('duplicate_of', jsonb_build_object('file', v_like.file, 'name', v_like.name));
      return app_private.import_because(item, 'file_has_text', jsonb_build_object('file', v_like.file));
    end if;
    select l.* into v_like from (
      select k.sop_id, null::text as file, s.category || '/' || s.section as name, app_hidden.sketch_similarity(k.sketch, item.sketch) as similarity
        from app_private.sop_sketches k join app_public.sops s on s.id = k.sop_id and s.archived_at is null where k.sketch && item.sketch
      union all
      select null, i.file, i.category || '/' || i.topic, app_hidden.sketch_similarity(i.sketch, item.sketch)
        from app_public.import_items i where i.sketch && item.sketch and i.batch_id = item.batch_id and i.ordinal < item.ordinal and i.action in ('create', 'update', 'propose')) l
     where l.similarity >= 0.8 order by l.similarity desc, l.sop_id, l.file limit 1;
    if found then
      item := case when v_like.sop_id is null then app_private.import_review(item, 'like_file', jsonb_build_object('file', v_like.file, 'percent', round(100 * v_like.similarity)))
                   else app_private.import_review(item, 'like_sop', jsonb_build_object('name', v_like.name, 'percent', round(100 * v_like.similarity))) end;
      item.findings := item.findings || jsonb_build_object('similar_to', jsonb_strip_nulls(jsonb_build_object('sop_id', v_like.sop_id, 'file', v_like.file, 'name', v_like.name, 'similarity', round(v_like.similarity::numeric, 2))));
    end if;
  end if;
  return item;
end
$$;
comment on function app_private.plan_import__sop(app_public.import_items) is 'By name, then by text, then by how much it is like another.';

create or replace function app_private.plan_import__knowledge(item app_public.import_items) returns app_public.import_items
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_entry app_public.knowledge_base;
  v_like record;
begin
  select * into v_entry from app_public.knowledge_base k where k.category = item.category and k.topic = item.topic and k.question = item.question;
  item.knowledge_id := v_entry.id;
  item.base_state := case when v_entry.id is not null then app_private.entry_state(v_entry) end;
  if app_hidden.same_text(v_entry.answer, item.content) and (v_entry.valid_to is null or v_entry.valid_to > now()) then
    item.action := 'unchanged';
    return app_private.import_because(item, 'entry_says_so');
  end if;
  item.action := case when v_entry.id is null then 'create' else 'update' end;
  if v_entry.valid_to <= now() then
    item := app_private.import_review(item, 'entry_retired');
  end if;
  select i.file, i.hash = item.hash as same into v_like from app_public.import_items i
   where i.batch_id = item.batch_id and i.kind = 'knowledge' and i.category = item.category and i.topic = item.topic and i.question = item.question and i.ordinal < item.ordinal
     and i.action in ('create', 'update', 'propose', 'unchanged') order by i.ordinal limit 1;
  if found then
    item.action := case when v_like.same then 'duplicate' else 'skip' end;
    return app_private.import_because(item, case when v_like.same then 'file_has_answer' else 'file_answers_otherwise' end, jsonb_build_object('file', v_like.file));
  end if;
  if item.action = 'create' then
    -- Whose question has the same words: it says the same, or a person must say which of the two is right.
    select k.id, k.question, app_hidden.same_text(k.answer, item.content) as same into v_like
      from app_public.knowledge_base k
     where app_hidden.golden_key(k.question) = app_hidden.golden_key(item.question) and (k.valid_to is null or k.valid_to > now()) and k.site_id is null
       and not (k.source = 'learned' and k.sop_id is not null)
     order by 3 desc, k.id limit 1;
    if found and v_like.same then
      item.action := 'duplicate';
      item := app_private.import_because(item, 'entry_has_answer', jsonb_build_object('id', v_like.id));
      item.findings := item.findings || jsonb_build_object('duplicate_of', jsonb_build_object('knowledge_id', v_like.id, 'name', v_like.question));
    elsif found then
      item := app_private.import_review(item, 'entry_answers_otherwise', jsonb_build_object('id', v_like.id));
      item.findings := item.findings || jsonb_build_object('similar_to', jsonb_build_object('knowledge_id', v_like.id, 'name', v_like.question));
    end if;
  end if;
  return item;
end
$$;
comment on function app_private.plan_import__knowledge(app_public.import_items) is 'By category, topic and question; then by the question alone.';

create or replace function app_private.plan_import__conversation(item app_public.import_items) returns app_public.import_items
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_file text;
begin
  item := app_private.plan_import__knowledge(item);
  if item.action in ('create', 'update') then
    select i.file into v_file from app_public.import_items i
     where i.batch_id = item.batch_id and i.hash = item.hash and i.kind in ('knowledge', 'conversation') and i.ordinal < item.ordinal and i.action in ('create', 'update', 'propose', 'unchanged') order by i.ordinal limit 1;
    if found then
      item.action := 'duplicate';
      item := app_private.import_because(item, 'file_has_answer', jsonb_build_object('file', v_file));
    else
      item := app_private.import_review(item, 'said_in_conversation');
    end if;
  end if;
  return item;
end
$$;
comment on function app_private.plan_import__conversation(app_public.import_items) is 'As knowledge, but never more than a proposal.';

create or replace function app_private.import_suggestion(item app_public.import_items, out kind text, out suggestion jsonb)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select case when item.kind = 'sop' and (s.id is null or s.archived_at is not null) then 'sop_new' when item.kind = 'sop' then 'sop_edit'
              when item.knowledge_id is not null then 'knowledge_correction' else 'knowledge_entry' end,
         jsonb_build_object('category', item.category, 'reasoning', left(concat_ws(' ', format('Imported from %s.', item.file), item.review,
             (select string_agg(format('It says "%s"; %s says "%s".', c ->> 'one_clause', c ->> 'with', c ->> 'other_clause'), ' ') from jsonb_array_elements(item.findings -> 'contradictions') c)), 4000))
         || case when item.kind = 'sop' then jsonb_build_object('section', item.topic, 'new_content', item.content)
                   || case when s.id is not null and s.archived_at is null then jsonb_build_object('sop_id', s.id) else '{}' end
                 else jsonb_build_object('topic', item.topic, 'entries', jsonb_build_array(jsonb_build_object('question', item.question, 'answer', item.content))) end
    from (values (true)) one left join app_public.sops s on s.id = item.sop_id and item.kind = 'sop'
$$;
comment on function app_private.import_suggestion(app_public.import_items) is 'The proposal that an item would be.';

create or replace function app_private.plan_import_step(batch_id integer, most integer default 200) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  v_item app_public.import_items;
  v_suggestion record;
  v_twin app_public.improvement_queue;
  v_left integer;
begin
  perform app_private.find_import(batch_id, '{staging}');
  select count(*) into v_left from app_public.import_items i where i.batch_id = plan_import_step.batch_id and i.action is null;
  if v_left > 0 and (app_private.refresh_sop_sketches(500) = 500 or app_private.read_facts(200) > 0) then
    return v_left;
  end if;
  for v_item in select * from app_public.import_items i where i.batch_id = plan_import_step.batch_id and i.action is null order by i.ordinal limit most loop
    execute format('select * from app_private.%I($1)', 'plan_import__' || v_item.kind) into v_item using v_item;
    if v_item.action in ('create', 'update') then
      v_item.findings := v_item.findings || jsonb_build_object('contradictions', app_private.import_contradictions(v_item));
      if v_item.findings -> 'contradictions' <> '[]' then
        v_item := app_private.import_review(v_item, 'contradicts');
      end if;
      if v_item.review is not null then
        v_item.action := 'propose';
        select * into v_suggestion from app_private.import_suggestion(v_item);
        select * into v_twin from app_public.improvement_queue q where q.fingerprint = app_hidden.improvement_fingerprint(v_suggestion.kind, v_suggestion.suggestion) and q.status in ('pending', 'rejected') limit 1;
        if v_twin.id is not null then
          v_item.action := 'unchanged';
          v_item.improvement_id := v_twin.id;
          v_item := app_private.import_because(v_item, case when v_twin.status = 'pending' then 'proposal_waits' else 'proposal_rejected' end, jsonb_build_object('id', v_twin.id));
        end if;
      end if;
    end if;
    update app_public.import_items i
       set action = v_item.action, reason = v_item.reason, reason_code = v_item.reason_code, reason_details = v_item.reason_details, review = v_item.review, findings = v_item.findings, sop_id = v_item.sop_id, knowledge_id = v_item.knowledge_id,
           improvement_id = v_item.improvement_id, base_version = v_item.base_version, base_state = v_item.base_state
     where i.id = v_item.id;
  end loop;
  select count(*) into v_left from app_public.import_items i where i.batch_id = plan_import_step.batch_id and i.action is null;
  return v_left;
end
$$;
comment on function app_private.plan_import_step(integer, integer) is 'Plans so many items of an import; returns how many are left. Errors: CO190 it is not being staged.';

create or replace function app_private.import_counts(batch_id integer) returns jsonb
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select coalesce((select jsonb_object_agg(k.kind, k.actions) from (
             select a.kind, jsonb_object_agg(a.action, a.n) as actions
               from (select i.kind, coalesce(i.action, 'unplanned') as action, count(*) as n from app_public.import_items i where i.batch_id = import_counts.batch_id group by 1, 2) a group by a.kind) k), '{}')
      || coalesce((select jsonb_object_agg(s.status, s.n) from (
             select i.status, count(*) as n from app_public.import_items i where i.batch_id = import_counts.batch_id and i.status <> 'staged' group by 1) s), '{}')
      || jsonb_build_object('files', (select count(distinct i.file) from app_public.import_items i where i.batch_id = import_counts.batch_id),
                            'contradictions', (select count(*) from app_public.import_items i where i.batch_id = import_counts.batch_id and jsonb_array_length(i.findings -> 'contradictions') > 0))
$$;
comment on function app_private.import_counts(integer) is 'Items of an import by kind and action, and by what became of them.';

create or replace function app_private.finish_staging(batch_id integer) returns app_public.import_batches
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_batch app_public.import_batches;
begin
  perform app_private.find_import(batch_id, '{staging}');
  delete from app_private.import_uploads u where u.batch_id = finish_staging.batch_id;
  update app_public.import_batches b set status = 'staged', stage = null, error = null, counts = app_private.import_counts(b.id), updated_at = clock_timestamp()
   where b.id = finish_staging.batch_id returning * into v_batch;
  return v_batch;
end
$$;
comment on function app_private.finish_staging(integer) is 'The plan is whole and waits. Errors: CO190 it is not being staged.';
