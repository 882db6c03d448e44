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
  -- What this transaction itself wrote nobody else has searched.
  insert into app_private.search_unit_history (unit_id, kind, target, sop_id, sop_version_id, knowledge_id, category, topic, site_id, trust, valid_from, valid_to, content_hash,
      impacts, embedding, embedding_model, since, since_xid, until, until_xid)
  select g.id, g.kind, g.target, g.sop_id, g.sop_version_id, g.knowledge_id, g.category, g.topic, g.site_id, g.trust, g.valid_from, g.valid_to, g.content_hash,
         g.impacts, case when c.embedding is distinct from g.embedding then g.embedding end, g.embedding_model, g.since, g.since_xid, clock_timestamp(), pg_current_xact_id()
    from gone g
    left join app_private.embedding_cache c on g.kind <> 'profile' and c.content_hash = g.content_hash and c.model = g.embedding_model
   where g.since_xid <> pg_current_xact_id();
  return null;
end
$$;
comment on function app_hidden.tg_search_units__keep() is 'Keeps search units as they were before a statement changed or removed them; their vectors where the cache has them.';

drop trigger if exists _100_since on app_private.search_units;
create trigger _100_since before update on app_private.search_units for each row execute function app_hidden.tg_search_units__since();
drop trigger if exists _200_keep_changed on app_private.search_units;
create trigger _200_keep_changed after update on app_private.search_units referencing old table as gone for each statement execute function app_hidden.tg_search_units__keep();
drop trigger if exists _200_keep_removed on app_private.search_units;
create trigger _200_keep_removed after delete on app_private.search_units referencing old table as gone for each statement execute function app_hidden.tg_search_units__keep();
