create or replace function app_public.create_user(email text, role text, name text default null, invite boolean default true) returns app_public.users
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
#variable_conflict use_column
declare
  v_email text := lower(btrim(create_user.email));
  v_user app_public.users;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  if v_email is null or v_email !~ '^[^@\s]+@[^@\s]+$' or length(v_email) > 254 then
    raise exception '"%" is not an e-mail address.', left(create_user.email, 100) using errcode = 'CO005';
  elsif create_user.role is null or create_user.role not in ('agent', 'reviewer', 'admin', 'auditor') then
    raise exception 'There is no role "%".', left(create_user.role, 100) using errcode = 'CO005', hint = 'agent, reviewer, admin or auditor.';
  end if;
  insert into app_public.users (email, name, role) values (v_email, left(coalesce(nullif(btrim(create_user.name), ''), v_email), 200), create_user.role)
  on conflict (email) do update set name = coalesce(nullif(btrim(create_user.name), ''), users.name), role = excluded.role, is_active = true, updated_at = now()
  returning * into v_user;
  if create_user.invite and not exists (select from app_secret.passwords p where p.user_id = v_user.id) then
    perform app_public.invite_user(v_user.id);
  end if;
  return v_user;
end
$$;
comment on function app_public.create_user(text, text, text, boolean) is
$$Adds a member of staff, or changes their name and role, and lets them back in. role: agent, reviewer, admin or auditor. invite: whether they get a mail with a link to choose a password.
Errors: CO001 no actor, CO005 not an e-mail address or role, CO108 that would leave the club without an admin, CO403 not an admin.$$;

create or replace function app_public.invite_user(user_id integer) returns app_public.users
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_user app_public.users;
begin
  perform app_hidden.require_role('admin');
  select * into v_user from app_public.users u where u.id = invite_user.user_id and u.is_active for no key update;
  if v_user.id is null then
    raise exception 'There is no active member of staff with id %.', invite_user.user_id using errcode = 'CO404';
  end if;
  insert into app_public.notifications (kind, channel, user_id, recipient, details)
  select 'invitation', 'mail', v_user.id, v_user.email, jsonb_build_object('invited_by', app_hidden.require_actor())
   where not exists (select from app_public.notifications n where n.user_id = v_user.id and n.kind = 'invitation' and n.status = 'queued');
  return v_user;
end
$$;
comment on function app_public.invite_user(integer) is
$$Mails somebody a link to choose a password; earlier links of theirs end when it is sent.
Errors: CO001 no actor, CO403 not an admin, CO404 no such active person.$$;

create or replace function app_public.deactivate_user(user_id integer, reason text) returns app_public.users
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_user app_public.users;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(deactivate_user.reason));
  update app_public.users u set is_active = false, updated_at = now() where u.id = deactivate_user.user_id returning * into v_user;
  if v_user.id is null then
    raise exception 'There is no member of staff with id %.', deactivate_user.user_id using errcode = 'CO404';
  end if;
  return v_user;
end
$$;
comment on function app_public.deactivate_user(integer, text) is
$$Locks a member of staff out at once: sessions, API tokens and links end. Their name stays in the history. create_user lets them back in.
Errors: CO001 no actor, CO002 no reason, CO108 the last admin, CO403 not an admin, CO404 no such person.$$;
