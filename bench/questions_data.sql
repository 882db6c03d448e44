-- A year of a busy club: 100,000 answers, 10,000 failures and what hangs on them. Triggers are off: what they would make is made here.
set session_replication_role = replica;
insert into app_public.sites (slug, name) select 'site-' || i, 'Site ' || i from generate_series(1, 5) i;
insert into app_public.sops (id, category, section, content, version, created_at, updated_at, created_by)
select i, (array['access', 'booking', 'tech', 'brand', 'house', 'emergency'])[1 + i % 6], 'section_' || i, '# Section ' || i, 1 + i % 4, now() - interval '400 days', now() - (i * interval '1 day'), 'bench'
  from generate_series(1, 200) i;
insert into app_public.sop_versions (sop_id, version, content, changed_by, change_reason, created_at, previous_version_id, category, section)
select s.id, v, s.content, 'bench', 'Measured', case v when s.version then s.updated_at else s.created_at + v * interval '1 day' end, case when v > 1 then 1 end, s.category, s.section
  from app_public.sops s, generate_series(1, s.version) v;
insert into app_public.knowledge_base (id, category, topic, question, answer, trust, created_at, updated_at, usage_count, success_count, success_rate)
select i, (array['access', 'booking', 'tech', 'brand', 'house'])[1 + i % 5], 'topic ' || i % 300, 'Question ' || i || '?', 'Answer ' || i, case when i % 20 = 0 then 0 else 3 end,
       now() - (i % 400) * interval '1 day', now() - (i % 300) * interval '1 day', i % 12, (i % 12) / 3, case when i % 12 > 0 then (i % 12 / 3)::double precision / (i % 12) end
  from generate_series(1, 5000) i;
insert into app_public.audit_log (table_name, row_id, operation, actor, role, reason, old, new, created_at)
select case when i % 4 = 0 then 'knowledge_base' else 'tickets' end, (1 + i % 5000)::text, 'update', 'bench', 'reviewer', 'Measured',
       case when i % 4 = 0 then to_jsonb(k) - array['embeddings', 'updated_at'] || jsonb_build_object('answer', 'Earlier answer') end, '{}', now() - i * interval '5 minutes'
  from generate_series(1, 100000) i left join app_public.knowledge_base k on k.id = 1 + i % 5000 and i % 4 = 0;
insert into app_public.tickets (id, status, priority, category, site_id, subject, created_at, updated_at, resolved_at, resolved_by, assignee)
select i, case when i % 200 = 0 then 'waiting' when i % 333 = 0 then 'taken' else 'resolved' end, case when i % 1000 = 0 then 'urgent' else 'normal' end, (array['access', 'booking', 'tech', 'brand', 'house'])[1 + i % 5], 1 + i % 5,
       'Subject ' || i, now() - i * interval '17 minutes', now() - i * interval '17 minutes', case when i % 200 <> 0 and i % 333 <> 0 then now() - i * interval '16 minutes' end,
       case when i % 200 <> 0 and i % 333 <> 0 then 'bench' end, case when i % 333 = 0 and i % 200 <> 0 then 'bench' end
  from generate_series(1, 30000) i;
insert into app_private.embedding_cache (content_hash, model, embedding)
select app_hidden.embedding_hash('Question about ' || i || ' pin?'), s.embedding_model, l2_normalize(((select array_agg(case when d <= 512 then sin(i * 12.9898 + d * 78.233) + 1.5 * sin((i % 40) * 3.7 + d * 1.3) else 0 end order by d)::real[] from generate_series(1, 1536) d where i = i))::vector)
  from generate_series(1, 4000) i, app_public.club_settings s;
