"""Shrink: the smallest mix that still fails the same way: fewer faults, fewer acts, fewer terminals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.simulation.play import Played, play
from tests.simulation.swarm import Mix

TERMINALS_LEAST = 3


def smaller(mix: Mix) -> Iterator[Mix]:
    """Give mixes with a little less in them, the boldest first."""
    if mix.acts > 20:
        yield replace(mix, acts=mix.acts // 2, events=mix.events // 2)
    if mix.terminals > TERMINALS_LEAST:
        yield replace(mix, terminals=max(TERMINALS_LEAST, mix.terminals // 2))
    for name in mix.names():
        yield mix.without(name)
    for name, count in sorted(mix.faults.items()):
        if count > 1:
            yield replace(mix, faults={**mix.faults, name: 1})
    if mix.club.days > 2:
        yield replace(mix, club=replace(mix.club, days=2))


def shrink(first: Played, tell: Callable[[Played], None], *, tries: int = 60, bug: str = "") -> Played:
    """Give the smallest failure found, greedily: whatever can go and still leaves the same invariant broken."""
    best = first
    progress = True
    while progress and tries > 0:
        progress = False
        for mix in smaller(best.mix):
            tries -= 1
            played = play(mix, bug=bug)
            if played.wrong == first.wrong:
                best, progress = played, True
                tell(best)
                break
            if tries <= 0:
                break
    return best
