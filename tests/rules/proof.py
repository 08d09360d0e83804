"""Proof: which test shows which rule, as pytest collects them. A test's docstring begins with the rules it shows."""

from __future__ import annotations

import contextlib
import io
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
RULES: Final = tuple(f"R{number}" for number in range(1, 109))
_RULE: Final = re.compile(r"\bR(\d+)\b(?:\s*-\s*R(\d+)\b)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a test, as collected.

    Attributes:
        file: the test's file, below the checkout.
        test: the function's name.
        name: the row's name; blank for a test without a table.
        rules: ids that the docstring begins with, before its first colon.
        examples: ids of the worked examples that the row shows.
        generated: whether it is a property over generated examples.
    """

    file: str
    test: str
    name: str
    rules: frozenset[str]
    examples: tuple[str, ...]
    generated: bool


def cited(text: str) -> Iterator[str]:
    """Give the rules that a text names, `R45-R50` one by one."""
    for first, last in _RULE.findall(text):
        yield from (f"R{number}" for number in range(int(first), int(last or first) + 1))


class _Collected:
    """The plug-in that keeps what was collected."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.broken: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what cannot be collected."""
        if report.failed:
            self.broken.append(f"{report.nodeid}: {report.longreprtext.strip().splitlines()[-1]}")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep every row."""
        for item in session.items:
            if isinstance(item, pytest.Function):
                head = (item.function.__doc__ or "").partition(":")[0]
                marks = item.iter_markers("example")
                self.rows.append(
                    Row(
                        file=item.path.relative_to(ROOT).as_posix(),
                        test=item.originalname,
                        name=item.callspec.id if hasattr(item, "callspec") else "",
                        rules=frozenset(cited(head)),
                        examples=tuple(each for mark in marks for each in mark.args),
                        generated=bool(getattr(item.obj, "is_hypothesis_test", False)),
                    )
                )


def collected(folder: str = "tests/rules") -> tuple[Row, ...]:
    """Collect a folder of tests, in the order in which they stand.

    Raises:
        SystemExit: a file cannot be collected; it is named.
    """
    found, said = _Collected(), io.StringIO()
    quiet = ["-q", "--collect-only", "-p", "no:randomly", "-p", "no:cacheprovider", f"--rootdir={ROOT}"]
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = pytest.main([*quiet, f"-c{ROOT / 'pyproject.toml'}", str(ROOT / folder)], plugins=[found])
    if found.broken or code:
        raise SystemExit("\n".join(found.broken) or said.getvalue())
    return tuple(sorted(found.rows, key=lambda row: row.file))


# ---------------------------------------------------------------- what the two lists say


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A rule that lives outside the rules package: the test files that show it, and what stands."""

    tests: tuple[str, ...]
    stands: str


def names() -> dict[str, str]:
    """Give every rule's name."""
    read = tomllib.loads((ROOT / "tests/rules/rules.toml").read_text(encoding="utf-8"))
    return dict(read["names"])


def elsewhere() -> dict[str, Elsewhere]:
    """Give the rules that live elsewhere."""
    read = tomllib.loads((ROOT / "tests/rules/rules.toml").read_text(encoding="utf-8"))
    return {
        rule: Elsewhere(tests=tuple(each["tests"]), stands=each["stands"]) for rule, each in read["elsewhere"].items()
    }


def examples() -> tuple[dict[str, str], dict[str, str]]:
    """Give the examples by id: the text of those that a row must show, and why for those that are not ours."""
    read = tomllib.loads((ROOT / "tests/rules/examples.toml").read_text(encoding="utf-8"))
    every = {key: text for section in read.values() for key, text in section.items()}
    required = {key: text for key, text in every.items() if isinstance(text, str)}
    return required, {key: each["not_ours"] for key, each in every.items() if key not in required}


def shown(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Give the rows of each example that is marked."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        for example in row.examples:
            found.setdefault(example, []).append(row)
    return found


def cites(file: str, rule: str) -> bool:
    """Tell whether a test file exists and the docstring of one of its tests, or its own, names the rule."""
    path = ROOT / file
    if not path.is_file():
        return False
    return any(rule in cited(text) for text in re.findall(r'"""(.*?)"""', path.read_text(encoding="utf-8"), re.DOTALL))
