"""Fee history: fees in effective order whatever arrives first, and what a refund takes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.fee_history import (
    DIFFERS,
    NO_GAIN,
    FeeApplied,
    FeeFact,
    FeeHistory,
    FeeTakenBack,
    refund_fee,
    replay,
    void_fees,
)
from clubtill_rules.members.fees import TickedFee
from clubtill_rules.members.joining import FeePaid, receipt
from clubtill_rules.members.renewing import renew
from clubtill_rules.values.days import NEVER_PAID
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import NO_POINTS, whole
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import Rounding, because, working
from tests.rules.members import renewal_oracle
from tests.rules.members.members_of_larkspur import BOWLS, CLUB, DAY, GOLD, GUEST, MATEO

JUNE = date(2025, 6, 30)
NEXT_JUNE = date(2026, 6, 30)
FIRST = FeeFact(event_id="e1", at_us=100, day=date(2025, 7, 20), classification=GOLD)
SECOND = FeeFact(event_id="e2", at_us=200, day=date(2025, 7, 25), classification=GOLD)


def paid(event_id: str, at_us: int, before: date, after: date, *, place: int = 0, number: int = 3) -> FeePaid:
    """A fee that stands on Mateo's record."""
    day = before + timedelta(days=20)
    done = receipt(
        replace(MATEO, renewal_date=before, linked=()),
        [TickedFee(number=3, fee=Money(5500))],
        classifications={3: GOLD},
        club=CLUB,
        day=day,
        event_id=event_id,
        at_us=at_us,
    )
    return replace(done.fees[0], after=after, place=place, number=number)


def test_the_flags() -> None:
    """R90: as reports name them."""
    assert (DIFFERS, NO_GAIN) == ("fee.flag.differs", "fee.flag.no_gain")


def test_one_fee() -> None:
    """R22: the fold gives what the fee gave, with its reasons."""
    assert replay(JUNE, [FIRST]) == FeeHistory(
        renewal_date=NEXT_JUNE,
        fees=(
            FeeApplied(
                name=("e1", 0),
                before=JUNE,
                after=NEXT_JUNE,
                refunded=False,
                because=renew(GOLD, JUNE, FIRST.day).because,
            ),
        ),
    )


def test_no_fee() -> None:
    """R22: without fees the date stays."""
    assert replay(JUNE, []) == FeeHistory(renewal_date=JUNE, fees=())


@pytest.mark.parametrize("order", [(FIRST, SECOND), (SECOND, FIRST)], ids=["in order", "late one first"])
def test_two_fees_taken_offline(order: tuple[FeeFact, ...]) -> None:
    """R22: the second extends what the first made, whatever arrives first."""
    history = replay(JUNE, order)
    assert [(fee.name, fee.before, fee.after) for fee in history.fees] == [
        (("e1", 0), JUNE, NEXT_JUNE),
        (("e2", 0), NEXT_JUNE, date(2027, 6, 30)),
    ]
    assert history.renewal_date == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(replace(FIRST, at_us=200), SECOND, id="event id decides"),
        pytest.param(replace(FIRST, event_id="e2", at_us=200, place=-1), SECOND, id="then the place"),
    ],
)
def test_equal_instants(one: FeeFact, other: FeeFact) -> None:
    """R22: fees of one instant stand by event id, then by their place in the sale."""
    assert [fee.name for fee in replay(JUNE, [other, one]).fees] == [one.name, other.name]


def test_the_same_fee_twice_counts_once() -> None:
    """R4: sent again, it changes nothing."""
    assert replay(JUNE, [FIRST, FIRST]) == replay(JUNE, [FIRST])


@pytest.mark.parametrize(
    ("told", "flags"),
    [
        pytest.param(None, (), id="told nothing"),
        pytest.param(NEXT_JUNE, (), id="the same date"),
        pytest.param(date(2026, 7, 20), (DIFFERS,), id="another date"),
    ],
)
def test_the_ledger_works_a_provisional_fee_out_again(told: date | None, flags: tuple[str, ...]) -> None:
    """R90: from its own Renewal Date; a difference is flagged with both dates, and the ledger's stands."""
    fee = replay(JUNE, [replace(FIRST, told=told)]).fees[0]
    assert (fee.after, fee.flags) == (NEXT_JUNE, flags)
    if flags:
        assert fee.because[-1] == because(DIFFERS, "R90", told=told, paid_to=NEXT_JUNE)


