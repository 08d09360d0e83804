# What run.sh and test.sh share: system packages and the environment. Sourced, with the checkout as working folder.

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

say() {
    printf '\n== %s\n' "$*"
}

# Keeps a freshly installed service from starting: nothing of ours uses the machine's own.
_hold_services() {
    [ -e /usr/sbin/policy-rc.d ] && return 0
    printf '#!/bin/sh\nexit 101\n' | as_root tee /usr/sbin/policy-rc.d >/dev/null
    as_root chmod 755 /usr/sbin/policy-rc.d
    _held=yes
}

_release_services() {
    [ -z "${_held:-}" ] || as_root rm -f /usr/sbin/policy-rc.d
    _held=
}

_is_installed() {
    dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^.i'
}

# system_packages NAME ...: installs those that are missing. Ubuntu 24.04 has some under NAMEt64.
system_packages() {
    _missing=
    for _name in "$@"; do
        _is_installed "$_name" || _is_installed "${_name}t64" || _missing="$_missing $_name"
    done
    [ -n "$_missing" ] || return 0
    say "system packages:$_missing"
    trap _release_services EXIT
    _hold_services
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    # shellcheck disable=SC2086 # a list of names
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 $_missing >/dev/null
    _release_services
    trap - EXIT
}

# environment NAME ...: makes .venv and installs packaging/locks/NAME.txt and this checkout into it. The stamp tells
# when these very locks are in already, so that the second time costs nothing.
environment() {
    _stamp=.venv/installed-$(printf '%s-' "$@")
    _locks=
    for _name in build "$@"; do
        _locks="$_locks packaging/locks/$_name.txt"
    done
    # shellcheck disable=SC2086 # a list of files
    _sum=$(cat $_locks pyproject.toml | sha256sum)
    if [ -e "$_stamp" ] && [ "$(cat "$_stamp")" = "$_sum" ]; then
        return 0
    fi
    say "environment: $*"
    [ -x .venv/bin/python ] || /usr/bin/python3 -m venv .venv
    for _lock in $_locks; do
        _pip --require-hashes --requirement "$_lock"
    done
    _pip --editable .
    .venv/bin/python -m pip check
    printf '%s' "$_sum" >"$_stamp"
}

# The environment's own folder leads the path, so that pyscard finds the swig that packaging/locks/build.txt brings.
_pip() {
    PATH="$PWD/.venv/bin:$PATH" .venv/bin/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation "$@"
}

# What Qt loads, without a screen (the first six) and with one.
QT_PACKAGES="libglib2.0-0 libgl1 libegl1 libfontconfig1 libxkbcommon0 libdbus-1-3
    libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxkbcommon-x11-0 libxcb-shape0"
PYTHON_PACKAGES="python3 python3-venv tzdata"
