"""What every test stands on: the guards, and settings that hold before the first room is imported.

Imports no Qt: `tests/rules` runs where none is installed.
"""

import os
from importlib.util import find_spec

import pytest
from hypothesis import settings

# A busy machine is slow and not wrong: pytest's time limit alone ends a test. The rules have profiles of their own.
settings.register_profile("patient", deadline=None, print_blob=True)
settings.load_profile("patient")

pytest_plugins = ["tests.guards.network", "tests.guards.sleeping", "tests.guards.logs", "pytester"]

# No screen is needed; a run under Xvfb says QT_QPA_PLATFORM=xcb. The software renderer paints the same bytes each time.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know pytest-qt's settings also where it is not installed, or --strict-config refuses them."""
    if find_spec("pytestqt") is None:
        parser.addini("qt_api", "read by pytest-qt")
        parser.addini("qt_log_level_fail", "read by pytest-qt")


@pytest.fixture(scope="session")
def qapp_cls() -> type:
    """The application object of every Qt test: Qt Quick needs no widgets, and the till loads none."""
    from PySide6.QtGui import QGuiApplication  # noqa: PLC0415 - no Qt where none is asked for

    return QGuiApplication
