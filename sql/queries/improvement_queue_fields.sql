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

create or replace function app_public.improvement_queue_dry_run_stale_because(improvement app_public.improvement_queue) returns text
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select case when improvement.dry_run is null or improvement.status <> 'pending' then null
              when not improvement.dry_run ? 'golden_revision' then 'older_kind'
              when improvement.sop_id is not null and (select s.version from app_public.sops s where s.id = improvement.sop_id) <> (improvement.dry_run ->> 'base_version')::integer then 'sop_moved_on'
              when (improvement.dry_run ->> 'golden_revision')::bigint <> app_private.golden_revision() then 'golden_questions_changed'
              when improvement.dry_run ->> 'embedding_model' <> (select s.embedding_model from app_public.club_settings s) then 'embedding_model_changed'
              when exists (select from app_public.improvement_queue q where q.status = 'approved' and q.applied_at > (improvement.dry_run ->> 'at')::timestamptz
                     and coalesce(q.sop_id, (q.suggested_sop_update ->> 'sop_id')::integer, 0) = coalesce(improvement.sop_id, (improvement.suggested_sop_update ->> 'sop_id')::integer, 0)
                     and q.suggested_sop_update ->> 'category' is not distinct from improvement.suggested_sop_update ->> 'category'
                     and q.suggested_sop_update ->> 'topic' is not distinct from improvement.suggested_sop_update ->> 'topic') then 'other_approved'
         end
$$;
comment on function app_public.improvement_queue_dry_run_stale_because(app_public.improvement_queue) is
$$@behavior -filterBy
Why the latest dry run no longer says what approving would do: sop_moved_on, golden_questions_changed, embedding_model_changed, other_approved (one that changed the same SOP or topic), older_kind (made by an earlier version of ClubOS); null where it still does, or there is none. preview_improvement makes it anew.$$;

create or replace function app_public.improvement_queue_dry_run_stale(improvement app_public.improvement_queue) returns boolean
language sql stable set search_path = app_public, public, pg_temp as $$
  select case when improvement.dry_run is not null and improvement.status = 'pending' then app_public.improvement_queue_dry_run_stale_because(improvement) is not null end
$$;
comment on function app_public.improvement_queue_dry_run_stale(app_public.improvement_queue) is
$$@behavior -filterBy
Whether the latest dry run should be made anew before it is believed; null without one, or where it was decided.$$;

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
