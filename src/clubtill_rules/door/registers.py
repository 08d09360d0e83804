"""Registers: what each jurisdiction's law wants recorded and tested of who is signed in at a door, as data (R53)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from clubtill_rules.members.venue import GuestProfile


class GuestKind(Enum):
    """In what capacity somebody is signed in; each is a register of its own."""

    NSW_GUEST = "nsw_guest"
    NSW_TEMPORARY = "nsw_temporary"
    NSW_FULL_MEMBER = "nsw_full_member"
    QLD_VISITOR = "qld_visitor"
    VIC_VISITOR = "vic_visitor"
    UK_CIU_ASSOCIATE = "uk_ciu_associate"


class Detail(Enum):
    """What must be recorded. The day is always recorded, by the rules themselves."""

    NAME = "name"
    ADDRESS = "address"
    RESIDENCE_OR_CLUB = "residence_or_club"
    SIGNATURE = "signature"
    FEE_PAID_ON = "fee_paid_on"
    OWN_CLUB = "own_club"


class Ground(Enum):
    """A test, one of which must be met where a register names some."""

    MEMBERS_GUEST = "members_guest"
    FAR_AWAY = "far_away"
    SIMILAR_CLUB = "similar_club"
    SPORT = "sport"
    INTERSTATE = "interstate"
    FUNCTION = "function"
    APPLICANT = "applicant"
    GAMING_VISITOR = "gaming_visitor"
    ALL_CARDS = "all_cards"


class Shown(Enum):
    """Cards that an associate of the CIU shows: all three, or he is refused."""

    SUBSCRIPTION_CARD = "subscription_card"
    ASSOCIATE_CARD = "associate_card"
    PASS_CARD = "pass_card"  # noqa: S105 - a card's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One row of R53's table.

    Attributes:
        grounds: of which one is enough; none is no test.
        distance_m: metres beyond which somebody lives far away.
        distance_only_grows: club rules may set a greater distance, never a smaller one.
        needs_host: a member signs in, and may be limited to so many guests.
        minors_exempt: who is under age is let in without a record.
    """

    profile: GuestProfile
    details: tuple[Detail, ...]
    grounds: tuple[Ground, ...] = ()
    distance_m: int = 0
    distance_only_grows: bool = False
    needs_host: bool = False
    minors_exempt: bool = False


REGISTERS: Final[Mapping[GuestKind, Register]] = {
    GuestKind.NSW_GUEST: Register(
        profile=GuestProfile.NSW,
        details=(Detail.NAME, Detail.ADDRESS, Detail.SIGNATURE),
        grounds=(Ground.MEMBERS_GUEST,),
        needs_host=True,
    ),
    GuestKind.NSW_TEMPORARY: Register(
        profile=GuestProfile.NSW,
        details=(Detail.NAME, Detail.ADDRESS, Detail.SIGNATURE),
        grounds=(Ground.FAR_AWAY, Ground.SIMILAR_CLUB, Ground.SPORT),
        distance_m=5_000,
        distance_only_grows=True,
    ),
    GuestKind.NSW_FULL_MEMBER: Register(
        profile=GuestProfile.NSW, details=(Detail.NAME, Detail.ADDRESS, Detail.FEE_PAID_ON)
    ),
    GuestKind.QLD_VISITOR: Register(
        profile=GuestProfile.QLD,
        details=(Detail.NAME, Detail.RESIDENCE_OR_CLUB),
        grounds=(Ground.FAR_AWAY, Ground.INTERSTATE, Ground.SIMILAR_CLUB, Ground.FUNCTION, Ground.APPLICANT),
        distance_m=15_000,
        minors_exempt=True,
    ),
    GuestKind.VIC_VISITOR: Register(
        profile=GuestProfile.VIC, details=(Detail.NAME, Detail.ADDRESS), grounds=(Ground.GAMING_VISITOR,)
    ),
    GuestKind.UK_CIU_ASSOCIATE: Register(
        profile=GuestProfile.UK_CIU, details=(Detail.NAME, Detail.OWN_CLUB), grounds=(Ground.ALL_CARDS,)
    ),
}
