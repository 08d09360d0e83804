// Letters and digits for the member search of a till that has no keyboard. Never mirrored: it is a keyboard.
pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

Item {
    id: keys

    required property var vm
    readonly property list<string> rows: ["1234567890", "qwertyuiop", "asdfghjkl-", "zxcvbnm'"]
    readonly property int keyWidth: (width - 9 * Theme.s2) / 10
    readonly property int keyHeight: Theme.target

    signal typed(letter: string)
    signal erased

    implicitHeight: 4 * keyHeight + 3 * Theme.s2
    height: implicitHeight
    LayoutMirroring.enabled: false
    LayoutMirroring.childrenInherit: true

    Column {
        spacing: Theme.s2

        Repeater {
            model: keys.rows

            delegate: Row {
                id: row

                required property string modelData

                spacing: Theme.s2

                Repeater {
                    model: row.modelData.split("")

                    delegate: PosButton {
                        required property string modelData

                        width: keys.keyWidth
                        height: keys.keyHeight
                        leftPadding: 0
                        rightPadding: 0
                        focusPolicy: Qt.NoFocus
                        size: Theme.row
                        text: modelData
                        onActivated: keys.typed(modelData)
                    }
                }
            }
        }
    }

    PosButton {
        id: space

        objectName: "keySpace"
        x: 8 * (keys.keyWidth + Theme.s2)
        anchors.bottom: parent.bottom
        width: keys.keyWidth
        height: keys.keyHeight
        leftPadding: 0
        rightPadding: 0
        focusPolicy: Qt.NoFocus
        text: "\u2423"
        name: keys.vm.space_named
        onActivated: keys.typed(" ")
    }

    PosButton {
        objectName: "keyErase"
        x: 9 * (keys.keyWidth + Theme.s2)
        anchors.bottom: parent.bottom
        width: keys.keyWidth
        height: keys.keyHeight
        focusPolicy: Qt.NoFocus
        glyph: "backspace"
        name: keys.vm.erase_named
        onActivated: keys.erased()
    }
}
