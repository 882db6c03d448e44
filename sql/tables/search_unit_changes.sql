-- What the next refresh of the search statistics has to add and to take away: counting all units anew takes a minute at
-- a million, and this a moment. Written by the triggers of search_units; append-only, so that writers never wait here.
create table if not exists app_private.search_unit_changes (
  id bigint generated always as identity primary key,
  unit_id bigint not null,
  delta smallint not null,
  words tsvector not null,
  spelled tsvector,
  constraint search_unit_changes_add_or_take_away check (delta in (1, -1))
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
comment on table app_private.search_unit_changes is 'Units that came or went since the search statistics were refreshed. Emptied by the refresh, and by an erasure.';
comment on column app_private.search_unit_changes.words is 'The unit''s lexemes, without their positions.';
comment on column app_private.search_unit_changes.spelled is 'Of a unit that went: its words as they were written; one that came still has its text.';
alter table app_private.search_unit_changes enable row level security;

create table if not exists app_private.stale_profiles (
  id bigint generated always as identity primary key,
  target text not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index if not exists stale_profiles_target on app_private.stale_profiles (target);
comment on table app_private.stale_profiles is 'Targets whose entries changed since their profile was made; a target may be named several times.';
alter table app_private.stale_profiles enable row level security;

alter table app_private.search_statistics add column if not exists follows_changes boolean not null default false;
comment on column app_private.search_statistics.follows_changes is 'Counted in full once since changes are written down; until then the next refresh counts all.';
