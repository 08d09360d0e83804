// The ring around the control with the focus, drawn only while the last input was a key (U75).
import QtQuick

Rectangle {
    id: ring

    required property Item control
    property bool inside: false
    property int corner: Theme.radius

    anchors.fill: parent
    anchors.margins: inside ? 0 : -(Theme.focusGap + Theme.focusWidth)
    z: 10
    visible: control.activeFocus && Theme.keyInput
    color: "transparent"
    radius: inside ? corner : corner + Theme.focusGap + Theme.focusWidth
    border.width: Theme.focusWidth
    border.color: Theme.focus
}
