-- What was written lately waits for its place in the index of vectors (search_units.indexed). A search compares each of
-- these, about a microsecond a unit, so they stay few: beyond that, and from imports, units go into the index at once.
create or replace function app_private.goes_into_index(units integer) returns boolean
-- No reading from end to end, which a plan made while little was written would do ever after.
language plpgsql stable set search_path = app_public, public, pg_temp set enable_seqscan = off as $$
declare
  c_at_once constant integer := 50;
  -- The worker puts them in each minute before it counts the changes; counting those that wait would take longer.
  c_changes constant integer := 4000;
begin
  return goes_into_index.units > c_at_once or to_regclass('app_private.search_units_embedding') is null
    or coalesce((select c.id from app_private.search_unit_changes c order by c.id desc limit 1) - (select c.id from app_private.search_unit_changes c order by c.id limit 1) > c_changes, false);
end
$$;
comment on function app_private.goes_into_index(integer) is
  'Whether what is written of so many SOPs, entries or profiles goes into the index of vectors at once: where there is none, where many are written, and where many were since the worker looked.';

create or replace function app_private.nearest_fresh(question halfvec, model text, only_category text default null, only_site_id integer default null)
returns table (unit_id bigint, distance double precision)
language plpgsql stable rows 10 set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  return query
    select u.id, u.embedding <#> question from app_private.search_units u
     where not u.indexed and u.embedding_model = nearest_fresh.model and (only_category is null or u.category = only_category)
       and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
       and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
     -- By the sign, so that no index of vectors is thought of.
     order by -(u.embedding <#> question) desc, u.id limit 40;
end
$$;
comment on function app_private.nearest_fresh(halfvec, text, text, integer) is 'Of the units that wait for the index of vectors the 40 nearest to a question, as app_private.nearest_units finds the others.';

create or replace function app_private.index_fresh_units(most integer default 5) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off set enable_seqscan = off as $$
declare
  v_ids bigint[];
begin
  -- One that is being written is left to the next run; this one waits for nobody while it holds others.
  v_ids := array(select u.id from app_private.search_units u where not u.indexed order by u.id limit most for no key update skip locked);
  if cardinality(v_ids) > 0 then
    update app_private.search_units u set indexed = true where u.id = any (v_ids);
  end if;
  return cardinality(v_ids);
end
$$;
comment on function app_private.index_fresh_units(integer) is
  'Puts at most so many of the units that wait for it into the index of vectors, and returns how many: 0 when none waits that nobody is writing. Few at a time, for whoever writes one of them waits just so long.';

-- The index of vectors is approximate: how well it finds depends on how it was built and how the data has grown since.
create or replace function app_private.check_search_index(sample integer default null, out checked integer, out recall double precision, out valid boolean, out index_bytes bigint)
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  c_nearest constant integer := 10;
  v_index regclass := to_regclass('app_private.search_units_embedding');
  v_model text := (select s.embedding_model from app_public.club_settings s);
  v_units double precision := (select greatest(s.units, 1) from app_private.search_statistics s);
  v_sample integer := coalesce(sample, least(50, greatest(10, 2000000 / v_units))::integer);
  v_from bigint := (select floor(random() * max(u.id)) from app_private.search_units u);
begin
  select i.indisvalid and i.indisready into valid from pg_catalog.pg_index i where i.indexrelid = v_index;
  index_bytes := pg_relation_size(v_index);
  -- Stored vectors from a random place on. Each is compared with all units, which no index helps; equally near ones
  -- count as the nearest do.
  select count(*), avg(least((select count(*) from app_private.nearest_units(q.embedding, v_model) n join app_private.search_units f on f.id = n.unit_id
                               where f.embedding <#> q.embedding <= e.farthest + 1e-6), e.n)::double precision / e.n)
    into checked, recall
    from (select o.* from ((select u.id, u.embedding from app_private.search_units u where u.id >= v_from and u.embedding_model = v_model order by u.id limit v_sample)
            union all (select u.id, u.embedding from app_private.search_units u where u.id < v_from and u.embedding_model = v_model order by u.id desc limit v_sample)) o limit v_sample) q
   cross join lateral (select max(d.distance) as farthest, count(*) as n
                         -- By the sign, so that it is no question for the index.
                         from (select u.embedding <#> q.embedding as distance from app_private.search_units u
                                where u.embedding_model = v_model and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
                                order by -(u.embedding <#> q.embedding) desc limit c_nearest) d) e
   where valid;
end
$$;
comment on function app_private.check_search_index(integer) is
  'How well the index of vectors finds: for a sample of stored vectors (10 to 50 by size unless given), the share of their ten nearest units that the index names when it is asked as a search asks it. valid and recall are null where there is no index: the embedded database has none.';

-- The most often read things last, so that they stay where memory is short.
create or replace function app_private.search_memory(out relation text, out bytes bigint) returns setof record
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select c.oid::regclass::text, pg_relation_size(c.oid) from pg_catalog.pg_class c
   where c.oid in (select i.indexrelid from pg_catalog.pg_index i where i.indrelid in ('app_private.search_units'::regclass, 'app_private.lexeme_frequencies'::regclass))
      or c.oid in ('app_private.search_units'::regclass, 'app_private.lexeme_frequencies'::regclass)
      or c.oid = (select t.reltoastrelid from pg_catalog.pg_class t where t.oid = 'app_private.search_units'::regclass)
   order by pg_relation_size(c.oid) desc
$$;
comment on function app_private.search_memory() is 'What a search reads: the search units, their long values, and their indexes, with their bytes; in memory a search takes milliseconds, from disk ten times as long.';

create or replace function app_private.prewarm_search() returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_blocks bigint := 0;
  v_relation record;
begin
  if to_regproc('public.pg_prewarm') is null then
    -- Without the extension: what a plain read brings into memory.
    perform count(*) from app_private.search_units u where u.words is not null and u.impacts is not null;
    perform n.unit_id from app_private.search_units u, app_private.nearest_units(u.embedding, u.embedding_model) n
      where u.id in (select o.id from app_private.search_units o where o.embedding is not null order by o.content_hash limit 200);
    return null;
  end if;
  for v_relation in select m.relation from app_private.search_memory() m where m.bytes > 0 loop
    execute 'select $1 + public.pg_prewarm($2::regclass)' into v_blocks using v_blocks, v_relation.relation;
  end loop;
  return v_blocks;
end
$$;
comment on function app_private.prewarm_search() is 'Brings what searches read into memory, after a restart: by pg_prewarm where that extension is installed (blocks read), else by reading (null).';
