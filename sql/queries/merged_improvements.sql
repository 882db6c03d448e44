create or replace function app_public.merged_improvements(ids integer[])
returns table (improvement_ids integer[], sop_id integer, category text, topic text, current_version integer, "current" text, merged text, conflicts jsonb)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('agent');
  end if;
  if cardinality(ids) > 200 then
    raise exception 'At most 200 proposals at once; these are %.', cardinality(ids) using errcode = 'CO006';
  end if;
  return query select m.improvement_ids, m.sop_id, m.category, m.topic, m.version, m.content, m.merged, m.conflicts from app_private.merge_improvements(ids) m;
end
$$;
comment on function app_public.merged_improvements(integer[]) is
$$What approve_improvements would make of several proposals, and nothing is written: a row for each SOP or topic, in the order of the first proposal about it. current: the SOP's text now ("" for a new one, null for knowledge), at current_version; merged: with the changes of all that fit. conflicts: what does not fit, [{improvement_id, current: the SOP has changed in the same lines (a new one's name is taken), with: [proposals of these that it conflicts with], lines: [{line, lines}] of the text it was drafted from}]; as long as there is one, approve_improvements refuses. Proposals that are decided already are left out.
Errors: CO006 more than 200, CO403 not staff.$$;
