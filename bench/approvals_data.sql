-- SOPs of three units and a profile each with vectors around 500 centres, and a proposal for each: most edit their SOP,
-- every fourth adds an entry to it. Their vectors are in the cache, as drafting leaves them there.
create schema bench;
create function bench.words(n integer, salt integer) returns text language sql volatile as $$
  select string_agg('k' || translate(floor(power(50000, random()))::integer::text, '0123456789', 'aeioulnrst'), ' ') from generate_series(1, n) where salt is not null
$$;
create table bench.centres as
select i, (select array_agg(random() - 0.5) from generate_series(1, 1536) where i >= 0)::vector(1536) as v from generate_series(0, 499) i;

create table bench.documents as
select i, 'category_' || i % 20 as category, 'section_' || i as section,
       '# ' || bench.words(3, i) || E'\n\n## When to use\n\n' || bench.words(30, i) || E'\n\n## Steps\n\n1. ' || bench.words(15, i) || E'\n2. ' || bench.words(15, i)
         || E'\n3. ' || bench.words(20, i) || E'\n\n## Customers also say\n\n- ' || bench.words(8, i) || E'\n' as content,
       bench.words(12, i) as more, bench.words(9, i) || ' ' || i || '?' as question
  from generate_series(1, :rows) i;

create table bench.texts as
select content_hash, (row_number() over ())::integer as n from (
  select app_hidden.embedding_hash(u.embedding_text) as content_hash from bench.documents d, app_hidden.sop_units(d.category, d.section, d.content) u
  union
  select app_hidden.embedding_hash(u.embedding_text) from bench.documents d, app_hidden.sop_units(d.category, d.section, replace(d.content, '3. ', '3. ' || d.more || ' ')) u
  union
  select app_hidden.embedding_hash(d.question) from bench.documents d) t;
insert into app_private.embedding_cache (content_hash, model, embedding)
select t.content_hash, s.embedding_model, l2_normalize(a.v + b.v)
  from bench.texts t join bench.centres a on a.i = t.n % 500 join bench.centres b on b.i = (t.n / 500 * 7 + t.n % 13) % 500 cross join app_public.club_settings s
on conflict do nothing;

-- The index is built at the end, as a restore would.
create table bench.vector_index as select pg_get_indexdef('app_private.search_units_embedding'::regclass) as definition;
drop index app_private.search_units_embedding;
set clubos.actor = 'bench';
set clubos.reason = 'Measured';
insert into app_public.sops (category, section, content) select d.category, d.section, d.content from bench.documents d order by d.i;
select app_private.refresh_search_statistics();
do $$ begin execute (select i.definition from bench.vector_index i); end $$;

insert into app_public.improvement_queue (kind, sop_id, base_version, suggested_sop_update, proposed_by)
select case when d.i % 4 > 0 then 'sop_edit' else 'knowledge_entry' end, case when d.i % 4 > 0 then s.id end, case when d.i % 4 > 0 then 1 end,
       case when d.i % 4 > 0 then jsonb_build_object('sop_id', s.id, 'category', s.category, 'section', s.section, 'new_content', replace(d.content, '3. ', '3. ' || d.more || ' '), 'reasoning', 'Measured')
            else jsonb_build_object('sop_id', s.id, 'category', s.category, 'topic', s.section, 'entries', jsonb_build_array(jsonb_build_object('question', d.question, 'answer', d.more)), 'reasoning', 'Measured') end, 'bench'
  from bench.documents d join app_public.sops s on s.category = d.category and s.section = d.section;
