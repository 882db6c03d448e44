create or replace function app_public.backup_state() returns table (target text, kind text, schedule text, enabled boolean, backup_id integer, last_complete_at timestamptz, age_seconds double precision,
  overdue boolean, verification text, verified_at timestamptz, latest_id integer, latest_status text, latest_error text, stage text, done integer, total integer)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select t.name, t.kind, t.schedule, t.enabled, c.id, c.finished_at, extract(epoch from now() - c.finished_at)::double precision,
         -- A day, and the time that a backup and its retries take.
         t.enabled and t.schedule = 'daily' and coalesce(c.finished_at, t.placed_at, t.created_at) < now() - interval '26 hours',
         c.verification, c.verified_at, b.id, b.status, b.error, b.stage, b.done, b.total
    from app_public.backup_targets t
    left join app_public.backups c on c.id = app_hidden.backup_in_place(t.id)
    left join lateral (select * from app_public.backups b where b.target_id = t.id order by b.id desc limit 1) b on true
   where t.removed_at is null and (app_hidden.has_role('admin') or app_hidden.has_role('auditor') or app_hidden.has_role('worker'))
   order by t.id
$$;
comment on function app_public.backup_state() is
  'Each target with its last complete backup and that one''s age (age_seconds; null: there is none), whether a daily one is overdue (more than 26 hours), and how far the latest is. For watching, and for the UI.';
