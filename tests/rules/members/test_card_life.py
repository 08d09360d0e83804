"""Card life: every step from every state, and replacing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_rules.members.account import CardState, CardToken
from clubtill_rules.members.card_life import Card, Life, Replacement, Step, assign, move, next_issue, replace_card
from clubtill_rules.members.cards.tracks import newer_issues
from clubtill_rules.values.refusal import Refusal
from clubtill_rules.values.why import because

FREE = Card(digest="n1", last4="0002")
WORKS = Card(digest="o1", last4="0001", life=Life.ACTIVE, person_id="mateo")

GOES = {
    (Life.FREE, Step.ASSIGN): Life.ASSIGNED,
    (Life.ASSIGNED, Step.ACTIVATE): Life.ACTIVE,
    (Life.ACTIVE, Step.BLOCK): Life.BLOCKED,
    (Life.BLOCKED, Step.UNBLOCK): Life.ACTIVE,
    (Life.ASSIGNED, Step.REPLACE): Life.REPLACED,
    (Life.ACTIVE, Step.REPLACE): Life.REPLACED,
    (Life.BLOCKED, Step.REPLACE): Life.REPLACED,
}
"""R88, as a drawing of arrows; every pair that is not here is refused."""


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("life", Life)
def test_every_step_from_every_state(life: Life, step: Step) -> None:
    """R88: Free, Assigned, Active, Blocked or Replaced; nothing leads out of Replaced."""
    card = replace(WORKS, life=life)
    if (life, step) in GOES:
        assert move(card, step) == replace(card, life=GOES[life, step])
        return
    with pytest.raises(Refusal) as refused:
        move(card, step)
    code = "card.replaced" if life is Life.REPLACED else f"card.cannot.{step.value}"
    assert (refused.value.code, refused.value.facts) == (code, {})


def test_a_new_card_is_nobodys() -> None:
    """R88: free, without a contact and without a successor."""
    assert (FREE.life, FREE.person_id, FREE.replaced_by) == (Life.FREE, "", "")


def test_a_card_is_given_to_one_contact() -> None:
    """R88: it works once it is activated; a card that is somebody's is not given again."""
    given_out = assign(FREE, "mateo")
    assert given_out == replace(FREE, life=Life.ASSIGNED, person_id="mateo")
    with pytest.raises(Refusal, match=r"card\.cannot\.assign"):
        assign(given_out, "kim")
    with pytest.raises(ValueError, match=r"^person_id: nobody$"):
        assign(FREE, "")


@pytest.mark.parametrize("life", [Life.ACTIVE, Life.BLOCKED, Life.ASSIGNED])
def test_replacing_stops_the_old_card(life: Life) -> None:
    """R88: the new one works at once for the same contact."""
    old = replace(WORKS, life=life)
    assert replace_card(old, FREE) == Replacement(
        old=replace(old, life=Life.REPLACED, replaced_by="n1"),
        new=replace(FREE, life=Life.ACTIVE, person_id="mateo"),
        because=(because("why.card.replaced_by", "R88", last4="0001", new_last4="0002"),),
    )


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        pytest.param(replace(FREE, digest="f"), FREE, "card.cannot.replace", id="a free card"),
        pytest.param(replace(WORKS, life=Life.REPLACED), FREE, "card.replaced", id="replaced before"),
        pytest.param(WORKS, replace(WORKS, digest="k1"), "card.cannot.assign", id="by a card that is somebody's"),
    ],
)
def test_no_replacement(old: Card, new: Card, code: str) -> None:
    """R88: refused as a whole."""
    with pytest.raises(Refusal) as refused:
        replace_card(old, new)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("life", "state"),
    [
        (Life.FREE, None),
        (Life.ASSIGNED, None),
        (Life.ACTIVE, CardState.ACTIVE),
        (Life.BLOCKED, CardState.BLOCKED),
        (Life.REPLACED, CardState.REPLACED),
    ],
)
def test_what_terminals_hold(life: Life, state: CardState | None) -> None:
    """R88: a terminal meets a card from active on."""
    token = None if state is None else CardToken(digest="o1", last4="0001", state=state)
    assert replace(WORKS, life=life).token == token


def test_the_next_issue() -> None:
    """R85: one higher; the ninth is the last; another layout is a caller's mistake."""
    assert next_issue("120000010") == "120000011"
    assert next_issue("120000018") == "120000019"
    with pytest.raises(Refusal) as refused:
        next_issue("120000019")
    assert (refused.value.code, refused.value.facts) == ("card.issues_used", {})
    with pytest.raises(ValueError, match=r"^text: another layout$"):
        next_issue("12000001")


@given(st.integers(0, 99), st.integers(0, 999_999), st.integers(0, 8))
def test_an_old_issue_knows_its_successor(site: int, number: int, issue: int) -> None:
    """R85: the next issue is the first of those by which an old card is told."""
    text = f"{site:02}{number:06}{issue}"
    assert newer_issues(text)[0] == next_issue(text)


@given(st.lists(st.sampled_from(Step), max_size=12))
def test_a_replaced_card_never_works_again(steps: list[Step]) -> None:
    """R88: whatever is tried; and a card that is somebody's never becomes free."""
    card = WORKS
    for step in steps:
        was = card.life
        try:
            card = move(card, step)
        except Refusal:
            assert card.life is was
        if was is Life.REPLACED:
            assert card.life is Life.REPLACED
        assert card.life is not Life.FREE
