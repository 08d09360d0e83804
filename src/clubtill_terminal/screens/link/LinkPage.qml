// The connection: which link is broken, what works, what waits, and the queue, oldest first. Never a modal.
import QtQuick
import screens.parts

FocusScope {
    id: page

    required property var vm
    required property var queue

    signal closed
    signal sendNow

    Flickable {
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.bottom: actions.top
        anchors.margins: Theme.s4
        anchors.bottomMargin: Theme.s3
        contentHeight: stack.height
        clip: true
        boundsBehavior: Flickable.StopAtBounds

        Column {
            id: stack

            width: parent.width
            spacing: Theme.s3

            PosCard {
                width: parent.width
                height: way.height + 2 * padding

                Column {
                    id: way

                    width: parent.width
                    spacing: Theme.s4

                    PosText {
                        width: parent.width
                        size: Theme.line
                        strong: true
                        wrapMode: Text.WordWrap
                        text: page.vm.title
                    }

                    Item {
                        id: chain

                        readonly property int box: Math.min(Theme.mm(44), width * 0.27)

                        width: parent.width
                        height: Math.max(Theme.mm(22), first.implicitHeight)

                        Station {
                            id: first

                            anchors.left: parent.left
                            width: chain.box
                            height: parent.height
                            glyph: "monitor"
                            title: page.vm.till
                            detail: page.vm.till_state
                        }

                        Wire {
                            anchors.left: first.right
                            anchors.right: middle.left
                            height: parent.height
                            cut: page.vm.broken
                        }

                        Station {
                            id: middle

                            anchors.horizontalCenter: parent.horizontalCenter
                            width: chain.box
                            height: parent.height
                            glyph: "server"
                            title: page.vm.service
                            detail: page.vm.service_state
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
                            title: page.vm.office
                            detail: page.vm.office_state
                        }
                    }

                    PosText {
                        width: parent.width
                        wrapMode: Text.WordWrap
                        text: page.vm.fix
                    }
                }
            }

            Row {
                id: pair

                readonly property int each: (width - spacing) / 2

                width: parent.width
                spacing: Theme.s3

                PosCard {
                    width: pair.each
                    height: Math.max(works.height, waits.height) + 2 * padding

                    Column {
                        id: works

                        width: parent.width
                        spacing: Theme.s2

                        Row {
                            spacing: Theme.s2

                            PosIcon {
                                anchors.verticalCenter: parent.verticalCenter
                                name: "tick"
                                size: Theme.iconTile
                                ink: Theme.muted
                            }

                            PosText {
                                strong: true
                                color: Theme.muted
                                text: page.vm.works_head
                            }
                        }

                        PosText {
                            width: parent.width
                            wrapMode: Text.WordWrap
                            text: page.vm.works
                        }
                    }
                }

                PosCard {
                    width: pair.each
                    height: Math.max(works.height, waits.height) + 2 * padding

                    Column {
                        id: waits

                        width: parent.width
                        spacing: Theme.s2

                        Row {
                            spacing: Theme.s2

                            PosIcon {
                                anchors.verticalCenter: parent.verticalCenter
                                name: "clock"
                                size: Theme.iconTile
                                ink: Theme.muted
                            }

                            PosText {
                                strong: true
                                color: Theme.muted
                                text: page.vm.waits_head
                            }
                        }

                        PosText {
                            width: parent.width
                            wrapMode: Text.WordWrap
                            text: page.vm.waits
                        }
                    }
                }
            }

            PosCard {
                width: parent.width
                height: line.height + 2 * padding

                Column {
                    id: line

                    width: parent.width
                    spacing: Theme.s2

                    Item {
                        width: parent.width
                        height: count.implicitHeight

                        PosText {
                            id: count

                            objectName: "waiting"
                            size: Theme.line
                            strong: true
                            text: page.vm.waiting
                        }

                        PosText {
                            anchors.right: parent.right
                            anchors.baseline: count.baseline
                            color: Theme.muted
                            text: page.vm.oldest
                        }
                    }

                    Repeater {
                        model: page.queue

                        delegate: Item {
                            id: row

                            required property string time
                            required property string what
                            required property string tries
                            required property string amount
                            required property bool attention

                            width: line.width
                            height: Math.max(Theme.mm(8), words.implicitHeight + Theme.s2)

                            PosText {
                                id: at

                                anchors.verticalCenter: parent.verticalCenter
                                width: Theme.text(18, 0.8)
                                color: Theme.muted
                                text: row.time
                            }

                            PosText {
                                id: words

                                anchors.left: at.right
                                anchors.right: tried.left
                                anchors.rightMargin: Theme.s3
                                anchors.verticalCenter: parent.verticalCenter
                                fit: true
                                strong: row.attention
                                text: row.what
                            }

                            PosText {
                                id: tried

                                anchors.right: sum.left
                                anchors.verticalCenter: parent.verticalCenter
                                color: Theme.muted
                                text: row.tries
                            }

                            PosText {
                                id: sum

                                anchors.right: parent.right
                                anchors.verticalCenter: parent.verticalCenter
                                width: Theme.text(30, 0.8)
                                horizontalAlignment: Text.AlignRight
                                strong: true
                                text: row.amount
                            }

                            PosRule {
                                width: parent.width
                                anchors.bottom: parent.bottom
                                height: Theme.hairlineWidth
                            }
                        }
                    }

                    PosText {
                        visible: text !== ""
                        color: Theme.muted
                        text: page.vm.more
                    }

                    Row {
                        spacing: Theme.s3
                        visible: page.vm.attention !== ""

                        StatusShape {
                            anchors.verticalCenter: parent.verticalCenter
                            kind: "warn"
                            size: Theme.mm(7)
                        }

                        Column {
                            PosText {
                                strong: true
                                text: page.vm.attention
                            }

                            PosText {
                                color: Theme.muted
                                text: page.vm.attention_detail
                            }
                        }
                    }
                }
            }
        }
    }

    Row {
        id: actions

        readonly property int each: (width - Theme.s2) / 2

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: Theme.s4
        anchors.rightMargin: Theme.s4
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.s2
        height: Theme.actionButton
        spacing: Theme.s2

        PosButton {
            objectName: "linkBack"
            width: actions.each
            height: parent.height
            glyph: "chevron-left"
            text: page.vm.back
            onActivated: page.closed()
        }

        PosButton {
            objectName: "sendNow"
            width: actions.each
            height: parent.height
            glyph: "arrow-up"
            text: page.vm.send_now
            onActivated: page.sendNow()
        }
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

            PosText {
                width: parent.width
                horizontalAlignment: Text.AlignHCenter
                fit: true
                strong: true
                text: station.title
            }

            PosText {
                width: parent.width
                horizontalAlignment: Text.AlignHCenter
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
            id: dashes

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
