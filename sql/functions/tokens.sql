-- Two UUIDs of version 4 are 244 random bits from the operating system; the hash only makes them a shapely text.
create or replace function app_secret.random_token(prefix text default '') returns text language sql volatile as $$
  select random_token.prefix || rtrim(translate(encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64'), '+/', '-_'), '=')
$$;
comment on function app_secret.random_token(text) is 'An unguessable token (244 random bits, 43 characters of base64url) behind a prefix that says what it is.';

create or replace function app_secret.token_hash(token text) returns bytea language sql immutable as $$
  select sha256(convert_to(token_hash.token, 'UTF8'))
$$;
comment on function app_secret.token_hash(text) is 'What is stored of a token. A plain hash is enough for a secret of 244 random bits.';

create or replace function app_secret.make_link(purpose text, user_id integer default null) returns text
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_token text := app_secret.random_token('clo_');
begin
  -- A newer link replaces those before it.
  update app_secret.one_time_links l set expires_at = least(l.expires_at, now()) where l.purpose = make_link.purpose and l.user_id is not distinct from make_link.user_id and l.used_at is null;
  insert into app_secret.one_time_links (token_hash, purpose, user_id, expires_at)
  values (app_secret.token_hash(v_token), make_link.purpose, make_link.user_id,
      now() + case make_link.purpose when 'invitation' then interval '7 days' when 'password_reset' then interval '1 hour' else interval '1 day' end);
  return v_token;
end
$$;
comment on function app_secret.make_link(text, integer) is 'A one-time token by which somebody chooses a password: invitation (7 days), password_reset (an hour) or first_admin (a day). Replaces earlier ones of its kind.';

create or replace function app_secret.has_admin() returns boolean language sql stable set search_path = app_public, public, pg_temp as $$
  select exists (select from app_public.users u join app_secret.passwords p on p.user_id = u.id where u.role = 'admin' and u.is_active)
$$;
comment on function app_secret.has_admin() is 'Whether an active admin has a password.';

create or replace function app_secret.find_link(token text) returns table (purpose text, user_id integer, email text)
language sql stable set search_path = app_public, public, pg_temp as $$
  select l.purpose, l.user_id, u.email from app_secret.one_time_links l left join app_public.users u on u.id = l.user_id
   where l.token_hash = app_secret.token_hash(find_link.token) and l.used_at is null and l.expires_at > now()
     and case l.purpose when 'first_admin' then not app_secret.has_admin() else u.is_active end
$$;
comment on function app_secret.find_link(text) is 'What a one-time link is for; no row where it is unknown, used or expired.';

create or replace function app_secret.redeem_link(token text, password_hash text, email text default null, name text default null) returns integer
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
#variable_conflict use_column
declare
  v_link app_secret.one_time_links;
  v_user_id integer;
begin
  -- Two clicks at once: the second waits here and then finds it used.
  select * into v_link from app_secret.one_time_links l where l.token_hash = app_secret.token_hash(redeem_link.token) for update;
  if not exists (select from app_secret.find_link(redeem_link.token)) then
    raise exception 'This link was used already, has expired or is not whole.' using errcode = 'CO410', hint = 'Ask for a new one.';
  end if;
  update app_secret.one_time_links l set used_at = now() where l.token_hash = v_link.token_hash;
  v_user_id := v_link.user_id;
  perform set_config('clubos.reason', 'one-time link: ' || v_link.purpose, true);
  if v_link.purpose = 'first_admin' then
    -- Two such links at once make one first admin.
    perform pg_advisory_xact_lock(hashtextextended('clubos.first_admin', 0));
    if app_secret.has_admin() then
      raise exception 'There is an admin already.' using errcode = 'CO410', hint = 'Ask them for an invitation.';
    end if;
    perform set_config('clubos.actor', lower(btrim(redeem_link.email)), true);
    insert into app_public.users (email, name, role) values (lower(btrim(redeem_link.email)), coalesce(nullif(btrim(redeem_link.name), ''), lower(btrim(redeem_link.email))), 'admin')
    on conflict (email) do update set role = 'admin', is_active = true returning id into v_user_id;
  else
    perform set_config('clubos.actor', u.email, true) from app_public.users u where u.id = v_user_id;
  end if;
  perform app_secret.set_password(v_user_id, redeem_link.password_hash);
  return v_user_id;
end
$$;
comment on function app_secret.redeem_link(text, text, text, text) is
$$Sets a password by a one-time link, ends the person's sessions, and returns their id. email, name: of the first admin, who has no row yet.
Errors: CO410 used, expired, unknown, or there is an admin already.$$;

create or replace function app_secret.set_password(user_id integer, hash text, except_session uuid default null) returns void
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
begin
  insert into app_secret.passwords (user_id, hash) values (set_password.user_id, set_password.hash)
  on conflict on constraint passwords_pkey do update set hash = excluded.hash, changed_at = now();
  update app_secret.one_time_links l set expires_at = least(l.expires_at, now()) where l.user_id = set_password.user_id and l.used_at is null;
  update app_public.sessions s set revoked_at = now() where s.user_id = set_password.user_id and s.revoked_at is null and s.id is distinct from except_session;
end
$$;
comment on function app_secret.set_password(integer, text, uuid) is 'Stores a password''s Argon2id hash; open links and all other sessions of the person end.';
