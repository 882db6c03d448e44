create or replace function app_public.reanalyse_improvement(id integer, reason text) returns app_public.improvement_queue
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_actor text;
  v_improvement app_public.improvement_queue;
  v_failures integer[];
begin
  perform app_hidden.require_role('reviewer');
  v_actor := app_hidden.require_actor();
  perform app_hidden.set_reason(app_hidden.require_reason(reanalyse_improvement.reason));
  perform app_private.take_turns_with_erasure();
  perform app_private.take_turns_with_batches();
  select * into v_improvement from app_public.improvement_queue q where q.id = reanalyse_improvement.id for no key update;
  if v_improvement.id is null then
    raise exception 'There is no proposal with id %.', reanalyse_improvement.id using errcode = 'CO404';
  elsif v_improvement.status = 'superseded' and v_improvement.superseded_by = v_actor then
    return v_improvement; -- the same click again
  elsif v_improvement.status <> 'pending' then
    perform app_private.refuse_decided(v_improvement, 'Reload the queue.');
  elsif v_improvement.kind <> 'sop_edit' or v_improvement.base_version = (select s.version from app_public.sops s where s.id = v_improvement.sop_id) then
    raise exception 'Nothing has changed under proposal %: an analysis would draft the same again.', v_improvement.id
      using errcode = 'CO106', hint = 'Reject it with what is wrong with it: the next analysis reads that.';
  end if;
  select array_agg(f.id) into v_failures from (
    select l.id from app_public.failed_responses l join app_public.improvement_evidence e on e.failed_response_id = l.id
     where e.improvement_id = v_improvement.id and l.withdrawn_at is null and l.erased_at is null and l.resolved_by_improvement_id is null order by l.id for no key update of l) f;
  if v_failures is null then
    raise exception 'No open failure stands behind proposal %, so there is nothing to draft it from.', v_improvement.id
      using errcode = 'CO106', hint = 'Write both changes into one text and approve that (edited_content), or reject it.';
  end if;
  update app_public.improvement_queue q set status = 'superseded' where q.id = v_improvement.id returning * into v_improvement;
  -- The same brief may be analysed once more; and what has no pattern is put into one.
  update app_public.analyses a set status = 'superseded', error = 'Asked to be drafted anew.', updated_at = clock_timestamp() where a.improvement_id = v_improvement.id and a.status = 'proposed';
  update app_public.failed_responses f set analyzed = false where f.id = any (v_failures) and f.analyzed and f.pattern_id is null;
  update app_public.failure_patterns p set status = 'open', updated_at = now()
   where p.id in (select f.pattern_id from app_public.failed_responses f where f.id = any (v_failures)) and p.status in ('proposed', 'dismissed')
     and not exists (select from app_public.improvement_queue q where q.pattern_id = p.id and q.status = 'pending');
  perform app_public.request_analysis();
  return v_improvement;
end
$$;
comment on function app_public.reanalyse_improvement(integer, text) is
$$Has a proposed edit drafted anew, where its SOP has changed since: this one is superseded (it blocks no twin and counts as neither approved nor rejected), the failures behind it are open again, and an analysis is asked for, which proposes an edit of the text as it is now. reason: why. Repeating one's own call asks for nothing more.
Errors: CO001 no actor, CO002 no reason, CO103 decided already, CO106 its SOP has not changed, or no open failure stands behind it, CO403 not a reviewer, CO404 no such proposal.$$;
