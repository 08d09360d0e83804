"""Tap to line: from a finger on a tile to the line on the glass; 2,000 products known, up to 50 lines on the sale.

The baseline is a repaint of the same window at the same time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
from PySide6.QtQuick import QQuickItem

from clubtill.demo import goods
from clubtill_sync.wire.documents import Layout, Tab
from clubtill_sync.wire.feed import Document
from clubtill_terminal.actions.terminal import Terminal
from clubtill_terminal.store import documents
from tests.bench.figures import Figure, percentile
from tests.bench.painted import painted_items
from tests.bench.till_window import TillWindow, till_window
from tests.terminal.kit.club import Clock, a_terminal

LINE_MS: Final = 33
PRODUCTS: Final = 2_000
LINES: Final = 50
_TILES: Final = 12
"""Tiles a tab: few enough to be seen without scrolling."""


def run(*, quick: bool) -> Iterator[Figure]:
    """Measure whole sales of 50 lines."""
    clock = Clock()
    took: list[tuple[float, float]] = []
    with TemporaryDirectory() as folder:
        terminal = a_terminal(Path(folder) / "till", clock)
        _stock(terminal)
        try:
            with till_window(terminal, clock) as window:
                for _ in range(2 if quick else 8):
                    took.extend(_sale(window))
        finally:
            terminal.store.close()
    yield Figure(
        bench="tap_to_line.p95",
        value=percentile([tap for tap, _ in took], 95) / 1_000,
        unit="ms",
        baseline=percentile([repaint for _, repaint in took], 95) / 1_000,
        rounds=len(took),
        bound=LINE_MS,
        judged="value",
    )


def _stock(terminal: Terminal) -> None:
    """Bring a newer layout and more products, as the feed does."""
    like = goods.products()[0]
    many = [replace(like, id=f"product-{n}", name=f"Product {n}", barcode="") for n in range(PRODUCTS)]
    tabs = tuple(
        Tab(name=f"Tab {at}", glyph="beer", products=tuple(one.id for one in many[at * _TILES : (at + 1) * _TILES]))
        for at in range(-(-LINES // _TILES))
    )
    found = [("product", one.id, 1, one) for one in many]
    layout = Layout(id=goods.MAIN_BAR, tabs=tabs)
    with terminal.store.cache.begin() as cache:
        documents.apply_documents(
            cache,
            [
                Document(kind=kind, id=key, version=version, body=msgspec.Raw(msgspec.json.encode(body)))
                for kind, key, version, body in (*found, ("layout", layout.id, 2, layout))
            ],
        )


def _sale(window: TillWindow) -> list[tuple[float, float]]:
    """Ring up 50 products, one tap a line, and start the next sale."""
    counter, sale, took = window.till.counter, window.till.sale, []
    for n in range(LINES):
        if counter.state.tab != n // _TILES:
            counter.choose_tab(n // _TILES)
            window.settle()
        tile = _painted(window, f"tile:product-{n}")
        tapped = window.painted_us(lambda tile=tile: window.tap(tile), lambda n=n: sale.order.count > n)
        _painted(window, f"line:{n + 1}")
        took.append((tapped, window.settle()))
    counter.next_sale()
    counter.choose_tab(0)
    window.settle()
    return took


def _painted(window: TillWindow, name: str) -> QQuickItem:
    """Give the visible item of a name.

    Raises:
        LookupError: it is not on the glass: what was timed was not what was meant.
    """
    found = [item for item in painted_items(window.view) if item.objectName() == name]
    if not found:
        raise LookupError(name)
    return found[0]
