drop function if exists app_hidden.phrases_heading();
create or replace function app_hidden.markdown_sections(content text)
returns table (ordinal integer, heading text, body text)
language plpgsql immutable parallel safe rows 8 as $$
declare
  c_longest constant integer := 1500; -- characters of a section before it is cut at the next paragraph
  v_line text;
  v_fence text;
  v_path text[] := '{}';
  v_level integer;
begin
  ordinal := 0;
  body := '';
  foreach v_line in array string_to_array(content, E'\n') loop
    v_line := rtrim(v_line, E'\r');
    if v_fence is null and v_line ~ '^\s{0,3}(```|~~~)' then
      v_fence := substring(v_line from '(```|~~~)');
    elsif v_fence is not null and v_line ~ ('^\s{0,3}' || v_fence) then
      v_fence := null;
    end if;
    v_level := case when v_fence is null and v_line ~ '^#{1,6}\s' then length(substring(v_line from '^#+')) end;
    if v_level is not null or (length(body) > c_longest and (btrim(v_line) = '' or v_line ~ '^\s{0,3}([-*+]|\d+\.)\s')) or length(body) + length(v_line) > 8000 then
      if btrim(body, E' \t\n') <> '' then
        heading := nullif(array_to_string(v_path[2:], ' / ', ''), '');
        body := btrim(body, E'\n');
        return next;
        ordinal := ordinal + 1;
      end if;
      body := '';
    end if;
    if v_level is not null then
      v_path := v_path[:v_level - 1];
      v_path[v_level] := btrim(regexp_replace(v_line, '^#+\s*(.*?)\s*#*\s*$', '\1'));
    else
      -- A single line longer than a unit can be: cut it, nothing is dropped.
      while length(v_line) > 8000 loop
        heading := nullif(array_to_string(v_path[2:], ' / ', ''), '');
        body := left(v_line, 8000);
        return next;
        ordinal := ordinal + 1;
        body := '';
        v_line := substr(v_line, 8001);
      end loop;
      body := body || v_line || E'\n';
    end if;
  end loop;
  if btrim(body, E' \t\n') <> '' then
    heading := nullif(array_to_string(v_path[2:], ' / ', ''), '');
    body := btrim(body, E'\n');
    return next;
  end if;
end
$$;
comment on function app_hidden.markdown_sections(text) is
  'A markdown text cut by its headings (not those in code fences), long sections at paragraphs: ordinal, the path of headings below the title, the text.';

create or replace function app_hidden.sop_title(section text, content text) returns text language sql immutable parallel safe as $$
  select coalesce(
    nullif(btrim(substring(content from '(?n)^#\s+(.+?)\s*#*\s*$')), ''),
    initcap(left(section, 1)) || translate(substr(section, 2), '_-', '  '))
$$;
comment on function app_hidden.sop_title(text, text) is 'The SOP''s first-level heading, or its section''s name in words.';

create or replace function app_hidden.phrases_heading(content text) returns text
language sql stable set search_path = app_public, public, pg_temp as $$
  select coalesce((select regexp_replace(m.heading, '^.* / ', '') from app_hidden.markdown_sections(content) m where app_hidden.lists_phrases(m.heading) order by m.ordinal limit 1),
    app_hidden.usual_words('heading_phrases'))
$$;
comment on function app_hidden.phrases_heading(text) is 'The heading below which an SOP has, or should get, its customers'' phrases: the one that the text has, else the usual one in the club''s language.';
