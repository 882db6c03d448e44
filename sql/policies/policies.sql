-- Row level security of every table: one policy per role path, never one with OR across roles. Policies first,
-- then the grants they bound. Roles inherit: anonymous < customer, agent < reviewer < admin.
do $$
declare
  v_policy record;
  v_grant record;
  v_reader text;
begin
  for v_policy in select schemaname, tablename, policyname from pg_policies where schemaname in ('app_public', 'app_private') loop
    execute format('drop policy %I on %I.%I', v_policy.policyname, v_policy.schemaname, v_policy.tablename);
  end loop;

  -- Grants are made anew as well, so that what is not written here is nobody's.
  revoke all on all tables in schema app_public, app_hidden, app_private from public, anonymous, customer, agent, reviewer, admin, auditor, worker;

  -- Who reads all rows, and all columns. A table that is not listed is read by its owner alone: a new one is given to nobody by accident.
  for v_grant in
    select split_part(g, ':', 1) as readers, btrim(t) as name
      from unnest(array[
        'agent, auditor, worker: sops, sop_versions, knowledge_base, knowledge_questions, failed_responses, failure_patterns, improvement_queue, improvement_evidence, golden_questions, golden_checks, experiments, experiment_arms, club_settings, sites, analyses, analysis_runs, analysis_batches, health_checks',
        'agent, auditor: tickets, messages, responses, response_sources, emergency_signals',
        'reviewer, auditor, worker: prompts, prompt_versions',
        'admin, auditor: llm_prices, llm_calls, reembeddings, audit_log, audit_heads, sessions, api_tokens, webhooks, notifications, retention_rules, retention_runs, privacy_actions, restores, backup_target_tests',
        'admin, auditor, worker: backup_targets, backups',
        'admin, auditor, worker: import_batches, import_items']) g,
      unnest(string_to_array(split_part(g, ':', 2), ',')) t
  loop
    for v_reader in select btrim(r) from unnest(string_to_array(v_grant.readers, ',')) r loop
      execute format('create policy %I on app_public.%I for select to %I using (true)', 'select_' || v_reader, v_grant.name, v_reader);
      execute format('grant select on app_public.%I to %I', v_grant.name, v_reader);
    end loop;
  end loop;
  foreach v_reader in array array['audit_head', 'embedding_cache', 'knowledge_votes', 'search_statistics', 'search_units', 'search_unit_history', 'response_searches', 'search_vocabulary', 'search_unit_changes', 'dry_run_rankings', 'stale_profiles', 'lexeme_frequencies', 'improvements_in_progress', 'joint_approvals', 'improvement_viewers', 'golden_set', 'worker_heartbeats', 'dead_job_alerts', 'analysis_briefs', 'stated_facts', 'knowledge_findings', 'sop_sketches', 'restore_rows'] loop
    execute format('create policy select_auditor on app_private.%I for select to auditor using (true)', v_reader);
    execute format('grant select on app_private.%I to auditor', v_reader);
  end loop;
end
$$;

-- By columns, so that one which is added, such as a secret, is read by nobody until it is written here.
create policy select_agent on app_public.users for select to agent using (true);
create policy select_auditor on app_public.users for select to auditor using (true);
grant select (id, email, name, role, is_active, created_at, updated_at) on app_public.users to agent, auditor;

-- Staff see their own logins and tokens, admins everybody's.
create policy select_own on app_public.sessions for select to agent using (user_id = (select app_public.current_user_id()));
create policy select_own on app_public.api_tokens for select to agent using (user_id = (select app_public.current_user_id()));
grant select on app_public.sessions, app_public.api_tokens to agent;

-- And their own browsers, but not the keys that messages to them are encrypted with.
create policy select_own on app_public.push_subscriptions for select to agent using (user_id = (select app_public.current_user_id()));
create policy select_auditor on app_public.push_subscriptions for select to auditor using (true);
grant select (id, user_id, endpoint, user_agent, created_at, last_ok_at) on app_public.push_subscriptions to agent, auditor;

-- A customer sees their own conversations, and what they were answered from. `(select …)` is computed once a query, not
-- once a row; an array of keys, unlike exists or in, lets the planner use the index of the key.
create policy select_own on app_public.tickets for select to anonymous using (visitor_id = (select nullif(current_setting('clubos.visitor_id', true), '')::uuid));
create policy select_own on app_public.messages for select to anonymous
  using (author_kind <> 'system' and ticket_id = any (array(select t.id from app_public.tickets t where t.visitor_id = (select nullif(current_setting('clubos.visitor_id', true), '')::uuid))));
