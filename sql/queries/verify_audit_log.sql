create or replace function app_public.verify_audit_log() returns table (chain_position bigint, audit_id bigint, problem text)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_row app_public.audit_log;
  v_position bigint := 0;
  v_hash bytea := '\x';
  v_head app_private.audit_head;
begin
  if not (app_hidden.has_role('admin') or app_hidden.has_role('auditor')) then
    perform app_hidden.require_role('auditor');
  end if;
  for v_row in select * from app_public.audit_log a where a.chain_position is not null order by a.chain_position loop
    v_position := v_position + 1;
    chain_position := v_row.chain_position;
    audit_id := v_row.id;
    problem := case
      when v_row.chain_position <> v_position then format('rows %s to %s are missing', v_position, v_row.chain_position - 1)
      when v_row.previous_hash <> v_hash then 'does not follow the row before it'
      when v_row.hash <> app_hidden.audit_hash(v_row.previous_hash, v_row.chain_position, v_row) then 'was altered'
    end;
    if problem is not null then
      return next;
    end if;
    v_position := v_row.chain_position;
    v_hash := v_row.hash;
  end loop;
  select * into v_head from app_private.audit_head;
  if v_head.chain_position <> v_position or v_head.hash <> v_hash then
    chain_position := v_head.chain_position;
    audit_id := null;
    problem := format('the chain ends at %s, its head says %s', v_position, v_head.chain_position);
    return next;
  end if;
  -- A row without its place in the chain was slipped in past the trigger.
  return query select null::bigint, a.id, 'is not in the chain'::text from app_public.audit_log a
    where a.hash is null and a.transaction_id <> pg_current_xact_id_if_assigned();
end
$$;
comment on function app_public.verify_audit_log() is
  'Where the audit chain breaks: altered, missing, reordered or slipped-in rows; no row means it is whole. Errors: CO403 neither auditor nor admin.';
