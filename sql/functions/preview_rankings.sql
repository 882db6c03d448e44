-- A dry run asks up to 200 questions without and with a change that touches a target or three. What it does to a ranking is
-- computed from these alone: all other targets keep their scores. And what was found without the change stays true for the
-- next dry run, but for the targets written to since.
-- What is long is in PL/pgSQL, which keeps its plan: in a function in SQL it would be made anew at each call, for a tenth of
-- the whole.
create or replace function app_hidden.at_places(items anyarray, places bigint[]) returns anyarray language sql immutable parallel safe as $$
  select coalesce(array_agg(items[p.place] order by p.n), items[1:0]) from unnest(places) with ordinality p(place, n)
$$;
comment on function app_hidden.at_places(anyarray, bigint[]) is 'Those items of a list that are at these places (from 1), in the order of the places.';

create or replace function app_private.preview_rankings(searches app_private.preview_search[]) returns app_private.preview_ranking[]
language sql stable set search_path = app_public, public, pg_temp set jit = off as $$
  select coalesce(array_agg((f.targets[1:25], f.by_words, f.nearest)::app_private.preview_ranking order by a.n), '{}')
    from unnest(searches) with ordinality a(words, total_idf, candidates, embedding, site_id, left_out, n)
   cross join lateral (
     select coalesce(array_agg((t.target, t.sop_id, t.category, t.score, t.entry_id, t.entry_leads, t.words, t.cosine, t.agreed)::app_private.ranked_target order by t.score desc, t.target), '{}') as targets,
            coalesce(min(t.by_words), '{}') as by_words, coalesce(min(t.nearest), '{}') as nearest
       from app_private.rank_targets(a.words, a.total_idf, a.candidates, a.embedding, null, a.site_id, 40, a.left_out) t) f
$$;
comment on function app_private.preview_rankings(app_private.preview_search[]) is 'What rank_targets makes of each search, in the order given.';

