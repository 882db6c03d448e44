create or replace function app_secret.find_login(email text) returns table (user_id integer, hash text)
language sql stable set search_path = app_public, public, pg_temp as $$
  select u.id, p.hash from app_public.users u join app_secret.passwords p on p.user_id = u.id where u.email = lower(btrim(find_login.email)) and u.is_active
$$;
comment on function app_secret.find_login(text) is 'The password hash to check a login against; no row for unknown, invited or deactivated people.';

create or replace function app_secret.open_session(user_id integer, address text default null, user_agent text default null, replaces text default null) returns text
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_token text := app_secret.random_token('cls_');
  v_session uuid;
begin
  perform set_config('clubos.actor', u.email, true) from app_public.users u where u.id = open_session.user_id;
  perform app_secret.close_session(replaces);
  insert into app_public.sessions (user_id, address, user_agent, expires_at)
  values (open_session.user_id, left(open_session.address, 64), left(open_session.user_agent, 300), now() + interval '30 days') returning id into v_session;
  insert into app_secret.session_keys (token_hash, session_id) values (app_secret.token_hash(v_token), v_session);
  return v_token;
end
$$;
comment on function app_secret.open_session(integer, text, text, text) is 'Begins a session of 30 days and returns the token for its cookie. replaces: the token that the browser held before; its session ends.';

create or replace function app_secret.close_session(token text) returns void language sql volatile set search_path = app_public, public, pg_temp as $$
  update app_public.sessions s set revoked_at = now() from app_secret.session_keys k
   where k.session_id = s.id and k.token_hash = app_secret.token_hash(close_session.token) and s.revoked_at is null
$$;
comment on function app_secret.close_session(text) is 'Ends the session of a token, if there is one.';

create or replace function app_secret.identify_session(token text) returns table (session_id uuid, user_id integer, email text, name text, role text)
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
begin
  select s.id, u.id, u.email, u.name, u.role into session_id, user_id, email, name, role
    from app_secret.session_keys k join app_public.sessions s on s.id = k.session_id join app_public.users u on u.id = s.user_id
   where k.token_hash = app_secret.token_hash(identify_session.token) and s.revoked_at is null and s.expires_at > now()
     and s.last_seen_at > now() - interval '7 days' and u.is_active;
  if session_id is not null then
    -- To the minute, and never waiting: this runs with every request.
    update app_public.sessions s set last_seen_at = now()
     where s.id = (select x.id from app_public.sessions x where x.id = identify_session.session_id and x.last_seen_at < now() - interval '1 minute' for update skip locked);
    return next;
  end if;
end
$$;
comment on function app_secret.identify_session(text) is 'Whose session a cookie is, with the role they have now; no row where it ended: revoked, 30 days old, 7 days unused, or the person is deactivated.';

create or replace function app_secret.identify_api_token(token text) returns table (api_token_id integer, user_id integer, email text, name text, role text)
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
begin
  select t.id, u.id, u.email, t.name, t.role into api_token_id, user_id, email, name, role
    from app_secret.api_token_keys k join app_public.api_tokens t on t.id = k.api_token_id join app_public.users u on u.id = t.user_id
   where k.token_hash = app_secret.token_hash(identify_api_token.token) and t.revoked_at is null and (t.expires_at is null or t.expires_at > now()) and u.is_active
     and (t.role = 'customer' or pg_has_role(u.role, t.role, 'usage'));
  if api_token_id is not null then
    update app_public.api_tokens t set last_used_at = now()
     where t.id = (select x.id from app_public.api_tokens x where x.id = identify_api_token.api_token_id
                      and (x.last_used_at is null or x.last_used_at < now() - interval '1 minute') for update skip locked);
    return next;
  end if;
end
$$;
comment on function app_secret.identify_api_token(text) is 'Whose API token it is; no row where it is revoked or expired, or its owner is deactivated or no longer has its role.';
