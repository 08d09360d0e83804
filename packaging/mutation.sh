#!/bin/sh
# Puts small mistakes into the rules, one at a time, and says which of them no test notices:
#     sh packaging/mutation.sh [--tests FOLDER ...] [FILE or FOLDER ...]
# Without names it tries members, points, sale, door, tiers and accounts. Survivors stand with their reasons in
# tests/rules/survivors.toml. Has an environment of its own in build/, made from packaging/locks/mutation.txt.
set -eu
cd "$(dirname "$0")/.."
venv=build/mutation
lock=packaging/locks/mutation.txt
sum=$(sha256sum <$lock)
if [ ! -e $venv/installed ] || [ "$(cat $venv/installed)" != "$sum" ]; then
    /usr/bin/python3 -m venv --clear $venv
    $venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes --requirement $lock
    printf '%s' "$sum" >$venv/installed
fi
exec nice $venv/bin/python packaging/mutation "$@"
