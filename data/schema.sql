--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: app_hidden; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA app_hidden;

--
-- Name: SCHEMA app_hidden; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA app_hidden IS 'Helpers that policies, views and triggers call; not exposed.';

--
-- Name: app_private; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA app_private;

--
-- Name: SCHEMA app_private; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA app_private IS 'Indexes, caches and internals that no person''s role reads directly.';

--
-- Name: app_public; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA app_public;

--
-- Name: SCHEMA app_public; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA app_public IS 'The API: what GraphQL exposes and a DBA sees first.';

--
-- Name: app_secret; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA app_secret;

--
-- Name: SCHEMA app_secret; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON SCHEMA app_secret IS 'Hashes of passwords, sessions and tokens, and what checks them: for the server''s own connection, for no role.';

--
-- Name: pg_trgm; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

--
-- Name: EXTENSION pg_trgm; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';

--
-- Name: unaccent; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;

--
-- Name: EXTENSION unaccent; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON EXTENSION unaccent IS 'text search dictionary that removes accents';

--
-- Name: vector; Type: EXTENSION; Schema: -; Owner: -
--

CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;

--
-- Name: EXTENSION vector; Type: COMMENT; Schema: -; Owner: -
--

COMMENT ON EXTENSION vector IS 'vector data type and ivfflat and hnsw access methods';

--
-- Name: blamed_line; Type: TYPE; Schema: app_public; Owner: -
--

CREATE TYPE app_public.blamed_line AS (
	line integer,
	text text,
	version integer,
	changed_by text,
	changed_at timestamp with time zone,
	reason text,
	improvement_id integer
);

--
-- Name: TYPE blamed_line; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TYPE app_public.blamed_line IS 'One line of an SOP, with the version that last wrote it.';

--
-- Name: COLUMN blamed_line.line; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.blamed_line.line IS 'Counts from 1.';

--
-- Name: COLUMN blamed_line.version; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.blamed_line.version IS 'The version that last wrote it.';

--
-- Name: COLUMN blamed_line.improvement_id; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.blamed_line.improvement_id IS 'The approved proposal that made that version, if one did.';

--
-- Name: issued_token; Type: TYPE; Schema: app_public; Owner: -
--

CREATE TYPE app_public.issued_token AS (
	id integer,
	name text,
	role text,
	expires_at timestamp with time zone,
	token text
);

--
-- Name: TYPE issued_token; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TYPE app_public.issued_token IS 'A new API token. `token` is shown this once.';

--
-- Name: issued_webhook; Type: TYPE; Schema: app_public; Owner: -
--

CREATE TYPE app_public.issued_webhook AS (
	id integer,
	url text,
	events text[],
	signing_key text
);

--
-- Name: TYPE issued_webhook; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TYPE app_public.issued_webhook IS 'A new webhook. `signing_key` is shown this once.';

--
-- Name: search_result; Type: TYPE; Schema: app_public; Owner: -
--

CREATE TYPE app_public.search_result AS (
	rank integer,
	kind text,
	sop_id integer,
	sop_version_id integer,
	version integer,
	knowledge_id integer,
	category text,
	topic text,
	title text,
	heading text,
	snippet text,
	matched text,
	trust smallint,
	score double precision,
	words double precision,
	cosine double precision,
	confidence double precision
);

--
-- Name: TYPE search_result; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TYPE app_public.search_result IS 'One source found for a question: an SOP (with version and section) or a knowledge entry.';

--
-- Name: COLUMN search_result.kind; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.search_result.kind IS 'sop or knowledge.';

--
-- Name: COLUMN search_result.topic; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.search_result.topic IS 'The SOP''s section or the entry''s topic.';

--
-- Name: COLUMN search_result.matched; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.search_result.matched IS 'The customers'' phrase or learned question that led here, if one did.';

--
-- Name: COLUMN search_result.trust; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.search_result.trust IS '0 unreviewed, 1 confirmed by customers, 2 by staff, 3 written or approved by staff.';

--
-- Name: COLUMN search_result.score; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.search_result.score IS 'Fused score: comparable within one search only.';

--
-- Name: COLUMN search_result.words; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.search_result.words IS 'Share of the question''s information that the best text holds, 0 to about 3.';

--
-- Name: COLUMN search_result.cosine; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.search_result.cosine IS 'Cosine of question and text, -1 to 1.';

--
-- Name: COLUMN search_result.confidence; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.search_result.confidence IS 'Of the first result: calibrated probability (0 to 1) that it answers the question.';

--
-- Name: acting_role(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.acting_role() RETURNS name
    LANGUAGE sql STABLE
    AS $$
  select case when current_setting('role') = 'none' then session_user else current_setting('role')::name end
$$;

--
-- Name: FUNCTION acting_role(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.acting_role() IS 'The database role this request acts as, also inside security definer functions.';

--
-- Name: add_job(text, json, text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.add_job(task text, payload json DEFAULT '{}'::json, job_key text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform graphile_worker.add_job(task, payload, job_key => add_job.job_key, max_attempts => 8);
end
$$;

--
-- Name: FUNCTION add_job(task text, payload json, job_key text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.add_job(task text, payload json, job_key text) IS 'Adds a job in this transaction: it runs if, and only if, the transaction commits.';

--
-- Name: add_list_items(text, text, text[]); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.add_list_items(content text, heading text, items text[]) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
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

--
-- Name: FUNCTION add_list_items(content text, heading text, items text[]); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.add_list_items(content text, heading text, items text[]) IS 'Markdown with items added to the list under a second-level heading, which is made at the end where it is missing; items that stand there already are left out.';

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: tickets; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.tickets (
    id integer NOT NULL,
    conversation uuid DEFAULT gen_random_uuid() NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    priority text DEFAULT 'normal'::text NOT NULL,
    category character varying(100),
    subject text,
    summary text,
    site_id integer,
    visitor_id uuid,
    assignee text,
    silent_until timestamp with time zone,
    resolution text,
    resolved_by text,
    resolved_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    erased_at timestamp with time zone,
    CONSTRAINT tickets_priority_is_known CHECK ((priority = ANY (ARRAY['normal'::text, 'urgent'::text]))),
    CONSTRAINT tickets_resolved_at_matches_status CHECK ((((status = 'resolved'::text) = (resolved_at IS NOT NULL)) AND ((resolved_at IS NULL) = (resolved_by IS NULL)))),
    CONSTRAINT tickets_status_is_known CHECK ((status = ANY (ARRAY['open'::text, 'waiting'::text, 'taken'::text, 'resolved'::text]))),
    CONSTRAINT tickets_taken_has_assignee CHECK (((status <> 'taken'::text) OR (assignee IS NOT NULL)))
);

--
-- Name: TABLE tickets; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.tickets IS 'Conversations with customers. A person takes one over, hands it back, resolves it.';

--
-- Name: COLUMN tickets.conversation; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.tickets.conversation IS 'What `ask(conversation: …)` takes: not guessable, safe to give to the customer.';

--
-- Name: COLUMN tickets.status; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.tickets.status IS 'open: the assistant answers. waiting: a person is needed. taken: a person answers, the assistant is silent. resolved.';

--
-- Name: COLUMN tickets.summary; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.tickets.summary IS 'For the person who takes over: what was asked, and what the assistant found.';

--
-- Name: COLUMN tickets.silent_until; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.tickets.silent_until IS 'While taken: when the assistant may answer again unless handed back sooner.';

--
-- Name: COLUMN tickets.erased_at; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.tickets.erased_at IS 'When its texts and its visitor were erased; nothing can be said in it any more.';

--
-- Name: assistant_is_silent(app_public.tickets); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.assistant_is_silent(ticket app_public.tickets) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select ticket.status = 'taken' and ticket.silent_until > clock_timestamp()
$$;

--
-- Name: FUNCTION assistant_is_silent(ticket app_public.tickets); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.assistant_is_silent(ticket app_public.tickets) IS 'Whether a person has taken the conversation over.';

--
-- Name: audit_log; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.audit_log (
    id bigint NOT NULL,
    table_name text NOT NULL,
    row_id text NOT NULL,
    operation text NOT NULL,
    actor text NOT NULL,
    role text NOT NULL,
    reason text,
    old jsonb,
    new jsonb,
    transaction_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    request_id text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    chain_position bigint,
    previous_hash bytea,
    hash bytea
);

--
-- Name: TABLE audit_log; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.audit_log IS 'Every change of a governed table: who, when, why, from what to what. Append-only and hash-chained; see verify_audit_log().';

--
-- Name: COLUMN audit_log.old; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.audit_log.old IS 'The row before; long texts as their SHA-256, since sop_versions holds them.';

--
-- Name: COLUMN audit_log.chain_position; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.audit_log.chain_position IS 'Order in the hash chain, given when the transaction commits.';

--
-- Name: COLUMN audit_log.hash; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.audit_log.hash IS 'SHA-256 over previous_hash and this row.';

--
-- Name: audit_hash(bytea, bigint, app_public.audit_log); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.audit_hash(previous bytea, chain_position bigint, entry app_public.audit_log) RETURNS bytea
    LANGUAGE sql IMMUTABLE
    AS $$
  select sha256(previous || convert_to(jsonb_build_array(audit_hash.chain_position, entry.id, entry.table_name, entry.row_id, entry.operation, entry.actor, entry.role,
    entry.reason, entry.old, entry.new, entry.transaction_id::text, entry.request_id, extract(epoch from entry.created_at))::text, 'UTF8'))
$$;

--
-- Name: FUNCTION audit_hash(previous bytea, chain_position bigint, entry app_public.audit_log); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.audit_hash(previous bytea, chain_position bigint, entry app_public.audit_log) IS 'SHA-256 of the previous hash and everything an audit row says.';

--
-- Name: audited(jsonb, text[]); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.audited(r jsonb, ungoverned text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS $$
  -- What is written here can never be taken back, so customers' words are kept as their hashes: the rows have the texts.
  select (r - ungoverned - hashed.columns) || coalesce((select jsonb_object_agg(c || '_sha256', encode(sha256(convert_to(r ->> c, 'UTF8')), 'hex')) from unnest(hashed.columns) c where r ->> c is not null), '{}')
    from (select case when r ? 'content' and r ? 'version' then array['content']
                      when r ? 'suggested_sop_update' then array['suggested_sop_update', 'applied']
                      when r ? 'question' and r ? 'answer' and (r ->> 'source' in ('learned', 'improvement') or r ->> 'learned_from' is not null or r ->> 'improvement_id' is not null) then array['question', 'answer']
                      else '{}' end as columns) hashed
$$;

--
-- Name: FUNCTION audited(r jsonb, ungoverned text[]); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.audited(r jsonb, ungoverned text[]) IS 'A row as the audit log keeps it: without ungoverned columns; a versioned content, a proposal and knowledge that came from customers as SHA-256.';

--
-- Name: begin_answer(text, public.vector, text, text, uuid); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.begin_answer(query text, query_embedding public.vector, category text, site text, conversation uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
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

--
-- Name: FUNCTION begin_answer(query text, query_embedding public.vector, category text, site text, conversation uuid); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.begin_answer(query text, query_embedding public.vector, category text, site text, conversation uuid) IS 'What to answer a question with: route, confidence, sources and the extractive answer, {ticket_id, silent, category, votes: [{category, share}], confidence, outcome, reason, text, sources}. Emergencies first, by rule, then by route; their text is their SOP''s. Writes the customer''s message where there is a conversation.
Errors: CO005 no question, CO006 too long, CO404 no such conversation or site.';

--
-- Name: bm25_impacts(tsvector, double precision); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.bm25_impacts(words tsvector, usual_length double precision) RETURNS public.sparsevec
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select coalesce('{' || string_agg(d || ':' || tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / usual_length)), ',' order by d) || '}/268435456', '{}/268435456')::sparsevec
    from (select app_hidden.lexeme_dimension(lexeme) as d, max(tf)::real as tf, max(length)::real as length
            from (select lexeme, coalesce(cardinality(positions), 1) as tf, sum(coalesce(cardinality(positions), 1)) over () as length from unnest(words)) t
           group by 1 order by 2 desc limit 15000) t
$$;

--
-- Name: FUNCTION bm25_impacts(words tsvector, usual_length double precision); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.bm25_impacts(words tsvector, usual_length double precision) IS 'BM25 term impacts of a text, given the usual number of words of its kind.';

--
-- Name: confidence(double precision, double precision, boolean); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.confidence(cosine double precision, rivals double precision, agreed boolean) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select 1 / (1 + exp(-(-3.30 + 2.76 * cosine + 3.99 / greatest(rivals, 1) + case when agreed then 0.85 else 0 end)))
$$;

--
-- Name: FUNCTION confidence(cosine double precision, rivals double precision, agreed boolean); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.confidence(cosine double precision, rivals double precision, agreed boolean) IS 'Probability (0 to 1) that the first result answers the question. cosine: its best; rivals: sum over the first 20 of exp((score - first score) / 0.2); agreed: whether words and meaning both put it first.';

--
-- Name: current_reason(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.current_reason() RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select nullif(btrim(current_setting('clubos.reason', true)), '')
$$;

--
-- Name: FUNCTION current_reason(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.current_reason() IS 'Why: the setting clubos.reason; null where nobody said.';

--
-- Name: dead_jobs(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.dead_jobs() RETURNS TABLE(id bigint, task text, job_key text, attempts integer, last_error text, created_at timestamp with time zone, failed_at timestamp with time zone)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  if not (app_hidden.has_role('admin') or app_hidden.has_role('auditor') or app_hidden.has_role('worker')) then
    perform app_hidden.require_role('admin');
  end if;
  return query
    select j.id, t.identifier, j.key, j.attempts::integer, left(app_hidden.mask_personal_data(j.last_error), 500), j.created_at,
           -- A failure puts run_at e^attempts seconds ahead, and nobody moves it after the last one.
           greatest(j.updated_at, j.run_at - exp(least(j.attempts, 10)) * interval '1 second')
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where j.attempts >= j.max_attempts and j.locked_at is null;
end
$$;

--
-- Name: FUNCTION dead_jobs(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.dead_jobs() IS 'Jobs that failed for the last time. Errors: CO403 neither admin, auditor nor worker.';

--
-- Name: diff_summary(text, text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.diff_summary(old_content text, new_content text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  with texts as materialized (
    select app_hidden.to_lines(coalesce(old_content, '')) as old_lines, app_hidden.to_lines(new_content) as new_lines
  ), edits as materialized (
    select e.* from texts, app_hidden.line_edits(old_lines, new_lines) e
  ), touched as (
    select h.heading, min(h.n) as place from (
      select l.heading, l.n from texts, app_hidden.lines_with_heading(new_lines) l where exists (select from edits where l.n between b_from and b_to)
      union all
      select l.heading, l.n from texts, app_hidden.lines_with_heading(old_lines) l where exists (select from edits where l.n between a_from and a_to)
    ) h where h.heading ~ '^#{1,6}\s' group by h.heading
  )
  select format('+%s -%s lines', coalesce(sum(b_to - b_from + 1), 0), coalesce(sum(a_to - a_from + 1), 0))
    || coalesce('; under ' || (select string_agg(regexp_replace(split_part(heading, E'\n', 1), '^#+\s*', ''), ', ' order by place)
                                 from (select * from touched order by place limit 8) t), '')
    from edits
$$;

--
-- Name: FUNCTION diff_summary(old_content text, new_content text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.diff_summary(old_content text, new_content text) IS 'Lines added and removed, and the headings they stand under, such as "+3 -1 lines; under Steps".';

--
-- Name: draft_question(integer); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.draft_question(ticket_id integer) RETURNS TABLE(question text, site text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_ticket app_public.tickets;
  v_answered bigint;
begin
  perform app_hidden.require_role('agent');
  select * into v_ticket from app_public.tickets t where t.id = draft_question.ticket_id;
  if v_ticket.id is null then
    raise exception 'There is no ticket with id %.', draft_question.ticket_id using errcode = 'CO404';
  elsif v_ticket.erased_at is not null then
    raise exception 'This conversation was erased; there is nothing left to answer.' using errcode = 'CO110';
  end if;
  select s.slug into site from app_public.sites s where s.id = v_ticket.site_id;
  -- Everything since somebody last answered; a hand-over is no answer.
  select max(m.id) into v_answered
    from app_public.messages m left join app_public.responses r on r.id = m.response_id
   where m.ticket_id = v_ticket.id and (m.author_kind = 'staff' or m.author_kind = 'assistant' and r.outcome = 'answered');
  select right(string_agg(m.body, E'\n' order by m.id), 16000) into question
    from app_public.messages m
   where m.ticket_id = v_ticket.id and m.author_kind = 'customer' and m.id > coalesce(v_answered, 0);
  if question is null then
    select right(m.body, 16000) into question
      from app_public.messages m where m.ticket_id = v_ticket.id and m.author_kind = 'customer' order by m.id desc limit 1;
  end if;
  if question is null then
    raise exception 'The customer has not written anything in this conversation yet.' using errcode = 'CO005', hint = 'There is nothing to draft an answer to; write one yourself.';
  end if;
  return next;
end
$$;

--
-- Name: FUNCTION draft_question(ticket_id integer); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.draft_question(ticket_id integer) IS 'What a draft is to answer: all that the customer wrote since somebody answered, or their last message (the last 16,000 characters); and the site''s slug. Errors: CO005 the customer wrote nothing, CO110 erased, CO403 not an agent, CO404 no such ticket.';

--
-- Name: effective_time(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.effective_time() RETURNS timestamp with time zone
    LANGUAGE plpgsql
    AS $$
declare
  v_set text := nullif(current_setting('clubos.effective_at', true), '');
begin
  if v_set is null then
    return clock_timestamp();
  end if;
  perform app_hidden.require_role('admin');
  return v_set::timestamptz;
end
$$;

--
-- Name: FUNCTION effective_time(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.effective_time() IS 'Now; or the setting clubos.effective_at, by which an admin (CO403 for others) replays a history with its own dates.';

--
-- Name: embedding_hash(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.embedding_hash(content text) RETURNS bytea
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select sha256(convert_to(content, 'UTF8'))
$$;

--
-- Name: FUNCTION embedding_hash(content text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.embedding_hash(content text) IS 'Key of a text in the embedding cache.';

--
-- Name: emergency_section(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.emergency_section(question text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select e.section from app_public.emergency_signals e where lower(left(emergency_section.question, 5000)) ~ e.pattern order by e.id limit 1
$$;

--
-- Name: FUNCTION emergency_section(question text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.emergency_section(question text) IS 'Kind of emergency that the question reports by the rules of emergency_signals; null for none.';

--
-- Name: emergency_text(integer); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.emergency_text(sop_id integer) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select coalesce(
    (select app_hidden.quote(s.body, 3000) from app_private.search_units s
      where s.sop_id = emergency_text.sop_id and s.kind = 'section' and s.heading ~* 'what to say|tell the customer|answer' order by s.ordinal limit 1),
    (select app_hidden.quote(string_agg(s.body, E'\n\n' order by s.ordinal), 3000) from app_private.search_units s
      where s.sop_id = emergency_text.sop_id and s.kind = 'section' and coalesce(s.heading, '') !~* 'when to use'),
    'If anyone is in danger, call the emergency services now. Our team has been alerted and will contact you here at once.')
$$;

--
-- Name: FUNCTION emergency_text(sop_id integer); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.emergency_text(sop_id integer) IS 'The fixed text of an emergency SOP: its section for the customer, else its steps; a general one where there is no SOP.';

--
-- Name: erasing(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.erasing() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select exists (select from app_public.privacy_actions a where a.transaction_id = pg_current_xact_id() and a.finished_at is null and a.kind <> 'export')
$$;

--
-- Name: FUNCTION erasing(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.erasing() IS 'Whether this transaction is erasing personal data, with a row of privacy_actions that says so.';

--
-- Name: find_conversation(uuid); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.find_conversation(conversation uuid) RETURNS app_public.tickets
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_ticket app_public.tickets;
begin
  select * into v_ticket from app_public.tickets t where t.conversation = find_conversation.conversation for no key update;
  if v_ticket.id is null
     or v_ticket.visitor_id <> app_public.current_visitor_id()
     or (v_ticket.visitor_id is not null and app_public.current_visitor_id() is null and app_public.current_actor() is null) then
    raise exception 'There is no such conversation.' using errcode = 'CO404', hint = 'Begin one with start_conversation.';
  end if;
  return v_ticket;
end
$$;

--
-- Name: FUNCTION find_conversation(conversation uuid); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.find_conversation(conversation uuid) IS 'The conversation, locked; CO404 where it is not there or another customer''s.';

--
-- Name: dead_jobs; Type: VIEW; Schema: app_public; Owner: -
--

CREATE VIEW app_public.dead_jobs WITH (security_invoker='true') AS
 SELECT d.id,
    d.task,
    d.job_key,
    d.attempts,
    d.last_error,
    d.created_at,
    d.failed_at
   FROM app_hidden.dead_jobs() d(id, task, job_key, attempts, last_error, created_at, failed_at);

--
-- Name: VIEW dead_jobs; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON VIEW app_public.dead_jobs IS '@primaryKey id
Jobs that failed for the last time: they wait for retry_job or discard_job. For admins and auditors.';

--
-- Name: COLUMN dead_jobs.task; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.dead_jobs.task IS 'What it does: a file of worker/tasks/.';

--
-- Name: COLUMN dead_jobs.attempts; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.dead_jobs.attempts IS 'How often it was tried; a try counts when it begins.';

--
-- Name: COLUMN dead_jobs.last_error; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.dead_jobs.last_error IS 'Why the last try failed: 500 characters, personal data masked.';

--
-- Name: find_dead_job(bigint); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.find_dead_job(job_id bigint) RETURNS app_public.dead_jobs
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_job app_public.dead_jobs;
begin
  perform 1 from graphile_worker._private_jobs j where j.id = find_dead_job.job_id for update;
  select * into v_job from app_public.dead_jobs d where d.id = find_dead_job.job_id;
  if v_job.id is null then
    raise exception 'There is no dead job with id %.', find_dead_job.job_id using errcode = 'CO404', hint = 'select id, task, last_error from dead_jobs;';
  end if;
  return v_job;
end
$$;

--
-- Name: FUNCTION find_dead_job(job_id bigint); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.find_dead_job(job_id bigint) IS 'The dead job, locked. Errors: CO404 no such job, or it is not dead.';

--
-- Name: knowledge_base; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.knowledge_base (
    id integer NOT NULL,
    category character varying(100) NOT NULL,
    topic character varying(200) NOT NULL,
    question text NOT NULL,
    answer text NOT NULL,
    source character varying(100) DEFAULT 'manual_entry'::character varying,
    usage_count integer DEFAULT 0 NOT NULL,
    success_rate double precision,
    embeddings public.vector(1536),
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    trust smallint NOT NULL,
    site_id integer,
    valid_from timestamp with time zone,
    valid_to timestamp with time zone,
    embedding_model text,
    sop_id integer,
    success_count integer DEFAULT 0 NOT NULL,
    improvement_id integer,
    learned_from bigint,
    CONSTRAINT knowledge_answer_fits CHECK ((octet_length(answer) <= 65536)),
    CONSTRAINT knowledge_answer_is_written CHECK ((btrim(answer) <> ''::text)),
    CONSTRAINT knowledge_counts_are_not_negative CHECK (((usage_count >= 0) AND (success_count >= 0))),
    CONSTRAINT knowledge_question_fits CHECK ((octet_length((((category)::text || (topic)::text) || question)) <= 2600)),
    CONSTRAINT knowledge_question_is_written CHECK ((btrim(question) <> ''::text)),
    CONSTRAINT knowledge_success_rate_is_a_rate CHECK (((success_rate >= (0)::double precision) AND (success_rate <= (1)::double precision))),
    CONSTRAINT knowledge_trust_is_known CHECK (((trust >= 0) AND (trust <= 3))),
    CONSTRAINT knowledge_valid_in_order CHECK (((valid_from IS NULL) OR (valid_to IS NULL) OR (valid_from < valid_to)))
)
WITH (fillfactor='80');

--
-- Name: TABLE knowledge_base; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.knowledge_base IS 'Questions and their answers: written by hand, learned from helpful answers, or approved from corrections.';

--
-- Name: COLUMN knowledge_base.source; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.knowledge_base.source IS 'sop, manual_entry, learned or improvement.';

--
-- Name: COLUMN knowledge_base.usage_count; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.knowledge_base.usage_count IS 'Answers from this entry that somebody rated.';

--
-- Name: COLUMN knowledge_base.success_rate; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.knowledge_base.success_rate IS 'Share of those rated helpful (0 to 1); null until the first rating.';

--
-- Name: COLUMN knowledge_base.embeddings; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.knowledge_base.embeddings IS 'Vector of the question in embedding_model''s space, zero-padded to 1536 dimensions.';

--
-- Name: COLUMN knowledge_base.trust; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.knowledge_base.trust IS '0 unreviewed, 1 confirmed by enough customers, 2 confirmed by staff, 3 written or approved by staff.';

--
-- Name: COLUMN knowledge_base.site_id; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.knowledge_base.site_id IS 'Null: true at every site.';

--
-- Name: COLUMN knowledge_base.sop_id; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.knowledge_base.sop_id IS 'The SOP this question leads to: the answer is then taken from the SOP''s text as it is now.';

--
-- Name: COLUMN knowledge_base.success_count; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.knowledge_base.success_count IS 'Ratings that said helpful; success_rate is success_count / usage_count.';

--
-- Name: COLUMN knowledge_base.learned_from; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.knowledge_base.learned_from IS 'The helpful answer that first taught this entry; taken back with its last rating.';

--
-- Name: find_entry(integer); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.find_entry(id integer) RETURNS app_public.knowledge_base
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_entry app_public.knowledge_base;
begin
  select * into v_entry from app_public.knowledge_base k where k.id = find_entry.id for no key update;
  if v_entry.id is null then
    raise exception 'There is no knowledge entry with id %.', find_entry.id using errcode = 'CO404', hint = 'It may have been merged into another.';
  end if;
  return v_entry;
end
$$;

--
-- Name: FUNCTION find_entry(id integer); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.find_entry(id integer) IS 'The knowledge entry, locked, or CO404.';

--
-- Name: find_site(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.find_site(site text) RETURNS integer
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_id integer;
begin
  if nullif(btrim(find_site.site), '') is null then
    return null;
  end if;
  select s.id into v_id from app_public.sites s where s.slug = lower(btrim(find_site.site));
  if v_id is null then
    raise exception 'There is no site "%".', find_site.site
      using errcode = 'CO404', hint = coalesce('Sites: ' || (select string_agg(slug, ', ' order by slug) from app_public.sites), 'The club has no sites yet.');
  end if;
  return v_id;
end
$$;

--
-- Name: FUNCTION find_site(site text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.find_site(site text) IS 'Id of a site by its slug; null for none; CO404 for an unknown one.';

--
-- Name: sops; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.sops (
    id integer NOT NULL,
    category character varying(100) NOT NULL,
    section character varying(200) NOT NULL,
    content text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by character varying(100) DEFAULT 'system'::character varying NOT NULL,
    archived_at timestamp with time zone,
    CONSTRAINT sops_category_is_named CHECK ((btrim((category)::text) <> ''::text)),
    CONSTRAINT sops_content_fits CHECK ((octet_length(content) <= 1048576)),
    CONSTRAINT sops_content_is_written CHECK ((btrim(content) <> ''::text)),
    CONSTRAINT sops_section_is_named CHECK ((btrim((section)::text) <> ''::text)),
    CONSTRAINT sops_version_counts_from_one CHECK ((version >= 1))
);

--
-- Name: TABLE sops; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.sops IS 'The club''s procedures as they are now, in markdown. Every change writes a row of sop_versions.';

--
-- Name: COLUMN sops.category; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.sops.category IS 'Such as booking or tech_support; the assistant routes to these.';

--
-- Name: COLUMN sops.section; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.sops.section IS 'Name within the category, such as pin_failures.';

--
-- Name: COLUMN sops.content; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.sops.content IS 'Markdown, at most 1 MiB.';

--
-- Name: COLUMN sops.version; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.sops.version IS 'Counts from 1 without gaps; set by trigger.';

--
-- Name: COLUMN sops.archived_at; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.sops.archived_at IS 'Set by archive_sop: no longer searched or answered from; its history stays.';

--
-- Name: find_sop(integer, boolean); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.find_sop(sop_id integer, for_update boolean DEFAULT false) RETURNS app_public.sops
    LANGUAGE plpgsql
    AS $$
declare
  v_sop app_public.sops;
begin
  if for_update then
    select * into v_sop from app_public.sops s where s.id = find_sop.sop_id for no key update;
  else
    select * into v_sop from app_public.sops s where s.id = find_sop.sop_id;
  end if;
  if v_sop.id is null then
    raise exception 'There is no SOP with id %.', find_sop.sop_id using errcode = 'CO404', hint = 'select id, category, section from sops;';
  end if;
  return v_sop;
end
$$;

--
-- Name: FUNCTION find_sop(sop_id integer, for_update boolean); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.find_sop(sop_id integer, for_update boolean) IS 'The SOP (locked, if asked), or CO404.';

--
-- Name: find_ticket(integer); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.find_ticket(ticket_id integer) RETURNS app_public.tickets
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_ticket app_public.tickets;
begin
  select * into v_ticket from app_public.tickets t where t.id = find_ticket.ticket_id for no key update;
  if v_ticket.id is null then
    raise exception 'There is no ticket with id %.', find_ticket.ticket_id using errcode = 'CO404';
  end if;
  return v_ticket;
end
$$;

--
-- Name: FUNCTION find_ticket(ticket_id integer); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.find_ticket(ticket_id integer) IS 'The ticket, locked, or CO404.';

--
-- Name: from_lines(text[]); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.from_lines(lines text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when cardinality(lines) = 0 then ''
    when right(lines[cardinality(lines)], 28) = E'\n\\ No newline at end of file' then left(array_to_string(lines, E'\n'), -28)
    else array_to_string(lines, E'\n') || E'\n'
  end
$$;

--
-- Name: FUNCTION from_lines(lines text[]); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.from_lines(lines text[]) IS 'The text of lines that to_lines gave.';

--
-- Name: responses; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.responses (
    id bigint NOT NULL,
    ticket_id integer,
    visitor_id uuid,
    question text NOT NULL,
    question_hash bytea NOT NULL,
    embedding_model text,
    site_id integer,
    requested_category character varying(100),
    category character varying(100),
    confidence double precision,
    text text NOT NULL,
    outcome text NOT NULL,
    reason text,
    model text NOT NULL,
    router_model text,
    prompt_version_id integer,
    latency_ms double precision,
    tokens_in integer,
    tokens_out integer,
    cost numeric(12,6),
    feedback text,
    feedback_by text,
    feedback_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    erased_at timestamp with time zone,
    CONSTRAINT responses_confidence_is_a_probability CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision))),
    CONSTRAINT responses_draft_is_of_a_conversation CHECK (((outcome <> 'drafted'::text) OR ((ticket_id IS NOT NULL) AND (visitor_id IS NULL) AND (feedback IS NULL)))),
    CONSTRAINT responses_feedback_has_author CHECK ((((feedback IS NULL) = (feedback_at IS NULL)) AND ((feedback IS NULL) = (feedback_by IS NULL)))),
    CONSTRAINT responses_feedback_is_known CHECK ((feedback = ANY (ARRAY['helpful'::text, 'unhelpful'::text]))),
    CONSTRAINT responses_outcome_is_known CHECK ((outcome = ANY (ARRAY['answered'::text, 'handed_over'::text, 'emergency'::text, 'withheld'::text, 'paused'::text, 'drafted'::text]))),
    CONSTRAINT responses_question_fits CHECK ((octet_length(question) <= 65536))
)
WITH (fillfactor='90');

--
-- Name: TABLE responses; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.responses IS '@behavior +aggregates +groupedAggregates -groupedAggregates:having
Every answer given, with what led to it.';

--
-- Name: COLUMN responses.question_hash; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.responses.question_hash IS 'Key of the question''s vector in the embedding cache, with embedding_model.';

--
-- Name: COLUMN responses.category; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.responses.category IS 'Where the question was routed; null where no category fits.';

--
-- Name: COLUMN responses.confidence; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.responses.confidence IS 'Calibrated probability (0 to 1) that the first source is right.';

--
-- Name: COLUMN responses.outcome; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.responses.outcome IS 'answered; handed_over (too little support: a ticket waits); emergency (fixed text, urgent ticket); withheld (a person had taken over meanwhile); paused (kill switch); drafted (for a member of staff, who may send it: never given to the customer, and no answer by any count).';

--
-- Name: COLUMN responses.reason; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.responses.reason IS 'Why it was not answered, for staff.';

--
-- Name: COLUMN responses.model; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.responses.model IS 'What wrote the text: local-extractive, or a model''s name.';

--
-- Name: COLUMN responses.latency_ms; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.responses.latency_ms IS 'Milliseconds from question to recording.';

--
-- Name: COLUMN responses.feedback; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.responses.feedback IS 'helpful or unhelpful; once per response, changeable.';

--
-- Name: COLUMN responses.erased_at; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.responses.erased_at IS 'When question, text and visitor were erased.';

--
-- Name: granted_columns(app_public.responses); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.granted_columns(response app_public.responses) RETURNS app_public.responses
    LANGUAGE sql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select jsonb_populate_record(null::app_public.responses, coalesce(jsonb_object_agg(c.key, c.value), '{}'))
    from jsonb_each(to_jsonb(response)) c
   where has_column_privilege(app_hidden.acting_role(), 'app_public.responses', c.key, 'select')
$$;

--
-- Name: FUNCTION granted_columns(response app_public.responses); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.granted_columns(response app_public.responses) IS 'The response with null for every column that the acting role may not read.';

--
-- Name: granted_columns(app_public.tickets); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.granted_columns(ticket app_public.tickets) RETURNS app_public.tickets
    LANGUAGE sql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select jsonb_populate_record(null::app_public.tickets, coalesce(jsonb_object_agg(c.key, c.value), '{}'))
    from jsonb_each(to_jsonb(ticket)) c
   where has_column_privilege(app_hidden.acting_role(), 'app_public.tickets', c.key, 'select')
$$;

--
-- Name: FUNCTION granted_columns(ticket app_public.tickets); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.granted_columns(ticket app_public.tickets) IS 'The ticket with null for every column that the acting role may not read.';

--
-- Name: has_role(name); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.has_role(role name) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
  select pg_has_role(app_hidden.acting_role(), has_role.role, 'usage')
$$;

--
-- Name: FUNCTION has_role(role name); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.has_role(role name) IS 'Whether the acting role has the rights of the role named (a superuser has all).';

--
-- Name: hunk_range(integer, integer); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.hunk_range(first integer, last integer) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when last < first then format('%s,0', first - 1)
    when last = first then first::text
    else format('%s,%s', first, last - first + 1)
  end
$$;

--
-- Name: FUNCTION hunk_range(first integer, last integer); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.hunk_range(first integer, last integer) IS 'Line range of a hunk as `diff -u` writes it.';

--
-- Name: improvement_fingerprint(text, jsonb); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.improvement_fingerprint(kind text, suggestion jsonb) RETURNS bytea
    LANGUAGE sql IMMUTABLE
    AS $$
  -- What would change, without why: reasoning and drafts' spacing make no new proposal.
  select sha256(convert_to(jsonb_build_array(kind, (suggestion - 'reasoning') #- '{new_content}',
    regexp_replace(lower(coalesce(suggestion ->> 'new_content', '')), '\s+', ' ', 'g'))::text, 'UTF8'))
$$;

--
-- Name: FUNCTION improvement_fingerprint(kind text, suggestion jsonb); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.improvement_fingerprint(kind text, suggestion jsonb) IS 'SHA-256 of what a proposal would change; equal for twins.';

--
-- Name: in_words(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.in_words(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select btrim(translate(regexp_replace(name, '([a-z0-9])([A-Z])', '\1 \2', 'g'), '_-/', '   '))
$$;

--
-- Name: FUNCTION in_words(name text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.in_words(name text) IS 'A category''s, section''s or topic''s name as words: pin_failures is "pin failures".';

--
-- Name: insight_figures(timestamp with time zone, timestamp with time zone, text, integer); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.insight_figures(since timestamp with time zone, until timestamp with time zone, category text, site_id integer) RETURNS TABLE(answers bigint, answered_rate double precision, helpful_rate double precision, handed_over bigint, failures bigint, p50_ms double precision, p95_ms double precision, pending_proposals bigint, approved bigint, cost numeric)
    LANGUAGE sql STABLE
    AS $$
  select a.answers, a.answered::double precision / nullif(a.answers, 0), a.helpful::double precision / nullif(a.rated, 0), a.handed_over, f.failures, a.ms[1], a.ms[2], q.pending, q.approved, a.cost
    from (select count(*) filter (where r.outcome <> 'drafted') as answers, count(*) filter (where r.outcome = 'answered') as answered, count(*) filter (where r.outcome = 'handed_over') as handed_over,
                 count(*) filter (where r.feedback = 'helpful' and r.outcome <> 'drafted') as helpful, count(*) filter (where r.feedback is not null and r.outcome <> 'drafted') as rated,
                 percentile_cont(array[0.5, 0.95]) within group (order by r.latency_ms) filter (where r.outcome <> 'drafted') as ms, coalesce(sum(r.cost), 0) as cost
            from app_public.responses r
           where r.created_at >= since and r.created_at < until
             and (insight_figures.category is null or r.category = insight_figures.category) and (insight_figures.site_id is null or r.site_id = insight_figures.site_id)) a,
         (select count(*) as failures
            from app_public.failed_responses x left join app_public.responses r on r.id = x.response_id and insight_figures.category is not null
           where x.created_at >= since and x.created_at < until and x.withdrawn_at is null and (insight_figures.site_id is null or x.site_id = insight_figures.site_id)
             and (insight_figures.category is null or coalesce(r.category, x.expected_category) = insight_figures.category)) f,
         (select count(*) filter (where i.created_at < until and coalesce(i.applied_at, i.rejected_at, 'infinity') >= until) as pending,
                 count(*) filter (where i.applied_at >= since and i.applied_at < until) as approved
            from app_public.improvement_queue i) q
$$;

--
-- Name: FUNCTION insight_figures(since timestamp with time zone, until timestamp with time zone, category text, site_id integer); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.insight_figures(since timestamp with time zone, until timestamp with time zone, category text, site_id integer) IS 'The figures of insights_summary for one period.';

--
-- Name: insight_period(timestamp with time zone, timestamp with time zone, text, text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.insight_period(since timestamp with time zone, until timestamp with time zone, timezone text, site text, OUT first_day date, OUT last_day date, OUT site_id integer) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $$
begin
  if since is null or until is null or since >= until or not isfinite(since) or not isfinite(until) then
    raise exception 'The period must begin before it ends: % to %.', coalesce(since::text, 'nothing'), coalesce(until::text, 'nothing')
      using errcode = 'CO005', hint = 'since is included, until is not.';
  elsif until - since > interval '3660 days' then
    raise exception 'A period has ten years at most.' using errcode = 'CO006', hint = 'Ask for one part after the other.';
  end if;
  begin
    first_day := (since at time zone coalesce(timezone, 'UTC'))::date;
    last_day := ((until - interval '1 microsecond') at time zone coalesce(timezone, 'UTC'))::date;
  exception when invalid_parameter_value then
    raise exception 'There is no time zone "%".', timezone using errcode = 'CO005', hint = 'A name such as Europe/Berlin or UTC.';
  end;
  site_id := app_hidden.find_site(site);
end
$$;

--
-- Name: FUNCTION insight_period(since timestamp with time zone, until timestamp with time zone, timezone text, site text, OUT first_day date, OUT last_day date, OUT site_id integer); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.insight_period(since timestamp with time zone, until timestamp with time zone, timezone text, site text, OUT first_day date, OUT last_day date, OUT site_id integer) IS 'The first and last day of a period in a time zone, and the site''s id. Errors: CO005 no such period or time zone, CO006 over ten years, CO404 no such site.';

--
-- Name: jobs(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.jobs() RETURNS TABLE(id bigint, task text, key text, run_at timestamp with time zone, attempts integer, max_attempts integer, locked_at timestamp with time zone, last_error text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  if not (app_hidden.has_role('admin') or app_hidden.has_role('auditor')) then
    perform app_hidden.require_role('admin');
  end if;
  return query
    select j.id, t.identifier, j.key, j.run_at, j.attempts::integer, j.max_attempts::integer, j.locked_at, left(app_hidden.mask_personal_data(j.last_error), 500)
      from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id;
end
$$;

--
-- Name: FUNCTION jobs(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.jobs() IS 'Jobs that wait, run or died. Errors: CO403 neither admin nor auditor.';

--
-- Name: knowledge_unit(text, text, text, text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.knowledge_unit(category text, topic text, question text, answer text) RETURNS TABLE(embedding_text text, words tsvector)
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  select question, to_tsvector('app_public.clubos', question)
$$;

--
-- Name: FUNCTION knowledge_unit(category text, topic text, question text, answer text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.knowledge_unit(category text, topic text, question text, answer text) IS 'The text of a knowledge entry that is embedded, and the words it is found by: its question, as questions resemble questions.';

--
-- Name: learnable_question(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.learnable_question(question text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  -- The unique index bounds a question at some 2 kB; a longer story keeps its beginning.
  select btrim(left(btrim(regexp_replace(app_hidden.mask_personal_data(question), '\s+', ' ', 'g')), 500))
$$;

--
-- Name: FUNCTION learnable_question(question text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.learnable_question(question text) IS 'A customer''s question as knowledge may keep it: masked, at most 500 characters.';

--
-- Name: lexeme_dimension(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.lexeme_dimension(lexeme text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  -- hashtext differs between major versions; SHA-256 does not. 2^28 dimensions: collisions are rare and harmless.
  select ((get_byte(h, 0) << 20) | (get_byte(h, 1) << 12) | (get_byte(h, 2) << 4) | (get_byte(h, 3) >> 4)) + 1
    from sha256(convert_to(lexeme, 'UTF8')) h
$$;

--
-- Name: FUNCTION lexeme_dimension(lexeme text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.lexeme_dimension(lexeme text) IS 'The dimension of a lexeme in the sparse vectors, 1 to 2^28; the same on every server.';

--
-- Name: line_edits(text[], text[]); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.line_edits(a text[], b text[]) RETURNS TABLE(a_from integer, a_to integer, b_from integer, b_to integer)
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
declare
  c_most_differences constant integer := 1500;
  v_a integer[]; v_b integer[];
  n integer := cardinality(a); m integer := cardinality(b);
  v_head integer := 0; v_tail integer := 0;
  v_trace integer[] := '{}'; -- furthest x for step d and diagonal k, at d*d + d + k + 1
  v_found integer;
  x integer; y integer; px integer; py integer; k integer;
  v_down boolean; v_mid_x integer; v_end_x integer; v_end_y integer;
  v_edits integer[][] := '{}';
begin
  select array_agg(l.number order by l.ord) filter (where l.side = 1), array_agg(l.number order by l.ord) filter (where l.side = 2)
    into v_a, v_b
    from (select s.side, s.ord, dense_rank() over (order by s.line collate "C")::integer as number
            from (select 1 as side, t.ord, t.line from unnest(a) with ordinality t(line, ord)
                  union all
                  select 2, t.ord, t.line from unnest(b) with ordinality t(line, ord)) s) l;

  while v_head < n and v_head < m and v_a[v_head + 1] = v_b[v_head + 1] loop v_head := v_head + 1; end loop;
  while v_tail < n - v_head and v_tail < m - v_head and v_a[n - v_tail] = v_b[m - v_tail] loop v_tail := v_tail + 1; end loop;
  n := n - v_head - v_tail;
  m := m - v_head - v_tail;
  if n = 0 and m = 0 then
    return;
  elsif n = 0 or m = 0 then
    return query select v_head + 1, v_head + n, v_head + 1, v_head + m;
    return;
  end if;

  <<search>>
  for d in 0..least(n + m, c_most_differences) loop
    for i in 0..d loop
      k := -d + 2 * i;
      if d = 0 then x := 0;
      elsif k = -d or (k <> d and v_trace[d*d - d + k] < v_trace[d*d - d + k + 2]) then x := v_trace[d*d - d + k + 2];
      else x := v_trace[d*d - d + k] + 1;
      end if;
      y := x - k;
      while x < n and y < m and v_a[v_head + x + 1] = v_b[v_head + y + 1] loop x := x + 1; y := y + 1; end loop;
      v_trace[d*d + d + k + 1] := x;
      if x >= n and y >= m then
        v_found := d;
        exit search;
      end if;
    end loop;
  end loop;
  if v_found is null then
    return query select v_head + 1, v_head + n, v_head + 1, v_head + m;
    return;
  end if;

  -- Walk back; moves with no common line between them are one edit.
  x := n;
  y := m;
  for d in reverse v_found..1 loop
    k := x - y;
    v_down := k = -d or (k <> d and v_trace[d*d - d + k] < v_trace[d*d - d + k + 2]);
    px := v_trace[d*d - d + k + case when v_down then 2 else 0 end];
    py := px - k - case when v_down then 1 else -1 end;
    v_mid_x := px + case when v_down then 0 else 1 end;
    if v_end_x is not null and x > v_mid_x then
      v_edits := v_edits || array[[v_head + x + 1, v_head + v_end_x, v_head + y + 1, v_head + v_end_y]];
      v_end_x := null;
    end if;
    if v_end_x is null then
      v_end_x := v_mid_x;
      v_end_y := v_mid_x - k;
    end if;
    x := px;
    y := py;
  end loop;
  v_edits := v_edits || array[[v_head + x + 1, v_head + v_end_x, v_head + y + 1, v_head + v_end_y]];
  return query select v_edits[i][1], v_edits[i][2], v_edits[i][3], v_edits[i][4]
    from generate_series(cardinality(v_edits) / 4, 1, -1) i;
end
$$;

--
-- Name: FUNCTION line_edits(a text[], b text[]); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.line_edits(a text[], b text[]) IS 'The least set of edits that turns lines a into lines b: lines a_from..a_to become b_from..b_to (to = from - 1: none), in order.';

--
-- Name: lines_with_heading(text[]); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.lines_with_heading(lines text[]) RETURNS TABLE(n bigint, heading text)
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select h.n, first_value(h.line) over (partition by h.block order by h.n)
    from (select l.n, l.line, count(*) filter (where l.line ~ '^#{1,6}\s') over (order by l.n) as block from unnest(lines) with ordinality l(line, n)) h
$$;

--
-- Name: FUNCTION lines_with_heading(lines text[]); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.lines_with_heading(lines text[]) IS 'Each line''s number with the line that opens its block: a heading, or the first line of the text.';

--
-- Name: list_item(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.list_item(item text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select regexp_replace(btrim(regexp_replace(item, '\s+', ' ', 'g')), '^[-*+#>]+\s*', '')
$$;

--
-- Name: FUNCTION list_item(item text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.list_item(item text) IS 'A text as one line of a list.';

--
-- Name: markdown_sections(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.markdown_sections(content text) RETURNS TABLE(ordinal integer, heading text, body text)
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
  c_longest constant integer := 1500; -- characters of a section before it is cut at the next paragraph
  v_line text;
  v_fence text;
  v_path text[] := '{}';
  v_level integer;
begin
  ordinal := 0;
  body := '';
  foreach v_line in array string_to_array(content, E'\n') loop
    v_line := rtrim(v_line, E'\r');
    if v_fence is null and v_line ~ '^\s{0,3}(```|~~~)' then
      v_fence := substring(v_line from '(```|~~~)');
    elsif v_fence is not null and v_line ~ ('^\s{0,3}' || v_fence) then
      v_fence := null;
    end if;
    v_level := case when v_fence is null and v_line ~ '^#{1,6}\s' then length(substring(v_line from '^#+')) end;
    if v_level is not null or (length(body) > c_longest and (btrim(v_line) = '' or v_line ~ '^\s{0,3}([-*+]|\d+\.)\s')) or length(body) + length(v_line) > 8000 then
      if btrim(body, E' \t\n') <> '' then
        heading := nullif(array_to_string(v_path[2:], ' / ', ''), '');
        body := btrim(body, E'\n');
        return next;
        ordinal := ordinal + 1;
      end if;
      body := '';
    end if;
    if v_level is not null then
      v_path := v_path[:v_level - 1];
      v_path[v_level] := btrim(regexp_replace(v_line, '^#+\s*(.*?)\s*#*\s*$', '\1'));
    else
      -- A single line longer than a unit can be: cut it, nothing is dropped.
      while length(v_line) > 8000 loop
        heading := nullif(array_to_string(v_path[2:], ' / ', ''), '');
        body := left(v_line, 8000);
        return next;
        ordinal := ordinal + 1;
        body := '';
        v_line := substr(v_line, 8001);
      end loop;
      body := body || v_line || E'\n';
    end if;
  end loop;
  if btrim(body, E' \t\n') <> '' then
    heading := nullif(array_to_string(v_path[2:], ' / ', ''), '');
    body := btrim(body, E'\n');
    return next;
  end if;
end
$_$;

--
-- Name: FUNCTION markdown_sections(content text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.markdown_sections(content text) IS 'A markdown text cut by its headings (not those in code fences), long sections at paragraphs: ordinal, the path of headings below the title, the text.';

--
-- Name: mask_card(text, boolean); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.mask_card(candidate text, named boolean) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
declare
  v_groups text[] := string_to_array(translate(candidate, '.-', '  '), ' ');
  v_before integer := 0;
  v_digits text;
begin
  if named and length(translate(candidate, ' .-', '')) <= 19 then
    return '[card number]';
  elsif cardinality(v_groups) > 7 then
    return candidate; -- single figures in a row: a list, unless somebody calls it a card
  end if;
  for v_from in 1 .. cardinality(v_groups) loop
    v_digits := '';
    for v_to in v_from .. cardinality(v_groups) loop
      v_digits := v_digits || v_groups[v_to];
      exit when length(v_digits) > 19;
      if length(v_digits) >= 13 and left(v_digits, 1) between '2' and '6' and app_hidden.passes_luhn(v_digits) then
        return left(candidate, v_before) || '[card number]' || substr(candidate, v_before + length(v_digits) + v_to - v_from + 1);
      end if;
    end loop;
    v_before := v_before + length(v_groups[v_from]) + 1;
  end loop;
  return candidate;
end
$$;

--
-- Name: FUNCTION mask_card(candidate text, named boolean); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.mask_card(candidate text, named boolean) IS 'Groups of digits with the 13 to 19 that make a payment card''s number (Luhn) masked; all of them where the words before speak of a card.';

--
-- Name: mask_codes(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.mask_codes(content text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
  -- What stands between the word for a code and the code: "code for bay 3 is 4711".
  c_filler constant text := '(?:[ \t]*(?:[:=#>,-]|\m(?:it''s|its?|is|was|are|were|be|says|reads|number|no\.?|nr\.?|for|to|of|on|at|from|the|my|our|your|their|this|that|a|new|old|today''?s?|tonight|now|currently|still|just|really|only|should be|i|we|got|have|had|used?|entered|typed|tried|front|back|main|side|rear|door|gate|entrance|entry|access|bay|room|building|lock|locker|keypad|club|ist|war|lautet|sind|für|fuer|zur?|zum|vom|von|der|die|das|den|mein|meine|unser|unsere|neue?|heute|tür|tuer|tor|halle|eingang|box|est|était|le|la|les|de|du|des|pour|mon|notre|votre|porte|entrée|entree|portail|es|era|el|para|puerta|mi|nuestra|nuestro|entrada|acceso|acc[eèé]s|del|(?:bay|room|door|gate|site|box|halle|porte|puerta|number|no\.?|nr\.?)[ ]?\d{1,2}|i''m)\M|d''|l''))*[ \t]*["''«„“]?';
  -- Never what measures or costs: "pin 150 yards", "code for 2500 €", "at 10:30".
  c_no_measure constant text := '(?![\w%€$£°]|[.,:/]\d|[ -]?(?:ya?r?ds?|m|met(?:er|re)s?|ft|feet|foot|inch(?:es)?|[ck]m|mm|rpm|mph|%|€|\$|£|eur|usd|gbp|euros?|dollars?|pounds?|points?|pts|hours?|hrs?|h|minutes?|mins?|seconds?|secs?|days?|weeks?|times?|people|persons?|players?|balls?|holes?|percent|uhr|stunden?|minuten?|tage?|mal|heures?|horas?|am|pm|o''clock)\M)';
  c_number constant text := '(?:[*#]?(?:\d{3,10}|\d(?:[ -]\d){2,9}|\d{2}(?:[ -]\d{2}){1,4}|\d{3}[ -]\d{3}|\d{4}[ -]\d{4})[*#]?)';
  c_spelled constant text := '(?:[ ,-]*\m(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|null|eins|zwei|zwo|drei|vier|fünf|fuenf|sechs|sieben|acht|neun|zéro|un|deux|trois|quatre|cinq|sept|huit|neuf|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)\M){3,}';
  -- Letters and digits mixed, two digits at least: K7X42B, ABX-492.
  c_mixed constant text := '(?:(?=[A-Za-z#*-]*\d[A-Za-z#*-]*\d)(?=[0-9#*-]*[A-Za-z*#])[A-Za-z0-9*#][A-Za-z0-9#*-]{2,15}(?!\w))';
  c_code constant text := '(?:(?:\m(?:pass|door|gate|key|pin|lock|access|entry|security|zugangs?|zutritts|eingangs|tür|tuer|zahlen|öffnungs|schließ|digi|sicherheits)|\m)(?:codes?|pins?(?:[ -]?nummer)?|geheimzahl|geheimnummer|otp|cv[vc]2?|key ?pads?|tastenfeld|tastatur|clavier|teclado|c[oóOÓ]digos?|clave|combinations?|combinaison|kombination)\M)';
  c_secret constant text := '\m(?:pass ?words?|passwort|pass ?phrase|kennwort|zugangswort|mot de passe|contrase[nñNÑ]a|clave|pwd|pw)\M';
  v_text text := content;
begin
  if v_text ilike any (array['%code%', '%pin%', '%otp%', '%cvv%', '%cvc%', '%pad%', '%tast%', '%cla%', '%teclado%', '%digo%', '%combina%', '%kombina%', '%geheim%']) then
    -- The code of an error, a voucher or a postcode is none: a mark in the word hides it from the rules below.
    v_text := regexp_replace(v_text, '\m((?:error|fehler|erreur|promo|promotion|discount|voucher|coupon|gift|card|referral|rabatt|gutschein|zip|post|postal|country|area|dress|bar|qr|order|booking|reference|product|model|source|status|colou?r|item|exit|http|fault|warning|dialling|dialing|sort|tax)[ _-]?)(c)(ode)', E'\\1\\2\x01\\3', 'gi');
    v_text := regexp_replace(v_text, '(' || c_code || c_filler || ')(?:' || c_number || c_no_measure || '|' || c_mixed || '|' || c_spelled || ')', '\1[code]', 'gi');
    -- "4711 is the door code", "4711 ist der Code".
    v_text := regexp_replace(v_text, '(^|[^\w.,:/#$€£+-])' || c_number || '(?=[ \t]+(?:is|was|as|ist|war|als|est|es|era|:|=|for|für)[ \t]+(?:(?:the|my|our|your|a|der|die|das|mein|meine|unser|le|la|mon|notre|el|mi|nuestro|right|wrong|new|old|current|correct|door|gate|access|entry|front|back|main|side|bay|club)[ \t]+){0,4}' || c_code || ')', '\1[code]', 'gi');
    v_text := replace(v_text, E'\x01', '');
  end if;
  if v_text ilike any (array['%pass%', '%kennw%', '%zugangsw%', '%contrase%', '%clave%', '%pw%']) then
    -- After a colon anything, else what does not look like a word.
    v_text := regexp_replace(v_text, '(' || c_secret || '[^:=\n]{0,24}[:=][ \t]*["''«„“]?)(?!\[)[^\s"''»“”,;]{3,64}', '\1[code]', 'gi');
    v_text := regexp_replace(v_text, '(' || c_secret || c_filler || ')(?!\[)(?=[^\s"''»“”]*[0-9!@#$%^&*_+=])[^\s"''»“”,;]{2,63}[^\s"''»“”,;.?!:)]', '\1[code]', 'gi');
    v_text := regexp_replace(v_text, '(' || c_secret || '[ \t]+(?:is|was|ist|war|lautet|est|es)[ \t]*["''«„“])[^"''»“”\n]{3,64}', '\1[code]', 'gi');
  end if;
  -- What is typed into a door: "use 1234 to get in", "4711#", "*4711#", "0815 opens the gate".
  v_text := regexp_replace(v_text, '(\m(?:us(?:e|ing|ed)|enter(?:ing|ed)?|typ(?:e|ing|ed)|press(?:ing|ed)?|punch(?:ed|ing)?|put|dial(?:led|ed)?|tr(?:y|ied|ying)|key(?:ed)?|tap(?:ped)?|input|tippen?|getippt|gib|geben?|drück\w*|nimm|nehmen|tap[eé][rz]?|compose[rz]|entrez|marc[aq]u?e?|tecle[ae]e?|introduce|usa)\M(?:[ \t]+(?:in|it|with|the|code|number|den|die|das|sie|le|la|el)\M)*[ \t]+)' || c_number || '(?=[ \t,]*(?:(?:and|und|et|y|then|dann|to|um|pour|para|on|at|into?|for|am|auf|an|ein|der|die|dem|das|sur|le|la|à|en|el|the|my|our|your|front|back|main|side|bay|press|hit)[ \t]+)*(?:get[ \t]+in|open|enter|unlock|key ?pad|pad\M|door|gate|lock|entrance|hash|pound|star\M|rein|tür|tuer|tor\M|tast|öffn|eingang|ein\M|entrer|ouvrir|porte|clavier|portail|entrar|abrir|puerta|teclado))', '\1[code]', 'gi');
  v_text := regexp_replace(v_text, '(^|[^\w.,:/#$€£+-])(?:\*\d{3,10}[#*](?!\w)|\d{3,10}#(?!\w)|\d{4,8}(?=[ \t]+(?:(?:opens?|opened|unlocks?|öffnet|ouvre|abre)[ \t]+(?:the|it|our|my|die|das|la|le|el|bay|every)\M|(?:on|into|at|in|auf|an|sur|en)[ \t]+(?:the|das|dem|die|le|el|our|my)[ \t]+(?:(?:door|gate|front|bay)[ \t]+)?(?:key ?pad|tast|clavier|teclado))))', '\1[code]', 'gi');
  return v_text;
end
$_$;

--
-- Name: FUNCTION mask_codes(content text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.mask_codes(content text) IS 'The text with door codes, PINs, passcodes and passwords replaced by [code]: known by the English, German, French and Spanish words around them, never by their digits alone. Expects plain characters.';

--
-- Name: mask_iban(text, boolean); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.mask_iban(candidate text, named boolean) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
declare
  v_plain text := upper(regexp_replace(candidate, '[ -]', '', 'g'));
  v_length integer := (jsonb '{"AD":24,"AE":23,"AL":28,"AT":20,"AZ":28,"BA":20,"BE":16,"BG":22,"BH":22,"BR":29,"BY":28,"CH":21,"CR":22,"CY":28,"CZ":24,"DE":22,"DK":18,"DO":28,"EE":20,"EG":29,"ES":24,"FI":18,"FO":18,"FR":27,"GB":22,"GE":22,"GI":23,"GL":18,"GR":27,"GT":28,"HR":21,"HU":28,"IE":22,"IL":23,"IQ":23,"IS":26,"IT":27,"JO":30,"KW":30,"KZ":20,"LB":28,"LC":32,"LI":21,"LT":20,"LU":20,"LV":21,"LY":25,"MC":27,"MD":24,"ME":22,"MK":19,"MR":27,"MT":31,"MU":30,"NL":18,"NO":15,"PK":24,"PL":28,"PS":29,"PT":25,"QA":29,"RO":24,"RS":22,"SA":24,"SC":31,"SE":24,"SI":19,"SK":24,"SM":27,"ST":25,"SV":28,"TL":23,"TN":24,"TR":26,"UA":29,"VA":22,"VG":24,"XK":20}' ->> left(v_plain, 2))::integer;
  v_checked text;
begin
  if v_length is null or length(v_plain) < v_length then
    return case when named and length(regexp_replace(v_plain, '\D', '', 'g')) >= 8 then '[iban]' else candidate end;
  end if;
  -- ISO 13616: country and check digits to the end, letters as numbers from 10, the whole modulo 97 is 1.
  select string_agg(case when c ~ '\d' then c else (ascii(c) - 55)::text end, '' order by o) into v_checked
    from unnest(string_to_array(substr(left(v_plain, v_length), 5) || left(v_plain, 4), null)) with ordinality t(c, o);
  if v_checked::numeric % 97 <> 1 and not named then
    return candidate;
  end if;
  return regexp_replace(candidate, format('^(?:[A-Za-z0-9][ -]?){%s}[A-Za-z0-9]', v_length - 1), '[iban]');
end
$$;

--
-- Name: FUNCTION mask_iban(candidate text, named boolean); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.mask_iban(candidate text, named boolean) IS 'What may be an account number, masked where its length and check digits (ISO 13616) say that it is, or the word IBAN stands before it.';

--
-- Name: mask_personal_data(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.mask_personal_data(content text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
  c_card constant text := '(?<!\d)\d(?:[ .-]?\d){12,27}(?!\d)';
  c_iban constant text := '\m[A-Za-z]{2}\d{2}[ -]?[A-Za-z0-9]{4}(?:[ -]?[A-Za-z0-9]{4}){1,6}(?:[ -]?[A-Za-z0-9]{1,4})?\M';
  c_phone constant text := '(?<![\w.,:/+-])(?:\+ ?)?\(?\d(?:(?:[ ./-]|[ ]?[()][ ]?|[ ][/-][ ])?\d){6,17}(?![\w])';
  v_plain text := app_hidden.plain_characters(content) collate "C";
  v_text text := v_plain;
  v_found text[];
begin
  if strpos(v_text, '@') > 0 then
    v_text := regexp_replace(v_text, '[^\s@<>()\[\]{},;:"''=]+[ ]?@[ ]?(?:\[[0-9a-fA-F.:]+\]|[^\s@<>()\[\]{},;:"''=.!?/]+(?:\.[^\s@<>()\[\]{},;:"''=.!?/]+)+)', '[email]', 'g');
  end if;
  if v_text ilike any (array['% at %', '%(at)%', '%[at]%', '%{at}%', '%( at )%', '%[ at ]%', '%(ät)%']) then
    v_text := regexp_replace(v_text, '[A-Za-z0-9._%+-]+(?:[ ]?[(\[{][ ]?(?:at|ät)[ ]?[)\]}][ ]?[A-Za-z0-9-]+(?:(?:\.|[ ]?[(\[{]?[ ]?(?:dot|punkt|point|punto)[ ]?[)\]}]?[ ]?)[A-Za-z0-9-]+)+|[ ]at[ ][A-Za-z0-9-]+(?:[ ]dot[ ](?:[A-Za-z0-9-]+[ ]dot[ ])?|\.)(?:com|net|org|info|co\.uk|uk|de|at|ch|fr|es|it|nl|eu|io|me|edu)\M)', '[email]', 'gi');
  end if;
  -- A pattern that is compiled again costs more than it finds: sessions keep 32 of them, so there are few, and none
  -- where a look for characters does.
  if translate(v_text, '0123456789', '') = v_text then
    v_text := app_hidden.mask_codes(v_text);
    return case when v_text = v_plain then content else v_text end;
  end if;
  v_found := array(select m[1] from regexp_matches(v_text, c_card, 'g') m);
  if cardinality(v_found) > 0 then
    select string_agg(p.part || coalesce(case when right(p.part, 40) ~* '(?:card|visa|master|amex|american express|maestro|kredit|karte|carte|tarjeta)[^\n.!?]{0,25}$' then app_hidden.mask_card(p.found, true)
                                              when app_hidden.numbers_a_thing(right(p.part, 40)) then p.found else app_hidden.mask_card(p.found, false) end, ''), '' order by p.o)
      into v_text from unnest(regexp_split_to_array(v_text, c_card), v_found) with ordinality p(part, found, o);
  end if;
  v_found := array(select m[1] from regexp_matches(v_text, c_iban, 'g') m);
  if cardinality(v_found) > 0 then
    select string_agg(p.part || coalesce(app_hidden.mask_iban(p.found, right(p.part, 24) ~* '\miban\M[^\n.!?]{0,12}$'), ''), '' order by p.o)
      into v_text from unnest(regexp_split_to_array(v_text, c_iban), v_found) with ordinality p(part, found, o);
  end if;
  -- Before phones: "door code 0171 234567" is a code, and what is left of it no phone number.
  v_text := app_hidden.mask_codes(v_text);
  v_found := array(select m[1] from regexp_matches(v_text, c_phone, 'g') m);
  if cardinality(v_found) > 0 then
    select string_agg(p.part || coalesce(app_hidden.mask_phone(p.found, right(p.part, 40), left(p.next, 16)), ''), '' order by p.o)
      into v_text from (select u.part, u.found, u.o, lead(u.part, 1, '') over (order by u.o) as next
                          from unnest(regexp_split_to_array(v_text, c_phone), v_found) with ordinality u(part, found, o)) p;
  end if;
  -- Where there was nothing to mask the text stays as it was written, to the last character.
  return case when v_text = v_plain then content else v_text end;
end
$_$;

--
-- Name: FUNCTION mask_personal_data(content text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.mask_personal_data(content text) IS 'The text with e-mail addresses, payment card numbers, IBANs, phone numbers and access codes replaced by [email], [card number], [iban], [phone] and [code]; unchanged where it holds none. Names and addresses stay. Masking what is masked changes nothing.';

--
-- Name: mask_phone(text, text, text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.mask_phone(candidate text, before text, after text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $_$
declare
  v_digits text := translate(candidate, '+()./- ', '');
begin
  if length(v_digits) not between 7 and 16
     -- Dates, with or without a time, and spans of times or of years.
     or candidate ~ '^(?:\(?(?:(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[./-](?:0?[1-9]|[12]\d|3[01]))[./-](?:(?:19|20)\d\d(?:\D|$)|\d\d(?:[^\d./-]|$))|(?:19|20)\d\d[./ -](?:0?[1-9]|1[0-2])[./ -](?:0?[1-9]|[12]\d|3[01])(?:\D|$)|[01]?\d[.][0-5]\d ?[-/] ?[0-2]?\d[.][0-5]\d|(?:19|20)\d\d ?[-/] ?(?:19|20)\d\d)'
     -- Money, measures and numbers of things.
     or after ~* '^(?:[.,]\d| ?(?:[$€£%°]|(?:eur|usd|gbp|euros?|dollars?|pounds?|ya?r?ds?|met(?:er|re)s?|m|ft|feet|rpm|km/?h|mph|km|kg|cm|mm|ms|minutes?|hours?|points?|pts)\M))'
     or app_hidden.numbers_a_thing(before) then
    return candidate;
  elsif left(candidate, 1) = '+' and length(v_digits) >= 8 or left(v_digits, 2) = '00' and substr(v_digits, 3, 1) <> '0' and length(v_digits) >= 8
        -- With the zero for long distance: Britain, Germany, France and others.
        or left(v_digits, 1) = '0' and substr(v_digits, 2, 1) <> '0' and (length(v_digits) >= 9 or length(v_digits) = 8 and candidate <> v_digits)
        -- United States and Canada with separators; Spain.
        or candidate ~ '^(?:(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])\d{3}[ .-]\d{4}|[6789]\d{2}[ -]\d{3}[ -]\d{3}|[6789]\d{2}[ -]\d{2}[ -]\d{2}[ -]\d{2}|[89]\d[ -]\d{3}[ -]\d{2}[ -]\d{2})$'
        or before ~* '(?:phone|\mtel|t[eé]l[eé]f|mobil|m[oó]vil|handy|\mcell|whats ?app|\msms\M|\mfax|(?:call|ring|text|reach|phone|contact|message) (?:me|us|him|her)|number is|nummer (?:ist|lautet)|num[eé]ro|portable|rufe?n? sie|ruf mich|appele|ll[aá]me)[^\n]{0,12}$' then
    return '[phone]';
  end if;
  return candidate;
end
$_$;

--
-- Name: FUNCTION mask_phone(candidate text, before text, after text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.mask_phone(candidate text, before text, after text) IS 'Digits that may be a phone number, masked where their form (international, US, UK, German, French, Spanish) or the words before say so; never dates, times, money, measures or numbers of orders. before, after: what stands around them.';

--
-- Name: merge_lines(text, text, text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.merge_lines(base text, ours text, theirs text, OUT merged text, OUT conflicts jsonb) RETURNS record
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
  v_base text[] := app_hidden.to_lines(base);
  v_ours text[] := app_hidden.to_lines(ours);
  v_theirs text[] := app_hidden.to_lines(theirs);
  v_out text[] := '{}';
  v_at integer := 1;
  v_last text[] := '{}';
  v_edit record;
begin
  conflicts := '[]';
  -- Both sides' edits in the order of the base; an edit that both made counts once.
  for v_edit in
    select e.*, max(e.a_to) over w as reach, max(e.insertion) over w as reach_insertion
      from (select a_from, a_to, v_ours[b_from:b_to] as lines, case when a_to < a_from then a_from end as insertion from app_hidden.line_edits(v_base, v_ours)
            union
            select a_from, a_to, v_theirs[b_from:b_to], case when a_to < a_from then a_from end from app_hidden.line_edits(v_base, v_theirs)) e
    window w as (order by e.a_from, e.a_to, e.lines rows between unbounded preceding and 1 preceding)
     order by e.a_from, e.a_to, e.lines
  loop
    if v_edit.insertion = v_edit.reach_insertion and v_edit.insertion = v_at
       and not exists (select from unnest(v_edit.lines || v_last) l where l !~ '^\s*$|^#{1,6}\s|^\s*([-*+]|\d+\.)\s') then
      -- Both added items to one list: keep both, what they share once.
      v_out := v_out || array(select l from unnest(v_edit.lines) with ordinality t(l, o) where l <> all (v_last) order by o);
      continue;
    elsif v_edit.a_from <= v_edit.reach or v_edit.insertion = v_edit.reach_insertion then
      conflicts := conflicts || jsonb_build_array(jsonb_build_object('line', v_edit.a_from, 'lines', greatest(v_edit.a_to - v_edit.a_from + 1, 0)));
      continue;
    end if;
    v_out := v_out || v_base[v_at:v_edit.a_from - 1] || v_edit.lines;
    v_at := v_edit.a_to + 1;
    v_last := v_edit.lines;
  end loop;
  if conflicts = '[]' then
    conflicts := null;
    v_out := v_out || v_base[v_at:];
    -- A last line that is last no more has its newline now.
    merged := app_hidden.from_lines(array(select case when o < cardinality(v_out) then regexp_replace(l, '\n\\ No newline at end of file$', '') else l end
                                            from unnest(v_out) with ordinality t(l, o) order by o));
  end if;
end
$_$;

--
-- Name: FUNCTION merge_lines(base text, ours text, theirs text, OUT merged text, OUT conflicts jsonb); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.merge_lines(base text, ours text, theirs text, OUT merged text, OUT conflicts jsonb) IS 'Three-way merge by line: `merged` where the edits of ours and theirs do not overlap, else `conflicts`, [{line, lines}] of the base. Two insertions at one place conflict unless they are equal or both list items.';

--
-- Name: merge_marked(text, text, text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.merge_marked(base text, ours text, theirs text, OUT merged text, OUT conflicts integer) RETURNS record
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
  v_base text[] := app_hidden.to_lines(base);
  v_ours text[] := app_hidden.to_lines(ours);
  v_theirs text[] := app_hidden.to_lines(theirs);
  v_out text[] := '{}';
  v_at integer := 1;
  v_mine text[];
  v_other text[];
  r record;
begin
  conflicts := 0;
  for r in
    -- Edits that overlap, and insertions at one place, are one region; what each side made of it is a slice of its text.
    select g.region, min(g.a_from) as a_from, max(g.a_to) as a_to,
           min(g.b_from - g.a_from) filter (where g.side = 1 and g.first) as our_shift, max(g.b_to - g.a_to) filter (where g.side = 1 and g.last) as our_end_shift,
           min(g.b_from - g.a_from) filter (where g.side = 2 and g.first) as their_shift, max(g.b_to - g.a_to) filter (where g.side = 2 and g.last) as their_end_shift
      from (select o.*, row_number() over (partition by o.region, o.side order by o.a_from, o.a_to) = 1 as first,
                   row_number() over (partition by o.region, o.side order by o.a_from desc, o.a_to desc) = 1 as last
              from (select s.*, count(*) filter (where s.starts) over (order by s.a_from, s.a_to, s.side) as region
                      from (select e.*, coalesce(e.a_from > max(e.a_to) over w and not coalesce(e.insertion = max(e.insertion) over w, false), true) as starts
                              from (select 1 as side, x.*, case when x.a_to < x.a_from then x.a_from end as insertion from app_hidden.line_edits(v_base, v_ours) x
                                    union all
                                    select 2, x.*, case when x.a_to < x.a_from then x.a_from end from app_hidden.line_edits(v_base, v_theirs) x) e
                            window w as (order by e.a_from, e.a_to, e.side rows between unbounded preceding and 1 preceding)) s) o) g
     group by g.region order by g.region
  loop
    v_out := v_out || v_base[v_at:r.a_from - 1];
    v_at := r.a_to + 1;
    v_mine := v_ours[r.a_from + r.our_shift:r.a_to + r.our_end_shift];
    v_other := v_theirs[r.a_from + r.their_shift:r.a_to + r.their_end_shift];
    if r.their_shift is null then
      v_out := v_out || v_mine;
    elsif r.our_shift is null or v_mine = v_other then
      v_out := v_out || v_other;
    elsif r.a_to < r.a_from and not exists (select from unnest(v_mine || v_other) l where l !~ '^\s*$|^#{1,6}\s|^\s*([-*+]|\d+\.)\s') then
      -- Both added items to one list, as in merge_lines.
      v_out := v_out || v_mine || array(select l from unnest(v_other) with ordinality t(l, o) where l <> all (v_mine) order by o);
    else
      conflicts := conflicts + 1;
      v_out := v_out || '<<<<<<< current'::text || v_mine || '======='::text || v_other || '>>>>>>> proposed'::text;
    end if;
  end loop;
  v_out := v_out || v_base[v_at:];
  merged := app_hidden.from_lines(array(select case when o < cardinality(v_out) then regexp_replace(l, '\n\\ No newline at end of file$', '') else l end
                                          from unnest(v_out) with ordinality t(l, o) order by o));
end
$_$;

--
-- Name: FUNCTION merge_marked(base text, ours text, theirs text, OUT merged text, OUT conflicts integer); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.merge_marked(base text, ours text, theirs text, OUT merged text, OUT conflicts integer) IS 'Three-way merge by line, as merge_lines merges; where edits overlap, both stand between the usual marks (<<<<<<< current, =======, >>>>>>> proposed), and `conflicts` counts these places.';

--
-- Name: notify(text, jsonb, text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.notify(kind text, details jsonb DEFAULT '{}'::jsonb, key text DEFAULT NULL::text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  insert into app_public.notifications (kind, channel, user_id, recipient, details, key)
  select notify.kind, 'mail', u.id, u.email, notify.details, notify.key || ':' || u.id from app_public.users u
   where u.is_active and exists (select from app_secret.passwords p where p.user_id = u.id)
     and case notify.kind when 'urgent_ticket' then u.role in ('agent', 'reviewer', 'admin') when 'audit_broken' then u.role in ('admin', 'auditor') when 'job_dead' then u.role = 'admin' else false end
  on conflict do nothing;
  insert into app_public.notifications (kind, channel, webhook_id, details, key)
  select notify.kind, 'webhook', w.id, notify.details, notify.key || ':' || w.id from app_public.webhooks w where w.is_active and notify.kind = any (w.events)
  on conflict do nothing;
  insert into app_public.notifications (kind, channel, user_id, push_subscription_id, details, key)
  select notify.kind, 'push', u.id, s.id, notify.details, notify.key || ':' || s.id
    from app_public.push_subscriptions s join app_public.users u on u.id = s.user_id
   where notify.kind = 'urgent_ticket' and u.is_active and u.role in ('agent', 'reviewer', 'admin')
  on conflict do nothing;
$$;

--
-- Name: FUNCTION notify(kind text, details jsonb, key text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.notify(kind text, details jsonb, key text) IS 'Puts an event into the outbox, in this transaction: mails to the staff concerned, deliveries to the webhooks that want it, pushes to their browsers of what is urgent. details: no personal data, no secrets. key: the same event is told once.';

--
-- Name: numbers_a_thing(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.numbers_a_thing(before text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  select before ~* '(?:#|(?:[$€£¥]|\m(?:eur|usd|gbp)) ?|(?:order|booking|invoice|ticket|reference|ref|receipt|transaction|member(?:ship)?|serial|customer|account|bestell\w*|buchung\w*|rechnung\w*|r[eé]servation|commande|factura|pedido|reserva|version|build|model|isbn|sku|part|\mid\M)[ .:#-]{0,3}(?:(?:number|no|nr|num|id|code|is)[ .:#-]{0,3}){0,2})$'
$_$;

--
-- Name: FUNCTION numbers_a_thing(before text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.numbers_a_thing(before text) IS 'Whether the number after these words is that of an order, a booking or the like, or a sum of money.';

--
-- Name: passes_luhn(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.passes_luhn(digits text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  -- Every second digit from the right counts double, a double's own two digits added: 6 gives 12 gives 3.
  select sum(case when o % 2 = 1 then d else (array[0, 2, 4, 6, 8, 1, 3, 5, 7, 9])[d + 1] end) % 10 = 0
    from (select (ascii(c) - 48) as d, o from unnest(string_to_array(reverse(digits), null)) with ordinality t(c, o)) d
$$;

--
-- Name: FUNCTION passes_luhn(digits text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.passes_luhn(digits text) IS 'Whether the last of these digits is the check digit of the others, as on payment cards (ISO/IEC 7812).';

--
-- Name: phrases_heading(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.phrases_heading() RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select 'Customers also say'
$$;

--
-- Name: FUNCTION phrases_heading(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.phrases_heading() IS 'Heading of the SOP section whose list items are phrases of customers; each is searched on its own.';

--
-- Name: plain_characters(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.plain_characters(content text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  -- Look-alikes become what they look like; invisible characters go, with the parts of keycap emoji; other scripts'
  -- digits become ours.
  select case when octet_length(content) = length(content) then content else translate(regexp_replace(normalize(content, NFKC) collate "C",
      '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\u20E3\u3164\uFE00-\uFE0F\uFEFF\uFFA0\U000E0000-\U000E01EF]', '', 'g'),
    '‐‑‒–—―−٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९', '-------012345678901234567890123456789') end
$$;

--
-- Name: FUNCTION plain_characters(content text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.plain_characters(content text) IS 'A text for patterns to look at: compatibility forms (full-width digits and the like) as plain characters, zero-width and bidi controls removed, dashes and digits of other scripts as ASCII.';

--
-- Name: plain_text(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.plain_text(markdown text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select regexp_replace(regexp_replace(regexp_replace(markdown, '(?n)^\s*(?:[-*+]|\d+\.|#{1,6})\s+', '', 'g'), '\*\*|__|`', '', 'g'), '\[([^\]]+)\]\([^)]*\)', '\1', 'g')
$$;

--
-- Name: FUNCTION plain_text(markdown text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.plain_text(markdown text) IS 'Markdown without its list marks, headings'' marks, emphasis and links'' targets.';

--
-- Name: quote(text, integer); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.quote(body text, most integer DEFAULT 1500) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
  v_out text;
begin
  if length(body) <= most then
    return body;
  end if;
  v_out := left(body, most);
  return rtrim(regexp_replace(v_out, E'\\n[^\\n]*$', '')) || E'\n…';
end
$_$;

--
-- Name: FUNCTION quote(body text, most integer); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.quote(body text, most integer) IS 'A text, cut at the end of a line where it is longer than `most` characters.';

--
-- Name: readable_name(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.readable_name(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select upper(left(w, 1)) || substr(w, 2) from app_hidden.in_words(name) w
$$;

--
-- Name: FUNCTION readable_name(name text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.readable_name(name text) IS 'A name as a person reads it: tech_support is "Tech support".';

--
-- Name: record_draft(integer, text, jsonb, text, text, double precision, text, integer, integer, integer, numeric); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.record_draft(ticket_id integer, question text, answer jsonb, model text, text text DEFAULT NULL::text, latency_ms double precision DEFAULT NULL::double precision, router_model text DEFAULT 'local-vote'::text, prompt_version_id integer DEFAULT NULL::integer, tokens_in integer DEFAULT NULL::integer, tokens_out integer DEFAULT NULL::integer, cost numeric DEFAULT NULL::numeric) RETURNS app_public.responses
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_response app_public.responses;
  v_answered boolean := record_draft.answer ->> 'outcome' in ('answered', 'emergency');
begin
  if not app_hidden.has_role('worker') then
    perform app_hidden.require_role('agent');
  end if;
  insert into app_public.responses (ticket_id, question, question_hash, embedding_model, site_id, category, confidence, text, outcome, reason, model, router_model,
      prompt_version_id, latency_ms, tokens_in, tokens_out, cost)
  select record_draft.ticket_id, record_draft.question, app_hidden.embedding_hash(record_draft.question), s.embedding_model, app_hidden.find_site(record_draft.answer ->> 'site'),
         record_draft.answer ->> 'category', (record_draft.answer ->> 'confidence')::double precision,
         -- What would have been handed over is no draft: a customer would read that a person will answer, from one.
         case when v_answered then coalesce(record_draft.text, record_draft.answer ->> 'text') else '' end, 'drafted',
         case when record_draft.answer ->> 'outcome' <> 'answered' then concat_ws(': ', record_draft.answer ->> 'outcome', record_draft.answer ->> 'reason') end,
         record_draft.model, record_draft.router_model, record_draft.prompt_version_id, record_draft.latency_ms, record_draft.tokens_in, record_draft.tokens_out, record_draft.cost
    from app_public.club_settings s
  returning * into v_response;
  perform app_private.record_sources(v_response.id, record_draft.answer -> 'sources');
  return v_response;
end
$$;

--
-- Name: FUNCTION record_draft(ticket_id integer, question text, answer jsonb, model text, text text, latency_ms double precision, router_model text, prompt_version_id integer, tokens_in integer, tokens_out integer, cost numeric); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.record_draft(ticket_id integer, question text, answer jsonb, model text, text text, latency_ms double precision, router_model text, prompt_version_id integer, tokens_in integer, tokens_out integer, cost numeric) IS 'Writes down a draft with the versions it rests on. answer: as begin_answer gives it. text: what a model made of it; without, its own. Empty where the assistant would not have answered; reason says why. latency_ms: milliseconds; cost: US dollars.
Errors: CO403 neither the server nor an agent, CO404 no such site.';

--
-- Name: require_actor(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.require_actor() RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
begin
  if app_public.current_actor() is null then
    raise exception 'Nobody is named as the author of this change.'
      using errcode = 'CO001', hint = 'In plain SQL: set clubos.actor = ''your name''; set clubos.reason = ''why''; then repeat the statement.';
  end if;
  return left(app_public.current_actor(), 100);
end
$$;

--
-- Name: FUNCTION require_actor(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.require_actor() IS 'The actor; refuses (CO001) where none is set.';

--
-- Name: require_reason(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.require_reason(reason text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
  if coalesce(btrim(require_reason.reason), '') = '' then
    raise exception 'A reason is needed: say in a few words why.'
      using errcode = 'CO002', hint = 'Pass `reason`, or in plain SQL: set clubos.reason = ''why'';';
  end if;
  if length(require_reason.reason) > 4000 then
    raise exception 'The reason is % characters long; 4000 is the most.', length(require_reason.reason) using errcode = 'CO006';
  end if;
  return btrim(require_reason.reason);
end
$$;

--
-- Name: FUNCTION require_reason(reason text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.require_reason(reason text) IS 'The trimmed reason; refuses an empty one (CO002) and one over 4,000 characters (CO006).';

--
-- Name: require_role(name); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.require_role(role name) RETURNS void
    LANGUAGE plpgsql STABLE
    AS $$
begin
  if not app_hidden.has_role(require_role.role) then
    raise exception 'This needs the role %; you are %.', require_role.role, app_hidden.acting_role()
      using errcode = 'CO403', hint = 'Ask an admin for the role, or ask somebody who has it.';
  end if;
end
$$;

--
-- Name: FUNCTION require_role(role name); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.require_role(role name) IS 'Refuses (CO403) whoever lacks the role.';

--
-- Name: same_text(text, text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.same_text(one text, other text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select lower(btrim(regexp_replace(one, '\s+', ' ', 'g'))) = lower(btrim(regexp_replace(other, '\s+', ' ', 'g')))
$$;

--
-- Name: FUNCTION same_text(one text, other text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.same_text(one text, other text) IS 'Whether two texts differ in letters'' case and spacing at most.';

--
-- Name: set_reason(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.set_reason(reason text) RETURNS void
    LANGUAGE sql
    AS $$
  select set_config('clubos.reason', reason, true)
$$;

--
-- Name: FUNCTION set_reason(reason text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.set_reason(reason text) IS 'Says why, for the triggers, until the calling function ends: it must declare `set clubos.reason = ''''`.';

--
-- Name: sop_title(text, text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.sop_title(section text, content text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
  select coalesce(
    nullif(btrim(substring(content from '(?n)^#\s+(.+?)\s*#*\s*$')), ''),
    initcap(left(section, 1)) || translate(substr(section, 2), '_-', '  '))
$_$;

--
-- Name: FUNCTION sop_title(section text, content text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.sop_title(section text, content text) IS 'The SOP''s first-level heading, or its section''s name in words.';

--
-- Name: sop_units(text, text, text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.sop_units(category text, section text, content text) RETURNS TABLE(kind text, ordinal integer, title text, heading text, body text, embedding_text text, words tsvector)
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  with doc as (
    select app_hidden.sop_title(section, content) as title,
           app_hidden.in_words(category) || ' ' || app_hidden.in_words(section) || ' ' || app_hidden.sop_title(section, content) as head
  ), parts as materialized (
    select s.ordinal, s.heading, s.body, coalesce(s.heading like '%' || app_hidden.phrases_heading(), false) as is_phrases,
           -- A line or two between title and first heading is no section of its own; the profile has it.
           s.heading is null and length(s.body) < 200 and count(*) over () > 1 as is_preamble
      from app_hidden.markdown_sections(content) s
  )
  -- The head counts twice among the words.
  select 'section', p.ordinal, d.title, p.heading, p.body,
         left(concat_ws('. ', app_hidden.in_words(category) || ': ' || d.title, p.heading, app_hidden.plain_text(p.body)), 8000),
         to_tsvector('app_public.clubos', concat_ws(' ', d.head, d.head, p.heading, p.body))
    from doc d, parts p
   where not p.is_phrases and not p.is_preamble
  union all
  select 'phrase', 1000 + row_number() over ()::integer, d.title, p.heading, t.phrase, t.phrase, to_tsvector('app_public.clubos', t.phrase)
    from doc d, parts p,
         lateral (select btrim(regexp_replace(l, '^\s*[-*+]\s+', ''), ' "') as phrase
                    from unnest(string_to_array(p.body, E'\n')) l where l ~ '^\s*[-*+]\s+\S') t
   where p.is_phrases
$$;

--
-- Name: FUNCTION sop_units(category text, section text, content text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.sop_units(category text, section text, content text) IS 'The search units an SOP of this text would have: its sections, and each phrase under "Customers also say".';

--
-- Name: target_of(integer, text, text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.target_of(sop_id integer, category text, topic text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select coalesce('sop:' || sop_id, 'topic:' || category || '/' || topic)
$$;

--
-- Name: FUNCTION target_of(sop_id integer, category text, topic text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.target_of(sop_id integer, category text, topic text) IS 'Name of what a search unit leads to: its SOP, else its topic.';

--
-- Name: tg__audit(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg__audit() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_old jsonb := case when TG_OP <> 'INSERT' then app_hidden.audited(to_jsonb(OLD), coalesce(TG_ARGV, '{}')) end;
  v_new jsonb := case when TG_OP <> 'DELETE' then app_hidden.audited(to_jsonb(NEW), coalesce(TG_ARGV, '{}')) end;
begin
  if v_old is distinct from v_new then
    insert into app_public.audit_log (table_name, row_id, operation, actor, role, reason, old, new, request_id)
    values (TG_TABLE_NAME, coalesce(coalesce(v_new, v_old) ->> 'id', coalesce(v_new, v_old) ->> 'kind'), lower(TG_OP),
        coalesce(app_public.current_actor(), coalesce(v_new, v_old) ->> 'created_by',
          -- Which customer is in the row, as far as anybody knows.
          case when app_public.current_visitor_id() is not null or app_hidden.acting_role() in ('anonymous', 'customer') then 'customer' end, session_user),
        app_hidden.acting_role(),
        app_hidden.current_reason(), v_old, v_new, nullif(current_setting('clubos.request_id', true), ''));
  end if;
  return null;
end
$$;

--
-- Name: FUNCTION tg__audit(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg__audit() IS 'Writes the audit row of a change. Arguments: columns that are not governed, such as counters.';

--
-- Name: tg__immutable(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg__immutable() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  -- The one door: a text becomes '[erased]', nothing else changes, and an erasure that says who and why is under way.
  if TG_OP = 'UPDATE' and TG_NARGS = 1 then
    if to_jsonb(NEW) = to_jsonb(OLD) || jsonb_build_object(TG_ARGV[0], '[erased]') and app_hidden.erasing() then
      return NEW;
    end if;
  end if;
  raise exception 'Rows of % are history: they are added, never changed or removed.', TG_TABLE_NAME
    using errcode = 'CO105', hint = 'To go back, make a new version: select rollback_sop(sop_id, version, reason).';
end
$$;

--
-- Name: FUNCTION tg__immutable(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg__immutable() IS 'Refuses (CO105) every change of written history, the owner''s ordinary statements too. Argument: the column whose text an erasure may replace by [erased]; without it there is none.';

--
-- Name: tg__notify(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg__notify() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform pg_notify(TG_ARGV[0], json_build_object('id', coalesce(NEW.id, OLD.id), 'event', lower(TG_OP))::text);
  return null;
end
$$;

--
-- Name: FUNCTION tg__notify(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg__notify() IS 'Tells subscribers that a row changed. Argument: the channel.';

--
-- Name: tg_audit_log__append_only(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg_audit_log__append_only() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if TG_OP = 'UPDATE' and TG_TABLE_NAME = 'audit_log' then
    if OLD.hash is null and NEW.hash is not null
       and (to_jsonb(NEW) - array['chain_position', 'previous_hash', 'hash']) = (to_jsonb(OLD) - array['chain_position', 'previous_hash', 'hash']) then
      return NEW;
    end if;
  elsif TG_OP = 'INSERT' then
    NEW.chain_position := null;
    NEW.previous_hash := null;
    NEW.hash := null;
    return NEW;
  end if;
  raise exception 'The audit log is append-only.' using errcode = 'CO105', hint = 'To correct something, make the correcting change: it is logged too.';
end
$$;

--
-- Name: FUNCTION tg_audit_log__append_only(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg_audit_log__append_only() IS 'Refuses (CO105) every change of the audit log but the closing of its chain.';

--
-- Name: tg_audit_log__chain(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg_audit_log__chain() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_rows app_public.audit_log[];
  v_head app_private.audit_head;
  v_hashes bytea[];
  v_hash bytea;
begin
  perform from app_public.audit_log a where a.id = NEW.id and a.hash is null;
  if not found then
    return null;
  end if;
  -- Before the lock: the rows since may be many, though others'.
  select array_agg(a order by a.id) into v_rows from app_public.audit_log a
   where a.id >= NEW.id and a.transaction_id = pg_current_xact_id() and a.hash is null;
  select * into v_head from app_private.audit_head for no key update;
  v_hashes := array[v_head.hash];
  v_hash := v_head.hash;
  for i in 1 .. cardinality(v_rows) loop
    v_hash := app_hidden.audit_hash(v_hash, v_head.chain_position + i, v_rows[i]);
    v_hashes[i + 1] := v_hash;
  end loop;
  if cardinality(v_rows) = 1 then
    update app_public.audit_log a set chain_position = v_head.chain_position + 1, previous_hash = v_head.hash, hash = v_hash where a.id = NEW.id;
  else
    update app_public.audit_log a set chain_position = v_head.chain_position + r.n, previous_hash = v_hashes[r.n], hash = v_hashes[r.n + 1]
      from (select u.id, row_number() over (order by u.id) as n from unnest(v_rows) u) r where a.id = r.id;
  end if;
  update app_private.audit_head set chain_position = v_head.chain_position + cardinality(v_rows), hash = v_hash;
  return null;
end
$$;

--
-- Name: FUNCTION tg_audit_log__chain(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg_audit_log__chain() IS 'Gives the audit rows of a transaction their places and hashes in the chain, when it commits.';

--
-- Name: tg_improvement_evidence__not_erased(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg_improvement_evidence__not_erased() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  if exists (select from app_public.failed_responses f where f.id = NEW.failed_response_id and f.erased_at is not null) then
    raise exception 'Failure % was erased while this was drafted.', NEW.failed_response_id using errcode = 'CO110', hint = 'Draft it again from what is left.';
  end if;
  return NEW;
end
$$;

--
-- Name: FUNCTION tg_improvement_evidence__not_erased(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg_improvement_evidence__not_erased() IS 'Refuses (CO110) a proposal that was drafted from words that have been erased since.';

--
-- Name: tg_improvement_queue__decide(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg_improvement_queue__decide() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $_$
declare
  v_loose text[] := array['updated_at', 'dry_run', 'impact', 'pattern_id', 'failed_response_id'];
  v_applied app_public.improvement_queue;
begin
  if TG_OP = 'INSERT' then
    perform app_private.take_turns_with_erasure();
    NEW.status := 'pending';
    NEW.fingerprint := app_hidden.improvement_fingerprint(NEW.kind, NEW.suggested_sop_update);
    return NEW;
  end if;
  if OLD.status <> 'pending' and app_private.is_reopened(OLD.id) then
    -- Nothing but the decision goes, and what it did to the proposal.
    v_loose := v_loose || array['status', 'approved_by', 'applied_at', 'decision_reason', 'applied', 'rejected_by', 'rejected_at', 'rejection_reason',
      'base_version', 'suggested_sop_update', 'fingerprint'];
    NEW.status := 'pending';
  elsif app_hidden.erasing() and OLD.status = 'rejected' then
    -- What a person has turned down may lose the words of a customer who is erased; its fingerprint stays, against twins.
    v_loose := v_loose || array['suggested_sop_update'];
  elsif app_hidden.erasing() and OLD.status = 'approved' then
    -- And an approval what it kept of them for an undo.
    v_loose := v_loose || array['applied'];
  end if;
  -- Decided is decided; what only ranks it, or a row it points at that is gone, may still change.
  if OLD.status <> 'pending' and to_jsonb(NEW) - v_loose <> to_jsonb(OLD) - v_loose then
    raise exception 'Proposal % was % by % already.', OLD.id, OLD.status, coalesce(OLD.approved_by, OLD.rejected_by) using errcode = 'CO103';
  end if;
  NEW.updated_at := clock_timestamp();
  if NEW.status = 'pending' then
    NEW.fingerprint := app_hidden.improvement_fingerprint(NEW.kind, NEW.suggested_sop_update);
    return NEW;
  elsif OLD.status <> 'pending' then
    return NEW;
  end if;
  perform app_hidden.require_role('reviewer');
  if NEW.status = 'approved' then
    NEW.approved_by := app_hidden.require_actor();
    NEW.decision_reason := app_hidden.require_reason(app_hidden.current_reason());
    insert into app_private.improvements_in_progress (improvement_id) values (NEW.id);
    execute format('select * from app_private.%I($1)', 'apply_improvement__' || NEW.kind) into v_applied using NEW;
    delete from app_private.improvements_in_progress p where p.transaction_id = pg_current_xact_id();
    v_applied.applied_at := clock_timestamp();
    v_applied.applied := jsonb_strip_nulls(jsonb_build_object('failures', app_private.settle_failures(v_applied))) || v_applied.applied;
    NEW := v_applied;
  else
    NEW.rejected_by := app_hidden.require_actor();
    NEW.rejection_reason := app_hidden.require_reason(coalesce(nullif(btrim(NEW.rejection_reason), ''), app_hidden.current_reason()));
    NEW.rejected_at := clock_timestamp();
    update app_public.failure_patterns p set status = 'dismissed', updated_at = now() where p.id = NEW.pattern_id and p.status = 'proposed'
       and not exists (select from app_public.improvement_queue q where q.pattern_id = p.id and q.id <> NEW.id and q.status <> 'rejected');
  end if;
  return NEW;
end
$_$;

--
-- Name: FUNCTION tg_improvement_queue__decide(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg_improvement_queue__decide() IS 'Deciding a proposal does what was decided, in the same statement, so that no row can say approved without being applied: SOP or knowledge, version, search units with vectors, failures, pattern. A decision is taken back by undo_improvement and reopen_improvement alone.
Errors: CO001 no actor, CO002 no reason, CO102 conflict, CO103 decided already, CO403 not a reviewer.';

--
-- Name: tg_knowledge_base__govern(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg_knowledge_base__govern() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  if NEW.trust is null then
    NEW.trust := case when NEW.source = 'learned' then 0 else 3 end;
  end if;
  if TG_OP = 'INSERT' and NEW.sop_id is null then
    select s.id into NEW.sop_id from app_public.sops s where s.category = NEW.category and s.section = NEW.topic and s.archived_at is null;
  end if;
  if TG_OP = 'UPDATE' then
    if (NEW.category, NEW.topic, NEW.question, NEW.answer, NEW.site_id, NEW.valid_from, NEW.valid_to, NEW.sop_id)
       is not distinct from (OLD.category, OLD.topic, OLD.question, OLD.answer, OLD.site_id, OLD.valid_from, OLD.valid_to, OLD.sop_id) then
      return NEW; -- counters, trust and vectors follow from elsewhere
    end if;
    perform app_hidden.require_actor();
    perform app_hidden.require_reason(app_hidden.current_reason());
    NEW.updated_at := clock_timestamp();
    if NEW.question <> OLD.question and NEW.embeddings is not distinct from OLD.embeddings then
      NEW.embeddings := null;
    end if;
  end if;
  if NEW.embeddings is null then
    select c.embedding, c.model into NEW.embeddings, NEW.embedding_model
      from app_hidden.knowledge_unit(NEW.category, NEW.topic, NEW.question, NEW.answer) u, app_public.club_settings s, app_private.embedding_cache c
     where c.content_hash = app_hidden.embedding_hash(u.embedding_text) and c.model = s.embedding_model;
  elsif NEW.embedding_model is null then
    select s.embedding_model into NEW.embedding_model from app_public.club_settings s;
  end if;
  return NEW;
end
$$;

--
-- Name: FUNCTION tg_knowledge_base__govern(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg_knowledge_base__govern() IS 'Gives a new entry its trust, the SOP of its name and its vector from the cache; refuses a change of what it says without author (CO001) or reason (CO002).';

--
-- Name: tg_knowledge_base__index(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg_knowledge_base__index() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  if TG_OP = 'UPDATE' and (NEW.category, NEW.topic, NEW.question, NEW.answer, NEW.site_id, NEW.valid_from, NEW.valid_to, NEW.sop_id, NEW.trust)
     is not distinct from (OLD.category, OLD.topic, OLD.question, OLD.answer, OLD.site_id, OLD.valid_from, OLD.valid_to, OLD.sop_id, OLD.trust) then
    return null;
  end if;
  perform app_private.rebuild_knowledge_unit(NEW);
  if NEW.embeddings is null then
    perform app_hidden.add_job('search_units__embed');
  end if;
  return null;
end
$$;

--
-- Name: FUNCTION tg_knowledge_base__index(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg_knowledge_base__index() IS 'Keeps the entry''s search unit, in the same statement.';

--
-- Name: tg_messages__not_erased(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg_messages__not_erased() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  if exists (select from app_public.tickets t where t.id = NEW.ticket_id and t.erased_at is not null) then
    raise exception 'This conversation was erased; nobody reads it any more.' using errcode = 'CO110', hint = 'Close the window; the customer begins a new conversation.';
  end if;
  return NEW;
end
$$;

--
-- Name: FUNCTION tg_messages__not_erased(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg_messages__not_erased() IS 'Refuses (CO110) messages in a conversation that was erased, such as a reply that was being written.';

--
-- Name: tg_notifications__enqueue(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg_notifications__enqueue() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  perform app_hidden.add_job('notifications__send', json_build_object('id', NEW.id), 'notifications__send:' || NEW.id);
  return null;
end
$$;

--
-- Name: FUNCTION tg_notifications__enqueue(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg_notifications__enqueue() IS 'Adds the job that sends it.';

--
-- Name: tg_privacy_actions__append_only(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg_privacy_actions__append_only() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  if TG_OP = 'UPDATE' then
    if OLD.finished_at is null and NEW.finished_at is not null and OLD.transaction_id = pg_current_xact_id()
       and to_jsonb(NEW) - array['counts', 'finished_at'] = to_jsonb(OLD) - array['counts', 'finished_at'] then
      return NEW;
    end if;
  elsif TG_OP = 'INSERT' then
    NEW.transaction_id := pg_current_xact_id();
    return NEW;
  end if;
  raise exception 'What was exported or erased stays written down.' using errcode = 'CO105';
end
$$;

--
-- Name: FUNCTION tg_privacy_actions__append_only(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg_privacy_actions__append_only() IS 'Refuses (CO105) every change of the list of erasures but that one is finished, by the transaction that began it.';

--
-- Name: tg_privacy_actions__finished(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg_privacy_actions__finished() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  if exists (select from app_public.privacy_actions a where a.id = NEW.id and a.finished_at is null) then
    raise exception 'An erasure was begun and not finished.' using errcode = 'CO111', hint = 'Call erase_personal_data, erase_conversation or the retention job: they finish what they begin.';
  end if;
  return null;
end
$$;

--
-- Name: FUNCTION tg_privacy_actions__finished(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg_privacy_actions__finished() IS 'Refuses (CO111) to commit an erasure that was begun and not finished.';

--
-- Name: tg_prompts__record(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg_prompts__record() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  if TG_OP = 'INSERT' or NEW.version <> OLD.version then
    insert into app_public.prompt_versions (prompt_id, version, content, changed_by, change_reason)
    values (NEW.id, NEW.version, NEW.content, coalesce(app_public.current_actor(), 'system'), coalesce(app_hidden.current_reason(), 'First version'));
  end if;
  return null;
end
$$;

--
-- Name: FUNCTION tg_prompts__record(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg_prompts__record() IS 'Writes the prompt''s version.';

--
-- Name: tg_prompts__version(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg_prompts__version() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  if TG_OP = 'UPDATE' then
    if NEW.content = OLD.content then
      NEW.version := OLD.version;
      return NEW;
    end if;
    perform app_hidden.require_actor();
    perform app_hidden.require_reason(app_hidden.current_reason());
    NEW.updated_at := clock_timestamp();
  end if;
  NEW.version := case when TG_OP = 'INSERT' then 1 else OLD.version + 1 end;
  return NEW;
end
$$;

--
-- Name: FUNCTION tg_prompts__version(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg_prompts__version() IS 'Counts the version; refuses a change without author (CO001) or reason (CO002).';

--
-- Name: tg_retention_rules__govern(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg_retention_rules__govern() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  if to_regprocedure(format('app_private.%I(timestamptz)', 'retain__' || NEW.kind)) is null then
    raise exception 'Nothing can carry out a retention rule for "%".', NEW.kind
      using errcode = 'CO005', hint = format('Write app_private.retain__%s(before timestamptz) returns bigint first.', NEW.kind);
  end if;
  if TG_OP = 'UPDATE' and (NEW.kind, NEW.keep, NEW.description) is distinct from (OLD.kind, OLD.keep, OLD.description) then
    perform app_hidden.require_actor(), app_hidden.require_reason(app_hidden.current_reason());
    NEW.updated_at := clock_timestamp();
  end if;
  return NEW;
end
$$;

--
-- Name: FUNCTION tg_retention_rules__govern(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg_retention_rules__govern() IS 'Refuses a rule without its handler (CO005), and a change without author (CO001) or reason (CO002).';

--
-- Name: tg_sops__keep(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg_sops__keep() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  raise exception 'An SOP is not deleted: its history would go with it.'
    using errcode = 'CO105', hint = 'Take it out of use: select archive_sop(sop_id, reason).';
end
$$;

--
-- Name: FUNCTION tg_sops__keep(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg_sops__keep() IS 'Refuses (CO105) the deletion of an SOP.';

--
-- Name: tg_sops__record(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg_sops__record() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET jit TO 'off'
    AS $$
declare
  v_previous app_public.sop_versions;
  v_version_id integer;
begin
  if TG_OP = 'UPDATE' then
    if NEW.version = OLD.version then
      return null;
    end if;
    select * into v_previous from app_public.sop_versions v where v.sop_id = OLD.id and v.version = OLD.version;
  end if;
  insert into app_public.sop_versions (sop_id, version, content, diff_summary, changed_by, change_reason, created_at,
      previous_version_id, improvement_id, category, section, archived)
  values (NEW.id, NEW.version, NEW.content,
      app_hidden.diff_summary(v_previous.content, NEW.content)
        || case when TG_OP = 'UPDATE' and (NEW.category, NEW.section) <> (OLD.category, OLD.section)
             then format('; renamed from %s/%s', OLD.category, OLD.section) else '' end
        || case when TG_OP = 'UPDATE' and (NEW.archived_at is null) <> (OLD.archived_at is null)
             then case when NEW.archived_at is null then '; back in use' else '; archived' end else '' end,
      left(coalesce(app_public.current_actor(), NEW.created_by), 100),
      coalesce(app_hidden.current_reason(), 'First version'),
      NEW.updated_at, v_previous.id, app_private.improvement_in_progress(),
      NEW.category, NEW.section, NEW.archived_at is not null)
  returning id into v_version_id;
  perform app_private.rebuild_sop_units(NEW, v_version_id);
  if TG_OP = 'UPDATE' and (NEW.category, NEW.section) <> (OLD.category, OLD.section) then
    update app_private.search_units set category = NEW.category where sop_id = NEW.id and knowledge_id is not null and category = OLD.category;
  end if;
  if exists (select from app_private.search_units u where u.sop_id = NEW.id and u.embedding is null and u.kind <> 'profile') then
    perform app_hidden.add_job('search_units__embed');
  end if;
  return null;
end
$$;

--
-- Name: FUNCTION tg_sops__record(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg_sops__record() IS 'Writes the version with its diff summary and the search units, in the same statement; asks for the vectors that are missing.';

--
-- Name: tg_sops__version(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg_sops__version() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if TG_OP = 'INSERT' then
    NEW.version := 1;
    NEW.created_by := coalesce(app_public.current_actor(), NEW.created_by);
    NEW.created_at := app_hidden.effective_time();
    NEW.updated_at := NEW.created_at;
    return NEW;
  end if;
  NEW.id := OLD.id;
  NEW.created_at := OLD.created_at;
  NEW.created_by := OLD.created_by;
  if (NEW.category, NEW.section, NEW.content, NEW.archived_at) is not distinct from (OLD.category, OLD.section, OLD.content, OLD.archived_at) then
    NEW.version := OLD.version;
    NEW.updated_at := OLD.updated_at;
    return NEW;
  end if;
  perform app_hidden.require_actor();
  perform app_hidden.require_reason(app_hidden.current_reason());
  NEW.version := OLD.version + 1;
  -- A clock that was set back must not put a version before the one it follows.
  NEW.updated_at := case
    when nullif(current_setting('clubos.effective_at', true), '') is null then greatest(clock_timestamp(), OLD.updated_at + interval '1 microsecond')
    else app_hidden.effective_time()
  end;
  return NEW;
end
$$;

--
-- Name: FUNCTION tg_sops__version(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg_sops__version() IS 'Counts the version and refuses a change without author (CO001) or reason (CO002).';

--
-- Name: tg_users__guard(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.tg_users__guard() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  if OLD.role = 'admin' and OLD.is_active and (NEW.role <> 'admin' or not NEW.is_active) then
    -- Two admins who demote each other at once: one waits here for the other.
    perform pg_advisory_xact_lock(hashtextextended('clubos.last_admin', 0));
    if not exists (select from app_public.users u where u.role = 'admin' and u.is_active and u.id <> OLD.id) then
      raise exception 'That would leave the club without an admin.' using errcode = 'CO108', hint = 'Make somebody else an admin first.';
    end if;
  end if;
  if OLD.is_active and not NEW.is_active or OLD.email <> NEW.email then
    update app_public.sessions s set revoked_at = now() where s.user_id = OLD.id and s.revoked_at is null;
    update app_secret.one_time_links l set expires_at = least(l.expires_at, now()) where l.user_id = OLD.id and l.used_at is null;
  end if;
  if OLD.is_active and not NEW.is_active then
    update app_public.api_tokens t set revoked_at = now() where t.user_id = OLD.id and t.revoked_at is null;
    delete from app_public.push_subscriptions s where s.user_id = OLD.id;
  end if;
  return NEW;
end
$$;

--
-- Name: FUNCTION tg_users__guard(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.tg_users__guard() IS 'Refuses (CO108) to lose the last admin; ends sessions, links, tokens and push subscriptions of whoever is deactivated.';

--
-- Name: ticket_summary(app_public.responses); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.ticket_summary(response app_public.responses) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select concat_ws(E'\n', 'Asked: ' || left(response.question, 400), 'Why a person: ' || response.reason,
    'Nearest: ' || (select string_agg(format('%s/%s', s.category, s.topic), ', ' order by s.rank) from app_public.response_sources s where s.response_id = response.id and s.rank <= 3))
$$;

--
-- Name: FUNCTION ticket_summary(response app_public.responses); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.ticket_summary(response app_public.responses) IS 'For the person who takes over: what was asked, why it was handed over, what is nearest.';

--
-- Name: to_lines(text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.to_lines(content text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  -- A last line without its newline carries diff's mark, so that it differs from the same line with one.
  select case
    when content = '' then '{}'::text[]
    when content = E'\n' then '{""}'::text[]
    when right(content, 1) = E'\n' then string_to_array(left(content, -1), E'\n')
    else (select l[:cardinality(l) - 1] || (l[cardinality(l)] || E'\n\\ No newline at end of file') from string_to_array(content, E'\n') l)
  end
$$;

--
-- Name: FUNCTION to_lines(content text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.to_lines(content text) IS 'The lines of a text; a last line that lacks its newline says so, in diff''s words.';

--
-- Name: unified_diff(text, text, text, text, integer); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.unified_diff(a text, b text, a_name text, b_name text, context integer DEFAULT 3) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
declare
  v_a text[] := app_hidden.to_lines(a);
  v_b text[] := app_hidden.to_lines(b);
  v_out text[] := '{}';
  v_hunk record;
  v_edit record;
  v_at integer;
begin
  if a = b then
    return '';
  end if;
  for v_hunk in
    -- Edits closer than twice the context share a hunk.
    select h.hunk, greatest(min(h.a_from) - context, 1) as a_first, least(max(h.a_to) + context, cardinality(v_a)) as a_last,
           min(h.b_from) - (min(h.a_from) - greatest(min(h.a_from) - context, 1)) as b_first,
           max(h.b_to) + (least(max(h.a_to) + context, cardinality(v_a)) - max(h.a_to)) as b_last,
           array_agg(array[h.a_from, h.a_to, h.b_from, h.b_to] order by h.a_from, h.b_from) as edits
      from (select g.*, sum(g.starts) over (order by g.a_from, g.b_from) as hunk
              from (select e.*, case when e.a_from - lag(e.a_to) over (order by e.a_from, e.b_from) - 1 <= 2 * context then 0 else 1 end as starts
                      from app_hidden.line_edits(v_a, v_b) e) g) h
     group by h.hunk
     order by h.hunk
  loop
    v_out := v_out || format('@@ -%s +%s @@', app_hidden.hunk_range(v_hunk.a_first, v_hunk.a_last), app_hidden.hunk_range(v_hunk.b_first, v_hunk.b_last));
    v_at := v_hunk.a_first;
    for i in 1..array_length(v_hunk.edits, 1) loop
      v_out := v_out
        || array(select ' ' || l from unnest(v_a[v_at:v_hunk.edits[i][1] - 1]) with ordinality t(l, o) order by o)
        || array(select '-' || l from unnest(v_a[v_hunk.edits[i][1]:v_hunk.edits[i][2]]) with ordinality t(l, o) order by o)
        || array(select '+' || l from unnest(v_b[v_hunk.edits[i][3]:v_hunk.edits[i][4]]) with ordinality t(l, o) order by o);
      v_at := v_hunk.edits[i][2] + 1;
    end loop;
    v_out := v_out || array(select ' ' || l from unnest(v_a[v_at:v_hunk.a_last]) with ordinality t(l, o) order by o);
  end loop;
  return array_to_string(array['--- ' || a_name, '+++ ' || b_name] || v_out, E'\n') || E'\n';
end
$$;

--
-- Name: FUNCTION unified_diff(a text, b text, a_name text, b_name text, context integer); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.unified_diff(a text, b text, a_name text, b_name text, context integer) IS 'A unified diff (as `diff -u` writes it) of two texts, with `context` lines around each edit; empty where they are equal.';

--
-- Name: usual_length(text, text); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.usual_length(target text, kind text) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case when kind = 'section' then 70 when kind <> 'profile' then 9 when target like 'sop:%' then 300 else 60 end
$$;

--
-- Name: FUNCTION usual_length(target text, kind text); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.usual_length(target text, kind text) IS 'Words that a unit of a kind usually has: BM25 counts longer ones less.';

--
-- Name: visible_response(bigint); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.visible_response(response_id bigint) RETURNS app_public.responses
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_response app_public.responses;
begin
  select * into v_response from app_public.responses r where r.id = visible_response.response_id for no key update;
  if v_response.id is null or not (app_hidden.has_role('agent') or app_hidden.has_role('worker') or coalesce(v_response.visitor_id = app_public.current_visitor_id(), false)) then
    raise exception 'There is no response with id %.', visible_response.response_id using errcode = 'CO404';
  elsif v_response.erased_at is not null then
    raise exception 'This answer was erased; there is nothing left to rate.' using errcode = 'CO110';
  elsif v_response.outcome = 'drafted' then
    raise exception 'A draft is not rated: no customer got it.' using errcode = 'CO005', hint = 'Change it, and send what is right; or correct the answer by resolve_ticket.';
  end if;
  return v_response;
end
$$;

--
-- Name: FUNCTION visible_response(response_id bigint); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.visible_response(response_id bigint) IS 'The response, locked; CO404 where it is not there or another customer''s, CO110 where it was erased, CO005 where it is a draft.';

--
-- Name: voter(); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.voter() RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select coalesce('visitor:' || app_public.current_visitor_id(), app_public.current_actor(), session_user)
$$;

--
-- Name: FUNCTION voter(); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.voter() IS 'Who rates: the visitor, or the member of staff.';

--
-- Name: without_items(text, text, text[]); Type: FUNCTION; Schema: app_hidden; Owner: -
--

CREATE FUNCTION app_hidden.without_items(content text, base text, items text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select string_agg(l.line, E'\n' order by l.o)
    from unnest(string_to_array(content, E'\n')) with ordinality l(line, o)
   where l.line = any (string_to_array(coalesce(base, ''), E'\n')) or regexp_replace(l.line, '^\s*(?:[-*+]|\d+\.)\s+', '') <> all (items)
$$;

--
-- Name: FUNCTION without_items(content text, base text, items text[]); Type: COMMENT; Schema: app_hidden; Owner: -
--

COMMENT ON FUNCTION app_hidden.without_items(content text, base text, items text[]) IS 'A text without the lines that are one of the items, except for those that the base holds too.';

--
-- Name: improvement_queue; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.improvement_queue (
    id integer NOT NULL,
    failed_response_id integer,
    suggested_sop_update jsonb NOT NULL,
    status character varying(50) DEFAULT 'pending'::character varying NOT NULL,
    approved_by character varying(100),
    applied_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    kind text NOT NULL,
    sop_id integer,
    base_version integer,
    pattern_id integer,
    proposed_by text NOT NULL,
    impact double precision DEFAULT 0 NOT NULL,
    dry_run jsonb,
    rejection_reason text,
    rejected_by character varying(100),
    rejected_at timestamp with time zone,
    decision_reason text,
    fingerprint bytea NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    applied jsonb,
    CONSTRAINT improvement_applied_at_matches_status CHECK (((((status)::text = 'approved'::text) = (applied_at IS NOT NULL)) AND ((applied_at IS NULL) = (approved_by IS NULL)))),
    CONSTRAINT improvement_edit_names_its_base CHECK (((kind = 'sop_edit'::text) = ((sop_id IS NOT NULL) AND (base_version IS NOT NULL)))),
    CONSTRAINT improvement_rejection_has_a_reason CHECK (((((status)::text = 'rejected'::text) = (rejected_at IS NOT NULL)) AND (((status)::text <> 'rejected'::text) OR (btrim(rejection_reason) <> ''::text)))),
    CONSTRAINT improvement_status_is_known CHECK (((status)::text = ANY ((ARRAY['pending'::character varying, 'approved'::character varying, 'rejected'::character varying])::text[]))),
    CONSTRAINT improvement_suggestion_fits CHECK ((octet_length((suggested_sop_update)::text) <= 4194304)),
    CONSTRAINT improvement_suggestion_is_an_object CHECK ((jsonb_typeof(suggested_sop_update) = 'object'::text))
);

--
-- Name: TABLE improvement_queue; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.improvement_queue IS 'Proposed changes that wait for a person, and what was decided.';

--
-- Name: COLUMN improvement_queue.failed_response_id; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.improvement_queue.failed_response_id IS 'The failure that first led to it; improvement_evidence has them all.';

--
-- Name: COLUMN improvement_queue.suggested_sop_update; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.improvement_queue.suggested_sop_update IS '{sop_id, section, new_content, reasoning} for SOPs; {category, topic, entries: [{question, answer}], reasoning} for knowledge.';

--
-- Name: COLUMN improvement_queue.status; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.improvement_queue.status IS 'pending, approved or rejected. Setting it to approved applies the change, in the same statement.';

--
-- Name: COLUMN improvement_queue.kind; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.improvement_queue.kind IS 'sop_edit, sop_new, knowledge_entry, knowledge_correction or routing_hint: names the handler app_hidden.apply_improvement__<kind>.';

--
-- Name: COLUMN improvement_queue.base_version; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.improvement_queue.base_version IS 'The SOP version the edit was drafted against.';

--
-- Name: COLUMN improvement_queue.impact; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.improvement_queue.impact IS '@behavior +filterBy +orderBy
Rank in the queue: how often, how bad, how much the dry run fixes.';

--
-- Name: COLUMN improvement_queue.dry_run; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.improvement_queue.dry_run IS 'Latest result of preview_improvement.';

--
-- Name: COLUMN improvement_queue.fingerprint; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.improvement_queue.fingerprint IS 'SHA-256 of what would change: equal for twins.';

--
-- Name: COLUMN improvement_queue.applied; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.improvement_queue.applied IS 'What the approval wrote and what was there before, so that undo_improvement can take it back: {sop_id, version} or {entries: [{id, before, state}]}, and {failures}.';

--
-- Name: apply_improvement__knowledge_correction(app_public.improvement_queue); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.apply_improvement__knowledge_correction(improvement app_public.improvement_queue) RETURNS app_public.improvement_queue
    LANGUAGE sql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select app_private.apply_improvement__knowledge_entry(improvement)
$$;

--
-- Name: FUNCTION apply_improvement__knowledge_correction(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.apply_improvement__knowledge_correction(improvement app_public.improvement_queue) IS 'Writes the corrected answer over the entries named.';

--
-- Name: apply_improvement__knowledge_entry(app_public.improvement_queue); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.apply_improvement__knowledge_entry(improvement app_public.improvement_queue) RETURNS app_public.improvement_queue
    LANGUAGE plpgsql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_before jsonb;
begin
  -- What is there in the order of its ids, what is new in the order of its key, so that two approvals never wait for
  -- each other in a circle.
  select coalesce(jsonb_object_agg(b.id, jsonb_build_object('question', b.question, 'answer', b.answer, 'source', b.source, 'trust', b.trust,
           'sop_id', b.sop_id, 'site_id', b.site_id, 'improvement_id', b.improvement_id)), '{}')
    into v_before
    from (select * from app_public.knowledge_base k
           where k.category = improvement.suggested_sop_update ->> 'category' and k.topic = improvement.suggested_sop_update ->> 'topic'
             and k.question in (select e ->> 'question' from jsonb_array_elements(improvement.suggested_sop_update -> 'entries') e)
           order by k.id for no key update) b;
  with written as (
    insert into app_public.knowledge_base as k (category, topic, question, answer, source, trust, sop_id, site_id, improvement_id)
    select improvement.suggested_sop_update ->> 'category', improvement.suggested_sop_update ->> 'topic', e.question, e.answer, 'improvement', 3,
           (improvement.suggested_sop_update ->> 'sop_id')::integer, (improvement.suggested_sop_update ->> 'site_id')::integer, improvement.id
      from (select distinct on (e.question collate "C") e.question, e.answer
              from jsonb_to_recordset(improvement.suggested_sop_update -> 'entries') as e(question text, answer text)) e
     order by e.question collate "C"
    on conflict (category, topic, question) do update
       set answer = excluded.answer, trust = 3, sop_id = excluded.sop_id, site_id = excluded.site_id, source = excluded.source, improvement_id = excluded.improvement_id
    returning k as entry, k.xmax <> '0'::xid as was_there
  )
  -- One that came in the moment between was not seen: how it was is not known, and it is not ours to delete.
  select jsonb_build_object('entries', jsonb_agg(jsonb_build_object('id', (w.entry).id, 'state', app_private.entry_state(w.entry),
           'before', coalesce(v_before -> (w.entry).id::text, case when w.was_there then jsonb '{"unknown": true}' end)) order by (w.entry).id))
    into improvement.applied from written w;
  return improvement;
end
$$;

--
-- Name: FUNCTION apply_improvement__knowledge_entry(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.apply_improvement__knowledge_entry(improvement app_public.improvement_queue) IS 'Writes the proposed knowledge entries, over entries that ask the same.';

--
-- Name: apply_improvement__routing_hint(app_public.improvement_queue); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.apply_improvement__routing_hint(improvement app_public.improvement_queue) RETURNS app_public.improvement_queue
    LANGUAGE sql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select app_private.apply_improvement__knowledge_entry(improvement)
$$;

--
-- Name: FUNCTION apply_improvement__routing_hint(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.apply_improvement__routing_hint(improvement app_public.improvement_queue) IS 'Writes the questions as entries of the category they belong to: the router votes by its nearest neighbours.';

--
-- Name: apply_improvement__sop_edit(app_public.improvement_queue); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.apply_improvement__sop_edit(improvement app_public.improvement_queue) RETURNS app_public.improvement_queue
    LANGUAGE plpgsql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_sop app_public.sops := app_hidden.find_sop(improvement.sop_id, for_update => true);
  v_new text := improvement.suggested_sop_update ->> 'new_content';
  v_base text;
  v_merge record;
begin
  if v_sop.version <> improvement.base_version and v_sop.content <> v_new then
    select content into v_base from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = improvement.base_version;
    select * into v_merge from app_hidden.merge_lines(v_base, v_sop.content, v_new);
    if v_merge.merged is null or v_sop.archived_at is not null then
      raise exception '%/% was changed since this was proposed (version %, now %), in the same lines.', v_sop.category, v_sop.section, improvement.base_version, v_sop.version
        using errcode = 'CO102',
              detail = jsonb_build_object('sop_id', v_sop.id, 'base_version', improvement.base_version, 'version', v_sop.version, 'conflicts', v_merge.conflicts)::text,
              hint = 'Look at sop_diff(sop_id, base version, current version), then approve with edited_content that holds both changes and edited_version = the current version, or reject.';
    end if;
    v_new := v_merge.merged;
    improvement.suggested_sop_update := jsonb_set(improvement.suggested_sop_update, '{new_content}', to_jsonb(v_new));
  end if;
  update app_public.sops set content = v_new where id = v_sop.id;
  -- A text that stands there already makes no version, and leaves nothing to take back.
  improvement.applied := jsonb_build_object('sop_id', v_sop.id, 'version', case when v_sop.content <> v_new then v_sop.version + 1 end);
  return improvement;
end
$$;

--
-- Name: FUNCTION apply_improvement__sop_edit(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.apply_improvement__sop_edit(improvement app_public.improvement_queue) IS 'Makes the proposed text the SOP''s next version, merged by line where the SOP moved on. Errors: CO102 both changed the same lines.';

--
-- Name: apply_improvement__sop_new(app_public.improvement_queue); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.apply_improvement__sop_new(improvement app_public.improvement_queue) RETURNS app_public.improvement_queue
    LANGUAGE plpgsql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_sop app_public.sops;
begin
  insert into app_public.sops as s (category, section, content)
  values (improvement.suggested_sop_update ->> 'category', improvement.suggested_sop_update ->> 'section', improvement.suggested_sop_update ->> 'new_content')
  on conflict do nothing
  returning * into v_sop;
  if v_sop.id is null then
    -- It was approved, taken back, and is approved again: the SOP that it made comes back into use.
    update app_public.sops s set content = improvement.suggested_sop_update ->> 'new_content', archived_at = null
     where s.category = improvement.suggested_sop_update ->> 'category' and s.section = improvement.suggested_sop_update ->> 'section' and s.archived_at is not null
       and exists (select from app_public.sop_versions v where v.sop_id = s.id and v.version = 1 and v.improvement_id = improvement.id)
    returning * into v_sop;
  end if;
  if v_sop.id is null then
    raise exception 'There is an SOP %/% already.', improvement.suggested_sop_update ->> 'category', improvement.suggested_sop_update ->> 'section'
      using errcode = 'CO102', hint = 'Reject this proposal, or put its text into that SOP with save_sop.';
  end if;
  improvement.suggested_sop_update := improvement.suggested_sop_update || jsonb_build_object('sop_id', v_sop.id);
  improvement.applied := jsonb_build_object('sop_id', v_sop.id, 'version', v_sop.version);
  return improvement;
end
$$;

--
-- Name: FUNCTION apply_improvement__sop_new(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.apply_improvement__sop_new(improvement app_public.improvement_queue) IS 'Makes the proposed SOP, or brings back the one that it made before an undo. Errors: CO102 its name is taken.';

--
-- Name: retention_runs; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.retention_runs (
    id bigint NOT NULL,
    ran_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL,
    problems jsonb DEFAULT '{}'::jsonb NOT NULL
);

--
-- Name: TABLE retention_runs; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.retention_runs IS 'What each run of the retention job removed.';

--
-- Name: COLUMN retention_runs.finished_at; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.retention_runs.finished_at IS 'Null while batches are left, or where the process ended between two of them.';

--
-- Name: COLUMN retention_runs.counts; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.retention_runs.counts IS 'Rows by kind.';

--
-- Name: COLUMN retention_runs.problems; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.retention_runs.problems IS 'Kinds whose rule could not be carried out, with the error.';

--
-- Name: apply_retention(bigint); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.apply_retention(run_id bigint DEFAULT NULL::bigint) RETURNS app_public.retention_runs
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET "clubos.reason" TO ''
    AS $_$
declare
  v_run app_public.retention_runs;
  v_rule app_public.retention_rules;
  v_done bigint;
  v_more boolean := false;
begin
  if not app_hidden.has_role('worker') then
    perform app_hidden.require_role('admin');
  end if;
  if run_id is null then
    insert into app_public.retention_runs default values returning * into v_run;
  else
    select * into v_run from app_public.retention_runs r where r.id = apply_retention.run_id for no key update;
    if v_run.id is null then
      raise exception 'There is no run of retention with id %.', apply_retention.run_id using errcode = 'CO404';
    end if;
  end if;
  for v_rule in select * from app_public.retention_rules r order by r.kind loop
    continue when v_run.problems ? v_rule.kind;
    -- One rule that fails, for whatever reason, holds up no other; the run says so and the job fails at its end.
    begin
      perform app_hidden.set_reason(format('Retention: %s are kept for %s', v_rule.kind, v_rule.keep));
      execute format('select app_private.%I($1)', 'retain__' || v_rule.kind) into v_done using now() - v_rule.keep;
      v_run.counts := v_run.counts || jsonb_build_object(v_rule.kind, coalesce((v_run.counts ->> v_rule.kind)::bigint, 0) + v_done);
      v_more := v_more or v_done > 0;
    exception when others then
      v_run.problems := v_run.problems || jsonb_build_object(v_rule.kind, sqlstate || ': ' || sqlerrm);
    end;
  end loop;
  update app_public.retention_runs r set counts = v_run.counts, problems = v_run.problems, finished_at = case when not v_more then clock_timestamp() end
   where r.id = v_run.id returning * into v_run;
  return v_run;
end
$_$;

--
-- Name: FUNCTION apply_retention(run_id bigint); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.apply_retention(run_id bigint) IS 'Carries out one batch of every retention rule. Call it again with the id of the run, each time in a transaction of its own, until finished_at is set: so no lock is held for long. counts and problems add up.
Errors: CO403 neither worker nor admin, CO404 no such run.';

--
-- Name: ask_for_preview(app_public.improvement_queue, integer, integer); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.ask_for_preview(improvement app_public.improvement_queue, failing integer, good integer) RETURNS jsonb
    LANGUAGE sql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select coalesce(jsonb_object_agg(p.question, jsonb_build_array(r.target, r.title)), '{}')
    from (select distinct q.question from app_private.preview_questions(improvement, failing, good) q) p, app_private.first_result(p.question) r
$$;

--
-- Name: FUNCTION ask_for_preview(improvement app_public.improvement_queue, failing integer, good integer); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.ask_for_preview(improvement app_public.improvement_queue, failing integer, good integer) IS 'What each question of a dry run finds at this moment, {question: [target, title]}.';

--
-- Name: beat(text, text, integer, bigint[], interval, boolean); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.beat(worker_id text, host text, process_id integer, running bigint[] DEFAULT NULL::bigint[], grace interval DEFAULT '00:01:00'::interval, alone boolean DEFAULT false) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_now timestamptz := clock_timestamp();
  v_self app_private.worker_heartbeats;
  v_dead text[];
  v_unheard integer;
begin
  insert into app_private.worker_heartbeats as h (worker_id, host, process_id, beating_since, seen_at)
  values (beat.worker_id, beat.host, beat.process_id, v_now, v_now)
  on conflict on constraint worker_heartbeats_pkey do update
     set seen_at = v_now, beating_since = case when v_now between h.seen_at and h.seen_at + grace / 2 then h.beating_since else v_now end
  returning * into v_self;
  -- A job that was added in the future shows that the clock was set back: it must not wait until that time comes again.
  update graphile_worker._private_jobs j set created_at = v_now, run_at = v_now
   where j.created_at > v_now + interval '1 second' and j.run_at > v_now and j.locked_at is null;
  -- A job whose answer was lost on the way was given to a worker that never heard of it.
  with unheard as (
    update graphile_worker._private_jobs j set locked_at = null, locked_by = null, attempts = greatest(j.attempts - 1, 0)
     where j.locked_by = beat.worker_id and j.id <> all (running) and j.locked_at not between v_now - grace and v_now
    returning j.job_queue_id
  ), queues as (
    update graphile_worker._private_job_queues q set locked_at = null, locked_by = null
      from unheard u where q.id = u.job_queue_id and q.locked_by = beat.worker_id
  )
  select count(*) into v_unheard from unheard;
  -- Where the database was away, or its clock jumped, everybody's last beat looks old; all get their grace again.
  if not alone and v_self.beating_since > v_now - grace then
    return v_unheard;
  end if;
  -- One judges at a time; the others need not wait for it.
  if not pg_try_advisory_xact_lock(hashtextextended('clubos.dead_workers', 0)) then
    return v_unheard;
  end if;
  delete from app_private.worker_heartbeats h
   where h.worker_id <> beat.worker_id and (alone or h.seen_at < v_now - grace or h.seen_at > v_now + grace);
  select array_agg(distinct j.locked_by) into v_dead
    from (select locked_by, locked_at from graphile_worker._private_jobs where locked_at is not null
          union all
          select locked_by, locked_at from graphile_worker._private_job_queues where locked_at is not null) j
   where j.locked_by <> beat.worker_id and (alone or j.locked_at not between v_now - grace and v_now)
     and not exists (select from app_private.worker_heartbeats h where h.worker_id = j.locked_by);
  return v_unheard + case when v_dead is null then 0 else app_private.release_jobs(v_dead, fault => true) end;
end
$$;

--
-- Name: FUNCTION beat(worker_id text, host text, process_id integer, running bigint[], grace interval, alone boolean); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.beat(worker_id text, host text, process_id integer, running bigint[], grace interval, alone boolean) IS 'Says that a worker lives, and releases the jobs of those that do not: whose last beat is older than grace, or that never had one and hold a lock longer than that. worker_id: what stands in locked_by; host, process_id: where it runs, for people. running: the jobs it works at, or has just ended; others that were given to it longer than grace ago are released, since it does not know of them (null: not said). grace: whoever has not itself beaten without a gap for so long judges nobody. alone: this process is the only one that can be alive (embedded database), so everybody else is dead. Returns how many jobs were released.';

--
-- Name: begin_erasure(text, text, text); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.begin_erasure(kind text, reference text, reason text) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  insert into app_public.privacy_actions (kind, reference, reason, actor)
  values (begin_erasure.kind, begin_erasure.reference, app_hidden.mask_personal_data(begin_erasure.reason), coalesce(app_public.current_actor(), session_user)) returning id
$$;

--
-- Name: FUNCTION begin_erasure(kind text, reference text, reason text); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.begin_erasure(kind text, reference text, reason text) IS 'Writes down that personal data is exported or erased now, and opens the door for it; end_erasure must follow in the same transaction. kind: erasure, retention or export.';

--
-- Name: search_units; Type: TABLE; Schema: app_private; Owner: -
--

CREATE TABLE app_private.search_units (
    id bigint NOT NULL,
    kind text NOT NULL,
    target text NOT NULL,
    sop_id integer,
    sop_version_id integer,
    knowledge_id integer,
    ordinal integer DEFAULT 0 NOT NULL,
    category character varying(100) NOT NULL,
    topic character varying(200) NOT NULL,
    site_id integer,
    trust smallint DEFAULT 3 NOT NULL,
    valid_from timestamp with time zone,
    valid_to timestamp with time zone,
    title text NOT NULL,
    heading text,
    body text NOT NULL,
    embedding_text text NOT NULL,
    content_hash bytea NOT NULL,
    words tsvector NOT NULL,
    impacts public.sparsevec NOT NULL,
    embedding public.vector(1536),
    embedding_model text,
    bits bit(1536) GENERATED ALWAYS AS ((public.binary_quantize(embedding))::bit(1536)) STORED,
    CONSTRAINT search_units_embedding_names_its_model CHECK (((embedding IS NULL) OR (embedding_model IS NOT NULL))),
    CONSTRAINT search_units_kind_is_known CHECK ((kind = ANY (ARRAY['profile'::text, 'section'::text, 'phrase'::text, 'knowledge'::text])))
);

--
-- Name: TABLE search_units; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON TABLE app_private.search_units IS 'The one search space: SOP sections, the phrases customers use for an SOP, and knowledge entries. Derived; rebuilt by trigger whenever its source is written.';

--
-- Name: COLUMN search_units.kind; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON COLUMN app_private.search_units.kind IS 'profile: all that is said of and asked about one target. section: a section of an SOP. phrase: words of customers that lead to an SOP. knowledge: an entry.';

--
-- Name: COLUMN search_units.target; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON COLUMN app_private.search_units.target IS 'What it leads to: sop:<id>, or topic:<category>/<topic>.';

--
-- Name: COLUMN search_units.ordinal; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON COLUMN app_private.search_units.ordinal IS 'Order of a section; of a profile, how many entries it was made from.';

--
-- Name: COLUMN search_units.embedding_text; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON COLUMN app_private.search_units.embedding_text IS 'The text whose vector is `embedding`; empty for a profile, whose vector is the mean of its parts.';

--
-- Name: COLUMN search_units.content_hash; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON COLUMN app_private.search_units.content_hash IS 'SHA-256 of embedding_text: key in the embedding cache.';

--
-- Name: COLUMN search_units.impacts; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON COLUMN app_private.search_units.impacts IS 'BM25 term impacts (tf part, length-normalised), one dimension per lexeme; see app_hidden.lexeme_dimension.';

--
-- Name: COLUMN search_units.bits; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON COLUMN app_private.search_units.bits IS 'Signs of the vector: nearest by Hamming distance are candidates for nearest by cosine.';

--
-- Name: best_section(integer, public.sparsevec, double precision, public.vector, text); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.best_section(sop_id integer, impacts public.sparsevec, total_idf double precision, embedding public.vector, model text) RETURNS app_private.search_units
    LANGUAGE sql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select u.*
    from app_private.search_units u
   where u.sop_id = best_section.sop_id and u.kind = 'section'
   order by (coalesce(u.heading, '') ~* 'when to use|purpose|scope|^category'), coalesce(-(u.impacts <#> best_section.impacts) / nullif(total_idf, 0), 0)
     + 1.5 * coalesce(case when u.embedding_model = model then -(u.embedding <#> best_section.embedding) end, 0)
     + case when u.heading ~* 'step|procedure|what to (do|say)|answer' then 0.5 else 0 end desc, u.ordinal
   limit 1
$$;

--
-- Name: FUNCTION best_section(sop_id integer, impacts public.sparsevec, total_idf double precision, embedding public.vector, model text); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.best_section(sop_id integer, impacts public.sparsevec, total_idf double precision, embedding public.vector, model text) IS 'The section of an SOP to quote for a question.';

--
-- Name: check_merge(app_public.knowledge_base, app_public.knowledge_base); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.check_merge(keep app_public.knowledge_base, duplicate app_public.knowledge_base) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  if duplicate.site_id is not distinct from keep.site_id or (keep.site_id is null and app_hidden.same_text(keep.answer, duplicate.answer)) then
    return;
  end if;
  raise exception 'Entry % holds % and entry % %: merged, %.', keep.id,
      coalesce('at ' || (select s.slug from app_public.sites s where s.id = keep.site_id) || ' only', 'everywhere'), duplicate.id,
      coalesce('at ' || (select s.slug from app_public.sites s where s.id = duplicate.site_id) || ' only', 'everywhere'),
      case when keep.site_id is null then 'customers there would get another answer' else 'customers elsewhere would get none' end
    using errcode = 'CO121', detail = jsonb_build_object('keep_id', keep.id, 'duplicate_id', duplicate.id)::text,
          hint = 'Keep the entry that holds everywhere and says the same; or edit one of them first.';
end
$$;

--
-- Name: FUNCTION check_merge(keep app_public.knowledge_base, duplicate app_public.knowledge_base); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.check_merge(keep app_public.knowledge_base, duplicate app_public.knowledge_base) IS 'Refuses (CO121) a merge by which customers of some site would lose what is true there.';

--
-- Name: claim_notification(bigint, boolean); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.claim_notification(notification_id bigint, mail_works boolean DEFAULT true) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_notification app_public.notifications;
  v_user_id integer;
  v_link text;
begin
  select * into v_notification from app_public.notifications n where n.id = notification_id for no key update;
  if v_notification.status = 'sending' then
    update app_public.notifications n set error = 'The process ended while it was sending: it may or may not have arrived.' where n.id = notification_id;
  end if;
  if v_notification.status is distinct from 'queued' then
    return null;
  end if;
  if v_notification.channel = 'mail' and not mail_works then
    update app_public.notifications n set status = 'failed', error = 'no mail server is configured (SMTP_URL)' where n.id = notification_id;
    return null;
  end if;
  v_user_id := v_notification.user_id;
  if v_notification.kind = 'password_reset' then
    select u.id into v_user_id from app_public.users u where u.email = v_notification.recipient and u.is_active;
  end if;
  if v_notification.channel = 'mail' and not exists (select from app_public.users u where u.id = v_user_id and u.is_active) then
    update app_public.notifications n set status = 'skipped', error = 'nobody with that address works here' where n.id = notification_id;
    return null;
  end if;
  if v_notification.channel = 'push'
     and not exists (select from app_public.push_subscriptions s join app_public.users u on u.id = s.user_id where s.id = v_notification.push_subscription_id and s.user_id = v_user_id and u.is_active) then
    update app_public.notifications n set status = 'skipped', error = 'the browser has unsubscribed' where n.id = notification_id;
    return null;
  end if;
  if v_notification.kind in ('invitation', 'password_reset') then
    v_link := app_secret.make_link(v_notification.kind, v_user_id);
  end if;
  update app_public.notifications n set status = 'sending', attempts = n.attempts + 1, error = null, user_id = v_user_id where n.id = notification_id returning * into v_notification;
  return to_jsonb(v_notification) || jsonb_build_object('link_token', v_link, 'name', (select u.name from app_public.users u where u.id = v_user_id))
    || coalesce((select jsonb_build_object('url', w.url, 'signing_key', k.key) from app_public.webhooks w join app_secret.webhook_keys k on k.webhook_id = w.id where w.id = v_notification.webhook_id), '{}')
    || coalesce((select jsonb_build_object('endpoint', s.endpoint, 'p256dh', s.p256dh, 'auth', s.auth, 'vapid_public_key', k.public_key, 'vapid_private_key', k.private_key)
                   from app_public.push_subscriptions s, app_secret.vapid_keys k where s.id = v_notification.push_subscription_id), '{}');
end
$$;

--
-- Name: FUNCTION claim_notification(notification_id bigint, mail_works boolean); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.claim_notification(notification_id bigint, mail_works boolean) IS 'Takes a queued notification for sending, once: null where another has it or nobody is to be told. Makes its one-time link here, so that the outbox never holds one. mail_works: whether this server can send mail.';

--
-- Name: failure_patterns; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.failure_patterns (
    id integer NOT NULL,
    label text NOT NULL,
    category character varying(100),
    sop_id integer,
    topic character varying(200),
    size integer DEFAULT 0 NOT NULL,
    first_seen timestamp with time zone NOT NULL,
    last_seen timestamp with time zone NOT NULL,
    status text DEFAULT 'open'::text NOT NULL,
    analyst text NOT NULL,
    centroid public.vector(1536),
    embedding_model text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT failure_patterns_seen_in_order CHECK ((first_seen <= last_seen)),
    CONSTRAINT failure_patterns_status_is_known CHECK ((status = ANY (ARRAY['open'::text, 'proposed'::text, 'resolved'::text, 'dismissed'::text])))
);

--
-- Name: TABLE failure_patterns; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.failure_patterns IS 'Clusters of failed responses that mean the same thing.';

--
-- Name: COLUMN failure_patterns.label; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.failure_patterns.label IS 'The terms that tell this cluster from the others.';

--
-- Name: COLUMN failure_patterns.sop_id; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.failure_patterns.sop_id IS 'The SOP that should have answered, where people said so or search suggests it.';

--
-- Name: COLUMN failure_patterns.analyst; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.failure_patterns.analyst IS 'Which analyst found it: local, or a model''s name.';

--
-- Name: COLUMN failure_patterns.centroid; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.failure_patterns.centroid IS 'Mean vector of its questions, in embedding_model''s space.';

--
-- Name: cluster_failures(integer); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.cluster_failures(most integer DEFAULT 500) RETURNS SETOF app_public.failure_patterns
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
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
           centroid = case when v_failure.embedding is null or v_again then p.centroid else
             l2_normalize(l2_normalize(p.centroid) * array_fill(p.size::real, array[1536])::vector + v_failure.embedding) end
     where p.id = v_pattern.id;
    v_touched := v_touched || v_pattern.id;
  end loop;
  update app_public.failure_patterns p set label = app_private.pattern_label(p.id) where p.id = any (v_touched);
  return query select p.* from app_public.failure_patterns p where p.id = any (v_touched) order by p.size desc, p.id;
end
$$;

--
-- Name: FUNCTION cluster_failures(most integer); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.cluster_failures(most integer) IS 'Puts unanalysed failures into patterns by what should have answered and by vector; returns the patterns that grew.';

--
-- Name: correct_spelling(text); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.correct_spelling(question text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $_$
declare
  v_word text;
  v_known text;
  v_out text[] := '{}';
  v_changed boolean := false;
  v_fresh boolean;
begin
  foreach v_word in array (regexp_split_to_array(lower(left(question, 2000)), '[^[:alnum:]]+'))[:60] loop
    v_known := null;
    if length(v_word) >= 4 and v_word ~ '^[[:alpha:]]+$' and to_tsvector('app_public.clubos', v_word) <> ''::tsvector
       and not exists (select from app_private.search_units u where u.words @@ plainto_tsquery('app_public.clubos', v_word)) then
      v_fresh := coalesce(v_fresh, (select t.last_unit_id from app_private.search_statistics t) = (select max(u.id) from app_private.search_units u)
        or (select t.units from app_private.search_statistics t) > 5000);
      if v_fresh then
        select d.word into v_known from app_private.search_vocabulary d
         where d.word % v_word order by similarity(d.word, v_word) desc, d.units desc, d.word limit 1;
      else
        select d.word into v_known from app_private.count_vocabulary() d
         where d.word % v_word order by similarity(d.word, v_word) desc, d.units desc, d.word limit 1;
      end if;
    end if;
    v_changed := v_changed or v_known is not null;
    v_out := v_out || coalesce(v_known, v_word);
  end loop;
  return case when v_changed then array_to_string(v_out, ' ') end;
end
$_$;

--
-- Name: FUNCTION correct_spelling(question text); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.correct_spelling(question text) IS 'The question with each word that the index does not know replaced by the most similar one it does know (trigrams); null where there is nothing to correct.';

--
-- Name: count_vocabulary(); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.count_vocabulary() RETURNS TABLE(word text, units integer)
    LANGUAGE sql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $_$
  select word, ndoc from ts_stat($q$select to_tsvector('simple', public.unaccent(left(concat_ws(' ', title, heading, body), 200000))) from app_private.search_units where kind <> 'profile'$q$)
   where length(word) between 4 and 40 and word ~ '^[[:alpha:]]+$'
$_$;

--
-- Name: FUNCTION count_vocabulary(); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.count_vocabulary() IS 'The words of the search space as they are written, with the number of units that hold them.';

--
-- Name: draft_improvement(integer); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.draft_improvement(pattern_id integer) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
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
             and not exists (select from app_public.improvement_evidence e where e.failed_response_id = f.id)
           order by f.id desc limit c_phrases) f;
  if v_failures is null then
    return null;
  end if;
  -- It becomes the reason of the version and of the audit row, which stay: one customer's words have no place there.
  v_reasoning := case cardinality(v_failures) when 1 then 'One customer asked and was not helped.'
                   else format('Asked about "%s" and not helped: %s customers.', v_pattern.label, cardinality(v_failures)) end;

  if v_pattern.sop_id is not null then
    v_sop := app_hidden.find_sop(v_pattern.sop_id);
    v_new := app_hidden.add_list_items(v_sop.content, app_hidden.phrases_heading(), v_phrases);
    -- A correction that the SOP does not say already is worth saying.
    select app_hidden.add_list_items(v_new, 'Good to know', array_agg(c order by c)) into v_new
      from unnest(v_corrections) c
     where (select count(*) filter (where to_tsvector('app_public.clubos', v_sop.content) @@ (quote_literal(l)::tsquery))::double precision / greatest(count(*), 1)
              from unnest(tsvector_to_array(to_tsvector('app_public.clubos', c))) l) < 0.6
    having count(*) > 0;
    v_new := coalesce(v_new, app_hidden.add_list_items(v_sop.content, app_hidden.phrases_heading(), v_phrases));
    if v_new = v_sop.content then
      return null;
    end if;
    return jsonb_build_object('kind', 'sop_edit', 'base_version', v_sop.version, 'failed_response_ids', v_failures,
      'suggestion', jsonb_build_object('sop_id', v_sop.id, 'section', v_sop.section, 'new_content', v_new,
        'reasoning', v_reasoning || ' Their words are added, so that the next one is led here.'));
  elsif v_pattern.topic is not null then
    return jsonb_build_object('kind', 'knowledge_entry', 'failed_response_ids', v_failures, 'suggestion', jsonb_build_object(
      'category', v_pattern.category, 'topic', v_pattern.topic, 'reasoning', v_reasoning || ' Their questions become entries of this topic.',
      'entries', (select jsonb_agg(jsonb_build_object('question', q, 'answer', coalesce(v_corrections[1],
                    (select k.answer from app_public.knowledge_base k where k.category = v_pattern.category and k.topic = v_pattern.topic order by k.trust desc, k.id limit 1), v_pattern.topic)))
                    from unnest(v_phrases) q)));
  elsif v_corrections is not null then
    -- Nobody named an SOP: the one nearest to the correction, if it is near, else a new one.
    select s.* into v_sop from app_private.search_targets(array_to_string(v_corrections, ' '), v_pattern.centroid) t join app_public.sops s on s.id = t.sop_id
     where t.words >= 0.6 and t.cosine >= 0.5 order by t.score desc limit 1;
    if v_sop.id is not null then
      return jsonb_build_object('kind', 'sop_edit', 'base_version', v_sop.version, 'failed_response_ids', v_failures, 'suggestion', jsonb_build_object(
        'sop_id', v_sop.id, 'section', v_sop.section, 'reasoning', v_reasoning || ' The corrections fit this SOP best.',
        'new_content', app_hidden.add_list_items(app_hidden.add_list_items(v_sop.content, 'Good to know', v_corrections), app_hidden.phrases_heading(), v_phrases)));
    end if;
    return jsonb_build_object('kind', 'sop_new', 'failed_response_ids', v_failures, 'suggestion', jsonb_build_object(
      'category', coalesce(v_pattern.category, (select r.category from app_public.responses r join app_public.failed_responses f on f.response_id = r.id
                            where f.id = any (v_failures) and r.category is not null group by 1 order by count(*) desc, 1 limit 1), 'general'),
      'section', left(replace(v_pattern.label, ', ', '_'), 180), 'reasoning', v_reasoning || ' No SOP fits.',
      'new_content', format(E'# %s\n\n## Steps\n\n%s\n\n## %s\n\n%s\n', initcap(replace(v_pattern.label, ', ', ' ')),
        (select string_agg(format('%s. %s', o, c), E'\n' order by o) from unnest(v_corrections) with ordinality t(c, o)),
        app_hidden.phrases_heading(), (select string_agg('- ' || p, E'\n' order by p) from unnest(v_phrases) p))));
  end if;
  return null;
end
$$;

--
-- Name: FUNCTION draft_improvement(pattern_id integer); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.draft_improvement(pattern_id integer) IS 'The local analyst''s proposal for a pattern, {kind, suggestion, failed_response_ids, base_version}: phrases and clarifications for the SOP concerned, entries for a topic, or a new SOP from the corrections; null where nobody said what is right.';

--
-- Name: drop_push_subscription(bigint); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.drop_push_subscription(notification_id bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_subscription_id integer;
begin
  select n.push_subscription_id into v_subscription_id from app_public.notifications n where n.id = notification_id and n.channel = 'push';
  update app_public.notifications n set status = 'skipped', error = 'the browser has unsubscribed' where n.id = notification_id and n.status = 'sending';
  delete from app_public.push_subscriptions s where s.id = v_subscription_id;
end
$$;

--
-- Name: FUNCTION drop_push_subscription(notification_id bigint); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.drop_push_subscription(notification_id bigint) IS 'Forgets the browser that a notification was for, since its push service knows it no more; what else waits for it is skipped when its turn comes.';

--
-- Name: edited_improvement(app_public.improvement_queue, text, integer); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.edited_improvement(improvement app_public.improvement_queue, edited_content text, edited_version integer) RETURNS app_public.improvement_queue
    LANGUAGE plpgsql IMMUTABLE
    AS $$
begin
  if edited_content is null then
    return improvement;
  elsif improvement.kind not in ('sop_edit', 'sop_new') then
    raise exception 'Only proposals that write an SOP can be edited while approving.' using errcode = 'CO005', hint = 'Reject it and write the entry yourself.';
  elsif btrim(edited_content) = '' then
    raise exception 'An SOP needs a text.' using errcode = 'CO005';
  elsif octet_length(edited_content) > 1048576 then
    raise exception 'An SOP has at most 1 MiB of text.' using errcode = 'CO006';
  end if;
  improvement.suggested_sop_update := jsonb_set(improvement.suggested_sop_update, '{new_content}', to_jsonb(edited_content));
  improvement.base_version := case when improvement.kind = 'sop_edit' then coalesce(edited_version, improvement.base_version) end;
  return improvement;
end
$$;

--
-- Name: FUNCTION edited_improvement(improvement app_public.improvement_queue, edited_content text, edited_version integer); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.edited_improvement(improvement app_public.improvement_queue, edited_content text, edited_version integer) IS 'The proposal with the text that a person made of it; unchanged where edited_content is null. Errors: CO005 it has no text, or none is left, CO006 over 1 MiB.';

--
-- Name: embeddings_promised(); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.embeddings_promised() RETURNS SETOF bytea
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select u.content_hash from app_private.search_units u where u.kind <> 'profile'
  union all
  select app_hidden.embedding_hash(e ->> 'question') from app_public.improvement_queue q, jsonb_array_elements(q.suggested_sop_update -> 'entries') e
   where q.status = 'pending' and jsonb_typeof(q.suggested_sop_update -> 'entries') = 'array'
  union all
  select app_hidden.embedding_hash(u.embedding_text)
    from app_public.improvement_queue q, app_hidden.sop_units(q.suggested_sop_update ->> 'category', q.suggested_sop_update ->> 'section', q.suggested_sop_update ->> 'new_content') u
   where q.status = 'pending' and q.kind in ('sop_edit', 'sop_new')
$$;

--
-- Name: FUNCTION embeddings_promised(); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.embeddings_promised() IS 'Keys of the vectors that searching, and approving what waits, must find.';

--
-- Name: privacy_actions; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.privacy_actions (
    id bigint NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    reason text,
    actor text NOT NULL,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL,
    transaction_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT privacy_actions_count_things CHECK ((jsonb_typeof(counts) = 'object'::text)),
    CONSTRAINT privacy_actions_kind_is_known CHECK ((kind = ANY (ARRAY['export'::text, 'erasure'::text, 'retention'::text])))
);

--
-- Name: TABLE privacy_actions; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.privacy_actions IS 'Every export and every erasure of personal data: who, when, why and how much, never whose in clear. Also the door: texts of history may be erased only by a transaction that has an unfinished row here.';

--
-- Name: COLUMN privacy_actions.reference; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.privacy_actions.reference IS 'A visitor as the SHA-256 that app_private.pseudonym gives, a ticket by its number, or the retention rule.';

--
-- Name: COLUMN privacy_actions.reason; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.privacy_actions.reason IS 'Why, masked: do not name the person.';

--
-- Name: COLUMN privacy_actions.counts; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.privacy_actions.counts IS 'Rows by what they are.';

--
-- Name: COLUMN privacy_actions.finished_at; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.privacy_actions.finished_at IS 'Closes the door, in the same transaction.';

--
-- Name: end_erasure(bigint, jsonb); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.end_erasure(action_id bigint, counts jsonb) RETURNS app_public.privacy_actions
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  update app_public.privacy_actions a set counts = end_erasure.counts, finished_at = clock_timestamp() where a.id = action_id and a.finished_at is null returning a.*
$$;

--
-- Name: FUNCTION end_erasure(action_id bigint, counts jsonb); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.end_erasure(action_id bigint, counts jsonb) IS 'Closes the door that begin_erasure opened, and says how much was done.';

--
-- Name: end_worker(text, boolean); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.end_worker(worker_id text, fault boolean DEFAULT false) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  delete from app_private.worker_heartbeats h where h.worker_id = end_worker.worker_id;
  return app_private.release_jobs(array[end_worker.worker_id], fault);
end
$$;

--
-- Name: FUNCTION end_worker(worker_id text, fault boolean); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.end_worker(worker_id text, fault boolean) IS 'Signs a worker off and releases at once what it still holds. fault: it failed, so the tries count. Returns how many jobs were released.';

--
-- Name: entry_state(app_public.knowledge_base); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.entry_state(entry app_public.knowledge_base) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  -- What is governed, whatever was counted meanwhile; times as seconds, which every session writes alike.
  select encode(sha256(convert_to(jsonb_build_array(entry.category, entry.topic, entry.question, entry.answer, entry.source, entry.trust, entry.sop_id, entry.site_id,
    entry.improvement_id, extract(epoch from entry.valid_from), extract(epoch from entry.valid_to))::text, 'UTF8')), 'hex')
$$;

--
-- Name: FUNCTION entry_state(entry app_public.knowledge_base); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.entry_state(entry app_public.knowledge_base) IS 'SHA-256 of what a knowledge entry says and where it holds: equal until somebody changes it.';

--
-- Name: erase(integer[], bigint[], uuid, text, text); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.erase(ticket_ids integer[], response_ids bigint[], visitor_id uuid, reference text, reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $_$
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

  -- Learned from this person's questions alone; what staff have rewritten since is theirs.
  select coalesce(array_agg(k.id), '{}') into v_entries
    from app_public.knowledge_base k
   where k.source = 'learned' and k.trust < 3 and k.question = any (v_items)
     and (k.learned_from = any (v_responses) or exists (select from app_private.knowledge_votes v where v.knowledge_id = k.id and v.response_id = any (v_responses)))
     and not exists (select from app_private.knowledge_votes v join app_public.responses r on r.id = v.response_id
                      where v.knowledge_id = k.id and v.helpful and r.id <> all (v_responses) and app_hidden.learnable_question(r.question) = k.question);
  v_counts := jsonb_build_object('learned_entries', app_private.erase_learned(v_entries));

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
$_$;

--
-- Name: FUNCTION erase(ticket_ids integer[], response_ids bigint[], visitor_id uuid, reference text, reason text); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.erase(ticket_ids integer[], response_ids bigint[], visitor_id uuid, reference text, reason text) IS 'Erases conversations and answers with everything derived from them, in this transaction: {reference, counts, to_review}. Every function app_private.erase__<kind>(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) returns bigint is called too, and its count kept under <kind>; visitor_id is null where one conversation is erased.';

--
-- Name: erase__merged_questions(uuid, integer[], bigint[]); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.erase__merged_questions(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_entries integer[];
  v_done bigint;
begin
  with gone as (delete from app_public.knowledge_questions q where q.learned_from = any (response_ids) returning q.knowledge_id)
  select count(*), coalesce(array_agg(distinct g.knowledge_id), '{}') into v_done, v_entries from gone g;
  perform app_private.rebuild_knowledge_unit(k) from app_public.knowledge_base k where k.id = any (v_entries);
  perform app_private.rebuild_profile(t.target) from (
    select distinct app_hidden.target_of(k.sop_id, k.category, k.topic) as target from app_public.knowledge_base k where k.id = any (v_entries) order by 1) t;
  return v_done;
end
$$;

--
-- Name: FUNCTION erase__merged_questions(visitor_id uuid, ticket_ids integer[], response_ids bigint[]); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.erase__merged_questions(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) IS 'Forgets questions of these answers that live on in merged knowledge entries; returns how many.';

--
-- Name: erase_from_proposal(app_public.improvement_queue, text[], text, boolean); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.erase_from_proposal(improvement app_public.improvement_queue, items text[], old_label text, others_too boolean) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
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

--
-- Name: FUNCTION erase_from_proposal(improvement app_public.improvement_queue, items text[], old_label text, others_too boolean); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.erase_from_proposal(improvement app_public.improvement_queue, items text[], old_label text, others_too boolean) IS 'Takes lines, entries and dry-run questions that are one of the items out of a proposal that waits or was rejected. Returns deleted (nothing was left of it), changed or null.';

--
-- Name: erase_from_undo(text[]); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.erase_from_undo(items text[]) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  -- Undone, such an approval deletes its entry: the one that it wrote over would be gone by now.
  update app_public.improvement_queue q
     set applied = jsonb_set(q.applied, '{entries}', (select jsonb_agg(case when e -> 'before' ->> 'question' = any (items) and e -> 'before' ->> 'source' = 'learned' then e || '{"before": null}' else e end order by o)
                                                        from jsonb_array_elements(q.applied -> 'entries') with ordinality t(e, o)))
   where q.id in (select l.id from app_public.improvement_queue l
                   where l.status = 'approved' and jsonb_typeof(l.applied -> 'entries') = 'array'
                     and exists (select from jsonb_array_elements(l.applied -> 'entries') e where e -> 'before' ->> 'question' = any (items) and e -> 'before' ->> 'source' = 'learned')
                   order by l.id for no key update)
$$;

--
-- Name: FUNCTION erase_from_undo(items text[]); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.erase_from_undo(items text[]) IS 'Takes learned entries that ask one of these out of what approvals kept for an undo.';

--
-- Name: erase_learned(integer[]); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.erase_learned(knowledge_ids integer[]) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
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
    -- Counts of words wait for the next refresh; words that nobody else uses go now.
    delete from app_private.lexeme_frequencies f where f.lexeme = any (v_lexemes)
      and not exists (select from app_private.search_units u where u.words @@ (quote_literal(f.lexeme)::tsquery));
    delete from app_private.search_vocabulary v where v.word = any (v_words)
      and not exists (select from app_private.search_units u where u.kind <> 'profile' and u.words @@ to_tsquery('app_public.clubos', quote_literal(v.word))
                        and to_tsvector('simple', public.unaccent(concat_ws(' ', u.title, u.heading, u.body))) @@ to_tsquery('simple', quote_literal(v.word)));
  end if;
  return v_deleted;
end
$$;

--
-- Name: FUNCTION erase_learned(knowledge_ids integer[]); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.erase_learned(knowledge_ids integer[]) IS 'Deletes learned entries with all that was derived from them: search units, profiles, words, snippets of answers.';

--
-- Name: erase_texts(integer[], bigint[], integer[]); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.erase_texts(ticket_ids integer[], response_ids bigint[], failure_ids integer[] DEFAULT '{}'::integer[]) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
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

--
-- Name: FUNCTION erase_texts(ticket_ids integer[], response_ids bigint[], failure_ids integer[]); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.erase_texts(ticket_ids integer[], response_ids bigint[], failure_ids integer[]) IS 'Makes the texts of conversations, answers and failures [erased], and takes their visitor away. Between begin_erasure and end_erasure only. Returns counts by table. Repeating it changes nothing.';

--
-- Name: export__merged_questions(uuid, integer[], bigint[]); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.export__merged_questions(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select coalesce(jsonb_agg(jsonb_build_object('knowledge_id', q.knowledge_id, 'question', q.question, 'created_at', q.created_at) order by q.id), '[]')
    from app_public.knowledge_questions q
   where q.learned_from = any (response_ids) or q.learned_from in (select r.id from app_public.responses r where r.ticket_id = any (ticket_ids))
$$;

--
-- Name: FUNCTION export__merged_questions(visitor_id uuid, ticket_ids integer[], response_ids bigint[]); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.export__merged_questions(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) IS 'The questions of these answers that live on in merged knowledge entries.';

--
-- Name: finish_notification(bigint, text, boolean); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.finish_notification(notification_id bigint, error text DEFAULT NULL::text, retry boolean DEFAULT false) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  update app_public.push_subscriptions s set last_ok_at = now()
    from app_public.notifications n
   where n.id = notification_id and n.status = 'sending' and s.id = n.push_subscription_id and finish_notification.error is null;
  update app_public.notifications n
     set status = case when finish_notification.error is null then 'sent' when retry and n.attempts < 8 then 'queued' else 'failed' end,
         sent_at = case when finish_notification.error is null then now() end, error = left(finish_notification.error, 500)
   where n.id = notification_id and n.status = 'sending'
$$;

--
-- Name: FUNCTION finish_notification(notification_id bigint, error text, retry boolean); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.finish_notification(notification_id bigint, error text, retry boolean) IS 'Writes down how sending went. error: null for success. retry: it certainly did not arrive, so that it may be tried again (eight times at most).';

--
-- Name: first_result(text); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.first_result(question text, OUT target text, OUT title text) RETURNS record
    LANGUAGE sql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select t.target, app_private.target_title(t.target, t.entry_id) from app_private.search_targets(left(question, 20000),
    (select c.embedding from app_private.embedding_cache c, app_public.club_settings s where c.content_hash = app_hidden.embedding_hash(question) and c.model = s.embedding_model)) t
   order by t.score desc, t.target limit 1
$$;

--
-- Name: FUNCTION first_result(question text, OUT target text, OUT title text); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.first_result(question text, OUT target text, OUT title text) IS 'What would answer a question now, and its title.';

--
-- Name: forget_viewers(); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.forget_viewers() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_left integer;
begin
  for v_left in
    with gone as (
      delete from app_private.improvement_viewers v
       -- Whoever is being looked after at this moment is not gone.
       using (select o.improvement_id, o.actor from app_private.improvement_viewers o where o.seen_at < clock_timestamp() - interval '45 seconds' for update skip locked) o
       where v.improvement_id = o.improvement_id and v.actor = o.actor
      returning v.improvement_id)
    select distinct g.improvement_id from gone g
  loop
    perform pg_notify('clubos_queue', json_build_object('id', v_left, 'event', 'viewers')::text);
  end loop;
end
$$;

--
-- Name: FUNCTION forget_viewers(); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.forget_viewers() IS 'Forgets who has not looked for 45 seconds, and tells the others.';

--
-- Name: improvement_in_progress(); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.improvement_in_progress() RETURNS integer
    LANGUAGE sql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select p.improvement_id from app_private.improvements_in_progress p where p.transaction_id = pg_current_xact_id_if_assigned() and not p.reopens
$$;

--
-- Name: FUNCTION improvement_in_progress(); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.improvement_in_progress() IS 'Id of the proposal that this transaction is applying at this moment; null outside an approval.';

--
-- Name: is_reopened(integer); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.is_reopened(improvement_id integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select exists (select from app_private.improvements_in_progress p
                  where p.transaction_id = pg_current_xact_id_if_assigned() and p.reopens and p.improvement_id = is_reopened.improvement_id)
$$;

--
-- Name: FUNCTION is_reopened(improvement_id integer); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.is_reopened(improvement_id integer) IS 'Whether this transaction takes back the decision on this proposal at this moment: undo_improvement and reopen_improvement say so in a table that nobody else writes.';

--
-- Name: knowledge_as_of(timestamp with time zone); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.knowledge_as_of(at timestamp with time zone) RETURNS TABLE(id integer, category text, topic text, question text, answer text, sop_id integer, site_id integer, trust smallint, valid_from timestamp with time zone, valid_to timestamp with time zone, unchanged boolean)
    LANGUAGE sql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
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
     cross join lateral jsonb_populate_record(null::app_public.knowledge_base, c.old - array['embeddings']) o
      left join app_public.knowledge_base k on k.id = c.id
     where c.operation <> 'insert' and o.created_at <= knowledge_as_of.at
  )
  select t.* from then_there t
   where t.question is not null and t.answer is not null
     and (t.valid_from is null or t.valid_from <= knowledge_as_of.at) and (t.valid_to is null or t.valid_to > knowledge_as_of.at)
$$;

--
-- Name: FUNCTION knowledge_as_of(at timestamp with time zone); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.knowledge_as_of(at timestamp with time zone) IS 'The knowledge entries in use at a time, as they were, by the audit log. Left out are learned ones that were changed or removed since: of them the log keeps hashes alone.';

--
-- Name: learn_from(app_public.responses); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.learn_from(response app_public.responses) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $_$
declare
  v_source app_public.response_sources;
  v_id integer;
begin
  select * into v_source from app_public.response_sources s where s.response_id = response.id and s.cited order by s.rank limit 1;
  if v_source.response_id is null then
    return;
  end if;
  -- A question that was merged into an entry is that entry's, and no new one.
  select q.knowledge_id into v_id
    from app_public.knowledge_questions q join app_public.knowledge_base k on k.id = q.knowledge_id
   where q.question = app_hidden.learnable_question(response.question) and k.category = v_source.category and k.topic = v_source.topic order by q.id limit 1;
  if v_id is null then
    insert into app_public.knowledge_base as k (category, topic, question, answer, source, sop_id, site_id, usage_count, success_count, success_rate, learned_from)
    values (v_source.category, v_source.topic, app_hidden.learnable_question(response.question), left(app_hidden.mask_personal_data(regexp_replace(response.text, '\s*\[\d+\]$', '')), 16000),
            'learned', v_source.sop_id, response.site_id, 0, 0, null, response.id)
    on conflict (category, topic, question) do update set usage_count = k.usage_count
    returning k.id into v_id;
  end if;
  perform app_private.vote(v_id, response.id, true);
  if v_source.knowledge_id <> v_id and exists (select from app_public.knowledge_base k where k.id = v_source.knowledge_id) then
    perform app_private.vote(v_source.knowledge_id, response.id, true);
  end if;
end
$_$;

--
-- Name: FUNCTION learn_from(response app_public.responses); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.learn_from(response app_public.responses) IS 'Upserts the question of a helpful answer as learned knowledge, leading to the answer''s first source, and counts the rating.';

--
-- Name: let_wait_again(app_public.improvement_queue); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.let_wait_again(improvement app_public.improvement_queue) RETURNS app_public.improvement_queue
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_twin app_public.improvement_queue;
  v_improvement app_public.improvement_queue;
begin
  select * into v_twin from app_public.improvement_queue q
   where q.fingerprint = app_hidden.improvement_fingerprint(improvement.kind, improvement.suggested_sop_update) and q.status in ('pending', 'rejected') and q.id <> improvement.id;
  if v_twin.id is not null then
    perform app_private.refuse_undo(improvement, format('proposal %s says the same and is %s', v_twin.id, v_twin.status), jsonb_build_object('twin_id', v_twin.id));
  end if;
  insert into app_private.improvements_in_progress (improvement_id, reopens) values (improvement.id, true);
  update app_public.improvement_queue q
     set status = 'pending', approved_by = null, applied_at = null, decision_reason = null, applied = null, rejected_by = null, rejected_at = null, rejection_reason = null,
         suggested_sop_update = improvement.suggested_sop_update, base_version = improvement.base_version
   where q.id = improvement.id returning * into v_improvement;
  delete from app_private.improvements_in_progress p where p.transaction_id = pg_current_xact_id();
  return v_improvement;
end
$$;

--
-- Name: FUNCTION let_wait_again(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.let_wait_again(improvement app_public.improvement_queue) IS 'Takes the decision on a proposal back: it is pending again, with the suggestion and base given. Errors: CO112 a twin waits or was rejected meanwhile.';

--
-- Name: lock_rated_entries(app_public.responses); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.lock_rated_entries(response app_public.responses) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  perform 1 from app_public.knowledge_base k
    where k.id in (select v.knowledge_id from app_private.knowledge_votes v where v.response_id = response.id
                   union
                   select s.knowledge_id from app_public.response_sources s where s.response_id = response.id and s.cited
                   union
                   select e.id from app_public.response_sources s join app_public.knowledge_base e
                       on e.category = s.category and e.topic = s.topic and e.question = app_hidden.learnable_question(response.question)
                    where s.response_id = response.id and s.cited
                   union
                   select q.knowledge_id from app_public.knowledge_questions q where q.question = app_hidden.learnable_question(response.question))
    order by k.id for no key update;
end
$$;

--
-- Name: FUNCTION lock_rated_entries(response app_public.responses); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.lock_rated_entries(response app_public.responses) IS 'Locks the knowledge entries that a rating of this response may touch, in the order of their ids.';

--
-- Name: missing_vectors(text, text, text); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.missing_vectors(category text, section text, content text) RETURNS TABLE(content_hash bytea, embedding_text text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select distinct app_hidden.embedding_hash(u.embedding_text), u.embedding_text
    from app_hidden.sop_units(category, section, content) u, app_public.club_settings s
   where not exists (select from app_private.embedding_cache c where c.content_hash = app_hidden.embedding_hash(u.embedding_text) and c.model = s.embedding_model)
$$;

--
-- Name: FUNCTION missing_vectors(category text, section text, content text); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.missing_vectors(category text, section text, content text) IS 'The texts of an SOP''s draft whose vectors are not in the cache yet.';

--
-- Name: move_to_entry(app_public.knowledge_base, integer[]); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.move_to_entry(keep app_public.knowledge_base, duplicate_ids integer[], OUT doubled integer, OUT doubled_helpful integer) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  insert into app_public.knowledge_questions (knowledge_id, question, merged_from, learned_from)
  select keep.id, q.question, q.merged_from, q.learned_from
    from (select k.question, k.id as merged_from, k.learned_from from app_public.knowledge_base k where k.id = any (duplicate_ids)
          union all
          select o.question, o.merged_from, o.learned_from from app_public.knowledge_questions o where o.knowledge_id = any (duplicate_ids)) q
   where q.question <> keep.question
   order by q.merged_from
  on conflict do nothing;
  insert into app_private.embedding_cache (content_hash, model, embedding)
  select u.content_hash, u.embedding_model, u.embedding from app_private.search_units u where u.knowledge_id = any (duplicate_ids) and u.embedding is not null
  on conflict do nothing;
  with ranked as (
    select v.knowledge_id, v.response_id, v.helpful, row_number() over (partition by v.response_id order by v.knowledge_id = keep.id desc, v.knowledge_id) as place
      from app_private.knowledge_votes v where v.knowledge_id = keep.id or v.knowledge_id = any (duplicate_ids)
  ), moved as (
    update app_private.knowledge_votes v set knowledge_id = keep.id
      from ranked r where r.place = 1 and v.knowledge_id = r.knowledge_id and v.response_id = r.response_id and r.knowledge_id <> keep.id
  )
  select count(*), count(*) filter (where r.helpful) into doubled, doubled_helpful from ranked r where r.place > 1;
end
$$;

--
-- Name: FUNCTION move_to_entry(keep app_public.knowledge_base, duplicate_ids integer[], OUT doubled integer, OUT doubled_helpful integer); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.move_to_entry(keep app_public.knowledge_base, duplicate_ids integer[], OUT doubled integer, OUT doubled_helpful integer) IS 'Gives an entry the questions, vectors and votes of its duplicates. Returns how many votes were of a response that had one already, and how many of those said helpful.';

--
-- Name: nearest_units(public.vector, text, integer); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.nearest_units(question public.vector, model text, depth integer) RETURNS TABLE(unit_id bigint)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  if to_regclass('app_private.search_units_embedding') is not null then
    return query
      select u.id from app_private.search_units u
       where u.embedding_model = nearest_units.model
       order by u.embedding::halfvec(1536) <#> question::halfvec(1536) limit depth;
  else
    return query
      select c.id
        from (select u.id, u.embedding from app_private.search_units u
               where u.embedding_model = nearest_units.model
               order by u.bits <~> binary_quantize(question)::bit(1536) limit depth * 3) c
       order by c.embedding <#> question limit depth;
  end if;
end
$$;

--
-- Name: FUNCTION nearest_units(question public.vector, model text, depth integer); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.nearest_units(question public.vector, model text, depth integer) IS 'The `depth` units nearest to a question by cosine (vectors have length one).';

--
-- Name: of_visitor(uuid); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.of_visitor(visitor_id uuid, OUT ticket_ids integer[], OUT response_ids bigint[]) RETURNS record
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select coalesce((select array_agg(t.id order by t.id) from app_public.tickets t where t.visitor_id = of_visitor.visitor_id), '{}'),
         coalesce((select array_agg(r.id order by r.id) from app_public.responses r where r.visitor_id = of_visitor.visitor_id), '{}')
$$;

--
-- Name: FUNCTION of_visitor(visitor_id uuid, OUT ticket_ids integer[], OUT response_ids bigint[]); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.of_visitor(visitor_id uuid, OUT ticket_ids integer[], OUT response_ids bigint[]) IS 'The conversations and answers of a visitor.';

--
-- Name: pattern_label(integer); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.pattern_label(pattern_id integer) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
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

--
-- Name: FUNCTION pattern_label(pattern_id integer); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.pattern_label(pattern_id integer) IS 'The four words that tell a pattern from the others, by tf-idf over failures.';

--
-- Name: personal_data(integer[], bigint[], uuid); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.personal_data(ticket_ids integer[], response_ids bigint[], visitor_id uuid) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $_$
declare
  v_data jsonb;
  v_more jsonb;
  v_handler record;
begin
  with answers as (
    select r.*, jsonb_build_object('id', r.id, 'asked_at', r.created_at, 'question', r.question, 'answer', r.text, 'category', r.category, 'confidence', r.confidence, 'outcome', r.outcome,
             'model', r.model, 'rating', r.feedback, 'rated_by', r.feedback_by, 'rated_at', r.feedback_at,
             'sources', coalesce((select jsonb_agg(jsonb_build_object('rank', s.rank, 'kind', s.kind, 'category', s.category, 'topic', s.topic, 'heading', s.heading, 'snippet', s.snippet, 'cited', s.cited) order by s.rank)
                                    from app_public.response_sources s where s.response_id = r.id), '[]'),
             'failure', (select jsonb_build_object('id', f.id, 'feedback_type', f.feedback_type, 'correction', f.user_correction, 'reporter', f.reporter, 'created_at', f.created_at, 'withdrawn_at', f.withdrawn_at)
                           from app_public.failed_responses f where f.response_id = r.id),
             'counted_for', coalesce((select jsonb_agg(jsonb_build_object('knowledge_id', v.knowledge_id, 'helpful', v.helpful)) from app_private.knowledge_votes v where v.response_id = r.id), '[]')) as answer
      from app_public.responses r where (r.id = any (response_ids) or r.ticket_id = any (ticket_ids))
       -- A draft is staff's work, and the question in it stands among the messages.
       and r.outcome <> 'drafted'
  )
  select jsonb_build_object(
    'conversations', coalesce((select jsonb_agg(jsonb_build_object('ticket_id', t.id, 'conversation', t.conversation, 'status', t.status, 'priority', t.priority, 'category', t.category,
        'subject', t.subject, 'summary', t.summary, 'resolution', t.resolution, 'site', (select s.slug from app_public.sites s where s.id = t.site_id),
        'created_at', t.created_at, 'updated_at', t.updated_at, 'resolved_at', t.resolved_at, 'erased_at', t.erased_at,
        'messages', coalesce((select jsonb_agg(jsonb_build_object('at', m.created_at, 'from', m.author_kind, 'author', m.author, 'body', m.body) order by m.id) from app_public.messages m where m.ticket_id = t.id), '[]'),
        'answers', coalesce((select jsonb_agg(a.answer order by a.id) from answers a where a.ticket_id = t.id), '[]')) order by t.id)
      from app_public.tickets t where t.id = any (ticket_ids)), '[]'),
    'answers_without_conversation', coalesce((select jsonb_agg(a.answer order by a.id) from answers a where a.ticket_id is null or a.ticket_id <> all (ticket_ids)), '[]'),
    'learned', coalesce((select jsonb_agg(jsonb_build_object('knowledge_id', k.id, 'category', k.category, 'topic', k.topic, 'question', k.question, 'answer', k.answer, 'trust', k.trust, 'created_at', k.created_at) order by k.id)
      from app_public.knowledge_base k where k.learned_from in (select a.id from answers a)
          or exists (select from answers a join app_private.knowledge_votes v on v.response_id = a.id where v.knowledge_id = k.id and v.helpful and k.source = 'learned' and app_hidden.learnable_question(a.question) = k.question)), '[]'))
    into v_data;
  for v_handler in
    select p.proname as name from pg_proc p where p.pronamespace = 'app_private'::regnamespace and p.proname like 'export\_\_%' order by p.proname
  loop
    execute format('select app_private.%I($1, $2, $3)', v_handler.name) into v_more using personal_data.visitor_id, ticket_ids, response_ids;
    v_data := v_data || jsonb_build_object(substr(v_handler.name, 9), coalesce(v_more, '[]'));
  end loop;
  return v_data;
end
$_$;

--
-- Name: FUNCTION personal_data(ticket_ids integer[], response_ids bigint[], visitor_id uuid); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.personal_data(ticket_ids integer[], response_ids bigint[], visitor_id uuid) IS '{conversations (messages, answers with sources, ratings and failures), answers_without_conversation, learned}, and what every function app_private.export__<kind>(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) returns jsonb adds under <kind>.';

--
-- Name: preview_questions(app_public.improvement_queue, integer, integer); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.preview_questions(improvement app_public.improvement_queue, failing integer DEFAULT 30, good integer DEFAULT 30) RETURNS TABLE(question text, expected text, role text)
    LANGUAGE sql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  with touched as (
    select coalesce(improvement.sop_id, (improvement.suggested_sop_update ->> 'sop_id')::integer) as sop_id,
           improvement.suggested_sop_update ->> 'category' as category,
           coalesce(improvement.suggested_sop_update ->> 'topic', improvement.suggested_sop_update ->> 'section') as topic
  )
  (select f.query, case when coalesce(f.expected_sop_id, t.sop_id) is not null then 'sop:' || coalesce(f.expected_sop_id, t.sop_id)
                       when improvement.kind = 'sop_new' then null
                       else 'topic:' || coalesce(f.expected_category, t.category) || '/' || coalesce(f.expected_topic, t.topic) end, 'failing'
     from touched t, app_public.improvement_evidence e join app_public.failed_responses f on f.id = e.failed_response_id
    where e.improvement_id = improvement.id and f.withdrawn_at is null and f.erased_at is null order by f.id desc limit failing)
  union all
  -- Answered well lately, whatever answered them: what a change takes from others counts against it.
  (select r.question, case when s.sop_id is not null then 'sop:' || s.sop_id else 'topic:' || s.category || '/' || s.topic end, 'good'
     from app_public.responses r join app_public.response_sources s on s.response_id = r.id and s.rank = 1
    where r.feedback = 'helpful' and r.outcome = 'answered' and r.erased_at is null order by r.feedback_at desc limit good)
$$;

--
-- Name: FUNCTION preview_questions(improvement app_public.improvement_queue, failing integer, good integer); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.preview_questions(improvement app_public.improvement_queue, failing integer, good integer) IS 'The latest failing questions behind a proposal and the latest well-answered ones, at most so many of each, with what should answer them.';

--
-- Name: preview_texts(integer, text, integer); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.preview_texts(improvement_id integer, edited_content text, edited_version integer DEFAULT NULL::integer) RETURNS TABLE(embedding_text text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
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

--
-- Name: FUNCTION preview_texts(improvement_id integer, edited_content text, edited_version integer); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.preview_texts(improvement_id integer, edited_content text, edited_version integer) IS 'Texts whose vectors a dry run with an edited text needs and the cache lacks. Errors: CO005 an empty text, CO006 too long.';

--
-- Name: profiles_as_of(text[], text[], double precision[], public.vector, timestamp with time zone); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.profiles_as_of(targets text[], lexemes text[], idf double precision[], question_embedding public.vector, at timestamp with time zone) RETURNS TABLE(target text, words double precision, cosine double precision)
    LANGUAGE sql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET jit TO 'off'
    AS $$
  -- As rebuild_profile makes them, of the sections and phrases alone.
  select 'sop:' || v.sop_id,
         app_private.word_share(to_tsvector('app_public.clubos', left(concat_ws(' ', h.head, h.head, t.bodies), 250000)) || to_tsvector('app_public.clubos', left(concat_ws(' ', t.phrases, t.phrases), 250000)),
           lexemes, idf, app_hidden.usual_length('sop:', 'profile')),
         coalesce(-(l2_normalize(case when t.asked is null then t.said else t.said + t.asked end) <#> question_embedding), 0)
    from (select distinct on (x.sop_id) x.* from app_public.sop_versions x where 'sop:' || x.sop_id = any (targets) and x.created_at <= profiles_as_of.at order by x.sop_id, x.version desc) v
   cross join app_public.club_settings s
   cross join lateral (select concat_ws(' ', app_hidden.in_words(v.category), app_hidden.in_words(v.section), app_hidden.sop_title(v.section, v.content)) as head) h
   cross join lateral (
     select string_agg(u.body, ' ' order by u.ordinal) filter (where u.kind = 'section') as bodies, string_agg(u.body, ' ' order by u.ordinal) filter (where u.kind = 'phrase') as phrases,
            l2_normalize(l2_normalize(avg(c.embedding) filter (where u.kind = 'section')) + (array_agg(c.embedding order by u.ordinal) filter (where u.kind = 'section' and c.embedding is not null))[1]) as said,
            l2_normalize(avg(c.embedding) filter (where u.kind = 'phrase')) as asked
       from app_hidden.sop_units(v.category, v.section, v.content) u
       left join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(u.embedding_text) and c.model = s.embedding_model) t
$$;

--
-- Name: FUNCTION profiles_as_of(targets text[], lexemes text[], idf double precision[], question_embedding public.vector, at timestamp with time zone); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.profiles_as_of(targets text[], lexemes text[], idf double precision[], question_embedding public.vector, at timestamp with time zone) IS 'The profiles of SOPs as they were at a time, scored for a question.';

--
-- Name: pseudonym(text); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.pseudonym(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  -- A visitor's id has 122 random bits: its hash cannot be searched back, and still tells one visitor from another.
  select case when name like 'visitor:%' then 'erased:' || left(encode(sha256(convert_to(name, 'UTF8')), 'hex'), 32) else name end
$$;

--
-- Name: FUNCTION pseudonym(name text); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.pseudonym(name text) IS 'What stands for visitor:<id> once the visitor is erased: the same for the same visitor, and no way back. Names of staff stay.';

--
-- Name: question_words(text); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.question_words(question text, OUT impacts public.sparsevec, OUT total_idf double precision, OUT candidates tsquery) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  c_count_below constant integer := 5000;
  c_rows constant integer := 2000; -- hits that the candidates' query should not exceed by much
  v_units double precision;
  v_small boolean;
  v_term record;
  v_estimate double precision := 0;
  v_query text := '';
  v_vector text := '';
begin
  select t.units into v_units from app_private.search_statistics t;
  v_small := v_units < c_count_below;
  if v_small then
    select count(*) into v_units from app_private.search_units u;
    v_small := v_units < 2 * c_count_below;
  end if;
  total_idf := 0;
  for v_term in
    select t.lexeme, t.dimension, t.df, ln(1 + (v_units - least(t.df, v_units) + 0.5) / (least(t.df, v_units) + 0.5)) as idf
      from (select l.lexeme, app_hidden.lexeme_dimension(l.lexeme) as dimension,
                   case when v_small or f.lexeme is null
                     then (select count(*) from app_private.search_units u where u.words @@ quote_literal(l.lexeme)::tsquery)
                     else f.units end::double precision as df
              from unnest(tsvector_to_array(to_tsvector('app_public.clubos', left(question_words.question, 20000)))) l(lexeme)
              left join app_private.lexeme_frequencies f on not v_small and f.lexeme = l.lexeme
             limit 200) t
     order by t.df, t.lexeme
  loop
    continue when position(',' || v_term.dimension || ':' in v_vector) > 0;
    total_idf := total_idf + v_term.idf;
    v_vector := v_vector || ',' || v_term.dimension || ':' || v_term.idf::real;
    -- Rarest words first; common ones only while the candidates stay few.
    if v_term.df > 0 and (v_query = '' or v_estimate + v_term.df <= c_rows) then
      v_query := v_query || case when v_query = '' then '' else '|' end || quote_literal(v_term.lexeme);
      v_estimate := v_estimate + v_term.df;
    end if;
  end loop;
  candidates := nullif(v_query, '')::tsquery;
  impacts := ('{' || substr(v_vector, 2) || '}/268435456')::sparsevec;
end
$$;

--
-- Name: FUNCTION question_words(question text, OUT impacts public.sparsevec, OUT total_idf double precision, OUT candidates tsquery); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.question_words(question text, OUT impacts public.sparsevec, OUT total_idf double precision, OUT candidates tsquery) IS 'A question as words: idf by dimension, their sum, and a query for the units worth scoring (null where no word is known).';

--
-- Name: quotes_of(text[]); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.quotes_of(items text[]) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
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
      from app_public.knowledge_base k join item i on strpos(k.question, i.i) > 0 or strpos(k.answer, i.i) > 0 where k.source <> 'learned' or k.trust = 3 group by k.id) f
$$;

--
-- Name: FUNCTION quotes_of(items text[]); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.quotes_of(items text[]) IS 'Proposals, SOPs (with the versions of their history) and published knowledge that quote one of these texts of eight characters or more.';

--
-- Name: rebuild_knowledge_unit(app_public.knowledge_base); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.rebuild_knowledge_unit(entry app_public.knowledge_base) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  delete from app_private.search_units u where u.knowledge_id = entry.id;
  -- Its own question, and those of the entries that were merged into it.
  insert into app_private.search_units (kind, target, sop_id, knowledge_id, ordinal, category, topic, site_id, trust, valid_from, valid_to, title, body,
      embedding_text, content_hash, words, impacts, embedding, embedding_model)
  select 'knowledge', app_hidden.target_of(entry.sop_id, entry.category, entry.topic), entry.sop_id, entry.id, q.ordinal, entry.category, entry.topic, entry.site_id, entry.trust,
         entry.valid_from, entry.valid_to, q.question, entry.answer, u.embedding_text, app_hidden.embedding_hash(u.embedding_text), u.words,
         app_hidden.bm25_impacts(u.words, app_hidden.usual_length('', 'knowledge')), q.embedding, case when q.embedding is not null then q.model end
    from (select 0 as ordinal, entry.question, entry.embeddings as embedding, entry.embedding_model as model
          union all
          select row_number() over (order by o.id)::integer, o.question, c.embedding, c.model
            from app_public.knowledge_questions o
           cross join app_public.club_settings s
            left join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(o.question) and c.model = s.embedding_model
           where o.knowledge_id = entry.id) q
   cross join lateral app_hidden.knowledge_unit(entry.category, entry.topic, q.question, entry.answer) u;
$$;

--
-- Name: FUNCTION rebuild_knowledge_unit(entry app_public.knowledge_base); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.rebuild_knowledge_unit(entry app_public.knowledge_base) IS 'Replaces the search units of a knowledge entry: one for each question that leads to it, its own as number 0.';

--
-- Name: rebuild_profile(text); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.rebuild_profile(profile_of text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_model text;
  v_unit app_private.search_units;
  v_own app_private.search_units;
  v_asked record;
begin
  select s.embedding_model into v_model from app_public.club_settings s;
  select string_agg(q.embedding_text, ' ') as words, count(*) as n, l2_normalize(avg(q.embedding) filter (where q.embedding_model = v_model)) as mean
    into v_asked
    from (select u.embedding_text, u.embedding, u.embedding_model from app_private.search_units u
           where u.target = profile_of and u.kind in ('phrase', 'knowledge') and u.trust > 0 order by u.id desc limit 2000) q;
  select * into v_own from app_private.search_units u where u.target = profile_of and u.kind = 'section' order by u.ordinal limit 1;
  if v_own.id is null and v_asked.n = 0 then
    delete from app_private.search_units u where u.target = profile_of and u.kind = 'profile';
    return;
  elsif v_own.id is null then
    select * into v_own from app_private.search_units u where u.target = profile_of and u.kind in ('phrase', 'knowledge') order by u.id limit 1;
    v_unit.words := to_tsvector('app_public.clubos', left(v_asked.words, 250000));
    v_unit.embedding := v_asked.mean;
  else
    select to_tsvector('app_public.clubos', left(concat_ws(' ', app_hidden.in_words(s.category), app_hidden.in_words(s.section), v_own.title, app_hidden.in_words(s.category),
             app_hidden.in_words(s.section), v_own.title, (select string_agg(concat_ws(' ', m.heading, m.body), ' ' order by m.ordinal) from app_hidden.markdown_sections(s.content) m
               where coalesce(m.heading not like '%' || app_hidden.phrases_heading(), true))), 250000))
           || to_tsvector('app_public.clubos', left(concat_ws(' ', v_asked.words, v_asked.words), 250000))
      into v_unit.words from app_public.sops s where s.id = v_own.sop_id;
    select l2_normalize(case when v_own.embedding_model = v_model then l2_normalize(avg(u.embedding)) + v_own.embedding else avg(u.embedding) end) into v_unit.embedding
      from app_private.search_units u where u.target = profile_of and u.kind = 'section' and u.embedding_model = v_model;
    if v_asked.mean is not null then
      v_unit.embedding := l2_normalize(v_unit.embedding + v_asked.mean);
    end if;
  end if;
  insert into app_private.search_units as p (kind, target, sop_id, sop_version_id, ordinal, category, topic, trust, title, body, embedding_text, content_hash, words, impacts,
      embedding, embedding_model)
  values ('profile', profile_of, v_own.sop_id, v_own.sop_version_id, v_asked.n, v_own.category, v_own.topic, 3, v_own.title, '', '', '\x', v_unit.words,
      app_hidden.bm25_impacts(v_unit.words, app_hidden.usual_length(profile_of, 'profile')), v_unit.embedding, case when v_unit.embedding is not null then v_model end)
  on conflict (target) where kind = 'profile' do update
     set sop_version_id = excluded.sop_version_id, ordinal = excluded.ordinal, category = excluded.category, topic = excluded.topic, title = excluded.title,
         words = excluded.words, impacts = excluded.impacts, embedding = excluded.embedding, embedding_model = excluded.embedding_model;
end
$$;

--
-- Name: FUNCTION rebuild_profile(profile_of text); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.rebuild_profile(profile_of text) IS 'Makes the profile of a target anew from its sections and reviewed questions.';

--
-- Name: rebuild_sop_units(app_public.sops, integer); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.rebuild_sop_units(sop app_public.sops, sop_version_id integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
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

--
-- Name: FUNCTION rebuild_sop_units(sop app_public.sops, sop_version_id integer); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.rebuild_sop_units(sop app_public.sops, sop_version_id integer) IS 'Replaces the search units of an SOP by those of its text as it is now, with the vectors that the cache holds.';

--
-- Name: audit_heads; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.audit_heads (
    day date NOT NULL,
    chain_position bigint NOT NULL,
    hash bytea NOT NULL,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT audit_heads_position_counts_rows CHECK ((chain_position >= 0))
);

--
-- Name: TABLE audit_heads; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.audit_heads IS 'The head of the audit chain, once a day: it goes out with the log and the backup, so that a chain cut off or written anew is found. Append-only.';

--
-- Name: COLUMN audit_heads.day; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.audit_heads.day IS 'In UTC.';

--
-- Name: COLUMN audit_heads.chain_position; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.audit_heads.chain_position IS 'Rows in the chain at that time.';

--
-- Name: record_audit_head(integer); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.record_audit_head(problems integer DEFAULT 0) RETURNS app_public.audit_heads
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_day date := (now() at time zone 'UTC')::date;
  v_recorded app_public.audit_heads;
begin
  perform app_hidden.require_role('worker');
  insert into app_public.audit_heads (day, chain_position, hash) select v_day, h.chain_position, h.hash from app_private.audit_head h
  on conflict do nothing;
  select * into v_recorded from app_public.audit_heads h where h.day = v_day;
  -- So that it leaves the database, where its owner could write another.
  perform app_hidden.notify('audit_head', jsonb_build_object('day', v_day, 'head', v_recorded.chain_position || ':' || encode(v_recorded.hash, 'hex')), 'audit_head:' || v_day);
  if problems > 0 then
    perform app_hidden.notify('audit_broken', jsonb_build_object('day', v_day, 'problems', problems), 'audit_broken:' || v_day);
  end if;
  return v_recorded;
end
$$;

--
-- Name: FUNCTION record_audit_head(problems integer); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.record_audit_head(problems integer) IS 'Keeps the head of the audit chain, once a day (UTC), and tells the webhooks that want it; repeating it returns the day''s. problems: how many verify_audit_log found; the admins and auditors are told. Errors: CO403 not the worker.';

--
-- Name: failed_responses; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.failed_responses (
    id integer NOT NULL,
    query text NOT NULL,
    response text NOT NULL,
    assistant_id character varying(100),
    confidence_score double precision,
    feedback_type character varying(50),
    user_correction text,
    analyzed boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    response_id bigint,
    pattern_id integer,
    reporter text,
    site_id integer,
    expected_sop_id integer,
    expected_category character varying(100),
    expected_topic character varying(200),
    withdrawn_at timestamp with time zone,
    resolved_by_improvement_id integer,
    erased_at timestamp with time zone,
    CONSTRAINT failed_responses_correction_fits CHECK ((octet_length(user_correction) <= 65536)),
    CONSTRAINT failed_responses_feedback_type_is_known CHECK (((feedback_type)::text = ANY ((ARRAY['unhelpful'::character varying, 'wrong'::character varying, 'incomplete'::character varying])::text[])))
);

--
-- Name: TABLE failed_responses; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.failed_responses IS '@behavior +aggregates +groupedAggregates -groupedAggregates:having
Answers that failed, for analysis.';

--
-- Name: COLUMN failed_responses.assistant_id; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.failed_responses.assistant_id IS 'What answered: the model''s name, or an assistant of V1.';

--
-- Name: COLUMN failed_responses.feedback_type; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.failed_responses.feedback_type IS 'unhelpful, wrong or incomplete.';

--
-- Name: COLUMN failed_responses.user_correction; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.failed_responses.user_correction IS 'What the right answer would have been, in somebody''s words: data, never published unseen.';

--
-- Name: COLUMN failed_responses.analyzed; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.failed_responses.analyzed IS '@behavior +filterBy
Whether an analysis has looked at it.';

--
-- Name: COLUMN failed_responses.expected_sop_id; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.failed_responses.expected_sop_id IS 'The SOP that staff said was right.';

--
-- Name: COLUMN failed_responses.expected_topic; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.failed_responses.expected_topic IS 'The knowledge topic that staff said was right, with expected_category.';

--
-- Name: COLUMN failed_responses.withdrawn_at; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.failed_responses.withdrawn_at IS '@behavior +filterBy
Set when its reporter changed their mind; then it is no longer analysed.';

--
-- Name: COLUMN failed_responses.erased_at; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.failed_responses.erased_at IS '@behavior +filterBy
When its texts and its reporter were erased; then it is no longer analysed.';

--
-- Name: record_failure(app_public.responses, text, text, integer, text, text); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.record_failure(response app_public.responses, feedback_type text, user_correction text, expected_sop_id integer, expected_category text, expected_topic text) RETURNS app_public.failed_responses
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_failure app_public.failed_responses;
begin
  insert into app_public.failed_responses as f (query, response, assistant_id, confidence_score, feedback_type, user_correction, response_id, reporter,
      site_id, expected_sop_id, expected_category, expected_topic)
  values (response.question, response.text, response.model, response.confidence, record_failure.feedback_type, nullif(btrim(record_failure.user_correction), ''),
      response.id, app_hidden.voter(), response.site_id, record_failure.expected_sop_id, record_failure.expected_category, record_failure.expected_topic)
  on conflict (response_id) do update
     set feedback_type = excluded.feedback_type, user_correction = coalesce(excluded.user_correction, f.user_correction), reporter = excluded.reporter,
         expected_sop_id = coalesce(excluded.expected_sop_id, f.expected_sop_id), expected_category = coalesce(excluded.expected_category, f.expected_category),
         expected_topic = coalesce(excluded.expected_topic, f.expected_topic), withdrawn_at = null,
         -- A correction that says something new is worth another look.
         analyzed = f.analyzed and f.withdrawn_at is null and excluded.user_correction is not distinct from f.user_correction
  returning * into v_failure;
  return v_failure;
end
$$;

--
-- Name: FUNCTION record_failure(response app_public.responses, feedback_type text, user_correction text, expected_sop_id integer, expected_category text, expected_topic text); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.record_failure(response app_public.responses, feedback_type text, user_correction text, expected_sop_id integer, expected_category text, expected_topic text) IS 'Files a response as failed, once; filing it again updates what was said.';

--
-- Name: record_sources(bigint, jsonb); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.record_sources(response_id bigint, sources jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  insert into app_public.response_sources (response_id, rank, kind, sop_version_id, knowledge_id, sop_id, category, topic, heading, snippet, score, cited)
  select record_sources.response_id, s.rank, s.kind, s.sop_version_id, s.knowledge_id, s.sop_id, s.category, s.topic, s.heading, app_hidden.quote(s.snippet, 600), s.score, coalesce(s.cited, false)
    from jsonb_to_recordset(sources) s(rank integer, kind text, sop_version_id integer, knowledge_id integer, sop_id integer, category text, topic text, heading text,
         snippet text, score double precision, cited boolean)
   where s.rank <= 10
$$;

--
-- Name: FUNCTION record_sources(response_id bigint, sources jsonb); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.record_sources(response_id bigint, sources jsonb) IS 'Writes down the first ten sources of an answer, as begin_answer lists them.';

--
-- Name: refresh_profiles(); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.refresh_profiles() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
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

--
-- Name: FUNCTION refresh_profiles(); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.refresh_profiles() IS 'Rebuilds the profiles that do not hold all reviewed questions of their target; returns how many.';

--
-- Name: refresh_search_statistics(boolean); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.refresh_search_statistics(force boolean DEFAULT false) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $_$
declare
  v_last bigint;
begin
  -- One at a time; who comes second finds it done.
  if not pg_try_advisory_xact_lock(hashtextextended('clubos.search_statistics', 0)) then
    return false;
  end if;
  perform app_private.refresh_profiles();
  select coalesce(max(u.id), 0) into v_last from app_private.search_units u;
  if not force and v_last = (select t.last_unit_id from app_private.search_statistics t) then
    return false;
  end if;
  update app_private.search_statistics set units = (select count(*) from app_private.search_units), last_unit_id = v_last, refreshed_at = now();
  delete from app_private.lexeme_frequencies;
  insert into app_private.lexeme_frequencies (lexeme, units)
  select word, ndoc from ts_stat($q$select words from app_private.search_units$q$);
  delete from app_private.search_vocabulary;
  insert into app_private.search_vocabulary (word, units) select v.word, v.units from app_private.count_vocabulary() v;
  return true;
end
$_$;

--
-- Name: FUNCTION refresh_search_statistics(force boolean); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.refresh_search_statistics(force boolean) IS 'Rebuilds profiles that lack a question; recounts document frequencies and the vocabulary if the search space changed (or force). Returns whether it did.';

--
-- Name: refuse_undo(app_public.improvement_queue, text, jsonb); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.refuse_undo(improvement app_public.improvement_queue, what text, details jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  raise exception 'Proposal % cannot be taken back: %.', improvement.id, what
    using errcode = 'CO112', detail = (jsonb_build_object('improvement_id', improvement.id) || details)::text,
          hint = 'Take back the later change first, or write what should stand: save_sop, rollback_sop, save_knowledge.';
end
$$;

--
-- Name: FUNCTION refuse_undo(improvement app_public.improvement_queue, what text, details jsonb); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.refuse_undo(improvement app_public.improvement_queue, what text, details jsonb) IS 'Refuses (CO112) an undo. what: the explanation, a clause. details: for programs.';

--
-- Name: release_jobs(text[], boolean); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.release_jobs(worker_ids text[], fault boolean) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_released integer;
begin
  update graphile_worker._private_jobs j
     set attempts = case when fault then j.attempts else greatest(j.attempts - 1, 0) end,
         last_error = case when fault then format('Its worker (%s) died while running it.', j.locked_by) else j.last_error end,
         -- As after any failure of a last try, so that dead_jobs can tell when it was.
         run_at = case when fault and j.attempts >= j.max_attempts then greatest(now(), j.run_at) + exp(least(j.attempts, 10)) * interval '1 second' else least(j.run_at, now()) end
   where j.locked_by = any (worker_ids);
  get diagnostics v_released = row_count;
  perform graphile_worker.force_unlock_workers(worker_ids);
  if v_released > 0 then
    perform pg_notify('jobs:insert', json_build_object('count', v_released)::text);
  end if;
  return v_released;
end
$$;

--
-- Name: FUNCTION release_jobs(worker_ids text[], fault boolean); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.release_jobs(worker_ids text[], fault boolean) IS 'Unlocks the jobs of workers that run them no more, for others to take at once. fault: the worker died, so the try counts (a job that kills its worker must not live for ever); otherwise it does not. Returns how many jobs.';

--
-- Name: request_password_reset(text); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.request_password_reset(email text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_email text := lower(btrim(request_password_reset.email));
begin
  -- Known or not, it takes the same way; whether somebody is there shows when it is sent.
  insert into app_public.notifications (kind, channel, recipient) select 'password_reset', 'mail', v_email
   where not exists (select from app_public.notifications n where n.recipient = v_email and n.kind = 'password_reset' and n.created_at > now() - interval '2 minutes' and n.status <> 'failed');
end
$$;

--
-- Name: FUNCTION request_password_reset(email text); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.request_password_reset(email text) IS 'Mails a link to choose a new password, if the address is a member of staff''s; says nothing either way. At most one in two minutes.';

--
-- Name: retain__conversations(timestamp with time zone); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.retain__conversations(before timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_tickets integer[];
  v_responses bigint[];
  v_failures integer[];
  v_counts jsonb;
  v_action bigint;
begin
  select coalesce(array_agg(t.id), '{}') into v_tickets from (
    select t.id from app_public.tickets t
     where t.erased_at is null and t.status = 'resolved' and t.updated_at < before and t.resolved_at < before order by t.updated_at limit 100) t;
  select coalesce(array_agg(r.id), '{}') into v_responses from (
    select r.id from app_public.responses r
     where r.ticket_id = any (v_tickets) and r.erased_at is null order by r.id for no key update skip locked) r;
  -- One of them is being rated: not now.
  select coalesce(array_agg(t.id), '{}') into v_tickets from (
    select t.id from app_public.tickets t
     where t.id = any (v_tickets) and t.status = 'resolved' and t.erased_at is null
       and not exists (select from app_public.responses r where r.ticket_id = t.id and r.erased_at is null and r.id <> all (v_responses))
     order by t.id for no key update skip locked) t;
  select coalesce(array_agg(r.id), '{}') into v_responses from (
    select r.id from app_public.responses r
     where r.erased_at is null and r.ticket_id is null and r.created_at < before order by r.created_at limit 500 for no key update skip locked) r;
  select coalesce(array_agg(f.id), '{}') into v_failures from (
    select f.id from app_public.failed_responses f
     where f.erased_at is null and f.response_id is null and f.created_at < before order by f.created_at limit 500 for no key update skip locked) f;
  if cardinality(v_tickets) + cardinality(v_responses) + cardinality(v_failures) = 0 then
    return 0;
  end if;
  v_action := app_private.begin_erasure('retention', 'conversations', 'older than ' || to_char(before, 'YYYY-MM-DD'));
  v_counts := app_private.erase_texts(v_tickets, v_responses, v_failures);
  perform app_private.end_erasure(v_action, v_counts);
  return (v_counts ->> 'tickets')::bigint + (v_counts ->> 'responses')::bigint + (v_counts ->> 'failures')::bigint;
end
$$;

--
-- Name: FUNCTION retain__conversations(before timestamp with time zone); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.retain__conversations(before timestamp with time zone) IS 'Erases the texts and visitors of resolved conversations, of answers without a conversation and of failures without an answer that are older. Never one that is open, taken or waiting.';

--
-- Name: retain__dry_runs(timestamp with time zone); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.retain__dry_runs(before timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_done bigint;
begin
  update app_public.improvement_queue q set dry_run = q.dry_run - 'questions'
   where q.id in (select o.id from app_public.improvement_queue o where o.status <> 'pending' and coalesce(o.applied_at, o.rejected_at) < before and o.dry_run ? 'questions'
                   order by o.id limit 500 for no key update skip locked);
  get diagnostics v_done = row_count;
  return v_done;
end
$$;

--
-- Name: FUNCTION retain__dry_runs(before timestamp with time zone); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.retain__dry_runs(before timestamp with time zone) IS 'Takes the questions out of the dry runs of proposals decided earlier.';

--
-- Name: retain__embedding_cache(timestamp with time zone); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.retain__embedding_cache(before timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_done bigint;
begin
  with needed as materialized (
    select h as content_hash from app_private.embeddings_promised() h where h is not null
    union
    select app_hidden.embedding_hash(f.query) from app_public.failed_responses f where not f.analyzed and f.withdrawn_at is null
    union
    -- What dry runs ask again.
    select app_hidden.embedding_hash(f.query) from app_public.improvement_queue q join app_public.improvement_evidence e on e.improvement_id = q.id
        join app_public.failed_responses f on f.id = e.failed_response_id where q.status = 'pending'
    union
    (select r.question_hash from app_public.responses r where r.feedback = 'helpful' and r.outcome = 'answered' order by r.feedback_at desc limit 30)
  )
  delete from app_private.embedding_cache c
   using (select o.content_hash, o.model from app_private.embedding_cache o
           where o.created_at < before and not exists (select from needed n where n.content_hash = o.content_hash) limit 5000) o
   where c.content_hash = o.content_hash and c.model = o.model;
  get diagnostics v_done = row_count;
  return v_done;
end
$$;

--
-- Name: FUNCTION retain__embedding_cache(before timestamp with time zone); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.retain__embedding_cache(before timestamp with time zone) IS 'Deletes older vectors that no search unit, no waiting proposal, no failure to analyse and no dry run needs; a question asked again gets a new one.';

--
-- Name: retain__idle_conversations(timestamp with time zone); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.retain__idle_conversations(before timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_done bigint;
begin
  update app_public.tickets t
     set status = 'resolved', resolved_by = 'retention', resolved_at = now(), resolution = 'Nobody wrote any more.', silent_until = null
   where t.id in (select i.id from app_public.tickets i
                   where i.erased_at is null and (i.status = 'open' or i.status = 'taken' and i.silent_until < before) and i.updated_at < before
                   order by i.updated_at limit 500 for no key update skip locked);
  get diagnostics v_done = row_count;
  return v_done;
end
$$;

--
-- Name: FUNCTION retain__idle_conversations(before timestamp with time zone); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.retain__idle_conversations(before timestamp with time zone) IS 'Resolves conversations that the assistant may answer in and nobody has written in since; the next message opens them again. Never one that waits for a person.';

--
-- Name: retain__llm_calls(timestamp with time zone); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.retain__llm_calls(before timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_done bigint;
begin
  delete from app_public.llm_calls c where c.id in (select o.id from app_public.llm_calls o where o.created_at < before order by o.created_at limit 5000 for update skip locked);
  get diagnostics v_done = row_count;
  return v_done;
end
$$;

--
-- Name: FUNCTION retain__llm_calls(before timestamp with time zone); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.retain__llm_calls(before timestamp with time zone) IS 'Deletes older calls of models.';

--
-- Name: retain__notifications(timestamp with time zone); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.retain__notifications(before timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_done bigint;
begin
  delete from app_public.notifications n
   where n.id in (select x.id from app_public.notifications x where x.created_at < before and x.status in ('sent', 'failed', 'skipped') limit 500 for update skip locked);
  get diagnostics v_done = row_count;
  return v_done;
end
$$;

--
-- Name: FUNCTION retain__notifications(before timestamp with time zone); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.retain__notifications(before timestamp with time zone) IS 'Removes notifications that were sent, failed or skipped, and are older.';

--
-- Name: retain__retention_runs(timestamp with time zone); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.retain__retention_runs(before timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_done bigint;
begin
  delete from app_public.retention_runs r where r.id in (select o.id from app_public.retention_runs o where o.ran_at < before limit 5000);
  get diagnostics v_done = row_count;
  return v_done;
end
$$;

--
-- Name: FUNCTION retain__retention_runs(before timestamp with time zone); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.retain__retention_runs(before timestamp with time zone) IS 'Deletes older runs of this job.';

--
-- Name: retain__sessions(timestamp with time zone); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.retain__sessions(before timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_done bigint;
begin
  delete from app_public.sessions s
   where s.id in (select x.id from app_public.sessions x where least(x.expires_at, x.revoked_at, x.last_seen_at + interval '7 days') < before limit 500 for update skip locked);
  get diagnostics v_done = row_count;
  delete from app_secret.one_time_links l where l.expires_at < before;
  delete from app_secret.rate_limits r where to_timestamp(r.expire / 1000.0) < now();
  return v_done;
end
$$;

--
-- Name: FUNCTION retain__sessions(before timestamp with time zone); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.retain__sessions(before timestamp with time zone) IS 'Removes sessions that ended earlier, links that expired earlier, and counters of rate limits that have run out.';

--
-- Name: search_targets(text, public.vector, text, integer, integer); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.search_targets(question text, question_embedding public.vector, only_category text DEFAULT NULL::text, only_site_id integer DEFAULT NULL::integer, depth integer DEFAULT 60) RETURNS TABLE(target text, sop_id integer, category character varying, topic character varying, score double precision, entry_id bigint, entry_leads boolean, words double precision, cosine double precision, agreed boolean)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET jit TO 'off'
    AS $$
declare
  c_cosine_weight constant double precision := 1.5;
  c_softness constant double precision := 0.1;
  c_votes constant integer := 10;
  c_unreviewed constant double precision := 0.3;
  v_words record;
  v_model text;
begin
  select * into v_words from app_private.question_words(question);
  select s.embedding_model into v_model from app_public.club_settings s;
  return query
  with by_words as materialized (
    select u.id, u.target as t, row_number() over (order by u.impacts <#> v_words.impacts, u.id) as place
      from app_private.search_units u
     where v_words.candidates is not null and u.words @@ v_words.candidates and (only_category is null or u.category = only_category)
     order by u.impacts <#> v_words.impacts, u.id limit depth
  ), by_meaning as materialized (
    select m.id, m.t, row_number() over (order by m.distance, m.id) as place from (
      select u.id, u.target as t, u.embedding <#> question_embedding as distance
        from app_private.nearest_units(question_embedding, v_model, depth) n join app_private.search_units u on u.id = n.unit_id
       where question_embedding is not null and only_category is null
      union all
      -- The nearest of a category may lie far from the nearest of all, so it is looked through.
      (select u.id, u.target, u.embedding <#> question_embedding from app_private.search_units u
        where question_embedding is not null and u.category = only_category and u.embedding_model = v_model
        order by u.bits <~> binary_quantize(question_embedding)::bit(1536) limit depth)) m
  ), candidates as (
    select w.id, w.t from by_words w union select m.id, m.t from by_meaning m
  ), wanted as (
    select c.id from candidates c
    union
    select u.id from app_private.search_units u where u.kind in ('profile', 'section') and u.target in (select c.t from candidates c)
  ), scored as materialized (
    select u.id, u.target as t, u.kind, u.sop_id as sop, u.category as cat, u.topic as top, x.w, x.c,
           x.w + c_cosine_weight * x.c - case when u.trust = 0 then c_unreviewed else 0 end as s
      from app_private.search_units u
     cross join lateral (
       select case when v_words.total_idf > 0 then -(u.impacts <#> v_words.impacts) / v_words.total_idf else 0 end as w,
              case when question_embedding is not null and u.embedding_model = v_model then -(u.embedding <#> question_embedding) else 0 end as c) x
     where u.id in (select wanted.id from wanted)
       and (u.site_id is null or only_site_id is null or u.site_id = only_site_id)
       and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
  ), entries as (
    select e.t, max(e.s) + c_softness * ln(sum(exp((e.s - e.best) / c_softness))) as a, (array_agg(e.id order by e.place))[1] as id
      from (select s.*, row_number() over (partition by s.t order by s.s desc, s.id) as place, max(s.s) over (partition by s.t) as best
              from scored s where s.kind in ('phrase', 'knowledge')) e
     where e.place <= c_votes
     group by e.t
  ), targets as (
    select s.t, max(s.sop) as sop, max(s.cat) as cat, max(s.top) as top, max(s.s) filter (where s.kind = 'profile') as p, max(s.s) filter (where s.kind = 'section') as b,
           max(s.w) as w, max(s.c) as c
      from scored s group by s.t
  ), combined as (
    select t.*, e.a, e.id as entry, case when t.b is not null and e.a is not null then (t.b + greatest(t.a_or_b, t.b)) / 2 else coalesce(t.b, e.a, t.p) end as m
      from (select g.*, coalesce(x.a, g.b) as a_or_b from targets g left join entries x on x.t = g.t) t
      left join entries e on e.t = t.t
  )
  select c.t, c.sop, c.cat::varchar, c.top::varchar, (coalesce(c.p, c.m) + c.m) / 2 as total,
         -- A topic whose profile alone was near speaks by one of its entries that hold here.
         coalesce(c.entry, case when c.sop is null then (select u.id from app_private.search_units u where u.target = c.t and u.kind = 'knowledge'
           and (u.site_id is null or only_site_id is null or u.site_id = only_site_id)
           and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now()) order by u.trust desc, u.id limit 1) end),
         c.sop is null or coalesce(c.a > c.b, false), c.w, c.c,
         coalesce((select w.t = c.t from by_words w where w.place = 1), false) and coalesce((select m.t = c.t from by_meaning m where m.place = 1), false)
    from combined c
   where c.sop is not null or c.entry is not null or exists (select from app_private.search_units u where u.target = c.t and u.kind = 'knowledge'
           and (u.site_id is null or only_site_id is null or u.site_id = only_site_id)
           and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now()))
   order by total desc, c.t
   limit depth;
end
$$;

--
-- Name: FUNCTION search_targets(question text, question_embedding public.vector, only_category text, only_site_id integer, depth integer); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.search_targets(question text, question_embedding public.vector, only_category text, only_site_id integer, depth integer) IS 'Ranks what could answer a question: SOPs and knowledge topics, with the entry that speaks loudest for each, the best share of the question''s words (0 to about 2), the best cosine, and whether both legs agree on it.';

--
-- Name: sections_as_of(timestamp with time zone, text, text[], double precision[], public.vector); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.sections_as_of(at timestamp with time zone, only_category text, lexemes text[], idf double precision[], question_embedding public.vector) RETURNS TABLE(sop_id integer, sop_version_id integer, category text, topic text, content text, kind text, ordinal integer, title text, heading text, body text, embedding_text text, words double precision, cosine double precision, embedding public.vector)
    LANGUAGE sql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET jit TO 'off'
    AS $$
  with in_force as materialized (
    select distinct on (v.sop_id) v.sop_id, v.id, v.category, v.section, v.content, v.archived
      from app_public.sop_versions v where v.created_at <= sections_as_of.at order by v.sop_id, v.version desc
  ), changed as materialized (
    select f.* from in_force f
     where not f.archived and (only_category is null or f.category = only_category)
       and not exists (select from app_private.search_units u where u.sop_version_id = f.id and u.kind = 'profile')
  )
  select c.sop_id, c.id, c.category, c.section, c.content, u.kind, u.ordinal, u.title, u.heading, u.body, u.embedding_text,
         app_private.word_share(u.words, sections_as_of.lexemes, sections_as_of.idf, app_hidden.usual_length('sop:', u.kind)), -(e.embedding <#> question_embedding), e.embedding
    from changed c
   cross join app_public.club_settings s
   cross join lateral app_hidden.sop_units(c.category, c.section, c.content) u
    left join app_private.embedding_cache e on e.content_hash = app_hidden.embedding_hash(u.embedding_text) and e.model = s.embedding_model
$$;

--
-- Name: FUNCTION sections_as_of(at timestamp with time zone, only_category text, lexemes text[], idf double precision[], question_embedding public.vector); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.sections_as_of(at timestamp with time zone, only_category text, lexemes text[], idf double precision[], question_embedding public.vector) IS 'The sections and phrases of the SOP versions in force at a time that are not in force now, with their share of a question''s words and, where the cache has their vector, their cosine.';

--
-- Name: settle_entry(integer); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.settle_entry(knowledge_id integer) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  with votes as (
    select count(*) as used, count(*) filter (where v.helpful) as good, bool_or(v.helpful and v.by_staff) as staff,
           count(distinct app_private.pseudonym(v.voter)) filter (where v.helpful) as voters
      from app_private.knowledge_votes v where v.knowledge_id = settle_entry.knowledge_id
  )
  update app_public.knowledge_base k
     set trust = case when k.source <> 'learned' or k.trust = 3 then k.trust when votes.staff then 2 when votes.voters >= s.helpful_votes_to_confirm then 1 else 0 end
    from votes, app_public.club_settings s
   where k.id = settle_entry.knowledge_id
     and k.trust is distinct from case when k.source <> 'learned' or k.trust = 3 then k.trust when votes.staff then 2 when votes.voters >= s.helpful_votes_to_confirm then 1 else 0 end;
$$;

--
-- Name: FUNCTION settle_entry(knowledge_id integer); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.settle_entry(knowledge_id integer) IS 'Sets a learned entry''s trust by its votes: 2 staff found it helpful, 1 enough distinct customers did, else 0.';

--
-- Name: settle_failures(app_public.improvement_queue); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.settle_failures(improvement app_public.improvement_queue) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_before jsonb;
begin
  with failures as materialized (
    select l.id, l.resolved_by_improvement_id as before from app_public.failed_responses l join app_public.improvement_evidence e on e.failed_response_id = l.id
     where e.improvement_id = improvement.id order by l.id for no key update of l
  ), resolved as (
    update app_public.failed_responses f set resolved_by_improvement_id = improvement.id from failures l where f.id = l.id
  )
  select jsonb_object_agg(l.id, l.before) filter (where l.before is not null) into v_before from failures l;
  update app_public.failure_patterns p set status = 'resolved', updated_at = now() where p.id = improvement.pattern_id and p.status <> 'dismissed';
  return v_before;
end
$$;

--
-- Name: FUNCTION settle_failures(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.settle_failures(improvement app_public.improvement_queue) IS 'Marks the failures behind an approved proposal as resolved by it, and their pattern; returns {failure: proposal} where another had resolved it before.';

--
-- Name: similar_entries(double precision, integer); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.similar_entries(least_similarity double precision, most integer DEFAULT 2000) RETURNS TABLE(one integer, other integer, similarity double precision)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET jit TO 'off'
    SET work_mem TO '128MB'
    AS $$
declare
  v_model text;
  v_signs integer;
begin
  select s.embedding_model into v_model from app_public.club_settings s;
  -- A model of fewer dimensions than 1536 is padded with zeros: signs that nobody has tell nothing apart.
  select coalesce(max(length(rtrim(x.bits::text, '0'))), 0) into v_signs
    from (select u.bits from app_private.search_units u where u.kind = 'knowledge' and u.embedding_model = v_model limit 200) x;
  return query
  with entries as materialized (
    select u.knowledge_id as id, case when u.embedding_model = v_model then u.bits end as bits, strip(u.words)::text as words
      from app_private.search_units u
     where u.kind = 'knowledge' and u.ordinal = 0 and (u.valid_to is null or u.valid_to > now())
  ), keyed as materialized (
    select e.id, e.bits, g::bigint << 20 | substring(e.bits from g * 16 + 1 for 20)::bit(20)::integer as key
      from entries e cross join generate_series(0, (v_signs - 20) / 16) g where e.bits is not null
  ), telling as materialized (
    -- What hundreds share tells nothing apart either.
    select k.key from keyed k group by k.key having count(*) between 2 and 16
  ), near as (
    select distinct a.id as one, b.id as other, a.bits <~> b.bits as distance
      from telling t join keyed a on a.key = t.key join keyed b on b.key = t.key
     -- The share of signs that differ is the angle between the two, as a share of pi; with some room for chance.
     where a.id < b.id and a.bits <~> b.bits <= v_signs * (acos(least_similarity) / pi() + 0.02)
  ), worded as (
    select array_agg(e.id) as ids from entries e where e.words <> '' group by e.words having count(*) between 2 and 60
  ), pairs as (
    (select n.one, n.other from near n order by n.distance limit most)
    union
    select a, b from worded w cross join lateral unnest(w.ids) a cross join lateral unnest(w.ids) b where a < b
  )
  select c.one, c.other, c.similarity
    from (select p.one, p.other,
                 case when x.embedding_model = v_model and y.embedding_model = v_model then -(x.embedding <#> y.embedding) else 1 end as similarity
            from pairs p
            join app_private.search_units x on x.knowledge_id = p.one and x.ordinal = 0
            join app_private.search_units y on y.knowledge_id = p.other and y.ordinal = 0) c
   where c.similarity >= least_similarity;
end
$$;

--
-- Name: FUNCTION similar_entries(least_similarity double precision, most integer); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.similar_entries(least_similarity double precision, most integer) IS 'Pairs of knowledge entries in use whose questions have the same words, or nearly the same signs (of these the nearest, at most so many): those this near by the club''s model (cosine, -1 to 1). The same words without vectors count as 1.';

--
-- Name: store_vectors(text[], public.vector[], text); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.store_vectors(texts text[], vectors public.vector[], model text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_hashes bytea[] := array(select app_hidden.embedding_hash(t) from unnest(texts) t);
  v_stored integer;
  v_sops integer[];
  v_entries integer[];
begin
  insert into app_private.embedding_cache (content_hash, model, embedding)
  select distinct on (1) app_hidden.embedding_hash(t.content), store_vectors.model, t.embedding from unnest(texts, vectors) t(content, embedding) order by 1
  on conflict do nothing;
  get diagnostics v_stored = row_count;
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
  update app_private.search_units u set embedding = c.embedding, embedding_model = c.model
    from app_private.embedding_cache c
   where c.content_hash = u.content_hash and c.model = store_vectors.model
     and u.id in (select w.id from app_private.search_units w
                   where w.embedding is null and w.kind <> 'profile' and w.content_hash = any (v_hashes)
                     and (w.knowledge_id = any (v_entries) or w.knowledge_id is null and w.sop_id = any (v_sops)) for update skip locked);
  update app_public.knowledge_base k set embeddings = u.embedding, embedding_model = u.embedding_model
    from app_private.search_units u
   where k.id = any (v_entries) and k.embeddings is null and u.knowledge_id = k.id and u.ordinal = 0 and u.embedding is not null;
  perform app_private.rebuild_profile(p.target) from (
    select distinct u.target from app_private.search_units u
     where u.content_hash = any (v_hashes) and (u.sop_id = any (v_sops) or u.sop_id is null and u.knowledge_id = any (v_entries))
       and exists (select from app_private.search_units o where o.target = u.target and o.kind = 'profile' and o.embedding is null)
     order by u.target) p;
  return v_stored;
end
$$;

--
-- Name: FUNCTION store_vectors(texts text[], vectors public.vector[], model text); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.store_vectors(texts text[], vectors public.vector[], model text) IS 'Puts vectors into the cache and into whatever waits for them. Repeating it is harmless.';

--
-- Name: take_turns_with_erasure(boolean); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.take_turns_with_erasure(erases boolean DEFAULT false) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select case when erases then pg_advisory_xact_lock(hashtextextended('clubos.erasure', 0)) else pg_advisory_xact_lock_shared(hashtextextended('clubos.erasure', 0)) end
$$;

--
-- Name: FUNCTION take_turns_with_erasure(erases boolean); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.take_turns_with_erasure(erases boolean) IS 'Waits until no erasure (erases: and nothing that copies customers'' words) is under way, and keeps it so until this transaction ends. To be called before any row is locked.';

--
-- Name: target_title(text, bigint); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.target_title(target text, entry_id bigint DEFAULT NULL::bigint) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select case when target like 'sop:%' then (select app_hidden.readable_name(s.category) || ' / ' || app_hidden.readable_name(s.section) from app_public.sops s where s.id = substr(target, 5)::integer)
              else coalesce((select u.title from app_private.search_units u where u.id = entry_id and u.kind = 'knowledge'),
                            (select u.title from app_private.search_units u where u.target = target_title.target and u.kind = 'knowledge' order by u.trust desc, u.id limit 1),
                            (select app_hidden.readable_name(split_part(p, '/', 1)) || ' / ' || app_hidden.readable_name(substr(p, strpos(p, '/') + 1)) from substr(target, 7) p)) end
$$;

--
-- Name: FUNCTION target_title(target text, entry_id bigint); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.target_title(target text, entry_id bigint) IS 'What a person reads of a target: "Category / Section" of an SOP; of a topic the question of its entry (the one given, else the most trusted), or "Category / Topic" where it has none.';

--
-- Name: text_to_publish(app_public.improvement_queue); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.text_to_publish(improvement app_public.improvement_queue, OUT category text, OUT section text, OUT content text) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
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

--
-- Name: FUNCTION text_to_publish(improvement app_public.improvement_queue, OUT category text, OUT section text, OUT content text); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.text_to_publish(improvement app_public.improvement_queue, OUT category text, OUT section text, OUT content text) IS 'What approving a proposal for an SOP would publish, merged where the SOP moved on, and under which name; content is null where it conflicts.';

--
-- Name: undo_improvement__knowledge_correction(app_public.improvement_queue); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.undo_improvement__knowledge_correction(improvement app_public.improvement_queue) RETURNS app_public.improvement_queue
    LANGUAGE sql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select app_private.undo_improvement__knowledge_entry(improvement)
$$;

--
-- Name: FUNCTION undo_improvement__knowledge_correction(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.undo_improvement__knowledge_correction(improvement app_public.improvement_queue) IS 'Brings back the answers as they were.';

--
-- Name: undo_improvement__knowledge_entry(app_public.improvement_queue); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.undo_improvement__knowledge_entry(improvement app_public.improvement_queue) RETURNS app_public.improvement_queue
    LANGUAGE plpgsql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_entry record;
  v_targets text[];
begin
  if improvement.applied is null then
    perform app_private.refuse_undo(improvement, 'it was approved before ClubOS kept what its entries were before', '{}');
  end if;
  for v_entry in
    select (e ->> 'id')::integer as id, e ->> 'state' as state, e -> 'before' ? 'unknown' as unknown, k.question, k.category, k.topic, k.improvement_id,
           case when k.id is not null then app_private.entry_state(k) end as now
      from jsonb_array_elements(improvement.applied -> 'entries') e
      left join lateral (select * from app_public.knowledge_base l where l.id = (e ->> 'id')::integer for update) k on true
     order by 1
  loop
    if v_entry.unknown or v_entry.now is distinct from v_entry.state then
      perform app_private.refuse_undo(improvement,
        case when v_entry.now is null then format('its entry %s was deleted since', v_entry.id)
             when v_entry.improvement_id <> improvement.id then format('proposal %s has changed its entry "%s" since', v_entry.improvement_id, left(v_entry.question, 200))
             when v_entry.unknown then format('how its entry "%s" was before is not known', left(v_entry.question, 200))
             else format('its entry "%s" was changed since', left(v_entry.question, 200)) end,
        jsonb_build_object('knowledge_id', v_entry.id, 'by_improvement_id', nullif(v_entry.improvement_id, improvement.id)));
    end if;
  end loop;
  select array_agg(distinct u.target) into v_targets
    from app_private.search_units u join jsonb_array_elements(improvement.applied -> 'entries') e on u.knowledge_id = (e ->> 'id')::integer;
  delete from app_public.knowledge_base k using jsonb_array_elements(improvement.applied -> 'entries') e where k.id = (e ->> 'id')::integer and e -> 'before' = 'null';
  update app_public.knowledge_base k
     set answer = b.answer, source = b.source, trust = b.trust, sop_id = b.sop_id, site_id = b.site_id,
         improvement_id = (select q.id from app_public.improvement_queue q where q.id = b.improvement_id)
    from jsonb_array_elements(improvement.applied -> 'entries') e, jsonb_to_record(nullif(e -> 'before', 'null')) as b(answer text, source text, trust smallint, sop_id integer, site_id integer, improvement_id integer)
   where k.id = (e ->> 'id')::integer and e -> 'before' <> 'null';
  -- What led to an entry leads there no more, in the next search already.
  perform app_private.rebuild_profile(t.target) from (
    select unnest(v_targets) as target
    union
    select u.target from app_private.search_units u join jsonb_array_elements(improvement.applied -> 'entries') e on u.knowledge_id = (e ->> 'id')::integer
    order by 1) t;
  return improvement;
end
$$;

--
-- Name: FUNCTION undo_improvement__knowledge_entry(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.undo_improvement__knowledge_entry(improvement app_public.improvement_queue) IS 'Deletes the entries that the approval made, and makes those that it wrote over what they were; ratings stay counted. Errors: CO112 one of them was changed since.';

--
-- Name: undo_improvement__routing_hint(app_public.improvement_queue); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.undo_improvement__routing_hint(improvement app_public.improvement_queue) RETURNS app_public.improvement_queue
    LANGUAGE sql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select app_private.undo_improvement__knowledge_entry(improvement)
$$;

--
-- Name: FUNCTION undo_improvement__routing_hint(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.undo_improvement__routing_hint(improvement app_public.improvement_queue) IS 'Takes the questions out of their category again.';

--
-- Name: undo_improvement__sop_edit(app_public.improvement_queue); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.undo_improvement__sop_edit(improvement app_public.improvement_queue) RETURNS app_public.improvement_queue
    LANGUAGE plpgsql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_sop app_public.sops;
  v_version integer := (improvement.applied ->> 'version')::integer;
  v_written app_public.sop_versions;
  v_before app_public.sop_versions;
  v_later record;
begin
  v_sop := app_hidden.find_sop(coalesce((improvement.applied ->> 'sop_id')::integer, improvement.sop_id, (improvement.suggested_sop_update ->> 'sop_id')::integer), for_update => true);
  if improvement.applied is null then
    -- Approved before this was written down; the history knows.
    select max(v.version) into v_version from app_public.sop_versions v where v.improvement_id = improvement.id;
  end if;
  if v_version is not null then
    select * into v_written from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = v_version;
    -- What came later and was taken back itself stands in nobody's way: then the SOP is as the approval left it.
    if v_sop.version <> v_version and (v_sop.category, v_sop.section, v_sop.content, v_sop.archived_at is not null) is distinct from (v_written.category, v_written.section, v_written.content, v_written.archived) then
      select v.version, v.changed_by, v.change_reason, v.created_at, v.improvement_id into v_later
        from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = v_version + 1;
      perform app_private.refuse_undo(improvement, format('it wrote version %s of %s/%s, and %s has changed that since (version %s: %s)', v_version, v_sop.category, v_sop.section,
          v_later.changed_by, v_later.version, left(v_later.change_reason, 200)),
        jsonb_build_object('sop_id', v_sop.id, 'wrote_version', v_version, 'version', v_sop.version, 'later', to_jsonb(v_later)));
    end if;
    select * into v_before from app_public.sop_versions v where v.id = v_written.previous_version_id;
    update app_public.sops s
       set content = coalesce(v_before.content, s.content), archived_at = case when v_before.id is null or v_before.archived then clock_timestamp() end
     where s.id = v_sop.id returning * into v_sop;
  end if;
  if improvement.kind = 'sop_edit' then
    -- Its text holds all that the SOP held when it was approved; so it can be approved as it is.
    improvement.base_version := v_sop.version;
  end if;
  return improvement;
end
$$;

--
-- Name: FUNCTION undo_improvement__sop_edit(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.undo_improvement__sop_edit(improvement app_public.improvement_queue) IS 'Makes the text before the approval the SOP''s next version. Errors: CO112 the SOP was changed since.';

--
-- Name: undo_improvement__sop_new(app_public.improvement_queue); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.undo_improvement__sop_new(improvement app_public.improvement_queue) RETURNS app_public.improvement_queue
    LANGUAGE plpgsql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  improvement := app_private.undo_improvement__sop_edit(improvement);
  improvement.suggested_sop_update := improvement.suggested_sop_update - 'sop_id';
  return improvement;
end
$$;

--
-- Name: FUNCTION undo_improvement__sop_new(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.undo_improvement__sop_new(improvement app_public.improvement_queue) IS 'Archives the SOP that the approval made; approved again, it comes back into use. Errors: CO112 the SOP was changed since.';

--
-- Name: units_as_of(timestamp with time zone, text, integer, public.sparsevec, double precision, text[], double precision[], public.vector); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.units_as_of(at timestamp with time zone, only_category text, only_site_id integer, impacts public.sparsevec, total_idf double precision, lexemes text[], idf double precision[], question_embedding public.vector) RETURNS TABLE(target text, kind text, sop_id integer, sop_version_id integer, knowledge_id integer, ordinal integer, category text, topic text, trust smallint, title text, heading text, body text, matched text, words double precision, cosine double precision, embedding public.vector, cut boolean)
    LANGUAGE plpgsql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET jit TO 'off'
    AS $$
#variable_conflict use_column
declare
  v_model text := (select s.embedding_model from app_public.club_settings s);
begin
  return query
  with entries as materialized (
    select k.* from app_private.knowledge_as_of(units_as_of.at) k
     where (k.site_id is null or only_site_id is null or k.site_id = only_site_id) and (only_category is null or k.category = only_category)
  ), in_force as materialized (
    select distinct on (v.sop_id) v.id, v.archived from app_public.sop_versions v where v.created_at <= units_as_of.at order by v.sop_id, v.version desc
  ), still as materialized (
    select u.id from app_private.search_units u join in_force f on f.id = u.sop_version_id and not f.archived where u.knowledge_id is null
    union all
    select u.id from app_private.search_units u join entries e on e.id = u.knowledge_id and e.unchanged
     where u.ordinal = 0 or exists (select from app_public.knowledge_questions q where q.knowledge_id = e.id and q.question = u.embedding_text and q.created_at <= units_as_of.at)
    union all
    select u.id from app_private.search_units u where u.kind = 'profile' and u.sop_id is null and u.target in (select app_hidden.target_of(e.sop_id, e.category, e.topic) from entries e)
  )
  select u.target, u.kind, u.sop_id, u.sop_version_id, u.knowledge_id, u.ordinal, u.category::text, u.topic::text, u.trust, u.title, u.heading, u.body, u.embedding_text,
         coalesce(-(u.impacts <#> units_as_of.impacts) / nullif(total_idf, 0), 0),
         case when question_embedding is not null and u.embedding_model = v_model then -(u.embedding <#> question_embedding) else 0 end, null::vector, false
    from app_private.search_units u
   where u.id in (select s.id from still s) and (only_category is null or u.category = only_category)
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

--
-- Name: FUNCTION units_as_of(at timestamp with time zone, only_category text, only_site_id integer, impacts public.sparsevec, total_idf double precision, lexemes text[], idf double precision[], question_embedding public.vector); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.units_as_of(at timestamp with time zone, only_category text, only_site_id integer, impacts public.sparsevec, total_idf double precision, lexemes text[], idf double precision[], question_embedding public.vector) IS 'What was searched at a time, scored for a question: units that are there still, and those cut anew from the history (cut).';

--
-- Name: unsettle_failures(app_public.improvement_queue); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.unsettle_failures(improvement app_public.improvement_queue) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  perform from app_public.failed_responses f where f.resolved_by_improvement_id = improvement.id order by f.id for no key update;
  update app_public.failed_responses f
     set resolved_by_improvement_id = (select q.id from app_public.improvement_queue q
                                        where q.id = (improvement.applied -> 'failures' ->> f.id::text)::integer and q.status = 'approved')
   where f.resolved_by_improvement_id = improvement.id;
  update app_public.failure_patterns p set status = 'proposed', updated_at = now()
   where p.id = improvement.pattern_id and p.status in ('resolved', 'dismissed')
     and not exists (select from app_public.improvement_queue q where q.pattern_id = p.id and q.id <> improvement.id and q.status = 'approved');
end
$$;

--
-- Name: FUNCTION unsettle_failures(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.unsettle_failures(improvement app_public.improvement_queue) IS 'Makes the failures behind a proposal that waits again open again (or resolved by what had resolved them before), and their pattern proposed, where nothing else resolves it.';

--
-- Name: vectors_wanted(integer); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.vectors_wanted(most integer DEFAULT 256) RETURNS TABLE(embedding_text text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select distinct w.embedding_text from (
    select u.embedding_text from app_private.search_units u where u.embedding is null and u.kind <> 'profile' order by u.id limit most
  ) w
$$;

--
-- Name: FUNCTION vectors_wanted(most integer); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.vectors_wanted(most integer) IS 'Texts of the search space that have no vector yet, the oldest first.';

--
-- Name: vote(integer, bigint, boolean); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.vote(knowledge_id integer, response_id bigint, helpful boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  insert into app_private.knowledge_votes (knowledge_id, response_id, helpful, voter, by_staff)
  values (vote.knowledge_id, vote.response_id, vote.helpful, app_hidden.voter(), app_public.current_visitor_id() is null);
  update app_public.knowledge_base k
     set usage_count = k.usage_count + 1, success_count = k.success_count + vote.helpful::integer,
         success_rate = (k.success_count + vote.helpful::integer)::double precision / (k.usage_count + 1)
   where k.id = vote.knowledge_id;
  perform app_private.settle_entry(vote.knowledge_id);
end
$$;

--
-- Name: FUNCTION vote(knowledge_id integer, response_id bigint, helpful boolean); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.vote(knowledge_id integer, response_id bigint, helpful boolean) IS 'Counts one rating of one response for an entry.';

--
-- Name: watch_jobs(); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.watch_jobs() RETURNS SETOF jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_job record;
begin
  delete from app_private.dead_job_alerts a where not exists (select from graphile_worker._private_jobs j where j.id = a.job_id);
  for v_job in
    with new as (insert into app_private.dead_job_alerts (job_id) select d.id from app_hidden.dead_jobs() d order by d.id on conflict do nothing returning job_id)
    select d.* from new join app_hidden.dead_jobs() d on d.id = new.job_id order by d.id
  loop
    perform app_hidden.notify('job_dead', to_jsonb(v_job), format('job_dead:%s:%s', v_job.id, extract(epoch from v_job.failed_at)));
    return next to_jsonb(v_job);
  end loop;
end
$$;

--
-- Name: FUNCTION watch_jobs(); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.watch_jobs() IS 'Tells the people in charge of each dead job, once; a retried one that dies again is told of again. Returns what it told, as dead_jobs has it. Errors: CO403 not the worker.';

--
-- Name: withdraw_feedback(app_public.responses); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.withdraw_feedback(response app_public.responses) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_vote record;
begin
  for v_vote in
    delete from app_private.knowledge_votes v where v.response_id = response.id returning v.knowledge_id, v.helpful
  loop
    update app_public.knowledge_base k
       set usage_count = greatest(k.usage_count - 1, 0), success_count = greatest(k.success_count - v_vote.helpful::integer, 0),
           success_rate = case when k.usage_count > 1 then least(greatest(k.success_count - v_vote.helpful::integer, 0)::double precision / (k.usage_count - 1), 1) end
     where k.id = v_vote.knowledge_id;
    perform app_private.settle_entry(v_vote.knowledge_id);
    -- What only this rating had taught is forgotten with it.
    delete from app_public.knowledge_base k
     where k.id = v_vote.knowledge_id and k.learned_from is not null and k.source = 'learned' and k.trust < 3 and not exists (select from app_private.knowledge_votes v where v.knowledge_id = k.id);
  end loop;
  -- One that waits to be looked at again is counted in its pattern already.
  delete from app_public.failed_responses f where f.response_id = response.id and not f.analyzed and f.pattern_id is null;
  update app_public.failed_responses f set withdrawn_at = now() where f.response_id = response.id and f.withdrawn_at is null;
end
$$;

--
-- Name: FUNCTION withdraw_feedback(response app_public.responses); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.withdraw_feedback(response app_public.responses) IS 'Takes back what an earlier rating of this response counted for.';

--
-- Name: word_share(tsvector, text[], double precision[], double precision); Type: FUNCTION; Schema: app_private; Owner: -
--

CREATE FUNCTION app_private.word_share(words tsvector, lexemes text[], idf double precision[], usual_length double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select coalesce(sum(i.idf * t.tf * 2.2 / (t.tf + 1.2 * (0.25 + 0.75 * t.length / usual_length))) / nullif((select sum(x) from unnest(word_share.idf) x), 0), 0)
    from (select u.lexeme, coalesce(cardinality(u.positions), 1)::double precision as tf, sum(coalesce(cardinality(u.positions), 1)) over () as length from unnest(word_share.words) u) t
    join unnest(word_share.lexemes, word_share.idf) i(lexeme, idf) on i.lexeme = t.lexeme
$$;

--
-- Name: FUNCTION word_share(words tsvector, lexemes text[], idf double precision[], usual_length double precision); Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON FUNCTION app_private.word_share(words tsvector, lexemes text[], idf double precision[], usual_length double precision) IS 'The share of a question''s information that a text holds: what the impacts of search units give, without making them.';

--
-- Name: answers_by_day(timestamp with time zone, timestamp with time zone, text, text, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.answers_by_day(since timestamp with time zone, until timestamp with time zone, category text DEFAULT NULL::text, site text DEFAULT NULL::text, timezone text DEFAULT 'UTC'::text) RETURNS TABLE(day date, outcome text, answers bigint)
    LANGUAGE sql STABLE
    AS $$
  with period as materialized (
    select * from app_hidden.insight_period(since, until, answers_by_day.timezone, site)
  ), counted as materialized (
    select (r.created_at at time zone answers_by_day.timezone)::date as day, r.outcome, count(*) as answers
      from period p join app_public.responses r on r.created_at >= since and r.created_at < until
     where r.outcome <> 'drafted' and (answers_by_day.category is null or r.category = answers_by_day.category) and (p.site_id is null or r.site_id = p.site_id)
     group by 1, 2
  )
  select d::date, o.outcome, coalesce(c.answers, 0)
    from period p
   cross join lateral generate_series(p.first_day, p.last_day, interval '1 day') d
   cross join (select distinct c.outcome from counted c union select 'answered') o
    left join counted c on c.day = d::date and c.outcome = o.outcome
   order by 1, 2
$$;

--
-- Name: FUNCTION answers_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.answers_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) IS '@insight
Answers by day and outcome, days without any as zero, for each outcome that the period has. since is included, until is not; category: where the questions were routed; site: a slug; timezone: whose days, such as Europe/Berlin.
Errors: CO005 no such period or time zone, CO006 over ten years, CO404 no such site.';

--
-- Name: answers_by_hour(timestamp with time zone, timestamp with time zone, text, text, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.answers_by_hour(since timestamp with time zone, until timestamp with time zone, category text DEFAULT NULL::text, site text DEFAULT NULL::text, timezone text DEFAULT 'UTC'::text) RETURNS TABLE(hour integer, answers bigint, handed_over bigint)
    LANGUAGE sql STABLE
    AS $$
  with period as materialized (
    select * from app_hidden.insight_period(since, until, answers_by_hour.timezone, site)
  ), counted as materialized (
    select extract(hour from r.created_at at time zone answers_by_hour.timezone)::integer as hour, count(*) as answers, count(*) filter (where r.outcome = 'handed_over') as handed_over
      from period p join app_public.responses r on r.created_at >= since and r.created_at < until
     where r.outcome <> 'drafted' and (answers_by_hour.category is null or r.category = answers_by_hour.category) and (p.site_id is null or r.site_id = p.site_id)
     group by 1
  )
  select h, coalesce(c.answers, 0), coalesce(c.handed_over, 0)
    from period p cross join generate_series(0, 23) h left join counted c on c.hour = h
   order by 1
$$;

--
-- Name: FUNCTION answers_by_hour(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.answers_by_hour(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) IS '@insight
Answers by hour of the day (0 to 23), and how many of them were handed over to a person: when people are needed. since is included, until is not; category: where the questions were routed; site: a slug; timezone: whose hours.
Errors: CO005 no such period or time zone, CO006 over ten years, CO404 no such site.';

--
-- Name: approvals_by_week(timestamp with time zone, timestamp with time zone, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.approvals_by_week(since timestamp with time zone, until timestamp with time zone, timezone text DEFAULT 'UTC'::text) RETURNS TABLE(week date, kind text, proposed bigint, approved bigint, rejected bigint, pending bigint, approval_rate double precision, median_hours double precision)
    LANGUAGE sql STABLE
    AS $$
  with period as materialized (
    select * from app_hidden.insight_period(since, until, approvals_by_week.timezone, null)
  ), counted as materialized (
    select date_trunc('week', q.created_at at time zone approvals_by_week.timezone)::date as week, q.kind, count(*) as proposed,
           count(*) filter (where q.status = 'approved') as approved, count(*) filter (where q.status = 'rejected') as rejected, count(*) filter (where q.status = 'pending') as pending,
           percentile_cont(0.5) within group (order by extract(epoch from coalesce(q.applied_at, q.rejected_at) - q.created_at) / 3600) as median_hours
      from period p join app_public.improvement_queue q on q.created_at >= since and q.created_at < until
     group by 1, 2
  )
  select w::date, k.kind, coalesce(c.proposed, 0), coalesce(c.approved, 0), coalesce(c.rejected, 0), coalesce(c.pending, 0),
         c.approved::double precision / nullif(c.approved + c.rejected, 0), c.median_hours
    from period p
   cross join lateral generate_series(date_trunc('week', p.first_day::timestamp), p.last_day::timestamp, interval '1 week') w
   cross join (select distinct c.kind from counted c union all select 'sop_edit' where not exists (select from counted)) k
    left join counted c on c.week = w::date and c.kind = k.kind
   order by 1, 2
$$;

--
-- Name: FUNCTION approvals_by_week(since timestamp with time zone, until timestamp with time zone, timezone text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.approvals_by_week(since timestamp with time zone, until timestamp with time zone, timezone text) IS '@insight
Proposals by the week (its Monday) they were made in and by kind: how many, what became of them until now, the share of the decided that was approved, and the median hours until a decision. since is included, until is not; timezone: whose weeks.
Errors: CO005 no such period or time zone, CO006 over ten years.';

--
-- Name: approve_improvement(integer, text, text, integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.approve_improvement(id integer, reason text DEFAULT NULL::text, edited_content text DEFAULT NULL::text, edited_version integer DEFAULT NULL::integer) RETURNS app_public.improvement_queue
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET "clubos.reason" TO ''
    AS $$
declare
  v_improvement app_public.improvement_queue;
  v_actor text;
begin
  perform app_hidden.require_role('reviewer');
  v_actor := app_hidden.require_actor();
  -- It keeps what it writes over, which may be a customer's words.
  perform app_private.take_turns_with_erasure();
  select * into v_improvement from app_public.improvement_queue q where q.id = approve_improvement.id for no key update;
  if v_improvement.id is null then
    raise exception 'There is no proposal with id %.', approve_improvement.id using errcode = 'CO404';
  elsif v_improvement.status = 'approved' and v_improvement.approved_by = v_actor
        and (edited_content is null or v_improvement.suggested_sop_update ->> 'new_content' = edited_content) then
    return v_improvement; -- the same click again
  elsif v_improvement.status <> 'pending' then
    raise exception 'Proposal % was % by % already.', v_improvement.id, v_improvement.status, coalesce(v_improvement.approved_by, v_improvement.rejected_by)
      using errcode = 'CO103', detail = jsonb_build_object('status', v_improvement.status, 'by', coalesce(v_improvement.approved_by, v_improvement.rejected_by))::text,
            hint = 'Reload the queue; undo_improvement takes an approval back.';
  end if;
  v_improvement := app_private.edited_improvement(v_improvement, edited_content, edited_version);
  perform app_hidden.set_reason(left(coalesce(nullif(btrim(approve_improvement.reason), ''), v_improvement.suggested_sop_update ->> 'reasoning', 'Approved'), 4000));
  update app_public.improvement_queue q
     set status = 'approved', suggested_sop_update = v_improvement.suggested_sop_update, base_version = v_improvement.base_version
   where q.id = v_improvement.id
  returning * into v_improvement;
  return v_improvement;
end
$$;

--
-- Name: FUNCTION approve_improvement(id integer, reason text, edited_content text, edited_version integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.approve_improvement(id integer, reason text, edited_content text, edited_version integer) IS 'Applies a proposal in one transaction: SOP, version, search units with their vectors, knowledge, failures, pattern, audit log. The next answer uses it. reason: why; the proposal''s own reasoning unless given. edited_content: the text to publish instead; edited_version: the SOP version it was written against, the proposal''s base unless given. Repeating one''s own call changes nothing.
Errors: CO001 no actor, CO005 cannot be edited, CO006 too long, CO102 the SOP changed in the same lines, CO103 decided by somebody else, CO403 not a reviewer, CO404 no such proposal.';

--
-- Name: archive_sop(integer, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.archive_sop(sop_id integer, reason text) RETURNS app_public.sops
    LANGUAGE plpgsql
    SET "clubos.reason" TO ''
    AS $$
declare
  v_sop app_public.sops;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.set_reason(app_hidden.require_reason(archive_sop.reason));
  v_sop := app_hidden.find_sop(archive_sop.sop_id, for_update => true);
  if v_sop.archived_at is null then
    update app_public.sops s set archived_at = clock_timestamp() where s.id = v_sop.id returning * into v_sop;
  end if;
  return v_sop;
end
$$;

--
-- Name: FUNCTION archive_sop(sop_id integer, reason text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.archive_sop(sop_id integer, reason text) IS 'Takes an SOP out of use: no longer searched or answered from, its history stays. save_sop or rollback_sop bring it back.
Errors: CO001 no actor, CO002 no reason, CO403 not a reviewer, CO404 no such SOP.';

--
-- Name: ask(text, text, text, uuid, public.vector); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.ask(query text, category text DEFAULT NULL::text, site text DEFAULT NULL::text, conversation uuid DEFAULT NULL::uuid, query_embedding public.vector DEFAULT NULL::public.vector) RETURNS app_public.responses
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_begun timestamptz := clock_timestamp();
  v_answer jsonb;
  v_vector vector := query_embedding;
begin
  if v_vector is null then
    -- A question asked before has its vector; else words decide.
    select c.embedding into v_vector from app_private.embedding_cache c, app_public.club_settings s
     where c.content_hash = app_hidden.embedding_hash(query) and c.model = s.embedding_model;
  end if;
  v_answer := app_hidden.begin_answer(query, v_vector, category, site, conversation);
  return app_public.record_response(query, v_answer ->> 'text', v_answer ->> 'outcome', case when v_vector is null then 'local-extractive-words' else 'local-extractive' end,
    v_answer -> 'sources', conversation, v_answer ->> 'site', v_answer ->> 'category', category, (v_answer ->> 'confidence')::double precision, v_answer ->> 'reason',
    'local-vote', latency_ms => extract(epoch from clock_timestamp() - v_begun) * 1000);
end
$$;

--
-- Name: FUNCTION ask(query text, category text, site text, conversation uuid, query_embedding public.vector); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.ask(query text, category text, site text, conversation uuid, query_embedding public.vector) IS 'Answers a question from the database alone, for psql: select text from ask(''the door code does nothing''). Without query_embedding words decide (and the vector of a question asked before). The GraphQL mutation of this name embeds the question first.
Errors: CO005 no question, CO006 too long, CO403 not the server or a worker, CO404 no such conversation or site.';

--
-- Name: create_api_token(text, text, timestamp with time zone, integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.create_api_token(name text, role text, expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone, user_id integer DEFAULT NULL::integer) RETURNS app_public.issued_token
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_owner app_public.users;
  v_token text := app_secret.random_token('clt_');
  v_issued app_public.issued_token;
begin
  perform app_hidden.require_role('agent');
  select u.* into v_owner from app_public.users u where u.id = coalesce(create_api_token.user_id, app_public.current_user_id()) and u.is_active;
  if v_owner.id is null then
    raise exception 'A token belongs to an active member of staff.' using errcode = 'CO404', hint = 'Log in as one, or as an admin name one with user_id.';
  elsif v_owner.id is distinct from app_public.current_user_id() then
    perform app_hidden.require_role('admin');
  end if;
  if coalesce(length(btrim(create_api_token.name)), 0) not between 1 and 60 then
    raise exception 'A token needs a name of 1 to 60 characters that says what it is for.' using errcode = 'CO005';
  elsif create_api_token.role is null or create_api_token.role not in ('customer', 'agent', 'reviewer', 'admin', 'auditor') then
    raise exception 'There is no role "%" for a token.', left(create_api_token.role, 100) using errcode = 'CO005', hint = 'customer, agent, reviewer, admin or auditor.';
  elsif create_api_token.role <> 'customer' and not pg_has_role(v_owner.role, create_api_token.role, 'usage') then
    raise exception 'A token has no more rights than its owner: % is %.', v_owner.email, v_owner.role using errcode = 'CO403';
  elsif create_api_token.expires_at <= now() then
    raise exception 'expires_at lies in the past.' using errcode = 'CO005';
  end if;
  insert into app_public.api_tokens (user_id, name, role, hint, created_by, expires_at)
  values (v_owner.id, btrim(create_api_token.name), create_api_token.role, left(v_token, 8), app_hidden.require_actor(), create_api_token.expires_at)
  returning api_tokens.id, api_tokens.name, api_tokens.role, api_tokens.expires_at, v_token into v_issued;
  insert into app_secret.api_token_keys (token_hash, api_token_id) values (app_secret.token_hash(v_token), v_issued.id);
  return v_issued;
end
$$;

--
-- Name: FUNCTION create_api_token(name text, role text, expires_at timestamp with time zone, user_id integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.create_api_token(name text, role text, expires_at timestamp with time zone, user_id integer) IS 'Issues an API token for `authorization: Bearer …`; the token is shown this once. role: customer (asks on behalf of visitors) or a staff role, at most the owner''s. user_id: the owner, by an admin; else whoever is logged in.
Errors: CO001 no actor, CO005 no name, role or future date, CO403 more rights than the owner has, CO404 the owner is no active member of staff; 23505 one of that name exists.';

--
-- Name: users; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.users (
    id integer NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    role text DEFAULT 'agent'::text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_email_is_lower_case CHECK (((email = lower(email)) AND (email ~ '^[^@\s]+@[^@\s]+$'::text))),
    CONSTRAINT users_role_is_a_staff_role CHECK ((role = ANY (ARRAY['agent'::text, 'reviewer'::text, 'admin'::text, 'auditor'::text])))
);

--
-- Name: TABLE users; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.users IS 'Staff. Customers are anonymous visitors and have no row here.';

--
-- Name: COLUMN users.email; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.users.email IS 'Lower case; names the person in the audit trail.';

--
-- Name: COLUMN users.role; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.users.role IS 'agent, reviewer, admin or auditor: the database role of this person''s requests.';

--
-- Name: create_user(text, text, text, boolean); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.create_user(email text, role text, name text DEFAULT NULL::text, invite boolean DEFAULT true) RETURNS app_public.users
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $_$
#variable_conflict use_column
declare
  v_email text := lower(btrim(create_user.email));
  v_user app_public.users;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  if v_email is null or v_email !~ '^[^@\s]+@[^@\s]+$' or length(v_email) > 254 then
    raise exception '"%" is not an e-mail address.', left(create_user.email, 100) using errcode = 'CO005';
  elsif create_user.role is null or create_user.role not in ('agent', 'reviewer', 'admin', 'auditor') then
    raise exception 'There is no role "%".', left(create_user.role, 100) using errcode = 'CO005', hint = 'agent, reviewer, admin or auditor.';
  end if;
  insert into app_public.users (email, name, role) values (v_email, left(coalesce(nullif(btrim(create_user.name), ''), v_email), 200), create_user.role)
  on conflict (email) do update set name = coalesce(nullif(btrim(create_user.name), ''), users.name), role = excluded.role, is_active = true, updated_at = now()
  returning * into v_user;
  if create_user.invite and not exists (select from app_secret.passwords p where p.user_id = v_user.id) then
    perform app_public.invite_user(v_user.id);
  end if;
  return v_user;
end
$_$;

--
-- Name: FUNCTION create_user(email text, role text, name text, invite boolean); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.create_user(email text, role text, name text, invite boolean) IS 'Adds a member of staff, or changes their name and role, and lets them back in. role: agent, reviewer, admin or auditor. invite: whether they get a mail with a link to choose a password.
Errors: CO001 no actor, CO005 not an e-mail address or role, CO108 that would leave the club without an admin, CO403 not an admin.';

--
-- Name: create_webhook(text, text[]); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.create_webhook(url text, events text[]) RETURNS app_public.issued_webhook
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $_$
declare
  v_issued app_public.issued_webhook;
begin
  perform app_hidden.require_role('admin');
  if create_webhook.url is null or create_webhook.url !~ '^https?://[^\s/@]+(/\S*)?$' or length(create_webhook.url) > 2000 then
    raise exception 'That is not a URL a webhook can go to.' using errcode = 'CO005', hint = 'Such as https://example.com/hooks/clubos, without user name or password.';
  end if;
  insert into app_public.webhooks (url, events, created_by) values (create_webhook.url, create_webhook.events, app_hidden.require_actor())
  returning webhooks.id, webhooks.url, webhooks.events, 'whsec_' || encode(sha256(convert_to(app_secret.random_token(), 'UTF8')), 'base64') into v_issued;
  insert into app_secret.webhook_keys (webhook_id, key) values (v_issued.id, v_issued.signing_key);
  return v_issued;
end
$_$;

--
-- Name: FUNCTION create_webhook(url text, events text[]); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.create_webhook(url text, events text[]) IS 'Tells an address outside of events (urgent_ticket, job_dead, audit_broken, audit_head), signed after Standard Webhooks; signing_key is shown this once. Private and local addresses are refused when sending.
Errors: CO001 no actor, CO005 not a URL, CO403 not an admin; 23505 the address is told already, 23514 unknown event.';

--
-- Name: current_actor(); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.current_actor() RETURNS text
    LANGUAGE sql STABLE
    AS $$
  select nullif(btrim(current_setting('clubos.actor', true)), '')
$$;

--
-- Name: FUNCTION current_actor(); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.current_actor() IS 'Who acts in this request or session: the setting clubos.actor; null where nobody said.';

--
-- Name: current_user_id(); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.current_user_id() RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select u.id from app_public.users u where u.email = app_public.current_actor() and u.is_active
$$;

--
-- Name: FUNCTION current_user_id(); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.current_user_id() IS 'Who is logged in; null for customers, for API tokens and where the actor is no member of staff.';

--
-- Name: current_visitor_id(); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.current_visitor_id() RETURNS uuid
    LANGUAGE sql STABLE
    AS $$
  select nullif(current_setting('clubos.visitor_id', true), '')::uuid
$$;

--
-- Name: FUNCTION current_visitor_id(); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.current_visitor_id() IS 'The anonymous visitor of this request, from the signed cookie; null for staff and plain SQL.';

--
-- Name: deactivate_user(integer, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.deactivate_user(user_id integer, reason text) RETURNS app_public.users
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET "clubos.reason" TO ''
    AS $$
declare
  v_user app_public.users;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(deactivate_user.reason));
  update app_public.users u set is_active = false, updated_at = now() where u.id = deactivate_user.user_id returning * into v_user;
  if v_user.id is null then
    raise exception 'There is no member of staff with id %.', deactivate_user.user_id using errcode = 'CO404';
  end if;
  return v_user;
end
$$;

--
-- Name: FUNCTION deactivate_user(user_id integer, reason text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.deactivate_user(user_id integer, reason text) IS 'Locks a member of staff out at once: sessions, API tokens and links end. Their name stays in the history. create_user lets them back in.
Errors: CO001 no actor, CO002 no reason, CO108 the last admin, CO403 not an admin, CO404 no such person.';

--
-- Name: delete_push_subscription(text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.delete_push_subscription(endpoint text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  perform app_hidden.require_role('agent');
  delete from app_public.push_subscriptions s where s.endpoint = delete_push_subscription.endpoint and s.user_id = app_public.current_user_id();
  return found;
end
$$;

--
-- Name: FUNCTION delete_push_subscription(endpoint text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.delete_push_subscription(endpoint text) IS 'Has one of your own browsers told no more. Returns whether it was. Errors: CO403 not an agent.';

--
-- Name: delete_webhook(integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.delete_webhook(webhook_id integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  delete from app_public.webhooks w where w.id = delete_webhook.webhook_id;
  return found;
end
$$;

--
-- Name: FUNCTION delete_webhook(webhook_id integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.delete_webhook(webhook_id integer) IS 'Stops telling an address, and forgets it with its deliveries. Returns whether there was one. Errors: CO001 no actor, CO403 not an admin.';

--
-- Name: discard_job(bigint, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.discard_job(job_id bigint, reason text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_job app_public.dead_jobs;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.require_reason(discard_job.reason);
  v_job := app_hidden.find_dead_job(discard_job.job_id);
  perform graphile_worker.complete_jobs(array[v_job.id]);
  delete from app_private.dead_job_alerts a where a.job_id = v_job.id;
  insert into app_public.audit_log (table_name, row_id, operation, actor, role, reason, old, new, request_id)
  values ('jobs', v_job.id::text, 'delete', app_hidden.require_actor(), app_hidden.acting_role(), app_hidden.require_reason(discard_job.reason),
      to_jsonb(v_job), null, nullif(current_setting('clubos.request_id', true), ''));
  return true;
end
$$;

--
-- Name: FUNCTION discard_job(job_id bigint, reason text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.discard_job(job_id bigint, reason text) IS 'Removes a dead job: it is never done. job_id: from dead_jobs. reason: why; kept in the audit log.
Errors: CO001 no actor, CO002 no reason, CO403 not an admin, CO404 no such dead job.';

--
-- Name: draft_reply(integer, public.vector); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.draft_reply(ticket_id integer, query_embedding public.vector DEFAULT NULL::public.vector) RETURNS app_public.responses
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_begun timestamptz := clock_timestamp();
  v_asked record;
  v_vector vector := query_embedding;
begin
  perform app_hidden.require_role('agent');
  perform app_hidden.require_actor();
  select * into v_asked from app_hidden.draft_question(draft_reply.ticket_id);
  if v_vector is null then
    select c.embedding into v_vector from app_private.embedding_cache c, app_public.club_settings s
     where c.content_hash = app_hidden.embedding_hash(v_asked.question) and c.model = s.embedding_model;
  end if;
  return app_hidden.record_draft(draft_reply.ticket_id, v_asked.question, app_hidden.begin_answer(v_asked.question, v_vector, null, v_asked.site, null),
    case when v_vector is null then 'local-extractive-words' else 'local-extractive' end, latency_ms => extract(epoch from clock_timestamp() - v_begun) * 1000);
end
$$;

--
-- Name: FUNCTION draft_reply(ticket_id integer, query_embedding public.vector); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.draft_reply(ticket_id integer, query_embedding public.vector) IS 'What the assistant would answer to what the customer last wrote, for a member of staff to look at, change and send: select text from draft_reply(1). Its text is empty where the assistant would have handed over; reason says why. The customer sees nothing of it. Without query_embedding words decide (and the vector of a question asked before). The GraphQL mutation draftReply embeds the question first.
Errors: CO001 no actor, CO005 the customer wrote nothing, CO110 erased, CO403 not an agent, CO404 no such ticket.';

--
-- Name: edit_knowledge(integer, text, text, text, text, timestamp with time zone, timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.edit_knowledge(id integer, question text, answer text, reason text, site text DEFAULT NULL::text, valid_from timestamp with time zone DEFAULT NULL::timestamp with time zone, valid_to timestamp with time zone DEFAULT NULL::timestamp with time zone, expected_updated_at timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS app_public.knowledge_base
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET "clubos.reason" TO ''
    AS $$
declare
  v_entry app_public.knowledge_base;
  v_site_id integer := app_hidden.find_site(site);
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(edit_knowledge.reason));
  if coalesce(btrim(edit_knowledge.question), '') = '' or coalesce(btrim(edit_knowledge.answer), '') = '' then
    raise exception 'An entry needs a question and an answer.' using errcode = 'CO005', hint = 'To take it out of use: retire_knowledge(id, reason).';
  end if;
  v_entry := app_hidden.find_entry(edit_knowledge.id);
  -- A browser's clock knows milliseconds, ours microseconds.
  if date_trunc('milliseconds', v_entry.updated_at) <> date_trunc('milliseconds', expected_updated_at) then
    raise exception 'Entry % was changed while you edited it.', v_entry.id
      using errcode = 'CO120', detail = jsonb_build_object('id', v_entry.id, 'updated_at', v_entry.updated_at)::text, hint = 'Look at it as it is now, then save again.';
  elsif exists (select from app_public.knowledge_base k where k.category = v_entry.category and k.topic = v_entry.topic and k.question = edit_knowledge.question and k.id <> v_entry.id) then
    raise exception 'Another entry of % / % asks that already.', v_entry.category, v_entry.topic using errcode = 'CO409', hint = 'Merge the two: merge_knowledge(keep_id, duplicate_ids, reason).';
  end if;
  delete from app_public.knowledge_questions q where q.knowledge_id = v_entry.id and q.question = edit_knowledge.question;
  update app_public.knowledge_base k
     set question = edit_knowledge.question, answer = edit_knowledge.answer, site_id = v_site_id, valid_from = edit_knowledge.valid_from, valid_to = edit_knowledge.valid_to,
         -- What a member of staff has written is theirs: no customer's change of mind takes it back.
         trust = 3, source = case when k.source = 'learned' then 'manual_entry' else k.source end
   where k.id = v_entry.id
     and (k.question, k.answer, k.site_id, k.valid_from, k.valid_to, k.trust) is distinct from
         (edit_knowledge.question, edit_knowledge.answer, v_site_id, edit_knowledge.valid_from, edit_knowledge.valid_to, 3::smallint)
  returning k.* into v_entry;
  return app_hidden.find_entry(edit_knowledge.id);
end
$$;

--
-- Name: FUNCTION edit_knowledge(id integer, question text, answer text, reason text, site text, valid_from timestamp with time zone, valid_to timestamp with time zone, expected_updated_at timestamp with time zone); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.edit_knowledge(id integer, question text, answer text, reason text, site text, valid_from timestamp with time zone, valid_to timestamp with time zone, expected_updated_at timestamp with time zone) IS 'Changes a knowledge entry, its question too; it then counts as written by staff. site (a slug), valid_from, valid_to: as given, null for everywhere and without end. expected_updated_at: the updated_at you edited, to the millisecond; saving over a later change is refused.
Errors: CO001 no actor, CO002 no reason, CO005 no question or answer, CO120 changed meanwhile, CO403 not a reviewer, CO404 no such entry or site, CO409 another entry of its topic asks that.';

--
-- Name: erase_conversation(integer, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.erase_conversation(ticket_id integer, reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET "clubos.reason" TO ''
    AS $$
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.mask_personal_data(app_hidden.require_reason(erase_conversation.reason)));
  if not exists (select from app_public.tickets t where t.id = erase_conversation.ticket_id) then
    raise exception 'There is no ticket with id %.', erase_conversation.ticket_id using errcode = 'CO404';
  end if;
  return app_private.erase(array[erase_conversation.ticket_id], '{}', null, 'ticket ' || erase_conversation.ticket_id, app_hidden.current_reason());
end
$$;

--
-- Name: FUNCTION erase_conversation(ticket_id integer, reason text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.erase_conversation(ticket_id integer, reason text) IS 'Erases one conversation, as erase_personal_data does all of a visitor''s.
Errors: CO001 no actor, CO002 no reason, CO006 reason too long, CO403 not an admin, CO404 no such ticket.';

--
-- Name: erase_personal_data(uuid, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.erase_personal_data(visitor_id uuid, reason text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET "clubos.reason" TO ''
    AS $$
declare
  v_found record;
  v_reference text := app_private.pseudonym('visitor:' || erase_personal_data.visitor_id);
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.mask_personal_data(app_hidden.require_reason(erase_personal_data.reason)));
  select * into v_found from app_private.of_visitor(erase_personal_data.visitor_id);
  return app_private.erase(v_found.ticket_ids, v_found.response_ids, erase_personal_data.visitor_id, v_reference, app_hidden.current_reason());
end
$$;

--
-- Name: FUNCTION erase_personal_data(visitor_id uuid, reason text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.erase_personal_data(visitor_id uuid, reason text) IS 'Erases a visitor in one transaction: texts of their conversations, answers and failures become [erased], their id goes, ratings keep counting under a pseudonym; learned knowledge that rests on their questions alone goes with its search units and vectors; proposals that wait or were rejected lose their words. {reference, counts, to_review}: to_review lists approved proposals, SOPs and published knowledge that quote them, for a person to look at. reason: why; do not name the person. Conversations are closed, also taken ones. Repeating it is harmless.
Errors: CO001 no actor, CO002 no reason, CO006 reason too long, CO403 not an admin.';

--
-- Name: export_conversation(integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.export_conversation(ticket_id integer) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_ticket app_public.tickets;
  v_responses bigint[];
  v_data jsonb;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  v_ticket := app_hidden.find_ticket(export_conversation.ticket_id);
  select coalesce(array_agg(r.id), '{}') into v_responses from app_public.responses r where r.ticket_id = v_ticket.id;
  v_data := app_private.personal_data(array[v_ticket.id], v_responses, null);
  perform app_private.end_erasure(app_private.begin_erasure('export', 'ticket ' || v_ticket.id, app_hidden.current_reason()), jsonb_build_object('tickets', 1, 'responses', cardinality(v_responses)));
  return jsonb_build_object('ticket_id', v_ticket.id, 'exported_at', now()) || v_data;
end
$$;

--
-- Name: FUNCTION export_conversation(ticket_id integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.export_conversation(ticket_id integer) IS 'Everything that is stored of one conversation, as export_personal_data gives it: for a customer who knows their conversation and no more.
Errors: CO001 no actor, CO403 not an admin, CO404 no such ticket.';

--
-- Name: export_personal_data(uuid); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.export_personal_data(visitor_id uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_found record;
  v_data jsonb;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor();
  select * into v_found from app_private.of_visitor(export_personal_data.visitor_id);
  v_data := app_private.personal_data(v_found.ticket_ids, v_found.response_ids, export_personal_data.visitor_id);
  perform app_private.end_erasure(app_private.begin_erasure('export', app_private.pseudonym('visitor:' || export_personal_data.visitor_id), app_hidden.current_reason()),
    jsonb_build_object('tickets', cardinality(v_found.ticket_ids), 'responses', cardinality(v_found.response_ids)));
  return jsonb_build_object('visitor_id', export_personal_data.visitor_id, 'exported_at', now()) || v_data;
end
$$;

--
-- Name: FUNCTION export_personal_data(visitor_id uuid); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.export_personal_data(visitor_id uuid) IS 'Everything that is stored of a visitor: {conversations: [{messages, answers: [{sources, rating, failure}]}], answers_without_conversation, learned}. Written down in privacy_actions and the audit log, without the visitor''s id.
Errors: CO001 no actor, CO403 not an admin.';

--
-- Name: failures_about(text, timestamp with time zone, timestamp with time zone); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.failures_about(text text, since timestamp with time zone DEFAULT (now() - '7 days'::interval), until timestamp with time zone DEFAULT now()) RETURNS SETOF app_public.failed_responses
    LANGUAGE sql STABLE
    AS $$
  select f.*
    from app_public.failed_responses f
   where f.created_at >= failures_about.since and f.created_at < failures_about.until and f.withdrawn_at is null
     and (to_tsvector('app_public.clubos', f.query) @@ websearch_to_tsquery('app_public.clubos', failures_about.text)
          or f.user_correction ilike '%' || failures_about.text || '%')
   order by f.created_at desc
$$;

--
-- Name: FUNCTION failures_about(text text, since timestamp with time zone, until timestamp with time zone); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.failures_about(text text, since timestamp with time zone, until timestamp with time zone) IS '"All PIN-related failures last week": failed responses whose question holds the words (web search syntax) or whose correction does, the newest first.';

--
-- Name: failures_by_day(timestamp with time zone, timestamp with time zone, text, text, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.failures_by_day(since timestamp with time zone, until timestamp with time zone, category text DEFAULT NULL::text, site text DEFAULT NULL::text, timezone text DEFAULT 'UTC'::text) RETURNS TABLE(day date, feedback_type text, failures bigint)
    LANGUAGE sql STABLE
    AS $$
  with period as materialized (
    select * from app_hidden.insight_period(since, until, failures_by_day.timezone, site)
  ), counted as materialized (
    select (f.created_at at time zone failures_by_day.timezone)::date as day, coalesce(f.feedback_type, 'unhelpful') as feedback_type, count(*) as failures
      from period p join app_public.failed_responses f on f.created_at >= since and f.created_at < until
      left join app_public.responses r on r.id = f.response_id and failures_by_day.category is not null
     where f.withdrawn_at is null and (p.site_id is null or f.site_id = p.site_id)
       and (failures_by_day.category is null or coalesce(r.category, f.expected_category) = failures_by_day.category)
     group by 1, 2
  )
  select d::date, t.feedback_type, coalesce(c.failures, 0)
    from period p
   cross join lateral generate_series(p.first_day, p.last_day, interval '1 day') d
   cross join (select distinct c.feedback_type from counted c union select 'unhelpful') t
    left join counted c on c.day = d::date and c.feedback_type = t.feedback_type
   order by 1, 2
$$;

--
-- Name: FUNCTION failures_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.failures_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) IS '@insight
Answers that failed, by the day somebody said so and by how: unhelpful, wrong, incomplete; those taken back are left out. since is included, until is not; category: where the questions were routed; site: a slug; timezone: whose days.
Errors: CO005 no such period or time zone, CO006 over ten years, CO404 no such site.';

--
-- Name: feedback_by_day(timestamp with time zone, timestamp with time zone, text, text, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.feedback_by_day(since timestamp with time zone, until timestamp with time zone, category text DEFAULT NULL::text, site text DEFAULT NULL::text, timezone text DEFAULT 'UTC'::text) RETURNS TABLE(day date, helpful bigint, unhelpful bigint, rate double precision)
    LANGUAGE sql STABLE
    AS $$
  with period as materialized (
    select * from app_hidden.insight_period(since, until, feedback_by_day.timezone, site)
  ), counted as materialized (
    select (r.created_at at time zone feedback_by_day.timezone)::date as day, count(*) filter (where r.feedback = 'helpful') as helpful, count(*) filter (where r.feedback = 'unhelpful') as unhelpful
      from period p join app_public.responses r on r.created_at >= since and r.created_at < until
     where r.feedback is not null and r.outcome <> 'drafted'
       and (feedback_by_day.category is null or r.category = feedback_by_day.category) and (p.site_id is null or r.site_id = p.site_id)
     group by 1
  )
  select d::date, coalesce(c.helpful, 0), coalesce(c.unhelpful, 0), c.helpful::double precision / (c.helpful + c.unhelpful)
    from period p cross join lateral generate_series(p.first_day, p.last_day, interval '1 day') d left join counted c on c.day = d::date
   order by 1
$$;

--
-- Name: FUNCTION feedback_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.feedback_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) IS '@insight
Ratings by the day the answer was given, and the share that was helpful (0 to 1; null for days without a rating). since is included, until is not; category: where the questions were routed; site: a slug; timezone: whose days.
Errors: CO005 no such period or time zone, CO006 over ten years, CO404 no such site.';

--
-- Name: hand_back(integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.hand_back(ticket_id integer) RETURNS app_public.tickets
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_ticket app_public.tickets;
  v_actor text;
begin
  perform app_hidden.require_role('agent');
  v_actor := app_hidden.require_actor();
  v_ticket := app_hidden.find_ticket(hand_back.ticket_id);
  if v_ticket.status <> 'taken' then
    return v_ticket;
  end if;
  update app_public.tickets t set status = 'open', assignee = null, silent_until = null, updated_at = now() where t.id = v_ticket.id returning t.* into v_ticket;
  insert into app_public.messages (ticket_id, author_kind, author, body) values (v_ticket.id, 'system', v_actor, v_actor || ' handed back to the assistant');
  return v_ticket;
end
$$;

--
-- Name: FUNCTION hand_back(ticket_id integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.hand_back(ticket_id integer) IS 'Gives a conversation back to the assistant. Errors: CO001 no actor, CO403 not an agent, CO404 no such ticket.';

--
-- Name: import_sop_version(text, text, text, text, timestamp with time zone, text, text, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.import_sop_version(category text, section text, content text, author text, at timestamp with time zone, reason text, renamed_from_category text DEFAULT NULL::text, renamed_from_section text DEFAULT NULL::text) RETURNS app_public.sops
    LANGUAGE plpgsql
    SET "clubos.reason" TO ''
    SET "clubos.actor" TO ''
    SET "clubos.effective_at" TO ''
    AS $$
declare
  v_sop app_public.sops;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.set_reason(coalesce(nullif(left(btrim(import_sop_version.reason), 4000), ''), 'Imported'));
  perform set_config('clubos.actor', left(import_sop_version.author, 100), true), set_config('clubos.effective_at', import_sop_version.at::text, true);
  select * into v_sop from app_public.sops s
   where s.category = coalesce(renamed_from_category, import_sop_version.category) and s.section = coalesce(renamed_from_section, import_sop_version.section)
     for no key update;
  if v_sop.id is null then
    insert into app_public.sops as s (category, section, content) values (import_sop_version.category, import_sop_version.section, import_sop_version.content)
      returning * into v_sop;
  else
    update app_public.sops s
       set category = import_sop_version.category, section = import_sop_version.section, content = coalesce(import_sop_version.content, s.content),
           archived_at = case when import_sop_version.content is null then import_sop_version.at end
     where s.id = v_sop.id returning * into v_sop;
  end if;
  return v_sop;
end
$$;

--
-- Name: FUNCTION import_sop_version(category text, section text, content text, author text, at timestamp with time zone, reason text, renamed_from_category text, renamed_from_section text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.import_sop_version(category text, section text, content text, author text, at timestamp with time zone, reason text, renamed_from_category text, renamed_from_section text) IS 'Replays one version of an imported history with its own author, time and reason; the audit log keeps when it was replayed. content null: the SOP was withdrawn then. renamed_from_…: the name before.
Errors: CO403 not an admin.';

--
-- Name: improvement_merge(integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.improvement_merge(id integer, OUT base text, OUT current text, OUT proposed text, OUT merged text, OUT conflicts integer, OUT current_version integer) RETURNS record
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_improvement app_public.improvement_queue;
begin
  select * into v_improvement from app_public.improvement_queue q where q.id = improvement_merge.id;
  if v_improvement.id is null then
    raise exception 'There is no proposal with id %.', improvement_merge.id using errcode = 'CO404';
  elsif v_improvement.kind <> 'sop_edit' then
    raise exception 'Proposal % edits no SOP, so there is nothing to merge.', v_improvement.id using errcode = 'CO005';
  end if;
  proposed := v_improvement.suggested_sop_update ->> 'new_content';
  select s.content, s.version into "current", current_version from app_public.sops s where s.id = v_improvement.sop_id;
  -- A base that never was holds nothing in common.
  select coalesce(max(v.content), '') into base from app_public.sop_versions v where v.sop_id = v_improvement.sop_id and v.version = v_improvement.base_version;
  select m.merged, 0 into merged, conflicts from app_hidden.merge_lines(base, "current", proposed) m where m.merged is not null;
  if merged is null then
    select m.merged, m.conflicts into merged, conflicts from app_hidden.merge_marked(base, "current", proposed) m;
  end if;
end
$$;

--
-- Name: FUNCTION improvement_merge(id integer, OUT base text, OUT current text, OUT proposed text, OUT merged text, OUT conflicts integer, OUT current_version integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.improvement_merge(id integer, OUT base text, OUT current text, OUT proposed text, OUT merged text, OUT conflicts integer, OUT current_version integer) IS 'A proposed edit against the SOP as it is now: the text it was drafted from (base), the SOP''s text now (current, at current_version), the proposed one, and both changes in one text (merged). Where both changed the same lines, merged has <<<<<<< current, ======= and >>>>>>> proposed around them, and conflicts counts these places. What a person makes of it: approve_improvement with edited_content and edited_version = current_version.
Errors: CO005 it edits no SOP, CO404 no such proposal.';

--
-- Name: improvement_queue_broken(app_public.improvement_queue); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.improvement_queue_broken(improvement app_public.improvement_queue) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select (improvement.dry_run ->> 'broken')::integer
$$;

--
-- Name: FUNCTION improvement_queue_broken(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.improvement_queue_broken(improvement app_public.improvement_queue) IS '@behavior -filterBy
How many well-answered questions the latest dry run led away from the right place; null without one.';

--
-- Name: improvement_queue_category(app_public.improvement_queue); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.improvement_queue_category(improvement app_public.improvement_queue) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select improvement.suggested_sop_update ->> 'category'
$$;

--
-- Name: FUNCTION improvement_queue_category(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.improvement_queue_category(improvement app_public.improvement_queue) IS '@behavior -filterBy +condition:proc:filterBy
Of the SOP or the knowledge that it would change.';

--
-- Name: improvement_queue_decided_at(app_public.improvement_queue); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.improvement_queue_decided_at(improvement app_public.improvement_queue) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select coalesce(improvement.applied_at, improvement.rejected_at)
$$;

--
-- Name: FUNCTION improvement_queue_decided_at(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.improvement_queue_decided_at(improvement app_public.improvement_queue) IS '@behavior -filterBy +proc:orderBy
When it was approved or rejected; null while it waits.';

--
-- Name: improvement_queue_fixed(app_public.improvement_queue); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.improvement_queue_fixed(improvement app_public.improvement_queue) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select (improvement.dry_run ->> 'fixed')::integer
$$;

--
-- Name: FUNCTION improvement_queue_fixed(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.improvement_queue_fixed(improvement app_public.improvement_queue) IS '@behavior -filterBy
How many failing questions the latest dry run led to the right place; null without one.';

--
-- Name: improvement_queue_topic(app_public.improvement_queue); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.improvement_queue_topic(improvement app_public.improvement_queue) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select coalesce(improvement.suggested_sop_update ->> 'section', improvement.suggested_sop_update ->> 'topic')
$$;

--
-- Name: FUNCTION improvement_queue_topic(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.improvement_queue_topic(improvement app_public.improvement_queue) IS '@behavior -filterBy
The section of the SOP, or the topic of the knowledge, that it would change.';

--
-- Name: improvement_queue_viewers(app_public.improvement_queue); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.improvement_queue_viewers(improvement app_public.improvement_queue) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select count(*)::integer from app_private.improvement_viewers v
   where v.improvement_id = improvement.id and v.actor is distinct from app_public.current_actor() and v.seen_at >= clock_timestamp() - interval '45 seconds'
$$;

--
-- Name: FUNCTION improvement_queue_viewers(improvement app_public.improvement_queue); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.improvement_queue_viewers(improvement app_public.improvement_queue) IS '@behavior -filterBy
How many others have it open at this moment; lookAtImprovement says who.';

--
-- Name: insight_source(text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.insight_source(name text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_source text;
begin
  select pg_get_functiondef(p.oid) into v_source
    from pg_catalog.pg_proc p
   where p.pronamespace = 'app_public'::regnamespace and p.proname = insight_source.name and obj_description(p.oid, 'pg_proc') ~ '^@insight\n';
  if v_source is null then
    raise exception 'There is no insight "%".', insight_source.name
      using errcode = 'CO404', hint = (select 'Insights: ' || string_agg(p.proname, ', ' order by p.proname) from pg_catalog.pg_proc p
        where p.pronamespace = 'app_public'::regnamespace and obj_description(p.oid, 'pg_proc') ~ '^@insight\n');
  end if;
  return v_source;
end
$$;

--
-- Name: FUNCTION insight_source(name text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.insight_source(name text) IS 'The SQL of one of the insights, such as answers_by_day, for whoever wants to know what is counted. Errors: CO404 no such insight.';

--
-- Name: insights_summary(timestamp with time zone, timestamp with time zone, text, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.insights_summary(since timestamp with time zone, until timestamp with time zone, category text DEFAULT NULL::text, site text DEFAULT NULL::text, OUT answers bigint, OUT answered_rate double precision, OUT helpful_rate double precision, OUT handed_over bigint, OUT failures bigint, OUT p50_ms double precision, OUT p95_ms double precision, OUT pending_proposals bigint, OUT approved bigint, OUT cost numeric, OUT prev_answers bigint, OUT prev_answered_rate double precision, OUT prev_helpful_rate double precision, OUT prev_handed_over bigint, OUT prev_failures bigint, OUT prev_p50_ms double precision, OUT prev_p95_ms double precision, OUT prev_pending_proposals bigint, OUT prev_approved bigint, OUT prev_cost numeric) RETURNS record
    LANGUAGE sql STABLE
    AS $$
  select f.*, b.*
    from app_hidden.insight_period(since, until, 'UTC', site) p
   cross join lateral app_hidden.insight_figures(since, until, insights_summary.category, p.site_id) f
   cross join lateral app_hidden.insight_figures(since - (until - since), since, insights_summary.category, p.site_id) b
$$;

--
-- Name: FUNCTION insights_summary(since timestamp with time zone, until timestamp with time zone, category text, site text, OUT answers bigint, OUT answered_rate double precision, OUT helpful_rate double precision, OUT handed_over bigint, OUT failures bigint, OUT p50_ms double precision, OUT p95_ms double precision, OUT pending_proposals bigint, OUT approved bigint, OUT cost numeric, OUT prev_answers bigint, OUT prev_answered_rate double precision, OUT prev_helpful_rate double precision, OUT prev_handed_over bigint, OUT prev_failures bigint, OUT prev_p50_ms double precision, OUT prev_p95_ms double precision, OUT prev_pending_proposals bigint, OUT prev_approved bigint, OUT prev_cost numeric); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.insights_summary(since timestamp with time zone, until timestamp with time zone, category text, site text, OUT answers bigint, OUT answered_rate double precision, OUT helpful_rate double precision, OUT handed_over bigint, OUT failures bigint, OUT p50_ms double precision, OUT p95_ms double precision, OUT pending_proposals bigint, OUT approved bigint, OUT cost numeric, OUT prev_answers bigint, OUT prev_answered_rate double precision, OUT prev_helpful_rate double precision, OUT prev_handed_over bigint, OUT prev_failures bigint, OUT prev_p50_ms double precision, OUT prev_p95_ms double precision, OUT prev_pending_proposals bigint, OUT prev_approved bigint, OUT prev_cost numeric) IS '@insight
A period in one row, and the period of equal length before it (prev_…). Rates are shares from 0 to 1, null where there is nothing to share: answered_rate of all answers, helpful_rate of all ratings. p50_ms, p95_ms: milliseconds from question to answer. pending_proposals: those that waited at the period''s end; approved: those decided in it, whatever category and site. cost: US dollars for answers and drafts. since is included, until is not; category: where the questions were routed; site: a slug.
Errors: CO005 no such period, CO006 over ten years, CO404 no such site.';

--
-- Name: invite_user(integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.invite_user(user_id integer) RETURNS app_public.users
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_user app_public.users;
begin
  perform app_hidden.require_role('admin');
  select * into v_user from app_public.users u where u.id = invite_user.user_id and u.is_active for no key update;
  if v_user.id is null then
    raise exception 'There is no active member of staff with id %.', invite_user.user_id using errcode = 'CO404';
  end if;
  insert into app_public.notifications (kind, channel, user_id, recipient, details)
  select 'invitation', 'mail', v_user.id, v_user.email, jsonb_build_object('invited_by', app_hidden.require_actor())
   where not exists (select from app_public.notifications n where n.user_id = v_user.id and n.kind = 'invitation' and n.status = 'queued');
  return v_user;
end
$$;

--
-- Name: FUNCTION invite_user(user_id integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.invite_user(user_id integer) IS 'Mails somebody a link to choose a password; earlier links of theirs end when it is sent.
Errors: CO001 no actor, CO403 not an admin, CO404 no such active person.';

--
-- Name: knowledge_duplicates(integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.knowledge_duplicates(first integer DEFAULT 50) RETURNS TABLE(knowledge_id integer, duplicate_id integer, similarity double precision, same_answer boolean)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('agent');
  end if;
  return query
    select case when l.better then a.id else b.id end, case when l.better then b.id else a.id end, s.similarity, app_hidden.same_text(a.answer, b.answer)
      from app_private.similar_entries(0.85) s
      join app_public.knowledge_base a on a.id = s.one
      join app_public.knowledge_base b on b.id = s.other
     cross join lateral (select (a.trust, a.usage_count, -a.id) > (b.trust, b.usage_count, -b.id) as better) l
     -- Sites that answer differently are why there are two.
     where a.site_id is not distinct from b.site_id or app_hidden.same_text(a.answer, b.answer)
     order by s.similarity desc, a.id, b.id
     limit least(greatest(knowledge_duplicates.first, 1), 1000);
end
$$;

--
-- Name: FUNCTION knowledge_duplicates(first integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.knowledge_duplicates(first integer) IS 'Knowledge entries in use that ask the same, the most similar pairs first: knowledge_id is the one that is more trusted, then more used, then older; duplicate_id the other, for merge_knowledge. similarity: cosine of their questions by the club''s embedding model, 0.85 at least; 1 where they have the same words and no vectors yet. same_answer: they also say the same. Pairs of different sites are listed only where they say the same. first: at most so many pairs (1 to 1000). Pairs are looked for by signs and words: of 10,000 dense questions it found all pairs above 0.96, 97 of 100 at 0.95 and 70 at 0.9.
Errors: CO403 neither staff nor auditor.';

--
-- Name: look_at_improvement(integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.look_at_improvement(id integer) RETURNS TABLE(user_id integer, name text, since timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_actor text;
  v_came boolean;
begin
  perform app_hidden.require_role('agent');
  v_actor := app_hidden.require_actor();
  if not exists (select from app_public.improvement_queue q where q.id = look_at_improvement.id) then
    raise exception 'There is no proposal with id %.', look_at_improvement.id using errcode = 'CO404';
  end if;
  insert into app_private.improvement_viewers as v (improvement_id, actor, since, seen_at)
  select look_at_improvement.id, v_actor, n, n from clock_timestamp() n
  on conflict (improvement_id, actor) do update
     set since = case when v.seen_at < excluded.seen_at - interval '45 seconds' then excluded.seen_at else v.since end, seen_at = excluded.seen_at
  returning v.since = v.seen_at into v_came;
  if v_came then
    perform pg_notify('clubos_queue', json_build_object('id', look_at_improvement.id, 'event', 'viewers')::text);
  end if;
  perform app_private.forget_viewers();
  return query
    select u.id, coalesce(u.name, v.actor), v.since
      from app_private.improvement_viewers v left join app_public.users u on u.email = v.actor and u.is_active
     where v.improvement_id = look_at_improvement.id and v.actor <> v_actor and v.seen_at >= clock_timestamp() - interval '45 seconds'
     order by v.since, v.actor;
end
$$;

--
-- Name: FUNCTION look_at_improvement(id integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.look_at_improvement(id integer) IS 'Says that the caller has a proposal open, and returns the others who have (user_id is null where the actor has no account) and since when. It holds for 45 seconds: call it again every fifteen. Subscribers of the queue are told {event: "viewers"} when somebody comes or leaves.
Errors: CO001 no actor, CO403 not staff, CO404 no such proposal.';

--
-- Name: look_away(integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.look_away(id integer) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  perform app_hidden.require_role('agent');
  delete from app_private.improvement_viewers v where v.improvement_id = look_away.id and v.actor = app_hidden.require_actor();
  if found then
    perform pg_notify('clubos_queue', json_build_object('id', look_away.id, 'event', 'viewers')::text);
  end if;
end
$$;

--
-- Name: FUNCTION look_away(id integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.look_away(id integer) IS 'Says that the caller has closed a proposal. Repeating it is harmless.
Errors: CO001 no actor, CO403 not staff.';

--
-- Name: mark_helpful(bigint); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.mark_helpful(response_id bigint) RETURNS app_public.responses
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_response app_public.responses := app_hidden.visible_response(mark_helpful.response_id);
begin
  if v_response.feedback = 'helpful' then
    return app_hidden.granted_columns(v_response);
  end if;
  perform app_private.lock_rated_entries(v_response);
  perform app_private.withdraw_feedback(v_response);
  update app_public.responses r set feedback = 'helpful', feedback_by = app_hidden.voter(), feedback_at = now()
   where r.id = v_response.id returning * into v_response;
  if v_response.outcome = 'answered' then
    perform app_private.learn_from(v_response);
  end if;
  return app_hidden.granted_columns(v_response);
end
$$;

--
-- Name: FUNCTION mark_helpful(response_id bigint); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.mark_helpful(response_id bigint) IS 'Says that an answer helped: its question becomes learned knowledge (unreviewed until staff or enough distinct customers agree) and its sources'' success rates rise. Counts once per response; repeating it changes nothing; mark_unhelpful takes it back.
Errors: CO005 a draft, CO110 it was erased, CO404 no such response, or another customer''s.';

--
-- Name: mark_unhelpful(bigint, text, text, integer, text, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.mark_unhelpful(response_id bigint, feedback_type text DEFAULT 'unhelpful'::text, user_correction text DEFAULT NULL::text, expected_sop_id integer DEFAULT NULL::integer, expected_category text DEFAULT NULL::text, expected_topic text DEFAULT NULL::text) RETURNS app_public.responses
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_response app_public.responses;
begin
  if coalesce(mark_unhelpful.feedback_type, '') not in ('unhelpful', 'wrong', 'incomplete') then
    raise exception 'feedback_type is unhelpful, wrong or incomplete, not %.', coalesce(quote_literal(mark_unhelpful.feedback_type), 'empty') using errcode = 'CO005';
  elsif length(mark_unhelpful.user_correction) > 10000 then
    raise exception 'The correction is % characters long; 10000 is the most.', length(mark_unhelpful.user_correction) using errcode = 'CO006';
  end if;
  if coalesce(expected_sop_id::text, expected_category, expected_topic) is not null then
    perform app_hidden.require_role('agent');
    if expected_sop_id is not null then
      perform app_hidden.find_sop(expected_sop_id);
    end if;
  end if;
  v_response := app_hidden.visible_response(mark_unhelpful.response_id);
  if v_response.feedback is distinct from 'unhelpful' then
    perform app_private.lock_rated_entries(v_response);
    perform app_private.withdraw_feedback(v_response);
    update app_public.responses r set feedback = 'unhelpful', feedback_by = app_hidden.voter(), feedback_at = now()
     where r.id = v_response.id returning * into v_response;
    perform app_private.vote(k.id, v_response.id, false)
       from app_public.knowledge_base k
       join app_public.response_sources s on s.knowledge_id = k.id
      where s.response_id = v_response.id and s.cited;
  end if;
  perform app_private.record_failure(v_response, mark_unhelpful.feedback_type, mark_unhelpful.user_correction,
    mark_unhelpful.expected_sop_id, mark_unhelpful.expected_category, mark_unhelpful.expected_topic);
  return app_hidden.granted_columns(v_response);
end
$$;

--
-- Name: FUNCTION mark_unhelpful(response_id bigint, feedback_type text, user_correction text, expected_sop_id integer, expected_category text, expected_topic text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.mark_unhelpful(response_id bigint, feedback_type text, user_correction text, expected_sop_id integer, expected_category text, expected_topic text) IS 'Says that an answer failed, once per response, and files it for analysis. feedback_type: unhelpful, wrong or incomplete. user_correction: what would have been right, at most 10,000 characters; never published unseen. expected_…: what staff say should have answered.
Errors: CO005 unknown feedback_type or a draft, CO006 too long, CO110 it was erased, CO403 expected_… not from staff, CO404 no such response, or another customer''s.';

--
-- Name: me(); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.me() RETURNS app_public.users
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select u.* from app_public.users u where u.id = app_public.current_user_id()
$$;

--
-- Name: FUNCTION me(); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.me() IS 'The member of staff who is logged in; null for everybody else.';

--
-- Name: merge_knowledge(integer, integer[], text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.merge_knowledge(keep_id integer, duplicate_ids integer[], reason text) RETURNS app_public.knowledge_base
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET "clubos.reason" TO ''
    AS $$
declare
  v_ids integer[] := array(select distinct d from unnest(duplicate_ids) d where d is not null);
  v_keep app_public.knowledge_base;
  v_duplicates app_public.knowledge_base[];
  v_targets text[];
  v_doubled record;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(merge_knowledge.reason));
  if cardinality(v_ids) = 0 or keep_id = any (v_ids) then
    raise exception 'Name the entry to keep, and the others that are to go.' using errcode = 'CO005', hint = 'merge_knowledge(keep_id => 1, duplicate_ids => ''{2,3}'', reason => …)';
  end if;
  perform from app_public.knowledge_base k where k.id = keep_id or k.id = any (v_ids) order by k.id for update;
  v_keep := app_hidden.find_entry(keep_id);
  select array_agg(k order by k.id), array_agg(distinct app_hidden.target_of(k.sop_id, k.category, k.topic)) into v_duplicates, v_targets
    from app_public.knowledge_base k where k.id = any (v_ids);
  perform app_hidden.find_entry(i) from unnest(v_ids) i;
  if v_keep.valid_to <= now() then
    raise exception 'Entry % is retired: merged into it, its duplicates would no longer be found.', v_keep.id using errcode = 'CO121', hint = 'Restore it first: restore_knowledge(id, reason).';
  end if;
  perform app_private.check_merge(v_keep, d) from unnest(v_duplicates) d;

  select * into v_doubled from app_private.move_to_entry(v_keep, v_ids);
  delete from app_public.knowledge_base k where k.id = any (v_ids);
  update app_public.knowledge_base k
     set usage_count = greatest(s.used - v_doubled.doubled, 0), success_count = greatest(s.good - v_doubled.doubled_helpful, 0), trust = s.trust,
         success_rate = case when s.used > v_doubled.doubled then least(greatest(s.good - v_doubled.doubled_helpful, 0)::double precision / (s.used - v_doubled.doubled), 1) end
    from (select sum(d.usage_count)::integer as used, sum(d.success_count)::integer as good, max(d.trust) as trust from unnest(v_duplicates || v_keep) d) s
   where k.id = v_keep.id returning k.* into v_keep;
  perform app_private.settle_entry(v_keep.id);
  select * into v_keep from app_public.knowledge_base k where k.id = v_keep.id;
  perform app_private.rebuild_knowledge_unit(v_keep);
  perform app_private.rebuild_profile(t) from (
    select distinct t from unnest(v_targets || app_hidden.target_of(v_keep.sop_id, v_keep.category, v_keep.topic)) t order by t) o;
  return v_keep;
end
$$;

--
-- Name: FUNCTION merge_knowledge(keep_id integer, duplicate_ids integer[], reason text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.merge_knowledge(keep_id integer, duplicate_ids integer[], reason text) IS 'Makes one knowledge entry of several: the one at keep_id keeps its text and gets the others'' questions (knowledge_questions: still found), votes, counts and the best trust; the others go. Each answer counts once, also where it was rated for several of them. response_sources keep the numbers of those that went.
Errors: CO001 no actor, CO002 no reason, CO005 nothing to merge, CO121 customers of some site would lose their answer, or the entry kept is retired, CO403 not a reviewer, CO404 no such entry.';

--
-- Name: most_failed_sops(timestamp with time zone, timestamp with time zone, text, text, integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.most_failed_sops(since timestamp with time zone, until timestamp with time zone, category text DEFAULT NULL::text, site text DEFAULT NULL::text, first integer DEFAULT 1000) RETURNS TABLE(sop_id integer, category text, section text, failures bigint, unresolved bigint, last_failed_at timestamp with time zone)
    LANGUAGE sql STABLE
    AS $$
  with failed as materialized (
    select f.id, f.response_id, f.expected_sop_id, f.resolved_by_improvement_id, f.created_at
      from app_hidden.insight_period(since, until, 'UTC', site) p
      join app_public.failed_responses f on f.created_at >= since and f.created_at < until
     where f.withdrawn_at is null and (p.site_id is null or f.site_id = p.site_id)
  ), blamed as (
    select f.id, f.expected_sop_id as sop_id, f.resolved_by_improvement_id, f.created_at from failed f where f.expected_sop_id is not null
    union
    select f.id, src.sop_id, f.resolved_by_improvement_id, f.created_at from failed f
      join app_public.response_sources src on src.response_id = f.response_id and src.cited and src.sop_id is not null
  )
  select u.sop_id, s.category::text, s.section::text, u.failures, u.unresolved, u.last_failed_at
    from (select b.sop_id, count(*) as failures, count(*) filter (where b.resolved_by_improvement_id is null) as unresolved, max(b.created_at) as last_failed_at
            from blamed b group by b.sop_id) u
    join app_public.sops s on s.id = u.sop_id
   where most_failed_sops.category is null or s.category = most_failed_sops.category
   order by u.failures desc, u.sop_id
   limit least(greatest(most_failed_sops.first, 1), 1000)
$$;

--
-- Name: FUNCTION most_failed_sops(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.most_failed_sops(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer) IS '@insight
The SOPs with most failures in a period: answers that rested on them and failed, and questions that they should have answered. unresolved: no approved proposal has mended it yet. since is included, until is not; category: the SOP''s; site: a slug; first: at most so many (1 to 1000).
Errors: CO005 no such period, CO006 over ten years, CO404 no such site.';

--
-- Name: most_used_sops(timestamp with time zone, timestamp with time zone, text, text, integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.most_used_sops(since timestamp with time zone, until timestamp with time zone, category text DEFAULT NULL::text, site text DEFAULT NULL::text, first integer DEFAULT 1000) RETURNS TABLE(sop_id integer, category text, section text, cited bigint, helpful bigint, unhelpful bigint, rate double precision)
    LANGUAGE sql STABLE
    AS $$
  select u.sop_id, s.category::text, s.section::text, u.cited, u.helpful, u.unhelpful, u.helpful::double precision / nullif(u.helpful + u.unhelpful, 0)
    from (select src.sop_id, count(*) as cited, count(*) filter (where r.feedback = 'helpful') as helpful, count(*) filter (where r.feedback = 'unhelpful') as unhelpful
            from app_hidden.insight_period(since, until, 'UTC', site) p
            join app_public.responses r on r.created_at >= since and r.created_at < until
            join app_public.response_sources src on src.response_id = r.id and src.cited and src.sop_id is not null
           where r.outcome in ('answered', 'emergency') and (p.site_id is null or r.site_id = p.site_id)
           group by src.sop_id) u
    join app_public.sops s on s.id = u.sop_id
   where most_used_sops.category is null or s.category = most_used_sops.category
   order by u.cited desc, u.sop_id
   limit least(greatest(most_used_sops.first, 1), 1000)
$$;

--
-- Name: FUNCTION most_used_sops(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.most_used_sops(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer) IS '@insight
The SOPs that most answers of a period rest on, and how those were rated; rate: the share that was helpful (0 to 1). since is included, until is not; category: the SOP''s; site: a slug; first: at most so many (1 to 1000).
Errors: CO005 no such period, CO006 over ten years, CO404 no such site.';

--
-- Name: preview_improvement(integer, text, integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.preview_improvement(id integer, edited_content text DEFAULT NULL::text, edited_version integer DEFAULT NULL::integer) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET "clubos.reason" TO ''
    AS $_$
declare
  v_improvement app_public.improvement_queue;
  -- Each question is searched twice, at some 6 ms: whoever writes and waits gets the answer for fewer of them.
  v_failing integer := case when edited_content is null then 30 else 10 end;
  v_good integer := case when edited_content is null then 30 else 8 end;
  v_before jsonb;
  v_after jsonb;
  v_questions jsonb;
  v_result jsonb;
begin
  if not app_hidden.has_role('worker') then
    perform app_hidden.require_role('agent');
  end if;
  perform app_private.take_turns_with_erasure();
  select * into v_improvement from app_public.improvement_queue q where q.id = preview_improvement.id;
  if v_improvement.id is null then
    raise exception 'There is no proposal with id %.', preview_improvement.id using errcode = 'CO404';
  elsif v_improvement.status <> 'pending' then
    return v_improvement.dry_run;
  end if;
  v_improvement := app_private.edited_improvement(v_improvement, edited_content, edited_version);
  v_before := app_private.ask_for_preview(v_improvement, v_failing, v_good);
  begin
    perform app_hidden.set_reason('Dry run'), set_config('clubos.actor', coalesce(app_public.current_actor(), 'dry run'), true);
    execute format('select * from app_private.%I($1)', 'apply_improvement__' || v_improvement.kind) into v_improvement using v_improvement;
    v_after := app_private.ask_for_preview(v_improvement, v_failing, v_good);
    select jsonb_agg(jsonb_build_object('question', q.question, 'role', q.role, 'expected', q.expected, 'expected_title', app_private.target_title(q.expected),
             'before', v_before -> q.question -> 0, 'before_title', v_before -> q.question -> 1, 'after', v_after -> q.question -> 0, 'after_title', v_after -> q.question -> 1))
      into v_questions
      from (select p.question, p.role, coalesce(p.expected, 'sop:' || (v_improvement.suggested_sop_update ->> 'sop_id')) as expected from app_private.preview_questions(v_improvement, v_failing, v_good) p) q;
    -- Out of the subtransaction by the one way that leaves no trace.
    raise exception 'dry run' using errcode = 'CO999';
  exception
    when sqlstate 'CO999' then null;
    when sqlstate 'CO102' then
      return jsonb_build_object('conflict', sqlerrm);
  end;
  select jsonb_build_object('at', now(),
           'fixed', count(*) filter (where p.role = 'failing' and p.before is distinct from p.expected and p.after = p.expected),
           'still_failing', count(*) filter (where p.role = 'failing' and p.after is distinct from p.expected),
           'broken', count(*) filter (where p.role = 'good' and p.before = p.expected and p.after is distinct from p.expected),
           'unaffected', count(*) filter (where p.role = 'good' and p.before is not distinct from p.after),
           'questions', coalesce(jsonb_agg(to_jsonb(p) || jsonb_build_object('question', app_hidden.learnable_question(p.question)))
                          filter (where p.role = 'failing' or p.before is distinct from p.after), '[]'))
    into v_result
    from jsonb_to_recordset(v_questions) as p(question text, role text, expected text, expected_title text, before text, before_title text, after text, after_title text);
  if edited_content is not null then
    return v_result;
  end if;
  -- How often it fails, how much the change fixes, and twice as much what it breaks.
  update app_public.improvement_queue q
     set dry_run = v_result, impact = (v_result ->> 'fixed')::integer * 2 - (v_result ->> 'broken')::integer * 4
           + (select count(*) from app_public.improvement_evidence e where e.improvement_id = q.id)
   where q.id = preview_improvement.id and q.status = 'pending';
  return v_result;
end
$_$;

--
-- Name: FUNCTION preview_improvement(id integer, edited_content text, edited_version integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.preview_improvement(id integer, edited_content text, edited_version integer) IS 'Dry run: applies a proposal in a subtransaction, asks its failing questions and the latest well-answered ones again, and rolls back. {fixed, still_failing, broken, unaffected, questions: [{question, role, expected, before, after, and a title of each of the three}]}, or {conflict}. Kept with the proposal, and ranks it. edited_content: a text to try instead, edited_version: the SOP version it was written against; that result is returned only, and asks ten failing and eight good questions at most, not thirty of each.
Errors: CO005 it has no text to edit, or an empty one, CO006 over 1 MiB, CO403 not staff, CO404 no such proposal.';

--
-- Name: propose_improvement(text, jsonb, integer[], integer, integer, text, double precision); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.propose_improvement(kind text, suggestion jsonb, failed_response_ids integer[] DEFAULT '{}'::integer[], pattern_id integer DEFAULT NULL::integer, base_version integer DEFAULT NULL::integer, proposed_by text DEFAULT NULL::text, impact double precision DEFAULT NULL::double precision) RETURNS app_public.improvement_queue
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $_$
declare
  v_sop app_public.sops;
  v_suggestion jsonb := suggestion;
  v_improvement app_public.improvement_queue;
begin
  if not app_hidden.has_role('worker') then
    perform app_hidden.require_role('agent');
  end if;
  if coalesce(kind, '') !~ '^[a-z_]+$' or to_regprocedure(format('app_private.apply_improvement__%s(app_public.improvement_queue)', kind)) is null then
    raise exception 'There is no kind of proposal "%".', kind using errcode = 'CO005', hint = 'sop_edit, sop_new, knowledge_entry, knowledge_correction or routing_hint';
  elsif jsonb_typeof(suggestion) is distinct from 'object' then
    raise exception 'The suggestion must be a JSON object.' using errcode = 'CO005';
  elsif kind in ('sop_edit', 'sop_new') and coalesce(btrim(suggestion ->> 'new_content'), '') = '' then
    raise exception 'A proposal for an SOP needs new_content.' using errcode = 'CO005';
  elsif kind = 'sop_new' and coalesce(btrim(suggestion ->> 'category'), '') = '' or kind = 'sop_new' and coalesce(btrim(suggestion ->> 'section'), '') = '' then
    raise exception 'A proposal for a new SOP needs category and section.' using errcode = 'CO005';
  elsif kind not in ('sop_edit', 'sop_new') and (coalesce(btrim(suggestion ->> 'category'), '') = '' or coalesce(btrim(suggestion ->> 'topic'), '') = ''
      or jsonb_typeof(suggestion -> 'entries') is distinct from 'array' or jsonb_array_length(suggestion -> 'entries') = 0) then
    raise exception 'A proposal for knowledge needs category, topic and entries, [{question, answer}].' using errcode = 'CO005';
  elsif kind not in ('sop_edit', 'sop_new') and exists (select from jsonb_array_elements(suggestion -> 'entries') e
      where coalesce(btrim(e ->> 'question'), '') = '' or coalesce(btrim(e ->> 'answer'), '') = '') then
    raise exception 'Each entry needs a question and an answer.' using errcode = 'CO005';
  end if;
  if greatest(length(suggestion ->> 'category'), 0) > 100 or length(suggestion ->> 'section') > 200 or length(suggestion ->> 'topic') > 200 then
    raise exception 'A category has at most 100 characters, a section or topic 200.' using errcode = 'CO005';
  elsif jsonb_typeof(suggestion -> 'sop_id') not in ('number', 'null') or (suggestion ->> 'sop_id')::numeric not between -2147483648 and 2147483647 then
    raise exception 'sop_id is the number of an SOP.' using errcode = 'CO005';
  end if;
  if kind = 'sop_edit' then
    v_sop := app_hidden.find_sop((suggestion ->> 'sop_id')::integer);
    v_suggestion := v_suggestion || jsonb_build_object('category', v_sop.category, 'section', v_sop.section);
    if v_sop.content = suggestion ->> 'new_content' then
      raise exception 'The proposal changes nothing.' using errcode = 'CO106';
    end if;
  end if;

  insert into app_public.improvement_queue as q (failed_response_id, suggested_sop_update, kind, sop_id, base_version, pattern_id, proposed_by, impact, fingerprint)
  values ((select min(i) from unnest(failed_response_ids) i), v_suggestion, propose_improvement.kind, case when propose_improvement.kind = 'sop_edit' then v_sop.id end,
      case when propose_improvement.kind = 'sop_edit' then coalesce(propose_improvement.base_version, v_sop.version) end, propose_improvement.pattern_id,
      -- Only the worker speaks for others: for its analysts.
      coalesce(case when app_hidden.has_role('worker') then propose_improvement.proposed_by end, app_public.current_actor(), session_user),
      coalesce(propose_improvement.impact, cardinality(failed_response_ids)), '\x')
  -- A twin that waits or was turned down takes the new evidence; it does not come back.
  on conflict (fingerprint) where status in ('pending', 'rejected') do update set impact = greatest(q.impact, excluded.impact)
  returning * into v_improvement;
  insert into app_public.improvement_evidence (improvement_id, failed_response_id)
  select v_improvement.id, f.id from app_public.failed_responses f where f.id = any (failed_response_ids) order by f.id
  on conflict do nothing;
  update app_public.failure_patterns p set status = 'proposed', updated_at = now() where p.id = propose_improvement.pattern_id and p.status = 'open' and v_improvement.status = 'pending';
  return v_improvement;
end
$_$;

--
-- Name: FUNCTION propose_improvement(kind text, suggestion jsonb, failed_response_ids integer[], pattern_id integer, base_version integer, proposed_by text, impact double precision); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.propose_improvement(kind text, suggestion jsonb, failed_response_ids integer[], pattern_id integer, base_version integer, proposed_by text, impact double precision) IS 'Puts a change into the review queue. kind: sop_edit {sop_id, new_content, reasoning}, sop_new {category, section, new_content, reasoning}; knowledge_entry, knowledge_correction or routing_hint {category, topic, sop_id?, entries: [{question, answer}], reasoning}. failed_response_ids: the evidence. proposed_by: the analyst''s name, taken from the worker only. base_version: the SOP version it was drafted against. A twin of a waiting or rejected proposal is not added: that one is returned, with the evidence added.
Errors: CO005 incomplete, CO106 changes nothing, CO403 not staff, CO404 no such SOP.';

--
-- Name: push_public_key(); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.push_public_key() RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  perform app_hidden.require_role('agent');
  return (select k.public_key from app_secret.vapid_keys k);
end
$$;

--
-- Name: FUNCTION push_public_key(); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.push_public_key() IS 'The applicationServerKey that browsers subscribe for, base64url; null until a server has started. Errors: CO403 not an agent.';

--
-- Name: record_response(text, text, text, text, jsonb, uuid, text, text, text, double precision, text, text, integer, double precision, integer, integer, numeric); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.record_response(question text, text text, outcome text, model text, sources jsonb DEFAULT '[]'::jsonb, conversation uuid DEFAULT NULL::uuid, site text DEFAULT NULL::text, category text DEFAULT NULL::text, requested_category text DEFAULT NULL::text, confidence double precision DEFAULT NULL::double precision, reason text DEFAULT NULL::text, router_model text DEFAULT NULL::text, prompt_version_id integer DEFAULT NULL::integer, latency_ms double precision DEFAULT NULL::double precision, tokens_in integer DEFAULT NULL::integer, tokens_out integer DEFAULT NULL::integer, cost numeric DEFAULT NULL::numeric) RETURNS app_public.responses
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_ticket app_public.tickets;
  v_response app_public.responses;
  v_outcome text := record_response.outcome;
  v_reason text := record_response.reason;
  v_opened boolean := false;
begin
  perform app_hidden.require_role('worker');
  if conversation is not null then
    v_ticket := app_hidden.find_conversation(conversation);
    -- Decided here, under the conversation's lock: a person who took over meanwhile silences this answer too.
    if app_hidden.assistant_is_silent(v_ticket) or v_ticket.status = 'resolved' then
      v_outcome := 'withheld';
      v_reason := concat_ws('; ', case v_ticket.status when 'resolved' then v_ticket.resolved_by || ' resolved this meanwhile' else v_ticket.assignee || ' has the conversation' end, v_reason);
    end if;
  end if;
  if v_outcome in ('answered') and not (select s.assistant_enabled from app_public.club_settings s for share) then
    v_outcome := 'paused';
    v_reason := 'the assistant was switched off meanwhile';
  end if;
  if v_ticket.id is null and v_outcome in ('handed_over', 'emergency', 'paused') then
    insert into app_public.tickets (visitor_id, site_id, subject, status) values (app_public.current_visitor_id(), app_hidden.find_site(site), left(question, 120), 'waiting')
    returning * into v_ticket;
    insert into app_public.messages (ticket_id, author_kind, body) values (v_ticket.id, 'customer', question);
    v_opened := true;
  end if;
  insert into app_public.responses (ticket_id, visitor_id, question, question_hash, embedding_model, site_id, requested_category, category, confidence, text,
      outcome, reason, model, router_model, prompt_version_id, latency_ms, tokens_in, tokens_out, cost)
  select v_ticket.id, app_public.current_visitor_id(), question, app_hidden.embedding_hash(question), s.embedding_model, coalesce(app_hidden.find_site(site), v_ticket.site_id),
         requested_category, record_response.category, record_response.confidence, record_response.text, v_outcome, v_reason, record_response.model, record_response.router_model,
         record_response.prompt_version_id, record_response.latency_ms, record_response.tokens_in, record_response.tokens_out, record_response.cost
    from app_public.club_settings s
  returning * into v_response;
  perform app_private.record_sources(v_response.id, record_response.sources);
  if v_ticket.id is not null and v_outcome <> 'withheld' then
    insert into app_public.messages (ticket_id, author_kind, author, body, response_id)
    values (v_ticket.id, 'assistant', record_response.model,
            case when v_outcome = 'paused' and record_response.outcome <> 'paused' then 'A member of our team will answer you here as soon as possible.' else record_response.text end, v_response.id);
    update app_public.tickets t
       set category = coalesce(record_response.category, t.category), updated_at = now(),
           status = case when v_outcome in ('handed_over', 'emergency', 'paused') then 'waiting' when t.status = 'taken' then 'open' else t.status end,
           assignee = case when t.status = 'taken' then null else t.assignee end, silent_until = null,
           priority = case when v_outcome = 'emergency' then 'urgent' else t.priority end,
           summary = case when v_outcome in ('handed_over', 'emergency', 'paused') then app_hidden.ticket_summary(v_response) else t.summary end
     where t.id = v_ticket.id;
  end if;
  if v_outcome = 'emergency' then
    perform pg_notify('clubos_urgent', json_build_object('ticket_id', v_ticket.id, 'opened', v_opened)::text);
    perform app_hidden.notify('urgent_ticket', jsonb_build_object('ticket_id', v_ticket.id, 'response_id', v_response.id), 'urgent_ticket:' || v_response.id);
  end if;
  return v_response;
end
$$;

--
-- Name: FUNCTION record_response(question text, text text, outcome text, model text, sources jsonb, conversation uuid, site text, category text, requested_category text, confidence double precision, reason text, router_model text, prompt_version_id integer, latency_ms double precision, tokens_in integer, tokens_out integer, cost numeric); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.record_response(question text, text text, outcome text, model text, sources jsonb, conversation uuid, site text, category text, requested_category text, confidence double precision, reason text, router_model text, prompt_version_id integer, latency_ms double precision, tokens_in integer, tokens_out integer, cost numeric) IS '@behavior -*
Writes down an answer with its sources, and decides under the conversation''s lock whether it may still be given: it is withheld if a person took over, paused if the assistant was switched off. Opens a ticket for what needs a person, urgent for an emergency. sources: as begin_answer lists them. latency_ms: milliseconds; cost: US dollars.
Errors: CO403 not the server or a worker, CO404 no such conversation or site.';

--
-- Name: reject_improvement(integer, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.reject_improvement(id integer, reason text) RETURNS app_public.improvement_queue
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET "clubos.reason" TO ''
    AS $$
declare
  v_improvement app_public.improvement_queue;
  v_actor text;
begin
  perform app_hidden.require_role('reviewer');
  v_actor := app_hidden.require_actor();
  perform app_hidden.set_reason(app_hidden.require_reason(reject_improvement.reason));
  select * into v_improvement from app_public.improvement_queue q where q.id = reject_improvement.id for no key update;
  if v_improvement.id is null then
    raise exception 'There is no proposal with id %.', reject_improvement.id using errcode = 'CO404';
  elsif v_improvement.status = 'rejected' and v_improvement.rejected_by = v_actor then
    return v_improvement;
  elsif v_improvement.status <> 'pending' then
    raise exception 'Proposal % was % by % already.', v_improvement.id, v_improvement.status, coalesce(v_improvement.approved_by, v_improvement.rejected_by)
      using errcode = 'CO103', hint = 'Reload the queue.';
  end if;
  update app_public.improvement_queue q set status = 'rejected', rejection_reason = app_hidden.current_reason() where q.id = v_improvement.id
  returning * into v_improvement;
  return v_improvement;
end
$$;

--
-- Name: FUNCTION reject_improvement(id integer, reason text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.reject_improvement(id integer, reason text) IS 'Turns a proposal down; its twins do not come back. reason: why, shown to the analyst next time.
Errors: CO001 no actor, CO002 no reason, CO103 decided by somebody else, CO403 not a reviewer, CO404 no such proposal.';

--
-- Name: reopen_improvement(integer, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.reopen_improvement(id integer, reason text) RETURNS app_public.improvement_queue
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET "clubos.reason" TO ''
    AS $$
declare
  v_rejected app_public.improvement_queue;
  v_improvement app_public.improvement_queue;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  perform app_hidden.set_reason(left(format('Reopened proposal %s: %s', reopen_improvement.id, app_hidden.require_reason(reopen_improvement.reason)), 4000));
  perform app_private.take_turns_with_erasure();
  select * into v_rejected from app_public.improvement_queue q where q.id = reopen_improvement.id for no key update;
  if v_rejected.id is null then
    raise exception 'There is no proposal with id %.', reopen_improvement.id using errcode = 'CO404';
  elsif v_rejected.status <> 'rejected' then
    raise exception 'Proposal % is %: there is no rejection to take back.', v_rejected.id, v_rejected.status
      using errcode = 'CO103', detail = jsonb_build_object('status', v_rejected.status, 'by', v_rejected.approved_by)::text,
            hint = case v_rejected.status when 'approved' then 'undo_improvement takes an approval back.' else 'Reload the queue: somebody may have reopened it already.' end;
  elsif v_rejected.suggested_sop_update ? 'erased' or btrim(v_rejected.suggested_sop_update ->> 'new_content') = '' or v_rejected.suggested_sop_update -> 'entries' = '[]' then
    raise exception 'What proposal % said was erased with the customer who had said it.', v_rejected.id using errcode = 'CO110', hint = 'The next analysis drafts from what is left.';
  end if;
  v_improvement := app_private.let_wait_again(v_rejected);
  perform app_private.unsettle_failures(v_rejected);
  return v_improvement;
end
$$;

--
-- Name: FUNCTION reopen_improvement(id integer, reason text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.reopen_improvement(id integer, reason text) IS 'Takes a rejection back: the proposal waits again, as it was. reason: why.
Errors: CO001 no actor, CO002 no reason, CO103 it is not rejected (any more), CO110 its words were erased, CO112 a twin waits, CO403 not a reviewer, CO404 no such proposal.';

--
-- Name: messages; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.messages (
    id bigint NOT NULL,
    ticket_id integer NOT NULL,
    author_kind text NOT NULL,
    author text,
    body text NOT NULL,
    response_id bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT messages_assistant_has_response CHECK (((author_kind <> 'assistant'::text) OR (response_id IS NOT NULL))),
    CONSTRAINT messages_author_kind_is_known CHECK ((author_kind = ANY (ARRAY['customer'::text, 'assistant'::text, 'staff'::text, 'system'::text]))),
    CONSTRAINT messages_body_fits CHECK (((octet_length(body) >= 1) AND (octet_length(body) <= 65536))),
    CONSTRAINT messages_staff_are_named CHECK (((author_kind <> 'staff'::text) OR (author IS NOT NULL)))
);

--
-- Name: TABLE messages; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.messages IS 'What was said in a conversation, and by whom. Append-only.';

--
-- Name: COLUMN messages.author_kind; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.messages.author_kind IS 'customer, assistant, staff or system: written down, never guessed.';

--
-- Name: COLUMN messages.response_id; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.messages.response_id IS 'Of the assistant: its answer. Of staff: the draft that the message was written from, if it was.';

--
-- Name: reply(integer, text, bigint); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.reply(ticket_id integer, body text, response_id bigint DEFAULT NULL::bigint) RETURNS app_public.messages
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_ticket app_public.tickets;
  v_message app_public.messages;
begin
  perform app_hidden.require_role('agent');
  if coalesce(btrim(reply.body), '') = '' then
    raise exception 'An empty message is not sent.' using errcode = 'CO005';
  elsif octet_length(reply.body) > 65536 then
    raise exception 'The message is too long: 64 kB is the most.' using errcode = 'CO006';
  end if;
  v_ticket := app_hidden.find_ticket(reply.ticket_id);
  if reply.response_id is not null
     and not exists (select from app_public.responses r where r.id = reply.response_id and r.ticket_id = v_ticket.id and r.outcome = 'drafted') then
    raise exception 'There is no draft with id % in this conversation.', reply.response_id using errcode = 'CO404', hint = 'draft_reply(ticket_id) makes one; or leave response_id out.';
  end if;
  if v_ticket.status <> 'taken' or not app_hidden.assistant_is_silent(v_ticket) or v_ticket.assignee <> app_hidden.require_actor() then
    v_ticket := app_public.take_over(v_ticket.id); -- who replies has taken over
  end if;
  insert into app_public.messages (ticket_id, author_kind, author, body, response_id)
  values (v_ticket.id, 'staff', app_hidden.require_actor(), reply.body, reply.response_id) returning * into v_message;
  update app_public.tickets t set updated_at = now() where t.id = v_ticket.id;
  return v_message;
end
$$;

--
-- Name: FUNCTION reply(ticket_id integer, body text, response_id bigint); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.reply(ticket_id integer, body text, response_id bigint) IS 'Answers a customer as a person; takes the conversation over first, if need be. response_id: the draft that the message was written from (draft_reply); colleagues see it with its sources.
Errors: CO001 no actor, CO005 empty, CO006 too long, CO104 somebody else has it, CO403 not an agent, CO404 no such ticket or draft.';

--
-- Name: request_analysis(integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.request_analysis(most integer DEFAULT 2000) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  perform app_hidden.require_role('agent');
  perform app_hidden.add_job('failures__analyse', json_build_object('most', least(greatest(coalesce(most, 2000), 1), 100000)), 'failures__analyse:asked');
  return true;
end
$$;

--
-- Name: FUNCTION request_analysis(most integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.request_analysis(most integer) IS 'Asks the worker to analyse failed answers now instead of at the next full hour; asking twice while it waits is asking once. most: at most so many failures. Errors: CO403 not an agent.';

--
-- Name: resolve_ticket(integer, text, text, integer, text, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.resolve_ticket(ticket_id integer, resolution text DEFAULT NULL::text, correction text DEFAULT NULL::text, expected_sop_id integer DEFAULT NULL::integer, expected_category text DEFAULT NULL::text, expected_topic text DEFAULT NULL::text) RETURNS app_public.tickets
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_ticket app_public.tickets;
  v_actor text;
  v_response_id bigint;
begin
  perform app_hidden.require_role('agent');
  v_actor := app_hidden.require_actor();
  select max(r.id) into v_response_id from app_public.responses r where r.ticket_id = resolve_ticket.ticket_id and r.outcome in ('answered', 'handed_over');
  if coalesce(nullif(btrim(correction), ''), expected_sop_id::text, expected_topic) is not null then
    if v_response_id is null then
      raise exception 'Nothing was answered in this conversation that could be corrected.' using errcode = 'CO005', hint = 'Leave out the correction, or write the entry itself.';
    end if;
    -- The response is locked before the ticket, as everywhere.
    perform app_public.mark_unhelpful(v_response_id, (select case r.outcome when 'answered' then 'wrong' else 'incomplete' end from app_public.responses r where r.id = v_response_id),
      correction, expected_sop_id, expected_category, expected_topic);
  end if;
  v_ticket := app_hidden.find_ticket(resolve_ticket.ticket_id);
  if v_ticket.status = 'resolved' then
    return v_ticket;
  end if;
  update app_public.tickets t
     set status = 'resolved', resolution = resolve_ticket.resolution, resolved_by = v_actor, resolved_at = now(), silent_until = null, updated_at = now()
   where t.id = v_ticket.id returning t.* into v_ticket;
  insert into app_public.messages (ticket_id, author_kind, author, body) values (v_ticket.id, 'system', v_actor, v_actor || ' resolved this');
  return v_ticket;
end
$$;

--
-- Name: FUNCTION resolve_ticket(ticket_id integer, resolution text, correction text, expected_sop_id integer, expected_category text, expected_topic text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.resolve_ticket(ticket_id integer, resolution text, correction text, expected_sop_id integer, expected_category text, expected_topic text) IS 'Closes a conversation. correction: what the assistant should have said; with expected_… (what should have answered) it feeds learning.
Errors: CO001 no actor, CO005 nothing to correct, CO403 not an agent, CO404 no such ticket or SOP.';

--
-- Name: response_times_by_day(timestamp with time zone, timestamp with time zone, text, text, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.response_times_by_day(since timestamp with time zone, until timestamp with time zone, category text DEFAULT NULL::text, site text DEFAULT NULL::text, timezone text DEFAULT 'UTC'::text) RETURNS TABLE(day date, answers bigint, p50_ms double precision, p95_ms double precision)
    LANGUAGE sql STABLE
    AS $$
  with period as materialized (
    select * from app_hidden.insight_period(since, until, response_times_by_day.timezone, site)
  ), counted as materialized (
    select t.day, count(*) as answers, percentile_cont(array[0.5, 0.95]) within group (order by t.latency_ms) as ms
      from (select (r.created_at at time zone response_times_by_day.timezone)::date as day, r.latency_ms
              from period p join app_public.responses r on r.created_at >= since and r.created_at < until
             where r.outcome <> 'drafted' and r.latency_ms is not null
               and (response_times_by_day.category is null or r.category = response_times_by_day.category) and (p.site_id is null or r.site_id = p.site_id)) t
     group by t.day
  )
  select d::date, coalesce(c.answers, 0), c.ms[1], c.ms[2]
    from period p cross join lateral generate_series(p.first_day, p.last_day, interval '1 day') d left join counted c on c.day = d::date
   order by 1
$$;

--
-- Name: FUNCTION response_times_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.response_times_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) IS '@insight
Milliseconds from question to answer, by day: the median and what 95 of 100 stay below; null for days without an answer. since is included, until is not; category: where the questions were routed; site: a slug; timezone: whose days.
Errors: CO005 no such period or time zone, CO006 over ten years, CO404 no such site.';

--
-- Name: restore_knowledge(integer, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.restore_knowledge(id integer, reason text) RETURNS app_public.knowledge_base
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET "clubos.reason" TO ''
    AS $$
declare
  v_entry app_public.knowledge_base;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(restore_knowledge.reason));
  v_entry := app_hidden.find_entry(restore_knowledge.id);
  if v_entry.valid_to is null or v_entry.valid_to > now() then
    return v_entry;
  end if;
  update app_public.knowledge_base k set valid_to = null where k.id = v_entry.id returning k.* into v_entry;
  return v_entry;
end
$$;

--
-- Name: FUNCTION restore_knowledge(id integer, reason text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.restore_knowledge(id integer, reason text) IS 'Takes a retired knowledge entry into use again, without end. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO403 not a reviewer, CO404 no such entry.';

--
-- Name: retire_knowledge(integer, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.retire_knowledge(id integer, reason text) RETURNS app_public.knowledge_base
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET "clubos.reason" TO ''
    AS $$
declare
  v_entry app_public.knowledge_base;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(retire_knowledge.reason));
  v_entry := app_hidden.find_entry(retire_knowledge.id);
  if v_entry.valid_to <= now() then
    return v_entry;
  end if;
  -- One that has not begun yet ends as it begins.
  update app_public.knowledge_base k set valid_to = greatest(now(), k.valid_from + interval '1 microsecond') where k.id = v_entry.id returning k.* into v_entry;
  return v_entry;
end
$$;

--
-- Name: FUNCTION retire_knowledge(id integer, reason text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.retire_knowledge(id integer, reason text) IS 'Takes a knowledge entry out of use: it is no longer found from now on, and stays to be read and restored. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO403 not a reviewer, CO404 no such entry.';

--
-- Name: retry_job(bigint, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.retry_job(job_id bigint, reason text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_job app_public.dead_jobs;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.require_reason(retry_job.reason);
  v_job := app_hidden.find_dead_job(retry_job.job_id);
  perform graphile_worker.reschedule_jobs(array[v_job.id], run_at => now(), attempts => 0);
  delete from app_private.dead_job_alerts a where a.job_id = v_job.id;
  insert into app_public.audit_log (table_name, row_id, operation, actor, role, reason, old, new, request_id)
  values ('jobs', v_job.id::text, 'update', app_hidden.require_actor(), app_hidden.acting_role(), app_hidden.require_reason(retry_job.reason),
      to_jsonb(v_job), to_jsonb(v_job) || '{"attempts": 0}', nullif(current_setting('clubos.request_id', true), ''));
  perform pg_notify('jobs:insert', '{"count":1}');
  return true;
end
$$;

--
-- Name: FUNCTION retry_job(job_id bigint, reason text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.retry_job(job_id bigint, reason text) IS 'Runs a dead job again, with all its tries. job_id: from dead_jobs. reason: why it should work now; kept in the audit log.
Errors: CO001 no actor, CO002 no reason, CO403 not an admin, CO404 no such dead job.';

--
-- Name: api_tokens; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.api_tokens (
    id integer NOT NULL,
    user_id integer NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    hint text NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT api_tokens_name_fits CHECK (((length(btrim(name)) >= 1) AND (length(btrim(name)) <= 60))),
    CONSTRAINT api_tokens_role_is_known CHECK ((role = ANY (ARRAY['customer'::text, 'agent'::text, 'reviewer'::text, 'admin'::text, 'auditor'::text])))
);

--
-- Name: TABLE api_tokens; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.api_tokens IS 'Keys of programs: whose, with which role, last used when. The key itself is shown once.';

--
-- Name: COLUMN api_tokens.role; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.api_tokens.role IS 'customer (asks on behalf of visitors) or a staff role: never more than its owner has at that moment.';

--
-- Name: COLUMN api_tokens.hint; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.api_tokens.hint IS 'The first characters of the key, to tell one from another.';

--
-- Name: COLUMN api_tokens.last_used_at; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.api_tokens.last_used_at IS 'To the minute.';

--
-- Name: revoke_api_token(integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.revoke_api_token(api_token_id integer) RETURNS app_public.api_tokens
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_token app_public.api_tokens;
begin
  perform app_hidden.require_role('agent');
  select * into v_token from app_public.api_tokens t where t.id = revoke_api_token.api_token_id for no key update;
  if v_token.id is null or (v_token.user_id is distinct from app_public.current_user_id() and not app_hidden.has_role('admin')) then
    raise exception 'You have no token with id %.', revoke_api_token.api_token_id using errcode = 'CO404';
  end if;
  update app_public.api_tokens t set revoked_at = coalesce(t.revoked_at, now()) where t.id = v_token.id returning * into v_token;
  return v_token;
end
$$;

--
-- Name: FUNCTION revoke_api_token(api_token_id integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.revoke_api_token(api_token_id integer) IS 'Ends an API token at once: one''s own, or as an admin anybody''s. Errors: CO403 not staff, CO404 no such token of yours.';

--
-- Name: sessions; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.sessions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    user_id integer NOT NULL,
    address text,
    user_agent text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT sessions_expire_after_they_begin CHECK ((expires_at > created_at))
);

--
-- Name: TABLE sessions; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.sessions IS 'Logins of staff: from where, until when. Each sees their own; admins and auditors see all.';

--
-- Name: COLUMN sessions.address; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.sessions.address IS 'Network address of the login.';

--
-- Name: COLUMN sessions.last_seen_at; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.sessions.last_seen_at IS 'Last use, to the minute.';

--
-- Name: COLUMN sessions.expires_at; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.sessions.expires_at IS 'End whatever happens; an unused session ends sooner (app_secret.identify_session).';

--
-- Name: revoke_session(uuid); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.revoke_session(session_id uuid) RETURNS app_public.sessions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_session app_public.sessions;
begin
  perform app_hidden.require_role('agent');
  select * into v_session from app_public.sessions s where s.id = revoke_session.session_id for no key update;
  if v_session.id is null or (v_session.user_id is distinct from app_public.current_user_id() and not app_hidden.has_role('admin')) then
    raise exception 'You have no such session.' using errcode = 'CO404';
  end if;
  update app_public.sessions s set revoked_at = coalesce(s.revoked_at, now()) where s.id = v_session.id returning * into v_session;
  return v_session;
end
$$;

--
-- Name: FUNCTION revoke_session(session_id uuid); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.revoke_session(session_id uuid) IS 'Ends a login at once: one''s own, or as an admin anybody''s. Errors: CO403 not staff, CO404 no such session of yours.';

--
-- Name: rollback_sop(integer, integer, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.rollback_sop(sop_id integer, version integer, reason text) RETURNS app_public.sops
    LANGUAGE plpgsql
    SET "clubos.reason" TO ''
    AS $$
declare
  v_sop app_public.sops;
  v_version app_public.sop_versions;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.set_reason(format('Rollback to version %s: %s', rollback_sop.version, app_hidden.require_reason(rollback_sop.reason)));
  v_sop := app_hidden.find_sop(rollback_sop.sop_id, for_update => true);
  select * into v_version from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = rollback_sop.version;
  if v_version.id is null then
    raise exception '%/% has no version %; it has 1 to %.', v_sop.category, v_sop.section, rollback_sop.version, v_sop.version using errcode = 'CO404';
  elsif v_version.content = v_sop.content and v_version.archived = (v_sop.archived_at is not null) then
    return v_sop;
  end if;
  update app_public.sops s set content = v_version.content, archived_at = case when v_version.archived then clock_timestamp() end
   where s.id = v_sop.id returning * into v_sop;
  return v_sop;
end
$$;

--
-- Name: FUNCTION rollback_sop(sop_id integer, version integer, reason text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.rollback_sop(sop_id integer, version integer, reason text) IS 'Makes an earlier version''s text the next version: history grows, nothing is lost. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO403 not a reviewer, CO404 no such SOP or version.';

--
-- Name: save_knowledge(text, text, text, text, text, text, timestamp with time zone, timestamp with time zone, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.save_knowledge(category text, topic text, question text, answer text, reason text DEFAULT NULL::text, site text DEFAULT NULL::text, valid_from timestamp with time zone DEFAULT NULL::timestamp with time zone, valid_to timestamp with time zone DEFAULT NULL::timestamp with time zone, source text DEFAULT 'manual_entry'::text) RETURNS app_public.knowledge_base
    LANGUAGE plpgsql
    SET "clubos.reason" TO ''
    AS $$
declare
  v_entry app_public.knowledge_base;
  v_site_id integer := app_hidden.find_site(site);
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  if coalesce(btrim(save_knowledge.category), '') = '' or coalesce(btrim(save_knowledge.topic), '') = ''
     or coalesce(btrim(save_knowledge.question), '') = '' or coalesce(btrim(save_knowledge.answer), '') = '' then
    raise exception 'An entry needs category, topic, question and answer.' using errcode = 'CO005';
  end if;
  perform app_hidden.set_reason(coalesce(nullif(btrim(save_knowledge.reason), ''), 'Written by hand'));
  insert into app_public.knowledge_base as k (category, topic, question, answer, source, trust, site_id, valid_from, valid_to)
  values (save_knowledge.category, save_knowledge.topic, save_knowledge.question, save_knowledge.answer, save_knowledge.source, 3, v_site_id, save_knowledge.valid_from, save_knowledge.valid_to)
  on conflict on constraint knowledge_base_category_topic_question_key do update
     set answer = excluded.answer, trust = 3, site_id = excluded.site_id, valid_from = excluded.valid_from, valid_to = excluded.valid_to
  returning * into v_entry;
  return v_entry;
end
$$;

--
-- Name: FUNCTION save_knowledge(category text, topic text, question text, answer text, reason text, site text, valid_from timestamp with time zone, valid_to timestamp with time zone, source text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.save_knowledge(category text, topic text, question text, answer text, reason text, site text, valid_from timestamp with time zone, valid_to timestamp with time zone, source text) IS 'Writes a knowledge entry, over one that asks the same. site: slug of the venue where it holds; valid_from, valid_to: when it holds. An entry whose category and topic name an SOP belongs to that SOP.
Errors: CO001 no actor, CO005 incomplete, CO403 not a reviewer, CO404 no such site.';

--
-- Name: push_subscriptions; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.push_subscriptions (
    id integer NOT NULL,
    user_id integer NOT NULL,
    endpoint text NOT NULL,
    p256dh text NOT NULL,
    auth text NOT NULL,
    user_agent text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_ok_at timestamp with time zone,
    CONSTRAINT push_subscriptions_auth_is_a_secret CHECK ((auth ~ '^[A-Za-z0-9_-]{22}$'::text)),
    CONSTRAINT push_subscriptions_endpoint_is_a_url CHECK (((endpoint ~ '^(https://[^\s/@]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)/\S*$'::text) AND (length(endpoint) <= 2000))),
    CONSTRAINT push_subscriptions_p256dh_is_a_point CHECK ((p256dh ~ '^B[A-Za-z0-9_-]{86}$'::text))
);

--
-- Name: TABLE push_subscriptions; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.push_subscriptions IS 'Browsers of staff that are told of urgent conversations by Web Push. One that has unsubscribed is forgotten when its push service says so.';

--
-- Name: COLUMN push_subscriptions.endpoint; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.push_subscriptions.endpoint IS 'Where its push service takes messages for it.';

--
-- Name: COLUMN push_subscriptions.p256dh; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.push_subscriptions.p256dh IS 'The browser''s public key, base64url: messages are encrypted for it (RFC 8291).';

--
-- Name: COLUMN push_subscriptions.auth; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.push_subscriptions.auth IS 'The secret that the browser shares with us, base64url.';

--
-- Name: COLUMN push_subscriptions.last_ok_at; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.push_subscriptions.last_ok_at IS 'When its push service last took a message.';

--
-- Name: save_push_subscription(text, text, text, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.save_push_subscription(endpoint text, p256dh text, auth text, user_agent text DEFAULT NULL::text) RETURNS app_public.push_subscriptions
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $_$
declare
  c_most constant integer := 20;
  v_user_id integer := app_public.current_user_id();
  v_subscription app_public.push_subscriptions;
begin
  perform app_hidden.require_role('agent');
  if v_user_id is null then
    raise exception 'Only a person who is logged in can be told.' using errcode = 'CO403', hint = 'Log in; an API token has no browser.';
  elsif coalesce(save_push_subscription.endpoint, '') !~ '^(https://[^\s/@]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)/\S*$' or length(save_push_subscription.endpoint) > 2000
        or coalesce(rtrim(save_push_subscription.p256dh, '='), '') !~ '^B[A-Za-z0-9_-]{86}$' or coalesce(rtrim(save_push_subscription.auth, '='), '') !~ '^[A-Za-z0-9_-]{22}$' then
    raise exception 'That is no push subscription of a browser.' using errcode = 'CO005', hint = 'Send endpoint, and keys.p256dh and keys.auth of PushSubscription.toJSON(), as they are.';
  end if;
  insert into app_public.push_subscriptions as s (user_id, endpoint, p256dh, auth, user_agent)
  values (v_user_id, save_push_subscription.endpoint, rtrim(save_push_subscription.p256dh, '='), rtrim(save_push_subscription.auth, '='), left(save_push_subscription.user_agent, 500))
  -- A browser that somebody else uses now tells them, and no longer who had it before.
  on conflict on constraint push_subscriptions_endpoint_key do update
     set user_id = excluded.user_id, p256dh = excluded.p256dh, auth = excluded.auth, user_agent = excluded.user_agent
  returning * into v_subscription;
  delete from app_public.push_subscriptions s
   where s.id in (select o.id from app_public.push_subscriptions o where o.user_id = v_user_id order by o.id = v_subscription.id desc, coalesce(o.last_ok_at, o.created_at) desc offset c_most);
  return v_subscription;
end
$_$;

--
-- Name: FUNCTION save_push_subscription(endpoint text, p256dh text, auth text, user_agent text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.save_push_subscription(endpoint text, p256dh text, auth text, user_agent text) IS 'Has this browser told of urgent conversations by Web Push. endpoint, p256dh, auth: as the browser''s PushSubscription gives them, for the applicationServerKey of push_public_key. Repeating it changes nothing; a person has 20 browsers at most, the longest silent go.
Errors: CO005 no such subscription, CO403 not an agent, or not a person.';

--
-- Name: save_sop(text, text, text, text, integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.save_sop(category text, section text, content text, reason text DEFAULT NULL::text, expected_version integer DEFAULT NULL::integer) RETURNS app_public.sops
    LANGUAGE plpgsql
    SET "clubos.reason" TO ''
    AS $$
declare
  v_sop app_public.sops;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  if coalesce(btrim(save_sop.content), '') = '' then
    raise exception 'An SOP needs a text.' using errcode = 'CO005', hint = 'To take an SOP out of use: archive_sop(sop_id, reason).';
  end if;
  if coalesce(btrim(save_sop.category), '') = '' or coalesce(btrim(save_sop.section), '') = '' then
    raise exception 'An SOP needs a category and a section.' using errcode = 'CO005';
  end if;

  if expected_version is null or expected_version = 0 then
    perform app_hidden.set_reason(coalesce(nullif(btrim(save_sop.reason), ''), 'First version'));
    insert into app_public.sops as s (category, section, content) values (save_sop.category, save_sop.section, save_sop.content)
      on conflict on constraint sops_category_section_key do nothing
      returning * into v_sop;
    if v_sop.id is not null then
      return v_sop;
    end if;
  end if;

  select * into v_sop from app_public.sops s where s.category = save_sop.category and s.section = save_sop.section for no key update;
  if v_sop.id is null then
    raise exception 'There is no SOP %/% any more.', save_sop.category, save_sop.section
      using errcode = 'CO404', hint = 'Leave out expected_version to make it anew.';
  elsif expected_version is not null and v_sop.version <> expected_version then
    raise exception '%/% is at version %, not % as you expected: somebody changed it meanwhile.', save_sop.category, save_sop.section, v_sop.version, expected_version
      using errcode = 'CO101', detail = jsonb_build_object('sop_id', v_sop.id, 'version', v_sop.version)::text,
            hint = 'Look at sop_diff(sop_id, your version, current version), then save again with the current version.';
  elsif v_sop.content = save_sop.content and v_sop.archived_at is null then
    return v_sop; -- saved already: repeating a call is harmless
  end if;
  perform app_hidden.set_reason(app_hidden.require_reason(save_sop.reason));
  update app_public.sops s set content = save_sop.content, archived_at = null where s.id = v_sop.id returning * into v_sop;
  return v_sop;
end
$$;

--
-- Name: FUNCTION save_sop(category text, section text, content text, reason text, expected_version integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.save_sop(category text, section text, content text, reason text, expected_version integer) IS 'Writes an SOP as its next version, or makes it. reason: why, needed from the second version on. expected_version: the version you edited; saving over another is refused. 0 expects that the SOP does not exist yet.
Errors: CO001 no actor, CO002 no reason, CO005 empty, CO101 changed meanwhile, CO403 not a reviewer, CO404 gone.';

--
-- Name: search_as_of(text, public.vector, timestamp with time zone, text, text, integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.search_as_of(query text, query_embedding public.vector, at timestamp with time zone, category text DEFAULT NULL::text, site text DEFAULT NULL::text, first integer DEFAULT 10) RETURNS SETOF app_public.search_result
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET jit TO 'off'
    AS $$
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
    select t.target, t.sop_id, t.a, t.b, greatest(t.w, p.words) as w, greatest(t.c, p.cosine) as c, (coalesce(p.s, t.m) + t.m) / 2 as score,
           row_number() over (order by (coalesce(p.s, t.m) + t.m) / 2 desc, t.target)::integer as place
      from (select g.*, e.a, case when g.b is not null and e.a is not null then (g.b + greatest(e.a, g.b)) / 2 else coalesce(g.b, e.a) end as m
              from (select u.target, max(u.sop_id) as sop_id, max(u.s) filter (where u.kind = 'section') as b, max(u.words) as w, max(u.cosine) as c
                      from units u join best b on b.target = u.target group by u.target) g
              left join entries e on e.target = g.target) t
      left join profiles p on p.target = t.target
     where t.m is not null
  )
  select f.place, case when q.own_answer then 'knowledge' else 'sop' end, f.sop_id, s.sop_version_id, v.version, case when q.leads or q.own_answer then n.knowledge_id end,
         coalesce(v.category, n.category)::text, coalesce(v.section, n.topic)::text, coalesce(s.title, n.title), case when not q.own_answer then s.heading end,
         case when q.own_answer then n.body else s.body end, case when q.leads then n.matched end, case when q.leads then n.trust else 3::smallint end, f.score, f.w, f.c,
         case when f.place = 1 then app_hidden.confidence(f.c, (select sum(exp((x.score - f.score) / 0.2)) from found x where x.place <= 20),
           f.target = (select u.target from units u where u.kind <> 'profile' order by u.words desc limit 1) and f.target = (select u.target from units u where u.kind <> 'profile' order by u.cosine desc limit 1)) end
    from found f
    left join lateral (select * from units u where u.target = f.target and u.kind in ('phrase', 'knowledge') order by u.s desc, u.knowledge_id limit 1) n on true
    left join lateral (
      select * from units u where u.target = f.target and u.kind = 'section'
       order by (coalesce(u.heading, '') ~* 'when to use|purpose|scope|^category'), u.s + case when u.heading ~* 'step|procedure|what to (do|say)|answer' then 0.5 else 0 end desc, u.ordinal limit 1) s on true
   cross join lateral (select f.sop_id is null or coalesce(f.a > f.b, false) as leads) l
   cross join lateral (select l.leads, s.target is null or (l.leads and n.kind = 'knowledge' and n.trust = 3) as own_answer) q
    left join app_public.sop_versions v on v.id = s.sop_version_id
   where f.place <= least(greatest(coalesce(search_as_of.first, 10), 1), 100)
   order by f.place;
end
$$;

--
-- Name: FUNCTION search_as_of(query text, query_embedding public.vector, at timestamp with time zone, category text, site text, first integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.search_as_of(query text, query_embedding public.vector, at timestamp with time zone, category text, site text, first integer) IS 'What search_knowledge would have found at a time, over the SOP versions then in force and the knowledge entries as they were.
Exact: which SOPs and which of their versions, their texts, phrases and sections; which entries there were and when they held; vectors, where the cache still has those of the old texts (else words alone speak for them). Not exact: how rare a word is counts as it is today, by today''s embedding model; the profile of an SOP that has not changed holds questions learned since; of learned entries that were changed or removed since the log keeps hashes alone, so they are left out; erased texts are gone; unknown words are not corrected by spelling.
query: 20,000 characters are read. query_embedding: its vector (1536 dimensions), null for words alone. at: when. category, site (slug): only what held there. first: at most so many (1 to 100).
Errors: CO005 no time, wrong dimensions, CO404 no such site.';

--
-- Name: search_knowledge(text, public.vector, text, text, integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.search_knowledge(query text, query_embedding public.vector DEFAULT NULL::public.vector, category text DEFAULT NULL::text, site text DEFAULT NULL::text, first integer DEFAULT 10) RETURNS SETOF app_public.search_result
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET jit TO 'off'
    AS $$
declare
  v_site_id integer := app_hidden.find_site(search_knowledge.site);
  v_first integer := least(greatest(coalesce(first, 10), 1), 100);
  v_query text := coalesce(left(search_knowledge.query, 20000), '');
  v_words record;
  v_spelling text;
  v_model text;
begin
  if query_embedding is not null and vector_dims(query_embedding) <> 1536 then
    raise exception 'The question''s vector has % dimensions; 1536 are needed.', vector_dims(query_embedding) using errcode = 'CO005', hint = 'Pad a shorter one with zeros.';
  end if;
  select s.embedding_model into v_model from app_public.club_settings s;
  select * into v_words from app_private.question_words(v_query);
  if v_words.candidates is null or query_embedding is null then
    v_spelling := app_private.correct_spelling(v_query);
    if v_spelling is not null then
      v_query := v_spelling;
      select * into v_words from app_private.question_words(v_query);
    end if;
  end if;
  return query
    with found as materialized (
      select t.*, row_number() over (order by t.score desc, t.target)::integer as place
        from app_private.search_targets(v_query, query_embedding, search_knowledge.category, v_site_id) t
    )
    select f.place, case when q.own_answer then 'knowledge' else 'sop' end, f.sop_id, p.sop_version_id, v.version,
           case when f.entry_leads or q.own_answer then u.knowledge_id end, coalesce(s.category, f.category)::text, coalesce(s.section, f.topic)::text,
           coalesce(p.title, u.title), case when not q.own_answer then b.heading end, case when q.own_answer then u.body else b.body end,
           case when f.entry_leads then u.embedding_text end, case when f.entry_leads then u.trust else 3::smallint end, f.score, f.words, f.cosine,
           case when f.place = 1 then app_hidden.confidence(f.cosine, (select sum(exp((x.score - f.score) / 0.2)) from found x where x.place <= 20), f.agreed) end
      from found f
      left join app_private.search_units u on u.id = f.entry_id
      -- A learned question leads to its SOP as that is now; what staff wrote or approved speaks for itself.
     cross join lateral (select f.sop_id is null or (f.entry_leads and u.kind = 'knowledge' and u.trust = 3) as own_answer) q
      left join app_public.sops s on s.id = f.sop_id
      left join app_private.search_units p on p.target = f.target and p.kind = 'profile' and p.sop_id is not null
      left join lateral app_private.best_section(f.sop_id, v_words.impacts, v_words.total_idf, query_embedding, v_model) b on not q.own_answer
      left join app_public.sop_versions v on v.id = p.sop_version_id
     where f.place <= v_first
     order by f.place;
end
$$;

--
-- Name: FUNCTION search_knowledge(query text, query_embedding public.vector, category text, site text, first integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.search_knowledge(query text, query_embedding public.vector, category text, site text, first integer) IS 'Hybrid retrieval over SOPs and knowledge: the one door to knowledge for answers, dry runs and tests alike.
query: the question, 20,000 characters are read. query_embedding: its vector (1536 dimensions, length one) by club_settings.embedding_model; without it words alone decide, unknown ones by spelling. category, site (slug): only what holds there. first: at most so many results (1 to 100).
Errors: CO005 wrong dimensions, CO404 no such site.';

--
-- Name: club_settings; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.club_settings (
    id boolean DEFAULT true NOT NULL,
    assistant_enabled boolean DEFAULT true NOT NULL,
    confidence_threshold double precision DEFAULT 0.25 NOT NULL,
    takeover_minutes integer DEFAULT 240 NOT NULL,
    helpful_votes_to_confirm integer DEFAULT 3 NOT NULL,
    embedding_model text DEFAULT 'local-use-lite'::text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT club_settings_has_one_row CHECK (id),
    CONSTRAINT club_settings_takeover_is_positive CHECK ((takeover_minutes > 0)),
    CONSTRAINT club_settings_threshold_is_a_probability CHECK (((confidence_threshold >= (0)::double precision) AND (confidence_threshold <= (1)::double precision))),
    CONSTRAINT club_settings_votes_is_positive CHECK ((helpful_votes_to_confirm > 0))
);

--
-- Name: TABLE club_settings; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.club_settings IS 'One row: what the whole club is set to, the kill switch among it.';

--
-- Name: COLUMN club_settings.assistant_enabled; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.club_settings.assistant_enabled IS 'The kill switch: false stops all automatic answers.';

--
-- Name: COLUMN club_settings.confidence_threshold; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.club_settings.confidence_threshold IS 'Probability (0 to 1) that the first source is right, below which the assistant hands over.';

--
-- Name: COLUMN club_settings.takeover_minutes; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.club_settings.takeover_minutes IS 'Minutes of silence of the assistant after a person took a conversation over, unless handed back.';

--
-- Name: COLUMN club_settings.helpful_votes_to_confirm; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.club_settings.helpful_votes_to_confirm IS 'Distinct customers who must find a learned answer helpful before it ranks as confirmed.';

--
-- Name: COLUMN club_settings.embedding_model; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.club_settings.embedding_model IS 'The model whose vectors are searched; vectors of two models are never compared.';

--
-- Name: set_assistant_enabled(boolean, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.set_assistant_enabled(enabled boolean, reason text) RETURNS app_public.club_settings
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET "clubos.reason" TO ''
    AS $$
declare
  v_settings app_public.club_settings;
begin
  perform app_hidden.require_role('agent');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(set_assistant_enabled.reason));
  update app_public.club_settings s set assistant_enabled = enabled, updated_at = now() returning * into v_settings;
  -- Every open page shows it at once. No ticket has the id 0.
  perform pg_notify('clubos_tickets', json_build_object('id', 0, 'event', 'assistant')::text);
  return v_settings;
end
$$;

--
-- Name: FUNCTION set_assistant_enabled(enabled boolean, reason text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.set_assistant_enabled(enabled boolean, reason text) IS 'The kill switch: false stops all automatic answers at once; every question then waits for a person. Whoever is on duty may pull it.
Errors: CO001 no actor, CO002 no reason, CO403 not an agent.';

--
-- Name: retention_rules; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.retention_rules (
    kind text NOT NULL,
    keep interval NOT NULL,
    description text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT retention_rules_keep_a_day_at_least CHECK ((keep >= '1 day'::interval)),
    CONSTRAINT retention_rules_kind_is_a_name CHECK ((kind ~ '^[a-z][a-z_]*$'::text))
);

--
-- Name: TABLE retention_rules; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.retention_rules IS 'How long each kind of data is kept. The daily job calls app_private.retain__<kind>(before) for each.';

--
-- Name: COLUMN retention_rules.keep; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.retention_rules.keep IS 'From the last change of a row; one day at least. Changed by set_retention, with a reason.';

--
-- Name: set_retention(text, interval, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.set_retention(kind text, keep interval, reason text) RETURNS app_public.retention_rules
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET "clubos.reason" TO ''
    AS $$
declare
  v_rule app_public.retention_rules;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(set_retention.reason));
  if set_retention.keep is null or set_retention.keep < interval '1 day' then
    raise exception 'Data is kept for one day at least.' using errcode = 'CO005', hint = 'Such as ''90 days''.';
  end if;
  update app_public.retention_rules r set keep = set_retention.keep where r.kind = set_retention.kind returning * into v_rule;
  if v_rule.kind is null then
    raise exception 'There is no retention rule for "%".', set_retention.kind
      using errcode = 'CO404', hint = 'Kinds: ' || (select string_agg(r.kind, ', ' order by r.kind) from app_public.retention_rules r);
  end if;
  return v_rule;
end
$$;

--
-- Name: FUNCTION set_retention(kind text, keep interval, reason text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.set_retention(kind text, keep interval, reason text) IS 'Changes for how long a kind of data is kept. keep: one day at least; the next daily run goes by it.
Errors: CO001 no actor, CO002 no reason, CO005 less than a day, CO403 not an admin, CO404 no such kind.';

--
-- Name: sop_versions; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.sop_versions (
    id integer NOT NULL,
    sop_id integer NOT NULL,
    version integer NOT NULL,
    content text NOT NULL,
    diff_summary text,
    changed_by character varying(100) NOT NULL,
    change_reason text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    previous_version_id integer,
    improvement_id integer,
    category character varying(100) NOT NULL,
    section character varying(200) NOT NULL,
    archived boolean DEFAULT false NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sop_versions_first_has_no_previous CHECK (((version = 1) = (previous_version_id IS NULL))),
    CONSTRAINT sop_versions_reason_is_given CHECK ((btrim(change_reason) <> ''::text))
);

--
-- Name: TABLE sop_versions; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.sop_versions IS 'Every version of every SOP: what, who, when and why. Append-only.';

--
-- Name: COLUMN sop_versions.diff_summary; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.sop_versions.diff_summary IS 'Lines added and removed, and the headings they stand under.';

--
-- Name: COLUMN sop_versions.created_at; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.sop_versions.created_at IS 'When the version took effect; for an imported history, when its author wrote it.';

--
-- Name: COLUMN sop_versions.improvement_id; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.sop_versions.improvement_id IS 'The approved proposal that made this version.';

--
-- Name: COLUMN sop_versions.archived; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.sop_versions.archived IS 'The SOP was out of use in this version.';

--
-- Name: COLUMN sop_versions.recorded_at; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.sop_versions.recorded_at IS 'When this row was written.';

--
-- Name: sop_as_of(text, text, timestamp with time zone); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.sop_as_of(category text, section text, at timestamp with time zone) RETURNS app_public.sop_versions
    LANGUAGE sql STABLE
    AS $$
  select v.*
    from app_public.sop_versions v
   where v.category = sop_as_of.category and v.section = sop_as_of.section and v.created_at <= sop_as_of.at and not v.archived
     -- The name may have passed on since: what counts is what its SOP was at that time.
     and not exists (select from app_public.sop_versions n where n.sop_id = v.sop_id and n.version > v.version and n.created_at <= sop_as_of.at)
   order by v.created_at desc, v.id desc
   limit 1
$$;

--
-- Name: FUNCTION sop_as_of(category text, section text, at timestamp with time zone); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.sop_as_of(category text, section text, at timestamp with time zone) IS 'The version of an SOP that was in force at a time; none where it did not exist or was archived then.';

--
-- Name: sop_blame(integer, integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.sop_blame(sop_id integer, version integer DEFAULT NULL::integer) RETURNS SETOF app_public.blamed_line
    LANGUAGE plpgsql STABLE
    AS $_$
declare
  v_version app_public.sop_versions;
  v_lines text[];
  v_before text[];
  v_from integer[]; -- for each line of v_lines the version that wrote it
  v_next integer[];
  v_edit record;
  v_at integer;
begin
  for v_version in
    select * from app_public.sop_versions v where v.sop_id = sop_blame.sop_id and v.version <= coalesce(sop_blame.version, 2147483647) order by v.version
  loop
    -- Whether the last line ends with a newline is nobody's doing.
    v_lines := string_to_array(regexp_replace(v_version.content, '\n$', ''), E'\n');
    if v_version.version = 1 then
      v_from := array_fill(1, array[cardinality(v_lines)]);
    elsif v_lines <> v_before then
      v_next := '{}';
      v_at := 1;
      for v_edit in select * from app_hidden.line_edits(v_before, v_lines) loop
        v_next := v_next || v_from[v_at:v_edit.a_from - 1] || array_fill(v_version.version, array[greatest(v_edit.b_to - v_edit.b_from + 1, 0)]);
        v_at := v_edit.a_to + 1;
      end loop;
      v_from := v_next || v_from[v_at:];
    end if;
    v_before := v_lines;
  end loop;
  if v_version.id is null or v_version.version <> sop_blame.version then
    raise exception 'SOP % has no version %.', sop_blame.sop_id, coalesce(sop_blame.version, 1) using errcode = 'CO404';
  end if;
  return query
    select t.line::integer, t.text, v.version, v.changed_by::text, v.created_at, v.change_reason, v.improvement_id
      from unnest(v_lines, v_from) with ordinality t(text, version, line)
      join app_public.sop_versions v on v.sop_id = sop_blame.sop_id and v.version = t.version
     order by t.line;
end
$_$;

--
-- Name: FUNCTION sop_blame(sop_id integer, version integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.sop_blame(sop_id integer, version integer) IS 'Each line of an SOP with the version that last wrote it: who, when, why, by which proposal. version: the newest unless given. Over GraphQL a page has 100 lines unless `first` says otherwise (1,000 at most).
Errors: CO404 no such SOP or version.';

--
-- Name: sop_diff(integer, integer, integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.sop_diff(sop_id integer, "from" integer, "to" integer) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
declare
  v_from app_public.sop_versions;
  v_to app_public.sop_versions;
begin
  select * into v_from from app_public.sop_versions v where v.sop_id = sop_diff.sop_id and v.version = "from";
  select * into v_to from app_public.sop_versions v where v.sop_id = sop_diff.sop_id and v.version = "to";
  if v_from.id is null or v_to.id is null then
    raise exception 'SOP % has no version %.', sop_diff.sop_id, case when v_from.id is null then "from" else "to" end using errcode = 'CO404';
  end if;
  return app_hidden.unified_diff(v_from.content, v_to.content,
    format('%s/%s.md version %s', v_from.category, v_from.section, v_from.version),
    format('%s/%s.md version %s', v_to.category, v_to.section, v_to.version));
end
$$;

--
-- Name: FUNCTION sop_diff(sop_id integer, "from" integer, "to" integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.sop_diff(sop_id integer, "from" integer, "to" integer) IS 'A unified line diff between two versions of an SOP; empty where their texts are equal. Errors: CO404 no such version.';

--
-- Name: sop_questions(integer, integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.sop_questions(sop_id integer, first integer DEFAULT 50) RETURNS TABLE(question text, times integer, helpful integer, unhelpful integer, failed integer, last_asked_at timestamp with time zone, last_response_id bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET jit TO 'off'
    AS $$
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('agent');
  end if;
  return query
    with asked as (
      select r.id as response_id, r.question, r.feedback, f.id as failure_id, r.created_at
        from (select s.response_id from app_public.response_sources s where s.sop_id = sop_questions.sop_id and s.cited
              union
              select e.response_id from app_public.failed_responses e where e.expected_sop_id = sop_questions.sop_id and e.withdrawn_at is null) a
        join app_public.responses r on r.id = a.response_id
        left join app_public.failed_responses f on f.response_id = r.id and f.withdrawn_at is null
       where r.erased_at is null and r.outcome <> 'drafted'
      union all
      -- Failures that came without an answer, such as imported ones.
      select null, f.query, null, f.id, f.created_at from app_public.failed_responses f
       where f.expected_sop_id = sop_questions.sop_id and f.response_id is null and f.withdrawn_at is null and f.erased_at is null
    ), grouped as (
      select (array_agg(a.question order by a.created_at desc, a.response_id desc nulls last))[1] as latest, count(*)::integer as times, count(*) filter (where a.feedback = 'helpful')::integer as helpful,
             count(*) filter (where a.feedback = 'unhelpful')::integer as unhelpful, count(a.failure_id)::integer as failed, max(a.created_at) as last_at, max(a.response_id) as last_id
        from asked a group by md5(lower(btrim(regexp_replace(a.question, '\s+', ' ', 'g'))))
       order by 5 desc, 2 desc, 6 desc limit least(greatest(coalesce(first, 50), 0), 1000)
    )
    select app_hidden.learnable_question(g.latest), g.times, g.helpful, g.unhelpful, g.failed, g.last_at, g.last_id from grouped g
     order by g.failed desc, g.times desc, g.last_at desc;
end
$$;

--
-- Name: FUNCTION sop_questions(sop_id integer, first integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.sop_questions(sop_id integer, first integer) IS '@firstArgument most
The questions that an SOP answered, or failed on (its answer failed, or it should have answered): equal ones together (whatever their case and spaces), those that failed most first; masked, 500 characters each. first (over GraphQL `most`, since a page has a first of its own): at most so many (50; 1,000 at most). times: how often it was asked; failed: failures that were filed.
Errors: CO403 not staff.';

--
-- Name: start_conversation(text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.start_conversation(site text DEFAULT NULL::text) RETURNS app_public.tickets
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_ticket app_public.tickets;
begin
  insert into app_public.tickets (visitor_id, site_id) values (app_public.current_visitor_id(), app_hidden.find_site(start_conversation.site))
  returning * into v_ticket;
  return app_hidden.granted_columns(v_ticket);
end
$$;

--
-- Name: FUNCTION start_conversation(site text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.start_conversation(site text) IS 'Begins a conversation; give its `conversation` to ask. site: slug of the venue. Errors: CO404 no such site.';

--
-- Name: system_health(); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.system_health(OUT postgres_version text, OUT pgvector_version text, OUT database_bytes bigint, OUT workers integer, OUT worker_last_seen timestamp with time zone, OUT jobs_waiting bigint, OUT jobs_running bigint, OUT oldest_waiting_seconds double precision, OUT dead_jobs bigint, OUT search_units bigint, OUT search_units_without_vectors bigint, OUT pending_proposals bigint, OUT oldest_pending_days double precision, OUT urgent_tickets_waiting bigint, OUT notifications_unsent bigint, OUT notifications_failed bigint, OUT assistant_enabled boolean, OUT embedding_model text, OUT audit_rows bigint, OUT audit_head_day date, OUT audit_head_position bigint, OUT audit_head_hash text) RETURNS record
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('agent');
  end if;
  postgres_version := current_setting('server_version');
  select e.extversion into pgvector_version from pg_catalog.pg_extension e where e.extname = 'vector';
  database_bytes := pg_database_size(current_database());
  -- As long as others take one for living that is silent (app_private.beat).
  select count(*) filter (where h.seen_at > now() - interval '60 seconds'), max(h.seen_at) into workers, worker_last_seen from app_private.worker_heartbeats h;
  select count(*) filter (where j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= now()), count(*) filter (where j.locked_at is not null),
         extract(epoch from now() - min(j.run_at) filter (where j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= now())),
         count(*) filter (where j.locked_at is null and j.attempts >= j.max_attempts)
    into jobs_waiting, jobs_running, oldest_waiting_seconds, dead_jobs from graphile_worker._private_jobs j;
  select count(*), count(*) filter (where u.embedding_model is null and u.kind <> 'profile') into search_units, search_units_without_vectors from app_private.search_units u;
  select count(*), extract(epoch from now() - min(q.created_at)) / 86400 into pending_proposals, oldest_pending_days from app_public.improvement_queue q where q.status = 'pending';
  select count(*) into urgent_tickets_waiting from app_public.tickets t where t.status = 'waiting' and t.priority = 'urgent';
  select count(*) filter (where n.status in ('queued', 'sending')), count(*) filter (where n.status = 'failed') into notifications_unsent, notifications_failed from app_public.notifications n;
  select s.assistant_enabled, s.embedding_model into assistant_enabled, embedding_model from app_public.club_settings s;
  -- Every row has its place in the chain, so that its end is their number.
  select h.chain_position into audit_rows from app_private.audit_head h;
  select h.day, h.chain_position, encode(h.hash, 'hex') into audit_head_day, audit_head_position, audit_head_hash from app_public.audit_heads h order by h.day desc limit 1;
end
$$;

--
-- Name: FUNCTION system_health(OUT postgres_version text, OUT pgvector_version text, OUT database_bytes bigint, OUT workers integer, OUT worker_last_seen timestamp with time zone, OUT jobs_waiting bigint, OUT jobs_running bigint, OUT oldest_waiting_seconds double precision, OUT dead_jobs bigint, OUT search_units bigint, OUT search_units_without_vectors bigint, OUT pending_proposals bigint, OUT oldest_pending_days double precision, OUT urgent_tickets_waiting bigint, OUT notifications_unsent bigint, OUT notifications_failed bigint, OUT assistant_enabled boolean, OUT embedding_model text, OUT audit_rows bigint, OUT audit_head_day date, OUT audit_head_position bigint, OUT audit_head_hash text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.system_health(OUT postgres_version text, OUT pgvector_version text, OUT database_bytes bigint, OUT workers integer, OUT worker_last_seen timestamp with time zone, OUT jobs_waiting bigint, OUT jobs_running bigint, OUT oldest_waiting_seconds double precision, OUT dead_jobs bigint, OUT search_units bigint, OUT search_units_without_vectors bigint, OUT pending_proposals bigint, OUT oldest_pending_days double precision, OUT urgent_tickets_waiting bigint, OUT notifications_unsent bigint, OUT notifications_failed bigint, OUT assistant_enabled boolean, OUT embedding_model text, OUT audit_rows bigint, OUT audit_head_day date, OUT audit_head_position bigint, OUT audit_head_hash text) IS 'How the system is, in numbers: versions; bytes of the database; workers that live, and when one was last seen; jobs that are due, run, wait longest (seconds) or died; search units without a vector yet; proposals that wait, and the oldest for how many days; urgent conversations that wait for a person; notifications not sent yet, and those that failed; rows of the audit log, and its head as it was last kept (POSITION:HASH for verify_audit_log).
Errors: CO403 neither staff nor auditor.';

--
-- Name: take_over(integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.take_over(ticket_id integer) RETURNS app_public.tickets
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_ticket app_public.tickets;
  v_actor text;
begin
  perform app_hidden.require_role('agent');
  v_actor := app_hidden.require_actor();
  v_ticket := app_hidden.find_ticket(take_over.ticket_id);
  if app_hidden.assistant_is_silent(v_ticket) and v_ticket.assignee <> v_actor then
    raise exception '% has this conversation already.', v_ticket.assignee
      using errcode = 'CO104', detail = jsonb_build_object('assignee', v_ticket.assignee)::text, hint = 'Ask them to hand it back.';
  end if;
  update app_public.tickets t
     set status = 'taken', assignee = v_actor, resolution = null, resolved_at = null, resolved_by = null, updated_at = now(),
         silent_until = clock_timestamp() + make_interval(mins => s.takeover_minutes)
    from app_public.club_settings s
   where t.id = v_ticket.id returning t.* into v_ticket;
  insert into app_public.messages (ticket_id, author_kind, author, body) values (v_ticket.id, 'system', v_actor, v_actor || ' took over');
  return v_ticket;
end
$$;

--
-- Name: FUNCTION take_over(ticket_id integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.take_over(ticket_id integer) IS 'Takes a conversation over: from now on the assistant is silent in it, also with an answer that is on its way, until hand_back or club_settings.takeover_minutes pass.
Errors: CO001 no actor, CO104 somebody else has it, CO403 not an agent, CO404 no such ticket.';

--
-- Name: top_patterns(timestamp with time zone, timestamp with time zone, text, text, integer); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.top_patterns(since timestamp with time zone, until timestamp with time zone, category text DEFAULT NULL::text, site text DEFAULT NULL::text, first integer DEFAULT 1000) RETURNS TABLE(pattern_id integer, label text, category text, size integer, status text, sop_id integer, first_seen timestamp with time zone, last_seen timestamp with time zone, in_period bigint)
    LANGUAGE sql STABLE
    AS $$
  select t.id, t.label, t.category::text, t.size, t.status, t.sop_id, t.first_seen, t.last_seen, c.in_period
    from (select f.pattern_id, count(*) as in_period
            from app_hidden.insight_period(since, until, 'UTC', site) p
            join app_public.failed_responses f on f.created_at >= since and f.created_at < until
           where f.withdrawn_at is null and f.pattern_id is not null and (p.site_id is null or f.site_id = p.site_id)
           group by f.pattern_id) c
    join app_public.failure_patterns t on t.id = c.pattern_id
   where top_patterns.category is null or t.category = top_patterns.category
   order by c.in_period desc, t.size desc, t.id
   limit least(greatest(top_patterns.first, 1), 1000)
$$;

--
-- Name: FUNCTION top_patterns(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.top_patterns(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer) IS '@insight
What failed most in a period: patterns of failures that mean the same thing, by how many fell into the period (in_period). since is included, until is not; category: the pattern''s; site: a slug; first: at most so many (1 to 1000).
Errors: CO005 no such period, CO006 over ten years, CO404 no such site.';

--
-- Name: undo_improvement(integer, text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.undo_improvement(id integer, reason text) RETURNS app_public.improvement_queue
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    SET "clubos.reason" TO ''
    AS $_$
declare
  v_approved app_public.improvement_queue;
  v_improvement app_public.improvement_queue;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  perform app_hidden.set_reason(left(format('Undo of proposal %s: %s', undo_improvement.id, app_hidden.require_reason(undo_improvement.reason)), 4000));
  -- It brings back what the approval wrote over, which may be a customer's words.
  perform app_private.take_turns_with_erasure();
  select * into v_approved from app_public.improvement_queue q where q.id = undo_improvement.id for no key update;
  if v_approved.id is null then
    raise exception 'There is no proposal with id %.', undo_improvement.id using errcode = 'CO404';
  elsif v_approved.status <> 'approved' then
    raise exception 'Proposal % is %: there is no approval to take back.', v_approved.id, v_approved.status
      using errcode = 'CO103', detail = jsonb_build_object('status', v_approved.status, 'by', v_approved.rejected_by)::text,
            hint = case v_approved.status when 'rejected' then 'reopen_improvement takes a rejection back.' else 'Reload the queue: somebody may have taken it back already.' end;
  end if;
  execute format('select * from app_private.%I($1)', 'undo_improvement__' || v_approved.kind) into v_improvement using v_approved;
  v_improvement := app_private.let_wait_again(v_improvement);
  perform app_private.unsettle_failures(v_approved);
  return v_improvement;
end
$_$;

--
-- Name: FUNCTION undo_improvement(id integer, reason text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.undo_improvement(id integer, reason text) IS 'Takes an approval back, in one transaction: the SOP gets the text before as its next version (a new SOP is archived), knowledge entries are what they were, failures are open again, and the proposal waits again, as it was published. reason: why.
Errors: CO001 no actor, CO002 no reason, CO103 it is not approved (any more), CO112 later work builds on it, or a twin waits, CO403 not a reviewer, CO404 no such proposal.';

--
-- Name: users_status(app_public.users); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.users_status(person app_public.users) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select case when not person.is_active then 'deactivated' when exists (select from app_secret.passwords p where p.user_id = person.id) then 'active' else 'invited' end
$$;

--
-- Name: FUNCTION users_status(person app_public.users); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.users_status(person app_public.users) IS 'active, invited (no password chosen yet) or deactivated.';

--
-- Name: verify_audit_log(text); Type: FUNCTION; Schema: app_public; Owner: -
--

CREATE FUNCTION app_public.verify_audit_log(head text DEFAULT NULL::text) RETURNS TABLE(chain_position bigint, audit_id bigint, problem text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $_$
declare
  v_row app_public.audit_log;
  v_position bigint := 0;
  v_hash bytea := '\x';
  v_head app_private.audit_head;
begin
  if not (app_hidden.has_role('admin') or app_hidden.has_role('auditor')) then
    perform app_hidden.require_role('auditor');
  end if;
  if head is not null and head !~ '^\d{1,18}:([0-9a-f]{64})?$' then
    raise exception 'A head is POSITION:HASH, the hash in 64 hexadecimal digits, not %.', quote_literal(left(head, 100))
      using errcode = 'CO005', hint = 'The log and the backup have one for each day; so does audit_heads.';
  end if;
  for v_row in select * from app_public.audit_log a where a.chain_position is not null order by a.chain_position loop
    v_position := v_position + 1;
    chain_position := v_row.chain_position;
    audit_id := v_row.id;
    problem := case
      when v_row.chain_position <> v_position then format('rows %s to %s are missing', v_position, v_row.chain_position - 1)
      when v_row.previous_hash is distinct from v_hash then 'does not follow the row before it'
      when v_row.hash is distinct from app_hidden.audit_hash(v_row.previous_hash, v_row.chain_position, v_row) then 'was altered'
    end;
    if problem is not null then
      return next;
    end if;
    v_position := v_row.chain_position;
    v_hash := v_row.hash;
  end loop;
  select * into v_head from app_private.audit_head;
  if (v_head.chain_position, v_head.hash) is distinct from (v_position, v_hash) then
    chain_position := v_head.chain_position;
    audit_id := null;
    problem := format('the chain ends at %s, its head says %s', v_position, coalesce(v_head.chain_position::text, 'nothing'));
    return next;
  end if;
  -- Heads from outside the chain: whoever writes it anew, its hashes and its head included, cannot give these back.
  return query
    select h.chain_position, a.id, format('is not what the head %s says', h.origin)
      from (select 'of ' || d.day as origin, d.chain_position, d.hash from app_public.audit_heads d
            union all
            select 'given', split_part(head, ':', 1)::bigint, decode(split_part(head, ':', 2), 'hex') where head is not null) h
      left join app_public.audit_log a on a.chain_position = h.chain_position
     where a.hash is distinct from case when h.chain_position > 0 then h.hash end
     order by h.chain_position;
  -- A row without its place in the chain was slipped in past the trigger.
  return query select null::bigint, a.id, 'is not in the chain'::text from app_public.audit_log a
    where (a.hash is null or a.chain_position is null) and a.transaction_id is distinct from pg_current_xact_id_if_assigned();
end
$_$;

--
-- Name: FUNCTION verify_audit_log(head text); Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON FUNCTION app_public.verify_audit_log(head text) IS 'Where the audit chain breaks: altered, missing, reordered or slipped-in rows; no row means it is whole. head: one that was kept outside the database, POSITION:HASH, as the log and audit_heads have one for each day; only by it a chain is found out that somebody with the owner''s rights cut off, or wrote anew from some row on, heads included.
Errors: CO005 no such form of a head, CO403 neither auditor nor admin.';

--
-- Name: close_session(text); Type: FUNCTION; Schema: app_secret; Owner: -
--

CREATE FUNCTION app_secret.close_session(token text) RETURNS void
    LANGUAGE sql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  update app_public.sessions s set revoked_at = now() from app_secret.session_keys k
   where k.session_id = s.id and k.token_hash = app_secret.token_hash(close_session.token) and s.revoked_at is null
$$;

--
-- Name: FUNCTION close_session(token text); Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON FUNCTION app_secret.close_session(token text) IS 'Ends the session of a token, if there is one.';

--
-- Name: find_link(text); Type: FUNCTION; Schema: app_secret; Owner: -
--

CREATE FUNCTION app_secret.find_link(token text) RETURNS TABLE(purpose text, user_id integer, email text)
    LANGUAGE sql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select l.purpose, l.user_id, u.email from app_secret.one_time_links l left join app_public.users u on u.id = l.user_id
   where l.token_hash = app_secret.token_hash(find_link.token) and l.used_at is null and l.expires_at > now()
     and case l.purpose when 'first_admin' then not app_secret.has_admin() else u.is_active end
$$;

--
-- Name: FUNCTION find_link(token text); Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON FUNCTION app_secret.find_link(token text) IS 'What a one-time link is for; no row where it is unknown, used or expired.';

--
-- Name: find_login(text); Type: FUNCTION; Schema: app_secret; Owner: -
--

CREATE FUNCTION app_secret.find_login(email text) RETURNS TABLE(user_id integer, hash text)
    LANGUAGE sql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select u.id, p.hash from app_public.users u join app_secret.passwords p on p.user_id = u.id where u.email = lower(btrim(find_login.email)) and u.is_active
$$;

--
-- Name: FUNCTION find_login(email text); Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON FUNCTION app_secret.find_login(email text) IS 'The password hash to check a login against; no row for unknown, invited or deactivated people.';

--
-- Name: has_admin(); Type: FUNCTION; Schema: app_secret; Owner: -
--

CREATE FUNCTION app_secret.has_admin() RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
  select exists (select from app_public.users u join app_secret.passwords p on p.user_id = u.id where u.role = 'admin' and u.is_active)
$$;

--
-- Name: FUNCTION has_admin(); Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON FUNCTION app_secret.has_admin() IS 'Whether an active admin has a password.';

--
-- Name: identify_api_token(text); Type: FUNCTION; Schema: app_secret; Owner: -
--

CREATE FUNCTION app_secret.identify_api_token(token text) RETURNS TABLE(api_token_id integer, user_id integer, email text, name text, role text)
    LANGUAGE plpgsql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  select t.id, u.id, u.email, t.name, t.role into api_token_id, user_id, email, name, role
    from app_secret.api_token_keys k join app_public.api_tokens t on t.id = k.api_token_id join app_public.users u on u.id = t.user_id
   where k.token_hash = app_secret.token_hash(identify_api_token.token) and t.revoked_at is null and (t.expires_at is null or t.expires_at > now()) and u.is_active
     and (t.role = 'customer' or pg_has_role(u.role, t.role, 'usage'));
  if api_token_id is not null then
    update app_public.api_tokens t set last_used_at = now()
     where t.id = (select x.id from app_public.api_tokens x where x.id = identify_api_token.api_token_id
                      and (x.last_used_at is null or x.last_used_at < now() - interval '1 minute') for update skip locked);
    return next;
  end if;
end
$$;

--
-- Name: FUNCTION identify_api_token(token text); Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON FUNCTION app_secret.identify_api_token(token text) IS 'Whose API token it is; no row where it is revoked or expired, or its owner is deactivated or no longer has its role.';

--
-- Name: identify_session(text); Type: FUNCTION; Schema: app_secret; Owner: -
--

CREATE FUNCTION app_secret.identify_session(token text) RETURNS TABLE(session_id uuid, user_id integer, email text, name text, role text)
    LANGUAGE plpgsql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  select s.id, u.id, u.email, u.name, u.role into session_id, user_id, email, name, role
    from app_secret.session_keys k join app_public.sessions s on s.id = k.session_id join app_public.users u on u.id = s.user_id
   where k.token_hash = app_secret.token_hash(identify_session.token) and s.revoked_at is null and s.expires_at > now()
     and s.last_seen_at > now() - interval '7 days' and u.is_active;
  if session_id is not null then
    -- To the minute, and never waiting: this runs with every request.
    update app_public.sessions s set last_seen_at = now()
     where s.id = (select x.id from app_public.sessions x where x.id = identify_session.session_id and x.last_seen_at < now() - interval '1 minute' for update skip locked);
    return next;
  end if;
end
$$;

--
-- Name: FUNCTION identify_session(token text); Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON FUNCTION app_secret.identify_session(token text) IS 'Whose session a cookie is, with the role they have now; no row where it ended: revoked, 30 days old, 7 days unused, or the person is deactivated.';

--
-- Name: keep_vapid_keys(text, text); Type: FUNCTION; Schema: app_secret; Owner: -
--

CREATE FUNCTION app_secret.keep_vapid_keys(public_key text, private_key text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  -- Of two servers that start together one makes the pair.
  insert into app_secret.vapid_keys (public_key, private_key) values (keep_vapid_keys.public_key, keep_vapid_keys.private_key) on conflict do nothing;
  return (select k.public_key from app_secret.vapid_keys k);
end
$$;

--
-- Name: FUNCTION keep_vapid_keys(public_key text, private_key text); Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON FUNCTION app_secret.keep_vapid_keys(public_key text, private_key text) IS 'Keeps the pair of keys for Web Push if there is none yet. Returns the public key that holds.';

--
-- Name: make_link(text, integer); Type: FUNCTION; Schema: app_secret; Owner: -
--

CREATE FUNCTION app_secret.make_link(purpose text, user_id integer DEFAULT NULL::integer) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_token text := app_secret.random_token('clo_');
begin
  -- A newer link replaces those before it.
  update app_secret.one_time_links l set expires_at = least(l.expires_at, now()) where l.purpose = make_link.purpose and l.user_id is not distinct from make_link.user_id and l.used_at is null;
  insert into app_secret.one_time_links (token_hash, purpose, user_id, expires_at)
  values (app_secret.token_hash(v_token), make_link.purpose, make_link.user_id,
      now() + case make_link.purpose when 'invitation' then interval '7 days' when 'password_reset' then interval '1 hour' else interval '1 day' end);
  return v_token;
end
$$;

--
-- Name: FUNCTION make_link(purpose text, user_id integer); Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON FUNCTION app_secret.make_link(purpose text, user_id integer) IS 'A one-time token by which somebody chooses a password: invitation (7 days), password_reset (an hour) or first_admin (a day). Replaces earlier ones of its kind.';

--
-- Name: open_session(integer, text, text, text); Type: FUNCTION; Schema: app_secret; Owner: -
--

CREATE FUNCTION app_secret.open_session(user_id integer, address text DEFAULT NULL::text, user_agent text DEFAULT NULL::text, replaces text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
declare
  v_token text := app_secret.random_token('cls_');
  v_session uuid;
begin
  perform set_config('clubos.actor', u.email, true) from app_public.users u where u.id = open_session.user_id;
  perform app_secret.close_session(replaces);
  insert into app_public.sessions (user_id, address, user_agent, expires_at)
  values (open_session.user_id, left(open_session.address, 64), left(open_session.user_agent, 300), now() + interval '30 days') returning id into v_session;
  insert into app_secret.session_keys (token_hash, session_id) values (app_secret.token_hash(v_token), v_session);
  return v_token;
end
$$;

--
-- Name: FUNCTION open_session(user_id integer, address text, user_agent text, replaces text); Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON FUNCTION app_secret.open_session(user_id integer, address text, user_agent text, replaces text) IS 'Begins a session of 30 days and returns the token for its cookie. replaces: the token that the browser held before; its session ends.';

--
-- Name: random_token(text); Type: FUNCTION; Schema: app_secret; Owner: -
--

CREATE FUNCTION app_secret.random_token(prefix text DEFAULT ''::text) RETURNS text
    LANGUAGE sql
    AS $$
  select random_token.prefix || rtrim(translate(encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'base64'), '+/', '-_'), '=')
$$;

--
-- Name: FUNCTION random_token(prefix text); Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON FUNCTION app_secret.random_token(prefix text) IS 'An unguessable token (244 random bits, 43 characters of base64url) behind a prefix that says what it is.';

--
-- Name: redeem_link(text, text, text, text); Type: FUNCTION; Schema: app_secret; Owner: -
--

CREATE FUNCTION app_secret.redeem_link(token text, password_hash text, email text DEFAULT NULL::text, name text DEFAULT NULL::text) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
#variable_conflict use_column
declare
  v_link app_secret.one_time_links;
  v_user_id integer;
begin
  -- Two clicks at once: the second waits here and then finds it used.
  select * into v_link from app_secret.one_time_links l where l.token_hash = app_secret.token_hash(redeem_link.token) for update;
  if not exists (select from app_secret.find_link(redeem_link.token)) then
    raise exception 'This link was used already, has expired or is not whole.' using errcode = 'CO410', hint = 'Ask for a new one.';
  end if;
  update app_secret.one_time_links l set used_at = now() where l.token_hash = v_link.token_hash;
  v_user_id := v_link.user_id;
  perform set_config('clubos.reason', 'one-time link: ' || v_link.purpose, true);
  if v_link.purpose = 'first_admin' then
    -- Two such links at once make one first admin.
    perform pg_advisory_xact_lock(hashtextextended('clubos.first_admin', 0));
    if app_secret.has_admin() then
      raise exception 'There is an admin already.' using errcode = 'CO410', hint = 'Ask them for an invitation.';
    end if;
    perform set_config('clubos.actor', lower(btrim(redeem_link.email)), true);
    insert into app_public.users (email, name, role) values (lower(btrim(redeem_link.email)), coalesce(nullif(btrim(redeem_link.name), ''), lower(btrim(redeem_link.email))), 'admin')
    on conflict (email) do update set role = 'admin', is_active = true returning id into v_user_id;
  else
    perform set_config('clubos.actor', u.email, true) from app_public.users u where u.id = v_user_id;
  end if;
  perform app_secret.set_password(v_user_id, redeem_link.password_hash);
  return v_user_id;
end
$$;

--
-- Name: FUNCTION redeem_link(token text, password_hash text, email text, name text); Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON FUNCTION app_secret.redeem_link(token text, password_hash text, email text, name text) IS 'Sets a password by a one-time link, ends the person''s sessions, and returns their id. email, name: of the first admin, who has no row yet.
Errors: CO410 used, expired, unknown, or there is an admin already.';

--
-- Name: set_password(integer, text, uuid); Type: FUNCTION; Schema: app_secret; Owner: -
--

CREATE FUNCTION app_secret.set_password(user_id integer, hash text, except_session uuid DEFAULT NULL::uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'app_public', 'public', 'pg_temp'
    AS $$
begin
  insert into app_secret.passwords (user_id, hash) values (set_password.user_id, set_password.hash)
  on conflict on constraint passwords_pkey do update set hash = excluded.hash, changed_at = now();
  update app_secret.one_time_links l set expires_at = least(l.expires_at, now()) where l.user_id = set_password.user_id and l.used_at is null;
  update app_public.sessions s set revoked_at = now() where s.user_id = set_password.user_id and s.revoked_at is null and s.id is distinct from except_session;
end
$$;

--
-- Name: FUNCTION set_password(user_id integer, hash text, except_session uuid); Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON FUNCTION app_secret.set_password(user_id integer, hash text, except_session uuid) IS 'Stores a password''s Argon2id hash; open links and all other sessions of the person end.';

--
-- Name: token_hash(text); Type: FUNCTION; Schema: app_secret; Owner: -
--

CREATE FUNCTION app_secret.token_hash(token text) RETURNS bytea
    LANGUAGE sql IMMUTABLE
    AS $$
  select sha256(convert_to(token_hash.token, 'UTF8'))
$$;

--
-- Name: FUNCTION token_hash(token text); Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON FUNCTION app_secret.token_hash(token text) IS 'What is stored of a token. A plain hash is enough for a secret of 244 random bits.';

--
-- Name: clubos; Type: TEXT SEARCH CONFIGURATION; Schema: app_public; Owner: -
--

CREATE TEXT SEARCH CONFIGURATION app_public.clubos (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR asciiword WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR word WITH public.unaccent, english_stem;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR hword_part WITH public.unaccent, english_stem;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR hword_asciipart WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR asciihword WITH english_stem;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR hword WITH public.unaccent, english_stem;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION app_public.clubos
    ADD MAPPING FOR uint WITH simple;

--
-- Name: audit_head; Type: TABLE; Schema: app_private; Owner: -
--

CREATE TABLE app_private.audit_head (
    id boolean DEFAULT true NOT NULL,
    chain_position bigint DEFAULT 0 NOT NULL,
    hash bytea DEFAULT '\x'::bytea NOT NULL,
    CONSTRAINT audit_head_has_one_row CHECK (id)
);

--
-- Name: TABLE audit_head; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON TABLE app_private.audit_head IS 'The last link of the audit chain.';

--
-- Name: dead_job_alerts; Type: TABLE; Schema: app_private; Owner: -
--

CREATE TABLE app_private.dead_job_alerts (
    job_id bigint NOT NULL,
    alerted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

--
-- Name: TABLE dead_job_alerts; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON TABLE app_private.dead_job_alerts IS 'Dead jobs that somebody was told of; gone with the job, or when it is retried by hand.';

--
-- Name: embedding_cache; Type: TABLE; Schema: app_private; Owner: -
--

CREATE TABLE app_private.embedding_cache (
    content_hash bytea NOT NULL,
    model text NOT NULL,
    embedding public.vector(1536) NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: TABLE embedding_cache; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON TABLE app_private.embedding_cache IS 'Vectors by what they are of and who made them, so that approving needs no model.';

--
-- Name: improvement_viewers; Type: TABLE; Schema: app_private; Owner: -
--

CREATE UNLOGGED TABLE app_private.improvement_viewers (
    improvement_id integer NOT NULL,
    actor text NOT NULL,
    since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

--
-- Name: TABLE improvement_viewers; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON TABLE app_private.improvement_viewers IS 'Which members of staff have a proposal open; see look_at_improvement. A row that is 45 seconds old says nothing any more.';

--
-- Name: COLUMN improvement_viewers.actor; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON COLUMN app_private.improvement_viewers.actor IS 'clubos.actor: a user''s e-mail address, or whatever name a DBA gave.';

--
-- Name: improvements_in_progress; Type: TABLE; Schema: app_private; Owner: -
--

CREATE UNLOGGED TABLE app_private.improvements_in_progress (
    transaction_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    improvement_id integer NOT NULL,
    reopens boolean DEFAULT false NOT NULL
);

--
-- Name: TABLE improvements_in_progress; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON TABLE app_private.improvements_in_progress IS 'Which proposal this transaction is applying, or (reopens) taking back, at this moment; a row lives no longer than the handler runs.';

--
-- Name: knowledge_votes; Type: TABLE; Schema: app_private; Owner: -
--

CREATE TABLE app_private.knowledge_votes (
    knowledge_id integer NOT NULL,
    response_id bigint NOT NULL,
    helpful boolean NOT NULL,
    voter text NOT NULL,
    by_staff boolean NOT NULL
);

--
-- Name: TABLE knowledge_votes; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON TABLE app_private.knowledge_votes IS 'Which rating counted for which entry: what usage_count and success_rate add up, so that a changed mind takes back just its own.';

--
-- Name: lexeme_frequencies; Type: TABLE; Schema: app_private; Owner: -
--

CREATE TABLE app_private.lexeme_frequencies (
    lexeme text NOT NULL,
    units integer NOT NULL
);

--
-- Name: TABLE lexeme_frequencies; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON TABLE app_private.lexeme_frequencies IS 'How many search units hold a lexeme, as of the last refresh; words not in it are counted when asked.';

--
-- Name: search_statistics; Type: TABLE; Schema: app_private; Owner: -
--

CREATE TABLE app_private.search_statistics (
    id boolean DEFAULT true NOT NULL,
    units bigint DEFAULT 0 NOT NULL,
    last_unit_id bigint DEFAULT 0 NOT NULL,
    refreshed_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    CONSTRAINT search_statistics_has_one_row CHECK (id)
);

--
-- Name: TABLE search_statistics; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON TABLE app_private.search_statistics IS 'Size of the search space at the last refresh.';

--
-- Name: search_units_id_seq; Type: SEQUENCE; Schema: app_private; Owner: -
--

ALTER TABLE app_private.search_units ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_private.search_units_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: search_vocabulary; Type: TABLE; Schema: app_private; Owner: -
--

CREATE TABLE app_private.search_vocabulary (
    word text NOT NULL,
    units integer NOT NULL
);

--
-- Name: TABLE search_vocabulary; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON TABLE app_private.search_vocabulary IS 'Words as they are written in the search space, for unknown words to be compared with.';

--
-- Name: worker_heartbeats; Type: TABLE; Schema: app_private; Owner: -
--

CREATE TABLE app_private.worker_heartbeats (
    worker_id text NOT NULL,
    host text NOT NULL,
    process_id integer NOT NULL,
    beating_since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

--
-- Name: TABLE worker_heartbeats; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON TABLE app_private.worker_heartbeats IS 'Workers that live, one row each; see beat. A worker that stops takes its row along, one that dies leaves it to be found.';

--
-- Name: COLUMN worker_heartbeats.worker_id; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON COLUMN app_private.worker_heartbeats.worker_id IS 'What stands in graphile_worker''s locked_by: the id of a worker''s pool, another at every start.';

--
-- Name: COLUMN worker_heartbeats.beating_since; Type: COMMENT; Schema: app_private; Owner: -
--

COMMENT ON COLUMN app_private.worker_heartbeats.beating_since IS 'Since when it beats without a gap: whoever was away (or whose clock jumped) cannot tell who died meanwhile.';

--
-- Name: api_tokens_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.api_tokens ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.api_tokens_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: audit_log_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.audit_log ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME app_public.audit_log_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: emergency_signals; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.emergency_signals (
    id integer NOT NULL,
    section character varying(200) NOT NULL,
    pattern text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT emergency_signals_pattern_is_a_regexp CHECK ((regexp_count(''::text, pattern) >= 0))
);

--
-- Name: TABLE emergency_signals; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.emergency_signals IS 'Rules that recognise an emergency before anything else looks at the question.';

--
-- Name: COLUMN emergency_signals.section; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.emergency_signals.section IS 'Kind of emergency; the SOP emergency/<section> gives the fixed text, where the club has it.';

--
-- Name: COLUMN emergency_signals.pattern; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.emergency_signals.pattern IS 'PostgreSQL regular expression on the lower-cased question.';

--
-- Name: emergency_signals_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.emergency_signals ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.emergency_signals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: failed_responses_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.failed_responses ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.failed_responses_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: failure_patterns_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.failure_patterns ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.failure_patterns_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: improvement_evidence; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.improvement_evidence (
    improvement_id integer NOT NULL,
    failed_response_id integer NOT NULL
);

--
-- Name: TABLE improvement_evidence; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.improvement_evidence IS 'All failed responses behind a proposal.';

--
-- Name: improvement_queue_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.improvement_queue ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.improvement_queue_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: jobs; Type: VIEW; Schema: app_public; Owner: -
--

CREATE VIEW app_public.jobs WITH (security_invoker='true') AS
 SELECT j.id,
    j.task,
    j.key,
    j.run_at,
    j.attempts,
    j.max_attempts,
    j.locked_at,
    j.last_error
   FROM app_hidden.jobs() j(id, task, key, run_at, attempts, max_attempts, locked_at, last_error);

--
-- Name: VIEW jobs; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON VIEW app_public.jobs IS '@primaryKey id
Jobs that wait, run (locked_at) or died (attempts = max_attempts). For admins and auditors.';

--
-- Name: COLUMN jobs.task; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.jobs.task IS 'What it does: a file of worker/tasks/.';

--
-- Name: COLUMN jobs.key; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.jobs.key IS 'Two jobs of one key are one.';

--
-- Name: COLUMN jobs.run_at; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.jobs.run_at IS 'When it is due; after a failure, when it is tried again.';

--
-- Name: COLUMN jobs.attempts; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.jobs.attempts IS 'How often it was tried; a try counts when it begins.';

--
-- Name: COLUMN jobs.locked_at; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.jobs.locked_at IS 'Since when a worker runs it; null while it waits.';

--
-- Name: COLUMN jobs.last_error; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.jobs.last_error IS 'Why the last try failed: 500 characters, personal data masked.';

--
-- Name: knowledge_base_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.knowledge_base ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.knowledge_base_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: knowledge_health; Type: VIEW; Schema: app_public; Owner: -
--

CREATE VIEW app_public.knowledge_health WITH (security_invoker='true') AS
 SELECT k.id AS knowledge_id,
    k.category,
    k.topic,
    k.question,
    k.source,
    k.trust,
    k.usage_count,
    k.success_rate,
    k.updated_at,
        CASE
            WHEN (k.valid_to < now()) THEN 'expired'::text
            WHEN (k.trust = 0) THEN 'unreviewed'::text
            WHEN ((k.usage_count >= 5) AND (k.success_rate < (0.5)::double precision)) THEN 'often unhelpful'::text
            WHEN ((k.usage_count = 0) AND (k.created_at < (now() - '90 days'::interval))) THEN 'never used'::text
            ELSE 'well'::text
        END AS health
   FROM app_public.knowledge_base k;

--
-- Name: VIEW knowledge_health; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON VIEW app_public.knowledge_health IS 'State of each knowledge entry: expired, unreviewed, often unhelpful, never used, or well.';

--
-- Name: knowledge_questions; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.knowledge_questions (
    id integer NOT NULL,
    knowledge_id integer NOT NULL,
    question text NOT NULL,
    merged_from integer NOT NULL,
    learned_from bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT knowledge_questions_question_fits CHECK ((octet_length(question) <= 2600)),
    CONSTRAINT knowledge_questions_question_is_written CHECK ((btrim(question) <> ''::text))
);

--
-- Name: TABLE knowledge_questions; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.knowledge_questions IS 'Other ways to ask for a knowledge entry: the questions of those that were merged into it, still found.';

--
-- Name: COLUMN knowledge_questions.merged_from; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.knowledge_questions.merged_from IS 'Id of the entry that asked so; it is gone, response_sources may name it still.';

--
-- Name: COLUMN knowledge_questions.learned_from; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.knowledge_questions.learned_from IS 'The answer whose customer asked so; the question goes when that is erased.';

--
-- Name: knowledge_questions_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.knowledge_questions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.knowledge_questions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: llm_calls; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.llm_calls (
    id bigint NOT NULL,
    purpose text NOT NULL,
    model text NOT NULL,
    tokens_in integer,
    tokens_out integer,
    tokens_cached integer,
    cost numeric(12,6),
    latency_ms double precision,
    status text NOT NULL,
    request_id text,
    response_id bigint,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT llm_calls_purpose_is_known CHECK ((purpose = ANY (ARRAY['route'::text, 'answer'::text, 'embed'::text, 'analyse'::text])))
);

--
-- Name: TABLE llm_calls; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.llm_calls IS 'Each call of a model outside the database: what for, how long, at what cost.';

--
-- Name: COLUMN llm_calls.cost; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.llm_calls.cost IS 'US dollars at the list price of the day.';

--
-- Name: COLUMN llm_calls.latency_ms; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.llm_calls.latency_ms IS 'Milliseconds.';

--
-- Name: llm_calls_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.llm_calls ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.llm_calls_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: messages_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.messages ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.messages_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: notifications; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.notifications (
    id bigint NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL,
    user_id integer,
    webhook_id integer,
    recipient text,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    key text,
    status text DEFAULT 'queued'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone,
    push_subscription_id integer,
    CONSTRAINT notifications_channel_is_known CHECK ((channel = ANY (ARRAY['mail'::text, 'webhook'::text, 'push'::text]))),
    CONSTRAINT notifications_kind_is_known CHECK ((kind = ANY (ARRAY['invitation'::text, 'password_reset'::text, 'urgent_ticket'::text, 'job_dead'::text, 'audit_broken'::text, 'audit_head'::text]))),
    CONSTRAINT notifications_sent_at_matches_status CHECK (((status = 'sent'::text) = (sent_at IS NOT NULL))),
    CONSTRAINT notifications_status_is_known CHECK ((status = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'failed'::text, 'skipped'::text]))),
    CONSTRAINT notifications_subscription_is_of_push CHECK (((channel = 'push'::text) OR (push_subscription_id IS NULL))),
    CONSTRAINT notifications_webhook_matches_channel CHECK (((channel = 'webhook'::text) = (webhook_id IS NOT NULL)))
);

--
-- Name: TABLE notifications; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.notifications IS 'The outbox: what is to be told to whom. A row is claimed once and then sent, so that a retry never sends twice; it holds no secrets, since a link is made when it is sent.';

--
-- Name: COLUMN notifications.recipient; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.notifications.recipient IS 'E-mail address, where channel is mail.';

--
-- Name: COLUMN notifications.key; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.notifications.key IS 'Unique per channel: the same event is told once.';

--
-- Name: COLUMN notifications.status; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.notifications.status IS 'queued, sending, sent, failed (error says why) or skipped (nobody to send to). One that stays at sending was cut short: it may have arrived.';

--
-- Name: COLUMN notifications.push_subscription_id; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.notifications.push_subscription_id IS 'The browser, where channel is push; null once it has unsubscribed.';

--
-- Name: notifications_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.notifications ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.notifications_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: privacy_actions_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.privacy_actions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.privacy_actions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: prompt_versions; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.prompt_versions (
    id integer NOT NULL,
    prompt_id integer NOT NULL,
    version integer NOT NULL,
    content text NOT NULL,
    changed_by text NOT NULL,
    change_reason text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

--
-- Name: TABLE prompt_versions; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.prompt_versions IS 'Every version of every prompt. Append-only.';

--
-- Name: prompt_versions_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.prompt_versions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.prompt_versions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: prompts; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.prompts (
    id integer NOT NULL,
    name text NOT NULL,
    content text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT prompts_content_is_written CHECK ((btrim(content) <> ''::text))
);

--
-- Name: TABLE prompts; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.prompts IS 'The prompts of routing, answering and analysis, as they are now; every change writes a row of prompt_versions.';

--
-- Name: COLUMN prompts.name; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.prompts.name IS 'What it is for, such as route, answer or analyse.';

--
-- Name: prompts_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.prompts ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.prompts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: push_subscriptions_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.push_subscriptions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.push_subscriptions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: response_sources; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.response_sources (
    response_id bigint NOT NULL,
    rank smallint NOT NULL,
    kind text NOT NULL,
    sop_version_id integer,
    knowledge_id integer,
    sop_id integer,
    category character varying(100) NOT NULL,
    topic character varying(200) NOT NULL,
    heading text,
    snippet text NOT NULL,
    score double precision NOT NULL,
    cited boolean DEFAULT false NOT NULL,
    CONSTRAINT response_sources_kind_is_known CHECK ((kind = ANY (ARRAY['sop'::text, 'knowledge'::text]))),
    CONSTRAINT response_sources_sop_pins_its_version CHECK (((kind <> 'sop'::text) OR (sop_version_id IS NOT NULL)))
);

--
-- Name: TABLE response_sources; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.response_sources IS 'What was retrieved for an answer, in order; cited are those it rests on.';

--
-- Name: COLUMN response_sources.sop_version_id; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.response_sources.sop_version_id IS 'The exact SOP version that was read.';

--
-- Name: COLUMN response_sources.knowledge_id; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.response_sources.knowledge_id IS 'The knowledge entry; kept as a number, since entries can be merged or removed.';

--
-- Name: COLUMN response_sources.topic; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.response_sources.topic IS 'The SOP''s section or the entry''s topic.';

--
-- Name: responses_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.responses ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.responses_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: retention_runs_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.retention_runs ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.retention_runs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: review_metrics; Type: VIEW; Schema: app_public; Owner: -
--

CREATE VIEW app_public.review_metrics WITH (security_invoker='true') AS
 SELECT date_trunc('week'::text, q.created_at) AS week,
    q.kind,
    count(*) AS proposed,
    count(*) FILTER (WHERE ((q.status)::text = 'approved'::text)) AS approved,
    count(*) FILTER (WHERE ((q.status)::text = 'rejected'::text)) AS rejected,
    count(*) FILTER (WHERE ((q.status)::text = 'pending'::text)) AS pending,
    ((count(*) FILTER (WHERE ((q.status)::text = 'approved'::text)))::double precision / (NULLIF(count(*) FILTER (WHERE ((q.status)::text <> 'pending'::text)), 0))::double precision) AS approval_rate,
    percentile_cont((0.5)::double precision) WITHIN GROUP (ORDER BY (((EXTRACT(epoch FROM (COALESCE(q.applied_at, q.rejected_at) - q.created_at)) / (3600)::numeric))::double precision)) AS median_hours_to_decision
   FROM app_public.improvement_queue q
  GROUP BY (date_trunc('week'::text, q.created_at)), q.kind;

--
-- Name: VIEW review_metrics; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON VIEW app_public.review_metrics IS 'Proposals by week and kind: how many, how decided, how fast (median hours).';

--
-- Name: sites; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.sites (
    id integer NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    timezone text DEFAULT 'UTC'::text NOT NULL,
    address text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT sites_slug_is_a_slug CHECK ((slug ~ '^[a-z0-9]+([_-][a-z0-9]+)*$'::text))
);

--
-- Name: TABLE sites; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.sites IS 'The club''s venues. A fact such as opening hours can differ by site.';

--
-- Name: COLUMN sites.slug; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.sites.slug IS 'Short name used in URLs and in `search_knowledge(site => …)`.';

--
-- Name: COLUMN sites.timezone; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.sites.timezone IS 'IANA time zone name, such as Europe/Berlin.';

--
-- Name: sites_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.sites ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.sites_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: sop_categories; Type: VIEW; Schema: app_public; Owner: -
--

CREATE VIEW app_public.sop_categories WITH (security_invoker='true') AS
 SELECT s.category,
    (count(*))::integer AS sops,
    max(s.updated_at) AS last_changed_at
   FROM app_public.sops s
  WHERE (s.archived_at IS NULL)
  GROUP BY s.category;

--
-- Name: VIEW sop_categories; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON VIEW app_public.sop_categories IS 'The categories that SOPs in use have, with how many, and when one was last changed.';

--
-- Name: COLUMN sop_categories.category; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.sop_categories.category IS '@behavior +orderBy +filterBy
Such as booking or tech_support.';

--
-- Name: sop_failures; Type: VIEW; Schema: app_public; Owner: -
--

CREATE VIEW app_public.sop_failures AS
SELECT
    NULL::integer AS sop_id,
    NULL::character varying(100) AS category,
    NULL::character varying(200) AS section,
    NULL::bigint AS failures,
    NULL::bigint AS wrong,
    NULL::bigint AS should_have_answered,
    NULL::bigint AS unresolved,
    NULL::timestamp with time zone AS first_failed_at,
    NULL::timestamp with time zone AS last_failed_at;

--
-- Name: VIEW sop_failures; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON VIEW app_public.sop_failures IS 'Failures per SOP: answers drawn from it that failed, and questions it should have answered.';

--
-- Name: sop_usage; Type: VIEW; Schema: app_public; Owner: -
--

CREATE VIEW app_public.sop_usage AS
SELECT
    NULL::integer AS sop_id,
    NULL::character varying(100) AS category,
    NULL::character varying(200) AS section,
    NULL::integer AS version,
    NULL::bigint AS times_cited,
    NULL::bigint AS helpful,
    NULL::bigint AS unhelpful,
    NULL::timestamp with time zone AS last_cited_at;

--
-- Name: VIEW sop_usage; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON VIEW app_public.sop_usage IS 'How often each SOP was the source of an answer, and how those answers were rated.';

--
-- Name: sop_versions_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.sop_versions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.sop_versions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: sops_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.sops ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.sops_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: tickets_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.tickets ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.tickets_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: users_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.users ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.users_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: webhooks; Type: TABLE; Schema: app_public; Owner: -
--

CREATE TABLE app_public.webhooks (
    id integer NOT NULL,
    url text NOT NULL,
    events text[] NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_by text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT webhooks_events_are_known CHECK (((cardinality(events) > 0) AND (events <@ ARRAY['urgent_ticket'::text, 'job_dead'::text, 'audit_broken'::text, 'audit_head'::text]))),
    CONSTRAINT webhooks_url_is_a_url CHECK (((url ~ '^https?://[^\s/@]+(/\S*)?$'::text) AND (length(url) <= 2000)))
);

--
-- Name: TABLE webhooks; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON TABLE app_public.webhooks IS 'Addresses outside that are told of events, signed after the Standard Webhooks specification.';

--
-- Name: COLUMN webhooks.url; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.webhooks.url IS 'Where to: a public address; private and local networks are refused when sending.';

--
-- Name: COLUMN webhooks.events; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON COLUMN app_public.webhooks.events IS 'Any of urgent_ticket, job_dead, audit_broken, audit_head.';

--
-- Name: webhooks_id_seq; Type: SEQUENCE; Schema: app_public; Owner: -
--

ALTER TABLE app_public.webhooks ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME app_public.webhooks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

--
-- Name: api_token_keys; Type: TABLE; Schema: app_secret; Owner: -
--

CREATE TABLE app_secret.api_token_keys (
    token_hash bytea NOT NULL,
    api_token_id integer NOT NULL
);

--
-- Name: TABLE api_token_keys; Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON TABLE app_secret.api_token_keys IS 'SHA-256 of the random key of an API token.';

--
-- Name: one_time_links; Type: TABLE; Schema: app_secret; Owner: -
--

CREATE TABLE app_secret.one_time_links (
    token_hash bytea NOT NULL,
    purpose text NOT NULL,
    user_id integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT one_time_links_belong_to_somebody CHECK (((purpose = 'first_admin'::text) = (user_id IS NULL))),
    CONSTRAINT one_time_links_purpose_is_known CHECK ((purpose = ANY (ARRAY['invitation'::text, 'password_reset'::text, 'first_admin'::text])))
);

--
-- Name: TABLE one_time_links; Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON TABLE app_secret.one_time_links IS 'SHA-256 of tokens that let somebody choose a password, once.';

--
-- Name: passwords; Type: TABLE; Schema: app_secret; Owner: -
--

CREATE TABLE app_secret.passwords (
    user_id integer NOT NULL,
    hash text NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT passwords_hash_is_argon2id CHECK ((hash ~~ '$argon2id$%'::text))
);

--
-- Name: TABLE passwords; Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON TABLE app_secret.passwords IS 'Argon2id hashes of passwords, in the PHC string format.';

--
-- Name: rate_limits; Type: TABLE; Schema: app_secret; Owner: -
--

CREATE TABLE app_secret.rate_limits (
    key character varying(255) NOT NULL,
    points integer DEFAULT 0 NOT NULL,
    expire bigint
);

--
-- Name: TABLE rate_limits; Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON TABLE app_secret.rate_limits IS 'Counters of the rate limits, where RATE_LIMITS=database. key: hashed caller; expire: milliseconds since 1970.';

--
-- Name: session_keys; Type: TABLE; Schema: app_secret; Owner: -
--

CREATE TABLE app_secret.session_keys (
    token_hash bytea NOT NULL,
    session_id uuid NOT NULL
);

--
-- Name: TABLE session_keys; Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON TABLE app_secret.session_keys IS 'SHA-256 of the random token in a session''s cookie.';

--
-- Name: vapid_keys; Type: TABLE; Schema: app_secret; Owner: -
--

CREATE TABLE app_secret.vapid_keys (
    id boolean DEFAULT true NOT NULL,
    public_key text NOT NULL,
    private_key text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT vapid_keys_is_one_pair CHECK (id)
);

--
-- Name: TABLE vapid_keys; Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON TABLE app_secret.vapid_keys IS 'The pair of keys by which push services know us (RFC 8292). Made once: browsers subscribe for the public one.';

--
-- Name: webhook_keys; Type: TABLE; Schema: app_secret; Owner: -
--

CREATE TABLE app_secret.webhook_keys (
    webhook_id integer NOT NULL,
    key text NOT NULL
);

--
-- Name: TABLE webhook_keys; Type: COMMENT; Schema: app_secret; Owner: -
--

COMMENT ON TABLE app_secret.webhook_keys IS 'The keys that deliveries are signed with: whsec_ and base64.';

--
-- Name: audit_head audit_head_pkey; Type: CONSTRAINT; Schema: app_private; Owner: -
--

ALTER TABLE ONLY app_private.audit_head
    ADD CONSTRAINT audit_head_pkey PRIMARY KEY (id);

--
-- Name: dead_job_alerts dead_job_alerts_pkey; Type: CONSTRAINT; Schema: app_private; Owner: -
--

ALTER TABLE ONLY app_private.dead_job_alerts
    ADD CONSTRAINT dead_job_alerts_pkey PRIMARY KEY (job_id);

--
-- Name: embedding_cache embedding_cache_pkey; Type: CONSTRAINT; Schema: app_private; Owner: -
--

ALTER TABLE ONLY app_private.embedding_cache
    ADD CONSTRAINT embedding_cache_pkey PRIMARY KEY (content_hash, model);

--
-- Name: improvement_viewers improvement_viewers_pkey; Type: CONSTRAINT; Schema: app_private; Owner: -
--

ALTER TABLE ONLY app_private.improvement_viewers
    ADD CONSTRAINT improvement_viewers_pkey PRIMARY KEY (improvement_id, actor);

--
-- Name: improvements_in_progress improvements_in_progress_pkey; Type: CONSTRAINT; Schema: app_private; Owner: -
--

ALTER TABLE ONLY app_private.improvements_in_progress
    ADD CONSTRAINT improvements_in_progress_pkey PRIMARY KEY (transaction_id);

--
-- Name: knowledge_votes knowledge_votes_pkey; Type: CONSTRAINT; Schema: app_private; Owner: -
--

ALTER TABLE ONLY app_private.knowledge_votes
    ADD CONSTRAINT knowledge_votes_pkey PRIMARY KEY (knowledge_id, response_id);

--
-- Name: lexeme_frequencies lexeme_frequencies_pkey; Type: CONSTRAINT; Schema: app_private; Owner: -
--

ALTER TABLE ONLY app_private.lexeme_frequencies
    ADD CONSTRAINT lexeme_frequencies_pkey PRIMARY KEY (lexeme);

--
-- Name: search_statistics search_statistics_pkey; Type: CONSTRAINT; Schema: app_private; Owner: -
--

ALTER TABLE ONLY app_private.search_statistics
    ADD CONSTRAINT search_statistics_pkey PRIMARY KEY (id);

--
-- Name: search_units search_units_pkey; Type: CONSTRAINT; Schema: app_private; Owner: -
--

ALTER TABLE ONLY app_private.search_units
    ADD CONSTRAINT search_units_pkey PRIMARY KEY (id);

--
-- Name: search_vocabulary search_vocabulary_pkey; Type: CONSTRAINT; Schema: app_private; Owner: -
--

ALTER TABLE ONLY app_private.search_vocabulary
    ADD CONSTRAINT search_vocabulary_pkey PRIMARY KEY (word);

--
-- Name: worker_heartbeats worker_heartbeats_pkey; Type: CONSTRAINT; Schema: app_private; Owner: -
--

ALTER TABLE ONLY app_private.worker_heartbeats
    ADD CONSTRAINT worker_heartbeats_pkey PRIMARY KEY (worker_id);

--
-- Name: api_tokens api_tokens_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.api_tokens
    ADD CONSTRAINT api_tokens_pkey PRIMARY KEY (id);

--
-- Name: audit_heads audit_heads_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.audit_heads
    ADD CONSTRAINT audit_heads_pkey PRIMARY KEY (day);

--
-- Name: audit_log audit_log_chain_position_key; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.audit_log
    ADD CONSTRAINT audit_log_chain_position_key UNIQUE (chain_position);

--
-- Name: audit_log audit_log_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);

--
-- Name: club_settings club_settings_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.club_settings
    ADD CONSTRAINT club_settings_pkey PRIMARY KEY (id);

--
-- Name: emergency_signals emergency_signals_pattern_key; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.emergency_signals
    ADD CONSTRAINT emergency_signals_pattern_key UNIQUE (pattern);

--
-- Name: emergency_signals emergency_signals_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.emergency_signals
    ADD CONSTRAINT emergency_signals_pkey PRIMARY KEY (id);

--
-- Name: failed_responses failed_responses_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.failed_responses
    ADD CONSTRAINT failed_responses_pkey PRIMARY KEY (id);

--
-- Name: failed_responses failed_responses_response_id_key; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.failed_responses
    ADD CONSTRAINT failed_responses_response_id_key UNIQUE (response_id);

--
-- Name: failure_patterns failure_patterns_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.failure_patterns
    ADD CONSTRAINT failure_patterns_pkey PRIMARY KEY (id);

--
-- Name: improvement_evidence improvement_evidence_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.improvement_evidence
    ADD CONSTRAINT improvement_evidence_pkey PRIMARY KEY (improvement_id, failed_response_id);

--
-- Name: improvement_queue improvement_queue_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.improvement_queue
    ADD CONSTRAINT improvement_queue_pkey PRIMARY KEY (id);

--
-- Name: knowledge_base knowledge_base_category_topic_question_key; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.knowledge_base
    ADD CONSTRAINT knowledge_base_category_topic_question_key UNIQUE (category, topic, question);

--
-- Name: knowledge_base knowledge_base_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.knowledge_base
    ADD CONSTRAINT knowledge_base_pkey PRIMARY KEY (id);

--
-- Name: knowledge_questions knowledge_questions_knowledge_id_question_key; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.knowledge_questions
    ADD CONSTRAINT knowledge_questions_knowledge_id_question_key UNIQUE (knowledge_id, question);

--
-- Name: knowledge_questions knowledge_questions_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.knowledge_questions
    ADD CONSTRAINT knowledge_questions_pkey PRIMARY KEY (id);

--
-- Name: llm_calls llm_calls_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.llm_calls
    ADD CONSTRAINT llm_calls_pkey PRIMARY KEY (id);

--
-- Name: messages messages_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (id);

--
-- Name: notifications notifications_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (id);

--
-- Name: privacy_actions privacy_actions_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.privacy_actions
    ADD CONSTRAINT privacy_actions_pkey PRIMARY KEY (id);

--
-- Name: prompt_versions prompt_versions_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.prompt_versions
    ADD CONSTRAINT prompt_versions_pkey PRIMARY KEY (id);

--
-- Name: prompt_versions prompt_versions_prompt_id_version_key; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.prompt_versions
    ADD CONSTRAINT prompt_versions_prompt_id_version_key UNIQUE (prompt_id, version);

--
-- Name: prompts prompts_name_key; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.prompts
    ADD CONSTRAINT prompts_name_key UNIQUE (name);

--
-- Name: prompts prompts_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.prompts
    ADD CONSTRAINT prompts_pkey PRIMARY KEY (id);

--
-- Name: push_subscriptions push_subscriptions_endpoint_key; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_endpoint_key UNIQUE (endpoint);

--
-- Name: push_subscriptions push_subscriptions_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_pkey PRIMARY KEY (id);

--
-- Name: response_sources response_sources_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.response_sources
    ADD CONSTRAINT response_sources_pkey PRIMARY KEY (response_id, rank);

--
-- Name: responses responses_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.responses
    ADD CONSTRAINT responses_pkey PRIMARY KEY (id);

--
-- Name: retention_rules retention_rules_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.retention_rules
    ADD CONSTRAINT retention_rules_pkey PRIMARY KEY (kind);

--
-- Name: retention_runs retention_runs_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.retention_runs
    ADD CONSTRAINT retention_runs_pkey PRIMARY KEY (id);

--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (id);

--
-- Name: sites sites_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.sites
    ADD CONSTRAINT sites_pkey PRIMARY KEY (id);

--
-- Name: sites sites_slug_key; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.sites
    ADD CONSTRAINT sites_slug_key UNIQUE (slug);

--
-- Name: sop_versions sop_versions_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.sop_versions
    ADD CONSTRAINT sop_versions_pkey PRIMARY KEY (id);

--
-- Name: sop_versions sop_versions_sop_id_version_key; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.sop_versions
    ADD CONSTRAINT sop_versions_sop_id_version_key UNIQUE (sop_id, version);

--
-- Name: sops sops_category_section_key; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.sops
    ADD CONSTRAINT sops_category_section_key UNIQUE (category, section);

--
-- Name: sops sops_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.sops
    ADD CONSTRAINT sops_pkey PRIMARY KEY (id);

--
-- Name: tickets tickets_conversation_key; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.tickets
    ADD CONSTRAINT tickets_conversation_key UNIQUE (conversation);

--
-- Name: tickets tickets_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.tickets
    ADD CONSTRAINT tickets_pkey PRIMARY KEY (id);

--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

--
-- Name: webhooks webhooks_pkey; Type: CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.webhooks
    ADD CONSTRAINT webhooks_pkey PRIMARY KEY (id);

--
-- Name: api_token_keys api_token_keys_api_token_id_key; Type: CONSTRAINT; Schema: app_secret; Owner: -
--

ALTER TABLE ONLY app_secret.api_token_keys
    ADD CONSTRAINT api_token_keys_api_token_id_key UNIQUE (api_token_id);

--
-- Name: api_token_keys api_token_keys_pkey; Type: CONSTRAINT; Schema: app_secret; Owner: -
--

ALTER TABLE ONLY app_secret.api_token_keys
    ADD CONSTRAINT api_token_keys_pkey PRIMARY KEY (token_hash);

--
-- Name: one_time_links one_time_links_pkey; Type: CONSTRAINT; Schema: app_secret; Owner: -
--

ALTER TABLE ONLY app_secret.one_time_links
    ADD CONSTRAINT one_time_links_pkey PRIMARY KEY (token_hash);

--
-- Name: passwords passwords_pkey; Type: CONSTRAINT; Schema: app_secret; Owner: -
--

ALTER TABLE ONLY app_secret.passwords
    ADD CONSTRAINT passwords_pkey PRIMARY KEY (user_id);

--
-- Name: rate_limits rate_limits_pkey; Type: CONSTRAINT; Schema: app_secret; Owner: -
--

ALTER TABLE ONLY app_secret.rate_limits
    ADD CONSTRAINT rate_limits_pkey PRIMARY KEY (key);

--
-- Name: session_keys session_keys_pkey; Type: CONSTRAINT; Schema: app_secret; Owner: -
--

ALTER TABLE ONLY app_secret.session_keys
    ADD CONSTRAINT session_keys_pkey PRIMARY KEY (token_hash);

--
-- Name: session_keys session_keys_session_id_key; Type: CONSTRAINT; Schema: app_secret; Owner: -
--

ALTER TABLE ONLY app_secret.session_keys
    ADD CONSTRAINT session_keys_session_id_key UNIQUE (session_id);

--
-- Name: vapid_keys vapid_keys_pkey; Type: CONSTRAINT; Schema: app_secret; Owner: -
--

ALTER TABLE ONLY app_secret.vapid_keys
    ADD CONSTRAINT vapid_keys_pkey PRIMARY KEY (id);

--
-- Name: webhook_keys webhook_keys_pkey; Type: CONSTRAINT; Schema: app_secret; Owner: -
--

ALTER TABLE ONLY app_secret.webhook_keys
    ADD CONSTRAINT webhook_keys_pkey PRIMARY KEY (webhook_id);

--
-- Name: embedding_cache_created_at; Type: INDEX; Schema: app_private; Owner: -
--

CREATE INDEX embedding_cache_created_at ON app_private.embedding_cache USING btree (created_at);

--
-- Name: knowledge_votes_response_id; Type: INDEX; Schema: app_private; Owner: -
--

CREATE INDEX knowledge_votes_response_id ON app_private.knowledge_votes USING btree (response_id);

--
-- Name: search_units_category; Type: INDEX; Schema: app_private; Owner: -
--

CREATE INDEX search_units_category ON app_private.search_units USING btree (category);

--
-- Name: search_units_embedding; Type: INDEX; Schema: app_private; Owner: -
--

CREATE INDEX search_units_embedding ON app_private.search_units USING hnsw (((embedding)::public.halfvec(1536)) public.halfvec_ip_ops);

--
-- Name: search_units_knowledge_id; Type: INDEX; Schema: app_private; Owner: -
--

CREATE INDEX search_units_knowledge_id ON app_private.search_units USING btree (knowledge_id);

--
-- Name: search_units_profile; Type: INDEX; Schema: app_private; Owner: -
--

CREATE UNIQUE INDEX search_units_profile ON app_private.search_units USING btree (target) WHERE (kind = 'profile'::text);

--
-- Name: search_units_sop_id; Type: INDEX; Schema: app_private; Owner: -
--

CREATE INDEX search_units_sop_id ON app_private.search_units USING btree (sop_id);

--
-- Name: search_units_sop_version_id; Type: INDEX; Schema: app_private; Owner: -
--

CREATE INDEX search_units_sop_version_id ON app_private.search_units USING btree (sop_version_id);

--
-- Name: search_units_target; Type: INDEX; Schema: app_private; Owner: -
--

CREATE INDEX search_units_target ON app_private.search_units USING btree (target, kind);

--
-- Name: search_units_unembedded; Type: INDEX; Schema: app_private; Owner: -
--

CREATE INDEX search_units_unembedded ON app_private.search_units USING btree (id) WHERE ((embedding IS NULL) AND (kind <> 'profile'::text));

--
-- Name: search_units_words; Type: INDEX; Schema: app_private; Owner: -
--

CREATE INDEX search_units_words ON app_private.search_units USING gin (words) WITH (fastupdate=off);

--
-- Name: search_vocabulary_word_trgm; Type: INDEX; Schema: app_private; Owner: -
--

CREATE INDEX search_vocabulary_word_trgm ON app_private.search_vocabulary USING gin (word public.gin_trgm_ops);

--
-- Name: api_tokens_name_key; Type: INDEX; Schema: app_public; Owner: -
--

CREATE UNIQUE INDEX api_tokens_name_key ON app_public.api_tokens USING btree (user_id, name) WHERE (revoked_at IS NULL);

--
-- Name: api_tokens_user_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX api_tokens_user_id ON app_public.api_tokens USING btree (user_id);

--
-- Name: audit_log_actor; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX audit_log_actor ON app_public.audit_log USING btree (actor, id);

--
-- Name: audit_log_created_at; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX audit_log_created_at ON app_public.audit_log USING btree (created_at);

--
-- Name: audit_log_row; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX audit_log_row ON app_public.audit_log USING btree (table_name, row_id, id);

--
-- Name: audit_log_transaction_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX audit_log_transaction_id ON app_public.audit_log USING btree (transaction_id);

--
-- Name: failed_responses_created_at; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX failed_responses_created_at ON app_public.failed_responses USING btree (created_at);

--
-- Name: failed_responses_expected_sop_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX failed_responses_expected_sop_id ON app_public.failed_responses USING btree (expected_sop_id);

--
-- Name: failed_responses_pattern_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX failed_responses_pattern_id ON app_public.failed_responses USING btree (pattern_id);

--
-- Name: failed_responses_resolved_by; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX failed_responses_resolved_by ON app_public.failed_responses USING btree (resolved_by_improvement_id);

--
-- Name: failed_responses_site_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX failed_responses_site_id ON app_public.failed_responses USING btree (site_id);

--
-- Name: failed_responses_to_analyse; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX failed_responses_to_analyse ON app_public.failed_responses USING btree (id) WHERE ((NOT analyzed) AND (withdrawn_at IS NULL));

--
-- Name: failed_responses_to_keep; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX failed_responses_to_keep ON app_public.failed_responses USING btree (created_at) WHERE ((erased_at IS NULL) AND (response_id IS NULL));

--
-- Name: failed_responses_words; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX failed_responses_words ON app_public.failed_responses USING gin (to_tsvector('app_public.clubos'::regconfig, query));

--
-- Name: failure_patterns_sop_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX failure_patterns_sop_id ON app_public.failure_patterns USING btree (sop_id);

--
-- Name: improvement_evidence_failed_response_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX improvement_evidence_failed_response_id ON app_public.improvement_evidence USING btree (failed_response_id);

--
-- Name: improvement_queue_by_category; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX improvement_queue_by_category ON app_public.improvement_queue USING btree (status, ((suggested_sop_update ->> 'category'::text)), impact DESC, id);

--
-- Name: improvement_queue_by_decision; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX improvement_queue_by_decision ON app_public.improvement_queue USING btree (status, COALESCE(applied_at, rejected_at) DESC, id DESC);

--
-- Name: improvement_queue_by_impact; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX improvement_queue_by_impact ON app_public.improvement_queue USING btree (status, impact DESC, id);

--
-- Name: improvement_queue_by_kind; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX improvement_queue_by_kind ON app_public.improvement_queue USING btree (kind, status, impact DESC, id);

--
-- Name: improvement_queue_failed_response_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX improvement_queue_failed_response_id ON app_public.improvement_queue USING btree (failed_response_id);

--
-- Name: improvement_queue_fingerprint_key; Type: INDEX; Schema: app_public; Owner: -
--

CREATE UNIQUE INDEX improvement_queue_fingerprint_key ON app_public.improvement_queue USING btree (fingerprint) WHERE ((status)::text = ANY ((ARRAY['pending'::character varying, 'rejected'::character varying])::text[]));

--
-- Name: improvement_queue_pattern_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX improvement_queue_pattern_id ON app_public.improvement_queue USING btree (pattern_id);

--
-- Name: improvement_queue_sop_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX improvement_queue_sop_id ON app_public.improvement_queue USING btree (sop_id);

--
-- Name: improvement_queue_status; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX improvement_queue_status ON app_public.improvement_queue USING btree (status, created_at);

--
-- Name: knowledge_base_improvement_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX knowledge_base_improvement_id ON app_public.knowledge_base USING btree (improvement_id);

--
-- Name: knowledge_base_learned_from; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX knowledge_base_learned_from ON app_public.knowledge_base USING btree (learned_from);

--
-- Name: knowledge_base_site_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX knowledge_base_site_id ON app_public.knowledge_base USING btree (site_id);

--
-- Name: knowledge_base_sop_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX knowledge_base_sop_id ON app_public.knowledge_base USING btree (sop_id);

--
-- Name: knowledge_questions_learned_from; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX knowledge_questions_learned_from ON app_public.knowledge_questions USING btree (learned_from);

--
-- Name: knowledge_questions_question; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX knowledge_questions_question ON app_public.knowledge_questions USING btree (question);

--
-- Name: llm_calls_created_at; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX llm_calls_created_at ON app_public.llm_calls USING btree (created_at);

--
-- Name: llm_calls_response_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX llm_calls_response_id ON app_public.llm_calls USING btree (response_id);

--
-- Name: messages_response_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX messages_response_id ON app_public.messages USING btree (response_id);

--
-- Name: messages_ticket_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX messages_ticket_id ON app_public.messages USING btree (ticket_id, id);

--
-- Name: notifications_created_at; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX notifications_created_at ON app_public.notifications USING btree (created_at);

--
-- Name: notifications_key; Type: INDEX; Schema: app_public; Owner: -
--

CREATE UNIQUE INDEX notifications_key ON app_public.notifications USING btree (channel, key);

--
-- Name: notifications_push_subscription_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX notifications_push_subscription_id ON app_public.notifications USING btree (push_subscription_id);

--
-- Name: notifications_user_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX notifications_user_id ON app_public.notifications USING btree (user_id);

--
-- Name: notifications_webhook_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX notifications_webhook_id ON app_public.notifications USING btree (webhook_id);

--
-- Name: privacy_actions_created_at; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX privacy_actions_created_at ON app_public.privacy_actions USING btree (created_at);

--
-- Name: privacy_actions_under_way; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX privacy_actions_under_way ON app_public.privacy_actions USING btree (transaction_id) WHERE (finished_at IS NULL);

--
-- Name: push_subscriptions_user_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX push_subscriptions_user_id ON app_public.push_subscriptions USING btree (user_id);

--
-- Name: response_sources_cited; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX response_sources_cited ON app_public.response_sources USING btree (response_id) INCLUDE (sop_id) WHERE cited;

--
-- Name: response_sources_knowledge_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX response_sources_knowledge_id ON app_public.response_sources USING btree (knowledge_id);

--
-- Name: response_sources_sop_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX response_sources_sop_id ON app_public.response_sources USING btree (sop_id);

--
-- Name: response_sources_sop_version_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX response_sources_sop_version_id ON app_public.response_sources USING btree (sop_version_id);

--
-- Name: responses_feedback; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX responses_feedback ON app_public.responses USING btree (feedback, created_at);

--
-- Name: responses_insights; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX responses_insights ON app_public.responses USING btree (created_at) INCLUDE (outcome, category, site_id, latency_ms, feedback, cost);

--
-- Name: responses_prompt_version_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX responses_prompt_version_id ON app_public.responses USING btree (prompt_version_id);

--
-- Name: responses_site_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX responses_site_id ON app_public.responses USING btree (site_id);

--
-- Name: responses_ticket_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX responses_ticket_id ON app_public.responses USING btree (ticket_id);

--
-- Name: responses_to_keep; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX responses_to_keep ON app_public.responses USING btree (created_at) WHERE ((erased_at IS NULL) AND (ticket_id IS NULL));

--
-- Name: responses_visitor_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX responses_visitor_id ON app_public.responses USING btree (visitor_id);

--
-- Name: retention_runs_ran_at; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX retention_runs_ran_at ON app_public.retention_runs USING btree (ran_at);

--
-- Name: sessions_expires_at; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX sessions_expires_at ON app_public.sessions USING btree (expires_at);

--
-- Name: sessions_user_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX sessions_user_id ON app_public.sessions USING btree (user_id, last_seen_at DESC);

--
-- Name: sop_versions_improvement_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX sop_versions_improvement_id ON app_public.sop_versions USING btree (improvement_id);

--
-- Name: sop_versions_name_at; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX sop_versions_name_at ON app_public.sop_versions USING btree (category, section, created_at);

--
-- Name: sop_versions_previous_version_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX sop_versions_previous_version_id ON app_public.sop_versions USING btree (previous_version_id);

--
-- Name: sops_category_section_trgm; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX sops_category_section_trgm ON app_public.sops USING gin (section public.gin_trgm_ops);

--
-- Name: tickets_inbox; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX tickets_inbox ON app_public.tickets USING btree (status, priority DESC, updated_at DESC);

--
-- Name: tickets_site_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX tickets_site_id ON app_public.tickets USING btree (site_id);

--
-- Name: tickets_to_keep; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX tickets_to_keep ON app_public.tickets USING btree (updated_at) WHERE (erased_at IS NULL);

--
-- Name: tickets_visitor_id; Type: INDEX; Schema: app_public; Owner: -
--

CREATE INDEX tickets_visitor_id ON app_public.tickets USING btree (visitor_id);

--
-- Name: users_email_key; Type: INDEX; Schema: app_public; Owner: -
--

CREATE UNIQUE INDEX users_email_key ON app_public.users USING btree (email);

--
-- Name: webhooks_url_key; Type: INDEX; Schema: app_public; Owner: -
--

CREATE UNIQUE INDEX webhooks_url_key ON app_public.webhooks USING btree (url);

--
-- Name: one_time_links_user_id; Type: INDEX; Schema: app_secret; Owner: -
--

CREATE INDEX one_time_links_user_id ON app_secret.one_time_links USING btree (user_id);

--
-- Name: sop_failures _RETURN; Type: RULE; Schema: app_public; Owner: -
--

CREATE OR REPLACE VIEW app_public.sop_failures WITH (security_invoker='true') AS
 SELECT s.id AS sop_id,
    s.category,
    s.section,
    count(f.id) AS failures,
    count(f.id) FILTER (WHERE ((f.feedback_type)::text = 'wrong'::text)) AS wrong,
    count(f.id) FILTER (WHERE (f.expected_sop_id = s.id)) AS should_have_answered,
    count(f.id) FILTER (WHERE (f.resolved_by_improvement_id IS NULL)) AS unresolved,
    min(f.created_at) AS first_failed_at,
    max(f.created_at) AS last_failed_at
   FROM (app_public.sops s
     LEFT JOIN LATERAL ( SELECT f_1.id,
            f_1.query,
            f_1.response,
            f_1.assistant_id,
            f_1.confidence_score,
            f_1.feedback_type,
            f_1.user_correction,
            f_1.analyzed,
            f_1.created_at,
            f_1.response_id,
            f_1.pattern_id,
            f_1.reporter,
            f_1.site_id,
            f_1.expected_sop_id,
            f_1.expected_category,
            f_1.expected_topic,
            f_1.withdrawn_at,
            f_1.resolved_by_improvement_id,
            f_1.erased_at
           FROM app_public.failed_responses f_1
          WHERE ((f_1.expected_sop_id = s.id) AND (f_1.withdrawn_at IS NULL))
        UNION
         SELECT f_1.id,
            f_1.query,
            f_1.response,
            f_1.assistant_id,
            f_1.confidence_score,
            f_1.feedback_type,
            f_1.user_correction,
            f_1.analyzed,
            f_1.created_at,
            f_1.response_id,
            f_1.pattern_id,
            f_1.reporter,
            f_1.site_id,
            f_1.expected_sop_id,
            f_1.expected_category,
            f_1.expected_topic,
            f_1.withdrawn_at,
            f_1.resolved_by_improvement_id,
            f_1.erased_at
           FROM (app_public.response_sources src
             JOIN app_public.failed_responses f_1 ON ((f_1.response_id = src.response_id)))
          WHERE ((src.sop_id = s.id) AND src.cited AND (f_1.withdrawn_at IS NULL))) f ON (true))
  GROUP BY s.id;

--
-- Name: sop_usage _RETURN; Type: RULE; Schema: app_public; Owner: -
--

CREATE OR REPLACE VIEW app_public.sop_usage WITH (security_invoker='true') AS
 SELECT s.id AS sop_id,
    s.category,
    s.section,
    s.version,
    count(r.id) FILTER (WHERE src.cited) AS times_cited,
    count(r.id) FILTER (WHERE (src.cited AND (r.feedback = 'helpful'::text))) AS helpful,
    count(r.id) FILTER (WHERE (src.cited AND (r.feedback = 'unhelpful'::text))) AS unhelpful,
    max(r.created_at) FILTER (WHERE src.cited) AS last_cited_at
   FROM ((app_public.sops s
     LEFT JOIN app_public.response_sources src ON ((src.sop_id = s.id)))
     LEFT JOIN app_public.responses r ON (((r.id = src.response_id) AND (r.outcome = ANY (ARRAY['answered'::text, 'emergency'::text])))))
  GROUP BY s.id;

--
-- Name: improvement_evidence _050_not_erased; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _050_not_erased BEFORE INSERT ON app_public.improvement_evidence FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_improvement_evidence__not_erased();

--
-- Name: messages _050_not_erased; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _050_not_erased BEFORE INSERT ON app_public.messages FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_messages__not_erased();

--
-- Name: audit_heads _100_append_only; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_append_only BEFORE DELETE OR UPDATE ON app_public.audit_heads FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_audit_log__append_only();

--
-- Name: audit_log _100_append_only; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_append_only BEFORE INSERT OR DELETE OR UPDATE ON app_public.audit_log FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_audit_log__append_only();

--
-- Name: privacy_actions _100_append_only; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_append_only BEFORE INSERT OR DELETE OR UPDATE ON app_public.privacy_actions FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_privacy_actions__append_only();

--
-- Name: audit_heads _100_append_only_whole; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_append_only_whole BEFORE TRUNCATE ON app_public.audit_heads FOR EACH STATEMENT EXECUTE FUNCTION app_hidden.tg_audit_log__append_only();

--
-- Name: audit_log _100_append_only_whole; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_append_only_whole BEFORE TRUNCATE ON app_public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION app_hidden.tg_audit_log__append_only();

--
-- Name: privacy_actions _100_append_only_whole; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_append_only_whole BEFORE TRUNCATE ON app_public.privacy_actions FOR EACH STATEMENT EXECUTE FUNCTION app_hidden.tg_privacy_actions__append_only();

--
-- Name: improvement_queue _100_decide; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_decide BEFORE INSERT OR UPDATE ON app_public.improvement_queue FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_improvement_queue__decide();

--
-- Name: knowledge_base _100_govern; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_govern BEFORE INSERT OR UPDATE ON app_public.knowledge_base FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_knowledge_base__govern();

--
-- Name: retention_rules _100_govern; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_govern BEFORE INSERT OR UPDATE ON app_public.retention_rules FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_retention_rules__govern();

--
-- Name: users _100_guard; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_guard BEFORE UPDATE ON app_public.users FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_users__guard();

--
-- Name: messages _100_immutable; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_immutable BEFORE DELETE OR UPDATE ON app_public.messages FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__immutable('body');

--
-- Name: prompt_versions _100_immutable; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_immutable BEFORE DELETE OR UPDATE ON app_public.prompt_versions FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__immutable();

--
-- Name: response_sources _100_immutable; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_immutable BEFORE DELETE OR UPDATE ON app_public.response_sources FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__immutable('snippet');

--
-- Name: sop_versions _100_immutable; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_immutable BEFORE DELETE OR UPDATE ON app_public.sop_versions FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__immutable();

--
-- Name: messages _100_immutable_whole; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_immutable_whole BEFORE TRUNCATE ON app_public.messages FOR EACH STATEMENT EXECUTE FUNCTION app_hidden.tg__immutable();

--
-- Name: prompt_versions _100_immutable_whole; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_immutable_whole BEFORE TRUNCATE ON app_public.prompt_versions FOR EACH STATEMENT EXECUTE FUNCTION app_hidden.tg__immutable();

--
-- Name: response_sources _100_immutable_whole; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_immutable_whole BEFORE TRUNCATE ON app_public.response_sources FOR EACH STATEMENT EXECUTE FUNCTION app_hidden.tg__immutable();

--
-- Name: sop_versions _100_immutable_whole; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_immutable_whole BEFORE TRUNCATE ON app_public.sop_versions FOR EACH STATEMENT EXECUTE FUNCTION app_hidden.tg__immutable();

--
-- Name: prompts _100_version; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_version BEFORE INSERT OR UPDATE ON app_public.prompts FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_prompts__version();

--
-- Name: sops _100_version; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _100_version BEFORE INSERT OR UPDATE ON app_public.sops FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_sops__version();

--
-- Name: knowledge_base _200_index; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _200_index AFTER INSERT OR UPDATE ON app_public.knowledge_base FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_knowledge_base__index();

--
-- Name: prompts _200_record; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _200_record AFTER INSERT OR UPDATE ON app_public.prompts FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_prompts__record();

--
-- Name: sops _200_record; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _200_record AFTER INSERT OR UPDATE ON app_public.sops FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_sops__record();

--
-- Name: sops _300_keep; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _300_keep BEFORE DELETE ON app_public.sops FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_sops__keep();

--
-- Name: sops _300_keep_whole; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _300_keep_whole BEFORE TRUNCATE ON app_public.sops FOR EACH STATEMENT EXECUTE FUNCTION app_hidden.tg_sops__keep();

--
-- Name: notifications _800_enqueue; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _800_enqueue AFTER INSERT ON app_public.notifications FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_notifications__enqueue();

--
-- Name: improvement_queue _800_notify; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _800_notify AFTER INSERT OR UPDATE ON app_public.improvement_queue FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__notify('clubos_queue');

--
-- Name: tickets _800_notify; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _800_notify AFTER INSERT OR UPDATE ON app_public.tickets FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__notify('clubos_tickets');

--
-- Name: api_tokens _900_audit; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _900_audit AFTER INSERT OR DELETE OR UPDATE ON app_public.api_tokens FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__audit('last_used_at');

--
-- Name: club_settings _900_audit; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _900_audit AFTER INSERT OR DELETE OR UPDATE ON app_public.club_settings FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__audit('updated_at');

--
-- Name: emergency_signals _900_audit; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _900_audit AFTER INSERT OR DELETE OR UPDATE ON app_public.emergency_signals FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__audit('created_at');

--
-- Name: improvement_queue _900_audit; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _900_audit AFTER INSERT OR DELETE OR UPDATE ON app_public.improvement_queue FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__audit('updated_at', 'dry_run', 'impact', 'fingerprint');

--
-- Name: knowledge_base _900_audit; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _900_audit AFTER INSERT OR DELETE OR UPDATE ON app_public.knowledge_base FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__audit('updated_at', 'learned_from', 'usage_count', 'success_rate', 'success_count', 'embeddings', 'embedding_model');

--
-- Name: knowledge_questions _900_audit; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _900_audit AFTER INSERT OR DELETE OR UPDATE ON app_public.knowledge_questions FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__audit('question');

--
-- Name: privacy_actions _900_audit; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _900_audit AFTER INSERT OR DELETE OR UPDATE ON app_public.privacy_actions FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__audit('transaction_id');

--
-- Name: prompts _900_audit; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _900_audit AFTER INSERT OR DELETE OR UPDATE ON app_public.prompts FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__audit('updated_at');

--
-- Name: retention_rules _900_audit; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _900_audit AFTER INSERT OR DELETE OR UPDATE ON app_public.retention_rules FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__audit('updated_at');

--
-- Name: sessions _900_audit; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _900_audit AFTER INSERT OR DELETE OR UPDATE ON app_public.sessions FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__audit('last_seen_at', 'user_agent');

--
-- Name: sites _900_audit; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _900_audit AFTER INSERT OR DELETE OR UPDATE ON app_public.sites FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__audit('updated_at');

--
-- Name: sops _900_audit; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _900_audit AFTER INSERT OR DELETE OR UPDATE ON app_public.sops FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__audit('updated_at');

--
-- Name: tickets _900_audit; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _900_audit AFTER INSERT OR DELETE OR UPDATE ON app_public.tickets FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__audit('updated_at', 'summary', 'subject', 'resolution', 'visitor_id', 'conversation');

--
-- Name: users _900_audit; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _900_audit AFTER INSERT OR DELETE OR UPDATE ON app_public.users FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__audit('updated_at');

--
-- Name: webhooks _900_audit; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE TRIGGER _900_audit AFTER INSERT OR DELETE OR UPDATE ON app_public.webhooks FOR EACH ROW EXECUTE FUNCTION app_hidden.tg__audit('updated_at');

--
-- Name: audit_log _900_chain; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE CONSTRAINT TRIGGER _900_chain AFTER INSERT ON app_public.audit_log DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_audit_log__chain();

--
-- Name: privacy_actions _900_finished; Type: TRIGGER; Schema: app_public; Owner: -
--

CREATE CONSTRAINT TRIGGER _900_finished AFTER INSERT ON app_public.privacy_actions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app_hidden.tg_privacy_actions__finished();

--
-- Name: improvement_viewers improvement_viewers_improvement_id_fkey; Type: FK CONSTRAINT; Schema: app_private; Owner: -
--

ALTER TABLE ONLY app_private.improvement_viewers
    ADD CONSTRAINT improvement_viewers_improvement_id_fkey FOREIGN KEY (improvement_id) REFERENCES app_public.improvement_queue(id) ON DELETE CASCADE;

--
-- Name: knowledge_votes knowledge_votes_knowledge_id_fkey; Type: FK CONSTRAINT; Schema: app_private; Owner: -
--

ALTER TABLE ONLY app_private.knowledge_votes
    ADD CONSTRAINT knowledge_votes_knowledge_id_fkey FOREIGN KEY (knowledge_id) REFERENCES app_public.knowledge_base(id) ON DELETE CASCADE;

--
-- Name: knowledge_votes knowledge_votes_response_id_fkey; Type: FK CONSTRAINT; Schema: app_private; Owner: -
--

ALTER TABLE ONLY app_private.knowledge_votes
    ADD CONSTRAINT knowledge_votes_response_id_fkey FOREIGN KEY (response_id) REFERENCES app_public.responses(id) ON DELETE CASCADE;

--
-- Name: search_units search_units_knowledge_id_fkey; Type: FK CONSTRAINT; Schema: app_private; Owner: -
--

ALTER TABLE ONLY app_private.search_units
    ADD CONSTRAINT search_units_knowledge_id_fkey FOREIGN KEY (knowledge_id) REFERENCES app_public.knowledge_base(id) ON DELETE CASCADE;

--
-- Name: search_units search_units_sop_id_fkey; Type: FK CONSTRAINT; Schema: app_private; Owner: -
--

ALTER TABLE ONLY app_private.search_units
    ADD CONSTRAINT search_units_sop_id_fkey FOREIGN KEY (sop_id) REFERENCES app_public.sops(id) ON DELETE CASCADE;

--
-- Name: search_units search_units_sop_version_id_fkey; Type: FK CONSTRAINT; Schema: app_private; Owner: -
--

ALTER TABLE ONLY app_private.search_units
    ADD CONSTRAINT search_units_sop_version_id_fkey FOREIGN KEY (sop_version_id) REFERENCES app_public.sop_versions(id) ON DELETE CASCADE;

--
-- Name: api_tokens api_tokens_user_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.api_tokens
    ADD CONSTRAINT api_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

--
-- Name: failed_responses failed_responses_expected_sop_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.failed_responses
    ADD CONSTRAINT failed_responses_expected_sop_id_fkey FOREIGN KEY (expected_sop_id) REFERENCES app_public.sops(id) ON DELETE SET NULL;

--
-- Name: failed_responses failed_responses_pattern_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.failed_responses
    ADD CONSTRAINT failed_responses_pattern_id_fkey FOREIGN KEY (pattern_id) REFERENCES app_public.failure_patterns(id) ON DELETE SET NULL;

--
-- Name: failed_responses failed_responses_resolved_by_improvement_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.failed_responses
    ADD CONSTRAINT failed_responses_resolved_by_improvement_id_fkey FOREIGN KEY (resolved_by_improvement_id) REFERENCES app_public.improvement_queue(id) ON DELETE SET NULL;

--
-- Name: failed_responses failed_responses_response_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.failed_responses
    ADD CONSTRAINT failed_responses_response_id_fkey FOREIGN KEY (response_id) REFERENCES app_public.responses(id) ON DELETE RESTRICT;

--
-- Name: CONSTRAINT failed_responses_response_id_fkey ON failed_responses; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON CONSTRAINT failed_responses_response_id_fkey ON app_public.failed_responses IS '@fieldName givenResponse
@foreignFieldName failure
The column `response` holds the text; this is the whole answer that failed.';

--
-- Name: failed_responses failed_responses_site_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.failed_responses
    ADD CONSTRAINT failed_responses_site_id_fkey FOREIGN KEY (site_id) REFERENCES app_public.sites(id) ON DELETE RESTRICT;

--
-- Name: failure_patterns failure_patterns_sop_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.failure_patterns
    ADD CONSTRAINT failure_patterns_sop_id_fkey FOREIGN KEY (sop_id) REFERENCES app_public.sops(id) ON DELETE SET NULL;

--
-- Name: improvement_evidence improvement_evidence_failed_response_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.improvement_evidence
    ADD CONSTRAINT improvement_evidence_failed_response_id_fkey FOREIGN KEY (failed_response_id) REFERENCES app_public.failed_responses(id) ON DELETE CASCADE;

--
-- Name: improvement_evidence improvement_evidence_improvement_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.improvement_evidence
    ADD CONSTRAINT improvement_evidence_improvement_id_fkey FOREIGN KEY (improvement_id) REFERENCES app_public.improvement_queue(id) ON DELETE CASCADE;

--
-- Name: improvement_queue improvement_queue_failed_response_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.improvement_queue
    ADD CONSTRAINT improvement_queue_failed_response_id_fkey FOREIGN KEY (failed_response_id) REFERENCES app_public.failed_responses(id) ON DELETE SET NULL;

--
-- Name: CONSTRAINT improvement_queue_failed_response_id_fkey ON improvement_queue; Type: COMMENT; Schema: app_public; Owner: -
--

COMMENT ON CONSTRAINT improvement_queue_failed_response_id_fkey ON app_public.improvement_queue IS '@foreignFieldName firstProposals';

--
-- Name: improvement_queue improvement_queue_pattern_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.improvement_queue
    ADD CONSTRAINT improvement_queue_pattern_id_fkey FOREIGN KEY (pattern_id) REFERENCES app_public.failure_patterns(id) ON DELETE SET NULL;

--
-- Name: improvement_queue improvement_queue_sop_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.improvement_queue
    ADD CONSTRAINT improvement_queue_sop_id_fkey FOREIGN KEY (sop_id) REFERENCES app_public.sops(id) ON DELETE RESTRICT;

--
-- Name: knowledge_base knowledge_base_improvement_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.knowledge_base
    ADD CONSTRAINT knowledge_base_improvement_id_fkey FOREIGN KEY (improvement_id) REFERENCES app_public.improvement_queue(id) ON DELETE SET NULL;

--
-- Name: knowledge_base knowledge_base_learned_from_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.knowledge_base
    ADD CONSTRAINT knowledge_base_learned_from_fkey FOREIGN KEY (learned_from) REFERENCES app_public.responses(id) ON DELETE SET NULL;

--
-- Name: knowledge_base knowledge_base_site_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.knowledge_base
    ADD CONSTRAINT knowledge_base_site_id_fkey FOREIGN KEY (site_id) REFERENCES app_public.sites(id) ON DELETE RESTRICT;

--
-- Name: knowledge_base knowledge_base_sop_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.knowledge_base
    ADD CONSTRAINT knowledge_base_sop_id_fkey FOREIGN KEY (sop_id) REFERENCES app_public.sops(id) ON DELETE SET NULL;

--
-- Name: knowledge_questions knowledge_questions_knowledge_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.knowledge_questions
    ADD CONSTRAINT knowledge_questions_knowledge_id_fkey FOREIGN KEY (knowledge_id) REFERENCES app_public.knowledge_base(id) ON DELETE CASCADE;

--
-- Name: knowledge_questions knowledge_questions_learned_from_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.knowledge_questions
    ADD CONSTRAINT knowledge_questions_learned_from_fkey FOREIGN KEY (learned_from) REFERENCES app_public.responses(id) ON DELETE SET NULL;

--
-- Name: llm_calls llm_calls_response_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.llm_calls
    ADD CONSTRAINT llm_calls_response_id_fkey FOREIGN KEY (response_id) REFERENCES app_public.responses(id) ON DELETE SET NULL;

--
-- Name: messages messages_response_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.messages
    ADD CONSTRAINT messages_response_id_fkey FOREIGN KEY (response_id) REFERENCES app_public.responses(id) ON DELETE RESTRICT;

--
-- Name: messages messages_ticket_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.messages
    ADD CONSTRAINT messages_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES app_public.tickets(id) ON DELETE CASCADE;

--
-- Name: notifications notifications_push_subscription_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.notifications
    ADD CONSTRAINT notifications_push_subscription_id_fkey FOREIGN KEY (push_subscription_id) REFERENCES app_public.push_subscriptions(id) ON DELETE SET NULL;

--
-- Name: notifications notifications_user_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.notifications
    ADD CONSTRAINT notifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

--
-- Name: notifications notifications_webhook_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.notifications
    ADD CONSTRAINT notifications_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES app_public.webhooks(id) ON DELETE CASCADE;

--
-- Name: prompt_versions prompt_versions_prompt_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.prompt_versions
    ADD CONSTRAINT prompt_versions_prompt_id_fkey FOREIGN KEY (prompt_id) REFERENCES app_public.prompts(id) ON DELETE RESTRICT;

--
-- Name: push_subscriptions push_subscriptions_user_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.push_subscriptions
    ADD CONSTRAINT push_subscriptions_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

--
-- Name: response_sources response_sources_response_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.response_sources
    ADD CONSTRAINT response_sources_response_id_fkey FOREIGN KEY (response_id) REFERENCES app_public.responses(id) ON DELETE CASCADE;

--
-- Name: response_sources response_sources_sop_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.response_sources
    ADD CONSTRAINT response_sources_sop_id_fkey FOREIGN KEY (sop_id) REFERENCES app_public.sops(id) ON DELETE RESTRICT;

--
-- Name: response_sources response_sources_sop_version_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.response_sources
    ADD CONSTRAINT response_sources_sop_version_id_fkey FOREIGN KEY (sop_version_id) REFERENCES app_public.sop_versions(id) ON DELETE RESTRICT;

--
-- Name: responses responses_prompt_version_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.responses
    ADD CONSTRAINT responses_prompt_version_id_fkey FOREIGN KEY (prompt_version_id) REFERENCES app_public.prompt_versions(id) ON DELETE RESTRICT;

--
-- Name: responses responses_site_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.responses
    ADD CONSTRAINT responses_site_id_fkey FOREIGN KEY (site_id) REFERENCES app_public.sites(id) ON DELETE RESTRICT;

--
-- Name: responses responses_ticket_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.responses
    ADD CONSTRAINT responses_ticket_id_fkey FOREIGN KEY (ticket_id) REFERENCES app_public.tickets(id) ON DELETE RESTRICT;

--
-- Name: sessions sessions_user_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

--
-- Name: sop_versions sop_versions_improvement_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.sop_versions
    ADD CONSTRAINT sop_versions_improvement_id_fkey FOREIGN KEY (improvement_id) REFERENCES app_public.improvement_queue(id) ON DELETE RESTRICT;

--
-- Name: sop_versions sop_versions_previous_version_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.sop_versions
    ADD CONSTRAINT sop_versions_previous_version_id_fkey FOREIGN KEY (previous_version_id) REFERENCES app_public.sop_versions(id) ON DELETE RESTRICT;

--
-- Name: sop_versions sop_versions_sop_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.sop_versions
    ADD CONSTRAINT sop_versions_sop_id_fkey FOREIGN KEY (sop_id) REFERENCES app_public.sops(id) ON DELETE RESTRICT;

--
-- Name: tickets tickets_site_id_fkey; Type: FK CONSTRAINT; Schema: app_public; Owner: -
--

ALTER TABLE ONLY app_public.tickets
    ADD CONSTRAINT tickets_site_id_fkey FOREIGN KEY (site_id) REFERENCES app_public.sites(id) ON DELETE RESTRICT;

--
-- Name: api_token_keys api_token_keys_api_token_id_fkey; Type: FK CONSTRAINT; Schema: app_secret; Owner: -
--

ALTER TABLE ONLY app_secret.api_token_keys
    ADD CONSTRAINT api_token_keys_api_token_id_fkey FOREIGN KEY (api_token_id) REFERENCES app_public.api_tokens(id) ON DELETE CASCADE;

--
-- Name: one_time_links one_time_links_user_id_fkey; Type: FK CONSTRAINT; Schema: app_secret; Owner: -
--

ALTER TABLE ONLY app_secret.one_time_links
    ADD CONSTRAINT one_time_links_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

--
-- Name: passwords passwords_user_id_fkey; Type: FK CONSTRAINT; Schema: app_secret; Owner: -
--

ALTER TABLE ONLY app_secret.passwords
    ADD CONSTRAINT passwords_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_public.users(id) ON DELETE CASCADE;

--
-- Name: session_keys session_keys_session_id_fkey; Type: FK CONSTRAINT; Schema: app_secret; Owner: -
--

ALTER TABLE ONLY app_secret.session_keys
    ADD CONSTRAINT session_keys_session_id_fkey FOREIGN KEY (session_id) REFERENCES app_public.sessions(id) ON DELETE CASCADE;

--
-- Name: webhook_keys webhook_keys_webhook_id_fkey; Type: FK CONSTRAINT; Schema: app_secret; Owner: -
--

ALTER TABLE ONLY app_secret.webhook_keys
    ADD CONSTRAINT webhook_keys_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES app_public.webhooks(id) ON DELETE CASCADE;

--
-- Name: audit_head; Type: ROW SECURITY; Schema: app_private; Owner: -
--

ALTER TABLE app_private.audit_head ENABLE ROW LEVEL SECURITY;

--
-- Name: dead_job_alerts; Type: ROW SECURITY; Schema: app_private; Owner: -
--

ALTER TABLE app_private.dead_job_alerts ENABLE ROW LEVEL SECURITY;

--
-- Name: embedding_cache; Type: ROW SECURITY; Schema: app_private; Owner: -
--

ALTER TABLE app_private.embedding_cache ENABLE ROW LEVEL SECURITY;

--
-- Name: improvement_viewers; Type: ROW SECURITY; Schema: app_private; Owner: -
--

ALTER TABLE app_private.improvement_viewers ENABLE ROW LEVEL SECURITY;

--
-- Name: improvements_in_progress; Type: ROW SECURITY; Schema: app_private; Owner: -
--

ALTER TABLE app_private.improvements_in_progress ENABLE ROW LEVEL SECURITY;

--
-- Name: knowledge_votes; Type: ROW SECURITY; Schema: app_private; Owner: -
--

ALTER TABLE app_private.knowledge_votes ENABLE ROW LEVEL SECURITY;

--
-- Name: lexeme_frequencies; Type: ROW SECURITY; Schema: app_private; Owner: -
--

ALTER TABLE app_private.lexeme_frequencies ENABLE ROW LEVEL SECURITY;

--
-- Name: search_statistics; Type: ROW SECURITY; Schema: app_private; Owner: -
--

ALTER TABLE app_private.search_statistics ENABLE ROW LEVEL SECURITY;

--
-- Name: search_units; Type: ROW SECURITY; Schema: app_private; Owner: -
--

ALTER TABLE app_private.search_units ENABLE ROW LEVEL SECURITY;

--
-- Name: search_vocabulary; Type: ROW SECURITY; Schema: app_private; Owner: -
--

ALTER TABLE app_private.search_vocabulary ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_head select_auditor; Type: POLICY; Schema: app_private; Owner: -
--

CREATE POLICY select_auditor ON app_private.audit_head FOR SELECT TO auditor USING (true);

--
-- Name: dead_job_alerts select_auditor; Type: POLICY; Schema: app_private; Owner: -
--

CREATE POLICY select_auditor ON app_private.dead_job_alerts FOR SELECT TO auditor USING (true);

--
-- Name: embedding_cache select_auditor; Type: POLICY; Schema: app_private; Owner: -
--

CREATE POLICY select_auditor ON app_private.embedding_cache FOR SELECT TO auditor USING (true);

--
-- Name: improvement_viewers select_auditor; Type: POLICY; Schema: app_private; Owner: -
--

CREATE POLICY select_auditor ON app_private.improvement_viewers FOR SELECT TO auditor USING (true);

--
-- Name: improvements_in_progress select_auditor; Type: POLICY; Schema: app_private; Owner: -
--

CREATE POLICY select_auditor ON app_private.improvements_in_progress FOR SELECT TO auditor USING (true);

--
-- Name: knowledge_votes select_auditor; Type: POLICY; Schema: app_private; Owner: -
--

CREATE POLICY select_auditor ON app_private.knowledge_votes FOR SELECT TO auditor USING (true);

--
-- Name: lexeme_frequencies select_auditor; Type: POLICY; Schema: app_private; Owner: -
--

CREATE POLICY select_auditor ON app_private.lexeme_frequencies FOR SELECT TO auditor USING (true);

--
-- Name: search_statistics select_auditor; Type: POLICY; Schema: app_private; Owner: -
--

CREATE POLICY select_auditor ON app_private.search_statistics FOR SELECT TO auditor USING (true);

--
-- Name: search_units select_auditor; Type: POLICY; Schema: app_private; Owner: -
--

CREATE POLICY select_auditor ON app_private.search_units FOR SELECT TO auditor USING (true);

--
-- Name: search_vocabulary select_auditor; Type: POLICY; Schema: app_private; Owner: -
--

CREATE POLICY select_auditor ON app_private.search_vocabulary FOR SELECT TO auditor USING (true);

--
-- Name: worker_heartbeats select_auditor; Type: POLICY; Schema: app_private; Owner: -
--

CREATE POLICY select_auditor ON app_private.worker_heartbeats FOR SELECT TO auditor USING (true);

--
-- Name: worker_heartbeats; Type: ROW SECURITY; Schema: app_private; Owner: -
--

ALTER TABLE app_private.worker_heartbeats ENABLE ROW LEVEL SECURITY;

--
-- Name: api_tokens; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.api_tokens ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_heads; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.audit_heads ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_log; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.audit_log ENABLE ROW LEVEL SECURITY;

--
-- Name: club_settings; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.club_settings ENABLE ROW LEVEL SECURITY;

--
-- Name: emergency_signals delete_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY delete_admin ON app_public.emergency_signals FOR DELETE TO admin USING (true);

--
-- Name: knowledge_base delete_reviewer; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY delete_reviewer ON app_public.knowledge_base FOR DELETE TO reviewer USING (true);

--
-- Name: emergency_signals; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.emergency_signals ENABLE ROW LEVEL SECURITY;

--
-- Name: failed_responses; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.failed_responses ENABLE ROW LEVEL SECURITY;

--
-- Name: failure_patterns; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.failure_patterns ENABLE ROW LEVEL SECURITY;

--
-- Name: improvement_evidence; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.improvement_evidence ENABLE ROW LEVEL SECURITY;

--
-- Name: improvement_queue; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.improvement_queue ENABLE ROW LEVEL SECURITY;

--
-- Name: emergency_signals insert_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY insert_admin ON app_public.emergency_signals FOR INSERT TO admin WITH CHECK (true);

--
-- Name: sites insert_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY insert_admin ON app_public.sites FOR INSERT TO admin WITH CHECK (true);

--
-- Name: users insert_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY insert_admin ON app_public.users FOR INSERT TO admin WITH CHECK (true);

--
-- Name: knowledge_base insert_reviewer; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY insert_reviewer ON app_public.knowledge_base FOR INSERT TO reviewer WITH CHECK (true);

--
-- Name: prompts insert_reviewer; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY insert_reviewer ON app_public.prompts FOR INSERT TO reviewer WITH CHECK (true);

--
-- Name: sops insert_reviewer; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY insert_reviewer ON app_public.sops FOR INSERT TO reviewer WITH CHECK (true);

--
-- Name: llm_calls insert_worker; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY insert_worker ON app_public.llm_calls FOR INSERT TO worker WITH CHECK (true);

--
-- Name: knowledge_base; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.knowledge_base ENABLE ROW LEVEL SECURITY;

--
-- Name: knowledge_questions; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.knowledge_questions ENABLE ROW LEVEL SECURITY;

--
-- Name: llm_calls; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.llm_calls ENABLE ROW LEVEL SECURITY;

--
-- Name: messages; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.messages ENABLE ROW LEVEL SECURITY;

--
-- Name: notifications; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.notifications ENABLE ROW LEVEL SECURITY;

--
-- Name: privacy_actions; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.privacy_actions ENABLE ROW LEVEL SECURITY;

--
-- Name: prompt_versions; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.prompt_versions ENABLE ROW LEVEL SECURITY;

--
-- Name: prompts; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.prompts ENABLE ROW LEVEL SECURITY;

--
-- Name: push_subscriptions; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.push_subscriptions ENABLE ROW LEVEL SECURITY;

--
-- Name: response_sources; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.response_sources ENABLE ROW LEVEL SECURITY;

--
-- Name: responses; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.responses ENABLE ROW LEVEL SECURITY;

--
-- Name: retention_rules; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.retention_rules ENABLE ROW LEVEL SECURITY;

--
-- Name: retention_runs; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.retention_runs ENABLE ROW LEVEL SECURITY;

--
-- Name: api_tokens select_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_admin ON app_public.api_tokens FOR SELECT TO admin USING (true);

--
-- Name: audit_heads select_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_admin ON app_public.audit_heads FOR SELECT TO admin USING (true);

--
-- Name: audit_log select_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_admin ON app_public.audit_log FOR SELECT TO admin USING (true);

--
-- Name: llm_calls select_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_admin ON app_public.llm_calls FOR SELECT TO admin USING (true);

--
-- Name: notifications select_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_admin ON app_public.notifications FOR SELECT TO admin USING (true);

--
-- Name: privacy_actions select_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_admin ON app_public.privacy_actions FOR SELECT TO admin USING (true);

--
-- Name: retention_rules select_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_admin ON app_public.retention_rules FOR SELECT TO admin USING (true);

--
-- Name: retention_runs select_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_admin ON app_public.retention_runs FOR SELECT TO admin USING (true);

--
-- Name: sessions select_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_admin ON app_public.sessions FOR SELECT TO admin USING (true);

--
-- Name: webhooks select_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_admin ON app_public.webhooks FOR SELECT TO admin USING (true);

--
-- Name: club_settings select_agent; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_agent ON app_public.club_settings FOR SELECT TO agent USING (true);

--
-- Name: emergency_signals select_agent; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_agent ON app_public.emergency_signals FOR SELECT TO agent USING (true);

--
-- Name: failed_responses select_agent; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_agent ON app_public.failed_responses FOR SELECT TO agent USING (true);

--
-- Name: failure_patterns select_agent; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_agent ON app_public.failure_patterns FOR SELECT TO agent USING (true);

--
-- Name: improvement_evidence select_agent; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_agent ON app_public.improvement_evidence FOR SELECT TO agent USING (true);

--
-- Name: improvement_queue select_agent; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_agent ON app_public.improvement_queue FOR SELECT TO agent USING (true);

--
-- Name: knowledge_base select_agent; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_agent ON app_public.knowledge_base FOR SELECT TO agent USING (true);

--
-- Name: knowledge_questions select_agent; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_agent ON app_public.knowledge_questions FOR SELECT TO agent USING (true);

--
-- Name: messages select_agent; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_agent ON app_public.messages FOR SELECT TO agent USING (true);

--
-- Name: response_sources select_agent; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_agent ON app_public.response_sources FOR SELECT TO agent USING (true);

--
-- Name: responses select_agent; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_agent ON app_public.responses FOR SELECT TO agent USING (true);

--
-- Name: sites select_agent; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_agent ON app_public.sites FOR SELECT TO agent USING (true);

--
-- Name: sop_versions select_agent; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_agent ON app_public.sop_versions FOR SELECT TO agent USING (true);

--
-- Name: sops select_agent; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_agent ON app_public.sops FOR SELECT TO agent USING (true);

--
-- Name: tickets select_agent; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_agent ON app_public.tickets FOR SELECT TO agent USING (true);

--
-- Name: users select_agent; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_agent ON app_public.users FOR SELECT TO agent USING (true);

--
-- Name: sites select_all; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_all ON app_public.sites FOR SELECT TO anonymous USING (true);

--
-- Name: api_tokens select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.api_tokens FOR SELECT TO auditor USING (true);

--
-- Name: audit_heads select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.audit_heads FOR SELECT TO auditor USING (true);

--
-- Name: audit_log select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.audit_log FOR SELECT TO auditor USING (true);

--
-- Name: club_settings select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.club_settings FOR SELECT TO auditor USING (true);

--
-- Name: emergency_signals select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.emergency_signals FOR SELECT TO auditor USING (true);

--
-- Name: failed_responses select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.failed_responses FOR SELECT TO auditor USING (true);

--
-- Name: failure_patterns select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.failure_patterns FOR SELECT TO auditor USING (true);

--
-- Name: improvement_evidence select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.improvement_evidence FOR SELECT TO auditor USING (true);

--
-- Name: improvement_queue select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.improvement_queue FOR SELECT TO auditor USING (true);

--
-- Name: knowledge_base select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.knowledge_base FOR SELECT TO auditor USING (true);

--
-- Name: knowledge_questions select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.knowledge_questions FOR SELECT TO auditor USING (true);

--
-- Name: llm_calls select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.llm_calls FOR SELECT TO auditor USING (true);

--
-- Name: messages select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.messages FOR SELECT TO auditor USING (true);

--
-- Name: notifications select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.notifications FOR SELECT TO auditor USING (true);

--
-- Name: privacy_actions select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.privacy_actions FOR SELECT TO auditor USING (true);

--
-- Name: prompt_versions select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.prompt_versions FOR SELECT TO auditor USING (true);

--
-- Name: prompts select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.prompts FOR SELECT TO auditor USING (true);

--
-- Name: push_subscriptions select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.push_subscriptions FOR SELECT TO auditor USING (true);

--
-- Name: response_sources select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.response_sources FOR SELECT TO auditor USING (true);

--
-- Name: responses select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.responses FOR SELECT TO auditor USING (true);

--
-- Name: retention_rules select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.retention_rules FOR SELECT TO auditor USING (true);

--
-- Name: retention_runs select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.retention_runs FOR SELECT TO auditor USING (true);

--
-- Name: sessions select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.sessions FOR SELECT TO auditor USING (true);

--
-- Name: sites select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.sites FOR SELECT TO auditor USING (true);

--
-- Name: sop_versions select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.sop_versions FOR SELECT TO auditor USING (true);

--
-- Name: sops select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.sops FOR SELECT TO auditor USING (true);

--
-- Name: tickets select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.tickets FOR SELECT TO auditor USING (true);

--
-- Name: users select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.users FOR SELECT TO auditor USING (true);

--
-- Name: webhooks select_auditor; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_auditor ON app_public.webhooks FOR SELECT TO auditor USING (true);

--
-- Name: api_tokens select_own; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_own ON app_public.api_tokens FOR SELECT TO agent USING ((user_id = ( SELECT app_public.current_user_id() AS current_user_id)));

--
-- Name: messages select_own; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_own ON app_public.messages FOR SELECT TO anonymous USING (((author_kind <> 'system'::text) AND (ticket_id = ANY (ARRAY( SELECT t.id
   FROM app_public.tickets t
  WHERE (t.visitor_id = ( SELECT (NULLIF(current_setting('clubos.visitor_id'::text, true), ''::text))::uuid AS "nullif")))))));

--
-- Name: push_subscriptions select_own; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_own ON app_public.push_subscriptions FOR SELECT TO agent USING ((user_id = ( SELECT app_public.current_user_id() AS current_user_id)));

--
-- Name: response_sources select_own; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_own ON app_public.response_sources FOR SELECT TO anonymous USING ((response_id = ANY (ARRAY( SELECT r.id
   FROM app_public.responses r
  WHERE (r.visitor_id = ( SELECT (NULLIF(current_setting('clubos.visitor_id'::text, true), ''::text))::uuid AS "nullif"))))));

--
-- Name: responses select_own; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_own ON app_public.responses FOR SELECT TO anonymous USING (((visitor_id = ( SELECT (NULLIF(current_setting('clubos.visitor_id'::text, true), ''::text))::uuid AS "nullif")) AND (outcome <> 'drafted'::text)));

--
-- Name: sessions select_own; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_own ON app_public.sessions FOR SELECT TO agent USING ((user_id = ( SELECT app_public.current_user_id() AS current_user_id)));

--
-- Name: tickets select_own; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_own ON app_public.tickets FOR SELECT TO anonymous USING ((visitor_id = ( SELECT (NULLIF(current_setting('clubos.visitor_id'::text, true), ''::text))::uuid AS "nullif")));

--
-- Name: prompt_versions select_reviewer; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_reviewer ON app_public.prompt_versions FOR SELECT TO reviewer USING (true);

--
-- Name: prompts select_reviewer; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_reviewer ON app_public.prompts FOR SELECT TO reviewer USING (true);

--
-- Name: club_settings select_worker; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_worker ON app_public.club_settings FOR SELECT TO worker USING (true);

--
-- Name: failed_responses select_worker; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_worker ON app_public.failed_responses FOR SELECT TO worker USING (true);

--
-- Name: failure_patterns select_worker; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_worker ON app_public.failure_patterns FOR SELECT TO worker USING (true);

--
-- Name: improvement_evidence select_worker; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_worker ON app_public.improvement_evidence FOR SELECT TO worker USING (true);

--
-- Name: improvement_queue select_worker; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_worker ON app_public.improvement_queue FOR SELECT TO worker USING (true);

--
-- Name: knowledge_base select_worker; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_worker ON app_public.knowledge_base FOR SELECT TO worker USING (true);

--
-- Name: knowledge_questions select_worker; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_worker ON app_public.knowledge_questions FOR SELECT TO worker USING (true);

--
-- Name: prompt_versions select_worker; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_worker ON app_public.prompt_versions FOR SELECT TO worker USING (true);

--
-- Name: prompts select_worker; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_worker ON app_public.prompts FOR SELECT TO worker USING (true);

--
-- Name: sites select_worker; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_worker ON app_public.sites FOR SELECT TO worker USING (true);

--
-- Name: sop_versions select_worker; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_worker ON app_public.sop_versions FOR SELECT TO worker USING (true);

--
-- Name: sops select_worker; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY select_worker ON app_public.sops FOR SELECT TO worker USING (true);

--
-- Name: sessions; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.sessions ENABLE ROW LEVEL SECURITY;

--
-- Name: sites; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.sites ENABLE ROW LEVEL SECURITY;

--
-- Name: sop_versions; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.sop_versions ENABLE ROW LEVEL SECURITY;

--
-- Name: sops; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.sops ENABLE ROW LEVEL SECURITY;

--
-- Name: tickets; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.tickets ENABLE ROW LEVEL SECURITY;

--
-- Name: club_settings update_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY update_admin ON app_public.club_settings FOR UPDATE TO admin USING (true) WITH CHECK (true);

--
-- Name: emergency_signals update_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY update_admin ON app_public.emergency_signals FOR UPDATE TO admin USING (true) WITH CHECK (true);

--
-- Name: retention_rules update_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY update_admin ON app_public.retention_rules FOR UPDATE TO admin USING (true) WITH CHECK (true);

--
-- Name: sites update_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY update_admin ON app_public.sites FOR UPDATE TO admin USING (true) WITH CHECK (true);

--
-- Name: users update_admin; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY update_admin ON app_public.users FOR UPDATE TO admin USING (true) WITH CHECK (true);

--
-- Name: improvement_queue update_reviewer; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY update_reviewer ON app_public.improvement_queue FOR UPDATE TO reviewer USING (true) WITH CHECK (true);

--
-- Name: knowledge_base update_reviewer; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY update_reviewer ON app_public.knowledge_base FOR UPDATE TO reviewer USING (true) WITH CHECK (true);

--
-- Name: prompts update_reviewer; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY update_reviewer ON app_public.prompts FOR UPDATE TO reviewer USING (true) WITH CHECK (true);

--
-- Name: sops update_reviewer; Type: POLICY; Schema: app_public; Owner: -
--

CREATE POLICY update_reviewer ON app_public.sops FOR UPDATE TO reviewer USING (true) WITH CHECK (true);

--
-- Name: users; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.users ENABLE ROW LEVEL SECURITY;

--
-- Name: webhooks; Type: ROW SECURITY; Schema: app_public; Owner: -
--

ALTER TABLE app_public.webhooks ENABLE ROW LEVEL SECURITY;

--
-- Name: api_token_keys; Type: ROW SECURITY; Schema: app_secret; Owner: -
--

ALTER TABLE app_secret.api_token_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: one_time_links; Type: ROW SECURITY; Schema: app_secret; Owner: -
--

ALTER TABLE app_secret.one_time_links ENABLE ROW LEVEL SECURITY;

--
-- Name: passwords; Type: ROW SECURITY; Schema: app_secret; Owner: -
--

ALTER TABLE app_secret.passwords ENABLE ROW LEVEL SECURITY;

--
-- Name: rate_limits; Type: ROW SECURITY; Schema: app_secret; Owner: -
--

ALTER TABLE app_secret.rate_limits ENABLE ROW LEVEL SECURITY;

--
-- Name: session_keys; Type: ROW SECURITY; Schema: app_secret; Owner: -
--

ALTER TABLE app_secret.session_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: vapid_keys; Type: ROW SECURITY; Schema: app_secret; Owner: -
--

ALTER TABLE app_secret.vapid_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: webhook_keys; Type: ROW SECURITY; Schema: app_secret; Owner: -
--

ALTER TABLE app_secret.webhook_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: SCHEMA app_hidden; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA app_hidden TO agent;
GRANT USAGE ON SCHEMA app_hidden TO auditor;
GRANT USAGE ON SCHEMA app_hidden TO worker;

--
-- Name: SCHEMA app_private; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA app_private TO auditor;
GRANT USAGE ON SCHEMA app_private TO worker;

--
-- Name: SCHEMA app_public; Type: ACL; Schema: -; Owner: -
--

GRANT USAGE ON SCHEMA app_public TO anonymous;
GRANT USAGE ON SCHEMA app_public TO agent;
GRANT USAGE ON SCHEMA app_public TO auditor;
GRANT USAGE ON SCHEMA app_public TO worker;

--
-- Name: FUNCTION gtrgm_in(cstring); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.gtrgm_in(cstring) FROM PUBLIC;

--
-- Name: FUNCTION gtrgm_out(public.gtrgm); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.gtrgm_out(public.gtrgm) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_in(cstring, oid, integer); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_in(cstring, oid, integer) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_out(public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_out(public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_recv(internal, oid, integer); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_recv(internal, oid, integer) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_send(public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_send(public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_typmod_in(cstring[]); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_typmod_in(cstring[]) FROM PUBLIC;

--
-- Name: FUNCTION sparsevec_in(cstring, oid, integer); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sparsevec_in(cstring, oid, integer) FROM PUBLIC;

--
-- Name: FUNCTION sparsevec_out(public.sparsevec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sparsevec_out(public.sparsevec) FROM PUBLIC;

--
-- Name: FUNCTION sparsevec_recv(internal, oid, integer); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sparsevec_recv(internal, oid, integer) FROM PUBLIC;

--
-- Name: FUNCTION sparsevec_send(public.sparsevec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sparsevec_send(public.sparsevec) FROM PUBLIC;

--
-- Name: FUNCTION sparsevec_typmod_in(cstring[]); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sparsevec_typmod_in(cstring[]) FROM PUBLIC;

--
-- Name: FUNCTION vector_in(cstring, oid, integer); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_in(cstring, oid, integer) FROM PUBLIC;

--
-- Name: FUNCTION vector_out(public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_out(public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_recv(internal, oid, integer); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_recv(internal, oid, integer) FROM PUBLIC;

--
-- Name: FUNCTION vector_send(public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_send(public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_typmod_in(cstring[]); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_typmod_in(cstring[]) FROM PUBLIC;

--
-- Name: FUNCTION array_to_halfvec(real[], integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.array_to_halfvec(real[], integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION array_to_sparsevec(real[], integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.array_to_sparsevec(real[], integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION array_to_vector(real[], integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.array_to_vector(real[], integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION array_to_halfvec(double precision[], integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.array_to_halfvec(double precision[], integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION array_to_sparsevec(double precision[], integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.array_to_sparsevec(double precision[], integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION array_to_vector(double precision[], integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.array_to_vector(double precision[], integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION array_to_halfvec(integer[], integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.array_to_halfvec(integer[], integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION array_to_sparsevec(integer[], integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.array_to_sparsevec(integer[], integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION array_to_vector(integer[], integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.array_to_vector(integer[], integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION array_to_halfvec(numeric[], integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.array_to_halfvec(numeric[], integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION array_to_sparsevec(numeric[], integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.array_to_sparsevec(numeric[], integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION array_to_vector(numeric[], integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.array_to_vector(numeric[], integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_to_float4(public.halfvec, integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_to_float4(public.halfvec, integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION halfvec(public.halfvec, integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec(public.halfvec, integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_to_sparsevec(public.halfvec, integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_to_sparsevec(public.halfvec, integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_to_vector(public.halfvec, integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_to_vector(public.halfvec, integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION sparsevec_to_halfvec(public.sparsevec, integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sparsevec_to_halfvec(public.sparsevec, integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION sparsevec(public.sparsevec, integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sparsevec(public.sparsevec, integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION sparsevec_to_vector(public.sparsevec, integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sparsevec_to_vector(public.sparsevec, integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION vector_to_float4(public.vector, integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_to_float4(public.vector, integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION vector_to_halfvec(public.vector, integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_to_halfvec(public.vector, integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION vector_to_sparsevec(public.vector, integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_to_sparsevec(public.vector, integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION vector(public.vector, integer, boolean); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector(public.vector, integer, boolean) FROM PUBLIC;

--
-- Name: FUNCTION acting_role(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.acting_role() FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.acting_role() TO reviewer;

--
-- Name: FUNCTION add_job(task text, payload json, job_key text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.add_job(task text, payload json, job_key text) FROM PUBLIC;

--
-- Name: FUNCTION add_list_items(content text, heading text, items text[]); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.add_list_items(content text, heading text, items text[]) FROM PUBLIC;

--
-- Name: TABLE tickets; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.tickets TO agent;
GRANT SELECT ON TABLE app_public.tickets TO auditor;

--
-- Name: COLUMN tickets.id; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(id) ON TABLE app_public.tickets TO anonymous;

--
-- Name: COLUMN tickets.conversation; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(conversation) ON TABLE app_public.tickets TO anonymous;

--
-- Name: COLUMN tickets.status; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(status) ON TABLE app_public.tickets TO anonymous;

--
-- Name: COLUMN tickets.priority; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(priority) ON TABLE app_public.tickets TO anonymous;

--
-- Name: COLUMN tickets.category; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(category) ON TABLE app_public.tickets TO anonymous;

--
-- Name: COLUMN tickets.subject; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(subject) ON TABLE app_public.tickets TO anonymous;

--
-- Name: COLUMN tickets.site_id; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(site_id) ON TABLE app_public.tickets TO anonymous;

--
-- Name: COLUMN tickets.visitor_id; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(visitor_id) ON TABLE app_public.tickets TO anonymous;

--
-- Name: COLUMN tickets.resolved_at; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(resolved_at) ON TABLE app_public.tickets TO anonymous;

--
-- Name: COLUMN tickets.created_at; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(created_at) ON TABLE app_public.tickets TO anonymous;

--
-- Name: COLUMN tickets.updated_at; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(updated_at) ON TABLE app_public.tickets TO anonymous;

--
-- Name: FUNCTION assistant_is_silent(ticket app_public.tickets); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.assistant_is_silent(ticket app_public.tickets) FROM PUBLIC;

--
-- Name: TABLE audit_log; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.audit_log TO admin;
GRANT SELECT ON TABLE app_public.audit_log TO auditor;

--
-- Name: FUNCTION audit_hash(previous bytea, chain_position bigint, entry app_public.audit_log); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.audit_hash(previous bytea, chain_position bigint, entry app_public.audit_log) FROM PUBLIC;

--
-- Name: FUNCTION audited(r jsonb, ungoverned text[]); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.audited(r jsonb, ungoverned text[]) FROM PUBLIC;

--
-- Name: FUNCTION begin_answer(query text, query_embedding public.vector, category text, site text, conversation uuid); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.begin_answer(query text, query_embedding public.vector, category text, site text, conversation uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.begin_answer(query text, query_embedding public.vector, category text, site text, conversation uuid) TO worker;

--
-- Name: FUNCTION bm25_impacts(words tsvector, usual_length double precision); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.bm25_impacts(words tsvector, usual_length double precision) FROM PUBLIC;

--
-- Name: FUNCTION confidence(cosine double precision, rivals double precision, agreed boolean); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.confidence(cosine double precision, rivals double precision, agreed boolean) FROM PUBLIC;

--
-- Name: FUNCTION current_reason(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.current_reason() FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.current_reason() TO reviewer;

--
-- Name: FUNCTION dead_jobs(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.dead_jobs() FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.dead_jobs() TO admin;
GRANT ALL ON FUNCTION app_hidden.dead_jobs() TO auditor;

--
-- Name: FUNCTION diff_summary(old_content text, new_content text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.diff_summary(old_content text, new_content text) FROM PUBLIC;

--
-- Name: FUNCTION draft_question(ticket_id integer); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.draft_question(ticket_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.draft_question(ticket_id integer) TO agent;

--
-- Name: FUNCTION effective_time(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.effective_time() FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.effective_time() TO reviewer;

--
-- Name: FUNCTION embedding_hash(content text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.embedding_hash(content text) FROM PUBLIC;

--
-- Name: FUNCTION emergency_section(question text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.emergency_section(question text) FROM PUBLIC;

--
-- Name: FUNCTION emergency_text(sop_id integer); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.emergency_text(sop_id integer) FROM PUBLIC;

--
-- Name: FUNCTION erasing(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.erasing() FROM PUBLIC;

--
-- Name: FUNCTION find_conversation(conversation uuid); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.find_conversation(conversation uuid) FROM PUBLIC;

--
-- Name: TABLE dead_jobs; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.dead_jobs TO admin;
GRANT SELECT ON TABLE app_public.dead_jobs TO auditor;

--
-- Name: FUNCTION find_dead_job(job_id bigint); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.find_dead_job(job_id bigint) FROM PUBLIC;

--
-- Name: TABLE knowledge_base; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.knowledge_base TO agent;
GRANT SELECT ON TABLE app_public.knowledge_base TO auditor;
GRANT SELECT ON TABLE app_public.knowledge_base TO worker;
GRANT DELETE ON TABLE app_public.knowledge_base TO reviewer;

--
-- Name: COLUMN knowledge_base.category; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(category),UPDATE(category) ON TABLE app_public.knowledge_base TO reviewer;

--
-- Name: COLUMN knowledge_base.topic; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(topic),UPDATE(topic) ON TABLE app_public.knowledge_base TO reviewer;

--
-- Name: COLUMN knowledge_base.question; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(question),UPDATE(question) ON TABLE app_public.knowledge_base TO reviewer;

--
-- Name: COLUMN knowledge_base.answer; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(answer),UPDATE(answer) ON TABLE app_public.knowledge_base TO reviewer;

--
-- Name: COLUMN knowledge_base.source; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(source) ON TABLE app_public.knowledge_base TO reviewer;

--
-- Name: COLUMN knowledge_base.trust; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(trust),UPDATE(trust) ON TABLE app_public.knowledge_base TO reviewer;

--
-- Name: COLUMN knowledge_base.site_id; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(site_id),UPDATE(site_id) ON TABLE app_public.knowledge_base TO reviewer;

--
-- Name: COLUMN knowledge_base.valid_from; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(valid_from),UPDATE(valid_from) ON TABLE app_public.knowledge_base TO reviewer;

--
-- Name: COLUMN knowledge_base.valid_to; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(valid_to),UPDATE(valid_to) ON TABLE app_public.knowledge_base TO reviewer;

--
-- Name: COLUMN knowledge_base.sop_id; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(sop_id),UPDATE(sop_id) ON TABLE app_public.knowledge_base TO reviewer;

--
-- Name: FUNCTION find_entry(id integer); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.find_entry(id integer) FROM PUBLIC;

--
-- Name: FUNCTION find_site(site text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.find_site(site text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.find_site(site text) TO agent;
GRANT ALL ON FUNCTION app_hidden.find_site(site text) TO auditor;

--
-- Name: TABLE sops; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.sops TO agent;
GRANT SELECT ON TABLE app_public.sops TO auditor;
GRANT SELECT ON TABLE app_public.sops TO worker;

--
-- Name: COLUMN sops.category; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(category),UPDATE(category) ON TABLE app_public.sops TO reviewer;

--
-- Name: COLUMN sops.section; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(section),UPDATE(section) ON TABLE app_public.sops TO reviewer;

--
-- Name: COLUMN sops.content; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(content),UPDATE(content) ON TABLE app_public.sops TO reviewer;

--
-- Name: COLUMN sops.archived_at; Type: ACL; Schema: app_public; Owner: -
--

GRANT UPDATE(archived_at) ON TABLE app_public.sops TO reviewer;

--
-- Name: FUNCTION find_sop(sop_id integer, for_update boolean); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.find_sop(sop_id integer, for_update boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.find_sop(sop_id integer, for_update boolean) TO reviewer;

--
-- Name: FUNCTION find_ticket(ticket_id integer); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.find_ticket(ticket_id integer) FROM PUBLIC;

--
-- Name: FUNCTION from_lines(lines text[]); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.from_lines(lines text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.from_lines(lines text[]) TO agent;
GRANT ALL ON FUNCTION app_hidden.from_lines(lines text[]) TO auditor;

--
-- Name: TABLE responses; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.responses TO agent;
GRANT SELECT ON TABLE app_public.responses TO auditor;

--
-- Name: COLUMN responses.id; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(id) ON TABLE app_public.responses TO anonymous;

--
-- Name: COLUMN responses.ticket_id; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(ticket_id) ON TABLE app_public.responses TO anonymous;

--
-- Name: COLUMN responses.visitor_id; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(visitor_id) ON TABLE app_public.responses TO anonymous;

--
-- Name: COLUMN responses.question; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(question) ON TABLE app_public.responses TO anonymous;

--
-- Name: COLUMN responses.category; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(category) ON TABLE app_public.responses TO anonymous;

--
-- Name: COLUMN responses.confidence; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(confidence) ON TABLE app_public.responses TO anonymous;

--
-- Name: COLUMN responses.text; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(text) ON TABLE app_public.responses TO anonymous;

--
-- Name: COLUMN responses.outcome; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(outcome) ON TABLE app_public.responses TO anonymous;

--
-- Name: COLUMN responses.model; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(model) ON TABLE app_public.responses TO anonymous;

--
-- Name: COLUMN responses.feedback; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(feedback) ON TABLE app_public.responses TO anonymous;

--
-- Name: COLUMN responses.feedback_at; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(feedback_at) ON TABLE app_public.responses TO anonymous;

--
-- Name: COLUMN responses.created_at; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(created_at) ON TABLE app_public.responses TO anonymous;

--
-- Name: FUNCTION granted_columns(response app_public.responses); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.granted_columns(response app_public.responses) FROM PUBLIC;

--
-- Name: FUNCTION granted_columns(ticket app_public.tickets); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.granted_columns(ticket app_public.tickets) FROM PUBLIC;

--
-- Name: FUNCTION has_role(role name); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.has_role(role name) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.has_role(role name) TO reviewer;

--
-- Name: FUNCTION hunk_range(first integer, last integer); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.hunk_range(first integer, last integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.hunk_range(first integer, last integer) TO agent;
GRANT ALL ON FUNCTION app_hidden.hunk_range(first integer, last integer) TO auditor;

--
-- Name: FUNCTION improvement_fingerprint(kind text, suggestion jsonb); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.improvement_fingerprint(kind text, suggestion jsonb) FROM PUBLIC;

--
-- Name: FUNCTION in_words(name text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.in_words(name text) FROM PUBLIC;

--
-- Name: FUNCTION insight_figures(since timestamp with time zone, until timestamp with time zone, category text, site_id integer); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.insight_figures(since timestamp with time zone, until timestamp with time zone, category text, site_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.insight_figures(since timestamp with time zone, until timestamp with time zone, category text, site_id integer) TO agent;
GRANT ALL ON FUNCTION app_hidden.insight_figures(since timestamp with time zone, until timestamp with time zone, category text, site_id integer) TO auditor;

--
-- Name: FUNCTION insight_period(since timestamp with time zone, until timestamp with time zone, timezone text, site text, OUT first_day date, OUT last_day date, OUT site_id integer); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.insight_period(since timestamp with time zone, until timestamp with time zone, timezone text, site text, OUT first_day date, OUT last_day date, OUT site_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.insight_period(since timestamp with time zone, until timestamp with time zone, timezone text, site text, OUT first_day date, OUT last_day date, OUT site_id integer) TO agent;
GRANT ALL ON FUNCTION app_hidden.insight_period(since timestamp with time zone, until timestamp with time zone, timezone text, site text, OUT first_day date, OUT last_day date, OUT site_id integer) TO auditor;

--
-- Name: FUNCTION jobs(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.jobs() FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.jobs() TO admin;
GRANT ALL ON FUNCTION app_hidden.jobs() TO auditor;

--
-- Name: FUNCTION knowledge_unit(category text, topic text, question text, answer text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.knowledge_unit(category text, topic text, question text, answer text) FROM PUBLIC;

--
-- Name: FUNCTION learnable_question(question text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.learnable_question(question text) FROM PUBLIC;

--
-- Name: FUNCTION lexeme_dimension(lexeme text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.lexeme_dimension(lexeme text) FROM PUBLIC;

--
-- Name: FUNCTION line_edits(a text[], b text[]); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.line_edits(a text[], b text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.line_edits(a text[], b text[]) TO agent;
GRANT ALL ON FUNCTION app_hidden.line_edits(a text[], b text[]) TO auditor;

--
-- Name: FUNCTION lines_with_heading(lines text[]); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.lines_with_heading(lines text[]) FROM PUBLIC;

--
-- Name: FUNCTION list_item(item text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.list_item(item text) FROM PUBLIC;

--
-- Name: FUNCTION markdown_sections(content text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.markdown_sections(content text) FROM PUBLIC;

--
-- Name: FUNCTION mask_card(candidate text, named boolean); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.mask_card(candidate text, named boolean) FROM PUBLIC;

--
-- Name: FUNCTION mask_codes(content text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.mask_codes(content text) FROM PUBLIC;

--
-- Name: FUNCTION mask_iban(candidate text, named boolean); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.mask_iban(candidate text, named boolean) FROM PUBLIC;

--
-- Name: FUNCTION mask_personal_data(content text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.mask_personal_data(content text) FROM PUBLIC;

--
-- Name: FUNCTION mask_phone(candidate text, before text, after text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.mask_phone(candidate text, before text, after text) FROM PUBLIC;

--
-- Name: FUNCTION merge_lines(base text, ours text, theirs text, OUT merged text, OUT conflicts jsonb); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.merge_lines(base text, ours text, theirs text, OUT merged text, OUT conflicts jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.merge_lines(base text, ours text, theirs text, OUT merged text, OUT conflicts jsonb) TO agent;
GRANT ALL ON FUNCTION app_hidden.merge_lines(base text, ours text, theirs text, OUT merged text, OUT conflicts jsonb) TO auditor;

--
-- Name: FUNCTION merge_marked(base text, ours text, theirs text, OUT merged text, OUT conflicts integer); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.merge_marked(base text, ours text, theirs text, OUT merged text, OUT conflicts integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.merge_marked(base text, ours text, theirs text, OUT merged text, OUT conflicts integer) TO agent;
GRANT ALL ON FUNCTION app_hidden.merge_marked(base text, ours text, theirs text, OUT merged text, OUT conflicts integer) TO auditor;

--
-- Name: FUNCTION notify(kind text, details jsonb, key text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.notify(kind text, details jsonb, key text) FROM PUBLIC;

--
-- Name: FUNCTION numbers_a_thing(before text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.numbers_a_thing(before text) FROM PUBLIC;

--
-- Name: FUNCTION passes_luhn(digits text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.passes_luhn(digits text) FROM PUBLIC;

--
-- Name: FUNCTION phrases_heading(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.phrases_heading() FROM PUBLIC;

--
-- Name: FUNCTION plain_characters(content text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.plain_characters(content text) FROM PUBLIC;

--
-- Name: FUNCTION plain_text(markdown text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.plain_text(markdown text) FROM PUBLIC;

--
-- Name: FUNCTION quote(body text, most integer); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.quote(body text, most integer) FROM PUBLIC;

--
-- Name: FUNCTION readable_name(name text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.readable_name(name text) FROM PUBLIC;

--
-- Name: FUNCTION record_draft(ticket_id integer, question text, answer jsonb, model text, text text, latency_ms double precision, router_model text, prompt_version_id integer, tokens_in integer, tokens_out integer, cost numeric); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.record_draft(ticket_id integer, question text, answer jsonb, model text, text text, latency_ms double precision, router_model text, prompt_version_id integer, tokens_in integer, tokens_out integer, cost numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.record_draft(ticket_id integer, question text, answer jsonb, model text, text text, latency_ms double precision, router_model text, prompt_version_id integer, tokens_in integer, tokens_out integer, cost numeric) TO worker;

--
-- Name: FUNCTION require_actor(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.require_actor() FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.require_actor() TO reviewer;

--
-- Name: FUNCTION require_reason(reason text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.require_reason(reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.require_reason(reason text) TO reviewer;

--
-- Name: FUNCTION require_role(role name); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.require_role(role name) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.require_role(role name) TO reviewer;

--
-- Name: FUNCTION same_text(one text, other text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.same_text(one text, other text) FROM PUBLIC;

--
-- Name: FUNCTION set_reason(reason text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.set_reason(reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.set_reason(reason text) TO reviewer;

--
-- Name: FUNCTION sop_title(section text, content text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.sop_title(section text, content text) FROM PUBLIC;

--
-- Name: FUNCTION sop_units(category text, section text, content text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.sop_units(category text, section text, content text) FROM PUBLIC;

--
-- Name: FUNCTION target_of(sop_id integer, category text, topic text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.target_of(sop_id integer, category text, topic text) FROM PUBLIC;

--
-- Name: FUNCTION tg__audit(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg__audit() FROM PUBLIC;

--
-- Name: FUNCTION tg__immutable(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg__immutable() FROM PUBLIC;

--
-- Name: FUNCTION tg__notify(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg__notify() FROM PUBLIC;

--
-- Name: FUNCTION tg_audit_log__append_only(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg_audit_log__append_only() FROM PUBLIC;

--
-- Name: FUNCTION tg_audit_log__chain(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg_audit_log__chain() FROM PUBLIC;

--
-- Name: FUNCTION tg_improvement_evidence__not_erased(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg_improvement_evidence__not_erased() FROM PUBLIC;

--
-- Name: FUNCTION tg_improvement_queue__decide(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg_improvement_queue__decide() FROM PUBLIC;

--
-- Name: FUNCTION tg_knowledge_base__govern(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg_knowledge_base__govern() FROM PUBLIC;

--
-- Name: FUNCTION tg_knowledge_base__index(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg_knowledge_base__index() FROM PUBLIC;

--
-- Name: FUNCTION tg_messages__not_erased(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg_messages__not_erased() FROM PUBLIC;

--
-- Name: FUNCTION tg_notifications__enqueue(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg_notifications__enqueue() FROM PUBLIC;

--
-- Name: FUNCTION tg_privacy_actions__append_only(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg_privacy_actions__append_only() FROM PUBLIC;

--
-- Name: FUNCTION tg_privacy_actions__finished(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg_privacy_actions__finished() FROM PUBLIC;

--
-- Name: FUNCTION tg_prompts__record(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg_prompts__record() FROM PUBLIC;

--
-- Name: FUNCTION tg_prompts__version(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg_prompts__version() FROM PUBLIC;

--
-- Name: FUNCTION tg_retention_rules__govern(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg_retention_rules__govern() FROM PUBLIC;

--
-- Name: FUNCTION tg_sops__keep(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg_sops__keep() FROM PUBLIC;

--
-- Name: FUNCTION tg_sops__record(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg_sops__record() FROM PUBLIC;

--
-- Name: FUNCTION tg_sops__version(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg_sops__version() FROM PUBLIC;

--
-- Name: FUNCTION tg_users__guard(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.tg_users__guard() FROM PUBLIC;

--
-- Name: FUNCTION ticket_summary(response app_public.responses); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.ticket_summary(response app_public.responses) FROM PUBLIC;

--
-- Name: FUNCTION to_lines(content text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.to_lines(content text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.to_lines(content text) TO agent;
GRANT ALL ON FUNCTION app_hidden.to_lines(content text) TO auditor;

--
-- Name: FUNCTION unified_diff(a text, b text, a_name text, b_name text, context integer); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.unified_diff(a text, b text, a_name text, b_name text, context integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_hidden.unified_diff(a text, b text, a_name text, b_name text, context integer) TO agent;
GRANT ALL ON FUNCTION app_hidden.unified_diff(a text, b text, a_name text, b_name text, context integer) TO auditor;

--
-- Name: FUNCTION usual_length(target text, kind text); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.usual_length(target text, kind text) FROM PUBLIC;

--
-- Name: FUNCTION visible_response(response_id bigint); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.visible_response(response_id bigint) FROM PUBLIC;

--
-- Name: FUNCTION voter(); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.voter() FROM PUBLIC;

--
-- Name: FUNCTION without_items(content text, base text, items text[]); Type: ACL; Schema: app_hidden; Owner: -
--

REVOKE ALL ON FUNCTION app_hidden.without_items(content text, base text, items text[]) FROM PUBLIC;

--
-- Name: TABLE improvement_queue; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.improvement_queue TO agent;
GRANT SELECT ON TABLE app_public.improvement_queue TO auditor;
GRANT SELECT ON TABLE app_public.improvement_queue TO worker;

--
-- Name: COLUMN improvement_queue.status; Type: ACL; Schema: app_public; Owner: -
--

GRANT UPDATE(status) ON TABLE app_public.improvement_queue TO reviewer;

--
-- Name: COLUMN improvement_queue.rejection_reason; Type: ACL; Schema: app_public; Owner: -
--

GRANT UPDATE(rejection_reason) ON TABLE app_public.improvement_queue TO reviewer;

--
-- Name: FUNCTION apply_improvement__knowledge_correction(improvement app_public.improvement_queue); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.apply_improvement__knowledge_correction(improvement app_public.improvement_queue) FROM PUBLIC;

--
-- Name: FUNCTION apply_improvement__knowledge_entry(improvement app_public.improvement_queue); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.apply_improvement__knowledge_entry(improvement app_public.improvement_queue) FROM PUBLIC;

--
-- Name: FUNCTION apply_improvement__routing_hint(improvement app_public.improvement_queue); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.apply_improvement__routing_hint(improvement app_public.improvement_queue) FROM PUBLIC;

--
-- Name: FUNCTION apply_improvement__sop_edit(improvement app_public.improvement_queue); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.apply_improvement__sop_edit(improvement app_public.improvement_queue) FROM PUBLIC;

--
-- Name: FUNCTION apply_improvement__sop_new(improvement app_public.improvement_queue); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.apply_improvement__sop_new(improvement app_public.improvement_queue) FROM PUBLIC;

--
-- Name: TABLE retention_runs; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.retention_runs TO admin;
GRANT SELECT ON TABLE app_public.retention_runs TO auditor;

--
-- Name: FUNCTION apply_retention(run_id bigint); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.apply_retention(run_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.apply_retention(run_id bigint) TO worker;

--
-- Name: FUNCTION ask_for_preview(improvement app_public.improvement_queue, failing integer, good integer); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.ask_for_preview(improvement app_public.improvement_queue, failing integer, good integer) FROM PUBLIC;

--
-- Name: FUNCTION beat(worker_id text, host text, process_id integer, running bigint[], grace interval, alone boolean); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.beat(worker_id text, host text, process_id integer, running bigint[], grace interval, alone boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.beat(worker_id text, host text, process_id integer, running bigint[], grace interval, alone boolean) TO worker;

--
-- Name: FUNCTION begin_erasure(kind text, reference text, reason text); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.begin_erasure(kind text, reference text, reason text) FROM PUBLIC;

--
-- Name: FUNCTION binary_quantize(public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.binary_quantize(public.vector) FROM PUBLIC;

--
-- Name: TABLE search_units; Type: ACL; Schema: app_private; Owner: -
--

GRANT SELECT ON TABLE app_private.search_units TO auditor;

--
-- Name: FUNCTION best_section(sop_id integer, impacts public.sparsevec, total_idf double precision, embedding public.vector, model text); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.best_section(sop_id integer, impacts public.sparsevec, total_idf double precision, embedding public.vector, model text) FROM PUBLIC;

--
-- Name: FUNCTION check_merge(keep app_public.knowledge_base, duplicate app_public.knowledge_base); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.check_merge(keep app_public.knowledge_base, duplicate app_public.knowledge_base) FROM PUBLIC;

--
-- Name: FUNCTION claim_notification(notification_id bigint, mail_works boolean); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.claim_notification(notification_id bigint, mail_works boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.claim_notification(notification_id bigint, mail_works boolean) TO worker;

--
-- Name: TABLE failure_patterns; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.failure_patterns TO agent;
GRANT SELECT ON TABLE app_public.failure_patterns TO auditor;
GRANT SELECT ON TABLE app_public.failure_patterns TO worker;

--
-- Name: FUNCTION cluster_failures(most integer); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.cluster_failures(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.cluster_failures(most integer) TO worker;

--
-- Name: FUNCTION correct_spelling(question text); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.correct_spelling(question text) FROM PUBLIC;

--
-- Name: FUNCTION count_vocabulary(); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.count_vocabulary() FROM PUBLIC;

--
-- Name: FUNCTION draft_improvement(pattern_id integer); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.draft_improvement(pattern_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.draft_improvement(pattern_id integer) TO worker;

--
-- Name: FUNCTION drop_push_subscription(notification_id bigint); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.drop_push_subscription(notification_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.drop_push_subscription(notification_id bigint) TO worker;

--
-- Name: FUNCTION edited_improvement(improvement app_public.improvement_queue, edited_content text, edited_version integer); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.edited_improvement(improvement app_public.improvement_queue, edited_content text, edited_version integer) FROM PUBLIC;

--
-- Name: FUNCTION embeddings_promised(); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.embeddings_promised() FROM PUBLIC;

--
-- Name: TABLE privacy_actions; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.privacy_actions TO admin;
GRANT SELECT ON TABLE app_public.privacy_actions TO auditor;

--
-- Name: FUNCTION end_erasure(action_id bigint, counts jsonb); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.end_erasure(action_id bigint, counts jsonb) FROM PUBLIC;

--
-- Name: FUNCTION end_worker(worker_id text, fault boolean); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.end_worker(worker_id text, fault boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.end_worker(worker_id text, fault boolean) TO worker;

--
-- Name: FUNCTION entry_state(entry app_public.knowledge_base); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.entry_state(entry app_public.knowledge_base) FROM PUBLIC;

--
-- Name: FUNCTION erase(ticket_ids integer[], response_ids bigint[], visitor_id uuid, reference text, reason text); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.erase(ticket_ids integer[], response_ids bigint[], visitor_id uuid, reference text, reason text) FROM PUBLIC;

--
-- Name: FUNCTION erase__merged_questions(visitor_id uuid, ticket_ids integer[], response_ids bigint[]); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.erase__merged_questions(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) FROM PUBLIC;

--
-- Name: FUNCTION erase_from_proposal(improvement app_public.improvement_queue, items text[], old_label text, others_too boolean); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.erase_from_proposal(improvement app_public.improvement_queue, items text[], old_label text, others_too boolean) FROM PUBLIC;

--
-- Name: FUNCTION erase_from_undo(items text[]); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.erase_from_undo(items text[]) FROM PUBLIC;

--
-- Name: FUNCTION erase_learned(knowledge_ids integer[]); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.erase_learned(knowledge_ids integer[]) FROM PUBLIC;

--
-- Name: FUNCTION erase_texts(ticket_ids integer[], response_ids bigint[], failure_ids integer[]); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.erase_texts(ticket_ids integer[], response_ids bigint[], failure_ids integer[]) FROM PUBLIC;

--
-- Name: FUNCTION export__merged_questions(visitor_id uuid, ticket_ids integer[], response_ids bigint[]); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.export__merged_questions(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) FROM PUBLIC;

--
-- Name: FUNCTION finish_notification(notification_id bigint, error text, retry boolean); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.finish_notification(notification_id bigint, error text, retry boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.finish_notification(notification_id bigint, error text, retry boolean) TO worker;

--
-- Name: FUNCTION first_result(question text, OUT target text, OUT title text); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.first_result(question text, OUT target text, OUT title text) FROM PUBLIC;

--
-- Name: FUNCTION forget_viewers(); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.forget_viewers() FROM PUBLIC;

--
-- Name: FUNCTION improvement_in_progress(); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.improvement_in_progress() FROM PUBLIC;

--
-- Name: FUNCTION is_reopened(improvement_id integer); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.is_reopened(improvement_id integer) FROM PUBLIC;

--
-- Name: FUNCTION knowledge_as_of(at timestamp with time zone); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.knowledge_as_of(at timestamp with time zone) FROM PUBLIC;

--
-- Name: FUNCTION learn_from(response app_public.responses); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.learn_from(response app_public.responses) FROM PUBLIC;

--
-- Name: FUNCTION let_wait_again(improvement app_public.improvement_queue); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.let_wait_again(improvement app_public.improvement_queue) FROM PUBLIC;

--
-- Name: FUNCTION lock_rated_entries(response app_public.responses); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.lock_rated_entries(response app_public.responses) FROM PUBLIC;

--
-- Name: FUNCTION missing_vectors(category text, section text, content text); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.missing_vectors(category text, section text, content text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.missing_vectors(category text, section text, content text) TO worker;

--
-- Name: FUNCTION move_to_entry(keep app_public.knowledge_base, duplicate_ids integer[], OUT doubled integer, OUT doubled_helpful integer); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.move_to_entry(keep app_public.knowledge_base, duplicate_ids integer[], OUT doubled integer, OUT doubled_helpful integer) FROM PUBLIC;

--
-- Name: FUNCTION nearest_units(question public.vector, model text, depth integer); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.nearest_units(question public.vector, model text, depth integer) FROM PUBLIC;

--
-- Name: FUNCTION of_visitor(visitor_id uuid, OUT ticket_ids integer[], OUT response_ids bigint[]); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.of_visitor(visitor_id uuid, OUT ticket_ids integer[], OUT response_ids bigint[]) FROM PUBLIC;

--
-- Name: FUNCTION pattern_label(pattern_id integer); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.pattern_label(pattern_id integer) FROM PUBLIC;

--
-- Name: FUNCTION personal_data(ticket_ids integer[], response_ids bigint[], visitor_id uuid); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.personal_data(ticket_ids integer[], response_ids bigint[], visitor_id uuid) FROM PUBLIC;

--
-- Name: FUNCTION preview_questions(improvement app_public.improvement_queue, failing integer, good integer); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.preview_questions(improvement app_public.improvement_queue, failing integer, good integer) FROM PUBLIC;

--
-- Name: FUNCTION preview_texts(improvement_id integer, edited_content text, edited_version integer); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.preview_texts(improvement_id integer, edited_content text, edited_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.preview_texts(improvement_id integer, edited_content text, edited_version integer) TO worker;

--
-- Name: FUNCTION profiles_as_of(targets text[], lexemes text[], idf double precision[], question_embedding public.vector, at timestamp with time zone); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.profiles_as_of(targets text[], lexemes text[], idf double precision[], question_embedding public.vector, at timestamp with time zone) FROM PUBLIC;

--
-- Name: FUNCTION pseudonym(name text); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.pseudonym(name text) FROM PUBLIC;

--
-- Name: FUNCTION question_words(question text, OUT impacts public.sparsevec, OUT total_idf double precision, OUT candidates tsquery); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.question_words(question text, OUT impacts public.sparsevec, OUT total_idf double precision, OUT candidates tsquery) FROM PUBLIC;

--
-- Name: FUNCTION quotes_of(items text[]); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.quotes_of(items text[]) FROM PUBLIC;

--
-- Name: FUNCTION rebuild_knowledge_unit(entry app_public.knowledge_base); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.rebuild_knowledge_unit(entry app_public.knowledge_base) FROM PUBLIC;

--
-- Name: FUNCTION rebuild_profile(profile_of text); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.rebuild_profile(profile_of text) FROM PUBLIC;

--
-- Name: FUNCTION rebuild_sop_units(sop app_public.sops, sop_version_id integer); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.rebuild_sop_units(sop app_public.sops, sop_version_id integer) FROM PUBLIC;

--
-- Name: TABLE audit_heads; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.audit_heads TO admin;
GRANT SELECT ON TABLE app_public.audit_heads TO auditor;

--
-- Name: FUNCTION record_audit_head(problems integer); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.record_audit_head(problems integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.record_audit_head(problems integer) TO worker;

--
-- Name: TABLE failed_responses; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.failed_responses TO agent;
GRANT SELECT ON TABLE app_public.failed_responses TO auditor;
GRANT SELECT ON TABLE app_public.failed_responses TO worker;

--
-- Name: FUNCTION record_failure(response app_public.responses, feedback_type text, user_correction text, expected_sop_id integer, expected_category text, expected_topic text); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.record_failure(response app_public.responses, feedback_type text, user_correction text, expected_sop_id integer, expected_category text, expected_topic text) FROM PUBLIC;

--
-- Name: FUNCTION record_sources(response_id bigint, sources jsonb); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.record_sources(response_id bigint, sources jsonb) FROM PUBLIC;

--
-- Name: FUNCTION refresh_profiles(); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.refresh_profiles() FROM PUBLIC;

--
-- Name: FUNCTION refresh_search_statistics(force boolean); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.refresh_search_statistics(force boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.refresh_search_statistics(force boolean) TO worker;

--
-- Name: FUNCTION refuse_undo(improvement app_public.improvement_queue, what text, details jsonb); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.refuse_undo(improvement app_public.improvement_queue, what text, details jsonb) FROM PUBLIC;

--
-- Name: FUNCTION release_jobs(worker_ids text[], fault boolean); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.release_jobs(worker_ids text[], fault boolean) FROM PUBLIC;

--
-- Name: FUNCTION request_password_reset(email text); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.request_password_reset(email text) FROM PUBLIC;

--
-- Name: FUNCTION retain__conversations(before timestamp with time zone); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.retain__conversations(before timestamp with time zone) FROM PUBLIC;

--
-- Name: FUNCTION retain__dry_runs(before timestamp with time zone); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.retain__dry_runs(before timestamp with time zone) FROM PUBLIC;

--
-- Name: FUNCTION retain__embedding_cache(before timestamp with time zone); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.retain__embedding_cache(before timestamp with time zone) FROM PUBLIC;

--
-- Name: FUNCTION retain__idle_conversations(before timestamp with time zone); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.retain__idle_conversations(before timestamp with time zone) FROM PUBLIC;

--
-- Name: FUNCTION retain__llm_calls(before timestamp with time zone); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.retain__llm_calls(before timestamp with time zone) FROM PUBLIC;

--
-- Name: FUNCTION retain__notifications(before timestamp with time zone); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.retain__notifications(before timestamp with time zone) FROM PUBLIC;

--
-- Name: FUNCTION retain__retention_runs(before timestamp with time zone); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.retain__retention_runs(before timestamp with time zone) FROM PUBLIC;

--
-- Name: FUNCTION retain__sessions(before timestamp with time zone); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.retain__sessions(before timestamp with time zone) FROM PUBLIC;

--
-- Name: FUNCTION search_targets(question text, question_embedding public.vector, only_category text, only_site_id integer, depth integer); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.search_targets(question text, question_embedding public.vector, only_category text, only_site_id integer, depth integer) FROM PUBLIC;

--
-- Name: FUNCTION sections_as_of(at timestamp with time zone, only_category text, lexemes text[], idf double precision[], question_embedding public.vector); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.sections_as_of(at timestamp with time zone, only_category text, lexemes text[], idf double precision[], question_embedding public.vector) FROM PUBLIC;

--
-- Name: FUNCTION settle_entry(knowledge_id integer); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.settle_entry(knowledge_id integer) FROM PUBLIC;

--
-- Name: FUNCTION settle_failures(improvement app_public.improvement_queue); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.settle_failures(improvement app_public.improvement_queue) FROM PUBLIC;

--
-- Name: FUNCTION similar_entries(least_similarity double precision, most integer); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.similar_entries(least_similarity double precision, most integer) FROM PUBLIC;

--
-- Name: FUNCTION store_vectors(texts text[], vectors public.vector[], model text); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.store_vectors(texts text[], vectors public.vector[], model text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.store_vectors(texts text[], vectors public.vector[], model text) TO worker;

--
-- Name: FUNCTION take_turns_with_erasure(erases boolean); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.take_turns_with_erasure(erases boolean) FROM PUBLIC;

--
-- Name: FUNCTION target_title(target text, entry_id bigint); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.target_title(target text, entry_id bigint) FROM PUBLIC;

--
-- Name: FUNCTION text_to_publish(improvement app_public.improvement_queue, OUT category text, OUT section text, OUT content text); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.text_to_publish(improvement app_public.improvement_queue, OUT category text, OUT section text, OUT content text) FROM PUBLIC;

--
-- Name: FUNCTION undo_improvement__knowledge_correction(improvement app_public.improvement_queue); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.undo_improvement__knowledge_correction(improvement app_public.improvement_queue) FROM PUBLIC;

--
-- Name: FUNCTION undo_improvement__knowledge_entry(improvement app_public.improvement_queue); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.undo_improvement__knowledge_entry(improvement app_public.improvement_queue) FROM PUBLIC;

--
-- Name: FUNCTION undo_improvement__routing_hint(improvement app_public.improvement_queue); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.undo_improvement__routing_hint(improvement app_public.improvement_queue) FROM PUBLIC;

--
-- Name: FUNCTION undo_improvement__sop_edit(improvement app_public.improvement_queue); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.undo_improvement__sop_edit(improvement app_public.improvement_queue) FROM PUBLIC;

--
-- Name: FUNCTION undo_improvement__sop_new(improvement app_public.improvement_queue); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.undo_improvement__sop_new(improvement app_public.improvement_queue) FROM PUBLIC;

--
-- Name: FUNCTION units_as_of(at timestamp with time zone, only_category text, only_site_id integer, impacts public.sparsevec, total_idf double precision, lexemes text[], idf double precision[], question_embedding public.vector); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.units_as_of(at timestamp with time zone, only_category text, only_site_id integer, impacts public.sparsevec, total_idf double precision, lexemes text[], idf double precision[], question_embedding public.vector) FROM PUBLIC;

--
-- Name: FUNCTION unsettle_failures(improvement app_public.improvement_queue); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.unsettle_failures(improvement app_public.improvement_queue) FROM PUBLIC;

--
-- Name: FUNCTION vectors_wanted(most integer); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.vectors_wanted(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.vectors_wanted(most integer) TO worker;

--
-- Name: FUNCTION vote(knowledge_id integer, response_id bigint, helpful boolean); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.vote(knowledge_id integer, response_id bigint, helpful boolean) FROM PUBLIC;

--
-- Name: FUNCTION watch_jobs(); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.watch_jobs() FROM PUBLIC;
GRANT ALL ON FUNCTION app_private.watch_jobs() TO worker;

--
-- Name: FUNCTION withdraw_feedback(response app_public.responses); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.withdraw_feedback(response app_public.responses) FROM PUBLIC;

--
-- Name: FUNCTION word_share(words tsvector, lexemes text[], idf double precision[], usual_length double precision); Type: ACL; Schema: app_private; Owner: -
--

REVOKE ALL ON FUNCTION app_private.word_share(words tsvector, lexemes text[], idf double precision[], usual_length double precision) FROM PUBLIC;

--
-- Name: FUNCTION answers_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.answers_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.answers_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) TO agent;
GRANT ALL ON FUNCTION app_public.answers_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) TO auditor;

--
-- Name: FUNCTION answers_by_hour(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.answers_by_hour(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.answers_by_hour(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) TO agent;
GRANT ALL ON FUNCTION app_public.answers_by_hour(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) TO auditor;

--
-- Name: FUNCTION approvals_by_week(since timestamp with time zone, until timestamp with time zone, timezone text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.approvals_by_week(since timestamp with time zone, until timestamp with time zone, timezone text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.approvals_by_week(since timestamp with time zone, until timestamp with time zone, timezone text) TO agent;
GRANT ALL ON FUNCTION app_public.approvals_by_week(since timestamp with time zone, until timestamp with time zone, timezone text) TO auditor;

--
-- Name: FUNCTION approve_improvement(id integer, reason text, edited_content text, edited_version integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.approve_improvement(id integer, reason text, edited_content text, edited_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.approve_improvement(id integer, reason text, edited_content text, edited_version integer) TO reviewer;

--
-- Name: FUNCTION archive_sop(sop_id integer, reason text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.archive_sop(sop_id integer, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.archive_sop(sop_id integer, reason text) TO reviewer;

--
-- Name: FUNCTION ask(query text, category text, site text, conversation uuid, query_embedding public.vector); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.ask(query text, category text, site text, conversation uuid, query_embedding public.vector) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.ask(query text, category text, site text, conversation uuid, query_embedding public.vector) TO worker;

--
-- Name: FUNCTION create_api_token(name text, role text, expires_at timestamp with time zone, user_id integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.create_api_token(name text, role text, expires_at timestamp with time zone, user_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.create_api_token(name text, role text, expires_at timestamp with time zone, user_id integer) TO agent;

--
-- Name: COLUMN users.id; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(id) ON TABLE app_public.users TO agent;
GRANT SELECT(id) ON TABLE app_public.users TO auditor;

--
-- Name: COLUMN users.email; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(email) ON TABLE app_public.users TO agent;
GRANT SELECT(email) ON TABLE app_public.users TO auditor;
GRANT INSERT(email),UPDATE(email) ON TABLE app_public.users TO admin;

--
-- Name: COLUMN users.name; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(name) ON TABLE app_public.users TO agent;
GRANT SELECT(name) ON TABLE app_public.users TO auditor;
GRANT INSERT(name),UPDATE(name) ON TABLE app_public.users TO admin;

--
-- Name: COLUMN users.role; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(role) ON TABLE app_public.users TO agent;
GRANT SELECT(role) ON TABLE app_public.users TO auditor;
GRANT INSERT(role),UPDATE(role) ON TABLE app_public.users TO admin;

--
-- Name: COLUMN users.is_active; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(is_active) ON TABLE app_public.users TO agent;
GRANT SELECT(is_active) ON TABLE app_public.users TO auditor;
GRANT INSERT(is_active),UPDATE(is_active) ON TABLE app_public.users TO admin;

--
-- Name: COLUMN users.created_at; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(created_at) ON TABLE app_public.users TO agent;
GRANT SELECT(created_at) ON TABLE app_public.users TO auditor;

--
-- Name: COLUMN users.updated_at; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(updated_at) ON TABLE app_public.users TO agent;
GRANT SELECT(updated_at) ON TABLE app_public.users TO auditor;

--
-- Name: FUNCTION create_user(email text, role text, name text, invite boolean); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.create_user(email text, role text, name text, invite boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.create_user(email text, role text, name text, invite boolean) TO admin;

--
-- Name: FUNCTION create_webhook(url text, events text[]); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.create_webhook(url text, events text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.create_webhook(url text, events text[]) TO admin;

--
-- Name: FUNCTION current_actor(); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.current_actor() FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.current_actor() TO anonymous;
GRANT ALL ON FUNCTION app_public.current_actor() TO agent;
GRANT ALL ON FUNCTION app_public.current_actor() TO auditor;
GRANT ALL ON FUNCTION app_public.current_actor() TO worker;

--
-- Name: FUNCTION current_user_id(); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.current_user_id() FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.current_user_id() TO anonymous;
GRANT ALL ON FUNCTION app_public.current_user_id() TO agent;
GRANT ALL ON FUNCTION app_public.current_user_id() TO auditor;
GRANT ALL ON FUNCTION app_public.current_user_id() TO worker;

--
-- Name: FUNCTION current_visitor_id(); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.current_visitor_id() FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.current_visitor_id() TO anonymous;
GRANT ALL ON FUNCTION app_public.current_visitor_id() TO agent;
GRANT ALL ON FUNCTION app_public.current_visitor_id() TO auditor;
GRANT ALL ON FUNCTION app_public.current_visitor_id() TO worker;

--
-- Name: FUNCTION deactivate_user(user_id integer, reason text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.deactivate_user(user_id integer, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.deactivate_user(user_id integer, reason text) TO admin;

--
-- Name: FUNCTION delete_push_subscription(endpoint text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.delete_push_subscription(endpoint text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.delete_push_subscription(endpoint text) TO agent;

--
-- Name: FUNCTION delete_webhook(webhook_id integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.delete_webhook(webhook_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.delete_webhook(webhook_id integer) TO admin;

--
-- Name: FUNCTION discard_job(job_id bigint, reason text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.discard_job(job_id bigint, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.discard_job(job_id bigint, reason text) TO admin;

--
-- Name: FUNCTION draft_reply(ticket_id integer, query_embedding public.vector); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.draft_reply(ticket_id integer, query_embedding public.vector) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.draft_reply(ticket_id integer, query_embedding public.vector) TO agent;

--
-- Name: FUNCTION edit_knowledge(id integer, question text, answer text, reason text, site text, valid_from timestamp with time zone, valid_to timestamp with time zone, expected_updated_at timestamp with time zone); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.edit_knowledge(id integer, question text, answer text, reason text, site text, valid_from timestamp with time zone, valid_to timestamp with time zone, expected_updated_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.edit_knowledge(id integer, question text, answer text, reason text, site text, valid_from timestamp with time zone, valid_to timestamp with time zone, expected_updated_at timestamp with time zone) TO reviewer;

--
-- Name: FUNCTION erase_conversation(ticket_id integer, reason text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.erase_conversation(ticket_id integer, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.erase_conversation(ticket_id integer, reason text) TO admin;

--
-- Name: FUNCTION erase_personal_data(visitor_id uuid, reason text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.erase_personal_data(visitor_id uuid, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.erase_personal_data(visitor_id uuid, reason text) TO admin;

--
-- Name: FUNCTION export_conversation(ticket_id integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.export_conversation(ticket_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.export_conversation(ticket_id integer) TO admin;

--
-- Name: FUNCTION export_personal_data(visitor_id uuid); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.export_personal_data(visitor_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.export_personal_data(visitor_id uuid) TO admin;

--
-- Name: FUNCTION failures_about(text text, since timestamp with time zone, until timestamp with time zone); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.failures_about(text text, since timestamp with time zone, until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.failures_about(text text, since timestamp with time zone, until timestamp with time zone) TO agent;
GRANT ALL ON FUNCTION app_public.failures_about(text text, since timestamp with time zone, until timestamp with time zone) TO auditor;

--
-- Name: FUNCTION failures_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.failures_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.failures_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) TO agent;
GRANT ALL ON FUNCTION app_public.failures_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) TO auditor;

--
-- Name: FUNCTION feedback_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.feedback_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.feedback_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) TO agent;
GRANT ALL ON FUNCTION app_public.feedback_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) TO auditor;

--
-- Name: FUNCTION hand_back(ticket_id integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.hand_back(ticket_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.hand_back(ticket_id integer) TO agent;

--
-- Name: FUNCTION import_sop_version(category text, section text, content text, author text, at timestamp with time zone, reason text, renamed_from_category text, renamed_from_section text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.import_sop_version(category text, section text, content text, author text, at timestamp with time zone, reason text, renamed_from_category text, renamed_from_section text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.import_sop_version(category text, section text, content text, author text, at timestamp with time zone, reason text, renamed_from_category text, renamed_from_section text) TO admin;

--
-- Name: FUNCTION improvement_merge(id integer, OUT base text, OUT current text, OUT proposed text, OUT merged text, OUT conflicts integer, OUT current_version integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.improvement_merge(id integer, OUT base text, OUT current text, OUT proposed text, OUT merged text, OUT conflicts integer, OUT current_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.improvement_merge(id integer, OUT base text, OUT current text, OUT proposed text, OUT merged text, OUT conflicts integer, OUT current_version integer) TO agent;
GRANT ALL ON FUNCTION app_public.improvement_merge(id integer, OUT base text, OUT current text, OUT proposed text, OUT merged text, OUT conflicts integer, OUT current_version integer) TO auditor;

--
-- Name: FUNCTION improvement_queue_broken(improvement app_public.improvement_queue); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.improvement_queue_broken(improvement app_public.improvement_queue) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.improvement_queue_broken(improvement app_public.improvement_queue) TO agent;
GRANT ALL ON FUNCTION app_public.improvement_queue_broken(improvement app_public.improvement_queue) TO auditor;

--
-- Name: FUNCTION improvement_queue_category(improvement app_public.improvement_queue); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.improvement_queue_category(improvement app_public.improvement_queue) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.improvement_queue_category(improvement app_public.improvement_queue) TO agent;
GRANT ALL ON FUNCTION app_public.improvement_queue_category(improvement app_public.improvement_queue) TO auditor;

--
-- Name: FUNCTION improvement_queue_decided_at(improvement app_public.improvement_queue); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.improvement_queue_decided_at(improvement app_public.improvement_queue) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.improvement_queue_decided_at(improvement app_public.improvement_queue) TO agent;
GRANT ALL ON FUNCTION app_public.improvement_queue_decided_at(improvement app_public.improvement_queue) TO auditor;

--
-- Name: FUNCTION improvement_queue_fixed(improvement app_public.improvement_queue); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.improvement_queue_fixed(improvement app_public.improvement_queue) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.improvement_queue_fixed(improvement app_public.improvement_queue) TO agent;
GRANT ALL ON FUNCTION app_public.improvement_queue_fixed(improvement app_public.improvement_queue) TO auditor;

--
-- Name: FUNCTION improvement_queue_topic(improvement app_public.improvement_queue); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.improvement_queue_topic(improvement app_public.improvement_queue) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.improvement_queue_topic(improvement app_public.improvement_queue) TO agent;
GRANT ALL ON FUNCTION app_public.improvement_queue_topic(improvement app_public.improvement_queue) TO auditor;

--
-- Name: FUNCTION improvement_queue_viewers(improvement app_public.improvement_queue); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.improvement_queue_viewers(improvement app_public.improvement_queue) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.improvement_queue_viewers(improvement app_public.improvement_queue) TO agent;
GRANT ALL ON FUNCTION app_public.improvement_queue_viewers(improvement app_public.improvement_queue) TO auditor;

--
-- Name: FUNCTION insight_source(name text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.insight_source(name text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.insight_source(name text) TO agent;
GRANT ALL ON FUNCTION app_public.insight_source(name text) TO auditor;

--
-- Name: FUNCTION insights_summary(since timestamp with time zone, until timestamp with time zone, category text, site text, OUT answers bigint, OUT answered_rate double precision, OUT helpful_rate double precision, OUT handed_over bigint, OUT failures bigint, OUT p50_ms double precision, OUT p95_ms double precision, OUT pending_proposals bigint, OUT approved bigint, OUT cost numeric, OUT prev_answers bigint, OUT prev_answered_rate double precision, OUT prev_helpful_rate double precision, OUT prev_handed_over bigint, OUT prev_failures bigint, OUT prev_p50_ms double precision, OUT prev_p95_ms double precision, OUT prev_pending_proposals bigint, OUT prev_approved bigint, OUT prev_cost numeric); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.insights_summary(since timestamp with time zone, until timestamp with time zone, category text, site text, OUT answers bigint, OUT answered_rate double precision, OUT helpful_rate double precision, OUT handed_over bigint, OUT failures bigint, OUT p50_ms double precision, OUT p95_ms double precision, OUT pending_proposals bigint, OUT approved bigint, OUT cost numeric, OUT prev_answers bigint, OUT prev_answered_rate double precision, OUT prev_helpful_rate double precision, OUT prev_handed_over bigint, OUT prev_failures bigint, OUT prev_p50_ms double precision, OUT prev_p95_ms double precision, OUT prev_pending_proposals bigint, OUT prev_approved bigint, OUT prev_cost numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.insights_summary(since timestamp with time zone, until timestamp with time zone, category text, site text, OUT answers bigint, OUT answered_rate double precision, OUT helpful_rate double precision, OUT handed_over bigint, OUT failures bigint, OUT p50_ms double precision, OUT p95_ms double precision, OUT pending_proposals bigint, OUT approved bigint, OUT cost numeric, OUT prev_answers bigint, OUT prev_answered_rate double precision, OUT prev_helpful_rate double precision, OUT prev_handed_over bigint, OUT prev_failures bigint, OUT prev_p50_ms double precision, OUT prev_p95_ms double precision, OUT prev_pending_proposals bigint, OUT prev_approved bigint, OUT prev_cost numeric) TO agent;
GRANT ALL ON FUNCTION app_public.insights_summary(since timestamp with time zone, until timestamp with time zone, category text, site text, OUT answers bigint, OUT answered_rate double precision, OUT helpful_rate double precision, OUT handed_over bigint, OUT failures bigint, OUT p50_ms double precision, OUT p95_ms double precision, OUT pending_proposals bigint, OUT approved bigint, OUT cost numeric, OUT prev_answers bigint, OUT prev_answered_rate double precision, OUT prev_helpful_rate double precision, OUT prev_handed_over bigint, OUT prev_failures bigint, OUT prev_p50_ms double precision, OUT prev_p95_ms double precision, OUT prev_pending_proposals bigint, OUT prev_approved bigint, OUT prev_cost numeric) TO auditor;

--
-- Name: FUNCTION invite_user(user_id integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.invite_user(user_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.invite_user(user_id integer) TO admin;

--
-- Name: FUNCTION knowledge_duplicates(first integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.knowledge_duplicates(first integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.knowledge_duplicates(first integer) TO agent;
GRANT ALL ON FUNCTION app_public.knowledge_duplicates(first integer) TO auditor;

--
-- Name: FUNCTION look_at_improvement(id integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.look_at_improvement(id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.look_at_improvement(id integer) TO agent;

--
-- Name: FUNCTION look_away(id integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.look_away(id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.look_away(id integer) TO agent;

--
-- Name: FUNCTION mark_helpful(response_id bigint); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.mark_helpful(response_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.mark_helpful(response_id bigint) TO anonymous;
GRANT ALL ON FUNCTION app_public.mark_helpful(response_id bigint) TO agent;

--
-- Name: FUNCTION mark_unhelpful(response_id bigint, feedback_type text, user_correction text, expected_sop_id integer, expected_category text, expected_topic text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.mark_unhelpful(response_id bigint, feedback_type text, user_correction text, expected_sop_id integer, expected_category text, expected_topic text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.mark_unhelpful(response_id bigint, feedback_type text, user_correction text, expected_sop_id integer, expected_category text, expected_topic text) TO anonymous;
GRANT ALL ON FUNCTION app_public.mark_unhelpful(response_id bigint, feedback_type text, user_correction text, expected_sop_id integer, expected_category text, expected_topic text) TO agent;

--
-- Name: FUNCTION me(); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.me() FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.me() TO anonymous;
GRANT ALL ON FUNCTION app_public.me() TO agent;
GRANT ALL ON FUNCTION app_public.me() TO auditor;
GRANT ALL ON FUNCTION app_public.me() TO worker;

--
-- Name: FUNCTION merge_knowledge(keep_id integer, duplicate_ids integer[], reason text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.merge_knowledge(keep_id integer, duplicate_ids integer[], reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.merge_knowledge(keep_id integer, duplicate_ids integer[], reason text) TO reviewer;

--
-- Name: FUNCTION most_failed_sops(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.most_failed_sops(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.most_failed_sops(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer) TO agent;
GRANT ALL ON FUNCTION app_public.most_failed_sops(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer) TO auditor;

--
-- Name: FUNCTION most_used_sops(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.most_used_sops(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.most_used_sops(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer) TO agent;
GRANT ALL ON FUNCTION app_public.most_used_sops(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer) TO auditor;

--
-- Name: FUNCTION preview_improvement(id integer, edited_content text, edited_version integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.preview_improvement(id integer, edited_content text, edited_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.preview_improvement(id integer, edited_content text, edited_version integer) TO agent;
GRANT ALL ON FUNCTION app_public.preview_improvement(id integer, edited_content text, edited_version integer) TO worker;

--
-- Name: FUNCTION propose_improvement(kind text, suggestion jsonb, failed_response_ids integer[], pattern_id integer, base_version integer, proposed_by text, impact double precision); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.propose_improvement(kind text, suggestion jsonb, failed_response_ids integer[], pattern_id integer, base_version integer, proposed_by text, impact double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.propose_improvement(kind text, suggestion jsonb, failed_response_ids integer[], pattern_id integer, base_version integer, proposed_by text, impact double precision) TO agent;
GRANT ALL ON FUNCTION app_public.propose_improvement(kind text, suggestion jsonb, failed_response_ids integer[], pattern_id integer, base_version integer, proposed_by text, impact double precision) TO worker;

--
-- Name: FUNCTION push_public_key(); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.push_public_key() FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.push_public_key() TO agent;

--
-- Name: FUNCTION record_response(question text, text text, outcome text, model text, sources jsonb, conversation uuid, site text, category text, requested_category text, confidence double precision, reason text, router_model text, prompt_version_id integer, latency_ms double precision, tokens_in integer, tokens_out integer, cost numeric); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.record_response(question text, text text, outcome text, model text, sources jsonb, conversation uuid, site text, category text, requested_category text, confidence double precision, reason text, router_model text, prompt_version_id integer, latency_ms double precision, tokens_in integer, tokens_out integer, cost numeric) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.record_response(question text, text text, outcome text, model text, sources jsonb, conversation uuid, site text, category text, requested_category text, confidence double precision, reason text, router_model text, prompt_version_id integer, latency_ms double precision, tokens_in integer, tokens_out integer, cost numeric) TO worker;

--
-- Name: FUNCTION reject_improvement(id integer, reason text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.reject_improvement(id integer, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.reject_improvement(id integer, reason text) TO reviewer;

--
-- Name: FUNCTION reopen_improvement(id integer, reason text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.reopen_improvement(id integer, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.reopen_improvement(id integer, reason text) TO reviewer;

--
-- Name: TABLE messages; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.messages TO agent;
GRANT SELECT ON TABLE app_public.messages TO auditor;

--
-- Name: COLUMN messages.id; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(id) ON TABLE app_public.messages TO anonymous;

--
-- Name: COLUMN messages.ticket_id; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(ticket_id) ON TABLE app_public.messages TO anonymous;

--
-- Name: COLUMN messages.author_kind; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(author_kind) ON TABLE app_public.messages TO anonymous;

--
-- Name: COLUMN messages.body; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(body) ON TABLE app_public.messages TO anonymous;

--
-- Name: COLUMN messages.response_id; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(response_id) ON TABLE app_public.messages TO anonymous;

--
-- Name: COLUMN messages.created_at; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(created_at) ON TABLE app_public.messages TO anonymous;

--
-- Name: FUNCTION reply(ticket_id integer, body text, response_id bigint); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.reply(ticket_id integer, body text, response_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.reply(ticket_id integer, body text, response_id bigint) TO agent;

--
-- Name: FUNCTION request_analysis(most integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.request_analysis(most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.request_analysis(most integer) TO agent;

--
-- Name: FUNCTION resolve_ticket(ticket_id integer, resolution text, correction text, expected_sop_id integer, expected_category text, expected_topic text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.resolve_ticket(ticket_id integer, resolution text, correction text, expected_sop_id integer, expected_category text, expected_topic text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.resolve_ticket(ticket_id integer, resolution text, correction text, expected_sop_id integer, expected_category text, expected_topic text) TO agent;

--
-- Name: FUNCTION response_times_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.response_times_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.response_times_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) TO agent;
GRANT ALL ON FUNCTION app_public.response_times_by_day(since timestamp with time zone, until timestamp with time zone, category text, site text, timezone text) TO auditor;

--
-- Name: FUNCTION restore_knowledge(id integer, reason text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.restore_knowledge(id integer, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.restore_knowledge(id integer, reason text) TO reviewer;

--
-- Name: FUNCTION retire_knowledge(id integer, reason text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.retire_knowledge(id integer, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.retire_knowledge(id integer, reason text) TO reviewer;

--
-- Name: FUNCTION retry_job(job_id bigint, reason text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.retry_job(job_id bigint, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.retry_job(job_id bigint, reason text) TO admin;

--
-- Name: TABLE api_tokens; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.api_tokens TO admin;
GRANT SELECT ON TABLE app_public.api_tokens TO auditor;
GRANT SELECT ON TABLE app_public.api_tokens TO agent;

--
-- Name: FUNCTION revoke_api_token(api_token_id integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.revoke_api_token(api_token_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.revoke_api_token(api_token_id integer) TO agent;

--
-- Name: TABLE sessions; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.sessions TO admin;
GRANT SELECT ON TABLE app_public.sessions TO auditor;
GRANT SELECT ON TABLE app_public.sessions TO agent;

--
-- Name: FUNCTION revoke_session(session_id uuid); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.revoke_session(session_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.revoke_session(session_id uuid) TO agent;

--
-- Name: FUNCTION rollback_sop(sop_id integer, version integer, reason text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.rollback_sop(sop_id integer, version integer, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.rollback_sop(sop_id integer, version integer, reason text) TO reviewer;

--
-- Name: FUNCTION save_knowledge(category text, topic text, question text, answer text, reason text, site text, valid_from timestamp with time zone, valid_to timestamp with time zone, source text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.save_knowledge(category text, topic text, question text, answer text, reason text, site text, valid_from timestamp with time zone, valid_to timestamp with time zone, source text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.save_knowledge(category text, topic text, question text, answer text, reason text, site text, valid_from timestamp with time zone, valid_to timestamp with time zone, source text) TO reviewer;

--
-- Name: COLUMN push_subscriptions.id; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(id) ON TABLE app_public.push_subscriptions TO agent;
GRANT SELECT(id) ON TABLE app_public.push_subscriptions TO auditor;

--
-- Name: COLUMN push_subscriptions.user_id; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(user_id) ON TABLE app_public.push_subscriptions TO agent;
GRANT SELECT(user_id) ON TABLE app_public.push_subscriptions TO auditor;

--
-- Name: COLUMN push_subscriptions.endpoint; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(endpoint) ON TABLE app_public.push_subscriptions TO agent;
GRANT SELECT(endpoint) ON TABLE app_public.push_subscriptions TO auditor;

--
-- Name: COLUMN push_subscriptions.user_agent; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(user_agent) ON TABLE app_public.push_subscriptions TO agent;
GRANT SELECT(user_agent) ON TABLE app_public.push_subscriptions TO auditor;

--
-- Name: COLUMN push_subscriptions.created_at; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(created_at) ON TABLE app_public.push_subscriptions TO agent;
GRANT SELECT(created_at) ON TABLE app_public.push_subscriptions TO auditor;

--
-- Name: COLUMN push_subscriptions.last_ok_at; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(last_ok_at) ON TABLE app_public.push_subscriptions TO agent;
GRANT SELECT(last_ok_at) ON TABLE app_public.push_subscriptions TO auditor;

--
-- Name: FUNCTION save_push_subscription(endpoint text, p256dh text, auth text, user_agent text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.save_push_subscription(endpoint text, p256dh text, auth text, user_agent text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.save_push_subscription(endpoint text, p256dh text, auth text, user_agent text) TO agent;

--
-- Name: FUNCTION save_sop(category text, section text, content text, reason text, expected_version integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.save_sop(category text, section text, content text, reason text, expected_version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.save_sop(category text, section text, content text, reason text, expected_version integer) TO reviewer;

--
-- Name: FUNCTION search_as_of(query text, query_embedding public.vector, at timestamp with time zone, category text, site text, first integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.search_as_of(query text, query_embedding public.vector, at timestamp with time zone, category text, site text, first integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.search_as_of(query text, query_embedding public.vector, at timestamp with time zone, category text, site text, first integer) TO agent;
GRANT ALL ON FUNCTION app_public.search_as_of(query text, query_embedding public.vector, at timestamp with time zone, category text, site text, first integer) TO auditor;

--
-- Name: FUNCTION search_knowledge(query text, query_embedding public.vector, category text, site text, first integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.search_knowledge(query text, query_embedding public.vector, category text, site text, first integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.search_knowledge(query text, query_embedding public.vector, category text, site text, first integer) TO agent;
GRANT ALL ON FUNCTION app_public.search_knowledge(query text, query_embedding public.vector, category text, site text, first integer) TO auditor;
GRANT ALL ON FUNCTION app_public.search_knowledge(query text, query_embedding public.vector, category text, site text, first integer) TO worker;

--
-- Name: TABLE club_settings; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.club_settings TO agent;
GRANT SELECT ON TABLE app_public.club_settings TO auditor;
GRANT SELECT ON TABLE app_public.club_settings TO worker;

--
-- Name: COLUMN club_settings.confidence_threshold; Type: ACL; Schema: app_public; Owner: -
--

GRANT UPDATE(confidence_threshold) ON TABLE app_public.club_settings TO admin;

--
-- Name: COLUMN club_settings.takeover_minutes; Type: ACL; Schema: app_public; Owner: -
--

GRANT UPDATE(takeover_minutes) ON TABLE app_public.club_settings TO admin;

--
-- Name: COLUMN club_settings.helpful_votes_to_confirm; Type: ACL; Schema: app_public; Owner: -
--

GRANT UPDATE(helpful_votes_to_confirm) ON TABLE app_public.club_settings TO admin;

--
-- Name: FUNCTION set_assistant_enabled(enabled boolean, reason text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.set_assistant_enabled(enabled boolean, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.set_assistant_enabled(enabled boolean, reason text) TO agent;

--
-- Name: TABLE retention_rules; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.retention_rules TO admin;
GRANT SELECT ON TABLE app_public.retention_rules TO auditor;

--
-- Name: COLUMN retention_rules.keep; Type: ACL; Schema: app_public; Owner: -
--

GRANT UPDATE(keep) ON TABLE app_public.retention_rules TO admin;

--
-- Name: FUNCTION set_retention(kind text, keep interval, reason text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.set_retention(kind text, keep interval, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.set_retention(kind text, keep interval, reason text) TO admin;

--
-- Name: TABLE sop_versions; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.sop_versions TO agent;
GRANT SELECT ON TABLE app_public.sop_versions TO auditor;
GRANT SELECT ON TABLE app_public.sop_versions TO worker;

--
-- Name: FUNCTION sop_as_of(category text, section text, at timestamp with time zone); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.sop_as_of(category text, section text, at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.sop_as_of(category text, section text, at timestamp with time zone) TO agent;
GRANT ALL ON FUNCTION app_public.sop_as_of(category text, section text, at timestamp with time zone) TO auditor;

--
-- Name: FUNCTION sop_blame(sop_id integer, version integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.sop_blame(sop_id integer, version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.sop_blame(sop_id integer, version integer) TO agent;
GRANT ALL ON FUNCTION app_public.sop_blame(sop_id integer, version integer) TO auditor;

--
-- Name: FUNCTION sop_diff(sop_id integer, "from" integer, "to" integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.sop_diff(sop_id integer, "from" integer, "to" integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.sop_diff(sop_id integer, "from" integer, "to" integer) TO agent;
GRANT ALL ON FUNCTION app_public.sop_diff(sop_id integer, "from" integer, "to" integer) TO auditor;

--
-- Name: FUNCTION sop_questions(sop_id integer, first integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.sop_questions(sop_id integer, first integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.sop_questions(sop_id integer, first integer) TO agent;
GRANT ALL ON FUNCTION app_public.sop_questions(sop_id integer, first integer) TO auditor;

--
-- Name: FUNCTION start_conversation(site text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.start_conversation(site text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.start_conversation(site text) TO anonymous;
GRANT ALL ON FUNCTION app_public.start_conversation(site text) TO agent;

--
-- Name: FUNCTION system_health(OUT postgres_version text, OUT pgvector_version text, OUT database_bytes bigint, OUT workers integer, OUT worker_last_seen timestamp with time zone, OUT jobs_waiting bigint, OUT jobs_running bigint, OUT oldest_waiting_seconds double precision, OUT dead_jobs bigint, OUT search_units bigint, OUT search_units_without_vectors bigint, OUT pending_proposals bigint, OUT oldest_pending_days double precision, OUT urgent_tickets_waiting bigint, OUT notifications_unsent bigint, OUT notifications_failed bigint, OUT assistant_enabled boolean, OUT embedding_model text, OUT audit_rows bigint, OUT audit_head_day date, OUT audit_head_position bigint, OUT audit_head_hash text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.system_health(OUT postgres_version text, OUT pgvector_version text, OUT database_bytes bigint, OUT workers integer, OUT worker_last_seen timestamp with time zone, OUT jobs_waiting bigint, OUT jobs_running bigint, OUT oldest_waiting_seconds double precision, OUT dead_jobs bigint, OUT search_units bigint, OUT search_units_without_vectors bigint, OUT pending_proposals bigint, OUT oldest_pending_days double precision, OUT urgent_tickets_waiting bigint, OUT notifications_unsent bigint, OUT notifications_failed bigint, OUT assistant_enabled boolean, OUT embedding_model text, OUT audit_rows bigint, OUT audit_head_day date, OUT audit_head_position bigint, OUT audit_head_hash text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.system_health(OUT postgres_version text, OUT pgvector_version text, OUT database_bytes bigint, OUT workers integer, OUT worker_last_seen timestamp with time zone, OUT jobs_waiting bigint, OUT jobs_running bigint, OUT oldest_waiting_seconds double precision, OUT dead_jobs bigint, OUT search_units bigint, OUT search_units_without_vectors bigint, OUT pending_proposals bigint, OUT oldest_pending_days double precision, OUT urgent_tickets_waiting bigint, OUT notifications_unsent bigint, OUT notifications_failed bigint, OUT assistant_enabled boolean, OUT embedding_model text, OUT audit_rows bigint, OUT audit_head_day date, OUT audit_head_position bigint, OUT audit_head_hash text) TO agent;
GRANT ALL ON FUNCTION app_public.system_health(OUT postgres_version text, OUT pgvector_version text, OUT database_bytes bigint, OUT workers integer, OUT worker_last_seen timestamp with time zone, OUT jobs_waiting bigint, OUT jobs_running bigint, OUT oldest_waiting_seconds double precision, OUT dead_jobs bigint, OUT search_units bigint, OUT search_units_without_vectors bigint, OUT pending_proposals bigint, OUT oldest_pending_days double precision, OUT urgent_tickets_waiting bigint, OUT notifications_unsent bigint, OUT notifications_failed bigint, OUT assistant_enabled boolean, OUT embedding_model text, OUT audit_rows bigint, OUT audit_head_day date, OUT audit_head_position bigint, OUT audit_head_hash text) TO auditor;

--
-- Name: FUNCTION take_over(ticket_id integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.take_over(ticket_id integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.take_over(ticket_id integer) TO agent;

--
-- Name: FUNCTION top_patterns(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.top_patterns(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.top_patterns(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer) TO agent;
GRANT ALL ON FUNCTION app_public.top_patterns(since timestamp with time zone, until timestamp with time zone, category text, site text, first integer) TO auditor;

--
-- Name: FUNCTION undo_improvement(id integer, reason text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.undo_improvement(id integer, reason text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.undo_improvement(id integer, reason text) TO reviewer;

--
-- Name: FUNCTION users_status(person app_public.users); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.users_status(person app_public.users) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.users_status(person app_public.users) TO agent;
GRANT ALL ON FUNCTION app_public.users_status(person app_public.users) TO auditor;

--
-- Name: FUNCTION verify_audit_log(head text); Type: ACL; Schema: app_public; Owner: -
--

REVOKE ALL ON FUNCTION app_public.verify_audit_log(head text) FROM PUBLIC;
GRANT ALL ON FUNCTION app_public.verify_audit_log(head text) TO admin;
GRANT ALL ON FUNCTION app_public.verify_audit_log(head text) TO auditor;

--
-- Name: FUNCTION close_session(token text); Type: ACL; Schema: app_secret; Owner: -
--

REVOKE ALL ON FUNCTION app_secret.close_session(token text) FROM PUBLIC;

--
-- Name: FUNCTION find_link(token text); Type: ACL; Schema: app_secret; Owner: -
--

REVOKE ALL ON FUNCTION app_secret.find_link(token text) FROM PUBLIC;

--
-- Name: FUNCTION find_login(email text); Type: ACL; Schema: app_secret; Owner: -
--

REVOKE ALL ON FUNCTION app_secret.find_login(email text) FROM PUBLIC;

--
-- Name: FUNCTION has_admin(); Type: ACL; Schema: app_secret; Owner: -
--

REVOKE ALL ON FUNCTION app_secret.has_admin() FROM PUBLIC;

--
-- Name: FUNCTION identify_api_token(token text); Type: ACL; Schema: app_secret; Owner: -
--

REVOKE ALL ON FUNCTION app_secret.identify_api_token(token text) FROM PUBLIC;

--
-- Name: FUNCTION identify_session(token text); Type: ACL; Schema: app_secret; Owner: -
--

REVOKE ALL ON FUNCTION app_secret.identify_session(token text) FROM PUBLIC;

--
-- Name: FUNCTION keep_vapid_keys(public_key text, private_key text); Type: ACL; Schema: app_secret; Owner: -
--

REVOKE ALL ON FUNCTION app_secret.keep_vapid_keys(public_key text, private_key text) FROM PUBLIC;

--
-- Name: FUNCTION make_link(purpose text, user_id integer); Type: ACL; Schema: app_secret; Owner: -
--

REVOKE ALL ON FUNCTION app_secret.make_link(purpose text, user_id integer) FROM PUBLIC;

--
-- Name: FUNCTION open_session(user_id integer, address text, user_agent text, replaces text); Type: ACL; Schema: app_secret; Owner: -
--

REVOKE ALL ON FUNCTION app_secret.open_session(user_id integer, address text, user_agent text, replaces text) FROM PUBLIC;

--
-- Name: FUNCTION random_token(prefix text); Type: ACL; Schema: app_secret; Owner: -
--

REVOKE ALL ON FUNCTION app_secret.random_token(prefix text) FROM PUBLIC;

--
-- Name: FUNCTION redeem_link(token text, password_hash text, email text, name text); Type: ACL; Schema: app_secret; Owner: -
--

REVOKE ALL ON FUNCTION app_secret.redeem_link(token text, password_hash text, email text, name text) FROM PUBLIC;

--
-- Name: FUNCTION set_password(user_id integer, hash text, except_session uuid); Type: ACL; Schema: app_secret; Owner: -
--

REVOKE ALL ON FUNCTION app_secret.set_password(user_id integer, hash text, except_session uuid) FROM PUBLIC;

--
-- Name: FUNCTION token_hash(token text); Type: ACL; Schema: app_secret; Owner: -
--

REVOKE ALL ON FUNCTION app_secret.token_hash(token text) FROM PUBLIC;

--
-- Name: FUNCTION binary_quantize(public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.binary_quantize(public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION cosine_distance(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.cosine_distance(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION cosine_distance(public.sparsevec, public.sparsevec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.cosine_distance(public.sparsevec, public.sparsevec) FROM PUBLIC;

--
-- Name: FUNCTION cosine_distance(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.cosine_distance(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION gin_extract_query_trgm(text, internal, smallint, internal, internal, internal, internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.gin_extract_query_trgm(text, internal, smallint, internal, internal, internal, internal) FROM PUBLIC;

--
-- Name: FUNCTION gin_extract_value_trgm(text, internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.gin_extract_value_trgm(text, internal) FROM PUBLIC;

--
-- Name: FUNCTION gin_trgm_consistent(internal, smallint, text, integer, internal, internal, internal, internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.gin_trgm_consistent(internal, smallint, text, integer, internal, internal, internal, internal) FROM PUBLIC;

--
-- Name: FUNCTION gin_trgm_triconsistent(internal, smallint, text, integer, internal, internal, internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.gin_trgm_triconsistent(internal, smallint, text, integer, internal, internal, internal) FROM PUBLIC;

--
-- Name: FUNCTION gtrgm_compress(internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.gtrgm_compress(internal) FROM PUBLIC;

--
-- Name: FUNCTION gtrgm_consistent(internal, text, smallint, oid, internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.gtrgm_consistent(internal, text, smallint, oid, internal) FROM PUBLIC;

--
-- Name: FUNCTION gtrgm_decompress(internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.gtrgm_decompress(internal) FROM PUBLIC;

--
-- Name: FUNCTION gtrgm_distance(internal, text, smallint, oid, internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.gtrgm_distance(internal, text, smallint, oid, internal) FROM PUBLIC;

--
-- Name: FUNCTION gtrgm_options(internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.gtrgm_options(internal) FROM PUBLIC;

--
-- Name: FUNCTION gtrgm_penalty(internal, internal, internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.gtrgm_penalty(internal, internal, internal) FROM PUBLIC;

--
-- Name: FUNCTION gtrgm_picksplit(internal, internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.gtrgm_picksplit(internal, internal) FROM PUBLIC;

--
-- Name: FUNCTION gtrgm_same(public.gtrgm, public.gtrgm, internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.gtrgm_same(public.gtrgm, public.gtrgm, internal) FROM PUBLIC;

--
-- Name: FUNCTION gtrgm_union(internal, internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.gtrgm_union(internal, internal) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_accum(double precision[], public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_accum(double precision[], public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_add(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_add(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_avg(double precision[]); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_avg(double precision[]) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_cmp(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_cmp(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_combine(double precision[], double precision[]); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_combine(double precision[], double precision[]) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_concat(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_concat(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_eq(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_eq(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_ge(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_ge(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_gt(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_gt(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_l2_squared_distance(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_l2_squared_distance(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_le(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_le(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_lt(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_lt(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_mul(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_mul(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_ne(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_ne(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_negative_inner_product(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_negative_inner_product(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_spherical_distance(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_spherical_distance(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION halfvec_sub(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.halfvec_sub(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION hamming_distance(bit, bit); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.hamming_distance(bit, bit) FROM PUBLIC;

--
-- Name: FUNCTION hnsw_bit_support(internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.hnsw_bit_support(internal) FROM PUBLIC;

--
-- Name: FUNCTION hnsw_halfvec_support(internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.hnsw_halfvec_support(internal) FROM PUBLIC;

--
-- Name: FUNCTION hnsw_sparsevec_support(internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.hnsw_sparsevec_support(internal) FROM PUBLIC;

--
-- Name: FUNCTION hnswhandler(internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.hnswhandler(internal) FROM PUBLIC;

--
-- Name: FUNCTION inner_product(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.inner_product(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION inner_product(public.sparsevec, public.sparsevec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.inner_product(public.sparsevec, public.sparsevec) FROM PUBLIC;

--
-- Name: FUNCTION inner_product(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.inner_product(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION ivfflat_bit_support(internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.ivfflat_bit_support(internal) FROM PUBLIC;

--
-- Name: FUNCTION ivfflat_halfvec_support(internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.ivfflat_halfvec_support(internal) FROM PUBLIC;

--
-- Name: FUNCTION ivfflathandler(internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.ivfflathandler(internal) FROM PUBLIC;

--
-- Name: FUNCTION jaccard_distance(bit, bit); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.jaccard_distance(bit, bit) FROM PUBLIC;

--
-- Name: FUNCTION l1_distance(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.l1_distance(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION l1_distance(public.sparsevec, public.sparsevec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.l1_distance(public.sparsevec, public.sparsevec) FROM PUBLIC;

--
-- Name: FUNCTION l1_distance(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.l1_distance(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION l2_distance(public.halfvec, public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.l2_distance(public.halfvec, public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION l2_distance(public.sparsevec, public.sparsevec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.l2_distance(public.sparsevec, public.sparsevec) FROM PUBLIC;

--
-- Name: FUNCTION l2_distance(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.l2_distance(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION l2_norm(public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.l2_norm(public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION l2_norm(public.sparsevec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.l2_norm(public.sparsevec) FROM PUBLIC;

--
-- Name: FUNCTION l2_normalize(public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.l2_normalize(public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION l2_normalize(public.sparsevec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.l2_normalize(public.sparsevec) FROM PUBLIC;

--
-- Name: FUNCTION l2_normalize(public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.l2_normalize(public.vector) FROM PUBLIC;

--
-- Name: FUNCTION set_limit(real); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.set_limit(real) FROM PUBLIC;

--
-- Name: FUNCTION show_limit(); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.show_limit() FROM PUBLIC;

--
-- Name: FUNCTION show_trgm(text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.show_trgm(text) FROM PUBLIC;

--
-- Name: FUNCTION similarity(text, text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.similarity(text, text) FROM PUBLIC;

--
-- Name: FUNCTION similarity_dist(text, text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.similarity_dist(text, text) FROM PUBLIC;

--
-- Name: FUNCTION similarity_op(text, text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.similarity_op(text, text) FROM PUBLIC;

--
-- Name: FUNCTION sparsevec_cmp(public.sparsevec, public.sparsevec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sparsevec_cmp(public.sparsevec, public.sparsevec) FROM PUBLIC;

--
-- Name: FUNCTION sparsevec_eq(public.sparsevec, public.sparsevec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sparsevec_eq(public.sparsevec, public.sparsevec) FROM PUBLIC;

--
-- Name: FUNCTION sparsevec_ge(public.sparsevec, public.sparsevec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sparsevec_ge(public.sparsevec, public.sparsevec) FROM PUBLIC;

--
-- Name: FUNCTION sparsevec_gt(public.sparsevec, public.sparsevec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sparsevec_gt(public.sparsevec, public.sparsevec) FROM PUBLIC;

--
-- Name: FUNCTION sparsevec_l2_squared_distance(public.sparsevec, public.sparsevec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sparsevec_l2_squared_distance(public.sparsevec, public.sparsevec) FROM PUBLIC;

--
-- Name: FUNCTION sparsevec_le(public.sparsevec, public.sparsevec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sparsevec_le(public.sparsevec, public.sparsevec) FROM PUBLIC;

--
-- Name: FUNCTION sparsevec_lt(public.sparsevec, public.sparsevec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sparsevec_lt(public.sparsevec, public.sparsevec) FROM PUBLIC;

--
-- Name: FUNCTION sparsevec_ne(public.sparsevec, public.sparsevec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sparsevec_ne(public.sparsevec, public.sparsevec) FROM PUBLIC;

--
-- Name: FUNCTION sparsevec_negative_inner_product(public.sparsevec, public.sparsevec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sparsevec_negative_inner_product(public.sparsevec, public.sparsevec) FROM PUBLIC;

--
-- Name: FUNCTION strict_word_similarity(text, text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.strict_word_similarity(text, text) FROM PUBLIC;

--
-- Name: FUNCTION strict_word_similarity_commutator_op(text, text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.strict_word_similarity_commutator_op(text, text) FROM PUBLIC;

--
-- Name: FUNCTION strict_word_similarity_dist_commutator_op(text, text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.strict_word_similarity_dist_commutator_op(text, text) FROM PUBLIC;

--
-- Name: FUNCTION strict_word_similarity_dist_op(text, text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.strict_word_similarity_dist_op(text, text) FROM PUBLIC;

--
-- Name: FUNCTION strict_word_similarity_op(text, text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.strict_word_similarity_op(text, text) FROM PUBLIC;

--
-- Name: FUNCTION subvector(public.halfvec, integer, integer); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.subvector(public.halfvec, integer, integer) FROM PUBLIC;

--
-- Name: FUNCTION subvector(public.vector, integer, integer); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.subvector(public.vector, integer, integer) FROM PUBLIC;

--
-- Name: FUNCTION unaccent(text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.unaccent(text) FROM PUBLIC;

--
-- Name: FUNCTION unaccent(regdictionary, text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.unaccent(regdictionary, text) FROM PUBLIC;

--
-- Name: FUNCTION unaccent_init(internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.unaccent_init(internal) FROM PUBLIC;

--
-- Name: FUNCTION unaccent_lexize(internal, internal, internal, internal); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.unaccent_lexize(internal, internal, internal, internal) FROM PUBLIC;

--
-- Name: FUNCTION vector_accum(double precision[], public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_accum(double precision[], public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_add(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_add(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_avg(double precision[]); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_avg(double precision[]) FROM PUBLIC;

--
-- Name: FUNCTION vector_cmp(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_cmp(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_combine(double precision[], double precision[]); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_combine(double precision[], double precision[]) FROM PUBLIC;

--
-- Name: FUNCTION vector_concat(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_concat(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_dims(public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_dims(public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION vector_dims(public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_dims(public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_eq(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_eq(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_ge(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_ge(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_gt(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_gt(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_l2_squared_distance(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_l2_squared_distance(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_le(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_le(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_lt(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_lt(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_mul(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_mul(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_ne(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_ne(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_negative_inner_product(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_negative_inner_product(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_norm(public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_norm(public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_spherical_distance(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_spherical_distance(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION vector_sub(public.vector, public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.vector_sub(public.vector, public.vector) FROM PUBLIC;

--
-- Name: FUNCTION word_similarity(text, text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.word_similarity(text, text) FROM PUBLIC;

--
-- Name: FUNCTION word_similarity_commutator_op(text, text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.word_similarity_commutator_op(text, text) FROM PUBLIC;

--
-- Name: FUNCTION word_similarity_dist_commutator_op(text, text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.word_similarity_dist_commutator_op(text, text) FROM PUBLIC;

--
-- Name: FUNCTION word_similarity_dist_op(text, text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.word_similarity_dist_op(text, text) FROM PUBLIC;

--
-- Name: FUNCTION word_similarity_op(text, text); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.word_similarity_op(text, text) FROM PUBLIC;

--
-- Name: FUNCTION avg(public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.avg(public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION avg(public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.avg(public.vector) FROM PUBLIC;

--
-- Name: FUNCTION sum(public.halfvec); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sum(public.halfvec) FROM PUBLIC;

--
-- Name: FUNCTION sum(public.vector); Type: ACL; Schema: public; Owner: -
--

REVOKE ALL ON FUNCTION public.sum(public.vector) FROM PUBLIC;

--
-- Name: TABLE audit_head; Type: ACL; Schema: app_private; Owner: -
--

GRANT SELECT ON TABLE app_private.audit_head TO auditor;

--
-- Name: TABLE dead_job_alerts; Type: ACL; Schema: app_private; Owner: -
--

GRANT SELECT ON TABLE app_private.dead_job_alerts TO auditor;

--
-- Name: TABLE embedding_cache; Type: ACL; Schema: app_private; Owner: -
--

GRANT SELECT ON TABLE app_private.embedding_cache TO auditor;

--
-- Name: TABLE improvement_viewers; Type: ACL; Schema: app_private; Owner: -
--

GRANT SELECT ON TABLE app_private.improvement_viewers TO auditor;

--
-- Name: TABLE improvements_in_progress; Type: ACL; Schema: app_private; Owner: -
--

GRANT SELECT ON TABLE app_private.improvements_in_progress TO auditor;

--
-- Name: TABLE knowledge_votes; Type: ACL; Schema: app_private; Owner: -
--

GRANT SELECT ON TABLE app_private.knowledge_votes TO auditor;

--
-- Name: TABLE lexeme_frequencies; Type: ACL; Schema: app_private; Owner: -
--

GRANT SELECT ON TABLE app_private.lexeme_frequencies TO auditor;

--
-- Name: TABLE search_statistics; Type: ACL; Schema: app_private; Owner: -
--

GRANT SELECT ON TABLE app_private.search_statistics TO auditor;

--
-- Name: TABLE search_vocabulary; Type: ACL; Schema: app_private; Owner: -
--

GRANT SELECT ON TABLE app_private.search_vocabulary TO auditor;

--
-- Name: TABLE worker_heartbeats; Type: ACL; Schema: app_private; Owner: -
--

GRANT SELECT ON TABLE app_private.worker_heartbeats TO auditor;

--
-- Name: TABLE emergency_signals; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.emergency_signals TO agent;
GRANT SELECT ON TABLE app_public.emergency_signals TO auditor;
GRANT DELETE ON TABLE app_public.emergency_signals TO admin;

--
-- Name: COLUMN emergency_signals.section; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(section),UPDATE(section) ON TABLE app_public.emergency_signals TO admin;

--
-- Name: COLUMN emergency_signals.pattern; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(pattern),UPDATE(pattern) ON TABLE app_public.emergency_signals TO admin;

--
-- Name: TABLE improvement_evidence; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.improvement_evidence TO agent;
GRANT SELECT ON TABLE app_public.improvement_evidence TO auditor;
GRANT SELECT ON TABLE app_public.improvement_evidence TO worker;

--
-- Name: TABLE jobs; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.jobs TO admin;
GRANT SELECT ON TABLE app_public.jobs TO auditor;

--
-- Name: TABLE knowledge_health; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.knowledge_health TO agent;
GRANT SELECT ON TABLE app_public.knowledge_health TO auditor;

--
-- Name: TABLE knowledge_questions; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.knowledge_questions TO agent;
GRANT SELECT ON TABLE app_public.knowledge_questions TO auditor;
GRANT SELECT ON TABLE app_public.knowledge_questions TO worker;

--
-- Name: TABLE llm_calls; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.llm_calls TO admin;
GRANT SELECT ON TABLE app_public.llm_calls TO auditor;

--
-- Name: COLUMN llm_calls.purpose; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(purpose) ON TABLE app_public.llm_calls TO worker;

--
-- Name: COLUMN llm_calls.model; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(model) ON TABLE app_public.llm_calls TO worker;

--
-- Name: COLUMN llm_calls.tokens_in; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(tokens_in) ON TABLE app_public.llm_calls TO worker;

--
-- Name: COLUMN llm_calls.tokens_out; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(tokens_out) ON TABLE app_public.llm_calls TO worker;

--
-- Name: COLUMN llm_calls.tokens_cached; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(tokens_cached) ON TABLE app_public.llm_calls TO worker;

--
-- Name: COLUMN llm_calls.cost; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(cost) ON TABLE app_public.llm_calls TO worker;

--
-- Name: COLUMN llm_calls.latency_ms; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(latency_ms) ON TABLE app_public.llm_calls TO worker;

--
-- Name: COLUMN llm_calls.status; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(status) ON TABLE app_public.llm_calls TO worker;

--
-- Name: COLUMN llm_calls.request_id; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(request_id) ON TABLE app_public.llm_calls TO worker;

--
-- Name: COLUMN llm_calls.response_id; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(response_id) ON TABLE app_public.llm_calls TO worker;

--
-- Name: TABLE notifications; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.notifications TO admin;
GRANT SELECT ON TABLE app_public.notifications TO auditor;

--
-- Name: TABLE prompt_versions; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.prompt_versions TO reviewer;
GRANT SELECT ON TABLE app_public.prompt_versions TO auditor;
GRANT SELECT ON TABLE app_public.prompt_versions TO worker;

--
-- Name: TABLE prompts; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.prompts TO reviewer;
GRANT SELECT ON TABLE app_public.prompts TO auditor;
GRANT SELECT ON TABLE app_public.prompts TO worker;

--
-- Name: COLUMN prompts.name; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(name) ON TABLE app_public.prompts TO reviewer;

--
-- Name: COLUMN prompts.content; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(content),UPDATE(content) ON TABLE app_public.prompts TO reviewer;

--
-- Name: TABLE response_sources; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.response_sources TO agent;
GRANT SELECT ON TABLE app_public.response_sources TO auditor;

--
-- Name: COLUMN response_sources.response_id; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(response_id) ON TABLE app_public.response_sources TO anonymous;

--
-- Name: COLUMN response_sources.rank; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(rank) ON TABLE app_public.response_sources TO anonymous;

--
-- Name: COLUMN response_sources.kind; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(kind) ON TABLE app_public.response_sources TO anonymous;

--
-- Name: COLUMN response_sources.category; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(category) ON TABLE app_public.response_sources TO anonymous;

--
-- Name: COLUMN response_sources.topic; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(topic) ON TABLE app_public.response_sources TO anonymous;

--
-- Name: COLUMN response_sources.heading; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(heading) ON TABLE app_public.response_sources TO anonymous;

--
-- Name: COLUMN response_sources.snippet; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(snippet) ON TABLE app_public.response_sources TO anonymous;

--
-- Name: COLUMN response_sources.score; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(score) ON TABLE app_public.response_sources TO anonymous;

--
-- Name: COLUMN response_sources.cited; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT(cited) ON TABLE app_public.response_sources TO anonymous;

--
-- Name: TABLE review_metrics; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.review_metrics TO agent;
GRANT SELECT ON TABLE app_public.review_metrics TO auditor;

--
-- Name: TABLE sites; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.sites TO agent;
GRANT SELECT ON TABLE app_public.sites TO auditor;
GRANT SELECT ON TABLE app_public.sites TO worker;
GRANT SELECT ON TABLE app_public.sites TO anonymous;

--
-- Name: COLUMN sites.slug; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(slug),UPDATE(slug) ON TABLE app_public.sites TO admin;

--
-- Name: COLUMN sites.name; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(name),UPDATE(name) ON TABLE app_public.sites TO admin;

--
-- Name: COLUMN sites.timezone; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(timezone),UPDATE(timezone) ON TABLE app_public.sites TO admin;

--
-- Name: COLUMN sites.address; Type: ACL; Schema: app_public; Owner: -
--

GRANT INSERT(address),UPDATE(address) ON TABLE app_public.sites TO admin;

--
-- Name: TABLE sop_categories; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.sop_categories TO agent;
GRANT SELECT ON TABLE app_public.sop_categories TO auditor;

--
-- Name: TABLE sop_failures; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.sop_failures TO agent;
GRANT SELECT ON TABLE app_public.sop_failures TO auditor;

--
-- Name: TABLE sop_usage; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.sop_usage TO agent;
GRANT SELECT ON TABLE app_public.sop_usage TO auditor;

--
-- Name: TABLE webhooks; Type: ACL; Schema: app_public; Owner: -
--

GRANT SELECT ON TABLE app_public.webhooks TO admin;
GRANT SELECT ON TABLE app_public.webhooks TO auditor;

--
-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: -
--

ALTER DEFAULT PRIVILEGES FOR ROLE clubos REVOKE ALL ON FUNCTIONS  FROM PUBLIC;

--
-- PostgreSQL database dump complete
--

