-- The life of runs and analyses. A caller works in short steps: claim → ask the model → receive → embed → propose. Each
-- step may be the last before a crash, and repeating any of them costs no second call and makes no second proposal.
create or replace function app_private.add_job_at(task text, payload json, job_key text, run_at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job(task, app_hidden.with_request(payload), job_key => add_job_at.job_key, run_at => add_job_at.run_at, max_attempts => 8);
end
$$;
comment on function app_private.add_job_at(text, json, text, timestamptz) is 'Adds a job in this transaction that runs at a time.';

create or replace function app_private.llm_budget_left() returns numeric
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  -- What waits at a provider is as good as spent.
  select case when b.unspent is not null then greatest(b.unspent - w.promised, 0) end
    from (select min(p.budget - p.spent) as unspent from app_hidden.llm_periods() p) b,
         (select coalesce(sum(a.estimated_cost), 0) as promised from app_public.analyses a where a.status = 'batched' or a.status = 'queued' and a.batch_id is not null) w
$$;
comment on function app_private.llm_budget_left() is 'US dollars that the budgets leave, less what batches under way are expected to cost; null: no limit.';

create or replace function app_private.analysis_tokens_out(model text) returns integer
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select coalesce((select ceil(avg(c.tokens_out))::integer from (
           select l.tokens_out from app_public.llm_calls l where l.purpose = 'analyse' and l.model = analysis_tokens_out.model and l.status = 'ok' order by l.id desc limit 200) c having count(*) >= 20), 800)
$$;
comment on function app_private.analysis_tokens_out(text) is 'Tokens that an analysis gives: the mean of the latest 200, or 800 where fewer than 20 are known.';

create or replace function app_private.analysis_cost(brief jsonb, model text, batch boolean) returns numeric
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  -- Four characters are a token, and nothing is in the cache yet: what it costs at most.
  select app_hidden.llm_cost(model, now(), t.shared + t.own, 0, t.shared, app_private.analysis_tokens_out(model), batch)
    from (select (length(brief #>> '{prompt,content}') + length((brief -> 'shared')::text)) / 4 as shared, length((brief -> 'own')::text) / 4 as own) t
$$;
comment on function app_private.analysis_cost(jsonb, text, boolean) is 'US dollars that analysing a brief is expected to cost at most; null where the model has no price.';

create or replace function app_private.begin_analysis_run(kind text, analyst text, most integer default 2000, run_id integer default null, job_id bigint default null) returns app_public.analysis_runs
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_run app_public.analysis_runs;
begin
  if run_id is not null then
    select * into v_run from app_public.analysis_runs r where r.id = begin_analysis_run.run_id for update;
  elsif job_id is not null then
    select * into v_run from app_public.analysis_runs r where r.job_id = begin_analysis_run.job_id and r.status <> 'finished' for update;
  end if;
  if v_run.id is null then
    insert into app_public.analysis_runs (kind, most, requested_by, job_id) values (begin_analysis_run.kind, begin_analysis_run.most, app_public.current_actor(), begin_analysis_run.job_id) returning * into v_run;
  end if;
  update app_public.analysis_runs r
     set status = 'running', finished_at = null, analyst = begin_analysis_run.analyst, started_at = coalesce(r.started_at, clock_timestamp()), job_id = coalesce(begin_analysis_run.job_id, r.job_id),
         failures = greatest(r.failures, (select count(*) from app_public.failed_responses f where not f.analyzed and f.withdrawn_at is null)), budget = coalesce(r.budget, app_private.llm_budget_left())
   where r.id = v_run.id returning * into v_run;
  return v_run;
end
$$;
comment on function app_private.begin_analysis_run(text, text, integer, integer, bigint) is
  'Begins a run, or goes on with it: the one that was asked for (run_id), or the one that this job has begun (job_id).';

create or replace function app_private.settle_analysis_run(run_id integer, patterns integer default null, over_budget integer default 0, error text default null, done boolean default true)
returns app_public.analysis_runs
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  update app_public.analysis_runs r
     set patterns = greatest(r.patterns, settle_analysis_run.patterns), error = coalesce(left(settle_analysis_run.error, 1000), case when not done then r.error end),
         counts = coalesce((select jsonb_object_agg(c.key, c.n) from (
                     select a.status as key, count(*) as n from app_public.analyses a where a.run_id = r.id group by 1
                     union all select 'local', count(*) from app_public.analyses a where a.run_id = r.id and a.analyst = 'local' having count(*) > 0) c), '{}')
                  || case when greatest(over_budget, (r.counts ->> 'over_budget')::integer) > 0 then jsonb_build_object('over_budget', greatest(over_budget, (r.counts ->> 'over_budget')::integer)) else '{}' end,
         estimated_cost = (select sum(a.estimated_cost) from app_public.analyses a where a.run_id = r.id),
         cost = (select sum(l.cost) from app_public.llm_calls l join app_public.analyses a on a.id = l.analysis_id where a.run_id = r.id),
         status = case when w.waits then 'waiting' when done or r.status in ('waiting', 'finished') then 'finished' else r.status end,
         finished_at = case when not w.waits and (done or r.status in ('waiting', 'finished')) then coalesce(r.finished_at, clock_timestamp()) end
    from (select exists (select from app_public.analysis_batches b where b.run_id = settle_analysis_run.run_id and b.status in ('submitting', 'in_progress', 'canceling')) as waits) w
   where r.id = settle_analysis_run.run_id returning r.*
$$;
comment on function app_private.settle_analysis_run(integer, integer, integer, text, boolean) is
  'Counts what a run has done by now; done: it has no more to do but to wait for its batches.';

create or replace function app_private.claim_analysis(pattern_id integer, analyst text, run_id integer default null, batch_id integer default null) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  -- As long as the longest call may take, and some more: then whoever had it is dead.
  c_lease constant interval := '10 minutes';
  v_brief jsonb;
  v_analysis app_public.analyses;
  v_batch app_public.analysis_batches;
  v_cost numeric;
  v_left numeric;
  v_fingerprint bytea;
begin
  perform app_private.take_turns_with_erasure();
  perform pg_advisory_xact_lock(hashtextextended('clubos.analysis', claim_analysis.pattern_id));
  if batch_id is not null then
    select * into v_batch from app_public.analysis_batches b where b.id = claim_analysis.batch_id for share;
    if v_batch.attempted_at is not null or v_batch.status <> 'submitting' then
      return jsonb_build_object('state', 'batch_closed');
    end if;
  end if;
  -- That a person answers is nothing to be written, and for no model to judge.
  if exists (select from app_public.failure_patterns p where p.id = claim_analysis.pattern_id and p.category = 'hand_over' and p.sop_id is null and p.topic is null) then
    return jsonb_build_object('state', 'local');
  end if;
  v_brief := app_private.analyst_brief(claim_analysis.pattern_id);
  if v_brief is null then
    return jsonb_build_object('state', 'gone');
  end if;
  if exists (select from app_public.analyses a where a.pattern_id = claim_analysis.pattern_id
               and (a.status = 'batched' or a.status = 'queued' and (a.batch_id is not null or a.locked_until > clock_timestamp() and a.run_id is distinct from claim_analysis.run_id))) then
    return jsonb_build_object('state', 'taken');
  end if;
  v_fingerprint := sha256(decode(v_brief ->> 'fingerprint', 'hex') || convert_to(claim_analysis.analyst, 'UTF8'));
  select * into v_analysis from app_public.analyses a where a.fingerprint = v_fingerprint for update;
  if v_analysis.status in ('proposed', 'refused', 'nothing')
     -- What the model itself could not do it cannot do the next time; what else went wrong may be right by now.
     or v_analysis.status = 'failed' and v_analysis.error ~ '^(?:truncated|invalid_output|refused|filtered)' then
    return jsonb_build_object('state', 'done', 'analysis_id', v_analysis.id, 'status', v_analysis.status);
  elsif v_analysis.status = 'queued' and v_analysis.suggestion is not null then
    update app_public.analyses a set attempts = a.attempts + 1, run_id = coalesce(claim_analysis.run_id, a.run_id), locked_until = clock_timestamp() + c_lease, updated_at = clock_timestamp()
     where a.id = v_analysis.id returning * into v_analysis;
    return jsonb_build_object('state', 'received', 'analysis_id', v_analysis.id, 'attempt', v_analysis.attempts) || app_private.check_analysis(v_analysis.id, v_analysis.suggestion);
  end if;
  v_cost := app_private.analysis_cost(v_brief, claim_analysis.analyst, batch_id is not null);
  v_left := app_private.llm_budget_left();
  if app_private.llm_budget_state() = 'stopped' or v_cost > v_left then
    return jsonb_build_object('state', 'over_budget', 'estimated_cost', v_cost, 'budget', v_left);
  end if;
  update app_public.analyses a set status = 'superseded', finished_at = clock_timestamp(), updated_at = clock_timestamp(), locked_until = null, error = 'The pattern is analysed anew, with what has come since.'
   where a.pattern_id = claim_analysis.pattern_id and a.status = 'queued' and a.fingerprint <> v_fingerprint;
  insert into app_public.analyses as a (pattern_id, fingerprint, analyst, prompt_version_id, sops, failed_response_ids, knowledge_ids, run_id, batch_id, custom_id, attempts, locked_until, estimated_cost)
  values (claim_analysis.pattern_id, v_fingerprint, claim_analysis.analyst, (v_brief #>> '{prompt,version_id}')::integer, v_brief -> 'sops', array(select e::integer from jsonb_array_elements_text(v_brief -> 'failed_response_ids') e),
      array(select e::integer from jsonb_array_elements_text(v_brief -> 'knowledge_ids') e), claim_analysis.run_id, claim_analysis.batch_id, null, 1, case when claim_analysis.batch_id is null then clock_timestamp() + c_lease end, v_cost)
  on conflict (fingerprint) do update
     set status = 'queued', finished_at = null, attempts = a.attempts + 1, run_id = coalesce(excluded.run_id, a.run_id), batch_id = excluded.batch_id, locked_until = excluded.locked_until, estimated_cost = excluded.estimated_cost,
         knowledge_ids = excluded.knowledge_ids, error = null, suggestion = null, reasons = '{}', updated_at = clock_timestamp()
  returning * into v_analysis;
  if batch_id is not null then
    -- By the token nobody else's results are taken for ours; by the attempt not our own of another batch.
    update app_public.analyses a set custom_id = format('clubos-%s-%s-%s', v_batch.token, a.id, a.attempts) where a.id = v_analysis.id;
    insert into app_private.analysis_briefs as b (analysis_id, own) values (v_analysis.id, v_brief -> 'own') on conflict on constraint analysis_briefs_pkey do update set own = excluded.own;
    update app_public.analysis_batches b set requests = b.requests + 1 where b.id = v_batch.id;
    return jsonb_build_object('state', 'batched', 'analysis_id', v_analysis.id, 'characters', length(v_brief::text));
  end if;
  return jsonb_build_object('state', 'claimed', 'analysis_id', v_analysis.id, 'attempt', v_analysis.attempts, 'prompt', v_brief #> '{prompt,content}', 'shared', v_brief -> 'shared', 'own', v_brief -> 'own');
end
$$;
comment on function app_private.claim_analysis(integer, text, integer, integer) is
$$Takes a pattern for an analyst, for ten minutes. {state, analysis_id, attempt, …}: claimed (with prompt, shared and own: ask the model), local (no model is asked: draft_improvement knows what to propose), received (the model has answered already: with what check_analysis gives), batched (it is in the batch, with so many characters), done (this brief was analysed), taken (somebody else is at it, or a batch), over_budget, gone (nothing to analyse), batch_closed. A run takes its own back at once: its job was tried again.$$;

create or replace function app_private.receive_analysis(analysis_id integer, attempt integer, output jsonb, calls jsonb default '[]', error text default null, again boolean default false) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_analysis app_public.analyses;
  v_checked jsonb;
begin
  perform app_private.take_turns_with_erasure();
  select * into v_analysis from app_public.analyses a where a.id = receive_analysis.analysis_id for update;
  if v_analysis.id is null or v_analysis.status not in ('queued', 'batched') or v_analysis.attempts <> attempt then
    -- Somebody else has it by now. A message was paid all the same; a batch's result that comes again was not.
    perform app_private.record_llm_calls(jsonb_path_query_array(coalesce(calls, '[]'), '$[*] ? (!(@.batch == true))'), analysis_id => v_analysis.id);
    return jsonb_build_object('state', 'stale', 'status', v_analysis.status);
  end if;
  -- A batch's results are read again after a crash: what stands here already was paid once.
  if v_analysis.suggestion is null then
    perform app_private.record_llm_calls(calls, analysis_id => v_analysis.id);
  end if;
  if receive_analysis.error is not null then
    update app_public.analyses a
       set status = case when again then 'queued' else 'failed' end, finished_at = case when not again then clock_timestamp() end, locked_until = null, batch_id = case when not again then a.batch_id end,
           custom_id = case when not again then a.custom_id end, error = left(receive_analysis.error, 1000), suggestion = null, updated_at = clock_timestamp()
     where a.id = v_analysis.id;
    return jsonb_build_object('state', case when again then 'queued' else 'failed' end);
  end if;
  v_checked := app_private.check_analysis(v_analysis.id, output);
  update app_public.analyses a
     set suggestion = receive_analysis.output, updated_at = clock_timestamp(), error = v_checked ->> 'superseded',
         reasons = coalesce(array(select jsonb_array_elements_text(v_checked -> 'reasons')), '{}'),
         status = case when v_checked ? 'reasons' then 'refused' when v_checked ? 'nothing' then 'nothing' when v_checked ? 'superseded' then 'superseded' else 'queued' end,
         finished_at = case when v_checked ?| array['reasons', 'nothing', 'superseded'] then clock_timestamp() end,
         locked_until = case when not v_checked ?| array['reasons', 'nothing', 'superseded'] then clock_timestamp() + interval '10 minutes' end
   where a.id = v_analysis.id;
  update app_public.failure_patterns p set analyst = v_analysis.analyst, updated_at = now() where p.id = v_analysis.pattern_id and p.analyst <> v_analysis.analyst;
  return jsonb_build_object('state', 'received') || v_checked;
end
$$;
comment on function app_private.receive_analysis(integer, integer, jsonb, jsonb, text, boolean) is
$$Takes what a model said in its attempt: writes its calls into the ledger, checks the output (app_private.check_analysis) and records it. error: why there is none; again: whether the analysis shall be tried again (then it waits, in no batch). {state, …}: received (with what check_analysis gives), queued, failed, or stale (somebody else has it by now; nothing changes).$$;

create or replace function app_private.propose_analysis(analysis_id integer, attempt integer) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_analysis app_public.analyses;
  v_checked jsonb;
  v_improvement app_public.improvement_queue;
begin
  perform app_private.take_turns_with_erasure();
  select * into v_analysis from app_public.analyses a where a.id = propose_analysis.analysis_id for update;
  if v_analysis.id is null or v_analysis.status not in ('queued', 'batched') or v_analysis.attempts <> attempt or v_analysis.suggestion is null then
    return jsonb_build_object('state', 'stale', 'status', v_analysis.status, 'improvement_id', v_analysis.improvement_id);
  end if;
  -- The world may have moved on while the draft was embedded; and no draft from outside is believed.
  v_checked := app_private.check_analysis(v_analysis.id, v_analysis.suggestion);
  if v_checked ? 'kind' then
    v_improvement := app_public.propose_improvement(kind => v_checked ->> 'kind', suggestion => v_checked -> 'suggestion',
      failed_response_ids => array(select e::integer from jsonb_array_elements_text(v_checked -> 'failed_response_ids') e), pattern_id => v_analysis.pattern_id,
      base_version => (v_checked ->> 'base_version')::integer, proposed_by => v_analysis.analyst || ' analyst');
    if v_improvement.status <> 'pending' then
      v_checked := jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('twin_of_rejected', 'proposal ' || v_improvement.id)));
    end if;
    update app_public.llm_calls l set improvement_id = v_improvement.id where l.analysis_id = v_analysis.id;
  end if;
  update app_public.analyses a
     set status = case when v_checked ? 'reasons' then 'refused' when v_checked ? 'superseded' then 'superseded' else 'proposed' end, finished_at = clock_timestamp(), updated_at = clock_timestamp(), locked_until = null,
         reasons = coalesce(array(select jsonb_array_elements_text(v_checked -> 'reasons')), '{}'), error = v_checked ->> 'superseded', improvement_id = v_improvement.id
   where a.id = v_analysis.id returning * into v_analysis;
  return jsonb_build_object('state', v_analysis.status, 'improvement_id', v_improvement.id);
end
$$;
comment on function app_private.propose_analysis(integer, integer) is
  'Puts a received analysis into the review queue, checked once more: {state: proposed | refused | superseded | stale, improvement_id}. Its calls in the ledger name the proposal from now on.';

create or replace function app_private.record_local_analysis(pattern_id integer, run_id integer, improvement_id integer, reasons text[] default '{}') returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_failures integer[];
begin
  select array_agg(f.id order by f.id) into v_failures from app_public.failed_responses f
   where f.pattern_id = record_local_analysis.pattern_id and f.withdrawn_at is null and f.erased_at is null and f.resolved_by_improvement_id is null
     and (exists (select from app_public.improvement_evidence e where e.failed_response_id = f.id and e.improvement_id = record_local_analysis.improvement_id)
          or record_local_analysis.improvement_id is null and not exists (select from app_public.improvement_evidence e join app_public.improvement_queue q on q.id = e.improvement_id where e.failed_response_id = f.id and q.status <> 'superseded'));
  if v_failures is null then
    return;
  end if;
  insert into app_public.analyses as a (pattern_id, fingerprint, status, analyst, failed_response_ids, reasons, improvement_id, run_id, attempts, finished_at)
  values (record_local_analysis.pattern_id, sha256(convert_to(jsonb_build_array('local', record_local_analysis.pattern_id, v_failures)::text, 'UTF8')),
      case when record_local_analysis.improvement_id is null then 'nothing' else 'proposed' end, 'local', v_failures, reasons, record_local_analysis.improvement_id, record_local_analysis.run_id, 1, clock_timestamp())
  on conflict (fingerprint) do update set status = excluded.status, improvement_id = coalesce(excluded.improvement_id, a.improvement_id), run_id = excluded.run_id, reasons = excluded.reasons, attempts = a.attempts + 1,
     updated_at = clock_timestamp(), finished_at = clock_timestamp();
end
$$;
comment on function app_private.record_local_analysis(integer, integer, integer, text[]) is 'Writes down that the local analyst looked at a pattern, why it and no model did, and what it proposed (null: nothing).';

create or replace function app_private.proposals_without_dry_run() returns setof integer
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select q.id from app_public.improvement_queue q
   where q.status = 'pending' and q.dry_run is null and exists (select from app_public.analyses a where a.improvement_id = q.id) order by q.id
$$;
comment on function app_private.proposals_without_dry_run() is 'Analysts'' proposals that a crash left without their dry run.';

create or replace function app_private.erase__analyses(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_failures integer[] := array(select f.id from app_public.failed_responses f where f.response_id = any (response_ids));
  v_done bigint;
begin
  delete from app_private.analysis_briefs b using app_public.analyses a where a.id = b.analysis_id and a.failed_response_ids && v_failures;
  update app_public.analyses a
     set suggestion = null, reasons = array(select split_part(r, ':', 1) from unnest(a.reasons) with ordinality t(r, o) order by o), updated_at = clock_timestamp(),
         status = case when a.status in ('queued', 'batched') then 'superseded' else a.status end, finished_at = coalesce(a.finished_at, clock_timestamp()), locked_until = null,
         error = case when a.status in ('queued', 'batched') then 'A customer was erased meanwhile.' else a.error end
   where a.failed_response_ids && v_failures and (a.suggestion is not null or a.status in ('queued', 'batched') or array_to_string(a.reasons, '') ~ ':');
  get diagnostics v_done = row_count;
  return v_done;
end
$$;
comment on function app_private.erase__analyses(uuid, integer[], bigint[]) is 'Takes what models made of these customers'' words out of analyses; those under way are given up. Returns how many.';

create or replace function app_private.retain__analyses(before timestamptz) returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_done bigint;
begin
  update app_public.analyses a
     set suggestion = null, reasons = array(select split_part(r, ':', 1) from unnest(a.reasons) with ordinality t(r, o) order by o)
   where a.id in (select x.id from app_public.analyses x where x.finished_at < before and (x.suggestion is not null or array_to_string(x.reasons, '') ~ ':') order by x.id limit 500 for update skip locked);
  get diagnostics v_done = row_count;
  return v_done;
end
$$;
comment on function app_private.retain__analyses(timestamptz) is 'Takes suggestions, and what reasons quote of them, out of analyses that were finished earlier.';
insert into app_public.retention_rules (kind, keep, description) values
  ('analyses', '180 days', 'What analysts suggested and why it was refused; status, analyst and cost stay.')
on conflict do nothing;
