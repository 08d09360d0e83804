"""Campaigns: who is in them, the attribute they carry, and the sales that they trigger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.account import BanKind
from clubtill_rules.members.ages import LeapAge
from clubtill_rules.members.attributes import Attribute, AttributeType, Value, Visibility
from clubtill_rules.members.campaigns import (
    AllOf,
    AnyOf,
    Campaign,
    CampaignEntry,
    CampaignState,
    Comparison,
    Listed,
    MemberFact,
    Op,
    Query,
    Switched,
    add_members,
    by_list,
    by_query,
    disable,
    enable,
    entry_of,
    facts_of,
    holds,
    triggers,
)
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import because
from tests.rules.members.members_of_larkspur import CLUB, DAY, MATEO

SHIRT = Attribute(code="shirt")
HANDICAP = Attribute(code="handicap", type=AttributeType.INTEGER)
KIM = replace(
    MATEO,
    person_id="kim",
    number="100205",
    classification=4,
    renewal_date=DAY,
    date_of_birth=date(2008, 2, 29),
    attributes={"shirt": "L", "handicap": "12"},
    earns_points=False,
    ban=BanKind.HOUSE,
)
SPRING = Campaign(code="spring", club_id="larkspur", starts=DAY, ends=DAY + timedelta(days=9), persons=("mateo",))
RUNNING = replace(SPRING, state=CampaignState.ENABLED)
CARRIER = replace(MATEO, attributes={"spring": "yes"})


def test_a_new_campaign_is_prepared_and_has_nobody() -> None:
    """R95: and a comparison that compares with nothing has no value."""
    new = Campaign(code="spring", club_id="larkspur", starts=DAY, ends=DAY)
    assert (new.state, new.persons) == (CampaignState.PREPARED, ())
    assert Comparison(fact="shirt", op=Op.SET).value is None


def test_facts_of_a_member() -> None:
    """R95: what a query can ask; no age without a date of birth, no attribute without a value."""
    assert facts_of(MATEO, (SHIRT,), CLUB, DAY) == {
        MemberFact.NUMBER: "100204",
        MemberFact.CLASSIFICATION: 3,
        MemberFact.RENEWAL_DATE: date(2026, 11, 12),
        MemberFact.PAID_UP: False,
        MemberFact.BANNED: False,
        MemberFact.EARNS_POINTS: True,
    }
    assert facts_of(KIM, (SHIRT, HANDICAP), CLUB, DAY) == {
        MemberFact.NUMBER: "100205",
        MemberFact.CLASSIFICATION: 4,
        MemberFact.RENEWAL_DATE: DAY,
        MemberFact.PAID_UP: True,
        MemberFact.BANNED: True,
        MemberFact.EARNS_POINTS: False,
        MemberFact.AGE: 18,
        "shirt": "L",
        "handicap": 12,
    }


@pytest.mark.parametrize(("leap_age", "age"), [(LeapAge.MARCH_1, 17), (LeapAge.FEBRUARY_28, 18)])
def test_age_by_the_law_of_the_country(leap_age: LeapAge, age: int) -> None:
    """R19: born 29 February, asked on 28 February of a common year."""
    facts = facts_of(KIM, (), CLUB, date(2026, 2, 28), leap_age)
    assert facts[MemberFact.AGE] == age
    assert facts_of(KIM, (), CLUB, date(2026, 2, 28))[MemberFact.AGE] == 17


@pytest.mark.parametrize(
    ("op", "below", "same", "above"),
    [
        (Op.IS, False, True, False),
        (Op.IS_NOT, True, False, True),
        (Op.BELOW, True, False, False),
        (Op.AT_MOST, True, True, False),
        (Op.ABOVE, False, False, True),
        (Op.AT_LEAST, False, True, True),
    ],
)
def test_comparisons(op: Op, below: bool, same: bool, above: bool) -> None:
    """R95: each comparison one below, at, and one above."""
    facts = {"handicap": 12}
    for value, expected in ((13, below), (12, same), (11, above)):
        assert holds(Comparison(fact="handicap", op=op, value=value), facts) is expected


@pytest.mark.parametrize("op", Op)
def test_what_is_not_known_holds_nothing(op: Op) -> None:
    """R95: without the fact no comparison holds, IS_NOT neither; only NOT_SET does, and SET where it is known."""
    assert holds(Comparison(fact="handicap", op=op, value=12), {}) is (op is Op.NOT_SET)


def test_set_and_not_set() -> None:
    """R95: whether there is a value, whatever it is."""
    assert holds(Comparison(fact="shirt", op=Op.SET), {"shirt": "L"})
    assert not holds(Comparison(fact="shirt", op=Op.NOT_SET), {"shirt": "L"})


@pytest.mark.parametrize(
    ("fact", "value"), [("shirt", 12), (MemberFact.CLASSIFICATION, "3"), (MemberFact.CLASSIFICATION, True)]
)
def test_values_of_another_type_are_a_mistake(fact: MemberFact | str, value: Value) -> None:
    """R95: text is not compared with figures, nor a figure with yes and no."""
    asked = type(facts_of(KIM, (SHIRT,), CLUB, DAY)[fact]).__name__
    told = rf"^query: a {asked} is compared with a {type(value).__name__}$"
    with pytest.raises(ValueError, match=told):
        holds(Comparison(fact=fact, op=Op.IS, value=value), facts_of(KIM, (SHIRT,), CLUB, DAY))


YES = Comparison(fact="shirt", op=Op.SET)
NO = Comparison(fact="shirt", op=Op.NOT_SET)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(AllOf(parts=(YES, YES)), True, id="both"),
        pytest.param(AllOf(parts=(YES, NO)), False, id="not both"),
        pytest.param(AnyOf(parts=(NO, YES)), True, id="one of them"),
        pytest.param(AnyOf(parts=(NO, NO)), False, id="none of them"),
        pytest.param(AllOf(parts=()), True, id="AND of nothing"),
        pytest.param(AnyOf(parts=()), False, id="OR of nothing"),
        pytest.param(AllOf(parts=(YES, AnyOf(parts=(NO, AllOf(parts=(YES,)))))), True, id="a tree"),
        pytest.param(AnyOf(parts=(AllOf(parts=(YES, NO)), NO)), False, id="another tree"),
    ],
)
def test_and_or(query: Query, expected: bool) -> None:
    """R95: a Boolean query of any depth."""
    assert holds(query, {"shirt": "L"}) is expected


LEAVES = st.sampled_from([YES, NO])
QUERIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: AllOf(parts=tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: AnyOf(parts=tuple(parts))),
    ),
    max_leaves=8,
)


def turned(query: Query) -> Query:
    """Swap AND with OR and each leaf with its opposite."""
    if isinstance(query, Comparison):
        return NO if query == YES else YES
    parts = tuple(turned(part) for part in query.parts)
    return AnyOf(parts=parts) if isinstance(query, AllOf) else AllOf(parts=parts)


@given(QUERIES)
def test_the_opposite_query_gives_the_opposite(query: Query) -> None:
    """R95: De Morgan, for every tree."""
    assert holds(turned(query), {"shirt": "L"}) is not holds(query, {"shirt": "L"})


def test_members_by_query() -> None:
    """R95: of the club, in the order given; another club's members are never in it."""
    everybody = (KIM, replace(KIM, person_id="lee", club_id="staff"), MATEO)
    grown = Comparison(fact=MemberFact.AGE, op=Op.AT_LEAST, value=18)
    assert by_query(grown, everybody, (), CLUB, DAY) == ("kim",)
    either = AnyOf(parts=(grown, Comparison(fact=MemberFact.CLASSIFICATION, op=Op.IS, value=3)))
    assert by_query(either, everybody, (), CLUB, DAY) == ("kim", "mateo")
    large = Comparison(fact="shirt", op=Op.IS, value="L")
    assert by_query(large, everybody, iter((SHIRT,)), CLUB, DAY) == ("kim",)
    assert by_query(large, (MATEO, KIM), iter((SHIRT,)), CLUB, DAY) == ("kim",)


