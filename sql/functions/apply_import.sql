-- One handler per kind writes an item as its plan says; what somebody changed since it was staged is left alone.
create or replace function app_private.apply_import__sop(item app_public.import_items) returns app_public.import_items
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_name constant text := item.category || '/' || item.topic;
  v_sop app_public.sops;
  v_before integer;
begin
  select * into v_sop from app_public.sops s where s.category = item.category and s.section = item.topic for no key update;
  v_before := v_sop.version;
  if v_sop.archived_at is null and v_sop.content = item.content then
    item.status := 'applied';
    return app_private.import_because(item, 'written_meanwhile');
  elsif v_sop.version is distinct from item.base_version then
    item.status := 'conflict';
    return app_private.import_because(item, 'sop_changed_since', jsonb_build_object('version', v_sop.version, 'name', v_name));
  elsif v_sop.id is null then
    insert into app_public.sops as s (category, section, content) values (item.category, item.topic, item.content) on conflict do nothing returning * into v_sop;
    if v_sop.id is null then
      item.status := 'conflict';
      return app_private.import_because(item, 'sop_made_now', jsonb_build_object('name', v_name));
    end if;
  else
    update app_public.sops s set content = item.content, archived_at = null where s.id = v_sop.id returning * into v_sop;
  end if;
  item.status := 'applied';
  item.sop_id := v_sop.id;
  item.written := jsonb_build_object('sop_id', v_sop.id, 'version', v_sop.version, 'before_version', v_before);
  return item;
end
$$;
comment on function app_private.apply_import__sop(app_public.import_items) is 'Writes the SOP, as its first or next version.';

create or replace function app_private.apply_import__knowledge(item app_public.import_items) returns app_public.import_items
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_before app_public.knowledge_base;
  v_entry app_public.knowledge_base;
begin
  select * into v_before from app_public.knowledge_base k where k.category = item.category and k.topic = item.topic and k.question = item.question for no key update;
  if (case when v_before.id is not null then app_private.entry_state(v_before) end) is distinct from item.base_state then
    if app_hidden.same_text(v_before.answer, item.content) then
      item.status := 'applied';
      return app_private.import_because(item, 'written_meanwhile');
    end if;
    item.status := 'conflict';
    return app_private.import_because(item, 'entry_changed_since');
  end if;
  insert into app_public.knowledge_base as k (category, topic, question, answer, source, trust) values (item.category, item.topic, item.question, item.content, 'manual_entry', 3)
  on conflict (category, topic, question) do update set answer = excluded.answer, trust = 3, source = excluded.source
   where app_private.entry_state(k) = item.base_state
  returning * into v_entry;
  if v_entry.id is null then
    item.status := 'conflict';
    return app_private.import_because(item, 'entry_written_now');
  end if;
  item.status := 'applied';
  item.knowledge_id := v_entry.id;
  item.written := jsonb_build_object('knowledge_id', v_entry.id, 'state', app_private.entry_state(v_entry), 'before',
    case when v_before.id is not null then jsonb_build_object('answer', v_before.answer, 'source', v_before.source, 'trust', v_before.trust, 'improvement_id', v_before.improvement_id) end);
  return item;
end
$$;
comment on function app_private.apply_import__knowledge(app_public.import_items) is 'Writes the knowledge entry, as one of staff.';

create or replace function app_private.apply_import__propose(item app_public.import_items) returns app_public.import_items
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_suggestion record;
  v_twin app_public.improvement_queue;
begin
  select * into v_suggestion from app_private.import_suggestion(item);
  item.status := 'applied';
  if v_suggestion.kind = 'sop_edit' and exists (select from app_public.sops s where s.id = item.sop_id and s.content = item.content) then
    return app_private.import_because(item, 'written_meanwhile');
  elsif v_suggestion.kind = 'sop_new' and item.sop_id is not null then
    -- Its name is that of an archived SOP, which a new one cannot take: it comes back first, if a person wants it to.
    item.status := 'conflict';
    return app_private.import_because(item, 'sop_archived', jsonb_build_object('name', item.category || '/' || item.topic));
  end if;
  select * into v_twin from app_public.improvement_queue q where q.fingerprint = app_hidden.improvement_fingerprint(v_suggestion.kind, v_suggestion.suggestion) and q.status in ('pending', 'rejected') limit 1;
  if v_twin.id is not null then
    item.improvement_id := v_twin.id;
    return app_private.import_because(item, 'proposal_said_so', jsonb_build_object('id', v_twin.id));
  end if;
  item.improvement_id := (app_public.propose_improvement(v_suggestion.kind, v_suggestion.suggestion, base_version => item.base_version, proposed_by => app_public.current_actor())).id;
  item.written := jsonb_build_object('improvement_id', item.improvement_id);
  return item;
end
$$;
comment on function app_private.apply_import__propose(app_public.import_items) is 'Puts the item into the review queue, unless a twin waits or was turned down.';

create or replace function app_private.apply_import_step(batch_id integer, most integer default 500) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' set clubos.actor = '' as $$
declare
  v_batch app_public.import_batches;
  v_item app_public.import_items;
  v_left integer;
