"""The command: `python -m tests.walks.four_tills [--steps 1000]`: four tills online, points always elsewhere.

Prints how long the longest ask for points took. Ends with 1 if that is over two seconds, if a step was offered less
than it asked for, or if the books are not what the tills sold. On a busy machine it says little.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.walks.four_tills.story import RECALL_US, Told, play, running


def figures(told: Told, steps: int) -> Iterator[str]:
    """Say what the walk came to."""
    waits_ms = [us / 1_000 for us in told.waits_us]
    yield f"four tills: {steps} steps, {len(waits_ms)} asks for points, {told.given_back} leases given back on recall"
    yield (
        f"an ask took {statistics.median(waits_ms):.0f} ms, {max(waits_ms):.0f} ms at most; "
        f"a call that waits for nobody {told.plain_us / 1_000:.0f} ms at most"
    )
    yield f"offered less: {told.short}; differences after a rebuild: {len(told.differing)}"


def main() -> int:
    """Run the walk and print it."""
    parser = argparse.ArgumentParser(prog="python -m tests.walks.four_tills", description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=44)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ledger = running(Path(folder) / "ledger")
        try:
            told = play(ledger, Path(folder), steps=arguments.steps, seed=arguments.seed)
        finally:
            ledger.kill()
    sys.stdout.write("\n".join((*figures(told, arguments.steps), "")))
    return 1 if told.longest_us > RECALL_US or told.short or told.differing else 0


if __name__ == "__main__":
    sys.exit(main())
