"""Checking in on a real store: verdicts of the cast, points once, and exactly one event a fact in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest

from clubtill.demo import cast, goods
from clubtill_rules.door.admission import Verdict
from clubtill_rules.door.posting import Outcome
from clubtill_rules.members.account import BanKind, CardState
from clubtill_rules.members.account import CardToken as Token
from clubtill_rules.members.cards.resolving import card_digest
from clubtill_rules.values.points import whole
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.documents import Terminal as TerminalDocument
from clubtill_sync.wire.events import AdmissionV1, SwipeV1
from clubtill_sync.wire.feed import DenyRow, Document
from clubtill_sync.wire.versions import Body, decode_body, decode_event
from clubtill_terminal.actions.balance import read_balance
from clubtill_terminal.actions.check_in import CheckedIn, act, check_in, roles_at
from clubtill_terminal.actions.door_history import history
from clubtill_terminal.actions.place import Place, read_place
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.devices.reader import CardKind, CardSeen
from clubtill_terminal.store import documents, members, outbox
from tests.terminal.kit.club import CARD_KEY, Clock, a_terminal, account_cards, at

FRIDAY_EVENING = "2026-11-27T18:00"


@dataclass(slots=True, kw_only=True)
class Door:
    """A door of the demo club with a real store."""

    terminal: Terminal
    clock: Clock

    @property
    def place(self) -> Place:
        """The settings in force."""
        found = read_place(self.terminal)
        assert found is not None
        return found

    def swipe(self, number: str, issue: int = 1, *, staff_id: str = "ana", offline: bool = False) -> CheckedIn:
        """Swipe a card of the cast."""
        return self.card(cast.swipe_text(number, issue), staff_id=staff_id, offline=offline)

    def card(self, track: str, *, staff_id: str = "ana", offline: bool = False, guests: int = 0) -> CheckedIn:
        """Swipe any card."""
        seen = CardSeen(source="stripe", kind=CardKind.STRIPE, tracks=(track,))
        return self.check(seen, staff_id=staff_id, offline=offline, guests=guests)

    def check(self, who: CardSeen | str, *, staff_id: str = "ana", offline: bool = False, guests: int = 0) -> CheckedIn:
        """Check somebody in."""
        place = self.place
        roles = roles_at(place, staff_id)
        return check_in(self.terminal, place, who, staff_id=staff_id, roles=roles, offline=offline, guests=guests)

    def act(self, checked: CheckedIn, outcome: Outcome, *, staff_id: str = "ana", guests: int = 0) -> CheckedIn | None:
        """Do what staff do on a CHECK or STOP."""
        return act(self.terminal, self.place, checked, outcome, staff_id=staff_id, guests=guests)

    def log(self) -> list[Body]:
        """Read the bodies of all events in the device's log, oldest first."""
        with self.terminal.store.reading_facts.begin() as facts:
            rows = outbox.oldest(facts, epoch=1, after_seq=0, rows_max=100, bytes_max=1_000_000)
        return [decode_body(decode_event(row.bytes_)) for row in rows]

    def kinds(self) -> list[str]:
        """Name the events in the log."""
        return ["swipe" if isinstance(one, SwipeV1) else "admission" for one in self.log()]


@pytest.fixture
def make_door(tmp_path: Path) -> Iterator[Callable[[str], Door]]:
    """Open doors; close their stores afterwards."""
    doors: list[Door] = []

    def make(terminal_id: str) -> Door:
        clock = Clock()
        door = Door(terminal=a_terminal(tmp_path / terminal_id, clock, terminal_id=terminal_id), clock=clock)
        doors.append(door)
        return door

    yield make
    for door in doors:
        door.terminal.store.close()


@pytest.fixture
def door(make_door: Callable[[str], Door]) -> Door:
    """Give the front door at 18:42 on a Tuesday."""
    return make_door(cast.DOOR)


def change_member(door: Door, number: str, **changes: object) -> None:
    """Give somebody of the cast another card in the cache, as the feed would."""
    account = next(one for one in account_cards() if one.persons[0].number == number)
    changed = replace(account, persons=(replace(account.persons[0], **changes),))  # type: ignore[arg-type]  # fields by name
    with door.terminal.store.cache.begin() as cache:
        members.apply_cards(cache, [changed])


