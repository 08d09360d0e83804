"""Look-up beyond a terminal's cache, and an account's entries (section 6 of the ledger's design)."""

from dataclasses import replace

from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import tables
from clubtill_rules.members.account import CardToken
from clubtill_sync.wire.requests import AccountsAnswer, EntriesAnswer
from tests.ledger.audit import rows
from tests.ledger.club import Club, Till, decoded, refused
from tests.ledger.master import CLUB_ID, OPENING_H, person


def _found(till: Till, query: str) -> list[str]:
    return [card.account_id for card in decoded(till.call("GET", "/v1/accounts", query=query), AccountsAnswer).cards]


def test_accounts_are_found_by_what_staff_type(club: Club) -> None:
    """6.7: by account, number, card digest, and by words of a name in any order and case."""
    anna = replace(
        person("A9"),
        first_name="Anna",
        last_name="O'Neill%",
        number="777",
        cards=(CardToken(digest="d" * 32, last4="1"),),
    )
    seed = seeds.Seed(accounts=(seeds.Account(club_id=CLUB_ID, account_id="A9", persons=(anna,)),))
    seeds.load(club.store, club.ledger.shelf, seed, now_us=club.now_us)
    till = club.till()
    assert _found(till, f"club={CLUB_ID}&account=A9") == ["A9"]
    assert _found(till, "number=777") == ["A9"]
    assert _found(till, f"digest={'d' * 32}") == ["A9"]
    assert _found(till, "q=777") == ["A9"]
    assert _found(till, "q=o%27neill%25+ANNA") == ["A9"]
    assert _found(till, "q=jean") == ["A1", "A2", "A3", "A4", "A5"]
    assert _found(till, "q=nobody") == []
    assert refused(till.call("GET", "/v1/accounts", query="q=a"))[:2] == (400, "unreadable")


def test_entries_show_every_entry_once(club: Club) -> None:
    """R5: an account's entries, its balance and its lots, for a checker to compare."""
    till = club.till()
    till.push(till.sale("A1"))
    told = decoded(till.call("GET", f"/v1/accounts/{CLUB_ID}/A1/entries"), EntriesAnswer)
    assert [(row.kind, row.amount_h, row.ver) for row in told.entries] == [("award", OPENING_H, 1), ("award", 500, 2)]
    assert (told.avail_h, told.balance_h, told.entries[-1].avail_after_h) == (OPENING_H + 500,) * 3
    assert [lot.left_h for lot in told.lots] == [OPENING_H, 500]
    assert refused(till.call("GET", f"/v1/accounts/{CLUB_ID}/NOBODY/entries"))[:2] == (404, "unknown_account")


def test_personal_data_lies_in_a_table_of_its_own(club: Club) -> None:
    """6.5: what must be erasable is kept apart: no name or date of birth is in the member's body or the entries."""
    names = {b"Jean", b"Member A1", b"1980-03-14"}
    (body,) = [bytes(row.body) for row in rows(club.store, tables.member) if row.person_id == "PA1"]
    assert not any(name in body for name in names)
    (kept,) = [row for row in rows(club.store, tables.personal) if row.person_id == "PA1"]
    assert (kept.first_name, kept.last_name) == ("Jean", "Member A1")
