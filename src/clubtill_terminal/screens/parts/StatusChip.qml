// Shape and words. In the status bar a target of full height; elsewhere (pill) a quiet round mark that is none.
import QtQuick

Pressable {
    id: control

    // ok, warn, denied, special, offline; empty: no shape
    property string status: ""
    property bool pill: false
    property color ink: Theme.ink
    property int room: 100000

    readonly property int shapeSize: pill ? Theme.iconTile : Theme.iconBar
    readonly property int inset: pill ? Theme.s2 : Theme.s3
    readonly property int needed: Math.ceil(words.implicitWidth) + (status === "" ? 0 : shapeSize + Theme.s2) + 2 * inset

    implicitWidth: Math.max(pill ? 0 : Theme.target, Math.min(needed, room))
    implicitHeight: pill ? Math.max(Theme.mm(7.4), Math.ceil(words.implicitHeight) + Theme.s1) : Theme.statusBar
    enabled: !pill
    ringInside: true
    Accessible.role: pill ? Accessible.StaticText : Accessible.Button

    background: Rectangle {
        radius: control.pill ? height / 2 : Theme.radius
        color: control.pill ? Theme.sunken : control.down ? Qt.alpha(control.ink, 0.1) : "transparent"
        border.width: control.pill ? Theme.hairlineWidth : 0
        border.color: Theme.hairline
    }

    contentItem: Item {
        StatusShape {
            id: shape

            // On the bar that is itself the offline colour the bare glyph is the shape.
            readonly property bool bare: control.status === "offline" && !control.pill

            anchors.left: parent.left
            anchors.leftMargin: control.inset
            anchors.verticalCenter: parent.verticalCenter
            name: control.status === "" ? "" : bare ? "plug-broken" : "status-" + control.status
            kind: control.status
            ink: bare ? control.ink : Theme.statusInk(control.status)
            size: control.shapeSize
        }

        PosText {
            id: words

            anchors.left: parent.left
            anchors.leftMargin: control.inset + (shape.visible ? control.shapeSize + Theme.s2 : 0)
            anchors.verticalCenter: parent.verticalCenter
            width: parent.width - anchors.leftMargin - control.inset + 1
            height: parent.height
            text: control.text
            size: Theme.label
            strong: true
            fit: true
            color: control.ink
            horizontalAlignment: Text.AlignLeft
            verticalAlignment: Text.AlignVCenter
        }
    }
}
