create or replace function app_public.import_obstacles(batch_id integer) returns table (item_id bigint, kind text, what text)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('admin');
  end if;
  return query select o.item_id, o.kind, o.what from app_private.import_obstacles(import_obstacles.batch_id) o order by o.item_id limit 1000;
end
$$;
comment on function app_public.import_obstacles(integer) is
$$What keeps an applied import from being taken back: what was changed, approved or built on it since. None: rollback_import goes through.
Errors: CO403 neither admin nor auditor.$$;

create or replace function app_public.import_files(batch_id integer)
returns table (file text, items integer, created integer, changed integer, unchanged integer, duplicates integer, proposed integer, skipped integer, contradictions integer, reason text)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('admin');
  end if;
  return query
    select i.file, count(*)::integer, (count(*) filter (where i.action = 'create'))::integer, (count(*) filter (where i.action = 'update'))::integer, (count(*) filter (where i.action = 'unchanged'))::integer,
           (count(*) filter (where i.action = 'duplicate'))::integer, (count(*) filter (where i.action = 'propose'))::integer, (count(*) filter (where i.action = 'skip'))::integer,
           (count(*) filter (where jsonb_array_length(i.findings -> 'contradictions') > 0))::integer, min(i.reason)
      from app_public.import_items i
     where i.batch_id = import_files.batch_id group by i.file order by i.file;
end
$$;
comment on function app_public.import_files(integer) is
$$The report of an import, file by file: what its items would become or became, and one reason.
Errors: CO403 neither admin nor auditor.$$;
