// One family above the tiles. The chosen one stands on the surface with its colour under it.
import QtQuick

Pressable {
    id: control

    property string family: ""
    property string glyph: family === "" ? "" : Theme.familyIcon(family)
    property bool chosen: false

    readonly property color ink: chosen ? (Theme.highContrast ? Theme.primaryInk : Theme.ink) : Theme.highContrast ? Theme.ink : Theme.muted

    implicitWidth: Math.max(Theme.target, Math.ceil(words.implicitWidth) + (icon.visible ? icon.width + Theme.s1 : 0) + 2 * Theme.s4)
    implicitHeight: Theme.tabs
    Accessible.role: Accessible.PageTab
    Accessible.selectable: true
    Accessible.selected: chosen

    background: Rectangle {
        readonly property color fill: control.chosen ? (Theme.highContrast ? Theme.primary : Theme.surface) : Theme.canvas

        radius: control.corner
        color: control.down ? Theme.pressed(fill) : fill
        border.width: Theme.highContrast ? Theme.controlWidth : 0
        border.color: control.chosen ? Theme.primary : Theme.outline

        Rectangle {
            x: Theme.s4
            y: parent.height - height
            width: parent.width - 2 * x
            height: Theme.mm(1)
            radius: height / 2
            visible: control.chosen && !Theme.highContrast
            color: control.family === "" ? Theme.primary : Theme.familyColour(control.family)
        }
    }

    contentItem: Item {
        Item {
            anchors.centerIn: parent
            width: icon.width * icon.visible + Theme.s1 * icon.visible + words.contentWidth
            height: parent.height

            PosIcon {
                id: icon

                anchors.left: parent.left
                anchors.verticalCenter: parent.verticalCenter
                name: control.glyph
                ink: control.chosen && control.family !== "" && !Theme.highContrast ? Theme.familyColour(control.family) : control.ink
                size: control.text === "" ? Theme.iconBar : Theme.text(5.5, 0.3)
            }

            PosText {
                id: words

                anchors.left: parent.left
                anchors.leftMargin: icon.visible ? icon.width + Theme.s1 : 0
                anchors.verticalCenter: parent.verticalCenter
                width: control.width - Theme.s2 - (icon.visible ? icon.width + Theme.s1 : 0)
                text: control.text
                size: Theme.label
                strong: control.chosen
                fit: true
                color: control.ink
                horizontalAlignment: Text.AlignLeft
            }
        }
    }
}
