create or replace function app_hidden.set_reason(reason text) returns void language sql volatile as $$
  select set_config('clubos.reason', reason, true)
$$;
comment on function app_hidden.set_reason(text) is 'Says why, for the triggers, until the calling function ends: it must declare `set clubos.reason = ''''`.';

create or replace function app_hidden.find_sop(sop_id integer, for_update boolean default false) returns app_public.sops language plpgsql volatile as $$
declare
  v_sop app_public.sops;
begin
  if for_update then
    select * into v_sop from app_public.sops s where s.id = find_sop.sop_id for no key update;
  else
    select * into v_sop from app_public.sops s where s.id = find_sop.sop_id;
  end if;
  if v_sop.id is null then
    raise exception 'There is no SOP with id %.', find_sop.sop_id using errcode = 'CO404', hint = 'select id, category, section from sops;';
  end if;
  return v_sop;
end
$$;
comment on function app_hidden.find_sop(integer, boolean) is 'The SOP (locked, if asked), or CO404.';
