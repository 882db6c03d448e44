create or replace view app_public.sop_categories with (security_invoker = true) as
  select s.category, count(*)::integer as sops, max(s.updated_at) as last_changed_at
    from app_public.sops s
   where s.archived_at is null
   group by s.category;
comment on view app_public.sop_categories is 'The categories that SOPs in use have, with how many, and when one was last changed.';
comment on column app_public.sop_categories.category is E'@behavior +orderBy +filterBy\nSuch as booking or tech_support.';