insert into app_public.responses (id, ticket_id, question, question_hash, embedding_model, site_id, category, confidence, text, outcome, reason, model, latency_ms, cost, tokens_in, tokens_out, feedback, feedback_by, feedback_at, created_at)
select i, case when i % 3 = 0 then 1 + i % 30000 end, q.question, app_hidden.embedding_hash(q.question), s.embedding_model, 1 + i % 5, (array['access', 'booking', 'tech', 'brand', 'house'])[1 + i % 5], (i % 100) / 100.0, 'An answer of usual length to ' || q.question || repeat(' and more', 40),
       case when i % 8 = 0 then 'handed_over' when i % 500 = 1 then 'emergency' else 'answered' end, case when i % 8 = 0 then 'confidence 0.1 below 0.25' end, case when i % 2 = 0 then 'gpt-4o' else 'local-extractive' end, 20 + i % 900,
       case when i % 2 = 0 then 0.002 end, case when i % 2 = 0 then 1200 end, case when i % 2 = 0 then 200 end,
       f.feedback, case when f.feedback is not null then 'visitor:x' end, case when f.feedback is not null then now() - (100000 - i) * interval '315 seconds' end, now() - (100000 - i) * interval '315 seconds'
  from generate_series(1, 100000) i, app_public.club_settings s,
       lateral (select 'Question about ' || 1 + (i * 7) % 4000 || ' pin?' as question) q,
       lateral (select case when i % 10 = 3 then 'unhelpful' when i % 10 in (5, 7) then 'helpful' end as feedback) f;
insert into app_public.response_sources (response_id, rank, kind, sop_version_id, knowledge_id, sop_id, category, topic, heading, snippet, score, cited)
select r.id, k, case when (r.id + k) % 4 = 0 then 'knowledge' else 'sop' end, v.id, case when (r.id + k) % 4 = 0 then 1 + (r.id * 3 + k) % 5000 end, v.sop_id, v.category, v.section, 'Steps', 'A snippet of the section that is shown', 3 - k * 0.2, k = 1 and r.outcome <> 'handed_over'
  from app_public.responses r, generate_series(1, 5) k, lateral (select x.* from app_public.sop_versions x where x.id = 1 + (r.id * (k + 6)) % (select count(*) from app_public.sop_versions)) v;
insert into app_public.messages (ticket_id, author_kind, author, body, response_id, created_at)
select r.ticket_id, 'assistant', r.model, r.text, r.id, r.created_at from app_public.responses r where r.ticket_id is not null;
insert into app_public.failure_patterns (id, label, category, size, first_seen, last_seen, analyst)
select i, 'words of pattern ' || i, (array['access', 'booking', 'tech', 'brand', 'house'])[1 + i % 5], 30, now() - interval '300 days', now(), 'local' from generate_series(1, 300) i;
insert into app_public.improvement_queue (id, suggested_sop_update, status, approved_by, applied_at, created_at, kind, sop_id, base_version, proposed_by, fingerprint, rejection_reason, rejected_by, rejected_at, impact)
select i, '{"section": "x"}', t.status, case when t.status = 'approved' then 'bench' end, case when t.status = 'approved' then t.at + interval '2 days' end, t.at, 'sop_edit', 1 + i % 200, 1, 'local', sha256(i::text::bytea),
       case when t.status = 'rejected' then 'Reason ' || i % 9 end, case when t.status = 'rejected' then 'bench' end, case when t.status = 'rejected' then t.at + interval '1 day' end, i % 10
  from generate_series(1, 3000) i, lateral (select case i % 3 when 0 then 'approved' when 1 then 'rejected' else case when i < 300 then 'pending' else 'approved' end end as status, now() - interval '3 days' - i * interval '170 minutes' as at) t;
insert into app_public.failed_responses (id, query, response, assistant_id, confidence_score, feedback_type, user_correction, analyzed, created_at, response_id, pattern_id, site_id, resolved_by_improvement_id, expected_sop_id)
select row_number() over (order by r.id), r.question, r.text, r.model, r.confidence, (array['unhelpful', 'wrong', 'incomplete'])[1 + r.id % 3], case when r.id % 5 = 3 then 'It should have been ' || r.id end, true, r.created_at + interval '5 minutes', r.id, 1 + r.id % 300, r.site_id,
       case when r.id % 7 = 0 then 1 + r.id % 3000 end, case when r.id % 11 = 0 then 1 + r.id % 200 end
  from app_public.responses r where r.feedback = 'unhelpful' limit 10000;
insert into app_public.improvement_evidence (improvement_id, failed_response_id)
select q.id, 1 + (q.id * 13 + k) % 10000 from app_public.improvement_queue q, generate_series(1, 3) k;
insert into app_public.llm_calls (purpose, provider, model, tokens_in, tokens_out, cost, latency_ms, status, response_id, created_at)
select 'answer', 'openai', r.model, 1200, 200, r.cost, 800, 'ok', r.id, r.created_at from app_public.responses r where r.cost is not null;
set session_replication_role = origin;
