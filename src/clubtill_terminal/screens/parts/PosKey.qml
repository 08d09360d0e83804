// One key of a keypad.
import QtQuick

Pressable {
    id: control

    property string glyph: ""
    // Read by the walk of U2: keys are 18 mm or more.
    readonly property bool keypadKey: true

    implicitWidth: Theme.mm(24)
    implicitHeight: Theme.key
    Accessible.role: Accessible.Button

    background: Rectangle {
        radius: control.corner
        color: control.down ? Theme.pressed(Theme.surface) : Theme.surface
        border.width: Theme.controlWidth
        border.color: Theme.outline
    }

    contentItem: Item {
        PosText {
            anchors.fill: parent
            anchors.leftMargin: Theme.s1
            anchors.rightMargin: Theme.s1
            visible: control.glyph === ""
            text: control.text
            size: control.text.length > 2 ? Theme.line : Theme.title
            strong: true
            fit: true
            font.family: Theme.textFamily
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
        }

        PosIcon {
            anchors.centerIn: parent
            name: control.glyph
            size: Theme.mm(7)
        }
    }
}
