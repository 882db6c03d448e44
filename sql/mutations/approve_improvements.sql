-- One batch at a time, and none while somebody approves or takes back: what a batch locks besides its proposals (SOPs,
-- entries, failures, patterns) others lock in another order, one proposal at a time.
create or replace function app_private.take_turns_with_batches(batch boolean default false) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  select case when batch then pg_advisory_xact_lock(hashtextextended('clubos.approvals', 0)) else pg_advisory_xact_lock_shared(hashtextextended('clubos.approvals', 0)) end
$$;
comment on function app_private.take_turns_with_batches(boolean) is
  'Waits until no batch of approvals (batch: and no single one) is under way, and keeps it so until this transaction ends. To be called before any row is locked, and after take_turns_with_erasure.';

create or replace function app_private.batch_ids(ids integer[]) returns integer[]
language plpgsql immutable as $$
declare
  v_ids integer[] := array(select distinct i from unnest(ids) i where i is not null order by i);
begin
  if cardinality(v_ids) = 0 then
    raise exception 'Which proposals? The list is empty.' using errcode = 'CO005';
  elsif cardinality(v_ids) > 200 then
    raise exception 'At most 200 proposals at once; these are %.', cardinality(v_ids) using errcode = 'CO006', hint = 'Take them in several steps.';
  end if;
  return v_ids;
end
$$;
comment on function app_private.batch_ids(integer[]) is 'The proposals of a batch, each once, in the order in which they are locked and applied. Errors: CO005 none, CO006 more than 200.';

create or replace function app_private.lock_improvements(ids integer[]) returns setof app_public.improvement_queue
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_missing integer[] := array(select i from unnest(ids) i where not exists (select from app_public.improvement_queue q where q.id = i));
begin
  if cardinality(v_missing) > 0 then
    raise exception 'There is no proposal with id %.', array_to_string(v_missing, ', ') using errcode = 'CO404';
  end if;
  return query select * from app_public.improvement_queue q where q.id = any (ids) order by q.id for no key update;
  perform from app_public.sops s
    where s.id in (select coalesce(q.sop_id, (q.applied ->> 'sop_id')::integer) from app_public.improvement_queue q where q.id = any (ids)) order by s.id for no key update;
end
$$;
comment on function app_private.lock_improvements(integer[]) is 'These proposals, locked in the order of their ids, and then the SOPs that they are about, likewise. Errors: CO404 one is missing.';

create or replace function app_private.refuse_conflicts(ids integer[]) returns void
language plpgsql volatile set search_path = app_public, public, pg_temp as $$
declare
  v_conflicts jsonb;
  v_first record;
begin
  select jsonb_agg(c.conflict || jsonb_build_object('sop_id', m.sop_id) order by m.improvement_ids[1], c.o) into v_conflicts
    from app_private.merge_improvements(ids) m, jsonb_array_elements(m.conflicts) with ordinality c(conflict, o);
  if v_conflicts is null then
    return;
  end if;
  select c ->> 'improvement_id' as id, (c ->> 'current')::boolean as by_now, (select string_agg(w, ', ') from jsonb_array_elements_text(c -> 'with') w) as others, m.category, m.topic, m.sop_id
    into v_first
    from (select v_conflicts -> 0) t(c), app_private.merge_improvements(ids) m where (t.c ->> 'improvement_id')::integer = any (m.improvement_ids);
  raise exception '%Nothing was approved.', case
      when v_first.by_now and v_first.sop_id is null then format('Proposal %s makes a new SOP, but there is %s/%s already. ', v_first.id, v_first.category, v_first.topic)
      when v_first.by_now then format('Proposal %s changes lines of %s/%s that were changed since. ', v_first.id, v_first.category, v_first.topic)
      else format('Proposal %s conflicts with %s, over %s/%s. ', v_first.id, v_first.others, v_first.category, v_first.topic) end
    using errcode = 'CO102', detail = jsonb_build_object('conflicts', v_conflicts)::text,
          hint = 'Leave one of them out, or approve it alone with edited_content that holds both changes. merged_improvements(ids) shows the texts.';
end
$$;
comment on function app_private.refuse_conflicts(integer[]) is 'Refuses (CO102) a batch in which proposals conflict, with each other or with what is there; the message names the first, DETAIL all: {conflicts: as merged_improvements, with sop_id}.';

create or replace function app_public.approve_improvements(ids integer[], reason text default null, together boolean default false) returns setof app_public.improvement_queue
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_actor text;
  v_ids integer[];
  v_one app_public.improvement_queue;
  v_why text;
begin
  perform app_hidden.require_role('reviewer');
  v_actor := app_hidden.require_actor();
  v_ids := app_private.batch_ids(approve_improvements.ids);
  perform app_private.take_turns_with_erasure();
  perform app_private.take_turns_with_batches(batch => true);
  for v_one in select * from app_private.lock_improvements(v_ids) loop
    -- The same click again is done already.
    if v_one.status <> 'pending' and (v_one.status <> 'approved' or v_one.approved_by <> v_actor) then
      perform app_private.refuse_decided(v_one, 'Nothing was approved. Leave it out.');
    end if;
  end loop;
  perform app_private.refuse_conflicts(v_ids);
  if together then
    insert into app_private.joint_approvals (sop_id, improvement_ids, content, version)
    select m.sop_id, m.improvement_ids, m.merged, case when m.merged <> m.content then m.version + 1 end
      from app_private.merge_improvements(v_ids) m where m.sop_id is not null and cardinality(m.improvement_ids) > 1;
  end if;
  for v_one in select * from app_public.improvement_queue q where q.id = any (v_ids) and q.status = 'pending' order by q.id loop
    select format('Proposals %s together: ', array_to_string(j.improvement_ids, ', ')) into v_why
      from app_private.joint_approvals j where j.transaction_id = pg_current_xact_id() and v_one.id = any (j.improvement_ids);
    perform app_hidden.set_reason(left(concat(v_why, coalesce(nullif(btrim(approve_improvements.reason), ''), nullif(btrim(v_one.suggested_sop_update ->> 'reasoning'), ''), 'Approved')), 4000));
    update app_public.improvement_queue q set status = 'approved' where q.id = v_one.id;
  end loop;
  delete from app_private.joint_approvals j where j.transaction_id = pg_current_xact_id();
  return query select * from app_public.improvement_queue q where q.id = any (v_ids) order by q.id;
end
$$;
comment on function app_public.approve_improvements(integer[], text, boolean) is
$$Approves several proposals, of one or several SOPs, in one transaction: all of them or none. Each is merged by line into what the ones before it made of the SOP, in the order of their ids. together: one version of each SOP holds all its proposals (applied.together names them; the version's reason too, and its improvement_id is the first); otherwise each makes a version of its own. The last text is the same. reason: why; each proposal's own reasoning unless given (of a joint version the first's). Repeating one's own call changes nothing. merged_improvements shows the texts before.
Errors: CO001 no actor, CO005 none given, CO006 more than 200, CO102 some conflict: DETAIL {conflicts} names which with which, CO103 one is decided by somebody else, CO160 one would break a golden question and the gate is on (asked after each version), CO403 not a reviewer, CO404 no such proposal.$$;
