create or replace function app_hidden.improvement_fingerprint(kind text, suggestion jsonb) returns bytea language sql immutable as $$
  -- What would change, without why: reasoning, what was found, how the entries were, and drafts' spacing make no new proposal.
  select sha256(convert_to(jsonb_build_array(kind, (suggestion - array['reasoning', 'expects', 'finding']) #- '{new_content}',
    regexp_replace(lower(coalesce(suggestion ->> 'new_content', '')), '\s+', ' ', 'g'))::text, 'UTF8'))
$$;
comment on function app_hidden.improvement_fingerprint(text, jsonb) is 'SHA-256 of what a proposal would change; equal for twins.';

-- What follows from a decision for the failures behind the proposal and for their pattern.
create or replace function app_private.settle_failures(improvement app_public.improvement_queue) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_before jsonb;
begin
  with failures as materialized (
    select l.id, l.resolved_by_improvement_id as before from app_public.failed_responses l join app_public.improvement_evidence e on e.failed_response_id = l.id
     where e.improvement_id = improvement.id order by l.id for no key update of l
  ), resolved as (
    update app_public.failed_responses f set resolved_by_improvement_id = improvement.id from failures l where f.id = l.id
  )
  select jsonb_object_agg(l.id, l.before) filter (where l.before is not null) into v_before from failures l;
  update app_public.failure_patterns p set status = 'resolved', updated_at = now() where p.id = improvement.pattern_id and p.status <> 'dismissed';
  return v_before;
end
$$;
comment on function app_private.settle_failures(app_public.improvement_queue) is
  'Marks the failures behind an approved proposal as resolved by it, and their pattern; returns {failure: proposal} where another had resolved it before.';

create or replace function app_private.unsettle_failures(improvement app_public.improvement_queue) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  perform from app_public.failed_responses f where f.resolved_by_improvement_id = improvement.id order by f.id for no key update;
  update app_public.failed_responses f
     set resolved_by_improvement_id = (select q.id from app_public.improvement_queue q
                                        where q.id = (improvement.applied -> 'failures' ->> f.id::text)::integer and q.status = 'approved')
   where f.resolved_by_improvement_id = improvement.id;
  update app_public.failure_patterns p set status = 'proposed', updated_at = now()
   where p.id = improvement.pattern_id and p.status in ('resolved', 'dismissed')
     and not exists (select from app_public.improvement_queue q where q.pattern_id = p.id and q.id <> improvement.id and q.status = 'approved');
end
$$;
comment on function app_private.unsettle_failures(app_public.improvement_queue) is
  'Makes the failures behind a proposal that waits again open again (or resolved by what had resolved them before), and their pattern proposed, where nothing else resolves it.';

create or replace function app_private.is_reopened(improvement_id integer) returns boolean
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select exists (select from app_private.improvements_in_progress p
                  where p.transaction_id = pg_current_xact_id_if_assigned() and p.reopens and p.improvement_id = is_reopened.improvement_id)
$$;
comment on function app_private.is_reopened(integer) is 'Whether this transaction takes back the decision on this proposal at this moment: undo_improvement and reopen_improvement say so in a table that nobody else writes.';

create or replace function app_private.refuse_decided(improvement app_public.improvement_queue, hint text) returns void
language plpgsql immutable as $$
declare
  v_by text := coalesce(improvement.approved_by, improvement.rejected_by, improvement.superseded_by);
begin
  raise exception 'Proposal % was % by % already.', improvement.id, improvement.status, v_by
    using errcode = 'CO103', detail = jsonb_build_object('improvement_id', improvement.id, 'status', improvement.status, 'by', v_by)::text, hint = refuse_decided.hint;
end
$$;
comment on function app_private.refuse_decided(app_public.improvement_queue, text) is 'Refuses (CO103) what somebody has decided already, and says who.';

create or replace function app_hidden.tg_improvement_queue__decide() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
declare
  v_loose text[] := array['updated_at', 'dry_run', 'impact', 'pattern_id', 'failed_response_id'];
  v_applied app_public.improvement_queue;
  v_golden integer[];
