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
    -- By signs, an eighth of the memory and half of the time to build; the candidates are compared exactly by what lies in
    -- the row. Of texts' vectors that finds more of the nearest than an index of the vectors themselves (docs/performance.md).
    -- Candidates looked at for each link (Malkov & Yashunin 2016: efConstruction): by the default of 64 an index of 100,000
    -- finds .94 of the ten nearest, by 200 .997, in the same time; to build it takes nearly twice as long.
    if (select pg_get_indexdef(c.oid) !~ 'bit_hamming_ops.*ef_construction' from pg_class c where c.oid = to_regclass('app_private.search_units_embedding')) then
      drop index app_private.search_units_embedding;
    end if;
    create index if not exists search_units_embedding on app_private.search_units using hnsw (bits bit_hamming_ops) with (ef_construction = 200) where indexed;
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
