create or replace function app_hidden.jobs()
returns table (id bigint, task text, key text, run_at timestamptz, attempts integer, max_attempts integer, locked_at timestamptz, last_error text)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if not (app_hidden.has_role('admin') or app_hidden.has_role('auditor')) then
    perform app_hidden.require_role('admin');
  end if;
  return query
    select j.id, t.identifier, j.key, j.run_at, j.attempts::integer, j.max_attempts::integer, j.locked_at, left(app_hidden.mask_personal_data(j.last_error), 500)
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id;
end
$$;
comment on function app_hidden.jobs() is 'Jobs that wait, run or died. Errors: CO403 neither admin nor auditor.';
