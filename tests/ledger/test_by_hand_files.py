"""What travels by hand: a device's queue in a sealed, signed file, and its new key (6.1, C14, I33, F30, F32)."""

from __future__ import annotations

import base64
from collections import Counter

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clubtill_ledger.accept import imports
from clubtill_ledger.accept.imports import Imported
from clubtill_ledger.store import devices, installation
from clubtill_rules.values.refusal import Refusal
from clubtill_sync import export_file
from clubtill_sync.export_file import BadExport
from clubtill_sync.signing import Signer, new_key, public_text
from clubtill_sync.wire.keys import Export, Rotate, Rotated, proof_text
from clubtill_sync.wire.requests import LeaseAsk
from tests.ledger.audit import audit, kinds, raw
from tests.ledger.club import Club, Happened, Till, clone, decoded, refused

NONCE = bytes(12)


def exported(till: Till, *, first: int = 1, signs: Ed25519PrivateKey | None = None, signed: bool = True) -> bytes:
    """Write the file of a till's log from a number on."""
    told = Export(
        device_id=till.device_id,
        epoch=till.epoch,
        first_seq=first,
        previous_hash=till.hashes[first - 1],
        head_hash=till.hashes[-1],
        events=tuple(till.log[first - 1 :]),
    )
    key = (signs or till.signer.key) if signed else None
    return export_file.write(told, key, installation_key=_key(till.club), made_us=till.club.now_us, nonce=NONCE)


def _key(club: Club) -> bytes:
    return base64.b64decode(club.store.read(installation.read).card_key)


def taken_in(club: Club, content: bytes, **told: bool) -> Imported:
    """Take a file in."""
    return imports.take_in(content, club.store, club.ledger.shelf, club.now_us, **told)


def test_a_file_is_taken_in_as_if_it_came_by_network(club: Club) -> None:
    """C14, I4, I10: the same bytes, places and results; again, or by network after it, nothing posts twice."""
    till = club.till()
    till.push(till.sale("A1"))
    till.keep(till.sale("A1"), Happened("", b"\xff no json"), till.sale("A2"))
    done = taken_in(club, exported(till))
    assert done.became == Counter(posted=3, held=1)
    assert kinds(club.store, "A1") == [("award", 500)] * 2
    assert taken_in(club, exported(till)).became == done.became
    assert taken_in(club, exported(till, first=3)).events == 2
    told = till.hello(acked_seq=4)
    assert (told.state, told.next_seq) == ("ok", 5)
    till.acked = 4
    till.push(till.sale("A1"))
    assert kinds(club.store, "A1") == [("award", 500)] * 3
    audit(club.store)


def test_nothing_of_an_event_can_be_read_in_a_file(club: Club) -> None:
    """6.1: the file tells whose it is and how many events; members, figures and keys are sealed."""
    till = club.till()
    till.keep(till.sale("A1"))
    content = exported(till)
    line, _, sealed = content.partition(b"\n")
    assert msgspec.json.decode(line).keys() == {"format", "device_id", "made_us", "events", "nonce", "signature"}
    written = (b'"product_id":"pale"', b'"account_id":"A1"', b'"event_id"')  # two letters alone may come up by chance
    for secret in written:
        assert secret in till.log[0]
    for secret in (*written, till.signer.key.private_bytes_raw(), _key(club)):
        assert secret not in sealed


