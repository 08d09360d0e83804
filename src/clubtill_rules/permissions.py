"""Permissions: roles and the matrix of who may do what (rules, 2.12), as data. It knows no rule but its own.

Amounts are whole numbers in the unit of their row: minor units of money, basis points of a percentage, hundredths of a
point. Every act that a person can do names one row of the matrix.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from clubtill_rules.values.why import Because, because


class Role(Enum):
    """A role; a person may hold several. The order is that of the matrix's columns."""

    CASHIER = "cashier"
    SUPERVISOR = "supervisor"
    RECEPTION = "reception"
    DUTY_MANAGER = "duty_manager"
    MEMBERSHIP_OFFICER = "membership_officer"
    VENUE_MANAGER = "venue_manager"
    ADMIN = "admin"
    VIEWER = "viewer"


class Act(Enum):
    """An act, named by its row of the matrix; a row with two answers is two acts, a and b."""

    SELL = "1"
    ATTACH_MEMBER = "2"
    TAKE_FEE = "3"
    TAKE_FEE_ALREADY_PAID = "4"
    POINTS_PAY = "5"
    POINTS_PAY_FULL_DISCOUNT = "6"
    DISCOUNT = "7"
    LOWER_PRICE = "8"
    VOID_SALE = "9"
    REFUND = "10"
    REFUND_WITHOUT_RECEIPT = "11"
    OPEN_DRAWER = "12"
    CLOSE_OWN_SHIFT = "13"
    CLOSE_OTHERS_SHIFT = "14"
    CHARGE_BEYOND_LIMIT = "15"
    OPEN_TAB = "16"
    GIFT_CARD = "17"
    ADMIT_OR_REFUSE = "18"
    LET_IN = "19"
    LET_IN_HOUSE_BAN = "20"
    LET_IN_OTHER_BAN = "21"
    CORRECT_HEAD_COUNT = "22"
    EDIT_MEMBER = "23"
    CHANGE_CARD = "24"
    BLOCK_MEMBER = "25"
    CHANGE_CLASSIFICATION = "26"
    BAN = "27"
    LIFT_HOUSE_BAN = "28"
    LIFT_OTHER_BAN = "29"
    ADJUST_POINTS = "30"
    ADJUST_BELOW_ZERO = "31"
    TRANSFER_POINTS = "32"
    REPORT_TIERS = "33a"
    UPDATE_TIERS = "33b"
    EDIT_SETTINGS = "34"
    EDIT_CLUB = "35"
    EDIT_OFFLINE = "36"
    EDIT_STAFF = "37"
    SEE_REPORTS = "38a"
    EXPORT_PERSONAL_DATA = "38b"


class Unit(Enum):
    """What the figures of a row count. The matrix writes whole dollars, whole per cent and whole points."""

    MONEY = "money"
    PERCENT = "percent"
    POINTS = "points"


class Answer(Enum):
    """What somebody may do by himself. The order is from most to least."""

    YES = "yes"
    APPROVAL = "approval"
    NEVER = "never"


class Approval(Enum):
    """Whether another person's approval of one act counts."""

    GIVEN = "given"
    OWN_ACT = "own_act"
    NOT_ENTITLED = "not_entitled"
    NOT_POSSIBLE = "not_possible"


class Cell(Enum):
    """A cell of the matrix without a figure. OWN_VENUES is a yes in the person's own venues, never elsewhere."""

    YES = "Y"
    APPROVAL = "A"
    NEVER = "-"
    OWN_VENUES = "own venues"


Y: Final = Cell.YES
A: Final = Cell.APPROVAL
N: Final = Cell.NEVER

