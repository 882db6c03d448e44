-- The only way from a model's suggestion to the review queue. It trusts nothing of it: what it may name stands in the
-- analysis (evidence, SOP versions, knowledge entries of the brief), what it may say in those sources.
create or replace function app_hidden.reason(kind text, what text default null) returns text language sql immutable parallel safe as $$
  select kind || coalesce(': ' || left(app_hidden.mask_personal_data(what), 200), '')
$$;
comment on function app_hidden.reason(text, text) is 'Why a suggestion is refused, as `kind: what`; what it quotes is masked and at most 200 characters.';

create or replace function app_hidden.lexeme_share(words text[], source text[]) returns double precision language sql immutable parallel safe as $$
  select coalesce(count(*) filter (where w = any (source))::double precision / nullif(count(*), 0), 0) from unnest(words) w
$$;
comment on function app_hidden.lexeme_share(text[], text[]) is 'The share (0 to 1) of these words that a source has too.';

create or replace function app_hidden.safety_words(content text) returns text[] language sql immutable parallel safe as $$
  select array(select distinct m[1] from regexp_matches(lower(content),
    '\m(911|112|999|ambulance|fire|flames?|smoke|emergenc(?:y|ies)|evacuat\w*|exits?|alarm|extinguisher|first aid|defibrillator|injur\w*|bleed\w*|unconscious|danger\w*|unsafe|never|do not|don''t|must not|warning|caution|gas|electric\w*|power off|police|threat\w*|assembly point)\M', 'g') m order by 1)
$$;
comment on function app_hidden.safety_words(text) is 'The words of a text on which somebody''s safety may hang.';

create or replace function app_private.check_new_text(analysis app_public.analyses, added text[], known text, support double precision default 0.25) returns text[]
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_added text := array_to_string(added, E'\n');
  v_source text;
  v_allowed text[];
  v_line text;
  v_words text[];
  v_customer double precision;
  v_club double precision;
  v_whole text[];
  v_left text;
  v_found text;
  v_reasons text[] := '{}';
begin
  -- The club's words: its SOPs and trusted entries as the brief had them, and what staff said.
  select string_agg(t.text, E'\n') into v_source from (
    select v.content as text from jsonb_to_recordset(analysis.sops) s(id integer, version integer) join app_public.sop_versions v on v.sop_id = s.id and v.version = s.version
    union all
    select k.question || E'\n' || k.answer from app_public.knowledge_base k where k.id = any (analysis.knowledge_ids) and k.trust = 3
    union all
    select f.user_correction from app_public.failed_responses f where f.id = any (analysis.failed_response_ids) and f.erased_at is null and app_hidden.said_by_staff(f.reporter) and f.user_correction is not null) t;
  v_source := coalesce(v_source, '');
  v_allowed := app_hidden.claims_in(v_source);
  -- Line by line, so that what is named is what a person looks for.
  foreach v_line in array added loop
    for v_found in select c from unnest(app_hidden.claims_in(v_line)) c where c <> all (v_allowed) loop
      v_reasons := v_reasons || app_hidden.reason('new_fact', v_found);
    end loop;
  end loop;
  v_found := app_hidden.injection_in(v_added);
  if v_found is not null and app_hidden.injection_in(known) is distinct from v_found then
    v_reasons := v_reasons || app_hidden.reason('injected_instruction', v_found);
  end if;
  v_found := app_hidden.markup_in(v_added);
  if v_found is not null and strpos(lower(known), v_found) = 0 then
    v_reasons := v_reasons || app_hidden.reason('markup', v_found);
  end if;
  if v_added ~ '\[(?:email|phone|card number|iban|code|erased)\]' then
    v_reasons := v_reasons || app_hidden.reason('masked_words', 'it holds a mark that stands for masked personal data');
  else
    -- What the club itself says, such as the number of its desk, is no personal data.
    v_left := v_added;
    for v_found in select distinct m[1] from regexp_matches(v_source, '(\+?\(?\d[\d ()./-]{2,}\d#?|[^\s@<>()]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,})', 'g') m order by 1 desc loop
      v_left := replace(v_left, v_found, 'it');
    end loop;
    if app_hidden.mask_personal_data(v_left) <> v_left then
      v_reasons := v_reasons || app_hidden.reason('personal_data', substring(app_hidden.mask_personal_data(v_left) from '[^\n]*\[(?:email|phone|card number|iban|code)\][^\n]*'));
    end if;
  end if;
  v_whole := tsvector_to_array(to_tsvector('app_public.clubos', v_source)) || tsvector_to_array(to_tsvector('app_public.clubos', coalesce((
    select string_agg(f.query, ' ') from app_public.failed_responses f where f.id = any (analysis.failed_response_ids) and f.erased_at is null), '')));
  foreach v_line in array added loop
    v_words := tsvector_to_array(to_tsvector('app_public.clubos', v_line));
    continue when cardinality(v_words) < 3;
    select coalesce(max(app_hidden.lexeme_share(v_words, tsvector_to_array(to_tsvector('app_public.clubos', l)))), 0) into v_club from unnest(string_to_array(v_source, E'\n')) l where btrim(l) <> '';
    select coalesce(max(app_hidden.lexeme_share(v_words, tsvector_to_array(to_tsvector('app_public.clubos', f.user_correction)))), 0) into v_customer
      from app_public.failed_responses f
     where f.id = any (analysis.failed_response_ids) and f.erased_at is null and f.user_correction is not null and not app_hidden.said_by_staff(f.reporter);
    if v_customer >= 0.6 and v_customer > v_club + 0.2 then
      v_reasons := v_reasons || app_hidden.reason('customers_claim', v_line);
    elsif cardinality(v_words) >= 6 and app_hidden.lexeme_share(v_words, v_whole) < support then
      v_reasons := v_reasons || app_hidden.reason('unsupported', v_line);
    end if;
  end loop;
  return array(select distinct r from unnest(v_reasons) r order by r limit 20);
