create or replace function app_public.import_knowledge(entries jsonb, reason text default null) returns jsonb
language plpgsql volatile set clubos.reason = '' as $$
declare
  v_entries jsonb;
  v_bad record;
  v_changed integer;
  v_created integer;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  if jsonb_typeof(entries) is distinct from 'array' then
    raise exception 'A list of entries is expected.' using errcode = 'CO005', hint = '[{"category": "booking", "topic": "moving", "question": "…", "answer": "…"}, …]';
  end if;
  select e.n, e.question,
         case when coalesce(btrim(e.category), '') = '' or coalesce(btrim(e.topic), '') = '' or coalesce(btrim(e.question), '') = '' or coalesce(btrim(e.answer), '') = ''
                then 'needs category, topic, question and answer'
              when length(e.category) > 100 or length(e.topic) > 200 or octet_length(e.category || e.topic || e.question) > 2600 then 'has too long a name or question'
              when octet_length(e.answer) > 65536 then 'has an answer of more than 64 kB'
              else 'is in the list twice' end as problem
    into v_bad
    from (select *, row_number() over (partition by t.category, t.topic, t.question order by t.n) as again
            from rows from (jsonb_to_recordset(entries) as (category text, topic text, question text, answer text)) with ordinality t(category, topic, question, answer, n)) e
   where coalesce(btrim(e.category), '') = '' or coalesce(btrim(e.topic), '') = '' or coalesce(btrim(e.question), '') = '' or coalesce(btrim(e.answer), '') = ''
      or length(e.category) > 100 or length(e.topic) > 200 or octet_length(e.category || e.topic || e.question) > 2600 or octet_length(e.answer) > 65536 or e.again > 1
   order by e.n limit 1;
  if v_bad.n is not null then
    raise exception 'Entry % of the list ("%") %.', v_bad.n, left(v_bad.question, 200), v_bad.problem
      using errcode = case when v_bad.problem like 'has %' then 'CO006' else 'CO005' end, hint = 'Nothing of the list was imported. Correct it, and import the list again.';
  end if;
  -- The sites' slugs as ids: an unknown one is refused before anything is written.
  with sites as materialized (
    select s.site, app_hidden.find_site(s.site) as site_id from (select distinct e ->> 'site' as site from jsonb_array_elements(entries) e) s
  )
  select jsonb_agg(e.value || jsonb_build_object('site_id', s.site_id)) into v_entries
    from jsonb_array_elements(entries) e(value) join sites s on s.site is not distinct from e.value ->> 'site';
  perform app_hidden.set_reason(coalesce(nullif(left(btrim(import_knowledge.reason), 4000), ''), 'Imported'));

  with wanted as materialized (
    select * from jsonb_to_recordset(coalesce(v_entries, '[]')) as e(category text, topic text, question text, answer text, site_id integer, valid_from timestamptz, valid_to timestamptz)
  ), there as materialized (
    select k.id, k.answer, k.site_id from app_public.knowledge_base k join wanted e on e.category = k.category and e.topic = k.topic and e.question = k.question order by k.id for no key update of k
  ), written as (
    update app_public.knowledge_base k set answer = e.answer, trust = 3, site_id = e.site_id, valid_from = e.valid_from, valid_to = e.valid_to
      from there o, wanted e
     where k.id = o.id and e.category = k.category and e.topic = k.topic and e.question = k.question and (o.answer, o.site_id) is distinct from (e.answer, e.site_id)
    returning k.id
  )
  select count(*) into v_changed from written;
  with written as (
    insert into app_public.knowledge_base as k (category, topic, question, answer, source, trust, site_id, valid_from, valid_to)
    select e.category, e.topic, e.question, e.answer, 'manual_entry', 3, e.site_id, e.valid_from, e.valid_to
      from jsonb_to_recordset(coalesce(v_entries, '[]')) as e(category text, topic text, question text, answer text, site_id integer, valid_from timestamptz, valid_to timestamptz)
     where not exists (select from app_public.knowledge_base o where o.category = e.category and o.topic = e.topic and o.question = e.question)
     order by e.category, e.topic, e.question
    on conflict on constraint knowledge_base_category_topic_question_key do update
       set answer = excluded.answer, trust = 3, site_id = excluded.site_id, valid_from = excluded.valid_from, valid_to = excluded.valid_to
    returning k.id
  )
  select count(*) into v_created from written;
  return jsonb_build_object('created', v_created, 'changed', v_changed, 'unchanged', jsonb_array_length(entries) - v_created - v_changed);
end
$$;
comment on function app_public.import_knowledge(jsonb, text) is
$$Writes many knowledge entries in one transaction: [{category, topic, question, answer}], each perhaps with site (a slug), valid_from and valid_to. New ones are made, of others the answer is replaced, what is there already with that answer for that site is left alone; so repeating a list is harmless. reason: why, for all of them; "Imported" unless given. Returns {created, changed, unchanged}, each how many.
Errors: CO001 no actor, CO005 no list, or an entry that is incomplete or in it twice, CO006 too long, CO403 not a reviewer, CO404 no such site.$$;
