// Tender: what is owed, how it can be paid, cash entry. On Compact the sums fold into a strip on top.
import QtQuick
import screens.parts

FocusScope {
    id: page

    required property var vm
    readonly property bool folded: Theme.widthClass(Window.width, Window.height) === "compact"
    readonly property int leftWidth: folded ? width - side.width - 2 * Theme.s4 : Theme.mm(96)

    Item {
        id: owed

        x: Theme.s4
        y: Theme.s7
        width: page.leftWidth
        height: page.folded ? due.y + due.height + Theme.s2 : actions.y - y - Theme.s3

        PosText {
            id: dueLabel

            size: Theme.line
            strong: true
            text: page.vm.to_pay_label
        }

        PosText {
            id: due

            objectName: "due"
            anchors.top: dueLabel.bottom
            size: page.folded ? Theme.total : Theme.due
            strong: true
            fit: true
            width: page.folded ? implicitWidth : parent.width
            text: page.vm.due
        }

        PosText {
            id: tax

            anchors.top: page.folded ? undefined : due.bottom
            anchors.baseline: page.folded ? dueLabel.baseline : undefined
            anchors.left: page.folded ? dueLabel.right : parent.left
            anchors.leftMargin: page.folded ? Theme.s4 : 0
            color: Theme.muted
            text: page.vm.tax
        }

        Column {
            id: sums

            anchors.left: page.folded ? due.right : parent.left
            anchors.leftMargin: page.folded ? Theme.s8 : 0
            anchors.right: parent.right
            anchors.top: page.folded ? tax.bottom : tax.bottom
            anchors.topMargin: page.folded ? 0 : Theme.s7
            visible: !page.folded

            PosRule {
                width: parent.width
                height: Theme.hairlineWidth
            }

            Repeater {
                model: page.vm.sums

                delegate: Item {
                    id: sum

                    required property string label
                    required property string amount

                    width: sums.width
                    height: Math.max(Theme.mm(11), fact.implicitHeight + Theme.s2)

                    Fact {
                        id: fact

                        width: parent.width
                        anchors.verticalCenter: parent.verticalCenter
                        trailing: true
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
        }

        Row {
            anchors.left: parent.left
            anchors.top: sums.bottom
            anchors.topMargin: Theme.s4
            spacing: Theme.s4
            visible: !page.folded && page.vm.member !== ""

            PhotoFrame {
                width: Theme.mm(15)
                height: Theme.mm(20)
                initials: page.vm.initials
                tintNumber: page.vm.tint
            }

            Column {
                anchors.verticalCenter: parent.verticalCenter

                PosText {
                    strong: true
                    text: page.vm.member
                }

                PosText {
                    color: Theme.muted
                    text: page.vm.earns
                }
            }
        }
    }

    Column {
        id: ways

        x: page.folded ? Theme.s4 : owed.x + owed.width + Theme.s12
        y: page.folded ? owed.y + owed.height + Theme.s4 : Theme.s7
        width: side.x - x - Theme.s4
        spacing: Theme.s3

        PosText {
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

        x: Theme.s4
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.s2
        height: Theme.actionButton
        spacing: Theme.s8

        PosButton {
            objectName: "tenderBack"
            width: Theme.mm(45)
            height: parent.height
            glyph: "chevron-left"
            text: page.vm.back
            onActivated: page.vm.leave()
        }

        PosButton {
            objectName: "voidPayment"
            width: Theme.mm(43)
            height: parent.height
            visible: page.vm.void_reason === ""
            glyph: "undo"
            text: page.vm.void_label
            danger: true
            onActivated: page.vm.voidNow()
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

        Item {
            anchors.fill: parent
            anchors.leftMargin: Theme.s4
            anchors.rightMargin: Theme.s4

            Fact {
                id: entryDue

                y: Theme.s4
                width: parent.width
                trailing: true
                strong: true
                labelStrong: true
                label: page.vm.entry_label
                value: page.vm.entry_due
            }

            PosReadout {
                id: readout

                objectName: "given"
                anchors.top: entryDue.bottom
                anchors.topMargin: Theme.s3
                width: parent.width
                label: page.vm.given_label
                amount: page.vm.given
            }

            Row {
                id: offers

                readonly property int count: Math.max(1, page.vm.offers.count)

                anchors.top: readout.bottom
                anchors.topMargin: Theme.s3
                width: parent.width
                height: page.vm.cash ? Theme.key : 0
                visible: page.vm.cash
                spacing: Theme.s2

                Repeater {
                    model: page.vm.offers

                    delegate: PosButton {
                        required property int index
                        required property string label
                        required chosen

                        objectName: "offer:" + index
                        width: (offers.width - (offers.count - 1) * Theme.s2) / offers.count
                        height: offers.height
                        leftPadding: Theme.s1
                        rightPadding: Theme.s1
                        text: label
                        onActivated: page.vm.offered(index)
                    }
                }
            }

            PosKeypad {
                objectName: "keypad"
                anchors.left: parent.left
                anchors.right: parent.right
                anchors.top: offers.bottom
                anchors.topMargin: Theme.s3
                anchors.bottom: change.top
                anchors.bottomMargin: Theme.s2
                onTyped: text => page.vm.typed(text)
                onErased: page.vm.erased()
            }

            Fact {
                id: change

                objectName: "change"
                anchors.bottom: take.top
                anchors.bottomMargin: Theme.s2
                width: parent.width
                trailing: true
                strong: true
                visible: page.vm.cash
                label: page.vm.change_label
                value: page.vm.change
            }

            PosButton {
                id: take

                objectName: "take"
                anchors.left: parent.left
                anchors.right: parent.right
                anchors.bottom: parent.bottom
                anchors.bottomMargin: Theme.s2
                height: Theme.actionButton
                primary: true
                guardDoubleTap: true
                text: page.vm.take
                onActivated: page.vm.takeNow()
            }
        }
    }
}
