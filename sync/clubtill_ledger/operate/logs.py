"""Logs: one line of JSON an event, on standard error. What a line may hold is listed here, so nothing personal gets in.

Messages and arguments of libraries are never written, only the text of their own template: a database's error may name
the row that it refused.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final, TextIO

import structlog

KEYS: Final = frozenset({
    "timestamp", "level", "event", "call", "status", "ms", "code", "bug", "where", "kind", "library", "posted", "held",
    "duplicate", "jobs", "result", "tries", "version", "port", "tls", "database",
})  # fmt: skip
"""Every key that a line may have. A value under another key is dropped."""
TEXT_MAX: Final = 120


def only_known(_logger: object, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop what no line may hold: unknown keys, and values that are no short text or number."""
    kept: dict[str, Any] = {}
    for key, value in line.items():
        if key in KEYS and isinstance(value, str | int | float):
            kept[key] = value[:TEXT_MAX] if isinstance(value, str) else value
    return kept


class Libraries(logging.Handler):
    """Writes what libraries log as lines of our own: their template, the kind of an exception and where it was."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        told: dict[str, Any] = {"library": record.name}
        if record.exc_info and record.exc_info[1] is not None:
            told["bug"] = type(record.exc_info[1]).__name__
            frames = traceback.extract_tb(record.exc_info[2])
            if frames:
                told["where"] = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
        level = "error" if record.levelno >= logging.ERROR else "warning"
        getattr(structlog.get_logger(), level)(str(record.msg).partition("\n")[0], **told)


def configure(stream: TextIO | None = None, *, level: int = logging.INFO) -> None:
    """Write logs as lines of JSON from here on."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_known,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [Libraries(level=logging.WARNING)]
