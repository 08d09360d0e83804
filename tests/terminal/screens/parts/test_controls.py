"""How the controls behave under a finger, a mouse and a keyboard."""

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtQuick import QQuickItem

from tests.terminal.screens import glass

COUNTED = """
PosRoot {
    id: root
    property int done: 0
    property string why: ""
    PosButton {
        objectName: "button"
        x: 40; y: 40
        text: "Pay"
        guardDoubleTap: %s
        reason: "%s"
        onActivated: root.done += 1
        onRefused: reason => root.why = reason
    }
}
"""


def _counted(show, guard="false", reason=""):
    return show.source(COUNTED % (guard, reason))


@pytest.mark.parametrize("by", ["mouse", "touch"])
def test_a_tap_acts_once(show, by):
    """A finger and a mouse each press a button once."""
    stage = _counted(show)
    stage.tap("Pay", by=by)
    assert stage.root.property("done") == 1


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_a_key_acts_once(show, key):
    """U74: Tab reaches the button, Space and both Enters press it."""
    stage = _counted(show)
    stage.key(Qt.Key.Key_Tab)
    stage.key(key)
    assert stage.root.property("done") == 1


def test_a_screen_reader_can_press(show):
    """U95: the accessible press action does what a finger does."""
    stage = _counted(show)
    face = QAccessible.queryAccessibleInterface(stage.find("button"))
    face.actionInterface().doAction("Press")
    assert stage.root.property("done") == 1


def test_the_second_tap_of_a_double_tap_is_ignored_where_it_is_guarded(show):
    """U21: a double tap on Pay counts once, a later tap counts again; on a tile each tap counts."""
    stage = _counted(show, guard="true")
    stage.tap("Pay")
    stage.tap("Pay")
    assert stage.root.property("done") == 1
    stage.wait_until(lambda: stage.tap("Pay") or stage.root.property("done") == 2)
    loose = _counted(show)
    loose.tap("Pay")
    loose.tap("Pay")
    assert loose.root.property("done") == 2


def test_what_cannot_be_used_says_why(show):
    """U35, U11: a control with a reason keeps its place and answers a tap with the reason instead of acting."""
    stage = _counted(show, reason="Nothing to pay")
    stage.tap("Pay")
    assert (stage.root.property("done"), stage.root.property("why")) == (0, "Nothing to pay")
    face = QAccessible.queryAccessibleInterface(stage.find("button"))
    assert face.text(QAccessible.Text.Description) == "Nothing to pay"


def test_a_press_shows_at_once(show):
    """U15: the fill changes while the finger is down, and back when it is up."""
    stage = _counted(show)
    middle = glass.scene_box(stage.find("button")).center().toPoint()
    corner = glass.scene_box(stage.find("button")).topLeft().toPoint()
    corner += corner.__class__(20, 8)
    rest = stage.window.grabWindow().pixelColor(corner)
    stage.press(middle)
    QCoreApplication.processEvents()
    assert stage.window.grabWindow().pixelColor(corner).lightness() < rest.lightness()
    stage.release(middle)
    QCoreApplication.processEvents()
    assert stage.window.grabWindow().pixelColor(corner) == rest


def test_the_focus_ring_is_for_keys(show):
    """U75: the ring is there after a key and gone after a finger; it is 1 mm wide."""
    stage = _counted(show)

    def ring():
        rings = [item for item in stage.find("button").childItems() if item.property("inside") is not None]
        return rings[0]

    assert not ring().isVisible()
    stage.key(Qt.Key.Key_Tab)
    assert ring().isVisible()
    box, button = glass.scene_box(ring()), glass.scene_box(stage.find("button"))
    assert button.left() - box.left() == stage.theme.property("focusGap") + stage.theme.property("focusWidth")
    stage.tap(stage.root)
    assert not ring().isVisible()
    stage.key(Qt.Key.Key_A)
    assert ring().isVisible()


