// The till: status bar, work area, order column, action bar. The zones never move; only the work area changes.
pragma ComponentBehavior: Bound

import QtQuick
import screens.link
import screens.parts

PosRoot {
    id: till

    required property var vm
    readonly property var sale: vm.sale
    readonly property string page: sale.page
    readonly property bool ordered: page === "sale" || page === "member" || page === "link"
    // What stands in the work area: it has `bar`, the buttons of its action bar, `primary` and `back()`.
    readonly property var work: page === "sale" ? salePage : pageLoader.item

    // F-keys are the action bar from left to right, F12 is the primary, Esc goes back, / searches, digits are a quantity
    // or an amount (U74).
    function press(key: int, text: string): bool {
        if (key >= Qt.Key_F1 && key <= Qt.Key_F6)
            return till.pressButton(till.work?.bar.filter(button => button.visible)[key - Qt.Key_F1]);
        if (key === Qt.Key_F12)
            return till.pressButton(till.ordered ? order.primary : till.work?.primary);
        if (key === Qt.Key_Escape)
            return till.goBack();
        if (text === "/" && till.ordered) {
            till.sale.searchMember();
            return true;
        }
        if (!/^[0-9]$/.test(text) && key !== Qt.Key_Backspace)
            return false;
        return till.page === "sale" ? order.typeQuantity(text) : till.page === "tender" ? till.typeAmount(text) : false;
    }

    function pressButton(button: var): bool {
        if (!button)
            return false;
        Theme.keyInput = true;
        button.click();
        return true;
    }

    function typeAmount(digit: string): bool {
        if (digit === "")
            return false;
        if (digit >= "0")
            till.vm.tender.typed(digit);
        else
            till.vm.tender.erased();
        return true;
    }

    function goBack(): bool {
        if (notice.visible)
            till.vm.hideNotice();
        else if (toast.shown)
            toast.leave();
        else if (till.sale.typing_quantity)
            till.sale.clearQuantity();
        else
            return till.work?.back() ?? false;
        return true;
    }

    Keys.onPressed: event => event.accepted = till.press(event.key, event.key === Qt.Key_Backspace ? "\b" : event.text)

    PosStatusBar {
        id: bar

        objectName: "statusBar"
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        terminal: till.vm.bar.terminal
        person: till.vm.bar.person
        dateText: till.vm.bar.day
        timeText: till.vm.bar.time
        chipStatus: till.vm.bar.chip_status
        chipText: till.vm.bar.chip_text
        chipShort: till.vm.bar.chip_short
        switchesPerson: false
        hasMenu: false
        onStatusActivated: till.vm.openLink()
    }

    Item {
        id: area

        anchors.left: parent.left
        anchors.right: order.visible ? order.left : parent.right
        anchors.top: bar.bottom
        anchors.bottom: parent.bottom

        SalePage {
            id: salePage

            anchors.fill: parent
            visible: till.page === "sale"
            vm: till.sale
            onExplained: reason => till.vm.explain(reason)
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
        onExplained: reason => till.vm.explain(reason)
    }

    // Sentences stand over the work area's lower edge, above its action bar; the order column and Pay stay clear.
    Item {
        id: ground

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.rightMargin: till.page === "paid" ? 0 : Theme.orderColumn
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
            vm: till.vm.notice
            onActed: till.vm.actOnNotice()
            onHidden: till.vm.hideNotice()
        }

        Toast {
            id: toast

            objectName: "toast"
            anchors.horizontalCenter: parent.horizontalCenter
            anchors.bottom: notice.visible ? notice.top : parent.bottom
            anchors.bottomMargin: notice.visible ? Theme.s2 : 0
            onActed: till.sale.undoLast()
        }
    }

    Connections {
        target: till.vm

        function onToasted(words: string, way: string): void {
            toast.show(words, way);
        }
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
            onExplained: reason => till.vm.explain(reason)
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
