"""Charging: Charge / Redemption, by which a part or all of a sale goes to the member's accounts (R74).

The points account is one of them: money by the ratio, points rounded up, no Points Pay discount. Nothing moves here:
the sale takes leases for the points and charges for the rest when it is final (R72).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from clubtill_rules.goods.catalogue import Catalogue
from clubtill_rules.goods.line import Line
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.venue import PointsTax
from clubtill_rules.points.earning import PaidByAmount
from clubtill_rules.points.redeeming import asked, cost, excluded_kind, offer_points, ratio_at, worth
from clubtill_rules.values.money import NIL, Money, total
from clubtill_rules.values.points import NO_POINTS, Points
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working

RATIO_ZERO: Final = "points.ratio_zero"


class ChargeKind(Enum):
    """What an account of the member is held in."""

    POINTS = "points"
    MONEY = "money"


class KeyOption(Enum):
    """What the key does at first (R74)."""

    SELECT_AT_TOUCH = "select_at_touch"
    FIRST_CASH_ACCOUNT = "first_cash_account"
    FIRST_POINTS_ACCOUNT = "first_points_account"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeAccount:
    """An account that may be charged: `leased` points of this device for the points account, else `available` money."""

    account_id: str
    name: str
    kind: ChargeKind
    available: Money = NIL
    leased: Points = NO_POINTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What goes to one account: `points` are what `amount` costs at the ratio, none of an account in money."""

    account_id: str
    kind: ChargeKind
    amount: Money
    points: Points
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeOption:
    """One account of the screen: what it may take now, beside what the others take. `reason`: blank, or why nothing."""

    account: ChargeAccount
    usable: Money
    reason: str = ""
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftLine:
    """A line that needs other media, and why; `points_only` where only points cannot pay it (R44)."""

    n: int
    net: Money
    points_only: bool
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeScreen:
    """The screen as a value.

    Attributes:
        due: what is left to pay of the sale before any charge.
        chargeable: what the accounts may take together; `by_points` of it points may take.
        lines: numbers of the lines that points may pay, and what they come to, `lines_total`, as `payable_by_amount`.
        left: the lines that need other media.
        charges: what the accounts take so far, in the order of the accounts; `rest` of `due` is then still to pay.
        points: what it costs in points: with the points of the lines the figure of row 5 of the matrix.
        asks: what to ask the member for (R67, R87).
    """

    due: Money
    chargeable: Money
    by_points: Money
    lines: frozenset[int]
    lines_total: Money
    left: tuple[LeftLine, ...]
    options: tuple[ChargeOption, ...] = ()
    charges: tuple[Charge, ...] = ()
    rest: Money = NIL
    points: Points = NO_POINTS
    asks: tuple[str, ...] = ()
    because: tuple[Because, ...]
    setting: ChargeSetting


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeSetting:
    """What every step of the screen needs: `used` are points that the lines of the sale use by themselves."""

    accounts: tuple[ChargeAccount, ...]
    classification: Classification
    catalogue: Catalogue
    used: Points
    uid_only: bool

    @property
    def ratio(self) -> int:
        """The ratio at the location; 0 redeems nothing (R65, R66)."""
        return ratio_at(self.classification, self.catalogue.location.id)


def charge_screen(
    lines: Sequence[Line],
    accounts: Sequence[ChargeAccount],
    *,
    classification: Classification,
    catalogue: Catalogue,
    due: Money,
    tax_on_top: Mapping[int, Money] | None = None,
    uid_only: bool = False,
    key: KeyOption = KeyOption.SELECT_AT_TOUCH,
) -> ChargeScreen:
    """Open the screen: what may be charged of a sale, to which accounts, and what the key presets (R74).

    Args:
        lines: of the sale; those paid with Points Pay are paid. Points Pay's own lists do not count here.
        accounts: of the member, in the order of the screen, at most one in points.
        classification: the member's primary one; its list of families limits what may be charged, empty is all.
        catalogue: the settings in force at the location.
        due: left to pay of the sale.
        tax_on_top: tax added to lines by number, for codes that are exclusive (R97).
        uid_only: the member is known by a card's bare UID (R87).
        key: what the key does at first.
    """
    if due < NIL:
        raise ValueError(f"due is {due.minor}")
    if sum(account.kind is ChargeKind.POINTS for account in accounts) > 1:
        raise ValueError("accounts has more than one in points")
    on_top = tax_on_top or {}
    open_lines = _open(lines)
    charged = [line for line in open_lines if _listed(line, classification)]
    payable, lines_total = payable_by_amount(
        lines, classification=classification, catalogue=catalogue, tax_on_top=on_top
    )
    left = [_left(line, classification, catalogue, points_only=False) for line in open_lines if line not in charged]
    left += [_left(line, classification, catalogue, points_only=True) for line in charged if line.n not in payable]
    chargeable = min(due, total([line.net + on_top.get(line.n, NIL) for line in charged]))
    told = because("why.charge.chargeable", "R74", chargeable=chargeable, due=due, other=due - chargeable,
                   working=working(due - chargeable, Rounding.EXACT, due, ("-", chargeable)))  # fmt: skip
    empty = ChargeScreen(
        due=due, chargeable=chargeable,
        by_points=min(chargeable, lines_total), lines_total=lines_total,
        lines=payable,
        left=tuple(sorted(left, key=lambda line: line.n)),
        because=(told,),
        setting=ChargeSetting(
            accounts=tuple(accounts), classification=classification, catalogue=catalogue,
            used=offer_points(lines) + sum((line.by_points.points for line in lines if line.by_points), NO_POINTS),
            uid_only=uid_only,
        ),
    )  # fmt: skip
    return _preset(_shown(empty, {}), key)


