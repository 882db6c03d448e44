-- What a language model is given of a pattern, and nothing else. Customers' words are masked here, so that no caller can
-- forget it.
create or replace function app_hidden.said_by_staff(reporter text) returns boolean language sql stable parallel safe as $$
  -- Without an actor it was a script's or a session's name: nobody.
  select coalesce(reporter <> '' and reporter !~ '^(?:visitor|erased):' and reporter <> session_user, false)
$$;
comment on function app_hidden.said_by_staff(text) is 'Whether a failure was reported by a member of staff, whose word is a source of facts, and not by a customer.';

create or replace function app_private.patterns_to_analyse() returns setof integer
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select p.id from app_public.failure_patterns p
   where p.status in ('open', 'proposed', 'resolved') and exists (
           select from app_public.failed_responses f where f.pattern_id = p.id and f.withdrawn_at is null and f.erased_at is null and f.resolved_by_improvement_id is null
              and not exists (select from app_public.improvement_evidence e join app_public.improvement_queue q on q.id = e.improvement_id where e.failed_response_id = f.id and q.status <> 'superseded'))
   order by p.size desc, p.id
$$;
comment on function app_private.patterns_to_analyse() is 'Patterns with failures that no proposal is about yet, the largest first; also those that a crash left.';

create or replace function app_private.lines_of_proposal(improvement app_public.improvement_queue) returns jsonb
language sql stable set search_path = app_public, public, pg_temp as $$
  select case when improvement.kind in ('sop_edit', 'sop_new') then
      coalesce((select jsonb_agg(l.line order by l.o) from (
         select n.line, n.o from unnest(string_to_array(improvement.suggested_sop_update ->> 'new_content', E'\n')) with ordinality n(line, o)
          where btrim(n.line) <> '' and n.line <> all (coalesce(string_to_array((select v.content from app_public.sop_versions v where v.sop_id = improvement.sop_id and v.version = improvement.base_version), E'\n'), '{}'))
          order by n.o limit 20) l), '[]')
    else coalesce(improvement.suggested_sop_update -> 'entries', '[]') end
$$;
comment on function app_private.lines_of_proposal(app_public.improvement_queue) is 'What a proposal adds: at most 20 lines that its base does not have, or its entries.';

create or replace function app_private.analyst_shared() returns jsonb
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select jsonb_build_object(
    'categories', coalesce((select jsonb_agg(c order by c collate "C") from (select distinct s.category as c from app_public.sops s where s.archived_at is null) d), '[]'),
    'sops', coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'category', i.category, 'section', i.section, 'title', app_hidden.sop_title(i.section, i.content)) order by i.category collate "C", i.section collate "C")
                        from (select * from app_public.sops s where s.archived_at is null order by s.category collate "C", s.section collate "C" limit 2000) i), '[]'))
$$;
comment on function app_private.analyst_shared() is
  'The part of every brief that is the same for all patterns, in an order that changes only with the SOPs, so that the provider''s cache holds it: categories and the index of at most 2,000 SOPs.';

create or replace function app_private.analyst_brief(pattern_id integer) returns jsonb
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  c_failures constant integer := 30;
  c_longest_sop constant integer := 60000;
  v_pattern app_public.failure_patterns;
  v_prompt app_public.prompt_versions;
  v_ids integer[];
  v_failures jsonb;
  v_words text;
  v_sop app_public.sops;
  v_neighbours integer[];
  v_own jsonb;
  v_sops jsonb;
  v_knowledge integer[];
