create or replace function app_public.set_llm_budget(daily numeric, monthly numeric, warning double precision, reason text) returns app_public.club_settings
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_settings app_public.club_settings;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(set_llm_budget.reason));
  if daily < 0 or monthly < 0 or warning <= 0 or warning > 1 then
    raise exception 'Budgets are US dollars, zero or more, and the warning is a share of them above 0 and at most 1.'
      using errcode = 'CO005', hint = 'Such as: select set_llm_budget(5, 100, 0.8, ''why''); null for no limit.';
  end if;
  update app_public.club_settings s
     set daily_budget = set_llm_budget.daily, monthly_budget = set_llm_budget.monthly, budget_warning = coalesce(set_llm_budget.warning, s.budget_warning), updated_at = now()
  returning * into v_settings;
  return v_settings;
end
$$;
comment on function app_public.set_llm_budget(numeric, numeric, double precision, text) is
$$What models may cost in a day and in a month (UTC), in US dollars; null: no limit. Beyond it the local providers answer. warning: from which share (0 to 1) of a budget admins are warned; null leaves it.
Errors: CO001 no actor, CO002 no reason, CO005 a negative budget or a share out of range, CO403 not an admin.$$;
