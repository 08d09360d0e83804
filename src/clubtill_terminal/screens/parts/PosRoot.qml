// The ground of a window: the canvas, and the watch on which kind of input came last (the focus ring hangs on it).
import QtQuick

FocusScope {
    id: root

    readonly property string widthClass: Theme.widthClass(width, height)

    focus: true
    LayoutMirroring.enabled: Theme.rightToLeft
    LayoutMirroring.childrenInherit: true

    Rectangle {
        anchors.fill: parent
        z: -1
        color: Theme.canvas
    }

    Item {
        anchors.fill: parent
        z: 1000

        PointHandler {
            acceptedButtons: Qt.AllButtons
            onActiveChanged: {
                if (active)
                    Theme.keyInput = false;
            }
        }
    }
}