end
$$;
comment on function app_private.check_new_text(app_public.analyses, text[], text, double precision) is
$$Why these lines may not be proposed, empty if they may. known: the text they go into. support: the least share of a line's words that the brief has.
new_fact: a number, price, time, link, code or promise that stands neither in the brief's SOPs and trusted entries nor in a correction by staff. customers_claim: a line that says what a customer's correction says, and the club nowhere. unsupported: a line of which nothing in the brief speaks. injected_instruction, markup, personal_data, masked_words.$$;

create or replace function app_private.check_edit_size(base text, content text) returns text
language sql stable set search_path = app_public, public, pg_temp as $$
  with e as (
    select array_to_string(a.l[d.a_from:d.a_to], E'\n') as old, array_to_string(b.l[d.b_from:d.b_to], E'\n') as new, greatest(d.a_to - d.a_from + 1, 0) as removed, greatest(d.b_to - d.b_from + 1, 0) as added
      from (select app_hidden.to_lines(base) as l) a, (select app_hidden.to_lines(content) as l) b, app_hidden.line_edits(a.l, b.l) d
  ), n as (
    select coalesce(sum(removed), 0) as removed, coalesce(sum(added), 0) as added, coalesce(sum(length(old) + length(new)), 0) as characters, count(*) as edits,
           cardinality(app_hidden.to_lines(base)) as lines from e
  )
  select case
    when n.removed > greatest(3, n.lines * 0.3) then format('%s of %s lines are replaced; at most 30 %% (or 3) may be', n.removed, n.lines)
    when n.added > greatest(12, n.lines * 0.5) then format('%s lines are added to %s; at most half as many (or 12) may be', n.added, n.lines)
    when n.characters > greatest(1500, length(base) * 0.5) then format('%s characters change of %s; at most half as many (or 1,500) may', n.characters, length(base))
    when n.edits > 20 then format('%s places change; at most 20 may', n.edits) end
    from n
$$;
comment on function app_private.check_edit_size(text, text) is
  'Why an edit is too large to be looked at as one, or null. Bounds: lines replaced 30 % (or 3), lines added 50 % (or 12), characters removed and added 50 % of the text (or 1,500), 20 places.';

