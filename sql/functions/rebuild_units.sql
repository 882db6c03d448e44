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
