// A card with a glyph, a head and lines of words.
import QtQuick
import screens.parts

PosCard {
    id: card

    property alias glyph: icon.name
    property alias head: title.text
    property alias text: words.text
    readonly property int needed: words.y + words.height + 2 * padding

    Item {
        width: parent.width
        height: parent.height

        PosIcon {
            id: icon

            anchors.left: parent.left
            anchors.verticalCenter: title.verticalCenter
            size: Theme.iconTile
            ink: Theme.muted
        }

        PosLabel {
            id: title

            anchors.left: icon.right
            anchors.leftMargin: Theme.s2
            size: Theme.label
            strong: true
            color: Theme.muted
        }

        PosLabel {
            id: words

            anchors.left: parent.left
            y: title.height + Theme.s1
            width: parent.width
            wrapMode: Text.WordWrap
            horizontalAlignment: Text.AlignLeft
        }
    }
}
