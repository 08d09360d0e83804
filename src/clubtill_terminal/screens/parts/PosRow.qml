// A row of a list: a time or shape, a name with a second line, something at the end. Also the scan list at Reception.
import QtQuick

Pressable {
    id: control

    property string lead: ""
    property int leadWidth: lead === "" ? 0 : Theme.text(18, 0.6)
    property string status: ""
    property string detail: ""
    property string trail: ""
    property string trailDetail: ""
    property bool strong: false
    property bool tinted: false
    property bool rule: true
    property bool pressable: true
    property int inset: Theme.s4
    property int size: Theme.row

    implicitHeight: Math.max(Theme.target, Math.ceil(title.contentHeight + (detail === "" ? 0 : under.implicitHeight)) + Theme.s1)
    enabled: pressable
    ringInside: true
    Accessible.role: Accessible.ListItem
    Accessible.name: name !== "" ? name : [lead, text, detail, trail, trailDetail].filter(part => part !== "").join(", ")
    Accessible.selected: tinted

    background: Rectangle {
        color: control.down ? Theme.pressed(control.tinted ? Theme.tint : Theme.surface) : control.tinted ? Theme.tint : "transparent"
        border.width: control.tinted && Theme.highContrast ? Theme.selectedWidth : 0
        border.color: Theme.primary

        PosRule {
            x: control.inset
            y: parent.height - height
            width: parent.width - 2 * x
            visible: control.rule && !control.tinted
        }
    }

    contentItem: Item {
        id: box

        readonly property int textLeft: control.inset + control.leadWidth + (shape.visible ? shape.width + Theme.s4 : 0)
        readonly property int trailWidth: Math.max(end.implicitWidth, endUnder.implicitWidth)
        readonly property real firstY: (height - title.contentHeight - (control.detail === "" ? 0 : under.implicitHeight)) / 2

        PosText {
            anchors.left: parent.left
            anchors.leftMargin: control.inset
            y: box.firstY
            width: control.leadWidth - Theme.s2
            text: control.lead
            size: control.size
            fit: true
            color: Theme.muted
            horizontalAlignment: Text.AlignLeft
        }

        StatusShape {
            id: shape

            anchors.left: parent.left
            anchors.leftMargin: control.inset + control.leadWidth
            anchors.verticalCenter: parent.verticalCenter
            kind: control.status
            size: Theme.mm(7)
        }

        PosText {
            id: title

            anchors.left: parent.left
            anchors.leftMargin: box.textLeft
            y: box.firstY
            width: parent.width - box.textLeft - control.inset - (box.trailWidth > 0 ? box.trailWidth + Theme.s2 : 0)
            text: control.text
            wrapMode: Text.WordWrap
            maximumLineCount: Theme.textScale > 1 ? 2 : 1
            size: control.size
            strong: control.strong
            fit: true
            horizontalAlignment: Text.AlignLeft
        }

        PosText {
            id: under

            anchors.left: parent.left
            anchors.leftMargin: box.textLeft
            y: box.firstY + title.contentHeight - Theme.mm(0.4)
            width: title.width
            visible: text !== ""
            text: control.detail
            size: Theme.note
            fit: true
            color: Theme.muted
            horizontalAlignment: Text.AlignLeft
        }

        PosText {
            id: end

            anchors.right: parent.right
            anchors.rightMargin: control.inset
            y: box.firstY
            text: control.trail
            size: control.size
            strong: true
        }

        PosText {
            id: endUnder

            anchors.right: parent.right
            anchors.rightMargin: control.inset
            y: under.y
            visible: text !== ""
            text: control.trailDetail
            size: Theme.note
            color: Theme.muted
        }
    }
}
