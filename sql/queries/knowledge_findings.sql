create or replace function app_public.knowledge_findings(kind text default null, first integer default 100)
returns table (finding_id integer, finding_kind text, knowledge_id integer, other_id integer, sop_id integer, facts jsonb, similarity double precision, undecided boolean,
  impact double precision, why text, found_at timestamptz, improvement_id integer, improvement_status text)
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('agent');
  end if;
  if knowledge_findings.kind is not null and knowledge_findings.kind not in ('duplicate', 'contradiction', 'never_used', 'low_success') then
    raise exception 'There are no findings of the kind "%".', knowledge_findings.kind using errcode = 'CO005', hint = 'duplicate, contradiction, never_used or low_success';
  end if;
  return query
    select f.id, f.kind, f.knowledge_id, f.other_id, f.sop_id, f.facts, f.similarity, f.undecided, f.impact, app_private.finding_words(f), f.found_at, q.id, q.status::text
      from app_private.knowledge_findings f left join app_public.improvement_queue q on q.id = f.improvement_id
     where knowledge_findings.kind is null or f.kind = knowledge_findings.kind
     order by f.impact desc, f.id
     limit least(greatest(coalesce(knowledge_findings.first, 100), 1), 1000);
end
$$;
comment on function app_public.knowledge_findings(text, integer) is
$$What the last health check found and still holds, the highest impact first. kind: duplicate, contradiction, never_used or low_success; all unless given. knowledge_id: the entry that a proposal would change; other_id or sop_id: what it agrees or disagrees with. facts: what disagrees, [{kind, one, other, one_clause, other_clause}] as it stands in the two texts. improvement_id, improvement_status: its proposal; null where it found no room in the queue yet. A text that is changed takes its findings with it. first: at most so many (1 to 1000).
Errors: CO005 no such kind, CO403 neither staff nor auditor.$$;
