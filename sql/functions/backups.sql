create or replace function app_hidden.find_backup_target(name text) returns app_public.backup_targets
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_target app_public.backup_targets;
begin
  select * into v_target from app_public.backup_targets t where t.name = find_backup_target.name and t.removed_at is null;
  if v_target.id is null then
    raise exception 'There is no backup target "%".', find_backup_target.name
      using errcode = 'CO404', hint = coalesce((select 'There are: ' || string_agg(t.name, ', ' order by t.name) from app_public.backup_targets t where t.removed_at is null), 'Make one: select save_backup_target(name, kind, settings, schedule, enabled, reason).');
  end if;
  return v_target;
end
$$;
comment on function app_hidden.find_backup_target(text) is 'The target of this name, or CO404.';

create or replace function app_hidden.backup_in_place(target_id integer) returns integer
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select b.id from app_public.backups b join app_public.backup_targets t on t.id = b.target_id
   where b.target_id = backup_in_place.target_id and b.status = 'complete' and t.removed_at is null and (t.placed_at is null or b.started_at >= t.placed_at)
   order by b.id desc limit 1
$$;
comment on function app_hidden.backup_in_place(integer) is 'The backup that lies in a target now: its last complete one, unless the target has moved since or was removed. Null: there is none.';

create or replace function app_hidden.is_backup_place(kind text, settings jsonb) returns boolean language sql immutable as $$
  -- As the check of backup_targets has it.
  select jsonb_typeof(settings) = 'object' and case kind
    when 'folder' then settings = '{}'
    when 's3' then settings - array['bucket', 'prefix'] = '{}' and settings ->> 'bucket' ~ '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$' and coalesce(settings ->> 'prefix', '') ~ '^[A-Za-z0-9/_.-]{0,200}$'
    when 'drive' then settings - array['folder_id'] = '{}' and settings ->> 'folder_id' ~ '^[A-Za-z0-9_-]{1,200}$' end is true
$$;
comment on function app_hidden.is_backup_place(text, jsonb) is 'Whether settings say where a target of this kind lies, and nothing else.';

create or replace function app_private.finish_backup_test(test_id integer, step text default null, problem text default null, error text default null, hint text default null) returns app_public.backup_target_tests
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_test app_public.backup_target_tests;
begin
  perform app_hidden.require_role('worker');
  update app_public.backup_target_tests t
     set status = case when finish_backup_test.error is null then 'passed' else 'failed' end, finished_at = clock_timestamp(), step = finish_backup_test.step, problem = finish_backup_test.problem,
         error = left(finish_backup_test.error, 2000), hint = left(finish_backup_test.hint, 2000)
   where t.id = finish_backup_test.test_id and t.status = 'queued' returning * into v_test;
  return v_test;
end
$$;
comment on function app_private.finish_backup_test(integer, text, text, text, text) is
  'Writes down how a test of a place for backups ended; without an error it has passed. One that has ended already stays as it is. Errors: CO403 not the worker.';

create or replace function app_hidden.find_backup(id integer) returns app_public.backups
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups;
begin
  select * into v_backup from app_public.backups b where b.id = find_backup.id;
  if v_backup.id is null then
    raise exception 'There is no backup with id %.', find_backup.id using errcode = 'CO404', hint = 'select id, target_id, status, finished_at from backups order by id desc;';
  end if;
  return v_backup;
end
$$;
comment on function app_hidden.find_backup(integer) is 'The backup, or CO404.';

create or replace function app_private.queue_backup(target integer, asked_by text) returns app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups;
begin
  -- One that waits or runs is the one that was asked for.
  insert into app_public.backups as b (target_id, requested_by) values (queue_backup.target, left(queue_backup.asked_by, 100))
  on conflict (target_id) where status in ('queued', 'running') do update set requested_by = b.requested_by
  returning * into v_backup;
  return v_backup;
