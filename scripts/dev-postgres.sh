# shellcheck shell=bash
# Part of ./dev and of bench/run: a throwaway PostgreSQL, on a Unix socket in a temporary folder, gone afterwards.

# launch_postgres <data folder> <socket's folder> [option...]: makes a cluster and starts it; its process is $postgres_pid.
# Its programs are in $postgres_bin. False, with the reason: there is no server, or it does not start.
launch_postgres() {
  local data=$1 socket=$2
  shift 2
  postgres_bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -1)
  [[ -n $postgres_bin ]] || { echo "no PostgreSQL server found: ./dev setup installs it" >&2 && return 1; }

  local as_user=()
  if ((EUID == 0)); then # PostgreSQL refuses to run as root
    chown postgres:postgres "$data" "$socket"
    as_user=(env -C / setpriv --reuid=postgres --regid=postgres --init-groups)
  fi
  "${as_user[@]}" "$postgres_bin/initdb" -D "$data" -U guerdon -A trust -E UTF8 --locale=C --no-instructions \
    >"$socket/initdb.log" 2>&1 || { cat "$socket/initdb.log" >&2 && return 1; }
  # Should whoever started it be killed, the server goes with it.
  "${as_user[@]}" setpriv --pdeathsig QUIT "$postgres_bin/postgres" -D "$data" -k "$socket" \
    -c listen_addresses= -c max_connections=200 -c timezone=UTC "$@" >"$socket/server.log" 2>&1 &
  postgres_pid=$!

  local deadline=$((SECONDS + 60))
  until "$postgres_bin/pg_isready" -q -h "$socket" -U guerdon -d postgres; do
    if ((SECONDS > deadline)) || ! kill -0 "$postgres_pid" 2>/dev/null; then
      cat "$socket/server.log" >&2
      end_postgres
      return 1
    fi
    sleep 0.1
  done
}

end_postgres() {
  if [[ -n ${postgres_pid:-} ]]; then
    kill -QUIT "$postgres_pid" 2>/dev/null || true
    wait "$postgres_pid" 2>/dev/null || true
  fi
  postgres_pid=''
}

# For one test run. Without fsync: what the tests kill are processes, and what the kernel has outlives those.
start_postgres() {
  say "Starting a throwaway PostgreSQL"
  postgres_folder=$(mktemp -d /tmp/guerdon-postgres.XXXXXX) # short: a socket's path has 107 characters at most
  trap stop_postgres EXIT
  mkdir "$postgres_folder/data"
  launch_postgres "$postgres_folder/data" "$postgres_folder" -c fsync=off || fail "PostgreSQL did not start"
  export GUERDON_TEST_POSTGRES="postgres://guerdon@/postgres?host=$postgres_folder"
}

stop_postgres() {
  end_postgres
  rm -rf "$postgres_folder"
}
