-- The search of an answer, done again. The units are those that its snapshot saw (search_units and their history), the
-- question's vector is the stored one, and how rare its words were is written down with the answer: from these every
-- score is computed anew. test/sql/replay.test.ts holds it to what search_knowledge finds.

do $$
begin
  -- What a function returns can only be changed by making it anew.
  if pg_get_function_result(to_regprocedure('app_private.units_at(timestamptz,pg_snapshot,xid8)')) not like '%halfvec%' then
    drop function app_private.units_at(timestamptz, pg_snapshot, xid8);
    drop function app_private.targets_at(app_private.response_searches, vector, text, integer, integer);
  end if;
end
$$;
create or replace function app_private.units_at(at timestamptz, snapshot pg_snapshot default null, own_xid xid8 default null)
returns table (id bigint, kind text, target text, sop_id integer, sop_version_id integer, knowledge_id integer, category text, topic text, site_id integer, trust smallint,
  valid_from timestamptz, valid_to timestamptz, impacts sparsevec, embedding halfvec, embedding_model text, lost boolean)
language sql stable set search_path = app_public, public, pg_temp as $$
  -- The clock as well as the snapshot: in a database that was restored, transactions are counted from anew.
  select u.id, u.kind, u.target, u.sop_id, u.sop_version_id, u.knowledge_id, u.category::text, u.topic::text, u.site_id, u.trust, u.valid_from, u.valid_to, u.impacts,
         u.embedding, u.embedding_model, false
    from app_private.search_units u
   where u.since <= units_at.at and (units_at.snapshot is null or u.since_xid = units_at.own_xid or pg_visible_in_snapshot(u.since_xid, units_at.snapshot))
  union all
  select h.unit_id, h.kind, h.target, h.sop_id, h.sop_version_id, h.knowledge_id, h.category::text, h.topic::text, h.site_id, h.trust, h.valid_from, h.valid_to, h.impacts,
         coalesce(h.embedding, c.embedding::halfvec(1536)), h.embedding_model, h.erased or (h.embedding_model is not null and coalesce(h.embedding, c.embedding) is null)
    from app_private.search_unit_history h
    left join app_private.embedding_cache c on c.content_hash = h.content_hash and c.model = h.embedding_model and h.embedding is null
   where (h.until > units_at.at or h.until_xid >= pg_snapshot_xmin(units_at.snapshot))
     and h.since <= units_at.at and (units_at.snapshot is null or h.since_xid = units_at.own_xid or pg_visible_in_snapshot(h.since_xid, units_at.snapshot))
     and not (h.until <= units_at.at and (units_at.snapshot is null or coalesce(h.until_xid = units_at.own_xid, false) or pg_visible_in_snapshot(h.until_xid, units_at.snapshot)))
$$;
comment on function app_private.units_at(timestamptz, pg_snapshot, xid8) is
  'The search units that a snapshot saw (and its own transaction''s writing), or without one, that were written by a time. lost: erased, or its vector is no longer kept.';

create or replace function app_private.targets_at(search app_private.response_searches, question_embedding vector, only_category text, only_site_id integer, most integer default 40)
returns table (target text, sop_id integer, sop_version_id integer, category text, topic text, score double precision, entry_kind text, entry_trust smallint, knowledge_id integer,
  entry_leads boolean, words double precision, cosine double precision, lost boolean)
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off as $$
#variable_conflict use_column
declare
  -- As in rank_targets, step by step.
  c_cosine_weight constant double precision := 1.5;
  c_softness constant double precision := 0.1;
  c_votes constant integer := 10;
  c_unreviewed constant double precision := 0.3;
  v_at timestamptz := search.searched_at;
  v_model text := search.embedding_model;
  v_question halfvec := question_embedding;
  v_candidates sparsevec := (select ('{' || coalesce(string_agg(distinct d || ':1', ','), '') || '}/268435456')::sparsevec from unnest(search.candidates) d);
