# shellcheck shell=bash
# Part of bench/run: the goals of events and rewards that came with the campaign engine and with deletion.
# shellcheck disable=SC2154 # what bench/run has set

# The peer's packages, under build/ for the next time as well.
install_nest() {
  command -v node >/dev/null && command -v npm >/dev/null || return 1
  mkdir -p build/nest
  cp bench/peers/nest/* build/nest/
  if ! cmp -s build/nest/package-lock.json build/nest/node_modules/.installed-from; then
    note "installing NestJS"
    (cd build/nest && npm ci --no-audit --no-fund --loglevel=error) >"$folder/npm.log" 2>&1 || return 1
    cp build/nest/package-lock.json build/nest/node_modules/.installed-from
  fi
}

# start_nest <name> <server> [processes]: the peer as <name>, on a copy of what the server has
start_nest() {
  mkdir -p "$folder/$1"
  cp "$folder/$2/"{guerdon.db,tokens,events} "$folder/$1/"
  start "$1" node build/nest/server.mjs "$folder/$2.json" "$folder/$1/guerdon.db" PORT ${3:+"$3"}
}

# An event and claims, each server on data of its own; a claim of both is the same rows, in one durable commit. The peer
# runs a process a core for the one and one process for the other, which is the fastest of each.
goal_2() {
  local gets=() peers_gets=() claims_made=() peers_claims=() gets_p99=() peers_gets_p99=() claims_p99=() peers_claims_p99=()
  local answer event
  if ! install_nest; then
    note "goals 2 and 5 are not measured: there is no npm, or it can't install the peer"
    return
  fi
  seeded ours "$small" "$small" "$((claims / small / 2))"
  start_nest readers ours
  start_nest writer ours 1
  start_server ours
  event=/api/events/$(head -n 1 "$folder/ours/events")
  [[ $(ask ours "$event" | wc -c) == $(ask readers "$event" | wc -c) ]] || die "the peer's event is not the server's"
  note "goals 2 and 5: NestJS"
  for ((i = 0; i < rounds; ++i)); do
    answer=$(get ours)
    gets+=("$(field "$answer" rate)") gets_p99+=("$(field "$answer" p99)")
    answer=$(get readers)
    peers_gets+=("$(field "$answer" rate)") peers_gets_p99+=("$(field "$answer" p99)")
    claim ours
    claims_made+=("$(field "$result" rate)") claims_p99+=("$(field "$result" p99)")
    kill -STOP "${running[ours]}" # it has a log to copy, and messages to read
    claim writer
    kill -CONT "${running[ours]}"
    peers_claims+=("$(field "$result" rate)") peers_claims_p99+=("$(field "$result" p99)")
  done
  for name in ours readers writer; do stop "$name"; done
  row 2 "GET an event / tuned NestJS" ">= 9" "$(calculate "$(median "${gets[@]}") / $(median "${peers_gets[@]}")")" \
    "$(median "${gets[@]}")/s, NestJS $(median "${peers_gets[@]}")/s; p99 $(median "${gets_p99[@]}") and $(median "${peers_gets_p99[@]}") us"
  row 5 "durable claim / tuned NestJS" ">= 16" \
    "$(calculate "$(median "${claims_made[@]}") / $(median "${peers_claims[@]}")")" \
    "$(median "${claims_made[@]}")/s, NestJS $(median "${peers_claims[@]}")/s; p99 $(median "${claims_p99[@]}") and $(median "${peers_claims_p99[@]}") us"
}

goal_3() {
  local ours=() peers=() ours_p99=() peers_p99=() list='/api/events?limit=20' answer
  if ! install_nest; then
    note "goal 3 is not measured: there is no npm, or it can't install the peer"
    return
  fi
  seeded list 1000 1000 40
  start_nest nest list
  start_server list
  [[ $(ask list "$list" | wc -c) == $(ask nest "$list" | wc -c) ]] || die "the peer's list is not the server's"
  note "goal 3: the list of events"
  for ((i = 0; i < rounds; ++i)); do
    answer=$(load list --tokens "$folder/list/tokens" --target "$list")
    ours+=("$(field "$answer" rate)") ours_p99+=("$(field "$answer" p99)")
    answer=$(load nest --tokens "$folder/list/tokens" --target "$list")
    peers+=("$(field "$answer" rate)") peers_p99+=("$(field "$answer" p99)")
  done
  stop list
  stop nest
  row 3 "list of 20 events / tuned NestJS" ">= 7" "$(calculate "$(median "${ours[@]}") / $(median "${peers[@]}")")" \
    "$(median "${ours[@]}")/s, NestJS $(median "${peers[@]}")/s; p99 $(median "${ours_p99[@]}") and $(median "${peers_p99[@]}") us"
}

# A thousand connections at once claim one reward of which there is not enough for everybody, and go on when it is out.
goal_load() {
  local event over=0 left=0 made=0 listed answer p99=() rates=() verified=holds
  seeded limited "$small" "$small" "$rounds" "$load_stock"
  start_server limited
  note "load: $users_at_once users at once on one limited reward"
  mkdir -p "$folder/one"
  for event in $(<"$folder/limited/events"); do
    echo "$event" >"$folder/one/events"
    answer=$(load limited --tokens "$folder/limited/tokens" --events "$folder/one/events" --again 1 --expect 24 \
      --connections "$users_at_once" --warm-up 0 --seconds "$load_seconds")
    listed=$(ask limited "/api/events/$event/rewards" | jq '.items[0]')
    made=$((made + $(field "$answer" good))) left=$((left + $(field "$listed" remaining)))
    [[ $(field "$listed" granted) == "$(field "$answer" good)" ]] || verified='differs from the answers'
    over=$((over + $(field "$listed" granted) + $(field "$listed" remaining) - load_stock))
    p99+=("$(calculate "$(field "$answer" p99) / 1000")") rates+=("$(field "$answer" rate)")
  done
  stop limited
  "$guerdon" verify --config "$folder/limited.json" >"$folder/verify.log" || verified='is damaged: guerdon verify says so'
  ((made <= rounds * load_stock)) || over=$((made - rounds * load_stock))
  row "" "oversold to $users_at_once users at once" "<= 0" "$over" \
    "$made granted and $left left of $rounds times $load_stock; the data $verified"
  row "" "p99 of a claim of $users_at_once users at once, ms" "" "$(median "${p99[@]}")" \
    "$(median "${rates[@]}") answers/s for $load_seconds s, refusals among them"
}

# From the answer to a log-in to the points in the wallet. The passwords cost next to nothing to check.
goal_16() {
  local p50=() p99=() rates=() answer used=0
  config grants '| .auth += {argon2MemoryKib: 8, argon2Iterations: 1}'
  seeded grants "$((log_ins_a_second * (seconds + 1) * rounds + 1))" 1 1
  start_server grants
  note "goal 16: from log-in to grant"
  for ((i = 0; i < rounds; ++i)); do
    answer=$(bench_grant "${port[grants]}" "$folder/grants/names" "$password" "$log_ins_a_second" "$seconds" "$used")
    used=$((used + $(field "$answer" used)))
    p50+=("$(calculate "$(field "$answer" p50) / 1000")") p99+=("$(calculate "$(field "$answer" p99) / 1000")")
    rates+=("$(field "$answer" rate)")
  done
  stop grants
  row 16 "from a log-in's answer to its points, p99, ms" "<= 20" "$(median "${p99[@]}")" \
    "p50 $(median "${p50[@]}") ms; $(median "${rates[@]}") log-ins/s, of every fourth the wallet is asked each ms"
}

# Claims on a server that removes deleted users meanwhile, beside one that does not; each stands still while the other is
# measured. Then they go on until the last of the users is gone, and what was to be erased with them.
goal_deletion() {
  local calm=() busy=() rest left
  for name in calm busy; do seeded "$name" "$small" "$small" "$((claims / small))"; done
  note "deletion: adding $doomed deleted users"
  bench_doomed "$folder/busy.json" "$doomed"
  start_server calm
  start_server busy
  note "deletion: claims while $doomed users are removed"
  for ((i = 0; i < rounds; ++i)); do
    kill -STOP "${running[busy]}"
    claim calm
    calm+=("$(field "$result" p99)")
    kill -CONT "${running[busy]}"
    kill -STOP "${running[calm]}"
    claim busy
    busy+=("$(field "$result" p99)")
    kill -CONT "${running[calm]}"
  done
  stop calm
  stop busy
  rest=$(bench_doomed "$folder/busy.json")
  left=$(field "$rest" left)
  ((left > 0)) || note "deletion: all were removed before the last round ended"
  row "" "p99 of a claim: users being removed / calm" "<= 2" \
    "$(calculate "$(median "${busy[@]}") / $(median "${calm[@]}")")" \
    "$(median "${busy[@]}") us, calm $(median "${calm[@]}") us; $left of $doomed left at the end"
  remove_the_rest
}

# remove_the_rest: within goal_deletion, for as long as is bearable, and once more for what is erased when all are gone
remove_the_rest() {
  local ending=() deadline=$((SECONDS + 10 * seconds)) is_finished=false
  while :; do
    start_server busy
    claim busy
    ending+=("$(field "$result" p99)")
    stop busy
    if $is_finished || ((SECONDS >= deadline || claimed[busy] >= claims)); then break; fi
    rest=$(bench_doomed "$folder/busy.json")
    is_finished=$(field "$rest" finished)
  done
  row "" "the same, on to the end of the removal / calm" "<= 2" \
    "$(calculate "$(median "${ending[@]}") / $(median "${calm[@]}")")" \
    "$(median "${ending[@]}") us, highest $(printf '%s\n' "${ending[@]}" | sort -g | tail -n 1) us; $(field "$rest" left) left"
}
