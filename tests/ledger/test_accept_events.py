"""Batches of events through the real `answer`, on both engines (6.4)."""

from datetime import date

import msgspec
import pytest
import zstandard

from clubtill_ledger.store import documents, streams, tables
from clubtill_rules.members.venue import Location
from clubtill_rules.values.ids import MASTER_STREAM
from clubtill_sync.signing import idempotency_key
from clubtill_sync.wire.feed import Document
from clubtill_sync.wire.requests import EventsAnswer
from tests.ledger.audit import audit, balances, kinds, raw, rows
from tests.ledger.club import Club, batch_bytes, decoded, refused
from tests.ledger.master import DAY, MINUTE, OPENING_H, SECOND


def test_sale_is_posted_with_its_award(club: Club) -> None:
    """R26, R91: a sale's award is one entry, numbered in the account's stream, and the books show it."""
    till = club.till()
    told = till.push(sale := till.sale("A1", qty=3))
    (result,) = told.results
    assert (told.acked_through, result.status, result.event_id) == (1, "posted", sale.event_id)
    assert result.balance_h == OPENING_H + 1500
    assert result.flags == ()
    assert kinds(club.store, "A1") == [("award", 1500)]
    assert balances(club.store)["A1"] == (OPENING_H + 1500, 0, 0)
    audit(club.store)


def test_facts_of_a_sale_are_spelled_out(club: Club) -> None:
    """3.2: sale, line and tender stand beside the event, and the postings of a sale sum to nil (R81, I16)."""
    till = club.till()
    till.push(sale := till.sale("A1", qty=2))
    (kept,) = rows(club.store, tables.sale)
    assert (kept.event_id, kept.total_minor, kept.award_h, kept.award_again_h) == (sale.event_id, 1000, 1000, 1000)
    assert [(row.n, row.product_id, row.qty) for row in rows(club.store, tables.sale_line)] == [(1, "pale", 2)]
    assert [(row.media_id, row.amount_minor) for row in rows(club.store, tables.tender)] == [("cash", 1000)]
    postings = rows(club.store, tables.posting)
    assert postings
    assert sum(row.amount_minor for row in postings) == 0


def test_sale_without_a_member_moves_no_points(club: Club) -> None:
    """3.1: a sale without an account lies in the device's bucket and has no entry."""
    till = club.till()
    (result,) = till.push(till.sale()).results
    assert (result.status, result.position, result.balance_h) == ("posted", 0, None)
    audit(club.store)


def test_same_batch_gets_the_same_answer(club: Club) -> None:
    """R4, I10: a batch that is sent again answers the same and writes nothing."""
    till = club.till()
    till.keep(till.sale("A1"), till.sale("A2"), till.sale())
    body = till.batch()
    first = decoded(till.post(body), EventsAnswer)
    before = [rows(club.store, table) for table in (tables.entry, tables.raw_event, tables.sale, tables.stream_head)]
    club.tick(40 * DAY)
    again = decoded(till.post(body), EventsAnswer)
    assert again.results == first.results
    assert again.acked_through == first.acked_through == 3
    assert before == [
        rows(club.store, table) for table in (tables.entry, tables.raw_event, tables.sale, tables.stream_head)
    ]


def test_same_event_in_another_slot_is_a_duplicate(club: Club) -> None:
    """R4: an event that stands already is a duplicate wherever it is sent again, and posts nothing."""
    till = club.till()
    sale = till.sale("A1")
    till.push(sale)
    (result,) = till.push(sale).results
    assert (result.status, result.balance_h) == ("duplicate", OPENING_H + 500)
    assert kinds(club.store, "A1") == [("award", 500)]
    audit(club.store)


def test_other_bytes_under_a_taken_id_are_held(club: Club) -> None:
    """I9: bytes that claim another event's id are kept and held; the first event stands."""
    till = club.till()
    sale = till.sale("A1")
    till.push(sale)
    (result,) = till.push(till.sale("A1", qty=9, name=sale.event_id)).results
    assert result.status == "held"
    assert kinds(club.store, "A1") == [("award", 500)]
    assert [row.reason for row in rows(club.store, tables.raw_event)].count("id_taken") == 1
    audit(club.store)


