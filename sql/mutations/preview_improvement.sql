drop function if exists app_public.preview_improvement(integer);
create or replace function app_public.preview_improvement(id integer, edited_content text default null, edited_version integer default null) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_began timestamptz := clock_timestamp();
  v_improvement app_public.improvement_queue;
  v_proposed app_public.improvement_queue;
  v_apply text;
  v_version integer;
  -- Whoever writes and waits gets the answer for fewer; and so does everybody where one session serves all.
  v_most integer := case when edited_content is null then 200 else 60 end / case when to_regclass('app_private.search_units_embedding') is null then 3 else 1 end;
  v_touched text[];
  v_then text[];
  v_questions jsonb;
  v_searches app_private.preview_search[];
  v_rankings app_private.preview_ranking[];
  v_after_searches app_private.preview_search[];
  v_others record;
  v_before jsonb;
  v_after jsonb;
  v_warnings jsonb;
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
  v_proposed := v_improvement;
  v_apply := 'apply_improvement__' || v_improvement.kind;
  select s.version into v_version from app_public.sops s where s.id = v_improvement.sop_id;
  -- Applied to see what is touched and which questions that could matter to. Out of the subtransaction by the one way
  -- that leaves no trace; variables outlive what is rolled back.
  begin
    perform app_hidden.set_reason('Dry run'), set_config('clubos.actor', coalesce(app_public.current_actor(), 'dry run'), true);
    execute format('select * from app_private.%I($1)', v_apply) into v_improvement using v_improvement;
    v_touched := app_private.touched_targets(v_improvement);
    select coalesce(jsonb_agg(to_jsonb(q) || jsonb_build_object('masked', app_hidden.learnable_question(q.question), 'expected_title', app_private.target_title(q.expected))), '[]') into v_questions from app_private.preview_questions(v_improvement, v_touched, v_most) q;
    v_warnings := app_private.preview_warnings(v_improvement);
    raise exception 'dry run' using errcode = 'CO999';
  exception
    when sqlstate 'CO999' then null;
    when sqlstate 'CO102' then
      return jsonb_build_object('conflict', sqlerrm);
  end;
  v_searches := app_private.preview_searches(v_questions);
  v_rankings := app_private.rankings_before(v_searches);
  v_before := app_private.preview_results(v_searches, v_rankings);
  -- And once more, to ask them.
  begin
    perform app_hidden.set_reason('Dry run'), set_config('clubos.actor', coalesce(app_public.current_actor(), 'dry run'), true);
    execute format('select * from app_private.%I($1)', v_apply) into v_improvement using v_proposed;
    -- An SOP that is new has another number each time.
    v_then := app_private.touched_targets(v_improvement);
    if v_then <> v_touched then
      select jsonb_agg(case when q.asked ->> 'expected' = any (v_touched) and q.asked ->> 'expected' <> all (v_then)
               then q.asked || jsonb_build_object('expected', (select t from unnest(v_then) t where t <> all (v_touched))) else q.asked end order by q.n) into v_questions
        from jsonb_array_elements(v_questions) with ordinality q(asked, n);
      v_touched := v_then;
    end if;
    v_after_searches := app_private.preview_searches(v_questions, known => v_searches, touched => v_touched);
    v_after := app_private.preview_results(v_after_searches, app_private.rankings_after(v_after_searches, v_searches, v_rankings, v_touched));
    select * into v_others from app_private.fixed_for_others(v_questions, v_searches, v_rankings, v_touched, v_after, v_most / 10);
    raise exception 'dry run' using errcode = 'CO999';
  exception
    when sqlstate 'CO999' then null;
    when sqlstate 'CO102' then
      return jsonb_build_object('conflict', sqlerrm);
  end;
  v_result := app_private.compare_preview(v_questions, v_before, v_after, v_others.asked, v_others.fixed)
    || jsonb_build_object('warnings', v_warnings, 'base_version', v_version, 'golden_revision', app_private.golden_revision(), 'embedding_model', (select s.embedding_model from app_public.club_settings s),
         'ms', round(extract(epoch from clock_timestamp() - v_began) * 1000));
  v_result := v_result || jsonb_build_object('flagged', jsonb_array_length(v_warnings) > 0 or (v_result ->> 'broken')::integer + (v_result ->> 'golden_broken')::integer > 0);
  if edited_content is not null then
    return v_result;
  end if;
  update app_public.improvement_queue q
     set dry_run = v_result, impact = app_private.preview_impact(v_result, (select count(*) from app_public.improvement_evidence e where e.improvement_id = q.id))
           + coalesce((q.suggested_sop_update -> 'finding' ->> 'impact')::double precision, 0)
   where q.id = preview_improvement.id and q.status = 'pending';
  return v_result;
end
$$;
comment on function app_public.preview_improvement(integer, text, integer) is
$$Dry run: applies a proposal in a subtransaction, asks as search_knowledge would the failing questions behind it, golden questions, those that were answered well by what it touches and known ones of other targets nearest to it, and rolls back. Kept with the proposal, and ranks it.
{at, ms, fixed, fixed_as_new (fixed ones that were asked as new), fixed_for_others (of those answered rightly), still_failing, good_fixed, broken, changed, unaffected, golden, golden_fixed, golden_broken, asked: {failing, good, golden}, warnings: [{kind: new_figure | lost_figure | lost_line | repeats, text, where}], flagged (whether anything is broken or warned of), base_version, golden_revision, embedding_model, questions: [{question, role, effect, expected, before, after, and of these three a title, before_confidence, after_confidence, before_answered, after_answered (sure enough to be given), before_text and after_text where they differ, for_others of those asked as new}]}, or {conflict}. effect: as app_hidden.preview_effect says; fixed and still_failing count failing questions, broken and good_fixed good ones, which are asked as if nothing had been learned from them. Personal data in questions is masked.
At most 200 questions, on the embedded database 66. edited_content: a text to try instead, edited_version: the SOP version it was written against; that result is returned only, and asks 60 questions at most (20).
Errors: CO005 it has no text to edit, or an empty one, CO006 over 1 MiB, CO403 not staff, CO404 no such proposal.$$;
