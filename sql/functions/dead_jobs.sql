create or replace function app_hidden.dead_jobs()
returns table (id bigint, task text, job_key text, attempts integer, last_error text, created_at timestamptz, failed_at timestamptz)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if not (app_hidden.has_role('admin') or app_hidden.has_role('auditor') or app_hidden.has_role('worker')) then
    perform app_hidden.require_role('admin');
  end if;
  return query
    select j.id, t.identifier, j.key, j.attempts::integer, left(app_hidden.mask_personal_data(j.last_error), 500), j.created_at,
           -- A failure puts run_at e^attempts seconds ahead, and nobody moves it after the last one.
           greatest(j.updated_at, j.run_at - exp(least(j.attempts, 10)) * interval '1 second')
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where j.attempts >= j.max_attempts and j.locked_at is null;
end
$$;
comment on function app_hidden.dead_jobs() is 'Jobs that failed for the last time. Errors: CO403 neither admin, auditor nor worker.';

create or replace function app_private.watch_jobs() returns setof jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_job record;
begin
  delete from app_private.dead_job_alerts a where not exists (select from graphile_worker._private_jobs j where j.id = a.job_id);
  for v_job in
    with new as (insert into app_private.dead_job_alerts (job_id) select d.id from app_hidden.dead_jobs() d order by d.id on conflict do nothing returning job_id)
    select d.* from new join app_hidden.dead_jobs() d on d.id = new.job_id order by d.id
  loop
    perform app_hidden.notify('job_dead', to_jsonb(v_job), format('job_dead:%s:%s', v_job.id, extract(epoch from v_job.failed_at)));
    return next to_jsonb(v_job);
  end loop;
end
$$;
comment on function app_private.watch_jobs() is
  'Tells the people in charge of each dead job, once; a retried one that dies again is told of again. Returns what it told, as dead_jobs has it. Errors: CO403 not the worker.';
