create table if not exists app_public.club_settings (
  id boolean primary key default true,
  assistant_enabled boolean not null default true,
  confidence_threshold double precision not null default 0.25,
  takeover_minutes integer not null default 240,
  helpful_votes_to_confirm integer not null default 3,
  embedding_model text not null default 'local-use-lite',
  updated_at timestamptz not null default now(),
  constraint club_settings_has_one_row check (id),
  constraint club_settings_threshold_is_a_probability check (confidence_threshold between 0 and 1),
  constraint club_settings_takeover_is_positive check (takeover_minutes > 0),
  constraint club_settings_votes_is_positive check (helpful_votes_to_confirm > 0)
);
alter table app_public.club_settings add column if not exists daily_budget numeric(10, 2);
alter table app_public.club_settings add column if not exists monthly_budget numeric(10, 2);
alter table app_public.club_settings add column if not exists budget_warning double precision not null default 0.8;
alter table app_public.club_settings add column if not exists search_language text not null default 'english';
alter table app_public.club_settings add column if not exists model_threshold double precision not null default 0.10;
alter table app_public.club_settings add column if not exists own_words jsonb not null default '{}';
do $$
begin
  if not exists (select from pg_constraint where conname = 'club_settings_model_threshold_is_a_probability') then
    alter table app_public.club_settings add constraint club_settings_model_threshold_is_a_probability check (model_threshold between 0 and 1);
  end if;
  if not exists (select from pg_constraint where conname = 'club_settings_budgets_are_not_negative') then
    alter table app_public.club_settings add constraint club_settings_budgets_are_not_negative check (daily_budget >= 0 and monthly_budget >= 0);
    alter table app_public.club_settings add constraint club_settings_warning_is_a_share check (budget_warning > 0 and budget_warning <= 1);
  end if;
end
$$;
insert into app_public.club_settings default values on conflict do nothing;
comment on table app_public.club_settings is 'One row: what the whole club is set to, the kill switch among it.';
comment on column app_public.club_settings.assistant_enabled is 'The kill switch: false stops all automatic answers.';
comment on column app_public.club_settings.confidence_threshold is 'Probability (0 to 1) that the first source is right, below which the assistant hands over.';
comment on column app_public.club_settings.model_threshold is 'The same probability, below which no model is asked to write an answer either. Lower than confidence_threshold, since a model reads several sources, and can say that they do not hold the answer.';
comment on column app_public.club_settings.search_language is 'The language that words are searched in: how they are brought to their stems, and which count for nothing. One that PostgreSQL has a stemmer for; setting it indexes every text anew.';
comment on column app_public.club_settings.own_words is 'What the assistant says by itself, in the club''s own words, by key (assistant_words lists them); what is not in it is said in the usual words of the club''s language.';
comment on column app_public.club_settings.takeover_minutes is 'Minutes of silence of the assistant after a person took a conversation over, unless handed back.';
comment on column app_public.club_settings.helpful_votes_to_confirm is 'Distinct customers who must find a learned answer helpful before it ranks as confirmed.';
comment on column app_public.club_settings.daily_budget is 'US dollars that models may cost in a day (UTC); beyond it the local providers answer. Null: no limit.';
comment on column app_public.club_settings.monthly_budget is 'US dollars that models may cost in a calendar month (UTC). Null: no limit.';
comment on column app_public.club_settings.budget_warning is 'Share (0 to 1) of a budget from which admins are warned.';
comment on column app_public.club_settings.embedding_model is 'The model whose vectors are searched; vectors of two models are never compared.';
alter table app_public.club_settings enable row level security;
