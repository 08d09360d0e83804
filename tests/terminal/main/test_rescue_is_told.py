"""A rescue of damaged data is told on the screen, not on a console that nobody sees."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize

from clubtill_desk.key_store import MemoryKeyStore
from clubtill_sync import signing
from clubtill_terminal.main.running import Running
from clubtill_terminal.main.setup import CARD_KEY, DEVICE_KEY, STORE_KEY, Settings
from clubtill_terminal.screens.parts.theme import Look
from tests.terminal.kit.club import CARD_KEY as CARDS
from tests.terminal.kit.club import KEY, Clock, a_terminal


def test_a_flipped_byte_is_mended_and_said(qtbot, tmp_path: Path) -> None:
    """C29: with one byte flipped in its facts the till opens, sells, and says that nothing is missing."""
    clock = Clock()
    a_terminal(tmp_path / "till", clock).store.close()
    facts = tmp_path / "till" / "facts.db"
    content = bytearray(facts.read_bytes())
    content[5000] ^= 1
    facts.write_bytes(bytes(content))
    keys = MemoryKeyStore()
    for name, key in ((STORE_KEY, KEY), (CARD_KEY, CARDS), (DEVICE_KEY, signing.new_key().private_bytes_raw())):
        keys.write(name, key)
    settings = Settings(
        folder=tmp_path / "till",
        ledger="http://127.0.0.1:9",
        look=Look(px_per_mm=3.95, reduced_motion=True),
        size=QSize(1024, 768),
        staff_id="sam",
        now_us=clock.now,
    )
    terminal = Running(settings, keys)
    terminal.start()
    try:
        qtbot.waitUntil(lambda: terminal.till is not None, timeout=10_000)
        counter = terminal.till.counter
        assert counter.state.notice is not None
        assert counter.state.notice.sentence.key == "store.rescued"
        counter.add_product("schooner-pale")
        assert [line.product_id for line in counter.state.basket.lines] == ["schooner-pale"]
    finally:
        terminal.close()
