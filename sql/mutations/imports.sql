create or replace function app_public.stage_import(name text, items jsonb) returns app_public.import_batches
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_batch app_public.import_batches;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  if jsonb_typeof(items) is distinct from 'array' or jsonb_array_length(items) = 0 or exists (
       select from jsonb_array_elements(items) e where jsonb_typeof(e) <> 'object' or coalesce(e ->> 'kind' not in ('sop', 'knowledge', 'conversation'), true)
          or e ->> 'kind' = 'sop' and coalesce(btrim(e ->> 'topic'), '') = '') then
    raise exception 'An import needs items.' using errcode = 'CO005', hint = '[{"kind": "sop", "category": …, "topic": section, "content": markdown}, {"kind": "knowledge" or "conversation", "category": …, "topic": …, "question": …, "content": answer}]';
  elsif jsonb_array_length(items) > 500 then
    raise exception 'These are % items; 500 is the most at once.', jsonb_array_length(items) using errcode = 'CO006', hint = 'Send them as a file to POST /import, or use clubos import v1.';
  end if;
  v_batch := app_private.begin_import(stage_import.name, 'api');
  perform app_private.add_import_items(v_batch.id, (
    select jsonb_agg((e.value - '{reason_code,reason_details}'::text[]) || jsonb_build_object('file', coalesce(e.value ->> 'file', 'item ' || e.o), 'topic', coalesce(nullif(btrim(e.value ->> 'topic'), ''), left(e.value ->> 'question', 100))) order by e.o)
      from jsonb_array_elements(items) with ordinality e(value, o)));
  perform app_private.categorise_import(v_batch.id);
  while app_private.plan_import_step(v_batch.id) > 0 loop
  end loop;
  return app_private.finish_staging(v_batch.id);
end
$$;
comment on function app_public.stage_import(text, jsonb) is
$$Stages an import and returns it with its plan, which importItems shows item by item; nothing is written yet. items: [{kind: sop, category, topic (the section), content}, {kind: knowledge or conversation, category, topic?, question, content (the answer)}], each with file? (where it is from) and review? (why a person should see it), at most 500. Conversations are masked and only ever proposed. Files go to POST /import instead.
Errors: CO001 no actor, CO005 incomplete, CO006 more than 500, CO403 not an admin.$$;

create or replace function app_public.apply_import(batch_id integer, reason text, as_proposals boolean default false) returns app_public.import_batches
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_batch app_public.import_batches;
  v_reason text;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  v_reason := app_hidden.require_reason(apply_import.reason);
  v_batch := app_private.find_import(batch_id, '{staged,applying,applied}');
  if v_batch.status <> 'staged' then
    return v_batch; -- repeating a call is harmless
  end if;
  update app_public.import_batches b
     set status = 'applying', reason = v_reason, as_proposals = coalesce(apply_import.as_proposals, false), applied_by = app_hidden.require_actor(), done = 0, updated_at = clock_timestamp(),
         total = (select count(*) from app_public.import_items i where i.batch_id = b.id and i.action in ('create', 'update', 'propose'))
   where b.id = v_batch.id returning * into v_batch;
  if v_batch.total <= 500 then
    perform app_private.apply_import_step(v_batch.id);
  else
    perform app_hidden.add_job('imports__apply', json_build_object('batch', v_batch.id), 'imports__apply:' || v_batch.id);
  end if;
  return (select b from app_public.import_batches b where b.id = v_batch.id);
end
$$;
comment on function app_public.apply_import(integer, text, boolean) is
$$Does what a staged import plans: SOPs and knowledge are written, what a person should see goes to the review queue; as_proposals: all of it goes there. Up to 500 items it is one transaction, all or none; of more the worker does 500 a transaction, going on where it was (status applying, done of total). What somebody changed since it was staged is left alone and is in conflict. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO190 it is not staged, CO403 not an admin, CO404 no such import.$$;

create or replace function app_public.rollback_import(batch_id integer, reason text, force boolean default false) returns app_public.import_batches
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_batch app_public.import_batches;
  v_reason text;
  v_obstacles jsonb;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  v_reason := app_hidden.require_reason(rollback_import.reason);
  v_batch := app_private.find_import(batch_id, '{applying,applied,rolling_back,rolled_back}');
  if v_batch.status = 'rolled_back' or v_batch.status = 'rolling_back' and v_batch.rollback_forced >= coalesce(force, false) then
    return v_batch;
  end if;
  if not coalesce(force, false) then
    select jsonb_agg(jsonb_build_object('item_id', o.item_id, 'what', o.what)) into v_obstacles from (select * from app_private.import_obstacles(v_batch.id) limit 50) o;
    if v_obstacles is not null then
      raise exception 'Import % cannot be taken back: %', v_batch.id, (select string_agg(o ->> 'what', '; ') from (select o from jsonb_array_elements(v_obstacles) o limit 5) f(o))
          || case when jsonb_array_length(v_obstacles) > 5 then format('; and %s more.', jsonb_array_length(v_obstacles) - 5) else '.' end
        using errcode = 'CO191', detail = jsonb_build_object('batch_id', v_batch.id, 'obstacles', v_obstacles)::text,
              hint = 'Take back the later changes first, or force: rollback_import(batch_id, reason, force => true) leaves what was changed since.';
    end if;
  end if;
  update app_public.import_batches b
     set status = 'rolling_back', rollback_reason = v_reason, rollback_forced = coalesce(force, false), rolled_back_by = app_hidden.require_actor(), done = 0, updated_at = clock_timestamp(),
         total = (select count(*) from app_public.import_items i where i.batch_id = b.id and i.status = 'applied' and i.written is not null)
   where b.id = v_batch.id returning * into v_batch;
  if v_batch.total <= 500 then
    perform app_private.rollback_import_step(v_batch.id);
  else
    perform app_hidden.add_job('imports__rollback', json_build_object('batch', v_batch.id), 'imports__rollback:' || v_batch.id);
  end if;
  return (select b from app_public.import_batches b where b.id = v_batch.id);
end
$$;
comment on function app_public.rollback_import(integer, text, boolean) is
$$Takes an applied import back: SOPs say again what they said before, those that it made are archived, entries that it made are deleted and others as they were, proposals that still wait are withdrawn; the history tells of both. Refused where something was changed or built on it since; force leaves that as it is (status kept) and takes back the rest. Of more than 500 items the worker does 500 a transaction. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO190 it was not applied, CO191 something was built on it since, CO403 not an admin, CO404 no such import.$$;

create or replace function app_public.discard_import(batch_id integer) returns app_public.import_batches
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_batch app_public.import_batches;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  v_batch := app_private.find_import(batch_id, '{staging,staged,failed,discarded}');
  delete from app_private.import_uploads u where u.batch_id = v_batch.id;
  update app_public.import_items i set content = null, question = null, sketch = null where i.batch_id = v_batch.id;
  update app_public.import_batches b set status = 'discarded', stage = null, updated_at = clock_timestamp() where b.id = v_batch.id returning * into v_batch;
  return v_batch;
end
$$;
comment on function app_public.discard_import(integer) is
$$Throws a staged import away, its texts with it; the report stays. Repeating it changes nothing.
Errors: CO001 no actor, CO190 it was applied (rollback_import takes it back), CO403 not an admin, CO404 no such import.$$;
