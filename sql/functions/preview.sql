-- A dry run in four steps: what the change touches, which questions that could matter to, what each finds without and
-- with the change (preview_rankings.sql), and what became of it.
drop function if exists app_private.preview_questions(app_public.improvement_queue, integer, integer);
drop function if exists app_private.ask_for_preview(app_public.improvement_queue, integer, integer);
drop function if exists app_private.first_result(text);

create or replace function app_private.touched_targets(improvement app_public.improvement_queue) returns text[]
language sql stable set search_path = app_public, public, pg_temp as $$
  select coalesce(array_agg(distinct t.target), '{}') from (
    select 'sop:' || (improvement.applied ->> 'sop_id') as target where improvement.applied ? 'sop_id'
    union all
    -- By the entries' own rows: one that is retired or merged away may have no search unit any more.
    select app_hidden.target_of(k.sop_id, k.category, k.topic) from app_public.knowledge_base k
     where k.id = any (array(
       select (e ->> 'id')::integer from jsonb_array_elements(improvement.applied -> 'entries') e
       union all
       select i::integer from (values ('keep_id'), ('duplicate_ids'), ('knowledge_ids')) n(name),
         jsonb_array_elements_text(case jsonb_typeof(improvement.suggested_sop_update -> n.name) when 'array' then improvement.suggested_sop_update -> n.name
           when 'number' then jsonb_build_array(improvement.suggested_sop_update -> n.name) else '[]' end) i))) t
$$;
comment on function app_private.touched_targets(app_public.improvement_queue) is 'The targets of a search that a proposal wrote to, once its handler has run.';

create or replace function app_private.preview_questions(improvement app_public.improvement_queue, touched text[], most integer default 200)
returns table (question text, site text, expected text, role text)
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off as $$
#variable_conflict use_column
declare
  v_model text := (select s.embedding_model from app_public.club_settings s);
begin
  return query
  with failing as (
    select f.query, f.site_id, 1 as place,
           case when f.expected_category = 'hand_over' and coalesce(f.expected_sop_id::text, f.expected_topic) is null then 'hand_over'
                when coalesce(f.expected_sop_id, improvement.sop_id, (improvement.suggested_sop_update ->> 'sop_id')::integer) is not null
                  then 'sop:' || coalesce(f.expected_sop_id, improvement.sop_id, (improvement.suggested_sop_update ->> 'sop_id')::integer)
                else 'topic:' || coalesce(f.expected_category, improvement.suggested_sop_update ->> 'category') || '/' || coalesce(f.expected_topic, improvement.suggested_sop_update ->> 'topic') end as target,
           'failing' as role, row_number() over (order by f.id desc) as n
      from app_public.improvement_evidence e join app_public.failed_responses f on f.id = e.failed_response_id
     where e.improvement_id = improvement.id and f.withdrawn_at is null and f.erased_at is null
     order by f.id desc limit most * 2 / 5
  ), golden as (
    select g.question, g.site_id, 2, g.expected, 'golden', row_number() over (order by g.expected = any (touched) desc, g.golden_question_id)
      from app_private.golden_targets() g order by 6 limit most * 3 / 10
  ), of_sop as (
    -- Answered well by what changes.
    select r.question, r.site_id, 3, 'sop:' || s.sop_id, 'good', row_number() over (order by s.response_id desc)
      from app_public.response_sources s join app_public.responses r on r.id = s.response_id
     where s.rank = 1 and s.sop_id = any (array(select substr(t, 5)::integer from unnest(touched) t where t like 'sop:%'))
       and r.feedback = 'helpful' and (r.outcome = 'answered' or r.category = 'hand_over') and r.erased_at is null
     order by s.response_id desc limit most * 3 / 10
  ), of_entries as (
    select r.question, r.site_id, 3, k.target, 'good', row_number() over (order by s.response_id desc)
      from (select distinct u.knowledge_id, u.target from app_private.search_units u where u.target = any (touched) and u.target like 'topic:%' and u.knowledge_id is not null) k
      join app_public.response_sources s on s.knowledge_id = k.knowledge_id and s.rank = 1 join app_public.responses r on r.id = s.response_id
     where r.feedback = 'helpful' and (r.outcome = 'answered' or r.category = 'hand_over') and r.erased_at is null
     order by s.response_id desc limit most * 3 / 10
  ), near as (
    -- Questions known to lead elsewhere that lie nearest to what changes: what it could take away.
    select u.embedding_text, u.site_id, 4, u.target, 'good', row_number() over (order by min(n.place), u.id)
      from (select t.embedding from app_private.search_units t where t.target = any (touched) and t.embedding_model = v_model and t.kind <> 'profile' order by t.id desc limit 8) t
     cross join lateral app_private.nearest_units(t.embedding, v_model) with ordinality n(unit_id, place)
      join app_private.search_units u on u.id = n.unit_id
     where u.kind in ('knowledge', 'phrase') and u.target <> all (touched) and u.trust > 0
       and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
     group by u.id order by 6 limit most * 3 / 10
  ), lately as (
    select r.question, r.site_id, 5, case when s.sop_id is not null then 'sop:' || s.sop_id else 'topic:' || s.category || '/' || s.topic end, 'good', row_number() over (order by r.created_at desc, r.id desc)
      from app_public.responses r join app_public.response_sources s on s.response_id = r.id and s.rank = 1
     where r.feedback = 'helpful' and r.outcome = 'answered' and r.erased_at is null order by r.created_at desc, r.id desc limit most * 3 / 20
  ), distinct_ones as (
    select distinct on (lower(a.query) collate "C", a.site_id) a.*
      from (select * from failing union all select * from golden union all select * from of_sop union all select * from of_entries union all select * from near union all select * from lately) a
     where a.target is not null
     order by lower(a.query) collate "C", a.site_id, a.place, a.n
  )
  select d.query, (select s.slug from app_public.sites s where s.id = d.site_id), d.target, d.role from distinct_ones d order by d.place, d.n limit most;
