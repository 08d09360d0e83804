"""Photos: taken by the ledger within limits, stored once under their hash, named on the card, fetched by it (D16)."""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clubtill_ledger.feed import photos
from clubtill_ledger.operate.commands import app
from clubtill_ledger.store import people, tables_photos
from clubtill_ledger.store.engines import open_store
from clubtill_rules.values.refusal import Refusal
from clubtill_sync.wire.feed import FeedPage
from tests.ledger.audit import rows
from tests.ledger.club import Club, decoded, refused
from tests.ledger.master import CLUB_ID


def png(width: int = 8, height: int = 8, shade: int = 0) -> bytes:
    """Make a small picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    lines = zlib.compress((b"\0" + bytes([shade]) * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    """Make the head of a JPEG as cameras write it: an application segment, then the frame."""
    app0 = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9)
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + bytes(3)
    return b"\xff\xd8" + app0 + frame + b"\xff\xd9"


def test_photo_reaches_a_terminal_by_its_hash(club: Club) -> None:
    """D16, 6.7: the card names the hash, and the bytes are fetched by it."""
    till = club.till()
    before = decoded(till.call("GET", "/v1/feed", query="cursor=&wait=0"), FeedPage)
    name = photos.give(club.store, CLUB_ID, "PA1", png(), now_us=club.now_us)
    page = decoded(till.call("GET", "/v1/feed", query=f"cursor={before.cursor}&wait=0"), FeedPage)
    assert [one.photo for card in page.accounts for one in card.persons] == [name]
    response = till.call("GET", f"/v1/photos/{name}")
    assert (response.status, response.body) == (200, png())
    assert hashlib.sha256(response.body).hexdigest() == name
    assert refused(till.call("GET", f"/v1/photos/{'0' * 64}"))[:2] == (404, "unknown_photo")


def test_same_photo_is_stored_once_and_an_old_one_goes(club: Club) -> None:
    """D16: stored once whoever shows it; one that no card names any more is dropped."""
    for person in ("PA1", "PA2"):
        photos.give(club.store, CLUB_ID, person, png(), now_us=club.now_us)
    assert len(rows(club.store, tables_photos.photo)) == 1
    photos.give(club.store, CLUB_ID, "PA1", png(shade=9), now_us=club.now_us)
    assert len(rows(club.store, tables_photos.photo)) == 2
    photos.give(club.store, CLUB_ID, "PA2", png(shade=9), now_us=club.now_us)
    [left] = rows(club.store, tables_photos.photo)
    assert left.body == png(shade=9)


def test_photo_of_nobody_is_refused(club: Club) -> None:
    """D16: a photo needs a member to be of, and nothing is kept otherwise."""
    with pytest.raises(Refusal, match="unknown_member"):
        photos.give(club.store, CLUB_ID, "P9", png(), now_us=club.now_us)
    assert rows(club.store, tables_photos.photo) == []


@pytest.mark.parametrize(
    ("body", "kind"), [(png(), "image/png"), (png(640, 640), "image/png"), (jpeg(320, 400), "image/jpeg")]
)
def test_thumbnails_are_taken(body: bytes, kind: str) -> None:
    """D16: JPEG and PNG up to 640 pixels a side."""
    assert photos.check(body) == kind


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "photo.type"),
        (b"GIF89a" + bytes(40), "photo.type"),
        (b"\x89PNG\r\n\x1a\n", "photo.type"),
        (b"\xff\xd8\xff\xe0\x00\x10", "photo.type"),
        (b"\xff\xd8\xff\xe0\x00\x00" * 9, "photo.type"),
        (png(0, 8), "photo.type"),
        (png(641, 8), "photo.too_many_pixels"),
        (jpeg(100, 4_000), "photo.too_many_pixels"),
        (png() + bytes(photos.BYTES_MAX), "photo.too_large"),
    ],
)
def test_other_files_are_refused(body: bytes, code: str) -> None:
    """D16: what terminals do not show, or what is too large for their room, is refused by name."""
    with pytest.raises(Refusal) as no:
        photos.check(body)
    assert no.value.code == code


def test_photo_command(tmp_path: Path) -> None:
    """D16: `clubtill ledger photo` says what it did, or what to do about the file."""
    database = str(tmp_path / "ledger.db")
    runner = CliRunner()
    assert runner.invoke(app, ["init", "--plain", "--database", database]).exit_code == 0
    store = open_store(database)
    Club.in_ledger(store)
    good, bad = tmp_path / "good.png", tmp_path / "bad.png"
    good.write_bytes(png())
    bad.write_bytes(b"text")
    done = runner.invoke(app, ["photo", CLUB_ID, "101", str(good), "--database", database])
    assert (done.exit_code, "on the card" in done.output) == (0, True)
    card = store.read(lambda c: people.by_person(c, CLUB_ID, "PA1"))
    assert card is not None
    assert card.photo == hashlib.sha256(png()).hexdigest()
    refusal = runner.invoke(app, ["photo", CLUB_ID, "101", str(bad), "--database", database])
    assert (refusal.exit_code, "JPEG or PNG" in refusal.output) == (2, True)
    nobody = runner.invoke(app, ["photo", CLUB_ID, "999", str(good), "--database", database])
    assert (nobody.exit_code, "No member" in nobody.output) == (2, True)
    store.close()
