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
