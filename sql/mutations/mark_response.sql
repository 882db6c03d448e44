create or replace function app_public.mark_helpful(response_id bigint) returns app_public.responses
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
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
  -- A question that was handed over cites something only where that says that it is for a person.
  if v_response.outcome in ('answered', 'handed_over') then
    perform app_private.learn_from(v_response);
  end if;
  return app_hidden.granted_columns(v_response);
end
$$;
comment on function app_public.mark_helpful(bigint) is
$$Says that an answer helped: its question becomes learned knowledge (unreviewed until staff or enough distinct customers agree) and its sources' success rates rise. Counts once per response; repeating it changes nothing; mark_unhelpful takes it back.
Errors: CO005 a draft, CO110 it was erased, CO404 no such response, or another customer's.$$;

create or replace function app_public.mark_unhelpful(response_id bigint, feedback_type text default 'unhelpful', user_correction text default null,
  expected_sop_id integer default null, expected_category text default null, expected_topic text default null) returns app_public.responses
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
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
comment on function app_public.mark_unhelpful(bigint, text, text, integer, text, text) is
$$Says that an answer failed, once per response, and files it for analysis. feedback_type: unhelpful, wrong or incomplete. user_correction: what would have been right, at most 10,000 characters; never published unseen. expected_…: what staff say should have answered; expected_category 'hand_over' alone: a person.
Errors: CO005 unknown feedback_type or a draft, CO006 too long, CO110 it was erased, CO403 expected_… not from staff, CO404 no such response, or another customer's.$$;
