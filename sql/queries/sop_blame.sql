create or replace function app_public.sop_blame(sop_id integer, version integer default null) returns setof app_public.blamed_line
language plpgsql stable as $$
declare
  v_version app_public.sop_versions;
  v_lines text[];
  v_before text[];
  v_from integer[]; -- for each line of v_lines the version that wrote it
  v_next integer[];
  v_edit record;
  v_at integer;
begin
  for v_version in
    select * from app_public.sop_versions v where v.sop_id = sop_blame.sop_id and v.version <= coalesce(sop_blame.version, 2147483647) order by v.version
  loop
    -- Whether the last line ends with a newline is nobody's doing.
    v_lines := string_to_array(regexp_replace(v_version.content, '\n$', ''), E'\n');
    if v_version.version = 1 then
      v_from := array_fill(1, array[cardinality(v_lines)]);
    elsif v_lines <> v_before then
      v_next := '{}';
      v_at := 1;
      for v_edit in select * from app_hidden.line_edits(v_before, v_lines) loop
        v_next := v_next || v_from[v_at:v_edit.a_from - 1] || array_fill(v_version.version, array[greatest(v_edit.b_to - v_edit.b_from + 1, 0)]);
        v_at := v_edit.a_to + 1;
      end loop;
      v_from := v_next || v_from[v_at:];
    end if;
    v_before := v_lines;
  end loop;
  if v_version.id is null or v_version.version <> sop_blame.version then
    raise exception 'SOP % has no version %.', sop_blame.sop_id, coalesce(sop_blame.version, 1) using errcode = 'CO404';
  end if;
  return query
    select t.line::integer, t.text, v.version, v.changed_by::text, v.created_at, v.change_reason, v.improvement_id
      from unnest(v_lines, v_from) with ordinality t(text, version, line)
      join app_public.sop_versions v on v.sop_id = sop_blame.sop_id and v.version = t.version
     order by t.line;
end
$$;
comment on function app_public.sop_blame(integer, integer) is
$$Each line of an SOP with the version that last wrote it: who, when, why, by which proposal. version: the newest unless given. Over GraphQL a page has 100 lines unless `first` says otherwise (1,000 at most).
Errors: CO404 no such SOP or version.$$;
