"""The public side of a door is a window of its own, and says nothing but its two texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSize

from clubtill.demo import cast
from clubtill_desk.key_store import MemoryKeyStore
from clubtill_sync import signing
from clubtill_terminal.devices.reader import CardKind, CardSeen
from clubtill_terminal.main.running import Running
from clubtill_terminal.main.setup import CARD_KEY, DEVICE_KEY, STORE_KEY, Settings
from clubtill_terminal.screens.parts.theme import Look
from tests.terminal.kit.club import CARD_KEY as CARDS
from tests.terminal.kit.club import KEY, Clock, a_terminal


@pytest.mark.parametrize("public_side", [True, False])
def test_it_opens_where_it_is_set_up(qtbot, tmp_path: Path, public_side: bool) -> None:
    """D5, U84: with the setting a second window stands; a banned member's swipe shows no name there."""
    clock = Clock()
    a_terminal(tmp_path / "door", clock, terminal_id=cast.DOOR).store.close()
    keys = MemoryKeyStore()
    for name, key in ((STORE_KEY, KEY), (CARD_KEY, CARDS), (DEVICE_KEY, signing.new_key().private_bytes_raw())):
        keys.write(name, key)
    settings = Settings(
        folder=tmp_path / "door",
        ledger="http://127.0.0.1:9",
        look=Look(px_per_mm=3.95, reduced_motion=True),
        size=QSize(1024, 768),
        staff_id="ana",
        public_side=public_side,
        now_us=clock.now,
    )
    terminal = Running(settings, keys)
    terminal.start()
    try:
        qtbot.waitUntil(lambda: terminal.reception is not None, timeout=10_000)
        assert ("public" in terminal.views) is public_side
        tom = CardSeen(source="stripe", kind=CardKind.STRIPE, tracks=(cast.swipe_text("100004"),))
        terminal.report(tom)
        qtbot.waitUntil(lambda: terminal.reception.door.state.checked is not None, timeout=10_000)
        assert "Tom" not in repr(terminal.reception.public.shown)
    finally:
        terminal.close()
