// What can be done to the selected line: one less, one more, a typed quantity, and 8 mm apart, away with it.
pragma ComponentBehavior: Bound

import QtQuick
import screens.parts

Item {
    id: edit

    required property var vm
    // With a keypad under the finger, or as one row.
    property bool keypad: false

    readonly property int cell: Theme.mm(24)
    readonly property int sideX: 3 * cell + 3 * Theme.s2
    readonly property int sideWidth: width - sideX

    function focusQuantity(): void {
        quantity.forceActiveFocus(Qt.TabFocusReason);
    }

    visible: vm.has_selected
    height: !visible ? 0 : keypad ? pad.implicitHeight : Theme.mm(13)

    PosKeypad {
        id: pad

        objectName: "quantityPad"
        width: edit.sideX - Theme.s2
        visible: edit.keypad
        name: edit.vm.quantity_named
        onTyped: text => edit.vm.typeQuantity(text)
        onErased: edit.vm.eraseQuantity()
    }

    PosButton {
        id: less

        objectName: "less"
        anchors.left: parent.left
        anchors.leftMargin: edit.keypad ? edit.sideX : 0
        y: edit.keypad ? 2 * (Theme.key + Theme.s2) : 0
        width: edit.keypad ? edit.sideWidth : edit.cell
        height: edit.keypad ? Theme.key : edit.height
        glyph: "minus"
        name: edit.vm.less_named
        onActivated: edit.vm.less()
    }

    PosButton {
        id: more

        objectName: "more"
        anchors.left: edit.keypad ? parent.left : less.right
        anchors.leftMargin: edit.keypad ? edit.sideX : Theme.s2
        y: edit.keypad ? Theme.key + Theme.s2 : 0
        width: less.width
        height: less.height
        glyph: "plus"
        name: edit.vm.more_named
        onActivated: edit.vm.more()
    }

    PosButton {
        id: quantity

        objectName: "quantity"
        anchors.left: edit.keypad ? parent.left : more.right
        anchors.leftMargin: edit.keypad ? edit.sideX : Theme.s2
        width: less.width
        height: less.height
        visible: edit.keypad || edit.vm.typing_quantity
        lines: 1
        leftPadding: Theme.s1
        rightPadding: Theme.s1
        chosen: edit.vm.typing_quantity
        text: edit.vm.quantity
        name: edit.vm.quantity_named
        onActivated: edit.vm.setQuantity()
    }

    PosButton {
        objectName: "remove"
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        width: Theme.mm(edit.keypad ? 26 : 15)
        height: edit.keypad ? Theme.target : edit.height
        glyph: "bin"
        name: edit.vm.remove_named
        danger: true
        onActivated: edit.vm.removed()
    }
}