create or replace function app_private.check_safety(category text, base text, content text) returns text
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_base text[] := string_to_array(base, E'\n');
  v_content text[] := string_to_array(content, E'\n');
  v_heading text := '';
  v_gone text[] := '{}';
  v_words text[];
begin
  for i in 1 .. cardinality(v_base) loop
    if v_base[i] ~ '^#{1,6}\s' then
      v_heading := v_base[i];
    end if;
    if btrim(v_base[i]) <> '' and v_base[i] <> all (v_content) then
      if category ~* '^emergenc' or v_heading ~* '\m(?:emergency|safety|danger|warning|fire|injur\w*|first aid|evacuat\w*)\M' then
        return v_base[i];
      end if;
      v_gone := v_gone || v_base[i];
    end if;
  end loop;
  v_words := app_hidden.safety_words(array_to_string(array(select l from unnest(v_content) l where l <> all (v_base)), E'\n'));
  return (select l from unnest(v_gone) l where exists (select from unnest(app_hidden.safety_words(l)) w where w <> all (v_words)) limit 1);
end
$$;
comment on function app_private.check_safety(text, text, text) is
  'The first line with safety in it that an edit takes away, or null: any line of an emergency SOP or under a heading of safety, and elsewhere a line whose words of warning do not stand in the new lines.';

create or replace function app_private.twin_of_rejected(kind text, suggestion jsonb, base_version integer) returns integer
language sql stable set search_path = app_public, public, pg_temp as $$
  select q.id from app_public.improvement_queue q
   where q.status = 'rejected' and (
     q.fingerprint = app_hidden.improvement_fingerprint(twin_of_rejected.kind, suggestion)
     -- On another base it has another text, and says the same.
     or twin_of_rejected.kind = 'sop_edit' and q.kind = 'sop_edit' and q.sop_id = (suggestion ->> 'sop_id')::integer and q.suggested_sop_update ? 'new_content'
        and (select array_agg(lower(btrim(l)) order by lower(btrim(l))) from unnest(string_to_array(suggestion ->> 'new_content', E'\n')) l
              where btrim(l) <> '' and l <> all (string_to_array((select v.content from app_public.sop_versions v where v.sop_id = (suggestion ->> 'sop_id')::integer and v.version = twin_of_rejected.base_version), E'\n')))
          = (select array_agg(lower(btrim(l)) order by lower(btrim(l))) from unnest(string_to_array(q.suggested_sop_update ->> 'new_content', E'\n')) l
              where btrim(l) <> '' and l <> all (string_to_array((select v.content from app_public.sop_versions v where v.sop_id = q.sop_id and v.version = q.base_version), E'\n'))))
   order by q.id limit 1
$$;
comment on function app_private.twin_of_rejected(text, jsonb, integer) is 'The rejected proposal that would change the same, or add the same lines to the same SOP; null for none.';

-- One checker per action, found by its name. Each gives {kind, suggestion, base_version} or {reasons}.
create or replace function app_private.check_analysis__edit_sop(analysis app_public.analyses, output jsonb) returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_version integer;
  v_sop app_public.sops;
  v_base text;
  v_new text;
  v_added text[];
  v_quoted text[];
  v_found text;
  v_reasons text[] := '{}';
