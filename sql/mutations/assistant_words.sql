-- What the assistant says by itself to customers, and the club's own words for it.
create or replace function app_public.assistant_words(out key text, out usual text, out own text) returns setof record
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select k.key, app_hidden.usual_words(k.key), s.own_words ->> k.key
    from unnest(array['not_sure', 'for_a_person', 'paused', 'unfinished', 'emergency']) with ordinality k(key, place) cross join app_public.club_settings s
   order by k.place
$$;
comment on function app_public.assistant_words() is
$$What the assistant says by itself: the usual words, in the club's language, and the club's own where it has set some (save_assistant_words).
key: not_sure (it hands over), for_a_person (a person answers such questions), paused (it is switched off), unfinished (it broke off), emergency (where no emergency SOP says what to say).$$;

create or replace function app_public.save_assistant_words(key text, words text, reason text) returns app_public.club_settings
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  c_most constant integer := 1000;
  v_words text := nullif(btrim(save_assistant_words.words, E' \t\r\n'), '');
  v_settings app_public.club_settings;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(save_assistant_words.reason));
  if not exists (select from app_public.assistant_words() w where w.key = save_assistant_words.key) then
    raise exception 'The assistant says nothing called "%".', save_assistant_words.key using errcode = 'CO404',
      hint = 'One of ' || (select string_agg(w.key, ', ') from app_public.assistant_words() w) || '.';
  elsif length(v_words) > c_most then
    raise exception 'The words have % characters; at most % are said.', length(v_words), c_most using errcode = 'CO006';
  end if;
  update app_public.club_settings s
     set own_words = case when v_words is null then s.own_words - save_assistant_words.key else s.own_words || jsonb_build_object(save_assistant_words.key, v_words) end, updated_at = now()
   where s.own_words ->> save_assistant_words.key is distinct from v_words;
  select * into v_settings from app_public.club_settings;
  return v_settings;
end
$$;
comment on function app_public.save_assistant_words(key text, words text, reason text) is
$$The club's own words for what the assistant says by itself, from the next answer on. key: as assistant_words lists them. words: at most 1,000 characters; null or nothing brings the usual words back.
Errors: CO001 no actor, CO002 no reason, CO006 too long, CO403 not an admin, CO404 no such key.$$;
