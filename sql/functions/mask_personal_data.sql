-- Masking is the last look at a customer's words before knowledge or analysis keeps them: patterns alone, so that it
-- gives the same result in every database, always. Collation "C" keeps letters and word boundaries ASCII everywhere;
-- other letters are spelled out where they matter. docs/privacy.md says what it does not catch.
create or replace function app_hidden.plain_characters(content text) returns text language sql immutable parallel safe as $$
  -- Look-alikes become what they look like; invisible characters go, with the parts of keycap emoji; other scripts'
  -- digits become ours.
  select case when octet_length(content) = length(content) then content else translate(regexp_replace(normalize(content, NFKC) collate "C",
      '[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\u20E3\u3164\uFE00-\uFE0F\uFEFF\uFFA0\U000E0000-\U000E01EF]', '', 'g'),
    '‐‑‒–—―−٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९', '-------012345678901234567890123456789') end
$$;
comment on function app_hidden.plain_characters(text) is
  'A text for patterns to look at: compatibility forms (full-width digits and the like) as plain characters, zero-width and bidi controls removed, dashes and digits of other scripts as ASCII.';

create or replace function app_hidden.passes_luhn(digits text) returns boolean language sql immutable parallel safe as $$
  -- Every second digit from the right counts double, a double's own two digits added: 6 gives 12 gives 3.
  select sum(case when o % 2 = 1 then d else (array[0, 2, 4, 6, 8, 1, 3, 5, 7, 9])[d + 1] end) % 10 = 0
    from (select (ascii(c) - 48) as d, o from unnest(string_to_array(reverse(digits), null)) with ordinality t(c, o)) d
$$;
comment on function app_hidden.passes_luhn(text) is 'Whether the last of these digits is the check digit of the others, as on payment cards (ISO/IEC 7812).';

create or replace function app_hidden.numbers_a_thing(before text) returns boolean language sql immutable parallel safe as $$
  select before ~* '(?:#|(?:[$€£¥]|\m(?:eur|usd|gbp)) ?|(?:order|booking|invoice|ticket|reference|ref|receipt|transaction|member(?:ship)?|serial|customer|account|bestell\w*|buchung\w*|rechnung\w*|r[eé]servation|commande|factura|pedido|reserva|version|build|model|isbn|sku|part|\mid\M)[ .:#-]{0,3}(?:(?:number|no|nr|num|id|code|is)[ .:#-]{0,3}){0,2})$'
$$;
comment on function app_hidden.numbers_a_thing(text) is 'Whether the number after these words is that of an order, a booking or the like, or a sum of money.';

create or replace function app_hidden.mask_card(candidate text, named boolean) returns text language plpgsql immutable strict parallel safe as $$
declare
  v_groups text[] := string_to_array(translate(candidate, '.-', '  '), ' ');
  v_before integer := 0;
  v_digits text;
begin
  if named and length(translate(candidate, ' .-', '')) <= 19 then
    return '[card number]';
  elsif cardinality(v_groups) > 7 then
    return candidate; -- single figures in a row: a list, unless somebody calls it a card
  end if;
  for v_from in 1 .. cardinality(v_groups) loop
    v_digits := '';
    for v_to in v_from .. cardinality(v_groups) loop
      v_digits := v_digits || v_groups[v_to];
      exit when length(v_digits) > 19;
      if length(v_digits) >= 13 and left(v_digits, 1) between '2' and '6' and app_hidden.passes_luhn(v_digits) then
        return left(candidate, v_before) || '[card number]' || substr(candidate, v_before + length(v_digits) + v_to - v_from + 1);
      end if;
    end loop;
    v_before := v_before + length(v_groups[v_from]) + 1;
  end loop;
  return candidate;
end
$$;
comment on function app_hidden.mask_card(text, boolean) is
  'Groups of digits with the 13 to 19 that make a payment card''s number (Luhn) masked; all of them where the words before speak of a card.';