MATRIX: Final[Mapping[Act, tuple[Cell | int, ...]]] = {
    # One column a role, in the order of Role. A figure is the limit of an act done alone; above it, approval.
    Act.SELL: (Y, Y, N, Y, N, Y, N, N),
    Act.ATTACH_MEMBER: (Y, Y, Y, Y, Y, Y, N, N),
    Act.TAKE_FEE: (Y, Y, Y, Y, Y, Y, N, N),
    Act.TAKE_FEE_ALREADY_PAID: (A, Y, A, Y, Y, Y, N, N),
    Act.POINTS_PAY: (5_000, 20_000, N, 50_000, N, 100_000, N, N),
    Act.POINTS_PAY_FULL_DISCOUNT: (A, Y, N, Y, N, Y, N, N),
    Act.DISCOUNT: (10, 25, N, 50, N, 100, N, N),
    Act.LOWER_PRICE: (A, 25, N, 50, N, 100, N, N),
    Act.VOID_SALE: (A, 200, N, 1_000, N, 5_000, N, N),
    Act.REFUND: (50, 200, N, 1_000, N, 5_000, N, N),
    Act.REFUND_WITHOUT_RECEIPT: (A, 50, N, 200, N, 1_000, N, N),
    Act.OPEN_DRAWER: (A, 50, N, 200, N, 1_000, N, N),
    Act.CLOSE_OWN_SHIFT: (Y, Y, N, Y, N, Y, N, N),
    Act.CLOSE_OTHERS_SHIFT: (N, A, N, Y, N, Y, N, N),
    Act.CHARGE_BEYOND_LIMIT: (A, A, N, 100, N, 500, N, N),
    Act.OPEN_TAB: (200, 500, N, 1_000, N, 5_000, N, N),
    Act.GIFT_CARD: (200, 500, N, 1_000, N, 1_000, N, N),
    Act.ADMIT_OR_REFUSE: (N, N, Y, Y, Y, Y, N, N),
    Act.LET_IN: (N, N, A, Y, N, Y, N, N),
    Act.LET_IN_HOUSE_BAN: (N, N, N, Y, N, N, N, N),
    Act.LET_IN_OTHER_BAN: (N, N, N, N, N, N, N, N),
    Act.CORRECT_HEAD_COUNT: (N, N, Y, Y, N, Y, N, N),
    Act.EDIT_MEMBER: (N, N, Y, Y, Y, Y, N, N),
    Act.CHANGE_CARD: (N, A, A, Y, Y, Y, N, N),
    Act.BLOCK_MEMBER: (N, N, N, Y, Y, Y, N, N),
    Act.CHANGE_CLASSIFICATION: (N, N, N, A, Y, Y, N, N),
    Act.BAN: (N, N, N, Y, Y, Y, N, N),
    Act.LIFT_HOUSE_BAN: (N, N, N, A, A, Y, N, N),
    Act.LIFT_OTHER_BAN: (N, N, N, N, N, A, Y, N),
    Act.ADJUST_POINTS: (N, N, N, 500, 5_000, 20_000, N, N),
    Act.ADJUST_BELOW_ZERO: (N, N, N, N, A, Y, N, N),
    Act.TRANSFER_POINTS: (N, N, N, N, Y, Y, N, N),
    Act.REPORT_TIERS: (N, N, N, N, Y, Y, N, N),
    Act.UPDATE_TIERS: (N, N, N, N, A, Y, N, N),
    Act.EDIT_SETTINGS: (N, N, N, N, A, Cell.OWN_VENUES, Y, N),
    Act.EDIT_CLUB: (N, N, N, N, N, A, Y, N),
    Act.EDIT_OFFLINE: (N, N, N, N, N, Y, Y, N),
    Act.EDIT_STAFF: (N, N, N, N, N, A, Y, N),
    Act.SEE_REPORTS: (N, N, N, Y, Y, Y, Y, Y),
    Act.EXPORT_PERSONAL_DATA: (N, N, N, N, Y, Y, Y, N),
}

UNITS: Final[Mapping[Act, Unit]] = {
    Act.POINTS_PAY: Unit.POINTS,
    Act.DISCOUNT: Unit.PERCENT,
    Act.LOWER_PRICE: Unit.PERCENT,
    Act.VOID_SALE: Unit.MONEY,
    Act.REFUND: Unit.MONEY,
    Act.REFUND_WITHOUT_RECEIPT: Unit.MONEY,
    Act.OPEN_DRAWER: Unit.MONEY,
    Act.CHARGE_BEYOND_LIMIT: Unit.MONEY,
    Act.OPEN_TAB: Unit.MONEY,
    Act.GIFT_CARD: Unit.MONEY,
    Act.ADJUST_POINTS: Unit.POINTS,
}

_MATRIX_RULE: Final = "2.12"
_COLUMN: Final = {role: column for column, role in enumerate(Role)}
_RANK: Final = {answer: rank for rank, answer in enumerate(Answer)}
_PLAIN: Final = {Cell.YES: Answer.YES, Cell.APPROVAL: Answer.APPROVAL, Cell.NEVER: Answer.NEVER}


def roles_of(names: Collection[str]) -> frozenset[Role]:
    """Read role names as staff documents carry them. A name that is not known here gives nothing."""
    known = {role.value: role for role in Role}
    return frozenset(known[name] for name in names if name in known)


def limit(
    role: Role, act: Act, *, lowered: Mapping[tuple[Role, Act], int] | None = None, money_decimals: int = 2
) -> int | None:
    """Give the figure of a cell in the unit that amounts are given in; None where the cell has none.

    Args:
        role: the column.
        act: the row.
        lowered: figures of the venue, in the matrix's whole units; they count only where they are lower.
        money_decimals: decimals of the currency, for rows of money.
    """
    cell = MATRIX[act][_COLUMN[role]]
    if isinstance(cell, Cell):
        return None
    figure = min(cell, (lowered or {}).get((role, act), cell))
    return figure * (10**money_decimals if UNITS[act] is Unit.MONEY else 100)


