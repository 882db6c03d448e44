-- What several proposals come to when they are approved at once. The order is that of their ids, here and in
-- approve_improvements, so that one version each and one together end in the same text.
create or replace function app_private.merge_improvements__edits(sop_id integer, ids integer[], out content text, out merged text, out conflicts jsonb)
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_sop app_public.sops;
  v_one record;
  v_own record;
  v_fitting jsonb := '{}'; -- {proposal: the SOP with its change alone}
  v_merge record;
  v_with integer[];
begin
  select * into v_sop from app_public.sops s where s.id = merge_improvements__edits.sop_id;
  content := v_sop.content;
  merged := v_sop.content;
  conflicts := '[]';
  for v_one in
    select q.id, q.base_version, q.suggested_sop_update ->> 'new_content' as proposed, v.content as base
      from app_public.improvement_queue q left join app_public.sop_versions v on v.sop_id = q.sop_id and v.version = q.base_version
     where q.id = any (ids) order by q.id
  loop
    select * into v_own from app_hidden.merge_edit(v_one.base, v_sop.content, v_one.proposed);
    if v_own.merged is null or v_sop.archived_at is not null and v_one.base_version <> v_sop.version then
      conflicts := conflicts || jsonb_build_array(jsonb_build_object('improvement_id', v_one.id, 'current', true, 'with', '[]'::jsonb, 'lines', coalesce(v_own.conflicts, '[]')));
      continue;
    end if;
    select * into v_merge from app_hidden.merge_edit(v_one.base, merged, v_one.proposed);
    if v_merge.merged is null then
      -- With which of them alone; or, where it is none, with all of them at once.
      select array_agg(o.key::integer order by o.key::integer) into v_with from jsonb_each_text(v_fitting) o
       where (app_hidden.merge_edit(v_one.base, o.value, v_one.proposed)).merged is null;
      v_with := coalesce(v_with, array(select k::integer from jsonb_object_keys(v_fitting) k order by 1));
      conflicts := conflicts || jsonb_build_array(jsonb_build_object('improvement_id', v_one.id, 'current', false, 'with', to_jsonb(v_with), 'lines', v_merge.conflicts));
      continue;
    end if;
    merged := v_merge.merged;
    v_fitting := v_fitting || jsonb_build_object(v_one.id, v_own.merged);
  end loop;
end
$$;
comment on function app_private.merge_improvements__edits(integer, integer[]) is
  'The text of an SOP (content) with the edits of these proposals, one after the other (merged). conflicts: what does not fit and is left out, [{improvement_id, current: it conflicts with the SOP as it is, with: the proposals it conflicts with, lines: of its base}].';

create or replace function app_private.merge_improvements__new_sops(ids integer[], out content text, out merged text, out conflicts jsonb)
language sql stable set search_path = app_public, public, pg_temp as $$
  with given as (
    select q.id, q.suggested_sop_update ->> 'new_content' as proposed, min(q.id) over () as first,
           exists (select from app_public.sops s
                    where s.category = q.suggested_sop_update ->> 'category' and s.section = q.suggested_sop_update ->> 'section'
                      and not (s.archived_at is not null and exists (select from app_public.sop_versions v where v.sop_id = s.id and v.version = 1 and v.improvement_id = q.id))) as taken
      from app_public.improvement_queue q where q.id = any (ids)
  )
  select '', (select g.proposed from given g where g.id = g.first and not g.taken),
         coalesce(jsonb_agg(jsonb_build_object('improvement_id', g.id, 'current', g.taken, 'with', case when g.taken then '[]' else jsonb_build_array(g.first) end, 'lines', '[]'::jsonb) order by g.id)
                    filter (where g.taken or g.id <> g.first), '[]')
    from given g
$$;
comment on function app_private.merge_improvements__new_sops(integer[]) is
  'Proposals for a new SOP of one name: the first makes it, the others conflict with it; all conflict where there is such an SOP already. As merge_improvements__edits.';

create or replace function app_private.merge_improvements__entries(ids integer[], out content text, out merged text, out conflicts jsonb)
language sql stable set search_path = app_public, public, pg_temp as $$
  with entry as (
    select q.id, e ->> 'question' as question, jsonb_build_array(e ->> 'answer', q.suggested_sop_update -> 'sop_id', q.suggested_sop_update -> 'site_id') as said
      from app_public.improvement_queue q, jsonb_array_elements(q.suggested_sop_update -> 'entries') e where q.id = any (ids)
  ), clash as (
    select l.id, jsonb_agg(distinct e.id order by e.id) as others from entry e join entry l on l.question = e.question and l.id > e.id and l.said <> e.said group by l.id
  )
  select null::text, null::text,
         coalesce((select jsonb_agg(jsonb_build_object('improvement_id', c.id, 'current', false, 'with', c.others, 'lines', '[]'::jsonb) order by c.id) from clash c), '[]')
$$;
comment on function app_private.merge_improvements__entries(integer[]) is
  'Proposals for knowledge of one topic: two that answer one question differently conflict. There is no text to merge. As merge_improvements__edits.';

create or replace function app_private.merge_improvements(ids integer[])
returns table (improvement_ids integer[], sop_id integer, category text, topic text, version integer, content text, merged text, conflicts jsonb)
language sql stable set search_path = app_public, public, pg_temp as $$
  with target as (
    select array_agg(q.id order by q.id) as ids, q.sop_id, case when q.kind in ('sop_edit', 'sop_new') then q.kind else 'knowledge' end as kind,
           coalesce(s.category, q.suggested_sop_update ->> 'category') as category, coalesce(s.section, q.suggested_sop_update ->> 'section', q.suggested_sop_update ->> 'topic') as topic, s.version
      from app_public.improvement_queue q left join app_public.sops s on s.id = q.sop_id
     where q.id = any (ids) and q.status = 'pending'
     group by q.sop_id, 3, 4, 5, s.version
  )
  select t.ids, t.sop_id, t.category, t.topic, t.version, m.content, m.merged, m.conflicts
    from target t cross join lateral (
      select * from app_private.merge_improvements__edits(t.sop_id, t.ids) where t.kind = 'sop_edit'
      union all
      select * from app_private.merge_improvements__new_sops(t.ids) where t.kind = 'sop_new'
      union all
      select * from app_private.merge_improvements__entries(t.ids) where t.kind = 'knowledge') m
   order by t.ids[1]
$$;
comment on function app_private.merge_improvements(integer[]) is
  'What waiting proposals come to, one row for each SOP or topic that they write: see merge_improvements__edits, __new_sops and __entries.';