begin
  if TG_OP = 'INSERT' then
    perform app_private.take_turns_with_erasure();
    NEW.status := 'pending';
    NEW.fingerprint := app_hidden.improvement_fingerprint(NEW.kind, NEW.suggested_sop_update);
    return NEW;
  end if;
  if OLD.status <> 'pending' and app_private.is_reopened(OLD.id) then
    -- Nothing but the decision goes, and what it did to the proposal.
    v_loose := v_loose || array['status', 'approved_by', 'applied_at', 'decision_reason', 'applied', 'rejected_by', 'rejected_at', 'rejection_reason',
      'base_version', 'suggested_sop_update', 'fingerprint'];
    NEW.status := 'pending';
  elsif app_hidden.erasing() and OLD.status in ('rejected', 'superseded') then
    -- What a person has turned down, or had drafted anew, may lose the words of a customer who is erased; its fingerprint stays, against twins.
    v_loose := v_loose || array['suggested_sop_update'];
  elsif app_hidden.erasing() and OLD.status = 'approved' then
    -- And an approval what it kept of them for an undo.
    v_loose := v_loose || array['applied'];
  end if;
  -- Decided is decided; what only ranks it, or a row it points at that is gone, may still change.
  if OLD.status <> 'pending' and to_jsonb(NEW) - v_loose <> to_jsonb(OLD) - v_loose then
    perform app_private.refuse_decided(OLD, 'Reload the queue.');
  end if;
  NEW.updated_at := clock_timestamp();
  if NEW.status = 'pending' then
    NEW.fingerprint := app_hidden.improvement_fingerprint(NEW.kind, NEW.suggested_sop_update);
    return NEW;
  elsif OLD.status <> 'pending' then
    return NEW;
  end if;
  perform app_hidden.require_role('reviewer');
  if NEW.status = 'approved' then
    NEW.approved_by := app_hidden.require_actor();
    NEW.decision_reason := app_hidden.require_reason(app_hidden.current_reason());
    v_golden := app_private.golden_passing();
    insert into app_private.improvements_in_progress (improvement_id) values (NEW.id);
    execute format('select * from app_private.%I($1)', 'apply_improvement__' || NEW.kind) into v_applied using NEW;
    delete from app_private.improvements_in_progress p where p.transaction_id = pg_current_xact_id();
    perform app_private.require_golden(v_golden, NEW.id);
    v_applied.applied_at := clock_timestamp();
    v_applied.applied := jsonb_strip_nulls(jsonb_build_object('failures', app_private.settle_failures(v_applied))) || v_applied.applied;
    NEW := v_applied;
  elsif NEW.status = 'superseded' then
    NEW.superseded_by := app_hidden.require_actor();
    NEW.decision_reason := app_hidden.require_reason(app_hidden.current_reason());
    NEW.superseded_at := clock_timestamp();
  else
    NEW.rejected_by := app_hidden.require_actor();
    NEW.rejection_reason := app_hidden.require_reason(coalesce(nullif(btrim(NEW.rejection_reason), ''), app_hidden.current_reason()));
    NEW.rejected_at := clock_timestamp();
    update app_public.failure_patterns p set status = 'dismissed', updated_at = now() where p.id = NEW.pattern_id and p.status = 'proposed'
       and not exists (select from app_public.improvement_queue q where q.pattern_id = p.id and q.id <> NEW.id and q.status not in ('rejected', 'superseded'));
  end if;
  return NEW;
end
$$;
comment on function app_hidden.tg_improvement_queue__decide() is
$$Deciding a proposal does what was decided, in the same statement, so that no row can say approved without being applied: SOP or knowledge, version, search units with vectors, failures, pattern. A decision is taken back by undo_improvement and reopen_improvement alone.
Errors: CO001 no actor, CO002 no reason, CO102 conflict, CO103 decided already, CO160 it would break a golden question and the gate is on, CO403 not a reviewer.$$;

create or replace function app_hidden.tg__notify() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_notify(TG_ARGV[0], json_build_object('id', coalesce(NEW.id, OLD.id), 'event', lower(TG_OP))::text);
  return null;
end
$$;
comment on function app_hidden.tg__notify() is 'Tells subscribers that a row changed. Argument: the channel.';

drop trigger if exists _100_decide on app_public.improvement_queue;
create trigger _100_decide before insert or update on app_public.improvement_queue for each row execute function app_hidden.tg_improvement_queue__decide();
drop trigger if exists _800_notify on app_public.improvement_queue;
create trigger _800_notify after insert or update on app_public.improvement_queue for each row execute function app_hidden.tg__notify('clubos_queue');
drop trigger if exists _800_notify on app_public.tickets;
create trigger _800_notify after insert or update on app_public.tickets for each row execute function app_hidden.tg__notify('clubos_tickets');