def may(
    roles: Collection[Role],
    act: Act,
    amount: int = 0,
    *,
    lowered: Mapping[tuple[Role, Act], int] | None = None,
    money_decimals: int = 2,
    own_venue: bool = True,
) -> Answer:
    """Tell what somebody with these roles may do alone: the best answer that one of the roles gives (2.12).

    Args:
        roles: all roles of the person.
        act: the row.
        amount: size of the act: minor units, basis points or hundredths of a point; 0 where the row has no figures.
        lowered: figures that the venue has lowered.
        money_decimals: decimals of the currency, for rows of money.
        own_venue: whether the act concerns a venue of the person's own (row 34).

    Raises:
        ValueError: amount is below 0; an act has a size, its direction is another row.
    """
    if amount < 0:
        raise ValueError(f"amount is 0 or more, not {amount}")

    def answer(role: Role) -> Answer:
        cell = MATRIX[act][_COLUMN[role]]
        most = limit(role, act, lowered=lowered, money_decimals=money_decimals)
        if most is not None:
            return Answer.YES if amount <= most else Answer.APPROVAL
        if cell is Cell.OWN_VENUES:
            return Answer.YES if own_venue else Answer.NEVER
        return _PLAIN[Cell(cell)]

    return min((answer(role) for role in roles), key=_RANK.__getitem__, default=Answer.NEVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitted:
    """What somebody may do alone, and why.

    Attributes:
        answer: the best that one of his roles gives.
        limit: the highest figure of his roles, in the unit of amounts; None where none of them has one.
    """

    answer: Answer
    limit: int | None
    because: tuple[Because, ...]


def permit(
    roles: Collection[Role],
    act: Act,
    amount: int = 0,
    *,
    lowered: Mapping[tuple[Role, Act], int] | None = None,
    money_decimals: int = 2,
    own_venue: bool = True,
) -> Permitted:
    """Tell what somebody may do alone, up to how much, and why. Arguments as `may` (2.12)."""
    answer = may(roles, act, amount, lowered=lowered, money_decimals=money_decimals, own_venue=own_venue)
    figures = [limit(role, act, lowered=lowered, money_decimals=money_decimals) for role in roles]
    most = max((figure for figure in figures if figure is not None), default=None)
    if most is not None:
        reason = _by_figure(act, answer, most)
    elif answer is Answer.NEVER and any(MATRIX[act][_COLUMN[role]] is Cell.OWN_VENUES for role in roles):
        reason = because("why.may.other_venue", _MATRIX_RULE)
    else:
        reason = because(f"why.may.{answer.value}", _MATRIX_RULE)
    return Permitted(answer=answer, limit=most, because=(reason,))


def _by_figure(act: Act, answer: Answer, most: int) -> Because:
    side = "within" if answer is Answer.YES else "above"
    if UNITS[act] is Unit.PERCENT:
        return because(f"why.may.{side}_percent", _MATRIX_RULE, limit_bp=most)
    figure = Money(most) if UNITS[act] is Unit.MONEY else Points(most)
    return because(f"why.may.{side}", _MATRIX_RULE, limit=figure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """Whether an approval counts, for whom and by whom; both are recorded with the act."""

    answer: Approval
    asker_id: str
    approver_id: str
    because: tuple[Because, ...]


def approved(
    act: Act,
    amount: int = 0,
    *,
    asker_id: str,
    asker_roles: Collection[Role],
    approver_id: str,
    approver_roles: Collection[Role],
    lowered: Mapping[tuple[Role, Act], int] | None = None,
    money_decimals: int = 2,
    own_venue: bool = True,
    approver_own_venue: bool = True,
) -> Approved:
    """Tell whether one approval lets the asker do the act: by another person who may do it alone (2.12).

    Nobody approves his own act, and what the matrix denies the asker is not made possible by any approval. `own_venue`
    and `approver_own_venue` say whose venue it is, as in `may`.
    """
    asked = may(asker_roles, act, own_venue=own_venue)  # never does not depend on the amount
    alone = may(
        approver_roles, act, amount, lowered=lowered, money_decimals=money_decimals, own_venue=approver_own_venue
    )
    if asked is Answer.NEVER:
        answer = Approval.NOT_POSSIBLE
    elif approver_id == asker_id:
        answer = Approval.OWN_ACT
    else:
        answer = Approval.GIVEN if alone is Answer.YES else Approval.NOT_ENTITLED
    reason = because(f"why.approval.{answer.value}", _MATRIX_RULE)
    return Approved(answer=answer, asker_id=asker_id, approver_id=approver_id, because=(reason,))


def approve(
    act: Act,
    amount: int = 0,
    *,
    asker_id: str,
    asker_roles: Collection[Role],
    approver_id: str,
    approver_roles: Collection[Role],
    lowered: Mapping[tuple[Role, Act], int] | None = None,
    money_decimals: int = 2,
) -> Approval:
    """Give the bare answer of `approved`, for an act in the venue of both."""
    return approved(
        act, amount, asker_id=asker_id, asker_roles=asker_roles, approver_id=approver_id,
        approver_roles=approver_roles, lowered=lowered, money_decimals=money_decimals,
    ).answer  # fmt: skip
