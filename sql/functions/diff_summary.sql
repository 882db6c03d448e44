create or replace function app_hidden.diff_summary(old_content text, new_content text) returns text language sql immutable parallel safe as $$
  with texts as (
    select app_hidden.to_lines(coalesce(old_content, '')) as old_lines, app_hidden.to_lines(new_content) as new_lines
  ), edits as (
    select e.* from texts, app_hidden.line_edits(old_lines, new_lines) e
  ), touched as (
    select line, min(place) as place from (
      select h.line, n as place from edits, texts, generate_series(b_from, b_to) n
        cross join lateral (select l.line from unnest(new_lines[:n]) with ordinality l(line, o) where l.line ~ '^#{1,6}\s' order by o desc limit 1) h
      union all
      select h.line, n from edits, texts, generate_series(a_from, a_to) n
        cross join lateral (select l.line from unnest(old_lines[:n]) with ordinality l(line, o) where l.line ~ '^#{1,6}\s' order by o desc limit 1) h
    ) t group by line
  )
  select format('+%s -%s lines', coalesce(sum(b_to - b_from + 1), 0), coalesce(sum(a_to - a_from + 1), 0))
    || coalesce('; under ' || (select string_agg(regexp_replace(split_part(line, E'\n', 1), '^#+\s*', ''), ', ' order by place) from (select * from touched order by place limit 8) t), '')
    from edits
$$;
comment on function app_hidden.diff_summary(text, text) is 'Lines added and removed, and the headings they stand under, such as "+3 -1 lines; under Steps".';
