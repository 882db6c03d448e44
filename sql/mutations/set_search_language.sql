create or replace function app_public.set_search_language(language text, reason text) returns app_public.club_settings
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_settings app_public.club_settings;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(set_search_language.reason));
  update app_public.club_settings s set search_language = lower(btrim(coalesce(set_search_language.language, ''))), updated_at = now()
   where s.search_language <> lower(btrim(coalesce(set_search_language.language, '')));
  select * into v_settings from app_public.club_settings;
  return v_settings;
end
$$;
comment on function app_public.set_search_language(language text, reason text) is
$$The language that words are searched in (english, german, french, spanish and whatever else PostgreSQL has a stemmer for). Every text is indexed anew in the same transaction: about a second for 1,000 texts, in which searches go on and whoever writes texts waits.
Errors: CO001 no actor, CO002 no reason, CO005 no such language (hint: those there are), CO403 not an admin.$$;
