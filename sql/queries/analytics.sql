-- What an owner asks beyond the page Insights: docs/questions.md asks it. As there, what is counted is what customers
-- got, and a period is bounded, so that an index answers it.

create or replace function app_public.usage_by_section(since timestamptz, until timestamptz, category text default null, site text default null)
returns table (sop_id integer, category text, section text, version integer, heading text, cited bigint, helpful bigint, unhelpful bigint, failures bigint, rate double precision)
language sql stable as $$
  select u.sop_id, v.category::text, v.section::text, v.version, u.heading, u.cited, u.helpful, u.unhelpful, u.failures, u.helpful::double precision / nullif(u.helpful + u.unhelpful, 0)
    from (select src.sop_id, src.sop_version_id, src.heading, count(*) as cited, count(*) filter (where r.feedback = 'helpful') as helpful,
                 count(*) filter (where r.feedback = 'unhelpful') as unhelpful, count(f.id) as failures
            from app_hidden.insight_period(since, until, 'UTC', site) p
            join app_public.responses r on r.created_at >= since and r.created_at < until
            -- By the answer, one look each: never all sources there are.
           cross join lateral (select x.sop_id, x.sop_version_id, x.heading from app_public.response_sources x where x.response_id = r.id and x.cited and x.sop_version_id is not null offset 0) src
            left join app_public.failed_responses f on f.response_id = case when r.feedback = 'unhelpful' then r.id end and f.withdrawn_at is null
           where r.outcome in ('answered', 'emergency') and (p.site_id is null or r.site_id = p.site_id)
           group by 1, 2, 3) u
    join app_public.sop_versions v on v.id = u.sop_version_id
   where usage_by_section.category is null or v.category = usage_by_section.category
   order by u.cited desc, u.sop_id, v.version, u.heading
$$;
comment on function app_public.usage_by_section(timestamptz, timestamptz, text, text) is
$$@insight
Which section (heading) of which version of an SOP answers rested on, how they were rated (rate: the share that was helpful, 0 to 1), and how many were filed as failed. since is included, until is not; category: the SOP's; site: a slug.
Errors: CO005 no such period, CO006 over ten years, CO404 no such site.$$;

create or replace function app_public.answers_by_site(since timestamptz, until timestamptz)
returns table (site text, answers bigint, answered_rate double precision, handed_over bigint, emergencies bigint, helpful_rate double precision, failures bigint, p95_ms double precision)
language sql stable as $$
  with period as materialized (
    select * from app_hidden.insight_period(since, until, 'UTC', null)
  ), answered as materialized (
    select r.site_id, count(*) as answers, count(*) filter (where r.outcome = 'answered') as answered, count(*) filter (where r.outcome = 'handed_over') as handed_over,
           count(*) filter (where r.outcome = 'emergency') as emergencies, count(*) filter (where r.feedback = 'helpful') as helpful, count(r.feedback) as rated,
           percentile_cont(0.95) within group (order by r.latency_ms) as p95_ms
      from period p join app_public.responses r on r.created_at >= since and r.created_at < until
     where r.outcome <> 'drafted' group by r.site_id
  ), failed as materialized (
    select f.site_id, count(*) as failures from period p join app_public.failed_responses f on f.created_at >= since and f.created_at < until
     where f.withdrawn_at is null group by f.site_id
  )
  select s.slug, coalesce(a.answers, 0), a.answered::double precision / a.answers, coalesce(a.handed_over, 0), coalesce(a.emergencies, 0),
         a.helpful::double precision / nullif(a.rated, 0), coalesce(f.failures, 0), a.p95_ms
    from (select x.id, x.slug from app_public.sites x union all select null, null) s
    left join answered a on a.site_id is not distinct from s.id
    left join failed f on f.site_id is not distinct from s.id
   where s.id is not null or a.answers > 0 or f.failures > 0
   order by 2 desc, s.slug
$$;
comment on function app_public.answers_by_site(timestamptz, timestamptz) is
$$@insight
Answers by site (null: asked at no site in particular): how many, the share that was answered (0 to 1), how many were handed over or emergencies, the share of the rated that was helpful, failures, and the milliseconds that 95 of 100 answers stay below. since is included, until is not.
Errors: CO005 no such period, CO006 over ten years.$$;

create or replace function app_public.failures_by_week(since timestamptz, until timestamptz, timezone text default 'UTC')
returns table (week date, answers bigint, failures bigint, failure_rate double precision, resolved bigint) language sql stable as $$
  with period as materialized (
    select * from app_hidden.insight_period(since, until, failures_by_week.timezone, null)
  ), answered as materialized (
    select date_trunc('week', r.created_at at time zone failures_by_week.timezone)::date as week, count(*) as answers
      from period p join app_public.responses r on r.created_at >= since and r.created_at < until
     where r.outcome <> 'drafted' group by 1
  ), failed as materialized (
    select date_trunc('week', f.created_at at time zone failures_by_week.timezone)::date as week, count(*) as failures, count(f.resolved_by_improvement_id) as resolved
      from period p join app_public.failed_responses f on f.created_at >= since and f.created_at < until
     where f.withdrawn_at is null group by 1
  )
  select w::date, coalesce(a.answers, 0), coalesce(f.failures, 0), f.failures::double precision / nullif(a.answers, 0), coalesce(f.resolved, 0)
    from period p
   cross join lateral generate_series(date_trunc('week', p.first_day::timestamp), p.last_day::timestamp, interval '1 week') w
    left join answered a on a.week = w::date
    left join failed f on f.week = w::date
   order by 1
