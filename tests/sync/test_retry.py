"""What a device does after a call: the status table of the ledger design's 6.4, and how long it waits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clubtill_sync.outcomes import Answer, Denied, Lost, Outcome, Unknown
from clubtill_sync.retry import Act, Step, wait_s, what_to_do

TABLE: list[tuple[Outcome[object], Step]] = [
    (Answer(None), Step(act=Act.GO_ON)),
    *((Unknown(reason=reason), Step(act=Act.SAME_AGAIN)) for reason in Lost),
    (Unknown(reason=Lost.FAILING, status=503, retry_after_s=9), Step(act=Act.SAME_AGAIN, wait_s=9)),
    (Denied(status=400, code="unreadable"), Step(act=Act.BISECT)),
    (Denied(status=401, code="clock"), Step(act=Act.ALERT)),
    (Denied(status=401, code="nonce"), Step(act=Act.ALERT)),
    (Denied(status=401, code="signature"), Step(act=Act.ALERT)),
    (Denied(status=403, code="revoked"), Step(act=Act.STOP)),
    (Denied(status=403, code="revoked", facts={"drain": False}), Step(act=Act.STOP)),
    (Denied(status=403, code="revoked", facts={"drain": True}), Step(act=Act.DRAIN)),
    (Denied(status=403, code="other", facts={"drain": True}), Step(act=Act.ALERT)),
    (Denied(status=409, code="gap"), Step(act=Act.SEND_FROM)),
    (Denied(status=409, code="fork"), Step(act=Act.RECOVER)),
    (Denied(status=409, code="rolled_back"), Step(act=Act.RECOVER)),
    (Denied(status=413, code="too_large"), Step(act=Act.HALVE)),
    (Denied(status=422, code="key_reuse"), Step(act=Act.ALERT)),
    (Denied(status=426, code="too_old"), Step(act=Act.ALERT)),
    (Denied(status=429, code="busy", retry_after_s=4), Step(act=Act.SAME_AGAIN, wait_s=4)),
    (Denied(status=404, code="not_found"), Step(act=Act.ALERT)),
    (Denied(status=409, code="moonlight"), Step(act=Act.ALERT)),
]


@pytest.mark.parametrize(("outcome", "step"), TABLE, ids=[repr(row[0]) for row in TABLE])
def test_every_outcome_has_one_next_step(outcome: Outcome[object], step: Step) -> None:
    """6.4: the table, row by row; what it does not name is for a person to look at."""
    assert what_to_do(outcome) == step


@given(attempt=st.integers(-1, 10_000), chance=st.floats(0, 1, exclude_max=True))
def test_waits_stay_between_nothing_and_five_minutes(attempt: int, chance: float) -> None:
    """6.4: full jitter, from 1 s to 5 min, at any number of failures."""
    assert 0 <= wait_s(attempt, chance) < 300


def test_the_bound_doubles_from_one_second_to_five_minutes() -> None:
    """6.4, F37: the bound of the wait doubles; half the chance is half the wait."""
    assert [2 * wait_s(attempt, 0.5) for attempt in range(1, 12)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
