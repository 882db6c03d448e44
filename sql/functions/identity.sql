-- Who acts: set per request by the server, or by a DBA with `set clubos.actor = 'you'`.
create or replace function app_public.current_actor() returns text language sql stable as $$
  select nullif(btrim(current_setting('clubos.actor', true)), '')
$$;
comment on function app_public.current_actor() is 'Who acts in this request or session: the setting clubos.actor; null where nobody said.';

create or replace function app_hidden.current_reason() returns text language sql stable as $$
  select nullif(btrim(current_setting('clubos.reason', true)), '')
$$;
comment on function app_hidden.current_reason() is 'Why: the setting clubos.reason; null where nobody said.';

create or replace function app_public.current_visitor_id() returns uuid language sql stable as $$
  select nullif(current_setting('clubos.visitor_id', true), '')::uuid
$$;
comment on function app_public.current_visitor_id() is 'The anonymous visitor of this request, from the signed cookie; null for staff and plain SQL.';

-- `current_user` is the owner inside a definer function; the setting `role` still names who called.
create or replace function app_hidden.acting_role() returns name language sql stable as $$
  select case when current_setting('role') = 'none' then session_user else current_setting('role')::name end
$$;
comment on function app_hidden.acting_role() is 'The database role this request acts as, also inside security definer functions.';

create or replace function app_hidden.has_role(role name) returns boolean language sql stable as $$
  select pg_has_role(app_hidden.acting_role(), has_role.role, 'usage')
$$;
comment on function app_hidden.has_role(name) is 'Whether the acting role has the rights of the role named (a superuser has all).';

create or replace function app_hidden.require_role(role name) returns void language plpgsql stable as $$
begin
  if not app_hidden.has_role(require_role.role) then
    raise exception 'This needs the role %; you are %.', require_role.role, app_hidden.acting_role()
      using errcode = 'CO403', hint = 'Ask an admin for the role, or ask somebody who has it.';
  end if;
end
$$;
comment on function app_hidden.require_role(name) is 'Refuses (CO403) whoever lacks the role.';

create or replace function app_hidden.require_reason(reason text) returns text language plpgsql immutable as $$
begin
  if coalesce(btrim(require_reason.reason), '') = '' then
    raise exception 'A reason is needed: say in a few words why.'
      using errcode = 'CO002', hint = 'Pass `reason`, or in plain SQL: set clubos.reason = ''why'';';
  end if;
  if length(require_reason.reason) > 4000 then
    raise exception 'The reason is % characters long; 4000 is the most.', length(require_reason.reason) using errcode = 'CO006';
  end if;
  return btrim(require_reason.reason);
end
$$;
comment on function app_hidden.require_reason(text) is 'The trimmed reason; refuses an empty one (CO002) and one over 4,000 characters (CO006).';

create or replace function app_hidden.require_actor() returns text language plpgsql stable as $$
begin
  if app_public.current_actor() is null then
    raise exception 'Nobody is named as the author of this change.'
      using errcode = 'CO001', hint = 'In plain SQL: set clubos.actor = ''your name''; set clubos.reason = ''why''; then repeat the statement.';
  end if;
  return left(app_public.current_actor(), 100);
end
$$;
comment on function app_hidden.require_actor() is 'The actor; refuses (CO001) where none is set.';

create or replace function app_hidden.effective_time() returns timestamptz language plpgsql volatile as $$
declare
  v_set text := nullif(current_setting('clubos.effective_at', true), '');
begin
  if v_set is null then
    return clock_timestamp();
  end if;
  perform app_hidden.require_role('admin');
  return v_set::timestamptz;
end
$$;
comment on function app_hidden.effective_time() is 'Now; or the setting clubos.effective_at, by which an admin (CO403 for others) replays a history with its own dates.';
