"""C6: a terminal in mode Budget redeems points that had expired since its last contact: owed, or given."""

from __future__ import annotations

from datetime import date

import pytest

from clubtill_ledger.office import exceptions, verifying
from clubtill_ledger.operate import seed as seeds
from clubtill_rules.members.club import Club as ClubSettings
from clubtill_sync.wire.requests import EventsAnswer
from tests.ledger.audit import audit, balances, kinds, raw
from tests.ledger.budgeting import budget_sale, by_budgets
from tests.ledger.club import Club, Till, decoded
from tests.ledger.counting import publish
from tests.ledger.master import CLUB_ID, DAY, ZONE, person

ENDS = date(2026, 3, 13)
"""The club's own day on which the tests begin."""
ALL_H = 8_000


def joined(club: Club, *, ends: date | None = ENDS) -> None:
    """Let an account in with eighty points that end."""
    lots = (seeds.Opening(amount_h=ALL_H, earn_day=date(2026, 1, 1), last_day=ends),)
    made = seeds.Account(club_id=CLUB_ID, account_id="B1", persons=(person("B1"),), opening=lots)
    seeds.load(club.store, club.ledger.shelf, seeds.Seed(accounts=(made,)), now_us=club.now_us)


def generous(club: Club, *, gives: bool) -> None:
    """Say what the club does about it."""
    publish(club, "club", CLUB_ID, ClubSettings(id=CLUB_ID, name="Harbour Club", zone=ZONE, goodwill_for_expired=gives))


def till_with_budget(club: Club) -> tuple[Till, str]:
    """A till that has heard of the eighty points and holds a budget."""
    by_budgets(club)
    till = club.till()
    row = till.hello().budget
    assert row is not None
    return till, row.budget_id


def told(till: Till) -> EventsAnswer:
    """Send what waits."""
    answer = decoded(till.post(till.batch()), EventsAnswer)
    till.acked = answer.acked_through
    return answer


@pytest.mark.parametrize("gives", [False, True])
def test_points_that_had_expired_are_owed_or_given(club: Club, gives: bool) -> None:
    """C6, 4.3: the redemption stands; by the club's setting there is a deficit, or an adjustment and nothing owed."""
    joined(club)
    generous(club, gives=gives)
    till, budget_id = till_with_budget(club)
    club.tick(DAY)
    sale = budget_sale(till, "B1", budget_id, 5_000)
    till.keep(sale)
    club.tick(DAY)
    (result,) = told(till).results
    assert result.status == "posted"
    assert ("POINTS_HAD_EXPIRED" in result.flags, "GOODWILL_GIVEN" in result.flags) == (True, gives)
    assert balances(club.store)["B1"] == ((0, 0, 0) if gives else (0, 0, 5_000))
    gift = [("adjust", 5_000)] if gives else []
    assert sorted(kinds(club.store, "B1")) == sorted([("redeem", 5_000), ("expire", ALL_H), *gift])
    counts = exceptions.counts(club.store)
    assert (counts["POINTS_HAD_EXPIRED"], counts.get("GOODWILL_GIVEN", 0)) == (1, int(gives))
    (listed,) = exceptions.listed(club.store, "POINTS_HAD_EXPIRED")
    assert (listed.event_id, listed.eff_us < listed.received_us) == (sale.event_id, True)
    assert verifying.verify(club.store, club.ledger.shelf, club.now_us) == ()
    audit(club.store)


def test_sent_again_it_is_given_once(club: Club) -> None:
    """I10: the same batch twice makes one gift, and a later redemption of the same lot gets what is left of it."""
    joined(club)
    generous(club, gives=True)
    till, budget_id = till_with_budget(club)
    club.tick(DAY)
    till.keep(budget_sale(till, "B1", budget_id, 5_000))
    body = till.batch()
    assert till.post(body).body == till.post(body).body
    till.acked = 1
    till.keep(budget_sale(till, "B1", budget_id, 5_000))
    told(till)
    assert balances(club.store)["B1"] == (0, 0, 2_000)
    gifts = [amount for kind, amount in kinds(club.store, "B1") if kind == "adjust"]
    assert gifts == [5_000, 3_000]
    audit(club.store)


def test_what_was_spent_elsewhere_is_no_gift(club: Club) -> None:
    """C4: points that another till redeemed are a deficit whatever the club gives for expired ones."""
    joined(club, ends=None)
    generous(club, gives=True)
    till, budget_id = till_with_budget(club)
    other = club.till("T2")
    lease = other.lease("B1", ALL_H).lease
    assert lease is not None
    other.push(other.sale("B1", spends=[(lease.lease_id, ALL_H)]))
    till.keep(budget_sale(till, "B1", budget_id, 5_000))
    (result,) = told(till).results
    assert "OFFLINE_OVERDRAW" in result.flags
    assert not {"POINTS_HAD_EXPIRED", "GOODWILL_GIVEN"} & set(result.flags)
    assert balances(club.store)["B1"] == (0, 0, 5_000)


def test_a_redemption_before_the_end_that_arrives_after_needs_no_gift(club: Club) -> None:
    """C5: the fold gives it the lot, and what had been posted as expired is taken back."""
    joined(club)
    generous(club, gives=True)
    till, budget_id = till_with_budget(club)
    sale = budget_sale(till, "B1", budget_id, 5_000)
    till.keep(sale)
    club.tick(3 * DAY)
    (result,) = told(till).results
    assert raw(club.store, sale.event_id).status == "posted"
    assert not {"POINTS_HAD_EXPIRED", "GOODWILL_GIVEN"} & set(result.flags)
    assert balances(club.store)["B1"] == (0, 0, 0)
