--! Previous: sha1:897e076a5cbe74f589d23f7f97340d6e7a924d1c
--! Hash: sha1:936f9447c8e28a7d06ce77f07e300fde0644ce50
--! Message: whole-profiles

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

-- One unit that stands for all of a target: an SOP's head twice, its text, once more what it is for, and each question that led to it twice;
-- of a topic all its questions. Unreviewed questions have no part in it.
create or replace function app_private.rebuild_profiles(targets text[]) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_indexed boolean := app_private.goes_into_index(cardinality(targets));
  v_empty bigint[];
  v_model text := (select s.embedding_model from app_public.club_settings s);
begin
  -- A statement that changes nothing runs the table's triggers all the same.
  if cardinality(targets) = 0 then
    return;
  end if;
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
                          app_hidden.in_words(s.section), own.title, (select string_agg(concat_ws(' ', m.heading, m.body, case when app_hidden.says_when(m.heading) then m.body end), ' ' order by m.ordinal) from app_hidden.markdown_sections(s.content) m
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
        or max(u.since) filter (where u.kind = 'section' or u.kind in ('phrase', 'knowledge') and u.trust > 0) > max(u.since) filter (where u.kind = 'profile')) t;
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
  'Rebuilds the profiles that do not hold all sections and reviewed questions of their target as they are, of at most so many targets that changed since the last run. Returns how many targets it has done with; 0: nothing is left, or others are writing what is.';

create or replace function app_private.find_stale_profiles() returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  v_found integer;
begin
  insert into app_private.stale_profiles (target)
  select u.target from app_private.search_units u group by u.target
  having max(u.since) filter (where u.kind = 'section' or u.kind in ('phrase', 'knowledge') and u.trust > 0) > coalesce(max(u.since) filter (where u.kind = 'profile'), '-infinity');
  get diagnostics v_found = row_count;
  return v_found;
end
$$;
comment on function app_private.find_stale_profiles() is
  'Names to the next refresh the targets whose profile is missing or older than what it is made of, and returns how many. Reads all units: for a nightly look, since whoever writes units names them or makes the profile anew itself.';
