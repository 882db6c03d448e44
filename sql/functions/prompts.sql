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

create or replace function app_hidden.begin_prompt_preview(name text, content text, questions text[] default null, latest integer default 5) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  c_most constant integer := 20;
  v_version integer;
  v_result jsonb;
  v_each numeric;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_prompt_text(begin_prompt_preview.content);
  if begin_prompt_preview.name not in ('route', 'answer') then
    raise exception 'Only the prompts route and answer can be tried on questions.' using errcode = 'CO005';
  end if;
  select p.version into v_version from app_public.prompts p where p.name = begin_prompt_preview.name;
  if v_version is null then
    raise exception 'There is no prompt named "%".', begin_prompt_preview.name using errcode = 'CO404';
  elsif coalesce(cardinality(questions), 0) > c_most or latest not between 1 and c_most then
    raise exception 'A prompt is tried on 1 to % questions: each is paid for.', c_most using errcode = 'CO006';
  end if;
  if cardinality(questions) > 0 then
    perform app_hidden.check_question(q) from unnest(questions) q;
    select jsonb_agg(jsonb_build_object('question', q, 'brief', app_private.question_brief(q, null, null, null)) order by o) into v_result
      from unnest(questions) with ordinality t(q, o);
  else
    select jsonb_agg(jsonb_build_object('question', r.question, 'requested', r.requested_category, 'brief', app_private.question_brief(r.question, s.slug, null, null),
             'old', jsonb_build_object('response_id', r.id::text, 'text', r.text, 'outcome', r.outcome, 'reason', r.reason, 'model', r.model, 'prompt_version', v.version)) order by r.id desc) into v_result
      from (select * from app_public.responses r where r.erased_at is null and r.outcome in ('answered', 'handed_over') order by r.id desc limit latest) r
      left join app_public.sites s on s.id = r.site_id
      left join app_public.prompt_versions v on v.id = r.prompt_version_id;
  end if;
  -- What an answer lately cost.
  select sum(c.cost) / nullif(count(distinct c.response_id), 0) into v_each
    from (select l.cost, l.response_id from app_public.llm_calls l where l.purpose in ('route', 'rerank', 'answer', 'embed') and l.response_id is not null order by l.id desc limit 200) c;
  return jsonb_build_object('questions', coalesce(v_result, '[]'), 'estimated_cost', round(v_each * coalesce(jsonb_array_length(v_result), 0), 6));
end
$$;
comment on function app_hidden.begin_prompt_preview(text, text, text[], integer) is
$$What trying a prompt needs: the questions given, or the latest answered and handed-over ones, with what was answered then, and what app_private.question_brief says of each, {questions: [{question, requested, brief, old}], estimated_cost (US dollars, by what answers lately cost; null: none did)}. Writes nothing.
Errors: CO005 an empty prompt or question, or one that no question is asked with, CO006 too long or more than 20, CO403 not a reviewer, CO404 no such prompt.$$;
