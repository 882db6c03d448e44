create or replace function app_public.system_health(
  out postgres_version text, out pgvector_version text, out database_bytes bigint, out workers integer, out worker_last_seen timestamptz,
  out jobs_waiting bigint, out jobs_running bigint, out oldest_waiting_seconds double precision, out dead_jobs bigint,
  out search_units bigint, out search_units_without_vectors bigint, out pending_proposals bigint, out oldest_pending_days double precision,
  out urgent_tickets_waiting bigint, out notifications_unsent bigint, out notifications_failed bigint, out assistant_enabled boolean, out embedding_model text,
  out audit_rows bigint, out audit_head_day date, out audit_head_position bigint, out audit_head_hash text)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('agent');
  end if;
  postgres_version := current_setting('server_version');
  select e.extversion into pgvector_version from pg_catalog.pg_extension e where e.extname = 'vector';
  database_bytes := pg_database_size(current_database());
  -- As long as others take one for living that is silent (app_private.beat).
  select count(*) filter (where h.seen_at > now() - interval '60 seconds'), max(h.seen_at) into workers, worker_last_seen from app_private.worker_heartbeats h;
  select count(*) filter (where j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= now()), count(*) filter (where j.locked_at is not null),
         extract(epoch from now() - min(j.run_at) filter (where j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= now())),
         count(*) filter (where j.locked_at is null and j.attempts >= j.max_attempts)
    into jobs_waiting, jobs_running, oldest_waiting_seconds, dead_jobs from graphile_worker._private_jobs j;
  select count(*), count(*) filter (where u.embedding_model is null and u.kind <> 'profile') into search_units, search_units_without_vectors from app_private.search_units u;
  select count(*), extract(epoch from now() - min(q.created_at)) / 86400 into pending_proposals, oldest_pending_days from app_public.improvement_queue q where q.status = 'pending';
  select count(*) into urgent_tickets_waiting from app_public.tickets t where t.status = 'waiting' and t.priority = 'urgent';
  select count(*) filter (where n.status in ('queued', 'sending')), count(*) filter (where n.status = 'failed') into notifications_unsent, notifications_failed from app_public.notifications n;
  select s.assistant_enabled, s.embedding_model into assistant_enabled, embedding_model from app_public.club_settings s;
  -- Every row has its place in the chain, so that its end is their number.
  select h.chain_position into audit_rows from app_private.audit_head h;
  select h.day, h.chain_position, encode(h.hash, 'hex') into audit_head_day, audit_head_position, audit_head_hash from app_public.audit_heads h order by h.day desc limit 1;
end
$$;
comment on function app_public.system_health() is
$$How the system is, in numbers: versions; bytes of the database; workers that live, and when one was last seen; jobs that are due, run, wait longest (seconds) or died; search units without a vector yet; proposals that wait, and the oldest for how many days; urgent conversations that wait for a person; notifications not sent yet, and those that failed; rows of the audit log, and its head as it was last kept (POSITION:HASH for verify_audit_log).
Errors: CO403 neither staff nor auditor.$$;
