--! Previous: sha1:528d33f8a78665d823dd318b3a4cec9a2e7d2c19
--! Hash: sha1:986068751351e63c35ff5407ca9a44eaaf68b050
--! Message: for-a-person

--! Included tables/search_units.sql
create table if not exists app_private.search_units (
  id bigint generated always as identity primary key,
  kind text not null,
  target text not null,
  sop_id integer references app_public.sops (id) on delete cascade,
  sop_version_id integer,
  knowledge_id integer references app_public.knowledge_base (id) on delete cascade,
  ordinal integer not null default 0,
  category varchar(100) not null,
  topic varchar(200) not null,
  site_id integer,
  trust smallint not null default 3,
  valid_from timestamptz,
  valid_to timestamptz,
  title text not null,
  heading text,
  body text not null,
  embedding_text text not null,
  content_hash bytea not null,
  words tsvector not null,
  impacts sparsevec not null,
  embedding vector(1536),
  embedding_model text,
  bits bit(1536) generated always as (binary_quantize(embedding)::bit(1536)) stored,
  constraint search_units_kind_is_known check (kind in ('profile', 'section', 'phrase', 'knowledge')),
  constraint search_units_embedding_names_its_model check ((embedding is null) or (embedding_model is not null))
);
-- No pending list: flushing it stalls one write in a while for seconds. One of 64 kB does not, and halves what writing a
-- unit takes, but every search reads it.
create index if not exists search_units_words on app_private.search_units using gin (words) with (fastupdate = off);
-- By trust as well: a topic whose profile alone is near speaks by its most trusted entry, which is found without reading the others.
create index if not exists search_units_target_trust on app_private.search_units (target, kind, trust desc, id);
drop index if exists app_private.search_units_target;
create index if not exists search_units_sop_id on app_private.search_units (sop_id);
-- Neither key nor index on the version, which nothing is found by and which is never deleted.
alter table app_private.search_units drop constraint if exists search_units_sop_version_id_fkey;
drop index if exists app_private.search_units_sop_version_id;
alter table app_private.search_units reset (fillfactor);
create index if not exists search_units_knowledge_id on app_private.search_units (knowledge_id);
create index if not exists search_units_category on app_private.search_units (category);
create unique index if not exists search_units_profile on app_private.search_units (target) where kind = 'profile';
create index if not exists search_units_unembedded on app_private.search_units (id) where embedding is null and kind <> 'profile';
comment on table app_private.search_units is 'The one search space: SOP sections, the phrases customers use for an SOP, and knowledge entries. Derived; rebuilt by trigger whenever its source is written.';
comment on column app_private.search_units.kind is 'profile: all that is said of and asked about one target. section: a section of an SOP. phrase: words of customers that lead to an SOP. knowledge: an entry.';
comment on column app_private.search_units.target is 'What it leads to: sop:<id>, or topic:<category>/<topic>.';
comment on column app_private.search_units.sop_version_id is 'Of a profile: the SOP version that is searched. Of a section or phrase: the version that brought it; later ones may have left it as it is.';
comment on column app_private.search_units.ordinal is 'Order of a section; of a profile, how many entries it was made from.';
comment on column app_private.search_units.embedding_text is 'The text whose vector is `embedding`; empty for a profile, whose vector is the mean of its parts.';
comment on column app_private.search_units.content_hash is 'SHA-256 of embedding_text: key in the embedding cache.';
comment on column app_private.search_units.impacts is 'BM25 term impacts (tf part, length-normalised), one dimension per lexeme; see app_hidden.lexeme_dimension.';
alter table app_private.search_units enable row level security;
-- What is compared is kept in half precision and in the row itself: of a candidate's vector elsewhere (TOAST) the fetch
-- costs five times the comparison (docs/retrieval.md). The cache has the vectors as they were made. The threshold leaves
-- two rows a page, with their impacts; what a search does not compare makes room first.
do $$
begin
  if format_type((select a.atttypid from pg_attribute a where a.attrelid = 'app_private.search_units'::regclass and a.attname = 'embedding'), null) <> 'halfvec' then
    drop index if exists app_private.search_units_embedding;
    alter table app_private.search_units drop column bits;
    -- At once, so that the rows are rewritten as they are to be stored.
    alter table app_private.search_units alter column embedding type halfvec(1536), alter column embedding set storage plain, alter column impacts set storage main,
      set (toast_tuple_target = 4000);
    alter table app_private.search_units add column bits bit(1536) generated always as (binary_quantize(embedding)::bit(1536)) stored;
  end if;
end
$$;
comment on column app_private.search_units.embedding is 'The vector in half precision; the embedding cache has it in full.';
comment on column app_private.search_units.bits is 'Signs of the vector: nearest by Hamming distance are candidates for nearest by cosine.';
-- Impacts repeat a few numbers, so they are compressed; LZ4, where the server was built with it, opens them in a tenth of the time.
do $$
begin
  if exists (select from pg_settings s where s.name = 'default_toast_compression' and 'lz4' = any (s.enumvals)) then
    alter table app_private.search_units alter column impacts set compression lz4;
  end if;
end
$$;
-- An entry in the index of vectors takes milliseconds, which no approval waits for: what was just written stays out of
-- it, is compared one by one, and is put in by the worker.
do $$
begin
  if not exists (select from pg_attribute a where a.attrelid = 'app_private.search_units'::regclass and a.attname = 'indexed') then
    alter table app_private.search_units add column indexed boolean not null default true;
    -- The index is over these alone, so it is made anew.
    drop index if exists app_private.search_units_embedding;
  end if;
end
$$;
comment on column app_private.search_units.indexed is 'Whether the index of vectors holds it. Goes from false to true by app_private.index_fresh_units alone, which is no change of what is searched.';
create index if not exists search_units_fresh on app_private.search_units (id) where not indexed;
-- PGlite has no half-precision instructions: an index build there takes 24 ms a row, and a scan of a club's few
-- thousand vectors 2 ms by their bits. A server gets the index.
do $$
begin
  if version() not like '%emscripten%' and version() not like '%wasm%' then
    -- Candidates looked at for each link (Malkov & Yashunin 2016: efConstruction): by the default of 64 an index of 100,000
    -- finds .87 of the ten nearest, by 200 .97, at the same ef and in the same time; to build it takes about twice as long.
    if not coalesce((select 'ef_construction=200' = any (c.reloptions) from pg_class c where c.oid = to_regclass('app_private.search_units_embedding')), false) then
      drop index if exists app_private.search_units_embedding;
    end if;
    create index if not exists search_units_embedding on app_private.search_units using hnsw (embedding halfvec_ip_ops) with (ef_construction = 200) where indexed;
  end if;
end
$$;

create table if not exists app_private.embedding_cache (
  content_hash bytea not null,
  model text not null,
  embedding vector(1536) not null,
  created_at timestamptz not null default now(),
  primary key (content_hash, model)
);
create index if not exists embedding_cache_created_at on app_private.embedding_cache (created_at);
comment on table app_private.embedding_cache is 'Vectors by what they are of and who made them, so that approving needs no model.';
alter table app_private.embedding_cache enable row level security;

create table if not exists app_private.lexeme_frequencies (
  lexeme text primary key,
  units integer not null
);
comment on table app_private.lexeme_frequencies is 'How many search units hold a lexeme, as of the last refresh; words not in it are counted when asked.';
alter table app_private.lexeme_frequencies enable row level security;

create table if not exists app_private.search_statistics (
  id boolean primary key default true,
  units bigint not null default 0,
  last_unit_id bigint not null default 0,
  refreshed_at timestamptz not null default '-infinity',
  constraint search_statistics_has_one_row check (id)
);
insert into app_private.search_statistics default values on conflict do nothing;
alter table app_private.search_statistics add column if not exists categories jsonb not null default '{}';
comment on table app_private.search_statistics is 'Size of the search space at the last refresh.';
comment on column app_private.search_statistics.categories is 'Number of units by category.';
alter table app_private.search_statistics enable row level security;
--! EndIncluded tables/search_units.sql
--! Included tables/import_batches.sql
create table if not exists app_public.import_batches (
  id integer generated by default as identity primary key,
  name varchar(200) not null,
  source text not null,
  status text not null default 'staging',
  stage text,
  done integer not null default 0,
  total integer not null default 0,
  counts jsonb not null default '{}',
  error text,
  created_by varchar(100) not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  as_proposals boolean not null default false,
  reason text,
  applied_by varchar(100),
  applied_at timestamptz,
  rollback_reason text,
  rollback_forced boolean not null default false,
  rolled_back_by varchar(100),
  rolled_back_at timestamptz,
  constraint import_batches_is_named check (btrim(name) <> ''),
  constraint import_batches_source_is_known check (source in ('folder', 'v1', 'openai', 'upload', 'api')),
  constraint import_batches_status_is_known check (status in ('staging', 'staged', 'failed', 'applying', 'applied', 'rolling_back', 'rolled_back', 'discarded')),
  constraint import_batches_applied_by_somebody check (status not in ('applying', 'applied', 'rolling_back', 'rolled_back') or applied_by is not null and btrim(reason) <> ''),
  constraint import_batches_rolled_back_by_somebody check (status not in ('rolling_back', 'rolled_back') or rolled_back_by is not null and btrim(rollback_reason) <> '')
);
create index if not exists import_batches_created_at on app_public.import_batches (created_at desc);
create index if not exists import_batches_status on app_public.import_batches (status, created_at desc);
comment on table app_public.import_batches is 'Imports: staged with their plan, applied as one, and taken back as one.';
comment on column app_public.import_batches.name is 'What was imported: a file''s or a folder''s name.';
comment on column app_public.import_batches.source is 'folder, v1 (what the old assistants have), openai (an account''s vector stores), upload (POST /import) or api (stage_import).';
comment on column app_public.import_batches.status is 'staging (being read), staged (its plan waits), failed (error), applying, applied, rolling_back, rolled_back or discarded. applying and rolling_back go on in the worker, some hundred items a transaction, where a batch is big.';
comment on column app_public.import_batches.stage is 'While staging: reading, embedding or planning.';
comment on column app_public.import_batches.done is 'Steps of the present status done, of total: files or items.';
comment on column app_public.import_batches.counts is 'Items by kind and action, {sop: {create: 3}}; applied, conflict, rolled_back and kept by status.';
comment on column app_public.import_batches.error is 'Why it failed, or why the last try did.';
comment on column app_public.import_batches.as_proposals is 'Applied as proposals in the review queue, rather than at once.';
comment on column app_public.import_batches.reason is 'Why it was applied, for the history.';
comment on column app_public.import_batches.rollback_forced is 'What was changed since was left as it is.';
alter table app_public.import_batches enable row level security;

create table if not exists app_public.import_items (
  id bigint generated by default as identity primary key,
  batch_id integer not null references app_public.import_batches (id) on delete cascade,
  ordinal integer not null,
  file text not null,
  kind text not null,
  category varchar(100),
  topic varchar(200),
  question text,
  content text,
  hash bytea,
  sketch integer[],
  review text,
  action text,
  reason text,
  findings jsonb not null default '{}',
  status text not null default 'staged',
  base_version integer,
  base_state text,
  sop_id integer references app_public.sops (id) on delete set null,
  knowledge_id integer references app_public.knowledge_base (id) on delete set null,
  improvement_id integer references app_public.improvement_queue (id) on delete set null,
  written jsonb,
  unique (batch_id, ordinal),
  constraint import_items_kind_is_known check (kind in ('sop', 'knowledge', 'conversation', 'file')),
  constraint import_items_action_is_known check (action in ('create', 'update', 'unchanged', 'duplicate', 'propose', 'skip')),
  constraint import_items_status_is_known check (status in ('staged', 'applied', 'conflict', 'rolled_back', 'kept'))
);
alter table app_public.import_items add column if not exists reason_code text;
alter table app_public.import_items add column if not exists reason_details jsonb;
alter table app_public.import_items drop constraint if exists import_items_reason_code_has_a_sentence;
alter table app_public.import_items add constraint import_items_reason_code_has_a_sentence check (reason_code is null or reason is not null and reason_details is not null);
create index if not exists import_items_batch_id_action on app_public.import_items (batch_id, action, ordinal);
create index if not exists import_items_batch_id_status on app_public.import_items (batch_id, status, ordinal);
create index if not exists import_items_batch_id_file on app_public.import_items (batch_id, file);
create index if not exists import_items_batch_id_hash on app_public.import_items (batch_id, hash);
create index if not exists import_items_hash on app_public.import_items (hash);
create index if not exists import_items_file on app_public.import_items (file, topic);
create index if not exists import_items_sop_id on app_public.import_items (sop_id);
create index if not exists import_items_knowledge_id on app_public.import_items (knowledge_id);
create index if not exists import_items_improvement_id on app_public.import_items (improvement_id);
create index if not exists import_items_sketch on app_public.import_items using gin (sketch);
comment on table app_public.import_items is 'What an import holds, item by item: the text, what is to become of it and why, and what did.';
comment on column app_public.import_items.file is 'The file it came from, as in the folder or archive.';
comment on column app_public.import_items.kind is 'sop (a procedure), knowledge (a question and its answer), conversation (a question and answer found in one, masked: never more than a proposal) or file (one that gave nothing).';
comment on column app_public.import_items.topic is 'Section of the SOP, or topic of the entry.';
comment on column app_public.import_items.content is 'The SOP''s markdown, or the answer. Null once the batch is discarded.';
comment on column app_public.import_items.hash is 'SHA-256 of the text, spaces and case aside: equal for copies.';
comment on column app_public.import_items.sketch is E'@behavior -*\nThe smallest hashes of its words in threes: how many two texts share says how much they are alike.';
comment on column app_public.import_items.review is 'Why a person should look at it whatever the plan says; it becomes a proposal.';
comment on column app_public.import_items.action is 'The plan: create, update, unchanged (it is there already), duplicate (another says the same), propose (into the review queue) or skip. Null until it is planned.';
comment on column app_public.import_items.reason is 'Why it is skipped, proposed, a duplicate, in conflict or kept, in English.';
comment on column app_public.import_items.reason_code is 'The reason as a word, for a UI to say in its language; null where reason is somebody''s own text, or older than the codes.';
comment on column app_public.import_items.reason_details is 'The values in the sentence of reason_code: {"name": "billing/refund"}; of built_on {obstacles: [{code, details}]}.';
comment on column app_public.import_items.findings is '{duplicate_of, similar_to: {sop_id, file, name, similarity}, contradictions: [{with, kind, one, other, one_clause, other_clause}]}: one is in the import, other in what the club has.';
comment on column app_public.import_items.status is 'staged, applied, conflict (changed by somebody since it was staged, and left alone), rolled_back or kept (a forced rollback left what was changed since).';
comment on column app_public.import_items.base_version is 'The SOP''s version that the plan was made for.';
comment on column app_public.import_items.base_state is 'Hash of the entry that the plan was made for.';
comment on column app_public.import_items.written is 'What was written and what was there before: {sop_id, version, before_version} or {knowledge_id, state, before}.';
alter table app_public.import_items enable row level security;

-- An upload goes through the database, since the worker that reads it may run on another machine.
create table if not exists app_private.import_uploads (
  batch_id integer not null references app_public.import_batches (id) on delete cascade,
  part integer not null,
  content bytea not null,
  primary key (batch_id, part)
);
comment on table app_private.import_uploads is 'An uploaded file in parts, until the worker has read it.';
alter table app_private.import_uploads enable row level security;

create table if not exists app_private.sop_sketches (
  sop_id integer primary key references app_public.sops (id) on delete cascade,
  version integer not null,
  hash bytea not null,
  sketch integer[] not null
);
create index if not exists sop_sketches_sketch on app_private.sop_sketches using gin (sketch);
create index if not exists sop_sketches_hash on app_private.sop_sketches (hash);
comment on table app_private.sop_sketches is 'Derived: text_hash and text_sketch of each SOP in use, made when an import is planned.';
alter table app_private.sop_sketches enable row level security;

-- Whether anybody asks this already, whatever the topic.
create index if not exists knowledge_base_question_key on app_public.knowledge_base (app_hidden.golden_key(question));
--! EndIncluded tables/import_batches.sql
--! Included types/golden_result.sql
do $$
begin
  if to_regtype('app_public.golden_result') is null then
    create type app_public.golden_result as (
      golden_question_id integer,
      question text,
      site text,
      expected text,
      expected_title text,
      outcome text,
      found text,
      found_title text,
      confidence double precision,
      by_vector boolean,
      passed boolean,
      verdict text,
      why text
    );
  end if;
end
$$;
comment on type app_public.golden_result is 'What a golden question finds now, and whether that is what is expected.';
comment on column app_public.golden_result.site is 'Slug of the site where it is asked.';
comment on column app_public.golden_result.expected is 'sop:<id>, topic:<category>/<topic>, or hand_over.';
comment on column app_public.golden_result.outcome is 'What the customer would get: answered, handed_over, or emergency.';
comment on column app_public.golden_result.found is 'The first result, named as expected is; null where nothing was found.';
comment on column app_public.golden_result.confidence is 'Probability (0 to 1) that the first result answers the question.';
comment on column app_public.golden_result.by_vector is 'Whether the question''s vector was known; else words alone decided.';
comment on column app_public.golden_result.verdict is 'passed; gone (what is expected is archived or deleted); nothing_found; unsure (too little confidence, so a person would answer); other_source; for_a_person (what is first is of the category hand_over); answered (and should be handed over); emergency.';
comment on column app_public.golden_result.why is 'Why it failed, in a sentence; null where it passed.';
--! EndIncluded types/golden_result.sql
--! Included functions/search.sql
-- The question as words: each lexeme's inverse document frequency in its dimension, and a query for candidates.
-- Document frequencies are counted while the space is small, and looked up where the last refresh knows them.
drop function if exists app_private.question_words(text);
create or replace function app_private.question_words(question text, only_category text default null, out impacts sparsevec, out total_idf double precision, out candidates tsquery)
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off as $$
declare
  c_count_below constant integer := 5000;
  c_rows constant integer := 300; -- units that the candidates' query should not find many more than
  v_statistics app_private.search_statistics;
  v_units double precision;
  v_small boolean;
  v_share double precision := 1;
  v_lexemes text[];
  v_hits double precision[];
  v_idf double precision[];
begin
  select * into v_statistics from app_private.search_statistics t;
  v_units := v_statistics.units;
  v_small := v_units < c_count_below;
  if v_small then
    select count(*) into v_units from app_private.search_units u;
    v_small := v_units < 2 * c_count_below;
  end if;
  if only_category is not null and not v_small then
    v_share := coalesce((v_statistics.categories ->> only_category)::double precision, 0) / v_units;
  end if;
  -- One dimension can be that of two lexemes: it counts once.
  select coalesce(array_agg(quote_literal(t.lexeme) order by t.df, t.lexeme) filter (where t.df > 0), '{}'), coalesce(array_agg(t.df * v_share order by t.df, t.lexeme) filter (where t.df > 0), '{}'),
         coalesce(array_agg(t.idf order by t.df, t.lexeme) filter (where t.df > 0), '{}'), coalesce(sum(t.idf) filter (where t.first), 0),
         format('{%s}/268435456', string_agg(t.dimension || ':' || t.idf::real, ',') filter (where t.first))::sparsevec
    into v_lexemes, v_hits, v_idf, total_idf, impacts
    from (select d.*, ln(1 + (v_units - least(d.df, v_units) + 0.5) / (least(d.df, v_units) + 0.5)) as idf, row_number() over (partition by d.dimension order by d.df, d.lexeme) = 1 as first
            from (select l.lexeme, app_hidden.lexeme_dimension(l.lexeme) as dimension,
                         case when v_small or f.lexeme is null
                           then (select count(*) from app_private.search_units u where u.words @@ quote_literal(l.lexeme)::tsquery)
                           else f.units end::double precision as df
                    from unnest(tsvector_to_array(to_tsvector('app_public.clubos', left(question_words.question, 20000)))) l(lexeme)
                    left join app_private.lexeme_frequencies f on not v_small and f.lexeme = l.lexeme
                   limit 200) d) t;
  candidates := app_private.candidates_query(v_lexemes, v_hits, v_idf, v_units * v_share, c_rows);
end
$$;
comment on function app_private.question_words(text, text) is
  'A question as words: idf by dimension, their sum, and a query for the units worth scoring (null where no word is known). only_category: more words fit where only its units count.';

-- What scores highest holds words whose idf sums up highest. So the sets of one to three words are taken in the order of
-- that sum, while the units they are expected to find stay few: the query finds about all that reach some sum.
create or replace function app_private.candidates_query(lexemes text[], hits double precision[], idf double precision[], units double precision, rows integer) returns tsquery
-- Loops: a statement over the sets takes several times as long to set up as this to run.
language plpgsql immutable parallel safe set search_path = app_public, public, pg_temp set jit = off as $$
declare
  c_words constant integer := 6; -- of the rarest words: 41 sets
  c_together constant double precision := 2; -- a question's words stand together more often than by chance
  c_walk constant double precision := 10; -- the index walks the list of a set's rarest word, at a tenth of the cost of looking at what it finds
  v_words integer := least(cardinality(lexemes), c_words);
  v_all double precision := 0;
  v_hits double precision;
  v_members integer[] := '{}'; -- a bit for each word
  v_gains double precision[] := '{}';
  v_found double precision[] := '{}';
  v_order integer[];
  v_upto double precision := 0;
  v_last integer := 0;
  v_queries text[] := '{}';
  v_taken integer[] := '{}';
  v_smaller integer;
  v_fewest integer := 1;
  v_set integer;
  v_query text;
begin
  foreach v_hits in array hits loop
    v_all := v_all + v_hits;
  end loop;
  if v_all <= rows then
    return nullif(array_to_string(lexemes, '|'), '')::tsquery;
  end if;
  for i in 1 .. v_words loop
    exit when hits[i] > c_walk * rows and hits[i] > hits[1];
    v_members := v_members || (1 << i);
    v_gains := v_gains || idf[i];
    v_found := v_found || hits[i];
    v_queries := v_queries || lexemes[i];
    for j in i + 1 .. v_words loop
      v_members := v_members || ((1 << i) | (1 << j));
      v_gains := v_gains || idf[i] + idf[j];
      v_found := v_found || c_together * hits[i] * hits[j] / units;
      v_queries := v_queries || (lexemes[i] || '&' || lexemes[j]);
      for k in j + 1 .. v_words loop
        v_members := v_members || ((1 << i) | (1 << j) | (1 << k));
        v_gains := v_gains || idf[i] + idf[j] + idf[k];
        v_found := v_found || c_together ^ 2 * hits[i] * hits[j] / units * hits[k] / units;
        v_queries := v_queries || (lexemes[i] || '&' || lexemes[j] || '&' || lexemes[k]);
      end loop;
    end loop;
  end loop;
  v_order := array(select s.n from unnest(v_gains, v_members) with ordinality s(gain, members, n) order by s.gain desc, s.members);
  while v_last < cardinality(v_order) loop
    v_upto := v_upto + v_found[v_order[v_last + 1]];
    exit when v_upto > rows;
    v_last := v_last + 1;
  end loop;
  -- From the end, where the small sets are: what holds one that is taken goes without saying.
  <<sets>>
  for n in reverse v_last .. 1 loop
    v_set := v_members[v_order[n]];
    foreach v_smaller in array v_taken loop
      continue sets when v_smaller & v_set = v_smaller;
    end loop;
    v_taken := v_taken || v_set;
    v_query := concat_ws('|', v_query, v_queries[v_order[n]]);
  end loop;
  if v_last = 0 then
    -- Even what tells most finds too many: the set that finds fewest.
    for n in 2 .. cardinality(v_found) loop
      if v_found[n] < v_found[v_fewest] then
        v_fewest := n;
      end if;
    end loop;
    v_query := v_queries[v_fewest];
  end if;
  return v_query::tsquery;
end
$$;
comment on function app_private.candidates_query(text[], double precision[], double precision[], double precision, integer) is
  'A query for the units that hold most of a question''s information. lexemes: quoted, rarest first; hits: how many of the units hold each; idf; rows: how many units it should find at most, by expectation.';

-- Nearest units by vector. On a server the HNSW index answers; PGlite, which has no half-precision instructions,
-- compares bits first and re-ranks the nearest exactly. The limits are constants, so that one plan serves all.
drop function if exists app_private.nearest_units(vector, text, integer);
create or replace function app_private.nearest_units(question halfvec, model text, only_category text default null, only_site_id integer default null)
returns table (unit_id bigint) language plpgsql stable rows 40 set search_path = app_public, public, pg_temp set jit = off
set plan_cache_mode = force_generic_plan as $$
declare
  c_scanned constant integer := 3000; -- so many of a category's are compared one by one
  v_statistics app_private.search_statistics;
  v_indexed boolean := to_regclass('app_private.search_units_embedding') is not null;
