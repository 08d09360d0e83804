// What is given: amounts often handed over, the keypad, the change before the money is taken, and the button that takes it.
pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

Rectangle {
    id: entry

    required property var vm
    readonly property Item primary: take

    color: Theme.surface

    PosRule {
        anchors.left: parent.left
        anchors.top: parent.top
        anchors.bottom: parent.bottom
        width: Theme.hairlineWidth
    }

    Item {
        anchors.fill: parent
        anchors.leftMargin: Theme.s4
        anchors.rightMargin: Theme.s4

        Fact {
            id: due

            y: Theme.largeText ? Theme.s1 : Theme.s4
            width: parent.width
            trailing: true
            strong: true
            labelStrong: true
            size: Theme.row
            label: entry.vm.entry_label
            value: entry.vm.entry_due
        }

        PosReadout {
            id: readout

            objectName: "given"
            anchors.top: due.bottom
            anchors.topMargin: Theme.largeText ? Theme.s1 : Theme.s3
            width: parent.width
            label: entry.vm.given_label
            amount: entry.vm.given
        }

        Row {
            id: offers

            readonly property int count: Math.max(1, entry.vm.offers.count)

            anchors.top: readout.bottom
            anchors.topMargin: Theme.largeText ? Theme.s2 : Theme.s3
            width: parent.width
            height: entry.vm.cash ? Theme.largeText ? Theme.target : Theme.key : 0
            visible: entry.vm.cash
            spacing: Theme.s2

            Repeater {
                model: entry.vm.offers

                delegate: PosButton {
                    required property int index
                    required property string label
                    required chosen

                    objectName: "offer:" + index
                    width: (offers.width - (offers.count - 1) * Theme.s2) / offers.count
                    height: offers.height
                    leftPadding: Theme.s1
                    rightPadding: Theme.s1
                    lines: 1
                    text: label
                    onActivated: entry.vm.offered(index)
                }
            }
        }

        PosKeypad {
            objectName: "keypad"
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.bottom: change.top
            anchors.bottomMargin: Theme.s2
            height: Math.min(Theme.mm(102), change.y - offers.y - offers.height - Theme.s2 - (Theme.largeText ? Theme.s2 : Theme.s3))
            name: entry.vm.given_label
            onTyped: text => entry.vm.typed(text)
            onErased: entry.vm.erased()
        }

        Fact {
            id: change

            objectName: "change"
            anchors.bottom: take.top
            anchors.bottomMargin: Theme.largeText ? Theme.s1 : Theme.s2
            width: parent.width
            height: entry.vm.cash ? implicitHeight : 0
            trailing: true
            strong: true
            visible: entry.vm.cash
            size: Theme.row
            label: entry.vm.change_label
            value: entry.vm.change
        }

        PosButton {
            id: take

            objectName: "take"
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.s2
            height: Theme.actionButton
            primary: true
            guardDoubleTap: true
            text: entry.vm.take
            detail: entry.vm.then
            onActivated: entry.vm.takeNow()
        }
    }
}
