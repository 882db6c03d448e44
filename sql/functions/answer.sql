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