def test_gap_names_what_is_expected(club: Club) -> None:
    """6.4: a batch beyond the acknowledged prefix is answered 409 gap with the number to send from."""
    till = club.till()
    till.keep(till.sale("A1"), till.sale("A1"), till.sale("A1"))
    assert refused(till.post(till.batch(first=3))) == (409, "gap", {"expected": 1})
    decoded(till.post(till.batch(first=1, last=1)), EventsAnswer)
    assert refused(till.post(till.batch(first=3))) == (409, "gap", {"expected": 2})
    assert decoded(till.post(till.batch(first=2)), EventsAnswer).acked_through == 3
    audit(club.store)


def test_overlapping_batch_posts_only_what_is_new(club: Club) -> None:
    """I11: a batch that begins before the mark repeats what stands and goes on."""
    till = club.till()
    till.keep(till.sale("A1"), till.sale("A1"), till.sale("A1"))
    decoded(till.post(till.batch(first=1, last=2)), EventsAnswer)
    told = decoded(till.post(till.batch(first=1, last=3)), EventsAnswer)
    assert [result.status for result in told.results] == ["posted"] * 3
    assert kinds(club.store, "A1") == [("award", 500)] * 3


def test_epoch_that_was_never_given_is_refused(club: Club) -> None:
    """F30: a batch of an epoch beyond the device's own is not taken."""
    till = club.till()
    till.keep(till.sale("A1"))
    till.epoch = 7
    assert refused(till.post(till.batch())) == (409, "epoch", {"epoch": 1})


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b'{"epoch":1,"first_seq":1,"previous_hash":"x","events":[{}]}', b"\xff" * 40]
)
def test_unreadable_batch_is_400(club: Club, body: bytes) -> None:
    """6.4: what cannot be parsed at all is 400, and nothing of it is kept."""
    till = club.till()
    assert refused(till.post(body))[:2] == (400, "unreadable")
    assert rows(club.store, tables.device_slot) == []


def test_too_large_is_413(club: Club) -> None:
    """6.4: more than 500 events, or more than a megabyte when inflated, is 413; a bomb is not inflated further."""
    till = club.till()
    one = till.sale().data
    assert refused(till.post(batch_bytes(1, 1, "0" * 64, [one] * 501)))[:2] == (413, "too_large")
    bomb = zstandard.ZstdCompressor().compress(b" " * (64 * 1024 * 1024))
    told = till.call("POST", "/v1/events", bomb, idempotency_key=idempotency_key(bomb), content_encoding="zstd")
    assert refused(told)[:2] == (413, "too_large")


def test_compressed_batch_is_read(club: Club) -> None:
    """6.4: a batch may come in zstd."""
    till = club.till()
    till.keep(till.sale("A1"))
    body = zstandard.ZstdCompressor().compress(till.batch())
    told = till.call("POST", "/v1/events", body, idempotency_key=idempotency_key(body), content_encoding="zstd")
    assert decoded(told, EventsAnswer).acked_through == 1


def test_idempotency_key_of_other_bytes_is_422(club: Club) -> None:
    """6.4: a key that names another body is a bug of the sender: 422 key_reuse."""
    till = club.till()
    till.keep(till.sale("A1"))
    told = till.call("POST", "/v1/events", till.batch(), idempotency_key=idempotency_key(b"other"))
    assert refused(told)[:2] == (422, "key_reuse")


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"club_id": "nowhere"}, "unknown_settings"),
        ({"product_id": "gone"}, "unknown_product"),
        ({"award_h": -100}, "broken"),
        ({"award_h": 2**60}, "broken"),
        ({"total_minor": 2**63}, "broken"),
        ({"points_used_h": 100}, "broken"),
        ({"device_id": "another"}, "broken"),
        ({"staff_id": "a\x00b"}, "broken"),
    ],
)
def test_event_that_cannot_be_interpreted_is_held(club: Club, told: dict[str, object], reason: str) -> None:
    """C25, I8: it is acknowledged with its bytes kept, posts nothing, and the next event is not kept waiting."""
    till = club.till()
    odd = till.sale("A1", **told)
    answer = till.push(odd, till.sale("A1"))
    assert [result.status for result in answer.results] == ["held", "posted"]
    assert answer.acked_through == 2
    held = [row for row in rows(club.store, tables.raw_event) if row.status == "held"]
    assert [(row.reason, bytes(row.bytes)) for row in held] == [(reason, odd.data)]
    assert kinds(club.store, "A1") == [("award", 500)]
    audit(club.store)


