create or replace function app_hidden.tg_knowledge_base__govern() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
begin
  if NEW.trust is null then
    NEW.trust := case when NEW.source = 'learned' then 0 else 3 end;
  end if;
  if TG_OP = 'INSERT' and NEW.sop_id is null then
    select s.id into NEW.sop_id from app_public.sops s where s.category = NEW.category and s.section = NEW.topic and s.archived_at is null;
  end if;
  if TG_OP = 'UPDATE' then
    if (NEW.category, NEW.topic, NEW.question, NEW.answer, NEW.site_id, NEW.valid_from, NEW.valid_to, NEW.sop_id)
       is not distinct from (OLD.category, OLD.topic, OLD.question, OLD.answer, OLD.site_id, OLD.valid_from, OLD.valid_to, OLD.sop_id) then
      return NEW; -- counters, trust and vectors follow from elsewhere
    end if;
    perform app_hidden.require_actor();
    perform app_hidden.require_reason(app_hidden.current_reason());
    NEW.updated_at := clock_timestamp();
    if NEW.question <> OLD.question and NEW.embeddings is not distinct from OLD.embeddings then
      NEW.embeddings := null;
    end if;
  end if;
  if NEW.embeddings is null then
    select c.embedding, c.model into NEW.embeddings, NEW.embedding_model
      from app_hidden.knowledge_unit(NEW.category, NEW.topic, NEW.question, NEW.answer) u, app_public.club_settings s, app_private.embedding_cache c
     where c.content_hash = app_hidden.embedding_hash(u.embedding_text) and c.model = s.embedding_model;
  elsif NEW.embedding_model is null then
    select s.embedding_model into NEW.embedding_model from app_public.club_settings s;
  end if;
  return NEW;
end
$$;
comment on function app_hidden.tg_knowledge_base__govern() is
  'Gives a new entry its trust, the SOP of its name and its vector from the cache; refuses a change of what it says without author (CO001) or reason (CO002).';

create or replace function app_hidden.tg_knowledge_base__index() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ids integer[];
begin
  if TG_OP = 'INSERT' then
    select array_agg(w.id) into v_ids from written w;
  else
    -- Counters and vectors change nothing of what is searched.
    select array_agg(w.id) into v_ids from written w join before o on o.id = w.id
     where (w.category, w.topic, w.question, w.answer, w.site_id, w.valid_from, w.valid_to, w.sop_id, w.trust)
           is distinct from (o.category, o.topic, o.question, o.answer, o.site_id, o.valid_from, o.valid_to, o.sop_id, o.trust);
  end if;
  if v_ids is null then
    return null;
  end if;
  perform app_private.rebuild_knowledge_units(v_ids);
  if exists (select from written w where w.id = any (v_ids) and w.embeddings is null) then
    perform app_hidden.add_job('search_units__embed');
  end if;
  return null;
end
$$;
comment on function app_hidden.tg_knowledge_base__index() is 'Keeps the entries'' search units, in the same statement.';

drop trigger if exists _100_govern on app_public.knowledge_base;
create trigger _100_govern before insert or update on app_public.knowledge_base for each row execute function app_hidden.tg_knowledge_base__govern();
drop trigger if exists _200_index on app_public.knowledge_base;
drop trigger if exists _200_index_new on app_public.knowledge_base;
create trigger _200_index_new after insert on app_public.knowledge_base referencing new table as written for each statement execute function app_hidden.tg_knowledge_base__index();
drop trigger if exists _200_index_changed on app_public.knowledge_base;
create trigger _200_index_changed after update on app_public.knowledge_base referencing old table as before new table as written for each statement execute function app_hidden.tg_knowledge_base__index();
