create or replace function app_hidden.lexeme_dimension(lexeme text) returns integer language plpgsql immutable parallel safe as $$
begin
  -- hashtext differs between major versions; SHA-256 does not. 2^28 dimensions (its first 28 bits): collisions are rare and harmless.
  -- PL/pgSQL: an SQL function that cannot be inlined (convert_to is only stable) costs several times as much a call.
  return ('x' || left(encode(sha256(convert_to(lexeme, 'UTF8')), 'hex'), 7))::bit(28)::integer + 1;
end
$$;
comment on function app_hidden.lexeme_dimension(text) is 'The dimension of a lexeme in the sparse vectors, 1 to 2^28; the same on every server.';

-- Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009): the part of BM25 that
-- depends on the document alone, k1 = 1.2, b = 0.75. The question supplies idf, and one inner product the score.
-- The usual length is a constant per kind of unit: it measured no worse than the true mean, and stored impacts never age.
create or replace function app_hidden.bm25_impacts(words tsvector, usual_length double precision) returns sparsevec
-- PL/pgSQL, which keeps its plan: as an SQL function it would be planned anew for every unit.
language plpgsql immutable parallel safe as $$
begin
  return (
    select coalesce('{' || string_agg(d || ':' || (tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / usual_length)))::real, ',' order by d) || '}/268435456', '{}/268435456')
      from (select d, max(tf)::real as tf, max(length)::real as length
              -- lexeme_dimension, written out: called for each lexeme it takes longer than all the rest.
              from (select ((get_byte(u.h, 0) << 20) | (get_byte(u.h, 1) << 12) | (get_byte(u.h, 2) << 4) | (get_byte(u.h, 3) >> 4)) + 1 as d, u.tf, sum(u.tf) over () as length
                      from (select sha256(convert_to(w.lexeme, 'UTF8')) as h, coalesce(cardinality(w.positions), 1) as tf from unnest(words) w offset 0) u) t
             group by 1 order by 2 desc limit 15000) t)::sparsevec;
end
$$;
comment on function app_hidden.bm25_impacts(tsvector, double precision) is 'BM25 term impacts of a text, given the usual number of words of its kind.';

-- Of many units in one statement: to begin and to end one for each takes as long as the rest.
create or replace function app_hidden.bm25_impacts(words tsvector[], usual_lengths double precision[]) returns table (n bigint, impacts sparsevec)
language plpgsql immutable as $$
declare
  v_impacts sparsevec[];
begin
  v_impacts := array(
  select coalesce('{' || i.impacts || '}/268435456', '{}/268435456')::sparsevec
    from unnest(bm25_impacts.words, bm25_impacts.usual_lengths) with ordinality u(words, usual_length, n)
   cross join lateral (select 1.2 * (0.25 + 0.75 * sum(coalesce(cardinality(l.positions), 1))::real / u.usual_length) as norm from unnest(u.words) l offset 0) f
    -- Most lexemes stand once in their text, and then weigh the same.
   cross join lateral (select ':' || (1::real * 2.2 / (1::real + f.norm))::real as once offset 0) o
   cross join lateral (
     select string_agg(('x' || left(encode(sha256(convert_to(l.lexeme, 'UTF8')), 'hex'), 7))::bit(28)::integer + 1
              || case when cardinality(l.positions) > 1 then ':' || (cardinality(l.positions)::real * 2.2 / (cardinality(l.positions)::real + f.norm))::real else o.once end, ',') as impacts
       from unnest(u.words) l) i
   order by u.n);
  return query select u.n, u.impacts from unnest(v_impacts) with ordinality u(impacts, n);
exception
  -- Two lexemes of one dimension, or more than a vector holds: too rare to be looked for in each.
  when data_exception or program_limit_exceeded then
    return query
    select u.n, app_hidden.bm25_impacts(u.words, u.usual_length)
      from unnest(bm25_impacts.words, bm25_impacts.usual_lengths) with ordinality u(words, usual_length, n);
end
$$;
comment on function app_hidden.bm25_impacts(tsvector[], double precision[]) is
  'BM25 term impacts of several texts, given the usual number of words of the kind of each: n counts the texts from 1.';

create or replace function app_hidden.usual_length(target text, kind text) returns double precision language sql immutable parallel safe as $$
  select case when kind = 'section' then 70 when kind <> 'profile' then 9 when target like 'sop:%' then 300 else 60 end
$$;
comment on function app_hidden.usual_length(text, text) is 'Words that a unit of a kind usually has: BM25 counts longer ones less.';

create or replace function app_hidden.embedding_hash(content text) returns bytea language sql immutable parallel safe as $$
  select sha256(convert_to(content, 'UTF8'))
$$;
comment on function app_hidden.embedding_hash(text) is 'Key of a text in the embedding cache.';
