create or replace function app_hidden.notify(kind text, details jsonb default '{}', key text default null) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  perform pg_notify('clubos_alerts', jsonb_build_object('kind', kind, 'details', details, 'key', key)::text);
end
$$;
comment on function app_hidden.notify(text, jsonb, text) is 'Tells the people in charge, once this transaction commits. kind: what happened; details: for the text of the message, no secrets; key: the same key is told once.';
