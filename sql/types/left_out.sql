do $$
begin
  if to_regtype('app_private.left_out') is null then
    create type app_private.left_out as (content_hash bytea, target text, impacts sparsevec, embedding vector);
  end if;
end
$$;
comment on type app_private.left_out is
  'What a search does without, to ask a known question as if it were new: the units that are this question (content_hash), and its part in the profile of the target that it belongs to, whose words and vector are these instead.';