$$;
comment on function app_public.failures_by_week(timestamptz, timestamptz, text) is
$$@insight
By week (its Monday): answers, failures filed, failures per answer (failure_rate, 0 to 1), and how many of the failures an approved proposal has mended since. The first and the last week may be part of one. since is included, until is not; timezone: whose weeks.
Errors: CO005 no such period or time zone, CO006 over ten years.$$;

create or replace function app_public.patterns_by_week(since timestamptz, until timestamptz, timezone text default 'UTC')
returns table (week date, pattern_id integer, label text, category text, status text, failures bigint, growth bigint) language sql stable as $$
  select c.week, c.pattern_id, t.label, t.category::text, t.status, c.failures,
         c.failures - coalesce(case when lag(c.week) over w = c.week - 7 then lag(c.failures) over w end, 0)
    from (select date_trunc('week', f.created_at at time zone patterns_by_week.timezone)::date as week, f.pattern_id, count(*) as failures
            from app_hidden.insight_period(since, until, patterns_by_week.timezone, null) p
            join app_public.failed_responses f on f.created_at >= since and f.created_at < until
           where f.withdrawn_at is null and f.pattern_id is not null
           group by 1, 2) c
    join app_public.failure_patterns t on t.id = c.pattern_id
  window w as (partition by c.pattern_id order by c.week)
   order by c.week desc, c.failures desc, c.pattern_id
$$;
comment on function app_public.patterns_by_week(timestamptz, timestamptz, text) is
$$@insight
Patterns of failures by week (its Monday), the newest first: failures that week, and how many more that is than the week before (growth). since is included, until is not; timezone: whose weeks.
Errors: CO005 no such period or time zone, CO006 over ten years.$$;

create or replace function app_public.approval_effects(since timestamptz, until timestamptz, around interval default '28 days')
returns table (improvement_id integer, kind text, sop_id integer, category text, section text, approved_by text, applied_at timestamptz,
  rated_before bigint, helpful_before double precision, rated_after bigint, helpful_after double precision, change double precision, days_after double precision)
language sql stable as $$
  with approved as materialized (
    select q.id, q.kind, q.approved_by, q.applied_at, s.id as sop_id, s.category, s.section
      from app_hidden.insight_period(since, until, 'UTC', null) p
      join app_public.improvement_queue q on q.status = 'approved' and q.applied_at >= since and q.applied_at < until
      join app_public.sops s on s.id = coalesce(q.sop_id, (select v.sop_id from app_public.sop_versions v where v.improvement_id = q.id limit 1))
  ), rated as materialized (
    -- Ratings alone, in one pass for all approvals.
    select src.sop_id, r.created_at, (r.feedback = 'helpful')::integer as helpful
      from app_public.responses r
     cross join lateral (select x.sop_id from app_public.response_sources x where x.response_id = r.id and x.cited and x.sop_id is not null offset 0) src
     where r.feedback in ('helpful', 'unhelpful') and r.created_at >= (select min(a.applied_at) from approved a) - around and r.created_at < (select max(a.applied_at) from approved a) + around
       and r.outcome in ('answered', 'emergency') and src.sop_id = any (array(select a.sop_id from approved a))
  )
  select a.id, a.kind, a.sop_id, a.category::text, a.section::text, a.approved_by::text, a.applied_at, coalesce(e.rated_before, 0), e.helpful_before, coalesce(e.rated_after, 0), e.helpful_after,
         e.helpful_after - e.helpful_before, extract(epoch from least(now() - a.applied_at, around)) / 86400
    from approved a
    left join (
      select x.id, count(*) filter (where r.created_at < x.applied_at) as rated_before, avg(r.helpful) filter (where r.created_at < x.applied_at)::double precision as helpful_before,
             count(*) filter (where r.created_at >= x.applied_at) as rated_after, avg(r.helpful) filter (where r.created_at >= x.applied_at)::double precision as helpful_after
        from approved x join rated r on r.sop_id = x.sop_id and r.created_at >= x.applied_at - around and r.created_at < x.applied_at + around
       group by x.id) e on e.id = a.id
   order by a.applied_at desc, a.id
