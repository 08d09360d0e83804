pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

PosRoot {
    id: root

    PosStatusBar {
        id: bar

        width: parent.width
        terminal: "Front door"
        person: "Ana P."
        middle: "Inside 212 of 400"
        dateText: "Tue 24 Nov"
        timeText: "18:05"
        chipText: "Online, all sent"
        chipShort: "Online"
    }

    StatusBlock {
        id: verdict

        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        y: bar.height + Theme.s4
        width: parent.width - Theme.listColumn - 2 * Theme.s4
        status: "ok"
        word: "WELCOME"
        reason: "Paid up"
    }

    StatusStrip {
        id: strip

        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        y: verdict.y + verdict.height + Theme.s3
        width: verdict.width
        text: "BIRTHDAY TODAY"
        trail: "200 points given"
    }

    PhotoFrame {
        id: face

        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        y: strip.y + strip.height + Theme.s4
        width: Math.round(height * 3 / 4)
        height: Math.min(Theme.mm(88), parent.height - y - Theme.actionBar - Theme.s2)
        initials: "PN"
        tintNumber: 1
    }

    Column {
        anchors.left: face.right
        anchors.leftMargin: Theme.mm(10)
        y: face.y - Theme.s1
        width: verdict.width - face.width - Theme.mm(10)
        spacing: Theme.s2

        PosLabel {
            width: parent.width
            text: "Priya Nair"
            size: Theme.total
            strong: true
            fit: true
        }

        Fact {
            width: parent.width
            size: Theme.title
            strong: true
            label: "Paid to"
            value: "30 Jun 2027"
        }

        Fact {
            width: parent.width
            size: Theme.title
            label: "Today"
            value: "First visit, 5 points given"
        }
    }

    Row {
        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        y: parent.height - height - Theme.s2
        spacing: Theme.s8

        PosButton {
            width: Theme.mm(66)
            height: Theme.actionButton
            size: Theme.line
            glyph: "person"
            text: "Open member"
        }

        PosButton {
            width: verdict.width - Theme.mm(66) - Theme.s8
            height: Theme.actionButton
            primary: true
            text: "Next"
            guardDoubleTap: true
        }
    }

    Rectangle {
        anchors.right: parent.right
        y: bar.height
        width: Theme.listColumn
        height: parent.height - y
        color: Theme.surface

        PosLabel {
            id: head

            anchors.left: parent.left
            anchors.leftMargin: Theme.s4
            y: Theme.s3
            text: "Last 10"
            size: Theme.line
            strong: true
        }

        PosList {
            id: scans

            y: head.y + head.height + Theme.s2
            width: parent.width
            height: guests.y - y - Theme.s2
            name: "Last 10 scans"
            model: [["18:05", "ok", "Priya Nair"], ["18:04", "ok", "Lena Fischer"], ["18:04", "ok", "Wei Zhang + 1 guest"], ["18:03", "denied", "Unknown card"], ["18:01", "warn", "Dan Whitlock"], ["17:59", "ok", "Olive Grant"], ["17:58", "ok", "Ken Marsh"]]

            delegate: PosRow {
                required property var modelData
                required property int index

                width: scans.width
                lead: modelData[0]
                status: modelData[1]
                text: modelData[2]
                strong: index === 0
                tinted: index === 0
            }
        }

        Row {
            id: guests

            x: Theme.s4
            y: parent.height - height - Theme.s2
            spacing: Theme.s2

            PosButton {
                width: (parent.parent.width - 2 * Theme.s4 - Theme.s2) / 2
                height: Theme.actionButton
                glyph: "search"
                text: "Search"
            }

            PosButton {
                width: (parent.parent.width - 2 * Theme.s4 - Theme.s2) / 2
                height: Theme.actionButton
                glyph: "persons"
                text: "Visitor"
            }
        }
    }
}
