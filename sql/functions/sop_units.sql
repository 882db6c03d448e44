create or replace function app_hidden.plain_text(markdown text) returns text language sql immutable parallel safe as $$
  select regexp_replace(regexp_replace(regexp_replace(markdown, '(?n)^\s*(?:[-*+]|\d+\.|#{1,6})\s+', '', 'g'), '\*\*|__|`', '', 'g'), '\[([^\]]+)\]\([^)]*\)', '\1', 'g')
$$;
comment on function app_hidden.plain_text(text) is 'Markdown without its list marks, headings'' marks, emphasis and links'' targets.';

create or replace function app_hidden.in_words(name text) returns text language sql immutable parallel safe as $$
  select btrim(translate(regexp_replace(name, '([a-z0-9])([A-Z])', '\1 \2', 'g'), '_-/', '   '))
$$;
comment on function app_hidden.in_words(text) is 'A category''s, section''s or topic''s name as words: pin_failures is "pin failures".';

-- What is searched of an SOP. Used by the trigger that writes search units, and by whoever drafts a change and
-- wants its vectors ready before the transaction: both must see the same texts.
create or replace function app_hidden.sop_units(category text, section text, content text)
returns table (kind text, ordinal integer, title text, heading text, body text, embedding_text text, words tsvector)
language sql stable parallel safe as $$
  with doc as (
    select app_hidden.sop_title(section, content) as title,
           app_hidden.in_words(category) || ' ' || app_hidden.in_words(section) || ' ' || app_hidden.sop_title(section, content) as head
  ), parts as materialized (
    select s.ordinal, s.heading, s.body, app_hidden.lists_phrases(s.heading) as is_phrases,
           -- A line or two between title and first heading is no section of its own; the profile has it.
           s.heading is null and length(s.body) < 200 and count(*) over () > 1 as is_preamble
      from app_hidden.markdown_sections(content) s
  )
  -- The head counts twice among the words.
  select 'section', p.ordinal, d.title, p.heading, p.body,
         left(concat_ws('. ', app_hidden.in_words(category) || ': ' || d.title, p.heading, app_hidden.plain_text(p.body)), 8000),
         to_tsvector('app_public.clubos', concat_ws(' ', d.head, d.head, p.heading, p.body))
    from doc d, parts p
   where not p.is_phrases and not p.is_preamble
  union all
  select 'phrase', 1000 + row_number() over ()::integer, d.title, p.heading, t.phrase, t.phrase, to_tsvector('app_public.clubos', t.phrase)
    from doc d, parts p,
         lateral (select btrim(regexp_replace(l, '^\s*[-*+]\s+', ''), ' "') as phrase
                    from unnest(string_to_array(p.body, E'\n')) l where l ~ '^\s*[-*+]\s+\S') t
   where p.is_phrases
$$;
comment on function app_hidden.sop_units(text, text, text) is
  'The search units an SOP of this text would have: its sections, and each phrase under "Customers also say".';

create or replace function app_hidden.target_of(sop_id integer, category text, topic text) returns text language sql immutable parallel safe as $$
  select coalesce('sop:' || sop_id, 'topic:' || category || '/' || topic)
$$;
comment on function app_hidden.target_of(integer, text, text) is 'Name of what a search unit leads to: its SOP, else its topic.';

create or replace function app_hidden.knowledge_unit(category text, topic text, question text, answer text)
returns table (embedding_text text, words tsvector)
language sql stable parallel safe as $$
  select question, to_tsvector('app_public.clubos', question)
$$;
comment on function app_hidden.knowledge_unit(text, text, text, text) is 'The text of a knowledge entry that is embedded, and the words it is found by: its question, as questions resemble questions.';
