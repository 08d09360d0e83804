"""Facts: what stands beside the photo: why the verdict is as it is, what to do, and what was given (U80, U86-U89)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from clubtill_rules.door.admission import ADMIT, LET_IN, REFUSE, SEARCH, CheckIn, Verdict
from clubtill_rules.values.why import Because
from clubtill_terminal.actions.check_in import CheckedIn
from clubtill_terminal.screens.reception.state import State
from clubtill_wording.speech import Speech

_DAY_MIN: Final = 24 * 60 - 1
_FLAGS_MAX: Final = 3
_AT_THE_DOOR: Final = frozenset({ADMIT, REFUSE, LET_IN, SEARCH})
_STANDING: Final = frozenset({"member.welcome", "member.unpaid.stop", "member.unpaid.check", "member.class_unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """A fact beside the photo: a label and its value."""

    label: str
    value: str
    strong: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRow:
    """A small mark under the name."""

    label: str
    status: str


def reason(check: CheckIn, speech: Speech) -> str:
    """Give the few words beside the verdict: the sentence's title; a later visit says so (U87)."""
    code = "visit.again" if check.verdict is Verdict.WELCOME and check.again_us is not None else check.code
    return speech.sentence(code, check.facts, place="door").title


def facts(state: State, speech: Speech) -> list[FactRow]:
    """Give the facts beside the photo, the most telling first."""
    checked = state.checked
    if checked is None:
        return []
    found = _facts_of_bar(checked, speech) if checked.check.code not in _STANDING else _facts_of_fee(checked, speech)
    if checked.outcome is not None and checked.check.verdict is not Verdict.WELCOME:
        done = {"admit": "door.admitted", "refuse": "door.refused", "let_in": "door.let_in_done"}
        found.append(_fact("door.outcome", speech.label(done[checked.outcome.value]), speech))
    elif not (_AT_THE_DOOR & set(checked.check.acts)) and checked.outcome is None:
        body = speech.sentence("door.not_open", {}, place="door").body
        found.append(_fact("door.do_this", body, speech))
    return found


def _fact(label: str, value: str, speech: Speech, *, strong: bool = False) -> FactRow:
    return FactRow(label=speech.label(label) if label else "", value=value, strong=strong)


def _facts_of_bar(checked: CheckedIn, speech: Speech) -> list[FactRow]:
    """Say what to do with somebody who is stopped before any fee is looked at (R45, 1 to 5)."""
    check = checked.check
    body = speech.sentence(check.code, check.facts, place="door").body
    found = [_fact("door.do_this", body, speech, strong=True)]
    if check.code == "member.excluded":
        found.append(_fact("", speech.label("door.call_manager"), speech))
    return found


def _facts_of_fee(checked: CheckedIn, speech: Speech) -> list[FactRow]:
    """Give paid-to, what the fee check says, the points of today and the balance (R46, R47, U86, U89)."""
    check = checked.check
    found = [_fact("door.paid_to", _paid_to(checked, speech), speech, strong=True)]
    if check.code == "member.class_unknown":
        body = speech.sentence(check.code, check.facts, place="door").body
        found.append(_fact("door.do_this", body, speech))
    elif check.verdict is not Verdict.WELCOME:
        found.append(_fact("door.entry", window(check.because, check.verdict, speech), speech))
        renewal = _renewal(checked, speech)
        if renewal:
            found.append(_fact("door.renewal", renewal, speech))
    found.append(_fact("door.today", _today(checked, speech), speech))
    if check.birthday and not check.special:
        words = "door.points_later" if checked.swipe.offline else "door.points_given"
        found.append(_fact("door.flag.birthday", speech.label(words, points=check.birthday), speech))
    if checked.balance is not None and check.verdict is Verdict.WELCOME:
        found.append(_fact("door.points", speech.points(checked.balance), speech))
    return found


def _paid_to(checked: CheckedIn, speech: Speech) -> str:
    late, paid_to = checked.check.facts.get("n"), checked.check.facts.get("paid_to")
    if not isinstance(paid_to, date):
        return speech.day(checked.member.renewal_date) if checked.member else ""
    return speech.label("door.days_late", paid_to=paid_to, n=late) if late else speech.day(paid_to)


def window(because: tuple[Because, ...], verdict_is: Verdict, speech: Speech) -> str:
    """Say when fees are checked, and what that means now (U86)."""
    why = next((one for one in because if one.code.startswith("why.fee_check.")), None)
    days = why.facts.get("fee_weekdays") if why else None
    if why is None or not days:
        return speech.label("door.window_off")
    stop = verdict_is is Verdict.STOP
    facts_of: Mapping[str, object] = why.facts
    start, end = facts_of["start_min"], facts_of["end_min"]
    if end not in {_DAY_MIN, start}:
        key = "door.window_now_between" if stop else "door.window_between"
        return speech.label(key, fee_weekdays=days, start_min=start, end_min=end)
    if start in {0, end}:
        return speech.label("door.window_now_days" if stop else "door.window_days", fee_weekdays=days)
    return speech.label("door.window_now" if stop else "door.window", fee_weekdays=days, start_min=start)


def _renewal(checked: CheckedIn, speech: Speech) -> str:
    """Say how long the date can still be kept, or else what renewing costs (R22)."""
    late, classification = checked.check.facts.get("n"), checked.classification
    if classification is None:
        return ""
    left = classification.days_before_reset - late if isinstance(late, int) and classification.days_paid else -1
    if left >= 0 and late:
        return speech.label("door.days_left", n=left)
    return speech.label("door.renew_costs", fee=classification.fee) if classification.fee else ""


def _today(checked: CheckedIn, speech: Speech) -> str:
    check = checked.check
    if check.again_us is not None:
        return speech.label("door.again", first_us=check.again_us)
    if not check.visit:
        return speech.label("door.seen_today")
    key = "door.first_visit_later" if checked.swipe.offline else "door.first_visit_points"
    return speech.label(key, points=check.visit)


def flags(state: State, speech: Speech) -> list[FlagRow]:
    """Give at most three marks, the most important first (U80); what a fact or the strip says already is left out."""
    if state.checked is None:
        return []
    status = {"door.flag.banned": "denied", "door.flag.expiring": "special"}
    marks = [
        FlagRow(label=speech.why(one), status=status[one.code])
        for one in state.checked.check.flags
        if one.code in status
    ]
    return marks[:_FLAGS_MAX]
