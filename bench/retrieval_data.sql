-- A search space of some size: words by Zipf's law, vectors in clusters, SOPs with their sections and profiles, entries that
-- lead to SOPs, and topics. Written past the triggers: what is measured is reading. Of the units 65 % are an SOP's (a
-- profile and four sections each), 15 % entries that lead to an SOP, 15 % entries of topics, 5 % the topics' profiles.
-- Questions are made of units: five of the unit's words, a stray one, and its vector with noise. bench/retrieval.ts calls it.
create schema bench;
select setseed(0.42);

-- 50,000 words that no stemmer changes much, by rank; the 40 categories and what they are about.
create table bench.words (rank integer primary key, word text not null);
insert into bench.words
  select row_number() over (order by i), w from (
    select distinct on (w) i, w from (
      select i, (select string_agg(substr('bdfgklmnprtvz', 1 + floor(random() * 13)::integer, 1) || substr('aiou', 1 + floor(random() * 4)::integer, 1), '')
                   from generate_series(1, 2 + floor(random() * 3)::integer) where i > 0) || substr('bdgkmnrtz', 1 + floor(random() * 9)::integer, 1) as w
        from generate_series(1, 90000) i) x order by w, i) y
   order by i limit 50000;
-- The rank of a random word, p(rank) ~ 1 / (rank + 3).
create function bench.a_rank() returns integer language sql volatile as $$ select least(50000, greatest(1, floor(4 * power(12500.75, random()) - 3)::integer)) $$;

-- Directions: 2,000 clusters, and noise to be added. A component of each direction is Gaussian (Box and Muller).
create function bench.direction(length double precision) returns vector language sql volatile as $$
  select l2_normalize(array_agg((sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))::real)::vector(1536)) * array_fill(length::real, array[1536])::vector
    from generate_series(1, 1536)
$$;
create table bench.clusters as select i - 1 as id, bench.direction(1) as v from generate_series(1, 2000) i;
-- Texts of one subject differ in few ways: noise has 16 directions, as many as real texts' vectors have around each of them (docs/performance.md).
create table bench.ways as select i, bench.direction(1) as v from generate_series(1, 16) i;
create function bench.way(length double precision) returns vector language sql volatile as $$
  select l2_normalize(sum(w.v * array_fill((sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))::real, array[1536])::vector)) * array_fill(length::real, array[1536])::vector from bench.ways w
$$;
create table bench.noise as select i - 1 as id, bench.way(0.55) as far, bench.way(0.35) as near from generate_series(1, 4096) i;
create unique index on bench.clusters (id);
create unique index on bench.noise (id);
analyze bench.clusters; analyze bench.noise;

create function bench.near(place vector, seed bigint, spread text) returns vector language sql stable as $$
  select l2_normalize(place + case spread when 'far' then a.far + b.far else a.near + b.near end)
    from bench.noise a, bench.noise b
   where a.id = ('x' || substr(md5(seed::text || spread), 1, 3))::bit(12)::integer and b.id = ('x' || substr(md5(seed::text || spread), 4, 3))::bit(12)::integer
$$;

create function bench.category(cluster bigint) returns text language sql immutable as $$ select 'category' || cluster % 40 $$;

-- SOPs number `first` to `last`, of four sections each, and their profiles.
create function bench.fill_sops(first integer, last integer) returns void language plpgsql volatile as $$
begin
  insert into app_public.sops (id, category, section, content, version)
    select i, bench.category(i % 2000), 'procedure' || i, '# Procedure ' || i || E'\n\nAs the search units have it.', 1 from generate_series(first, last) i;
  insert into app_public.sop_versions (id, sop_id, version, category, section, content, diff_summary, changed_by, change_reason)
    select i, i, 1, bench.category(i % 2000), 'procedure' || i, '# Procedure ' || i, 'new', 'bench', 'bench' from generate_series(first, last) i;
  insert into app_private.search_units (kind, target, sop_id, sop_version_id, ordinal, category, topic, title, heading, body, embedding_text, content_hash, words, impacts, embedding, embedding_model)
  with text as materialized (
    select r.i, r.k, string_agg(w.word, ' ') as body
      from (select i, k, bench.a_rank() as rank from generate_series(first, last) i, generate_series(1, 4) k, generate_series(1, 60 + (i * 7 + k * 13) % 61)) r
      join bench.words w on w.rank = r.rank
     group by r.i, r.k
  ), unit as (
    select t.i, t.k, 'section' as kind, t.body, to_tsvector('app_public.clubos', t.body) as words, bench.near(bench.near(c.v, t.i, 'far'), t.i * 8::bigint + t.k, 'near') as v
      from text t join bench.clusters c on c.id = t.i % 2000
    union all
    select t.i, 0, 'profile', '', t.words, bench.near(c.v, t.i, 'far')
      from (select x.i, to_tsvector('app_public.clubos', string_agg(x.body, ' ' order by x.k)) as words from text x group by x.i) t join bench.clusters c on c.id = t.i % 2000
  )
  select u.kind, 'sop:' || u.i, u.i, u.i, u.k, bench.category(u.i % 2000), 'procedure' || u.i, 'Procedure ' || u.i, case when u.k > 0 then 'Part ' || u.k end, u.body, '', sha256((u.i || '/' || u.k)::bytea),
         u.words, app_hidden.bm25_impacts(u.words, app_hidden.usual_length('sop:', u.kind)), u.v, 'local-use-lite'
    from unit u;
