-- What a model's text may not bring in. Patterns alone, so that the same text gives the same verdict in every database.
-- They look at plain_characters in lower case: no invisible sign and no look-alike hides a word.
create or replace function app_hidden.claims_in(content text) returns text[]
language plpgsql immutable parallel safe as $$
declare
  c_unit constant text := '(?:%|percent|minutes?|mins?|hours?|hrs?|seconds?|secs?|days?|weeks?|months?|years?|nights?|people|persons?|guests?|players?|customers?|members?|met(?:er|re)s?|km|kilomet(?:er|re)s?|yards?|feet|foot|miles?|times|tries|attempts?|degrees?|points?|holes?|balls?|bays?|digits?|floors?|kg|rounds?|sessions?)';
  c_money constant text := '(?:usd|eur|gbp|chf|euros?|dollars?|pounds?|bucks|cents?|francs?)';
  c_words constant text[] := array['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen',
    'eighteen', 'nineteen', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety', 'hundred'];
  c_values constant integer[] := array[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 30, 40, 50, 60, 70, 80, 90, 100];
  v text := lower(app_hidden.plain_characters(content));
  v_found text[] := '{}';
begin
  -- The numbers of a list and references to its items say nothing about the club.
  v := regexp_replace(v, '^\s*\d+[.)]\s', ' ', 'gn');
  v := regexp_replace(v, '\m(?:steps?|points?|items?|lines?|sections?) \d+(?: ?(?:-|to|and|or) ?\d+)?', ' ', 'g');
  v_found := v_found || array(select 'mail:' || m[1] from regexp_matches(v, '([^\s@<>()\[\],;:"'']+@[a-z0-9.-]+\.[a-z]{2,})', 'g') m);
  v := regexp_replace(v, '[^\s@<>()\[\],;:"'']+@[a-z0-9.-]+\.[a-z]{2,}', ' ', 'g');
  v_found := v_found || array(select 'link:' || rtrim(regexp_replace(m[1], '^(?:https?://)?(?:www\.)?', ''), '.,/;:!?') from regexp_matches(v,
    '(\m(?:(?:https?|ftp|tel|data|javascript):|www\.)[^\s<>()\[\]"'']+|\m(?:[a-z0-9-]+\.)+(?:com|net|org|info|biz|io|app|dev|co|me|eu|uk|us|de|ch|at|fr|es|it|nl|club|golf|shop|online|site|xyz|link|page|example|test)(?:/[^\s<>()\[\]"'']*)?\M)', 'g') m);
  v := regexp_replace(v, '\m(?:(?:https?|ftp|tel|data|javascript):|www\.)[^\s<>()\[\]"'']+|\m(?:[a-z0-9-]+\.)+(?:com|net|org|info|biz|io|app|dev|co|me|eu|uk|us|de|ch|at|fr|es|it|nl|club|golf|shop|online|site|xyz|link|page|example|test)(?:/[^\s<>()\[\]"'']*)?\M', ' ', 'g');
  -- Numbers in words count where they measure or cost something.
  for i in 1 .. cardinality(c_words) loop
    if strpos(v, c_words[i]) > 0 then
      v := regexp_replace(v, '\m' || c_words[i] || '(?=(?:[ -]|,? (?:to|or|and) \w+ )(?:' || c_unit || '|' || c_money || ')\M)', c_values[i]::text, 'g');
    end if;
  end loop;
  v := regexp_replace(v, '(?<![\d.,:])(\d+(?:[.,]\d+)?) ?(?:-|to|or|and) ?(\d+(?:[.,]\d+)?)([ -]?' || c_unit || ')(?!\w)', '\1\3 \2\3', 'g');
  -- Times of day, as 24 hours.
  v_found := v_found || array(select format('time:%s:%s', lpad(((m[1]::integer % 12) + case when m[3] like 'p%' then 12 else 0 end)::text, 2, '0'), coalesce(m[2], '00'))
    from regexp_matches(v, '(?<![\d.:])(\d{1,2})(?:[:.]([0-5]\d))? ?([ap]\.?m\M)', 'g') m);
  v := regexp_replace(v, '(?<![\d.:])\d{1,2}(?:[:.][0-5]\d)? ?[ap]\.?m\M\.?', ' ', 'g');
  v_found := v_found || array(select format('time:%s:%s', lpad(m[1], 2, '0'), m[2]) from regexp_matches(v, '(?<![\d.:])([01]?\d|2[0-4]):([0-5]\d)(?![\d:])', 'g') m);
  v := regexp_replace(v, '(?<![\d.:])(?:[01]?\d|2[0-4]):[0-5]\d(?![\d:])', ' ', 'g');
  v_found := v_found || array(select 'money:' || app_hidden.plain_number(coalesce(m[1], m[2]))
    from regexp_matches(v, '(?:[$€£¥]|\m' || c_money || ') ?(\d+(?:[.,]\d+)*)|(?<![\d.,])(\d+(?:[.,]\d+)*)(?: ?[$€£¥]|[ -]?' || c_money || '\M)', 'g') m);
  v := regexp_replace(v, '(?:[$€£¥]|\m' || c_money || ') ?\d+(?:[.,]\d+)*|(?<![\d.,])\d+(?:[.,]\d+)*(?: ?[$€£¥]|[ -]?' || c_money || '\M)', ' ', 'g');
  v_found := v_found || array(select case when m[2] = '%' then 'percent' else regexp_replace(regexp_replace(m[2], '^(min|hr|sec)s?$', '\1'), 's$', '') end || ':' || app_hidden.plain_number(m[1])
    from regexp_matches(v, '(?<![\d.,\w])(\d+(?:[.,]\d+)*)[ -]?(' || c_unit || ')(?!\w)', 'g') m);
  v := regexp_replace(v, '(?<![\d.,\w])\d+(?:[.,]\d+)*[ -]?' || c_unit || '(?!\w)', ' ', 'g');
  -- Letters and figures mixed, and capitals where a code is spoken of.
  v_found := v_found || array(select 'term:' || m[1] from regexp_matches(v, '\m((?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{3,})\M', 'g') m);
  v := regexp_replace(v, '\m(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{3,}\M', ' ', 'g');
  if v ~ '\m(?:codes?|vouchers?|promo\w*|passwords?|wi-?fi|pin)\M' then
    v_found := v_found || array(select 'term:' || lower(m[1]) from regexp_matches(app_hidden.plain_characters(content), '\m([A-Z]{5,})\M', 'g') m);
  end if;
  -- What is left: telephone numbers, codes, years, counts. Digits alone, so that spacing makes no difference.
  v_found := v_found || array(select 'number:' || regexp_replace(m[1], '\D', '', 'g') from regexp_matches(v, '(\+?\d+(?:[ ()./-]{1,2}\d+)*)', 'g') m);
  -- Promises that cost the club something.
  v_found := v_found || array(select 'promise:' || m[1]
    from regexp_matches(v, '\m(free|complimentary|refund|guarantee|discount|voucher|credit|compensat|waive|unlimited|lifetime)(?:s|ed|d|able|ing|ion|es?)?\M', 'g') m);
  return array(select distinct f from unnest(v_found) f order by f);
end
$$;
comment on function app_hidden.claims_in(text) is
  'What a text states that must be right to the letter, each as `kind:value`: mail, link, time (24 hours), money, numbers with their unit, other numbers and telephone numbers (digits alone), terms with figures or in capitals (codes), and promises (free, refund …). List numbers are left out.';

create or replace function app_hidden.plain_number(number text) returns text language sql immutable parallel safe as $$
  -- 1,200 and 1200, 12.00 and 12 are the same.
  select regexp_replace(regexp_replace(regexp_replace(number, '[,](?=\d{3}(?:\D|$))', '', 'g'), ',', '.', 'g'), '\.0+$', '')
$$;
comment on function app_hidden.plain_number(text) is 'A number without separators of thousands and idle decimals.';

create or replace function app_hidden.injection_in(content text) returns text
language plpgsql immutable parallel safe as $$
declare
  c_patterns constant text[] := array[
    '\m(?:ignore|disregard|forget|override|bypass|skip)\M[^.!?\n]{0,40}\m(?:instructions?|rules?|prompts?|guidelines?|polic(?:y|ies)|restrictions?|everything|(?:all|any)(?: of)? (?:the )?(?:above|previous|prior|earlier))\M',
    '\m(?:previous|prior|above|earlier|system|hidden|initial|original) (?:instructions?|prompts?|messages?|rules?)\M',
    '\m(?:system|developer|jailbreak|dan|god|admin|debug) (?:prompt|mode|message|override)\M',
    '\myou are (?:now |no longer |actually |really )?(?:an? |the )?(?:ai|assistant|chat ?bot|bot|language model|llm|gpt|claude|model|admin|developer|system)\M',
    '\m(?:the|this|any|each|every|you,? the|dear|hey|hello|note to(?: the)?|instructions? (?:for|to) (?:the )?)\s?(?:ai|assistants?|chat ?bots?|bots?|language models?|llms?|models?|gpt|claude)\M[^.!?\n]{0,20}\m(?:must|should|shall|will|may|can|has to|have to|need to|never|always|is to|are to|do not|ignore|follow|approve|answer|reply|say)\M',
    '\m(?:ai|assistant|chat ?bot|bot|language model|llm)s?,? (?:must|should|shall|will|never|always|please|ignore|reply|answer|respond|say|do not|approve)\M',
    '\mas an? (?:ai|assistant|language model|llm)\M', '\m(?:act|behave|respond|answer|roleplay) as (?:if you|an?|the) \w+', '\mpretend (?:to be|that you|you)\M',
    '\m(?:reveal|print|output|repeat|show|leak|disclose)\M[^.!?\n]{0,30}\m(?:prompts?|instructions?|system message|secrets?|api keys?|passwords?|credentials?)\M',
    '\m(?:always|only) (?:answer|reply|respond|say|output)\M[^.!?\n]{0,20}\mwith\M', '\mfrom now on\M[^.!?\n]{0,30}\m(?:you|answer|reply|respond|always|never)\M',
    '\m(?:approve|publish|apply|accept) (?:this|the) (?:proposal|edit|change|suggestion)\M', '\mwithout (?:a |any )?(?:review|human|approval)\M',
    '^\s*(?:[-*>]\s*|\d+[.)]\s*)?(?:system|assistant|user|human|developer|tool)\s*:', '<\|[^|]*\|>', '\[/?(?:inst|system|assistant|user)\]', '</?(?:system|assistant|user|instructions?|prompt|policy|brief|failures?|shared|sop)\M',
    '\m(?:ignoriere?|vergiss|missachte|ignorez|oubliez|ignora|olvida|ignorare|negeer)\M[^.!?\n]{0,40}\m(?:anweisung\w*|regeln?|instructions?|consignes?|instrucciones|reglas|istruzioni|instructies)\M',
    '(?:drop|delete|truncate|update|insert into|alter)\s+(?:table|from|schema|database|sops?\M|users?\M)', '[a-z0-9+/=_-]{48,}'];
  v_text text := lower(app_hidden.plain_characters(content));
  v_found text;
begin
  foreach v_found in array c_patterns loop
    -- By line, and over the ends of lines.
    v_found := coalesce(substring(v_text from '(?n)' || v_found), substring(regexp_replace(v_text, '\s+', ' ', 'g') from v_found));
    if v_found is not null then
      return left(btrim(v_found), 80);
    end if;
  end loop;
  return null;
end
$$;
comment on function app_hidden.injection_in(text) is 'The first words in a text that speak to a model rather than to people (commands to an assistant, prompts, roles, hidden data); null for none.';

create or replace function app_hidden.markup_in(content text) returns text language sql immutable parallel safe as $$
  select left(substring(lower(app_hidden.plain_characters(content)) from
    '<[a-z/!?][^>\n]{0,60}>?|!?\[[^\]\n]*\]\s?\([^)\n]*\)|!?\[[^\]\n]+\]\[[^\]\n]*\]|^\s{0,3}\[[^\]\n]+\]:\s*\S+|\m(?:javascript|vbscript|data):\S+|```|~~~|\{\{[^}\n]*\}\}|\$\{[^}\n]*\}|&#x?[0-9a-f]+;'), 80)
$$;
comment on function app_hidden.markup_in(text) is 'The first HTML, link, image, script, code fence or template in a text; null for none.';