TILES = """
PosRoot {
    Grid {
        columns: 3
        spacing: Theme.s2
        Repeater { model: 9; PosTile { required property int index; objectName: "t" + index; text: "T" + index } }
    }
}
"""


def test_arrows_move_in_a_grid(show):
    """U74: Right, Down, Left and Up go to the neighbour in that direction and stay at the edge."""
    stage = show.source(TILES)
    stage.key(Qt.Key.Key_Tab)
    path = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Left):
        stage.key(key)
        path.append(stage.window.activeFocusItem().objectName())
    assert path == ["t1", "t4", "t7", "t6", "t3", "t3"]


LIST = """
PosRoot {
    PosButton { objectName: "above"; text: "Above" }
    PosList {
        id: list
        objectName: "list"; name: "Sales"; y: 100; width: 400; height: 200; model: 40
        delegate: PosRow { required property int index; width: 400; text: "Sale " + index; objectName: "r" + index }
    }
}
"""


def test_arrows_scroll_a_list_with_the_focus(show):
    """U74, U102: Down walks through all rows, scrolling them into view; Up leaves the list at its top."""
    stage = show.source(LIST)
    stage.key(Qt.Key.Key_Tab)
    stage.key(Qt.Key.Key_Tab)
    assert stage.window.activeFocusItem().objectName() == "r0"
    for _row in range(20):
        stage.key(Qt.Key.Key_Down)
    assert stage.window.activeFocusItem().objectName() == "r20"
    row = glass.scene_box(stage.find("r20"))
    assert glass.scene_box(stage.find("list")).contains(row)
    for _row in range(21):
        stage.key(Qt.Key.Key_Up)
    assert stage.window.activeFocusItem().objectName() == "above"


KEYPAD = """
PosRoot {
    id: root
    property string typed: ""
    PosKeypad {
        order: "%s"
        lastRow: ["clear", "0", "back"]
        onTyped: text => root.typed += text
        onErased: root.typed = root.typed.slice(0, -1)
        onCleared: root.typed = ""
    }
}
"""


@pytest.mark.parametrize(("order", "top"), [("till", "789"), ("pin", "123")])
def test_a_keypad_types_and_erases(show, order, top):
    """U76: the top row is the setting's; digits, delete and clear do what they say; keys are 18 mm (U2)."""
    stage = show.source(KEYPAD % order)
    rows = {target.name: (round(target.box.y()), target.box.x()) for target in stage.walk()}
    first = min(row for row, _x in rows.values())
    assert (
        "".join(sorted((name for name, (row, _x) in rows.items() if row == first), key=lambda name: rows[name][1]))
        == top
    )
    for name in ("4", "2", "0", "Delete last digit"):
        stage.tap(name)
    assert stage.root.property("typed") == "42"
    stage.tap("Clear")
    assert stage.root.property("typed") == ""
    assert stage.faults() == []


@pytest.fixture
def right_to_left(qapp):
    """The reading direction of Arabic and Hebrew, for one test."""
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_right_to_left_mirrors_all_but_the_keypad(right_to_left, show):
    """U110: the layout is mirrored, arrows turn; the keypad keeps its order."""
    stage = show.source(
        'PosRoot { PosKeypad { y: 200 } Row { width: 600; PosButton { text: "One" } PosButton { text: "Two" } }\n'
        'PosIcon { objectName: "arrow"; name: "chevron-right" } PosIcon { objectName: "bin"; name: "bin" } }'
    )
    at = {target.name: target.box.x() for target in stage.walk()}
    assert at["Two"] < at["One"]
    assert at["7"] < at["8"] < at["9"]
    assert [stage.find(name).property("mirror") for name in ("arrow", "bin")] == [True, False]


@pytest.mark.parametrize("page", ["till", "points", "tender", "sheet", "reception"])
def test_pages_stand_right_to_left(right_to_left, show, page):
    """U103, U110: the mirrored pages have no fault either."""
    stage = show.file(Path(__file__).parent / "gallery" / f"{page}.qml")
    stage.grab(Path(__file__).parents[4] / "out" / "parts" / f"{page}-rtl.png")
    assert stage.faults() == []
    assert stage.clipped() == []


