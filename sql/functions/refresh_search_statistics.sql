create or replace function app_private.count_vocabulary() returns table (word text, units integer)
language sql stable set search_path = app_public, public, pg_temp as $$
  select word, ndoc from ts_stat($q$select to_tsvector('simple', public.unaccent(left(concat_ws(' ', title, heading, body), 200000))) from app_private.search_units where kind <> 'summary'$q$)
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
  select coalesce(max(u.id), 0) into v_last from app_private.search_units u;
  if not force and v_last = (select max(t.last_unit_id) from app_private.search_statistics t) then
    return false;
  end if;
  update app_private.search_statistics t
     set units = coalesce(c.units, 0), last_unit_id = v_last, refreshed_at = now(),
         -- Impacts were computed with the mean of their day; it is moved, and they with it, once it is far off.
         average_words = case when abs(c.words / t.average_words - 1) > 0.2 then c.words else t.average_words end
    from (select k.kind, count(u.id) as units, greatest(avg(u.word_count), 1) as words
            from app_private.search_statistics k left join app_private.search_units u on u.kind = k.kind group by k.kind) c
   where c.kind = t.kind;
  update app_private.search_units u set impacts = app_hidden.bm25_impacts(u.words, t.average_words)
    from app_private.search_statistics t
   where t.kind = u.kind and u.kind <> 'summary' and u.impacts is distinct from app_hidden.bm25_impacts(u.words, t.average_words);
  delete from app_private.lexeme_frequencies;
  insert into app_private.lexeme_frequencies (lexeme, units)
  select word, ndoc from ts_stat($q$select words from app_private.search_units where kind in ('document', 'phrase', 'knowledge')$q$);
  delete from app_private.search_vocabulary;
  insert into app_private.search_vocabulary (word, units) select v.word, v.units from app_private.count_vocabulary() v;
  return true;
end
$$;
comment on function app_private.refresh_search_statistics(boolean) is
  'Recounts document frequencies, mean lengths and the vocabulary if the search space changed (or force). Returns whether it did.';