begin
  select * into v_statistics from app_private.search_statistics t;
  if only_category is not null and (not v_indexed or coalesce((v_statistics.categories ->> only_category)::integer, 0) <= c_scanned) then
    -- By the sign, so that no index of the whole is thought of.
    return query
      select u.id from app_private.search_units u
       where u.category = only_category and u.embedding_model = nearest_units.model
         and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
         and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
       order by -(u.embedding <#> question) desc, u.id limit 40;
  elsif v_indexed then
    perform app_private.set_index_effort(v_statistics.units);
    if only_category is not null then
      return query
        select n.id
          from ((select u.id, u.embedding <#> question as distance from app_private.search_units u
            where u.indexed and u.category = only_category and u.embedding_model = nearest_units.model
              and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
              and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
            order by u.embedding <#> question limit 40)
           union all
           select f.unit_id, f.distance from app_private.nearest_fresh(question, nearest_units.model, only_category, only_site_id) f) n
         order by n.distance, n.id limit 40;
    else
      return query
        select n.id
          from ((select u.id, u.embedding <#> question as distance from app_private.search_units u
            where u.indexed and u.embedding_model = nearest_units.model
              and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
              and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
            order by u.embedding <#> question limit 40)
           union all
           select f.unit_id, f.distance from app_private.nearest_fresh(question, nearest_units.model, only_category, only_site_id) f) n
         order by n.distance, n.id limit 40;
    end if;
  else
    return query
      select c.id
        from (select u.id, u.embedding from app_private.search_units u
               where u.embedding_model = nearest_units.model
                 and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
                 and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
               order by u.bits <~> binary_quantize(question)::bit(1536), u.id limit 120) c
       order by c.embedding <#> question, c.id limit 40;
  end if;
end
$$;
comment on function app_private.nearest_units(halfvec, text, text, integer) is
  'The 40 units nearest to a question by cosine (vectors have length one) that hold now and at a site, of a category or of all.';

create or replace function app_private.set_index_effort(units double precision) returns void language plpgsql stable set search_path = app_public, public, pg_temp as $$
begin
  -- The recall of an HNSW index at a fixed ef falls as it grows; at this one it is .997 at 10,000 units, .978 at 30,000 and .959 at 100,000.
  perform set_config('hnsw.ef_search', least(400, greatest(64, 64 * power(greatest(units, 1) / 10000, 0.27)))::integer::text, true);
  -- A filter that disagrees with the question must not walk the index to its end (pgvector 0.8; before, there is no walking on).
  perform set_config('hnsw.iterative_scan', 'relaxed_order', true);
  perform set_config('hnsw.max_scan_tuples', '2000', true);
end
$$;
comment on function app_private.set_index_effort(double precision) is
  'Sets for this transaction how many neighbours the vector index looks at, by the number of search units (Malkov & Yashunin 2016: ef). Recall at ten is above .95 up to 100,000 units (docs/performance.md).';

-- Candidates by words and by meaning, each scored on both: BM25 as the share of the question's information that the
-- text holds, plus 1.5 times the cosine (fusing scores measured 5 to 7 points better at the first place than fusing
-- ranks; docs/retrieval.md). A target's score is the mean of its profile's and of its best parts': the best section,
-- and its entries by log-sum-exp, a soft maximum in which several near ones count more than one.
create or replace function app_private.rank_targets(impacts sparsevec, total_idf double precision, candidates tsquery, question halfvec,
  only_category text default null, only_site_id integer default null, most integer default 40, left_out app_private.left_out default null)
returns table (target text, sop_id integer, category varchar, topic varchar, score double precision, entry_id bigint, entry_leads boolean,
  words double precision, cosine double precision, agreed boolean, by_words bigint[], nearest bigint[])
language plpgsql stable rows 40 set search_path = app_public, public, pg_temp set jit = off
-- The same plan whatever the question; to make it anew takes as long as to run it.
set plan_cache_mode = force_generic_plan as $$
declare
  c_cosine_weight constant double precision := 1.5;
  c_softness constant double precision := 0.1;
  c_votes constant integer := 10;
  c_unreviewed constant double precision := 0.3;
  v_model text;
  v_left_out halfvec := left_out.embedding;
  v_by_words bigint[];
  v_nearest bigint[];
  v_ids bigint[];
begin
  select s.embedding_model into v_model from app_public.club_settings s;
  if only_category is null then
    v_by_words := array(
      select u.id from app_private.search_units u
       where u.words @@ rank_targets.candidates
         and (left_out.content_hash is null or u.content_hash <> left_out.content_hash and (u.kind <> 'profile' or u.target is distinct from left_out.target or left_out.impacts <#> rank_targets.impacts < 0))
         and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
         and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
       order by u.impacts <#> rank_targets.impacts, u.id limit 40);
  else
    v_by_words := array(
      select u.id from app_private.search_units u
       where u.words @@ rank_targets.candidates and u.category = only_category
         and (left_out.content_hash is null or u.content_hash <> left_out.content_hash and (u.kind <> 'profile' or u.target is distinct from left_out.target or left_out.impacts <#> rank_targets.impacts < 0))
         and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
         and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
       order by u.impacts <#> rank_targets.impacts, u.id limit 40);
  end if;
  if question is not null then
    v_nearest := array(select n.unit_id from app_private.nearest_units(question, v_model, only_category, only_site_id) n);
    if left_out.content_hash is not null then
      v_nearest := array(select n.id from unnest(v_nearest) with ordinality n(id, place) join app_private.search_units u on u.id = n.id where u.content_hash <> left_out.content_hash order by n.place);
    end if;
  end if;
  v_ids := v_by_words || v_nearest;
  return query
  with named as materialized (
    -- Joined to nothing, it lies in memory: of a large profile it is stored elsewhere, and would be fetched to be compared.
    select u.id, u.target || '' as t, u.kind, u.sop_id as sop, u.category as cat, u.topic as top, x.w, x.c,
           x.w + c_cosine_weight * x.c - case when u.trust = 0 then c_unreviewed else 0 end as s
      from app_private.search_units u
     cross join lateral (select left_out.target is not null and u.kind = 'profile' and u.target = left_out.target as lacks) o
     cross join lateral (
       select case when rank_targets.total_idf > 0 then -(case when o.lacks then left_out.impacts else u.impacts end <#> rank_targets.impacts) / rank_targets.total_idf else 0 end as w,
              case when question is not null and u.embedding_model = v_model then coalesce(-(case when o.lacks then v_left_out else u.embedding end <#> question), 0) else 0 end as c) x
     -- An array, of which the planner expects a few: of a subquery it expects many, and reads all units.
     where u.id = any (v_ids)
  ), best as materialized (
    select n.t from named n group by n.t order by max(n.s) desc, n.t limit most
  ), scored as materialized (
    select n.* from named n where n.t in (select b.t from best b)
    union all
    -- Of the best ones' targets all sections, and the profile.
    select u.id, u.target || '', u.kind, u.sop_id, u.category, u.topic, x.w, x.c, x.w + c_cosine_weight * x.c
      from app_private.search_units u
     cross join lateral (select left_out.target is not null and u.kind = 'profile' and u.target = left_out.target as lacks) o
     cross join lateral (
       select case when rank_targets.total_idf > 0 then -(case when o.lacks then left_out.impacts else u.impacts end <#> rank_targets.impacts) / rank_targets.total_idf else 0 end as w,
              case when question is not null and u.embedding_model = v_model then coalesce(-(case when o.lacks then v_left_out else u.embedding end <#> question), 0) else 0 end as c) x
     where u.target = any (array(select b.t from best b)) and u.kind in ('profile', 'section') and u.id <> all (v_ids)
  ), entries as (
    select e.t, max(e.s) + c_softness * ln(sum(exp((e.s - e.best) / c_softness))) as a, (array_agg(e.id order by e.place))[1] as id
      from (select s.*, row_number() over (partition by s.t order by s.s desc, s.id) as place, max(s.s) over (partition by s.t) as best
              from scored s where s.kind in ('phrase', 'knowledge')) e
     where e.place <= c_votes
     group by e.t
  ), targets as (
    select s.t, max(s.sop) as sop, max(s.cat) as cat, max(s.top) as top, max(s.s) filter (where s.kind = 'profile') as p, max(s.s) filter (where s.kind = 'section') as b,
           max(s.w) as w, max(s.c) as c
      from scored s group by s.t
  ), combined as (
    select t.*, e.a, e.id as entry, case when t.b is not null and e.a is not null then (t.b + greatest(e.a, t.b)) / 2 else coalesce(t.b, e.a, t.p) end as m
      from targets t left join entries e on e.t = t.t
  )
  select c.t, c.sop, c.cat::varchar, c.top::varchar, (coalesce(c.p, c.m) + c.m) / 2 as total,
         -- A topic whose profile alone was near speaks by one of its entries that hold here.
         coalesce(c.entry, case when c.sop is null then (select u.id from app_private.search_units u where u.target = c.t and u.kind = 'knowledge'
           and (u.site_id is null or only_site_id is null or u.site_id = only_site_id)
           and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now()) order by u.trust desc, u.id limit 1) end),
         c.sop is null or coalesce(c.a > c.b, false), c.w, c.c,
         coalesce((select n.t = c.t from named n where n.id = v_by_words[1]), false) and coalesce((select n.t = c.t from named n where n.id = v_nearest[1]), false),
         v_by_words, v_nearest
    from combined c
   -- Not `exists`: of that the planner makes a table of all entries, for each search.
   where c.sop is not null or c.entry is not null or (select true from app_private.search_units u where u.target = c.t and u.kind = 'knowledge'
           and (u.site_id is null or only_site_id is null or u.site_id = only_site_id)
           and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now()) limit 1)
   order by total desc, c.t
   limit most;
end
$$;
comment on function app_private.rank_targets(sparsevec, double precision, tsquery, halfvec, text, integer, integer, app_private.left_out) is
$$Ranks what could answer a question: SOPs and knowledge topics, with the entry that speaks loudest for each, the best share of the question's words (0 to about 2), the best cosine, whether both legs agree on it, and the units that words and the vector index named (the same in every row).
impacts, total_idf, candidates: as question_words says. question: its vector, or null. only_category, only_site_id: only what holds there. most: so many targets, of those whose named unit scores best. left_out: what to search without, as a dry run asks a known question as if it were new.$$;

drop function if exists app_private.search_targets(text, vector, text, integer, integer);
drop function if exists app_private.search_targets(text, vector, text, integer, integer, app_private.left_out);
create or replace function app_private.search_targets(question text, question_embedding vector, only_category text default null, only_site_id integer default null)
returns table (target text, sop_id integer, category varchar, topic varchar, score double precision, entry_id bigint, entry_leads boolean, words double precision, cosine double precision, agreed boolean)
language sql stable rows 40 set search_path = app_public, public, pg_temp set jit = off as $$
  select t.target, t.sop_id, t.category, t.topic, t.score, t.entry_id, t.entry_leads, t.words, t.cosine, t.agreed
    from app_private.question_words(question, only_category) w,
         app_private.rank_targets(w.impacts, w.total_idf, w.candidates, question_embedding, only_category, only_site_id) t
$$;
comment on function app_private.search_targets(text, vector, text, integer) is 'Ranks what could answer a question (rank_targets), given its text.';

create or replace function app_hidden.section_score(heading text, words double precision, cosine double precision) returns double precision language sql immutable parallel safe as $$
  select coalesce(words, 0) + 1.5 * coalesce(cosine, 0) + case when heading ~* 'step|procedure|what to (do|say)|answer' then 0.5 else 0 end
    - case when coalesce(heading, '') ~* 'when to use|purpose|scope|^category' then 100 else 0 end
$$;
comment on function app_hidden.section_score(text, double precision, double precision) is
  'Which section of an SOP to quote for a question: the one with the highest. words: the share of the question''s information that it holds; cosine: of its vector and the question''s. "When to use" and its like come last.';

-- Words that the index does not know, by similarity of spelling: the last resort, off the hot path.
create or replace function app_private.correct_spelling(question text) returns text
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_word text;
  v_known text;
  v_out text[] := '{}';
  v_lexemes text[];
  v_changed boolean := false;
  v_fresh boolean;
begin
  foreach v_word in array (regexp_split_to_array(lower(left(question, 2000)), '[^[:alnum:]]+'))[:60] loop
    v_known := null;
    v_lexemes := tsvector_to_array(to_tsvector('app_public.clubos', v_word));
    if length(v_word) >= 4 and v_word ~ '^[[:alpha:]]+$' and v_lexemes <> '{}'
       -- First where words were counted: to find a frequent one, the index lists all that hold it.
       and not exists (select from app_private.lexeme_frequencies f where f.lexeme = any (v_lexemes) and f.units > 0)
       and not exists (select from app_private.search_units u where u.words @@ plainto_tsquery('app_public.clubos', v_word)) then
      v_fresh := coalesce(v_fresh, (select t.last_unit_id from app_private.search_statistics t) = (select max(u.id) from app_private.search_units u)
        or (select t.units from app_private.search_statistics t) > 5000);
      if v_fresh then
        select d.word into v_known from app_private.search_vocabulary d
         where d.word % v_word order by similarity(d.word, v_word) desc, d.units desc, d.word limit 1;
      else
        select d.word into v_known from app_private.count_vocabulary() d
         where d.word % v_word order by similarity(d.word, v_word) desc, d.units desc, d.word limit 1;
      end if;
    end if;
    v_changed := v_changed or v_known is not null;
    v_out := v_out || coalesce(v_known, v_word);
  end loop;
  return case when v_changed then array_to_string(v_out, ' ') end;
end
$$;
comment on function app_private.correct_spelling(text) is
  'The question with each word that the index does not know replaced by the most similar one it does know (trigrams); null where there is nothing to correct.';
--! EndIncluded functions/search.sql
--! Included functions/experiments.sql
-- Who gets which arm: decided by nothing but the experiment, the subject and the weights, so that nobody has to remember
-- it. SHA-256, since PostgreSQL's own hash functions may change with its next version.
create or replace function app_hidden.experiment_bucket(experiment_id integer, subject text) returns double precision
language sql immutable strict parallel safe as $$
  select ('x' || left(encode(sha256(convert_to(experiment_id || ':' || subject, 'UTF8')), 'hex'), 13))::bit(52)::bigint / 4503599627370496.0::double precision
$$;
comment on function app_hidden.experiment_bucket(integer, text) is 'Where a subject stands in an experiment: 0 to below 1, evenly spread, the same each time, and independent of where it stands in another one.';

create or replace function app_hidden.assigned_arm(experiment_id integer, subject text, weights integer[]) returns integer
language sql immutable strict parallel safe as $$
  select w.place::integer
    from (select u.place, sum(u.weight) over (order by u.place) / sum(u.weight) over ()::double precision as upto from unnest(weights) with ordinality u(weight, place)) w
   where app_hidden.experiment_bucket(experiment_id, subject) < w.upto
   order by w.place limit 1
$$;
comment on function app_hidden.assigned_arm(integer, text, integer[]) is 'Which arm (1 is the first) a subject gets, by the arms'' weights.';

create or replace function app_hidden.experiment_subject(visitor_id uuid, ticket_id integer) returns text
language sql immutable parallel safe as $$
  select coalesce('visitor:' || visitor_id, 'ticket:' || ticket_id)
$$;
comment on function app_hidden.experiment_subject(uuid, integer) is
  'Whom an experiment treats as one: the visitor, else the conversation; null where there is neither, and then the control is served and nothing is counted.';

create or replace function app_private.arm_of(experiment_id integer, subject text) returns app_public.experiment_arms
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select a.* from app_public.experiment_arms a
   where a.experiment_id = arm_of.experiment_id
     and a.label = (select x.labels[app_hidden.assigned_arm(arm_of.experiment_id, arm_of.subject, x.weights)]
                      from (select array_agg(y.label order by y.label) as labels, array_agg(y.weight order by y.label) as weights
                              from app_public.experiment_arms y where y.experiment_id = arm_of.experiment_id) x)
$$;
comment on function app_private.arm_of(integer, text) is 'The arm of an experiment that a subject always gets.';

-- Retrieval goes by the SOP as it is, for every arm alike; only what is read out differs. Which section that is, the
-- arm's text decides as a search would (section_score) if it were the SOP: so an arm shows what it would show once promoted.
create or replace function app_private.arm_section(sop app_public.sops, content text, query text, query_embedding vector)
returns table (title text, heading text, body text)
language sql stable set search_path = app_public, public, pg_temp as $$
  select u.title, u.heading, u.body
    from app_hidden.sop_units(sop.category, sop.section, arm_section.content) u
   cross join app_public.club_settings s
   cross join app_private.question_words(left(arm_section.query, 20000)) q
    left join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(u.embedding_text) and c.model = s.embedding_model
   where u.kind = 'section'
   order by app_hidden.section_score(u.heading, -(app_hidden.bm25_impacts(u.words, app_hidden.usual_length('sop:', u.kind)) <#> q.impacts) / nullif(q.total_idf, 0),
            -(c.embedding <#> arm_section.query_embedding)) desc, u.ordinal
   limit 1
$$;
comment on function app_private.arm_section(app_public.sops, text, text, vector) is 'The section of an arm''s text to quote for a question, chosen as a search chooses an SOP''s (section_score).';

create or replace function app_private.serve_arm(results app_public.search_result[], subject text, query text, query_embedding vector,
  out arm_id integer, out place integer, out served app_public.search_result, out source_text text)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  c_most constant integer := 4000; -- as app_private.source_text
  v_experiment app_public.experiments;
  v_arm app_public.experiment_arms;
  v_sop app_public.sops;
  v_section record;
begin
  if subject is null or not exists (select from app_public.experiments e where e.status = 'running') then
    return;
  end if;
  select e.*, r.place into v_experiment.id, v_experiment.sop_id, place
    from (select x.sop_id, x.sop_version_id, x.kind, x.category, o.place::integer as place
            from generate_subscripts(results, 1) o(place), lateral (select (results[o.place]).*) x) r
    join lateral (select e.id, e.sop_id from app_public.experiments e where e.sop_id = r.sop_id and e.sop_version_id = r.sop_version_id and e.status = 'running') e on true
   where r.kind = 'sop' and r.category not in ('emergency', 'hand_over') order by r.place limit 1;
  if v_experiment.id is null then
    return;
  end if;
  v_arm := app_private.arm_of(v_experiment.id, serve_arm.subject);
  arm_id := v_arm.id;
  served := results[place];
  if v_arm.label <> 'A' then
    select * into v_sop from app_public.sops s where s.id = v_experiment.sop_id;
    select * into v_section from app_private.arm_section(v_sop, v_arm.content, serve_arm.query, serve_arm.query_embedding);
    served.title := v_section.title;
    served.heading := v_section.heading;
    served.snippet := v_section.body;
    select coalesce(max(t.whole), app_hidden.quote(concat_ws(E'\n', served.heading, served.snippet), c_most)) into source_text
      from (select string_agg(concat_ws(E'\n', u.heading, u.body), E'\n\n' order by u.ordinal) as whole
              from app_hidden.sop_units(v_sop.category, v_sop.section, v_arm.content) u where u.kind = 'section' having sum(length(u.body)) <= c_most) t;
  end if;
end
$$;
comment on function app_private.serve_arm(app_public.search_result[], text, text, vector) is
$$What a running experiment makes of the sources found for a question: the subject's arm (arm_id), the place of the source that it stands in for, that source with the arm's title, heading and section, and what a model reads of it (null for the control: as it is).
One answer takes part in one experiment at most, that of its first source with one: so no experiment measures another's texts. subject: as app_hidden.experiment_subject; null, or no experiment there, gives nulls. Emergencies are never part of one.$$;

create or replace function app_private.exposure(sources jsonb, subject text, out arm_id integer, out subject_hash bytea)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if exposure.subject is null or not jsonb_path_exists(coalesce(exposure.sources, '[]'), '$[*].experiment_arm_id') then
    return;
  end if;
  select a.id, substr(sha256(convert_to(a.experiment_id || ':' || exposure.subject, 'UTF8')), 1, 16) into exposure.arm_id, exposure.subject_hash
    from jsonb_to_recordset(exposure.sources) s(rank integer, cited boolean, sop_id integer, experiment_arm_id integer)
    join app_public.experiment_arms a on a.id = s.experiment_arm_id
    join app_public.experiments e on e.id = a.experiment_id and e.sop_id = s.sop_id
   where s.cited and s.rank <= 10 and (app_private.arm_of(e.id, exposure.subject)).id = a.id
   order by s.rank limit 1;
end
$$;
comment on function app_private.exposure(jsonb, text) is
  'What an answer counts for: the arm of a source that it cites, and the hash of whom it was given to. Nothing where the arm''s text was retrieved and not used, or the arm is not this subject''s.';

create or replace function app_private.experiment_subjects(experiment_id integer)
returns table (arm_id integer, subject bytea, responses bigint, helpful boolean, rated_at timestamptz)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select a.id, r.experiment_subject, count(*), (array_agg(r.feedback = 'helpful' order by r.feedback_at, r.id) filter (where r.feedback is not null))[1], min(r.feedback_at)
    from app_public.experiment_arms a join app_public.responses r on r.experiment_arm_id = a.id
   where a.experiment_id = experiment_subjects.experiment_id
   group by a.id, r.experiment_subject
$$;
comment on function app_private.experiment_subjects(integer) is
  'Everybody whom an experiment was shown to, with their arm. helpful: their first rating, null without one: further ones of the same person are not independent of it.';

create or replace function app_private.points(share double precision) returns text language sql immutable parallel safe as $$
  select case when abs(share) < 0.0995 then to_char(abs(share) * 100, 'FM990.0') else to_char(abs(share) * 100, 'FM990') end
$$;
comment on function app_private.points(double precision) is 'A share as percentage points for a sentence, without its sign.';

create or replace function app_private.verdict_text(verdict text, label text, rate double precision, control_rate double precision, difference double precision,
  low double precision, high double precision, p double precision, probability double precision, rated bigint, control_rated bigint, minimum integer, ratio_p double precision) returns text
language sql immutable set search_path = app_public, public, pg_temp as $$
  select case verdict
    when 'control' then 'This is the SOP as it is; the others are compared with it.'
    when 'sample_ratio' then format('Do not trust these figures yet: the arms'' sizes do not fit their weights (p %s). Something sorts people into them, such as one text being cited less often.', to_char(ratio_p, 'FM0.000000'))
    when 'no_data' then 'Nobody has rated an answer of both arms yet.'
    when 'worse' then format('%s helps less than the control: %s %% against %s %%. The difference is beyond doubt, however often one looked (p %s).', label, app_private.points(rate), app_private.points(control_rate), to_char(p, 'FM0.0000'))
    when 'better' then format('%s helps more than the control: %s %% against %s %%. The difference is beyond doubt, however often one looked (p %s).', label, app_private.points(rate), app_private.points(control_rate), to_char(p, 'FM0.0000'))
    when 'better_so_far' then format('%s looks better already (p %s); wait until each arm has the %s ratings agreed on, so that the gain is known more closely.', label, to_char(p, 'FM0.0000'), minimum)
    when 'collecting' then format('Too early to say: %s and %s of %s ratings. So far %s has a chance of %s %% to be the better one.', rated, control_rated, minimum, label, app_private.points(probability))
    else format('No difference is certain: it lies between %s%s and %s%s points. %s has a chance of %s %% to be the better one.', case when low < 0 then '−' else '+' end, app_private.points(low), case when high < 0 then '−' else '+' end, app_private.points(high), label, app_private.points(probability))
  end
$$;
comment on function app_private.verdict_text(text, text, double precision, double precision, double precision, double precision, double precision, double precision, double precision, bigint, bigint, integer, double precision) is
  'A verdict in plain words.';

create or replace function app_private.experiment_figures(experiment_id integer)
returns table (arm_id integer, label text, is_control boolean, weight integer, subjects bigint, responses bigint, rated bigint, helpful bigint, unhelpful bigint,
  rate double precision, rate_low double precision, rate_high double precision, difference double precision, difference_low double precision, difference_high double precision,
  probability_better double precision, expected_loss double precision, always_valid_p double precision, sample_ratio_p double precision, minimum_reached boolean, verdict text, verdict_text text)
language sql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
  with seen as materialized (
    select s.*, case when s.helpful is not null then row_number() over (partition by s.arm_id, s.helpful is null order by s.rated_at, s.subject) end as turn
      from app_private.experiment_subjects(experiment_figures.experiment_id) s
  ), arms as materialized (
    select a.id, a.label, a.weight, e.minimum_sample, count(s.subject) as subjects, coalesce(sum(s.responses), 0)::bigint as responses, count(s.helpful) as rated,
           count(*) filter (where s.helpful) as helpful, count(*) over () - 1 as others
      from app_public.experiments e join app_public.experiment_arms a on a.experiment_id = e.id left join seen s on s.arm_id = a.id
     where e.id = experiment_figures.experiment_id
     group by a.id, a.label, a.weight, e.minimum_sample
  ), compared as materialized (
    select a.*, c.rated as control_rated, c.helpful as control_helpful, n.difference, n.low, n.high,
           app_hidden.probability_greater(a.helpful + 1, a.rated - a.helpful + 1, c.helpful + 1, c.rated - c.helpful + 1) as probability_better,
           app_hidden.expected_loss(a.helpful + 1, a.rated - a.helpful + 1, c.helpful + 1, c.rated - c.helpful + 1) as loss,
           app_hidden.expected_loss(c.helpful + 1, c.rated - c.helpful + 1, a.helpful + 1, a.rated - a.helpful + 1) as loss_of_control,
           -- As many looks as there are treatments (Bonferroni).
           least(1, a.others * app_hidden.always_valid_p(coalesce((select array_agg((t.helpful::integer - k.helpful::integer)::smallint order by t.turn)
             from seen t join seen k on k.turn = t.turn and k.arm_id = c.id where t.arm_id = a.id), '{}'))) as p
      from arms a join arms c on c.label = 'A'
      left join lateral app_hidden.newcombe_interval(a.helpful, a.rated, c.helpful, c.rated) n on true
     where a.label <> 'A'
  ), ratio as (
    select app_hidden.sample_ratio_p(array_agg(a.subjects order by a.label), array_agg(a.weight order by a.label)) as p from arms a
  )
  select a.id, a.label, a.label = 'A', a.weight, a.subjects, a.responses, a.rated, a.helpful, a.rated - a.helpful,
         a.helpful::double precision / nullif(a.rated, 0), w.low, w.high, c.difference, c.low, c.high, c.probability_better,
         case when a.label = 'A' then (select max(x.loss_of_control) from compared x) else c.loss end, c.p, r.p, a.rated >= a.minimum_sample, v.verdict,
         app_private.verdict_text(v.verdict, a.label, a.helpful::double precision / nullif(a.rated, 0), c.control_helpful::double precision / nullif(c.control_rated, 0), c.difference, c.low, c.high,
           c.p, c.probability_better, a.rated, c.control_rated, a.minimum_sample, r.p)
    from arms a
   cross join ratio r
    left join compared c on c.id = a.id
    left join lateral app_hidden.wilson_interval(a.helpful, a.rated) w on true
   cross join lateral (
     select case when a.label = 'A' then 'control' when r.p < 0.001 then 'sample_ratio' when a.rated = 0 or c.control_rated = 0 then 'no_data'
                 -- p remembers its smallest value: the interval says that it still goes that way.
                 when c.p <= 0.05 and c.high < 0 then 'worse' when c.p <= 0.05 and c.low > 0 and least(a.rated, c.control_rated) >= a.minimum_sample then 'better'
                 when c.p <= 0.05 and c.low > 0 then 'better_so_far' when least(a.rated, c.control_rated) < a.minimum_sample then 'collecting' else 'undecided' end as verdict) v
   order by a.label
$$;
comment on function app_private.experiment_figures(integer) is 'What experiment_results gives, computed from the answers as they are now.';

-- Every end goes through here: with the figures that it was decided on.
create or replace function app_private.end_experiment(experiment_id integer, status text, reason text, winner text default null) returns app_public.experiments
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  update app_public.experiments e
     set status = end_experiment.status, status_by = left(coalesce(app_public.current_actor(), session_user), 100), status_at = clock_timestamp(), status_reason = end_experiment.reason, winner = end_experiment.winner,
         results = (select coalesce(jsonb_agg(to_jsonb(f) order by f.label), '[]') from app_private.experiment_figures(end_experiment.experiment_id) f)
   where e.id = end_experiment.experiment_id
  returning e.*
$$;
comment on function app_private.end_experiment(integer, text, text, text) is 'Ends an open experiment (concluded or stopped), by who acts, and keeps its figures.';

create or replace function app_private.tell_of_experiment(experiment app_public.experiments, event text, arm text default null) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  select app_hidden.notify('experiment', jsonb_strip_nulls(jsonb_build_object('experiment_id', experiment.id, 'name', experiment.name, 'event', event, 'arm', arm,
           'sop', (select s.category || '/' || s.section from app_public.sops s where s.id = experiment.sop_id),
           'version', case event when 'moved_on' then (select s.version from app_public.sops s where s.id = experiment.sop_id) end)),
         format('experiment:%s:%s', experiment.id, event))
$$;
comment on function app_private.tell_of_experiment(app_public.experiments, text, text) is 'Tells reviewers of what an experiment came to without them: harm (stopped), sample_ratio (not to be trusted), moved_on (stopped, since its SOP is another). Once each.';

create or replace function app_private.watch_experiments() returns table (id integer, event text, reason text)
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_experiment app_public.experiments;
  v_figures record;
begin
  for v_experiment in select e.* from app_public.experiments e where e.status = 'running' order by e.id for no key update skip locked loop
    for v_figures in select f.* from app_private.experiment_figures(v_experiment.id) f where not f.is_control order by f.label loop
      id := v_experiment.id;
      if v_figures.sample_ratio_p < 0.001 and v_experiment.sample_ratio_alarm_at is null then
        event := 'sample_ratio';
        reason := format('The arms'' sizes do not fit their weights (p %s).', to_char(v_figures.sample_ratio_p, 'FM0.000000'));
        perform app_hidden.set_reason(reason);
        update app_public.experiments e set sample_ratio_alarm_at = clock_timestamp() where e.id = v_experiment.id returning * into v_experiment;
        perform app_private.tell_of_experiment(v_experiment, event);
        return next;
      end if;
      if v_experiment.stop_on_harm and v_figures.always_valid_p <= 0.05 and v_figures.difference_high < 0 then
        event := 'harm';
        reason := format('Arm %s is worse than the control beyond doubt: %s %% of %s found it helpful, against %s points more of the control (always-valid p %s).', v_figures.label,
          app_private.points(v_figures.rate), v_figures.rated, app_private.points(v_figures.difference), to_char(v_figures.always_valid_p, 'FM0.0000'));
        perform app_hidden.set_reason(reason);
        v_experiment := app_private.end_experiment(v_experiment.id, 'stopped', reason);
        perform app_private.tell_of_experiment(v_experiment, event, v_figures.label);
        return next;
        exit;
      end if;
    end loop;
  end loop;
end
$$;
comment on function app_private.watch_experiments() is
  'Stops running experiments of which an arm does harm (always-valid p at most 0.05 and worse), where they ask for it, and notes arms of the wrong size; tells reviewers. Returns what happened. The experiment ends as a whole: the sizes of the remaining arms would not fit their weights any more.';
--! EndIncluded functions/experiments.sql
--! Included queries/analytics.sql
-- What an owner asks beyond the page Insights: docs/questions.md asks it. As there, what is counted is what customers
-- got, and a period is bounded, so that an index answers it.

create or replace function app_public.usage_by_section(since timestamptz, until timestamptz, category text default null, site text default null)
returns table (sop_id integer, category text, section text, version integer, heading text, cited bigint, helpful bigint, unhelpful bigint, failures bigint, rate double precision)
language sql stable as $$
  select u.sop_id, v.category::text, v.section::text, v.version, u.heading, u.cited, u.helpful, u.unhelpful, u.failures, u.helpful::double precision / nullif(u.helpful + u.unhelpful, 0)
    from (select src.sop_id, src.sop_version_id, src.heading, count(*) as cited, count(*) filter (where r.feedback = 'helpful') as helpful,
                 count(*) filter (where r.feedback = 'unhelpful') as unhelpful, count(f.id) as failures
            from app_hidden.insight_period(since, until, 'UTC', site) p
            join app_public.responses r on r.created_at >= since and r.created_at < until
            -- By the answer, one look each: never all sources there are.
           cross join lateral (select x.sop_id, x.sop_version_id, x.heading from app_public.response_sources x where x.response_id = r.id and x.cited and x.sop_version_id is not null offset 0) src
            left join app_public.failed_responses f on f.response_id = case when r.feedback = 'unhelpful' then r.id end and f.withdrawn_at is null
           where r.outcome in ('answered', 'emergency') and (p.site_id is null or r.site_id = p.site_id)
           group by 1, 2, 3) u
    join app_public.sop_versions v on v.id = u.sop_version_id
   where usage_by_section.category is null or v.category = usage_by_section.category
   order by u.cited desc, u.sop_id, v.version, u.heading
$$;
comment on function app_public.usage_by_section(timestamptz, timestamptz, text, text) is
$$@insight
Which section (heading) of which version of an SOP answers rested on, how they were rated (rate: the share that was helpful, 0 to 1), and how many were filed as failed. since is included, until is not; category: the SOP's; site: a slug.
Errors: CO005 no such period, CO006 over ten years, CO404 no such site.$$;

create or replace function app_public.answers_by_site(since timestamptz, until timestamptz)
returns table (site text, answers bigint, answered_rate double precision, handed_over bigint, emergencies bigint, helpful_rate double precision, failures bigint, p95_ms double precision)
language sql stable as $$
  with period as materialized (
    select * from app_hidden.insight_period(since, until, 'UTC', null)
  ), answered as materialized (
    select r.site_id, count(*) as answers, count(*) filter (where r.outcome = 'answered') as answered, count(*) filter (where r.outcome = 'handed_over') as handed_over,
           count(*) filter (where r.outcome = 'emergency') as emergencies, count(*) filter (where r.feedback = 'helpful') as helpful, count(r.feedback) as rated,
           percentile_cont(0.95) within group (order by r.latency_ms) as p95_ms
      from period p join app_public.responses r on r.created_at >= since and r.created_at < until
     where r.outcome <> 'drafted' group by r.site_id
  ), failed as materialized (
    select f.site_id, count(*) as failures from period p join app_public.failed_responses f on f.created_at >= since and f.created_at < until
     where f.withdrawn_at is null group by f.site_id
  )
  select s.slug, coalesce(a.answers, 0), a.answered::double precision / a.answers, coalesce(a.handed_over, 0), coalesce(a.emergencies, 0),
         a.helpful::double precision / nullif(a.rated, 0), coalesce(f.failures, 0), a.p95_ms
    from (select x.id, x.slug from app_public.sites x union all select null, null) s
    left join answered a on a.site_id is not distinct from s.id
    left join failed f on f.site_id is not distinct from s.id
   where s.id is not null or a.answers > 0 or f.failures > 0
   order by 2 desc, s.slug
$$;
comment on function app_public.answers_by_site(timestamptz, timestamptz) is
$$@insight
Answers by site (null: asked at no site in particular): how many, the share that was answered (0 to 1), how many were handed over or emergencies, the share of the rated that was helpful, failures, and the milliseconds that 95 of 100 answers stay below. since is included, until is not.
Errors: CO005 no such period, CO006 over ten years.$$;

create or replace function app_public.failures_by_week(since timestamptz, until timestamptz, timezone text default 'UTC')
returns table (week date, answers bigint, failures bigint, failure_rate double precision, resolved bigint) language sql stable as $$
  with period as materialized (
    select * from app_hidden.insight_period(since, until, failures_by_week.timezone, null)
  ), answered as materialized (
    select date_trunc('week', r.created_at at time zone failures_by_week.timezone)::date as week, count(*) as answers
      from period p join app_public.responses r on r.created_at >= since and r.created_at < until
     where r.outcome <> 'drafted' group by 1
  ), failed as materialized (
    select date_trunc('week', f.created_at at time zone failures_by_week.timezone)::date as week, count(*) as failures, count(f.resolved_by_improvement_id) as resolved
      from period p join app_public.failed_responses f on f.created_at >= since and f.created_at < until
     where f.withdrawn_at is null group by 1
  )
  select w::date, coalesce(a.answers, 0), coalesce(f.failures, 0), f.failures::double precision / nullif(a.answers, 0), coalesce(f.resolved, 0)
    from period p
   cross join lateral generate_series(date_trunc('week', p.first_day::timestamp), p.last_day::timestamp, interval '1 week') w
    left join answered a on a.week = w::date
    left join failed f on f.week = w::date
   order by 1
$$;
comment on function app_public.failures_by_week(timestamptz, timestamptz, text) is
$$@insight
By week (its Monday): answers, failures filed, failures per answer (failure_rate, 0 to 1), and how many of the failures an approved proposal has mended since. The first and the last week may be part of one. since is included, until is not; timezone: whose weeks.
Errors: CO005 no such period or time zone, CO006 over ten years.$$;

create or replace function app_public.patterns_by_week(since timestamptz, until timestamptz, timezone text default 'UTC')
returns table (week date, pattern_id integer, label text, category text, status text, failures bigint, growth bigint) language sql stable as $$
  select c.week, c.pattern_id, t.label, t.category::text, t.status, c.failures,
         c.failures - coalesce(case when lag(c.week) over w = c.week - 7 then lag(c.failures) over w end, 0)
    from (select date_trunc('week', f.created_at at time zone patterns_by_week.timezone)::date as week, f.pattern_id, count(*) as failures
            from app_hidden.insight_period(since, until, patterns_by_week.timezone, null) p
            join app_public.failed_responses f on f.created_at >= since and f.created_at < until
           where f.withdrawn_at is null and f.pattern_id is not null
           group by 1, 2) c
    join app_public.failure_patterns t on t.id = c.pattern_id
  window w as (partition by c.pattern_id order by c.week)
   order by c.week desc, c.failures desc, c.pattern_id
$$;
comment on function app_public.patterns_by_week(timestamptz, timestamptz, text) is
$$@insight
Patterns of failures by week (its Monday), the newest first: failures that week, and how many more that is than the week before (growth). since is included, until is not; timezone: whose weeks.
Errors: CO005 no such period or time zone, CO006 over ten years.$$;

create or replace function app_public.approval_effects(since timestamptz, until timestamptz, around interval default '28 days')
returns table (improvement_id integer, kind text, sop_id integer, category text, section text, approved_by text, applied_at timestamptz,
  rated_before bigint, helpful_before double precision, rated_after bigint, helpful_after double precision, change double precision, days_after double precision)
language sql stable as $$
  with approved as materialized (
    select q.id, q.kind, q.approved_by, q.applied_at, s.id as sop_id, s.category, s.section
      from app_hidden.insight_period(since, until, 'UTC', null) p
      join app_public.improvement_queue q on q.status = 'approved' and q.applied_at >= since and q.applied_at < until
      join app_public.sops s on s.id = coalesce(q.sop_id, (select v.sop_id from app_public.sop_versions v where v.improvement_id = q.id limit 1))
  ), rated as materialized (
    -- Ratings alone, in one pass for all approvals.
    select src.sop_id, r.created_at, (r.feedback = 'helpful')::integer as helpful
      from app_public.responses r
     cross join lateral (select x.sop_id from app_public.response_sources x where x.response_id = r.id and x.cited and x.sop_id is not null offset 0) src
     where r.feedback in ('helpful', 'unhelpful') and r.created_at >= (select min(a.applied_at) from approved a) - around and r.created_at < (select max(a.applied_at) from approved a) + around
       and r.outcome in ('answered', 'emergency') and src.sop_id = any (array(select a.sop_id from approved a))
  )
  select a.id, a.kind, a.sop_id, a.category::text, a.section::text, a.approved_by::text, a.applied_at, coalesce(e.rated_before, 0), e.helpful_before, coalesce(e.rated_after, 0), e.helpful_after,
         e.helpful_after - e.helpful_before, extract(epoch from least(now() - a.applied_at, around)) / 86400
    from approved a
    left join (
      select x.id, count(*) filter (where r.created_at < x.applied_at) as rated_before, avg(r.helpful) filter (where r.created_at < x.applied_at)::double precision as helpful_before,
             count(*) filter (where r.created_at >= x.applied_at) as rated_after, avg(r.helpful) filter (where r.created_at >= x.applied_at)::double precision as helpful_after
        from approved x join rated r on r.sop_id = x.sop_id and r.created_at >= x.applied_at - around and r.created_at < x.applied_at + around
       group by x.id) e on e.id = a.id
   order by a.applied_at desc, a.id
$$;
comment on function app_public.approval_effects(timestamptz, timestamptz, interval) is
$$@insight
Each approval of a period that changed an SOP, and how answers from that SOP were rated in the time around before it and after it (28 days each; as yet days_after): ratings, the share that was helpful (0 to 1), and the change of that share. Other changes of the SOP count in it as well: it is a hint; an experiment is the proof. since is included, until is not.
Errors: CO005 no such period, CO006 over ten years.$$;

create or replace function app_public.time_to_fix(since timestamptz, until timestamptz)
returns table (improvement_id integer, kind text, sop_id integer, failures bigint, first_failed_at timestamptz, proposed_at timestamptz, applied_at timestamptz, hours_to_proposal double precision,
  hours_to_fix double precision)
language sql stable as $$
  select q.id, q.kind, q.sop_id, e.failures, e.first_failed_at, q.created_at, q.applied_at, extract(epoch from q.created_at - e.first_failed_at) / 3600,
         extract(epoch from q.applied_at - e.first_failed_at) / 3600
    from app_hidden.insight_period(since, until, 'UTC', null) p
    join app_public.improvement_queue q on q.status = 'approved' and q.applied_at >= since and q.applied_at < until
   cross join lateral (
     select count(*) as failures, min(f.created_at) as first_failed_at
       from app_public.improvement_evidence v join app_public.failed_responses f on f.id = v.failed_response_id where v.improvement_id = q.id) e
   where e.failures > 0
   order by q.applied_at desc, q.id
$$;
comment on function app_public.time_to_fix(timestamptz, timestamptz) is
$$@insight
Each approval of a period that rests on failures: how many, when the first of them was filed, and the hours from then to the proposal and to the approval. since is included, until is not.
Errors: CO005 no such period, CO006 over ten years.$$;

create or replace function app_public.coverage_gaps(since timestamptz, until timestamptz, site text default null, first integer default 20)
returns table (gap integer, questions bigint, example text, nearest text, mean_confidence double precision, first_asked_at timestamptz, last_asked_at timestamptz)
language plpgsql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  c_near_enough constant double precision := 0.5; -- as app_private.cluster_failures
  c_most constant integer := 300;
  v_site_id integer;
  v_leaders vector[] := '{}';
  v_gaps integer[] := '{}';
  v_ids bigint[] := '{}';
  v_row record;
  v_best integer;
  v_nearest double precision;
  v_next double precision;
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('agent');
  end if;
  select p.site_id into v_site_id from app_hidden.insight_period(since, until, 'UTC', site) p;
  for v_row in
    select r.id, c.embedding
      from app_public.responses r
      left join app_private.embedding_cache c on c.content_hash = r.question_hash and c.model = r.embedding_model
     where r.created_at >= since and r.created_at < until and r.outcome = 'handed_over' and r.category is distinct from 'hand_over' and r.erased_at is null and (v_site_id is null or r.site_id = v_site_id)
     order by r.created_at desc, r.id desc limit c_most
  loop
    -- Leader clustering (Hartigan 1975): the nearest leader if it is near enough, else a leader itself.
    v_best := null;
    v_nearest := c_near_enough;
    if v_row.embedding is not null then
      for i in 1 .. cardinality(v_leaders) loop
        v_next := -(v_leaders[i] <#> v_row.embedding);
        if v_next >= v_nearest then
          v_best := i;
          v_nearest := v_next;
        end if;
      end loop;
    end if;
    if v_best is null then
      v_leaders := v_leaders || v_row.embedding;
      v_best := cardinality(v_leaders);
    end if;
    v_ids := v_ids || v_row.id;
    v_gaps := v_gaps || v_best;
  end loop;
  return query
    select row_number() over (order by g.questions desc, g.last_asked_at desc)::integer, g.questions, app_hidden.learnable_question(g.example),
           (select s.category || '/' || s.topic from app_public.response_sources s where s.response_id = g.example_id and s.rank = 1), g.mean_confidence, g.first_asked_at, g.last_asked_at
      from (select count(*) as questions, (array_agg(r.question order by x.place desc))[1] as example, (array_agg(r.id order by x.place desc))[1] as example_id,
                   avg(r.confidence) as mean_confidence, min(r.created_at) as first_asked_at, max(r.created_at) as last_asked_at
              from unnest(v_ids, v_gaps) with ordinality x(id, gap, place) join app_public.responses r on r.id = x.id group by x.gap) g
     order by 1 limit least(greatest(coalesce(coverage_gaps.first, 20), 1), 1000);
end
$$;
comment on function app_public.coverage_gaps(timestamptz, timestamptz, text, integer) is
$$@insight
@firstArgument most
What customers asked and nothing answered well enough: questions that were handed over (not those that are for a person), those that mean the same together, the most asked first. example: one of them, masked; nearest: what was found for it first, not good enough; mean_confidence: 0 to 1. Of the last 300 such questions of the period; questions without a stored vector stand alone. since is included, until is not; site: a slug; first (over GraphQL `most`): at most so many gaps.
Errors: CO005 no such period, CO006 over ten years, CO403 not staff, CO404 no such site.$$;
--! EndIncluded queries/analytics.sql
--! Included functions/answer.sql
-- What is called for every answer is PL/pgSQL where SQL would do: that keeps its plans, and SQL plans anew at each call.
create or replace function app_hidden.emergency_section(question text) returns text
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  return (select e.section from app_public.emergency_signals e where lower(left(emergency_section.question, 5000)) ~ e.pattern order by e.id limit 1);
end
$$;
comment on function app_hidden.emergency_section(text) is 'Kind of emergency that the question reports by the rules of emergency_signals; null for none.';

-- A logistic fitted on 20 states of five families of question sets, foreign questions among them; leaving a family
-- out, its area under the curve is .87 and its calibration error .02 (docs/retrieval.md).
create or replace function app_hidden.confidence(cosine double precision, rivals double precision, agreed boolean) returns double precision
language sql immutable parallel safe as $$
  select 1 / (1 + exp(-(-3.30 + 2.76 * cosine + 3.99 / greatest(rivals, 1) + case when agreed then 0.85 else 0 end)))
$$;
comment on function app_hidden.confidence(double precision, double precision, boolean) is
  'Probability (0 to 1) that the first result answers the question. cosine: its best; rivals: sum over the first 20 of exp((score - first score) / 0.2); agreed: whether words and meaning both put it first.';

create or replace function app_hidden.quote(body text, most integer default 1500) returns text language plpgsql immutable parallel safe as $$
declare
  v_out text;
begin
  if length(body) <= most then
    return body;
  end if;
  v_out := left(body, most);
  return rtrim(regexp_replace(v_out, E'\\n[^\\n]*$', '')) || E'\n…';
end
$$;
comment on function app_hidden.quote(text, integer) is 'A text, cut at the end of a line where it is longer than `most` characters.';

create or replace function app_private.source_text(result app_public.search_result, most integer default 4000) returns text
language sql stable set search_path = app_public, public, pg_temp as $$
  select case when result.kind = 'knowledge' then app_hidden.quote(result.snippet, most)
              -- The whole procedure where it is no longer than that: its sections explain each other.
              else coalesce((select string_agg(concat_ws(E'\n', u.heading, u.body), E'\n\n' order by u.ordinal) from app_private.search_units u
                              where u.sop_id = result.sop_id and u.kind = 'section' and exists (select from app_public.sops s join app_public.sop_versions v on v.sop_id = s.id and v.version = s.version
                                                where s.id = result.sop_id and v.id = result.sop_version_id) having sum(length(u.body)) <= most),
                            app_hidden.quote(concat_ws(E'\n', result.heading, result.snippet), most)) end
$$;
comment on function app_private.source_text(app_public.search_result, integer) is
  'What a model reads of a source below its title: an SOP without the customers'' phrases, or its best section where that is longer than `most` characters; of an entry its answer.';

create or replace function app_private.ranked(result app_public.search_result, rank integer) returns app_public.search_result language sql immutable as $$
  select (ranked.rank, result.kind, result.sop_id, result.sop_version_id, result.version, result.knowledge_id, result.category, result.topic, result.title, result.heading, result.snippet,
    result.matched, result.trust, result.score, result.words, result.cosine, result.confidence)::app_public.search_result
$$;
comment on function app_private.ranked(app_public.search_result, integer) is 'A result at another rank.';

-- How begin_answer arranges what was found; replay_response arranges what it finds again by the same two.
create or replace function app_private.with_routed(results app_public.search_result[], routed app_public.search_result[]) returns app_public.search_result[]
language sql immutable set search_path = app_public, public, pg_temp as $$
  select results[1:7] || coalesce(array_agg(app_private.ranked(e.result, coalesce(cardinality(results[1:7]), 0) + e.place::integer) order by e.place), '{}')
    from (select f as result, row_number() over (order by f.rank) as place from unnest(routed) f
           where not exists (select from unnest(results[1:7]) x where (x.kind, x.sop_id, x.knowledge_id) is not distinct from (f.kind, f.sop_id, f.knowledge_id))) e
$$;
comment on function app_private.with_routed(app_public.search_result[], app_public.search_result[]) is
  'The first seven results, and after them what was found in the category that a model routed to.';

create or replace function app_private.emergency_first(results app_public.search_result[], emergencies app_public.search_result[], section text) returns app_public.search_result[]
language sql immutable set search_path = app_public, public, pg_temp as $$
  select array_agg(app_private.ranked(e.result, e.place::integer) order by e.place)
    from (select r.result, row_number() over (order by coalesce((r.result).topic = emergency_first.section and (r.result).category = 'emergency', false) desc, ((r.result).category = 'emergency') desc,
                   (r.result).rank, r.added, (r.result).sop_id, (r.result).knowledge_id) as place
            from (select x as result, 0 as added from unnest(results) x
                  union all
                  select f, 1 from unnest(emergencies) f where not exists (select from unnest(results) x where x.sop_id = f.sop_id)) r) e
$$;
comment on function app_private.emergency_first(app_public.search_result[], app_public.search_result[], text) is
  'What was found and the emergencies besides: the SOP of this kind of emergency first, then other emergencies, then the rest.';

create or replace function app_private.record_search(response_id bigint, search jsonb) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  insert into app_private.response_searches (response_id, searched_at, snapshot, own_xid, embedding_model, words, total_idf, by_words, nearest, routed, emergency)
  select record_search.response_id, s.searched_at, s.snapshot::pg_snapshot, s.own_xid::xid8, s.embedding_model, s.words::sparsevec, s.total_idf, s.by_words, s.nearest, s.routed, s.emergency
    from jsonb_to_record(search) s(searched_at timestamptz, snapshot text, own_xid text, embedding_model text, words text, total_idf double precision, by_words bigint[], nearest bigint[],
         routed text, emergency text)
   where jsonb_typeof(search) = 'object';
end
$$;
comment on function app_private.record_search(bigint, jsonb) is 'Writes down what an answer was searched with, as begin_answer''s search says it.';

-- The round trip before the answer is written: everything that is known about the question. With a conversation it also
-- writes down what the customer said, unless begin_question did, so that nothing said is lost whatever comes after.
drop function if exists app_hidden.begin_answer(text, vector, text, text, uuid);
create or replace function app_hidden.begin_answer(query text, query_embedding vector default null, category text default null, site text default null, conversation uuid default null,
  route jsonb default null, embedding_model text default null, message_id bigint default null, for_model boolean default false)
returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_settings app_public.club_settings;
  v_ticket app_public.tickets;
  v_site text := begin_answer.site;
  v_vector vector := query_embedding;
  v_results app_public.search_result[];
  v_first app_public.search_result;
  v_emergency text;
  v_requested text := nullif(begin_answer.category, '');
  v_routed text := nullif(btrim(route ->> 'category'), '');
  v_alarm boolean := coalesce((route ->> 'emergency')::boolean, false);
  v_category text;
  v_votes jsonb;
  v_confidence double precision := 0;
  v_outcome text := 'answered';
  v_reason text;
  v_text text;
  v_silent boolean;
  v_readable boolean := false;
  v_search jsonb;
  v_arm record;
  v_person app_public.search_result; -- what says that a person answers this
  v_cited integer; -- rank of what the text is from
begin
  perform app_hidden.check_question(query);
  select * into v_settings from app_public.club_settings;
  if begin_answer.embedding_model <> v_settings.embedding_model then
    v_vector := null; -- Vectors of two models are never compared.
  elsif v_vector is not null then
    insert into app_private.embedding_cache (content_hash, model, embedding)
    values (app_hidden.embedding_hash(query), v_settings.embedding_model, v_vector) on conflict do nothing;
  end if;
  -- A question asked before has its vector; else words decide. What is stored is what is searched with: a replay finds no other.
  v_vector := coalesce((select c.embedding from app_private.embedding_cache c where c.content_hash = app_hidden.embedding_hash(query) and c.model = v_settings.embedding_model), v_vector);
  if conversation is not null then
    v_ticket := app_hidden.find_conversation(conversation);
    v_site := coalesce(nullif(v_site, ''), (select s.slug from app_public.sites s where s.id = v_ticket.site_id));
    message_id := coalesce(message_id, app_private.hear_customer(v_ticket, query));
  end if;
  v_silent := v_ticket.id is not null and app_hidden.assistant_is_silent(v_ticket);
  v_emergency := app_hidden.emergency_section(query);
  select array_agg(s.result order by (s.result).rank), (array_agg(s.inputs) filter (where s.inputs is not null))[1] into v_results, v_search
    from app_private.search(query, v_vector, v_requested, app_hidden.find_site(v_site), 10) s;
  v_first := v_results[1];
  -- The local router: the nearest sources vote with the probability their score gives them.
  select jsonb_agg(jsonb_build_object('category', v.category, 'share', v.votes / v.total) order by v.votes desc, v.category) into v_votes
    from (select r.category, sum(exp((r.score - v_first.score) / 0.1)) as votes, sum(sum(exp((r.score - v_first.score) / 0.1))) over () as total from unnest(v_results) r group by 1) v;
  v_category := coalesce(v_requested, v_votes -> 0 ->> 'category');
  if v_first.rank is not null then
    v_confidence := v_first.confidence;
  end if;
  -- A model may raise an alarm, and never calls off one that the rules or the sources raise.
  v_alarm := v_alarm or v_routed = 'emergency' or (v_category = 'emergency' and v_first.category = 'emergency' and v_confidence >= v_settings.confidence_threshold);
  if v_requested is null and v_routed is not null then
    if v_routed = 'unknown' then
      -- The model knows the categories by their titles alone; what was found knows better where it is more likely right than not.
      v_category := case when v_confidence >= greatest(v_settings.confidence_threshold, 0.5) then v_category end;
    elsif exists (select from app_public.sops s where s.category = v_routed) or exists (select from app_public.knowledge_base k where k.category = v_routed) then
      v_category := v_routed;
      v_search := v_search || jsonb_build_object('routed', nullif(v_routed, 'emergency'));
      if v_routed <> 'emergency' and not exists (select from unnest(v_results) r where r.rank <= 3 and r.category = v_routed) then
        v_results := app_private.with_routed(v_results, array(select f from app_public.search_knowledge(query, v_vector, v_routed, v_site, 3, v_settings.embedding_model) f));
        v_first := v_results[1];
      end if;
    end if;
  end if;

  -- Nobody's emergency is part of an experiment.
  select * into v_arm from app_private.serve_arm(v_results, case when v_emergency is null and v_alarm is not true
    then app_hidden.experiment_subject(coalesce(app_public.current_visitor_id(), v_ticket.visitor_id), v_ticket.id) end, query, v_vector);
  if v_arm.arm_id is not null then
    v_results[v_arm.place] := v_arm.served;
    v_first := v_results[1];
  end if;

  if v_first.category = 'hand_over' or v_routed = 'hand_over' and v_category = 'hand_over' then
    v_person := (select r from unnest(v_results) r where r.category = 'hand_over' order by r.rank limit 1);
  end if;

  if v_emergency is not null or v_alarm then
    v_outcome := 'emergency';
    v_category := 'emergency';
    v_reason := coalesce('rule: ' || v_emergency, 'routed to emergency');
    v_search := v_search || jsonb_build_object('emergency', coalesce(v_emergency, ''));
    v_results := app_private.emergency_first(v_results, array(select f from app_public.search_knowledge(query, v_vector, 'emergency', v_site, 10, v_settings.embedding_model) f), v_emergency);
    v_first := v_results[1];
    v_text := app_hidden.emergency_text(case when v_first.category = 'emergency' then v_first.sop_id end);
    v_cited := 1;
    v_confidence := greatest(v_confidence, case when v_emergency is not null then 1 else 0 end);
  elsif not v_settings.assistant_enabled then
    v_outcome := 'paused';
    v_reason := 'the assistant is switched off';
    v_text := 'A member of our team will answer you here as soon as possible.';
  elsif v_first.rank is null or v_category is null or v_confidence < v_settings.confidence_threshold then
    v_outcome := 'handed_over';
    v_reason := case when v_first.rank is null then 'nothing found'
                     when v_category is null then format('no category fits; confidence %s', round(v_confidence::numeric, 2))
                     else format('confidence %s below %s', round(v_confidence::numeric, 2), v_settings.confidence_threshold) end;
    v_text := 'I am not sure enough to answer this, so I have passed your question to our team. A person will answer you here.';
  elsif v_person.rank is not null then
    v_outcome := 'handed_over';
    v_category := 'hand_over';
    v_reason := format('for a person: %s', v_person.topic);
    v_text := app_hidden.hand_over_text(v_person);
    v_cited := v_person.rank;
  else
    v_text := case when v_first.kind = 'sop' then format(E'**%s**\n\n%s', concat_ws(': ', v_first.title, v_first.heading), app_hidden.quote(v_first.snippet))
                   else app_hidden.quote(v_first.snippet) end || ' [1]';
    v_cited := 1;
  end if;
  -- Nothing is generated from what is kept for emergencies, or of what a person is to answer.
  v_readable := for_model and not v_silent and v_outcome in ('answered', 'handed_over') and v_category is not null and v_first.category <> 'emergency' and v_person.rank is null
    and v_confidence >= v_settings.model_threshold;
  return jsonb_build_object('ticket_id', v_ticket.id, 'silent', v_silent, 'site', v_site, 'message_id', message_id,
    'category', v_category, 'votes', coalesce(v_votes, '[]'), 'routed_by', case when v_routed is not null and v_requested is null then 'model' else 'local-vote' end,
    'confidence', v_confidence, 'threshold', v_settings.confidence_threshold, 'embedding_model', v_settings.embedding_model, 'by_vector', v_vector is not null,
    'for_model', coalesce(v_readable, false), 'outcome', v_outcome, 'reason', v_reason, 'text', v_text, 'search', v_search,
    'sources', coalesce((select jsonb_agg(to_jsonb(r.result) || jsonb_build_object('cited', coalesce(r.rank = v_cited, false))
                           || case when v_readable and r.category not in ('emergency', 'hand_over') and (r.rank <= 4 or r.in_category <= 3)
                                 then jsonb_build_object('text', coalesce(case when r.rank = v_arm.place then v_arm.source_text end, app_private.source_text(r.result))) else '{}' end
                           || case when r.rank = v_arm.place then jsonb_build_object('experiment_arm_id', v_arm.arm_id) else '{}' end
                           -- What it says to the team is shown to no customer as a source either.
                           || case when r.category = 'hand_over' then jsonb_build_object('heading', null, 'snippet', app_hidden.hand_over_text(r.result)) else '{}' end order by r.rank)
                           from (select u.rank, u.category, u as result,
                                        case when u.category = v_category then row_number() over (partition by u.category = v_category order by u.rank) end as in_category
                                   from unnest(v_results) u) r), '[]'));
end
$$;
comment on function app_hidden.begin_answer(text, vector, text, text, uuid, jsonb, text, bigint, boolean) is
$$What to answer a question with: route, confidence, sources and the extractive answer, {ticket_id, silent, site, message_id, category, votes: [{category, share}], routed_by, confidence, threshold, embedding_model, by_vector, for_model, outcome, reason, text, search, sources}. Emergencies first, by rule, then by route; their text is their SOP's.
embedding_model: whose the vector is; one of another model than club_settings.embedding_model (which the result names) is not used. by_vector: whether any was: this one, or the cache's. message_id: the customer's message where it is written down already, else it is written.
route: what a model made of the question, {category, emergency}. Its category is recorded, and where none of the first three sources lies in it, its best three are added. "unknown" hands over, unless what was found is more likely right than not (0.5). It can raise an emergency and not call one off; "hand_over" hands over.
What is first of the category hand_over is for a person: outcome handed_over, with the text that is said of it (app_hidden.hand_over_text). `votes` are the sources' own all the same.
search: what was searched with, for record_response to write down (app_private.response_searches).
A source of which an experiment runs has the subject's arm's title, heading, snippet and text, and its experiment_arm_id: what is said is checked against what was served.
for_model: asks whether a model may write the answer; the result says it, and its sources for the model have a `text` then. Above club_settings.model_threshold; outcome, reason and text are those of the local answer all the same.
Errors: CO005 no question, CO006 too long, CO404 no such conversation or site.$$;

create or replace function app_hidden.emergency_text(sop_id integer) returns text
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select coalesce(
    (select app_hidden.quote(s.body, 3000) from app_private.search_units s
      where s.sop_id = emergency_text.sop_id and s.kind = 'section' and s.heading ~* 'what to say|tell the customer|answer' order by s.ordinal limit 1),
    (select app_hidden.quote(string_agg(s.body, E'\n\n' order by s.ordinal), 3000) from app_private.search_units s
      where s.sop_id = emergency_text.sop_id and s.kind = 'section' and coalesce(s.heading, '') !~* 'when to use'),
    'If anyone is in danger, call the emergency services now. Our team has been alerted and will contact you here at once.')
$$;
comment on function app_hidden.emergency_text(integer) is 'The fixed text of an emergency SOP: its section for the customer, else its steps; a general one where there is no SOP.';

create or replace function app_hidden.usual_hand_over() returns text language sql immutable parallel safe as $$
  select 'Somebody of our team has to look into this. I have passed your question on, and a person will answer you here.'
$$;
comment on function app_hidden.usual_hand_over() is 'What a customer is told whose question is for a person, where the club has no words of its own for it.';

create or replace function app_hidden.hand_over_text(result app_public.search_result) returns text
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  -- The rest of such an SOP is for whoever takes over.
  select coalesce(
    case when result.kind = 'knowledge' then nullif(btrim(app_hidden.quote(result.snippet, 3000)), '') end,
    (select app_hidden.quote(s.body, 3000) from app_private.search_units s
      where s.sop_id = result.sop_id and s.kind = 'section' and s.heading ~* 'what to say|tell the customer' order by s.ordinal limit 1),
    app_hidden.usual_hand_over())
$$;
comment on function app_hidden.hand_over_text(app_public.search_result) is
  'What a customer is told whose question a person answers, by what was found of the category hand_over: the entry''s answer, or what the SOP says to say, else app_hidden.usual_hand_over.';

create or replace function app_private.record_sources(response_id bigint, sources jsonb) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  insert into app_public.response_sources (response_id, rank, kind, sop_version_id, knowledge_id, sop_id, category, topic, heading, snippet, score, cited)
  select record_sources.response_id, s.rank, s.kind, s.sop_version_id, s.knowledge_id, s.sop_id, s.category, s.topic, s.heading, app_hidden.quote(s.snippet, 600), s.score, coalesce(s.cited, false)
    from jsonb_to_recordset(sources) s(rank integer, kind text, sop_version_id integer, knowledge_id integer, sop_id integer, category text, topic text, heading text,
         snippet text, score double precision, cited boolean)
   where s.rank <= 10;
end
$$;
comment on function app_private.record_sources(bigint, jsonb) is 'Writes down the first ten sources of an answer, as begin_answer lists them.';
--! EndIncluded functions/answer.sql
--! Included functions/golden_check.sql
create or replace function app_private.voted_category(question text, question_embedding vector, site text) returns text
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select v.category
    from (select r.category, exp((r.score - max(r.score) filter (where r.rank = 1) over ()) / 0.1) as vote
            from app_public.search_knowledge(voted_category.question, question_embedding, null, voted_category.site, 10) r) v
   group by v.category order by sum(v.vote) desc, v.category limit 1
$$;
comment on function app_private.voted_category(text, vector, text) is 'Where the local router of begin_answer sends a question: the category for which its nearest sources vote.';

-- Every golden question through the one door to knowledge, decided upon as begin_answer decides without a model: an
-- emergency, by the rules or by its sources, is answered from its SOP; below the club's threshold a person answers.
create or replace function app_private.golden_results() returns setof app_public.golden_result
language sql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
  with asked as materialized (
    select g.*, t.slug as site, c.embedding, app_hidden.emergency_section(g.question) as emergency, s.confidence_threshold as threshold
      from app_private.golden_targets() g
     cross join app_public.club_settings s
      left join app_public.sites t on t.id = g.site_id
      left join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(g.question) and c.model = s.embedding_model
  ), found as materialized (
    select a.*, f.target, f.category, f.confidence,
           case when a.emergency is not null then 'emergency' when f.target is null or f.confidence < a.threshold or f.category = 'hand_over' then 'handed_over'
                when f.category = 'emergency' and app_private.voted_category(a.question, a.embedding, a.site) = 'emergency' then 'emergency' else 'answered' end as outcome
      from asked a
      left join lateral (
        select r.category, app_hidden.target_of(r.sop_id, r.category, r.topic) as target, case when a.emergency is null then r.confidence else 1 end as confidence
          from app_public.search_knowledge(a.question, a.embedding, case when a.emergency is not null then 'emergency' end, a.site, case when a.emergency is null then 1 else 10 end) r
         order by coalesce(r.topic = a.emergency, false) desc, r.rank limit 1) f on true
  ), judged as (
    select f.*,
           case when f.expected = 'hand_over' then case f.outcome when 'handed_over' then 'passed' else f.outcome end
                when (f.outcome <> 'handed_over' or f.category = 'hand_over') and f.target = f.expected then 'passed'
                when f.expected like 'sop:%' and exists (select from app_public.sops s where s.id = substr(f.expected, 5)::integer and s.archived_at is not null)
                  or f.expected like 'topic:%' and not exists (select from app_private.search_units u where u.target = f.expected and u.kind = 'knowledge') then 'gone'
                when f.outcome = 'emergency' then 'emergency'
                when f.target is null then 'nothing_found'
                when f.target <> f.expected and f.category = 'hand_over' and f.confidence >= f.threshold then 'for_a_person'
                when f.target <> f.expected then 'other_source'
                else 'unsure' end as verdict
      from found f
  )
  select j.golden_question_id, j.question, j.site, j.expected, case when j.expected <> 'hand_over' then app_private.target_title(j.expected) end, j.outcome,
         j.target, app_private.target_title(j.target), j.confidence, j.embedding is not null, j.verdict = 'passed', j.verdict,
         case j.verdict
           when 'gone' then 'What is expected is archived or deleted.'
           when 'emergency' then case when j.emergency is not null then format('The rule for "%s" makes it an emergency.', j.emergency) else 'What is found makes it an emergency.' end
           when 'nothing_found' then 'Nothing is found, so a person answers.'
           when 'unsure' then format('It is found, with confidence %s below %s: a person answers.', round(j.confidence::numeric, 2), j.threshold)
           when 'for_a_person' then 'What is first is for a person to answer.'
           when 'other_source' then case j.outcome when 'handed_over' then format('Something else is first, with confidence %s below %s: a person answers.', round(j.confidence::numeric, 2), j.threshold)
                                                   else 'Something else is first, and answers.' end
           when 'answered' then format('It is answered, with confidence %s.', round(j.confidence::numeric, 2)) end
    from judged j
   order by (j.verdict = 'passed'), j.golden_question_id
$$;
comment on function app_private.golden_results() is 'Asks all golden questions, as search_knowledge and begin_answer would answer them now; the failed ones first. It writes nothing.';

create or replace function app_private.golden_state() returns jsonb
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select jsonb_build_object('revision', app_private.golden_revision(), 'sop_version_id', (select max(v.id) from app_public.sop_versions v), 'unit_id', (select max(u.id) from app_private.search_units u),
           'embedding_model', s.embedding_model, 'confidence_threshold', s.confidence_threshold)
    from app_public.club_settings s
$$;
comment on function app_private.golden_state() is 'What a check of the golden questions rests on, as golden_checks.state keeps it. An entry that is deleted outright does not show in it.';

-- The gate. Two approvals at once could each pass and break a question together; so while it is on, they take turns.
create or replace function app_private.golden_passing() returns integer[]
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  if not (select s.golden_gate from app_public.club_settings s) then
    return null;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('clubos.golden_gate', 0));
  return array(select r.golden_question_id from app_private.golden_results() r where r.passed);
end
$$;
comment on function app_private.golden_passing() is 'The golden questions that pass now, if club_settings.golden_gate is on; null where it is off.';

create or replace function app_private.require_golden(passing integer[], improvement_id integer) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_broken jsonb;
begin
  if coalesce(cardinality(passing), 0) = 0 then
    return;
  end if;
  select jsonb_agg(to_jsonb(r) order by r.golden_question_id) into v_broken from app_private.golden_results() r where not r.passed and r.golden_question_id = any (passing);
  if v_broken is not null then
    raise exception 'Approving proposal % would break %: %.', improvement_id,
        case jsonb_array_length(v_broken) when 1 then 'a golden question' else jsonb_array_length(v_broken) || ' golden questions' end,
        (select string_agg(format('"%s" (expected: %s; found: %s)', left(b ->> 'question', 120), coalesce(b ->> 'expected_title', 'a person'),
                  case when b ->> 'outcome' = 'handed_over' then 'a person' else coalesce(b ->> 'found_title', 'nothing') end), ', ' order by o)
           from jsonb_array_elements(v_broken) with ordinality t(b, o) where o <= 3) || case when jsonb_array_length(v_broken) > 3 then ', …' else '' end
      using errcode = 'CO160', detail = jsonb_build_object('improvement_id', improvement_id, 'questions', v_broken)::text,
            hint = 'Edit the proposal, or correct the golden question where it is that which is wrong. An admin may switch the gate off: set_golden_gate(false, ''why'').';
  end if;
end
$$;
comment on function app_private.require_golden(integer[], integer) is
  'Refuses (CO160) what an approval has just applied, if one of these golden questions fails with it. passing: as golden_passing gave it before; null: no gate. Detail: {improvement_id, questions: [golden_result]}.';
--! EndIncluded functions/golden_check.sql
--! Included functions/analyse.sql
-- The local analyst. Leader clustering (Hartigan, "Clustering Algorithms", 1975): each failure joins the nearest
-- pattern with the same right answer, if near enough, or begins one. Incremental, so that a run never repeats work.
create or replace function app_private.cluster_failures(most integer default 500) returns setof app_public.failure_patterns
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  c_near_enough constant double precision := 0.5;
  v_failure record;
  v_pattern app_public.failure_patterns;
  v_touched integer[] := '{}';
  v_again boolean;
begin
  perform app_private.take_turns_with_erasure();
  -- One analysis at a time; a second finds the failures taken.
  perform pg_advisory_xact_lock(hashtextextended('clubos.cluster_failures', 0));
  for v_failure in
    select f.*, c.embedding, s.embedding_model
      from app_public.failed_responses f
     cross join app_public.club_settings s
      left join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(f.query) and c.model = s.embedding_model
     where not f.analyzed and f.withdrawn_at is null and f.erased_at is null
     order by f.id limit most
     for update of f skip locked
  loop
    v_pattern := null;
    select p.* into v_pattern from app_public.failure_patterns p
     where p.sop_id is not distinct from v_failure.expected_sop_id and p.topic is not distinct from v_failure.expected_topic
       and (v_failure.expected_sop_id is not null or p.category is not distinct from v_failure.expected_category)
       and p.embedding_model is not distinct from v_failure.embedding_model and p.status in ('open', 'proposed', 'dismissed')
       and p.centroid is not null and -(p.centroid <#> v_failure.embedding) >= case when p.status = 'dismissed' then 0.85 when coalesce(v_failure.expected_sop_id::text, v_failure.expected_topic) is null then c_near_enough else 0 end
     order by p.centroid <#> v_failure.embedding limit 1;
    if v_pattern.id is null then
      insert into app_public.failure_patterns (label, category, sop_id, topic, first_seen, last_seen, analyst, centroid, embedding_model)
      values (left(app_hidden.mask_personal_data(v_failure.query), 80), v_failure.expected_category, v_failure.expected_sop_id, v_failure.expected_topic,
          v_failure.created_at, v_failure.created_at, 'local', v_failure.embedding, case when v_failure.embedding is not null then v_failure.embedding_model end)
      returning * into v_pattern;
    end if;
    -- One that is analysed again, since somebody said more, counts once, where it is now.
    update app_public.failure_patterns p set size = p.size - 1, updated_at = now() where p.id = v_failure.pattern_id and p.id <> v_pattern.id;
    v_again := v_failure.pattern_id is not distinct from v_pattern.id;
    update app_public.failed_responses f set analyzed = true, pattern_id = v_pattern.id where f.id = v_failure.id;
    update app_public.failure_patterns p
       set size = p.size + (not v_again)::integer, first_seen = least(p.first_seen, v_failure.created_at), last_seen = greatest(p.last_seen, v_failure.created_at), updated_at = now(),
           centroid = case when v_failure.embedding is null or v_again or p.embedding_model is distinct from v_failure.embedding_model then p.centroid else
             l2_normalize(l2_normalize(p.centroid) * array_fill(p.size::real, array[1536])::vector + v_failure.embedding) end
     where p.id = v_pattern.id;
    v_touched := v_touched || v_pattern.id;
  end loop;
  update app_public.failure_patterns p set label = app_private.pattern_label(p.id) where p.id = any (v_touched);
  return query select p.* from app_public.failure_patterns p where p.id = any (v_touched) order by p.size desc, p.id;
end
$$;
comment on function app_private.cluster_failures(integer) is 'Puts unanalysed failures into patterns by what should have answered and by vector; returns the patterns that grew.';

create or replace function app_private.pattern_label(pattern_id integer) returns text
language sql stable set search_path = app_public, public, pg_temp as $$
  with own as (
    select w.word, count(*) as n
      from app_public.failed_responses f, lateral (select distinct m[1] as word from regexp_matches(lower(regexp_replace(app_hidden.mask_personal_data(f.query), '\[(?:email|phone|card number|iban|code)\]', '', 'g')), '[[:alpha:]]{3,}', 'g') m) w
     where f.pattern_id = pattern_label.pattern_id and f.erased_at is null and to_tsvector('app_public.clubos', w.word) <> ''::tsvector
     group by 1
  ), total as (
    select count(*)::double precision as n from app_public.failed_responses f where f.pattern_id is not null
  ), spread as (
    select o.word, o.n, (select count(*) from app_public.failed_responses f where f.pattern_id is not null and f.query ilike '%' || o.word || '%') as everywhere
      from (select * from own order by own.n desc, own.word limit 40) o
  )
  select coalesce(string_agg(s.word, ', ' order by s.weight desc, s.word), 'unclear')
    from (select s.word, s.n * ln(1 + t.n / greatest(s.everywhere, 1)) as weight from spread s, total t order by 2 desc, 1 limit 4) s
$$;
comment on function app_private.pattern_label(integer) is 'The four words that tell a pattern from the others, by tf-idf over failures.';

-- What the local analyst would propose for a pattern: null where nobody has said what is right.
create or replace function app_private.draft_improvement(pattern_id integer) returns jsonb
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  c_phrases constant integer := 40;
  v_pattern app_public.failure_patterns;
  v_failures integer[];
  v_phrases text[];
  v_corrections text[];
  v_sop app_public.sops;
  v_new text;
  v_reasoning text;
begin
  select * into v_pattern from app_public.failure_patterns p where p.id = draft_improvement.pattern_id;
  select array_agg(f.id order by f.id), array_agg(distinct app_hidden.learnable_question(f.query)),
         array_agg(distinct app_hidden.mask_personal_data(btrim(f.user_correction))) filter (where btrim(f.user_correction) <> '')
    into v_failures, v_phrases, v_corrections
    from (select * from app_public.failed_responses f
           where f.pattern_id = draft_improvement.pattern_id and f.withdrawn_at is null and f.erased_at is null and f.resolved_by_improvement_id is null
             and not exists (select from app_public.improvement_evidence e join app_public.improvement_queue q on q.id = e.improvement_id where e.failed_response_id = f.id and q.status <> 'superseded')
           order by f.id desc limit c_phrases) f;
  if v_failures is null then
    return null;
  end if;
  -- It becomes the reason of the version and of the audit row, which stay: one customer's words have no place there.
  v_reasoning := case cardinality(v_failures) when 1 then 'One customer asked and was not helped.'
                   else format('Asked about "%s" and not helped: %s customers.', v_pattern.label, cardinality(v_failures)) end;

  if v_pattern.sop_id is not null then
    v_sop := app_hidden.find_sop(v_pattern.sop_id);
    v_new := app_hidden.add_list_items(v_sop.content, app_hidden.phrases_heading(), v_phrases);
    -- A correction that the SOP does not say already is worth saying.
    select app_hidden.add_list_items(v_new, 'Good to know', array_agg(c order by c)) into v_new
      from unnest(v_corrections) c
     where (select count(*) filter (where to_tsvector('app_public.clubos', v_sop.content) @@ (quote_literal(l)::tsquery))::double precision / greatest(count(*), 1)
              from unnest(tsvector_to_array(to_tsvector('app_public.clubos', c))) l) < 0.6
    having count(*) > 0;
    v_new := coalesce(v_new, app_hidden.add_list_items(v_sop.content, app_hidden.phrases_heading(), v_phrases));
    if v_new = v_sop.content then
      return null;
    end if;
    return jsonb_build_object('kind', 'sop_edit', 'base_version', v_sop.version, 'failed_response_ids', v_failures,
      'suggestion', jsonb_build_object('sop_id', v_sop.id, 'section', v_sop.section, 'new_content', v_new,
        'reasoning', v_reasoning || ' Their words are added, so that the next one is led here.'));
  elsif v_pattern.category = 'hand_over' and v_pattern.topic is null then
    return app_private.draft_hand_over(v_pattern, v_failures, v_phrases, v_reasoning);
  elsif v_pattern.topic is not null then
    return jsonb_build_object('kind', 'knowledge_entry', 'failed_response_ids', v_failures, 'suggestion', jsonb_build_object(
      'category', v_pattern.category, 'topic', v_pattern.topic, 'reasoning', v_reasoning || ' Their questions become entries of this topic.',
      'entries', (select jsonb_agg(jsonb_build_object('question', q, 'answer', coalesce(v_corrections[1],
                    (select k.answer from app_public.knowledge_base k where k.category = v_pattern.category and k.topic = v_pattern.topic order by k.trust desc, k.id limit 1), v_pattern.topic)))
                    from unnest(v_phrases) q)));
  elsif v_corrections is not null then
    -- Nobody named an SOP: the one nearest to the correction, if it is near, else a new one.
    select s.* into v_sop
      from app_private.search_targets(array_to_string(v_corrections, ' '), (select v_pattern.centroid from app_public.club_settings c where c.embedding_model = v_pattern.embedding_model)) t join app_public.sops s on s.id = t.sop_id
     where t.words >= 0.6 and t.cosine >= 0.5 order by t.score desc limit 1;
    if v_sop.id is not null then
      return jsonb_build_object('kind', 'sop_edit', 'base_version', v_sop.version, 'failed_response_ids', v_failures, 'suggestion', jsonb_build_object(
        'sop_id', v_sop.id, 'section', v_sop.section, 'reasoning', v_reasoning || ' The corrections fit this SOP best.',
        'new_content', app_hidden.add_list_items(app_hidden.add_list_items(v_sop.content, 'Good to know', v_corrections), app_hidden.phrases_heading(), v_phrases)));
    end if;
    return jsonb_build_object('kind', 'sop_new', 'failed_response_ids', v_failures, 'suggestion', jsonb_build_object(
      'category', coalesce(v_pattern.category, (select r.category from app_public.responses r join app_public.failed_responses f on f.response_id = r.id
                            where f.id = any (v_failures) and r.category is not null group by 1 order by count(*) desc, 1 limit 1), 'general'),
      'section', left(replace(v_pattern.label, ', ', '_'), 180), 'reasoning', v_reasoning || ' No SOP fits.',
      'new_content', format(E'# %s\n\n## Steps\n\n%s\n\n## %s\n\n%s\n', initcap(replace(v_pattern.label, ', ', ' ')),
        (select string_agg(format('%s. %s', o, c), E'\n' order by o) from unnest(v_corrections) with ordinality t(c, o)),
        app_hidden.phrases_heading(), (select string_agg('- ' || p, E'\n' order by p) from unnest(v_phrases) p))));
  end if;
  return null;
end
$$;
comment on function app_private.draft_improvement(integer) is
  'The local analyst''s proposal for a pattern, {kind, suggestion, failed_response_ids, base_version}: phrases and clarifications for the SOP concerned, entries for a topic, or a new SOP from the corrections; what a person should have answered becomes known as such; null where nobody said what is right.';

create or replace function app_private.draft_hand_over(pattern app_public.failure_patterns, failures integer[], phrases text[], reasoning text) returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  c_near_enough constant double precision := 0.5; -- as app_private.cluster_failures
  v_near record;
  v_sop app_public.sops;
begin
  select t.sop_id, t.topic into v_near
    from app_private.search_targets(array_to_string(phrases, ' '), (select pattern.centroid from app_public.club_settings c where c.embedding_model = pattern.embedding_model), 'hand_over') t
   where t.cosine >= c_near_enough order by t.score desc limit 1;
  if v_near.sop_id is not null then
    v_sop := app_hidden.find_sop(v_near.sop_id);
    return jsonb_build_object('kind', 'sop_edit', 'base_version', v_sop.version, 'failed_response_ids', failures, 'suggestion', jsonb_build_object(
      'sop_id', v_sop.id, 'section', v_sop.section, 'new_content', app_hidden.add_list_items(v_sop.content, app_hidden.phrases_heading(), phrases),
      'reasoning', reasoning || ' A person should have answered. Their words are added, so that the next one is handed over.'));
  end if;
  -- Corrections are written for the team, and no customer is told them.
  return jsonb_build_object('kind', 'knowledge_entry', 'failed_response_ids', failures, 'suggestion', jsonb_build_object(
    'category', 'hand_over', 'topic', coalesce(v_near.topic, left(replace(pattern.label, ', ', '_'), 180)), 'reasoning', reasoning || ' A person should have answered. Who asks so is handed over.',
    'entries', (select jsonb_agg(jsonb_build_object('question', q, 'answer', coalesce(
                    (select k.answer from app_public.knowledge_base k where k.category = 'hand_over' and k.topic = v_near.topic order by k.trust desc, k.id limit 1), app_hidden.usual_hand_over())))
                  from unnest(phrases) q)));
end
$$;
comment on function app_private.draft_hand_over(app_public.failure_patterns, integer[], text[], text) is
  'What draft_improvement proposes for questions that a person should have answered: their words for the nearest SOP of the category hand_over, or entries of the nearest topic there, else of a new one.';

create or replace function app_hidden.list_item(item text) returns text language sql immutable parallel safe as $$
  select regexp_replace(btrim(regexp_replace(item, '\s+', ' ', 'g')), '^[-*+#>]+\s*', '')
$$;
comment on function app_hidden.list_item(text) is 'A text as one line of a list.';

create or replace function app_hidden.add_list_items(content text, heading text, items text[]) returns text
language plpgsql immutable parallel safe as $$
declare
  v_lines text[] := string_to_array(rtrim(content, E'\n '), E'\n');
  v_items text[];
  v_at integer;
  v_end integer;
begin
  select array_agg('- ' || i order by o) into v_items
    from (select app_hidden.list_item(t.item) as i, t.o from unnest(items) with ordinality t(item, o)) n
   where i <> '' and ('- ' || i) <> all (v_lines);
  if v_items is null then
    return content;
  end if;
  select o into v_at from unnest(v_lines) with ordinality t(l, o) where l ~ '^##\s' and btrim(regexp_replace(l, '^##\s+', '')) = heading order by o limit 1;
  if v_at is null then
    return array_to_string(v_lines || array['', '## ' || heading, ''] || v_items, E'\n') || E'\n';
  end if;
  select coalesce(min(o) - 1, cardinality(v_lines)) into v_end from unnest(v_lines) with ordinality t(l, o) where o > v_at and l ~ '^#{1,2}\s';
  while v_end > v_at and btrim(v_lines[v_end]) = '' loop
    v_end := v_end - 1;
  end loop;
  return array_to_string(v_lines[:v_end] || v_items || v_lines[v_end + 1:], E'\n') || E'\n';
end
$$;
comment on function app_hidden.add_list_items(text, text, text[]) is
  'Markdown with items added to the list under a second-level heading, which is made at the end where it is missing; items that stand there already are left out.';

create or replace function app_private.missing_vectors(category text, section text, content text) returns table (content_hash bytea, embedding_text text)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select distinct app_hidden.embedding_hash(u.embedding_text), u.embedding_text
    from app_hidden.sop_units(category, section, content) u, app_public.club_settings s
   where not exists (select from app_private.embedding_cache c where c.content_hash = app_hidden.embedding_hash(u.embedding_text) and c.model = s.embedding_model)
$$;
comment on function app_private.missing_vectors(text, text, text) is 'The texts of an SOP''s draft whose vectors are not in the cache yet.';

create or replace function app_private.prepare_texts(texts text[], out masked text[], out budget text)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select array(select app_hidden.mask_personal_data(t.content) from unnest(texts) with ordinality t(content, place) order by t.place), app_private.llm_budget_state()
$$;
comment on function app_private.prepare_texts(text[]) is 'Texts as they may leave this machine, personal data masked, and the state of the budgets: where it is stopped, they stay.';

drop function if exists app_private.store_vectors(text[], vector[], text);
create or replace function app_private.store_vectors(texts text[], vectors vector[], model text, calls jsonb default null) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_hashes bytea[] := array(select app_hidden.embedding_hash(t) from unnest(texts) t);
  v_stored integer;
  v_sops integer[];
  v_entries integer[];
begin
  insert into app_private.embedding_cache (content_hash, model, embedding)
  select distinct on (1) app_hidden.embedding_hash(t.content), store_vectors.model, t.embedding from unnest(texts, vectors) t(content, embedding) order by 1
  on conflict do nothing;
  get diagnostics v_stored = row_count;
  perform app_private.record_llm_calls(store_vectors.calls);
  if store_vectors.model <> (select s.embedding_model from app_public.club_settings s) then
    return v_stored;
  end if;
  -- What somebody is writing at this moment is left to the next run: this one waits for nobody.
  select array_agg(s.id) into v_sops from (
    select s.id from app_public.sops s where s.id in (select u.sop_id from app_private.search_units u where u.embedding is null and u.content_hash = any (v_hashes))
     for no key update skip locked) s;
  select array_agg(k.id) into v_entries from (
    select k.id from app_public.knowledge_base k where k.id in (select u.knowledge_id from app_private.search_units u where u.embedding is null and u.content_hash = any (v_hashes))
     for no key update skip locked) k;
  update app_private.search_units u set embedding = c.embedding, embedding_model = c.model
    -- Once more, at the moment of writing: which model is searched may have changed while this waited for its turn.
    from app_private.embedding_cache c join app_public.club_settings s on s.embedding_model = c.model
   where c.content_hash = u.content_hash and c.model = store_vectors.model
     and u.id in (select w.id from app_private.search_units w
                   where w.embedding is null and w.kind <> 'profile' and w.content_hash = any (v_hashes)
                     and (w.knowledge_id = any (v_entries) or w.knowledge_id is null and w.sop_id = any (v_sops)) for update skip locked);
  update app_public.knowledge_base k set embeddings = c.embedding, embedding_model = c.model
    from app_private.search_units u
    join app_private.embedding_cache c on c.content_hash = u.content_hash and c.model = u.embedding_model
   where k.id = any (v_entries) and k.embeddings is null and u.knowledge_id = k.id and u.ordinal = 0 and u.embedding is not null;
  perform app_private.rebuild_profile(p.target) from (
    select distinct u.target from app_private.search_units u
     where u.content_hash = any (v_hashes) and (u.sop_id = any (v_sops) or u.sop_id is null and u.knowledge_id = any (v_entries))
       and exists (select from app_private.search_units o where o.target = u.target and o.kind = 'profile' and o.embedding is null)
     order by u.target) p;
  return v_stored;
end
$$;
comment on function app_private.store_vectors(text[], vector[], text, jsonb) is
  'Puts vectors into the cache and, where they are of the club''s model, into whatever waits for them; calls: what a provider was asked for them, for the ledger. Repeating it is harmless.';
--! EndIncluded functions/analyse.sql
--! Included functions/import_reasons.sql
-- Why an item of an import is skipped, proposed, in conflict or kept: a code and the values in its sentence. The English
-- sentence is here alone; a UI makes its own from the code (web/i18n: imports.because, imports.obstacle).
create or replace function app_hidden.import_obstacle(code text, details jsonb) returns text
language sql immutable parallel safe as $$
  select case code
    when 'sop_changed' then format('SOP %s was changed since (version %s by %s: %s)', details ->> 'name', details ->> 'version', details ->> 'by', details ->> 'reason')
    when 'sop_led_to' then format('SOP %s has knowledge that leads to it since (entry %s)', details ->> 'name', details ->> 'id')
    when 'sop_expected' then format('a golden question expects SOP %s (%s)', details ->> 'name', details ->> 'id')
    when 'sop_tried' then format('an experiment runs on SOP %s (%s)', details ->> 'name', details ->> 'id')
    when 'entry_gone' then format('entry "%s" was deleted or merged since', details ->> 'question')
    when 'entry_changed' then format('entry "%s" was changed since', details ->> 'question')
    when 'entry_merged_into' then format('others were merged into entry "%s" since', details ->> 'question')
    when 'proposal_approved' then format('proposal %s was approved by %s', details ->> 'id', details ->> 'by')
  end
$$;
comment on function app_hidden.import_obstacle(text, jsonb) is 'What was built on an imported item since, in English: part of a sentence. Null for a code that is none.';

create or replace function app_hidden.import_reason(code text, details jsonb) returns text
language sql immutable parallel safe as $$
  select left(case code
    when 'nothing' then 'Nothing in it can be imported.'
    when 'no_text' then 'It holds no text.'
    when 'no_question' then 'It has no question.'
    when 'sop_too_long' then 'An SOP has at most 1 MiB of text.'
    when 'answer_too_long' then 'An answer has at most 64 kB of text.'
    when 'question_too_long' then 'A question has at most 1,400 bytes of text.'
    when 'speaks_to_model' then format('It speaks to a model rather than to people: %s', details ->> 'words')
    when 'sop_says_so' then format('%s says so already.', details ->> 'name')
    when 'name_taken' then format('%s is %s already.', details ->> 'file', details ->> 'name')
    when 'sop_has_text' then format('SOP %s has this text.', details ->> 'name')
    when 'file_has_text' then format('%s has this text.', details ->> 'file')
    when 'like_sop' then format('It is much like SOP %s (%s %%).', details ->> 'name', details ->> 'percent')
    when 'like_file' then format('It is much like %s (%s %%).', details ->> 'file', details ->> 'percent')
    when 'entry_says_so' then 'The entry says so already.'
    when 'entry_retired' then 'The entry was retired.'
    when 'file_has_answer' then format('%s has this question and answer.', details ->> 'file')
    when 'file_answers_otherwise' then format('%s answers this question otherwise.', details ->> 'file')
    when 'entry_has_answer' then format('Entry %s has this question and answer.', details ->> 'id')
    when 'entry_answers_otherwise' then format('Entry %s answers this question otherwise.', details ->> 'id')
    when 'said_in_conversation' then 'It was said in a conversation.'
    when 'contradicts' then 'It contradicts what the club has.'
    when 'proposal_waits' then format('Proposal %s waits for a person already.', details ->> 'id')
    when 'proposal_rejected' then format('Proposal %s said so and was rejected.', details ->> 'id')
    when 'proposal_said_so' then format('Proposal %s said so already.', details ->> 'id')
    when 'written_meanwhile' then 'It was written meanwhile.'
    when 'sop_changed_since' then format('Somebody wrote version %s of %s since this was staged.', details ->> 'version', details ->> 'name')
    when 'sop_made_now' then format('Somebody made %s at this moment.', details ->> 'name')
    when 'sop_archived' then format('There is an archived SOP %s: bring it back first (rollback_sop), then import again.', details ->> 'name')
    when 'entry_changed_since' then 'Somebody changed this entry since it was staged.'
    when 'entry_written_now' then 'Somebody wrote this entry at this moment.'
    when 'built_on' then (
      select upper(left(w.what, 1)) || substr(w.what, 2) || '.'
        from (select string_agg(app_hidden.import_obstacle(o ->> 'code', o -> 'details'), '; ' order by n) as what from jsonb_array_elements(details -> 'obstacles') with ordinality e(o, n)) w)
  end, 1000)
$$;
comment on function app_hidden.import_reason(text, jsonb) is 'The sentence of a reason_code with its reason_details, in English. Null for a code that is none.';

create or replace function app_private.import_because(item app_public.import_items, code text, details jsonb default '{}') returns app_public.import_items
language plpgsql immutable set search_path = app_public, public, pg_temp as $$
begin
  item.reason := app_hidden.import_reason(code, details);
  item.reason_code := code;
  item.reason_details := details;
  return item;
end
$$;
comment on function app_private.import_because(app_public.import_items, text, jsonb) is 'The item with why this becomes of it: the code, its values and the sentence.';

create or replace function app_private.import_review(item app_public.import_items, code text, details jsonb default '{}') returns app_public.import_items
language plpgsql immutable set search_path = app_public, public, pg_temp as $$
begin
  if item.review is null then
    item := app_private.import_because(item, code, details);
    item.review := item.reason;
  end if;
  return item;
end
$$;
comment on function app_private.import_review(app_public.import_items, text, jsonb) is 'The item with why a person should look at it; the first reason stays.';
--! EndIncluded functions/import_reasons.sql
--! Included functions/stage_import.sql
-- An import is staged in short steps: begun, filled with items, planned against what the club has, and finished. Nothing
-- of what is served changes until it is applied.
create or replace function app_private.find_import(batch_id integer, statuses text[]) returns app_public.import_batches
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_batch app_public.import_batches;
begin
  select * into v_batch from app_public.import_batches b where b.id = find_import.batch_id for update;
  if v_batch.id is null then
    raise exception 'There is no import %.', find_import.batch_id using errcode = 'CO404', hint = 'select id, name, status from import_batches order by id desc;';
  elsif v_batch.status <> all (statuses) then
    raise exception 'Import % is %: this is done to one that is %.', v_batch.id, replace(v_batch.status, '_', ' '), replace(array_to_string(statuses, ' or '), '_', ' ')
      using errcode = 'CO190', detail = jsonb_build_object('batch_id', v_batch.id, 'status', v_batch.status)::text, hint = 'Reload it; stage it again where it is over.';
  end if;
  return v_batch;
end
$$;
comment on function app_private.find_import(integer, text[]) is 'The import, locked. Errors: CO190 it is in none of these states, CO404 there is none.';

create or replace function app_private.begin_import(name text, source text) returns app_public.import_batches
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  insert into app_public.import_batches (name, source, stage, created_by)
  values (left(coalesce(nullif(btrim(begin_import.name), ''), begin_import.source), 200), begin_import.source, 'reading', app_hidden.require_actor()) returning *
$$;
comment on function app_private.begin_import(text, text) is 'Begins an import. Errors: CO001 no actor.';

create or replace function app_private.note_import(batch_id integer, stage text, done integer default null, total integer default null) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  update app_public.import_batches b set stage = note_import.stage, done = coalesce(note_import.done, b.done), total = coalesce(note_import.total, b.total), updated_at = clock_timestamp()
   where b.id = note_import.batch_id and b.status = 'staging'
$$;
comment on function app_private.note_import(integer, text, integer, integer) is 'Says how far the staging of an import is.';

create or replace function app_private.fail_import(batch_id integer, error text, finally boolean default true) returns app_public.import_batches
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  update app_public.import_batches b
     set status = case when b.status = 'staging' and finally then 'failed' else b.status end, error = left(app_hidden.mask_personal_data(fail_import.error), 1000), updated_at = clock_timestamp()
   where b.id = fail_import.batch_id and b.status in ('staging', 'applying', 'rolling_back') returning *
$$;
comment on function app_private.fail_import(integer, text, boolean) is 'Writes down why an import failed. finally: it is not tried again; one that is being applied or taken back stays so, and can be gone on with.';

create or replace function app_private.restart_import(batch_id integer) returns app_public.import_batches
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  perform app_private.find_import(batch_id, '{staging}');
  delete from app_public.import_items i where i.batch_id = restart_import.batch_id;
  return (select b from app_public.import_batches b where b.id = restart_import.batch_id);
end
$$;
comment on function app_private.restart_import(integer) is 'Forgets the items of an import whose reading was interrupted, so that it is read from the beginning.';

create or replace function app_private.keep_import_upload(batch_id integer, part integer, content bytea) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  insert into app_private.import_uploads (batch_id, part, content) values (batch_id, part, content)
$$;
comment on function app_private.keep_import_upload(integer, integer, bytea) is 'Keeps a part of an uploaded file, counted from 0.';

create or replace function app_private.queue_import(batch_id integer) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  perform app_hidden.add_job('imports__stage', json_build_object('batch', batch_id), 'imports__stage:' || batch_id);
end
$$;
comment on function app_private.queue_import(integer) is 'Has the worker read an upload.';

create or replace function app_private.import_upload_part(batch_id integer, part integer) returns bytea
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select u.content from app_private.import_uploads u where u.batch_id = import_upload_part.batch_id and u.part = import_upload_part.part
$$;
comment on function app_private.import_upload_part(integer, integer) is 'A part of an uploaded file; null after the last.';

create or replace function app_private.import_refusal(item jsonb, out code text, out details jsonb)
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_kind constant text := item ->> 'kind';
begin
  details := '{}';
  code := case
    when v_kind = 'file' then 'nothing'
    when coalesce(btrim(item ->> 'content'), '') = '' then 'no_text'
    when v_kind <> 'sop' and coalesce(btrim(item ->> 'question'), '') = '' then 'no_question'
    when v_kind = 'sop' and octet_length(item ->> 'content') > 1048576 then 'sop_too_long'
    when v_kind <> 'sop' and octet_length(item ->> 'content') > 65536 then 'answer_too_long'
    when v_kind <> 'sop' and octet_length(item ->> 'question') > 1400 then 'question_too_long' end;
  if code is null and v_kind = 'conversation' then
    details := jsonb_build_object('words', app_hidden.injection_in(concat_ws(E'\n', item ->> 'question', item ->> 'content')));
    if details ->> 'words' is not null then
      code := 'speaks_to_model';
    end if;
  end if;
end
$$;
comment on function app_private.import_refusal(jsonb) is 'Why an item cannot be imported, as code and details of app_hidden.import_reason; a null code if it can.';

create or replace function app_private.add_import_items(batch_id integer, items jsonb) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_last integer;
  v_added integer;
begin
  perform app_private.find_import(batch_id, '{staging}');
  select coalesce(max(i.ordinal), 0) into v_last from app_public.import_items i where i.batch_id = add_import_items.batch_id;
  insert into app_public.import_items (batch_id, ordinal, file, kind, category, topic, question, content, review, action, reason, reason_code, reason_details, hash, sketch)
  select add_import_items.batch_id, v_last + r.o, left(r.file, 1000), r.kind, nullif(left(btrim(r.category), 100), ''), nullif(left(btrim(r.topic), 200), ''),
         case when r.skip is null then t.question end, case when r.skip is null then t.content end, left(r.review, 1000), case when r.skip is not null then 'skip' end, left(coalesce(r.skip, r.review), 1000), r.reason_code, r.reason_details,
         app_hidden.text_hash(concat_ws(E'\n', t.question, t.content)), case when r.kind = 'sop' and r.skip is null then app_hidden.text_sketch(t.content) end
    from (select e.o, e.value ->> 'file' as file, e.value ->> 'kind' as kind, e.value ->> 'category' as category, e.value ->> 'topic' as topic,
                 e.value ->> 'question' as question, e.value ->> 'content' as content, e.value ->> 'review' as review,
                 coalesce(e.value ->> 'skip', app_hidden.import_reason(f.code, f.details)) as skip,
                 -- Whoever gave the reason gave its code, if it has one.
                 coalesce(f.code, e.value ->> 'reason_code') as reason_code, case when f.code is not null then f.details when e.value ? 'reason_code' then coalesce(e.value -> 'reason_details', '{}') end as reason_details
            from jsonb_array_elements(items) with ordinality e(value, o) left join lateral app_private.import_refusal(e.value) f on e.value ->> 'skip' is null) r
   -- Words of customers are not stored as they are.
   cross join lateral (select case when r.kind = 'conversation' then app_hidden.mask_personal_data(r.question) else btrim(r.question) end as question,
                              case when r.kind = 'conversation' then app_hidden.mask_personal_data(r.content) else r.content end as content) t;
  get diagnostics v_added = row_count;
  return v_added;
end
$$;
comment on function app_private.add_import_items(integer, jsonb) is
$$Adds items to an import that is being staged: [{file, kind, category?, topic?, question?, content, review?, skip?, reason_code?, reason_details?}]: these two are of skip, or else of review. What is too long or empty is skipped with the reason; conversations are masked, and those that give a model orders are skipped.
Errors: CO190 it is not being staged, CO404 no such import.$$;

create or replace function app_private.import_uncategorised(batch_id integer, after integer, most integer default 256) returns table (ordinal integer, words text)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select i.ordinal, left(concat_ws('. ', i.question, app_hidden.in_words(i.topic), app_hidden.plain_text(i.content)), 1000)
    from app_public.import_items i where i.batch_id = import_uncategorised.batch_id and i.category is null and i.action is null and i.ordinal > after order by i.ordinal limit most
$$;
comment on function app_private.import_uncategorised(integer, integer, integer) is 'Items that nobody has put into a category, with the words to choose one by.';

create or replace function app_private.categorise_import(batch_id integer) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off as $$
begin
  update app_public.import_items i
     set category = coalesce(
           -- Where it went before, or its file did: what it is nearest to changes with what is imported.
           (select p.category from app_public.import_items p where p.hash = i.hash and p.kind = i.kind and p.batch_id <> i.batch_id and p.status <> 'staged' and p.category is not null order by p.id desc limit 1),
           (select p.category from app_public.import_items p where p.file = i.file and p.topic = i.topic and p.kind = i.kind and p.batch_id <> i.batch_id and p.status <> 'staged' and p.category is not null order by p.id desc limit 1), (
           -- The categories of the nearest vote, each by how near it is. One that is not near itself, or wins by little,
           -- is a guess: of the demo's texts, each without its own document, such guesses were wrong more often than right.
           select v.category from (select n.category, max(n.near) as nearest, sum(n.near ^ 4) as votes, sum(sum(n.near ^ 4)) over () as of from (
             select p.category, -(p.embedding <#> c.embedding) as near
               from app_private.embedding_cache c join app_public.club_settings s on s.embedding_model = c.model
               join app_private.search_units p on p.kind = 'profile' and p.embedding_model = c.model and p.embedding is not null
              where c.content_hash = app_hidden.embedding_hash(left(concat_ws('. ', i.question, app_hidden.in_words(i.topic), app_hidden.plain_text(i.content)), 1000))
              order by p.embedding <#> c.embedding limit 5) n
            where n.near >= 0.35 group by n.category) v
            where v.nearest >= 0.5 and v.votes >= 0.6 * v.of), 'general')
   where i.batch_id = categorise_import.batch_id and i.category is null and i.action is null;
end
$$;
comment on function app_private.categorise_import(integer) is 'Puts items that have no category where an import put them before, else into that of what the club has that is nearest to them, by the vectors in the cache; where nothing is near, or two categories are, into `general`, for a person to say.';

create or replace function app_private.import_texts(batch_id integer, after integer, most integer default 64) returns table (ordinal integer, embedding_text text)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select w.ordinal, u.embedding_text
    from (select * from app_public.import_items i where i.batch_id = import_texts.batch_id and i.ordinal > after and coalesce(i.action, 'create') in ('create', 'update', 'propose') order by i.ordinal limit most) w
   cross join lateral (select s.embedding_text from app_hidden.sop_units(w.category, w.topic, w.content) s where w.kind = 'sop'
                       union all select w.question where w.kind in ('knowledge', 'conversation')) u
   where not exists (select from app_private.embedding_cache c join app_public.club_settings t on t.embedding_model = c.model where c.content_hash = app_hidden.embedding_hash(u.embedding_text))
$$;
comment on function app_private.import_texts(integer, integer, integer) is 'Texts of so many items after this one whose vectors are not in the cache: made while staging, so that what is applied is searchable at commit.';

create or replace function app_private.refresh_sop_sketches(most integer default 500) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_done integer;
begin
  delete from app_private.sop_sketches k using app_public.sops s where s.id = k.sop_id and s.archived_at is not null;
  insert into app_private.sop_sketches (sop_id, version, hash, sketch)
  select s.id, s.version, app_hidden.text_hash(s.content), app_hidden.text_sketch(s.content) from app_public.sops s
   where s.archived_at is null and not exists (select from app_private.sop_sketches k where k.sop_id = s.id and k.version = s.version) limit most
  on conflict (sop_id) do update set version = excluded.version, hash = excluded.hash, sketch = excluded.sketch;
  get diagnostics v_done = row_count;
  return v_done;
end
$$;
comment on function app_private.refresh_sop_sketches(integer) is 'Makes the sketches of SOPs that have none of their text as it is, at most so many; returns how many.';

create or replace function app_private.import_contradictions(item app_public.import_items) returns jsonb
language sql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
  -- The rules of find_contradictions for what an SOP says: nearly the same sentence, told apart by no qualifier, and no
  -- text says both.
  with parts as materialized (
    select m.body, app_hidden.content_words(concat_ws(' ', app_hidden.in_words(item.topic), app_hidden.sop_title(item.topic, item.content), m.heading)) as words, app_hidden.qualifiers_in(coalesce(m.heading, '')) as qualifiers
      from app_hidden.markdown_sections(left(item.content, 65536)) m where item.kind = 'sop'
    union all
    select item.content, app_hidden.content_words(item.question), app_hidden.qualifiers_in(item.question) where item.kind <> 'sop'
  ), stated as materialized (
    select f.kind, f.low, f.high, f.value, f.role, f.surface, left(f.clause, 300) as clause, w.words, array(select distinct x from unnest(w.words || p.words) x) as about,
           p.qualifiers || app_hidden.qualifiers_in(f.clause) as qualifiers
      from parts p cross join lateral app_hidden.facts_in(p.body) f cross join lateral (select app_hidden.content_words(f.sentence) as words) w
     limit 200
  ), found as (
    select distinct jsonb_build_object('with', coalesce((select o.category || '/' || o.section from app_public.sops o where o.id = s.sop_id), (select k.question from app_public.knowledge_base k where k.id = s.knowledge_id)),
             'sop_id', s.sop_id, 'knowledge_id', s.knowledge_id, 'kind', a.kind, 'one', a.surface, 'other', s.surface, 'one_clause', a.clause, 'other_clause', s.clause) as what
      from stated a
      join app_private.stated_facts s on s.kind = a.kind and s.about && a.about
     cross join lateral (select app_hidden.shared_words(a.about, s.about) as told, least(cardinality(a.about), cardinality(s.about)) as told_of,
                                app_hidden.shared_words(a.words, s.words) as said, least(cardinality(a.words), cardinality(s.words)) as said_of) w
     where app_hidden.disagree(a.kind, a.low, a.high, a.value, s.low, s.high, s.value) and w.told >= 3 and w.told >= 0.6 * w.told_of and w.said >= 2 and w.said >= 0.6 * w.said_of
       and app_hidden.roles_agree(a.role, s.role) and not app_hidden.told_apart(a.qualifiers, s.qualifiers)
       -- What it replaces is no contradiction: that is the change.
       and coalesce(s.sop_id <> item.sop_id, true) and coalesce(s.knowledge_id <> item.knowledge_id, true)
       and not exists (select from app_private.stated_facts h where (h.sop_id = s.sop_id or h.knowledge_id = s.knowledge_id) and h.kind = a.kind and not app_hidden.disagree(h.kind, h.low, h.high, h.value, a.low, a.high, a.value))
       and not exists (select from stated h where h.kind = s.kind and not app_hidden.disagree(h.kind, h.low, h.high, h.value, s.low, s.high, s.value))
     limit 10)
  select coalesce(jsonb_agg(f.what), '[]') from found f
$$;
comment on function app_private.import_contradictions(app_public.import_items) is 'Facts of an item (times, prices, codes …) that cannot both be right with what the club''s SOPs and knowledge say in nearly the same words, at most ten.';
--! EndIncluded functions/stage_import.sql
--! Included functions/plan_import.sql
-- What would become of an item, decided against what the club has at this moment. One planner per kind.
create or replace function app_private.plan_import__sop(item app_public.import_items) returns app_public.import_items
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_name constant text := item.category || '/' || item.topic;
  v_sop app_public.sops;
  v_like record;
begin
  select * into v_sop from app_public.sops s where s.category = item.category and s.section = item.topic;
  item.sop_id := v_sop.id;
  item.base_version := v_sop.version;
  if v_sop.archived_at is null and v_sop.content = item.content then
    item.action := 'unchanged';
    return app_private.import_because(item, 'sop_says_so', jsonb_build_object('name', v_name));
  end if;
  item.action := case when v_sop.id is null or v_sop.archived_at is not null then 'create' else 'update' end;
  -- The same name twice in one import: the first has it.
  select i.file into v_like from app_public.import_items i
   where i.batch_id = item.batch_id and i.kind = 'sop' and i.category = item.category and i.topic = item.topic and i.ordinal < item.ordinal and i.action in ('create', 'update', 'propose', 'unchanged') limit 1;
  if found then
    item.action := 'skip';
    return app_private.import_because(item, 'name_taken', jsonb_build_object('file', v_like.file, 'name', v_name));
  end if;
  if item.action = 'create' then
    select k.sop_id, s.category || '/' || s.section as name into v_like from app_private.sop_sketches k join app_public.sops s on s.id = k.sop_id and s.archived_at is null
     where k.hash = item.hash order by k.sop_id limit 1;
    if found then
      item.action := 'duplicate';
      item.findings := item.findings || jsonb_build_object('duplicate_of', jsonb_build_object('sop_id', v_like.sop_id, 'name', v_like.name));
      return app_private.import_because(item, 'sop_has_text', jsonb_build_object('name', v_like.name));
    end if;
    select i.file, i.category || '/' || i.topic as name into v_like from app_public.import_items i
     where i.batch_id = item.batch_id and i.hash = item.hash and i.kind = 'sop' and i.ordinal < item.ordinal and i.action in ('create', 'update', 'propose', 'unchanged') order by i.ordinal limit 1;
    if found then
      item.action := 'duplicate';
      item.findings := item.findings || jsonb_build_object('duplicate_of', jsonb_build_object('file', v_like.file, 'name', v_like.name));
      return app_private.import_because(item, 'file_has_text', jsonb_build_object('file', v_like.file));
    end if;
    select l.* into v_like from (
      select k.sop_id, null::text as file, s.category || '/' || s.section as name, app_hidden.sketch_similarity(k.sketch, item.sketch) as similarity
        from app_private.sop_sketches k join app_public.sops s on s.id = k.sop_id and s.archived_at is null where k.sketch && item.sketch
      union all
      select null, i.file, i.category || '/' || i.topic, app_hidden.sketch_similarity(i.sketch, item.sketch)
        from app_public.import_items i where i.sketch && item.sketch and i.batch_id = item.batch_id and i.ordinal < item.ordinal and i.action in ('create', 'update', 'propose')) l
     where l.similarity >= 0.8 order by l.similarity desc, l.sop_id, l.file limit 1;
    if found then
      item := case when v_like.sop_id is null then app_private.import_review(item, 'like_file', jsonb_build_object('file', v_like.file, 'percent', round(100 * v_like.similarity)))
                   else app_private.import_review(item, 'like_sop', jsonb_build_object('name', v_like.name, 'percent', round(100 * v_like.similarity))) end;
      item.findings := item.findings || jsonb_build_object('similar_to', jsonb_strip_nulls(jsonb_build_object('sop_id', v_like.sop_id, 'file', v_like.file, 'name', v_like.name, 'similarity', round(v_like.similarity::numeric, 2))));
    end if;
  end if;
  return item;
end
$$;
comment on function app_private.plan_import__sop(app_public.import_items) is 'By name, then by text, then by how much it is like another.';

create or replace function app_private.plan_import__knowledge(item app_public.import_items) returns app_public.import_items
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_entry app_public.knowledge_base;
  v_like record;
begin
  select * into v_entry from app_public.knowledge_base k where k.category = item.category and k.topic = item.topic and k.question = item.question;
  item.knowledge_id := v_entry.id;
  item.base_state := case when v_entry.id is not null then app_private.entry_state(v_entry) end;
  if app_hidden.same_text(v_entry.answer, item.content) and (v_entry.valid_to is null or v_entry.valid_to > now()) then
    item.action := 'unchanged';
    return app_private.import_because(item, 'entry_says_so');
  end if;
  item.action := case when v_entry.id is null then 'create' else 'update' end;
  if v_entry.valid_to <= now() then
    item := app_private.import_review(item, 'entry_retired');
  end if;
  select i.file, i.hash = item.hash as same into v_like from app_public.import_items i
   where i.batch_id = item.batch_id and i.kind = 'knowledge' and i.category = item.category and i.topic = item.topic and i.question = item.question and i.ordinal < item.ordinal
     and i.action in ('create', 'update', 'propose', 'unchanged') order by i.ordinal limit 1;
  if found then
    item.action := case when v_like.same then 'duplicate' else 'skip' end;
    return app_private.import_because(item, case when v_like.same then 'file_has_answer' else 'file_answers_otherwise' end, jsonb_build_object('file', v_like.file));
  end if;
  if item.action = 'create' then
    -- Whose question has the same words: it says the same, or a person must say which of the two is right.
    select k.id, k.question, app_hidden.same_text(k.answer, item.content) as same into v_like
      from app_public.knowledge_base k
     where app_hidden.golden_key(k.question) = app_hidden.golden_key(item.question) and (k.valid_to is null or k.valid_to > now()) and k.site_id is null
       and not (k.source = 'learned' and k.sop_id is not null)
     order by 3 desc, k.id limit 1;
    if found and v_like.same then
      item.action := 'duplicate';
      item := app_private.import_because(item, 'entry_has_answer', jsonb_build_object('id', v_like.id));
      item.findings := item.findings || jsonb_build_object('duplicate_of', jsonb_build_object('knowledge_id', v_like.id, 'name', v_like.question));
    elsif found then
      item := app_private.import_review(item, 'entry_answers_otherwise', jsonb_build_object('id', v_like.id));
      item.findings := item.findings || jsonb_build_object('similar_to', jsonb_build_object('knowledge_id', v_like.id, 'name', v_like.question));
    end if;
  end if;
  return item;
end
$$;
comment on function app_private.plan_import__knowledge(app_public.import_items) is 'By category, topic and question; then by the question alone.';

create or replace function app_private.plan_import__conversation(item app_public.import_items) returns app_public.import_items
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_file text;
begin
  item := app_private.plan_import__knowledge(item);
  if item.action in ('create', 'update') then
    select i.file into v_file from app_public.import_items i
     where i.batch_id = item.batch_id and i.hash = item.hash and i.kind in ('knowledge', 'conversation') and i.ordinal < item.ordinal and i.action in ('create', 'update', 'propose', 'unchanged') order by i.ordinal limit 1;
    if found then
      item.action := 'duplicate';
      item := app_private.import_because(item, 'file_has_answer', jsonb_build_object('file', v_file));
    else
      item := app_private.import_review(item, 'said_in_conversation');
    end if;
  end if;
  return item;
end
$$;
comment on function app_private.plan_import__conversation(app_public.import_items) is 'As knowledge, but never more than a proposal.';

create or replace function app_private.import_suggestion(item app_public.import_items, out kind text, out suggestion jsonb)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select case when item.kind = 'sop' and (s.id is null or s.archived_at is not null) then 'sop_new' when item.kind = 'sop' then 'sop_edit'
              when item.knowledge_id is not null then 'knowledge_correction' else 'knowledge_entry' end,
         jsonb_build_object('category', item.category, 'reasoning', left(concat_ws(' ', format('Imported from %s.', item.file), item.review,
             (select string_agg(format('It says "%s"; %s says "%s".', c ->> 'one_clause', c ->> 'with', c ->> 'other_clause'), ' ') from jsonb_array_elements(item.findings -> 'contradictions') c)), 4000))
         || case when item.kind = 'sop' then jsonb_build_object('section', item.topic, 'new_content', item.content)
                   || case when s.id is not null and s.archived_at is null then jsonb_build_object('sop_id', s.id) else '{}' end
                 else jsonb_build_object('topic', item.topic, 'entries', jsonb_build_array(jsonb_build_object('question', item.question, 'answer', item.content))) end
    from (values (true)) one left join app_public.sops s on s.id = item.sop_id and item.kind = 'sop'
$$;
comment on function app_private.import_suggestion(app_public.import_items) is 'The proposal that an item would be.';

create or replace function app_private.plan_import_step(batch_id integer, most integer default 200) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  v_item app_public.import_items;
  v_suggestion record;
  v_twin app_public.improvement_queue;
  v_left integer;
begin
  perform app_private.find_import(batch_id, '{staging}');
  select count(*) into v_left from app_public.import_items i where i.batch_id = plan_import_step.batch_id and i.action is null;
  if v_left > 0 and (app_private.refresh_sop_sketches(500) = 500 or app_private.read_facts(200) > 0) then
    return v_left;
  end if;
  for v_item in select * from app_public.import_items i where i.batch_id = plan_import_step.batch_id and i.action is null order by i.ordinal limit most loop
    execute format('select * from app_private.%I($1)', 'plan_import__' || v_item.kind) into v_item using v_item;
    if v_item.action in ('create', 'update') then
      v_item.findings := v_item.findings || jsonb_build_object('contradictions', app_private.import_contradictions(v_item));
      if v_item.findings -> 'contradictions' <> '[]' then
        v_item := app_private.import_review(v_item, 'contradicts');
      end if;
      if v_item.review is not null then
        v_item.action := 'propose';
        select * into v_suggestion from app_private.import_suggestion(v_item);
        select * into v_twin from app_public.improvement_queue q where q.fingerprint = app_hidden.improvement_fingerprint(v_suggestion.kind, v_suggestion.suggestion) and q.status in ('pending', 'rejected') limit 1;
        if v_twin.id is not null then
          v_item.action := 'unchanged';
          v_item.improvement_id := v_twin.id;
          v_item := app_private.import_because(v_item, case when v_twin.status = 'pending' then 'proposal_waits' else 'proposal_rejected' end, jsonb_build_object('id', v_twin.id));
        end if;
      end if;
    end if;
    update app_public.import_items i
       set action = v_item.action, reason = v_item.reason, reason_code = v_item.reason_code, reason_details = v_item.reason_details, review = v_item.review, findings = v_item.findings, sop_id = v_item.sop_id, knowledge_id = v_item.knowledge_id,
           improvement_id = v_item.improvement_id, base_version = v_item.base_version, base_state = v_item.base_state
     where i.id = v_item.id;
  end loop;
  select count(*) into v_left from app_public.import_items i where i.batch_id = plan_import_step.batch_id and i.action is null;
  return v_left;
end
$$;
comment on function app_private.plan_import_step(integer, integer) is 'Plans so many items of an import; returns how many are left. Errors: CO190 it is not being staged.';

create or replace function app_private.import_counts(batch_id integer) returns jsonb
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select coalesce((select jsonb_object_agg(k.kind, k.actions) from (
             select a.kind, jsonb_object_agg(a.action, a.n) as actions
               from (select i.kind, coalesce(i.action, 'unplanned') as action, count(*) as n from app_public.import_items i where i.batch_id = import_counts.batch_id group by 1, 2) a group by a.kind) k), '{}')
      || coalesce((select jsonb_object_agg(s.status, s.n) from (
             select i.status, count(*) as n from app_public.import_items i where i.batch_id = import_counts.batch_id and i.status <> 'staged' group by 1) s), '{}')
      || jsonb_build_object('files', (select count(distinct i.file) from app_public.import_items i where i.batch_id = import_counts.batch_id),
                            'contradictions', (select count(*) from app_public.import_items i where i.batch_id = import_counts.batch_id and jsonb_array_length(i.findings -> 'contradictions') > 0))
$$;
comment on function app_private.import_counts(integer) is 'Items of an import by kind and action, and by what became of them.';

create or replace function app_private.finish_staging(batch_id integer) returns app_public.import_batches
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_batch app_public.import_batches;
begin
  perform app_private.find_import(batch_id, '{staging}');
  delete from app_private.import_uploads u where u.batch_id = finish_staging.batch_id;
  update app_public.import_batches b set status = 'staged', stage = null, error = null, counts = app_private.import_counts(b.id), updated_at = clock_timestamp()
   where b.id = finish_staging.batch_id returning * into v_batch;
  return v_batch;
end
$$;
comment on function app_private.finish_staging(integer) is 'The plan is whole and waits. Errors: CO190 it is not being staged.';
--! EndIncluded functions/plan_import.sql
--! Included functions/apply_import.sql
-- One handler per kind writes an item as its plan says; what somebody changed since it was staged is left alone.
create or replace function app_private.apply_import__sop(item app_public.import_items) returns app_public.import_items
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_name constant text := item.category || '/' || item.topic;
  v_sop app_public.sops;
  v_before integer;
begin
  select * into v_sop from app_public.sops s where s.category = item.category and s.section = item.topic for no key update;
  v_before := v_sop.version;
  if v_sop.archived_at is null and v_sop.content = item.content then
    item.status := 'applied';
    return app_private.import_because(item, 'written_meanwhile');
  elsif v_sop.version is distinct from item.base_version then
    item.status := 'conflict';
    return app_private.import_because(item, 'sop_changed_since', jsonb_build_object('version', v_sop.version, 'name', v_name));
  elsif v_sop.id is null then
    insert into app_public.sops as s (category, section, content) values (item.category, item.topic, item.content) on conflict do nothing returning * into v_sop;
    if v_sop.id is null then
      item.status := 'conflict';
      return app_private.import_because(item, 'sop_made_now', jsonb_build_object('name', v_name));
    end if;
  else
    update app_public.sops s set content = item.content, archived_at = null where s.id = v_sop.id returning * into v_sop;
  end if;
  item.status := 'applied';
  item.sop_id := v_sop.id;
  item.written := jsonb_build_object('sop_id', v_sop.id, 'version', v_sop.version, 'before_version', v_before);
  return item;
end
$$;
comment on function app_private.apply_import__sop(app_public.import_items) is 'Writes the SOP, as its first or next version.';

create or replace function app_private.apply_import__knowledge(item app_public.import_items) returns app_public.import_items
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_before app_public.knowledge_base;
  v_entry app_public.knowledge_base;
begin
  select * into v_before from app_public.knowledge_base k where k.category = item.category and k.topic = item.topic and k.question = item.question for no key update;
  if (case when v_before.id is not null then app_private.entry_state(v_before) end) is distinct from item.base_state then
    if app_hidden.same_text(v_before.answer, item.content) then
      item.status := 'applied';
      return app_private.import_because(item, 'written_meanwhile');
    end if;
    item.status := 'conflict';
    return app_private.import_because(item, 'entry_changed_since');
  end if;
  insert into app_public.knowledge_base as k (category, topic, question, answer, source, trust) values (item.category, item.topic, item.question, item.content, 'manual_entry', 3)
  on conflict (category, topic, question) do update set answer = excluded.answer, trust = 3, source = excluded.source
   where app_private.entry_state(k) = item.base_state
  returning * into v_entry;
  if v_entry.id is null then
    item.status := 'conflict';
    return app_private.import_because(item, 'entry_written_now');
  end if;
  item.status := 'applied';
  item.knowledge_id := v_entry.id;
  item.written := jsonb_build_object('knowledge_id', v_entry.id, 'state', app_private.entry_state(v_entry), 'before',
    case when v_before.id is not null then jsonb_build_object('answer', v_before.answer, 'source', v_before.source, 'trust', v_before.trust, 'improvement_id', v_before.improvement_id) end);
  return item;
end
$$;
comment on function app_private.apply_import__knowledge(app_public.import_items) is 'Writes the knowledge entry, as one of staff.';

create or replace function app_private.apply_import__propose(item app_public.import_items) returns app_public.import_items
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_suggestion record;
  v_twin app_public.improvement_queue;
begin
  select * into v_suggestion from app_private.import_suggestion(item);
  item.status := 'applied';
  if v_suggestion.kind = 'sop_edit' and exists (select from app_public.sops s where s.id = item.sop_id and s.content = item.content) then
    return app_private.import_because(item, 'written_meanwhile');
  elsif v_suggestion.kind = 'sop_new' and item.sop_id is not null then
    -- Its name is that of an archived SOP, which a new one cannot take: it comes back first, if a person wants it to.
    item.status := 'conflict';
    return app_private.import_because(item, 'sop_archived', jsonb_build_object('name', item.category || '/' || item.topic));
  end if;
  select * into v_twin from app_public.improvement_queue q where q.fingerprint = app_hidden.improvement_fingerprint(v_suggestion.kind, v_suggestion.suggestion) and q.status in ('pending', 'rejected') limit 1;
  if v_twin.id is not null then
    item.improvement_id := v_twin.id;
    return app_private.import_because(item, 'proposal_said_so', jsonb_build_object('id', v_twin.id));
  end if;
  item.improvement_id := (app_public.propose_improvement(v_suggestion.kind, v_suggestion.suggestion, base_version => item.base_version, proposed_by => app_public.current_actor())).id;
  item.written := jsonb_build_object('improvement_id', item.improvement_id);
  return item;
end
$$;
comment on function app_private.apply_import__propose(app_public.import_items) is 'Puts the item into the review queue, unless a twin waits or was turned down.';

create or replace function app_private.apply_import_step(batch_id integer, most integer default 500) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' set clubos.actor = '' as $$
declare
  v_batch app_public.import_batches;
  v_item app_public.import_items;
  v_left integer;
begin
  v_batch := app_private.find_import(batch_id, '{applying,applied}');
  if v_batch.status = 'applied' then
    return 0;
  end if;
  perform set_config('clubos.actor', v_batch.applied_by, true), app_hidden.set_reason(left(format('Import %s (%s): %s', v_batch.id, v_batch.name, v_batch.reason), 4000));
  -- In the order of their names, so that two imports never wait for each other in a circle.
  for v_item in
    select * from app_public.import_items i where i.batch_id = v_batch.id and i.status = 'staged' and i.action in ('create', 'update', 'propose')
     order by i.kind, i.category collate "C", i.topic collate "C", i.question collate "C", i.ordinal limit most
  loop
    execute format('select * from app_private.%I($1)', 'apply_import__' || case when v_batch.as_proposals or v_item.action = 'propose' then 'propose' else v_item.kind end) into v_item using v_item;
    update app_public.import_items i
       set status = v_item.status, reason = v_item.reason, reason_code = v_item.reason_code, reason_details = v_item.reason_details, written = v_item.written, sop_id = v_item.sop_id, knowledge_id = v_item.knowledge_id, improvement_id = v_item.improvement_id
     where i.id = v_item.id;
  end loop;
  select count(*) into v_left from app_public.import_items i where i.batch_id = v_batch.id and i.status = 'staged' and i.action in ('create', 'update', 'propose');
  update app_public.import_batches b
     set done = b.total - v_left, status = case when v_left = 0 then 'applied' else b.status end, applied_at = case when v_left = 0 then clock_timestamp() end, error = null,
         counts = case when v_left = 0 then app_private.import_counts(b.id) else b.counts end, updated_at = clock_timestamp()
   where b.id = v_batch.id;
  return v_left;
end
$$;
comment on function app_private.apply_import_step(integer, integer) is 'Applies so many items of an import that is being applied; returns how many are left. Errors: CO190 it is in another state.';

-- What was built on an import since: it would fall with it.
drop function if exists app_private.import_obstacles(integer);
create or replace function app_private.import_obstacles(batch_id integer) returns table (item_id bigint, kind text, what text, code text, details jsonb)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  with items as (
    select i.*, i.category || '/' || i.topic as name, left(i.question, 100) as asked, (i.written ->> 'sop_id')::integer as w_sop, (i.written ->> 'version')::integer as w_version,
           (i.written ->> 'knowledge_id')::integer as w_entry, (i.written ->> 'improvement_id')::integer as w_proposal
      from app_public.import_items i where i.batch_id = import_obstacles.batch_id and i.status = 'applied' and i.written is not null
  ), found (item_id, kind, code, details) as (
    select i.id, 'sop', 'sop_changed', jsonb_build_object('name', i.name, 'version', l.version, 'by', l.changed_by, 'reason', left(l.change_reason, 100))
      from items i join app_public.sops s on s.id = i.w_sop join app_public.sop_versions w on w.sop_id = s.id and w.version = i.w_version
      join app_public.sop_versions l on l.sop_id = s.id and l.version = s.version
     where (s.category, s.section, s.content, s.archived_at is not null) is distinct from (w.category, w.section, w.content, w.archived)
    union all
    -- What leads to an SOP that would go.
    select i.id, 'sop', 'sop_led_to', jsonb_build_object('name', i.name, 'id', k.id)
      from items i cross join lateral (select min(k.id) as id from app_public.knowledge_base k
              where k.sop_id = i.w_sop and not exists (select from items o where o.w_entry = k.id)) k
     where k.id is not null and coalesce((select v.archived from app_public.sop_versions v where v.sop_id = i.w_sop and v.version = (i.written ->> 'before_version')::integer), true)
    union all
    select i.id, 'sop', 'sop_expected', jsonb_build_object('name', i.name, 'id', g.id)
      from items i join app_public.golden_questions g on g.expected_sop_id = i.w_sop
     where coalesce((select v.archived from app_public.sop_versions v where v.sop_id = i.w_sop and v.version = (i.written ->> 'before_version')::integer), true)
    union all
    select i.id, 'sop', 'sop_tried', jsonb_build_object('name', i.name, 'id', e.id)
      from items i join app_public.experiments e on e.sop_id = i.w_sop and e.status in ('running', 'paused')
    union all
    select i.id, 'knowledge', case when k.id is null then 'entry_gone' else 'entry_changed' end, jsonb_build_object('question', i.asked)
      from items i left join app_public.knowledge_base k on k.id = i.w_entry
     where i.w_entry is not null and (k.id is null or app_private.entry_state(k) <> i.written ->> 'state')
    union all
    select i.id, 'knowledge', 'entry_merged_into', jsonb_build_object('question', i.asked)
      from items i where i.written -> 'before' = 'null' and exists (select from app_public.knowledge_questions q where q.knowledge_id = i.w_entry)
    union all
    select i.id, 'proposal', 'proposal_approved', jsonb_build_object('id', q.id, 'by', q.approved_by)
      from items i join app_public.improvement_queue q on q.id = i.w_proposal and q.status = 'approved'
  )
  select f.item_id, f.kind, app_hidden.import_obstacle(f.code, f.details), f.code, f.details from found f
$$;
comment on function app_private.import_obstacles(integer) is 'Why items of an import cannot be taken back: what was changed, approved or built on them since.';

create or replace function app_private.rollback_import_step(batch_id integer, most integer default 500) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' set clubos.actor = '' as $$
declare
  v_batch app_public.import_batches;
  v_item record;
  v_before app_public.sop_versions;
  v_targets text[];
  v_left integer;
begin
  v_batch := app_private.find_import(batch_id, '{rolling_back,rolled_back}');
  if v_batch.status = 'rolled_back' then
    return 0;
  end if;
  perform set_config('clubos.actor', v_batch.rolled_back_by, true), app_hidden.set_reason(left(format('Rollback of import %s (%s): %s', v_batch.id, v_batch.name, v_batch.rollback_reason), 4000));
  -- Locked in one order before it is asked what changed: nothing can change between.
  perform from app_public.sops s where s.id in (select i.sop_id from app_public.import_items i where i.batch_id = v_batch.id and i.status = 'applied' and i.written ? 'sop_id') order by s.id for no key update;
  perform from app_public.knowledge_base k where k.id in (select i.knowledge_id from app_public.import_items i where i.batch_id = v_batch.id and i.status = 'applied' and i.written ? 'knowledge_id') order by k.id for update;
  for v_item in
    select i.*, o.what, o.built_on from app_public.import_items i
      left join (select b.item_id, string_agg(b.what, '; ') as what,
                        jsonb_build_object('obstacles', jsonb_path_query_array(jsonb_agg(jsonb_build_object('code', b.code, 'details', b.details)), '$[0 to 9]')) as built_on
                   from app_private.import_obstacles(v_batch.id) b group by 1) o on o.item_id = i.id
     where i.batch_id = v_batch.id and i.status = 'applied' and i.written is not null
     -- Entries before the SOPs that they lead to.
     order by i.kind, i.ordinal desc limit most
  loop
    if v_item.what is not null then
      if not v_batch.rollback_forced then
        raise exception 'Import % cannot be taken back: %.', v_batch.id, v_item.what using errcode = 'CO191', detail = jsonb_build_object('batch_id', v_batch.id, 'item_id', v_item.id)::text,
          hint = 'Take back the later change first, or force: rollback_import(batch_id, reason, force => true) leaves what was changed since.';
      end if;
      update app_public.import_items i set status = 'kept', reason = app_hidden.import_reason('built_on', v_item.built_on), reason_code = 'built_on', reason_details = v_item.built_on where i.id = v_item.id;
      continue;
    end if;
    if v_item.written ? 'sop_id' then
      v_before := null;
      select * into v_before from app_public.sop_versions v where v.sop_id = (v_item.written ->> 'sop_id')::integer and v.version = (v_item.written ->> 'before_version')::integer;
      update app_public.sops s set content = coalesce(v_before.content, s.content), archived_at = case when v_before.id is null or v_before.archived then clock_timestamp() end
       where s.id = (v_item.written ->> 'sop_id')::integer;
    elsif v_item.written ? 'knowledge_id' then
      select array_agg(distinct u.target) into v_targets from app_private.search_units u where u.knowledge_id = (v_item.written ->> 'knowledge_id')::integer;
      if v_item.written -> 'before' = 'null' then
        delete from app_public.knowledge_base k where k.id = (v_item.written ->> 'knowledge_id')::integer;
      else
        update app_public.knowledge_base k set answer = b.answer, source = b.source, trust = b.trust
          from jsonb_to_record(v_item.written -> 'before') as b(answer text, source text, trust smallint)
         where k.id = (v_item.written ->> 'knowledge_id')::integer;
      end if;
      -- One that is not made yet is made when it would have been.
      perform app_private.rebuild_profile(u.target) from app_private.search_units u where u.kind = 'profile' and u.target = any (v_targets);
    else
      -- A person's decision stays; what still waits goes, and blocks no twin.
      update app_public.improvement_queue q set status = 'superseded' where q.id = (v_item.written ->> 'improvement_id')::integer and q.status = 'pending';
    end if;
    update app_public.import_items i set status = 'rolled_back' where i.id = v_item.id;
  end loop;
  select count(*) into v_left from app_public.import_items i where i.batch_id = v_batch.id and i.status = 'applied' and i.written is not null;
  update app_public.import_batches b
     set done = b.total - v_left, status = case when v_left = 0 then 'rolled_back' else b.status end, rolled_back_at = case when v_left = 0 then clock_timestamp() end, error = null,
         counts = case when v_left = 0 then app_private.import_counts(b.id) else b.counts end, updated_at = clock_timestamp()
   where b.id = v_batch.id;
  return v_left;
end
$$;
comment on function app_private.rollback_import_step(integer, integer) is 'Takes so many items of an import back; returns how many are left. Errors: CO190 it is in another state, CO191 something was built on it since.';
--! EndIncluded functions/apply_import.sql
--! Included queries/imports.sql
drop function if exists app_public.import_obstacles(integer);
create or replace function app_public.import_obstacles(batch_id integer) returns table (item_id bigint, kind text, what text, code text, details jsonb)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('admin');
  end if;
  return query select o.item_id, o.kind, o.what, o.code, o.details from app_private.import_obstacles(import_obstacles.batch_id) o order by o.item_id limit 1000;
end
$$;
comment on function app_public.import_obstacles(integer) is
$$What keeps an applied import from being taken back: what was changed, approved or built on it since, in English (what), and as code and details for a UI to say in its language. None: rollback_import goes through.
Errors: CO403 neither admin nor auditor.$$;

drop function if exists app_public.import_files(integer);
create or replace function app_public.import_files(batch_id integer)
returns table (file text, items integer, created integer, changed integer, unchanged integer, duplicates integer, proposed integer, skipped integer, contradictions integer, reason text, reason_code text, reason_details jsonb)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('admin');
  end if;
  return query
    select i.file, count(*)::integer, (count(*) filter (where i.action = 'create'))::integer, (count(*) filter (where i.action = 'update'))::integer, (count(*) filter (where i.action = 'unchanged'))::integer,
           (count(*) filter (where i.action = 'duplicate'))::integer, (count(*) filter (where i.action = 'propose'))::integer, (count(*) filter (where i.action = 'skip'))::integer,
           (count(*) filter (where jsonb_array_length(i.findings -> 'contradictions') > 0))::integer,
           (array_agg(i.reason order by i.reason, i.ordinal))[1], (array_agg(i.reason_code order by i.reason, i.ordinal))[1], (array_agg(i.reason_details order by i.reason, i.ordinal))[1]
      from app_public.import_items i
     where i.batch_id = import_files.batch_id group by i.file order by i.file;
end
$$;
comment on function app_public.import_files(integer) is
$$The report of an import, file by file: what its items would become or became, and one reason, with its code and details.
Errors: CO403 neither admin nor auditor.$$;
--! EndIncluded queries/imports.sql
--! Included functions/preview.sql
-- A dry run in four steps: what the change touches, which questions that could matter to, what each finds without and
-- with the change, and what became of it.
drop function if exists app_private.preview_questions(app_public.improvement_queue, integer, integer);
drop function if exists app_private.ask_for_preview(app_public.improvement_queue, integer, integer);
drop function if exists app_private.first_result(text);

create or replace function app_private.touched_targets(improvement app_public.improvement_queue) returns text[]
language sql stable set search_path = app_public, public, pg_temp as $$
  select coalesce(array_agg(distinct t.target), '{}') from (
    select 'sop:' || (improvement.applied ->> 'sop_id') as target where improvement.applied ? 'sop_id'
    union all
    -- By the entries' own rows: one that is retired or merged away may have no search unit any more.
    select app_hidden.target_of(k.sop_id, k.category, k.topic) from app_public.knowledge_base k
     where k.id = any (array(
       select (e ->> 'id')::integer from jsonb_array_elements(improvement.applied -> 'entries') e
       union all
       select i::integer from (values ('keep_id'), ('duplicate_ids'), ('knowledge_ids')) n(name),
         jsonb_array_elements_text(case jsonb_typeof(improvement.suggested_sop_update -> n.name) when 'array' then improvement.suggested_sop_update -> n.name
           when 'number' then jsonb_build_array(improvement.suggested_sop_update -> n.name) else '[]' end) i))) t
$$;
comment on function app_private.touched_targets(app_public.improvement_queue) is 'The targets of a search that a proposal wrote to, once its handler has run.';

create or replace function app_private.preview_questions(improvement app_public.improvement_queue, touched text[], most integer default 200)
returns table (question text, site text, expected text, role text)
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off as $$
#variable_conflict use_column
declare
  v_model text := (select s.embedding_model from app_public.club_settings s);
begin
  return query
  with failing as (
    select f.query, f.site_id, 1 as place,
           case when f.expected_category = 'hand_over' and coalesce(f.expected_sop_id::text, f.expected_topic) is null then 'hand_over'
                when coalesce(f.expected_sop_id, improvement.sop_id, (improvement.suggested_sop_update ->> 'sop_id')::integer) is not null
                  then 'sop:' || coalesce(f.expected_sop_id, improvement.sop_id, (improvement.suggested_sop_update ->> 'sop_id')::integer)
                else 'topic:' || coalesce(f.expected_category, improvement.suggested_sop_update ->> 'category') || '/' || coalesce(f.expected_topic, improvement.suggested_sop_update ->> 'topic') end as target,
           'failing' as role, row_number() over (order by f.id desc) as n
      from app_public.improvement_evidence e join app_public.failed_responses f on f.id = e.failed_response_id
     where e.improvement_id = improvement.id and f.withdrawn_at is null and f.erased_at is null
     order by f.id desc limit most * 2 / 5
  ), golden as (
    select g.question, g.site_id, 2, g.expected, 'golden', row_number() over (order by g.expected = any (touched) desc, g.golden_question_id)
      from app_private.golden_targets() g order by 6 limit most * 3 / 10
  ), of_sop as (
    -- Answered well by what changes.
    select r.question, r.site_id, 3, 'sop:' || s.sop_id, 'good', row_number() over (order by s.response_id desc)
      from app_public.response_sources s join app_public.responses r on r.id = s.response_id
     where s.rank = 1 and s.sop_id = any (array(select substr(t, 5)::integer from unnest(touched) t where t like 'sop:%'))
       and r.feedback = 'helpful' and (r.outcome = 'answered' or r.category = 'hand_over') and r.erased_at is null
     order by s.response_id desc limit most * 3 / 10
  ), of_entries as (
    select r.question, r.site_id, 3, k.target, 'good', row_number() over (order by s.response_id desc)
      from (select distinct u.knowledge_id, u.target from app_private.search_units u where u.target = any (touched) and u.target like 'topic:%' and u.knowledge_id is not null) k
      join app_public.response_sources s on s.knowledge_id = k.knowledge_id and s.rank = 1 join app_public.responses r on r.id = s.response_id
     where r.feedback = 'helpful' and (r.outcome = 'answered' or r.category = 'hand_over') and r.erased_at is null
     order by s.response_id desc limit most * 3 / 10
  ), near as (
    -- Questions known to lead elsewhere that lie nearest to what changes: what it could take away.
    select u.embedding_text, u.site_id, 4, u.target, 'good', row_number() over (order by min(n.place), u.id)
      from (select t.embedding from app_private.search_units t where t.target = any (touched) and t.embedding_model = v_model and t.kind <> 'profile' order by t.id desc limit 8) t
     cross join lateral app_private.nearest_units(t.embedding, v_model) with ordinality n(unit_id, place)
      join app_private.search_units u on u.id = n.unit_id
     where u.kind in ('knowledge', 'phrase') and u.target <> all (touched) and u.trust > 0
       and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
     group by u.id order by 6 limit most * 3 / 10
  ), lately as (
    select r.question, r.site_id, 5, case when s.sop_id is not null then 'sop:' || s.sop_id else 'topic:' || s.category || '/' || s.topic end, 'good', row_number() over (order by r.created_at desc, r.id desc)
      from app_public.responses r join app_public.response_sources s on s.response_id = r.id and s.rank = 1
     where r.feedback = 'helpful' and r.outcome = 'answered' and r.erased_at is null order by r.created_at desc, r.id desc limit most * 3 / 20
  ), distinct_ones as (
    select distinct on (lower(a.query) collate "C", a.site_id) a.*
      from (select * from failing union all select * from golden union all select * from of_sop union all select * from of_entries union all select * from near union all select * from lately) a
     where a.target is not null
     order by lower(a.query) collate "C", a.site_id, a.place, a.n
  )
  select d.query, (select s.slug from app_public.sites s where s.id = d.site_id), d.target, d.role from distinct_ones d order by d.place, d.n limit most;
end
$$;
comment on function app_private.preview_questions(app_public.improvement_queue, text[], integer) is
  'What a dry run asks, at most so many: the latest failing questions behind the proposal, golden questions, those that were answered well by what it touches, known ones of other targets that lie nearest to it, and the latest that were answered well; each with the site (slug) it was asked at and the target that is right (hand_over: none). To be called where the proposal is applied.';

create or replace function app_hidden.readable_name(name text) returns text language sql immutable parallel safe as $$
  select upper(left(w, 1)) || substr(w, 2) from app_hidden.in_words(name) w
$$;
comment on function app_hidden.readable_name(text) is 'A name as a person reads it: tech_support is "Tech support".';

create or replace function app_private.target_title(target text, entry_id bigint default null) returns text
language sql stable set search_path = app_public, public, pg_temp as $$
  select case when target = 'hand_over' then null
              when target like 'sop:%' then (select app_hidden.readable_name(s.category) || ' / ' || app_hidden.readable_name(s.section) from app_public.sops s where s.id = substr(target, 5)::integer)
              else coalesce((select u.title from app_private.search_units u where u.id = entry_id and u.kind = 'knowledge'),
                            (select u.title from app_private.search_units u where u.target = target_title.target and u.kind = 'knowledge' order by u.trust desc, u.id limit 1),
                            (select app_hidden.readable_name(split_part(p, '/', 1)) || ' / ' || app_hidden.readable_name(substr(p, strpos(p, '/') + 1)) from substr(target, 7) p)) end
$$;
comment on function app_private.target_title(text, bigint) is
  'What a person reads of a target: "Category / Section" of an SOP; of a topic the question of its entry (the one given, else the most trusted), or "Category / Topic" where it has none.';

-- A known question finds itself, so that whatever is changed it seems answered. Asked without what was learned from it,
-- it stands for others that ask alike: its own units are left out, and its part in the profile of its target, which
-- is computed as app_private.rebuild_profile would.
create or replace function app_private.asked_as_new(questions jsonb, as_new boolean) returns table (place bigint, left_out app_private.left_out)
language sql stable set search_path = app_public, public, pg_temp set jit = off as $$
  with asked as materialized (
    select q.n, q.asked ->> 'expected' as target, to_tsvector('app_public.clubos', o.question) as words, app_hidden.embedding_hash(o.question) as content_hash
      from jsonb_array_elements(questions) with ordinality q(asked, n)
     cross join lateral (select app_hidden.learnable_question(q.asked ->> 'question') as question) o
     where as_new or q.asked ->> 'role' = 'good'
  ), units as materialized (
    select u.id, u.target, u.content_hash, u.embedding_model = (select s.embedding_model from app_public.club_settings s) as comparable
      from app_private.search_units u
     where u.target = any (array(select distinct a.target from asked a)) and u.kind in ('phrase', 'knowledge') and u.trust > 0
  ), own as materialized (
    select a.n, a.target, a.words, a.content_hash, count(u.id) as times, sum(v.embedding) as embedding, count(v.embedding) as embedded
      from asked a join units u on u.target = a.target and u.content_hash = a.content_hash
      left join lateral (select o.embedding::vector from app_private.search_units o where o.id = u.id and u.comparable) v on true
     group by 1, 2, 3, 4
  ), asked_vectors as materialized (
    -- Not of the list above, which with its vectors would not fit into memory.
    select t.target, sum(v.embedding) as asked, count(v.embedding) as embedded
      from (select distinct o.target from own o) t
     cross join lateral (
       select u.embedding::vector from app_private.search_units u
        where u.target = t.target and u.kind in ('phrase', 'knowledge') and u.trust > 0 and u.embedding_model = (select s.embedding_model from app_public.club_settings s) offset 0) v
     group by t.target
  ), targets as materialized (
    select t.target, p.words, app_private.said_vector(t.target, s.embedding_model) as said, v.asked, coalesce(v.embedded, 0) as embedded, app_hidden.usual_length(t.target, 'profile') as usual_length
      from (select distinct o.target from own o) t cross join app_public.club_settings s
      join app_private.search_units p on p.target = t.target and p.kind = 'profile'
      left join asked_vectors v on v.target = t.target
  ), words as materialized (
    select o.n, ('{' || string_agg(w.dimension || ':' || w.tf * 2.2 / (w.tf + 1.2 * (0.25 + 0.75 * w.length / t.usual_length)), ',' order by w.dimension) || '}/268435456')::sparsevec as impacts
      from own o join targets t on t.target = o.target
     cross join lateral (
       select app_hidden.lexeme_dimension(x.lexeme) as dimension, max(l.tf - x.part) as tf, max(l.length - x.parts) as length
         from (select p.lexeme, coalesce(cardinality(p.positions), 1)::real as tf, (sum(coalesce(cardinality(p.positions), 1)) over ())::real as length from unnest(t.words) p) l
         join (
           -- What the question gave: of an SOP each counts twice.
           select q.lexeme, coalesce(cardinality(q.positions), 1) * c.times as part, sum(coalesce(cardinality(q.positions), 1)) over () * c.times as parts
             from unnest(o.words) q cross join (select o.times * case when o.target like 'sop:%' then 2 else 1 end as times) c) x on x.lexeme = l.lexeme
        group by 1) w
     where w.tf > 0 group by 1
  )
  select a.n, (a.content_hash, case when o.n is not null then a.target end, coalesce(w.impacts, '{}/268435456'::sparsevec),
           l2_normalize(case when t.said is null then r.asked when r.asked is null then t.said else t.said + r.asked end))::app_private.left_out
    from asked a
    left join own o on o.n = a.n
    left join targets t on t.target = o.target
    left join words w on w.n = o.n
    left join lateral (select l2_normalize(t.asked - o.embedding) as asked where t.embedded > o.embedded) r on true
$$;
comment on function app_private.asked_as_new(jsonb, boolean) is
  'What a search leaves out to ask the good questions, or all where as_new, as if nothing had been learned from them. questions: [{question, role, expected}]; place: from 1.';

-- A search of each question, of which the words are weighed once for all that a dry run asks it, and the first target alone
-- is looked at. test/sql/dry_run_search.test.ts holds it to what app_private.search finds.
drop function if exists app_private.run_preview(jsonb);
create or replace function app_private.preview_searches(questions jsonb, as_new boolean default false, known app_private.preview_search[] default '{}') returns app_private.preview_search[]
language sql stable set search_path = app_public, public, pg_temp set jit = off as $$
  with without as materialized (
    select * from app_private.asked_as_new(questions, as_new)
  ), asked as materialized (
    select q.n, coalesce(left(q.asked ->> 'question', 20000), '') as question, q.asked ->> 'site' as site, coalesce(k.embedding, e.embedding::halfvec) as embedding,
           k.words, k.total_idf, k.candidates, k.words is not null and k.candidates is not null and k.embedding is not null
             -- What question_words looks up is the same until the next refresh; what it counts may not be.
             and (select s.units >= 5000 from app_private.search_statistics s)
             and not exists (select from unnest(tsvector_to_array(to_tsvector('app_public.clubos', left(q.asked ->> 'question', 20000)))) l(lexeme)
                              where not exists (select from app_private.lexeme_frequencies f where f.lexeme = l.lexeme)) as same
      from jsonb_array_elements(questions) with ordinality q(asked, n)
      left join unnest(known) with ordinality k(words, total_idf, candidates, embedding, site_id, left_out, n) on k.n = q.n
        -- By its key for each: planned as a join, the cache would be read from end to end.
      left join lateral (select c.embedding from app_private.embedding_cache c
          where c.content_hash = app_hidden.embedding_hash(q.asked ->> 'question') and c.model = (select s.embedding_model from app_public.club_settings s) offset 0) e on k.embedding is null
  )
  select coalesce(array_agg((w.impacts, w.total_idf, w.candidates, a.embedding, app_hidden.find_site(a.site), o.left_out)::app_private.preview_search order by a.n), '{}')
    from asked a
   cross join lateral (
     select a.words as impacts, a.total_idf, a.candidates where a.same
     union all
     select w.impacts, w.total_idf, w.candidates from app_private.searched_words(a.question, a.embedding is not null, null) w where not a.same) w
    left join without o on o.place = a.n
$$;
comment on function app_private.preview_searches(jsonb, boolean, app_private.preview_search[]) is
  'What questions are searched with at this moment, in the order given. questions, as_new: as run_preview says. known: what the same questions were searched with, to spare weighing words again that weigh the same.';

create or replace function app_private.preview_results(searches app_private.preview_search[]) returns jsonb
language sql stable set search_path = app_public, public, pg_temp set jit = off as $$
  with found as materialized (
    select a.n, f.target, f.sop_id, f.category, f.score, app_hidden.confidence(f.cosine, f.rivals, f.agreed) as confidence, f.entry_leads, u.knowledge_id, u.body as answer, a.words, a.total_idf, a.embedding,
           f.sop_id is null or (f.entry_leads and u.kind = 'knowledge' and u.trust = 3) as own_answer
      from unnest(searches) with ordinality a(words, total_idf, candidates, embedding, site_id, left_out, n)
     cross join lateral (
       select r.*, sum(exp((r.score - r.highest) / 0.2)) filter (where r.place <= 20) over () as rivals
         from (select t.*, row_number() over (order by t.score desc, t.target) as place, max(t.score) over () as highest
                 from app_private.rank_targets(a.words, a.total_idf, a.candidates, a.embedding, null, a.site_id, 40, a.left_out) t) r) f
      left join app_private.search_units u on u.id = f.entry_id
     where f.place = 1
  )
  select coalesce(jsonb_agg(jsonb_build_object('target', f.target, 'title', case when f.n is not null then app_private.target_title(f.target, t.entry_id) end, 'score', f.score,
           'confidence', round(f.confidence::numeric, 4), 'answered', coalesce(f.confidence >= c.confidence_threshold and f.category <> 'hand_over', false), 'text', nullif(t.text, ''))
           || case when f.category = 'hand_over' then jsonb '{"for_a_person": true}' else '{}' end order by a.n), '[]')
    from generate_series(1, cardinality(searches)) a(n)
   cross join app_public.club_settings c
    left join found f on f.n = a.n
    left join lateral (
      select case when f.own_answer then f.answer else (
               select concat_ws(E'\n', b.heading, b.body)
                 from app_private.search_units b
                where b.target = f.target and b.kind = 'section'
                order by app_hidden.section_score(b.heading, -(b.impacts <#> f.words) / nullif(f.total_idf, 0), case when b.embedding_model = c.embedding_model then -(b.embedding <#> f.embedding) end) desc, b.ordinal
                limit 1) end as text,
             case when f.entry_leads or f.own_answer then (select u.id from app_private.search_units u where u.knowledge_id = f.knowledge_id and u.ordinal = 0 limit 1) end as entry_id
       where f.n is not null) t on true
$$;
comment on function app_private.preview_results(app_private.preview_search[]) is 'What searches find, in the order given, as run_preview says.';

create or replace function app_private.run_preview(questions jsonb, as_new boolean default false) returns jsonb
language sql stable set search_path = app_public, public, pg_temp as $$
  select app_private.preview_results(app_private.preview_searches(questions, as_new))
$$;
comment on function app_private.run_preview(jsonb, boolean) is
  'What each question finds at this moment, in the order given: [{target, title, score, confidence, answered (sure enough, and not for a person), text, for_a_person (true, or not there)}], as search_knowledge finds it. questions: [{question, site, role, expected}]. Good ones, and all where as_new, are asked as if nothing had been learned from them.';

drop function if exists app_private.nearest_touched(jsonb, text[]);
drop function if exists app_private.nearest_touched(sparsevec[], double precision[], vector[], text[]);
drop function if exists app_private.question_points(jsonb);
create or replace function app_private.nearest_touched(searches app_private.preview_search[], touched text[]) returns double precision[]
language sql stable set search_path = app_public, public, pg_temp set jit = off as $$
  with asked as materialized (
    select a.words, a.total_idf, a.embedding, a.n from unnest(searches) with ordinality a(words, total_idf, candidates, embedding, site_id, left_out, n)
  ), best as (
    select a.n, max(case when a.total_idf > 0 then -(u.impacts <#> a.words) / a.total_idf else 0 end
             + 1.5 * case when u.embedding_model = (select c.embedding_model from app_public.club_settings c) then coalesce(-(u.embedding <#> a.embedding), 0) else 0 end) as score
      from asked a cross join app_private.search_units u where u.target = any (touched) group by a.n
  )
  select coalesce(array_agg(b.score order by a.n), '{}') from asked a left join best b on b.n = a.n
$$;
comment on function app_private.nearest_touched(app_private.preview_search[], text[]) is
  'For each search the best score that a unit of these targets has for it, in the order given: what rank_targets makes of a target exceeds it by at most a tenth of the logarithm of ten.';

create or replace function app_hidden.answered_rightly(expected text, found jsonb) returns boolean language sql immutable parallel safe as $$
  select case when expected = 'hand_over' then not (found ->> 'answered')::boolean else coalesce(found ->> 'target' = expected, false) and ((found ->> 'answered')::boolean or found ? 'for_a_person') end
$$;
comment on function app_hidden.answered_rightly(text, jsonb) is 'Whether what a question finds (as app_private.run_preview says) comes from the expected target and is sure enough to be given, or for a person as expected; for hand_over, whether it is not given.';

drop function if exists app_private.fixed_for_others(jsonb, jsonb, integer);
create or replace function app_private.fixed_for_others(questions jsonb, searches app_private.preview_search[], after jsonb, most integer, out asked bigint[], out fixed bigint[])
language sql volatile set search_path = app_public, public, pg_temp as $$
  with answered as materialized (
    select q.n, q.asked, row_number() over (order by q.n)::integer as place
      from jsonb_array_elements(questions) with ordinality q(asked, n)
      join jsonb_array_elements(after) with ordinality f(found, n) on f.n = q.n
     where q.asked ->> 'role' = 'failing' and app_hidden.answered_rightly(q.asked ->> 'expected', f.found)
     order by q.n limit most
  ), again as materialized (
    select app_private.preview_results(app_private.preview_searches(coalesce(jsonb_agg(a.asked order by a.n), '[]'), true,
             coalesce(array_agg(searches[a.n::integer] order by a.n), '{}'))) as found
      from answered a
  )
  select coalesce(array_agg(a.n order by a.n), '{}'), coalesce(array_agg(a.n order by a.n) filter (where app_hidden.answered_rightly(a.asked ->> 'expected', again.found -> (a.place - 1))), '{}')
    from answered a, again
$$;
comment on function app_private.fixed_for_others(jsonb, app_private.preview_search[], jsonb, integer) is
  'Of the failing questions that are answered rightly, at most so many are asked as new, without what the change took from their own words: the places (from 1) of those asked, and of those still answered rightly. Who asks alike is helped with them, not only who repeats the question. searches: as preview_searches says; after: as run_preview says; to be called where the proposal is applied.';

create or replace function app_hidden.preview_effect(role text, expected text, before jsonb, after jsonb) returns text
language sql immutable parallel safe as $$
  select case when not right_before and right_after then 'fixed'
              when right_before and not right_after or role <> 'failing' and before ->> 'target' = expected and after ->> 'target' is distinct from expected then 'broken'
              when role = 'failing' and not right_after then 'still_failing'
              -- Asked without what was learned from it, it leads elsewhere with the change and without: it tells nothing of its source.
              when role = 'good' and before ->> 'target' is distinct from expected and after ->> 'target' is distinct from expected then 'unaffected'
              when before ->> 'target' is distinct from after ->> 'target' or before ->> 'text' is distinct from after ->> 'text' then 'changed'
              else 'unaffected' end
    from (select app_hidden.answered_rightly(expected, before) as right_before, app_hidden.answered_rightly(expected, after) as right_after) r
$$;
comment on function app_hidden.preview_effect(text, text, jsonb, jsonb) is
$$What a change does to a question: fixed (answered rightly with it, not without), broken (the other way round, or a right source that is no longer first), still_failing, changed (another source or text, no worse by what is expected), unaffected. Right is what comes from the expected target and is sure enough to be given, or for hand_over what is not. before, after: as app_private.run_preview says.$$;

create or replace function app_private.within_reach(found jsonb, touched text[], near_before double precision[], near_after double precision[]) returns bigint[]
language sql immutable parallel safe as $$
  -- 0.1 ln 10: rank_targets' soft maximum of ten. 0.8 below the first, a rival weighs exp(-4) in how sure the first is.
  select coalesce(array_agg(f.n order by f.n), '{}')
    from (select f.n, f.result ->> 'target' as target, (f.result ->> 'score')::double precision as score from jsonb_array_elements(found) with ordinality f(result, n)) f
    left join unnest(near_before, near_after) with ordinality t(before, after, n) on t.n = f.n
   where f.target = any (touched) or f.score is null or greatest(t.before, t.after) + 0.1 * ln(10) > f.score - 0.8
$$;
comment on function app_private.within_reach(jsonb, text[], double precision[], double precision[]) is
  'Places (from 1) of the questions whose result these targets can change, or how sure it is: those that find them, or score them nearly as high as what they find. found: as run_preview says; near_before, near_after: as nearest_touched says.';

drop function if exists app_private.compare_preview(jsonb, jsonb, jsonb, bigint[]);
create or replace function app_private.compare_preview(questions jsonb, before jsonb, after jsonb, asked_again bigint[], asked_as_new bigint[], for_others bigint[]) returns jsonb
language sql stable set search_path = app_public, public, pg_temp as $$
  with compared as (
    select x.n, x.q ->> 'question' as question, x.q ->> 'role' as role, x.q ->> 'expected' as expected, x.q -> 'expected_title' as title, y.a, coalesce(before -> (array_position(asked_again, x.n) - 1), y.a) as b
      from jsonb_array_elements(questions) with ordinality x(q, n) cross join lateral (select after -> (x.n::integer - 1) as a) y
  ), judged as (
    select c.*, app_hidden.preview_effect(c.role, c.expected, c.b, c.a) as effect from compared c
  )
  select jsonb_build_object('at', now(),
    'fixed', count(*) filter (where j.role = 'failing' and j.effect = 'fixed'),
    'fixed_as_new', count(*) filter (where j.effect = 'fixed' and j.n = any (asked_as_new)),
    'fixed_for_others', count(*) filter (where j.effect = 'fixed' and j.n = any (for_others)),
    'good_fixed', count(*) filter (where j.role = 'good' and j.effect = 'fixed'),
    'still_failing', count(*) filter (where j.role = 'failing' and j.effect = 'still_failing'),
    'broken', count(*) filter (where j.role <> 'golden' and j.effect = 'broken'),
    'changed', count(*) filter (where j.effect = 'changed'),
    'unaffected', count(*) filter (where j.effect = 'unaffected'),
    'golden', count(*) filter (where j.role = 'golden'),
    'golden_fixed', count(*) filter (where j.role = 'golden' and j.effect = 'fixed'),
    'golden_broken', count(*) filter (where j.role = 'golden' and j.effect = 'broken'),
    'asked', jsonb_build_object('failing', count(*) filter (where j.role = 'failing'), 'good', count(*) filter (where j.role = 'good'), 'golden', count(*) filter (where j.role = 'golden')),
    'questions', coalesce(jsonb_agg(jsonb_build_object('question', app_hidden.learnable_question(j.question), 'role', j.role, 'effect', j.effect,
        'expected', j.expected, 'expected_title', j.title,
        'before', j.b -> 'target', 'before_title', j.b -> 'title', 'before_confidence', j.b -> 'confidence', 'before_answered', j.b -> 'answered',
        'after', j.a -> 'target', 'after_title', j.a -> 'title', 'after_confidence', j.a -> 'confidence', 'after_answered', j.a -> 'answered')
      || case when j.b ? 'for_a_person' then jsonb '{"before_for_a_person": true}' else '{}' end || case when j.a ? 'for_a_person' then jsonb '{"after_for_a_person": true}' else '{}' end
      || case when j.effect = 'fixed' and j.n = any (asked_as_new) then jsonb_build_object('for_others', j.n = any (for_others)) else '{}' end
      || case when j.b -> 'text' is distinct from j.a -> 'text' then jsonb_build_object('before_text', left(j.b ->> 'text', 600), 'after_text', left(j.a ->> 'text', 600)) else '{}' end
      order by array_position(array['broken', 'fixed', 'still_failing', 'changed', 'unaffected'], j.effect), j.n), '[]'))
    from judged j
$$;
comment on function app_private.compare_preview(jsonb, jsonb, jsonb, bigint[], bigint[], bigint[]) is
  'The result of a dry run: how many questions are fixed, broken and so on, and each of them, what matters most first. before: of the questions at the places asked_again alone; the others find what they find after. asked_as_new, for_others: as fixed_for_others says.';

create or replace function app_private.preview_impact(dry_run jsonb, failures bigint) returns double precision
language sql immutable parallel safe as $$
  -- Who asks alike counts for two, who repeats it for one; what breaks counts twice what is fixed, a golden question for
  -- four. Failures that were not asked are taken to be like those that were; unsolved ones only settle a tie.
  select (f.fixed * (1 + 2 * f.for_others) * greatest(failures / greatest(f.asked, 1), 1)) + 2 * f.good_fixed - 4 * f.broken + 8 * f.golden + 0.1 * failures
    from (select coalesce((dry_run ->> 'fixed')::double precision, 0) as fixed,
                 coalesce((dry_run ->> 'fixed_for_others')::double precision / nullif((dry_run ->> 'fixed_as_new')::double precision, 0), 0) as for_others,
                 coalesce((dry_run ->> 'good_fixed')::double precision, 0) as good_fixed, coalesce((dry_run ->> 'broken')::double precision, 0) as broken,
                 coalesce((dry_run ->> 'golden_fixed')::double precision, 0) - coalesce((dry_run ->> 'golden_broken')::double precision, 0) as golden,
                 coalesce((dry_run -> 'asked' ->> 'failing')::double precision, 0) as asked) f
$$;
comment on function app_private.preview_impact(jsonb, bigint) is
  'What ranks a proposal by its dry run: twice the questions that others who ask alike can expect to be answered with it, less those that it takes away. failures: how many are behind it.';

create or replace function app_hidden.lost_lines(before text, after text) returns text[]
language sql immutable parallel safe as $$
  -- A line that was put into other words keeps most of them.
  with old_lines as (
    select l.line, l.n, tsvector_to_array(to_tsvector('app_public.clubos', l.line)) as words from unnest(app_hidden.to_lines(before)) with ordinality l(line, n)
     where btrim(l.line) <> '' and l.line <> all (app_hidden.to_lines(after))
  ), new_lines as (
    select tsvector_to_array(to_tsvector('app_public.clubos', l.line)) as words from unnest(app_hidden.to_lines(after)) l(line) where btrim(l.line) <> ''
  )
  select coalesce(array_agg(btrim(o.line) order by o.n), '{}') from old_lines o
   where cardinality(o.words) > 0 and not exists (select from new_lines w where app_hidden.lexeme_share(o.words, w.words) >= 0.6)
$$;
comment on function app_hidden.lost_lines(text, text) is 'Lines of a text that another lacks: neither as they are nor with most of their words in one line.';

create or replace function app_private.preview_warnings(improvement app_public.improvement_queue) returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_before text;
  v_after text;
  v_said text[];
  v_lost text[];
  v_new text[];
begin
  if improvement.kind = 'sop_edit' then
    select v.content into v_after from app_public.sop_versions v where v.sop_id = (improvement.applied ->> 'sop_id')::integer and v.version = (improvement.applied ->> 'version')::integer;
    select v.content into v_before from app_public.sop_versions v where v.sop_id = (improvement.applied ->> 'sop_id')::integer and v.version = (improvement.applied ->> 'version')::integer - 1;
  elsif improvement.applied ? 'entries' then
    select string_agg(e -> 'before' ->> 'answer', E'\n' order by k.id), string_agg(k.answer, E'\n' order by k.id) into v_before, v_after
      from jsonb_array_elements(improvement.applied -> 'entries') e join app_public.knowledge_base k on k.id = (e ->> 'id')::integer where e -> 'before' ->> 'answer' is not null;
  end if;
  if v_before is null or v_after is null then
    return '[]';
  end if;
  -- What somebody said is not unheard of: a figure from the failures or their corrections is what the change is for.
  select app_hidden.claims_in(coalesce(string_agg(concat_ws(E'\n', f.query, f.user_correction), E'\n'), '')) into v_said
    from app_public.improvement_evidence e join app_public.failed_responses f on f.id = e.failed_response_id
   where e.improvement_id = improvement.id and f.withdrawn_at is null;
  v_lost := array(select unnest(app_hidden.claims_in(v_before)) except select unnest(app_hidden.claims_in(v_after)));
  v_new := array(select unnest(app_hidden.claims_in(v_after)) except select unnest(app_hidden.claims_in(v_before)) except select unnest(v_said));
  return coalesce((select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('kind', w.kind, 'text', w.text, 'where', w.title)) order by w.place, w.text)
    from (select 1 as place, 'new_figure' as kind, c as text, null as title from unnest(v_new) c
          union all
          -- A figure that gave way to one that somebody said is what a correction looks like.
          select 2, 'lost_figure', c, null from unnest(v_lost) c where not exists (select from unnest(v_said) s where split_part(s, ':', 1) = split_part(c, ':', 1)
             and s = any (app_hidden.claims_in(v_after)))
          union all
          select 3, 'lost_line', left(l, 300), null from unnest(app_hidden.lost_lines(v_before, v_after)) l
          union all
          -- What stands in two procedures is soon wrong in one of them. Short lines may well say the same.
          select 4, 'repeats', left(l, 300), u.title
            from (select l, tsvector_to_array(to_tsvector('app_public.clubos', l)) as words from unnest(app_hidden.lost_lines(v_after, v_before)) l) n
           cross join lateral (select app_private.target_title(u.target) as title from app_private.search_units u
             where cardinality(n.words) >= 6 and u.kind = 'section' and u.target <> all (app_private.touched_targets(improvement))
               and u.words @@ (select string_agg(quote_literal(w), '&') from unnest(n.words) w)::tsquery order by u.id limit 1) u) w), '[]');
end
$$;
comment on function app_private.preview_warnings(app_public.improvement_queue) is
$$What a person should look at before approving a change of a text, once its handler has run: [{kind, text, where}]. new_figure: a price, time, number, link or promise that stands neither in the text before nor in the failures behind the proposal; lost_figure: one that is gone, and nothing that was said replaces it; lost_line: a line that is gone in any words; repeats: a new line all of whose words stand in one section of another SOP (where).$$;

create or replace function app_private.text_to_publish(improvement app_public.improvement_queue, out category text, out section text, out content text)
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_sop app_public.sops;
begin
  category := improvement.suggested_sop_update ->> 'category';
  section := improvement.suggested_sop_update ->> 'section';
  content := improvement.suggested_sop_update ->> 'new_content';
  if improvement.kind = 'sop_edit' then
    select * into v_sop from app_public.sops s where s.id = improvement.sop_id;
    category := v_sop.category;
    section := v_sop.section;
    if v_sop.version <> improvement.base_version and v_sop.content <> content then
      content := (app_hidden.merge_lines((select v.content from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = improvement.base_version), v_sop.content, content)).merged;
    end if;
  end if;
end
$$;
comment on function app_private.text_to_publish(app_public.improvement_queue) is
  'What approving a proposal for an SOP would publish, merged where the SOP moved on, and under which name; content is null where it conflicts.';

create or replace function app_private.preview_texts(improvement_id integer, edited_content text, edited_version integer default null) returns table (embedding_text text)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_improvement app_public.improvement_queue;
  v_text record;
begin
  select * into v_improvement from app_public.improvement_queue q where q.id = preview_texts.improvement_id and q.status = 'pending' and q.kind in ('sop_edit', 'sop_new');
  if v_improvement.id is null then
    return;
  end if;
  v_improvement := app_private.edited_improvement(v_improvement, edited_content, edited_version);
  select * into v_text from app_private.text_to_publish(v_improvement);
  return query select m.embedding_text from app_private.missing_vectors(v_text.category, v_text.section, v_text.content) m;
end
$$;
comment on function app_private.preview_texts(integer, text, integer) is
  'Texts whose vectors a dry run with an edited text needs and the cache lacks. Errors: CO005 an empty text, CO006 too long.';
--! EndIncluded functions/preview.sql
--! Included functions/analyses.sql
-- The life of runs and analyses. A caller works in short steps: claim → ask the model → receive → embed → propose. Each
-- step may be the last before a crash, and repeating any of them costs no second call and makes no second proposal.
create or replace function app_private.add_job_at(task text, payload json, job_key text, run_at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job(task, app_hidden.with_request(payload), job_key => add_job_at.job_key, run_at => add_job_at.run_at, max_attempts => 8);
end
$$;
comment on function app_private.add_job_at(text, json, text, timestamptz) is 'Adds a job in this transaction that runs at a time.';

create or replace function app_private.llm_budget_left() returns numeric
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  -- What waits at a provider is as good as spent.
  select case when b.unspent is not null then greatest(b.unspent - w.promised, 0) end
    from (select min(p.budget - p.spent) as unspent from app_hidden.llm_periods() p) b,
         (select coalesce(sum(a.estimated_cost), 0) as promised from app_public.analyses a where a.status = 'batched' or a.status = 'queued' and a.batch_id is not null) w
$$;
comment on function app_private.llm_budget_left() is 'US dollars that the budgets leave, less what batches under way are expected to cost; null: no limit.';

create or replace function app_private.analysis_tokens_out(model text) returns integer
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select coalesce((select ceil(avg(c.tokens_out))::integer from (
           select l.tokens_out from app_public.llm_calls l where l.purpose = 'analyse' and l.model = analysis_tokens_out.model and l.status = 'ok' order by l.id desc limit 200) c having count(*) >= 20), 800)
$$;
comment on function app_private.analysis_tokens_out(text) is 'Tokens that an analysis gives: the mean of the latest 200, or 800 where fewer than 20 are known.';

create or replace function app_private.analysis_cost(brief jsonb, model text, batch boolean) returns numeric
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  -- Four characters are a token, and nothing is in the cache yet: what it costs at most.
  select app_hidden.llm_cost(model, now(), t.shared + t.own, 0, t.shared, app_private.analysis_tokens_out(model), batch)
    from (select (length(brief #>> '{prompt,content}') + length((brief -> 'shared')::text)) / 4 as shared, length((brief -> 'own')::text) / 4 as own) t
$$;
comment on function app_private.analysis_cost(jsonb, text, boolean) is 'US dollars that analysing a brief is expected to cost at most; null where the model has no price.';

create or replace function app_private.begin_analysis_run(kind text, analyst text, most integer default 2000, run_id integer default null, job_id bigint default null) returns app_public.analysis_runs
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_run app_public.analysis_runs;
begin
  if run_id is not null then
    select * into v_run from app_public.analysis_runs r where r.id = begin_analysis_run.run_id for update;
  elsif job_id is not null then
    select * into v_run from app_public.analysis_runs r where r.job_id = begin_analysis_run.job_id and r.status <> 'finished' for update;
  end if;
  if v_run.id is null then
    insert into app_public.analysis_runs (kind, most, requested_by, job_id) values (begin_analysis_run.kind, begin_analysis_run.most, app_public.current_actor(), begin_analysis_run.job_id) returning * into v_run;
  end if;
  update app_public.analysis_runs r
     set status = 'running', finished_at = null, analyst = begin_analysis_run.analyst, started_at = coalesce(r.started_at, clock_timestamp()), job_id = coalesce(begin_analysis_run.job_id, r.job_id),
         failures = greatest(r.failures, (select count(*) from app_public.failed_responses f where not f.analyzed and f.withdrawn_at is null)), budget = coalesce(r.budget, app_private.llm_budget_left())
   where r.id = v_run.id returning * into v_run;
  return v_run;
end
$$;
comment on function app_private.begin_analysis_run(text, text, integer, integer, bigint) is
  'Begins a run, or goes on with it: the one that was asked for (run_id), or the one that this job has begun (job_id).';

create or replace function app_private.settle_analysis_run(run_id integer, patterns integer default null, over_budget integer default 0, error text default null, done boolean default true)
returns app_public.analysis_runs
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  update app_public.analysis_runs r
     set patterns = greatest(r.patterns, settle_analysis_run.patterns), error = coalesce(left(settle_analysis_run.error, 1000), case when not done then r.error end),
         counts = coalesce((select jsonb_object_agg(c.key, c.n) from (
                     select a.status as key, count(*) as n from app_public.analyses a where a.run_id = r.id group by 1
                     union all select 'local', count(*) from app_public.analyses a where a.run_id = r.id and a.analyst = 'local' having count(*) > 0) c), '{}')
                  || case when greatest(over_budget, (r.counts ->> 'over_budget')::integer) > 0 then jsonb_build_object('over_budget', greatest(over_budget, (r.counts ->> 'over_budget')::integer)) else '{}' end,
         estimated_cost = (select sum(a.estimated_cost) from app_public.analyses a where a.run_id = r.id),
         cost = (select sum(l.cost) from app_public.llm_calls l join app_public.analyses a on a.id = l.analysis_id where a.run_id = r.id),
         status = case when w.waits then 'waiting' when done or r.status in ('waiting', 'finished') then 'finished' else r.status end,
         finished_at = case when not w.waits and (done or r.status in ('waiting', 'finished')) then coalesce(r.finished_at, clock_timestamp()) end
    from (select exists (select from app_public.analysis_batches b where b.run_id = settle_analysis_run.run_id and b.status in ('submitting', 'in_progress', 'canceling')) as waits) w
   where r.id = settle_analysis_run.run_id returning r.*
$$;
comment on function app_private.settle_analysis_run(integer, integer, integer, text, boolean) is
  'Counts what a run has done by now; done: it has no more to do but to wait for its batches.';

create or replace function app_private.claim_analysis(pattern_id integer, analyst text, run_id integer default null, batch_id integer default null) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  -- As long as the longest call may take, and some more: then whoever had it is dead.
  c_lease constant interval := '10 minutes';
  v_brief jsonb;
  v_analysis app_public.analyses;
  v_batch app_public.analysis_batches;
  v_cost numeric;
  v_left numeric;
  v_fingerprint bytea;
begin
  perform app_private.take_turns_with_erasure();
  perform pg_advisory_xact_lock(hashtextextended('clubos.analysis', claim_analysis.pattern_id));
  if batch_id is not null then
    select * into v_batch from app_public.analysis_batches b where b.id = claim_analysis.batch_id for share;
    if v_batch.attempted_at is not null or v_batch.status <> 'submitting' then
      return jsonb_build_object('state', 'batch_closed');
    end if;
  end if;
  -- That a person answers is nothing to be written, and for no model to judge.
  if exists (select from app_public.failure_patterns p where p.id = claim_analysis.pattern_id and p.category = 'hand_over' and p.sop_id is null and p.topic is null) then
    return jsonb_build_object('state', 'local');
  end if;
  v_brief := app_private.analyst_brief(claim_analysis.pattern_id);
  if v_brief is null then
    return jsonb_build_object('state', 'gone');
  end if;
  if exists (select from app_public.analyses a where a.pattern_id = claim_analysis.pattern_id
               and (a.status = 'batched' or a.status = 'queued' and (a.batch_id is not null or a.locked_until > clock_timestamp() and a.run_id is distinct from claim_analysis.run_id))) then
    return jsonb_build_object('state', 'taken');
  end if;
  v_fingerprint := sha256(decode(v_brief ->> 'fingerprint', 'hex') || convert_to(claim_analysis.analyst, 'UTF8'));
  select * into v_analysis from app_public.analyses a where a.fingerprint = v_fingerprint for update;
  if v_analysis.status in ('proposed', 'refused', 'nothing')
     -- What the model itself could not do it cannot do the next time; what else went wrong may be right by now.
     or v_analysis.status = 'failed' and v_analysis.error ~ '^(?:truncated|invalid_output|refused|filtered)' then
    return jsonb_build_object('state', 'done', 'analysis_id', v_analysis.id, 'status', v_analysis.status);
  elsif v_analysis.status = 'queued' and v_analysis.suggestion is not null then
    update app_public.analyses a set attempts = a.attempts + 1, run_id = coalesce(claim_analysis.run_id, a.run_id), locked_until = clock_timestamp() + c_lease, updated_at = clock_timestamp()
     where a.id = v_analysis.id returning * into v_analysis;
    return jsonb_build_object('state', 'received', 'analysis_id', v_analysis.id, 'attempt', v_analysis.attempts) || app_private.check_analysis(v_analysis.id, v_analysis.suggestion);
  end if;
  v_cost := app_private.analysis_cost(v_brief, claim_analysis.analyst, batch_id is not null);
  v_left := app_private.llm_budget_left();
  if app_private.llm_budget_state() = 'stopped' or v_cost > v_left then
    return jsonb_build_object('state', 'over_budget', 'estimated_cost', v_cost, 'budget', v_left);
  end if;
  update app_public.analyses a set status = 'superseded', finished_at = clock_timestamp(), updated_at = clock_timestamp(), locked_until = null, error = 'The pattern is analysed anew, with what has come since.'
   where a.pattern_id = claim_analysis.pattern_id and a.status = 'queued' and a.fingerprint <> v_fingerprint;
  insert into app_public.analyses as a (pattern_id, fingerprint, analyst, prompt_version_id, sops, failed_response_ids, knowledge_ids, run_id, batch_id, custom_id, attempts, locked_until, estimated_cost)
  values (claim_analysis.pattern_id, v_fingerprint, claim_analysis.analyst, (v_brief #>> '{prompt,version_id}')::integer, v_brief -> 'sops', array(select e::integer from jsonb_array_elements_text(v_brief -> 'failed_response_ids') e),
      array(select e::integer from jsonb_array_elements_text(v_brief -> 'knowledge_ids') e), claim_analysis.run_id, claim_analysis.batch_id, null, 1, case when claim_analysis.batch_id is null then clock_timestamp() + c_lease end, v_cost)
  on conflict (fingerprint) do update
     set status = 'queued', finished_at = null, attempts = a.attempts + 1, run_id = coalesce(excluded.run_id, a.run_id), batch_id = excluded.batch_id, locked_until = excluded.locked_until, estimated_cost = excluded.estimated_cost,
         knowledge_ids = excluded.knowledge_ids, error = null, suggestion = null, reasons = '{}', updated_at = clock_timestamp()
  returning * into v_analysis;
  if batch_id is not null then
    -- By the token nobody else's results are taken for ours; by the attempt not our own of another batch.
    update app_public.analyses a set custom_id = format('clubos-%s-%s-%s', v_batch.token, a.id, a.attempts) where a.id = v_analysis.id;
    insert into app_private.analysis_briefs as b (analysis_id, own) values (v_analysis.id, v_brief -> 'own') on conflict on constraint analysis_briefs_pkey do update set own = excluded.own;
    update app_public.analysis_batches b set requests = b.requests + 1 where b.id = v_batch.id;
    return jsonb_build_object('state', 'batched', 'analysis_id', v_analysis.id, 'characters', length(v_brief::text));
  end if;
  return jsonb_build_object('state', 'claimed', 'analysis_id', v_analysis.id, 'attempt', v_analysis.attempts, 'prompt', v_brief #> '{prompt,content}', 'shared', v_brief -> 'shared', 'own', v_brief -> 'own');
end
$$;
comment on function app_private.claim_analysis(integer, text, integer, integer) is
$$Takes a pattern for an analyst, for ten minutes. {state, analysis_id, attempt, …}: claimed (with prompt, shared and own: ask the model), local (no model is asked: draft_improvement knows what to propose), received (the model has answered already: with what check_analysis gives), batched (it is in the batch, with so many characters), done (this brief was analysed), taken (somebody else is at it, or a batch), over_budget, gone (nothing to analyse), batch_closed. A run takes its own back at once: its job was tried again.$$;

create or replace function app_private.receive_analysis(analysis_id integer, attempt integer, output jsonb, calls jsonb default '[]', error text default null, again boolean default false) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_analysis app_public.analyses;
  v_checked jsonb;
begin
  perform app_private.take_turns_with_erasure();
  select * into v_analysis from app_public.analyses a where a.id = receive_analysis.analysis_id for update;
  if v_analysis.id is null or v_analysis.status not in ('queued', 'batched') or v_analysis.attempts <> attempt then
    -- Somebody else has it by now. A message was paid all the same; a batch's result that comes again was not.
    perform app_private.record_llm_calls(jsonb_path_query_array(coalesce(calls, '[]'), '$[*] ? (!(@.batch == true))'), analysis_id => v_analysis.id);
    return jsonb_build_object('state', 'stale', 'status', v_analysis.status);
  end if;
  -- A batch's results are read again after a crash: what stands here already was paid once.
  if v_analysis.suggestion is null then
    perform app_private.record_llm_calls(calls, analysis_id => v_analysis.id);
  end if;
  if receive_analysis.error is not null then
    update app_public.analyses a
       set status = case when again then 'queued' else 'failed' end, finished_at = case when not again then clock_timestamp() end, locked_until = null, batch_id = case when not again then a.batch_id end,
           custom_id = case when not again then a.custom_id end, error = left(receive_analysis.error, 1000), suggestion = null, updated_at = clock_timestamp()
     where a.id = v_analysis.id;
    return jsonb_build_object('state', case when again then 'queued' else 'failed' end);
  end if;
  v_checked := app_private.check_analysis(v_analysis.id, output);
  update app_public.analyses a
     set suggestion = receive_analysis.output, updated_at = clock_timestamp(), error = v_checked ->> 'superseded',
         reasons = coalesce(array(select jsonb_array_elements_text(v_checked -> 'reasons')), '{}'),
         status = case when v_checked ? 'reasons' then 'refused' when v_checked ? 'nothing' then 'nothing' when v_checked ? 'superseded' then 'superseded' else 'queued' end,
         finished_at = case when v_checked ?| array['reasons', 'nothing', 'superseded'] then clock_timestamp() end,
         locked_until = case when not v_checked ?| array['reasons', 'nothing', 'superseded'] then clock_timestamp() + interval '10 minutes' end
   where a.id = v_analysis.id;
  update app_public.failure_patterns p set analyst = v_analysis.analyst, updated_at = now() where p.id = v_analysis.pattern_id and p.analyst <> v_analysis.analyst;
  return jsonb_build_object('state', 'received') || v_checked;
end
$$;
comment on function app_private.receive_analysis(integer, integer, jsonb, jsonb, text, boolean) is
$$Takes what a model said in its attempt: writes its calls into the ledger, checks the output (app_private.check_analysis) and records it. error: why there is none; again: whether the analysis shall be tried again (then it waits, in no batch). {state, …}: received (with what check_analysis gives), queued, failed, or stale (somebody else has it by now; nothing changes).$$;

create or replace function app_private.propose_analysis(analysis_id integer, attempt integer) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_analysis app_public.analyses;
  v_checked jsonb;
  v_improvement app_public.improvement_queue;
begin
  perform app_private.take_turns_with_erasure();
  select * into v_analysis from app_public.analyses a where a.id = propose_analysis.analysis_id for update;
  if v_analysis.id is null or v_analysis.status not in ('queued', 'batched') or v_analysis.attempts <> attempt or v_analysis.suggestion is null then
    return jsonb_build_object('state', 'stale', 'status', v_analysis.status, 'improvement_id', v_analysis.improvement_id);
  end if;
  -- The world may have moved on while the draft was embedded; and no draft from outside is believed.
  v_checked := app_private.check_analysis(v_analysis.id, v_analysis.suggestion);
  if v_checked ? 'kind' then
    v_improvement := app_public.propose_improvement(kind => v_checked ->> 'kind', suggestion => v_checked -> 'suggestion',
      failed_response_ids => array(select e::integer from jsonb_array_elements_text(v_checked -> 'failed_response_ids') e), pattern_id => v_analysis.pattern_id,
      base_version => (v_checked ->> 'base_version')::integer, proposed_by => v_analysis.analyst || ' analyst');
    if v_improvement.status <> 'pending' then
      v_checked := jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('twin_of_rejected', 'proposal ' || v_improvement.id)));
    end if;
    update app_public.llm_calls l set improvement_id = v_improvement.id where l.analysis_id = v_analysis.id;
  end if;
  update app_public.analyses a
     set status = case when v_checked ? 'reasons' then 'refused' when v_checked ? 'superseded' then 'superseded' else 'proposed' end, finished_at = clock_timestamp(), updated_at = clock_timestamp(), locked_until = null,
         reasons = coalesce(array(select jsonb_array_elements_text(v_checked -> 'reasons')), '{}'), error = v_checked ->> 'superseded', improvement_id = v_improvement.id
   where a.id = v_analysis.id returning * into v_analysis;
  return jsonb_build_object('state', v_analysis.status, 'improvement_id', v_improvement.id);
end
$$;
comment on function app_private.propose_analysis(integer, integer) is
  'Puts a received analysis into the review queue, checked once more: {state: proposed | refused | superseded | stale, improvement_id}. Its calls in the ledger name the proposal from now on.';

create or replace function app_private.record_local_analysis(pattern_id integer, run_id integer, improvement_id integer, reasons text[] default '{}') returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_failures integer[];
begin
  select array_agg(f.id order by f.id) into v_failures from app_public.failed_responses f
   where f.pattern_id = record_local_analysis.pattern_id and f.withdrawn_at is null and f.erased_at is null and f.resolved_by_improvement_id is null
     and (exists (select from app_public.improvement_evidence e where e.failed_response_id = f.id and e.improvement_id = record_local_analysis.improvement_id)
          or record_local_analysis.improvement_id is null and not exists (select from app_public.improvement_evidence e join app_public.improvement_queue q on q.id = e.improvement_id where e.failed_response_id = f.id and q.status <> 'superseded'));
  if v_failures is null then
    return;
  end if;
  insert into app_public.analyses as a (pattern_id, fingerprint, status, analyst, failed_response_ids, reasons, improvement_id, run_id, attempts, finished_at)
  values (record_local_analysis.pattern_id, sha256(convert_to(jsonb_build_array('local', record_local_analysis.pattern_id, v_failures)::text, 'UTF8')),
      case when record_local_analysis.improvement_id is null then 'nothing' else 'proposed' end, 'local', v_failures, reasons, record_local_analysis.improvement_id, record_local_analysis.run_id, 1, clock_timestamp())
  on conflict (fingerprint) do update set status = excluded.status, improvement_id = coalesce(excluded.improvement_id, a.improvement_id), run_id = excluded.run_id, reasons = excluded.reasons, attempts = a.attempts + 1,
     updated_at = clock_timestamp(), finished_at = clock_timestamp();
end
$$;
comment on function app_private.record_local_analysis(integer, integer, integer, text[]) is 'Writes down that the local analyst looked at a pattern, why it and no model did, and what it proposed (null: nothing).';

create or replace function app_private.proposals_without_dry_run() returns setof integer
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select q.id from app_public.improvement_queue q
   where q.status = 'pending' and q.dry_run is null and exists (select from app_public.analyses a where a.improvement_id = q.id) order by q.id
$$;
comment on function app_private.proposals_without_dry_run() is 'Analysts'' proposals that a crash left without their dry run.';

create or replace function app_private.erase__analyses(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_failures integer[] := array(select f.id from app_public.failed_responses f where f.response_id = any (response_ids));
  v_done bigint;
begin
  delete from app_private.analysis_briefs b using app_public.analyses a where a.id = b.analysis_id and a.failed_response_ids && v_failures;
  update app_public.analyses a
     set suggestion = null, reasons = array(select split_part(r, ':', 1) from unnest(a.reasons) with ordinality t(r, o) order by o), updated_at = clock_timestamp(),
         status = case when a.status in ('queued', 'batched') then 'superseded' else a.status end, finished_at = coalesce(a.finished_at, clock_timestamp()), locked_until = null,
         error = case when a.status in ('queued', 'batched') then 'A customer was erased meanwhile.' else a.error end
   where a.failed_response_ids && v_failures and (a.suggestion is not null or a.status in ('queued', 'batched') or array_to_string(a.reasons, '') ~ ':');
  get diagnostics v_done = row_count;
  return v_done;
end
$$;
comment on function app_private.erase__analyses(uuid, integer[], bigint[]) is 'Takes what models made of these customers'' words out of analyses; those under way are given up. Returns how many.';

create or replace function app_private.retain__analyses(before timestamptz) returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_done bigint;
begin
  update app_public.analyses a
     set suggestion = null, reasons = array(select split_part(r, ':', 1) from unnest(a.reasons) with ordinality t(r, o) order by o)
   where a.id in (select x.id from app_public.analyses x where x.finished_at < before and (x.suggestion is not null or array_to_string(x.reasons, '') ~ ':') order by x.id limit 500 for update skip locked);
  get diagnostics v_done = row_count;
  return v_done;
end
$$;
comment on function app_private.retain__analyses(timestamptz) is 'Takes suggestions, and what reasons quote of them, out of analyses that were finished earlier.';
insert into app_public.retention_rules (kind, keep, description) values
  ('analyses', '180 days', 'What analysts suggested and why it was refused; status, analyst and cost stay.')
on conflict do nothing;
--! EndIncluded functions/analyses.sql
--! Included mutations/experiments.sql
create or replace function app_hidden.find_experiment(experiment_id integer, statuses text[]) returns app_public.experiments
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_experiment app_public.experiments;
begin
  select * into v_experiment from app_public.experiments e where e.id = find_experiment.experiment_id for no key update;
  if v_experiment.id is null then
    raise exception 'There is no experiment with id %.', find_experiment.experiment_id using errcode = 'CO404', hint = 'select id, name, status from experiments;';
  elsif v_experiment.status <> all (statuses) then
    raise exception 'The experiment "%" is % since % (by %): %', v_experiment.name, v_experiment.status, to_char(v_experiment.status_at, 'YYYY-MM-DD HH24:MI'), v_experiment.status_by, v_experiment.status_reason
      using errcode = 'CO141', detail = jsonb_build_object('status', v_experiment.status, 'by', v_experiment.status_by)::text,
            hint = 'Reload it. One that is over stays over; its texts can be saved by save_sop, or tried again in another experiment.';
  end if;
  return v_experiment;
end
$$;
comment on function app_hidden.find_experiment(integer, text[]) is 'The experiment, locked; CO404 where there is none, CO141 where its status is none of these.';

create or replace function app_public.start_experiment(sop_id integer, variants text[], name text, reason text, minimum_sample integer default 100, weights integer[] default null,
  stop_on_harm boolean default true, expected_version integer default null) returns app_public.experiments
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_sop app_public.sops;
  v_open app_public.experiments;
  v_experiment app_public.experiments;
  v_texts text[];
  v_weights integer[];
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  perform app_hidden.set_reason(app_hidden.require_reason(start_experiment.reason));
  v_sop := app_hidden.find_sop(start_experiment.sop_id, for_update => true);
  if v_sop.category = 'emergency' then
    raise exception 'What is said in an emergency is never experimented on.' using errcode = 'CO142', hint = 'Improve it by save_sop, after a person has read it.';
  elsif v_sop.category = 'hand_over' then
    raise exception 'What a person answers is not experimented on.' using errcode = 'CO142', hint = 'Improve it by save_sop.';
  elsif v_sop.archived_at is not null then
    raise exception '%/% is out of use; nobody would see an experiment.', v_sop.category, v_sop.section using errcode = 'CO005';
  elsif expected_version is not null and v_sop.version <> expected_version then
    raise exception '%/% is at version %, not % as you expected: somebody changed it meanwhile.', v_sop.category, v_sop.section, v_sop.version, expected_version
      using errcode = 'CO101', detail = jsonb_build_object('sop_id', v_sop.id, 'version', v_sop.version)::text, hint = 'Look at sop_diff(sop_id, your version, current version), and start from the current one.';
  end if;
  select * into v_open from app_public.experiments e where e.sop_id = v_sop.id and e.status in ('running', 'paused');
  if v_open.id is not null then
    raise exception '%/% has an experiment already: "%", %.', v_sop.category, v_sop.section, v_open.name, v_open.status
      using errcode = 'CO140', detail = jsonb_build_object('experiment_id', v_open.id, 'status', v_open.status)::text, hint = 'Conclude or stop it first; two at once would each measure the other''s changes.';
  end if;
  if coalesce(btrim(start_experiment.name), '') = '' or length(start_experiment.name) > 200 then
    raise exception 'An experiment has a name of at most 200 characters.' using errcode = 'CO005';
  elsif coalesce(cardinality(variants), 0) not between 1 and 4 or exists (select from unnest(variants) v where coalesce(btrim(v), '') = '') then
    raise exception 'An experiment has one to four variants, each with a text.' using errcode = 'CO005', hint = 'The control is the SOP as it is; do not name it.';
  elsif exists (select from unnest(variants) v where octet_length(v) > 1048576) then
    raise exception 'A variant is over 1 MiB long.' using errcode = 'CO006';
  end if;
  v_texts := array[v_sop.content] || variants;
  if (select count(distinct t) from unnest(v_texts) t) < cardinality(v_texts) then
    raise exception 'A variant says what the SOP, or another variant, says already.' using errcode = 'CO106';
  elsif exists (select from unnest(v_texts) t where not exists (select from app_hidden.sop_units(v_sop.category, v_sop.section, t) u where u.kind = 'section')) then
    raise exception 'A variant has nothing to answer with: no section but customers'' phrases.' using errcode = 'CO005';
  end if;
  v_weights := coalesce(start_experiment.weights, array_fill(1, array[cardinality(v_texts)]));
  if cardinality(v_weights) <> cardinality(v_texts) or exists (select from unnest(v_weights) w where w is null or w not between 1 and 1000) then
    raise exception 'Each arm has a weight from 1 to 1000, the control first: % of them here.', cardinality(v_texts) using errcode = 'CO005', hint = 'Such as {9,1}: one subject in ten gets the variant.';
  elsif coalesce(start_experiment.minimum_sample, 0) not between 1 and 1000000 then
    raise exception 'The minimum sample is 1 to 1000000 rated subjects an arm, not %.', start_experiment.minimum_sample using errcode = 'CO005';
  end if;
  insert into app_public.experiments (name, sop_id, sop_version_id, base_version, minimum_sample, stop_on_harm, started_by, start_reason, status_by, status_reason)
  select btrim(start_experiment.name), v_sop.id, v.id, v.version, start_experiment.minimum_sample, coalesce(start_experiment.stop_on_harm, true),
         app_hidden.require_actor(), app_hidden.current_reason(), app_hidden.require_actor(), app_hidden.current_reason()
    from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = v_sop.version
  returning * into v_experiment;
  insert into app_public.experiment_arms (experiment_id, label, content, weight)
  select v_experiment.id, chr(64 + t.place::integer), t.content, v_weights[t.place] from unnest(v_texts) with ordinality t(content, place);
  -- Their vectors choose the section to quote, and a winner is searchable the moment that it is promoted.
  perform app_hidden.add_job('search_units__embed');
  return v_experiment;
end
$$;
comment on function app_public.start_experiment(integer, text[], text, text, integer, integer[], boolean, integer) is
$$Tries other wordings of an SOP: from now on each visitor (or conversation) gets the SOP as it is (arm A, the control) or one of the variants (B to E), always the same one, when an answer rests on this SOP. Only what is read out differs; what is found goes by the SOP as it is.
variants: the whole texts, one to four. minimum_sample: rated subjects an arm should have before it is called better. weights: the arms' shares, the control's first, such as {9,1}; without, equal ones. stop_on_harm: stop by itself once an arm is worse beyond doubt. expected_version: the version that the variants were written from.
While it is open, any new version of the SOP stops it. At most one is open per SOP.
Errors: CO001 no actor, CO002 no reason, CO005 a name, variants, weights or sample that cannot be, or an SOP out of use, CO006 over 1 MiB, CO101 the SOP changed meanwhile, CO106 a variant that changes nothing, CO140 an open experiment, CO142 an SOP of emergencies, or of what a person answers, CO403 not a reviewer, CO404 no such SOP.$$;

create or replace function app_public.pause_experiment(experiment_id integer, reason text) returns app_public.experiments
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_experiment app_public.experiments;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(pause_experiment.reason));
  v_experiment := app_hidden.find_experiment(pause_experiment.experiment_id, '{running,paused}');
  if v_experiment.status = 'running' then
    update app_public.experiments e set status = 'paused', status_by = app_hidden.require_actor(), status_at = clock_timestamp(), status_reason = app_hidden.current_reason()
     where e.id = v_experiment.id returning * into v_experiment;
  end if;
  return v_experiment;
end
$$;
comment on function app_public.pause_experiment(integer, text) is
$$Serves the SOP as it is to everybody until resume_experiment, and counts nothing meanwhile. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO141 it is over, CO403 not a reviewer, CO404 no such experiment.$$;

create or replace function app_public.resume_experiment(experiment_id integer, reason text) returns app_public.experiments
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_experiment app_public.experiments;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(resume_experiment.reason));
  v_experiment := app_hidden.find_experiment(resume_experiment.experiment_id, '{running,paused}');
  if v_experiment.status = 'paused' then
    update app_public.experiments e set status = 'running', status_by = app_hidden.require_actor(), status_at = clock_timestamp(), status_reason = app_hidden.current_reason()
     where e.id = v_experiment.id returning * into v_experiment;
  end if;
  return v_experiment;
end
$$;
comment on function app_public.resume_experiment(integer, text) is
$$Goes on with a paused experiment: everybody gets the arm they had. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO141 it is over, CO403 not a reviewer, CO404 no such experiment.$$;

create or replace function app_public.stop_experiment(experiment_id integer, reason text) returns app_public.experiments
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_experiment app_public.experiments;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(stop_experiment.reason));
  v_experiment := app_hidden.find_experiment(stop_experiment.experiment_id, '{running,paused,stopped}');
  if v_experiment.status <> 'stopped' then
    v_experiment := app_private.end_experiment(v_experiment.id, 'stopped', app_hidden.current_reason());
  end if;
  return v_experiment;
end
$$;
comment on function app_public.stop_experiment(integer, text) is
$$Ends an experiment without a winner: the SOP stays as it is, and the figures are kept. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO141 it was concluded, CO403 not a reviewer, CO404 no such experiment.$$;

create or replace function app_public.conclude_experiment(experiment_id integer, winner text, reason text) returns app_public.experiments
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_experiment app_public.experiments;
  v_arm app_public.experiment_arms;
  v_sop app_public.sops;
  v_reason text := app_hidden.require_reason(conclude_experiment.reason);
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor(), app_hidden.set_reason(v_reason);
  -- The SOP before its experiment: so does whoever writes a version, which stops it.
  perform from app_public.sops s where s.id = (select e.sop_id from app_public.experiments e where e.id = conclude_experiment.experiment_id) for no key update;
  v_experiment := app_hidden.find_experiment(conclude_experiment.experiment_id, '{running,paused,concluded}');
  if v_experiment.status = 'concluded' then
    if v_experiment.winner = upper(btrim(conclude_experiment.winner)) and v_experiment.status_by = app_hidden.require_actor() then
      return v_experiment; -- concluded so already: repeating a call is harmless
    end if;
    perform app_hidden.find_experiment(v_experiment.id, '{running,paused}');
  end if;
  select * into v_arm from app_public.experiment_arms a where a.experiment_id = v_experiment.id and a.label = upper(btrim(conclude_experiment.winner));
  if v_arm.id is null then
    raise exception 'The experiment has no arm %; it has %.', coalesce(quote_literal(conclude_experiment.winner), 'of no name'),
      (select string_agg(a.label, ', ' order by a.label) from app_public.experiment_arms a where a.experiment_id = v_experiment.id) using errcode = 'CO005';
  end if;
  -- Over first, so that its own promotion does not stop it.
  v_experiment := app_private.end_experiment(v_experiment.id, 'concluded', v_reason, v_arm.label);
  if v_arm.label <> 'A' then
    select * into v_sop from app_public.sops s where s.id = v_experiment.sop_id;
    v_sop := app_public.save_sop(v_sop.category, v_sop.section, v_arm.content, left(format('Experiment "%s": arm %s won. %s', v_experiment.name, v_arm.label, v_reason), 4000), v_experiment.base_version);
    perform app_hidden.set_reason(v_reason);
    update app_public.experiments e set promoted_version_id = (select v.id from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = v_sop.version)
     where e.id = v_experiment.id returning * into v_experiment;
  end if;
  return v_experiment;
end
$$;
comment on function app_public.conclude_experiment(integer, text, text) is
$$Ends an experiment with a winner. Its text becomes the SOP's next version, with the reason; where the control (A) wins, nothing is written. winner: the arm's label. The figures that it was decided on are kept. The same caller may repeat it.
Errors: CO001 no actor, CO002 no reason, CO005 no such arm, CO101 the SOP moved on meanwhile, CO141 it is over, or was concluded by somebody else or otherwise, CO403 not a reviewer, CO404 no such experiment.$$;
--! EndIncluded mutations/experiments.sql
--! Included mutations/imports.sql
create or replace function app_public.stage_import(name text, items jsonb) returns app_public.import_batches
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_batch app_public.import_batches;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  if jsonb_typeof(items) is distinct from 'array' or jsonb_array_length(items) = 0 or exists (
       select from jsonb_array_elements(items) e where jsonb_typeof(e) <> 'object' or coalesce(e ->> 'kind' not in ('sop', 'knowledge', 'conversation'), true)
          or e ->> 'kind' = 'sop' and coalesce(btrim(e ->> 'topic'), '') = '') then
    raise exception 'An import needs items.' using errcode = 'CO005', hint = '[{"kind": "sop", "category": …, "topic": section, "content": markdown}, {"kind": "knowledge" or "conversation", "category": …, "topic": …, "question": …, "content": answer}]';
  elsif jsonb_array_length(items) > 500 then
    raise exception 'These are % items; 500 is the most at once.', jsonb_array_length(items) using errcode = 'CO006', hint = 'Send them as a file to POST /import, or use clubos import v1.';
  end if;
  v_batch := app_private.begin_import(stage_import.name, 'api');
  perform app_private.add_import_items(v_batch.id, (
    select jsonb_agg((e.value - '{reason_code,reason_details}'::text[]) || jsonb_build_object('file', coalesce(e.value ->> 'file', 'item ' || e.o), 'topic', coalesce(nullif(btrim(e.value ->> 'topic'), ''), left(e.value ->> 'question', 100))) order by e.o)
      from jsonb_array_elements(items) with ordinality e(value, o)));
  perform app_private.categorise_import(v_batch.id);
  while app_private.plan_import_step(v_batch.id) > 0 loop
  end loop;
  return app_private.finish_staging(v_batch.id);
end
$$;
comment on function app_public.stage_import(text, jsonb) is
$$Stages an import and returns it with its plan, which importItems shows item by item; nothing is written yet. items: [{kind: sop, category, topic (the section), content}, {kind: knowledge or conversation, category, topic?, question, content (the answer)}], each with file? (where it is from) and review? (why a person should see it), at most 500. Conversations are masked and only ever proposed. Files go to POST /import instead.
Errors: CO001 no actor, CO005 incomplete, CO006 more than 500, CO403 not an admin.$$;

create or replace function app_public.apply_import(batch_id integer, reason text, as_proposals boolean default false) returns app_public.import_batches
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_batch app_public.import_batches;
  v_reason text;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  v_reason := app_hidden.require_reason(apply_import.reason);
  v_batch := app_private.find_import(batch_id, '{staged,applying,applied}');
  if v_batch.status <> 'staged' then
    return v_batch; -- repeating a call is harmless
  end if;
  update app_public.import_batches b
     set status = 'applying', reason = v_reason, as_proposals = coalesce(apply_import.as_proposals, false), applied_by = app_hidden.require_actor(), done = 0, updated_at = clock_timestamp(),
         total = (select count(*) from app_public.import_items i where i.batch_id = b.id and i.action in ('create', 'update', 'propose'))
   where b.id = v_batch.id returning * into v_batch;
  if v_batch.total <= 500 then
    perform app_private.apply_import_step(v_batch.id);
  else
    perform app_hidden.add_job('imports__apply', json_build_object('batch', v_batch.id), 'imports__apply:' || v_batch.id);
  end if;
  return (select b from app_public.import_batches b where b.id = v_batch.id);
end
$$;
comment on function app_public.apply_import(integer, text, boolean) is
$$Does what a staged import plans: SOPs and knowledge are written, what a person should see goes to the review queue; as_proposals: all of it goes there. Up to 500 items it is one transaction, all or none; of more the worker does 500 a transaction, going on where it was (status applying, done of total). What somebody changed since it was staged is left alone and is in conflict. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO190 it is not staged, CO403 not an admin, CO404 no such import.$$;

create or replace function app_public.rollback_import(batch_id integer, reason text, force boolean default false) returns app_public.import_batches
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_batch app_public.import_batches;
  v_reason text;
  v_obstacles jsonb;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  v_reason := app_hidden.require_reason(rollback_import.reason);
  v_batch := app_private.find_import(batch_id, '{applying,applied,rolling_back,rolled_back}');
  if v_batch.status = 'rolled_back' or v_batch.status = 'rolling_back' and v_batch.rollback_forced >= coalesce(force, false) then
    return v_batch;
  end if;
  if not coalesce(force, false) then
    select jsonb_agg(jsonb_build_object('item_id', o.item_id, 'what', o.what)) into v_obstacles from (select * from app_private.import_obstacles(v_batch.id) limit 50) o;
    if v_obstacles is not null then
      raise exception 'Import % cannot be taken back: %', v_batch.id, (select string_agg(o ->> 'what', '; ') from (select o from jsonb_array_elements(v_obstacles) o limit 5) f(o))
          || case when jsonb_array_length(v_obstacles) > 5 then format('; and %s more.', jsonb_array_length(v_obstacles) - 5) else '.' end
        using errcode = 'CO191', detail = jsonb_build_object('batch_id', v_batch.id, 'obstacles', v_obstacles)::text,
              hint = 'Take back the later changes first, or force: rollback_import(batch_id, reason, force => true) leaves what was changed since.';
    end if;
  end if;
  update app_public.import_batches b
     set status = 'rolling_back', rollback_reason = v_reason, rollback_forced = coalesce(force, false), rolled_back_by = app_hidden.require_actor(), done = 0, updated_at = clock_timestamp(),
         total = (select count(*) from app_public.import_items i where i.batch_id = b.id and i.status = 'applied' and i.written is not null)
   where b.id = v_batch.id returning * into v_batch;
  if v_batch.total <= 500 then
    perform app_private.rollback_import_step(v_batch.id);
  else
    perform app_hidden.add_job('imports__rollback', json_build_object('batch', v_batch.id), 'imports__rollback:' || v_batch.id);
  end if;
  return (select b from app_public.import_batches b where b.id = v_batch.id);
end
$$;
comment on function app_public.rollback_import(integer, text, boolean) is
$$Takes an applied import back: SOPs say again what they said before, those that it made are archived, entries that it made are deleted and others as they were, proposals that still wait are withdrawn; the history tells of both. Refused where something was changed or built on it since; force leaves that as it is (status kept) and takes back the rest. Of more than 500 items the worker does 500 a transaction. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO190 it was not applied, CO191 something was built on it since, CO403 not an admin, CO404 no such import.$$;

create or replace function app_public.discard_import(batch_id integer) returns app_public.import_batches
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_batch app_public.import_batches;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  v_batch := app_private.find_import(batch_id, '{staging,staged,failed,discarded}');
  delete from app_private.import_uploads u where u.batch_id = v_batch.id;
  update app_public.import_items i set content = null, question = null, sketch = null where i.batch_id = v_batch.id;
  update app_public.import_batches b set status = 'discarded', stage = null, updated_at = clock_timestamp() where b.id = v_batch.id returning * into v_batch;
  return v_batch;
end
$$;
comment on function app_public.discard_import(integer) is
$$Throws a staged import away, its texts with it; the report stays. Repeating it changes nothing.
Errors: CO001 no actor, CO190 it was applied (rollback_import takes it back), CO403 not an admin, CO404 no such import.$$;
--! EndIncluded mutations/imports.sql
--! Included mutations/mark_response.sql
create or replace function app_public.mark_helpful(response_id bigint) returns app_public.responses
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_response app_public.responses := app_hidden.visible_response(mark_helpful.response_id);
begin
  if v_response.feedback = 'helpful' then
    return app_hidden.granted_columns(v_response);
  end if;
  perform app_private.lock_rated_entries(v_response);
  perform app_private.withdraw_feedback(v_response);
  update app_public.responses r set feedback = 'helpful', feedback_by = app_hidden.voter(), feedback_at = now()
   where r.id = v_response.id returning * into v_response;
  -- A question that was handed over cites something only where that says that it is for a person.
  if v_response.outcome in ('answered', 'handed_over') then
    perform app_private.learn_from(v_response);
  end if;
  return app_hidden.granted_columns(v_response);
end
$$;
comment on function app_public.mark_helpful(bigint) is
$$Says that an answer helped: its question becomes learned knowledge (unreviewed until staff or enough distinct customers agree) and its sources' success rates rise. Counts once per response; repeating it changes nothing; mark_unhelpful takes it back.
Errors: CO005 a draft, CO110 it was erased, CO404 no such response, or another customer's.$$;

create or replace function app_public.mark_unhelpful(response_id bigint, feedback_type text default 'unhelpful', user_correction text default null,
  expected_sop_id integer default null, expected_category text default null, expected_topic text default null) returns app_public.responses
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_response app_public.responses;
begin
  if coalesce(mark_unhelpful.feedback_type, '') not in ('unhelpful', 'wrong', 'incomplete') then
    raise exception 'feedback_type is unhelpful, wrong or incomplete, not %.', coalesce(quote_literal(mark_unhelpful.feedback_type), 'empty') using errcode = 'CO005';
  elsif length(mark_unhelpful.user_correction) > 10000 then
    raise exception 'The correction is % characters long; 10000 is the most.', length(mark_unhelpful.user_correction) using errcode = 'CO006';
  end if;
  if coalesce(expected_sop_id::text, expected_category, expected_topic) is not null then
    perform app_hidden.require_role('agent');
    if expected_sop_id is not null then
      perform app_hidden.find_sop(expected_sop_id);
    end if;
  end if;
  v_response := app_hidden.visible_response(mark_unhelpful.response_id);
  if v_response.feedback is distinct from 'unhelpful' then
    perform app_private.lock_rated_entries(v_response);
    perform app_private.withdraw_feedback(v_response);
    update app_public.responses r set feedback = 'unhelpful', feedback_by = app_hidden.voter(), feedback_at = now()
     where r.id = v_response.id returning * into v_response;
    perform app_private.vote(k.id, v_response.id, false)
       from app_public.knowledge_base k
       join app_public.response_sources s on s.knowledge_id = k.id
      where s.response_id = v_response.id and s.cited;
  end if;
  perform app_private.record_failure(v_response, mark_unhelpful.feedback_type, mark_unhelpful.user_correction,
    mark_unhelpful.expected_sop_id, mark_unhelpful.expected_category, mark_unhelpful.expected_topic);
  return app_hidden.granted_columns(v_response);
end
$$;
comment on function app_public.mark_unhelpful(bigint, text, text, integer, text, text) is
$$Says that an answer failed, once per response, and files it for analysis. feedback_type: unhelpful, wrong or incomplete. user_correction: what would have been right, at most 10,000 characters; never published unseen. expected_…: what staff say should have answered; expected_category 'hand_over' alone: a person.
Errors: CO005 unknown feedback_type or a draft, CO006 too long, CO110 it was erased, CO403 expected_… not from staff, CO404 no such response, or another customer's.$$;
--! EndIncluded mutations/mark_response.sql
--! Included mutations/conversations.sql
create or replace function app_public.start_conversation(site text default null) returns app_public.tickets
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ticket app_public.tickets;
begin
  insert into app_public.tickets (visitor_id, site_id) values (app_public.current_visitor_id(), app_hidden.find_site(start_conversation.site))
  returning * into v_ticket;
  return app_hidden.granted_columns(v_ticket);
end
$$;
comment on function app_public.start_conversation(text) is 'Begins a conversation; give its `conversation` to ask. site: slug of the venue. Errors: CO404 no such site.';

create or replace function app_public.take_over(ticket_id integer) returns app_public.tickets
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ticket app_public.tickets;
  v_actor text;
begin
  perform app_hidden.require_role('agent');
  v_actor := app_hidden.require_actor();
  v_ticket := app_hidden.find_ticket(take_over.ticket_id);
  if app_hidden.assistant_is_silent(v_ticket) and v_ticket.assignee <> v_actor then
    raise exception '% has this conversation already.', v_ticket.assignee
      using errcode = 'CO104', detail = jsonb_build_object('assignee', v_ticket.assignee)::text, hint = 'Ask them to hand it back.';
  end if;
  update app_public.tickets t
     set status = 'taken', assignee = v_actor, resolution = null, resolved_at = null, resolved_by = null, updated_at = now(),
         silent_until = clock_timestamp() + make_interval(mins => s.takeover_minutes)
    from app_public.club_settings s
   where t.id = v_ticket.id returning t.* into v_ticket;
  insert into app_public.messages (ticket_id, author_kind, author, body) values (v_ticket.id, 'system', v_actor, v_actor || ' took over');
  return v_ticket;
end
$$;
comment on function app_public.take_over(integer) is
$$Takes a conversation over: from now on the assistant is silent in it, also with an answer that is on its way, until hand_back or club_settings.takeover_minutes pass.
Errors: CO001 no actor, CO104 somebody else has it, CO403 not an agent, CO404 no such ticket.$$;

create or replace function app_public.hand_back(ticket_id integer) returns app_public.tickets
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ticket app_public.tickets;
  v_actor text;
begin
  perform app_hidden.require_role('agent');
  v_actor := app_hidden.require_actor();
  v_ticket := app_hidden.find_ticket(hand_back.ticket_id);
  if v_ticket.status <> 'taken' then
    return v_ticket;
  end if;
  update app_public.tickets t set status = 'open', assignee = null, silent_until = null, updated_at = now() where t.id = v_ticket.id returning t.* into v_ticket;
  insert into app_public.messages (ticket_id, author_kind, author, body) values (v_ticket.id, 'system', v_actor, v_actor || ' handed back to the assistant');
  return v_ticket;
end
$$;
comment on function app_public.hand_back(integer) is 'Gives a conversation back to the assistant. Errors: CO001 no actor, CO403 not an agent, CO404 no such ticket.';

drop function if exists app_public.reply(integer, text);
create or replace function app_public.reply(ticket_id integer, body text, response_id bigint default null) returns app_public.messages
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ticket app_public.tickets;
  v_message app_public.messages;
begin
  perform app_hidden.require_role('agent');
  if coalesce(btrim(reply.body), '') = '' then
    raise exception 'An empty message is not sent.' using errcode = 'CO005';
  elsif octet_length(reply.body) > 65536 then
    raise exception 'The message is too long: 64 kB is the most.' using errcode = 'CO006';
  end if;
  v_ticket := app_hidden.find_ticket(reply.ticket_id);
  if reply.response_id is not null
     and not exists (select from app_public.responses r where r.id = reply.response_id and r.ticket_id = v_ticket.id and r.outcome = 'drafted') then
    raise exception 'There is no draft with id % in this conversation.', reply.response_id using errcode = 'CO404', hint = 'draft_reply(ticket_id) makes one; or leave response_id out.';
  end if;
  if v_ticket.status <> 'taken' or not app_hidden.assistant_is_silent(v_ticket) or v_ticket.assignee <> app_hidden.require_actor() then
    v_ticket := app_public.take_over(v_ticket.id); -- who replies has taken over
  end if;
  insert into app_public.messages (ticket_id, author_kind, author, body, response_id)
  values (v_ticket.id, 'staff', app_hidden.require_actor(), reply.body, reply.response_id) returning * into v_message;
  update app_public.tickets t set updated_at = now() where t.id = v_ticket.id;
  return v_message;
end
$$;
comment on function app_public.reply(integer, text, bigint) is
$$Answers a customer as a person; takes the conversation over first, if need be. response_id: the draft that the message was written from (draft_reply); colleagues see it with its sources.
Errors: CO001 no actor, CO005 empty, CO006 too long, CO104 somebody else has it, CO403 not an agent, CO404 no such ticket or draft.$$;

create or replace function app_public.resolve_ticket(ticket_id integer, resolution text default null, correction text default null,
  expected_sop_id integer default null, expected_category text default null, expected_topic text default null) returns app_public.tickets
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ticket app_public.tickets;
  v_actor text;
  v_response_id bigint;
begin
  perform app_hidden.require_role('agent');
  v_actor := app_hidden.require_actor();
  select max(r.id) into v_response_id from app_public.responses r where r.ticket_id = resolve_ticket.ticket_id and r.outcome in ('answered', 'handed_over');
  if coalesce(nullif(btrim(correction), ''), expected_sop_id::text, expected_category, expected_topic) is not null then
    if v_response_id is null then
      raise exception 'Nothing was answered in this conversation that could be corrected.' using errcode = 'CO005', hint = 'Leave out the correction, or write the entry itself.';
    end if;
    -- The response is locked before the ticket, as everywhere.
    perform app_public.mark_unhelpful(v_response_id, (select case r.outcome when 'answered' then 'wrong' else 'incomplete' end from app_public.responses r where r.id = v_response_id),
      correction, expected_sop_id, expected_category, expected_topic);
  end if;
  v_ticket := app_hidden.find_ticket(resolve_ticket.ticket_id);
  if v_ticket.status = 'resolved' then
    return v_ticket;
  end if;
  update app_public.tickets t
     set status = 'resolved', resolution = resolve_ticket.resolution, resolved_by = v_actor, resolved_at = now(), silent_until = null, updated_at = now()
   where t.id = v_ticket.id returning t.* into v_ticket;
  insert into app_public.messages (ticket_id, author_kind, author, body) values (v_ticket.id, 'system', v_actor, v_actor || ' resolved this');
  return v_ticket;
end
$$;
comment on function app_public.resolve_ticket(integer, text, text, integer, text, text) is
$$Closes a conversation. correction: what the assistant should have said; with expected_… (what should have answered) it feeds learning.
Errors: CO001 no actor, CO005 nothing to correct, CO403 not an agent, CO404 no such ticket or SOP.$$;

create or replace function app_public.set_assistant_enabled(enabled boolean, reason text) returns app_public.club_settings
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_settings app_public.club_settings;
begin
  perform app_hidden.require_role('agent');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(set_assistant_enabled.reason));
  update app_public.club_settings s set assistant_enabled = enabled, updated_at = now() returning * into v_settings;
  -- Every open page shows it at once. No ticket has the id 0.
  perform pg_notify('clubos_tickets', json_build_object('id', 0, 'event', 'assistant')::text);
  return v_settings;
end
$$;
comment on function app_public.set_assistant_enabled(boolean, text) is
$$The kill switch: false stops all automatic answers at once; every question then waits for a person. Whoever is on duty may pull it.
Errors: CO001 no actor, CO002 no reason, CO403 not an agent.$$;
--! EndIncluded mutations/conversations.sql
--! Included policies/policies.sql
-- Row level security of every table: one policy per role path, never one with OR across roles. Policies first,
-- then the grants they bound. Roles inherit: anonymous < customer, agent < reviewer < admin.
do $$
declare
  v_policy record;
  v_grant record;
  v_reader text;
begin
  for v_policy in select schemaname, tablename, policyname from pg_policies where schemaname in ('app_public', 'app_private') loop
    execute format('drop policy %I on %I.%I', v_policy.policyname, v_policy.schemaname, v_policy.tablename);
  end loop;

  -- Grants are made anew as well, so that what is not written here is nobody's.
  revoke all on all tables in schema app_public, app_hidden, app_private from public, anonymous, customer, agent, reviewer, admin, auditor, worker;

  -- Who reads all rows, and all columns. A table that is not listed is read by its owner alone: a new one is given to nobody by accident.
  for v_grant in
    select split_part(g, ':', 1) as readers, btrim(t) as name
      from unnest(array[
        'agent, auditor, worker: sops, sop_versions, knowledge_base, knowledge_questions, failed_responses, failure_patterns, improvement_queue, improvement_evidence, golden_questions, golden_checks, experiments, experiment_arms, club_settings, sites, analyses, analysis_runs, analysis_batches, health_checks',
        'agent, auditor: tickets, messages, responses, response_sources, emergency_signals',
        'reviewer, auditor, worker: prompts, prompt_versions',
        'admin, auditor: llm_prices, llm_calls, reembeddings, audit_log, audit_heads, sessions, api_tokens, webhooks, notifications, retention_rules, retention_runs, privacy_actions, restores, backup_target_tests',
        'admin, auditor, worker: backup_targets, backups',
        'admin, auditor, worker: import_batches, import_items']) g,
      unnest(string_to_array(split_part(g, ':', 2), ',')) t
  loop
    for v_reader in select btrim(r) from unnest(string_to_array(v_grant.readers, ',')) r loop
      execute format('create policy %I on app_public.%I for select to %I using (true)', 'select_' || v_reader, v_grant.name, v_reader);
      execute format('grant select on app_public.%I to %I', v_grant.name, v_reader);
    end loop;
  end loop;
  foreach v_reader in array array['audit_head', 'embedding_cache', 'knowledge_votes', 'search_statistics', 'search_units', 'search_unit_history', 'response_searches', 'search_vocabulary', 'search_unit_changes', 'stale_profiles', 'lexeme_frequencies', 'improvements_in_progress', 'joint_approvals', 'improvement_viewers', 'golden_set', 'worker_heartbeats', 'dead_job_alerts', 'analysis_briefs', 'stated_facts', 'knowledge_findings', 'sop_sketches', 'restore_rows'] loop
    execute format('create policy select_auditor on app_private.%I for select to auditor using (true)', v_reader);
    execute format('grant select on app_private.%I to auditor', v_reader);
  end loop;
end
$$;

-- By columns, so that one which is added, such as a secret, is read by nobody until it is written here.
create policy select_agent on app_public.users for select to agent using (true);
create policy select_auditor on app_public.users for select to auditor using (true);
grant select (id, email, name, role, is_active, created_at, updated_at) on app_public.users to agent, auditor;

-- Staff see their own logins and tokens, admins everybody's.
create policy select_own on app_public.sessions for select to agent using (user_id = (select app_public.current_user_id()));
create policy select_own on app_public.api_tokens for select to agent using (user_id = (select app_public.current_user_id()));
grant select on app_public.sessions, app_public.api_tokens to agent;

-- And their own browsers, but not the keys that messages to them are encrypted with.
create policy select_own on app_public.push_subscriptions for select to agent using (user_id = (select app_public.current_user_id()));
create policy select_auditor on app_public.push_subscriptions for select to auditor using (true);
grant select (id, user_id, endpoint, user_agent, created_at, last_ok_at) on app_public.push_subscriptions to agent, auditor;

-- A customer sees their own conversations, and what they were answered from. `(select …)` is computed once a query, not
-- once a row; an array of keys, unlike exists or in, lets the planner use the index of the key.
create policy select_own on app_public.tickets for select to anonymous using (visitor_id = (select nullif(current_setting('clubos.visitor_id', true), '')::uuid));
create policy select_own on app_public.messages for select to anonymous
  using (author_kind <> 'system' and ticket_id = any (array(select t.id from app_public.tickets t where t.visitor_id = (select nullif(current_setting('clubos.visitor_id', true), '')::uuid))));
create policy select_own on app_public.responses for select to anonymous using (visitor_id = (select nullif(current_setting('clubos.visitor_id', true), '')::uuid) and outcome <> 'drafted');
create policy select_own on app_public.response_sources for select to anonymous
  using (response_id = any (array(select r.id from app_public.responses r where r.visitor_id = (select nullif(current_setting('clubos.visitor_id', true), '')::uuid))));
create policy select_all on app_public.sites for select to anonymous using (true);
grant select (id, conversation, status, priority, category, subject, site_id, visitor_id, created_at, updated_at, resolved_at) on app_public.tickets to anonymous;
grant select (id, ticket_id, author_kind, body, response_id, created_at) on app_public.messages to anonymous;
grant select (id, ticket_id, visitor_id, question, category, confidence, text, outcome, model, feedback, feedback_at, created_at) on app_public.responses to anonymous;
grant select (response_id, rank, kind, category, topic, heading, snippet, score, cited) on app_public.response_sources to anonymous;
grant select on app_public.sites to anonymous;

-- Reviewers write procedures and knowledge, in plain SQL too; triggers keep the history.
create policy insert_reviewer on app_public.sops for insert to reviewer with check (true);
create policy update_reviewer on app_public.sops for update to reviewer using (true) with check (true);
grant insert (category, section, content), update (category, section, content, archived_at) on app_public.sops to reviewer;
create policy insert_reviewer on app_public.knowledge_base for insert to reviewer with check (true);
create policy update_reviewer on app_public.knowledge_base for update to reviewer using (true) with check (true);
create policy delete_reviewer on app_public.knowledge_base for delete to reviewer using (true);
grant insert (category, topic, question, answer, source, site_id, valid_from, valid_to, sop_id, trust), update (category, topic, question, answer, site_id, valid_from, valid_to, sop_id, trust),
  delete on app_public.knowledge_base to reviewer;
create policy update_reviewer on app_public.improvement_queue for update to reviewer using (true) with check (true);
grant update (status, rejection_reason) on app_public.improvement_queue to reviewer;
create policy insert_reviewer on app_public.prompts for insert to reviewer with check (true);
create policy update_reviewer on app_public.prompts for update to reviewer using (true) with check (true);
grant insert (name, content), update (content) on app_public.prompts to reviewer;

create policy insert_admin on app_public.sites for insert to admin with check (true);
create policy update_admin on app_public.sites for update to admin using (true) with check (true);
grant insert (slug, name, timezone, address), update (slug, name, timezone, address) on app_public.sites to admin;
create policy insert_admin on app_public.users for insert to admin with check (true);
create policy update_admin on app_public.users for update to admin using (true) with check (true);
grant insert (email, name, role, is_active), update (email, name, role, is_active) on app_public.users to admin;
create policy update_admin on app_public.club_settings for update to admin using (true) with check (true);
grant update (confidence_threshold, model_threshold, takeover_minutes, helpful_votes_to_confirm, daily_budget, monthly_budget, budget_warning, golden_gate) on app_public.club_settings to admin;
create policy insert_admin on app_public.emergency_signals for insert to admin with check (true);
create policy update_admin on app_public.emergency_signals for update to admin using (true) with check (true);
create policy delete_admin on app_public.emergency_signals for delete to admin using (true);
grant insert (section, pattern), update (section, pattern), delete on app_public.emergency_signals to admin;

create policy update_admin on app_public.retention_rules for update to admin using (true) with check (true);
grant update (keep) on app_public.retention_rules to admin;

create policy insert_worker on app_public.llm_calls for insert to worker with check (true);
grant insert (purpose, provider, model, tokens_in, tokens_out, tokens_cached, tokens_cache_written, batch, cost, latency_ms, status, request_id, response_id, improvement_id) on app_public.llm_calls to worker;
create policy insert_admin on app_public.llm_prices for insert to admin with check (true);
create policy update_admin on app_public.llm_prices for update to admin using (true) with check (true);
create policy delete_admin on app_public.llm_prices for delete to admin using (true);
grant insert (model, valid_from, input, cached_input, cache_write, output, batch_factor), update (model, valid_from, input, cached_input, cache_write, output, batch_factor), delete on app_public.llm_prices to admin;

grant select on app_public.sop_usage, app_public.sop_failures, app_public.knowledge_health, app_public.review_metrics, app_public.sop_freshness, app_public.knowledge_freshness, app_public.sop_categories to agent, auditor;
grant select on app_public.dead_jobs, app_public.jobs, app_public.cost_per_answer, app_public.cost_per_improvement to admin, auditor;
--! EndIncluded policies/policies.sql
--! Included policies/functions.sql
-- Who may call what. Nothing is for everybody: default privileges of ours give public no execute.
do $$
declare
  v_function record;
begin
  for v_function in
    select p.oid::regprocedure as signature, n.nspname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname in ('app_public', 'app_hidden', 'app_private', 'app_secret')
       and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  loop
    execute format('revoke all on function %s from public', v_function.signature);
    execute format('revoke all on function %s from anonymous, customer, agent, reviewer, admin, auditor, worker', v_function.signature);
  end loop;
end
$$;

-- What policies and everybody's own questions need.
grant execute on function app_public.current_actor(), app_public.current_visitor_id() to anonymous, agent, auditor, worker;

grant execute on function app_public.start_conversation(text), app_public.mark_helpful(bigint),
  app_public.mark_unhelpful(bigint, text, text, integer, text, text) to anonymous, agent;

grant execute on function app_public.search_knowledge(text, vector, text, text, integer, text), app_public.search_as_of(text, vector, timestamptz, text, text, integer, text),
  app_public.replay_response(bigint, timestamptz), app_public.knowledge_as_of(timestamptz, text, text), app_public.sop_diff(integer, integer, integer),
  app_public.sop_as_of(text, text, timestamptz), app_public.failures_about(text, timestamptz, timestamptz),
  app_public.sop_blame(integer, integer), app_public.sop_questions(integer, integer), app_public.improvement_merge(integer),
  app_public.merged_improvements(integer[]) to agent, auditor;
grant execute on function app_public.improvement_queue_category(app_public.improvement_queue), app_public.improvement_queue_topic(app_public.improvement_queue),
  app_public.improvement_queue_fixed(app_public.improvement_queue), app_public.improvement_queue_broken(app_public.improvement_queue),
  app_public.improvement_queue_decided_at(app_public.improvement_queue), app_public.improvement_queue_viewers(app_public.improvement_queue),
  app_public.improvement_queue_dry_run_stale_because(app_public.improvement_queue), app_public.improvement_queue_dry_run_stale(app_public.improvement_queue),
  app_public.improvement_queue_version_written(app_public.improvement_queue) to agent, auditor;
grant execute on function app_public.search_knowledge(text, vector, text, text, integer, text) to worker;
grant execute on function app_public.serve_sop(text, text, text), app_public.experiment_results(integer) to agent, auditor, worker;
grant execute on function app_public.estimate_experiment(integer, integer, integer[]) to agent, auditor;
grant execute on function app_public.answers_by_day(timestamptz, timestamptz, text, text, text), app_public.failures_by_day(timestamptz, timestamptz, text, text, text),
  app_public.response_times_by_day(timestamptz, timestamptz, text, text, text), app_public.answers_by_hour(timestamptz, timestamptz, text, text, text),
  app_public.feedback_by_day(timestamptz, timestamptz, text, text, text), app_public.most_used_sops(timestamptz, timestamptz, text, text, integer),
  app_public.most_failed_sops(timestamptz, timestamptz, text, text, integer), app_public.top_patterns(timestamptz, timestamptz, text, text, integer),
  app_public.approvals_by_week(timestamptz, timestamptz, text), app_public.insights_summary(timestamptz, timestamptz, text, text), app_public.insight_source(text), app_public.knowledge_duplicates(integer), app_public.knowledge_findings(text, integer), app_public.system_health(),
  app_hidden.insight_period(timestamptz, timestamptz, text, text), app_hidden.insight_figures(timestamptz, timestamptz, text, integer) to agent, auditor;
grant execute on function app_public.usage_by_section(timestamptz, timestamptz, text, text), app_public.answers_by_site(timestamptz, timestamptz), app_public.failures_by_week(timestamptz, timestamptz, text),
  app_public.patterns_by_week(timestamptz, timestamptz, text), app_public.approval_effects(timestamptz, timestamptz, interval), app_public.time_to_fix(timestamptz, timestamptz),
  app_public.coverage_gaps(timestamptz, timestamptz, text, integer) to agent, auditor;
-- What these call with the caller's rights: they compute, and read nothing.
grant execute on function app_hidden.to_lines(text), app_hidden.from_lines(text[]), app_hidden.merge_lines(text, text, text), app_hidden.merge_marked(text, text, text), app_hidden.line_edits(text[], text[]), app_hidden.hunk_range(integer, integer),
  app_hidden.unified_diff(text, text, text, text, integer), app_hidden.find_site(text), app_hidden.golden_key(text) to agent, auditor;

grant execute on function app_public.take_over(integer), app_public.hand_back(integer), app_public.reply(integer, text, bigint), app_public.draft_reply(integer, vector), app_hidden.draft_question(integer), app_hidden.begin_draft(integer),
  app_public.resolve_ticket(integer, text, text, integer, text, text), app_public.set_assistant_enabled(boolean, text), app_public.request_analysis(integer),
  app_public.propose_improvement(text, jsonb, integer[], integer, integer, text, double precision), app_public.preview_improvement(integer, text, integer),
  app_public.look_at_improvement(integer), app_public.look_away(integer) to agent;
grant execute on function app_public.propose_improvement(text, jsonb, integer[], integer, integer, text, double precision), app_public.preview_improvement(integer, text, integer),
  app_private.preview_texts(integer, text, integer) to worker;

-- The analysts' work: a run, an analysis of a pattern, a batch at a provider.
grant execute on function app_private.patterns_to_analyse(), app_private.analyst_brief(integer), app_private.check_analysis(integer, jsonb),
  app_private.begin_analysis_run(text, text, integer, integer, bigint), app_private.settle_analysis_run(integer, integer, integer, text, boolean),
  app_private.claim_analysis(integer, text, integer, integer), app_private.receive_analysis(integer, integer, jsonb, jsonb, text, boolean), app_private.propose_analysis(integer, integer),
  app_private.record_local_analysis(integer, integer, integer, text[]), app_private.proposals_without_dry_run(),
  app_private.begin_analysis_batch(integer, text, text), app_private.queue_analysis_batch(integer), app_private.resume_analysis_batches(), app_private.take_analysis_batch(integer),
  app_private.batch_submitted(integer, text, timestamptz), app_private.batch_polled(integer, integer, integer, integer, integer, boolean, timestamptz),
  app_private.close_analysis_batch(integer, text, text), app_private.disown_batch(integer), app_private.find_batched(integer, text) to worker;
-- The knowledge's health, step by step; by hand in one.
grant execute on function app_private.begin_health_check(text, integer), app_private.health_check_step(integer, integer), app_private.health_check_failed(integer, text), app_private.check_knowledge_health() to worker;
grant execute on function app_public.estimate_analysis(text, boolean, integer) to agent, auditor, worker;
grant execute on function app_public.cancel_analysis(integer, text) to admin;

grant execute on function app_public.save_sop(text, text, text, text, integer), app_public.rollback_sop(integer, integer, text), app_public.archive_sop(integer, text),
  app_public.save_knowledge(text, text, text, text, text, text, timestamptz, timestamptz, text),
  app_public.edit_knowledge(integer, text, text, text, text, timestamptz, timestamptz, timestamptz), app_public.retire_knowledge(integer, text),
  app_public.restore_knowledge(integer, text), app_public.merge_knowledge(integer, integer[], text), app_public.request_health_check(),
  app_public.approve_improvement(integer, text, text, integer), app_public.reject_improvement(integer, text),
  app_public.approve_improvements(integer[], text, boolean), app_public.undo_improvements(integer[], text), app_public.reanalyse_improvement(integer, text),
  app_public.undo_improvement(integer, text), app_public.reopen_improvement(integer, text),
  app_public.start_experiment(integer, text[], text, text, integer, integer[], boolean, integer), app_public.pause_experiment(integer, text), app_public.resume_experiment(integer, text),
  app_public.stop_experiment(integer, text), app_public.conclude_experiment(integer, text, text),
  app_public.save_golden_question(text, integer, text, text, boolean, text, text, integer, text, timestamptz), app_public.remove_golden_question(integer, text), app_public.golden_from_response(bigint, text),
  app_public.save_prompt(text, text, text, integer), app_public.rollback_prompt(integer, integer, text), app_hidden.find_prompt(integer), app_hidden.require_prompt_text(text),
  app_hidden.begin_prompt_preview(text, text, text[], integer) to reviewer;
grant execute on function app_public.prompt_diff(integer, integer, integer) to reviewer, auditor;
-- Reviewers write SOPs and knowledge with their own rights; these functions and the triggers check with them who, why and when.
grant execute on function app_hidden.current_reason(), app_hidden.acting_role(), app_hidden.has_role(name), app_hidden.require_role(name), app_hidden.require_reason(text),
  app_hidden.require_actor(), app_hidden.set_reason(text), app_hidden.effective_time(), app_hidden.find_sop(integer, boolean) to reviewer;

grant execute on function app_public.current_user_id(), app_public.me() to anonymous, agent, auditor, worker;
grant execute on function app_public.users_status(app_public.users) to agent, auditor;
grant execute on function app_public.create_api_token(text, text, timestamptz, integer), app_public.revoke_api_token(integer), app_public.revoke_session(uuid),
  app_public.save_push_subscription(text, text, text, text), app_public.delete_push_subscription(text), app_public.push_public_key() to agent;
grant execute on function app_public.create_user(text, text, text, boolean), app_public.invite_user(integer), app_public.deactivate_user(integer, text),
  app_public.create_webhook(text, text[]), app_public.delete_webhook(integer) to admin;

grant execute on function app_public.import_sops(jsonb, text), app_public.import_knowledge(jsonb, text) to reviewer;
grant execute on function app_public.import_sop_version(text, text, text, text, timestamptz, text, text, text) to admin;
grant execute on function app_public.stage_import(text, jsonb), app_public.apply_import(integer, text, boolean), app_public.rollback_import(integer, text, boolean), app_public.discard_import(integer) to admin;
grant execute on function app_public.import_obstacles(integer), app_public.import_files(integer) to admin, auditor;
grant execute on function app_private.begin_import(text, text), app_private.note_import(integer, text, integer, integer), app_private.fail_import(integer, text, boolean), app_private.restart_import(integer),
  app_private.keep_import_upload(integer, integer, bytea), app_private.queue_import(integer), app_private.import_upload_part(integer, integer), app_private.add_import_items(integer, jsonb),
  app_private.import_uncategorised(integer, integer, integer), app_private.categorise_import(integer), app_private.import_texts(integer, integer, integer), app_private.plan_import_step(integer, integer),
  app_private.finish_staging(integer), app_private.apply_import_step(integer, integer), app_private.rollback_import_step(integer, integer) to worker;
grant execute on function app_public.verify_audit_log(text) to admin, auditor;
grant execute on function app_public.export_personal_data(uuid), app_public.export_conversation(integer), app_public.erase_personal_data(uuid, text),
  app_public.erase_conversation(integer, text), app_public.set_retention(text, interval, text),
  app_public.set_llm_budget(numeric, numeric, double precision, text),
  app_public.set_llm_price(text, date, numeric, numeric, numeric, numeric, numeric, text), app_public.remove_llm_price(integer, text) to admin;
grant execute on function app_public.llm_spend() to admin, auditor;

grant execute on function app_public.check_golden_questions(), app_public.golden_checks_is_stale(app_public.golden_checks) to agent, auditor, worker;
grant execute on function app_public.run_golden_check() to agent, worker;
grant execute on function app_public.set_golden_gate(boolean, text) to admin;
grant execute on function app_public.set_search_language(text, text) to admin;

-- The views dead_jobs and jobs run them with the rights of who asks.
grant execute on function app_hidden.dead_jobs(), app_hidden.jobs() to admin, auditor;
grant execute on function app_public.retry_job(bigint, text), app_public.discard_job(bigint, text) to admin;
grant execute on function app_private.watch_jobs(), app_private.watch_llm_budget(), app_private.watch_experiments(), app_private.record_llm_calls(jsonb, bigint, integer, integer), app_private.llm_budget_state(), app_private.beat(text, text, integer, bigint[], interval, boolean), app_private.figures_to_watch(), app_private.end_worker(text, boolean) to worker;

grant execute on function app_public.record_response(text, text, text, text, jsonb, uuid, text, text, text, double precision, text, text, integer, double precision, integer, integer, numeric, jsonb, bigint, jsonb),
  app_public.ask(text, text, text, uuid, vector), app_hidden.begin_question(text, text, text, uuid, boolean), app_hidden.begin_answer(text, vector, text, text, uuid, jsonb, text, bigint, boolean),
  app_hidden.record_draft(integer, text, jsonb, text, text, double precision, text, integer, integer, integer, numeric, jsonb, bigint),
  app_private.rescue_tickets(interval, integer),
  app_private.cluster_failures(integer), app_private.draft_improvement(integer), app_private.missing_vectors(text, text, text), app_private.store_vectors(text[], vector[], text, jsonb), app_private.prepare_texts(text[]),
  app_private.texts_to_embed(text, bytea, integer, boolean), app_private.reembedding_estimate(text),
  app_private.begin_reembedding(text, text), app_private.keep_vectors(integer, bytea[], vector[], jsonb), app_private.note_reembedding(integer, text, text, jsonb),
  app_private.change_embedding_model(text, text, integer, integer), app_private.adopt_embedding_model(text), app_private.request_reembedding(text),
  app_private.refresh_search_statistics(boolean), app_private.refresh_profiles(integer), app_private.index_fresh_units(integer), app_private.check_search_index(integer), app_private.search_memory(), app_private.prewarm_search(), app_private.vectors_wanted(integer), app_private.record_audit_head(integer), app_private.apply_retention(bigint),
  app_private.claim_notification(bigint, boolean), app_private.finish_notification(bigint, text, boolean),
  app_private.drop_push_subscription(bigint) to worker;

grant execute on function app_public.save_backup_target(text, text, jsonb, text, boolean, text), app_public.remove_backup_target(text, text), app_public.test_backup_target(text, text, jsonb), app_public.request_backup(text), app_public.request_backup_verification(integer),
  app_public.request_restore(integer, text, boolean, text) to admin;
grant execute on function app_public.backup_state() to admin, auditor, worker;
-- A restore into an empty database is for its owner alone.
grant execute on function app_private.request_daily_backups(), app_private.finish_backup_test(integer, text, text, text, text), app_private.claim_backup(integer, interval), app_private.backup_progress(integer, integer, text, integer, integer, interval),
  app_private.finish_backup(integer, integer, jsonb, text, bigint, text), app_private.fail_backup(integer, integer, text, text, boolean), app_private.record_verification(integer, text, jsonb),
  app_private.queue_backup(integer, text), app_private.backup_parts(), app_private.backup_texts(), app_private.backup_table_hashes(), app_private.backup_contents(text[]), app_private.backup_head(),
  app_private.begin_restore(integer, text, text, boolean, text), app_private.finish_restore(integer, jsonb, text, text), app_private.stage_restore(integer, text, text), app_private.apply_restore(integer) to worker;
--! EndIncluded policies/functions.sql
