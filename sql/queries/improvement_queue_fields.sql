-- What the list of the queue shows of a proposal: small things, so that a page of it needs neither texts nor dry runs.
create or replace function app_public.improvement_queue_category(improvement app_public.improvement_queue) returns text
language sql immutable parallel safe as $$
  select improvement.suggested_sop_update ->> 'category'
$$;
comment on function app_public.improvement_queue_category(app_public.improvement_queue) is
  E'@behavior -filterBy +condition:proc:filterBy\nOf the SOP or the knowledge that it would change.';

create or replace function app_public.improvement_queue_topic(improvement app_public.improvement_queue) returns text
language sql immutable parallel safe as $$
  select coalesce(improvement.suggested_sop_update ->> 'section', improvement.suggested_sop_update ->> 'topic')
$$;
comment on function app_public.improvement_queue_topic(app_public.improvement_queue) is
  E'@behavior -filterBy\nThe section of the SOP, or the topic of the knowledge, that it would change.';

create or replace function app_public.improvement_queue_fixed(improvement app_public.improvement_queue) returns integer
language sql immutable parallel safe as $$
  select (improvement.dry_run ->> 'fixed')::integer
$$;
comment on function app_public.improvement_queue_fixed(app_public.improvement_queue) is
  E'@behavior -filterBy\nHow many failing questions the latest dry run led to the right place; null without one.';

create or replace function app_public.improvement_queue_broken(improvement app_public.improvement_queue) returns integer
language sql immutable parallel safe as $$
  select (improvement.dry_run ->> 'broken')::integer
$$;
comment on function app_public.improvement_queue_broken(app_public.improvement_queue) is
  E'@behavior -filterBy\nHow many well-answered questions the latest dry run led away from the right place; null without one.';

create or replace function app_public.improvement_queue_decided_at(improvement app_public.improvement_queue) returns timestamptz
language sql immutable parallel safe as $$
  select coalesce(improvement.applied_at, improvement.rejected_at, improvement.superseded_at)
$$;
comment on function app_public.improvement_queue_decided_at(app_public.improvement_queue) is
  E'@behavior -filterBy +proc:orderBy\nWhen it was approved, rejected or superseded; null while it waits.';

create or replace function app_public.improvement_queue_viewers(improvement app_public.improvement_queue) returns integer
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select count(*)::integer from app_private.improvement_viewers v
   where v.improvement_id = improvement.id and v.actor is distinct from app_public.current_actor() and v.seen_at >= clock_timestamp() - interval '45 seconds'
$$;
comment on function app_public.improvement_queue_viewers(app_public.improvement_queue) is
  E'@behavior -filterBy\nHow many others have it open at this moment; lookAtImprovement says who.';

create or replace function app_public.improvement_queue_version_written(improvement app_public.improvement_queue) returns app_public.sop_versions
language sql stable as $$
  -- By its work, where it was approved before that was written down.
  select v from app_public.sop_versions v
   where case when improvement.applied is null then v.improvement_id = improvement.id
              else v.sop_id = (improvement.applied ->> 'sop_id')::integer and v.version = (improvement.applied ->> 'version')::integer end
     and improvement.status = 'approved'
   order by v.version desc limit 1
$$;
comment on function app_public.improvement_queue_version_written(app_public.improvement_queue) is
  E'@behavior -filterBy\nThe version of the SOP that its approval wrote, which may hold other proposals that were approved together with it; null where it wrote none.';
