create or replace function app_hidden.emergency_section(question text) returns text
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select e.section from app_public.emergency_signals e where lower(left(emergency_section.question, 5000)) ~ e.pattern order by e.id limit 1
$$;
comment on function app_hidden.emergency_section(text) is 'Kind of emergency that the question reports by the rules of emergency_signals; null for none.';

-- A logistic fitted on 20 states of five families of question sets, foreign questions among them; leaving a family
-- out, its area under the curve is .87 and its calibration error .02 (docs/retrieval.md).
create or replace function app_hidden.confidence(cosine double precision, rivals double precision, agreed boolean) returns double precision
language sql immutable parallel safe as $$
  select 1 / (1 + exp(-(-3.30 + 2.76 * cosine + 3.99 / greatest(rivals, 1) + case when agreed then 0.85 else 0 end)))
$$;
comment on function app_hidden.confidence(double precision, double precision, boolean) is
  'Probability (0 to 1) that the first result answers the question. cosine: its best; rivals: sum over the first 20 of exp((score - first score) / 0.2); agreed: whether words and meaning both put it first.';

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

-- The first of the two round trips of an answer: everything that is known about the question. With a conversation
-- it also writes down what the customer said, so that nothing said is lost whatever comes after.
create or replace function app_hidden.begin_answer(query text, query_embedding vector, category text, site text, conversation uuid)
returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_settings app_public.club_settings;
  v_ticket app_public.tickets;
  v_site text := begin_answer.site;
  v_results app_public.search_result[];
  v_first app_public.search_result;
  v_emergency text;
  v_category text;
  v_votes jsonb;
  v_confidence double precision := 0;
  v_outcome text := 'answered';
  v_reason text;
  v_text text;
begin
  if coalesce(btrim(query), '') = '' then
    raise exception 'There is no question.' using errcode = 'CO005', hint = 'Send what the customer wrote as query.';
  elsif octet_length(query) > 65536 then
    raise exception 'The question is too long: 64 kB is the most.' using errcode = 'CO006';
  end if;
  select * into v_settings from app_public.club_settings;
  if query_embedding is not null then
    insert into app_private.embedding_cache (content_hash, model, embedding)
    values (app_hidden.embedding_hash(query), v_settings.embedding_model, query_embedding) on conflict do nothing;
  end if;
  if conversation is not null then
    v_ticket := app_hidden.find_conversation(conversation);
    v_site := coalesce(nullif(v_site, ''), (select s.slug from app_public.sites s where s.id = v_ticket.site_id));
    insert into app_public.messages (ticket_id, author_kind, body) values (v_ticket.id, 'customer', query);
    update app_public.tickets t set updated_at = now(), subject = coalesce(t.subject, left(query, 120)),
           status = case when t.status = 'resolved' then 'open' else t.status end,
           resolved_at = null, resolved_by = null, resolution = null
     where t.id = v_ticket.id;
  end if;
  v_emergency := app_hidden.emergency_section(query);
  select array_agg(r order by r.rank) into v_results from app_public.search_knowledge(query, query_embedding, nullif(begin_answer.category, ''), v_site, 10) r;
  v_first := v_results[1];
  -- The router: the nearest sources vote with the probability their score gives them.
  select jsonb_agg(jsonb_build_object('category', v.category, 'share', v.votes / v.total) order by v.votes desc, v.category) into v_votes
    from (select r.category, sum(exp((r.score - v_first.score) / 0.1)) as votes, sum(sum(exp((r.score - v_first.score) / 0.1))) over () as total from unnest(v_results) r group by 1) v;
  v_category := coalesce(nullif(begin_answer.category, ''), v_votes -> 0 ->> 'category');
  if v_first.rank is not null then
    v_confidence := v_first.confidence;
  end if;

  if v_emergency is not null or (v_category = 'emergency' and v_first.category = 'emergency' and v_confidence >= v_settings.confidence_threshold) then
    v_outcome := 'emergency';
    v_category := 'emergency';
    v_reason := coalesce('rule: ' || v_emergency, 'routed to emergency');
    select array_agg(r order by r.rank) into v_results
      from (select row_number() over (order by coalesce((r.topic = v_emergency and r.category = 'emergency'), false) desc, (r.category = 'emergency') desc, r.rank)::integer as rank, r.kind, r.sop_id, r.sop_version_id,
                   r.version, r.knowledge_id, r.category, r.topic, r.title, r.heading, r.snippet, r.matched, r.trust, r.score, r.words, r.cosine, r.confidence
              from (select * from unnest(v_results)
                    union
                    select * from app_public.search_knowledge(query, query_embedding, 'emergency', v_site, 10) e
                     where not exists (select from unnest(v_results) x where x.sop_id = e.sop_id)) r) r;
    v_first := v_results[1];
    v_text := app_hidden.emergency_text(case when v_first.category = 'emergency' then v_first.sop_id end);
    v_confidence := greatest(v_confidence, case when v_emergency is not null then 1 else 0 end);
  elsif not v_settings.assistant_enabled then
    v_outcome := 'paused';
    v_reason := 'the assistant is switched off';
    v_text := 'A member of our team will answer you here as soon as possible.';
  elsif v_first.rank is null or v_confidence < v_settings.confidence_threshold then
    v_outcome := 'handed_over';
    v_reason := case when v_first.rank is null then 'nothing found' else format('confidence %s below %s', round(v_confidence::numeric, 2), v_settings.confidence_threshold) end;
    v_text := 'I am not sure enough to answer this, so I have passed your question to our team. A person will answer you here.';
  else
    v_text := case when v_first.kind = 'sop' then format(E'**%s**\n\n%s', concat_ws(': ', v_first.title, v_first.heading), app_hidden.quote(v_first.snippet))
                   else app_hidden.quote(v_first.snippet) end || ' [1]';
  end if;
  return jsonb_build_object('ticket_id', v_ticket.id, 'silent', v_ticket.id is not null and app_hidden.assistant_is_silent(v_ticket), 'site', v_site,
    'category', v_category, 'votes', coalesce(v_votes, '[]'), 'confidence', v_confidence, 'threshold', v_settings.confidence_threshold, 'outcome', v_outcome, 'reason', v_reason, 'text', v_text,
    'sources', coalesce((select jsonb_agg(to_jsonb(r) || jsonb_build_object('cited', r.rank = 1 and v_outcome in ('answered', 'emergency')) order by r.rank) from unnest(v_results) r), '[]'));
