create or replace function app_hidden.find_golden_question(id integer) returns app_public.golden_questions
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_golden app_public.golden_questions;
begin
  select * into v_golden from app_public.golden_questions g where g.id = find_golden_question.id for no key update;
  if v_golden.id is null then
    raise exception 'There is no golden question with id %.', find_golden_question.id using errcode = 'CO404', hint = 'select id, question from golden_questions;';
  end if;
  return v_golden;
end
$$;
comment on function app_hidden.find_golden_question(integer) is 'The golden question, locked; or CO404.';

-- One that asks the same at the same site is the same; another expectation of it is a conflict that a person must settle.
create or replace function app_private.put_golden_question(golden app_public.golden_questions) returns app_public.golden_questions
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_twin app_public.golden_questions;
  v_golden app_public.golden_questions;
begin
  if coalesce(btrim(golden.question), '') = '' then
    raise exception 'A golden question needs its question.' using errcode = 'CO005';
  elsif length(golden.question) > 1000 then
    raise exception 'The question is % characters long; 1,000 are the most.', length(golden.question) using errcode = 'CO006';
  elsif length(golden.note) > 2000 then
    raise exception 'The note is % characters long; 2,000 are the most.', length(golden.note) using errcode = 'CO006';
  elsif (golden.expected_category is null) <> (golden.expected_topic is null)
        or (golden.expected_sop_id is not null)::integer + (golden.expected_category is not null)::integer + golden.hand_over::integer <> 1 then
    raise exception 'Say one thing that is expected: an SOP, or category and topic of knowledge, or that a person answers.'
      using errcode = 'CO005', hint = 'expected_sop_id; or expected_category and expected_topic; or hand_over => true.';
  end if;
  if golden.expected_sop_id is not null and (golden.id is null or golden.expected_sop_id is distinct from (select g.expected_sop_id from app_public.golden_questions g where g.id = golden.id)) then
    if (app_hidden.find_sop(golden.expected_sop_id)).archived_at is not null then
      raise exception 'SOP % is archived: nothing is answered from it.', golden.expected_sop_id using errcode = 'CO005', hint = 'Expect another, or bring it back: rollback_sop(sop_id, version, reason).';
    end if;
  elsif golden.expected_category is not null
        and not exists (select from app_public.knowledge_base k where k.category = golden.expected_category and k.topic = golden.expected_topic)
        and not exists (select from app_public.sops s where s.category = golden.expected_category and s.section = golden.expected_topic and s.archived_at is null) then
    raise exception 'There is neither an SOP nor knowledge named %/%.', golden.expected_category, golden.expected_topic
      using errcode = 'CO404', hint = 'select distinct category, topic from knowledge_base;';
  end if;
  select * into v_twin from app_public.golden_questions g
   where app_hidden.golden_key(g.question) = app_hidden.golden_key(golden.question) and coalesce(g.site_id, 0) = coalesce(golden.site_id, 0) and g.id is distinct from golden.id;
  if v_twin.id is not null and golden.id is null
     and (v_twin.expected_sop_id, v_twin.expected_category, v_twin.expected_topic, v_twin.hand_over) is not distinct from
         (golden.expected_sop_id, golden.expected_category::varchar, golden.expected_topic::varchar, golden.hand_over)
     and (golden.note is null or golden.note is not distinct from v_twin.note) then
    return v_twin; -- saved already: repeating a call is harmless
  elsif v_twin.id is not null then
    raise exception 'Golden question % asks that already%.', v_twin.id, case when v_twin.site_id is null then '' else ' at this site' end
      using errcode = 'CO409', detail = jsonb_build_object('id', v_twin.id)::text, hint = 'Change what that one expects: save_golden_question(…, id => ' || v_twin.id || ').';
  end if;
  if golden.id is null then
    insert into app_public.golden_questions (question, expected_sop_id, expected_category, expected_topic, hand_over, site_id, response_id, note)
    values (golden.question, golden.expected_sop_id, golden.expected_category, golden.expected_topic, golden.hand_over, golden.site_id, golden.response_id, golden.note)
    returning * into v_golden;
  else
    update app_public.golden_questions g
       set question = golden.question, expected_sop_id = golden.expected_sop_id, expected_category = golden.expected_category, expected_topic = golden.expected_topic,
           hand_over = golden.hand_over, site_id = golden.site_id, note = golden.note
     where g.id = golden.id
    returning * into v_golden;
  end if;
  return v_golden;
end
$$;
comment on function app_private.put_golden_question(app_public.golden_questions) is
  'Writes a golden question, a new one where it has no id. Errors: CO005 incomplete, archived, or more than one thing expected, CO006 too long, CO404 no such SOP or topic, CO409 another asks the same.';

create or replace function app_public.save_golden_question(question text, expected_sop_id integer default null, expected_category text default null, expected_topic text default null,
  hand_over boolean default false, site text default null, note text default null, id integer default null, reason text default null, expected_updated_at timestamptz default null)
