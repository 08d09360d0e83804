"""The command line of the ledger, its seed file and its expiry job."""

import json
import stat
from datetime import date
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from clubtill_ledger.jobs import expiry
from clubtill_ledger.operate import command
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import schema, tables
from clubtill_ledger.store.faults import StoreFault
from clubtill_sync.wire.feed import DenyRow
from tests.ledger.audit import audit, balances, kinds, rows
from tests.ledger.club import Club, refused
from tests.ledger.master import CLUB_ID, DAY, START_US, account, settings


def _run(*words: str) -> Result:
    return CliRunner().invoke(command, list(words))


def _seed_file(folder: Path) -> Path:
    seed = seeds.Seed(
        documents=settings(),
        accounts=(account("A1"), account("A2")),
        deny=(DenyRow(kind="card", id="d1", code="lost"),),
    )
    path = folder / "seed.json"
    path.write_bytes(msgspec.json.encode(seed))
    return path


def test_init_seed_code_status(tmp_path: Path) -> None:
    """Set-up in four commands: a key that only its owner reads, tables, master data, a code, and what stands."""
    database = str(tmp_path / "data" / "ledger.db")
    assert _run("init", "--database", database).exit_code == 0
    key_file = Path(f"{database}.key")
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert not Path(database).read_bytes().startswith(b"SQLite format")
    seeded = _run("seed", str(_seed_file(tmp_path)), "--database", database)
    assert (seeded.exit_code, seeded.output.split(" documents")[0]) == (0, str(len(settings())))
    again = _run("seed", str(_seed_file(tmp_path)), "--database", database)
    assert again.output == "0 documents, 0 accounts, 0 opening entries and 0 denials were new.\n"
    code = _run("code", "T1", "--database", database).output.strip()
    assert [len(part) for part in code.split("-")] == [4, 4, 4]
    assert f"Tables at version {schema.newest()}" in _run("status", "--database", database).output
    assert _run("migrate", "--database", database).exit_code == 0


def test_init_keeps_a_ledger_that_stands(tmp_path: Path) -> None:
    """`init` run again neither makes another key nor empties anything."""
    database = str(tmp_path / "ledger.db")
    _run("init", "--database", database)
    _run("seed", str(_seed_file(tmp_path)), "--database", database)
    key = Path(f"{database}.key").read_text()
    assert _run("init", "--database", database).exit_code == 0
    assert Path(f"{database}.key").read_text() == key
    assert "0 documents" in _run("seed", str(_seed_file(tmp_path)), "--database", database).output


@pytest.mark.parametrize("words", [("serve",), ("status",), ("code", "T1"), ("expire",)])
def test_commands_say_when_there_is_no_ledger(tmp_path: Path, words: tuple[str, ...]) -> None:
    """A database without tables is told in a sentence, with exit code 2."""
    result = _run(*words, "--database", str(tmp_path / "none.db"))
    assert result.exit_code == 2
    assert "clubtill ledger init" in result.output


def test_wrong_key_is_a_sentence(tmp_path: Path) -> None:
    """D33: the key of another ledger is told as that."""
    database = str(tmp_path / "ledger.db")
    _run("init", "--database", database)
    Path(f"{database}.key").write_text("12" * 32)
    result = _run("status", "--database", database)
    assert (result.exit_code, result.output.strip()) == (2, "The key file does not open this database.")


def test_broken_seed_file_is_a_sentence(tmp_path: Path) -> None:
    """A file with an unknown kind or a wrong value changes nothing and says what is wrong."""
    database = str(tmp_path / "ledger.db")
    _run("init", "--database", database)
    path = tmp_path / "bad.json"
    for text in ("{", json.dumps({"documents": [{"kind": "planet", "id": "x", "version": 1, "body": {}}]})):
        path.write_text(text)
        result = _run("seed", str(path), "--database", database)
        assert result.exit_code == 2
        assert "seed file cannot be used" in result.output


def test_account_of_an_unknown_club_is_refused(club: Club) -> None:
    """D26: opening points need the club's days, so its document comes first."""
    strange = seeds.Account(
        club_id="other", account_id="X", opening=(seeds.Opening(amount_h=1, earn_day=date(2026, 1, 1)),)
    )
    with pytest.raises(StoreFault, match="other"):
        seeds.load(club.store, club.ledger.shelf, seeds.Seed(accounts=(strange,)), now_us=START_US)


