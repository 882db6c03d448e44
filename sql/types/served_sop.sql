do $$
begin
  if to_regtype('app_public.served_sop') is null then
    create type app_public.served_sop as (
      sop_id integer,
      category text,
      section text,
      version integer,
      content text,
      experiment_id integer,
      experiment_arm_id integer,
      arm text
    );
  end if;
end
$$;
comment on type app_public.served_sop is 'An SOP as one subject gets it: as it is, or an experiment''s arm.';
comment on column app_public.served_sop.version is 'Of the SOP as it is; an arm''s text is no version of its own.';
comment on column app_public.served_sop.experiment_id is 'The running experiment; null where there is none.';
comment on column app_public.served_sop.arm is 'Label of the arm; A is the control, which is the SOP as it is.';
