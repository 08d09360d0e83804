// A row that is ticked or not, 18 mm and all of it target. What cannot be ticked shows the slashed circle and says why.
import QtQuick

Pressable {
    id: control

    property string lead: ""
    property string detail: ""
    property string first: ""
    property string second: ""
    property int columnWidth: Theme.mm(29)
    property bool rule: true
    property bool ticked: false

    readonly property color ink: available ? Theme.ink : Theme.muted
    readonly property int textLeft: Theme.mm(18)
    readonly property bool marked: ticked && available

    implicitHeight: Math.max(Theme.mm(18), Math.ceil(title.implicitHeight + (detail === "" ? 0 : under.contentHeight)) + Theme.s3)
    ringInside: true
    Accessible.role: Accessible.CheckBox
    Accessible.name: name !== "" ? name : [(lead + " " + text).trim(), detail, first, second].filter(part => part !== "").join(", ")
    Accessible.checkable: available
    Accessible.checked: marked

    background: Rectangle {
        color: control.down && control.available ? Theme.pressed(control.marked ? Theme.tint : Theme.surface) : control.marked && !Theme.highContrast ? Theme.tint : "transparent"

        PosRule {
            x: Theme.rightToLeft ? 0 : control.textLeft
            y: parent.height - height
            width: parent.width - control.textLeft
            visible: control.rule
        }
    }

    contentItem: Item {
        id: box

        readonly property real firstY: (height - title.implicitHeight - (under.visible ? under.contentHeight : 0)) / 2
        readonly property int columns: (control.first === "" ? 0 : control.columnWidth) + (control.second === "" ? 0 : control.columnWidth)

        Rectangle {
            id: mark

            anchors.left: parent.left
            anchors.leftMargin: Theme.mm(5.2)
            anchors.verticalCenter: parent.verticalCenter
            width: Theme.mm(8)
            height: width
            visible: control.available
            radius: Theme.radiusSmall
            color: control.marked ? Theme.primary : Theme.surface
            border.width: control.marked ? 0 : Math.max(2, Theme.controlWidth)
            border.color: Theme.outline

            PosIcon {
                anchors.centerIn: parent
                name: control.marked ? "tick" : ""
                ink: Theme.primaryInk
                size: Theme.mm(6.5)
            }
        }

        PosIcon {
            anchors.centerIn: mark
            name: control.available ? "" : "slashed-circle"
            ink: Theme.muted
            size: Theme.iconAction
        }

        PosText {
            id: title

            anchors.left: parent.left
            anchors.leftMargin: control.textLeft
            y: box.firstY
            width: parent.width - control.textLeft - box.columns - Theme.s4
            height: Math.ceil(implicitHeight)
            text: control.lead === "" ? control.text : control.lead + "\u2002" + control.text
            size: Theme.row
            strong: control.marked
            fit: true
            color: control.ink
            horizontalAlignment: Text.AlignLeft
        }

        PosText {
            id: under

            anchors.left: parent.left
            anchors.leftMargin: control.textLeft
            y: box.firstY + title.implicitHeight - Theme.mm(0.4)
            width: parent.width - control.textLeft - box.columns - Theme.s4
            visible: text !== ""
            text: control.detail
            size: Theme.note
            wrapMode: Text.WordWrap
            maximumLineCount: 2
            fit: true
            color: Theme.muted
            horizontalAlignment: Text.AlignLeft
        }

        PosText {
            anchors.right: parent.right
            anchors.rightMargin: Theme.mm(5) + (control.second === "" ? 0 : control.columnWidth)
            anchors.verticalCenter: parent.verticalCenter
            width: control.columnWidth - Theme.s2
            visible: text !== ""
            text: control.first
            size: Theme.row
            fit: true
            color: control.ink
            horizontalAlignment: Text.AlignRight
        }

        PosText {
            anchors.right: parent.right
            anchors.rightMargin: Theme.mm(5)
            anchors.verticalCenter: parent.verticalCenter
            width: control.columnWidth - Theme.s2
            visible: text !== ""
            text: control.second
            size: Theme.row
            strong: control.marked
            fit: true
            color: control.ink
            horizontalAlignment: Text.AlignRight
        }
    }
}
