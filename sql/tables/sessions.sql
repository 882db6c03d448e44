-- What proves who somebody is lies in app_secret, where no role reaches; here is what people may see of it.
create table if not exists app_public.sessions (
  id uuid primary key default gen_random_uuid(),
  user_id integer not null references app_public.users (id) on delete cascade,
  address text,
  user_agent text,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  constraint sessions_expire_after_they_begin check (expires_at > created_at)
);
create index if not exists sessions_user_id on app_public.sessions (user_id, last_seen_at desc);
create index if not exists sessions_expires_at on app_public.sessions (expires_at);
comment on table app_public.sessions is 'Logins of staff: from where, until when. Each sees their own; admins and auditors see all.';
comment on column app_public.sessions.address is 'Network address of the login.';
comment on column app_public.sessions.last_seen_at is 'Last use, to the minute.';
comment on column app_public.sessions.expires_at is 'End whatever happens; an unused session ends sooner (app_secret.identify_session).';
alter table app_public.sessions enable row level security;

create table if not exists app_secret.session_keys (
  token_hash bytea primary key,
  session_id uuid not null unique references app_public.sessions (id) on delete cascade
);
comment on table app_secret.session_keys is 'SHA-256 of the random token in a session''s cookie.';
alter table app_secret.session_keys enable row level security;

create table if not exists app_secret.passwords (
  user_id integer primary key references app_public.users (id) on delete cascade,
  hash text not null,
  changed_at timestamptz not null default now(),
  constraint passwords_hash_is_argon2id check (hash like '$argon2id$%')
);
comment on table app_secret.passwords is 'Argon2id hashes of passwords, in the PHC string format.';
alter table app_secret.passwords enable row level security;

create table if not exists app_secret.one_time_links (
  token_hash bytea primary key,
  purpose text not null,
  user_id integer references app_public.users (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint one_time_links_purpose_is_known check (purpose in ('invitation', 'password_reset', 'first_admin')),
  constraint one_time_links_belong_to_somebody check ((purpose = 'first_admin') = (user_id is null))
);
create index if not exists one_time_links_user_id on app_secret.one_time_links (user_id);
comment on table app_secret.one_time_links is 'SHA-256 of tokens that let somebody choose a password, once.';
alter table app_secret.one_time_links enable row level security;
