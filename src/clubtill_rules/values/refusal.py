"""Refusal: a rule says no to an act as a whole (D28). It becomes a sentence by its code in the wording."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A rule's no.

    Attributes:
        code: key of the sentence in the wording catalogue, such as `points.short`.
        facts: what the sentence names, as plain values (`Money`, `Points`, dates, texts, integers).
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __repr__(self) -> str:
        return f"Refusal({self.code!r}, {self.facts!r})"
