create or replace function app_secret.keep_vapid_keys(public_key text, private_key text) returns text
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
begin
  -- Of two servers that start together one makes the pair.
  insert into app_secret.vapid_keys (public_key, private_key) values (keep_vapid_keys.public_key, keep_vapid_keys.private_key) on conflict do nothing;
  return (select k.public_key from app_secret.vapid_keys k);
end
$$;
comment on function app_secret.keep_vapid_keys(text, text) is 'Keeps the pair of keys for Web Push if there is none yet. Returns the public key that holds.';

create or replace function app_private.drop_push_subscription(notification_id bigint) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_subscription_id integer;
begin
  select n.push_subscription_id into v_subscription_id from app_public.notifications n where n.id = notification_id and n.channel = 'push';
  update app_public.notifications n set status = 'skipped', error = 'the browser has unsubscribed' where n.id = notification_id and n.status = 'sending';
  delete from app_public.push_subscriptions s where s.id = v_subscription_id;
end
$$;
comment on function app_private.drop_push_subscription(bigint) is 'Forgets the browser that a notification was for, since its push service knows it no more; what else waits for it is skipped when its turn comes.';
