create or replace function app_public.create_api_token(name text, role text, expires_at timestamptz default null, user_id integer default null) returns app_public.issued_token
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_owner app_public.users;
  v_token text := app_secret.random_token('clt_');
  v_issued app_public.issued_token;
begin
  perform app_hidden.require_role('agent');
  select u.* into v_owner from app_public.users u where u.id = coalesce(create_api_token.user_id, app_public.current_user_id()) and u.is_active;
  if v_owner.id is null then
    raise exception 'A token belongs to an active member of staff.' using errcode = 'CO404', hint = 'Log in as one, or as an admin name one with user_id.';
  elsif v_owner.id is distinct from app_public.current_user_id() then
    perform app_hidden.require_role('admin');
  end if;
  if coalesce(length(btrim(create_api_token.name)), 0) not between 1 and 60 then
    raise exception 'A token needs a name of 1 to 60 characters that says what it is for.' using errcode = 'CO005';
  elsif create_api_token.role is null or create_api_token.role not in ('customer', 'agent', 'reviewer', 'admin', 'auditor') then
    raise exception 'There is no role "%" for a token.', left(create_api_token.role, 100) using errcode = 'CO005', hint = 'customer, agent, reviewer, admin or auditor.';
  elsif create_api_token.role <> 'customer' and not pg_has_role(v_owner.role, create_api_token.role, 'usage') then
    raise exception 'A token has no more rights than its owner: % is %.', v_owner.email, v_owner.role using errcode = 'CO403';
  elsif create_api_token.expires_at <= now() then
    raise exception 'expires_at lies in the past.' using errcode = 'CO005';
  end if;
  insert into app_public.api_tokens (user_id, name, role, hint, created_by, expires_at)
  values (v_owner.id, btrim(create_api_token.name), create_api_token.role, left(v_token, 8), app_hidden.require_actor(), create_api_token.expires_at)
  returning api_tokens.id, api_tokens.name, api_tokens.role, api_tokens.expires_at, v_token into v_issued;
  insert into app_secret.api_token_keys (token_hash, api_token_id) values (app_secret.token_hash(v_token), v_issued.id);
  return v_issued;
end
$$;
comment on function app_public.create_api_token(text, text, timestamptz, integer) is
$$Issues an API token for `authorization: Bearer …`; the token is shown this once. role: customer (asks on behalf of visitors) or a staff role, at most the owner's. user_id: the owner, by an admin; else whoever is logged in.
Errors: CO001 no actor, CO005 no name, role or future date, CO403 more rights than the owner has, CO404 the owner is no active member of staff; 23505 one of that name exists.$$;

create or replace function app_public.revoke_api_token(api_token_id integer) returns app_public.api_tokens
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_token app_public.api_tokens;
begin
  perform app_hidden.require_role('agent');
  select * into v_token from app_public.api_tokens t where t.id = revoke_api_token.api_token_id for no key update;
  if v_token.id is null or (v_token.user_id is distinct from app_public.current_user_id() and not app_hidden.has_role('admin')) then
    raise exception 'You have no token with id %.', revoke_api_token.api_token_id using errcode = 'CO404';
  end if;
  update app_public.api_tokens t set revoked_at = coalesce(t.revoked_at, now()) where t.id = v_token.id returning * into v_token;
  return v_token;
end
$$;
comment on function app_public.revoke_api_token(integer) is 'Ends an API token at once: one''s own, or as an admin anybody''s. Errors: CO403 not staff, CO404 no such token of yours.';

create or replace function app_public.revoke_session(session_id uuid) returns app_public.sessions
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_session app_public.sessions;
begin
  perform app_hidden.require_role('agent');
  select * into v_session from app_public.sessions s where s.id = revoke_session.session_id for no key update;
  if v_session.id is null or (v_session.user_id is distinct from app_public.current_user_id() and not app_hidden.has_role('admin')) then
    raise exception 'You have no such session.' using errcode = 'CO404';
  end if;
  update app_public.sessions s set revoked_at = coalesce(s.revoked_at, now()) where s.id = v_session.id returning * into v_session;
  return v_session;
end
$$;
comment on function app_public.revoke_session(uuid) is 'Ends a login at once: one''s own, or as an admin anybody''s. Errors: CO403 not staff, CO404 no such session of yours.';
