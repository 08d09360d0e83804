// What can be done to the selected line: less, more, quantity, price, discount and, 8 mm apart, away with it.
import QtQuick

Item {
    id: row

    property string lineName: ""
    property string priceReason: ""
    property string discountReason: ""
    property bool priceLocked: false
    property bool discountLocked: false

    readonly property int free: width - bin.width - Theme.s8 - 4 * Theme.s2
    readonly property int step: Math.max(Theme.target, Math.min(Theme.mm(13), Math.floor(free * 13 / 79)))
    readonly property int words: free - 2 * step

    signal less
    signal more
    signal quantity
    signal price
    signal discount
    signal removed
    signal refused(reason: string)

    function part(usual: real, large: real): int {
        return Math.floor(row.words * (Theme.largeText ? large : usual) / 53);
    }

    implicitWidth: Theme.orderColumn - 2 * Theme.s4
    implicitHeight: Theme.mm(13)

    Row {
        anchors.left: parent.left
        height: parent.height
        spacing: Theme.s2

        PosButton {
            width: row.step
            height: row.height
            glyph: "minus"
            name: qsTr("One less %1").arg(row.lineName)
            onActivated: row.less()
        }

        PosButton {
            width: row.step
            height: row.height
            glyph: "plus"
            name: qsTr("One more %1").arg(row.lineName)
            onActivated: row.more()
        }

        PosButton {
            width: row.part(15, 16)
            height: row.height
            leftPadding: Theme.s1
            rightPadding: Theme.s1
            text: qsTr("Qty")
            name: qsTr("Quantity of %1").arg(row.lineName)
            lines: 1
            onActivated: row.quantity()
        }

        PosButton {
            width: row.part(18, 23)
            height: row.height
            leftPadding: Theme.s1
            rightPadding: Theme.s1
            text: qsTr("Price")
            name: qsTr("Price of %1").arg(row.lineName)
            lines: 1
            locked: row.priceLocked && !Theme.largeText
            reason: row.priceReason
            onActivated: row.price()
            onRefused: reason => row.refused(reason)
        }

        PosButton {
            width: row.part(20, 14)
            height: row.height
            leftPadding: Theme.s1
            rightPadding: Theme.s1
            text: Theme.largeText ? "%" : qsTr("Disc. %")
            name: qsTr("Discount on %1").arg(row.lineName)
            lines: 1
            locked: row.discountLocked && !Theme.largeText
            reason: row.discountReason
            onActivated: row.discount()
            onRefused: reason => row.refused(reason)
        }
    }

    PosButton {
        id: bin

        anchors.right: parent.right
        width: Theme.mm(15)
        height: parent.height
        glyph: "bin"
        name: qsTr("Remove %1").arg(row.lineName)
        danger: true
        onActivated: row.removed()
    }
}
