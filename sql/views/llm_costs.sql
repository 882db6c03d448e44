create or replace view app_public.cost_per_answer with (security_invoker = true) as
  select (c.created_at at time zone 'UTC')::date as day, c.model,
         count(distinct c.response_id) as answers, count(*) as calls,
         sum(c.cost) as cost, sum(c.cost) / count(distinct c.response_id) as cost_per_answer,
         sum(c.tokens_in) as tokens_in, sum(c.tokens_out) as tokens_out, sum(c.tokens_cached) as tokens_cached,
         sum(c.tokens_cached)::double precision / nullif(sum(c.tokens_in), 0) as cached_share
    from app_public.llm_calls c
   where c.response_id is not null
   group by grouping sets ((1, 2), (1));
comment on view app_public.cost_per_answer is
  'What models cost for answers, by day (UTC) and model, and for the day as a whole (model null): answers that the model had a part in, calls, US dollars at list prices, tokens, and which share of the input came from the provider''s cache. Without answers that were erased since.';

create or replace view app_public.cost_per_improvement with (security_invoker = true) as
  select (date_trunc('month', c.created_at, 'UTC') at time zone 'UTC')::date as month,
         count(*) as analyses, sum(c.cost) as cost,
         count(distinct c.improvement_id) as proposed,
         count(distinct c.improvement_id) filter (where q.status = 'approved') as accepted,
         sum(c.cost) / nullif(count(distinct c.improvement_id) filter (where q.status = 'approved'), 0) as cost_per_accepted
    from app_public.llm_calls c
    left join app_public.improvement_queue q on q.id = c.improvement_id
   where c.purpose = 'analyse'
   group by 1;
comment on view app_public.cost_per_improvement is
  'What a model''s analyses cost by month (UTC), those that led to nothing included: analyses, US dollars at list prices, proposals that came of them, how many of these people accepted, and the cost for each accepted one (null: none yet).';
