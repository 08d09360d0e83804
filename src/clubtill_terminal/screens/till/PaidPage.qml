// After paying: one fact 28 mm high, the facts of the sale, and the next sale where Pay was.
pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

FocusScope {
    id: page

    required property var vm
    readonly property list<Item> bar: [copy]
    readonly property Item primary: next

    function back(): bool {
        page.vm.nextSale();
        return true;
    }

    Rectangle {
        id: card

        anchors.horizontalCenter: parent.horizontalCenter
        y: Math.max(Theme.s4, (actions.y - height) * 0.4)
        width: Math.min(parent.width - 2 * Theme.s4, Theme.mm(274))
        height: body.height + 2 * Theme.s8
        radius: Theme.radiusSheet
        color: Theme.surface
        border.width: Theme.hairlineWidth
        border.color: Theme.hairline

        Column {
            id: body

            x: Theme.s12
            y: Theme.s8
            width: parent.width - 2 * Theme.s12

            Item {
                width: parent.width
                height: Math.max(heading.implicitHeight, Theme.mm(10))

                StatusShape {
                    id: shape

                    anchors.left: parent.left
                    anchors.verticalCenter: parent.verticalCenter
                    kind: "ok"
                    size: Theme.mm(9.5)
                }

                PosText {
                    id: heading

                    anchors.left: shape.right
                    anchors.leftMargin: Theme.s3
                    anchors.verticalCenter: parent.verticalCenter
                    size: Theme.title
                    strong: true
                    text: page.vm.title
                }

                Row {
                    anchors.right: parent.right
                    anchors.verticalCenter: parent.verticalCenter
                    spacing: Theme.s2
                    visible: page.vm.drawer !== ""

                    PosIcon {
                        anchors.verticalCenter: parent.verticalCenter
                        name: "drawer"
                        size: Theme.iconAction
                        ink: Theme.ink
                    }

                    PosText {
                        anchors.verticalCenter: parent.verticalCenter
                        size: Theme.row
                        strong: true
                        text: page.vm.drawer
                    }
                }
            }

            Item {
                width: parent.width
                height: change.implicitHeight

                PosText {
                    anchors.left: parent.left
                    anchors.baseline: change.baseline
                    size: Theme.title
                    color: Theme.muted
                    text: page.vm.change_label
                }

                PosText {
                    id: change

                    objectName: "changeDue"
                    anchors.right: parent.right
                    size: Theme.change
                    strong: true
                    text: page.vm.change
                }
            }

            PosRule {
                width: parent.width
                height: Theme.hairlineWidth
            }

            Item {
                width: parent.width
                height: Theme.s4
            }

            Item {
                width: parent.width
                height: Math.max(sold.implicitHeight, gained.implicitHeight)

                Column {
                    id: sold

                    anchors.left: parent.left
                    width: parent.width * 0.58
                    spacing: Theme.s3

                    Repeater {
                        model: page.vm.facts

                        delegate: Fact {
                            required property string amount
                            required label

                            width: sold.width
                            value: amount
                        }
                    }
                }

                Column {
                    id: gained

                    anchors.right: parent.right
                    width: parent.width * 0.4
                    spacing: Theme.s2

                    PosText {
                        width: parent.width
                        horizontalAlignment: Text.AlignRight
                        fit: true
                        size: Theme.row
                        strong: true
                        text: page.vm.member === "" ? "" : page.vm.member + "  " + page.vm.earned
                    }

                    PosText {
                        width: parent.width
                        horizontalAlignment: Text.AlignRight
                        fit: true
                        size: Theme.row
                        color: Theme.muted
                        text: page.vm.balance
                    }

                    PosText {
                        width: parent.width
                        horizontalAlignment: Text.AlignRight
                        size: Theme.row
                        color: Theme.muted
                        text: page.vm.receipt
                    }
                }
            }
        }
    }

    Item {
        id: actions

        anchors.left: parent.left
        anchors.right: parent.right
        anchors.leftMargin: Theme.s4
        anchors.rightMargin: Theme.s4
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.s2
        height: Theme.actionButton

        PosButton {
            id: copy

            objectName: "copy"
            anchors.left: parent.left
            width: Theme.mm(60)
            height: parent.height
            glyph: "printer"
            text: page.vm.copy
            onActivated: page.vm.printCopy()
        }

        PosButton {
            id: next

            objectName: "next"
            anchors.right: parent.right
            width: Theme.orderColumn - 2 * Theme.s4
            height: parent.height
            primary: true
            guardDoubleTap: true
            text: page.vm.next_sale
            onActivated: page.vm.nextSale()
        }
    }

    Component.onCompleted: Accessible.announce(vm.announce, Accessible.Polite)
}