def test_a_birthday_gives_visit_and_birthday_points_at_once(door: Door) -> None:
    """R48, R50, U89: Priya's 200 and 5 points stand in the swipe, and her balance shows 3,020."""
    checked = door.swipe("100003")
    assert (checked.check.verdict, checked.check.special) == (Verdict.WELCOME, "birthday")
    assert (checked.check.visit, checked.check.birthday) == (whole(5), whole(200))
    assert checked.balance == whole(3020)
    swiped = door.log()[0]
    assert isinstance(swiped, SwipeV1)
    assert (swiped.visit_h, swiped.birthday_h) == (500, 20_000)
    with door.terminal.store.reading.begin() as cache:
        account = members.by_account(cache, "a100003")
    assert account is not None
    assert read_balance(door.terminal, account).balance == whole(3020)


def test_welcome_writes_swipe_and_admission_together(door: Door) -> None:
    """R52: the admission refers to the swipe, and the head count follows it with the guests counted before."""
    checked = door.card(cast.swipe_text("100007"), guests=2)
    swiped, admitted = door.log()
    assert isinstance(swiped, SwipeV1)
    assert isinstance(admitted, AdmissionV1)
    assert admitted.swipe_event_id == checked.swipe.event_id
    assert (admitted.outcome, admitted.guests, admitted.staff_id) == ("admit", 2, "ana")
    assert history(door.terminal, door.place).let_in == 3


def test_a_second_visit_gives_nothing(door: Door) -> None:
    """U87, R48, R50: the same entry day, also after midnight, is WELCOME without points; it tells of the first one."""
    first = door.swipe("100003")
    door.clock.now_us = at("2026-11-25T01:10")
    second = door.swipe("100003")
    assert second.check.verdict is Verdict.WELCOME
    assert (second.check.visit.hundredths, second.check.birthday.hundredths) == (0, 0)
    assert second.check.again_us == first.swipe.at_us
    assert second.balance == whole(3020)


def test_the_next_entry_day_gives_points_again(door: Door) -> None:
    """R2, R48: after the entry reset at 06:00 a visit counts again."""
    door.swipe("100007")
    door.clock.now_us = at("2026-11-25T06:00")
    assert door.swipe("100007").check.visit == whole(10)


def test_unpaid_is_check_outside_the_window(door: Door) -> None:
    """R46, R47, D4: Mateo, 12 days late, on a Tuesday: CHECK, his 5 points are given, nobody is admitted yet (R52)."""
    checked = door.swipe("100002")
    assert (checked.check.verdict, checked.check.code) == (Verdict.CHECK, "member.unpaid.check")
    assert checked.check.visit == whole(5)
    assert checked.check.facts["n"] == 12
    assert door.kinds() == ["swipe"]
    assert history(door.terminal, door.place).let_in == 0


def test_unpaid_is_stop_inside_the_window(door: Door) -> None:
    """R46, R47: on Friday at 18:00 the fee check runs: STOP, and letting in needs somebody else's approval."""
    door.clock.now_us = at(FRIDAY_EVENING)
    checked = door.swipe("100002")
    assert (checked.check.verdict, checked.check.code) == (Verdict.STOP, "member.unpaid.stop")
    assert checked.check.visit == whole(5)
    with pytest.raises(Refusal) as refused:
        door.act(checked, Outcome.LET_IN)
    assert refused.value.code == "door.needs_approval"
    assert door.kinds() == ["swipe"]


def test_a_manager_approves_letting_in(door: Door) -> None:
    """R93, 2.12 row 19: Lee approves for Ana; both names and the reason stand in the event."""
    door.clock.now_us = at(FRIDAY_EVENING)
    checked = door.swipe("100002")
    done = act(door.terminal, door.place, checked, Outcome.LET_IN, staff_id="ana", approver_id="lee", reason="wedding")
    assert done is not None
    assert done.outcome is Outcome.LET_IN
    admitted = door.log()[-1]
    assert isinstance(admitted, AdmissionV1)
    assert (admitted.outcome, admitted.staff_id, admitted.approver_id) == ("let_in", "ana", "lee")
    assert admitted.reason == "wedding"


