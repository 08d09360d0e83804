"""A till's budget: believed by its signature, spent in the sale's own transaction, given back by its log (4.3, D39)."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from clubtill.demo import cast
from clubtill_rules.members.venue import OfflineMode, Venue
from clubtill_rules.points.budgets import BudgetLevel
from clubtill_rules.values.days import US_PER_DAY
from clubtill_rules.values.points import Points
from clubtill_sync.budgets import sign
from clubtill_sync.signing import new_key, public_text
from clubtill_sync.wire.budgets import BudgetCloseV1, BudgetRow
from clubtill_sync.wire.feed import Document
from clubtill_sync.wire.sale_events import SaleV2
from clubtill_sync.wire.versions import decode_body, decode_event
from clubtill_terminal.actions import budgets as actions
from clubtill_terminal.actions.balance import read_balance
from clubtill_terminal.actions.find_member import by_number
from clubtill_terminal.store import budgets, documents, outbox
from clubtill_terminal.store.device import change_device
from tests.terminal.actions.test_offline_rules import lease, refused, rung_up, sell_it, venue_in
from tests.terminal.kit.club import TODAY

LEDGER_KEY = new_key()


@pytest.fixture
def pinned(club_till):
    """The till of the Main Bar, with the ledger's key pinned."""
    with club_till.store.facts.begin() as facts:
        change_device(facts, server_key=public_text(LEDGER_KEY))
    return club_till


def grant(till, *, each: int = 2_000, total: int = 10_000, hours: int = 24, key=LEDGER_KEY, name: str = "b1", **more):
    """Let a hello bring a budget; give it as it was signed."""
    row = BudgetRow(
        budget_id=name,
        device_id=till.device_id,
        venue_id="v",
        each_h=each * 100,
        total_h=total * 100,
        deadline_us=till.now_us() + hours * 3_600_000_000,
        cache_age_max_us=US_PER_DAY,
    )
    signed = msgspec.structs.replace(sign(row, key), **more)
    actions.settle(till, signed, rolled_back=False)
    return signed


def open_now(till):
    """Give the budget that is open."""
    with till.store.facts.begin() as facts:
        return budgets.open_budget(facts, till.device_id)


def by_budget(place):
    """Give the settings of a venue in the mode BUDGET."""
    return venue_in(place.catalogue, OfflineMode.BUDGET)


def sent(till) -> list[object]:
    """Give the bodies in the log, in order."""
    with till.store.facts.begin() as facts:
        rows = outbox.oldest(facts, epoch=1, after_seq=0, rows_max=99, bytes_max=10**6)
    return [decode_body(decode_event(row.bytes_)) for row in rows]


def test_a_sale_spends_the_budget_in_its_own_transaction(pinned, club_place, speech) -> None:
    """I3, I5, D39: sale, log and budget stand together; the event names the spend, the balance shows it at once."""
    grant(pinned)
    catalogue = by_budget(club_place)
    [jean] = by_number(pinned, club_place, "100001")
    before = read_balance(pinned, jean.account).balance
    sold = sell_it(pinned, rung_up(pinned, club_place, by_points=True), catalogue, speech)
    used_h = sold.sale.points_used.hundredths
    assert [(one.budget_id, one.amount_h) for one in sold.sale.budget_spends] == [("b1", used_h)]
    assert open_now(pinned).spent_h == {"a100001": used_h}
    (body,) = sent(pinned)
    assert isinstance(body, SaleV2)
    assert [(one.budget_id, one.amount_h) for one in body.budget_spends] == [("b1", used_h)]
    assert read_balance(pinned, jean.account).balance == before - Points(used_h) + sold.sale.award


def test_leases_go_first_and_the_budget_pays_the_rest(pinned, club_place, speech) -> None:
    """D39, I23: a lease of 100 points risks nothing."""
    grant(pinned)
    lease(pinned, 100)
    sold = sell_it(pinned, rung_up(pinned, club_place, by_points=True), by_budget(club_place), speech)
    rest_h = sold.sale.points_used.hundredths - 10_000
    assert [one.amount_h for one in sold.sale.lease_spends] == [10_000]
    assert [one.amount_h for one in sold.sale.budget_spends] == [rest_h]


@pytest.mark.parametrize(
    ("each", "total", "hours"), [(100, 10_000, 24), (2_000, 100, 24), (2_000, 10_000, -1)], ids=["m", "T", "deadline"]
)
def test_nothing_beyond_m_t_or_the_deadline(pinned, club_place, speech, *, each: int, total: int, hours: int) -> None:
    """4.3, I5: 100 points do not pay for a beer, and none after the deadline; the whole sale is refused."""
    grant(pinned, each=each, total=total, hours=hours)
    basket = rung_up(pinned, club_place, by_points=True)
    assert refused(pinned, basket, by_budget(club_place), speech).code == "points.short"
    assert open_now(pinned).spent_h == {}


@pytest.mark.parametrize("mode", [OfflineMode.LEASE, OfflineMode.REFUSE])
def test_in_the_other_modes_a_budget_pays_nothing(pinned, club_place, speech, mode: OfflineMode) -> None:
    """D39: switched while it was away, a till that has heard of it spends its budget no more."""
    grant(pinned)
    basket = rung_up(pinned, club_place, by_points=True)
    assert refused(pinned, basket, venue_in(club_place.catalogue, mode), speech).code == "points.short"


def test_online_only_leases_are_spent(pinned, club_place, speech) -> None:
    """D21, D39: with the ledger in reach there is one way to spend."""
    grant(pinned)
    basket = rung_up(pinned, club_place, by_points=True)
    assert refused(pinned, basket, by_budget(club_place), speech, offline=False).code == "points.short"


