create or replace function app_public.propose_improvement(kind text, suggestion jsonb, failed_response_ids integer[] default '{}', pattern_id integer default null,
  base_version integer default null, proposed_by text default null, impact double precision default null) returns app_public.improvement_queue
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_sop app_public.sops;
  v_suggestion jsonb := suggestion;
  -- Kinds that name entries by their ids check and complete what they are given.
  v_completed boolean := to_regprocedure(format('app_private.complete_suggestion__%s(jsonb)', case when propose_improvement.kind ~ '^[a-z_]+$' then propose_improvement.kind end)) is not null;
  v_improvement app_public.improvement_queue;
begin
  if not app_hidden.has_role('worker') then
    perform app_hidden.require_role('agent');
  end if;
  if coalesce(kind, '') !~ '^[a-z_]+$' or to_regprocedure(format('app_private.apply_improvement__%s(app_public.improvement_queue)', kind)) is null then
    raise exception 'There is no kind of proposal "%".', kind using errcode = 'CO005', hint = 'sop_edit, sop_new, knowledge_entry, knowledge_correction, knowledge_merge, knowledge_retire or routing_hint';
  elsif jsonb_typeof(suggestion) is distinct from 'object' then
    raise exception 'The suggestion must be a JSON object.' using errcode = 'CO005';
  elsif kind in ('sop_edit', 'sop_new') and coalesce(btrim(suggestion ->> 'new_content'), '') = '' then
    raise exception 'A proposal for an SOP needs new_content.' using errcode = 'CO005';
  elsif kind = 'sop_new' and coalesce(btrim(suggestion ->> 'category'), '') = '' or kind = 'sop_new' and coalesce(btrim(suggestion ->> 'section'), '') = '' then
    raise exception 'A proposal for a new SOP needs category and section.' using errcode = 'CO005';
  elsif kind not in ('sop_edit', 'sop_new') and not v_completed and (coalesce(btrim(suggestion ->> 'category'), '') = '' or coalesce(btrim(suggestion ->> 'topic'), '') = ''
      or jsonb_typeof(suggestion -> 'entries') is distinct from 'array' or jsonb_array_length(suggestion -> 'entries') = 0) then
    raise exception 'A proposal for knowledge needs category, topic and entries, [{question, answer}].' using errcode = 'CO005';
  elsif kind not in ('sop_edit', 'sop_new') and not v_completed and exists (select from jsonb_array_elements(suggestion -> 'entries') e
      where coalesce(btrim(e ->> 'question'), '') = '' or coalesce(btrim(e ->> 'answer'), '') = '') then
    raise exception 'Each entry needs a question and an answer.' using errcode = 'CO005';
  end if;
  if greatest(length(suggestion ->> 'category'), 0) > 100 or length(suggestion ->> 'section') > 200 or length(suggestion ->> 'topic') > 200 then
    raise exception 'A category has at most 100 characters, a section or topic 200.' using errcode = 'CO005';
  elsif jsonb_typeof(suggestion -> 'sop_id') not in ('number', 'null') or (suggestion ->> 'sop_id')::numeric not between -2147483648 and 2147483647 then
    raise exception 'sop_id is the number of an SOP.' using errcode = 'CO005';
  end if;
  if v_completed then
    execute format('select app_private.%I($1)', 'complete_suggestion__' || kind) into v_suggestion using suggestion;
  elsif kind = 'sop_edit' then
    v_sop := app_hidden.find_sop((suggestion ->> 'sop_id')::integer);
    v_suggestion := v_suggestion || jsonb_build_object('category', v_sop.category, 'section', v_sop.section);
    if v_sop.content = suggestion ->> 'new_content' then
      raise exception 'The proposal changes nothing.' using errcode = 'CO106';
    end if;
  end if;

  insert into app_public.improvement_queue as q (failed_response_id, suggested_sop_update, kind, sop_id, base_version, pattern_id, proposed_by, impact, fingerprint)
  values ((select min(i) from unnest(failed_response_ids) i), v_suggestion, propose_improvement.kind, case when propose_improvement.kind = 'sop_edit' then v_sop.id end,
      case when propose_improvement.kind = 'sop_edit' then coalesce(propose_improvement.base_version, v_sop.version) end, propose_improvement.pattern_id,
      -- Only the worker speaks for others: for its analysts.
      coalesce(case when app_hidden.has_role('worker') then propose_improvement.proposed_by end, app_public.current_actor(), session_user),
      coalesce(propose_improvement.impact, cardinality(failed_response_ids)), '\x')
  -- A twin that waits or was turned down takes the new evidence; it does not come back.
  on conflict (fingerprint) where status in ('pending', 'rejected') do update set impact = greatest(q.impact, excluded.impact)
  returning * into v_improvement;
  insert into app_public.improvement_evidence (improvement_id, failed_response_id)
  select v_improvement.id, f.id from app_public.failed_responses f where f.id = any (failed_response_ids) order by f.id
  on conflict do nothing;
  update app_public.failure_patterns p set status = 'proposed', updated_at = now() where p.id = propose_improvement.pattern_id and p.status = 'open' and v_improvement.status = 'pending';
  return v_improvement;
end
$$;
comment on function app_public.propose_improvement(text, jsonb, integer[], integer, integer, text, double precision) is
$$Puts a change into the review queue. kind: sop_edit {sop_id, new_content, reasoning}, sop_new {category, section, new_content, reasoning}; knowledge_entry, knowledge_correction or routing_hint {category, topic, sop_id?, entries: [{question, answer}], reasoning}; knowledge_merge {keep_id, duplicate_ids, reasoning}; knowledge_retire {knowledge_ids, reasoning}. failed_response_ids: the evidence. proposed_by: the analyst's name, taken from the worker only. base_version: the SOP version it was drafted against. A twin of a waiting or rejected proposal is not added: that one is returned, with the evidence added.
Errors: CO005 incomplete, CO106 changes nothing, CO403 not staff, CO404 no such SOP or knowledge entry.$$;
