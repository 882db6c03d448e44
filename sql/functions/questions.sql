-- What is known about a question before any model is asked: one round trip, and nothing that leaves the database
-- unmasked. begin_answer goes on from here, once the vector and the route are there.
create or replace function app_hidden.check_question(query text) returns void language plpgsql immutable as $$
begin
  if coalesce(btrim(query), '') = '' then
    raise exception 'There is no question.' using errcode = 'CO005', hint = 'Send what the customer wrote as query.';
  elsif octet_length(query) > 65536 then
    raise exception 'The question is too long: 64 kB is the most.' using errcode = 'CO006';
  end if;
end
$$;
comment on function app_hidden.check_question(text) is 'Refuses a question that is empty (CO005) or too long (CO006).';

create or replace function app_private.hear_customer(ticket app_public.tickets, query text) returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_message_id bigint;
begin
  insert into app_public.messages (ticket_id, author_kind, body) values (ticket.id, 'customer', query) returning id into v_message_id;
  update app_public.tickets t
     set updated_at = now(), subject = coalesce(t.subject, left(query, 120)), status = case when t.status = 'resolved' then 'open' else t.status end,
         resolved_at = null, resolved_by = null, resolution = null,
         -- Where a person has the conversation, the assistant owes nothing.
         awaiting_since = case when not app_hidden.assistant_is_silent(t) then coalesce(t.awaiting_since, now()) end
   where t.id = ticket.id;
  return v_message_id;
end
$$;
comment on function app_private.hear_customer(app_public.tickets, text) is
  'Writes down what the customer said in a conversation that the caller has locked, whatever comes after; opens it again where it was resolved. Returns the message''s id.';

create or replace function app_private.masked(content text, most integer) returns text
language sql immutable parallel safe as $$
  -- What stands at the cut is masked with what follows it: half a card number is still half of one.
  select left(app_hidden.mask_personal_data(left(content, most + 200)), most)
$$;
comment on function app_private.masked(text, integer) is 'The first `most` characters of a text, personal data and access codes masked.';

create or replace function app_private.recent_conversation(ticket_id integer, upto bigint, most integer default 12, characters integer default 6000) returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp as $$
begin
  return (select coalesce(jsonb_agg(jsonb_build_object('author', m.author_kind, 'text', m.content) order by m.id), '[]')
    from (select l.*, sum(length(l.content)) over (order by l.id desc) as total
            from (select m.id, m.author_kind, app_private.masked(m.body, 1500) as content from app_public.messages m
                   where m.ticket_id = recent_conversation.ticket_id and m.id <= upto and m.author_kind <> 'system' order by m.id desc limit most) l) m
   where m.total <= characters);
end
$$;
comment on function app_private.recent_conversation(integer, bigint, integer, integer) is
  'The last messages of a conversation up to one, masked, each with who wrote it: [{author: customer | assistant | staff, text}], the oldest first. At most so many messages and characters in all, 1,500 of each.';

create or replace function app_private.known_categories() returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp as $$
begin
  -- From one category to the next by the unique indexes: what it costs grows with the categories, not with the texts.
  return (
  with recursive of_sops as (
    select min(s.category) as category, 1 as n from app_public.sops s
    union all
    select (select min(s.category) from app_public.sops s where s.category > o.category), o.n + 1 from of_sops o where o.category is not null and o.n < 100
  ), of_knowledge as (
    select min(k.category) as category, 1 as n from app_public.knowledge_base k
    union all
    select (select min(k.category) from app_public.knowledge_base k where k.category > o.category), o.n + 1 from of_knowledge o where o.category is not null and o.n < 100
  ), described as (
    select c.category,
           (select array_agg(t.section order by t.section) from (select s.section from app_public.sops s where s.category = c.category and s.archived_at is null order by s.section limit 12) t) as sections,
           (select array_agg(distinct t.topic order by t.topic) from (select k.topic from app_public.knowledge_base k where k.category = c.category and (k.valid_to is null or k.valid_to > now()) order by k.topic limit 60) t) as topics
      from (select o.category from of_sops o union select o.category from of_knowledge o) c
     where c.category is not null
     order by c.category collate "C" limit 100
  )
  select coalesce(jsonb_agg(jsonb_build_object('category', d.category, 'about',
           left((select string_agg(distinct lower(app_hidden.in_words(n)), ', ' order by lower(app_hidden.in_words(n))) from unnest(d.sections || d.topics[1:12]) n), 300)) order by d.category collate "C"), '[]')
    from described d
   where d.sections is not null or d.topics is not null);