begin
  return query
  with units as materialized (
    select u.*, (u.site_id is null or only_site_id is null or u.site_id = only_site_id) and (u.valid_from is null or u.valid_from <= v_at) and (u.valid_to is null or u.valid_to > v_at) as holds
      from app_private.units_at(v_at, search.snapshot, search.own_xid) u
  ), by_words as materialized (
    select u.id, u.target from units u where search.by_words is not null and only_category is null and u.id = any (search.by_words)
    union all
    (select u.id, u.target from units u
      where (search.by_words is null or only_category is not null) and (u.impacts <#> search.words) < 0 and (cardinality(search.candidates) = 0 or (u.impacts <#> v_candidates) < 0)
        and (only_category is null or u.category = only_category) and u.holds
      order by u.impacts <#> search.words, u.id limit 40)
  ), by_meaning as materialized (
    select u.id, u.target from units u where only_category is null and question_embedding is not null and u.id = any (search.nearest)
    union all
    (select u.id, u.target from units u
      where (only_category is null and search.nearest is null or u.category = only_category) and question_embedding is not null and u.embedding_model = v_model and u.holds
      order by u.embedding <#> v_question, u.id limit 40)
  ), found as materialized (
    select w.id, w.target from by_words w union select m.id, m.target from by_meaning m
  ), reached as materialized (
    select u.*, x.w, x.c, x.w + c_cosine_weight * x.c - case when u.trust = 0 then c_unreviewed else 0 end as s, exists (select from found f where f.id = u.id) as named
      from units u
     cross join lateral (
       select case when search.total_idf > 0 then -(u.impacts <#> search.words) / search.total_idf else 0 end as w,
              case when question_embedding is not null and u.embedding_model = v_model then coalesce(-(u.embedding <#> v_question), 0) else 0 end as c) x
     where u.holds and (u.id in (select k.id from found k) or u.kind in ('profile', 'section') and u.target in (select k.target from found k))
  ), scored as materialized (
    select r.* from reached r
     where r.target in (select n.target from reached n where n.named group by n.target order by max(n.s) desc, n.target limit most)
  ), entries as (
    select e.target, max(e.s) + c_softness * ln(sum(exp((e.s - e.best) / c_softness))) as a, (array_agg(e.id order by e.place))[1] as id
      from (select s.target, s.id, s.s, row_number() over (partition by s.target order by s.s desc, s.id) as place, max(s.s) over (partition by s.target) as best
              from scored s where s.kind in ('phrase', 'knowledge')) e
     where e.place <= c_votes
     group by e.target
  ), targets as (
    select s.target, max(s.sop_id) as sop_id, max(s.category) as category, max(s.topic) as topic, max(s.s) filter (where s.kind = 'profile') as p,
           max(s.s) filter (where s.kind = 'section') as b, max(s.w) as w, max(s.c) as c, bool_or(s.lost) as lost
      from scored s group by s.target
  ), combined as (
    select t.*, e.a, app_hidden.parts_score(t.p, t.b, e.a) as m,
           app_hidden.profile_score(t.p, t.target in (select u.target from units u where u.kind in ('phrase', 'knowledge') and u.trust > 0 group by u.target having count(*) > 1)) as whole,
           coalesce(e.id, case when t.sop_id is null then (select u.id from units u where u.target = t.target and u.kind = 'knowledge' and u.holds order by u.trust desc, u.id limit 1) end) as entry_id
      from targets t left join entries e on e.target = t.target
  )
  select c.target, c.sop_id, p.sop_version_id, c.category, c.topic, (coalesce(c.whole, c.m) + c.m) / 2, u.kind, u.trust, u.knowledge_id,
         c.sop_id is null or coalesce(c.a > c.b, false), c.w, c.c, c.lost
    from combined c
    left join units u on u.id = c.entry_id
    left join units p on p.target = c.target and p.kind = 'profile' and p.sop_id is not null
   where c.sop_id is not null or c.entry_id is not null
   order by 6 desc, c.target
   limit most;
end
$$;
comment on function app_private.targets_at(app_private.response_searches, vector, text, integer, integer) is
  'What search_targets ranked, with the inputs and among the units of an earlier search. lost: something of the target was erased since, so that its score may differ.';

create or replace function app_private.search_at(search app_private.response_searches, question_embedding vector, only_category text, only_site_id integer, first integer default 10)
returns setof app_public.search_result language sql stable set search_path = app_public, public, pg_temp as $$
  select t.place, case when q.own_answer then 'knowledge' else 'sop' end, t.sop_id, t.sop_version_id, v.version, case when t.entry_leads or q.own_answer then t.knowledge_id end,
         coalesce(v.category, t.category)::text, coalesce(v.section, t.topic)::text, null::text, null::text, null::text, case when t.lost then 'lost' end,
         case when t.entry_leads then t.entry_trust else 3::smallint end, t.score, t.words, t.cosine, null::double precision
    from (select x.*, row_number() over (order by x.score desc, x.target)::integer as place
            from app_private.targets_at(search_at.search, question_embedding, only_category, only_site_id) x) t
   cross join lateral (select t.sop_id is null or (t.entry_leads and t.entry_kind = 'knowledge' and t.entry_trust = 3) as own_answer) q
    left join app_public.sop_versions v on v.id = t.sop_version_id
   where t.place <= search_at.first
   order by t.place
$$;
comment on function app_private.search_at(app_private.response_searches, vector, text, integer, integer) is
  'What search_knowledge found at an earlier search, without texts; matched says "lost" where something of a source was erased since.';

create or replace function app_private.search_inputs_at(question text, question_embedding vector, model text, at timestamptz) returns app_private.response_searches
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off as $$
declare
  c_rows constant integer := 2000; -- of question_words
  v_search app_private.response_searches;
begin
  v_search.searched_at := search_inputs_at.at;
  v_search.embedding_model := case when question_embedding is not null then model end;
  with units as materialized (
    select u.impacts from app_private.units_at(search_inputs_at.at) u
  ), term as materialized (
    select distinct on (d.dimension) d.dimension, d.df, ln(1 + (t.n - d.df + 0.5) / (d.df + 0.5)) as idf
      from (select count(*)::double precision as n from units) t
     cross join lateral (
       select app_hidden.lexeme_dimension(l.lexeme) as dimension, l.lexeme,
              (select count(*) from units u where (u.impacts <#> format('{%s:1}/268435456', app_hidden.lexeme_dimension(l.lexeme))::sparsevec) < 0)::double precision as df
         from app_private.searched_words(left(search_inputs_at.question, 20000), null) w, unnest(tsvector_to_array(to_tsvector('app_public.clubos', w.question))) l(lexeme) limit 200) d
  )
  select ('{' || coalesce(string_agg(x.dimension || ':' || x.idf::real, ','), '') || '}/268435456')::sparsevec, coalesce(sum(x.idf), 0),
         coalesce(array_agg(x.dimension) filter (where x.df > 0 and (x.place = 1 or x.upto <= c_rows)), '{}')
    into v_search.words, v_search.total_idf, v_search.candidates
    from (select t.*, row_number() over (order by t.df = 0, t.df, t.dimension) as place, sum(t.df) over (order by t.df = 0, t.df, t.dimension) as upto from term t) x;
  return v_search;
end
$$;
comment on function app_private.search_inputs_at(text, vector, text, timestamptz) is 'What a search at some time would have searched with: how rare the words were among the units of that time. Spelling is corrected by the words of today.';

drop function if exists app_public.replay_response(bigint, timestamptz);
create function app_public.replay_response(id bigint, at timestamptz default null)
returns table (rank integer, kind text, sop_id integer, sop_version_id integer, version integer, knowledge_id integer, category text, topic text, score double precision,
  stored_kind text, stored_sop_id integer, stored_sop_version_id integer, stored_version integer, stored_knowledge_id integer, stored_category text, stored_topic text, stored_score double precision,
  same boolean, all_same boolean, exact boolean)
language plpgsql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
#variable_conflict use_column
declare
  v_response app_public.responses;
  v_search app_private.response_searches;
  v_inputs app_private.response_searches;
  v_vector vector;
  v_found app_public.search_result[];
  v_exact boolean;
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('agent');
  end if;
  select * into v_response from app_public.responses r where r.id = replay_response.id;
  if v_response.id is null then
    raise exception 'There is no response with id %.', coalesce(replay_response.id::text, 'null') using errcode = 'CO404';
  elsif v_response.erased_at is not null then
    raise exception 'This answer was erased, and with it what it was searched with.' using errcode = 'CO110', hint = 'Its sources'' names are kept: see response_sources.';
  end if;
  select * into v_search from app_private.response_searches s where s.response_id = v_response.id;
  v_exact := v_search.response_id is not null and replay_response.at is null
    and v_search.searched_at >= now() - (select r.keep from app_public.retention_rules r where r.kind = 'embedding_cache');
  -- Of an answer that tells nothing of its search, the vector that there is.
  select c.embedding into v_vector from app_private.embedding_cache c
   where c.content_hash = v_response.question_hash and c.model = case when v_search.response_id is null then v_response.embedding_model else v_search.embedding_model end;
  if v_search.embedding_model is not null and v_vector is null then
    raise exception 'The vector of this question is no longer kept, so its search cannot be done again.' using errcode = 'CO151',
      hint = 'The retention rule embedding_cache says for how long vectors are kept; search_as_of searches for the question by words.';
  end if;
  if not v_exact then
    v_inputs := app_private.search_inputs_at(v_response.question, v_vector, coalesce(v_search.embedding_model, v_response.embedding_model), coalesce(replay_response.at, v_response.created_at));
    v_inputs.routed := v_search.routed;
    v_inputs.reranked := v_search.reranked;
    v_inputs.emergency := case when v_search.response_id is not null then v_search.emergency when v_response.outcome = 'emergency' then coalesce(substring(v_response.reason from 'rule: (\w+)'), '') end;
    v_search := v_inputs;
  end if;
  v_found := array(select f from app_private.search_at(v_search, v_vector, nullif(v_response.requested_category, ''), v_response.site_id) f order by f.rank);
  if v_search.routed is not null and not exists (select from unnest(v_found) f where f.rank <= 3 and f.category = v_search.routed) then
    v_found := app_private.with_routed(v_found, array(select f from app_private.search_at(v_search, v_vector, v_search.routed, v_response.site_id, 3) f));
  end if;
  if v_search.reranked is not null then
    -- The model is not asked again: its order is what was written down.
    v_found := app_private.reranked(v_found, v_search.reranked);
  end if;
  if v_search.emergency is not null then
    v_found := app_private.emergency_first(v_found, array(select f from app_private.search_at(v_search, v_vector, 'emergency', v_response.site_id, 10) f), nullif(v_search.emergency, ''));
  end if;
  return query
    select f.rank, f.kind, f.sop_id, f.sop_version_id, f.version, f.knowledge_id, f.category, f.topic, f.score,
           s.kind, s.sop_id, s.sop_version_id, s.version, s.knowledge_id, s.category::text, s.topic::text, s.score,
           c.same, bool_and(c.same) over (), v_exact and not coalesce(bool_or(f.matched = 'lost') over (), false)
      from (select * from unnest(v_found) x where x.rank <= 10) f
      full join (select x.*, v.version from app_public.response_sources x left join app_public.sop_versions v on v.id = x.sop_version_id where x.response_id = v_response.id) s on s.rank = f.rank
     cross join lateral (select f.rank is not null and s.rank is not null
       and (f.kind, f.sop_version_id, f.knowledge_id) is not distinct from (s.kind, s.sop_version_id, s.knowledge_id) as same) c
     order by coalesce(f.rank, s.rank);
end
$$;
comment on function app_public.replay_response(bigint, timestamptz) is
$$The sources of an answer, found again: rank by rank what the search finds (rank to score), beside what was stored (stored_…), and whether both are the same SOP version or knowledge entry (same; all_same: at every rank).
Nothing is taken from what was stored: the stored vector is compared again with the search units of that time, which the history keeps, and every score computed anew. at: null for the moment the question was answered, by the very snapshot that was searched; another time searches again as of then, for "would it have been found on 3 March?" (now(): would it be found today?).
exact: it was by the snapshot, and nothing that was searched has been erased since. Answers recorded before searches were written down, those older than the retention rule embedding_cache keeps vectors and earlier search units, and those at another time are by the clock: exact is false.
Errors: CO110 erased, CO151 the question's vector is no longer kept (retention rule embedding_cache), CO403 not staff, CO404 no such response.$$;
