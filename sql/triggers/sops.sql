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

-- Once a statement, for all its rows at once: row by row, an import of many spent most of its time on planning anew.
-- Compiling its statements costs more than running them: 22 ms a save with jit, 4 ms without.
create or replace function app_hidden.tg_sops__record() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  v_ids integer[];
  v_renamed record;
begin
  if TG_OP = 'INSERT' then
    with versions as (
      insert into app_public.sop_versions (sop_id, version, content, diff_summary, changed_by, change_reason, created_at, improvement_id, category, section, archived)
      select w.id, w.version, w.content, app_hidden.diff_summary(null, w.content), left(coalesce(app_public.current_actor(), w.created_by), 100),
             coalesce(app_hidden.current_reason(), 'First version'), w.updated_at, app_private.improvement_in_progress(), w.category, w.section, w.archived_at is not null
        from written w order by w.id
      returning sop_id
    )
    select array_agg(v.sop_id) into v_ids from versions v;
  else
    with versions as (
      insert into app_public.sop_versions (sop_id, version, content, diff_summary, changed_by, change_reason, created_at,
          previous_version_id, improvement_id, category, section, archived)
      select w.id, w.version, w.content,
             app_hidden.diff_summary(v.content, w.content)
               || case when (w.category, w.section) <> (o.category, o.section) then format('; renamed from %s/%s', o.category, o.section) else '' end
               || case when (w.archived_at is null) <> (o.archived_at is null) then case when w.archived_at is null then '; back in use' else '; archived' end else '' end,
             left(coalesce(app_public.current_actor(), w.created_by), 100), coalesce(app_hidden.current_reason(), 'First version'),
             w.updated_at, v.id, app_private.improvement_in_progress(), w.category, w.section, w.archived_at is not null
        from written w
        join before o on o.id = w.id and o.version <> w.version
        left join app_public.sop_versions v on v.sop_id = o.id and v.version = o.version
       order by w.id
      returning sop_id
    )
    select array_agg(v.sop_id) into v_ids from versions v;
  end if;
  if v_ids is null then
    return null;
  end if;
  perform app_private.rebuild_sop_units(v_ids);
  if TG_OP = 'UPDATE' then
    for v_renamed in select w.id, o.category as before, w.category from before o join written w on w.id = o.id where (w.category, w.section) <> (o.category, o.section) loop
      update app_private.search_units u set category = v_renamed.category where u.sop_id = v_renamed.id and u.knowledge_id is not null and u.category = v_renamed.before;
    end loop;
  end if;
  if exists (select from app_private.search_units u where u.sop_id = any (v_ids) and u.embedding is null and u.kind <> 'profile') then
    perform app_hidden.add_job('search_units__embed');
  end if;
  return null;
end
$$;
comment on function app_hidden.tg_sops__record() is
  'Writes the versions with their diff summaries and the search units, in the same statement; asks for the vectors that are missing.';

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
drop trigger if exists _200_record_new on app_public.sops;
create trigger _200_record_new after insert on app_public.sops referencing new table as written for each statement execute function app_hidden.tg_sops__record();
drop trigger if exists _200_record_changed on app_public.sops;
create trigger _200_record_changed after update on app_public.sops referencing old table as before new table as written for each statement execute function app_hidden.tg_sops__record();
drop trigger if exists _300_keep on app_public.sops;
create trigger _300_keep before delete on app_public.sops for each row execute function app_hidden.tg_sops__keep();
drop trigger if exists _300_keep_whole on app_public.sops;
create trigger _300_keep_whole before truncate on app_public.sops for each statement execute function app_hidden.tg_sops__keep();
