"""Erasing: takes away what is personal of one person; entries, facts and figures stay under ids that name nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from clubtill_ledger.store import states
from clubtill_ledger.store.auditing import ERASED
from clubtill_ledger.store.columns import Day
from clubtill_ledger.store.tables import member, member_card, personal, raw_event
from clubtill_ledger.store.tables_facts import guest_entry
from clubtill_ledger.store.tables_jobs import mail, marketing
from clubtill_ledger.store.tables_photos import snapshot_chunk, snapshot_part
from clubtill_rules.members.account import MemberCard
from clubtill_rules.values.ids import account_bucket

IDS_AT_ONCE: Final = 500


def erase(connection: Connection, club_id: str, account_id: str, person_id: str) -> str | None:
    """Erase a person of an account and give the hash of the photo that he had; None for somebody who is not on it.

    Gone are all texts and dates about him, number, cards, attributes, what was mailed to him, and the snapshots that
    carry his card. His account, its entries and the facts that name his id stay. The feed brings the bare card.
    """
    bucket = account_bucket(club_id, account_id)
    mine = {"bucket": bucket, "club_id": club_id, "person_id": person_id}
    row = connection.execute(
        sa.select(member.c.body, personal.c.photo)
        .select_from(member.join(personal, sa.and_(*(member.c[name] == personal.c[name] for name in mine))))
        .where(*_of(member, mine), member.c.account_id == account_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        return None
    bare = _bare(msgspec.json.decode(row.body, type=MemberCard))
    connection.execute(sa.update(member).where(*_of(member, mine)).values(number="", body=msgspec.json.encode(bare)))
    connection.execute(sa.update(personal).where(*_of(personal, mine)).values(**_blank()))
    connection.execute(sa.delete(member_card).where(*_of(member_card, mine)))
    connection.execute(sa.delete(marketing).where(*_of(marketing, mine)))
    connection.execute(sa.update(mail).where(*_of(mail, mine)).values(facts="", answer=""))
    for copies in (snapshot_part, snapshot_chunk):
        connection.execute(sa.delete(copies).where(copies.c.bucket == bucket))
    states.touch_card(connection, club_id, account_id)
    return str(row.photo)


def purge_guests(connection: Connection, bucket: int, today: date) -> int:
    """Delete the lines of the register of guests whose day has come, and empty their events' bytes (R53).

    The events' places, hashes and ids stay, so that the logs still verify. Gives how many lines went.
    """
    due = (guest_entry.c.bucket == bucket, guest_entry.c.purge_day <= today)
    ids = connection.execute(sa.select(guest_entry.c.event_id).where(*due)).scalars().all()
    for start in range(0, len(ids), IDS_AT_ONCE):
        some = ids[start : start + IDS_AT_ONCE]
        connection.execute(
            sa.update(raw_event)
            .where(raw_event.c.bucket == bucket, raw_event.c.event_id.in_(some))
            .values(bytes=b"", reason=ERASED)
        )
        connection.execute(
            sa.delete(guest_entry).where(guest_entry.c.bucket == bucket, guest_entry.c.event_id.in_(some))
        )
    return len(ids)


def photo_is_shown(connection: Connection, digest: str) -> bool:
    """Tell whether anybody's card shows a photo. Reads all buckets: for a manager's desk."""
    return connection.execute(sa.select(personal.c.person_id).where(personal.c.photo == digest)).first() is not None


def _bare(card: MemberCard) -> MemberCard:
    """Keep of a card what says nothing about anybody: the classification and its dates, blocks, the ban's kind."""
    return replace(card, number="", attributes=None, cards=(), application_date=None)


def _blank() -> dict[str, Any]:
    keys = {column.name for column in personal.primary_key}
    return {
        column.name: None if isinstance(column.type, Day) else () if column.name == "consents" else ""
        for column in personal.c
        if column.name not in keys
    }


def _of(table: sa.Table, mine: dict[str, Any]) -> tuple[sa.ColumnElement[bool], ...]:
    return tuple(table.c[name] == value for name, value in mine.items())
