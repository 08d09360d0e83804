// Who is on the sale. The whole strip opens the member; the points button stands apart from it.
import QtQuick

Item {
    id: strip

    // Empty: nobody is on the sale; then text and detail invite to scan a card.
    property string initials: ""
    property int tintNumber: 0
    property url photo: ""
    property string text: ""
    property string detail: ""
    property string points: ""
    property string worth: ""
    property string buttonText: ""
    property string buttonReason: ""
    property bool opens: true
    // ok draws nothing; warn and denied stand before the class
    property string status: ""

    readonly property bool folded: Theme.textScale > 1.2
    readonly property int textLeft: folded ? Theme.s4 : Theme.s4 + Theme.mm(16.5) + Theme.s4

    signal activated
    signal buttonActivated
    signal buttonRefused(reason: string)

    implicitWidth: Theme.orderColumn
    implicitHeight: Theme.mm(28)

    Pressable {
        id: opener

        anchors.fill: parent
        anchors.margins: Theme.s2
        enabled: strip.opens
        ringInside: true
        name: [strip.text, strip.detail, strip.points, strip.worth].filter(part => part !== "").join(", ")
        onActivated: strip.activated()
        Accessible.role: strip.opens ? Accessible.Button : Accessible.StaticText

        background: Rectangle {
            radius: Theme.radius
            color: opener.down ? Theme.pressed(Theme.surface) : "transparent"
        }
    }

    PhotoFrame {
        id: face

        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        y: Theme.s3
        width: Theme.mm(16.5)
        height: Theme.mm(22)
        visible: !strip.folded
        photo: strip.photo
        initials: strip.initials
        tintNumber: strip.tintNumber
    }

    Item {
        id: words

        readonly property bool centred: strip.points === "" || strip.folded

        anchors.left: parent.left
        anchors.leftMargin: strip.textLeft
        anchors.right: parent.right
        anchors.rightMargin: Theme.s4
        y: Theme.mm(2.4)
        height: parent.height - 2 * y

        PosText {
            id: who

            anchors.left: parent.left
            y: words.centred ? (words.height - height - (strip.folded && strip.points !== "" ? sum.height : class_.height)) / 2 : 0
            width: parent.width - chevron.width - (strip.folded && use.visible ? use.width : 0)
            height: Math.ceil(implicitHeight)
            text: strip.text
            size: Theme.row
            strong: true
            fit: true
            horizontalAlignment: Text.AlignLeft
        }

        StatusShape {
            id: shape

            anchors.left: parent.left
            anchors.verticalCenter: class_.verticalCenter
            kind: strip.status === "ok" ? "" : strip.status
            visible: name !== "" && class_.visible
            size: Theme.iconTile
        }

        PosText {
            id: class_

            anchors.left: parent.left
            anchors.leftMargin: shape.visible ? shape.width + Theme.s1 : 0
            y: who.y + who.height + (strip.folded ? 0 : Theme.mm(0.6))
            width: parent.width - anchors.leftMargin - (strip.folded && use.visible ? use.width + Theme.s2 : 0)
            height: visible ? Math.ceil(implicitHeight) : 0
            visible: !strip.folded || strip.points === ""
            text: strip.detail
            size: Theme.note
            fit: true
            color: strip.initials === "" ? Theme.muted : Theme.ink
            horizontalAlignment: Text.AlignLeft
        }

        PosText {
            id: sum

            anchors.left: parent.left
            y: strip.folded ? who.y + who.height : words.height - height - Theme.mm(0.5)
            width: Math.min(implicitWidth, parent.width - (use.visible ? use.width + Theme.s2 : 0))
            height: Math.ceil(implicitHeight)
            visible: text !== ""
            text: strip.points
            size: Theme.note
            strong: true
            fit: true
            horizontalAlignment: Text.AlignLeft
        }

        PosText {
            anchors.left: sum.right
            anchors.leftMargin: Theme.mm(1.6)
            anchors.verticalCenter: sum.verticalCenter
            width: parent.width - sum.width - Theme.mm(1.6) - (use.visible ? use.width + Theme.s2 : 0)
            visible: text !== "" && !strip.folded && sum.visible
            text: strip.worth
            size: Theme.note
            fit: true
            color: Theme.muted
            horizontalAlignment: Text.AlignLeft
        }
    }

    PosIcon {
        id: chevron

        anchors.right: parent.right
        anchors.rightMargin: Theme.s4 - Theme.s1
        y: words.y + who.y + (who.height - height) / 2
        name: strip.opens && strip.initials !== "" && !strip.folded ? "chevron-right" : ""
        ink: Theme.muted
        size: Theme.iconTile
    }

    PosButton {
        id: use

        anchors.right: parent.right
        anchors.rightMargin: Theme.s4
        y: strip.folded ? (parent.height - height) / 2 : parent.height - Theme.s3 - height
        width: Theme.mm(strip.folded ? 36 : 28)
        height: Theme.mm(strip.folded ? 22 : 12)
        leftPadding: Theme.s1
        rightPadding: Theme.s1
        visible: text !== ""
        text: strip.buttonText
        reason: strip.buttonReason
        lines: strip.folded ? 2 : 1
        onActivated: strip.buttonActivated()
        onRefused: reason => strip.buttonRefused(reason)
    }
}