def test_revoke_and_clear_fork(club: Club, database: str) -> None:
    """C12, C13: a manager's two acts at the command line."""
    till = club.till()
    assert _run("clear-fork", till.device_id, "--database", database).exit_code == 0
    assert _run("revoke", till.device_id, "--drain", "--database", database).exit_code == 0
    (device,) = rows(club.store, tables.device)
    assert (device.epoch, device.fork_us, device.drain, device.revoked_us is not None) == (2, None, True, True)
    assert _run("revoke", "nobody", "--database", database).exit_code == 2


def test_restored_begins_new_epochs(club: Club, database: str) -> None:
    """C26: after a restore every cursor is 410, and hello tells the new ledger epoch."""
    till = club.till()
    cursor = till.feed().cursor
    assert _run("restored", "--database", database).exit_code == 0
    assert refused(till.call("GET", "/v1/feed", query=f"cursor={cursor}&wait=0"))[:2] == (410, "feed_epoch")
    told = till.hello()
    assert (told.ledger_epoch, told.feed_epoch) == (2, 2)


# ------------------------------------------------------------------ expiry


def _lots(club: Club, name: str, *days: tuple[int, date | None]) -> None:
    opening = tuple(seeds.Opening(amount_h=h, earn_day=date(2026, 1, 1), last_day=last) for h, last in days)
    one = seeds.Account(club_id=CLUB_ID, account_id=name, opening=opening)
    seeds.load(club.store, club.ledger.shelf, seeds.Seed(accounts=(one,)), now_us=club.now_us)


def test_expiry_posts_once_what_is_past_its_last_day(club: Club) -> None:
    """R34, I20: usable through the whole last day; posted the day after, and nothing on a second run."""
    _lots(club, "E1", (300, date(2026, 3, 14)), (200, date(2026, 3, 20)), (100, None))
    assert expiry.run(club.store, club.ledger.shelf, club.tick(DAY)) == 0
    assert expiry.run(club.store, club.ledger.shelf, club.tick(DAY)) == 1
    assert expiry.run(club.store, club.ledger.shelf, club.now_us) == 0
    assert kinds(club.store, "E1") == [("expire", 300)]
    assert expiry.run(club.store, club.ledger.shelf, club.tick(30 * DAY)) == 1
    assert kinds(club.store, "E1") == [("expire", 300), ("expire", 200)]
    assert balances(club.store)["E1"] == (100, 0, 0)
    audit(club.store)


def test_expiry_never_takes_reserved_points(club: Club) -> None:
    """Section 5, planted bug B18: what a lease holds waits for its close, which then settles the expiry."""
    _lots(club, "E2", (300, date(2026, 3, 14)))
    till = club.till()
    lease = till.lease("E2", 200).lease
    assert lease is not None
    expiry.run(club.store, club.ledger.shelf, club.tick(3 * DAY))
    assert kinds(club.store, "E2") == [("lease_grant", 200), ("expire", 100)]
    till.push(till.close("E2", lease.lease_id, 0))
    assert kinds(club.store, "E2")[2:] == [("lease_return", 200), ("expire", 200)]
    assert balances(club.store)["E2"] == (0, 0, 0)
    audit(club.store)


def test_late_spend_is_paid_by_the_lot_it_was_leased_on(club: Club) -> None:
    """C5: a sale made before expiry that arrives after it is paid by the lot; only the rest expires."""
    _lots(club, "E3", (300, date(2026, 3, 14)))
    till = club.till()
    sold_us = club.now_us
    lease = till.lease("E3", 200).lease
    assert lease is not None
    till.keep(till.sale("E3", spends=[(lease.lease_id, 150)], at_us=sold_us + 1_000_000))
    till.keep(till.close("E3", lease.lease_id, 150))
    expiry.run(club.store, club.ledger.shelf, club.tick(3 * DAY))
    till.post(till.batch())
    assert kinds(club.store, "E3") == [
        ("lease_grant", 200),
        ("expire", 100),
        ("lease_spend", 150),
        ("lease_return", 50),
        ("expire", 50),
    ]
    assert balances(club.store)["E3"] == (0, 0, 0)
    audit(club.store)
