create or replace function app_public.save_prompt(name text, content text, reason text, expected_version integer default null) returns app_public.prompts
language plpgsql volatile set clubos.reason = '' as $$
declare
  v_prompt app_public.prompts;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  perform app_hidden.require_prompt_text(save_prompt.content);
  select * into v_prompt from app_public.prompts p where p.name = save_prompt.name for no key update;
  if v_prompt.id is null then
    raise exception 'There is no prompt named "%".', save_prompt.name
      using errcode = 'CO404', hint = format('ClubOS asks for these: %s.', (select string_agg(p.name, ', ' order by p.name) from app_public.prompts p));
  elsif expected_version is not null and v_prompt.version <> expected_version then
    raise exception 'The prompt % is at version %, not % as you expected: somebody changed it meanwhile.', v_prompt.name, v_prompt.version, expected_version
      using errcode = 'CO101', detail = jsonb_build_object('prompt_id', v_prompt.id, 'version', v_prompt.version)::text,
            hint = 'Look at prompt_diff(prompt_id, your version, current version), then save again with the current version.';
  elsif v_prompt.content = save_prompt.content then
    return v_prompt; -- saved already: repeating a call is harmless
  end if;
  perform app_hidden.set_reason(app_hidden.require_reason(save_prompt.reason));
  update app_public.prompts p set content = save_prompt.content where p.id = v_prompt.id returning * into v_prompt;
  return v_prompt;
end
$$;
comment on function app_public.save_prompt(text, text, text, integer) is
$$Writes the next version of a prompt; the next question is asked with it. reason: why. expected_version: the version you edited; saving over another is refused. Try it first with previewPrompt.
Errors: CO001 no actor, CO002 no reason, CO005 empty, CO006 over 20,000 characters, CO101 changed meanwhile, CO403 not a reviewer, CO404 no such prompt.$$;

create or replace function app_public.rollback_prompt(prompt_id integer, version integer, reason text) returns app_public.prompts
language plpgsql volatile set clubos.reason = '' as $$
declare
  v_prompt app_public.prompts;
  v_content text;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.set_reason(case rollback_prompt.version when 0 then 'Back to the default: ' else format('Rollback to version %s: ', rollback_prompt.version) end
    || app_hidden.require_reason(rollback_prompt.reason));
  v_prompt := app_hidden.find_prompt(rollback_prompt.prompt_id);
  v_content := case rollback_prompt.version when 0 then v_prompt.default_content
    else (select v.content from app_public.prompt_versions v where v.prompt_id = v_prompt.id and v.version = rollback_prompt.version) end;
  if v_content is null then
    raise exception 'The prompt % has no version %; it has 1 to %.', v_prompt.name, rollback_prompt.version, v_prompt.version using errcode = 'CO404';
  elsif v_content = v_prompt.content then
    return v_prompt;
  end if;
  update app_public.prompts p set content = v_content where p.id = v_prompt.id returning * into v_prompt;
  return v_prompt;
end
$$;
comment on function app_public.rollback_prompt(integer, integer, text) is
$$Makes an earlier version's text the prompt's next version: history grows, nothing is lost. version 0: the default that ClubOS comes with. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO403 not a reviewer, CO404 no such prompt or version.$$;
