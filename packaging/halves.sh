#!/bin/sh
# The tests in two halves at once, for a machine of two cores: sh packaging/halves.sh, under with_services.sh.
# The ledger's half is told when the other one has ended.
set -eu
cd "$(dirname "$0")/.."
told=$(mktemp)
trap 'rm -f "$told"' EXIT
ledger="tests/ledger tests/sync"
# shellcheck disable=SC2086 # two folders
.venv/bin/python -m pytest -p no:cacheprovider $ledger >"$told" 2>&1 &
other=$!
outcome=0
# tests/rules has run before, where nothing of the product is installed.
.venv/bin/python -m pytest tests --ignore=tests/rules --ignore=tests/ledger --ignore=tests/sync || outcome=$?
wait "$other" || outcome=$?
cat "$told"
exit "$outcome"
