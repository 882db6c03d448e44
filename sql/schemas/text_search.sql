-- One text search configuration with a name of ours, so that a club's language is one `alter text search
-- configuration` away. Accents are folded before stemming: customers type without them.
do $$
begin
  if not exists (select from pg_ts_config where cfgname = 'clubos' and cfgnamespace = 'app_public'::regnamespace) then
    create text search configuration app_public.clubos (copy = pg_catalog.english);
    alter text search configuration app_public.clubos
      alter mapping for hword, hword_part, word with public.unaccent, pg_catalog.english_stem;
  end if;
end
$$;
