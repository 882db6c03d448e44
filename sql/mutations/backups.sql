create or replace function app_public.save_backup_target(name text, kind text, settings jsonb default '{}', schedule text default 'daily', enabled boolean default true, reason text default null)
returns app_public.backup_targets language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_target app_public.backup_targets;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(save_backup_target.reason));
  insert into app_public.backup_targets as t (name, kind, settings, schedule, enabled)
  values (save_backup_target.name, save_backup_target.kind, coalesce(save_backup_target.settings, '{}'), coalesce(save_backup_target.schedule, 'daily'), coalesce(save_backup_target.enabled, true))
  on conflict on constraint backup_targets_name_key do update
     set kind = excluded.kind, settings = excluded.settings, schedule = excluded.schedule, enabled = excluded.enabled, updated_at = clock_timestamp(), removed_at = null,
         placed_at = case when (t.kind, t.settings) is distinct from (excluded.kind, excluded.settings) or t.removed_at is not null then clock_timestamp() else t.placed_at end
  returning * into v_target;
  return v_target;
exception when check_violation or not_null_violation then
  raise exception 'This is no backup target: its name is of small letters, digits, - and _; its kind folder, s3 or drive; its schedule daily or manual.'
    using errcode = 'CO005', hint = 'settings: {} for a folder, {"bucket": "…", "prefix": "…"} for s3, {"folder_id": "…"} for drive. Keys and addresses stand in the environment: docs/backup.md.';
end
$$;
comment on function app_public.save_backup_target(text, text, jsonb, text, boolean, text) is
$$Makes a place for backups, or changes the one of that name. kind: folder, s3 or drive. settings: {} for a folder; {bucket, prefix} for s3; {folder_id} for drive; secrets stand in the server's environment. schedule: daily or manual. Where the place changes, what lies in the old one stays there and is the target's backup no more.
Errors: CO001 no actor, CO002 no reason, CO005 not such a target, CO403 not an admin.$$;

create or replace function app_public.remove_backup_target(name text, reason text default null) returns app_public.backup_targets
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_target app_public.backup_targets;
  v_open app_public.backups;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(remove_backup_target.reason));
  v_target := app_hidden.find_backup_target(remove_backup_target.name);
  perform from app_public.backup_targets t where t.id = v_target.id for no key update;
  select * into v_open from app_public.backups b where b.target_id = v_target.id and b.status in ('queued', 'running') for no key update;
  if v_open.lease_until > clock_timestamp() then
    raise exception 'A backup to "%" is under way: number %.', v_target.name, v_open.id
      using errcode = 'CO170', detail = jsonb_build_object('backup_id', v_open.id, 'lease_until', v_open.lease_until)::text, hint = 'Wait until it has ended, then remove the target.';
  end if;
  update app_public.backups b set status = 'failed', finished_at = clock_timestamp(), lease_until = null, error = 'The target was removed before this began.', hint = null where b.id = v_open.id;
  update app_public.backup_targets t set removed_at = clock_timestamp(), enabled = false, updated_at = clock_timestamp() where t.id = v_target.id returning * into v_target;
  return v_target;
end
$$;
comment on function app_public.remove_backup_target(text, text) is
$$Takes a place for backups away: nothing is brought there any more. What lies there stays, as does the list of what was done; clubos restore reads it from its place. save_backup_target with the same name sets it up anew.
Errors: CO001 no actor, CO002 no reason, CO170 a backup to it is under way, CO403 not an admin, CO404 no such target.$$;

create or replace function app_public.test_backup_target(name text, kind text, settings jsonb default '{}') returns app_public.backup_target_tests
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_test app_public.backup_target_tests;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  if coalesce(test_backup_target.name, '') !~ '^[a-z0-9]([a-z0-9_-]{0,48}[a-z0-9])?$' or not app_hidden.is_backup_place(test_backup_target.kind, coalesce(test_backup_target.settings, '{}')) then
    raise exception 'This is no backup target: its name is of small letters, digits, - and _; its kind folder, s3 or drive.'
      using errcode = 'CO005', hint = 'settings: {} for a folder, {"bucket": "…", "prefix": "…"} for s3, {"folder_id": "…"} for drive. Keys and addresses stand in the environment: docs/backup.md.';
  end if;
  delete from app_public.backup_target_tests t where t.created_at < now() - interval '1 day';
  insert into app_public.backup_target_tests (name, kind, settings, requested_by)
  values (test_backup_target.name, test_backup_target.kind, coalesce(test_backup_target.settings, '{}'), left(app_hidden.require_actor(), 100))
  returning * into v_test;
  perform app_hidden.add_job('backup__test', json_build_object('test', v_test.id), 'backup__test:' || v_test.id);
  return v_test;
