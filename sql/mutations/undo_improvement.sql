-- The proposal waits again, once its handler has taken back what it wrote. The way past "decided is decided" is a row
-- in a table that nobody but the owner writes, for this proposal, as long as this statement runs.
create or replace function app_private.let_wait_again(improvement app_public.improvement_queue) returns app_public.improvement_queue
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_twin app_public.improvement_queue;
  v_improvement app_public.improvement_queue;
begin
  select * into v_twin from app_public.improvement_queue q
   where q.fingerprint = app_hidden.improvement_fingerprint(improvement.kind, improvement.suggested_sop_update) and q.status in ('pending', 'rejected') and q.id <> improvement.id;
  if v_twin.id is not null then
    perform app_private.refuse_undo(improvement, format('proposal %s says the same and is %s', v_twin.id, v_twin.status), jsonb_build_object('twin_id', v_twin.id));
  end if;
  insert into app_private.improvements_in_progress (improvement_id, reopens) values (improvement.id, true);
  update app_public.improvement_queue q
     set status = 'pending', approved_by = null, applied_at = null, decision_reason = null, applied = null, rejected_by = null, rejected_at = null, rejection_reason = null,
         suggested_sop_update = improvement.suggested_sop_update, base_version = improvement.base_version
   where q.id = improvement.id returning * into v_improvement;
  delete from app_private.improvements_in_progress p where p.transaction_id = pg_current_xact_id();
  return v_improvement;
end
$$;
comment on function app_private.let_wait_again(app_public.improvement_queue) is
  'Takes the decision on a proposal back: it is pending again, with the suggestion and base given. Errors: CO112 a twin waits or was rejected meanwhile.';

-- A version that several proposals were approved for goes as a whole: what is left of it without one of them was never
-- tried, nor seen by anybody.
create or replace function app_private.take_back(improvement app_public.improvement_queue, version_gone boolean default false) returns app_public.improvement_queue
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_improvement app_public.improvement_queue := improvement;
begin
  if version_gone then
    v_improvement.applied := improvement.applied - 'version';
  end if;
  execute format('select * from app_private.%I($1)', 'undo_improvement__' || improvement.kind) into v_improvement using v_improvement;
  v_improvement := app_private.let_wait_again(v_improvement);
  perform app_private.unsettle_failures(improvement);
  return v_improvement;
end
$$;
comment on function app_private.take_back(app_public.improvement_queue, boolean) is
  'Takes an approval back: what it wrote, then the decision, then what followed for its failures. version_gone: the version that it shares with others was taken back with the first of them. Errors: CO112.';

create or replace function app_private.refuse_undecided(improvement app_public.improvement_queue) returns void
language plpgsql immutable as $$
begin
  raise exception 'Proposal % is %: there is no approval to take back.', improvement.id, improvement.status
    using errcode = 'CO103', detail = jsonb_build_object('improvement_id', improvement.id, 'status', improvement.status, 'by', coalesce(improvement.rejected_by, improvement.superseded_by))::text,
          hint = case improvement.status when 'rejected' then 'reopen_improvement takes a rejection back.' else 'Reload the queue: somebody may have taken it back already.' end;
end
$$;
comment on function app_private.refuse_undecided(app_public.improvement_queue) is 'Refuses (CO103) to take back an approval that there is not.';

create or replace function app_public.undo_improvement(id integer, reason text) returns app_public.improvement_queue
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_approved app_public.improvement_queue;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  perform app_hidden.set_reason(left(format('Undo of proposal %s: %s', undo_improvement.id, app_hidden.require_reason(undo_improvement.reason)), 4000));
  -- It brings back what the approval wrote over, which may be a customer's words.
  perform app_private.take_turns_with_erasure();
  perform app_private.take_turns_with_batches();
  select * into v_approved from app_public.improvement_queue q where q.id = undo_improvement.id for no key update;
  if v_approved.id is null then
    raise exception 'There is no proposal with id %.', undo_improvement.id using errcode = 'CO404';
  elsif v_approved.status <> 'approved' then
    perform app_private.refuse_undecided(v_approved);
  elsif jsonb_array_length(v_approved.applied -> 'together') > 1 then
    perform app_private.refuse_part(v_approved, array[v_approved.id]);
  end if;
  return app_private.take_back(v_approved);
end
$$;
comment on function app_public.undo_improvement(integer, text) is
$$Takes an approval back, in one transaction: the SOP gets the text before as its next version (a new SOP is archived), knowledge entries are what they were, failures are open again, and the proposal waits again, as it was published. reason: why.
Errors: CO001 no actor, CO002 no reason, CO103 it is not approved (any more), CO112 later work builds on it, a twin waits, or its version holds other proposals too (undo_improvements takes them back together), CO403 not a reviewer, CO404 no such proposal.$$;