def test_an_act_is_recorded_once(door: Door) -> None:
    """R52: admitting Mateo with two guests counts three; a second act on the same swipe writes nothing."""
    checked = door.swipe("100002")
    assert door.act(checked, Outcome.ADMIT, guests=2) is not None
    assert door.act(checked, Outcome.REFUSE) is None
    assert door.kinds() == ["swipe", "admission"]
    found = history(door.terminal, door.place)
    assert found.let_in == 3
    assert (found.rows[0].outcome, found.rows[0].guests) == ("admit", 2)


def test_refusing_takes_no_points_back(door: Door) -> None:
    """R52: Mateo is refused: two events, nobody counted, the 5 points stay."""
    checked = door.swipe("100002")
    done = door.act(checked, Outcome.REFUSE, guests=4)
    assert done is not None
    assert (done.outcome, done.guests) == (Outcome.REFUSE, 0)
    assert history(door.terminal, door.place).let_in == 0
    with door.terminal.store.reading.begin() as cache:
        account = members.by_account(cache, "a100002")
    assert account is not None
    assert read_balance(door.terminal, account).balance == whole(645)


@pytest.mark.parametrize("staff_id", ["ana", "lee"])
def test_a_police_ban_is_stop_and_nobody_lets_in(door: Door, staff_id: str) -> None:
    """R11, R12, D35, U85: Tom is stopped without points; not even the Duty manager may let him in."""
    checked = door.swipe("100004", staff_id=staff_id)
    assert (checked.check.verdict, checked.check.code) == (Verdict.STOP, "member.excluded")
    assert checked.check.acts == ("refuse",)
    assert checked.swipe.visit_key == ""
    with pytest.raises(Refusal) as refused:
        door.act(checked, Outcome.LET_IN, staff_id=staff_id)
    assert refused.value.code == "door.not_offered"
    assert door.kinds() == ["swipe"]


def test_a_house_ban_is_lifted_for_one_entry_by_a_duty_manager(door: Door) -> None:
    """R12, 2.12 row 20: Lee lets him in; Ana is not even offered it."""
    change_member(door, "100004", ban=BanKind.HOUSE)
    assert "let_in" not in door.swipe("100004").check.acts
    checked = door.swipe("100004", staff_id="lee")
    assert door.act(checked, Outcome.LET_IN, staff_id="lee") is not None
    assert history(door.terminal, door.place).let_in == 1


def test_the_deny_list_overrules_the_card(door: Door) -> None:
    """R11, D8: Wei was banned a moment ago; the deny list knows it before his card does."""
    with door.terminal.store.cache.begin() as cache:
        documents.apply_deny(cache, [DenyRow(kind="person", id="p100007", code="member.excluded", denied=True)])
    assert door.swipe("100007").check.code == "member.excluded"


def test_a_classification_without_the_venue_is_stopped(make_door: Callable[[str], Door]) -> None:
    """R15, R45: Aroha's Bowls does not include the Marina: STOP, no points; at the Point she is welcome."""
    assert make_door(cast.DOOR_TWO).swipe("100005").check.verdict is Verdict.WELCOME
    marina = make_door(cast.DOOR)
    moved = TerminalDocument(id=cast.DOOR, name="Marina door", location_id=goods.MARINA_DOOR, shows=("reception",))
    with marina.terminal.store.cache.begin() as cache:
        body = msgspec.Raw(msgspec.json.encode(moved))
        documents.apply_documents(cache, [Document(kind="terminal", id=cast.DOOR, version=2, body=body)])
    checked = marina.swipe("100005")
    assert (checked.check.verdict, checked.check.code) == (Verdict.STOP, "member.venue")
    assert checked.check.visit.hundredths == 0
    assert marina.kinds() == ["swipe"]


def test_a_stopped_card_is_stopped_with_its_holder_known(door: Door) -> None:
    """R13: Olive's card was stopped; the swipe names her, the act offered is to search."""
    checked = door.swipe("100009")
    assert (checked.check.verdict, checked.check.code) == (Verdict.STOP, "card.blocked")
    assert checked.member is not None
    assert checked.member.name == "Olive Grant"
    assert "search" in checked.check.acts


