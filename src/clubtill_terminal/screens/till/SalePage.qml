// Tabs of tiles and the action bar: an ordinary sale is two taps deep, category and item.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import screens.parts

FocusScope {
    id: page

    required property var vm
    readonly property list<Item> bar: [undo, member, next]
    readonly property Item primary: null
    readonly property string roomy: Theme.widthClass(Window.width, Window.height)
    // The least size of a tile; a row of them is as wide as the work area, a column as high.
    readonly property int leastWidth: Theme.largeText ? Theme.mm(60) : Theme.text(roomy === "wide" ? 40 : roomy === "compact" ? 34 : 35, 0.8)
    readonly property int leastHeight: Theme.mm(Theme.largeText ? 30 : roomy === "wide" ? 33 : 25)
    readonly property int room: width - 2 * Theme.s4 + Theme.s2
    readonly property int columns: Math.max(3, Math.floor(room / (leastWidth + Theme.s2)))
    readonly property int rows: Math.max(1, Math.floor(roomBelow / (leastHeight + Theme.s2)))
    readonly property int roomBelow: actions.y - grid.y

    signal explained(reason: string)

    function back(): bool {
        return false;
    }

    ListView {
        id: tabs

        objectName: "tabs"
        anchors.left: parent.left
        anchors.right: more.visible ? more.left : parent.right
        anchors.leftMargin: Theme.s4
        anchors.rightMargin: more.visible ? Theme.s2 : Theme.s4
        anchors.top: parent.top
        anchors.topMargin: Theme.s2
        height: Theme.tabs
        orientation: ListView.Horizontal
        spacing: Theme.s2
        clip: true
        model: page.vm.tabs
        boundsBehavior: Flickable.StopAtBounds
        currentIndex: -1
        onContentWidthChanged: positionViewAtBeginning()

        delegate: PosTab {
            required property int index
            required property string label
            required family
            required chosen

            text: label
            onActivated: {
                page.vm.chooseTab(index);
                tabs.positionViewAtIndex(index, ListView.Contain);
            }
        }
    }

    PosButton {
        id: more

        objectName: "moreTabs"
        anchors.right: parent.right
        anchors.rightMargin: Theme.s4
        anchors.verticalCenter: tabs.verticalCenter
        width: Theme.target
        height: Theme.target
        visible: tabs.contentWidth > page.width - 2 * Theme.s4
        glyph: tabs.atXEnd ? "chevron-left" : "chevron-right"
        name: page.vm.more_families
        onActivated: tabs.contentX = tabs.atXEnd ? tabs.originX : Math.min(tabs.contentX + tabs.width, tabs.originX + tabs.contentWidth - tabs.width)
    }

    GridView {
        id: grid

        objectName: "tiles"
        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        anchors.top: tabs.bottom
        anchors.topMargin: Theme.s2
        width: page.columns * cellWidth
        height: page.rows * cellHeight
        cellWidth: Math.floor(page.room / page.columns)
        cellHeight: Math.floor(page.roomBelow / page.rows)
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        model: page.vm.tiles

        T.ScrollBar.vertical: T.ScrollBar {
            id: scrolled

            parent: page
            x: Theme.rightToLeft ? Theme.s1 : page.width - width - Theme.s1
            y: grid.y
            height: grid.height
            visible: grid.contentHeight > grid.height + 1
            policy: T.ScrollBar.AsNeeded
            interactive: false

            contentItem: Rectangle {
                implicitWidth: Theme.mm(1.5)
                radius: width / 2
                color: Theme.outline
            }
        }

        delegate: Item {
            id: cell

            required property string product_id
            required property string label
            required property string price
            required property string family
            required property bool member_price
            required property int quantity
            required property string reason
            required property string unavailable
            required property string named

            width: grid.cellWidth
            height: grid.cellHeight

            PosTile {
                objectName: "tile:" + cell.product_id
                width: cell.width - Theme.s2
                height: cell.height - Theme.s2
                text: cell.label
                price: cell.price
                family: cell.family
                memberPrice: cell.member_price
                quantity: cell.quantity
                reason: cell.reason
                unavailableWord: cell.unavailable
                name: cell.named
                onActivated: page.vm.addProduct(cell.product_id)
                onRefused: page.vm.addProduct(cell.product_id)
                onVisualFocusChanged: {
                    if (visualFocus)
                        grid.positionViewAtIndex(grid.indexAt(cell.x + 1, cell.y + 1), GridView.Contain);
                }
            }
        }
    }

    Row {
        id: actions

        readonly property int count: next.visible ? 3 : 2
        readonly property int each: (width - (count - 1) * Theme.s2) / count

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: Theme.s4
        anchors.rightMargin: Theme.s4
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.s2
        height: Theme.actionButton
        spacing: Theme.s2

        PosButton {
            id: undo

            objectName: "undo"
            width: actions.each
            height: parent.height
            glyph: "undo"
            text: page.vm.undo
            name: page.vm.undo_named
            reason: page.vm.undo_reason
            onActivated: page.vm.undoLast()
            onRefused: reason => page.explained(reason)
        }

        PosButton {
            id: member

            objectName: "member"
            width: actions.each
            height: parent.height
            glyph: "person"
            text: page.vm.member
            onActivated: page.vm.openMember()
        }

        PosButton {
            id: next

            objectName: "nextTiles"
            width: actions.each
            height: parent.height
            visible: scrolled.visible
            glyph: grid.atYEnd ? "chevron-up" : "chevron-down"
            text: page.vm.next_tiles
            onActivated: grid.contentY = grid.atYEnd ? grid.originY : Math.min(grid.contentY + page.rows * grid.cellHeight, grid.originY + grid.contentHeight - grid.height)
        }
    }
}
