create or replace function app_hidden.tg__forget_facts() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
begin
  if TG_TABLE_NAME = 'sops' then
    delete from app_private.stated_facts f where f.sop_id = NEW.id;
    delete from app_private.knowledge_findings f where f.sop_id = NEW.id;
  else
    delete from app_private.stated_facts f where f.knowledge_id = NEW.id;
    delete from app_private.knowledge_findings f where f.knowledge_id = NEW.id;
    delete from app_private.knowledge_findings f where f.other_id = NEW.id;
  end if;
  return null;
end
$$;
comment on function app_hidden.tg__forget_facts() is 'What was read and found in a text is forgotten when the text changes; the next health check reads it again.';

drop trigger if exists _300_forget_facts on app_public.knowledge_base;
create trigger _300_forget_facts after update of category, topic, question, answer, site_id, valid_from, valid_to, sop_id, trust on app_public.knowledge_base for each row
  when ((NEW.category, NEW.topic, NEW.question, NEW.answer, NEW.site_id, NEW.valid_from, NEW.valid_to, NEW.sop_id, NEW.trust)
        is distinct from (OLD.category, OLD.topic, OLD.question, OLD.answer, OLD.site_id, OLD.valid_from, OLD.valid_to, OLD.sop_id, OLD.trust))
  execute function app_hidden.tg__forget_facts();
drop trigger if exists _400_forget_facts on app_public.sops;
create trigger _400_forget_facts after update of category, section, content, archived_at on app_public.sops for each row
  when ((NEW.category, NEW.section, NEW.content, NEW.archived_at) is distinct from (OLD.category, OLD.section, OLD.content, OLD.archived_at))
  execute function app_hidden.tg__forget_facts();
