-- Who has a proposal open: browsers call this every fifteen seconds or so, and again when they are told of viewers.
create or replace function app_private.forget_viewers() returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_left integer;
begin
  for v_left in
    with gone as (
      delete from app_private.improvement_viewers v
       -- Whoever is being looked after at this moment is not gone.
       using (select o.improvement_id, o.actor from app_private.improvement_viewers o where o.seen_at < clock_timestamp() - interval '45 seconds' for update skip locked) o
       where v.improvement_id = o.improvement_id and v.actor = o.actor
      returning v.improvement_id)
    select distinct g.improvement_id from gone g
  loop
    perform pg_notify('clubos_queue', json_build_object('id', v_left, 'event', 'viewers')::text);
  end loop;
end
$$;
comment on function app_private.forget_viewers() is 'Forgets who has not looked for 45 seconds, and tells the others.';

create or replace function app_public.look_at_improvement(id integer) returns table (user_id integer, name text, since timestamptz)
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_actor text;
  v_came boolean;
begin
  perform app_hidden.require_role('agent');
  v_actor := app_hidden.require_actor();
  if not exists (select from app_public.improvement_queue q where q.id = look_at_improvement.id) then
    raise exception 'There is no proposal with id %.', look_at_improvement.id using errcode = 'CO404';
  end if;
  insert into app_private.improvement_viewers as v (improvement_id, actor, since, seen_at)
  select look_at_improvement.id, v_actor, n, n from clock_timestamp() n
  on conflict (improvement_id, actor) do update
     set since = case when v.seen_at < excluded.seen_at - interval '45 seconds' then excluded.seen_at else v.since end, seen_at = excluded.seen_at
  returning v.since = v.seen_at into v_came;
  if v_came then
    perform pg_notify('clubos_queue', json_build_object('id', look_at_improvement.id, 'event', 'viewers')::text);
  end if;
  perform app_private.forget_viewers();
  return query
    select u.id, coalesce(u.name, v.actor), v.since
      from app_private.improvement_viewers v left join app_public.users u on u.email = v.actor and u.is_active
     where v.improvement_id = look_at_improvement.id and v.actor <> v_actor and v.seen_at >= clock_timestamp() - interval '45 seconds'
     order by v.since, v.actor;
end
$$;
comment on function app_public.look_at_improvement(integer) is
$$Says that the caller has a proposal open, and returns the others who have (user_id is null where the actor has no account) and since when. It holds for 45 seconds: call it again every fifteen. Subscribers of the queue are told {event: "viewers"} when somebody comes or leaves.
Errors: CO001 no actor, CO403 not staff, CO404 no such proposal.$$;

create or replace function app_public.look_away(id integer) returns void
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
begin
  perform app_hidden.require_role('agent');
  delete from app_private.improvement_viewers v where v.improvement_id = look_away.id and v.actor = app_hidden.require_actor();
  if found then
    perform pg_notify('clubos_queue', json_build_object('id', look_away.id, 'event', 'viewers')::text);
  end if;
end
$$;
comment on function app_public.look_away(integer) is
$$Says that the caller has closed a proposal. Repeating it is harmless.
Errors: CO001 no actor, CO403 not staff.$$;
