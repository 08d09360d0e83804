// The order: member, lines, edit row, totals and Pay. One white column from the status bar to the corner of Pay.
import QtQuick
import screens.parts

Rectangle {
    id: column

    required property var vm

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
        anchors.bottomMargin: Theme.s1
        clip: true
        name: column.vm.total_label
        model: column.vm.order
        onCountChanged: positionViewAtEnd()

        delegate: OrderLine {
            required property int n
            required property string label
            required property bool before_selected
            required quantity
            required amount
            required note
            required selected

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

    Item {
        id: edit

        objectName: "edit"
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: Theme.s4
        anchors.rightMargin: Theme.s4
        anchors.bottom: rule.top
        anchors.bottomMargin: visible ? Theme.s2 : 0
        visible: column.vm.has_selected
        height: visible ? Theme.mm(13) : 0

        Row {
            height: parent.height
            spacing: Theme.s2

            PosButton {
                objectName: "less"
                width: Theme.mm(24)
                height: parent.height
                glyph: "minus"
                name: column.vm.less_named
                onActivated: column.vm.less()
            }

            PosButton {
                objectName: "more"
                width: Theme.mm(24)
                height: parent.height
                glyph: "plus"
                name: column.vm.more_named
                onActivated: column.vm.more_()
            }
        }

        PosButton {
            objectName: "remove"
            anchors.right: parent.right
            width: Theme.mm(15)
            height: parent.height
            glyph: "bin"
            name: column.vm.remove_named
            danger: true
            onActivated: column.vm.removed()
        }
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
    }
}
