create or replace function app_hidden.lines_with_heading(lines text[]) returns table (n bigint, heading text) language sql immutable parallel safe as $$
  select h.n, first_value(h.line) over (partition by h.block order by h.n)
    from (select l.n, l.line, count(*) filter (where l.line ~ '^#{1,6}\s') over (order by l.n) as block from unnest(lines) with ordinality l(line, n)) h
$$;
comment on function app_hidden.lines_with_heading(text[]) is 'Each line''s number with the line that opens its block: a heading, or the first line of the text.';

create or replace function app_hidden.diff_summary(old_content text, new_content text) returns text language plpgsql immutable parallel safe as $$
declare
  v_lines text[] := app_hidden.to_lines(new_content);
begin
  if coalesce(old_content, '') = '' then
    -- All of it is new; nothing is to be compared.
    return format('+%s -0 lines', cardinality(v_lines))
      || coalesce('; under ' || (select string_agg(regexp_replace(split_part(t.heading, E'\n', 1), '^#+\s*', ''), ', ' order by t.place)
                                   from (select l.line as heading, min(l.n) as place from unnest(v_lines) with ordinality l(line, n)
                                          where l.line ~ '^#{1,6}\s' group by 1 order by 2 limit 8) t), '');
  end if;
  return (
    with texts as materialized (
      select app_hidden.to_lines(old_content) as old_lines, v_lines as new_lines
    ), edits as materialized (
      select e.* from texts, app_hidden.line_edits(old_lines, new_lines) e
    ), touched as (
      select h.heading, min(h.n) as place from (
        select l.heading, l.n from texts, app_hidden.lines_with_heading(new_lines) l where exists (select from edits where l.n between b_from and b_to)
        union all
        select l.heading, l.n from texts, app_hidden.lines_with_heading(old_lines) l where exists (select from edits where l.n between a_from and a_to)
      ) h where h.heading ~ '^#{1,6}\s' group by h.heading
    )
    select format('+%s -%s lines', coalesce(sum(b_to - b_from + 1), 0), coalesce(sum(a_to - a_from + 1), 0))
      || coalesce('; under ' || (select string_agg(regexp_replace(split_part(heading, E'\n', 1), '^#+\s*', ''), ', ' order by place)
                                   from (select * from touched order by place limit 8) t), '')
      from edits);
end
$$;
comment on function app_hidden.diff_summary(text, text) is 'Lines added and removed, and the headings they stand under, such as "+3 -1 lines; under Steps".';
