create or replace function app_private.vectors_wanted(most integer default 256) returns table (embedding_text text)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select distinct w.embedding_text from (
    (select u.embedding_text from app_private.search_units u where u.embedding is null and u.kind <> 'profile' order by u.id limit most)
    union all
    -- An experiment's arms, which choose the section to quote by them, and of which one may be the SOP tomorrow.
    (select u.embedding_text
       from app_public.experiments e
       join app_public.experiment_arms a on a.experiment_id = e.id and a.label <> 'A'
       join app_public.sops s on s.id = e.sop_id
      cross join lateral app_hidden.sop_units(s.category, s.section, a.content) u
      where e.status in ('running', 'paused')
        and not exists (select from app_private.embedding_cache c join app_public.club_settings t on t.embedding_model = c.model where c.content_hash = app_hidden.embedding_hash(u.embedding_text))
      order by e.id, a.label, u.ordinal limit most)
  ) w
  union
  select q.question from (
    select g.question from app_public.golden_questions g, app_public.club_settings s
     where not exists (select from app_private.embedding_cache c where c.content_hash = app_hidden.embedding_hash(g.question) and c.model = s.embedding_model) order by g.id limit most
  ) q
$$;
comment on function app_private.vectors_wanted(integer) is 'Texts of the search space, of open experiments'' arms, and golden questions, that have no vector yet, the oldest first; at most so many of each.';
