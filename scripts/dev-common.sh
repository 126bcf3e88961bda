# shellcheck shell=bash
# Part of ./dev: saying what goes on, failing in one line, configuring and building.

say() {
  if [[ -t 1 && -z ${CI:-} ]]; then
    printf '\033[1m==> %s\033[0m\n' "$*"
  else
    printf '==> %s\n' "$*"
  fi
}

fail() {
  printf './dev: %s\n' "$*" >&2
  exit 1
}

# A translation unit takes close to 1 GB, united ones too: no more compilers than processors, nor than memory for them.
build_jobs() {
  local processors gigabytes
  processors=$(nproc)
  gigabytes=$(awk '/^MemAvailable:/ { print int($2 / 1048576) }' /proc/meminfo)
  if ((gigabytes < 1)); then gigabytes=1; fi
  echo $((processors < gigabytes ? processors : gigabytes))
}

# build <preset> <target>
build() {
  local preset=$1 target=$2
  if [[ ! -f build/$preset/build.ninja ]]; then
    say "Configuring $preset"
    quietly "build/$preset-configure.log" cmake --preset "$preset" ${GUERDON_UNITY:+-DGUERDON_UNITY="$GUERDON_UNITY"}
  fi
  say "Building $preset"
  cmake --build --preset "$preset" --target "$target" -j "$(build_jobs)"
}

# quietly <log> <command...>: nothing is shown unless it fails.
quietly() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    fail "this failed: $*"
  fi
}
