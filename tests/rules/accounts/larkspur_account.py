"""A charge account at Larkspur Point with the facts of the rules' example (R100)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from clubtill_rules.accounts.book import AccountFact, FactKind
from clubtill_rules.accounts.charging import ChargeAccount
from clubtill_rules.members.classification import Classification
from clubtill_rules.values.days import instant
from clubtill_rules.values.money import Money

ACCOUNT: Final = ChargeAccount(id="c-priya", account_id="a-priya", limit=Money(20_000))
SILVER: Final = Classification(number=2, club_id="larkspur", description="Silver")


def fact(event_id: str, kind: FactKind, cents: int, day: str, *, names: str = "", clock: str = "12:00") -> AccountFact:
    """Make a charge, payment or credit of a day at noon."""
    moment = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=ZoneInfo("Australia/Sydney"))
    return AccountFact(
        event_id=event_id,
        kind=kind,
        at_us=instant(moment),
        day=date.fromisoformat(day),
        venue_id="clubhouse",
        reference=f"R-{event_id}",
        amount=Money(cents),
        names=names,
    )


def charge(event_id: str, cents: int, day: str = "2026-11-01", *, clock: str = "12:00") -> AccountFact:
    """Make a charge."""
    return fact(event_id, FactKind.CHARGE, cents, day, clock=clock)


def payment(event_id: str, cents: int, day: str = "2026-11-10", *, names: str = "") -> AccountFact:
    """Make a payment."""
    return fact(event_id, FactKind.PAYMENT, cents, day, names=names)


def refund(event_id: str, cents: int, names: str = "", day: str = "2026-11-10") -> AccountFact:
    """Make a credit."""
    return fact(event_id, FactKind.CREDIT, cents, day, names=names)


EXAMPLE: Final = (
    charge("c1", 8000, "2026-09-03"),
    charge("c2", 6000, "2026-10-10"),
    payment("p1", 10_000, "2026-10-20"),
    charge("c3", 5000, "2026-11-05"),
)
