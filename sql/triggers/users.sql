create or replace function app_hidden.tg_users__guard() returns trigger
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  if OLD.role = 'admin' and OLD.is_active and (NEW.role <> 'admin' or not NEW.is_active) then
    -- Two admins who demote each other at once: one waits here for the other.
    perform pg_advisory_xact_lock(hashtextextended('clubos.last_admin', 0));
    if not exists (select from app_public.users u where u.role = 'admin' and u.is_active and u.id <> OLD.id) then
      raise exception 'That would leave the club without an admin.' using errcode = 'CO108', hint = 'Make somebody else an admin first.';
    end if;
  end if;
  if OLD.is_active and not NEW.is_active or OLD.email <> NEW.email then
    update app_public.sessions s set revoked_at = now() where s.user_id = OLD.id and s.revoked_at is null;
    update app_secret.one_time_links l set expires_at = least(l.expires_at, now()) where l.user_id = OLD.id and l.used_at is null;
  end if;
  if OLD.is_active and not NEW.is_active then
    update app_public.api_tokens t set revoked_at = now() where t.user_id = OLD.id and t.revoked_at is null;
    delete from app_public.push_subscriptions s where s.user_id = OLD.id;
  end if;
  return NEW;
end
$$;
comment on function app_hidden.tg_users__guard() is 'Refuses (CO108) to lose the last admin; ends sessions, links, tokens and push subscriptions of whoever is deactivated.';
drop trigger if exists _100_guard on app_public.users;
create trigger _100_guard before update on app_public.users for each row execute function app_hidden.tg_users__guard();
