create or replace function app_public.improvement_merge(id integer, out base text, out "current" text, out proposed text, out merged text, out conflicts integer, out current_version integer)
language plpgsql stable as $$
declare
  v_improvement app_public.improvement_queue;
begin
  select * into v_improvement from app_public.improvement_queue q where q.id = improvement_merge.id;
  if v_improvement.id is null then
    raise exception 'There is no proposal with id %.', improvement_merge.id using errcode = 'CO404';
  elsif v_improvement.kind <> 'sop_edit' then
    raise exception 'Proposal % edits no SOP, so there is nothing to merge.', v_improvement.id using errcode = 'CO005';
  end if;
  proposed := v_improvement.suggested_sop_update ->> 'new_content';
  select s.content, s.version into "current", current_version from app_public.sops s where s.id = v_improvement.sop_id;
  -- A base that never was holds nothing in common.
  select coalesce(max(v.content), '') into base from app_public.sop_versions v where v.sop_id = v_improvement.sop_id and v.version = v_improvement.base_version;
  select m.merged, 0 into merged, conflicts from app_hidden.merge_lines(base, "current", proposed) m where m.merged is not null;
  if merged is null then
    select m.merged, m.conflicts into merged, conflicts from app_hidden.merge_marked(base, "current", proposed) m;
  end if;
end
$$;
comment on function app_public.improvement_merge(integer) is
$$A proposed edit against the SOP as it is now: the text it was drafted from (base), the SOP's text now (current, at current_version), the proposed one, and both changes in one text (merged). Where both changed the same lines, merged has <<<<<<< current, ======= and >>>>>>> proposed around them, and conflicts counts these places. What a person makes of it: approve_improvement with edited_content and edited_version = current_version.
Errors: CO005 it edits no SOP, CO404 no such proposal.$$;
