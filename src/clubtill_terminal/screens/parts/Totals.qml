// What the sale comes to: saved and earned in the second voice, the amount on the baseline of the tax.
import QtQuick

Item {
    id: totals

    property string saved: ""
    property string earns: ""
    property string label: qsTr("Total")
    property string tax: ""
    property string amount: ""

    implicitWidth: Theme.orderColumn - 2 * Theme.s4
    implicitHeight: Math.max(Theme.mm(24), Math.ceil(Theme.s2 + first.height + Math.max(sum.implicitHeight, what.implicitHeight + under.implicitHeight)))
    Accessible.role: Accessible.StaticText
    Accessible.name: [label + " " + amount, tax, saved, earns].filter(part => part !== "").join(", ")

    Item {
        id: first

        y: Theme.s2
        width: parent.width
        height: Math.ceil(left.implicitHeight)

        PosText {
            id: left

            anchors.left: parent.left
            width: Math.min(implicitWidth, parent.width * 0.45)
            height: parent.height
            text: totals.saved
            fit: true
            color: Theme.muted
            verticalAlignment: Text.AlignVCenter
        }

        PosText {
            anchors.right: parent.right
            width: Math.min(implicitWidth, parent.width - left.width - Theme.s2)
            height: parent.height
            text: totals.earns
            fit: true
            color: Theme.muted
            horizontalAlignment: Text.AlignRight
            verticalAlignment: Text.AlignVCenter
        }
    }

    PosText {
        id: what

        anchors.left: parent.left
        y: under.y - height + Theme.mm(0.4)
        width: Math.min(implicitWidth, parent.width - sum.width - Theme.s2)
        text: totals.label
        size: Theme.line
        strong: true
        fit: true
    }

    PosText {
        id: under

        anchors.left: parent.left
        y: parent.height - height - Theme.s1
        width: Math.min(implicitWidth, parent.width - sum.width - Theme.s2)
        height: Math.ceil(implicitHeight)
        text: totals.tax
        fit: true
        color: Theme.muted
    }

    PosText {
        id: sum

        anchors.right: parent.right
        y: under.y + under.baselineOffset - baselineOffset
        width: Math.min(implicitWidth, totals.width * 0.72)
        text: totals.amount
        size: Theme.total
        strong: true
        fit: true
        floor: Theme.mm(8)
        lineHeight: 1
        horizontalAlignment: Text.AlignRight
    }
}
