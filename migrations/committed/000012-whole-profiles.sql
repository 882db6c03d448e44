--! Previous: sha1:897e076a5cbe74f589d23f7f97340d6e7a924d1c
--! Hash: sha1:1308c95d7061395361922ddad8a89782bdf4e23c
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
--! EndIncluded functions/rebuild_units.sql
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
-- Profiles were made of those parts whose vectors came first: the refresh makes these anew.
insert into app_private.stale_profiles (target)
select u.target from app_private.search_units u group by u.target
having max(u.since) filter (where u.kind <> 'profile') > max(u.since) filter (where u.kind = 'profile');
