"""Wizard: the Member Tier Wizard's run over members: report, changes, marketing list and preview hash (R60-R63).

`preview` shows what a run would do and hashes the facts it stands on. `finish` decides again in the ledger's one
transaction and refuses when a fact has changed since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club, TierKind
from clubtill_rules.tiers.bands import floor_of, taking_part
from clubtill_rules.tiers.deciding import Direction, Reason, TierDecision, decide
from clubtill_rules.tiers.periods import Days
from clubtill_rules.tiers.spend import ALL_PRODUCTS, Products
from clubtill_rules.values.money import Money
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because


class Action(Enum):
    """What Finish does (R61)."""

    REPORT = "report"
    UPDATE = "update"
    UPDATE_AND_REPORT = "update_and_report"


class ChangeType(Enum):
    """Which changes count, for report, update and list alike (R61)."""

    UP = "up"
    DOWN = "down"
    ALL = "all"


class Marketing(Enum):
    """What happens to the Member Marketing list (R61)."""

    NONE = "none"
    ADD = "add"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The wizard as it was filled in. `days` are those of the Time Period (R62)."""

    days: Days
    products: Products = ALL_PRODUCTS
    first_classification: int = 1
    last_classification: int = 999
    action: Action = Action.REPORT
    change_type: ChangeType = ChangeType.ALL
    marketing: Marketing = Marketing.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class TierMember:
    """A member with the spend of the wizard's days and products, and the tier change date (R60)."""

    person_id: str
    number: str
    name: str
    classification: int
    changed_on: date | None
    spend: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """A row of the Tier Changes report (R63). `changed_on` is the date before this run."""

    person_id: str
    number: str
    name: str
    old: int
    new: int
    direction: Direction
    spend: Money
    floor: Money
    maximum: Money
    changed_on: date | None
    reason: Reason
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A member's new classification; `changed_on` becomes the tier change date (R60)."""

    person_id: str
    old: int
    new: int
    changed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a run would do.

    Attributes:
        rows: the report, by member number.
        changes: of those who (would) change and whom the Change Type takes.
        listed: persons on the marketing list afterwards; None where no list is touched.
        empties_list: replacing with nobody: asks for a confirmation.
        hash: SHA-256 of the facts; `finish` compares it.
    """

    rows: tuple[ReportRow, ...]
    changes: tuple[Change, ...]
    listed: frozenset[str] | None
    empties_list: bool
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a run did: `rows` is empty without a report, `changes` without an update (R61)."""

    rows: tuple[ReportRow, ...]
    changes: tuple[Change, ...]
    listed: frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Spends from `least` to `most`, both included, change nothing."""

    least: Money
    most: Money


def skip_bounds(tier: Classification) -> Bounds:
    """Give the spends at which a member of a tier stays and need not be decided: the job sums and skips (R58).

    Where `least` is above `most` nobody is skipped.
    """
    return Bounds(least=floor_of(tier), most=tier.tier_max)


def preview(
    members: Iterable[TierMember],
    setup: Setup,
    *,
    club: Club,
    classifications: Iterable[Classification],
    run_day: date,
    listed: Collection[str] = (),
) -> Preview:
    """Give what a run would do (R58-R63). Members whose classification takes no part are passed over.

    Args:
        members: of the club; those inside `skip_bounds` may be left out.
        setup: the wizard as filled in.
        club: must use dollar bands (D13).
        classifications: the club's.
        run_day: trading day of the run.
        listed: persons on the marketing list now.

    Raises:
        Refusal: `tiers.points_club`: the club moves members by points.
        ValueError: a person stands twice among the members.
    """
    if club.tier_kind is not TierKind.DOLLARS:
        raise Refusal("tiers.points_club")
    ordered = sorted(members, key=lambda one: (one.number, one.person_id))
    if len({one.person_id for one in ordered}) < len(ordered):
        raise ValueError("members: a person stands twice")
    tiers = taking_part(classifications, first=setup.first_classification, last=setup.last_classification)
    by_number = {tier.number: tier for tier in tiers}
    rows: list[ReportRow] = []
    changes: list[Change] = []
    for one in ordered:
        current = by_number.get(one.classification)
        if current is None:
            continue
        decision = decide(one.spend, current, tiers, changed_on=one.changed_on, run_day=run_day)
        if decision.reason is Reason.KEEP or not _taken(decision, setup.change_type):
            continue
        rows.append(_row(one, decision))
        if decision.changes:
            changes.append(Change(person_id=one.person_id, old=decision.current, new=decision.new, changed_on=run_day))
    after = _list_after(setup.marketing, frozenset(listed), frozenset(one.person_id for one in changes))
    return Preview(
        rows=tuple(rows),
        changes=tuple(changes),
        listed=after,
        empties_list=bool(listed) and after == frozenset(),
        hash=_hash(ordered, setup, tiers, run_day, listed),
    )


def finish(now: Preview, setup: Setup, *, previewed_hash: str, empty_confirmed: bool = False) -> Finished:
    """Finish a run whose preview was seen (R61).

    Args:
        now: the preview, worked out again from the data as it is now.
        setup: the wizard as filled in.
        previewed_hash: of the preview that staff saw.
        empty_confirmed: staff confirmed that the list becomes empty.

    Raises:
        Refusal: `tiers.data_changed`: preview again; `tiers.list_would_empty`: confirm first.
    """
    if now.hash != previewed_hash:
        raise Refusal("tiers.data_changed")
    if now.empties_list and not empty_confirmed:
        raise Refusal("tiers.list_would_empty")
    return Finished(
        rows=now.rows if setup.action is not Action.UPDATE else (),
        changes=now.changes if setup.action is not Action.REPORT else (),
        listed=now.listed,
    )


def _taken(decision: TierDecision, change_type: ChangeType) -> bool:
    return change_type is ChangeType.ALL or decision.direction.value == change_type.value


def _row(one: TierMember, decision: TierDecision) -> ReportRow:
    return ReportRow(
        person_id=one.person_id,
        number=one.number,
        name=one.name,
        old=decision.current,
        new=decision.new,
        direction=decision.direction,
        spend=one.spend,
        floor=decision.floor,
        maximum=decision.maximum,
        changed_on=one.changed_on,
        reason=decision.reason,
        because=decision.because,
    )


def _list_after(marketing: Marketing, listed: frozenset[str], moved: frozenset[str]) -> frozenset[str] | None:
    if marketing is Marketing.NONE:
        return None
    return listed | moved if marketing is Marketing.ADD else moved


def _hash(
    members: list[TierMember],
    setup: Setup,
    tiers: tuple[Classification, ...],
    run_day: date,
    listed: Collection[str],
) -> str:
    """Hash every fact that the run stands on, in one canonical order."""
    facts = [
        [
            *(setup.days.first.isoformat(), setup.days.last.isoformat(), setup.products.first, setup.products.last),
            *(setup.first_classification, setup.last_classification),
            *(setup.action.value, setup.change_type.value, setup.marketing.value),
        ],
        [
            [
                tier.number,
                tier.tier_min.minor,
                tier.tier_max.minor,
                tier.min_to_maintain.minor,
                tier.tier_min_period_days,
            ]
            for tier in tiers
        ],
        [
            [
                one.person_id,
                one.number,
                one.name,
                one.classification,
                one.changed_on.isoformat() if one.changed_on else None,
                one.spend.minor,
            ]
            for one in members
        ],
        run_day.isoformat(),
        sorted(listed),
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
