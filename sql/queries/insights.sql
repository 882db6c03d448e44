-- What the page Insights draws. Each is marked by the tag @insight, which lets insight_source show it. A day is a day
-- at the club: `timezone` says where. What is counted is what customers got: drafts for staff are nobody's answer yet.

create or replace function app_hidden.insight_period(since timestamptz, until timestamptz, timezone text, site text,
  out first_day date, out last_day date, out site_id integer)
language plpgsql stable as $$
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
comment on function app_hidden.insight_period(timestamptz, timestamptz, text, text) is
  'The first and last day of a period in a time zone, and the site''s id. Errors: CO005 no such period or time zone, CO006 over ten years, CO404 no such site.';

create or replace function app_public.answers_by_day(since timestamptz, until timestamptz, category text default null, site text default null, timezone text default 'UTC')
returns table (day date, outcome text, answers bigint) language sql stable as $$
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
comment on function app_public.answers_by_day(timestamptz, timestamptz, text, text, text) is
$$@insight
Answers by day and outcome, days without any as zero, for each outcome that the period has. since is included, until is not; category: where the questions were routed; site: a slug; timezone: whose days, such as Europe/Berlin.
Errors: CO005 no such period or time zone, CO006 over ten years, CO404 no such site.$$;

create or replace function app_public.failures_by_day(since timestamptz, until timestamptz, category text default null, site text default null, timezone text default 'UTC')
returns table (day date, feedback_type text, failures bigint) language sql stable as $$
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
comment on function app_public.failures_by_day(timestamptz, timestamptz, text, text, text) is
$$@insight
Answers that failed, by the day somebody said so and by how: unhelpful, wrong, incomplete; those taken back are left out. since is included, until is not; category: where the questions were routed; site: a slug; timezone: whose days.
Errors: CO005 no such period or time zone, CO006 over ten years, CO404 no such site.$$;

create or replace function app_public.response_times_by_day(since timestamptz, until timestamptz, category text default null, site text default null, timezone text default 'UTC')
returns table (day date, answers bigint, p50_ms double precision, p95_ms double precision) language sql stable as $$
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
comment on function app_public.response_times_by_day(timestamptz, timestamptz, text, text, text) is
$$@insight
Milliseconds from question to answer, by day: the median and what 95 of 100 stay below; null for days without an answer. since is included, until is not; category: where the questions were routed; site: a slug; timezone: whose days.
Errors: CO005 no such period or time zone, CO006 over ten years, CO404 no such site.$$;

create or replace function app_public.answers_by_hour(since timestamptz, until timestamptz, category text default null, site text default null, timezone text default 'UTC')
returns table (hour integer, answers bigint, handed_over bigint) language sql stable as $$
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
comment on function app_public.answers_by_hour(timestamptz, timestamptz, text, text, text) is
$$@insight
Answers by hour of the day (0 to 23), and how many of them were handed over to a person: when people are needed. since is included, until is not; category: where the questions were routed; site: a slug; timezone: whose hours.
Errors: CO005 no such period or time zone, CO006 over ten years, CO404 no such site.$$;

create or replace function app_public.feedback_by_day(since timestamptz, until timestamptz, category text default null, site text default null, timezone text default 'UTC')
returns table (day date, helpful bigint, unhelpful bigint, rate double precision) language sql stable as $$
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
comment on function app_public.feedback_by_day(timestamptz, timestamptz, text, text, text) is
$$@insight
Ratings by the day the answer was given, and the share that was helpful (0 to 1; null for days without a rating). since is included, until is not; category: where the questions were routed; site: a slug; timezone: whose days.
Errors: CO005 no such period or time zone, CO006 over ten years, CO404 no such site.$$;

create or replace function app_public.most_used_sops(since timestamptz, until timestamptz, category text default null, site text default null, first integer default 1000)
returns table (sop_id integer, category text, section text, cited bigint, helpful bigint, unhelpful bigint, rate double precision) language sql stable as $$
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
comment on function app_public.most_used_sops(timestamptz, timestamptz, text, text, integer) is
$$@insight
The SOPs that most answers of a period rest on, and how those were rated; rate: the share that was helpful (0 to 1). since is included, until is not; category: the SOP's; site: a slug; first: at most so many (1 to 1000).
Errors: CO005 no such period, CO006 over ten years, CO404 no such site.$$;

