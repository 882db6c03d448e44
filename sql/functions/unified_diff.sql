create or replace function app_hidden.unified_diff(a text, b text, a_name text, b_name text, context integer default 3)
returns text language plpgsql immutable parallel safe as $$
declare
  v_a text[] := app_hidden.to_lines(a);
  v_b text[] := app_hidden.to_lines(b);
  v_out text[] := '{}';
  v_hunk record;
  v_edit record;
  v_at integer;
begin
  if a = b then
    return '';
  end if;
  for v_hunk in
    -- Edits closer than twice the context share a hunk.
    select h.hunk, greatest(min(h.a_from) - context, 1) as a_first, least(max(h.a_to) + context, cardinality(v_a)) as a_last,
           min(h.b_from) - (min(h.a_from) - greatest(min(h.a_from) - context, 1)) as b_first,
           max(h.b_to) + (least(max(h.a_to) + context, cardinality(v_a)) - max(h.a_to)) as b_last,
           array_agg(array[h.a_from, h.a_to, h.b_from, h.b_to] order by h.a_from, h.b_from) as edits
      from (select g.*, sum(g.starts) over (order by g.a_from, g.b_from) as hunk
              from (select e.*, case when e.a_from - lag(e.a_to) over (order by e.a_from, e.b_from) - 1 <= 2 * context then 0 else 1 end as starts
                      from app_hidden.line_edits(v_a, v_b) e) g) h
     group by h.hunk
     order by h.hunk
  loop
    v_out := v_out || format('@@ -%s +%s @@', app_hidden.hunk_range(v_hunk.a_first, v_hunk.a_last), app_hidden.hunk_range(v_hunk.b_first, v_hunk.b_last));
    v_at := v_hunk.a_first;
    for i in 1..array_length(v_hunk.edits, 1) loop
      v_out := v_out
        || array(select ' ' || l from unnest(v_a[v_at:v_hunk.edits[i][1] - 1]) with ordinality t(l, o) order by o)
        || array(select '-' || l from unnest(v_a[v_hunk.edits[i][1]:v_hunk.edits[i][2]]) with ordinality t(l, o) order by o)
        || array(select '+' || l from unnest(v_b[v_hunk.edits[i][3]:v_hunk.edits[i][4]]) with ordinality t(l, o) order by o);
      v_at := v_hunk.edits[i][2] + 1;
    end loop;
    v_out := v_out || array(select ' ' || l from unnest(v_a[v_at:v_hunk.a_last]) with ordinality t(l, o) order by o);
  end loop;
  return array_to_string(array['--- ' || a_name, '+++ ' || b_name] || v_out, E'\n') || E'\n';
end
$$;
comment on function app_hidden.unified_diff(text, text, text, text, integer) is
  'A unified diff (as `diff -u` writes it) of two texts, with `context` lines around each edit; empty where they are equal.';

create or replace function app_hidden.hunk_range(first integer, last integer) returns text language sql immutable parallel safe as $$
  select case
    when last < first then format('%s,0', first - 1)
    when last = first then first::text
    else format('%s,%s', first, last - first + 1)
  end
$$;
comment on function app_hidden.hunk_range(integer, integer) is 'Line range of a hunk as `diff -u` writes it.';
