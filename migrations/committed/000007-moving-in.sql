--! Previous: sha1:12bfb96b80f617064f363ba261f72f0f7ad57201
--! Hash: sha1:c1c392e12f43d7aa1c1c515c3d3198652f888a1d
--! Message: moving-in

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
-- No pending list: flushing it stalls one write in a while for seconds.
create index if not exists search_units_words on app_private.search_units using gin (words) with (fastupdate = off);
create index if not exists search_units_target on app_private.search_units (target, kind);
create index if not exists search_units_sop_id on app_private.search_units (sop_id);
-- Neither key nor index on the version, which nothing is found by and which is never deleted: a unit that a new version
-- left as it was gets its number in place, where its page has room without any index being written.
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
-- PGlite has no half-precision instructions: an index build there takes 24 ms a row, and a scan of a club's few
-- thousand vectors 2 ms by their bits. A server gets the index.
do $$
begin
  if version() not like '%emscripten%' and version() not like '%wasm%' then
    create index if not exists search_units_embedding on app_private.search_units using hnsw (embedding halfvec_ip_ops);
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
--! Included tables/search_unit_changes.sql
-- What the next refresh of the search statistics has to add and to take away: counting all units anew takes a minute at
-- a million, and this a moment. Written by the triggers of search_units; append-only, so that writers never wait here.
create table if not exists app_private.search_unit_changes (
  id bigint generated always as identity primary key,
  unit_id bigint not null,
  delta smallint not null,
  words tsvector not null,
  spelled tsvector,
  constraint search_unit_changes_add_or_take_away check (delta in (1, -1))
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
comment on table app_private.search_unit_changes is 'Units that came or went since the search statistics were refreshed. Emptied by the refresh, and by an erasure.';
comment on column app_private.search_unit_changes.words is 'The unit''s lexemes, without their positions.';
comment on column app_private.search_unit_changes.spelled is 'Of a unit that went: its words as they were written; one that came still has its text.';
alter table app_private.search_unit_changes enable row level security;

create table if not exists app_private.stale_profiles (
  id bigint generated always as identity primary key,
  target text not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index if not exists stale_profiles_target on app_private.stale_profiles (target);
comment on table app_private.stale_profiles is 'Targets whose entries changed since their profile was made; a target may be named several times.';
alter table app_private.stale_profiles enable row level security;

alter table app_private.search_statistics add column if not exists follows_changes boolean not null default false;
comment on column app_private.search_statistics.follows_changes is 'Counted in full once since changes are written down; until then the next refresh counts all.';
--! EndIncluded tables/search_unit_changes.sql
--! Included tables/search_unit_history.sql
-- Search units are rewritten in place, so what was searched at some time is kept here: enough of each unit to score it
-- again, without its texts, which sop_versions and the audit log have.
alter table app_private.search_units add column if not exists since timestamptz not null default '-infinity';
alter table app_private.search_units add column if not exists since_xid xid8 not null default '0';
alter table app_private.search_units alter column since set default clock_timestamp();
alter table app_private.search_units alter column since_xid set default pg_current_xact_id();
comment on column app_private.search_units.since is 'Since when it has been as it is; -infinity: since before that was written down.';
comment on column app_private.search_units.since_xid is 'The transaction that made it so: with since, what a search of some snapshot saw.';

create table if not exists app_private.search_unit_history (
  id bigint generated always as identity primary key,
  unit_id bigint not null,
  kind text not null,
  target text not null,
  sop_id integer,
  sop_version_id integer,
  knowledge_id integer,
  category varchar(100) not null,
  topic varchar(200) not null,
  site_id integer,
  trust smallint not null,
  valid_from timestamptz,
  valid_to timestamptz,
  content_hash bytea not null,
  impacts sparsevec not null,
  embedding vector(1536),
  embedding_model text,
  since timestamptz not null,
  since_xid xid8 not null,
  until timestamptz not null,
  until_xid xid8 not null,
  erased boolean not null default false
);
do $$
begin
  if format_type((select a.atttypid from pg_attribute a where a.attrelid = 'app_private.search_unit_history'::regclass and a.attname = 'embedding'), null) <> 'halfvec' then
    alter table app_private.search_unit_history alter column embedding type halfvec(1536);
  end if;
end
$$;
create index if not exists search_unit_history_until on app_private.search_unit_history (until);
create index if not exists search_unit_history_until_xid on app_private.search_unit_history (until_xid);
create index if not exists search_unit_history_content_hash on app_private.search_unit_history (content_hash);
create index if not exists search_unit_history_target on app_private.search_unit_history (target, until) where kind = 'profile';
comment on table app_private.search_unit_history is
  'Search units as they were before they were changed or removed, so that a search of any time can be done again. Numbers of SOPs, versions and entries are kept as numbers: what they name may be gone.';
comment on column app_private.search_unit_history.content_hash is 'Key of its vector in the embedding cache, with embedding_model.';
comment on column app_private.search_unit_history.impacts is 'As search_units.impacts: words as numbers, no text.';
comment on column app_private.search_unit_history.embedding is 'Its vector where the cache does not hold that: of a profile, whose vector is a mean of others.';
comment on column app_private.search_unit_history.until is 'When it was changed or removed, by until_xid.';
comment on column app_private.search_unit_history.erased is 'What it was made of was erased, and it with that: no search of its time can be done again exactly.';
alter table app_private.search_unit_history enable row level security;
--! EndIncluded tables/search_unit_history.sql
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
comment on column app_private.response_searches.emergency is 'The kind of emergency by rule, empty where only the route said so; null: none.';
alter table app_private.response_searches enable row level security;
--! EndIncluded tables/response_searches.sql
--! Included tables/webhooks.sql
create table if not exists app_public.webhooks (
  id integer generated by default as identity primary key,
  url text not null,
  events text[] not null,
  is_active boolean not null default true,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint webhooks_url_is_a_url check (url ~ '^https?://[^\s/@]+(/\S*)?$' and length(url) <= 2000),
  constraint webhooks_events_are_known check (cardinality(events) > 0 and events <@ array['urgent_ticket', 'job_dead', 'audit_broken', 'audit_head'])
);
do $$
begin
  if not exists (select from pg_constraint where conname = 'webhooks_events_are_known' and pg_get_constraintdef(oid) like '%llm_budget%') then
    alter table app_public.webhooks drop constraint webhooks_events_are_known;
    alter table app_public.webhooks add constraint webhooks_events_are_known check (cardinality(events) > 0 and events <@ array['urgent_ticket', 'job_dead', 'audit_broken', 'audit_head', 'llm_budget']);
  end if;
end
$$;
do $$
begin
  if not exists (select from pg_constraint where conname = 'webhooks_events_are_known' and pg_get_constraintdef(oid) like '%experiment%') then
    alter table app_public.webhooks drop constraint webhooks_events_are_known;
    alter table app_public.webhooks add constraint webhooks_events_are_known check (cardinality(events) > 0 and events <@ array['urgent_ticket', 'job_dead', 'audit_broken', 'audit_head', 'llm_budget', 'experiment']);
  end if;
end
$$;
do $$
begin
  if not exists (select from pg_constraint where conname = 'webhooks_events_are_known' and pg_get_constraintdef(oid) like '%backup_failed%') then
    alter table app_public.webhooks drop constraint webhooks_events_are_known;
    alter table app_public.webhooks add constraint webhooks_events_are_known check (cardinality(events) > 0 and events <@ array['urgent_ticket', 'job_dead', 'audit_broken', 'audit_head', 'llm_budget', 'experiment', 'backup_failed']);
  end if;
end
$$;
create unique index if not exists webhooks_url_key on app_public.webhooks (url);
comment on table app_public.webhooks is 'Addresses outside that are told of events, signed after the Standard Webhooks specification.';
comment on column app_public.webhooks.url is 'Where to: a public address; private and local networks are refused when sending.';
comment on column app_public.webhooks.events is 'Any of urgent_ticket, job_dead, audit_broken, audit_head, llm_budget, experiment, backup_failed.';
alter table app_public.webhooks enable row level security;

create table if not exists app_secret.webhook_keys (
  webhook_id integer primary key references app_public.webhooks (id) on delete cascade,
  key text not null
);
comment on table app_secret.webhook_keys is 'The keys that deliveries are signed with: whsec_ and base64.';
alter table app_secret.webhook_keys enable row level security;
--! EndIncluded tables/webhooks.sql
--! Included tables/notifications.sql
create table if not exists app_public.notifications (
  id bigint generated by default as identity primary key,
  kind text not null,
  channel text not null,
  user_id integer references app_public.users (id) on delete cascade,
  webhook_id integer references app_public.webhooks (id) on delete cascade,
  recipient text,
  details jsonb not null default '{}',
  key text,
  status text not null default 'queued',
  attempts integer not null default 0,
  error text,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  constraint notifications_kind_is_known check (kind in ('invitation', 'password_reset', 'urgent_ticket', 'job_dead', 'audit_broken', 'audit_head')),
  constraint notifications_channel_is_known check (channel in ('mail', 'webhook')),
  constraint notifications_status_is_known check (status in ('queued', 'sending', 'sent', 'failed', 'skipped')),
  constraint notifications_sent_at_matches_status check ((status = 'sent') = (sent_at is not null)),
  constraint notifications_webhook_matches_channel check ((channel = 'webhook') = (webhook_id is not null))
);
alter table app_public.notifications add column if not exists push_subscription_id integer references app_public.push_subscriptions (id) on delete set null;
do $$
begin
  if not exists (select from pg_constraint where conname = 'notifications_subscription_is_of_push') then
    alter table app_public.notifications drop constraint notifications_channel_is_known;
    alter table app_public.notifications add constraint notifications_channel_is_known check (channel in ('mail', 'webhook', 'push'));
    alter table app_public.notifications add constraint notifications_subscription_is_of_push check (channel = 'push' or push_subscription_id is null);
  end if;
end
$$;
do $$
begin
  if not exists (select from pg_constraint where conname = 'notifications_kind_is_known' and pg_get_constraintdef(oid) like '%llm_budget%') then
    alter table app_public.notifications drop constraint notifications_kind_is_known;
    alter table app_public.notifications add constraint notifications_kind_is_known check (kind in ('invitation', 'password_reset', 'urgent_ticket', 'job_dead', 'audit_broken', 'audit_head', 'llm_budget'));
  end if;
end
$$;
do $$
begin
  if not exists (select from pg_constraint where conname = 'notifications_kind_is_known' and pg_get_constraintdef(oid) like '%experiment%') then
    alter table app_public.notifications drop constraint notifications_kind_is_known;
    alter table app_public.notifications add constraint notifications_kind_is_known check (kind in ('invitation', 'password_reset', 'urgent_ticket', 'job_dead', 'audit_broken', 'audit_head', 'llm_budget', 'experiment'));
  end if;
end
$$;
do $$
begin
  if not exists (select from pg_constraint where conname = 'notifications_kind_is_known' and pg_get_constraintdef(oid) like '%backup_failed%') then
    alter table app_public.notifications drop constraint notifications_kind_is_known;
    alter table app_public.notifications add constraint notifications_kind_is_known check (kind in ('invitation', 'password_reset', 'urgent_ticket', 'job_dead', 'audit_broken', 'audit_head', 'llm_budget', 'experiment', 'backup_failed'));
  end if;
end
$$;
create unique index if not exists notifications_key on app_public.notifications (channel, key);
create index if not exists notifications_user_id on app_public.notifications (user_id);
create index if not exists notifications_webhook_id on app_public.notifications (webhook_id);
create index if not exists notifications_push_subscription_id on app_public.notifications (push_subscription_id);
create index if not exists notifications_created_at on app_public.notifications (created_at);
comment on table app_public.notifications is 'The outbox: what is to be told to whom. A row is claimed once and then sent, so that a retry never sends twice; it holds no secrets, since a link is made when it is sent.';
comment on column app_public.notifications.recipient is 'E-mail address, where channel is mail.';
comment on column app_public.notifications.push_subscription_id is 'The browser, where channel is push; null once it has unsubscribed.';
comment on column app_public.notifications.key is 'Unique per channel: the same event is told once.';
comment on column app_public.notifications.status is 'queued, sending, sent, failed (error says why) or skipped (nobody to send to). One that stays at sending was cut short: it may have arrived.';
alter table app_public.notifications enable row level security;
--! EndIncluded tables/notifications.sql
--! Included tables/backups.sql
create table if not exists app_public.backup_targets (
  id integer generated by default as identity primary key,
  name text not null unique,
  kind text not null,
  settings jsonb not null default '{}',
  schedule text not null default 'daily',
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- Part of a folder's path.
  constraint backup_targets_name_is_plain check (name ~ '^[a-z0-9]([a-z0-9_-]{0,48}[a-z0-9])?$'),
  constraint backup_targets_kind_is_known check (kind in ('folder', 's3', 'drive')),
  constraint backup_targets_schedule_is_known check (schedule in ('daily', 'manual')),
  -- What is secret stands in the environment: whatever is not written here is refused.
  constraint backup_targets_settings_fit_the_kind check (jsonb_typeof(settings) = 'object' and case kind
    when 'folder' then settings = '{}'
    when 's3' then settings - array['bucket', 'prefix'] = '{}' and settings ->> 'bucket' ~ '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$' and coalesce(settings ->> 'prefix', '') ~ '^[A-Za-z0-9/_.-]{0,200}$'
    when 'drive' then settings - array['folder_id'] = '{}' and settings ->> 'folder_id' ~ '^[A-Za-z0-9_-]{1,200}$' end is true)
);
comment on table app_public.backup_targets is 'Where backups go. Each holds one backup that is brought up to date, not a row of old ones.';
comment on column app_public.backup_targets.kind is 'folder (on the server''s disk), s3 (any S3-compatible storage) or drive (Google Drive).';
comment on column app_public.backup_targets.settings is 'folder: {}, it lies in CLUBOS_BACKUP_DIR under the target''s name; s3: {bucket, prefix}; drive: {folder_id}. No secrets: those are in the environment.';
comment on column app_public.backup_targets.schedule is 'daily, or manual: when somebody asks for it.';
alter table app_public.backup_targets enable row level security;
do $$
begin
  if not exists (select from app_public.backup_targets) then
    insert into app_public.backup_targets (name, kind) values ('folder', 'folder') on conflict do nothing;
  end if;
end
$$;

create table if not exists app_public.backups (
  id integer generated by default as identity primary key,
  target_id integer not null references app_public.backup_targets (id) on delete restrict,
  status text not null default 'queued',
  requested_by text not null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  attempt integer not null default 0,
  lease_until timestamptz,
  stage text,
  done integer not null default 0,
  total integer not null default 0,
  files integer not null default 0,
  uploaded integer not null default 0,
  unchanged integer not null default 0,
  renamed integer not null default 0,
  deleted integer not null default 0,
  bytes bigint not null default 0,
  bytes_uploaded bigint not null default 0,
  manifest_hash bytea,
  audit_position bigint,
  audit_hash bytea,
  error text,
  hint text,
  verification text,
  verification_requested_by text,
  verified_at timestamptz,
  verification_problems jsonb,
  constraint backups_status_is_known check (status in ('queued', 'running', 'complete', 'failed')),
  constraint backups_stage_is_known check (stage in ('listing', 'reading', 'uploading', 'tidying')),
  constraint backups_finished_at_matches_status check ((status in ('complete', 'failed')) = (finished_at is not null)),
  constraint backups_lease_matches_status check ((status = 'running') = (lease_until is not null)),
  constraint backups_complete_has_a_manifest check (status <> 'complete' or manifest_hash is not null and audit_position is not null and audit_hash is not null),
  constraint backups_failed_says_why check ((status = 'failed') <= (error is not null)),
  constraint backups_verification_is_known check (verification in ('queued', 'whole', 'damaged', 'failed'))
);
-- Two at once to one target would be one too many.
create unique index if not exists backups_one_open_per_target on app_public.backups (target_id) where status in ('queued', 'running');
create index if not exists backups_target_id on app_public.backups (target_id, id desc);
create index if not exists backups_created_at on app_public.backups (created_at desc);
create index if not exists backups_status on app_public.backups (status, finished_at desc);
comment on table app_public.backups is 'Each backup: to where, who asked, how far it is, what it did, whether it was found whole afterwards.';
comment on column app_public.backups.status is 'queued, running, complete or failed (error says why, hint what to do).';
comment on column app_public.backups.requested_by is 'Who asked; schedule for the daily one.';
comment on column app_public.backups.attempt is 'How often it was begun: one that was cut short goes on with what it had uploaded.';
comment on column app_public.backups.lease_until is 'Until when the process that runs it has it to itself; it says so again while it lives.';
comment on column app_public.backups.stage is 'listing what the target has, reading what changed, uploading it, tidying away what is no more.';
comment on column app_public.backups.done is 'Files dealt with so far in this attempt, of total that changed.';
comment on column app_public.backups.files is 'Files that the backup consists of.';
comment on column app_public.backups.uploaded is 'Files that were new or had changed.';
comment on column app_public.backups.unchanged is 'Files that the target had already.';
comment on column app_public.backups.renamed is 'Files that were moved, since what they hold has another name now.';
comment on column app_public.backups.deleted is 'Files that were removed, duplicates included.';
comment on column app_public.backups.bytes is 'Size of all its files.';
comment on column app_public.backups.bytes_uploaded is 'Size of what was uploaded in the last attempt.';
comment on column app_public.backups.manifest_hash is 'SHA-256 of manifest.json: kept here it tells whether the target''s is still the one that was written.';
comment on column app_public.backups.audit_position is 'Head of the audit chain in the backup: its position, and audit_hash.';
comment on column app_public.backups.verification is 'queued, whole, damaged (verification_problems has what) or failed (the target could not be read).';
comment on column app_public.backups.verified_at is 'When every file was last read again and compared.';
comment on column app_public.backups.verification_problems is 'What was found, [{path, problem}], the first hundred.';
alter table app_public.backups enable row level security;

create table if not exists app_public.restores (
  id integer generated by default as identity primary key,
  backup_id integer references app_public.backups (id) on delete restrict,
  source text not null,
  mode text not null,
  dry_run boolean not null default false,
  reason text,
  status text not null default 'queued',
  requested_by text not null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  report jsonb,
  error text,
  hint text,
  constraint restores_mode_is_known check (mode in ('versions', 'proposals', 'empty')),
  constraint restores_status_is_known check (status in ('queued', 'running', 'complete', 'failed')),
  constraint restores_finished_at_matches_status check ((status in ('complete', 'failed')) = (finished_at is not null)),
  constraint restores_failed_says_why check ((status = 'failed') <= (error is not null))
);
create index if not exists restores_backup_id on app_public.restores (backup_id);
create index if not exists restores_created_at on app_public.restores (created_at desc);
comment on table app_public.restores is 'Each restore and each preview of one: from what, how, what it changed or would change.';
comment on column app_public.restores.source is 'The target''s name, or the folder or address that was given to the command.';
comment on column app_public.restores.mode is 'versions (differences become new versions), proposals (they wait in the queue) or empty (everything, into an empty database).';
comment on column app_public.restores.dry_run is 'A preview: nothing was changed.';
comment on column app_public.restores.report is 'What changed or would: {sops: {add, change, return, differ_in_name…}, knowledge: {add, change}, counts, lists: the first 200 of each, backup: {taken_at, audit_head}, check}.';
alter table app_public.restores enable row level security;

-- Between the reading of a backup and its application, within one transaction.
create unlogged table if not exists app_private.restore_rows (
  restore_id integer not null references app_public.restores (id) on delete cascade,
  table_name text not null,
  ordinal integer not null,
  data jsonb not null,
  primary key (restore_id, table_name, ordinal)
);
comment on table app_private.restore_rows is 'Rows of a backup that a restore compares with those of the club; gone when it ends.';
alter table app_private.restore_rows enable row level security;
--! EndIncluded tables/backups.sql
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
comment on column app_public.import_items.reason is 'Why it is skipped, proposed, a duplicate, in conflict or kept.';
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
--! Included tables/storage.sql
-- When the server cleans up and counts anew. Its own rule, a fifth of a table, leaves 200,000 dead units in the index of
-- a million before it begins, and searches read past them; and what a planner knows of a queue is old within minutes.
alter table app_private.search_units set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 500, autovacuum_analyze_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);
-- Counters alone change often, in place (heap-only updates): its pages must be pruned, its indexes seldom.
alter table app_public.knowledge_base set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
-- Each row is written twice, the second time at commit with its place in the chain.
alter table app_public.audit_log set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05);
-- One row that every writing transaction changes, and counts that every refresh changes: by number, not by share.
alter table app_private.audit_head set (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);
alter table app_private.lexeme_frequencies set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
alter table app_private.search_vocabulary set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000);
-- Never changed, only added to: frozen early and in small portions, instead of all of it at once one day.
alter table app_private.embedding_cache set (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
alter table app_private.search_unit_history set (autovacuum_vacuum_insert_scale_factor = 0.05);
-- Statistics of a table that was filled this morning decide how the queue is read.
alter table app_public.improvement_queue set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
alter table app_public.responses set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
--! EndIncluded tables/storage.sql
--! Included types/left_out.sql
do $$
begin
  if to_regtype('app_private.left_out') is null then
    create type app_private.left_out as (content_hash bytea, target text, impacts sparsevec, embedding vector);
  end if;
end
$$;
comment on type app_private.left_out is
  'What a search does without, to ask a known question as if it were new: the units that are this question (content_hash), and its part in the profile of the target that it belongs to, whose words and vector are these instead.';
--! EndIncluded types/left_out.sql
--! Included functions/add_job.sql
-- Which request it was, so that the job's log, its changes in the audit log and its trace say so too.
create or replace function app_hidden.with_request(payload json) returns json
language sql stable as $$
  select case when json_typeof(payload) = 'object' and nullif(current_setting('clubos.request_id', true), '') is not null
              then (payload::jsonb || jsonb_build_object('_request', jsonb_strip_nulls(jsonb_build_object('id', current_setting('clubos.request_id', true), 'traceparent', nullif(current_setting('clubos.traceparent', true), '')))))::json
              else payload end
$$;
comment on function app_hidden.with_request(json) is 'A job''s payload with the request that it comes of (_request: id, and traceparent where it is traced); as it is outside of a request.';

-- graphile-worker's add_job needs the owner's rights; this is the one door to it.
create or replace function app_hidden.add_job(task text, payload json default '{}', job_key text default null) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job(task, app_hidden.with_request(payload), job_key => add_job.job_key, max_attempts => 8);
end
$$;
comment on function app_hidden.add_job(text, json, text) is 'Adds a job in this transaction: it runs if, and only if, the transaction commits.';
--! EndIncluded functions/add_job.sql
--! Included functions/notify.sql
create or replace function app_hidden.notify(kind text, details jsonb default '{}', key text default null) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  insert into app_public.notifications (kind, channel, user_id, recipient, details, key)
  select notify.kind, 'mail', u.id, u.email, notify.details, notify.key || ':' || u.id from app_public.users u
   where u.is_active and exists (select from app_secret.passwords p where p.user_id = u.id)
     and case notify.kind when 'urgent_ticket' then u.role in ('agent', 'reviewer', 'admin') when 'audit_broken' then u.role in ('admin', 'auditor') when 'job_dead' then u.role = 'admin' when 'llm_budget' then u.role = 'admin' when 'backup_failed' then u.role = 'admin' when 'experiment' then u.role in ('reviewer', 'admin') else false end
  on conflict do nothing;
  insert into app_public.notifications (kind, channel, webhook_id, details, key)
  select notify.kind, 'webhook', w.id, notify.details, notify.key || ':' || w.id from app_public.webhooks w where w.is_active and notify.kind = any (w.events)
  on conflict do nothing;
  insert into app_public.notifications (kind, channel, user_id, push_subscription_id, details, key)
  select notify.kind, 'push', u.id, s.id, notify.details, notify.key || ':' || s.id
    from app_public.push_subscriptions s join app_public.users u on u.id = s.user_id
   where notify.kind = 'urgent_ticket' and u.is_active and u.role in ('agent', 'reviewer', 'admin')
  on conflict do nothing;
$$;
comment on function app_hidden.notify(text, jsonb, text) is
  'Puts an event into the outbox, in this transaction: mails to the staff concerned, deliveries to the webhooks that want it, pushes to their browsers of what is urgent. details: no personal data, no secrets. key: the same event is told once.';

create or replace function app_hidden.tg_notifications__enqueue() returns trigger
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  perform app_hidden.add_job('notifications__send', json_build_object('id', NEW.id), 'notifications__send:' || NEW.id);
  return null;
end
$$;
comment on function app_hidden.tg_notifications__enqueue() is 'Adds the job that sends it.';
drop trigger if exists _800_enqueue on app_public.notifications;
create trigger _800_enqueue after insert on app_public.notifications for each row execute function app_hidden.tg_notifications__enqueue();

create or replace function app_private.request_password_reset(email text) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_email text := lower(btrim(request_password_reset.email));
begin
  -- Known or not, it takes the same way; whether somebody is there shows when it is sent.
  insert into app_public.notifications (kind, channel, recipient) select 'password_reset', 'mail', v_email
   where not exists (select from app_public.notifications n where n.recipient = v_email and n.kind = 'password_reset' and n.created_at > now() - interval '2 minutes' and n.status <> 'failed');
end
$$;
comment on function app_private.request_password_reset(text) is 'Mails a link to choose a new password, if the address is a member of staff''s; says nothing either way. At most one in two minutes.';

create or replace function app_private.claim_notification(notification_id bigint, mail_works boolean default true) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_notification app_public.notifications;
  v_user_id integer;
  v_link text;
begin
  select * into v_notification from app_public.notifications n where n.id = notification_id for no key update;
  if v_notification.status = 'sending' then
    update app_public.notifications n set error = 'The process ended while it was sending: it may or may not have arrived.' where n.id = notification_id;
  end if;
  if v_notification.status is distinct from 'queued' then
    return null;
  end if;
  if v_notification.channel = 'mail' and not mail_works then
    update app_public.notifications n set status = 'failed', error = 'no mail server is configured (SMTP_URL)' where n.id = notification_id;
    return null;
  end if;
  v_user_id := v_notification.user_id;
  if v_notification.kind = 'password_reset' then
    select u.id into v_user_id from app_public.users u where u.email = v_notification.recipient and u.is_active;
  end if;
  if v_notification.channel = 'mail' and not exists (select from app_public.users u where u.id = v_user_id and u.is_active) then
    update app_public.notifications n set status = 'skipped', error = 'nobody with that address works here' where n.id = notification_id;
    return null;
  end if;
  if v_notification.channel = 'push'
     and not exists (select from app_public.push_subscriptions s join app_public.users u on u.id = s.user_id where s.id = v_notification.push_subscription_id and s.user_id = v_user_id and u.is_active) then
    update app_public.notifications n set status = 'skipped', error = 'the browser has unsubscribed' where n.id = notification_id;
    return null;
  end if;
  if v_notification.kind in ('invitation', 'password_reset') then
    v_link := app_secret.make_link(v_notification.kind, v_user_id);
  end if;
  update app_public.notifications n set status = 'sending', attempts = n.attempts + 1, error = null, user_id = v_user_id where n.id = notification_id returning * into v_notification;
  return to_jsonb(v_notification) || jsonb_build_object('link_token', v_link, 'name', (select u.name from app_public.users u where u.id = v_user_id))
    || coalesce((select jsonb_build_object('url', w.url, 'signing_key', k.key) from app_public.webhooks w join app_secret.webhook_keys k on k.webhook_id = w.id where w.id = v_notification.webhook_id), '{}')
    || coalesce((select jsonb_build_object('endpoint', s.endpoint, 'p256dh', s.p256dh, 'auth', s.auth, 'vapid_public_key', k.public_key, 'vapid_private_key', k.private_key)
                   from app_public.push_subscriptions s, app_secret.vapid_keys k where s.id = v_notification.push_subscription_id), '{}');
end
$$;
comment on function app_private.claim_notification(bigint, boolean) is
  'Takes a queued notification for sending, once: null where another has it or nobody is to be told. Makes its one-time link here, so that the outbox never holds one. mail_works: whether this server can send mail.';

create or replace function app_private.finish_notification(notification_id bigint, error text default null, retry boolean default false) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  update app_public.push_subscriptions s set last_ok_at = now()
    from app_public.notifications n
   where n.id = notification_id and n.status = 'sending' and s.id = n.push_subscription_id and finish_notification.error is null;
  update app_public.notifications n
     set status = case when finish_notification.error is null then 'sent' when retry and n.attempts < 8 then 'queued' else 'failed' end,
         sent_at = case when finish_notification.error is null then now() end, error = left(finish_notification.error, 500)
   where n.id = notification_id and n.status = 'sending'
$$;
comment on function app_private.finish_notification(bigint, text, boolean) is 'Writes down how sending went. error: null for success. retry: it certainly did not arrive, so that it may be tried again (eight times at most).';
--! EndIncluded functions/notify.sql
--! Included functions/diff_summary.sql
create or replace function app_hidden.lines_with_heading(lines text[]) returns table (n bigint, heading text) language sql immutable parallel safe as $$
  select h.n, first_value(h.line) over (partition by h.block order by h.n)
    from (select l.n, l.line, count(*) filter (where l.line ~ '^#{1,6}\s') over (order by l.n) as block from unnest(lines) with ordinality l(line, n)) h
$$;
comment on function app_hidden.lines_with_heading(text[]) is 'Each line''s number with the line that opens its block: a heading, or the first line of the text.';

create or replace function app_hidden.diff_summary(old_content text, new_content text) returns text language plpgsql immutable parallel safe as $$
declare
  v_lines text[] := app_hidden.to_lines(new_content);
begin
  if coalesce(old_content, '') = '' then
    -- All of it is new; nothing is to be compared.
    return format('+%s -0 lines', cardinality(v_lines))
      || coalesce('; under ' || (select string_agg(regexp_replace(split_part(t.heading, E'\n', 1), '^#+\s*', ''), ', ' order by t.place)
                                   from (select l.line as heading, min(l.n) as place from unnest(v_lines) with ordinality l(line, n)
                                          where l.line ~ '^#{1,6}\s' group by 1 order by 2 limit 8) t), '');
  end if;
  return (
    with texts as materialized (
      select app_hidden.to_lines(old_content) as old_lines, v_lines as new_lines
    ), edits as materialized (
      select e.* from texts, app_hidden.line_edits(old_lines, new_lines) e
    ), touched as (
      select h.heading, min(h.n) as place from (
        select l.heading, l.n from texts, app_hidden.lines_with_heading(new_lines) l where exists (select from edits where l.n between b_from and b_to)
        union all
        select l.heading, l.n from texts, app_hidden.lines_with_heading(old_lines) l where exists (select from edits where l.n between a_from and a_to)
      ) h where h.heading ~ '^#{1,6}\s' group by h.heading
    )
    select format('+%s -%s lines', coalesce(sum(b_to - b_from + 1), 0), coalesce(sum(a_to - a_from + 1), 0))
      || coalesce('; under ' || (select string_agg(regexp_replace(split_part(heading, E'\n', 1), '^#+\s*', ''), ', ' order by place)
                                   from (select * from touched order by place limit 8) t), '')
      from edits);
end
$$;
comment on function app_hidden.diff_summary(text, text) is 'Lines added and removed, and the headings they stand under, such as "+3 -1 lines; under Steps".';
--! EndIncluded functions/diff_summary.sql
--! Included functions/markdown_sections.sql
create or replace function app_hidden.phrases_heading() returns text language sql immutable parallel safe as $$
  select 'Customers also say'
$$;
comment on function app_hidden.phrases_heading() is 'Heading of the SOP section whose list items are phrases of customers; each is searched on its own.';

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
--! EndIncluded functions/markdown_sections.sql
--! Included functions/lexemes.sql
create or replace function app_hidden.lexeme_dimension(lexeme text) returns integer language plpgsql immutable parallel safe as $$
begin
  -- hashtext differs between major versions; SHA-256 does not. 2^28 dimensions (its first 28 bits): collisions are rare and harmless.
  -- PL/pgSQL: an SQL function that cannot be inlined (convert_to is only stable) costs several times as much a call.
  return ('x' || left(encode(sha256(convert_to(lexeme, 'UTF8')), 'hex'), 7))::bit(28)::integer + 1;
end
$$;
comment on function app_hidden.lexeme_dimension(text) is 'The dimension of a lexeme in the sparse vectors, 1 to 2^28; the same on every server.';

-- Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009): the part of BM25 that
-- depends on the document alone, k1 = 1.2, b = 0.75. The question supplies idf, and one inner product the score.
-- The usual length is a constant per kind of unit: it measured no worse than the true mean, and stored impacts never age.
create or replace function app_hidden.bm25_impacts(words tsvector, usual_length double precision) returns sparsevec
-- PL/pgSQL, which keeps its plan: as an SQL function it would be planned anew for every unit.
language plpgsql immutable parallel safe as $$
begin
  return (
    select coalesce('{' || string_agg(d || ':' || (tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / usual_length)))::real, ',' order by d) || '}/268435456', '{}/268435456')
      from (select d, max(tf)::real as tf, max(length)::real as length
              -- lexeme_dimension, written out: called for each lexeme it takes longer than all the rest.
              from (select ('x' || left(encode(sha256(convert_to(lexeme, 'UTF8')), 'hex'), 7))::bit(28)::integer + 1 as d,
                           coalesce(cardinality(positions), 1) as tf, sum(coalesce(cardinality(positions), 1)) over () as length from unnest(words)) t
             group by 1 order by 2 desc limit 15000) t)::sparsevec;
