create or replace view app_public.dead_jobs with (security_invoker = true) as
  select d.id, d.task, d.job_key, d.attempts, d.last_error, d.created_at, d.failed_at from app_hidden.dead_jobs() d;
comment on view app_public.dead_jobs is E'@primaryKey id\nJobs that failed for the last time: they wait for retry_job or discard_job. For admins and auditors.';
comment on column app_public.dead_jobs.task is 'What it does: a file of worker/tasks/.';
comment on column app_public.dead_jobs.attempts is 'How often it was tried; a try counts when it begins.';
comment on column app_public.dead_jobs.last_error is 'Why the last try failed: 500 characters, personal data masked.';
