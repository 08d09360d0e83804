// The mark on every window of the demo: nothing here is real. It takes no touch.
import QtQuick
import screens.parts

Rectangle {
    id: mark

    required property string text

    anchors.horizontalCenter: parent ? parent.horizontalCenter : undefined
    y: Theme.s1
    z: 100
    width: word.implicitWidth + 2 * Theme.s4
    height: Theme.statusBar - 2 * Theme.s1
    radius: height / 2
    color: Theme.statusFill("special")
    border.width: Theme.controlWidth
    border.color: Theme.statusEdge("special")

    PosLabel {
        id: word

        objectName: "demoMark"
        anchors.centerIn: parent
        strong: true
        color: Theme.statusInk("special")
        text: mark.text
    }
}
