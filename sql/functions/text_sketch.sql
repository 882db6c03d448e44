-- How much two texts are alike, without comparing each with each: by the smallest hashes of their words in threes (a
-- bottom-k sketch). md5, so that every version of PostgreSQL gives the same.
create or replace function app_hidden.text_hash(content text) returns bytea language sql immutable parallel safe as $$
  select sha256(convert_to(btrim(regexp_replace(lower(content), '\s+', ' ', 'g')), 'UTF8'))
$$;
comment on function app_hidden.text_hash(text) is 'SHA-256 of a text, spaces and case aside.';

create or replace function app_hidden.text_sketch(content text) returns integer[] language sql immutable parallel safe as $$
  select coalesce(array_agg(s.h order by s.h), '{}')
    from (select distinct ('x' || left(md5(w.shingle), 8))::bit(32)::integer as h
            from (select t.w || ' ' || lead(t.w) over (order by t.o) || ' ' || lead(t.w, 2) over (order by t.o) as shingle
                    from regexp_split_to_table(lower(left(content, 100000)), '[^[:alnum:]]+') with ordinality t(w, o) where t.w <> '') w
           where w.shingle is not null
           order by 1 limit 32) s
$$;
comment on function app_hidden.text_sketch(text) is 'The 32 smallest hashes of a text''s words in threes (of its first 100,000 characters); sketch_similarity compares two.';

create or replace function app_hidden.sketch_similarity(one integer[], other integer[]) returns double precision language sql immutable parallel safe as $$
  -- Of the smallest of both together, how many stand in both: an estimate of shared threes among all threes.
  select coalesce(avg((u.h = any (one) and u.h = any (other))::integer), 0)::double precision
    from (select h from (select unnest(one) union select unnest(other)) b(h) order by h limit 32) u
$$;
comment on function app_hidden.sketch_similarity(integer[], integer[]) is 'How much two texts are alike by their sketches, 0 to 1: the share of their words in threes that stand in both.';
