// Text in the house fonts with tabular figures. Silent for a screen reader: the control around it speaks; see PosLabel.
import QtQuick

Text {
    id: words

    property int size: Theme.body
    property bool strong: false
    // May shrink to the floor rather than be cut; needs a width (and a height, if it wraps) from outside.
    property bool fit: false
    property int floor: Math.min(size, Theme.mm(4.5))

    color: Theme.ink
    textFormat: Text.PlainText
    // Said, not left to the script of the words: so it is mirrored with the layout.
    horizontalAlignment: Text.AlignLeft
    font.family: size >= Theme.displayFrom ? Theme.displayFamily : Theme.textFamily
    font.pixelSize: size
    font.weight: strong ? Font.DemiBold : Font.Normal
    font.features: Theme.figures
    font.hintingPreference: Font.PreferNoHinting
    fontSizeMode: fit ? Text.Fit : Text.FixedSize
    minimumPixelSize: floor
    elide: fit ? Text.ElideRight : Text.ElideNone
}
