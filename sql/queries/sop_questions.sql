create or replace function app_public.sop_questions(sop_id integer, first integer default 50)
returns table (question text, times integer, helpful integer, unhelpful integer, failed integer, last_asked_at timestamptz, last_response_id bigint)
language plpgsql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
begin
  if not app_hidden.has_role('auditor') then
    perform app_hidden.require_role('agent');
  end if;
  return query
    with asked as (
      select r.id as response_id, r.question, r.feedback, f.id as failure_id, r.created_at
        from (select s.response_id from app_public.response_sources s where s.sop_id = sop_questions.sop_id and s.cited
              union
              select e.response_id from app_public.failed_responses e where e.expected_sop_id = sop_questions.sop_id and e.withdrawn_at is null) a
        join app_public.responses r on r.id = a.response_id
        left join app_public.failed_responses f on f.response_id = r.id and f.withdrawn_at is null
       where r.erased_at is null and r.outcome <> 'drafted'
      union all
      -- Failures that came without an answer, such as imported ones.
      select null, f.query, null, f.id, f.created_at from app_public.failed_responses f
       where f.expected_sop_id = sop_questions.sop_id and f.response_id is null and f.withdrawn_at is null and f.erased_at is null
    ), grouped as (
      select (array_agg(a.question order by a.created_at desc, a.response_id desc nulls last))[1] as latest, count(*)::integer as times, count(*) filter (where a.feedback = 'helpful')::integer as helpful,
             count(*) filter (where a.feedback = 'unhelpful')::integer as unhelpful, count(a.failure_id)::integer as failed, max(a.created_at) as last_at, max(a.response_id) as last_id
        from asked a group by md5(lower(btrim(regexp_replace(a.question, '\s+', ' ', 'g'))))
       order by 5 desc, 2 desc, 6 desc limit least(greatest(coalesce(first, 50), 0), 1000)
    )
    select app_hidden.learnable_question(g.latest), g.times, g.helpful, g.unhelpful, g.failed, g.last_at, g.last_id from grouped g
     order by g.failed desc, g.times desc, g.last_at desc;
end
$$;
comment on function app_public.sop_questions(integer, integer) is
$$@firstArgument most
The questions that an SOP answered, or failed on (its answer failed, or it should have answered): equal ones together (whatever their case and spaces), those that failed most first; masked, 500 characters each. first (over GraphQL `most`, since a page has a first of its own): at most so many (50; 1,000 at most). times: how often it was asked; failed: failures that were filed.
Errors: CO403 not staff.$$;
