--! Previous: sha1:c1c392e12f43d7aa1c1c515c3d3198652f888a1d
--! Hash: sha1:528d33f8a78665d823dd318b3a4cec9a2e7d2c19
--! Message: faster-writes

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
    create index if not exists search_units_embedding on app_private.search_units using hnsw (embedding halfvec_ip_ops) where indexed;
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
-- A target that is removed keeps its row, for the backups and restores that name it; so does one that moved elsewhere.
alter table app_public.backup_targets add column if not exists placed_at timestamptz;
alter table app_public.backup_targets add column if not exists removed_at timestamptz;
alter table app_public.backup_targets drop constraint if exists backup_targets_removed_is_off;
alter table app_public.backup_targets add constraint backup_targets_removed_is_off check (removed_at is null or not enabled);
comment on column app_public.backup_targets.placed_at is 'Since when it lies where its settings say; null: from its beginning. Backups that were begun before lie in the place that it had then.';
comment on column app_public.backup_targets.removed_at is 'When it was taken away: nothing is brought there any more. save_backup_target with its name sets it up anew.';
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

create table if not exists app_public.backup_target_tests (
  id integer generated by default as identity primary key,
  name text not null,
  kind text not null,
  settings jsonb not null default '{}',
  status text not null default 'queued',
  requested_by text not null,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  step text,
  problem text,
  error text,
  hint text,
  constraint backup_target_tests_status_is_known check (status in ('queued', 'passed', 'failed')),
  constraint backup_target_tests_finished_at_matches_status check ((status = 'queued') = (finished_at is null)),
  constraint backup_target_tests_step_is_known check (step in ('open', 'list', 'write', 'read', 'remove')),
  constraint backup_target_tests_problem_is_known check (problem in ('credentials', 'missing', 'forbidden', 'full', 'unreachable', 'busy', 'altered', 'other')),
  constraint backup_target_tests_failed_says_where check ((status = 'failed') = (step is not null) and (status = 'failed') = (problem is not null) and (status = 'failed') = (error is not null))
);
create index if not exists backup_target_tests_created_at on app_public.backup_target_tests (created_at);
comment on table app_public.backup_target_tests is 'Whether a place for backups can be used, tried before it is set up or at any time later: by the worker, which makes the backups. Those of the last day.';
comment on column app_public.backup_target_tests.name is 'The target''s name: a folder lies under it.';
comment on column app_public.backup_target_tests.settings is 'As those of backup_targets. No secrets: those are in the environment.';
comment on column app_public.backup_target_tests.status is 'queued, passed (a file was written, read again and removed) or failed (step says where, problem what kind, error and hint the words).';
comment on column app_public.backup_target_tests.step is 'What failed: to open it (credentials), list what is there, write a file, read it again, or remove it.';
comment on column app_public.backup_target_tests.problem is 'credentials (none, or refused), missing (no such bucket or folder), forbidden, full, unreachable, busy (asked too often), altered (it gave back something else) or other.';
alter table app_public.backup_target_tests enable row level security;

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
--! Included types/preview_search.sql
do $$
begin
  if to_regtype('app_private.preview_search') is null then
    create type app_private.preview_search as (words sparsevec, total_idf double precision, candidates tsquery, embedding halfvec, site_id integer, left_out app_private.left_out);
  end if;
end
$$;
comment on type app_private.preview_search is
  'What a question of a dry run is searched with: what app_private.question_words makes of its words, its vector, the site where it was asked, and what is left out.';
--! EndIncluded types/preview_search.sql
--! Included functions/line_edits.sql
create or replace function app_hidden.to_lines(content text) returns text[] language plpgsql immutable parallel safe as $$
declare
  v_lines text[] := string_to_array(content, E'\n');
begin
  -- A last line without its newline carries diff's mark, so that it differs from the same line with one.
  return case
    when content = '' then '{}'::text[]
    when content = E'\n' then '{""}'::text[]
    when right(content, 1) = E'\n' then v_lines[:cardinality(v_lines) - 1]
    else v_lines[:cardinality(v_lines) - 1] || (v_lines[cardinality(v_lines)] || E'\n\\ No newline at end of file')
  end;
end
$$;
comment on function app_hidden.to_lines(text) is 'The lines of a text; a last line that lacks its newline says so, in diff''s words.';

create or replace function app_hidden.from_lines(lines text[]) returns text language sql immutable parallel safe as $$
  select case
    when cardinality(lines) = 0 then ''
    when right(lines[cardinality(lines)], 28) = E'\n\\ No newline at end of file' then left(array_to_string(lines, E'\n'), -28)
    else array_to_string(lines, E'\n') || E'\n'
  end
$$;
comment on function app_hidden.from_lines(text[]) is 'The text of lines that to_lines gave.';

-- Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), greedy and forward, on line numbers
-- instead of texts. Beyond 1,500 differing lines the middle is reported as one edit: right, only not minimal.
create or replace function app_hidden.line_edits(a text[], b text[])
returns table (a_from integer, a_to integer, b_from integer, b_to integer)
language plpgsql immutable parallel safe as $$
declare
  c_most_differences constant integer := 1500;
  v_a integer[]; v_b integer[];
  n integer := cardinality(a); m integer := cardinality(b);
  v_head integer := 0; v_tail integer := 0;
  v_trace integer[] := '{}'; -- furthest x for step d and diagonal k, at d*d + d + k + 1
  v_found integer;
  x integer; y integer; px integer; py integer; k integer;
  v_down boolean; v_mid_x integer; v_end_x integer; v_end_y integer;
  v_edits integer[][] := '{}';
