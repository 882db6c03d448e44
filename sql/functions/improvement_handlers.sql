create or replace function app_private.improvement_in_progress() returns integer
language plpgsql stable set search_path = app_public, public, pg_temp as $$
begin
  return (select p.improvement_id from app_private.improvements_in_progress p where p.transaction_id = pg_current_xact_id_if_assigned() and not p.reopens);
end
$$;
comment on function app_private.improvement_in_progress() is 'Id of the proposal that this transaction is applying at this moment; null outside an approval.';

create or replace function app_private.edited_improvement(improvement app_public.improvement_queue, edited_content text, edited_version integer)
returns app_public.improvement_queue language plpgsql immutable as $$
begin
  if edited_content is null then
    return improvement;
  elsif improvement.kind = 'knowledge_correction' and jsonb_array_length(improvement.suggested_sop_update -> 'entries') = 1 then
    if btrim(edited_content) = '' then
      raise exception 'An entry needs an answer.' using errcode = 'CO005';
    elsif octet_length(edited_content) > 65536 then
      raise exception 'An answer has at most 64 kB of text.' using errcode = 'CO006';
    end if;
    improvement.suggested_sop_update := jsonb_set(improvement.suggested_sop_update, '{entries,0,answer}', to_jsonb(edited_content));
    return improvement;
  elsif improvement.kind not in ('sop_edit', 'sop_new') then
    raise exception 'Only proposals that write an SOP, or correct one answer, can be edited while approving.' using errcode = 'CO005', hint = 'Reject it and write the entry yourself.';
  elsif btrim(edited_content) = '' then
    raise exception 'An SOP needs a text.' using errcode = 'CO005';
  elsif octet_length(edited_content) > 1048576 then
    raise exception 'An SOP has at most 1 MiB of text.' using errcode = 'CO006';
  end if;
  improvement.suggested_sop_update := jsonb_set(improvement.suggested_sop_update, '{new_content}', to_jsonb(edited_content));
  improvement.base_version := case when improvement.kind = 'sop_edit' then coalesce(edited_version, improvement.base_version) end;
  return improvement;
end
$$;
comment on function app_private.edited_improvement(app_public.improvement_queue, text, integer) is
  'The proposal with the text that a person made of it; unchanged where edited_content is null. The answer of a correction of one entry too. Errors: CO005 it has no text, or none is left, CO006 over 1 MiB, an answer over 64 kB.';

