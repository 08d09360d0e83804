"""Charging: up to the limit, beyond it with the right role or approval, and out of contact."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.accounts.charging import Asking, ChargeAccount, ChargeDecision, charge, charge_offline
from clubtill_rules.members.account import Block
from clubtill_rules.permissions import Act, Role
from clubtill_rules.values.money import NIL, Money
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.accounts.larkspur_account import ACCOUNT

SAM = Asking(staff_id="sam", roles={Role.CASHIER})
DAN = Asking(staff_id="dan", roles={Role.DUTY_MANAGER})
WITH_DAN = replace(SAM, approver_id="dan", approver_roles={Role.DUTY_MANAGER})
WITH_VIV = replace(SAM, approver_id="viv", approver_roles={Role.VENUE_MANAGER})


def may_charge(cents: int, available: int, asking: Asking = SAM, **changes: Any) -> ChargeDecision:
    """Charge in contact."""
    return charge(ACCOUNT, Money(cents), available=Money(available), asking=asking, **changes)


def no(act: Any, *args: Any, **changes: Any) -> tuple[str, dict[str, object]]:
    """Give code and facts of a refusal."""
    with pytest.raises(Refusal) as refused:
        act(*args, **changes)
    return refused.value.code, refused.value.facts


@pytest.mark.parametrize(
    ("cents", "available", "asking", "beyond", "approver"),
    [
        pytest.param(10_999, 11_000, SAM, 0, "", id="a cent below"),
        pytest.param(11_000, 11_000, SAM, 0, "", id="all that is available"),
        pytest.param(11_001, 11_000, WITH_DAN, 1, "dan", id="a cent beyond, approved"),
        pytest.param(21_000, 11_000, DAN, 10_000, "", id="a Duty manager alone: 100.00 beyond"),
        pytest.param(21_000, 11_000, WITH_DAN, 10_000, "dan", id="approved: 100.00 beyond"),
        pytest.param(21_001, 11_000, WITH_VIV, 10_001, "viv", id="a Venue manager: more"),
        pytest.param(500, -2000, WITH_DAN, 500, "dan", id="already beyond: only the new amount counts"),
    ],
)
def test_charged(cents: int, available: int, asking: Asking, beyond: int, approver: str) -> None:
    """R100, 2.12 row 15: inside the limit by anybody who sells; beyond it by role or approval."""
    code = "why.charge.beyond" if beyond else "why.charge.inside"
    left = Money(available - cents)
    assert may_charge(cents, available, asking) == ChargeDecision(
        amount=Money(cents),
        beyond=Money(beyond),
        approver_id=approver,
        available=left,
        because=(
            because(
                code,
                "R100",
                working=working(left, Rounding.EXACT, Money(available), ("-", Money(cents))),
                amount=Money(cents),
                available=Money(available),
                over=Money(beyond),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("asking", "may_ask"),
    [
        pytest.param(SAM, True, id="nobody approves"),
        pytest.param(replace(SAM, approver_id="bob", approver_roles={Role.SUPERVISOR}), True, id="a Supervisor"),
        pytest.param(WITH_DAN, True, id="beyond what a Duty manager may"),
        pytest.param(replace(WITH_VIV, roles={Role.VIEWER}), False, id="a Viewer cannot ask"),
        pytest.param(Asking(staff_id="dan", roles={Role.DUTY_MANAGER}), True, id="a Duty manager beyond his own"),
    ],
)  # fmt: skip
def test_beyond_the_limit(asking: Asking, may_ask: bool) -> None:
    """R100: refused with what was asked, what there is, how far beyond, and the row of 2.12 for an approval."""
    assert no(may_charge, 21_001, 11_000, asking) == (
        "charge.beyond_limit",
        {
            "amount": Money(21_001),
            "available": Money(11_000),
            "over": Money(10_001),
            "act": Act.CHARGE_BEYOND_LIMIT,
            "may_ask": may_ask,
        },
    )


def test_nothing_is_available_beyond_the_limit() -> None:
    """R100: the refusal speaks of nil, not of less."""
    code, facts = no(may_charge, 500, -2000)
    assert (code, facts["available"], facts["over"]) == ("charge.beyond_limit", NIL, Money(500))


def test_nobody_approves_his_own() -> None:
    """2.12, R100: not even with two roles."""
    own = replace(SAM, approver_id="sam", approver_roles={Role.VENUE_MANAGER})
    assert no(may_charge, 21_001, 11_000, own) == ("charge.own_approval", {})


def test_figures_are_in_the_currencys_unit() -> None:
    """R1, 2.12: 100 yen and 100.000 dinars are the Duty manager's, too."""
    assert may_charge(100, 0, DAN, money_decimals=0).beyond == Money(100)
    assert no(may_charge, 101, 0, DAN, money_decimals=0)[0] == "charge.beyond_limit"
    assert may_charge(100_000, 0, DAN, money_decimals=3).beyond == Money(100_000)
    assert may_charge(100_000, 0, WITH_DAN, money_decimals=3).approver_id == "dan"


