create or replace function app_hidden.find_dead_job(job_id bigint) returns app_public.dead_jobs
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_job app_public.dead_jobs;
begin
  perform 1 from graphile_worker._private_jobs j where j.id = find_dead_job.job_id for update;
  select * into v_job from app_public.dead_jobs d where d.id = find_dead_job.job_id;
  if v_job.id is null then
    raise exception 'There is no dead job with id %.', find_dead_job.job_id using errcode = 'CO404', hint = 'select id, task, last_error from dead_jobs;';
  end if;
  return v_job;
end
$$;
comment on function app_hidden.find_dead_job(bigint) is 'The dead job, locked. Errors: CO404 no such job, or it is not dead.';

create or replace function app_public.retry_job(job_id bigint, reason text) returns boolean
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_job app_public.dead_jobs;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.require_reason(retry_job.reason);
  v_job := app_hidden.find_dead_job(retry_job.job_id);
  perform graphile_worker.reschedule_jobs(array[v_job.id], run_at => now(), attempts => 0);
  delete from app_private.dead_job_alerts a where a.job_id = v_job.id;
  insert into app_public.audit_log (table_name, row_id, operation, actor, role, reason, old, new, request_id)
  values ('jobs', v_job.id::text, 'update', app_hidden.require_actor(), app_hidden.acting_role(), app_hidden.require_reason(retry_job.reason),
      to_jsonb(v_job), to_jsonb(v_job) || '{"attempts": 0}', nullif(current_setting('clubos.request_id', true), ''));
  perform pg_notify('jobs:insert', '{"count":1}');
  return true;
end
$$;
comment on function app_public.retry_job(bigint, text) is
$$Runs a dead job again, with all its tries. job_id: from dead_jobs. reason: why it should work now; kept in the audit log.
Errors: CO001 no actor, CO002 no reason, CO403 not an admin, CO404 no such dead job.$$;

create or replace function app_public.discard_job(job_id bigint, reason text) returns boolean
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_job app_public.dead_jobs;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.require_reason(discard_job.reason);
  v_job := app_hidden.find_dead_job(discard_job.job_id);
  perform graphile_worker.complete_jobs(array[v_job.id]);
  delete from app_private.dead_job_alerts a where a.job_id = v_job.id;
  insert into app_public.audit_log (table_name, row_id, operation, actor, role, reason, old, new, request_id)
  values ('jobs', v_job.id::text, 'delete', app_hidden.require_actor(), app_hidden.acting_role(), app_hidden.require_reason(discard_job.reason),
      to_jsonb(v_job), null, nullif(current_setting('clubos.request_id', true), ''));
  return true;
end
$$;
comment on function app_public.discard_job(bigint, text) is
$$Removes a dead job: it is never done. job_id: from dead_jobs. reason: why; kept in the audit log.
Errors: CO001 no actor, CO002 no reason, CO403 not an admin, CO404 no such dead job.$$;
