#!/bin/sh
# Runs a command with what the tests talk to, for as long as the command runs: sh packaging/with_services.sh COMMAND ...
#
#   CLUBTILL_TEST_POSTGRES  postgresql://postgres:PASSWORD@127.0.0.1:PORT/postgres, a cluster made for this run
#   CLUBTILL_TEST_VPCD      127.0.0.1:PORT, where a virtual card connects to be inserted; a second slot listens on PORT + 1
#   CLUBTILL_TEST_PCSCD     a folder: `readers` is the configuration that pcscd runs with, `pid` its id. A test that stops it
#                           starts it again (pcscd --foreground --config readers) and writes the new id there
#   CLUBTILL_TEST_DISPLAY   an Xvfb display, for the few tests that need a real window system
#
# Debian 12's vpcd cannot listen on loopback only: with a host name in DEVICENAME it connects out instead, and then ends
# pcscd when no card listens there. So everything runs in a network namespace that has a loopback and nothing else, which
# also holds the tests to this machine. Where the system allows none, this is said and the reader listens to the network.
set -eu

if [ -z "${CLUBTILL_NAMESPACE:-}" ]; then
    user=$(id -u):$(id -g)
    elevate=
    [ "$(id -u)" -eq 0 ] || elevate="sudo --preserve-env"
    if $elevate unshare --net true 2>/dev/null; then
        # shellcheck disable=SC2086 # one word or two
        exec $elevate env CLUBTILL_NAMESPACE=own CLUBTILL_USER="$user" unshare --net sh "$0" "$@"
    fi
    echo "with_services: no network namespace can be made here; the virtual reader listens on every address" >&2
    # shellcheck disable=SC2086
    exec $elevate env CLUBTILL_NAMESPACE=shared CLUBTILL_USER="$user" sh "$0" "$@"
fi

folder=$(mktemp -d /tmp/clubtill-services.XXXXXX)
chmod 755 "$folder"
postgres='' xvfb=''

stop() {
    outcome=$?
    trap - EXIT INT TERM
    [ -z "$postgres" ] || { kill -INT "$postgres" && wait "$postgres"; } || true
    [ ! -e "$folder/pcscd/pid" ] || end_by_id "$(cat "$folder/pcscd/pid")"
    [ -z "$xvfb" ] || { kill "$xvfb" && wait "$xvfb"; } 2>/dev/null || true
    rm -rf "$folder"
    left_running || [ "$outcome" -ne 0 ] || outcome=1
    exit "$outcome"
}

# The reader service may have been started anew by a test, so it need not be a child of ours.
end_by_id() {
    kill "$1" 2>/dev/null || return 0
    for _ in $(seq 50); do
        kill -0 "$1" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -9 "$1"
}

# Whatever still runs in this namespace was left by the command: it is named and ended, and the run fails.
left_running() {
    [ "$CLUBTILL_NAMESPACE" = own ] || return 0
    here=$(readlink /proc/self/ns/net)
    found=0
    for process in /proc/[0-9]*; do
        id=${process#/proc/}
        [ "$id" != $$ ] && [ "$(readlink "$process/ns/net" 2>/dev/null)" = "$here" ] || continue
        echo "with_services: left running: $id $(tr '\0' ' ' <"$process/cmdline")" >&2
        kill "$id" 2>/dev/null || true
        found=1
    done
    return "$found"
}

# wait_for SECONDS "what" COMMAND: until the command succeeds.
wait_for() {
    tenths=$(($1 * 10)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        tenths=$((tenths - 1))
        [ "$tenths" -gt 0 ] || { echo "with_services: $what did not start" >&2; cat "$folder"/*.log >&2; exit 1; }
        sleep 0.1
    done
}

# The first of two free ports below the range that the system gives out by itself.
free_ports() {
    /usr/bin/python3 - <<'PYTHON'
import contextlib
import random
import socket

for port in random.sample(range(20000, 32000, 2), 200):
    with contextlib.suppress(OSError), socket.socket() as first, socket.socket() as second:
        first.bind(("127.0.0.1", port))
        second.bind(("127.0.0.1", port + 1))
        print(port)
        break
PYTHON
}

loopback_up() {
    /usr/bin/python3 - <<'PYTHON'
import fcntl
import socket
import struct

SIOCSIFFLAGS, UP, RUNNING = 0x8914, 0x1, 0x40
with socket.socket() as control:
    fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", UP | RUNNING))
PYTHON
}

start_postgres() {
    programs=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    port=$(free_ports)
    mkdir "$folder/postgres"
    printf '%s\n' "$password" >"$folder/postgres/password"
    chown -R postgres:postgres "$folder/postgres"
    as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups "$@"; }
    as_postgres "$programs/initdb" --pgdata="$folder/postgres/data" --username=postgres --pwfile="$folder/postgres/password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log"
    # A cluster that ends with the run need not survive a power cut.
    setpriv --reuid=postgres --regid=postgres --init-groups "$programs/postgres" -D "$folder/postgres/data" \
        -c listen_addresses=127.0.0.1 -c port="$port" -c unix_socket_directories='' -c fsync=off -c full_page_writes=off \
        >"$folder/postgres.log" 2>&1 &
    postgres=$!
    wait_for 30 PostgreSQL "$programs/pg_isready" --host=127.0.0.1 --port="$port"
    export CLUBTILL_TEST_POSTGRES="postgresql://postgres:$password@127.0.0.1:$port/postgres"
}

start_reader() {
    port=$(free_ports)
    mkdir -p "$folder/pcscd/readers"
    printf 'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x%X\nLIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so\nCHANNELID 0x%X\n' \
        "$port" "$port" >"$folder/pcscd/readers/vpcd"
    set -- --foreground --config "$folder/pcscd/readers"
    # From pcscd 2 on (Ubuntu 24.04) a client needs a policy service; Debian 12's knows neither that nor the option.
    ! pcscd --help | grep -q disable-polkit || set -- "$@" --disable-polkit
    pcscd "$@" >"$folder/pcscd.log" 2>&1 &
    echo $! >"$folder/pcscd/pid"
    wait_for 10 pcscd test -S /run/pcscd/pcscd.comm
    kill -0 "$(cat "$folder/pcscd/pid")" || { echo "with_services: pcscd ended: $(cat "$folder/pcscd.log")" >&2; exit 1; }
    export CLUBTILL_TEST_VPCD="127.0.0.1:$port" CLUBTILL_TEST_PCSCD="$folder/pcscd"
}

start_display() {
    Xvfb -displayfd 3 -screen 0 1920x1080x24 -nolisten tcp 3>"$folder/display" >"$folder/xvfb.log" 2>&1 &
    xvfb=$!
    wait_for 10 Xvfb test -s "$folder/display"
    CLUBTILL_TEST_DISPLAY=:$(cat "$folder/display")
    export CLUBTILL_TEST_DISPLAY
}

trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
[ "$CLUBTILL_NAMESPACE" = shared ] || loopback_up
start_postgres
start_reader
start_display

if [ "${CLUBTILL_USER%:*}" -eq 0 ]; then
    "$@"
else
    setpriv --reuid="${CLUBTILL_USER%:*}" --regid="${CLUBTILL_USER#*:}" --clear-groups "$@"
fi
