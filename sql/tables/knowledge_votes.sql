create table if not exists app_private.knowledge_votes (
  knowledge_id integer not null references app_public.knowledge_base (id) on delete cascade,
  response_id bigint not null references app_public.responses (id) on delete cascade,
  helpful boolean not null,
  voter text not null,
  by_staff boolean not null,
  primary key (knowledge_id, response_id)
);
create index if not exists knowledge_votes_response_id on app_private.knowledge_votes (response_id);
comment on table app_private.knowledge_votes is 'Which rating counted for which entry: what usage_count and success_rate add up, so that a changed mind takes back just its own.';
alter table app_private.knowledge_votes enable row level security;
