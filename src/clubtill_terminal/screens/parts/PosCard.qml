// A surface with a hairline; what stands in it is inset by its padding.
import QtQuick

Rectangle {
    id: card

    default property alias content: inner.data
    property int padding: Theme.s4

    implicitWidth: inner.childrenRect.width + 2 * padding
    implicitHeight: inner.childrenRect.height + 2 * padding
    radius: Theme.radiusCard
    color: Theme.surface
    border.width: Theme.hairlineWidth
    border.color: Theme.hairline

    Item {
        id: inner

        anchors.fill: parent
        anchors.margins: card.padding
    }
}
