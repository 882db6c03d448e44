-- What is wrong with the knowledge as it stands: found here, set by set, and proposed; nothing is changed.
create or replace function app_private.unread_texts() returns table (knowledge_id integer, sop_id integer)
language sql stable set search_path = app_public, public, pg_temp as $$
  select k.id, null::integer from app_public.knowledge_base k
   where (k.valid_to is null or k.valid_to > now()) and not exists (select from app_private.stated_facts f where f.knowledge_id = k.id and f.kind = 'question')
  union all
  select null, s.id from app_public.sops s
   where s.archived_at is null and not exists (select from app_private.stated_facts f where f.sop_id = s.id and f.kind = 'question')
$$;
comment on function app_private.unread_texts() is 'Knowledge entries and SOPs in use of which it is not known what they state.';

create or replace function app_private.read_facts(most integer default 200) returns integer
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_read integer;
begin
  with texts as materialized (
    select u.knowledge_id, u.sop_id from app_private.unread_texts() u limit most
  ), entries as materialized (
    select k.id, k.answer, app_hidden.content_words(k.question) as words, app_hidden.qualifiers_in(k.question) as qualifiers
      from texts t join app_public.knowledge_base k on k.id = t.knowledge_id
  ), sections as materialized (
    select s.id, m.body, app_hidden.content_words(concat_ws(' ', app_hidden.in_words(s.section), app_hidden.sop_title(s.section, s.content), m.heading)) as words,
           -- A title names the matter; it does not narrow what stands below it.
           app_hidden.qualifiers_in(coalesce(m.heading, '')) || array(select q from unnest(app_hidden.qualifiers_in(app_hidden.sop_title(s.section, s.content))) q where q not like '!%') as qualifiers
      from texts t join app_public.sops s on s.id = t.sop_id
     cross join lateral app_hidden.markdown_sections(s.content) m
     where not app_hidden.lists_phrases(m.heading)
  ), stated as (
    select e.id as knowledge_id, null::integer as sop_id, f.kind, f.low, f.high, f.value, f.role, f.surface, f.clause, app_hidden.content_words(f.sentence) as words, e.words as head,
           e.qualifiers || app_hidden.qualifiers_in(f.clause) as qualifiers
      from entries e cross join lateral app_hidden.facts_in(e.answer) f
    union all
    select null, s.id, f.kind, f.low, f.high, f.value, f.role, f.surface, f.clause, app_hidden.content_words(f.sentence), s.words, s.qualifiers || app_hidden.qualifiers_in(f.clause)
      from sections s cross join lateral app_hidden.facts_in(s.body) f
    union all
    select e.id, null, 'question', null, null, null, null, '', '', e.words, '{}', e.qualifiers from entries e
    union all
    select null, t.sop_id, 'question', null, null, null, null, '', '', '{}', '{}', '{}' from texts t where t.sop_id is not null
  )
  insert into app_private.stated_facts (knowledge_id, sop_id, kind, low, high, value, role, surface, clause, words, about, qualifiers)
  select s.knowledge_id, s.sop_id, s.kind, s.low, s.high, s.value, s.role, s.surface, left(s.clause, 500), s.words,
         array(select distinct w from unnest(s.words || s.head) w), array(select distinct q from unnest(s.qualifiers) q)
    from stated s;
  select count(*) into v_read from app_private.unread_texts();
  return v_read;
end
$$;
comment on function app_private.read_facts(integer) is 'Reads what texts state that were not read since they changed, at most so many, and returns how many are left.';

create or replace function app_hidden.roles_agree(one text, other text) returns boolean language sql immutable parallel safe as $$
  -- Only what excludes each other: "at least 4 hours" and "4 hours before" may speak of one thing.
  select one is null or other is null or one = other
      or (case when one in ('least', 'most') then 1 when one in ('from', 'until') then 2 when one like 'per %' then 3 else 4 end)
      <> (case when other in ('least', 'most') then 1 when other in ('from', 'until') then 2 when other like 'per %' then 3 else 4 end)
$$;
comment on function app_hidden.roles_agree(text, text) is 'Whether the roles of two facts let them speak of the same thing.';

