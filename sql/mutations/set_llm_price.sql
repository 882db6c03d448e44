create or replace function app_public.set_llm_price(model text, valid_from date, input_price numeric, output_price numeric, cached_input numeric default null, cache_write numeric default null,
  batch_factor numeric default 1, reason text default null) returns app_public.llm_prices
language plpgsql volatile set clubos.reason = '' as $$
declare
  v_price app_public.llm_prices;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(set_llm_price.reason));
  if coalesce(btrim(set_llm_price.model), '') = '' or set_llm_price.valid_from is null or input_price is null or output_price is null then
    raise exception 'A price needs a model, the day it holds from, and what input and output cost.'
      using errcode = 'CO005', hint = 'Such as: select set_llm_price(''gpt-4o'', ''2026-11-01'', 2.5, 10, reason => ''why''); US dollars for a million tokens.';
  elsif least(input_price, output_price, cached_input, cache_write) < 0 or set_llm_price.batch_factor <= 0 or set_llm_price.batch_factor > 1 then
    raise exception 'Prices are zero or more, and what a batch costs is a share of them above 0 and at most 1.' using errcode = 'CO005';
  end if;
  insert into app_public.llm_prices as p (model, valid_from, input, cached_input, cache_write, output, batch_factor)
  values (btrim(set_llm_price.model), set_llm_price.valid_from, input_price, set_llm_price.cached_input, set_llm_price.cache_write, output_price, coalesce(set_llm_price.batch_factor, 1))
  on conflict on constraint llm_prices_model_valid_from_key do update
     set input = excluded.input, cached_input = excluded.cached_input, cache_write = excluded.cache_write, output = excluded.output, batch_factor = excluded.batch_factor
  returning * into v_price;
  return v_price;
end
$$;
comment on function app_public.set_llm_price(text, date, numeric, numeric, numeric, numeric, numeric, text) is
$$Writes what a model costs from a day on, in US dollars for a million tokens: calls from now on are counted with it, those in the ledger stay as they are. cached_input and cache_write: null as input. batch_factor: share (0 to 1) that a batch costs. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO005 incomplete or out of range, CO403 not an admin.$$;

create or replace function app_public.remove_llm_price(price_id integer, reason text) returns app_public.llm_prices
language plpgsql volatile set clubos.reason = '' as $$
declare
  v_price app_public.llm_prices;
begin
  perform app_hidden.require_role('admin');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(remove_llm_price.reason));
  delete from app_public.llm_prices p where p.id = remove_llm_price.price_id returning * into v_price;
  if v_price.id is null then
    raise exception 'There is no price with id %.', remove_llm_price.price_id using errcode = 'CO404', hint = 'select id, model, valid_from from llm_prices;';
  end if;
  return v_price;
end
$$;
comment on function app_public.remove_llm_price(integer, text) is
$$Takes a price out of the table; what it was counted with stays counted. Without any, a model's calls cost nothing that is known.
Errors: CO001 no actor, CO002 no reason, CO403 not an admin, CO404 no such price.$$;
