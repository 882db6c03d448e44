create or replace function app_public.prompt_diff(prompt_id integer, "from" integer, "to" integer) returns text language plpgsql stable as $$
declare
  v_prompt app_public.prompts;
  v_from text;
  v_to text;
begin
  select * into v_prompt from app_public.prompts p where p.id = prompt_diff.prompt_id;
  select max(t.content) filter (where t.version = "from"), max(t.content) filter (where t.version = "to") into v_from, v_to
    from (select v.version, v.content from app_public.prompt_versions v where v.prompt_id = v_prompt.id and v.version in ("from", "to")
          union all
          select 0, v_prompt.default_content) t;
  if v_from is null or v_to is null then
    raise exception 'Prompt % has no version %.', prompt_diff.prompt_id, case when v_from is null then "from" else "to" end using errcode = 'CO404';
  end if;
  return app_hidden.unified_diff(v_from, v_to, v_prompt.name || case "from" when 0 then ' default' else ' version ' || "from" end,
    v_prompt.name || case "to" when 0 then ' default' else ' version ' || "to" end);
end
$$;
comment on function app_public.prompt_diff(integer, integer, integer) is
  'A unified line diff between two versions of a prompt, 0 being the default that ClubOS comes with; empty where their texts are equal. Errors: CO404 no such version.';
