#!/bin/sh
# Every check, on a bare Debian 12 or Ubuntu 24.04: sh packaging/test.sh [ARGUMENTS OF pytest]
# Adds to run.sh's packages a PostgreSQL without a cluster of its own, pcscd with a virtual reader, Xvfb and a key store
# service. All of them run for this run only, on ports of their own (with_services.sh), and nothing is left running.
set -eu
cd "$(dirname "$0")/.."
. packaging/prepare.sh

# No cluster on the default port: this drop-in is there while the database is installed, and only then.
if ! _is_installed postgresql; then
    as_root mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.d/clubtill.conf >/dev/null
fi
# shellcheck disable=SC2086 # lists of names
system_packages $PYTHON_PACKAGES $QT_PACKAGES git gcc libc6-dev python3-dev libpcsclite-dev \
    postgresql pcscd vsmartcard-vpcd xvfb dbus gnome-keyring
as_root rm -f /etc/postgresql-common/createcluster.d/clubtill.conf
environment test

bin=.venv/bin
say "ruff"
$bin/ruff check
$bin/ruff format --check
say "types"
$bin/mypy
say "arrows between rooms"
$bin/lint-imports
say "QML"
sh packaging/check_qml.sh
say "rules without Qt"
sh packaging/check_rules.sh
say "wheel"
$bin/python packaging/check_wheel.py
say "tests"
export QT_QPA_PLATFORM=offscreen
if [ $# -gt 0 ]; then
    sh packaging/with_services.sh $bin/python -m pytest "$@"
else
    sh packaging/with_services.sh sh packaging/halves.sh
fi
