"""Command: `clubtill demo`: the demo with windows, or, where there is no display, the story that it plays by itself.

Qt reads its settings when it is loaded, so nothing of it is imported before they are made.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final

import typer

from clubtill.demo import tour

command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

DIFFERS: Final = 1
UNREADABLE: Final = 2
DEFAULT: Final = Path("out/demo")


@command.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="Where the pictures and tour.json go.")] = DEFAULT,
    offscreen: Annotated[bool, typer.Option("--offscreen", help="Play the story without a display.")] = False,  # noqa: FBT002 - typer's way
    check: Annotated[
        Path | None, typer.Option("--check", help="Do not play: read a tour.json and say what differs.")
    ] = None,
) -> None:
    """Try Clubtill with a made-up club: a ledger, a till, Reception, and a strip of simulated devices."""
    if check is not None:
        raise typer.Exit(check_again(check))
    if offscreen or not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        os.environ["QT_QUICK_BACKEND"] = "software"
        from clubtill.demo.show import play  # noqa: PLC0415 - Qt is loaded here and not before

        raise typer.Exit(play(out))
    from clubtill.demo.show import open_windows  # noqa: PLC0415 - as above

    raise typer.Exit(open_windows())


def check_again(path: Path) -> int:
    """Read a tour, say every value that is not as expected, and give the exit code."""
    try:
        found = tour.read(path)
    except tour.TourError as no:
        typer.echo(str(no), err=True)
        return UNREADABLE
    differing = list(tour.differences(found))
    for step, check in differing:
        typer.echo(f"Step {step.number}, {step.title}: {tour.said(check)}", err=True)
    if differing:
        return DIFFERS
    count = sum(len(step.checks) for step in found.steps)
    typer.echo(f"All {count} values of {len(found.steps)} steps are as expected.")
    return 0
