// Reception: status bar, work area, list column. The zones never move; the list of the last ten stays beside every page.
pragma ComponentBehavior: Bound

import QtQuick
import screens.link
import screens.parts
import screens.till

PosRoot {
    id: reception

    required property var vm
    readonly property var verdict: vm.verdict
    readonly property string page: verdict.page

    // Enter is the primary act of whatever stands at the door, Esc leaves what may be left (U74, U82).
    function press(key: int): bool {
        if (key === Qt.Key_Return || key === Qt.Key_Enter)
            return reception.page === "door" && door.pressPrimary();
        if (key === Qt.Key_Escape)
            return reception.goBack();
        return false;
    }

    function goBack(): bool {
        if (notice.visible)
            reception.vm.hideNotice();
        else if (toast.shown)
            toast.leave();
        else
            reception.verdict.leave();
        return true;
    }

    Keys.onPressed: event => event.accepted = !event.isAutoRepeat && reception.press(event.key)

    PosStatusBar {
        id: bar

        objectName: "statusBar"
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        terminal: reception.vm.bar.terminal
        person: reception.vm.bar.person
        middle: reception.vm.bar.middle
        dateText: reception.vm.bar.day
        timeText: reception.vm.bar.time
        chipStatus: reception.vm.bar.chip_status
        chipText: reception.vm.bar.chip_text
        chipShort: reception.vm.bar.chip_short
        switchesPerson: false
        hasMenu: false
        onStatusActivated: reception.vm.openLink()
    }

    Item {
        id: area

        anchors.left: parent.left
        anchors.right: column.left
        anchors.top: bar.bottom
        anchors.bottom: parent.bottom

        DoorPage {
            id: door

            anchors.fill: parent
            visible: reception.page === "door"
            vm: reception.verdict
            noticeRoom: notice.visible ? notice.height + 2 * Theme.s4 : 0
            onExplained: reason => toast.show(reason, "")
        }

        Loader {
            anchors.fill: parent
            sourceComponent: reception.page === "search" ? searchPage : reception.page === "link" ? linkPage : null
        }
    }

    ScanColumn {
        id: column

        anchors.right: parent.right
        anchors.top: bar.bottom
        anchors.bottom: parent.bottom
        width: Theme.listColumn
        vm: reception.vm.list
        verdict: reception.verdict
        onExplained: reason => toast.show(reason, "")
    }

    // Sentences stand over the work area's lower edge, above its acts; who is at the door and the acts stay clear.
    Item {
        anchors.left: area.left
        anchors.right: area.right
        anchors.top: bar.bottom
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.actionBar + Theme.s2
        z: 60

        NoticeBar {
            id: notice

            objectName: "notice"
            anchors.horizontalCenter: parent.horizontalCenter
            anchors.bottom: parent.bottom
            width: Math.min(parent.width - 2 * Theme.s4, Theme.mm(200))
            z: 60
            vm: reception.vm.notice
            onActed: reception.vm.actOnNotice()
            onHidden: reception.vm.hideNotice()
        }

        Toast {
            id: toast

            objectName: "toast"
            anchors.horizontalCenter: parent.horizontalCenter
            anchors.bottom: notice.visible ? notice.top : parent.bottom
            anchors.bottomMargin: notice.visible ? Theme.s2 : 0
        }
    }

    Component {
        id: searchPage

        SearchPage {
            vm: reception.vm.list
        }
    }

    Component {
        id: linkPage

        LinkPage {
            vm: reception.vm.link
            queue: reception.vm.queue
            onClosed: reception.vm.openLink()
            onSendNow: reception.vm.sendNow()
        }
    }
}
