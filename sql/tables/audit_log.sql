create table if not exists app_public.audit_log (
  id bigint generated always as identity primary key,
  table_name text not null,
  row_id text not null,
  operation text not null,
  actor text not null,
  role text not null,
  reason text,
  old jsonb,
  new jsonb,
  transaction_id xid8 not null default pg_current_xact_id(),
  request_id text,
  created_at timestamptz not null default clock_timestamp(),
  chain_position bigint unique,
  previous_hash bytea,
  hash bytea
);
create index if not exists audit_log_row on app_public.audit_log (table_name, row_id, id);
create index if not exists audit_log_created_at on app_public.audit_log (created_at);
-- What somebody did, and what one transaction did: also what the API may filter by.
create index if not exists audit_log_actor on app_public.audit_log (actor, id);
create index if not exists audit_log_transaction_id on app_public.audit_log (transaction_id);
comment on table app_public.audit_log is 'Every change of a governed table: who, when, why, from what to what. Append-only and hash-chained; see verify_audit_log().';
comment on column app_public.audit_log.old is 'The row before; long texts as their SHA-256, since sop_versions holds them.';
comment on column app_public.audit_log.chain_position is 'Order in the hash chain, given when the transaction commits.';
comment on column app_public.audit_log.hash is 'SHA-256 over previous_hash and this row.';
alter table app_public.audit_log enable row level security;

create table if not exists app_private.audit_head (
  id boolean primary key default true,
  chain_position bigint not null default 0,
  hash bytea not null default '\x',
  constraint audit_head_has_one_row check (id)
);
insert into app_private.audit_head default values on conflict do nothing;
comment on table app_private.audit_head is 'The last link of the audit chain.';
alter table app_private.audit_head enable row level security;

create table if not exists app_public.audit_heads (
  day date primary key,
  chain_position bigint not null,
  hash bytea not null,
  recorded_at timestamptz not null default clock_timestamp(),
  constraint audit_heads_position_counts_rows check (chain_position >= 0)
);
comment on table app_public.audit_heads is 'The head of the audit chain, once a day: it goes out with the log and the backup, so that a chain cut off or written anew is found. Append-only.';
comment on column app_public.audit_heads.day is 'In UTC.';
comment on column app_public.audit_heads.chain_position is 'Rows in the chain at that time.';
alter table app_public.audit_heads enable row level security;
