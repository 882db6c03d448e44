-- Who looks at a proposal at this moment: nothing that must outlive a crash.
create unlogged table if not exists app_private.improvement_viewers (
  improvement_id integer not null references app_public.improvement_queue (id) on delete cascade,
  actor text not null,
  since timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  primary key (improvement_id, actor)
);
comment on table app_private.improvement_viewers is 'Which members of staff have a proposal open; see look_at_improvement. A row that is 45 seconds old says nothing any more.';
comment on column app_private.improvement_viewers.actor is 'clubos.actor: a user''s e-mail address, or whatever name a DBA gave.';
alter table app_private.improvement_viewers enable row level security;