begin
  select s.version into v_version from jsonb_to_recordset(analysis.sops) s(id integer, version integer) where s.id::text = output ->> 'sop_id';
  if v_version is null then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('unrelated_sop', coalesce('SOP ' || (output ->> 'sop_id'), 'no SOP') || ' was not in the brief')));
  elsif output ->> 'base_version' is distinct from v_version::text then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('wrong_base', format('written for version %s, the brief had %s', coalesce(output ->> 'base_version', 'none'), v_version))));
  end if;
  select * into v_sop from app_public.sops s where s.id = (output ->> 'sop_id')::integer;
  select v.content into v_base from app_public.sop_versions v where v.sop_id = v_sop.id and v.version = v_version;
  if v_sop.archived_at is not null then
    return jsonb_build_object('superseded', format('SOP %s was archived meanwhile.', v_sop.id));
  end if;
  begin
    v_new := app_hidden.apply_edits(v_base, output -> 'edits');
  exception when sqlstate 'CO130' then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('wrong_base', sqlerrm)));
  end;
  if v_new = v_base then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('changes_nothing')));
  elsif btrim(v_new, E' \n\t') = '' then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('huge_rewrite', 'nothing is left of the SOP')));
  elsif v_sop.version <> v_version and (app_hidden.merge_lines(v_base, v_sop.content, v_new)).merged is null then
    return jsonb_build_object('superseded', format('SOP %s was changed in the same lines meanwhile (version %s, now %s).', v_sop.id, v_version, v_sop.version));
  end if;
  v_found := app_private.check_edit_size(v_base, v_new);
  if v_found is not null then
    v_reasons := v_reasons || app_hidden.reason('huge_rewrite', v_found);
  end if;
  v_found := app_private.check_safety(v_sop.category, v_base, v_new);
  if v_found is not null then
    v_reasons := v_reasons || app_hidden.reason('removes_safety', v_found);
  end if;
  v_added := array(select l.line from unnest(string_to_array(v_new, E'\n')) with ordinality l(line, o) where btrim(l.line) <> '' and l.line <> all (string_to_array(v_base, E'\n')) order by l.o);
  -- Customers' own phrases, to the letter and in the list that is never quoted, state nothing.
  v_quoted := array(select '- ' || app_hidden.list_item(app_hidden.learnable_question(f.query)) from app_public.failed_responses f where f.id = any (analysis.failed_response_ids) and f.erased_at is null);
  v_quoted := array(select l.line from app_hidden.markdown_sections(v_new) m, unnest(string_to_array(m.body, E'\n')) l(line)
                     where app_hidden.lists_phrases(m.heading) and l.line = any (v_quoted));
  v_found := app_hidden.injection_in(array_to_string(v_quoted, E'\n'));
  if v_found is not null then
    v_reasons := v_reasons || app_hidden.reason('injected_instruction', v_found);
  end if;
  v_reasons := v_reasons || app_private.check_new_text(analysis, array(select l from unnest(v_added) with ordinality t(l, o) where l <> all (v_quoted) order by o), v_base);
  if cardinality(v_reasons) > 0 then
    return jsonb_build_object('reasons', to_jsonb(v_reasons));
  end if;
  return jsonb_build_object('kind', 'sop_edit', 'base_version', v_version, 'suggestion',
    jsonb_build_object('sop_id', v_sop.id, 'category', v_sop.category, 'section', v_sop.section, 'new_content', v_new));
end
$$;
comment on function app_private.check_analysis__edit_sop(app_public.analyses, jsonb) is 'Edits of an SOP of the brief: they fit its lines, stay small, take no safety away and bring nothing new in.';

create or replace function app_private.check_analysis__new_sop(analysis app_public.analyses, output jsonb) returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_content text := rtrim(coalesce(output ->> 'content', ''), E' \n\t') || E'\n';
  v_category text := btrim(coalesce(output ->> 'category', ''));
  v_section text := btrim(coalesce(output ->> 'section', ''));
  v_reasons text[] := '{}';
