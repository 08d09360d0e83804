"""A real store in a temporary folder, with a device enrolled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clubtill_terminal.store.device import Device, save_device
from clubtill_terminal.store.engines import Store
from clubtill_terminal.store.opening import open_store

KEY = bytes(range(32))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give an open store with an enrolled device."""
    opened = open_store(tmp_path / "store", KEY)
    with opened.facts.begin() as facts:
        save_device(facts, a_device())
    yield opened
    opened.close()


def a_device() -> Device:
    """Give a device as it is right after enrolment."""
    return Device(
        device_id="d1",
        terminal_id="t1",
        server_key="",
        epoch=1,
        next_seq=1,
        head_hash="0" * 64,
        acked_seq=0,
        incarnation="i1",
        ledger_epoch=1,
        clock_offset_us=0,
        last_contact_us=0,
        next_sale_number=1042,
        trouble="",
    )
