"""Permissions: the matrix of 2.12, read again from the rules' own table, and what follows from a cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.explain import explain
from clubtill_rules.permissions import (
    MATRIX,
    UNITS,
    Act,
    Answer,
    Approval,
    Approved,
    Cell,
    Permitted,
    Role,
    Unit,
    approve,
    approved,
    limit,
    may,
    permit,
    roles_of,
)
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import whole
from clubtill_rules.values.why import because

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


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
@pytest.mark.parametrize("act", Act, ids=lambda act: f"{act.value}-{act.name}")
def test_each_cell_answers_as_printed(act: Act, role: Role) -> None:
    """2.12: each of the cells gives its answer: at its figure yes, the least above it approval, in every currency."""
    printed = _printed_cells(act)[list(Role).index(role)]
    plain = {"Y": Answer.YES, "A": Answer.APPROVAL, "-": Answer.NEVER, "own venues": Answer.YES}
    if printed in plain:
        assert may([role], act, 10**9) is plain[printed]
        assert limit(role, act) is None
        return
    figure = int(printed.replace(",", "").replace(" %", ""))
    for decimals, of_money in ((0, 1), (2, 100), (3, 1_000)):
        most = figure * (of_money if UNITS[act] is Unit.MONEY else 100)
        assert limit(role, act, money_decimals=decimals) == most
        assert may([role], act, most, money_decimals=decimals) is Answer.YES
        assert may([role], act, most + 1, money_decimals=decimals) is Answer.APPROVAL


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


@pytest.mark.example("2.12.1")
def test_sam_gives_a_quarter_off_the_parma() -> None:
    """2.12: 25 % on a $24.00 parma is over Sam's 10 %; a Supervisor approves that one act, and both are recorded."""
    asked = permit([Role.CASHIER], Act.DISCOUNT, 2_500)
    assert asked == Permitted(
        answer=Answer.APPROVAL, limit=1_000, because=(because("why.may.above_percent", "2.12", limit_bp=1_000),)
    )
    given = approved(
        Act.DISCOUNT,
        2_500,
        asker_id=SAM,
        asker_roles=[Role.CASHIER],
        approver_id=SUE,
        approver_roles=[Role.SUPERVISOR],
    )
    assert given == Approved(
        answer=Approval.GIVEN, asker_id=SAM, approver_id=SUE, because=(because("why.approval.given", "2.12"),)
    )
    assert explain((asked, given)).rules == ("2.12",)
    assert len(explain((asked, given)).reasons) == 2


@pytest.mark.parametrize(
    ("roles", "act", "amount", "answer", "most", "reason"),
    [
        pytest.param(
            [Role.CASHIER], Act.REFUND, 5_000, Answer.YES, 5_000,
            because("why.may.within", "2.12", limit=Money(5_000)), id="money up to the figure",
        ),
        pytest.param(
            [Role.CASHIER], Act.REFUND, 5_001, Answer.APPROVAL, 5_000,
            because("why.may.above", "2.12", limit=Money(5_000)), id="money above it",
        ),
        pytest.param(
            [Role.CASHIER, Role.SUPERVISOR], Act.POINTS_PAY, 1_000_000, Answer.YES, 2_000_000,
            because("why.may.within", "2.12", limit=whole(20_000)), id="points, by the higher figure of two roles",
        ),
        pytest.param(
            [Role.SUPERVISOR, Role.CASHIER], Act.POINTS_PAY, 2_000_001, Answer.APPROVAL, 2_000_000,
            because("why.may.above", "2.12", limit=whole(20_000)), id="points above the higher figure",
        ),
        pytest.param(
            [Role.DUTY_MANAGER], Act.LOWER_PRICE, 5_000, Answer.YES, 5_000,
            because("why.may.within_percent", "2.12", limit_bp=5_000), id="a percentage",
        ),
        pytest.param([Role.CASHIER], Act.SELL, 0, Answer.YES, None, because("why.may.yes", "2.12"), id="yes"),
        pytest.param(
            [Role.CASHIER], Act.VOID_SALE, 1, Answer.APPROVAL, None, because("why.may.approval", "2.12"), id="asks"
        ),
        pytest.param([Role.VIEWER], Act.SELL, 0, Answer.NEVER, None, because("why.may.never", "2.12"), id="never"),
        pytest.param([], Act.DISCOUNT, 0, Answer.NEVER, None, because("why.may.never", "2.12"), id="no role"),
    ],
)  # fmt: skip
def test_what_is_permitted_says_why(  # noqa: PLR0917 - columns of a table
    roles: list[Role],
    act: Act,
    amount: int,
    answer: Answer,
    most: int | None,
    reason: object,
) -> None:
    """2.12: the answer, the figure it was measured by, and the reason with that figure."""
    assert permit(roles, act, amount) == Permitted(answer=answer, limit=most, because=(reason,))


