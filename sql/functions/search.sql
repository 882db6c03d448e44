-- The question as words: each lexeme's inverse document frequency in its dimension, and a query for candidates.
-- Document frequencies are counted while the space is small, and looked up where the last refresh knows them.
create or replace function app_private.question_words(question text, out impacts sparsevec, out total_idf double precision, out candidates tsquery)
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  c_count_below constant integer := 5000;
  c_rows constant integer := 2000; -- hits that the candidates' query should not exceed by much
  v_units double precision;
  v_small boolean;
  v_term record;
  v_estimate double precision := 0;
  v_query text := '';
  v_vector text := '';
begin
  select t.units into v_units from app_private.search_statistics t;
  v_small := v_units < c_count_below;
  if v_small then
    select count(*) into v_units from app_private.search_units u;
    v_small := v_units < 2 * c_count_below;
  end if;
  total_idf := 0;
  for v_term in
    select t.lexeme, t.dimension, t.df, ln(1 + (v_units - least(t.df, v_units) + 0.5) / (least(t.df, v_units) + 0.5)) as idf
      from (select l.lexeme, app_hidden.lexeme_dimension(l.lexeme) as dimension,
                   case when v_small or f.lexeme is null
                     then (select count(*) from app_private.search_units u where u.words @@ quote_literal(l.lexeme)::tsquery)
                     else f.units end::double precision as df
              from unnest(tsvector_to_array(to_tsvector('app_public.clubos', left(question_words.question, 20000)))) l(lexeme)
              left join app_private.lexeme_frequencies f on not v_small and f.lexeme = l.lexeme
             limit 200) t
     order by t.df, t.lexeme
  loop
    continue when position(',' || v_term.dimension || ':' in v_vector) > 0;
    total_idf := total_idf + v_term.idf;
    v_vector := v_vector || ',' || v_term.dimension || ':' || v_term.idf::real;
    -- Rarest words first; common ones only while the candidates stay few.
    if v_term.df > 0 and (v_query = '' or v_estimate + v_term.df <= c_rows) then
      v_query := v_query || case when v_query = '' then '' else '|' end || quote_literal(v_term.lexeme);
      v_estimate := v_estimate + v_term.df;
    end if;
  end loop;
  candidates := nullif(v_query, '')::tsquery;
  impacts := ('{' || substr(v_vector, 2) || '}/268435456')::sparsevec;
end
$$;
comment on function app_private.question_words(text) is
  'A question as words: idf by dimension, their sum, and a query for the units worth scoring (null where no word is known).';

-- Nearest units by vector. On a server the HNSW index answers; PGlite, which has no half-precision instructions,
-- compares bits first and re-ranks the nearest exactly.
create or replace function app_private.nearest_units(question vector, model text, depth integer)
returns table (unit_id bigint) language plpgsql stable rows 60 set search_path = app_public, public, pg_temp
-- Without the limit's value the planner does not see that the index is worth it.
set plan_cache_mode = force_custom_plan as $$
begin
  if to_regclass('app_private.search_units_embedding') is not null then
    return query
      select u.id from app_private.search_units u
       where u.embedding_model = nearest_units.model
       order by u.embedding::halfvec(1536) <#> question::halfvec(1536) limit depth;
  else
    return query
      select c.id
        from (select u.id, u.embedding from app_private.search_units u
               where u.embedding_model = nearest_units.model
               order by u.bits <~> binary_quantize(question)::bit(1536), u.id limit depth * 3) c
       order by c.embedding <#> question, c.id limit depth;
  end if;
end
$$;
comment on function app_private.nearest_units(vector, text, integer) is 'The `depth` units nearest to a question by cosine (vectors have length one).';

