"""A disk that is nearly full: the sale in hand is finished, no new one begins (C28)."""

from __future__ import annotations

from clubtill_terminal.actions.link import Broken, Queue
from clubtill_terminal.screens.till.window import Till


def _room(till: Till, *, low: bool) -> None:
    till.counter.show_link(online=True, broken=Broken.NOTHING, since_us=0, queue=Queue(disk_low=low), just_sent=False)


def test_a_new_sale_rests_while_the_disk_is_nearly_full(till: Till) -> None:
    """C28: a sentence says why; what was begun before goes on; with room again it sells as ever."""
    _room(till, low=True)
    till.counter.add_product("schooner-pale")
    assert till.counter.state.basket.lines == ()
    assert till.counter.state.notice is not None
    assert till.counter.state.notice.sentence == till.counter.sentence("disk.full", {})
    _room(till, low=False)
    till.counter.add_product("schooner-pale")
    _room(till, low=True)
    till.counter.add_product("light-schooner")
    assert len(till.counter.state.basket.lines) == 2
