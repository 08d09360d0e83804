"""The tier wizard in the ledger: SQL sums, the rules decide, a run stands once (R56-R63, D32)."""

from dataclasses import replace
from datetime import date
from functools import partial

import msgspec
import pytest

from clubtill_ledger.jobs import tiers
from clubtill_ledger.store import documents, people, tables, tier_runs
from clubtill_ledger.store.tables_jobs import marketing, tier_change
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.tiers.periods import Days
from clubtill_rules.tiers.spend import Products
from clubtill_rules.tiers.wizard import Action, ChangeType, Marketing, Setup
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.money import Money
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.feed import Document
from tests.ledger.audit import audit, rows
from tests.ledger.club import Club, Till
from tests.ledger.master import CLUB_ID, DAY, person, product

MARCH = Days(first=date(2026, 3, 1), last=date(2026, 3, 31))
BANDS = {1: (0, 4_999, 0), 2: (5_000, 9_999, 4_000), 3: (10_000, 999_900, 0)}


@pytest.fixture
def till(club: Club) -> Till:
    """A club with three tiers; Silver has a dwell of seven days and a lower floor to stay. Its first till."""
    made = [
        Classification(
            number=number,
            club_id=CLUB_ID,
            description=f"Tier {number}",
            points_expiry_months=12,
            tier_min=Money(least),
            tier_max=Money(most),
            min_to_maintain=Money(keeps),
            tier_min_period_days=7 if number == 2 else 0,
        )
        for number, (least, most, keeps) in BANDS.items()
    ]
    told = [("classification", f"c{one.number}", one) for one in made] + [("product", "stout", product("stout"))]
    found = tuple(
        Document(kind=kind, id=name, version=2, body=msgspec.Raw(msgspec.json.encode(value)))
        for kind, name, value in told
    )
    club.store.write(partial(documents.publish, documents=found))
    return club.till()


def put(club: Club, account_id: str, classification: int, day: date | None = None) -> None:
    """Put somebody in a classification by hand."""
    card = replace(person(account_id), classification=classification)
    club.store.write(partial(people.keep_member, card=card, day=day))


def preview(club: Club, **told):
    """Look at what a run would do."""
    return tiers.look(club.store, club.ledger.shelf, CLUB_ID, Setup(days=MARCH, **told), club.now_us).preview


def finish(club: Club, run_id: str = "r1", *, hash_: str = "", confirmed: bool = False, **told):
    """Finish a run as previewed now."""
    setup = Setup(days=MARCH, **{"action": Action.UPDATE_AND_REPORT} | told)
    seen = hash_ or tiers.look(club.store, club.ledger.shelf, CLUB_ID, setup, club.now_us).preview.hash
    return tiers.run_wizard(
        club.store, club.ledger.shelf, run_id, CLUB_ID, setup,
        previewed_hash=seen, now_us=club.now_us, empty_confirmed=confirmed,
    )  # fmt: skip


def cards(club: Club) -> dict[str, int]:
    """Give the classification of every member, by account."""
    found = {}
    for row in rows(club.store, tables.member):
        found[row.account_id] = msgspec.json.decode(row.body, type=MemberCard).classification
        assert row.classification == found[row.account_id]
    return found


def test_members_move_by_what_they_spent(club: Club, till: Till) -> None:
    """R57, R58, R60: purchases by money move members up and down; each change is in the feed with its day."""
    put(club, "A2", 3)
    put(club, "A3", 2)
    till.push(till.sale("A1", qty=12), till.sale("A3", qty=8))
    lease = till.lease("A4", 10_000).lease
    till.push(till.sale("A4", qty=20, spends=((lease.lease_id, 10_000),)))
    cursor = till.feed().cursor
    done = finish(club)
    assert {(one.person_id, one.old, one.new) for one in done.changes} == {("PA1", 1, 2), ("PA2", 3, 1)}
    assert cards(club) == {"A1": 2, "A2": 1, "A3": 2, "A4": 1, "A5": 1}
    club.tick()
    page = till.feed(cursor)
    assert {card.account_id: card.persons[0].classification for card in page.accounts} == {"A1": 2, "A2": 1}
    changed_on = {row.person_id: row.tier_changed_on for row in rows(club.store, tables.member)}
    assert (changed_on["PA1"], changed_on["PA3"]) == (date(2026, 3, 13), None)
    audit(club.store)


def test_only_members_outside_the_bounds_are_decided(club: Club, till: Till) -> None:
    """D32, 3.2: SQL skips whom the rules' bounds let stay; all others come to the rules with their sums."""
    put(club, "A3", 2)
    till.push(till.sale("A1", qty=9), till.sale("A2", qty=10), till.sale("A3", qty=8))
    found = tiers.look(club.store, club.ledger.shelf, CLUB_ID, Setup(days=MARCH), club.now_us)
    assert {name: one.spend_minor for name, one in found.spenders.items()} == {"PA2": 5_000}


def test_products_of_a_range_and_days_of_a_period_count(club: Club, till: Till) -> None:
    """R57, R62: a line outside the range or a sale outside the days counts for nothing."""
    till.push(till.sale("A1", qty=12), till.sale("A2", qty=12, product_id="stout"))
    assert {one.person_id for one in preview(club).changes} == {"PA1", "PA2"}
    assert {one.person_id for one in preview(club, products=Products(first="q")).changes} == {"PA2"}
    april = Setup(days=Days(first=date(2026, 4, 1), last=date(2026, 4, 30)))
    assert tiers.look(club.store, club.ledger.shelf, CLUB_ID, april, club.now_us).preview.changes == ()


