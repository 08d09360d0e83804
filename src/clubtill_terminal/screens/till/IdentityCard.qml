// Who the member is: photo, name, standing and classifications, paid to, and the note, the only bold fact besides the name.
pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

PosCard {
    id: card

    required property var vm

    height: Math.max(photo.height, who.height) + 2 * padding

    PhotoFrame {
        id: photo

        anchors.left: parent.left
        width: Theme.mm(45)
        height: Theme.mm(60)
        initials: card.vm.initials
        tintNumber: card.vm.tint
        missing: card.vm.no_photo
    }

    Column {
        id: who

        anchors.left: photo.right
        anchors.leftMargin: Theme.mm(6)
        anchors.right: parent.right
        spacing: Theme.s3

        Item {
            width: parent.width
            height: Math.ceil(name.implicitHeight)

            PosLabel {
                id: name

                anchors.left: parent.left
                width: parent.width - number.implicitWidth - Theme.s4
                fit: true
                size: Theme.title
                strong: true
                text: card.vm.name
                horizontalAlignment: Text.AlignLeft
            }

            PosLabel {
                id: number

                anchors.right: parent.right
                anchors.baseline: name.baseline
                size: Theme.row
                color: Theme.muted
                text: card.vm.number
            }
        }

        Flow {
            width: parent.width
            spacing: Theme.s2

            Repeater {
                model: card.vm.chips

                delegate: Rectangle {
                    id: chip

                    required property string label
                    required property string status

                    width: words.implicitWidth + (mark.visible ? mark.width + Theme.s1 : 0) + 2 * Theme.s3
                    height: Math.max(Theme.mm(7.4), words.implicitHeight + Theme.s1)
                    radius: height / 2
                    color: Theme.sunken
                    border.width: Theme.hairlineWidth
                    border.color: Theme.hairline

                    StatusShape {
                        id: mark

                        anchors.left: parent.left
                        anchors.leftMargin: Theme.s2
                        anchors.verticalCenter: parent.verticalCenter
                        visible: chip.status !== ""
                        kind: chip.status
                        size: Theme.mm(5)
                    }

                    PosLabel {
                        id: words

                        anchors.right: parent.right
                        anchors.rightMargin: Theme.s3
                        anchors.verticalCenter: parent.verticalCenter
                        size: Theme.label
                        strong: true
                        text: chip.label
                    }
                }
            }
        }

        Repeater {
            model: card.vm.facts

            delegate: Fact {
                required value
                required label

                width: who.width
                size: Theme.row
            }
        }

        Row {
            spacing: Theme.s2
            visible: card.vm.note !== ""

            PosIcon {
                name: "note"
                size: Theme.iconBar
                ink: Theme.ink
            }

            PosLabel {
                width: who.width - Theme.iconBar - Theme.s2
                size: Theme.row
                strong: true
                wrapMode: Text.WordWrap
                text: card.vm.note
                horizontalAlignment: Text.AlignLeft
            }
        }
    }
}
