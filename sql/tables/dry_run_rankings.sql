create unlogged table if not exists app_private.dry_run_rankings (
  search_hash bytea primary key,
  ranking app_private.preview_ranking not null,
  snapshot pg_snapshot not null,
  refreshed_at timestamptz not null,
  created_at timestamptz not null default clock_timestamp()
);
create index if not exists dry_run_rankings_created_at on app_private.dry_run_rankings (created_at);
comment on table app_private.dry_run_rankings is
  'What dry runs found lately in a large club, so that the next one, and the one after each pause of somebody who writes, need not search again. Holds no texts. Unlogged: it may be lost, and each row is of use for ten minutes.';
comment on column app_private.dry_run_rankings.search_hash is 'SHA-256 of all that a question is searched with, as app_private.search_hash makes it.';
comment on column app_private.dry_run_rankings.snapshot is 'Taken before the search: what is not visible in it may have changed since.';
comment on column app_private.dry_run_rankings.refreshed_at is 'Of the search statistics that its words were weighed by.';
alter table app_private.dry_run_rankings enable row level security;
-- What changed since a snapshot is found by this; what was changed or removed, by the index of search_unit_history.
create index if not exists search_units_since_xid on app_private.search_units (since_xid);
