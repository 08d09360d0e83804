// A target inside the status bar: word and glyph, full height, no frame.
import QtQuick

Pressable {
    id: control

    property string glyph: ""
    property bool glyphFirst: false
    property bool wordless: false
    property bool strong: false
    property color ink: Theme.ink

    implicitWidth: Math.max(Theme.target, (wordless ? 0 : Math.ceil(words.implicitWidth) + (glyph === "" ? 0 : Theme.s2)) + (glyph === "" ? 0 : icon.width) + 2 * Theme.s3)
    implicitHeight: Theme.statusBar
    ringInside: true
    Accessible.role: Accessible.Button

    background: Rectangle {
        radius: Theme.radius
        color: control.down ? Qt.alpha(control.ink, 0.1) : "transparent"
    }

    contentItem: Item {
        PosText {
            id: words

            anchors.left: parent.left
            anchors.leftMargin: Theme.s3 + (control.glyphFirst ? icon.width + Theme.s2 : 0)
            anchors.verticalCenter: parent.verticalCenter
            visible: !control.wordless
            text: control.text
            size: Theme.label
            strong: control.strong
            color: control.ink
        }

        PosIcon {
            id: icon

            anchors.left: control.glyphFirst ? parent.left : undefined
            anchors.leftMargin: control.wordless ? (parent.width - width) / 2 : Theme.s3
            anchors.right: control.glyphFirst ? undefined : parent.right
            anchors.rightMargin: Theme.s3
            anchors.verticalCenter: parent.verticalCenter
            name: control.glyph
            ink: control.ink
            size: Theme.text(5, 0.3)
        }
    }
}
