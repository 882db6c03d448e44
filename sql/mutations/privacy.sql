-- What is stored of conversations and answers, for whoever they are about.
create or replace function app_private.personal_data(ticket_ids integer[], response_ids bigint[], visitor_id uuid) returns jsonb
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
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
$$;
comment on function app_private.personal_data(integer[], bigint[], uuid) is
$${conversations (messages, answers with sources, ratings and failures), answers_without_conversation, learned}, and what every function app_private.export__<kind>(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) returns jsonb adds under <kind>.$$;

create or replace function app_private.of_visitor(visitor_id uuid, out ticket_ids integer[], out response_ids bigint[])
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select coalesce((select array_agg(t.id order by t.id) from app_public.tickets t where t.visitor_id = of_visitor.visitor_id), '{}'),
         coalesce((select array_agg(r.id order by r.id) from app_public.responses r where r.visitor_id = of_visitor.visitor_id), '{}')
$$;
comment on function app_private.of_visitor(uuid) is 'The conversations and answers of a visitor.';

create or replace function app_public.export_personal_data(visitor_id uuid) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
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
comment on function app_public.export_personal_data(uuid) is
$$Everything that is stored of a visitor: {conversations: [{messages, answers: [{sources, rating, failure}]}], answers_without_conversation, learned}. Written down in privacy_actions and the audit log, without the visitor's id.
Errors: CO001 no actor, CO403 not an admin.$$;

create or replace function app_public.export_conversation(ticket_id integer) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
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
comment on function app_public.export_conversation(integer) is
$$Everything that is stored of one conversation, as export_personal_data gives it: for a customer who knows their conversation and no more.
Errors: CO001 no actor, CO403 not an admin, CO404 no such ticket.$$;

create or replace function app_public.erase_personal_data(visitor_id uuid, reason text) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
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
comment on function app_public.erase_personal_data(uuid, text) is
$$Erases a visitor in one transaction: texts of their conversations, answers and failures become [erased], their id goes, ratings keep counting under a pseudonym; learned knowledge that rests on their questions alone goes with its search units and vectors; proposals that wait or were rejected lose their words. {reference, counts, to_review}: to_review lists approved proposals, SOPs and published knowledge that quote them, for a person to look at. reason: why; do not name the person. Conversations are closed, also taken ones. Repeating it is harmless.
Errors: CO001 no actor, CO002 no reason, CO006 reason too long, CO403 not an admin.$$;

create or replace function app_public.erase_conversation(ticket_id integer, reason text) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.mask_personal_data(app_hidden.require_reason(erase_conversation.reason)));
  if not exists (select from app_public.tickets t where t.id = erase_conversation.ticket_id) then
    raise exception 'There is no ticket with id %.', erase_conversation.ticket_id using errcode = 'CO404';
  end if;
  return app_private.erase(array[erase_conversation.ticket_id], '{}', null, 'ticket ' || erase_conversation.ticket_id, app_hidden.current_reason());
end
$$;
comment on function app_public.erase_conversation(integer, text) is
$$Erases one conversation, as erase_personal_data does all of a visitor's.
Errors: CO001 no actor, CO002 no reason, CO006 reason too long, CO403 not an admin, CO404 no such ticket.$$;

create or replace function app_public.set_retention(kind text, keep interval, reason text) returns app_public.retention_rules
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
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
comment on function app_public.set_retention(text, interval, text) is
$$Changes for how long a kind of data is kept. keep: one day at least; the next daily run goes by it.
Errors: CO001 no actor, CO002 no reason, CO005 less than a day, CO403 not an admin, CO404 no such kind.$$;
