-- One handler per kind, found by its name: retain__<kind>(before) does one batch of what is older, and says how many
-- rows it did; none means that it is done. It waits for nobody: what is in use is left to the next run.
create or replace function app_private.retain__conversations(before timestamptz) returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_tickets integer[];
  v_responses bigint[];
  v_failures integer[];
  v_counts jsonb;
  v_action bigint;
begin
  select coalesce(array_agg(t.id), '{}') into v_tickets from (
    select t.id from app_public.tickets t
     where t.erased_at is null and t.status = 'resolved' and t.updated_at < before and t.resolved_at < before order by t.updated_at limit 100) t;
  select coalesce(array_agg(r.id), '{}') into v_responses from (
    select r.id from app_public.responses r
     where r.ticket_id = any (v_tickets) and r.erased_at is null order by r.id for no key update skip locked) r;
  -- One of them is being rated: not now.
  select coalesce(array_agg(t.id), '{}') into v_tickets from (
    select t.id from app_public.tickets t
     where t.id = any (v_tickets) and t.status = 'resolved' and t.erased_at is null
       and not exists (select from app_public.responses r where r.ticket_id = t.id and r.erased_at is null and r.id <> all (v_responses))
     order by t.id for no key update skip locked) t;
  select coalesce(array_agg(r.id), '{}') into v_responses from (
    select r.id from app_public.responses r
     where r.erased_at is null and r.ticket_id is null and r.created_at < before order by r.created_at limit 500 for no key update skip locked) r;
  select coalesce(array_agg(f.id), '{}') into v_failures from (
    select f.id from app_public.failed_responses f
     where f.erased_at is null and f.response_id is null and f.created_at < before order by f.created_at limit 500 for no key update skip locked) f;
  if cardinality(v_tickets) + cardinality(v_responses) + cardinality(v_failures) = 0 then
    return 0;
  end if;
  v_action := app_private.begin_erasure('retention', 'conversations', 'older than ' || to_char(before, 'YYYY-MM-DD'));
  v_counts := app_private.erase_texts(v_tickets, v_responses, v_failures);
  perform app_private.end_erasure(v_action, v_counts);
  return (v_counts ->> 'tickets')::bigint + (v_counts ->> 'responses')::bigint + (v_counts ->> 'failures')::bigint;
end
$$;
comment on function app_private.retain__conversations(timestamptz) is
  'Erases the texts and visitors of resolved conversations, of answers without a conversation and of failures without an answer that are older. Never one that is open, taken or waiting.';

create or replace function app_private.retain__idle_conversations(before timestamptz) returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_done bigint;
begin
  update app_public.tickets t
     set status = 'resolved', resolved_by = 'retention', resolved_at = now(), resolution = 'Nobody wrote any more.', silent_until = null
   where t.id in (select i.id from app_public.tickets i
                   where i.erased_at is null and (i.status = 'open' or i.status = 'taken' and i.silent_until < before) and i.updated_at < before
                   order by i.updated_at limit 500 for no key update skip locked);
  get diagnostics v_done = row_count;
  return v_done;
end
$$;
comment on function app_private.retain__idle_conversations(timestamptz) is
  'Resolves conversations that the assistant may answer in and nobody has written in since; the next message opens them again. Never one that waits for a person.';

create or replace function app_private.retain__llm_calls(before timestamptz) returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_done bigint;
begin
  delete from app_public.llm_calls c where c.id in (select o.id from app_public.llm_calls o where o.created_at < before order by o.created_at limit 5000 for update skip locked);
  get diagnostics v_done = row_count;
  return v_done;
end
$$;
comment on function app_private.retain__llm_calls(timestamptz) is 'Deletes older calls of models.';

create or replace function app_private.retain__embedding_cache(before timestamptz) returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_done bigint;
  v_units bigint;