end
$$;
comment on function app_private.preview_questions(app_public.improvement_queue, text[], integer) is
  'What a dry run asks, at most so many: the latest failing questions behind the proposal, golden questions, those that were answered well by what it touches, known ones of other targets that lie nearest to it, and the latest that were answered well; each with the site (slug) it was asked at and the target that is right (hand_over: none). To be called where the proposal is applied.';

create or replace function app_hidden.readable_name(name text) returns text language sql immutable parallel safe as $$
  select upper(left(w, 1)) || substr(w, 2) from app_hidden.in_words(name) w
$$;
comment on function app_hidden.readable_name(text) is 'A name as a person reads it: tech_support is "Tech support".';

create or replace function app_private.target_title(target text, entry_id bigint default null) returns text
language sql stable set search_path = app_public, public, pg_temp as $$
  select case when target = 'hand_over' then null
              when target like 'sop:%' then (select app_hidden.readable_name(s.category) || ' / ' || app_hidden.readable_name(s.section) from app_public.sops s where s.id = substr(target, 5)::integer)
              else coalesce((select u.title from app_private.search_units u where u.id = entry_id and u.kind = 'knowledge'),
                            (select u.title from app_private.search_units u where u.target = target_title.target and u.kind = 'knowledge' order by u.trust desc, u.id limit 1),
                            (select app_hidden.readable_name(split_part(p, '/', 1)) || ' / ' || app_hidden.readable_name(substr(p, strpos(p, '/') + 1)) from substr(target, 7) p)) end
$$;
comment on function app_private.target_title(text, bigint) is
  'What a person reads of a target: "Category / Section" of an SOP; of a topic the question of its entry (the one given, else the most trusted), or "Category / Topic" where it has none.';