end
$$;
comment on function app_private.queue_backup(integer, text) is 'The backup of this target that waits or runs, or a new one that waits.';

create or replace function app_private.request_daily_backups() returns setof app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_target app_public.backup_targets;
  v_backup app_public.backups;
begin
  perform app_hidden.require_role('worker');
  for v_target in select * from app_public.backup_targets t where t.enabled and t.schedule = 'daily' order by t.id loop
    v_backup := app_private.queue_backup(v_target.id, 'schedule');
    perform app_hidden.add_job('backup__run', json_build_object('backup', v_backup.id), 'backup__run:' || v_target.id);
    return next v_backup;
  end loop;
end
$$;
comment on function app_private.request_daily_backups() is 'Adds a job for every target that is due each day. Errors: CO403 not the worker.';

create or replace function app_private.claim_backup(backup_id integer, lease interval default interval '1 minute') returns app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups;
begin
  perform app_hidden.require_role('worker');
  select * into v_backup from app_public.backups b where b.id = claim_backup.backup_id for no key update;
  if v_backup.id is null then
    perform app_hidden.find_backup(backup_id);
  elsif v_backup.status in ('complete', 'failed') then
    return v_backup;
  elsif v_backup.lease_until > clock_timestamp() then
    raise exception 'A backup to this target is under way: number %, begun at %, which was last heard of % seconds ago.', v_backup.id, to_char(v_backup.started_at at time zone 'UTC', 'HH24:MI:SS "UTC"'),
        round(greatest(extract(epoch from claim_backup.lease - (v_backup.lease_until - clock_timestamp())), 0))
      using errcode = 'CO170', detail = jsonb_build_object('backup_id', v_backup.id, 'lease_until', v_backup.lease_until)::text,
            hint = 'Wait for it: select stage, done, total from backups where status = ''running''. If its process has died, it can be taken over a minute after its last sign of life.';
  end if;
  update app_public.backups b
     set status = 'running', attempt = b.attempt + 1, started_at = coalesce(b.started_at, clock_timestamp()), lease_until = clock_timestamp() + claim_backup.lease, stage = 'listing', done = 0, total = 0,
         error = null, hint = null
   where b.id = v_backup.id returning * into v_backup;
  return v_backup;
end
$$;
comment on function app_private.claim_backup(integer, interval) is
  'Takes a backup that waits, or whose process fell silent, for this process alone, for as long as the lease lasts (backup_progress makes it last longer). One that has ended is returned as it is. Errors: CO170 another process has it, CO403 not the worker, CO404 no such backup.';

create or replace function app_private.owned_backup(backup_id integer, attempt integer) returns app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups;
begin
  perform app_hidden.require_role('worker');
  select * into v_backup from app_public.backups b where b.id = owned_backup.backup_id for no key update;
  if v_backup.status is distinct from 'running' or v_backup.attempt <> owned_backup.attempt then
    raise exception 'Backup % was taken over by another process, since this one was not heard of for too long.', backup_id using errcode = 'CO170', hint = 'The other one does the work; there is nothing to do.';
  end if;
  return v_backup;
end
$$;
comment on function app_private.owned_backup(integer, integer) is 'The backup, locked, if this attempt still has it. Errors: CO170 it was taken over, CO403 not the worker.';

create or replace function app_private.backup_progress(backup_id integer, attempt integer, stage text, done integer, total integer, lease interval default interval '1 minute') returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  perform app_private.owned_backup(backup_id, attempt);
  update app_public.backups b set stage = backup_progress.stage, done = backup_progress.done, total = backup_progress.total, lease_until = clock_timestamp() + backup_progress.lease
   where b.id = backup_progress.backup_id;
end
$$;
comment on function app_private.backup_progress(integer, integer, text, integer, integer, interval) is 'Says how far a backup is, and that its process lives. Errors: CO170 it was taken over, CO403 not the worker.';

