-- What a search would have found at some time. Where an SOP or an entry is today what it was then, its search units
-- are; what has changed since is cut and scored anew from its history.

create or replace function app_private.knowledge_as_of(at timestamptz)
returns table (id integer, category text, topic text, question text, answer text, sop_id integer, site_id integer, trust smallint, valid_from timestamptz, valid_to timestamptz, unchanged boolean)
language sql stable set search_path = app_public, public, pg_temp as $$
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
     cross join lateral jsonb_populate_record(null::app_public.knowledge_base, c.old - array['embeddings']) o
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
  select coalesce(sum(i.idf * t.tf * 2.2 / (t.tf + 1.2 * (0.25 + 0.75 * t.length / usual_length))) / nullif((select sum(i) from unnest(idf) i), 0), 0)
    from (select u.lexeme, coalesce(cardinality(u.positions), 1)::double precision as tf, sum(coalesce(cardinality(u.positions), 1)) over () as length from unnest(words) u) t
    join unnest(lexemes, idf) i(lexeme, idf) on i.lexeme = t.lexeme
$$;
comment on function app_private.word_share(tsvector, text[], double precision[], double precision) is 'The share of a question''s information that a text holds: what the impacts of search units give, without making them.';

create or replace function app_private.sections_as_of(at timestamptz, category text, lexemes text[], idf double precision[], question_embedding vector)
returns table (sop_id integer, sop_version_id integer, category text, topic text, content text, kind text, ordinal integer, title text, heading text, body text, embedding_text text,
  words double precision, cosine double precision, embedding vector)
language sql stable set search_path = app_public, public, pg_temp set jit = off as $$
  with in_force as materialized (
    select distinct on (v.sop_id) v.sop_id, v.id, v.category, v.section, v.content, v.archived
      from app_public.sop_versions v where v.created_at <= sections_as_of.at order by v.sop_id, v.version desc
  ), changed as materialized (
    select f.* from in_force f
     where not f.archived and (sections_as_of.category is null or f.category = sections_as_of.category)
       and not exists (select from app_private.search_units u where u.sop_version_id = f.id and u.kind = 'profile')
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
