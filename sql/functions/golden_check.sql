create or replace function app_private.voted_category(question text, question_embedding vector, site text) returns text
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select v.category
    from (select r.category, exp((r.score - max(r.score) filter (where r.rank = 1) over ()) / 0.1) as vote
            from app_public.search_knowledge(voted_category.question, question_embedding, null, voted_category.site, 10) r) v
   group by v.category order by sum(v.vote) desc, v.category limit 1
$$;
comment on function app_private.voted_category(text, vector, text) is 'Where the local router of begin_answer sends a question: the category for which its nearest sources vote.';

-- Every golden question through the one door to knowledge, decided upon as begin_answer decides without a model: an
-- emergency, by the rules or by its sources, is answered from its SOP; below the club's threshold a person answers.
create or replace function app_private.golden_results() returns setof app_public.golden_result
language sql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
  with asked as materialized (
    select g.*, t.slug as site, c.embedding, app_hidden.emergency_section(g.question) as emergency, s.confidence_threshold as threshold
      from app_private.golden_targets() g
     cross join app_public.club_settings s
      left join app_public.sites t on t.id = g.site_id
      left join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(g.question) and c.model = s.embedding_model
  ), found as materialized (
    select a.*, f.target, f.category, f.confidence,
           case when a.emergency is not null then 'emergency' when f.target is null or f.confidence < a.threshold or f.category = 'hand_over' then 'handed_over'
                when f.category = 'emergency' and app_private.voted_category(a.question, a.embedding, a.site) = 'emergency' then 'emergency' else 'answered' end as outcome
      from asked a
      left join lateral (
        select r.category, app_hidden.target_of(r.sop_id, r.category, r.topic) as target, case when a.emergency is null then r.confidence else 1 end as confidence
          from app_public.search_knowledge(a.question, a.embedding, case when a.emergency is not null then 'emergency' end, a.site, case when a.emergency is null then 1 else 10 end) r
         order by coalesce(r.topic = a.emergency, false) desc, r.rank limit 1) f on true
  ), judged as (
    select f.*,
           case when f.expected = 'hand_over' then case f.outcome when 'handed_over' then 'passed' else f.outcome end
                when (f.outcome <> 'handed_over' or f.category = 'hand_over') and f.target = f.expected then 'passed'
                when f.expected like 'sop:%' and exists (select from app_public.sops s where s.id = substr(f.expected, 5)::integer and s.archived_at is not null)
                  or f.expected like 'topic:%' and not exists (select from app_private.search_units u where u.target = f.expected and u.kind = 'knowledge') then 'gone'
                when f.outcome = 'emergency' then 'emergency'
                when f.target is null then 'nothing_found'
                when f.target <> f.expected and f.category = 'hand_over' and f.confidence >= f.threshold then 'for_a_person'
                when f.target <> f.expected then 'other_source'
                else 'unsure' end as verdict
      from found f
  )
  select j.golden_question_id, j.question, j.site, j.expected, case when j.expected <> 'hand_over' then app_private.target_title(j.expected) end, j.outcome,
         j.target, app_private.target_title(j.target), j.confidence, j.embedding is not null, j.verdict = 'passed', j.verdict,
         case j.verdict
           when 'gone' then 'What is expected is archived or deleted.'
           when 'emergency' then case when j.emergency is not null then format('The rule for "%s" makes it an emergency.', j.emergency) else 'What is found makes it an emergency.' end
           when 'nothing_found' then 'Nothing is found, so a person answers.'
           when 'unsure' then format('It is found, with confidence %s below %s: a person answers.', round(j.confidence::numeric, 2), j.threshold)
           when 'for_a_person' then 'What is first is for a person to answer.'
           when 'other_source' then case j.outcome when 'handed_over' then format('Something else is first, with confidence %s below %s: a person answers.', round(j.confidence::numeric, 2), j.threshold)
                                                   else 'Something else is first, and answers.' end
           when 'answered' then format('It is answered, with confidence %s.', round(j.confidence::numeric, 2)) end
    from judged j
   order by (j.verdict = 'passed'), j.golden_question_id
$$;
comment on function app_private.golden_results() is 'Asks all golden questions, as search_knowledge and begin_answer would answer them now; the failed ones first. It writes nothing.';

create or replace function app_private.golden_state() returns jsonb
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select jsonb_build_object('revision', app_private.golden_revision(), 'sop_version_id', (select max(v.id) from app_public.sop_versions v), 'unit_id', (select max(u.id) from app_private.search_units u),
           'embedding_model', s.embedding_model, 'confidence_threshold', s.confidence_threshold)
    from app_public.club_settings s
$$;
comment on function app_private.golden_state() is 'What a check of the golden questions rests on, as golden_checks.state keeps it. An entry that is deleted outright does not show in it.';

-- The gate. Two approvals at once could each pass and break a question together; so while it is on, they take turns.
create or replace function app_private.golden_passing() returns integer[]
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  if not (select s.golden_gate from app_public.club_settings s) then
    return null;
  end if;
  perform pg_advisory_xact_lock(hashtextextended('clubos.golden_gate', 0));
  return array(select r.golden_question_id from app_private.golden_results() r where r.passed);
end
$$;
comment on function app_private.golden_passing() is 'The golden questions that pass now, if club_settings.golden_gate is on; null where it is off.';

create or replace function app_private.require_golden(passing integer[], improvement_id integer) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_broken jsonb;
begin
  if coalesce(cardinality(passing), 0) = 0 then
    return;
  end if;
  select jsonb_agg(to_jsonb(r) order by r.golden_question_id) into v_broken from app_private.golden_results() r where not r.passed and r.golden_question_id = any (passing);
  if v_broken is not null then
    raise exception 'Approving proposal % would break %: %.', improvement_id,
        case jsonb_array_length(v_broken) when 1 then 'a golden question' else jsonb_array_length(v_broken) || ' golden questions' end,
        (select string_agg(format('"%s" (expected: %s; found: %s)', left(b ->> 'question', 120), coalesce(b ->> 'expected_title', 'a person'),
                  case when b ->> 'outcome' = 'handed_over' then 'a person' else coalesce(b ->> 'found_title', 'nothing') end), ', ' order by o)
           from jsonb_array_elements(v_broken) with ordinality t(b, o) where o <= 3) || case when jsonb_array_length(v_broken) > 3 then ', …' else '' end
      using errcode = 'CO160', detail = jsonb_build_object('improvement_id', improvement_id, 'questions', v_broken)::text,
            hint = 'Edit the proposal, or correct the golden question where it is that which is wrong. An admin may switch the gate off: set_golden_gate(false, ''why'').';
  end if;
end
$$;
comment on function app_private.require_golden(integer[], integer) is
  'Refuses (CO160) what an approval has just applied, if one of these golden questions fails with it. passing: as golden_passing gave it before; null: no gate. Detail: {improvement_id, questions: [golden_result]}.';
