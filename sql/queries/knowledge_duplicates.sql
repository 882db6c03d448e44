-- Which entries ask the same. Near vectors share most signs, so pairs are looked for among entries that share all 20 of
-- some group of signs, or all their words; what few signs tell apart is then compared exactly. Asking the index once per
-- entry takes seconds at 10,000 entries; this takes less than one.
create or replace function app_private.similar_entries(least_similarity double precision, most integer default 2000)
returns table (one integer, other integer, similarity double precision)
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off set work_mem = '128MB' as $$
declare
  v_model text;
  v_signs integer;
begin
  select s.embedding_model into v_model from app_public.club_settings s;
  -- A model of fewer dimensions than 1536 is padded with zeros: signs that nobody has tell nothing apart.
  select coalesce(max(length(rtrim(x.bits::text, '0'))), 0) into v_signs
    from (select u.bits from app_private.search_units u where u.kind = 'knowledge' and u.embedding_model = v_model limit 200) x;
  return query
  with entries as materialized (
    select u.knowledge_id as id, case when u.embedding_model = v_model then u.bits end as bits, strip(u.words)::text as words
      from app_private.search_units u
     where u.kind = 'knowledge' and u.ordinal = 0 and (u.valid_to is null or u.valid_to > now())
  ), keyed as materialized (
    select e.id, e.bits, g::bigint << 20 | substring(e.bits from g * 16 + 1 for 20)::bit(20)::integer as key
      from entries e cross join generate_series(0, (v_signs - 20) / 16) g where e.bits is not null
  ), telling as materialized (
    -- What hundreds share tells nothing apart either.
    select k.key from keyed k group by k.key having count(*) between 2 and 16
  ), near as (
    select distinct a.id as one, b.id as other, a.bits <~> b.bits as distance
      from telling t join keyed a on a.key = t.key join keyed b on b.key = t.key
     -- The share of signs that differ is the angle between the two, as a share of pi; with some room for chance.
     where a.id < b.id and a.bits <~> b.bits <= v_signs * (acos(least_similarity) / pi() + 0.02)
  ), worded as (
    select array_agg(e.id) as ids from entries e where e.words <> '' group by e.words having count(*) between 2 and 60
  ), pairs as (
    (select n.one, n.other from near n order by n.distance limit most)
    union
    select a, b from worded w cross join lateral unnest(w.ids) a cross join lateral unnest(w.ids) b where a < b
  )
  select c.one, c.other, c.similarity
    from (select p.one, p.other,
                 case when x.embedding_model = v_model and y.embedding_model = v_model then -(x.embedding <#> y.embedding) else 1 end as similarity
            from pairs p
            join app_private.search_units x on x.knowledge_id = p.one and x.ordinal = 0
            join app_private.search_units y on y.knowledge_id = p.other and y.ordinal = 0) c
   where c.similarity >= least_similarity;
end
$$;
comment on function app_private.similar_entries(double precision, integer) is
  'Pairs of knowledge entries in use whose questions have the same words, or nearly the same signs (of these the nearest, at most so many): those this near by the club''s model (cosine, -1 to 1). The same words without vectors count as 1.';

create or replace function app_public.knowledge_duplicates(first integer default 50)
returns table (knowledge_id integer, duplicate_id integer, similarity double precision, same_answer boolean)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('agent');
  end if;
  return query
    select case when l.better then a.id else b.id end, case when l.better then b.id else a.id end, s.similarity, app_hidden.same_text(a.answer, b.answer)
      from app_private.similar_entries(0.85) s
      join app_public.knowledge_base a on a.id = s.one
      join app_public.knowledge_base b on b.id = s.other
     cross join lateral (select (a.trust, a.usage_count, -a.id) > (b.trust, b.usage_count, -b.id) as better) l
     -- Sites that answer differently are why there are two.
     where a.site_id is not distinct from b.site_id or app_hidden.same_text(a.answer, b.answer)
     order by s.similarity desc, a.id, b.id
     limit least(greatest(knowledge_duplicates.first, 1), 1000);
end
$$;
comment on function app_public.knowledge_duplicates(integer) is
$$Knowledge entries in use that ask the same, the most similar pairs first: knowledge_id is the one that is more trusted, then more used, then older; duplicate_id the other, for merge_knowledge. similarity: cosine of their questions by the club's embedding model, 0.85 at least; 1 where they have the same words and no vectors yet. same_answer: they also say the same. Pairs of different sites are listed only where they say the same. first: at most so many pairs (1 to 1000). Pairs are looked for by signs and words: of 10,000 dense questions it found all pairs above 0.96, 97 of 100 at 0.95 and 70 at 0.9.
Errors: CO403 neither staff nor auditor.$$;
