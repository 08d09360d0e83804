import sys

from PySide6.QtCore import QCoreApplication, QObject, Signal

SLACK = 50  # other work in the interpreter holds and frees a few references meanwhile


class Bell(QObject):
    rung = Signal(bool)


def drift(call, times):
    """References to None, True and False gained by calling `call` so many times; a loss is negative."""
    before = [sys.getrefcount(each) for each in (None, True, False)]
    for _ in range(times):
        call()
    return [sys.getrefcount(each) - was for each, was in zip((None, True, False), before, strict=True)]


def test_qt_calls_lose_no_reference(qapp):
    """The pinned PySide6 keeps its references; 6.12.0 on Python 3.10 and 3.11 loses one to None or True a call."""
    bell = Bell()
    bell.rung.connect(lambda _on: None)
    assert min(drift(QCoreApplication.processEvents, 1_000)) > -SLACK
    assert min(drift(lambda: bell.rung.emit(True), 10_000)) > -SLACK
    assert min(drift(lambda: bell.setObjectName("till"), 1_000)) > -SLACK
