/** What a club with models has after some weeks: calls with their cost, runs and batches of the analyst, analyses. */
import type pg from 'pg'

export async function keepLedger(pool: pg.Pool): Promise<void> {
  await pool.query(`
    insert into app_public.llm_calls (purpose, provider, model, tokens_in, tokens_out, tokens_cached, cost, latency_ms, status, request_id, response_id, created_at)
    select p.purpose, 'openai', 'gpt-4o-2024-11-20', 1500, 80, 1024, p.cost, 900, 'ok', 'req_' || d || p.purpose, r.id, now() - d * interval '1 day'
      from generate_series(0, 20) d,
           (values ('answer', 0.004), ('route', 0.001)) p(purpose, cost),
           lateral (select id from app_public.responses where outcome = 'answered' order by id offset d limit 1) r`)
  await pool.query(`
    insert into app_public.llm_calls (purpose, provider, model, latency_ms, status, request_id, response_id)
    select 'answer', 'openai', 'gpt-4o-2024-11-20', 30000, 'timeout', 'req_slow', id from app_public.responses where ticket_id is not null order by id limit 1`)
  await pool.query(`
    insert into app_public.llm_calls (purpose, provider, model, tokens_in, tokens_out, cost, latency_ms, status, batch, improvement_id)
    select 'analyse', 'anthropic', 'claude-sonnet-4-5', 9000, 700, 0.02, 8000, 'ok', true, id from app_public.improvement_queue order by id limit 3`)
  await pool.query(`
    with run as (insert into app_public.analysis_runs (kind, status, analyst, failures, patterns, counts, estimated_cost, cost, finished_at)
                 values ('daily', 'finished', 'claude-sonnet-4-5', 42, 7, '{"proposed": 3, "refused": 1}', 0.9, 0.31, now()) returning id),
         batch as (insert into app_public.analysis_batches (run_id, provider, provider_batch_id, token, model, status, requests, succeeded, errored, submitted_at, expires_at)
                   select id, 'anthropic', 'msgbatch_1', 't1', 'claude-sonnet-4-5', 'in_progress', 7, 3, 1, now(), now() + interval '1 day' from run returning id)
    insert into app_public.analyses (pattern_id, fingerprint, status, analyst, failed_response_ids, reasons, suggestion, finished_at, run_id, improvement_id)
    select p.id, sha256(p.id::text::bytea), case when p.n = 1 then 'refused' else 'proposed' end, 'claude-sonnet-4-5', '{1}',
           case when p.n = 1 then array['new_fact: the door opens at 5', 'unrelated_sop: SOP 7'] else '{}' end, '{}', now(), run.id,
           case when p.n = 2 then (select min(id) from app_public.improvement_queue) end
      from run, (select id, row_number() over (order by id) as n from app_public.failure_patterns limit 4) p`)
}
