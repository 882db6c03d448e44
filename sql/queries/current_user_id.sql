create or replace function app_public.current_user_id() returns integer
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select u.id from app_public.users u where u.email = app_public.current_actor() and u.is_active
$$;
comment on function app_public.current_user_id() is 'Who is logged in; null for customers, for API tokens and where the actor is no member of staff.';

create or replace function app_public.me() returns app_public.users
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select u.* from app_public.users u where u.id = app_public.current_user_id()
$$;
comment on function app_public.me() is 'The member of staff who is logged in; null for everybody else.';

create or replace function app_public.users_status(person app_public.users) returns text
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select case when not person.is_active then 'deactivated' when exists (select from app_secret.passwords p where p.user_id = person.id) then 'active' else 'invited' end
$$;
comment on function app_public.users_status(app_public.users) is 'active, invited (no password chosen yet) or deactivated.';
