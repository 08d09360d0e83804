"""Scoreboard: which fault, invariant and planted bug belongs to which suite, and what this run saw of each (10.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from tests.simulation.play import Played

SIMULATOR, CRASH, PROCESSES, ENGINES = "simulator", "crash states", "processes", "engines"
FAULTS: Final[Mapping[str, str]] = {
    **{f"F{n}": SIMULATOR for n in (*range(1, 16), 18, *range(26, 33), *range(37, 49))},
    **dict.fromkeys(("F20", "F22", "F23"), CRASH),
    **dict.fromkeys(("F16", "F17", "F19", "F21", "F24", "F25"), PROCESSES),
    **dict.fromkeys(("F33", "F34", "F35", "F36"), ENGINES),
}
"""Faults by the suite that must show them."""
ELSEWHERE: Final[Mapping[str, str]] = {
    "F39": "tests/ledger: a body is measured while it is inflated, before any state is touched",
    "F41": "tests/ledger: erasing is an office act between two requests",
    "F44": "tests/ledger: no terminal signs anybody up offline",
}
"""Faults of the simulator's list that nothing at a terminal can bring about, and who shows them."""
INVARIANTS: Final[Mapping[str, str]] = {
    **{f"I{n}": SIMULATOR for n in (2, *range(4, 12), *range(14, 27), 28, 29, 30, 31, 33, 34)},
    **dict.fromkeys(("I1", "I3"), f"{CRASH}, {SIMULATOR}"),
    **dict.fromkeys(("I12", "I13"), f"{ENGINES}, {SIMULATOR}"),
    "I27": ENGINES,
    "I32": PROCESSES,
}
BUGS: Final[Mapping[str, str]] = {
    **{f"B{n}": SIMULATOR for n in (1, 3, 4, 6, 8, 9, 10, *range(12, 20))},
    "B2": CRASH,
    **dict.fromkeys(("B5", "B7", "B11", "B20"), ENGINES),
}


FOUND_ELSEWHERE: Final[Mapping[str, str]] = {
    "B2": "tests/terminal/store/test_opening.py: the driver is asked what it does",
    "B5": "tests/ledger/test_feed.py: a reader beside eight writers",
    "B7": "tests/ledger/test_races.py: one batch from two threads is posted once",
    "B11": "tests/ledger/engines/test_fault_proxy.py, tests/ledger/test_schema.py",
    "B20": "tests/ledger/test_crash.py: buckets in ascending order",
}
"""Planted bugs that one thread on one file of SQLite cannot have, and who would find them."""


LOOKED_AT_ELSEWHERE: Final[Mapping[str, str]] = {
    "I27": "tests/ledger/test_feed.py: a reader beside eight writers",
    "I32": "tests/ledger/test_races.py, tests/ledger/test_transfers_race.py",
    "I34": "tests/simulation/test_simulation.py: a seed is played twice",
}
"""Invariants that a watch inside one seed cannot look at, and who does."""


def _number(name: str) -> int:
    return int(name[1:])


def faults(played: Iterable[Played]) -> list[str]:
    """Give a line a fault: how often it was injected, and in how many seeds."""
    all_ = list(played)
    times: Counter[str] = Counter()
    seeds: Counter[str] = Counter()
    for one in all_:
        times.update(one.injected)
        seeds.update(one.injected.keys())
    told = []
    for name in sorted(FAULTS, key=_number):
        suite = FAULTS[name]
        share = 100 * seeds[name] / max(1, len(all_))
        note = ELSEWHERE.get(name, "")
        seen = f"{times[name]:7d} times, {share:5.1f} % of seeds" if suite == SIMULATOR and not note else note
        told.append(f"{name:4} {suite:28} {seen}")
    return told


ACTS: Final = ("refund", "void", "park", "take", "transfer", "fee", "snapshot", "budget")
"""What people and stations do besides selling, each to its end; `budget` is points spent by one."""


def acts(played: Iterable[Played]) -> list[str]:
    """Give a line an act: how often it came to its end, and in how many seeds."""
    all_ = list(played)
    times: Counter[str] = Counter()
    for one in all_:
        times.update(one.did)
    shares = {name: 100 * sum(name in one.did for one in all_) / max(1, len(all_)) for name in ACTS}
    return [f"{name:9} {times[name]:7d} times, {shares[name]:5.1f} % of seeds" for name in ACTS]


def rare(played: Iterable[Played]) -> list[str]:
    """Name the faults and acts that less than one seed in a hundred has."""
    all_ = list(played)
    seeds = Counter(name for one in all_ for name in {*one.injected, *one.did})
    due = [name for name, suite in FAULTS.items() if suite == SIMULATOR and name not in ELSEWHERE]
    return [name for name in (*due, *ACTS) if 100 * seeds[name] < len(all_)]


def invariants(played: Iterable[Played]) -> list[str]:
    """Give a line an invariant: how often it was looked at, and what broke it."""
    all_ = list(played)
    looked: Counter[str] = Counter()
    for one in all_:
        looked.update(one.checked)
    broken = Counter(one.wrong for one in all_ if one.wrong)
    told = {name: f"{looked[name]:9d} times looked at, {broken[name]} violations" for name in INVARIANTS}
    told |= LOOKED_AT_ELSEWHERE
    return [f"{name:4} {INVARIANTS[name]:28} {told[name]}" for name in sorted(INVARIANTS, key=_number)]


def bugs(found: Mapping[str, str]) -> list[str]:
    """Give a line a planted bug: in which seed it was found, and by what."""
    told = {**dict.fromkeys(BUGS, ""), **FOUND_ELSEWHERE, **{name: by or "NOT FOUND" for name, by in found.items()}}
    return [f"{name:4} {BUGS[name]:28} {told[name]}" for name in sorted(BUGS, key=_number)]
