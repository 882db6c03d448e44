--! Previous: sha1:936f9447c8e28a7d06ce77f07e300fde0644ce50
--! Hash: sha1:29934c7cb376731a1da707da83062383fc8e82c6
--! Message: spelling-and-fairness

--! Included functions/search.sql
-- The question as words: each lexeme's inverse document frequency in its dimension, and a query for candidates.
-- Document frequencies are counted while the space is small, and looked up where the last refresh knows them.
drop function if exists app_private.question_words(text);
drop function if exists app_private.question_words(text, text);
create or replace function app_private.question_words(question text, only_category text default null, out impacts sparsevec, out total_idf double precision, out candidates tsquery, out unknown text[])
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off as $$
declare
  c_count_below constant integer := 5000;
  c_rows constant integer := 300; -- units that the candidates' query should not find many more than
  v_statistics app_private.search_statistics;
  v_units double precision;
  v_small boolean;
  v_share double precision := 1;
  v_lexemes text[];
  v_hits double precision[];
  v_idf double precision[];
begin
  select * into v_statistics from app_private.search_statistics t;
  v_units := v_statistics.units;
  v_small := v_units < c_count_below;
  if v_small then
    select count(*) into v_units from app_private.search_units u;
    v_small := v_units < 2 * c_count_below;
  end if;
  if only_category is not null and not v_small then
    v_share := coalesce((v_statistics.categories ->> only_category)::double precision, 0) / v_units;
  end if;
  -- One dimension can be that of two lexemes: it counts once.
  select coalesce(array_agg(quote_literal(t.lexeme) order by t.df, t.lexeme) filter (where t.df > 0), '{}'), coalesce(array_agg(t.df * v_share order by t.df, t.lexeme) filter (where t.df > 0), '{}'),
         coalesce(array_agg(t.idf order by t.df, t.lexeme) filter (where t.df > 0), '{}'), coalesce(sum(t.idf) filter (where t.first), 0),
         format('{%s}/268435456', string_agg(t.dimension || ':' || t.idf::real, ',') filter (where t.first))::sparsevec, coalesce(array_agg(t.lexeme) filter (where t.df = 0), '{}')
    into v_lexemes, v_hits, v_idf, total_idf, impacts, unknown
    from (select d.*, ln(1 + (v_units - least(d.df, v_units) + 0.5) / (least(d.df, v_units) + 0.5)) as idf, row_number() over (partition by d.dimension order by d.df, d.lexeme) = 1 as first
            from (select l.lexeme, app_hidden.lexeme_dimension(l.lexeme) as dimension,
                         case when v_small or f.lexeme is null
                           then (select count(*) from app_private.search_units u where u.words @@ quote_literal(l.lexeme)::tsquery)
                           else f.units end::double precision as df
                    from unnest(tsvector_to_array(to_tsvector('app_public.clubos', left(question_words.question, 20000)))) l(lexeme)
                    -- By its key for each: beside what counting may cost, the planner takes a scan of all for as good.
                    left join lateral (select c.lexeme, c.units from app_private.lexeme_frequencies c where c.lexeme = l.lexeme and not v_small offset 0) f on true
                   limit 200) d) t;
  candidates := app_private.candidates_query(v_lexemes, v_hits, v_idf, v_units * v_share, c_rows);
end
$$;
comment on function app_private.question_words(text, text) is
  'A question as words: idf by dimension, their sum, a query for the units worth scoring (null where no word is known), and the lexemes that no unit holds. only_category: more words fit where only its units count.';

-- What scores highest holds words whose idf sums up highest. So the sets of one to three words are taken in the order of
-- that sum, while the units they are expected to find stay few: the query finds about all that reach some sum.
create or replace function app_private.candidates_query(lexemes text[], hits double precision[], idf double precision[], units double precision, rows integer) returns tsquery
-- Loops: a statement over the sets takes several times as long to set up as this to run.
language plpgsql immutable parallel safe set search_path = app_public, public, pg_temp set jit = off as $$
declare
  c_words constant integer := 6; -- of the rarest words: 41 sets
  c_together constant double precision := 2; -- a question's words stand together more often than by chance
  c_walk constant double precision := 10; -- the index walks the list of a set's rarest word, at a tenth of the cost of looking at what it finds
  c_frequent constant double precision := 0.2; -- of the units: a word that more hold narrows a set little, and its list is long to walk
  v_words integer := least(cardinality(lexemes), c_words);
  v_all double precision := 0;
  v_hits double precision;
  v_members integer[] := '{}'; -- a bit for each word
  v_gains double precision[] := '{}';
  v_found double precision[] := '{}';
  v_order integer[];
  v_upto double precision := 0;
  v_last integer := 0;
  v_queries text[] := '{}';
  v_taken integer[] := '{}';
  v_smaller integer;
  v_fewest integer := 1;
  v_set integer;
  v_query text;
begin
  foreach v_hits in array hits loop
    v_all := v_all + v_hits;
  end loop;
  if v_all <= rows then
    return nullif(array_to_string(lexemes, '|'), '')::tsquery;
  end if;
  for i in 1 .. v_words loop
    exit when hits[i] > c_walk * rows and hits[i] > hits[1];
    v_members := v_members || (1 << i);
    v_gains := v_gains || idf[i];
    v_found := v_found || hits[i];
    v_queries := v_queries || lexemes[i];
    for j in i + 1 .. v_words loop
      exit when hits[j] > c_frequent * units;
      v_members := v_members || ((1 << i) | (1 << j));
      v_gains := v_gains || idf[i] + idf[j];
      v_found := v_found || c_together * hits[i] * hits[j] / units;
      v_queries := v_queries || (lexemes[i] || '&' || lexemes[j]);
      for k in j + 1 .. v_words loop
        exit when hits[k] > c_frequent * units;
        v_members := v_members || ((1 << i) | (1 << j) | (1 << k));
        v_gains := v_gains || idf[i] + idf[j] + idf[k];
        v_found := v_found || c_together ^ 2 * hits[i] * hits[j] / units * hits[k] / units;
        v_queries := v_queries || (lexemes[i] || '&' || lexemes[j] || '&' || lexemes[k]);
      end loop;
    end loop;
  end loop;
  v_order := array(select s.n from unnest(v_gains, v_members) with ordinality s(gain, members, n) order by s.gain desc, s.members);
  while v_last < cardinality(v_order) loop
    v_upto := v_upto + v_found[v_order[v_last + 1]];
    exit when v_upto > rows;
    v_last := v_last + 1;
  end loop;
  -- From the end, where the small sets are: what holds one that is taken goes without saying.
  <<sets>>
  for n in reverse v_last .. 1 loop
    v_set := v_members[v_order[n]];
    foreach v_smaller in array v_taken loop
      continue sets when v_smaller & v_set = v_smaller;
    end loop;
    v_taken := v_taken || v_set;
    v_query := concat_ws('|', v_query, v_queries[v_order[n]]);
  end loop;
  if v_last = 0 then
    -- Even what tells most finds too many: the set that finds fewest.
    for n in 2 .. cardinality(v_found) loop
      if v_found[n] < v_found[v_fewest] then
        v_fewest := n;
      end if;
    end loop;
    v_query := v_queries[v_fewest];
  end if;
  return v_query::tsquery;
end
$$;
comment on function app_private.candidates_query(text[], double precision[], double precision[], double precision, integer) is
  'A query for the units that hold most of a question''s information. lexemes: quoted, rarest first; hits: how many of the units hold each; idf; rows: how many units it should find at most, by expectation.';

-- Nearest units by vector: those whose signs are nearest, compared exactly. On a server an HNSW index names them; on PGlite,
-- whose builds of it take too long, all signs are compared. The limits are constants, so that one plan serves all: of the ten
-- nearest of 14,315 real texts 80 candidates hold .996 (docs/performance.md).
drop function if exists app_private.nearest_units(vector, text, integer);
create or replace function app_private.nearest_units(question halfvec, model text, only_category text default null, only_site_id integer default null)
returns table (unit_id bigint) language plpgsql stable rows 40 set search_path = app_public, public, pg_temp set jit = off
set plan_cache_mode = force_generic_plan as $$
declare
  c_scanned constant integer := 3000; -- so many of a category's are compared one by one
  v_statistics app_private.search_statistics;
  v_indexed boolean := to_regclass('app_private.search_units_embedding') is not null;
  v_signs bit(1536) := binary_quantize(question)::bit(1536);
begin
  select * into v_statistics from app_private.search_statistics t;
  if only_category is not null and (not v_indexed or coalesce((v_statistics.categories ->> only_category)::integer, 0) <= c_scanned) then
    -- Not a question for the index of the whole, and exact.
    return query
      select u.id from app_private.search_units u
       where u.category = only_category and u.embedding_model = nearest_units.model
         and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
         and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
       order by u.embedding <#> question, u.id limit 40;
  elsif v_indexed then
    perform app_private.set_index_effort(v_statistics.units);
    if only_category is not null then
      return query
        select n.id
          from (select c.id, c.embedding <#> question as distance
                  from (select u.id, u.embedding from app_private.search_units u
                         where u.indexed and u.category = only_category and u.embedding_model = nearest_units.model
                           and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
                           and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
                         order by u.bits <~> v_signs limit 80) c
                 union all
                select f.unit_id, f.distance from app_private.nearest_fresh(question, nearest_units.model, only_category, only_site_id) f) n
         order by n.distance, n.id limit 40;
    else
      return query
        select n.id
          from (select c.id, c.embedding <#> question as distance
                  from (select u.id, u.embedding from app_private.search_units u
                         where u.indexed and u.embedding_model = nearest_units.model
                           and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
                           and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
                         order by u.bits <~> v_signs limit 80) c
                 union all
                select f.unit_id, f.distance from app_private.nearest_fresh(question, nearest_units.model, only_category, only_site_id) f) n
         order by n.distance, n.id limit 40;
    end if;
  else
    return query
      select c.id
        from (select u.id, u.embedding from app_private.search_units u
               where u.embedding_model = nearest_units.model
                 and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
                 and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
               order by u.bits <~> v_signs, u.id limit 120) c
       order by c.embedding <#> question, c.id limit 40;
  end if;
end
$$;
comment on function app_private.nearest_units(halfvec, text, text, integer) is
  'The 40 units nearest to a question by cosine (vectors have length one) that hold now and at a site, of a category or of all.';

create or replace function app_private.set_index_effort(units double precision) returns void language plpgsql stable set search_path = app_public, public, pg_temp as $$
begin
  -- The recall of an HNSW index at a fixed ef falls as it grows; at this one it is .998 at 100,000 units and .964 at a million.
  perform set_config('hnsw.ef_search', least(400, greatest(80, 80 * power(greatest(units, 1) / 100000, 0.4)))::integer::text, true);
  -- A filter that disagrees with the question must not walk the index to its end (pgvector 0.8; before, there is no walking on).
  perform set_config('hnsw.iterative_scan', 'relaxed_order', true);
  perform set_config('hnsw.max_scan_tuples', '2000', true);
end
$$;
comment on function app_private.set_index_effort(double precision) is
  'Sets for this transaction how many neighbours the vector index looks at, by the number of search units (Malkov & Yashunin 2016: ef).';

