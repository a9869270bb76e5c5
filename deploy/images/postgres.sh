#!/bin/sh
# Makes the database at the first start, then hands over to PostgreSQL.
set -eu
umask 077
secrets=/run/graphkeep
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --username=graphkeep --pwfile="$secrets/password" --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 >/dev/null
  echo 'host all all samenet scram-sha-256' >>"$PGDATA/pg_hba.conf"
  echo 'CREATE DATABASE graphkeep' | postgres --single -D "$PGDATA" postgres >/dev/null
fi
exec postgres -c listen_addresses='*' -c unix_socket_directories=/tmp -c password_encryption=scram-sha-256
