create or replace view app_public.jobs with (security_invoker = true) as
  select j.id, j.task, j.key, j.run_at, j.attempts, j.max_attempts, j.locked_at, j.last_error from app_hidden.jobs() j;
comment on view app_public.jobs is E'@primaryKey id\nJobs that wait, run (locked_at) or died (attempts = max_attempts). For admins and auditors.';
comment on column app_public.jobs.task is 'What it does: a file of worker/tasks/.';
comment on column app_public.jobs.key is 'Two jobs of one key are one.';
comment on column app_public.jobs.run_at is 'When it is due; after a failure, when it is tried again.';
comment on column app_public.jobs.attempts is 'How often it was tried; a try counts when it begins.';
comment on column app_public.jobs.locked_at is 'Since when a worker runs it; null while it waits.';
comment on column app_public.jobs.last_error is 'Why the last try failed: 500 characters, personal data masked.';
