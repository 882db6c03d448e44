drop function if exists app_public.failures_about(text, timestamptz, timestamptz);
create function app_public.failures_about(text text, since timestamptz default now() - interval '7 days', until timestamptz default now())
returns setof app_public.failed_responses language plpgsql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  c_near_enough constant double precision := 0.5; -- as app_private.cluster_failures
  v_words tsquery := websearch_to_tsquery('app_public.clubos', failures_about.text);
  v_model text := (select s.embedding_model from app_public.club_settings s);
  v_vector vector := (select c.embedding from app_private.embedding_cache c where c.content_hash = app_hidden.embedding_hash(failures_about.text) and c.model = v_model);
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('agent');
  end if;
  return query
    select f.*
      from app_public.failed_responses f
     where f.created_at >= failures_about.since and f.created_at < failures_about.until and f.withdrawn_at is null and f.erased_at is null
       and (to_tsvector('app_public.clubos', f.query) @@ v_words
            or f.user_correction ilike '%' || failures_about.text || '%'
            or (v_vector is not null and coalesce((select -(c.embedding <#> v_vector) from app_private.embedding_cache c
                  where c.content_hash = app_hidden.embedding_hash(f.query) and c.model = v_model), 0) >= c_near_enough))
     order by f.created_at desc, f.id desc;
end
$$;
comment on function app_public.failures_about(text, timestamptz, timestamptz) is
$$"All PIN-related failures last week": failed responses whose question holds the words (web search syntax) or means much the same, or whose correction holds the text; the newest first. By meaning where the text's vector is in the embedding cache: over GraphQL it is made first, in SQL it is there once somebody asked so. since is included, until is not.
Errors: CO403 not staff.$$;
