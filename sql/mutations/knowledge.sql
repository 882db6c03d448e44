create or replace function app_hidden.find_entry(id integer) returns app_public.knowledge_base
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_entry app_public.knowledge_base;
begin
  select * into v_entry from app_public.knowledge_base k where k.id = find_entry.id for no key update;
  if v_entry.id is null then
    raise exception 'There is no knowledge entry with id %.', find_entry.id using errcode = 'CO404', hint = 'It may have been merged into another.';
  end if;
  return v_entry;
end
$$;
comment on function app_hidden.find_entry(integer) is 'The knowledge entry, locked, or CO404.';

create or replace function app_public.edit_knowledge(id integer, question text, answer text, reason text, site text default null,
  valid_from timestamptz default null, valid_to timestamptz default null, expected_updated_at timestamptz default null) returns app_public.knowledge_base
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_entry app_public.knowledge_base;
  v_site_id integer := app_hidden.find_site(site);
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(edit_knowledge.reason));
  if coalesce(btrim(edit_knowledge.question), '') = '' or coalesce(btrim(edit_knowledge.answer), '') = '' then
    raise exception 'An entry needs a question and an answer.' using errcode = 'CO005', hint = 'To take it out of use: retire_knowledge(id, reason).';
  end if;
  v_entry := app_hidden.find_entry(edit_knowledge.id);
  -- A browser's clock knows milliseconds, ours microseconds.
  if date_trunc('milliseconds', v_entry.updated_at) <> date_trunc('milliseconds', expected_updated_at) then
    raise exception 'Entry % was changed while you edited it.', v_entry.id
      using errcode = 'CO120', detail = jsonb_build_object('id', v_entry.id, 'updated_at', v_entry.updated_at)::text, hint = 'Look at it as it is now, then save again.';
  elsif exists (select from app_public.knowledge_base k where k.category = v_entry.category and k.topic = v_entry.topic and k.question = edit_knowledge.question and k.id <> v_entry.id) then
    raise exception 'Another entry of % / % asks that already.', v_entry.category, v_entry.topic using errcode = 'CO409', hint = 'Merge the two: merge_knowledge(keep_id, duplicate_ids, reason).';
  end if;
  delete from app_public.knowledge_questions q where q.knowledge_id = v_entry.id and q.question = edit_knowledge.question;
  update app_public.knowledge_base k
     set question = edit_knowledge.question, answer = edit_knowledge.answer, site_id = v_site_id, valid_from = edit_knowledge.valid_from, valid_to = edit_knowledge.valid_to,
         -- What a member of staff has written is theirs: no customer's change of mind takes it back.
         trust = 3, source = case when k.source = 'learned' then 'manual_entry' else k.source end
   where k.id = v_entry.id
     and (k.question, k.answer, k.site_id, k.valid_from, k.valid_to, k.trust) is distinct from
         (edit_knowledge.question, edit_knowledge.answer, v_site_id, edit_knowledge.valid_from, edit_knowledge.valid_to, 3::smallint)
  returning k.* into v_entry;
  return app_hidden.find_entry(edit_knowledge.id);
end
$$;
comment on function app_public.edit_knowledge(integer, text, text, text, text, timestamptz, timestamptz, timestamptz) is
$$Changes a knowledge entry, its question too; it then counts as written by staff. site (a slug), valid_from, valid_to: as given, null for everywhere and without end. expected_updated_at: the updated_at you edited, to the millisecond; saving over a later change is refused.
Errors: CO001 no actor, CO002 no reason, CO005 no question or answer, CO120 changed meanwhile, CO403 not a reviewer, CO404 no such entry or site, CO409 another entry of its topic asks that.$$;

create or replace function app_public.retire_knowledge(id integer, reason text) returns app_public.knowledge_base
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_entry app_public.knowledge_base;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(retire_knowledge.reason));
  v_entry := app_hidden.find_entry(retire_knowledge.id);
  if v_entry.valid_to <= now() then
    return v_entry;
  end if;
  -- One that has not begun yet ends as it begins.
  update app_public.knowledge_base k set valid_to = greatest(now(), k.valid_from + interval '1 microsecond') where k.id = v_entry.id returning k.* into v_entry;
  return v_entry;
end
$$;
comment on function app_public.retire_knowledge(integer, text) is
$$Takes a knowledge entry out of use: it is no longer found from now on, and stays to be read and restored. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO403 not a reviewer, CO404 no such entry.$$;

