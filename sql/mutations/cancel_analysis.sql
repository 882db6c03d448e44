create or replace function app_public.cancel_analysis(batch_id integer, reason text) returns app_public.analysis_batches
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_batch app_public.analysis_batches;
begin
  perform app_hidden.require_role('admin');
  select * into v_batch from app_public.analysis_batches b where b.id = cancel_analysis.batch_id for update;
  if v_batch.id is null then
    raise exception 'There is no batch of analyses with id %.', cancel_analysis.batch_id using errcode = 'CO404', hint = 'select id, status, created_at from analysis_batches order by id desc;';
  elsif v_batch.status not in ('submitting', 'in_progress') then
    -- Cancelled already, or over.
    return v_batch;
  end if;
  update app_public.analysis_batches b
     set status = 'canceling', cancel_reason = app_hidden.require_reason(cancel_analysis.reason), canceled_by = app_hidden.require_actor(), updated_at = clock_timestamp()
   where b.id = v_batch.id returning * into v_batch;
  if v_batch.provider_batch_id is null then
    perform app_hidden.add_job('analysis__submit', json_build_object('batch', v_batch.id), 'analysis__submit:' || v_batch.id);
  else
    perform app_private.add_job_at('analysis__poll', json_build_object('batch', v_batch.id), 'analysis__poll:' || v_batch.id, now());
  end if;
  return v_batch;
end
$$;
comment on function app_public.cancel_analysis(integer, text) is
$$Stops a batch of analyses at the provider. What it has done by then is used, the rest is analysed by the next run. Cancelling one that is over changes nothing; it is returned as it is.
Errors: CO001 no actor, CO002 no reason, CO403 not an admin, CO404 no such batch.$$;
