"""The command: `python -m tests.counts`: kills, partitions, failovers and made-up calls, counted and summed.

Runs the suites that do them, each at its full size; prints how often each harm was done, how many acknowledged facts
were looked for, and how many of them are lost, there twice, or told otherwise by a rebuild. Ends with 1 if a suite
fails, a count is short, or anything is not nought. Needs PostgreSQL's programs and the right to make a namespace.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.counts.tally import FILE, Tally, read

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True)
class Suite:
    """A suite: where it lies, and the settings that make it whole."""

    name: str
    path: str
    settings: dict[str, str]


SUITES: Final = (
    Suite("kill -9 of a terminal", "tests/walks/test_kill.py", {"CLUBTILL_TEST_KILL_EVERY": "1"}),
    Suite(
        "kill -9 of the ledger; network cut and joined",
        "tests/walks/test_rough_line.py",
        {"CLUBTILL_TEST_KILLS": "20", "CLUBTILL_TEST_PARTITIONS": "10"},
    ),
    Suite(
        "primary killed, standby promoted",
        "tests/ledger/engines/test_failover.py",
        {"CLUBTILL_TEST_FAILOVERS": "3"},
    ),
    Suite(
        "calls made up from the OpenAPI document", "tests/ledger/test_web_fuzzed.py", {"CLUBTILL_TEST_CASES": "2016"}
    ),
)
WANTED: Final = {"kills": 100, "partitions": 10, "failovers": 3, "cases": 2_000}


def main() -> int:
    """Run every suite, print the sums and say whether they are enough and clean."""
    argparse.ArgumentParser(prog="python -m tests.counts", description=__doc__).parse_args()
    told: list[Tally] = []
    failed: list[str] = []
    for suite in SUITES:
        begun_s = time.monotonic()
        code, tallies, said = _run(suite)
        _say(f"{suite.name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - begun_s:.0f} s")
        for one in tallies:
            _say(f"  {_line(one.what, [one])}")
        if code != 0:
            failed.append(f"{suite.path} failed")
            _say(said)
        told += tallies
    wrong = [*failed, *_wrong(told)]
    _say("")
    for what in WANTED:
        _say(_line(what, [one for one in told if one.what == what]))
    _say(f"losses: {sum(one.lost for one in told)}, duplicates: {sum(one.twice for one in told)}")
    for one in wrong:
        _say(f"WRONG: {one}")
    return 1 if wrong else 0


def _run(suite: Suite) -> tuple[int, list[Tally], str]:
    """Run a suite at its full size; give its exit code, what it counted and what it said."""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout=1800", suite.path],
            cwd=ROOT,
            env=os.environ | suite.settings | {FILE: str(counts)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, read(counts), done.stdout


def _wrong(told: list[Tally]) -> Iterator[str]:
    """Give what is short and what is not clean."""
    for what, least in WANTED.items():
        times = sum(one.times for one in told if one.what == what)
        if times < least:
            yield f"{times} {what}, {least} are wanted"
    for one in told:
        if not one.clean:
            yield "\n  ".join((_line(one.what, [one]), *one.differing))


def _line(what: str, told: list[Tally]) -> str:
    def total(name: str) -> int:
        return sum(getattr(one, name) for one in told)

    return (
        f"{what}: {total('times')}, {total('facts')} acknowledged facts, {total('lost')} lost, {total('twice')} twice, "
        f"{sum(len(one.differing) for one in told)} differences after a rebuild"
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