-- Candidates by words and by meaning, each scored on both: BM25 as the share of the question's information that the
-- text holds, plus 1.5 times the cosine (fusing scores measured 5 to 7 points better at the first place than fusing
-- ranks; docs/retrieval.md). A target's score is the mean of its profile's and of its best parts': the best section,
-- and its entries by log-sum-exp, a soft maximum in which several near ones count more than one.
do $$
begin
  -- What a function returns can only be changed by making it anew.
  if pg_get_function_result(to_regprocedure('app_private.search_targets(text,vector,text,integer,integer)')) not like '%nearest%' then
    drop function app_private.search_targets(text, vector, text, integer, integer);
  end if;
end
$$;
create or replace function app_private.search_targets(question text, question_embedding vector, only_category text default null, only_site_id integer default null,
  depth integer default 60)
returns table (target text, sop_id integer, category varchar, topic varchar, score double precision, entry_id bigint, entry_leads boolean,
  words double precision, cosine double precision, agreed boolean, nearest bigint[])
language plpgsql stable rows 40 set search_path = app_public, public, pg_temp set jit = off
-- The same plan whatever the question; to make it anew takes as long as to run it.
set plan_cache_mode = force_generic_plan as $$
declare
  c_cosine_weight constant double precision := 1.5;
  c_softness constant double precision := 0.1;
  c_votes constant integer := 10;
  c_unreviewed constant double precision := 0.3;
  v_words record;
  v_model text;
