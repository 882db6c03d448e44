-- Many at once in a few statements: their search units, versions and audit rows are still written for each of them, by
-- the same triggers as of one.
create or replace function app_public.import_sops(documents jsonb, reason text default null) returns jsonb
language plpgsql volatile set clubos.reason = '' as $$
declare
  v_categories text[];
  v_sections text[];
  v_contents text[];
  v_bad record;
  v_created jsonb;
  v_changed jsonb;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  if jsonb_typeof(documents) is distinct from 'array' then
    raise exception 'A list of documents is expected.' using errcode = 'CO005', hint = '[{"category": "booking", "section": "moving", "content": "# Moving a booking\n…"}, …]';
  end if;
  select array_agg(d.category), array_agg(d.section), array_agg(d.content) into v_categories, v_sections, v_contents
    from jsonb_to_recordset(documents) as d(category text, section text, content text);
  select concat_ws('/', d.category, d.section) as name, d.n,
         case when coalesce(btrim(d.category), '') = '' or coalesce(btrim(d.section), '') = '' then 'needs a category and a section'
              when length(d.category) > 100 or length(d.section) > 200 then 'has too long a name: a category has at most 100 characters, a section 200'
              when coalesce(btrim(d.content), '') = '' then 'needs a text'
              when octet_length(d.content) > 1048576 then 'has more than 1 MiB of text'
              else 'is in the list twice' end as problem
    into v_bad
    from (select *, row_number() over (partition by t.category, t.section order by t.n) as again from unnest(v_categories, v_sections, v_contents) with ordinality t(category, section, content, n)) d
   where coalesce(btrim(d.category), '') = '' or coalesce(btrim(d.section), '') = '' or length(d.category) > 100 or length(d.section) > 200
      or coalesce(btrim(d.content), '') = '' or octet_length(d.content) > 1048576 or d.again > 1
   order by d.n limit 1;
  if v_bad.n is not null then
    raise exception 'Document % of the list (%) %.', v_bad.n, v_bad.name, v_bad.problem
      using errcode = case when v_bad.problem like 'has %' then 'CO006' else 'CO005' end, hint = 'Nothing of the list was imported. Correct it, and import the list again.';
  end if;
  perform app_hidden.set_reason(coalesce(nullif(left(btrim(import_sops.reason), 4000), ''), 'Imported'));

  with wanted as (
    select d.* from unnest(v_categories, v_sections, v_contents) d(category, section, content)
  ), there as materialized (
    -- In the order of their ids, so that two who write several never wait for each other in a circle.
    select s.id, s.content, s.archived_at from app_public.sops s join wanted d on d.category = s.category and d.section = s.section order by s.id for no key update of s
  ), written as (
    update app_public.sops s set content = d.content, archived_at = null
      from there o, wanted d
     where s.id = o.id and d.category = s.category and d.section = s.section and (o.content <> d.content or o.archived_at is not null)
    returning s.category, s.section
  )
  select coalesce(jsonb_agg(w.category || '/' || w.section order by w.category, w.section), '[]') into v_changed from written w;
  with written as (
    insert into app_public.sops as s (category, section, content)
    select d.category, d.section, d.content from unnest(v_categories, v_sections, v_contents) d(category, section, content)
     where not exists (select from app_public.sops o where o.category = d.category and o.section = d.section)
     order by d.category, d.section
    -- Somebody made it in between: what is imported is what they asked for last.
    on conflict (category, section) do update set content = excluded.content, archived_at = null
    returning s.category, s.section
  )
  select coalesce(jsonb_agg(w.category || '/' || w.section order by w.category, w.section), '[]') into v_created from written w;
  return jsonb_build_object('created', v_created, 'changed', v_changed,
    'unchanged', coalesce(cardinality(v_categories), 0) - jsonb_array_length(v_created) - jsonb_array_length(v_changed));
end
$$;
comment on function app_public.import_sops(jsonb, text) is
$$Writes many SOPs in one transaction: [{category, section, content}]. New ones are made, others get their next version, what is there already is left alone; so repeating a list is harmless. A few hundred at a time keep it short. reason: why, for all of them; "Imported" unless given. Returns {created: [category/section], changed: [category/section], unchanged: how many}.
Errors: CO001 no actor, CO005 no list, or a document without name or text or named twice, CO006 too long, CO403 not a reviewer.$$;