begin
  while v_head < n and v_head < m and a[v_head + 1] = b[v_head + 1] loop v_head := v_head + 1; end loop;
  while v_tail < n - v_head and v_tail < m - v_head and a[n - v_tail] = b[m - v_tail] loop v_tail := v_tail + 1; end loop;
  n := n - v_head - v_tail;
  m := m - v_head - v_tail;
  if n = 0 and m = 0 then
    return;
  elsif n = 0 or m = 0 then
    return query select v_head + 1, v_head + n, v_head + 1, v_head + m;
    return;
  end if;

  select array_agg(l.number order by l.ord) filter (where l.side = 1), array_agg(l.number order by l.ord) filter (where l.side = 2)
    into v_a, v_b
    from (select s.side, s.ord, dense_rank() over (order by s.line collate "C")::integer as number
            from (select 1 as side, t.ord, t.line from unnest(a[v_head + 1:v_head + n]) with ordinality t(line, ord)
                  union all
                  select 2, t.ord, t.line from unnest(b[v_head + 1:v_head + m]) with ordinality t(line, ord)) s) l;

  <<search>>
  for d in 0..least(n + m, c_most_differences) loop
    for i in 0..d loop
      k := -d + 2 * i;
      if d = 0 then x := 0;
      elsif k = -d or (k <> d and v_trace[d*d - d + k] < v_trace[d*d - d + k + 2]) then x := v_trace[d*d - d + k + 2];
      else x := v_trace[d*d - d + k] + 1;
      end if;
      y := x - k;
      while x < n and y < m and v_a[x + 1] = v_b[y + 1] loop x := x + 1; y := y + 1; end loop;
      v_trace[d*d + d + k + 1] := x;
      if x >= n and y >= m then
        v_found := d;
        exit search;
      end if;
    end loop;
  end loop;
  if v_found is null then
    return query select v_head + 1, v_head + n, v_head + 1, v_head + m;
    return;
  end if;

  -- Walk back; moves with no common line between them are one edit.
  x := n;
  y := m;
  for d in reverse v_found..1 loop
    k := x - y;
    v_down := k = -d or (k <> d and v_trace[d*d - d + k] < v_trace[d*d - d + k + 2]);
    px := v_trace[d*d - d + k + case when v_down then 2 else 0 end];
    py := px - k - case when v_down then 1 else -1 end;
    v_mid_x := px + case when v_down then 0 else 1 end;
    if v_end_x is not null and x > v_mid_x then
      v_edits := v_edits || array[[v_head + x + 1, v_head + v_end_x, v_head + y + 1, v_head + v_end_y]];
      v_end_x := null;
    end if;
    if v_end_x is null then
      v_end_x := v_mid_x;
      v_end_y := v_mid_x - k;
    end if;
    x := px;
    y := py;
  end loop;
  v_edits := v_edits || array[[v_head + x + 1, v_head + v_end_x, v_head + y + 1, v_head + v_end_y]];
  return query select v_edits[i][1], v_edits[i][2], v_edits[i][3], v_edits[i][4]
    from generate_series(cardinality(v_edits) / 4, 1, -1) i;
end
$$;
comment on function app_hidden.line_edits(text[], text[]) is
  'The least set of edits that turns lines a into lines b: lines a_from..a_to become b_from..b_to (to = from - 1: none), in order.';
--! EndIncluded functions/line_edits.sql
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
              from (select ((get_byte(u.h, 0) << 20) | (get_byte(u.h, 1) << 12) | (get_byte(u.h, 2) << 4) | (get_byte(u.h, 3) >> 4)) + 1 as d, u.tf, sum(u.tf) over () as length
                      from (select sha256(convert_to(w.lexeme, 'UTF8')) as h, coalesce(cardinality(w.positions), 1) as tf from unnest(words) w offset 0) u) t
             group by 1 order by 2 desc limit 15000) t)::sparsevec;
end
$$;
comment on function app_hidden.bm25_impacts(tsvector, double precision) is 'BM25 term impacts of a text, given the usual number of words of its kind.';

-- Of many units in one statement: to begin and to end one for each takes as long as the rest.
create or replace function app_hidden.bm25_impacts(words tsvector[], usual_lengths double precision[]) returns table (n bigint, impacts sparsevec)
language plpgsql immutable as $$
declare
  v_impacts sparsevec[];
begin
  v_impacts := array(
  select coalesce('{' || i.impacts || '}/268435456', '{}/268435456')::sparsevec
    from unnest(bm25_impacts.words, bm25_impacts.usual_lengths) with ordinality u(words, usual_length, n)
   cross join lateral (select 1.2 * (0.25 + 0.75 * sum(coalesce(cardinality(l.positions), 1))::real / u.usual_length) as norm from unnest(u.words) l offset 0) f
    -- Most lexemes stand once in their text, and then weigh the same.
   cross join lateral (select ':' || (1::real * 2.2 / (1::real + f.norm))::real as once offset 0) o
   cross join lateral (
     select string_agg(('x' || left(encode(sha256(convert_to(l.lexeme, 'UTF8')), 'hex'), 7))::bit(28)::integer + 1
              || case when cardinality(l.positions) > 1 then ':' || (cardinality(l.positions)::real * 2.2 / (cardinality(l.positions)::real + f.norm))::real else o.once end, ',') as impacts
       from unnest(u.words) l) i
   order by u.n);
  return query select u.n, u.impacts from unnest(v_impacts) with ordinality u(impacts, n);
exception
  -- Two lexemes of one dimension, or more than a vector holds: too rare to be looked for in each.
  when data_exception or program_limit_exceeded then
    return query
    select u.n, app_hidden.bm25_impacts(u.words, u.usual_length)
      from unnest(bm25_impacts.words, bm25_impacts.usual_lengths) with ordinality u(words, usual_length, n);
end
$$;
comment on function app_hidden.bm25_impacts(tsvector[], double precision[]) is
  'BM25 term impacts of several texts, given the usual number of words of the kind of each: n counts the texts from 1.';

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
--! Included functions/refresh_search_statistics.sql
create or replace function app_private.spelled_words(title text, heading text, body text) returns tsvector
-- No search_path of its own: setting it for each unit takes longer than reading its words.
language sql stable parallel safe as $$
  select to_tsvector('pg_catalog.simple', public.unaccent(left(concat_ws(' ', title, heading, body), 200000)))
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
    select w.word, w.units from (
    select w.word, sum(d.delta)::integer as units
      from (select t.delta, app_private.spelled_words(u.title, u.heading, u.body) as words
              from told t join app_private.search_units u on u.id = t.unit_id and u.kind <> 'profile' where t.delta = 1
            union all
            select -1, t.spelled from told t where t.delta = -1 and t.spelled is not null and not exists (select from told o where o.unit_id = t.unit_id and o.delta = 1)) d
     cross join lateral unnest(tsvector_to_array(d.words)) w(word)
     group by 1 having sum(d.delta) <> 0 offset 0) w where app_private.is_vocabulary(w.word)
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
-- What was written lately waits for its place in the index of vectors (search_units.indexed). A search compares each of
-- these, about a microsecond a unit, so they stay few: beyond that, and from imports, units go into the index at once.
create or replace function app_private.goes_into_index(units integer) returns boolean
-- No reading from end to end, which a plan made while little was written would do ever after.
language plpgsql stable set search_path = app_public, public, pg_temp set enable_seqscan = off as $$
declare
  c_at_once constant integer := 50;
  -- The worker puts them in each minute before it counts the changes; counting those that wait would take longer.
  c_changes constant integer := 4000;
