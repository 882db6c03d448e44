create table if not exists app_private.response_searches (
  response_id bigint primary key references app_public.responses (id) on delete cascade,
  searched_at timestamptz not null,
  snapshot pg_snapshot,
  own_xid xid8,
  embedding_model text,
  words sparsevec not null,
  total_idf double precision not null,
  candidates integer[] not null default '{}',
  nearest bigint[],
  routed text,
  emergency text
);
alter table app_private.response_searches add column if not exists by_words bigint[];
alter table app_private.response_searches add column if not exists reranked text[];
comment on table app_private.response_searches is
  'What an answer was searched with, as far as no history tells: a few hundred bytes (at most some 2 kB for 200 words), so that replay_response finds the same. What was found is not in it.';
comment on column app_private.response_searches.searched_at is 'By the clock; the snapshot says which transactions it saw.';
comment on column app_private.response_searches.snapshot is 'Null: everything that was written by searched_at.';
comment on column app_private.response_searches.own_xid is 'The transaction that searched, if it had written anything: it saw its own writing.';
comment on column app_private.response_searches.embedding_model is 'Whose vector of the question was compared (the embedding cache has it by responses.question_hash); null: words alone.';
comment on column app_private.response_searches.words is 'How rare each word of the question was then: inverse document frequency, one dimension per lexeme (app_hidden.lexeme_dimension).';
comment on column app_private.response_searches.candidates is 'Until version 0.5: the dimensions of the words that named candidates.';
comment on column app_private.response_searches.by_words is 'Ids of the units that its words named, 40 at most: which words name any depends on how many they would. Null: until version 0.5.';
comment on column app_private.response_searches.nearest is 'Ids of the units that the vector index named as nearest, 40 at most: an approximate index does not give the same ones for ever. Null: they are looked for exactly.';
comment on column app_private.response_searches.routed is 'The category to which a model routed it, whose best sources were added if none was among the first three.';
comment on column app_private.response_searches.reranked is 'The order that a model gave to what was found (app_hidden.source_key), the best first; null: none did.';
comment on column app_private.response_searches.emergency is 'The kind of emergency by rule, empty where only the route said so; null: none.';
alter table app_private.response_searches enable row level security;