begin
  v_batch := app_private.find_import(batch_id, '{applying,applied}');
  if v_batch.status = 'applied' then
    return 0;
  end if;
  perform set_config('clubos.actor', v_batch.applied_by, true), app_hidden.set_reason(left(format('Import %s (%s): %s', v_batch.id, v_batch.name, v_batch.reason), 4000));
  -- In the order of their names, so that two imports never wait for each other in a circle.
  for v_item in
    select * from app_public.import_items i where i.batch_id = v_batch.id and i.status = 'staged' and i.action in ('create', 'update', 'propose')
     order by i.kind, i.category collate "C", i.topic collate "C", i.question collate "C", i.ordinal limit most
  loop
    execute format('select * from app_private.%I($1)', 'apply_import__' || case when v_batch.as_proposals or v_item.action = 'propose' then 'propose' else v_item.kind end) into v_item using v_item;
    update app_public.import_items i
       set status = v_item.status, reason = v_item.reason, reason_code = v_item.reason_code, reason_details = v_item.reason_details, written = v_item.written, sop_id = v_item.sop_id, knowledge_id = v_item.knowledge_id, improvement_id = v_item.improvement_id
     where i.id = v_item.id;
  end loop;
  select count(*) into v_left from app_public.import_items i where i.batch_id = v_batch.id and i.status = 'staged' and i.action in ('create', 'update', 'propose');
  update app_public.import_batches b
     set done = b.total - v_left, status = case when v_left = 0 then 'applied' else b.status end, applied_at = case when v_left = 0 then clock_timestamp() end, error = null,
         counts = case when v_left = 0 then app_private.import_counts(b.id) else b.counts end, updated_at = clock_timestamp()
   where b.id = v_batch.id;
  return v_left;
end
$$;
comment on function app_private.apply_import_step(integer, integer) is 'Applies so many items of an import that is being applied; returns how many are left. Errors: CO190 it is in another state.';

-- What was built on an import since: it would fall with it.
drop function if exists app_private.import_obstacles(integer);
create or replace function app_private.import_obstacles(batch_id integer) returns table (item_id bigint, kind text, what text, code text, details jsonb)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  with items as (
    select i.*, i.category || '/' || i.topic as name, left(i.question, 100) as asked, (i.written ->> 'sop_id')::integer as w_sop, (i.written ->> 'version')::integer as w_version,
           (i.written ->> 'knowledge_id')::integer as w_entry, (i.written ->> 'improvement_id')::integer as w_proposal
      from app_public.import_items i where i.batch_id = import_obstacles.batch_id and i.status = 'applied' and i.written is not null
  ), found (item_id, kind, code, details) as (
    select i.id, 'sop', 'sop_changed', jsonb_build_object('name', i.name, 'version', l.version, 'by', l.changed_by, 'reason', left(l.change_reason, 100))
      from items i join app_public.sops s on s.id = i.w_sop join app_public.sop_versions w on w.sop_id = s.id and w.version = i.w_version
      join app_public.sop_versions l on l.sop_id = s.id and l.version = s.version
     where (s.category, s.section, s.content, s.archived_at is not null) is distinct from (w.category, w.section, w.content, w.archived)
    union all
    -- What leads to an SOP that would go.
    select i.id, 'sop', 'sop_led_to', jsonb_build_object('name', i.name, 'id', k.id)
      from items i cross join lateral (select min(k.id) as id from app_public.knowledge_base k
              where k.sop_id = i.w_sop and not exists (select from items o where o.w_entry = k.id)) k
     where k.id is not null and coalesce((select v.archived from app_public.sop_versions v where v.sop_id = i.w_sop and v.version = (i.written ->> 'before_version')::integer), true)
    union all
    select i.id, 'sop', 'sop_expected', jsonb_build_object('name', i.name, 'id', g.id)
      from items i join app_public.golden_questions g on g.expected_sop_id = i.w_sop
     where coalesce((select v.archived from app_public.sop_versions v where v.sop_id = i.w_sop and v.version = (i.written ->> 'before_version')::integer), true)
    union all
    select i.id, 'sop', 'sop_tried', jsonb_build_object('name', i.name, 'id', e.id)
      from items i join app_public.experiments e on e.sop_id = i.w_sop and e.status in ('running', 'paused')
    union all
    select i.id, 'knowledge', case when k.id is null then 'entry_gone' else 'entry_changed' end, jsonb_build_object('question', i.asked)
      from items i left join app_public.knowledge_base k on k.id = i.w_entry
     where i.w_entry is not null and (k.id is null or app_private.entry_state(k) <> i.written ->> 'state')
    union all
    select i.id, 'knowledge', 'entry_merged_into', jsonb_build_object('question', i.asked)
      from items i where i.written -> 'before' = 'null' and exists (select from app_public.knowledge_questions q where q.knowledge_id = i.w_entry)
    union all
    select i.id, 'proposal', 'proposal_approved', jsonb_build_object('id', q.id, 'by', q.approved_by)
      from items i join app_public.improvement_queue q on q.id = i.w_proposal and q.status = 'approved'
  )
  select f.item_id, f.kind, app_hidden.import_obstacle(f.code, f.details), f.code, f.details from found f
