--! Previous: sha1:986068751351e63c35ff5407ca9a44eaaf68b050
--! Hash: sha1:4230b4d7c4607256451bbac9956f0b5875f6590e
--! Message: signs-and-words

--! Included tables/club_settings.sql
create table if not exists app_public.club_settings (
  id boolean primary key default true,
  assistant_enabled boolean not null default true,
  confidence_threshold double precision not null default 0.25,
  takeover_minutes integer not null default 240,
  helpful_votes_to_confirm integer not null default 3,
  embedding_model text not null default 'local-use-lite',
  updated_at timestamptz not null default now(),
  constraint club_settings_has_one_row check (id),
  constraint club_settings_threshold_is_a_probability check (confidence_threshold between 0 and 1),
  constraint club_settings_takeover_is_positive check (takeover_minutes > 0),
  constraint club_settings_votes_is_positive check (helpful_votes_to_confirm > 0)
);
alter table app_public.club_settings add column if not exists daily_budget numeric(10, 2);
alter table app_public.club_settings add column if not exists monthly_budget numeric(10, 2);
alter table app_public.club_settings add column if not exists budget_warning double precision not null default 0.8;
alter table app_public.club_settings add column if not exists search_language text not null default 'english';
alter table app_public.club_settings add column if not exists model_threshold double precision not null default 0.10;
alter table app_public.club_settings add column if not exists own_words jsonb not null default '{}';
do $$
begin
  if not exists (select from pg_constraint where conname = 'club_settings_model_threshold_is_a_probability') then
    alter table app_public.club_settings add constraint club_settings_model_threshold_is_a_probability check (model_threshold between 0 and 1);
  end if;
  if not exists (select from pg_constraint where conname = 'club_settings_budgets_are_not_negative') then
    alter table app_public.club_settings add constraint club_settings_budgets_are_not_negative check (daily_budget >= 0 and monthly_budget >= 0);
    alter table app_public.club_settings add constraint club_settings_warning_is_a_share check (budget_warning > 0 and budget_warning <= 1);
  end if;
end
$$;
insert into app_public.club_settings default values on conflict do nothing;
comment on table app_public.club_settings is 'One row: what the whole club is set to, the kill switch among it.';
comment on column app_public.club_settings.assistant_enabled is 'The kill switch: false stops all automatic answers.';
comment on column app_public.club_settings.confidence_threshold is 'Probability (0 to 1) that the first source is right, below which the assistant hands over.';
comment on column app_public.club_settings.model_threshold is 'The same probability, below which no model is asked to write an answer either. Lower than confidence_threshold, since a model reads several sources, and can say that they do not hold the answer.';
comment on column app_public.club_settings.search_language is 'The language that words are searched in: how they are brought to their stems, and which count for nothing. One that PostgreSQL has a stemmer for; setting it indexes every text anew.';
comment on column app_public.club_settings.own_words is 'What the assistant says by itself, in the club''s own words, by key (assistant_words lists them); what is not in it is said in the usual words of the club''s language.';
comment on column app_public.club_settings.takeover_minutes is 'Minutes of silence of the assistant after a person took a conversation over, unless handed back.';
comment on column app_public.club_settings.helpful_votes_to_confirm is 'Distinct customers who must find a learned answer helpful before it ranks as confirmed.';
comment on column app_public.club_settings.daily_budget is 'US dollars that models may cost in a day (UTC); beyond it the local providers answer. Null: no limit.';
comment on column app_public.club_settings.monthly_budget is 'US dollars that models may cost in a calendar month (UTC). Null: no limit.';
comment on column app_public.club_settings.budget_warning is 'Share (0 to 1) of a budget from which admins are warned.';
comment on column app_public.club_settings.embedding_model is 'The model whose vectors are searched; vectors of two models are never compared.';
alter table app_public.club_settings enable row level security;
--! EndIncluded tables/club_settings.sql
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
--! EndIncluded tables/search_units.sql
--! Included tables/response_searches.sql
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
--! EndIncluded tables/response_searches.sql
--! Included tables/llm_calls.sql
create table if not exists app_public.llm_calls (
  id bigint generated by default as identity primary key,
  purpose text not null,
  model text not null,
  tokens_in integer,
  tokens_out integer,
  tokens_cached integer,
  cost numeric(12, 6),
  latency_ms double precision,
  status text not null,
  request_id text,
  response_id bigint references app_public.responses (id) on delete set null,
  created_at timestamptz not null default now(),
  constraint llm_calls_purpose_is_known check (purpose in ('route', 'answer', 'embed', 'analyse'))
);
alter table app_public.llm_calls add column if not exists provider text not null default 'openai';
alter table app_public.llm_calls alter column provider drop default;
alter table app_public.llm_calls add column if not exists tokens_cache_written integer;
alter table app_public.llm_calls add column if not exists batch boolean not null default false;
alter table app_public.llm_calls add column if not exists improvement_id integer references app_public.improvement_queue (id) on delete set null;
alter table app_public.llm_calls drop constraint if exists llm_calls_purpose_is_known;
alter table app_public.llm_calls add constraint llm_calls_purpose_is_known check (purpose in ('route', 'rerank', 'answer', 'embed', 'analyse', 'preview'));
create index if not exists llm_calls_response_id on app_public.llm_calls (response_id);
create index if not exists llm_calls_improvement_id on app_public.llm_calls (improvement_id);
drop index if exists app_public.llm_calls_created_at;
create index if not exists llm_calls_failed on app_public.llm_calls (id) where status <> 'ok';
create index if not exists llm_calls_spent on app_public.llm_calls (created_at) include (cost, purpose);
comment on table app_public.llm_calls is E'@behavior +aggregates +groupedAggregates -groupedAggregates:having\nEach call of a model outside the database: what for, how long, at what cost.';
comment on column app_public.llm_calls.provider is 'openai or anthropic: whose protocol it was; the endpoint may be another''s.';
comment on column app_public.llm_calls.purpose is 'route, rerank, answer, embed, analyse, or preview (a prompt tried on past questions).';
comment on column app_public.llm_calls.model is 'As the provider named it in its answer; else as it was asked for.';
comment on column app_public.llm_calls.tokens_in is 'All of the input, what was cached included; null where the provider did not say.';
comment on column app_public.llm_calls.tokens_cached is 'Of tokens_in: read from the provider''s cache, at its lower price.';
comment on column app_public.llm_calls.tokens_cache_written is 'Of tokens_in: written to the provider''s cache, where it charges for that.';
comment on column app_public.llm_calls.batch is 'By a batch API, at its lower price.';
comment on column app_public.llm_calls.cost is 'US dollars at the list price of the day (llm_prices); null where the model has none there.';
comment on column app_public.llm_calls.latency_ms is 'Milliseconds.';
comment on column app_public.llm_calls.status is E'@behavior +filterBy\nok, or how it failed: rate_limited, timeout, refused …; docs/models.md has them all.';
comment on column app_public.llm_calls.improvement_id is 'The proposal that came of it.';
alter table app_public.llm_calls enable row level security;
--! EndIncluded tables/llm_calls.sql
--! Included functions/own_words.sql
-- What ClubOS says and writes by itself, in the language that the club's texts are in, or in the club's own words.
create or replace function app_hidden.usual_words(key text) returns text
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_language text := (select s.search_language from app_public.club_settings s);
begin
  return case key
    when 'not_sure' then case v_language
      when 'german' then 'Da bin ich mir nicht sicher genug. Ich habe Ihre Frage an unser Team weitergegeben; hier antwortet Ihnen jemand.'
      when 'french' then 'Je ne suis pas assez sûr de la réponse : j''ai transmis votre question à notre équipe. Quelqu''un vous répondra ici.'
      when 'spanish' then 'No estoy lo bastante seguro de la respuesta, así que he pasado su pregunta a nuestro equipo. Una persona le responderá aquí.'
      else 'I am not sure enough to answer this, so I have passed your question to our team. A person will answer you here.' end
    when 'for_a_person' then case v_language
      when 'german' then 'Das muss sich jemand aus unserem Team ansehen. Ich habe Ihre Frage weitergegeben; hier antwortet Ihnen jemand.'
      when 'french' then 'Quelqu''un de notre équipe doit s''en occuper. J''ai transmis votre question ; quelqu''un vous répondra ici.'
      when 'spanish' then 'Alguien de nuestro equipo tiene que verlo. He pasado su pregunta y una persona le responderá aquí.'
      else 'Somebody of our team has to look into this. I have passed your question on, and a person will answer you here.' end
    when 'paused' then case v_language
      when 'german' then 'Jemand aus unserem Team antwortet Ihnen hier so bald wie möglich.'
      when 'french' then 'Un membre de notre équipe vous répondra ici dès que possible.'
      when 'spanish' then 'Alguien de nuestro equipo le responderá aquí lo antes posible.'
      else 'A member of our team will answer you here as soon as possible.' end
    when 'unfinished' then case v_language
      when 'german' then 'Ich konnte meine Antwort nicht beenden. Ich habe Ihre Frage an unser Team weitergegeben; hier antwortet Ihnen jemand.'
      when 'french' then 'Je n''ai pas pu terminer ma réponse : j''ai transmis votre question à notre équipe. Quelqu''un vous répondra ici.'
      when 'spanish' then 'No he podido terminar mi respuesta, así que he pasado su pregunta a nuestro equipo. Una persona le responderá aquí.'
      else 'I could not finish my answer, so I have passed your question to our team. A person will answer you here.' end
    when 'emergency' then case v_language
      when 'german' then 'Wenn jemand in Gefahr ist, rufen Sie jetzt den Notruf. Unser Team ist alarmiert und meldet sich sofort hier.'
      when 'french' then 'Si quelqu''un est en danger, appelez tout de suite les secours. Notre équipe est prévenue et vous répond ici immédiatement.'
      when 'spanish' then 'Si alguien está en peligro, llame ahora a emergencias. Nuestro equipo está avisado y le responderá aquí enseguida.'
      else 'If anyone is in danger, call the emergency services now. Our team has been alerted and will contact you here at once.' end
    when 'heading_phrases' then case v_language when 'german' then 'Kunden sagen auch' when 'french' then 'Les clients disent aussi' when 'spanish' then 'Los clientes también dicen' else 'Customers also say' end
    when 'heading_more' then case v_language when 'german' then 'Gut zu wissen' when 'french' then 'Bon à savoir' when 'spanish' then 'Conviene saber' else 'Good to know' end
    when 'heading_steps' then case v_language when 'german' then 'Schritte' when 'french' then 'Étapes' when 'spanish' then 'Pasos' else 'Steps' end
  end;
end
$$;
comment on function app_hidden.usual_words(text) is
$$What is said or written by default, in the language of the club (club_settings.search_language; English for others than German, French and Spanish).
key: not_sure, for_a_person, paused, unfinished, emergency: to a customer; heading_phrases, heading_more, heading_steps: headings of what the local analyst writes. Null for another.$$;

create or replace function app_hidden.said(key text) returns text
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  return coalesce((select s.own_words ->> said.key from app_public.club_settings s), app_hidden.usual_words(said.key));
end
$$;
comment on function app_hidden.said(text) is 'What the assistant says by itself: in the club''s own words where it has set some (save_assistant_words), else as app_hidden.usual_words has it.';

-- Headings tell what a section is for, in the languages that usual_words knows. By parts of words: a search asks this of some
-- fifty sections, and a regular expression of so many branches takes twice as long.
create or replace function app_hidden.says_when(heading text) returns boolean language sql immutable parallel safe as $$
  select coalesce(lower(heading) like any ('{%when to use%,%purpose%,%scope%,category%,wann,%/ wann,%wann anwenden%,%wann verwenden%,%wann nutzen%,%wann gilt%,%wann es gilt%,%anwendungsfall%,%zweck%,%geltungsbereich%,quand,%/ quand,%quand utiliser%,%quand l_utiliser%,%quand appliquer%,%quand s_applique%,%objectif%,%champ d_application%,cuándo,%/ cuándo,%cuándo usar%,%cuando usar%,%cuándo utilizar%,%cuando utilizar%,%cuándo aplicar%,%cuando aplicar%,%cuándo se aplica%,%cuando se aplica%,%propósito%,%proposito%,%ámbito%}'), false)
$$;
comment on function app_hidden.says_when(text) is 'Whether a heading is of a section that says what its SOP is for, which answers nobody''s question. English, German, French, Spanish.';
create or replace function app_hidden.says_what_to_say(heading text) returns boolean language sql immutable parallel safe as $$
  select coalesce(lower(heading) like any ('{%what to say%,%tell the customer%,%was wir sagen%,%was sie sagen%,%was zu sagen%,%dem kunden sagen%,%den kunden sagen%,%dem gast sagen%,%den gästen sagen%,%que dire%,%dire au client%,%dire aux clients%,%qué decir%,%que decir%,%decir al cliente%}'), false)
$$;
comment on function app_hidden.says_what_to_say(text) is 'Whether a heading is of the section that is told to the customer. English, German, French, Spanish.';
create or replace function app_hidden.says_what_to_do(heading text) returns boolean language sql immutable parallel safe as $$
  select coalesce(lower(heading) like any ('{%step%,%procedure%,%what to do%,%answer%,%schritt%,%vorgehen%,%ablauf%,%was wir tun%,%was sie tun%,%was zu tun%,%antwort%,%étape%,%etape%,%procédure%,%marche à suivre%,%que faire%,%réponse%,%reponse%,%pasos%,%procedimiento%,%qué hacer%,%que hacer%,%respuesta%}'), false)
$$;
comment on function app_hidden.says_what_to_do(text) is 'Whether a heading is of the steps of an SOP, or of its answer. English, German, French, Spanish.';
create or replace function app_hidden.lists_phrases(heading text) returns boolean language sql immutable parallel safe as $$
  select coalesce(heading like any ('{%Customers also say,%Kunden sagen auch,%Les clients disent aussi,%Los clientes también dicen}'), false)
$$;
comment on function app_hidden.lists_phrases(text) is 'Whether a heading is of the section whose list items are phrases of customers, each searched on its own.';
--! EndIncluded functions/own_words.sql
--! Included functions/markdown_sections.sql
drop function if exists app_hidden.phrases_heading();
create or replace function app_hidden.markdown_sections(content text)
returns table (ordinal integer, heading text, body text)
language plpgsql immutable parallel safe rows 8 as $$
declare
  c_longest constant integer := 1500; -- characters of a section before it is cut at the next paragraph
  v_line text;
  v_fence text;
  v_path text[] := '{}';
  v_level integer;
begin
  ordinal := 0;
  body := '';
  foreach v_line in array string_to_array(content, E'\n') loop
    v_line := rtrim(v_line, E'\r');
    if v_fence is null and v_line ~ '^\s{0,3}(```|~~~)' then
      v_fence := substring(v_line from '(```|~~~)');
    elsif v_fence is not null and v_line ~ ('^\s{0,3}' || v_fence) then
      v_fence := null;
    end if;
    v_level := case when v_fence is null and v_line ~ '^#{1,6}\s' then length(substring(v_line from '^#+')) end;
    if v_level is not null or (length(body) > c_longest and (btrim(v_line) = '' or v_line ~ '^\s{0,3}([-*+]|\d+\.)\s')) or length(body) + length(v_line) > 8000 then
      if btrim(body, E' \t\n') <> '' then
        heading := nullif(array_to_string(v_path[2:], ' / ', ''), '');
        body := btrim(body, E'\n');
        return next;
        ordinal := ordinal + 1;
      end if;
      body := '';
    end if;
    if v_level is not null then
      v_path := v_path[:v_level - 1];
      v_path[v_level] := btrim(regexp_replace(v_line, '^#+\s*(.*?)\s*#*\s*$', '\1'));
    else
      -- A single line longer than a unit can be: cut it, nothing is dropped.
      while length(v_line) > 8000 loop
        heading := nullif(array_to_string(v_path[2:], ' / ', ''), '');
        body := left(v_line, 8000);
        return next;
        ordinal := ordinal + 1;
        body := '';
        v_line := substr(v_line, 8001);
      end loop;
      body := body || v_line || E'\n';
    end if;
  end loop;
  if btrim(body, E' \t\n') <> '' then
    heading := nullif(array_to_string(v_path[2:], ' / ', ''), '');
    body := btrim(body, E'\n');
    return next;
  end if;
end
$$;
comment on function app_hidden.markdown_sections(text) is
  'A markdown text cut by its headings (not those in code fences), long sections at paragraphs: ordinal, the path of headings below the title, the text.';

create or replace function app_hidden.sop_title(section text, content text) returns text language sql immutable parallel safe as $$
  select coalesce(
    nullif(btrim(substring(content from '(?n)^#\s+(.+?)\s*#*\s*$')), ''),
    initcap(left(section, 1)) || translate(substr(section, 2), '_-', '  '))
$$;
comment on function app_hidden.sop_title(text, text) is 'The SOP''s first-level heading, or its section''s name in words.';

create or replace function app_hidden.phrases_heading(content text) returns text
language sql stable set search_path = app_public, public, pg_temp as $$
  select coalesce((select regexp_replace(m.heading, '^.* / ', '') from app_hidden.markdown_sections(content) m where app_hidden.lists_phrases(m.heading) order by m.ordinal limit 1),
    app_hidden.usual_words('heading_phrases'))
$$;
comment on function app_hidden.phrases_heading(text) is 'The heading below which an SOP has, or should get, its customers'' phrases: the one that the text has, else the usual one in the club''s language.';
--! EndIncluded functions/markdown_sections.sql
--! Included functions/sop_units.sql
create or replace function app_hidden.plain_text(markdown text) returns text language sql immutable parallel safe as $$
  select regexp_replace(regexp_replace(regexp_replace(markdown, '(?n)^\s*(?:[-*+]|\d+\.|#{1,6})\s+', '', 'g'), '\*\*|__|`', '', 'g'), '\[([^\]]+)\]\([^)]*\)', '\1', 'g')
$$;
comment on function app_hidden.plain_text(text) is 'Markdown without its list marks, headings'' marks, emphasis and links'' targets.';

create or replace function app_hidden.in_words(name text) returns text language sql immutable parallel safe as $$
  select btrim(translate(regexp_replace(name, '([a-z0-9])([A-Z])', '\1 \2', 'g'), '_-/', '   '))
$$;
comment on function app_hidden.in_words(text) is 'A category''s, section''s or topic''s name as words: pin_failures is "pin failures".';

-- What is searched of an SOP. Used by the trigger that writes search units, and by whoever drafts a change and
-- wants its vectors ready before the transaction: both must see the same texts.
create or replace function app_hidden.sop_units(category text, section text, content text)
returns table (kind text, ordinal integer, title text, heading text, body text, embedding_text text, words tsvector)
language sql stable parallel safe as $$
  with doc as (
    select app_hidden.sop_title(section, content) as title,
           app_hidden.in_words(category) || ' ' || app_hidden.in_words(section) || ' ' || app_hidden.sop_title(section, content) as head
  ), parts as materialized (
    select s.ordinal, s.heading, s.body, app_hidden.lists_phrases(s.heading) as is_phrases,
           -- A line or two between title and first heading is no section of its own; the profile has it.
           s.heading is null and length(s.body) < 200 and count(*) over () > 1 as is_preamble
      from app_hidden.markdown_sections(content) s
  )
  -- The head counts twice among the words.
  select 'section', p.ordinal, d.title, p.heading, p.body,
         left(concat_ws('. ', app_hidden.in_words(category) || ': ' || d.title, p.heading, app_hidden.plain_text(p.body)), 8000),
         to_tsvector('app_public.clubos', concat_ws(' ', d.head, d.head, p.heading, p.body))
    from doc d, parts p
   where not p.is_phrases and not p.is_preamble
  union all
  select 'phrase', 1000 + row_number() over ()::integer, d.title, p.heading, t.phrase, t.phrase, to_tsvector('app_public.clubos', t.phrase)
    from doc d, parts p,
         lateral (select btrim(regexp_replace(l, '^\s*[-*+]\s+', ''), ' "') as phrase
                    from unnest(string_to_array(p.body, E'\n')) l where l ~ '^\s*[-*+]\s+\S') t
   where p.is_phrases
$$;
comment on function app_hidden.sop_units(text, text, text) is
  'The search units an SOP of this text would have: its sections, and each phrase under "Customers also say".';

create or replace function app_hidden.target_of(sop_id integer, category text, topic text) returns text language sql immutable parallel safe as $$
  select coalesce('sop:' || sop_id, 'topic:' || category || '/' || topic)
$$;
comment on function app_hidden.target_of(integer, text, text) is 'Name of what a search unit leads to: its SOP, else its topic.';

create or replace function app_hidden.knowledge_unit(category text, topic text, question text, answer text)
returns table (embedding_text text, words tsvector)
language sql stable parallel safe as $$
  select question, to_tsvector('app_public.clubos', question)
