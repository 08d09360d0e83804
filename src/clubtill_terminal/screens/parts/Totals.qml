// What the sale comes to: saved and earned in the second voice, the amount on the baseline of the tax. With large text the
// tax has a row of its own and the amount stands beside its label.
import QtQuick

Item {
    id: totals

    property string saved: ""
    property string earns: ""
    property string label: qsTr("Total")
    property string tax: ""
    property string amount: ""

    readonly property bool stacked: Theme.largeText
    readonly property real lastBaseline: height - Theme.s1 - Math.max(sum.implicitHeight - sum.baselineOffset, 0) + (stacked ? 0 : Theme.mm(1.2))

    implicitWidth: Theme.orderColumn - 2 * Theme.s4
    implicitHeight: stacked ? Math.ceil(Theme.s1 + left.height + under.height + sum.implicitHeight) : Math.max(Theme.mm(24), Math.ceil(Theme.s2 + left.height + what.height + under.height))
    Accessible.role: Accessible.StaticText
    Accessible.name: [label + " " + amount, tax, saved, earns].filter(part => part !== "").join(", ")

    PosText {
        id: left

        anchors.left: parent.left
        y: totals.stacked ? Theme.s1 : Theme.s2
        width: Math.min(implicitWidth, parent.width * 0.45)
        height: Math.ceil(implicitHeight)
        text: totals.saved
        size: Theme.note
        fit: true
        color: Theme.muted
        verticalAlignment: Text.AlignVCenter
    }

    PosText {
        anchors.right: parent.right
        y: left.y
        width: Math.min(implicitWidth, parent.width - left.width - Theme.s2)
        height: left.height
        text: totals.earns
        size: Theme.note
        fit: true
        color: Theme.muted
        horizontalAlignment: Text.AlignRight
        verticalAlignment: Text.AlignVCenter
    }

    PosText {
        id: what

        anchors.left: parent.left
        y: totals.stacked ? totals.lastBaseline - baselineOffset : under.y - height + Theme.mm(0.4)
        width: Math.min(implicitWidth, parent.width - sum.width - Theme.s2)
        text: totals.label
        size: Theme.row
        strong: true
        fit: true
    }

    PosText {
        id: under

        anchors.left: parent.left
        y: totals.stacked ? left.y + left.height : totals.lastBaseline - baselineOffset
        width: Math.min(implicitWidth, parent.width - (totals.stacked ? 0 : sum.width + Theme.s2))
        height: Math.ceil(implicitHeight)
        text: totals.tax
        size: Theme.note
        fit: true
        color: Theme.muted
    }

    PosText {
        id: sum

        anchors.right: parent.right
        y: totals.lastBaseline - baselineOffset
        width: Math.min(implicitWidth, totals.width * 0.72)
        text: totals.amount
        size: Theme.total
        strong: true
        fit: true
        floor: Theme.mm(8)
        horizontalAlignment: Text.AlignRight
    }
}
