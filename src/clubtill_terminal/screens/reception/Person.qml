// Who is at the door: photo or initials, then name, classification, marks, facts, notes, in the order of reading (U80).
pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

Item {
    id: body

    required property var vm

    // Long words or large text may need a second page of facts; its button stands under the photo, which makes room.
    readonly property bool paged: stack.height > facts.room + 1
    readonly property int factSize: Theme.largeText ? Theme.line : Theme.title
    readonly property int photoWidth: Math.round(Math.min(width * (Theme.largeText ? 0.24 : 0.35), Math.min(height, Theme.mm(106)) * 0.75))

    Connections {
        target: body.vm

        function onChanged(): void {
            const who = body.vm.cards + body.vm.name;
            if (who !== facts.shownWho) {
                facts.shownWho = who;
                facts.from = 0;
            }
        }
    }

    PosButton {
        objectName: "moreFacts"
        anchors.left: parent.left
        anchors.bottom: parent.bottom
        width: photo.visible ? body.photoWidth : Theme.mm(40)
        height: Theme.target
        visible: body.paged
        glyph: facts.atEnd ? "chevron-up" : "chevron-down"
        text: facts.atEnd ? body.vm.back : body.vm.more
        onActivated: facts.from = facts.atEnd ? 0 : facts.nextY
    }

    PhotoFrame {
        id: photo

        anchors.left: parent.left
        anchors.top: parent.top
        width: Math.round(height * 0.75)
        height: Math.min(body.height - (body.paged ? Theme.target + Theme.s3 : 0), body.photoWidth / 0.75)
        initials: body.vm.initials
        tintNumber: body.vm.tint
        missing: body.vm.no_photo
        visible: body.vm.person
    }

    Flickable {
        id: facts

        objectName: "facts"
        // A page ends below the last fact that is whole on it, so no line is cut in half.
        readonly property int room: body.height - anchors.topMargin
        readonly property int pageEnd: {
            let end = 0;
            for (const child of stack.children) {
                const below = child.y + child.height;
                if (child.visible && below > end && below <= from + room)
                    end = below;
            }
            return end > from ? end : from + room;
        }
        readonly property int nextY: {
            let next = stack.height;
            for (const child of stack.children) {
                if (child.visible && child.height > 0 && child.y >= pageEnd && child.y < next)
                    next = child.y;
            }
            return next;
        }
        readonly property bool atEnd: pageEnd >= stack.height - 1
        // Where the page begins.
        property int from: 0
        property string shownWho: ""

        anchors.left: parent.left
        anchors.leftMargin: photo.visible ? body.photoWidth + (Theme.largeText ? Theme.mm(6) : Theme.mm(10)) : 0
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.topMargin: Theme.largeText ? -Theme.s1 : -Theme.s2
        height: body.paged ? pageEnd - from : room
        contentHeight: stack.height + room
        contentY: from
        clip: true
        interactive: false

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

                        anchors.verticalCenter: parent.verticalCenter
                        width: Math.min(implicitWidth, parent.width - number.width - parent.spacing)
                        visible: text !== ""
                        text: body.vm.classification
                        size: Theme.title
                        strong: true
                        fit: true
                    }

                    PosLabel {
                        id: number

                        anchors.verticalCenter: parent.verticalCenter
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

                    objectName: "fact"
                    width: stack.width
                    size: body.factSize
                }
            }

            Line {
                glyph: "note"
                text: body.vm.note
                size: body.factSize
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