create or replace function app_public.most_failed_sops(since timestamptz, until timestamptz, category text default null, site text default null, first integer default 1000)
returns table (sop_id integer, category text, section text, failures bigint, unresolved bigint, last_failed_at timestamptz) language sql stable as $$
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
comment on function app_public.most_failed_sops(timestamptz, timestamptz, text, text, integer) is
$$@insight
The SOPs with most failures in a period: answers that rested on them and failed, and questions that they should have answered. unresolved: no approved proposal has mended it yet. since is included, until is not; category: the SOP's; site: a slug; first: at most so many (1 to 1000).
Errors: CO005 no such period, CO006 over ten years, CO404 no such site.$$;

create or replace function app_public.top_patterns(since timestamptz, until timestamptz, category text default null, site text default null, first integer default 1000)
returns table (pattern_id integer, label text, category text, size integer, status text, sop_id integer, first_seen timestamptz, last_seen timestamptz, in_period bigint) language sql stable as $$
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
comment on function app_public.top_patterns(timestamptz, timestamptz, text, text, integer) is
$$@insight
What failed most in a period: patterns of failures that mean the same thing, by how many fell into the period (in_period). since is included, until is not; category: the pattern's; site: a slug; first: at most so many (1 to 1000).
Errors: CO005 no such period, CO006 over ten years, CO404 no such site.$$;

create or replace function app_public.approvals_by_week(since timestamptz, until timestamptz, timezone text default 'UTC')
returns table (week date, kind text, proposed bigint, approved bigint, rejected bigint, pending bigint, approval_rate double precision, median_hours double precision) language sql stable as $$
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
comment on function app_public.approvals_by_week(timestamptz, timestamptz, text) is
$$@insight
Proposals by the week (its Monday) they were made in and by kind: how many, what became of them until now, the share of the decided that was approved, and the median hours until a decision. since is included, until is not; timezone: whose weeks.
Errors: CO005 no such period or time zone, CO006 over ten years.$$;

create or replace function app_hidden.insight_figures(since timestamptz, until timestamptz, category text, site_id integer)
returns table (answers bigint, answered_rate double precision, helpful_rate double precision, handed_over bigint, failures bigint,
  p50_ms double precision, p95_ms double precision, pending_proposals bigint, approved bigint, cost numeric)
language sql stable as $$
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
comment on function app_hidden.insight_figures(timestamptz, timestamptz, text, integer) is 'The figures of insights_summary for one period.';

create or replace function app_public.insights_summary(since timestamptz, until timestamptz, category text default null, site text default null,
  out answers bigint, out answered_rate double precision, out helpful_rate double precision, out handed_over bigint, out failures bigint,
  out p50_ms double precision, out p95_ms double precision, out pending_proposals bigint, out approved bigint, out cost numeric,
  out prev_answers bigint, out prev_answered_rate double precision, out prev_helpful_rate double precision, out prev_handed_over bigint, out prev_failures bigint,
  out prev_p50_ms double precision, out prev_p95_ms double precision, out prev_pending_proposals bigint, out prev_approved bigint, out prev_cost numeric)
language sql stable as $$
  select f.*, b.*
    from app_hidden.insight_period(since, until, 'UTC', site) p
   cross join lateral app_hidden.insight_figures(since, until, insights_summary.category, p.site_id) f
   cross join lateral app_hidden.insight_figures(since - (until - since), since, insights_summary.category, p.site_id) b
$$;
comment on function app_public.insights_summary(timestamptz, timestamptz, text, text) is
$$@insight
A period in one row, and the period of equal length before it (prev_…). Rates are shares from 0 to 1, null where there is nothing to share: answered_rate of all answers, helpful_rate of all ratings. p50_ms, p95_ms: milliseconds from question to answer. pending_proposals: those that waited at the period's end; approved: those decided in it, whatever category and site. cost: US dollars for answers and drafts. since is included, until is not; category: where the questions were routed; site: a slug.
Errors: CO005 no such period, CO006 over ten years, CO404 no such site.$$;

create or replace function app_public.insight_source(name text) returns text language plpgsql stable as $$
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
comment on function app_public.insight_source(text) is 'The SQL of one of the insights, such as answers_by_day, for whoever wants to know what is counted. Errors: CO404 no such insight.';
