// The list column: the last ten cards at this door, how many guests come along, and the way to the search.
pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

Rectangle {
    id: column

    required property var vm
    required property var verdict

    signal explained(reason: string)

    color: Theme.surface

    PosRule {
        anchors.left: parent.left
        width: Theme.hairlineWidth
        height: parent.height
    }

    PosLabel {
        id: head

        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        anchors.right: parent.right
        anchors.rightMargin: Theme.s4
        y: Theme.s3
        text: column.vm.head
        size: Theme.row
        strong: true
        fit: true
    }

    PosLabel {
        anchors.left: head.left
        anchors.right: head.right
        anchors.top: head.bottom
        anchors.topMargin: Theme.s4
        visible: column.vm.empty
        text: column.vm.nobody
        size: Theme.row
        color: Theme.muted
        wrapMode: Text.WordWrap
    }

    PosList {
        id: scans

        objectName: "scans"
        anchors.left: parent.left
        anchors.leftMargin: Theme.hairlineWidth
        anchors.right: parent.right
        anchors.top: head.bottom
        anchors.topMargin: Theme.s1
        anchors.bottom: guests.top
        anchors.bottomMargin: Theme.s2
        name: column.vm.head
        model: column.vm.scans
        reuseItems: false

        delegate: PosRow {
            required property int index
            required property string event_id
            required property string time
            required property string label
            required property string plus
            required property string named
            required property bool chosen
            required property bool opens
            required status

            objectName: "scan:" + index
            width: ListView.view.width
            lead: time
            text: label
            trail: plus
            name: named
            strong: chosen
            tinted: chosen
            rule: index < scans.count - 1
            pressable: opens
            onActivated: column.vm.reopen(event_id)
        }
    }

    Item {
        id: guests

        anchors.left: head.left
        anchors.right: head.right
        anchors.bottom: search.top
        anchors.bottomMargin: Theme.s4
        height: Theme.mm(14)

        PosLabel {
            anchors.left: parent.left
            anchors.right: less.left
            anchors.rightMargin: Theme.s2
            anchors.verticalCenter: parent.verticalCenter
            text: column.verdict.guests_label
            size: Theme.row
            strong: true
            fit: true
        }

        PosButton {
            id: less

            objectName: "guestLess"
            anchors.right: count.left
            width: Theme.mm(16)
            height: parent.height
            glyph: "minus"
            name: column.verdict.guest_less
            reason: column.verdict.guests_reason
            onActivated: column.verdict.addGuests(-1)
            onRefused: reason => column.explained(reason)
        }

        PosLabel {
            id: count

            objectName: "guests"
            anchors.right: more.left
            anchors.verticalCenter: parent.verticalCenter
            width: Theme.mm(18)
            text: column.verdict.guests
            size: Theme.title
            strong: true
            horizontalAlignment: Text.AlignHCenter
            Accessible.name: column.verdict.guests_named
        }

        PosButton {
            id: more

            objectName: "guestMore"
            anchors.right: parent.right
            width: Theme.mm(16)
            height: parent.height
            glyph: "plus"
            name: column.verdict.guest_more
            reason: column.verdict.guests_reason
            onActivated: column.verdict.addGuests(1)
            onRefused: reason => column.explained(reason)
        }
    }

    PosButton {
        id: search

        objectName: "search"
        anchors.left: head.left
        anchors.right: head.right
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.s2
        height: Theme.actionButton
        size: Theme.row
        glyph: "search"
        text: column.verdict.search
        chosen: column.verdict.page === "search"
        onActivated: column.verdict.openSearch()
    }
}
