create or replace function app_public.request_health_check() returns app_public.health_checks
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_check app_public.health_checks;
begin
  perform app_hidden.require_role('reviewer');
  insert into app_public.health_checks as c (kind, requested_by) values ('requested', app_public.current_actor())
  on conflict (status) where status = 'queued' do update set requested_by = coalesce(c.requested_by, excluded.requested_by)
  returning * into v_check;
  perform app_hidden.add_job('knowledge__check_health', json_build_object('check', v_check.id), 'knowledge__check_health:asked');
  return v_check;
end
$$;
comment on function app_public.request_health_check() is
$$Asks the worker to look through the knowledge now instead of at night: duplicates, contradictions, entries that nobody needs or that do not help become proposals. Returns the check, which tells how far it is; asking twice while it waits is asking once.
Errors: CO403 not a reviewer.$$;