create or replace function app_hidden.mask_iban(candidate text, named boolean) returns text language plpgsql immutable strict parallel safe as $$
declare
  v_plain text := upper(regexp_replace(candidate, '[ -]', '', 'g'));
  v_length integer := (jsonb '{"AD":24,"AE":23,"AL":28,"AT":20,"AZ":28,"BA":20,"BE":16,"BG":22,"BH":22,"BR":29,"BY":28,"CH":21,"CR":22,"CY":28,"CZ":24,"DE":22,"DK":18,"DO":28,"EE":20,"EG":29,"ES":24,"FI":18,"FO":18,"FR":27,"GB":22,"GE":22,"GI":23,"GL":18,"GR":27,"GT":28,"HR":21,"HU":28,"IE":22,"IL":23,"IQ":23,"IS":26,"IT":27,"JO":30,"KW":30,"KZ":20,"LB":28,"LC":32,"LI":21,"LT":20,"LU":20,"LV":21,"LY":25,"MC":27,"MD":24,"ME":22,"MK":19,"MR":27,"MT":31,"MU":30,"NL":18,"NO":15,"PK":24,"PL":28,"PS":29,"PT":25,"QA":29,"RO":24,"RS":22,"SA":24,"SC":31,"SE":24,"SI":19,"SK":24,"SM":27,"ST":25,"SV":28,"TL":23,"TN":24,"TR":26,"UA":29,"VA":22,"VG":24,"XK":20}' ->> left(v_plain, 2))::integer;
  v_checked text;
begin
  if v_length is null or length(v_plain) < v_length then
    return case when named and length(regexp_replace(v_plain, '\D', '', 'g')) >= 8 then '[iban]' else candidate end;
  end if;
  -- ISO 13616: country and check digits to the end, letters as numbers from 10, the whole modulo 97 is 1.
  select string_agg(case when c ~ '\d' then c else (ascii(c) - 55)::text end, '' order by o) into v_checked
    from unnest(string_to_array(substr(left(v_plain, v_length), 5) || left(v_plain, 4), null)) with ordinality t(c, o);
  if v_checked::numeric % 97 <> 1 and not named then
    return candidate;
  end if;
  return regexp_replace(candidate, format('^(?:[A-Za-z0-9][ -]?){%s}[A-Za-z0-9]', v_length - 1), '[iban]');
end
$$;
comment on function app_hidden.mask_iban(text, boolean) is 'What may be an account number, masked where its length and check digits (ISO 13616) say that it is, or the word IBAN stands before it.';

create or replace function app_hidden.mask_phone(candidate text, before text, after text) returns text language plpgsql immutable strict parallel safe as $$
declare
  v_digits text := translate(candidate, '+()./- ', '');
begin
  if length(v_digits) not between 7 and 16
     -- Dates, with or without a time, and spans of times or of years.
     or candidate ~ '^(?:\(?(?:(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])[./-](?:0?[1-9]|[12]\d|3[01]))[./-](?:(?:19|20)\d\d(?:\D|$)|\d\d(?:[^\d./-]|$))|(?:19|20)\d\d[./ -](?:0?[1-9]|1[0-2])[./ -](?:0?[1-9]|[12]\d|3[01])(?:\D|$)|[01]?\d[.][0-5]\d ?[-/] ?[0-2]?\d[.][0-5]\d|(?:19|20)\d\d ?[-/] ?(?:19|20)\d\d)'
     -- Money, measures and numbers of things.
     or after ~* '^(?:[.,]\d| ?(?:[$€£%°]|(?:eur|usd|gbp|euros?|dollars?|pounds?|ya?r?ds?|met(?:er|re)s?|m|ft|feet|rpm|km/?h|mph|km|kg|cm|mm|ms|minutes?|hours?|points?|pts)\M))'
     or app_hidden.numbers_a_thing(before) then
    return candidate;
  elsif left(candidate, 1) = '+' and length(v_digits) >= 8 or left(v_digits, 2) = '00' and substr(v_digits, 3, 1) <> '0' and length(v_digits) >= 8
        -- With the zero for long distance: Britain, Germany, France and others.
        or left(v_digits, 1) = '0' and substr(v_digits, 2, 1) <> '0' and (length(v_digits) >= 9 or length(v_digits) = 8 and candidate <> v_digits)
        -- United States and Canada with separators; Spain.
        or candidate ~ '^(?:(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])\d{3}[ .-]\d{4}|[6789]\d{2}[ -]\d{3}[ -]\d{3}|[6789]\d{2}[ -]\d{2}[ -]\d{2}[ -]\d{2}|[89]\d[ -]\d{3}[ -]\d{2}[ -]\d{2})$'
        or before ~* '(?:phone|\mtel|t[eé]l[eé]f|mobil|m[oó]vil|handy|\mcell|whats ?app|\msms\M|\mfax|(?:call|ring|text|reach|phone|contact|message) (?:me|us|him|her)|number is|nummer (?:ist|lautet)|num[eé]ro|portable|rufe?n? sie|ruf mich|appele|ll[aá]me)[^\n]{0,12}$' then
    return '[phone]';
  end if;
  return candidate;
