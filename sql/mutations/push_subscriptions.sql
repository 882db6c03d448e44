create or replace function app_public.save_push_subscription(endpoint text, p256dh text, auth text, user_agent text default null) returns app_public.push_subscriptions
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  c_most constant integer := 20;
  v_user_id integer := app_public.current_user_id();
  v_subscription app_public.push_subscriptions;
begin
  perform app_hidden.require_role('agent');
  if v_user_id is null then
    raise exception 'Only a person who is logged in can be told.' using errcode = 'CO403', hint = 'Log in; an API token has no browser.';
  elsif coalesce(save_push_subscription.endpoint, '') !~ '^(https://[^\s/@]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)/\S*$' or length(save_push_subscription.endpoint) > 2000
        or coalesce(rtrim(save_push_subscription.p256dh, '='), '') !~ '^B[A-Za-z0-9_-]{86}$' or coalesce(rtrim(save_push_subscription.auth, '='), '') !~ '^[A-Za-z0-9_-]{22}$' then
    raise exception 'That is no push subscription of a browser.' using errcode = 'CO005', hint = 'Send endpoint, and keys.p256dh and keys.auth of PushSubscription.toJSON(), as they are.';
  end if;
  insert into app_public.push_subscriptions as s (user_id, endpoint, p256dh, auth, user_agent)
  values (v_user_id, save_push_subscription.endpoint, rtrim(save_push_subscription.p256dh, '='), rtrim(save_push_subscription.auth, '='), left(save_push_subscription.user_agent, 500))
  -- A browser that somebody else uses now tells them, and no longer who had it before.
  on conflict on constraint push_subscriptions_endpoint_key do update
     set user_id = excluded.user_id, p256dh = excluded.p256dh, auth = excluded.auth, user_agent = excluded.user_agent
  returning * into v_subscription;
  delete from app_public.push_subscriptions s
   where s.id in (select o.id from app_public.push_subscriptions o where o.user_id = v_user_id order by o.id = v_subscription.id desc, coalesce(o.last_ok_at, o.created_at) desc offset c_most);
  return v_subscription;
end
$$;
comment on function app_public.save_push_subscription(text, text, text, text) is
$$Has this browser told of urgent conversations by Web Push. endpoint, p256dh, auth: as the browser's PushSubscription gives them, for the applicationServerKey of push_public_key. Repeating it changes nothing; a person has 20 browsers at most, the longest silent go.
Errors: CO005 no such subscription, CO403 not an agent, or not a person.$$;

create or replace function app_public.delete_push_subscription(endpoint text) returns boolean
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  perform app_hidden.require_role('agent');
  delete from app_public.push_subscriptions s where s.endpoint = delete_push_subscription.endpoint and s.user_id = app_public.current_user_id();
  return found;
end
$$;
comment on function app_public.delete_push_subscription(text) is 'Has one of your own browsers told no more. Returns whether it was. Errors: CO403 not an agent.';

create or replace function app_public.push_public_key() returns text
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  perform app_hidden.require_role('agent');
  return (select k.public_key from app_secret.vapid_keys k);
end
$$;
comment on function app_public.push_public_key() is 'The applicationServerKey that browsers subscribe for, base64url; null until a server has started. Errors: CO403 not an agent.';
