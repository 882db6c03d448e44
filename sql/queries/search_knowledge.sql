-- Which section of an SOP answers a question: the one that says most of it, "when to use" and its like last.
create or replace function app_private.best_section(sop_id integer, impacts sparsevec, total_idf double precision, embedding vector, model text)
returns app_private.search_units language sql stable set search_path = app_public, public, pg_temp as $$
  select u.*
    from app_private.search_units u
   where u.sop_id = best_section.sop_id and u.kind = 'section'
   order by (coalesce(u.heading, '') ~* 'when to use|purpose|scope|^category'), coalesce(-(u.impacts <#> best_section.impacts) / nullif(total_idf, 0), 0)
     + 1.5 * coalesce(case when u.embedding_model = model then -(u.embedding <#> best_section.embedding) end, 0)
     + case when u.heading ~* 'step|procedure|what to (do|say)|answer' then 0.5 else 0 end desc, u.ordinal
   limit 1
$$;
comment on function app_private.best_section(integer, sparsevec, double precision, vector, text) is 'The section of an SOP to quote for a question.';

drop function if exists app_public.search_knowledge(text, vector, text, text, integer);
create or replace function app_public.search_knowledge(query text, query_embedding vector default null, category text default null, site text default null, first integer default 10,
  embedding_model text default null)
returns setof app_public.search_result
language plpgsql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  v_site_id integer := app_hidden.find_site(search_knowledge.site);
  v_first integer := least(greatest(coalesce(first, 10), 1), 100);
  v_query text := coalesce(left(search_knowledge.query, 20000), '');
  v_words record;
  v_spelling text;
  v_model text;
begin
  if query_embedding is not null and vector_dims(query_embedding) <> 1536 then
    raise exception 'The question''s vector has % dimensions; 1536 are needed.', vector_dims(query_embedding) using errcode = 'CO005', hint = 'Pad a shorter one with zeros.';
  end if;
  select s.embedding_model into v_model from app_public.club_settings s;
  if search_knowledge.embedding_model <> v_model then
    query_embedding := null; -- Vectors of two models are never compared.
  end if;
  select * into v_words from app_private.question_words(v_query);
  if v_words.candidates is null or query_embedding is null then
    v_spelling := app_private.correct_spelling(v_query);
    if v_spelling is not null then
      v_query := v_spelling;
      select * into v_words from app_private.question_words(v_query);
    end if;
  end if;
  return query
    with found as materialized (
      select t.*, row_number() over (order by t.score desc, t.target)::integer as place
        from app_private.search_targets(v_query, query_embedding, search_knowledge.category, v_site_id) t
    )
    select f.place, case when q.own_answer then 'knowledge' else 'sop' end, f.sop_id, p.sop_version_id, v.version,
           case when f.entry_leads or q.own_answer then u.knowledge_id end, coalesce(s.category, f.category)::text, coalesce(s.section, f.topic)::text,
           coalesce(p.title, u.title), case when not q.own_answer then b.heading end, case when q.own_answer then u.body else b.body end,
           case when f.entry_leads then u.embedding_text end, case when f.entry_leads then u.trust else 3::smallint end, f.score, f.words, f.cosine,
           case when f.place = 1 then app_hidden.confidence(f.cosine, (select sum(exp((x.score - f.score) / 0.2)) from found x where x.place <= 20), f.agreed) end
      from found f
      left join app_private.search_units u on u.id = f.entry_id
      -- A learned question leads to its SOP as that is now; what staff wrote or approved speaks for itself.
     cross join lateral (select f.sop_id is null or (f.entry_leads and u.kind = 'knowledge' and u.trust = 3) as own_answer) q
      left join app_public.sops s on s.id = f.sop_id
      left join app_private.search_units p on p.target = f.target and p.kind = 'profile' and p.sop_id is not null
      left join lateral app_private.best_section(f.sop_id, v_words.impacts, v_words.total_idf, query_embedding, v_model) b on not q.own_answer
      left join app_public.sop_versions v on v.id = p.sop_version_id
     where f.place <= v_first
     order by f.place;
end
$$;
comment on function app_public.search_knowledge(text, vector, text, text, integer, text) is
$$Hybrid retrieval over SOPs and knowledge: the one door to knowledge for answers, dry runs and tests alike.
query: the question, 20,000 characters are read. query_embedding: its vector (1536 dimensions, length one); without it words alone decide, unknown ones by spelling. embedding_model: whose vector it is; one of another model than club_settings.embedding_model is not used; null says that it is that one's. category, site (slug): only what holds there. first: at most so many results (1 to 100).
Errors: CO005 wrong dimensions, CO404 no such site.$$;