begin
  select * into v_words from app_private.question_words(question);
  select s.embedding_model into v_model from app_public.club_settings s;
  return query
  with by_words as materialized (
    select u.id, u.target as t, row_number() over (order by u.impacts <#> v_words.impacts, u.id) as place
      from app_private.search_units u
     where v_words.candidates is not null and u.words @@ v_words.candidates and (only_category is null or u.category = only_category)
     order by u.impacts <#> v_words.impacts, u.id limit depth
  ), by_meaning as materialized (
    select m.id, m.t, row_number() over (order by m.distance, m.id) as place from (
      select u.id, u.target as t, u.embedding <#> question_embedding as distance
        from app_private.nearest_units(question_embedding, v_model, depth) n join app_private.search_units u on u.id = n.unit_id
       where question_embedding is not null and only_category is null
      union all
      -- The nearest of a category may lie far from the nearest of all, so it is looked through.
      (select u.id, u.target, u.embedding <#> question_embedding from app_private.search_units u
        where question_embedding is not null and u.category = only_category and u.embedding_model = v_model
        order by u.bits <~> binary_quantize(question_embedding)::bit(1536), u.id limit depth)) m
  ), candidates as (
    select w.id, w.t from by_words w union select m.id, m.t from by_meaning m
  ), wanted as (
    select c.id from candidates c
    union
    select u.id from app_private.search_units u where u.kind in ('profile', 'section') and u.target = any (array(select c.t from candidates c))
  ), scored as materialized (
    select u.id, u.target as t, u.kind, u.sop_id as sop, u.category as cat, u.topic as top, x.w, x.c,
           x.w + c_cosine_weight * x.c - case when u.trust = 0 then c_unreviewed else 0 end as s
      from app_private.search_units u
     cross join lateral (
       select case when v_words.total_idf > 0 then -(u.impacts <#> v_words.impacts) / v_words.total_idf else 0 end as w,
              case when question_embedding is not null and u.embedding_model = v_model then -(u.embedding <#> question_embedding) else 0 end as c) x
     -- An array, of which the planner expects a few: of a subquery it expects many, and reads all units.
     where u.id = any (array(select wanted.id from wanted))
       and (u.site_id is null or only_site_id is null or u.site_id = only_site_id)
       and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
  ), entries as (
    select e.t, max(e.s) + c_softness * ln(sum(exp((e.s - e.best) / c_softness))) as a, (array_agg(e.id order by e.place))[1] as id
      from (select s.*, row_number() over (partition by s.t order by s.s desc, s.id) as place, max(s.s) over (partition by s.t) as best
              from scored s where s.kind in ('phrase', 'knowledge')) e
     where e.place <= c_votes
     group by e.t
  ), targets as (
    select s.t, max(s.sop) as sop, max(s.cat) as cat, max(s.top) as top, max(s.s) filter (where s.kind = 'profile') as p, max(s.s) filter (where s.kind = 'section') as b,
           max(s.w) as w, max(s.c) as c
      from scored s group by s.t
  ), combined as (
    select t.*, e.a, e.id as entry, case when t.b is not null and e.a is not null then (t.b + greatest(t.a_or_b, t.b)) / 2 else coalesce(t.b, e.a, t.p) end as m
      from (select g.*, coalesce(x.a, g.b) as a_or_b from targets g left join entries x on x.t = g.t) t
      left join entries e on e.t = t.t
  )
  select c.t, c.sop, c.cat::varchar, c.top::varchar, (coalesce(c.p, c.m) + c.m) / 2 as total,
         -- A topic whose profile alone was near speaks by one of its entries that hold here.
         coalesce(c.entry, case when c.sop is null then (select u.id from app_private.search_units u where u.target = c.t and u.kind = 'knowledge'
           and (u.site_id is null or only_site_id is null or u.site_id = only_site_id)
           and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now()) order by u.trust desc, u.id limit 1) end),
         c.sop is null or coalesce(c.a > c.b, false), c.w, c.c,
         coalesce((select w.t = c.t from by_words w where w.place = 1), false) and coalesce((select m.t = c.t from by_meaning m where m.place = 1), false),
         (select array_agg(m.id) from by_meaning m where only_category is null)
    from combined c
   -- Not `exists`: of that the planner makes a table of all entries, for each search.
   where c.sop is not null or c.entry is not null or (select true from app_private.search_units u where u.target = c.t and u.kind = 'knowledge'
           and (u.site_id is null or only_site_id is null or u.site_id = only_site_id)
           and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now()) limit 1)
   order by total desc, c.t
   limit depth;
end
$$;
comment on function app_private.search_targets(text, vector, text, integer, integer) is
  'Ranks what could answer a question: SOPs and knowledge topics, with the entry that speaks loudest for each, the best share of the question''s words (0 to about 2), the best cosine, whether both legs agree on it, and the units that the vector index named (the same in every row; null where it was not asked).';

-- Words that the index does not know, by similarity of spelling: the last resort, off the hot path.
create or replace function app_private.correct_spelling(question text) returns text
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_word text;
  v_known text;
  v_out text[] := '{}';
  v_changed boolean := false;
  v_fresh boolean;
begin
  foreach v_word in array (regexp_split_to_array(lower(left(question, 2000)), '[^[:alnum:]]+'))[:60] loop
    v_known := null;
    if length(v_word) >= 4 and v_word ~ '^[[:alpha:]]+$' and to_tsvector('app_public.clubos', v_word) <> ''::tsvector
       and not exists (select from app_private.search_units u where u.words @@ plainto_tsquery('app_public.clubos', v_word)) then
      v_fresh := coalesce(v_fresh, (select t.last_unit_id from app_private.search_statistics t) = (select max(u.id) from app_private.search_units u)
        or (select t.units from app_private.search_statistics t) > 5000);
      if v_fresh then
        select d.word into v_known from app_private.search_vocabulary d
         where d.word % v_word order by similarity(d.word, v_word) desc, d.units desc, d.word limit 1;
      else
        select d.word into v_known from app_private.count_vocabulary() d
         where d.word % v_word order by similarity(d.word, v_word) desc, d.units desc, d.word limit 1;
      end if;
    end if;
    v_changed := v_changed or v_known is not null;
    v_out := v_out || coalesce(v_known, v_word);
  end loop;
  return case when v_changed then array_to_string(v_out, ' ') end;
end
$$;
comment on function app_private.correct_spelling(text) is
  'The question with each word that the index does not know replaced by the most similar one it does know (trigrams); null where there is nothing to correct.';
