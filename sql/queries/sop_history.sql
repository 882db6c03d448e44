create or replace function app_public.sop_diff(sop_id integer, "from" integer, "to" integer) returns text language plpgsql stable as $$
declare
  v_from app_public.sop_versions;
  v_to app_public.sop_versions;
begin
  select * into v_from from app_public.sop_versions v where v.sop_id = sop_diff.sop_id and v.version = "from";
  select * into v_to from app_public.sop_versions v where v.sop_id = sop_diff.sop_id and v.version = "to";
  if v_from.id is null or v_to.id is null then
    raise exception 'SOP % has no version %.', sop_diff.sop_id, case when v_from.id is null then "from" else "to" end using errcode = 'CO404';
  end if;
  return app_hidden.unified_diff(v_from.content, v_to.content,
    format('%s/%s.md version %s', v_from.category, v_from.section, v_from.version),
    format('%s/%s.md version %s', v_to.category, v_to.section, v_to.version));
end
$$;
comment on function app_public.sop_diff(integer, integer, integer) is
  'A unified line diff between two versions of an SOP; empty where their texts are equal. Errors: CO404 no such version.';

create or replace function app_public.sop_as_of(category text, section text, at timestamptz) returns app_public.sop_versions language sql stable as $$
  select v.*
    from app_public.sop_versions v
   where v.category = sop_as_of.category and v.section = sop_as_of.section and v.created_at <= sop_as_of.at and not v.archived
     -- The name may have passed on since: what counts is what its SOP was at that time.
     and not exists (select from app_public.sop_versions n where n.sop_id = v.sop_id and n.version > v.version and n.created_at <= sop_as_of.at)
   order by v.created_at desc, v.id desc
   limit 1
$$;
comment on function app_public.sop_as_of(text, text, timestamptz) is 'The version of an SOP that was in force at a time; none where it did not exist or was archived then.';
