"""Documents as bytes for a printer and as text for people."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFontDatabase
from pytestqt.qtbot import QtBot

from clubtill_desk.resources import resources
from clubtill_terminal.devices.drawn_line import draw, needs_drawing
from clubtill_terminal.devices.escpos_page import RASTER, escpos_bytes
from clubtill_terminal.devices.printing import PrintCut, PrintLine, PrintPulse, PrintQr, PrintRule, as_text


def test_text_is_in_the_code_page_that_has_the_euro() -> None:
    """U121: what CP858 holds is sent as text, in its bytes, after the page was chosen."""
    data = escpos_bytes((PrintLine(text="Café 5 € £"),), 48)
    assert data.startswith(b"\x1b@")
    assert data.index(b"\x1bt\x13") < data.index("Café 5 € £\n".encode("cp858"))
    assert RASTER not in data


def test_looks_are_set_for_their_line_and_taken_back() -> None:
    """Bold, double height and centring last for one line."""
    look = PrintLine(text="A", bold=True, double=True, align="center")
    data = escpos_bytes((look, PrintLine(text="B"), PrintRule()), 32)
    first, second, rule = data.split(b"\n")[:3]
    assert [b"\x1bE\x01" in first, b"\x1b!\x10" in first, b"\x1ba\x01" in first] == [True] * 3
    assert [b"\x1bE\x01" in second, b"\x1b!\x10" in second, b"\x1ba\x01" in second] == [False] * 3
    assert rule.endswith(b"-" * 32)
    assert not rule.endswith(b"-" * 33)


def test_a_qr_code_holds_its_text_and_the_cut_leaves_a_bridge() -> None:
    """U122: the code is the printer's own, of exactly the text; the knife cuts partly after feeding past it."""
    data = escpos_bytes((PrintQr(text="0192f0c1a2"), PrintCut()), 48)
    assert b"\x1d(k\x0d\x001P00192f0c1a2" in data
    assert data.endswith(b"\x1bd\x06\x1dV\x01")


def test_the_drawer_s_pulse_goes_to_its_pin() -> None:
    """U118: pin 2 or 5, as set up."""
    assert escpos_bytes((PrintPulse(pin=2),), 48).endswith(b"\x1bp\x0022")
    assert escpos_bytes((PrintPulse(pin=5),), 48).endswith(b"\x1bp\x0122")


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Jean O.", False),
        ("Zoë Å € £", False),
        ("Łucja", True),
        ("سارة حداد", True),
        ("שרה", True),
        ("สวัสดี", True),
        ("张伟", True),
    ],
)
def test_what_the_code_page_cannot_hold_is_drawn(text: str, drawn: bool) -> None:
    """U121: Arabic, Hebrew, Thai, Chinese, and Latin letters that CP858 lacks."""
    assert needs_drawing(text) is drawn


@pytest.fixture
def fonts(qtbot: QtBot) -> Iterator[None]:
    """The product's fonts, loaded by file as the program does."""
    loaded = [QFontDatabase.addApplicationFont(str(path)) for path in sorted((resources() / "fonts").glob("*.?tf"))]
    yield
    for font in loaded:
        QFontDatabase.removeApplicationFont(font)


def ink(line: PrintLine, columns: int = 48) -> tuple[int, int, int]:
    """Draw a line and return its height and the outermost dots of its ink."""
    rows = draw(line, columns)
    dots = [at for row in rows for at, dot in enumerate(f"{int.from_bytes(row, 'big'):0{columns * 12}b}") if dot == "1"]
    return len(rows), min(dots), max(dots)


@pytest.mark.usefixtures("fonts")
class TestDrawn:
    """Lines drawn as dots."""

    def test_a_line_begins_where_its_script_begins(self) -> None:
        """U121: Arabic begins at the right edge of 576 dots, Polish at the left one."""
        _, arabic_left, arabic_right = ink(PrintLine(text="سارة حداد"))
        _, polish_left, polish_right = ink(PrintLine(text="Łucja"))
        assert (arabic_left > 400, arabic_right > 560) == (True, True)
        assert (polish_left < 16, polish_right < 176) == (True, True)

    def test_an_amount_stands_at_the_far_edge(self) -> None:
        """U121: columns made of spaces become the two edges of the paper, in either direction."""
        _, left, right = ink(PrintLine(text="قهوة                              16.00"))
        assert (left < 16, right > 560) == (True, True)

    def test_a_centred_line_stands_in_the_middle(self) -> None:
        """U121: as much paper at the left as at the right, give or take a letter's own edges."""
        _, left, right = ink(PrintLine(text="نادي لاركسبر", align="center"))
        assert abs(left - (575 - right)) <= 8

    def test_bold_and_double_show(self) -> None:
        """U121: double is twice as high, bold has more ink."""

        def amount(line: PrintLine) -> int:
            return sum(byte.bit_count() for row in draw(line, 48) for byte in row)

        plain, bold = PrintLine(text="المجموع"), PrintLine(text="المجموع", bold=True)
        assert amount(bold) > amount(plain)
        assert [ink(PrintLine(text="المجموع", double=double))[0] for double in (False, True)] == [30, 60]

    def test_letters_of_arabic_are_joined(self) -> None:
        """U121: shaped text takes less room than its letters one by one; an unshaped printer would lose that."""

        def extent(text: str) -> int:
            _, left, right = ink(PrintLine(text=text))
            return right - left

        assert extent("ببب") < extent("ب\u200cب\u200cب")

    def test_a_drawn_line_goes_out_as_a_raster_between_text(self) -> None:
        """U121: 72 bytes a row, 30 rows; text before and after stays text."""
        data = escpos_bytes((PrintLine(text="before"), PrintLine(text="سارة"), PrintLine(text="after")), 48)
        start = data.index(RASTER)
        assert data[start : start + 8] == RASTER + bytes((0, 72, 0, 30, 0))
        assert data.index(b"before\n") < start < data.index(b"after\n")
        assert 0 < sum(byte.bit_count() for byte in data[start + 8 : start + 8 + 72 * 30]) < 72 * 30 * 4


def test_text_is_what_stands_on_the_paper() -> None:
    """A long line goes on in the next row, centred lines are centred, and what is no text is in brackets."""
    document = (
        PrintLine(text="AB", align="center"),
        PrintLine(text="123456789012"),
        PrintLine(text=""),
        PrintRule(),
        PrintQr(text="id"),
        PrintPulse(pin=5),
        PrintCut(),
    )
    assert as_text(document, 10) == "    AB\n1234567890\n12\n\n----------\n [QR: id]\n[drawer: pin 5]\n\n"
