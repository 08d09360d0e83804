// What a keypad types into: a word and an amount, or the dots of a PIN. It shows; it is no target.
pragma ComponentBehavior: Bound

import QtQuick

Rectangle {
    id: readout

    property string label: ""
    property string amount: ""
    // Zero or more: as many dots instead of an amount
    property int dots: -1
    property bool current: true

    implicitWidth: Theme.orderColumn - 2 * Theme.s4
    implicitHeight: dots >= 0 ? Theme.mm(16) : Math.max(Theme.mm(20), Math.ceil(sum.implicitHeight) + Theme.s2)
    radius: Theme.radius
    color: Theme.sunken
    border.width: current ? Theme.selectedWidth : Theme.controlWidth
    border.color: current ? Theme.primary : Theme.outline
    Accessible.role: Accessible.StaticText
    Accessible.name: dots < 0 ? label + " " + amount : qsTr("%1, %n digit(s) typed", "", dots).arg(label)

    PosText {
        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        anchors.verticalCenter: parent.verticalCenter
        width: Math.max(0, parent.width - 2 * Theme.s4 - sum.width - Theme.s2)
        visible: readout.dots < 0
        text: readout.label
        size: Theme.line
        fit: true
        color: Theme.muted
        horizontalAlignment: Text.AlignLeft
    }

    PosText {
        id: sum

        anchors.right: parent.right
        anchors.rightMargin: Theme.s4
        anchors.verticalCenter: parent.verticalCenter
        width: Math.min(implicitWidth, parent.width - 2 * Theme.s4)
        visible: readout.dots < 0
        text: readout.amount
        size: Theme.total
        strong: true
        fit: true
        horizontalAlignment: Text.AlignRight
    }

    Row {
        anchors.centerIn: parent
        spacing: Theme.mm(6)
        visible: readout.dots > 0

        Repeater {
            model: Math.max(0, Math.min(readout.dots, 12))

            Rectangle {
                width: Theme.mm(4.1)
                height: width
                radius: width / 2
                color: Theme.ink
            }
        }
    }
}
