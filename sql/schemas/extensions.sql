-- Managed PostgreSQL has these, and we use no more.
create extension if not exists vector with schema public;
create extension if not exists pg_trgm with schema public;
create extension if not exists unaccent with schema public;
