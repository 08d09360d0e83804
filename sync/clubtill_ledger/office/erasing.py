"""Erasing: a person's personal data goes; entries and figures stay, and what is still queued posts (3.2, 6.5, F41)."""

from __future__ import annotations

from functools import partial

from clubtill_ledger.office.clerk import Clerk, entitled
from clubtill_ledger.store import decisions, erasing, people, photos
from clubtill_ledger.store.decisions import Decision
from clubtill_ledger.store.engines import Connection, Store
from clubtill_rules.permissions import Act
from clubtill_rules.values.ids import account_bucket
from clubtill_rules.values.refusal import Refusal

ACT = "member.erase"


def erase(
    store: Store, club_id: str, number: str, *, clerk: Clerk, reason: str, decision_id: str, now_us: int
) -> tuple[Decision, ...]:
    """Erase the persons of a club with a member number, or with a person id. The same decision id again is the same.

    Refuses member.unknown, permission.missing, decision.reason.
    """
    entitled(clerk, Act.EXPORT_PERSONAL_DATA, reason)
    found = store.read(partial(people.persons_of, club_id=club_id, number=number))
    if not found:
        raise Refusal("member.unknown")
    made: list[Decision] = []
    for account_id, person_id in found:
        told = Decision(
            bucket=account_bucket(club_id, account_id),
            decision_id=decision_id,
            act=ACT,
            subject=person_id,
            staff_id=clerk.staff_id,
            approver_id=clerk.approver_id,
            reason=reason.strip(),
            at_us=now_us,
            club_id=club_id,
            account_id=account_id,
        )
        photo = store.write(partial(_erase, told=told))
        if photo and not store.read(partial(erasing.photo_is_shown, digest=photo)):
            store.write(partial(photos.drop, name=photo))
        made.append(told)
    return tuple(made)


def _erase(connection: Connection, told: Decision) -> str:
    photo = erasing.erase(connection, told.club_id, told.account_id, told.subject)
    if photo is None:
        raise Refusal("member.unknown")
    if decisions.find(connection, told.bucket, told.decision_id) is None:
        decisions.keep(connection, told)
    return photo
