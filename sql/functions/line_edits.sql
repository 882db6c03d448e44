create or replace function app_hidden.to_lines(content text) returns text[] language plpgsql immutable parallel safe as $$
declare
  v_lines text[] := string_to_array(content, E'\n');
begin
  -- A last line without its newline carries diff's mark, so that it differs from the same line with one.
  return case
    when content = '' then '{}'::text[]
    when content = E'\n' then '{""}'::text[]
    when right(content, 1) = E'\n' then v_lines[:cardinality(v_lines) - 1]
    else v_lines[:cardinality(v_lines) - 1] || (v_lines[cardinality(v_lines)] || E'\n\\ No newline at end of file')
  end;
end
$$;
comment on function app_hidden.to_lines(text) is 'The lines of a text; a last line that lacks its newline says so, in diff''s words.';

create or replace function app_hidden.from_lines(lines text[]) returns text language sql immutable parallel safe as $$
  select case
    when cardinality(lines) = 0 then ''
    when right(lines[cardinality(lines)], 28) = E'\n\\ No newline at end of file' then left(array_to_string(lines, E'\n'), -28)
    else array_to_string(lines, E'\n') || E'\n'
  end
$$;
comment on function app_hidden.from_lines(text[]) is 'The text of lines that to_lines gave.';

-- Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), greedy and forward, on line numbers
-- instead of texts. Beyond 1,500 differing lines the middle is reported as one edit: right, only not minimal.
create or replace function app_hidden.line_edits(a text[], b text[])
returns table (a_from integer, a_to integer, b_from integer, b_to integer)
language plpgsql immutable parallel safe as $$
declare
  c_most_differences constant integer := 1500;
  v_a integer[]; v_b integer[];
  n integer := cardinality(a); m integer := cardinality(b);
  v_head integer := 0; v_tail integer := 0;
  v_trace integer[] := '{}'; -- furthest x for step d and diagonal k, at d*d + d + k + 1
  v_found integer;
  x integer; y integer; px integer; py integer; k integer;
  v_down boolean; v_mid_x integer; v_end_x integer; v_end_y integer;
  v_edits integer[][] := '{}';
begin
  while v_head < n and v_head < m and a[v_head + 1] = b[v_head + 1] loop v_head := v_head + 1; end loop;
  while v_tail < n - v_head and v_tail < m - v_head and a[n - v_tail] = b[m - v_tail] loop v_tail := v_tail + 1; end loop;
  n := n - v_head - v_tail;
  m := m - v_head - v_tail;
  if n = 0 and m = 0 then
    return;
  elsif n = 0 or m = 0 then
    return query select v_head + 1, v_head + n, v_head + 1, v_head + m;
    return;
  end if;

  select array_agg(l.number order by l.ord) filter (where l.side = 1), array_agg(l.number order by l.ord) filter (where l.side = 2)
    into v_a, v_b
    from (select s.side, s.ord, dense_rank() over (order by s.line collate "C")::integer as number
            from (select 1 as side, t.ord, t.line from unnest(a[v_head + 1:v_head + n]) with ordinality t(line, ord)
                  union all
                  select 2, t.ord, t.line from unnest(b[v_head + 1:v_head + m]) with ordinality t(line, ord)) s) l;

  <<search>>
  for d in 0..least(n + m, c_most_differences) loop
    for i in 0..d loop
      k := -d + 2 * i;
      if d = 0 then x := 0;
      elsif k = -d or (k <> d and v_trace[d*d - d + k] < v_trace[d*d - d + k + 2]) then x := v_trace[d*d - d + k + 2];
      else x := v_trace[d*d - d + k] + 1;
      end if;
      y := x - k;
      while x < n and y < m and v_a[x + 1] = v_b[y + 1] loop x := x + 1; y := y + 1; end loop;
      v_trace[d*d + d + k + 1] := x;
      if x >= n and y >= m then
        v_found := d;
        exit search;
      end if;
    end loop;
  end loop;
  if v_found is null then
    return query select v_head + 1, v_head + n, v_head + 1, v_head + m;
    return;
  end if;

  -- Walk back; moves with no common line between them are one edit.
  x := n;
  y := m;
  for d in reverse v_found..1 loop
    k := x - y;
    v_down := k = -d or (k <> d and v_trace[d*d - d + k] < v_trace[d*d - d + k + 2]);
    px := v_trace[d*d - d + k + case when v_down then 2 else 0 end];
    py := px - k - case when v_down then 1 else -1 end;
    v_mid_x := px + case when v_down then 0 else 1 end;
    if v_end_x is not null and x > v_mid_x then
      v_edits := v_edits || array[[v_head + x + 1, v_head + v_end_x, v_head + y + 1, v_head + v_end_y]];
      v_end_x := null;
    end if;
    if v_end_x is null then
      v_end_x := v_mid_x;
      v_end_y := v_mid_x - k;
    end if;
    x := px;
    y := py;
  end loop;
  v_edits := v_edits || array[[v_head + x + 1, v_head + v_end_x, v_head + y + 1, v_head + v_end_y]];
  return query select v_edits[i][1], v_edits[i][2], v_edits[i][3], v_edits[i][4]
    from generate_series(cardinality(v_edits) / 4, 1, -1) i;
end
$$;
comment on function app_hidden.line_edits(text[], text[]) is
  'The least set of edits that turns lines a into lines b: lines a_from..a_to become b_from..b_to (to = from - 1: none), in order.';