$$;
comment on function app_hidden.knowledge_unit(text, text, text, text) is 'The text of a knowledge entry that is embedded, and the words it is found by: its question, as questions resemble questions.';
--! EndIncluded functions/sop_units.sql
--! Included functions/rebuild_units.sql
create or replace function app_private.said_vector(profile_of text, model text) returns vector
-- PL/pgSQL, which keeps its plan: as an SQL function it would be planned anew for each profile.
language plpgsql stable set search_path = app_public, public, pg_temp as $$
begin
  return (
  select l2_normalize(case when bool_or(u.first) then l2_normalize(avg(u.embedding)) + avg(u.embedding) filter (where u.first) else avg(u.embedding) end)
    from (select s.embedding::vector as embedding, s.embedding_model, row_number() over (order by s.ordinal, s.id) = 1 as first
            from app_private.search_units s where s.target = profile_of and s.kind = 'section') u
   where u.embedding_model = said_vector.model);
end
$$;
comment on function app_private.said_vector(text, text) is 'What the text of a target gives to its profile: the mean direction of its sections plus the first, by one model alone; null for a topic.';

create or replace function app_private.profile_vector(profile_of text, model text) returns vector
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_said vector := app_private.said_vector(profile_of, profile_vector.model);
  v_asked vector;
begin
  select l2_normalize(avg(u.embedding)) into v_asked
    from (select s.embedding::vector as embedding, s.embedding_model from app_private.search_units s
           where s.target = profile_of and s.kind in ('phrase', 'knowledge') and s.trust > 0 order by s.id desc limit 2000) u
   where u.embedding_model = profile_vector.model;
  return l2_normalize(case when v_said is null then v_asked when v_asked is null then v_said else v_said + v_asked end);
end
$$;
comment on function app_private.profile_vector(text, text) is
  'The vector of a target''s profile, by one model alone: the mean direction of its sections plus the first, plus the mean direction of its reviewed questions; null where nothing has a vector of that model.';

-- One unit that stands for all of a target: an SOP's head twice, its text, and each question that led to it twice;
-- of a topic all its questions. Unreviewed questions have no part in it.
create or replace function app_private.rebuild_profiles(targets text[]) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_indexed boolean := app_private.goes_into_index(cardinality(targets));
  v_empty bigint[];
  v_model text := (select s.embedding_model from app_public.club_settings s);
begin
  -- A statement that changes nothing runs the table's triggers all the same.
  v_empty := array(select u.id from app_private.search_units u where u.kind = 'profile' and u.target = any (targets)
     and not exists (select from app_private.search_units o where o.target = u.target and (o.kind = 'section' or o.kind in ('phrase', 'knowledge') and o.trust > 0)));
  if cardinality(v_empty) > 0 then
    delete from app_private.search_units u where u.id = any (v_empty);
  end if;
  with made as materialized (
    select row_number() over (order by t.target) as place, t.target, own.sop_id, case when own.kind <> 'knowledge' then v.id end as sop_version_id, own.category, own.topic, own.title, asked.n,
                 case when exists (select from app_private.search_units u where u.target = t.target and u.kind <> 'profile' and u.embedding is not null) then app_private.profile_vector(t.target, v_model) end as embedding,
                 case when own.kind <> 'section' then to_tsvector('app_public.clubos', left(asked.words, 250000))
                   else to_tsvector('app_public.clubos', left(concat_ws(' ', app_hidden.in_words(s.category), app_hidden.in_words(s.section), own.title, app_hidden.in_words(s.category),
                          app_hidden.in_words(s.section), own.title, (select string_agg(concat_ws(' ', m.heading, m.body), ' ' order by m.ordinal) from app_hidden.markdown_sections(s.content) m
                            where not app_hidden.lists_phrases(m.heading))), 250000))
                        || to_tsvector('app_public.clubos', left(concat_ws(' ', asked.words, asked.words), 250000)) end as words
            -- In their order, so that two who write several never wait for each other in a circle.
            from (select distinct t.target from unnest(targets) t(target) order by 1) t
           cross join lateral (
             select string_agg(q.embedding_text, ' ') as words, count(*)::integer as n
               from (select u.embedding_text from app_private.search_units u
                      where u.target = t.target and u.kind in ('phrase', 'knowledge') and u.trust > 0 order by u.id desc limit 2000) q) asked
           cross join lateral (
             select o.* from (
               (select u.kind, u.sop_id, u.category, u.topic, u.title from app_private.search_units u
                 where u.target = t.target and u.kind = 'section' order by u.ordinal limit 1)
               union all
               (select u.kind, u.sop_id, u.category, u.topic, u.title from app_private.search_units u
                 where asked.n > 0 and u.target = t.target and u.kind in ('phrase', 'knowledge') order by u.id limit 1)) o
              order by o.kind <> 'section' limit 1) own
            left join app_public.sops s on s.id = own.sop_id
            left join app_public.sop_versions v on v.sop_id = s.id and v.version = s.version
  ), weighed as materialized (
    select i.n, i.impacts from app_hidden.bm25_impacts(array(select m.words from made m order by m.place), array(select app_hidden.usual_length(m.target, 'profile') from made m order by m.place)) i
  )
  insert into app_private.search_units as p (kind, target, sop_id, sop_version_id, ordinal, category, topic, trust, title, body, embedding_text, content_hash, words, impacts,
      embedding, embedding_model, indexed)
  select 'profile', m.target, m.sop_id, m.sop_version_id, m.n, m.category, m.topic, 3, m.title, '', '', '\x', m.words, i.impacts, m.embedding, case when m.embedding is not null then v_model end, v_indexed
    from made m join weighed i on i.n = m.place
   order by m.place
  on conflict (target) where kind = 'profile' do update
     set sop_version_id = excluded.sop_version_id, ordinal = excluded.ordinal, category = excluded.category, topic = excluded.topic, title = excluded.title,
         words = excluded.words, impacts = excluded.impacts, embedding = excluded.embedding, embedding_model = excluded.embedding_model,
         indexed = p.indexed and excluded.indexed;
end
$$;
comment on function app_private.rebuild_profiles(text[]) is 'Makes the profiles of targets anew from their sections and reviewed questions.';

create or replace function app_private.rebuild_profile(profile_of text) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  select app_private.rebuild_profiles(array[profile_of])
$$;
comment on function app_private.rebuild_profile(text) is 'Makes the profile of a target anew from its sections and reviewed questions.';

-- A unit that says what it said stays as it is: two fill a page, so that any writing of one is a new entry in every
-- index, of which the vectors' takes milliseconds. Which version is searched, the profile says.
create or replace function app_private.rebuild_sop_units(sop_ids integer[]) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_model text := (select s.embedding_model from app_public.club_settings s);
  v_targets text[] := array(select 'sop:' || i from unnest(sop_ids) i);
  v_indexed boolean := app_private.goes_into_index(cardinality(sop_ids));
  v_moved bigint[];
  v_ordinals integer[];
begin
  with wanted as materialized (
    select s.id as sop_id, v.id as sop_version_id, s.category, s.section as topic, u.kind, u.ordinal, u.title, u.heading, u.body, u.embedding_text, h.content_hash, u.words,
           c.embedding, c.model as embedding_model, row_number() over (partition by s.id, u.kind, h.content_hash order by u.ordinal) as nth
      from app_public.sops s
      join app_public.sop_versions v on v.sop_id = s.id and v.version = s.version
     cross join lateral app_hidden.sop_units(s.category, s.section, s.content) u
     cross join lateral (select app_hidden.embedding_hash(u.embedding_text) as content_hash offset 0) h
      -- By its key for each: planned as a join, the cache would be read from end to end.
      left join lateral (select e.embedding, e.model from app_private.embedding_cache e where e.content_hash = h.content_hash and e.model = v_model offset 0) c on true
     where s.id = any (sop_ids) and s.archived_at is null
  ), there as materialized (
    select u.id, u.sop_id, u.kind, u.ordinal, u.content_hash, u.category, u.topic, u.title, u.heading, u.body, u.words, u.embedding_model,
           row_number() over (partition by u.sop_id, u.kind, u.content_hash order by u.ordinal, u.id) as nth
      from app_private.search_units u where u.target = any (v_targets) and u.kind in ('section', 'phrase') and u.knowledge_id is null
  ), same as materialized (
    select t.id, w.sop_id, w.kind, w.content_hash, w.nth, w.ordinal, t.ordinal as ordinal_before
      from there t join wanted w on w.sop_id = t.sop_id and w.kind = t.kind and w.content_hash = t.content_hash and w.nth = t.nth
     where (w.category, w.topic, w.title, w.heading, w.body, w.words, w.embedding_model) is not distinct from (t.category, t.topic, t.title, t.heading, t.body, t.words, t.embedding_model)
  ), gone as (
    delete from app_private.search_units u where u.id = any (array(select t.id from there t except select s.id from same s))
  ), fresh as materialized (
    select w.*, row_number() over (order by w.sop_id, w.ordinal) as place from wanted w
     where not exists (select from same s where s.sop_id = w.sop_id and s.kind = w.kind and s.content_hash = w.content_hash and s.nth = w.nth)
  ), weighed as materialized (
    select i.n, i.impacts from app_hidden.bm25_impacts(array(select w.words from fresh w order by w.place), array(select app_hidden.usual_length('sop:', w.kind) from fresh w order by w.place)) i
  ), brought as (
    insert into app_private.search_units (kind, target, sop_id, sop_version_id, ordinal, category, topic, trust, title, heading, body,
        embedding_text, content_hash, words, impacts, embedding, embedding_model, indexed)
    select w.kind, 'sop:' || w.sop_id, w.sop_id, w.sop_version_id, w.ordinal, w.category, w.topic, 3, w.title, w.heading, w.body,
           w.embedding_text, w.content_hash, w.words, i.impacts, w.embedding, w.embedding_model, v_indexed
      from fresh w join weighed i on i.n = w.place
     order by w.place
  )
  select array_agg(s.id), array_agg(s.ordinal) into v_moved, v_ordinals from same s where s.ordinal <> s.ordinal_before;
  if v_moved is not null then
    update app_private.search_units u set ordinal = m.ordinal from unnest(v_moved, v_ordinals) m(id, ordinal) where u.id = m.id;
  end if;
  perform app_private.rebuild_profiles(v_targets);
end
$$;
comment on function app_private.rebuild_sop_units(integer[]) is 'Replaces the search units of SOPs by those of their texts as they are now, with the vectors that the cache holds.';
drop function if exists app_private.rebuild_sop_units(app_public.sops, integer);

create or replace function app_private.rebuild_knowledge_units(entry_ids integer[]) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_model text := (select s.embedding_model from app_public.club_settings s);
  v_indexed boolean := app_private.goes_into_index(cardinality(entry_ids));
begin
  delete from app_private.search_units u where u.knowledge_id = any (entry_ids);
  -- Of each its own question, and those of the entries that were merged into it.
  with wanted as materialized (
    select row_number() over (order by k.id, q.ordinal) as place, app_hidden.target_of(k.sop_id, k.category, k.topic) as target, k.sop_id, k.id, q.ordinal, k.category, k.topic, k.site_id, k.trust,
           k.valid_from, k.valid_to, q.question, k.answer, u.embedding_text, u.words, q.embedding, case when q.embedding is not null then q.model end as embedding_model
      from app_public.knowledge_base k
     cross join lateral (
            select 0 as ordinal, k.question, case when k.embedding_model = v_model then k.embeddings end as embedding, k.embedding_model as model
            union all
            select row_number() over (order by o.id)::integer, o.question, c.embedding, c.model
              from app_public.knowledge_questions o
              left join lateral (select e.embedding, e.model from app_private.embedding_cache e where e.content_hash = app_hidden.embedding_hash(o.question) and e.model = v_model offset 0) c on true
             where o.knowledge_id = k.id) q
     cross join lateral app_hidden.knowledge_unit(k.category, k.topic, q.question, k.answer) u
     where k.id = any (entry_ids)
  ), weighed as materialized (
    select i.n, i.impacts from app_hidden.bm25_impacts(array(select w.words from wanted w order by w.place), array(select app_hidden.usual_length('', 'knowledge') from wanted w)) i
  )
  insert into app_private.search_units (kind, target, sop_id, knowledge_id, ordinal, category, topic, site_id, trust, valid_from, valid_to, title, body,
      embedding_text, content_hash, words, impacts, embedding, embedding_model, indexed)
  select 'knowledge', w.target, w.sop_id, w.id, w.ordinal, w.category, w.topic, w.site_id, w.trust, w.valid_from, w.valid_to, w.question, w.answer,
         w.embedding_text, app_hidden.embedding_hash(w.embedding_text), w.words, i.impacts, w.embedding, w.embedding_model, v_indexed
    from wanted w join weighed i on i.n = w.place
   order by w.place;
end
$$;
comment on function app_private.rebuild_knowledge_units(integer[]) is 'Replaces the search units of knowledge entries: one for each question that leads to an entry, its own as number 0.';

create or replace function app_private.rebuild_knowledge_unit(entry app_public.knowledge_base) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  select app_private.rebuild_knowledge_units(array[entry.id])
$$;
comment on function app_private.rebuild_knowledge_unit(app_public.knowledge_base) is 'Replaces the search units of a knowledge entry as it stands in its table.';

-- The triggers of search_units say whose entries changed, so that a refresh looks at those alone.
drop function if exists app_private.refresh_profiles();
create or replace function app_private.refresh_profiles(most integer default null) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  v_told text[];
  v_stale text[];
  v_free text[];
begin
  with told as (
    delete from app_private.stale_profiles s
     where s.target = any (array(select t.target from app_private.stale_profiles t group by t.target order by min(t.id) limit most))
    returning s.target
  )
  select array_agg(distinct told.target) into v_told from told;
  select array_agg(t.target) into v_stale from (
    select u.target from app_private.search_units u where u.target = any (v_told) group by u.target
    having count(*) filter (where u.kind = 'profile') = 0
        or least(count(*) filter (where u.kind in ('phrase', 'knowledge') and u.trust > 0), 2000) <> coalesce(max(u.ordinal) filter (where u.kind = 'profile'), 0)
        or (count(*) filter (where u.kind = 'profile' and u.embedding is null) > 0 and count(*) filter (where u.kind <> 'profile' and u.embedding is not null) > 0)) t;
  -- One that is being written is left to the next run: this one waits for nobody while it holds others.
  select array_agg(f.target) into v_free from (
    select u.target from app_private.search_units u where u.kind = 'profile' and u.target = any (v_stale) order by u.target for no key update skip locked) f;
  v_free := array(select t from unnest(v_stale) t where t = any (v_free)
                     or not exists (select from app_private.search_units u where u.kind = 'profile' and u.target = t) order by t);
  insert into app_private.stale_profiles (target) select t from unnest(v_stale) t where t <> all (v_free);
  perform app_private.rebuild_profiles(v_free);
  return coalesce(cardinality(v_told), 0) - coalesce(cardinality(v_stale), 0) + cardinality(v_free);
end
$$;
comment on function app_private.refresh_profiles(integer) is
  'Rebuilds the profiles that do not hold all reviewed questions of their target, of at most so many targets that changed since the last run. Returns how many targets it has done with; 0: nothing is left, or others are writing what is.';
--! EndIncluded functions/rebuild_units.sql
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

-- Nearest units by vector: those whose signs are nearest, compared exactly. On a server an HNSW index names them; on PGlite,
-- whose builds of it take too long, all signs are compared. The limits are constants, so that one plan serves all: of the ten
-- nearest of 14,315 real texts 80 candidates hold .996 (docs/performance.md).
drop function if exists app_private.nearest_units(vector, text, integer);
create or replace function app_private.nearest_units(question halfvec, model text, only_category text default null, only_site_id integer default null)
returns table (unit_id bigint) language plpgsql stable rows 40 set search_path = app_public, public, pg_temp set jit = off
set plan_cache_mode = force_generic_plan as $$
declare
  c_scanned constant integer := 3000; -- so many of a category's are compared one by one
  v_statistics app_private.search_statistics;
  v_indexed boolean := to_regclass('app_private.search_units_embedding') is not null;
  v_signs bit(1536) := binary_quantize(question)::bit(1536);
begin
  select * into v_statistics from app_private.search_statistics t;
  if only_category is not null and (not v_indexed or coalesce((v_statistics.categories ->> only_category)::integer, 0) <= c_scanned) then
    -- Not a question for the index of the whole, and exact.
    return query
      select u.id from app_private.search_units u
       where u.category = only_category and u.embedding_model = nearest_units.model
         and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
         and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
       order by u.embedding <#> question, u.id limit 40;
  elsif v_indexed then
    perform app_private.set_index_effort(v_statistics.units);
    if only_category is not null then
      return query
        select n.id
          from (select c.id, c.embedding <#> question as distance
                  from (select u.id, u.embedding from app_private.search_units u
                         where u.indexed and u.category = only_category and u.embedding_model = nearest_units.model
                           and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
                           and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
                         order by u.bits <~> v_signs limit 80) c
                 union all
                select f.unit_id, f.distance from app_private.nearest_fresh(question, nearest_units.model, only_category, only_site_id) f) n
         order by n.distance, n.id limit 40;
    else
      return query
        select n.id
          from (select c.id, c.embedding <#> question as distance
                  from (select u.id, u.embedding from app_private.search_units u
                         where u.indexed and u.embedding_model = nearest_units.model
                           and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
                           and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
                         order by u.bits <~> v_signs limit 80) c
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
               order by u.bits <~> v_signs, u.id limit 120) c
       order by c.embedding <#> question, c.id limit 40;
  end if;
end
$$;
comment on function app_private.nearest_units(halfvec, text, text, integer) is
  'The 40 units nearest to a question by cosine (vectors have length one) that hold now and at a site, of a category or of all.';

create or replace function app_private.set_index_effort(units double precision) returns void language plpgsql stable set search_path = app_public, public, pg_temp as $$
begin
  -- The recall of an HNSW index at a fixed ef falls as it grows; at this one it is .998 at 100,000 units and .964 at a million.
  perform set_config('hnsw.ef_search', least(400, greatest(80, 80 * power(greatest(units, 1) / 100000, 0.4)))::integer::text, true);
  -- A filter that disagrees with the question must not walk the index to its end (pgvector 0.8; before, there is no walking on).
  perform set_config('hnsw.iterative_scan', 'relaxed_order', true);
  perform set_config('hnsw.max_scan_tuples', '2000', true);
end
$$;
comment on function app_private.set_index_effort(double precision) is
  'Sets for this transaction how many neighbours the vector index looks at, by the number of search units (Malkov & Yashunin 2016: ef).';

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
  select coalesce(words, 0) + 1.5 * coalesce(cosine, 0) + case when app_hidden.says_what_to_do(heading) or app_hidden.says_what_to_say(heading) then 0.5 else 0 end
    - case when app_hidden.says_when(heading) then 100 else 0 end
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
--! Included functions/prompts.sql
-- How a prompt's default reaches a club, at every migration.
create or replace function app_private.seed_prompt(name text, content text) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.actor = 'system' set clubos.reason = '' as $$
begin
  perform app_hidden.set_reason('The default of this version of ClubOS');
  insert into app_public.prompts as p (name, content, default_content) values (seed_prompt.name, seed_prompt.content, seed_prompt.content)
  on conflict on constraint prompts_name_key do update
     -- Whoever wrote their own keeps it; whoever has the default has the new one.
     set content = case when p.content = p.default_content then excluded.content else p.content end, default_content = excluded.default_content
   where p.default_content is distinct from excluded.default_content;
end
$$;
comment on function app_private.seed_prompt(text, text) is
  'Makes a prompt, or gives it a new default: as its next version where the club never changed it or went back to the default, else beside what the club wrote. Repeating it changes nothing.';

create or replace function app_hidden.find_prompt(prompt_id integer) returns app_public.prompts language plpgsql volatile as $$
declare
  v_prompt app_public.prompts;
begin
  select * into v_prompt from app_public.prompts p where p.id = find_prompt.prompt_id for no key update;
  if v_prompt.id is null then
    raise exception 'There is no prompt with id %.', find_prompt.prompt_id using errcode = 'CO404', hint = 'select id, name from prompts;';
  end if;
  return v_prompt;
end
$$;
comment on function app_hidden.find_prompt(integer) is 'The prompt, locked, or CO404.';

create or replace function app_hidden.require_prompt_text(content text) returns text language plpgsql immutable as $$
begin
  if coalesce(require_prompt_text.content, '') !~ '\S' then
    raise exception 'A prompt needs a text.' using errcode = 'CO005', hint = 'To go back to an earlier one: rollback_prompt(prompt_id, version, reason).';
  elsif length(require_prompt_text.content) > 20000 then
    raise exception 'The prompt is % characters long; 20,000 is the most: it is paid for with every question.', length(require_prompt_text.content)
      using errcode = 'CO006', hint = 'What customers are to be told belongs into SOPs.';
  end if;
  return require_prompt_text.content;
end
$$;
comment on function app_hidden.require_prompt_text(text) is 'The text of a prompt; refuses an empty one (CO005) and one over 20,000 characters (CO006).';

