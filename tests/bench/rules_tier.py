"""Tiers: CPU time of deciding members' tiers at what they spent; the baseline is a loop that compares two integers.

Nothing is promised: the figure says what a decision with its reasons costs over the bare comparison. The ledger's job
asks only for members outside the bounds, so most members cost the bare comparison.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from time import process_time_ns
from typing import Final

from clubtill_rules.members.classification import Classification
from clubtill_rules.tiers.bands import taking_part
from clubtill_rules.tiers.deciding import decide
from clubtill_rules.values.money import Money
from tests.bench.figures import Figure, median

LEVELS: Final = 5
_WIDTH: Final = 10_000
_RUN: Final = date(2026, 11, 24)


def run(*, quick: bool) -> Iterator[Figure]:
    """Measure rounds of decisions and, beside each, the bare loop over the same spends."""
    rounds, count = (5, 2_000) if quick else (15, 20_000)
    tiers = taking_part(_levels(), first=1, last=LEVELS)
    draw = random.Random(24)  # noqa: S311 - the same spends in every run
    spends = [draw.randrange(LEVELS * _WIDTH) for _ in range(count)]
    amounts = [Money(spend) for spend in spends]
    own: list[float] = []
    bare: list[float] = []
    for _ in range(rounds):
        start_ns = process_time_ns()
        for n, amount in enumerate(amounts):
            decide(amount, tiers[n % LEVELS], tiers, changed_on=None, run_day=_RUN)
        own.append((process_time_ns() - start_ns) / 1_000 / count)
        start_ns = process_time_ns()
        _compare(spends)
        bare.append((process_time_ns() - start_ns) / 1_000 / count)
    yield Figure(
        bench="rules_tier",
        value=median(own),
        unit="us",
        baseline=median(bare),
        ratio=median([one / other for one, other in zip(own, bare, strict=True)]),
        rounds=rounds,
    )


def _levels() -> list[Classification]:
    """Make neighbouring bands of one width."""
    return [
        Classification(
            number=n + 1,
            club_id="bench",
            description=f"Level {n + 1}",
            tier_min=Money(n * _WIDTH),
            tier_max=Money((n + 1) * _WIDTH - 1),
        )
        for n in range(LEVELS)
    ]


def _compare(spends: list[int]) -> int:
    """Compare each spend with two integers, and nothing else."""
    kept, least, most = 0, _WIDTH, 2 * _WIDTH - 1
    for spend in spends:
        if least <= spend <= most:
            kept += 1
    return kept
