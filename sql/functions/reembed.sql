-- From one embedding model to another: everything that is compared gets its vector of the new model into the cache,
-- in small pieces, while the old ones are searched; then one short transaction changes over.

create or replace function app_private.compared_texts() returns table (content_hash bytea, content text)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select distinct on (t.content_hash) t.content_hash, t.content from (
    select u.content_hash, u.embedding_text as content from app_private.search_units u where u.kind <> 'profile'
    union all
    select app_hidden.embedding_hash(t.content), t.content from (
      -- What waits to be approved must be approved without a model.
      select e ->> 'question' as content from app_public.improvement_queue q, jsonb_array_elements(q.suggested_sop_update -> 'entries') e
       where q.status = 'pending' and jsonb_typeof(q.suggested_sop_update -> 'entries') = 'array'
      union all
      select u.embedding_text
        from app_public.improvement_queue q, lateral app_private.text_to_publish(q) p, lateral app_hidden.sop_units(p.category, p.section, p.content) u
       where q.status = 'pending' and q.kind in ('sop_edit', 'sop_new') and p.content is not null
      union all
      select g.question from app_public.golden_questions g
      union all
      -- Failures are near each other or not; dry runs ask them again, and the last good questions too.
      select f.query from app_public.failed_responses f left join app_public.failure_patterns p on p.id = f.pattern_id
       where f.withdrawn_at is null and f.erased_at is null and p.status is distinct from 'resolved'
      union all
      (select r.question from app_public.responses r
        where r.feedback = 'helpful' and r.outcome = 'answered' and r.erased_at is null order by r.feedback_at desc limit 60)) t
     where t.content is not null) t
   where t.content <> ''
   order by t.content_hash
$$;
comment on function app_private.compared_texts() is
  'Every text whose vector is compared with others now: of search units, golden questions, waiting proposals, failures that are not resolved, and the questions of dry runs.';

create or replace function app_private.texts_to_embed(model text, after bytea default '', most integer default 128, masked boolean default false)
returns table (content_hash bytea, content text, sent text)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select w.content_hash, w.content, case when texts_to_embed.masked then app_hidden.mask_personal_data(left(w.content, 8000)) else left(w.content, 8000) end
    from (select t.content_hash, t.content from app_private.compared_texts() t
           where t.content_hash > texts_to_embed.after
             and not exists (select from app_private.embedding_cache c where c.content_hash = t.content_hash and c.model = texts_to_embed.model)
           order by t.content_hash limit most) w
$$;
comment on function app_private.texts_to_embed(text, bytea, integer, boolean) is
  'The next compared texts of which a model has no vector, in the order of their hashes, and as they are sent: their first 8,000 characters, masked if they leave this machine.';

create or replace function app_private.reembedding_estimate(to_model text, out from_model text, out total integer, out missing integer, out characters bigint, out tokens bigint, out cost numeric)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  c_characters_per_token constant integer := 4; -- of English; docs/models.md
begin
  select s.embedding_model into from_model from app_public.club_settings s;
  select count(*), count(*) filter (where c.content_hash is null), coalesce(sum(least(length(t.content), 8000)) filter (where c.content_hash is null), 0)
    into total, missing, characters
    from app_private.compared_texts() t left join app_private.embedding_cache c on c.content_hash = t.content_hash and c.model = reembedding_estimate.to_model;
  tokens := (characters + c_characters_per_token - 1) / c_characters_per_token;
  cost := case when strpos(to_model, ':') = 0 then 0
            else app_hidden.llm_cost(substr(to_model, strpos(to_model, ':') + 1), now(), least(tokens, 2000000000)::integer, 0, 0, 0, false) end;
end
$$;
comment on function app_private.reembedding_estimate(text) is
  'What moving to a model takes: texts, of these those without a vector of it, their characters, about as many tokens, and US dollars at the list price (null: unknown; 0: local).';

create or replace function app_private.begin_reembedding(to_model text, reason text) returns app_public.reembeddings
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
#variable_conflict use_column
declare
  v_estimate record;
  v_row app_public.reembeddings;
begin
  select * into v_estimate from app_private.reembedding_estimate(begin_reembedding.to_model);
  insert into app_public.reembeddings as r (from_model, to_model, total, done, estimated_cost, reason, started_by)
  values (v_estimate.from_model, begin_reembedding.to_model, v_estimate.total, v_estimate.total - v_estimate.missing, v_estimate.cost,
      app_hidden.require_reason(begin_reembedding.reason), app_hidden.require_actor())
  -- One that was interrupted goes on.
  on conflict (to_model) where state in ('running', 'waiting') do update
     set state = 'running', from_model = excluded.from_model, total = excluded.total, done = excluded.done, error = null, updated_at = clock_timestamp()
  returning * into v_row;
  return v_row;
end
$$;
comment on function app_private.begin_reembedding(text, text) is 'Begins to move to a model, or goes on with it. Errors: CO001 no actor, CO002 no reason.';

create or replace function app_private.keep_vectors(reembedding_id integer, hashes bytea[], vectors vector[], calls jsonb) returns app_public.reembeddings
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_row app_public.reembeddings;
  v_cost numeric := app_private.record_llm_calls(keep_vectors.calls);