begin
  return goes_into_index.units > c_at_once or to_regclass('app_private.search_units_embedding') is null
    or coalesce((select c.id from app_private.search_unit_changes c order by c.id desc limit 1) - (select c.id from app_private.search_unit_changes c order by c.id limit 1) > c_changes, false);
end
$$;
comment on function app_private.goes_into_index(integer) is
  'Whether what is written of so many SOPs, entries or profiles goes into the index of vectors at once: where there is none, where many are written, and where many were since the worker looked.';

create or replace function app_private.nearest_fresh(question halfvec, model text, only_category text default null, only_site_id integer default null)
returns table (unit_id bigint, distance double precision)
language plpgsql stable rows 10 set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  return query
    select u.id, u.embedding <#> question from app_private.search_units u
     where not u.indexed and u.embedding_model = nearest_fresh.model and (only_category is null or u.category = only_category)
       and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
       and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
     -- By the sign, so that no index of vectors is thought of.
     order by -(u.embedding <#> question) desc, u.id limit 40;
end
$$;
comment on function app_private.nearest_fresh(halfvec, text, text, integer) is 'Of the units that wait for the index of vectors the 40 nearest to a question, as app_private.nearest_units finds the others.';

create or replace function app_private.index_fresh_units(most integer default 5) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off set enable_seqscan = off as $$
declare
  v_ids bigint[];
begin
  -- One that is being written is left to the next run; this one waits for nobody while it holds others.
  v_ids := array(select u.id from app_private.search_units u where not u.indexed order by u.id limit most for no key update skip locked);
  if cardinality(v_ids) > 0 then
    update app_private.search_units u set indexed = true where u.id = any (v_ids);
  end if;
  return cardinality(v_ids);
end
$$;
comment on function app_private.index_fresh_units(integer) is
  'Puts at most so many of the units that wait for it into the index of vectors, and returns how many: 0 when none waits that nobody is writing. Few at a time, for whoever writes one of them waits just so long.';

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
--! Included functions/improvement_handlers.sql
create or replace function app_private.improvement_in_progress() returns integer
language plpgsql stable set search_path = app_public, public, pg_temp as $$
begin
  return (select p.improvement_id from app_private.improvements_in_progress p where p.transaction_id = pg_current_xact_id_if_assigned() and not p.reopens);
end
$$;
comment on function app_private.improvement_in_progress() is 'Id of the proposal that this transaction is applying at this moment; null outside an approval.';

create or replace function app_private.edited_improvement(improvement app_public.improvement_queue, edited_content text, edited_version integer)
returns app_public.improvement_queue language plpgsql immutable as $$
begin
  if edited_content is null then
    return improvement;
  elsif improvement.kind = 'knowledge_correction' and jsonb_array_length(improvement.suggested_sop_update -> 'entries') = 1 then
    if btrim(edited_content) = '' then
      raise exception 'An entry needs an answer.' using errcode = 'CO005';
    elsif octet_length(edited_content) > 65536 then
      raise exception 'An answer has at most 64 kB of text.' using errcode = 'CO006';
    end if;
    improvement.suggested_sop_update := jsonb_set(improvement.suggested_sop_update, '{entries,0,answer}', to_jsonb(edited_content));
    return improvement;
  elsif improvement.kind not in ('sop_edit', 'sop_new') then
    raise exception 'Only proposals that write an SOP, or correct one answer, can be edited while approving.' using errcode = 'CO005', hint = 'Reject it and write the entry yourself.';
  elsif btrim(edited_content) = '' then
    raise exception 'An SOP needs a text.' using errcode = 'CO005';
  elsif octet_length(edited_content) > 1048576 then
    raise exception 'An SOP has at most 1 MiB of text.' using errcode = 'CO006';
  end if;
  improvement.suggested_sop_update := jsonb_set(improvement.suggested_sop_update, '{new_content}', to_jsonb(edited_content));
  improvement.base_version := case when improvement.kind = 'sop_edit' then coalesce(edited_version, improvement.base_version) end;
  return improvement;
end
$$;
comment on function app_private.edited_improvement(app_public.improvement_queue, text, integer) is
  'The proposal with the text that a person made of it; unchanged where edited_content is null. The answer of a correction of one entry too. Errors: CO005 it has no text, or none is left, CO006 over 1 MiB, an answer over 64 kB.';

-- One handler per kind, found by its name. Each applies an approved proposal and returns the row as it shall be
-- stored (an edited or merged text is what was really applied).
create or replace function app_private.apply_improvement__sop_edit(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_sop app_public.sops := app_hidden.find_sop(improvement.sop_id, for_update => true);
  v_new text := improvement.suggested_sop_update ->> 'new_content';
  v_joint app_private.joint_approvals;
  v_base text;
  v_merge record;
begin
  select * into v_joint from app_private.joint_approvals j
   where j.transaction_id = pg_current_xact_id_if_assigned() and j.sop_id = v_sop.id and improvement.id = any (j.improvement_ids);
  if v_joint.sop_id is not null then
    -- The first of them writes the version; for the others it stands there. Each keeps its own text, which waits again after an undo.
    update app_public.sops set content = v_joint.content where id = v_sop.id;
    improvement.applied := jsonb_build_object('sop_id', v_sop.id, 'version', v_joint.version, 'together', to_jsonb(v_joint.improvement_ids));
    return improvement;
  end if;
  if v_sop.version <> improvement.base_version and v_sop.content <> v_new then
    select content into v_base from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = improvement.base_version;
    select * into v_merge from app_hidden.merge_edit(v_base, v_sop.content, v_new);
    if v_merge.merged is null or v_sop.archived_at is not null then
      raise exception '%/% was changed since this was proposed (version %, now %), in the same lines.', v_sop.category, v_sop.section, improvement.base_version, v_sop.version
        using errcode = 'CO102',
              detail = jsonb_build_object('sop_id', v_sop.id, 'base_version', improvement.base_version, 'version', v_sop.version, 'conflicts', v_merge.conflicts)::text,
              hint = 'Look at sop_diff(sop_id, base version, current version), then approve with edited_content that holds both changes and edited_version = the current version, or reject.';
    end if;
    v_new := v_merge.merged;
    improvement.suggested_sop_update := jsonb_set(improvement.suggested_sop_update, '{new_content}', to_jsonb(v_new));
  end if;
  update app_public.sops set content = v_new where id = v_sop.id;
  -- A text that stands there already makes no version, and leaves nothing to take back.
  improvement.applied := jsonb_build_object('sop_id', v_sop.id, 'version', case when v_sop.content <> v_new then v_sop.version + 1 end);
  return improvement;
end
$$;
comment on function app_private.apply_improvement__sop_edit(app_public.improvement_queue) is
  'Makes the proposed text the SOP''s next version, merged by line where the SOP moved on; of proposals that are approved together the first writes the version of all. Errors: CO102 both changed the same lines.';

create or replace function app_private.apply_improvement__sop_new(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_sop app_public.sops;
begin
  insert into app_public.sops as s (category, section, content)
  values (improvement.suggested_sop_update ->> 'category', improvement.suggested_sop_update ->> 'section', improvement.suggested_sop_update ->> 'new_content')
  on conflict do nothing
  returning * into v_sop;
  if v_sop.id is null then
    -- It was approved, taken back, and is approved again: the SOP that it made comes back into use.
    update app_public.sops s set content = improvement.suggested_sop_update ->> 'new_content', archived_at = null
     where s.category = improvement.suggested_sop_update ->> 'category' and s.section = improvement.suggested_sop_update ->> 'section' and s.archived_at is not null
       and exists (select from app_public.sop_versions v where v.sop_id = s.id and v.version = 1 and v.improvement_id = improvement.id)
    returning * into v_sop;
  end if;
  if v_sop.id is null then
    raise exception 'There is an SOP %/% already.', improvement.suggested_sop_update ->> 'category', improvement.suggested_sop_update ->> 'section'
      using errcode = 'CO102', hint = 'Reject this proposal, or put its text into that SOP with save_sop.';
  end if;
  improvement.suggested_sop_update := improvement.suggested_sop_update || jsonb_build_object('sop_id', v_sop.id);
  improvement.applied := jsonb_build_object('sop_id', v_sop.id, 'version', v_sop.version);
  return improvement;
end
$$;
comment on function app_private.apply_improvement__sop_new(app_public.improvement_queue) is 'Makes the proposed SOP, or brings back the one that it made before an undo. Errors: CO102 its name is taken.';

create or replace function app_private.entry_state(entry app_public.knowledge_base) returns text language sql stable parallel safe as $$
  -- What is governed, whatever was counted meanwhile; times as seconds, which every session writes alike.
  select encode(sha256(convert_to(jsonb_build_array(entry.category, entry.topic, entry.question, entry.answer, entry.source, entry.trust, entry.sop_id, entry.site_id,
    entry.improvement_id, extract(epoch from entry.valid_from), extract(epoch from entry.valid_to))::text, 'UTF8')), 'hex')
$$;
comment on function app_private.entry_state(app_public.knowledge_base) is 'SHA-256 of what a knowledge entry says and where it holds: equal until somebody changes it.';

create or replace function app_private.apply_improvement__knowledge_entry(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_before jsonb;
begin
  if improvement.suggested_sop_update ? 'expects' then
    perform app_private.require_entries(improvement);
  end if;
  -- What is there in the order of its ids, what is new in the order of its key, so that two approvals never wait for
  -- each other in a circle.
  select coalesce(jsonb_object_agg(b.id, jsonb_build_object('question', b.question, 'answer', b.answer, 'source', b.source, 'trust', b.trust,
           'sop_id', b.sop_id, 'site_id', b.site_id, 'improvement_id', b.improvement_id)), '{}')
    into v_before
    from (select * from app_public.knowledge_base k
           where k.category = improvement.suggested_sop_update ->> 'category' and k.topic = improvement.suggested_sop_update ->> 'topic'
             and k.question in (select e ->> 'question' from jsonb_array_elements(improvement.suggested_sop_update -> 'entries') e)
           order by k.id for no key update) b;
  with written as (
    insert into app_public.knowledge_base as k (category, topic, question, answer, source, trust, sop_id, site_id, improvement_id)
    select improvement.suggested_sop_update ->> 'category', improvement.suggested_sop_update ->> 'topic', e.question, e.answer, 'improvement', 3,
           (improvement.suggested_sop_update ->> 'sop_id')::integer, (improvement.suggested_sop_update ->> 'site_id')::integer, improvement.id
      from (select distinct on (e.question collate "C") e.question, e.answer
              from jsonb_to_recordset(improvement.suggested_sop_update -> 'entries') as e(question text, answer text)) e
     order by e.question collate "C"
    on conflict (category, topic, question) do update
       set answer = excluded.answer, trust = 3, sop_id = excluded.sop_id, site_id = excluded.site_id, source = excluded.source, improvement_id = excluded.improvement_id
    returning k as entry, k.xmax <> '0'::xid as was_there
  )
  -- One that came in the moment between was not seen: how it was is not known, and it is not ours to delete.
  select jsonb_build_object('entries', jsonb_agg(jsonb_build_object('id', (w.entry).id, 'state', app_private.entry_state(w.entry),
           'before', coalesce(v_before -> (w.entry).id::text, case when w.was_there then jsonb '{"unknown": true}' end)) order by (w.entry).id))
    into improvement.applied from written w;
  return improvement;
end
$$;
comment on function app_private.apply_improvement__knowledge_entry(app_public.improvement_queue) is 'Writes the proposed knowledge entries, over entries that ask the same. Errors: CO102 an entry that it names in `expects` was changed since it was proposed.';

create or replace function app_private.apply_improvement__knowledge_correction(improvement app_public.improvement_queue) returns app_public.improvement_queue
language sql volatile set search_path = app_public, public, pg_temp as $$
  select app_private.apply_improvement__knowledge_entry(improvement)
$$;
comment on function app_private.apply_improvement__knowledge_correction(app_public.improvement_queue) is 'Writes the corrected answer over the entries named.';

create or replace function app_private.apply_improvement__routing_hint(improvement app_public.improvement_queue) returns app_public.improvement_queue
language sql volatile set search_path = app_public, public, pg_temp as $$
  select app_private.apply_improvement__knowledge_entry(improvement)
$$;
comment on function app_private.apply_improvement__routing_hint(app_public.improvement_queue) is 'Writes the questions as entries of the category they belong to: the router votes by its nearest neighbours.';
--! EndIncluded functions/improvement_handlers.sql
--! Included functions/llm_ledger.sql
create or replace function app_hidden.llm_cost(model text, at timestamptz, tokens_in integer, tokens_cached integer, tokens_cache_written integer, tokens_out integer, batch boolean)
returns numeric
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select round((greatest(coalesce(llm_cost.tokens_in, 0) - coalesce(llm_cost.tokens_cached, 0) - coalesce(llm_cost.tokens_cache_written, 0), 0) * p.input
           + coalesce(llm_cost.tokens_cached, 0) * coalesce(p.cached_input, p.input)
           + coalesce(llm_cost.tokens_cache_written, 0) * coalesce(p.cache_write, p.input)
           + coalesce(llm_cost.tokens_out, 0) * p.output) / 1000000 * case when llm_cost.batch then p.batch_factor else 1 end, 6)
    from app_public.llm_prices p
   where starts_with(llm_cost.model, p.model) and p.valid_from <= (llm_cost.at at time zone 'UTC')::date
   order by length(p.model) desc, p.valid_from desc
   limit 1
$$;
comment on function app_hidden.llm_cost(text, timestamptz, integer, integer, integer, integer, boolean) is
  'US dollars that a call cost by the price table of its day; null where its model has no price. tokens_cached and tokens_cache_written are parts of tokens_in.';

drop function if exists app_private.record_llm_calls(jsonb, bigint, integer);
create or replace function app_private.record_llm_calls(calls jsonb, response_id bigint default null, improvement_id integer default null, analysis_id integer default null) returns numeric
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_cost numeric;
begin
  if jsonb_array_length(coalesce(record_llm_calls.calls, '[]')) = 0 then
    return null;
  end if;
  with recorded as (
    insert into app_public.llm_calls (purpose, provider, model, tokens_in, tokens_out, tokens_cached, tokens_cache_written, batch, cost, latency_ms, status, request_id, response_id, improvement_id, analysis_id)
    select c.purpose, c.provider, c.model, c.tokens_in, c.tokens_out, c.tokens_cached, c.tokens_cache_written, coalesce(c.batch, false),
           app_hidden.llm_cost(c.model, now(), c.tokens_in, c.tokens_cached, c.tokens_cache_written, c.tokens_out, coalesce(c.batch, false)),
           c.latency_ms, c.status, c.request_id, record_llm_calls.response_id, record_llm_calls.improvement_id, record_llm_calls.analysis_id
      from jsonb_to_recordset(coalesce(record_llm_calls.calls, '[]')) c(purpose text, provider text, model text, tokens_in integer, tokens_out integer, tokens_cached integer,
             tokens_cache_written integer, batch boolean, latency_ms double precision, status text, request_id text)
    returning llm_calls.cost
  )
  select sum(r.cost) into v_cost from recorded r;
  return v_cost;
end
$$;
comment on function app_private.record_llm_calls(jsonb, bigint, integer, integer) is
  'Writes calls into the ledger, as core/llm lists them: [{purpose, provider, model, tokens_in, tokens_out, tokens_cached, tokens_cache_written, batch, latency_ms (milliseconds), status, request_id}]. Returns what they cost together, in US dollars; null where no price is known.';

create or replace function app_hidden.llm_periods(out period text, out begun timestamptz, out spent numeric, out budget numeric, out warning numeric, out state text) returns setof record
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select p.period, p.begun, s.spent, p.budget, p.warning, case when p.budget <= s.spent then 'stopped' when p.warning <= s.spent then 'warned' else 'open' end
    from app_public.club_settings c
   cross join lateral (values ('day', date_trunc('day', now(), 'UTC'), c.daily_budget), ('month', date_trunc('month', now(), 'UTC'), c.monthly_budget)) b(period, begun, budget)
   cross join lateral (select b.period, b.begun, b.budget, round(b.budget * c.budget_warning::numeric, 2) as warning) p
   cross join lateral (select coalesce(sum(l.cost), 0) as spent from app_public.llm_calls l where l.created_at >= p.begun) s
$$;
comment on function app_hidden.llm_periods() is
  'This day and this month (UTC): since when, US dollars spent, the budget and from where it warns (both null: no limit), and open, warned or stopped.';

create or replace function app_private.llm_budget_state() returns text
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select (array['open', 'warned', 'stopped'])[max(array_position(array['open', 'warned', 'stopped'], p.state))] from app_hidden.llm_periods() p
$$;
comment on function app_private.llm_budget_state() is
  'Whether models may still be paid: open, warned (the share club_settings.budget_warning of a budget is used), or stopped (a budget is used up: the local providers answer). Days and months are UTC. Calls that are under way when a budget ends are let end: they may exceed it.';

create or replace function app_private.watch_llm_budget() returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  select app_hidden.notify('llm_budget', jsonb_build_object('period', p.period, 'state', p.state, 'spent', round(p.spent, 2), 'budget', p.budget),
                           format('llm_budget:%s:%s:%s:%s', p.period, to_char(p.begun at time zone 'UTC', 'YYYY-MM-DD'), p.state, p.budget))
    from app_hidden.llm_periods() p where p.state <> 'open'
$$;
comment on function app_private.watch_llm_budget() is
  'Tells admins that a budget for models is almost used up, and that it is used up: each once a day or month, and again for another budget. Called each minute.';

create or replace function app_private.calls_spent(calls jsonb, out tokens_in integer, out tokens_out integer, out cost numeric)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if jsonb_array_length(coalesce(calls_spent.calls, '[]')) > 0 then
    select sum(c.tokens_in), sum(c.tokens_out), sum(app_hidden.llm_cost(c.model, now(), c.tokens_in, c.tokens_cached, c.tokens_cache_written, c.tokens_out, coalesce(c.batch, false)))
      into calls_spent.tokens_in, calls_spent.tokens_out, calls_spent.cost
      from jsonb_to_recordset(calls_spent.calls) c(model text, tokens_in integer, tokens_out integer, tokens_cached integer, tokens_cache_written integer, batch boolean);
  end if;
end
$$;
comment on function app_private.calls_spent(jsonb) is 'Tokens and US dollars of the calls, as record_llm_calls takes them; null where none is known.';

create or replace function app_private.check_cited(outcome text, model text, sources jsonb) returns void language plpgsql immutable as $$
begin
  if outcome = 'answered' and model not like 'local-extractive%' and not jsonb_path_exists(coalesce(sources, '[]'), '$[*] ? (@.cited == true)') then
    raise exception 'An answer by % that cites no source is not recorded as one.', model using errcode = 'CO005', hint = 'Mark the sources it rests on as cited, or hand over.';
  end if;
end
$$;
comment on function app_private.check_cited(text, text, jsonb) is 'Refuses (CO005) an answer by a model that cites no source. Whoever records it: nobody writes one down.';
--! EndIncluded functions/llm_ledger.sql
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
   where r.kind = 'sop' and r.category <> 'emergency' order by r.place limit 1;
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
  -- That they went into the index of vectors is no change; app_private.index_fresh_units does nothing else to them.
  if TG_OP = 'UPDATE' then
    if exists (select from gone g join written w on w.id = g.id where w.indexed and not g.indexed) then
      return null;
    end if;
  end if;
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
create trigger _100_since before update on app_private.search_units for each row when (OLD.indexed or not NEW.indexed) execute function app_hidden.tg_search_units__since();
drop trigger if exists _200_keep_changed on app_private.search_units;
create trigger _200_keep_changed after update on app_private.search_units referencing old table as gone new table as written for each statement execute function app_hidden.tg_search_units__keep();
drop trigger if exists _200_keep_removed on app_private.search_units;
create trigger _200_keep_removed after delete on app_private.search_units referencing old table as gone for each statement execute function app_hidden.tg_search_units__keep();
drop trigger if exists _300_tell_new on app_private.search_units;
create trigger _300_tell_new after insert on app_private.search_units referencing new table as written for each statement execute function app_hidden.tg_search_units__tell();
drop trigger if exists _300_tell_changed on app_private.search_units;
create trigger _300_tell_changed after update on app_private.search_units referencing old table as gone new table as written for each statement execute function app_hidden.tg_search_units__tell();
drop trigger if exists _300_tell_removed on app_private.search_units;
create trigger _300_tell_removed after delete on app_private.search_units referencing old table as gone for each statement execute function app_hidden.tg_search_units__tell();
--! EndIncluded triggers/search_units.sql
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
declare
  -- What is written here can never be taken back, so customers' words are kept as their hashes: the rows have the texts.
  v_hashed text[] := case when r ? 'content' and r ? 'version' then array['content']
                          when r ? 'suggested_sop_update' then array['suggested_sop_update', 'applied']
                          when r ? 'question' and r ? 'hand_over' then array['question', 'note']
                          when r ? 'question' and r ? 'answer' and (r ->> 'source' in ('learned', 'improvement') or r ->> 'learned_from' is not null or r ->> 'improvement_id' is not null) then array['question', 'answer']
                          else '{}' end;
  v_row jsonb := r - ungoverned - v_hashed;
  v_column text;
begin
  foreach v_column in array v_hashed loop
    if r ->> v_column is not null then
      v_row := v_row || jsonb_build_object(v_column || '_sha256', encode(sha256(convert_to(r ->> v_column, 'UTF8')), 'hex'));
    end if;
  end loop;
  return v_row;
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

-- PL/pgSQL, which keeps its plan.
create or replace function app_hidden.audit_hash(previous bytea, chain_position bigint, entry app_public.audit_log) returns bytea language plpgsql immutable as $$
begin
  return sha256(previous || convert_to(jsonb_build_array(audit_hash.chain_position, entry.id, entry.table_name, entry.row_id, entry.operation, entry.actor, entry.role,
    entry.reason, entry.old, entry.new, entry.transaction_id::text, entry.request_id, extract(epoch from entry.created_at))::text, 'UTF8'));
end
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
drop function if exists app_private.best_section(integer, sparsevec, double precision, halfvec, text);
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

drop function if exists app_private.search_inputs(sparsevec, double precision, text, bigint[], bigint[]);
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
           -- A replay must know of a search what no history tells; taken in the statement that searches, it is of its snapshot.
           case when f.place = 1 then jsonb_build_object('searched_at', clock_timestamp(), 'snapshot', pg_current_snapshot(), 'own_xid', pg_current_xact_id_if_assigned(),
             'embedding_model', case when query_embedding is not null then v_model end, 'words', v_words.impacts, 'total_idf', v_words.total_idf, 'by_words', f.by_words, 'nearest', f.nearest) end
      from found f
      left join app_private.search_units u on u.id = f.entry_id
      -- A learned question leads to its SOP as that is now; what staff wrote or approved speaks for itself.
     cross join lateral (select f.sop_id is null or (f.entry_leads and u.kind = 'knowledge' and u.trust = 3) as own_answer) q
      left join app_public.sops s on s.id = f.sop_id
      left join app_private.search_units p on p.target = f.target and p.kind = 'profile' and p.sop_id is not null
      -- Not a function in SQL, which would be planned anew for each search.
      left join lateral (
        select b.heading, b.body
          from app_private.search_units b
         where b.target = f.target and b.kind = 'section' and not q.own_answer
         order by app_hidden.section_score(b.heading, -(b.impacts <#> v_words.impacts) / nullif(v_words.total_idf, 0), case when b.embedding_model = v_model then -(b.embedding <#> v_question) end) desc, b.ordinal
         limit 1) b on true
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
                  from app_public.prompts p join app_public.prompt_versions v on v.prompt_id = p.id and v.version = p.version where p.name in ('route', 'answer')))
    from app_public.club_settings s);
end
$$;
comment on function app_private.question_brief(text, text, app_public.tickets, bigint, boolean) is
$$What models are told of a question, and whether they may be asked: {response_id (reserved for its answer), ticket_id, site, emergency (kind, by rule; null for none), silent (a person has the conversation), enabled, budget (open, warned, stopped), masked (the question), conversation, categories, embedding_model, vector_cached, prompts: {route, answer: {id (of the version), content}}}. upto: the last message before the question. routing: whether a model routes; without, there are no categories: in a large club to list them takes longer than all the rest.$$;

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
    select a.n, f.target, f.sop_id, f.score, app_hidden.confidence(f.cosine, f.rivals, f.agreed) as confidence, f.entry_leads, u.knowledge_id, u.body as answer, a.words, a.total_idf, a.embedding,
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
           'confidence', round(f.confidence::numeric, 4), 'answered', coalesce(f.confidence >= c.confidence_threshold, false), 'text', nullif(t.text, '')) order by a.n), '[]')
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
  'What each question finds at this moment, in the order given: [{target, title, score, confidence, answered (sure enough), text}], as search_knowledge finds it. questions: [{question, site, role, expected}]. Good ones, and all where as_new, are asked as if nothing had been learned from them.';

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
  select case when expected = 'hand_over' then not (found ->> 'answered')::boolean else coalesce(found ->> 'target' = expected, false) and (found ->> 'answered')::boolean end