begin
  if not exists (select from app_public.sops s where s.category = v_category and s.archived_at is null) then
    v_reasons := v_reasons || app_hidden.reason('unknown_category', v_category);
  end if;
  if v_section !~ '^[a-z0-9][a-z0-9_-]{0,80}$' then
    v_reasons := v_reasons || app_hidden.reason('malformed', 'the section''s name is no name of small letters, digits and _');
  elsif exists (select from app_public.sops s where s.category = v_category and s.section = v_section) then
    v_reasons := v_reasons || app_hidden.reason('sop_exists', v_category || '/' || v_section);
  end if;
  if v_content !~ '^# \S' or length(v_content) > 6000 or cardinality(string_to_array(v_content, E'\n')) > 80 then
    v_reasons := v_reasons || app_hidden.reason('malformed', 'a new SOP begins with a title (#) and has at most 80 lines and 6,000 characters');
  end if;
  -- Customers alone make no procedure.
  if not exists (select from app_public.failed_responses f where f.id = any (analysis.failed_response_ids) and f.erased_at is null and btrim(f.user_correction) <> '' and app_hidden.said_by_staff(f.reporter)) then
    v_reasons := v_reasons || app_hidden.reason('no_source', 'nobody of staff has said what is right');
  end if;
  v_reasons := v_reasons || app_private.check_new_text(analysis, array(select l from unnest(string_to_array(v_content, E'\n')) with ordinality t(l, o) where btrim(l) <> '' order by o), '', 0.4);
  if cardinality(v_reasons) > 0 then
    return jsonb_build_object('reasons', to_jsonb(v_reasons));
  end if;
  return jsonb_build_object('kind', 'sop_new', 'suggestion', jsonb_build_object('category', v_category, 'section', v_section, 'new_content', v_content));
end
$$;
comment on function app_private.check_analysis__new_sop(app_public.analyses, jsonb) is 'A new SOP: in a category of the club, under a name that is free, from what staff said.';

create or replace function app_private.check_entries(analysis app_public.analyses, output jsonb, kind text) returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_category text := btrim(coalesce(output ->> 'category', ''));
  v_topic text := btrim(coalesce(output ->> 'topic', ''));
  v_entries jsonb := output -> 'entries';
  v_reasons text[] := '{}';
begin
  if jsonb_typeof(v_entries) is distinct from 'array' or jsonb_array_length(v_entries) not between 1 and 20 or v_category = '' or v_topic = '' or length(v_category) > 100 or length(v_topic) > 200
     or exists (select from jsonb_array_elements(v_entries) e where coalesce(btrim(e ->> 'question'), '') = '' or coalesce(btrim(e ->> 'answer'), '') = '' or length(e ->> 'question') > 500 or length(e ->> 'answer') > 2000) then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('malformed', 'knowledge needs category, topic and 1 to 20 entries with question (500 characters) and answer (2,000)')));
  end if;
  if not exists (select from app_public.sops s where s.category = v_category and s.archived_at is null) and not exists (select from app_public.knowledge_base k where k.category = v_category and k.trust = 3) then
    v_reasons := v_reasons || app_hidden.reason('unknown_category', v_category);
  end if;
  if kind = 'knowledge_correction' and exists (select from jsonb_array_elements(v_entries) e where not exists (
       select from app_public.knowledge_base k where k.id = any (analysis.knowledge_ids) and k.category = v_category and k.topic = v_topic and k.question = e ->> 'question')) then
    v_reasons := v_reasons || app_hidden.reason('unrelated_entry', 'it corrects an entry that was not in the brief');
  end if;
  if kind = 'knowledge_correction' and not exists (select from jsonb_array_elements(v_entries) e, app_public.knowledge_base k
       where k.category = v_category and k.topic = v_topic and k.question = e ->> 'question' and k.answer <> e ->> 'answer') then
    v_reasons := v_reasons || app_hidden.reason('changes_nothing');
  end if;
  v_reasons := v_reasons || app_private.check_new_text(analysis, array(select l from jsonb_array_elements(v_entries) e, unnest(string_to_array(e ->> 'answer', E'\n')) l where btrim(l) <> ''), '', 0.4);
  -- A question may name a figure; it may not carry anything else.
  v_reasons := v_reasons || array(select r from unnest(app_private.check_new_text(analysis, array(select e ->> 'question' from jsonb_array_elements(v_entries) e), '', 0)) r
                                   where r !~ '^(?:new_fact|customers_claim)');
  if cardinality(v_reasons) > 0 then
    return jsonb_build_object('reasons', to_jsonb(array(select distinct r from unnest(v_reasons) r order by r)));
  end if;
  return jsonb_build_object('kind', kind, 'suggestion', jsonb_build_object('category', v_category, 'topic', v_topic,
    'entries', (select jsonb_agg(jsonb_build_object('question', app_hidden.learnable_question(e ->> 'question'), 'answer', btrim(e ->> 'answer')) order by o) from jsonb_array_elements(v_entries) with ordinality t(e, o))));
