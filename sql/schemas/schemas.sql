-- app_public is the API, app_hidden what policies and views call, app_private internals, app_secret credentials.
create schema if not exists app_public;
create schema if not exists app_hidden;
create schema if not exists app_private;
create schema if not exists app_secret;

comment on schema app_public is 'The API: what GraphQL exposes and a DBA sees first.';
comment on schema app_hidden is 'Helpers that policies, views and triggers call; not exposed.';
comment on schema app_private is 'Indexes, caches and internals that no person''s role reads directly.';
comment on schema app_secret is 'Hashes of passwords, sessions and tokens, and what checks them: for the server''s own connection, for no role.';

-- A customer's role calls no helper: what it may call runs with the owner's rights.
revoke usage on schema app_hidden from anonymous;
grant usage on schema app_public to anonymous, agent, auditor, worker;
grant usage on schema app_hidden to agent, auditor, worker;
grant usage on schema app_private to auditor, worker;

alter default privileges revoke execute on functions from public;
revoke all on schema public from public;
grant usage on schema public to public;

-- So that a DBA writes `select * from sops`.
do $$
begin
  execute format('alter database %I set search_path = app_public, public', current_database());
  -- By default everybody may make temporary objects, whose names come before ours for what has no search_path of its own.
  execute format('revoke temporary on database %I from public', current_database());
end
$$;
set search_path = app_public, public;
