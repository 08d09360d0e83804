#!/bin/sh
# Pins every package with the hashes of its files: sh packaging/lock.sh [PACKAGE ...]
# With names, only those packages move; without, everything moves to the newest version that pyproject.toml allows.
# Needs pip-compile (extra dev). Run it with the oldest Python served, 3.11, so that its backports are in.
set -eu
cd "$(dirname "$0")/.."
locks=packaging/locks
unset PIP_FIND_LINKS PIP_INDEX_URL PIP_EXTRA_INDEX_URL || true

.venv/bin/python -c 'import sys; assert sys.version_info[:2] == (3, 11), "lock with Python 3.11"'

which=--upgrade
[ $# -eq 0 ] || which=$(printf -- '--upgrade-package=%s ' "$@")

# lock NAME "what it is for" ARGUMENTS OF pip-compile
lock() {
    name=$1 purpose=$2
    shift 2
    # shellcheck disable=SC2086 # $which is a list of options
    CUSTOM_COMPILE_COMMAND='sh packaging/lock.sh' .venv/bin/pip-compile --quiet --config pyproject.toml \
        $which --output-file "$locks/$name.txt" "$@"
    { printf '# %s\n# Made by packaging/lock.sh; do not edit.\n' "$purpose"; cat "$locks/$name.txt"; } >"$locks/$name.new"
    mv "$locks/$name.new" "$locks/$name.txt"
}

every="--extra=terminal --extra=cards --extra=ledger --extra=office --extra=dev"
# shellcheck disable=SC2086
lock test "Everything: every extra and the tools that test.sh runs." $every pyproject.toml
which= # the rest follows the first
alike="--constraint=$locks/test.txt"
lock build "What builds the packages that come as source." $alike "$locks/build.in"
lock rules "What tests/rules needs, and what measures it: no library of the product, and no Qt." $alike "$locks/rules.in"
lock mutation "What mutation.sh needs: the rules' tests and mutmut." $alike "$locks/mutation.in"
lock run "What run.sh needs: the terminal and the ledger, without card readers." $alike --extra=terminal --extra=ledger pyproject.toml
for extra in terminal cards ledger office; do
    lock "$extra" "The extra $extra." $alike "--extra=$extra" pyproject.toml
done