def test_members_by_list() -> None:
    """R95: each person once; rows that name nobody are told with their number, blank ones count for nothing."""
    rows = [" 100205 ", "", "999", "100204", "100205", " x"]
    assert by_list(rows, (MATEO, KIM)) == Listed(persons=("kim", "mateo"), unknown=((3, "999"), (6, "x")))


def test_members_by_hand() -> None:
    """R95: added once, behind those there."""
    assert add_members(SPRING, ("kim", "mateo", "kim")) == replace(SPRING, persons=("mateo", "kim"))


@pytest.mark.parametrize("state", [CampaignState.ENABLED, CampaignState.DISABLED])
def test_nobody_joins_a_campaign_that_started(state: CampaignState) -> None:
    """R95: members are chosen before."""
    for act in (
        lambda: add_members(replace(SPRING, state=state), ("kim",)),
        lambda: enable(replace(SPRING, state=state), (), (), DAY),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert (refused.value.code, refused.value.facts) == ("campaign.started", {})


def test_enabling_sets_the_attribute() -> None:
    """R95: on those of the list, besides what they carry; it is a System attribute, which the member does not see."""
    both = replace(SPRING, persons=("kim", "mateo"))
    lee = replace(KIM, person_id="lee")
    assert enable(both, (MATEO, KIM, lee), (), DAY) == Switched(
        campaign=replace(both, state=CampaignState.ENABLED),
        members=(CARRIER, replace(KIM, attributes={"shirt": "L", "handicap": "12", "spring": "yes"})),
        because=(because("why.campaign.enabled", "R95", n=2, day=SPRING.ends),),
    )
    assert SPRING.attribute == Attribute(code="spring", type=AttributeType.BOOLEAN, visibility=Visibility.SYSTEM)


@pytest.mark.parametrize(
    ("campaign", "day", "code", "facts"),
    [
        pytest.param(replace(SPRING, persons=()), DAY, "campaign.nobody", {}, id="nobody"),
        pytest.param(SPRING, SPRING.ends + timedelta(days=1), "campaign.over", {"day": SPRING.ends}, id="over"),
        pytest.param(
            replace(SPRING, ends=DAY - timedelta(days=1)), date(2026, 1, 1), "campaign.over",
            {"day": DAY - timedelta(days=1)}, id="ends before it starts",
        ),
    ],
)  # fmt: skip
def test_not_enabled(campaign: Campaign, day: date, code: str, facts: dict[str, object]) -> None:
    """R95: with nothing changed."""
    with pytest.raises(Refusal) as refused:
        enable(campaign, (MATEO,), (), day)
    assert (refused.value.code, refused.value.facts) == (code, facts)


def test_a_campaign_of_one_day_can_be_enabled_on_it() -> None:
    """R95: the last day is a day of the campaign."""
    assert enable(replace(SPRING, ends=DAY), (MATEO,), (), DAY).members == (CARRIER,)


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        pytest.param({}, False, id="the same days"),
        pytest.param({"starts": SPRING.ends, "ends": SPRING.ends + timedelta(days=5)}, False, id="from its last day"),
        pytest.param(
            {"starts": SPRING.ends + timedelta(days=1), "ends": date(2027, 1, 1)}, True, id="from the day after"
        ),
        pytest.param({"starts": date(2026, 1, 1), "ends": DAY}, False, id="to its first day"),
        pytest.param({"starts": date(2026, 1, 1), "ends": DAY - timedelta(days=1)}, True, id="to the day before"),
        pytest.param({"club_id": "staff"}, True, id="of another club"),
        pytest.param({"state": CampaignState.PREPARED}, True, id="not enabled"),
        pytest.param({"state": CampaignState.DISABLED}, True, id="ended"),
    ],
)
def test_one_campaign_a_club(change: dict[str, object], allowed: bool) -> None:
    """R95: of one club at most one runs on any day."""
    other = replace(RUNNING, code="winter", **change)  # type: ignore[arg-type] - a table's column
    if allowed:
        assert enable(SPRING, (MATEO,), (other,), DAY).members == (CARRIER,)
        return
    with pytest.raises(Refusal) as refused:
        enable(SPRING, (MATEO,), (other,), DAY)
    assert (refused.value.code, refused.value.facts) == ("campaign.another", {"day": other.ends})


