"""First frame: from the start of the process to the till's first painted frame, and to being ready to sell; memory.

The baseline is a bare PySide6 window with 48 buttons, started in turns with the till.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from clubtill_desk.key_store import FileKeyStore, KeyStoreKind
from clubtill_terminal.main.setup import CARD_KEY, DEVICE_KEY, STORE_KEY
from tests.bench.figures import Figure, median
from tests.bench.program import Started, start
from tests.terminal.kit import club

FRAME_RATIO: Final = 1.5
READY_RATIO: Final = 4
MEMORY_MB: Final = 220


def run(*, quick: bool) -> Iterator[Figure]:
    """Start both programs in turns; the first start of each only warms the disk's cache."""
    rounds = 3 if quick else 9
    bare: list[Started] = []
    till: list[Started] = []
    with TemporaryDirectory() as name:
        folder = Path(name) / "terminal"
        _enrolled(folder)
        for at in range(rounds + 1):
            one, other = (
                start("tests.bench.bare_window"),
                start("tests.bench.till_program", [str(folder), str(club.Clock().now())]),
            )
            if at:
                bare.append(one)
                till.append(other)
    yield Figure(
        bench="first_frame",
        **_of(till, bare, lambda one: one.frame_ms, lambda one: one.frame_ms),
        unit="ms",
        bound=FRAME_RATIO,
    )
    yield Figure(
        bench="first_frame.ready",
        **_of(till, bare, lambda one: one.ready_ms, lambda one: one.frame_ms),
        unit="ms",
        bound=READY_RATIO,
    )
    yield Figure(
        bench="first_frame.memory",
        **_of(till, bare, lambda one: one.rss_mb, lambda one: one.rss_mb),
        unit="MB",
        bound=MEMORY_MB,
        judged="value",
    )


def _of(
    till: list[Started], bare: list[Started], of: Callable[[Started], float], base: Callable[[Started], float]
) -> dict[str, Any]:
    return {
        "value": median([of(one) for one in till]),
        "baseline": median([base(one) for one in bare]),
        "ratio": median([of(own) / base(one) for own, one in zip(till, bare, strict=True)]),
        "rounds": len(till),
    }


def _enrolled(folder: Path) -> None:
    """Make a terminal of the demo club in a folder, with its keys beside it."""
    club.a_terminal(folder, club.Clock()).store.close()
    keys = FileKeyStore(folder)
    for name, key in ((STORE_KEY, club.KEY), (CARD_KEY, club.CARD_KEY), (DEVICE_KEY, bytes(32))):
        keys.write(name, key)
    (folder / "kind").write_text(KeyStoreKind.FILE.value, encoding="ascii")
