create or replace function app_public.knowledge_as_of(at timestamptz, only_category text default null, only_topic text default null)
returns table (id integer, category text, topic text, question text, answer text, sop_id integer, site text, trust smallint, valid_from timestamptz, valid_to timestamptz, unchanged boolean)
language plpgsql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
#variable_conflict use_column
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('agent');
  end if;
  if knowledge_as_of.at is null then
    raise exception 'As of when?' using errcode = 'CO005', hint = 'Give at, such as now() - interval ''1 week''.';
  end if;
  return query
    select k.id, k.category, k.topic, k.question, k.answer, k.sop_id, s.slug, k.trust, k.valid_from, k.valid_to, k.unchanged
      from app_private.knowledge_as_of(knowledge_as_of.at) k
      left join app_public.sites s on s.id = k.site_id
     where (only_category is null or k.category = only_category) and (only_topic is null or k.topic = only_topic)
     order by k.category, k.topic, k.question, k.id;
end
$$;
comment on function app_public.knowledge_as_of(timestamptz, text, text) is
$$The knowledge entries in use at a time, as they were: select * from knowledge_as_of(now() - interval '1 week', 'access'). SOPs have sop_as_of. at: when; only_category, only_topic: only theirs. unchanged: it is so today. site: where it held, null everywhere. Left out are learned entries that were changed or removed since: of customers' words the audit log keeps hashes alone.
Errors: CO005 no time, CO403 not staff.$$;
