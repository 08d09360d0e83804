// The public side: one text, the club's name. The same layout and colours whatever the text says (D5, U84).
import QtQuick
import screens.parts

PosRoot {
    id: side

    required property var vm

    Rectangle {
        anchors.fill: parent
        color: Theme.publicFill
    }

    PosIcon {
        anchors.horizontalCenter: parent.horizontalCenter
        y: Math.round(parent.height * 0.11)
        name: "rings"
        ink: Theme.publicInk
        size: Math.round(Math.min(parent.height * 0.13, parent.width * 0.12))
    }

    PosLabel {
        objectName: "publicText"
        anchors.horizontalCenter: parent.horizontalCenter
        y: Math.round(parent.height * 0.3)
        width: Math.round(Math.min(parent.width - 2 * Theme.s8, size * 5.6))
        height: Math.round(parent.height * 0.42)
        size: Math.round(Math.min(parent.height * 0.158, parent.width * 0.105))
        floor: Math.round(size * 0.4)
        strong: true
        fit: true
        wrapMode: Text.WordWrap
        text: side.vm.public.text
        color: Theme.publicInk
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
    }

    PosLabel {
        anchors.horizontalCenter: parent.horizontalCenter
        y: Math.round(parent.height * 0.845)
        width: parent.width - 2 * Theme.s8
        text: side.vm.public.club
        size: Math.max(Theme.line, Math.round(Math.min(parent.height * 0.046, parent.width * 0.03)))
        fit: true
        color: Theme.publicSecond
        horizontalAlignment: Text.AlignHCenter
    }
}
