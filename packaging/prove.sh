#!/bin/sh
# Proves the README's two commands on a bare Debian 12: sh packaging/prove.sh [ARGUMENTS OF pytest]
# A fresh minbase root, a clean clone of what is committed, run.sh, then test.sh; both must end with 0. Needs root.
# The root is kept when something fails, for a look around; $BARE names one to use again.
set -eu
cd "$(dirname "$0")/.."
tool=../shared/tools/bare-machine.sh
[ -x "$tool" ] || { echo "prove: $tool is not here" >&2; exit 2; }
ours=
[ -n "${BARE:-}" ] || ours=yes
BARE=${BARE:-$(mktemp -d /var/tmp/clubtill-bare.XXXXXX)}
chmod 755 "$BARE" # a root that only root may enter keeps postgres from its own libraries
export BARE

for step in "sh packaging/run.sh" "sh packaging/test.sh $*"; do
    printf '\n=== %s\n' "$step"
    started=$(date +%s)
    "$tool" . "$step"
    printf '=== %s: ended with 0 after %s s\n' "$step" "$(($(date +%s) - started))"
done
[ -z "$ours" ] || rm -rf --one-file-system "$BARE" "$BARE.log" # never into a mount that was left
