"""QML and its view models agree on names: what a page reads from `vm` is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clubtill_terminal.screens import link, till
from clubtill_terminal.screens.till.member_view import MemberView
from clubtill_terminal.screens.till.paid_view import PaidView
from clubtill_terminal.screens.till.points_view import PointsView
from clubtill_terminal.screens.till.sale_view import SaleView
from clubtill_terminal.screens.till.tender_view import TenderView
from clubtill_terminal.screens.till.window import LinkView, NoticeView, Till

READS = {
    "Till": Till,
    "SalePage": SaleView,
    "OrderColumn": SaleView,
    "LineEdit": SaleView,
    "MemberPage": MemberView,
    "IdentityCard": MemberView,
    "LetterKeys": MemberView,
    "PointsPage": PointsView,
    "TenderPage": TenderView,
    "CashEntry": TenderView,
    "PaidPage": PaidView,
    "NoticeBar": NoticeView,
    "LinkPage": LinkView,
    "LinkChain": LinkView,
    "QueueCard": LinkView,
}
FOLDERS = [Path(till.__file__).parent, Path(link.__file__).parent]


def names_read(page: str) -> set[str]:
    """Give what a page reads from its view model."""
    path = next(folder / f"{page}.qml" for folder in FOLDERS if (folder / f"{page}.qml").exists())
    return set(re.findall(r"\bvm\.([A-Za-z_]+)", path.read_text(encoding="utf-8")))


def names_there(view: type) -> set[str]:
    """Give what QML can read from a view model: properties and slots."""
    meta = view.staticMetaObject
    there = {meta.property(at).name() for at in range(meta.propertyCount())}
    return there | {bytes(meta.method(at).name()).decode() for at in range(meta.methodCount())}


@pytest.mark.parametrize("page", READS)
def test_a_page_reads_only_what_is_there(page: str) -> None:
    """A misspelt name would show as an empty word; every name that a page reads is on its view model."""
    assert names_read(page), "the page reads nothing: the pattern is wrong"
    assert names_read(page) - names_there(READS[page]) == set()


def test_every_page_with_a_view_model_is_listed() -> None:
    """A new page cannot slip past this test."""
    found = {
        path.stem
        for folder in FOLDERS
        for path in folder.glob("*.qml")
        if "required property var vm" in path.read_text(encoding="utf-8")
    }
    assert found == set(READS)
