// The member panel: search on top, the identity card, then small equal cards. The order stays beside it.
pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

FocusScope {
    id: page

    required property var vm
    readonly property list<Item> bar: [goBack, usePoints, takeOff]
    readonly property Item primary: null
    readonly property bool searching: vm.searching

    function back(): bool {
        page.vm.leave();
        return true;
    }

    function write(words: string): void {
        field.text = words;
        page.vm.search(words);
    }

    onSearchingChanged: {
        if (searching)
            field.focusField();
    }
    Component.onCompleted: {
        if (searching)
            field.focusField();
    }

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
        inputHints: Qt.ImhNoPredictiveText | Qt.ImhNoAutoUppercase
        onEdited: text => page.vm.search(text)
        onSubmitted: page.vm.attach(0)
    }

    PosLabel {
        id: count

        objectName: "foundWords"
        anchors.left: field.left
        anchors.top: field.bottom
        anchors.topMargin: Theme.s3
        visible: page.searching && text !== ""
        color: Theme.muted
        text: page.vm.found_words
    }

    Rectangle {
        anchors.left: field.left
        anchors.right: field.right
        anchors.top: count.bottom
        anchors.topMargin: Theme.s2
        height: Math.min(list.contentHeight + 2, (keys.visible ? keys.y : actions.y) - y - Theme.s3)
        visible: page.searching && list.count > 0
        radius: Theme.radiusCard
        color: Theme.surface
        border.width: Theme.hairlineWidth
        border.color: Theme.hairline

        PosList {
            id: list

            objectName: "found"
            anchors.fill: parent
            anchors.margins: 1
            name: page.vm.search_hint
            model: page.vm.found
            reuseItems: false

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
                rule: index < list.count - 1
                onActivated: page.vm.attach(index)
            }
        }
    }

    Flickable {
        anchors.left: field.left
        anchors.right: field.right
        anchors.top: field.bottom
        anchors.topMargin: Theme.s3
        anchors.bottom: actions.top
        anchors.bottomMargin: Theme.s3
        visible: !page.searching
        contentHeight: panel.height
        clip: true
        boundsBehavior: Flickable.StopAtBounds

        Column {
            id: panel

            width: parent.width
            spacing: Theme.s3

            IdentityCard {
                width: parent.width
                vm: page.vm
            }

            Grid {
                id: cards

                readonly property int each: (width - (columns - 1) * spacing) / columns
                readonly property int tall: Math.max(points.needed, offers.needed, held.needed)

                width: parent.width
                columns: Theme.largeText ? 1 : 3
                spacing: Theme.s3

                FactCard {
                    id: points

                    width: cards.each
                    height: Theme.largeText ? needed : cards.tall
                    glyph: "gift"
                    head: page.vm.points_head

                    PosLabel {
                        objectName: "memberPoints"
                        width: parent.width
                        size: Theme.title
                        strong: true
                        text: page.vm.points
                        horizontalAlignment: Text.AlignLeft
                    }

                    PosLabel {
                        width: parent.width
                        wrapMode: Text.WordWrap
                        text: page.vm.points_worth
                        horizontalAlignment: Text.AlignLeft
                    }

                    PosLabel {
                        width: parent.width
                        wrapMode: Text.WordWrap
                        color: Theme.muted
                        text: page.vm.points_expiry
                        horizontalAlignment: Text.AlignLeft
                    }
                }

                FactCard {
                    id: offers

                    width: cards.each
                    height: Theme.largeText ? needed : cards.tall
                    glyph: "tag"
                    head: page.vm.offers_head

                    PosLabel {
                        width: parent.width
                        wrapMode: Text.WordWrap
                        lineHeight: 1.1
                        text: page.vm.offers
                        horizontalAlignment: Text.AlignLeft
                    }
                }

                FactCard {
                    id: held

                    width: cards.each
                    height: Theme.largeText ? needed : cards.tall
                    glyph: "card"
                    head: page.vm.cards_head

                    Repeater {
                        model: page.vm.cards

                        delegate: Fact {
                            required value
                            required label

                            width: held.inner
                            trailing: true
                            labelWidth: width * 0.56
                            size: Theme.label
                        }
                    }
                }
            }
        }
    }

    LetterKeys {
        id: keys

        anchors.left: field.left
        anchors.right: field.right
        anchors.bottom: actions.top
        anchors.bottomMargin: Theme.s3
        visible: page.searching
        vm: page.vm
        onTyped: letter => page.write(field.text + letter)
        onErased: page.write(field.text.slice(0, -1))
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
            id: goBack

            objectName: "memberBack"
            anchors.left: parent.left
            width: actions.each
            height: parent.height
            glyph: "chevron-left"
            text: page.vm.back
            onActivated: page.vm.leave()
        }

        PosButton {
            id: usePoints

            objectName: "memberPointsPay"
            anchors.left: goBack.right
            anchors.leftMargin: Theme.s2
            width: actions.each
            height: parent.height
            visible: page.vm.has_member
            glyph: "gift"
            text: page.vm.use_points
            onActivated: page.vm.usePoints()
        }

        PosButton {
            id: takeOff

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
}
