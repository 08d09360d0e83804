// One way to pay, with what it would cost.
import QtQuick

Pressable {
    id: control

    property string glyph: ""
    property string detail: ""
    property string amount: ""
    property bool chosen: false

    readonly property color ink: available ? Theme.ink : Theme.muted

    implicitHeight: Math.max(Theme.mm(24), Math.ceil(title.implicitHeight + (detail === "" ? 0 : under.implicitHeight)) + Theme.s4)
    corner: Theme.radiusCard
    Accessible.role: Accessible.RadioButton
    Accessible.name: name !== "" ? name : [text, amount, detail].filter(part => part !== "").join(", ")
    Accessible.checkable: true
    Accessible.checked: chosen

    background: Rectangle {
        readonly property color fill: control.chosen ? Theme.tint : control.available ? Theme.surface : "transparent"

        radius: control.corner
        color: control.down && control.available ? Theme.pressed(fill) : fill
        border.width: control.chosen ? Theme.tenderWidth : Theme.controlWidth
        border.color: control.chosen ? Theme.primary : Theme.outline
    }

    contentItem: Item {
        id: box

        readonly property int textLeft: Theme.mm(5) + Theme.iconTender + Theme.mm(5)
        readonly property real firstY: (height - title.height - (under.visible ? under.height : 0)) / 2

        PosIcon {
            anchors.left: parent.left
            anchors.leftMargin: Theme.mm(5)
            anchors.verticalCenter: parent.verticalCenter
            name: control.glyph
            ink: control.chosen ? Theme.primary : control.ink
            size: Theme.iconTender
        }

        PosText {
            id: title

            anchors.left: parent.left
            anchors.leftMargin: box.textLeft
            y: box.firstY
            width: parent.width - box.textLeft - Theme.mm(5) - (sum.width > 0 ? sum.width + Theme.s2 : 0)
            text: control.text
            size: Theme.row
            strong: true
            fit: true
            color: control.ink
            horizontalAlignment: Text.AlignLeft
        }

        PosText {
            id: under

            anchors.left: parent.left
            anchors.leftMargin: box.textLeft
            y: box.firstY + title.height
            width: title.width
            visible: text !== ""
            text: control.available ? control.detail : control.reason
            size: Theme.note
            fit: true
            color: Theme.muted
            horizontalAlignment: Text.AlignLeft
        }

        PosText {
            id: sum

            anchors.right: parent.right
            anchors.rightMargin: Theme.mm(5)
            anchors.verticalCenter: parent.verticalCenter
            width: Math.min(implicitWidth, (parent.width - box.textLeft) * 0.6)
            text: control.amount
            size: Theme.title
            strong: true
            fit: true
            color: control.ink
            horizontalAlignment: Text.AlignRight
        }
    }
}
