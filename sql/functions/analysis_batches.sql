-- Message batches: begin → claim the patterns into it → submit → poll → results, each a short transaction of its own.
create or replace function app_private.begin_analysis_batch(run_id integer, provider text, model text) returns app_public.analysis_batches
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  insert into app_public.analysis_batches (run_id, provider, model, token) values (begin_analysis_batch.run_id, begin_analysis_batch.provider, begin_analysis_batch.model, substr(replace(gen_random_uuid()::text, '-', ''), 1, 16)) returning *
$$;
comment on function app_private.begin_analysis_batch(integer, text, text) is 'An empty batch, into which claim_analysis puts patterns until it is sent.';

create or replace function app_private.queue_analysis_batch(batch_id integer) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_batch app_public.analysis_batches;
begin
  select * into v_batch from app_public.analysis_batches b where b.id = queue_analysis_batch.batch_id for update;
  if v_batch.requests = 0 and v_batch.attempted_at is null then
    delete from app_public.analysis_batches b where b.id = v_batch.id;
  elsif v_batch.status = 'submitting' then
    perform app_hidden.add_job('analysis__submit', json_build_object('batch', v_batch.id), 'analysis__submit:' || v_batch.id);
  end if;
  return v_batch.requests;
end
$$;
comment on function app_private.queue_analysis_batch(integer) is 'Has a batch submitted by a job; one that stayed empty goes. Returns how many requests it has.';

create or replace function app_private.resume_analysis_batches() returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_batch app_public.analysis_batches;
  v_count integer := 0;
begin
  -- A job in time does this itself; where its tries were used up, this is what goes on.
  for v_batch in select * from app_public.analysis_batches b where b.status in ('submitting', 'in_progress', 'canceling') and b.updated_at < now() - interval '15 minutes' order by b.id loop
    if v_batch.provider_batch_id is null then
      perform app_private.queue_analysis_batch(v_batch.id);
    else
      perform app_private.add_job_at('analysis__poll', json_build_object('batch', v_batch.id), 'analysis__poll:' || v_batch.id, now());
    end if;
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function app_private.resume_analysis_batches() is 'Has batches looked after that nobody has looked after for a quarter of an hour.';

create or replace function app_private.requeue_analyses(batch_id integer, error text default null) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_count integer;
begin
  update app_public.analyses a set status = 'queued', batch_id = null, custom_id = null, locked_until = null, error = coalesce(left(requeue_analyses.error, 1000), a.error), updated_at = clock_timestamp()
   where a.batch_id = requeue_analyses.batch_id and a.status in ('queued', 'batched') and a.suggestion is null;
  get diagnostics v_count = row_count;
  -- Answered, and not proposed yet: the next run goes on from there.
  update app_public.analyses a set status = 'queued', batch_id = null, custom_id = null, locked_until = null, updated_at = clock_timestamp()
   where a.batch_id = requeue_analyses.batch_id and a.status in ('queued', 'batched');
  delete from app_private.analysis_briefs b using app_public.analyses a where a.id = b.analysis_id and a.batch_id is null;
  return v_count;
end
$$;
comment on function app_private.requeue_analyses(integer, text) is 'Gives what a batch has not done back: the next run does it by messages. Returns how many.';

create or replace function app_private.close_analysis_batch(batch_id integer, status text, error text default null) returns app_public.analysis_batches
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_batch app_public.analysis_batches;
begin
  select * into v_batch from app_public.analysis_batches b where b.id = close_analysis_batch.batch_id for update;
  if v_batch.status not in ('submitting', 'in_progress', 'canceling') then
    return v_batch;
  end if;
  perform app_private.requeue_analyses(v_batch.id, coalesce(close_analysis_batch.error, 'The batch brought no result for it.'));
  update app_public.analysis_batches b set status = close_analysis_batch.status, error = left(close_analysis_batch.error, 1000), ended_at = clock_timestamp(), updated_at = clock_timestamp()
   where b.id = v_batch.id returning * into v_batch;
  perform app_private.settle_analysis_run(v_batch.run_id, done => false);
  return v_batch;
end
$$;
comment on function app_private.close_analysis_batch(integer, text, text) is 'A batch is over: ended, expired or failed. What it has not done is queued again. Closing it twice is harmless.';

create or replace function app_private.take_analysis_batch(batch_id integer) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_batch app_public.analysis_batches;
  v_result jsonb;
