create or replace function app_hidden.tg__audit() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
declare
  v_old jsonb := case when TG_OP <> 'INSERT' then app_hidden.audited(to_jsonb(OLD), coalesce(TG_ARGV, '{}')) end;
  v_new jsonb := case when TG_OP <> 'DELETE' then app_hidden.audited(to_jsonb(NEW), coalesce(TG_ARGV, '{}')) end;
begin
  if v_old is distinct from v_new then
    insert into app_public.audit_log (table_name, row_id, operation, actor, role, reason, old, new, request_id)
    values (TG_TABLE_NAME, coalesce(coalesce(v_new, v_old) ->> 'id', coalesce(v_new, v_old) ->> 'kind'), lower(TG_OP),
        coalesce(app_public.current_actor(), coalesce(v_new, v_old) ->> 'created_by',
          -- Which customer is in the row, as far as anybody knows.
          case when app_public.current_visitor_id() is not null or app_hidden.acting_role() in ('anonymous', 'customer') then 'customer' end, session_user),
        app_hidden.acting_role(),
        app_hidden.current_reason(), v_old, v_new, nullif(current_setting('clubos.request_id', true), ''));
  end if;
  return null;
end
$$;
comment on function app_hidden.tg__audit() is 'Writes the audit row of a change. Arguments: columns that are not governed, such as counters.';

create or replace function app_hidden.audited(r jsonb, ungoverned text[]) returns jsonb language plpgsql immutable as $$
declare
  -- What is written here can never be taken back, so customers' words are kept as their hashes: the rows have the texts.
  v_hashed text[] := case when r ? 'content' and r ? 'version' then array['content']
                          when r ? 'suggested_sop_update' then array['suggested_sop_update', 'applied']
                          when r ? 'question' and r ? 'hand_over' then array['question', 'note']
                          when r ? 'question' and r ? 'answer' and (r ->> 'source' in ('learned', 'improvement') or r ->> 'learned_from' is not null or r ->> 'improvement_id' is not null) then array['question', 'answer']
                          else '{}' end;
  v_row jsonb := r - ungoverned - v_hashed;
  v_column text;
begin
  foreach v_column in array v_hashed loop
    if r ->> v_column is not null then
      v_row := v_row || jsonb_build_object(v_column || '_sha256', encode(sha256(convert_to(r ->> v_column, 'UTF8')), 'hex'));
    end if;
  end loop;
  return v_row;
end
$$;
comment on function app_hidden.audited(jsonb, text[]) is 'A row as the audit log keeps it: without ungoverned columns; a versioned content, a proposal, a golden question and knowledge that came from customers as SHA-256.';

do $$
declare
  v_table text[];
begin
  foreach v_table slice 1 in array array[
    ['sops', 'updated_at'], ['knowledge_base', 'updated_at, learned_from, usage_count, success_rate, success_count, embeddings, embedding_model'],
    ['knowledge_questions', 'question'],
    ['experiments', 'results, sample_ratio_alarm_at'], ['experiment_arms', 'updated_at'],
    ['golden_questions', 'updated_at, response_id'], ['improvement_queue', 'updated_at, dry_run, impact, fingerprint'], ['users', 'updated_at'], ['sites', 'updated_at'],
    ['club_settings', 'updated_at'], ['prompts', 'updated_at'], ['emergency_signals', 'created_at'],
    ['tickets', 'updated_at, awaiting_since, summary, subject, resolution, visitor_id, conversation'], ['retention_rules', 'updated_at'], ['privacy_actions', 'transaction_id'],
    ['sessions', 'last_seen_at, user_agent'], ['api_tokens', 'last_used_at'], ['webhooks', 'updated_at'], ['llm_prices', 'updated_at'], ['backup_targets', 'updated_at'],
    ['import_batches', 'updated_at, stage, done, total, counts, error']]
  loop
    execute format('drop trigger if exists _900_audit on app_public.%I; create trigger _900_audit after insert or update or delete on app_public.%1$I for each row execute function app_hidden.tg__audit(%s)',
      v_table[1], (select string_agg(quote_literal(btrim(c)), ', ') from unnest(string_to_array(v_table[2], ',')) c));
  end loop;
end
$$;

