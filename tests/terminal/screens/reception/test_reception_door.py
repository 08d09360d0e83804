"""Reception as staff meet it: cards, verdicts, acts, guests, history, search, public side; by finger, mouse and key."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from clubtill_desk.lanes import HandLane
from clubtill_rules.door.posting import Outcome
from clubtill_terminal.actions.link import Broken, Queue
from clubtill_terminal.screens.reception.facts import facts
from clubtill_terminal.screens.reception.state import Page
from clubtill_terminal.screens.reception.verdict_view import acts
from clubtill_terminal.screens.reception.window import Reception
from tests.terminal.kit.club import Clock, at
from tests.terminal.screens.reception.conftest import card


def swipe(reception: Reception, number: str, issue: int = 1) -> None:
    """Swipe a card of the cast."""
    reception.door.card_seen(card(number, issue))


def let_in(reception: Reception) -> int:
    """Give the head count that the bar shows."""
    return reception.door.state.history.let_in


def said(reception: Reception) -> dict[str, str]:
    """Give the facts on the screen by their labels."""
    return {row.label: row.value for row in facts(reception.door.state, reception.door.desk.speech)}


def offered(reception: Reception) -> list[str]:
    """Give the acts on the screen, from least to most likely."""
    state, speech = reception.door.state, reception.door.desk.speech
    return [*(row.key for row in acts(state, speech)), reception.verdict.shown.primary_act]


# ---------------------------------------------------------------- verdicts


def test_welcome_on_a_birthday(reception: Reception, show) -> None:
    """U80, U88, U89: Priya: WELCOME, BIRTHDAY TODAY with 200 points, 5 for the visit, 3,020 in all, and her note."""
    stage = show("screens.reception", "Reception", {"vm": reception})
    swipe(reception, "100003")
    stage.settle()
    shown = reception.verdict.shown
    assert (shown.status, shown.word, shown.name) == ("ok", "WELCOME", "Priya Nair")
    assert (shown.strip, shown.strip_trail) == ("BIRTHDAY TODAY", "200 points given")
    assert said(reception) == {
        "Paid to": "30 Jun 2027",
        "Today": "First visit, 5 points given",
        "Points": "3,020",
    }
    assert shown.note == "Likes the table by the window"
    assert stage.find("birthday").isVisible()
    assert offered(reception) == ["next"]


def test_a_second_visit_says_when_the_first_was(reception: Reception, clock: Clock) -> None:
    """U87: WELCOME, "Already here today", no points and no strip's points again."""
    swipe(reception, "100003")
    clock.now_us += 600_000_000
    swipe(reception, "100003")
    shown = reception.verdict.shown
    assert (shown.word, shown.reason) == ("WELCOME", "Already here today")
    assert said(reception)["Today"] == "Already here today 18:42, no points again"
    assert shown.strip_trail == ""


def test_check_names_the_window_and_the_days_left(reception: Reception) -> None:
    """U86, interface 5.7: renewal due, when fees are checked, how long the date can be kept; no fee button."""
    swipe(reception, "100002")
    assert reception.verdict.shown.reason == "Renewal due"
    assert said(reception) == {
        "Paid to": "12 Nov 2026, 12 days ago",
        "Entry": "Allowed now, fees are checked Fri to Sun after 17:00",
        "Renewal": "18 days left to keep the date",
        "Today": "First visit, 5 points given",
    }
    assert offered(reception) == ["refuse", "admit"]


def test_stop_inside_the_window(reception: Reception, clock: Clock) -> None:
    """R47, U86: on Friday evening: STOP, "Not now", and letting in says who can."""
    clock.now_us = at("2026-11-27T18:00")
    swipe(reception, "100002")
    assert reception.verdict.shown.word == "STOP"
    assert said(reception)["Entry"] == "Not now, fees are checked Fri to Sun after 17:00"
    (asked,) = acts(reception.door.state, reception.door.desk.speech)
    assert (asked.key, asked.locked) == ("let_in", True)
    assert "Duty manager" in asked.reason
    assert reception.verdict.shown.primary_act == "refuse"


def test_a_locked_act_says_why_and_records_nothing(reception: Reception, clock: Clock, show) -> None:
    """U83, 2.12 row 19: Ana taps "Let in with approval": she reads who can, and nothing is recorded."""
    clock.now_us = at("2026-11-27T18:00")
    swipe(reception, "100002")
    stage = show("screens.reception", "Reception", {"vm": reception})
    stage.tap("Let in with approval")
    assert stage.find("toast").property("text").startswith("Letting in needs a Duty manager")
    assert reception.door.state.checked.outcome is None
    assert let_in(reception) == 0


def test_a_duty_manager_lets_in(make_reception: Callable[..., Reception], clock: Clock, show) -> None:
    """2.12 row 19: for Lee the same button is open, and it admits."""
    reception = make_reception(staff_id="lee")
    clock.now_us = at("2026-11-27T18:00")
    swipe(reception, "100002")
    stage = show("screens.reception", "Reception", {"vm": reception})
    stage.tap("Let in with approval")
    assert let_in(reception) == 1
    assert reception.door.state.recent[0].outcome is Outcome.LET_IN


