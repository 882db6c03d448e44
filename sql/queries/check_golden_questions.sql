create or replace function app_public.check_golden_questions() returns setof app_public.golden_result
language sql stable security definer set search_path = app_public, public, pg_temp set jit = off rows 100 as $$
  select * from app_private.golden_results()
$$;
comment on function app_public.check_golden_questions() is
$$Asks every golden question through search_knowledge, at its site and with its vector, and decides as an answer would: below club_settings.confidence_threshold a person answers. It passes if what it expects comes first with enough confidence, or, where it must be handed over, if it would be. The failed ones first. Nothing is kept: run_golden_check keeps its result.$$;

create or replace function app_public.golden_checks_is_stale(golden_check app_public.golden_checks) returns boolean
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select golden_check.state is distinct from app_private.golden_state()
$$;
comment on function app_public.golden_checks_is_stale(app_public.golden_checks) is 'Whether golden questions, SOPs, knowledge or settings have changed since.';
