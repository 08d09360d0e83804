"""Erasure of personal data: the person goes, entries and figures stay (3.2, 6.5, F41)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import sqlalchemy as sa
from typer.testing import CliRunner

from clubtill_ledger.jobs import purging
from clubtill_ledger.office import erasing, rebuilding, verifying
from clubtill_ledger.office.clerk import operator
from clubtill_ledger.operate import command
from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import people, tables
from clubtill_ledger.store.columns import METADATA
from clubtill_rules.members.account import CardToken
from clubtill_rules.values.ids import account_bucket
from clubtill_sync.wire.door_events import GuestEntryV1
from tests.ledger.audit import audit, balances, kinds, raw, rows
from tests.ledger.club import Club, event_id
from tests.ledger.master import CLUB_ID, DAY, person

SECRET = ("Zubeida", "Quixwell", "zubeida@example.org", "allergic to nuts", "feedface")


def _member(club: Club) -> None:
    """A member whose every personal text can be found again."""
    card = replace(
        person("A1"),
        first_name=SECRET[0],
        last_name=SECRET[1],
        note=SECRET[3],
        ban_note=SECRET[3],
        photo=SECRET[4],
        date_of_birth=date(1971, 2, 3),
        attributes={"mobile": "0400 987 321"},
        cards=(CardToken(digest="d" * 32, last4="4321"),),
    )
    seed = seeds.Seed(accounts=(seeds.Account(club_id=CLUB_ID, account_id="A1", persons=(card,)),))
    seeds.load(club.store, club.ledger.shelf, seed, now_us=club.now_us)
    with club.store.writer.begin() as connection:
        connection.execute(
            sa.update(tables.personal)
            .where(tables.personal.c.bucket == account_bucket(CLUB_ID, "A1"), tables.personal.c.person_id == "PA1")
            .values(email=SECRET[2])
        )


def _erase(club: Club, number: str = "101") -> None:
    erasing.erase(
        club.store,
        CLUB_ID,
        number,
        clerk=operator("M1"),
        reason="asked to",
        decision_id=event_id(),
        now_us=club.now_us,
    )


def _everything(club: Club) -> str:
    with club.store.reader.begin() as connection:
        return "\n".join(
            str(tuple(row)) for table in METADATA.sorted_tables for row in connection.execute(table.select())
        )


def test_nothing_personal_is_left_in_any_table(club: Club) -> None:
    """6.5: after erasure no table holds a name, date of birth, address, note, photo, card or number of the person."""
    till = club.till()
    _member(club)
    till.push(till.sale("A1", person_id="PA1"))
    before = balances(club.store)
    assert all(word in _everything(club) for word in SECRET)
    _erase(club)
    left = _everything(club)
    gone = (*SECRET, "0400 987 321", "d" * 32, "4321", "datetime.date(1971, 2, 3)", "zubeida quixwell")
    assert [word for word in gone if word in left] == []
    assert balances(club.store) == before
    assert club.store.read(lambda connection: people.by_name(connection, "quixwell")) == ()
    assert rebuilding.differences(club.store, club.ledger.shelf, club.now_us) == ()
    assert verifying.verify(club.store, club.ledger.shelf, club.now_us) == ()
    audit(club.store)


def test_feed_brings_the_bare_card(club: Club) -> None:
    """6.5: the erasure is a change in the stream, without personal data; points and account stay on the card."""
    till = club.till()
    _member(club)
    cursor = till.feed().cursor
    _erase(club)
    (card,) = till.feed(cursor).accounts
    (bare,) = card.persons
    assert card.balance.hundredths == 100_000
    assert (bare.person_id, bare.name, bare.number, bare.date_of_birth, bare.photo, bare.cards, bare.attributes) == (
        "PA1",
        "",
        "",
        None,
        "",
        (),
        None,
    )


def test_queued_events_of_an_erased_person_post(club: Club) -> None:
    """F41: sales, visits and spends that a terminal still had in its queue post as ever, and bring nothing back."""
    till, door = club.till(), club.till("D1")
    lease = till.lease("A1", 2_000).lease
    assert lease is not None
    till.keep(sale := till.sale("A1"), till.sale("A1", spends=[(lease.lease_id, 2_000)]))
    door.keep(swipe := door.swipe("A1", birthday_h=500, birthday_key=f"bday:{CLUB_ID}:PA1:2026"))
    _erase(club)
    for device in (till, door):
        assert device.post(device.batch()).status == 200
    assert {raw(club.store, one.event_id).status for one in (sale, swipe)} == {"posted"}
    assert sorted(kinds(club.store, "A1")) == [
        ("award", 500),
        ("award", 500),
        ("award", 1_000),
        ("lease_grant", 2_000),
        ("lease_spend", 2_000),
    ]
    (row,) = [one for one in rows(club.store, tables.personal) if one.person_id == "PA1"]
    assert (row.first_name, row.date_of_birth, row.birthday_awarded_on) == ("", None, None)
    assert rebuilding.differences(club.store, club.ledger.shelf, club.now_us) == ()
    audit(club.store)


def test_others_of_the_account_stay(club: Club) -> None:
    """6.5: one person of an account is erased; the other one keeps name and card."""
    other = replace(person("A2"), person_id="PB", number="777", first_name="Bea")
    two = seeds.Account(club_id=CLUB_ID, account_id="A2", persons=(person("A2"), other))
    seeds.load(club.store, club.ledger.shelf, seeds.Seed(accounts=(two,)), now_us=club.now_us)
    _erase(club, "102")
    names = {
        one.person_id: one.first_name for one in rows(club.store, tables.personal) if one.person_id in {"PA2", "PB"}
    }
    assert names == {"PA2": "", "PB": "Bea"}


def test_guests_are_forgotten_when_their_day_has_come(club: Club) -> None:
    """R53: after the years of keeping, line and personal bytes of a guest are gone; logs still verify."""
    door = club.till("D1")
    door.keep(door.happened(_guest(club)), door.swipe("A1"))
    first = door.batch()
    assert door.post(first).status == 200
    assert purging.run(club.store, club.tick(DAY)) == 0
    club.tick(365 * 8 * DAY)
    assert purging.run(club.store, club.now_us) == 1
    assert purging.run(club.store, club.now_us) == 0
    left = _everything(club)
    assert [word for word in ("Guestina", "9 Gull Street", "5167") if word in left] == []
    assert verifying.verify(club.store, club.ledger.shelf, club.now_us) == ()
    assert rebuilding.differences(club.store, club.ledger.shelf, club.now_us) == ()
    assert door.post(first).status == 200
    assert "Guestina" not in _everything(club)
    assert len(rows(club.store, tables.raw_event)) == 2
    with club.store.writer.begin() as connection:
        connection.execute(sa.update(tables.raw_event).where(tables.raw_event.c.bucket >= 0).values(bytes=b""))
    assert any(one.invariant == "I9" for one in verifying.verify(club.store, club.ledger.shelf, club.now_us))


def _guest(club: Club) -> GuestEntryV1:
    return GuestEntryV1(
        club_id=CLUB_ID,
        account_id="",
        venue_id="V1",
        location_id="DOOR",
        device_id=_device(club),
        staff_id="S1",
        at_us=club.now_us,
        entry_day=date(2026, 3, 13),
        key="guest:V1:2026-03-13:g",
        kind="nsw_guest",
        name="Guestina",
        address="9 Gull Street",
        signature="5167",
        own_club="",
        fee_paid_on=None,
        host_id="PA1",
        ground="members_guest",
        purge_day=date(2033, 3, 13),
        offline=False,
    )


def _device(club: Club) -> str:
    (device,) = rows(club.store, tables.device)
    return str(device.device_id)


def test_command_asks_and_says_what_stays(club: Club, database: str) -> None:
    """6.5: `clubtill ledger erase CLUB MEMBER` asks first, says what backups hold, knows no strangers."""
    words = ["erase", CLUB_ID, "103", "--reason", "asked to", "--database", database]
    assert CliRunner().invoke(command, words, input="n\n").exit_code == 1
    assert [one.first_name for one in rows(club.store, tables.personal) if one.person_id == "PA3"] == ["Jean"]
    done = CliRunner().invoke(command, words, input="y\n")
    assert (done.exit_code, "Backups made before still hold" in done.output) == (0, True)
    again = CliRunner().invoke(command, [*words, "--yes"])
    assert (again.exit_code, again.output) == (2, "This club has no such member.\n")
