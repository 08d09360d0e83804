"""The commands of budgets and web keys, on a real file (4.3, F30)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clubtill_ledger.operate.commands import app, prepare
from clubtill_ledger.store.engines import open_store
from tests.ledger.budgeting import by_budgets
from tests.ledger.club import Club
from tests.ledger.master import CLUB_ID


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A ledger's file with the small club in it; its harbour redeems by budgets, and a till holds one."""
    path = tmp_path / "ledger.db"
    store = open_store(str(path))
    prepare(store)
    club = Club.in_ledger(store)
    by_budgets(club)
    club.till().hello()
    store.close()
    return path


def run(file: Path, *words: str, code: int = 0) -> str:
    """Run a command; give what it said."""
    done = CliRunner().invoke(app, [*words, "--database", str(file)])
    assert done.exit_code == code, done.output
    return done.output


def test_a_limit_is_typed_in_money_and_said_again(file: Path) -> None:
    """4.3: the sentence that a manager reads before accepting it; a wrong amount or venue changes nothing."""
    told = run(file, "budgets", "limit", "V1", "80.00", "--device", "3000")
    assert told == "If every terminal went offline now, the most you could lose is 80.00 AUD.\n"
    assert "20.00 AUD granted of 80.00 AUD" in run(file, "budgets", "list")
    for wrong in (("V1", "80.005"), ("V1", "much"), ("V9", "80.00")):
        assert "Nothing was changed" in run(file, "budgets", "limit", *wrong, code=2)


def test_a_budget_is_released_by_its_device(file: Path) -> None:
    """4.3: what it can cost is said; a second time there is nothing to release."""
    listed = run(file, "budgets", "list")
    device_id = listed.partition("id ")[2].partition(":")[0]
    assert "2000 points, open, 0 known to be spent" in listed
    assert "2000 points" in run(file, "budgets", "release", device_id)
    assert "Nothing was changed" in run(file, "budgets", "release", device_id, code=2)


def test_a_web_key_is_told_once(file: Path, tmp_path: Path) -> None:
    """F30: made, listed without its secret, revoked; a place or scope that is not there makes none."""
    key = run(file, "web-key", "make", CLUB_ID, "T1", "web shop", "--scope", "member").strip()
    _, key_id, secret = key.split("_")
    listed = run(file, "web-key", "list")
    assert (key_id in listed, secret in listed, "active" in listed) == (True, False, True)
    run(file, "web-key", "revoke", key_id)
    assert "revoked" in run(file, "web-key", "list")
    assert "Nothing was made" in run(file, "web-key", "make", CLUB_ID, "T9", "x", "--scope", "member", code=2)
    assert "Nothing was made" in run(file, "web-key", "make", CLUB_ID, "T1", "x", "--scope", "all", code=2)
    assert "No key" in run(file, "web-key", "revoke", "0", code=2)
    where = tmp_path / "openapi.json"
    assert CliRunner().invoke(app, ["web-key", "openapi", str(where)]).exit_code == 0
    assert "/orders" in json.loads(where.read_text())["paths"]
