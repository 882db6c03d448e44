create or replace function app_public.llm_spend(
  out today numeric, out month numeric, out daily_budget numeric, out monthly_budget numeric, out budget_warning double precision, out state text, out unpriced_models text[])
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('admin');
  end if;
  select max(p.spent) filter (where p.period = 'day'), max(p.budget) filter (where p.period = 'day'), max(p.spent) filter (where p.period = 'month'), max(p.budget) filter (where p.period = 'month')
    into today, daily_budget, month, monthly_budget from app_hidden.llm_periods() p;
  select s.budget_warning into budget_warning from app_public.club_settings s;
  state := app_private.llm_budget_state();
  -- A call that failed before a token was counted costs nothing, whatever its model.
  select array_agg(distinct c.model order by c.model) into unpriced_models from app_public.llm_calls c
   where c.created_at >= date_trunc('month', now(), 'UTC') and c.cost is null and c.tokens_in > 0;
end
$$;
comment on function app_public.llm_spend() is
$$What models have cost today and this month (UTC), in US dollars at list prices; the budgets (null: no limit) and from which share of them admins are warned; state: open, warned, or stopped (the local providers answer). unpriced_models: used this month, but without a price in llm_prices, so that no budget counts them; null where there are none.
Errors: CO403 neither admin nor auditor.$$;
