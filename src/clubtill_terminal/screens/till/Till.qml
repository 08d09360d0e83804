// The till: status bar, work area, order column, action bar. The zones never move; only the work area changes.
import QtQuick
import screens.link
import screens.parts

PosRoot {
    id: till

    required property var vm
    readonly property var sale: vm.sale
    readonly property string page: sale.page
    readonly property bool ordered: page === "sale" || page === "member" || page === "link"
    readonly property Item work: page === "sale" ? salePage.item : pageLoader.item

    PosStatusBar {
        id: bar

        objectName: "statusBar"
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        hasMenu: false
        switchesPerson: false
        terminal: till.vm.bar.terminal
        person: till.vm.bar.person
        dateText: till.vm.bar.day
        timeText: till.vm.bar.time
        chipStatus: till.vm.bar.chip_status
        chipText: till.vm.bar.chip_text
        chipShort: till.vm.bar.chip_short
        onStatusActivated: till.vm.openLink()
    }

    Item {
        id: area

        anchors.left: parent.left
        anchors.right: order.visible ? order.left : parent.right
        anchors.top: bar.bottom
        anchors.bottom: parent.bottom

        Loader {
            id: salePage

            anchors.fill: parent
            active: true
            visible: till.page === "sale"
            sourceComponent: SalePage {
                vm: till.sale
            }
        }

        Loader {
            id: pageLoader

            anchors.fill: parent
            sourceComponent: {
                switch (till.page) {
                case "member":
                    return memberPage;
                case "points":
                    return pointsPage;
                case "tender":
                    return tenderPage;
                case "paid":
                    return paidPage;
                case "link":
                    return linkPage;
                }
                return null;
            }
        }
    }

    OrderColumn {
        id: order

        anchors.right: parent.right
        anchors.top: bar.bottom
        anchors.bottom: parent.bottom
        width: Theme.orderColumn
        visible: till.ordered
        vm: till.sale
    }

    NoticeBar {
        id: notice

        objectName: "notice"
        anchors.horizontalCenter: area.horizontalCenter
        anchors.bottom: area.bottom
        anchors.bottomMargin: Theme.actionBar + Theme.s2
        width: Math.min(area.width - 2 * Theme.s4, Theme.mm(200))
        vm: till.vm.notice
        onActed: till.vm.actOnNotice()
        onHidden: till.vm.hideNotice()
    }

    Component {
        id: memberPage

        MemberPage {
            vm: till.vm.member
        }
    }

    Component {
        id: pointsPage

        PointsPage {
            vm: till.vm.points
            sale: till.sale
        }
    }

    Component {
        id: tenderPage

        TenderPage {
            vm: till.vm.tender
        }
    }

    Component {
        id: paidPage

        PaidPage {
            vm: till.vm.paid
        }
    }

    Component {
        id: linkPage

        LinkPage {
            vm: till.vm.link
            queue: till.vm.queue
            onClosed: till.vm.openLink()
            onSendNow: till.vm.sendNow()
        }
    }
}
