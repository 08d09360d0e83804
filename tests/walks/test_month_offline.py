"""A month offline in small: three tills, 80 things at each. `python -m tests.walks.month` tells it whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.walks.month.__main__ import report
from tests.walks.month.story import Month


@pytest.mark.timeout(300)
def test_a_month_offline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """I6, I10, I19, I29, F37: thirty days apart, all back at once: every balance is the oracle's, on every till."""
    month = Month(tmp_path, seed=20_261_122)
    try:
        told = month.play(80, lambda _line: None)
    finally:
        month.close()
    assert report(told) == []
    assert told.with_points > 0
    assert told.differing == [[], [], []]
    assert told.draining_ms
    with capsys.disabled():
        print(f"\nmonth offline: {sum(map(len, told.logs))} events, {len(told.openings)} accounts")  # noqa: T201 - how much was compared
    lost = next(data for data in told.logs[0] if json.loads(data)["body"].get("award_h"))
    told.logs[0].remove(lost)
    assert report(told) != [], "a sale that only one side has is seen"
