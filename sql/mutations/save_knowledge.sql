create or replace function app_public.save_knowledge(category text, topic text, question text, answer text, reason text default null, site text default null,
  valid_from timestamptz default null, valid_to timestamptz default null, source text default 'manual_entry') returns app_public.knowledge_base
language plpgsql volatile set clubos.reason = '' as $$
declare
  v_entry app_public.knowledge_base;
  v_site_id integer := app_hidden.find_site(site);
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  if coalesce(btrim(save_knowledge.category), '') = '' or coalesce(btrim(save_knowledge.topic), '') = ''
     or coalesce(btrim(save_knowledge.question), '') = '' or coalesce(btrim(save_knowledge.answer), '') = '' then
    raise exception 'An entry needs category, topic, question and answer.' using errcode = 'CO005';
  end if;
  perform app_hidden.set_reason(coalesce(nullif(btrim(save_knowledge.reason), ''), 'Written by hand'));
  insert into app_public.knowledge_base as k (category, topic, question, answer, source, trust, site_id, valid_from, valid_to)
  values (save_knowledge.category, save_knowledge.topic, save_knowledge.question, save_knowledge.answer, save_knowledge.source, 3, v_site_id, save_knowledge.valid_from, save_knowledge.valid_to)
  on conflict on constraint knowledge_base_category_topic_question_key do update
     set answer = excluded.answer, trust = 3, site_id = excluded.site_id, valid_from = excluded.valid_from, valid_to = excluded.valid_to
  returning * into v_entry;
  return v_entry;
end
$$;
comment on function app_public.save_knowledge(text, text, text, text, text, text, timestamptz, timestamptz, text) is
$$Writes a knowledge entry, over one that asks the same. site: slug of the venue where it holds; valid_from, valid_to: when it holds. An entry whose category and topic name an SOP belongs to that SOP.
Errors: CO001 no actor, CO005 incomplete, CO403 not a reviewer, CO404 no such site.$$;
