// Tender: what is owed, how it can be paid, cash entry. On Compact what is owed stands above the ways to pay it.
pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

FocusScope {
    id: page

    required property var vm
    readonly property list<Item> bar: [goBack, voided]
    readonly property Item primary: side.primary
    readonly property bool folded: Theme.widthClass(Window.width, Window.height) === "compact"
    readonly property int between: folded ? width - side.width - 2 * Theme.s4 : Theme.mm(96)

    function back(): bool {
        page.vm.leave();
        return true;
    }

    Flickable {
        id: owed

        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        y: page.folded ? Theme.s4 : Theme.s7
        width: page.between
        height: Math.min(stack.height, (page.folded ? actions.y - ways.height - Theme.s3 : actions.y) - y - Theme.s3)
        contentHeight: stack.height
        clip: true
        boundsBehavior: Flickable.StopAtBounds

        Column {
            id: stack

            width: parent.width

            PosLabel {
                size: Theme.line
                strong: true
                text: page.vm.to_pay_label
            }

            PosLabel {
                objectName: "due"
                width: parent.width
                size: Theme.due
                strong: true
                fit: true
                lineHeight: 1
                text: page.vm.due
                horizontalAlignment: Text.AlignLeft
            }

            PosLabel {
                color: Theme.muted
                text: page.vm.tax
            }

            Item {
                width: parent.width
                height: page.folded ? Theme.s2 : Theme.s7
            }

            PosRule {
                width: parent.width
                height: Theme.hairlineWidth
                color: Theme.outline
            }

            Repeater {
                model: page.vm.sums

                delegate: Item {
                    id: sum

                    required property string label
                    required property string amount

                    width: stack.width
                    height: Math.max(Theme.mm(page.folded ? 9 : 11), fact.implicitHeight + Theme.s2)

                    Fact {
                        id: fact

                        width: parent.width
                        anchors.verticalCenter: parent.verticalCenter
                        trailing: true
                        size: Theme.row
                        label: sum.label
                        value: sum.amount
                    }

                    PosRule {
                        width: parent.width
                        anchors.bottom: parent.bottom
                        height: Theme.hairlineWidth
                    }
                }
            }

            Item {
                width: parent.width
                height: face.visible ? face.height + Theme.s4 : 0

                PhotoFrame {
                    id: face

                    anchors.left: parent.left
                    anchors.bottom: parent.bottom
                    width: Theme.mm(15)
                    height: Theme.mm(20)
                    visible: page.vm.member !== ""
                    initials: page.vm.initials
                    tintNumber: page.vm.tint
                }

                PosLabel {
                    id: who

                    anchors.left: face.right
                    anchors.leftMargin: Theme.s4
                    anchors.right: parent.right
                    anchors.bottom: face.verticalCenter
                    visible: face.visible
                    size: Theme.note
                    strong: true
                    fit: true
                    text: page.vm.member
                    horizontalAlignment: Text.AlignLeft
                }

                PosLabel {
                    anchors.left: who.left
                    anchors.right: parent.right
                    anchors.top: who.bottom
                    visible: face.visible
                    size: Theme.note
                    fit: true
                    color: Theme.muted
                    text: page.vm.earns
                    horizontalAlignment: Text.AlignLeft
                }
            }
        }
    }

    Column {
        id: ways

        anchors.left: parent.left
        anchors.leftMargin: page.folded ? Theme.s4 : Theme.s4 + page.between + Theme.s12
        y: page.folded ? owed.y + owed.height + Theme.s4 : Theme.s7
        width: Math.min(Theme.mm(180), parent.width - side.width - anchors.leftMargin - Theme.s4)
        spacing: Theme.s3

        PosLabel {
            size: Theme.line
            strong: true
            text: page.vm.pay_with
        }

        Repeater {
            model: page.vm.media

            delegate: TenderRow {
                required property string kind
                required property string label
                required glyph
                required detail
                required amount
                required chosen

                objectName: "medium:" + kind
                width: ways.width
                text: label
                onActivated: page.vm.choose(kind)
            }
        }
    }

    Row {
        id: actions

        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.s2
        height: Theme.actionButton
        spacing: Theme.s8

        PosButton {
            id: goBack

            objectName: "tenderBack"
            width: Theme.mm(Theme.largeText ? 60 : 45)
            height: parent.height
            glyph: "chevron-left"
            text: page.vm.back
            onActivated: page.vm.leave()
        }

        PosButton {
            id: voided

            objectName: "voidPayment"
            width: Theme.mm(Theme.largeText ? 60 : 43)
            height: parent.height
            visible: page.vm.can_void
            glyph: "undo"
            text: page.vm.void_label
            danger: true
            onActivated: page.vm.voidNow()
        }
    }

    CashEntry {
        id: side

        anchors.right: parent.right
        anchors.top: parent.top
        anchors.bottom: parent.bottom
        width: Theme.orderColumn
        vm: page.vm
    }
}
