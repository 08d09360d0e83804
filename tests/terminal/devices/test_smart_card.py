"""The contract of smart card readers, on the simulated service and on a real pcscd with a virtual reader."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from clubtill_desk.faults import Fault
from clubtill_terminal.devices.card_service import CardGone, CardService, PcscService, Slot
from clubtill_terminal.devices.reader import BadRead, BadReadReason, CardKind, CardSeen, Reader, ReaderDown, ReaderUp
from clubtill_terminal.devices.simulated_cards import SimulatedCards
from clubtill_terminal.devices.smart_card import GET_UID, SmartCardReader, SmartCardSettings, read_card
from clubtill_terminal.devices.virtual_card import CardModel, VpcdCard

UID = bytes.fromhex("04A1B2C3")
UP = ReaderUp(source="door")
PULLED_OUT = BadRead(source="door", reason=BadReadReason.PULLED_OUT)
SERVICE_DOWN = ReaderDown(source="door", code="reader.service_down")


def seen(uid: bytes = UID, number: str = "") -> CardSeen:
    """The report of a chip card."""
    return CardSeen(source="door", kind=CardKind.CHIP, uid=uid, text=number)


class Desk(Protocol):
    """A card reader and the hands that use it."""

    service: CardService

    def insert(self, card: CardModel) -> None: ...  # noqa: D102
    def remove(self) -> None: ...  # noqa: D102
    def stop(self) -> None: ...  # noqa: D102
    def start(self) -> None: ...  # noqa: D102


class SimulatedDesk(SimulatedCards):
    """The twin that ships."""

    service = property(lambda self: self)


class PcscDesk:
    """A real pcscd and the virtual driver's first slot, as `packaging/with_services.sh` starts them."""

    def __init__(self) -> None:
        if "CLUBTILL_TEST_VPCD" not in os.environ or "CLUBTILL_TEST_PCSCD" not in os.environ:
            pytest.skip("CLUBTILL_TEST_VPCD and CLUBTILL_TEST_PCSCD are not set: no pcscd with a virtual reader")
        host, port = os.environ["CLUBTILL_TEST_VPCD"].rsplit(":", 1)
        self._address = host, int(port)
        self._folder = Path(os.environ["CLUBTILL_TEST_PCSCD"])
        self._card: VpcdCard | None = None
        self.service = PcscService()

    def insert(self, card: CardModel) -> None:
        """Connect a card to the slot, in place of what is there."""
        self.remove()
        self._card = VpcdCard(*self._address, card)
        self._card.insert()

    def remove(self) -> None:
        """Let go of the slot."""
        if self._card is not None:
            self._card.remove()
            self._card = None

    def empty(self) -> None:
        """Wait until pcscd, which looks every 0.4 s, knows that the slot is empty: the next test begins there."""
        self.remove()
        context = self.service.establish()
        slots = {name: Slot() for name in context.readers()}
        until = time.monotonic() + 20
        while any(slot.has_card or not slot.state for slot in slots.values()):
            assert time.monotonic() < until, "a card still lies in the virtual reader"
            slots |= context.wait(slots, 1_000)
        context.release()

    def stop(self) -> None:
        """Kill pcscd, as a crash would, and wait until it is gone."""
        pid = int((self._folder / "pid").read_text())
        try:
            process = os.pidfd_open(pid)
        except ProcessLookupError:
            return
        try:
            os.kill(pid, signal.SIGKILL)
            assert select.select([process], [], [], 20)[0], "pcscd did not end"
        except PermissionError:
            pytest.skip("pcscd belongs to another user and cannot be stopped by this test")
        finally:
            os.close(process)

    def start(self) -> None:
        """Start pcscd anew with its configuration, and note its id where `with_services.sh` looks for it."""
        usage = subprocess.run(["pcscd", "--help"], capture_output=True, text=True, check=False).stdout
        option = "--disable-polkit" if "disable-polkit" in usage else ""
        command = f'pcscd --foreground --config "$0/readers" {option} >"$0/again.log" 2>&1 & echo $! >"$0/pid"'
        subprocess.run(["sh", "-c", command, str(self._folder)], check=True)


