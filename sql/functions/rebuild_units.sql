create or replace function app_private.profile_vector(profile_of text, model text) returns vector
language sql stable set search_path = app_public, public, pg_temp as $$
  select l2_normalize(case when said.mean is null then asked.mean when asked.mean is null then said.mean else said.mean + asked.mean end)
    from (select l2_normalize(case when bool_or(u.first) then l2_normalize(avg(u.embedding)) + avg(u.embedding) filter (where u.first) else avg(u.embedding) end) as mean
            from (select s.embedding, s.embedding_model, row_number() over (order by s.ordinal, s.id) = 1 as first
                    from app_private.search_units s where s.target = profile_of and s.kind = 'section') u
           where u.embedding_model = profile_vector.model) said,
         (select l2_normalize(avg(u.embedding)) as mean
            from (select s.embedding, s.embedding_model from app_private.search_units s
                   where s.target = profile_of and s.kind in ('phrase', 'knowledge') and s.trust > 0 order by s.id desc limit 2000) u
           where u.embedding_model = profile_vector.model) asked
$$;
comment on function app_private.profile_vector(text, text) is
  'The vector of a target''s profile, by one model alone: the mean direction of its sections plus the first, plus the mean direction of its reviewed questions; null where nothing has a vector of that model.';

-- One unit that stands for all of a target: an SOP's head twice, its text, and each question that led to it twice;
-- of a topic all its questions. Unreviewed questions have no part in it.
create or replace function app_private.rebuild_profile(profile_of text) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_model text;
  v_unit app_private.search_units;
  v_own app_private.search_units;
  v_asked record;
begin
  select s.embedding_model into v_model from app_public.club_settings s;
  select string_agg(q.embedding_text, ' ') as words, count(*) as n
    into v_asked
    from (select u.embedding_text from app_private.search_units u
           where u.target = profile_of and u.kind in ('phrase', 'knowledge') and u.trust > 0 order by u.id desc limit 2000) q;
  select * into v_own from app_private.search_units u where u.target = profile_of and u.kind = 'section' order by u.ordinal limit 1;
  if v_own.id is null and v_asked.n = 0 then
    delete from app_private.search_units u where u.target = profile_of and u.kind = 'profile';
    return;
  elsif v_own.id is null then
    select * into v_own from app_private.search_units u where u.target = profile_of and u.kind in ('phrase', 'knowledge') order by u.id limit 1;
    v_unit.words := to_tsvector('app_public.clubos', left(v_asked.words, 250000));
  else
    select to_tsvector('app_public.clubos', left(concat_ws(' ', app_hidden.in_words(s.category), app_hidden.in_words(s.section), v_own.title, app_hidden.in_words(s.category),
             app_hidden.in_words(s.section), v_own.title, (select string_agg(concat_ws(' ', m.heading, m.body), ' ' order by m.ordinal) from app_hidden.markdown_sections(s.content) m
               where coalesce(m.heading not like '%' || app_hidden.phrases_heading(), true))), 250000))
           || to_tsvector('app_public.clubos', left(concat_ws(' ', v_asked.words, v_asked.words), 250000))
      into v_unit.words from app_public.sops s where s.id = v_own.sop_id;
  end if;
  v_unit.embedding := app_private.profile_vector(profile_of, v_model);
  insert into app_private.search_units as p (kind, target, sop_id, sop_version_id, ordinal, category, topic, trust, title, body, embedding_text, content_hash, words, impacts,
      embedding, embedding_model)
  values ('profile', profile_of, v_own.sop_id, v_own.sop_version_id, v_asked.n, v_own.category, v_own.topic, 3, v_own.title, '', '', '\x', v_unit.words,
      app_hidden.bm25_impacts(v_unit.words, app_hidden.usual_length(profile_of, 'profile')), v_unit.embedding, case when v_unit.embedding is not null then v_model end)
  on conflict (target) where kind = 'profile' do update
     set sop_version_id = excluded.sop_version_id, ordinal = excluded.ordinal, category = excluded.category, topic = excluded.topic, title = excluded.title,
         words = excluded.words, impacts = excluded.impacts, embedding = excluded.embedding, embedding_model = excluded.embedding_model;
