create or replace function app_hidden.tg_club_settings__search_language() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
begin
  if not exists (select from app_hidden.search_languages() l where l = NEW.search_language) then
    raise exception 'There is no stemmer for the language "%".', NEW.search_language using errcode = 'CO005',
      hint = 'One of ' || (select string_agg(l, ', ') from app_hidden.search_languages() l) || '.';
  end if;
  perform app_private.use_search_language(NEW.search_language);
  return null;
end
$$;
comment on function app_hidden.tg_club_settings__search_language() is 'Indexes every text anew in the language that was set.';
drop trigger if exists _200_search_language on app_public.club_settings;
create trigger _200_search_language after update on app_public.club_settings for each row when (NEW.search_language <> OLD.search_language)
  execute function app_hidden.tg_club_settings__search_language();
