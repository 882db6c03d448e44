-- 100,000 answers in as many messages and 20,000 conversations of 5,000 visitors; as many failures and audit rows.
-- Written past the triggers: what is measured is reading.
set session_replication_role = replica;
select setseed(0.5);
insert into app_public.sites (id, slug, name) select i, 'site' || i, 'Site ' || i from generate_series(1, 5) i;
insert into app_public.sops (id, category, section, content) select i, 'c' || i % 8, 's' || i, 'Text ' || i from generate_series(1, 200) i;
insert into app_public.tickets (id, visitor_id, site_id, status, subject, created_at, updated_at)
  select i, ('00000000-0000-4000-8000-' || lpad((i % 5000)::text, 12, '0'))::uuid, i % 5 + 1, case when i % 50 = 0 then 'waiting' else 'open' end, 'Subject ' || i,
         now() - i * interval '1 minute', now() - i * interval '1 minute' from generate_series(1, 20000) i;
insert into app_public.responses (id, ticket_id, visitor_id, question, question_hash, text, outcome, model, category, confidence, feedback, feedback_by, feedback_at, created_at)
  select i, t.id, t.visitor_id, 'question ' || i, sha256(i::text::bytea), 'answer ' || i, 'answered', 'm', 'c' || i % 8, 0.5,
         case when i % 3 = 0 then 'helpful' when i % 3 = 1 then 'unhelpful' end, case when i % 3 < 2 then 'x' end, case when i % 3 < 2 then now() end, now() - i * interval '10 seconds'
    from generate_series(1, 100000) i join app_public.tickets t on t.id = i % 20000 + 1;
insert into app_public.response_sources (response_id, rank, kind, sop_id, sop_version_id, category, topic, snippet, score, cited)
  select r, k, 'knowledge', r % 200 + 1, null, 'c', 's', 'snippet', 1, k = 1 from generate_series(1, 100000) r, generate_series(1, 2) k;
insert into app_public.messages (id, ticket_id, author_kind, author, body, created_at)
  select i, i % 20000 + 1, case i % 3 when 0 then 'customer' when 1 then 'staff' else 'system' end, 'ann', 'body ' || i, now() - i * interval '10 seconds' from generate_series(1, 100000) i;
insert into app_public.failed_responses (id, query, response, feedback_type, analyzed, response_id, expected_sop_id, created_at)
  select i, (array['door', 'pin', 'projector', 'booking', 'light', 'heating', 'screen'])[i % 7 + 1] || ' trouble ' || i, 'answer', 'wrong', i % 10 <> 0, i, i % 200 + 1, now() - i * interval '10 seconds'
    from generate_series(1, 100000) i;
insert into app_public.audit_log (table_name, row_id, operation, actor, role, created_at)
  select 'sops', (i % 200 + 1)::text, 'update', 'rita', 'reviewer', now() - i * interval '10 seconds' from generate_series(1, 100000) i;
set session_replication_role = origin;
vacuum analyze;
