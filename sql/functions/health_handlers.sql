-- Proposals that take entries out of use: by their ids, as they were when it was proposed.
create or replace function app_private.entry_states(ids integer[]) returns jsonb
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select coalesce(jsonb_object_agg(k.id, app_private.entry_state(k)), '{}') from app_public.knowledge_base k where k.id = any (ids)
$$;
comment on function app_private.entry_states(integer[]) is '{id: entry_state} of these entries, for `expects` of a proposal.';

create or replace function app_private.require_entries(improvement app_public.improvement_queue) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_entry record;
begin
  for v_entry in
    select e.id::integer as id, e.state, k.question, case when k.id is not null then app_private.entry_state(k) end as now
      from jsonb_each_text(improvement.suggested_sop_update -> 'expects') e(id, state)
      left join lateral (select * from app_public.knowledge_base l where l.id = e.id::integer for no key update) k on true
     order by 1
  loop
    if v_entry.now is distinct from v_entry.state then
      raise exception '%', case when v_entry.now is null then format('Entry %s, which this is about, is gone.', v_entry.id)
                                else format('Entry %s ("%s") was changed since this was proposed.', v_entry.id, left(v_entry.question, 200)) end
        using errcode = 'CO102', detail = jsonb_build_object('knowledge_id', v_entry.id)::text,
              hint = 'Reject it: the next health check looks at the entry as it is now.';
    end if;
  end loop;
end
$$;
comment on function app_private.require_entries(app_public.improvement_queue) is
  'Locks the entries that a proposal names in `expects`, in the order of their ids. Errors: CO102 one of them was changed since, or is gone.';

create or replace function app_private.entry_ids(suggestion jsonb, name text) returns integer[]
language plpgsql immutable as $$
begin
  if jsonb_typeof(suggestion -> name) is distinct from 'array' or jsonb_array_length(suggestion -> name) not between 1 and 100 then
    raise exception 'The proposal needs %, an array of 1 to 100 ids of knowledge entries.', name using errcode = 'CO005';
  end if;
  return array(select distinct i::integer from jsonb_array_elements_text(suggestion -> name) i order by 1);
exception when invalid_text_representation or numeric_value_out_of_range then
  raise exception '% holds something that is no id of an entry.', name using errcode = 'CO005';
end
$$;
comment on function app_private.entry_ids(jsonb, text) is 'Ids of entries that a suggestion names. Errors: CO005 none, or no ids.';

-- What propose_improvement makes of a suggestion of this kind: whole, or refused.
create or replace function app_private.complete_suggestion__knowledge_retire(suggestion jsonb) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ids integer[] := app_private.entry_ids(suggestion, 'knowledge_ids');
  v_entry app_public.knowledge_base;
begin
  perform app_hidden.find_entry(i) from unnest(v_ids) i;
  select * into v_entry from app_public.knowledge_base k where k.id = v_ids[1];
  return suggestion || jsonb_build_object('category', v_entry.category, 'topic', v_entry.topic, 'sop_id', v_entry.sop_id, 'knowledge_ids', to_jsonb(v_ids), 'expects', app_private.entry_states(v_ids));
end
$$;
comment on function app_private.complete_suggestion__knowledge_retire(jsonb) is 'Adds where the entries stand and how they are now. Errors: CO005 no entries, CO404 no such entry.';

create or replace function app_private.complete_suggestion__knowledge_merge(suggestion jsonb) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ids integer[] := app_private.entry_ids(suggestion, 'duplicate_ids');
  v_keep app_public.knowledge_base;
begin
  if jsonb_typeof(suggestion -> 'keep_id') is distinct from 'number' or (suggestion ->> 'keep_id')::numeric not between 1 and 2147483647 or (suggestion ->> 'keep_id')::integer = any (v_ids) then
    raise exception 'Name the entry to keep, and the others that are to go.' using errcode = 'CO005', hint = '{"keep_id": 1, "duplicate_ids": [2, 3], "reasoning": …}';
  end if;
  v_keep := app_hidden.find_entry((suggestion ->> 'keep_id')::integer);
  perform app_hidden.find_entry(i) from unnest(v_ids) i;
  return suggestion || jsonb_build_object('category', v_keep.category, 'topic', v_keep.topic, 'sop_id', v_keep.sop_id, 'duplicate_ids', to_jsonb(v_ids),
    'expects', app_private.entry_states(v_ids || v_keep.id));
