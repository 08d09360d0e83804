"""The closed list of faults."""

from __future__ import annotations

import re

import pytest

from clubtill_desk.faults import FAULTS, Fault


def test_a_fault_carries_its_code_and_facts() -> None:
    """A fault is caught by code and names what its sentence needs."""
    fault = Fault("printer.paper", printer="Main Bar 1")
    assert (fault.code, fault.facts) == ("printer.paper", {"printer": "Main Bar 1"})
    assert repr(fault) == "Fault('printer.paper', {'printer': 'Main Bar 1'})"


def test_the_list_is_closed() -> None:
    """A code that the wording cannot know is a bug at the place that raises it."""
    with pytest.raises(ValueError, match="no such fault"):
        Fault("printer.on_fire")


@pytest.mark.parametrize("code", FAULTS)
def test_every_code_is_a_wording_key(code: str) -> None:
    """Codes have the form of catalogue keys: words joined by dots and underscores."""
    assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", code)
    assert FAULTS[code]