end
$$;
comment on function app_private.rebuild_profile(text) is 'Makes the profile of a target anew from its sections and reviewed questions.';

create or replace function app_private.rebuild_sop_units(sop app_public.sops, sop_version_id integer) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  delete from app_private.search_units u where u.sop_id = sop.id and u.knowledge_id is null;
  insert into app_private.search_units (kind, target, sop_id, sop_version_id, ordinal, category, topic, trust, title, heading, body,
      embedding_text, content_hash, words, impacts, embedding, embedding_model)
  select u.kind, 'sop:' || sop.id, sop.id, rebuild_sop_units.sop_version_id, u.ordinal, sop.category, sop.section, 3, u.title, u.heading, u.body,
         u.embedding_text, app_hidden.embedding_hash(u.embedding_text), u.words,
         app_hidden.bm25_impacts(u.words, app_hidden.usual_length('sop:', u.kind)), c.embedding, c.model
    from app_hidden.sop_units(sop.category, sop.section, sop.content) u
   cross join app_public.club_settings s
    left join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(u.embedding_text) and c.model = s.embedding_model
   where sop.archived_at is null;
  select app_private.rebuild_profile('sop:' || sop.id);
$$;
comment on function app_private.rebuild_sop_units(app_public.sops, integer) is 'Replaces the search units of an SOP by those of its text as it is now, with the vectors that the cache holds.';

create or replace function app_private.rebuild_knowledge_unit(entry app_public.knowledge_base) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  delete from app_private.search_units u where u.knowledge_id = entry.id;
  -- Its own question, and those of the entries that were merged into it.
  insert into app_private.search_units (kind, target, sop_id, knowledge_id, ordinal, category, topic, site_id, trust, valid_from, valid_to, title, body,
      embedding_text, content_hash, words, impacts, embedding, embedding_model)
  select 'knowledge', app_hidden.target_of(entry.sop_id, entry.category, entry.topic), entry.sop_id, entry.id, q.ordinal, entry.category, entry.topic, entry.site_id, entry.trust,
         entry.valid_from, entry.valid_to, q.question, entry.answer, u.embedding_text, app_hidden.embedding_hash(u.embedding_text), u.words,
         app_hidden.bm25_impacts(u.words, app_hidden.usual_length('', 'knowledge')), q.embedding, case when q.embedding is not null then q.model end
    from (select 0 as ordinal, entry.question, case when entry.embedding_model = s.embedding_model then entry.embeddings end as embedding, entry.embedding_model as model
            from app_public.club_settings s
          union all
          select row_number() over (order by o.id)::integer, o.question, c.embedding, c.model
            from app_public.knowledge_questions o
           cross join app_public.club_settings s
            left join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(o.question) and c.model = s.embedding_model
           where o.knowledge_id = entry.id) q
   cross join lateral app_hidden.knowledge_unit(entry.category, entry.topic, q.question, entry.answer) u;
$$;
comment on function app_private.rebuild_knowledge_unit(app_public.knowledge_base) is 'Replaces the search units of a knowledge entry: one for each question that leads to it, its own as number 0.';

create or replace function app_private.refresh_profiles() returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_target text;
  v_done integer := 0;
begin
  for v_target in
    select u.target from app_private.search_units u group by u.target
    having count(*) filter (where u.kind = 'profile') = 0
        or least(count(*) filter (where u.kind in ('phrase', 'knowledge') and u.trust > 0), 2000) <> coalesce(max(u.ordinal) filter (where u.kind = 'profile'), 0)
        or (count(*) filter (where u.kind = 'profile' and u.embedding is null) > 0 and count(*) filter (where u.kind <> 'profile' and u.embedding is not null) > 0)
     order by u.target
  loop
    -- One that is being written is left to the next run: this one waits for nobody while it holds others.
    perform from app_private.search_units u where u.target = v_target and u.kind = 'profile' for no key update skip locked;
    continue when not found and exists (select from app_private.search_units u where u.target = v_target and u.kind = 'profile');
    perform app_private.rebuild_profile(v_target);
    v_done := v_done + 1;
  end loop;
  return v_done;
end
$$;
comment on function app_private.refresh_profiles() is 'Rebuilds the profiles that do not hold all reviewed questions of their target; returns how many.';
