create or replace function app_public.save_sop(category text, section text, content text, reason text default null, expected_version integer default null)
returns app_public.sops language plpgsql volatile set clubos.reason = '' as $$
declare
  v_sop app_public.sops;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  if coalesce(btrim(save_sop.content), '') = '' then
    raise exception 'An SOP needs a text.' using errcode = 'CO005', hint = 'To take an SOP out of use: archive_sop(sop_id, reason).';
  end if;
  if coalesce(btrim(save_sop.category), '') = '' or coalesce(btrim(save_sop.section), '') = '' then
    raise exception 'An SOP needs a category and a section.' using errcode = 'CO005';
  end if;

  if expected_version is null or expected_version = 0 then
    perform app_hidden.set_reason(coalesce(nullif(btrim(save_sop.reason), ''), 'First version'));
    insert into app_public.sops as s (category, section, content) values (save_sop.category, save_sop.section, save_sop.content)
      on conflict on constraint sops_category_section_key do nothing
      returning * into v_sop;
    if v_sop.id is not null then
      return v_sop;
    end if;
  end if;

  select * into v_sop from app_public.sops s where s.category = save_sop.category and s.section = save_sop.section for no key update;
  if v_sop.id is null then
    raise exception 'There is no SOP %/% any more.', save_sop.category, save_sop.section
      using errcode = 'CO404', hint = 'Leave out expected_version to make it anew.';
  elsif expected_version is not null and v_sop.version <> expected_version then
    raise exception '%/% is at version %, not % as you expected: somebody changed it meanwhile.', save_sop.category, save_sop.section, v_sop.version, expected_version
      using errcode = 'CO101', detail = jsonb_build_object('sop_id', v_sop.id, 'version', v_sop.version)::text,
            hint = 'Look at sop_diff(sop_id, your version, current version), then save again with the current version.';
  elsif v_sop.content = save_sop.content and v_sop.archived_at is null then
    return v_sop; -- saved already: repeating a call is harmless
  end if;
  perform app_hidden.set_reason(app_hidden.require_reason(save_sop.reason));
  update app_public.sops s set content = save_sop.content, archived_at = null where s.id = v_sop.id returning * into v_sop;
  return v_sop;
end
$$;
comment on function app_public.save_sop(text, text, text, text, integer) is
$$Writes an SOP as its next version, or makes it. reason: why, needed from the second version on. expected_version: the version you edited; saving over another is refused. 0 expects that the SOP does not exist yet.
Errors: CO001 no actor, CO002 no reason, CO005 empty, CO101 changed meanwhile, CO403 not a reviewer, CO404 gone.$$;
