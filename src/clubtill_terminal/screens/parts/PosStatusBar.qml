// The bar on top: which terminal, who, when, connected or not, menu. It turns violet while offline; nothing moves (U66).
// Where it gets narrow the second voice gives way first: the date, then the menu's word, the terminal's name, the person's glyph.
import QtQuick

Rectangle {
    id: bar

    property string terminal: ""
    property string person: ""
    // Such as "Inside 212 of 400"
    property string middle: ""
    property string dateText: ""
    property string timeText: ""
    // A window that has no menu, or where nobody is switched, shows neither button.
    property bool hasMenu: true
    property bool switchesPerson: true
    property string chipStatus: "ok"
    property string chipText: ""
    // The words where there is no room for all of them, such as "Offline, 14"
    property string chipShort: chipText

    readonly property bool violet: chipStatus === "offline"
    readonly property color ink: violet ? Theme.statusInk("offline") : Theme.ink
    readonly property color second: violet ? Theme.statusInk("offline") : Theme.muted

    // How many parts give way, 0 to 6.
    readonly property int fold: {
        const gaps = 2 * Theme.s4;
        const parts = [place.implicitWidth + Theme.iconTile + Theme.s2 + Theme.s3, who.visible ? who.implicitWidth : person === "" ? 0 : somebody.implicitWidth + Theme.s4, middle === "" ? 0 : between.implicitWidth + Theme.s4, time.implicitWidth + Theme.s3, date.implicitWidth + Theme.s3, chip.fullNeeded, hasMenu ? menu.wide : Theme.s2];
        const lower = [0, 0, 0, 0, 0, chip.shortNeeded, menu.narrow];
        const need = [0, 1, 2, 3, 4, 5, 6].map(level => {
            let sum = gaps;
            for (let part = 0; part < parts.length; ++part) {
                const gone = part === 4 && level >= 1 || part === 0 && level >= 3 || part === 3 && level >= 5 || part === 2 && level >= 6;
                const small = part === 6 && level >= 2 || part === 5 && level >= 4;
                sum += gone ? (part === 0 ? Theme.iconTile + Theme.s3 : 0) : small ? lower[part] : parts[part];
            }
            return sum;
        });
        const level = need.findIndex(sum => sum <= bar.width);
        return level < 0 ? 6 : level;
    }

    signal personActivated
    signal statusActivated
    signal menuActivated

    implicitHeight: Theme.statusBar
    color: violet ? Theme.statusFill("offline") : Theme.surface
    Accessible.role: Accessible.StatusBar
    Accessible.name: terminal

    PosIcon {
        id: rings

        anchors.left: parent.left
        anchors.leftMargin: Theme.s4
        anchors.verticalCenter: parent.verticalCenter
        name: "rings"
        ink: bar.violet ? bar.ink : Theme.primary
        size: Theme.text(5.5, 0.3)
    }

    PosLabel {
        id: place

        anchors.left: rings.right
        anchors.leftMargin: Theme.s2
        anchors.verticalCenter: parent.verticalCenter
        visible: bar.fold < 3
        text: bar.terminal
        size: Theme.label
        strong: true
        color: bar.ink
    }

    BarButton {
        id: who

        anchors.left: bar.fold < 3 ? place.right : rings.right
        anchors.leftMargin: bar.fold < 3 ? Theme.s4 + Theme.s1 : 0
        visible: bar.person !== "" && bar.switchesPerson
        text: bar.person
        name: qsTr("Switch user, %1 is signed in").arg(bar.person)
        glyph: "switch-user"
        ink: bar.ink
        onActivated: bar.personActivated()
    }

    PosLabel {
        id: somebody

        anchors.left: bar.fold < 3 ? place.right : rings.right
        anchors.leftMargin: Theme.s4 + Theme.s1
        anchors.verticalCenter: parent.verticalCenter
        visible: bar.person !== "" && !bar.switchesPerson && bar.fold < 2
        text: bar.person
        size: Theme.label
        color: bar.ink
    }

    PosLabel {
        id: between

        anchors.left: who.visible ? who.right : somebody.visible ? somebody.right : place.right
        anchors.leftMargin: Theme.s7
        anchors.verticalCenter: parent.verticalCenter
        visible: bar.middle !== "" && bar.fold < 6
        text: bar.middle
        size: Theme.label
        strong: true
        color: bar.ink
    }

    PosLabel {
        id: date

        anchors.right: time.left
        anchors.rightMargin: Theme.s3
        anchors.verticalCenter: parent.verticalCenter
        visible: bar.fold < 1
        text: bar.dateText
        size: Theme.label
        color: bar.second
    }

    PosLabel {
        id: time

        anchors.right: chip.left
        anchors.rightMargin: bar.fold < 1 ? Theme.s7 : Theme.s2
        anchors.verticalCenter: parent.verticalCenter
        visible: bar.fold < 5
        text: bar.timeText
        size: Theme.label
        color: bar.second
    }

    StatusChip {
        id: chip

        readonly property int frame: shapeSize + Theme.s2 + 2 * inset
        readonly property int fullNeeded: Math.ceil(fullWords.advanceWidth) + frame
        readonly property int shortNeeded: Math.ceil(shortWords.advanceWidth) + frame

        anchors.right: bar.hasMenu ? menu.left : parent.right
        anchors.rightMargin: bar.hasMenu && bar.fold >= 1 ? 0 : Theme.s3
        status: bar.chipStatus
        text: bar.fold < 4 ? bar.chipText : bar.chipShort
        name: bar.chipText
        ink: bar.ink
        onActivated: bar.statusActivated()

        TextMetrics {
            id: fullWords

            font: shortWords.font
            text: bar.chipText
        }

        TextMetrics {
            id: shortWords

            font.family: Theme.textFamily
            font.pixelSize: Theme.label
            font.weight: Font.DemiBold
            font.features: Theme.figures
            text: bar.chipShort
        }
    }

    BarButton {
        id: menu

        readonly property int narrow: Theme.target
        readonly property int wide: Math.ceil(menuWords.advanceWidth) + Theme.text(5, 0.3) + Theme.s2 + 2 * Theme.s3

        anchors.right: parent.right
        anchors.rightMargin: Theme.s1
        visible: bar.hasMenu
        text: qsTr("Menu")
        glyph: "menu"
        glyphFirst: true
        wordless: bar.fold >= 2
        strong: true
        ink: bar.ink
        onActivated: bar.menuActivated()

        TextMetrics {
            id: menuWords

            font.family: Theme.textFamily
            font.pixelSize: Theme.label
            font.weight: Font.DemiBold
            font.features: Theme.figures
            text: menu.text
        }
    }

    Rectangle {
        y: parent.height - height
        width: parent.width
        height: Theme.hairlineWidth
        visible: !bar.violet
        color: Theme.hairline
    }
}
