"""The ledger as a process whose clock a walk sets: `python -m tests.walks.month.ledger_program DATABASE PORT CLOCK`."""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from clubtill_ledger.app import routes
from clubtill_ledger.app.calls import Ledger
from clubtill_ledger.app.face import Face
from clubtill_ledger.store.engines import open_store
from tests.walks.month.clock import SharedClock


def main(database: str, port: str, clock: str) -> None:
    """Serve until the process is ended."""
    face = Face(ledger=Ledger(open_store(database)), now_us=SharedClock(Path(clock)).now_us)
    uvicorn.run(routes.build(face), host="127.0.0.1", port=int(port), access_log=False, log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
