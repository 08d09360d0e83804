// A sentence with a way out that goes by itself: "Removed: 2 Schooner Pale. Undo" (U41). It never covers a target that
// must be reached: screens place it over the lines or the tiles, not over the action bar.
import QtQuick

Rectangle {
    id: toast

    property string text: ""
    property string action: ""
    property int showMs: 8000
    property string status: ""

    readonly property bool shown: text !== "" && !gone
    property bool gone: true

    signal acted
    signal passed

    function show(sentence: string, way: string): void {
        toast.text = sentence;
        toast.action = way;
        toast.gone = false;
        clock.restart();
        toast.Accessible.announce(sentence, Accessible.Polite);
    }

    function leave(): void {
        if (toast.gone)
            return;
        clock.stop();
        toast.gone = true;
        toast.passed();
    }

    implicitWidth: Math.min(parent ? parent.width - 2 * Theme.s4 : Theme.mm(160), words.natural + button.room + icon.room + 2 * Theme.s4)
    implicitHeight: Math.max(Theme.mm(16), words.contentHeight + 2 * Theme.s3, button.visible ? button.height + 2 * Theme.s2 : 0)
    z: 50
    visible: shown
    radius: Theme.radiusCard
    color: Theme.highContrast ? Theme.surface : Theme.ink
    border.width: Theme.highContrast ? 2 : 0
    border.color: Theme.outline
    Accessible.role: Accessible.AlertMessage
    Accessible.name: text

    Timer {
        id: clock

        interval: toast.showMs
        onTriggered: toast.leave()
    }

    TextMetrics {
        id: measure

        font: words.font
        text: toast.text
    }

    StatusShape {
        id: icon

        readonly property int room: visible ? width + Theme.s3 : 0

        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        anchors.verticalCenter: parent.verticalCenter
        kind: toast.status
        size: Theme.iconBar
    }

    PosText {
        id: words

        readonly property int natural: Math.ceil(measure.advanceWidth) + Theme.s4

        anchors.left: parent.left
        anchors.leftMargin: Theme.s4 + icon.room
        anchors.verticalCenter: parent.verticalCenter
        width: parent.width - Theme.s4 - icon.room - Theme.s2 - button.room - (button.visible ? 0 : Theme.s2)
        text: toast.text
        color: Theme.highContrast ? Theme.ink : Theme.canvas
        wrapMode: Text.WordWrap
        horizontalAlignment: Text.AlignLeft
    }

    PosButton {
        id: button

        readonly property int room: visible ? width + Theme.s2 : 0

        anchors.right: parent.right
        anchors.rightMargin: Theme.s2
        anchors.verticalCenter: parent.verticalCenter
        visible: toast.action !== ""
        text: toast.action
        onActivated: {
            toast.acted();
            toast.leave();
        }
    }
}
