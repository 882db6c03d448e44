-- graphile-worker unlocks a dead worker's jobs after four hours. Heartbeats find the dead within a minute.
create or replace function app_private.release_jobs(worker_ids text[], fault boolean) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_released integer;
begin
  update graphile_worker._private_jobs j
     set attempts = case when fault then j.attempts else greatest(j.attempts - 1, 0) end,
         last_error = case when fault then format('Its worker (%s) died while running it.', j.locked_by) else j.last_error end,
         -- As after any failure of a last try, so that dead_jobs can tell when it was.
         run_at = case when fault and j.attempts >= j.max_attempts then greatest(now(), j.run_at) + exp(least(j.attempts, 10)) * interval '1 second' else least(j.run_at, now()) end
   where j.locked_by = any (worker_ids);
  get diagnostics v_released = row_count;
  perform graphile_worker.force_unlock_workers(worker_ids);
  if v_released > 0 then
    perform pg_notify('jobs:insert', json_build_object('count', v_released)::text);
  end if;
  return v_released;
end
$$;
comment on function app_private.release_jobs(text[], boolean) is
  'Unlocks the jobs of workers that run them no more, for others to take at once. fault: the worker died, so the try counts (a job that kills its worker must not live for ever); otherwise it does not. Returns how many jobs.';

create or replace function app_private.beat(worker_id text, host text, process_id integer, running bigint[] default null, grace interval default '60 seconds', alone boolean default false)
returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_now timestamptz := clock_timestamp();
  v_self app_private.worker_heartbeats;
  v_dead text[];
  v_unheard integer;
begin
  insert into app_private.worker_heartbeats as h (worker_id, host, process_id, beating_since, seen_at)
  values (beat.worker_id, beat.host, beat.process_id, v_now, v_now)
  on conflict on constraint worker_heartbeats_pkey do update
     set seen_at = v_now, beating_since = case when v_now between h.seen_at and h.seen_at + grace / 2 then h.beating_since else v_now end
  returning * into v_self;
  -- A job that was added in the future shows that the clock was set back: it must not wait until that time comes again.
  update graphile_worker._private_jobs j set created_at = v_now, run_at = v_now
   where j.created_at > v_now + interval '1 second' and j.run_at > v_now and j.locked_at is null;
  -- A job whose answer was lost on the way was given to a worker that never heard of it.
  with unheard as (
    update graphile_worker._private_jobs j set locked_at = null, locked_by = null, attempts = greatest(j.attempts - 1, 0)
     where j.locked_by = beat.worker_id and j.id <> all (running) and j.locked_at not between v_now - grace and v_now
    returning j.job_queue_id
  ), queues as (
    update graphile_worker._private_job_queues q set locked_at = null, locked_by = null
      from unheard u where q.id = u.job_queue_id and q.locked_by = beat.worker_id
  )
  select count(*) into v_unheard from unheard;
  -- Where the database was away, or its clock jumped, everybody's last beat looks old; all get their grace again.
  if not alone and v_self.beating_since > v_now - grace then
    return v_unheard;
  end if;
  -- One judges at a time; the others need not wait for it.
  if not pg_try_advisory_xact_lock(hashtextextended('clubos.dead_workers', 0)) then
    return v_unheard;
  end if;
  delete from app_private.worker_heartbeats h
   where h.worker_id <> beat.worker_id and (alone or h.seen_at < v_now - grace or h.seen_at > v_now + grace);
  select array_agg(distinct j.locked_by) into v_dead
    from (select locked_by, locked_at from graphile_worker._private_jobs where locked_at is not null
          union all
          select locked_by, locked_at from graphile_worker._private_job_queues where locked_at is not null) j
   where j.locked_by <> beat.worker_id and (alone or j.locked_at not between v_now - grace and v_now)
     and not exists (select from app_private.worker_heartbeats h where h.worker_id = j.locked_by);
  return v_unheard + case when v_dead is null then 0 else app_private.release_jobs(v_dead, fault => true) end;
end
$$;
comment on function app_private.beat(text, text, integer, bigint[], interval, boolean) is
$$Says that a worker lives, and releases the jobs of those that do not: whose last beat is older than grace, or that never had one and hold a lock longer than that. worker_id: what stands in locked_by; host, process_id: where it runs, for people. running: the jobs it works at, or has just ended; others that were given to it longer than grace ago are released, since it does not know of them (null: not said). grace: whoever has not itself beaten without a gap for so long judges nobody. alone: this process is the only one that can be alive (embedded database), so everybody else is dead. Returns how many jobs were released.$$;

create or replace function app_private.end_worker(worker_id text, fault boolean default false) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  delete from app_private.worker_heartbeats h where h.worker_id = end_worker.worker_id;
  return app_private.release_jobs(array[end_worker.worker_id], fault);
end
$$;
comment on function app_private.end_worker(text, boolean) is 'Signs a worker off and releases at once what it still holds. fault: it failed, so the tries count. Returns how many jobs were released.';
