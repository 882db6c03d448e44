-- A big club for bench/web.ts: 10,000 SOPs in 40 categories and 5,000 proposals that wait, each with three failed answers.
-- Rows as the triggers would have left them; there are no search units, since nobody asks here.
set session_replication_role = replica;

insert into app_public.sops (id, category, section, content, version, created_by)
select i, 'category_' || i % 40, 'section_' || i,
       '# Section ' || i || e'\n\n## When to use\n\nA customer asks about section ' || i || e'.\n\n## Steps\n\n' ||
       (select string_agg(n || '. Step ' || n || ' of section ' || i || ': look, press, wait and tell the customer what happens next.', e'\n' order by n) from generate_series(1, 25) n) || e'\n',
       1, 'bench'
  from generate_series(1, 10000) i;

insert into app_public.sop_versions (sop_id, version, category, section, content, changed_by, change_reason)
select s.id, 1, s.category, s.section, s.content, 'bench', 'Made for the bench' from app_public.sops s;

insert into app_public.failed_responses (id, query, response, feedback_type, user_correction, confidence_score, expected_sop_id, reporter)
select i, 'question ' || i || ' about a thing that does not work as it should', 'Another answer.', 'wrong',
       case when i % 3 = 0 then 'It is done another way.' end, 0.3, i / 3 * 2 + 1, 'bench'
  from generate_series(0, 14999) i;

insert into app_public.improvement_queue (id, suggested_sop_update, kind, sop_id, base_version, proposed_by, impact, fingerprint, dry_run, failed_response_id)
select i,
       jsonb_build_object('sop_id', s.id, 'category', s.category, 'section', s.section,
         'reasoning', 'Three customers asked and were not helped. Their words are added, so that the next one is led here.',
         'new_content', replace(s.content, '7. Step 7', '7. Hold the button, then step 7') || e'\n## Customers also say\n\n- it does not work\n- it is stuck\n'),
       'sop_edit', s.id, 1, 'bench', (i * 7919) % 50, sha256(i::text::bytea),
       jsonb_build_object('at', now(), 'fixed', i % 3, 'still_failing', 3 - i % 3, 'broken', 0, 'unaffected', 30, 'questions',
         (select jsonb_agg(jsonb_build_object('question', f.query, 'role', 'failing', 'expected', 'sop:' || s.id, 'expected_title', s.section, 'before', null, 'before_title', null, 'after', 'sop:' || s.id, 'after_title', s.section))
            from app_public.failed_responses f where f.id between (i - 1) * 3 and (i - 1) * 3 + 2)),
       (i - 1) * 3
  from generate_series(1, 5000) i join app_public.sops s on s.id = i * 2 - 1;

insert into app_public.improvement_evidence (improvement_id, failed_response_id)
select i, (i - 1) * 3 + n from generate_series(1, 5000) i, generate_series(0, 2) n;

set session_replication_role = origin;
select setval(pg_get_serial_sequence('app_public.sops', 'id'), 10000);
select setval(pg_get_serial_sequence('app_public.improvement_queue', 'id'), 5000);
select setval(pg_get_serial_sequence('app_public.failed_responses', 'id'), 15000);
analyze;
