create or replace function app_public.serve_sop(category text, section text, subject text default null) returns app_public.served_sop
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_sop app_public.sops;
  v_experiment app_public.experiments;
  v_arm app_public.experiment_arms;
begin
  select * into v_sop from app_public.sops s where s.category = serve_sop.category and s.section = serve_sop.section and s.archived_at is null;
  if v_sop.id is null then
    raise exception 'There is no SOP %/%.', serve_sop.category, serve_sop.section using errcode = 'CO404', hint = 'select category, section from sops;';
  end if;
  select * into v_experiment from app_public.experiments e where e.sop_id = v_sop.id and e.status = 'running' and nullif(btrim(serve_sop.subject), '') is not null;
  if v_experiment.id is not null then
    v_arm := app_private.arm_of(v_experiment.id, serve_sop.subject);
  end if;
  return (v_sop.id, v_sop.category, v_sop.section, v_sop.version, coalesce(v_arm.content, v_sop.content), v_experiment.id, v_arm.id, v_arm.label)::app_public.served_sop;
end
$$;
comment on function app_public.serve_sop(text, text, text) is
$$An SOP as it is to be shown to somebody: the arm that they always get where an experiment runs, else the SOP as it is. subject: who, as 'visitor:<uuid>' or 'ticket:<id>' for those whom the assistant answers (any other stable name will do); without it the SOP as it is. Nothing is counted by this: only answers are.
Errors: CO404 no such SOP, or it is out of use.$$;

create or replace function app_public.experiment_results(experiment_id integer)
returns table (arm_id integer, label text, is_control boolean, weight integer, subjects bigint, responses bigint, rated bigint, helpful bigint, unhelpful bigint,
  rate double precision, rate_low double precision, rate_high double precision, difference double precision, difference_low double precision, difference_high double precision,
  probability_better double precision, expected_loss double precision, always_valid_p double precision, sample_ratio_p double precision, minimum_reached boolean, verdict text, verdict_text text)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_results jsonb;
begin
  select e.results into v_results from app_public.experiments e where e.id = experiment_results.experiment_id;
  if not found then
    raise exception 'There is no experiment with id %.', experiment_results.experiment_id using errcode = 'CO404', hint = 'select id, name, status from experiments;';
  elsif v_results is null then
    return query select * from app_private.experiment_figures(experiment_results.experiment_id);
  else
    return query select r.* from jsonb_to_recordset(v_results) r(arm_id integer, label text, is_control boolean, weight integer, subjects bigint, responses bigint, rated bigint, helpful bigint,
      unhelpful bigint, rate double precision, rate_low double precision, rate_high double precision, difference double precision, difference_low double precision, difference_high double precision,
      probability_better double precision, expected_loss double precision, always_valid_p double precision, sample_ratio_p double precision, minimum_reached boolean, verdict text, verdict_text text)
      order by r.label;
  end if;
end
$$;
comment on function app_public.experiment_results(integer) is
$$How an experiment stands, one row per arm; of one that is over, how it stood at its end. Counted are subjects (visitors, else conversations) to whom an answer that cites the SOP was given; each by their first rating, since further ones of the same person are not independent.
rate: share of the rated subjects who found it helpful, with its 95 % Wilson interval. difference: rate less the control's (0.1 is ten points), with Newcombe's 95 % interval; these two are for one look, at the end. probability_better: that the arm's true rate is above the control's (beta posterior, uniform prior). expected_loss: rate lost on average by choosing this arm where another is better (of the control: the most over the others). always_valid_p: that there is no difference, however often one looked (Bonferroni over the variants); it never rises. sample_ratio_p: that the arms' sizes come from their weights; below 0.001 nothing here is to be trusted.
verdict: control; sample_ratio; no_data; collecting (below the minimum sample); worse (beyond doubt); better (beyond doubt, with the minimum sample); better_so_far (beyond doubt, below it); undecided. verdict_text: the same in words.
Errors: CO404 no such experiment.$$;

create or replace function app_public.estimate_experiment(sop_id integer, minimum_sample integer default 100, weights integer[] default '{1,1}', out subjects_per_day double precision, out rated_per_day double precision, out days double precision)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  c_days constant integer := 28;
begin
  perform app_hidden.find_sop(estimate_experiment.sop_id);
  if coalesce(cardinality(weights), 0) = 0 or exists (select from unnest(weights) w where w is null or w < 1) then
    raise exception 'Each arm has a weight from 1.' using errcode = 'CO005';
  end if;
  select count(distinct x.subject) / c_days::double precision, count(distinct x.subject) filter (where x.rated) / c_days::double precision into subjects_per_day, rated_per_day
    from (select app_hidden.experiment_subject(r.visitor_id, r.ticket_id) as subject, r.feedback is not null as rated
            from app_public.response_sources s join app_public.responses r on r.id = s.response_id
           where s.sop_id = estimate_experiment.sop_id and s.cited and r.outcome = 'answered' and r.created_at > now() - make_interval(days => c_days)) x;
  days := minimum_sample * (select sum(w)::double precision / min(w) from unnest(weights) w) / nullif(rated_per_day, 0);
end
$$;
comment on function app_public.estimate_experiment(integer, integer, integer[]) is
$$How long an experiment with an SOP would take: visitors or conversations that got an answer from it, and those who rated one, per day of the last 28, and the days until the smallest of the arms has minimum_sample of them; null where nobody rated.
Errors: CO005 no weights, CO404 no such SOP.$$;