-- A known question finds itself, so that whatever is changed it seems answered. Asked without what was learned from it,
-- it stands for others that ask alike: its own units are left out, and its part in the profile of its target, which
-- is computed as app_private.rebuild_profile would.
create or replace function app_private.asked_as_new(questions jsonb, as_new boolean) returns table (place bigint, left_out app_private.left_out)
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
    with asked as materialized (
      select q.n, q.asked ->> 'expected' as target, to_tsvector('app_public.clubos', o.question) as words, app_hidden.embedding_hash(o.question) as content_hash
        from jsonb_array_elements(questions) with ordinality q(asked, n)
       cross join lateral (select coalesce(q.asked ->> 'masked', app_hidden.learnable_question(q.asked ->> 'question')) as question) o
       where as_new or q.asked ->> 'role' = 'good'
    ), units as materialized (
      select u.id, u.target, u.content_hash, u.embedding_model = (select s.embedding_model from app_public.club_settings s) as comparable
        from app_private.search_units u
       where u.target = any (array(select distinct a.target from asked a)) and u.kind in ('phrase', 'knowledge') and u.trust > 0
    ), own as materialized (
      select a.n, a.target, a.words, a.content_hash, count(u.id) as times, sum(v.embedding) as embedding, count(v.embedding) as embedded
        from asked a join units u on u.target = a.target and u.content_hash = a.content_hash
        left join lateral (select o.embedding::vector from app_private.search_units o where o.id = u.id and u.comparable) v on true
       group by 1, 2, 3, 4
    ), asked_vectors as materialized (
      -- Not of the list above, which with its vectors would not fit into memory.
      select t.target, sum(v.embedding) as asked, count(v.embedding) as embedded
        from (select distinct o.target from own o) t
       cross join lateral (
         select u.embedding::vector from app_private.search_units u
          where u.target = t.target and u.kind in ('phrase', 'knowledge') and u.trust > 0 and u.embedding_model = (select s.embedding_model from app_public.club_settings s) offset 0) v
       group by t.target
    ), targets as materialized (
      select t.target, p.words, app_private.said_vector(t.target, s.embedding_model) as said, v.asked, coalesce(v.embedded, 0) as embedded, app_hidden.usual_length(t.target, 'profile') as usual_length
        from (select distinct o.target from own o) t cross join app_public.club_settings s
        join app_private.search_units p on p.target = t.target and p.kind = 'profile'
        left join asked_vectors v on v.target = t.target
    ), words as materialized (
      select o.n, ('{' || string_agg(w.dimension || ':' || w.tf * 2.2 / (w.tf + 1.2 * (0.25 + 0.75 * w.length / t.usual_length)), ',' order by w.dimension) || '}/268435456')::sparsevec as impacts
        from own o join targets t on t.target = o.target
       cross join lateral (
         select app_hidden.lexeme_dimension(x.lexeme) as dimension, max(l.tf - x.part) as tf, max(l.length - x.parts) as length
           from (select p.lexeme, coalesce(cardinality(p.positions), 1)::real as tf, (sum(coalesce(cardinality(p.positions), 1)) over ())::real as length from unnest(t.words) p) l
           join (
             -- What the question gave: of an SOP each counts twice.
             select q.lexeme, coalesce(cardinality(q.positions), 1) * c.times as part, sum(coalesce(cardinality(q.positions), 1)) over () * c.times as parts
               from unnest(o.words) q cross join (select o.times * case when o.target like 'sop:%' then 2 else 1 end as times) c) x on x.lexeme = l.lexeme
          group by 1) w
       where w.tf > 0 group by 1
    )
    select a.n, (a.content_hash, case when o.n is not null then a.target end, coalesce(w.impacts, '{}/268435456'::sparsevec),
             l2_normalize(case when t.said is null then r.asked when r.asked is null then t.said else t.said + r.asked end))::app_private.left_out
      from asked a
      left join own o on o.n = a.n
      left join targets t on t.target = o.target
      left join words w on w.n = o.n
      left join lateral (select l2_normalize(t.asked - o.embedding) as asked where t.embedded > o.embedded) r on true;
end
$$;
comment on function app_private.asked_as_new(jsonb, boolean) is
  'What a search leaves out to ask the good questions, or all where as_new, as if nothing had been learned from them. questions: [{question, role, expected}]; place: from 1.';

