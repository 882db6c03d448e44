-- Which entries say the same. Near vectors share most signs, so pairs are looked for among entries that share all 16 of
-- some group of signs, or all their words; what is found is then compared exactly. Asking the index once per entry
-- would take five seconds at 10,000 entries, this takes a fraction of one.
create or replace function app_private.similar_entries(least_similarity double precision)
returns table (one integer, other integer, similarity double precision)
language sql stable set search_path = app_public, public, pg_temp set jit = off set work_mem = '64MB' as $$
  with entries as materialized (
    select u.knowledge_id as id, u.embedding, u.bits, strip(u.words) as words, u.embedding_model is not distinct from s.embedding_model and u.embedding is not null as near
      from app_private.search_units u cross join app_public.club_settings s
     where u.kind = 'knowledge' and u.ordinal = 0 and (u.valid_to is null or u.valid_to > now())
  ), groups as materialized (
    -- A model of fewer dimensions than 1536 is padded with zeros: signs that nobody has tell nothing apart, and neither
    -- does a group that hundreds share.
    select array_agg(g.id) as ids
      from (select e.id, p.i || ':' || substring(e.bits from p.i * 16 + 1 for 16)::text as key from entries e cross join generate_series(0, 95) p(i) where e.near
            union all
            select e.id, 'w:' || e.words::text from entries e where e.words <> ''::tsvector) g
     group by g.key having count(*) between 2 and 40
  ), pairs as (
    select distinct a as one, b as other from groups g, unnest(g.ids) a, unnest(g.ids) b where a < b
  )
  select c.one, c.other, c.similarity
    from (select p.one, p.other,
                 case when x.near and y.near then -(x.embedding <#> y.embedding) when x.words = y.words then 1.0 else 0 end as similarity
            from pairs p join entries x on x.id = p.one join entries y on y.id = p.other) c
   where c.similarity >= least_similarity
$$;
comment on function app_private.similar_entries(double precision) is 'Pairs of knowledge entries in use whose questions are this near (cosine, -1 to 1; 1 for the same words where one has no vector).';

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
$$Knowledge entries in use that ask the same, the most similar pairs first: knowledge_id is the one that is more trusted, then more used, then older; duplicate_id the other, for merge_knowledge. similarity: cosine of their questions by the club's embedding model, 0.85 at least; 1 where they have the same words. same_answer: they also say the same. Pairs of different sites are listed only where they say the same. first: at most so many pairs (1 to 1000). Pairs are looked for by signs and words, and a pair below 0.9 can be missed.
Errors: CO403 neither staff nor auditor.$$;
