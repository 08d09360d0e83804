// A small card of the member panel: a glyph, its head, and what is under it.
import QtQuick
import screens.parts

PosCard {
    id: card

    property alias glyph: icon.name
    property alias head: words.text
    default property alias facts: stack.data
    readonly property int needed: stack.y + stack.height + 2 * padding
    readonly property int inner: width - 2 * padding

    Item {
        width: parent.width
        height: parent.height

        PosIcon {
            id: icon

            anchors.left: parent.left
            anchors.verticalCenter: words.verticalCenter
            size: Theme.iconTile
            ink: Theme.muted
        }

        PosLabel {
            id: words

            anchors.left: icon.right
            anchors.leftMargin: Theme.s2
            size: Theme.label
            strong: true
            color: Theme.muted
        }

        Column {
            id: stack

            y: words.height + Theme.s1
            width: parent.width
            spacing: Theme.s1
        }
    }
}
