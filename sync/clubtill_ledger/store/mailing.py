"""Mailing: what was or is to be sent, keyed so that it is sent once, and how people are reached (6.8).

A row stands before anything is sent. Addresses and consents lie in the personal table and go with erasure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store.tables import member, personal
from clubtill_ledger.store.tables_jobs import mail, mail_setting, marketing
from clubtill_rules.members.account import MemberCard
from clubtill_rules.values.ids import MASTER_STREAM, account_bucket

QUEUED: Final = "queued"
SENDING: Final = "sending"
SENT: Final = "sent"
JOINED: Final = "joined"
"""Told in the mail of another row of the same account and day."""
REFUSED: Final = "refused"
UNKNOWN: Final = "unknown"
"""The line was lost after the text was handed over, or the process died there: never sent again."""
WITHDRAWN: Final = "withdrawn"
"""Consent, address or person was gone when it was to be sent."""
LISTED: Final = "listed"
"""Handed out in a file for a letter or SMS house."""

_SAME_PERSON: Final = sa.and_(
    member.c.bucket == personal.c.bucket,
    member.c.club_id == personal.c.club_id,
    member.c.person_id == personal.c.person_id,
)


class MailSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How mail is sent. A blank host is off. `security` is tls, starttls or none; `rate` is mails a minute at most."""

    host: str = ""
    port: int = 587
    security: str = "starttls"
    account: str = ""
    password: str = ""
    sender: str = ""
    rate: int = 60
    ca_file: str = ""
    link: str = ""

    def __repr__(self) -> str:
        return f"MailSettings({self.host}:{self.port})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A row. `facts` are what its words are filled with, as JSON; nothing personal is among them."""

    bucket: int
    kind: str
    subject: str
    club_id: str
    account_id: str
    person_id: str
    facts: str
    template: str
    state: str = QUEUED
    tries: int = 0
    due_us: int = 0
    at_us: int = 0
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How a person is reached: consents by kind of mail; `blocked` is the server's hard refusal of the address."""

    person_id: str
    first_name: str
    email: str
    language: str
    consents: tuple[str, ...]
    blocked: str

    def takes(self, kind: str) -> bool:
        """Tell whether mail of a kind may go to this person."""
        return bool(self.email) and not self.blocked and kind in self.consents


@dataclass(frozen=True, slots=True, kw_only=True)
class Willing:
    """Somebody who may get a kind of mail; `card` has nothing personal in it."""

    account_id: str
    person_id: str
    card: MemberCard


def settings(connection: Connection) -> MailSettings:
    """Give how mail is sent."""
    rows = connection.execute(sa.select(mail_setting).where(mail_setting.c.bucket == MASTER_STREAM))
    return msgspec.convert({row.name: row.value for row in rows}, type=MailSettings, strict=False)


def keep_settings(connection: Connection, told: MailSettings) -> None:
    """Keep how mail is sent."""
    connection.execute(sa.delete(mail_setting).where(mail_setting.c.bucket == MASTER_STREAM))
    values = msgspec.structs.asdict(told).items()
    rows = [{"bucket": MASTER_STREAM, "name": name, "value": str(value)} for name, value in values]
    connection.execute(mail_setting.insert(), rows)


# ------------------------------------------------------------------ people


def contacts(connection: Connection, club_id: str, account_id: str) -> tuple[Contact, ...]:
    """Give the persons of an account, by id."""
    columns = [personal.c[name] for name in ("person_id", "first_name", "email", "language", "consents")]
    rows = connection.execute(
        sa.select(*columns, personal.c.mail_blocked.label("blocked"))
        .select_from(member.join(personal, _SAME_PERSON))
        .where(
            member.c.bucket == account_bucket(club_id, account_id),
            member.c.club_id == club_id,
            member.c.account_id == account_id,
        )
        .order_by(personal.c.person_id)
    )
    return tuple(Contact(**row._mapping) for row in rows)  # noqa: SLF001 - SQLAlchemy's documented way to columns


def willing(
    connection: Connection, club_id: str, bucket: int, *, kind: str, after: str, rows_max: int
) -> tuple[tuple[Willing, ...], str]:
    """Give who takes a kind of mail among the next accounts of a bucket, by account and person, and the last account.

    Looks at so many accounts behind `after`; the last one is blank when there are no more.
    """
    mine = (member.c.bucket == bucket, member.c.club_id == club_id)
    next_ones = sa.select(member.c.account_id).where(*mine, member.c.account_id > after).distinct()
    found = connection.execute(next_ones.order_by(member.c.account_id).limit(rows_max)).scalars().all()
    if not found:
        return (), ""
    rows = connection.execute(
        sa.select(member.c.account_id, member.c.person_id, member.c.body, personal.c.consents)
        .select_from(member.join(personal, _SAME_PERSON))
        .where(
            *mine,
            member.c.account_id.between(found[0], found[-1]),
            personal.c.email != "",
            personal.c.mail_blocked == "",
            sa.type_coerce(personal.c.consents, sa.Text).contains(f'"{kind}"', autoescape=True),
        )
        .order_by(member.c.account_id, member.c.person_id)
    )
    people = tuple(
        Willing(
            account_id=row.account_id,
            person_id=row.person_id,
            card=msgspec.json.decode(row.body, type=MemberCard),
        )
        for row in rows
        if kind in row.consents
    )
    return people, found[-1] if len(found) == rows_max else ""


