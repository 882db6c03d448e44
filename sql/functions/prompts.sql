-- How a prompt's default reaches a club, at every migration.
create or replace function app_private.seed_prompt(name text, content text) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.actor = 'system' set clubos.reason = '' as $$
begin
  perform app_hidden.set_reason('The default of this version of ClubOS');
  insert into app_public.prompts as p (name, content, default_content) values (seed_prompt.name, seed_prompt.content, seed_prompt.content)
  on conflict on constraint prompts_name_key do update
     -- Whoever wrote their own keeps it; whoever has the default has the new one.
     set content = case when p.content = p.default_content then excluded.content else p.content end, default_content = excluded.default_content
   where p.default_content is distinct from excluded.default_content;
end
$$;
comment on function app_private.seed_prompt(text, text) is
  'Makes a prompt, or gives it a new default: as its next version where the club never changed it or went back to the default, else beside what the club wrote. Repeating it changes nothing.';

create or replace function app_hidden.find_prompt(prompt_id integer) returns app_public.prompts language plpgsql volatile as $$
declare
  v_prompt app_public.prompts;
begin
  select * into v_prompt from app_public.prompts p where p.id = find_prompt.prompt_id for no key update;
  if v_prompt.id is null then
    raise exception 'There is no prompt with id %.', find_prompt.prompt_id using errcode = 'CO404', hint = 'select id, name from prompts;';
  end if;
  return v_prompt;
end
$$;
comment on function app_hidden.find_prompt(integer) is 'The prompt, locked, or CO404.';

create or replace function app_hidden.require_prompt_text(content text) returns text language plpgsql immutable as $$
begin
  if coalesce(require_prompt_text.content, '') !~ '\S' then
    raise exception 'A prompt needs a text.' using errcode = 'CO005', hint = 'To go back to an earlier one: rollback_prompt(prompt_id, version, reason).';
  elsif length(require_prompt_text.content) > 20000 then
    raise exception 'The prompt is % characters long; 20,000 is the most: it is paid for with every question.', length(require_prompt_text.content)
      using errcode = 'CO006', hint = 'What customers are to be told belongs into SOPs.';
  end if;
  return require_prompt_text.content;
end
$$;
comment on function app_hidden.require_prompt_text(text) is 'The text of a prompt; refuses an empty one (CO005) and one over 20,000 characters (CO006).';
