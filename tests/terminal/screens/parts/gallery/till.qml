pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

PosRoot {
    id: root

    readonly property int tileColumns: Theme.largeText ? Math.max(1, Math.floor((work.width - 2 * Theme.s4 + Theme.s2) / (Theme.mm(54) + Theme.s2))) : widthClass === "compact" ? 5 : 6
    readonly property list<string> names: ["Schooner Pale", "Pint Pale", "Jug Pale", "Schooner Lager", "Pint Dark ale", "Stubby Wheat"]
    readonly property list<string> families: ["beer", "wine", "spirits", "soft", "bistro", "snacks", "fees", "goods"]

    PosStatusBar {
        id: bar

        width: parent.width
        terminal: "Main Bar 1"
        person: "Sam K."
        dateText: "Tue 24 Nov"
        timeText: "18:42"
        chipText: "Online, all sent"
        chipShort: "Online"
    }

    Rectangle {
        id: order

        y: bar.height
        anchors.right: parent.right
        width: Theme.orderColumn
        height: parent.height - y
        color: Theme.surface

        Rectangle {
            width: Theme.hairlineWidth
            height: parent.height
            color: Theme.hairline
        }

        MemberStrip {
            id: strip

            initials: "JO"
            text: "Jean Okafor"
            detail: "Gold, paid to 30 Jun 2027"
            points: "12,420 points"
            worth: "= $124.20"
            buttonText: "Use points"
        }

        Rectangle {
            y: strip.height
            width: parent.width
            height: Theme.hairlineWidth
            color: Theme.hairline
        }

        PosList {
            id: lines

            x: Theme.s2
            y: strip.height + Theme.s1
            width: parent.width - 2 * x
            height: edit.y - y - Theme.s8
            name: "Sale"
            model: [["2", "Schooner Pale", "16.00", "Member price, saved 1.00"], ["1", "Light schooner", "7.20", ""], ["1", "Member parma", "23.98", "Member offer, saved 3.00"], ["1", "Sea salt chips", "4.50", ""], ["1", "Cap, club logo", "25.00", ""], ["1", "Locker rent", "45.00", "To 30 Jun 2028"]]

            delegate: OrderLine {
                required property var modelData
                required property int index

                width: lines.width
                quantity: modelData[0]
                text: modelData[1]
                amount: modelData[2]
                note: modelData[3]
                selected: index === 2
                rule: index !== 1
            }
        }

        LineEditRow {
            id: edit

            x: Theme.s4
            y: totals.y - height - Theme.s2
            width: parent.width - 2 * x
            lineName: "Member parma"
        }

        Rectangle {
            y: totals.y
            width: parent.width
            height: Theme.hairlineWidth
            color: Theme.hairline
        }

        Totals {
            id: totals

            x: Theme.s4
            y: pay.y - height - Theme.s2
            width: parent.width - 2 * x
            saved: "Saved 4.00"
            earns: "Earns 153 points"
            tax: "GST included 11.06"
            amount: "$121.68"
        }

        PosButton {
            id: pay

            x: Theme.s4
            y: parent.height - height - Theme.s2
            width: parent.width - 2 * x
            height: Theme.actionButton
            primary: true
            text: "Pay  $121.68"
            guardDoubleTap: true
        }
    }

    Item {
        id: work

        anchors.left: parent.left
        y: bar.height
        width: parent.width - order.width
        height: parent.height - y

        Row {
            id: tabs

            anchors.left: parent.left
            anchors.leftMargin: Theme.s4
            y: Theme.s2
            spacing: Theme.s2

            Repeater {
                model: Math.max(0, Math.min(7, Math.floor((work.width - 2 * Theme.s4 - Theme.target - 2) / ((Theme.largeText ? Theme.mm(40) : Theme.mm(27)) + Theme.s2))))

                PosTab {
                    required property int index

                    width: Theme.largeText ? Theme.mm(40) : Theme.mm(27)
                    text: ["Beer", "Wine", "Spirits", "Soft", "Bistro", "Snacks", "Fees"][index]
                    family: ["beer", "wine", "spirits", "soft", "bistro", "snacks", "fees"][index]
                    chosen: index === 0
                }
            }

            PosTab {
                glyph: "chevron-right"
                name: "More families"
            }
        }

        Grid {
            id: grid

            readonly property int cellWidth: (work.width - 2 * Theme.s4 - (columns - 1) * Theme.s2) / columns
            readonly property int room: acts.y - tabs.y - tabs.height - 2 * Theme.s2
            readonly property int rows_: Math.floor((room + Theme.s2) / (Theme.mm(Theme.largeText ? 30 : 25) + Theme.s2))

            anchors.left: parent.left
            anchors.leftMargin: Theme.s4
            y: tabs.y + tabs.height + Theme.s2
            columns: root.tileColumns
            spacing: Theme.s2

            Repeater {
                model: Math.max(0, grid.columns * grid.rows_)

                PosTile {
                    required property int index

                    width: grid.cellWidth
                    height: (grid.room - (grid.rows_ - 1) * Theme.s2) / grid.rows_
                    text: root.names[index % 6]
                    price: ["8.00", "9.90", "20.50"][index % 3]
                    memberPrice: index % 4 !== 1
                    family: root.families[index % 8]
                    quantity: index === 0 ? 2 : index === 4 ? 14 : 0
                    reason: index === 5 ? "Sold out today" : ""
                    unavailableWord: "Sold out"
                }
            }
        }

        Row {
            id: acts

            anchors.left: parent.left
            anchors.leftMargin: Theme.s4
            y: parent.height - height - Theme.s2
            spacing: Theme.s2

            Repeater {
                model: 5

                PosButton {
                    required property int index

                    width: (work.width - 2 * Theme.s4 - 4 * Theme.s2) / 5
                    height: Theme.actionButton
                    text: ["Undo", "Parked 2", "Member", "Search", "Receipts"][index]
                    glyph: ["undo", "park", "person", "search", "receipt"][index]
                }
            }
        }
    }
}
