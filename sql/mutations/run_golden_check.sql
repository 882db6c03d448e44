create or replace function app_public.run_golden_check() returns app_public.golden_checks
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_check app_public.golden_checks;
  v_begun timestamptz := clock_timestamp();
  v_actor text;
begin
  if not app_hidden.has_role('worker') then
    perform app_hidden.require_role('agent');
  end if;
  v_actor := app_hidden.require_actor();
  -- Its results hold the questions' words.
  perform app_private.take_turns_with_erasure();
  if not exists (select from app_public.golden_questions) then
    raise exception 'There are no golden questions yet.'
      using errcode = 'CO404', hint = 'Make one of a helpful answer: select golden_from_response(response_id); or write one: select save_golden_question(question, expected_sop_id => …).';
  end if;
  insert into app_public.golden_checks (checked_at, checked_by, passed, failed, took_ms, results, state)
  select v_begun, v_actor, count(*) filter (where r.passed), count(*) filter (where not r.passed),
         (extract(epoch from clock_timestamp() - v_begun) * 1000)::integer,
         jsonb_agg(to_jsonb(r) order by r.passed, r.golden_question_id), app_private.golden_state()
    from app_private.golden_results() r
  returning * into v_check;
  delete from app_public.golden_checks c where c.id in (select o.id from app_public.golden_checks o order by o.id desc offset 100);
  return v_check;
end
$$;
comment on function app_public.run_golden_check() is
$$Asks every golden question (see check_golden_questions) and keeps the result, with who asked and when; the last hundred are kept.
Errors: CO001 no actor, CO403 not staff, CO404 there are no golden questions.$$;

create or replace function app_public.set_golden_gate(enabled boolean, reason text) returns app_public.club_settings
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_settings app_public.club_settings;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(set_golden_gate.reason));
  if enabled is null then
    raise exception 'Say whether the gate is on.' using errcode = 'CO005', hint = 'select set_golden_gate(true, ''why'');';
  end if;
  update app_public.club_settings s set golden_gate = enabled, updated_at = now() where s.golden_gate <> enabled;
  select * into v_settings from app_public.club_settings;
  return v_settings;
end
$$;
comment on function app_public.set_golden_gate(boolean, text) is
$$The gate: while it is on, approving a proposal is refused (CO160) if a golden question that passes would fail with it. Nobody passes it by; only an admin switches it off.
Errors: CO001 no actor, CO002 no reason, CO005 on or off was not said, CO403 not an admin.$$;