end
$$;
comment on function app_hidden.mask_phone(text, text, text) is
  'Digits that may be a phone number, masked where their form (international, US, UK, German, French, Spanish) or the words before say so; never dates, times, money, measures or numbers of orders. before, after: what stands around them.';

create or replace function app_hidden.mask_codes(content text) returns text language plpgsql immutable parallel safe as $$
declare
  -- What stands between the word for a code and the code: "code for bay 3 is 4711".
  c_filler constant text := '(?:[ \t]*(?:[:=#>,-]|\m(?:it''s|its?|is|was|are|were|be|says|reads|number|no\.?|nr\.?|for|to|of|on|at|from|the|my|our|your|their|this|that|a|new|old|today''?s?|tonight|now|currently|still|just|really|only|should be|i|we|got|have|had|used?|entered|typed|tried|front|back|main|side|rear|door|gate|entrance|entry|access|bay|room|building|lock|locker|keypad|club|ist|war|lautet|sind|für|fuer|zur?|zum|vom|von|der|die|das|den|mein|meine|unser|unsere|neue?|heute|tür|tuer|tor|halle|eingang|box|est|était|le|la|les|de|du|des|pour|mon|notre|votre|porte|entrée|entree|portail|es|era|el|para|puerta|mi|nuestra|nuestro|entrada|acceso|acc[eèé]s|del|(?:bay|room|door|gate|site|box|halle|porte|puerta|number|no\.?|nr\.?)[ ]?\d{1,2}|i''m)\M|d''|l''))*[ \t]*["''«„“]?';
  -- Never what measures or costs: "pin 150 yards", "code for 2500 €", "at 10:30".
  c_no_measure constant text := '(?![\w%€$£°]|[.,:/]\d|[ -]?(?:ya?r?ds?|m|met(?:er|re)s?|ft|feet|foot|inch(?:es)?|[ck]m|mm|rpm|mph|%|€|\$|£|eur|usd|gbp|euros?|dollars?|pounds?|points?|pts|hours?|hrs?|h|minutes?|mins?|seconds?|secs?|days?|weeks?|times?|people|persons?|players?|balls?|holes?|percent|uhr|stunden?|minuten?|tage?|mal|heures?|horas?|am|pm|o''clock)\M)';
  c_number constant text := '(?:[*#]?(?:\d{3,10}|\d(?:[ -]\d){2,9}|\d{2}(?:[ -]\d{2}){1,4}|\d{3}[ -]\d{3}|\d{4}[ -]\d{4})[*#]?)';
  c_spelled constant text := '(?:[ ,-]*\m(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|null|eins|zwei|zwo|drei|vier|fünf|fuenf|sechs|sieben|acht|neun|zéro|un|deux|trois|quatre|cinq|sept|huit|neuf|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)\M){3,}';
  -- Letters and digits mixed, two digits at least: K7X42B, ABX-492.
  c_mixed constant text := '(?:(?=[A-Za-z#*-]*\d[A-Za-z#*-]*\d)(?=[0-9#*-]*[A-Za-z*#])[A-Za-z0-9*#][A-Za-z0-9#*-]{2,15}(?!\w))';
  c_code constant text := '(?:(?:\m(?:pass|door|gate|key|pin|lock|access|entry|security|zugangs?|zutritts|eingangs|tür|tuer|zahlen|öffnungs|schließ|digi|sicherheits)|\m)(?:codes?|pins?(?:[ -]?nummer)?|geheimzahl|geheimnummer|otp|cv[vc]2?|key ?pads?|tastenfeld|tastatur|clavier|teclado|c[oóOÓ]digos?|clave|combinations?|combinaison|kombination)\M)';
  c_secret constant text := '\m(?:pass ?words?|passwort|pass ?phrase|kennwort|zugangswort|mot de passe|contrase[nñNÑ]a|clave|pwd|pw)\M';
  v_text text := content;