$$;
comment on function app_hidden.answered_rightly(text, jsonb) is 'Whether what a question finds (as app_private.run_preview says) comes from the expected target and is sure enough to be given; for hand_over, whether it is not.';

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
  v_searches app_private.preview_search[];
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
    v_searches := app_private.preview_searches(v_questions);
    v_after := app_private.preview_results(v_searches);
    select * into v_others from app_private.fixed_for_others(v_questions, v_searches, v_after, v_most / 10);
    v_near_after := app_private.nearest_touched(v_searches, v_touched);
    v_warnings := app_private.preview_warnings(v_improvement);
    -- Out of the subtransaction by the one way that leaves no trace.
    raise exception 'dry run' using errcode = 'CO999';
  exception
    when sqlstate 'CO999' then null;
    when sqlstate 'CO102' then
      return jsonb_build_object('conflict', sqlerrm);
  end;
  -- Asked again are those that the change can matter to; the others find without it what they find with it.
  v_again := app_private.within_reach(v_after, v_touched, app_private.nearest_touched(v_searches, v_touched), v_near_after);
  v_before := app_private.preview_results(app_private.preview_searches(
    (select coalesce(jsonb_agg(v_questions -> (n.place::integer - 1) order by n.place), '[]') from unnest(v_again) n(place)), known => array(select v_searches[n.place] from unnest(v_again) n(place) order by n.place)));
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
$$Dry run: applies a proposal in a subtransaction, asks as search_knowledge would the failing questions behind it, golden questions, those that were answered well by what it touches and known ones of other targets nearest to it, and rolls back. Kept with the proposal, and ranks it.
{at, ms, fixed, fixed_as_new (fixed ones that were asked as new), fixed_for_others (of those answered rightly), still_failing, good_fixed, broken, changed, unaffected, golden, golden_fixed, golden_broken, asked: {failing, good, golden}, warnings: [{kind: new_figure | lost_figure | lost_line | repeats, text, where}], flagged (whether anything is broken or warned of), base_version, golden_revision, embedding_model, questions: [{question, role, effect, expected, before, after, and of these three a title, before_confidence, after_confidence, before_answered, after_answered (sure enough to be given), before_text and after_text where they differ, for_others of those asked as new}]}, or {conflict}. effect: as app_hidden.preview_effect says; fixed and still_failing count failing questions, broken and good_fixed good ones, which are asked as if nothing had been learned from them. Personal data in questions is masked.
At most 200 questions, on the embedded database 66. edited_content: a text to try instead, edited_version: the SOP version it was written against; that result is returned only, and asks 60 questions at most (20).
Errors: CO005 it has no text to edit, or an empty one, CO006 over 1 MiB, CO403 not staff, CO404 no such proposal.$$;
--! EndIncluded mutations/preview_improvement.sql
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
            case when v_outcome = 'paused' and record_response.outcome <> 'paused' then 'A member of our team will answer you here as soon as possible.' else record_response.text end, v_response.id);
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
--! Included functions/backups.sql
create or replace function app_hidden.find_backup_target(name text) returns app_public.backup_targets
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_target app_public.backup_targets;
begin
  select * into v_target from app_public.backup_targets t where t.name = find_backup_target.name and t.removed_at is null;
  if v_target.id is null then
    raise exception 'There is no backup target "%".', find_backup_target.name
      using errcode = 'CO404', hint = coalesce((select 'There are: ' || string_agg(t.name, ', ' order by t.name) from app_public.backup_targets t where t.removed_at is null), 'Make one: select save_backup_target(name, kind, settings, schedule, enabled, reason).');
  end if;
  return v_target;
