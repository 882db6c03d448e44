-- The roles of people and programs. They are cluster-wide, so they are made once and left alone; nobody logs
-- in as one of them: the server, the worker or a DBA takes one on with `set role`.
do $$
declare
  v_role text;
begin
  foreach v_role in array array['anonymous', 'customer', 'agent', 'reviewer', 'admin', 'auditor', 'worker'] loop
    if not exists (select from pg_roles where rolname = v_role) then
      execute format('create role %I nologin', v_role);
    end if;
    -- Since PostgreSQL 16 the right to create a role does not imply the right to take it on.
    if not pg_has_role(current_user, v_role, 'member') then
      execute format('grant %I to current_user', v_role);
    end if;
  end loop;
  -- Each inherits what the one before it may do.
  grant anonymous to customer;
  grant agent to reviewer;
  grant reviewer to admin;
end
$$;