--! EndIncluded functions/rebuild_units.sql
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
           case when f.place = 1 then app_hidden.confidence(f.cosine, r.rivals, f.agreed, r.persons) end)::app_public.search_result,
           -- A replay must know of a search what no history tells; taken in the statement that searches, it is of its snapshot.
           case when f.place = 1 then jsonb_build_object('searched_at', clock_timestamp(), 'snapshot', pg_current_snapshot(), 'own_xid', pg_current_xact_id_if_assigned(),
             'embedding_model', case when query_embedding is not null then v_model end, 'words', v_words.impacts, 'total_idf', v_words.total_idf, 'by_words', f.by_words, 'nearest', f.nearest) end
      from found f
      left join lateral (
        select sum(r.rival) as rivals, sum(r.rival ^ 2) filter (where r.category = 'hand_over' and f.category <> 'hand_over') / sum(r.rival ^ 2) as persons
          from (select exp((x.score - f.score) / 0.2) as rival, x.category from found x where x.place <= 20) r
         where f.place = 1) r on true
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
    select u.id from app_private.search_units u
     where u.kind = 'profile' and u.sop_id is null and u.since <= units_as_of.at and u.target in (select app_hidden.target_of(e.sop_id, e.category, e.topic) from entries e)
  )
  select u.target, u.kind, u.sop_id, u.sop_version_id, u.knowledge_id, u.ordinal, u.category::text, u.topic::text, u.trust, u.title, u.heading, u.body, u.embedding_text,
         coalesce(-(u.impacts <#> units_as_of.impacts) / nullif(total_idf, 0), 0),
         case when question_embedding is not null and u.embedding_model = v_model then -(u.embedding <#> question_embedding) else 0 end, null::vector, false
    from app_private.search_units u
   where u.id in (select s.id from still s) and (only_category is null or u.category = only_category)
  union all
  select h.target, h.kind, null, null, null, 0, h.category, h.topic, h.trust, '', null, '', '', coalesce(-(h.impacts <#> units_as_of.impacts) / nullif(total_idf, 0), 0),
         case when question_embedding is not null and h.embedding_model = v_model then coalesce(-(h.embedding <#> question_embedding), 0) else 0 end, null::vector, false
    from app_private.search_unit_history h
   where h.kind = 'profile' and h.sop_id is null and h.since <= units_as_of.at and h.until > units_as_of.at and not h.erased
     and h.target in (select app_hidden.target_of(e.sop_id, e.category, e.topic) from entries e)
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
     select string_agg(concat_ws(' ', u.body, case when app_hidden.says_when(u.heading) then u.body end), ' ' order by u.ordinal) filter (where u.kind = 'section') as bodies, string_agg(u.body, ' ' order by u.ordinal) filter (where u.kind = 'phrase') as phrases,
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
    select t.target, t.sop_id, t.category, t.a, t.b, greatest(t.w, p.words) as w, greatest(t.c, p.cosine) as c, (coalesce(p.s, t.m) + t.m) / 2 as score,
           row_number() over (order by (coalesce(p.s, t.m) + t.m) / 2 desc, t.target)::integer as place
      from (select g.*, e.a, case when g.b is not null and e.a is not null then (g.b + greatest(e.a, g.b)) / 2 else coalesce(g.b, e.a) end as m
              from (select u.target, max(u.sop_id) as sop_id, max(u.category) as category, max(u.s) filter (where u.kind = 'section') as b, max(u.words) as w, max(u.cosine) as c
                      from units u join best b on b.target = u.target group by u.target) g
              left join entries e on e.target = g.target) t
      left join profiles p on p.target = t.target
     where t.m is not null
  )
  select f.place, case when q.own_answer then 'knowledge' else 'sop' end, f.sop_id, s.sop_version_id, v.version, case when q.leads or q.own_answer then n.knowledge_id end,
         coalesce(v.category, n.category)::text, coalesce(v.section, n.topic)::text, coalesce(s.title, n.title), case when not q.own_answer then s.heading end,
         case when q.own_answer then n.body else s.body end, case when q.leads then n.matched end, case when q.leads then n.trust else 3::smallint end, f.score, f.w, f.c,
         case when f.place = 1 then app_hidden.confidence(f.c, r.rivals,
           f.target = (select u.target from units u where u.kind <> 'profile' order by u.words desc limit 1) and f.target = (select u.target from units u where u.kind <> 'profile' order by u.cosine desc limit 1), r.persons) end
    from found f
    left join lateral (
      select sum(r.rival) as rivals, sum(r.rival ^ 2) filter (where r.category = 'hand_over' and f.category <> 'hand_over') / sum(r.rival ^ 2) as persons
        from (select exp((x.score - f.score) / 0.2) as rival, x.category from found x where x.place <= 20) r
       where f.place = 1) r on true
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
drop function if exists app_hidden.confidence(double precision, double precision, boolean);
create or replace function app_hidden.confidence(cosine double precision, rivals double precision, agreed boolean, persons double precision) returns double precision
language sql immutable parallel safe as $$
  select 1 / (1 + exp(-(-3.30 + 2.76 * cosine + 3.99 / greatest(rivals, 1) + case when agreed then 0.85 else 0 end - case when cosine > 0 then 2 * coalesce(persons, 0) else 0 end)))
$$;
comment on function app_hidden.confidence(double precision, double precision, boolean, double precision) is
  'Probability (0 to 1) that the first result answers the question. cosine: its best; rivals: sum over the first 20 of exp((score - first score) / 0.2); agreed: whether words and meaning both put it first; persons: where the first is not for a person, the share of those that are in the sum of exp((score - first score) / 0.1); it counts beside a cosine alone, without which all is unsure enough.';

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
  v_targets text[];
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
  with given as (
    update app_private.search_units u set embedding = c.embedding, embedding_model = c.model
      -- Once more, at the moment of writing: which model is searched may have changed while this waited for its turn.
      from app_private.embedding_cache c join app_public.club_settings s on s.embedding_model = c.model
     where c.content_hash = u.content_hash and c.model = store_vectors.model
       and u.id in (select w.id from app_private.search_units w
                     where w.embedding is null and w.kind <> 'profile' and w.content_hash = any (v_hashes)
                       and (w.knowledge_id = any (v_entries) or w.knowledge_id is null and w.sop_id = any (v_sops)) for update skip locked)
    returning u.target
  )
  select array_agg(distinct g.target order by g.target) into v_targets from given g;
  update app_public.knowledge_base k set embeddings = c.embedding, embedding_model = c.model
    from app_private.search_units u
    join app_private.embedding_cache c on c.content_hash = u.content_hash and c.model = u.embedding_model
   where k.id = any (v_entries) and k.embeddings is null and u.knowledge_id = k.id and u.ordinal = 0 and u.embedding is not null;
  -- A profile is made of all its parts' vectors, and these come a few at a time: with the first of them, and when none is missing.
  perform app_private.rebuild_profiles(array(
    select t.target from unnest(v_targets) t(target)
     where exists (select from app_private.search_units p where p.target = t.target and p.kind = 'profile' and p.embedding is null)
        or not exists (select from app_private.search_units o where o.target = t.target and o.kind <> 'profile' and o.embedding is null)));
  return v_stored;
end
$$;
comment on function app_private.store_vectors(text[], vector[], text, jsonb) is
  'Puts vectors into the cache and, where they are of the club''s model, into whatever waits for them; calls: what a provider was asked for them, for the ledger. Repeating it is harmless.';
--! EndIncluded functions/analyse.sql
--! Included functions/preview.sql
-- A dry run in four steps: what the change touches, which questions that could matter to, what each finds without and
-- with the change (preview_rankings.sql), and what became of it.
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
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
    with asked as materialized (
      select q.n, q.asked ->> 'expected' as target, to_tsvector('app_public.clubos', o.question) as words, app_hidden.embedding_hash(o.question) as content_hash
        from jsonb_array_elements(questions) with ordinality q(asked, n)
       cross join lateral (select coalesce(q.asked ->> 'masked', app_hidden.learnable_question(q.asked ->> 'question')) as question) o
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
      left join lateral (select l2_normalize(t.asked - o.embedding) as asked where t.embedded > o.embedded) r on true;
end
$$;
comment on function app_private.asked_as_new(jsonb, boolean) is
  'What a search leaves out to ask the good questions, or all where as_new, as if nothing had been learned from them. questions: [{question, role, expected}]; place: from 1.';

-- A search of each question, of which the words are weighed once for all that a dry run asks it, and the first target alone
-- is looked at. test/sql/dry_run_search.test.ts holds it to what app_private.search finds.
drop function if exists app_private.run_preview(jsonb);
drop function if exists app_private.preview_searches(jsonb, boolean, app_private.preview_search[]);
create or replace function app_private.preview_searches(questions jsonb, as_new boolean default false, known app_private.preview_search[] default '{}', touched text[] default null) returns app_private.preview_search[]
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return (
    with without as materialized (
      select * from app_private.asked_as_new((select coalesce(jsonb_agg(case when touched is null or q.asked ->> 'expected' = any (touched) then q.asked else '{}' end order by q.n), '[]')
                                                from jsonb_array_elements(questions) with ordinality q(asked, n)), as_new)
    ), asked as materialized (
      select q.n, coalesce(left(q.asked ->> 'question', 20000), '') as question, q.asked ->> 'site' as site, coalesce(k.embedding, e.embedding::halfvec) as embedding,
             k.words, k.total_idf, k.candidates, case when not q.asked ->> 'expected' = any (touched) then k.left_out end as left_out, k.words is not null and k.candidates is not null and k.embedding is not null
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
    select coalesce(array_agg((w.impacts, w.total_idf, w.candidates, a.embedding, app_hidden.find_site(a.site), coalesce(o.left_out, a.left_out))::app_private.preview_search order by a.n), '{}')
      from asked a
     cross join lateral (
       select a.words as impacts, a.total_idf, a.candidates where a.same
       union all
       select w.impacts, w.total_idf, w.candidates from app_private.searched_words(a.question, a.embedding is not null, null) w where not a.same) w
      left join without o on o.place = a.n);
end
$$;
comment on function app_private.preview_searches(jsonb, boolean, app_private.preview_search[], text[]) is
  'What questions are searched with at this moment, in the order given. questions, as_new: as run_preview says. known: what the same questions were searched with, to spare weighing words again that weigh the same; touched: the targets written to since, where the same was left out of the others.';

drop function if exists app_private.preview_results(app_private.preview_search[]);
create or replace function app_private.preview_results(searches app_private.preview_search[], rankings app_private.preview_ranking[]) returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return (
    with found as materialized (
      select a.n, f.target, f.sop_id, f.category, f.score, app_hidden.confidence(f.cosine, r.rivals, f.agreed, r.persons) as confidence, f.entry_leads, u.knowledge_id, u.body as answer, a.words, a.total_idf, a.embedding,
             f.sop_id is null or (f.entry_leads and u.kind = 'knowledge' and u.trust = 3) as own_answer
        from unnest(searches) with ordinality a(words, total_idf, candidates, embedding, site_id, left_out, n)
        join unnest(rankings) with ordinality k(targets, by_words, nearest, n) on k.n = a.n
       cross join lateral (select t.* from unnest(k.targets[1:1]) t) f
       cross join lateral (select sum(r.rival) as rivals, sum(r.rival ^ 2) filter (where r.category = 'hand_over' and f.category <> 'hand_over') / sum(r.rival ^ 2) as persons
                              from (select exp((t.score - f.score) / 0.2) as rival, t.category from unnest(k.targets[1:20]) t) r) r
        left join app_private.search_units u on u.id = f.entry_id
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
         where f.n is not null) t on true);
end
$$;
comment on function app_private.preview_results(app_private.preview_search[], app_private.preview_ranking[]) is 'What searches find, in the order given, as run_preview says. rankings: of the searches.';

create or replace function app_private.run_preview(questions jsonb, as_new boolean default false) returns jsonb
language sql stable set search_path = app_public, public, pg_temp as $$
  select app_private.preview_results(s.searches, app_private.preview_rankings(s.searches)) from (select app_private.preview_searches(questions, as_new) as searches offset 0) s
$$;
comment on function app_private.run_preview(jsonb, boolean) is
  'What each question finds at this moment, in the order given: [{target, title, score, confidence, answered (sure enough, and not for a person), text, for_a_person (true, or not there)}], as search_knowledge finds it. questions: [{question, site, role, expected}]. Good ones, and all where as_new, are asked as if nothing had been learned from them.';

drop function if exists app_private.nearest_touched(jsonb, text[]);
drop function if exists app_private.nearest_touched(sparsevec[], double precision[], vector[], text[]);
drop function if exists app_private.question_points(jsonb);
drop function if exists app_private.nearest_touched(app_private.preview_search[], text[]);
drop function if exists app_private.within_reach(jsonb, text[], double precision[], double precision[]);

create or replace function app_hidden.answered_rightly(expected text, found jsonb) returns boolean language sql immutable parallel safe as $$
  select case when expected = 'hand_over' then not (found ->> 'answered')::boolean else coalesce(found ->> 'target' = expected, false) and ((found ->> 'answered')::boolean or found ? 'for_a_person') end
$$;
comment on function app_hidden.answered_rightly(text, jsonb) is 'Whether what a question finds (as app_private.run_preview says) comes from the expected target and is sure enough to be given, or for a person as expected; for hand_over, whether it is not given.';

drop function if exists app_private.fixed_for_others(jsonb, jsonb, integer);
drop function if exists app_private.fixed_for_others(jsonb, app_private.preview_search[], jsonb, integer);
create or replace function app_private.fixed_for_others(questions jsonb, searches app_private.preview_search[], rankings app_private.preview_ranking[], touched text[], after jsonb, most integer, out asked bigint[], out fixed bigint[])
language plpgsql volatile set search_path = app_public, public, pg_temp set jit = off as $$
declare
  v_asked jsonb;
  v_known app_private.preview_search[];
  v_as_new app_private.preview_search[];
  v_found jsonb;
begin
  select coalesce(array_agg(a.n order by a.n), '{}'), coalesce(jsonb_agg(a.asked order by a.n), '[]') into fixed_for_others.asked, v_asked
    from (select q.n, q.asked
            from jsonb_array_elements(questions) with ordinality q(asked, n)
            join jsonb_array_elements(after) with ordinality f(found, n) on f.n = q.n
           where q.asked ->> 'role' = 'failing' and app_hidden.answered_rightly(q.asked ->> 'expected', f.found)
           order by q.n limit most) a;
  v_known := app_hidden.at_places(searches, fixed_for_others.asked);
  v_as_new := app_private.preview_searches(v_asked, true, v_known);
  v_found := app_private.preview_results(v_as_new, app_private.rankings_after(v_as_new, v_known, app_hidden.at_places(rankings, fixed_for_others.asked), touched));
  fixed := array(select fixed_for_others.asked[a.place] from jsonb_array_elements(v_asked) with ordinality a(question, place)
    where app_hidden.answered_rightly(a.question ->> 'expected', v_found -> (a.place::integer - 1)) order by a.place);
end
$$;
comment on function app_private.fixed_for_others(jsonb, app_private.preview_search[], app_private.preview_ranking[], text[], jsonb, integer) is
  'Of the failing questions that are answered rightly, at most so many are asked as new, without what the change took from their own words: the places (from 1) of those asked, and of those still answered rightly. Who asks alike is helped with them, not only who repeats the question. searches, rankings: without the change; touched: its targets; after: as run_preview says; to be called where the proposal is applied.';

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

drop function if exists app_private.compare_preview(jsonb, jsonb, jsonb, bigint[]);
drop function if exists app_private.compare_preview(jsonb, jsonb, jsonb, bigint[], bigint[], bigint[]);
create or replace function app_private.compare_preview(questions jsonb, before jsonb, after jsonb, asked_as_new bigint[], for_others bigint[]) returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return (
    with compared as (
      select x.n, x.q ->> 'masked' as question, x.q ->> 'role' as role, x.q ->> 'expected' as expected, x.q -> 'expected_title' as title, a.found as a, b.found as b
        from jsonb_array_elements(questions) with ordinality x(q, n) join jsonb_array_elements(before) with ordinality b(found, n) on b.n = x.n join jsonb_array_elements(after) with ordinality a(found, n) on a.n = x.n
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
      'questions', coalesce(jsonb_agg(jsonb_build_object('question', j.question, 'role', j.role, 'effect', j.effect,
          'expected', j.expected, 'expected_title', j.title,
          'before', j.b -> 'target', 'before_title', j.b -> 'title', 'before_confidence', j.b -> 'confidence', 'before_answered', j.b -> 'answered',
          'after', j.a -> 'target', 'after_title', j.a -> 'title', 'after_confidence', j.a -> 'confidence', 'after_answered', j.a -> 'answered')
        || case when j.b ? 'for_a_person' then jsonb '{"before_for_a_person": true}' else '{}' end || case when j.a ? 'for_a_person' then jsonb '{"after_for_a_person": true}' else '{}' end
        || case when j.effect = 'fixed' and j.n = any (asked_as_new) then jsonb_build_object('for_others', j.n = any (for_others)) else '{}' end
        || case when j.b -> 'text' is distinct from j.a -> 'text' then jsonb_build_object('before_text', left(j.b ->> 'text', 600), 'after_text', left(j.a ->> 'text', 600)) else '{}' end
        order by array_position(array['broken', 'fixed', 'still_failing', 'changed', 'unaffected'], j.effect), j.n), '[]'))
      from judged j);
end
$$;
comment on function app_private.compare_preview(jsonb, jsonb, jsonb, bigint[], bigint[]) is
  'The result of a dry run: how many questions are fixed, broken and so on, and each of them, what matters most first. before, after: as run_preview says; asked_as_new, for_others: as fixed_for_others says.';

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
  foreach v_reader in array array['audit_head', 'embedding_cache', 'knowledge_votes', 'search_statistics', 'search_units', 'search_unit_history', 'response_searches', 'search_vocabulary', 'search_unit_changes', 'dry_run_rankings', 'stale_profiles', 'lexeme_frequencies', 'improvements_in_progress', 'joint_approvals', 'improvement_viewers', 'golden_set', 'worker_heartbeats', 'dead_job_alerts', 'analysis_briefs', 'stated_facts', 'knowledge_findings', 'sop_sketches', 'restore_rows'] loop
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
  app_public.set_answering(text, double precision, double precision, integer, integer),
  app_public.set_llm_price(text, date, numeric, numeric, numeric, numeric, numeric, text), app_public.remove_llm_price(integer, text) to admin;
grant execute on function app_public.llm_spend() to admin, auditor;
grant execute on function app_public.assistant_words(), app_public.threshold_effect(double precision) to agent, auditor;

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
  app_private.refresh_search_statistics(boolean), app_private.refresh_profiles(integer), app_private.find_stale_profiles(), app_private.index_fresh_units(integer), app_private.check_search_index(integer), app_private.search_memory(), app_private.prewarm_search(), app_private.vectors_wanted(integer), app_private.record_audit_head(integer), app_private.apply_retention(bigint),
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
-- Profiles were made of those parts whose vectors came first, and are made of more now: each once anew, some at a time, since a
-- club may have hundreds of thousands.
do $$
declare
  v_targets text[] := array(select u.target from app_private.search_units u where u.kind = 'profile' order by u.target);
begin
  for n in 0 .. (cardinality(v_targets) - 1) / 500 loop
    perform app_private.rebuild_profiles(v_targets[n * 500 + 1 : n * 500 + 500]);
  end loop;
end
$$;
