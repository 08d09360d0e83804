"""Permissions: the matrix of 2.12, read again from the rules' own table, and what follows from a cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.permissions import MATRIX, UNITS, Act, Answer, Approval, Cell, Role, approve, limit, may, roles_of

# The table of section 2.12 as it is printed, without its middle column.
PRINTED = """
1 | Y | Y | - | Y | - | Y | - | -
2 | Y | Y | Y | Y | Y | Y | - | -
3 | Y | Y | Y | Y | Y | Y | - | -
4 | A | Y | A | Y | Y | Y | - | -
5 | 5,000 | 20,000 | - | 50,000 | - | 100,000 | - | -
6 | A | Y | - | Y | - | Y | - | -
7 | 10 % | 25 % | - | 50 % | - | 100 % | - | -
8 | A | 25 % | - | 50 % | - | 100 % | - | -
9 | A | 200 | - | 1,000 | - | 5,000 | - | -
10 | 50 | 200 | - | 1,000 | - | 5,000 | - | -
11 | A | 50 | - | 200 | - | 1,000 | - | -
12 | A | 50 | - | 200 | - | 1,000 | - | -
13 | Y | Y | - | Y | - | Y | - | -
14 | - | A | - | Y | - | Y | - | -
15 | A | A | - | 100 | - | 500 | - | -
16 | 200 | 500 | - | 1,000 | - | 5,000 | - | -
17 | 200 | 500 | - | 1,000 | - | 1,000 | - | -
18 | - | - | Y | Y | Y | Y | - | -
19 | - | - | A | Y | - | Y | - | -
20 | - | - | - | Y | - | - | - | -
21 | - | - | - | - | - | - | - | -
22 | - | - | Y | Y | - | Y | - | -
23 | - | - | Y | Y | Y | Y | - | -
24 | - | A | A | Y | Y | Y | - | -
25 | - | - | - | Y | Y | Y | - | -
26 | - | - | - | A | Y | Y | - | -
27 | - | - | - | Y | Y | Y | - | -
28 | - | - | - | A | A | Y | - | -
29 | - | - | - | - | - | A | Y | -
30 | - | - | - | 500 | 5,000 | 20,000 | - | -
31 | - | - | - | - | A | Y | - | -
32 | - | - | - | - | Y | Y | - | -
33 | - | - | - | - | Y / A | Y | - | -
34 | - | - | - | - | A | own venues | Y | -
35 | - | - | - | - | - | A | Y | -
36 | - | - | - | - | - | Y | Y | -
37 | - | - | - | - | - | A | Y | -
38 | - | - | - | Y / - | Y / Y | Y / Y | Y / Y | Y / -
"""


def _printed_cells(act: Act) -> list[str]:
    rows = {row.split(" | ")[0]: row.split(" | ")[1:] for row in PRINTED.strip().splitlines()}
    second_half = act.value.endswith("b")
    halves = [cell.split(" / ") for cell in rows[act.value.rstrip("ab")]]
    return [half[-1] if second_half else half[0] for half in halves]


def _shown(act: Act, cell: Cell | int) -> str:
    if isinstance(cell, Cell):
        return cell.value
    return f"{cell} %" if UNITS[act].value == "percent" else f"{cell:,}"


@pytest.mark.parametrize("act", Act, ids=lambda act: f"{act.value}-{act.name}")
def test_each_row_is_the_printed_one(act: Act) -> None:
    """2.12: every act's row says for each of the eight roles what the rules print."""
    assert [_shown(act, cell) for cell in MATRIX[act]] == _printed_cells(act)


def test_every_act_has_a_row_and_every_figure_a_unit() -> None:
    """2.12: no act is outside the matrix, no row has another number of columns, and figures have a unit."""
    assert set(MATRIX) == set(Act)
    assert {len(row) for row in MATRIX.values()} == {len(Role)}
    assert {act for act, row in MATRIX.items() if any(isinstance(cell, int) for cell in row)} == set(UNITS)


@pytest.mark.parametrize(
    ("roles", "act", "amount", "expected"),
    [
        pytest.param([Role.CASHIER], Act.POINTS_PAY, 500_000, Answer.YES, id="5,000 points are inside the limit"),
        pytest.param([Role.CASHIER], Act.POINTS_PAY, 500_001, Answer.APPROVAL, id="a hundredth above asks"),
        pytest.param([Role.RECEPTION], Act.POINTS_PAY, 1, Answer.NEVER, id="Reception never uses points"),
        pytest.param([Role.CASHIER], Act.DISCOUNT, 1_000, Answer.YES, id="10 %"),
        pytest.param([Role.CASHIER], Act.DISCOUNT, 2_500, Answer.APPROVAL, id="Sam gives 25 %"),
        pytest.param([Role.CASHIER], Act.REFUND, 5_000, Answer.YES, id="50.00"),
        pytest.param([Role.CASHIER], Act.REFUND, 5_001, Answer.APPROVAL, id="50.01"),
        pytest.param([Role.RECEPTION], Act.LET_IN, 0, Answer.APPROVAL, id="Reception lets in with approval"),
        pytest.param([Role.CASHIER, Role.RECEPTION], Act.LET_IN, 0, Answer.APPROVAL, id="the better role counts"),
        pytest.param([Role.RECEPTION, Role.DUTY_MANAGER], Act.LET_IN, 0, Answer.YES, id="two roles at the door"),
        pytest.param([], Act.SELL, 0, Answer.NEVER, id="nobody signed in"),
    ],
)
def test_answers(roles: list[Role], act: Act, amount: int, expected: Answer) -> None:
    """2.12: a figure is a limit per act; above it approval; of several roles the best answer counts."""
    assert may(roles, act, amount) is expected


