"""`clubtill ledger serve` as its operator meets it: settings, limits, metrics, logs, health, certificate and stop."""

from __future__ import annotations

import datetime as dt
import signal
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from typer.testing import CliRunner

from clubtill_ledger.accept.signed import DRAIN_BYTES
from clubtill_ledger.app import health
from clubtill_ledger.app.limits import Limits
from clubtill_ledger.operate import command
from clubtill_ledger.store import installation
from clubtill_ledger.store.engines import Store
from tests.ledger.audit import audit
from tests.ledger.club import Club, Till
from tests.ledger.engines.served import DEADLINE_S, Starts, free_port
from tests.ledger.master import ACCOUNTS, DAY, SECOND

HELLO = "/v1/hello"


@pytest.fixture
def database(tmp_path: Path) -> str:
    """One engine is enough for what this file shows."""
    return str(tmp_path / "ledger.db")


def _drain(till: Till) -> bytes:
    """Put enough sales into the log for a long batch, and give it."""
    till.keep(*(till.sale(ACCOUNTS[n % 5]) for n in range(60)))
    body = till.batch()
    assert len(body) > DRAIN_BYTES
    return body


def test_logs_and_metrics_tell_nothing_of_anybody(starts: Starts, club: Club, store: Store) -> None:
    """Operation, D17: a whole run leaves no name, card, number, key or account in logs or metrics, and counts it."""
    metrics_port = free_port()
    served = starts(CLUBTILL_LEDGER_METRICS_PORT=str(metrics_port)).wait()
    till = club.till()
    assert served.post(till, _drain(till)).status_code == 200
    broken = b'{"event_id":"' + b"5" * 32 + b'","name":"Jean Secret"'
    assert served.post(till, broken).status_code == 400
    assert httpx.post(served.url + "/v1/enrol", content=b"%B4111111111111111^DOE/JEAN^", timeout=9).status_code == 400
    assert httpx.get(served.url + "/v1/accounts?name=Jean", timeout=9).status_code == 401
    shown = httpx.get(f"http://127.0.0.1:{metrics_port}/metrics", timeout=9).text
    assert served.stop() == 0
    assert 'clubtill_events_total{status="posted"} 60.0' in shown
    assert 'clubtill_requests_total{call="events",status="200"} 1.0' in shown
    assert "clubtill_database_up 1.0" in shown
    this = store.read(installation.read)
    secrets = [this.server_key, this.card_key, this.cursor_key, "Jean", "Member", "DOE", "4111111", "Harbour", "secret"]
    secrets += [
        till.device_id,
        *(f"P{name}" for name in ACCOUNTS),
        '"A1"',
        '"101"',
    ]  # alone, three digits come up by chance
    logged = served.log.read_text()
    assert [one for one in secrets if one in logged or one in shown] == []
    told = {(line["event"], line.get("call"), line.get("status")) for line in served.lines()}
    assert {("request", "events", 200), ("request", "events", 400), ("request", "enrol", 400)} <= told
    assert {"started", "stopped"} <= {line["event"] for line in served.lines()}


def test_metrics_are_not_on_the_terminals_port(starts: Starts) -> None:
    """Operation: nobody who reaches the ledger reads its metrics."""
    assert httpx.get(starts().wait().url + "/metrics", timeout=9).status_code == 404


def test_third_drain_is_told_to_come_again(starts: Starts, club: Club, store: Store) -> None:
    """6.4: with two long batches in work a third gets 503 and Retry-After, and a sale of one event is still posted."""
    metrics_port = free_port()
    served = starts("--metrics-port", str(metrics_port), CLUBTILL_LEDGER_DRAINS="1").wait()
    first, second, third = club.till("T1"), club.till("T2"), club.till("D1")
    bodies = [_drain(first), _drain(second)]
    answers: list[httpx.Response] = []
    with store.writer.begin():  # somebody writes: what is in work stays in work
        long = threading.Thread(target=lambda: answers.append(served.post(first, bodies[0])))
        long.start()
        refused = served.post(second, bodies[1]) if _in_work(metrics_port) else None
    long.join(DEADLINE_S)
    assert refused is not None
    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert int(refused.headers["Retry-After"]) >= 1
    third.keep(third.swipe("A1"))
    assert served.post(third, third.batch()).status_code == 200
    assert answers[0].status_code in {200, 503}
    assert served.post(second, bodies[1]).status_code == 200
    audit(store)


def _in_work(metrics_port: int) -> bool:
    """Wait until the server takes a batch in, as its metrics say."""
    until = time.monotonic() + DEADLINE_S
    while time.monotonic() < until:
        shown = httpx.get(f"http://127.0.0.1:{metrics_port}/metrics", timeout=9).text
        if 'clubtill_in_work{call="events"} 1.0' in shown:
            return True
    return False


