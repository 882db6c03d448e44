do $$
begin
  if to_regtype('app_public.search_result') is null then
    create type app_public.search_result as (
      rank integer,
      kind text,
      sop_id integer,
      sop_version_id integer,
      version integer,
      knowledge_id integer,
      category text,
      topic text,
      title text,
      heading text,
      snippet text,
      matched text,
      trust smallint,
      score double precision,
      words double precision,
      cosine double precision,
      confidence double precision
    );
  end if;
end
$$;
comment on type app_public.search_result is 'One source found for a question: an SOP (with version and section) or a knowledge entry.';
comment on column app_public.search_result.kind is 'sop or knowledge.';
comment on column app_public.search_result.topic is 'The SOP''s section or the entry''s topic.';
comment on column app_public.search_result.matched is 'The customers'' phrase or learned question that led here, if one did.';
comment on column app_public.search_result.trust is '0 unreviewed, 1 confirmed by customers, 2 by staff, 3 written or approved by staff.';
comment on column app_public.search_result.score is 'Fused score: comparable within one search only.';
comment on column app_public.search_result.words is 'Share of the question''s information that the best text holds, 0 to about 3.';
comment on column app_public.search_result.cosine is 'Cosine of question and text, -1 to 1.';
comment on column app_public.search_result.confidence is 'Of the first result: calibrated probability (0 to 1) that it answers the question.';
