"""Show: everything of the demo put up by hand: ledger, cable, terminals, strip; and taken down again, whatever happens.

Nothing outlives it but the pictures and the tour: databases and keys lie in a folder that goes with it.
"""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import typer
from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickView
from shiboken6 import delete

from clubtill.demo import cast, tour
from clubtill.demo.cable import Cable
from clubtill.demo.hands import Hands, NotSeenError
from clubtill.demo.ledger import DemoLedger, LedgerError
from clubtill.demo.station import Place, Station, mark, open_public, open_station
from clubtill.demo.story import Story
from clubtill.demo.strip import Strip, open_strip
from clubtill.demo.telling import Scene
from clubtill_rules.values.days import DayClock, trading_day
from clubtill_terminal.screens.parts.theme import Look

SIZE: Final = QSize(1366, 768)
PUBLIC_SIZE: Final = QSize(800, 480)
LOOK: Final = Look(px_per_mm=3.95)
STILL: Final = Look(px_per_mm=3.95, reduced_motion=True)
PLACES: Final = (
    (cast.TILL, "Main Bar 1", "till", "sam"),
    (cast.DOOR, "Front door", "reception", "ana"),
)
STEP_PX: Final = 48
"""How far one window stands from the one before, so that each can be seen and brought to the front."""
START_S: Final = 60.0
"""A window's first start on a slow or busy machine takes far longer than anything after it."""
DIFFERS: Final = 1
FAILED: Final = 2


@dataclass(slots=True, kw_only=True)
class House:
    """What stands: the club's day, the terminals, the door's public side and the strip."""

    today: date
    till: Station
    door: Station
    public: QQuickView
    strip: QQuickView


def club_day() -> date:
    """Give the club's day now: the cast is made for it."""
    now_us = time.time_ns() // 1_000  # noqa: TID251 - the demo is a program of its own and reads the clock
    return trading_day(now_us, DayClock(zone=cast.ZONE))


@contextmanager
def put_up(hands: Hands, look: Look) -> Iterator[House]:
    """Start the ledger, enrol and start the terminals, open the strip; end all of it afterwards.

    Raises:
        LedgerError, NotSeenError: with what did not come up.
    """
    today = club_day()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="clubtill-demo-")))
        ledger = DemoLedger(folder / "ledger", today)
        stack.callback(ledger.close)
        ledger.start()
        cable = Cable(ledger.port)
        stack.callback(cable.close)
        stations = []
        for key, name, room, staff_id in PLACES:
            place = Place(name=name, room=room, folder=folder / key, staff_id=staff_id)
            station = open_station(place, ledger=cable.url, code=ledger.code(key), look=look, size=SIZE)
            stack.callback(station.close)
            stations.append(station)
        for station in stations:
            what = f"the window of {station.name}"
            hands.until(lambda at=station: at.ready, what, START_S)  # type: ignore[misc]  # bound now
            mark(station.view)
        till, door = stations
        public = open_public(door, look, PUBLIC_SIZE)
        stack.callback(delete, public)
        strip = Strip(till, door, cable, today)
        view = open_strip(strip, look, QGuiApplication.quit)
        stack.callback(delete, view)
        yield House(today=today, till=till, door=door, public=public, strip=view)


def _application(hands: Hands) -> QGuiApplication:
    """Make the application; a request to end it ends every wait, so that all is taken down."""
    application = QGuiApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)

    def stop(*_: object) -> None:
        hands.stopped = True
        application.quit()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return application


def play(out: Path) -> int:
    """Play the story without a display, write pictures and tour, and give the exit code."""
    out.mkdir(parents=True, exist_ok=True)
    for left_over in (*out.glob("[0-9][0-9]-*.png"), out / tour.FILE):
        left_over.unlink(missing_ok=True)
    hands = Hands()
    application = _application(hands)
    try:
        with put_up(hands, STILL) as house:
            scene = Scene(hands=hands, till=house.till, door=house.door, public=house.public, strip=house.strip)
            found = Story(scene, out, typer.echo).tell(house.today)
    except (LedgerError, NotSeenError) as no:
        typer.echo(f"The demo could not start: {no}", err=True)
        return FAILED
    del application
    path = tour.write(found, out)
    differing = list(tour.differences(found))
    for step, check in differing:
        typer.echo(f"Step {step.number}, {step.title}: {tour.said(check)}", err=True)
    if differing or not found.told:
        return DIFFERS
    typer.echo(f"All {sum(len(step.checks) for step in found.steps)} values are as expected. See {path}.")
    return 0


def open_windows() -> int:
    """Open till, Reception and the strip, and run until the strip is closed."""
    hands = Hands()
    application = _application(hands)
    try:
        with put_up(hands, LOOK) as house:
            for at, view in enumerate((house.till.view, house.door.view, house.public, house.strip)):
                view.setPosition(at * STEP_PX, at * STEP_PX)
            house.strip.raise_()
            typer.echo("Swipe cards and pull plugs in the window of devices. Close it to end the demo.")
            return application.exec()
    except (LedgerError, NotSeenError) as no:
        typer.echo(f"The demo could not start: {no}", err=True)
        return FAILED