end
$$;
comment on function app_private.check_entries(app_public.analyses, jsonb, text) is 'Entries of knowledge: in a category of the club, answers from the brief''s sources alone.';

create or replace function app_private.check_analysis__knowledge(analysis app_public.analyses, output jsonb) returns jsonb
language sql stable set search_path = app_public, public, pg_temp as $$
  select app_private.check_entries(analysis, output, 'knowledge_entry')
$$;
comment on function app_private.check_analysis__knowledge(app_public.analyses, jsonb) is 'New entries of knowledge.';

create or replace function app_private.check_analysis__correction(analysis app_public.analyses, output jsonb) returns jsonb
language sql stable set search_path = app_public, public, pg_temp as $$
  select app_private.check_entries(analysis, output, 'knowledge_correction')
$$;
comment on function app_private.check_analysis__correction(app_public.analyses, jsonb) is 'Another answer for entries that the brief showed.';

create or replace function app_private.check_analysis__routing_hint(analysis app_public.analyses, output jsonb) returns jsonb
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  v_version app_public.sop_versions;
  v_phrases text[];
  v_new text;
  v_answer text;
begin
  v_phrases := array(select distinct app_hidden.learnable_question(f.query) from app_public.failed_responses f
                      where f.id = any (analysis.failed_response_ids) and f.id::text in (select jsonb_array_elements_text(output -> 'evidence')) and f.erased_at is null
                        and app_hidden.injection_in(f.query) is null and app_hidden.markup_in(f.query) is null);
  if cardinality(v_phrases) = 0 then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('injected_instruction', 'no question is left that speaks to people')));
  elsif output ->> 'sop_id' is not null then
    select v.* into v_version from jsonb_to_recordset(analysis.sops) s(id integer, version integer) join app_public.sop_versions v on v.sop_id = s.id and v.version = s.version where s.id::text = output ->> 'sop_id';
    if v_version.id is null then
      return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('unrelated_sop', 'SOP ' || (output ->> 'sop_id') || ' was not in the brief')));
    end if;
    -- What leads customers to an SOP stands in its text.
    v_new := app_hidden.add_list_items(v_version.content, app_hidden.phrases_heading(v_version.content), v_phrases);
    if v_new = v_version.content then
      return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('changes_nothing')));
    end if;
    return (select jsonb_build_object('kind', 'sop_edit', 'base_version', v_version.version, 'suggestion',
              jsonb_build_object('sop_id', s.id, 'category', s.category, 'section', s.section, 'new_content', v_new)) from app_public.sops s where s.id = v_version.sop_id);
  end if;
  select k.answer into v_answer from app_public.knowledge_base k
   where k.id = any (analysis.knowledge_ids) and k.category = output ->> 'category' and k.topic = output ->> 'topic' order by k.trust desc, k.id limit 1;
  if v_answer is null then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('unrelated_entry', 'the topic was not in the brief')));
  end if;
  return jsonb_build_object('kind', 'routing_hint', 'suggestion', jsonb_build_object('category', output ->> 'category', 'topic', output ->> 'topic',
    'entries', (select jsonb_agg(jsonb_build_object('question', p, 'answer', v_answer) order by p) from unnest(v_phrases) p)));
end
$$;
comment on function app_private.check_analysis__routing_hint(app_public.analyses, jsonb) is
  'Leads the evidence''s questions to an SOP of the brief (as its phrases) or to a knowledge topic of the brief (with the answer that it has).';

create or replace function app_private.check_analysis(analysis_id integer, output jsonb) returns jsonb
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_analysis app_public.analyses;
  v_evidence integer[];
  v_reasoning text;
  v_quote text;
  v_found text;
  v_result jsonb;
  v_twin integer;
