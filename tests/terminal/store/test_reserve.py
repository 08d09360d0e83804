"""Room on the disk that is kept for the sale in hand and the queue (C28, F21)."""

from __future__ import annotations

from pathlib import Path

from clubtill_terminal.store import reserve
from clubtill_terminal.store.reserve import LAST_BYTES, LOW_BYTES, NAME, RESERVE_BYTES


def test_no_new_sale_begins_before_the_reserve_is_used(tmp_path: Path) -> None:
    """C28, F21: first sales rest with the reserve untouched; at the very last it makes room; then it is laid again."""
    said: list[tuple[bool, bool]] = []
    for room in (10 * RESERVE_BYTES, LOW_BYTES, LOW_BYTES - 1, LAST_BYTES, LAST_BYTES - 1):
        low = reserve.tend(tmp_path, lambda _folder, free=room: free)
        said.append((low, (tmp_path / NAME).exists()))
    assert said == [(False, True), (False, True), (True, True), (True, True), (True, False)]
    for room, low in ((RESERVE_BYTES, True), (RESERVE_BYTES + LOW_BYTES - 1, True), (RESERVE_BYTES + LOW_BYTES, False)):
        assert reserve.tend(tmp_path, lambda _folder, free=room: free) is low
        assert (tmp_path / NAME).exists() is not low
    assert (tmp_path / NAME).stat().st_blocks * 512 >= RESERVE_BYTES, "it really takes the room"


def test_a_reserve_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    """F24: on a disk that takes no file the till goes on without a reserve."""
    assert not reserve.tend(tmp_path)
    assert reserve.free_bytes(tmp_path) > 0
    (tmp_path / NAME).unlink()
    (tmp_path / f"{NAME}.part").mkdir()
    assert not reserve.tend(tmp_path)
    assert not (tmp_path / NAME).exists()
