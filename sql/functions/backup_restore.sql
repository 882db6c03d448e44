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