begin
  select * into v_analysis from app_public.analyses a where a.id = check_analysis.analysis_id;
  if v_analysis.id is null then
    raise exception 'There is no analysis with id %.', check_analysis.analysis_id using errcode = 'CO404';
  elsif jsonb_typeof(output) is distinct from 'object' then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('malformed', 'it is no object')));
  elsif output ->> 'action' = 'nothing' then
    return jsonb_build_object('nothing', true);
  elsif coalesce(output ->> 'action', '') !~ '^[a-z_]{1,40}$' or to_regprocedure(format('app_private.check_analysis__%s(app_public.analyses, jsonb)', output ->> 'action')) is null then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('malformed', 'there is no such action')));
  elsif jsonb_typeof(output -> 'evidence') is distinct from 'array' or output -> 'evidence' = '[]' then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('made_up_evidence', 'it names none')));
  end if;
  select e.value into v_found from jsonb_array_elements_text(output -> 'evidence') e where e.value <> all (v_analysis.failed_response_ids::text[]) limit 1;
  if v_found is not null then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('made_up_evidence', format('failure %s was not in the brief', left(v_found, 20)))));
  end if;
  v_evidence := array(select f.id from app_public.failed_responses f
                       where f.id::text in (select jsonb_array_elements_text(output -> 'evidence')) and f.withdrawn_at is null and f.erased_at is null and f.resolved_by_improvement_id is null order by f.id);
  if cardinality(v_evidence) = 0 then
    return jsonb_build_object('superseded', 'The failures behind it were withdrawn, erased or resolved meanwhile.');
  end if;
  v_reasoning := btrim(app_hidden.mask_personal_data(left(coalesce(output ->> 'reasoning', ''), 1000)));
  if v_reasoning = '' then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('malformed', 'it gives no reasoning')));
  end if;
  execute format('select app_private.%I($1, $2)', 'check_analysis__' || (output ->> 'action')) into v_result using v_analysis, output;
  v_found := coalesce(app_hidden.injection_in(v_reasoning), app_hidden.markup_in(v_reasoning));
  if v_found is not null then
    v_result := jsonb_build_object('reasons', coalesce(v_result -> 'reasons', '[]') || jsonb_build_array(app_hidden.reason('injected_instruction', 'in its reasoning: ' || v_found)));
  end if;
  if v_result ? 'reasons' or v_result ? 'superseded' then
    return v_result;
  end if;
  -- The reason of a version stays for ever: one customer's words have no place there.
  for v_quote in
    select q from app_public.failed_responses f, unnest(array[btrim(f.user_correction), btrim(f.query), app_hidden.learnable_question(f.query), app_hidden.mask_personal_data(btrim(f.user_correction))]) q
     where f.id = any (v_analysis.failed_response_ids) and length(q) >= 8 order by length(q) desc
  loop
    v_reasoning := replace(v_reasoning, v_quote, '…');
  end loop;
  v_result := jsonb_set(v_result, '{suggestion,reasoning}', to_jsonb(v_reasoning)) || jsonb_build_object('failed_response_ids', to_jsonb(v_evidence));
  v_twin := app_private.twin_of_rejected(v_result ->> 'kind', v_result -> 'suggestion', (v_result ->> 'base_version')::integer);
  if v_twin is not null then
    return jsonb_build_object('reasons', jsonb_build_array(app_hidden.reason('twin_of_rejected', 'proposal ' || v_twin)));
  end if;
  return v_result;
end
$$;
comment on function app_private.check_analysis(integer, jsonb) is
$$What may be proposed of a model's output: {kind, suggestion, failed_response_ids, base_version}; or {nothing: true}; or {reasons: [kind: what]}; or {superseded: why}. Nothing of a model gets into the review queue around it. A checker app_private.check_analysis__<action>(analysis, output) does each action.
Reasons: malformed, made_up_evidence, unrelated_sop, unrelated_entry, unknown_category, sop_exists, no_source, wrong_base, changes_nothing, huge_rewrite (app_private.check_edit_size), removes_safety (app_private.check_safety), twin_of_rejected, and those of app_private.check_new_text.
Errors: CO404 no such analysis.$$;
