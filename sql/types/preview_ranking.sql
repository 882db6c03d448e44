do $$
begin
  if to_regtype('app_private.ranked_target') is null then
    create type app_private.ranked_target as (target text, sop_id integer, category text, score double precision, entry_id bigint, entry_leads boolean,
      words double precision, cosine double precision, agreed boolean);
    create type app_private.preview_ranking as (targets app_private.ranked_target[], by_words bigint[], nearest bigint[]);
  end if;
end
$$;
comment on type app_private.ranked_target is 'A row of app_private.rank_targets, without its lists of units.';
comment on type app_private.preview_ranking is 'What app_private.rank_targets makes of a question of a dry run: the best 25 targets, best first, and the units that words and the vector index named.';
