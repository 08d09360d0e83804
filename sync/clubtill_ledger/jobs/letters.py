"""Letters: what goes out by mail: expiry warnings, and messages to a club's marketing list (6.8, R36, R61).

Here rows are written; `sending` hands them over. A row stands before anything is sent, keyed by what it is about, so
that a second run sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Final

from clubtill_ledger.jobs.running import Turn
from clubtill_ledger.store import mailing, states
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.entries import entries_of
from clubtill_ledger.store.mailing import JOINED, QUEUED, Contact, Letter
from clubtill_ledger.store.settings import SettingsShelf
from clubtill_rules.members.club import Club
from clubtill_rules.points.expiry import ExpiryWarning, warnings
from clubtill_rules.points.lots import fold
from clubtill_rules.values.days import trading_day
from clubtill_rules.values.ids import BUCKETS, account_bucket

EXPIRY: Final = "expiry"
CAMPAIGN: Final = "campaign"
KINDS: Final = (EXPIRY, "statement", "renewal", CAMPAIGN)
"""Kinds of mail, each with a consent of its own."""


def warn_of_expiry(turn: Turn) -> str:
    """Write the expiry warnings of a club's day (the job)."""
    club_id = turn.subject.rpartition(":")[0]
    club = turn.store.read(partial(turn.shelf.now, now_us=turn.now_us)).club(club_id)
    if club is None:
        return "no such club"
    return f"{warn(turn.store, club, trading_day(turn.now_us, club.clock), turn.now_us, turn.go_on)} mails"


def warn(store: Store, club: Club, day: date, now_us: int, between: Callable[[], None] = lambda: None) -> int:
    """Write a warning for each account with lots that end within the club's window and were not warned of yet.

    One mail an account and day: the soonest lot's row carries it, the others join it. Without somebody who consents
    and has an address nothing is written, so that the warning still goes out when there is. Gives how many mails.
    """
    before = day + timedelta(days=club.expiry_warning_days + 1)
    written = 0
    for bucket in range(BUCKETS):
        due = store.read(partial(states.due, bucket=bucket, before=before))
        for club_id, account_id in due:
            if club_id == club.id:
                written += store.write(partial(_warn, club=club, account_id=account_id, day=day, now_us=now_us))
        between()
    return written


def _warn(connection: Connection, club: Club, account_id: str, day: date, now_us: int) -> int:
    to = next((one for one in mailing.contacts(connection, club.id, account_id) if one.takes(EXPIRY)), None)
    if to is None:
        return 0
    entries = entries_of(connection, club.id, account_id)
    folded = fold(entries, as_of=day, refund_grace_days=club.refund_grace_days)
    soon = warnings(
        folded,
        club_id=club.id,
        account_id=account_id,
        as_of=day,
        warning_days=club.expiry_warning_days,
        sent=mailing.known(connection, EXPIRY, club.id, account_id),
    )
    letters = [_warning(club, account_id, to, soon, n=n, now_us=now_us) for n in range(len(soon))]
    mailing.write(connection, letters)
    return int(bool(letters))


def _warning(
    club: Club, account_id: str, to: Contact, soon: tuple[ExpiryWarning, ...], *, n: int, now_us: int
) -> Letter:
    """Write the row of the n-th lot; the first carries the mail of all."""
    facts = {"points_h": sum(other.left.hundredths for other in soon), "day": max(other.last_day for other in soon)}
    return Letter(
        bucket=account_bucket(club.id, account_id),
        kind=EXPIRY,
        subject=soon[n].key,
        club_id=club.id,
        account_id=account_id,
        person_id=to.person_id,
        facts=mailing.facts_text({} if n else facts),
        template="",
        state=JOINED if n else QUEUED,
        due_us=now_us,
    )


def campaign(store: Store, shelf: SettingsShelf, club_id: str, code: str, *, title: str, text: str, now_us: int) -> int:
    """Write a message to everybody on a club's marketing list who consents to campaigns; gives how many were new.

    `code` names it for ever: said again it reaches only who came on the list since.
    """
    club = store.read(partial(shelf.now, now_us=now_us)).club(club_id)
    if club is None:
        return 0
    listed = store.read(partial(mailing.on_list, club_id=club_id))
    facts = mailing.facts_text({"title": title, "text": text})
    return sum(
        store.write(partial(_campaign, club_id=club_id, who=who, code=code, facts=facts, now_us=now_us))
        for who in listed
    )


def _campaign(connection: Connection, *, club_id: str, who: tuple[str, str], code: str, facts: str, now_us: int) -> int:
    account_id, person_id = who
    subject = f"{code}:{person_id}"
    takes = {one.person_id for one in mailing.contacts(connection, club_id, account_id) if one.takes(CAMPAIGN)}
    if person_id not in takes or subject in mailing.known(connection, CAMPAIGN, club_id, account_id):
        return 0
    letter = Letter(
        bucket=account_bucket(club_id, account_id), kind=CAMPAIGN, subject=subject, club_id=club_id,
        account_id=account_id, person_id=person_id, facts=facts, template="", due_us=now_us,
    )  # fmt: skip
    mailing.write(connection, [letter])
    return 1
