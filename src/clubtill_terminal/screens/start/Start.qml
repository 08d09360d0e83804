// The first seconds of a new terminal: what it waits for, in words that a person at the counter can act on.
import QtQuick
import screens.parts

PosRoot {
    id: start

    required property var vm

    PosCard {
        anchors.centerIn: parent
        width: Math.min(parent.width - 2 * Theme.s4, Theme.mm(180))
        height: words.height + 2 * Theme.s8

        StatusShape {
            id: shape

            anchors.verticalCenter: parent.verticalCenter
            kind: start.vm.status
            size: Theme.mm(14)
        }

        Column {
            id: words

            anchors.left: shape.right
            anchors.leftMargin: Theme.s8
            anchors.right: parent.right
            anchors.verticalCenter: parent.verticalCenter
            spacing: Theme.s2

            PosLabel {
                width: parent.width
                size: Theme.title
                strong: true
                wrapMode: Text.WordWrap
                text: start.vm.title
            }

            PosLabel {
                width: parent.width
                size: Theme.line
                color: Theme.muted
                wrapMode: Text.WordWrap
                text: start.vm.detail
            }
        }
    }
}
