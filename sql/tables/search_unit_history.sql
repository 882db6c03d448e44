-- Search units are rewritten in place, so what was searched at some time is kept here: enough of each unit to score it
-- again, without its texts, which sop_versions and the audit log have.
alter table app_private.search_units add column if not exists since timestamptz not null default '-infinity';
alter table app_private.search_units add column if not exists since_xid xid8 not null default '0';
alter table app_private.search_units alter column since set default clock_timestamp();
alter table app_private.search_units alter column since_xid set default pg_current_xact_id();
comment on column app_private.search_units.since is 'Since when it has been as it is; -infinity: since before that was written down.';
comment on column app_private.search_units.since_xid is 'The transaction that made it so: with since, what a search of some snapshot saw.';

create table if not exists app_private.search_unit_history (
  id bigint generated always as identity primary key,
  unit_id bigint not null,
  kind text not null,
  target text not null,
  sop_id integer,
  sop_version_id integer,
  knowledge_id integer,
  category varchar(100) not null,
  topic varchar(200) not null,
  site_id integer,
  trust smallint not null,
  valid_from timestamptz,
  valid_to timestamptz,
  content_hash bytea not null,
  impacts sparsevec not null,
  embedding vector(1536),
  embedding_model text,
  since timestamptz not null,
  since_xid xid8 not null,
  until timestamptz not null,
  until_xid xid8 not null,
  erased boolean not null default false
);
do $$
begin
  if format_type((select a.atttypid from pg_attribute a where a.attrelid = 'app_private.search_unit_history'::regclass and a.attname = 'embedding'), null) <> 'halfvec' then
    alter table app_private.search_unit_history alter column embedding type halfvec(1536);
  end if;
end
$$;
create index if not exists search_unit_history_until on app_private.search_unit_history (until);
create index if not exists search_unit_history_until_xid on app_private.search_unit_history (until_xid);
create index if not exists search_unit_history_content_hash on app_private.search_unit_history (content_hash);
create index if not exists search_unit_history_target on app_private.search_unit_history (target, until) where kind = 'profile';
comment on table app_private.search_unit_history is
  'Search units as they were before they were changed or removed, so that a search of any time can be done again. Numbers of SOPs, versions and entries are kept as numbers: what they name may be gone.';
comment on column app_private.search_unit_history.content_hash is 'Key of its vector in the embedding cache, with embedding_model.';
comment on column app_private.search_unit_history.impacts is 'As search_units.impacts: words as numbers, no text.';
comment on column app_private.search_unit_history.embedding is 'Its vector where the cache does not hold that: of a profile, whose vector is a mean of others.';
comment on column app_private.search_unit_history.until is 'When it was changed or removed, by until_xid.';
comment on column app_private.search_unit_history.erased is 'What it was made of was erased, and it with that: no search of its time can be done again exactly.';
alter table app_private.search_unit_history enable row level security;
