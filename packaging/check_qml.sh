#!/bin/sh
# Lints every QML file with the types that Python registers, and checks its layout: sh packaging/check_qml.sh [--write]
# --write lays the files out instead. The type files are made in a folder that is thrown away; none stands in the tree.
set -eu
cd "$(dirname "$0")/.."
bin=$PWD/.venv/bin
rooms=src/clubtill_terminal
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
wrong=0

for file in $(find "$rooms" -name '*.qml' | sort); do
    if [ "${1:-}" = --write ]; then
        "$bin/pyside6-qmlformat" --inplace "$file"
    elif ! "$bin/pyside6-qmlformat" "$file" | diff -u --label "$file" --label "$file, laid out" "$file" -; then
        wrong=1
    fi
done

# The import path of the program, rebuilt: each module's QML and qmldir, and beside them what its Python registers.
for listing in $(find "$rooms" -name qmldir | sort); do
    module=$(dirname "$listing")
    target=$folder/${module#"$rooms/"}
    mkdir -p "$target"
    cp "$module"/*.qml "$listing" "$target" 2>/dev/null || cp "$listing" "$target"
    grep -q '^@QmlElement' "$module"/*.py || continue
    "$bin/python" packaging/qml_types.py "$module" "$target/metatypes.json"
    name=$(sed -n 's/^module //p' "$listing")
    "$bin/pyside6-qmltyperegistrar" --generate-qmltypes "$target/python.qmltypes" --import-name "$name" --major-version 1 \
        -o "$target/registration.cpp" "$target/metatypes.json"
    echo 'typeinfo python.qmltypes' >>"$target/qmldir"
done

# shellcheck disable=SC2046 # a list of files
"$bin/pyside6-qmllint" --max-warnings 0 -I "$folder" $(find "$folder" -name '*.qml' | sort) >"$folder/said" 2>&1 || wrong=1
sed -e "s#$folder#$rooms#g" -e "/qmllint.*returned [0-9]*$/d" "$folder/said"
exit "$wrong"
