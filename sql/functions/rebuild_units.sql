create or replace function app_private.rebuild_sop_units(sop app_public.sops, sop_version_id integer) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  delete from app_private.search_units u where u.sop_id = sop.id and u.knowledge_id is null;
  insert into app_private.search_units (kind, sop_id, sop_version_id, ordinal, category, topic, trust, title, heading, body,
      embedding_text, content_hash, words, word_count, impacts, embedding, embedding_model)
  select u.kind, sop.id, rebuild_sop_units.sop_version_id, u.ordinal, sop.category, sop.section, 3, u.title, u.heading, u.body,
         u.embedding_text, app_hidden.embedding_hash(u.embedding_text), u.words, app_hidden.word_count(u.words),
         app_hidden.bm25_impacts(u.words, t.average_words), c.embedding, c.model
    from app_hidden.sop_units(sop.category, sop.section, sop.content) u
    join app_private.search_statistics t on t.kind = u.kind
   cross join app_public.club_settings s
    left join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(u.embedding_text) and c.model = s.embedding_model
   where sop.archived_at is null;
$$;
comment on function app_private.rebuild_sop_units(app_public.sops, integer) is 'Replaces the search units of an SOP by those of its text as it is now, with the vectors that the cache holds.';

create or replace function app_private.rebuild_knowledge_unit(entry app_public.knowledge_base) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  delete from app_private.search_units u where u.knowledge_id = entry.id;
  insert into app_private.search_units (kind, sop_id, knowledge_id, category, topic, site_id, trust, valid_from, valid_to, title, body,
      embedding_text, content_hash, words, word_count, impacts, embedding, embedding_model)
  select 'knowledge', entry.sop_id, entry.id, entry.category, entry.topic, entry.site_id, entry.trust, entry.valid_from, entry.valid_to,
         entry.question, entry.answer, u.embedding_text, app_hidden.embedding_hash(u.embedding_text), u.words, app_hidden.word_count(u.words),
         app_hidden.bm25_impacts(u.words, t.average_words), entry.embeddings, case when entry.embeddings is not null then entry.embedding_model end
    from app_hidden.knowledge_unit(entry.category, entry.topic, entry.question, entry.answer) u
    join app_private.search_statistics t on t.kind = 'knowledge';
$$;
comment on function app_private.rebuild_knowledge_unit(app_public.knowledge_base) is 'Replaces the search unit of a knowledge entry.';
