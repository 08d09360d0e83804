// The connection: which link is broken, what works, what waits, and the queue, oldest first. Never a modal.
pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

FocusScope {
    id: page

    required property var vm
    required property var queue

    readonly property list<Item> bar: [goBack, send]
    readonly property Item primary: null

    signal closed
    signal sendNow

    function back(): bool {
        page.closed();
        return true;
    }

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

                    PosLabel {
                        width: parent.width
                        size: Theme.line
                        strong: true
                        wrapMode: Text.WordWrap
                        text: page.vm.title
                    }

                    LinkChain {
                        width: parent.width
                        vm: page.vm
                    }

                    PosLabel {
                        width: parent.width
                        wrapMode: Text.WordWrap
                        text: page.vm.fix
                    }
                }
            }

            Row {
                id: pair

                readonly property int each: (width - spacing) / 2
                readonly property int tall: Math.max(works.needed, waits.needed)

                width: parent.width
                spacing: Theme.s3

                WordsCard {
                    id: works

                    width: pair.each
                    height: pair.tall
                    glyph: "tick"
                    head: page.vm.works_head
                    text: page.vm.works
                }

                WordsCard {
                    id: waits

                    width: pair.each
                    height: pair.tall
                    glyph: "clock"
                    head: page.vm.waits_head
                    text: page.vm.waits
                }
            }

            QueueCard {
                width: parent.width
                vm: page.vm
                queue: page.queue
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
            id: goBack

            objectName: "linkBack"
            width: actions.each
            height: parent.height
            glyph: "chevron-left"
            text: page.vm.back
            onActivated: page.closed()
        }

        PosButton {
            id: send

            objectName: "sendNow"
            width: actions.each
            height: parent.height
            glyph: "arrow-up"
            text: page.vm.send_now
            onActivated: page.sendNow()
        }
    }
}