create or replace function app_private.finish_backup(backup_id integer, attempt integer, counts jsonb, manifest_hash text, audit_position bigint, audit_hash text) returns app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups;
begin
  perform app_private.owned_backup(backup_id, attempt);
  update app_public.backups b
     set status = 'complete', finished_at = clock_timestamp(), lease_until = null, stage = null, done = b.total, files = c.files, uploaded = c.uploaded, unchanged = c.unchanged, renamed = c.renamed,
         deleted = c.deleted, bytes = c.bytes, bytes_uploaded = c.bytes_uploaded, manifest_hash = decode(finish_backup.manifest_hash, 'hex'), audit_position = finish_backup.audit_position,
         audit_hash = decode(finish_backup.audit_hash, 'hex')
    from jsonb_to_record(counts) c (files integer, uploaded integer, unchanged integer, renamed integer, deleted integer, bytes bigint, bytes_uploaded bigint)
   where b.id = finish_backup.backup_id returning b.* into v_backup;
  return v_backup;
end
$$;
comment on function app_private.finish_backup(integer, integer, jsonb, text, bigint, text) is
  'Writes down that a backup is complete. counts: {files, uploaded, unchanged, renamed, deleted, bytes, bytes_uploaded}; hashes in hexadecimal digits. Errors: CO170 it was taken over, CO403 not the worker.';

create or replace function app_private.fail_backup(backup_id integer, attempt integer, error text, hint text default null, final boolean default true) returns app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups := app_private.owned_backup(backup_id, attempt);
begin
  if final then
    update app_public.backups b set status = 'failed', finished_at = clock_timestamp(), lease_until = null, stage = null, error = left(fail_backup.error, 2000), hint = left(fail_backup.hint, 2000)
     where b.id = fail_backup.backup_id returning * into v_backup;
    -- Once a day and target.
    perform app_hidden.notify('backup_failed', jsonb_build_object('backup_id', v_backup.id, 'target', t.name, 'error', v_backup.error, 'hint', v_backup.hint,
        'last_complete', (select max(b.finished_at) from app_public.backups b where b.target_id = t.id and b.status = 'complete')), format('backup_failed:%s:%s', t.id, (now() at time zone 'UTC')::date))
       from app_public.backup_targets t where t.id = v_backup.target_id;
  else
    update app_public.backups b set status = 'queued', lease_until = null, stage = null, error = left(fail_backup.error, 2000), hint = left(fail_backup.hint, 2000)
     where b.id = fail_backup.backup_id returning * into v_backup;
  end if;
  return v_backup;
end
$$;
comment on function app_private.fail_backup(integer, integer, text, text, boolean) is
  'Writes down why a backup failed. final: nobody tries it again, and the admins are told; else it waits for the next try, which goes on with what was uploaded. Errors: CO170 it was taken over, CO403 not the worker.';

create or replace function app_private.record_verification(backup_id integer, result text, problems jsonb default '[]') returns app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups;
begin
  perform app_hidden.require_role('worker');
  update app_public.backups b set verification = record_verification.result, verified_at = clock_timestamp(), verification_problems = record_verification.problems
   where b.id = record_verification.backup_id returning * into v_backup;
  if result <> 'whole' then
    perform app_hidden.notify('backup_failed', jsonb_build_object('backup_id', v_backup.id, 'target', t.name, 'error', 'The backup was read again and is not whole: ' || coalesce(problems -> 0 ->> 'problem', result),
        'hint', 'Look at backups.verification_problems; the next backup writes anew what is missing or altered.'), format('backup_damaged:%s:%s', t.id, (now() at time zone 'UTC')::date))
       from app_public.backup_targets t where t.id = v_backup.target_id;
  end if;
  return v_backup;
end
$$;
comment on function app_private.record_verification(integer, text, jsonb) is 'Writes down what reading a backup again found: whole, damaged or failed; admins are told of the last two. problems: [{path, problem}]. Errors: CO403 not the worker.';