end
$$;
comment on function app_hidden.begin_answer(text, vector, text, text, uuid) is
$$What to answer a question with: route, confidence, sources and the extractive answer, {ticket_id, silent, category, votes: [{category, share}], confidence, outcome, reason, text, sources}. Emergencies first, by rule, then by route; their text is their SOP's. Writes the customer's message where there is a conversation.
Errors: CO005 no question, CO006 too long, CO404 no such conversation or site.$$;

create or replace function app_hidden.emergency_text(sop_id integer) returns text
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select coalesce(
    (select app_hidden.quote(s.body, 3000) from app_private.search_units s
      where s.sop_id = emergency_text.sop_id and s.kind = 'section' and s.heading ~* 'what to say|tell the customer|answer' order by s.ordinal limit 1),
    (select app_hidden.quote(string_agg(s.body, E'\n\n' order by s.ordinal), 3000) from app_private.search_units s
      where s.sop_id = emergency_text.sop_id and s.kind = 'section' and coalesce(s.heading, '') !~* 'when to use'),
    'If anyone is in danger, call the emergency services now. Our team has been alerted and will contact you here at once.')
$$;
comment on function app_hidden.emergency_text(integer) is 'The fixed text of an emergency SOP: its section for the customer, else its steps; a general one where there is no SOP.';

create or replace function app_private.record_sources(response_id bigint, sources jsonb) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  insert into app_public.response_sources (response_id, rank, kind, sop_version_id, knowledge_id, sop_id, category, topic, heading, snippet, score, cited)
  select record_sources.response_id, s.rank, s.kind, s.sop_version_id, s.knowledge_id, s.sop_id, s.category, s.topic, s.heading, app_hidden.quote(s.snippet, 600), s.score, coalesce(s.cited, false)
    from jsonb_to_recordset(sources) s(rank integer, kind text, sop_version_id integer, knowledge_id integer, sop_id integer, category text, topic text, heading text,
         snippet text, score double precision, cited boolean)
   where s.rank <= 10
$$;
comment on function app_private.record_sources(bigint, jsonb) is 'Writes down the first ten sources of an answer, as begin_answer lists them.';