SHEET = """
PosRoot {
    id: root
    property int closed: 0
    property int under: 0
    Item {
        id: work
        width: 900; height: parent.height
        PosButton { y: 20; text: "Tile"; onActivated: root.under += 1 }
    }
    PosButton { x: 1000; text: "Order" }
    PosSheet {
        id: sheet
        objectName: "sheet"
        anchors.fill: work
        over: work
        title: "Manager needed"
        open: true
        onClosed: { root.closed += 1; open = false; }
        PosButton { text: "Approve once" }
    }
}
"""


def test_a_sheet_keeps_hands_off_what_is_under_it(show):
    """U39: under an open sheet nothing can be pressed, the order beside it can; closing gives all back."""
    stage = show.source(SHEET)
    assert sorted(target.name for target in stage.walk()) == ["Approve once", "Close: Manager needed", "Order"]
    stage.tap(next(item for item in glass.painted(stage.window) if item.property("text") == "Tile"))
    assert stage.root.property("under") == 0
    stage.key(Qt.Key.Key_Escape)
    assert stage.root.property("closed") == 1
    assert sorted(target.name for target in stage.walk()) == ["Order", "Tile"]
    stage.tap("Tile")
    assert stage.root.property("under") == 1


def test_a_sheet_closes_by_its_x(show):
    """U39: the X closes a sheet."""
    stage = show.source(SHEET)
    stage.tap("Close: Manager needed")
    assert stage.root.property("closed") == 1
    assert not any(item.objectName() == "sheet" for item in glass.painted(stage.window))


def test_a_sheet_moves_only_where_motion_is_allowed(show):
    """U23: with reduced motion the sheet is there in the first frame; with motion it comes in 150 ms or less."""
    still = show.source(SHEET)
    assert still.find("sheet").property("progress") == 1
    moving = show.source(SHEET, motion=True)
    moving.key(Qt.Key.Key_Escape)
    assert moving.theme.property("sheetIn") == 150
    moving.wait_until(lambda: not any(item.objectName() == "sheet" for item in glass.painted(moving.window)))


TOAST = """
PosRoot {
    id: root
    property int undone: 0
    property int passed: 0
    Toast { objectName: "toast"; y: 300; showMs: 50; onActed: root.undone += 1; onPassed: root.passed += 1
            Component.onCompleted: show("Removed: 2 Schooner Pale", "Undo") }
}
"""


def test_a_toast_goes_by_itself(show):
    """U41: the sentence is there, and goes after its time."""
    stage = show.source(TOAST)
    stage.wait_until(lambda: stage.root.property("passed") == 1)
    assert stage.root.property("undone") == 0
    assert stage.walk() == []


def test_a_toast_can_be_acted_on(show):
    """U41: its button acts once and takes the toast away."""
    stage = show.source(TOAST.replace("showMs: 50", "showMs: 8000"))
    stage.tap("Undo")
    assert (stage.root.property("undone"), stage.root.property("passed")) == (1, 1)
    assert stage.walk() == []


