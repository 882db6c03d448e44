create or replace function app_hidden.tg_sops__version() returns trigger language plpgsql as $$
begin
  if TG_OP = 'INSERT' then
    NEW.version := 1;
    NEW.created_by := coalesce(app_public.current_actor(), NEW.created_by);
    NEW.created_at := app_hidden.effective_time();
    NEW.updated_at := NEW.created_at;
    return NEW;
  end if;
  NEW.id := OLD.id;
  NEW.created_at := OLD.created_at;
  NEW.created_by := OLD.created_by;
  if (NEW.category, NEW.section, NEW.content, NEW.archived_at) is not distinct from (OLD.category, OLD.section, OLD.content, OLD.archived_at) then
    NEW.version := OLD.version;
    NEW.updated_at := OLD.updated_at;
    return NEW;
  end if;
  perform app_hidden.require_actor();
  perform app_hidden.require_reason(app_hidden.current_reason());
  NEW.version := OLD.version + 1;
  -- A clock that was set back must not put a version before the one it follows.
  NEW.updated_at := case
    when nullif(current_setting('clubos.effective_at', true), '') is null then greatest(clock_timestamp(), OLD.updated_at + interval '1 microsecond')
    else app_hidden.effective_time()
  end;
  return NEW;
end
$$;
comment on function app_hidden.tg_sops__version() is
  'Counts the version and refuses a change without author (CO001) or reason (CO002).';

-- Compiling its statements costs more than running them: 22 ms a save with jit, 4 ms without.
create or replace function app_hidden.tg_sops__record() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  v_previous app_public.sop_versions;
  v_version_id integer;
begin
  if TG_OP = 'UPDATE' then
    if NEW.version = OLD.version then
      return null;
    end if;
    select * into v_previous from app_public.sop_versions v where v.sop_id = OLD.id and v.version = OLD.version;
  end if;
  insert into app_public.sop_versions (sop_id, version, content, diff_summary, changed_by, change_reason, created_at,
      previous_version_id, improvement_id, category, section, archived)
  values (NEW.id, NEW.version, NEW.content,
      app_hidden.diff_summary(v_previous.content, NEW.content)
        || case when TG_OP = 'UPDATE' and (NEW.category, NEW.section) <> (OLD.category, OLD.section)
             then format('; renamed from %s/%s', OLD.category, OLD.section) else '' end
        || case when TG_OP = 'UPDATE' and (NEW.archived_at is null) <> (OLD.archived_at is null)
             then case when NEW.archived_at is null then '; back in use' else '; archived' end else '' end,
      left(coalesce(app_public.current_actor(), NEW.created_by), 100),
      coalesce(app_hidden.current_reason(), 'First version'),
      NEW.updated_at, v_previous.id, app_private.improvement_in_progress(),
      NEW.category, NEW.section, NEW.archived_at is not null)
  returning id into v_version_id;
  perform app_private.rebuild_sop_units(NEW, v_version_id);
  if TG_OP = 'UPDATE' and (NEW.category, NEW.section) <> (OLD.category, OLD.section) then
    update app_private.search_units set category = NEW.category where sop_id = NEW.id and knowledge_id is not null and category = OLD.category;
  end if;
  if exists (select from app_private.search_units u where u.sop_id = NEW.id and u.embedding is null and u.kind <> 'profile') then
    perform app_hidden.add_job('search_units__embed');
  end if;
  return null;
end
$$;
comment on function app_hidden.tg_sops__record() is
  'Writes the version with its diff summary and the search units, in the same statement; asks for the vectors that are missing.';

create or replace function app_hidden.tg_sops__keep() returns trigger language plpgsql as $$
begin
  raise exception 'An SOP is not deleted: its history would go with it.'
    using errcode = 'CO105', hint = 'Take it out of use: select archive_sop(sop_id, reason).';
end
$$;
comment on function app_hidden.tg_sops__keep() is 'Refuses (CO105) the deletion of an SOP.';

drop trigger if exists _100_version on app_public.sops;
create trigger _100_version before insert or update on app_public.sops for each row execute function app_hidden.tg_sops__version();
drop trigger if exists _200_record on app_public.sops;
create trigger _200_record after insert or update on app_public.sops for each row execute function app_hidden.tg_sops__record();
drop trigger if exists _300_keep on app_public.sops;
create trigger _300_keep before delete on app_public.sops for each row execute function app_hidden.tg_sops__keep();
drop trigger if exists _300_keep_whole on app_public.sops;
create trigger _300_keep_whole before truncate on app_public.sops for each statement execute function app_hidden.tg_sops__keep();