def test_sale_of_an_unknown_account_is_held(club: Club) -> None:
    """C25: the ledger cannot post to an account that it does not know; the sale waits for it."""
    till = club.till()
    (result,) = till.push(odd := till.sale("NOBODY")).results
    assert (result.status, raw(club.store, odd.event_id).reason) == ("held", "unknown_account")
    audit(club.store)


@pytest.mark.parametrize("data", [b"{}", b"[1,2]", b'"text"', b'{"event_id":"../etc","kind":"sale"}'])
def test_bytes_that_are_no_event_are_held(club: Club, data: bytes) -> None:
    """C25: bytes without an id of their own are kept under the hash of their content, once however often they come."""
    till = club.till()
    till.log.append(data)
    till.hashes.append("0" * 64)
    for _ in range(2):
        told = decoded(till.post(till.batch(first=1)), EventsAnswer)
        assert [result.status for result in told.results] == ["held"]
    assert [bytes(row.bytes) for row in rows(club.store, tables.raw_event)] == [data]


def test_event_of_a_newer_program_is_held(club: Club) -> None:
    """D30, F40: a kind or version that this ledger does not know waits with its bytes for a newer one."""
    till = club.till()
    event = msgspec.json.decode(till.sale("A1").data)
    event["version"] = 99
    data = msgspec.json.encode(event)
    till.log.append(data)
    till.hashes.append("0" * 64)
    told = decoded(till.post(till.batch(first=1)), EventsAnswer)
    assert told.results[0].status == "held"
    stored = raw(club.store, event["event_id"])
    assert (stored.reason, stored.kind, stored.version, bytes(stored.bytes)) == ("unknown_kind", "sale", 99, data)


def test_award_that_differs_stands_with_a_flag(club: Club) -> None:
    """C24, 4.5: the receipt's figure stands; a difference to the award computed again is flagged, never corrected."""
    till = club.till()
    (result,) = till.push(till.sale("A1", award_h=777_00)).results
    assert result.flags == ("AWARD_DIFFERS",)
    assert kinds(club.store, "A1") == [("award", 777_00)]
    (kept,) = rows(club.store, tables.sale)
    assert kept.award_again_h == 500


def test_award_is_computed_again_with_the_settings_of_the_event(club: Club) -> None:
    """D30, C24: a sale made under the old settings agrees with them, though the category has another rate by now."""
    till = club.till()
    position = club.store.read(streams.heads)[MASTER_STREAM]
    doubled = Document(
        kind="location",
        id="BAR",
        version=2,
        body=msgspec.Raw(msgspec.json.encode(Location(id="BAR", venue_id="V1", name="Bar", point_factor_h=200))),
    )
    club.store.write(lambda c: documents.publish(c, [doubled]))
    till.settings_version = f"m{position}"
    old = till.sale("A1")
    till.settings_version = f"m{position + 1}"
    new, wrong = till.sale("A1", award_h=1000), till.sale("A1")
    told = till.push(old, new, wrong)
    assert [result.flags for result in told.results] == [(), (), ("AWARD_DIFFERS",)]


def test_document_holds_from_its_day_on(club: Club) -> None:
    """6.5: a document that was published before its day counts from that day on, for the award computed again too."""
    till = club.till()
    body = msgspec.Raw(msgspec.json.encode(Location(id="BAR", venue_id="V1", name="Bar", point_factor_h=200)))
    later = Document(kind="location", id="BAR", version=2, effective_from=date(2026, 3, 15), body=body)
    club.store.write(lambda c: documents.publish(c, [later]))
    assert till.push(till.sale("A1")).results[0].flags == ()
    club.tick(2 * DAY)
    told = till.push(till.sale("A1"), till.sale("A1", award_h=1000))
    assert [result.flags for result in told.results] == [("AWARD_DIFFERS",), ()]


