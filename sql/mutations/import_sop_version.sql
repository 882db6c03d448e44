create or replace function app_public.import_sop_version(category text, section text, content text, author text, at timestamptz, reason text,
  renamed_from_category text default null, renamed_from_section text default null)
returns app_public.sops language plpgsql volatile set clubos.reason = '' set clubos.actor = '' set clubos.effective_at = '' as $$
declare
  v_sop app_public.sops;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.set_reason(coalesce(nullif(left(btrim(import_sop_version.reason), 4000), ''), 'Imported'));
  perform set_config('clubos.actor', left(import_sop_version.author, 100), true), set_config('clubos.effective_at', import_sop_version.at::text, true);
  select * into v_sop from app_public.sops s
   where s.category = coalesce(renamed_from_category, import_sop_version.category) and s.section = coalesce(renamed_from_section, import_sop_version.section)
     for no key update;
  if v_sop.id is null then
    insert into app_public.sops as s (category, section, content) values (import_sop_version.category, import_sop_version.section, import_sop_version.content)
      returning * into v_sop;
  else
    update app_public.sops s
       set category = import_sop_version.category, section = import_sop_version.section, content = coalesce(import_sop_version.content, s.content),
           archived_at = case when import_sop_version.content is null then import_sop_version.at end
     where s.id = v_sop.id returning * into v_sop;
  end if;
  return v_sop;
end
$$;
comment on function app_public.import_sop_version(text, text, text, text, timestamptz, text, text, text) is
$$Replays one version of an imported history with its own author, time and reason; the audit log keeps when it was replayed. content null: the SOP was withdrawn then. renamed_from_…: the name before.
Errors: CO403 not an admin.$$;
