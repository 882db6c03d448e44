create or replace function app_public.rollback_sop(sop_id integer, version integer, reason text) returns app_public.sops
language plpgsql volatile set clubos.reason = '' as $$
declare
  v_sop app_public.sops;
  v_version app_public.sop_versions;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.set_reason(format('Rollback to version %s: %s', rollback_sop.version, app_hidden.require_reason(rollback_sop.reason)));
  v_sop := app_hidden.find_sop(rollback_sop.sop_id, for_update => true);
  select * into v_version from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = rollback_sop.version;
  if v_version.id is null then
    raise exception '%/% has no version %; it has 1 to %.', v_sop.category, v_sop.section, rollback_sop.version, v_sop.version using errcode = 'CO404';
  elsif v_version.content = v_sop.content and v_version.archived = (v_sop.archived_at is not null) then
    return v_sop;
  end if;
  update app_public.sops s set content = v_version.content, archived_at = case when v_version.archived then clock_timestamp() end
   where s.id = v_sop.id returning * into v_sop;
  return v_sop;
end
$$;
comment on function app_public.rollback_sop(integer, integer, text) is
$$Makes an earlier version's text the next version: history grows, nothing is lost. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO403 not a reviewer, CO404 no such SOP or version.$$;
