"""An answer about points that comes when the sale has moved on: nothing stays set aside, nothing waits for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from socket import socket

import msgspec
import pytest

from clubtill.demo import cast
from clubtill_desk.lanes import HandLane
from clubtill_sync import signing
from clubtill_sync.client import Client
from clubtill_sync.signing import Signer
from clubtill_sync.wire.requests import LeaseAnswer, LeaseAsk, LeaseRow
from clubtill_terminal.screens.till.state import Page
from clubtill_terminal.screens.till.window import Till
from clubtill_terminal.store import leases, outbox
from tests.sync.hostile import Request, answer, serving
from tests.terminal.screens.till.scenes import card_of, ring_up


def grants(connection: socket, request: Request) -> None:
    """Grant what a sale asks for; ahead of a sale nothing."""
    asked = msgspec.json.decode(request.body, type=LeaseAsk)
    row = LeaseRow(
        lease_id=asked.sale_id[:-1] + str(asked.ask_no),
        club_id=asked.club_id,
        account_id=asked.account_id,
        granted_h=asked.amount_h,
        spent_h=0,
        sale_id=asked.sale_id,
        ask_no=asked.ask_no,
        advice=((None, asked.amount_h),),
    )
    told = LeaseAnswer(lease=row if asked.amount_h else None, card=None, held_elsewhere_h=0, server_time_us=1)
    connection.sendall(answer(msgspec.json.encode(told)))


@pytest.fixture
def asking(till: Till, clock) -> Iterator[tuple[Till, HandLane]]:
    """Give a till that asks a ledger for the points of two beers, and the lane on which the answer waits."""
    with serving(grants) as server:
        desk, network = till.counter.desk, HandLane("network")
        desk.client.close()
        signer = Signer(signing.new_key(), desk.terminal.device_id)
        desk.client, desk.network = Client(server.url, signer, now_us=clock.now, nonce=clock.new_id), network
        ring_up(till, "schooner-pale", "schooner-pale", "light-schooner")
        network.run_all()
        till.counter.points.open()
        till.counter.points.tick(1)
        till.counter.points.use()
        assert till.counter.state.asking
        yield till, network


def left_open(till: Till) -> tuple[int, list[str]]:
    """Give how many leases are open here, and what waits to be sent."""
    with till.counter.desk.terminal.store.facts.begin() as facts:
        return len(leases.all_open(facts)), [row.kind for row in outbox.waiting(facts, 9)[2]]


def leave(till: Till) -> None:
    """Go back to the sale."""
    till.points.leave()


def other_member(till: Till) -> None:
    """Swipe another member's card."""
    till.counter.card_seen(card_of("100003"))


def take_off(till: Till) -> None:
    """Take the member off."""
    till.counter.take_off()


@pytest.mark.parametrize("act", [leave, other_member, take_off])
def test_a_late_lease_goes_back_and_the_sale_can_be_paid(asking, act: Callable[[Till], None]) -> None:
    """D21, R72: the choice is gone when the grant comes: it is given back by an event, and money buttons work."""
    till, network = asking
    act(till)
    network.run_all()
    assert not till.counter.state.asking
    assert left_open(till) == (0, ["lease_close"])
    assert not till.counter.state.basket.ticked
    till.counter.payment.open()
    assert till.counter.state.page is Page.TENDER


def test_one_who_left_the_question_need_not_wait_for_the_answer(asking) -> None:
    """R92: back at the sale the rest can be paid at once; the grant that comes after the sale goes back too."""
    till, network = asking
    till.points.leave()
    till.counter.payment.open()
    till.counter.payment.take()
    assert till.counter.state.sold is not None
    till.counter.next_sale()
    network.run_all()
    assert left_open(till) == (0, ["sale", "lease_close"])


def test_a_line_that_grew_meanwhile_is_offered_anew(asking) -> None:
    """R68: a third beer was scanned while the ledger was asked: the grant is short, is said so, and goes back."""
    till, network = asking
    till.counter.add_product("schooner-pale")
    network.run_all()
    assert not till.counter.state.asking
    assert till.counter.state.notice is not None
    assert till.notice.shown.title == "Not enough points"
    assert left_open(till) == (0, ["lease_close"])


def test_a_grant_in_time_is_used(asking) -> None:
    """D21: nothing happened meanwhile: the beers are paid by points, and the lease stays for the sale."""
    till, network = asking
    network.run_all()
    assert till.counter.state.basket.ticked == {1}
    assert till.counter.state.basket.account.club_id == cast.CLUB
    assert left_open(till) == (1, [])


def holds_elsewhere(connection: socket, request: Request) -> None:
    """Grant nothing: another till holds it all, and gave nothing back in the two seconds that it was waited for."""
    del request
    told = LeaseAnswer(lease=None, card=None, held_elsewhere_h=40_000, server_time_us=1)
    connection.sendall(answer(msgspec.json.encode(told)))


@pytest.mark.parametrize("gone", [False, True])
def test_an_attach_that_waited_in_vain_says_so_and_holds_nothing_up(till: Till, clock, gone: bool) -> None:
    """R92, C15, 4.4: while the ledger waits for another till the sale goes on; then it is told where they are."""
    with serving(holds_elsewhere) as server:
        desk, network = till.counter.desk, HandLane("network")
        desk.client.close()
        signer = Signer(signing.new_key(), desk.terminal.device_id)
        desk.client, desk.network = Client(server.url, signer, now_us=clock.now, nonce=clock.new_id), network
        ring_up(till, "schooner-pale")
        till.counter.add_product("light-schooner")
        assert len(till.counter.state.basket.lines) == 2
        assert not till.counter.state.asking
        assert till.counter.state.notice is None
        if gone:
            till.counter.take_off()
        network.run_all()
        if gone:
            assert till.counter.state.notice is None
            return
        assert till.notice.shown.title == "Points held at another till"
        assert "400 points" in till.notice.shown.body
        till.counter.payment.open()
        assert till.counter.state.page is Page.TENDER
