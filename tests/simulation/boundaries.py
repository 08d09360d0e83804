"""Boundaries: both sides of every COMMIT that wrote, of every request and of every receipt. A process may end there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from tests.simulation.world import Killed, World


@dataclass(slots=True)
class Boundaries:
    """Counts the boundaries of one process; at the fatal one it is killed.

    Attributes:
        whose: the process's name.
        wrote: called after each COMMIT that wrote, with the file's name.
    """

    world: World
    whose: str
    wrote: Callable[[str], None]
    count: int = 0
    fatal: int = 0

    def arm(self, ahead: int) -> None:
        """Let the process end at one of the next boundaries."""
        self.fatal = self.count + ahead

    def reach(self, where: str) -> None:
        """Come to a boundary. Raises Killed at the fatal one."""
        self.count += 1
        if self.count == self.fatal:
            self.fatal = 0
            raise Killed(self.whose, where)

    def watch(self, engine: Engine, name: str) -> None:
        """Take both sides of every COMMIT of a file that wrote something."""
        commit, seen = engine.dialect.do_commit, {"changes": 0}

        def watched(connection: Any) -> None:
            raw = getattr(connection, "dbapi_connection", connection)
            wrote = raw.total_changes != seen["changes"]
            if wrote:
                self.reach(f"before COMMIT of {name}")
            commit(connection)
            seen["changes"] = raw.total_changes
            if wrote:
                self.wrote(name)
                self.reach(f"after COMMIT of {name}")

        engine.dialect.do_commit = watched  # type: ignore[method-assign]  # the dialect's own hook, one object an engine
