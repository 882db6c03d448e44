do $$
begin
  if to_regtype('app_public.blamed_line') is null then
    create type app_public.blamed_line as (
      line integer,
      text text,
      version integer,
      changed_by text,
      changed_at timestamptz,
      reason text,
      improvement_id integer
    );
  end if;
end
$$;
comment on type app_public.blamed_line is 'One line of an SOP, with the version that last wrote it.';
comment on column app_public.blamed_line.line is 'Counts from 1.';
comment on column app_public.blamed_line.version is 'The version that last wrote it.';
comment on column app_public.blamed_line.improvement_id is 'The approved proposal that made that version, if one did.';
