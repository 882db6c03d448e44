create or replace function app_public.request_analysis(most integer default 2000) returns boolean
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  perform app_hidden.require_role('agent');
  perform app_hidden.add_job('failures__analyse', json_build_object('most', least(greatest(coalesce(most, 2000), 1), 100000)), 'failures__analyse:asked');
  return true;
end
$$;
comment on function app_public.request_analysis(integer) is
  'Asks the worker to analyse failed answers now instead of at the next full hour; asking twice while it waits is asking once. most: at most so many failures. Errors: CO403 not an agent.';
