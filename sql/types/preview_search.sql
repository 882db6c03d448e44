do $$
begin
  if to_regtype('app_private.preview_search') is null then
    create type app_private.preview_search as (words sparsevec, total_idf double precision, candidates tsquery, embedding halfvec, site_id integer, left_out app_private.left_out);
  end if;
end
$$;
comment on type app_private.preview_search is
  'What a question of a dry run is searched with: what app_private.question_words makes of its words, its vector, the site where it was asked, and what is left out.';
