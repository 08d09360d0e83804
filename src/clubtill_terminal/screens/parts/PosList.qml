// A list that scrolls by finger, wheel, arrow keys and shows where it is. Rows may touch (U4): it says it is a list.
import QtQuick
import QtQuick.Templates as T

ListView {
    id: list

    property string name: ""

    readonly property Item focused: Window.activeFocusItem

    clip: true
    boundsBehavior: Flickable.StopAtBounds
    reuseItems: true
    pixelAligned: true
    highlightMoveDuration: 0
    // Up and Down go from row to row and take the focus with them; at either end they leave the list.
    keyNavigationEnabled: true
    onFocusedChanged: {
        if (focused !== null && focused.parent === contentItem)
            currentIndex = indexAt(focused.x + 1, focused.y + 1);
    }
    onCurrentItemChanged: {
        if (activeFocus && currentItem !== null)
            positionViewAtIndex(currentIndex, ListView.Contain);
    }
    Accessible.role: Accessible.List
    Accessible.name: name

    T.ScrollBar.vertical: T.ScrollBar {
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
}
