// Tabs of tiles and the action bar: an ordinary sale is two taps deep, category and item.
import QtQuick
import screens.parts

FocusScope {
    id: page

    required property var vm
    readonly property int columns: Theme.largeText ? 3 : Math.max(3, Math.floor((width - 2 * Theme.s4 + Theme.s2) / (tileWidth + Theme.s2)))
    readonly property int tileWidth: Theme.widthClass(Window.width, Window.height) === "compact" ? Theme.mm(34) : Theme.mm(35)
    readonly property int tileFull: (width - 2 * Theme.s4 - (columns - 1) * Theme.s2) / columns
    readonly property int tileHeight: Theme.mm(Theme.largeText ? 30 : 25)

    ListView {
        id: tabs

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: Theme.s4
        anchors.rightMargin: Theme.s4
        anchors.top: parent.top
        anchors.topMargin: Theme.s2
        height: Theme.tabs
        orientation: ListView.Horizontal
        spacing: Theme.s1
        clip: true
        model: page.vm.tabs
        boundsBehavior: Flickable.StopAtBounds
        currentIndex: -1

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

    GridView {
        id: grid

        objectName: "tiles"
        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        anchors.top: tabs.bottom
        anchors.topMargin: Theme.s2
        anchors.bottom: actions.top
        width: page.columns * cellWidth
        cellWidth: page.tileFull + Theme.s2
        cellHeight: page.tileHeight + Theme.s2
        clip: true
        boundsBehavior: Flickable.StopAtBounds
        model: page.vm.tiles
        keyNavigationEnabled: true

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
                width: page.tileFull
                height: page.tileHeight
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
            }
        }
    }

    Row {
        id: actions

        readonly property int count: 2
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
            objectName: "undo"
            width: actions.each
            height: parent.height
            glyph: "undo"
            text: page.vm.undo
            name: page.vm.undo_named
            reason: page.vm.undo_reason
            onActivated: page.vm.undoLast()
        }

        PosButton {
            objectName: "member"
            width: actions.each
            height: parent.height
            glyph: "person"
            text: page.vm.member
            onActivated: page.vm.openMember()
        }
    }
}
