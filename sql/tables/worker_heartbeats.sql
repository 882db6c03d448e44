create table if not exists app_private.worker_heartbeats (
  worker_id text primary key,
  host text not null,
  process_id integer not null,
  beating_since timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp()
);
comment on table app_private.worker_heartbeats is 'Workers that live, one row each; see beat. A worker that stops takes its row along, one that dies leaves it to be found.';
comment on column app_private.worker_heartbeats.worker_id is 'What stands in graphile_worker''s locked_by: the id of a worker''s pool, another at every start.';
comment on column app_private.worker_heartbeats.beating_since is 'Since when it beats without a gap: whoever was away (or whose clock jumped) cannot tell who died meanwhile.';
alter table app_private.worker_heartbeats enable row level security;

create table if not exists app_private.dead_job_alerts (
  job_id bigint primary key,
  alerted_at timestamptz not null default clock_timestamp()
);
comment on table app_private.dead_job_alerts is 'Dead jobs that somebody was told of; gone with the job, or when it is retried by hand.';
alter table app_private.dead_job_alerts enable row level security;
