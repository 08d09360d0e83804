// Who is at the door: photo or initials, then name, classification, marks, facts, notes, in the order of reading (U80).
pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

Item {
    id: body

    required property var vm

    PhotoFrame {
        id: photo

        anchors.left: parent.left
        anchors.top: parent.top
        height: Math.min(parent.height, Theme.mm(106), width / 0.75)
        width: Math.round(Math.min(parent.width * (Theme.largeText ? 0.24 : 0.35), Math.min(parent.height, Theme.mm(106)) * 0.75))
        initials: body.vm.initials
        tintNumber: body.vm.tint
        missing: body.vm.no_photo
        visible: body.vm.person
    }

    Flickable {
        id: facts

        anchors.left: photo.visible ? photo.right : parent.left
        anchors.leftMargin: !photo.visible ? 0 : Theme.largeText ? Theme.mm(6) : Theme.mm(10)
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.topMargin: Theme.largeText ? -Theme.s1 : -Theme.s2
        anchors.bottom: parent.bottom
        contentHeight: stack.height
        clip: true
        boundsBehavior: Flickable.StopAtBounds

        Column {
            id: stack

            width: parent.width
            spacing: Theme.largeText ? Theme.s2 : Theme.s3

            Column {
                width: parent.width
                bottomPadding: Theme.largeText ? 0 : Theme.s3

                PosLabel {
                    objectName: "name"
                    width: parent.width
                    text: body.vm.name
                    size: Theme.total
                    strong: true
                    fit: true
                    floor: Theme.title
                }

                Row {
                    width: parent.width
                    visible: body.vm.number !== ""
                    spacing: Theme.s4

                    PosLabel {
                        id: classification

                        width: Math.min(implicitWidth, parent.width - number.width - parent.spacing)
                        visible: text !== ""
                        text: body.vm.classification
                        size: Theme.title
                        strong: true
                        fit: true
                    }

                    PosLabel {
                        id: number

                        text: body.vm.number
                        size: Theme.title
                        color: Theme.muted
                    }
                }
            }

            Flow {
                width: parent.width
                visible: flags.count > 0
                spacing: Theme.s2

                Repeater {
                    id: flags

                    model: body.vm.flags

                    delegate: StatusChip {
                        required property string label
                        required status

                        pill: true
                        room: stack.width
                        text: label
                    }
                }
            }

            Repeater {
                model: body.vm.facts

                delegate: Fact {
                    required label
                    required value
                    required strong

                    width: stack.width
                    size: Theme.title
                }
            }

            Line {
                glyph: "note"
                text: body.vm.note
                size: Theme.title
            }

            PosButton {
                objectName: "showNote"
                visible: body.vm.note_button !== ""
                width: Math.min(stack.width, Math.max(Theme.mm(58), implicitWidth))
                height: Math.max(Theme.mm(16), implicitHeight)
                size: Theme.row
                glyph: "eye"
                text: body.vm.note_button
                onActivated: body.vm.showNote()
            }

            Line {
                objectName: "offline"
                glyph: "plug-broken"
                text: body.vm.offline
                size: Theme.line
            }
        }
    }

    component Line: Item {
        id: line

        property string glyph: ""
        property alias text: words.text
        property alias size: words.size

        width: stack.width
        height: words.height
        visible: words.text !== ""

        PosIcon {
            id: icon

            anchors.left: parent.left
            y: (words.height / words.lineCount - height) / 2
            name: line.glyph
            ink: Theme.muted
            size: Theme.iconAction
        }

        PosLabel {
            id: words

            anchors.left: icon.right
            anchors.leftMargin: Theme.s3
            anchors.right: parent.right
            wrapMode: Text.WordWrap
        }
    }
}
