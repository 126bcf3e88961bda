#!/usr/bin/env bash
# Every COUNT-th test of a program in one process, beginning with the FIRST: under a sanitizer a process costs a second
# before it does anything.   tests/shard.sh PROGRAM SPEC FIRST COUNT
set -euo pipefail
program=$1 spec=$2 first=$3 count=$4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Catch's exit status is the number of names here.
"$program" "$spec" --list-test-names-only >"$folder/all" || true
awk -v first="$first" -v count="$count" 'NR % count == first % count' "$folder/all" >"$folder/names"
[[ -s $folder/names ]] || { echo "no test is left for shard $first of $count: $spec" >&2 && exit 1; }

# A name that Catch reads as something else would be a test that nobody runs.
sed 's/[],\\[]/\\&/g' "$folder/names" >"$folder/escaped"
"$program" --input-file "$folder/escaped" --list-test-names-only >"$folder/understood" || true
diff "$folder/names" "$folder/understood" >&2 || { echo "^ these names do not survive an --input-file" >&2 && exit 1; }

status=0
GUERDON_NAME_TESTS=1 "$program" --input-file "$folder/escaped" --warn NoTests 2>&1 | tee "$folder/output" || status=$?
if ((status != 0)); then
  echo "=== shard $first of $count of $(basename "$program") ended with status $status"
  grep -a '^failed: ' "$folder/output" || true
  echo "the last to begin $(grep -a '^test: ' "$folder/output" | tail -1)"
  echo "alone: $program \"<its name>\""
fi
exit "$status"
