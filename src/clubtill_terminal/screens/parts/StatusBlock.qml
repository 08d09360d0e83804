// The verdict: shape, word, reason, readable from two metres. It does not move and it speaks at once (U97).
import QtQuick

Rectangle {
    id: block

    // ok, warn, denied
    property string status: "ok"
    property string word: ""
    property string reason: ""

    function announce(): void {
        block.Accessible.announce([block.word, block.reason].filter(part => part !== "").join(", "), Accessible.Assertive);
    }

    implicitHeight: Theme.mm(42)
    radius: Theme.radiusVerdict
    color: Theme.statusFill(status)
    border.width: Theme.verdictEdgeWidth
    border.color: Theme.statusEdge(status)
    Accessible.role: Accessible.AlertMessage
    Accessible.name: [word, reason].filter(part => part !== "").join(", ")

    PosIcon {
        id: shape

        anchors.left: parent.left
        anchors.leftMargin: Theme.mm(9)
        anchors.verticalCenter: parent.verticalCenter
        name: "verdict-" + block.status
        ink: Theme.statusInk(block.status)
        size: Theme.iconVerdict
    }

    PosText {
        id: word

        anchors.left: shape.right
        anchors.leftMargin: Theme.mm(8)
        anchors.verticalCenter: parent.verticalCenter
        width: Math.min(implicitWidth, parent.width - Theme.mm(9 + 28 + 8 + 9))
        text: block.word
        size: Theme.verdict
        strong: true
        fit: true
        floor: Theme.mm(12)
        font.letterSpacing: Theme.mm(0.3)
        color: Theme.statusInk(block.status)
        horizontalAlignment: Text.AlignLeft
    }

    PosText {
        anchors.left: word.right
        anchors.leftMargin: Theme.s4
        anchors.right: parent.right
        anchors.rightMargin: Theme.mm(9)
        y: Theme.s2
        height: parent.height - 2 * y
        text: block.reason
        size: Theme.title
        strong: true
        fit: true
        wrapMode: Text.WordWrap
        color: Theme.statusInk(block.status)
        horizontalAlignment: Text.AlignRight
        verticalAlignment: Text.AlignVCenter
    }
}
