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