begin
  select * into v_pattern from app_public.failure_patterns p where p.id = analyst_brief.pattern_id;
  select v.* into v_prompt from app_public.prompts p join app_public.prompt_versions v on v.prompt_id = p.id and v.version = p.version where p.name = 'analyse';
  with own as (
    select f.*, app_hidden.said_by_staff(f.reporter) as staff from app_public.failed_responses f
     where f.pattern_id = analyst_brief.pattern_id and f.withdrawn_at is null and f.erased_at is null and f.resolved_by_improvement_id is null
       and not exists (select from app_public.improvement_evidence e join app_public.improvement_queue q on q.id = e.improvement_id where e.failed_response_id = f.id and q.status <> 'superseded')
     order by f.id desc limit c_failures
  )
  select array_agg(o.id order by o.id),
         jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', o.id, 'question', app_hidden.learnable_question(o.query), 'answer_given', left(app_hidden.mask_personal_data(o.response), 600),
           'feedback', o.feedback_type, 'correction', nullif(left(app_hidden.mask_personal_data(btrim(o.user_correction)), 1000), ''),
           'correction_by', case when btrim(o.user_correction) <> '' then case when o.staff then 'staff' else 'customer' end end)) order by o.id),
         left(string_agg(concat_ws(' ', o.query, o.user_correction), ' ' order by o.id desc), 2000)
    into v_ids, v_failures, v_words from own o;
  if v_ids is null or v_prompt.id is null then
    return null;
  end if;
  select * into v_sop from app_public.sops s where s.id = v_pattern.sop_id and s.archived_at is null;
  if length(v_sop.content) > c_longest_sop then
    return null;
  end if;
  with found as (
    select t.sop_id, t.category, t.topic, row_number() over (order by t.score desc, t.target) as place from app_private.search_targets(v_words, v_pattern.centroid) t
  )
  select array(select f.sop_id from found f join app_public.sops s on s.id = f.sop_id
                where f.sop_id is distinct from v_sop.id and length(s.content) <= c_longest_sop / 4 order by f.place limit 3),
         array(select k.id from app_public.knowledge_base k
                 left join found f on f.sop_id is null and f.category = k.category and f.topic = k.topic and f.place <= 5
                where k.trust = 3 and (k.valid_to is null or k.valid_to > now())
                  and (f.place is not null or (k.category, k.topic) = (v_pattern.category, v_pattern.topic) or k.sop_id = v_sop.id)
                order by (k.category, k.topic) = (v_pattern.category, v_pattern.topic) desc nulls last, f.place, k.id limit 20)
    into v_neighbours, v_knowledge;
  select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'version', s.version) order by o), '[]') into v_sops
    from unnest(array_remove(v_sop.id || v_neighbours, null)) with ordinality t(id, o) join app_public.sops s on s.id = t.id;
  v_own := jsonb_build_object(
    'pattern', jsonb_strip_nulls(jsonb_build_object('id', v_pattern.id, 'words', v_pattern.label, 'category', v_pattern.category, 'topic', v_pattern.topic, 'failures', v_pattern.size)),
    'failures', v_failures,
    'sop', case when v_sop.id is not null then jsonb_build_object('id', v_sop.id, 'category', v_sop.category, 'section', v_sop.section, 'version', v_sop.version, 'lines', app_hidden.numbered_lines(v_sop.content)) end,
    'neighbours', coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'category', s.category, 'section', s.section, 'version', s.version, 'lines', app_hidden.numbered_lines(s.content)) order by o)
                              from unnest(v_neighbours) with ordinality t(id, o) join app_public.sops s on s.id = t.id), '[]'),
    'knowledge', coalesce((select jsonb_agg(jsonb_build_object('id', k.id, 'category', k.category, 'topic', k.topic, 'question', k.question, 'answer', left(k.answer, 1000)) order by o)
                             from unnest(v_knowledge) with ordinality t(id, o) join app_public.knowledge_base k on k.id = t.id), '[]'),
    'rejected', coalesce((select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('proposal', q.id, 'kind', q.kind, 'sop_id', q.sop_id, 'added', app_private.lines_of_proposal(q),
                                     'why_rejected', left(app_hidden.mask_personal_data(q.rejection_reason), 500))) order by q.rejected_at desc)
                            from (select * from app_public.improvement_queue r where r.status = 'rejected' and not r.suggested_sop_update ? 'erased'
                                     and (r.pattern_id = v_pattern.id or r.sop_id = v_sop.id or v_sop.id is null and r.sop_id = any (v_neighbours)) order by r.rejected_at desc limit 5) q), '[]'),
    'refused', coalesce((select jsonb_agg(to_jsonb(a.reasons) order by a.id desc)
                           from (select * from app_public.analyses r where r.pattern_id = v_pattern.id and r.status = 'refused' order by r.id desc limit 3) a), '[]'),
    'pending', coalesce((select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('proposal', q.id, 'kind', q.kind, 'sop_id', q.sop_id, 'added', app_private.lines_of_proposal(q))) order by q.id desc)
                           from (select * from app_public.improvement_queue r where r.status = 'pending'
                                    and (r.pattern_id = v_pattern.id or r.sop_id = v_sop.id or v_sop.id is null and r.sop_id = any (v_neighbours)) order by r.id desc limit 5) q), '[]'));
  return jsonb_build_object('pattern_id', v_pattern.id, 'prompt', jsonb_build_object('version_id', v_prompt.id, 'content', v_prompt.content),
    'shared', app_private.analyst_shared(), 'own', v_own, 'failed_response_ids', to_jsonb(v_ids), 'sops', v_sops, 'knowledge_ids', to_jsonb(v_knowledge),
    -- Neighbours come and go with every text that is embedded; where the pattern has an SOP of its own they make no new brief.
    'fingerprint', encode(sha256(convert_to(jsonb_build_array(v_pattern.id, v_ids, case when v_sop.id is null then v_sops else v_sops -> 0 end, v_prompt.id,
      (select jsonb_agg(jsonb_build_array(f.feedback_type, f.user_correction, f.expected_sop_id) order by f.id) from app_public.failed_responses f where f.id = any (v_ids)))::text, 'UTF8')), 'hex'));
end
$$;
comment on function app_private.analyst_brief(integer) is
$$What a model is given of a pattern: {prompt: {version_id, content}, shared (app_private.analyst_shared), own: {pattern, failures, sop, neighbours, knowledge, rejected, refused, pending}, failed_response_ids, sops: [{id, version}], knowledge_ids, fingerprint}. Customers' words are masked. Bounds: the latest 30 failures (question 500 characters, answer given 600, correction 1,000), three neighbours by search, 20 trusted knowledge entries, five rejections and five waiting proposals, three refusals. Null where nothing is open, the SOP is longer than 60,000 characters, or the prompt `analyse` is missing.$$;
