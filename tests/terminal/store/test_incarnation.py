"""Whether a store is the one that this machine last had (6.6, C11, F25, F26)."""

from __future__ import annotations

import shutil
from pathlib import Path

from clubtill_terminal.store import incarnation
from clubtill_terminal.store.device import change_device, read_device, save_device
from clubtill_terminal.store.engines import Store
from clubtill_terminal.store.opening import open_store
from clubtill_terminal.store.recovery import in_doubt
from tests.terminal.actions.exchange_kit import KEY, a_device


def doubted(store: Store) -> bool:
    """Tell whether the log is doubted, so that nothing is sent and no points are spent."""
    with store.facts.begin() as facts:
        return in_doubt(read_device(facts))


def test_a_store_that_was_put_back_is_doubted_until_a_hello(store: Store, tmp_path: Path) -> None:
    """C11, F26: each start of the same store is sure; a copy from before is not, nor one on another machine."""
    here, there = tmp_path / "here", tmp_path / "there"
    incarnation.note(store, here)
    assert incarnation.confirm(store, here, "i2")
    assert not doubted(store)
    store.close()
    backup = tmp_path / "backup"
    shutil.copytree(store.folder, backup)
    copy = open_store(backup, KEY)
    assert not incarnation.confirm(copy, there, "i3"), "a machine that never had it"
    assert doubted(copy)
    with copy.facts.begin() as facts:
        assert read_device(facts).incarnation == "i3"
        change_device(facts, trouble="")
    assert incarnation.confirm(copy, there, "i4")
    assert not doubted(copy)
    copy.close()
    (here / "d1.incarnation").write_text("i9")  # this machine went on after the backup
    again = open_store(store.folder, KEY)
    assert not incarnation.confirm(again, here, "i5")
    assert doubted(again)
    again.close()
    assert (here / incarnation.NO_BACKUP).read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")


def test_a_greater_trouble_stays_and_a_new_terminal_has_none(store: Store, tmp_path: Path) -> None:
    """I30: a fork is not forgotten over it; before enrolment there is nothing to compare."""
    with store.facts.begin() as facts:
        facts.exec_driver_sql("DELETE FROM device_state")
    assert incarnation.confirm(store, tmp_path / "m", "i2")
    with store.facts.begin() as facts:
        save_device(facts, a_device(trouble="fork"))
    assert not incarnation.confirm(store, tmp_path / "m", "i2")
    with store.facts.begin() as facts:
        assert read_device(facts).trouble == "fork"