def test_a_preview_of_other_data_is_refused(club: Club, till: Till) -> None:
    """R61: a sale that came between preview and Finish stops the run; nothing is written."""
    till.push(till.sale("A1", qty=12))
    seen = preview(club, action=Action.UPDATE_AND_REPORT).hash
    till.push(till.sale("A2", qty=12))
    with pytest.raises(Refusal, match=r"tiers\.data_changed"):
        finish(club, hash_=seen)
    assert (set(cards(club).values()), rows(club.store, tier_change)) == ({1}, [])


def test_the_same_run_again_is_the_same(club: Club, till: Till) -> None:
    """I10, I20: a run sent again, or gone on with, moves nobody twice; the next run finds everybody in place."""
    till.push(till.sale("A1", qty=12))
    seen = preview(club, action=Action.UPDATE_AND_REPORT).hash
    finish(club, hash_=seen)
    before = rows(club.store, tables.card_change)
    assert tiers.go_on(club.store, club.ledger.shelf, "r1", now_us=club.now_us) == 0
    assert finish(club, "r2").changes == ()
    assert rows(club.store, tables.card_change) == before
    audit(club.store)


def test_a_run_that_was_killed_goes_on(club: Club, till: Till) -> None:
    """F15: a kill between two buckets leaves what was decided; going on changes the rest, each once (R61)."""
    for name in ("A1", "A2", "A3", "A4", "A5"):
        till.push(till.sale(name, qty=12))
    told, seen = tier_runs.apply, []

    def die(*given, **named):
        seen.append(named["bucket"])
        if len([bucket for bucket in set(seen) if bucket in buckets]) == 3:
            raise KeyboardInterrupt
        return told(*given, **named)

    buckets = {account_bucket(CLUB_ID, name) for name in ("A1", "A2", "A3", "A4", "A5")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tier_runs, "apply", die)
        with pytest.raises(KeyboardInterrupt):
            finish(club)
    assert sorted(cards(club).values()) == [1, 1, 1, 2, 2]
    assert tiers.go_on(club.store, club.ledger.shelf, "r1", now_us=club.now_us) == 3
    assert set(cards(club).values()) == {2}
    assert {row.state for row in rows(club.store, tier_change)} == {tier_runs.DONE}
    audit(club.store)


def test_somebody_who_changed_meanwhile_is_left_alone(club: Club, till: Till) -> None:
    """R61: a member changed by hand between the decision and the writing stays as he is; the report says so."""
    till.push(till.sale("A1", qty=12))
    told = tiers.go_on
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiers, "go_on", lambda *_, **__: None)
        finish(club)
    put(club, "A1", 3)
    assert told(club.store, club.ledger.shelf, "r1", now_us=club.now_us) == 1
    assert cards(club)["A1"] == 3
    (row,) = rows(club.store, tier_change)
    assert (row.state, row.old, row.new) == (tier_runs.CHANGED, 1, 2)


def test_dwell_counts_from_the_last_change(club: Club, till: Till) -> None:
    """R59, R60: Silver is not looked at again for seven days; the seventh day it is. Other changes keep the date."""
    till.push(till.sale("A1", qty=12))
    finish(club)
    till.push(till.sale("A1", qty=20))
    (row,) = preview(club).rows
    assert (row.reason.value, row.changed_on) == ("excluded_dwell", date(2026, 3, 13))
    club.tick(7 * DAY)
    club.store.write(partial(people.keep_member, card=replace(person("A1"), classification=2, note="tall")))
    assert [(one.old, one.new) for one in preview(club).changes] == [(2, 3)]
    put(club, "A2", 2, date(2026, 3, 19))
    assert {one.person_id: one.reason.value for one in preview(club).rows}["PA2"] == "excluded_dwell"


def test_report_and_list_follow_action_and_change_type(club: Club, till: Till) -> None:
    """R61, R63: report only changes nobody; Change Type filters report, update and list; Replace may empty the list."""
    put(club, "A2", 3)
    till.push(till.sale("A1", qty=12))
    only = finish(club, "r1", action=Action.REPORT, marketing=Marketing.ADD)
    assert (len(only.rows), only.changes, set(cards(club).values())) == (2, (), {1, 3})
    assert {row.person_id for row in rows(club.store, marketing)} == {"PA1", "PA2"}
    up = finish(club, "r2", change_type=ChangeType.UP, marketing=Marketing.REPLACE)
    assert ([one.person_id for one in up.changes], cards(club)["A2"]) == (["PA1"], 3)
    assert {row.person_id for row in rows(club.store, marketing)} == {"PA1"}
    with pytest.raises(Refusal, match=r"tiers\.list_would_empty"):
        finish(club, "r3", change_type=ChangeType.UP, marketing=Marketing.REPLACE)
    finish(club, "r3", change_type=ChangeType.UP, marketing=Marketing.REPLACE, confirmed=True)
    assert rows(club.store, marketing) == []
    assert {row.run_id for row in club.store.read(partial(tier_runs.rows_of, run_id="r1"))} == {"r1"}
