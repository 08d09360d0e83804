// A fact with its label in a column of its own: "Paid to  30 Jun 2027". Two of them may be a sum: trailing aligns right.
import QtQuick

Item {
    id: fact

    property string label: ""
    property string value: ""
    property bool strong: false
    property bool labelStrong: false
    property bool trailing: false
    property int size: Theme.line
    property int labelSize: Math.min(size, Theme.line)
    property int labelWidth: trailing ? width * 0.62 : Theme.text(31, 0.4)
    property color ink: trailing && !strong ? Theme.muted : Theme.ink

    implicitHeight: Math.max(Math.ceil(what.implicitHeight), Math.ceil(worth.height))
    Accessible.role: Accessible.StaticText
    Accessible.name: label + ": " + value

    PosText {
        id: what

        anchors.left: parent.left
        y: worth.baselineOffset - baselineOffset
        width: fact.labelWidth - Theme.s2
        text: fact.label
        size: fact.labelSize
        strong: fact.labelStrong
        fit: true
        color: fact.labelStrong ? Theme.ink : Theme.muted
        horizontalAlignment: Text.AlignLeft
    }

    PosText {
        id: worth

        anchors.right: parent.right
        width: parent.width - fact.labelWidth
        text: fact.value
        size: fact.size
        strong: fact.strong
        fit: fact.trailing
        color: fact.ink
        wrapMode: fact.trailing ? Text.NoWrap : Text.WordWrap
        horizontalAlignment: fact.trailing ? Text.AlignRight : Text.AlignLeft
    }
}
