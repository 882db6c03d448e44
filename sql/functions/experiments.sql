-- Who gets which arm: decided by nothing but the experiment, the subject and the weights, so that nobody has to remember
-- it. SHA-256, since PostgreSQL's own hash functions may change with its next version.
create or replace function app_hidden.experiment_bucket(experiment_id integer, subject text) returns double precision
language sql immutable strict parallel safe as $$
  select ('x' || left(encode(sha256(convert_to(experiment_id || ':' || subject, 'UTF8')), 'hex'), 13))::bit(52)::bigint / 4503599627370496.0::double precision
$$;
comment on function app_hidden.experiment_bucket(integer, text) is 'Where a subject stands in an experiment: 0 to below 1, evenly spread, the same each time, and independent of where it stands in another one.';

create or replace function app_hidden.assigned_arm(experiment_id integer, subject text, weights integer[]) returns integer
language sql immutable strict parallel safe as $$
  select w.place::integer
    from (select u.place, sum(u.weight) over (order by u.place) / sum(u.weight) over ()::double precision as upto from unnest(weights) with ordinality u(weight, place)) w
   where app_hidden.experiment_bucket(experiment_id, subject) < w.upto
   order by w.place limit 1
$$;
comment on function app_hidden.assigned_arm(integer, text, integer[]) is 'Which arm (1 is the first) a subject gets, by the arms'' weights.';

create or replace function app_hidden.experiment_subject(visitor_id uuid, ticket_id integer) returns text
language sql immutable parallel safe as $$
  select coalesce('visitor:' || visitor_id, 'ticket:' || ticket_id)
$$;
comment on function app_hidden.experiment_subject(uuid, integer) is
  'Whom an experiment treats as one: the visitor, else the conversation; null where there is neither, and then the control is served and nothing is counted.';

create or replace function app_private.arm_of(experiment_id integer, subject text) returns app_public.experiment_arms
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select a.* from app_public.experiment_arms a
   where a.experiment_id = arm_of.experiment_id
     and a.label = (select x.labels[app_hidden.assigned_arm(arm_of.experiment_id, arm_of.subject, x.weights)]
                      from (select array_agg(y.label order by y.label) as labels, array_agg(y.weight order by y.label) as weights
                              from app_public.experiment_arms y where y.experiment_id = arm_of.experiment_id) x)
$$;
comment on function app_private.arm_of(integer, text) is 'The arm of an experiment that a subject always gets.';

