drop function if exists app_public.import_obstacles(integer);
create or replace function app_public.import_obstacles(batch_id integer) returns table (item_id bigint, kind text, what text, code text, details jsonb)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('admin');
  end if;
  return query select o.item_id, o.kind, o.what, o.code, o.details from app_private.import_obstacles(import_obstacles.batch_id) o order by o.item_id limit 1000;
end
$$;
comment on function app_public.import_obstacles(integer) is
$$What keeps an applied import from being taken back: what was changed, approved or built on it since, in English (what), and as code and details for a UI to say in its language. None: rollback_import goes through.
Errors: CO403 neither admin nor auditor.$$;

drop function if exists app_public.import_files(integer);
create or replace function app_public.import_files(batch_id integer)
returns table (file text, items integer, created integer, changed integer, unchanged integer, duplicates integer, proposed integer, skipped integer, contradictions integer, reason text, reason_code text, reason_details jsonb)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('admin');
  end if;
  return query
    select i.file, count(*)::integer, (count(*) filter (where i.action = 'create'))::integer, (count(*) filter (where i.action = 'update'))::integer, (count(*) filter (where i.action = 'unchanged'))::integer,
           (count(*) filter (where i.action = 'duplicate'))::integer, (count(*) filter (where i.action = 'propose'))::integer, (count(*) filter (where i.action = 'skip'))::integer,
           (count(*) filter (where jsonb_array_length(i.findings -> 'contradictions') > 0))::integer,
           (array_agg(i.reason order by i.reason, i.ordinal))[1], (array_agg(i.reason_code order by i.reason, i.ordinal))[1], (array_agg(i.reason_details order by i.reason, i.ordinal))[1]
      from app_public.import_items i
     where i.batch_id = import_files.batch_id group by i.file order by i.file;
end
$$;
comment on function app_public.import_files(integer) is
$$The report of an import, file by file: what its items would become or became, and one reason, with its code and details.
Errors: CO403 neither admin nor auditor.$$;