def test_a_second_fee_to_the_same_fixed_date_is_flagged() -> None:
    """R21: it moved nothing, so somebody refunds or extends it; the first is in order."""
    one = FeeFact(event_id="e1", at_us=1, day=DAY, classification=BOWLS)
    history = replay(NEVER_PAID, [one, replace(one, event_id="e2", at_us=2)])
    assert [fee.flags for fee in history.fees] == [(), (NO_GAIN,)]
    assert history.fees[1].because[-1] == because(NO_GAIN, "R22", paid_to=date(2026, 12, 31))


@pytest.mark.parametrize(
    ("classification", "reason"),
    [(GUEST, "why.fee.no_date"), (replace(BOWLS, paid_to=date(2026, 1, 1)), "why.fee.passed")],
    ids=["no date by now", "date has passed"],
)
def test_a_fee_that_the_rules_refuse_was_paid_all_the_same(classification: object, reason: str) -> None:
    """R3, R21: money taken is a fact; it moves no date and is flagged, and so is what the terminal told."""
    fact = FeeFact(event_id="e1", at_us=1, day=DAY, classification=classification, told=NEXT_JUNE)  # type: ignore[arg-type]
    fee = replay(JUNE, [fact]).fees[0]
    assert (fee.before, fee.after, fee.flags) == (JUNE, JUNE, (NO_GAIN, DIFFERS))
    assert [why.code for why in fee.because] == [reason, NO_GAIN, DIFFERS]


def test_a_refunded_fee_counts_as_never_paid() -> None:
    """R24: the date before it is restored; an earlier one refunded leaves the later one standing."""
    both = [FIRST, SECOND]
    assert replay(JUNE, both, {("e2", 0)}).renewal_date == NEXT_JUNE
    assert replay(JUNE, both, {("e1", 0), ("e2", 0)}).renewal_date == JUNE
    history = replay(JUNE, both, {("e1", 0)})
    assert history.renewal_date == NEXT_JUNE
    assert history.fees[0] == FeeApplied(
        name=("e1", 0),
        before=JUNE,
        after=JUNE,
        refunded=True,
        because=(because("why.fee.refunded", "R24", paid_to=JUNE),),
    )


def test_fees_of_one_classification_only() -> None:
    """R9: each classification has a date of its own; mixing them is a caller's mistake."""
    with pytest.raises(ValueError, match=r"^fees: of one classification$"):
        replay(JUNE, [FIRST, replace(SECOND, classification=BOWLS)])


FACTS = st.lists(
    st.builds(
        FeeFact,
        event_id=st.sampled_from("abcdef"),
        place=st.integers(0, 1),
        at_us=st.integers(0, 3),
        day=st.dates(min_value=date(2024, 1, 1), max_value=date(2028, 1, 1)),
        classification=st.just(replace(GOLD, days_paid=90, days_before_reset=40)),
    ),
    max_size=6,
    unique_by=lambda fee: fee.name,
)


@given(FACTS, st.randoms(use_true_random=False), st.sets(st.tuples(st.sampled_from("abcdef"), st.integers(0, 1))))
def test_the_order_of_arrival_changes_nothing(
    facts: list[FeeFact], random: object, refunded: set[tuple[str, int]]
) -> None:
    """R22, R90: every order of the same fees gives the same history, and each starts where the one before ended."""
    shuffled = list(facts)
    random.shuffle(shuffled)  # type: ignore[attr-defined] - a random.Random of Hypothesis
    history = replay(JUNE, facts, refunded)
    assert replay(JUNE, shuffled, refunded) == history
    dates = [JUNE, *(fee.after for fee in history.fees)]
    assert [fee.before for fee in history.fees] == dates[:-1]
    assert history.renewal_date == dates[-1]
    expected = JUNE.toordinal()
    for fee in sorted(facts, key=lambda fee: (fee.at_us, fee.event_id, fee.place)):
        if fee.name not in refunded:
            expected = renewal_oracle.renewed(expected, fee.day.toordinal(), 90, 40, never=False)
    assert history.renewal_date.toordinal() == expected


