"""Sounds: what may be played, by a small child process because the Qt we use has no sound, and the simulated twin.

A sound never carries information alone (U78), so nothing waits for it and a machine without a player loses nothing but
the sound. What a sound is played for is decided by the screens.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from clubtill_desk.faults import Fault
from clubtill_terminal.devices import sound_player

_FULL: Final = 100
_LAST_SOUND_S: Final = 5


class Sound(StrEnum):
    """The four sounds (U77); each is a file of `resources/sounds`."""

    OK = "ok"
    CHECK = "check"
    STOP = "stop"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundSettings:
    """How loud one terminal is (U78); a kiosk has its own.

    Attributes:
        volume_percent: 0 to 100.
        muted: sounds that are not played.
    """

    volume_percent: int = 70
    muted: frozenset[Sound] = frozenset()

    def __post_init__(self) -> None:
        if not 0 <= self.volume_percent <= _FULL:
            raise ValueError("volume is 0 to 100 percent")

    def plays(self, sound: Sound) -> bool:
        """Whether this sound is heard."""
        return self.volume_percent > 0 and sound not in self.muted


class Sounds(Protocol):
    """Plays sounds."""

    def play(self, sound: Sound) -> None:
        """Play it after those that still play; returns at once."""

    def close(self) -> None:
        """Let the last sounds end, then stop. May be called twice."""


class ChildSounds:
    """Plays by a child process that runs `sound_player`."""

    def __init__(self, *, folder: Path, settings: SoundSettings, failed: Callable[[Fault], None]) -> None:
        """Start the child.

        Args:
            folder: of the WAV files: `resources() / "sounds"`.
            settings: how loud.
            failed: told once, with fault `sound.player`, when there is no way to play; later sounds are skipped.
        """
        self._settings = settings
        self._failed: Callable[[Fault], None] | None = failed
        # By its file: the player needs nothing but the standard library, and starts without the rest of the program.
        self._child = subprocess.Popen(  # noqa: S603 - our own file and our own interpreter
            [sys.executable, "-I", sound_player.__file__, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def play(self, sound: Sound) -> None:
        """See `Sounds.play`."""
        if self._child.stdin is None or self._child.stdin.closed or not self._settings.plays(sound):
            return
        try:
            self._child.stdin.write(f"{sound} {self._settings.volume_percent}\n".encode("ascii"))
            self._child.stdin.flush()
        except OSError:
            failed, self._failed = self._failed, None
            if failed is not None:
                failed(Fault("sound.player"))

    def close(self) -> None:
        """See `Sounds.close`."""
        if self._child.stdin is not None:
            with suppress(OSError):  # a child that has ended took its end of the pipe with it
                self._child.stdin.close()
        try:
            self._child.wait(_LAST_SOUND_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


class SimulatedSounds:
    """The twin that ships: notes what would be heard.

    Attributes:
        played: the sounds so far, in order.
    """

    def __init__(self, settings: SoundSettings | None = None) -> None:
        self._settings = settings or SoundSettings()
        self.played: list[Sound] = []

    def play(self, sound: Sound) -> None:
        """See `Sounds.play`."""
        if self._settings.plays(sound):
            self.played.append(sound)

    def close(self) -> None:
        """See `Sounds.close`."""