begin
  if v_text ilike any (array['%code%', '%pin%', '%otp%', '%cvv%', '%cvc%', '%pad%', '%tast%', '%cla%', '%teclado%', '%digo%', '%combina%', '%kombina%', '%geheim%']) then
    -- The code of an error, a voucher or a postcode is none: a mark in the word hides it from the rules below.
    v_text := regexp_replace(v_text, '\m((?:error|fehler|erreur|promo|promotion|discount|voucher|coupon|gift|card|referral|rabatt|gutschein|zip|post|postal|country|area|dress|bar|qr|order|booking|reference|product|model|source|status|colou?r|item|exit|http|fault|warning|dialling|dialing|sort|tax)[ _-]?)(c)(ode)', E'\\1\\2\x01\\3', 'gi');
    v_text := regexp_replace(v_text, '(' || c_code || c_filler || ')(?:' || c_number || c_no_measure || '|' || c_mixed || '|' || c_spelled || ')', '\1[code]', 'gi');
    -- "4711 is the door code", "4711 ist der Code".
    v_text := regexp_replace(v_text, '(^|[^\w.,:/#$€£+-])' || c_number || '(?=[ \t]+(?:is|was|as|ist|war|als|est|es|era|:|=|for|für)[ \t]+(?:(?:the|my|our|your|a|der|die|das|mein|meine|unser|le|la|mon|notre|el|mi|nuestro|right|wrong|new|old|current|correct|door|gate|access|entry|front|back|main|side|bay|club)[ \t]+){0,4}' || c_code || ')', '\1[code]', 'gi');
    v_text := replace(v_text, E'\x01', '');
  end if;
  if v_text ilike any (array['%pass%', '%kennw%', '%zugangsw%', '%contrase%', '%clave%', '%pw%']) then
    -- After a colon anything, else what does not look like a word.
    v_text := regexp_replace(v_text, '(' || c_secret || '[^:=\n]{0,24}[:=][ \t]*["''«„“]?)(?!\[)[^\s"''»“”,;]{3,64}', '\1[code]', 'gi');
    v_text := regexp_replace(v_text, '(' || c_secret || c_filler || ')(?!\[)(?=[^\s"''»“”]*[0-9!@#$%^&*_+=])[^\s"''»“”,;]{2,63}[^\s"''»“”,;.?!:)]', '\1[code]', 'gi');
    v_text := regexp_replace(v_text, '(' || c_secret || '[ \t]+(?:is|was|ist|war|lautet|est|es)[ \t]*["''«„“])[^"''»“”\n]{3,64}', '\1[code]', 'gi');
  end if;
  -- What is typed into a door: "use 1234 to get in", "4711#", "*4711#", "0815 opens the gate".
  v_text := regexp_replace(v_text, '(\m(?:us(?:e|ing|ed)|enter(?:ing|ed)?|typ(?:e|ing|ed)|press(?:ing|ed)?|punch(?:ed|ing)?|put|dial(?:led|ed)?|tr(?:y|ied|ying)|key(?:ed)?|tap(?:ped)?|input|tippen?|getippt|gib|geben?|drück\w*|nimm|nehmen|tap[eé][rz]?|compose[rz]|entrez|marc[aq]u?e?|tecle[ae]e?|introduce|usa)\M(?:[ \t]+(?:in|it|with|the|code|number|den|die|das|sie|le|la|el)\M)*[ \t]+)' || c_number || '(?=[ \t,]*(?:(?:and|und|et|y|then|dann|to|um|pour|para|on|at|into?|for|am|auf|an|ein|der|die|dem|das|sur|le|la|à|en|el|the|my|our|your|front|back|main|side|bay|press|hit)[ \t]+)*(?:get[ \t]+in|open|enter|unlock|key ?pad|pad\M|door|gate|lock|entrance|hash|pound|star\M|rein|tür|tuer|tor\M|tast|öffn|eingang|ein\M|entrer|ouvrir|porte|clavier|portail|entrar|abrir|puerta|teclado))', '\1[code]', 'gi');
  v_text := regexp_replace(v_text, '(^|[^\w.,:/#$€£+-])(?:\*\d{3,10}[#*](?!\w)|\d{3,10}#(?!\w)|\d{4,8}(?=[ \t]+(?:(?:opens?|opened|unlocks?|öffnet|ouvre|abre)[ \t]+(?:the|it|our|my|die|das|la|le|el|bay|every)\M|(?:on|into|at|in|auf|an|sur|en)[ \t]+(?:the|das|dem|die|le|el|our|my)[ \t]+(?:(?:door|gate|front|bay)[ \t]+)?(?:key ?pad|tast|clavier|teclado))))', '\1[code]', 'gi');
  return v_text;
end
$$;
comment on function app_hidden.mask_codes(text) is
  'The text with door codes, PINs, passcodes and passwords replaced by [code]: known by the English, German, French and Spanish words around them, never by their digits alone. Expects plain characters.';

