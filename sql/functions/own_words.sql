-- What ClubOS says and writes by itself, in the language that the club's texts are in, or in the club's own words.
create or replace function app_hidden.usual_words(key text) returns text
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
declare
  v_language text := (select s.search_language from app_public.club_settings s);
begin
  return case key
    when 'not_sure' then case v_language
      when 'german' then 'Da bin ich mir nicht sicher genug. Ich habe Ihre Frage an unser Team weitergegeben; hier antwortet Ihnen jemand.'
      when 'french' then 'Je ne suis pas assez sûr de la réponse : j''ai transmis votre question à notre équipe. Quelqu''un vous répondra ici.'
      when 'spanish' then 'No estoy lo bastante seguro de la respuesta, así que he pasado su pregunta a nuestro equipo. Una persona le responderá aquí.'
      else 'I am not sure enough to answer this, so I have passed your question to our team. A person will answer you here.' end
    when 'for_a_person' then case v_language
      when 'german' then 'Das muss sich jemand aus unserem Team ansehen. Ich habe Ihre Frage weitergegeben; hier antwortet Ihnen jemand.'
      when 'french' then 'Quelqu''un de notre équipe doit s''en occuper. J''ai transmis votre question ; quelqu''un vous répondra ici.'
      when 'spanish' then 'Alguien de nuestro equipo tiene que verlo. He pasado su pregunta y una persona le responderá aquí.'
      else 'Somebody of our team has to look into this. I have passed your question on, and a person will answer you here.' end
    when 'paused' then case v_language
      when 'german' then 'Jemand aus unserem Team antwortet Ihnen hier so bald wie möglich.'
      when 'french' then 'Un membre de notre équipe vous répondra ici dès que possible.'
      when 'spanish' then 'Alguien de nuestro equipo le responderá aquí lo antes posible.'
      else 'A member of our team will answer you here as soon as possible.' end
    when 'unfinished' then case v_language
      when 'german' then 'Ich konnte meine Antwort nicht beenden. Ich habe Ihre Frage an unser Team weitergegeben; hier antwortet Ihnen jemand.'
      when 'french' then 'Je n''ai pas pu terminer ma réponse : j''ai transmis votre question à notre équipe. Quelqu''un vous répondra ici.'
      when 'spanish' then 'No he podido terminar mi respuesta, así que he pasado su pregunta a nuestro equipo. Una persona le responderá aquí.'
      else 'I could not finish my answer, so I have passed your question to our team. A person will answer you here.' end
    when 'emergency' then case v_language
      when 'german' then 'Wenn jemand in Gefahr ist, rufen Sie jetzt den Notruf. Unser Team ist alarmiert und meldet sich sofort hier.'
      when 'french' then 'Si quelqu''un est en danger, appelez tout de suite les secours. Notre équipe est prévenue et vous répond ici immédiatement.'
      when 'spanish' then 'Si alguien está en peligro, llame ahora a emergencias. Nuestro equipo está avisado y le responderá aquí enseguida.'
      else 'If anyone is in danger, call the emergency services now. Our team has been alerted and will contact you here at once.' end
    when 'heading_phrases' then case v_language when 'german' then 'Kunden sagen auch' when 'french' then 'Les clients disent aussi' when 'spanish' then 'Los clientes también dicen' else 'Customers also say' end
    when 'heading_more' then case v_language when 'german' then 'Gut zu wissen' when 'french' then 'Bon à savoir' when 'spanish' then 'Conviene saber' else 'Good to know' end
    when 'heading_steps' then case v_language when 'german' then 'Schritte' when 'french' then 'Étapes' when 'spanish' then 'Pasos' else 'Steps' end
  end;
end
$$;
comment on function app_hidden.usual_words(text) is
$$What is said or written by default, in the language of the club (club_settings.search_language; English for others than German, French and Spanish).
key: not_sure, for_a_person, paused, unfinished, emergency: to a customer; heading_phrases, heading_more, heading_steps: headings of what the local analyst writes. Null for another.$$;

create or replace function app_hidden.said(key text) returns text
language plpgsql stable security definer set search_path = app_public, public, pg_temp as $$
begin
  return coalesce((select s.own_words ->> said.key from app_public.club_settings s), app_hidden.usual_words(said.key));
end
$$;
comment on function app_hidden.said(text) is 'What the assistant says by itself: in the club''s own words where it has set some (save_assistant_words), else as app_hidden.usual_words has it.';

-- Headings tell what a section is for, in the languages that usual_words knows. By parts of words: a search asks this of some
-- fifty sections, and a regular expression of so many branches takes twice as long.
create or replace function app_hidden.says_when(heading text) returns boolean language sql immutable parallel safe as $$
  select coalesce(lower(heading) like any ('{%when to use%,%purpose%,%scope%,category%,wann,%/ wann,%wann anwenden%,%wann verwenden%,%wann nutzen%,%wann gilt%,%wann es gilt%,%anwendungsfall%,%zweck%,%geltungsbereich%,quand,%/ quand,%quand utiliser%,%quand l_utiliser%,%quand appliquer%,%quand s_applique%,%objectif%,%champ d_application%,cuándo,%/ cuándo,%cuándo usar%,%cuando usar%,%cuándo utilizar%,%cuando utilizar%,%cuándo aplicar%,%cuando aplicar%,%cuándo se aplica%,%cuando se aplica%,%propósito%,%proposito%,%ámbito%}'), false)
$$;
comment on function app_hidden.says_when(text) is 'Whether a heading is of a section that says what its SOP is for, which answers nobody''s question. English, German, French, Spanish.';
create or replace function app_hidden.says_what_to_say(heading text) returns boolean language sql immutable parallel safe as $$
  select coalesce(lower(heading) like any ('{%what to say%,%tell the customer%,%was wir sagen%,%was sie sagen%,%was zu sagen%,%dem kunden sagen%,%den kunden sagen%,%dem gast sagen%,%den gästen sagen%,%que dire%,%dire au client%,%dire aux clients%,%qué decir%,%que decir%,%decir al cliente%}'), false)
$$;
comment on function app_hidden.says_what_to_say(text) is 'Whether a heading is of the section that is told to the customer. English, German, French, Spanish.';
create or replace function app_hidden.says_what_to_do(heading text) returns boolean language sql immutable parallel safe as $$
  select coalesce(lower(heading) like any ('{%step%,%procedure%,%what to do%,%answer%,%schritt%,%vorgehen%,%ablauf%,%was wir tun%,%was sie tun%,%was zu tun%,%antwort%,%étape%,%etape%,%procédure%,%marche à suivre%,%que faire%,%réponse%,%reponse%,%pasos%,%procedimiento%,%qué hacer%,%que hacer%,%respuesta%}'), false)
$$;
comment on function app_hidden.says_what_to_do(text) is 'Whether a heading is of the steps of an SOP, or of its answer. English, German, French, Spanish.';
create or replace function app_hidden.lists_phrases(heading text) returns boolean language sql immutable parallel safe as $$
  select coalesce(heading like any ('{%Customers also say,%Kunden sagen auch,%Les clients disent aussi,%Los clientes también dicen}'), false)
$$;
comment on function app_hidden.lists_phrases(text) is 'Whether a heading is of the section whose list items are phrases of customers, each searched on its own.';