create or replace function app_hidden.parts_score(profile double precision, section double precision, entries double precision) returns double precision language sql immutable parallel safe as $$
  select case when section is not null and entries is not null then (section + greatest(entries, section)) / 2 else coalesce(section, entries, profile) end
$$;
comment on function app_hidden.parts_score(double precision, double precision, double precision) is
  'What the parts of a target score: its best section and what is asked about it, which can only help; the profile where it has neither. Null: it has none such.';

-- Questions resemble a profile that holds questions more than one that is a text alone, whatever they ask. Without this, what
-- is learned of some SOPs buries those that nobody has asked about yet (docs/retrieval.md).
create or replace function app_hidden.profile_score(score double precision, asked boolean) returns double precision language sql immutable parallel safe as $$
  select score - case when asked then 0.4 else 0 end
$$;
comment on function app_hidden.profile_score(double precision, boolean) is
  'What a profile counts among a target''s parts. score: BM25 share and cosine; asked: whether it holds more than one reviewed question.';

-- Candidates by words and by meaning, each scored on both: BM25 as the share of the question's information that the
-- text holds, plus 1.5 times the cosine (fusing scores measured 5 to 7 points better at the first place than fusing
-- ranks; docs/retrieval.md). A target's score is the mean of its profile's and of its best parts': the best section,
-- and its entries by log-sum-exp, a soft maximum in which several near ones count more than one.
create or replace function app_private.rank_targets(impacts sparsevec, total_idf double precision, candidates tsquery, question halfvec,
  only_category text default null, only_site_id integer default null, most integer default 40, left_out app_private.left_out default null)
returns table (target text, sop_id integer, category varchar, topic varchar, score double precision, entry_id bigint, entry_leads boolean,
  words double precision, cosine double precision, agreed boolean, by_words bigint[], nearest bigint[])
language plpgsql stable rows 40 set search_path = app_public, public, pg_temp set jit = off
-- The same plan whatever the question; to make it anew takes as long as to run it.
set plan_cache_mode = force_generic_plan as $$
declare
  c_cosine_weight constant double precision := 1.5;
  c_softness constant double precision := 0.1;
  c_votes constant integer := 10;
  c_unreviewed constant double precision := 0.3;
  v_model text;
  v_left_out halfvec := left_out.embedding;
  v_by_words bigint[];
  v_nearest bigint[];
  v_ids bigint[];
