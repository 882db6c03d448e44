do $$
begin
  -- It used to say no more than that it was asked for.
  if exists (select from pg_proc p where p.oid = to_regprocedure('app_public.request_analysis(integer)') and p.prorettype = 'boolean'::regtype) then
    drop function app_public.request_analysis(integer);
  end if;
end
$$;
create or replace function app_public.request_analysis(most integer default 2000) returns app_public.analysis_runs
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_run app_public.analysis_runs;
begin
  perform app_hidden.require_role('agent');
  insert into app_public.analysis_runs as r (kind, most, requested_by) values ('requested', least(greatest(coalesce(request_analysis.most, 2000), 1), 100000), app_public.current_actor())
  on conflict (kind) where kind = 'requested' and status = 'queued' and job_id is null do update set most = greatest(r.most, excluded.most)
  returning * into v_run;
  perform app_hidden.add_job('failures__analyse', json_build_object('run', v_run.id), 'failures__analyse:asked');
  return v_run;
end
$$;
comment on function app_public.request_analysis(integer) is
  'Asks the worker to analyse failed answers now instead of at the next full hour, and returns the run, which tells how it goes; asking twice while it waits is asking once. most: at most so many failures. Errors: CO403 not an agent.';
