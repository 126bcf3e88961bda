#!/usr/bin/env bash
# Goes through everything that the tests made the server log, and fails for a secret, a hash, an address or a name that
# it should not have told.   tests/logs/search.sh FOLDER
set -euo pipefail
folder=${1:?the folder with the logs}

# What must not stand in a line: tokens, reset tokens and keys in full, hashes, e-mail addresses, and the passwords that
# the tests use most.
patterns=(
  'eyJ[A-Za-z0-9_-]{10,}\.'
  'rt_[A-Za-z0-9_-]{20,}'
  'pwr_[A-Za-z0-9_-]{20,}'
  'key_[a-z0-9]{26}_[A-Za-z0-9_-]{20,}'
  '[$]argon2'
  '[A-Za-z0-9._+-]+@[A-Za-z0-9-]+\.[A-Za-z]'
  'correct horse battery staple'
  'a fine password'
)
lines=$(cat "$folder"/*.log 2>/dev/null | wc -l)
((lines >= 1)) || { echo "no test has logged anything: $folder is empty" >&2 && exit 1; }

planted=$(printf 'told: %s\n' "eyJhbGciOiJIUzI1NiJ9.e30" "rt_$(printf 'a%.0s' {1..43})" "pwr_$(printf 'a%.0s' {1..43})" \
  "key_$(printf 'a%.0s' {1..26})_$(printf 'a%.0s' {1..43})" "\$argon2id\$v=19" 'bob@example.com' \
  'correct horse battery staple' 'a fine password')
found=0
for pattern in "${patterns[@]}"; do
  grep -qE -- "$pattern" <<<"$planted" || {
    echo "the pattern finds nothing, not even what is planted: $pattern" >&2
    exit 1
  }
  if grep -hE -m 3 -- "$pattern" "$folder"/*.log >&2; then
    echo "^ must not be in a log: $pattern" >&2
    found=1
  fi
done
((found == 0)) || exit 1
echo "$lines lines, nothing in them that should not be"
