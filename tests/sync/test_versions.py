"""Events on the wire: every version that was ever sent is read for ever (D30, I4)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest

import clubtill_sync.wire
from clubtill_rules.door.admission import Verdict
from clubtill_rules.door.posting import Admission, Outcome, Swipe
from clubtill_rules.goods.product import MediaKind
from clubtill_rules.points.leases import LeaseSpend
from clubtill_rules.sale.sale import Sale
from clubtill_rules.sale.tender import Tender
from clubtill_rules.values.money import Money
from clubtill_rules.values.points import Points
from clubtill_sync.wire import versions
from clubtill_sync.wire.events import Event, LeaseCloseV1, SaleV1
from clubtill_sync.wire.versions import BrokenEvent, UnknownEvent

GOLDEN = Path(clubtill_sync.wire.__file__).parent / "golden"
KEPT = {
    "admission-1.json": "9b2720f583cbbbb155b203493b217b7479c7f85b5b5fc8c028512473870cd5b7",
    "budget_close-1.json": "850bacc7229738a0efe229ad49ce39d8641c4d30b2851d37161ab54731df2d80",
    "drawer_moved-1.json": "12398dcccebab477840dd88126f8532a23f5a2c378de2d8957960c3bd0125fac",
    "guest_entry-1.json": "2e676e369db1c4e2d33b0546a83aee199c7597dd74f0823c06c9091eadbf9cfa",
    "head_count-1.json": "ba2d3588cf8f39a72d51231ad20fa68e0f539a38e4bae6ab2635696384e4721d",
    "lease_close-1.json": "deec5711fa4082018afedbd31e0fde9164d9cf2745c34d1d65ad6f5af5f8141f",
    "refund-1.json": "0ffbbc56ab775b2a19502353b0d2837ce418a4903acf532927b5bf10064682ed",
    "refund-1.void.json": "a92795531172701539451f29baf1880d51ecaf7ab767a99c426eb12ab0636252",
    "sale-1.member.json": "caac5540098180fa48eb895b66f77958070fdf22eade2ab78a738dc55bd635f7",
    "sale-1.public.json": "b9954817e50b55953210514b9da2c288009a0b2e01af881b3c9b49b24394ffa7",
    "sale-2.member.json": "ef18545fca2ae486df93a96200ee0a85d8a1d2254edcc6b641ab3fe4342ee0a0",
    "sale-2.public.json": "9918ff8d3e822ec8dc67c4b5c49302bd5c7097f2f9537fd4b5731c9bfbde0fe8",
    "shift_closed-1.json": "12c39549fa0da4b782f4fb7eb3356e26d751258860a8055a0531746aeaa4712a",
    "shift_opened-1.json": "bbdeabfcc61c29c1ac9b11e0fe53e0a2ad8cb5a85a2a5b5d7f7421aabe3dc5b8",
    "swipe-1.json": "155aed6e7fe450d5ee9aaca8807aead6c99f4e41ba080af1100d5ea5018fa5c1",
    "swipe-2.json": "ca575d63484eee539f670a8679181a8835f1141902e11aa8cfd0d53170a87ea7",
}


def golden(name: str) -> bytes:
    """Give an event's kept bytes, without the line end of the file."""
    return (GOLDEN / name).read_bytes().removesuffix(b"\n")


def sale() -> SaleV1:
    """Read the kept sale of a member, with two lines and points."""
    body = versions.decode_body(versions.decode_event(golden("sale-1.member.json")))
    assert isinstance(body, SaleV1)
    return body


def test_golden_bytes_are_those_that_were_kept() -> None:
    """D30: kept bytes are never written anew; a changed fact is a new version with new bytes beside them."""
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in GOLDEN.iterdir()}
    assert found == KEPT


def test_every_version_has_golden_bytes() -> None:
    """D30: a version that was ever sent has bytes in the folder."""
    assert {tuple(name.split(".")[0].split("-")) for name in KEPT} == {(k, str(v)) for k, v in versions.BODIES}


@pytest.mark.parametrize("name", sorted(KEPT))
def test_golden_bytes_are_read_and_written_back_byte_for_byte(name: str) -> None:
    """D30, I4: no field of a frozen version was renamed, dropped, added or moved."""
    event = versions.decode_event(golden(name))
    again = versions.encode_event(
        event_id=event.event_id,
        body=versions.decode_body(event),
        occurred_at_us=event.occurred_at_us,
        mono_us=event.mono_us,
        boot_id=event.boot_id,
        rules_version=event.rules_version,
        settings_version=event.settings_version,
    )
    assert again == golden(name)
    assert name.startswith(f"{event.kind}-{event.version}")


