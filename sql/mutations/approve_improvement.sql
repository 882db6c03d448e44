create or replace function app_public.approve_improvement(id integer, reason text default null, edited_content text default null, edited_version integer default null)
returns app_public.improvement_queue
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_improvement app_public.improvement_queue;
  v_actor text;
begin
  perform app_hidden.require_role('reviewer');
  v_actor := app_hidden.require_actor();
  -- It keeps what it writes over, which may be a customer's words.
  perform app_private.take_turns_with_erasure();
  perform app_private.take_turns_with_batches();
  select * into v_improvement from app_public.improvement_queue q where q.id = approve_improvement.id for no key update;
  if v_improvement.id is null then
    raise exception 'There is no proposal with id %.', approve_improvement.id using errcode = 'CO404';
  elsif v_improvement.status = 'approved' and v_improvement.approved_by = v_actor
        and (edited_content is null or v_improvement.suggested_sop_update ->> 'new_content' = edited_content) then
    return v_improvement; -- the same click again
  elsif v_improvement.status <> 'pending' then
    perform app_private.refuse_decided(v_improvement, 'Reload the queue; undo_improvement takes an approval back.');
  end if;
  v_improvement := app_private.edited_improvement(v_improvement, edited_content, edited_version);
  perform app_hidden.set_reason(left(coalesce(nullif(btrim(approve_improvement.reason), ''), v_improvement.suggested_sop_update ->> 'reasoning', 'Approved'), 4000));
  update app_public.improvement_queue q
     set status = 'approved', suggested_sop_update = v_improvement.suggested_sop_update, base_version = v_improvement.base_version
   where q.id = v_improvement.id
  returning * into v_improvement;
  return v_improvement;
end
$$;
comment on function app_public.approve_improvement(integer, text, text, integer) is
$$Applies a proposal in one transaction: SOP, version, search units with their vectors, knowledge, failures, pattern, audit log. The next answer uses it. reason: why; the proposal's own reasoning unless given. edited_content: the text to publish instead; edited_version: the SOP version it was written against, the proposal's base unless given. Repeating one's own call changes nothing.
Errors: CO001 no actor, CO005 cannot be edited, CO006 too long, CO102 the SOP changed in the same lines, CO103 decided by somebody else, CO160 it would break a golden question and the gate is on, CO403 not a reviewer, CO404 no such proposal.$$;

create or replace function app_public.reject_improvement(id integer, reason text) returns app_public.improvement_queue
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_improvement app_public.improvement_queue;
  v_actor text;
begin
  perform app_hidden.require_role('reviewer');
  v_actor := app_hidden.require_actor();
  perform app_hidden.set_reason(app_hidden.require_reason(reject_improvement.reason));
  select * into v_improvement from app_public.improvement_queue q where q.id = reject_improvement.id for no key update;
  if v_improvement.id is null then
    raise exception 'There is no proposal with id %.', reject_improvement.id using errcode = 'CO404';
  elsif v_improvement.status = 'rejected' and v_improvement.rejected_by = v_actor then
    return v_improvement;
  elsif v_improvement.status <> 'pending' then
    perform app_private.refuse_decided(v_improvement, 'Reload the queue.');
  end if;
  update app_public.improvement_queue q set status = 'rejected', rejection_reason = app_hidden.current_reason() where q.id = v_improvement.id
  returning * into v_improvement;
  return v_improvement;
end
$$;
comment on function app_public.reject_improvement(integer, text) is
$$Turns a proposal down; its twins do not come back. reason: why, shown to the analyst next time.
Errors: CO001 no actor, CO002 no reason, CO103 decided by somebody else, CO403 not a reviewer, CO404 no such proposal.$$;