$$;
comment on function app_private.import_obstacles(integer) is 'Why items of an import cannot be taken back: what was changed, approved or built on them since.';

create or replace function app_private.rollback_import_step(batch_id integer, most integer default 500) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' set clubos.actor = '' as $$
declare
  v_batch app_public.import_batches;
  v_item record;
  v_before app_public.sop_versions;
  v_targets text[];
  v_left integer;
begin
  v_batch := app_private.find_import(batch_id, '{rolling_back,rolled_back}');
  if v_batch.status = 'rolled_back' then
    return 0;
  end if;
  perform set_config('clubos.actor', v_batch.rolled_back_by, true), app_hidden.set_reason(left(format('Rollback of import %s (%s): %s', v_batch.id, v_batch.name, v_batch.rollback_reason), 4000));
  -- Locked in one order before it is asked what changed: nothing can change between.
  perform from app_public.sops s where s.id in (select i.sop_id from app_public.import_items i where i.batch_id = v_batch.id and i.status = 'applied' and i.written ? 'sop_id') order by s.id for no key update;
  perform from app_public.knowledge_base k where k.id in (select i.knowledge_id from app_public.import_items i where i.batch_id = v_batch.id and i.status = 'applied' and i.written ? 'knowledge_id') order by k.id for update;
  for v_item in
    select i.*, o.what, o.built_on from app_public.import_items i
      left join (select b.item_id, string_agg(b.what, '; ') as what,
                        jsonb_build_object('obstacles', jsonb_path_query_array(jsonb_agg(jsonb_build_object('code', b.code, 'details', b.details)), '$[0 to 9]')) as built_on
                   from app_private.import_obstacles(v_batch.id) b group by 1) o on o.item_id = i.id
     where i.batch_id = v_batch.id and i.status = 'applied' and i.written is not null
     -- Entries before the SOPs that they lead to.
     order by i.kind, i.ordinal desc limit most
  loop
    if v_item.what is not null then
      if not v_batch.rollback_forced then
        raise exception 'Import % cannot be taken back: %.', v_batch.id, v_item.what using errcode = 'CO191', detail = jsonb_build_object('batch_id', v_batch.id, 'item_id', v_item.id)::text,
          hint = 'Take back the later change first, or force: rollback_import(batch_id, reason, force => true) leaves what was changed since.';
      end if;
      update app_public.import_items i set status = 'kept', reason = app_hidden.import_reason('built_on', v_item.built_on), reason_code = 'built_on', reason_details = v_item.built_on where i.id = v_item.id;
      continue;
    end if;
    if v_item.written ? 'sop_id' then
      v_before := null;
      select * into v_before from app_public.sop_versions v where v.sop_id = (v_item.written ->> 'sop_id')::integer and v.version = (v_item.written ->> 'before_version')::integer;
      update app_public.sops s set content = coalesce(v_before.content, s.content), archived_at = case when v_before.id is null or v_before.archived then clock_timestamp() end
       where s.id = (v_item.written ->> 'sop_id')::integer;
    elsif v_item.written ? 'knowledge_id' then
      select array_agg(distinct u.target) into v_targets from app_private.search_units u where u.knowledge_id = (v_item.written ->> 'knowledge_id')::integer;
      if v_item.written -> 'before' = 'null' then
        delete from app_public.knowledge_base k where k.id = (v_item.written ->> 'knowledge_id')::integer;
      else
        update app_public.knowledge_base k set answer = b.answer, source = b.source, trust = b.trust
          from jsonb_to_record(v_item.written -> 'before') as b(answer text, source text, trust smallint)
         where k.id = (v_item.written ->> 'knowledge_id')::integer;
      end if;
      -- One that is not made yet is made when it would have been.
      perform app_private.rebuild_profile(u.target) from app_private.search_units u where u.kind = 'profile' and u.target = any (v_targets);
    else
      -- A person's decision stays; what still waits goes, and blocks no twin.
      update app_public.improvement_queue q set status = 'superseded' where q.id = (v_item.written ->> 'improvement_id')::integer and q.status = 'pending';
    end if;
    update app_public.import_items i set status = 'rolled_back' where i.id = v_item.id;
  end loop;
  select count(*) into v_left from app_public.import_items i where i.batch_id = v_batch.id and i.status = 'applied' and i.written is not null;
  update app_public.import_batches b
     set done = b.total - v_left, status = case when v_left = 0 then 'rolled_back' else b.status end, rolled_back_at = case when v_left = 0 then clock_timestamp() end, error = null,
         counts = case when v_left = 0 then app_private.import_counts(b.id) else b.counts end, updated_at = clock_timestamp()
   where b.id = v_batch.id;
  return v_left;
end
$$;
comment on function app_private.rollback_import_step(integer, integer) is 'Takes so many items of an import back; returns how many are left. Errors: CO190 it is in another state, CO191 something was built on it since.';