create or replace function app_hidden.begin_prompt_preview(name text, content text, questions text[] default null, latest integer default 5) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  c_most constant integer := 20;
  v_version integer;
  v_result jsonb;
  v_each numeric;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_prompt_text(begin_prompt_preview.content);
  if begin_prompt_preview.name not in ('route', 'answer') then
    raise exception 'Only the prompts route and answer can be tried on questions.' using errcode = 'CO005';
  end if;
  select p.version into v_version from app_public.prompts p where p.name = begin_prompt_preview.name;
  if v_version is null then
    raise exception 'There is no prompt named "%".', begin_prompt_preview.name using errcode = 'CO404';
  elsif coalesce(cardinality(questions), 0) > c_most or latest not between 1 and c_most then
    raise exception 'A prompt is tried on 1 to % questions: each is paid for.', c_most using errcode = 'CO006';
  end if;
  if cardinality(questions) > 0 then
    perform app_hidden.check_question(q) from unnest(questions) q;
    select jsonb_agg(jsonb_build_object('question', q, 'brief', app_private.question_brief(q, null, null, null)) order by o) into v_result
      from unnest(questions) with ordinality t(q, o);
  else
    select jsonb_agg(jsonb_build_object('question', r.question, 'requested', r.requested_category, 'brief', app_private.question_brief(r.question, s.slug, null, null),
             'old', jsonb_build_object('response_id', r.id::text, 'text', r.text, 'outcome', r.outcome, 'reason', r.reason, 'model', r.model, 'prompt_version', v.version)) order by r.id desc) into v_result
      from (select * from app_public.responses r where r.erased_at is null and r.outcome in ('answered', 'handed_over') order by r.id desc limit latest) r
      left join app_public.sites s on s.id = r.site_id
      left join app_public.prompt_versions v on v.id = r.prompt_version_id;
  end if;
  -- What an answer lately cost.
  select sum(c.cost) / nullif(count(distinct c.response_id), 0) into v_each
    from (select l.cost, l.response_id from app_public.llm_calls l where l.purpose in ('route', 'rerank', 'answer', 'embed') and l.response_id is not null order by l.id desc limit 200) c;
  return jsonb_build_object('questions', coalesce(v_result, '[]'), 'estimated_cost', round(v_each * coalesce(jsonb_array_length(v_result), 0), 6));
end
$$;
comment on function app_hidden.begin_prompt_preview(text, text, text[], integer) is
$$What trying a prompt needs: the questions given, or the latest answered and handed-over ones, with what was answered then, and what app_private.question_brief says of each, {questions: [{question, requested, brief, old}], estimated_cost (US dollars, by what answers lately cost; null: none did)}. Writes nothing.
Errors: CO005 an empty prompt or question, or one that no question is asked with, CO006 too long or more than 20, CO403 not a reviewer, CO404 no such prompt.$$;
--! EndIncluded functions/prompts.sql
--! Included prompts/rerank.sql
-- What the club wrote itself is never overwritten.
select app_private.seed_prompt('rerank', $prompt$You put a club's own texts in order for one question of a customer. You never answer it.

You get numbered sources, what was said before in the conversation, if anything was, and the question. Give the numbers of those that help to answer it, the one that answers it best first. What deals with the very situation of the customer comes before what deals with the subject in general; what would have to be followed first comes before what comes later.

Leave out what does not help. Where none does, give an empty list. Questions may be in any language and badly spelt.$prompt$);
--! EndIncluded prompts/rerank.sql
--! Included queries/search_as_of.sql
-- What a search would have found at some time. Where an SOP or an entry is today what it was then, its search units
-- are; what has changed since is cut and scored anew from its history.

create or replace function app_private.knowledge_as_of(at timestamptz)
returns table (id integer, category text, topic text, question text, answer text, sop_id integer, site_id integer, trust smallint, valid_from timestamptz, valid_to timestamptz, unchanged boolean)
language sql stable set search_path = app_public, public, pg_temp set jit = off as $$
  -- The first change since then holds what was before it.
  with changed as materialized (
    select distinct on (a.row_id) a.row_id::integer as id, a.operation, a.old
      from app_public.audit_log a where a.table_name = 'knowledge_base' and a.created_at > knowledge_as_of.at order by a.row_id, a.id
  ), then_there as (
    select k.id, k.category, k.topic, k.question, k.answer, k.sop_id, k.site_id, k.trust, k.valid_from, k.valid_to, true as unchanged
      from app_public.knowledge_base k where k.created_at <= knowledge_as_of.at and k.id not in (select c.id from changed c)
    union all
    select c.id, o.category, o.topic,
           coalesce(o.question, case when encode(sha256(convert_to(k.question, 'UTF8')), 'hex') = c.old ->> 'question_sha256' then k.question end),
           coalesce(o.answer, case when encode(sha256(convert_to(k.answer, 'UTF8')), 'hex') = c.old ->> 'answer_sha256' then k.answer end),
           o.sop_id, o.site_id, o.trust, o.valid_from, o.valid_to, false
      from changed c
     cross join lateral jsonb_to_record(c.old) o(category text, topic text, question text, answer text, sop_id integer, site_id integer, trust smallint, valid_from timestamptz, valid_to timestamptz,
             created_at timestamptz)
      left join app_public.knowledge_base k on k.id = c.id
     where c.operation <> 'insert' and o.created_at <= knowledge_as_of.at
  )
  select t.* from then_there t
   where t.question is not null and t.answer is not null
     and (t.valid_from is null or t.valid_from <= knowledge_as_of.at) and (t.valid_to is null or t.valid_to > knowledge_as_of.at)
$$;
comment on function app_private.knowledge_as_of(timestamptz) is
  'The knowledge entries in use at a time, as they were, by the audit log. Left out are learned ones that were changed or removed since: of them the log keeps hashes alone.';

create or replace function app_private.word_share(words tsvector, lexemes text[], idf double precision[], usual_length double precision) returns double precision
language sql immutable parallel safe as $$
  select coalesce(sum(i.idf * t.tf * 2.2 / (t.tf + 1.2 * (0.25 + 0.75 * t.length / usual_length))) / nullif((select sum(x) from unnest(word_share.idf) x), 0), 0)
    from (select u.lexeme, coalesce(cardinality(u.positions), 1)::double precision as tf, sum(coalesce(cardinality(u.positions), 1)) over () as length from unnest(word_share.words) u) t
    join unnest(word_share.lexemes, word_share.idf) i(lexeme, idf) on i.lexeme = t.lexeme
$$;
comment on function app_private.word_share(tsvector, text[], double precision[], double precision) is 'The share of a question''s information that a text holds: what the impacts of search units give, without making them.';

create or replace function app_private.sections_as_of(at timestamptz, only_category text, lexemes text[], idf double precision[], question_embedding vector)
returns table (sop_id integer, sop_version_id integer, category text, topic text, content text, kind text, ordinal integer, title text, heading text, body text, embedding_text text,
  words double precision, cosine double precision, embedding vector)