-- A search of each question, of which the words are weighed once for all that a dry run asks it, and the first target alone
-- is looked at. test/sql/dry_run_search.test.ts holds it to what app_private.search finds.
drop function if exists app_private.run_preview(jsonb);
drop function if exists app_private.preview_searches(jsonb, boolean, app_private.preview_search[]);
create or replace function app_private.preview_searches(questions jsonb, as_new boolean default false, known app_private.preview_search[] default '{}', touched text[] default null) returns app_private.preview_search[]
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return (
    with without as materialized (
      select * from app_private.asked_as_new((select coalesce(jsonb_agg(case when touched is null or q.asked ->> 'expected' = any (touched) then q.asked else '{}' end order by q.n), '[]')
                                                from jsonb_array_elements(questions) with ordinality q(asked, n)), as_new)
    ), asked as materialized (
      select q.n, coalesce(left(q.asked ->> 'question', 20000), '') as question, q.asked ->> 'site' as site, coalesce(k.embedding, e.embedding::halfvec) as embedding,
             k.words, k.total_idf, k.candidates, case when not q.asked ->> 'expected' = any (touched) then k.left_out end as left_out, k.words is not null and k.candidates is not null and k.embedding is not null
               -- What question_words looks up is the same until the next refresh; what it counts may not be.
               and (select s.units >= 5000 from app_private.search_statistics s)
               and not exists (select from unnest(tsvector_to_array(to_tsvector('app_public.clubos', left(q.asked ->> 'question', 20000)))) l(lexeme)
                                where not exists (select from app_private.lexeme_frequencies f where f.lexeme = l.lexeme)) as same
        from jsonb_array_elements(questions) with ordinality q(asked, n)
        left join unnest(known) with ordinality k(words, total_idf, candidates, embedding, site_id, left_out, n) on k.n = q.n
          -- By its key for each: planned as a join, the cache would be read from end to end.
        left join lateral (select c.embedding from app_private.embedding_cache c
            where c.content_hash = app_hidden.embedding_hash(q.asked ->> 'question') and c.model = (select s.embedding_model from app_public.club_settings s) offset 0) e on k.embedding is null
    )
    select coalesce(array_agg((w.impacts, w.total_idf, w.candidates, a.embedding, app_hidden.find_site(a.site), coalesce(o.left_out, a.left_out))::app_private.preview_search order by a.n), '{}')
      from asked a
     cross join lateral (
       select a.words as impacts, a.total_idf, a.candidates where a.same
       union all
       select w.impacts, w.total_idf, w.candidates from app_private.searched_words(a.question, null) w where not a.same) w
      left join without o on o.place = a.n);
end
$$;
comment on function app_private.preview_searches(jsonb, boolean, app_private.preview_search[], text[]) is
  'What questions are searched with at this moment, in the order given. questions, as_new: as run_preview says. known: what the same questions were searched with, to spare weighing words again that weigh the same; touched: the targets written to since, where the same was left out of the others.';

