# shellcheck shell=bash
# Part of ./dev: layout and static checks. Not part of ./dev test; changed files only, unless told otherwise.

# Planted violations stay as they are: they are wrong on purpose.
cpp_files=('*.cpp' '*.hpp' ':!*/planted/*')
# The version decides the layout, so it is fixed.
clang_format=clang-format-19
clang_tidy=clang-tidy-19

# Tracked and new files; with a base, only those that differ from it.
list_files() {
  local base=$1
  shift
  {
    if [[ -n $base ]]; then
      git diff --name-only --diff-filter=d "$base" -- "$@"
    else
      git ls-files -- "$@"
    fi
    git ls-files --others --exclude-standard -- "$@"
  } | sort -u | while read -r file; do
    if [[ -f $file ]]; then echo "$file"; fi
  done
}

# Where this branch left main; on main itself, the commit before the last.
lint_base() {
  local upstream base
  upstream=$(git rev-parse -q --verify origin/main || git rev-parse -q --verify main || true)
  [[ -n $upstream ]] || return 0
  base=$(git merge-base HEAD "$upstream")
  if [[ $base == "$(git rev-parse HEAD)" ]]; then
    base=$(git rev-parse -q --verify HEAD~1 || echo "$base")
  fi
  echo "$base"
}

command_lint() {
  setup build test lint
  local base='' cpp sources shell askew
  case ${1:-} in
    --all) ;;
    '') base=$(lint_base) ;;
    *) fail "lint knows only --all" ;;
  esac
  mapfile -t cpp < <(list_files "$base" "${cpp_files[@]}")
  mapfile -t shell < <(list_files "$base" dev .ci/run 'scripts/*' 'tests/*.sh' 'bench/*.sh' bench/run | xargs -r grep -lE '^#!.*sh$|^# shellcheck shell')
  mapfile -t sources < <(printf '%s\n' "${cpp[@]}" | grep -E '\.cpp$' || true)

  local problems=0
  if ((${#shell[@]})); then
    say "shellcheck: ${#shell[@]} files"
    shellcheck "${shell[@]}" || problems=1
  fi
  if ((${#cpp[@]})); then
    say "clang-format: ${#cpp[@]} files"
    mapfile -t askew < <("$clang_format" --dry-run "${cpp[@]}" 2>&1 | sed -nE 's/^([^: ]+):[0-9]+:.*/\1/p' | sort -u)
    if ((${#askew[@]})); then
      printf '%s: not laid out as the rest, ./dev fmt repairs it\n' "${askew[@]}" >&2
      problems=1
    fi
  fi
  quietly build/lint-configure.log cmake --preset lint
  if ((${#cpp[@]})); then
    say "public headers, each alone"
    cmake --build --preset lint --target all_verify_interface_header_sets -j "$(build_jobs)" || problems=1
  fi
  if ((${#sources[@]})); then
    say "clang-tidy: ${#sources[@]} files"
    printf '%s\0' "${sources[@]}" |
      xargs -0 -n 1 -P "$(build_jobs)" "$clang_tidy" --quiet -p build/lint --extra-arg=-Wno-unknown-warning-option \
        2> >(grep -vE '^[0-9]+ warnings? (generated|treated)' >&2) || problems=1
  fi
  ((problems == 0)) || fail "see above"
  say "Nothing to complain about"
}

command_fmt() {
  setup lint
  local cpp
  mapfile -t cpp < <(list_files '' "${cpp_files[@]}")
  "$clang_format" -i "${cpp[@]}"
}
