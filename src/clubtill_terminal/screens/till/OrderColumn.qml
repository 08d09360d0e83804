// The order: member, lines, what can be done to the selected one, totals and Pay. One white column from the status bar to
// the corner of Pay.
pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

Rectangle {
    id: column

    required property var vm
    readonly property Item primary: pay

    signal explained(reason: string)

    // A digit from a keyboard: it is shown on Qty, and Enter makes it hold.
    function typeQuantity(digit: string): bool {
        if (!column.vm.has_selected || digit === "" || digit < "0" && !column.vm.typing_quantity)
            return false;
        if (digit >= "0")
            column.vm.typeQuantity(digit);
        else
            column.vm.eraseQuantity();
        edit.focusQuantity();
        return true;
    }

    color: Theme.surface

    PosRule {
        anchors.left: parent.left
        anchors.top: parent.top
        anchors.bottom: parent.bottom
        width: Theme.hairlineWidth
    }

    MemberStrip {
        id: strip

        objectName: "memberStrip"
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: parent.top
        initials: column.vm.strip_initials
        tintNumber: column.vm.strip_tint
        text: column.vm.strip_name
        detail: column.vm.strip_detail
        points: column.vm.strip_points
        worth: column.vm.strip_worth
        status: column.vm.strip_status
        buttonText: column.vm.has_member ? column.vm.strip_button : ""
        buttonReason: column.vm.strip_reason
        onActivated: column.vm.openMember()
        onButtonActivated: column.vm.usePoints()
        onButtonRefused: reason => column.explained(reason)
    }

    PosRule {
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: strip.bottom
        height: Theme.hairlineWidth
    }

    PosList {
        id: lines

        objectName: "lines"
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: Theme.s2
        anchors.rightMargin: Theme.s2
        anchors.top: strip.bottom
        anchors.topMargin: Theme.s1
        anchors.bottom: edit.top
        anchors.bottomMargin: edit.visible ? Theme.s8 : Theme.s1
        name: column.vm.total_label
        model: column.vm.order
        reuseItems: false
        onCountChanged: positionViewAtEnd()

        delegate: OrderLine {
            required property int n
            required property string label
            required property bool before_selected
            required quantity
            required amount
            required note
            required selected

            objectName: "line:" + n
            width: ListView.view.width
            rule: !before_selected
            text: label
            onActivated: column.vm.select(n)
        }
    }

    PosText {
        anchors.centerIn: lines
        width: lines.width - 2 * Theme.s4
        horizontalAlignment: Text.AlignHCenter
        wrapMode: Text.WordWrap
        visible: !column.vm.has_lines
        color: Theme.muted
        size: Theme.line
        text: column.vm.empty
    }

    LineEdit {
        id: edit

        objectName: "edit"
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: Theme.s4
        anchors.rightMargin: Theme.s4
        anchors.bottom: rule.top
        anchors.bottomMargin: visible ? Theme.s2 : 0
        vm: column.vm
        // On Wide the column is tall enough for a keypad that is always open.
        keypad: Theme.widthClass(Window.width, Window.height) === "wide" && column.height >= Theme.mm(215) && !Theme.largeText
    }

    PosRule {
        id: rule

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.bottom: sums.top
        height: Theme.hairlineWidth
    }

    Totals {
        id: sums

        objectName: "totals"
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: Theme.s4
        anchors.rightMargin: Theme.s4
        anchors.bottom: pay.top
        anchors.bottomMargin: Theme.s2
        saved: column.vm.saved
        earns: column.vm.earns
        label: column.vm.total_label
        tax: column.vm.tax
        amount: column.vm.total
    }

    PosButton {
        id: pay

        objectName: "pay"
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: Theme.s4
        anchors.rightMargin: Theme.s4
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.s2
        height: Theme.actionButton
        primary: true
        guardDoubleTap: true
        text: column.vm.pay
        name: column.vm.pay_named
        reason: column.vm.pay_reason
        onActivated: column.vm.payNow()
        onRefused: reason => column.explained(reason)
    }
}
