# shellcheck shell=bash
# Part of ./dev: a throwaway PostgreSQL for one test run, on a Unix socket in a temporary folder, gone afterwards.
# Without fsync: what the tests kill are processes, and what the kernel has outlives those.

start_postgres() {
  say "Starting a throwaway PostgreSQL"
  local bin
  bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
  [[ -n $bin ]] || fail "no PostgreSQL server found: ./dev setup installs it"
  postgres_folder=$(mktemp -d /tmp/guerdon-postgres.XXXXXX) # short: a socket's path has 107 characters at most
  trap stop_postgres EXIT

  local as_user=()
  if ((EUID == 0)); then # PostgreSQL refuses to run as root
    chown postgres:postgres "$postgres_folder"
    as_user=(env -C / setpriv --reuid=postgres --regid=postgres --init-groups)
  fi
  "${as_user[@]}" "$bin/initdb" -D "$postgres_folder/data" -U guerdon -A trust -E UTF8 --locale=C --no-instructions \
    >"$postgres_folder/initdb.log" 2>&1 || { cat "$postgres_folder/initdb.log" >&2 && fail "initdb failed"; }
  # Should ./dev be killed, the server goes with it. Its data does not outlive it: no need to wait for the disk.
  "${as_user[@]}" setpriv --pdeathsig QUIT "$bin/postgres" -D "$postgres_folder/data" -k "$postgres_folder" \
    -c listen_addresses= -c fsync=off -c max_connections=200 -c timezone=UTC >"$postgres_folder/server.log" 2>&1 &
  postgres_pid=$!

  local deadline=$((SECONDS + 60))
  until "$bin/pg_isready" -q -h "$postgres_folder" -U guerdon -d postgres; do
    if ((SECONDS > deadline)) || ! kill -0 "$postgres_pid" 2>/dev/null; then
      cat "$postgres_folder/server.log" >&2
      fail "PostgreSQL did not start"
    fi
    sleep 0.1
  done
  export GUERDON_TEST_POSTGRES="postgres://guerdon@/postgres?host=$postgres_folder"
}

stop_postgres() {
  if [[ -n ${postgres_pid:-} ]]; then
    kill -QUIT "$postgres_pid" 2>/dev/null || true
    wait "$postgres_pid" 2>/dev/null || true
  fi
  rm -rf "$postgres_folder"
}