drop function if exists app_private.preview_results(app_private.preview_search[]);
create or replace function app_private.preview_results(searches app_private.preview_search[], rankings app_private.preview_ranking[]) returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return (
    with found as materialized (
      select a.n, f.target, f.sop_id, f.category, f.score, app_hidden.confidence(f.cosine, r.rivals, f.agreed, r.persons) as confidence, f.entry_leads, u.knowledge_id, u.body as answer, a.words, a.total_idf, a.embedding,
             f.sop_id is null or (f.entry_leads and u.kind = 'knowledge' and u.trust = 3) as own_answer
        from unnest(searches) with ordinality a(words, total_idf, candidates, embedding, site_id, left_out, n)
        join unnest(rankings) with ordinality k(targets, by_words, nearest, n) on k.n = a.n
       cross join lateral (select t.* from unnest(k.targets[1:1]) t) f
       cross join lateral (select sum(r.rival) as rivals, sum(r.rival ^ 2) filter (where r.category = 'hand_over' and f.category <> 'hand_over') / sum(r.rival ^ 2) as persons
                              from (select exp((t.score - f.score) / 0.2) as rival, t.category from unnest(k.targets[1:20]) t) r) r
        left join app_private.search_units u on u.id = f.entry_id
    )
    select coalesce(jsonb_agg(jsonb_build_object('target', f.target, 'title', case when f.n is not null then app_private.target_title(f.target, t.entry_id) end, 'score', f.score,
             'confidence', round(f.confidence::numeric, 4), 'answered', coalesce(f.confidence >= c.confidence_threshold and f.category <> 'hand_over', false), 'text', nullif(t.text, ''))
             || case when f.category = 'hand_over' then jsonb '{"for_a_person": true}' else '{}' end order by a.n), '[]')
      from generate_series(1, cardinality(searches)) a(n)
     cross join app_public.club_settings c
      left join found f on f.n = a.n
      left join lateral (
        select case when f.own_answer then f.answer else (
                 select concat_ws(E'\n', b.heading, b.body)
                   from app_private.search_units b
                  where b.target = f.target and b.kind = 'section'
                  order by app_hidden.section_score(b.heading, -(b.impacts <#> f.words) / nullif(f.total_idf, 0), case when b.embedding_model = c.embedding_model then -(b.embedding <#> f.embedding) end) desc, b.ordinal
                  limit 1) end as text,
               case when f.entry_leads or f.own_answer then (select u.id from app_private.search_units u where u.knowledge_id = f.knowledge_id and u.ordinal = 0 limit 1) end as entry_id
         where f.n is not null) t on true);
end
$$;
comment on function app_private.preview_results(app_private.preview_search[], app_private.preview_ranking[]) is 'What searches find, in the order given, as run_preview says. rankings: of the searches.';

create or replace function app_private.run_preview(questions jsonb, as_new boolean default false) returns jsonb
language sql stable set search_path = app_public, public, pg_temp as $$
  select app_private.preview_results(s.searches, app_private.preview_rankings(s.searches)) from (select app_private.preview_searches(questions, as_new) as searches offset 0) s
$$;
comment on function app_private.run_preview(jsonb, boolean) is
  'What each question finds at this moment, in the order given: [{target, title, score, confidence, answered (sure enough, and not for a person), text, for_a_person (true, or not there)}], as search_knowledge finds it. questions: [{question, site, role, expected}]. Good ones, and all where as_new, are asked as if nothing had been learned from them.';

drop function if exists app_private.nearest_touched(jsonb, text[]);
drop function if exists app_private.nearest_touched(sparsevec[], double precision[], vector[], text[]);
drop function if exists app_private.question_points(jsonb);
drop function if exists app_private.nearest_touched(app_private.preview_search[], text[]);
drop function if exists app_private.within_reach(jsonb, text[], double precision[], double precision[]);

create or replace function app_hidden.answered_rightly(expected text, found jsonb) returns boolean language sql immutable parallel safe as $$
  select case when expected = 'hand_over' then not (found ->> 'answered')::boolean else coalesce(found ->> 'target' = expected, false) and ((found ->> 'answered')::boolean or found ? 'for_a_person') end
$$;
comment on function app_hidden.answered_rightly(text, jsonb) is 'Whether what a question finds (as app_private.run_preview says) comes from the expected target and is sure enough to be given, or for a person as expected; for hand_over, whether it is not given.';

drop function if exists app_private.fixed_for_others(jsonb, jsonb, integer);
drop function if exists app_private.fixed_for_others(jsonb, app_private.preview_search[], jsonb, integer);
create or replace function app_private.fixed_for_others(questions jsonb, searches app_private.preview_search[], rankings app_private.preview_ranking[], touched text[], after jsonb, most integer, out asked bigint[], out fixed bigint[])
language plpgsql volatile set search_path = app_public, public, pg_temp set jit = off as $$
declare
  v_asked jsonb;
  v_known app_private.preview_search[];
  v_as_new app_private.preview_search[];
  v_found jsonb;
begin
  select coalesce(array_agg(a.n order by a.n), '{}'), coalesce(jsonb_agg(a.asked order by a.n), '[]') into fixed_for_others.asked, v_asked
    from (select q.n, q.asked
            from jsonb_array_elements(questions) with ordinality q(asked, n)
            join jsonb_array_elements(after) with ordinality f(found, n) on f.n = q.n
           where q.asked ->> 'role' = 'failing' and app_hidden.answered_rightly(q.asked ->> 'expected', f.found)
           order by q.n limit most) a;
  v_known := app_hidden.at_places(searches, fixed_for_others.asked);
  v_as_new := app_private.preview_searches(v_asked, true, v_known);
  v_found := app_private.preview_results(v_as_new, app_private.rankings_after(v_as_new, v_known, app_hidden.at_places(rankings, fixed_for_others.asked), touched));
  fixed := array(select fixed_for_others.asked[a.place] from jsonb_array_elements(v_asked) with ordinality a(question, place)
    where app_hidden.answered_rightly(a.question ->> 'expected', v_found -> (a.place::integer - 1)) order by a.place);
end
$$;
comment on function app_private.fixed_for_others(jsonb, app_private.preview_search[], app_private.preview_ranking[], text[], jsonb, integer) is
  'Of the failing questions that are answered rightly, at most so many are asked as new, without what the change took from their own words: the places (from 1) of those asked, and of those still answered rightly. Who asks alike is helped with them, not only who repeats the question. searches, rankings: without the change; touched: its targets; after: as run_preview says; to be called where the proposal is applied.';

create or replace function app_hidden.preview_effect(role text, expected text, before jsonb, after jsonb) returns text
language sql immutable parallel safe as $$
  select case when not right_before and right_after then 'fixed'
              when right_before and not right_after or role <> 'failing' and before ->> 'target' = expected and after ->> 'target' is distinct from expected then 'broken'
              when role = 'failing' and not right_after then 'still_failing'
              -- Asked without what was learned from it, it leads elsewhere with the change and without: it tells nothing of its source.
              when role = 'good' and before ->> 'target' is distinct from expected and after ->> 'target' is distinct from expected then 'unaffected'
              when before ->> 'target' is distinct from after ->> 'target' or before ->> 'text' is distinct from after ->> 'text' then 'changed'
              else 'unaffected' end
    from (select app_hidden.answered_rightly(expected, before) as right_before, app_hidden.answered_rightly(expected, after) as right_after) r
$$;
comment on function app_hidden.preview_effect(text, text, jsonb, jsonb) is
$$What a change does to a question: fixed (answered rightly with it, not without), broken (the other way round, or a right source that is no longer first), still_failing, changed (another source or text, no worse by what is expected), unaffected. Right is what comes from the expected target and is sure enough to be given, or for hand_over what is not. before, after: as app_private.run_preview says.$$;

drop function if exists app_private.compare_preview(jsonb, jsonb, jsonb, bigint[]);
drop function if exists app_private.compare_preview(jsonb, jsonb, jsonb, bigint[], bigint[], bigint[]);
create or replace function app_private.compare_preview(questions jsonb, before jsonb, after jsonb, asked_as_new bigint[], for_others bigint[]) returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return (
    with compared as (
      select x.n, x.q ->> 'masked' as question, x.q ->> 'role' as role, x.q ->> 'expected' as expected, x.q -> 'expected_title' as title, a.found as a, b.found as b
        from jsonb_array_elements(questions) with ordinality x(q, n) join jsonb_array_elements(before) with ordinality b(found, n) on b.n = x.n join jsonb_array_elements(after) with ordinality a(found, n) on a.n = x.n
    ), judged as (
      select c.*, app_hidden.preview_effect(c.role, c.expected, c.b, c.a) as effect from compared c
    )
    select jsonb_build_object('at', now(),
      'fixed', count(*) filter (where j.role = 'failing' and j.effect = 'fixed'),
      'fixed_as_new', count(*) filter (where j.effect = 'fixed' and j.n = any (asked_as_new)),
      'fixed_for_others', count(*) filter (where j.effect = 'fixed' and j.n = any (for_others)),
      'good_fixed', count(*) filter (where j.role = 'good' and j.effect = 'fixed'),
      'still_failing', count(*) filter (where j.role = 'failing' and j.effect = 'still_failing'),
      'broken', count(*) filter (where j.role <> 'golden' and j.effect = 'broken'),
      'changed', count(*) filter (where j.effect = 'changed'),
      'unaffected', count(*) filter (where j.effect = 'unaffected'),
      'golden', count(*) filter (where j.role = 'golden'),
      'golden_fixed', count(*) filter (where j.role = 'golden' and j.effect = 'fixed'),
      'golden_broken', count(*) filter (where j.role = 'golden' and j.effect = 'broken'),
      'asked', jsonb_build_object('failing', count(*) filter (where j.role = 'failing'), 'good', count(*) filter (where j.role = 'good'), 'golden', count(*) filter (where j.role = 'golden')),
      'questions', coalesce(jsonb_agg(jsonb_build_object('question', j.question, 'role', j.role, 'effect', j.effect,
          'expected', j.expected, 'expected_title', j.title,
          'before', j.b -> 'target', 'before_title', j.b -> 'title', 'before_confidence', j.b -> 'confidence', 'before_answered', j.b -> 'answered',
          'after', j.a -> 'target', 'after_title', j.a -> 'title', 'after_confidence', j.a -> 'confidence', 'after_answered', j.a -> 'answered')
        || case when j.b ? 'for_a_person' then jsonb '{"before_for_a_person": true}' else '{}' end || case when j.a ? 'for_a_person' then jsonb '{"after_for_a_person": true}' else '{}' end
        || case when j.effect = 'fixed' and j.n = any (asked_as_new) then jsonb_build_object('for_others', j.n = any (for_others)) else '{}' end
        || case when j.b -> 'text' is distinct from j.a -> 'text' then jsonb_build_object('before_text', left(j.b ->> 'text', 600), 'after_text', left(j.a ->> 'text', 600)) else '{}' end
        order by array_position(array['broken', 'fixed', 'still_failing', 'changed', 'unaffected'], j.effect), j.n), '[]'))
      from judged j);
end
$$;
comment on function app_private.compare_preview(jsonb, jsonb, jsonb, bigint[], bigint[]) is
  'The result of a dry run: how many questions are fixed, broken and so on, and each of them, what matters most first. before, after: as run_preview says; asked_as_new, for_others: as fixed_for_others says.';

create or replace function app_private.preview_impact(dry_run jsonb, failures bigint) returns double precision
language sql immutable parallel safe as $$
  -- Who asks alike counts for two, who repeats it for one; what breaks counts twice what is fixed, a golden question for
  -- four. Failures that were not asked are taken to be like those that were; unsolved ones only settle a tie.
  select (f.fixed * (1 + 2 * f.for_others) * greatest(failures / greatest(f.asked, 1), 1)) + 2 * f.good_fixed - 4 * f.broken + 8 * f.golden + 0.1 * failures
    from (select coalesce((dry_run ->> 'fixed')::double precision, 0) as fixed,
                 coalesce((dry_run ->> 'fixed_for_others')::double precision / nullif((dry_run ->> 'fixed_as_new')::double precision, 0), 0) as for_others,
                 coalesce((dry_run ->> 'good_fixed')::double precision, 0) as good_fixed, coalesce((dry_run ->> 'broken')::double precision, 0) as broken,
                 coalesce((dry_run ->> 'golden_fixed')::double precision, 0) - coalesce((dry_run ->> 'golden_broken')::double precision, 0) as golden,
                 coalesce((dry_run -> 'asked' ->> 'failing')::double precision, 0) as asked) f
$$;
comment on function app_private.preview_impact(jsonb, bigint) is
  'What ranks a proposal by its dry run: twice the questions that others who ask alike can expect to be answered with it, less those that it takes away. failures: how many are behind it.';

create or replace function app_hidden.lost_lines(before text, after text) returns text[]
language sql immutable parallel safe as $$
  -- A line that was put into other words keeps most of them.
  with old_lines as (
    select l.line, l.n, tsvector_to_array(to_tsvector('app_public.clubos', l.line)) as words from unnest(app_hidden.to_lines(before)) with ordinality l(line, n)
     where btrim(l.line) <> '' and l.line <> all (app_hidden.to_lines(after))
  ), new_lines as (
    select tsvector_to_array(to_tsvector('app_public.clubos', l.line)) as words from unnest(app_hidden.to_lines(after)) l(line) where btrim(l.line) <> ''
  )
  select coalesce(array_agg(btrim(o.line) order by o.n), '{}') from old_lines o
   where cardinality(o.words) > 0 and not exists (select from new_lines w where app_hidden.lexeme_share(o.words, w.words) >= 0.6)
$$;
comment on function app_hidden.lost_lines(text, text) is 'Lines of a text that another lacks: neither as they are nor with most of their words in one line.';

create or replace function app_private.preview_warnings(improvement app_public.improvement_queue) returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_before text;
  v_after text;
  v_said text[];
  v_lost text[];
  v_new text[];
begin
  if improvement.kind = 'sop_edit' then
    select v.content into v_after from app_public.sop_versions v where v.sop_id = (improvement.applied ->> 'sop_id')::integer and v.version = (improvement.applied ->> 'version')::integer;
    select v.content into v_before from app_public.sop_versions v where v.sop_id = (improvement.applied ->> 'sop_id')::integer and v.version = (improvement.applied ->> 'version')::integer - 1;
  elsif improvement.applied ? 'entries' then
    select string_agg(e -> 'before' ->> 'answer', E'\n' order by k.id), string_agg(k.answer, E'\n' order by k.id) into v_before, v_after
      from jsonb_array_elements(improvement.applied -> 'entries') e join app_public.knowledge_base k on k.id = (e ->> 'id')::integer where e -> 'before' ->> 'answer' is not null;
  end if;
  if v_before is null or v_after is null then
    return '[]';
  end if;
  -- What somebody said is not unheard of: a figure from the failures or their corrections is what the change is for.
  select app_hidden.claims_in(coalesce(string_agg(concat_ws(E'\n', f.query, f.user_correction), E'\n'), '')) into v_said
    from app_public.improvement_evidence e join app_public.failed_responses f on f.id = e.failed_response_id
   where e.improvement_id = improvement.id and f.withdrawn_at is null;
  v_lost := array(select unnest(app_hidden.claims_in(v_before)) except select unnest(app_hidden.claims_in(v_after)));
  v_new := array(select unnest(app_hidden.claims_in(v_after)) except select unnest(app_hidden.claims_in(v_before)) except select unnest(v_said));
  return coalesce((select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('kind', w.kind, 'text', w.text, 'where', w.title)) order by w.place, w.text)
    from (select 1 as place, 'new_figure' as kind, c as text, null as title from unnest(v_new) c
          union all
          -- A figure that gave way to one that somebody said is what a correction looks like.
          select 2, 'lost_figure', c, null from unnest(v_lost) c where not exists (select from unnest(v_said) s where split_part(s, ':', 1) = split_part(c, ':', 1)
             and s = any (app_hidden.claims_in(v_after)))
          union all
          select 3, 'lost_line', left(l, 300), null from unnest(app_hidden.lost_lines(v_before, v_after)) l
          union all
          -- What stands in two procedures is soon wrong in one of them. Short lines may well say the same.
          select 4, 'repeats', left(l, 300), u.title
            from (select l, tsvector_to_array(to_tsvector('app_public.clubos', l)) as words from unnest(app_hidden.lost_lines(v_after, v_before)) l) n
           cross join lateral (select app_private.target_title(u.target) as title from app_private.search_units u
             where cardinality(n.words) >= 6 and u.kind = 'section' and u.target <> all (app_private.touched_targets(improvement))
               and u.words @@ (select string_agg(quote_literal(w), '&') from unnest(n.words) w)::tsquery order by u.id limit 1) u) w), '[]');
