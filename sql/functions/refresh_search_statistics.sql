create or replace function app_private.spelled_words(title text, heading text, body text) returns tsvector
-- No search_path of its own: setting it for each unit takes longer than reading its words.
language sql stable parallel safe as $$
  select to_tsvector('pg_catalog.simple', public.unaccent(left(concat_ws(' ', title, heading, body), 200000)))
$$;
comment on function app_private.spelled_words(text, text, text) is 'The words of a search unit as they are written, for unknown words to be compared with.';

create or replace function app_private.is_vocabulary(word text) returns boolean language sql immutable parallel safe as $$
  select length(word) between 4 and 40 and word ~ '^[[:alpha:]]+$'
$$;
comment on function app_private.is_vocabulary(text) is 'Whether unknown words are compared with this one.';

create or replace function app_private.count_vocabulary() returns table (word text, units integer)
language sql stable set search_path = app_public, public, pg_temp as $$
  select word, ndoc from ts_stat($q$select app_private.spelled_words(title, heading, body) from app_private.search_units where kind <> 'profile'$q$)
   where app_private.is_vocabulary(word)
$$;
comment on function app_private.count_vocabulary() is 'The words of the search space as they are written, with the number of units that hold them.';

create or replace function app_private.count_search_unit_changes() returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  v_changes bigint;
  v_lexemes text[];
  v_words text[];
begin
  -- One statement, and so one snapshot: a unit that came and went in between is in both lists or in none.
  with told as (
    delete from app_private.search_unit_changes returning unit_id, delta, words, spelled
  ), lexemes as (
    select l.lexeme, sum(t.delta)::integer as units from told t cross join lateral unnest(tsvector_to_array(t.words)) l(lexeme) group by 1 having sum(t.delta) <> 0
  ), counted as (
    insert into app_private.lexeme_frequencies as f (lexeme, units) select l.lexeme, l.units from lexemes l order by 1
    on conflict (lexeme) do update set units = f.units + excluded.units
    returning f.lexeme, f.units
  ), spelled as (
    select w.word, w.units from (
    select w.word, sum(d.delta)::integer as units
      from (select t.delta, app_private.spelled_words(u.title, u.heading, u.body) as words
              from told t join app_private.search_units u on u.id = t.unit_id and u.kind <> 'profile' where t.delta = 1
            union all
            select -1, t.spelled from told t where t.delta = -1 and t.spelled is not null and not exists (select from told o where o.unit_id = t.unit_id and o.delta = 1)) d
     cross join lateral unnest(tsvector_to_array(d.words)) w(word)
     group by 1 having sum(d.delta) <> 0 offset 0) w where app_private.is_vocabulary(w.word)
  ), known as (
    insert into app_private.search_vocabulary as v (word, units) select s.word, s.units from spelled s order by 1
    on conflict (word) do update set units = v.units + excluded.units
    returning v.word, v.units
  ), summed as (
    select count(*) as n, coalesce(sum(t.delta), 0) as units from told t
  ), noted as (
    update app_private.search_statistics s set units = s.units + summed.units, last_unit_id = (select coalesce(max(u.id), 0) from app_private.search_units u), refreshed_at = now()
      from summed where summed.n > 0
  )
  select (select summed.n from summed), array(select c.lexeme from counted c where c.units <= 0), array(select k.word from known k where k.units <= 0)
    into v_changes, v_lexemes, v_words;
  delete from app_private.lexeme_frequencies f where f.lexeme = any (v_lexemes);
  delete from app_private.search_vocabulary v where v.word = any (v_words);
  return v_changes;
end
$$;
comment on function app_private.count_search_unit_changes() is
  'Adds the words of units that came since the last refresh to the document frequencies and the vocabulary, and takes away those of units that went; returns how many changes.';

create or replace function app_private.recount_search_units() returns void
language sql volatile security definer set search_path = app_public, public, pg_temp set jit = off as $$
  delete from app_private.lexeme_frequencies;
  delete from app_private.search_vocabulary;
  -- What is counted here and what is written down to be counted later must meet without gap: one statement, one snapshot.
  with told as (
    delete from app_private.search_unit_changes
  ), counted as (
    insert into app_private.lexeme_frequencies (lexeme, units) select word, ndoc from ts_stat($q$select words from app_private.search_units$q$)
  ), spelled as (
    insert into app_private.search_vocabulary (word, units) select v.word, v.units from app_private.count_vocabulary() v
  )
  update app_private.search_statistics
     set units = (select count(*) from app_private.search_units), last_unit_id = (select coalesce(max(u.id), 0) from app_private.search_units u), refreshed_at = now(), follows_changes = true;
$$;
comment on function app_private.recount_search_units() is 'Counts document frequencies and the vocabulary over all units.';

create or replace function app_private.refresh_search_statistics(force boolean default false) returns boolean
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_changes bigint;
  v_known record;
begin
  -- One at a time; who comes second finds it done.
  if not pg_try_advisory_xact_lock(hashtextextended('clubos.search_statistics', 0)) then
    return false;
  end if;
  select s.units, s.follows_changes into v_known from app_private.search_statistics s;
  if force or not v_known.follows_changes then
    insert into app_private.stale_profiles (target) select distinct u.target from app_private.search_units u;
  end if;
  perform app_private.refresh_profiles();
  -- Where about as much is new as there was, as after a first import, counting all is quicker.
  select count(*) into v_changes from (select from app_private.search_unit_changes limit 20000 + v_known.units) c;
  if v_changes = 0 and v_known.follows_changes and not force then
    return false;
  elsif not force and v_known.follows_changes and v_changes < 20000 + v_known.units then
    perform app_private.count_search_unit_changes();
  else
    perform app_private.recount_search_units();
  end if;
  update app_private.search_statistics set categories = (select coalesce(jsonb_object_agg(c.category, c.n), '{}') from (select u.category, count(*) as n from app_private.search_units u group by 1) c);
  return true;
end
$$;
comment on function app_private.refresh_search_statistics(boolean) is
  'Rebuilds profiles that lack a question, and brings document frequencies and the vocabulary up to what the search space holds: by what changed since the last time, or by counting all (force). Returns whether anything had changed.';
