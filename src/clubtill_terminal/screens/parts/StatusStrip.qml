// One line in a status colour: BIRTHDAY TODAY under a welcome, never instead of it; a fault or a limit over a screen.
import QtQuick

Rectangle {
    id: strip

    property string status: "special"
    property string glyph: status === "special" ? "star" : status === "warn" ? "warning" : status === "denied" ? "stop" : status === "offline" ? "plug-broken" : "tick"
    property string text: ""
    property string trail: ""

    implicitHeight: Math.max(Theme.mm(15), Math.ceil(words.implicitHeight) + Theme.s2)
    radius: Theme.radiusCard
    color: Theme.statusFill(status)
    border.width: Theme.controlWidth
    border.color: Theme.statusEdge(status)
    Accessible.role: Accessible.AlertMessage
    Accessible.name: [text, trail].filter(part => part !== "").join(", ")

    PosIcon {
        id: icon

        anchors.left: parent.left
        anchors.leftMargin: Theme.mm(9)
        anchors.verticalCenter: parent.verticalCenter
        name: strip.glyph
        ink: Theme.statusInk(strip.status)
        size: Theme.iconTender
    }

    PosText {
        id: words

        anchors.left: icon.right
        anchors.leftMargin: Theme.s4
        anchors.verticalCenter: parent.verticalCenter
        width: parent.width - Theme.mm(9 + 9) - icon.width - 2 * Theme.s4 - end.width
        text: strip.text
        size: Theme.row
        strong: true
        fit: true
        color: Theme.statusInk(strip.status)
        horizontalAlignment: Text.AlignLeft
    }

    PosText {
        id: end

        anchors.right: parent.right
        anchors.rightMargin: Theme.mm(9)
        anchors.verticalCenter: parent.verticalCenter
        width: Math.min(implicitWidth, parent.width * 0.45)
        text: strip.trail
        size: Theme.row
        strong: true
        fit: true
        color: Theme.statusInk(strip.status)
        horizontalAlignment: Text.AlignRight
    }
}
