"""The catalogue: what it finds for members and media."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clubtill_rules.goods.product import MediaKind
from tests.rules.sale.larkspur import GOLD, JEAN, catalogue


def test_gives_the_primary_classification_of_a_member() -> None:
    """R6: prices, points and access follow the one primary classification."""
    assert catalogue().classification_of(JEAN) == GOLD
    assert catalogue().classification_of(None) is None


def test_a_classification_that_is_not_known_here_gives_none() -> None:
    """R80: a member whose classification has not arrived yet is served like anybody."""
    assert catalogue(classifications={}).classification_of(JEAN) is None


def test_the_first_medium_of_a_kind_is_taken() -> None:
    """Glossary, media: a till asks for cash, not for the name that a venue gave it."""
    assert catalogue().media_of(MediaKind.CASH).id == "cash"
    assert catalogue().media_of(MediaKind.DISCOUNT).id == "expense"
    with pytest.raises(KeyError):
        catalogue(media={}).media_of(MediaKind.CASH)


@pytest.mark.parametrize(("points_decimals", "grain_h"), [(0, 100), (2, 1)])
def test_the_grain_follows_the_clubs_decimals(points_decimals: int, grain_h: int) -> None:
    """R1: whole points or hundredths, by the club."""
    club = replace(catalogue().club, points_decimals=points_decimals)
    assert catalogue(club=club).grain_h == grain_h
