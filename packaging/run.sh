#!/bin/sh
# Installs what the demo needs and starts it: sh packaging/run.sh [OPTIONS OF clubtill demo]
# On a bare Debian 12 or Ubuntu 24.04. The ledger keeps an SQLite file, the devices are simulated; no database server and
# no card reader driver is installed. Without a display the demo plays itself and leaves its pictures in out/demo.
set -eu
cd "$(dirname "$0")/.."
. packaging/prepare.sh

# shellcheck disable=SC2086 # lists of names
system_packages $PYTHON_PACKAGES $QT_PACKAGES
environment run

exec .venv/bin/clubtill demo "$@"