language sql stable set search_path = app_public, public, pg_temp set jit = off as $$
  with in_force as materialized (
    select distinct on (v.sop_id) v.sop_id, v.id, v.category, v.section, v.content, v.archived
      from app_public.sop_versions v where v.created_at <= sections_as_of.at order by v.sop_id, v.version desc
  ), changed as materialized (
    select f.* from in_force f
     where not f.archived and (only_category is null or f.category = only_category)
       and not exists (select from app_private.search_units u where u.sop_id = f.sop_id and u.sop_version_id = f.id and u.kind = 'profile')
  )
  select c.sop_id, c.id, c.category, c.section, c.content, u.kind, u.ordinal, u.title, u.heading, u.body, u.embedding_text,
         app_private.word_share(u.words, sections_as_of.lexemes, sections_as_of.idf, app_hidden.usual_length('sop:', u.kind)), -(e.embedding <#> question_embedding), e.embedding
    from changed c
   cross join app_public.club_settings s
   cross join lateral app_hidden.sop_units(c.category, c.section, c.content) u
    left join app_private.embedding_cache e on e.content_hash = app_hidden.embedding_hash(u.embedding_text) and e.model = s.embedding_model
$$;
comment on function app_private.sections_as_of(timestamptz, text, text[], double precision[], vector) is
  'The sections and phrases of the SOP versions in force at a time that are not in force now, with their share of a question''s words and, where the cache has their vector, their cosine.';

create or replace function app_private.units_as_of(at timestamptz, only_category text, only_site_id integer, impacts sparsevec, total_idf double precision, lexemes text[], idf double precision[],
  question_embedding vector)
returns table (target text, kind text, sop_id integer, sop_version_id integer, knowledge_id integer, ordinal integer, category text, topic text, trust smallint, title text, heading text,
  body text, matched text, words double precision, cosine double precision, embedding vector, cut boolean)
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off as $$
#variable_conflict use_column
declare
  v_model text := (select s.embedding_model from app_public.club_settings s);
begin
  return query
  with entries as materialized (
    select k.* from app_private.knowledge_as_of(units_as_of.at) k
     where (k.site_id is null or only_site_id is null or k.site_id = only_site_id) and (only_category is null or k.category = only_category)
  ), in_force as materialized (
    select distinct on (v.sop_id) v.sop_id, v.id, v.archived from app_public.sop_versions v where v.created_at <= units_as_of.at order by v.sop_id, v.version desc
  ), still as materialized (
    select u.id
      from in_force f
      join app_public.sops s on s.id = f.sop_id
      join app_public.sop_versions v on v.sop_id = s.id and v.version = s.version and v.id = f.id
      join app_private.search_units u on u.sop_id = f.sop_id and u.knowledge_id is null
     where not f.archived
    union all
    select u.id from app_private.search_units u join entries e on e.id = u.knowledge_id and e.unchanged
     where u.ordinal = 0 or exists (select from app_public.knowledge_questions q where q.knowledge_id = e.id and q.question = u.embedding_text and q.created_at <= units_as_of.at)
    union all
    select u.id from app_private.search_units u where u.kind = 'profile' and u.sop_id is null and u.target in (select app_hidden.target_of(e.sop_id, e.category, e.topic) from entries e)
  )
  select u.target, u.kind, u.sop_id, u.sop_version_id, u.knowledge_id, u.ordinal, u.category::text, u.topic::text, u.trust, u.title, u.heading, u.body, u.embedding_text,
         coalesce(-(u.impacts <#> units_as_of.impacts) / nullif(total_idf, 0), 0),
         case when question_embedding is not null and u.embedding_model = v_model then -(u.embedding <#> question_embedding) else 0 end, null::vector, false
    from app_private.search_units u
   where u.id in (select s.id from still s) and (only_category is null or u.category = only_category)
  union all
  select 'sop:' || s.sop_id, s.kind, s.sop_id, s.sop_version_id, null, s.ordinal, s.category, s.topic, 3::smallint, s.title, s.heading, s.body, s.embedding_text,
         s.words, coalesce(s.cosine, 0), s.embedding, true
    from app_private.sections_as_of(units_as_of.at, only_category, lexemes, idf, question_embedding) s
  union all
  select app_hidden.target_of(e.sop_id, e.category, e.topic), 'knowledge', e.sop_id, null, e.id, 0, e.category, e.topic, e.trust, e.question, null, e.answer, e.question,
         app_private.word_share(to_tsvector('app_public.clubos', e.question), lexemes, idf, app_hidden.usual_length('', 'knowledge')), coalesce(-(c.embedding <#> question_embedding), 0), c.embedding, true
    from entries e
    left join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(e.question) and c.model = v_model
   where not e.unchanged;
end
$$;
comment on function app_private.units_as_of(timestamptz, text, integer, sparsevec, double precision, text[], double precision[], vector) is
  'What was searched at a time, scored for a question: units that are there still, and those cut anew from the history (cut).';

create or replace function app_private.profiles_as_of(targets text[], lexemes text[], idf double precision[], question_embedding vector, at timestamptz)
returns table (target text, words double precision, cosine double precision)
language sql stable set search_path = app_public, public, pg_temp set jit = off as $$
  -- As rebuild_profile makes them, of the sections and phrases alone.
  select 'sop:' || v.sop_id,
         app_private.word_share(to_tsvector('app_public.clubos', left(concat_ws(' ', h.head, h.head, t.bodies), 250000)) || to_tsvector('app_public.clubos', left(concat_ws(' ', t.phrases, t.phrases), 250000)),
           lexemes, idf, app_hidden.usual_length('sop:', 'profile')),
         coalesce(-(l2_normalize(case when t.asked is null then t.said else t.said + t.asked end) <#> question_embedding), 0)
    from (select distinct on (x.sop_id) x.* from app_public.sop_versions x where 'sop:' || x.sop_id = any (targets) and x.created_at <= profiles_as_of.at order by x.sop_id, x.version desc) v
   cross join app_public.club_settings s
   cross join lateral (select concat_ws(' ', app_hidden.in_words(v.category), app_hidden.in_words(v.section), app_hidden.sop_title(v.section, v.content)) as head) h
   cross join lateral (
     select string_agg(u.body, ' ' order by u.ordinal) filter (where u.kind = 'section') as bodies, string_agg(u.body, ' ' order by u.ordinal) filter (where u.kind = 'phrase') as phrases,
            l2_normalize(l2_normalize(avg(c.embedding) filter (where u.kind = 'section')) + (array_agg(c.embedding order by u.ordinal) filter (where u.kind = 'section' and c.embedding is not null))[1]) as said,
            l2_normalize(avg(c.embedding) filter (where u.kind = 'phrase')) as asked
       from app_hidden.sop_units(v.category, v.section, v.content) u
       left join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(u.embedding_text) and c.model = s.embedding_model) t
$$;
comment on function app_private.profiles_as_of(text[], text[], double precision[], vector, timestamptz) is 'The profiles of SOPs as they were at a time, scored for a question.';

drop function if exists app_public.search_as_of(text, vector, timestamptz, text, text, integer);
create or replace function app_public.search_as_of(query text, query_embedding vector, at timestamptz, category text default null, site text default null, first integer default 10,
  embedding_model text default null)
returns setof app_public.search_result
language plpgsql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
#variable_conflict use_column
declare
  c_cosine_weight constant double precision := 1.5;
  v_site_id integer := app_hidden.find_site(search_as_of.site);
  v_query text := coalesce(left(search_as_of.query, 20000), '');
  v_words record;
  v_lexemes text[];
  v_idf double precision[];
begin
  if search_as_of.at is null then
    raise exception 'As of when?' using errcode = 'CO005', hint = 'Give at, such as now() - interval ''1 week''.';
  elsif query_embedding is not null and vector_dims(query_embedding) <> 1536 then
    raise exception 'The question''s vector has % dimensions; 1536 are needed.', vector_dims(query_embedding) using errcode = 'CO005', hint = 'Pad a shorter one with zeros.';
  end if;
  if search_as_of.embedding_model <> (select s.embedding_model from app_public.club_settings s) then
    query_embedding := null; -- Vectors of two models are never compared.
  end if;
  select * into v_words from app_private.question_words(v_query);
  select array_agg(l), array_agg(-(v_words.impacts <#> format('{%s:1}/268435456', app_hidden.lexeme_dimension(l))::sparsevec)) into v_lexemes, v_idf
    from unnest(tsvector_to_array(to_tsvector('app_public.clubos', v_query))) l;
  return query
  with units as materialized (
    select u.*, u.words + c_cosine_weight * u.cosine - case when u.trust = 0 then 0.3 else 0 end as s
      from app_private.units_as_of(search_as_of.at, nullif(search_as_of.category, ''), v_site_id, v_words.impacts, v_words.total_idf, v_lexemes, v_idf, query_embedding) u
  ), best as (
    select u.target from units u group by u.target having max(u.words) > 0 or max(u.cosine) > 0 order by max(u.s) desc limit 60
  ), profiles as materialized (
    select p.target, p.words, p.cosine, p.words + c_cosine_weight * p.cosine as s
      from app_private.profiles_as_of(array(select distinct u.target from units u join best b on b.target = u.target where u.cut and u.sop_id is not null and u.kind = 'section'), v_lexemes, v_idf, query_embedding, search_as_of.at) p
    union all
    select u.target, u.words, u.cosine, u.s from units u join best b on b.target = u.target where u.kind = 'profile'
  ), entries as (
    select e.target, max(e.s) + 0.1 * ln(sum(exp((e.s - e.top) / 0.1))) as a
      from (select u.target, u.s, row_number() over (partition by u.target order by u.s desc) as place, max(u.s) over (partition by u.target) as top
              from units u join best b on b.target = u.target where u.kind in ('phrase', 'knowledge')) e
     where e.place <= 10 group by e.target
  ), found as materialized (
    select t.target, t.sop_id, t.a, t.b, greatest(t.w, p.words) as w, greatest(t.c, p.cosine) as c, (coalesce(p.s, t.m) + t.m) / 2 as score,
           row_number() over (order by (coalesce(p.s, t.m) + t.m) / 2 desc, t.target)::integer as place
      from (select g.*, e.a, case when g.b is not null and e.a is not null then (g.b + greatest(e.a, g.b)) / 2 else coalesce(g.b, e.a) end as m
              from (select u.target, max(u.sop_id) as sop_id, max(u.s) filter (where u.kind = 'section') as b, max(u.words) as w, max(u.cosine) as c
                      from units u join best b on b.target = u.target group by u.target) g
              left join entries e on e.target = g.target) t
      left join profiles p on p.target = t.target
     where t.m is not null
  )
  select f.place, case when q.own_answer then 'knowledge' else 'sop' end, f.sop_id, s.sop_version_id, v.version, case when q.leads or q.own_answer then n.knowledge_id end,
         coalesce(v.category, n.category)::text, coalesce(v.section, n.topic)::text, coalesce(s.title, n.title), case when not q.own_answer then s.heading end,
         case when q.own_answer then n.body else s.body end, case when q.leads then n.matched end, case when q.leads then n.trust else 3::smallint end, f.score, f.w, f.c,
         case when f.place = 1 then app_hidden.confidence(f.c, (select sum(exp((x.score - f.score) / 0.2)) from found x where x.place <= 20),
           f.target = (select u.target from units u where u.kind <> 'profile' order by u.words desc limit 1) and f.target = (select u.target from units u where u.kind <> 'profile' order by u.cosine desc limit 1)) end
    from found f
    left join lateral (select * from units u where u.target = f.target and u.kind in ('phrase', 'knowledge') order by u.s desc, u.knowledge_id limit 1) n on true
    left join lateral (
      select * from units u where u.target = f.target and u.kind = 'section'
       order by app_hidden.says_when(u.heading), u.s + case when app_hidden.says_what_to_do(u.heading) or app_hidden.says_what_to_say(u.heading) then 0.5 else 0 end desc, u.ordinal limit 1) s on true
   cross join lateral (select f.sop_id is null or coalesce(f.a > f.b, false) as leads) l
   cross join lateral (select l.leads, s.target is null or (l.leads and n.kind = 'knowledge' and n.trust = 3) as own_answer) q
    left join app_public.sop_versions v on v.id = s.sop_version_id
   where f.place <= least(greatest(coalesce(search_as_of.first, 10), 1), 100)
   order by f.place;
end
$$;
comment on function app_public.search_as_of(text, vector, timestamptz, text, text, integer, text) is
$$What search_knowledge would have found at a time, over the SOP versions then in force and the knowledge entries as they were.
Exact: which SOPs and which of their versions, their texts, phrases and sections; which entries there were and when they held; vectors, where the cache still has those of the old texts (else words alone speak for them). Not exact: how rare a word is counts as it is today, by today's embedding model; the profile of an SOP that has not changed holds questions learned since; of learned entries that were changed or removed since the log keeps hashes alone, so they are left out; erased texts are gone; unknown words are not corrected by spelling.
query: 20,000 characters are read. query_embedding: its vector (1536 dimensions), null for words alone; embedding_model: whose it is, as in search_knowledge. at: when. category, site (slug): only what held there. first: at most so many (1 to 100).
Errors: CO005 no time, wrong dimensions, CO404 no such site.$$;
--! EndIncluded queries/search_as_of.sql
--! Included queries/replay_response.sql
-- The search of an answer, done again. The units are those that its snapshot saw (search_units and their history), the
-- question's vector is the stored one, and how rare its words were is written down with the answer: from these every
-- score is computed anew. test/sql/replay.test.ts holds it to what search_knowledge finds.

do $$
begin
  -- What a function returns can only be changed by making it anew.
  if pg_get_function_result(to_regprocedure('app_private.units_at(timestamptz,pg_snapshot,xid8)')) not like '%halfvec%' then
    drop function app_private.units_at(timestamptz, pg_snapshot, xid8);
    drop function app_private.targets_at(app_private.response_searches, vector, text, integer, integer);
  end if;
end
$$;
create or replace function app_private.units_at(at timestamptz, snapshot pg_snapshot default null, own_xid xid8 default null)
returns table (id bigint, kind text, target text, sop_id integer, sop_version_id integer, knowledge_id integer, category text, topic text, site_id integer, trust smallint,
  valid_from timestamptz, valid_to timestamptz, impacts sparsevec, embedding halfvec, embedding_model text, lost boolean)
language sql stable set search_path = app_public, public, pg_temp as $$
  -- The clock as well as the snapshot: in a database that was restored, transactions are counted from anew.
  select u.id, u.kind, u.target, u.sop_id, u.sop_version_id, u.knowledge_id, u.category::text, u.topic::text, u.site_id, u.trust, u.valid_from, u.valid_to, u.impacts,
         u.embedding, u.embedding_model, false
    from app_private.search_units u
   where u.since <= units_at.at and (units_at.snapshot is null or u.since_xid = units_at.own_xid or pg_visible_in_snapshot(u.since_xid, units_at.snapshot))
  union all
  select h.unit_id, h.kind, h.target, h.sop_id, h.sop_version_id, h.knowledge_id, h.category::text, h.topic::text, h.site_id, h.trust, h.valid_from, h.valid_to, h.impacts,
         coalesce(h.embedding, c.embedding::halfvec(1536)), h.embedding_model, h.erased or (h.embedding_model is not null and coalesce(h.embedding, c.embedding) is null)
    from app_private.search_unit_history h
    left join app_private.embedding_cache c on c.content_hash = h.content_hash and c.model = h.embedding_model and h.embedding is null
   where (h.until > units_at.at or h.until_xid >= pg_snapshot_xmin(units_at.snapshot))
     and h.since <= units_at.at and (units_at.snapshot is null or h.since_xid = units_at.own_xid or pg_visible_in_snapshot(h.since_xid, units_at.snapshot))
     and not (h.until <= units_at.at and (units_at.snapshot is null or coalesce(h.until_xid = units_at.own_xid, false) or pg_visible_in_snapshot(h.until_xid, units_at.snapshot)))
$$;
comment on function app_private.units_at(timestamptz, pg_snapshot, xid8) is
  'The search units that a snapshot saw (and its own transaction''s writing), or without one, that were written by a time. lost: erased, or its vector is no longer kept.';

create or replace function app_private.targets_at(search app_private.response_searches, question_embedding vector, only_category text, only_site_id integer, most integer default 40)
returns table (target text, sop_id integer, sop_version_id integer, category text, topic text, score double precision, entry_kind text, entry_trust smallint, knowledge_id integer,
  entry_leads boolean, words double precision, cosine double precision, lost boolean)
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off as $$
#variable_conflict use_column
declare
  -- As in rank_targets, step by step.
  c_cosine_weight constant double precision := 1.5;
  c_softness constant double precision := 0.1;
  c_votes constant integer := 10;
  c_unreviewed constant double precision := 0.3;
  v_at timestamptz := search.searched_at;
  v_model text := search.embedding_model;
  v_question halfvec := question_embedding;
  v_candidates sparsevec := (select ('{' || coalesce(string_agg(distinct d || ':1', ','), '') || '}/268435456')::sparsevec from unnest(search.candidates) d);
begin
  return query
  with units as materialized (
    select u.*, (u.site_id is null or only_site_id is null or u.site_id = only_site_id) and (u.valid_from is null or u.valid_from <= v_at) and (u.valid_to is null or u.valid_to > v_at) as holds
      from app_private.units_at(v_at, search.snapshot, search.own_xid) u
  ), by_words as materialized (
    select u.id, u.target from units u where search.by_words is not null and only_category is null and u.id = any (search.by_words)
    union all
    (select u.id, u.target from units u
      where (search.by_words is null or only_category is not null) and (u.impacts <#> search.words) < 0 and (cardinality(search.candidates) = 0 or (u.impacts <#> v_candidates) < 0)
        and (only_category is null or u.category = only_category) and u.holds
      order by u.impacts <#> search.words, u.id limit 40)
  ), by_meaning as materialized (
    select u.id, u.target from units u where only_category is null and question_embedding is not null and u.id = any (search.nearest)
    union all
    (select u.id, u.target from units u
      where (only_category is null and search.nearest is null or u.category = only_category) and question_embedding is not null and u.embedding_model = v_model and u.holds
      order by u.embedding <#> v_question, u.id limit 40)
  ), found as materialized (
    select w.id, w.target from by_words w union select m.id, m.target from by_meaning m
  ), reached as materialized (
    select u.*, x.w, x.c, x.w + c_cosine_weight * x.c - case when u.trust = 0 then c_unreviewed else 0 end as s, exists (select from found f where f.id = u.id) as named
      from units u
     cross join lateral (
       select case when search.total_idf > 0 then -(u.impacts <#> search.words) / search.total_idf else 0 end as w,
              case when question_embedding is not null and u.embedding_model = v_model then coalesce(-(u.embedding <#> v_question), 0) else 0 end as c) x
     where u.holds and (u.id in (select k.id from found k) or u.kind in ('profile', 'section') and u.target in (select k.target from found k))
  ), scored as materialized (
    select r.* from reached r
     where r.target in (select n.target from reached n where n.named group by n.target order by max(n.s) desc, n.target limit most)
  ), entries as (
    select e.target, max(e.s) + c_softness * ln(sum(exp((e.s - e.best) / c_softness))) as a, (array_agg(e.id order by e.place))[1] as id
      from (select s.target, s.id, s.s, row_number() over (partition by s.target order by s.s desc, s.id) as place, max(s.s) over (partition by s.target) as best
              from scored s where s.kind in ('phrase', 'knowledge')) e
     where e.place <= c_votes
     group by e.target
  ), targets as (
    select s.target, max(s.sop_id) as sop_id, max(s.category) as category, max(s.topic) as topic, max(s.s) filter (where s.kind = 'profile') as p,
           max(s.s) filter (where s.kind = 'section') as b, max(s.w) as w, max(s.c) as c, bool_or(s.lost) as lost
      from scored s group by s.target
  ), combined as (
    select t.*, e.a, case when t.b is not null and e.a is not null then (t.b + greatest(e.a, t.b)) / 2 else coalesce(t.b, e.a, t.p) end as m,
           coalesce(e.id, case when t.sop_id is null then (select u.id from units u where u.target = t.target and u.kind = 'knowledge' and u.holds order by u.trust desc, u.id limit 1) end) as entry_id
      from targets t left join entries e on e.target = t.target
  )
  select c.target, c.sop_id, p.sop_version_id, c.category, c.topic, (coalesce(c.p, c.m) + c.m) / 2, u.kind, u.trust, u.knowledge_id,
         c.sop_id is null or coalesce(c.a > c.b, false), c.w, c.c, c.lost
    from combined c
    left join units u on u.id = c.entry_id
    left join units p on p.target = c.target and p.kind = 'profile' and p.sop_id is not null
   where c.sop_id is not null or c.entry_id is not null
   order by 6 desc, c.target
   limit most;
end
$$;
comment on function app_private.targets_at(app_private.response_searches, vector, text, integer, integer) is
  'What search_targets ranked, with the inputs and among the units of an earlier search. lost: something of the target was erased since, so that its score may differ.';

create or replace function app_private.search_at(search app_private.response_searches, question_embedding vector, only_category text, only_site_id integer, first integer default 10)
returns setof app_public.search_result language sql stable set search_path = app_public, public, pg_temp as $$
  select t.place, case when q.own_answer then 'knowledge' else 'sop' end, t.sop_id, t.sop_version_id, v.version, case when t.entry_leads or q.own_answer then t.knowledge_id end,
         coalesce(v.category, t.category)::text, coalesce(v.section, t.topic)::text, null::text, null::text, null::text, case when t.lost then 'lost' end,
         case when t.entry_leads then t.entry_trust else 3::smallint end, t.score, t.words, t.cosine, null::double precision
    from (select x.*, row_number() over (order by x.score desc, x.target)::integer as place
            from app_private.targets_at(search_at.search, question_embedding, only_category, only_site_id) x) t
   cross join lateral (select t.sop_id is null or (t.entry_leads and t.entry_kind = 'knowledge' and t.entry_trust = 3) as own_answer) q
    left join app_public.sop_versions v on v.id = t.sop_version_id
   where t.place <= search_at.first
   order by t.place
$$;
comment on function app_private.search_at(app_private.response_searches, vector, text, integer, integer) is
  'What search_knowledge found at an earlier search, without texts; matched says "lost" where something of a source was erased since.';

create or replace function app_private.search_inputs_at(question text, question_embedding vector, model text, at timestamptz) returns app_private.response_searches
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off as $$
declare
  c_rows constant integer := 2000; -- of question_words
  v_search app_private.response_searches;
begin
  v_search.searched_at := search_inputs_at.at;
  v_search.embedding_model := case when question_embedding is not null then model end;
  with units as materialized (
    select u.impacts from app_private.units_at(search_inputs_at.at) u
  ), term as materialized (
    select distinct on (d.dimension) d.dimension, d.df, ln(1 + (t.n - d.df + 0.5) / (d.df + 0.5)) as idf
      from (select count(*)::double precision as n from units) t
     cross join lateral (
       select app_hidden.lexeme_dimension(l.lexeme) as dimension, l.lexeme,
              (select count(*) from units u where (u.impacts <#> format('{%s:1}/268435456', app_hidden.lexeme_dimension(l.lexeme))::sparsevec) < 0)::double precision as df
         from unnest(tsvector_to_array(to_tsvector('app_public.clubos', left(question, 20000)))) l(lexeme) limit 200) d
  )
  select ('{' || coalesce(string_agg(x.dimension || ':' || x.idf::real, ','), '') || '}/268435456')::sparsevec, coalesce(sum(x.idf), 0),
         coalesce(array_agg(x.dimension) filter (where x.df > 0 and (x.place = 1 or x.upto <= c_rows)), '{}')
    into v_search.words, v_search.total_idf, v_search.candidates
    from (select t.*, row_number() over (order by t.df = 0, t.df, t.dimension) as place, sum(t.df) over (order by t.df = 0, t.df, t.dimension) as upto from term t) x;
  return v_search;
end
$$;
comment on function app_private.search_inputs_at(text, vector, text, timestamptz) is 'What a search at some time would have searched with: how rare the words were among the units of that time.';

drop function if exists app_public.replay_response(bigint, timestamptz);
create function app_public.replay_response(id bigint, at timestamptz default null)
returns table (rank integer, kind text, sop_id integer, sop_version_id integer, version integer, knowledge_id integer, category text, topic text, score double precision,
  stored_kind text, stored_sop_id integer, stored_sop_version_id integer, stored_version integer, stored_knowledge_id integer, stored_category text, stored_topic text, stored_score double precision,
  same boolean, all_same boolean, exact boolean)
language plpgsql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
#variable_conflict use_column
declare
  v_response app_public.responses;
  v_search app_private.response_searches;
  v_inputs app_private.response_searches;
  v_vector vector;
  v_found app_public.search_result[];
  v_exact boolean;
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('agent');
  end if;
  select * into v_response from app_public.responses r where r.id = replay_response.id;
  if v_response.id is null then
    raise exception 'There is no response with id %.', coalesce(replay_response.id::text, 'null') using errcode = 'CO404';
  elsif v_response.erased_at is not null then
    raise exception 'This answer was erased, and with it what it was searched with.' using errcode = 'CO110', hint = 'Its sources'' names are kept: see response_sources.';
  end if;
  select * into v_search from app_private.response_searches s where s.response_id = v_response.id;
  v_exact := v_search.response_id is not null and replay_response.at is null
    and v_search.searched_at >= now() - (select r.keep from app_public.retention_rules r where r.kind = 'embedding_cache');
  -- Of an answer that tells nothing of its search, the vector that there is.
  select c.embedding into v_vector from app_private.embedding_cache c
   where c.content_hash = v_response.question_hash and c.model = case when v_search.response_id is null then v_response.embedding_model else v_search.embedding_model end;
  if v_search.embedding_model is not null and v_vector is null then
    raise exception 'The vector of this question is no longer kept, so its search cannot be done again.' using errcode = 'CO151',
      hint = 'The retention rule embedding_cache says for how long vectors are kept; search_as_of searches for the question by words.';
  end if;
  if not v_exact then
    v_inputs := app_private.search_inputs_at(v_response.question, v_vector, coalesce(v_search.embedding_model, v_response.embedding_model), coalesce(replay_response.at, v_response.created_at));
    v_inputs.routed := v_search.routed;
    v_inputs.reranked := v_search.reranked;
    v_inputs.emergency := case when v_search.response_id is not null then v_search.emergency when v_response.outcome = 'emergency' then coalesce(substring(v_response.reason from 'rule: (\w+)'), '') end;
    v_search := v_inputs;
  end if;
  v_found := array(select f from app_private.search_at(v_search, v_vector, nullif(v_response.requested_category, ''), v_response.site_id) f order by f.rank);
  if v_search.routed is not null and not exists (select from unnest(v_found) f where f.rank <= 3 and f.category = v_search.routed) then
    v_found := app_private.with_routed(v_found, array(select f from app_private.search_at(v_search, v_vector, v_search.routed, v_response.site_id, 3) f));
  end if;
  if v_search.reranked is not null then
    -- The model is not asked again: its order is what was written down.
    v_found := app_private.reranked(v_found, v_search.reranked);
  end if;
  if v_search.emergency is not null then
    v_found := app_private.emergency_first(v_found, array(select f from app_private.search_at(v_search, v_vector, 'emergency', v_response.site_id, 10) f), nullif(v_search.emergency, ''));
  end if;
  return query
    select f.rank, f.kind, f.sop_id, f.sop_version_id, f.version, f.knowledge_id, f.category, f.topic, f.score,
           s.kind, s.sop_id, s.sop_version_id, s.version, s.knowledge_id, s.category::text, s.topic::text, s.score,
           c.same, bool_and(c.same) over (), v_exact and not coalesce(bool_or(f.matched = 'lost') over (), false)
      from (select * from unnest(v_found) x where x.rank <= 10) f
      full join (select x.*, v.version from app_public.response_sources x left join app_public.sop_versions v on v.id = x.sop_version_id where x.response_id = v_response.id) s on s.rank = f.rank
     cross join lateral (select f.rank is not null and s.rank is not null
       and (f.kind, f.sop_version_id, f.knowledge_id) is not distinct from (s.kind, s.sop_version_id, s.knowledge_id) as same) c
     order by coalesce(f.rank, s.rank);
end
$$;
comment on function app_public.replay_response(bigint, timestamptz) is
$$The sources of an answer, found again: rank by rank what the search finds (rank to score), beside what was stored (stored_…), and whether both are the same SOP version or knowledge entry (same; all_same: at every rank).
Nothing is taken from what was stored: the stored vector is compared again with the search units of that time, which the history keeps, and every score computed anew. at: null for the moment the question was answered, by the very snapshot that was searched; another time searches again as of then, for "would it have been found on 3 March?" (now(): would it be found today?).
exact: it was by the snapshot, and nothing that was searched has been erased since. Answers recorded before searches were written down, those older than the retention rule embedding_cache keeps vectors and earlier search units, and those at another time are by the clock: exact is false.
Errors: CO110 erased, CO151 the question's vector is no longer kept (retention rule embedding_cache), CO403 not staff, CO404 no such response.$$;
--! EndIncluded queries/replay_response.sql
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

create or replace function app_hidden.source_key(sop_id integer, knowledge_id integer) returns text language sql immutable parallel safe as $$
  select coalesce('sop:' || sop_id, 'knowledge:' || knowledge_id)
$$;
comment on function app_hidden.source_key(integer, integer) is 'By what a model that ranks names a source: its SOP, else its entry.';

create or replace function app_private.reranked(results app_public.search_result[], keys text[]) returns app_public.search_result[]
language sql immutable set search_path = app_public, public, pg_temp as $$
  select array_agg(app_private.ranked(e.result, e.place::integer) order by e.place)
    from (select r as result, row_number() over (order by array_position(keys, app_hidden.source_key(r.sop_id, r.knowledge_id)) nulls last, r.rank) as place from unnest(results) r) e
$$;
comment on function app_private.reranked(app_public.search_result[], text[]) is
  'What was found in the order that a model gave it, by source_key; what it did not name follows as it was.';

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
  insert into app_private.response_searches (response_id, searched_at, snapshot, own_xid, embedding_model, words, total_idf, by_words, nearest, routed, emergency, reranked)
  select record_search.response_id, s.searched_at, s.snapshot::pg_snapshot, s.own_xid::xid8, s.embedding_model, s.words::sparsevec, s.total_idf, s.by_words, s.nearest, s.routed, s.emergency, s.reranked
    from jsonb_to_record(search) s(searched_at timestamptz, snapshot text, own_xid text, embedding_model text, words text, total_idf double precision, by_words bigint[], nearest bigint[],
         routed text, emergency text, reranked text[])
   where jsonb_typeof(search) = 'object';
end
$$;
comment on function app_private.record_search(bigint, jsonb) is 'Writes down what an answer was searched with, as begin_answer''s search says it.';

-- The round trip before the answer is written: everything that is known about the question. With a conversation it also
-- writes down what the customer said, unless begin_question did, so that nothing said is lost whatever comes after.
drop function if exists app_hidden.begin_answer(text, vector, text, text, uuid);
drop function if exists app_hidden.begin_answer(text, vector, text, text, uuid, jsonb, text, bigint, boolean);
create or replace function app_hidden.begin_answer(query text, query_embedding vector default null, category text default null, site text default null, conversation uuid default null,
  route jsonb default null, embedding_model text default null, message_id bigint default null, for_model boolean default false, reranked text[] default null)
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

  if cardinality(reranked) > 0 and v_results is not null then
    v_results := app_private.reranked(v_results, begin_answer.reranked);
    v_first := v_results[1];
    v_search := v_search || jsonb_build_object('reranked', begin_answer.reranked);
    if v_requested is null and coalesce(v_routed, 'unknown') = 'unknown' then
      v_category := case when v_category is not null then v_first.category end;
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
    v_text := app_hidden.said('paused');
  elsif v_first.rank is null or v_category is null or v_confidence < v_settings.confidence_threshold then
    v_outcome := 'handed_over';
    v_reason := case when v_first.rank is null then 'nothing found'
                     when v_category is null then format('no category fits; confidence %s', round(v_confidence::numeric, 2))
                     else format('confidence %s below %s', round(v_confidence::numeric, 2), v_settings.confidence_threshold) end;
    v_text := app_hidden.said('not_sure');
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
    'for_model', coalesce(v_readable, false), 'outcome', v_outcome, 'reason', v_reason, 'text', v_text, 'said', jsonb_build_object('not_sure', app_hidden.said('not_sure'), 'paused', app_hidden.said('paused')), 'search', v_search,
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
comment on function app_hidden.begin_answer(text, vector, text, text, uuid, jsonb, text, bigint, boolean, text[]) is
$$What to answer a question with: route, confidence, sources and the extractive answer, {ticket_id, silent, site, message_id, category, votes: [{category, share}], routed_by, confidence, threshold, embedding_model, by_vector, for_model, outcome, reason, text, said: {not_sure, paused}, search, sources}. Emergencies first, by rule, then by route; their text is their SOP's.
embedding_model: whose the vector is; one of another model than club_settings.embedding_model (which the result names) is not used. by_vector: whether any was: this one, or the cache's. message_id: the customer's message where it is written down already, else it is written.
route: what a model made of the question, {category, emergency}. Its category is recorded, and where none of the first three sources lies in it, its best three are added. "unknown" hands over, unless what was found is more likely right than not (0.5). It can raise an emergency and not call one off; "hand_over" hands over.
reranked: in which order a model puts what was found (source_key of each, the best first; the others follow as they were); the confidence stays that of the search's own first.
What is first of the category hand_over is for a person: outcome handed_over, with the text that is said of it (app_hidden.hand_over_text). `votes` are the sources' own all the same.
search: what was searched with, for record_response to write down (app_private.response_searches).
A source of which an experiment runs has the subject's arm's title, heading, snippet and text, and its experiment_arm_id: what is said is checked against what was served.
for_model: asks whether a model may write the answer; the result says it, and its sources for the model have a `text` then. Above club_settings.model_threshold; outcome, reason and text are those of the local answer all the same.
Errors: CO005 no question, CO006 too long, CO404 no such conversation or site.$$;

create or replace function app_hidden.emergency_text(sop_id integer) returns text
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select coalesce(
    (select app_hidden.quote(s.body, 3000) from app_private.search_units s
      where s.sop_id = emergency_text.sop_id and s.kind = 'section' and (app_hidden.says_what_to_say(s.heading) or s.heading ~* 'answer|antwort|réponse|respuesta') order by s.ordinal limit 1),
    (select app_hidden.quote(string_agg(s.body, E'\n\n' order by s.ordinal), 3000) from app_private.search_units s
      where s.sop_id = emergency_text.sop_id and s.kind = 'section' and not app_hidden.says_when(s.heading)),
    app_hidden.said('emergency'))
$$;
comment on function app_hidden.emergency_text(integer) is 'The fixed text of an emergency SOP: its section for the customer, else its steps; a general one where there is no SOP.';

drop function if exists app_hidden.usual_hand_over();
create or replace function app_hidden.hand_over_text(result app_public.search_result) returns text
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  -- The rest of such an SOP is for whoever takes over.
  select coalesce(
    case when result.kind = 'knowledge' then nullif(btrim(app_hidden.quote(result.snippet, 3000)), '') end,
    (select app_hidden.quote(s.body, 3000) from app_private.search_units s
      where s.sop_id = result.sop_id and s.kind = 'section' and app_hidden.says_what_to_say(s.heading) order by s.ordinal limit 1),
    app_hidden.said('for_a_person'))
$$;
comment on function app_hidden.hand_over_text(app_public.search_result) is
  'What a customer is told whose question a person answers, by what was found of the category hand_over: the entry''s answer, or what the SOP says to say, else app_hidden.said(''for_a_person'').';

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
--! Included functions/questions.sql
-- What is known about a question before any model is asked: one round trip, and nothing that leaves the database
-- unmasked. begin_answer goes on from here, once the vector and the route are there.
create or replace function app_hidden.check_question(query text) returns void language plpgsql immutable as $$
begin
  if coalesce(btrim(query), '') = '' then
    raise exception 'There is no question.' using errcode = 'CO005', hint = 'Send what the customer wrote as query.';
  elsif octet_length(query) > 65536 then
    raise exception 'The question is too long: 64 kB is the most.' using errcode = 'CO006';
  end if;
end
$$;
comment on function app_hidden.check_question(text) is 'Refuses a question that is empty (CO005) or too long (CO006).';

create or replace function app_private.hear_customer(ticket app_public.tickets, query text) returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_message_id bigint;
begin
  insert into app_public.messages (ticket_id, author_kind, body) values (ticket.id, 'customer', query) returning id into v_message_id;
  update app_public.tickets t
     set updated_at = now(), subject = coalesce(t.subject, left(query, 120)), status = case when t.status = 'resolved' then 'open' else t.status end,
         resolved_at = null, resolved_by = null, resolution = null,
         -- Where a person has the conversation, the assistant owes nothing.
         awaiting_since = case when not app_hidden.assistant_is_silent(t) then coalesce(t.awaiting_since, now()) end
   where t.id = ticket.id;
  return v_message_id;
end
$$;
comment on function app_private.hear_customer(app_public.tickets, text) is
  'Writes down what the customer said in a conversation that the caller has locked, whatever comes after; opens it again where it was resolved. Returns the message''s id.';

create or replace function app_private.masked(content text, most integer) returns text
language sql immutable parallel safe as $$
  -- What stands at the cut is masked with what follows it: half a card number is still half of one.
  select left(app_hidden.mask_personal_data(left(content, most + 200)), most)
$$;
comment on function app_private.masked(text, integer) is 'The first `most` characters of a text, personal data and access codes masked.';

create or replace function app_private.recent_conversation(ticket_id integer, upto bigint, most integer default 12, characters integer default 6000) returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp as $$
begin
  return (select coalesce(jsonb_agg(jsonb_build_object('author', m.author_kind, 'text', m.content) order by m.id), '[]')
    from (select l.*, sum(length(l.content)) over (order by l.id desc) as total
            from (select m.id, m.author_kind, app_private.masked(m.body, 1500) as content from app_public.messages m
                   where m.ticket_id = recent_conversation.ticket_id and m.id <= upto and m.author_kind <> 'system' order by m.id desc limit most) l) m
   where m.total <= characters);
end
$$;
comment on function app_private.recent_conversation(integer, bigint, integer, integer) is
  'The last messages of a conversation up to one, masked, each with who wrote it: [{author: customer | assistant | staff, text}], the oldest first. At most so many messages and characters in all, 1,500 of each.';

create or replace function app_private.known_categories() returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp as $$
begin
  -- From one category to the next by the unique indexes: what it costs grows with the categories, not with the texts.
  return (
  with recursive of_sops as (
    select min(s.category) as category, 1 as n from app_public.sops s
    union all
    select (select min(s.category) from app_public.sops s where s.category > o.category), o.n + 1 from of_sops o where o.category is not null and o.n < 100
  ), of_knowledge as (
    select min(k.category) as category, 1 as n from app_public.knowledge_base k
    union all
    select (select min(k.category) from app_public.knowledge_base k where k.category > o.category), o.n + 1 from of_knowledge o where o.category is not null and o.n < 100
  ), described as (
    select c.category,
           (select array_agg(t.section order by t.section) from (select s.section from app_public.sops s where s.category = c.category and s.archived_at is null order by s.section limit 12) t) as sections,
           (select array_agg(distinct t.topic order by t.topic) from (select k.topic from app_public.knowledge_base k where k.category = c.category and (k.valid_to is null or k.valid_to > now()) order by k.topic limit 60) t) as topics
      from (select o.category from of_sops o union select o.category from of_knowledge o) c
     where c.category is not null
     order by c.category collate "C" limit 100
  )
  select coalesce(jsonb_agg(jsonb_build_object('category', d.category, 'about',
           left((select string_agg(distinct lower(app_hidden.in_words(n)), ', ' order by lower(app_hidden.in_words(n))) from unnest(d.sections || d.topics[1:12]) n), 300)) order by d.category collate "C"), '[]')
    from described d
   where d.sections is not null or d.topics is not null);
end
$$;
comment on function app_private.known_categories() is
  'The categories that have an SOP or an entry, with what they are about (names of their SOPs and topics, 300 characters at most): [{category, about}], at most 100, always in the same order, so that a prompt that begins with them can be cached.';

drop function if exists app_private.question_brief(text, text, app_public.tickets, bigint);
create or replace function app_private.question_brief(query text, site text, ticket app_public.tickets, upto bigint, routing boolean default true) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  return (select jsonb_build_object(
    'response_id', nextval(pg_get_serial_sequence('app_public.responses', 'id')),
    'ticket_id', ticket.id,
    'site', coalesce(nullif(question_brief.site, ''), (select s.slug from app_public.sites s where s.id = ticket.site_id)),
    'emergency', app_hidden.emergency_section(query),
    'silent', ticket.id is not null and app_hidden.assistant_is_silent(ticket),
    'enabled', s.assistant_enabled,
    'budget', case when coalesce(s.daily_budget, s.monthly_budget) is null then 'open' else app_private.llm_budget_state() end,
    'masked', app_private.masked(query, 8000),
    'conversation', app_private.recent_conversation(ticket.id, upto),
    'categories', case when routing then app_private.known_categories() else '[]' end,
    'embedding_model', s.embedding_model,
    'vector_cached', exists (select from app_private.embedding_cache c where c.content_hash = app_hidden.embedding_hash(query) and c.model = s.embedding_model),
    'prompts', (select coalesce(jsonb_object_agg(p.name, jsonb_build_object('id', v.id, 'content', p.content)), '{}')
                  from app_public.prompts p join app_public.prompt_versions v on v.prompt_id = p.id and v.version = p.version where p.name in ('route', 'rerank', 'answer')))
    from app_public.club_settings s);
end
$$;
comment on function app_private.question_brief(text, text, app_public.tickets, bigint, boolean) is
$$What models are told of a question, and whether they may be asked: {response_id (reserved for its answer), ticket_id, site, emergency (kind, by rule; null for none), silent (a person has the conversation), enabled, budget (open, warned, stopped), masked (the question), conversation, categories, embedding_model, vector_cached, prompts: {route, rerank, answer: {id (of the version), content}}}. upto: the last message before the question. routing: whether a model routes; without, there are no categories: in a large club to list them takes longer than all the rest.$$;

drop function if exists app_hidden.begin_question(text, text, text, uuid);
create or replace function app_hidden.begin_question(query text, category text default null, site text default null, conversation uuid default null, routing boolean default true) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ticket app_public.tickets;
  v_message_id bigint;
begin
  perform app_hidden.check_question(query);
  -- Before anybody is paid for an answer that could not be written down.
  perform app_hidden.find_site(begin_question.site);
  if conversation is not null then
    v_ticket := app_hidden.find_conversation(conversation);
    v_message_id := app_private.hear_customer(v_ticket, query);
  end if;
  return app_private.question_brief(query, begin_question.site, v_ticket, v_message_id - 1, begin_question.routing) || jsonb_build_object('message_id', v_message_id, 'category', nullif(btrim(begin_question.category), ''));
end
$$;
comment on function app_hidden.begin_question(text, text, text, uuid, boolean) is
$$The first of an answer's three round trips where models have a part in it: writes the customer's message (give message_id to begin_answer, which then does not write it again), and says what app_private.question_brief says. routing: whether a model routes, which needs the categories.
Errors: CO005 no question, CO006 too long, CO404 no such conversation or site.$$;

create or replace function app_hidden.begin_draft(ticket_id integer) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_asked record;
  v_ticket app_public.tickets;
begin
  select * into v_asked from app_hidden.draft_question(begin_draft.ticket_id);
  select * into v_ticket from app_public.tickets t where t.id = begin_draft.ticket_id;
  return app_private.question_brief(v_asked.question, v_asked.site, v_ticket, v_asked.upto) || jsonb_build_object('question', v_asked.question, 'conversation_id', v_ticket.conversation);
end
$$;
comment on function app_hidden.begin_draft(integer) is
$$The first round trip of a draft, for the agent who asks for it: what app_private.question_brief says, with the question and the conversation_id besides. Writes nothing.
Errors: CO005 the customer wrote nothing, CO110 erased, CO403 not an agent, CO404 no such ticket.$$;
--! EndIncluded functions/questions.sql
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
    v_new := app_hidden.add_list_items(v_sop.content, app_hidden.phrases_heading(v_sop.content), v_phrases);
    -- A correction that the SOP does not say already is worth saying.
    select app_hidden.add_list_items(v_new, app_hidden.usual_words('heading_more'), array_agg(c order by c)) into v_new
      from unnest(v_corrections) c
     where (select count(*) filter (where to_tsvector('app_public.clubos', v_sop.content) @@ (quote_literal(l)::tsquery))::double precision / greatest(count(*), 1)
              from unnest(tsvector_to_array(to_tsvector('app_public.clubos', c))) l) < 0.6
    having count(*) > 0;
    v_new := coalesce(v_new, app_hidden.add_list_items(v_sop.content, app_hidden.phrases_heading(v_sop.content), v_phrases));
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
        'new_content', app_hidden.add_list_items(app_hidden.add_list_items(v_sop.content, app_hidden.usual_words('heading_more'), v_corrections), app_hidden.phrases_heading(v_sop.content), v_phrases)));
    end if;
    return jsonb_build_object('kind', 'sop_new', 'failed_response_ids', v_failures, 'suggestion', jsonb_build_object(
      'category', coalesce(v_pattern.category, (select r.category from app_public.responses r join app_public.failed_responses f on f.response_id = r.id
                            where f.id = any (v_failures) and r.category is not null group by 1 order by count(*) desc, 1 limit 1), 'general'),
      'section', left(replace(v_pattern.label, ', ', '_'), 180), 'reasoning', v_reasoning || ' No SOP fits.',
      'new_content', format(E'# %s\n\n## %s\n\n%s\n\n## %s\n\n%s\n', initcap(replace(v_pattern.label, ', ', ' ')), app_hidden.usual_words('heading_steps'),
        (select string_agg(format('%s. %s', o, c), E'\n' order by o) from unnest(v_corrections) with ordinality t(c, o)),
        app_hidden.phrases_heading(''), (select string_agg('- ' || p, E'\n' order by p) from unnest(v_phrases) p))));
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
      'sop_id', v_sop.id, 'section', v_sop.section, 'new_content', app_hidden.add_list_items(v_sop.content, app_hidden.phrases_heading(v_sop.content), phrases),
      'reasoning', reasoning || ' A person should have answered. Their words are added, so that the next one is handed over.'));
  end if;
  -- Corrections are written for the team, and no customer is told them.
  return jsonb_build_object('kind', 'knowledge_entry', 'failed_response_ids', failures, 'suggestion', jsonb_build_object(
    'category', 'hand_over', 'topic', coalesce(v_near.topic, left(replace(pattern.label, ', ', '_'), 180)), 'reasoning', reasoning || ' A person should have answered. Who asks so is handed over.',
    'entries', (select jsonb_agg(jsonb_build_object('question', q, 'answer', coalesce(
                    (select k.answer from app_public.knowledge_base k where k.category = 'hand_over' and k.topic = v_near.topic order by k.trust desc, k.id limit 1), app_hidden.said('for_a_person'))))
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
--! Included functions/knowledge_health.sql
-- What is wrong with the knowledge as it stands: found here, set by set, and proposed; nothing is changed.
create or replace function app_private.unread_texts() returns table (knowledge_id integer, sop_id integer)
language sql stable set search_path = app_public, public, pg_temp as $$
  select k.id, null::integer from app_public.knowledge_base k
   where (k.valid_to is null or k.valid_to > now()) and not exists (select from app_private.stated_facts f where f.knowledge_id = k.id and f.kind = 'question')
  union all
  select null, s.id from app_public.sops s
   where s.archived_at is null and not exists (select from app_private.stated_facts f where f.sop_id = s.id and f.kind = 'question')
$$;
comment on function app_private.unread_texts() is 'Knowledge entries and SOPs in use of which it is not known what they state.';

create or replace function app_private.read_facts(most integer default 200) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_read integer;
begin
  with texts as materialized (
    select u.knowledge_id, u.sop_id from app_private.unread_texts() u limit most
  ), entries as materialized (
    select k.id, k.answer, app_hidden.content_words(k.question) as words, app_hidden.qualifiers_in(k.question) as qualifiers
      from texts t join app_public.knowledge_base k on k.id = t.knowledge_id
  ), sections as materialized (
    select s.id, m.body, app_hidden.content_words(concat_ws(' ', app_hidden.in_words(s.section), app_hidden.sop_title(s.section, s.content), m.heading)) as words,
           -- A title names the matter; it does not narrow what stands below it.
           app_hidden.qualifiers_in(coalesce(m.heading, '')) || array(select q from unnest(app_hidden.qualifiers_in(app_hidden.sop_title(s.section, s.content))) q where q not like '!%') as qualifiers
      from texts t join app_public.sops s on s.id = t.sop_id
     cross join lateral app_hidden.markdown_sections(s.content) m
     where not app_hidden.lists_phrases(m.heading)
  ), stated as (
    select e.id as knowledge_id, null::integer as sop_id, f.kind, f.low, f.high, f.value, f.role, f.surface, f.clause, app_hidden.content_words(f.sentence) as words, e.words as head,
           e.qualifiers || app_hidden.qualifiers_in(f.clause) as qualifiers
      from entries e cross join lateral app_hidden.facts_in(e.answer) f
    union all
    select null, s.id, f.kind, f.low, f.high, f.value, f.role, f.surface, f.clause, app_hidden.content_words(f.sentence), s.words, s.qualifiers || app_hidden.qualifiers_in(f.clause)
      from sections s cross join lateral app_hidden.facts_in(s.body) f
    union all
    select e.id, null, 'question', null, null, null, null, '', '', e.words, '{}', e.qualifiers from entries e
    union all
    select null, t.sop_id, 'question', null, null, null, null, '', '', '{}', '{}', '{}' from texts t where t.sop_id is not null
  )
  insert into app_private.stated_facts (knowledge_id, sop_id, kind, low, high, value, role, surface, clause, words, about, qualifiers)
  select s.knowledge_id, s.sop_id, s.kind, s.low, s.high, s.value, s.role, s.surface, left(s.clause, 500), s.words,
         array(select distinct w from unnest(s.words || s.head) w), array(select distinct q from unnest(s.qualifiers) q)
    from stated s;
  select count(*) into v_read from app_private.unread_texts();
  return v_read;
end
$$;
comment on function app_private.read_facts(integer) is 'Reads what texts state that were not read since they changed, at most so many, and returns how many are left.';

create or replace function app_hidden.roles_agree(one text, other text) returns boolean language sql immutable parallel safe as $$
  -- Only what excludes each other: "at least 4 hours" and "4 hours before" may speak of one thing.
  select one is null or other is null or one = other
      or (case when one in ('least', 'most') then 1 when one in ('from', 'until') then 2 when one like 'per %' then 3 else 4 end)
      <> (case when other in ('least', 'most') then 1 when other in ('from', 'until') then 2 when other like 'per %' then 3 else 4 end)
$$;
comment on function app_hidden.roles_agree(text, text) is 'Whether the roles of two facts let them speak of the same thing.';

create or replace function app_private.find_contradictions()
returns table (knowledge_id integer, other_id integer, sop_id integer, facts jsonb, similarity double precision, undecided boolean)
language plpgsql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  c_near constant double precision := 0.8;
  c_crowd constant integer := 200;
begin
  return query
  with entries as materialized (
    select k.id, k.category, app_hidden.target_of(k.sop_id, k.category, k.topic) as target, k.sop_id as own_sop, k.site_id, tstzrange(k.valid_from, k.valid_to) as holds, k.trust, k.updated_at,
           k.usage_count, q.words, q.qualifiers
      from app_public.knowledge_base k join app_private.stated_facts q on q.knowledge_id = k.id and q.kind = 'question'
     where (k.valid_to is null or k.valid_to > now())
       -- What was learned for an SOP answers with the SOP's text, as it is now.
       and not (k.source = 'learned' and k.sop_id is not null)
  ), stated as materialized (
    select f.*, e.target, count(*) over (partition by e.target, f.kind) as crowd
      from app_private.stated_facts f join entries e on e.id = f.knowledge_id where f.kind <> 'question'
  ), near as materialized (
    select s.one, s.other, s.similarity as alike from app_private.similar_entries(c_near) s
  ), together as (
    select a.id as a_id, b.id as b_id, a.knowledge_id as a_entry, b.knowledge_id as b_entry, n.alike as known
      from near n join stated a on a.knowledge_id = n.one join stated b on b.knowledge_id = n.other and b.kind = a.kind
    union
    -- Of a topic, each with each, unless there are so many that only near questions tell.
    select a.id, b.id, a.knowledge_id, b.knowledge_id, (select n.alike from near n where n.one = a.knowledge_id and n.other = b.knowledge_id)
      from stated a join stated b on b.target = a.target and b.kind = a.kind and b.knowledge_id > a.knowledge_id
     where a.crowd <= c_crowd
  ), pairs as materialized (
    select t.*, coalesce(t.known, (select -(x.embedding <#> y.embedding) from app_private.search_units x join app_private.search_units y on y.embedding_model = x.embedding_model
             where x.knowledge_id = t.a_entry and x.ordinal = 0 and y.knowledge_id = t.b_entry and y.ordinal = 0)) as alike
      from together t join stated a on a.id = t.a_id join stated b on b.id = t.b_id
     where app_hidden.disagree(a.kind, a.low, a.high, a.value, b.low, b.high, b.value) and app_hidden.roles_agree(a.role, b.role) and not app_hidden.told_apart(a.qualifiers, b.qualifiers)
  ), compared as (
    select p.a_entry, p.b_entry, p.alike, a.kind, a.surface as a_surface, b.surface as b_surface, a.clause as a_clause, b.clause as b_clause, a.low as a_low, a.high as a_high, a.value as a_value,
           b.low as b_low, b.high as b_high, b.value as b_value, a.about as a_about, b.about as b_about
      from pairs p join stated a on a.id = p.a_id join stated b on b.id = p.b_id
      join entries x on x.id = p.a_entry join entries y on y.id = p.b_entry
     cross join lateral (select app_hidden.shared_words(x.words, y.words) as asked, least(cardinality(x.words), cardinality(y.words)) as asked_of, greatest(cardinality(x.words), cardinality(y.words)) as asked_most,
                                app_hidden.shared_words(a.words, b.words) as said, least(cardinality(a.words), cardinality(b.words)) as said_of,
                                app_hidden.shared_words(a.about, b.about) as told, least(cardinality(a.about), cardinality(b.about)) as told_of, greatest(cardinality(a.about), cardinality(b.about)) as told_most) w
     where x.site_id is not distinct from y.site_id and x.holds && y.holds and not app_hidden.told_apart(x.qualifiers, y.qualifiers)
       and (
         -- The same question: then one figure of a kind each, or the same said of them.
         (coalesce(p.alike, 0) >= c_near and w.asked >= 1 and (w.asked >= 0.4 * w.asked_most or p.alike >= 0.9) or w.asked >= 2 and w.asked >= 0.75 * w.asked_most)
           and (w.said >= 1 and w.said >= 0.4 * w.said_of
                or (select count(distinct (h.low, h.high, h.value)) from stated h where h.knowledge_id = p.a_entry and h.kind = a.kind and app_hidden.roles_agree(h.role, b.role)) = 1
                   and (select count(distinct (h.low, h.high, h.value)) from stated h where h.knowledge_id = p.b_entry and h.kind = b.kind and app_hidden.roles_agree(h.role, a.role)) = 1)
         -- One asks with fewer words.
         or coalesce(p.alike, 0) >= 0.65 and w.asked >= 1 and w.asked = w.asked_of and w.asked >= 0.5 * w.asked_most and w.said >= 1 and w.said >= 0.5 * w.said_of and w.told >= 0.5 * w.told_most
         -- Another question of the same matter: nearly the same sentence.
         or coalesce(p.alike, 1) >= 0.4 and w.told >= 3 and w.told >= 0.6 * w.told_of and (w.said >= 2 or w.asked >= 2))
       -- A text that says both knows both.
       and not exists (select from stated h where h.knowledge_id = p.b_entry and h.kind = a.kind and app_hidden.roles_agree(h.role, a.role) and not app_hidden.disagree(h.kind, h.low, h.high, h.value, a.low, a.high, a.value))
       and not exists (select from stated h where h.knowledge_id = p.a_entry and h.kind = b.kind and app_hidden.roles_agree(h.role, b.role) and not app_hidden.disagree(h.kind, h.low, h.high, h.value, b.low, b.high, b.value))
  ), backed as (
    -- What an SOP of that category says in like words counts for the one that says it too.
    select c.*, exists (select from app_private.stated_facts s join app_public.sops o on o.id = s.sop_id join entries e on e.id = c.a_entry
                         where s.kind = c.kind and (o.id = e.own_sop or o.category = e.category) and app_hidden.shared_words(s.about, c.a_about) >= 2
                           and not app_hidden.disagree(c.kind, s.low, s.high, s.value, c.a_low, c.a_high, c.a_value)) as a_backed,
           exists (select from app_private.stated_facts s join app_public.sops o on o.id = s.sop_id join entries e on e.id = c.b_entry
                    where s.kind = c.kind and (o.id = e.own_sop or o.category = e.category) and app_hidden.shared_words(s.about, c.b_about) >= 2
                      and not app_hidden.disagree(c.kind, s.low, s.high, s.value, c.b_low, c.b_high, c.b_value)) as b_backed
      from compared c
  ), decided as (
    select b.*, (array[bool_or(b.a_backed and not b.b_backed) over w, bool_or(b.b_backed and not b.a_backed) over w]) as sops
      from backed b window w as (partition by b.a_entry, b.b_entry)
  ), judged as (
    select d.*, d.sops[1] <> d.sops[2] or x.trust <> y.trust or abs(extract(epoch from x.updated_at - y.updated_at)) > 86400 as clear,
           case when d.sops[1] <> d.sops[2] then d.sops[1] when x.trust <> y.trust then x.trust > y.trust
                when abs(extract(epoch from x.updated_at - y.updated_at)) > 86400 then x.updated_at > y.updated_at
                else (x.usage_count, -x.id) > (y.usage_count, -y.id) end as a_right
      from decided d join entries x on x.id = d.a_entry join entries y on y.id = d.b_entry
  )
  select case when j.a_right then j.b_entry else j.a_entry end, case when j.a_right then j.a_entry else j.b_entry end, null::integer,
         jsonb_agg(distinct case when j.a_right then jsonb_build_object('kind', j.kind, 'one', j.b_surface, 'other', j.a_surface, 'one_clause', j.b_clause, 'other_clause', j.a_clause)
                        else jsonb_build_object('kind', j.kind, 'one', j.a_surface, 'other', j.b_surface, 'one_clause', j.a_clause, 'other_clause', j.b_clause) end),
         max(j.alike), not bool_and(j.clear)
    from judged j group by j.a_entry, j.b_entry, j.a_right
  union all
  select e.id, null, s.sop_id,
         jsonb_agg(distinct jsonb_build_object('kind', a.kind, 'one', a.surface, 'other', s.surface, 'one_clause', a.clause, 'other_clause', s.clause)), null::double precision, false
    from entries e join stated a on a.knowledge_id = e.id
    join app_private.stated_facts s on s.kind = a.kind and s.sop_id is not null
    join app_public.sops o on o.id = s.sop_id and (o.id = e.own_sop or o.category = e.category)
   cross join lateral (select app_hidden.shared_words(a.about, s.about) as told, least(cardinality(a.about), cardinality(s.about)) as told_of,
                              app_hidden.shared_words(a.about, s.words) as said, least(cardinality(a.about), cardinality(s.words)) as said_of) w
   -- What holds at one site is meant to differ from what holds everywhere.
   where e.site_id is null
     and app_hidden.disagree(a.kind, a.low, a.high, a.value, s.low, s.high, s.value) and app_hidden.roles_agree(a.role, s.role) and not app_hidden.told_apart(a.qualifiers, s.qualifiers)
     and w.told >= 3 and w.told >= 0.6 * w.told_of and w.said >= 2 and w.said >= case when o.id = e.own_sop then 0.5 else 0.75 end * w.said_of
     and not exists (select from app_private.stated_facts h where h.sop_id = s.sop_id and h.kind = a.kind and not app_hidden.disagree(h.kind, h.low, h.high, h.value, a.low, a.high, a.value))
     and not exists (select from stated h where h.knowledge_id = e.id and h.kind = s.kind and not app_hidden.disagree(h.kind, h.low, h.high, h.value, s.low, s.high, s.value))
   group by e.id, s.sop_id;
end
$$;
comment on function app_private.find_contradictions() is
$$Knowledge entries in use whose facts cannot both be right with those of another entry (other_id), or of an SOP of their category (sop_id): of the same site, holding at the same time, of near-same questions or in nearly the same sentence, and told apart by no qualifier. knowledge_id is the one that an SOP does not back, that is trusted less, or that is older; undecided where none of these tells. facts: [{kind, one, other, one_clause, other_clause}]. docs/health.md says how it was measured.$$;

create or replace function app_private.find_duplicates()
returns table (knowledge_id integer, other_id integer, similarity double precision)
language plpgsql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
begin
  return query
    select case when l.better then b.id else a.id end, case when l.better then a.id else b.id end, s.similarity
      from app_private.similar_entries(0.9) s
      join app_public.knowledge_base a on a.id = s.one
      join app_public.knowledge_base b on b.id = s.other
      join app_private.stated_facts p on p.knowledge_id = a.id and p.kind = 'question'
      join app_private.stated_facts q on q.knowledge_id = b.id and q.kind = 'question'
     cross join lateral (select (a.trust, a.usage_count, -a.id) > (b.trust, b.usage_count, -b.id) as better) l
     where a.site_id is not distinct from b.site_id and tstzrange(a.valid_from, a.valid_to) && tstzrange(b.valid_from, b.valid_to)
       and app_hidden.target_of(a.sop_id, a.category, a.topic) = app_hidden.target_of(b.sop_id, b.category, b.topic)
       and not app_hidden.told_apart(p.qualifiers, q.qualifiers) and (app_hidden.shared_words(p.words, q.words) >= 1 or p.words = q.words)
       and (app_hidden.same_text(a.answer, b.answer)
            or not exists (select from app_private.stated_facts f where f.knowledge_id = a.id and f.kind <> 'question'
                              and not exists (select from app_private.stated_facts g where g.knowledge_id = b.id and g.kind = f.kind and not app_hidden.disagree(f.kind, f.low, f.high, f.value, g.low, g.high, g.value)))
               and not exists (select from app_private.stated_facts f where f.knowledge_id = b.id and f.kind <> 'question'
                              and not exists (select from app_private.stated_facts g where g.knowledge_id = a.id and g.kind = f.kind and not app_hidden.disagree(f.kind, f.low, f.high, f.value, g.low, g.high, g.value)))
               and (select app_hidden.shared_words(x.w, y.w) >= 0.6 * greatest(cardinality(x.w), cardinality(y.w))
                      from (select app_hidden.content_words(a.answer) as w) x, (select app_hidden.content_words(b.answer) as w) y)
            -- What was learned for one SOP answers with that SOP's text.
            or a.sop_id = b.sop_id and a.source = 'learned' and b.source = 'learned');
end
$$;
comment on function app_private.find_duplicates() is
  'Entries of the same topic, site and time that ask the same (cosine 0.9 at least, or the same words) and say the same: knowledge_id could go into other_id, which is trusted more, used more or older.';

create or replace function app_private.find_never_used() returns table (knowledge_id integer)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select k.id from app_public.knowledge_base k
   where (k.valid_to is null or k.valid_to > now()) and k.usage_count = 0 and greatest(k.created_at, k.updated_at, k.valid_from) < now() - interval '90 days'
     -- What is rarely asked in an emergency is not superfluous.
     and k.category !~* '^emergenc'
     and not exists (select from app_public.response_sources s where s.knowledge_id = k.id)
     -- A club that nobody asked anything says nothing about its entries.
     and (select count(*) from (select from app_public.responses r where r.created_at > k.created_at limit 100) r) = 100
$$;
comment on function app_private.find_never_used() is 'Entries in use, unchanged for 90 days, that stood behind none of the answers since (of which there were 100 at least). Emergencies are left out.';

create or replace function app_private.find_low_success() returns table (knowledge_id integer)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select k.id from app_public.knowledge_base k
   where (k.valid_to is null or k.valid_to > now()) and k.usage_count >= 5 and k.success_rate < 0.5
     -- Wilson (1927), the upper end of the one-sided 80 % interval: three of seven may be bad luck.
     and (k.success_rate + 0.354 / k.usage_count + 0.8416 * sqrt(k.success_rate * (1 - k.success_rate) / k.usage_count + 0.1771 / (k.usage_count::double precision ^ 2))) / (1 + 0.7083 / k.usage_count) < 0.55
$$;
comment on function app_private.find_low_success() is 'Entries in use, rated 5 times at least, that helped in less than half of the cases, chance allowed for.';

create or replace function app_private.finding_impact(kind text, knowledge_id integer, other_id integer) returns double precision
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  with used as (
    select sum(greatest(k.usage_count, (select count(*) from (select from app_public.response_sources s where s.knowledge_id = k.id and s.cited limit 1000) r)))::double precision as n
      from app_public.knowledge_base k where k.id in (finding_impact.knowledge_id, finding_impact.other_id)
  )
  select case when finding_impact.kind in ('contradiction', 'low_success') and u.n >= 50 then u.n / 25
              else b.base + 0.5 * least(u.n, 50) / 50 end
    from used u, (select case finding_impact.kind when 'contradiction' then 0.4 when 'low_success' then 0.3 when 'duplicate' then 0.2 else 0.05 end as base) b
$$;
comment on function app_private.finding_impact(text, integer, integer) is
  'Rank of a finding in the review queue: below 1, where one failure is, unless contradicting or unhelpful entries were used 50 times; then a 25th of their uses.';

create or replace function app_private.find_knowledge_health(check_id integer) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  c_most constant integer := 1000; -- findings of a kind
begin
  with found as (
    (select 'contradiction' as kind, c.knowledge_id, c.other_id, c.sop_id, c.facts, c.similarity, c.undecided from app_private.find_contradictions() c order by c.knowledge_id, c.other_id, c.sop_id limit c_most)
    union all
    (select 'duplicate', d.knowledge_id, d.other_id, null, '[]', d.similarity, false from app_private.find_duplicates() d order by d.similarity desc, d.knowledge_id, d.other_id limit c_most)
    union all
    (select 'never_used', n.knowledge_id, null, null, '[]', null, false from app_private.find_never_used() n order by n.knowledge_id limit c_most)
    union all
    (select 'low_success', l.knowledge_id, null, null, '[]', null, false from app_private.find_low_success() l order by l.knowledge_id limit c_most)
  )
  insert into app_private.knowledge_findings as f (kind, knowledge_id, other_id, sop_id, facts, similarity, undecided, impact, check_id)
  select x.kind, x.knowledge_id, x.other_id, x.sop_id, x.facts, x.similarity, x.undecided, app_private.finding_impact(x.kind, x.knowledge_id, x.other_id), find_knowledge_health.check_id from found x
  on conflict (kind, knowledge_id, coalesce(other_id, 0), coalesce(sop_id, 0)) do update
     set facts = excluded.facts, similarity = excluded.similarity, undecided = excluded.undecided, impact = excluded.impact, check_id = excluded.check_id;
  delete from app_private.knowledge_findings f where f.check_id is distinct from find_knowledge_health.check_id;
  return coalesce((select jsonb_object_agg(k.kind, k.n) from (select f.kind, count(*) as n from app_private.knowledge_findings f group by 1) k), '{}');
end
$$;
comment on function app_private.find_knowledge_health(integer) is 'Replaces the findings by what holds now, of each kind at most 1,000; returns how many of each. What was proposed for a finding that still holds stays with it.';

create or replace function app_private.finding_words(finding app_private.knowledge_findings) returns text
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select case finding.kind
    when 'contradiction' then (select string_agg(format('Entry %s says "%s", %s "%s"', finding.knowledge_id, f ->> 'one', coalesce('entry ' || finding.other_id,
             (select 'the SOP ' || s.category || '/' || s.section from app_public.sops s where s.id = finding.sop_id)), f ->> 'other'), '. ') from jsonb_array_elements(finding.facts) f)
           || case when finding.undecided then '. Nothing tells which of the two is right: edit the answer, or reject.' else '.' end
    when 'duplicate' then format('Entry %s asks and says the same as entry %s (%s %% alike).', finding.knowledge_id, finding.other_id, round(finding.similarity * 100))
    when 'never_used' then format('No answer has used entry %s since it was last changed, on %s.', finding.knowledge_id, (select to_char(k.updated_at, 'YYYY-MM-DD') from app_public.knowledge_base k where k.id = finding.knowledge_id))
    else (select format('Entry %s helped in %s of %s rated answers.', k.id, k.success_count, k.usage_count) from app_public.knowledge_base k where k.id = finding.knowledge_id) end
$$;
comment on function app_private.finding_words(app_private.knowledge_findings) is 'Why, in a sentence. It names entries by their ids: a question may be a customer''s words.';

create or replace function app_private.corrected_answer(finding app_private.knowledge_findings, answer text, other_answer text) returns text
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_fact jsonb;
  v_answer text := answer;
begin
  -- The right figure in the place of the wrong one; where that place is not clear, the whole answer.
  for v_fact in select f from jsonb_array_elements(finding.facts) f loop
    if strpos(v_answer, v_fact ->> 'one') = 0 or (length(v_answer) - length(replace(v_answer, v_fact ->> 'one', ''))) / length(v_fact ->> 'one') > 1 then
      return other_answer;
    end if;
    v_answer := replace(v_answer, v_fact ->> 'one', v_fact ->> 'other');
  end loop;
  return v_answer;
end
$$;
comment on function app_private.corrected_answer(app_private.knowledge_findings, text, text) is
  'The answer with the other text''s figures in the place of its own; the other''s whole answer (null for an SOP) where a figure does not stand in it just once.';

create or replace function app_private.propose_finding(finding app_private.knowledge_findings) returns app_public.improvement_queue
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_entry app_public.knowledge_base;
  v_other app_public.knowledge_base;
  v_kind text := 'knowledge_retire';
  v_suggestion jsonb;
  v_answer text;
begin
  select * into v_entry from app_public.knowledge_base k where k.id = finding.knowledge_id;
  select * into v_other from app_public.knowledge_base k where k.id = finding.other_id;
  v_suggestion := jsonb_build_object('category', v_entry.category, 'topic', v_entry.topic, 'sop_id', v_entry.sop_id, 'because', finding.kind, 'reasoning', app_private.finding_words(finding),
    'finding', jsonb_build_object('kind', finding.kind, 'knowledge_id', finding.knowledge_id, 'other_id', finding.other_id, 'sop_id', finding.sop_id, 'facts', finding.facts,
      'undecided', finding.undecided, 'impact', finding.impact));
  if finding.kind = 'duplicate' then
    v_kind := 'knowledge_merge';
    v_suggestion := v_suggestion || jsonb_build_object('keep_id', finding.other_id, 'duplicate_ids', (
      select jsonb_agg(distinct f.knowledge_id) from app_private.knowledge_findings f where f.kind = 'duplicate' and f.other_id = finding.other_id));
  elsif finding.kind = 'contradiction' then
    v_answer := app_private.corrected_answer(finding, v_entry.answer, v_other.answer);
    if v_answer is not null then
      v_kind := 'knowledge_correction';
      v_suggestion := v_suggestion || jsonb_build_object('site_id', v_entry.site_id, 'entries', jsonb_build_array(jsonb_build_object('question', v_entry.question, 'answer', v_answer)),
        'expects', jsonb_build_object(v_entry.id::text, app_private.entry_state(v_entry)) || case when v_other.id is null then '{}' else jsonb_build_object(v_other.id::text, app_private.entry_state(v_other)) end,
        'reasoning', left(concat_ws(E'\n\n', v_suggestion ->> 'reasoning', format('Entry %s: %s', v_entry.id, v_entry.answer), format('Entry %s: %s', v_other.id, v_other.answer)), 4000));
    end if;
  end if;
  if v_kind = 'knowledge_retire' then
    v_suggestion := v_suggestion || jsonb_build_object('knowledge_ids', jsonb_build_array(v_entry.id));
  end if;
  return app_public.propose_improvement(v_kind, v_suggestion, proposed_by => 'knowledge health', impact => finding.impact);
end
$$;
comment on function app_private.propose_finding(app_private.knowledge_findings) is
$$Puts what would mend a finding into the review queue: knowledge_merge for duplicates, knowledge_correction for contradictions (knowledge_retire where the right figure has no clear place), knowledge_retire for entries that nobody needs or that do not help. A twin of a waiting or rejected proposal is returned instead.
Errors: CO403 neither worker nor agent.$$;

create or replace function app_private.propose_findings(most integer default 50, out proposed integer, out waiting integer)
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_finding app_private.knowledge_findings;
  v_improvement app_public.improvement_queue;
  v_last integer;
  v_room integer;
begin
  -- Two checks at once would each find room for as many.
  perform pg_advisory_xact_lock(hashtext('clubos.propose_findings'));
  select coalesce(max(q.id), 0) into v_last from app_public.improvement_queue q;
  select most - count(*) into v_room from app_public.improvement_queue q where q.status = 'pending' and q.suggested_sop_update ? 'finding';
  proposed := 0;
  for v_finding in
    select f.* from app_private.knowledge_findings f where f.improvement_id is null
       -- The one to keep may go into another itself: that first, this at the next check.
       and not (f.kind = 'duplicate' and exists (select from app_private.knowledge_findings g where g.kind = 'duplicate' and g.knowledge_id = f.other_id))
     order by f.impact desc, f.id
  loop
    exit when v_room <= 0;
    -- One proposal at a time for an entry: the second would not fit what the first makes of it. Duplicates of one entry go together.
    select q.* into v_improvement from app_public.improvement_queue q
     where q.status = 'pending' and q.suggested_sop_update ? 'finding'
       and (q.suggested_sop_update -> 'expects' ? v_finding.knowledge_id::text or q.suggested_sop_update -> 'expects' ? coalesce(v_finding.other_id, 0)::text) limit 1;
    if v_improvement.id is not null then
      -- What it would mend is found mended by the next check, or found again.
      if v_finding.kind = 'duplicate' and v_improvement.suggested_sop_update ->> 'keep_id' = v_finding.other_id::text and v_improvement.suggested_sop_update -> 'duplicate_ids' @> to_jsonb(v_finding.knowledge_id)
         or v_finding.kind = 'contradiction' and v_improvement.suggested_sop_update -> 'finding' ->> 'knowledge_id' = v_finding.knowledge_id::text then
        update app_private.knowledge_findings f set improvement_id = v_improvement.id where f.id = v_finding.id;
      end if;
      continue;
    end if;
    v_improvement := app_private.propose_finding(v_finding);
    update app_private.knowledge_findings f set improvement_id = v_improvement.id where f.id = v_finding.id;
    if v_improvement.id > v_last then
      v_last := v_improvement.id;
      proposed := proposed + 1;
      v_room := v_room - 1;
    end if;
  end loop;
  select count(*) into waiting from app_private.knowledge_findings f where f.improvement_id is null;
end
$$;
comment on function app_private.propose_findings(integer, out integer, out integer) is
  'Proposes the findings of the highest impact, as long as fewer than `most` proposals of this kind wait. Returns how many are new, and how many findings are left without.';

-- A check in steps, each a transaction of its own: it can be stopped anywhere, and goes on where it was.
create or replace function app_private.begin_health_check(kind text, check_id integer default null) returns app_public.health_checks
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_check app_public.health_checks;
begin
  if check_id is null then
    -- One that was asked for and has not begun is this one too; a night's that died goes on.
    select * into v_check from app_public.health_checks c where c.status in ('queued', 'running') order by c.id limit 1 for update skip locked;
  else
    select * into v_check from app_public.health_checks c where c.id = begin_health_check.check_id for update;
  end if;
  if v_check.id is null then
    insert into app_public.health_checks (kind) values (begin_health_check.kind) returning * into v_check;
  end if;
  update app_public.health_checks c
     set status = 'running', stage = 'reading', started_at = coalesce(c.started_at, clock_timestamp()), done = 0, total = (select count(*) from app_private.unread_texts())
   where c.id = v_check.id and c.status <> 'finished' returning * into v_check;
  return v_check;
end
$$;
comment on function app_private.begin_health_check(text, integer) is 'Begins the check named, or the one that waits or was left unfinished, or a new one of this kind; null where the one named is finished.';

create or replace function app_private.health_check_step(check_id integer, most integer default 200) returns app_public.health_checks
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_check app_public.health_checks;
  v_left integer;
  v_proposed record;
begin
  select * into v_check from app_public.health_checks c where c.id = health_check_step.check_id for update;
  if v_check.id is null then
    raise exception 'There is no health check with id %.', health_check_step.check_id using errcode = 'CO404';
  elsif v_check.status <> 'running' then
    return v_check;
  elsif v_check.stage = 'reading' then
    v_left := app_private.read_facts(most);
    update app_public.health_checks c set done = greatest(c.total, v_left) - v_left, total = greatest(c.total, v_left), stage = case when v_left = 0 then 'comparing' else 'reading' end
     where c.id = v_check.id returning * into v_check;
  elsif v_check.stage = 'comparing' then
    update app_public.health_checks c set counts = app_private.find_knowledge_health(c.id), stage = 'proposing' where c.id = v_check.id returning * into v_check;
  else
    select * into v_proposed from app_private.propose_findings();
    update app_public.health_checks c
       set counts = c.counts || jsonb_build_object('proposed', v_proposed.proposed, 'waiting', v_proposed.waiting), status = 'finished', finished_at = clock_timestamp(), stage = null, error = null
     where c.id = v_check.id returning * into v_check;
  end if;
  return v_check;
end
$$;
comment on function app_private.health_check_step(integer, integer) is
$$Does the next step of a health check: reads so many texts, or compares all, or proposes; returns it, with status finished after the last. Repeating a step is harmless.
Errors: CO404 no such check.$$;

create or replace function app_private.health_check_failed(check_id integer, error text) returns app_public.health_checks
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  update app_public.health_checks c set error = left(app_hidden.mask_personal_data(health_check_failed.error), 500) where c.id = check_id and c.status = 'running' returning *
$$;
comment on function app_private.health_check_failed(integer, text) is 'Writes down why a step failed; the next try goes on from there.';

create or replace function app_private.check_knowledge_health() returns app_public.health_checks
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_check app_public.health_checks := app_private.begin_health_check('requested');
begin
  while v_check.status <> 'finished' loop
    v_check := app_private.health_check_step(v_check.id, 1000);
  end loop;
  return v_check;
end
$$;
comment on function app_private.check_knowledge_health() is 'A whole health check in one transaction, for psql: select * from app_private.check_knowledge_health().';
--! EndIncluded functions/knowledge_health.sql
--! Included functions/check_analysis.sql
-- The only way from a model's suggestion to the review queue. It trusts nothing of it: what it may name stands in the
-- analysis (evidence, SOP versions, knowledge entries of the brief), what it may say in those sources.
create or replace function app_hidden.reason(kind text, what text default null) returns text language sql immutable parallel safe as $$
  select kind || coalesce(': ' || left(app_hidden.mask_personal_data(what), 200), '')
$$;
comment on function app_hidden.reason(text, text) is 'Why a suggestion is refused, as `kind: what`; what it quotes is masked and at most 200 characters.';

create or replace function app_hidden.lexeme_share(words text[], source text[]) returns double precision language sql immutable parallel safe as $$
  select coalesce(count(*) filter (where w = any (source))::double precision / nullif(count(*), 0), 0) from unnest(words) w
$$;
comment on function app_hidden.lexeme_share(text[], text[]) is 'The share (0 to 1) of these words that a source has too.';

create or replace function app_hidden.safety_words(content text) returns text[] language sql immutable parallel safe as $$
  select array(select distinct m[1] from regexp_matches(lower(content),
    '\m(911|112|999|ambulance|fire|flames?|smoke|emergenc(?:y|ies)|evacuat\w*|exits?|alarm|extinguisher|first aid|defibrillator|injur\w*|bleed\w*|unconscious|danger\w*|unsafe|never|do not|don''t|must not|warning|caution|gas|electric\w*|power off|police|threat\w*|assembly point)\M', 'g') m order by 1)
$$;
comment on function app_hidden.safety_words(text) is 'The words of a text on which somebody''s safety may hang.';

create or replace function app_private.check_new_text(analysis app_public.analyses, added text[], known text, support double precision default 0.25) returns text[]
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_added text := array_to_string(added, E'\n');
  v_source text;
  v_allowed text[];
  v_line text;
  v_words text[];
  v_customer double precision;
  v_club double precision;
  v_whole text[];
  v_left text;
  v_found text;
  v_reasons text[] := '{}';
begin
  -- The club's words: its SOPs and trusted entries as the brief had them, and what staff said.
  select string_agg(t.text, E'\n') into v_source from (
    select v.content as text from jsonb_to_recordset(analysis.sops) s(id integer, version integer) join app_public.sop_versions v on v.sop_id = s.id and v.version = s.version
    union all
    select k.question || E'\n' || k.answer from app_public.knowledge_base k where k.id = any (analysis.knowledge_ids) and k.trust = 3
    union all
    select f.user_correction from app_public.failed_responses f where f.id = any (analysis.failed_response_ids) and f.erased_at is null and app_hidden.said_by_staff(f.reporter) and f.user_correction is not null) t;
  v_source := coalesce(v_source, '');
  v_allowed := app_hidden.claims_in(v_source);
  -- Line by line, so that what is named is what a person looks for.
  foreach v_line in array added loop
    for v_found in select c from unnest(app_hidden.claims_in(v_line)) c where c <> all (v_allowed) loop
      v_reasons := v_reasons || app_hidden.reason('new_fact', v_found);
    end loop;
  end loop;
  v_found := app_hidden.injection_in(v_added);
  if v_found is not null and app_hidden.injection_in(known) is distinct from v_found then
    v_reasons := v_reasons || app_hidden.reason('injected_instruction', v_found);
  end if;
  v_found := app_hidden.markup_in(v_added);
  if v_found is not null and strpos(lower(known), v_found) = 0 then
    v_reasons := v_reasons || app_hidden.reason('markup', v_found);
  end if;
  if v_added ~ '\[(?:email|phone|card number|iban|code|erased)\]' then
    v_reasons := v_reasons || app_hidden.reason('masked_words', 'it holds a mark that stands for masked personal data');
  else
    -- What the club itself says, such as the number of its desk, is no personal data.
    v_left := v_added;
    for v_found in select distinct m[1] from regexp_matches(v_source, '(\+?\(?\d[\d ()./-]{2,}\d#?|[^\s@<>()]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,})', 'g') m order by 1 desc loop
      v_left := replace(v_left, v_found, 'it');
    end loop;
    if app_hidden.mask_personal_data(v_left) <> v_left then
      v_reasons := v_reasons || app_hidden.reason('personal_data', substring(app_hidden.mask_personal_data(v_left) from '[^\n]*\[(?:email|phone|card number|iban|code)\][^\n]*'));
    end if;
  end if;
  v_whole := tsvector_to_array(to_tsvector('app_public.clubos', v_source)) || tsvector_to_array(to_tsvector('app_public.clubos', coalesce((
    select string_agg(f.query, ' ') from app_public.failed_responses f where f.id = any (analysis.failed_response_ids) and f.erased_at is null), '')));
  foreach v_line in array added loop
    v_words := tsvector_to_array(to_tsvector('app_public.clubos', v_line));
    continue when cardinality(v_words) < 3;
    select coalesce(max(app_hidden.lexeme_share(v_words, tsvector_to_array(to_tsvector('app_public.clubos', l)))), 0) into v_club from unnest(string_to_array(v_source, E'\n')) l where btrim(l) <> '';
    select coalesce(max(app_hidden.lexeme_share(v_words, tsvector_to_array(to_tsvector('app_public.clubos', f.user_correction)))), 0) into v_customer
      from app_public.failed_responses f
     where f.id = any (analysis.failed_response_ids) and f.erased_at is null and f.user_correction is not null and not app_hidden.said_by_staff(f.reporter);
    if v_customer >= 0.6 and v_customer > v_club + 0.2 then
      v_reasons := v_reasons || app_hidden.reason('customers_claim', v_line);
    elsif cardinality(v_words) >= 6 and app_hidden.lexeme_share(v_words, v_whole) < support then
      v_reasons := v_reasons || app_hidden.reason('unsupported', v_line);
    end if;
  end loop;
  return array(select distinct r from unnest(v_reasons) r order by r limit 20);
end
$$;
comment on function app_private.check_new_text(app_public.analyses, text[], text, double precision) is
$$Why these lines may not be proposed, empty if they may. known: the text they go into. support: the least share of a line's words that the brief has.
new_fact: a number, price, time, link, code or promise that stands neither in the brief's SOPs and trusted entries nor in a correction by staff. customers_claim: a line that says what a customer's correction says, and the club nowhere. unsupported: a line of which nothing in the brief speaks. injected_instruction, markup, personal_data, masked_words.$$;

create or replace function app_private.check_edit_size(base text, content text) returns text
language sql stable set search_path = app_public, public, pg_temp as $$
  with e as (
    select array_to_string(a.l[d.a_from:d.a_to], E'\n') as old, array_to_string(b.l[d.b_from:d.b_to], E'\n') as new, greatest(d.a_to - d.a_from + 1, 0) as removed, greatest(d.b_to - d.b_from + 1, 0) as added
      from (select app_hidden.to_lines(base) as l) a, (select app_hidden.to_lines(content) as l) b, app_hidden.line_edits(a.l, b.l) d
  ), n as (
    select coalesce(sum(removed), 0) as removed, coalesce(sum(added), 0) as added, coalesce(sum(length(old) + length(new)), 0) as characters, count(*) as edits,
           cardinality(app_hidden.to_lines(base)) as lines from e
  )
  select case
    when n.removed > greatest(3, n.lines * 0.3) then format('%s of %s lines are replaced; at most 30 %% (or 3) may be', n.removed, n.lines)
    when n.added > greatest(12, n.lines * 0.5) then format('%s lines are added to %s; at most half as many (or 12) may be', n.added, n.lines)
    when n.characters > greatest(1500, length(base) * 0.5) then format('%s characters change of %s; at most half as many (or 1,500) may', n.characters, length(base))
    when n.edits > 20 then format('%s places change; at most 20 may', n.edits) end
    from n
$$;
comment on function app_private.check_edit_size(text, text) is
  'Why an edit is too large to be looked at as one, or null. Bounds: lines replaced 30 % (or 3), lines added 50 % (or 12), characters removed and added 50 % of the text (or 1,500), 20 places.';

create or replace function app_private.check_safety(category text, base text, content text) returns text
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_base text[] := string_to_array(base, E'\n');
  v_content text[] := string_to_array(content, E'\n');
  v_heading text := '';
  v_gone text[] := '{}';
  v_words text[];
begin
  for i in 1 .. cardinality(v_base) loop
    if v_base[i] ~ '^#{1,6}\s' then
      v_heading := v_base[i];
    end if;
    if btrim(v_base[i]) <> '' and v_base[i] <> all (v_content) then
      if category ~* '^emergenc' or v_heading ~* '\m(?:emergency|safety|danger|warning|fire|injur\w*|first aid|evacuat\w*)\M' then
        return v_base[i];
      end if;
      v_gone := v_gone || v_base[i];
    end if;
  end loop;
  v_words := app_hidden.safety_words(array_to_string(array(select l from unnest(v_content) l where l <> all (v_base)), E'\n'));
  return (select l from unnest(v_gone) l where exists (select from unnest(app_hidden.safety_words(l)) w where w <> all (v_words)) limit 1);
end
$$;
comment on function app_private.check_safety(text, text, text) is
  'The first line with safety in it that an edit takes away, or null: any line of an emergency SOP or under a heading of safety, and elsewhere a line whose words of warning do not stand in the new lines.';

create or replace function app_private.twin_of_rejected(kind text, suggestion jsonb, base_version integer) returns integer
language sql stable set search_path = app_public, public, pg_temp as $$
  select q.id from app_public.improvement_queue q
   where q.status = 'rejected' and (
     q.fingerprint = app_hidden.improvement_fingerprint(twin_of_rejected.kind, suggestion)
     -- On another base it has another text, and says the same.
     or twin_of_rejected.kind = 'sop_edit' and q.kind = 'sop_edit' and q.sop_id = (suggestion ->> 'sop_id')::integer and q.suggested_sop_update ? 'new_content'
        and (select array_agg(lower(btrim(l)) order by lower(btrim(l))) from unnest(string_to_array(suggestion ->> 'new_content', E'\n')) l
              where btrim(l) <> '' and l <> all (string_to_array((select v.content from app_public.sop_versions v where v.sop_id = (suggestion ->> 'sop_id')::integer and v.version = twin_of_rejected.base_version), E'\n')))
          = (select array_agg(lower(btrim(l)) order by lower(btrim(l))) from unnest(string_to_array(q.suggested_sop_update ->> 'new_content', E'\n')) l
              where btrim(l) <> '' and l <> all (string_to_array((select v.content from app_public.sop_versions v where v.sop_id = q.sop_id and v.version = q.base_version), E'\n'))))
   order by q.id limit 1
$$;
comment on function app_private.twin_of_rejected(text, jsonb, integer) is 'The rejected proposal that would change the same, or add the same lines to the same SOP; null for none.';

-- One checker per action, found by its name. Each gives {kind, suggestion, base_version} or {reasons}.
create or replace function app_private.check_analysis__edit_sop(analysis app_public.analyses, output jsonb) returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_version integer;
  v_sop app_public.sops;
  v_base text;
  v_new text;
  v_added text[];
  v_quoted text[];
  v_found text;
  v_reasons text[] := '{}';
begin
  select s.version into v_version from jsonb_to_recordset(analysis.sops) s(id integer, version integer) where s.id::text = output ->> 'sop_id';
  if v_version is null then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('unrelated_sop', coalesce('SOP ' || (output ->> 'sop_id'), 'no SOP') || ' was not in the brief')));
  elsif output ->> 'base_version' is distinct from v_version::text then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('wrong_base', format('written for version %s, the brief had %s', coalesce(output ->> 'base_version', 'none'), v_version))));
  end if;
  select * into v_sop from app_public.sops s where s.id = (output ->> 'sop_id')::integer;
  select v.content into v_base from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = v_version;
  if v_sop.archived_at is not null then
    return jsonb_build_object('superseded', format('SOP %s was archived meanwhile.', v_sop.id));
  end if;
  begin
    v_new := app_hidden.apply_edits(v_base, output -> 'edits');
  exception when sqlstate 'CO130' then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('wrong_base', sqlerrm)));
  end;
  if v_new = v_base then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('changes_nothing')));
  elsif btrim(v_new, E' \n\t') = '' then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('huge_rewrite', 'nothing is left of the SOP')));
  elsif v_sop.version <> v_version and (app_hidden.merge_lines(v_base, v_sop.content, v_new)).merged is null then
    return jsonb_build_object('superseded', format('SOP %s was changed in the same lines meanwhile (version %s, now %s).', v_sop.id, v_version, v_sop.version));
  end if;
  v_found := app_private.check_edit_size(v_base, v_new);
  if v_found is not null then
    v_reasons := v_reasons || app_hidden.reason('huge_rewrite', v_found);
  end if;
  v_found := app_private.check_safety(v_sop.category, v_base, v_new);
  if v_found is not null then
    v_reasons := v_reasons || app_hidden.reason('removes_safety', v_found);
  end if;
  v_added := array(select l.line from unnest(string_to_array(v_new, E'\n')) with ordinality l(line, o) where btrim(l.line) <> '' and l.line <> all (string_to_array(v_base, E'\n')) order by l.o);
  -- Customers' own phrases, to the letter and in the list that is never quoted, state nothing.
  v_quoted := array(select '- ' || app_hidden.list_item(app_hidden.learnable_question(f.query)) from app_public.failed_responses f where f.id = any (analysis.failed_response_ids) and f.erased_at is null);
  v_quoted := array(select l.line from app_hidden.markdown_sections(v_new) m, unnest(string_to_array(m.body, E'\n')) l(line)
                     where app_hidden.lists_phrases(m.heading) and l.line = any (v_quoted));
  v_found := app_hidden.injection_in(array_to_string(v_quoted, E'\n'));
  if v_found is not null then
    v_reasons := v_reasons || app_hidden.reason('injected_instruction', v_found);
  end if;
  v_reasons := v_reasons || app_private.check_new_text(analysis, array(select l from unnest(v_added) with ordinality t(l, o) where l <> all (v_quoted) order by o), v_base);
  if cardinality(v_reasons) > 0 then
    return jsonb_build_object('reasons', to_jsonb(v_reasons));
  end if;
  return jsonb_build_object('kind', 'sop_edit', 'base_version', v_version, 'suggestion',
    jsonb_build_object('sop_id', v_sop.id, 'category', v_sop.category, 'section', v_sop.section, 'new_content', v_new));
end
$$;
comment on function app_private.check_analysis__edit_sop(app_public.analyses, jsonb) is 'Edits of an SOP of the brief: they fit its lines, stay small, take no safety away and bring nothing new in.';

create or replace function app_private.check_analysis__new_sop(analysis app_public.analyses, output jsonb) returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_content text := rtrim(coalesce(output ->> 'content', ''), E' \n\t') || E'\n';
  v_category text := btrim(coalesce(output ->> 'category', ''));
  v_section text := btrim(coalesce(output ->> 'section', ''));
  v_reasons text[] := '{}';
begin
  if not exists (select from app_public.sops s where s.category = v_category and s.archived_at is null) then
    v_reasons := v_reasons || app_hidden.reason('unknown_category', v_category);
  end if;
  if v_section !~ '^[a-z0-9][a-z0-9_-]{0,80}$' then
    v_reasons := v_reasons || app_hidden.reason('malformed', 'the section''s name is no name of small letters, digits and _');
  elsif exists (select from app_public.sops s where s.category = v_category and s.section = v_section) then
    v_reasons := v_reasons || app_hidden.reason('sop_exists', v_category || '/' || v_section);
  end if;
  if v_content !~ '^# \S' or length(v_content) > 6000 or cardinality(string_to_array(v_content, E'\n')) > 80 then
    v_reasons := v_reasons || app_hidden.reason('malformed', 'a new SOP begins with a title (#) and has at most 80 lines and 6,000 characters');
  end if;
  -- Customers alone make no procedure.
  if not exists (select from app_public.failed_responses f where f.id = any (analysis.failed_response_ids) and f.erased_at is null and btrim(f.user_correction) <> '' and app_hidden.said_by_staff(f.reporter)) then
    v_reasons := v_reasons || app_hidden.reason('no_source', 'nobody of staff has said what is right');
  end if;
  v_reasons := v_reasons || app_private.check_new_text(analysis, array(select l from unnest(string_to_array(v_content, E'\n')) with ordinality t(l, o) where btrim(l) <> '' order by o), '', 0.4);
  if cardinality(v_reasons) > 0 then
    return jsonb_build_object('reasons', to_jsonb(v_reasons));
  end if;
  return jsonb_build_object('kind', 'sop_new', 'suggestion', jsonb_build_object('category', v_category, 'section', v_section, 'new_content', v_content));
end
$$;
comment on function app_private.check_analysis__new_sop(app_public.analyses, jsonb) is 'A new SOP: in a category of the club, under a name that is free, from what staff said.';

create or replace function app_private.check_entries(analysis app_public.analyses, output jsonb, kind text) returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_category text := btrim(coalesce(output ->> 'category', ''));
  v_topic text := btrim(coalesce(output ->> 'topic', ''));
  v_entries jsonb := output -> 'entries';
  v_reasons text[] := '{}';
begin
  if jsonb_typeof(v_entries) is distinct from 'array' or jsonb_array_length(v_entries) not between 1 and 20 or v_category = '' or v_topic = '' or length(v_category) > 100 or length(v_topic) > 200
     or exists (select from jsonb_array_elements(v_entries) e where coalesce(btrim(e ->> 'question'), '') = '' or coalesce(btrim(e ->> 'answer'), '') = '' or length(e ->> 'question') > 500 or length(e ->> 'answer') > 2000) then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('malformed', 'knowledge needs category, topic and 1 to 20 entries with question (500 characters) and answer (2,000)')));
  end if;
  if not exists (select from app_public.sops s where s.category = v_category and s.archived_at is null) and not exists (select from app_public.knowledge_base k where k.category = v_category and k.trust = 3) then
    v_reasons := v_reasons || app_hidden.reason('unknown_category', v_category);
  end if;
  if kind = 'knowledge_correction' and exists (select from jsonb_array_elements(v_entries) e where not exists (
       select from app_public.knowledge_base k where k.id = any (analysis.knowledge_ids) and k.category = v_category and k.topic = v_topic and k.question = e ->> 'question')) then
    v_reasons := v_reasons || app_hidden.reason('unrelated_entry', 'it corrects an entry that was not in the brief');
  end if;
  if kind = 'knowledge_correction' and not exists (select from jsonb_array_elements(v_entries) e, app_public.knowledge_base k
       where k.category = v_category and k.topic = v_topic and k.question = e ->> 'question' and k.answer <> e ->> 'answer') then
    v_reasons := v_reasons || app_hidden.reason('changes_nothing');
  end if;
  v_reasons := v_reasons || app_private.check_new_text(analysis, array(select l from jsonb_array_elements(v_entries) e, unnest(string_to_array(e ->> 'answer', E'\n')) l where btrim(l) <> ''), '', 0.4);
  -- A question may name a figure; it may not carry anything else.
  v_reasons := v_reasons || array(select r from unnest(app_private.check_new_text(analysis, array(select e ->> 'question' from jsonb_array_elements(v_entries) e), '', 0)) r
                                   where r !~ '^(?:new_fact|customers_claim)');
  if cardinality(v_reasons) > 0 then
    return jsonb_build_object('reasons', to_jsonb(array(select distinct r from unnest(v_reasons) r order by r)));
  end if;
  return jsonb_build_object('kind', kind, 'suggestion', jsonb_build_object('category', v_category, 'topic', v_topic,
    'entries', (select jsonb_agg(jsonb_build_object('question', app_hidden.learnable_question(e ->> 'question'), 'answer', btrim(e ->> 'answer')) order by o) from jsonb_array_elements(v_entries) with ordinality t(e, o))));
end
$$;
comment on function app_private.check_entries(app_public.analyses, jsonb, text) is 'Entries of knowledge: in a category of the club, answers from the brief''s sources alone.';

create or replace function app_private.check_analysis__knowledge(analysis app_public.analyses, output jsonb) returns jsonb
language sql stable set search_path = app_public, public, pg_temp as $$
  select app_private.check_entries(analysis, output, 'knowledge_entry')
$$;
comment on function app_private.check_analysis__knowledge(app_public.analyses, jsonb) is 'New entries of knowledge.';

create or replace function app_private.check_analysis__correction(analysis app_public.analyses, output jsonb) returns jsonb
language sql stable set search_path = app_public, public, pg_temp as $$
  select app_private.check_entries(analysis, output, 'knowledge_correction')
$$;
comment on function app_private.check_analysis__correction(app_public.analyses, jsonb) is 'Another answer for entries that the brief showed.';

create or replace function app_private.check_analysis__routing_hint(analysis app_public.analyses, output jsonb) returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_version app_public.sop_versions;
  v_phrases text[];
  v_new text;
  v_answer text;
begin
  v_phrases := array(select distinct app_hidden.learnable_question(f.query) from app_public.failed_responses f
                      where f.id = any (analysis.failed_response_ids) and f.id::text in (select jsonb_array_elements_text(output -> 'evidence')) and f.erased_at is null
                        and app_hidden.injection_in(f.query) is null and app_hidden.markup_in(f.query) is null);
  if cardinality(v_phrases) = 0 then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('injected_instruction', 'no question is left that speaks to people')));
  elsif output ->> 'sop_id' is not null then
    select v.* into v_version from jsonb_to_recordset(analysis.sops) s(id integer, version integer) join app_public.sop_versions v on v.sop_id = s.id and v.version = s.version where s.id::text = output ->> 'sop_id';
    if v_version.id is null then
      return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('unrelated_sop', 'SOP ' || (output ->> 'sop_id') || ' was not in the brief')));
    end if;
    -- What leads customers to an SOP stands in its text.
    v_new := app_hidden.add_list_items(v_version.content, app_hidden.phrases_heading(v_version.content), v_phrases);
    if v_new = v_version.content then
      return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('changes_nothing')));
    end if;
    return (select jsonb_build_object('kind', 'sop_edit', 'base_version', v_version.version, 'suggestion',
              jsonb_build_object('sop_id', s.id, 'category', s.category, 'section', s.section, 'new_content', v_new)) from app_public.sops s where s.id = v_version.sop_id);
  end if;
  select k.answer into v_answer from app_public.knowledge_base k
   where k.id = any (analysis.knowledge_ids) and k.category = output ->> 'category' and k.topic = output ->> 'topic' order by k.trust desc, k.id limit 1;
  if v_answer is null then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('unrelated_entry', 'the topic was not in the brief')));
  end if;
  return jsonb_build_object('kind', 'routing_hint', 'suggestion', jsonb_build_object('category', output ->> 'category', 'topic', output ->> 'topic',
    'entries', (select jsonb_agg(jsonb_build_object('question', p, 'answer', v_answer) order by p) from unnest(v_phrases) p)));
