# shellcheck shell=bash
# Part of bench/run: a server with a Kafka cluster and a Redis of its own, beside one without.
# shellcheck disable=SC2154 # what bench/run has set

# wait_until <command...>: for five seconds
wait_until() {
  local tries
  for ((tries = 0; tries < 100; ++tries)); do
    if "$@" 2>/dev/null; then return; fi
    sleep 0.05
  done
  die "waited in vain: $*"
}
answers_at() { (: >"/dev/tcp/127.0.0.1/$1"); }

start_redis() {
  port[redis]=$(free_port)
  redis-server --bind 127.0.0.1 --port "${port[redis]}" --save '' --appendonly no --dir "$folder" >>"$folder/redis.log" &
  running[redis]=$!
  wait_until answers_at "${port[redis]}"
}

# It lives as long as its standard input.
start_kafka() {
  exec {kafka_input}> >(exec bench_mock_kafka 1 >"$folder/brokers")
  running[kafka]=$!
  wait_until test -s "$folder/brokers"
}

# is_with <name> <helper>: as the server's readiness has it
is_with() { [[ $(ask "$1" /readyz | jq -r ".dependencies.$2") == ok ]]; }

# relayed: messages that the cluster has acknowledged
relayed() {
  curl -sf "http://127.0.0.1:${port[figures]}/metrics" |
    awk '/^kafka_producer_requests_total\{.*outcome="acknowledged"/ { sum += $NF } END { printf "%d", sum }'
}

start_outside() {
  local redis=(--set "redis.host=127.0.0.1" --set "redis.port=${port[redis]}")
  local counting=(--set "limits.enabled=true" --set "limits.reads=1000000/1s")
  port[figures]=$(free_port)
  start_server plain
  start_server outside "${redis[@]}" --set "kafka.brokers=$(<"$folder/brokers")" --set "kafka.createTopics=false" \
    --set "admin.listen=127.0.0.1:${port[figures]}"
  start_server alone "${counting[@]}"
  start_server shared "${counting[@]}" "${redis[@]}"
  wait_until is_with outside kafka
  wait_until is_with outside redis
  wait_until is_with shared redis
}

# The loads of goals 1 and 4 with relay and Redis on, beside a server that has neither. Without limits nothing is asked of
# Redis but sessions kept; so reads are also measured where calls are counted, in the server and in Redis.
goal_outside() {
  local -A reads=() writes=() read_cpu=() write_cpu=()
  local name answer before seconds=$((seconds > 2 ? 2 : seconds))
  command -v redis-server >/dev/null || die "redis-server is missing: apt-get install redis-server"
  for name in plain outside; do seeded "$name" "$small" "$small" "$((claims / small / 4))"; done
  for name in alone shared; do seeded "$name" 1000 1000 1; done
  start_redis
  start_kafka
  start_outside
  note "outside: relay and Redis, on and off"
  for ((i = 0; i < rounds; ++i)); do
    for name in outside plain; do
      before=$(cpu "$name") answer=$(get "$name")
      reads[$name]+=" $(field "$answer" rate)" read_cpu[$name]+=" $(cost "$name" "$before" "$answer")"
      before=$(cpu "$name")
      claim "$name"
      writes[$name]+=" $(field "$result" rate)" write_cpu[$name]+=" $(cost "$name" "$before" "$result")"
      if [[ $name == outside ]]; then kill -STOP "${running[outside]}"; fi # what is to be relayed waits
    done
    for name in alone shared; do
      answer=$(get "$name")
      reads[$name]+=" $(field "$answer" rate)"
    done
    kill -CONT "${running[outside]}"
  done
  outside_rows
  for name in plain outside alone shared redis kafka; do stop "$name"; done
  exec {kafka_input}>&-
}

# outside_rows: within goal_outside
# shellcheck disable=SC2086 # lists of numbers
outside_rows() {
  row "" "GET: with relay and Redis / without" ">= 0.95" \
    "$(calculate "$(median ${reads[outside]}) / $(median ${reads[plain]})")" \
    "$(median ${reads[outside]})/s, $(median ${reads[plain]})/s; CPU $(median ${read_cpu[outside]}) and $(median ${read_cpu[plain]}) us"
  row "" "claim: with relay and Redis / without" ">= 0.95" \
    "$(calculate "$(median ${writes[outside]}) / $(median ${writes[plain]})")" \
    "$(median ${writes[outside]})/s, $(median ${writes[plain]})/s; CPU $(median ${write_cpu[outside]}) and $(median ${write_cpu[plain]}) us; $(relayed) messages relayed"
  row "" "GET: calls counted in Redis / in the server" "" \
    "$(calculate "$(median ${reads[shared]}) / $(median ${reads[alone]})")" \
    "$(median ${reads[shared]})/s, $(median ${reads[alone]})/s; Redis on the same cores"
}