-- The chain is closed at commit, under one row's lock held just that long. The transaction's first row closes it for all
-- of them, in one pass: closing row by row, ten rows a transaction held the lock five times as long.
create or replace function app_hidden.tg_audit_log__chain() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
declare
  v_rows app_public.audit_log[];
  v_head app_private.audit_head;
  v_hashes bytea[];
  v_hash bytea;
begin
  perform from app_public.audit_log a where a.id = NEW.id and a.hash is null;
  if not found then
    return null;
  end if;
  -- Before the lock: the rows since may be many, though others'.
  select array_agg(a order by a.id) into v_rows from app_public.audit_log a
   where a.id >= NEW.id and a.transaction_id = pg_current_xact_id() and a.hash is null;
  select * into v_head from app_private.audit_head for no key update;
  v_hashes := array[v_head.hash];
  v_hash := v_head.hash;
  for i in 1 .. cardinality(v_rows) loop
    v_hash := app_hidden.audit_hash(v_hash, v_head.chain_position + i, v_rows[i]);
    v_hashes[i + 1] := v_hash;
  end loop;
  if cardinality(v_rows) = 1 then
    update app_public.audit_log a set chain_position = v_head.chain_position + 1, previous_hash = v_head.hash, hash = v_hash where a.id = NEW.id;
  else
    update app_public.audit_log a set chain_position = v_head.chain_position + r.n, previous_hash = v_hashes[r.n], hash = v_hashes[r.n + 1]
      from (select u.id, row_number() over (order by u.id) as n from unnest(v_rows) u) r where a.id = r.id;
  end if;
  update app_private.audit_head set chain_position = v_head.chain_position + cardinality(v_rows), hash = v_hash;
  return null;
end
$$;
comment on function app_hidden.tg_audit_log__chain() is 'Gives the audit rows of a transaction their places and hashes in the chain, when it commits.';

-- PL/pgSQL, which keeps its plan.
create or replace function app_hidden.audit_hash(previous bytea, chain_position bigint, entry app_public.audit_log) returns bytea language plpgsql immutable as $$
begin
  return sha256(previous || convert_to(jsonb_build_array(audit_hash.chain_position, entry.id, entry.table_name, entry.row_id, entry.operation, entry.actor, entry.role,
    entry.reason, entry.old, entry.new, entry.transaction_id::text, entry.request_id, extract(epoch from entry.created_at))::text, 'UTF8'));
end
$$;
comment on function app_hidden.audit_hash(bytea, bigint, app_public.audit_log) is 'SHA-256 of the previous hash and everything an audit row says.';

create or replace function app_hidden.tg_audit_log__append_only() returns trigger language plpgsql as $$
begin
  if TG_OP = 'UPDATE' and TG_TABLE_NAME = 'audit_log' then
    if OLD.hash is null and NEW.hash is not null
       and (to_jsonb(NEW) - array['chain_position', 'previous_hash', 'hash']) = (to_jsonb(OLD) - array['chain_position', 'previous_hash', 'hash']) then
      return NEW;
    end if;
  elsif TG_OP = 'INSERT' then
    NEW.chain_position := null;
    NEW.previous_hash := null;
    NEW.hash := null;
    return NEW;
  end if;
  raise exception 'The audit log is append-only.' using errcode = 'CO105', hint = 'To correct something, make the correcting change: it is logged too.';
end
$$;
comment on function app_hidden.tg_audit_log__append_only() is 'Refuses (CO105) every change of the audit log but the closing of its chain.';

drop trigger if exists _100_append_only on app_public.audit_log;
create trigger _100_append_only before insert or update or delete on app_public.audit_log for each row execute function app_hidden.tg_audit_log__append_only();
drop trigger if exists _100_append_only_whole on app_public.audit_log;
create trigger _100_append_only_whole before truncate on app_public.audit_log for each statement execute function app_hidden.tg_audit_log__append_only();
drop trigger if exists _900_chain on app_public.audit_log;
create constraint trigger _900_chain after insert on app_public.audit_log deferrable initially deferred for each row execute function app_hidden.tg_audit_log__chain();

drop trigger if exists _100_append_only on app_public.audit_heads;
create trigger _100_append_only before update or delete on app_public.audit_heads for each row execute function app_hidden.tg_audit_log__append_only();
drop trigger if exists _100_append_only_whole on app_public.audit_heads;
create trigger _100_append_only_whole before truncate on app_public.audit_heads for each statement execute function app_hidden.tg_audit_log__append_only();
