-- A definer function returns its row past the column grants: what it gives to a customer goes through here.
create or replace function app_hidden.granted_columns(response app_public.responses) returns app_public.responses
language sql stable set search_path = app_public, public, pg_temp as $$
  select jsonb_populate_record(null::app_public.responses, coalesce(jsonb_object_agg(c.key, c.value), '{}'))
    from jsonb_each(to_jsonb(response)) c
   where has_column_privilege(app_hidden.acting_role(), 'app_public.responses', c.key, 'select')
$$;
comment on function app_hidden.granted_columns(app_public.responses) is 'The response with null for every column that the acting role may not read.';

create or replace function app_hidden.granted_columns(ticket app_public.tickets) returns app_public.tickets
language sql stable set search_path = app_public, public, pg_temp as $$
  select jsonb_populate_record(null::app_public.tickets, coalesce(jsonb_object_agg(c.key, c.value), '{}'))
    from jsonb_each(to_jsonb(ticket)) c
   where has_column_privilege(app_hidden.acting_role(), 'app_public.tickets', c.key, 'select')
$$;
comment on function app_hidden.granted_columns(app_public.tickets) is 'The ticket with null for every column that the acting role may not read.';