end
$$;
comment on function app_hidden.bm25_impacts(tsvector, double precision) is 'BM25 term impacts of a text, given the usual number of words of its kind.';

create or replace function app_hidden.usual_length(target text, kind text) returns double precision language sql immutable parallel safe as $$
  select case when kind = 'section' then 70 when kind <> 'profile' then 9 when target like 'sop:%' then 300 else 60 end
$$;
comment on function app_hidden.usual_length(text, text) is 'Words that a unit of a kind usually has: BM25 counts longer ones less.';

create or replace function app_hidden.embedding_hash(content text) returns bytea language sql immutable parallel safe as $$
  select sha256(convert_to(content, 'UTF8'))
$$;
comment on function app_hidden.embedding_hash(text) is 'Key of a text in the embedding cache.';
--! EndIncluded functions/lexemes.sql
--! Included functions/rebuild_units.sql
create or replace function app_private.said_vector(profile_of text, model text) returns vector
language sql stable set search_path = app_public, public, pg_temp as $$
  select l2_normalize(case when bool_or(u.first) then l2_normalize(avg(u.embedding)) + avg(u.embedding) filter (where u.first) else avg(u.embedding) end)
    from (select s.embedding::vector as embedding, s.embedding_model, row_number() over (order by s.ordinal, s.id) = 1 as first
            from app_private.search_units s where s.target = profile_of and s.kind = 'section') u
   where u.embedding_model = said_vector.model
$$;
comment on function app_private.said_vector(text, text) is 'What the text of a target gives to its profile: the mean direction of its sections plus the first, by one model alone; null for a topic.';

create or replace function app_private.profile_vector(profile_of text, model text) returns vector
language plpgsql stable set search_path = app_public, public, pg_temp as $$
begin
  return (
  select l2_normalize(case when said.mean is null then asked.mean when asked.mean is null then said.mean else said.mean + asked.mean end)
    from (select app_private.said_vector(profile_of, profile_vector.model) as mean) said,
         (select l2_normalize(avg(u.embedding)) as mean
            from (select s.embedding::vector as embedding, s.embedding_model from app_private.search_units s
                   where s.target = profile_of and s.kind in ('phrase', 'knowledge') and s.trust > 0 order by s.id desc limit 2000) u
           where u.embedding_model = profile_vector.model) asked);
end
$$;
comment on function app_private.profile_vector(text, text) is
  'The vector of a target''s profile, by one model alone: the mean direction of its sections plus the first, plus the mean direction of its reviewed questions; null where nothing has a vector of that model.';

-- One unit that stands for all of a target: an SOP's head twice, its text, and each question that led to it twice;
-- of a topic all its questions. Unreviewed questions have no part in it.
create or replace function app_private.rebuild_profiles(targets text[]) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_model text := (select s.embedding_model from app_public.club_settings s);
begin
  delete from app_private.search_units u where u.kind = 'profile' and u.target = any (targets)
     and not exists (select from app_private.search_units o where o.target = u.target and (o.kind = 'section' or o.kind in ('phrase', 'knowledge') and o.trust > 0));
  insert into app_private.search_units as p (kind, target, sop_id, sop_version_id, ordinal, category, topic, trust, title, body, embedding_text, content_hash, words, impacts,
      embedding, embedding_model)
  select 'profile', m.target, m.sop_id, m.sop_version_id, m.n, m.category, m.topic, 3, m.title, '', '', '\x', m.words,
         app_hidden.bm25_impacts(m.words, app_hidden.usual_length(m.target, 'profile')), m.embedding, case when m.embedding is not null then v_model end
    from (select t.target, own.sop_id, own.sop_version_id, own.category, own.topic, own.title, asked.n, app_private.profile_vector(t.target, v_model) as embedding,
                 case when own.kind <> 'section' then to_tsvector('app_public.clubos', left(asked.words, 250000))
                   else to_tsvector('app_public.clubos', left(concat_ws(' ', app_hidden.in_words(s.category), app_hidden.in_words(s.section), own.title, app_hidden.in_words(s.category),
                          app_hidden.in_words(s.section), own.title, (select string_agg(concat_ws(' ', m.heading, m.body), ' ' order by m.ordinal) from app_hidden.markdown_sections(s.content) m
                            where coalesce(m.heading not like '%' || app_hidden.phrases_heading(), true))), 250000))
                        || to_tsvector('app_public.clubos', left(concat_ws(' ', asked.words, asked.words), 250000)) end as words
            -- In their order, so that two who write several never wait for each other in a circle.
            from (select distinct t.target from unnest(targets) t(target) order by 1) t
           cross join lateral (
             select string_agg(q.embedding_text, ' ') as words, count(*)::integer as n
               from (select u.embedding_text from app_private.search_units u
                      where u.target = t.target and u.kind in ('phrase', 'knowledge') and u.trust > 0 order by u.id desc limit 2000) q) asked
           cross join lateral (
             select o.* from (
               (select u.kind, u.sop_id, u.sop_version_id, u.category, u.topic, u.title from app_private.search_units u
                 where u.target = t.target and u.kind = 'section' order by u.ordinal limit 1)
               union all
               (select u.kind, u.sop_id, u.sop_version_id, u.category, u.topic, u.title from app_private.search_units u
                 where asked.n > 0 and u.target = t.target and u.kind in ('phrase', 'knowledge') order by u.id limit 1)) o
              order by o.kind <> 'section' limit 1) own
            left join app_public.sops s on s.id = own.sop_id
           order by t.target) m
  on conflict (target) where kind = 'profile' do update
     set sop_version_id = excluded.sop_version_id, ordinal = excluded.ordinal, category = excluded.category, topic = excluded.topic, title = excluded.title,
         words = excluded.words, impacts = excluded.impacts, embedding = excluded.embedding, embedding_model = excluded.embedding_model;
end
$$;
comment on function app_private.rebuild_profiles(text[]) is 'Makes the profiles of targets anew from their sections and reviewed questions.';

create or replace function app_private.rebuild_profile(profile_of text) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  select app_private.rebuild_profiles(array[profile_of])
$$;
comment on function app_private.rebuild_profile(text) is 'Makes the profile of a target anew from its sections and reviewed questions.';

-- A unit that says what it said stays, and gets the new version's number alone: its words are not weighed again, and
-- where its page has room, no index is written, of which the vectors' is most of what an approval takes.
create or replace function app_private.rebuild_sop_units(sop_ids integer[]) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_model text := (select s.embedding_model from app_public.club_settings s);
  v_targets text[] := array(select 'sop:' || i from unnest(sop_ids) i);
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
    select u.id, u.sop_id, u.kind, u.content_hash, u.category, u.topic, u.title, u.heading, u.body, u.words, u.embedding_model,
           row_number() over (partition by u.sop_id, u.kind, u.content_hash order by u.ordinal, u.id) as nth
      from app_private.search_units u where u.target = any (v_targets) and u.kind in ('section', 'phrase') and u.knowledge_id is null
  ), same as materialized (
    select t.id, w.sop_id, w.kind, w.content_hash, w.nth, w.sop_version_id, w.ordinal
      from there t join wanted w on w.sop_id = t.sop_id and w.kind = t.kind and w.content_hash = t.content_hash and w.nth = t.nth
     where (w.category, w.topic, w.title, w.heading, w.body, w.words, w.embedding_model) is not distinct from (t.category, t.topic, t.title, t.heading, t.body, t.words, t.embedding_model)
  ), gone as (
    delete from app_private.search_units u where u.id = any (array(select t.id from there t except select s.id from same s))
  ), kept as (
    update app_private.search_units u set sop_version_id = s.sop_version_id, ordinal = s.ordinal from same s where u.id = s.id
  )
  insert into app_private.search_units (kind, target, sop_id, sop_version_id, ordinal, category, topic, trust, title, heading, body,
      embedding_text, content_hash, words, impacts, embedding, embedding_model)
  select w.kind, 'sop:' || w.sop_id, w.sop_id, w.sop_version_id, w.ordinal, w.category, w.topic, 3, w.title, w.heading, w.body,
         w.embedding_text, w.content_hash, w.words,
         app_hidden.bm25_impacts(w.words, app_hidden.usual_length('sop:', w.kind)), w.embedding, w.embedding_model
    from wanted w
   where not exists (select from same s where s.sop_id = w.sop_id and s.kind = w.kind and s.content_hash = w.content_hash and s.nth = w.nth)
   order by w.sop_id, w.ordinal;
  perform app_private.rebuild_profiles(v_targets);
end
$$;
comment on function app_private.rebuild_sop_units(integer[]) is 'Replaces the search units of SOPs by those of their texts as they are now, with the vectors that the cache holds.';
drop function if exists app_private.rebuild_sop_units(app_public.sops, integer);

create or replace function app_private.rebuild_knowledge_units(entry_ids integer[]) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_model text := (select s.embedding_model from app_public.club_settings s);
begin
  delete from app_private.search_units u where u.knowledge_id = any (entry_ids);
  -- Of each its own question, and those of the entries that were merged into it.
  insert into app_private.search_units (kind, target, sop_id, knowledge_id, ordinal, category, topic, site_id, trust, valid_from, valid_to, title, body,
      embedding_text, content_hash, words, impacts, embedding, embedding_model)
  select 'knowledge', app_hidden.target_of(k.sop_id, k.category, k.topic), k.sop_id, k.id, q.ordinal, k.category, k.topic, k.site_id, k.trust,
         k.valid_from, k.valid_to, q.question, k.answer, u.embedding_text, app_hidden.embedding_hash(u.embedding_text), u.words,
         app_hidden.bm25_impacts(u.words, app_hidden.usual_length('', 'knowledge')), q.embedding, case when q.embedding is not null then q.model end
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
   order by k.id, q.ordinal;
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
language plpgsql immutable parallel safe set search_path = app_public, public, pg_temp set jit = off as $$
declare
  c_words constant integer := 6; -- of the rarest words: 41 sets
  c_together constant double precision := 2; -- a question's words stand together more often than by chance
  c_walk constant double precision := 10; -- the index walks the list of a set's rarest word, at a tenth of the cost of looking at what it finds
  v_words integer := least(cardinality(lexemes), c_words);
  v_query text;
begin
  if (select coalesce(sum(h), 0) from unnest(hits) h) <= rows then
    v_query := array_to_string(lexemes, '|');
  else
    with sets as (
      select 1 << i as members, lexemes[i] as query, idf[i] as gain, hits[i] as found, hits[i] as walked from generate_series(1, v_words) i
      union all
      select (1 << i) | (1 << j), '(' || lexemes[i] || '&' || lexemes[j] || ')', idf[i] + idf[j], c_together * hits[i] * hits[j] / units, hits[i]
        from generate_series(1, v_words) i, generate_series(i + 1, v_words) j
      union all
      select (1 << i) | (1 << j) | (1 << k), '(' || lexemes[i] || '&' || lexemes[j] || '&' || lexemes[k] || ')', idf[i] + idf[j] + idf[k],
             c_together ^ 2 * hits[i] * hits[j] / units * hits[k] / units, hits[i]
        from generate_series(1, v_words) i, generate_series(i + 1, v_words) j, generate_series(j + 1, v_words) k
    ), ordered as (
      select s.*, sum(s.found) over (order by s.gain desc, s.members) as upto, row_number() over (order by s.walked > c_walk * rows, s.found, s.members) as place
        from sets s where s.walked <= c_walk * rows or s.walked = hits[1]
    ), taken as materialized (
      select o.members, o.query from ordered o where o.upto <= rows or o.place = 1
    )
    select string_agg(t.query, '|') into v_query from taken t
     where not exists (select from taken o where o.members <> t.members and o.members & t.members = o.members);
  end if;
  return nullif(v_query, '')::tsquery;
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
        select u.id from app_private.search_units u
         where u.category = only_category and u.embedding_model = nearest_units.model
           and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
           and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
         order by u.embedding <#> question limit 40;
    else
      return query
        select u.id from app_private.search_units u
         where u.embedding_model = nearest_units.model
           and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
           and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
         order by u.embedding <#> question limit 40;
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
  -- The recall of an HNSW index at a fixed ef falls as it grows: .996 at 10,000 rows, .963 at 100,000, .887 at a million at ef 80.
  perform set_config('hnsw.ef_search', least(400, greatest(64, 64 * power(greatest(units, 1) / 10000, 0.27)))::integer::text, true);
  -- A filter that disagrees with the question must not walk the index to its end (pgvector 0.8; before, there is no walking on).
  perform set_config('hnsw.iterative_scan', 'relaxed_order', true);
  perform set_config('hnsw.max_scan_tuples', '2000', true);
end
$$;
comment on function app_private.set_index_effort(double precision) is
  'Sets for this transaction how many neighbours the vector index looks at, by the number of search units (Malkov & Yashunin 2016: ef), so that recall at ten stays above .95.';

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
    select u.id, u.target as t, u.kind, u.sop_id as sop, u.category as cat, u.topic as top, x.w, x.c,
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
    select u.id, u.target, u.kind, u.sop_id, u.category, u.topic, x.w, x.c, x.w + c_cosine_weight * x.c
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

-- Words that the index does not know, by similarity of spelling: the last resort, off the hot path.
create or replace function app_private.correct_spelling(question text) returns text
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_word text;
  v_known text;
  v_out text[] := '{}';
  v_changed boolean := false;
  v_fresh boolean;
begin
  foreach v_word in array (regexp_split_to_array(lower(left(question, 2000)), '[^[:alnum:]]+'))[:60] loop
    v_known := null;
    if length(v_word) >= 4 and v_word ~ '^[[:alpha:]]+$' and to_tsvector('app_public.clubos', v_word) <> ''::tsvector
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
--! Included functions/refresh_search_statistics.sql
create or replace function app_private.spelled_words(title text, heading text, body text) returns tsvector
language sql stable parallel safe set search_path = app_public, public, pg_temp as $$
  select to_tsvector('simple', public.unaccent(left(concat_ws(' ', title, heading, body), 200000)))
$$;
comment on function app_private.spelled_words(text, text, text) is 'The words of a search unit as they are written, for unknown words to be compared with.';

create or replace function app_private.is_vocabulary(word text) returns boolean language sql immutable parallel safe as $$
  select length(word) between 4 and 40 and word ~ '^[[:alpha:]]+$'
$$;
comment on function app_private.is_vocabulary(text) is 'Whether unknown words are compared with this one.';

create or replace function app_private.count_vocabulary() returns table (word text, units integer)
language sql stable set search_path = app_public, public, pg_temp as $$
  select word, ndoc from ts_stat($q$select app_private.spelled_words(title, heading, body) from app_private.search_units where kind <> 'profile'$q$)
   where app_private.is_vocabulary(word)
$$;
comment on function app_private.count_vocabulary() is 'The words of the search space as they are written, with the number of units that hold them.';

create or replace function app_private.count_search_unit_changes() returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  v_changes bigint;
  v_lexemes text[];
  v_words text[];
begin
  -- One statement, and so one snapshot: a unit that came and went in between is in both lists or in none.
  with told as (
    delete from app_private.search_unit_changes returning unit_id, delta, words, spelled
  ), lexemes as (
    select l.lexeme, sum(t.delta)::integer as units from told t cross join lateral unnest(tsvector_to_array(t.words)) l(lexeme) group by 1 having sum(t.delta) <> 0
  ), counted as (
    insert into app_private.lexeme_frequencies as f (lexeme, units) select l.lexeme, l.units from lexemes l order by 1
    on conflict (lexeme) do update set units = f.units + excluded.units
    returning f.lexeme, f.units
  ), spelled as (
    select w.word, sum(d.delta)::integer as units
      from (select t.delta, app_private.spelled_words(u.title, u.heading, u.body) as words
              from told t join app_private.search_units u on u.id = t.unit_id and u.kind <> 'profile' where t.delta = 1
            union all
            select -1, t.spelled from told t where t.delta = -1 and t.spelled is not null and not exists (select from told o where o.unit_id = t.unit_id and o.delta = 1)) d
     cross join lateral unnest(tsvector_to_array(d.words)) w(word) where app_private.is_vocabulary(w.word)
     group by 1 having sum(d.delta) <> 0
  ), known as (
    insert into app_private.search_vocabulary as v (word, units) select s.word, s.units from spelled s order by 1
    on conflict (word) do update set units = v.units + excluded.units
    returning v.word, v.units
  ), summed as (
    select count(*) as n, coalesce(sum(t.delta), 0) as units from told t
  ), noted as (
    update app_private.search_statistics s set units = s.units + summed.units, last_unit_id = (select coalesce(max(u.id), 0) from app_private.search_units u), refreshed_at = now()
      from summed where summed.n > 0
  )
  select (select summed.n from summed), array(select c.lexeme from counted c where c.units <= 0), array(select k.word from known k where k.units <= 0)
    into v_changes, v_lexemes, v_words;
  delete from app_private.lexeme_frequencies f where f.lexeme = any (v_lexemes);
  delete from app_private.search_vocabulary v where v.word = any (v_words);
  return v_changes;
end
$$;
comment on function app_private.count_search_unit_changes() is
  'Adds the words of units that came since the last refresh to the document frequencies and the vocabulary, and takes away those of units that went; returns how many changes.';

create or replace function app_private.recount_search_units() returns void
language sql volatile security definer set search_path = app_public, public, pg_temp set jit = off as $$
  delete from app_private.lexeme_frequencies;
  delete from app_private.search_vocabulary;
  -- What is counted here and what is written down to be counted later must meet without gap: one statement, one snapshot.
  with told as (
    delete from app_private.search_unit_changes
  ), counted as (
    insert into app_private.lexeme_frequencies (lexeme, units) select word, ndoc from ts_stat($q$select words from app_private.search_units$q$)
  ), spelled as (
    insert into app_private.search_vocabulary (word, units) select v.word, v.units from app_private.count_vocabulary() v
  )
  update app_private.search_statistics
     set units = (select count(*) from app_private.search_units), last_unit_id = (select coalesce(max(u.id), 0) from app_private.search_units u), refreshed_at = now(), follows_changes = true;
$$;
comment on function app_private.recount_search_units() is 'Counts document frequencies and the vocabulary over all units.';

create or replace function app_private.refresh_search_statistics(force boolean default false) returns boolean
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_changes bigint;
  v_known record;
begin
  -- One at a time; who comes second finds it done.
  if not pg_try_advisory_xact_lock(hashtextextended('clubos.search_statistics', 0)) then
    return false;
  end if;
  select s.units, s.follows_changes into v_known from app_private.search_statistics s;
  if force or not v_known.follows_changes then
    insert into app_private.stale_profiles (target) select distinct u.target from app_private.search_units u;
  end if;
  perform app_private.refresh_profiles();
  -- Where about as much is new as there was, as after a first import, counting all is quicker.
  select count(*) into v_changes from (select from app_private.search_unit_changes limit 20000 + v_known.units) c;
  if v_changes = 0 and v_known.follows_changes and not force then
    return false;
  elsif not force and v_known.follows_changes and v_changes < 20000 + v_known.units then
    perform app_private.count_search_unit_changes();
  else
    perform app_private.recount_search_units();
  end if;
  update app_private.search_statistics set categories = (select coalesce(jsonb_object_agg(c.category, c.n), '{}') from (select u.category, count(*) as n from app_private.search_units u group by 1) c);
  return true;
end
$$;
comment on function app_private.refresh_search_statistics(boolean) is
  'Rebuilds profiles that lack a question, and brings document frequencies and the vocabulary up to what the search space holds: by what changed since the last time, or by counting all (force). Returns whether anything had changed.';
--! EndIncluded functions/refresh_search_statistics.sql
--! Included functions/search_index.sql
-- The index of vectors is approximate: how well it finds depends on how it was built and how the data has grown since.
create or replace function app_private.check_search_index(sample integer default null, out checked integer, out recall double precision, out valid boolean, out index_bytes bigint)
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  c_nearest constant integer := 10;
  v_index regclass := to_regclass('app_private.search_units_embedding');
  v_model text := (select s.embedding_model from app_public.club_settings s);
  v_units double precision := (select greatest(s.units, 1) from app_private.search_statistics s);
  v_sample integer := coalesce(sample, least(50, greatest(10, 2000000 / v_units))::integer);
  v_from bigint := (select floor(random() * max(u.id)) from app_private.search_units u);