end
$$;
comment on function app_hidden.find_backup_target(text) is 'The target of this name, or CO404.';

create or replace function app_hidden.backup_in_place(target_id integer) returns integer
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select b.id from app_public.backups b join app_public.backup_targets t on t.id = b.target_id
   where b.target_id = backup_in_place.target_id and b.status = 'complete' and t.removed_at is null and (t.placed_at is null or b.started_at >= t.placed_at)
   order by b.id desc limit 1
$$;
comment on function app_hidden.backup_in_place(integer) is 'The backup that lies in a target now: its last complete one, unless the target has moved since or was removed. Null: there is none.';

create or replace function app_hidden.is_backup_place(kind text, settings jsonb) returns boolean language sql immutable as $$
  -- As the check of backup_targets has it.
  select jsonb_typeof(settings) = 'object' and case kind
    when 'folder' then settings = '{}'
    when 's3' then settings - array['bucket', 'prefix'] = '{}' and settings ->> 'bucket' ~ '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$' and coalesce(settings ->> 'prefix', '') ~ '^[A-Za-z0-9/_.-]{0,200}$'
    when 'drive' then settings - array['folder_id'] = '{}' and settings ->> 'folder_id' ~ '^[A-Za-z0-9_-]{1,200}$' end is true
$$;
comment on function app_hidden.is_backup_place(text, jsonb) is 'Whether settings say where a target of this kind lies, and nothing else.';

