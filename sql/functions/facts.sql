-- What a text states that another text can contradict. claims_in asks whether a model invented something; here two texts
-- are compared, so each fact comes in one unit, with the words around it, in English and German. Patterns alone: the
-- same text gives the same facts in every database.
create or replace function app_hidden.number_in(number text) returns numeric language sql immutable parallel safe as $$
  -- 1,200 and 1.200 are a thousand, 4,50 and 4.50 are not.
  select case when w.n is not null then w.n
              when number ~ '^\d{1,3}(?:[.,]\d{3})+$' then regexp_replace(number, '[.,]', '', 'g')::numeric
              when number ~ '^\d+(?:[.,]\d+)?$' and length(number) <= 12 then replace(number, ',', '.')::numeric
              when number ~ '^\d{1,3}(?:,\d{3})+\.\d+$' then replace(number, ',', '')::numeric
              when number ~ '^\d{1,3}(?:\.\d{3})+,\d+$' then replace(replace(number, '.', ''), ',', '.')::numeric end
    from (select (jsonb '{"half an": 0.5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15,
      "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45, "fifty": 50, "sixty": 60, "ninety": 90, "ein": 1, "eine": 1, "einen": 1, "einem": 1, "einer": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5,
      "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12, "fünfzehn": 15, "zwanzig": 20, "dreißig": 30, "vierzig": 40, "fünfundvierzig": 45, "fünfzig": 50, "sechzig": 60,
      "neunzig": 90}' ->> lower(number))::numeric as n) w
$$;
comment on function app_hidden.number_in(text) is 'A number in figures, English or German writing, or in words up to ninety; null for anything else.';

create or replace function app_hidden.unit_of(unit text, out kind text, out factor numeric) language sql immutable parallel safe as $$
  -- Durations in minutes; a month is 30 days and a year 365, so that "12 months" and "a year" are within 2 %.
  -- By their beginnings, not by patterns: PostgreSQL keeps 32 compiled patterns, and compiling one takes a millisecond.
  select u.kind, u.factor from (values
    ('sec', 'duration', 1 / 60.0), ('sek', 'duration', 1 / 60.0), ('min', 'duration', 1), ('hour', 'duration', 60), ('hr', 'duration', 60), ('std', 'duration', 60), ('stunde', 'duration', 60),
    ('day', 'duration', 1440), ('tag', 'duration', 1440), ('night', 'duration', 1440), ('nacht', 'duration', 1440), ('nächte', 'duration', 1440), ('week', 'duration', 10080), ('woche', 'duration', 10080),
    ('month', 'duration', 43200), ('monat', 'duration', 43200), ('year', 'duration', 525600), ('jahr', 'duration', 525600), ('people', 'people', 1), ('person', 'people', 1), ('player', 'people', 1),
    ('spieler', 'people', 1), ('leute', 'people', 1), ('ball', 'balls', 1), ('bälle', 'balls', 1), ('tries', 'tries', 1), ('attempt', 'tries', 1), ('versuch', 'tries', 1), ('digit', 'digits', 1), ('stellen', 'digits', 1),
    ('bays', 'bays', 1), ('buchten', 'bays', 1), ('space', 'spaces', 1), ('free space', 'spaces', 1), ('parking space', 'spaces', 1), ('stellpl', 'spaces', 1), ('parkpl', 'spaces', 1), ('met', 'metres', 1),
    ('km', 'metres', 1000), ('%', 'percent', 1), ('percent', 'percent', 1), ('prozent', 'percent', 1)) as u(beginning, kind, factor)
   where starts_with(lower(unit), u.beginning)
  union all
  select 'duration', 60 where lower(unit) = 'h'
  union all
  select 'metres', 1 where lower(unit) = 'm'
  limit 1
$$;
comment on function app_hidden.unit_of(text) is 'What a unit measures, and how many of the unit that we compare in (minutes, metres, pieces) it is.';

create or replace function app_hidden.content_words(content text) returns text[] language sql stable parallel safe as $$
  -- Without figures, the stop words of both languages, and the ends of words ("cancel", "cancellation"; "stornieren", "Stornierung").
  select coalesce(array_agg(distinct left(l.lexeme, 5)), '{}')
    from unnest(to_tsvector('app_public.clubos', regexp_replace(left(content, 4000), '[[:digit:]]+', ' ', 'g'))) l
   where length(l.lexeme) > 2 and l.lexeme !~ '^[[:digit:]]' and to_tsvector('pg_catalog.german', l.lexeme) <> ''::tsvector
     and l.lexeme not in ('minut', 'minuten', 'hour', 'stunden', 'day', 'tage', 'tagen', 'week', 'month', 'monat', 'year', 'jahr', 'euro', 'dollar', 'get', 'us', 'may', 'must', 'much', 'mani', 'need', 'pleas', 'uhr', 'darf', 'geht', 'gibt', 'bitt', 'long', 'lang', 'lange', 'viel', 'viele', 'far', 'earli', 'also', 'take', 'make', 'kann', 'free', 'cost', 'price', 'charg', 'kosten', 'kostet', 'kostenlos', 'teuer', 'preis', 'one', 'two', 'three', 'four', 'five', 'six', 'ten', 'zwei', 'drei', 'vier', 'fünf', 'zehn')
$$;
comment on function app_hidden.content_words(text) is 'The words of a text that say what it is about: five letters of each stem, without figures, units and stop words of English and German.';

create or replace function app_hidden.shared_words(one text[], other text[]) returns integer language sql immutable parallel safe as $$
  select count(*)::integer from unnest(one) w where w = any (other)
$$;
comment on function app_hidden.shared_words(text[], text[]) is 'How many words of the first stand in the second too.';

-- What tells two like-sounding matters apart. Of a strict class a word on one side alone tells them apart already.
create or replace function app_hidden.qualifiers_in(content text) returns text[] language sql stable parallel safe as $$
  -- By words, not by patterns (see unit_of). Words that end here with true are beginnings.
  with plain as materialized (
    select replace(replace(replace(replace(replace(lower(content), 'non-member', 'guest '), 'off-peak', 'offpeak'), 'no-show', 'noshow'), 'left-handed', 'lefthanded'), 'right-handed', 'righthanded') as t
  ), words as materialized (
    select w, lead(w) over (order by o) as next from plain p, regexp_split_to_table(p.t, '[^[:alnum:]]+') with ordinality r(w, o)
  ), known (q, word, beginning) as (values
    ('!day:mon', 'mon', false), ('!day:mon', 'monday', false), ('!day:mon', 'mondays', false), ('!day:mon', 'montag', false), ('!day:mon', 'montags', false), ('!day:tue', 'tue', false),
    ('!day:tue', 'tuesday', false), ('!day:tue', 'tuesdays', false), ('!day:tue', 'dienstag', false), ('!day:tue', 'dienstags', false), ('!day:wed', 'wed', false),
    ('!day:wed', 'wednesday', false), ('!day:wed', 'wednesdays', false), ('!day:wed', 'mittwoch', false), ('!day:wed', 'mittwochs', false), ('!day:thu', 'thu', false),
    ('!day:thu', 'thursday', false), ('!day:thu', 'thursdays', false), ('!day:thu', 'donnerstag', false), ('!day:thu', 'donnerstags', false), ('!day:fri', 'fri', false),
    ('!day:fri', 'friday', false), ('!day:fri', 'fridays', false), ('!day:fri', 'freitag', false), ('!day:fri', 'freitags', false), ('!day:sat', 'sat', false),
    ('!day:sat', 'saturday', false), ('!day:sat', 'saturdays', false), ('!day:sat', 'samstag', false), ('!day:sat', 'samstags', false), ('!day:sat', 'weekend', false),
    ('!day:sat', 'weekends', false), ('!day:sat', 'wochenende', false), ('!day:sat', 'wochenenden', false), ('!day:sun', 'sunday', false), ('!day:sun', 'sundays', false),
    ('!day:sun', 'sonntag', false), ('!day:sun', 'sonntags', false), ('!day:sun', 'weekend', false), ('!day:sun', 'weekends', false), ('!day:sun', 'wochenende', false),
    ('!day:sun', 'wochenenden', false), ('!day:week', 'weekday', false), ('!day:week', 'weekdays', false), ('!day:week', 'werktag', false), ('!day:week', 'werktags', false),
    ('!day:week', 'wochentags', false), ('!day:holiday', 'holiday', false), ('!day:holiday', 'holidays', false), ('!day:holiday', 'feiertag', true), ('!day:holiday', 'christmas', false),
    ('!day:holiday', 'weihnacht', true), ('!day:holiday', 'silvester', false), ('!peak:off', 'offpeak', false), ('!peak:off', 'nebenzeit', true), ('!peak:peak', 'peak', false),
    ('!peak:peak', 'hauptzeit', true), ('!peak:peak', 'stoßzeit', true), ('!season:summer', 'summer', false), ('!season:summer', 'sommer', true), ('!season:winter', 'winter', true),
    ('!who:member', 'member', false), ('!who:member', 'members', false), ('!who:member', 'mitglied', true), ('!who:child', 'child', true), ('!who:child', 'kid', false),
    ('!who:child', 'kids', false), ('!who:child', 'junior', false), ('!who:child', 'juniors', false), ('!who:child', 'kind', false), ('!who:child', 'kinder', true),
    ('!who:child', 'jugend', true), ('!who:child', 'teen', true), ('!who:student', 'student', true), ('!who:student', 'schüler', true), ('!who:senior', 'senior', true),
    ('!who:senior', 'rentner', true), ('!who:adult', 'adult', false), ('!who:adult', 'adults', false), ('!who:adult', 'erwachsen', true), ('!who:staff', 'staff', false),
    ('!who:staff', 'coach', false), ('!who:staff', 'coaches', false), ('!who:staff', 'coaching', false), ('!who:staff', 'trainer', true), ('!who:staff', 'team', false),
    ('!who:staff', 'personal', false), ('!who:staff', 'mitarbeiter', true), ('who:guest', 'guest', false), ('who:guest', 'guests', false), ('who:guest', 'gast', false),
    ('who:guest', 'gäste', true), ('!who:group', 'group', false), ('!who:group', 'groups', false), ('!who:group', 'party', false), ('!who:group', 'parties', false),
    ('!who:group', 'gruppe', false), ('!who:group', 'gruppen', false), ('!who:group', 'feier', true), ('!who:group', 'corporate', false), ('!who:group', 'company', false),
    ('!who:group', 'companies', false), ('!who:group', 'firmen', true), ('!order:first', 'first', false), ('!order:first', 'erste', false), ('!order:first', 'ersten', false),
    ('!order:first', 'erster', false), ('!order:first', 'erstes', false), ('!order:second', 'second', false), ('!order:second', 'zweite', false), ('!order:second', 'zweiten', false),
    ('!order:second', 'zweiter', false), ('!order:third', 'third', false), ('!order:third', 'dritte', false), ('!order:third', 'dritten', false), ('!order:third', 'dritter', false),
    ('!size:small', 'small', false), ('!size:small', 'kleine', false), ('!size:small', 'kleinen', false), ('!size:small', 'kleiner', false), ('!size:small', 'kleines', false),
    ('!size:medium', 'medium', false), ('!size:medium', 'mittlere', true), ('!size:medium', 'mittelgroß', true), ('!size:large', 'large', false), ('!size:large', 'big', false),
    ('!size:large', 'große', false), ('!size:large', 'großen', false), ('!size:large', 'großer', false), ('!size:large', 'großes', false), ('!size:premium', 'premium', true),
    ('!size:basic', 'basic', false), ('!size:basic', 'standard', true), ('!term:year', 'annual', false), ('!term:year', 'annually', false), ('!term:year', 'yearly', false),
    ('!term:year', 'jährlich', true), ('!term:year', 'jahres', true), ('!term:month', 'monthly', false), ('!term:month', 'monatlich', true), ('!term:month', 'monats', true),
    ('!term:week', 'weekly', false), ('!term:week', 'wöchentlich', true), ('!hand:left', 'left', false), ('!hand:left', 'lefthanded', false), ('!hand:left', 'links', true),
    ('!hand:right', 'righthanded', false), ('!hand:right', 'rechtshänd', true), ('!sex:men', 'men', false), ('!sex:men', 'mens', false), ('!sex:men', 'herren', false),
    ('!sex:women', 'women', false), ('!sex:women', 'womens', false), ('!sex:women', 'ladies', false), ('!sex:women', 'damen', false), ('!voucher:gift', 'gift', false),
    ('!voucher:gift', 'geschenk', true), ('!voucher:promo', 'promo', true), ('!voucher:promo', 'welcome', false), ('!voucher:promo', 'willkommens', true),
    ('!voucher:credit', 'credit', false), ('!voucher:credit', 'credits', false), ('!voucher:credit', 'guthaben', false), ('action:book', 'book', false),
    ('action:book', 'reserve', false), ('action:book', 'buchen', false), ('action:book', 'buche', false), ('action:book', 'reservieren', false), ('action:book', 'reserviere', false),
    ('action:cancel', 'cancel', true), ('action:cancel', 'stornier', true), ('action:cancel', 'storno', true), ('action:cancel', 'absag', true), ('action:cancel', 'kündig', true),
    ('action:change', 'change', false), ('action:change', 'changed', false), ('action:change', 'changing', false), ('action:change', 'move', false), ('action:change', 'moving', false),
    ('action:change', 'reschedul', true), ('action:change', 'umbuch', true), ('action:change', 'verschieb', true), ('action:change', 'verleg', true), ('action:extend', 'extend', true),
    ('action:extend', 'extension', false), ('action:extend', 'longer', false), ('action:extend', 'verlänger', true), ('action:refund', 'refund', true),
    ('action:refund', 'erstatt', true), ('action:refund', 'rückerstatt', true), ('action:late', 'late', false), ('action:late', 'lateness', false), ('action:late', 'noshow', true),
    ('action:late', 'verspät', true), ('action:late', 'verspätet', false), ('action:freeze', 'freez', true), ('action:freeze', 'pause', false), ('action:freeze', 'pausing', false),
    ('action:freeze', 'stilllegen', false), ('action:freeze', 'ruhen', false), ('action:pay', 'charged', false), ('action:pay', 'debited', false), ('action:pay', 'abgebucht', false),
    ('action:pay', 'eingezogen', false), ('!what:deposit', 'deposit', false), ('!what:deposit', 'kaution', false), ('!what:deposit', 'pfand', false), ('!what:fine', 'fine', false),
    ('!what:fine', 'fines', false), ('!what:fine', 'penalt', true), ('!what:fine', 'strafe', true), ('!what:fine', 'bußgeld', true), ('action:park', 'park', false),
    ('action:park', 'parking', false), ('action:park', 'parke', true), ('action:park', 'parkplatz', true), ('action:rent', 'rent', true), ('action:rent', 'hire', false),
    ('action:rent', 'leih', true), ('action:rent', 'miet', true), ('action:rent', 'ausleih', true), ('action:lesson', 'lesson', false), ('action:lesson', 'lessons', false),
    ('action:lesson', 'unterricht', true), ('action:lesson', 'trainerstunde', true), ('action:sent', 'sent', false), ('action:sent', 'arrives', false), ('action:sent', 'receive', false),
    ('action:sent', 'geschickt', false), ('action:sent', 'verschickt', false), ('action:works', 'valid', false), ('action:works', 'works', false), ('action:works', 'expires', false),
    ('action:works', 'expire', false), ('action:works', 'gültig', false), ('!hours:open', 'open', false), ('!hours:open', 'opens', false), ('!hours:open', 'opening', false),
    ('!hours:open', 'öffnet', false), ('!hours:open', 'öffnen', false), ('!hours:open', 'geöffnet', false), ('!hours:close', 'close', false), ('!hours:close', 'closes', false),
    ('!hours:close', 'closing', false), ('!hours:close', 'schließt', false), ('!hours:close', 'schließen', false), ('!drink:coffee', 'coffee', false), ('!drink:coffee', 'kaffee', false),
    ('!drink:beer', 'beer', false), ('!drink:beer', 'bier', false)
  )
  select coalesce(array_agg(distinct x.q order by x.q), '{}') from (
    select k.q from words w join known k on w.w = k.word where not k.beginning
    union all
    select k.q from words w join known k on starts_with(w.w, k.word) where k.beginning
    union all
    -- The number of a thing: bay 2 is not bay 3.
    select '!' || case when w.w in ('bucht', 'box', 'abschlagplatz') then 'bay' when w.w in ('tür', 'gate', 'tor') then 'door' else w.w end || ':' || w.next
      from words w
     where w.w in ('bay', 'bucht', 'box', 'abschlagplatz', 'door', 'tür', 'gate', 'tor', 'room', 'raum', 'level', 'floor', 'etage', 'hall', 'halle', 'court', 'platz', 'locker', 'spind', 'simulator', 'hole', 'loch', 'zone')
       and (length(w.next) between 1 and 3 and translate(w.next, '0123456789', '') = '' or length(w.next) = 1 and w.next <> 'a')
    union all
    -- A site that is named.
    select '!site:' || s.slug from plain p, app_public.sites s where length(s.slug) > 2 and strpos(p.t, replace(lower(s.slug), '_', ' ')) > 0) x
$$;
comment on function app_hidden.qualifiers_in(text) is
  'What narrows a statement, each as `class:value`: days, members or guests, peak, sizes, the number of a bay or door, a site, what is done (book, cancel …). A class that begins with `!` is strict: named on one side alone, it already tells two statements apart.';

create or replace function app_hidden.told_apart(one text[], other text[]) returns boolean language sql immutable parallel safe as $$
  select exists (
    select from (select split_part(q, ':', 1) as class, array_agg(q) filter (where q = any (one)) as a, array_agg(q) filter (where q = any (other)) as b
                   from (select unnest(one) union select unnest(other)) u(q) group by 1) c
     where case when c.a is null or c.b is null then c.class like '!%' else not c.a && c.b end)
$$;
comment on function app_hidden.told_apart(text[], text[]) is 'Whether qualifiers_in of two texts says that they are about different cases.';

create or replace function app_hidden.bound_before(words text) returns text language sql immutable parallel safe as $$
  select case when w like any (array['% at most ', '% maximum ', '% maximum of ', '% maximal ', '% höchstens ', '% no more than ', '% longer than ']) then 'most'
              when w like any (array['% at least ', '% minimum ', '% minimum of ', '% mindestens ', '% not less than ']) then 'least' end
    from (select lower(' ' || words) as w) x
$$;
comment on function app_hidden.bound_before(text) is 'Whether the words before a number make it an upper bound (most) or a lower one (least); null for neither.';

create or replace function app_hidden.facts_in(content text)
returns table (kind text, low numeric, high numeric, value text, role text, surface text, clause text, sentence text)
language plpgsql stable set search_path = app_public, public, pg_temp as $$
declare
  c_number constant text := '(?<![\d.,:/-])(\d+(?:[.,]\d+)*|half an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty-five|forty|fifty|sixty|ninety|eine[mnr]?|ein|zwei|drei|vier|fünfzehn|fünfundvierzig|fünfzig|fünf|sechzig|sechs|sieben|acht|neunzig|neun|zehn|elf|zwölf|zwanzig|dreißig|vierzig)';
  c_unit constant text := '(%|percent\M|prozent\M|sec(?:ond)?s?\M|sekunden?\M|min(?:ute)?s?\M|minuten?\M|h\M|hours?\M|hrs?\M|std\M|stunden?\M|days?\M|tage?n?\M|nights?\M|nächten?\M|weeks?\M|wochen?\M|months?\M|monat(?:en?|s)?\M|years?\M|jahr(?:en?|s)?\M|people\M|persons?\M|personen\M|players?\M|spielern?\M|leute\M|balls?\M|bälle\M|tries\M|attempts?\M|versuche\M|digits?\M|stellen\M|bays\M|buchten\M|(?:free |parking )?spaces\M|stellplätze\M|parkplätze\M|m\M|met(?:er|re)s?\M|km\M)';
  c_money constant text := '(?:euros?|eur|usd|us-dollar|dollars?|gbp|pounds?|chf|francs?|franken)';
  v_sentence text;
  v_clause text;
  v text;
  v_before text;
  v_after text;
  m text[];
  v_unit record;
begin
  for v_sentence in
    select btrim(s, E' \t*_-') from regexp_split_to_table(replace(left(content, 65536), '*', ''), '\n|(?<=[.!?;])\s+') with ordinality t(s, o) where btrim(s) ~ '\S' and btrim(s) !~ '^#' order by o
  loop
    continue when length(v_sentence) > 2000;
    foreach v_clause in array regexp_split_to_array(v_sentence, '(?<=,)\s+|\s+(?:–|—)\s+') loop
      v := ' ' || regexp_replace(v_clause, '^\s*\d+[.)]\s', ' ') || ' ';
      sentence := v_sentence;
      clause := v_clause;
      -- Links and addresses as the analyst's checks read them.
      for m in select array[split_part(c, ':', 1), substr(c, strpos(c, ':') + 1)] from unnest(case when v_clause ~ '@|://|www\.|\w\.[a-z]{2}' then app_hidden.claims_in(v_clause) end) c where c like 'link:%' or c like 'mail:%' loop
        kind := m[1]; value := m[2]; surface := m[2]; low := null; high := null; role := null;
        return next;
      end loop;
      v := regexp_replace(v, '\S+@\S+|(?:https?://|www\.)\S+|\m(?:[a-z0-9-]+\.)+[a-z]{2,}/\S*', ' ', 'gi');
      -- Codes, where one is spoken of.
      for m in select x from regexp_matches(v, '\m((?:code|pin|passwor[dt]|voucher|gutschein(?:code)?|kennwort)\M[^.\d]{0,20}?)\m([A-Z0-9]*\d[A-Z0-9]{2,}#?|[A-Z]{5,}[0-9]*)(?!\w)(?! ?' || c_unit || ')', 'gi') x loop
        continue when m[2] !~ '^[A-Z0-9#]+$';
        kind := 'code'; value := lower(m[2]); surface := m[2]; low := null; high := null; role := null;
        return next;
        v := replace(v, m[2], ' ');
      end loop;
      -- Telephone numbers.
      for m in select x from regexp_matches(v, '(?<![\d-])(\+?\d[\d ()/-]{5,}\d)(?![\d:]|\.\d)', 'g') x loop
        continue when m[1] ~ '^\d{4}-\d{2}-\d{2}$' or length(regexp_replace(m[1], '\D', '', 'g')) < 7;
        kind := 'phone'; value := regexp_replace(m[1], '\D', '', 'g'); surface := btrim(m[1]); low := null; high := null; role := null;
        return next;
        v := replace(v, m[1], ' ');
      end loop;
      -- Times of day, in minutes after midnight.
      for m in select x from regexp_matches(v, '(?<![\d.:])((\d{1,2})(?:[:.]([0-5]\d))?\s?(uhr|[ap]\.?m\M\.?)|([01]?\d|2[0-4]):([0-5]\d)(?![\d:])|(midnight|mitternacht|noon|mittag)\M)', 'gi') x loop
        kind := 'time'; surface := btrim(m[1], ' .');
        low := case when m[7] is not null then case when lower(m[7]) in ('midnight', 'mitternacht') then 0 else 720 end
                    when m[5] is not null then m[5]::integer * 60 + m[6]::integer
                    when lower(m[4]) = 'uhr' then m[2]::integer * 60 + coalesce(m[3], '0')::integer
                    else (m[2]::integer % 12 + case when lower(m[4]) like 'p%' then 12 else 0 end) * 60 + coalesce(m[3], '0')::integer end % 1440;
        high := low; value := null;
        v_before := lower(left(v, strpos(v, m[1]) - 1));
        role := case when v_before like any (array['% from ', '% ab ', '% von ', '% after ', '% since ', '% seit ', '% between ']) then 'from'
                     when v_before like any (array['% until ', '% till ', '% to ', '% bis ', '% by ', '% before ', '% and ', '% und ', '%–', '%– ', '%-', '%- ']) then 'until' end;
        return next;
        v := replace(v, m[1], ' ~ ');
      end loop;
      -- Money. What costs nothing costs 0.
      for m in select x from regexp_matches(v, '(([$€£])\s?(\d+(?:[.,]\d+)*)|\m(eur|usd|gbp|chf)\s?(\d+(?:[.,]\d+)*)|(?<![\d.,])(\d+(?:[.,]\d+)*)(?:,-)?\s?([$€£]|' || c_money || '\M)|(?<![\d.,])(\d+)\s?(cents?\M))(?:,-)?((?:\s?(?:an?|per|each|pro|je|/|die|for each)\s?(?:booked\s)?(hour|stunde|h\M|day|tag|month|monat|week|woche|year|jahr|person|head|player|kopf|ball|bucket))?)', 'gi') x loop
        kind := 'money'; surface := btrim(m[1]); low := coalesce(app_hidden.number_in(coalesce(m[3], m[5], m[6])), app_hidden.number_in(m[8]) / 100); high := low;
        value := case when lower(coalesce(m[2], m[4], m[7])) ~ '^(\$|usd|us-|dollar)' then 'USD' when lower(coalesce(m[2], m[4], m[7])) ~ '^(€|eur)' then 'EUR'
                      when lower(coalesce(m[2], m[4], m[7])) ~ '^(£|gbp|pound)' then 'GBP' when lower(coalesce(m[2], m[4], m[7])) ~ '^(chf|fran)' then 'CHF' end;
        role := case when m[11] is not null then 'per ' || case when lower(m[11]) ~ '^(hour|stunde|h$)' then 'hour' when lower(m[11]) ~ '^(day|tag)' then 'day' when lower(m[11]) ~ '^mon' then 'month'
                     when lower(m[11]) ~ '^wo|^week' then 'week' when lower(m[11]) ~ '^(year|jahr)' then 'year' when lower(m[11]) ~ '^(person|head|player|kopf)' then 'person' else lower(m[11]) end end;
        continue when low is null;
        role := coalesce(role, app_hidden.bound_before(left(v, strpos(v, m[1]) - 1)));
        return next;
        v := replace(v, m[1], ' ');
      end loop;
      for m in select x from regexp_matches(v, '\m(free of charge|for free|complimentary|at no (?:extra |additional )?(?:cost|charge)|no (?:extra |additional )?(?:charge|fee)|kostenlos|kostenfrei|gratis|(?:is|are) free(?! (?:now|tonight|today|at|from|until|afterwards|again)))\M', 'gi') x loop
        kind := 'money'; surface := m[1]; low := 0; high := 0; value := null; role := null;
        return next;
      end loop;
      -- What is counted and measured, ranges too.
      for m in select x from regexp_matches(v, '(' || c_number || '(?:\s?(?:-|–|to|bis|or|oder)\s?' || replace(c_number, '(?<![\d.,:/-])', '') || ')?[ -]?' || c_unit || ')', 'gi') x loop
        v_unit := app_hidden.unit_of(regexp_replace(m[4], '^(?:free|parking) ', '', 'i'));
        low := app_hidden.number_in(m[2]) * v_unit.factor;
        high := coalesce(app_hidden.number_in(m[3]) * v_unit.factor, low);
        continue when low is null or v_unit.kind is null;
        kind := v_unit.kind; surface := m[1]; value := null;
        v_before := lower(left(v, strpos(v, m[1]) - 1)); v_after := lower(substr(v, strpos(v, m[1]) + length(m[1])));
        role := coalesce(app_hidden.bound_before(v_before), case
                     when kind <> 'duration' then null
                     when v_after like any (array[' before%', ' vor %', ' vorher%', ' davor%', ' zuvor%', ' prior%', ' ahead%', ' in advance%', ' im voraus%', ' beforehand%', ' notice%']) then 'before'
                     when v_before like any (array['% vor ', '% before ']) then 'before'
                     when v_after like any (array[' after%', ' nach %', ' later%', ' danach%', ' late%']) or v_before like any (array['% after ', '% nach ']) then 'after'
                     when v_before like any (array['% within ', '% innerhalb ', '% binnen ', '% innerhalb von ']) then 'within'
                     when v_before like any (array['% every ', '% alle ']) then 'every' end);
        return next;
      end loop;
    end loop;
  end loop;
end
$$;
comment on function app_hidden.facts_in(text) is
$$What a text states that can disagree with another: kind (duration in minutes, time in minutes after midnight, money with its currency in value, percent, people, balls, bays …, link, mail, phone, code); low and high, equal but for ranges; value where it is no number; role (before, after, within, least, most, from, until, per hour …) where the words beside it give it one; surface, the letters as they stand there; its clause and sentence. Numbers that only name something (bay 2, step 3, a year) are no facts.$$;

create or replace function app_hidden.disagree(kind text, one_low numeric, one_high numeric, one_value text, other_low numeric, other_high numeric, other_value text) returns boolean
language sql immutable parallel safe as $$
  select case
    when kind in ('link', 'mail', 'code', 'phone') then
      -- One may say more of it than the other.
      one_value <> other_value and not starts_with(one_value, other_value) and not starts_with(other_value, one_value) and right(one_value, 7) <> right(other_value, 7)
    when kind = 'money' and one_low > 0 and other_low > 0 and one_value <> other_value then true
    -- A month is no exact length of time.
    when kind = 'duration' and greatest(one_high, other_high) >= 40000 then least(one_high, other_high) < greatest(one_low, other_low) * 0.95
    else one_high < other_low or other_high < one_low end
$$;
comment on function app_hidden.disagree(text, numeric, numeric, text, numeric, numeric, text) is 'Whether two facts of one kind cannot both be right; where a range holds the other they can.';
