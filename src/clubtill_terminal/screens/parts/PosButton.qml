// A button: plain, primary, chosen; icon left of its word or above it; a second line; a lock when a manager is needed.
import QtQuick

Pressable {
    id: control

    property string glyph: ""
    property string detail: ""
    property bool primary: false
    property bool chosen: false
    // One of a group: the chosen one shows a tick before its word.
    property bool radio: false
    property bool iconAbove: glyph !== "" && text !== "" && width < Theme.mm(42) && height >= Theme.mm(18)
    property int size: primary ? (detail === "" ? Theme.title : Theme.row) : Theme.label
    property int lines: primary ? 1 : 2

    readonly property color ink: !available ? Theme.muted : primary ? Theme.primaryInk : Theme.ink
    readonly property string shownGlyph: radio && chosen ? "tick" : glyph

    corner: primary ? Theme.radiusCard : Theme.radius
    padding: Theme.s1
    leftPadding: Theme.s2
    rightPadding: Theme.s2
    implicitWidth: Math.max(primary ? Theme.mm(80) : Theme.target, leftPadding + rightPadding + box.naturalWidth)
    implicitHeight: Math.max(primary ? Theme.actionButton : Theme.target, topPadding + bottomPadding + box.naturalHeight)

    Accessible.role: radio ? Accessible.RadioButton : Accessible.Button
    Accessible.name: name !== "" ? name : detail === "" ? text : text + ", " + detail
    Accessible.checkable: radio
    Accessible.checked: radio && chosen

    background: Rectangle {
        readonly property color fill: control.primary && control.available ? Theme.primary : control.chosen ? Theme.tint : control.available ? Theme.surface : "transparent"

        radius: control.corner
        color: control.down && control.available ? Theme.pressed(fill) : fill
        border.width: control.chosen ? Theme.selectedWidth : !control.available ? 1 : control.primary ? 0 : Theme.controlWidth
        border.color: control.chosen ? Theme.primary : Theme.outline
    }

    contentItem: Item {
        id: box

        readonly property int lockRoom: control.locked ? Theme.mm(4) + Theme.s2 : 0
        readonly property int naturalWidth: Math.ceil(Math.max(words.implicitWidth, second.implicitWidth)) + lockRoom + (control.shownGlyph === "" ? 0 : Theme.iconAction + (control.text === "" ? 0 : Theme.s2))
        readonly property int naturalHeight: Math.ceil(words.naturalHeight + (control.detail === "" ? 0 : second.implicitHeight))

        readonly property int gap: control.text === "" ? 0 : control.iconAbove ? Theme.s1 : Theme.s2
        readonly property int iconWidth: control.shownGlyph === "" ? 0 : icon.width + gap
        readonly property int aside: control.iconAbove ? 0 : iconWidth
        readonly property int above: control.iconAbove ? iconWidth : 0
        readonly property real textRoom: Math.max(0, width - aside - lockRoom)
        readonly property real textWidth: Math.max(words.contentWidth, second.visible ? second.contentWidth : 0)
        readonly property real textHeight: words.contentHeight + (second.visible ? second.contentHeight : 0)
        readonly property real startX: (width - aside - textWidth - lockRoom) / 2
        readonly property real startY: (height - above - textHeight) / 2

        // Right to left, everything stands the other way round.
        function placed(x: real, wide: real): real {
            return control.mirrored ? box.width - x - wide : x;
        }

        PosIcon {
            id: icon

            x: box.placed(control.iconAbove || control.text === "" ? (box.width - width) / 2 : box.startX, width)
            y: control.iconAbove ? box.startY : (box.height - height) / 2
            name: control.shownGlyph
            ink: control.ink
            size: control.iconAbove || control.height >= Theme.mm(18) ? Theme.iconAction : Theme.iconBar
        }

        PosText {
            id: words

            readonly property real naturalHeight: font.pixelSize * 1.21

            x: box.placed(box.startX + box.aside, width) - (control.mirrored ? -1 : 1) * (width - box.textWidth) / 2
            y: box.startY + box.above
            width: box.textRoom
            height: Math.max(0, box.height - box.above - (second.visible ? second.contentHeight : 0))
            visible: text !== ""
            text: control.text
            size: control.size
            strong: true
            font.family: Theme.textFamily
            fit: true
            color: control.ink
            horizontalAlignment: Text.AlignHCenter
            wrapMode: control.lines > 1 ? Text.WordWrap : Text.NoWrap
            maximumLineCount: control.lines
        }

        PosText {
            id: second

            x: words.x
            y: words.y + words.contentHeight
            width: box.textRoom
            height: Math.min(Math.ceil(implicitHeight), (box.height - box.above) * 0.45)
            visible: text !== ""
            text: control.detail
            size: Theme.note
            fit: true
            color: control.ink
            horizontalAlignment: Text.AlignHCenter
        }

        PosIcon {
            id: lock

            x: box.placed(box.startX + box.aside + box.textWidth + Theme.s2, width)
            y: words.y + (words.contentHeight - height) / 2
            name: control.locked ? "lock" : ""
            ink: control.primary && control.available ? Theme.primaryInk : Theme.muted
            size: Theme.mm(4)
        }
    }
}
