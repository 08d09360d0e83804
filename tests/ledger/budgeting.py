"""A club whose venue redeems by budgets, and sales that spend them, for the tests of the ledger."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import msgspec

from clubtill_ledger.operate import seed as seeds
from clubtill_ledger.store import budgets
from clubtill_ledger.store.budgets import Limit
from clubtill_rules.members.venue import OfflineMode, Venue
from clubtill_rules.points.budgets import BudgetSpend
from clubtill_sync.wire.events import SaleV1
from clubtill_sync.wire.feed import Document
from clubtill_sync.wire.versions_sale import sale_from_wire, sale_to_v2
from tests.ledger.club import Club, Happened, Till
from tests.ledger.master import ZONE

L_MINOR = 5_000
"""Fifty dollars: at a hundred points a dollar 5,000 points."""
EACH_H, TOTAL_H, HOURS = 40_000, 200_000, 72


def document(kind: str, name: str, value: object, version: int) -> Document:
    """Write a version of a document."""
    return Document(kind=kind, id=name, version=version, body=msgspec.Raw(msgspec.json.encode(value)))


def publish(club: Club, kind: str, name: str, value: object, version: int) -> None:
    """Publish a version of a document."""
    seed = seeds.Seed(documents=(document(kind, name, value, version),))
    seeds.load(club.store, club.ledger.shelf, seed, now_us=club.now_us)


def set_mode(club: Club, mode: OfflineMode, version: int = 2) -> None:
    """Switch the offline mode of the harbour."""
    publish(club, "venue", "V1", Venue(id="V1", name="Harbour", zone=ZONE, offline_mode=mode), version)


def set_limit(club: Club, limit_minor: int = L_MINOR, **more: int) -> Limit:
    """Type a limit for the harbour."""
    told = Limit(venue_id="V1", limit_minor=limit_minor, each_h=EACH_H, total_h=TOTAL_H, hours=HOURS)
    return club.store.write(partial(budgets.set_limit, told=replace(told, **more)))


def by_budgets(club: Club, limit_minor: int = L_MINOR, **more: int) -> None:
    """Let the harbour redeem by budgets."""
    set_mode(club, OfflineMode.BUDGET)
    set_limit(club, limit_minor, **more)


def budget_sale(till: Till, account_id: str, budget_id: str, amount_h: int, *, name: str = "") -> Happened:
    """A sale of a beer for which a till that is cut off spends its budget."""
    made = till.sale(account_id, spends=[("none", amount_h)], name=name)
    assert isinstance(made.body, SaleV1)
    sale = sale_from_wire(made.event_id, made.body)
    spends = (BudgetSpend(budget_id=budget_id, amount_h=amount_h),)
    body = sale_to_v2(replace(sale, lease_spends=(), budget_spends=spends, offline=True))
    return till.happened(body, name=made.event_id)
