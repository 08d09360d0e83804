"""The command: `python -m tests.walks.rough [--kills 20] [--partitions 10]`: three tills at work on a rough line.

The ledger process is ended with -9 and started again, and the network between is cut and joined, while cards are
read, drinks are sold and batches are sent. It makes a network namespace of its own, with a loopback and nothing else;
to cut is to take that loopback down: what is under way vanishes without a word, as on a line whose other end is gone.
Ends with 1 if anything is lost or there twice, a balance is not the oracle's, or a rebuild finds a difference.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.counts.tally import Tally
from tests.walks.month.__main__ import report
from tests.walks.rough import line
from tests.walks.rough.story import Rough


def main() -> int:
    """Tell the story inside a namespace, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.walks.rough", description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="how often the ledger is ended with -9")
    parser.add_argument("--partitions", type=int, default=10, help="how often the network is cut and joined")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    line.inside(sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        rough = Rough(Path(folder), seed=arguments.seed)
        try:
            told, tallies = rough.play(kills=arguments.kills, partitions=arguments.partitions)
        finally:
            rough.close()
    wrong = [*report(told), *_missed(tallies, arguments.kills, arguments.partitions)]
    sys.stdout.write(
        "\n".join((*map(_line, tallies), f"sent in vain: {rough.unanswered}", f"wrong: {len(wrong)}", *wrong, ""))
    )
    return 1 if wrong else 0


def _missed(tallies: list[Tally], kills: int, partitions: int) -> list[str]:
    told = {one.what: one.times for one in tallies}
    missed = [] if told == {"kills": kills, "partitions": partitions} else [f"asked for otherwise: {told}"]
    return missed + [f"{one}" for one in tallies if not one.clean]


def _line(one: Tally) -> str:
    return (
        f"{one.what}: {one.times}, {one.facts} facts acknowledged, {one.lost} lost, {one.twice} twice, "
        f"{len(one.differing)} differences"
    )


if __name__ == "__main__":
    sys.exit(main())
