pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

PosRoot {
    id: root

    PosStatusBar {
        id: bar

        width: parent.width
        terminal: "Main Bar 1"
        person: "Sam K."
        dateText: "Tue 24 Nov"
        timeText: "18:42"
        chipStatus: "denied"
        chipText: "Clock wrong"
    }

    Item {
        id: work

        anchors.left: parent.left
        y: bar.height
        width: parent.width - Theme.orderColumn
        height: parent.height - y

        PosTile {
            anchors.left: parent.left
            anchors.leftMargin: Theme.s4
            y: Theme.s4
            width: Theme.mm(35)
            text: "Schooner Pale"
            price: "8.00"
            family: "beer"
        }
    }

    PosSheet {
        objectName: "sheet"
        anchors.fill: work
        open: true
        title: "Manager needed"
        over: work

        Column {
            anchors.left: parent.left
            width: parent.width - pin.width - Theme.s8
            spacing: Theme.s3

            PosLabel {
                text: "Reason"
                strong: true
                color: Theme.muted
            }

            Grid {
                columns: 2
                spacing: Theme.s2

                Repeater {
                    model: ["Complaint", "Staff meal", "Price match", "Other"]

                    PosButton {
                        required property string modelData
                        required property int index

                        width: (parent.parent.width - Theme.s2) / 2
                        height: Theme.mm(14)
                        text: modelData
                        radio: true
                        chosen: index === 0
                    }
                }
            }

            PosButton {
                width: parent.width
                height: Theme.actionButton
                size: Theme.line
                text: "Keep 10 %"
                locked: true
            }
        }

        Column {
            id: pin

            anchors.right: parent.right
            width: 3 * Theme.mm(25) + 2 * Theme.s2
            spacing: Theme.s3

            PosReadout {
                width: parent.width
                label: "PIN"
                dots: 4
            }

            PosKeypad {
                width: parent.width
                order: "pin"
                lastRow: ["clear", "0", "back"]
            }
        }
    }

    Column {
        anchors.right: parent.right
        anchors.rightMargin: Theme.s4
        y: bar.height + Theme.s4
        width: Theme.orderColumn - 2 * Theme.s4
        spacing: Theme.s3

        PosButton {
            width: parent.width
            height: Theme.actionButton
            primary: true
            text: "Pay  $45.60"
            reason: "A manager is asked first"
        }

        Flow {
            width: parent.width
            spacing: Theme.s2

            Repeater {
                model: [["Paid up", "ok"], ["Renewal due", "warn"], ["Banned", "denied"], ["Birthday", "special"], ["Offline", "offline"], ["Gold", ""]]

                StatusChip {
                    required property var modelData

                    pill: true
                    text: modelData[0]
                    status: modelData[1]
                }
            }
        }

        Row {
            spacing: Theme.s2

            Repeater {
                model: ["mug", "wine", "spirits", "cup", "cutlery", "packet", "id-card", "cap", "person", "persons"]

                PosIcon {
                    required property string modelData

                    name: modelData
                    size: Theme.mm(8)
                }
            }
        }

        Flow {
            width: parent.width
            spacing: Theme.s2

            Repeater {
                model: ["undo", "park", "search", "receipt", "no-receipt", "minus", "plus", "bin", "chevron-right", "chevron-left", "chevron-up", "chevron-down", "tick", "cross", "slashed-circle", "card", "cash", "account-book", "ticket", "split", "backspace", "menu", "switch-user", "plug", "plug-broken", "clock", "history", "warning", "stop", "star", "note", "gift", "tag", "printer", "mail", "qr", "drawer", "lock", "monitor", "server", "building", "arrow-up", "arrow-down", "save-down", "pencil", "eye", "rings"]

                PosIcon {
                    required property string modelData

                    name: modelData
                    size: Theme.mm(8)
                }
            }
        }
    }
}
