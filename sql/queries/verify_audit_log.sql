drop function if exists app_public.verify_audit_log();
create or replace function app_public.verify_audit_log(head text default null) returns table (chain_position bigint, audit_id bigint, problem text)
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
  if head is not null and head !~ '^\d{1,18}:([0-9a-f]{64})?$' then
    raise exception 'A head is POSITION:HASH, the hash in 64 hexadecimal digits, not %.', quote_literal(left(head, 100))
      using errcode = 'CO005', hint = 'The log and the backup have one for each day; so does audit_heads.';
  end if;
  for v_row in select * from app_public.audit_log a where a.chain_position is not null order by a.chain_position loop
    v_position := v_position + 1;
    chain_position := v_row.chain_position;
    audit_id := v_row.id;
    problem := case
      when v_row.chain_position <> v_position then format('rows %s to %s are missing', v_position, v_row.chain_position - 1)
      when v_row.previous_hash is distinct from v_hash then 'does not follow the row before it'
      when v_row.hash is distinct from app_hidden.audit_hash(v_row.previous_hash, v_row.chain_position, v_row) then 'was altered'
    end;
    if problem is not null then
      return next;
    end if;
    v_position := v_row.chain_position;
    v_hash := v_row.hash;
  end loop;
  select * into v_head from app_private.audit_head;
  if (v_head.chain_position, v_head.hash) is distinct from (v_position, v_hash) then
    chain_position := v_head.chain_position;
    audit_id := null;
    problem := format('the chain ends at %s, its head says %s', v_position, coalesce(v_head.chain_position::text, 'nothing'));
    return next;
  end if;
  -- Heads from outside the chain: whoever writes it anew, its hashes and its head included, cannot give these back.
  return query
    select h.chain_position, a.id, format('is not what the head %s says', h.origin)
      from (select 'of ' || d.day as origin, d.chain_position, d.hash from app_public.audit_heads d
            union all
            select 'given', split_part(head, ':', 1)::bigint, decode(split_part(head, ':', 2), 'hex') where head is not null) h
      left join app_public.audit_log a on a.chain_position = h.chain_position
     where a.hash is distinct from case when h.chain_position > 0 then h.hash end
     order by h.chain_position;
  -- A row without its place in the chain was slipped in past the trigger.
  return query select null::bigint, a.id, 'is not in the chain'::text from app_public.audit_log a
    where (a.hash is null or a.chain_position is null) and a.transaction_id is distinct from pg_current_xact_id_if_assigned();
end
$$;
comment on function app_public.verify_audit_log(text) is
$$Where the audit chain breaks: altered, missing, reordered or slipped-in rows; no row means it is whole. head: one that was kept outside the database, POSITION:HASH, as the log and audit_heads have one for each day; only by it a chain is found out that somebody with the owner's rights cut off, or wrote anew from some row on, heads included.
Errors: CO005 no such form of a head, CO403 neither auditor nor admin.$$;