@pytest.mark.parametrize(
    ("qml", "role", "name"),
    [
        ('PosButton { text: "Use points"; detail: "then pay" }', "Button", "Use points, then pay"),
        ('PosTile { text: "Pint Pale"; price: "9.90"; quantity: 2 }', "Button", "Pint Pale, 9.90, 2"),
        (
            'PosTile { text: "Stubby"; price: "7.00"; reason: "None left"; unavailableWord: "Sold out" }',
            "Button",
            "Stubby, Sold out",
        ),
        ('PosTab { text: "Beer"; family: "beer"; chosen: true }', "PageTab", "Beer"),
        ('PosCheckRow { width: 600; lead: "2"; text: "Pint"; first: "16.00" }', "CheckBox", "2 Pint, 16.00"),
        ('OrderLine { quantity: "2"; text: "Pint"; amount: "16.00" }', "ListItem", "2 Pint, 16.00"),
        ('TenderRow { width: 600; text: "Cash"; amount: "$98.50" }', "RadioButton", "Cash, $98.50"),
        ('PosRow { width: 600; lead: "18:05"; text: "Priya Nair" }', "ListItem", "18:05, Priya Nair"),
        ('PosField { placeholder: "Name or number" }', "EditableText", "Name or number"),
        ('StatusChip { text: "Online, all sent"; status: "ok" }', "Button", "Online, all sent"),
        ('MemberStrip { initials: "JO"; text: "Jean Okafor"; detail: "Gold" }', "Button", "Jean Okafor, Gold"),
    ],
)
def test_a_control_says_what_a_sighted_person_sees(show, qml, role, name):
    """U95, U96: the role fits, and the name carries the value on it."""
    stage = show.source(f"PosRoot {{ {qml} }}")
    assert [(target.role, target.name) for target in stage.walk()] == [(role, name)]


def test_a_field_takes_typing_and_says_what_is_wrong(show):
    """U99: what is typed is reported and kept; the fault is the field's description."""
    stage = show.source(
        'PosRoot { id: root; property string got: ""\n'
        'PosField { id: field; objectName: "field"; placeholder: "Name"; wrong: "Digits only."\n'
        "onSubmitted: text => root.got = text; Component.onCompleted: focusField() } }"
    )
    for letter in "jea":
        stage.key(letter)
    stage.key(Qt.Key.Key_Return)
    assert (stage.root.property("got"), stage.find("field").property("text")) == ("jea", "jea")
    face = QAccessible.queryAccessibleInterface(stage.target("Name"))
    assert face.text(QAccessible.Text.Description) == "Digits only."


@pytest.mark.parametrize("width", [1366, 1024, 900, 700, 560])
def test_the_status_bar_folds_before_it_cuts(show, width):
    """U57, U66: however narrow, the chip keeps shape and words; nothing overlaps."""
    stage = show.source(
        f"PosRoot {{ PosStatusBar {{ width: {width}; terminal: 'Main Bar 1'; person: 'Sam K.'; dateText: 'Tue 24 Nov'\n"
        "timeText: '18:42'; chipStatus: 'offline'; chipText: 'Offline since 18:20, 14 waiting'\n"
        "chipShort: 'Offline, 14' } }",
        text_scale=2.0,
    )
    assert stage.faults() == []
    assert stage.clipped() == []
    chip = next(target for target in stage.walk() if target.name.startswith("Offline since"))
    assert chip.box.right() * stage.px_per_mm <= width


def test_pin_dots_count_what_was_typed(show):
    """U47: a PIN is dots, one for each digit, and never its digits."""
    stage = show.source('PosRoot { PosReadout { objectName: "pin"; label: "PIN"; dots: 3 } }')
    dots = [item for item in glass.painted(stage.window) if item.width() == item.height() == round(4.1 * 3.95)]
    assert len(dots) == 3


def test_a_long_amount_shrinks_before_it_is_cut(show):
    """U12: an amount of nine digits stays whole in the totals and on Pay."""
    stage = show.source(
        "PosRoot { Totals { amount: '$1,234,567.89'; tax: 'GST included 112,233.44'; saved: 'Saved 123,456.78'\n"
        "earns: 'Earns 1,234,567 points' }\n"
        "PosButton { y: 200; primary: true; width: Theme.mm(110); height: Theme.mm(20)\n"
        "text: 'Pay  $1,234,567.89' } }",
        text_scale=2.0,
    )
    assert stage.clipped() == []


def test_no_item_of_a_page_is_hidden_from_the_tree(show):
    """U95: every press-able item on the till page is known to the accessibility tree by a role."""
    stage = show.file(Path(__file__).parent / "gallery" / "till.qml")
    targets = stage.walk()
    assert len(targets) > 40
    assert all(isinstance(target.item, QQuickItem) and target.role and target.name for target in targets)