create policy select_own on app_public.responses for select to anonymous using (visitor_id = (select nullif(current_setting('clubos.visitor_id', true), '')::uuid) and outcome <> 'drafted');
create policy select_own on app_public.response_sources for select to anonymous
  using (response_id = any (array(select r.id from app_public.responses r where r.visitor_id = (select nullif(current_setting('clubos.visitor_id', true), '')::uuid))));
create policy select_all on app_public.sites for select to anonymous using (true);
grant select (id, conversation, status, priority, category, subject, site_id, visitor_id, created_at, updated_at, resolved_at) on app_public.tickets to anonymous;
grant select (id, ticket_id, author_kind, body, response_id, created_at) on app_public.messages to anonymous;
grant select (id, ticket_id, visitor_id, question, category, confidence, text, outcome, model, feedback, feedback_at, created_at) on app_public.responses to anonymous;
grant select (response_id, rank, kind, category, topic, heading, snippet, score, cited) on app_public.response_sources to anonymous;
grant select on app_public.sites to anonymous;

-- Reviewers write procedures and knowledge, in plain SQL too; triggers keep the history.
create policy insert_reviewer on app_public.sops for insert to reviewer with check (true);
create policy update_reviewer on app_public.sops for update to reviewer using (true) with check (true);
grant insert (category, section, content), update (category, section, content, archived_at) on app_public.sops to reviewer;
create policy insert_reviewer on app_public.knowledge_base for insert to reviewer with check (true);
create policy update_reviewer on app_public.knowledge_base for update to reviewer using (true) with check (true);
create policy delete_reviewer on app_public.knowledge_base for delete to reviewer using (true);
grant insert (category, topic, question, answer, source, site_id, valid_from, valid_to, sop_id, trust), update (category, topic, question, answer, site_id, valid_from, valid_to, sop_id, trust),
  delete on app_public.knowledge_base to reviewer;
create policy update_reviewer on app_public.improvement_queue for update to reviewer using (true) with check (true);
grant update (status, rejection_reason) on app_public.improvement_queue to reviewer;
create policy insert_reviewer on app_public.prompts for insert to reviewer with check (true);
create policy update_reviewer on app_public.prompts for update to reviewer using (true) with check (true);
grant insert (name, content), update (content) on app_public.prompts to reviewer;

create policy insert_admin on app_public.sites for insert to admin with check (true);
create policy update_admin on app_public.sites for update to admin using (true) with check (true);
grant insert (slug, name, timezone, address), update (slug, name, timezone, address) on app_public.sites to admin;
create policy insert_admin on app_public.users for insert to admin with check (true);
create policy update_admin on app_public.users for update to admin using (true) with check (true);
grant insert (email, name, role, is_active), update (email, name, role, is_active) on app_public.users to admin;
create policy update_admin on app_public.club_settings for update to admin using (true) with check (true);
grant update (confidence_threshold, model_threshold, takeover_minutes, helpful_votes_to_confirm, daily_budget, monthly_budget, budget_warning, golden_gate) on app_public.club_settings to admin;
create policy insert_admin on app_public.emergency_signals for insert to admin with check (true);
create policy update_admin on app_public.emergency_signals for update to admin using (true) with check (true);
create policy delete_admin on app_public.emergency_signals for delete to admin using (true);
grant insert (section, pattern), update (section, pattern), delete on app_public.emergency_signals to admin;

create policy update_admin on app_public.retention_rules for update to admin using (true) with check (true);
grant update (keep) on app_public.retention_rules to admin;

create policy insert_worker on app_public.llm_calls for insert to worker with check (true);
grant insert (purpose, provider, model, tokens_in, tokens_out, tokens_cached, tokens_cache_written, batch, cost, latency_ms, status, request_id, response_id, improvement_id) on app_public.llm_calls to worker;
create policy insert_admin on app_public.llm_prices for insert to admin with check (true);
create policy update_admin on app_public.llm_prices for update to admin using (true) with check (true);
create policy delete_admin on app_public.llm_prices for delete to admin using (true);
grant insert (model, valid_from, input, cached_input, cache_write, output, batch_factor), update (model, valid_from, input, cached_input, cache_write, output, batch_factor), delete on app_public.llm_prices to admin;

grant select on app_public.sop_usage, app_public.sop_failures, app_public.knowledge_health, app_public.review_metrics, app_public.sop_freshness, app_public.knowledge_freshness, app_public.sop_categories to agent, auditor;
grant select on app_public.dead_jobs, app_public.jobs, app_public.cost_per_answer, app_public.cost_per_improvement to admin, auditor;
