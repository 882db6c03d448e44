create or replace function app_private.count_vocabulary() returns table (word text, units integer)
language sql stable set search_path = app_public, public, pg_temp as $$
  select word, ndoc from ts_stat($q$select to_tsvector('simple', public.unaccent(left(concat_ws(' ', title, heading, body), 200000))) from app_private.search_units where kind <> 'profile'$q$)
   where length(word) between 4 and 40 and word ~ '^[[:alpha:]]+$'
$$;
comment on function app_private.count_vocabulary() is 'The words of the search space as they are written, with the number of units that hold them.';

create or replace function app_private.refresh_search_statistics(force boolean default false) returns boolean
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_last bigint;
begin
  -- One at a time; who comes second finds it done.
  if not pg_try_advisory_xact_lock(hashtextextended('clubos.search_statistics', 0)) then
    return false;
  end if;
  perform app_private.refresh_profiles();
  select coalesce(max(u.id), 0) into v_last from app_private.search_units u;
  if not force and v_last = (select t.last_unit_id from app_private.search_statistics t) then
    return false;
  end if;
  update app_private.search_statistics set units = (select count(*) from app_private.search_units), last_unit_id = v_last, refreshed_at = now();
  delete from app_private.lexeme_frequencies;
  insert into app_private.lexeme_frequencies (lexeme, units)
  select word, ndoc from ts_stat($q$select words from app_private.search_units$q$);
  delete from app_private.search_vocabulary;
  insert into app_private.search_vocabulary (word, units) select v.word, v.units from app_private.count_vocabulary() v;
  return true;
end
$$;
comment on function app_private.refresh_search_statistics(boolean) is
  'Rebuilds profiles that lack a question; recounts document frequencies and the vocabulary if the search space changed (or force). Returns whether it did.';
