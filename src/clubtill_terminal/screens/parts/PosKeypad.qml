// Digits for amounts and PINs. 7-8-9 on top at a till, 1-2-3 on top for a PIN or the public (U76); never mirrored (U110).
pragma ComponentBehavior: Bound

import QtQuick

Item {
    id: pad

    // "till": 7-8-9 on top; "pin": 1-2-3 on top
    property string order: "till"
    // The three keys of the last row, from left to right: digits, ".", "clear" or "back"
    property list<string> lastRow: ["0", "00", "back"]
    property string name: qsTr("Keypad")

    readonly property list<string> keys: (order === "pin" ? ["1", "2", "3", "4", "5", "6", "7", "8", "9"] : ["7", "8", "9", "4", "5", "6", "1", "2", "3"]).concat(lastRow)
    readonly property real keyWidth: (width - 2 * Theme.s2) / 3
    readonly property real keyHeight: Math.max(Theme.key, (height - 3 * Theme.s2) / 4)

    signal typed(text: string)
    signal erased
    signal cleared

    implicitWidth: 3 * Theme.mm(25) + 2 * Theme.s2
    implicitHeight: 4 * Theme.key + 3 * Theme.s2
    LayoutMirroring.enabled: false
    LayoutMirroring.childrenInherit: true
    Accessible.role: Accessible.Grouping
    Accessible.name: name

    Grid {
        columns: 3
        spacing: Theme.s2

        Repeater {
            model: pad.keys

            PosKey {
                required property string modelData

                width: pad.keyWidth
                height: pad.keyHeight
                text: modelData === "clear" ? qsTr("Clear") : modelData === "back" ? "" : modelData
                glyph: modelData === "back" ? "backspace" : ""
                name: modelData === "back" ? qsTr("Delete last digit") : modelData === "." ? qsTr("Decimal point") : text
                onActivated: modelData === "clear" ? pad.cleared() : modelData === "back" ? pad.erased() : pad.typed(modelData)
            }
        }
    }
}
