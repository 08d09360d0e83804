// The door: waiting for a card, or the verdict, the birthday's strip, the person, and the acts from least to most likely.
pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

FocusScope {
    id: page

    required property var vm
    readonly property int cards: vm.cards
    // What a notice takes of the height above the acts: the person makes room for it.
    property int noticeRoom: 0

    signal explained(reason: string)

    function pressPrimary(): bool {
        if (!primary.visible)
            return false;
        Theme.keyInput = true;
        primary.click();
        return true;
    }

    onCardsChanged: {
        if (vm.showing)
            Qt.callLater(block.announce);
    }

    Column {
        id: waiting

        objectName: "waiting"
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.verticalCenter: parent.verticalCenter
        anchors.verticalCenterOffset: -Theme.s8
        width: parent.width - 2 * Theme.s12
        spacing: Theme.s4
        visible: !page.vm.showing

        PosIcon {
            anchors.horizontalCenter: parent.horizontalCenter
            name: "id-card"
            ink: Theme.muted
            size: Theme.mm(20)
        }

        PosLabel {
            width: parent.width
            text: page.vm.waiting
            size: Theme.total
            strong: true
            fit: true
            wrapMode: Text.WordWrap
            horizontalAlignment: Text.AlignHCenter
        }

        PosLabel {
            width: parent.width
            text: page.vm.waiting_hint
            size: Theme.line
            color: Theme.muted
            wrapMode: Text.WordWrap
            horizontalAlignment: Text.AlignHCenter
        }
    }

    StatusBlock {
        id: block

        objectName: "verdict"
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        anchors.margins: Theme.s4
        visible: page.vm.showing
        status: page.vm.status
        word: page.vm.word
        reason: page.vm.reason
    }

    StatusStrip {
        id: strip

        objectName: "birthday"
        anchors.left: block.left
        anchors.right: block.right
        anchors.top: block.bottom
        anchors.topMargin: Theme.s3
        visible: page.vm.strip !== ""
        text: page.vm.strip
        trail: page.vm.strip_trail
    }

    Person {
        id: person

        anchors.left: block.left
        anchors.right: block.right
        anchors.top: strip.visible ? strip.bottom : block.bottom
        anchors.topMargin: Theme.s4
        anchors.bottom: actions.top
        anchors.bottomMargin: Math.max(Theme.s4, page.noticeRoom)
        visible: page.vm.showing
        vm: page.vm
    }

    PosLabel {
        objectName: "clears"
        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        anchors.right: actions.left
        anchors.rightMargin: Theme.s4
        anchors.verticalCenter: actions.verticalCenter
        visible: text !== ""
        text: page.vm.clears
        color: Theme.muted
        fit: true
        wrapMode: Text.WordWrap
        maximumLineCount: 2
        size: Theme.row
    }

    Row {
        id: actions

        readonly property int room: page.width - 2 * Theme.s4
        readonly property int primaryWidth: others.count > 1 ? Theme.mm(80) : Theme.mm(110)
        readonly property int each: Math.min(Theme.mm(124), (room - primaryWidth) / Math.max(1, others.count) - Theme.s8)

        anchors.right: parent.right
        anchors.rightMargin: Theme.s4
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.s2
        height: Theme.actionButton
        spacing: Theme.s8

        Repeater {
            id: others

            model: page.vm.acts

            delegate: PosButton {
                required property string key
                required property string label
                required property string named
                required locked
                required reason

                objectName: "act:" + key
                width: actions.each
                height: actions.height
                size: Theme.row
                text: label
                name: named
                guardDoubleTap: true
                onActivated: page.vm.act(key)
                onRefused: reason => page.explained(reason)
            }
        }

        PosButton {
            id: primary

            objectName: "primary"
            width: actions.primaryWidth
            height: actions.height
            primary: true
            visible: page.vm.primary !== ""
            text: page.vm.primary
            name: page.vm.primary_named
            guardDoubleTap: true
            onActivated: page.vm.act(page.vm.primary_act)
        }
    }
}
