"""The demo as a person starts it without a display: a process of its own that plays the story and judges itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

STORY_S = 110


def demo(*words: str) -> subprocess.CompletedProcess[str]:
    """Run `clubtill demo` where there is no display."""
    env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    line = [sys.executable, "-m", "clubtill", "demo", *words]
    return subprocess.run(line, capture_output=True, text=True, env=env, timeout=STORY_S, check=False)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a demo has filled by playing its story; it ended with 0."""
    folder = tmp_path_factory.mktemp("demo")
    done = demo("--out", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_demo_tells_the_whole_story(played: Path) -> None:
    """U142: the tour names each step's pictures, and each is a PNG that is there."""
    tour = json.loads((played / "tour.json").read_text(encoding="utf-8"))
    named = [name for step in tour["steps"] for name in step["pictures"]]
    assert sorted(named) == sorted(path.name for path in played.glob("*.png"))
    assert all((played / name).read_bytes().startswith(b"\x89PNG") for name in named)
    for shown in (
        "door-welcome",
        "door-stop",
        "door-late",
        "door-check",
        "points-pay",
        "tender",
        "paid",
        "offline",
        "queue",
        "all-sent",
    ):
        assert any(shown in name for name in named), shown


def test_a_story_that_went_well_passes_again(played: Path) -> None:
    """A tour that the demo wrote itself has no difference."""
    assert demo("--check", str(played / "tour.json")).returncode == 0


def wrong_balance(tour: dict) -> None:
    """The ledger says one point less than it should at the end."""
    balance = next(check for check in tour["steps"][-1]["checks"] if check["what"] == "Jean's balance")
    assert balance["read"] == balance["expected"]
    balance["read"] = "9,667"


def doubled_entry(tour: dict) -> None:
    """An entry stands in the ledger twice."""
    entries = next(check for check in tour["steps"][-1]["checks"] if check["what"] == "Wei's entries")
    entries["read"] = entries["read"].replace("award visit 10", "award visit 10\naward visit 10")


@pytest.mark.parametrize(
    ("plant", "said"), [(wrong_balance, "9,667"), (doubled_entry, "award visit 10 / award visit 10")]
)
def test_a_planted_difference_is_found(played: Path, tmp_path: Path, plant: Callable[[dict], None], said: str) -> None:
    """A value that is not as expected ends the check with 1, and is named."""
    tour = json.loads((played / "tour.json").read_text(encoding="utf-8"))
    plant(tour)
    path = tmp_path / "tour.json"
    path.write_text(json.dumps(tour), encoding="utf-8")
    done = demo("--check", str(path))
    assert done.returncode == 1
    assert said in done.stderr


def test_half_a_story_is_no_story(played: Path, tmp_path: Path) -> None:
    """A tour that did not come to its end, or of which nothing is left, does not pass for a good one."""
    tour = json.loads((played / "tour.json").read_text(encoding="utf-8"))
    path = tmp_path / "tour.json"
    for broken in ({**tour, "told": False}, {**tour, "steps": []}):
        path.write_text(json.dumps(broken), encoding="utf-8")
        assert demo("--check", str(path)).returncode == 2
    path.write_text("{", encoding="utf-8")
    assert demo("--check", str(path)).returncode == 2


def test_the_receipts_say_that_they_are_not_real(played: Path) -> None:
    """U143: each receipt that the story printed is marked."""
    tour = json.loads((played / "tour.json").read_text(encoding="utf-8"))
    receipts = [c["read"] for step in tour["steps"] for c in step["checks"] if c["source"] == "the printer's paper"]
    assert len(receipts) == 2
    assert all("DEMO - not a real sale" in text for text in receipts)
