create or replace function app_private.vectors_wanted(most integer default 256) returns table (embedding_text text)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select distinct w.embedding_text from (
    select u.embedding_text from app_private.search_units u where u.embedding is null and u.kind <> 'profile' order by u.id limit most
  ) w
  union
  select q.question from (
    select g.question from app_public.golden_questions g, app_public.club_settings s
     where not exists (select from app_private.embedding_cache c where c.content_hash = app_hidden.embedding_hash(g.question) and c.model = s.embedding_model) order by g.id limit most
  ) q
$$;
comment on function app_private.vectors_wanted(integer) is 'Texts of the search space, and golden questions, that have no vector yet, the oldest first; at most so many of each.';
