// A sentence on the screen: what happened, what was kept, what to do now. It covers no act and blocks nothing.
import QtQuick
import screens.parts

Rectangle {
    id: bar

    required property var vm

    signal acted
    signal hidden

    z: 60
    visible: vm.title !== ""
    height: Math.max(Theme.mm(18), words.height + 2 * Theme.s3)
    radius: Theme.radiusCard
    color: Theme.surface
    border.width: Theme.selectedWidth
    border.color: Theme.statusEdge(vm.status === "" ? "special" : vm.status)
    Accessible.role: Accessible.AlertMessage
    Accessible.name: vm.title + ". " + vm.body

    StatusShape {
        id: shape

        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        anchors.verticalCenter: parent.verticalCenter
        kind: bar.vm.status === "" ? "special" : bar.vm.status
        size: Theme.mm(8)
    }

    Column {
        id: words

        anchors.left: shape.right
        anchors.leftMargin: Theme.s4
        anchors.right: act.visible ? act.left : close.left
        anchors.rightMargin: Theme.s3
        anchors.verticalCenter: parent.verticalCenter
        spacing: Theme.s1

        PosText {
            width: parent.width
            text: bar.vm.title
            size: Theme.line
            strong: true
            wrapMode: Text.WordWrap
        }

        PosText {
            width: parent.width
            text: bar.vm.body
            wrapMode: Text.WordWrap
        }
    }

    PosButton {
        id: act

        objectName: "noticeAct"
        anchors.right: close.left
        anchors.rightMargin: Theme.s2
        anchors.verticalCenter: parent.verticalCenter
        width: Math.min(Theme.mm(44), implicitWidth)
        height: Theme.target
        visible: bar.vm.button !== ""
        text: bar.vm.button
        onActivated: bar.acted()
    }

    PosButton {
        id: close

        objectName: "noticeClose"
        anchors.right: parent.right
        anchors.rightMargin: Theme.s3
        anchors.verticalCenter: parent.verticalCenter
        width: Theme.target
        height: Theme.target
        glyph: "cross"
        name: bar.vm.close_named
        onActivated: bar.hidden()
    }

    Connections {
        target: bar.vm

        function onChanged(): void {
            if (bar.vm.title !== "")
                bar.Accessible.announce(bar.vm.title + ". " + bar.vm.body, bar.vm.assertive ? Accessible.Assertive : Accessible.Polite);
        }
    }
}
