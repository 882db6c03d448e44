create or replace function app_hidden.visible_response(response_id bigint) returns app_public.responses
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
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
comment on function app_hidden.visible_response(bigint) is 'The response, locked; CO404 where it is not there or another customer''s, CO110 where it was erased, CO005 where it is a draft.';

create or replace function app_hidden.voter() returns text language sql stable as $$
  select coalesce('visitor:' || app_public.current_visitor_id(), app_public.current_actor(), session_user)
$$;
comment on function app_hidden.voter() is 'Who rates: the visitor, or the member of staff.';

create or replace function app_private.pseudonym(name text) returns text language sql immutable parallel safe as $$
  -- A visitor's id has 122 random bits: its hash cannot be searched back, and still tells one visitor from another.
  select case when name like 'visitor:%' then 'erased:' || left(encode(sha256(convert_to(name, 'UTF8')), 'hex'), 32) else name end
$$;
comment on function app_private.pseudonym(text) is 'What stands for visitor:<id> once the visitor is erased: the same for the same visitor, and no way back. Names of staff stay.';

-- Learned trust follows from the votes; what staff wrote or approved stays as it is.
create or replace function app_private.settle_entry(knowledge_id integer) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
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
comment on function app_private.settle_entry(integer) is 'Sets a learned entry''s trust by its votes: 2 staff found it helpful, 1 enough distinct customers did, else 0.';

create or replace function app_private.vote(knowledge_id integer, response_id bigint, helpful boolean) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
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
comment on function app_private.vote(integer, bigint, boolean) is 'Counts one rating of one response for an entry.';

-- Rating touches several entries: those that it counted for, those it is about, and the one it teaches. Whoever rates
-- takes them in one order, so that two never wait for each other in a circle.
create or replace function app_private.lock_rated_entries(response app_public.responses) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
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
comment on function app_private.lock_rated_entries(app_public.responses) is 'Locks the knowledge entries that a rating of this response may touch, in the order of their ids.';

create or replace function app_private.withdraw_feedback(response app_public.responses) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
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
comment on function app_private.withdraw_feedback(app_public.responses) is 'Takes back what an earlier rating of this response counted for.';

create or replace function app_private.learn_from(response app_public.responses) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
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
$$;
comment on function app_private.learn_from(app_public.responses) is 'Upserts the question of a helpful answer as learned knowledge, leading to the answer''s first source, and counts the rating.';

create or replace function app_hidden.learnable_question(question text) returns text language sql immutable parallel safe as $$
  -- The unique index bounds a question at some 2 kB; a longer story keeps its beginning.
  select btrim(left(btrim(regexp_replace(app_hidden.mask_personal_data(question), '\s+', ' ', 'g')), 500))
$$;
comment on function app_hidden.learnable_question(text) is 'A customer''s question as knowledge may keep it: masked, at most 500 characters.';

create or replace function app_private.record_failure(response app_public.responses, feedback_type text, user_correction text,
  expected_sop_id integer, expected_category text, expected_topic text) returns app_public.failed_responses
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
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
comment on function app_private.record_failure(app_public.responses, text, text, integer, text, text) is 'Files a response as failed, once; filing it again updates what was said.';