begin
  with needed as materialized (
    select h as content_hash from app_private.embeddings_promised() h where h is not null
    union
    select app_hidden.embedding_hash(f.query) from app_public.failed_responses f where not f.analyzed and f.withdrawn_at is null
    union
    -- What dry runs ask again.
    select app_hidden.embedding_hash(f.query) from app_public.improvement_queue q join app_public.improvement_evidence e on e.improvement_id = q.id
        join app_public.failed_responses f on f.id = e.failed_response_id where q.status = 'pending'
    union
    (select r.question_hash from app_public.responses r where r.feedback = 'helpful' and r.outcome = 'answered' order by r.feedback_at desc limit 30)
    union
    -- What was searched in this time can be searched again.
    select h.content_hash from app_private.search_unit_history h where h.until >= before
  )
  delete from app_private.embedding_cache c
   using (select o.content_hash, o.model from app_private.embedding_cache o
           where o.created_at < before and not exists (select from needed n where n.content_hash = o.content_hash) limit 5000) o
   where c.content_hash = o.content_hash and c.model = o.model;
  get diagnostics v_done = row_count;
  -- A question whose vector is gone is not searched again, and what it was searched among is of no more use.
  delete from app_private.search_unit_history h
   where h.id in (select o.id from app_private.search_unit_history o where o.until < before order by o.until limit 5000 for update skip locked);
  get diagnostics v_units = row_count;
  return v_done + v_units;
end
$$;
comment on function app_private.retain__embedding_cache(timestamptz) is
  'Deletes older vectors that no search unit, no waiting proposal, no failure to analyse and no dry run needs (a question asked again gets a new one), and search units that were changed or removed earlier.';

create or replace function app_private.retain__dry_runs(before timestamptz) returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_done bigint;
begin
  update app_public.improvement_queue q set dry_run = q.dry_run - 'questions'
   where q.id in (select o.id from app_public.improvement_queue o where o.status <> 'pending' and coalesce(o.applied_at, o.rejected_at, o.superseded_at) < before and o.dry_run ? 'questions'
                   order by o.id limit 500 for no key update skip locked);
  get diagnostics v_done = row_count;
  return v_done;
end
$$;
comment on function app_private.retain__dry_runs(timestamptz) is 'Takes the questions out of the dry runs of proposals decided earlier.';

create or replace function app_private.retain__retention_runs(before timestamptz) returns bigint
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_done bigint;
begin
  delete from app_public.retention_runs r where r.id in (select o.id from app_public.retention_runs o where o.ran_at < before limit 5000);
  get diagnostics v_done = row_count;
  return v_done;
end
$$;
comment on function app_private.retain__retention_runs(timestamptz) is 'Deletes older runs of this job.';

create or replace function app_private.apply_retention(run_id bigint default null) returns app_public.retention_runs
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_run app_public.retention_runs;
  v_rule app_public.retention_rules;
  v_done bigint;
  v_more boolean := false;
begin
  if not app_hidden.has_role('worker') then
    perform app_hidden.require_role('admin');
  end if;
  if run_id is null then
    insert into app_public.retention_runs default values returning * into v_run;
  else
    select * into v_run from app_public.retention_runs r where r.id = apply_retention.run_id for no key update;
    if v_run.id is null then
      raise exception 'There is no run of retention with id %.', apply_retention.run_id using errcode = 'CO404';
    end if;
  end if;
  for v_rule in select * from app_public.retention_rules r order by r.kind loop
    continue when v_run.problems ? v_rule.kind;
    -- One rule that fails, for whatever reason, holds up no other; the run says so and the job fails at its end.
    begin
      perform app_hidden.set_reason(format('Retention: %s are kept for %s', v_rule.kind, v_rule.keep));
      execute format('select app_private.%I($1)', 'retain__' || v_rule.kind) into v_done using now() - v_rule.keep;
      v_run.counts := v_run.counts || jsonb_build_object(v_rule.kind, coalesce((v_run.counts ->> v_rule.kind)::bigint, 0) + v_done);
      v_more := v_more or v_done > 0;
    exception when others then
      v_run.problems := v_run.problems || jsonb_build_object(v_rule.kind, sqlstate || ': ' || sqlerrm);
    end;
  end loop;
  update app_public.retention_runs r set counts = v_run.counts, problems = v_run.problems, finished_at = case when not v_more then clock_timestamp() end
   where r.id = v_run.id returning * into v_run;
  return v_run;
end
$$;
comment on function app_private.apply_retention(bigint) is
$$Carries out one batch of every retention rule. Call it again with the id of the run, each time in a transaction of its own, until finished_at is set: so no lock is held for long. counts and problems add up.
Errors: CO403 neither worker nor admin, CO404 no such run.$$;