create or replace function app_private.ranked_anew(searches app_private.preview_search[], rankings app_private.preview_ranking[], touched text[]) returns app_private.preview_ranking[]
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return (
    with asked as materialized (
      select a.words, a.total_idf, a.candidates, a.embedding, a.site_id, a.left_out, a.n, r.targets, r.by_words, r.nearest
        from unnest(searches) with ordinality a(words, total_idf, candidates, embedding, site_id, left_out, n)
        join unnest(rankings) with ordinality r(targets, by_words, nearest, n) on r.n = a.n
    ), units as materialized (
      select u.id, u.target, u.kind, u.sop_id, u.category, u.trust, u.site_id, u.content_hash, u.words, u.impacts, case when u.embedding_model = s.embedding_model then u.embedding end as embedding,
             (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now()) as holds
        from app_private.search_units u cross join app_public.club_settings s where u.target = any (touched)
    ), lists as materialized (
      -- Who is first in the lists without what is touched, and what the last of a full one scores, touched or not, if it is still there:
      -- what scores less is not named.
      select a.n, w.id as first_by_words, w.target as words_target, w.score as most_words, v.id as first_nearest, v.target as nearest_target, v.score as most_near,
             coalesce(lw.score, '-infinity') as least_words, coalesce(lv.score, '-infinity') as least_near
        from asked a
        left join lateral (select u.id, u.target, -(u.impacts <#> a.words) as score from unnest(a.by_words) with ordinality l(id, place) join app_private.search_units u on u.id = l.id
                            where u.target <> all (touched) order by l.place limit 1) w on true
        left join lateral (select u.id, u.target, -(u.embedding <#> a.embedding) as score from unnest(a.nearest) with ordinality l(id, place) join app_private.search_units u on u.id = l.id
                            where u.target <> all (touched) order by l.place limit 1) v on true
        left join lateral (select -(u.impacts <#> a.words) as score from generate_series(40, 1, -1) with ordinality l(place, n) join app_private.search_units u on u.id = a.by_words[l.place]
                            where cardinality(a.by_words) = 40 order by l.n limit 1) lw on true
        -- Of the forty nearest some may have been left out.
        left join lateral (select -(u.embedding <#> a.embedding) as score from generate_series(40, 1, -1) with ordinality l(place, n) join app_private.search_units u on u.id = a.nearest[l.place]
                            where cardinality(a.nearest) > 30 order by l.n limit 1) lv on true
    ), scored as materialized (
      select s.*, s.w + 1.5 * s.c - case when s.trust = 0 and (s.by_words or s.by_vector) then 0.3 else 0 end as s
        from (select a.n, a.site_id, u.id, u.target, u.kind, u.sop_id, u.category, u.trust, x.impact, x.cosine,
                     case when a.total_idf > 0 then case when o.lacks then -((a.left_out).impacts <#> a.words) else x.impact end / a.total_idf else 0 end as w,
                     coalesce(case when o.lacks then case when u.embedding is not null then -((a.left_out).embedding <#> a.embedding) end else x.cosine end, 0) as c,
                     coalesce(h.here and x.impact >= l.least_words and u.words @@ a.candidates
                       and (h.kept is null or h.kept and (u.kind <> 'profile' or u.target is distinct from (a.left_out).target or (a.left_out).impacts <#> a.words < 0)), false) as by_words,
                     coalesce(h.here and x.cosine >= l.least_near and coalesce(h.kept, true), false) as by_vector
                from asked a join lists l on l.n = a.n
               cross join units u
               cross join lateral (select -(u.impacts <#> a.words) as impact, -(u.embedding <#> a.embedding) as cosine offset 0) x
               cross join lateral (select (a.left_out).target is not null and u.kind = 'profile' and u.target = (a.left_out).target as lacks) o
               cross join lateral (select u.holds and (a.site_id is null or u.site_id is null or u.site_id = a.site_id) as here, u.content_hash <> (a.left_out).content_hash as kept) h
               offset 0) s
       where s.by_words or s.by_vector or s.kind in ('profile', 'section')
    ), entries as (
      select e.n, e.target, max(e.s) + 0.1 * ln(sum(exp((e.s - e.best) / 0.1))) as score, (array_agg(e.id order by e.place))[1] as id
        from (select s.*, row_number() over (partition by s.n, s.target order by s.s desc, s.id) as place, max(s.s) over (partition by s.n, s.target) as best
                from scored s where s.kind in ('phrase', 'knowledge')) e
       where e.place <= 10
       group by e.n, e.target
    ), targets as (
      select t.n, t.target, t.sop_id, t.category, t.words, t.cosine, coalesce(t.sop_id is null or e.score > t.section, false) as entry_leads, (coalesce(w.score, m.score) + m.score) / 2 as score,
             coalesce(e.id, case when t.sop_id is null then (select u.id from units u where u.target = t.target and u.kind = 'knowledge' and u.holds
               and (u.site_id is null or t.site_id is null or u.site_id = t.site_id) order by u.trust desc, u.id limit 1) end) as entry_id
        from (select s.n, s.target, s.site_id, max(s.sop_id) as sop_id, max(s.category) as category, max(s.s) filter (where s.kind = 'profile') as profile, max(s.s) filter (where s.kind = 'section') as section,
                     max(s.w) as words, max(s.c) as cosine
                from scored s group by s.n, s.target, s.site_id having bool_or(s.by_words or s.by_vector)) t
        left join entries e on e.n = t.n and e.target = t.target
       cross join lateral (select app_hidden.parts_score(t.profile, t.section, e.score) as score) m
       cross join lateral (select app_hidden.profile_score(t.profile,
           coalesce((select true from units u where u.target = t.target and u.kind in ('phrase', 'knowledge') and u.trust > 0 offset 1 limit 1), false)) as score) w
    ), firsts as materialized (
      select l.n, case when w.impact > l.most_words or w.impact = l.most_words and w.id < l.first_by_words or l.first_by_words is null then w.target else l.words_target end as by_words,
             case when v.cosine > l.most_near or v.cosine = l.most_near and v.id < l.first_nearest or l.first_nearest is null then v.target else l.nearest_target end as nearest
        from lists l
        left join (select distinct on (s.n) s.n, s.id, s.target, s.impact from scored s where s.by_words order by s.n, s.impact desc, s.id) w on w.n = l.n
        left join (select distinct on (s.n) s.n, s.id, s.target, s.cosine from scored s where s.by_vector order by s.n, s.cosine desc, s.id) v on v.n = l.n
    ), merged as (
      select k.n, array_agg((k.target, k.sop_id, k.category, k.score, k.entry_id, k.entry_leads, k.words, k.cosine, coalesce(k.target = f.by_words and k.target = f.nearest, false))::app_private.ranked_target
               order by k.score desc, k.target) as targets
        from (select a.n, t.target, t.sop_id, t.category, t.score, t.entry_id, t.entry_leads, t.words, t.cosine from asked a cross join lateral unnest(a.targets) t where t.target <> all (touched)
              union all
              select t.n, t.target, t.sop_id, t.category, t.score, t.entry_id, t.entry_leads, t.words, t.cosine from targets t where t.sop_id is not null or t.entry_id is not null) k
        join firsts f on f.n = k.n
       group by k.n
    )
    select coalesce(array_agg((coalesce(m.targets[1:25], '{}'), a.by_words, a.nearest)::app_private.preview_ranking order by a.n), '{}')
      from asked a left join merged m on m.n = a.n);
end
$$;
comment on function app_private.ranked_anew(app_private.preview_search[], app_private.preview_ranking[], text[]) is
  'Rankings of searches, in the order given, after these targets were written to: they are scored as rank_targets would, the others are as they were. What stands behind the fortieth place of a list is not looked at, though a place may have become free.';

create or replace function app_private.few_units(targets text[]) returns boolean language sql stable set search_path = app_public, public, pg_temp set jit = off as $$
  -- To score them for 200 questions must take less than to search 200 times.
  select cardinality(targets) <= 30 and 1500 >= (select count(*) from (select from app_private.search_units u where u.target = any (targets) limit 1501) u)
$$;
comment on function app_private.few_units(text[]) is 'Whether these targets have so few search units that it is worth while to rank anew what they alone can have changed.';

create or replace function app_private.rankings_after(searches app_private.preview_search[], searched app_private.preview_search[], rankings app_private.preview_ranking[], touched text[]) returns app_private.preview_ranking[]
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off as $$
declare
  v_anew bigint[] := '{}';
  v_again bigint[];
begin
  if app_private.few_units(touched) then
    v_anew := array(
      select a.n from unnest(searches) with ordinality a(words, total_idf, candidates, embedding, site_id, left_out, n)
        join unnest(searched) with ordinality b(words, total_idf, candidates, embedding, site_id, left_out, n) on b.n = a.n
       where a.words = b.words and a.total_idf = b.total_idf and a.embedding is not distinct from b.embedding
         -- What is left out of a touched target is taken account of. Of the same text elsewhere the lists would still tell.
         and (a.left_out is not distinct from b.left_out
              or coalesce((a.left_out).target, touched[1]) = any (touched) and coalesce((b.left_out).target, touched[1]) = any (touched)
                 and not exists (select from app_private.search_units u where u.id = any (rankings[a.n].by_words || rankings[a.n].nearest) and u.content_hash = (a.left_out).content_hash and u.target <> all (touched)))
       order by a.n);
  end if;
  v_again := array(select n from generate_series(1, cardinality(searches)) n where n <> all (v_anew));
  return app_hidden.at_places(
    app_private.ranked_anew(app_hidden.at_places(searches, v_anew), app_hidden.at_places(rankings, v_anew), touched) || app_private.preview_rankings(app_hidden.at_places(searches, v_again)),
    array(select array_position(v_anew || v_again, n) from generate_series(1::bigint, cardinality(searches)) n order by n));
end
$$;
comment on function app_private.rankings_after(app_private.preview_search[], app_private.preview_search[], app_private.preview_ranking[], text[]) is
  'Rankings of searches, in the order given, after a change: those whose words weigh as they did are ranked anew by what is touched, the others searched. searched, rankings: what was searched with before, and what it found.';

create or replace function app_private.search_hash(search app_private.preview_search, model text) returns bytea language sql immutable parallel safe as $$
  select sha256(convert_to(concat_ws(' ', search.words, search.total_idf, search.candidates, search.site_id, model, (search.left_out).target, (search.left_out).content_hash), 'UTF8')
    || coalesce(halfvec_send(search.embedding), ''))
$$;
comment on function app_private.search_hash(app_private.preview_search, text) is 'Names all that a question is searched with, but for what its target is like without it, which changes with the target.';

create or replace function app_private.rankings_before(searches app_private.preview_search[]) returns app_private.preview_ranking[]
language plpgsql volatile set search_path = app_public, public, pg_temp set jit = off as $$
declare
  c_keeps constant interval := '10 minutes';
  c_most constant integer := 1500; -- units written since, beyond which all is searched again
  c_large constant integer := 5000; -- units: in fewer, words are weighed by what is there at each moment, and a search takes little
  v_statistics app_private.search_statistics;
  v_model text := (select s.embedding_model from app_public.club_settings s);
  v_snapshot pg_snapshot := pg_current_snapshot();
  v_hashes bytea[];
  v_known bigint[];
  v_rankings app_private.preview_ranking[];
  v_snapshots pg_snapshot[];
  v_changed text[];
  v_writes bigint;
  v_missing bigint[];
  v_found app_private.preview_ranking[];
begin
  select * into v_statistics from app_private.search_statistics t;
  if v_statistics.units < c_large then
    return app_private.preview_rankings(searches);
  end if;
  v_hashes := array(select app_private.search_hash(searches[n], v_model) from generate_series(1, cardinality(searches)) n order by n);
  select coalesce(array_agg(h.n order by h.n), '{}'), coalesce(array_agg(r.ranking order by h.n), '{}'), array_agg(distinct r.snapshot::text) into v_known, v_rankings, v_snapshots
    from unnest(v_hashes) with ordinality h(hash, n) join app_private.dry_run_rankings r on r.search_hash = h.hash
   where r.created_at > clock_timestamp() - c_keeps and r.refreshed_at = v_statistics.refreshed_at;
  -- Not whatever was written since the oldest transaction under way then, which may have been a long one of another database.
  select coalesce(array_agg(distinct c.target), '{}'), count(*) into v_changed, v_writes
    from (select pg_snapshot_xmin(s) as xmin from unnest(v_snapshots) s order by 1 limit 1) o
   cross join lateral (
     (select u.target from app_private.search_units u where u.since_xid >= o.xmin and exists (select from unnest(v_snapshots) s where not pg_visible_in_snapshot(u.since_xid, s)) limit c_most + 1)
     union all
     (select h.target from app_private.search_unit_history h where h.until_xid >= o.xmin and exists (select from unnest(v_snapshots) s where not pg_visible_in_snapshot(h.until_xid, s)) limit c_most + 1)) c;
  if v_writes > 0 then
    if v_writes <= c_most and app_private.few_units(v_changed) then
      v_rankings := app_private.ranked_anew(app_hidden.at_places(searches, v_known), v_rankings, v_changed);
    else
      v_known := '{}';
      v_rankings := '{}';
    end if;
  end if;
  v_missing := array(select n from generate_series(1, cardinality(searches)) n where n <> all (v_known));
  v_found := app_private.preview_rankings(app_hidden.at_places(searches, v_missing));
  -- One at a time, and whoever comes meanwhile keeps nothing: nobody waits, whatever else two transactions hold.
  if pg_try_advisory_xact_lock(hashtextextended('clubos.dry_run_rankings', 0)) then
    insert into app_private.dry_run_rankings (search_hash, ranking, snapshot, refreshed_at)
    select distinct on (h.hash) h.hash, v_found[m.place], v_snapshot, v_statistics.refreshed_at
      from unnest(v_missing) with ordinality m(n, place) join unnest(v_hashes) with ordinality h(hash, n) on h.n = m.n order by h.hash
        on conflict (search_hash) do update set ranking = excluded.ranking, snapshot = excluded.snapshot, refreshed_at = excluded.refreshed_at, created_at = clock_timestamp();
    delete from app_private.dry_run_rankings r where r.created_at < clock_timestamp() - c_keeps;
  end if;
  return app_hidden.at_places(v_rankings || v_found, array(select array_position(v_known || v_missing, n) from generate_series(1::bigint, cardinality(searches)) n order by n));
end
$$;
comment on function app_private.rankings_before(app_private.preview_search[]) is
  'Rankings of searches, in the order given, where nothing is being tried: in a large club those that a dry run found within the last ten minutes, ranked anew by what was written since, and only the others searched.';