begin
  select i.indisvalid and i.indisready into valid from pg_catalog.pg_index i where i.indexrelid = v_index;
  index_bytes := pg_relation_size(v_index);
  -- Stored vectors from a random place on. Each is compared with all units, which no index helps; equally near ones
  -- count as the nearest do.
  select count(*), avg(least((select count(*) from app_private.nearest_units(q.embedding, v_model) n join app_private.search_units f on f.id = n.unit_id
                               where f.embedding <#> q.embedding <= e.farthest + 1e-6), e.n)::double precision / e.n)
    into checked, recall
    from (select o.* from ((select u.id, u.embedding from app_private.search_units u where u.id >= v_from and u.embedding_model = v_model order by u.id limit v_sample)
            union all (select u.id, u.embedding from app_private.search_units u where u.id < v_from and u.embedding_model = v_model order by u.id desc limit v_sample)) o limit v_sample) q
   cross join lateral (select max(d.distance) as farthest, count(*) as n
                         -- By the sign, so that it is no question for the index.
                         from (select u.embedding <#> q.embedding as distance from app_private.search_units u
                                where u.embedding_model = v_model and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
                                order by -(u.embedding <#> q.embedding) desc limit c_nearest) d) e
   where valid;
end
$$;
comment on function app_private.check_search_index(integer) is
  'How well the index of vectors finds: for a sample of stored vectors (10 to 50 by size unless given), the share of their ten nearest units that the index names when it is asked as a search asks it. valid and recall are null where there is no index: the embedded database has none.';

-- The most often read things last, so that they stay where memory is short.
create or replace function app_private.search_memory(out relation text, out bytes bigint) returns setof record
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select c.oid::regclass::text, pg_relation_size(c.oid) from pg_catalog.pg_class c
   where c.oid in (select i.indexrelid from pg_catalog.pg_index i where i.indrelid in ('app_private.search_units'::regclass, 'app_private.lexeme_frequencies'::regclass))
      or c.oid in ('app_private.search_units'::regclass, 'app_private.lexeme_frequencies'::regclass)
      or c.oid = (select t.reltoastrelid from pg_catalog.pg_class t where t.oid = 'app_private.search_units'::regclass)
   order by pg_relation_size(c.oid) desc
$$;
comment on function app_private.search_memory() is 'What a search reads: the search units, their long values, and their indexes, with their bytes; in memory a search takes milliseconds, from disk ten times as long.';

create or replace function app_private.prewarm_search() returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_blocks bigint := 0;
  v_relation record;
begin
  if to_regproc('public.pg_prewarm') is null then
    -- Without the extension: what a plain read brings into memory.
    perform count(*) from app_private.search_units u where u.words is not null and u.impacts is not null;
    perform n.unit_id from app_private.search_units u, app_private.nearest_units(u.embedding, u.embedding_model) n
      where u.id in (select o.id from app_private.search_units o where o.embedding is not null order by o.content_hash limit 200);
    return null;
  end if;
  for v_relation in select m.relation from app_private.search_memory() m where m.bytes > 0 loop
    execute 'select $1 + public.pg_prewarm($2::regclass)' into v_blocks using v_blocks, v_relation.relation;
  end loop;
  return v_blocks;
end
$$;
comment on function app_private.prewarm_search() is 'Brings what searches read into memory, after a restart: by pg_prewarm where that extension is installed (blocks read), else by reading (null).';
--! EndIncluded functions/search_index.sql
--! Included functions/search_language.sql
-- Every lexeme that is stored was made by the text search configuration, so a new one makes all of them anew, in the
-- transaction that sets it: a search finds either by the old language or by the new one.
create or replace function app_private.use_search_language(language text) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  -- Accents are folded before stemming, since customers type without them. The German stemmer folds its own, and must see
  -- them: without its umlaut "ändern" is "andern", which counts for nothing.
  execute format('alter text search configuration app_public.clubos alter mapping for asciihword, asciiword, hword, hword_asciipart, hword_part, word with %s pg_catalog.%I',
    case when language <> 'german' then 'public.unaccent,' end, language || '_stem');
  -- Whoever writes texts waits; who searches does not.
  lock table app_public.sops, app_public.knowledge_base, app_private.search_units in share row exclusive mode;
  perform app_private.rebuild_sop_units(array(select s.id from app_public.sops s where s.archived_at is null order by s.id));
  perform app_private.rebuild_knowledge_units(array(select k.id from app_public.knowledge_base k order by k.id));
  perform app_private.rebuild_profiles(array(select distinct u.target from app_private.search_units u));
  perform app_private.recount_search_units();
  reindex index app_public.failed_responses_words;
end
$$;
comment on function app_private.use_search_language(text) is 'Brings words to their stems as a language does, in all that is indexed: SOPs, knowledge, failures.';

create or replace function app_hidden.search_languages() returns setof text language sql stable set search_path = app_public, public, pg_temp as $$
  select left(d.dictname, -5)::text from pg_ts_dict d where d.dictnamespace = 'pg_catalog'::regnamespace and d.dictname like '%\_stem' order by 1
$$;
comment on function app_hidden.search_languages() is 'The languages that this PostgreSQL has a stemmer for.';
--! EndIncluded functions/search_language.sql
--! Included functions/merge_knowledge.sql
create or replace function app_hidden.same_text(one text, other text) returns boolean language sql immutable parallel safe as $$
  select lower(btrim(regexp_replace(one, '\s+', ' ', 'g'))) = lower(btrim(regexp_replace(other, '\s+', ' ', 'g')))
$$;
comment on function app_hidden.same_text(text, text) is 'Whether two texts differ in letters'' case and spacing at most.';

create or replace function app_private.check_merge(keep app_public.knowledge_base, duplicate app_public.knowledge_base) returns void
language plpgsql stable set search_path = app_public, public, pg_temp as $$
begin
  if duplicate.site_id is not distinct from keep.site_id or (keep.site_id is null and app_hidden.same_text(keep.answer, duplicate.answer)) then
    return;
  end if;
  raise exception 'Entry % holds % and entry % %: merged, %.', keep.id,
      coalesce('at ' || (select s.slug from app_public.sites s where s.id = keep.site_id) || ' only', 'everywhere'), duplicate.id,
      coalesce('at ' || (select s.slug from app_public.sites s where s.id = duplicate.site_id) || ' only', 'everywhere'),
      case when keep.site_id is null then 'customers there would get another answer' else 'customers elsewhere would get none' end
    using errcode = 'CO121', detail = jsonb_build_object('keep_id', keep.id, 'duplicate_id', duplicate.id)::text,
          hint = 'Keep the entry that holds everywhere and says the same; or edit one of them first.';
end
$$;
comment on function app_private.check_merge(app_public.knowledge_base, app_public.knowledge_base) is
  'Refuses (CO121) a merge by which customers of some site would lose what is true there.';

-- The questions, vectors and votes of duplicates go over to the entry that is kept. A response has one vote there.
create or replace function app_private.move_to_entry(keep app_public.knowledge_base, duplicate_ids integer[], out doubled integer, out doubled_helpful integer)
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  insert into app_public.knowledge_questions (knowledge_id, question, merged_from, learned_from)
  select keep.id, q.question, q.merged_from, q.learned_from
    from (select k.question, k.id as merged_from, k.learned_from from app_public.knowledge_base k where k.id = any (duplicate_ids)
          union all
          select o.question, o.merged_from, o.learned_from from app_public.knowledge_questions o where o.knowledge_id = any (duplicate_ids)) q
   where q.question <> keep.question
   order by q.merged_from
  on conflict do nothing;
  insert into app_private.embedding_cache (content_hash, model, embedding)
  select u.content_hash, u.embedding_model, coalesce(k.embeddings, u.embedding::vector)
    from app_private.search_units u
    left join app_public.knowledge_base k on k.id = u.knowledge_id and u.ordinal = 0 and k.embedding_model = u.embedding_model
   where u.knowledge_id = any (duplicate_ids) and u.embedding is not null
  on conflict do nothing;
  with ranked as (
    select v.knowledge_id, v.response_id, v.helpful, row_number() over (partition by v.response_id order by v.knowledge_id = keep.id desc, v.knowledge_id) as place
      from app_private.knowledge_votes v where v.knowledge_id = keep.id or v.knowledge_id = any (duplicate_ids)
  ), moved as (
    update app_private.knowledge_votes v set knowledge_id = keep.id
      from ranked r where r.place = 1 and v.knowledge_id = r.knowledge_id and v.response_id = r.response_id and r.knowledge_id <> keep.id
  )
  select count(*), count(*) filter (where r.helpful) into doubled, doubled_helpful from ranked r where r.place > 1;
end
$$;
comment on function app_private.move_to_entry(app_public.knowledge_base, integer[]) is 'Gives an entry the questions, vectors and votes of its duplicates. Returns how many votes were of a response that had one already, and how many of those said helpful.';

create or replace function app_private.erase__merged_questions(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_entries integer[];
  v_done bigint;
begin
  with gone as (delete from app_public.knowledge_questions q where q.learned_from = any (response_ids) returning q.knowledge_id)
  select count(*), coalesce(array_agg(distinct g.knowledge_id), '{}') into v_done, v_entries from gone g;
  perform app_private.rebuild_knowledge_unit(k) from app_public.knowledge_base k where k.id = any (v_entries);
  perform app_private.rebuild_profile(t.target) from (
    select distinct app_hidden.target_of(k.sop_id, k.category, k.topic) as target from app_public.knowledge_base k where k.id = any (v_entries) order by 1) t;
  return v_done;
end
$$;
comment on function app_private.erase__merged_questions(uuid, integer[], bigint[]) is 'Forgets questions of these answers that live on in merged knowledge entries; returns how many.';

create or replace function app_private.export__merged_questions(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) returns jsonb
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object('knowledge_id', q.knowledge_id, 'question', q.question, 'created_at', q.created_at) order by q.id), '[]')
    from app_public.knowledge_questions q
   where q.learned_from = any (response_ids) or q.learned_from in (select r.id from app_public.responses r where r.ticket_id = any (ticket_ids))
$$;
comment on function app_private.export__merged_questions(uuid, integer[], bigint[]) is 'The questions of these answers that live on in merged knowledge entries.';
--! EndIncluded functions/merge_knowledge.sql
--! Included triggers/sops.sql
create or replace function app_hidden.tg_sops__version() returns trigger language plpgsql as $$
begin
  if TG_OP = 'INSERT' then
    NEW.version := 1;
    NEW.created_by := coalesce(app_public.current_actor(), NEW.created_by);
    NEW.created_at := app_hidden.effective_time();
    NEW.updated_at := NEW.created_at;
    return NEW;
  end if;
  NEW.id := OLD.id;
  NEW.created_at := OLD.created_at;
  NEW.created_by := OLD.created_by;
  if (NEW.category, NEW.section, NEW.content, NEW.archived_at) is not distinct from (OLD.category, OLD.section, OLD.content, OLD.archived_at) then
    NEW.version := OLD.version;
    NEW.updated_at := OLD.updated_at;
    return NEW;
  end if;
  perform app_hidden.require_actor();
  perform app_hidden.require_reason(app_hidden.current_reason());
  NEW.version := OLD.version + 1;
  -- A clock that was set back must not put a version before the one it follows.
  NEW.updated_at := case
    when nullif(current_setting('clubos.effective_at', true), '') is null then greatest(clock_timestamp(), OLD.updated_at + interval '1 microsecond')
    else app_hidden.effective_time()
  end;
  return NEW;
end
$$;
comment on function app_hidden.tg_sops__version() is
  'Counts the version and refuses a change without author (CO001) or reason (CO002).';

-- Once a statement, for all its rows at once: row by row, an import of many spent most of its time on planning anew.
-- Compiling its statements costs more than running them: 22 ms a save with jit, 4 ms without.
create or replace function app_hidden.tg_sops__record() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  v_ids integer[];
  v_renamed record;
begin
  if TG_OP = 'INSERT' then
    with versions as (
      insert into app_public.sop_versions (sop_id, version, content, diff_summary, changed_by, change_reason, created_at, improvement_id, category, section, archived)
      select w.id, w.version, w.content, app_hidden.diff_summary(null, w.content), left(coalesce(app_public.current_actor(), w.created_by), 100),
             coalesce(app_hidden.current_reason(), 'First version'), w.updated_at, app_private.improvement_in_progress(), w.category, w.section, w.archived_at is not null
        from written w order by w.id
      returning sop_id
    )
    select array_agg(v.sop_id) into v_ids from versions v;
  else
    with versions as (
      insert into app_public.sop_versions (sop_id, version, content, diff_summary, changed_by, change_reason, created_at,
          previous_version_id, improvement_id, category, section, archived)
      select w.id, w.version, w.content,
             app_hidden.diff_summary(v.content, w.content)
               || case when (w.category, w.section) <> (o.category, o.section) then format('; renamed from %s/%s', o.category, o.section) else '' end
               || case when (w.archived_at is null) <> (o.archived_at is null) then case when w.archived_at is null then '; back in use' else '; archived' end else '' end,
             left(coalesce(app_public.current_actor(), w.created_by), 100), coalesce(app_hidden.current_reason(), 'First version'),
             w.updated_at, v.id, app_private.improvement_in_progress(), w.category, w.section, w.archived_at is not null
        from written w
        join before o on o.id = w.id and o.version <> w.version
        left join app_public.sop_versions v on v.sop_id = o.id and v.version = o.version
       order by w.id
      returning sop_id
    )
    select array_agg(v.sop_id) into v_ids from versions v;
  end if;
  if v_ids is null then
    return null;
  end if;
  perform app_private.rebuild_sop_units(v_ids);
  if TG_OP = 'UPDATE' then
    for v_renamed in select w.id, o.category as before, w.category from before o join written w on w.id = o.id where (w.category, w.section) <> (o.category, o.section) loop
      update app_private.search_units u set category = v_renamed.category where u.sop_id = v_renamed.id and u.knowledge_id is not null and u.category = v_renamed.before;
    end loop;
  end if;
  if exists (select from app_private.search_units u where u.sop_id = any (v_ids) and u.embedding is null and u.kind <> 'profile') then
    perform app_hidden.add_job('search_units__embed');
  end if;
  return null;
end
$$;
comment on function app_hidden.tg_sops__record() is
  'Writes the versions with their diff summaries and the search units, in the same statement; asks for the vectors that are missing.';

create or replace function app_hidden.tg_sops__keep() returns trigger language plpgsql as $$
begin
  raise exception 'An SOP is not deleted: its history would go with it.'
    using errcode = 'CO105', hint = 'Take it out of use: select archive_sop(sop_id, reason).';
end
$$;
comment on function app_hidden.tg_sops__keep() is 'Refuses (CO105) the deletion of an SOP.';

drop trigger if exists _100_version on app_public.sops;
create trigger _100_version before insert or update on app_public.sops for each row execute function app_hidden.tg_sops__version();
drop trigger if exists _200_record on app_public.sops;
drop trigger if exists _200_record_new on app_public.sops;
create trigger _200_record_new after insert on app_public.sops referencing new table as written for each statement execute function app_hidden.tg_sops__record();
drop trigger if exists _200_record_changed on app_public.sops;
create trigger _200_record_changed after update on app_public.sops referencing old table as before new table as written for each statement execute function app_hidden.tg_sops__record();
drop trigger if exists _300_keep on app_public.sops;
create trigger _300_keep before delete on app_public.sops for each row execute function app_hidden.tg_sops__keep();
drop trigger if exists _300_keep_whole on app_public.sops;
create trigger _300_keep_whole before truncate on app_public.sops for each statement execute function app_hidden.tg_sops__keep();
--! EndIncluded triggers/sops.sql
--! Included triggers/search_units.sql
create or replace function app_hidden.tg_search_units__since() returns trigger language plpgsql as $$
begin
  NEW.since := clock_timestamp();
  NEW.since_xid := pg_current_xact_id();
  return NEW;
end
$$;
comment on function app_hidden.tg_search_units__since() is 'Writes down since when a search unit has been as it is.';

create or replace function app_hidden.tg_search_units__keep() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp set jit = off as $$
begin
  -- What this transaction itself wrote nobody else has searched.
  insert into app_private.search_unit_history (unit_id, kind, target, sop_id, sop_version_id, knowledge_id, category, topic, site_id, trust, valid_from, valid_to, content_hash,
      impacts, embedding, embedding_model, since, since_xid, until, until_xid)
  select g.id, g.kind, g.target, g.sop_id, g.sop_version_id, g.knowledge_id, g.category, g.topic, g.site_id, g.trust, g.valid_from, g.valid_to, g.content_hash,
         g.impacts, case when c.embedding::halfvec(1536) is distinct from g.embedding then g.embedding end, g.embedding_model, g.since, g.since_xid, clock_timestamp(), pg_current_xact_id()
    from gone g
    left join lateral (select e.embedding from app_private.embedding_cache e where g.kind <> 'profile' and e.content_hash = g.content_hash and e.model = g.embedding_model offset 0) c on true
   where g.since_xid <> pg_current_xact_id();
  return null;
end
$$;
comment on function app_hidden.tg_search_units__keep() is 'Keeps search units as they were before a statement changed or removed them; their vectors where the cache has them.';

create or replace function app_hidden.tg_search_units__tell() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp set jit = off as $$
begin
  if TG_OP = 'INSERT' then
    insert into app_private.search_unit_changes (unit_id, delta, words) select w.id, 1, strip(w.words) from written w;
    insert into app_private.stale_profiles (target) select distinct w.target from written w where w.kind = 'knowledge';
  elsif TG_OP = 'UPDATE' then
    insert into app_private.search_unit_changes (unit_id, delta, words)
    select g.id, d.delta, strip(d.words) from gone g join written w on w.id = g.id and w.words <> g.words
     cross join lateral (values (-1, g.words), (1, w.words)) d(delta, words);
  else
    insert into app_private.search_unit_changes (unit_id, delta, words, spelled)
    select g.id, -1, strip(g.words), case when g.kind <> 'profile' then strip(app_private.spelled_words(g.title, g.heading, g.body)) end from gone g;
    insert into app_private.stale_profiles (target) select distinct g.target from gone g where g.kind = 'knowledge';
  end if;
  return null;
end
$$;
comment on function app_hidden.tg_search_units__tell() is 'Writes down which words came and went, and whose profile is out of date, for the next refresh.';

drop trigger if exists _100_since on app_private.search_units;
create trigger _100_since before update on app_private.search_units for each row execute function app_hidden.tg_search_units__since();
drop trigger if exists _200_keep_changed on app_private.search_units;
create trigger _200_keep_changed after update on app_private.search_units referencing old table as gone for each statement execute function app_hidden.tg_search_units__keep();
drop trigger if exists _200_keep_removed on app_private.search_units;
create trigger _200_keep_removed after delete on app_private.search_units referencing old table as gone for each statement execute function app_hidden.tg_search_units__keep();
drop trigger if exists _300_tell_new on app_private.search_units;
create trigger _300_tell_new after insert on app_private.search_units referencing new table as written for each statement execute function app_hidden.tg_search_units__tell();
drop trigger if exists _300_tell_changed on app_private.search_units;
create trigger _300_tell_changed after update on app_private.search_units referencing old table as gone new table as written for each statement execute function app_hidden.tg_search_units__tell();
drop trigger if exists _300_tell_removed on app_private.search_units;
create trigger _300_tell_removed after delete on app_private.search_units referencing old table as gone for each statement execute function app_hidden.tg_search_units__tell();
--! EndIncluded triggers/search_units.sql
--! Included triggers/club_settings.sql
create or replace function app_hidden.tg_club_settings__search_language() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
begin
  if not exists (select from app_hidden.search_languages() l where l = NEW.search_language) then
    raise exception 'There is no stemmer for the language "%".', NEW.search_language using errcode = 'CO005',
      hint = 'One of ' || (select string_agg(l, ', ') from app_hidden.search_languages() l) || '.';
  end if;
  perform app_private.use_search_language(NEW.search_language);
  return null;
end
$$;
comment on function app_hidden.tg_club_settings__search_language() is 'Indexes every text anew in the language that was set.';
drop trigger if exists _200_search_language on app_public.club_settings;
create trigger _200_search_language after update on app_public.club_settings for each row when (NEW.search_language <> OLD.search_language)
  execute function app_hidden.tg_club_settings__search_language();
--! EndIncluded triggers/club_settings.sql
--! Included triggers/knowledge_base.sql
create or replace function app_hidden.tg_knowledge_base__govern() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
begin
  if NEW.trust is null then
    NEW.trust := case when NEW.source = 'learned' then 0 else 3 end;
  end if;
  if TG_OP = 'INSERT' and NEW.sop_id is null then
    select s.id into NEW.sop_id from app_public.sops s where s.category = NEW.category and s.section = NEW.topic and s.archived_at is null;
  end if;
  if TG_OP = 'UPDATE' then
    if (NEW.category, NEW.topic, NEW.question, NEW.answer, NEW.site_id, NEW.valid_from, NEW.valid_to, NEW.sop_id)
       is not distinct from (OLD.category, OLD.topic, OLD.question, OLD.answer, OLD.site_id, OLD.valid_from, OLD.valid_to, OLD.sop_id) then
      return NEW; -- counters, trust and vectors follow from elsewhere
    end if;
    perform app_hidden.require_actor();
    perform app_hidden.require_reason(app_hidden.current_reason());
    NEW.updated_at := clock_timestamp();
    if NEW.question <> OLD.question and NEW.embeddings is not distinct from OLD.embeddings then
      NEW.embeddings := null;
    end if;
  end if;
  if NEW.embeddings is null then
    select c.embedding, c.model into NEW.embeddings, NEW.embedding_model
      from app_hidden.knowledge_unit(NEW.category, NEW.topic, NEW.question, NEW.answer) u, app_public.club_settings s, app_private.embedding_cache c
     where c.content_hash = app_hidden.embedding_hash(u.embedding_text) and c.model = s.embedding_model;
  elsif NEW.embedding_model is null then
    select s.embedding_model into NEW.embedding_model from app_public.club_settings s;
  end if;
  return NEW;
end
$$;
comment on function app_hidden.tg_knowledge_base__govern() is
  'Gives a new entry its trust, the SOP of its name and its vector from the cache; refuses a change of what it says without author (CO001) or reason (CO002).';

create or replace function app_hidden.tg_knowledge_base__index() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ids integer[];
begin
  if TG_OP = 'INSERT' then
    select array_agg(w.id) into v_ids from written w;
  else
    -- Counters and vectors change nothing of what is searched.
    select array_agg(w.id) into v_ids from written w join before o on o.id = w.id
     where (w.category, w.topic, w.question, w.answer, w.site_id, w.valid_from, w.valid_to, w.sop_id, w.trust)
           is distinct from (o.category, o.topic, o.question, o.answer, o.site_id, o.valid_from, o.valid_to, o.sop_id, o.trust);
  end if;
  if v_ids is null then
    return null;
  end if;
  perform app_private.rebuild_knowledge_units(v_ids);
  if exists (select from written w where w.id = any (v_ids) and w.embeddings is null) then
    perform app_hidden.add_job('search_units__embed');
  end if;
  return null;
end
$$;
comment on function app_hidden.tg_knowledge_base__index() is 'Keeps the entries'' search units, in the same statement.';

drop trigger if exists _100_govern on app_public.knowledge_base;
create trigger _100_govern before insert or update on app_public.knowledge_base for each row execute function app_hidden.tg_knowledge_base__govern();
drop trigger if exists _200_index on app_public.knowledge_base;
drop trigger if exists _200_index_new on app_public.knowledge_base;
create trigger _200_index_new after insert on app_public.knowledge_base referencing new table as written for each statement execute function app_hidden.tg_knowledge_base__index();
drop trigger if exists _200_index_changed on app_public.knowledge_base;
create trigger _200_index_changed after update on app_public.knowledge_base referencing old table as before new table as written for each statement execute function app_hidden.tg_knowledge_base__index();
--! EndIncluded triggers/knowledge_base.sql
--! Included triggers/audit.sql
create or replace function app_hidden.tg__audit() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
declare
  v_old jsonb := case when TG_OP <> 'INSERT' then app_hidden.audited(to_jsonb(OLD), coalesce(TG_ARGV, '{}')) end;
  v_new jsonb := case when TG_OP <> 'DELETE' then app_hidden.audited(to_jsonb(NEW), coalesce(TG_ARGV, '{}')) end;
begin
  if v_old is distinct from v_new then
    insert into app_public.audit_log (table_name, row_id, operation, actor, role, reason, old, new, request_id)
    values (TG_TABLE_NAME, coalesce(coalesce(v_new, v_old) ->> 'id', coalesce(v_new, v_old) ->> 'kind'), lower(TG_OP),
        coalesce(app_public.current_actor(), coalesce(v_new, v_old) ->> 'created_by',
          -- Which customer is in the row, as far as anybody knows.
          case when app_public.current_visitor_id() is not null or app_hidden.acting_role() in ('anonymous', 'customer') then 'customer' end, session_user),
        app_hidden.acting_role(),
        app_hidden.current_reason(), v_old, v_new, nullif(current_setting('clubos.request_id', true), ''));
  end if;
  return null;
end
$$;
comment on function app_hidden.tg__audit() is 'Writes the audit row of a change. Arguments: columns that are not governed, such as counters.';

create or replace function app_hidden.audited(r jsonb, ungoverned text[]) returns jsonb language plpgsql immutable as $$
begin
  -- What is written here can never be taken back, so customers' words are kept as their hashes: the rows have the texts.
  return (select (r - ungoverned - hashed.columns) || coalesce((select jsonb_object_agg(c || '_sha256', encode(sha256(convert_to(r ->> c, 'UTF8')), 'hex')) from unnest(hashed.columns) c where r ->> c is not null), '{}')
    from (select case when r ? 'content' and r ? 'version' then array['content']
                      when r ? 'suggested_sop_update' then array['suggested_sop_update', 'applied']
                      when r ? 'question' and r ? 'hand_over' then array['question', 'note']
                      when r ? 'question' and r ? 'answer' and (r ->> 'source' in ('learned', 'improvement') or r ->> 'learned_from' is not null or r ->> 'improvement_id' is not null) then array['question', 'answer']
                      else '{}' end as columns) hashed);
end
$$;
comment on function app_hidden.audited(jsonb, text[]) is 'A row as the audit log keeps it: without ungoverned columns; a versioned content, a proposal, a golden question and knowledge that came from customers as SHA-256.';

do $$
declare
  v_table text[];
begin
  foreach v_table slice 1 in array array[
    ['sops', 'updated_at'], ['knowledge_base', 'updated_at, learned_from, usage_count, success_rate, success_count, embeddings, embedding_model'],
    ['knowledge_questions', 'question'],
    ['experiments', 'results, sample_ratio_alarm_at'], ['experiment_arms', 'updated_at'],
    ['golden_questions', 'updated_at, response_id'], ['improvement_queue', 'updated_at, dry_run, impact, fingerprint'], ['users', 'updated_at'], ['sites', 'updated_at'],
    ['club_settings', 'updated_at'], ['prompts', 'updated_at'], ['emergency_signals', 'created_at'],
    ['tickets', 'updated_at, awaiting_since, summary, subject, resolution, visitor_id, conversation'], ['retention_rules', 'updated_at'], ['privacy_actions', 'transaction_id'],
    ['sessions', 'last_seen_at, user_agent'], ['api_tokens', 'last_used_at'], ['webhooks', 'updated_at'], ['llm_prices', 'updated_at'], ['backup_targets', 'updated_at'],
    ['import_batches', 'updated_at, stage, done, total, counts, error']]
  loop
    execute format('drop trigger if exists _900_audit on app_public.%I; create trigger _900_audit after insert or update or delete on app_public.%1$I for each row execute function app_hidden.tg__audit(%s)',
      v_table[1], (select string_agg(quote_literal(btrim(c)), ', ') from unnest(string_to_array(v_table[2], ',')) c));
  end loop;
end
$$;

-- The chain is closed at commit, under one row's lock held just that long. The transaction's first row closes it for all
-- of them, in one pass: closing row by row, ten rows a transaction held the lock five times as long.
create or replace function app_hidden.tg_audit_log__chain() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
declare
  v_rows app_public.audit_log[];
  v_head app_private.audit_head;
  v_hashes bytea[];
  v_hash bytea;
begin
  perform from app_public.audit_log a where a.id = NEW.id and a.hash is null;
  if not found then
    return null;
  end if;
  -- Before the lock: the rows since may be many, though others'.
  select array_agg(a order by a.id) into v_rows from app_public.audit_log a
   where a.id >= NEW.id and a.transaction_id = pg_current_xact_id() and a.hash is null;
  select * into v_head from app_private.audit_head for no key update;
  v_hashes := array[v_head.hash];
  v_hash := v_head.hash;
  for i in 1 .. cardinality(v_rows) loop
    v_hash := app_hidden.audit_hash(v_hash, v_head.chain_position + i, v_rows[i]);
    v_hashes[i + 1] := v_hash;
  end loop;
  if cardinality(v_rows) = 1 then
    update app_public.audit_log a set chain_position = v_head.chain_position + 1, previous_hash = v_head.hash, hash = v_hash where a.id = NEW.id;
  else
    update app_public.audit_log a set chain_position = v_head.chain_position + r.n, previous_hash = v_hashes[r.n], hash = v_hashes[r.n + 1]
      from (select u.id, row_number() over (order by u.id) as n from unnest(v_rows) u) r where a.id = r.id;
  end if;
  update app_private.audit_head set chain_position = v_head.chain_position + cardinality(v_rows), hash = v_hash;
  return null;
end
$$;
comment on function app_hidden.tg_audit_log__chain() is 'Gives the audit rows of a transaction their places and hashes in the chain, when it commits.';

create or replace function app_hidden.audit_hash(previous bytea, chain_position bigint, entry app_public.audit_log) returns bytea language sql immutable as $$
  select sha256(previous || convert_to(jsonb_build_array(audit_hash.chain_position, entry.id, entry.table_name, entry.row_id, entry.operation, entry.actor, entry.role,
    entry.reason, entry.old, entry.new, entry.transaction_id::text, entry.request_id, extract(epoch from entry.created_at))::text, 'UTF8'))
$$;
comment on function app_hidden.audit_hash(bytea, bigint, app_public.audit_log) is 'SHA-256 of the previous hash and everything an audit row says.';

create or replace function app_hidden.tg_audit_log__append_only() returns trigger language plpgsql as $$
begin
  if TG_OP = 'UPDATE' and TG_TABLE_NAME = 'audit_log' then
    if OLD.hash is null and NEW.hash is not null
       and (to_jsonb(NEW) - array['chain_position', 'previous_hash', 'hash']) = (to_jsonb(OLD) - array['chain_position', 'previous_hash', 'hash']) then
      return NEW;
    end if;
  elsif TG_OP = 'INSERT' then
    NEW.chain_position := null;
    NEW.previous_hash := null;
    NEW.hash := null;
    return NEW;
  end if;
  raise exception 'The audit log is append-only.' using errcode = 'CO105', hint = 'To correct something, make the correcting change: it is logged too.';
end
$$;
comment on function app_hidden.tg_audit_log__append_only() is 'Refuses (CO105) every change of the audit log but the closing of its chain.';

drop trigger if exists _100_append_only on app_public.audit_log;
create trigger _100_append_only before insert or update or delete on app_public.audit_log for each row execute function app_hidden.tg_audit_log__append_only();
drop trigger if exists _100_append_only_whole on app_public.audit_log;
create trigger _100_append_only_whole before truncate on app_public.audit_log for each statement execute function app_hidden.tg_audit_log__append_only();
drop trigger if exists _900_chain on app_public.audit_log;
create constraint trigger _900_chain after insert on app_public.audit_log deferrable initially deferred for each row execute function app_hidden.tg_audit_log__chain();

drop trigger if exists _100_append_only on app_public.audit_heads;
create trigger _100_append_only before update or delete on app_public.audit_heads for each row execute function app_hidden.tg_audit_log__append_only();
drop trigger if exists _100_append_only_whole on app_public.audit_heads;
create trigger _100_append_only_whole before truncate on app_public.audit_heads for each statement execute function app_hidden.tg_audit_log__append_only();
--! EndIncluded triggers/audit.sql
--! Included queries/search_knowledge.sql
-- Which section of an SOP answers a question: the one that says most of it, "when to use" and its like last.
drop function if exists app_private.best_section(integer, sparsevec, double precision, vector, text);
create or replace function app_private.best_section(sop_id integer, impacts sparsevec, total_idf double precision, embedding halfvec, model text)
returns app_private.search_units language sql stable set search_path = app_public, public, pg_temp as $$
  select u.*
    from app_private.search_units u
   where u.sop_id = best_section.sop_id and u.kind = 'section'
   order by (coalesce(u.heading, '') ~* 'when to use|purpose|scope|^category'), coalesce(-(u.impacts <#> best_section.impacts) / nullif(total_idf, 0), 0)
     + 1.5 * coalesce(case when u.embedding_model = model then -(u.embedding <#> best_section.embedding) end, 0)
     + case when u.heading ~* 'step|procedure|what to (do|say)|answer' then 0.5 else 0 end desc, u.ordinal
   limit 1
$$;
comment on function app_private.best_section(integer, sparsevec, double precision, halfvec, text) is 'The section of an SOP to quote for a question.';

-- The question's words as they are searched: unknown ones are corrected where words must decide alone.
drop function if exists app_private.searched_words(text, boolean);
create or replace function app_private.searched_words(query text, by_vector boolean, only_category text, out question text, out impacts sparsevec, out total_idf double precision, out candidates tsquery)
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_spelling text;
begin
  question := query;
  select w.impacts, w.total_idf, w.candidates into impacts, total_idf, candidates from app_private.question_words(question, only_category) w;
  if candidates is null or not by_vector then
    v_spelling := app_private.correct_spelling(question);
    if v_spelling is not null then
      question := v_spelling;
      select w.impacts, w.total_idf, w.candidates into impacts, total_idf, candidates from app_private.question_words(question, only_category) w;
    end if;
  end if;
end
$$;
comment on function app_private.searched_words(text, boolean, text) is 'A question as it is searched, its spelling corrected where no word is known or there is no vector, and what app_private.question_words makes of it.';

-- A replay must know of a search what no history tells; taken in the statement that searches, it is of its snapshot.
drop function if exists app_private.search_inputs(text, sparsevec, double precision, tsquery, text, bigint[]);
create or replace function app_private.search_inputs(impacts sparsevec, total_idf double precision, embedding_model text, by_words bigint[], nearest bigint[]) returns jsonb
language sql stable set search_path = app_public, public, pg_temp as $$
  select jsonb_build_object('searched_at', clock_timestamp(), 'snapshot', pg_current_snapshot(), 'own_xid', pg_current_xact_id_if_assigned(),
    'embedding_model', search_inputs.embedding_model, 'words', search_inputs.impacts, 'total_idf', search_inputs.total_idf,
    'by_words', search_inputs.by_words, 'nearest', search_inputs.nearest)
$$;
comment on function app_private.search_inputs(sparsevec, double precision, text, bigint[], bigint[]) is 'What was searched with, for app_private.response_searches.';

-- The search, and with its first result what it was searched with (response_searches).
drop function if exists app_private.search(text, vector, text, integer, integer);
create or replace function app_private.search(query text, query_embedding vector, only_category text, only_site_id integer, first integer, left_out app_private.left_out default null)
returns table (result app_public.search_result, inputs jsonb)
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_words record;
  v_question halfvec := query_embedding;
  v_model text := (select s.embedding_model from app_public.club_settings s);
begin
  select * into v_words from app_private.searched_words(coalesce(left(search.query, 20000), ''), query_embedding is not null, only_category);
  return query
    with found as materialized (
      select t.*, row_number() over (order by t.score desc, t.target)::integer as place
        from app_private.rank_targets(v_words.impacts, v_words.total_idf, v_words.candidates, v_question, only_category, only_site_id, greatest(40, search.first), search.left_out) t
    )
    select (f.place, case when q.own_answer then 'knowledge' else 'sop' end, f.sop_id, p.sop_version_id, v.version,
           case when f.entry_leads or q.own_answer then u.knowledge_id end, coalesce(s.category, f.category)::text, coalesce(s.section, f.topic)::text,
           coalesce(p.title, u.title), case when not q.own_answer then b.heading end, case when q.own_answer then u.body else b.body end,
           case when f.entry_leads then u.embedding_text end, case when f.entry_leads then u.trust else 3::smallint end, f.score, f.words, f.cosine,
           case when f.place = 1 then app_hidden.confidence(f.cosine, (select sum(exp((x.score - f.score) / 0.2)) from found x where x.place <= 20), f.agreed) end)::app_public.search_result,
           case when f.place = 1 then app_private.search_inputs(v_words.impacts, v_words.total_idf, case when query_embedding is not null then v_model end, f.by_words, f.nearest) end
      from found f
      left join app_private.search_units u on u.id = f.entry_id
      -- A learned question leads to its SOP as that is now; what staff wrote or approved speaks for itself.
     cross join lateral (select f.sop_id is null or (f.entry_leads and u.kind = 'knowledge' and u.trust = 3) as own_answer) q
      left join app_public.sops s on s.id = f.sop_id
      left join app_private.search_units p on p.target = f.target and p.kind = 'profile' and p.sop_id is not null
      left join lateral app_private.best_section(f.sop_id, v_words.impacts, v_words.total_idf, v_question, v_model) b on not q.own_answer
      left join app_public.sop_versions v on v.id = p.sop_version_id
     where f.place <= search.first
     order by f.place;
end
$$;
comment on function app_private.search(text, vector, text, integer, integer, app_private.left_out) is
  'What search_knowledge finds, and with the first result what a replay must know of the search; a vector is of the club''s model. left_out: as rank_targets says.';

drop function if exists app_public.search_knowledge(text, vector, text, text, integer);
create or replace function app_public.search_knowledge(query text, query_embedding vector default null, category text default null, site text default null, first integer default 10,
  embedding_model text default null)
returns setof app_public.search_result
language plpgsql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  v_site_id integer := app_hidden.find_site(search_knowledge.site);
begin
  if query_embedding is not null and vector_dims(query_embedding) <> 1536 then
    raise exception 'The question''s vector has % dimensions; 1536 are needed.', vector_dims(query_embedding) using errcode = 'CO005', hint = 'Pad a shorter one with zeros.';
  end if;
  if search_knowledge.embedding_model <> (select s.embedding_model from app_public.club_settings s) then
    query_embedding := null; -- Vectors of two models are never compared.
  end if;
  return query
    select (s.result).* from app_private.search(search_knowledge.query, query_embedding, search_knowledge.category, v_site_id, least(greatest(coalesce(search_knowledge.first, 10), 1), 100)) s;
end
$$;
comment on function app_public.search_knowledge(text, vector, text, text, integer, text) is
$$Hybrid retrieval over SOPs and knowledge: the one door to knowledge for answers, dry runs and tests alike.
query: the question, 20,000 characters are read. query_embedding: its vector (1536 dimensions, length one); without it words alone decide, unknown ones by spelling. embedding_model: whose vector it is; one of another model than club_settings.embedding_model is not used; null says that it is that one's. category, site (slug): only what holds there. first: at most so many results (1 to 100).
Errors: CO005 wrong dimensions, CO404 no such site.$$;
--! EndIncluded queries/search_knowledge.sql
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
    select u.id from app_private.search_units u join in_force f on f.sop_id = u.sop_id and f.id = u.sop_version_id and not f.archived where u.knowledge_id is null
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
       order by (coalesce(u.heading, '') ~* 'when to use|purpose|scope|^category'), u.s + case when u.heading ~* 'step|procedure|what to (do|say)|answer' then 0.5 else 0 end desc, u.ordinal limit 1) s on true
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
    v_inputs.emergency := case when v_search.response_id is not null then v_search.emergency when v_response.outcome = 'emergency' then coalesce(substring(v_response.reason from 'rule: (\w+)'), '') end;
    v_search := v_inputs;
  end if;
  v_found := array(select f from app_private.search_at(v_search, v_vector, nullif(v_response.requested_category, ''), v_response.site_id) f order by f.rank);
  if v_search.routed is not null and not exists (select from unnest(v_found) f where f.rank <= 3 and f.category = v_search.routed) then
    v_found := app_private.with_routed(v_found, array(select f from app_private.search_at(v_search, v_vector, v_search.routed, v_response.site_id, 3) f));
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
--! Included functions/figures_to_watch.sql
-- For a scrape every few seconds: each part reads an index, or a table that stays small.
create or replace function app_private.figures_to_watch() returns table (name text, label text, value double precision)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  return query select 'workers', null::text, (count(*) filter (where h.seen_at > now() - interval '60 seconds'))::double precision from app_private.worker_heartbeats h;
  return query select 'worker_silence_seconds', null::text, extract(epoch from now() - max(h.seen_at))::double precision from app_private.worker_heartbeats h having max(h.seen_at) is not null;
  return query select 'jobs_waiting', t.identifier, count(*)::double precision
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
   where j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= now() group by t.identifier;
  return query select f.name, null::text, f.value::double precision
    from (select count(*) filter (where j.locked_at is not null) as running, count(*) filter (where j.locked_at is null and j.attempts >= j.max_attempts) as dead,
                 coalesce(extract(epoch from now() - min(j.run_at) filter (where j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= now())), 0) as oldest
            from graphile_worker._private_jobs j) j
   cross join lateral (values ('jobs_running', j.running), ('jobs_dead', j.dead), ('jobs_oldest_seconds', j.oldest)) f(name, value);
  return query select 'search_units_without_vectors', null::text, count(*)::double precision from app_private.search_units u where u.embedding is null and u.kind <> 'profile';
  return query select 'failures_to_analyse', null::text, count(*)::double precision from app_public.failed_responses f where not f.analyzed and f.withdrawn_at is null;
  return query select f.name, null::text, f.value::double precision
    from (select count(*) as pending, coalesce(extract(epoch from now() - min(q.created_at)), 0) as oldest from app_public.improvement_queue q where q.status = 'pending') q
   cross join lateral (values ('proposals_pending', q.pending), ('proposals_oldest_seconds', q.oldest)) f(name, value);
  return query select 'tickets_waiting', p.priority, count(t.id)::double precision
    from unnest(array['normal', 'urgent']) p(priority) left join app_public.tickets t on t.status = 'waiting' and t.priority = p.priority group by p.priority;
  return query select 'tickets_oldest_seconds', null::text, coalesce(extract(epoch from now() - min(t.updated_at)), 0)::double precision from app_public.tickets t where t.status = 'waiting';
  return query select f.name, null::text, f.value::double precision
    from (select count(*) filter (where n.status in ('queued', 'sending')) as unsent, count(*) filter (where n.status = 'failed') as failed
            from app_public.notifications n where n.created_at > now() - interval '1 day') n
   cross join lateral (values ('notifications_unsent', n.unsent), ('notifications_failed', n.failed)) f(name, value);
  return query select 'assistant_enabled', null::text, s.assistant_enabled::integer::double precision from app_public.club_settings s;
  return query select f.name, p.period, f.value::double precision from app_hidden.llm_periods() p
   cross join lateral (values ('llm_cost_dollars', p.spent), ('llm_budget_dollars', p.budget)) f(name, value) where f.value is not null;
  return query select 'audit_rows', null::text, h.chain_position::double precision from app_private.audit_head h;
  return query select f.name, b.target, f.value from app_public.backup_state() b
   cross join lateral (values ('backup_age_seconds', b.age_seconds), ('backup_overdue', b.overdue::integer::double precision), ('backup_failed', (b.latest_status = 'failed')::integer::double precision)) f(name, value)
   where b.enabled and f.value is not null;
  return query select 'database_bytes', null::text, pg_database_size(current_database())::double precision;
end
$$;
comment on function app_private.figures_to_watch() is
$$How the system is, for monitoring: name (as core/watching/figures.ts describes it), label (what its rows differ by; null where there is one), value. Cheap enough to be asked every few seconds. For the worker's role.$$;
--! EndIncluded functions/figures_to_watch.sql
--! Included functions/answer.sql
create or replace function app_hidden.emergency_section(question text) returns text
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select e.section from app_public.emergency_signals e where lower(left(emergency_section.question, 5000)) ~ e.pattern order by e.id limit 1
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
                              where u.sop_id = result.sop_id and u.sop_version_id = result.sop_version_id and u.kind = 'section' having sum(length(u.body)) <= most),
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
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  insert into app_private.response_searches (response_id, searched_at, snapshot, own_xid, embedding_model, words, total_idf, by_words, nearest, routed, emergency)
  select record_search.response_id, s.searched_at, s.snapshot::pg_snapshot, s.own_xid::xid8, s.embedding_model, s.words::sparsevec, s.total_idf, s.by_words, s.nearest, s.routed, s.emergency
    from jsonb_to_record(search) s(searched_at timestamptz, snapshot text, own_xid text, embedding_model text, words text, total_idf double precision, by_words bigint[], nearest bigint[],
         routed text, emergency text)
   where jsonb_typeof(search) = 'object'
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

  if v_emergency is not null or v_alarm then
    v_outcome := 'emergency';
    v_category := 'emergency';
    v_reason := coalesce('rule: ' || v_emergency, 'routed to emergency');
    v_search := v_search || jsonb_build_object('emergency', coalesce(v_emergency, ''));
    v_results := app_private.emergency_first(v_results, array(select f from app_public.search_knowledge(query, v_vector, 'emergency', v_site, 10, v_settings.embedding_model) f), v_emergency);
    v_first := v_results[1];
    v_text := app_hidden.emergency_text(case when v_first.category = 'emergency' then v_first.sop_id end);
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
  else
    v_text := case when v_first.kind = 'sop' then format(E'**%s**\n\n%s', concat_ws(': ', v_first.title, v_first.heading), app_hidden.quote(v_first.snippet))
                   else app_hidden.quote(v_first.snippet) end || ' [1]';
  end if;
  -- Nothing is generated from what is kept for emergencies.
  v_readable := for_model and not v_silent and v_outcome in ('answered', 'handed_over') and v_category is not null and v_first.category <> 'emergency'
    and v_confidence >= v_settings.model_threshold;
  return jsonb_build_object('ticket_id', v_ticket.id, 'silent', v_silent, 'site', v_site, 'message_id', message_id,
    'category', v_category, 'votes', coalesce(v_votes, '[]'), 'routed_by', case when v_routed is not null and v_requested is null then 'model' else 'local-vote' end,
    'confidence', v_confidence, 'threshold', v_settings.confidence_threshold, 'embedding_model', v_settings.embedding_model, 'by_vector', v_vector is not null,
    'for_model', coalesce(v_readable, false), 'outcome', v_outcome, 'reason', v_reason, 'text', v_text, 'search', v_search,
    'sources', coalesce((select jsonb_agg(to_jsonb(r.result) || jsonb_build_object('cited', r.rank = 1 and v_outcome in ('answered', 'emergency'))
                           || case when v_readable and r.category <> 'emergency' and (r.rank <= 4 or r.in_category <= 3)
                                 then jsonb_build_object('text', coalesce(case when r.rank = v_arm.place then v_arm.source_text end, app_private.source_text(r.result))) else '{}' end
                           || case when r.rank = v_arm.place then jsonb_build_object('experiment_arm_id', v_arm.arm_id) else '{}' end order by r.rank)
                           from (select u.rank, u.category, u as result,
                                        case when u.category = v_category then row_number() over (partition by u.category = v_category order by u.rank) end as in_category
                                   from unnest(v_results) u) r), '[]'));
end
$$;
comment on function app_hidden.begin_answer(text, vector, text, text, uuid, jsonb, text, bigint, boolean) is
$$What to answer a question with: route, confidence, sources and the extractive answer, {ticket_id, silent, site, message_id, category, votes: [{category, share}], routed_by, confidence, threshold, embedding_model, by_vector, for_model, outcome, reason, text, search, sources}. Emergencies first, by rule, then by route; their text is their SOP's.
embedding_model: whose the vector is; one of another model than club_settings.embedding_model (which the result names) is not used. by_vector: whether any was: this one, or the cache's. message_id: the customer's message where it is written down already, else it is written.
route: what a model made of the question, {category, emergency}. Its category is recorded, and where none of the first three sources lies in it, its best three are added. "unknown" hands over, unless what was found is more likely right than not (0.5). It can raise an emergency and not call one off. `votes` are the sources' own all the same.
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

create or replace function app_private.record_sources(response_id bigint, sources jsonb) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  insert into app_public.response_sources (response_id, rank, kind, sop_version_id, knowledge_id, sop_id, category, topic, heading, snippet, score, cited)
  select record_sources.response_id, s.rank, s.kind, s.sop_version_id, s.knowledge_id, s.sop_id, s.category, s.topic, s.heading, app_hidden.quote(s.snippet, 600), s.score, coalesce(s.cited, false)
    from jsonb_to_recordset(sources) s(rank integer, kind text, sop_version_id integer, knowledge_id integer, sop_id integer, category text, topic text, heading text,
         snippet text, score double precision, cited boolean)
   where s.rank <= 10
$$;
comment on function app_private.record_sources(bigint, jsonb) is 'Writes down the first ten sources of an answer, as begin_answer lists them.';
--! EndIncluded functions/answer.sql
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
  'The local analyst''s proposal for a pattern, {kind, suggestion, failed_response_ids, base_version}: phrases and clarifications for the SOP concerned, entries for a topic, or a new SOP from the corrections; null where nobody said what is right.';

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
--! Included functions/reembed.sql
-- From one embedding model to another: everything that is compared gets its vector of the new model into the cache,
-- in small pieces, while the old ones are searched; then one short transaction changes over.

create or replace function app_private.compared_texts() returns table (content_hash bytea, content text)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select distinct on (t.content_hash) t.content_hash, t.content from (
    select u.content_hash, u.embedding_text as content from app_private.search_units u where u.kind <> 'profile'
    union all
    select app_hidden.embedding_hash(t.content), t.content from (
      -- What waits to be approved must be approved without a model.
      select e ->> 'question' as content from app_public.improvement_queue q, jsonb_array_elements(q.suggested_sop_update -> 'entries') e
       where q.status = 'pending' and jsonb_typeof(q.suggested_sop_update -> 'entries') = 'array'
      union all
      select u.embedding_text
        from app_public.improvement_queue q, lateral app_private.text_to_publish(q) p, lateral app_hidden.sop_units(p.category, p.section, p.content) u
       where q.status = 'pending' and q.kind in ('sop_edit', 'sop_new') and p.content is not null
      union all
      select g.question from app_public.golden_questions g
      union all
      -- Failures are near each other or not; dry runs ask them again, and the last good questions too.
      select f.query from app_public.failed_responses f left join app_public.failure_patterns p on p.id = f.pattern_id
       where f.withdrawn_at is null and f.erased_at is null and p.status is distinct from 'resolved'
      union all
      (select r.question from app_public.responses r
        where r.feedback = 'helpful' and r.outcome = 'answered' and r.erased_at is null order by r.feedback_at desc limit 60)) t
     where t.content is not null) t
   where t.content <> ''
   order by t.content_hash
$$;
comment on function app_private.compared_texts() is
  'Every text whose vector is compared with others now: of search units, golden questions, waiting proposals, failures that are not resolved, and the questions of dry runs.';

create or replace function app_private.texts_to_embed(model text, after bytea default '', most integer default 128, masked boolean default false)
returns table (content_hash bytea, content text, sent text)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select w.content_hash, w.content, case when texts_to_embed.masked then app_hidden.mask_personal_data(left(w.content, 8000)) else left(w.content, 8000) end
    from (select t.content_hash, t.content from app_private.compared_texts() t
           where t.content_hash > texts_to_embed.after
             and not exists (select from app_private.embedding_cache c where c.content_hash = t.content_hash and c.model = texts_to_embed.model)
           order by t.content_hash limit most) w
$$;
comment on function app_private.texts_to_embed(text, bytea, integer, boolean) is
  'The next compared texts of which a model has no vector, in the order of their hashes, and as they are sent: their first 8,000 characters, masked if they leave this machine.';

create or replace function app_private.reembedding_estimate(to_model text, out from_model text, out total integer, out missing integer, out characters bigint, out tokens bigint, out cost numeric)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  c_characters_per_token constant integer := 4; -- of English; docs/models.md
begin
  select s.embedding_model into from_model from app_public.club_settings s;
  select count(*), count(*) filter (where c.content_hash is null), coalesce(sum(least(length(t.content), 8000)) filter (where c.content_hash is null), 0)
    into total, missing, characters
    from app_private.compared_texts() t left join app_private.embedding_cache c on c.content_hash = t.content_hash and c.model = reembedding_estimate.to_model;
  tokens := (characters + c_characters_per_token - 1) / c_characters_per_token;
  cost := case when strpos(to_model, ':') = 0 then 0
            else app_hidden.llm_cost(substr(to_model, strpos(to_model, ':') + 1), now(), least(tokens, 2000000000)::integer, 0, 0, 0, false) end;
end
$$;
comment on function app_private.reembedding_estimate(text) is
  'What moving to a model takes: texts, of these those without a vector of it, their characters, about as many tokens, and US dollars at the list price (null: unknown; 0: local).';

create or replace function app_private.begin_reembedding(to_model text, reason text) returns app_public.reembeddings
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
#variable_conflict use_column
declare
  v_estimate record;
  v_row app_public.reembeddings;
begin
  select * into v_estimate from app_private.reembedding_estimate(begin_reembedding.to_model);
  insert into app_public.reembeddings as r (from_model, to_model, total, done, estimated_cost, reason, started_by)
  values (v_estimate.from_model, begin_reembedding.to_model, v_estimate.total, v_estimate.total - v_estimate.missing, v_estimate.cost,
      app_hidden.require_reason(begin_reembedding.reason), app_hidden.require_actor())
  -- One that was interrupted goes on.
  on conflict (to_model) where state in ('running', 'waiting') do update
     set state = 'running', from_model = excluded.from_model, total = excluded.total, done = excluded.done, error = null, updated_at = clock_timestamp()
  returning * into v_row;
  return v_row;
end
$$;
comment on function app_private.begin_reembedding(text, text) is 'Begins to move to a model, or goes on with it. Errors: CO001 no actor, CO002 no reason.';

create or replace function app_private.keep_vectors(reembedding_id integer, hashes bytea[], vectors vector[], calls jsonb) returns app_public.reembeddings
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_row app_public.reembeddings;
  v_cost numeric := app_private.record_llm_calls(keep_vectors.calls);
begin
  select * into v_row from app_public.reembeddings r where r.id = reembedding_id for no key update;
  insert into app_private.embedding_cache (content_hash, model, embedding)
  select t.content_hash, v_row.to_model, t.embedding from unnest(hashes, vectors) t(content_hash, embedding) on conflict do nothing;
  update app_public.reembeddings r
     set state = 'running', error = null, done = r.done + cardinality(hashes), total = greatest(r.total, r.done + cardinality(hashes)),
         cost = case when v_cost is null then r.cost else coalesce(r.cost, 0) + v_cost end, updated_at = clock_timestamp()
   where r.id = reembedding_id returning * into v_row;
  return v_row;
end
$$;
comment on function app_private.keep_vectors(integer, bytea[], vector[], jsonb) is 'Puts vectors of the model that is moved to into the cache, and says how far it got.';

create or replace function app_private.note_reembedding(reembedding_id integer, state text, error text default null, calls jsonb default null) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  select app_private.record_llm_calls(note_reembedding.calls);
  update app_public.reembeddings r
     set state = note_reembedding.state, error = left(note_reembedding.error, 2000), updated_at = clock_timestamp(),
         finished_at = case when note_reembedding.state in ('done', 'failed') then clock_timestamp() end
   where r.id = reembedding_id and r.finished_at is null;
$$;
comment on function app_private.note_reembedding(integer, text, text, jsonb) is 'Says that a move waits, goes on or failed, and why.';

-- All or nothing. It waits for nobody longer than a moment (55P03: try again): whoever waits for it in turn must not
-- be taken for a deadlock, and answering goes on meanwhile, for it only reads what is locked here.
create or replace function app_private.change_embedding_model(to_model text, reason text, most_missing integer default 0, reembedding_id integer default null) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' set lock_timeout = '200ms' as $$
declare
  v_missing integer;
begin
  perform app_hidden.set_reason(app_hidden.require_reason(change_embedding_model.reason));
  -- Who clusters failures, and who writes texts.
  perform pg_advisory_xact_lock(hashtextextended('clubos.cluster_failures', 0));
  lock table app_public.knowledge_base, app_private.search_units in share row exclusive mode;
  select count(*) into v_missing from app_private.compared_texts() t
   where not exists (select from app_private.embedding_cache c where c.content_hash = t.content_hash and c.model = change_embedding_model.to_model);
  if v_missing > most_missing then
    return v_missing;
  end if;
  update app_public.club_settings s set embedding_model = change_embedding_model.to_model, updated_at = now() where s.embedding_model <> change_embedding_model.to_model;
  update app_private.search_units u set embedding = c.embedding, embedding_model = c.model
    from app_private.search_units o
    left join app_private.embedding_cache c on c.content_hash = o.content_hash and c.model = change_embedding_model.to_model
   where u.id = o.id and u.kind <> 'profile' and u.embedding_model is distinct from change_embedding_model.to_model;
  update app_private.search_units u set embedding = v.embedding, embedding_model = case when v.embedding is not null then change_embedding_model.to_model end
    from (select p.id, app_private.profile_vector(p.target, change_embedding_model.to_model) as embedding from app_private.search_units p where p.kind = 'profile' offset 0) v
   where u.id = v.id and u.kind = 'profile';
  update app_public.knowledge_base k set embeddings = c.embedding, embedding_model = c.model
    from app_private.search_units u
    left join app_private.embedding_cache c on c.content_hash = u.content_hash and c.model = u.embedding_model
   where u.knowledge_id = k.id and u.kind = 'knowledge' and u.ordinal = 0 and k.embedding_model is distinct from u.embedding_model;
  update app_public.failure_patterns p set centroid = v.centroid, embedding_model = case when v.centroid is not null then change_embedding_model.to_model end
    from (select o.id, l2_normalize(avg(c.embedding)) as centroid
            from app_public.failure_patterns o
            left join app_public.failed_responses f on f.pattern_id = o.id and f.withdrawn_at is null and f.erased_at is null
            left join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(f.query) and c.model = change_embedding_model.to_model
           where o.centroid is not null group by o.id) v
   where p.id = v.id;
  if v_missing > 0 then
    perform app_hidden.add_job('search_units__embed');
  end if;
  perform app_private.note_reembedding(reembedding_id, 'done');
  return 0;
end
$$;
comment on function app_private.change_embedding_model(text, text, integer, integer) is
$$Makes another model the one whose vectors are searched: of search units, profiles, knowledge and patterns at once, from the cache. Returns how many texts have no vector of it yet; where these are more than most_missing, nothing has changed. Those that may be missing get theirs from the next job.
Errors: CO002 no reason, 55P03 somebody is writing: try again.$$;

create or replace function app_private.adopt_embedding_model(to_model text) returns text
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' set clubos.actor = 'system' as $$
begin
  if not exists (select from app_private.search_units) and not exists (select from app_public.failure_patterns p where p.centroid is not null) then
    perform app_hidden.set_reason('Nothing is embedded yet: the model of the settings');
    update app_public.club_settings s set embedding_model = adopt_embedding_model.to_model, updated_at = now() where s.embedding_model <> adopt_embedding_model.to_model;
  end if;
  return (select s.embedding_model from app_public.club_settings s);
end
$$;
comment on function app_private.adopt_embedding_model(text) is 'Makes a model the club''s where nothing is embedded yet; returns the club''s.';

create or replace function app_private.request_reembedding(to_model text) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  select app_hidden.add_job('search_units__reembed', json_build_object('model', to_model), 'search_units__reembed');
$$;
comment on function app_private.request_reembedding(text) is 'Leaves moving to a model to the worker; the last request counts.';
--! EndIncluded functions/reembed.sql
--! Included functions/text_sketch.sql
-- How much two texts are alike, without comparing each with each: by the smallest hashes of their words in threes (a
-- bottom-k sketch). md5, so that every version of PostgreSQL gives the same.
create or replace function app_hidden.text_hash(content text) returns bytea language sql immutable parallel safe as $$
  select sha256(convert_to(btrim(regexp_replace(lower(content), '\s+', ' ', 'g')), 'UTF8'))
$$;
comment on function app_hidden.text_hash(text) is 'SHA-256 of a text, spaces and case aside.';

create or replace function app_hidden.text_sketch(content text) returns integer[] language sql immutable parallel safe as $$
  select coalesce(array_agg(s.h order by s.h), '{}')
    from (select distinct ('x' || left(md5(w.shingle), 8))::bit(32)::integer as h
            from (select t.w || ' ' || lead(t.w) over (order by t.o) || ' ' || lead(t.w, 2) over (order by t.o) as shingle
                    from regexp_split_to_table(lower(left(content, 100000)), '[^[:alnum:]]+') with ordinality t(w, o) where t.w <> '') w
           where w.shingle is not null
           order by 1 limit 32) s
$$;
comment on function app_hidden.text_sketch(text) is 'The 32 smallest hashes of a text''s words in threes (of its first 100,000 characters); sketch_similarity compares two.';

create or replace function app_hidden.sketch_similarity(one integer[], other integer[]) returns double precision language sql immutable parallel safe as $$
  -- Of the smallest of both together, how many stand in both: an estimate of shared threes among all threes.
  select coalesce(avg((u.h = any (one) and u.h = any (other))::integer), 0)::double precision
    from (select h from (select unnest(one) union select unnest(other)) b(h) order by h limit 32) u
$$;
comment on function app_hidden.sketch_similarity(integer[], integer[]) is 'How much two texts are alike by their sketches, 0 to 1: the share of their words in threes that stand in both.';
--! EndIncluded functions/text_sketch.sql
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

create or replace function app_private.add_import_items(batch_id integer, items jsonb) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_last integer;
  v_added integer;
begin
  perform app_private.find_import(batch_id, '{staging}');
  select coalesce(max(i.ordinal), 0) into v_last from app_public.import_items i where i.batch_id = add_import_items.batch_id;
  insert into app_public.import_items (batch_id, ordinal, file, kind, category, topic, question, content, review, action, reason, hash, sketch)
  select add_import_items.batch_id, v_last + r.o, left(r.file, 1000), r.kind, nullif(left(btrim(r.category), 100), ''), nullif(left(btrim(r.topic), 200), ''),
         case when r.skip is null then t.question end, case when r.skip is null then t.content end, left(r.review, 1000), case when r.skip is not null then 'skip' end, left(r.skip, 1000),
         app_hidden.text_hash(concat_ws(E'\n', t.question, t.content)), case when r.kind = 'sop' and r.skip is null then app_hidden.text_sketch(t.content) end
    from (select e.o, e.value ->> 'file' as file, e.value ->> 'kind' as kind, e.value ->> 'category' as category, e.value ->> 'topic' as topic,
                 e.value ->> 'question' as question, e.value ->> 'content' as content, e.value ->> 'review' as review,
                 coalesce(e.value ->> 'skip', case
                   when e.value ->> 'kind' = 'file' then 'Nothing in it can be imported.'
                   when coalesce(btrim(e.value ->> 'content'), '') = '' then 'It holds no text.'
                   when e.value ->> 'kind' <> 'sop' and coalesce(btrim(e.value ->> 'question'), '') = '' then 'It has no question.'
                   when e.value ->> 'kind' = 'sop' and octet_length(e.value ->> 'content') > 1048576 then 'An SOP has at most 1 MiB of text.'
                   when e.value ->> 'kind' <> 'sop' and octet_length(e.value ->> 'content') > 65536 then 'An answer has at most 64 kB of text.'
                   when e.value ->> 'kind' <> 'sop' and octet_length(e.value ->> 'question') > 1400 then 'A question has at most 1,400 bytes of text.'
                   when e.value ->> 'kind' = 'conversation' then 'It speaks to a model rather than to people: ' || app_hidden.injection_in(concat_ws(E'\n', e.value ->> 'question', e.value ->> 'content')) end) as skip
            from jsonb_array_elements(items) with ordinality e(value, o)) r
   -- Words of customers are not stored as they are.
   cross join lateral (select case when r.kind = 'conversation' then app_hidden.mask_personal_data(r.question) else btrim(r.question) end as question,
                              case when r.kind = 'conversation' then app_hidden.mask_personal_data(r.content) else r.content end as content) t;
  get diagnostics v_added = row_count;
  return v_added;
end
$$;
comment on function app_private.add_import_items(integer, jsonb) is
$$Adds items to an import that is being staged: [{file, kind, category?, topic?, question?, content, review?, skip?}]. What is too long or empty is skipped with the reason; conversations are masked, and those that give a model orders are skipped.
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
           -- The categories of the nearest vote, each by how near it is.
           select n.category from (
             select p.category, -(p.embedding <#> c.embedding) as near
               from app_private.embedding_cache c join app_public.club_settings s on s.embedding_model = c.model
               join app_private.search_units p on p.kind = 'profile' and p.embedding_model = c.model and p.embedding is not null
              where c.content_hash = app_hidden.embedding_hash(left(concat_ws('. ', i.question, app_hidden.in_words(i.topic), app_hidden.plain_text(i.content)), 1000))
              order by p.embedding <#> c.embedding limit 5) n
            where n.near >= 0.35 group by n.category order by sum(n.near ^ 4) desc, n.category limit 1), 'general')
   where i.batch_id = categorise_import.batch_id and i.category is null and i.action is null;
end
$$;
comment on function app_private.categorise_import(integer) is 'Puts items that have no category where an import put them before, else into that of what the club has that is nearest to them, by the vectors in the cache; where nothing is near, into `general`.';

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
  v_sop app_public.sops;
  v_like record;
begin
  select * into v_sop from app_public.sops s where s.category = item.category and s.section = item.topic;
  item.sop_id := v_sop.id;
  item.base_version := v_sop.version;
  if v_sop.archived_at is null and v_sop.content = item.content then
    item.action := 'unchanged';
    item.reason := format('%s/%s says so already.', item.category, item.topic);
    return item;
  end if;
  item.action := case when v_sop.id is null or v_sop.archived_at is not null then 'create' else 'update' end;
  -- The same name twice in one import: the first has it.
  select i.file into v_like from app_public.import_items i
   where i.batch_id = item.batch_id and i.kind = 'sop' and i.category = item.category and i.topic = item.topic and i.ordinal < item.ordinal and i.action in ('create', 'update', 'propose', 'unchanged') limit 1;
  if found then
    item.action := 'skip';
    item.reason := format('%s is %s/%s already.', v_like.file, item.category, item.topic);
    return item;
  end if;
  if item.action = 'create' then
    select k.sop_id, s.category || '/' || s.section as name into v_like from app_private.sop_sketches k join app_public.sops s on s.id = k.sop_id and s.archived_at is null
     where k.hash = item.hash order by k.sop_id limit 1;
    if found then
      item.action := 'duplicate';
      item.reason := format('SOP %s has this text.', v_like.name);
      item.findings := item.findings || jsonb_build_object('duplicate_of', jsonb_build_object('sop_id', v_like.sop_id, 'name', v_like.name));
      return item;
    end if;
    select i.file, i.category || '/' || i.topic as name into v_like from app_public.import_items i
     where i.batch_id = item.batch_id and i.hash = item.hash and i.kind = 'sop' and i.ordinal < item.ordinal and i.action in ('create', 'update', 'propose', 'unchanged') order by i.ordinal limit 1;
    if found then
      item.action := 'duplicate';
      item.reason := format('%s has this text.', v_like.file);
      item.findings := item.findings || jsonb_build_object('duplicate_of', jsonb_build_object('file', v_like.file, 'name', v_like.name));
      return item;
    end if;
    select l.* into v_like from (
      select k.sop_id, null::text as file, s.category || '/' || s.section as name, app_hidden.sketch_similarity(k.sketch, item.sketch) as similarity
        from app_private.sop_sketches k join app_public.sops s on s.id = k.sop_id and s.archived_at is null where k.sketch && item.sketch
      union all
      select null, i.file, i.category || '/' || i.topic, app_hidden.sketch_similarity(i.sketch, item.sketch)
        from app_public.import_items i where i.sketch && item.sketch and i.batch_id = item.batch_id and i.ordinal < item.ordinal and i.action in ('create', 'update', 'propose')) l
     where l.similarity >= 0.8 order by l.similarity desc, l.sop_id, l.file limit 1;
    if found then
      item.review := coalesce(item.review, format('It is much like %s (%s %%).', case when v_like.sop_id is null then v_like.file else 'SOP ' || v_like.name end, round(100 * v_like.similarity)));
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
    item.reason := 'The entry says so already.';
    return item;
  end if;
  item.action := case when v_entry.id is null then 'create' else 'update' end;
  if v_entry.valid_to <= now() then
    item.review := coalesce(item.review, 'The entry was retired.');
  end if;
  select i.file, i.hash = item.hash as same into v_like from app_public.import_items i
   where i.batch_id = item.batch_id and i.kind = 'knowledge' and i.category = item.category and i.topic = item.topic and i.question = item.question and i.ordinal < item.ordinal
     and i.action in ('create', 'update', 'propose', 'unchanged') order by i.ordinal limit 1;
  if found then
    item.action := case when v_like.same then 'duplicate' else 'skip' end;
    item.reason := format(case when v_like.same then '%s has this question and answer.' else '%s answers this question otherwise.' end, v_like.file);
    return item;
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
      item.reason := format('Entry %s has this question and answer.', v_like.id);
      item.findings := item.findings || jsonb_build_object('duplicate_of', jsonb_build_object('knowledge_id', v_like.id, 'name', v_like.question));
    elsif found then
      item.review := coalesce(item.review, format('Entry %s answers this question otherwise.', v_like.id));
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
      item.reason := format('%s has this question and answer.', v_file);
    else
      item.review := coalesce(item.review, 'It was said in a conversation.');
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
        v_item.review := coalesce(v_item.review, 'It contradicts what the club has.');
      end if;
      if v_item.review is not null then
        v_item.action := 'propose';
        v_item.reason := v_item.review;
        select * into v_suggestion from app_private.import_suggestion(v_item);
        select * into v_twin from app_public.improvement_queue q where q.fingerprint = app_hidden.improvement_fingerprint(v_suggestion.kind, v_suggestion.suggestion) and q.status in ('pending', 'rejected') limit 1;
        if v_twin.id is not null then
          v_item.action := 'unchanged';
          v_item.improvement_id := v_twin.id;
          v_item.reason := format(case v_twin.status when 'pending' then 'Proposal %s waits for a person already.' else 'Proposal %s said so and was rejected.' end, v_twin.id);
        end if;
      end if;
    end if;
    update app_public.import_items i
       set action = v_item.action, reason = coalesce(v_item.reason, i.reason), review = v_item.review, findings = v_item.findings, sop_id = v_item.sop_id, knowledge_id = v_item.knowledge_id,
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
  v_sop app_public.sops;
  v_before integer;
begin
  select * into v_sop from app_public.sops s where s.category = item.category and s.section = item.topic for no key update;
  v_before := v_sop.version;
  if v_sop.archived_at is null and v_sop.content = item.content then
    item.status := 'applied';
    item.reason := 'It was written meanwhile.';
    return item;
  elsif v_sop.version is distinct from item.base_version then
    item.status := 'conflict';
    item.reason := format('Somebody wrote version %s of %s/%s since this was staged.', v_sop.version, item.category, item.topic);
    return item;
  elsif v_sop.id is null then
    insert into app_public.sops as s (category, section, content) values (item.category, item.topic, item.content) on conflict do nothing returning * into v_sop;
    if v_sop.id is null then
      item.status := 'conflict';
      item.reason := format('Somebody made %s/%s at this moment.', item.category, item.topic);
      return item;
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
      item.reason := 'It was written meanwhile.';
    else
      item.status := 'conflict';
      item.reason := 'Somebody changed this entry since it was staged.';
    end if;
    return item;
  end if;
  insert into app_public.knowledge_base as k (category, topic, question, answer, source, trust) values (item.category, item.topic, item.question, item.content, 'manual_entry', 3)
  on conflict (category, topic, question) do update set answer = excluded.answer, trust = 3, source = excluded.source
   where app_private.entry_state(k) = item.base_state
  returning * into v_entry;
  if v_entry.id is null then
    item.status := 'conflict';
    item.reason := 'Somebody wrote this entry at this moment.';
    return item;
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
    item.reason := 'It was written meanwhile.';
    return item;
  elsif v_suggestion.kind = 'sop_new' and item.sop_id is not null then
    -- Its name is that of an archived SOP, which a new one cannot take: it comes back first, if a person wants it to.
    item.status := 'conflict';
    item.reason := format('There is an archived SOP %s/%s: bring it back first (rollback_sop), then import again.', item.category, item.topic);
    return item;
  end if;
  select * into v_twin from app_public.improvement_queue q where q.fingerprint = app_hidden.improvement_fingerprint(v_suggestion.kind, v_suggestion.suggestion) and q.status in ('pending', 'rejected') limit 1;
  if v_twin.id is not null then
    item.improvement_id := v_twin.id;
    item.reason := format('Proposal %s said so already.', v_twin.id);
    return item;
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
       set status = v_item.status, reason = v_item.reason, written = v_item.written, sop_id = v_item.sop_id, knowledge_id = v_item.knowledge_id, improvement_id = v_item.improvement_id
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
create or replace function app_private.import_obstacles(batch_id integer) returns table (item_id bigint, kind text, what text)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  with items as (
    select i.*, (i.written ->> 'sop_id')::integer as w_sop, (i.written ->> 'version')::integer as w_version, (i.written ->> 'knowledge_id')::integer as w_entry, (i.written ->> 'improvement_id')::integer as w_proposal
      from app_public.import_items i where i.batch_id = import_obstacles.batch_id and i.status = 'applied' and i.written is not null
  )
  select i.id, 'sop', format('SOP %s/%s was changed since (version %s by %s: %s)', i.category, i.topic, l.version, l.changed_by, left(l.change_reason, 100))
    from items i join app_public.sops s on s.id = i.w_sop join app_public.sop_versions w on w.sop_id = s.id and w.version = i.w_version
    join app_public.sop_versions l on l.sop_id = s.id and l.version = s.version
   where (s.category, s.section, s.content, s.archived_at is not null) is distinct from (w.category, w.section, w.content, w.archived)
  union all
  -- What leads to an SOP that would go.
  select i.id, 'sop', format('SOP %s/%s has knowledge that leads to it since (entry %s)', i.category, i.topic, k.id)
    from items i cross join lateral (select min(k.id) as id from app_public.knowledge_base k
            where k.sop_id = i.w_sop and not exists (select from items o where o.w_entry = k.id)) k
   where k.id is not null and coalesce((select v.archived from app_public.sop_versions v where v.sop_id = i.w_sop and v.version = (i.written ->> 'before_version')::integer), true)
  union all
  select i.id, 'sop', format('a golden question expects SOP %s/%s (%s)', i.category, i.topic, g.id)
    from items i join app_public.golden_questions g on g.expected_sop_id = i.w_sop
   where coalesce((select v.archived from app_public.sop_versions v where v.sop_id = i.w_sop and v.version = (i.written ->> 'before_version')::integer), true)
  union all
  select i.id, 'sop', format('an experiment runs on SOP %s/%s (%s)', i.category, i.topic, e.id)
    from items i join app_public.experiments e on e.sop_id = i.w_sop and e.status in ('running', 'paused')
  union all
  select i.id, 'knowledge', case when k.id is null then format('entry "%s" was deleted or merged since', left(i.question, 100)) else format('entry "%s" was changed since', left(i.question, 100)) end
    from items i left join app_public.knowledge_base k on k.id = i.w_entry
   where i.w_entry is not null and (k.id is null or app_private.entry_state(k) <> i.written ->> 'state')
  union all
  select i.id, 'knowledge', format('others were merged into entry "%s" since', left(i.question, 100))
    from items i where i.written -> 'before' = 'null' and exists (select from app_public.knowledge_questions q where q.knowledge_id = i.w_entry)
  union all
  select i.id, 'proposal', format('proposal %s was approved by %s', q.id, q.approved_by)
    from items i join app_public.improvement_queue q on q.id = i.w_proposal and q.status = 'approved'
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
    select i.*, o.what from app_public.import_items i
      left join (select b.item_id, string_agg(b.what, '; ') as what from app_private.import_obstacles(v_batch.id) b group by 1) o on o.item_id = i.id
     where i.batch_id = v_batch.id and i.status = 'applied' and i.written is not null
     -- Entries before the SOPs that they lead to.
     order by i.kind, i.ordinal desc limit most
  loop
    if v_item.what is not null then
      if not v_batch.rollback_forced then
        raise exception 'Import % cannot be taken back: %.', v_batch.id, v_item.what using errcode = 'CO191', detail = jsonb_build_object('batch_id', v_batch.id, 'item_id', v_item.id)::text,
          hint = 'Take back the later change first, or force: rollback_import(batch_id, reason, force => true) leaves what was changed since.';
      end if;
      update app_public.import_items i set status = 'kept', reason = left(upper(left(v_item.what, 1)) || substr(v_item.what, 2) || '.', 1000) where i.id = v_item.id;
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
create or replace function app_public.import_obstacles(batch_id integer) returns table (item_id bigint, kind text, what text)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('admin');
  end if;
  return query select o.item_id, o.kind, o.what from app_private.import_obstacles(import_obstacles.batch_id) o order by o.item_id limit 1000;
end
$$;
comment on function app_public.import_obstacles(integer) is
$$What keeps an applied import from being taken back: what was changed, approved or built on it since. None: rollback_import goes through.
Errors: CO403 neither admin nor auditor.$$;

create or replace function app_public.import_files(batch_id integer)
returns table (file text, items integer, created integer, changed integer, unchanged integer, duplicates integer, proposed integer, skipped integer, contradictions integer, reason text)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('admin');
  end if;
  return query
    select i.file, count(*)::integer, (count(*) filter (where i.action = 'create'))::integer, (count(*) filter (where i.action = 'update'))::integer, (count(*) filter (where i.action = 'unchanged'))::integer,
           (count(*) filter (where i.action = 'duplicate'))::integer, (count(*) filter (where i.action = 'propose'))::integer, (count(*) filter (where i.action = 'skip'))::integer,
           (count(*) filter (where jsonb_array_length(i.findings -> 'contradictions') > 0))::integer, min(i.reason)
      from app_public.import_items i
     where i.batch_id = import_files.batch_id group by i.file order by i.file;
end
$$;
comment on function app_public.import_files(integer) is
$$The report of an import, file by file: what its items would become or became, and one reason.
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
           case when coalesce(f.expected_sop_id, improvement.sop_id, (improvement.suggested_sop_update ->> 'sop_id')::integer) is not null
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
       and r.feedback = 'helpful' and r.outcome = 'answered' and r.erased_at is null
     order by s.response_id desc limit most * 3 / 10
  ), of_entries as (
    select r.question, r.site_id, 3, k.target, 'good', row_number() over (order by s.response_id desc)
      from (select distinct u.knowledge_id, u.target from app_private.search_units u where u.target = any (touched) and u.target like 'topic:%' and u.knowledge_id is not null) k
      join app_public.response_sources s on s.knowledge_id = k.knowledge_id and s.rank = 1 join app_public.responses r on r.id = s.response_id
     where r.feedback = 'helpful' and r.outcome = 'answered' and r.erased_at is null
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
    select u.id, u.target, u.content_hash, u.embedding::vector as embedding, u.embedding_model = s.embedding_model as comparable
      from app_private.search_units u cross join app_public.club_settings s
     where u.target = any (array(select distinct a.target from asked a)) and u.kind in ('phrase', 'knowledge') and u.trust > 0
  ), own as materialized (
    select a.n, a.target, a.words, a.content_hash, count(u.id) as times, sum(u.embedding) filter (where u.comparable) as embedding, count(u.embedding) filter (where u.comparable) as embedded
      from asked a join units u on u.target = a.target and u.content_hash = a.content_hash group by 1, 2, 3, 4
  ), targets as materialized (
    select t.target, p.words, app_private.said_vector(t.target, s.embedding_model) as said, v.asked, v.embedded, app_hidden.usual_length(t.target, 'profile') as usual_length
      from (select distinct o.target from own o) t cross join app_public.club_settings s
      join app_private.search_units p on p.target = t.target and p.kind = 'profile'
     cross join lateral (select sum(u.embedding) as asked, count(u.embedding) as embedded from units u where u.target = t.target and u.comparable) v
  ), lexemes as materialized (
    select t.target, w.lexeme, coalesce(cardinality(w.positions), 1)::real as tf, sum(coalesce(cardinality(w.positions), 1)) over (partition by t.target)::real as length
      from targets t cross join lateral unnest(t.words) w
  ), words as materialized (
    select w.n, ('{' || string_agg(w.dimension || ':' || w.tf * 2.2 / (w.tf + 1.2 * (0.25 + 0.75 * w.length / w.usual_length)), ',' order by w.dimension) || '}/268435456')::sparsevec as impacts
      from (select o.n, app_hidden.lexeme_dimension(x.lexeme) as dimension, max(l.tf - x.part) as tf, max(l.length - x.parts) as length, max(t.usual_length) as usual_length
              from own o join targets t on t.target = o.target
             cross join lateral (
               -- What the question gave: of an SOP each counts twice.
               select q.lexeme, coalesce(cardinality(q.positions), 1) * c.times as part, sum(coalesce(cardinality(q.positions), 1)) over () * c.times as parts
                 from unnest(o.words) q cross join (select o.times * case when o.target like 'sop:%' then 2 else 1 end as times) c) x
              join lexemes l on l.target = o.target and l.lexeme = x.lexeme
             group by 1, 2) w
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

drop function if exists app_private.run_preview(jsonb);
create or replace function app_private.run_preview(questions jsonb, as_new boolean default false) returns jsonb
language sql volatile set search_path = app_public, public, pg_temp set jit = off as $$
  with without as materialized (
    select * from app_private.asked_as_new(questions, as_new)
  )
  select coalesce(jsonb_agg(jsonb_build_object('target', a.target, 'title', app_private.target_title(a.target, a.entry_id), 'score', a.score, 'confidence', round(a.confidence::numeric, 4),
           'answered', coalesce(a.confidence >= a.threshold, false), 'text', a.text) order by a.n), '[]')
    from (select q.n, c.confidence_threshold as threshold, f.score, f.confidence, nullif(concat_ws(E'\n', f.heading, f.snippet), '') as text,
                 case when f.sop_id is not null then 'sop:' || f.sop_id when f.rank is not null then 'topic:' || f.category || '/' || f.topic end as target,
                 (select u.id from app_private.search_units u where u.knowledge_id = f.knowledge_id and u.ordinal = 0 limit 1) as entry_id
            from jsonb_array_elements(questions) with ordinality q(asked, n)
           cross join app_public.club_settings c
            left join without w on w.place = q.n
            left join lateral (select (s.result).* from app_private.search(q.asked ->> 'question',
              (select e.embedding from app_private.embedding_cache e where e.content_hash = app_hidden.embedding_hash(q.asked ->> 'question') and e.model = c.embedding_model),
              null, app_hidden.find_site(q.asked ->> 'site'), 1, w.left_out) s) f on true) a
$$;
comment on function app_private.run_preview(jsonb, boolean) is
  'What each question finds at this moment, in the order given: [{target, title, score, confidence, answered (sure enough), text}], by what search_knowledge calls. questions: [{question, site, role, expected}]. Good ones, and all where as_new, are asked as if nothing had been learned from them.';

drop function if exists app_private.nearest_touched(jsonb, text[]);
create or replace function app_private.question_points(questions jsonb, out words sparsevec[], out total_idf double precision[], out embeddings vector[])
language sql stable set search_path = app_public, public, pg_temp set jit = off as $$
  -- A vector that went through a function lies in memory, and is not fetched again for each that it is compared with.
  select coalesce(array_agg(w.impacts order by q.n), '{}'), coalesce(array_agg(w.total_idf order by q.n), '{}'), coalesce(array_agg(l2_normalize(e.embedding) order by q.n), '{}')
    from jsonb_array_elements(questions) with ordinality q(asked, n)
   cross join app_public.club_settings c
   cross join lateral app_private.question_words(q.asked ->> 'question') w
    left join app_private.embedding_cache e on e.content_hash = app_hidden.embedding_hash(q.asked ->> 'question') and e.model = c.embedding_model
$$;
comment on function app_private.question_points(jsonb) is 'What questions are compared by, in the order given: their words, the sum of those, and their vectors where the cache has them.';

create or replace function app_private.nearest_touched(words sparsevec[], total_idf double precision[], embeddings vector[], touched text[]) returns double precision[]
language sql stable set search_path = app_public, public, pg_temp set jit = off as $$
  with asked as materialized (
    select a.* from unnest(words, total_idf, embeddings) with ordinality a(words, total_idf, embedding, n)
  ), units as materialized (
    select u.impacts, case when u.embedding_model = c.embedding_model then l2_normalize(u.embedding::vector) end as embedding
      from app_private.search_units u cross join app_public.club_settings c where u.target = any (touched)
  ), best as (
    select a.n, max(case when a.total_idf > 0 then -(u.impacts <#> a.words) / a.total_idf else 0 end + 1.5 * coalesce(-(u.embedding <#> a.embedding), 0)) as score
      from asked a cross join units u group by a.n
  )
  select coalesce(array_agg(b.score order by a.n), '{}') from asked a left join best b on b.n = a.n
$$;
comment on function app_private.nearest_touched(sparsevec[], double precision[], vector[], text[]) is
  'For each question (as question_points says) the best score that a unit of these targets has for it, in the order given: what search_targets makes of a target exceeds it by at most a tenth of the logarithm of ten.';

create or replace function app_hidden.answered_rightly(expected text, found jsonb) returns boolean language sql immutable parallel safe as $$
  select case when expected = 'hand_over' then not (found ->> 'answered')::boolean else coalesce(found ->> 'target' = expected, false) and (found ->> 'answered')::boolean end
$$;
comment on function app_hidden.answered_rightly(text, jsonb) is 'Whether what a question finds (as app_private.run_preview says) comes from the expected target and is sure enough to be given; for hand_over, whether it is not.';

create or replace function app_private.fixed_for_others(questions jsonb, after jsonb, most integer, out asked bigint[], out fixed bigint[])
language sql volatile set search_path = app_public, public, pg_temp as $$
  with answered as materialized (
    select q.n, q.asked, row_number() over (order by q.n)::integer as place
      from jsonb_array_elements(questions) with ordinality q(asked, n)
      join jsonb_array_elements(after) with ordinality f(found, n) on f.n = q.n
     where q.asked ->> 'role' = 'failing' and app_hidden.answered_rightly(q.asked ->> 'expected', f.found)
     order by q.n limit most
  ), again as materialized (
    select app_private.run_preview(coalesce(jsonb_agg(a.asked order by a.n), '[]'), as_new => true) as found from answered a
  )
  select coalesce(array_agg(a.n order by a.n), '{}'), coalesce(array_agg(a.n order by a.n) filter (where app_hidden.answered_rightly(a.asked ->> 'expected', again.found -> (a.place - 1))), '{}')
    from answered a, again
$$;
comment on function app_private.fixed_for_others(jsonb, jsonb, integer) is
  'Of the failing questions that are answered rightly, at most so many are asked as new, without what the change took from their own words: the places (from 1) of those asked, and of those still answered rightly. Who asks alike is helped with them, not only who repeats the question. after: as run_preview says; to be called where the proposal is applied.';

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
  -- 0.1 ln 10: search_targets' soft maximum of ten. 0.8 below the first, a rival weighs exp(-4) in how sure the first is.
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
$$Takes a pattern for an analyst, for ten minutes. {state, analysis_id, attempt, …}: claimed (with prompt, shared and own: ask the model), received (the model has answered already: with what check_analysis gives), batched (it is in the batch, with so many characters), done (this brief was analysed), taken (somebody else is at it, or a batch), over_budget, gone (nothing to analyse), batch_closed. A run takes its own back at once: its job was tried again.$$;

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
--! Included mutations/webhooks.sql
create or replace function app_public.create_webhook(url text, events text[]) returns app_public.issued_webhook
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_issued app_public.issued_webhook;
begin
  perform app_hidden.require_role('admin');
  if create_webhook.url is null or create_webhook.url !~ '^https?://[^\s/@]+(/\S*)?$' or length(create_webhook.url) > 2000 then
    raise exception 'That is not a URL a webhook can go to.' using errcode = 'CO005', hint = 'Such as https://example.com/hooks/clubos, without user name or password.';
  end if;
  insert into app_public.webhooks (url, events, created_by) values (create_webhook.url, create_webhook.events, app_hidden.require_actor())
  returning webhooks.id, webhooks.url, webhooks.events, 'whsec_' || encode(sha256(convert_to(app_secret.random_token(), 'UTF8')), 'base64') into v_issued;
  insert into app_secret.webhook_keys (webhook_id, key) values (v_issued.id, v_issued.signing_key);
  return v_issued;
end
$$;
comment on function app_public.create_webhook(text, text[]) is
$$Tells an address outside of events (urgent_ticket, job_dead, audit_broken, audit_head, llm_budget, experiment, backup_failed), signed after Standard Webhooks; signing_key is shown this once. Private and local addresses are refused when sending.
Errors: CO001 no actor, CO005 not a URL, CO403 not an admin; 23505 the address is told already, 23514 unknown event.$$;

create or replace function app_public.delete_webhook(webhook_id integer) returns boolean
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  delete from app_public.webhooks w where w.id = delete_webhook.webhook_id;
  return found;
end
$$;
comment on function app_public.delete_webhook(integer) is 'Stops telling an address, and forgets it with its deliveries. Returns whether there was one. Errors: CO001 no actor, CO403 not an admin.';
--! EndIncluded mutations/webhooks.sql
--! Included functions/erase.sql
-- Erasing takes locks in the order that all others do: responses, proposals, knowledge, units, failures, tickets.

-- Analysis reads customers' words and writes them down elsewhere. One that had read them before an erasure and wrote
-- them after it would bring them back; so the two take turns.
create or replace function app_private.take_turns_with_erasure(erases boolean default false) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  select case when erases then pg_advisory_xact_lock(hashtextextended('clubos.erasure', 0)) else pg_advisory_xact_lock_shared(hashtextextended('clubos.erasure', 0)) end
$$;
comment on function app_private.take_turns_with_erasure(boolean) is
  'Waits until no erasure (erases: and nothing that copies customers'' words) is under way, and keeps it so until this transaction ends. To be called before any row is locked.';

create or replace function app_private.begin_erasure(kind text, reference text, reason text) returns bigint
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  insert into app_public.privacy_actions (kind, reference, reason, actor)
  values (begin_erasure.kind, begin_erasure.reference, app_hidden.mask_personal_data(begin_erasure.reason), coalesce(app_public.current_actor(), session_user)) returning id
$$;
comment on function app_private.begin_erasure(text, text, text) is
  'Writes down that personal data is exported or erased now, and opens the door for it; end_erasure must follow in the same transaction. kind: erasure, retention or export.';

create or replace function app_private.end_erasure(action_id bigint, counts jsonb) returns app_public.privacy_actions
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  update app_public.privacy_actions a set counts = end_erasure.counts, finished_at = clock_timestamp() where a.id = action_id and a.finished_at is null returning a.*
$$;
comment on function app_private.end_erasure(bigint, jsonb) is 'Closes the door that begin_erasure opened, and says how much was done.';

create or replace function app_private.embeddings_promised() returns setof bytea
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select u.content_hash from app_private.search_units u where u.kind <> 'profile'
  union all
  select app_hidden.embedding_hash(g.question) from app_public.golden_questions g
  union all
  select app_hidden.embedding_hash(e ->> 'question') from app_public.improvement_queue q, jsonb_array_elements(q.suggested_sop_update -> 'entries') e
   where q.status = 'pending' and jsonb_typeof(q.suggested_sop_update -> 'entries') = 'array'
  union all
  select app_hidden.embedding_hash(u.embedding_text)
    from app_public.improvement_queue q, app_hidden.sop_units(q.suggested_sop_update ->> 'category', q.suggested_sop_update ->> 'section', q.suggested_sop_update ->> 'new_content') u
   where q.status = 'pending' and q.kind in ('sop_edit', 'sop_new')
$$;
comment on function app_private.embeddings_promised() is 'Keys of the vectors that searching, approving what waits, and checking the golden questions must find.';

-- Texts, visitors and raters; rows, outcomes, ratings and times stay for the statistics.
create or replace function app_private.erase_texts(ticket_ids integer[], response_ids bigint[], failure_ids integer[] default '{}') returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_responses bigint[];
  v_failures integer;
  v_messages integer;
  v_tickets integer;
begin
  -- What was being answered meanwhile is in it too: it held the conversation, which we wait for.
  perform from app_public.tickets t where t.id = any (ticket_ids) order by t.id for no key update;
  select coalesce(array_agg(r.id), '{}') into v_responses from app_public.responses r
   where (r.id = any (response_ids) or r.ticket_id = any (ticket_ids)) and r.erased_at is null;
  update app_public.responses r
     set question = '[erased]', question_hash = '\x', text = '[erased]', visitor_id = null, feedback_by = app_private.pseudonym(r.feedback_by), erased_at = now()
   where r.id = any (v_responses);
  delete from app_private.response_searches s where s.response_id = any (v_responses);
  update app_private.knowledge_votes v set voter = app_private.pseudonym(v.voter) where v.response_id = any (v_responses) and v.voter like 'visitor:%';
  update app_public.failed_responses f
     set query = '[erased]', response = '[erased]', user_correction = case when f.user_correction is not null then '[erased]' end,
         reporter = app_private.pseudonym(f.reporter), analyzed = true, erased_at = now()
   where (f.response_id = any (v_responses) or f.id = any (failure_ids)) and f.erased_at is null;
  get diagnostics v_failures = row_count;
  update app_public.messages m set body = '[erased]' where m.ticket_id = any (ticket_ids) and m.author_kind <> 'system' and m.body <> '[erased]';
  get diagnostics v_messages = row_count;
  -- A new handle: the old link leads nowhere. Nobody can be answered here any more, so nobody waits.
  update app_public.tickets t
     set visitor_id = null, conversation = gen_random_uuid(), subject = case when t.subject is not null then '[erased]' end, summary = case when t.summary is not null then '[erased]' end,
         resolution = case when t.resolution is not null then '[erased]' end, status = 'resolved', resolved_by = coalesce(t.resolved_by, app_public.current_actor(), session_user),
         resolved_at = coalesce(t.resolved_at, now()), silent_until = null, erased_at = now()
   where t.id = any (ticket_ids) and t.erased_at is null;
  get diagnostics v_tickets = row_count;
  return jsonb_build_object('tickets', v_tickets, 'messages', v_messages, 'responses', cardinality(v_responses), 'failures', v_failures);
end
$$;
comment on function app_private.erase_texts(integer[], bigint[], integer[]) is
  'Makes the texts of conversations, answers and failures [erased], and takes their visitor away. Between begin_erasure and end_erasure only. Returns counts by table. Repeating it changes nothing.';

create or replace function app_hidden.without_items(content text, base text, items text[]) returns text language sql immutable parallel safe as $$
  select string_agg(l.line, E'\n' order by l.o)
    from unnest(string_to_array(content, E'\n')) with ordinality l(line, o)
   where l.line = any (string_to_array(coalesce(base, ''), E'\n')) or regexp_replace(l.line, '^\s*(?:[-*+]|\d+\.)\s+', '') <> all (items)
$$;
comment on function app_hidden.without_items(text, text, text[]) is 'A text without the lines that are one of the items, except for those that the base holds too.';

-- Proposals keep customers' words. Those that wait or were turned down lose them; what was approved is the club's own
-- text by now, which a person must look at.
create or replace function app_private.erase_from_proposal(improvement app_public.improvement_queue, items text[], old_label text, others_too boolean) returns text
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_suggestion jsonb := improvement.suggested_sop_update;
  v_new jsonb := v_suggestion;
  v_base text;
  v_empty boolean;
begin
  if jsonb_typeof(improvement.dry_run -> 'questions') = 'array' then
    update app_public.improvement_queue q
       set dry_run = jsonb_set(q.dry_run, '{questions}', coalesce((select jsonb_agg(e) from jsonb_array_elements(q.dry_run -> 'questions') e where e ->> 'question' <> all (items)), '[]'))
     where q.id = improvement.id and exists (select from jsonb_array_elements(q.dry_run -> 'questions') e where e ->> 'question' = any (items));
  end if;
  if improvement.status = 'approved' then
    return null;
  end if;
  if v_suggestion ? 'new_content' then
    select v.content into v_base from app_public.sop_versions v where v.sop_id = improvement.sop_id and v.version = improvement.base_version;
    v_new := jsonb_set(v_new, '{new_content}', to_jsonb(coalesce(app_hidden.without_items(v_suggestion ->> 'new_content', v_base, items), '')));
    -- Nothing but headings that it did not find there: it says nothing of its own.
    v_empty := not exists (select from regexp_split_to_table(v_new ->> 'new_content', '\n') l
                            where btrim(l) <> '' and l !~ '^#' and l <> all (string_to_array(coalesce(v_base, ''), E'\n')));
  elsif jsonb_typeof(v_suggestion -> 'entries') = 'array' then
    v_new := jsonb_set(v_new, '{entries}', coalesce((select jsonb_agg(e) from jsonb_array_elements(v_suggestion -> 'entries') e
      where app_hidden.list_item(e ->> 'question') <> all (items) and app_hidden.list_item(e ->> 'answer') <> all (items)), '[]'));
    v_empty := v_new -> 'entries' = '[]';
  end if;
  if old_label is not null and v_new ->> 'reasoning' is not null then
    v_new := jsonb_set(v_new, '{reasoning}', to_jsonb(replace(v_new ->> 'reasoning', old_label, '[erased]')));
  end if;
  if v_new = v_suggestion then
    return null;
  elsif improvement.status = 'pending'
        and (v_empty or exists (select from app_public.improvement_queue q where q.fingerprint = app_hidden.improvement_fingerprint(improvement.kind, v_new) and q.status in ('pending', 'rejected') and q.id <> improvement.id)) then
    delete from app_public.improvement_queue q where q.id = improvement.id;
    return 'deleted';
  end if;
  if v_empty and not others_too then
    v_new := (v_new - array['new_content', 'entries', 'section', 'topic']) || '{"erased": true}';
  end if;
  update app_public.improvement_queue q set suggested_sop_update = v_new where q.id = improvement.id;
  return 'changed';
end
$$;
comment on function app_private.erase_from_proposal(app_public.improvement_queue, text[], text, boolean) is
  'Takes lines, entries and dry-run questions that are one of the items out of a proposal that waits, was rejected or superseded. Returns deleted (nothing was left of it), changed or null.';

create or replace function app_private.erase_from_undo(items text[]) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  -- Undone, such an approval deletes its entry: the one that it wrote over would be gone by now.
  update app_public.improvement_queue q
     set applied = jsonb_set(q.applied, '{entries}', (select jsonb_agg(case when e -> 'before' ->> 'question' = any (items) and e -> 'before' ->> 'source' = 'learned' then e || '{"before": null}' else e end order by o)
                                                        from jsonb_array_elements(q.applied -> 'entries') with ordinality t(e, o)))
   where q.id in (select l.id from app_public.improvement_queue l
                   where l.status = 'approved' and jsonb_typeof(l.applied -> 'entries') = 'array'
                     and exists (select from jsonb_array_elements(l.applied -> 'entries') e where e -> 'before' ->> 'question' = any (items) and e -> 'before' ->> 'source' = 'learned')
                   order by l.id for no key update)
$$;
comment on function app_private.erase_from_undo(text[]) is
  'Takes learned entries that ask one of these out of what approvals kept for an undo.';

create or replace function app_private.erase_learned(knowledge_ids integer[]) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_targets text[];
  v_lexemes text[];
  v_words text[];
  v_deleted integer;
begin
  perform from app_public.knowledge_base k where k.id = any (knowledge_ids) order by k.id for update;
  select coalesce(array_agg(distinct u.target), '{}'),
         array(select distinct l from app_private.search_units w, unnest(tsvector_to_array(w.words)) l where w.knowledge_id = any (knowledge_ids)),
         array(select distinct l from app_private.search_units w, unnest(tsvector_to_array(to_tsvector('simple', public.unaccent(concat_ws(' ', w.title, w.body))))) l where w.knowledge_id = any (knowledge_ids))
    into v_targets, v_lexemes, v_words
    from app_private.search_units u where u.knowledge_id = any (knowledge_ids);
  delete from app_public.knowledge_base k where k.id = any (knowledge_ids);
  get diagnostics v_deleted = row_count;
  if v_deleted > 0 then
    update app_public.response_sources s set snippet = '[erased]' where s.knowledge_id = any (knowledge_ids) and s.kind = 'knowledge' and s.snippet <> '[erased]';
    perform app_private.rebuild_profile(t) from (select t from unnest(v_targets) t order by t) o;
    -- What waits to be counted has the words that go; words that nobody else uses go now too.
    perform app_private.count_search_unit_changes();
    delete from app_private.lexeme_frequencies f where f.lexeme = any (v_lexemes)
      and not exists (select from app_private.search_units u where u.words @@ (quote_literal(f.lexeme)::tsquery));
    delete from app_private.search_vocabulary v where v.word = any (v_words)
      and not exists (select from app_private.search_units u where u.kind <> 'profile' and u.words @@ to_tsquery('app_public.clubos', quote_literal(v.word))
                        and to_tsvector('simple', public.unaccent(concat_ws(' ', u.title, u.heading, u.body))) @@ to_tsquery('simple', quote_literal(v.word)));
  end if;
  return v_deleted;
end
$$;
comment on function app_private.erase_learned(integer[]) is 'Deletes learned entries with all that was derived from them: search units, profiles, words, snippets of answers.';

create or replace function app_private.erase_search_history(hashes bytea[]) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  -- An SOP's phrases are the club's text, and so in its versions; profiles were made of the questions too.
  with gone as (
    update app_private.search_unit_history h set impacts = '{}/268435456', embedding = null, embedding_model = null, content_hash = '\x', erased = true
     where h.content_hash = any (hashes) and h.kind = 'knowledge' and not h.erased
    returning h.target, h.since
  )
  update app_private.search_unit_history h set impacts = '{}/268435456', embedding = null, embedding_model = null, erased = true
   where h.kind = 'profile' and not h.erased and h.until >= (select min(g.since) from gone g where g.target = h.target)
$$;
comment on function app_private.erase_search_history(bytea[]) is 'Empties the search units of earlier times that were made of these texts, and the profiles that they had a part in.';

-- What a person has to look at, since it is the club's own text by now: proposals, entries and SOP lines that quote.
create or replace function app_private.quotes_of(items text[]) returns jsonb
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  -- Shorter ones would be found by chance.
  with item as (select i from unnest(items) i where length(i) >= 8)
  select coalesce(jsonb_agg(f.found), '[]') from (
    select jsonb_build_object('kind', 'proposal', 'id', q.id, 'status', q.status, 'quotes', jsonb_agg(distinct i.i)) as found
      from app_public.improvement_queue q join item i on strpos(q.suggested_sop_update::text, btrim(to_jsonb(i.i)::text, '"')) > 0 group by q.id
    union all
    select jsonb_build_object('kind', 'sop', 'id', s.id, 'name', s.category || '/' || s.section, 'quotes', jsonb_agg(distinct i.i),
             'versions', (select jsonb_agg(v.version order by v.version) from app_public.sop_versions v where v.sop_id = s.id and exists (select from item x where strpos(v.content, x.i) > 0)))
      from app_public.sops s join app_public.sop_versions a on a.sop_id = s.id join item i on strpos(a.content, i.i) > 0 group by s.id
    union all
    select jsonb_build_object('kind', 'knowledge', 'id', k.id, 'source', k.source, 'quotes', jsonb_agg(distinct i.i))
      from app_public.knowledge_base k join item i on strpos(k.question, i.i) > 0 or strpos(k.answer, i.i) > 0 where k.source <> 'learned' or k.trust = 3 group by k.id
    union all
    select jsonb_build_object('kind', 'golden_question', 'id', g.id, 'quotes', jsonb_agg(distinct i.i)) from app_public.golden_questions g join item i on strpos(g.question, i.i) > 0 or strpos(g.note, i.i) > 0 group by g.id) f
$$;
comment on function app_private.quotes_of(text[]) is 'Proposals, SOPs (with the versions of their history), published knowledge and golden questions that quote one of these texts of eight characters or more.';

create or replace function app_private.erase(ticket_ids integer[], response_ids bigint[], visitor_id uuid, reference text, reason text) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_action bigint;
  v_responses bigint[];
  v_failures integer[];
  v_patterns integer[];
  v_labels jsonb;
  v_words text[];
  v_items text[];
  v_vectors bytea[];
  v_entries integer[];
  v_proposals integer[];
  v_proposal record;
  v_done text;
  v_counts jsonb;
  v_more bigint;
  v_handler record;
begin
  perform app_private.take_turns_with_erasure(erases => true);
  v_action := app_private.begin_erasure('erasure', reference, reason);
  -- A refresh of the search statistics would write the words down again that are deleted here.
  perform pg_advisory_xact_lock(hashtextextended('clubos.search_statistics', 0));
  select coalesce(array_agg(r.id), '{}') into v_responses
    from (select r.id from app_public.responses r where r.id = any (response_ids) or r.ticket_id = any (ticket_ids) order by r.id for no key update) r;
  select coalesce(array_agg(f.id), '{}'), coalesce(array_agg(distinct f.pattern_id) filter (where f.pattern_id is not null), '{}') into v_failures, v_patterns
    from app_public.failed_responses f where f.response_id = any (v_responses);

  -- All that they said, as it was said and as it was quoted.
  select coalesce(array_agg(distinct w), '{}') into v_words from (
    select r.question as w from app_public.responses r where r.id = any (v_responses)
    union all select f.query from app_public.failed_responses f where f.id = any (v_failures)
    union all select f.user_correction from app_public.failed_responses f where f.id = any (v_failures)
    union all select m.body from app_public.messages m where m.ticket_id = any (ticket_ids) and m.author_kind = 'customer') w where btrim(w) not in ('', '[erased]');
  select coalesce(array_agg(distinct i), '{}') into v_items
    from (select unnest(array[w, app_hidden.learnable_question(w), app_hidden.list_item(app_hidden.learnable_question(w)), app_hidden.list_item(app_hidden.mask_personal_data(w)),
                              btrim(app_hidden.mask_personal_data(w))]) as i from unnest(v_words) w) t where btrim(i) <> '';
  select coalesce(array_agg(app_hidden.embedding_hash(i)), '{}') into v_vectors from unnest(v_items) i;

  -- Proposals are locked now and written when the labels of their patterns are known.
  select coalesce(array_agg(p.id), '{}') into v_proposals
    from (select q.id from app_public.improvement_queue q
           where q.id in (select e.improvement_id from app_public.improvement_evidence e where e.failed_response_id = any (v_failures)) or q.pattern_id = any (v_patterns)
              or exists (select from jsonb_array_elements(case when jsonb_typeof(q.dry_run -> 'questions') = 'array' then q.dry_run -> 'questions' else '[]' end) e where e ->> 'question' = any (v_items))
           order by q.id for no key update) p;
  select coalesce(v_vectors || array_agg(app_hidden.embedding_hash(u.embedding_text)), v_vectors) into v_vectors
    from app_public.improvement_queue q, app_hidden.sop_units(q.suggested_sop_update ->> 'category', q.suggested_sop_update ->> 'section', q.suggested_sop_update ->> 'new_content') u
   where q.status <> 'approved' and q.kind in ('sop_edit', 'sop_new') and q.suggested_sop_update ? 'new_content' and q.id = any (v_proposals);

  perform app_private.erase_from_undo(v_items);
  perform app_private.erase_from_golden_checks(v_items);

  -- Learned from this person's questions alone; what staff have rewritten since is theirs.
  select coalesce(array_agg(k.id), '{}') into v_entries
    from app_public.knowledge_base k
   where k.source = 'learned' and k.trust < 3 and k.question = any (v_items)
     and (k.learned_from = any (v_responses) or exists (select from app_private.knowledge_votes v where v.knowledge_id = k.id and v.response_id = any (v_responses)))
     and not exists (select from app_private.knowledge_votes v join app_public.responses r on r.id = v.response_id
                      where v.knowledge_id = k.id and v.helpful and r.id <> all (v_responses) and app_hidden.learnable_question(r.question) = k.question);
  v_counts := jsonb_build_object('learned_entries', app_private.erase_learned(v_entries));
  perform app_private.erase_search_history(v_vectors);

  v_counts := app_private.erase_texts(ticket_ids, v_responses) || v_counts;

  perform from app_public.failure_patterns p where p.id = any (v_patterns) order by p.id for no key update;
  select coalesce(jsonb_object_agg(p.id, p.label), '{}') into v_labels from app_public.failure_patterns p where p.id = any (v_patterns);
  update app_public.failure_patterns p
     set label = case when l.left_over then app_private.pattern_label(p.id) else '[erased]' end, updated_at = now(),
         centroid = case when l.left_over then p.centroid end, embedding_model = case when l.left_over then p.embedding_model end
    from (select i, exists (select from app_public.failed_responses f where f.pattern_id = i and f.erased_at is null) as left_over from unnest(v_patterns) i) l
   where p.id = l.i;
  v_counts := v_counts || jsonb_build_object('patterns', cardinality(v_patterns), 'proposals_deleted', 0, 'proposals_changed', 0);
  for v_proposal in
    select q.id, v_labels ->> q.pattern_id::text as label,
           exists (select from app_public.improvement_evidence e join app_public.failed_responses f on f.id = e.failed_response_id where e.improvement_id = q.id and f.erased_at is null) as others
      from app_public.improvement_queue q where q.id = any (v_proposals) order by q.id
  loop
    select app_private.erase_from_proposal(q, v_items, v_proposal.label, v_proposal.others) into v_done from app_public.improvement_queue q where q.id = v_proposal.id;
    if v_done is not null then
      v_counts := v_counts || jsonb_build_object('proposals_' || v_done, (v_counts ->> ('proposals_' || v_done))::integer + 1);
    end if;
  end loop;

  delete from app_private.embedding_cache c where c.content_hash = any (v_vectors) and c.content_hash not in (select h from app_private.embeddings_promised() h where h is not null);
  get diagnostics v_more = row_count;
  v_counts := v_counts || jsonb_build_object('vectors', v_more);

  -- Other parts of ClubOS that keep something of a visitor or a conversation bring a handler of their own.
  for v_handler in
    select p.proname as name from pg_proc p where p.pronamespace = 'app_private'::regnamespace and p.proname like 'erase\_\_%' order by p.proname
  loop
    execute format('select app_private.%I($1, $2, $3)', v_handler.name) into v_more using erase.visitor_id, ticket_ids, v_responses;
    v_counts := v_counts || jsonb_build_object(substr(v_handler.name, 8), v_more);
  end loop;
  perform app_private.end_erasure(v_action, v_counts);
  return jsonb_build_object('reference', reference, 'counts', v_counts, 'to_review', app_private.quotes_of(v_items));
end
$$;
comment on function app_private.erase(integer[], bigint[], uuid, text, text) is
$$Erases conversations and answers with everything derived from them, in this transaction: {reference, counts, to_review}. Every function app_private.erase__<kind>(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) returns bigint is called too, and its count kept under <kind>; visitor_id is null where one conversation is erased.$$;
--! EndIncluded functions/erase.sql
--! Included mutations/set_search_language.sql
create or replace function app_public.set_search_language(language text, reason text) returns app_public.club_settings
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_settings app_public.club_settings;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(set_search_language.reason));
  update app_public.club_settings s set search_language = lower(btrim(coalesce(set_search_language.language, ''))), updated_at = now()
   where s.search_language <> lower(btrim(coalesce(set_search_language.language, '')));
  select * into v_settings from app_public.club_settings;
  return v_settings;
end
$$;
comment on function app_public.set_search_language(language text, reason text) is
$$The language that words are searched in (english, german, french, spanish and whatever else PostgreSQL has a stemmer for). Every text is indexed anew in the same transaction: about a second for 1,000 texts, in which searches go on and whoever writes texts waits.
Errors: CO001 no actor, CO002 no reason, CO005 no such language (hint: those there are), CO403 not an admin.$$;
--! EndIncluded mutations/set_search_language.sql
--! Included mutations/import_sops.sql
-- Many at once in a few statements: their search units, versions and audit rows are still written for each of them, by
-- the same triggers as of one.
create or replace function app_public.import_sops(documents jsonb, reason text default null) returns jsonb
language plpgsql volatile set clubos.reason = '' as $$
declare
  v_categories text[];
  v_sections text[];
  v_contents text[];
  v_bad record;
  v_created jsonb;
  v_changed jsonb;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  if jsonb_typeof(documents) is distinct from 'array' then
    raise exception 'A list of documents is expected.' using errcode = 'CO005', hint = '[{"category": "booking", "section": "moving", "content": "# Moving a booking\n…"}, …]';
  end if;
  select array_agg(d.category), array_agg(d.section), array_agg(d.content) into v_categories, v_sections, v_contents
    from jsonb_to_recordset(documents) as d(category text, section text, content text);
  select concat_ws('/', d.category, d.section) as name, d.n,
         case when coalesce(btrim(d.category), '') = '' or coalesce(btrim(d.section), '') = '' then 'needs a category and a section'
              when length(d.category) > 100 or length(d.section) > 200 then 'has too long a name: a category has at most 100 characters, a section 200'
              when coalesce(btrim(d.content), '') = '' then 'needs a text'
              when octet_length(d.content) > 1048576 then 'has more than 1 MiB of text'
              else 'is in the list twice' end as problem
    into v_bad
    from (select *, row_number() over (partition by t.category, t.section order by t.n) as again from unnest(v_categories, v_sections, v_contents) with ordinality t(category, section, content, n)) d
   where coalesce(btrim(d.category), '') = '' or coalesce(btrim(d.section), '') = '' or length(d.category) > 100 or length(d.section) > 200
      or coalesce(btrim(d.content), '') = '' or octet_length(d.content) > 1048576 or d.again > 1
   order by d.n limit 1;
  if v_bad.n is not null then
    raise exception 'Document % of the list (%) %.', v_bad.n, v_bad.name, v_bad.problem
      using errcode = case when v_bad.problem like 'has %' then 'CO006' else 'CO005' end, hint = 'Nothing of the list was imported. Correct it, and import the list again.';
  end if;
  perform app_hidden.set_reason(coalesce(nullif(left(btrim(import_sops.reason), 4000), ''), 'Imported'));

  with wanted as (
    select d.* from unnest(v_categories, v_sections, v_contents) d(category, section, content)
  ), there as materialized (
    -- In the order of their ids, so that two who write several never wait for each other in a circle.
    select s.id, s.content, s.archived_at from app_public.sops s join wanted d on d.category = s.category and d.section = s.section order by s.id for no key update of s
  ), written as (
    update app_public.sops s set content = d.content, archived_at = null
      from there o, wanted d
     where s.id = o.id and d.category = s.category and d.section = s.section and (o.content <> d.content or o.archived_at is not null)
    returning s.category, s.section
  )
  select coalesce(jsonb_agg(w.category || '/' || w.section order by w.category, w.section), '[]') into v_changed from written w;
  with written as (
    insert into app_public.sops as s (category, section, content)
    select d.category, d.section, d.content from unnest(v_categories, v_sections, v_contents) d(category, section, content)
     where not exists (select from app_public.sops o where o.category = d.category and o.section = d.section)
     order by d.category, d.section
    -- Somebody made it in between: what is imported is what they asked for last.
    on conflict (category, section) do update set content = excluded.content, archived_at = null
    returning s.category, s.section
  )
  select coalesce(jsonb_agg(w.category || '/' || w.section order by w.category, w.section), '[]') into v_created from written w;
  return jsonb_build_object('created', v_created, 'changed', v_changed,
    'unchanged', coalesce(cardinality(v_categories), 0) - jsonb_array_length(v_created) - jsonb_array_length(v_changed));
end
$$;
comment on function app_public.import_sops(jsonb, text) is
$$Writes many SOPs in one transaction: [{category, section, content}]. New ones are made, others get their next version, what is there already is left alone; so repeating a list is harmless. A few hundred at a time keep it short. reason: why, for all of them; "Imported" unless given. Returns {created: [category/section], changed: [category/section], unchanged: how many}.
Errors: CO001 no actor, CO005 no list, or a document without name or text or named twice, CO006 too long, CO403 not a reviewer.$$;
--! EndIncluded mutations/import_sops.sql
--! Included mutations/import_knowledge.sql
create or replace function app_public.import_knowledge(entries jsonb, reason text default null) returns jsonb
language plpgsql volatile set clubos.reason = '' as $$
declare
  v_entries jsonb;
  v_bad record;
  v_changed integer;
  v_created integer;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  if jsonb_typeof(entries) is distinct from 'array' then
    raise exception 'A list of entries is expected.' using errcode = 'CO005', hint = '[{"category": "booking", "topic": "moving", "question": "…", "answer": "…"}, …]';
  end if;
  select e.n, e.question,
         case when coalesce(btrim(e.category), '') = '' or coalesce(btrim(e.topic), '') = '' or coalesce(btrim(e.question), '') = '' or coalesce(btrim(e.answer), '') = ''
                then 'needs category, topic, question and answer'
              when length(e.category) > 100 or length(e.topic) > 200 or octet_length(e.category || e.topic || e.question) > 2600 then 'has too long a name or question'
              when octet_length(e.answer) > 65536 then 'has an answer of more than 64 kB'
              else 'is in the list twice' end as problem
    into v_bad
    from (select *, row_number() over (partition by t.category, t.topic, t.question order by t.n) as again
            from rows from (jsonb_to_recordset(entries) as (category text, topic text, question text, answer text)) with ordinality t(category, topic, question, answer, n)) e
   where coalesce(btrim(e.category), '') = '' or coalesce(btrim(e.topic), '') = '' or coalesce(btrim(e.question), '') = '' or coalesce(btrim(e.answer), '') = ''
      or length(e.category) > 100 or length(e.topic) > 200 or octet_length(e.category || e.topic || e.question) > 2600 or octet_length(e.answer) > 65536 or e.again > 1
   order by e.n limit 1;
  if v_bad.n is not null then
    raise exception 'Entry % of the list ("%") %.', v_bad.n, left(v_bad.question, 200), v_bad.problem
      using errcode = case when v_bad.problem like 'has %' then 'CO006' else 'CO005' end, hint = 'Nothing of the list was imported. Correct it, and import the list again.';
  end if;
  -- The sites' slugs as ids: an unknown one is refused before anything is written.
  with sites as materialized (
    select s.site, app_hidden.find_site(s.site) as site_id from (select distinct e ->> 'site' as site from jsonb_array_elements(entries) e) s
  )
  select jsonb_agg(e.value || jsonb_build_object('site_id', s.site_id)) into v_entries
    from jsonb_array_elements(entries) e(value) join sites s on s.site is not distinct from e.value ->> 'site';
  perform app_hidden.set_reason(coalesce(nullif(left(btrim(import_knowledge.reason), 4000), ''), 'Imported'));

  with wanted as materialized (
    select * from jsonb_to_recordset(coalesce(v_entries, '[]')) as e(category text, topic text, question text, answer text, site_id integer, valid_from timestamptz, valid_to timestamptz)
  ), there as materialized (
    select k.id, k.answer, k.site_id from app_public.knowledge_base k join wanted e on e.category = k.category and e.topic = k.topic and e.question = k.question order by k.id for no key update of k
  ), written as (
    update app_public.knowledge_base k set answer = e.answer, trust = 3, site_id = e.site_id, valid_from = e.valid_from, valid_to = e.valid_to
      from there o, wanted e
     where k.id = o.id and e.category = k.category and e.topic = k.topic and e.question = k.question and (o.answer, o.site_id) is distinct from (e.answer, e.site_id)
    returning k.id
  )
  select count(*) into v_changed from written;
  with written as (
    insert into app_public.knowledge_base as k (category, topic, question, answer, source, trust, site_id, valid_from, valid_to)
    select e.category, e.topic, e.question, e.answer, 'manual_entry', 3, e.site_id, e.valid_from, e.valid_to
      from jsonb_to_recordset(coalesce(v_entries, '[]')) as e(category text, topic text, question text, answer text, site_id integer, valid_from timestamptz, valid_to timestamptz)
     where not exists (select from app_public.knowledge_base o where o.category = e.category and o.topic = e.topic and o.question = e.question)
     order by e.category, e.topic, e.question
    on conflict on constraint knowledge_base_category_topic_question_key do update
       set answer = excluded.answer, trust = 3, site_id = excluded.site_id, valid_from = excluded.valid_from, valid_to = excluded.valid_to
    returning k.id
  )
  select count(*) into v_created from written;
  return jsonb_build_object('created', v_created, 'changed', v_changed, 'unchanged', jsonb_array_length(entries) - v_created - v_changed);
end
$$;
comment on function app_public.import_knowledge(jsonb, text) is
$$Writes many knowledge entries in one transaction: [{category, topic, question, answer}], each perhaps with site (a slug), valid_from and valid_to. New ones are made, of others the answer is replaced, what is there already with that answer for that site is left alone; so repeating a list is harmless. reason: why, for all of them; "Imported" unless given. Returns {created, changed, unchanged}, each how many.
Errors: CO001 no actor, CO005 no list, or an entry that is incomplete or in it twice, CO006 too long, CO403 not a reviewer, CO404 no such site.$$;
--! EndIncluded mutations/import_knowledge.sql
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
    select jsonb_agg(e.value || jsonb_build_object('file', coalesce(e.value ->> 'file', 'item ' || e.o), 'topic', coalesce(nullif(btrim(e.value ->> 'topic'), ''), left(e.value ->> 'question', 100))) order by e.o)
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
--! Included mutations/preview_improvement.sql
drop function if exists app_public.preview_improvement(integer);
create or replace function app_public.preview_improvement(id integer, edited_content text default null, edited_version integer default null) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_began timestamptz := clock_timestamp();
  v_improvement app_public.improvement_queue;
  v_version integer;
  -- Whoever writes and waits gets the answer for fewer; and so does everybody where one session serves all.
  v_most integer := case when edited_content is null then 200 else 60 end / case when to_regclass('app_private.search_units_embedding') is null then 3 else 1 end;
  v_touched text[];
  v_questions jsonb;
  v_points record;
  v_near_after double precision[];
  v_others record;
  v_again bigint[];
  v_before jsonb;
  v_after jsonb;
  v_warnings jsonb;
  v_result jsonb;
begin
  if not app_hidden.has_role('worker') then
    perform app_hidden.require_role('agent');
  end if;
  perform app_private.take_turns_with_erasure();
  select * into v_improvement from app_public.improvement_queue q where q.id = preview_improvement.id;
  if v_improvement.id is null then
    raise exception 'There is no proposal with id %.', preview_improvement.id using errcode = 'CO404';
  elsif v_improvement.status <> 'pending' then
    return v_improvement.dry_run;
  end if;
  v_improvement := app_private.edited_improvement(v_improvement, edited_content, edited_version);
  select s.version into v_version from app_public.sops s where s.id = v_improvement.sop_id;
  -- Applied once, with all that has to be looked at while it is; variables outlive what is rolled back.
  begin
    perform app_hidden.set_reason('Dry run'), set_config('clubos.actor', coalesce(app_public.current_actor(), 'dry run'), true);
    execute format('select * from app_private.%I($1)', 'apply_improvement__' || v_improvement.kind) into v_improvement using v_improvement;
    v_touched := app_private.touched_targets(v_improvement);
    select coalesce(jsonb_agg(to_jsonb(q) || jsonb_build_object('expected_title', app_private.target_title(q.expected))), '[]') into v_questions from app_private.preview_questions(v_improvement, v_touched, v_most) q;
    v_after := app_private.run_preview(v_questions);
    select * into v_others from app_private.fixed_for_others(v_questions, v_after, v_most / 10);
    select * into v_points from app_private.question_points(v_questions);
    v_near_after := app_private.nearest_touched(v_points.words, v_points.total_idf, v_points.embeddings, v_touched);
    v_warnings := app_private.preview_warnings(v_improvement);
    -- Out of the subtransaction by the one way that leaves no trace.
    raise exception 'dry run' using errcode = 'CO999';
  exception
    when sqlstate 'CO999' then null;
    when sqlstate 'CO102' then
      return jsonb_build_object('conflict', sqlerrm);
  end;
  -- Asked again are those that the change can matter to; the others find without it what they find with it.
  v_again := app_private.within_reach(v_after, v_touched, app_private.nearest_touched(v_points.words, v_points.total_idf, v_points.embeddings, v_touched), v_near_after);
  v_before := app_private.run_preview((select coalesce(jsonb_agg(v_questions -> (n.place::integer - 1) order by n.place), '[]') from unnest(v_again) n(place)));
  v_result := app_private.compare_preview(v_questions, v_before, v_after, v_again, v_others.asked, v_others.fixed)
    || jsonb_build_object('warnings', v_warnings, 'base_version', v_version, 'golden_revision', app_private.golden_revision(), 'embedding_model', (select s.embedding_model from app_public.club_settings s),
         'ms', round(extract(epoch from clock_timestamp() - v_began) * 1000));
  v_result := v_result || jsonb_build_object('flagged', jsonb_array_length(v_warnings) > 0 or (v_result ->> 'broken')::integer + (v_result ->> 'golden_broken')::integer > 0);
  if edited_content is not null then
    return v_result;
  end if;
  update app_public.improvement_queue q
     set dry_run = v_result, impact = app_private.preview_impact(v_result, (select count(*) from app_public.improvement_evidence e where e.improvement_id = q.id))
           + coalesce((q.suggested_sop_update -> 'finding' ->> 'impact')::double precision, 0)
   where q.id = preview_improvement.id and q.status = 'pending';
  return v_result;
end
$$;
comment on function app_public.preview_improvement(integer, text, integer) is
$$Dry run: applies a proposal in a subtransaction, asks through search_knowledge the failing questions behind it, golden questions, those that were answered well by what it touches and known ones of other targets nearest to it, and rolls back. Kept with the proposal, and ranks it.
{at, ms, fixed, fixed_as_new (fixed ones that were asked as new), fixed_for_others (of those answered rightly), still_failing, good_fixed, broken, changed, unaffected, golden, golden_fixed, golden_broken, asked: {failing, good, golden}, warnings: [{kind: new_figure | lost_figure | lost_line | repeats, text, where}], flagged (whether anything is broken or warned of), base_version, golden_revision, embedding_model, questions: [{question, role, effect, expected, before, after, and of these three a title, before_confidence, after_confidence, before_answered, after_answered (sure enough to be given), before_text and after_text where they differ, for_others of those asked as new}]}, or {conflict}. effect: as app_hidden.preview_effect says; fixed and still_failing count failing questions, broken and good_fixed good ones, which are asked as if nothing had been learned from them. Personal data in questions is masked.
At most 200 questions, on the embedded database 66. edited_content: a text to try instead, edited_version: the SOP version it was written against; that result is returned only, and asks 60 questions at most (20).
Errors: CO005 it has no text to edit, or an empty one, CO006 over 1 MiB, CO403 not staff, CO404 no such proposal.$$;
--! EndIncluded mutations/preview_improvement.sql
--! Included functions/backup_files.sql
-- What a backup consists of, from one snapshot: the caller opens a transaction that is repeatable read.
create or replace function app_private.backup_tables() returns table (ordinal integer, name text, source text, key text, per_file integer, left_out text[])
language sql immutable as $$
  values
    (1, 'sites', 'app_public.sites', 'id', null, array[]::text[]),
    (2, 'users', 'app_public.users', 'id', null, array[]::text[]),
    (3, 'club_settings', 'app_public.club_settings', 'id', null, array[]::text[]),
    (4, 'emergency_signals', 'app_public.emergency_signals', 'id', null, array[]::text[]),
    (5, 'llm_prices', 'app_public.llm_prices', 'id', null, array[]::text[]),
    (6, 'retention_rules', 'app_public.retention_rules', 'kind', null, array[]::text[]),
    (7, 'privacy_actions', 'app_public.privacy_actions', 'id', 1000, array[]::text[]),
    (8, 'sops', 'app_public.sops', 'id', 100, array[]::text[]),
    -- Conversations are not in a backup, and so is nothing that points to them; vectors are made again.
    (9, 'improvement_queue', 'app_public.improvement_queue', 'id', 200, array['failed_response_id', 'pattern_id']),
    (10, 'sop_versions', 'app_public.sop_versions', 'id', 100, array[]::text[]),
    (11, 'experiments', 'app_public.experiments', 'id', 200, array[]::text[]),
    (12, 'experiment_arms', 'app_public.experiment_arms', 'id', 200, array[]::text[]),
    (13, 'knowledge_base', 'app_public.knowledge_base', 'id', 200, array['embeddings', 'embedding_model', 'learned_from']),
    (14, 'knowledge_questions', 'app_public.knowledge_questions', 'id', 1000, array['learned_from']),
    (15, 'prompts', 'app_public.prompts', 'id', null, array[]::text[]),
    (16, 'prompt_versions', 'app_public.prompt_versions', 'id', 100, array[]::text[]),
    (17, 'golden_questions', 'app_public.golden_questions', 'id', 1000, array['response_id']),
    (18, 'audit_log', 'app_public.audit_log', 'id', 1000, array[]::text[]),
    (19, 'audit_heads', 'app_public.audit_heads', 'day', null, array[]::text[]),
    (20, 'audit_head', 'app_private.audit_head', 'id', null, array[]::text[])
$$;
comment on function app_private.backup_tables() is
  'The tables whose rows are in a backup, in the order in which they can be filled again. per_file: how many keys a file spans, so that a small change is a small upload (null: one file). left_out: columns that are not in it.';

create or replace function app_private.backup_part(table_name text, part integer) returns text
language plpgsql stable security definer set search_path = app_public, public, pg_temp set timezone = 'UTC' set datestyle = 'ISO' set intervalstyle = 'postgres' set extra_float_digits = 1 set bytea_output = 'hex' as $$
declare
  v_table record;
  v_lines text;
begin
  select * into strict v_table from app_private.backup_tables() t where t.name = backup_part.table_name;
  execute format('select string_agg((to_jsonb(t) - $1)::text || E''\n'', '''' order by t.%I) from %s t where %s', v_table.key, v_table.source,
      case when v_table.per_file is null then 'true' else format('t.%I between $2 and $3', v_table.key) end)
    into v_lines using v_table.left_out, part::bigint * coalesce(v_table.per_file, 0), (part::bigint + 1) * coalesce(v_table.per_file, 0) - 1;
  return coalesce(v_lines, '');
end
$$;
comment on function app_private.backup_part(text, integer) is 'The rows of one file of the machine-readable part, a JSON object a line, in the order of their keys.';

create or replace function app_private.backup_parts() returns table (table_name text, part integer, n integer, bytes bigint, sha256 text)
language plpgsql stable security definer set search_path = app_public, public, pg_temp set timezone = 'UTC' set datestyle = 'ISO' set intervalstyle = 'postgres' set extra_float_digits = 1 set bytea_output = 'hex' as $$
declare
  v_table record;
begin
  for v_table in select * from app_private.backup_tables() t order by t.ordinal loop
    return query execute format($query$
      select %L::text, p.part, count(*)::integer, octet_length(string_agg(p.line, '' order by p.key))::bigint, encode(sha256(convert_to(string_agg(p.line, '' order by p.key), 'UTF8')), 'hex')
        from (select %s as part, t.%I as key, (to_jsonb(t) - $1)::text || E'\n' as line from %s t) p group by p.part order by p.part$query$,
        v_table.name, case when v_table.per_file is null then '0' else format('(t.%I / %s)::integer', v_table.key, v_table.per_file) end, v_table.key, v_table.source)
      using v_table.left_out;
  end loop;
end
$$;
comment on function app_private.backup_parts() is 'The files of the machine-readable part with their hashes, so that only what changed is read: SHA-256 and bytes of what backup_part gives.';

create or replace function app_private.backup_table_hashes() returns table (table_name text, n bigint, sha256 text, columns text[])
language plpgsql stable security definer set search_path = app_public, public, pg_temp set timezone = 'UTC' set datestyle = 'ISO' set intervalstyle = 'postgres' set extra_float_digits = 1 set bytea_output = 'hex' as $$
declare
  v_table record;
begin
  for v_table in select * from app_private.backup_tables() t order by t.ordinal loop
    return query execute format($query$
      select %L::text, count(*), encode(sha256(coalesce(string_agg(sha256(convert_to((to_jsonb(t) - $1)::text, 'UTF8')), '' order by t.%I), '')), 'hex'),
             array(select a.attname::text from pg_attribute a where a.attrelid = %L::regclass and a.attnum > 0 and not a.attisdropped and a.attname <> all ($1) order by a.attname)
        from %s t$query$, v_table.name, v_table.key, v_table.source, v_table.source)
      using v_table.left_out;
  end loop;
end
$$;
comment on function app_private.backup_table_hashes() is 'Each table of a backup as one hash: SHA-256 over the SHA-256 of its rows in the order of their keys. Equal in the source and where it was restored.';

-- JSON strings are YAML's double-quoted ones.
create or replace function app_hidden.yaml_fields(fields jsonb, names text[]) returns text language sql immutable as $$
  select string_agg(format(E'%s: %s\n', f.name, fields -> f.name), '' order by f.place) from unnest(names) with ordinality f (name, place) where fields -> f.name is distinct from 'null'::jsonb
$$;
comment on function app_hidden.yaml_fields(jsonb, text[]) is 'Fields of an object as YAML, in the order of their names; those that are null are left out.';

create or replace function app_private.backup_sop_text(sop app_public.sops) returns text
language sql stable security definer set search_path = app_public, public, pg_temp set timezone = 'UTC' as $$
  select E'---\n' || app_hidden.yaml_fields(jsonb_build_object('id', sop.id, 'category', sop.category, 'section', sop.section, 'version', sop.version, 'who', v.changed_by, 'when', v.created_at,
           'why', v.change_reason, 'proposal', v.improvement_id), array['id', 'category', 'section', 'version', 'who', 'when', 'why', 'proposal'])
         || E'---\n\n' || sop.content || case when sop.content like E'%\n' then '' else E'\n' end
    from app_public.sop_versions v where v.sop_id = sop.id and v.version = sop.version
$$;
comment on function app_private.backup_sop_text(app_public.sops) is 'An SOP as a markdown file: who, when and why before the text.';

create or replace function app_private.backup_knowledge_text(category text) returns text
language sql stable security definer set search_path = app_public, public, pg_temp set timezone = 'UTC' as $$
  select E'---\n' || app_hidden.yaml_fields(jsonb_build_object('category', backup_knowledge_text.category, 'entries', count(*)), array['category', 'entries']) || E'---\n'
         || string_agg(format(E'\n## %s\n\n%s\n\n<!-- %s -->\n', regexp_replace(k.question, '\s+', ' ', 'g'), btrim(k.answer, E' \n'),
              -- A comment ends at -->, which no JSON string needs to hold as it is.
              replace(jsonb_strip_nulls(jsonb_build_object('id', k.id, 'topic', k.topic, 'source', k.source, 'trust', k.trust, 'site', s.slug, 'from', k.valid_from, 'to', k.valid_to, 'changed', k.updated_at,
                'also_asked', (select jsonb_agg(q.question order by q.id) from app_public.knowledge_questions q where q.knowledge_id = k.id)))::text, '>', '\u003e')), '' order by k.topic, k.id)
    from app_public.knowledge_base k left join app_public.sites s on s.id = k.site_id
   where k.category = backup_knowledge_text.category
$$;
comment on function app_private.backup_knowledge_text(text) is 'The knowledge of a category as a markdown file: a heading a question.';

create or replace function app_private.backup_texts() returns table (key text, category text, section text, id integer, bytes bigint, sha256 text)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select 'sop:' || s.id, s.category::text, s.section::text, s.id, octet_length(t.text)::bigint, encode(sha256(convert_to(t.text, 'UTF8')), 'hex')
    from app_public.sops s cross join lateral (select app_private.backup_sop_text(s) as text) t where s.archived_at is null
  union all
  select 'knowledge:' || left(encode(sha256(convert_to(c.category, 'UTF8')), 'hex'), 32), c.category::text, null, null, octet_length(t.text)::bigint, encode(sha256(convert_to(t.text, 'UTF8')), 'hex')
    from (select distinct k.category from app_public.knowledge_base k) c cross join lateral (select app_private.backup_knowledge_text(c.category) as text) t
  order by 2, 3, 4
$$;
comment on function app_private.backup_texts() is 'The files that people read, with their hashes: one for each SOP in use (key sop:ID) and one for each category of knowledge.';

create or replace function app_private.backup_contents(keys text[]) returns table (key text, content text)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select k.key, case split_part(k.key, ':', 1)
           when 'sop' then (select app_private.backup_sop_text(s) from app_public.sops s where s.id = split_part(k.key, ':', 2)::integer)
           when 'knowledge' then (select app_private.backup_knowledge_text(c.category) from (select distinct b.category from app_public.knowledge_base b) c
                                   where left(encode(sha256(convert_to(c.category, 'UTF8')), 'hex'), 32) = split_part(k.key, ':', 2))
           when 'data' then app_private.backup_part(split_part(k.key, ':', 2), split_part(k.key, ':', 3)::integer) end
    from unnest(keys) k (key)
$$;
comment on function app_private.backup_contents(text[]) is 'What is in the files with these keys: sop:ID, knowledge:HASH, data:TABLE:PART.';

create or replace function app_private.backup_head() returns table (taken_at timestamptz, schema_version text, audit_position bigint, audit_hash text, embedding_model text)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select now(), (select max(m.filename) from graphile_migrate.migrations m), h.chain_position, encode(h.hash, 'hex'), s.embedding_model
    from app_private.audit_head h, app_public.club_settings s
$$;
comment on function app_private.backup_head() is 'What a manifest says of the whole: when it was taken, by which schema, and the head of the audit chain.';
--! EndIncluded functions/backup_files.sql
--! Included functions/backups.sql
create or replace function app_hidden.find_backup_target(name text) returns app_public.backup_targets
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_target app_public.backup_targets;
begin
  select * into v_target from app_public.backup_targets t where t.name = find_backup_target.name;
  if v_target.id is null then
    raise exception 'There is no backup target "%".', find_backup_target.name
      using errcode = 'CO404', hint = coalesce((select 'There are: ' || string_agg(t.name, ', ' order by t.name) from app_public.backup_targets t), 'Make one: select save_backup_target(name, kind, settings, schedule, enabled, reason).');
  end if;
  return v_target;
end
$$;
comment on function app_hidden.find_backup_target(text) is 'The target of this name, or CO404.';

create or replace function app_hidden.find_backup(id integer) returns app_public.backups
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups;
begin
  select * into v_backup from app_public.backups b where b.id = find_backup.id;
  if v_backup.id is null then
    raise exception 'There is no backup with id %.', find_backup.id using errcode = 'CO404', hint = 'select id, target_id, status, finished_at from backups order by id desc;';
  end if;
  return v_backup;
end
$$;
comment on function app_hidden.find_backup(integer) is 'The backup, or CO404.';

create or replace function app_private.queue_backup(target integer, asked_by text) returns app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups;
begin
  -- One that waits or runs is the one that was asked for.
  insert into app_public.backups as b (target_id, requested_by) values (queue_backup.target, left(queue_backup.asked_by, 100))
  on conflict (target_id) where status in ('queued', 'running') do update set requested_by = b.requested_by
  returning * into v_backup;
  return v_backup;
end
$$;
comment on function app_private.queue_backup(integer, text) is 'The backup of this target that waits or runs, or a new one that waits.';

create or replace function app_private.request_daily_backups() returns setof app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_target app_public.backup_targets;
  v_backup app_public.backups;
begin
  perform app_hidden.require_role('worker');
  for v_target in select * from app_public.backup_targets t where t.enabled and t.schedule = 'daily' order by t.id loop
    v_backup := app_private.queue_backup(v_target.id, 'schedule');
    perform app_hidden.add_job('backup__run', json_build_object('backup', v_backup.id), 'backup__run:' || v_target.id);
    return next v_backup;
  end loop;
end
$$;
comment on function app_private.request_daily_backups() is 'Adds a job for every target that is due each day. Errors: CO403 not the worker.';

create or replace function app_private.claim_backup(backup_id integer, lease interval default interval '1 minute') returns app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups;
begin
  perform app_hidden.require_role('worker');
  select * into v_backup from app_public.backups b where b.id = claim_backup.backup_id for no key update;
  if v_backup.id is null then
    perform app_hidden.find_backup(backup_id);
  elsif v_backup.status in ('complete', 'failed') then
    return v_backup;
  elsif v_backup.lease_until > clock_timestamp() then
    raise exception 'A backup to this target is under way: number %, begun at %, which was last heard of % seconds ago.', v_backup.id, to_char(v_backup.started_at at time zone 'UTC', 'HH24:MI:SS "UTC"'),
        round(greatest(extract(epoch from claim_backup.lease - (v_backup.lease_until - clock_timestamp())), 0))
      using errcode = 'CO170', detail = jsonb_build_object('backup_id', v_backup.id, 'lease_until', v_backup.lease_until)::text,
            hint = 'Wait for it: select stage, done, total from backups where status = ''running''. If its process has died, it can be taken over a minute after its last sign of life.';
  end if;
  update app_public.backups b
     set status = 'running', attempt = b.attempt + 1, started_at = coalesce(b.started_at, clock_timestamp()), lease_until = clock_timestamp() + claim_backup.lease, stage = 'listing', done = 0, total = 0,
         error = null, hint = null
   where b.id = v_backup.id returning * into v_backup;
  return v_backup;
end
$$;
comment on function app_private.claim_backup(integer, interval) is
  'Takes a backup that waits, or whose process fell silent, for this process alone, for as long as the lease lasts (backup_progress makes it last longer). One that has ended is returned as it is. Errors: CO170 another process has it, CO403 not the worker, CO404 no such backup.';

create or replace function app_private.owned_backup(backup_id integer, attempt integer) returns app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups;
begin
  perform app_hidden.require_role('worker');
  select * into v_backup from app_public.backups b where b.id = owned_backup.backup_id for no key update;
  if v_backup.status is distinct from 'running' or v_backup.attempt <> owned_backup.attempt then
    raise exception 'Backup % was taken over by another process, since this one was not heard of for too long.', backup_id using errcode = 'CO170', hint = 'The other one does the work; there is nothing to do.';
  end if;
  return v_backup;
end
$$;
comment on function app_private.owned_backup(integer, integer) is 'The backup, locked, if this attempt still has it. Errors: CO170 it was taken over, CO403 not the worker.';

create or replace function app_private.backup_progress(backup_id integer, attempt integer, stage text, done integer, total integer, lease interval default interval '1 minute') returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  perform app_private.owned_backup(backup_id, attempt);
  update app_public.backups b set stage = backup_progress.stage, done = backup_progress.done, total = backup_progress.total, lease_until = clock_timestamp() + backup_progress.lease
   where b.id = backup_progress.backup_id;
end
$$;
comment on function app_private.backup_progress(integer, integer, text, integer, integer, interval) is 'Says how far a backup is, and that its process lives. Errors: CO170 it was taken over, CO403 not the worker.';

create or replace function app_private.finish_backup(backup_id integer, attempt integer, counts jsonb, manifest_hash text, audit_position bigint, audit_hash text) returns app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups;
begin
  perform app_private.owned_backup(backup_id, attempt);
  update app_public.backups b
     set status = 'complete', finished_at = clock_timestamp(), lease_until = null, stage = null, done = b.total, files = c.files, uploaded = c.uploaded, unchanged = c.unchanged, renamed = c.renamed,
         deleted = c.deleted, bytes = c.bytes, bytes_uploaded = c.bytes_uploaded, manifest_hash = decode(finish_backup.manifest_hash, 'hex'), audit_position = finish_backup.audit_position,
         audit_hash = decode(finish_backup.audit_hash, 'hex')
    from jsonb_to_record(counts) c (files integer, uploaded integer, unchanged integer, renamed integer, deleted integer, bytes bigint, bytes_uploaded bigint)
   where b.id = finish_backup.backup_id returning b.* into v_backup;
  return v_backup;
end
$$;
comment on function app_private.finish_backup(integer, integer, jsonb, text, bigint, text) is
  'Writes down that a backup is complete. counts: {files, uploaded, unchanged, renamed, deleted, bytes, bytes_uploaded}; hashes in hexadecimal digits. Errors: CO170 it was taken over, CO403 not the worker.';

create or replace function app_private.fail_backup(backup_id integer, attempt integer, error text, hint text default null, final boolean default true) returns app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups := app_private.owned_backup(backup_id, attempt);
begin
  if final then
    update app_public.backups b set status = 'failed', finished_at = clock_timestamp(), lease_until = null, stage = null, error = left(fail_backup.error, 2000), hint = left(fail_backup.hint, 2000)
     where b.id = fail_backup.backup_id returning * into v_backup;
    -- Once a day and target.
    perform app_hidden.notify('backup_failed', jsonb_build_object('backup_id', v_backup.id, 'target', t.name, 'error', v_backup.error, 'hint', v_backup.hint,
        'last_complete', (select max(b.finished_at) from app_public.backups b where b.target_id = t.id and b.status = 'complete')), format('backup_failed:%s:%s', t.id, (now() at time zone 'UTC')::date))
       from app_public.backup_targets t where t.id = v_backup.target_id;
  else
    update app_public.backups b set status = 'queued', lease_until = null, stage = null, error = left(fail_backup.error, 2000), hint = left(fail_backup.hint, 2000)
     where b.id = fail_backup.backup_id returning * into v_backup;
  end if;
  return v_backup;
end
$$;
comment on function app_private.fail_backup(integer, integer, text, text, boolean) is
  'Writes down why a backup failed. final: nobody tries it again, and the admins are told; else it waits for the next try, which goes on with what was uploaded. Errors: CO170 it was taken over, CO403 not the worker.';

create or replace function app_private.record_verification(backup_id integer, result text, problems jsonb default '[]') returns app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups;
begin
  perform app_hidden.require_role('worker');
  update app_public.backups b set verification = record_verification.result, verified_at = clock_timestamp(), verification_problems = record_verification.problems
   where b.id = record_verification.backup_id returning * into v_backup;
  if result <> 'whole' then
    perform app_hidden.notify('backup_failed', jsonb_build_object('backup_id', v_backup.id, 'target', t.name, 'error', 'The backup was read again and is not whole: ' || coalesce(problems -> 0 ->> 'problem', result),
        'hint', 'Look at backups.verification_problems; the next backup writes anew what is missing or altered.'), format('backup_damaged:%s:%s', t.id, (now() at time zone 'UTC')::date))
       from app_public.backup_targets t where t.id = v_backup.target_id;
  end if;
  return v_backup;
end
$$;
comment on function app_private.record_verification(integer, text, jsonb) is 'Writes down what reading a backup again found: whole, damaged or failed; admins are told of the last two. problems: [{path, problem}]. Errors: CO403 not the worker.';
--! EndIncluded functions/backups.sql
--! Included functions/backup_restore.sql
create or replace function app_private.begin_restore(restore_id integer default null, source text default null, mode text default null, dry_run boolean default false, reason text default null) returns app_public.restores
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_restore app_public.restores;
begin
  perform app_hidden.require_role('worker');
  if restore_id is null then
    insert into app_public.restores (source, mode, dry_run, reason, requested_by, status, started_at)
    values (begin_restore.source, begin_restore.mode, begin_restore.dry_run, begin_restore.reason, app_hidden.require_actor(), 'running', clock_timestamp()) returning * into v_restore;
  else
    -- Applied in one transaction, so that one which was cut short has done nothing and is begun again.
    update app_public.restores r set status = 'running', started_at = clock_timestamp() where r.id = begin_restore.restore_id and r.status in ('queued', 'running') returning * into v_restore;
  end if;
  return v_restore;
end
$$;
comment on function app_private.begin_restore(integer, text, text, boolean, text) is
  'Begins a restore that was asked for (restore_id), or one of the command''s own; null where it has ended already. Errors: CO001 no actor, CO403 not the worker.';

create or replace function app_private.finish_restore(restore_id integer, report jsonb default null, error text default null, hint text default null) returns app_public.restores
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_restore app_public.restores;
begin
  perform app_hidden.require_role('worker');
  update app_public.restores r
     set status = case when finish_restore.error is null then 'complete' else 'failed' end, finished_at = clock_timestamp(), report = coalesce(finish_restore.report, r.report),
         error = left(finish_restore.error, 2000), hint = left(finish_restore.hint, 2000)
   where r.id = finish_restore.restore_id and r.status = 'running' returning * into v_restore;
  return v_restore;
end
$$;
comment on function app_private.finish_restore(integer, jsonb, text, text) is 'Writes down how a restore ended. Errors: CO403 not the worker.';

create or replace function app_private.stage_restore(restore_id integer, table_name text, lines text) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_last integer := (select coalesce(max(r.ordinal), 0) from app_private.restore_rows r where r.restore_id = stage_restore.restore_id and r.table_name = stage_restore.table_name);
  v_n integer;
begin
  perform app_hidden.require_role('worker');
  insert into app_private.restore_rows (restore_id, table_name, ordinal, data)
  select stage_restore.restore_id, stage_restore.table_name, v_last + l.n, l.line::jsonb from string_to_table(lines, E'\n') with ordinality l (line, n) where l.line <> '';
  get diagnostics v_n = row_count;
  return v_n;
end
$$;
comment on function app_private.stage_restore(integer, text, text) is 'Lays a file of a backup (a JSON object a line) beside the club, to be compared with it; returns how many rows. Errors: CO403 not the worker.';

create or replace function app_private.restore_differences(restore_id integer)
returns table (ordinal bigint, what text, difference text, id integer, category text, topic text, question text, before jsonb, after jsonb)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  with sop as (
    select r.ordinal, r.data, b.category, b.section, b.content, coalesce(own.id, named.id) as id
      from app_private.restore_rows r
     cross join lateral jsonb_to_record(r.data) b (id integer, category text, section text, content text, created_at timestamptz, archived_at timestamptz)
      -- The same SOP, whatever it is called now; in another club, the one of that name.
      left join app_public.sops own on own.id = b.id and own.created_at = b.created_at
      left join app_public.sops named on own.id is null and named.category = b.category and named.section = b.section
     where r.restore_id = restore_differences.restore_id and r.table_name = 'sops' and b.archived_at is null
  ), site as (
    select b.id, s.id as site_id from app_private.restore_rows r cross join lateral jsonb_to_record(r.data) b (id integer, slug text) join app_public.sites s on s.slug = b.slug
     where r.restore_id = restore_differences.restore_id and r.table_name = 'sites'
  ), entry as (
    select r.ordinal, b.category, b.topic, b.question, b.answer, b.source, b.trust, site.site_id, b.site_id is not null and site.site_id is null as lacks_site, b.valid_from, b.valid_to, coalesce(own.id, named.id) as id
      from app_private.restore_rows r
     cross join lateral jsonb_to_record(r.data) b (id integer, category text, topic text, question text, answer text, source text, trust smallint, site_id integer, valid_from timestamptz, valid_to timestamptz, created_at timestamptz)
      left join site on site.id = b.site_id
      left join app_public.knowledge_base own on own.id = b.id and own.created_at = b.created_at
      left join app_public.knowledge_base named on own.id is null and named.category = b.category and named.topic = b.topic and named.question = b.question
     where r.restore_id = restore_differences.restore_id and r.table_name = 'knowledge_base'
  )
  select s.ordinal, 'sop', case when c.id is null then 'add' when c.archived_at is not null then 'return' else 'change' end, c.id, coalesce(c.category, s.category)::text, coalesce(c.section, s.section)::text, null::text,
         case when c.id is not null then jsonb_build_object('content', c.content, 'version', c.version) end, jsonb_build_object('content', s.content)
    from sop s left join app_public.sops c on c.id = s.id
   where c.id is null or c.content <> s.content or c.archived_at is not null
  union all
  select 1000000000 + e.ordinal, 'knowledge', case when e.lacks_site then 'lacks_site' when k.id is null then 'add' else 'change' end, k.id, e.category, e.topic, e.question,
         case when k.id is not null then jsonb_build_object('question', k.question, 'answer', k.answer, 'site_id', k.site_id, 'valid_from', k.valid_from, 'valid_to', k.valid_to, 'trust', k.trust) end,
         jsonb_build_object('question', e.question, 'answer', e.answer, 'site_id', e.site_id, 'valid_from', e.valid_from, 'valid_to', e.valid_to, 'trust', e.trust, 'source', e.source)
    from entry e left join app_public.knowledge_base k on k.id = e.id
   where k.id is null or e.lacks_site or (k.question, k.answer, k.site_id, k.valid_from, k.valid_to) is distinct from (e.question, e.answer, e.site_id, e.valid_from, e.valid_to)
$$;
comment on function app_private.restore_differences(integer) is
  'Where the club differs from the rows that were laid beside it: what is not there (add), what says something else (change), SOPs that were taken out of use since (return), entries of a site that the club does not have (lacks_site). What the club has and the backup has not is no difference.';

create or replace function app_private.apply_restore(restore_id integer) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' set jit = off as $$
declare
  v_restore app_public.restores;
  v_difference record;
  v_kind text;
  v_proposals integer[] := '{}';
  v_left jsonb := '[]';
  v_report jsonb;
begin
  perform app_hidden.require_role('worker');
  perform app_hidden.require_actor();
  select * into strict v_restore from app_public.restores r where r.id = apply_restore.restore_id and r.status = 'running' for no key update;
  perform app_hidden.set_reason(left(format('Restored from a backup (%s)%s', v_restore.source, coalesce(': ' || v_restore.reason, '')), 4000));
  select jsonb_build_object('sops', jsonb_build_object('add', count(*) filter (where d.what = 'sop' and d.difference = 'add'), 'change', count(*) filter (where d.what = 'sop' and d.difference = 'change'),
             'return', count(*) filter (where d.what = 'sop' and d.difference = 'return')),
           'knowledge', jsonb_build_object('add', count(*) filter (where d.what = 'knowledge' and d.difference = 'add'), 'change', count(*) filter (where d.what = 'knowledge' and d.difference = 'change'),
             'lacks_site', count(*) filter (where d.difference = 'lacks_site')),
           'differences', coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('what', d.what, 'difference', d.difference, 'id', d.id, 'category', d.category, 'topic', d.topic, 'question', d.question,
             'before', left(coalesce(d.before ->> 'content', d.before ->> 'answer'), 2000), 'after', left(coalesce(d.after ->> 'content', d.after ->> 'answer'), 2000))) order by d.ordinal) filter (where d.place <= 200), '[]'))
    into v_report from (select *, row_number() over (order by r.ordinal) as place from app_private.restore_differences(apply_restore.restore_id) r) d;
  if not v_restore.dry_run then
    for v_difference in select * from app_private.restore_differences(apply_restore.restore_id) d order by d.ordinal loop
      if v_restore.mode = 'proposals' then
        v_kind := case
          when v_difference.what = 'sop' and v_difference.difference = 'add' then 'sop_new'
          when v_difference.what = 'sop' and v_difference.difference = 'change' then 'sop_edit'
          when v_difference.what = 'knowledge' and v_difference.difference = 'add' and v_difference.after ->> 'site_id' is null and v_difference.after ->> 'valid_to' is null then 'knowledge_entry'
          when v_difference.what = 'knowledge' and v_difference.difference = 'change' and v_difference.before ->> 'question' = v_difference.after ->> 'question'
            and v_difference.before ->> 'answer' <> v_difference.after ->> 'answer' then 'knowledge_correction' end;
        if v_kind is null then
          v_left := v_left || jsonb_strip_nulls(jsonb_build_object('what', v_difference.what, 'difference', v_difference.difference, 'id', v_difference.id, 'category', v_difference.category, 'topic', v_difference.topic, 'question', v_difference.question));
        else
          v_proposals := v_proposals || (app_public.propose_improvement(v_kind, jsonb_strip_nulls(jsonb_build_object('sop_id', case when v_kind = 'sop_edit' then v_difference.id end, 'category', v_difference.category,
            case when v_difference.what = 'sop' then 'section' else 'topic' end, v_difference.topic, 'new_content', v_difference.after ->> 'content',
            'entries', case when v_difference.what = 'knowledge' then jsonb_build_array(jsonb_build_object('question', v_difference.question, 'answer', v_difference.after ->> 'answer')) end,
            'reasoning', app_hidden.current_reason())), proposed_by => 'backup')).id;
        end if;
      elsif v_difference.what = 'sop' then
        if v_difference.id is null then
          insert into app_public.sops (category, section, content) values (v_difference.category, v_difference.topic, v_difference.after ->> 'content');
        else
          update app_public.sops s set content = v_difference.after ->> 'content', archived_at = null where s.id = v_difference.id;
        end if;
      elsif v_difference.difference = 'lacks_site' then
        v_left := v_left || jsonb_build_object('what', 'knowledge', 'difference', 'lacks_site', 'category', v_difference.category, 'topic', v_difference.topic, 'question', v_difference.question);
      elsif v_difference.id is null then
        insert into app_public.knowledge_base (category, topic, question, answer, source, trust, site_id, valid_from, valid_to)
        select v_difference.category, v_difference.topic, v_difference.question, e.answer, e.source, e.trust, e.site_id, e.valid_from, e.valid_to
          from jsonb_to_record(v_difference.after) e (answer text, source text, trust smallint, site_id integer, valid_from timestamptz, valid_to timestamptz);
      else
        update app_public.knowledge_base k set question = e.question, answer = e.answer, site_id = e.site_id, valid_from = e.valid_from, valid_to = e.valid_to, trust = greatest(k.trust, e.trust)
          from jsonb_to_record(v_difference.after) e (question text, answer text, trust smallint, site_id integer, valid_from timestamptz, valid_to timestamptz) where k.id = v_difference.id;
      end if;
    end loop;
    v_report := v_report || jsonb_build_object('proposals', to_jsonb(v_proposals), 'left', v_left)
      || jsonb_build_object('remaining', case when v_restore.mode = 'versions' then (select count(*) from app_private.restore_differences(apply_restore.restore_id) d where d.difference <> 'lacks_site') end);
    if v_restore.mode = 'versions' and (v_report ->> 'remaining')::integer > 0 then
      raise exception 'After the restore % things still differ from the backup; nothing was changed.', v_report ->> 'remaining'
        using errcode = 'CO172', hint = 'Two entries of the backup may claim the same place now. Look at the preview: clubos restore … --dry-run.';
    end if;
  end if;
  delete from app_private.restore_rows r where r.restore_id = apply_restore.restore_id;
  return v_report;
exception when unique_violation then
  raise exception 'What the backup has under a name is called otherwise now, and the name is another''s (%). Nothing was changed.', v_difference.category || '/' || v_difference.topic || coalesce(': ' || v_difference.question, '')
    using errcode = 'CO172', hint = 'Rename the one that has the name now, or restore as proposals.';
end
$$;
comment on function app_private.apply_restore(integer) is
  'Carries out a restore into the living club from what was laid beside it: each difference becomes a version, or a proposal, or (a dry run) just a line of the report. Then compares again, so that the club says what the backup says. Errors: CO001 no actor, CO172 something still differs, or a name is taken, CO403 not the worker.';

-- Into an empty database, as the owner: the same ids, versions, history and audit chain as in the source.
create or replace function app_private.begin_empty_restore() returns void
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_table record;
  v_found text;
begin
  select string_agg(format('%s %s', f.n, f.name), ', ') into v_found
    from (select 'SOPs' as name, count(*) as n from app_public.sops union all select 'knowledge entries', count(*) from app_public.knowledge_base union all select 'users', count(*) from app_public.users
          union all select 'conversations', count(*) from app_public.tickets union all select 'answers', count(*) from app_public.responses) f where f.n > 0;
  if v_found is not null then
    raise exception 'This database is not empty: it has %.', v_found
      using errcode = 'CO172', hint = 'Restore into a new database before anybody starts ClubOS on it (its first start fills it with the demo club), or bring this one back with --into living.';
  end if;
  for v_table in select * from app_private.backup_tables() t order by t.ordinal desc loop
    execute format('alter table %s disable trigger user', v_table.source);
  end loop;
  for v_table in select * from app_private.backup_tables() t order by t.ordinal desc loop
    execute format('delete from %s', v_table.source);
  end loop;
end
$$;
comment on function app_private.begin_empty_restore() is 'Takes the rows away that a new database comes with, and stops the triggers, for a restore of everything. Errors: CO172 the database is not empty.';

create or replace function app_private.restore_part(table_name text, lines text) returns bigint
language plpgsql volatile set search_path = app_public, public, pg_temp set timezone = 'UTC' as $$
declare
  v_table record;
  v_columns text;
  v_n bigint;
begin
  select * into strict v_table from app_private.backup_tables() t where t.name = restore_part.table_name;
  -- What a backup of an earlier version does not have takes its default.
  select string_agg(quote_ident(a.attname), ', ' order by a.attnum) into v_columns
    from pg_attribute a join jsonb_object_keys((split_part(lines, E'\n', 1))::jsonb) k on k = a.attname
   where a.attrelid = v_table.source::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '';
  execute format('insert into %s (%s) overriding system value select %s from string_to_table($1, E''\n'') with ordinality l (line, n), lateral jsonb_populate_record(null::%1$s, l.line::jsonb) r where l.line <> '''' order by l.n',
    v_table.source, v_columns, (select string_agg('r.' || btrim(c), ', ') from unnest(string_to_array(v_columns, ',')) c)) using lines;
  get diagnostics v_n = row_count;
  return v_n;
end
$$;
comment on function app_private.restore_part(text, text) is 'Writes the rows of one file of a backup, as they were; returns how many.';

create or replace function app_private.end_empty_restore() returns void
language plpgsql volatile set search_path = app_public, public, pg_temp set jit = off as $$
declare
  v_table record;
  v_sequence text;
begin
  for v_table in select * from app_private.backup_tables() t order by t.ordinal loop
    execute format('alter table %s enable trigger user', v_table.source);
    v_sequence := case when v_table.key = 'id' then pg_get_serial_sequence(v_table.source, 'id') end;
    if v_sequence is not null then
      execute format('select setval(%L, coalesce(max(id), 1), count(*) > 0) from %s', v_sequence, v_table.source);
    end if;
  end loop;
  delete from app_private.search_units;
  perform app_private.rebuild_sop_units(array_agg(s.id)) from app_public.sops s where s.archived_at is null group by s.id / 500;
  perform app_private.rebuild_knowledge_units(array_agg(k.id)) from app_public.knowledge_base k group by k.id / 500;
  perform app_private.refresh_search_statistics(true);
  update app_private.golden_set set revision = revision + 1;
  perform app_hidden.add_job('search_units__embed');
end
$$;
comment on function app_private.end_empty_restore() is 'Starts the triggers again, lets numbers go on after the last, and makes the search space anew from the restored texts; their vectors follow by a job.';
--! EndIncluded functions/backup_restore.sql
--! Included mutations/backups.sql
create or replace function app_public.save_backup_target(name text, kind text, settings jsonb default '{}', schedule text default 'daily', enabled boolean default true, reason text default null)
returns app_public.backup_targets language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_target app_public.backup_targets;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(save_backup_target.reason));
  insert into app_public.backup_targets as t (name, kind, settings, schedule, enabled)
  values (save_backup_target.name, save_backup_target.kind, coalesce(save_backup_target.settings, '{}'), coalesce(save_backup_target.schedule, 'daily'), coalesce(save_backup_target.enabled, true))
  on conflict on constraint backup_targets_name_key do update
     set kind = excluded.kind, settings = excluded.settings, schedule = excluded.schedule, enabled = excluded.enabled, updated_at = clock_timestamp()
  returning * into v_target;
  return v_target;
exception when check_violation or not_null_violation then
  raise exception 'This is no backup target: its name is of small letters, digits, - and _; its kind folder, s3 or drive; its schedule daily or manual.'
    using errcode = 'CO005', hint = 'settings: {} for a folder, {"bucket": "…", "prefix": "…"} for s3, {"folder_id": "…"} for drive. Keys and addresses stand in the environment: docs/backup.md.';
end
$$;
comment on function app_public.save_backup_target(text, text, jsonb, text, boolean, text) is
$$Makes a place for backups, or changes the one of that name. kind: folder, s3 or drive. settings: {} for a folder; {bucket, prefix} for s3; {folder_id} for drive; secrets stand in the server's environment. schedule: daily or manual.
Errors: CO001 no actor, CO002 no reason, CO005 not such a target, CO403 not an admin.$$;

create or replace function app_public.request_backup(target text default null) returns setof app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_target app_public.backup_targets;
  v_backup app_public.backups;
  v_any boolean := false;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  if target is not null then
    perform app_hidden.find_backup_target(target);
  end if;
  for v_target in select * from app_public.backup_targets t where t.name = request_backup.target or request_backup.target is null and t.enabled order by t.id loop
    v_any := true;
    v_backup := app_private.queue_backup(v_target.id, app_hidden.require_actor());
    perform app_hidden.add_job('backup__run', json_build_object('backup', v_backup.id), 'backup__run:' || v_target.id);
    return next v_backup;
  end loop;
  if not v_any then
    raise exception 'No backup target is enabled.' using errcode = 'CO404', hint = 'select save_backup_target(''folder'', ''folder'', reason => ''why'');';
  end if;
end
$$;
comment on function app_public.request_backup(text) is
$$Asks the worker for a backup now. target: name of one; null: every one that is enabled. Returns the backups, whose rows tell how far they are (stage, done of total); asking while one waits or runs is asking for that one.
Errors: CO001 no actor, CO403 not an admin, CO404 no such target, or none enabled.$$;

create or replace function app_public.request_backup_verification(backup_id integer) returns app_public.backups
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  v_backup := app_hidden.find_backup(request_backup_verification.backup_id);
  if v_backup.status <> 'complete' or exists (select from app_public.backups b where b.target_id = v_backup.target_id and b.status = 'complete' and b.id > v_backup.id) then
    raise exception 'Only the last complete backup of a target can be verified; % is not.', v_backup.id
      using errcode = 'CO171', hint = coalesce(format('That is %s.', (select max(b.id) from app_public.backups b where b.target_id = v_backup.target_id and b.status = 'complete')), 'Make one first: select * from request_backup();');
  end if;
  update app_public.backups b set verification = 'queued', verification_requested_by = app_hidden.require_actor(), verified_at = null, verification_problems = null where b.id = v_backup.id returning * into v_backup;
  perform app_hidden.add_job('backup__verify', json_build_object('backup', v_backup.id), 'backup__verify:' || v_backup.target_id);
  return v_backup;
end
$$;
comment on function app_public.request_backup_verification(integer) is
$$Has every file of a backup read again and compared with its manifest; the row says whole, damaged or failed then. Only what a target has now can be read: its last complete backup.
Errors: CO001 no actor, CO171 not the last complete one, CO403 not an admin, CO404 no such backup.$$;

create or replace function app_public.request_restore(backup_id integer, mode text, dry_run boolean default true, reason text default null) returns app_public.restores
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_backup app_public.backups;
  v_restore app_public.restores;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  v_backup := app_hidden.find_backup(request_restore.backup_id);
  if mode is null or mode not in ('versions', 'proposals') then
    raise exception 'Differences become versions or proposals.' using errcode = 'CO005', hint = 'Into an empty database: clubos restore.';
  elsif v_backup.status <> 'complete' or exists (select from app_public.backups b where b.target_id = v_backup.target_id and b.status = 'complete' and b.id > v_backup.id) then
    raise exception 'A target holds its last complete backup alone; % is not that.', v_backup.id
      using errcode = 'CO171', hint = coalesce(format('That is %s.', (select max(b.id) from app_public.backups b where b.target_id = v_backup.target_id and b.status = 'complete')), 'Make one first: select * from request_backup();');
  end if;
  insert into app_public.restores (backup_id, source, mode, dry_run, reason, requested_by)
  select v_backup.id, t.name, request_restore.mode, coalesce(request_restore.dry_run, true), case when not coalesce(request_restore.dry_run, true) then app_hidden.require_reason(request_restore.reason) end, app_hidden.require_actor()
    from app_public.backup_targets t where t.id = v_backup.target_id
  returning * into v_restore;
  perform app_hidden.add_job('backup__restore', json_build_object('restore', v_restore.id), 'backup__restore:' || v_restore.id);
  return v_restore;
end
$$;
comment on function app_public.request_restore(integer, text, boolean, text) is
$$Brings SOPs and knowledge back to what a backup has, in the living club. mode: versions (each difference becomes a new version) or proposals (they wait in the queue). dry_run: only the report of what would change, in restores.report. reason: needed unless it is a dry run. What came after the backup stays as it is.
Errors: CO001 no actor, CO002 no reason, CO005 no such mode, CO171 not the target's last complete backup, CO403 not an admin, CO404 no such backup.$$;
--! EndIncluded mutations/backups.sql
--! Included queries/backup_state.sql
create or replace function app_public.backup_state() returns table (target text, kind text, schedule text, enabled boolean, backup_id integer, last_complete_at timestamptz, age_seconds double precision,
  overdue boolean, verification text, verified_at timestamptz, latest_id integer, latest_status text, latest_error text, stage text, done integer, total integer)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select t.name, t.kind, t.schedule, t.enabled, c.id, c.finished_at, extract(epoch from now() - c.finished_at)::double precision,
         -- A day, and the time that a backup and its retries take.
         t.enabled and t.schedule = 'daily' and coalesce(c.finished_at, t.created_at) < now() - interval '26 hours',
         c.verification, c.verified_at, b.id, b.status, b.error, b.stage, b.done, b.total
    from app_public.backup_targets t
    left join lateral (select * from app_public.backups b where b.target_id = t.id and b.status = 'complete' order by b.id desc limit 1) c on true
    left join lateral (select * from app_public.backups b where b.target_id = t.id order by b.id desc limit 1) b on true
   where app_hidden.has_role('admin') or app_hidden.has_role('auditor') or app_hidden.has_role('worker')
   order by t.id
$$;
comment on function app_public.backup_state() is
  'Each target with its last complete backup and that one''s age (age_seconds; null: there is none), whether a daily one is overdue (more than 26 hours), and how far the latest is. For watching, and for the UI.';
--! EndIncluded queries/backup_state.sql
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
        'admin, auditor: llm_prices, llm_calls, reembeddings, audit_log, audit_heads, sessions, api_tokens, webhooks, notifications, retention_rules, retention_runs, privacy_actions, restores',
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
  app_public.ask(text, text, text, uuid, vector), app_hidden.begin_question(text, text, text, uuid), app_hidden.begin_answer(text, vector, text, text, uuid, jsonb, text, bigint, boolean),
  app_hidden.record_draft(integer, text, jsonb, text, text, double precision, text, integer, integer, integer, numeric, jsonb, bigint),
  app_private.rescue_tickets(interval, integer),
  app_private.cluster_failures(integer), app_private.draft_improvement(integer), app_private.missing_vectors(text, text, text), app_private.store_vectors(text[], vector[], text, jsonb), app_private.prepare_texts(text[]),
  app_private.texts_to_embed(text, bytea, integer, boolean), app_private.reembedding_estimate(text),
  app_private.begin_reembedding(text, text), app_private.keep_vectors(integer, bytea[], vector[], jsonb), app_private.note_reembedding(integer, text, text, jsonb),
  app_private.change_embedding_model(text, text, integer, integer), app_private.adopt_embedding_model(text), app_private.request_reembedding(text),
  app_private.refresh_search_statistics(boolean), app_private.refresh_profiles(integer), app_private.check_search_index(integer), app_private.search_memory(), app_private.prewarm_search(), app_private.vectors_wanted(integer), app_private.record_audit_head(integer), app_private.apply_retention(bigint),
  app_private.claim_notification(bigint, boolean), app_private.finish_notification(bigint, text, boolean),
  app_private.drop_push_subscription(bigint) to worker;

grant execute on function app_public.save_backup_target(text, text, jsonb, text, boolean, text), app_public.request_backup(text), app_public.request_backup_verification(integer),
  app_public.request_restore(integer, text, boolean, text) to admin;
grant execute on function app_public.backup_state() to admin, auditor, worker;
-- A restore into an empty database is for its owner alone.
grant execute on function app_private.request_daily_backups(), app_private.claim_backup(integer, interval), app_private.backup_progress(integer, integer, text, integer, integer, interval),
  app_private.finish_backup(integer, integer, jsonb, text, bigint, text), app_private.fail_backup(integer, integer, text, text, boolean), app_private.record_verification(integer, text, jsonb),
  app_private.queue_backup(integer, text), app_private.backup_parts(), app_private.backup_texts(), app_private.backup_table_hashes(), app_private.backup_contents(text[]), app_private.backup_head(),
  app_private.begin_restore(integer, text, text, boolean, text), app_private.finish_restore(integer, jsonb, text, text), app_private.stage_restore(integer, text, text), app_private.apply_restore(integer) to worker;
--! EndIncluded policies/functions.sql
