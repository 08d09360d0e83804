"""Member strip: who is on the sale, and what their points are worth here (5.1)."""

from __future__ import annotations

from dataclasses import dataclass

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.points.redeeming import ratio_at, worth
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.points import NO_POINTS
from clubtill_terminal.screens.till.state import State
from clubtill_wording.speech import Speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """The member strip: nobody, or the member with what they may do."""

    initials: str = ""
    tint: int = 0
    name: str = ""
    detail: str = ""
    points: str = ""
    worth: str = ""
    status: str = ""


def strip(state: State, catalogue: Catalogue, speech: Speech) -> Strip:
    """Give the member strip (5.1): offline the points carry the time of the data (U60)."""
    member = state.basket.member
    if member is None:
        return Strip()
    classification = catalogue.classifications.get(member.classification)
    words = classification.description if classification else ""
    detail = speech.label("member.strip_class", classification=words, paid_to=member.renewal_date)
    if member.renewal_date == NEVER_PAID:
        detail = speech.label(
            "member.strip_life" if state.basket.benefits else "member.strip_never", classification=words
        )
    held = state.held
    points = speech.label("member.points", n=abs(held.balance.hundredths) // 100, points=held.balance) if held else ""
    worth = worth_of(state, catalogue, speech)
    if held and not state.online:
        worth = speech.label("member.as_at", at_us=state.queue.data_at_us)
    return Strip(
        initials=f"{member.first_name[:1]}{member.last_name[:1]}",
        tint=int(member.number[-1:] or "0", 36) % 5,
        name=member.name,
        detail=detail,
        points=points,
        worth=f"= {worth}" if worth and state.online else worth,
        status="" if state.basket.benefits else "warn",
    )


def worth_of(state: State, catalogue: Catalogue, speech: Speech) -> str:
    """Say what the points are worth at this location, or nothing (R66)."""
    classification = catalogue.classification_of(state.basket.member)
    if classification is None or state.held is None or state.held.balance <= NO_POINTS:
        return ""
    ratio = ratio_at(classification, catalogue.location.id)
    if ratio == 0:
        return ""
    return speech.money(worth(state.held.balance, ratio, money_decimals=catalogue.venue.money_decimals))
