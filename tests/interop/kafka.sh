#!/usr/bin/env bash
# kafka.sh <guerdon> <mock_kafka> <example of a consumer in C> <work folder>: what the relay sends is read by kcat, by
# kafkajs of a pinned version and by librdkafka, with the examples of the documentation.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
guerdon=$1 mock=$2 example=$3
mkdir -p "$4"
cd "$4"

cp "$here/package.json" "$here/package-lock.json" "$here/kafka.mjs" "$here/../../docs/examples/kafka/consumer.mjs" .
if ! cmp -s package-lock.json node_modules/.installed-from; then
  npm ci --no-audit --no-fund --loglevel=error
  cp package-lock.json node_modules/.installed-from
fi
node kafka.mjs "$guerdon" "$mock" "$example"
