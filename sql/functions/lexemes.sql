create or replace function app_hidden.lexeme_dimension(lexeme text) returns integer language sql immutable parallel safe as $$
  -- hashtext differs between major versions; SHA-256 does not. 2^28 dimensions: collisions are rare and harmless.
  select ((get_byte(h, 0) << 20) | (get_byte(h, 1) << 12) | (get_byte(h, 2) << 4) | (get_byte(h, 3) >> 4)) + 1
    from sha256(convert_to(lexeme, 'UTF8')) h
$$;
comment on function app_hidden.lexeme_dimension(text) is 'The dimension of a lexeme in the sparse vectors, 1 to 2^28; the same on every server.';

-- Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009): the part of BM25 that
-- depends on the document alone, k1 = 1.2, b = 0.75. The question supplies idf, and one inner product the score.
-- The usual length is a constant per kind of unit: it measured no worse than the true mean, and stored impacts never age.
create or replace function app_hidden.bm25_impacts(words tsvector, usual_length double precision) returns sparsevec language sql immutable parallel safe as $$
  select coalesce('{' || string_agg(d || ':' || tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / usual_length)), ',' order by d) || '}/268435456', '{}/268435456')::sparsevec
    from (select app_hidden.lexeme_dimension(lexeme) as d, max(tf)::real as tf, max(length)::real as length
            from (select lexeme, coalesce(cardinality(positions), 1) as tf, sum(coalesce(cardinality(positions), 1)) over () as length from unnest(words)) t
           group by 1 order by 2 desc limit 15000) t
$$;
comment on function app_hidden.bm25_impacts(tsvector, double precision) is 'BM25 term impacts of a text, given the usual number of words of its kind.';

create or replace function app_hidden.usual_length(target text, kind text) returns double precision language sql immutable parallel safe as $$
  select case when kind = 'section' then 70 when kind <> 'profile' then 9 when target like 'sop:%' then 300 else 60 end
$$;
comment on function app_hidden.usual_length(text, text) is 'Words that a unit of a kind usually has: BM25 counts longer ones less.';

create or replace function app_hidden.embedding_hash(content text) returns bytea language sql immutable parallel safe as $$
  select sha256(convert_to(content, 'UTF8'))
$$;
comment on function app_hidden.embedding_hash(text) is 'Key of a text in the embedding cache.';
