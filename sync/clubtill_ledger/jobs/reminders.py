"""Reminders: a member whose Renewal Date comes is told, once a person and date, if he agreed to it (6.8, R107)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final

from clubtill_ledger.jobs.rounds import club_of, go_round
from clubtill_ledger.jobs.running import Turn
from clubtill_ledger.store import mailing
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.mailing import Letter, Willing
from clubtill_ledger.store.settings import Settings
from clubtill_rules.members.account import MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.reminding import RenewalReminder, reminders
from clubtill_rules.values.days import trading_day

RENEWAL: Final = "renewal"


def of_club(turn: Turn) -> str:
    """Write the reminders of a club's day (the job). The club's day now counts, if the job comes late."""
    settings, club, _ = club_of(turn)
    if club is None:
        return "no such club"
    day = trading_day(turn.now_us, club.clock)
    return f"{write(turn.store, settings, club, day, now_us=turn.now_us, between=turn.go_on)} mails"


def write(
    store: Store, settings: Settings, club: Club, day: date, *, now_us: int, between: Callable[[], None] = lambda: None
) -> int:
    """Write a reminder for each person and Renewal Date within the club's window; gives how many were new."""
    classes = settings.classifications(club.id)
    currency = next((venue.currency for _, venue in sorted(settings.by_kind.get("venue", {}).items())), "")
    made = partial(_made, club=club, classes=classes, currency=currency, day=day, now_us=now_us)
    return go_round(store, club.id, RENEWAL, made, between=between)


def still_due(settings: Settings, club: Club, card: MemberCard, subject: str, day: date) -> bool:
    """Tell whether a reminder that waited is still true: nobody who has paid meanwhile is asked to."""
    return any(due.key == subject for due in reminders(card, settings.classifications(club.id), club, day))


def _made(
    connection: Connection,
    bucket: int,
    people: Sequence[Willing],
    *,
    club: Club,
    classes: Mapping[int, Classification],
    currency: str,
    day: date,
    now_us: int,
) -> list[Letter]:
    due = [(one, told) for one in people for told in reminders(one.card, classes, club, day)]
    if not due:
        return []
    known = mailing.standing(
        connection, club.id, bucket, kind=RENEWAL, subjects=[told.key for _, told in due], people=people
    )
    return [
        Letter(
            bucket=bucket, kind=RENEWAL, subject=told.key, club_id=club.id, account_id=one.account_id,
            person_id=one.person_id, facts=mailing.facts_text(_facts(told, classes, currency)), template="",
            due_us=now_us,
        )
        for one, told in due
        if (told.key, one.account_id) not in known
    ]  # fmt: skip


def _facts(told: RenewalReminder, classes: Mapping[int, Classification], currency: str) -> dict[str, object]:
    fees = [(classes[number].description, classes[number].fee.minor) for number in told.numbers]
    return {"day": told.renewal_date, "fees": fees, "currency": currency}
