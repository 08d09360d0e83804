"""Enrolling over a terminal that stands would begin its log anew and lose what waits in it."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from clubtill_terminal.main.command import EXIT_REFUSED, command
from clubtill_terminal.store.device import read_device
from clubtill_terminal.store.opening import open_store
from tests.terminal.kit.club import KEY, Clock, a_terminal


def test_a_folder_that_is_a_terminal_is_not_enrolled_again(tmp_path: Path) -> None:
    """I3, 6.7: no call goes out, no key is made, and the device is who it was."""
    folder = tmp_path / "till"
    made = a_terminal(folder, Clock())
    with made.store.facts.begin() as facts:
        device = read_device(facts)
    made.store.close()
    (folder / "terminal.toml").write_text('ledger = "http://127.0.0.1:9"\n', encoding="utf-8")
    before = sorted(path.name for path in folder.iterdir())
    told = CliRunner().invoke(command, ["enrol", "http://127.0.0.1:9", "7QMX-2F9K-VD3R", "--folder", str(folder)])
    assert told.exit_code == EXIT_REFUSED
    assert "belongs to a terminal already" in told.output
    assert sorted(path.name for path in folder.iterdir()) == before
    store = open_store(folder, KEY)
    with store.facts.begin() as facts:
        assert read_device(facts) == device
    store.close()