begin
  perform app_private.take_turns_with_erasure();
  select * into v_batch from app_public.analysis_batches b where b.id = take_analysis_batch.batch_id for update;
  if v_batch.id is null or v_batch.provider_batch_id is not null or v_batch.status not in ('submitting', 'canceling') then
    return jsonb_build_object('state', 'done');
  elsif v_batch.status = 'canceling' and v_batch.attempted_at is null then
    perform app_private.close_analysis_batch(v_batch.id, 'ended', 'It was cancelled before it was sent.');
    return jsonb_build_object('state', 'done');
  end if;
  select jsonb_build_object('state', case when v_batch.attempted_at is null then 'new' else 'uncertain' end, 'token', v_batch.token, 'model', v_batch.model, 'created_at', v_batch.created_at,
           'sent', v_batch.requests, 'cancelled', v_batch.status = 'canceling', 'shared', app_private.analyst_shared(),
           'known', coalesce((select jsonb_agg(k.provider_batch_id) from app_public.analysis_batches k where k.provider_batch_id is not null), '[]'),
           'requests', coalesce(jsonb_agg(jsonb_build_object('custom_id', a.custom_id, 'prompt', p.content, 'own', b.own) order by a.id) filter (where a.id is not null), '[]'))
    into v_result
    from app_private.analysis_briefs b join app_public.analyses a on a.id = b.analysis_id and a.batch_id = v_batch.id and a.status = 'queued' join app_public.prompt_versions p on p.id = a.prompt_version_id;
  if v_result -> 'requests' = '[]' then
    perform app_private.close_analysis_batch(v_batch.id, 'ended');
    return jsonb_build_object('state', 'done');
  end if;
  update app_public.analysis_batches b set attempted_at = clock_timestamp(), requests = jsonb_array_length(v_result -> 'requests'), updated_at = clock_timestamp() where b.id = v_batch.id;
  return v_result;
end
$$;
comment on function app_private.take_analysis_batch(integer) is
$$What to send for a batch, and that it is being sent: {state, token, model, created_at, sent (how many requests the last time), known, cancelled, shared, requests: [{custom_id, prompt, own}]}. state: new; uncertain (it was sent before, and no answer came: it may stand at the provider, under none of the known ids); or done (nothing is to be sent).$$;

create or replace function app_private.batch_submitted(batch_id integer, provider_batch_id text, expires_at timestamptz) returns app_public.analysis_batches
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_batch app_public.analysis_batches;
begin
  update app_public.analysis_batches b
     set provider_batch_id = batch_submitted.provider_batch_id, status = case when b.status = 'canceling' then b.status else 'in_progress' end, submitted_at = coalesce(b.submitted_at, clock_timestamp()),
         expires_at = batch_submitted.expires_at, updated_at = clock_timestamp()
   where b.id = batch_submitted.batch_id and b.provider_batch_id is null and b.status in ('submitting', 'canceling') returning * into v_batch;
  if v_batch.id is null then
    select * into v_batch from app_public.analysis_batches b where b.id = batch_submitted.batch_id;
    return v_batch;
  end if;
  update app_public.analyses a set status = 'batched', updated_at = clock_timestamp() where a.batch_id = v_batch.id and a.status = 'queued';
  delete from app_private.analysis_briefs b using app_public.analyses a where a.id = b.analysis_id and a.batch_id = v_batch.id;
  perform app_private.add_job_at('analysis__poll', json_build_object('batch', v_batch.id), 'analysis__poll:' || v_batch.id, now() + interval '15 seconds');
  return v_batch;
end
$$;
comment on function app_private.batch_submitted(integer, text, timestamptz) is 'The provider has taken a batch: its requests wait there, and a job asks for it.';

create or replace function app_private.batch_polled(batch_id integer, succeeded integer, errored integer, canceled integer, expired integer, ended boolean, expires_at timestamptz) returns app_public.analysis_batches
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_batch app_public.analysis_batches;
begin
  update app_public.analysis_batches b
     set succeeded = batch_polled.succeeded, errored = batch_polled.errored, canceled = batch_polled.canceled, expired = batch_polled.expired, polls = b.polls + 1,
         expires_at = coalesce(batch_polled.expires_at, b.expires_at), updated_at = clock_timestamp()
   where b.id = batch_polled.batch_id and b.status in ('in_progress', 'canceling') returning * into v_batch;
  if not ended and v_batch.id is not null then
    -- From a quarter of a minute to five minutes.
    perform app_private.add_job_at('analysis__poll', json_build_object('batch', v_batch.id), 'analysis__poll:' || v_batch.id, now() + make_interval(secs => least(300, 15 * power(1.5, least(v_batch.polls, 20)))));
  end if;
  return v_batch;
end
$$;
comment on function app_private.batch_polled(integer, integer, integer, integer, integer, boolean, timestamptz) is
  'What the provider says of a batch; unless it has ended, a job asks again, after 15 seconds at first and five minutes at last.';

create or replace function app_private.disown_batch(batch_id integer) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  -- What was taken for ours after a crash has nobody's results: ours never came through.
  select app_private.close_analysis_batch(disown_batch.batch_id, 'failed', 'The batch found at the provider was not ours; it never came through.')
$$;
comment on function app_private.disown_batch(integer) is 'The batch that was found at the provider was somebody else''s: its analyses are queued again.';

create or replace function app_private.find_batched(batch_id integer, custom_id text) returns jsonb
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select jsonb_build_object('analysis_id', a.id, 'attempt', a.attempts, 'pattern_id', a.pattern_id, 'status', a.status, 'analyst', a.analyst, 'run_id', a.run_id)
    from app_public.analyses a where a.batch_id = find_batched.batch_id and a.custom_id = find_batched.custom_id
$$;
comment on function app_private.find_batched(integer, text) is 'The analysis that a result of a batch is for; null where there is none (any more).';
