"""Promises: what `protocol.md` and `security.md` promise names the tests that show it, and each named one exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest

from tests.packaging.tree import ROOT, parsed

DOCS: Final = (Path("packaging/docs/protocol.md"), Path("packaging/docs/security.md"))
PROMISED: Final = "## What is promised"
NOT_PROMISED: Final = "## What is not promised"
_TEST: Final = re.compile(r"\b(tests/[\w/]+\.py)::(\w+)")


def named(text: str) -> list[tuple[str, str]]:
    """Give the tests that a text names, each as its file and its function."""
    return [(found[1], found[2]) for found in _TEST.finditer(text)]


def missing(names: list[tuple[str, str]]) -> list[str]:
    """Give those of the named tests that no file holds."""
    gone = []
    for file, function in names:
        functions = (
            {node.name for node in ast.walk(parsed(Path(file))) if isinstance(node, ast.FunctionDef)}
            if (ROOT / file).is_file()
            else set()
        )
        if function not in functions:
            gone.append(f"{file}::{function}")
    return gone


def section(text: str, heading: str) -> str:
    """Give what stands below a heading of the second rank; blank if there is no such heading."""
    _, found, rest = text.partition(f"\n{heading}\n")
    return rest.partition("\n## ")[0] if found else ""


def without_a_test(promises: str) -> list[str]:
    """Give the rows of a table of promises that name no test."""
    rows = [line for line in promises.splitlines() if line.startswith("|")][2:]
    return [row for row in rows if not named(row)]


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.stem)
def test_every_test_that_a_document_names_exists(document: Path) -> None:
    """A renamed or removed test takes no promise's proof away unnoticed."""
    names = named((ROOT / document).read_text(encoding="utf-8"))
    assert names
    assert missing(names) == []


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.stem)
def test_every_promise_names_a_test(document: Path) -> None:
    """Each row of the promises names at least one test; what is not promised is said as well."""
    text = (ROOT / document).read_text(encoding="utf-8")
    promises = section(text, PROMISED)
    assert promises.count("\n|") > 3
    assert without_a_test(promises) == []
    assert section(text, NOT_PROMISED).strip()


def test_a_promise_without_a_test_is_seen() -> None:
    """The check itself: a row without a test, and a test that no file holds, are found."""
    rows = "\n| promise | shown by |\n| --- | --- |\n| a | `tests/packaging/test_promises.py::named` |\n| b | |\n"
    assert without_a_test(rows) == ["| b | |"]
    assert missing([("tests/packaging/test_promises.py", "named"), ("tests/none.py", "test_x")]) == [
        "tests/none.py::test_x"
    ]
