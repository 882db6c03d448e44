create or replace function app_public.failures_about(text text, since timestamptz default now() - interval '7 days', until timestamptz default now())
returns setof app_public.failed_responses language sql stable as $$
  select f.*
    from app_public.failed_responses f
   where f.created_at >= failures_about.since and f.created_at < failures_about.until and f.withdrawn_at is null
     and (to_tsvector('app_public.clubos', f.query) @@ websearch_to_tsquery('app_public.clubos', failures_about.text)
          or f.user_correction ilike '%' || failures_about.text || '%')
   order by f.created_at desc
$$;
comment on function app_public.failures_about(text, timestamptz, timestamptz) is
  '"All PIN-related failures last week": failed responses whose question holds the words (web search syntax) or whose correction does, the newest first.';