def test_what_is_permitted_knows_the_venue_and_its_limits() -> None:
    """2.12 row 34: other venues say so; lowered figures and decimals of the currency count as in `may`."""
    elsewhere = permit([Role.VENUE_MANAGER], Act.EDIT_SETTINGS, own_venue=False)
    assert elsewhere == Permitted(answer=Answer.NEVER, limit=None, because=(because("why.may.other_venue", "2.12"),))
    assert permit([Role.VENUE_MANAGER], Act.EDIT_SETTINGS).because == (because("why.may.yes", "2.12"),)
    assert permit([Role.VIEWER], Act.EDIT_SETTINGS, own_venue=False).because == (because("why.may.never", "2.12"),)
    lowered = {(Role.CASHIER, Act.REFUND): 20}
    assert permit([Role.CASHIER], Act.REFUND, 21_000, lowered=lowered, money_decimals=3) == Permitted(
        answer=Answer.APPROVAL, limit=20_000, because=(because("why.may.above", "2.12", limit=Money(20_000)),)
    )


def test_an_act_has_a_size() -> None:
    """2.12: a size below nothing is a caller's mistake; nothing is a size."""
    with pytest.raises(ValueError, match="amount is 0 or more, not -1"):
        may([Role.CASHIER], Act.REFUND, -1)
    assert may([Role.CASHIER], Act.REFUND) is Answer.YES


@pytest.mark.parametrize(
    ("own", "others", "answer"),
    [
        pytest.param(True, True, Approval.GIVEN, id="in the approver's venue"),
        pytest.param(True, False, Approval.NOT_ENTITLED, id="in another venue"),
    ],
)
def test_who_approves_does_so_in_his_own_venue(own: bool, others: bool, answer: Approval) -> None:
    """2.12 row 34: a Membership officer's change is approved by the Venue manager of that venue only."""
    got = approved(
        Act.EDIT_SETTINGS, asker_id=SAM, asker_roles=[Role.MEMBERSHIP_OFFICER], approver_id=SUE,
        approver_roles=[Role.VENUE_MANAGER], own_venue=own, approver_own_venue=others,
    )  # fmt: skip
    assert got == Approved(
        answer=answer, asker_id=SAM, approver_id=SUE, because=(because(f"why.approval.{answer.value}", "2.12"),)
    )


def test_another_venue_cannot_be_approved_for() -> None:
    """2.12 row 34: what is never his is not made his by an approval; limits of the venue and decimals count."""
    asked = approved(
        Act.EDIT_SETTINGS, asker_id=SAM, asker_roles=[Role.VENUE_MANAGER], approver_id=SUE,
        approver_roles=[Role.ADMIN], own_venue=False,
    )  # fmt: skip
    assert asked.answer is Approval.NOT_POSSIBLE
    lowered = {(Role.SUPERVISOR, Act.REFUND): 100}
    for most, answer in ((100_000, Approval.GIVEN), (100_001, Approval.NOT_ENTITLED)):
        got = approve(
            Act.REFUND, most, asker_id=SAM, asker_roles=[Role.CASHIER], approver_id=SUE,
            approver_roles=[Role.SUPERVISOR], lowered=lowered, money_decimals=3,
        )  # fmt: skip
        assert got is answer


def test_what_is_not_said_is_two_decimals_no_amount_and_the_own_venue() -> None:
    """2.12: each function measures by the same defaults."""
    none = {(role, Act.REFUND): 0 for role in Role}
    assert may([Role.CASHIER], Act.REFUND, lowered=none) is Answer.YES
    assert permit([Role.CASHIER], Act.REFUND, lowered=none).answer is Answer.YES
    assert permit([Role.CASHIER], Act.REFUND, 51, money_decimals=0).answer is Answer.APPROVAL
    who = {"asker_id": SAM, "asker_roles": [Role.CASHIER], "approver_id": SUE, "approver_roles": [Role.SUPERVISOR]}
    assert approve(Act.REFUND, lowered=none, **who) is Approval.GIVEN
    assert approved(Act.REFUND, lowered=none, **who).answer is Approval.GIVEN
    assert approve(Act.REFUND, 20_001, **who) is Approval.NOT_ENTITLED
    assert approved(Act.REFUND, 20_001, **who).answer is Approval.NOT_ENTITLED
    for asker, approver in ((Role.VENUE_MANAGER, Role.ADMIN), (Role.MEMBERSHIP_OFFICER, Role.VENUE_MANAGER)):
        venue = {"asker_id": SAM, "asker_roles": [asker], "approver_id": SUE, "approver_roles": [approver]}
        assert approved(Act.EDIT_SETTINGS, **venue).answer is Approval.GIVEN


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
