"""The cache of an older program is brought up with what it holds: a till that was updated offline knows its members."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from clubtill_rules.members.account import AccountCard, MemberCard
from clubtill_rules.values.points import whole
from clubtill_sync.wire.snapshot import card_bytes
from clubtill_terminal.store import members
from clubtill_terminal.store.engines import open_engine
from clubtill_terminal.store.opening import migrate
from clubtill_terminal.store.tables import CACHE

KEY = bytes(range(32))
SCRIPTS = Path(__file__).parents[3] / "src/clubtill_terminal/store/migrations/cache"


def test_an_older_cache_keeps_its_members(tmp_path: Path) -> None:
    """3.4, revision 0002: accounts, persons and search come along, and cards that follow find their place."""
    engine = open_engine(tmp_path / "cache.db", KEY)
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with engine.begin() as cache:
        config.attributes["connection"] = cache
        command.upgrade(config, "0001")
    person = MemberCard(
        person_id="p1", account_id="a1", club_id="c", number="7", first_name="Jean", last_name="Hill", classification=1
    )
    card = AccountCard(account_id="a1", club_id="c", version=1, balance=whole(5), persons=(person,))
    with engine.begin() as cache:
        cache.exec_driver_sql("INSERT INTO account VALUES ('a1', 'c', 3, 1, ?)", (card_bytes(card),))
        cache.exec_driver_sql("INSERT INTO person VALUES (9, 'p1', 'a1', '7', 'Jean Hill')")
        cache.exec_driver_sql("INSERT INTO person_search (rowid, name, number) VALUES (9, 'Jean Hill', '7')")
    migrate(engine, "cache")
    with engine.begin() as cache:
        assert [one.account for one in members.search(cache, "hil", rows_max=9)] == [card]
        members.apply_cards(cache, [card])
        assert [one.member.number for one in members.search(cache, "hil", rows_max=9)] == ["7"]
        tables = {row[0] for row in cache.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert set(CACHE.tables) <= tables
        assert not any(name.startswith("old_") for name in tables)
    engine.dispose()
