-- Every lexeme that is stored was made by the text search configuration, so a new one makes all of them anew, in the
-- transaction that sets it: a search finds either by the old language or by the new one.
create or replace function app_private.use_search_language(language text) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  -- Accents are folded before stemming, since customers type without them. The German stemmer folds its own, and must see
  -- them: without its umlaut "ändern" is "andern", which counts for nothing.
  execute format('alter text search configuration app_public.clubos alter mapping for asciihword, asciiword, hword, hword_asciipart, hword_part, word with %s pg_catalog.%I',
    case when language <> 'german' then 'public.unaccent,' end, language || '_stem');
  -- Whoever writes texts waits; who searches does not.
  lock table app_public.sops, app_public.knowledge_base, app_private.search_units in share row exclusive mode;
  perform app_private.rebuild_sop_units(array(select s.id from app_public.sops s where s.archived_at is null order by s.id));
  perform app_private.rebuild_knowledge_units(array(select k.id from app_public.knowledge_base k order by k.id));
  perform app_private.rebuild_profiles(array(select distinct u.target from app_private.search_units u));
  perform app_private.recount_search_units();
  reindex index app_public.failed_responses_words;
end
$$;
comment on function app_private.use_search_language(text) is 'Brings words to their stems as a language does, in all that is indexed: SOPs, knowledge, failures.';

create or replace function app_hidden.search_languages() returns setof text language sql stable set search_path = app_public, public, pg_temp as $$
  select left(d.dictname, -5)::text from pg_ts_dict d where d.dictnamespace = 'pg_catalog'::regnamespace and d.dictname like '%\_stem' order by 1
$$;
comment on function app_hidden.search_languages() is 'The languages that this PostgreSQL has a stemmer for.';
