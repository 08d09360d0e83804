// The ground of a window: the canvas, the watch on which kind of input came last (the focus ring hangs on it), and the
// arrow keys, which move the focus to the nearest target in their direction (U74).
import QtQuick

FocusScope {
    id: root

    readonly property string widthClass: Theme.widthClass(width, height)

    // Every visible target below an item that the keyboard may reach.
    function reachable(item: Item): list<Item> {
        let found = [];
        for (const child of item.children) {
            if (!child.visible || !child.enabled)
                continue;
            if (child.activeFocusOnTab && child.width > 0)
                found.push(child);
            found = found.concat(root.reachable(child));
        }
        return found;
    }

    // Focus goes to the nearest target that way. What lies aside costs double, so rows and columns hold.
    function step(across: int, down: int): bool {
        const from = root.Window.activeFocusItem;
        if (!from || from === root)
            return false;
        const start = from.mapToItem(root, 0, 0, from.width, from.height);
        let best = null;
        let least = Infinity;
        for (const target of root.reachable(root)) {
            const end = target.mapToItem(root, 0, 0, target.width, target.height);
            const x = end.x + end.width / 2 - start.x - start.width / 2;
            const y = end.y + end.height / 2 - start.y - start.height / 2;
            const along = x * across + y * down;
            // How far beside the column (or row) of the start it begins; 0 where they share some of it.
            const aside = across === 0 ? Math.abs(x) - (start.width + end.width) / 2 : Math.abs(y) - (start.height + end.height) / 2;
            const cost = along + 2 * Math.max(0, aside) + 0.1 * Math.abs(across === 0 ? x : y);
            if (target !== from && along > 1 && along >= aside && cost < least) {
                best = target;
                least = cost;
            }
        }
        if (best === null)
            return false;
        best.forceActiveFocus(Qt.TabFocusReason);
        return true;
    }

    focus: true
    LayoutMirroring.enabled: Theme.rightToLeft
    LayoutMirroring.childrenInherit: true

    Keys.onLeftPressed: event => event.accepted = root.step(-1, 0)
    Keys.onRightPressed: event => event.accepted = root.step(1, 0)
    Keys.onUpPressed: event => event.accepted = root.step(0, -1)
    Keys.onDownPressed: event => event.accepted = root.step(0, 1)

    Rectangle {
        anchors.fill: parent
        z: -1
        color: Theme.canvas
    }

    Item {
        anchors.fill: parent
        z: 1000

        PointHandler {
            acceptedButtons: Qt.AllButtons
            onActiveChanged: {
                if (active)
                    Theme.keyInput = false;
            }
        }
    }
}
