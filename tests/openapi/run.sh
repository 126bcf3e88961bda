#!/usr/bin/env bash
# run.sh <guerdon> <work folder>: lints what the binary prints as its OpenAPI document, with tools of pinned versions.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
guerdon=$1
mkdir -p "$2"
cd "$2"

cp "$here/package.json" "$here/package-lock.json" "$here/lint.mjs" .
if ! cmp -s package-lock.json node_modules/.installed-from; then
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json node_modules/.installed-from
fi
"$guerdon" openapi >openapi.json
node lint.mjs openapi.json