-- One handler per kind, found by its name. Each applies an approved proposal and returns the row as it shall be
-- stored (an edited or merged text is what was really applied).
create or replace function app_private.apply_improvement__sop_edit(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_sop app_public.sops := app_hidden.find_sop(improvement.sop_id, for_update => true);
  v_new text := improvement.suggested_sop_update ->> 'new_content';
  v_joint app_private.joint_approvals;
  v_base text;
  v_merge record;
begin
  select * into v_joint from app_private.joint_approvals j
   where j.transaction_id = pg_current_xact_id_if_assigned() and j.sop_id = v_sop.id and improvement.id = any (j.improvement_ids);
  if v_joint.sop_id is not null then
    -- The first of them writes the version; for the others it stands there. Each keeps its own text, which waits again after an undo.
    update app_public.sops set content = v_joint.content where id = v_sop.id;
    improvement.applied := jsonb_build_object('sop_id', v_sop.id, 'version', v_joint.version, 'together', to_jsonb(v_joint.improvement_ids));
    return improvement;
  end if;
  if v_sop.version <> improvement.base_version and v_sop.content <> v_new then
    select content into v_base from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = improvement.base_version;
    select * into v_merge from app_hidden.merge_edit(v_base, v_sop.content, v_new);
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
  -- A text that stands there already makes no version, and leaves nothing to take back.
  improvement.applied := jsonb_build_object('sop_id', v_sop.id, 'version', case when v_sop.content <> v_new then v_sop.version + 1 end);
  return improvement;
end
$$;
comment on function app_private.apply_improvement__sop_edit(app_public.improvement_queue) is
  'Makes the proposed text the SOP''s next version, merged by line where the SOP moved on; of proposals that are approved together the first writes the version of all. Errors: CO102 both changed the same lines.';

create or replace function app_private.apply_improvement__sop_new(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_sop app_public.sops;
begin
  insert into app_public.sops as s (category, section, content)
  values (improvement.suggested_sop_update ->> 'category', improvement.suggested_sop_update ->> 'section', improvement.suggested_sop_update ->> 'new_content')
  on conflict do nothing
  returning * into v_sop;
  if v_sop.id is null then
    -- It was approved, taken back, and is approved again: the SOP that it made comes back into use.
    update app_public.sops s set content = improvement.suggested_sop_update ->> 'new_content', archived_at = null
     where s.category = improvement.suggested_sop_update ->> 'category' and s.section = improvement.suggested_sop_update ->> 'section' and s.archived_at is not null
       and exists (select from app_public.sop_versions v where v.sop_id = s.id and v.version = 1 and v.improvement_id = improvement.id)
    returning * into v_sop;
  end if;
  if v_sop.id is null then
    raise exception 'There is an SOP %/% already.', improvement.suggested_sop_update ->> 'category', improvement.suggested_sop_update ->> 'section'
      using errcode = 'CO102', hint = 'Reject this proposal, or put its text into that SOP with save_sop.';
  end if;
  improvement.suggested_sop_update := improvement.suggested_sop_update || jsonb_build_object('sop_id', v_sop.id);
  improvement.applied := jsonb_build_object('sop_id', v_sop.id, 'version', v_sop.version);
  return improvement;
end
$$;
comment on function app_private.apply_improvement__sop_new(app_public.improvement_queue) is 'Makes the proposed SOP, or brings back the one that it made before an undo. Errors: CO102 its name is taken.';

create or replace function app_private.entry_state(entry app_public.knowledge_base) returns text language sql stable parallel safe as $$
  -- What is governed, whatever was counted meanwhile; times as seconds, which every session writes alike.
  select encode(sha256(convert_to(jsonb_build_array(entry.category, entry.topic, entry.question, entry.answer, entry.source, entry.trust, entry.sop_id, entry.site_id,
    entry.improvement_id, extract(epoch from entry.valid_from), extract(epoch from entry.valid_to))::text, 'UTF8')), 'hex')
$$;
comment on function app_private.entry_state(app_public.knowledge_base) is 'SHA-256 of what a knowledge entry says and where it holds: equal until somebody changes it.';

create or replace function app_private.apply_improvement__knowledge_entry(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_before jsonb;
begin
  if improvement.suggested_sop_update ? 'expects' then
    perform app_private.require_entries(improvement);
  end if;
  -- What is there in the order of its ids, what is new in the order of its key, so that two approvals never wait for
  -- each other in a circle.
  select coalesce(jsonb_object_agg(b.id, jsonb_build_object('question', b.question, 'answer', b.answer, 'source', b.source, 'trust', b.trust,
           'sop_id', b.sop_id, 'site_id', b.site_id, 'improvement_id', b.improvement_id)), '{}')
    into v_before
    from (select * from app_public.knowledge_base k
           where k.category = improvement.suggested_sop_update ->> 'category' and k.topic = improvement.suggested_sop_update ->> 'topic'
             and k.question in (select e ->> 'question' from jsonb_array_elements(improvement.suggested_sop_update -> 'entries') e)
           order by k.id for no key update) b;
  with written as (
    insert into app_public.knowledge_base as k (category, topic, question, answer, source, trust, sop_id, site_id, improvement_id)
    select improvement.suggested_sop_update ->> 'category', improvement.suggested_sop_update ->> 'topic', e.question, e.answer, 'improvement', 3,
           (improvement.suggested_sop_update ->> 'sop_id')::integer, (improvement.suggested_sop_update ->> 'site_id')::integer, improvement.id
      from (select distinct on (e.question collate "C") e.question, e.answer
              from jsonb_to_recordset(improvement.suggested_sop_update -> 'entries') as e(question text, answer text)) e
     order by e.question collate "C"
    on conflict (category, topic, question) do update
       set answer = excluded.answer, trust = 3, sop_id = excluded.sop_id, site_id = excluded.site_id, source = excluded.source, improvement_id = excluded.improvement_id
    returning k as entry, k.xmax <> '0'::xid as was_there
  )
  -- One that came in the moment between was not seen: how it was is not known, and it is not ours to delete.
  select jsonb_build_object('entries', jsonb_agg(jsonb_build_object('id', (w.entry).id, 'state', app_private.entry_state(w.entry),
           'before', coalesce(v_before -> (w.entry).id::text, case when w.was_there then jsonb '{"unknown": true}' end)) order by (w.entry).id))
    into improvement.applied from written w;
  return improvement;
end
$$;
comment on function app_private.apply_improvement__knowledge_entry(app_public.improvement_queue) is 'Writes the proposed knowledge entries, over entries that ask the same. Errors: CO102 an entry that it names in `expects` was changed since it was proposed.';

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
