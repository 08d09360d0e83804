"""What a ruler and a screen reader find on a window: targets, their sizes and distances, and texts that are cut.

Measures only; the fixture `show` of conftest.py makes the windows. Every check here can fail: `parts/test_glass.py`
shows each of them a bad little window.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtQml import QQmlExpression, qmlContext
from PySide6.QtQuick import QQuickItem, QQuickWindow

SIZES = {"1024x768": (1024, 768, 3.36), "1366x768": (1366, 768, 3.95), "1920x1080": (1920, 1080, 4.03)}
"""Preset to width and height in pixels and pixels per millimetre (15", 15.6", 21.5")."""

_SCHEMES = ("light", "dark", "highContrast")
EVERY_LOOK = [(size, scheme, scale) for size in SIZES for scheme in _SCHEMES for scale in (1.0, 2.0)]
"""Size, scheme and text scale: the pictures that every screen must stand in."""

TARGET_MM, KEY_MM, GAP_MM, DANGER_GAP_MM = 12.0, 18.0, 2.0, 8.0

_ALIGN = Qt.AlignmentFlag
_ROLES = QAccessible.Role
_INTERACTIVE = {
    _ROLES.Button, _ROLES.CheckBox, _ROLES.RadioButton, _ROLES.PageTab, _ROLES.EditableText, _ROLES.Slider,
    _ROLES.SpinBox, _ROLES.ComboBox, _ROLES.Link, _ROLES.MenuItem, _ROLES.ButtonMenu,
}  # fmt: skip
_NO_ROLE = {_ROLES.NoRole, _ROLES.Pane, _ROLES.Client, _ROLES.StaticText}
# Rows of one list and the parts of the status bar may touch (pictures/README, section 5, U4).
_MAY_TOUCH = {_ROLES.List, _ROLES.StatusBar, _ROLES.Table, _ROLES.Tree}
_HANDLERS = ("QQuickTapHandler", "QQuickDragHandler", "QQuickPinchHandler", "QQuickWheelHandler")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One thing that can be touched.

    Attributes:
        item: the item itself.
        role: accessible role, `""` where it has none.
        name: accessible name.
        box: where it stands, in millimetres from the window's top left.
        shown: the part of it that no list has scrolled away, in millimetres.
        danger: it takes something away.
        key: it is a key of a keypad.
        group: the list or status bar it belongs to.
        order: when it is painted; later is above.
    """

    item: QQuickItem
    role: str
    name: str
    box: QRectF
    shown: QRectF
    danger: bool
    key: bool
    group: QQuickItem | None
    order: int


def painted(window: QQuickWindow) -> Iterator[QQuickItem]:
    """Every visible item in the order of painting."""
    yield from _painted(window.contentItem())


def _painted(item: QQuickItem) -> Iterator[QQuickItem]:
    children = sorted(
        (child for child in item.childItems() if child.isVisible() and child.opacity() > 0), key=QQuickItem.z
    )
    for child in children:
        if child.z() < 0:
            yield from _painted(child)
    yield item
    for child in children:
        if child.z() >= 0:
            yield from _painted(child)


def ancestors(item: QQuickItem) -> Iterator[QQuickItem]:
    """Parent, its parent, and so on."""
    parent = item.parentItem()
    while parent is not None:
        yield parent
        parent = parent.parentItem()


def scene_box(item: QQuickItem) -> QRectF:
    """Where an item stands in its window, in pixels."""
    return item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))


def _is(item: QQuickItem, kind: str) -> bool:
    meta = item.metaObject()
    while meta is not None:
        if meta.className() == kind:
            return True
        meta = meta.superClass()
    return False


def _shown(item: QQuickItem) -> QRectF:
    box = scene_box(item)
    for parent in ancestors(item):
        if parent.clip():
            box &= scene_box(parent)
    return box


def _takes_input(item: QQuickItem) -> bool:
    if any(
        _is(item, kind) for kind in ("QQuickAbstractButton", "QQuickMouseArea", "QQuickTextInput", "QQuickTextEdit")
    ):
        return True
    return any(child.metaObject().className() in _HANDLERS for child in item.children())


def _role(item: QQuickItem) -> tuple[QAccessible.Role, str]:
    face = QAccessible.queryAccessibleInterface(item)
    if face is None or not face.isValid():
        return _ROLES.NoRole, ""
    return face.role(), face.text(QAccessible.Text.Name)


def _group(item: QQuickItem) -> QQuickItem | None:
    return next((parent for parent in ancestors(item) if _role(parent)[0] in _MAY_TOUCH), None)


def _mm(box: QRectF, px_per_mm: float) -> QRectF:
    return QRectF(box.x() / px_per_mm, box.y() / px_per_mm, box.width() / px_per_mm, box.height() / px_per_mm)


def walk(window: QQuickWindow, px_per_mm: float) -> list[Target]:
    """Every enabled target on the window, with what a screen reader is told about it. Scrims are no targets."""
    whole = QRectF(0, 0, window.width(), window.height())
    found = []
    for order, item in enumerate(painted(window)):
        if not item.isEnabled():
            continue
        role, name = _role(item)
        if role not in _INTERACTIVE and not _takes_input(item):
            continue
        shown = _shown(item) & whole
        if shown.isEmpty() or (_is(item, "QQuickMouseArea") and item.property("scrim")):
            continue
        found.append(
            Target(
                item=item,
                role="" if role in _NO_ROLE else role.name,
                name=name.strip(),
                box=_mm(scene_box(item), px_per_mm),
                shown=_mm(shown, px_per_mm),
                danger=bool(item.property("danger")),
                key=bool(item.property("keypadKey")),
                group=_group(item),
                order=order,
            )
        )
    return found


def distance(one: QRectF, other: QRectF) -> float:
    """How far two boxes are apart, 0 when they touch or overlap."""
    across = max(0.0, other.left() - one.right(), one.left() - other.right())
    down = max(0.0, other.top() - one.bottom(), one.top() - other.bottom())
    return (across**2 + down**2) ** 0.5


def faults(window: QQuickWindow, px_per_mm: float) -> list[str]:
    """What breaks U1, U2, U4, U66 or U95 on this window, in words; empty when nothing does."""
    targets = walk(window, px_per_mm)
    pixel = 1.01 / px_per_mm  # a millimetre is rounded to whole pixels
    found = [fault for target in targets for fault in _alone(window, target, pixel, px_per_mm)]
    for at, one in enumerate(targets):
        for other in targets[at + 1 :]:
            if one.shown.contains(other.shown) or other.shown.contains(one.shown):
                continue  # a button on a strip that is itself a target
            if _layer(one.item) is not _layer(other.item):
                continue  # a toast passes over what stands under it
            need = DANGER_GAP_MM if one.danger or other.danger else GAP_MM
            if (
                one.group is not None
                and one.group is other.group
                and min(one.box.height(), other.box.height()) >= TARGET_MM - pixel
            ):
                need = 0.0
            apart = distance(one.shown, other.shown)
            if apart < need - pixel:
                found.append(f"U4: {_said(one)} and {_said(other)} are {apart:.1f} mm apart, {need:g} needed")
            elif need == 0 and _area(one.shown & other.shown) > pixel * TARGET_MM:
                found.append(f"U4: {_said(one)} and {_said(other)} overlap")
    return found


def _alone(window: QQuickWindow, target: Target, pixel: float, px_per_mm: float) -> Iterator[str]:
    least = KEY_MM if target.key else TARGET_MM
    if min(target.box.width(), target.box.height()) < least - pixel:
        rule = "U2" if target.key else "U1"
        yield f"{rule}: {_said(target)} is {target.box.width():.1f} x {target.box.height():.1f} mm, {least:g} needed"
    if target.role == "" or target.name == "":
        yield f"U95: {_said(target)} has role {target.role!r} and name {target.name!r}"
    middle = QPointF(target.shown.center().x() * px_per_mm, target.shown.center().y() * px_per_mm)
    hit = topmost(window.contentItem(), middle)
    if hit is None or (
        hit is not target.item and target.item not in ancestors(hit) and hit not in _nested(target.item)
    ):
        yield f"U66: {_said(target)} is covered by {_kind(hit)}"


def _nested(item: QQuickItem) -> set[QQuickItem]:
    """Targets that lie on this one by intent: siblings painted above it and wholly inside it."""
    box = scene_box(item)
    parent = item.parentItem()
    found = set()
    for sibling in parent.childItems() if parent is not None else []:
        if sibling is not item and sibling.isVisible() and box.contains(scene_box(sibling)):
            found.add(sibling)
    return found


def topmost(item: QQuickItem, point: QPointF) -> QQuickItem | None:
    """The item that gets a touch at a point of the scene."""
    if not item.isVisible() or not item.isEnabled() or (item.clip() and not scene_box(item).contains(point)):
        return None
    for child in sorted(item.childItems(), key=QQuickItem.z)[::-1]:
        hit = topmost(child, point)
        if hit is not None:
            return hit
    inside = {child.metaObject().className() for child in item.children()}
    takes = item.acceptedMouseButtons() & Qt.MouseButton.LeftButton and not _is(item, "QQuickText")
    takes = (takes and "QQuickPointHandler" not in inside) or inside & set(_HANDLERS)  # a point handler only watches
    return item if takes and scene_box(item).contains(point) else None


def _area(box: QRectF) -> float:
    return 0.0 if box.isEmpty() else box.width() * box.height()


def _kind(item: QQuickItem | None) -> str:
    if item is None:
        return "nothing that takes a touch"
    return item.objectName() or item.metaObject().className().split("_QMLTYPE")[0].removeprefix("QQuick")


def _said(target: Target) -> str:
    return f"{target.role or _kind(target.item)} {target.name!r}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    item: QQuickItem
    text: str
    ink: QRectF
    shown: QRectF
    layer: QQuickItem | None
    order: int


def clipped_texts(window: QQuickWindow, px_per_mm: float) -> list[str]:
    """Texts that are cut, leave the window, or lie on another text or under a control; empty when all can be read."""
    whole = QRectF(-1, -1, window.width() + 2, window.height() + 2)
    words = [
        _words(item, order)
        for order, item in enumerate(painted(window))
        if _is(item, "QQuickText") and item.property("text").strip()
    ]
    found = []
    for word in words:
        found += [f"{word.text!r} {cut}" for cut in _cuts(word, whole)]
    for at, one in enumerate(words):
        for other in words[at + 1 :]:
            both = one.shown & other.shown
            if one.layer is other.layer and both.width() > 1 and both.height() > 1:
                found.append(f"{one.text!r} lies on {other.text!r}")
    for target in walk(window, px_per_mm):
        box = _shown(target.item)
        for word in words:
            if word.layer is not _layer(target.item) or target.item in ancestors(word.item):
                continue
            both = word.shown & box
            above = word.order < target.order
            if both.width() > 1 and both.height() > 1 and (above or not box.contains(word.shown)):
                found.append(f"{word.text!r} runs into {_said(target)}")
    return found


def _layer(item: QQuickItem) -> QQuickItem | None:
    """The sheet or toast that an item stands on; what lies under it is meant to be covered."""
    return next(
        (
            up
            for up in (item, *ancestors(item))
            if up.z() >= 50 and _role(up)[0] in (_ROLES.Dialog, _ROLES.AlertMessage)
        ),
        None,
    )


def _asked(item: QQuickItem, expression: str) -> list[float]:
    """What QML says of an item, where Python knows no such type."""
    value, _undefined = QQmlExpression(qmlContext(item), item, expression).evaluate()
    return list(value.toVariant())


def _words(item: QQuickItem, order: int) -> _Words:
    wide, high = item.property("contentWidth"), item.property("contentHeight")
    spare_x, spare_y = item.width() - wide, item.height() - high
    across, down, font_px = _asked(item, "[effectiveHorizontalAlignment, verticalAlignment, fontInfo.pixelSize]")
    left = {_ALIGN.AlignRight.value: spare_x, _ALIGN.AlignHCenter.value: spare_x / 2}.get(int(across), 0.0)
    top = {_ALIGN.AlignBottom.value: spare_y, _ALIGN.AlignVCenter.value: spare_y / 2}.get(int(down), 0.0)
    # The line box is taller than the letters: above the capitals and below the descenders there is no ink.
    lead = min(high / 2, font_px * 0.14)
    ink = item.mapRectToScene(QRectF(left, top + lead, wide, high - 2 * lead))
    shown = QRectF(ink)
    for parent in ancestors(item):
        if parent.clip():
            shown &= scene_box(parent)
    return _Words(item=item, text=item.property("text"), ink=ink, shown=shown, layer=_layer(item), order=order)


def _cuts(word: _Words, whole: QRectF) -> Iterator[str]:
    item = word.item
    if item.property("truncated"):
        yield "is cut short"
    if item.property("contentWidth") > item.width() + 1:
        yield "is wider than its box"
    if item.property("contentHeight") > item.height() + max(2.0, item.property("contentHeight") * 0.06):
        yield "is taller than its box"
    clips = [up for up in ancestors(item) if up.clip()]
    if any(_is(up, "QQuickFlickable") for up in ancestors(item)):
        return  # what is scrolled away can be scrolled back
    if not whole.contains(word.ink):
        yield "leaves the window"
    for up in clips:
        if not scene_box(up).adjusted(-1, -1, 1, 1).contains(word.ink):
            yield "is cut by its frame"
