"""Charging: whether an amount may be charged to an account, alone, with an approval, or out of contact (R90, R100)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from clubtill_rules.members.account import Block
from clubtill_rules.permissions import Act, Answer, Approval, Role, approve, may
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Because, Rounding, because, working


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeAccount:
    """A charge account of a private, family or company account.

    Attributes:
        terms_days: days from a charge to when it is due.
        statement_day: day of the month, 1 to 31; the last one where a month is shorter.
    """

    id: str
    account_id: str
    limit: Money = NIL
    terms_days: int = 30
    statement_day: int = 1
    block: Block = Block.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who charges, and who approves where that is needed."""

    staff_id: str
    roles: Collection[Role]
    approver_id: str = ""
    approver_roles: Collection[Role] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeDecision:
    """An amount that may be charged.

    Attributes:
        beyond: how far it goes beyond what was available; nil inside.
        approver_id: who approved that; blank where nobody had to.
        available: what is left afterwards; below nil beyond the limit.
    """

    amount: Money
    beyond: Money
    approver_id: str
    available: Money
    because: tuple[Because, ...]


def charge(
    account: ChargeAccount,
    amount: Money,
    *,
    available: Money,
    asking: Asking,
    money_decimals: int = 2,
) -> ChargeDecision:
    """Decide on a charge in contact with the ledger (R100; 2.12, row 15).

    Args:
        account: which.
        amount: above nil.
        available: `Book.available` of its limit or, where it has one, what is left of its allowance (R96).
        asking: whose roles decide how far beyond that it may go.
        money_decimals: of the currency.

    Raises:
        Refusal: `charge.account_blocked`; `charge.own_approval`; `charge.beyond_limit` with `amount`, `available`, how
            far `over`, the `act` of the matrix, and whether an approval is possible (`may_ask`).
        ValueError: `amount` is not above nil.
    """
    _possible(account, amount)
    beyond = Money(max(0, (amount - max(available, NIL)).minor))
    approver_id = _approver(amount, available, beyond, asking, money_decimals) if beyond else ""
    return _decision(amount, available, beyond, approver_id)


def charge_offline(
    account: ChargeAccount, amount: Money, *, available: Money, cap: Money, charged: Money
) -> ChargeDecision:
    """Decide on a charge out of contact (R90): inside the venue's cap and inside what the cache knows as available.

    Nobody approves anything out of contact.

    Args:
        account: as in the cache.
        amount: above nil.
        available: as in the cache, before what this terminal charged since.
        cap: the venue's `offline_charge_cap` for one account; nil is off.
        charged: what this terminal charged to the account since its last contact.

    Raises:
        Refusal: `charge.account_blocked`; `charge.offline_off`; `charge.offline_cap` with `amount` and `available`.
        ValueError: `amount` is not above nil.
    """
    _possible(account, amount)
    if cap <= NIL:
        raise Refusal("charge.offline_off")
    left = min(available, cap) - charged
    if amount > left:
        raise Refusal("charge.offline_cap", amount=amount, available=max(left, NIL))
    return _decision(amount, left, NIL, "")


def _possible(account: ChargeAccount, amount: Money) -> None:
    if amount <= NIL:
        raise ValueError("amount: not above nil")
    if account.block is not Block.NONE:
        raise Refusal("charge.account_blocked")


def _approver(amount: Money, available: Money, beyond: Money, asking: Asking, money_decimals: int) -> str:
    """Give who approves going beyond, blank where whoever asks may do so alone; refuse where nobody counts."""
    if may(asking.roles, Act.CHARGE_BEYOND_LIMIT, beyond.minor, money_decimals=money_decimals) is Answer.YES:
        return ""
    answer = approve(
        Act.CHARGE_BEYOND_LIMIT,
        beyond.minor,
        asker_id=asking.staff_id,
        asker_roles=asking.roles,
        approver_id=asking.approver_id,
        approver_roles=asking.approver_roles,
        money_decimals=money_decimals,
    )
    if answer is Approval.GIVEN:
        return asking.approver_id
    if answer is Approval.OWN_ACT:
        raise Refusal("charge.own_approval")
    raise Refusal(
        "charge.beyond_limit",
        amount=amount,
        available=max(available, NIL),
        over=beyond,
        act=Act.CHARGE_BEYOND_LIMIT,
        may_ask=answer is Approval.NOT_ENTITLED,
    )


def _decision(amount: Money, available: Money, beyond: Money, approver_id: str) -> ChargeDecision:
    left = available - amount
    why = because(
        "why.charge.beyond" if beyond else "why.charge.inside",
        "R100",
        working=working(left, Rounding.EXACT, available, ("-", amount)),
        amount=amount,
        available=available,
        over=beyond,
    )
    return ChargeDecision(amount=amount, beyond=beyond, approver_id=approver_id, available=left, because=(why,))
