do $$
begin
  if to_regtype('app_public.golden_result') is null then
    create type app_public.golden_result as (
      golden_question_id integer,
      question text,
      site text,
      expected text,
      expected_title text,
      outcome text,
      found text,
      found_title text,
      confidence double precision,
      by_vector boolean,
      passed boolean,
      verdict text,
      why text
    );
  end if;
end
$$;
comment on type app_public.golden_result is 'What a golden question finds now, and whether that is what is expected.';
comment on column app_public.golden_result.site is 'Slug of the site where it is asked.';
comment on column app_public.golden_result.expected is 'sop:<id>, topic:<category>/<topic>, or hand_over.';
comment on column app_public.golden_result.outcome is 'What the customer would get: answered, handed_over, or emergency.';
comment on column app_public.golden_result.found is 'The first result, named as expected is; null where nothing was found.';
comment on column app_public.golden_result.confidence is 'Probability (0 to 1) that the first result answers the question.';
comment on column app_public.golden_result.by_vector is 'Whether the question''s vector was known; else words alone decided.';
comment on column app_public.golden_result.verdict is 'passed; gone (what is expected is archived or deleted); nothing_found; unsure (too little confidence, so a person would answer); other_source; for_a_person (what is first is of the category hand_over); answered (and should be handed over); emergency.';
comment on column app_public.golden_result.why is 'Why it failed, in a sentence; null where it passed.';
