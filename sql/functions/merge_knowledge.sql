create or replace function app_hidden.same_text(one text, other text) returns boolean language sql immutable parallel safe as $$
  select lower(btrim(regexp_replace(one, '\s+', ' ', 'g'))) = lower(btrim(regexp_replace(other, '\s+', ' ', 'g')))
$$;
comment on function app_hidden.same_text(text, text) is 'Whether two texts differ in letters'' case and spacing at most.';

create or replace function app_private.check_merge(keep app_public.knowledge_base, duplicate app_public.knowledge_base) returns void
language plpgsql stable set search_path = app_public, public, pg_temp as $$
begin
  if duplicate.site_id is not distinct from keep.site_id or (keep.site_id is null and app_hidden.same_text(keep.answer, duplicate.answer)) then
    return;
  end if;
  raise exception 'Entry % holds % and entry % %: merged, %.', keep.id,
      coalesce('at ' || (select s.slug from app_public.sites s where s.id = keep.site_id) || ' only', 'everywhere'), duplicate.id,
      coalesce('at ' || (select s.slug from app_public.sites s where s.id = duplicate.site_id) || ' only', 'everywhere'),
      case when keep.site_id is null then 'customers there would get another answer' else 'customers elsewhere would get none' end
    using errcode = 'CO121', detail = jsonb_build_object('keep_id', keep.id, 'duplicate_id', duplicate.id)::text,
          hint = 'Keep the entry that holds everywhere and says the same; or edit one of them first.';
end
$$;
comment on function app_private.check_merge(app_public.knowledge_base, app_public.knowledge_base) is
  'Refuses (CO121) a merge by which customers of some site would lose what is true there.';

-- The questions, vectors and votes of duplicates go over to the entry that is kept. A response has one vote there.
create or replace function app_private.move_to_entry(keep app_public.knowledge_base, duplicate_ids integer[], out doubled integer, out doubled_helpful integer)
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  insert into app_public.knowledge_questions (knowledge_id, question, merged_from, learned_from)
  select keep.id, q.question, q.merged_from, q.learned_from
    from (select k.question, k.id as merged_from, k.learned_from from app_public.knowledge_base k where k.id = any (duplicate_ids)
          union all
          select o.question, o.merged_from, o.learned_from from app_public.knowledge_questions o where o.knowledge_id = any (duplicate_ids)) q
   where q.question <> keep.question
   order by q.merged_from
  on conflict do nothing;
  insert into app_private.embedding_cache (content_hash, model, embedding)
  select u.content_hash, u.embedding_model, coalesce(k.embeddings, u.embedding::vector)
    from app_private.search_units u
    left join app_public.knowledge_base k on k.id = u.knowledge_id and u.ordinal = 0 and k.embedding_model = u.embedding_model
   where u.knowledge_id = any (duplicate_ids) and u.embedding is not null
  on conflict do nothing;
  with ranked as (
    select v.knowledge_id, v.response_id, v.helpful, row_number() over (partition by v.response_id order by v.knowledge_id = keep.id desc, v.knowledge_id) as place
      from app_private.knowledge_votes v where v.knowledge_id = keep.id or v.knowledge_id = any (duplicate_ids)
  ), moved as (
    update app_private.knowledge_votes v set knowledge_id = keep.id
      from ranked r where r.place = 1 and v.knowledge_id = r.knowledge_id and v.response_id = r.response_id and r.knowledge_id <> keep.id
  )
  select count(*), count(*) filter (where r.helpful) into doubled, doubled_helpful from ranked r where r.place > 1;
end
$$;
comment on function app_private.move_to_entry(app_public.knowledge_base, integer[]) is 'Gives an entry the questions, vectors and votes of its duplicates. Returns how many votes were of a response that had one already, and how many of those said helpful.';

create or replace function app_private.erase__merged_questions(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_entries integer[];
  v_done bigint;
begin
  with gone as (delete from app_public.knowledge_questions q where q.learned_from = any (response_ids) returning q.knowledge_id)
  select count(*), coalesce(array_agg(distinct g.knowledge_id), '{}') into v_done, v_entries from gone g;
  perform app_private.rebuild_knowledge_unit(k) from app_public.knowledge_base k where k.id = any (v_entries);
  perform app_private.rebuild_profile(t.target) from (
    select distinct app_hidden.target_of(k.sop_id, k.category, k.topic) as target from app_public.knowledge_base k where k.id = any (v_entries) order by 1) t;
  return v_done;
end
$$;
comment on function app_private.erase__merged_questions(uuid, integer[], bigint[]) is 'Forgets questions of these answers that live on in merged knowledge entries; returns how many.';

create or replace function app_private.export__merged_questions(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) returns jsonb
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object('knowledge_id', q.knowledge_id, 'question', q.question, 'created_at', q.created_at) order by q.id), '[]')
    from app_public.knowledge_questions q
   where q.learned_from = any (response_ids) or q.learned_from in (select r.id from app_public.responses r where r.ticket_id = any (ticket_ids))
$$;
comment on function app_private.export__merged_questions(uuid, integer[], bigint[]) is 'The questions of these answers that live on in merged knowledge entries.';