def change_contact(connection: Connection, club_id: str, account_id: str, person_id: str, **values: Any) -> bool:
    """Change email, language, consents or mail_blocked of a person; False for nobody. A new address is not blocked."""
    if "email" in values:
        values = {"mail_blocked": ""} | values
    mine = (
        personal.c.bucket == account_bucket(club_id, account_id),
        personal.c.club_id == club_id,
        personal.c.person_id == person_id,
    )
    return connection.execute(sa.update(personal).where(*mine).values(**values)).rowcount == 1


def on_list(connection: Connection, club_id: str) -> Sequence[tuple[str, str]]:
    """Give account and person of everybody on a club's marketing list (R61)."""
    rows = connection.execute(
        sa.select(marketing.c.account_id, marketing.c.person_id)
        .where(marketing.c.club_id == club_id)
        .order_by(marketing.c.account_id, marketing.c.person_id)
    )
    return [(account_id, person_id) for account_id, person_id in rows]


# ------------------------------------------------------------------ letters


def known(connection: Connection, kind: str, club_id: str, account_id: str) -> frozenset[str]:
    """Give the subjects of a kind that stand for an account."""
    rows = connection.execute(
        sa.select(mail.c.subject).where(
            mail.c.bucket == account_bucket(club_id, account_id),
            mail.c.kind == kind,
            mail.c.club_id == club_id,
            mail.c.account_id == account_id,
        )
    )
    return frozenset(rows.scalars())


def standing(
    connection: Connection,
    club_id: str,
    bucket: int,
    *,
    kind: str,
    subjects: Collection[str],
    people: Sequence[Willing | Letter],
) -> frozenset[tuple[str, str]]:
    """Give (subject, account) of the letters with some subjects that stand for people given in order of account."""
    rows = connection.execute(
        sa.select(mail.c.subject, mail.c.account_id).where(
            mail.c.bucket == bucket,
            mail.c.kind == kind,
            mail.c.subject.in_(subjects),
            mail.c.club_id == club_id,
            mail.c.account_id.between(people[0].account_id, people[-1].account_id),
        )
    )
    return frozenset((row.subject, row.account_id) for row in rows)


def write(connection: Connection, letters: Collection[Letter]) -> None:
    """Write rows that do not stand. The primary key refuses a second one."""
    if letters:
        connection.execute(mail.insert(), [{name: getattr(one, name) for name in Letter.__slots__} for one in letters])


def due(connection: Connection, now_us: int, *, rows_max: int, kinds: Collection[str] = ()) -> tuple[Letter, ...]:
    """Give queued letters that are due, the oldest first, of some kinds or of all."""
    chosen = sa.select(mail).where(mail.c.state == QUEUED, mail.c.due_us <= now_us)
    if kinds:
        chosen = chosen.where(mail.c.kind.in_(kinds))
    ordered = chosen.order_by(mail.c.due_us, mail.c.bucket, mail.c.kind, mail.c.subject).limit(rows_max)
    return tuple(_read(row) for row in connection.execute(ordered))


def listed(connection: Connection, *, kind: str = "") -> tuple[Letter, ...]:
    """Give every letter, of a kind or of all."""
    chosen = sa.select(mail)
    if kind:
        chosen = chosen.where(mail.c.kind == kind)
    rows = connection.execute(chosen.order_by(mail.c.bucket, mail.c.kind, mail.c.subject, mail.c.account_id))
    return tuple(_read(row) for row in rows)


def move(connection: Connection, letter: Letter, was: str, **values: Any) -> bool:
    """Change a letter that is in a state; False where somebody else changed it."""
    mine = (
        mail.c.bucket == letter.bucket,
        mail.c.kind == letter.kind,
        mail.c.subject == letter.subject,
        mail.c.club_id == letter.club_id,
        mail.c.account_id == letter.account_id,
    )
    return connection.execute(sa.update(mail).where(*mine, mail.c.state == was).values(**values)).rowcount == 1


def left_behind(connection: Connection, before_us: int) -> tuple[Letter, ...]:
    """Give letters whose sending began before an instant and never ended: whether they went out nobody knows."""
    rows = connection.execute(sa.select(mail).where(mail.c.state == SENDING, mail.c.at_us < before_us))
    return tuple(_read(row) for row in rows)


def facts_text(facts: Mapping[str, object]) -> str:
    """Write what a letter's words are filled with."""
    return msgspec.json.encode(facts).decode()


def _read(row: sa.Row[Any]) -> Letter:
    return Letter(**row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a row's columns


def blocked(connection: Connection) -> Sequence[tuple[str, str, str, str]]:
    """Give club, account, person and the server's words of every address that was refused for good."""
    rows = connection.execute(
        sa.select(member.c.club_id, member.c.account_id, member.c.person_id, personal.c.mail_blocked)
        .select_from(member.join(personal, _SAME_PERSON))
        .where(personal.c.mail_blocked != "")
        .order_by(member.c.club_id, member.c.account_id, member.c.person_id)
    )
    return [(club_id, account_id, person_id, answer) for club_id, account_id, person_id, answer in rows]
