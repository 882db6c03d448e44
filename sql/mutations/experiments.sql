create or replace function app_hidden.find_experiment(experiment_id integer, statuses text[]) returns app_public.experiments
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_experiment app_public.experiments;
begin
  select * into v_experiment from app_public.experiments e where e.id = find_experiment.experiment_id for no key update;
  if v_experiment.id is null then
    raise exception 'There is no experiment with id %.', find_experiment.experiment_id using errcode = 'CO404', hint = 'select id, name, status from experiments;';
  elsif v_experiment.status <> all (statuses) then
    raise exception 'The experiment "%" is % since % (by %): %', v_experiment.name, v_experiment.status, to_char(v_experiment.status_at, 'YYYY-MM-DD HH24:MI'), v_experiment.status_by, v_experiment.status_reason
      using errcode = 'CO141', detail = jsonb_build_object('status', v_experiment.status, 'by', v_experiment.status_by)::text,
            hint = 'Reload it. One that is over stays over; its texts can be saved by save_sop, or tried again in another experiment.';
  end if;
  return v_experiment;
end
$$;
comment on function app_hidden.find_experiment(integer, text[]) is 'The experiment, locked; CO404 where there is none, CO141 where its status is none of these.';

create or replace function app_public.start_experiment(sop_id integer, variants text[], name text, reason text, minimum_sample integer default 100, weights integer[] default null,
  stop_on_harm boolean default true, expected_version integer default null) returns app_public.experiments
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_sop app_public.sops;
  v_open app_public.experiments;
  v_experiment app_public.experiments;
  v_texts text[];
  v_weights integer[];
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor();
  perform app_hidden.set_reason(app_hidden.require_reason(start_experiment.reason));
  v_sop := app_hidden.find_sop(start_experiment.sop_id, for_update => true);
  if v_sop.category = 'emergency' then
    raise exception 'What is said in an emergency is never experimented on.' using errcode = 'CO142', hint = 'Improve it by save_sop, after a person has read it.';
  elsif v_sop.category = 'hand_over' then
    raise exception 'What a person answers is not experimented on.' using errcode = 'CO142', hint = 'Improve it by save_sop.';
  elsif v_sop.archived_at is not null then
    raise exception '%/% is out of use; nobody would see an experiment.', v_sop.category, v_sop.section using errcode = 'CO005';
  elsif expected_version is not null and v_sop.version <> expected_version then
    raise exception '%/% is at version %, not % as you expected: somebody changed it meanwhile.', v_sop.category, v_sop.section, v_sop.version, expected_version
      using errcode = 'CO101', detail = jsonb_build_object('sop_id', v_sop.id, 'version', v_sop.version)::text, hint = 'Look at sop_diff(sop_id, your version, current version), and start from the current one.';
  end if;
  select * into v_open from app_public.experiments e where e.sop_id = v_sop.id and e.status in ('running', 'paused');
  if v_open.id is not null then
    raise exception '%/% has an experiment already: "%", %.', v_sop.category, v_sop.section, v_open.name, v_open.status
      using errcode = 'CO140', detail = jsonb_build_object('experiment_id', v_open.id, 'status', v_open.status)::text, hint = 'Conclude or stop it first; two at once would each measure the other''s changes.';
  end if;
  if coalesce(btrim(start_experiment.name), '') = '' or length(start_experiment.name) > 200 then
    raise exception 'An experiment has a name of at most 200 characters.' using errcode = 'CO005';
  elsif coalesce(cardinality(variants), 0) not between 1 and 4 or exists (select from unnest(variants) v where coalesce(btrim(v), '') = '') then
    raise exception 'An experiment has one to four variants, each with a text.' using errcode = 'CO005', hint = 'The control is the SOP as it is; do not name it.';
  elsif exists (select from unnest(variants) v where octet_length(v) > 1048576) then
    raise exception 'A variant is over 1 MiB long.' using errcode = 'CO006';
  end if;
  v_texts := array[v_sop.content] || variants;
  if (select count(distinct t) from unnest(v_texts) t) < cardinality(v_texts) then
    raise exception 'A variant says what the SOP, or another variant, says already.' using errcode = 'CO106';
  elsif exists (select from unnest(v_texts) t where not exists (select from app_hidden.sop_units(v_sop.category, v_sop.section, t) u where u.kind = 'section')) then
    raise exception 'A variant has nothing to answer with: no section but customers'' phrases.' using errcode = 'CO005';
  end if;
  v_weights := coalesce(start_experiment.weights, array_fill(1, array[cardinality(v_texts)]));
  if cardinality(v_weights) <> cardinality(v_texts) or exists (select from unnest(v_weights) w where w is null or w not between 1 and 1000) then
    raise exception 'Each arm has a weight from 1 to 1000, the control first: % of them here.', cardinality(v_texts) using errcode = 'CO005', hint = 'Such as {9,1}: one subject in ten gets the variant.';
  elsif coalesce(start_experiment.minimum_sample, 0) not between 1 and 1000000 then
    raise exception 'The minimum sample is 1 to 1000000 rated subjects an arm, not %.', start_experiment.minimum_sample using errcode = 'CO005';
  end if;
  insert into app_public.experiments (name, sop_id, sop_version_id, base_version, minimum_sample, stop_on_harm, started_by, start_reason, status_by, status_reason)
  select btrim(start_experiment.name), v_sop.id, v.id, v.version, start_experiment.minimum_sample, coalesce(start_experiment.stop_on_harm, true),
         app_hidden.require_actor(), app_hidden.current_reason(), app_hidden.require_actor(), app_hidden.current_reason()
    from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = v_sop.version
  returning * into v_experiment;
  insert into app_public.experiment_arms (experiment_id, label, content, weight)
  select v_experiment.id, chr(64 + t.place::integer), t.content, v_weights[t.place] from unnest(v_texts) with ordinality t(content, place);
  -- Their vectors choose the section to quote, and a winner is searchable the moment that it is promoted.
  perform app_hidden.add_job('search_units__embed');
  return v_experiment;
