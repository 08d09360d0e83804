"""Run the simulator: `python -m tests.simulation --seeds 1..500 [--jobs 2] [--planted B4|all] [--shrink 17]`.

Prints each seed with its whole mix, then faults, invariants and planted bugs. Exits 1 on any violation.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Iterator
from functools import partial

from tests.simulation import nursery, scoreboard
from tests.simulation.planted import PLANTED
from tests.simulation.play import Played, play
from tests.simulation.shrink import shrink
from tests.simulation.swarm import draw

ACTS, EVENTS = 360, 500
MANY = 100
"""So many seeds make a run of which rare faults and planted bugs are asked."""
HUNT_ACTS, HUNT_EVENTS = 120, 60
"""A planted bug is looked for in shorter seeds, with the faults that it needs."""


def one(seed: int, acts: int, events: int, bug: str = "") -> Played:
    """Play one seed."""
    return play(draw(seed, acts=acts, events=events), bug=bug)


def run(seeds: Iterable[int], jobs: int, acts: int, events: int) -> Iterator[Played]:
    """Play seeds, as many at once as there are jobs."""
    played = partial(one, acts=acts, events=events)
    nursery.prepare()
    if jobs < 2:
        yield from map(played, seeds)
        return
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap_unordered(played, seeds)


def tell(played: Played) -> None:
    """Print a seed: what it was made of, and what came of it."""
    print(f"{played.mix.told()}", flush=True)
    took = f"{played.events} events, {played.steps} steps, {played.cpu_s:.1f} s of processor"
    print(f"  {took}, trace {played.trace[:16]}", flush=True)
    if played.wrong:
        print(f"  VIOLATION {played.told}", flush=True)


def hunt(name: str, acts: int, events: int) -> str:
    """Look for a planted bug, seed by seed; blank if it was not found within its number of seeds."""
    wanted = PLANTED[name]
    for seed in range(1, wanted.within + 1):
        played = play(wanted.mix(seed, acts=acts, events=events), bug=name)
        if played.wrong not in {"", "bug"}:  # what breaks by itself was not found by anybody
            return f"found in seed {seed} of at most {wanted.within}, by {played.wrong}"
    return ""


def hunts(names: list[str], jobs: int) -> Iterator[tuple[str, str]]:
    """Look for planted bugs, as many at once as there are jobs; give each with what found it."""
    nursery.prepare()
    look = partial(hunt, acts=HUNT_ACTS, events=HUNT_EVENTS)
    if jobs < 2 or len(names) < 2:
        yield from ((name, look(name)) for name in names)
        return
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from zip(names, pool.imap(look, names, chunksize=1), strict=True)


def report(played: list[Played], bugs: dict[str, str], took_s: float) -> None:
    """Print the tables."""
    print("\n".join(["", "Faults", *scoreboard.faults(played)]))
    print("\n".join(["", "Acts", *scoreboard.acts(played)]))
    print("\n".join(["", "Invariants", *scoreboard.invariants(played)]))
    print("\n".join(["", "Planted bugs", *scoreboard.bugs(bugs)]))
    wrong = [one.mix.seed for one in played if one.wrong]
    injected = sum(sum(one.injected.values()) for one in played)
    print(
        f"\n{len(played)} seeds, {injected} faults injected, {sum(one.days for one in played)} terminal-days, "
        f"{sum(one.events for one in played)} events, {sum(one.steps for one in played)} steps, {took_s:.0f} s, "
        f"{sum(one.cpu_s for one in played):.0f} s of processor; "
        f"violations: {len(wrong)} {wrong or ''}"
    )


def numbers(told: str) -> range:
    """Read A..B, both included."""
    first, _, last = told.partition("..")
    return range(int(first), int(last or first) + 1) if told else range(0)


def main() -> int:
    """Run what the command line says; 0 when nothing is wrong."""
    words = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    words.add_argument("--seeds", default="", help="A..B, both included")
    cores = len(os.sched_getaffinity(0))
    words.add_argument("--jobs", "--workers", type=int, default=cores, help="as many at once; else one a core")
    words.add_argument("--planted", default="", help="a planted bug, all or none; all beside 100 seeds or more")
    words.add_argument("--shrink", type=int, help="make the mix of a failing seed smaller")
    words.add_argument("--trace", type=int, help="print everything that happens in a seed")
    words.add_argument("--acts", type=int, default=ACTS)
    words.add_argument("--events", type=int, default=EVENTS)
    chosen = words.parse_args()
    began_s = time.monotonic()
    if chosen.trace is not None:
        played = play(draw(chosen.trace, acts=chosen.acts, events=chosen.events), keep_trace=True)
        print("\n".join(played.lines))
        tell(played)
        return int(bool(played.wrong))
    if chosen.shrink is not None:
        tell(shrink(one(chosen.shrink, chosen.acts, chosen.events), tell))
        return 0
    seeds = numbers(chosen.seeds)
    planted = chosen.planted or ("all" if len(seeds) >= MANY else "none")
    names = {"all": list(PLANTED), "none": []}.get(planted, [planted])
    bugs = {}
    for name, found in hunts(names, chosen.jobs):
        bugs[name] = found
        print(f"{name}: {found or 'NOT FOUND'}", flush=True)
    done: list[Played] = []
    for played in run(seeds, chosen.jobs, chosen.acts, chosen.events) if seeds else ():
        tell(played)
        done.append(played)
    report(done, bugs, time.monotonic() - began_s)
    rare = scoreboard.rare(done) if len(done) >= MANY else []
    if rare:
        print(f"too rare: {', '.join(rare)}")
    return int(any(one.wrong for one in done) or not all(bugs.values()) or bool(rare))


if __name__ == "__main__":
    sys.exit(main())
