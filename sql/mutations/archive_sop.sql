create or replace function app_public.archive_sop(sop_id integer, reason text) returns app_public.sops
language plpgsql volatile set clubos.reason = '' as $$
declare
  v_sop app_public.sops;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.set_reason(app_hidden.require_reason(archive_sop.reason));
  v_sop := app_hidden.find_sop(archive_sop.sop_id, for_update => true);
  if v_sop.archived_at is null then
    update app_public.sops s set archived_at = clock_timestamp() where s.id = v_sop.id returning * into v_sop;
  end if;
  return v_sop;
end
$$;
comment on function app_public.archive_sop(integer, text) is
$$Takes an SOP out of use: no longer searched or answered from, its history stays. save_sop or rollback_sop bring it back.
Errors: CO001 no actor, CO002 no reason, CO403 not a reviewer, CO404 no such SOP.$$;
