create or replace function app_hidden.improvement_fingerprint(kind text, suggestion jsonb) returns bytea language sql immutable as $$
  -- What would change, without why: reasoning and drafts' spacing make no new proposal.
  select sha256(convert_to(jsonb_build_array(kind, (suggestion - 'reasoning') #- '{new_content}',
    regexp_replace(lower(coalesce(suggestion ->> 'new_content', '')), '\s+', ' ', 'g'))::text, 'UTF8'))
$$;
comment on function app_hidden.improvement_fingerprint(text, jsonb) is 'SHA-256 of what a proposal would change; equal for twins.';

create or replace function app_hidden.tg_improvement_queue__decide() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
begin
  if TG_OP = 'INSERT' then
    NEW.status := 'pending';
    NEW.fingerprint := app_hidden.improvement_fingerprint(NEW.kind, NEW.suggested_sop_update);
    return NEW;
  end if;
  -- Decided is decided; what only ranks it, or a row it points at that is gone, may still change.
  if OLD.status <> 'pending' and to_jsonb(NEW) - array['updated_at', 'dry_run', 'impact', 'pattern_id', 'failed_response_id']
     <> to_jsonb(OLD) - array['updated_at', 'dry_run', 'impact', 'pattern_id', 'failed_response_id'] then
    raise exception 'Proposal % was % by % already.', OLD.id, OLD.status, coalesce(OLD.approved_by, OLD.rejected_by) using errcode = 'CO103';
  end if;
  NEW.updated_at := clock_timestamp();
  if OLD.status <> 'pending' then
    return NEW;
  elsif NEW.status = OLD.status then
    NEW.fingerprint := app_hidden.improvement_fingerprint(NEW.kind, NEW.suggested_sop_update);
    return NEW;
  end if;
  perform app_hidden.require_role('reviewer');
  if NEW.status = 'approved' then
    NEW.approved_by := app_hidden.require_actor();
    NEW.decision_reason := app_hidden.require_reason(app_hidden.current_reason());
    insert into app_private.improvements_in_progress (improvement_id) values (NEW.id);
    execute format('select * from app_private.%I($1)', 'apply_improvement__' || NEW.kind) into NEW using NEW;
    delete from app_private.improvements_in_progress p where p.transaction_id = pg_current_xact_id();
    NEW.applied_at := clock_timestamp();
    update app_public.failed_responses f set resolved_by_improvement_id = NEW.id
      from (select l.id from app_public.failed_responses l join app_public.improvement_evidence e on e.failed_response_id = l.id
             where e.improvement_id = NEW.id order by l.id for no key update of l) e where f.id = e.id;
    update app_public.failure_patterns p set status = 'resolved', updated_at = now() where p.id = NEW.pattern_id and p.status <> 'dismissed';
  else
    NEW.rejected_by := app_hidden.require_actor();
    NEW.rejection_reason := app_hidden.require_reason(coalesce(nullif(btrim(NEW.rejection_reason), ''), app_hidden.current_reason()));
    NEW.rejected_at := clock_timestamp();
    update app_public.failure_patterns p set status = 'dismissed', updated_at = now() where p.id = NEW.pattern_id and p.status = 'proposed'
       and not exists (select from app_public.improvement_queue q where q.pattern_id = p.id and q.id <> NEW.id and q.status <> 'rejected');
  end if;
  return NEW;
end
$$;
comment on function app_hidden.tg_improvement_queue__decide() is
$$Deciding a proposal does what was decided, in the same statement, so that no row can say approved without being applied: SOP or knowledge, version, search units with vectors, failures, pattern.
Errors: CO001 no actor, CO002 no reason, CO102 conflict, CO103 decided already, CO403 not a reviewer.$$;

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
