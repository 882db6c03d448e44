create or replace function app_hidden.tg_experiments__govern() returns trigger language plpgsql as $$
begin
  perform app_hidden.require_actor();
  perform app_hidden.require_reason(app_hidden.current_reason());
  if TG_OP = 'UPDATE' and OLD.status in ('concluded', 'stopped') and to_jsonb(NEW) - 'promoted_version_id' <> to_jsonb(OLD) - 'promoted_version_id' then
    raise exception 'The experiment is over (%): what came of it is not changed.', OLD.status using errcode = 'CO141', hint = 'Start another one.';
  end if;
  return NEW;
end
$$;
comment on function app_hidden.tg_experiments__govern() is 'Refuses a change of an experiment without author (CO001) or reason (CO002), and of one that is over (CO141).';
drop trigger if exists _100_govern on app_public.experiments;
create trigger _100_govern before insert or update on app_public.experiments for each row execute function app_hidden.tg_experiments__govern();

-- A new version is what everybody gets from now on: an experiment that went on would compare with a text that is gone.
create or replace function app_hidden.tg_sops__stop_experiment() returns trigger
language plpgsql security definer set search_path = app_public, public, pg_temp as $$
declare
  v_experiment app_public.experiments;
begin
  if NEW.version = OLD.version then
    return null;
  end if;
  select * into v_experiment from app_public.experiments e where e.sop_id = NEW.id and e.status in ('running', 'paused') for no key update;
  if v_experiment.id is not null then
    v_experiment := app_private.end_experiment(v_experiment.id, 'stopped', format('The SOP moved on to version %s.', NEW.version));
    perform app_private.tell_of_experiment(v_experiment, 'moved_on');
  end if;
  return null;
end
$$;
comment on function app_hidden.tg_sops__stop_experiment() is 'Stops the open experiment of an SOP that gets another version, by whoever wrote that.';
drop trigger if exists _400_stop_experiment on app_public.sops;
create trigger _400_stop_experiment after update on app_public.sops for each row execute function app_hidden.tg_sops__stop_experiment();
