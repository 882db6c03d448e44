drop function if exists app_public.preview_improvement(integer);
create or replace function app_public.preview_improvement(id integer, edited_content text default null, edited_version integer default null) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_improvement app_public.improvement_queue;
  -- Each question is searched twice, at some 6 ms: whoever writes and waits gets the answer for fewer of them.
  v_failing integer := case when edited_content is null then 30 else 10 end;
  v_good integer := case when edited_content is null then 30 else 8 end;
  v_before jsonb;
  v_after jsonb;
  v_questions jsonb;
  v_result jsonb;
begin
  if not app_hidden.has_role('worker') then
    perform app_hidden.require_role('agent');
  end if;
  perform app_private.take_turns_with_erasure();
  select * into v_improvement from app_public.improvement_queue q where q.id = preview_improvement.id;
  if v_improvement.id is null then
    raise exception 'There is no proposal with id %.', preview_improvement.id using errcode = 'CO404';
  elsif v_improvement.status <> 'pending' then
    return v_improvement.dry_run;
  end if;
  v_improvement := app_private.edited_improvement(v_improvement, edited_content, edited_version);
  v_before := app_private.ask_for_preview(v_improvement, v_failing, v_good);
  begin
    perform app_hidden.set_reason('Dry run'), set_config('clubos.actor', coalesce(app_public.current_actor(), 'dry run'), true);
    execute format('select * from app_private.%I($1)', 'apply_improvement__' || v_improvement.kind) into v_improvement using v_improvement;
    v_after := app_private.ask_for_preview(v_improvement, v_failing, v_good);
    select jsonb_agg(jsonb_build_object('question', q.question, 'role', q.role, 'expected', q.expected, 'expected_title', app_private.target_title(q.expected),
             'before', v_before -> q.question -> 0, 'before_title', v_before -> q.question -> 1, 'after', v_after -> q.question -> 0, 'after_title', v_after -> q.question -> 1))
      into v_questions
      from (select p.question, p.role, coalesce(p.expected, 'sop:' || (v_improvement.suggested_sop_update ->> 'sop_id')) as expected from app_private.preview_questions(v_improvement, v_failing, v_good) p) q;
    -- Out of the subtransaction by the one way that leaves no trace.
    raise exception 'dry run' using errcode = 'CO999';
  exception
    when sqlstate 'CO999' then null;
    when sqlstate 'CO102' then
      return jsonb_build_object('conflict', sqlerrm);
  end;
  select jsonb_build_object('at', now(),
           'fixed', count(*) filter (where p.role = 'failing' and p.before is distinct from p.expected and p.after = p.expected),
           'still_failing', count(*) filter (where p.role = 'failing' and p.after is distinct from p.expected),
           'broken', count(*) filter (where p.role = 'good' and p.before = p.expected and p.after is distinct from p.expected),
           'unaffected', count(*) filter (where p.role = 'good' and p.before is not distinct from p.after),
           'questions', coalesce(jsonb_agg(to_jsonb(p) || jsonb_build_object('question', app_hidden.learnable_question(p.question)))
                          filter (where p.role = 'failing' or p.before is distinct from p.after), '[]'))
    into v_result
    from jsonb_to_recordset(v_questions) as p(question text, role text, expected text, expected_title text, before text, before_title text, after text, after_title text);
  if edited_content is not null then
    return v_result;
  end if;
  -- How often it fails, how much the change fixes, and twice as much what it breaks.
  update app_public.improvement_queue q
     set dry_run = v_result, impact = (v_result ->> 'fixed')::integer * 2 - (v_result ->> 'broken')::integer * 4
           + (select count(*) from app_public.improvement_evidence e where e.improvement_id = q.id)
           + coalesce((q.suggested_sop_update -> 'finding' ->> 'impact')::double precision, 0)
   where q.id = preview_improvement.id and q.status = 'pending';
  return v_result;
end
$$;
comment on function app_public.preview_improvement(integer, text, integer) is
$$Dry run: applies a proposal in a subtransaction, asks its failing questions and the latest well-answered ones again, and rolls back. {fixed, still_failing, broken, unaffected, questions: [{question, role, expected, before, after, and a title of each of the three}]}, or {conflict}. Kept with the proposal, and ranks it. edited_content: a text to try instead, edited_version: the SOP version it was written against; that result is returned only, and asks ten failing and eight good questions at most, not thirty of each.
Errors: CO005 it has no text to edit, or an empty one, CO006 over 1 MiB, CO403 not staff, CO404 no such proposal.$$;