returns app_public.golden_questions
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_golden app_public.golden_questions;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  perform app_hidden.set_reason(case when save_golden_question.id is null then coalesce(nullif(left(btrim(save_golden_question.reason), 4000), ''), 'Written by hand')
                                     else app_hidden.require_reason(save_golden_question.reason) end);
  if save_golden_question.id is not null then
    v_golden := app_hidden.find_golden_question(save_golden_question.id);
    -- A browser's clock knows milliseconds, ours microseconds.
    if date_trunc('milliseconds', v_golden.updated_at) <> date_trunc('milliseconds', expected_updated_at) then
      raise exception 'Golden question % was changed while you edited it.', v_golden.id
        using errcode = 'CO120', detail = jsonb_build_object('id', v_golden.id, 'updated_at', v_golden.updated_at)::text, hint = 'Look at it as it is now, then save again.';
    end if;
  end if;
  v_golden.question := btrim(regexp_replace(save_golden_question.question, '\s+', ' ', 'g'));
  v_golden.expected_sop_id := save_golden_question.expected_sop_id;
  v_golden.expected_category := nullif(btrim(save_golden_question.expected_category), '');
  v_golden.expected_topic := nullif(btrim(save_golden_question.expected_topic), '');
  v_golden.hand_over := coalesce(save_golden_question.hand_over, false);
  v_golden.site_id := app_hidden.find_site(save_golden_question.site);
  v_golden.note := nullif(btrim(save_golden_question.note), '');
  return app_private.put_golden_question(v_golden);
end
$$;
comment on function app_public.save_golden_question(text, integer, text, text, boolean, text, text, integer, text, timestamptz) is
$$Writes a golden question: a new one, or over the one with this id. Expected is one of: expected_sop_id; expected_category and expected_topic (knowledge; an SOP of that name is taken for it); hand_over (a person must answer). question: at most 1,000 characters, without anybody's personal data. site (slug): where it is asked. note: why it matters. reason: why it changes; a new one needs none. expected_updated_at: as you read it; saving over a later change is refused. Repeating a call changes nothing.
Errors: CO001 no actor, CO002 no reason, CO005 incomplete, archived, or more than one thing expected, CO006 too long, CO120 changed meanwhile, CO403 not a reviewer, CO404 no such golden question, SOP, topic or site, CO409 another asks the same.$$;

create or replace function app_public.remove_golden_question(id integer, reason text) returns app_public.golden_questions
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_golden app_public.golden_questions;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(remove_golden_question.reason));
  v_golden := app_hidden.find_golden_question(remove_golden_question.id);
  delete from app_public.golden_questions g where g.id = v_golden.id;
  return v_golden;
end
$$;
comment on function app_public.remove_golden_question(integer, text) is
$$Takes a golden question out of the set, and returns it as it was. reason: why.
Errors: CO001 no actor, CO002 no reason, CO403 not a reviewer, CO404 no such golden question.$$;

create or replace function app_public.golden_from_response(response_id bigint, reason text default null) returns app_public.golden_questions
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_response app_public.responses;
  v_source app_public.response_sources;
  v_golden app_public.golden_questions;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  -- It copies a customer's words.
  perform app_private.take_turns_with_erasure();
  select * into v_response from app_public.responses r where r.id = golden_from_response.response_id;
  if v_response.id is null then
    raise exception 'There is no response with id %.', golden_from_response.response_id using errcode = 'CO404';
  elsif v_response.erased_at is not null then
    raise exception 'This answer was erased; there is nothing left to ask.' using errcode = 'CO110';
  elsif v_response.feedback = 'unhelpful' then
    raise exception 'This answer was rated unhelpful: what it did is not what you expect.'
      using errcode = 'CO005', hint = 'Write the golden question with what should have answered: save_golden_question(question, expected_sop_id => …).';
  elsif v_response.outcome in ('withheld', 'paused', 'drafted') then
    raise exception 'Nobody was given this answer (%), so it says nothing of what is right.', v_response.outcome
      using errcode = 'CO005', hint = 'Write the golden question by hand: save_golden_question(question, expected_sop_id => …).';
  end if;
  v_golden.question := app_hidden.learnable_question(v_response.question);
  v_golden.site_id := v_response.site_id;
  v_golden.response_id := v_response.id;
  v_golden.hand_over := v_response.outcome = 'handed_over';
  if not v_golden.hand_over then
    select * into v_source from app_public.response_sources s where s.response_id = v_response.id and s.cited order by s.rank limit 1;
    if v_source.response_id is null then
      raise exception 'This answer cites no source, so nothing says what should answer the question.'
        using errcode = 'CO005', hint = 'Write the golden question by hand: save_golden_question(question, expected_sop_id => …).';
    end if;
    v_golden.expected_sop_id := v_source.sop_id;
    if v_source.sop_id is null then
      v_golden.expected_category := v_source.category;
      v_golden.expected_topic := v_source.topic;
    end if;
  end if;
  perform app_hidden.set_reason(coalesce(nullif(left(btrim(golden_from_response.reason), 4000), ''), case when v_golden.hand_over then 'Handed over, as it should be' else 'Answered well' end));
  return app_private.put_golden_question(v_golden);
end
$$;
comment on function app_public.golden_from_response(bigint, text) is
$$Makes a golden question of an answer: its question, masked and at most 500 characters, at its site, must go on finding the first source that it cites; one that was handed over must go on being handed over. reason: why; "Answered well" unless given. Repeating it changes nothing.
Errors: CO001 no actor, CO005 rated unhelpful, not given to anybody, or without a cited source, CO110 erased, CO403 not a reviewer, CO404 no such response, or its source is gone, CO409 another asks the same and expects something else.$$;