def test_a_lone_event_is_read_from_within_a_batch() -> None:
    """I4: what msgspec.Raw keeps of an event inside a batch is its exact bytes."""
    batch = b'{"events":[' + golden("swipe-1.json") + b"," + golden("lease_close-1.json") + b"]}"
    kept = msgspec.json.decode(batch, type=dict[str, tuple[msgspec.Raw, ...]])["events"]
    assert [bytes(raw) for raw in kept] == [golden("swipe-1.json"), golden("lease_close-1.json")]
    assert isinstance(versions.decode_body(versions.decode_event(kept[1])), LeaseCloseV1)


@pytest.mark.parametrize(("kind", "version"), [("sale", 99), ("sale", 0), ("refunds", 1), ("", 1)])
def test_an_event_of_a_newer_program_is_unknown_and_its_envelope_still_read(kind: str, version: int) -> None:
    """C25, F40: it can be kept under its id and answered with held."""
    known = versions.decode_event(golden("sale-1.member.json"))
    event = versions.decode_event(msgspec.json.encode(msgspec.structs.replace(known, kind=kind, version=version)))
    with pytest.raises(UnknownEvent) as caught:
        versions.decode_body(event)
    assert (caught.value.kind, caught.value.version, event.event_id) == (kind, version, known.event_id)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"{}",
        b"\xff\xfe",
        golden("swipe-1.json")[:-1],
        golden("swipe-1.json").replace(b'"version":1', b'"version":"1"'),
        golden("swipe-1.json").replace(b"1795000000000000", b"99999999999999999999", 1),
        golden("swipe-1.json").replace(b"5f0c7a1e", b"\\u0000"),
        golden("swipe-1.json").replace(b'"body":{', b'"body":' + b"[" * 200_000 + b"]" * 200_000 + b',"x":{'),
    ],
    ids=["nothing", "null", "empty", "no text", "cut", "wrong type", "too large", "nil character", "too deep"],
)
def test_bytes_that_are_no_event_are_broken_and_nothing_else(data: bytes) -> None:
    """F38, F39: whatever the bytes, the answer is BrokenEvent and never another exception."""
    with pytest.raises(BrokenEvent):
        versions.decode_event(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"qty":2', b'"qty":"2"'),
        (b'"qty":2', b'"qty":2.5'),
        (b'"number":1041', b'"number":' + b"9" * 30),
        (b'"trading_day":"2026-11-18"', b'"trading_day":"2026-13-18"'),
        (b'"total_minor":2110,', b""),
    ],
)
def test_a_body_that_is_not_its_version_is_broken(old: bytes, new: bytes) -> None:
    """F38: the envelope is read, the body is not; the ledger can keep the bytes under the event's id."""
    event = versions.decode_event(golden("sale-1.member.json").replace(old, new))
    with pytest.raises(BrokenEvent):
        versions.decode_body(event)


def test_an_unknown_field_of_a_newer_program_does_not_break_an_old_reader() -> None:
    """D30: fields that this program does not know are passed over."""
    event = versions.decode_event(golden("sale-1.member.json").replace(b'"offline":true', b'"offline":true,"new":[1]'))
    assert versions.decode_body(event) == sale()


def test_lines_come_back_from_the_wire_as_the_rules_know_them() -> None:
    """4.5: the ledger computes awards again from the lines; mapping there and back changes no field."""
    wire = sale()
    lines = versions.sale_lines_from_v1(wire)
    assert [
        versions.line_to_v1(line, tax=Money(told.tax_minor)) for line, told in zip(lines, wire.lines, strict=True)
    ] == [*wire.lines]
    assert lines[0].by_points is None
    assert lines[1].by_points is not None
    assert (lines[1].net, lines[1].receipt_net) == (Money(900), Money(810))


@pytest.mark.parametrize("field", ["kind", "price_reason"])
def test_a_line_with_a_word_the_rules_do_not_have_is_broken(field: str) -> None:
    """C25: a sale whose lines cannot be computed again is for the held list, not for a crash."""
    wire = sale()
    odd = msgspec.structs.replace(wire.lines[0], **{field: "moonlight"})
    with pytest.raises(BrokenEvent):
        versions.sale_lines_from_v1(msgspec.structs.replace(wire, lines=(odd,)))


