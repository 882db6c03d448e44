-- The shape that rate-limiter-flexible reads and writes; used where several servers share their limits.
create table if not exists app_secret.rate_limits (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);
comment on table app_secret.rate_limits is 'Counters of the rate limits, where RATE_LIMITS=database. key: hashed caller; expire: milliseconds since 1970.';
alter table app_secret.rate_limits enable row level security;