def test_own_venues_only() -> None:
    """2.12 row 34: a Venue manager edits settings of own venues, and not of others even with approval."""
    assert may([Role.VENUE_MANAGER], Act.EDIT_SETTINGS, own_venue=True) is Answer.YES
    assert may([Role.VENUE_MANAGER], Act.EDIT_SETTINGS, own_venue=False) is Answer.NEVER
    assert may([Role.ADMIN], Act.EDIT_SETTINGS, own_venue=False) is Answer.YES


def test_currency_without_decimals() -> None:
    """2.12, R1: the same limit of 50 counts whole units where the currency has no decimals, thousands with three."""
    assert limit(Role.CASHIER, Act.REFUND, money_decimals=0) == 50
    assert limit(Role.CASHIER, Act.REFUND, money_decimals=3) == 50_000


def test_a_venue_lowers_and_never_raises() -> None:
    """2.12: limits are defaults that a venue may lower."""
    lowered = {(Role.CASHIER, Act.REFUND): 20, (Role.SUPERVISOR, Act.REFUND): 900}
    assert limit(Role.CASHIER, Act.REFUND, lowered=lowered) == 2_000
    assert limit(Role.SUPERVISOR, Act.REFUND, lowered=lowered) == 20_000


SAM, SUE = "sam", "sue"


@pytest.mark.parametrize(
    ("asker", "approver", "act", "amount", "expected"),
    [
        pytest.param(Role.CASHIER, (SUE, Role.SUPERVISOR), Act.DISCOUNT, 2_500, Approval.GIVEN, id="Sam's 25 %"),
        pytest.param(Role.CASHIER, (SUE, Role.SUPERVISOR), Act.DISCOUNT, 2_600, Approval.NOT_ENTITLED, id="26 %"),
        pytest.param(Role.CASHIER, (SAM, Role.SUPERVISOR), Act.DISCOUNT, 2_500, Approval.OWN_ACT, id="himself"),
        pytest.param(
            Role.CASHIER, (SUE, Role.CASHIER), Act.DISCOUNT, 2_500, Approval.NOT_ENTITLED, id="another cashier"
        ),
        pytest.param(Role.RECEPTION, (SUE, Role.DUTY_MANAGER), Act.LET_IN, 0, Approval.GIVEN, id="let in"),
        pytest.param(Role.RECEPTION, (SUE, Role.RECEPTION), Act.LET_IN, 0, Approval.NOT_ENTITLED, id="A approves no A"),
        pytest.param(
            Role.RECEPTION, (SUE, Role.DUTY_MANAGER), Act.LET_IN_HOUSE_BAN, 0, Approval.NOT_POSSIBLE, id="house ban"
        ),
    ],
)
def test_approvals(asker: Role, approver: tuple[str, Role], act: Act, amount: int, expected: Approval) -> None:
    """2.12: one approval by another person who may do it alone; never is never, even with approval."""
    who, role = approver
    answer = approve(act, amount, asker_id=SAM, asker_roles=[asker], approver_id=who, approver_roles=[role])
    assert answer is expected


@given(
    roles=st.sets(st.sampled_from(Role)),
    more=st.sets(st.sampled_from(Role)),
    act=st.sampled_from(Act),
    amount=st.integers(0, 20_000_000),
)
def test_more_roles_never_take_away(roles: set[Role], more: set[Role], act: Act, amount: int) -> None:
    """2.12: a person may hold several roles; one more never makes the answer worse, a larger amount never better."""
    order = list(Answer)
    assert order.index(may(roles | more, act, amount)) <= order.index(may(roles, act, amount))
    assert order.index(may(roles, act, amount + 1)) >= order.index(may(roles, act, amount))


@given(act=st.sampled_from(Act), amount=st.integers(0, 20_000_000), roles=st.sets(st.sampled_from(Role)))
def test_nobody_approves_his_own_act(act: Act, amount: int, roles: set[Role]) -> None:
    """2.12: nobody approves his own act, whatever roles he holds."""
    own = approve(act, amount, asker_id=SAM, asker_roles=roles, approver_id=SAM, approver_roles=set(Role))
    assert own in {Approval.OWN_ACT, Approval.NOT_POSSIBLE}


def test_role_names_of_staff() -> None:
    """2.12: roles are read by name from staff documents; a name of a newer program gives no right."""
    assert roles_of(("reception", "duty_manager", "astronaut")) == {Role.RECEPTION, Role.DUTY_MANAGER}
