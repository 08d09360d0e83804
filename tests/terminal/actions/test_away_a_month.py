"""A terminal that was away a month catches up by the feed alone: settings, members, denials (6.5, C24, F43)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from clubtill_ledger.office.master_data import save
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.operate.commands import clock_us
from clubtill_ledger.store import documents as ledger_documents
from clubtill_ledger.store.settings import SettingsShelf, utc_day
from clubtill_sync.wire.documents import KINDS
from clubtill_sync.wire.feed import DenyRow, Document
from clubtill_terminal.store import documents
from tests.ledger.kinds import VALUES, document
from tests.ledger.master import CLUB_ID, account
from tests.sync.ledger_process import LedgerProcess
from tests.terminal.actions.tills import Till

Enrolled = Callable[[str], Till]


def test_a_terminal_away_a_month_catches_up_by_the_feed(ledger: LedgerProcess, enrolled: Enrolled) -> None:
    """6.5, C24, F43: every kind of setting changed, one ahead of its day, one gone; then both ends agree."""
    till = enrolled("T1")
    today = utc_day(clock_us())
    later = today + timedelta(days=20)
    with ledger.opened() as store:
        for kind in sorted(KINDS):
            save(store, [document(kind, 2, today - timedelta(days=15))], now_us=clock_us())
        save(store, [document("category", 3, later, rate_h=300)], now_us=clock_us())
        save(store, [Document(kind="special", id="friday", version=3, deleted=True)], now_us=clock_us())
        new = seeds.Seed(accounts=tuple(account(f"N{n}") for n in range(30)))
        seeds.load(store, SettingsShelf(), new, now_us=clock_us())
        for denied in (True, False, True):
            row = DenyRow(kind="person", id="PN1", code="banned", denied=denied)
            store.write(lambda c, row=row: ledger_documents.deny_rows(c, [row]))
        till.pull_all()
        shelf = SettingsShelf()

        def same(day: date) -> bool:
            theirs = store.read(lambda c: shelf.at(c, None, day)).catalogue(CLUB_ID, "BAR")
            with till.terminal.store.cache.begin() as cache:
                mine = documents.catalogues(cache, "BAR", day)[CLUB_ID]
            return theirs is not None and mine == theirs

        assert all(same(day) for day in (today, later - timedelta(days=1), later))
    assert till.differing() == []
    with till.terminal.store.cache.begin() as cache:
        for kind, (name, value) in VALUES.items():
            if kind != "special":
                held = documents.current(cache, kind, KINDS[kind], today)
                assert held[name] == value, kind
        assert "friday" not in documents.current(cache, "special", KINDS["special"], today)
        rates = [documents.catalogues(cache, "BAR", day)[CLUB_ID].categories["tap"].rate_h for day in (today, later)]
    assert rates == [150, 300]