end
$$;
comment on function app_private.check_analysis__routing_hint(app_public.analyses, jsonb) is
  'Leads the evidence''s questions to an SOP of the brief (as its phrases) or to a knowledge topic of the brief (with the answer that it has).';

create or replace function app_private.check_analysis(analysis_id integer, output jsonb) returns jsonb
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_analysis app_public.analyses;
  v_evidence integer[];
  v_reasoning text;
  v_quote text;
  v_found text;
  v_result jsonb;
  v_twin integer;
begin
  select * into v_analysis from app_public.analyses a where a.id = check_analysis.analysis_id;
  if v_analysis.id is null then
    raise exception 'There is no analysis with id %.', check_analysis.analysis_id using errcode = 'CO404';
  elsif jsonb_typeof(output) is distinct from 'object' then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('malformed', 'it is no object')));
  elsif output ->> 'action' = 'nothing' then
    return jsonb_build_object('nothing', true);
  elsif coalesce(output ->> 'action', '') !~ '^[a-z_]{1,40}$' or to_regprocedure(format('app_private.check_analysis__%s(app_public.analyses, jsonb)', output ->> 'action')) is null then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('malformed', 'there is no such action')));
  elsif jsonb_typeof(output -> 'evidence') is distinct from 'array' or output -> 'evidence' = '[]' then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('made_up_evidence', 'it names none')));
  end if;
  select e.value into v_found from jsonb_array_elements_text(output -> 'evidence') e where e.value <> all (v_analysis.failed_response_ids::text[]) limit 1;
  if v_found is not null then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('made_up_evidence', format('failure %s was not in the brief', left(v_found, 20)))));
  end if;
  v_evidence := array(select f.id from app_public.failed_responses f
                       where f.id::text in (select jsonb_array_elements_text(output -> 'evidence')) and f.withdrawn_at is null and f.erased_at is null and f.resolved_by_improvement_id is null order by f.id);
  if cardinality(v_evidence) = 0 then
    return jsonb_build_object('superseded', 'The failures behind it were withdrawn, erased or resolved meanwhile.');
  end if;
  v_reasoning := btrim(app_hidden.mask_personal_data(left(coalesce(output ->> 'reasoning', ''), 1000)));
  if v_reasoning = '' then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('malformed', 'it gives no reasoning')));
  end if;
  execute format('select app_private.%I($1, $2)', 'check_analysis__' || (output ->> 'action')) into v_result using v_analysis, output;
  v_found := coalesce(app_hidden.injection_in(v_reasoning), app_hidden.markup_in(v_reasoning));
  if v_found is not null then
    v_result := jsonb_build_object('reasons', coalesce(v_result -> 'reasons', '[]') || jsonb_build_array(app_hidden.reason('injected_instruction', 'in its reasoning: ' || v_found)));
  end if;
  if v_result ? 'reasons' or v_result ? 'superseded' then
    return v_result;
  end if;
  -- The reason of a version stays for ever: one customer's words have no place there.
  for v_quote in
    select q from app_public.failed_responses f, unnest(array[btrim(f.user_correction), btrim(f.query), app_hidden.learnable_question(f.query), app_hidden.mask_personal_data(btrim(f.user_correction))]) q
     where f.id = any (v_analysis.failed_response_ids) and length(q) >= 8 order by length(q) desc
  loop
    v_reasoning := replace(v_reasoning, v_quote, '…');
  end loop;
  v_result := jsonb_set(v_result, '{suggestion,reasoning}', to_jsonb(v_reasoning)) || jsonb_build_object('failed_response_ids', to_jsonb(v_evidence));
  v_twin := app_private.twin_of_rejected(v_result ->> 'kind', v_result -> 'suggestion', (v_result ->> 'base_version')::integer);
  if v_twin is not null then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('twin_of_rejected', 'proposal ' || v_twin)));
  end if;
  return v_result;
