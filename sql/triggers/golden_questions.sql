create or replace function app_hidden.tg_golden_questions__govern() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
begin
  -- An erasure says in privacy_actions who and why; and an answer that is deleted takes nothing but its id along.
  if app_hidden.erasing() or (TG_OP = 'UPDATE' and to_jsonb(NEW) = to_jsonb(OLD) || '{"response_id": null}') then
    return coalesce(NEW, OLD);
  end if;
  perform app_hidden.require_actor();
  perform app_hidden.require_reason(app_hidden.current_reason());
  if TG_OP = 'DELETE' then
    return OLD;
  end if;
  NEW.question := btrim(regexp_replace(NEW.question, '\s+', ' ', 'g'));
  NEW.note := nullif(btrim(NEW.note), '');
  NEW.updated_by := app_hidden.require_actor();
  NEW.updated_at := clock_timestamp();
  if TG_OP = 'INSERT' then
    NEW.created_by := NEW.updated_by;
  elsif app_hidden.golden_key(NEW.question) <> app_hidden.golden_key(OLD.question) then
    NEW.response_id := null; -- staff's own words by now
  end if;
  if NEW.expected_sop_id is null and NEW.expected_category is not null then
    select s.id into NEW.expected_sop_id from app_public.sops s where s.category = NEW.expected_category and s.section = NEW.expected_topic and s.archived_at is null;
    if NEW.expected_sop_id is not null then
      NEW.expected_category := null;
      NEW.expected_topic := null;
    end if;
  end if;
  return NEW;
end
$$;
comment on function app_hidden.tg_golden_questions__govern() is
  'Refuses a change without author (CO001) or reason (CO002), says who made it, and takes the SOP for the topic that has its name.';

create or replace function app_hidden.tg_golden_questions__embed() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
begin
  if not exists (select from app_private.embedding_cache c join app_public.club_settings s on s.embedding_model = c.model where c.content_hash = app_hidden.embedding_hash(NEW.question)) then
    perform app_hidden.add_job('search_units__embed');
  end if;
  return null;
end
$$;
comment on function app_hidden.tg_golden_questions__embed() is 'Wants the question''s vector, where the cache has none of the club''s model.';

create or replace function app_hidden.tg_golden_questions__count() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
begin
  update app_private.golden_set set revision = revision + 1;
  return null;
end
$$;
comment on function app_hidden.tg_golden_questions__count() is 'Counts the revision of the set.';

drop trigger if exists _100_govern on app_public.golden_questions;
create trigger _100_govern before insert or update or delete on app_public.golden_questions for each row execute function app_hidden.tg_golden_questions__govern();
drop trigger if exists _200_embed on app_public.golden_questions;
create trigger _200_embed after insert or update of question on app_public.golden_questions for each row execute function app_hidden.tg_golden_questions__embed();
drop trigger if exists _300_count on app_public.golden_questions;
create trigger _300_count after insert or update or delete or truncate on app_public.golden_questions for each statement execute function app_hidden.tg_golden_questions__count();