def test_a_ban_shows_its_note_behind_a_tap(reception: Reception, show) -> None:
    """U85: Banned, no classification, only "Refuse entry"; the note comes when it is asked for."""
    stage = show("screens.reception", "Reception", {"vm": reception})
    swipe(reception, "100004")
    stage.settle()
    shown = reception.verdict.shown
    assert (shown.word, shown.reason, shown.classification, shown.note) == ("STOP", "Banned", "", "")
    assert offered(reception) == ["refuse"]
    assert "Call the duty manager" in said(reception).values()
    stage.tap("Show note")
    assert reception.verdict.shown.note == "Order of the court"
    stage.tap("Hide note")
    assert reception.verdict.shown.note == ""


def test_an_unknown_card(reception: Reception, show) -> None:
    """R45, R88: STOP without a name; the act is to search, Ignore goes back to waiting."""
    stage = show("screens.reception", "Reception", {"vm": reception})
    swipe(reception, "765432")
    stage.settle()
    assert reception.verdict.shown.name == "Unknown card"
    assert offered(reception) == ["ignore", "search"]
    stage.tap("Ignore")
    assert stage.find("waiting").isVisible()
    assert reception.list.scans.rows[0].label == "Unknown card"


def test_a_stopped_card_leads_to_the_search(reception: Reception, show) -> None:
    """R13: Olive's stopped card: search is the act; found by name she is judged by her standing."""
    stage = show("screens.reception", "Reception", {"vm": reception})
    swipe(reception, "100009")
    stage.settle()
    assert reception.verdict.shown.reason == "Card stopped"
    stage.tap("Search member")
    for letter in "olive":
        stage.key(letter)
    stage.tap("Olive Grant")
    assert reception.verdict.shown.word == "WELCOME"
    assert reception.verdict.page == "door"


def test_nobody_signed_in_may_admit(make_reception: Callable[..., Reception]) -> None:
    """2.12 row 18: Sam is a cashier: a CHECK is shown, but admitting and refusing are not his."""
    reception = make_reception(staff_id="sam")
    swipe(reception, "100002")
    assert offered(reception) == ["next"]
    assert said(reception)["Do this"].startswith("Your role does not let people in here")


def test_offline_says_so(reception: Reception, clock: Clock) -> None:
    """U67, U89: the verdict stays; the points come when online; the line tells how old the data is."""
    reception.door.show_link(online=False, broken=Broken.SERVICE, since_us=clock.now_us, queue=Queue(), just_sent=False)
    swipe(reception, "100003")
    shown = reception.verdict.shown
    assert shown.word == "WELCOME"
    assert shown.strip_trail == "200 points, added when online"
    assert said(reception)["Today"] == "First visit, 5 points, added when online"
    assert shown.offline == "Checked on this terminal, data from 18:42"
    assert reception.bar.shown.chip_status == "offline"


# ---------------------------------------------------------------- what stays and what goes


def test_welcome_clears_by_itself(reception: Reception, clock: Clock) -> None:
    """U82: after the venue's seconds; the countdown says how many are left."""
    swipe(reception, "100007")
    assert reception.verdict.shown.clears == "Clears in 4 s"
    clock.now_us += 2_500_000
    reception.door.tick()
    assert reception.verdict.shown.clears == "Clears in 2 s"
    clock.now_us += 1_500_000
    reception.door.tick()
    assert not reception.verdict.shown.showing


def test_welcome_gives_way_to_the_next_card(reception: Reception) -> None:
    """U82: nobody waits for four seconds."""
    swipe(reception, "100007")
    swipe(reception, "100008")
    assert reception.verdict.shown.name == "Sara Haddad"


def test_check_stays_until_somebody_acts(reception: Reception, clock: Clock) -> None:
    """U82: neither time nor the next card takes Mateo away; that card was not read, and the sentence says so."""
    swipe(reception, "100002")
    clock.now_us += 3_600_000_000
    reception.door.tick()
    swipe(reception, "100007")
    assert reception.verdict.shown.name == "Mateo Ruiz"
    assert reception.notice.shown.title == "Somebody is still waiting"
    assert "Mateo Ruiz" in reception.notice.shown.body
    assert len(reception.list.scans.rows) == 1


def test_an_unknown_card_gives_way(reception: Reception) -> None:
    """U82, R88: there is nothing to record about a card that nobody has; the next one is read."""
    swipe(reception, "765432")
    swipe(reception, "100007")
    assert reception.verdict.shown.name == "Wei Zhang"


