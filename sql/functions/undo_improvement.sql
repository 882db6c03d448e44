-- Later work: who, when, why and by which proposal, so that a person can see what to take back first.
create or replace function app_private.refuse_undo(improvement app_public.improvement_queue, what text, details jsonb) returns void
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
begin
  raise exception 'Proposal % cannot be taken back: %.', improvement.id, what
    using errcode = 'CO112', detail = (jsonb_build_object('improvement_id', improvement.id) || details)::text,
          hint = 'Take back the later change first, or write what should stand: save_sop, rollback_sop, save_knowledge.';
end
$$;
comment on function app_private.refuse_undo(app_public.improvement_queue, text, jsonb) is 'Refuses (CO112) an undo. what: the explanation, a clause. details: for programs.';

-- One handler per kind, found by its name. Each takes back what the approval wrote and returns the proposal as it
-- shall wait again.
create or replace function app_private.undo_improvement__sop_edit(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_sop app_public.sops;
  v_version integer := (improvement.applied ->> 'version')::integer;
  v_written app_public.sop_versions;
  v_before app_public.sop_versions;
  v_later record;
begin
  v_sop := app_hidden.find_sop(coalesce((improvement.applied ->> 'sop_id')::integer, improvement.sop_id, (improvement.suggested_sop_update ->> 'sop_id')::integer), for_update => true);
  if improvement.applied is null then
    -- Approved before this was written down; the history knows.
    select max(v.version) into v_version from app_public.sop_versions v where v.improvement_id = improvement.id;
  end if;
  if v_version is not null then
    select * into v_written from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = v_version;
    -- What came later and was taken back itself stands in nobody's way: then the SOP is as the approval left it.
    if v_sop.version <> v_version and (v_sop.category, v_sop.section, v_sop.content, v_sop.archived_at is not null) is distinct from (v_written.category, v_written.section, v_written.content, v_written.archived) then
      select v.version, v.changed_by, v.change_reason, v.created_at, v.improvement_id into v_later
        from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = v_version + 1;
      perform app_private.refuse_undo(improvement, format('it wrote version %s of %s/%s, and %s has changed that since (version %s: %s)', v_version, v_sop.category, v_sop.section,
          v_later.changed_by, v_later.version, left(v_later.change_reason, 200)),
        jsonb_build_object('sop_id', v_sop.id, 'wrote_version', v_version, 'version', v_sop.version, 'later', to_jsonb(v_later)));
    end if;
    select * into v_before from app_public.sop_versions v where v.id = v_written.previous_version_id;
    update app_public.sops s
       set content = coalesce(v_before.content, s.content), archived_at = case when v_before.id is null or v_before.archived then clock_timestamp() end
     where s.id = v_sop.id returning * into v_sop;
  end if;
  if improvement.kind = 'sop_edit' then
    -- Its text holds all that the SOP held when it was approved; so it can be approved as it is. Of a joint version it was never written into it.
    if not coalesce(improvement.applied ? 'together', false) or v_sop.content = (select v.content from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = improvement.base_version) then
      improvement.base_version := v_sop.version;
    end if;
  end if;
  return improvement;
end
$$;
comment on function app_private.undo_improvement__sop_edit(app_public.improvement_queue) is
  'Makes the text before the approval the SOP''s next version. Errors: CO112 the SOP was changed since.';

create or replace function app_private.undo_improvement__sop_new(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
begin
  improvement := app_private.undo_improvement__sop_edit(improvement);
  improvement.suggested_sop_update := improvement.suggested_sop_update - 'sop_id';
  return improvement;
end
$$;
comment on function app_private.undo_improvement__sop_new(app_public.improvement_queue) is
  'Archives the SOP that the approval made; approved again, it comes back into use. Errors: CO112 the SOP was changed since.';

create or replace function app_private.undo_improvement__knowledge_entry(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_entry record;
  v_targets text[];
begin
  if improvement.applied is null then
    perform app_private.refuse_undo(improvement, 'it was approved before ClubOS kept what its entries were before', '{}');
  end if;
  for v_entry in
    select (e ->> 'id')::integer as id, e ->> 'state' as state, e -> 'before' ? 'unknown' as unknown, k.question, k.category, k.topic, k.improvement_id,
           case when k.id is not null then app_private.entry_state(k) end as now
      from jsonb_array_elements(improvement.applied -> 'entries') e
      left join lateral (select * from app_public.knowledge_base l where l.id = (e ->> 'id')::integer for update) k on true
     order by 1
  loop
    if v_entry.unknown or v_entry.now is distinct from v_entry.state then
      perform app_private.refuse_undo(improvement,
        case when v_entry.now is null then format('its entry %s was deleted since', v_entry.id)
             when v_entry.improvement_id <> improvement.id then format('proposal %s has changed its entry "%s" since', v_entry.improvement_id, left(v_entry.question, 200))
             when v_entry.unknown then format('how its entry "%s" was before is not known', left(v_entry.question, 200))
             else format('its entry "%s" was changed since', left(v_entry.question, 200)) end,
        jsonb_build_object('knowledge_id', v_entry.id, 'by_improvement_id', nullif(v_entry.improvement_id, improvement.id)));
    end if;
  end loop;
  select array_agg(distinct u.target) into v_targets
    from app_private.search_units u join jsonb_array_elements(improvement.applied -> 'entries') e on u.knowledge_id = (e ->> 'id')::integer;
  delete from app_public.knowledge_base k using jsonb_array_elements(improvement.applied -> 'entries') e where k.id = (e ->> 'id')::integer and e -> 'before' = 'null';
  update app_public.knowledge_base k
     set answer = b.answer, source = b.source, trust = b.trust, sop_id = b.sop_id, site_id = b.site_id,
         improvement_id = (select q.id from app_public.improvement_queue q where q.id = b.improvement_id)
    from jsonb_array_elements(improvement.applied -> 'entries') e, jsonb_to_record(nullif(e -> 'before', 'null')) as b(answer text, source text, trust smallint, sop_id integer, site_id integer, improvement_id integer)
   where k.id = (e ->> 'id')::integer and e -> 'before' <> 'null';
  -- What led to an entry leads there no more, in the next search already.
  perform app_private.rebuild_profile(t.target) from (
    select unnest(v_targets) as target
    union
    select u.target from app_private.search_units u join jsonb_array_elements(improvement.applied -> 'entries') e on u.knowledge_id = (e ->> 'id')::integer
    order by 1) t;
  return app_private.expecting_again(improvement);
end
$$;
comment on function app_private.undo_improvement__knowledge_entry(app_public.improvement_queue) is
  'Deletes the entries that the approval made, and makes those that it wrote over what they were; ratings stay counted. Errors: CO112 one of them was changed since.';

create or replace function app_private.undo_improvement__knowledge_correction(improvement app_public.improvement_queue) returns app_public.improvement_queue
language sql volatile set search_path = app_public, public, pg_temp as $$
  select app_private.undo_improvement__knowledge_entry(improvement)
$$;
comment on function app_private.undo_improvement__knowledge_correction(app_public.improvement_queue) is 'Brings back the answers as they were.';

create or replace function app_private.undo_improvement__routing_hint(improvement app_public.improvement_queue) returns app_public.improvement_queue
language sql volatile set search_path = app_public, public, pg_temp as $$
  select app_private.undo_improvement__knowledge_entry(improvement)
$$;
comment on function app_private.undo_improvement__routing_hint(app_public.improvement_queue) is 'Takes the questions out of their category again.';
