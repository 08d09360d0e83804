"""Master data: every kind crosses the wire as the rules' own class, dated, and checked by the rules when saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import msgspec
import pytest

from clubtill_ledger.office.master_data import save
from clubtill_ledger.store.settings import utc_day
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.documents import CATALOGUE, KINDS, read_body
from clubtill_sync.wire.feed import Document, FeedPage
from tests.ledger.club import Club, decoded
from tests.ledger.kinds import GOLD, VALUES, document
from tests.ledger.master import CLUB_ID


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_crosses_the_wire_as_it_is(club: Club, kind: str) -> None:
    """6.5, D26: a terminal reads the very value that was saved, of every kind that there is."""
    saved = save(club.store, [document(kind)], now_us=club.now_us)
    assert saved.new == 1
    page = decoded(club.till().call("GET", "/v1/feed", query="cursor=&wait=0"), FeedPage)
    [found] = [one for one in page.documents if (one.kind, one.version) == (kind, 2)]
    assert read_body(found) == VALUES[kind][1]
    assert isinstance(read_body(found), KINDS[kind])


def test_there_is_an_example_of_every_kind() -> None:
    """D26: no kind is without a test of its wire."""
    assert set(VALUES) == set(KINDS)
    assert set(CATALOGUE) <= set(KINDS)


def test_document_holds_from_its_day_on(club: Club) -> None:
    """C24, F43: saved ahead of its day, it travels at once and holds from its day on; until then the older one does."""
    today = utc_day(club.now_us)
    later = today + timedelta(days=10)
    save(club.store, [document("category", 2), document("category", 3, later, rate_h=300)], now_us=club.now_us)
    save(club.store, [document(kind) for kind in CATALOGUE], now_us=club.now_us)
    shelf = club.ledger.shelf

    def rate(day: date) -> int:
        settings = club.store.read(lambda c: shelf.at(c, None, day))
        catalogue = settings.catalogue(CLUB_ID, "BAR")
        assert catalogue is not None
        assert all(getattr(catalogue, name) for name in CATALOGUE.values())
        return catalogue.categories["tap"].rate_h

    assert [rate(today), rate(later - timedelta(days=1)), rate(later)] == [150, 150, 300]


@pytest.mark.parametrize(
    ("wrong", "finding"),
    [
        (document("club", zone="Atlantis/Deep"), "setting"),
        (document("venue", money_decimals=9), ""),
        (document("location", default_level=9), ""),
        (document("classification", points_multiplier_h=-5), ""),
        (document("attribute", options=[]), "attribute.options"),
    ],
    ids=["club", "venue", "location", "classification", "attribute"],
)
def test_what_the_rules_find_wrong_is_not_saved(club: Club, wrong: Document, finding: str) -> None:
    """3.2: an error is refused with its finding and its field, and nothing of the save stands."""
    before = club.store.read(lambda c: club.ledger.shelf.now(c, club.now_us)).position
    with pytest.raises(Refusal, match=r"document\.wrong") as no:
        save(club.store, [document("family"), wrong], now_us=club.now_us)
    assert no.value.facts["finding"].startswith(finding)
    assert club.store.read(lambda c: club.ledger.shelf.now(c, club.now_us)).position == before


def test_two_classifications_are_looked_at_together(club: Club) -> None:
    """3.2, R6: the whole grid is checked as it would stand, with what is there already."""
    twin = replace(GOLD, number=2)
    body = msgspec.Raw(msgspec.json.encode(twin))
    with pytest.raises(Refusal, match=r"document\.wrong") as no:
        save(club.store, [Document(kind="classification", id="c2", version=1, body=body)], now_us=club.now_us)
    assert no.value.facts["finding"] == "classification.description_twice"


def test_a_document_is_checked_as_of_its_day(club: Club) -> None:
    """C24: what will be wrong on its day is refused when it is saved, not when its day comes."""
    later = utc_day(club.now_us) + timedelta(days=10)
    save(club.store, [document("location", 2, later)], now_us=club.now_us)
    with pytest.raises(Refusal, match=r"document\.wrong"):
        save(club.store, [document("location", 3, later, default_level=9)], now_us=club.now_us)


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (Document(kind="spell", id="x", version=1), "document.kind"),
        (Document(kind="club", id=CLUB_ID, version=2, body=msgspec.Raw(b'{"id":1}')), "document.body"),
        (msgspec.structs.replace(document("family"), id="wine"), "document.id"),
        (document("family", 1), "document.version"),
    ],
    ids=["kind", "body", "id", "version"],
)
def test_what_is_no_document_is_refused(club: Club, found: Document, code: str) -> None:
    """6.5: kind, body, id and version are looked at before anything is written."""
    with pytest.raises(Refusal) as no:
        save(club.store, [found], now_us=club.now_us)
    assert no.value.code == code
