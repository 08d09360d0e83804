// The strip of simulated devices: a row of cards for the till, one for the door, and the plugs.
pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

PosRoot {
    id: strip

    required property var vm

    Rectangle {
        id: banner

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        height: Theme.statusBar
        color: Theme.statusFill("special")

        PosLabel {
            anchors.centerIn: parent
            objectName: "banner"
            size: Theme.line
            strong: true
            color: Theme.statusInk("special")
            text: strip.vm.banner
        }
    }

    Column {
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: banner.bottom
        anchors.margins: Theme.s3
        spacing: Theme.s3

        CardRow {
            objectName: "tillCards"
            place: strip.vm.till
            cards: strip.vm.cards
            onSwiped: number => strip.vm.swipeAtTill(number)
        }

        CardRow {
            objectName: "doorCards"
            place: strip.vm.door
            cards: strip.vm.cards
            onSwiped: number => strip.vm.swipeAtDoor(number)
        }

        Row {
            spacing: Theme.s2

            PosButton {
                objectName: "network"
                width: Theme.mm(70)
                glyph: strip.vm.unplugged ? "plug" : "plug-broken"
                chosen: strip.vm.unplugged
                text: strip.vm.network
                onActivated: strip.vm.turnNetwork()
            }

            PosButton {
                objectName: "paper"
                width: Theme.mm(70)
                glyph: "printer"
                chosen: strip.vm.no_paper
                text: strip.vm.paper
                onActivated: strip.vm.turnPaper()
            }

            PosButton {
                objectName: "reader"
                width: Theme.mm(70)
                glyph: "card"
                chosen: strip.vm.no_reader
                text: strip.vm.reader
                onActivated: strip.vm.turnReader()
            }
        }
    }

    component CardRow: Column {
        id: row

        required property string place
        required property var cards

        signal swiped(string number)

        width: parent.width
        spacing: Theme.s1

        PosText {
            strong: true
            text: row.place
        }

        Grid {
            id: buttons

            width: parent.width
            columns: 6
            spacing: Theme.s2

            Repeater {
                model: row.cards

                delegate: PosButton {
                    required property string number
                    required property string label

                    objectName: row.objectName + ":" + number
                    width: (buttons.width - (buttons.columns - 1) * Theme.s2) / buttons.columns
                    text: label
                    name: row.place + ": " + label
                    onActivated: row.swiped(number)
                }
            }
        }
    }
}