def test_who_is_searched_for_needs_no_card(door: Door) -> None:
    """R13: found by name Olive is judged by her standing; the swipe carries no card."""
    checked = door.check("p100009")
    assert checked.check.verdict is Verdict.WELCOME
    assert checked.swipe.card_digest == ""


def test_an_old_issue_is_a_replaced_card(door: Door) -> None:
    """R85: Jean's first card gave way to her second."""
    checked = door.swipe("100001", 1)
    assert (checked.check.verdict, checked.check.code) == (Verdict.STOP, "card.replaced")


def test_an_unknown_card_is_logged(door: Door) -> None:
    """R45 step 8, R88: nobody has this card; its digest stands in the log, with no person and no points."""
    checked = door.swipe("765432")
    assert (checked.check.verdict, checked.check.code) == (Verdict.STOP, "member.unknown")
    (swiped,) = door.log()
    assert isinstance(swiped, SwipeV1)
    assert swiped.card_digest == card_digest(CARD_KEY, cast.card_text("765432"))
    assert (swiped.person_id, swiped.account_id, swiped.visit_h) == ("", "", 0)
    assert history(door.terminal, door.place).rows[0].name == ""


def test_no_card_text_is_kept(door: Door) -> None:
    """R82: of an unknown card no digits stand in the log's bytes."""
    door.swipe("765432")
    with door.terminal.store.reading_facts.begin() as facts:
        (row,) = outbox.oldest(facts, epoch=1, after_seq=0, rows_max=10, bytes_max=1_000_000)
    assert b"765432" not in row.bytes_


@pytest.mark.parametrize(
    ("track", "code"),
    [(";4111111111111111=29121010000000000000?", "card.bank"), (";12X0?", "card.unreadable")],
    ids=["bank card", "torn card"],
)
def test_what_is_no_club_card_leaves_no_trace(door: Door, track: str, code: str) -> None:
    """R82: a bank card and a torn one are dropped: refused, and nothing in log or history."""
    with pytest.raises(Refusal) as refused:
        door.card(track)
    assert refused.value.code == code
    assert door.kinds() == []
    assert history(door.terminal, door.place).rows == ()


def test_a_product_at_the_door_is_not_used(door: Door) -> None:
    """U70: a barcode of the bar does nothing at Reception."""
    product = next(one for one in door.place.catalogue.products.values() if one.barcode)
    with pytest.raises(Refusal) as refused:
        door.check(CardSeen(source="scanner", kind=CardKind.CODE, text=product.barcode))
    assert refused.value.code == "scan.not_here"
    assert door.kinds() == []


def test_offline_decides_alike_and_says_so(door: Door) -> None:
    """R45, U67: cut off, the same function gives the same verdict and points; the event carries the mark."""
    checked = door.swipe("100003", offline=True)
    assert checked.check.verdict is Verdict.WELCOME
    assert checked.balance == whole(3020)
    swiped = door.log()[0]
    assert isinstance(swiped, SwipeV1)
    assert swiped.offline
    assert checked.data_at_us == at("18:42")


def test_a_blocked_member_is_stopped_by_any_card(door: Door) -> None:
    """R13: a card added a moment ago does not help somebody who is blocked."""
    text = cast.card_text("555555")
    change_member(
        door,
        "100007",
        cards=(Token(digest=card_digest(CARD_KEY, text), last4=text[-4:], state=CardState.ACTIVE),),
    )
    with door.terminal.store.cache.begin() as cache:
        documents.apply_deny(cache, [DenyRow(kind="person", id="p100007", code="member.blocked", denied=True)])
    assert door.swipe("555555").check.code == "member.blocked"


def test_history_shows_the_last_ten(door: Door) -> None:
    """U90: newest first, ten at most."""
    numbers = [str(100001 + at_ % 10) for at_ in range(12)]
    for at_, number in enumerate(numbers):
        door.clock.now_us = at("18:42") + at_ * 1_000_000
        door.swipe(number, 2 if number == "100001" else 1)
    rows = history(door.terminal, door.place).rows
    assert len(rows) == 10
    assert rows[0].person_id == f"p{numbers[-1]}"
    assert [row.at_us for row in rows] == sorted((row.at_us for row in rows), reverse=True)
