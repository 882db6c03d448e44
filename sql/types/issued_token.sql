do $$
begin
  if to_regtype('app_public.issued_token') is null then
    create type app_public.issued_token as (id integer, name text, role text, expires_at timestamptz, token text);
  end if;
  if to_regtype('app_public.issued_webhook') is null then
    create type app_public.issued_webhook as (id integer, url text, events text[], signing_key text);
  end if;
end
$$;
comment on type app_public.issued_token is 'A new API token. `token` is shown this once.';
comment on type app_public.issued_webhook is 'A new webhook. `signing_key` is shown this once.';
