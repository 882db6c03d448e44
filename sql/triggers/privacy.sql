create or replace function app_hidden.tg_privacy_actions__append_only() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
begin
  if TG_OP = 'UPDATE' then
    if OLD.finished_at is null and NEW.finished_at is not null and OLD.transaction_id = pg_current_xact_id()
       and to_jsonb(NEW) - array['counts', 'finished_at'] = to_jsonb(OLD) - array['counts', 'finished_at'] then
      return NEW;
    end if;
  elsif TG_OP = 'INSERT' then
    NEW.transaction_id := pg_current_xact_id();
    return NEW;
  end if;
  raise exception 'What was exported or erased stays written down.' using errcode = 'CO105';
end
$$;
comment on function app_hidden.tg_privacy_actions__append_only() is 'Refuses (CO105) every change of the list of erasures but that one is finished, by the transaction that began it.';

drop trigger if exists _100_append_only on app_public.privacy_actions;
create trigger _100_append_only before insert or update or delete on app_public.privacy_actions for each row execute function app_hidden.tg_privacy_actions__append_only();
drop trigger if exists _100_append_only_whole on app_public.privacy_actions;
create trigger _100_append_only_whole before truncate on app_public.privacy_actions for each statement execute function app_hidden.tg_privacy_actions__append_only();

-- A transaction that left the door open would leave a row that says it is still erasing.
create or replace function app_hidden.tg_privacy_actions__finished() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
begin
  if exists (select from app_public.privacy_actions a where a.id = NEW.id and a.finished_at is null) then
    raise exception 'An erasure was begun and not finished.' using errcode = 'CO111', hint = 'Call erase_personal_data, erase_conversation or the retention job: they finish what they begin.';
  end if;
  return null;
end
$$;
comment on function app_hidden.tg_privacy_actions__finished() is 'Refuses (CO111) to commit an erasure that was begun and not finished.';
drop trigger if exists _900_finished on app_public.privacy_actions;
create constraint trigger _900_finished after insert on app_public.privacy_actions deferrable initially deferred for each row execute function app_hidden.tg_privacy_actions__finished();

create or replace function app_hidden.tg_messages__not_erased() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
begin
  if exists (select from app_public.tickets t where t.id = NEW.ticket_id and t.erased_at is not null) then
    raise exception 'This conversation was erased; nobody reads it any more.' using errcode = 'CO110', hint = 'Close the window; the customer begins a new conversation.';
  end if;
  return NEW;
end
$$;
comment on function app_hidden.tg_messages__not_erased() is 'Refuses (CO110) messages in a conversation that was erased, such as a reply that was being written.';
drop trigger if exists _050_not_erased on app_public.messages;
create trigger _050_not_erased before insert on app_public.messages for each row execute function app_hidden.tg_messages__not_erased();

create or replace function app_hidden.tg_retention_rules__govern() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
begin
  if to_regprocedure(format('app_private.%I(timestamptz)', 'retain__' || NEW.kind)) is null then
    raise exception 'Nothing can carry out a retention rule for "%".', NEW.kind
      using errcode = 'CO005', hint = format('Write app_private.retain__%s(before timestamptz) returns bigint first.', NEW.kind);
  end if;
  if TG_OP = 'UPDATE' and (NEW.kind, NEW.keep, NEW.description) is distinct from (OLD.kind, OLD.keep, OLD.description) then
    perform app_hidden.require_actor(), app_hidden.require_reason(app_hidden.current_reason());
    NEW.updated_at := clock_timestamp();
  end if;
  return NEW;
end
$$;
comment on function app_hidden.tg_retention_rules__govern() is 'Refuses a rule without its handler (CO005), and a change without author (CO001) or reason (CO002).';

drop trigger if exists _100_govern on app_public.retention_rules;
create trigger _100_govern before insert or update on app_public.retention_rules for each row execute function app_hidden.tg_retention_rules__govern();

create or replace function app_hidden.tg_improvement_evidence__not_erased() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
begin
  if exists (select from app_public.failed_responses f where f.id = NEW.failed_response_id and f.erased_at is not null) then
    raise exception 'Failure % was erased while this was drafted.', NEW.failed_response_id using errcode = 'CO110', hint = 'Draft it again from what is left.';
  end if;
  return NEW;
end
$$;
comment on function app_hidden.tg_improvement_evidence__not_erased() is 'Refuses (CO110) a proposal that was drafted from words that have been erased since.';
drop trigger if exists _050_not_erased on app_public.improvement_evidence;
create trigger _050_not_erased before insert on app_public.improvement_evidence for each row execute function app_hidden.tg_improvement_evidence__not_erased();