def _with_head(content: bytes, **told: object) -> bytes:
    line, _, rest = content.partition(b"\n")
    return msgspec.json.encode(msgspec.json.decode(line) | told) + b"\n" + rest


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        pytest.param(lambda c: c[:0], "unreadable", id="empty"),
        pytest.param(lambda c: c[:200], "unreadable", id="no-line"),
        pytest.param(lambda c: c[:-1], "other_installation", id="cut"),
        pytest.param(lambda c: c[:-9] + bytes([c[-9] ^ 1]) + c[-8:], "other_installation", id="one-bit"),
        pytest.param(lambda c: _with_head(c, events=9), "other_installation", id="line-changed"),
        pytest.param(lambda c: _with_head(c, format=2), "unreadable", id="newer-format"),
        pytest.param(lambda c: _with_head(c, nonce="?"), "unreadable", id="nonce-is-none"),
        pytest.param(lambda c: _with_head(c, device_id="0" * 32), "unknown_device", id="nobody"),
    ],
)
def test_a_file_that_was_changed_is_refused_whole(club: Club, harm: object, why: str) -> None:
    """F30, F7: cut, changed or of somebody else: nothing of it is taken in."""
    till = club.till()
    till.keep(till.sale("A1"))
    with pytest.raises(Refusal) as no:
        taken_in(club, harm(exported(till)))  # type: ignore[operator]  # a function of the file
    assert no.value.code == f"import.{why}"
    assert kinds(club.store, "A1") == []


def test_another_key_signs_nothing_and_an_unsigned_file_needs_a_word(club: Club) -> None:
    """6.1, F30: only the device's key signs for it; a manager's word stands in only where none signed."""
    till = club.till()
    till.keep(till.sale("A1"))
    forged = exported(till, signs=new_key())
    for content, by_word in ((forged, False), (forged, True), (exported(till, signed=False), False)):
        with pytest.raises(Refusal, match=r"import\.signature"):
            taken_in(club, content, by_word=by_word)
    assert kinds(club.store, "A1") == []
    assert taken_in(club, exported(till, signed=False), by_word=True).became == Counter(posted=1)
    assert kinds(club.store, "A1") == [("award", 500)]


def test_a_file_whose_chain_is_broken_is_refused(club: Club) -> None:
    """I2: the chain proves that no event was left out or put in."""
    till = club.till()
    till.keep(till.sale("A1"), till.sale("A2"))
    del till.log[0]
    with pytest.raises(Refusal, match=r"import\.chain"):
        taken_in(club, exported(till))
    with pytest.raises(BadExport, match="chain"):
        export_file.read(exported(till), installation_key=_key(club), public_key=None)


def test_a_file_that_begins_too_late_names_what_is_missing(club: Club) -> None:
    """I11: an acknowledged prefix has no gap, by hand or not."""
    till = club.till()
    till.keep(*(till.sale("A1") for _ in range(3)))
    with pytest.raises(Refusal) as no:
        taken_in(club, exported(till, first=3))
    assert (no.value.code, no.value.facts["expected"], no.value.facts["first"]) == ("import.gap", 1, 3)


def test_what_a_revoked_device_exported_is_held(club: Club) -> None:
    """I33, F32, C13: after its revocation nothing of it posts without a manager; what stood before stands."""
    till = club.till()
    till.push(till.sale("A1"))
    club.store.write(lambda c: devices.change(c, till.device_id, revoked_us=club.now_us))
    till.keep(*(till.sale("A1") for _ in range(450)))
    done = taken_in(club, exported(till))
    assert done.became == Counter(posted=1, held=450)
    assert kinds(club.store, "A1") == [("award", 500)]
    audit(club.store)


def test_a_revoked_device_that_drains_is_held_too(club: Club) -> None:
    """I33, F32: by network with `drain` the whole queue goes up and is held; without it nothing is taken."""
    till = club.till()
    till.keep(sold := till.sale("A1"), till.sale("A2"))
    club.store.write(lambda c: devices.change(c, till.device_id, revoked_us=club.now_us))
    assert refused(till.post(till.batch())) == (403, "revoked", {"drain": False})
    club.store.write(lambda c: devices.change(c, till.device_id, drain=True))
    assert [result.status for result in till.push().results] == ["held", "held"]
    assert (raw(club.store, sold.event_id).reason, kinds(club.store, "A1")) == ("revoked", [])


def test_a_clones_file_is_a_fork_with_both_logs_kept(club: Club) -> None:
    """I30, C12: a second log in the same places is kept beside the first and flagged, by hand as by network."""
    till = club.till()
    copy = clone(till)
    till.push(till.sale("A1"))
    copy.keep(other := copy.sale("A2"))
    assert taken_in(club, exported(copy)).forked
    assert raw(club.store, other.event_id).epoch == -1
    assert till.hello().state == "fork"


