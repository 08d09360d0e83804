"""Enrolment by one-time code and signed requests (6.1, 6.2)."""

from dataclasses import replace

import msgspec
import pytest

from clubtill_ledger.accept.signed import SignedRequest
from clubtill_ledger.app.calls import Response, answer
from clubtill_ledger.store import installation, tables
from clubtill_sync.signing import Signer, key_from_text, new_key, public_text
from clubtill_sync.wire.requests import Enrol, Enrolled, Refused
from tests.ledger.audit import rows
from tests.ledger.club import HOST, Club, decoded, refused
from tests.ledger.master import MINUTE, SECOND


def _enrol(club: Club, code: str, key_text: str, name: str = "Till 1") -> Response:
    body = msgspec.json.encode(Enrol(code=code, public_key=key_text, name=name))
    request = SignedRequest(method="POST", authority=HOST, path="/v1/enrol", query="", headers={}, body=body)
    return answer(request, club.ledger, club.now_us)


def test_code_makes_a_device(club: Club) -> None:
    """6.1: a code and a key become a device with epoch 1, the ledger's key to pin and the key of card digests."""
    told = decoded(_enrol(club, club.code("T1"), public_text(new_key())), Enrolled)
    this = club.store.read(installation.read)
    assert (told.epoch, told.terminal_id, told.card_key) == (1, "T1", this.card_key)
    assert told.server_key == public_text(key_from_text(this.server_key))
    (device,) = rows(club.store, tables.device)
    assert (device.device_id, device.terminal_id) == (told.device_id, "T1")


def test_code_is_used_once_but_its_answer_may_be_lost(club: Club) -> None:
    """6.1, F2: the same code with the same key answers the same; with another key it is spent."""
    code, key = club.code("T1"), public_text(new_key())
    first = decoded(_enrol(club, code, key), Enrolled)
    assert decoded(_enrol(club, code.lower().replace("-", " "), key), Enrolled) == first
    assert refused(_enrol(club, code, public_text(new_key())))[:2] == (403, "code")
    assert len(rows(club.store, tables.device)) == 1


def test_code_lives_ten_minutes(club: Club) -> None:
    """6.1: an old code is refused."""
    code = club.code("T1")
    club.tick(10 * MINUTE + SECOND)
    assert refused(_enrol(club, code, public_text(new_key())))[:2] == (403, "code")


def test_five_wrong_tries_end_a_code(club: Club) -> None:
    """6.1: after five wrong secrets the right one is refused too; the tries are kept though each was refused."""
    code = club.code("T1")
    for _ in range(5):
        assert refused(_enrol(club, code[:-1] + "Z", public_text(new_key())))[:2] == (403, "code")
    assert refused(_enrol(club, code, public_text(new_key())))[:2] == (403, "code")


def test_no_secret_of_a_code_is_kept(club: Club) -> None:
    """6.1: only a hash of the secret lies in the database."""
    code = club.code("T1")
    (row,) = rows(club.store, tables.enrol_code)
    assert code[5:].replace("-", "") not in str(row)


@pytest.mark.parametrize("key", ["", "AAAA", "not base64!", "A" * 44])
def test_enrolment_without_a_key_is_400(club: Club, key: str) -> None:
    """6.1: what is no Ed25519 key of 32 bytes is refused before the code is looked at."""
    status, code, _ = refused(_enrol(club, club.code("T1"), key))
    assert (status, code) == (400, "unreadable")
    assert rows(club.store, tables.enrol_code)[0].tries_left == 5


# ------------------------------------------------------------------ signatures


def test_unsigned_and_foreign_requests_are_401(club: Club) -> None:
    """6.2: nobody is answered without a signature of a key that was enrolled; the answer carries the ledger's time."""
    till = club.till()
    bare = SignedRequest(method="GET", authority=HOST, path="/v1/feed", query="", headers={}, body=b"")
    response = answer(bare, club.ledger, club.now_us)
    assert refused(response) == (401, "signature", {"why": "missing"})
    assert msgspec.json.decode(response.body, type=Refused).server_time_us == club.now_us
    till.signer = Signer(new_key(), till.device_id)
    assert refused(till.call("GET", "/v1/feed"))[:2] == (401, "signature")
    till.signer = Signer(new_key(), "nobody")
    assert refused(till.call("GET", "/v1/feed"))[:2] == (401, "signature")


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"authority": "other.test"},
        {"path": "/v1/hello"},
        {"query": "cursor=&wait=9"},
        {"body": b"other"},
    ],
)
def test_whatever_is_covered_cannot_be_changed(club: Club, change: dict[str, object]) -> None:
    """6.2: method, authority, path, query and content are covered by the signature."""
    till = club.till()
    request = till.request("POST", "/v1/leases", b"body", "cursor=&wait=0")
    changed = replace(request, **change)  # type: ignore[arg-type]  # one field each
    assert refused(answer(changed, club.ledger, club.now_us))[:2] == (401, "signature")


@pytest.mark.parametrize("off_s", [301, -301, 86_400])
def test_old_or_early_signature_is_401_clock(club: Club, off_s: int) -> None:
    """6.2: a signature more than 300 s off is refused with the ledger's time, and within them taken."""
    till = club.till()
    request = till.request("GET", "/v1/feed", query="cursor=&wait=0")
    response = answer(request, club.ledger, club.now_us + off_s * SECOND)
    assert refused(response)[:2] == (401, "clock")
    assert answer(request, club.ledger, club.now_us + 299 * SECOND).status == 200


def test_nonce_is_used_once(club: Club) -> None:
    """6.2, F30: the same signed request a second time is 401 nonce."""
    till = club.till()
    request = till.request("GET", "/v1/feed", query="cursor=&wait=0")
    assert answer(request, club.ledger, club.now_us).status == 200
    assert refused(answer(request, club.ledger, club.now_us + SECOND))[:2] == (401, "nonce")


def test_nonce_of_a_bad_signature_is_not_spent(club: Club) -> None:
    """Planted bug B13: a forged request does not use up the nonce that a true one carries."""
    till = club.till()
    request = till.request("POST", "/v1/leases", till.ask("A1", 100))
    assert refused(answer(replace(request, body=b"forged"), club.ledger, club.now_us))[:2] == (401, "signature")
    assert answer(request, club.ledger, club.now_us).status == 200


def test_nonces_are_forgotten_after_the_window(club: Club) -> None:
    """6.2: the memory of nonces does not grow; a signature that old is refused by its clock."""
    till = club.till()
    for _ in range(5):
        till.feed()
        club.tick(30 * MINUTE)
    till.feed()
    assert len(rows(club.store, tables.nonce)) == 1


def test_unknown_call_is_404(club: Club) -> None:
    """Section 6: what is no call of the protocol is 404 for a device, and 401 for anybody else."""
    assert refused(club.till().call("GET", "/v1/nothing"))[:2] == (404, "unknown_call")