def use(screen: ChargeScreen, account_id: str, amount: Money | None = None) -> ChargeScreen:
    """Charge an account: a part amount, or all that it may take; instead of what it took before (R74).

    Refuses `points.ratio_zero`, `charge.nothing` where there is nothing to take, and `charge.above` a part amount that
    is more than it may take. KeyError for an account that is not on the screen, ValueError for no amount.
    """
    cleared = clear(screen, account_id)
    option = next((one for one in cleared.options if one.account.account_id == account_id), None)
    if option is None:
        raise KeyError(account_id)
    if amount is not None and amount <= NIL:
        raise ValueError(f"amount is {amount.minor}")
    if option.reason == RATIO_ZERO:
        raise Refusal(
            "points.ratio_zero", classification=screen.setting.classification.description,
            location=screen.setting.catalogue.location.name,
        )  # fmt: skip
    if not option.usable:
        raise Refusal("charge.nothing", account=option.account.name)
    if amount is not None and amount > option.usable:
        raise Refusal("charge.above", account=option.account.name, amount=amount, usable=option.usable)
    return _shown(cleared, {**_amounts(cleared), account_id: option.usable if amount is None else amount})


def clear(screen: ChargeScreen, account_id: str | None = None) -> ChargeScreen:
    """Take an account's charge back, or every one (R74)."""
    if account_id is None:
        return _shown(screen, {})
    return _shown(screen, {name: amount for name, amount in _amounts(screen).items() if name != account_id})


def auto_charge(screen: ChargeScreen) -> ChargeScreen:
    """Work through the accounts from the first, each up to what it may take, until nothing is left to charge (R74)."""
    charged = clear(screen)
    for account in screen.setting.accounts:
        charged = _used_up(charged, account.account_id)
    return charged


def paid_by_amount(screen: ChargeScreen) -> PaidByAmount | None:
    """Give what points pay by amount, for the award and the tax of the sale (R28, R97); None where they pay nothing."""
    for charge in screen.charges:
        if charge.kind is ChargeKind.POINTS:
            return PaidByAmount(amount=charge.amount, of=screen.lines_total, lines=screen.lines, points=charge.points)
    return None


def payable_by_amount(
    lines: Sequence[Line],
    *,
    classification: Classification,
    catalogue: Catalogue,
    tax_on_top: Mapping[int, Money] | None = None,
) -> tuple[frozenset[int], Money]:
    """Give the numbers of the lines that points may pay by amount (R44, R74), and what they come to at most.

    Tax on top counts with a line; not under DISCOUNT, where a line that points pay in full bears none (R97).
    """
    payable = [line for line in _open(lines) if _listed(line, classification) and not excluded_kind(line, catalogue)]
    on_top = {} if tax_on_top is None or catalogue.venue.points_tax is PointsTax.DISCOUNT else tax_on_top
    of = total([line.net + on_top.get(line.n, NIL) for line in payable])
    return frozenset(line.n for line in payable), of


def _open(lines: Sequence[Line]) -> list[Line]:
    """Give the lines that are still to be paid: not by Points Pay, and not for nothing."""
    return [line for line in lines if line.by_points is None and line.net > NIL]


def _listed(line: Line, classification: Classification) -> bool:
    families = classification.account_charge_families
    return not families or line.family_id in families


def _left(line: Line, classification: Classification, catalogue: Catalogue, *, points_only: bool) -> LeftLine:
    """Say why a line needs other media (R44, R74)."""
    family = catalogue.families.get(line.family_id)
    told = because(
        "why.charge.left.kind" if points_only else "why.charge.left.family", "R44" if points_only else "R74",
        product=line.name, family=family.name if family else line.family_id,
        classification=classification.description,
    )  # fmt: skip
    return LeftLine(n=line.n, net=line.net, points_only=points_only, because=(told,))


