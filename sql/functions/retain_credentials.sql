-- What the retention rules of logins and of the outbox do, a batch a call.
create or replace function app_private.retain__sessions(before timestamptz) returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_done bigint;
begin
  delete from app_public.sessions s
   where s.id in (select x.id from app_public.sessions x where least(x.expires_at, x.revoked_at, x.last_seen_at + interval '7 days') < before limit 500 for update skip locked);
  get diagnostics v_done = row_count;
  delete from app_secret.one_time_links l where l.expires_at < before;
  delete from app_secret.rate_limits r where to_timestamp(r.expire / 1000.0) < now();
  return v_done;
end
$$;
comment on function app_private.retain__sessions(timestamptz) is 'Removes sessions that ended earlier, links that expired earlier, and counters of rate limits that have run out.';

create or replace function app_private.retain__notifications(before timestamptz) returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_done bigint;
begin
  delete from app_public.notifications n
   where n.id in (select x.id from app_public.notifications x where x.created_at < before and x.status in ('sent', 'failed', 'skipped') limit 500 for update skip locked);
  get diagnostics v_done = row_count;
  return v_done;
end
$$;
comment on function app_private.retain__notifications(timestamptz) is 'Removes notifications that were sent, failed or skipped, and are older.';
