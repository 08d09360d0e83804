// Search: a name or number, who was found, letters for a door without a keyboard. A tap checks somebody in.
pragma ComponentBehavior: Bound

import QtQuick
import screens.parts
import screens.till

FocusScope {
    id: page

    required property var vm

    Component.onCompleted: field.focusField()

    PosField {
        id: field

        objectName: "memberSearch"
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: Theme.s4
        glyph: "search"
        placeholder: page.vm.search_hint
        name: page.vm.search_hint
        inputHints: Qt.ImhNoPredictiveText | Qt.ImhNoAutoUppercase
        onEdited: text => page.vm.search(text)
        onSubmitted: page.vm.choose(0)
    }

    PosLabel {
        id: count

        objectName: "foundWords"
        anchors.left: field.left
        anchors.top: field.bottom
        anchors.topMargin: Theme.s3
        visible: text !== ""
        color: Theme.muted
        text: page.vm.found_words
    }

    Rectangle {
        anchors.left: field.left
        anchors.right: field.right
        anchors.top: count.bottom
        anchors.topMargin: Theme.s2
        height: Math.min(list.contentHeight + 2, keys.y - y - Theme.s3)
        visible: list.count > 0
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
                onActivated: page.vm.choose(index)
            }
        }
    }

    LetterKeys {
        id: keys

        anchors.left: field.left
        anchors.right: field.right
        anchors.bottom: back.top
        anchors.bottomMargin: Theme.s4
        vm: page.vm
        onTyped: letter => {
            field.text += letter;
            page.vm.search(field.text);
        }
        onErased: {
            field.text = field.text.slice(0, -1);
            page.vm.search(field.text);
        }
    }

    PosButton {
        id: back

        objectName: "back"
        anchors.left: field.left
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.s2
        width: Theme.mm(58)
        height: Theme.actionButton
        size: Theme.row
        glyph: "chevron-left"
        text: page.vm.back
        onActivated: page.vm.leave()
    }
}
