create table if not exists app_private.search_units (
  id bigint generated always as identity primary key,
  kind text not null,
  target text not null,
  sop_id integer references app_public.sops (id) on delete cascade,
  sop_version_id integer references app_public.sop_versions (id) on delete cascade,
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
-- No pending list: flushing it stalls one write in a while for seconds.
create index if not exists search_units_words on app_private.search_units using gin (words) with (fastupdate = off);
create index if not exists search_units_target on app_private.search_units (target, kind);
create index if not exists search_units_sop_id on app_private.search_units (sop_id);
create index if not exists search_units_sop_version_id on app_private.search_units (sop_version_id);
create index if not exists search_units_knowledge_id on app_private.search_units (knowledge_id);
create index if not exists search_units_category on app_private.search_units (category);
create unique index if not exists search_units_profile on app_private.search_units (target) where kind = 'profile';
create index if not exists search_units_unembedded on app_private.search_units (id) where embedding is null and kind <> 'profile';
comment on table app_private.search_units is 'The one search space: SOP sections, the phrases customers use for an SOP, and knowledge entries. Derived; rebuilt by trigger whenever its source is written.';
comment on column app_private.search_units.kind is 'profile: all that is said of and asked about one target. section: a section of an SOP. phrase: words of customers that lead to an SOP. knowledge: an entry.';
comment on column app_private.search_units.target is 'What it leads to: sop:<id>, or topic:<category>/<topic>.';
comment on column app_private.search_units.ordinal is 'Order of a section; of a profile, how many entries it was made from.';
comment on column app_private.search_units.embedding_text is 'The text whose vector is `embedding`; empty for a profile, whose vector is the mean of its parts.';
comment on column app_private.search_units.content_hash is 'SHA-256 of embedding_text: key in the embedding cache.';
comment on column app_private.search_units.bits is 'Signs of the vector: nearest by Hamming distance are candidates for nearest by cosine.';
comment on column app_private.search_units.impacts is 'BM25 term impacts (tf part, length-normalised), one dimension per lexeme; see app_hidden.lexeme_dimension.';
alter table app_private.search_units enable row level security;
-- PGlite has no half-precision instructions: an index build there takes 24 ms a row, and a scan of a club's few
-- thousand vectors 2 ms by their bits. A server gets the index.
do $$
begin
  if version() not like '%emscripten%' and version() not like '%wasm%' then
    create index if not exists search_units_embedding on app_private.search_units using hnsw ((embedding::halfvec(1536)) halfvec_ip_ops);
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
comment on table app_private.search_statistics is 'Size of the search space at the last refresh.';
alter table app_private.search_statistics enable row level security;
