create or replace function app_hidden.merge_marked(base text, ours text, theirs text, out merged text, out conflicts integer)
language plpgsql immutable parallel safe as $$
declare
  v_base text[] := app_hidden.to_lines(base);
  v_ours text[] := app_hidden.to_lines(ours);
  v_theirs text[] := app_hidden.to_lines(theirs);
  v_out text[] := '{}';
  v_at integer := 1;
  v_mine text[];
  v_other text[];
  r record;
begin
  conflicts := 0;
  for r in
    -- Edits that overlap, and insertions at one place, are one region; what each side made of it is a slice of its text.
    select g.region, min(g.a_from) as a_from, max(g.a_to) as a_to,
           min(g.b_from - g.a_from) filter (where g.side = 1 and g.first) as our_shift, max(g.b_to - g.a_to) filter (where g.side = 1 and g.last) as our_end_shift,
           min(g.b_from - g.a_from) filter (where g.side = 2 and g.first) as their_shift, max(g.b_to - g.a_to) filter (where g.side = 2 and g.last) as their_end_shift
      from (select o.*, row_number() over (partition by o.region, o.side order by o.a_from, o.a_to) = 1 as first,
                   row_number() over (partition by o.region, o.side order by o.a_from desc, o.a_to desc) = 1 as last
              from (select s.*, count(*) filter (where s.starts) over (order by s.a_from, s.a_to, s.side) as region
                      from (select e.*, coalesce(e.a_from > max(e.a_to) over w and not coalesce(e.insertion = max(e.insertion) over w, false), true) as starts
                              from (select 1 as side, x.*, case when x.a_to < x.a_from then x.a_from end as insertion from app_hidden.line_edits(v_base, v_ours) x
                                    union all
                                    select 2, x.*, case when x.a_to < x.a_from then x.a_from end from app_hidden.line_edits(v_base, v_theirs) x) e
                            window w as (order by e.a_from, e.a_to, e.side rows between unbounded preceding and 1 preceding)) s) o) g
     group by g.region order by g.region
  loop
    v_out := v_out || v_base[v_at:r.a_from - 1];
    v_at := r.a_to + 1;
    v_mine := v_ours[r.a_from + r.our_shift:r.a_to + r.our_end_shift];
    v_other := v_theirs[r.a_from + r.their_shift:r.a_to + r.their_end_shift];
    if r.their_shift is null then
      v_out := v_out || v_mine;
    elsif r.our_shift is null or v_mine = v_other then
      v_out := v_out || v_other;
    elsif r.a_to < r.a_from and not exists (select from unnest(v_mine || v_other) l where l !~ '^\s*$|^#{1,6}\s|^\s*([-*+]|\d+\.)\s') then
      -- Both added items to one list, as in merge_lines.
      v_out := v_out || v_mine || array(select l from unnest(v_other) with ordinality t(l, o) where l <> all (v_mine) order by o);
    else
      conflicts := conflicts + 1;
      v_out := v_out || '<<<<<<< current'::text || v_mine || '======='::text || v_other || '>>>>>>> proposed'::text;
    end if;
  end loop;
  v_out := v_out || v_base[v_at:];
  merged := app_hidden.from_lines(array(select case when o < cardinality(v_out) then regexp_replace(l, '\n\\ No newline at end of file$', '') else l end
                                          from unnest(v_out) with ordinality t(l, o) order by o));
end
$$;
comment on function app_hidden.merge_marked(text, text, text) is
  'Three-way merge by line, as merge_lines merges; where edits overlap, both stand between the usual marks (<<<<<<< current, =======, >>>>>>> proposed), and `conflicts` counts these places.';
