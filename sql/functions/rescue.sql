-- An answer that never came: the process died between hearing the customer and writing down an answer, or hung.
create or replace function app_private.rescue_tickets(after interval default '2 minutes', most integer default 100) returns setof integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.visitor_id = '' as $$
declare
  v_ticket app_public.tickets;
  v_last app_public.messages;
begin
  for v_ticket in
    select * from app_public.tickets t where t.awaiting_since < clock_timestamp() - rescue_tickets.after order by t.awaiting_since limit most for no key update skip locked
  loop
    select * into v_last from app_public.messages m where m.ticket_id = v_ticket.id order by m.id desc limit 1;
    if v_ticket.status = 'resolved' or v_ticket.erased_at is not null or app_hidden.assistant_is_silent(v_ticket) or v_last.author_kind is distinct from 'customer' then
      -- A person has it, or somebody spoke since: nobody waits for the assistant.
      update app_public.tickets t set awaiting_since = null where t.id = v_ticket.id;
    else
      -- The customer whose conversation it is may read the answer and rate it, as any other.
      perform set_config('clubos.visitor_id', coalesce(v_ticket.visitor_id::text, ''), true);
      perform app_public.record_response(v_last.body, app_hidden.said('unfinished'), 'handed_over', 'local-extractive',
        conversation => v_ticket.conversation, reason => format('no answer came since %s UTC: the server stopped, or a model hung', to_char(v_ticket.awaiting_since at time zone 'UTC', 'HH24:MI')),
        category => v_ticket.category);
      return next v_ticket.id;
    end if;
  end loop;
end
$$;
comment on function app_private.rescue_tickets(interval, integer) is
$$Hands over to a person what the assistant should have answered and did not: conversations whose last word has been a customer's for longer than `after`, with nobody at it. The customer is told, the ticket waits and says why. Once each, at most so many at a time; never where a person has it. Returns the tickets.
Errors: CO403 not a worker.$$;
