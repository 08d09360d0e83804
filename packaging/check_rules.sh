#!/bin/sh
# The rules run where nothing of the product is installed: tests/rules in an environment with pytest and hypothesis alone.
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
/usr/bin/python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -qq --disable-pip-version-check --no-deps --require-hashes --requirement packaging/locks/rules.txt
for absent in PySide6 msgspec structlog sqlalchemy pytestqt; do
    if "$folder/venv/bin/python" -c "import $absent" 2>/dev/null; then
        echo "check_rules: $absent is installed, so this proves nothing" >&2
        exit 1
    fi
done
"$folder/venv/bin/python" -m pytest -p no:cacheprovider tests/rules
