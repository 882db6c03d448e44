create or replace function app_public.start_conversation(site text default null) returns app_public.tickets
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ticket app_public.tickets;
begin
  insert into app_public.tickets (visitor_id, site_id) values (app_public.current_visitor_id(), app_hidden.find_site(start_conversation.site))
  returning * into v_ticket;
  return app_hidden.granted_columns(v_ticket);
end
$$;
comment on function app_public.start_conversation(text) is 'Begins a conversation; give its `conversation` to ask. site: slug of the venue. Errors: CO404 no such site.';

create or replace function app_public.take_over(ticket_id integer) returns app_public.tickets
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ticket app_public.tickets;
  v_actor text;
begin
  perform app_hidden.require_role('agent');
  v_actor := app_hidden.require_actor();
  v_ticket := app_hidden.find_ticket(take_over.ticket_id);
  if app_hidden.assistant_is_silent(v_ticket) and v_ticket.assignee <> v_actor then
    raise exception '% has this conversation already.', v_ticket.assignee
      using errcode = 'CO104', detail = jsonb_build_object('assignee', v_ticket.assignee)::text, hint = 'Ask them to hand it back.';
  end if;
  update app_public.tickets t
     set status = 'taken', assignee = v_actor, resolution = null, resolved_at = null, resolved_by = null, updated_at = now(),
         silent_until = clock_timestamp() + make_interval(mins => s.takeover_minutes)
    from app_public.club_settings s
   where t.id = v_ticket.id returning t.* into v_ticket;
  insert into app_public.messages (ticket_id, author_kind, author, body) values (v_ticket.id, 'system', v_actor, v_actor || ' took over');
  return v_ticket;
end
$$;
comment on function app_public.take_over(integer) is
$$Takes a conversation over: from now on the assistant is silent in it, also with an answer that is on its way, until hand_back or club_settings.takeover_minutes pass.
Errors: CO001 no actor, CO104 somebody else has it, CO403 not an agent, CO404 no such ticket.$$;

create or replace function app_public.hand_back(ticket_id integer) returns app_public.tickets
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ticket app_public.tickets;
  v_actor text;
begin
  perform app_hidden.require_role('agent');
  v_actor := app_hidden.require_actor();
  v_ticket := app_hidden.find_ticket(hand_back.ticket_id);
  if v_ticket.status <> 'taken' then
    return v_ticket;
  end if;
  update app_public.tickets t set status = 'open', assignee = null, silent_until = null, updated_at = now() where t.id = v_ticket.id returning t.* into v_ticket;
  insert into app_public.messages (ticket_id, author_kind, author, body) values (v_ticket.id, 'system', v_actor, v_actor || ' handed back to the assistant');
  return v_ticket;
end
$$;
comment on function app_public.hand_back(integer) is 'Gives a conversation back to the assistant. Errors: CO001 no actor, CO403 not an agent, CO404 no such ticket.';

drop function if exists app_public.reply(integer, text);
create or replace function app_public.reply(ticket_id integer, body text, response_id bigint default null) returns app_public.messages
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ticket app_public.tickets;
  v_message app_public.messages;
begin
  perform app_hidden.require_role('agent');
  if coalesce(btrim(reply.body), '') = '' then
    raise exception 'An empty message is not sent.' using errcode = 'CO005';
  elsif octet_length(reply.body) > 65536 then
    raise exception 'The message is too long: 64 kB is the most.' using errcode = 'CO006';
  end if;
  v_ticket := app_hidden.find_ticket(reply.ticket_id);
  if reply.response_id is not null
     and not exists (select from app_public.responses r where r.id = reply.response_id and r.ticket_id = v_ticket.id and r.outcome = 'drafted') then
    raise exception 'There is no draft with id % in this conversation.', reply.response_id using errcode = 'CO404', hint = 'draft_reply(ticket_id) makes one; or leave response_id out.';
  end if;
  if v_ticket.status <> 'taken' or not app_hidden.assistant_is_silent(v_ticket) or v_ticket.assignee <> app_hidden.require_actor() then
    v_ticket := app_public.take_over(v_ticket.id); -- who replies has taken over
  end if;
  insert into app_public.messages (ticket_id, author_kind, author, body, response_id)
  values (v_ticket.id, 'staff', app_hidden.require_actor(), reply.body, reply.response_id) returning * into v_message;
  update app_public.tickets t set updated_at = now() where t.id = v_ticket.id;
  return v_message;
end
$$;
comment on function app_public.reply(integer, text, bigint) is
$$Answers a customer as a person; takes the conversation over first, if need be. response_id: the draft that the message was written from (draft_reply); colleagues see it with its sources.
Errors: CO001 no actor, CO005 empty, CO006 too long, CO104 somebody else has it, CO403 not an agent, CO404 no such ticket or draft.$$;

create or replace function app_public.resolve_ticket(ticket_id integer, resolution text default null, correction text default null,
  expected_sop_id integer default null, expected_category text default null, expected_topic text default null) returns app_public.tickets
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_ticket app_public.tickets;
  v_actor text;
  v_response_id bigint;
begin
  perform app_hidden.require_role('agent');
  v_actor := app_hidden.require_actor();
  select max(r.id) into v_response_id from app_public.responses r where r.ticket_id = resolve_ticket.ticket_id and r.outcome in ('answered', 'handed_over');
  if coalesce(nullif(btrim(correction), ''), expected_sop_id::text, expected_category, expected_topic) is not null then
    if v_response_id is null then
      raise exception 'Nothing was answered in this conversation that could be corrected.' using errcode = 'CO005', hint = 'Leave out the correction, or write the entry itself.';
    end if;
    -- The response is locked before the ticket, as everywhere.
    perform app_public.mark_unhelpful(v_response_id, (select case r.outcome when 'answered' then 'wrong' else 'incomplete' end from app_public.responses r where r.id = v_response_id),
      correction, expected_sop_id, expected_category, expected_topic);
  end if;
  v_ticket := app_hidden.find_ticket(resolve_ticket.ticket_id);
  if v_ticket.status = 'resolved' then
    return v_ticket;
  end if;
  update app_public.tickets t
     set status = 'resolved', resolution = resolve_ticket.resolution, resolved_by = v_actor, resolved_at = now(), silent_until = null, updated_at = now()
   where t.id = v_ticket.id returning t.* into v_ticket;
  insert into app_public.messages (ticket_id, author_kind, author, body) values (v_ticket.id, 'system', v_actor, v_actor || ' resolved this');
  return v_ticket;
end
$$;
comment on function app_public.resolve_ticket(integer, text, text, integer, text, text) is
$$Closes a conversation. correction: what the assistant should have said; with expected_… (what should have answered) it feeds learning.
Errors: CO001 no actor, CO005 nothing to correct, CO403 not an agent, CO404 no such ticket or SOP.$$;

create or replace function app_public.set_assistant_enabled(enabled boolean, reason text) returns app_public.club_settings
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_settings app_public.club_settings;
begin
  perform app_hidden.require_role('agent');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(set_assistant_enabled.reason));
  update app_public.club_settings s set assistant_enabled = enabled, updated_at = now() returning * into v_settings;
  -- Every open page shows it at once. No ticket has the id 0.
  perform pg_notify('clubos_tickets', json_build_object('id', 0, 'event', 'assistant')::text);
  return v_settings;
end
$$;
comment on function app_public.set_assistant_enabled(boolean, text) is
$$The kill switch: false stops all automatic answers at once; every question then waits for a person. Whoever is on duty may pull it.
Errors: CO001 no actor, CO002 no reason, CO403 not an agent.$$;