create or replace function app_private.refuse_part(improvement app_public.improvement_queue, ids integer[]) returns void
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_others integer[] := array(select t::integer from jsonb_array_elements_text(improvement.applied -> 'together') t where t::integer <> all (ids) order by 1);
begin
  raise exception 'Proposal % cannot be taken back alone: its version holds proposal % too.', improvement.id, array_to_string(v_others, ', ')
    using errcode = 'CO112', detail = jsonb_build_object('improvement_id', improvement.id, 'together', improvement.applied -> 'together')::text,
          hint = 'Take them back together: undo_improvements(ids, reason); then approve those that shall stay.';
end
$$;
comment on function app_private.refuse_part(app_public.improvement_queue, integer[]) is 'Refuses (CO112) to take back these proposals without the others of the same version. DETAIL: {improvement_id, together}.';

create or replace function app_public.undo_improvements(ids integer[], reason text) returns setof app_public.improvement_queue
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_ids integer[];
  v_reason text;
  v_one app_public.improvement_queue;
  v_gone integer[] := '{}';
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  v_reason := app_hidden.require_reason(undo_improvements.reason);
  v_ids := app_private.batch_ids(undo_improvements.ids);
  perform app_private.take_turns_with_erasure();
  perform app_private.take_turns_with_batches(batch => true);
  for v_one in select * from app_private.lock_improvements(v_ids) loop
    if v_one.status <> 'approved' then
      perform app_private.refuse_undecided(v_one);
    elsif exists (select from jsonb_array_elements_text(v_one.applied -> 'together') t where t::integer <> all (v_ids)) then
      perform app_private.refuse_part(v_one, v_ids);
    end if;
  end loop;
  -- The latest first: what was approved later builds on it.
  for v_one in select * from app_public.improvement_queue q where q.id = any (v_ids) order by q.applied_at desc, q.id desc loop
    perform app_hidden.set_reason(left(format(case when v_one.applied ? 'together' then 'Undo of proposals %s together: %s' else 'Undo of proposal %s: %s' end,
      coalesce((select string_agg(t, ', ' order by t::integer) from jsonb_array_elements_text(v_one.applied -> 'together') t), v_one.id::text), v_reason), 4000));
    perform app_private.take_back(v_one, version_gone => v_one.id = any (v_gone));
    v_gone := v_gone || array(select t::integer from jsonb_array_elements_text(v_one.applied -> 'together') t);
  end loop;
  return query select * from app_public.improvement_queue q where q.id = any (v_ids) order by q.id;
end
$$;
comment on function app_public.undo_improvements(integer[], text) is
$$Takes several approvals back in one transaction, the latest first: all of them or none; each as undo_improvement does. A version that several were approved for together becomes one next version with the text before, and all of its proposals must be named. reason: why.
Errors: CO001 no actor, CO002 no reason, CO005 none given, CO006 more than 200, CO103 one is not approved (any more), CO112 later work builds on one, a twin waits, or a version holds proposals that are not named, CO403 not a reviewer, CO404 no such proposal.$$;

create or replace function app_public.reopen_improvement(id integer, reason text) returns app_public.improvement_queue
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_rejected app_public.improvement_queue;
  v_improvement app_public.improvement_queue;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  perform app_hidden.set_reason(left(format('Reopened proposal %s: %s', reopen_improvement.id, app_hidden.require_reason(reopen_improvement.reason)), 4000));
  perform app_private.take_turns_with_erasure();
  perform app_private.take_turns_with_batches();
  select * into v_rejected from app_public.improvement_queue q where q.id = reopen_improvement.id for no key update;
  if v_rejected.id is null then
    raise exception 'There is no proposal with id %.', reopen_improvement.id using errcode = 'CO404';
  elsif v_rejected.status <> 'rejected' then
    raise exception 'Proposal % is %: there is no rejection to take back.', v_rejected.id, v_rejected.status
      using errcode = 'CO103', detail = jsonb_build_object('status', v_rejected.status, 'by', coalesce(v_rejected.approved_by, v_rejected.superseded_by))::text,
            hint = case v_rejected.status when 'approved' then 'undo_improvement takes an approval back.' else 'Reload the queue: somebody may have reopened it already.' end;
  elsif v_rejected.suggested_sop_update ? 'erased' or btrim(v_rejected.suggested_sop_update ->> 'new_content') = '' or v_rejected.suggested_sop_update -> 'entries' = '[]' then
    raise exception 'What proposal % said was erased with the customer who had said it.', v_rejected.id using errcode = 'CO110', hint = 'The next analysis drafts from what is left.';
  end if;
  v_improvement := app_private.let_wait_again(v_rejected);
  perform app_private.unsettle_failures(v_rejected);
  return v_improvement;
end
$$;
comment on function app_public.reopen_improvement(integer, text) is
$$Takes a rejection back: the proposal waits again, as it was. reason: why.
Errors: CO001 no actor, CO002 no reason, CO103 it is not rejected (any more), CO110 its words were erased, CO112 a twin waits, CO403 not a reviewer, CO404 no such proposal.$$;
