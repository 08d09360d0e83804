// One line of the sale: quantity, name, amount, a note under the name. The text is inset by 2 mm, so the frame of the
// selected line stands that far outside it.
import QtQuick

Pressable {
    id: control

    property string quantity: "1"
    property string amount: ""
    property string note: ""
    property bool selected: false
    // The rule under it; none on the line and before the line that is selected.
    property bool rule: true

    readonly property int inset: Theme.s2
    readonly property int nameAt: Math.max(Theme.text(8, 0.6), Math.ceil(count.implicitWidth) + Theme.s2)

    corner: Theme.radiusSmall
    ringInside: true
    implicitWidth: Theme.orderColumn - 2 * Theme.s2
    implicitHeight: Math.max(Theme.mm(note === "" ? 12 : 14), Math.ceil(count.implicitHeight + (note === "" ? 0 : under.implicitHeight)) + Theme.mm(1))
    Accessible.role: Accessible.ListItem
    Accessible.name: name !== "" ? name : [quantity + " " + text, amount, note].filter(part => part !== "").join(", ")
    Accessible.selectable: true
    Accessible.selected: selected

    background: Rectangle {
        radius: control.corner
        color: control.down ? Theme.pressed(control.selected ? Theme.tint : Theme.surface) : control.selected ? Theme.tint : "transparent"
        border.width: control.selected ? Theme.selectedWidth : 0
        border.color: Theme.primary

        PosRule {
            x: control.inset
            y: parent.height - height
            width: parent.width - 2 * x
            visible: control.rule && !control.selected
        }
    }

    contentItem: Item {
        id: box

        readonly property real firstY: (height - count.implicitHeight - (control.note === "" ? 0 : under.height)) / 2

        PosText {
            id: count

            anchors.left: parent.left
            anchors.leftMargin: control.inset
            y: box.firstY
            text: control.quantity
            size: Theme.row
            strong: true
            color: control.quantity === "1" ? Theme.muted : Theme.ink
        }

        PosText {
            anchors.left: parent.left
            anchors.leftMargin: control.inset + control.nameAt
            y: box.firstY
            width: parent.width - 2 * control.inset - control.nameAt - sum.implicitWidth - Theme.s2
            height: count.implicitHeight
            text: control.text
            size: Theme.row
            fit: true
            verticalAlignment: Text.AlignVCenter
            horizontalAlignment: Text.AlignLeft
        }

        PosText {
            id: sum

            anchors.right: parent.right
            anchors.rightMargin: control.inset
            y: box.firstY
            text: control.amount
            size: Theme.row
            strong: true
        }

        PosText {
            id: under

            anchors.left: parent.left
            anchors.leftMargin: control.inset + control.nameAt
            y: box.firstY + count.implicitHeight - Theme.mm(0.4)
            width: parent.width - 2 * control.inset - control.nameAt
            visible: text !== ""
            text: control.note
            size: Theme.note
            fit: true
            color: Theme.muted
            horizontalAlignment: Text.AlignLeft
        }
    }
}
