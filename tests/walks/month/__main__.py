"""The command: `python -m tests.walks.month [--events 20000]`: a month offline at three tills, and what came of it.

Ends with 1 if a balance is not the oracle's, a till shows another one, a replica or a rebuild of the ledger differs, or
a cashier waited over a second for a sale while the queue drained.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.walks.month.month_oracle import balances
from tests.walks.month.story import MEMBERS, Month, Told

STALL_MS: Final = 1_000


def report(told: Told) -> list[str]:
    """Give what is wrong; nothing for a month that went well."""
    expected = balances(told.openings, told.logs, told.last_day.isoformat())
    wrong = [
        f"{name}: the ledger has {told.booked[name]}, the oracle {balance_h}"
        for name, balance_h in expected.items()
        if told.booked[name] != (balance_h, 0, 0)
    ]
    wrong += [f"a till shows {name} as {shown[name]}" for shown in told.shown for name in expected
              if shown[name] != expected[name]]  # fmt: skip
    wrong += [f"a rebuild finds {one}" for one in told.differences]
    wrong += [f"a till's streams differ: {streams}" for streams in told.differing if streams]
    return wrong


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Tell the month and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.walks.month", description=__doc__)
    parser.add_argument("--events", type=int, default=20_000, help="how much happens at each till")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        month = Month(Path(folder), seed=arguments.seed, members=max(MEMBERS, arguments.events // 20))
        try:
            told = month.play(arguments.events, _say)
        finally:
            month.close()
    wrong = report(told)
    if max(told.draining_ms) > STALL_MS:
        wrong.append(f"a cashier waited {max(told.draining_ms):.0f} ms for a sale")
    sys.stdout.write("\n".join((*_figures(told), f"wrong: {len(wrong)}", *wrong, "")))
    return 1 if wrong else 0


def _figures(told: Told) -> Iterator[str]:
    """Say how much was told, and how long a cashier waited."""
    idle, draining, lane = statistics.median(told.idle_ms), sorted(told.draining_ms), sorted(told.lane_ms)
    yield f"events: {sum(map(len, told.logs))} of three tills, {told.with_points} sales for points"
    yield f"accounts: {len(told.openings)}"
    yield f"all sent after {told.drained_s:.1f} s"
    yield (
        f"a cashier waited {idle:.1f} ms for a sale before, {statistics.median(draining):.1f} ms while the queue "
        f"drained, {draining[-1]:.1f} ms at most, of {len(draining)}"
    )
    yield (
        f"making or keeping a batch held up the lane that sells for {statistics.median(lane):.1f} ms, "
        f"{lane[-1]:.1f} ms at most, of {len(lane)}"
    )


if __name__ == "__main__":
    sys.exit(main())
