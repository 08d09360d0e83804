"""Statements: what a month did to an account's points, once a month, to the first person who wants it (6.8, R35)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Final

from clubtill_ledger.jobs.rounds import club_of, go_round
from clubtill_ledger.jobs.running import Turn
from clubtill_ledger.store import mailing
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.entries import entries_of_each
from clubtill_ledger.store.mailing import Letter, Willing
from clubtill_rules.members.club import Club
from clubtill_rules.points.statement import PointsStatement, points_statement
from clubtill_rules.values.days import add_months

STATEMENT: Final = "statement"


def of_club(turn: Turn) -> str:
    """Write the statements of a club's month, such as harbour:2026-02 (the job)."""
    _, club, month = club_of(turn)
    if club is None:
        return "no such club"
    first = date.fromisoformat(f"{month}-01")
    return f"{write(turn.store, club, first, turn.now_us, turn.go_on)} mails"


def write(store: Store, club: Club, first: date, now_us: int, between: Callable[[], None] = lambda: None) -> int:
    """Write a statement for each account of the month that begins on `first`; gives how many were new.

    An account at which nobody agreed, and one with nothing to tell, get none; nor is one sent twice.
    """
    return go_round(store, club.id, STATEMENT, partial(_made, club=club, first=first, now_us=now_us), between=between)


def _made(
    connection: Connection, bucket: int, people: Sequence[Willing], *, club: Club, first: date, now_us: int
) -> list[Letter]:
    subject = f"{first:%Y-%m}"
    known = mailing.standing(connection, club.id, bucket, kind=STATEMENT, subjects=[subject], people=people)
    to: dict[str, Willing] = {}
    for one in people:
        if (subject, one.account_id) not in known:
            to.setdefault(one.account_id, one)
    every = entries_of_each(connection, {(club.id, account_id) for account_id in to}) if to else {}
    last = add_months(first, 1) - timedelta(days=1)
    letters = []
    for account_id, one in to.items():
        entries = every[club.id, account_id]
        told = points_statement(entries, first=first, last=last, refund_grace_days=club.refund_grace_days)
        if told.tells:
            letters.append(
                Letter(
                    bucket=bucket, kind=STATEMENT, subject=subject, club_id=club.id, account_id=account_id,
                    person_id=one.person_id, facts=mailing.facts_text(_facts(told)), template="", due_us=now_us,
                )
            )  # fmt: skip
    return letters


def _facts(told: PointsStatement) -> dict[str, object]:
    figures = {
        f"{name}_h": getattr(told, name).hundredths
        for name in ("opening", "earned", "spent", "expired", "other", "closing")
    }
    return {"first": told.first, "last": told.last, **figures}