end
$$;

-- Entries number `first` to `last`: of each two one leads to an SOP, the other to a topic of three entries.
create function bench.fill_entries(first integer, last integer, sops integer) returns void language plpgsql volatile as $$
begin
  create temporary table entry on commit drop as
    select r.i, max(r.sop) as sop, r.i / 6 as topic, string_agg(w.word, ' ') as question
      from (select i, bench.a_rank() as rank, case when i % 2 = 0 then 1 + floor(sops * power(('x' || substr(md5(i::text), 1, 6))::bit(24)::integer / 16777216.0, 2))::integer end as sop
              from generate_series(first, last) i, generate_series(1, 6 + i % 9)) r
      join bench.words w on w.rank = r.rank
     group by r.i;
  insert into app_public.knowledge_base (id, category, topic, question, answer, source, sop_id, trust)
    select e.i, bench.category(coalesce(e.sop, e.topic) % 2000), coalesce('procedure' || e.sop, 'topic' || e.topic), e.question || ' ' || e.i, 'The answer ' || e.i, 'manual', e.sop, case when e.i % 10 = 0 then 0 else 3 end
      from entry e;
  insert into app_private.search_units (kind, target, sop_id, knowledge_id, category, topic, trust, title, body, embedding_text, content_hash, words, impacts, embedding, embedding_model)
  with unit as (
    select e.*, bench.category(coalesce(e.sop, e.topic) % 2000) as category, coalesce('procedure' || e.sop, 'topic' || e.topic) as name, to_tsvector('app_public.clubos', e.question) as words,
           bench.near(bench.near(c.v, coalesce(e.sop, 10000000 + e.topic), 'far'), 100000000::bigint + e.i, 'near') as v
      from entry e join bench.clusters c on c.id = coalesce(e.sop, e.topic) % 2000
  )
  select 'knowledge', app_hidden.target_of(u.sop, u.category, u.name), u.sop, u.i, u.category, u.name, case when u.i % 10 = 0 then 0 else 3 end, u.question, 'The answer ' || u.i, u.question,
         sha256(('e' || u.i)::bytea), u.words, app_hidden.bm25_impacts(u.words, app_hidden.usual_length('', 'knowledge')), u.v, 'local-use-lite'
    from unit u;
  insert into app_private.search_units (kind, target, ordinal, category, topic, title, body, embedding_text, content_hash, words, impacts, embedding, embedding_model)
  select 'profile', app_hidden.target_of(null, bench.category(t.topic % 2000), 'topic' || t.topic), t.entries, bench.category(t.topic % 2000), 'topic' || t.topic, 'topic', '', '', '\x', t.words,
         app_hidden.bm25_impacts(t.words, app_hidden.usual_length('topic:', 'profile')), bench.near(c.v, 10000000 + t.topic, 'far'), 'local-use-lite'
    from (select e.topic, to_tsvector('app_public.clubos', string_agg(e.question, ' ')) as words, count(*) filter (where e.i % 10 <> 0) as entries from entry e where e.sop is null group by e.topic) t
    join bench.clusters c on c.id = t.topic % 2000;
  drop table entry;
end
$$;

-- `n` questions, each of a unit of its own: five of its words, one that is not its, and its vector with noise.
create function bench.make_questions(n integer) returns void language plpgsql volatile as $$
begin
  perform setseed(0.7);
  create table bench.questions as
    with unit as (
      select u.id, u.target, u.category, u.embedding, u.body, u.title, u.kind
        from (select distinct floor(random() * (select max(x.id) from app_private.search_units x))::bigint as id from generate_series(1, n * 2)) r
        join app_private.search_units u on u.id = r.id where u.kind <> 'profile' and u.trust > 0 limit n
    )
    select row_number() over ()::integer as id, u.id as unit_id, u.target, u.category, l2_normalize(u.embedding + a.near + b.near) as v,
           (select string_agg(w, ' ') from (
              select w.w from (select distinct x as w from unnest(string_to_array(case when u.kind = 'section' then u.body else u.title end, ' ')) x) w
                join bench.words r on r.word = w.w order by random() limit 5) p)
           || ' ' || s.word as question
      from (select u.*, bench.a_rank() as stray from unit u) u join bench.words s on s.rank = u.stray, bench.noise a, bench.noise b where a.id = u.id % 4096 and b.id = (u.id * 31) % 4096;
end
$$;

-- Profiles count their entries: refresh_profiles would make those anew whose count is not right.
create function bench.count_entries() returns void language sql volatile as $$
  update app_private.search_units p set ordinal = e.n
    from (select target, count(*) as n from app_private.search_units where kind = 'knowledge' and trust > 0 and sop_id is not null group by target) e
   where p.target = e.target and p.kind = 'profile'
$$;
