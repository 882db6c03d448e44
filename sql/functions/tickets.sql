create or replace function app_hidden.find_ticket(ticket_id integer) returns app_public.tickets
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ticket app_public.tickets;
begin
  select * into v_ticket from app_public.tickets t where t.id = find_ticket.ticket_id for no key update;
  if v_ticket.id is null then
    raise exception 'There is no ticket with id %.', find_ticket.ticket_id using errcode = 'CO404';
  end if;
  return v_ticket;
end
$$;
comment on function app_hidden.find_ticket(integer) is 'The ticket, locked, or CO404.';

create or replace function app_hidden.find_conversation(conversation uuid) returns app_public.tickets
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ticket app_public.tickets;
begin
  select * into v_ticket from app_public.tickets t where t.conversation = find_conversation.conversation for no key update;
  if v_ticket.id is null
     or v_ticket.visitor_id <> app_public.current_visitor_id()
     or (v_ticket.visitor_id is not null and app_public.current_visitor_id() is null and app_public.current_actor() is null) then
    raise exception 'There is no such conversation.' using errcode = 'CO404', hint = 'Begin one with start_conversation.';
  end if;
  return v_ticket;
end
$$;
comment on function app_hidden.find_conversation(uuid) is 'The conversation, locked; CO404 where it is not there or another customer''s.';

create or replace function app_hidden.find_site(site text) returns integer
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_id integer;
begin
  if nullif(btrim(find_site.site), '') is null then
    return null;
  end if;
  select s.id into v_id from app_public.sites s where s.slug = lower(btrim(find_site.site));
  if v_id is null then
    raise exception 'There is no site "%".', find_site.site
      using errcode = 'CO404', hint = coalesce('Sites: ' || (select string_agg(slug, ', ' order by slug) from app_public.sites), 'The club has no sites yet.');
  end if;
  return v_id;
end
$$;
comment on function app_hidden.find_site(text) is 'Id of a site by its slug; null for none; CO404 for an unknown one.';

-- Whether the assistant may speak here and now. The caller holds the ticket's lock, so that the answer to this
-- question and what is done with it are one.
create or replace function app_hidden.assistant_is_silent(ticket app_public.tickets) returns boolean language sql stable as $$
  select ticket.status = 'taken' and ticket.silent_until > clock_timestamp()
$$;
comment on function app_hidden.assistant_is_silent(app_public.tickets) is 'Whether a person has taken the conversation over.';