create or replace function app_public.restore_knowledge(id integer, reason text) returns app_public.knowledge_base
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_entry app_public.knowledge_base;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(restore_knowledge.reason));
  v_entry := app_hidden.find_entry(restore_knowledge.id);
  if v_entry.valid_to is null or v_entry.valid_to > now() then
    return v_entry;
  end if;
  update app_public.knowledge_base k set valid_to = null where k.id = v_entry.id returning k.* into v_entry;
  return v_entry;
end
$$;
comment on function app_public.restore_knowledge(integer, text) is
$$Takes a retired knowledge entry into use again, without end. Repeating it changes nothing.
Errors: CO001 no actor, CO002 no reason, CO403 not a reviewer, CO404 no such entry.$$;

create or replace function app_public.merge_knowledge(keep_id integer, duplicate_ids integer[], reason text) returns app_public.knowledge_base
language plpgsql volatile security definer set search_path = app_public, public, pg_temp set clubos.reason = '' as $$
declare
  v_ids integer[] := array(select distinct d from unnest(duplicate_ids) d where d is not null);
  v_keep app_public.knowledge_base;
  v_duplicates app_public.knowledge_base[];
  v_targets text[];
  v_doubled record;
begin
  perform app_hidden.require_role('reviewer');
  perform app_hidden.require_actor(), app_hidden.set_reason(app_hidden.require_reason(merge_knowledge.reason));
  if cardinality(v_ids) = 0 or keep_id = any (v_ids) then
    raise exception 'Name the entry to keep, and the others that are to go.' using errcode = 'CO005', hint = 'merge_knowledge(keep_id => 1, duplicate_ids => ''{2,3}'', reason => …)';
  end if;
  perform from app_public.knowledge_base k where k.id = keep_id or k.id = any (v_ids) order by k.id for update;
  v_keep := app_hidden.find_entry(keep_id);
  select array_agg(k order by k.id), array_agg(distinct app_hidden.target_of(k.sop_id, k.category, k.topic)) into v_duplicates, v_targets
    from app_public.knowledge_base k where k.id = any (v_ids);
  perform app_hidden.find_entry(i) from unnest(v_ids) i;
  if v_keep.valid_to <= now() then
    raise exception 'Entry % is retired: merged into it, its duplicates would no longer be found.', v_keep.id using errcode = 'CO121', hint = 'Restore it first: restore_knowledge(id, reason).';
  end if;
  perform app_private.check_merge(v_keep, d) from unnest(v_duplicates) d;

  select * into v_doubled from app_private.move_to_entry(v_keep, v_ids);
  delete from app_public.knowledge_base k where k.id = any (v_ids);
  update app_public.knowledge_base k
     set usage_count = greatest(s.used - v_doubled.doubled, 0), success_count = greatest(s.good - v_doubled.doubled_helpful, 0), trust = s.trust,
         success_rate = case when s.used > v_doubled.doubled then least(greatest(s.good - v_doubled.doubled_helpful, 0)::double precision / (s.used - v_doubled.doubled), 1) end
    from (select sum(d.usage_count)::integer as used, sum(d.success_count)::integer as good, max(d.trust) as trust from unnest(v_duplicates || v_keep) d) s
   where k.id = v_keep.id returning k.* into v_keep;
  perform app_private.settle_entry(v_keep.id);
  select * into v_keep from app_public.knowledge_base k where k.id = v_keep.id;
  perform app_private.rebuild_knowledge_unit(v_keep);
  perform app_private.rebuild_profile(t) from (
    select distinct t from unnest(v_targets || app_hidden.target_of(v_keep.sop_id, v_keep.category, v_keep.topic)) t order by t) o;
  return v_keep;
end
$$;
comment on function app_public.merge_knowledge(integer, integer[], text) is
$$Makes one knowledge entry of several: the one at keep_id keeps its text and gets the others' questions (knowledge_questions: still found), votes, counts and the best trust; the others go. Each answer counts once, also where it was rated for several of them. response_sources keep the numbers of those that went.
Errors: CO001 no actor, CO002 no reason, CO005 nothing to merge, CO121 customers of some site would lose their answer, or the entry kept is retired, CO403 not a reviewer, CO404 no such entry.$$;
