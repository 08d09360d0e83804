// A list that scrolls by finger, wheel, arrow keys and its bar. Rows may touch (U4): it says it is a list.
import QtQuick
import QtQuick.Templates as T

ListView {
    id: list

    property string name: ""

    clip: true
    boundsBehavior: Flickable.StopAtBounds
    reuseItems: true
    keyNavigationEnabled: true
    activeFocusOnTab: true
    pixelAligned: true
    highlightMoveDuration: 0
    Accessible.role: Accessible.List
    Accessible.name: name

    T.ScrollBar.vertical: T.ScrollBar {
        id: bar

        visible: list.contentHeight > list.height + 1
        implicitWidth: Theme.mm(1.5)
        minimumSize: 0.1
        policy: T.ScrollBar.AsNeeded
        interactive: false

        contentItem: Rectangle {
            implicitWidth: Theme.mm(1.5)
            radius: width / 2
            color: Theme.outline
        }
    }

    FocusRing {
        parent: list
        control: list
        inside: true
    }
}
