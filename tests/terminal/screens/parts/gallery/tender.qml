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
        chipStatus: "warn"
        chipText: "Needs attention 1"
    }

    Column {
        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        y: bar.height + Theme.s4
        width: parent.width - cash.width - 2 * Theme.s4
        spacing: Theme.s3

        Repeater {
            model: [["Card", "", "$98.48", "card", false, ""], ["Cash", "Rounded up 0.02", "$98.50", "cash", true, ""], ["Member account", "150.00 left", "", "account-book", false, ""], ["Voucher", "Scan or type", "", "ticket", false, "Vouchers need the connection"]]

            TenderRow {
                required property var modelData

                width: parent.width
                text: modelData[0]
                detail: modelData[1]
                amount: modelData[2]
                glyph: modelData[3]
                chosen: modelData[4]
                reason: modelData[5]
            }
        }
    }

    Row {
        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        y: parent.height - height - Theme.s2
        spacing: Theme.s8

        PosButton {
            width: Theme.mm(45)
            height: Theme.actionButton
            glyph: "chevron-left"
            text: "Back to sale"
        }

        PosButton {
            width: Theme.mm(45)
            height: Theme.actionButton
            glyph: "undo"
            text: "Void points"
            danger: true
        }
    }

    Rectangle {
        id: cash

        anchors.right: parent.right
        y: bar.height
        width: Theme.orderColumn
        height: parent.height - y
        color: Theme.surface

        Fact {
            id: due

            x: Theme.s4
            y: Theme.s3
            width: parent.width - 2 * x
            trailing: true
            strong: true
            labelStrong: true
            label: "Cash to pay"
            value: "$98.50"
        }

        PosReadout {
            id: given

            x: Theme.s4
            y: due.y + due.height + Theme.s3
            width: parent.width - 2 * x
            label: "Given"
            amount: "$120.00"
        }

        Row {
            id: notes

            x: Theme.s4
            y: given.y + given.height + Theme.s3
            spacing: Theme.s2

            Repeater {
                model: ["98.50", "100", "110", "120", "150"]

                PosButton {
                    required property string modelData

                    width: (cash.width - 2 * Theme.s4 - 4 * Theme.s2) / 5
                    height: Theme.mm(14)
                    leftPadding: Theme.s1
                    rightPadding: Theme.s1
                    lines: 1
                    text: modelData
                    size: Theme.text(4.5, 0.2)
                    name: "Given " + modelData
                    chosen: modelData === "120"
                }
            }
        }

        PosKeypad {
            x: Theme.s4
            y: notes.y + notes.height + Theme.s3
            width: parent.width - 2 * x
            height: Math.min(take.y - Theme.s3 - y, implicitHeight)
        }

        PosButton {
            id: take

            x: Theme.s4
            y: parent.height - height - Theme.s2
            width: parent.width - 2 * x
            height: Theme.actionButton
            primary: true
            text: "Take cash  $120.00"
        }
    }
}
