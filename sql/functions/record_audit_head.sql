create or replace function app_private.record_audit_head() returns app_public.audit_heads
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_day date := (now() at time zone 'UTC')::date;
  v_recorded app_public.audit_heads;
begin
  perform app_hidden.require_role('worker');
  insert into app_public.audit_heads (day, chain_position, hash) select v_day, h.chain_position, h.hash from app_private.audit_head h
  on conflict do nothing;
  select * into v_recorded from app_public.audit_heads h where h.day = v_day;
  return v_recorded;
end
$$;
comment on function app_private.record_audit_head() is
  'Keeps the head of the audit chain, once a day (UTC); repeating it returns the day''s. Errors: CO403 not the worker.';