create or replace function app_private.finish_backup_test(test_id integer, step text default null, problem text default null, error text default null, hint text default null) returns app_public.backup_target_tests
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_test app_public.backup_target_tests;
begin
  perform app_hidden.require_role('worker');
  update app_public.backup_target_tests t
     set status = case when finish_backup_test.error is null then 'passed' else 'failed' end, finished_at = clock_timestamp(), step = finish_backup_test.step, problem = finish_backup_test.problem,
         error = left(finish_backup_test.error, 2000), hint = left(finish_backup_test.hint, 2000)
   where t.id = finish_backup_test.test_id and t.status = 'queued' returning * into v_test;
  return v_test;
end
$$;
comment on function app_private.finish_backup_test(integer, text, text, text, text) is
  'Writes down how a test of a place for backups ended; without an error it has passed. One that has ended already stays as it is. Errors: CO403 not the worker.';

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
     set kind = excluded.kind, settings = excluded.settings, schedule = excluded.schedule, enabled = excluded.enabled, updated_at = clock_timestamp(), removed_at = null,
         placed_at = case when (t.kind, t.settings) is distinct from (excluded.kind, excluded.settings) or t.removed_at is not null then clock_timestamp() else t.placed_at end
  returning * into v_target;
  return v_target;
exception when check_violation or not_null_violation then
  raise exception 'This is no backup target: its name is of small letters, digits, - and _; its kind folder, s3 or drive; its schedule daily or manual.'
    using errcode = 'CO005', hint = 'settings: {} for a folder, {"bucket": "…", "prefix": "…"} for s3, {"folder_id": "…"} for drive. Keys and addresses stand in the environment: docs/backup.md.';