create or replace function app_private.find_contradictions()
returns table (knowledge_id integer, other_id integer, sop_id integer, facts jsonb, similarity double precision, undecided boolean)
language plpgsql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
declare
  c_near constant double precision := 0.8;
  c_crowd constant integer := 200;
begin
  return query
  with entries as materialized (
    select k.id, k.category, app_hidden.target_of(k.sop_id, k.category, k.topic) as target, k.sop_id as own_sop, k.site_id, tstzrange(k.valid_from, k.valid_to) as holds, k.trust, k.updated_at,
           k.usage_count, q.words, q.qualifiers
      from app_public.knowledge_base k join app_private.stated_facts q on q.knowledge_id = k.id and q.kind = 'question'
     where (k.valid_to is null or k.valid_to > now())
       -- What was learned for an SOP answers with the SOP's text, as it is now.
       and not (k.source = 'learned' and k.sop_id is not null)
  ), stated as materialized (
    select f.*, e.target, count(*) over (partition by e.target, f.kind) as crowd
      from app_private.stated_facts f join entries e on e.id = f.knowledge_id where f.kind <> 'question'
  ), near as materialized (
    select s.one, s.other, s.similarity as alike from app_private.similar_entries(c_near) s
  ), together as (
    select a.id as a_id, b.id as b_id, a.knowledge_id as a_entry, b.knowledge_id as b_entry, n.alike as known
      from near n join stated a on a.knowledge_id = n.one join stated b on b.knowledge_id = n.other and b.kind = a.kind
    union
    -- Of a topic, each with each, unless there are so many that only near questions tell.
    select a.id, b.id, a.knowledge_id, b.knowledge_id, (select n.alike from near n where n.one = a.knowledge_id and n.other = b.knowledge_id)
      from stated a join stated b on b.target = a.target and b.kind = a.kind and b.knowledge_id > a.knowledge_id
     where a.crowd <= c_crowd
  ), pairs as materialized (
    select t.*, coalesce(t.known, (select -(x.embedding <#> y.embedding) from app_private.search_units x join app_private.search_units y on y.embedding_model = x.embedding_model
             where x.knowledge_id = t.a_entry and x.ordinal = 0 and y.knowledge_id = t.b_entry and y.ordinal = 0)) as alike
      from together t join stated a on a.id = t.a_id join stated b on b.id = t.b_id
     where app_hidden.disagree(a.kind, a.low, a.high, a.value, b.low, b.high, b.value) and app_hidden.roles_agree(a.role, b.role) and not app_hidden.told_apart(a.qualifiers, b.qualifiers)
  ), compared as (
    select p.a_entry, p.b_entry, p.alike, a.kind, a.surface as a_surface, b.surface as b_surface, a.clause as a_clause, b.clause as b_clause, a.low as a_low, a.high as a_high, a.value as a_value,
           b.low as b_low, b.high as b_high, b.value as b_value, a.about as a_about, b.about as b_about
      from pairs p join stated a on a.id = p.a_id join stated b on b.id = p.b_id
      join entries x on x.id = p.a_entry join entries y on y.id = p.b_entry
     cross join lateral (select app_hidden.shared_words(x.words, y.words) as asked, least(cardinality(x.words), cardinality(y.words)) as asked_of, greatest(cardinality(x.words), cardinality(y.words)) as asked_most,
                                app_hidden.shared_words(a.words, b.words) as said, least(cardinality(a.words), cardinality(b.words)) as said_of,
                                app_hidden.shared_words(a.about, b.about) as told, least(cardinality(a.about), cardinality(b.about)) as told_of, greatest(cardinality(a.about), cardinality(b.about)) as told_most) w
     where x.site_id is not distinct from y.site_id and x.holds && y.holds and not app_hidden.told_apart(x.qualifiers, y.qualifiers)
       and (
         -- The same question: then one figure of a kind each, or the same said of them.
         (coalesce(p.alike, 0) >= c_near and w.asked >= 1 and (w.asked >= 0.4 * w.asked_most or p.alike >= 0.9) or w.asked >= 2 and w.asked >= 0.75 * w.asked_most)
           and (w.said >= 1 and w.said >= 0.4 * w.said_of
                or (select count(distinct (h.low, h.high, h.value)) from stated h where h.knowledge_id = p.a_entry and h.kind = a.kind and app_hidden.roles_agree(h.role, b.role)) = 1
                   and (select count(distinct (h.low, h.high, h.value)) from stated h where h.knowledge_id = p.b_entry and h.kind = b.kind and app_hidden.roles_agree(h.role, a.role)) = 1)
         -- One asks with fewer words.
         or coalesce(p.alike, 0) >= 0.65 and w.asked >= 1 and w.asked = w.asked_of and w.asked >= 0.5 * w.asked_most and w.said >= 1 and w.said >= 0.5 * w.said_of and w.told >= 0.5 * w.told_most
         -- Another question of the same matter: nearly the same sentence.
         or coalesce(p.alike, 1) >= 0.4 and w.told >= 3 and w.told >= 0.6 * w.told_of and (w.said >= 2 or w.asked >= 2))
       -- A text that says both knows both.
       and not exists (select from stated h where h.knowledge_id = p.b_entry and h.kind = a.kind and app_hidden.roles_agree(h.role, a.role) and not app_hidden.disagree(h.kind, h.low, h.high, h.value, a.low, a.high, a.value))
       and not exists (select from stated h where h.knowledge_id = p.a_entry and h.kind = b.kind and app_hidden.roles_agree(h.role, b.role) and not app_hidden.disagree(h.kind, h.low, h.high, h.value, b.low, b.high, b.value))
  ), backed as (
    -- What an SOP of that category says in like words counts for the one that says it too.
    select c.*, exists (select from app_private.stated_facts s join app_public.sops o on o.id = s.sop_id join entries e on e.id = c.a_entry
                         where s.kind = c.kind and (o.id = e.own_sop or o.category = e.category) and app_hidden.shared_words(s.about, c.a_about) >= 2
                           and not app_hidden.disagree(c.kind, s.low, s.high, s.value, c.a_low, c.a_high, c.a_value)) as a_backed,
           exists (select from app_private.stated_facts s join app_public.sops o on o.id = s.sop_id join entries e on e.id = c.b_entry
                    where s.kind = c.kind and (o.id = e.own_sop or o.category = e.category) and app_hidden.shared_words(s.about, c.b_about) >= 2
                      and not app_hidden.disagree(c.kind, s.low, s.high, s.value, c.b_low, c.b_high, c.b_value)) as b_backed
      from compared c
  ), decided as (
    select b.*, (array[bool_or(b.a_backed and not b.b_backed) over w, bool_or(b.b_backed and not b.a_backed) over w]) as sops
      from backed b window w as (partition by b.a_entry, b.b_entry)
  ), judged as (
    select d.*, d.sops[1] <> d.sops[2] or x.trust <> y.trust or abs(extract(epoch from x.updated_at - y.updated_at)) > 86400 as clear,
           case when d.sops[1] <> d.sops[2] then d.sops[1] when x.trust <> y.trust then x.trust > y.trust
                when abs(extract(epoch from x.updated_at - y.updated_at)) > 86400 then x.updated_at > y.updated_at
                else (x.usage_count, -x.id) > (y.usage_count, -y.id) end as a_right
      from decided d join entries x on x.id = d.a_entry join entries y on y.id = d.b_entry
  )
  select case when j.a_right then j.b_entry else j.a_entry end, case when j.a_right then j.a_entry else j.b_entry end, null::integer,
         jsonb_agg(distinct case when j.a_right then jsonb_build_object('kind', j.kind, 'one', j.b_surface, 'other', j.a_surface, 'one_clause', j.b_clause, 'other_clause', j.a_clause)
                        else jsonb_build_object('kind', j.kind, 'one', j.a_surface, 'other', j.b_surface, 'one_clause', j.a_clause, 'other_clause', j.b_clause) end),
         max(j.alike), not bool_and(j.clear)
    from judged j group by j.a_entry, j.b_entry, j.a_right
  union all
  select e.id, null, s.sop_id,
         jsonb_agg(distinct jsonb_build_object('kind', a.kind, 'one', a.surface, 'other', s.surface, 'one_clause', a.clause, 'other_clause', s.clause)), null::double precision, false
    from entries e join stated a on a.knowledge_id = e.id
    join app_private.stated_facts s on s.kind = a.kind and s.sop_id is not null
    join app_public.sops o on o.id = s.sop_id and (o.id = e.own_sop or o.category = e.category)
   cross join lateral (select app_hidden.shared_words(a.about, s.about) as told, least(cardinality(a.about), cardinality(s.about)) as told_of,
                              app_hidden.shared_words(a.about, s.words) as said, least(cardinality(a.about), cardinality(s.words)) as said_of) w
   -- What holds at one site is meant to differ from what holds everywhere.
   where e.site_id is null
     and app_hidden.disagree(a.kind, a.low, a.high, a.value, s.low, s.high, s.value) and app_hidden.roles_agree(a.role, s.role) and not app_hidden.told_apart(a.qualifiers, s.qualifiers)
     and w.told >= 3 and w.told >= 0.6 * w.told_of and w.said >= 2 and w.said >= case when o.id = e.own_sop then 0.5 else 0.75 end * w.said_of
     and not exists (select from app_private.stated_facts h where h.sop_id = s.sop_id and h.kind = a.kind and not app_hidden.disagree(h.kind, h.low, h.high, h.value, a.low, a.high, a.value))
     and not exists (select from stated h where h.knowledge_id = e.id and h.kind = s.kind and not app_hidden.disagree(h.kind, h.low, h.high, h.value, s.low, s.high, s.value))
   group by e.id, s.sop_id;
end
$$;
comment on function app_private.find_contradictions() is
$$Knowledge entries in use whose facts cannot both be right with those of another entry (other_id), or of an SOP of their category (sop_id): of the same site, holding at the same time, of near-same questions or in nearly the same sentence, and told apart by no qualifier. knowledge_id is the one that an SOP does not back, that is trusted less, or that is older; undecided where none of these tells. facts: [{kind, one, other, one_clause, other_clause}]. docs/health.md says how it was measured.$$;

create or replace function app_private.find_duplicates()
returns table (knowledge_id integer, other_id integer, similarity double precision)
language plpgsql stable security definer set search_path = app_public, public, pg_temp set jit = off as $$
begin
  return query
    select case when l.better then b.id else a.id end, case when l.better then a.id else b.id end, s.similarity
      from app_private.similar_entries(0.9) s
      join app_public.knowledge_base a on a.id = s.one
      join app_public.knowledge_base b on b.id = s.other
      join app_private.stated_facts p on p.knowledge_id = a.id and p.kind = 'question'
      join app_private.stated_facts q on q.knowledge_id = b.id and q.kind = 'question'
     cross join lateral (select (a.trust, a.usage_count, -a.id) > (b.trust, b.usage_count, -b.id) as better) l
     where a.site_id is not distinct from b.site_id and tstzrange(a.valid_from, a.valid_to) && tstzrange(b.valid_from, b.valid_to)
       and app_hidden.target_of(a.sop_id, a.category, a.topic) = app_hidden.target_of(b.sop_id, b.category, b.topic)
       and not app_hidden.told_apart(p.qualifiers, q.qualifiers) and (app_hidden.shared_words(p.words, q.words) >= 1 or p.words = q.words)
       and (app_hidden.same_text(a.answer, b.answer)
            or not exists (select from app_private.stated_facts f where f.knowledge_id = a.id and f.kind <> 'question'
                              and not exists (select from app_private.stated_facts g where g.knowledge_id = b.id and g.kind = f.kind and not app_hidden.disagree(f.kind, f.low, f.high, f.value, g.low, g.high, g.value)))
               and not exists (select from app_private.stated_facts f where f.knowledge_id = b.id and f.kind <> 'question'
                              and not exists (select from app_private.stated_facts g where g.knowledge_id = a.id and g.kind = f.kind and not app_hidden.disagree(f.kind, f.low, f.high, f.value, g.low, g.high, g.value)))
               and (select app_hidden.shared_words(x.w, y.w) >= 0.6 * greatest(cardinality(x.w), cardinality(y.w))
                      from (select app_hidden.content_words(a.answer) as w) x, (select app_hidden.content_words(b.answer) as w) y)
            -- What was learned for one SOP answers with that SOP's text.
            or a.sop_id = b.sop_id and a.source = 'learned' and b.source = 'learned');
end
$$;
comment on function app_private.find_duplicates() is
  'Entries of the same topic, site and time that ask the same (cosine 0.9 at least, or the same words) and say the same: knowledge_id could go into other_id, which is trusted more, used more or older.';

create or replace function app_private.find_never_used() returns table (knowledge_id integer)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select k.id from app_public.knowledge_base k
   where (k.valid_to is null or k.valid_to > now()) and k.usage_count = 0 and greatest(k.created_at, k.updated_at, k.valid_from) < now() - interval '90 days'
     -- What is rarely asked in an emergency is not superfluous.
     and k.category !~* '^emergenc'
     and not exists (select from app_public.response_sources s where s.knowledge_id = k.id)
     -- A club that nobody asked anything says nothing about its entries.
     and (select count(*) from (select from app_public.responses r where r.created_at > k.created_at limit 100) r) = 100
$$;
comment on function app_private.find_never_used() is 'Entries in use, unchanged for 90 days, that stood behind none of the answers since (of which there were 100 at least). Emergencies are left out.';

create or replace function app_private.find_low_success() returns table (knowledge_id integer)
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select k.id from app_public.knowledge_base k
   where (k.valid_to is null or k.valid_to > now()) and k.usage_count >= 5 and k.success_rate < 0.5
     -- Wilson (1927), the upper end of the one-sided 80 % interval: three of seven may be bad luck.
     and (k.success_rate + 0.354 / k.usage_count + 0.8416 * sqrt(k.success_rate * (1 - k.success_rate) / k.usage_count + 0.1771 / (k.usage_count::double precision ^ 2))) / (1 + 0.7083 / k.usage_count) < 0.55
$$;
comment on function app_private.find_low_success() is 'Entries in use, rated 5 times at least, that helped in less than half of the cases, chance allowed for.';

create or replace function app_private.finding_impact(kind text, knowledge_id integer, other_id integer) returns double precision
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  with used as (
    select sum(greatest(k.usage_count, (select count(*) from (select from app_public.response_sources s where s.knowledge_id = k.id and s.cited limit 1000) r)))::double precision as n
      from app_public.knowledge_base k where k.id in (finding_impact.knowledge_id, finding_impact.other_id)
  )
  select case when finding_impact.kind in ('contradiction', 'low_success') and u.n >= 50 then u.n / 25
              else b.base + 0.5 * least(u.n, 50) / 50 end
    from used u, (select case finding_impact.kind when 'contradiction' then 0.4 when 'low_success' then 0.3 when 'duplicate' then 0.2 else 0.05 end as base) b
$$;
comment on function app_private.finding_impact(text, integer, integer) is
  'Rank of a finding in the review queue: below 1, where one failure is, unless contradicting or unhelpful entries were used 50 times; then a 25th of their uses.';

create or replace function app_private.find_knowledge_health(check_id integer) returns jsonb
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  c_most constant integer := 1000; -- findings of a kind
begin
  with found as (
    (select 'contradiction' as kind, c.knowledge_id, c.other_id, c.sop_id, c.facts, c.similarity, c.undecided from app_private.find_contradictions() c order by c.knowledge_id, c.other_id, c.sop_id limit c_most)
    union all
    (select 'duplicate', d.knowledge_id, d.other_id, null, '[]', d.similarity, false from app_private.find_duplicates() d order by d.similarity desc, d.knowledge_id, d.other_id limit c_most)
    union all
    (select 'never_used', n.knowledge_id, null, null, '[]', null, false from app_private.find_never_used() n order by n.knowledge_id limit c_most)
    union all
    (select 'low_success', l.knowledge_id, null, null, '[]', null, false from app_private.find_low_success() l order by l.knowledge_id limit c_most)
  )
  insert into app_private.knowledge_findings as f (kind, knowledge_id, other_id, sop_id, facts, similarity, undecided, impact, check_id)
  select x.kind, x.knowledge_id, x.other_id, x.sop_id, x.facts, x.similarity, x.undecided, app_private.finding_impact(x.kind, x.knowledge_id, x.other_id), find_knowledge_health.check_id from found x
  on conflict (kind, knowledge_id, coalesce(other_id, 0), coalesce(sop_id, 0)) do update
     set facts = excluded.facts, similarity = excluded.similarity, undecided = excluded.undecided, impact = excluded.impact, check_id = excluded.check_id;
  delete from app_private.knowledge_findings f where f.check_id is distinct from find_knowledge_health.check_id;
  return coalesce((select jsonb_object_agg(k.kind, k.n) from (select f.kind, count(*) as n from app_private.knowledge_findings f group by 1) k), '{}');
end
$$;
comment on function app_private.find_knowledge_health(integer) is 'Replaces the findings by what holds now, of each kind at most 1,000; returns how many of each. What was proposed for a finding that still holds stays with it.';

create or replace function app_private.finding_words(finding app_private.knowledge_findings) returns text
language sql stable security definer set search_path = app_public, public, pg_temp as $$
  select case finding.kind
    when 'contradiction' then (select string_agg(format('Entry %s says "%s", %s "%s"', finding.knowledge_id, f ->> 'one', coalesce('entry ' || finding.other_id,
             (select 'the SOP ' || s.category || '/' || s.section from app_public.sops s where s.id = finding.sop_id)), f ->> 'other'), '. ') from jsonb_array_elements(finding.facts) f)
           || case when finding.undecided then '. Nothing tells which of the two is right: edit the answer, or reject.' else '.' end
    when 'duplicate' then format('Entry %s asks and says the same as entry %s (%s %% alike).', finding.knowledge_id, finding.other_id, round(finding.similarity * 100))
    when 'never_used' then format('No answer has used entry %s since it was last changed, on %s.', finding.knowledge_id, (select to_char(k.updated_at, 'YYYY-MM-DD') from app_public.knowledge_base k where k.id = finding.knowledge_id))
    else (select format('Entry %s helped in %s of %s rated answers.', k.id, k.success_count, k.usage_count) from app_public.knowledge_base k where k.id = finding.knowledge_id) end
$$;
comment on function app_private.finding_words(app_private.knowledge_findings) is 'Why, in a sentence. It names entries by their ids: a question may be a customer''s words.';

create or replace function app_private.corrected_answer(finding app_private.knowledge_findings, answer text, other_answer text) returns text
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_fact jsonb;
  v_answer text := answer;
begin
  -- The right figure in the place of the wrong one; where that place is not clear, the whole answer.
  for v_fact in select f from jsonb_array_elements(finding.facts) f loop
    if strpos(v_answer, v_fact ->> 'one') = 0 or (length(v_answer) - length(replace(v_answer, v_fact ->> 'one', ''))) / length(v_fact ->> 'one') > 1 then
      return other_answer;
    end if;
    v_answer := replace(v_answer, v_fact ->> 'one', v_fact ->> 'other');
  end loop;
  return v_answer;
end
$$;
comment on function app_private.corrected_answer(app_private.knowledge_findings, text, text) is
  'The answer with the other text''s figures in the place of its own; the other''s whole answer (null for an SOP) where a figure does not stand in it just once.';

create or replace function app_private.propose_finding(finding app_private.knowledge_findings) returns app_public.improvement_queue
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_entry app_public.knowledge_base;
  v_other app_public.knowledge_base;
  v_kind text := 'knowledge_retire';
  v_suggestion jsonb;
  v_answer text;
begin
  select * into v_entry from app_public.knowledge_base k where k.id = finding.knowledge_id;
  select * into v_other from app_public.knowledge_base k where k.id = finding.other_id;
  v_suggestion := jsonb_build_object('category', v_entry.category, 'topic', v_entry.topic, 'sop_id', v_entry.sop_id, 'because', finding.kind, 'reasoning', app_private.finding_words(finding),
    'finding', jsonb_build_object('kind', finding.kind, 'knowledge_id', finding.knowledge_id, 'other_id', finding.other_id, 'sop_id', finding.sop_id, 'facts', finding.facts,
      'undecided', finding.undecided, 'impact', finding.impact));
  if finding.kind = 'duplicate' then
    v_kind := 'knowledge_merge';
    v_suggestion := v_suggestion || jsonb_build_object('keep_id', finding.other_id, 'duplicate_ids', (
      select jsonb_agg(distinct f.knowledge_id) from app_private.knowledge_findings f where f.kind = 'duplicate' and f.other_id = finding.other_id));
  elsif finding.kind = 'contradiction' then
    v_answer := app_private.corrected_answer(finding, v_entry.answer, v_other.answer);
    if v_answer is not null then
      v_kind := 'knowledge_correction';
      v_suggestion := v_suggestion || jsonb_build_object('site_id', v_entry.site_id, 'entries', jsonb_build_array(jsonb_build_object('question', v_entry.question, 'answer', v_answer)),
        'expects', jsonb_build_object(v_entry.id::text, app_private.entry_state(v_entry)) || case when v_other.id is null then '{}' else jsonb_build_object(v_other.id::text, app_private.entry_state(v_other)) end,
        'reasoning', left(concat_ws(E'\n\n', v_suggestion ->> 'reasoning', format('Entry %s: %s', v_entry.id, v_entry.answer), format('Entry %s: %s', v_other.id, v_other.answer)), 4000));
    end if;
  end if;
  if v_kind = 'knowledge_retire' then
    v_suggestion := v_suggestion || jsonb_build_object('knowledge_ids', jsonb_build_array(v_entry.id));
  end if;
  return app_public.propose_improvement(v_kind, v_suggestion, proposed_by => 'knowledge health', impact => finding.impact);
end
$$;
comment on function app_private.propose_finding(app_private.knowledge_findings) is
$$Puts what would mend a finding into the review queue: knowledge_merge for duplicates, knowledge_correction for contradictions (knowledge_retire where the right figure has no clear place), knowledge_retire for entries that nobody needs or that do not help. A twin of a waiting or rejected proposal is returned instead.
Errors: CO403 neither worker nor agent.$$;

create or replace function app_private.propose_findings(most integer default 50, out proposed integer, out waiting integer)
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_finding app_private.knowledge_findings;
  v_improvement app_public.improvement_queue;
  v_last integer;
  v_room integer;
begin
  -- Two checks at once would each find room for as many.
  perform pg_advisory_xact_lock(hashtext('clubos.propose_findings'));
  select coalesce(max(q.id), 0) into v_last from app_public.improvement_queue q;
  select most - count(*) into v_room from app_public.improvement_queue q where q.status = 'pending' and q.suggested_sop_update ? 'finding';
  proposed := 0;
  for v_finding in
    select f.* from app_private.knowledge_findings f where f.improvement_id is null
       -- The one to keep may go into another itself: that first, this at the next check.
       and not (f.kind = 'duplicate' and exists (select from app_private.knowledge_findings g where g.kind = 'duplicate' and g.knowledge_id = f.other_id))
     order by f.impact desc, f.id
  loop
    exit when v_room <= 0;
    -- One proposal at a time for an entry: the second would not fit what the first makes of it. Duplicates of one entry go together.
    select q.* into v_improvement from app_public.improvement_queue q
     where q.status = 'pending' and q.suggested_sop_update ? 'finding'
       and (q.suggested_sop_update -> 'expects' ? v_finding.knowledge_id::text or q.suggested_sop_update -> 'expects' ? coalesce(v_finding.other_id, 0)::text) limit 1;
    if v_improvement.id is not null then
      -- What it would mend is found mended by the next check, or found again.
      if v_finding.kind = 'duplicate' and v_improvement.suggested_sop_update ->> 'keep_id' = v_finding.other_id::text and v_improvement.suggested_sop_update -> 'duplicate_ids' @> to_jsonb(v_finding.knowledge_id)
         or v_finding.kind = 'contradiction' and v_improvement.suggested_sop_update -> 'finding' ->> 'knowledge_id' = v_finding.knowledge_id::text then
        update app_private.knowledge_findings f set improvement_id = v_improvement.id where f.id = v_finding.id;
      end if;
      continue;
    end if;
    v_improvement := app_private.propose_finding(v_finding);
    update app_private.knowledge_findings f set improvement_id = v_improvement.id where f.id = v_finding.id;
    if v_improvement.id > v_last then
      v_last := v_improvement.id;
      proposed := proposed + 1;
      v_room := v_room - 1;
    end if;
  end loop;
  select count(*) into waiting from app_private.knowledge_findings f where f.improvement_id is null;
end
$$;
comment on function app_private.propose_findings(integer, out integer, out integer) is
  'Proposes the findings of the highest impact, as long as fewer than `most` proposals of this kind wait. Returns how many are new, and how many findings are left without.';

-- A check in steps, each a transaction of its own: it can be stopped anywhere, and goes on where it was.
create or replace function app_private.begin_health_check(kind text, check_id integer default null) returns app_public.health_checks
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_check app_public.health_checks;
begin
  if check_id is null then
    -- One that was asked for and has not begun is this one too; a night's that died goes on.
    select * into v_check from app_public.health_checks c where c.status in ('queued', 'running') order by c.id limit 1 for update skip locked;
  else
    select * into v_check from app_public.health_checks c where c.id = begin_health_check.check_id for update;
  end if;
  if v_check.id is null then
    insert into app_public.health_checks (kind) values (begin_health_check.kind) returning * into v_check;
  end if;
  update app_public.health_checks c
     set status = 'running', stage = 'reading', started_at = coalesce(c.started_at, clock_timestamp()), done = 0, total = (select count(*) from app_private.unread_texts())
   where c.id = v_check.id and c.status <> 'finished' returning * into v_check;
  return v_check;
end
$$;
comment on function app_private.begin_health_check(text, integer) is 'Begins the check named, or the one that waits or was left unfinished, or a new one of this kind; null where the one named is finished.';

create or replace function app_private.health_check_step(check_id integer, most integer default 200) returns app_public.health_checks
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_check app_public.health_checks;
  v_left integer;
  v_proposed record;
begin
  select * into v_check from app_public.health_checks c where c.id = health_check_step.check_id for update;
  if v_check.id is null then
    raise exception 'There is no health check with id %.', health_check_step.check_id using errcode = 'CO404';
  elsif v_check.status <> 'running' then
    return v_check;
  elsif v_check.stage = 'reading' then
    v_left := app_private.read_facts(most);
    update app_public.health_checks c set done = greatest(c.total, v_left) - v_left, total = greatest(c.total, v_left), stage = case when v_left = 0 then 'comparing' else 'reading' end
     where c.id = v_check.id returning * into v_check;
  elsif v_check.stage = 'comparing' then
    update app_public.health_checks c set counts = app_private.find_knowledge_health(c.id), stage = 'proposing' where c.id = v_check.id returning * into v_check;
  else
    select * into v_proposed from app_private.propose_findings();
    update app_public.health_checks c
       set counts = c.counts || jsonb_build_object('proposed', v_proposed.proposed, 'waiting', v_proposed.waiting), status = 'finished', finished_at = clock_timestamp(), stage = null, error = null
     where c.id = v_check.id returning * into v_check;
  end if;
  return v_check;
end
$$;
comment on function app_private.health_check_step(integer, integer) is
$$Does the next step of a health check: reads so many texts, or compares all, or proposes; returns it, with status finished after the last. Repeating a step is harmless.
Errors: CO404 no such check.$$;

create or replace function app_private.health_check_failed(check_id integer, error text) returns app_public.health_checks
language sql volatile security definer set search_path = app_public, public, pg_temp as $$
  update app_public.health_checks c set error = left(app_hidden.mask_personal_data(health_check_failed.error), 500) where c.id = check_id and c.status = 'running' returning *
$$;
comment on function app_private.health_check_failed(integer, text) is 'Writes down why a step failed; the next try goes on from there.';

create or replace function app_private.check_knowledge_health() returns app_public.health_checks
language plpgsql volatile security definer set search_path = app_public, public, pg_temp as $$
declare
  v_check app_public.health_checks := app_private.begin_health_check('requested');
begin
  while v_check.status <> 'finished' loop
    v_check := app_private.health_check_step(v_check.id, 1000);
  end loop;
  return v_check;
end
$$;
comment on function app_private.check_knowledge_health() is 'A whole health check in one transaction, for psql: select * from app_private.check_knowledge_health().';
