import pytest

GOOD = """
PosRoot {
    PosButton { x: Theme.s4; y: Theme.s4; text: "Undo" }
    PosButton { x: Theme.mm(40); y: Theme.s4; text: "Search" }
}
"""


def test_a_good_window_has_no_fault(show):
    """U1, U4, U95: two buttons of the library stand without a fault."""
    stage = show.source(GOOD)
    assert stage.faults() == []
    assert stage.clipped() == []
    assert [(target.role, target.name) for target in stage.walk()] == [("Button", "Undo"), ("Button", "Search")]


@pytest.mark.parametrize(
    ("rule", "words", "qml"),
    [
        ("U1", "12 needed", 'PosButton { width: Theme.mm(30); height: Theme.mm(10); text: "Small" }'),
        ("U2", "18 needed", 'PosKey { width: Theme.mm(24); height: Theme.mm(15); text: "7" }'),
        ("U4", "2 needed", 'Row { spacing: 1; PosButton { text: "One" } PosButton { text: "Two" } }'),
        (
            "U4",
            "8 needed",
            'Row { spacing: Theme.s2; PosButton { text: "One" } PosButton { text: "Off"; danger: true } }',
        ),
        ("U95", "name ''", 'PosButton { glyph: "bin" }'),
        ("U95", "role ''", "MouseArea { width: 100; height: 100 }"),
        ("U95", "role ''", "Item { width: 100; height: 100; TapHandler { } }"),
        (
            "U66",
            "covered by",
            'Item { PosButton { text: "Pay" } Rectangle { width: 200; height: 60; TapHandler { } } }',
        ),
    ],
)
def test_a_bad_target_is_named(show, rule, words, qml):
    """U1, U2, U4, U66, U95: each kind of bad target is found and said which."""
    found = show.source(f"PosRoot {{ {qml} }}").faults()
    assert any(fault.startswith(rule) and words in fault for fault in found), found


def test_rows_of_one_list_may_touch(show):
    """U4: rows of a list stand without a gap, if 12 mm high; the same rows outside a list do not."""
    rows = 'PosRow { width: 300; text: "One" } PosRow { width: 300; text: "Two" }'
    listed = show.source(
        f'PosRoot {{ Column {{ Accessible.role: Accessible.List; Accessible.name: "Sales"; {rows} }} }}'
    )
    assert listed.faults() == []
    loose = show.source(f"PosRoot {{ Column {{ {rows} }} }}")
    assert [fault[:2] for fault in loose.faults()] == ["U4"]


@pytest.mark.parametrize(
    ("words", "qml"),
    [
        ("is cut short", 'PosText { width: 60; fit: true; text: "Schooner of Harbour Pale Ale" }'),
        ("is wider than its box", 'PosText { width: 60; text: "Schooner of Harbour Pale Ale" }'),
        (
            "is taller than its box",
            'PosText { width: 60; height: 20; wrapMode: Text.WordWrap; text: "Schooner of Harbour Pale" }',
        ),
        ("leaves the window", 'PosText { x: 1300; text: "Schooner of Harbour Pale Ale" }'),
        ("is cut by its frame", 'Item { width: 50; height: 50; clip: true; PosText { text: "Schooner of Harbour" } }'),
        ("lies on", 'Item { PosText { text: "Total" } PosText { x: 10; text: "GST included" } }'),
        ("runs into", 'Item { PosText { x: 20; text: "Schooner of Harbour" } PosButton { x: 50; text: "Pay" } }'),
    ],
)
def test_a_text_that_cannot_be_read_is_named(show, words, qml):
    """U12: nothing overlaps, nothing is cut; what does is said."""
    found = show.source(f"PosRoot {{ {qml} }}").clipped()
    assert any(words in fault for fault in found), found


@pytest.mark.qt_log_ignore("undefinedThing")
def test_a_warning_from_qml_is_kept(show):
    """A type error in QML reaches the fixture, which fails the test on it."""
    show.source("PosRoot { PosText { text: undefinedThing } }")
    assert any("undefinedThing" in warning for warning in show.warnings)
    show.warnings.clear()