end
$$;
comment on function app_public.save_backup_target(text, text, jsonb, text, boolean, text) is
$$Makes a place for backups, or changes the one of that name. kind: folder, s3 or drive. settings: {} for a folder; {bucket, prefix} for s3; {folder_id} for drive; secrets stand in the server's environment. schedule: daily or manual. Where the place changes, what lies in the old one stays there and is the target's backup no more.
Errors: CO001 no actor, CO002 no reason, CO005 not such a target, CO403 not an admin.$$;

create or replace function app_public.remove_backup_target(name text, reason text default null) returns app_public.backup_targets
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_target app_public.backup_targets;
  v_open app_public.backups;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(remove_backup_target.reason));
  v_target := app_hidden.find_backup_target(remove_backup_target.name);
  perform from app_public.backup_targets t where t.id = v_target.id for no key update;
  select * into v_open from app_public.backups b where b.target_id = v_target.id and b.status in ('queued', 'running') for no key update;
  if v_open.lease_until > clock_timestamp() then
    raise exception 'A backup to "%" is under way: number %.', v_target.name, v_open.id
      using errcode = 'CO170', detail = jsonb_build_object('backup_id', v_open.id, 'lease_until', v_open.lease_until)::text, hint = 'Wait until it has ended, then remove the target.';
  end if;
  update app_public.backups b set status = 'failed', finished_at = clock_timestamp(), lease_until = null, error = 'The target was removed before this began.', hint = null where b.id = v_open.id;
  update app_public.backup_targets t set removed_at = clock_timestamp(), enabled = false, updated_at = clock_timestamp() where t.id = v_target.id returning * into v_target;
  return v_target;
