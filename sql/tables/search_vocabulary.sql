create table if not exists app_private.search_vocabulary (
  word text primary key,
  units integer not null
);
create index if not exists search_vocabulary_word_trgm on app_private.search_vocabulary using gin (word gin_trgm_ops);
comment on table app_private.search_vocabulary is 'Words as they are written in the search space, for unknown words to be compared with.';
alter table app_private.search_vocabulary enable row level security;