def test_an_old_cache_or_a_doubted_log_stops_it(pinned, club_clock, club_place, speech) -> None:
    """4.3, I30: no budget on a cache of a day, nor on a device whose log the ledger doubts."""
    grant(pinned, hours=100)
    basket = rung_up(pinned, club_place, by_points=True)
    with pinned.store.facts.begin() as facts:
        change_device(facts, trouble="fork")
    assert refused(pinned, basket, by_budget(club_place), speech).code == "points.offline"
    with pinned.store.facts.begin() as facts:
        change_device(facts, trouble="")
    club_clock.now_us += US_PER_DAY
    assert refused(pinned, basket, by_budget(club_place), speech).code == "points.short"


def test_the_cached_balance_less_own_spends_is_the_most(pinned, club_place, speech) -> None:
    """4.3: what this till has spent and the cache does not show is not there twice."""
    [jean] = by_number(pinned, club_place, "100001")
    grant(pinned)
    sold = sell_it(pinned, rung_up(pinned, club_place, by_points=True), by_budget(club_place), speech)
    allowed = actions.read_allowed(pinned, jean.account)
    assert allowed.cached.spends_h == sold.sale.points_used.hundredths
    with pinned.store.facts.begin() as facts:
        outbox.mark_acked(facts, epoch=1, acked_through=1, results=(), at_us=pinned.now_us())
    assert actions.read_allowed(pinned, jean.account).cached.avail_h == jean.account.balance.hundredths


# ------------------------------------------------------------------ granted and given back


def test_only_what_the_pinned_key_signed_is_believed(pinned) -> None:
    """4.3, F30: another key, other terms or another device's budget are no budget."""
    grant(pinned, key=new_key())
    assert open_now(pinned) is None
    grant(pinned, total_h=10**9)
    assert open_now(pinned) is None
    grant(pinned, device_id="another")
    assert open_now(pinned) is None
    grant(pinned)
    assert open_now(pinned) is not None


def test_a_known_budget_stays_as_it_is(pinned, club_place, speech) -> None:
    """I5, F5: an answer that is told again brings back nothing that was spent."""
    row = grant(pinned)
    sell_it(pinned, rung_up(pinned, club_place, by_points=True), by_budget(club_place), speech)
    before = open_now(pinned)
    actions.settle(pinned, row, rolled_back=False)
    assert open_now(pinned) == before


def test_a_spent_budget_goes_back_after_its_spends(pinned, club_place, speech) -> None:
    """4.3: in contact again the till gives it back; the close stands in the log after the sale, with its count."""
    grant(pinned)
    document_mode(pinned, OfflineMode.BUDGET)
    sold = sell_it(pinned, rung_up(pinned, club_place, by_points=True), by_budget(club_place), speech)
    assert actions.close_due(pinned) == 1
    assert actions.close_due(pinned) == 0
    last = sent(pinned)[-1]
    assert isinstance(last, BudgetCloseV1)
    assert (last.budget_id, last.spent_h, last.why) == ("b1", sold.sale.points_used.hundredths, actions.RENEW)
    assert open_now(pinned) is None


def test_a_whole_budget_stays(pinned) -> None:
    """4.3: nothing was spent and its deadline is far: there is nothing to renew."""
    document_mode(pinned, OfflineMode.BUDGET)
    grant(pinned, hours=72)
    assert actions.close_due(pinned) == 0


def test_a_till_that_hears_late_of_another_mode_gives_it_back(pinned) -> None:
    """D2: the venue went to LEASE while the till was away; its budget goes back, spent or not."""
    document_mode(pinned, OfflineMode.LEASE)
    grant(pinned, hours=72)
    assert actions.close_due(pinned) == 1


def test_what_the_ledger_does_not_list_goes_back(pinned) -> None:
    """4.3: a manager released it, or the ledger was restored: the till stops spending it."""
    grant(pinned)
    actions.settle(pinned, None, rolled_back=False)
    assert open_now(pinned) is None
    (body,) = sent(pinned)
    assert isinstance(body, BudgetCloseV1)
    assert body.why == actions.NOT_LISTED


def test_after_a_roll_back_every_budget_goes_back(pinned) -> None:
    """6.6: what was spent of it is not known here any more, so nothing more is."""
    row = grant(pinned)
    actions.settle(pinned, row, rolled_back=True)
    assert open_now(pinned) is None


def test_the_screen_is_told_how_it_stands(pinned, club_clock) -> None:
    """4.3: green, amber in its last hours, red past its deadline; nothing for a till without one."""
    assert actions.read_state(pinned) is None
    row = grant(pinned, hours=24)
    assert actions.read_state(pinned) == actions.BudgetState(
        level=BudgetLevel.GREEN, left=Points(1_000_000), deadline_us=row.deadline_us
    )
    club_clock.now_us = row.deadline_us
    assert actions.read_state(pinned).level is BudgetLevel.AMBER
    club_clock.now_us += 1
    assert actions.read_state(pinned).level is BudgetLevel.RED


def document_mode(till, mode: OfflineMode) -> None:
    """Let the feed have brought the venue in this mode."""
    with till.store.cache.begin() as cache:
        for kind, key, value in cast.settings(TODAY):
            if isinstance(value, Venue):
                body = msgspec.Raw(msgspec.json.encode(replace(value, offline_mode=mode)))
                documents.apply_documents(cache, [Document(kind=kind, id=key, version=2, body=body)])