$$;
comment on function app_public.approval_effects(timestamptz, timestamptz, interval) is
$$@insight
Each approval of a period that changed an SOP, and how answers from that SOP were rated in the time around before it and after it (28 days each; as yet days_after): ratings, the share that was helpful (0 to 1), and the change of that share. Other changes of the SOP count in it as well: it is a hint; an experiment is the proof. since is included, until is not.
Errors: CO005 no such period, CO006 over ten years.$$;

create or replace function app_public.time_to_fix(since timestamptz, until timestamptz)
returns table (improvement_id integer, kind text, sop_id integer, failures bigint, first_failed_at timestamptz, proposed_at timestamptz, applied_at timestamptz, hours_to_proposal double precision,
  hours_to_fix double precision)
language sql stable as $$
  select q.id, q.kind, q.sop_id, e.failures, e.first_failed_at, q.created_at, q.applied_at, extract(epoch from q.created_at - e.first_failed_at) / 3600,
         extract(epoch from q.applied_at - e.first_failed_at) / 3600
    from app_hidden.insight_period(since, until, 'UTC', null) p
    join app_public.improvement_queue q on q.status = 'approved' and q.applied_at >= since and q.applied_at < until
   cross join lateral (
     select count(*) as failures, min(f.created_at) as first_failed_at
       from app_public.improvement_evidence v join app_public.failed_responses f on f.id = v.failed_response_id where v.improvement_id = q.id) e
   where e.failures > 0
   order by q.applied_at desc, q.id
$$;
comment on function app_public.time_to_fix(timestamptz, timestamptz) is
$$@insight
Each approval of a period that rests on failures: how many, when the first of them was filed, and the hours from then to the proposal and to the approval. since is included, until is not.
Errors: CO005 no such period, CO006 over ten years.$$;

create or replace function app_public.coverage_gaps(since timestamptz, until timestamptz, site text default null, first integer default 20)
returns table (gap integer, questions bigint, example text, nearest text, mean_confidence double precision, first_asked_at timestamptz, last_asked_at timestamptz)
language plpgsql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  c_near_enough constant double precision := 0.5; -- as app_private.cluster_failures
  c_most constant integer := 300;
  v_site_id integer;
  v_leaders vector[] := '{}';
  v_gaps integer[] := '{}';
  v_ids bigint[] := '{}';
  v_row record;
  v_best integer;
  v_nearest double precision;
  v_next double precision;
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('agent');
  end if;
  select p.site_id into v_site_id from app_hidden.insight_period(since, until, 'UTC', site) p;
  for v_row in
    select r.id, c.embedding
      from app_public.responses r
      left join app_private.embedding_cache c on c.content_hash = r.question_hash and c.model = r.embedding_model
     where r.created_at >= since and r.created_at < until and r.outcome = 'handed_over' and r.category is distinct from 'hand_over' and r.erased_at is null and (v_site_id is null or r.site_id = v_site_id)
     order by r.created_at desc, r.id desc limit c_most
  loop
    -- Leader clustering (Hartigan 1975): the nearest leader if it is near enough, else a leader itself.
    v_best := null;
    v_nearest := c_near_enough;
    if v_row.embedding is not null then
      for i in 1 .. cardinality(v_leaders) loop
        v_next := -(v_leaders[i] <#> v_row.embedding);
        if v_next >= v_nearest then
          v_best := i;
          v_nearest := v_next;
        end if;
      end loop;
    end if;
    if v_best is null then
      v_leaders := v_leaders || v_row.embedding;
      v_best := cardinality(v_leaders);
    end if;
    v_ids := v_ids || v_row.id;
    v_gaps := v_gaps || v_best;
  end loop;
  return query
    select row_number() over (order by g.questions desc, g.last_asked_at desc)::integer, g.questions, app_hidden.learnable_question(g.example),
           (select s.category || '/' || s.topic from app_public.response_sources s where s.response_id = g.example_id and s.rank = 1), g.mean_confidence, g.first_asked_at, g.last_asked_at
      from (select count(*) as questions, (array_agg(r.question order by x.place desc))[1] as example, (array_agg(r.id order by x.place desc))[1] as example_id,
                   avg(r.confidence) as mean_confidence, min(r.created_at) as first_asked_at, max(r.created_at) as last_asked_at
              from unnest(v_ids, v_gaps) with ordinality x(id, gap, place) join app_public.responses r on r.id = x.id group by x.gap) g
     order by 1 limit least(greatest(coalesce(coverage_gaps.first, 20), 1), 1000);
end
$$;
comment on function app_public.coverage_gaps(timestamptz, timestamptz, text, integer) is
$$@insight
@firstArgument most
What customers asked and nothing answered well enough: questions that were handed over (not those that are for a person), those that mean the same together, the most asked first. example: one of them, masked; nearest: what was found for it first, not good enough; mean_confidence: 0 to 1. Of the last 300 such questions of the period; questions without a stored vector stand alone. since is included, until is not; site: a slug; first (over GraphQL `most`): at most so many gaps.
Errors: CO005 no such period, CO006 over ten years, CO403 not staff, CO404 no such site.$$;