begin
  select s.embedding_model into v_model from app_public.club_settings s;
  if only_category is null then
    v_by_words := array(
      select u.id from app_private.search_units u
       where u.words @@ rank_targets.candidates
         and (left_out.content_hash is null or u.content_hash <> left_out.content_hash and (u.kind <> 'profile' or u.target is distinct from left_out.target or left_out.impacts <#> rank_targets.impacts < 0))
         and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
         and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
       order by u.impacts <#> rank_targets.impacts, u.id limit 40);
  else
    v_by_words := array(
      select u.id from app_private.search_units u
       where u.words @@ rank_targets.candidates and u.category = only_category
         and (left_out.content_hash is null or u.content_hash <> left_out.content_hash and (u.kind <> 'profile' or u.target is distinct from left_out.target or left_out.impacts <#> rank_targets.impacts < 0))
         and (only_site_id is null or u.site_id is null or u.site_id = only_site_id)
         and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now())
       order by u.impacts <#> rank_targets.impacts, u.id limit 40);
  end if;
  if question is not null then
    v_nearest := array(select n.unit_id from app_private.nearest_units(question, v_model, only_category, only_site_id) n);
    if left_out.content_hash is not null then
      v_nearest := array(select n.id from unnest(v_nearest) with ordinality n(id, place) join app_private.search_units u on u.id = n.id where u.content_hash <> left_out.content_hash order by n.place);
    end if;
  end if;
  v_ids := v_by_words || v_nearest;
  return query
  with named as materialized (
    -- Joined to nothing, it lies in memory: of a large profile it is stored elsewhere, and would be fetched to be compared.
    select u.id, u.target || '' as t, u.kind, u.sop_id as sop, u.category as cat, u.topic as top, x.w, x.c,
           x.w + c_cosine_weight * x.c - case when u.trust = 0 then c_unreviewed else 0 end as s
      from app_private.search_units u
     cross join lateral (select left_out.target is not null and u.kind = 'profile' and u.target = left_out.target as lacks) o
     cross join lateral (
       select case when rank_targets.total_idf > 0 then -(case when o.lacks then left_out.impacts else u.impacts end <#> rank_targets.impacts) / rank_targets.total_idf else 0 end as w,
              case when question is not null and u.embedding_model = v_model then coalesce(-(case when o.lacks then v_left_out else u.embedding end <#> question), 0) else 0 end as c) x
     -- An array, of which the planner expects a few: of a subquery it expects many, and reads all units.
     where u.id = any (v_ids)
  ), best as materialized (
    select n.t from named n group by n.t order by max(n.s) desc, n.t limit most
  ), scored as materialized (
    select n.* from named n where n.t in (select b.t from best b)
    union all
    -- Of the best ones' targets all sections, and the profile.
    select u.id, u.target || '', u.kind, u.sop_id, u.category, u.topic, x.w, x.c, x.w + c_cosine_weight * x.c
      from app_private.search_units u
     cross join lateral (select left_out.target is not null and u.kind = 'profile' and u.target = left_out.target as lacks) o
     cross join lateral (
       select case when rank_targets.total_idf > 0 then -(case when o.lacks then left_out.impacts else u.impacts end <#> rank_targets.impacts) / rank_targets.total_idf else 0 end as w,
              case when question is not null and u.embedding_model = v_model then coalesce(-(case when o.lacks then v_left_out else u.embedding end <#> question), 0) else 0 end as c) x
     where u.target = any (array(select b.t from best b)) and u.kind in ('profile', 'section') and u.id <> all (v_ids)
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
  ), combined as materialized (
    select t.*, e.a, app_hidden.parts_score(t.p, t.b, e.a) as m,
           app_hidden.profile_score(t.p, coalesce((select true from app_private.search_units u where u.target = t.t and u.kind in ('phrase', 'knowledge') and u.trust > 0 offset 1 limit 1), false)) as whole,
           -- A topic whose profile alone was near speaks by one of its entries that hold here.
           coalesce(e.id, case when t.sop is null then (select u.id from app_private.search_units u where u.target = t.t and u.kind = 'knowledge'
             and (u.site_id is null or only_site_id is null or u.site_id = only_site_id)
             and (u.valid_from is null or u.valid_from <= now()) and (u.valid_to is null or u.valid_to > now()) order by u.trust desc, u.id limit 1) end) as entry
      from targets t left join entries e on e.t = t.t
  )
  select c.t, c.sop, c.cat::varchar, c.top::varchar, (coalesce(c.whole, c.m) + c.m) / 2 as total, c.entry, c.sop is null or coalesce(c.a > c.b, false), c.w, c.c,
         coalesce((select n.t = c.t from named n where n.id = v_by_words[1]), false) and coalesce((select n.t = c.t from named n where n.id = v_nearest[1]), false),
         v_by_words, v_nearest
    from combined c
   where c.sop is not null or c.entry is not null
   order by total desc, c.t
   limit most;
end
$$;
comment on function app_private.rank_targets(sparsevec, double precision, tsquery, halfvec, text, integer, integer, app_private.left_out) is
$$Ranks what could answer a question: SOPs and knowledge topics, with the entry that speaks loudest for each, the best share of the question's words (0 to about 2), the best cosine, whether both legs agree on it, and the units that words and the vector index named (the same in every row).
impacts, total_idf, candidates: as question_words says. question: its vector, or null. only_category, only_site_id: only what holds there. most: so many targets, of those whose named unit scores best. left_out: what to search without, as a dry run asks a known question as if it were new.$$;

drop function if exists app_private.search_targets(text, vector, text, integer, integer);
drop function if exists app_private.search_targets(text, vector, text, integer, integer, app_private.left_out);
create or replace function app_private.search_targets(question text, question_embedding vector, only_category text default null, only_site_id integer default null)
returns table (target text, sop_id integer, category varchar, topic varchar, score double precision, entry_id bigint, entry_leads boolean, words double precision, cosine double precision, agreed boolean)
language sql stable rows 40 set search_path = app_public, public, pg_temp set jit = off as $$
  select t.target, t.sop_id, t.category, t.topic, t.score, t.entry_id, t.entry_leads, t.words, t.cosine, t.agreed
    from app_private.question_words(question, only_category) w,
         app_private.rank_targets(w.impacts, w.total_idf, w.candidates, question_embedding, only_category, only_site_id) t
$$;
comment on function app_private.search_targets(text, vector, text, integer) is 'Ranks what could answer a question (rank_targets), given its text.';

create or replace function app_hidden.section_score(heading text, words double precision, cosine double precision) returns double precision language sql immutable parallel safe as $$
  select coalesce(words, 0) + 1.5 * coalesce(cosine, 0) + case when app_hidden.says_what_to_do(heading) or app_hidden.says_what_to_say(heading) then 0.5 else 0 end
    - case when app_hidden.says_when(heading) then 100 else 0 end
$$;
comment on function app_hidden.section_score(text, double precision, double precision) is
  'Which section of an SOP to quote for a question: the one with the highest. words: the share of the question''s information that it holds; cosine: of its vector and the question''s. "When to use" and its like come last.';

-- A word that the index does not know tells nothing; most are slips of the hand, and the known word is near. Below half of
-- the trigrams in common good words are taken for others, which costs more than it brings (docs/retrieval.md).
drop function if exists app_private.correct_spelling(text);
create or replace function app_private.correct_spelling(question text, unknown text[], nothing_known boolean) returns text
language plpgsql stable set search_path = app_public, public, pg_temp set pg_trgm.similarity_threshold = 0.5 as $$
declare
  c_most constant integer := 12; -- unknown words that are looked up: a question of more is no slip, or meant to keep us busy
  v_looked_up integer := 0;
  v_word text;
  v_known text;
  v_corrected text := question;
  v_lexemes text[];
  -- What was written since the last refresh of a small club is counted anew; where some words are known it can wait for the refresh.
  v_counts boolean := nothing_known and (select t.last_unit_id is distinct from (select max(u.id) from app_private.search_units u) and t.units <= 5000 from app_private.search_statistics t);
begin
  foreach v_word in array (regexp_split_to_array(lower(left(question, 2000)), '[^[:alnum:]]+'))[:60] loop
    continue when not app_private.is_vocabulary(v_word);
    v_lexemes := tsvector_to_array(to_tsvector('app_public.clubos', v_word));
    continue when v_lexemes = '{}' or not v_lexemes <@ unknown;
    exit when v_looked_up = c_most;
    v_looked_up := v_looked_up + 1;
    v_known := public.unaccent(v_word);
    if v_counts then
      v_known := (select d.word from app_private.count_vocabulary() d where d.word % v_known order by similarity(d.word, v_known) desc, d.units desc, d.word limit 1);
    else
      v_known := (select d.word from app_private.search_vocabulary d where d.word % v_known order by similarity(d.word, v_known) desc, d.units desc, d.word limit 1);
    end if;
    if v_known is not null then
      v_corrected := regexp_replace(v_corrected, '\m' || v_word || '\M', v_known, 'gi');
    end if;
  end loop;
  return nullif(v_corrected, question);
end
$$;
comment on function app_private.correct_spelling(text, text[], boolean) is
  'The question with words that the index does not know replaced by the most similar one that it does know, of those that share half of the trigrams of both; null where there is nothing to correct. unknown: lexemes, as question_words says; nothing_known: whether all are. The first 60 words are looked at, and the first 12 unknown ones of them looked up.';

-- The question's words as they are searched: each that no unit holds is corrected where a known one is spelled much like it.
drop function if exists app_private.searched_words(text, boolean);
drop function if exists app_private.searched_words(text, boolean, text);
create or replace function app_private.searched_words(query text, only_category text, out question text, out impacts sparsevec, out total_idf double precision, out candidates tsquery)
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_unknown text[];
  v_spelling text;
begin
  question := query;
  select w.impacts, w.total_idf, w.candidates, w.unknown into impacts, total_idf, candidates, v_unknown from app_private.question_words(question, only_category) w;
  if v_unknown <> '{}' then
    v_spelling := app_private.correct_spelling(question, v_unknown, candidates is null);
    if v_spelling is not null then
      question := v_spelling;
      select w.impacts, w.total_idf, w.candidates into impacts, total_idf, candidates from app_private.question_words(question, only_category) w;
    end if;
  end if;
end
$$;
comment on function app_private.searched_words(text, text) is 'A question as it is searched, its spelling corrected, and what app_private.question_words makes of it.';
--! EndIncluded functions/search.sql
--! Included queries/search_knowledge.sql
drop function if exists app_private.best_section(integer, sparsevec, double precision, halfvec, text);
drop function if exists app_private.search_inputs(sparsevec, double precision, text, bigint[], bigint[]);
-- The search, and with its first result what it was searched with (response_searches).
drop function if exists app_private.search(text, vector, text, integer, integer);
create or replace function app_private.search(query text, query_embedding vector, only_category text, only_site_id integer, first integer, left_out app_private.left_out default null)
returns table (result app_public.search_result, inputs jsonb)
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_words record;
  v_question halfvec := query_embedding;
  v_model text := (select s.embedding_model from app_public.club_settings s);
begin
  select * into v_words from app_private.searched_words(coalesce(left(search.query, 20000), ''), only_category);
  return query
    with found as materialized (
      select t.*, row_number() over (order by t.score desc, t.target)::integer as place
        from app_private.rank_targets(v_words.impacts, v_words.total_idf, v_words.candidates, v_question, only_category, only_site_id, greatest(40, search.first), search.left_out) t
    )
    select (f.place, case when q.own_answer then 'knowledge' else 'sop' end, f.sop_id, p.sop_version_id, v.version,
           case when f.entry_leads or q.own_answer then u.knowledge_id end, coalesce(s.category, f.category)::text, coalesce(s.section, f.topic)::text,
           coalesce(p.title, u.title), case when not q.own_answer then b.heading end, case when q.own_answer then u.body else b.body end,
           case when f.entry_leads then u.embedding_text end, case when f.entry_leads then u.trust else 3::smallint end, f.score, f.words, f.cosine,
           case when f.place = 1 then app_hidden.confidence(f.cosine, r.rivals, f.agreed, r.persons) end)::app_public.search_result,
           -- A replay must know of a search what no history tells; taken in the statement that searches, it is of its snapshot.
           case when f.place = 1 then jsonb_build_object('searched_at', clock_timestamp(), 'snapshot', pg_current_snapshot(), 'own_xid', pg_current_xact_id_if_assigned(),
             'embedding_model', case when query_embedding is not null then v_model end, 'words', v_words.impacts, 'total_idf', v_words.total_idf, 'by_words', f.by_words, 'nearest', f.nearest) end
      from found f
      left join lateral (
        select sum(r.rival) as rivals, sum(r.rival ^ 2) filter (where r.category = 'hand_over' and f.category <> 'hand_over') / sum(r.rival ^ 2) as persons
          from (select exp((x.score - f.score) / 0.2) as rival, x.category from found x where x.place <= 20) r
         where f.place = 1) r on true
      left join app_private.search_units u on u.id = f.entry_id
      -- A learned question leads to its SOP as that is now; what staff wrote or approved speaks for itself.
     cross join lateral (select f.sop_id is null or (f.entry_leads and u.kind = 'knowledge' and u.trust = 3) as own_answer) q
      left join app_public.sops s on s.id = f.sop_id
      left join app_private.search_units p on p.target = f.target and p.kind = 'profile' and p.sop_id is not null
      -- Not a function in SQL, which would be planned anew for each search.
      left join lateral (
        select b.heading, b.body
          from app_private.search_units b
         where b.target = f.target and b.kind = 'section' and not q.own_answer
         order by app_hidden.section_score(b.heading, -(b.impacts <#> v_words.impacts) / nullif(v_words.total_idf, 0), case when b.embedding_model = v_model then -(b.embedding <#> v_question) end) desc, b.ordinal
         limit 1) b on true
      left join app_public.sop_versions v on v.id = p.sop_version_id
     where f.place <= search.first
     order by f.place;
end
$$;
comment on function app_private.search(text, vector, text, integer, integer, app_private.left_out) is
  'What search_knowledge finds, and with the first result what a replay must know of the search; a vector is of the club''s model. left_out: as rank_targets says.';

drop function if exists app_public.search_knowledge(text, vector, text, text, integer);
create or replace function app_public.search_knowledge(query text, query_embedding vector default null, category text default null, site text default null, first integer default 10,
  embedding_model text default null)
returns setof app_public.search_result
language plpgsql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  v_site_id integer := app_hidden.find_site(search_knowledge.site);
begin
  if query_embedding is not null and vector_dims(query_embedding) <> 1536 then
    raise exception 'The question''s vector has % dimensions; 1536 are needed.', vector_dims(query_embedding) using errcode = 'CO005', hint = 'Pad a shorter one with zeros.';
  end if;
  if search_knowledge.embedding_model <> (select s.embedding_model from app_public.club_settings s) then
    query_embedding := null; -- Vectors of two models are never compared.
  end if;
  return query
    select (s.result).* from app_private.search(search_knowledge.query, query_embedding, search_knowledge.category, v_site_id, least(greatest(coalesce(search_knowledge.first, 10), 1), 100)) s;
end
$$;
comment on function app_public.search_knowledge(text, vector, text, text, integer, text) is
$$Hybrid retrieval over SOPs and knowledge: the one door to knowledge for answers, dry runs and tests alike.
query: the question, 20,000 characters are read. query_embedding: its vector (1536 dimensions, length one); without it words alone decide. Unknown words are taken for known ones that are spelled much alike. embedding_model: whose vector it is; one of another model than club_settings.embedding_model is not used; null says that it is that one's. category, site (slug): only what holds there. first: at most so many results (1 to 100).
Errors: CO005 wrong dimensions, CO404 no such site.$$;

create or replace function app_public.searched_as(query text) returns text
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select nullif(w.question, a.asked) from (select coalesce(left(searched_as.query, 20000), '') as asked) a cross join lateral app_private.searched_words(a.asked, null) w
$$;
comment on function app_public.searched_as(text) is
  'As what a question''s words are searched, where its spelling is corrected: words that nothing holds are taken for known ones that are spelled much alike. Null where it is searched as it was asked; its vector always is. query: 20,000 characters are read.';
--! EndIncluded queries/search_knowledge.sql
--! Included queries/search_as_of.sql
-- What a search would have found at some time. Where an SOP or an entry is today what it was then, its search units
-- are; what has changed since is cut and scored anew from its history.

create or replace function app_private.knowledge_as_of(at timestamptz)
returns table (id integer, category text, topic text, question text, answer text, sop_id integer, site_id integer, trust smallint, valid_from timestamptz, valid_to timestamptz, unchanged boolean)
language sql stable set search_path = app_public, public, pg_temp set jit = off as $$
  -- The first change since then holds what was before it.
  with changed as materialized (
    select distinct on (a.row_id) a.row_id::integer as id, a.operation, a.old
      from app_public.audit_log a where a.table_name = 'knowledge_base' and a.created_at > knowledge_as_of.at order by a.row_id, a.id
  ), then_there as (
    select k.id, k.category, k.topic, k.question, k.answer, k.sop_id, k.site_id, k.trust, k.valid_from, k.valid_to, true as unchanged
      from app_public.knowledge_base k where k.created_at <= knowledge_as_of.at and k.id not in (select c.id from changed c)
    union all
    select c.id, o.category, o.topic,
           coalesce(o.question, case when encode(sha256(convert_to(k.question, 'UTF8')), 'hex') = c.old ->> 'question_sha256' then k.question end),
           coalesce(o.answer, case when encode(sha256(convert_to(k.answer, 'UTF8')), 'hex') = c.old ->> 'answer_sha256' then k.answer end),
           o.sop_id, o.site_id, o.trust, o.valid_from, o.valid_to, false
      from changed c
     cross join lateral jsonb_to_record(c.old) o(category text, topic text, question text, answer text, sop_id integer, site_id integer, trust smallint, valid_from timestamptz, valid_to timestamptz,
             created_at timestamptz)
      left join app_public.knowledge_base k on k.id = c.id
     where c.operation <> 'insert' and o.created_at <= knowledge_as_of.at
  )
  select t.* from then_there t
   where t.question is not null and t.answer is not null
     and (t.valid_from is null or t.valid_from <= knowledge_as_of.at) and (t.valid_to is null or t.valid_to > knowledge_as_of.at)
$$;
comment on function app_private.knowledge_as_of(timestamptz) is
  'The knowledge entries in use at a time, as they were, by the audit log. Left out are learned ones that were changed or removed since: of them the log keeps hashes alone.';

create or replace function app_private.word_share(words tsvector, lexemes text[], idf double precision[], usual_length double precision) returns double precision
language sql immutable parallel safe as $$
  select coalesce(sum(i.idf * t.tf * 2.2 / (t.tf + 1.2 * (0.25 + 0.75 * t.length / usual_length))) / nullif((select sum(x) from unnest(word_share.idf) x), 0), 0)
    from (select u.lexeme, coalesce(cardinality(u.positions), 1)::double precision as tf, sum(coalesce(cardinality(u.positions), 1)) over () as length from unnest(word_share.words) u) t
    join unnest(word_share.lexemes, word_share.idf) i(lexeme, idf) on i.lexeme = t.lexeme
$$;
comment on function app_private.word_share(tsvector, text[], double precision[], double precision) is 'The share of a question''s information that a text holds: what the impacts of search units give, without making them.';

create or replace function app_private.sections_as_of(at timestamptz, only_category text, lexemes text[], idf double precision[], question_embedding vector)
returns table (sop_id integer, sop_version_id integer, category text, topic text, content text, kind text, ordinal integer, title text, heading text, body text, embedding_text text,
  words double precision, cosine double precision, embedding vector)
language sql stable set search_path = app_public, public, pg_temp set jit = off as $$
  with in_force as materialized (
    select distinct on (v.sop_id) v.sop_id, v.id, v.category, v.section, v.content, v.archived
      from app_public.sop_versions v where v.created_at <= sections_as_of.at order by v.sop_id, v.version desc
  ), changed as materialized (
    select f.* from in_force f
     where not f.archived and (only_category is null or f.category = only_category)
       and not exists (select from app_private.search_units u where u.sop_id = f.sop_id and u.sop_version_id = f.id and u.kind = 'profile')
  )
  select c.sop_id, c.id, c.category, c.section, c.content, u.kind, u.ordinal, u.title, u.heading, u.body, u.embedding_text,
         app_private.word_share(u.words, sections_as_of.lexemes, sections_as_of.idf, app_hidden.usual_length('sop:', u.kind)), -(e.embedding <#> question_embedding), e.embedding
    from changed c
   cross join app_public.club_settings s
   cross join lateral app_hidden.sop_units(c.category, c.section, c.content) u
    left join app_private.embedding_cache e on e.content_hash = app_hidden.embedding_hash(u.embedding_text) and e.model = s.embedding_model
$$;
comment on function app_private.sections_as_of(timestamptz, text, text[], double precision[], vector) is
  'The sections and phrases of the SOP versions in force at a time that are not in force now, with their share of a question''s words and, where the cache has their vector, their cosine.';

create or replace function app_private.units_as_of(at timestamptz, only_category text, only_site_id integer, impacts sparsevec, total_idf double precision, lexemes text[], idf double precision[],
  question_embedding vector)
returns table (target text, kind text, sop_id integer, sop_version_id integer, knowledge_id integer, ordinal integer, category text, topic text, trust smallint, title text, heading text,
  body text, matched text, words double precision, cosine double precision, embedding vector, cut boolean)
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off as $$
#variable_conflict use_column
declare
  v_model text := (select s.embedding_model from app_public.club_settings s);
begin
  return query
  with entries as materialized (
    select k.* from app_private.knowledge_as_of(units_as_of.at) k
     where (k.site_id is null or only_site_id is null or k.site_id = only_site_id) and (only_category is null or k.category = only_category)
  ), in_force as materialized (
    select distinct on (v.sop_id) v.sop_id, v.id, v.archived from app_public.sop_versions v where v.created_at <= units_as_of.at order by v.sop_id, v.version desc
  ), still as materialized (
    select u.id
      from in_force f
      join app_public.sops s on s.id = f.sop_id
      join app_public.sop_versions v on v.sop_id = s.id and v.version = s.version and v.id = f.id
      join app_private.search_units u on u.sop_id = f.sop_id and u.knowledge_id is null
     where not f.archived
    union all
    select u.id from app_private.search_units u join entries e on e.id = u.knowledge_id and e.unchanged
     where u.ordinal = 0 or exists (select from app_public.knowledge_questions q where q.knowledge_id = e.id and q.question = u.embedding_text and q.created_at <= units_as_of.at)
    union all
    select u.id from app_private.search_units u
     where u.kind = 'profile' and u.sop_id is null and u.since <= units_as_of.at and u.target in (select app_hidden.target_of(e.sop_id, e.category, e.topic) from entries e)
  )
  select u.target, u.kind, u.sop_id, u.sop_version_id, u.knowledge_id, u.ordinal, u.category::text, u.topic::text, u.trust, u.title, u.heading, u.body, u.embedding_text,
         coalesce(-(u.impacts <#> units_as_of.impacts) / nullif(total_idf, 0), 0),
         case when question_embedding is not null and u.embedding_model = v_model then -(u.embedding <#> question_embedding) else 0 end, null::vector, false
    from app_private.search_units u
   where u.id in (select s.id from still s) and (only_category is null or u.category = only_category)
  union all
  select h.target, h.kind, null, null, null, 0, h.category, h.topic, h.trust, '', null, '', '', coalesce(-(h.impacts <#> units_as_of.impacts) / nullif(total_idf, 0), 0),
         case when question_embedding is not null and h.embedding_model = v_model then coalesce(-(h.embedding <#> question_embedding), 0) else 0 end, null::vector, false
    from app_private.search_unit_history h
   where h.kind = 'profile' and h.sop_id is null and h.since <= units_as_of.at and h.until > units_as_of.at and not h.erased
     and h.target in (select app_hidden.target_of(e.sop_id, e.category, e.topic) from entries e)
  union all
  select 'sop:' || s.sop_id, s.kind, s.sop_id, s.sop_version_id, null, s.ordinal, s.category, s.topic, 3::smallint, s.title, s.heading, s.body, s.embedding_text,
         s.words, coalesce(s.cosine, 0), s.embedding, true
    from app_private.sections_as_of(units_as_of.at, only_category, lexemes, idf, question_embedding) s
  union all
  select app_hidden.target_of(e.sop_id, e.category, e.topic), 'knowledge', e.sop_id, null, e.id, 0, e.category, e.topic, e.trust, e.question, null, e.answer, e.question,
         app_private.word_share(to_tsvector('app_public.clubos', e.question), lexemes, idf, app_hidden.usual_length('', 'knowledge')), coalesce(-(c.embedding <#> question_embedding), 0), c.embedding, true
    from entries e
    left join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(e.question) and c.model = v_model
   where not e.unchanged;
end
$$;
comment on function app_private.units_as_of(timestamptz, text, integer, sparsevec, double precision, text[], double precision[], vector) is
  'What was searched at a time, scored for a question: units that are there still, and those cut anew from the history (cut).';

create or replace function app_private.profiles_as_of(targets text[], lexemes text[], idf double precision[], question_embedding vector, at timestamptz)
returns table (target text, words double precision, cosine double precision)
language sql stable set search_path = app_public, public, pg_temp set jit = off as $$
  -- As rebuild_profile makes them, of the sections and phrases alone.
  select 'sop:' || v.sop_id,
         app_private.word_share(to_tsvector('app_public.clubos', left(concat_ws(' ', h.head, h.head, t.bodies), 250000)) || to_tsvector('app_public.clubos', left(concat_ws(' ', t.phrases, t.phrases), 250000)),
           lexemes, idf, app_hidden.usual_length('sop:', 'profile')),
         coalesce(-(l2_normalize(case when t.asked is null then t.said else t.said + t.asked end) <#> question_embedding), 0)
    from (select distinct on (x.sop_id) x.* from app_public.sop_versions x where 'sop:' || x.sop_id = any (targets) and x.created_at <= profiles_as_of.at order by x.sop_id, x.version desc) v
   cross join app_public.club_settings s
   cross join lateral (select concat_ws(' ', app_hidden.in_words(v.category), app_hidden.in_words(v.section), app_hidden.sop_title(v.section, v.content)) as head) h
   cross join lateral (
     select string_agg(concat_ws(' ', u.body, case when app_hidden.says_when(u.heading) then u.body end), ' ' order by u.ordinal) filter (where u.kind = 'section') as bodies, string_agg(u.body, ' ' order by u.ordinal) filter (where u.kind = 'phrase') as phrases,
            l2_normalize(l2_normalize(avg(c.embedding) filter (where u.kind = 'section')) + (array_agg(c.embedding order by u.ordinal) filter (where u.kind = 'section' and c.embedding is not null))[1]) as said,
            l2_normalize(avg(c.embedding) filter (where u.kind = 'phrase')) as asked
       from app_hidden.sop_units(v.category, v.section, v.content) u
       left join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(u.embedding_text) and c.model = s.embedding_model) t
$$;
comment on function app_private.profiles_as_of(text[], text[], double precision[], vector, timestamptz) is 'The profiles of SOPs as they were at a time, scored for a question.';

drop function if exists app_public.search_as_of(text, vector, timestamptz, text, text, integer);
create or replace function app_public.search_as_of(query text, query_embedding vector, at timestamptz, category text default null, site text default null, first integer default 10,
  embedding_model text default null)
returns setof app_public.search_result
language plpgsql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
#variable_conflict use_column
declare
  c_cosine_weight constant double precision := 1.5;
  v_site_id integer := app_hidden.find_site(search_as_of.site);
  v_query text := coalesce(left(search_as_of.query, 20000), '');
  v_words record;
  v_lexemes text[];
  v_idf double precision[];
begin
  if search_as_of.at is null then
    raise exception 'As of when?' using errcode = 'CO005', hint = 'Give at, such as now() - interval ''1 week''.';
  elsif query_embedding is not null and vector_dims(query_embedding) <> 1536 then
    raise exception 'The question''s vector has % dimensions; 1536 are needed.', vector_dims(query_embedding) using errcode = 'CO005', hint = 'Pad a shorter one with zeros.';
  end if;
  if search_as_of.embedding_model <> (select s.embedding_model from app_public.club_settings s) then
    query_embedding := null; -- Vectors of two models are never compared.
  end if;
  select * into v_words from app_private.searched_words(v_query, null);
  select array_agg(l), array_agg(-(v_words.impacts <#> format('{%s:1}/268435456', app_hidden.lexeme_dimension(l))::sparsevec)) into v_lexemes, v_idf
    from unnest(tsvector_to_array(to_tsvector('app_public.clubos', v_words.question))) l;
  return query
  with units as materialized (
    select u.*, u.words + c_cosine_weight * u.cosine - case when u.trust = 0 then 0.3 else 0 end as s
      from app_private.units_as_of(search_as_of.at, nullif(search_as_of.category, ''), v_site_id, v_words.impacts, v_words.total_idf, v_lexemes, v_idf, query_embedding) u
  ), best as (
    select u.target from units u group by u.target having max(u.words) > 0 or max(u.cosine) > 0 order by max(u.s) desc limit 60
  ), profiles as materialized (
    select p.target, p.words, p.cosine, p.words + c_cosine_weight * p.cosine as s
      from app_private.profiles_as_of(array(select distinct u.target from units u join best b on b.target = u.target where u.cut and u.sop_id is not null and u.kind = 'section'), v_lexemes, v_idf, query_embedding, search_as_of.at) p
    union all
    select u.target, u.words, u.cosine, u.s from units u join best b on b.target = u.target where u.kind = 'profile'
  ), entries as (
    select e.target, max(e.s) + 0.1 * ln(sum(exp((e.s - e.top) / 0.1))) as a
      from (select u.target, u.s, row_number() over (partition by u.target order by u.s desc) as place, max(u.s) over (partition by u.target) as top
              from units u join best b on b.target = u.target where u.kind in ('phrase', 'knowledge')) e
     where e.place <= 10 group by e.target
  ), found as materialized (
    select t.target, t.sop_id, t.category, t.a, t.b, greatest(t.w, p.words) as w, greatest(t.c, p.cosine) as c, (coalesce(w.score, t.m) + t.m) / 2 as score,
           row_number() over (order by (coalesce(w.score, t.m) + t.m) / 2 desc, t.target)::integer as place
      from (select g.*, e.a, app_hidden.parts_score(null, g.b, e.a) as m
              from (select u.target, count(*) filter (where u.kind in ('phrase', 'knowledge') and u.trust > 0) > 1 as asked, max(u.sop_id) as sop_id, max(u.category) as category, max(u.s) filter (where u.kind = 'section') as b, max(u.words) as w, max(u.cosine) as c
                      from units u join best b on b.target = u.target group by u.target) g
              left join entries e on e.target = g.target) t
      left join profiles p on p.target = t.target
     cross join lateral (select app_hidden.profile_score(p.s, t.asked) as score) w
     where t.m is not null
  )
  select f.place, case when q.own_answer then 'knowledge' else 'sop' end, f.sop_id, s.sop_version_id, v.version, case when q.leads or q.own_answer then n.knowledge_id end,
         coalesce(v.category, n.category)::text, coalesce(v.section, n.topic)::text, coalesce(s.title, n.title), case when not q.own_answer then s.heading end,
         case when q.own_answer then n.body else s.body end, case when q.leads then n.matched end, case when q.leads then n.trust else 3::smallint end, f.score, f.w, f.c,
         case when f.place = 1 then app_hidden.confidence(f.c, r.rivals,
           f.target = (select u.target from units u where u.kind <> 'profile' order by u.words desc limit 1) and f.target = (select u.target from units u where u.kind <> 'profile' order by u.cosine desc limit 1), r.persons) end
    from found f
    left join lateral (
      select sum(r.rival) as rivals, sum(r.rival ^ 2) filter (where r.category = 'hand_over' and f.category <> 'hand_over') / sum(r.rival ^ 2) as persons
        from (select exp((x.score - f.score) / 0.2) as rival, x.category from found x where x.place <= 20) r
       where f.place = 1) r on true
    left join lateral (select * from units u where u.target = f.target and u.kind in ('phrase', 'knowledge') order by u.s desc, u.knowledge_id limit 1) n on true
    left join lateral (
      select * from units u where u.target = f.target and u.kind = 'section'
       order by app_hidden.says_when(u.heading), u.s + case when app_hidden.says_what_to_do(u.heading) or app_hidden.says_what_to_say(u.heading) then 0.5 else 0 end desc, u.ordinal limit 1) s on true
   cross join lateral (select f.sop_id is null or coalesce(f.a > f.b, false) as leads) l
   cross join lateral (select l.leads, s.target is null or (l.leads and n.kind = 'knowledge' and n.trust = 3) as own_answer) q
    left join app_public.sop_versions v on v.id = s.sop_version_id
   where f.place <= least(greatest(coalesce(search_as_of.first, 10), 1), 100)
   order by f.place;
end
$$;
comment on function app_public.search_as_of(text, vector, timestamptz, text, text, integer, text) is
$$What search_knowledge would have found at a time, over the SOP versions then in force and the knowledge entries as they were.
Exact: which SOPs and which of their versions, their texts, phrases and sections; which entries there were and when they held; vectors, where the cache still has those of the old texts (else words alone speak for them). Not exact: how rare a word is counts as it is today, by today's embedding model; the profile of an SOP that has not changed holds questions learned since; of learned entries that were changed or removed since the log keeps hashes alone, so they are left out; erased texts are gone; unknown words are not corrected by spelling.
query: 20,000 characters are read. query_embedding: its vector (1536 dimensions), null for words alone; embedding_model: whose it is, as in search_knowledge. at: when. category, site (slug): only what held there. first: at most so many (1 to 100).
Errors: CO005 no time, wrong dimensions, CO404 no such site.$$;
--! EndIncluded queries/search_as_of.sql
--! Included queries/replay_response.sql
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
--! EndIncluded queries/replay_response.sql
--! Included functions/experiments.sql
-- Who gets which arm: decided by nothing but the experiment, the subject and the weights, so that nobody has to remember
-- it. SHA-256, since PostgreSQL's own hash functions may change with its next version.
create or replace function app_hidden.experiment_bucket(experiment_id integer, subject text) returns double precision
language sql immutable strict parallel safe as $$
  select ('x' || left(encode(sha256(convert_to(experiment_id || ':' || subject, 'UTF8')), 'hex'), 13))::bit(52)::bigint / 4503599627370496.0::double precision
$$;
comment on function app_hidden.experiment_bucket(integer, text) is 'Where a subject stands in an experiment: 0 to below 1, evenly spread, the same each time, and independent of where it stands in another one.';

create or replace function app_hidden.assigned_arm(experiment_id integer, subject text, weights integer[]) returns integer
language sql immutable strict parallel safe as $$
  select w.place::integer
    from (select u.place, sum(u.weight) over (order by u.place) / sum(u.weight) over ()::double precision as upto from unnest(weights) with ordinality u(weight, place)) w
   where app_hidden.experiment_bucket(experiment_id, subject) < w.upto
   order by w.place limit 1
$$;
comment on function app_hidden.assigned_arm(integer, text, integer[]) is 'Which arm (1 is the first) a subject gets, by the arms'' weights.';

create or replace function app_hidden.experiment_subject(visitor_id uuid, ticket_id integer) returns text
language sql immutable parallel safe as $$
  select coalesce('visitor:' || visitor_id, 'ticket:' || ticket_id)
$$;
comment on function app_hidden.experiment_subject(uuid, integer) is
  'Whom an experiment treats as one: the visitor, else the conversation; null where there is neither, and then the control is served and nothing is counted.';

create or replace function app_private.arm_of(experiment_id integer, subject text) returns app_public.experiment_arms
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select a.* from app_public.experiment_arms a
   where a.experiment_id = arm_of.experiment_id
     and a.label = (select x.labels[app_hidden.assigned_arm(arm_of.experiment_id, arm_of.subject, x.weights)]
                      from (select array_agg(y.label order by y.label) as labels, array_agg(y.weight order by y.label) as weights
                              from app_public.experiment_arms y where y.experiment_id = arm_of.experiment_id) x)
$$;
comment on function app_private.arm_of(integer, text) is 'The arm of an experiment that a subject always gets.';

-- Retrieval goes by the SOP as it is, for every arm alike; only what is read out differs. Which section that is, the
-- arm's text decides as a search would (section_score) if it were the SOP: so an arm shows what it would show once promoted.
create or replace function app_private.arm_section(sop app_public.sops, content text, query text, query_embedding vector)
returns table (title text, heading text, body text)
language sql stable set search_path = app_public, public, pg_temp as $$
  select u.title, u.heading, u.body
    from app_hidden.sop_units(sop.category, sop.section, arm_section.content) u
   cross join app_public.club_settings s
   cross join app_private.searched_words(left(arm_section.query, 20000), null) q
    left join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(u.embedding_text) and c.model = s.embedding_model
   where u.kind = 'section'
   order by app_hidden.section_score(u.heading, -(app_hidden.bm25_impacts(u.words, app_hidden.usual_length('sop:', u.kind)) <#> q.impacts) / nullif(q.total_idf, 0),
            -(c.embedding <#> arm_section.query_embedding)) desc, u.ordinal
   limit 1
$$;
comment on function app_private.arm_section(app_public.sops, text, text, vector) is 'The section of an arm''s text to quote for a question, chosen as a search chooses an SOP''s (section_score).';

create or replace function app_private.serve_arm(results app_public.search_result[], subject text, query text, query_embedding vector,
  out arm_id integer, out place integer, out served app_public.search_result, out source_text text)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  c_most constant integer := 4000; -- as app_private.source_text
  v_experiment app_public.experiments;
  v_arm app_public.experiment_arms;
  v_sop app_public.sops;
  v_section record;
begin
  if subject is null or not exists (select from app_public.experiments e where e.status = 'running') then
    return;
  end if;
  select e.*, r.place into v_experiment.id, v_experiment.sop_id, place
    from (select x.sop_id, x.sop_version_id, x.kind, x.category, o.place::integer as place
            from generate_subscripts(results, 1) o(place), lateral (select (results[o.place]).*) x) r
    join lateral (select e.id, e.sop_id from app_public.experiments e where e.sop_id = r.sop_id and e.sop_version_id = r.sop_version_id and e.status = 'running') e on true
   where r.kind = 'sop' and r.category not in ('emergency', 'hand_over') order by r.place limit 1;
  if v_experiment.id is null then
    return;
  end if;
  v_arm := app_private.arm_of(v_experiment.id, serve_arm.subject);
  arm_id := v_arm.id;
  served := results[place];
  if v_arm.label <> 'A' then
    select * into v_sop from app_public.sops s where s.id = v_experiment.sop_id;
    select * into v_section from app_private.arm_section(v_sop, v_arm.content, serve_arm.query, serve_arm.query_embedding);
    served.title := v_section.title;
    served.heading := v_section.heading;
    served.snippet := v_section.body;
    select coalesce(max(t.whole), app_hidden.quote(concat_ws(E'\n', served.heading, served.snippet), c_most)) into source_text
      from (select string_agg(concat_ws(E'\n', u.heading, u.body), E'\n\n' order by u.ordinal) as whole
              from app_hidden.sop_units(v_sop.category, v_sop.section, v_arm.content) u where u.kind = 'section' having sum(length(u.body)) <= c_most) t;
  end if;
end
$$;
comment on function app_private.serve_arm(app_public.search_result[], text, text, vector) is
$$What a running experiment makes of the sources found for a question: the subject's arm (arm_id), the place of the source that it stands in for, that source with the arm's title, heading and section, and what a model reads of it (null for the control: as it is).
One answer takes part in one experiment at most, that of its first source with one: so no experiment measures another's texts. subject: as app_hidden.experiment_subject; null, or no experiment there, gives nulls. Emergencies are never part of one.$$;

create or replace function app_private.exposure(sources jsonb, subject text, out arm_id integer, out subject_hash bytea)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if exposure.subject is null or not jsonb_path_exists(coalesce(exposure.sources, '[]'), '$[*].experiment_arm_id') then
    return;
  end if;
  select a.id, substr(sha256(convert_to(a.experiment_id || ':' || exposure.subject, 'UTF8')), 1, 16) into exposure.arm_id, exposure.subject_hash
    from jsonb_to_recordset(exposure.sources) s(rank integer, cited boolean, sop_id integer, experiment_arm_id integer)
    join app_public.experiment_arms a on a.id = s.experiment_arm_id
    join app_public.experiments e on e.id = a.experiment_id and e.sop_id = s.sop_id
   where s.cited and s.rank <= 10 and (app_private.arm_of(e.id, exposure.subject)).id = a.id
   order by s.rank limit 1;
end
$$;
comment on function app_private.exposure(jsonb, text) is
  'What an answer counts for: the arm of a source that it cites, and the hash of whom it was given to. Nothing where the arm''s text was retrieved and not used, or the arm is not this subject''s.';

create or replace function app_private.experiment_subjects(experiment_id integer)
returns table (arm_id integer, subject bytea, responses bigint, helpful boolean, rated_at timestamptz)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select a.id, r.experiment_subject, count(*), (array_agg(r.feedback = 'helpful' order by r.feedback_at, r.id) filter (where r.feedback is not null))[1], min(r.feedback_at)
    from app_public.experiment_arms a join app_public.responses r on r.experiment_arm_id = a.id
   where a.experiment_id = experiment_subjects.experiment_id
   group by a.id, r.experiment_subject
$$;
comment on function app_private.experiment_subjects(integer) is
  'Everybody whom an experiment was shown to, with their arm. helpful: their first rating, null without one: further ones of the same person are not independent of it.';

create or replace function app_private.points(share double precision) returns text language sql immutable parallel safe as $$
  select case when abs(share) < 0.0995 then to_char(abs(share) * 100, 'FM990.0') else to_char(abs(share) * 100, 'FM990') end
$$;
comment on function app_private.points(double precision) is 'A share as percentage points for a sentence, without its sign.';

create or replace function app_private.verdict_text(verdict text, label text, rate double precision, control_rate double precision, difference double precision,
  low double precision, high double precision, p double precision, probability double precision, rated bigint, control_rated bigint, minimum integer, ratio_p double precision) returns text
language sql immutable set search_path = app_public, public, pg_temp as $$
  select case verdict
    when 'control' then 'This is the SOP as it is; the others are compared with it.'
    when 'sample_ratio' then format('Do not trust these figures yet: the arms'' sizes do not fit their weights (p %s). Something sorts people into them, such as one text being cited less often.', to_char(ratio_p, 'FM0.000000'))
    when 'no_data' then 'Nobody has rated an answer of both arms yet.'
    when 'worse' then format('%s helps less than the control: %s %% against %s %%. The difference is beyond doubt, however often one looked (p %s).', label, app_private.points(rate), app_private.points(control_rate), to_char(p, 'FM0.0000'))
    when 'better' then format('%s helps more than the control: %s %% against %s %%. The difference is beyond doubt, however often one looked (p %s).', label, app_private.points(rate), app_private.points(control_rate), to_char(p, 'FM0.0000'))
    when 'better_so_far' then format('%s looks better already (p %s); wait until each arm has the %s ratings agreed on, so that the gain is known more closely.', label, to_char(p, 'FM0.0000'), minimum)
    when 'collecting' then format('Too early to say: %s and %s of %s ratings. So far %s has a chance of %s %% to be the better one.', rated, control_rated, minimum, label, app_private.points(probability))
    else format('No difference is certain: it lies between %s%s and %s%s points. %s has a chance of %s %% to be the better one.', case when low < 0 then '−' else '+' end, app_private.points(low), case when high < 0 then '−' else '+' end, app_private.points(high), label, app_private.points(probability))
  end
$$;
comment on function app_private.verdict_text(text, text, double precision, double precision, double precision, double precision, double precision, double precision, double precision, bigint, bigint, integer, double precision) is
  'A verdict in plain words.';

create or replace function app_private.experiment_figures(experiment_id integer)
returns table (arm_id integer, label text, is_control boolean, weight integer, subjects bigint, responses bigint, rated bigint, helpful bigint, unhelpful bigint,
  rate double precision, rate_low double precision, rate_high double precision, difference double precision, difference_low double precision, difference_high double precision,
  probability_better double precision, expected_loss double precision, always_valid_p double precision, sample_ratio_p double precision, minimum_reached boolean, verdict text, verdict_text text)
language sql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
  with seen as materialized (
    select s.*, case when s.helpful is not null then row_number() over (partition by s.arm_id, s.helpful is null order by s.rated_at, s.subject) end as turn
      from app_private.experiment_subjects(experiment_figures.experiment_id) s
  ), arms as materialized (
    select a.id, a.label, a.weight, e.minimum_sample, count(s.subject) as subjects, coalesce(sum(s.responses), 0)::bigint as responses, count(s.helpful) as rated,
           count(*) filter (where s.helpful) as helpful, count(*) over () - 1 as others
      from app_public.experiments e join app_public.experiment_arms a on a.experiment_id = e.id left join seen s on s.arm_id = a.id
     where e.id = experiment_figures.experiment_id
     group by a.id, a.label, a.weight, e.minimum_sample
  ), compared as materialized (
    select a.*, c.rated as control_rated, c.helpful as control_helpful, n.difference, n.low, n.high,
           app_hidden.probability_greater(a.helpful + 1, a.rated - a.helpful + 1, c.helpful + 1, c.rated - c.helpful + 1) as probability_better,
           app_hidden.expected_loss(a.helpful + 1, a.rated - a.helpful + 1, c.helpful + 1, c.rated - c.helpful + 1) as loss,
           app_hidden.expected_loss(c.helpful + 1, c.rated - c.helpful + 1, a.helpful + 1, a.rated - a.helpful + 1) as loss_of_control,
           -- As many looks as there are treatments (Bonferroni).
           least(1, a.others * app_hidden.always_valid_p(coalesce((select array_agg((t.helpful::integer - k.helpful::integer)::smallint order by t.turn)
             from seen t join seen k on k.turn = t.turn and k.arm_id = c.id where t.arm_id = a.id), '{}'))) as p
      from arms a join arms c on c.label = 'A'
      left join lateral app_hidden.newcombe_interval(a.helpful, a.rated, c.helpful, c.rated) n on true
     where a.label <> 'A'
  ), ratio as (
    select app_hidden.sample_ratio_p(array_agg(a.subjects order by a.label), array_agg(a.weight order by a.label)) as p from arms a
  )
  select a.id, a.label, a.label = 'A', a.weight, a.subjects, a.responses, a.rated, a.helpful, a.rated - a.helpful,
         a.helpful::double precision / nullif(a.rated, 0), w.low, w.high, c.difference, c.low, c.high, c.probability_better,
         case when a.label = 'A' then (select max(x.loss_of_control) from compared x) else c.loss end, c.p, r.p, a.rated >= a.minimum_sample, v.verdict,
         app_private.verdict_text(v.verdict, a.label, a.helpful::double precision / nullif(a.rated, 0), c.control_helpful::double precision / nullif(c.control_rated, 0), c.difference, c.low, c.high,
           c.p, c.probability_better, a.rated, c.control_rated, a.minimum_sample, r.p)
    from arms a
   cross join ratio r
    left join compared c on c.id = a.id
    left join lateral app_hidden.wilson_interval(a.helpful, a.rated) w on true
   cross join lateral (
     select case when a.label = 'A' then 'control' when r.p < 0.001 then 'sample_ratio' when a.rated = 0 or c.control_rated = 0 then 'no_data'
                 -- p remembers its smallest value: the interval says that it still goes that way.
                 when c.p <= 0.05 and c.high < 0 then 'worse' when c.p <= 0.05 and c.low > 0 and least(a.rated, c.control_rated) >= a.minimum_sample then 'better'
                 when c.p <= 0.05 and c.low > 0 then 'better_so_far' when least(a.rated, c.control_rated) < a.minimum_sample then 'collecting' else 'undecided' end as verdict) v
   order by a.label
$$;
comment on function app_private.experiment_figures(integer) is 'What experiment_results gives, computed from the answers as they are now.';

-- Every end goes through here: with the figures that it was decided on.
create or replace function app_private.end_experiment(experiment_id integer, status text, reason text, winner text default null) returns app_public.experiments
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  update app_public.experiments e
     set status = end_experiment.status, status_by = left(coalesce(app_public.current_actor(), session_user), 100), status_at = clock_timestamp(), status_reason = end_experiment.reason, winner = end_experiment.winner,
         results = (select coalesce(jsonb_agg(to_jsonb(f) order by f.label), '[]') from app_private.experiment_figures(end_experiment.experiment_id) f)
   where e.id = end_experiment.experiment_id
  returning e.*
$$;
comment on function app_private.end_experiment(integer, text, text, text) is 'Ends an open experiment (concluded or stopped), by who acts, and keeps its figures.';

create or replace function app_private.tell_of_experiment(experiment app_public.experiments, event text, arm text default null) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  select app_hidden.notify('experiment', jsonb_strip_nulls(jsonb_build_object('experiment_id', experiment.id, 'name', experiment.name, 'event', event, 'arm', arm,
           'sop', (select s.category || '/' || s.section from app_public.sops s where s.id = experiment.sop_id),
           'version', case event when 'moved_on' then (select s.version from app_public.sops s where s.id = experiment.sop_id) end)),
         format('experiment:%s:%s', experiment.id, event))
$$;
comment on function app_private.tell_of_experiment(app_public.experiments, text, text) is 'Tells reviewers of what an experiment came to without them: harm (stopped), sample_ratio (not to be trusted), moved_on (stopped, since its SOP is another). Once each.';

create or replace function app_private.watch_experiments() returns table (id integer, event text, reason text)
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_experiment app_public.experiments;
  v_figures record;
begin
  for v_experiment in select e.* from app_public.experiments e where e.status = 'running' order by e.id for no key update skip locked loop
    for v_figures in select f.* from app_private.experiment_figures(v_experiment.id) f where not f.is_control order by f.label loop
      id := v_experiment.id;
      if v_figures.sample_ratio_p < 0.001 and v_experiment.sample_ratio_alarm_at is null then
        event := 'sample_ratio';
        reason := format('The arms'' sizes do not fit their weights (p %s).', to_char(v_figures.sample_ratio_p, 'FM0.000000'));
        perform app_hidden.set_reason(reason);
        update app_public.experiments e set sample_ratio_alarm_at = clock_timestamp() where e.id = v_experiment.id returning * into v_experiment;
        perform app_private.tell_of_experiment(v_experiment, event);
        return next;
      end if;
      if v_experiment.stop_on_harm and v_figures.always_valid_p <= 0.05 and v_figures.difference_high < 0 then
        event := 'harm';
        reason := format('Arm %s is worse than the control beyond doubt: %s %% of %s found it helpful, against %s points more of the control (always-valid p %s).', v_figures.label,
          app_private.points(v_figures.rate), v_figures.rated, app_private.points(v_figures.difference), to_char(v_figures.always_valid_p, 'FM0.0000'));
        perform app_hidden.set_reason(reason);
        v_experiment := app_private.end_experiment(v_experiment.id, 'stopped', reason);
        perform app_private.tell_of_experiment(v_experiment, event, v_figures.label);
        return next;
        exit;
      end if;
    end loop;
  end loop;
end
$$;
comment on function app_private.watch_experiments() is
  'Stops running experiments of which an arm does harm (always-valid p at most 0.05 and worse), where they ask for it, and notes arms of the wrong size; tells reviewers. Returns what happened. The experiment ends as a whole: the sizes of the remaining arms would not fit their weights any more.';
--! EndIncluded functions/experiments.sql
--! Included functions/preview_rankings.sql
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
--! EndIncluded functions/preview_rankings.sql
--! Included functions/preview.sql
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
--! EndIncluded functions/preview.sql
--! Included policies/policies.sql
-- Row level security of every table: one policy per role path, never one with OR across roles. Policies first,
-- then the grants they bound. Roles inherit: anonymous < customer, agent < reviewer < admin.
do $$
declare
  v_policy record;
  v_grant record;
  v_reader text;
begin
  for v_policy in select schemaname, tablename, policyname from pg_policies where schemaname in ('app_public', 'app_private') loop
    execute format('drop policy %I on %I.%I', v_policy.policyname, v_policy.schemaname, v_policy.tablename);
  end loop;

  -- Grants are made anew as well, so that what is not written here is nobody's.
  revoke all on all tables in schema app_public, app_hidden, app_private from public, anonymous, customer, agent, reviewer, admin, auditor, worker;

  -- Who reads all rows, and all columns. A table that is not listed is read by its owner alone: a new one is given to nobody by accident.
  for v_grant in
    select split_part(g, ':', 1) as readers, btrim(t) as name
      from unnest(array[
        'agent, auditor, worker: sops, sop_versions, knowledge_base, knowledge_questions, failed_responses, failure_patterns, improvement_queue, improvement_evidence, golden_questions, golden_checks, experiments, experiment_arms, club_settings, sites, analyses, analysis_runs, analysis_batches, health_checks',
        'agent, auditor: tickets, messages, responses, response_sources, emergency_signals',
        'reviewer, auditor, worker: prompts, prompt_versions',
        'admin, auditor: llm_prices, llm_calls, reembeddings, audit_log, audit_heads, sessions, api_tokens, webhooks, notifications, retention_rules, retention_runs, privacy_actions, restores, backup_target_tests',
        'admin, auditor, worker: backup_targets, backups',
        'admin, auditor, worker: import_batches, import_items']) g,
      unnest(string_to_array(split_part(g, ':', 2), ',')) t
  loop
    for v_reader in select btrim(r) from unnest(string_to_array(v_grant.readers, ',')) r loop
      execute format('create policy %I on app_public.%I for select to %I using (true)', 'select_' || v_reader, v_grant.name, v_reader);
      execute format('grant select on app_public.%I to %I', v_grant.name, v_reader);
    end loop;
  end loop;
  foreach v_reader in array array['audit_head', 'embedding_cache', 'knowledge_votes', 'search_statistics', 'search_units', 'search_unit_history', 'response_searches', 'search_vocabulary', 'search_unit_changes', 'dry_run_rankings', 'stale_profiles', 'lexeme_frequencies', 'improvements_in_progress', 'joint_approvals', 'improvement_viewers', 'golden_set', 'worker_heartbeats', 'dead_job_alerts', 'analysis_briefs', 'stated_facts', 'knowledge_findings', 'sop_sketches', 'restore_rows'] loop
    execute format('create policy select_auditor on app_private.%I for select to auditor using (true)', v_reader);
    execute format('grant select on app_private.%I to auditor', v_reader);
  end loop;
end
$$;

-- By columns, so that one which is added, such as a secret, is read by nobody until it is written here.
create policy select_agent on app_public.users for select to agent using (true);
create policy select_auditor on app_public.users for select to auditor using (true);
grant select (id, email, name, role, is_active, created_at, updated_at) on app_public.users to agent, auditor;

-- Staff see their own logins and tokens, admins everybody's.
create policy select_own on app_public.sessions for select to agent using (user_id = (select app_public.current_user_id()));
create policy select_own on app_public.api_tokens for select to agent using (user_id = (select app_public.current_user_id()));
grant select on app_public.sessions, app_public.api_tokens to agent;

-- And their own browsers, but not the keys that messages to them are encrypted with.
create policy select_own on app_public.push_subscriptions for select to agent using (user_id = (select app_public.current_user_id()));
create policy select_auditor on app_public.push_subscriptions for select to auditor using (true);
grant select (id, user_id, endpoint, user_agent, created_at, last_ok_at) on app_public.push_subscriptions to agent, auditor;

-- A customer sees their own conversations, and what they were answered from. `(select …)` is computed once a query, not
-- once a row; an array of keys, unlike exists or in, lets the planner use the index of the key.
create policy select_own on app_public.tickets for select to anonymous using (visitor_id = (select nullif(current_setting('clubos.visitor_id', true), '')::uuid));
create policy select_own on app_public.messages for select to anonymous
  using (author_kind <> 'system' and ticket_id = any (array(select t.id from app_public.tickets t where t.visitor_id = (select nullif(current_setting('clubos.visitor_id', true), '')::uuid))));
create policy select_own on app_public.responses for select to anonymous using (visitor_id = (select nullif(current_setting('clubos.visitor_id', true), '')::uuid) and outcome <> 'drafted');
create policy select_own on app_public.response_sources for select to anonymous
  using (response_id = any (array(select r.id from app_public.responses r where r.visitor_id = (select nullif(current_setting('clubos.visitor_id', true), '')::uuid))));
create policy select_all on app_public.sites for select to anonymous using (true);
grant select (id, conversation, status, priority, category, subject, site_id, visitor_id, created_at, updated_at, resolved_at) on app_public.tickets to anonymous;
grant select (id, ticket_id, author_kind, body, response_id, created_at) on app_public.messages to anonymous;
grant select (id, ticket_id, visitor_id, question, category, confidence, text, outcome, model, feedback, feedback_at, created_at) on app_public.responses to anonymous;
grant select (response_id, rank, kind, category, topic, heading, snippet, score, cited) on app_public.response_sources to anonymous;
grant select on app_public.sites to anonymous;

-- Reviewers write procedures and knowledge, in plain SQL too; triggers keep the history.
create policy insert_reviewer on app_public.sops for insert to reviewer with check (true);
create policy update_reviewer on app_public.sops for update to reviewer using (true) with check (true);
grant insert (category, section, content), update (category, section, content, archived_at) on app_public.sops to reviewer;
create policy insert_reviewer on app_public.knowledge_base for insert to reviewer with check (true);
create policy update_reviewer on app_public.knowledge_base for update to reviewer using (true) with check (true);
create policy delete_reviewer on app_public.knowledge_base for delete to reviewer using (true);
grant insert (category, topic, question, answer, source, site_id, valid_from, valid_to, sop_id, trust), update (category, topic, question, answer, site_id, valid_from, valid_to, sop_id, trust),
  delete on app_public.knowledge_base to reviewer;
create policy update_reviewer on app_public.improvement_queue for update to reviewer using (true) with check (true);
grant update (status, rejection_reason) on app_public.improvement_queue to reviewer;
create policy insert_reviewer on app_public.prompts for insert to reviewer with check (true);
create policy update_reviewer on app_public.prompts for update to reviewer using (true) with check (true);
grant insert (name, content), update (content) on app_public.prompts to reviewer;

create policy insert_admin on app_public.sites for insert to admin with check (true);
create policy update_admin on app_public.sites for update to admin using (true) with check (true);
grant insert (slug, name, timezone, address), update (slug, name, timezone, address) on app_public.sites to admin;
create policy insert_admin on app_public.users for insert to admin with check (true);
create policy update_admin on app_public.users for update to admin using (true) with check (true);
grant insert (email, name, role, is_active), update (email, name, role, is_active) on app_public.users to admin;
create policy update_admin on app_public.club_settings for update to admin using (true) with check (true);
grant update (confidence_threshold, model_threshold, takeover_minutes, helpful_votes_to_confirm, daily_budget, monthly_budget, budget_warning, golden_gate) on app_public.club_settings to admin;
create policy insert_admin on app_public.emergency_signals for insert to admin with check (true);
create policy update_admin on app_public.emergency_signals for update to admin using (true) with check (true);
create policy delete_admin on app_public.emergency_signals for delete to admin using (true);
grant insert (section, pattern), update (section, pattern), delete on app_public.emergency_signals to admin;

create policy update_admin on app_public.retention_rules for update to admin using (true) with check (true);
grant update (keep) on app_public.retention_rules to admin;

create policy insert_worker on app_public.llm_calls for insert to worker with check (true);
grant insert (purpose, provider, model, tokens_in, tokens_out, tokens_cached, tokens_cache_written, batch, cost, latency_ms, status, request_id, response_id, improvement_id) on app_public.llm_calls to worker;
create policy insert_admin on app_public.llm_prices for insert to admin with check (true);
create policy update_admin on app_public.llm_prices for update to admin using (true) with check (true);
create policy delete_admin on app_public.llm_prices for delete to admin using (true);
grant insert (model, valid_from, input, cached_input, cache_write, output, batch_factor), update (model, valid_from, input, cached_input, cache_write, output, batch_factor), delete on app_public.llm_prices to admin;

grant select on app_public.sop_usage, app_public.sop_failures, app_public.knowledge_health, app_public.review_metrics, app_public.sop_freshness, app_public.knowledge_freshness, app_public.sop_categories to agent, auditor;
grant select on app_public.dead_jobs, app_public.jobs, app_public.cost_per_answer, app_public.cost_per_improvement to admin, auditor;
--! EndIncluded policies/policies.sql
--! Included policies/functions.sql
-- Who may call what. Nothing is for everybody: default privileges of ours give public no execute.
do $$
declare
  v_function record;
begin
  for v_function in
    select p.oid::regprocedure as signature, n.nspname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname in ('app_public', 'app_hidden', 'app_private', 'app_secret')
       and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  loop
    execute format('revoke all on function %s from public', v_function.signature);
    execute format('revoke all on function %s from anonymous, customer, agent, reviewer, admin, auditor, worker', v_function.signature);
  end loop;
end
$$;

-- What policies and everybody's own questions need.
grant execute on function app_public.current_actor(), app_public.current_visitor_id() to anonymous, agent, auditor, worker;

grant execute on function app_public.start_conversation(text), app_public.mark_helpful(bigint),
  app_public.mark_unhelpful(bigint, text, text, integer, text, text) to anonymous, agent;

grant execute on function app_public.search_knowledge(text, vector, text, text, integer, text), app_public.searched_as(text), app_public.search_as_of(text, vector, timestamptz, text, text, integer, text),
  app_public.replay_response(bigint, timestamptz), app_public.knowledge_as_of(timestamptz, text, text), app_public.sop_diff(integer, integer, integer),
  app_public.sop_as_of(text, text, timestamptz), app_public.failures_about(text, timestamptz, timestamptz),
  app_public.sop_blame(integer, integer), app_public.sop_questions(integer, integer), app_public.improvement_merge(integer),
  app_public.merged_improvements(integer[]) to agent, auditor;
grant execute on function app_public.improvement_queue_category(app_public.improvement_queue), app_public.improvement_queue_topic(app_public.improvement_queue),
  app_public.improvement_queue_fixed(app_public.improvement_queue), app_public.improvement_queue_broken(app_public.improvement_queue),
  app_public.improvement_queue_decided_at(app_public.improvement_queue), app_public.improvement_queue_viewers(app_public.improvement_queue),
  app_public.improvement_queue_dry_run_stale_because(app_public.improvement_queue), app_public.improvement_queue_dry_run_stale(app_public.improvement_queue),
  app_public.improvement_queue_version_written(app_public.improvement_queue) to agent, auditor;
grant execute on function app_public.search_knowledge(text, vector, text, text, integer, text) to worker;
grant execute on function app_public.serve_sop(text, text, text), app_public.experiment_results(integer) to agent, auditor, worker;
grant execute on function app_public.estimate_experiment(integer, integer, integer[]) to agent, auditor;
grant execute on function app_public.answers_by_day(timestamptz, timestamptz, text, text, text), app_public.failures_by_day(timestamptz, timestamptz, text, text, text),
  app_public.response_times_by_day(timestamptz, timestamptz, text, text, text), app_public.answers_by_hour(timestamptz, timestamptz, text, text, text),
  app_public.feedback_by_day(timestamptz, timestamptz, text, text, text), app_public.most_used_sops(timestamptz, timestamptz, text, text, integer),
  app_public.most_failed_sops(timestamptz, timestamptz, text, text, integer), app_public.top_patterns(timestamptz, timestamptz, text, text, integer),
  app_public.approvals_by_week(timestamptz, timestamptz, text), app_public.insights_summary(timestamptz, timestamptz, text, text), app_public.insight_source(text), app_public.knowledge_duplicates(integer), app_public.knowledge_findings(text, integer), app_public.system_health(),
  app_hidden.insight_period(timestamptz, timestamptz, text, text), app_hidden.insight_figures(timestamptz, timestamptz, text, integer) to agent, auditor;
grant execute on function app_public.usage_by_section(timestamptz, timestamptz, text, text), app_public.answers_by_site(timestamptz, timestamptz), app_public.failures_by_week(timestamptz, timestamptz, text),
  app_public.patterns_by_week(timestamptz, timestamptz, text), app_public.approval_effects(timestamptz, timestamptz, interval), app_public.time_to_fix(timestamptz, timestamptz),
  app_public.coverage_gaps(timestamptz, timestamptz, text, integer) to agent, auditor;
-- What these call with the caller's rights: they compute, and read nothing.
grant execute on function app_hidden.to_lines(text), app_hidden.from_lines(text[]), app_hidden.merge_lines(text, text, text), app_hidden.merge_marked(text, text, text), app_hidden.line_edits(text[], text[]), app_hidden.hunk_range(integer, integer),
  app_hidden.unified_diff(text, text, text, text, integer), app_hidden.find_site(text), app_hidden.golden_key(text) to agent, auditor;

grant execute on function app_public.take_over(integer), app_public.hand_back(integer), app_public.reply(integer, text, bigint), app_public.draft_reply(integer, vector), app_hidden.draft_question(integer), app_hidden.begin_draft(integer),
  app_public.resolve_ticket(integer, text, text, integer, text, text), app_public.set_assistant_enabled(boolean, text), app_public.request_analysis(integer),
  app_public.propose_improvement(text, jsonb, integer[], integer, integer, text, double precision), app_public.preview_improvement(integer, text, integer),
  app_public.look_at_improvement(integer), app_public.look_away(integer) to agent;
grant execute on function app_public.propose_improvement(text, jsonb, integer[], integer, integer, text, double precision), app_public.preview_improvement(integer, text, integer),
  app_private.preview_texts(integer, text, integer) to worker;

-- The analysts' work: a run, an analysis of a pattern, a batch at a provider.
grant execute on function app_private.patterns_to_analyse(), app_private.analyst_brief(integer), app_private.check_analysis(integer, jsonb),
  app_private.begin_analysis_run(text, text, integer, integer, bigint), app_private.settle_analysis_run(integer, integer, integer, text, boolean),
  app_private.claim_analysis(integer, text, integer, integer), app_private.receive_analysis(integer, integer, jsonb, jsonb, text, boolean), app_private.propose_analysis(integer, integer),
  app_private.record_local_analysis(integer, integer, integer, text[]), app_private.proposals_without_dry_run(),
  app_private.begin_analysis_batch(integer, text, text), app_private.queue_analysis_batch(integer), app_private.resume_analysis_batches(), app_private.take_analysis_batch(integer),
  app_private.batch_submitted(integer, text, timestamptz), app_private.batch_polled(integer, integer, integer, integer, integer, boolean, timestamptz),
  app_private.close_analysis_batch(integer, text, text), app_private.disown_batch(integer), app_private.find_batched(integer, text) to worker;
-- The knowledge's health, step by step; by hand in one.
grant execute on function app_private.begin_health_check(text, integer), app_private.health_check_step(integer, integer), app_private.health_check_failed(integer, text), app_private.check_knowledge_health() to worker;
grant execute on function app_public.estimate_analysis(text, boolean, integer) to agent, auditor, worker;
grant execute on function app_public.cancel_analysis(integer, text) to admin;

grant execute on function app_public.save_sop(text, text, text, text, integer), app_public.rollback_sop(integer, integer, text), app_public.archive_sop(integer, text),
  app_public.save_knowledge(text, text, text, text, text, text, timestamptz, timestamptz, text),
  app_public.edit_knowledge(integer, text, text, text, text, timestamptz, timestamptz, timestamptz), app_public.retire_knowledge(integer, text),
  app_public.restore_knowledge(integer, text), app_public.merge_knowledge(integer, integer[], text), app_public.request_health_check(),
  app_public.approve_improvement(integer, text, text, integer), app_public.reject_improvement(integer, text),
  app_public.approve_improvements(integer[], text, boolean), app_public.undo_improvements(integer[], text), app_public.reanalyse_improvement(integer, text),
  app_public.undo_improvement(integer, text), app_public.reopen_improvement(integer, text),
  app_public.start_experiment(integer, text[], text, text, integer, integer[], boolean, integer), app_public.pause_experiment(integer, text), app_public.resume_experiment(integer, text),
  app_public.stop_experiment(integer, text), app_public.conclude_experiment(integer, text, text),
  app_public.save_golden_question(text, integer, text, text, boolean, text, text, integer, text, timestamptz), app_public.remove_golden_question(integer, text), app_public.golden_from_response(bigint, text),
  app_public.save_prompt(text, text, text, integer), app_public.rollback_prompt(integer, integer, text), app_hidden.find_prompt(integer), app_hidden.require_prompt_text(text),
  app_hidden.begin_prompt_preview(text, text, text[], integer) to reviewer;
grant execute on function app_public.prompt_diff(integer, integer, integer) to reviewer, auditor;
-- Reviewers write SOPs and knowledge with their own rights; these functions and the triggers check with them who, why and when.
grant execute on function app_hidden.current_reason(), app_hidden.acting_role(), app_hidden.has_role(name), app_hidden.require_role(name), app_hidden.require_reason(text),
  app_hidden.require_actor(), app_hidden.set_reason(text), app_hidden.effective_time(), app_hidden.find_sop(integer, boolean) to reviewer;

grant execute on function app_public.current_user_id(), app_public.me() to anonymous, agent, auditor, worker;
grant execute on function app_public.users_status(app_public.users) to agent, auditor;
grant execute on function app_public.create_api_token(text, text, timestamptz, integer), app_public.revoke_api_token(integer), app_public.revoke_session(uuid),
  app_public.save_push_subscription(text, text, text, text), app_public.delete_push_subscription(text), app_public.push_public_key() to agent;
grant execute on function app_public.create_user(text, text, text, boolean), app_public.invite_user(integer), app_public.deactivate_user(integer, text),
  app_public.create_webhook(text, text[]), app_public.delete_webhook(integer) to admin;

grant execute on function app_public.import_sops(jsonb, text), app_public.import_knowledge(jsonb, text) to reviewer;
grant execute on function app_public.import_sop_version(text, text, text, text, timestamptz, text, text, text) to admin;
grant execute on function app_public.stage_import(text, jsonb), app_public.apply_import(integer, text, boolean), app_public.rollback_import(integer, text, boolean), app_public.discard_import(integer) to admin;
grant execute on function app_public.import_obstacles(integer), app_public.import_files(integer) to admin, auditor;
grant execute on function app_private.begin_import(text, text), app_private.note_import(integer, text, integer, integer), app_private.fail_import(integer, text, boolean), app_private.restart_import(integer),
  app_private.keep_import_upload(integer, integer, bytea), app_private.queue_import(integer), app_private.import_upload_part(integer, integer), app_private.add_import_items(integer, jsonb),
  app_private.import_uncategorised(integer, integer, integer), app_private.categorise_import(integer), app_private.import_texts(integer, integer, integer), app_private.plan_import_step(integer, integer),
  app_private.finish_staging(integer), app_private.apply_import_step(integer, integer), app_private.rollback_import_step(integer, integer) to worker;
grant execute on function app_public.verify_audit_log(text) to admin, auditor;
grant execute on function app_public.export_personal_data(uuid), app_public.export_conversation(integer), app_public.erase_personal_data(uuid, text),
  app_public.erase_conversation(integer, text), app_public.set_retention(text, interval, text),
  app_public.set_llm_budget(numeric, numeric, double precision, text), app_public.save_assistant_words(text, text, text),
  app_public.set_answering(text, double precision, double precision, integer, integer),
  app_public.set_llm_price(text, date, numeric, numeric, numeric, numeric, numeric, text), app_public.remove_llm_price(integer, text) to admin;
grant execute on function app_public.llm_spend() to admin, auditor;
grant execute on function app_public.assistant_words(), app_public.threshold_effect(double precision) to agent, auditor;

grant execute on function app_public.check_golden_questions(), app_public.golden_checks_is_stale(app_public.golden_checks) to agent, auditor, worker;
grant execute on function app_public.run_golden_check() to agent, worker;
grant execute on function app_public.set_golden_gate(boolean, text) to admin;
grant execute on function app_public.set_search_language(text, text) to admin;

-- The views dead_jobs and jobs run them with the rights of who asks.
grant execute on function app_hidden.dead_jobs(), app_hidden.jobs() to admin, auditor;
grant execute on function app_public.retry_job(bigint, text), app_public.discard_job(bigint, text) to admin;
grant execute on function app_private.watch_jobs(), app_private.watch_llm_budget(), app_private.watch_experiments(), app_private.record_llm_calls(jsonb, bigint, integer, integer), app_private.llm_budget_state(), app_private.beat(text, text, integer, bigint[], interval, boolean), app_private.figures_to_watch(), app_private.end_worker(text, boolean) to worker;

grant execute on function app_public.record_response(text, text, text, text, jsonb, uuid, text, text, text, double precision, text, text, integer, double precision, integer, integer, numeric, jsonb, bigint, jsonb),
  app_public.ask(text, text, text, uuid, vector), app_hidden.begin_question(text, text, text, uuid, boolean), app_hidden.begin_answer(text, vector, text, text, uuid, jsonb, text, bigint, boolean, text[]),
  app_hidden.record_draft(integer, text, jsonb, text, text, double precision, text, integer, integer, integer, numeric, jsonb, bigint),
  app_private.rescue_tickets(interval, integer),
  app_private.cluster_failures(integer), app_private.draft_improvement(integer), app_private.missing_vectors(text, text, text), app_private.store_vectors(text[], vector[], text, jsonb), app_private.prepare_texts(text[]),
  app_private.texts_to_embed(text, bytea, integer, boolean), app_private.reembedding_estimate(text),
  app_private.begin_reembedding(text, text), app_private.keep_vectors(integer, bytea[], vector[], jsonb), app_private.note_reembedding(integer, text, text, jsonb),
  app_private.change_embedding_model(text, text, integer, integer), app_private.adopt_embedding_model(text), app_private.request_reembedding(text),
  app_private.refresh_search_statistics(boolean), app_private.refresh_profiles(integer), app_private.find_stale_profiles(), app_private.index_fresh_units(integer), app_private.check_search_index(integer), app_private.search_memory(), app_private.prewarm_search(), app_private.vectors_wanted(integer), app_private.record_audit_head(integer), app_private.apply_retention(bigint),
  app_private.claim_notification(bigint, boolean), app_private.finish_notification(bigint, text, boolean),
  app_private.drop_push_subscription(bigint) to worker;

grant execute on function app_public.save_backup_target(text, text, jsonb, text, boolean, text), app_public.remove_backup_target(text, text), app_public.test_backup_target(text, text, jsonb), app_public.request_backup(text), app_public.request_backup_verification(integer),
  app_public.request_restore(integer, text, boolean, text) to admin;
grant execute on function app_public.backup_state() to admin, auditor, worker;
-- A restore into an empty database is for its owner alone.
grant execute on function app_private.request_daily_backups(), app_private.finish_backup_test(integer, text, text, text, text), app_private.claim_backup(integer, interval), app_private.backup_progress(integer, integer, text, integer, integer, interval),
  app_private.finish_backup(integer, integer, jsonb, text, bigint, text), app_private.fail_backup(integer, integer, text, text, boolean), app_private.record_verification(integer, text, jsonb),
  app_private.queue_backup(integer, text), app_private.backup_parts(), app_private.backup_texts(), app_private.backup_table_hashes(), app_private.backup_contents(text[]), app_private.backup_head(),
  app_private.begin_restore(integer, text, text, boolean, text), app_private.finish_restore(integer, jsonb, text, text), app_private.stage_restore(integer, text, text), app_private.apply_restore(integer) to worker;
--! EndIncluded policies/functions.sql