end
$$;
comment on function app_private.check_analysis(integer, jsonb) is
$$What may be proposed of a model's output: {kind, suggestion, failed_response_ids, base_version}; or {nothing: true}; or {reasons: [kind: what]}; or {superseded: why}. Nothing of a model gets into the review queue around it. A checker app_private.check_analysis__<action>(analysis, output) does each action.
Reasons: malformed, made_up_evidence, unrelated_sop, unrelated_entry, unknown_category, sop_exists, no_source, wrong_base, changes_nothing, huge_rewrite (app_private.check_edit_size), removes_safety (app_private.check_safety), twin_of_rejected, and those of app_private.check_new_text.
Errors: CO404 no such analysis.$$;
--! EndIncluded functions/check_analysis.sql
--! Included mutations/assistant_words.sql
-- What the assistant says by itself to customers, and the club's own words for it.
create or replace function app_public.assistant_words(out key text, out usual text, out own text) returns setof record
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select k.key, app_hidden.usual_words(k.key), s.own_words ->> k.key
    from unnest(array['not_sure', 'for_a_person', 'paused', 'unfinished', 'emergency']) with ordinality k(key, place) cross join app_public.club_settings s
   order by k.place
$$;
comment on function app_public.assistant_words() is
$$What the assistant says by itself: the usual words, in the club's language, and the club's own where it has set some (save_assistant_words).
key: not_sure (it hands over), for_a_person (a person answers such questions), paused (it is switched off), unfinished (it broke off), emergency (where no emergency SOP says what to say).$$;

