#!/bin/sh
# The rules run where nothing of the product is installed: tests/rules in an environment with pytest and hypothesis alone.
# Every branch of them is run there by some test; one that is not fails the check.
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
export COVERAGE_FILE="$folder/coverage"
"$folder/venv/bin/python" -m coverage run -m pytest -p no:cacheprovider tests/rules
"$folder/venv/bin/python" -m coverage report --fail-under=100 --skip-covered --show-missing
