// Text that stands by itself and is read out.
import QtQuick

PosText {
    Accessible.role: Accessible.StaticText
    Accessible.name: text
}
