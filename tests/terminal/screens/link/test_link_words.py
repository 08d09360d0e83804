"""What the status chip and the connection panel say: five states, three links, the queue oldest first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clubtill_rules.members.venue import OfflineMode
from clubtill_rules.values.days import US_PER_DAY
from clubtill_terminal.actions.link import Broken, Queue, Waiting
from clubtill_terminal.screens.link.words import Link, chip, panel, queue_rows
from clubtill_wording.speech import Speech
from tests.terminal.kit.club import at

SPEECH = Speech(locale="en_AU", currency="AUD", zone="Australia/Sydney")
NOW_US = at("18:42")
ONLINE = Link(
    online=True,
    broken=Broken.NOTHING,
    since_us=0,
    queue=Queue(data_at_us=at("18:19"), contact_us=at("18:19")),
    just_sent=False,
    now_us=NOW_US,
)
CUT = replace(ONLINE, online=False, broken=Broken.SERVICE, since_us=at("18:20"))
SALE = Waiting(
    seq=1,
    kind="sale",
    label="1043",
    occurred_at_us=at("18:21"),
    amount_minor=2645,
    tries=2,
    state="queued",
    last_answer="",
    flags="",
)


def waits(link: Link, count: int, *rows: Waiting, **more: object) -> Link:
    """Give the link with events waiting."""
    return replace(link, queue=replace(link.queue, count=count, since_us=at("18:20"), rows=rows, **more))


@pytest.mark.parametrize(
    ("link", "status", "text"),
    [
        (ONLINE, "ok", "Online, all sent"),
        (replace(ONLINE, just_sent=True), "ok", "All sent"),
        (waits(ONLINE, 3), "special", "Sending 3"),
        (waits(CUT, 14), "offline", "Offline since 18:20, 14 waiting"),
        (waits(ONLINE, 2, attention=1), "warn", "Needs attention 1"),
        (waits(CUT, 14, attention=1), "offline", "Offline since 18:20, 14 waiting"),
        (waits(ONLINE, 0, trouble="fork"), "warn", "Needs attention 1"),
    ],
)
def test_the_chip_has_a_shape_and_words(link: Link, status: str, text: str) -> None:
    """U57, U68: offline comes before attention, attention before sending."""
    words = chip(link, SPEECH)
    assert (words.status, words.text) == (status, text)


@pytest.mark.parametrize(
    ("link", "title", "states"),
    [
        (ONLINE, "Everything is connected", ("Working", "Reached", "Reached")),
        (CUT, "Venue service not reached since 18:20", ("Working", "Not reached", "Cannot tell")),
        (
            replace(CUT, broken=Broken.TILL),
            "This till has no network since 18:20",
            ("No network", "Cannot tell", "Cannot tell"),
        ),
    ],
)
def test_the_panel_names_the_broken_link(link: Link, title: str, states: tuple[str, ...]) -> None:
    """U58: this terminal or the venue service, each with its own words."""
    shown = panel(link, OfflineMode.LEASE, SPEECH)
    assert shown.title == title
    assert (shown.till_state, shown.service_state, shown.office_state) == states


@pytest.mark.parametrize(
    ("mode", "days", "first"),
    [
        (OfflineMode.LEASE, 0, "Points: only what is held at this till"),
        (OfflineMode.REFUSE, 0, "Points cannot be used; they are still earned"),
        (OfflineMode.LEASE, 8, "Points rest after 8 days without contact"),
    ],
)
def test_the_panel_says_what_waits(mode: OfflineMode, days: int, first: str) -> None:
    """U60, R90: what offline allows, by the venue's mode and the age of the last contact."""
    link = replace(CUT, queue=replace(CUT.queue, contact_us=NOW_US - days * US_PER_DAY))
    assert panel(link, mode, SPEECH).waits.splitlines()[0] == first


def test_the_queue_shows_the_oldest_first() -> None:
    """U62, U63: time, kind, tries and amount; the rest is counted; what is held is named."""
    held = replace(SALE, seq=9, label="1031", state="held", amount_minor=1200)
    visit = replace(SALE, seq=2, kind="swipe", label="100003", amount_minor=None, tries=0)
    link = waits(CUT, 14, SALE, visit, replace(SALE, seq=3, kind="lease_close"), SALE, held, attention=1)
    rows = queue_rows(link, SPEECH)
    assert [(row.time, row.what, row.tries, row.amount) for row in rows][:2] == [
        ("18:21", "Sale 1043", "2 tries", "26.45"),
        ("18:21", "Visit 100003", "", ""),
    ]
    shown = panel(link, OfflineMode.LEASE, SPEECH)
    assert (shown.waiting, shown.oldest, shown.more) == ("14 waiting to send", "Oldest 22 min", "11 more")
    assert shown.attention == "Sale 1031 needs attention"
    assert len(rows) == 3
