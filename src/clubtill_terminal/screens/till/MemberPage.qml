// The member panel: search on top, the identity card, then small equal cards. The order stays beside it.
import QtQuick
import screens.parts

FocusScope {
    id: page

    required property var vm
    readonly property bool searching: vm.query !== "" || !vm.has_member

    PosField {
        id: field

        objectName: "memberSearch"
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.leftMargin: Theme.s4
        anchors.rightMargin: Theme.s4
        anchors.topMargin: Theme.s4
        glyph: "search"
        placeholder: page.vm.search_hint
        name: page.vm.search_hint
        onEdited: text => page.vm.search(text)
        onSubmitted: page.vm.attach(0)
    }

    PosText {
        id: count

        anchors.left: field.left
        anchors.top: field.bottom
        anchors.topMargin: Theme.s2
        visible: page.searching && page.vm.found_words !== ""
        height: visible ? implicitHeight : 0
        color: Theme.muted
        text: page.vm.found_words
    }

    Rectangle {
        anchors.left: field.left
        anchors.right: field.right
        anchors.top: count.bottom
        anchors.topMargin: Theme.s2
        height: Math.min(list.contentHeight + 2, actions.y - y - Theme.s3)
        visible: page.searching && list.count > 0
        radius: Theme.radiusCard
        color: Theme.surface
        border.width: Theme.hairlineWidth
        border.color: Theme.hairline
        clip: true

        PosList {
            id: list

            objectName: "found"
            anchors.fill: parent
            anchors.margins: 1
            name: page.vm.search_hint
            model: page.vm.found

            delegate: PosRow {
                required property int index
                required property string number
                required property string label
                required detail
                required status

                objectName: "found:" + index
                width: ListView.view.width
                height: Math.max(implicitHeight, Theme.mm(14))
                text: label
                trail: number
                onActivated: page.vm.attach(index)
            }
        }
    }

    Flickable {
        id: panel

        anchors.left: field.left
        anchors.right: field.right
        anchors.top: field.bottom
        anchors.topMargin: Theme.s3
        anchors.bottom: actions.top
        anchors.bottomMargin: Theme.s3
        visible: !page.searching
        contentHeight: cards.height
        clip: true
        boundsBehavior: Flickable.StopAtBounds

        Column {
            id: cards

            width: parent.width
            spacing: Theme.s3

            PosCard {
                width: parent.width
                height: Math.max(photo.height, who.height) + 2 * padding

                PhotoFrame {
                    id: photo

                    width: Theme.mm(45)
                    height: Theme.mm(60)
                    initials: page.vm.initials
                    tintNumber: page.vm.tint
                    missing: page.vm.no_photo
                }

                Column {
                    id: who

                    anchors.left: photo.right
                    anchors.leftMargin: Theme.mm(6)
                    anchors.right: parent.right
                    spacing: Theme.s2

                    Item {
                        width: parent.width
                        height: name.implicitHeight

                        PosText {
                            id: name

                            width: parent.width - number.implicitWidth - Theme.s4
                            fit: true
                            size: Theme.title
                            strong: true
                            text: page.vm.name
                        }

                        PosText {
                            id: number

                            anchors.right: parent.right
                            anchors.baseline: name.baseline
                            size: Theme.line
                            color: Theme.muted
                            text: page.vm.number
                        }
                    }

                    Flow {
                        width: parent.width
                        spacing: Theme.s2

                        Repeater {
                            model: page.vm.chips

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

                                    x: Theme.s2
                                    anchors.verticalCenter: parent.verticalCenter
                                    visible: chip.status !== ""
                                    kind: chip.status === "" ? "ok" : chip.status
                                    size: Theme.mm(5)
                                }

                                PosText {
                                    id: words

                                    anchors.right: parent.right
                                    anchors.rightMargin: Theme.s3
                                    anchors.verticalCenter: parent.verticalCenter
                                    strong: true
                                    text: chip.label
                                }
                            }
                        }
                    }

                    Repeater {
                        model: page.vm.facts

                        delegate: Fact {
                            required value
                            required label

                            width: who.width
                        }
                    }

                    Row {
                        spacing: Theme.s2
                        visible: page.vm.note !== ""

                        PosIcon {
                            name: "note"
                            size: Theme.iconBar
                            ink: Theme.ink
                        }

                        PosText {
                            width: who.width - Theme.iconBar - Theme.s2
                            size: Theme.line
                            strong: true
                            wrapMode: Text.WordWrap
                            text: page.vm.note
                        }
                    }
                }
            }

            Row {
                id: pair

                readonly property int each: (width - spacing) / 2
                readonly property int tall: Math.max(points.height, offers.height, stack.height) + 2 * Theme.s4

                width: parent.width
                spacing: Theme.s3

                PosCard {
                    width: pair.each
                    height: pair.tall

                    Column {
                        id: points

                        width: parent.width
                        spacing: Theme.s1

                        Head {
                            glyph: "gift"
                            text: page.vm.points_head
                        }

                        PosText {
                            objectName: "memberPoints"
                            size: Theme.title
                            strong: true
                            text: page.vm.points
                        }

                        PosText {
                            width: parent.width
                            wrapMode: Text.WordWrap
                            text: page.vm.points_worth
                        }

                        PosText {
                            width: parent.width
                            wrapMode: Text.WordWrap
                            color: Theme.muted
                            text: page.vm.points_expiry
                        }
                    }
                }

                PosCard {
                    width: pair.each
                    height: pair.tall

                    Column {
                        id: offers

                        width: parent.width
                        spacing: Theme.s1

                        Head {
                            glyph: "tag"
                            text: page.vm.offers_head
                        }

                        PosText {
                            width: parent.width
                            wrapMode: Text.WordWrap
                            text: page.vm.offers
                        }
                    }
                }
            }

            PosCard {
                width: parent.width
                height: stack.height + 2 * padding

                Column {
                    id: stack

                    width: parent.width
                    spacing: Theme.s1

                    Head {
                        glyph: "card"
                        text: page.vm.cards_head
                    }

                    Repeater {
                        model: page.vm.cards

                        delegate: Fact {
                            required value
                            required label

                            width: stack.width
                            trailing: true
                            size: Theme.body
                        }
                    }
                }
            }
        }
    }

    Item {
        id: actions

        readonly property int each: (width - Theme.s8 - Theme.s2) / 3

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: Theme.s4
        anchors.rightMargin: Theme.s4
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.s2
        height: Theme.actionButton

        PosButton {
            id: back

            objectName: "memberBack"
            width: actions.each
            height: parent.height
            glyph: "chevron-left"
            text: page.vm.back
            onActivated: page.vm.leave()
        }

        PosButton {
            objectName: "memberPointsPay"
            anchors.left: back.right
            anchors.leftMargin: Theme.s2
            width: actions.each
            height: parent.height
            visible: page.vm.has_member
            glyph: "gift"
            text: page.vm.use_points
            onActivated: page.vm.usePoints()
        }

        PosButton {
            objectName: "takeOff"
            anchors.right: parent.right
            width: actions.each
            height: parent.height
            visible: page.vm.has_member
            glyph: "cross"
            text: page.vm.take_off
            name: page.vm.take_off_named
            danger: true
            onActivated: page.vm.takeOff()
        }
    }

    component Head: Row {
        property alias glyph: icon.name
        property alias text: words.text

        spacing: Theme.s2

        PosIcon {
            id: icon

            anchors.verticalCenter: parent.verticalCenter
            size: Theme.iconTile
            ink: Theme.muted
        }

        PosText {
            id: words

            strong: true
            color: Theme.muted
        }
    }
}