create or replace function app_hidden.mask_personal_data(content text) returns text language plpgsql immutable parallel safe as $$
declare
  c_card constant text := '(?<!\d)\d(?:[ .-]?\d){12,27}(?!\d)';
  c_iban constant text := '\m[A-Za-z]{2}\d{2}[ -]?[A-Za-z0-9]{4}(?:[ -]?[A-Za-z0-9]{4}){1,6}(?:[ -]?[A-Za-z0-9]{1,4})?\M';
  c_phone constant text := '(?<![\w.,:/+-])(?:\+ ?)?\(?\d(?:(?:[ ./-]|[ ]?[()][ ]?|[ ][/-][ ])?\d){6,17}(?![\w])';
  v_plain text := app_hidden.plain_characters(content) collate "C";
  v_text text := v_plain;
  v_found text[];
begin
  if strpos(v_text, '@') > 0 then
    v_text := regexp_replace(v_text, '[^\s@<>()\[\]{},;:"''=]+[ ]?@[ ]?(?:\[[0-9a-fA-F.:]+\]|[^\s@<>()\[\]{},;:"''=.!?/]+(?:\.[^\s@<>()\[\]{},;:"''=.!?/]+)+)', '[email]', 'g');
  end if;
  if v_text ilike any (array['% at %', '%(at)%', '%[at]%', '%{at}%', '%( at )%', '%[ at ]%', '%(ät)%']) then
    v_text := regexp_replace(v_text, '[A-Za-z0-9._%+-]+(?:[ ]?[(\[{][ ]?(?:at|ät)[ ]?[)\]}][ ]?[A-Za-z0-9-]+(?:(?:\.|[ ]?[(\[{]?[ ]?(?:dot|punkt|point|punto)[ ]?[)\]}]?[ ]?)[A-Za-z0-9-]+)+|[ ]at[ ][A-Za-z0-9-]+(?:[ ]dot[ ](?:[A-Za-z0-9-]+[ ]dot[ ])?|\.)(?:com|net|org|info|co\.uk|uk|de|at|ch|fr|es|it|nl|eu|io|me|edu)\M)', '[email]', 'gi');
  end if;
  -- A pattern that is compiled again costs more than it finds: sessions keep 32 of them, so there are few, and none
  -- where a look for characters does.
  if translate(v_text, '0123456789', '') = v_text then
    v_text := app_hidden.mask_codes(v_text);
    return case when v_text = v_plain then content else v_text end;
  end if;
  v_found := array(select m[1] from regexp_matches(v_text, c_card, 'g') m);
  if cardinality(v_found) > 0 then
    select string_agg(p.part || coalesce(case when right(p.part, 40) ~* '(?:card|visa|master|amex|american express|maestro|kredit|karte|carte|tarjeta)[^\n.!?]{0,25}$' then app_hidden.mask_card(p.found, true)
                                              when app_hidden.numbers_a_thing(right(p.part, 40)) then p.found else app_hidden.mask_card(p.found, false) end, ''), '' order by p.o)
      into v_text from unnest(regexp_split_to_array(v_text, c_card), v_found) with ordinality p(part, found, o);
  end if;
  v_found := array(select m[1] from regexp_matches(v_text, c_iban, 'g') m);
  if cardinality(v_found) > 0 then
    select string_agg(p.part || coalesce(app_hidden.mask_iban(p.found, right(p.part, 24) ~* '\miban\M[^\n.!?]{0,12}$'), ''), '' order by p.o)
      into v_text from unnest(regexp_split_to_array(v_text, c_iban), v_found) with ordinality p(part, found, o);
  end if;
  -- Before phones: "door code 0171 234567" is a code, and what is left of it no phone number.
  v_text := app_hidden.mask_codes(v_text);
  v_found := array(select m[1] from regexp_matches(v_text, c_phone, 'g') m);
  if cardinality(v_found) > 0 then
    select string_agg(p.part || coalesce(app_hidden.mask_phone(p.found, right(p.part, 40), left(p.next, 16)), ''), '' order by p.o)
      into v_text from (select u.part, u.found, u.o, lead(u.part, 1, '') over (order by u.o) as next
                          from unnest(regexp_split_to_array(v_text, c_phone), v_found) with ordinality u(part, found, o)) p;
  end if;
  -- Where there was nothing to mask the text stays as it was written, to the last character.
  return case when v_text = v_plain then content else v_text end;
end
$$;
comment on function app_hidden.mask_personal_data(text) is
$$The text with e-mail addresses, payment card numbers, IBANs, phone numbers and access codes replaced by [email], [card number], [iban], [phone] and [code]; unchanged where it holds none. Names and addresses stay. Masking what is masked changes nothing.$$;
