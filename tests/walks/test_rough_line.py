"""Three tills at work while the ledger is killed and the network is cut: `python -m tests.walks.rough` in small."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.sync.ledger_process import ROOT
from tests.walks.rough import line

KILLS = os.environ.get("CLUBTILL_TEST_KILLS", "1")
PARTITIONS = os.environ.get("CLUBTILL_TEST_PARTITIONS", "2")
HARM_S = 40
"""So long one kill or cut may take, with all the work around it."""


@pytest.mark.skipif(line.ways() is None, reason="no network namespace can be made here")
@pytest.mark.timeout(120 + HARM_S * (int(KILLS) + int(PARTITIONS)))
def test_nothing_is_lost_on_a_rough_line() -> None:
    """I6, I9, I10, I15, I29, F2, F15: ledger killed, network cut and joined: each fact once, balances the oracle's."""
    path = os.pathsep.join(str(ROOT / part) for part in ("", "src", "sync"))
    done = subprocess.run(
        [sys.executable, "-m", "tests.walks.rough", "--kills", KILLS, "--partitions", PARTITIONS],
        env=os.environ | {"PYTHONPATH": path},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"kills: {KILLS}," in done.stdout
    assert f"partitions: {PARTITIONS}," in done.stdout
