create or replace function app_hidden.notify(kind text, details jsonb default '{}', key text default null) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  insert into app_public.notifications (kind, channel, user_id, recipient, details, key)
  select notify.kind, 'mail', u.id, u.email, notify.details, notify.key || ':' || u.id from app_public.users u
   where u.is_active and exists (select from app_secret.passwords p where p.user_id = u.id)
     and case notify.kind when 'urgent_ticket' then u.role in ('agent', 'reviewer', 'admin') when 'audit_broken' then u.role in ('admin', 'auditor') when 'job_dead' then u.role = 'admin' when 'llm_budget' then u.role = 'admin' when 'backup_failed' then u.role = 'admin' when 'experiment' then u.role in ('reviewer', 'admin') else false end
  on conflict do nothing;
  insert into app_public.notifications (kind, channel, webhook_id, details, key)
  select notify.kind, 'webhook', w.id, notify.details, notify.key || ':' || w.id from app_public.webhooks w where w.is_active and notify.kind = any (w.events)
  on conflict do nothing;
  insert into app_public.notifications (kind, channel, user_id, push_subscription_id, details, key)
  select notify.kind, 'push', u.id, s.id, notify.details, notify.key || ':' || s.id
    from app_public.push_subscriptions s join app_public.users u on u.id = s.user_id
   where notify.kind = 'urgent_ticket' and u.is_active and u.role in ('agent', 'reviewer', 'admin')
  on conflict do nothing;
$$;
comment on function app_hidden.notify(text, jsonb, text) is
  'Puts an event into the outbox, in this transaction: mails to the staff concerned, deliveries to the webhooks that want it, pushes to their browsers of what is urgent. details: no personal data, no secrets. key: the same event is told once.';

create or replace function app_hidden.tg_notifications__enqueue() returns trigger
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  perform app_hidden.add_job('notifications__send', json_build_object('id', NEW.id), 'notifications__send:' || NEW.id);
  return null;
end
$$;
comment on function app_hidden.tg_notifications__enqueue() is 'Adds the job that sends it.';
drop trigger if exists _800_enqueue on app_public.notifications;
create trigger _800_enqueue after insert on app_public.notifications for each row execute function app_hidden.tg_notifications__enqueue();

create or replace function app_private.request_password_reset(email text) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_email text := lower(btrim(request_password_reset.email));
begin
  -- Known or not, it takes the same way; whether somebody is there shows when it is sent.
  insert into app_public.notifications (kind, channel, recipient) select 'password_reset', 'mail', v_email
   where not exists (select from app_public.notifications n where n.recipient = v_email and n.kind = 'password_reset' and n.created_at > now() - interval '2 minutes' and n.status <> 'failed');
end
$$;
comment on function app_private.request_password_reset(text) is 'Mails a link to choose a new password, if the address is a member of staff''s; says nothing either way. At most one in two minutes.';

create or replace function app_private.claim_notification(notification_id bigint, mail_works boolean default true) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_notification app_public.notifications;
  v_user_id integer;
  v_link text;
begin
  select * into v_notification from app_public.notifications n where n.id = notification_id for no key update;
  if v_notification.status = 'sending' then
    update app_public.notifications n set error = 'The process ended while it was sending: it may or may not have arrived.' where n.id = notification_id;
  end if;
  if v_notification.status is distinct from 'queued' then
    return null;
  end if;
  if v_notification.channel = 'mail' and not mail_works then
    update app_public.notifications n set status = 'failed', error = 'no mail server is configured (SMTP_URL)' where n.id = notification_id;
    return null;
  end if;
  v_user_id := v_notification.user_id;
  if v_notification.kind = 'password_reset' then
    select u.id into v_user_id from app_public.users u where u.email = v_notification.recipient and u.is_active;
  end if;
  if v_notification.channel = 'mail' and not exists (select from app_public.users u where u.id = v_user_id and u.is_active) then
    update app_public.notifications n set status = 'skipped', error = 'nobody with that address works here' where n.id = notification_id;
    return null;
  end if;
  if v_notification.channel = 'push'
     and not exists (select from app_public.push_subscriptions s join app_public.users u on u.id = s.user_id where s.id = v_notification.push_subscription_id and s.user_id = v_user_id and u.is_active) then
    update app_public.notifications n set status = 'skipped', error = 'the browser has unsubscribed' where n.id = notification_id;
    return null;
  end if;
  if v_notification.kind in ('invitation', 'password_reset') then
    v_link := app_secret.make_link(v_notification.kind, v_user_id);
  end if;
  update app_public.notifications n set status = 'sending', attempts = n.attempts + 1, error = null, user_id = v_user_id where n.id = notification_id returning * into v_notification;
  return to_jsonb(v_notification) || jsonb_build_object('link_token', v_link, 'name', (select u.name from app_public.users u where u.id = v_user_id))
    || coalesce((select jsonb_build_object('url', w.url, 'signing_key', k.key) from app_public.webhooks w join app_secret.webhook_keys k on k.webhook_id = w.id where w.id = v_notification.webhook_id), '{}')
    || coalesce((select jsonb_build_object('endpoint', s.endpoint, 'p256dh', s.p256dh, 'auth', s.auth, 'vapid_public_key', k.public_key, 'vapid_private_key', k.private_key)
                   from app_public.push_subscriptions s, app_secret.vapid_keys k where s.id = v_notification.push_subscription_id), '{}');
end
$$;
comment on function app_private.claim_notification(bigint, boolean) is
  'Takes a queued notification for sending, once: null where another has it or nobody is to be told. Makes its one-time link here, so that the outbox never holds one. mail_works: whether this server can send mail.';

create or replace function app_private.finish_notification(notification_id bigint, error text default null, retry boolean default false) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  update app_public.push_subscriptions s set last_ok_at = now()
    from app_public.notifications n
   where n.id = notification_id and n.status = 'sending' and s.id = n.push_subscription_id and finish_notification.error is null;
  update app_public.notifications n
     set status = case when finish_notification.error is null then 'sent' when retry and n.attempts < 8 then 'queued' else 'failed' end,
         sent_at = case when finish_notification.error is null then now() end, error = left(finish_notification.error, 500)
   where n.id = notification_id and n.status = 'sending'
$$;
comment on function app_private.finish_notification(bigint, text, boolean) is 'Writes down how sending went. error: null for success. retry: it certainly did not arrive, so that it may be tried again (eight times at most).';