def test_device_that_asks_too_often_waits(starts: Starts, club: Club) -> None:
    """6.4: 429 with Retry-After for one device that asks faster than it may; another one is served."""
    served = starts("--rate", "0.01", "--burst", "3").wait()
    eager, other = club.till("T1"), club.till("T2")
    eager.keep(eager.sale("A1"))
    *good, last = [served.post(eager, eager.batch()) for _ in range(4)]
    assert [one.status_code for one in good] == [200] * 3
    assert (last.status_code, last.json()["code"]) == (429, "too_many")
    assert 10 < int(last.headers["Retry-After"]) <= 100
    other.keep(other.sale("A2"))
    assert served.post(other, other.batch()).status_code == 200


def test_tokens_come_back_with_time() -> None:
    """6.4: a device that waited as long as it was told may ask again; each device has tokens of its own."""
    limits = Limits(rate_per_s=2, burst=3)
    assert [limits.wait_s("a", HELLO, 0) for _ in range(4)] == [0, 0, 0, 1]
    assert limits.wait_s("b", HELLO, 0) == 0
    assert [limits.wait_s("a", HELLO, SECOND) for _ in range(3)] == [0, 0, 1]
    assert [limits.wait_s("a", HELLO, DAY) for _ in range(4)] == [0, 0, 0, 1]


def test_pieces_of_a_snapshot_weigh_little() -> None:
    """6.7: a terminal that fills itself gets a large club's pieces one after another, but not without end."""
    limits = Limits(rate_per_s=20, burst=100)
    asked = [limits.wait_s("a", f"/v1/snapshot/7/{n}", 0) for n in range(3_000)]
    assert asked[:2_400] == [0] * 2_400
    assert asked[-1] > 0
    assert limits.wait_s("a", HELLO, 0) > 0


def test_places_are_given_back() -> None:
    """6.4: two long batches at once, short ones always; a place is free again when its batch is done."""
    limits = Limits(drains_max=2)
    long = DRAIN_BYTES + 1
    with ExitStack() as stack:
        bodies = (long, long, long, DRAIN_BYTES)
        found = [stack.enter_context(limits.draining("/v1/events", body)) for body in bodies]
        assert found == [True, True, False, True]
    with limits.draining("/v1/events", long) as again, limits.draining("/v1/leases", long) as other:
        assert (again, other) == (True, True)


def test_batch_in_work_is_finished_at_the_end(starts: Starts, club: Club, store: Store) -> None:
    """Operation: a service that is told to stop answers the batch that it has in work, and ends with 0."""
    metrics_port = free_port()
    served = starts("--metrics-port", str(metrics_port)).wait()
    till = club.till()
    body = _drain(till)
    answers: list[httpx.Response] = []
    with store.writer.begin():
        sending = threading.Thread(target=lambda: answers.append(served.post(till, body)))
        sending.start()
        assert _in_work(metrics_port)
        served.process.send_signal(signal.SIGTERM)
    sending.join(DEADLINE_S)
    assert served.process.wait(DEADLINE_S) == 0
    assert answers[0].json()["acked_through"] == 60
    audit(store)


def test_certificate_is_served(starts: Starts, tmp_path: Path) -> None:
    """Operation: with a certificate and its key the ledger speaks TLS, and nothing else."""
    cert, key = _certificate(tmp_path)
    served = starts("--tls-cert", str(cert), "--tls-key", str(key)).wait(verify=False)
    assert httpx.get(served.url + "/health", verify=False, timeout=9).json()["state"] == "ok"  # noqa: S501 - made above
    with pytest.raises(httpx.TransportError):
        httpx.get(served.url.replace("https", "http") + "/health", timeout=9)


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + dt.timedelta(days=1))
    cert, key_file = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert, key_file


def test_health_names_what_is_wrong(store: Store) -> None:
    """Operation: database, schema and disk are each told in a word; tables of another version are not `ok`."""
    assert health.of(store) == {"state": "ok", "database": "ok", "schema": "ok", "disk": "ok"}
    with store.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert (health.of(store)["state"], health.of(store)["schema"]) == ("failing", "other")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("port = 1\nprot = 2\n", "says prot, which is no setting"),
        ("port = \n", "cannot be read"),
        ('tls_cert = "none.pem"\n', "give both, a certificate and its key"),
        ('tls_cert = "none.pem"\ntls_key = "none.pem"\n', "The certificate cannot be used: No such file"),
        ('database = "postgresql://nobody@127.0.0.1:1/none"\n', "The database cannot be reached"),
        ('database = "none.db"\nkey_file = "/nowhere/key"\n', "The key file /nowhere/key cannot be read"),
    ],
)
def test_wrong_setting_is_a_sentence(tmp_path: Path, told: str, said: str) -> None:
    """Bad input: a settings file with a wrong name, value, certificate, database or key stops the service."""
    file = tmp_path / "ledger.toml"
    file.write_text(told)
    result = CliRunner().invoke(command, ["serve", "--settings", str(file)])
    assert result.exit_code == 2
    assert said in " ".join(result.output.replace("│", " ").split())
