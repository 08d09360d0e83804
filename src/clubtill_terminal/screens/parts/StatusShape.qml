// The shape of a status: circle with tick, triangle, octagon, star, broken plug. A word always stands beside it.
import QtQuick

PosIcon {
    property string kind: ""

    name: kind === "" ? "" : "status-" + kind
    ink: Theme.statusInk(kind)
    fill: Theme.statusFill(kind)
    edge: Theme.statusEdge(kind)
}
