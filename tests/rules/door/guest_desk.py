"""The guest desk: a visitor for each register, and one sign-in in one line (R53)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from clubtill_rules.door.guests import (
    GuestEntry,
    SignedIn,
    Visitor,
    sign_in,
)
from clubtill_rules.door.registers import REGISTERS, Ground, GuestKind, Shown
from clubtill_rules.members.venue import GuestProfile
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.door.front_door import CLUB, CLUBHOUSE, PRIYA

DAY = date(2026, 11, 24)
PURGED = date(2033, 11, 24)
KEPT = because("why.guest.kept", "R53", working=working(PURGED, Rounding.EXACT, DAY, ("+", 2557)), day=PURGED, n=7)
VENUES = {profile: replace(CLUBHOUSE, guest_profile=profile) for profile in GuestProfile}
LEE = Visitor(name="Lee Park", address="1 Bay St, Cronulla", signature="a1b2")
ALL_CARDS = frozenset(Shown)
CIU = Visitor(name="Lee Park", similar_club="Dock Club", shown=ALL_CARDS, pass_card_to=date(2026, 12, 31))
VIC = replace(LEE, signature="", gaming_visitor=True)
QLD = Visitor(name="Lee Park", address="9 Reef Rd", interstate=True)


def signed(visitor: Visitor, kind: GuestKind, **changes: Any) -> SignedIn:
    """Sign somebody in at a venue of the register's law."""
    asked: dict[str, Any] = {
        "event_id": "1" * 32,
        "venue": VENUES[REGISTERS[kind].profile],
        "club": CLUB,
        "entry_day": DAY,
        "at_us": 7,
        "host": PRIYA,
    }
    return sign_in(visitor, kind, **{**asked, **changes})


def refused(visitor: Visitor, kind: GuestKind, **changes: Any) -> tuple[str, dict[str, object]]:
    """Give code and facts of the no."""
    with pytest.raises(Refusal) as no:
        signed(visitor, kind, **changes)
    return no.value.code, no.value.facts


def entry(found: SignedIn) -> GuestEntry:
    """Give the line written."""
    assert found.entry is not None
    return found.entry


LINE = GuestEntry(
    event_id="1" * 32,
    key="guest:clubhouse:2026-11-24:lee park|1 bay st, cronulla|",
    kind=GuestKind.NSW_GUEST,
    venue_id="clubhouse",
    entry_day=DAY,
    at_us=7,
    name="Lee Park",
    address="1 Bay St, Cronulla",
    signature="a1b2",
    own_club="",
    fee_paid_on=None,
    host_id="priya",
    ground=Ground.MEMBERS_GUEST,
    purge_day=PURGED,
)
