"""The simulator in small: a few dozen short seeds, the seeds that failed once, the same trace twice, planted bugs."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import msgspec
import pytest

from tests.simulation import bounds_oracle, scoreboard
from tests.simulation.planted import PLANTED
from tests.simulation.play import play
from tests.simulation.shrink import smaller
from tests.simulation.swarm import Mix, draw, short

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
KEPT = tomllib.loads((HERE / "regressions.toml").read_text(encoding="utf-8"))["seed"]
SEEDS = range(1001, 1031)
"""CI plays them short; `python -m tests.simulation --seeds 1..500` plays seeds whole."""


@pytest.mark.parametrize("seed", SEEDS)
def test_a_short_seed_breaks_no_invariant(seed: int) -> None:
    """I1 to I34 as far as one thread sees them: faults first, then everything heals and must progress (I29)."""
    played = play(short(seed))
    assert not played.wrong, f"{played.told}\n{played.mix.told()}"
    assert played.checked["I29"], "progress was demanded"


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: str(kept["seed"]))
def test_a_seed_that_failed_once_passes(kept) -> None:
    """Every failure that was ever found stays found: its seed, shrunk, is played again."""
    played = play(msgspec.json.decode(kept["mix"], type=Mix))
    assert not played.wrong, f"{played.told} (once {kept['found']}: {kept['why']})"


def test_one_seed_gives_one_trace() -> None:
    """I34: the same seed makes the same bytes of every answer, in another process with another hash seed too."""
    here = play(short(1011)).trace
    code = (
        "from tests.simulation.play import play; from tests.simulation.swarm import short; "
        "print(play(short(1011)).trace)"
    )
    path = os.pathsep.join(str(ROOT / name) for name in ("", "src", "sync"))
    environment = {**os.environ, "PYTHONHASHSEED": "17", "PYTHONPATH": path}
    there = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here
    assert play(short(1001)).trace != here


@pytest.mark.parametrize("bug", ["B1", "B10", "B13"])
def test_a_planted_bug_is_found(bug: str) -> None:
    """10.1: the watch finds mistakes of the kinds that this design could have had."""
    wanted = PLANTED[bug]
    found = (play(wanted.mix(seed, acts=60, events=30), bug=bug).wrong for seed in range(1, wanted.within + 1))
    assert any(found), f"not within {wanted.within} seeds"


def test_every_fault_invariant_and_planted_bug_has_a_suite() -> None:
    """10.2: each id of the design stands under the suite that must find it."""
    assert set(scoreboard.FAULTS) == {f"F{n}" for n in range(1, 49)}
    assert set(scoreboard.INVARIANTS) == {f"I{n}" for n in range(1, 35)}
    assert set(scoreboard.BUGS) == {f"B{n}" for n in range(1, 21)}
    assert set(PLANTED) <= set(scoreboard.BUGS)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, ""),
        ({"slot": {"chain_hash": "b"}}, "the first one is not there"),
        ({"side": {"epoch": 1, "seq": 6}}, "the other one is not kept"),
        ({"raw": {"event_id": "x"}}, "the other one is not kept"),
        ({"raw": {"epoch": 1}}, "the other one is not kept"),
        ({"raw": {"epoch": 0}}, ""),
        ({"device": {"fork_us": None}}, "goes on"),
        ({"device": {"fork_us": None, "epoch": 2}}, ""),
    ],
)
def test_a_fork_is_looked_at_from_every_side(changed: dict[str, dict[str, object]], told: str) -> None:
    """I30: both logs of a place with two hashes are kept, and the device is out of use until a manager looks."""
    found = bounds_oracle.forks(
        [{"device_id": "d", "epoch": 1, "from_seq": 5, "from_hash": "b", "side_epoch": -1}],
        [
            {"device_id": "d", "epoch": 1, "seq": 5, "chain_hash": "a", "event_id": "y"} | changed.get("slot", {}),
            {"device_id": "d", "epoch": -1, "seq": 5, "chain_hash": "b", "event_id": "z"} | changed.get("side", {}),
        ],
        [{"event_id": "z", "epoch": -1} | changed.get("raw", {})],
        [{"device_id": "d", "epoch": 1, "fork_us": 7} | changed.get("device", {})],
    )
    assert [name for name, _ in found] == ["I30"] * bool(told)
    assert all(text.endswith(told) for _, text in found)


def test_a_smaller_mix_is_really_smaller() -> None:
    """Shrinking takes something away at each step and changes nothing else of the seed."""
    mix = draw(2)
    assert all(one != mix and one.seed == mix.seed for one in smaller(mix))
    assert {len(mix.names()) - len(one.names()) for one in smaller(mix)} <= {0, 1}
