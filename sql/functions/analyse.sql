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
