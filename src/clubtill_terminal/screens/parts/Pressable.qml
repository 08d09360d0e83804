// What can be pressed: touch, mouse, Space and Enter; immediate feedback; a reason instead of a dead control.
// Screens listen to activated(), never to clicked(): activated keeps the guard against double taps and the reason.
import QtQuick
import QtQuick.Templates as T

T.AbstractButton {
    id: control

    property string name: ""
    // Why it cannot be used now, in the words of the catalogue. Empty: it can. A tap then asks, by refused().
    property string reason: ""
    property bool guardDoubleTap: false
    // Takes something away: stands 8 mm from any other target (U4).
    property bool danger: false
    property bool locked: false
    property int corner: Theme.radius
    property bool ringInside: false

    readonly property bool available: reason === ""

    signal activated
    signal refused(reason: string)

    function act(): void {
        if (!control.available) {
            control.refused(control.reason);
            return;
        }
        if (control.guardDoubleTap) {
            if (pause.running)
                return;
            pause.restart();
        }
        control.activated();
    }

    focusPolicy: Qt.TabFocus
    onClicked: control.act()
    onVisualFocusChanged: {
        if (visualFocus)
            Theme.keyInput = true;
    }

    Accessible.name: name !== "" ? name : text
    Accessible.description: reason
    Accessible.onPressAction: control.act()

    Keys.onPressed: event => {
        Theme.keyInput = true;
        if (event.key === Qt.Key_Return || event.key === Qt.Key_Enter) {
            if (!event.isAutoRepeat)
                control.click();
            event.accepted = true;
        } else {
            event.accepted = false;
        }
    }

    Timer {
        id: pause

        interval: Theme.doubleTap
    }

    FocusRing {
        control: control
        corner: control.corner
        inside: control.ringInside
    }
}