@pytest.mark.example("R24.1")
def test_refund_restores_the_date_and_reverses_the_points() -> None:
    """R24: 30 Jun 2025 to 30 Jun 2026 by receipt; refund: 30 Jun 2025, -200 points."""
    fee = paid("s1", 1, JUNE, NEXT_JUNE)
    figure = working(whole(-200), Rounding.EXACT, NO_POINTS, ("-", whole(200)))
    assert refund_fee([fee], ("s1", 0)) == FeeTakenBack(
        number=3,
        renewal_date=JUNE,
        award_key="join:larkspur:mateo:3:s1:0",
        points=whole(-200),
        because=(because("why.fee.taken_back", "R24", working=figure, paid_to=JUNE, points=whole(200)),),
    )


def test_refund_of_a_fee_without_points() -> None:
    """R24: nothing to reverse, and no award is named."""
    back = refund_fee([replace(paid("s1", 1, JUNE, NEXT_JUNE), award=None)], ("s1", 0))
    assert (back.award_key, back.points) == ("", NO_POINTS)


def test_only_the_latest_fee_is_refunded() -> None:
    """R24: a later one of the same classification stands in the way, until it is refunded itself."""
    fees = [paid("s2", 2, NEXT_JUNE, date(2027, 6, 30)), paid("s1", 1, JUNE, NEXT_JUNE)]
    with pytest.raises(Refusal) as refused:
        refund_fee(fees, ("s1", 0))
    assert (refused.value.code, refused.value.facts) == ("fee.not_latest", {"paid_to": date(2027, 6, 30)})
    assert refund_fee(fees, ("s2", 0)).renewal_date == NEXT_JUNE
    assert refund_fee(fees, ("s1", 0), {("s2", 0)}).renewal_date == JUNE


def test_a_later_fee_of_another_classification_is_no_hindrance() -> None:
    """R24: latest is meant by classification."""
    fees = [paid("s1", 1, JUNE, NEXT_JUNE), paid("s2", 2, NEVER_PAID, NEXT_JUNE, number=4)]
    assert refund_fee(fees, ("s1", 0)).number == 3
    assert refund_fee(fees, ("s2", 0)).number == 4


def test_a_fee_is_refunded_once() -> None:
    """R24: a second time is refused and changes nothing."""
    with pytest.raises(Refusal) as refused:
        refund_fee([paid("s1", 1, JUNE, NEXT_JUNE)], ("s1", 0), {("s1", 0)})
    assert (refused.value.code, refused.value.facts) == ("fee.refunded", {"paid_to": JUNE})


@pytest.mark.parametrize("name", [("s9", 0), ("s1", 1)])
def test_a_fee_that_is_not_there(name: tuple[str, int]) -> None:
    """R24: naming another fee is a caller's mistake."""
    with pytest.raises(ValueError, match=rf"^name: no fee \('{name[0]}', {name[1]}\)$"):
        refund_fee([paid("s1", 1, JUNE, NEXT_JUNE)], name)


def test_voiding_a_sale_takes_back_all_its_periods() -> None:
    """R24: the last first, down to the date before the sale."""
    fees = [
        paid("s1", 1, JUNE, NEXT_JUNE),
        paid("s1", 1, NEXT_JUNE, date(2027, 6, 30), place=1),
        paid("s0", 0, NEVER_PAID, JUNE),
    ]
    assert [back.renewal_date for back in void_fees(fees, "s1")] == [NEXT_JUNE, JUNE]
    assert [back.renewal_date for back in void_fees(fees, "s1", {("s1", 1)})] == [JUNE]
    assert void_fees(fees, "s9") == ()
    with pytest.raises(Refusal, match=r"fee\.not_latest"):
        void_fees(fees, "s0")