end
$$;
comment on function app_private.known_categories() is
  'The categories that have an SOP or an entry, with what they are about (names of their SOPs and topics, 300 characters at most): [{category, about}], at most 100, always in the same order, so that a prompt that begins with them can be cached.';

drop function if exists app_private.question_brief(text, text, app_public.tickets, bigint);
create or replace function app_private.question_brief(query text, site text, ticket app_public.tickets, upto bigint, routing boolean default true) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  return (select jsonb_build_object(
    'response_id', nextval(pg_get_serial_sequence('app_public.responses', 'id')),
    'ticket_id', ticket.id,
    'site', coalesce(nullif(question_brief.site, ''), (select s.slug from app_public.sites s where s.id = ticket.site_id)),
    'emergency', app_hidden.emergency_section(query),
    'silent', ticket.id is not null and app_hidden.assistant_is_silent(ticket),
    'enabled', s.assistant_enabled,
    'budget', case when coalesce(s.daily_budget, s.monthly_budget) is null then 'open' else app_private.llm_budget_state() end,
    'masked', app_private.masked(query, 8000),
    'conversation', app_private.recent_conversation(ticket.id, upto),
    'categories', case when routing then app_private.known_categories() else '[]' end,
    'embedding_model', s.embedding_model,
    'vector_cached', exists (select from app_private.embedding_cache c where c.content_hash = app_hidden.embedding_hash(query) and c.model = s.embedding_model),
    'prompts', (select coalesce(jsonb_object_agg(p.name, jsonb_build_object('id', v.id, 'content', p.content)), '{}')
                  from app_public.prompts p join app_public.prompt_versions v on v.prompt_id = p.id and v.version = p.version where p.name in ('route', 'rerank', 'answer')))
    from app_public.club_settings s);
end
$$;
comment on function app_private.question_brief(text, text, app_public.tickets, bigint, boolean) is
$$What models are told of a question, and whether they may be asked: {response_id (reserved for its answer), ticket_id, site, emergency (kind, by rule; null for none), silent (a person has the conversation), enabled, budget (open, warned, stopped), masked (the question), conversation, categories, embedding_model, vector_cached, prompts: {route, rerank, answer: {id (of the version), content}}}. upto: the last message before the question. routing: whether a model routes; without, there are no categories: in a large club to list them takes longer than all the rest.$$;

drop function if exists app_hidden.begin_question(text, text, text, uuid);
create or replace function app_hidden.begin_question(query text, category text default null, site text default null, conversation uuid default null, routing boolean default true) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ticket app_public.tickets;
  v_message_id bigint;
begin
  perform app_hidden.check_question(query);
  -- Before anybody is paid for an answer that could not be written down.
  perform app_hidden.find_site(begin_question.site);
  if conversation is not null then
    v_ticket := app_hidden.find_conversation(conversation);
    v_message_id := app_private.hear_customer(v_ticket, query);
  end if;
  return app_private.question_brief(query, begin_question.site, v_ticket, v_message_id - 1, begin_question.routing) || jsonb_build_object('message_id', v_message_id, 'category', nullif(btrim(begin_question.category), ''));
end
$$;
comment on function app_hidden.begin_question(text, text, text, uuid, boolean) is
$$The first of an answer's three round trips where models have a part in it: writes the customer's message (give message_id to begin_answer, which then does not write it again), and says what app_private.question_brief says. routing: whether a model routes, which needs the categories.
Errors: CO005 no question, CO006 too long, CO404 no such conversation or site.$$;

create or replace function app_hidden.begin_draft(ticket_id integer) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_asked record;
  v_ticket app_public.tickets;
begin
  select * into v_asked from app_hidden.draft_question(begin_draft.ticket_id);
  select * into v_ticket from app_public.tickets t where t.id = begin_draft.ticket_id;
  return app_private.question_brief(v_asked.question, v_asked.site, v_ticket, v_asked.upto) || jsonb_build_object('question', v_asked.question, 'conversation_id', v_ticket.conversation);
end
$$;
comment on function app_hidden.begin_draft(integer) is
$$The first round trip of a draft, for the agent who asks for it: what app_private.question_brief says, with the question and the conversation_id besides. Writes nothing.
Errors: CO005 the customer wrote nothing, CO110 erased, CO403 not an agent, CO404 no such ticket.$$;
