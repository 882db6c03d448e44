-- Why an item of an import is skipped, proposed, in conflict or kept: a code and the values in its sentence. The English
-- sentence is here alone; a UI makes its own from the code (web/i18n: imports.because, imports.obstacle).
create or replace function app_hidden.import_obstacle(code text, details jsonb) returns text
language sql immutable parallel safe as $$
  select case code
    when 'sop_changed' then format('SOP %s was changed since (version %s by %s: %s)', details ->> 'name', details ->> 'version', details ->> 'by', details ->> 'reason')
    when 'sop_led_to' then format('SOP %s has knowledge that leads to it since (entry %s)', details ->> 'name', details ->> 'id')
    when 'sop_expected' then format('a golden question expects SOP %s (%s)', details ->> 'name', details ->> 'id')
    when 'sop_tried' then format('an experiment runs on SOP %s (%s)', details ->> 'name', details ->> 'id')
    when 'entry_gone' then format('entry "%s" was deleted or merged since', details ->> 'question')
    when 'entry_changed' then format('entry "%s" was changed since', details ->> 'question')
    when 'entry_merged_into' then format('others were merged into entry "%s" since', details ->> 'question')
    when 'proposal_approved' then format('proposal %s was approved by %s', details ->> 'id', details ->> 'by')
  end
$$;
comment on function app_hidden.import_obstacle(text, jsonb) is 'What was built on an imported item since, in English: part of a sentence. Null for a code that is none.';

create or replace function app_hidden.import_reason(code text, details jsonb) returns text
language sql immutable parallel safe as $$
  select left(case code
    when 'nothing' then 'Nothing in it can be imported.'
    when 'no_text' then 'It holds no text.'
    when 'no_question' then 'It has no question.'
    when 'sop_too_long' then 'An SOP has at most 1 MiB of text.'
    when 'answer_too_long' then 'An answer has at most 64 kB of text.'
    when 'question_too_long' then 'A question has at most 1,400 bytes of text.'
    when 'speaks_to_model' then format('It speaks to a model rather than to people: %s', details ->> 'words')
    when 'sop_says_so' then format('%s says so already.', details ->> 'name')
    when 'name_taken' then format('%s is %s already.', details ->> 'file', details ->> 'name')
    when 'sop_has_text' then format('SOP %s has this text.', details ->> 'name')
    when 'file_has_text' then format('%s has this text.', details ->> 'file')
    when 'like_sop' then format('It is much like SOP %s (%s %%).', details ->> 'name', details ->> 'percent')
    when 'like_file' then format('It is much like %s (%s %%).', details ->> 'file', details ->> 'percent')
    when 'entry_says_so' then 'The entry says so already.'
    when 'entry_retired' then 'The entry was retired.'
    when 'file_has_answer' then format('%s has this question and answer.', details ->> 'file')
    when 'file_answers_otherwise' then format('%s answers this question otherwise.', details ->> 'file')
    when 'entry_has_answer' then format('Entry %s has this question and answer.', details ->> 'id')
    when 'entry_answers_otherwise' then format('Entry %s answers this question otherwise.', details ->> 'id')
    when 'said_in_conversation' then 'It was said in a conversation.'
    when 'contradicts' then 'It contradicts what the club has.'
    when 'proposal_waits' then format('Proposal %s waits for a person already.', details ->> 'id')
    when 'proposal_rejected' then format('Proposal %s said so and was rejected.', details ->> 'id')
    when 'proposal_said_so' then format('Proposal %s said so already.', details ->> 'id')
    when 'written_meanwhile' then 'It was written meanwhile.'
    when 'sop_changed_since' then format('Somebody wrote version %s of %s since this was staged.', details ->> 'version', details ->> 'name')
    when 'sop_made_now' then format('Somebody made %s at this moment.', details ->> 'name')
    when 'sop_archived' then format('There is an archived SOP %s: bring it back first (rollback_sop), then import again.', details ->> 'name')
    when 'entry_changed_since' then 'Somebody changed this entry since it was staged.'
    when 'entry_written_now' then 'Somebody wrote this entry at this moment.'
    when 'built_on' then (
      select upper(left(w.what, 1)) || substr(w.what, 2) || '.'
        from (select string_agg(app_hidden.import_obstacle(o ->> 'code', o -> 'details'), '; ' order by n) as what from jsonb_array_elements(details -> 'obstacles') with ordinality e(o, n)) w)
  end, 1000)
$$;
comment on function app_hidden.import_reason(text, jsonb) is 'The sentence of a reason_code with its reason_details, in English. Null for a code that is none.';

create or replace function app_private.import_because(item app_public.import_items, code text, details jsonb default '{}') returns app_public.import_items
language plpgsql immutable set search_path = app_public, public, pg_temp as $$
begin
  item.reason := app_hidden.import_reason(code, details);
  item.reason_code := code;
  item.reason_details := details;
  return item;
end
$$;
comment on function app_private.import_because(app_public.import_items, text, jsonb) is 'The item with why this becomes of it: the code, its values and the sentence.';

create or replace function app_private.import_review(item app_public.import_items, code text, details jsonb default '{}') returns app_public.import_items
language plpgsql immutable set search_path = app_public, public, pg_temp as $$
begin
  if item.review is null then
    item := app_private.import_because(item, code, details);
    item.review := item.reason;
  end if;
  return item;
end
$$;
comment on function app_private.import_review(app_public.import_items, text, jsonb) is 'The item with why a person should look at it; the first reason stays.';