def test_clock_ahead_is_dated_by_receipt(club: Club) -> None:
    """R3, D38, C9: up to five minutes ahead is clamped quietly, beyond that clamped and flagged."""
    till = club.till()
    near, far = till.sale("A1", at_us=club.now_us + 4 * MINUTE), till.sale("A1", at_us=club.now_us + 6 * MINUTE)
    told = till.push(near, far)
    assert [result.flags for result in told.results] == [(), ("CLOCK_SUSPECT",)]
    assert [raw(club.store, one.event_id).eff_us for one in (near, far)] == [club.now_us] * 2


def test_clock_that_jumped_back_does_not_reorder_the_log(club: Club) -> None:
    """3.1, C10: an effective time is never before the one of the device's previous event."""
    till = club.till()
    first, second = till.sale("A1"), till.sale("A1", at_us=club.now_us - 2 * DAY)
    told = till.push(first, second)
    assert told.results[1].flags == ("CLOCK_SUSPECT", "DAY_DIFFERS")
    assert raw(club.store, second.event_id).eff_us == raw(club.store, first.event_id).eff_us


def test_measured_offset_corrects_a_wrong_clock(club: Club) -> None:
    """3.1: a clock that is an hour behind at hello is corrected while it runs on; another boot's is taken as it is."""
    till = club.till()
    hour = 60 * MINUTE
    till.hello(local_time_us=club.now_us - hour)
    sale = till.sale("A1", at_us=club.now_us - hour)
    till.push(sale)
    assert raw(club.store, sale.event_id).eff_us == club.now_us


def test_effective_time_is_assigned_once(club: Club) -> None:
    """3.1: an event sent again later keeps the effective time of its first arrival."""
    till = club.till()
    till.keep(sale := till.sale("A1", at_us=club.now_us + 30 * MINUTE))
    decoded(till.post(till.batch()), EventsAnswer)
    eff_us = raw(club.store, sale.event_id).eff_us
    club.tick(DAY)
    decoded(till.post(till.batch()), EventsAnswer)
    assert raw(club.store, sale.event_id).eff_us == eff_us


def test_days_follow_the_effective_time(club: Club) -> None:
    """3.1, R3, planted bug B17: trading day and earn day are the ledger's own; the terminal's differ with a flag."""
    till = club.till()
    sale = till.sale("A1", at_us=club.now_us + 30 * DAY)
    (result,) = till.push(sale).results
    assert result.flags == ("CLOCK_SUSPECT", "DAY_DIFFERS")
    (kept,) = rows(club.store, tables.sale)
    assert kept.trading_day.isoformat() == "2026-03-13"
    (award,) = [row for row in rows(club.store, tables.entry) if row.event_id == sale.event_id]
    assert (award.earn_day.isoformat(), award.last_day.isoformat()) == ("2026-03-13", "2027-03-13")


def test_revoked_device_posts_nothing(club: Club) -> None:
    """I33, C13: a revoked device is answered 403; with drain what it still sends is kept and held."""
    till = club.till()
    till.push(till.sale("A1"))
    with club.store.writer.begin() as connection:
        connection.execute(tables.device.update().values(revoked_us=club.now_us))
    till.keep(late := till.sale("A1"))
    assert refused(till.post(till.batch())) == (403, "revoked", {"drain": False})
    with club.store.writer.begin() as connection:
        connection.execute(tables.device.update().values(drain=True))
    told = decoded(till.post(till.batch()), EventsAnswer)
    assert [result.status for result in told.results] == ["held"]
    assert raw(club.store, late.event_id).reason == "revoked"
    assert kinds(club.store, "A1") == [("award", 500)]
    assert refused(till.call("GET", "/v1/feed", query="cursor="))[:2] == (403, "revoked")


def test_lots_expire_as_of_the_club_day(club: Club) -> None:
    """R34, I20: an account folded on a later day posts what has expired, once."""
    till = club.till()
    till.push(till.sale("A1"))
    club.tick(400 * DAY)
    till.push(till.sale("A1"))
    assert [kind for kind, _ in kinds(club.store, "A1")] == ["award", "award", "expire"]
    assert balances(club.store)["A1"][0] == OPENING_H + 500
    club.tick(SECOND)
    till.push(till.sale("A1"))
    assert [kind for kind, _ in kinds(club.store, "A1")] == ["award", "award", "expire", "award"]
    audit(club.store)
