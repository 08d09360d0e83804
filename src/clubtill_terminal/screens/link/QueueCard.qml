// What waits to be sent, oldest first: when, what, how often tried, how much; and what needs attention (U62, U63).
pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

PosCard {
    id: card

    required property var vm
    required property var queue

    height: stack.height + 2 * padding

    Column {
        id: stack

        width: parent.width
        spacing: Theme.s1

        Item {
            width: parent.width
            height: Math.ceil(count.implicitHeight)

            PosLabel {
                id: count

                objectName: "waiting"
                anchors.left: parent.left
                width: parent.width - oldest.implicitWidth - Theme.s2
                size: Theme.row
                fit: true
                strong: true
                text: card.vm.waiting
                horizontalAlignment: Text.AlignLeft
            }

            PosLabel {
                id: oldest

                anchors.right: parent.right
                anchors.baseline: count.baseline
                size: Theme.label
                color: Theme.muted
                text: card.vm.oldest
            }
        }

        Repeater {
            model: card.queue

            delegate: Item {
                id: row

                required property string time
                required property string what
                required property string tries
                required property string amount
                required property bool attention

                width: stack.width
                height: Math.max(Theme.mm(8), Math.ceil(words.implicitHeight) + Theme.s1)

                PosLabel {
                    id: at

                    anchors.left: parent.left
                    anchors.verticalCenter: parent.verticalCenter
                    width: Theme.text(18, 0.5)
                    size: Theme.label
                    color: Theme.muted
                    text: row.time
                    horizontalAlignment: Text.AlignLeft
                }

                PosLabel {
                    id: words

                    anchors.left: at.right
                    anchors.right: tried.left
                    anchors.rightMargin: Theme.s3
                    anchors.verticalCenter: parent.verticalCenter
                    size: Theme.label
                    fit: true
                    strong: row.attention
                    text: row.what
                    horizontalAlignment: Text.AlignLeft
                }

                PosLabel {
                    id: tried

                    anchors.right: sum.left
                    anchors.verticalCenter: parent.verticalCenter
                    size: Theme.label
                    color: Theme.muted
                    text: row.tries
                }

                PosLabel {
                    id: sum

                    anchors.right: parent.right
                    anchors.verticalCenter: parent.verticalCenter
                    width: Theme.text(30, 0.5)
                    size: Theme.label
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

        PosLabel {
            anchors.left: parent.left
            anchors.leftMargin: Theme.text(18, 0.5)
            visible: text !== ""
            size: Theme.label
            color: Theme.muted
            text: card.vm.more
        }

        Item {
            width: parent.width
            height: Theme.s1
            visible: care.visible
        }

        Row {
            id: care

            spacing: Theme.s3
            visible: card.vm.attention !== ""

            StatusShape {
                anchors.verticalCenter: parent.verticalCenter
                kind: "warn"
                size: Theme.mm(7)
            }

            Column {
                PosLabel {
                    size: Theme.label
                    strong: true
                    text: card.vm.attention
                }

                PosLabel {
                    size: Theme.label
                    color: Theme.muted
                    text: card.vm.attention_detail
                }
            }
        }
    }
}