create or replace function app_public.save_assistant_words(key text, words text, reason text) returns app_public.club_settings
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  c_most constant integer := 1000;
  v_words text := nullif(btrim(save_assistant_words.words, E' \t\r\n'), '');
  v_settings app_public.club_settings;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(save_assistant_words.reason));
  if not exists (select from app_public.assistant_words() w where w.key = save_assistant_words.key) then
    raise exception 'The assistant says nothing called "%".', save_assistant_words.key using errcode = 'CO404',
      hint = 'One of ' || (select string_agg(w.key, ', ') from app_public.assistant_words() w) || '.';
  elsif length(v_words) > c_most then
    raise exception 'The words have % characters; at most % are said.', length(v_words), c_most using errcode = 'CO006';
  end if;
  update app_public.club_settings s
     set own_words = case when v_words is null then s.own_words - save_assistant_words.key else s.own_words || jsonb_build_object(save_assistant_words.key, v_words) end, updated_at = now()
   where s.own_words ->> save_assistant_words.key is distinct from v_words;
  select * into v_settings from app_public.club_settings;
  return v_settings;
end
$$;
comment on function app_public.save_assistant_words(key text, words text, reason text) is
$$The club's own words for what the assistant says by itself, from the next answer on. key: as assistant_words lists them. words: at most 1,000 characters; null or nothing brings the usual words back.
Errors: CO001 no actor, CO002 no reason, CO006 too long, CO403 not an admin, CO404 no such key.$$;
--! EndIncluded mutations/assistant_words.sql
--! Included mutations/record_response.sql
drop function if exists app_public.record_response(text, text, text, text, jsonb, uuid, text, text, text, double precision, text, text, integer, double precision, integer, integer, numeric);
drop function if exists app_public.record_response(text, text, text, text, jsonb, uuid, text, text, text, double precision, text, text, integer, double precision, integer, integer, numeric, jsonb, bigint);
create or replace function app_public.record_response(question text, text text, outcome text, model text, sources jsonb default '[]', conversation uuid default null,
  site text default null, category text default null, requested_category text default null, confidence double precision default null, reason text default null,
  router_model text default null, prompt_version_id integer default null, latency_ms double precision default null, tokens_in integer default null,
  tokens_out integer default null, cost numeric default null, calls jsonb default null, id bigint default null, search jsonb default null) returns app_public.responses
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ticket app_public.tickets;
  v_response app_public.responses;
  v_outcome text := record_response.outcome;
  v_reason text := record_response.reason;
  v_opened boolean := false;
  v_spent record;
