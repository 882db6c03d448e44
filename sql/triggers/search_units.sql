create or replace function app_hidden.tg_search_units__since() returns trigger language plpgsql as $$
begin
  NEW.since := clock_timestamp();
  NEW.since_xid := pg_current_xact_id();
  return NEW;
end
$$;
comment on function app_hidden.tg_search_units__since() is 'Writes down since when a search unit has been as it is.';

create or replace function app_hidden.tg_search_units__keep() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp set jit = off as $$
begin
  -- That they went into the index of vectors is no change; app_private.index_fresh_units does nothing else to them.
  if TG_OP = 'UPDATE' then
    if exists (select from gone g join written w on w.id = g.id where w.indexed and not g.indexed) then
      return null;
    end if;
  end if;
  -- What this transaction itself wrote nobody else has searched.
  insert into app_private.search_unit_history (unit_id, kind, target, sop_id, sop_version_id, knowledge_id, category, topic, site_id, trust, valid_from, valid_to, content_hash,
      impacts, embedding, embedding_model, since, since_xid, until, until_xid)
  select g.id, g.kind, g.target, g.sop_id, g.sop_version_id, g.knowledge_id, g.category, g.topic, g.site_id, g.trust, g.valid_from, g.valid_to, g.content_hash,
         g.impacts, case when c.embedding::halfvec(1536) is distinct from g.embedding then g.embedding end, g.embedding_model, g.since, g.since_xid, clock_timestamp(), pg_current_xact_id()
    from gone g
    left join lateral (select e.embedding from app_private.embedding_cache e where g.kind <> 'profile' and e.content_hash = g.content_hash and e.model = g.embedding_model offset 0) c on true
   where g.since_xid <> pg_current_xact_id();
  return null;
end
$$;
comment on function app_hidden.tg_search_units__keep() is 'Keeps search units as they were before a statement changed or removed them; their vectors where the cache has them.';

create or replace function app_hidden.tg_search_units__tell() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp set jit = off as $$
begin
  if TG_OP = 'INSERT' then
    insert into app_private.search_unit_changes (unit_id, delta, words) select w.id, 1, strip(w.words) from written w;
    insert into app_private.stale_profiles (target) select distinct w.target from written w where w.kind = 'knowledge';
  elsif TG_OP = 'UPDATE' then
    insert into app_private.search_unit_changes (unit_id, delta, words)
    select g.id, d.delta, strip(d.words) from gone g join written w on w.id = g.id and w.words <> g.words
     cross join lateral (values (-1, g.words), (1, w.words)) d(delta, words);
  else
    insert into app_private.search_unit_changes (unit_id, delta, words, spelled)
    select g.id, -1, strip(g.words), case when g.kind <> 'profile' then strip(app_private.spelled_words(g.title, g.heading, g.body)) end from gone g;
    insert into app_private.stale_profiles (target) select distinct g.target from gone g where g.kind = 'knowledge';
  end if;
  return null;
end
$$;
comment on function app_hidden.tg_search_units__tell() is 'Writes down which words came and went, and whose profile is out of date, for the next refresh.';

drop trigger if exists _100_since on app_private.search_units;
create trigger _100_since before update on app_private.search_units for each row when (OLD.indexed or not NEW.indexed) execute function app_hidden.tg_search_units__since();
drop trigger if exists _200_keep_changed on app_private.search_units;
create trigger _200_keep_changed after update on app_private.search_units referencing old table as gone new table as written for each statement execute function app_hidden.tg_search_units__keep();
drop trigger if exists _200_keep_removed on app_private.search_units;
create trigger _200_keep_removed after delete on app_private.search_units referencing old table as gone for each statement execute function app_hidden.tg_search_units__keep();
drop trigger if exists _300_tell_new on app_private.search_units;
create trigger _300_tell_new after insert on app_private.search_units referencing new table as written for each statement execute function app_hidden.tg_search_units__tell();
drop trigger if exists _300_tell_changed on app_private.search_units;
create trigger _300_tell_changed after update on app_private.search_units referencing old table as gone new table as written for each statement execute function app_hidden.tg_search_units__tell();
drop trigger if exists _300_tell_removed on app_private.search_units;
create trigger _300_tell_removed after delete on app_private.search_units referencing old table as gone for each statement execute function app_hidden.tg_search_units__tell();
