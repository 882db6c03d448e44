create or replace function app_private.vectors_wanted(most integer default 256) returns table (embedding_text text)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select distinct w.embedding_text from (
    select u.embedding_text from app_private.search_units u where u.embedding is null and u.kind <> 'profile' order by u.id limit most
  ) w
$$;
comment on function app_private.vectors_wanted(integer) is 'Texts of the search space that have no vector yet, the oldest first.';