def _amounts(screen: ChargeScreen) -> dict[str, Money]:
    return {charge.account_id: charge.amount for charge in screen.charges}


def _used_up(screen: ChargeScreen, account_id: str) -> ChargeScreen:
    """Charge an account with all that it may take, if that is anything."""
    option = next(one for one in screen.options if one.account.account_id == account_id)
    return use(screen, account_id) if option.usable else screen


def _preset(screen: ChargeScreen, key: KeyOption) -> ChargeScreen:
    """Charge the first account of the kind that the key presets; none where there is none."""
    if key is KeyOption.SELECT_AT_TOUCH:
        return screen
    kind = ChargeKind.MONEY if key is KeyOption.FIRST_CASH_ACCOUNT else ChargeKind.POINTS
    first = next((one.account_id for one in screen.setting.accounts if one.kind is kind), None)
    return _used_up(screen, first) if first is not None else screen


def _shown(screen: ChargeScreen, amounts: Mapping[str, Money]) -> ChargeScreen:
    """Give the screen with these charges: what each costs, what the others may still take, what is left to pay."""
    setting = screen.setting
    charges = tuple(
        _charge(one, amounts[one.account_id], setting) for one in setting.accounts if one.account_id in amounts
    )
    rest = screen.due - total([charge.amount for charge in charges])
    points = sum((charge.points for charge in charges), NO_POINTS)
    asks, why = asked(points + setting.used, setting.catalogue.club, uid_only=setting.uid_only)
    return replace(
        screen,
        options=tuple(_option(one, screen, charges) for one in setting.accounts),
        charges=charges,
        rest=rest,
        points=points,
        asks=asks,
        because=(screen.because[0], *why),
    )


def _charge(account: ChargeAccount, amount: Money, setting: ChargeSetting) -> Charge:
    """Write a charge; of the points account with what it costs, rounded up (R66)."""
    if account.kind is ChargeKind.MONEY:
        told = because("why.charge.money", "R74", account=account.name, amount=amount)
        return Charge(
            account_id=account.account_id, kind=account.kind, amount=amount, points=NO_POINTS, because=(told,)
        )
    points = cost(
        amount, setting.ratio, money_decimals=setting.catalogue.venue.money_decimals, grain_h=setting.catalogue.grain_h
    )
    told = because(
        "why.charge.points", "R74", account=account.name, amount=amount, points=points, ratio=setting.ratio,
        working=working(points, Rounding.CEILING, amount, ("x", setting.ratio)),
    )  # fmt: skip
    return Charge(account_id=account.account_id, kind=account.kind, amount=amount, points=points, because=(told,))


def _option(account: ChargeAccount, screen: ChargeScreen, charges: Sequence[Charge]) -> ChargeOption:
    """Say what an account may take beside the charges of the others (R74)."""
    others = [charge.amount for charge in charges if charge.account_id != account.account_id]
    open_to_charge = screen.chargeable - total(others)
    if account.kind is ChargeKind.MONEY:
        has = max(NIL, account.available)
        usable = min(has, open_to_charge)
        least = working(usable, Rounding.LEAST, has, (",", open_to_charge))
        told = because("why.charge.available", "R74", account=account.name, usable=usable, working=least)
        return ChargeOption(account=account, usable=usable, because=(told,))
    setting = screen.setting
    if not setting.ratio:
        told = because("why.charge.ratio_zero", "R66", classification=setting.classification.description)
        return ChargeOption(account=account, usable=NIL, reason=RATIO_ZERO, because=(told,))
    held = _held(account, setting)
    buys = worth(held, setting.ratio, money_decimals=setting.catalogue.venue.money_decimals)
    most = min(screen.by_points, open_to_charge)
    usable = min(buys, most)
    told = because(
        "why.charge.worth", "R74", account=account.name, points=held, ratio=setting.ratio, usable=usable,
        working=working(usable, Rounding.LEAST, buys, (",", most)),
    )  # fmt: skip
    return ChargeOption(account=account, usable=usable, because=(told,))


def _held(account: ChargeAccount, setting: ChargeSetting) -> Points:
    """Give the leased points that count: whole grains, beside those of the lines, within the club's limit (R1, R44)."""
    cap_h = setting.catalogue.club.max_points_per_sale_h
    leased_h = account.leased.hundredths
    most_h = max(0, (leased_h if cap_h is None else min(leased_h, cap_h)) - setting.used.hundredths)
    grain_h = setting.catalogue.grain_h
    return Points(most_h // grain_h * grain_h)
