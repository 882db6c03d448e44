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