end
$$;
comment on function app_private.complete_suggestion__knowledge_merge(jsonb) is 'Adds where the kept entry stands and how all are now. Errors: CO005 nothing to merge, CO404 no such entry.';

create or replace function app_private.apply_improvement__knowledge_retire(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
begin
  perform app_private.require_entries(improvement);
  with before as (
    select k.id, k.valid_to from app_public.knowledge_base k
     where k.id = any (app_private.entry_ids(improvement.suggested_sop_update, 'knowledge_ids')) and (k.valid_to is null or k.valid_to > now())
  ), retired as (
    -- One that has not begun yet ends as it begins.
    update app_public.knowledge_base k set valid_to = greatest(now(), k.valid_from + interval '1 microsecond') from before b where k.id = b.id
    returning k.id, app_private.entry_state(k) as state, b.valid_to
  )
  select jsonb_build_object('retired', coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'state', r.state, 'valid_to', r.valid_to) order by r.id), '[]')) into improvement.applied from retired r;
  return improvement;
end
$$;
comment on function app_private.apply_improvement__knowledge_retire(app_public.improvement_queue) is
  'Takes the entries out of use, as retire_knowledge does: no longer found, still to be read and restored. Errors: CO102 an entry was changed since it was proposed.';

create or replace function app_private.apply_improvement__knowledge_merge(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_ids integer[] := app_private.entry_ids(improvement.suggested_sop_update, 'duplicate_ids');
  v_keep app_public.knowledge_base;
  v_duplicates jsonb;
  v_questions integer[];
  v_targets text[];
  v_used integer;
  v_good integer;
begin
  perform app_private.require_entries(improvement);
  select * into v_keep from app_public.knowledge_base k where k.id = (improvement.suggested_sop_update ->> 'keep_id')::integer;
  if v_keep.valid_to <= now() then
    raise exception 'Entry % is retired: merged into it, its duplicates would no longer be found.', v_keep.id using errcode = 'CO121', hint = 'Restore it first: restore_knowledge(id, reason).';
  end if;
  perform app_private.check_merge(v_keep, d) from app_public.knowledge_base d where d.id = any (v_ids);
  select jsonb_object_agg(d.id, jsonb_build_object('valid_to', d.valid_to, 'used', d.usage_count, 'good', d.success_count,
           'votes', coalesce((select jsonb_object_agg(v.response_id, v.helpful) from app_private.knowledge_votes v where v.knowledge_id = d.id), '{}'))),
         array_agg(distinct app_hidden.target_of(d.sop_id, d.category, d.topic))
    into v_duplicates, v_targets
    from app_public.knowledge_base d where d.id = any (v_ids);
  select coalesce(array_agg(q.id), '{}') into v_questions from app_public.knowledge_questions q where q.knowledge_id = v_keep.id;
  perform app_private.move_to_entry(v_keep, v_ids);
  -- What stays with a duplicate is the vote of an answer that had one at the entry kept; everything else counts there now.
  with left_over as (
    select d.id, count(v.response_id)::integer as used, count(v.response_id) filter (where v.helpful)::integer as good
      from unnest(v_ids) d(id) left join app_private.knowledge_votes v on v.knowledge_id = d.id group by 1
  ), closed as (
    update app_public.knowledge_base k
       set valid_to = greatest(least(now(), k.valid_to), k.valid_from + interval '1 microsecond'), usage_count = l.used, success_count = l.good,
           success_rate = case when l.used > 0 then l.good::double precision / l.used end
      from left_over l where k.id = l.id
    returning k.id, app_private.entry_state(k) as state, l.used, l.good
  )
  select jsonb_object_agg(c.id, v_duplicates -> c.id::text || jsonb_build_object('state', c.state, 'moved_used', greatest((v_duplicates -> c.id::text ->> 'used')::integer - c.used, 0),
           'moved_good', greatest((v_duplicates -> c.id::text ->> 'good')::integer - c.good, 0))) into v_duplicates from closed c;
  select sum((d ->> 'moved_used')::integer), sum((d ->> 'moved_good')::integer) into v_used, v_good from jsonb_each(v_duplicates) x(id, d);
  update app_public.knowledge_base k
     set usage_count = k.usage_count + v_used, success_count = k.success_count + v_good, trust = greatest(k.trust, (select max(d.trust) from app_public.knowledge_base d where d.id = any (v_ids))),
         success_rate = case when k.usage_count + v_used > 0 then least((k.success_count + v_good)::double precision / (k.usage_count + v_used), 1) end
   where k.id = v_keep.id;
  perform app_private.settle_entry(v_keep.id);
  improvement.applied := jsonb_build_object('merged', v_duplicates, 'keep', jsonb_build_object('id', v_keep.id, 'trust', v_keep.trust,
    'state', (select app_private.entry_state(k) from app_public.knowledge_base k where k.id = v_keep.id)),
    'questions', (select coalesce(jsonb_agg(q.id), '[]') from app_public.knowledge_questions q where q.knowledge_id = v_keep.id and q.id <> all (v_questions)));
  perform app_private.rebuild_knowledge_unit(k) from app_public.knowledge_base k where k.id = v_keep.id;
  perform app_private.rebuild_profile(t) from (
    select distinct t from unnest(v_targets || app_hidden.target_of(v_keep.sop_id, v_keep.category, v_keep.topic)) t order by t) o;
  return improvement;
end
$$;
comment on function app_private.apply_improvement__knowledge_merge(app_public.improvement_queue) is
$$Makes one entry of several, as merge_knowledge does: the one kept gets the others' questions, votes, counts and the best trust. The others are closed, not deleted, so that an undo can open them again.
Errors: CO102 an entry was changed since it was proposed, CO121 customers of some site would lose their answer, or the entry kept is retired.$$;

create or replace function app_private.require_entry_state(improvement app_public.improvement_queue, entry_id integer, state text) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_entry app_public.knowledge_base;
begin
  select * into v_entry from app_public.knowledge_base k where k.id = entry_id for update;
  if v_entry.id is null then
    perform app_private.refuse_undo(improvement, format('its entry %s was deleted since', entry_id), jsonb_build_object('knowledge_id', entry_id));
  elsif app_private.entry_state(v_entry) <> state then
    perform app_private.refuse_undo(improvement, format('its entry "%s" was changed since', left(v_entry.question, 200)), jsonb_build_object('knowledge_id', entry_id));
  end if;
end
$$;
comment on function app_private.require_entry_state(app_public.improvement_queue, integer, text) is 'Locks an entry for an undo. Errors: CO112 it was changed since the approval, or deleted.';

-- The proposal waits again, for the entries as they are after the undo.
create or replace function app_private.expecting_again(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  if improvement.suggested_sop_update ? 'expects' then
    improvement.suggested_sop_update := jsonb_set(improvement.suggested_sop_update, '{expects}',
      app_private.entry_states(array(select e::integer from jsonb_object_keys(improvement.suggested_sop_update -> 'expects') e)));
  end if;
  return improvement;
end
$$;
comment on function app_private.expecting_again(app_public.improvement_queue) is 'The proposal with the state of its entries as it is now.';

create or replace function app_private.undo_improvement__knowledge_retire(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
begin
  perform app_private.require_entry_state(improvement, (r ->> 'id')::integer, r ->> 'state') from (select r from jsonb_array_elements(improvement.applied -> 'retired') r order by (r ->> 'id')::integer) o;
  update app_public.knowledge_base k set valid_to = r.valid_to from jsonb_to_recordset(improvement.applied -> 'retired') as r(id integer, valid_to timestamptz) where k.id = r.id;
  return app_private.expecting_again(improvement);
end
$$;
comment on function app_private.undo_improvement__knowledge_retire(app_public.improvement_queue) is 'Takes the entries into use again, as long as before. Errors: CO112 one of them was changed or deleted since.';

create or replace function app_private.undo_improvement__knowledge_merge(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_keep_id integer := (improvement.applied -> 'keep' ->> 'id')::integer;
  v_targets text[];
begin
  perform app_private.require_entry_state(improvement, s.id, s.state) from (
    select v_keep_id as id, improvement.applied -> 'keep' ->> 'state' as state
    union all
    select m.id::integer, m.d ->> 'state' from jsonb_each(improvement.applied -> 'merged') m(id, d)
    order by 1) s;
  delete from app_public.knowledge_questions q where q.knowledge_id = v_keep_id and q.id in (select i::integer from jsonb_array_elements_text(improvement.applied -> 'questions') i);
  -- Votes go back whose customer has not changed their mind meanwhile; those changed stay counted where they were given.
  with moved as (
    select m.id::integer as id, v.key::bigint as response_id, (v.value)::boolean as helpful
      from jsonb_each(improvement.applied -> 'merged') m(id, d) cross join lateral jsonb_each_text(m.d -> 'votes') v
     where not exists (select from app_private.knowledge_votes o where o.knowledge_id = m.id::integer and o.response_id = v.key::bigint)
  ), returned as (
    update app_private.knowledge_votes v set knowledge_id = m.id from moved m where v.knowledge_id = v_keep_id and v.response_id = m.response_id and v.helpful = m.helpful returning m.id, m.helpful
  ), counted as (
    -- Of what was moved, less what was withdrawn since.
    select d.id::integer as id, d.d as before,
           (d.d ->> 'moved_used')::integer - (select count(*) from moved m where m.id = d.id::integer)::integer + (select count(*) from returned r where r.id = d.id::integer)::integer as used,
           (d.d ->> 'moved_good')::integer - (select count(*) from moved m where m.id = d.id::integer and m.helpful)::integer + (select count(*) from returned r where r.id = d.id::integer and r.helpful)::integer as good
      from jsonb_each(improvement.applied -> 'merged') d(id, d)
  ), opened as (
    update app_public.knowledge_base k
       set valid_to = (c.before ->> 'valid_to')::timestamptz, usage_count = k.usage_count + c.used, success_count = k.success_count + c.good,
           success_rate = case when k.usage_count + c.used > 0 then least((k.success_count + c.good)::double precision / (k.usage_count + c.used), 1) end
      from counted c where k.id = c.id
    returning c.used, c.good
  )
  update app_public.knowledge_base k
     set usage_count = greatest(k.usage_count - o.used, 0), success_count = greatest(k.success_count - o.good, 0), trust = (improvement.applied -> 'keep' ->> 'trust')::smallint,
         success_rate = case when k.usage_count > o.used then least(greatest(k.success_count - o.good, 0)::double precision / (k.usage_count - o.used), 1) end
    from (select sum(o.used)::integer as used, sum(o.good)::integer as good from opened o) o
   where k.id = v_keep_id;
  select array_agg(distinct app_hidden.target_of(k.sop_id, k.category, k.topic)) into v_targets
    from app_public.knowledge_base k where k.id = v_keep_id or k.id in (select m::integer from jsonb_object_keys(improvement.applied -> 'merged') m);
  perform app_private.rebuild_knowledge_unit(k) from app_public.knowledge_base k where k.id = v_keep_id;
  perform app_private.rebuild_profile(t) from (select t from unnest(v_targets) t order by t) o;
  return app_private.expecting_again(improvement);
end
$$;
comment on function app_private.undo_improvement__knowledge_merge(app_public.improvement_queue) is
  'Opens the merged entries again, with their questions, votes and counts; what was rated since stays where it was rated. Errors: CO112 one of them was changed or deleted since.';