def test_a_card_while_another_is_written_waits(make_reception: Callable[..., Reception]) -> None:
    """Architecture 3: the writer lane is busy: the second card is read after the first, none is lost."""
    reception = make_reception(at_once=False)
    lane = reception.door.desk.writer
    assert isinstance(lane, HandLane)
    swipe(reception, "100007")
    swipe(reception, "100008")
    assert lane.run_all() == 2
    assert [row.label for row in reception.list.scans.rows] == ["Sara Haddad", "Wei Zhang"]


# ---------------------------------------------------------------- acts


@pytest.mark.parametrize("by", ["mouse", "touch"])
def test_admit_with_guests(reception: Reception, show, by: str) -> None:
    """U83, U91: two guests and Admit: three came in, the row tells, and Reception waits again."""
    stage = show("screens.reception", "Reception", {"vm": reception})
    swipe(reception, "100002")
    stage.settle()
    assert let_in(reception) == 0
    stage.tap("One guest more", by)
    stage.tap("One guest more", by)
    stage.tap("One guest more", by)
    stage.tap("One guest less", by)
    assert reception.verdict.shown.guests == "2"
    stage.tap("Admit Mateo Ruiz", by)
    assert let_in(reception) == 3
    assert reception.bar.shown.middle == "Let in here 3"
    assert reception.list.scans.rows[0].plus == "+ 2"
    assert not reception.verdict.shown.showing
    assert reception.verdict.shown.guests == "0"


def test_refuse(reception: Reception, show) -> None:
    """R52: refused: nobody came in, and the public side waits for the next card."""
    stage = show("screens.reception", "Reception", {"vm": reception})
    swipe(reception, "100004")
    stage.settle()
    stage.tap("Refuse Tom Becker")
    assert let_in(reception) == 0
    assert reception.door.state.recent[0].outcome is Outcome.REFUSE
    assert not reception.verdict.shown.showing


def test_guests_of_a_welcome_are_counted_before(reception: Reception, show) -> None:
    """R52: WELCOME is recorded at once: guests count before the card; afterwards the buttons say so."""
    stage = show("screens.reception", "Reception", {"vm": reception})
    stage.tap("One guest more")
    swipe(reception, "100007")
    stage.settle()
    assert let_in(reception) == 2
    assert reception.verdict.shown.guests == "1"
    stage.tap("One guest more")
    assert stage.find("toast").property("text") == "Count guests before the card is read"
    assert let_in(reception) == 2
    reception.door.clear()
    assert reception.verdict.shown.guests == "0"


def test_keys(reception: Reception, show) -> None:
    """U74: Enter is the primary act; Esc leaves a WELCOME, but no CHECK."""
    stage = show("screens.reception", "Reception", {"vm": reception})
    swipe(reception, "100002")
    stage.settle()
    stage.key(Qt.Key.Key_Escape)
    assert reception.verdict.shown.name == "Mateo Ruiz"
    stage.key(Qt.Key.Key_Return)
    assert let_in(reception) == 1
    swipe(reception, "100007")
    stage.settle()
    stage.key(Qt.Key.Key_Escape)
    assert not reception.verdict.shown.showing
    stage.key(Qt.Key.Key_Return)
    assert let_in(reception) == 2


# ---------------------------------------------------------------- history and search


def test_a_row_opens_again(reception: Reception, show) -> None:
    """U90: tap a row: its verdict, what was recorded, and no second act."""
    stage = show("screens.reception", "Reception", {"vm": reception})
    swipe(reception, "100002")
    stage.settle()
    stage.tap("Refuse Mateo Ruiz")
    swipe(reception, "100007")
    stage.settle()
    stage.tap("18:42, CHECK, Mateo Ruiz")
    assert reception.verdict.shown.word == "CHECK"
    assert said(reception)["Recorded"] == "Refused"
    assert offered(reception) == ["next"]
    assert reception.list.scans.rows[1].chosen


def test_a_reopened_welcome_does_not_clear(reception: Reception, clock: Clock) -> None:
    """U82, U90: what staff opened themselves stays until they leave it."""
    swipe(reception, "100007")
    reception.door.clear()
    reception.list.reopen(reception.list.scans.rows[0].event_id)
    clock.now_us += 60_000_000
    reception.door.tick()
    assert reception.verdict.shown.name == "Wei Zhang"


def test_search_by_letters_on_the_glass(reception: Reception, show) -> None:
    """U18: without a keyboard: letters are tapped, a row checks the member in."""
    stage = show("screens.reception", "Reception", {"vm": reception})
    stage.tap("Search")
    for letter in "lena":
        stage.tap(letter)
    assert reception.list.shown.found_words == "1 member found"
    stage.tap("Lena Fischer")
    assert reception.verdict.shown.name == "Lena Fischer"
    assert let_in(reception) == 1


def test_search_that_finds_nobody_says_so(reception: Reception) -> None:
    """U56: never an empty list without words."""
    reception.door.go(Page.SEARCH)
    reception.list.search("zzz")
    assert reception.list.shown.found_words == "Nobody found"
