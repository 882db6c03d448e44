create or replace view app_public.sop_usage with (security_invoker = true) as
  select s.id as sop_id, s.category, s.section, s.version,
         count(r.id) filter (where src.cited) as times_cited,
         count(r.id) filter (where src.cited and r.feedback = 'helpful') as helpful,
         count(r.id) filter (where src.cited and r.feedback = 'unhelpful') as unhelpful,
         max(r.created_at) filter (where src.cited) as last_cited_at
    from app_public.sops s
    left join app_public.response_sources src on src.sop_id = s.id
    left join app_public.responses r on r.id = src.response_id and r.outcome in ('answered', 'emergency')
   group by s.id;
comment on view app_public.sop_usage is 'How often each SOP was the source of an answer, and how those answers were rated.';

create or replace view app_public.sop_failures with (security_invoker = true) as
  select s.id as sop_id, s.category, s.section,
         count(f.id) as failures,
         count(f.id) filter (where f.feedback_type = 'wrong') as wrong,
         count(f.id) filter (where f.expected_sop_id = s.id) as should_have_answered,
         count(f.id) filter (where f.resolved_by_improvement_id is null) as unresolved,
         min(f.created_at) as first_failed_at, max(f.created_at) as last_failed_at
    from app_public.sops s
    left join lateral (
      select f.* from app_public.failed_responses f where f.expected_sop_id = s.id and f.withdrawn_at is null
      union
      select f.* from app_public.response_sources src join app_public.failed_responses f on f.response_id = src.response_id
       where src.sop_id = s.id and src.cited and f.withdrawn_at is null
    ) f on true
   group by s.id;
comment on view app_public.sop_failures is 'Failures per SOP: answers drawn from it that failed, and questions it should have answered.';

create or replace view app_public.knowledge_health with (security_invoker = true) as
  select k.id as knowledge_id, k.category, k.topic, k.question, k.source, k.trust, k.usage_count, k.success_rate, k.updated_at,
         case
           when k.valid_to < now() then 'expired'
           when k.trust = 0 then 'unreviewed'
           when k.usage_count >= 5 and k.success_rate < 0.5 then 'often unhelpful'
           when k.usage_count = 0 and k.created_at < now() - interval '90 days' then 'never used'
           else 'well'
         end as health
    from app_public.knowledge_base k;
comment on view app_public.knowledge_health is 'State of each knowledge entry: expired, unreviewed, often unhelpful, never used, or well.';

create or replace view app_public.review_metrics with (security_invoker = true) as
  select date_trunc('week', q.created_at) as week, q.kind,
         count(*) as proposed,
         count(*) filter (where q.status = 'approved') as approved,
         count(*) filter (where q.status = 'rejected') as rejected,
         count(*) filter (where q.status = 'pending') as pending,
         count(*) filter (where q.status = 'approved')::double precision / nullif(count(*) filter (where q.status in ('approved', 'rejected')), 0) as approval_rate,
         percentile_cont(0.5) within group (order by extract(epoch from coalesce(q.applied_at, q.rejected_at) - q.created_at) / 3600) as median_hours_to_decision
    from app_public.improvement_queue q
   group by 1, 2;
comment on view app_public.review_metrics is 'Proposals by week and kind: how many, how decided, how fast (median hours).';
