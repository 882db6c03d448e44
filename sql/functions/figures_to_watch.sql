-- For a scrape every few seconds: each part reads an index, or a table that stays small.
create or replace function app_private.figures_to_watch() returns table (name text, label text, value double precision)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  return query select 'workers', null::text, (count(*) filter (where h.seen_at > now() - interval '60 seconds'))::double precision from app_private.worker_heartbeats h;
  return query select 'worker_silence_seconds', null::text, extract(epoch from now() - max(h.seen_at))::double precision from app_private.worker_heartbeats h having max(h.seen_at) is not null;
  return query select 'jobs_waiting', t.identifier, count(*)::double precision
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
   where j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= now() group by t.identifier;
  return query select f.name, null::text, f.value::double precision
    from (select count(*) filter (where j.locked_at is not null) as running, count(*) filter (where j.locked_at is null and j.attempts >= j.max_attempts) as dead,
                 coalesce(extract(epoch from now() - min(j.run_at) filter (where j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= now())), 0) as oldest
            from graphile_worker._private_jobs j) j
   cross join lateral (values ('jobs_running', j.running), ('jobs_dead', j.dead), ('jobs_oldest_seconds', j.oldest)) f(name, value);
  return query select 'search_units_without_vectors', null::text, count(*)::double precision from app_private.search_units u where u.embedding is null and u.kind <> 'profile';
  return query select 'failures_to_analyse', null::text, count(*)::double precision from app_public.failed_responses f where not f.analyzed and f.withdrawn_at is null;
  return query select f.name, null::text, f.value::double precision
    from (select count(*) as pending, coalesce(extract(epoch from now() - min(q.created_at)), 0) as oldest from app_public.improvement_queue q where q.status = 'pending') q
   cross join lateral (values ('proposals_pending', q.pending), ('proposals_oldest_seconds', q.oldest)) f(name, value);
  return query select 'tickets_waiting', p.priority, count(t.id)::double precision
    from unnest(array['normal', 'urgent']) p(priority) left join app_public.tickets t on t.status = 'waiting' and t.priority = p.priority group by p.priority;
  return query select 'tickets_oldest_seconds', null::text, coalesce(extract(epoch from now() - min(t.updated_at)), 0)::double precision from app_public.tickets t where t.status = 'waiting';
  return query select f.name, null::text, f.value::double precision
    from (select count(*) filter (where n.status in ('queued', 'sending')) as unsent, count(*) filter (where n.status = 'failed') as failed
            from app_public.notifications n where n.created_at > now() - interval '1 day') n
   cross join lateral (values ('notifications_unsent', n.unsent), ('notifications_failed', n.failed)) f(name, value);
  return query select 'assistant_enabled', null::text, s.assistant_enabled::integer::double precision from app_public.club_settings s;
  return query select f.name, p.period, f.value::double precision from app_hidden.llm_periods() p
   cross join lateral (values ('llm_cost_dollars', p.spent), ('llm_budget_dollars', p.budget)) f(name, value) where f.value is not null;
  return query select 'audit_rows', null::text, h.chain_position::double precision from app_private.audit_head h;
  return query select f.name, b.target, f.value from app_public.backup_state() b
   cross join lateral (values ('backup_age_seconds', b.age_seconds), ('backup_overdue', b.overdue::integer::double precision), ('backup_failed', (b.latest_status = 'failed')::integer::double precision)) f(name, value)
   where b.enabled and f.value is not null;
  return query select 'database_bytes', null::text, pg_database_size(current_database())::double precision;
end
$$;
comment on function app_private.figures_to_watch() is
$$How the system is, for monitoring: name (as core/watching/figures.ts describes it), label (what its rows differ by; null where there is one), value. Cheap enough to be asked every few seconds. For the worker's role.$$;
