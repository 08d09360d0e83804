"""Where the resources are."""

from __future__ import annotations

from pathlib import Path

from clubtill_desk.resources import resources


def test_in_a_checkout_the_resources_are_those_at_the_top() -> None:
    """The wheel carries a copy inside the desk's package; a checkout uses the folder of the designers."""
    assert resources() == Path(__file__).parents[2] / "resources"
    assert (resources() / "sounds").is_dir()
