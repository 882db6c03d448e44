-- Which request it was, so that the job's log, its changes in the audit log and its trace say so too.
create or replace function app_hidden.with_request(payload json) returns json
language sql stable as $$
  select case when json_typeof(payload) = 'object' and nullif(current_setting('clubos.request_id', true), '') is not null
              then (payload::jsonb || jsonb_build_object('_request', jsonb_strip_nulls(jsonb_build_object('id', current_setting('clubos.request_id', true), 'traceparent', nullif(current_setting('clubos.traceparent', true), '')))))::json
              else payload end
$$;
comment on function app_hidden.with_request(json) is 'A job''s payload with the request that it comes of (_request: id, and traceparent where it is traced); as it is outside of a request.';

-- graphile-worker's add_job needs the owner's rights; this is the one door to it.
create or replace function app_hidden.add_job(task text, payload json default '{}', job_key text default null) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job(task, app_hidden.with_request(payload), job_key => add_job.job_key, max_attempts => 8);
end
$$;
comment on function app_hidden.add_job(text, json, text) is 'Adds a job in this transaction: it runs if, and only if, the transaction commits.';
