create or replace function app_private.improvement_in_progress() returns integer
language sql stable set search_path = app_public, public, pg_temp as $$
  select p.improvement_id from app_private.improvements_in_progress p where p.transaction_id = pg_current_xact_id_if_assigned()
$$;
comment on function app_private.improvement_in_progress() is 'Id of the proposal that this transaction is applying at this moment; null outside an approval.';

-- One handler per kind, found by its name. Each applies an approved proposal and returns the row as it shall be
-- stored (an edited or merged text is what was really applied).
create or replace function app_private.apply_improvement__sop_edit(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_sop app_public.sops := app_hidden.find_sop(improvement.sop_id, for_update => true);
  v_new text := improvement.suggested_sop_update ->> 'new_content';
  v_base text;
  v_merge record;
begin
  if v_sop.version <> improvement.base_version and v_sop.content <> v_new then
    select content into v_base from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = improvement.base_version;
    select * into v_merge from app_hidden.merge_lines(v_base, v_sop.content, v_new);
    if v_merge.merged is null or v_sop.archived_at is not null then
      raise exception '%/% was changed since this was proposed (version %, now %), in the same lines.', v_sop.category, v_sop.section, improvement.base_version, v_sop.version
        using errcode = 'CO102',
              detail = jsonb_build_object('sop_id', v_sop.id, 'base_version', improvement.base_version, 'version', v_sop.version, 'conflicts', v_merge.conflicts)::text,
              hint = 'Look at sop_diff(sop_id, base version, current version), then approve with edited_content that holds both changes and edited_version = the current version, or reject.';
    end if;
    v_new := v_merge.merged;
    improvement.suggested_sop_update := jsonb_set(improvement.suggested_sop_update, '{new_content}', to_jsonb(v_new));
  end if;
  update app_public.sops set content = v_new where id = v_sop.id;
  return improvement;
end
$$;
comment on function app_private.apply_improvement__sop_edit(app_public.improvement_queue) is
  'Makes the proposed text the SOP''s next version, merged by line where the SOP moved on. Errors: CO102 both changed the same lines.';

create or replace function app_private.apply_improvement__sop_new(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_sop_id integer;
begin
  insert into app_public.sops as s (category, section, content)
  values (improvement.suggested_sop_update ->> 'category', improvement.suggested_sop_update ->> 'section', improvement.suggested_sop_update ->> 'new_content')
  on conflict do nothing
  returning s.id into v_sop_id;
  if v_sop_id is null then
    raise exception 'There is an SOP %/% already.', improvement.suggested_sop_update ->> 'category', improvement.suggested_sop_update ->> 'section'
      using errcode = 'CO102', hint = 'Reject this proposal, or put its text into that SOP with save_sop.';
  end if;
  improvement.suggested_sop_update := improvement.suggested_sop_update || jsonb_build_object('sop_id', v_sop_id);
  return improvement;
end
$$;
comment on function app_private.apply_improvement__sop_new(app_public.improvement_queue) is 'Makes the proposed SOP. Errors: CO102 its name is taken.';

create or replace function app_private.apply_improvement__knowledge_entry(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
begin
  -- What is there in the order of its ids, what is new in the order of its key, so that two approvals never wait for
  -- each other in a circle.
  perform 1 from app_public.knowledge_base k
    where k.category = improvement.suggested_sop_update ->> 'category' and k.topic = improvement.suggested_sop_update ->> 'topic'
      and k.question in (select e ->> 'question' from jsonb_array_elements(improvement.suggested_sop_update -> 'entries') e)
    order by k.id for no key update;
  insert into app_public.knowledge_base as k (category, topic, question, answer, source, trust, sop_id, site_id, improvement_id)
  select improvement.suggested_sop_update ->> 'category', improvement.suggested_sop_update ->> 'topic', e.question, e.answer, 'improvement', 3,
         (improvement.suggested_sop_update ->> 'sop_id')::integer, (improvement.suggested_sop_update ->> 'site_id')::integer, improvement.id
    from (select distinct on (e.question collate "C") e.question, e.answer
            from jsonb_to_recordset(improvement.suggested_sop_update -> 'entries') as e(question text, answer text)) e
   order by e.question collate "C"
  on conflict (category, topic, question) do update
     set answer = excluded.answer, trust = 3, sop_id = excluded.sop_id, site_id = excluded.site_id, source = excluded.source, improvement_id = excluded.improvement_id;
  return improvement;
end
$$;
comment on function app_private.apply_improvement__knowledge_entry(app_public.improvement_queue) is 'Writes the proposed knowledge entries, over entries that ask the same.';

create or replace function app_private.apply_improvement__knowledge_correction(improvement app_public.improvement_queue) returns app_public.improvement_queue
language sql volatile set search_path = app_public, public, pg_temp as $$
  select app_private.apply_improvement__knowledge_entry(improvement)
$$;
comment on function app_private.apply_improvement__knowledge_correction(app_public.improvement_queue) is 'Writes the corrected answer over the entries named.';

create or replace function app_private.apply_improvement__routing_hint(improvement app_public.improvement_queue) returns app_public.improvement_queue
language sql volatile set search_path = app_public, public, pg_temp as $$
  select app_private.apply_improvement__knowledge_entry(improvement)
$$;
comment on function app_private.apply_improvement__routing_hint(app_public.improvement_queue) is 'Writes the questions as entries of the category they belong to: the router votes by its nearest neighbours.';
