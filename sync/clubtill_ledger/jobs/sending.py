"""Sending: hands queued letters to the mail server, each once (6.8).

Before the text goes out the row says so. What is lost after that is unknown, and never sent again; what the server puts
off is tried again a few times; an address that it refuses for good is blocked until somebody looks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import partial
from typing import Any, Final

from clubtill_ledger.jobs import reminders
from clubtill_ledger.jobs.running import Turn
from clubtill_ledger.jobs.smtp import Answer, Outcome, deliver
from clubtill_ledger.jobs.unsubscribing import unsubscribe_link
from clubtill_ledger.jobs.wording import words_of
from clubtill_ledger.store import installation, mailing, people
from clubtill_ledger.store.engines import Connection, Store
from clubtill_ledger.store.mailing import (
    QUEUED,
    REFUSED,
    SENDING,
    SENT,
    UNKNOWN,
    WITHDRAWN,
    Contact,
    Letter,
    MailSettings,
)
from clubtill_ledger.store.settings import Settings, SettingsShelf
from clubtill_rules.members.club import Club
from clubtill_rules.values.days import US_PER_S, local, trading_day

TRIES_MAX: Final = 5
FIRST_PAUSE_US: Final = 300 * US_PER_S
DEAD_AFTER_US: Final = 600 * US_PER_S
"""Sending that began so long ago and did not end was cut short: whether it went out nobody knows."""

Deliver = Callable[[MailSettings, EmailMessage], Answer]


def send_due(turn: Turn) -> str:
    """Send what is queued (the job of a minute), no more than the rate allows."""
    return send(turn.store, turn.shelf, turn.now_us, between=turn.go_on)


def send(
    store: Store,
    shelf: SettingsShelf,
    now_us: int,
    *,
    by: Deliver = deliver,
    between: Callable[[], None] = lambda: None,
) -> str:
    """Send queued letters and say how many went which way."""
    told = store.read(mailing.settings)
    if not told.host or not told.sender:
        return "off"
    for one in store.read(partial(mailing.left_behind, before_us=now_us - DEAD_AFTER_US)):
        store.write(partial(mailing.move, letter=one, was=SENDING, state=UNKNOWN, answer="cut short"))
    counts: dict[str, int] = {}
    for letter in store.read(partial(mailing.due, now_us=now_us, rows_max=told.rate)):
        outcome = _send(store, shelf, told, letter, by=by, now_us=now_us)
        counts[outcome] = counts.get(outcome, 0) + 1
        between()
    return ", ".join(f"{n} {name}" for name, n in sorted(counts.items())) or "nothing to send"


def _send(store: Store, shelf: SettingsShelf, told: MailSettings, letter: Letter, *, by: Deliver, now_us: int) -> str:
    made = store.write(partial(_begin, shelf=shelf, told=told, letter=letter, now_us=now_us))
    if made is None:
        return WITHDRAWN
    answer = by(told, made)
    values: dict[str, Any] = {"answer": answer.words, "at_us": now_us}
    if answer.outcome is Outcome.SENT:
        values["state"] = SENT
    elif answer.outcome is Outcome.UNKNOWN:
        values["state"] = UNKNOWN
    elif answer.outcome is Outcome.LATER and letter.tries + 1 < TRIES_MAX:
        values |= {"state": QUEUED, "due_us": now_us + FIRST_PAUSE_US * 2**letter.tries}
    else:
        values["state"] = REFUSED
    store.write(partial(_end, letter=letter, answer=answer, values=values))
    return str(values["state"])


def _begin(
    connection: Connection, shelf: SettingsShelf, told: MailSettings, letter: Letter, now_us: int
) -> EmailMessage | None:
    """Note that a letter is about to go out, and write it; None where it may not go any more."""
    settings = shelf.now(connection, now_us)
    club = settings.club(letter.club_id)
    found = mailing.contacts(connection, letter.club_id, letter.account_id)
    to = next((one for one in found if one.person_id == letter.person_id and one.takes(letter.kind)), None)
    if club is None or to is None or not still_true(connection, settings, club, letter, now_us):
        mailing.move(connection, letter, QUEUED, state=WITHDRAWN, at_us=now_us)
        return None
    title, text = words_of(letter, club, to)
    template = hashlib.sha256(f"{letter.kind}\x00{to.language}\x00{title}".encode()).hexdigest()[:8]
    values = {"state": SENDING, "tries": letter.tries + 1, "at_us": now_us, "template": template}
    if not mailing.move(connection, letter, QUEUED, **values):
        return None
    return _message(connection, told, letter, to, words=(title, text), now_us=now_us)


def still_true(connection: Connection, settings: Settings, club: Club, letter: Letter, now_us: int) -> bool:
    """Tell whether what a letter says still holds: a fee that was paid while it waited is not asked for."""
    if letter.kind != reminders.RENEWAL:
        return True
    card = people.member_of(connection, letter.club_id, letter.account_id, letter.person_id)
    day = trading_day(now_us, club.clock)
    return card is not None and reminders.still_due(settings, club, card, letter.subject, day)


def _message(
    connection: Connection, told: MailSettings, letter: Letter, to: Contact, *, words: tuple[str, str], now_us: int
) -> EmailMessage:
    title, text = words
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = told.sender, to.email, title
    made["Date"] = format_datetime(local(now_us, "UTC").replace(tzinfo=UTC))
    key = f"{letter.kind}\x00{letter.subject}\x00{letter.club_id}\x00{letter.account_id}"
    domain = parseaddr(told.sender)[1].rpartition("@")[2] or "clubtill.invalid"
    made["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"
    if told.link:
        link = unsubscribe_link(installation.read(connection).cursor_key, told.link, letter)
        made["List-Unsubscribe"], made["List-Unsubscribe-Post"] = f"<{link}>", "List-Unsubscribe=One-Click"
        text = f"{text}\n\n-- \n{link}\n"
    made.set_content(text)
    return made


def _end(connection: Connection, letter: Letter, answer: Answer, values: dict[str, Any]) -> None:
    mailing.move(connection, letter, SENDING, **values)
    if answer.outcome is Outcome.ADDRESS_REFUSED:
        who = (letter.club_id, letter.account_id, letter.person_id)
        mailing.change_contact(connection, *who, mail_blocked=answer.words)
