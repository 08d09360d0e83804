// Points Pay: every line with its points or the reason why not; the sums and the primary stand in the order column.
pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

FocusScope {
    id: page

    required property var vm
    required property var sale
    readonly property list<Item> bar: [goBack, tickAll, clear]
    readonly property Item primary: use

    signal explained(reason: string)

    function back(): bool {
        page.vm.leave();
        return true;
    }

    PosText {
        id: title

        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        anchors.top: parent.top
        anchors.topMargin: Theme.s4
        size: Theme.title
        strong: true
        text: page.vm.title
    }

    PosText {
        anchors.right: side.left
        anchors.rightMargin: Theme.s4
        anchors.left: title.right
        anchors.leftMargin: Theme.s4
        anchors.baseline: title.baseline
        horizontalAlignment: Text.AlignRight
        fit: true
        color: Theme.muted
        text: page.vm.ratio
    }

    PosText {
        id: banner

        anchors.left: title.left
        anchors.right: side.left
        anchors.rightMargin: Theme.s4
        anchors.top: title.bottom
        anchors.topMargin: visible ? Theme.s2 : 0
        height: visible ? implicitHeight : 0
        visible: page.vm.banner !== ""
        strong: true
        wrapMode: Text.WordWrap
        text: page.vm.banner
    }

    Rectangle {
        id: card

        anchors.left: title.left
        anchors.right: side.left
        anchors.rightMargin: Theme.s4
        anchors.top: banner.bottom
        anchors.topMargin: Theme.s3
        height: Math.min(head.height + rows.contentHeight + 2, actions.y - y - Theme.s3)
        radius: Theme.radiusCard
        color: Theme.surface
        border.width: Theme.hairlineWidth
        border.color: Theme.hairline
        clip: true

        Item {
            id: head

            anchors.left: parent.left
            anchors.right: parent.right
            anchors.top: parent.top
            height: Math.max(Theme.mm(10), item.implicitHeight + Theme.s2)

            PosText {
                id: item

                anchors.left: parent.left
                anchors.leftMargin: Theme.mm(18)
                anchors.verticalCenter: parent.verticalCenter
                strong: true
                color: Theme.muted
                text: page.vm.item_head
            }

            PosText {
                anchors.right: parent.right
                anchors.rightMargin: Theme.s4 + Theme.mm(29)
                anchors.verticalCenter: parent.verticalCenter
                strong: true
                color: Theme.muted
                text: page.vm.price_head
            }

            PosText {
                anchors.right: parent.right
                anchors.rightMargin: Theme.s4
                anchors.verticalCenter: parent.verticalCenter
                strong: true
                color: Theme.muted
                text: page.vm.points_head
            }

            PosRule {
                anchors.left: parent.left
                anchors.right: parent.right
                anchors.bottom: parent.bottom
                height: Theme.hairlineWidth
            }
        }

        PosList {
            id: rows

            objectName: "pointsRows"
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.top: head.bottom
            anchors.bottom: parent.bottom
            anchors.margins: 1
            name: page.vm.title
            model: page.vm.rows
            reuseItems: false

            delegate: PosCheckRow {
                required property int index
                required property int n
                required property string label
                required property string quantity
                required property string price
                required property string points
                required property string named
                required detail
                required ticked
                required reason

                objectName: "pointsRow:" + n
                width: ListView.view.width
                lead: quantity
                text: label
                first: price
                second: points
                name: named
                rule: index < rows.count - 1
                onActivated: page.vm.tick(n)
                onRefused: page.vm.tick(n)
            }
        }
    }

    Row {
        id: actions

        readonly property int each: (width - 2 * Theme.s2) / 3

        anchors.left: title.left
        anchors.right: side.left
        anchors.rightMargin: Theme.s4
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.s2
        height: Theme.actionButton
        spacing: Theme.s2

        PosButton {
            id: goBack

            objectName: "pointsBack"
            width: actions.each
            height: parent.height
            glyph: "chevron-left"
            text: page.vm.back
            onActivated: page.vm.leave()
        }

        PosButton {
            id: tickAll

            objectName: "tickAll"
            width: actions.each
            height: parent.height
            glyph: "tick"
            text: page.vm.tick_all
            onActivated: page.vm.tickAll()
        }

        PosButton {
            id: clear

            objectName: "clearTicks"
            width: actions.each
            height: parent.height
            glyph: "cross"
            text: page.vm.clear
            onActivated: page.vm.clearTicks()
        }
    }

    Rectangle {
        id: side

        anchors.right: parent.right
        anchors.top: parent.top
        anchors.bottom: parent.bottom
        width: Theme.orderColumn
        color: Theme.surface

        PosRule {
            anchors.left: parent.left
            anchors.top: parent.top
            anchors.bottom: parent.bottom
            width: Theme.hairlineWidth
        }

        MemberStrip {
            id: strip

            anchors.left: parent.left
            anchors.right: parent.right
            anchors.top: parent.top
            initials: page.sale.strip_initials
            tintNumber: page.sale.strip_tint
            text: page.sale.strip_name
            detail: page.sale.strip_detail
            status: page.sale.strip_status
            opens: false
        }

        PosRule {
            id: under

            anchors.left: parent.left
            anchors.right: parent.right
            anchors.top: strip.bottom
            height: Theme.hairlineWidth
        }

        Column {
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.leftMargin: Theme.s4
            anchors.rightMargin: Theme.s4
            anchors.top: under.bottom
            anchors.topMargin: Theme.largeText ? Theme.s1 : Theme.s4
            spacing: Theme.largeText ? 0 : Theme.s3

            Fact {
                size: Theme.row
                width: parent.width
                trailing: true
                label: page.vm.balance_label
                value: page.vm.balance
            }

            Fact {
                size: Theme.row
                width: parent.width
                trailing: true
                strong: true
                labelStrong: true
                label: page.vm.used_label
                value: page.vm.used
            }

            Fact {
                size: Theme.row
                width: parent.width
                trailing: true
                label: page.vm.left_label
                value: page.vm.left
            }

            PosRule {
                width: parent.width
                height: Theme.hairlineWidth
            }

            Fact {
                size: Theme.row
                width: parent.width
                trailing: true
                label: page.vm.sale_label
                value: page.vm.sale
            }

            Fact {
                size: Theme.row
                width: parent.width
                trailing: true
                label: page.vm.covered_label
                value: page.vm.covered
            }

            Fact {
                size: Theme.row
                width: parent.width
                trailing: true
                label: page.vm.discount_label
                value: page.vm.discount
            }
        }

        PosText {
            id: dueLabel

            anchors.left: parent.left
            anchors.leftMargin: Theme.s4
            anchors.baseline: due.baseline
            width: parent.width - due.width - 3 * Theme.s4
            fit: true
            size: Theme.row
            strong: true
            text: page.vm.due_label
        }

        PosText {
            id: due

            objectName: "pointsDue"
            anchors.right: parent.right
            anchors.rightMargin: Theme.s4
            anchors.bottom: when.top
            size: Theme.total
            strong: true
            text: page.vm.due
        }

        PosText {
            id: when

            anchors.left: parent.left
            anchors.right: parent.right
            anchors.leftMargin: Theme.s4
            anchors.rightMargin: Theme.s4
            anchors.bottom: use.top
            anchors.bottomMargin: Theme.s3
            size: Theme.note
            color: Theme.muted
            wrapMode: Text.WordWrap
            text: page.vm.when
        }

        PosButton {
            id: use

            objectName: "usePoints"
            anchors.left: parent.left
            anchors.right: parent.right
            anchors.leftMargin: Theme.s4
            anchors.rightMargin: Theme.s4
            anchors.bottom: parent.bottom
            anchors.bottomMargin: Theme.s2
            height: Theme.actionButton
            primary: true
            guardDoubleTap: true
            text: page.vm.use
            detail: page.vm.busy ? "" : page.vm.then
            reason: page.vm.use_reason
            onActivated: page.vm.useNow()
            onRefused: reason => page.explained(reason)
        }
    }
}
