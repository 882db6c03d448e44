-- Row level security of every table: one policy per role path, never one with OR across roles. Policies first,
-- then the grants they bound. Roles inherit: anonymous < customer, agent < reviewer < admin.
do $$
declare
  v_table text;
  v_policy record;
begin
  for v_policy in select schemaname, tablename, policyname from pg_policies where schemaname in ('app_public', 'app_private') loop
    execute format('drop policy %I on %I.%I', v_policy.policyname, v_policy.schemaname, v_policy.tablename);
  end loop;

  -- Staff, the auditor and the worker read everything of the club; nobody else reads any of it.
  for v_table in select c.relname from pg_class c where c.relnamespace = 'app_public'::regnamespace and c.relkind = 'r' and c.relname <> 'audit_log' loop
    execute format('create policy select_agent on app_public.%I for select to agent using (true)', v_table);
    execute format('create policy select_worker on app_public.%I for select to worker using (true)', v_table);
    execute format('grant select on app_public.%I to agent, worker', v_table);
  end loop;
  for v_table in select c.relname from pg_class c where c.relnamespace = 'app_public'::regnamespace and c.relkind = 'r' loop
    execute format('create policy select_auditor on app_public.%I for select to auditor using (true)', v_table);
    execute format('grant select on app_public.%I to auditor', v_table);
  end loop;
  for v_table in select c.relname from pg_class c where c.relnamespace = 'app_private'::regnamespace and c.relkind = 'r' loop
    execute format('create policy select_auditor on app_private.%I for select to auditor using (true)', v_table);
    execute format('grant select on app_private.%I to auditor', v_table);
  end loop;
end
$$;

create policy select_admin on app_public.audit_log for select to admin using (true);
grant select on app_public.audit_log to admin;

-- A customer sees their own conversations, and what they were answered from.
create policy select_own on app_public.tickets for select to anonymous using (visitor_id = app_public.current_visitor_id());
create policy select_own on app_public.messages for select to anonymous
  using (author_kind <> 'system' and exists (select from app_public.tickets t where t.id = ticket_id and t.visitor_id = app_public.current_visitor_id()));
create policy select_own on app_public.responses for select to anonymous using (visitor_id = app_public.current_visitor_id());
create policy select_own on app_public.response_sources for select to anonymous
  using (exists (select from app_public.responses r where r.id = response_id and r.visitor_id = app_public.current_visitor_id()));
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
grant update (confidence_threshold, takeover_minutes, helpful_votes_to_confirm) on app_public.club_settings to admin;
create policy insert_admin on app_public.emergency_signals for insert to admin with check (true);
create policy update_admin on app_public.emergency_signals for update to admin using (true) with check (true);
create policy delete_admin on app_public.emergency_signals for delete to admin using (true);
grant insert (section, pattern), update (section, pattern), delete on app_public.emergency_signals to admin;

create policy insert_worker on app_public.llm_calls for insert to worker with check (true);
grant insert on app_public.llm_calls to worker;

grant select on app_public.sop_usage, app_public.sop_failures, app_public.knowledge_health, app_public.review_metrics to agent, auditor;
grant select on app_public.dead_jobs to admin, auditor;