begin
  select * into v_row from app_public.reembeddings r where r.id = reembedding_id for no key update;
  insert into app_private.embedding_cache (content_hash, model, embedding)
  select t.content_hash, v_row.to_model, t.embedding from unnest(hashes, vectors) t(content_hash, embedding) on conflict do nothing;
  update app_public.reembeddings r
     set state = 'running', error = null, done = r.done + cardinality(hashes), total = greatest(r.total, r.done + cardinality(hashes)),
         cost = case when v_cost is null then r.cost else coalesce(r.cost, 0) + v_cost end, updated_at = clock_timestamp()
   where r.id = reembedding_id returning * into v_row;
  return v_row;
end
$$;
comment on function app_private.keep_vectors(integer, bytea[], vector[], jsonb) is 'Puts vectors of the model that is moved to into the cache, and says how far it got.';

create or replace function app_private.note_reembedding(reembedding_id integer, state text, error text default null, calls jsonb default null) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  select app_private.record_llm_calls(note_reembedding.calls);
  update app_public.reembeddings r
     set state = note_reembedding.state, error = left(note_reembedding.error, 2000), updated_at = clock_timestamp(),
         finished_at = case when note_reembedding.state in ('done', 'failed') then clock_timestamp() end
   where r.id = reembedding_id and r.finished_at is null;
$$;
comment on function app_private.note_reembedding(integer, text, text, jsonb) is 'Says that a move waits, goes on or failed, and why.';

-- All or nothing. It waits for nobody longer than a moment (55P03: try again): whoever waits for it in turn must not
-- be taken for a deadlock, and answering goes on meanwhile, for it only reads what is locked here.
create or replace function app_private.change_embedding_model(to_model text, reason text, most_missing integer default 0, reembedding_id integer default null) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' set lock_timeout = '200ms' as $$
declare
  v_missing integer;
begin
  perform app_hidden.set_reason(app_hidden.require_reason(change_embedding_model.reason));
  -- Who clusters failures, and who writes texts.
  perform pg_advisory_xact_lock(hashtextextended('clubos.cluster_failures', 0));
  lock table app_public.knowledge_base, app_private.search_units in share row exclusive mode;
  select count(*) into v_missing from app_private.compared_texts() t
   where not exists (select from app_private.embedding_cache c where c.content_hash = t.content_hash and c.model = change_embedding_model.to_model);
  if v_missing > most_missing then
    return v_missing;
  end if;
  update app_public.club_settings s set embedding_model = change_embedding_model.to_model, updated_at = now() where s.embedding_model <> change_embedding_model.to_model;
  update app_private.search_units u set embedding = c.embedding, embedding_model = c.model
    from app_private.search_units o
    left join app_private.embedding_cache c on c.content_hash = o.content_hash and c.model = change_embedding_model.to_model
   where u.id = o.id and u.kind <> 'profile' and u.embedding_model is distinct from change_embedding_model.to_model;
  update app_private.search_units u set embedding = v.embedding, embedding_model = case when v.embedding is not null then change_embedding_model.to_model end
    from (select p.id, app_private.profile_vector(p.target, change_embedding_model.to_model) as embedding from app_private.search_units p where p.kind = 'profile' offset 0) v
   where u.id = v.id and u.kind = 'profile';
  update app_public.knowledge_base k set embeddings = c.embedding, embedding_model = c.model
    from app_private.search_units u
    left join app_private.embedding_cache c on c.content_hash = u.content_hash and c.model = u.embedding_model
   where u.knowledge_id = k.id and u.kind = 'knowledge' and u.ordinal = 0 and k.embedding_model is distinct from u.embedding_model;
  update app_public.failure_patterns p set centroid = v.centroid, embedding_model = case when v.centroid is not null then change_embedding_model.to_model end
    from (select o.id, l2_normalize(avg(c.embedding)) as centroid
            from app_public.failure_patterns o
            left join app_public.failed_responses f on f.pattern_id = o.id and f.withdrawn_at is null and f.erased_at is null
            left join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(f.query) and c.model = change_embedding_model.to_model
           where o.centroid is not null group by o.id) v
   where p.id = v.id;
  if v_missing > 0 then
    perform app_hidden.add_job('search_units__embed');
  end if;
  perform app_private.note_reembedding(reembedding_id, 'done');
  return 0;
end
$$;
comment on function app_private.change_embedding_model(text, text, integer, integer) is
$$Makes another model the one whose vectors are searched: of search units, profiles, knowledge and patterns at once, from the cache. Returns how many texts have no vector of it yet; where these are more than most_missing, nothing has changed. Those that may be missing get theirs from the next job.
Errors: CO002 no reason, 55P03 somebody is writing: try again.$$;

create or replace function app_private.adopt_embedding_model(to_model text) returns text
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' set clubos.actor = 'system' as $$
begin
  if not exists (select from app_private.search_units) and not exists (select from app_public.failure_patterns p where p.centroid is not null) then
    perform app_hidden.set_reason('Nothing is embedded yet: the model of the settings');
    update app_public.club_settings s set embedding_model = adopt_embedding_model.to_model, updated_at = now() where s.embedding_model <> adopt_embedding_model.to_model;
  end if;
  return (select s.embedding_model from app_public.club_settings s);
end
$$;
comment on function app_private.adopt_embedding_model(text) is 'Makes a model the club''s where nothing is embedded yet; returns the club''s.';

create or replace function app_private.request_reembedding(to_model text) returns void
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  select app_hidden.add_job('search_units__reembed', json_build_object('model', to_model), 'search_units__reembed');
$$;
comment on function app_private.request_reembedding(text) is 'Leaves moving to a model to the worker; the last request counts.';
