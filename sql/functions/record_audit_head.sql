create or replace function app_private.record_audit_head(problems integer default 0) returns app_public.audit_heads
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_day date := (now() at time zone 'UTC')::date;
  v_recorded app_public.audit_heads;
begin
  perform app_hidden.require_role('worker');
  insert into app_public.audit_heads (day, chain_position, hash) select v_day, h.chain_position, h.hash from app_private.audit_head h
  on conflict do nothing;
  select * into v_recorded from app_public.audit_heads h where h.day = v_day;
  -- So that it leaves the database, where its owner could write another.
  perform app_hidden.notify('audit_head', jsonb_build_object('day', v_day, 'head', v_recorded.chain_position || ':' || encode(v_recorded.hash, 'hex')), 'audit_head:' || v_day);
  if problems > 0 then
    perform app_hidden.notify('audit_broken', jsonb_build_object('day', v_day, 'problems', problems), 'audit_broken:' || v_day);
  end if;
  return v_recorded;
end
$$;
comment on function app_private.record_audit_head(integer) is
  'Keeps the head of the audit chain, once a day (UTC), and tells the webhooks that want it; repeating it returns the day''s. problems: how many verify_audit_log found; the admins and auditors are told. Errors: CO403 not the worker.';