def offline(cents: int, *, available: int = 11_000, cap: int = 5000, charged: int = 0, account: Any = ACCOUNT):
    """Charge out of contact."""
    return charge_offline(account, Money(cents), available=Money(available), cap=Money(cap), charged=Money(charged))


@pytest.mark.parametrize(
    ("cents", "changes", "left"),
    [
        pytest.param(5000, {}, 0, id="the cap"),
        pytest.param(2000, {"charged": 3000}, 0, id="the rest of the cap"),
        pytest.param(1000, {"available": 1500}, 500, id="less is available than the cap"),
        pytest.param(500, {"available": 1500, "charged": 1000}, 0, id="and some of it was charged here"),
    ],
)
def test_charged_out_of_contact(cents: int, changes: dict[str, int], left: int) -> None:
    """R90: inside the cap and the cached amount, less what this terminal charged since."""
    found = offline(cents, **changes)
    assert (found.available, found.beyond, found.approver_id) == (Money(left), NIL, "")
    assert [why.code for why in found.because] == ["why.charge.inside"]


@pytest.mark.parametrize(
    ("cents", "changes", "code", "facts"),
    [
        pytest.param(1, {"cap": 0}, "charge.offline_off", {}, id="off by default"),
        pytest.param(5001, {}, "charge.offline_cap", {"amount": 5001, "available": 5000}, id="a cent beyond the cap"),
        pytest.param(2001, {"charged": 3000}, "charge.offline_cap", {"amount": 2001, "available": 2000}, id="the rest"),
        pytest.param(
            1501, {"available": 1500}, "charge.offline_cap", {"amount": 1501, "available": 1500}, id="the cache's"
        ),
        pytest.param(1, {"available": -50}, "charge.offline_cap", {"amount": 1, "available": 0}, id="beyond already"),
    ],
)
def test_refused_out_of_contact(cents: int, changes: dict[str, int], code: str, facts: dict[str, int]) -> None:
    """R90: nobody approves anything out of contact."""
    assert no(offline, cents, **changes) == (code, {name: Money(value) for name, value in facts.items()})


def test_blocked_accounts_and_no_amount() -> None:
    """R13, R100: a blocked account takes no charge; an amount of nil or less is a caller's mistake."""
    blocked = replace(ACCOUNT, block=Block.BLOCKED)
    assert no(charge, blocked, Money(1), available=Money(9), asking=SAM) == ("charge.account_blocked", {})
    assert no(offline, 1, account=blocked)[0] == "charge.account_blocked"
    for act in (may_charge, lambda cents, _: offline(cents)):
        with pytest.raises(ValueError, match=r"^amount: not above nil$"):
            act(0, 100)


@given(
    cents=st.lists(st.integers(1, 6000), max_size=10), available=st.integers(-1000, 12_000), cap=st.integers(0, 9000)
)
def test_never_beyond_the_cap(cents: list[int], available: int, cap: int) -> None:
    """R90: whatever is tried out of contact, what was charged stays inside cap and cached amount."""
    charged = 0
    for amount in cents:
        try:
            found = offline(amount, available=available, cap=cap, charged=charged)
        except Refusal:
            continue
        charged += found.amount.minor
    assert charged <= max(0, min(available, cap))


def test_an_account_as_it_is_opened() -> None:
    """R100: no limit until one is given, 30 days' terms, statements on the first, not blocked."""
    assert ChargeAccount(id="c", account_id="a") == ChargeAccount(
        id="c", account_id="a", limit=NIL, terms_days=30, statement_day=1, block=Block.NONE
    )
    assert (SAM.approver_id, tuple(SAM.approver_roles)) == ("", ())
