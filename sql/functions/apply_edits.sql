create or replace function app_hidden.edit_lines(value jsonb) returns text[] language sql immutable parallel safe as $$
  select case jsonb_typeof(value)
    when 'array' then coalesce((select array_agg(rtrim(l.line, E'\r') order by e.o, l.o) from jsonb_array_elements_text(value) with ordinality e(text, o),
                                  unnest(case when e.text = '' then array[''] else string_to_array(e.text, E'\n') end) with ordinality l(line, o)), '{}')
    when 'string' then case when value #>> '{}' = '' then '{}'::text[] else string_to_array(regexp_replace(value #>> '{}', E'\\r?\\n$', ''), E'\n') end
    else '{}'::text[] end
$$;
comment on function app_hidden.edit_lines(jsonb) is 'The lines of an edit: of an array a line each, of a text cut at its newlines; none of null.';

create or replace function app_hidden.numbered_lines(content text) returns jsonb language sql immutable parallel safe as $$
  select coalesce(jsonb_agg(o || ': ' || rtrim(l, E'\r') order by o), '[]')
    from unnest(string_to_array(case when right(content, 1) = E'\n' then left(content, -1) else content end, E'\n')) with ordinality t(l, o)
$$;
comment on function app_hidden.numbered_lines(text) is 'The lines of a text as an array, each behind its number: what edits are expressed against.';

create or replace function app_hidden.refuse_edit(problem text, number integer, message text, details jsonb default '{}') returns void language plpgsql immutable as $$
begin
  raise exception 'Edit % cannot be applied: %.', number, message
    using errcode = 'CO130', detail = (jsonb_build_object('problem', problem, 'edit', number) || details)::text,
          hint = 'Edits are [{from, to, old, new}] against the lines of the version they were written for; an insertion before line n is {from: n, to: n - 1, old: [], new}.';
end
$$;
comment on function app_hidden.refuse_edit(text, integer, text, jsonb) is 'Refuses (CO130) an edit. problem: wrong_base, overlap, out_of_range or malformed.';

create or replace function app_hidden.apply_edits(content text, edits jsonb) returns text
language plpgsql immutable parallel safe as $$
declare
  v_lines text[] := case when content = '' then '{}' else string_to_array(case when right(content, 1) = E'\n' then left(content, -1) else content end, E'\n') end;
  v_count integer := coalesce(cardinality(v_lines), 0);
  v_out text[] := '{}';
  v_at integer := 1; -- the first line that is not written yet
  v_insertion integer := 0; -- where the edit before has inserted
  v_from integer;
  v_to integer;
  v_edit record;
begin
  if jsonb_typeof(edits) is distinct from 'array' then
    perform app_hidden.refuse_edit('malformed', 0, 'the edits are no array');
  end if;
  for v_edit in
    select t.e, t.o::integer as number from jsonb_array_elements(edits) with ordinality t(e, o)
     order by case when jsonb_typeof(t.e -> 'from') = 'number' then (t.e ->> 'from')::numeric end, case when jsonb_typeof(t.e -> 'to') = 'number' then (t.e ->> 'to')::numeric end, t.o
  loop
    if jsonb_typeof(v_edit.e -> 'from') is distinct from 'number' or jsonb_typeof(v_edit.e -> 'to') is distinct from 'number'
       or (v_edit.e ->> 'from') !~ '^-?\d{1,9}$' or (v_edit.e ->> 'to') !~ '^-?\d{1,9}$'
       or coalesce(jsonb_typeof(v_edit.e -> 'old'), 'null') not in ('array', 'string', 'null') or coalesce(jsonb_typeof(v_edit.e -> 'new'), 'null') not in ('array', 'string', 'null') then
      perform app_hidden.refuse_edit('malformed', v_edit.number, 'it needs the numbers from and to, and the lines old and new');
    end if;
    v_from := (v_edit.e ->> 'from')::integer;
    v_to := (v_edit.e ->> 'to')::integer;
    if v_from < 1 or v_to < v_from - 1 or v_to > v_count or v_from > v_count + 1 then
      perform app_hidden.refuse_edit('out_of_range', v_edit.number, format('lines %s to %s do not exist, there are %s', v_from, v_to, v_count), jsonb_build_object('from', v_from, 'to', v_to, 'lines', v_count));
    elsif v_from < v_at or v_to < v_from and v_from = v_insertion then
      perform app_hidden.refuse_edit('overlap', v_edit.number, format('it changes lines %s to %s, as another edit does', v_from, v_to), jsonb_build_object('from', v_from, 'to', v_to));
    elsif app_hidden.edit_lines(v_edit.e -> 'old') is distinct from array(select rtrim(l, E'\r') from unnest(v_lines[v_from:v_to]) with ordinality t(l, o) order by o) then
      perform app_hidden.refuse_edit('wrong_base', v_edit.number, format('lines %s to %s do not say what it takes them to say', v_from, v_to), jsonb_build_object('from', v_from, 'to', v_to));
    end if;
    v_out := v_out || v_lines[v_at:v_from - 1] || app_hidden.edit_lines(v_edit.e -> 'new');
    v_at := v_to + 1;
    v_insertion := case when v_to < v_from then v_from else 0 end;
  end loop;
  v_out := v_out || v_lines[v_at:];
  return case when cardinality(v_out) = 0 then '' else array_to_string(v_out, E'\n') || case when content = '' or right(content, 1) = E'\n' then E'\n' else '' end end;
end
$$;
comment on function app_hidden.apply_edits(text, jsonb) is
$$A text with edits by line, [{from, to, old, new}]: lines from..to, which must say exactly old, become new; to = from - 1 inserts before line from. All numbers are those of the text as it was. Errors: CO130 an edit does not fit (malformed, out_of_range, overlap, wrong_base: DETAIL says which).$$;