end
$$;
comment on function app_public.test_backup_target(text, text, jsonb) is
$$Has the worker try a place for backups, whether it is set up or not: list what is there, write a small file, read it again, remove it. The row says passed then, or failed with where (step), what kind (problem) and the words (error, hint). name, kind, settings: as save_backup_target takes them. Changes no target.
Errors: CO001 no actor, CO005 not such a target, CO403 not an admin.$$;

create or replace function app_public.request_backup(target text default null) returns setof app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_target app_public.backup_targets;
  v_backup app_public.backups;
  v_any boolean := false;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  if target is not null then
    perform app_hidden.find_backup_target(target);
  end if;
  for v_target in select * from app_public.backup_targets t where t.name = request_backup.target or request_backup.target is null and t.enabled order by t.id loop
    v_any := true;
    v_backup := app_private.queue_backup(v_target.id, app_hidden.require_actor());
    perform app_hidden.add_job('backup__run', json_build_object('backup', v_backup.id), 'backup__run:' || v_target.id);
    return next v_backup;
  end loop;
  if not v_any then
    raise exception 'No backup target is enabled.' using errcode = 'CO404', hint = 'select save_backup_target(''folder'', ''folder'', reason => ''why'');';
  end if;
end
$$;
comment on function app_public.request_backup(text) is
$$Asks the worker for a backup now. target: name of one; null: every one that is enabled. Returns the backups, whose rows tell how far they are (stage, done of total); asking while one waits or runs is asking for that one.
Errors: CO001 no actor, CO403 not an admin, CO404 no such target, or none enabled.$$;

create or replace function app_public.request_backup_verification(backup_id integer) returns app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  v_backup := app_hidden.find_backup(request_backup_verification.backup_id);
  if v_backup.id is distinct from app_hidden.backup_in_place(v_backup.target_id) then
    raise exception 'Only the last complete backup of a target can be verified; % is not.', v_backup.id
      using errcode = 'CO171', hint = coalesce(format('That is %s.', app_hidden.backup_in_place(v_backup.target_id)), 'Make one first: select * from request_backup();');
  end if;
  update app_public.backups b set verification = 'queued', verification_requested_by = app_hidden.require_actor(), verified_at = null, verification_problems = null where b.id = v_backup.id returning * into v_backup;
  perform app_hidden.add_job('backup__verify', json_build_object('backup', v_backup.id), 'backup__verify:' || v_backup.target_id);
  return v_backup;
end
$$;
comment on function app_public.request_backup_verification(integer) is
$$Has every file of a backup read again and compared with its manifest; the row says whole, damaged or failed then. Only what a target has now can be read: its last complete backup.
Errors: CO001 no actor, CO171 not the last complete one, CO403 not an admin, CO404 no such backup.$$;

create or replace function app_public.request_restore(backup_id integer, mode text, dry_run boolean default true, reason text default null) returns app_public.restores
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups;
  v_restore app_public.restores;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  v_backup := app_hidden.find_backup(request_restore.backup_id);
  if mode is null or mode not in ('versions', 'proposals') then
    raise exception 'Differences become versions or proposals.' using errcode = 'CO005', hint = 'Into an empty database: clubos restore.';
  elsif v_backup.id is distinct from app_hidden.backup_in_place(v_backup.target_id) then
    raise exception 'A target holds its last complete backup alone; % is not that.', v_backup.id
      using errcode = 'CO171', hint = coalesce(format('That is %s.', app_hidden.backup_in_place(v_backup.target_id)), 'Make one first: select * from request_backup();');
  end if;
  insert into app_public.restores (backup_id, source, mode, dry_run, reason, requested_by)
  select v_backup.id, t.name, request_restore.mode, coalesce(request_restore.dry_run, true), case when not coalesce(request_restore.dry_run, true) then app_hidden.require_reason(request_restore.reason) end, app_hidden.require_actor()
    from app_public.backup_targets t where t.id = v_backup.target_id
  returning * into v_restore;
  perform app_hidden.add_job('backup__restore', json_build_object('restore', v_restore.id), 'backup__restore:' || v_restore.id);
  return v_restore;
end
$$;
comment on function app_public.request_restore(integer, text, boolean, text) is
$$Brings SOPs and knowledge back to what a backup has, in the living club. mode: versions (each difference becomes a new version) or proposals (they wait in the queue). dry_run: only the report of what would change, in restores.report. reason: needed unless it is a dry run. What came after the backup stays as it is.
Errors: CO001 no actor, CO002 no reason, CO005 no such mode, CO171 not the target's last complete backup, CO403 not an admin, CO404 no such backup.$$;
