create or replace function app_hidden.tg__immutable() returns trigger language plpgsql as $$
begin
  raise exception 'Rows of % are history: they are added, never changed or removed.', TG_TABLE_NAME
    using errcode = 'CO105', hint = 'To go back, make a new version: select rollback_sop(sop_id, version, reason).';
end
$$;
comment on function app_hidden.tg__immutable() is 'Refuses (CO105) every change of written history, the owner''s ordinary statements too.';

do $$
declare
  v_table text;
begin
  foreach v_table in array array['app_public.sop_versions', 'app_public.prompt_versions', 'app_public.messages', 'app_public.response_sources'] loop
    execute format('drop trigger if exists _100_immutable on %s; create trigger _100_immutable before update or delete on %1$s for each row execute function app_hidden.tg__immutable()', v_table);
    execute format('drop trigger if exists _100_immutable_whole on %s; create trigger _100_immutable_whole before truncate on %1$s for each statement execute function app_hidden.tg__immutable()', v_table);
  end loop;
end
$$;
