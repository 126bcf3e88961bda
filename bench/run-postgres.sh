# shellcheck shell=bash
# Part of bench/run: a PostgreSQL of its own, which waits for the disk as it is delivered.
# shellcheck disable=SC2154 # what bench/run has set

# shellcheck source=/dev/null
source scripts/dev-postgres.sh

# In the folder that is measured in, which PostgreSQL's user has to be able to enter.
start_measured_postgres() {
  local data=$folder/postgres
  postgres_folder=$(mktemp -d /tmp/guerdon-postgres.XXXXXX) # the socket
  chmod 711 "$folder"
  mkdir "$data"
  launch_postgres "$data" "$postgres_folder"
}

# The server's connections are as many as the peer's, which works on a copy of the same database while the server stands
# still.
goal_7() {
  local ours=() peers=() ours_p99=() peers_p99=() answer next=0 connections=16
  if ! start_measured_postgres; then
    note "goal 7 is not measured: there is no PostgreSQL that can use $folder"
    return
  fi
  local at="host=$postgres_folder user=guerdon"
  config pg "| .database = {url: \"postgres://guerdon@/postgres?host=$postgres_folder\", connections: $connections}"
  seeded pg 1000 1000 "$((claims / 10000))"
  "$postgres_bin/psql" -q "$at dbname=template1" -c "CREATE DATABASE bare TEMPLATE postgres"
  start_server pg
  note "goal 7: durable claims on PostgreSQL"
  for ((i = 0; i < rounds; ++i)); do
    claim pg
    ours+=("$(field "$result" rate)") ours_p99+=("$(field "$result" p99)")
    kill -STOP "${running[pg]}"
    answer=$(bench_bare_pg_claims "$at dbname=bare" "$connections" "$seconds" "$next")
    next=$(field "$answer" next)
    kill -CONT "${running[pg]}"
    peers+=("$(field "$answer" rate)") peers_p99+=("$(field "$answer" p99)")
  done
  stop pg
  stop_postgres
  row 7 "durable claim on PostgreSQL / bare libpq pipeline" ">= 0.8" \
    "$(calculate "$(median "${ours[@]}") / $(median "${peers[@]}")")" \
    "$(median "${ours[@]}")/s, bare $(median "${peers[@]}")/s on $connections connections; p99 of 64 clients $(median "${ours_p99[@]}") us, of the $connections $(median "${peers_p99[@]}") us"
}
