"""A log record of level WARNING or more fails the test, unless the test said that it comes.

`@pytest.mark.expects_log("pattern", ...)`: each pattern must match at least one record, and each such record a pattern.
structlog is led into the standard library's loggers, so both are seen, and by `caplog` too.
"""

import logging
import re
from collections.abc import Iterator
from importlib.util import find_spec

import pytest


class _Notebook(logging.Handler):
    """Keeps the records of level WARNING or more."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


def _lead_structlog_here() -> None:
    if find_spec("structlog") is None:
        return  # the rules run without it
    import structlog  # noqa: PLC0415 - as above

    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


@pytest.fixture(autouse=True)
def _no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    _lead_structlog_here()
    expected = [pattern for mark in request.node.iter_markers("expects_log") for pattern in mark.args]
    notebook = _Notebook()
    root = logging.getLogger()
    root.addHandler(notebook)
    yield
    root.removeHandler(notebook)
    unexpected = [line for line in notebook.lines if not any(re.search(pattern, line) for pattern in expected)]
    missing = [pattern for pattern in expected if not any(re.search(pattern, line) for line in notebook.lines)]
    if unexpected:
        pytest.fail("unexpected log lines:\n" + "\n".join(unexpected), pytrace=False)
    if missing:
        pytest.fail(f"expected log lines that never came: {missing}", pytrace=False)
