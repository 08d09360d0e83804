// A line icon of resources/icons, drawn in the given ink for exactly its size.
import QtQuick
import QtQuick.Window

Image {
    id: icon

    property string name: ""
    property color ink: Theme.ink
    property color fill: ink
    property color edge: ink
    property int size: Theme.iconBar

    readonly property list<string> directional: ["chevron-left", "chevron-right", "undo", "history"]

    function digits(colour: color): string {
        return colour.toString().slice(-6);
    }

    width: size
    height: size
    sourceSize: Qt.size(Math.round(size * Screen.devicePixelRatio), Math.round(size * Screen.devicePixelRatio))
    source: name === "" || size <= 0 ? "" : `image://icon/${name}/${digits(ink)}/${digits(fill)}/${digits(edge)}`
    visible: name !== ""
    mirror: Theme.rightToLeft && directional.includes(name)
}
