create or replace function app_hidden.mask_personal_data(content text) returns text language sql immutable parallel safe as $$
  select regexp_replace(regexp_replace(regexp_replace(regexp_replace(content,
    '[[:alnum:]._%+-]+@[[:alnum:].-]+\.[[:alpha:]]{2,}', '[email]', 'g'),
    '\m(?:\d[ -]?){13,19}\M', '[card number]', 'g'),
    '(?:\+|\m00)\d[\d ()./-]{6,}\d|\m\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}\M|\m0\d{2,4}[ /-]?\d{5,}\M', '[phone]', 'g'),
    -- Codes: digits right after the words for them ("my pin is 4711"), never prices or times.
    '(\m(?:pin|code|passcode|password|passwort)\M(?:\s+(?:is|was|of|number|no|says|were|ist))*\s*[:=#]?\s*)(?=\S*\d)[[:alnum:]*#-]{3,12}\M', '\1[code]', 'gi')
$$;
comment on function app_hidden.mask_personal_data(text) is
  'The text with e-mail addresses, card and phone numbers and access codes replaced by [email], [card number], [phone] and [code].';