-- Retrieval goes by the SOP as it is, for every arm alike; only what is read out differs. Which section that is, the
-- arm's text decides as a search would (section_score) if it were the SOP: so an arm shows what it would show once promoted.
create or replace function app_private.arm_section(sop app_public.sops, content text, query text, query_embedding vector)
returns table (title text, heading text, body text)
language sql stable set search_path = app_public, public, pg_temp as $$
  select u.title, u.heading, u.body
    from app_hidden.sop_units(sop.category, sop.section, arm_section.content) u
   cross join app_public.club_settings s
   cross join app_private.searched_words(left(arm_section.query, 20000), null) q
    left join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(u.embedding_text) and c.model = s.embedding_model
   where u.kind = 'section'
   order by app_hidden.section_score(u.heading, -(app_hidden.bm25_impacts(u.words, app_hidden.usual_length('sop:', u.kind)) <#> q.impacts) / nullif(q.total_idf, 0),
            -(c.embedding <#> arm_section.query_embedding)) desc, u.ordinal
   limit 1
$$;
comment on function app_private.arm_section(app_public.sops, text, text, vector) is 'The section of an arm''s text to quote for a question, chosen as a search chooses an SOP''s (section_score).';

create or replace function app_private.serve_arm(results app_public.search_result[], subject text, query text, query_embedding vector,
  out arm_id integer, out place integer, out served app_public.search_result, out source_text text)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  c_most constant integer := 4000; -- as app_private.source_text
  v_experiment app_public.experiments;
  v_arm app_public.experiment_arms;
  v_sop app_public.sops;
  v_section record;
begin
  if subject is null or not exists (select from app_public.experiments e where e.status = 'running') then
    return;
  end if;
  select e.*, r.place into v_experiment.id, v_experiment.sop_id, place
    from (select x.sop_id, x.sop_version_id, x.kind, x.category, o.place::integer as place
            from generate_subscripts(results, 1) o(place), lateral (select (results[o.place]).*) x) r
    join lateral (select e.id, e.sop_id from app_public.experiments e where e.sop_id = r.sop_id and e.sop_version_id = r.sop_version_id and e.status = 'running') e on true
   where r.kind = 'sop' and r.category not in ('emergency', 'hand_over') order by r.place limit 1;
  if v_experiment.id is null then
    return;
  end if;
  v_arm := app_private.arm_of(v_experiment.id, serve_arm.subject);
  arm_id := v_arm.id;
  served := results[place];
  if v_arm.label <> 'A' then
    select * into v_sop from app_public.sops s where s.id = v_experiment.sop_id;
    select * into v_section from app_private.arm_section(v_sop, v_arm.content, serve_arm.query, serve_arm.query_embedding);
    served.title := v_section.title;
    served.heading := v_section.heading;
    served.snippet := v_section.body;
    select coalesce(max(t.whole), app_hidden.quote(concat_ws(E'\n', served.heading, served.snippet), c_most)) into source_text
      from (select string_agg(concat_ws(E'\n', u.heading, u.body), E'\n\n' order by u.ordinal) as whole
              from app_hidden.sop_units(v_sop.category, v_sop.section, v_arm.content) u where u.kind = 'section' having sum(length(u.body)) <= c_most) t;
  end if;
end
$$;
comment on function app_private.serve_arm(app_public.search_result[], text, text, vector) is
$$What a running experiment makes of the sources found for a question: the subject's arm (arm_id), the place of the source that it stands in for, that source with the arm's title, heading and section, and what a model reads of it (null for the control: as it is).
One answer takes part in one experiment at most, that of its first source with one: so no experiment measures another's texts. subject: as app_hidden.experiment_subject; null, or no experiment there, gives nulls. Emergencies are never part of one.$$;

create or replace function app_private.exposure(sources jsonb, subject text, out arm_id integer, out subject_hash bytea)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if exposure.subject is null or not jsonb_path_exists(coalesce(exposure.sources, '[]'), '$[*].experiment_arm_id') then
    return;
  end if;
  select a.id, substr(sha256(convert_to(a.experiment_id || ':' || exposure.subject, 'UTF8')), 1, 16) into exposure.arm_id, exposure.subject_hash
    from jsonb_to_recordset(exposure.sources) s(rank integer, cited boolean, sop_id integer, experiment_arm_id integer)
    join app_public.experiment_arms a on a.id = s.experiment_arm_id
    join app_public.experiments e on e.id = a.experiment_id and e.sop_id = s.sop_id
   where s.cited and s.rank <= 10 and (app_private.arm_of(e.id, exposure.subject)).id = a.id
   order by s.rank limit 1;
end
$$;
comment on function app_private.exposure(jsonb, text) is
  'What an answer counts for: the arm of a source that it cites, and the hash of whom it was given to. Nothing where the arm''s text was retrieved and not used, or the arm is not this subject''s.';

create or replace function app_private.experiment_subjects(experiment_id integer)
returns table (arm_id integer, subject bytea, responses bigint, helpful boolean, rated_at timestamptz)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select a.id, r.experiment_subject, count(*), (array_agg(r.feedback = 'helpful' order by r.feedback_at, r.id) filter (where r.feedback is not null))[1], min(r.feedback_at)
    from app_public.experiment_arms a join app_public.responses r on r.experiment_arm_id = a.id
   where a.experiment_id = experiment_subjects.experiment_id
   group by a.id, r.experiment_subject
$$;
comment on function app_private.experiment_subjects(integer) is
  'Everybody whom an experiment was shown to, with their arm. helpful: their first rating, null without one: further ones of the same person are not independent of it.';

create or replace function app_private.points(share double precision) returns text language sql immutable parallel safe as $$
  select case when abs(share) < 0.0995 then to_char(abs(share) * 100, 'FM990.0') else to_char(abs(share) * 100, 'FM990') end
$$;
comment on function app_private.points(double precision) is 'A share as percentage points for a sentence, without its sign.';

create or replace function app_private.verdict_text(verdict text, label text, rate double precision, control_rate double precision, difference double precision,
  low double precision, high double precision, p double precision, probability double precision, rated bigint, control_rated bigint, minimum integer, ratio_p double precision) returns text
language sql immutable set search_path = app_public, public, pg_temp as $$
  select case verdict
    when 'control' then 'This is the SOP as it is; the others are compared with it.'
    when 'sample_ratio' then format('Do not trust these figures yet: the arms'' sizes do not fit their weights (p %s). Something sorts people into them, such as one text being cited less often.', to_char(ratio_p, 'FM0.000000'))
    when 'no_data' then 'Nobody has rated an answer of both arms yet.'
    when 'worse' then format('%s helps less than the control: %s %% against %s %%. The difference is beyond doubt, however often one looked (p %s).', label, app_private.points(rate), app_private.points(control_rate), to_char(p, 'FM0.0000'))
    when 'better' then format('%s helps more than the control: %s %% against %s %%. The difference is beyond doubt, however often one looked (p %s).', label, app_private.points(rate), app_private.points(control_rate), to_char(p, 'FM0.0000'))
    when 'better_so_far' then format('%s looks better already (p %s); wait until each arm has the %s ratings agreed on, so that the gain is known more closely.', label, to_char(p, 'FM0.0000'), minimum)
    when 'collecting' then format('Too early to say: %s and %s of %s ratings. So far %s has a chance of %s %% to be the better one.', rated, control_rated, minimum, label, app_private.points(probability))
    else format('No difference is certain: it lies between %s%s and %s%s points. %s has a chance of %s %% to be the better one.', case when low < 0 then '−' else '+' end, app_private.points(low), case when high < 0 then '−' else '+' end, app_private.points(high), label, app_private.points(probability))
  end
$$;
comment on function app_private.verdict_text(text, text, double precision, double precision, double precision, double precision, double precision, double precision, double precision, bigint, bigint, integer, double precision) is
  'A verdict in plain words.';

create or replace function app_private.experiment_figures(experiment_id integer)
returns table (arm_id integer, label text, is_control boolean, weight integer, subjects bigint, responses bigint, rated bigint, helpful bigint, unhelpful bigint,
  rate double precision, rate_low double precision, rate_high double precision, difference double precision, difference_low double precision, difference_high double precision,
  probability_better double precision, expected_loss double precision, always_valid_p double precision, sample_ratio_p double precision, minimum_reached boolean, verdict text, verdict_text text)
language sql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
  with seen as materialized (
    select s.*, case when s.helpful is not null then row_number() over (partition by s.arm_id, s.helpful is null order by s.rated_at, s.subject) end as turn
      from app_private.experiment_subjects(experiment_figures.experiment_id) s
  ), arms as materialized (
    select a.id, a.label, a.weight, e.minimum_sample, count(s.subject) as subjects, coalesce(sum(s.responses), 0)::bigint as responses, count(s.helpful) as rated,
           count(*) filter (where s.helpful) as helpful, count(*) over () - 1 as others
      from app_public.experiments e join app_public.experiment_arms a on a.experiment_id = e.id left join seen s on s.arm_id = a.id
     where e.id = experiment_figures.experiment_id
     group by a.id, a.label, a.weight, e.minimum_sample
  ), compared as materialized (
    select a.*, c.rated as control_rated, c.helpful as control_helpful, n.difference, n.low, n.high,
           app_hidden.probability_greater(a.helpful + 1, a.rated - a.helpful + 1, c.helpful + 1, c.rated - c.helpful + 1) as probability_better,
           app_hidden.expected_loss(a.helpful + 1, a.rated - a.helpful + 1, c.helpful + 1, c.rated - c.helpful + 1) as loss,
           app_hidden.expected_loss(c.helpful + 1, c.rated - c.helpful + 1, a.helpful + 1, a.rated - a.helpful + 1) as loss_of_control,
           -- As many looks as there are treatments (Bonferroni).
           least(1, a.others * app_hidden.always_valid_p(coalesce((select array_agg((t.helpful::integer - k.helpful::integer)::smallint order by t.turn)
             from seen t join seen k on k.turn = t.turn and k.arm_id = c.id where t.arm_id = a.id), '{}'))) as p
      from arms a join arms c on c.label = 'A'
      left join lateral app_hidden.newcombe_interval(a.helpful, a.rated, c.helpful, c.rated) n on true
     where a.label <> 'A'
  ), ratio as (
    select app_hidden.sample_ratio_p(array_agg(a.subjects order by a.label), array_agg(a.weight order by a.label)) as p from arms a
  )
  select a.id, a.label, a.label = 'A', a.weight, a.subjects, a.responses, a.rated, a.helpful, a.rated - a.helpful,
         a.helpful::double precision / nullif(a.rated, 0), w.low, w.high, c.difference, c.low, c.high, c.probability_better,
         case when a.label = 'A' then (select max(x.loss_of_control) from compared x) else c.loss end, c.p, r.p, a.rated >= a.minimum_sample, v.verdict,
         app_private.verdict_text(v.verdict, a.label, a.helpful::double precision / nullif(a.rated, 0), c.control_helpful::double precision / nullif(c.control_rated, 0), c.difference, c.low, c.high,
           c.p, c.probability_better, a.rated, c.control_rated, a.minimum_sample, r.p)
    from arms a
   cross join ratio r
    left join compared c on c.id = a.id
    left join lateral app_hidden.wilson_interval(a.helpful, a.rated) w on true
   cross join lateral (
     select case when a.label = 'A' then 'control' when r.p < 0.001 then 'sample_ratio' when a.rated = 0 or c.control_rated = 0 then 'no_data'
                 -- p remembers its smallest value: the interval says that it still goes that way.
                 when c.p <= 0.05 and c.high < 0 then 'worse' when c.p <= 0.05 and c.low > 0 and least(a.rated, c.control_rated) >= a.minimum_sample then 'better'
                 when c.p <= 0.05 and c.low > 0 then 'better_so_far' when least(a.rated, c.control_rated) < a.minimum_sample then 'collecting' else 'undecided' end as verdict) v
   order by a.label
$$;
comment on function app_private.experiment_figures(integer) is 'What experiment_results gives, computed from the answers as they are now.';

-- Every end goes through here: with the figures that it was decided on.
create or replace function app_private.end_experiment(experiment_id integer, status text, reason text, winner text default null) returns app_public.experiments
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  update app_public.experiments e
     set status = end_experiment.status, status_by = left(coalesce(app_public.current_actor(), session_user), 100), status_at = clock_timestamp(), status_reason = end_experiment.reason, winner = end_experiment.winner,
         results = (select coalesce(jsonb_agg(to_jsonb(f) order by f.label), '[]') from app_private.experiment_figures(end_experiment.experiment_id) f)
   where e.id = end_experiment.experiment_id
  returning e.*
$$;
comment on function app_private.end_experiment(integer, text, text, text) is 'Ends an open experiment (concluded or stopped), by who acts, and keeps its figures.';

create or replace function app_private.tell_of_experiment(experiment app_public.experiments, event text, arm text default null) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  select app_hidden.notify('experiment', jsonb_strip_nulls(jsonb_build_object('experiment_id', experiment.id, 'name', experiment.name, 'event', event, 'arm', arm,
           'sop', (select s.category || '/' || s.section from app_public.sops s where s.id = experiment.sop_id),
           'version', case event when 'moved_on' then (select s.version from app_public.sops s where s.id = experiment.sop_id) end)),
         format('experiment:%s:%s', experiment.id, event))
$$;
comment on function app_private.tell_of_experiment(app_public.experiments, text, text) is 'Tells reviewers of what an experiment came to without them: harm (stopped), sample_ratio (not to be trusted), moved_on (stopped, since its SOP is another). Once each.';

create or replace function app_private.watch_experiments() returns table (id integer, event text, reason text)
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_experiment app_public.experiments;
  v_figures record;
begin
  for v_experiment in select e.* from app_public.experiments e where e.status = 'running' order by e.id for no key update skip locked loop
    for v_figures in select f.* from app_private.experiment_figures(v_experiment.id) f where not f.is_control order by f.label loop
      id := v_experiment.id;
      if v_figures.sample_ratio_p < 0.001 and v_experiment.sample_ratio_alarm_at is null then
        event := 'sample_ratio';
        reason := format('The arms'' sizes do not fit their weights (p %s).', to_char(v_figures.sample_ratio_p, 'FM0.000000'));
        perform app_hidden.set_reason(reason);
        update app_public.experiments e set sample_ratio_alarm_at = clock_timestamp() where e.id = v_experiment.id returning * into v_experiment;
        perform app_private.tell_of_experiment(v_experiment, event);
        return next;
      end if;
      if v_experiment.stop_on_harm and v_figures.always_valid_p <= 0.05 and v_figures.difference_high < 0 then
        event := 'harm';
        reason := format('Arm %s is worse than the control beyond doubt: %s %% of %s found it helpful, against %s points more of the control (always-valid p %s).', v_figures.label,
          app_private.points(v_figures.rate), v_figures.rated, app_private.points(v_figures.difference), to_char(v_figures.always_valid_p, 'FM0.0000'));
        perform app_hidden.set_reason(reason);
        v_experiment := app_private.end_experiment(v_experiment.id, 'stopped', reason);
        perform app_private.tell_of_experiment(v_experiment, event, v_figures.label);
        return next;
        exit;
      end if;
    end loop;
  end loop;
end
$$;
comment on function app_private.watch_experiments() is
  'Stops running experiments of which an arm does harm (always-valid p at most 0.05 and worse), where they ask for it, and notes arms of the wrong size; tells reviewers. Returns what happened. The experiment ends as a whole: the sizes of the remaining arms would not fit their weights any more.';
