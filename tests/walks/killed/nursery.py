"""Nursery: a process that has read all modules once and forks a fresh terminal for every order on its standard input.

It answers each with a line: the exit status of the terminal, below nought the signal that ended it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec

from tests.walks.killed.story import Order, play


def main() -> None:
    """Work off orders until the input ends."""
    for line in sys.stdin:
        order = msgspec.json.decode(line, type=Order)
        child = os.fork()
        if child == 0:
            _become_terminal(order)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201 - the answer


def _become_terminal(order: Order) -> None:
    """Play and end without a word to the parent's pipes; what went wrong lies in the folder."""
    status = 1
    try:
        errors = os.open(Path(order.folder) / "errors.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(errors, 2)
        play(order)
        status = 0
    except BaseException:  # noqa: BLE001 - the child ends here whatever happens; its end is what the parent reads
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