end
$$;
comment on function app_private.preview_warnings(app_public.improvement_queue) is
$$What a person should look at before approving a change of a text, once its handler has run: [{kind, text, where}]. new_figure: a price, time, number, link or promise that stands neither in the text before nor in the failures behind the proposal; lost_figure: one that is gone, and nothing that was said replaces it; lost_line: a line that is gone in any words; repeats: a new line all of whose words stand in one section of another SOP (where).$$;

create or replace function app_private.text_to_publish(improvement app_public.improvement_queue, out category text, out section text, out content text)
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_sop app_public.sops;
begin
  category := improvement.suggested_sop_update ->> 'category';
  section := improvement.suggested_sop_update ->> 'section';
  content := improvement.suggested_sop_update ->> 'new_content';
  if improvement.kind = 'sop_edit' then
    select * into v_sop from app_public.sops s where s.id = improvement.sop_id;
    category := v_sop.category;
    section := v_sop.section;
    if v_sop.version <> improvement.base_version and v_sop.content <> content then
      content := (app_hidden.merge_lines((select v.content from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = improvement.base_version), v_sop.content, content)).merged;
    end if;
  end if;
end
$$;
comment on function app_private.text_to_publish(app_public.improvement_queue) is
  'What approving a proposal for an SOP would publish, merged where the SOP moved on, and under which name; content is null where it conflicts.';

create or replace function app_private.preview_texts(improvement_id integer, edited_content text, edited_version integer default null) returns table (embedding_text text)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_improvement app_public.improvement_queue;
  v_text record;
begin
  select * into v_improvement from app_public.improvement_queue q where q.id = preview_texts.improvement_id and q.status = 'pending' and q.kind in ('sop_edit', 'sop_new');
  if v_improvement.id is null then
    return;
  end if;
  v_improvement := app_private.edited_improvement(v_improvement, edited_content, edited_version);
  select * into v_text from app_private.text_to_publish(v_improvement);
  return query select m.embedding_text from app_private.missing_vectors(v_text.category, v_text.section, v_text.content) m;
end
$$;
comment on function app_private.preview_texts(integer, text, integer) is
  'Texts whose vectors a dry run with an edited text needs and the cache lacks. Errors: CO005 an empty text, CO006 too long.';