def test_an_event_keeps_its_bodys_exact_bytes() -> None:
    """I4: the body of a decoded envelope is the text that was sent, white space included."""
    spaced = golden("lease_close-1.json").replace(b'"body":{"lease_id"', b'"body":{ "lease_id"')
    event = versions.decode_event(spaced)
    assert isinstance(event, Event)
    assert bytes(event.body).startswith(b'{ "lease_id"')


def test_a_finished_sale_is_written_field_by_field() -> None:
    """D30: the mapping from the rules' sale, once; every figure lands in its own field."""
    wire = sale()
    finished = Sale(
        sale_id="0199f0a0c0de70008000000000000001",
        number=1041,
        club_id="north",
        venue_id="north-main",
        location_id="bar",
        device_id="0199f0a0c0de7000800000000000d001",
        staff_id="kim",
        at_us=wire.at_us,
        trading_day=date(2026, 11, 18),
        lines=versions.sale_lines_from_v1(wire),
        line_taxes=(Money(118), Money(74)),
        member_number="1201",
        person_id="p-jean",
        account_id="a-jean",
        classification=10,
        benefits=True,
        multiplier_h=125,
        ratio=100,
        tenders=(
            Tender(
                media_id="cash",
                kind=MediaKind.CASH,
                amount=Money(1298),
                given=Money(2000),
                change=Money(700),
                rounding=Money(2),
            ),
        ),
        points_used=Points(81000),
        lease_spends=(LeaseSpend(lease_id="l-1", amount_h=50000), LeaseSpend(lease_id="l-2", amount_h=31000)),
        award=Points(1600),
        award_earn_day=date(2026, 11, 18),
        award_last_day=date(2027, 11, 30),
        gross=Money(2300),
        discount=Money(100),
        points_pay_discount=Money(90),
        total=Money(2110),
        points_value=Money(810),
        tax=(),
        tax_total=Money(192),
        saved=Money(260),
        offline=True,
    )
    tender = msgspec.structs.replace(wire.tenders[0], amount_minor=1298, rounding_minor=2)
    assert versions.sale_to_v1(finished) == msgspec.structs.replace(wire, tenders=(tender,))


def test_a_swipe_and_its_admission_are_written_field_by_field() -> None:
    """D30, R52: two events of a door; each figure, key and day lands in its own field."""
    swiped = Swipe(
        event_id="0199f0a0c0de70008000000000000003",
        club_id="north",
        venue_id="north-main",
        location_id="bar",
        device_id="0199f0a0c0de7000800000000000d001",
        staff_id="kim",
        at_us=1_795_000_000_000_000,
        card_digest="00112233445566778899aabbccddeeff",
        person_id="p-jean",
        account_id="a-jean",
        member_number="1201",
        classification=10,
        verdict=Verdict.WELCOME,
        code="door.welcome",
        entry_day=date(2026, 11, 18),
        visit=Points(1000),
        visit_key="visit:north:p-jean:north-main:2026-11-18",
        birthday=Points(5000),
        birthday_key="bday:north:p-jean:2026",
        earn_day=date(2026, 11, 18),
        last_day=None,
        offline=False,
    )
    admitted = Admission(
        event_id="0199f0a0c0de70008000000000000004",
        swipe_event_id=swiped.event_id,
        club_id="north",
        venue_id="north-main",
        location_id="bar",
        device_id="0199f0a0c0de7000800000000000d001",
        staff_id="kim",
        at_us=1_795_000_000_000_000,
        person_id="p-jean",
        account_id="a-jean",
        outcome=Outcome.ADMIT,
        guests=2,
    )
    kept = [versions.decode_body(versions.decode_event(golden(name))) for name in ("swipe-1.json", "admission-1.json")]
    assert [versions.swipe_to_v1(swiped), versions.admission_to_v1(admitted)] == kept
    let_in = replace(admitted, outcome=Outcome.LET_IN, approver_id="lee", reason="pays on the way out")
    wire = versions.admission_to_v1(let_in)
    assert (wire.outcome, wire.approver_id, wire.reason) == ("let_in", "lee", "pays on the way out")