end
$$;
comment on function app_public.start_experiment(integer, text[], text, text, integer, integer[], boolean, integer) is
$$Tries other wordings of an SOP: from now on each visitor (or conversation) gets the SOP as it is (arm A, the control) or one of the variants (B to E), always the same one, when an answer rests on this SOP. Only what is read out differs; what is found goes by the SOP as it is.
variants: the whole texts, one to four. minimum_sample: rated subjects an arm should have before it is called better. weights: the arms' shares, the control's first, such as {9,1}; without, equal ones. stop_on_harm: stop by itself once an arm is worse beyond doubt. expected_version: the version that the variants were written from.
While it is open, any new version of the SOP stops it. At most one is open per SOP.
Errors: CO001 no actor, CO002 no reason, CO005 a name, variants, weights or sample that cannot be, or an SOP out of use, CO006 over 1 MiB, CO101 the SOP changed meanwhile, CO106 a variant that changes nothing, CO140 an open experiment, CO142 an SOP of emergencies, or of what a person answers, CO403 not a reviewer, CO404 no such SOP.$$;

create or replace function app_public.pause_experiment(experiment_id integer, reason text) returns app_public.experiments
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_experiment app_public.experiments;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(pause_experiment.reason));
  v_experiment := app_hidden.find_experiment(pause_experiment.experiment_id, '{running,paused}');
  if v_experiment.status = 'running' then
    update app_public.experiments e set status = 'paused', status_by = app_hidden.require_actor(), status_at = clock_timestamp(), status_reason = app_hidden.current_reason()
     where e.id = v_experiment.id returning * into v_experiment;
  end if;
  return v_experiment;
end
$$;
comment on function app_public.pause_experiment(integer, text) is
$$Serves the SOP as it is to everybody until resume_experiment, and counts nothing meanwhile. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO141 it is over, CO403 not a reviewer, CO404 no such experiment.$$;