def test_a_file_brings_a_ledger_that_was_put_back_to_its_epoch(club: Club) -> None:
    """C26: an epoch that this ledger lost stands again by the file; one that it never could have given does not."""
    till = club.till()
    till.epoch = 3
    till.keep(till.sale("A1"))
    assert taken_in(club, exported(till)).became == Counter(posted=1)
    assert till.hello(acked_seq=1).state == "ok"
    till.epoch = 9_999
    with pytest.raises(Refusal, match="epoch"):
        taken_in(club, exported(till))


# ------------------------------------------------------------------ a new key


def rotation(till: Till, key: Ed25519PrivateKey, device_id: str = "") -> bytes:
    """Write the ask for a new key, proven by that key."""
    proof = base64.b64encode(key.sign(proof_text(device_id or till.device_id, public_text(key)))).decode()
    return msgspec.json.encode(Rotate(public_key=public_text(key), proof=proof))


def test_a_new_key_signed_by_the_old_one_takes_its_place(club: Club) -> None:
    """6.1: log and id stay; the old key signs nothing more; asked again with the new key, the same answer."""
    till = club.till()
    till.push(till.sale("A1"))
    new = new_key()
    body = rotation(till, new)
    assert decoded(till.call("POST", "/v1/rotate", body), Rotated).device_id == till.device_id
    assert refused(till.call("POST", "/v1/rotate", body))[:2] == (401, "signature")
    till.signer = Signer(new, till.device_id)
    assert decoded(till.call("POST", "/v1/rotate", body), Rotated).device_id == till.device_id
    till.push(till.sale("A1"))
    assert till.hello().state == "ok"
    assert kinds(club.store, "A1") == [("award", 500)] * 2


def test_a_key_that_does_not_prove_itself_or_belongs_to_another_is_refused(club: Club) -> None:
    """F30: nobody binds a key that they do not have, nor one of another device; nothing has changed after it."""
    till, other = club.till("T1"), club.till("T2")
    new = new_key()
    stolen = Rotate(public_key=public_text(new), proof=base64.b64encode(bytes(64)).decode())
    assert refused(till.call("POST", "/v1/rotate", msgspec.json.encode(stolen)))[:2] == (401, "signature")
    elsewhere = rotation(till, new, other.device_id)
    assert refused(till.call("POST", "/v1/rotate", elsewhere))[:2] == (401, "signature")
    assert refused(till.call("POST", "/v1/rotate", rotation(till, other.signer.key)))[:2] == (409, "key_taken")
    assert refused(till.call("POST", "/v1/rotate", b"{}"))[:2] == (400, "unreadable")
    club.store.write(lambda c: devices.change(c, other.device_id, revoked_us=1))
    assert refused(other.call("POST", "/v1/rotate", rotation(other, new)))[:2] == (403, "revoked")
    assert till.hello().state == "ok"


def test_a_program_that_is_too_old_gets_no_points_but_its_events_are_taken(club: Club) -> None:
    """6.4: 426 for leases, said in hello as well; what happened is taken as ever."""
    till = club.till()
    club.ledger = type(club.ledger)(club.store, club.ledger.shelf, protocol_least=2)
    ask = till.ask("A1", 100)
    assert isinstance(msgspec.json.decode(ask, type=LeaseAsk), LeaseAsk)
    for header in ({}, {"clubtill_protocol": "1"}, {"clubtill_protocol": "x"}):
        assert refused(till.call("POST", "/v1/leases", ask, **header)) == (426, "too_old", {"least": 2})
    assert till.call("POST", "/v1/leases", ask, clubtill_protocol="2").status == 200
    assert till.hello().too_old
    assert not till.hello(protocol=2).too_old
    assert till.push(till.sale("A1")).results[0].status == "posted"