end
$$;
comment on function app_public.remove_backup_target(text, text) is
$$Takes a place for backups away: nothing is brought there any more. What lies there stays, as does the list of what was done; clubos restore reads it from its place. save_backup_target with the same name sets it up anew.
Errors: CO001 no actor, CO002 no reason, CO170 a backup to it is under way, CO403 not an admin, CO404 no such target.$$;

create or replace function app_public.test_backup_target(name text, kind text, settings jsonb default '{}') returns app_public.backup_target_tests
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_test app_public.backup_target_tests;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  if coalesce(test_backup_target.name, '') !~ '^[a-z0-9]([a-z0-9_-]{0,48}[a-z0-9])?$' or not app_hidden.is_backup_place(test_backup_target.kind, coalesce(test_backup_target.settings, '{}')) then
    raise exception 'This is no backup target: its name is of small letters, digits, - and _; its kind folder, s3 or drive.'
      using errcode = 'CO005', hint = 'settings: {} for a folder, {"bucket": "…", "prefix": "…"} for s3, {"folder_id": "…"} for drive. Keys and addresses stand in the environment: docs/backup.md.';
  end if;
  delete from app_public.backup_target_tests t where t.created_at < now() - interval '1 day';
  insert into app_public.backup_target_tests (name, kind, settings, requested_by)
  values (test_backup_target.name, test_backup_target.kind, coalesce(test_backup_target.settings, '{}'), left(app_hidden.require_actor(), 100))
  returning * into v_test;
  perform app_hidden.add_job('backup__test', json_build_object('test', v_test.id), 'backup__test:' || v_test.id);
  return v_test;
end
$$;
comment on function app_public.test_backup_target(text, text, jsonb) is
$$Has the worker try a place for backups, whether it is set up or not: list what is there, write a small file, read it again, remove it. The row says passed then, or failed with where (step), what kind (problem) and the words (error, hint). name, kind, settings: as save_backup_target takes them. Changes no target.
Errors: CO001 no actor, CO005 not such a target, CO403 not an admin.$$;

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
  if v_backup.id is distinct from app_hidden.backup_in_place(v_backup.target_id) then
    raise exception 'Only the last complete backup of a target can be verified; % is not.', v_backup.id
      using errcode = 'CO171', hint = coalesce(format('That is %s.', app_hidden.backup_in_place(v_backup.target_id)), 'Make one first: select * from request_backup();');
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
  elsif v_backup.id is distinct from app_hidden.backup_in_place(v_backup.target_id) then
    raise exception 'A target holds its last complete backup alone; % is not that.', v_backup.id
      using errcode = 'CO171', hint = coalesce(format('That is %s.', app_hidden.backup_in_place(v_backup.target_id)), 'Make one first: select * from request_backup();');
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
         t.enabled and t.schedule = 'daily' and coalesce(c.finished_at, t.placed_at, t.created_at) < now() - interval '26 hours',
         c.verification, c.verified_at, b.id, b.status, b.error, b.stage, b.done, b.total
    from app_public.backup_targets t
    left join app_public.backups c on c.id = app_hidden.backup_in_place(t.id)
    left join lateral (select * from app_public.backups b where b.target_id = t.id order by b.id desc limit 1) b on true
   where t.removed_at is null and (app_hidden.has_role('admin') or app_hidden.has_role('auditor') or app_hidden.has_role('worker'))
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
