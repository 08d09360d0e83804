"""Clerk: who decides, with which roles; and that the matrix lets him (2.12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from clubtill_rules.permissions import Act, Answer, Role, may
from clubtill_rules.values.refusal import Refusal

OPERATOR_ROLES: Final = frozenset({Role.VENUE_MANAGER, Role.MEMBERSHIP_OFFICER, Role.DUTY_MANAGER, Role.ADMIN})
"""Who sits at the ledger's own machine may do what its managers may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clerk:
    """Who decides. `approver_id` with `approver_roles` is who approved, where the matrix asks for another person."""

    staff_id: str
    roles: frozenset[Role]
    approver_id: str = ""
    approver_roles: frozenset[Role] = frozenset()


def operator(staff_id: str) -> Clerk:
    """Give the clerk of the command line."""
    return Clerk(staff_id=staff_id, roles=OPERATOR_ROLES)


def entitled(clerk: Clerk, act: Act, reason: str = "-") -> None:
    """Make sure that a clerk may do an act alone, and gave a reason. Refuses permission.missing or decision.reason."""
    if may(clerk.roles, act) is not Answer.YES:
        raise Refusal("permission.missing")
    if not reason.strip():
        raise Refusal("decision.reason")
