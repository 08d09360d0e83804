// A product: name on at most two lines, the price that will be charged, the family by edge and glyph, how many are on the sale.
import QtQuick

Pressable {
    id: control

    property string price: ""
    property string family: "goods"
    property bool memberPrice: false
    property int quantity: 0
    // What stands in the price's place while reason is set, such as "Sold out".
    property string unavailableWord: ""

    implicitWidth: Theme.mm(Theme.largeText ? 60 : 35)
    implicitHeight: Theme.mm(Theme.largeText ? 30 : 25)
    corner: Theme.radius

    Accessible.role: Accessible.Button
    Accessible.name: name !== "" ? name : text + ", " + cost.text + (quantity > 0 ? ", " + quantity : "")

    background: Rectangle {
        radius: control.corner
        color: control.available ? (control.down ? Theme.pressed(Theme.surface) : Theme.surface) : "transparent"
        border.width: control.available ? Theme.hairlineWidth : 1
        border.color: control.available ? Theme.hairline : Theme.outline

        Rectangle {
            anchors.left: parent.left
            y: Theme.mm(2.5)
            width: Theme.mm(1.25)
            height: parent.height - 2 * y
            radius: width / 3
            visible: control.available && !Theme.highContrast
            color: Theme.familyColour(control.family)
        }
    }

    contentItem: Item {
        PosText {
            anchors.left: parent.left
            anchors.leftMargin: Theme.mm(3.4)
            y: Theme.mm(2.4)
            width: parent.width - Theme.mm(3.4) - (badge.visible ? badge.width + Theme.mm(2) : Theme.mm(2))
            height: cost.y - y
            text: control.text
            size: Theme.label
            strong: true
            fit: true
            color: control.available ? Theme.ink : Theme.muted
            wrapMode: Text.WordWrap
            maximumLineCount: 2
            horizontalAlignment: Text.AlignLeft
        }

        PosText {
            id: cost

            anchors.left: parent.left
            anchors.leftMargin: Theme.mm(3.4)
            y: parent.height - Theme.mm(2.1) - height
            width: Math.min(implicitWidth, parent.width - Theme.mm(3.4) - Theme.mm(2.4) - glyph.width - Theme.s1 - (member.visible ? member.width + Theme.s2 : 0))
            height: Math.min(implicitHeight, Math.ceil(Theme.label * 1.22))
            text: control.available ? control.price : control.unavailableWord
            size: Theme.label
            fit: true
            color: control.available ? Theme.ink : Theme.muted
        }

        PosIcon {
            id: member

            anchors.left: cost.right
            anchors.leftMargin: Theme.mm(1.5)
            anchors.verticalCenter: cost.verticalCenter
            name: control.memberPrice && control.available ? "person" : ""
            ink: Theme.primary
            size: Theme.text(4.2, 0.3)
        }

        PosIcon {
            id: glyph

            anchors.right: parent.right
            anchors.rightMargin: Theme.mm(2.2)
            y: parent.height - Theme.mm(2) - height
            name: control.available ? Theme.familyIcon(control.family) : "slashed-circle"
            ink: control.available ? Theme.familyColour(control.family) : Theme.muted
            size: Theme.iconTile
        }

        Rectangle {
            id: badge

            anchors.right: parent.right
            anchors.rightMargin: Theme.mm(1.7)
            y: Theme.mm(1.6)
            visible: control.quantity > 0
            width: Math.max(height, count.implicitWidth + Theme.s2)
            height: Math.max(Theme.mm(7.5), Math.ceil(count.implicitHeight))
            radius: height / 2
            color: Theme.primary

            PosText {
                id: count

                anchors.centerIn: parent
                text: control.quantity
                size: Theme.label
                strong: true
                color: Theme.primaryInk
            }
        }
    }
}
