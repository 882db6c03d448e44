create or replace function app_public.create_webhook(url text, events text[]) returns app_public.issued_webhook
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_issued app_public.issued_webhook;
begin
  perform app_hidden.require_role('admin');
  if create_webhook.url is null or create_webhook.url !~ '^https?://[^\s/@]+(/\S*)?$' or length(create_webhook.url) > 2000 then
    raise exception 'That is not a URL a webhook can go to.' using errcode = 'CO005', hint = 'Such as https://example.com/hooks/clubos, without user name or password.';
  end if;
  insert into app_public.webhooks (url, events, created_by) values (create_webhook.url, create_webhook.events, app_hidden.require_actor())
  returning webhooks.id, webhooks.url, webhooks.events, 'whsec_' || encode(sha256(convert_to(app_secret.random_token(), 'UTF8')), 'base64') into v_issued;
  insert into app_secret.webhook_keys (webhook_id, key) values (v_issued.id, v_issued.signing_key);
  return v_issued;
end
$$;
comment on function app_public.create_webhook(text, text[]) is
$$Tells an address outside of events (urgent_ticket, job_dead, audit_broken, audit_head, llm_budget, experiment, backup_failed), signed after Standard Webhooks; signing_key is shown this once. Private and local addresses are refused when sending.
Errors: CO001 no actor, CO005 not a URL, CO403 not an admin; 23505 the address is told already, 23514 unknown event.$$;

create or replace function app_public.delete_webhook(webhook_id integer) returns boolean
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  delete from app_public.webhooks w where w.id = delete_webhook.webhook_id;
  return found;
end
$$;
comment on function app_public.delete_webhook(integer) is 'Stops telling an address, and forgets it with its deliveries. Returns whether there was one. Errors: CO001 no actor, CO403 not an admin.';