begin
  perform app_hidden.require_role('worker');
  perform app_private.check_cited(record_response.outcome, record_response.model, record_response.sources);
  if conversation is not null then
    v_ticket := app_hidden.find_conversation(conversation);
    -- Decided here, under the conversation's lock: a person who took over meanwhile silences this answer too.
    if app_hidden.assistant_is_silent(v_ticket) or v_ticket.status = 'resolved' then
      v_outcome := 'withheld';
      v_reason := concat_ws('; ', case v_ticket.status when 'resolved' then v_ticket.resolved_by || ' resolved this meanwhile' else v_ticket.assignee || ' has the conversation' end, v_reason);
    end if;
  end if;
  if v_outcome in ('answered') and not (select s.assistant_enabled from app_public.club_settings s for share) then
    v_outcome := 'paused';
    v_reason := 'the assistant was switched off meanwhile';
  end if;
  if v_ticket.id is null and v_outcome in ('handed_over', 'emergency', 'paused') then
    insert into app_public.tickets (visitor_id, site_id, subject, status) values (app_public.current_visitor_id(), app_hidden.find_site(site), left(question, 120), 'waiting')
    returning * into v_ticket;
    insert into app_public.messages (ticket_id, author_kind, body) values (v_ticket.id, 'customer', question);
    v_opened := true;
  end if;
  select * into v_spent from app_private.calls_spent(record_response.calls);
  insert into app_public.responses (id, ticket_id, visitor_id, question, question_hash, embedding_model, site_id, requested_category, category, confidence, text,
      outcome, reason, model, router_model, prompt_version_id, latency_ms, tokens_in, tokens_out, cost, experiment_arm_id, experiment_subject)
  select coalesce(record_response.id, nextval(pg_get_serial_sequence('app_public.responses', 'id'))), v_ticket.id, app_public.current_visitor_id(), question, app_hidden.embedding_hash(question), s.embedding_model, coalesce(app_hidden.find_site(site), v_ticket.site_id),
         requested_category, record_response.category, record_response.confidence, record_response.text, v_outcome, v_reason, record_response.model, record_response.router_model,
         record_response.prompt_version_id, record_response.latency_ms, coalesce(record_response.tokens_in, v_spent.tokens_in),
         coalesce(record_response.tokens_out, v_spent.tokens_out), coalesce(record_response.cost, v_spent.cost),
         x.arm_id, x.subject_hash
    from app_public.club_settings s
    left join app_private.exposure(record_response.sources, app_hidden.experiment_subject(coalesce(app_public.current_visitor_id(), v_ticket.visitor_id), v_ticket.id)) x on v_outcome = 'answered'
  returning * into v_response;
  perform app_private.record_sources(v_response.id, record_response.sources);
  perform app_private.record_search(v_response.id, record_response.search);
  perform app_private.record_llm_calls(record_response.calls, v_response.id);
  if v_outcome = 'withheld' then
    update app_public.tickets t set awaiting_since = null where t.id = v_ticket.id and t.awaiting_since is not null;
  elsif v_ticket.id is not null then
    insert into app_public.messages (ticket_id, author_kind, author, body, response_id)
    values (v_ticket.id, 'assistant', record_response.model,
            case when v_outcome = 'paused' and record_response.outcome <> 'paused' then app_hidden.said('paused') else record_response.text end, v_response.id);
    update app_public.tickets t
       set category = coalesce(record_response.category, t.category), updated_at = now(), awaiting_since = null,
           status = case when v_outcome in ('handed_over', 'emergency', 'paused') then 'waiting' when t.status = 'taken' then 'open' else t.status end,
           assignee = case when t.status = 'taken' then null else t.assignee end, silent_until = null,
           priority = case when v_outcome = 'emergency' then 'urgent' else t.priority end,
           summary = case when v_outcome in ('handed_over', 'emergency', 'paused') then app_hidden.ticket_summary(v_response) else t.summary end
     where t.id = v_ticket.id;
  end if;
  if v_outcome = 'emergency' then
    perform pg_notify('clubos_urgent', json_build_object('ticket_id', v_ticket.id, 'opened', v_opened)::text);
    perform app_hidden.notify('urgent_ticket', jsonb_build_object('ticket_id', v_ticket.id, 'response_id', v_response.id), 'urgent_ticket:' || v_response.id);
  end if;
  return v_response;
end
$$;
comment on function app_public.record_response(text, text, text, text, jsonb, uuid, text, text, text, double precision, text, text, integer, double precision, integer, integer, numeric, jsonb, bigint, jsonb) is
$$@behavior -*
Writes down an answer with its sources, and decides under the conversation's lock whether it may still be given: it is withheld if a person took over, paused if the assistant was switched off. Opens a ticket for what needs a person, urgent for an emergency. sources: as begin_answer lists them; an experiment's arm among those cited goes in with the answer. calls: of models, for the ledger, as app_private.record_llm_calls takes them; tokens and cost are theirs together. id: where begin_question reserved it. search: as begin_answer gives it, so that replay_response finds the same. latency_ms: milliseconds; cost: US dollars.
Errors: CO005 an answer by a model that cites no source, CO403 not the server or a worker, CO404 no such conversation or site.$$;

create or replace function app_hidden.ticket_summary(response app_public.responses) returns text
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  return concat_ws(E'\n', 'Asked: ' || left(response.question, 400), 'Why a person: ' || response.reason,
    'Nearest: ' || (select string_agg(format('%s/%s', s.category, s.topic), ', ' order by s.rank) from app_public.response_sources s where s.response_id = response.id and s.rank <= 3));
end
$$;
comment on function app_hidden.ticket_summary(app_public.responses) is 'For the person who takes over: what was asked, why it was handed over, what is nearest.';
--! EndIncluded mutations/record_response.sql
--! Included functions/rescue.sql
-- An answer that never came: the process died between hearing the customer and writing down an answer, or hung.
create or replace function app_private.rescue_tickets(after interval default '2 minutes', most integer default 100) returns setof integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.visitor_id = '' as $$
declare
  v_ticket app_public.tickets;
  v_last app_public.messages;
begin
  for v_ticket in
    select * from app_public.tickets t where t.awaiting_since < clock_timestamp() - rescue_tickets.after order by t.awaiting_since limit most for no key update skip locked
  loop
    select * into v_last from app_public.messages m where m.ticket_id = v_ticket.id order by m.id desc limit 1;
    if v_ticket.status = 'resolved' or v_ticket.erased_at is not null or app_hidden.assistant_is_silent(v_ticket) or v_last.author_kind is distinct from 'customer' then
      -- A person has it, or somebody spoke since: nobody waits for the assistant.
      update app_public.tickets t set awaiting_since = null where t.id = v_ticket.id;
    else
      -- The customer whose conversation it is may read the answer and rate it, as any other.
      perform set_config('clubos.visitor_id', coalesce(v_ticket.visitor_id::text, ''), true);
      perform app_public.record_response(v_last.body, app_hidden.said('unfinished'), 'handed_over', 'local-extractive',
        conversation => v_ticket.conversation, reason => format('no answer came since %s UTC: the server stopped, or a model hung', to_char(v_ticket.awaiting_since at time zone 'UTC', 'HH24:MI')),
        category => v_ticket.category);
      return next v_ticket.id;
    end if;
  end loop;
end
$$;
comment on function app_private.rescue_tickets(interval, integer) is
$$Hands over to a person what the assistant should have answered and did not: conversations whose last word has been a customer's for longer than `after`, with nobody at it. The customer is told, the ticket waits and says why. Once each, at most so many at a time; never where a person has it. Returns the tickets.
Errors: CO403 not a worker.$$;
--! EndIncluded functions/rescue.sql
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
  app_public.set_llm_budget(numeric, numeric, double precision, text), app_public.save_assistant_words(text, text, text),
  app_public.set_llm_price(text, date, numeric, numeric, numeric, numeric, numeric, text), app_public.remove_llm_price(integer, text) to admin;
grant execute on function app_public.llm_spend() to admin, auditor;
grant execute on function app_public.assistant_words() to agent, auditor;

grant execute on function app_public.check_golden_questions(), app_public.golden_checks_is_stale(app_public.golden_checks) to agent, auditor, worker;
grant execute on function app_public.run_golden_check() to agent, worker;
grant execute on function app_public.set_golden_gate(boolean, text) to admin;
grant execute on function app_public.set_search_language(text, text) to admin;

-- The views dead_jobs and jobs run them with the rights of who asks.
grant execute on function app_hidden.dead_jobs(), app_hidden.jobs() to admin, auditor;
grant execute on function app_public.retry_job(bigint, text), app_public.discard_job(bigint, text) to admin;
grant execute on function app_private.watch_jobs(), app_private.watch_llm_budget(), app_private.watch_experiments(), app_private.record_llm_calls(jsonb, bigint, integer, integer), app_private.llm_budget_state(), app_private.beat(text, text, integer, bigint[], interval, boolean), app_private.figures_to_watch(), app_private.end_worker(text, boolean) to worker;

grant execute on function app_public.record_response(text, text, text, text, jsonb, uuid, text, text, text, double precision, text, text, integer, double precision, integer, integer, numeric, jsonb, bigint, jsonb),
  app_public.ask(text, text, text, uuid, vector), app_hidden.begin_question(text, text, text, uuid, boolean), app_hidden.begin_answer(text, vector, text, text, uuid, jsonb, text, bigint, boolean, text[]),
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
