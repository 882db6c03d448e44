#!/bin/sh
# Run once by the PostgreSQL image, on an empty volume: the user that ClubOS is, which is no superuser, and its database.
set -eu
psql --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres --set password="$CLUBOS_DB_PASSWORD" <<'SQL'
create role clubos login createrole password :'password';
create database clubos owner clubos;
\connect clubos
-- Extensions that only a superuser may create; the others are trusted.
create extension vector;
SQL