def test_disabling_removes_the_attribute() -> None:
    """R95: from whoever carries it; others are not touched, and what else they carry stays."""
    kim = replace(KIM, attributes={"shirt": "L", "spring": "yes"})
    assert disable(RUNNING, (CARRIER, kim, replace(MATEO, person_id="lee"))) == Switched(
        campaign=replace(RUNNING, state=CampaignState.DISABLED),
        members=(MATEO, replace(KIM, attributes={"shirt": "L"})),
        because=(because("why.campaign.disabled", "R95", n=2),),
    )
    for state in (CampaignState.PREPARED, CampaignState.DISABLED):
        with pytest.raises(Refusal) as refused:
            disable(replace(RUNNING, state=state), (CARRIER,))
        assert (refused.value.code, refused.value.facts) == ("campaign.not_running", {})


@pytest.mark.parametrize(
    ("campaign", "member", "day", "counts"),
    [
        pytest.param(RUNNING, CARRIER, DAY, True, id="first day"),
        pytest.param(RUNNING, CARRIER, RUNNING.ends, True, id="last day"),
        pytest.param(RUNNING, CARRIER, DAY - timedelta(days=1), False, id="the day before"),
        pytest.param(RUNNING, CARRIER, RUNNING.ends + timedelta(days=1), False, id="the day after"),
        pytest.param(RUNNING, MATEO, DAY, False, id="not carried"),
        pytest.param(RUNNING, replace(MATEO, attributes={"spring": "no"}), DAY, False, id="carried as no"),
        pytest.param(RUNNING, replace(CARRIER, club_id="staff"), DAY, False, id="another club's member"),
        pytest.param(SPRING, CARRIER, DAY, False, id="prepared"),
        pytest.param(replace(SPRING, state=CampaignState.DISABLED), CARRIER, DAY, False, id="ended"),
    ],
)
def test_sales_triggered(campaign: Campaign, member: object, day: date, counts: bool) -> None:
    """R95: a sale that it triggers writes one attribute entry a person, under the sale's id."""
    assert triggers(campaign, member, day) is counts  # type: ignore[arg-type] - a table's column
    entry = CampaignEntry(
        key="campaign:larkspur:spring:mateo:s1", campaign="spring", person_id="mateo", event_id="s1", day=day
    )
    assert entry_of(campaign, member, day, "s1") == (entry if counts else None)  # type: ignore[arg-type]
