// The look of the terminal in one place: millimetres, type, space, colours, motion.
// theme.py sets the first block; everything else follows from it. Sizes below are pixels made from millimetres.
pragma Singleton

import QtQuick

QtObject {
    id: theme

    property real pxPerMm: 3.95
    property real textScale: 1
    property bool reducedMotion: false
    property string scheme: "light"
    property var colours: ({})

    // The last input was a key: only then is the focus ring drawn (U75).
    property bool keyInput: false

    readonly property bool highContrast: scheme === "highContrast"
    readonly property bool rightToLeft: Application.layoutDirection === Qt.RightToLeft

    // Type. What is read as a sentence grows with the operator's scale in full. Words on controls and in the columns of a
    // fixed grid grow by half of it, all of a group alike; what is already large grows least, so the order of sizes stays.
    readonly property int body: text(4.5, 1)
    readonly property int line: text(5.5, 1)
    readonly property int label: text(4.5, 0.5)
    readonly property int note: text(4.5, 0.6)
    readonly property int row: text(5.5, 0.6)
    readonly property int title: text(8, 0.5)
    readonly property int total: text(12, 0.35)
    readonly property int due: text(18, 0.12)
    readonly property int verdict: text(20, 0)
    readonly property int change: text(28, 0)
    readonly property int displayFrom: mm(8)
    readonly property string textFamily: "Inter"
    readonly property string displayFamily: "Inter Display"
    readonly property var figures: ({
            tnum: 1
        })
    readonly property bool largeText: textScale >= 1.5

    // Space
    readonly property int s1: mm(1)
    readonly property int s2: mm(2)
    readonly property int s3: mm(3)
    readonly property int s4: mm(4)
    readonly property int s7: mm(7)
    readonly property int s8: mm(8)
    readonly property int s12: mm(12)

    // Corners and lines
    readonly property int radiusSmall: mm(1.5)
    readonly property int radius: mm(2)
    readonly property int radiusCard: mm(2.5)
    readonly property int radiusVerdict: mm(3)
    readonly property int radiusSheet: mm(4)
    readonly property int hairlineWidth: highContrast ? 2 : 1
    readonly property int listRuleWidth: 1
    readonly property int controlWidth: highContrast ? 2 : 1
    readonly property int selectedWidth: Math.max(2, mm(0.5))
    readonly property int tenderWidth: Math.max(3, mm(0.7))
    readonly property int verdictEdgeWidth: mm(1)
    readonly property int focusWidth: highContrast ? Math.max(4, mm(1)) : mm(1)
    readonly property int focusGap: Math.max(1, mm(0.5))

    // Targets and zones
    readonly property int target: mm(12)
    readonly property int key: mm(18)
    readonly property int statusBar: mm(12)
    readonly property int actionBar: mm(24)
    readonly property int actionButton: mm(20)
    readonly property int tabs: mm(14)
    readonly property int orderColumn: mm(118)
    readonly property int listColumn: mm(96)
    readonly property int rail: mm(82)

    // Icons
    readonly property int iconTile: text(5, 0.3)
    readonly property int iconBar: text(6, 0.3)
    readonly property int iconAction: text(6.5, 0.3)
    readonly property int iconTender: text(9, 0.3)
    readonly property int iconVerdict: mm(28)

    // Motion, in milliseconds
    readonly property int sheetIn: reducedMotion ? 0 : 150
    readonly property int sheetOut: reducedMotion ? 0 : 100
    readonly property int fade: reducedMotion ? 0 : 100
    readonly property int doubleTap: 250

    // Colours
    readonly property color canvas: of("canvas")
    readonly property color surface: of("surface")
    readonly property color sunken: of("sunken")
    readonly property color ink: of("ink")
    readonly property color muted: of("muted")
    readonly property color hairline: of("hairline")
    readonly property color listRule: of("listRule")
    readonly property color outline: of("outline")
    readonly property color primary: of("primary")
    readonly property color primaryInk: of("primaryInk")
    readonly property color tint: of("tint")
    readonly property color focus: of("focus")
    readonly property color scrim: of("scrim")
    readonly property color wrongFill: of("wrongFill")
    readonly property color wrongEdge: of("wrongEdge")
    readonly property color photoInk: of("photoInk")
    readonly property color publicFill: of("publicFill")
    readonly property color publicInk: of("publicInk")
    readonly property color publicSecond: of("publicSecond")

    function of(role: string): color {
        return theme.colours[role] ?? "#000000";
    }

    function mm(length: real): int {
        return Math.round(length * theme.pxPerMm);
    }

    function text(em: real, share: real): int {
        return Math.round(em * (1 + (theme.textScale - 1) * share) * theme.pxPerMm);
    }

    // status: ok, warn, denied, special, offline
    function statusFill(status: string): color {
        return theme.of(status + "Fill");
    }

    function statusInk(status: string): color {
        return theme.of(status + "Ink");
    }

    function statusEdge(status: string): color {
        return theme.of(status + "Edge");
    }

    // family: beer, wine, spirits, soft, bistro, snacks, fees, goods
    function familyIcon(family: string): string {
        switch (family) {
        case "beer":
            return "mug";
        case "wine":
            return "wine";
        case "spirits":
            return "spirits";
        case "soft":
            return "cup";
        case "bistro":
            return "cutlery";
        case "snacks":
            return "packet";
        case "fees":
            return "id-card";
        default:
            return "cap";
        }
    }

    function familyColour(family: string): color {
        return theme.of(family in theme.colours ? family : "goods");
    }

    // The fill of a pressed control: one step towards the ink.
    function pressed(fill: color): color {
        const step = theme.scheme === "light" ? 0.06 : 0.1;
        const from = fill.a > 0 ? fill : theme.canvas;
        return Qt.rgba(from.r + (theme.ink.r - from.r) * step, from.g + (theme.ink.g - from.g) * step, from.b + (theme.ink.b - from.b) * step, 1);
    }

    // Compact under 320 mm, Regular to 420, Wide over; Portrait when taller than wide.
    function widthClass(widthPx: real, heightPx: real): string {
        if (heightPx > widthPx)
            return "portrait";
        const wide = widthPx / theme.pxPerMm;
        return wide < 320 ? "compact" : wide <= 420 ? "regular" : "wide";
    }
}
