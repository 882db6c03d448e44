create or replace function app_hidden.erasing() returns boolean
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select exists (select from app_public.privacy_actions a where a.transaction_id = pg_current_xact_id() and a.finished_at is null and a.kind <> 'export')
$$;
comment on function app_hidden.erasing() is 'Whether this transaction is erasing personal data, with a row of privacy_actions that says so.';

create or replace function app_hidden.tg__immutable() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
begin
  -- The one door: a text becomes '[erased]', nothing else changes, and an erasure that says who and why is under way.
  if TG_OP = 'UPDATE' and TG_NARGS = 1 then
    if to_jsonb(NEW) = to_jsonb(OLD) || jsonb_build_object(TG_ARGV[0], '[erased]') and app_hidden.erasing() then
      return NEW;
    end if;
  end if;
  raise exception 'Rows of % are history: they are added, never changed or removed.', TG_TABLE_NAME
    using errcode = 'CO105', hint = 'To go back, make a new version: select rollback_sop(sop_id, version, reason).';
end
$$;
comment on function app_hidden.tg__immutable() is 'Refuses (CO105) every change of written history, the owner''s ordinary statements too. Argument: the column whose text an erasure may replace by [erased]; without it there is none.';

do $$
declare
  v_table text[];
begin
  foreach v_table slice 1 in array array[['sop_versions', null], ['prompt_versions', null], ['experiment_arms', null], ['messages', 'body'], ['response_sources', 'snippet']] loop
    execute format('drop trigger if exists _100_immutable on app_public.%I; create trigger _100_immutable before update or delete on app_public.%1$I for each row execute function app_hidden.tg__immutable(%s)', v_table[1], quote_literal(v_table[2]));
    execute format('drop trigger if exists _100_immutable_whole on app_public.%I; create trigger _100_immutable_whole before truncate on app_public.%1$I for each statement execute function app_hidden.tg__immutable()', v_table[1]);
  end loop;
end
$$;
