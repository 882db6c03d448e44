create or replace function app_hidden.lexeme_dimension(lexeme text) returns integer language sql immutable parallel safe as $$
  -- hashtext differs between major versions; SHA-256 does not. 2^28 dimensions: collisions are rare and harmless.
  select ((get_byte(h, 0) << 20) | (get_byte(h, 1) << 12) | (get_byte(h, 2) << 4) | (get_byte(h, 3) >> 4)) + 1
    from sha256(convert_to(lexeme, 'UTF8')) h
$$;
comment on function app_hidden.lexeme_dimension(text) is 'The dimension of a lexeme in the sparse vectors, 1 to 2^28; the same on every server.';

-- Robertson & Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009): the part of BM25 that
-- depends on the document alone, k1 = 2, b = 0.75. The question supplies idf, and one inner product the score.
create or replace function app_hidden.bm25_impacts(words tsvector, average_words double precision) returns sparsevec language sql immutable parallel safe as $$
  select coalesce('{' || string_agg(d || ':' || tf * 3 / (tf + 2 * (0.25 + 0.75 * length / greatest(average_words, 1))), ',' order by d) || '}/268435456', '{}/268435456')::sparsevec
    from (select app_hidden.lexeme_dimension(lexeme) as d, max(tf)::real as tf, max(length)::real as length
            from (select lexeme, coalesce(cardinality(positions), 1) as tf, sum(coalesce(cardinality(positions), 1)) over () as length from unnest(words)) t
           group by 1) t
$$;
comment on function app_hidden.bm25_impacts(tsvector, double precision) is 'BM25 term impacts of a text, given the mean number of words of all texts.';

create or replace function app_hidden.embedding_hash(content text) returns bytea language sql immutable parallel safe as $$
  select sha256(convert_to(content, 'UTF8'))
$$;
comment on function app_hidden.embedding_hash(text) is 'Key of a text in the embedding cache.';

create or replace function app_hidden.word_count(words tsvector) returns integer language sql immutable parallel safe as $$
  select coalesce(sum(coalesce(cardinality(positions), 1)), 0)::integer from unnest(words)
$$;
comment on function app_hidden.word_count(tsvector) is 'Number of words of a text, as BM25 counts its length.';