create or replace function app_public.resume_experiment(experiment_id integer, reason text) returns app_public.experiments
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_experiment app_public.experiments;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(resume_experiment.reason));
  v_experiment := app_hidden.find_experiment(resume_experiment.experiment_id, '{running,paused}');
  if v_experiment.status = 'paused' then
    update app_public.experiments e set status = 'running', status_by = app_hidden.require_actor(), status_at = clock_timestamp(), status_reason = app_hidden.current_reason()
     where e.id = v_experiment.id returning * into v_experiment;
  end if;
  return v_experiment;
end
$$;
comment on function app_public.resume_experiment(integer, text) is
$$Goes on with a paused experiment: everybody gets the arm they had. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO141 it is over, CO403 not a reviewer, CO404 no such experiment.$$;

create or replace function app_public.stop_experiment(experiment_id integer, reason text) returns app_public.experiments
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_experiment app_public.experiments;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(stop_experiment.reason));
  v_experiment := app_hidden.find_experiment(stop_experiment.experiment_id, '{running,paused,stopped}');
  if v_experiment.status <> 'stopped' then
    v_experiment := app_private.end_experiment(v_experiment.id, 'stopped', app_hidden.current_reason());
  end if;
  return v_experiment;
end
$$;
comment on function app_public.stop_experiment(integer, text) is
$$Ends an experiment without a winner: the SOP stays as it is, and the figures are kept. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO141 it was concluded, CO403 not a reviewer, CO404 no such experiment.$$;

create or replace function app_public.conclude_experiment(experiment_id integer, winner text, reason text) returns app_public.experiments
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_experiment app_public.experiments;
  v_arm app_public.experiment_arms;
  v_sop app_public.sops;
  v_reason text := app_hidden.require_reason(conclude_experiment.reason);
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor(), app_hidden.set_reason(v_reason);
  -- The SOP before its experiment: so does whoever writes a version, which stops it.
  perform from app_public.sops s where s.id = (select e.sop_id from app_public.experiments e where e.id = conclude_experiment.experiment_id) for no key update;
  v_experiment := app_hidden.find_experiment(conclude_experiment.experiment_id, '{running,paused,concluded}');
  if v_experiment.status = 'concluded' then
    if v_experiment.winner = upper(btrim(conclude_experiment.winner)) and v_experiment.status_by = app_hidden.require_actor() then
      return v_experiment; -- concluded so already: repeating a call is harmless
    end if;
    perform app_hidden.find_experiment(v_experiment.id, '{running,paused}');
  end if;
  select * into v_arm from app_public.experiment_arms a where a.experiment_id = v_experiment.id and a.label = upper(btrim(conclude_experiment.winner));
  if v_arm.id is null then
    raise exception 'The experiment has no arm %; it has %.', coalesce(quote_literal(conclude_experiment.winner), 'of no name'),
      (select string_agg(a.label, ', ' order by a.label) from app_public.experiment_arms a where a.experiment_id = v_experiment.id) using errcode = 'CO005';
  end if;
  -- Over first, so that its own promotion does not stop it.
  v_experiment := app_private.end_experiment(v_experiment.id, 'concluded', v_reason, v_arm.label);
  if v_arm.label <> 'A' then
    select * into v_sop from app_public.sops s where s.id = v_experiment.sop_id;
    v_sop := app_public.save_sop(v_sop.category, v_sop.section, v_arm.content, left(format('Experiment "%s": arm %s won. %s', v_experiment.name, v_arm.label, v_reason), 4000), v_experiment.base_version);
    perform app_hidden.set_reason(v_reason);
    update app_public.experiments e set promoted_version_id = (select v.id from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = v_sop.version)
     where e.id = v_experiment.id returning * into v_experiment;
  end if;
  return v_experiment;
end
$$;
comment on function app_public.conclude_experiment(integer, text, text) is
$$Ends an experiment with a winner. Its text becomes the SOP's next version, with the reason; where the control (A) wins, nothing is written. winner: the arm's label. The figures that it was decided on are kept. The same caller may repeat it.
Errors: CO001 no actor, CO002 no reason, CO005 no such arm, CO101 the SOP moved on meanwhile, CO141 it is over, or was concluded by somebody else or otherwise, CO403 not a reviewer, CO404 no such experiment.$$;
