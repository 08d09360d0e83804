// A member's photo, 3:4; without one the initials on a quiet tint that stays with the member, and the words where it is large.
import QtQuick

Item {
    id: frame

    property url photo: ""
    property string initials: ""
    // 0 to 4, from the member's number
    property int tintNumber: 0
    property string missing: qsTr("No photo")

    readonly property bool large: height >= Theme.mm(44)

    implicitWidth: Theme.mm(16.5)
    implicitHeight: Theme.mm(22)
    Accessible.role: Accessible.Graphic
    Accessible.name: picture.shown ? qsTr("Photo") : missing

    Rectangle {
        anchors.fill: parent
        radius: frame.large ? Theme.radiusCard : Theme.radiusSmall
        color: frame.initials === "" ? Theme.surface : Theme.of("photo" + frame.tintNumber % 5)
        border.width: Theme.hairlineWidth
        border.color: Theme.hairline
        visible: !picture.shown
    }

    PosIcon {
        anchors.centerIn: parent
        name: frame.initials === "" && !picture.shown ? "person" : ""
        size: Math.min(Theme.mm(8.5), frame.width * 0.5)
    }

    PosText {
        anchors.centerIn: parent
        anchors.verticalCenterOffset: frame.large ? -Theme.s1 : 0
        visible: !picture.shown
        text: frame.initials
        size: Math.round(frame.height * 0.29)
        font.family: Theme.displayFamily
        strong: true
        color: Theme.photoInk
    }

    PosText {
        anchors.horizontalCenter: parent.horizontalCenter
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.mm(3)
        width: parent.width - Theme.s2
        visible: frame.large && !picture.shown
        text: frame.missing
        fit: true
        color: Theme.muted
        horizontalAlignment: Text.AlignHCenter
    }

    Image {
        id: picture

        readonly property bool shown: status === Image.Ready

        anchors.fill: parent
        source: frame.photo
        sourceSize: Qt.size(width, height)
        fillMode: Image.PreserveAspectCrop
        asynchronous: true
        visible: shown
    }
}
