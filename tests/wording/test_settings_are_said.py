"""What the checks of settings find has words in every language, and the grid a word over every column (3.1, U103)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill.demo import cast
from clubtill_rules.members.account import Linked, MemberCard
from clubtill_rules.members.classification import Classification
from clubtill_rules.members.club import Club
from clubtill_rules.members.settings.columns import KEYS
from clubtill_rules.members.settings.findings import Finding, saveable
from clubtill_rules.members.settings.grid import next_free
from clubtill_rules.members.settings.house import House
from clubtill_rules.members.settings.links import check_links
from clubtill_rules.members.settings.rows import check_row
from clubtill_rules.members.settings.tables import check_table
from clubtill_rules.members.standing import Count
from clubtill_rules.members.venue import Location, Venue
from clubtill_wording.catalogue import LANGUAGES, catalogue
from clubtill_wording.speech import Speech
from tests.rules.members.settings.any_settings import ANYTHING, CELLS, COUNT, COUNTS, PLACES, ROWS, check_place
from tests.rules.members.settings.house_kit import HOUSE, TODAY, row

SPEECHES = tuple(Speech(locale=locale) for locale in LANGUAGES)


def say(findings: Iterable[Finding]) -> None:
    """Say every finding in every language; a fact that is missing, or a code without words, raises."""
    for found in findings:
        for speech in SPEECHES:
            text = speech.why(found.because[0])
            assert text
            assert "{" not in text


@given(one=ROWS, count=COUNT)
def test_findings_of_a_row_can_be_said(one: Classification, count: Count) -> None:
    """3.1, U103: whatever is found in a row."""
    say(check_row(one, HOUSE, count))


@given(key=CELLS, value=ANYTHING)
def test_findings_of_a_cell_can_be_said(key: str, value: Any) -> None:
    """3.1, U103: whatever is found in a cell."""
    say(check_row(replace(row(3, days_paid=365), **{key: value}), HOUSE))


@given(rows=st.lists(ROWS, max_size=6), counts=COUNTS, saved=st.lists(ROWS, max_size=2))
def test_findings_of_a_grid_can_be_said(
    rows: list[Classification], counts: dict[int, Count], saved: list[Classification]
) -> None:
    """3.2, U103: whatever is found in the whole grid."""
    say(check_table(rows, HOUSE, counts=counts, saved=saved))


@given(place=PLACES)
def test_findings_of_a_place_can_be_said(place: Club | Venue | Location) -> None:
    """R1, R2, U103: whatever is found in a club, a venue or a location."""
    say(check_place(place))


@given(linked=st.lists(st.sampled_from([3, 4, 5, 6, 99]), max_size=5), primary=st.sampled_from([3, 4, 6, 99]))
def test_findings_of_links_can_be_said(linked: list[int], primary: int) -> None:
    """R6, U103: whatever is found in a member's links."""
    member = MemberCard(
        person_id="p1", account_id="a1", club_id="larkspur", number="1", first_name="J", last_name="O",
        classification=primary, linked=tuple(Linked(number=n) for n in linked),
    )  # fmt: skip
    say(check_links(member, {n: row(n, club_id="staff" if n == 5 else "larkspur") for n in (3, 4, 5, 99)}))


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_column_has_a_word(locale: str) -> None:
    """3.1, U103: the grid's 31 columns and what hangs on them, and no word over a column that is not there."""
    words = {key.removeprefix("column.") for key in catalogue(locale).labels if key.startswith("column.")}
    assert words == set(KEYS)


def test_the_demo_can_be_saved() -> None:
    """R6, R7, R56, R69, 3.1: the classifications that the demo comes with have no error."""
    rows = cast.classifications(TODAY)
    places = [price.location_id for one in rows for price in one.member_prices]
    clubs = {one.club_id for one in rows}
    house = House(
        today=TODAY,
        clubs={club: Club(id=club, name=club, zone="Australia/Sydney") for club in clubs},
        worth=HOUSE.worth,
        venues=frozenset(venue for one in rows for venue in one.venues or ()),
        families=frozenset({"tobacco"}),
        media=frozenset({"pp-discount"}),
        locations=dict.fromkeys(places, frozenset({1, 2})),
    )
    assert saveable(check_table(rows, house))
    assert next_free(rows) == 10
