// A sheet over the work area: one decision, one primary, an X. The order beside it stays clear (U39).
// Lay it over the work area and name that area in `over`: it is out of reach while the sheet is open.
import QtQuick

FocusScope {
    id: sheet

    property bool open: false
    property string title: ""
    property Item over: null
    // The panel never grows beyond its area less 4 mm all round.
    property int panelHeight: Math.min(height - 2 * Theme.s4, head.height + body.implicitContentHeight + Theme.s7)
    default property alias content: body.data

    property real progress: open ? 1 : 0

    signal closed

    visible: progress > 0
    z: 100
    onOpenChanged: {
        if (open)
            sheet.forceActiveFocus(Qt.PopupFocusReason);
    }
    Keys.onEscapePressed: sheet.closed()
    Accessible.role: Accessible.Dialog
    Accessible.name: title
    Accessible.ignored: !visible

    Behavior on progress {
        enabled: Theme.sheetIn > 0

        NumberAnimation {
            duration: sheet.open ? Theme.sheetIn : Theme.sheetOut
            easing.type: Easing.OutCubic
        }
    }

    Binding {
        target: sheet.over
        property: "enabled"
        value: !sheet.open
        when: sheet.over !== null
    }

    Rectangle {
        anchors.fill: parent
        color: Theme.scrim
        opacity: sheet.progress

        // Nothing under the scrim is touched by accident; a tap on it does nothing.
        MouseArea {
            readonly property bool scrim: true

            anchors.fill: parent
            hoverEnabled: true
            Accessible.ignored: true
        }
    }

    Rectangle {
        id: panel

        x: Theme.s4
        y: sheet.height - (height + Theme.s4) * sheet.progress
        width: sheet.width - 2 * Theme.s4
        height: sheet.panelHeight
        radius: Theme.radiusSheet
        color: Theme.surface
        border.width: Theme.highContrast ? 2 : 0
        border.color: Theme.hairline

        Item {
            id: head

            width: parent.width
            height: Math.max(Theme.mm(22), Math.ceil(heading.implicitHeight) + Theme.s7 + Theme.s4)

            PosLabel {
                id: heading

                anchors.left: parent.left
                anchors.leftMargin: Theme.s7
                y: Theme.s7
                width: parent.width - 2 * Theme.s7 - Theme.target
                text: sheet.title
                size: Theme.title
                strong: true
                fit: true
                horizontalAlignment: Text.AlignLeft
            }

            BarButton {
                anchors.right: parent.right
                anchors.rightMargin: Theme.s4
                y: heading.y + (heading.height - height) / 2
                width: Theme.target
                height: Theme.target
                glyph: "cross"
                wordless: true
                ringInside: false
                name: qsTr("Close: %1").arg(sheet.title)
                onActivated: sheet.closed()
            }
        }

        Item {
            id: body

            readonly property real implicitContentHeight: childrenRect.height

            x: Theme.s7
            y: head.height
            width: parent.width - 2 * Theme.s7
            height: parent.height - y - Theme.s7
        }
    }
}
