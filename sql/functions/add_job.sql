-- graphile-worker's add_job needs the owner's rights; this is the one door to it.
create or replace function app_hidden.add_job(task text, payload json default '{}', job_key text default null) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job(task, payload, job_key => add_job.job_key, max_attempts => 8);
end
$$;
comment on function app_hidden.add_job(text, json, text) is 'Adds a job in this transaction: it runs if, and only if, the transaction commits.';
