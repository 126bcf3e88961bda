#!/usr/bin/env bash
# run.sh <guerdon> <work folder>: access tokens of guerdon's are checked by a public library of a pinned version, and the
# library's by guerdon.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
guerdon=$1
mkdir -p "$2"
cd "$2"

cp "$here/package.json" "$here/package-lock.json" "$here/tokens.mjs" .
if ! cmp -s package-lock.json node_modules/.installed-from; then
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json node_modules/.installed-from
fi
node tokens.mjs "$guerdon"
