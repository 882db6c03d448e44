drop function if exists app_private.best_section(integer, sparsevec, double precision, halfvec, text);
drop function if exists app_private.search_inputs(sparsevec, double precision, text, bigint[], bigint[]);
-- The search, and with its first result what it was searched with (response_searches).
drop function if exists app_private.search(text, vector, text, integer, integer);
create or replace function app_private.search(query text, query_embedding vector, only_category text, only_site_id integer, first integer, left_out app_private.left_out default null)
returns table (result app_public.search_result, inputs jsonb)
language plpgsql stable set search_path = app_public, public, pg_temp set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_words record;
  v_question halfvec := query_embedding;
  v_model text := (select s.embedding_model from app_public.club_settings s);
begin
  select * into v_words from app_private.searched_words(coalesce(left(search.query, 20000), ''), only_category);
  return query
    with found as materialized (
      select t.*, row_number() over (order by t.score desc, t.target)::integer as place
        from app_private.rank_targets(v_words.impacts, v_words.total_idf, v_words.candidates, v_question, only_category, only_site_id, greatest(40, search.first), search.left_out) t
    )
    select (f.place, case when q.own_answer then 'knowledge' else 'sop' end, f.sop_id, p.sop_version_id, v.version,
           case when f.entry_leads or q.own_answer then u.knowledge_id end, coalesce(s.category, f.category)::text, coalesce(s.section, f.topic)::text,
           coalesce(p.title, u.title), case when not q.own_answer then b.heading end, case when q.own_answer then u.body else b.body end,
           case when f.entry_leads then u.embedding_text end, case when f.entry_leads then u.trust else 3::smallint end, f.score, f.words, f.cosine,
           case when f.place = 1 then app_hidden.confidence(f.cosine, r.rivals, f.agreed, r.persons) end)::app_public.search_result,
           -- A replay must know of a search what no history tells; taken in the statement that searches, it is of its snapshot.
           case when f.place = 1 then jsonb_build_object('searched_at', clock_timestamp(), 'snapshot', pg_current_snapshot(), 'own_xid', pg_current_xact_id_if_assigned(),
             'embedding_model', case when query_embedding is not null then v_model end, 'words', v_words.impacts, 'total_idf', v_words.total_idf, 'by_words', f.by_words, 'nearest', f.nearest) end
      from found f
      left join lateral (
        select sum(r.rival) as rivals, sum(r.rival ^ 2) filter (where r.category = 'hand_over' and f.category <> 'hand_over') / sum(r.rival ^ 2) as persons
          from (select exp((x.score - f.score) / 0.2) as rival, x.category from found x where x.place <= 20) r
         where f.place = 1) r on true
      left join app_private.search_units u on u.id = f.entry_id
      -- A learned question leads to its SOP as that is now; what staff wrote or approved speaks for itself.
     cross join lateral (select f.sop_id is null or (f.entry_leads and u.kind = 'knowledge' and u.trust = 3) as own_answer) q
      left join app_public.sops s on s.id = f.sop_id
      left join app_private.search_units p on p.target = f.target and p.kind = 'profile' and p.sop_id is not null
      -- Not a function in SQL, which would be planned anew for each search.
      left join lateral (
        select b.heading, b.body
          from app_private.search_units b
         where b.target = f.target and b.kind = 'section' and not q.own_answer
         order by app_hidden.section_score(b.heading, -(b.impacts <#> v_words.impacts) / nullif(v_words.total_idf, 0), case when b.embedding_model = v_model then -(b.embedding <#> v_question) end) desc, b.ordinal
         limit 1) b on true
      left join app_public.sop_versions v on v.id = p.sop_version_id
     where f.place <= search.first
     order by f.place;
end
$$;
comment on function app_private.search(text, vector, text, integer, integer, app_private.left_out) is
  'What search_knowledge finds, and with the first result what a replay must know of the search; a vector is of the club''s model. left_out: as rank_targets says.';

drop function if exists app_public.search_knowledge(text, vector, text, text, integer);
create or replace function app_public.search_knowledge(query text, query_embedding vector default null, category text default null, site text default null, first integer default 10,
  embedding_model text default null)
returns setof app_public.search_result
language plpgsql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  v_site_id integer := app_hidden.find_site(search_knowledge.site);
begin
  if query_embedding is not null and vector_dims(query_embedding) <> 1536 then
    raise exception 'The question''s vector has % dimensions; 1536 are needed.', vector_dims(query_embedding) using errcode = 'CO005', hint = 'Pad a shorter one with zeros.';
  end if;
  if search_knowledge.embedding_model <> (select s.embedding_model from app_public.club_settings s) then
    query_embedding := null; -- Vectors of two models are never compared.
  end if;
  return query
    select (s.result).* from app_private.search(search_knowledge.query, query_embedding, search_knowledge.category, v_site_id, least(greatest(coalesce(search_knowledge.first, 10), 1), 100)) s;
end
$$;
comment on function app_public.search_knowledge(text, vector, text, text, integer, text) is
$$Hybrid retrieval over SOPs and knowledge: the one door to knowledge for answers, dry runs and tests alike.
query: the question, 20,000 characters are read. query_embedding: its vector (1536 dimensions, length one); without it words alone decide. Unknown words are taken for known ones that are spelled much alike. embedding_model: whose vector it is; one of another model than club_settings.embedding_model is not used; null says that it is that one's. category, site (slug): only what holds there. first: at most so many results (1 to 100).
Errors: CO005 wrong dimensions, CO404 no such site.$$;

create or replace function app_public.searched_as(query text) returns text
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select nullif(w.question, a.asked) from (select coalesce(left(searched_as.query, 20000), '') as asked) a cross join lateral app_private.searched_words(a.asked, null) w
$$;
comment on function app_public.searched_as(text) is
  'As what a question''s words are searched, where its spelling is corrected: words that nothing holds are taken for known ones that are spelled much alike. Null where it is searched as it was asked; its vector always is. query: 20,000 characters are read.';
