create or replace function app_hidden.merge_lines(base text, ours text, theirs text, out merged text, out conflicts jsonb)
language plpgsql immutable parallel safe as $$
declare
  v_base text[] := app_hidden.to_lines(base);
  v_ours text[] := app_hidden.to_lines(ours);
  v_theirs text[] := app_hidden.to_lines(theirs);
  v_out text[] := '{}';
  v_at integer := 1;
  v_last text[] := '{}';
  v_edit record;
begin
  conflicts := '[]';
  -- Both sides' edits in the order of the base; an edit that both made counts once.
  for v_edit in
    select e.*, max(e.a_to) over w as reach, max(e.insertion) over w as reach_insertion
      from (select a_from, a_to, v_ours[b_from:b_to] as lines, case when a_to < a_from then a_from end as insertion from app_hidden.line_edits(v_base, v_ours)
            union
            select a_from, a_to, v_theirs[b_from:b_to], case when a_to < a_from then a_from end from app_hidden.line_edits(v_base, v_theirs)) e
    window w as (order by e.a_from, e.a_to, e.lines rows between unbounded preceding and 1 preceding)
     order by e.a_from, e.a_to, e.lines
  loop
    if v_edit.insertion = v_edit.reach_insertion and v_edit.insertion = v_at
       and not exists (select from unnest(v_edit.lines || v_last) l where l !~ '^\s*$|^#{1,6}\s|^\s*([-*+]|\d+\.)\s') then
      -- Both added items to one list: keep both, what they share once.
      v_out := v_out || array(select l from unnest(v_edit.lines) with ordinality t(l, o) where l <> all (v_last) order by o);
      continue;
    elsif v_edit.a_from <= v_edit.reach or v_edit.insertion = v_edit.reach_insertion then
      conflicts := conflicts || jsonb_build_array(jsonb_build_object('line', v_edit.a_from, 'lines', greatest(v_edit.a_to - v_edit.a_from + 1, 0)));
      continue;
    end if;
    v_out := v_out || v_base[v_at:v_edit.a_from - 1] || v_edit.lines;
    v_at := v_edit.a_to + 1;
    v_last := v_edit.lines;
  end loop;
  if conflicts = '[]' then
    conflicts := null;
    v_out := v_out || v_base[v_at:];
    -- A last line that is last no more has its newline now.
    merged := app_hidden.from_lines(array(select case when o < cardinality(v_out) then regexp_replace(l, '\n\\ No newline at end of file$', '') else l end
                                            from unnest(v_out) with ordinality t(l, o) order by o));
  end if;
end
$$;
comment on function app_hidden.merge_lines(text, text, text) is
  'Three-way merge by line: `merged` where the edits of ours and theirs do not overlap, else `conflicts`, [{line, lines}] of the base. Two insertions at one place conflict unless they are equal or both list items.';

create or replace function app_hidden.merge_edit(base text, "current" text, proposed text, out merged text, out conflicts jsonb)
language plpgsql immutable parallel safe as $$
begin
  if "current" = proposed or "current" = base then
    merged := proposed;
  else
    select m.merged, m.conflicts into merged, conflicts from app_hidden.merge_lines(base, "current", proposed) m;
  end if;
end
$$;
comment on function app_hidden.merge_edit(text, text, text) is
  'What becomes of a text (current) by an edit that was drafted from base; as merge_lines, with nothing to merge where the text is still its base, or says it already.';
