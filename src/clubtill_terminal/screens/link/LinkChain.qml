// Till, venue service, head office, and which wire between them is broken: a drawing with words, not a colour alone.
import QtQuick
import screens.parts

Item {
    id: chain

    required property var vm
    readonly property int box: Math.min(Theme.mm(48), width * 0.27)

    height: Math.max(Theme.mm(22), first.implicitHeight)

    Station {
        id: first

        anchors.left: parent.left
        width: chain.box
        height: parent.height
        glyph: "monitor"
        title: chain.vm.till
        detail: chain.vm.till_state
    }

    Wire {
        anchors.left: first.right
        anchors.right: middle.left
        height: parent.height
        cut: chain.vm.broken
    }

    Station {
        id: middle

        anchors.horizontalCenter: parent.horizontalCenter
        width: chain.box
        height: parent.height
        glyph: "server"
        title: chain.vm.service
        detail: chain.vm.service_state
    }

    Wire {
        anchors.left: middle.right
        anchors.right: last.left
        height: parent.height
    }

    Station {
        id: last

        anchors.right: parent.right
        width: chain.box
        height: parent.height
        glyph: "building"
        title: chain.vm.office
        detail: chain.vm.office_state
    }

    component Station: Rectangle {
        id: station

        property string glyph: ""
        property string title: ""
        property string detail: ""

        implicitHeight: words.height + 2 * Theme.s2
        radius: Theme.radius
        color: Theme.sunken
        border.width: Theme.hairlineWidth
        border.color: Theme.hairline

        Column {
            id: words

            anchors.centerIn: parent
            width: parent.width - 2 * Theme.s1

            PosIcon {
                anchors.horizontalCenter: parent.horizontalCenter
                name: station.glyph
                size: Theme.iconBar
                ink: Theme.ink
            }

            PosLabel {
                width: parent.width
                horizontalAlignment: Text.AlignHCenter
                size: Theme.label
                fit: true
                strong: true
                text: station.title
            }

            PosLabel {
                width: parent.width
                horizontalAlignment: Text.AlignHCenter
                size: Theme.label
                fit: true
                color: Theme.muted
                text: station.detail
            }
        }
    }

    component Wire: Item {
        id: wire

        property bool cut: false

        Row {
            anchors.centerIn: parent
            spacing: Theme.s2

            Repeater {
                model: Math.max(0, Math.floor((wire.width - Theme.s4) / Theme.mm(7)))

                delegate: Rectangle {
                    width: Theme.mm(5)
                    height: Math.max(2, Theme.mm(0.5))
                    color: Theme.outline
                }
            }
        }

        Rectangle {
            anchors.centerIn: parent
            visible: wire.cut
            width: Math.min(Theme.mm(13), wire.width)
            height: width
            radius: width / 2
            color: Theme.statusFill("offline")
            border.width: Theme.hairlineWidth
            border.color: Theme.statusEdge("offline")

            PosIcon {
                anchors.centerIn: parent
                name: "plug-broken"
                size: Math.min(Theme.mm(8), parent.width * 0.6)
                ink: Theme.statusInk("offline")
            }
        }
    }
}
