"""Why: the reasons of a decision as lines of text, the same on a screen, on paper and in the back office."""

from __future__ import annotations

from collections.abc import Iterable

from clubtill_rules.values.why import Because
from clubtill_wording.speech import Speech


def explain(reasons: Iterable[Because], speech: Speech) -> tuple[str, ...]:
    """Say each reason in words, in order, each only once. An unknown code is our mistake: KeyError."""
    return tuple(dict.fromkeys(speech.why(reason) for reason in reasons))
