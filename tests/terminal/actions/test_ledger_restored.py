"""A ledger put back from its own backup, and real terminals that send again (I31, C26, F28)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from typer.testing import CliRunner

from clubtill_ledger.office import rebuilding, returning, verifying
from clubtill_ledger.operate import command
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_sync.client import Answer
from tests.ledger.club import OPENING_H
from tests.sync.ledger_process import LedgerProcess
from tests.terminal.actions.tills import VISIT_H, Till, ask, now_us


def _run(*words: str) -> None:
    done = CliRunner().invoke(command, list(words))
    assert done.exit_code == 0, done.output


def test_terminals_bring_back_what_a_restored_ledger_lost(
    ledger: LedgerProcess, enrolled: Callable[[str], Till], tmp_path: Path
) -> None:
    """I31, C26: backup while serving, more work, restore, a new epoch: nothing acknowledged is missing or double."""
    tills = [enrolled("T1"), enrolled("T2")]
    database, copy = str(ledger.database), str(tmp_path / "copy")
    before = [till.swipe("A1") for till in tills[:1]]
    granted = tills[1].client.ask_lease(ask("A4", 300))
    assert isinstance(granted, Answer)
    tills[0].push_all()
    _run("backup", copy, "--database", database)
    after = [tills[0].swipe("A2"), tills[1].swipe("A3")]
    for till in tills:
        till.push_all()
        till.pull_all()
    unsent = tills[1].swipe("A5")
    ledger.kill()
    _run("restore", copy, "--database", database, "--replace")
    ledger.start()
    for till in tills:
        till.hello()
        till.push_all()
        till.pull_all(anew=True)
    assert [tills[0].awards(name) for name in ("A1", "A2", "A3", "A5")] == [
        [before[0]],
        [after[0]],
        [after[1]],
        [unsent],
    ]
    assert [tills[1].shown_h(name) for name in ("A1", "A2", "A3", "A5")] == [OPENING_H + VISIT_H] * 4
    with ledger.opened() as store:
        assert {one.name: (one.before, one.now, one.heard) for one in returning.returned(store)} == {
            "T1": (1, 2, True),
            "T2": (0, 2, True),
        }
        assert verifying.verify(store, SettingsShelf(), now_us()) == ()
        assert rebuilding.differences(store, SettingsShelf(), now_us()) == ()
