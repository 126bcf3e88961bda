#!/usr/bin/env bash
# An empty folder for what the tests will log.   tests/logs/begin.sh FOLDER
set -euo pipefail
rm -rf "${1:?the folder for the logs}"
mkdir -p "$1"
