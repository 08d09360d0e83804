// A field to type in. Its label is its name; what is wrong stands under it with the octagon, and the typed words are kept.
import QtQuick
import QtQuick.Templates as T

Item {
    id: field

    property alias text: input.text
    property string placeholder: ""
    property string name: placeholder
    property string glyph: ""
    property string wrong: ""
    property alias maximumLength: input.maximumLength
    property alias inputHints: input.inputMethodHints

    signal edited(text: string)
    signal submitted(text: string)

    function focusField(): void {
        input.forceActiveFocus(Qt.ShortcutFocusReason);
    }

    implicitWidth: Theme.mm(80)
    implicitHeight: box.height + (wrong === "" ? 0 : Theme.s1 + Math.max(fault.height, Theme.iconTile))

    Rectangle {
        id: box

        width: parent.width
        height: Math.max(Theme.mm(13), Math.ceil(Theme.line * 1.25) + Theme.s2)
        radius: Theme.radius
        color: field.wrong !== "" ? Theme.wrongFill : Theme.surface
        border.width: input.activeFocus ? Theme.selectedWidth : Theme.controlWidth
        border.color: field.wrong !== "" ? Theme.wrongEdge : input.activeFocus ? Theme.primary : Theme.outline
    }

    PosIcon {
        id: icon

        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        y: (box.height - height) / 2
        name: field.glyph
        ink: Theme.muted
        size: Theme.iconBar
    }

    T.TextField {
        id: input

        anchors.left: parent.left
        anchors.right: parent.right
        height: box.height
        leftPadding: icon.visible ? Theme.s4 + icon.width + Theme.s3 : Theme.s4
        rightPadding: Theme.s4
        verticalAlignment: TextInput.AlignVCenter
        color: Theme.ink
        selectionColor: Theme.primary
        selectedTextColor: Theme.primaryInk
        selectByMouse: true
        font.family: Theme.textFamily
        font.pixelSize: Theme.line
        font.features: Theme.figures
        font.hintingPreference: Font.PreferNoHinting
        onTextEdited: field.edited(text)
        onAccepted: field.submitted(text)
        onActiveFocusChanged: {
            if (activeFocus && focusReason !== Qt.MouseFocusReason)
                Theme.keyInput = true;
        }
        Accessible.role: Accessible.EditableText
        Accessible.name: field.name
        Accessible.description: field.wrong
    }

    PosText {
        anchors.left: input.left
        anchors.leftMargin: input.leftPadding
        width: input.width - input.leftPadding - Theme.s4
        height: box.height
        visible: input.text === "" && input.preeditText === ""
        text: field.placeholder
        size: Theme.line
        fit: true
        color: Theme.muted
        horizontalAlignment: Text.AlignLeft
        verticalAlignment: Text.AlignVCenter
    }

    FocusRing {
        control: input
        anchors.fill: box
    }

    StatusShape {
        id: shape

        anchors.left: parent.left
        y: box.height + Theme.s1
        kind: field.wrong === "" ? "" : "denied"
        size: Theme.iconTile
    }

    PosLabel {
        id: fault

        anchors.left: parent.left
        anchors.leftMargin: Theme.iconTile + Theme.s2
        y: shape.y
        width: parent.width - Theme.iconTile - Theme.s2
        visible: field.wrong !== ""
        text: field.wrong
        strong: true
        wrapMode: Text.WordWrap
    }
}
