import pytest

from tests.guards.network import is_loopback

NETWORK = """
import socket
import pytest

def test_connects():
    socket.create_connection(("192.0.2.1", 9), timeout=0.01)

def test_swallows_the_error():
    try:
        socket.getaddrinfo("ledger.example", 443)
    except Exception:
        pass

def test_listens_to_everyone():
    with socket.socket() as listener:
        listener.bind(("", 0))

def test_sends():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("192.0.2.1", 9))

def test_talks_to_itself(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as here:
        assert here.getpeername() == listener.getsockname()
    with socket.socket(socket.AF_UNIX) as local:
        local.bind(str(tmp_path / "local"))
"""

SLEEPING = """
import threading
import time
from time import sleep

def test_sleeps():
    sleep(0.06)

def test_yields_for_a_moment():
    time.sleep(0.001)

def test_lets_another_thread_sleep():
    other = threading.Thread(target=time.sleep, args=(0.06,))
    other.start()
    other.join()
"""

LOGS = """
import logging
import pytest
import structlog

def test_warns():
    logging.getLogger("till").warning("drawer open")

def test_warns_in_structure():
    structlog.get_logger("till").warning("drawer open", seconds=9)

def test_says_nothing_of_weight():
    structlog.get_logger("till").info("drawer closed")

@pytest.mark.expects_log("drawer open.*seconds=9")
def test_expects_what_comes():
    structlog.get_logger("till").warning("drawer open", seconds=9)

@pytest.mark.expects_log("drawer open")
def test_expects_what_never_comes():
    pass
"""

QT = """
from PySide6.QtCore import QTimer, qWarning

def test_qt_warns():
    qWarning("binding loop")

def test_slot_raises(qtbot):
    QTimer.singleShot(0, lambda: 1 / 0)
    qtbot.wait(1)

def test_qt_is_content(qapp):
    assert type(qapp).__name__ == "QGuiApplication"
"""


@pytest.fixture
def run(pytester, pytestconfig, monkeypatch):
    """Runs a test file in a pytest of its own under this suite's settings, guards and all."""
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))
    pytester.makeconftest((pytestconfig.rootpath / "tests/conftest.py").read_text())

    def run_file(text):
        pytester.makepyfile(text)
        return pytester.runpytest_subprocess(
            "-c", str(pytestconfig.inipath), "--rootdir", ".", "-p", "no:randomly", "."
        )

    return run_file


def test_beyond_loopback_fails(run):
    """Reaching or listening beyond this machine fails a test, even when the error is swallowed; loopback does not."""
    result = run(NETWORK)
    result.assert_outcomes(passed=2, failed=3, errors=4)
    result.stdout.fnmatch_lines(["*reached beyond loopback: socket.getaddrinfo 'ledger.example'*"])


@pytest.mark.parametrize(
    ("host", "stays"),
    [
        ("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("localhost", True), (b"127.0.0.1", True),
        (None, True), ("", False), ("0.0.0.0", False), ("::", False), ("192.0.2.1", False),  # noqa: S104 - the very thing refused
        ("localhost.example", False),
    ],
)  # fmt: skip
def test_loopback_is_this_machine(host, stays):
    """Loopback is 127.0.0.0/8, ::1 and the name localhost; an empty host means everyone."""
    assert is_loopback(host) is stays


def test_sleeping_fails(run):
    """A sleep over 50 ms in the test's own thread fails it; a short one and another thread's do not."""
    result = run(SLEEPING)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*SleptError: time.sleep(0.06)*"])


def test_unexpected_log_lines_fail(run):
    """A warning in the log fails a test that does not expect it, and so does an expected one that never comes."""
    result = run(LOGS)
    result.assert_outcomes(passed=5, errors=3)
    result.stdout.fnmatch_lines_random(["*WARNING till: drawer open", "*never came: *drawer open*"])


def test_qt_warnings_fail(run):
    """A warning of Qt and an exception in a slot fail the test in which they happen."""
    result = run(QT)
    result.assert_outcomes(passed=1, failed=2)
