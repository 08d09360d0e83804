"""Hold: the answer that an event cannot be posted and waits, with its bytes, for a manager or a newer program (C25)."""

from __future__ import annotations


class Hold(Exception):  # noqa: N818 - an answer: this event waits for a manager or a newer program (C25)
    """An event that cannot be posted. Raised before anything of it was written."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