@pytest.fixture(params=["simulated", "pcscd"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Each kind of service in turn, with an empty reader."""
    desk: Desk = SimulatedDesk() if request.param == "simulated" else PcscDesk()
    yield desk
    if isinstance(desk, PcscDesk):
        desk.empty()


@pytest.fixture
def reader(desk: Desk, reports) -> Iterator[Reader]:
    """A running watcher that has said that it is up."""
    reader = SmartCardReader(source="door", service=desk.service, settings=SmartCardSettings(), report=reports)
    reader.start()
    assert reports.next() == UP
    yield reader
    reader.close()


@pytest.mark.usefixtures("reader")
class TestSmartCards:
    """A smart card reader."""

    def test_a_card_is_read_once_each_time_it_comes(self, desk: Desk, reports) -> None:
        """R87: a card that lies there is one event; taken away and laid down again, it is another."""
        for uid in (UID, UID, bytes.fromhex("04C43BC21C2680")):
            desk.insert(CardModel(uid=uid))
            assert reports.next() == seen(uid)
            desk.remove()
        assert reports.left() == []

    def test_the_club_s_own_file_tells_the_member_number(self, desk: Desk, reports) -> None:
        """UID and member number come in one report; the file may be filled up."""
        desk.insert(CardModel(uid=UID, file=b"100001\x00\x00\x00\x00"))
        assert reports.next() == seen(UID, "100001")

    def test_a_card_pulled_out_while_it_is_read_is_a_bad_read(self, desk: Desk, reports) -> None:
        """A card that is gone after the first answer is no card; the next one is read."""
        desk.insert(CardModel(uid=UID, file=b"100001", pulled_out_after=1))
        assert reports.next() == PULLED_OUT
        desk.insert(CardModel(uid=UID, file=b"100001"))
        assert reports.next() == seen(UID, "100001")

    def test_a_random_uid_is_refused(self, desk: Desk, reports) -> None:
        """R87: a phone shows another UID each time."""
        desk.insert(CardModel(uid=bytes.fromhex("08A1B2C3")))
        assert reports.next() == BadRead(source="door", reason=BadReadReason.RANDOM_UID)

    def test_the_service_may_stop_and_start(self, desk: Desk, reports) -> None:
        """The watcher says once that the service is down, and reads cards again when it is back."""
        desk.insert(CardModel(uid=UID))
        assert reports.next() == seen()
        desk.remove()
        desk.stop()
        try:
            assert reports.next() == SERVICE_DOWN
        finally:
            desk.start()
        assert reports.next() == UP
        desk.insert(CardModel(uid=UID))
        assert reports.next() == seen()
        assert reports.left() == []


def test_closing_ends_a_wait_at_once_and_reports_no_more(desk: Desk, reports) -> None:
    """A closed watcher is silent; closing twice, or without a start, is allowed."""
    reader = SmartCardReader(source="door", service=desk.service, settings=SmartCardSettings(), report=reports)
    reader.start()
    assert reports.next() == UP
    reader.close()
    reader.close()
    desk.insert(CardModel(uid=UID))
    assert reports.left() == []
    SmartCardReader(source="door", service=desk.service, settings=SmartCardSettings(), report=reports).close()


@pytest.fixture
def cards() -> SimulatedDesk:
    """The simulated service, for what a virtual driver cannot do."""
    return SimulatedDesk()


@pytest.fixture
def watch(reports) -> Iterator[Callable[..., None]]:
    """Starts watchers and closes them."""
    watchers: list[Reader] = []

    def start(service: CardService, **settings: object) -> None:
        settings_of = SmartCardSettings(**settings)
        watchers.append(SmartCardReader(source="door", service=service, settings=settings_of, report=reports))
        watchers[-1].start()

    yield start
    for watcher in watchers:
        watcher.close()


def test_a_reader_may_be_unplugged(cards: SimulatedDesk, watch, reports) -> None:
    """U115: unplugging the reader is said once, and plugging it in again mends it."""
    watch(cards)
    assert reports.next() == UP
    cards.unplug()
    assert reports.next() == ReaderDown(source="door", code="reader.unplugged")
    cards.plug()
    assert reports.next() == UP
    cards.insert(CardModel(uid=UID))
    assert reports.next() == seen()


def test_a_missing_service_is_said_once_and_found_when_it_comes(cards: SimulatedDesk, watch, reports) -> None:
    """A till may start before its card service does."""
    cards.stop()
    watch(cards)
    assert reports.next() == SERVICE_DOWN
    cards.start()
    assert reports.next() == UP


def test_a_card_left_in_while_the_service_restarts_is_no_new_visit(cards: SimulatedDesk, watch, reports) -> None:
    """A card that nobody touched is not checked in twice; another one in its place is seen."""
    watch(cards)
    cards.insert(CardModel(uid=UID))
    assert reports.take(2) == [UP, seen()]
    cards.stop()
    assert reports.next() == SERVICE_DOWN
    cards.start()
    assert reports.next() == UP
    cards.insert(CardModel(uid=bytes.fromhex("04A1B2C4")))
    assert reports.next() == seen(bytes.fromhex("04A1B2C4"))


def test_a_quick_exchange_is_not_missed(cards: SimulatedDesk, watch, reports) -> None:
    """Two cards with no time between them are two events."""
    watch(cards)
    assert reports.next() == UP
    cards.insert(CardModel(uid=UID))
    assert reports.next() == seen()
    cards.insert(CardModel(uid=bytes.fromhex("04A1B2C4")))
    assert reports.next() == seen(bytes.fromhex("04A1B2C4"))


def test_a_reader_held_by_another_program_is_named_so(cards: SimulatedDesk, watch, reports) -> None:
    """The card is there, but another program has it: said once, and the card is read when that one lets go."""
    cards.hold(held=True)
    watch(cards)
    cards.insert(CardModel(uid=UID))
    assert reports.take(2) == [UP, ReaderDown(source="door", code="reader.busy")]
    cards.hold(held=False)
    assert reports.take(2) == [UP, seen()]


def test_a_card_that_cannot_be_read_is_tried_for_a_while_and_told_once(cards: SimulatedDesk, watch, reports) -> None:
    """A card that slips and lies there again is read, after one word that it was gone."""
    flaky = CardModel(uid=UID)
    answers = iter([b"", b"", UID + bytes.fromhex("9000"), bytes.fromhex("6A82")])
    flaky.answer = lambda _: next(answers)
    watch(cards)
    assert reports.next() == UP
    cards.insert(flaky)
    assert reports.take(2) == [PULLED_OUT, seen()]
    assert reports.left() == []


def test_only_the_wanted_reader_is_watched(cards: SimulatedDesk, watch, reports) -> None:
    """A computer may have a reader that is not ours, such as the one of its owner."""
    watch(cards, reader="Another maker")
    assert reports.next() == ReaderDown(source="door", code="reader.unplugged")


def test_without_the_extra_the_watcher_says_so(monkeypatch: pytest.MonkeyPatch, watch, reports) -> None:
    """An installation without the extra `cards` has one clear fault and no retries."""
    monkeypatch.setitem(__import__("sys").modules, "smartcard.scard", None)
    with pytest.raises(Fault, match=r"reader\.driver_missing"):
        PcscService().establish()
    watch(PcscService())
    assert reports.next() == ReaderDown(source="door", code="reader.driver_missing")


MUTE, CHECK, RANDOM = BadReadReason.MUTE, BadReadReason.CHECK, BadReadReason.RANDOM_UID
PHONE = bytes.fromhex("08A1B2C3")

CARDS: dict[str, tuple[CardModel, CardSeen | BadReadReason]] = {
    "UID of 4 bytes": (CardModel(uid=UID), seen()),
    "UID of 7 bytes": (CardModel(uid=bytes(range(7))), seen(bytes(range(7)))),
    "UID of 10 bytes": (CardModel(uid=bytes(range(10))), seen(bytes(range(10)))),
    "UID of 8 bytes": (CardModel(uid=bytes(range(8))), CHECK),
    "7 bytes that begin with 08": (CardModel(uid=b"\x08" + bytes(6)), seen(b"\x08" + bytes(6))),
    "random UID": (CardModel(uid=PHONE), RANDOM),
    "UID cut short by its reader": (CardModel(uid=bytes.fromhex("8804C43B")), CHECK),
    "UID of 8 bytes beside a number": (CardModel(uid=bytes(range(8)), file=b"100001"), seen(b"", "100001")),
    "random UID beside a number": (CardModel(uid=PHONE, file=b"100001"), seen(b"", "100001")),
    "number alone": (CardModel(file=b"100001"), seen(b"", "100001")),
    "number and UID": (CardModel(uid=UID, file=b"M100001  "), seen(UID, "M100001")),
    "neither": (CardModel(), MUTE),
    "an empty file": (CardModel(uid=UID, file=b"\xff" * 16), CHECK),
    "a damaged file": (CardModel(uid=UID, file=b"10\x000001"), CHECK),
    "a file with a long text": (CardModel(uid=UID, file=b"1" * 33), CHECK),
    "not ASCII": (CardModel(uid=UID, file="ä1".encode()), CHECK),
    "no such file": (CardModel(uid=UID, file=b"100001", file_id=7), CHECK),
    "another club's application": (CardModel(uid=UID, file=b"100001", application_id=b"\xf0other"), seen()),
}


@pytest.mark.parametrize("name", CARDS)
def test_a_card_is_what_the_table_says(name: str) -> None:
    """R87: a UID in on-air order, a member number, both, or the reason why neither can be used."""
    card, expected = CARDS[name]
    found = read_card(card.answer, source="door", settings=SmartCardSettings())
    assert found == (expected if isinstance(expected, CardSeen) else BadRead(source="door", reason=expected))


def test_a_club_without_an_application_reads_the_uid_alone() -> None:
    """A venue whose cards have no file of ours asks for none."""
    asked: list[bytes] = []

    def transmit(command: bytes) -> bytes:
        asked.append(command)
        return CardModel(uid=UID).answer(command)

    found = read_card(transmit, source="door", settings=SmartCardSettings(application_id=b""))
    assert (found, asked) == (seen(), [GET_UID])


def test_a_card_that_names_the_length_it_wants_is_asked_again() -> None:
    """ISO 7816: 6Cxx means ask again with this length."""
    card = CardModel(uid=UID, file=b"100001")

    def transmit(command: bytes) -> bytes:
        return bytes.fromhex("6C06") if command == bytes.fromhex("00B0810000") else card.answer(command)

    assert read_card(transmit, source="door", settings=SmartCardSettings()) == seen(UID, "100001")


@pytest.mark.parametrize("empty", range(3))
@pytest.mark.parametrize("answer", [b"", b"\x90"])
def test_an_answer_without_a_status_word_is_a_card_that_has_gone(empty: int, answer: bytes) -> None:
    """The service hands over an empty answer without an error; taken for a no, it makes half a card of a whole one."""
    card = CardModel(uid=UID, file=b"100001")
    asked: list[bytes] = []

    def transmit(command: bytes) -> bytes:
        asked.append(command)
        return answer if len(asked) == empty + 1 else card.answer(command)

    with pytest.raises(CardGone):
        read_card(transmit, source="door", settings=SmartCardSettings())


@pytest.mark.parametrize("answers", range(3))
def test_a_card_may_be_pulled_out_at_any_command(answers: int) -> None:
    """Each command may be the one that gets no answer."""
    card = CardModel(uid=UID, file=b"100001", pulled_out_after=answers)
    with pytest.raises(CardGone):
        read_card(card.answer, source="door", settings=SmartCardSettings())
