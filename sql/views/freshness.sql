create or replace view app_public.sop_freshness with (security_invoker = true) as
  select s.id as sop_id, s.category, s.section, s.version, s.updated_at, l.last_cited_at,
         case when l.last_cited_at is null and s.created_at < now() - interval '90 days' then 'never used'
              when l.last_cited_at < now() - interval '90 days' then 'unused'
              when s.updated_at < now() - interval '180 days' then 'stale'
              else 'fresh' end as freshness
    from app_public.sops s
    left join lateral (
      select r.created_at as last_cited_at from app_public.response_sources src join app_public.responses r on r.id = src.response_id
       where src.sop_id = s.id and src.cited order by src.response_id desc limit 1) l on true
   where s.archived_at is null;
comment on view app_public.sop_freshness is
  'When each SOP in use was last edited and last cited: never used (older than 90 days, and no answer ever rested on it), unused (none for 90 days), stale (used, but not edited for 180 days), or fresh.';

create or replace view app_public.knowledge_freshness with (security_invoker = true) as
  select k.id as knowledge_id, k.category, k.topic, k.question, k.source, k.trust, k.updated_at, k.valid_to, l.last_cited_at,
         case when l.last_cited_at is null and k.created_at < now() - interval '90 days' then 'never used'
              when l.last_cited_at < now() - interval '90 days' then 'unused'
              when k.updated_at < now() - interval '180 days' then 'stale'
              else 'fresh' end as freshness
    from app_public.knowledge_base k
    left join lateral (
      select r.created_at as last_cited_at from app_public.response_sources src join app_public.responses r on r.id = src.response_id
       where src.knowledge_id = k.id and src.cited order by src.response_id desc limit 1) l on true
   where k.valid_to is null or k.valid_to > now();
comment on view app_public.knowledge_freshness is
  'When each knowledge entry in use was last changed and last cited: never used, unused, stale or fresh, as sop_freshness says it.';
