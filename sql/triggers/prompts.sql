create or replace function app_hidden.tg_prompts__version() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
begin
  if TG_OP = 'UPDATE' then
    if NEW.content = OLD.content then
      NEW.version := OLD.version;
      return NEW;
    end if;
    perform app_hidden.require_actor();
    perform app_hidden.require_reason(app_hidden.current_reason());
    NEW.updated_at := clock_timestamp();
  end if;
  NEW.version := case when TG_OP = 'INSERT' then 1 else OLD.version + 1 end;
  return NEW;
end
$$;
comment on function app_hidden.tg_prompts__version() is 'Counts the version; refuses a change without author (CO001) or reason (CO002).';

create or replace function app_hidden.tg_prompts__record() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
begin
  if TG_OP = 'INSERT' or NEW.version <> OLD.version then
    insert into app_public.prompt_versions (prompt_id, version, content, changed_by, change_reason)
    values (NEW.id, NEW.version, NEW.content, coalesce(app_public.current_actor(), 'system'), coalesce(app_hidden.current_reason(), 'First version'));
  end if;
  return null;
end
$$;
comment on function app_hidden.tg_prompts__record() is 'Writes the prompt''s version.';

drop trigger if exists _100_version on app_public.prompts;
create trigger _100_version before insert or update on app_public.prompts for each row execute function app_hidden.tg_prompts__version();
drop trigger if exists _200_record on app_public.prompts;
create trigger _200_record after insert or update on app_public.prompts for each row execute function app_hidden.tg_prompts__record();
