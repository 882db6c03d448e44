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
