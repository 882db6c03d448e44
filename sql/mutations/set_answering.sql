create or replace function app_public.set_answering(reason text, confidence_threshold double precision default null, model_threshold double precision default null,
  takeover_minutes integer default null, helpful_votes_to_confirm integer default null) returns app_public.club_settings
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_settings app_public.club_settings;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(set_answering.reason));
  if num_nonnulls(set_answering.confidence_threshold, set_answering.model_threshold, set_answering.takeover_minutes, set_answering.helpful_votes_to_confirm) = 0 then
    raise exception 'Say what to set.' using errcode = 'CO005', hint = 'select set_answering(''why'', confidence_threshold => 0.3);';
  elsif not coalesce(set_answering.confidence_threshold between 0 and 1, true) or not coalesce(set_answering.model_threshold between 0 and 1, true) then
    raise exception 'A threshold is a probability.' using errcode = 'CO005', hint = 'From 0 to 1: 0.25 is a quarter.';
  elsif not coalesce(set_answering.takeover_minutes between 1 and 43200, true) then
    raise exception 'After a person took over, the assistant is silent for at least a minute and at most 30 days.' using errcode = 'CO005', hint = 'In minutes: 1 to 43200.';
  elsif not coalesce(set_answering.helpful_votes_to_confirm between 1 and 100, true) then
    raise exception 'What was learned is confirmed by 1 to 100 customers.' using errcode = 'CO005';
  end if;
  update app_public.club_settings s
     set confidence_threshold = coalesce(set_answering.confidence_threshold, s.confidence_threshold), model_threshold = coalesce(set_answering.model_threshold, s.model_threshold),
         takeover_minutes = coalesce(set_answering.takeover_minutes, s.takeover_minutes), helpful_votes_to_confirm = coalesce(set_answering.helpful_votes_to_confirm, s.helpful_votes_to_confirm), updated_at = now()
   where (s.confidence_threshold, s.model_threshold, s.takeover_minutes, s.helpful_votes_to_confirm) is distinct from (coalesce(set_answering.confidence_threshold, s.confidence_threshold),
         coalesce(set_answering.model_threshold, s.model_threshold), coalesce(set_answering.takeover_minutes, s.takeover_minutes), coalesce(set_answering.helpful_votes_to_confirm, s.helpful_votes_to_confirm));
  select * into v_settings from app_public.club_settings;
  return v_settings;
end
$$;
comment on function app_public.set_answering(text, double precision, double precision, integer, integer) is
$$When the assistant answers, from the next question on; what is null stays as it is.
confidence_threshold: the probability (0 to 1) that the first source is right, below which it hands over; model_threshold: the same, below which no model is asked to write. takeover_minutes: of its silence after a person took a conversation over (1 to 43,200). helpful_votes_to_confirm: customers who must find a learned answer helpful before it ranks as confirmed (1 to 100).
Errors: CO001 no actor, CO002 no reason, CO005 nothing to set or out of range, CO403 not an admin.$$;

create or replace function app_public.threshold_effect(confidence_threshold double precision, out answered bigint, out would_hand_over bigint, out of_these_helpful bigint, out of_these_unhelpful bigint,
  out handed_over bigint, out would_answer bigint)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select count(*) filter (where r.outcome = 'answered'), count(*) filter (where r.outcome = 'answered' and r.confidence < threshold_effect.confidence_threshold),
         count(*) filter (where r.outcome = 'answered' and r.confidence < threshold_effect.confidence_threshold and r.feedback = 'helpful'),
         count(*) filter (where r.outcome = 'answered' and r.confidence < threshold_effect.confidence_threshold and r.feedback = 'unhelpful'),
         count(*) filter (where r.outcome = 'handed_over'), count(*) filter (where r.outcome = 'handed_over' and r.confidence >= threshold_effect.confidence_threshold)
    from app_public.responses r
   where r.created_at > now() - interval '30 days' and r.model = 'local-extractive'
     -- Handed over for want of confidence, not because a person is to answer.
     and (r.outcome = 'answered' or r.outcome = 'handed_over' and r.reason like 'confidence %')
$$;
comment on function app_public.threshold_effect(double precision) is
$$What another confidence_threshold would have done to the questions of the last 30 days that were quoted an answer, or handed over as too unsure: how many were answered and how many of these would have been handed over (of which customers found so many helpful, so many not); how many were handed over, and how many of these would have been answered.
Models' answers are not counted: they follow model_threshold.$$;
