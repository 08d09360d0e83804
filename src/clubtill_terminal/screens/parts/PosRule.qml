// A hairline between things.
import QtQuick

Rectangle {
    implicitHeight: Theme.listRuleWidth
    implicitWidth: Theme.listRuleWidth
    color: Theme.listRule
}
