pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

PosRoot {
    PosStatusBar {
        id: bar

        width: parent.width
        terminal: "Main Bar 1"
        person: "Sam K."
        dateText: "Tue 24 Nov"
        timeText: "18:42"
        chipStatus: "offline"
        chipText: "Offline since 18:20, 14 waiting"
        chipShort: "Offline, 14"
    }

    PosCard {
        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        y: bar.height + Theme.s4
        width: parent.width - order.width - 2 * Theme.s4
        height: rows.height + 2
        padding: 1

        Column {
            id: rows

            width: parent.width
            Accessible.role: Accessible.List
            Accessible.name: "Items"

            Repeater {
                model: [["2", "Schooner Pale", "Points Pay discount 10 %", "16.00", "1,440", true, ""], ["1", "Light schooner", "Points Pay discount 10 %", "7.20", "648", true, ""], ["1", "Sea salt chips", "Points Pay discount 10 %", "4.50", "405", false, ""], ["1", "Cap, club logo", "Has its own points price", "25.00", "900", false, ""], ["1", "Member parma", "Already discounted: pay another way", "23.98", "–", false, "x"], ["1", "Locker rent", "Fees cannot be paid with points", "45.00", "–", false, "x"]]

                PosCheckRow {
                    required property var modelData
                    required property int index

                    width: rows.width
                    lead: modelData[0]
                    text: modelData[1]
                    detail: modelData[2]
                    first: modelData[3]
                    second: modelData[4]
                    ticked: modelData[5]
                    reason: modelData[6]
                    rule: index < 5
                }
            }
        }
    }

    Rectangle {
        id: order

        anchors.right: parent.right
        y: bar.height
        width: Theme.orderColumn
        height: parent.height - y
        color: Theme.surface

        MemberStrip {
            id: nobody

            initials: ""
            text: "No member"
            detail: "Scan a card or tap Member"
        }

        Column {
            x: Theme.s4
            y: nobody.height + Theme.s4
            width: parent.width - 2 * x
            spacing: Theme.s3

            Fact {
                width: parent.width
                trailing: true
                label: "Balance"
                value: "12,420"
            }

            Fact {
                width: parent.width
                trailing: true
                strong: true
                labelStrong: true
                label: "Points used"
                value: "−2,088"
            }

            Fact {
                width: parent.width
                trailing: true
                label: "Covered by points"
                value: "−20.88"
            }

            PosField {
                width: parent.width
                placeholder: "Name, number or phone"
                glyph: "search"
            }

            PosField {
                width: parent.width
                text: "0199 x"
                name: "Phone"
                wrong: "A phone number has digits only."
            }
        }

        PosButton {
            x: Theme.s4
            y: parent.height - height - Theme.s2
            width: parent.width - 2 * x
            height: Theme.actionButton
            primary: true
            text: "Use 2,088 points"
            detail: "then pay $98.48"
        }
    }

    Toast {
        objectName: "toast"
        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        y: parent.height - height - Theme.s4
        width: Math.min(implicitWidth, parent.width - order.width - 2 * Theme.s4)
        Component.onCompleted: show("Removed: 2 Schooner Pale", "Undo")
    }
}
