"""A small program that plays sounds for the terminal, as a child process: `python sound_player.py FOLDER`.

Reads lines `NAME PERCENT` and plays FOLDER/NAME.wav through the first program of the computer that takes samples. Ends
with its input, or at once with code 3 if there is no such program. Standard library only: it is started by its file.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import wave
from array import array
from pathlib import Path
from typing import Final

NO_PLAYER: Final = 3
LONGEST_S: Final = 2
"""A sound is under 600 ms; a player that takes longer has no device and is ended, so that no queue grows."""


def command(rate_hz: int) -> list[str] | None:
    """How samples of 16 bits in one channel are played here; None if there is no way."""
    if player := shutil.which("aplay"):
        return [player, "-q", "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(rate_hz), "-"]
    if player := shutil.which("pacat"):
        return [player, "--playback", "--format=s16le", "--channels=1", f"--rate={rate_hz}"]
    return None


def load(path: Path, percent: int) -> tuple[int, bytes]:
    """Sample rate and samples of a WAV file of 16 bits and one channel, made quieter."""
    with wave.open(str(path), "rb") as file:
        rate_hz, content = file.getframerate(), array("h", file.readframes(file.getnframes()))
    return rate_hz, array("h", (sample * percent // 100 for sample in content)).tobytes()


def main(folder: Path) -> int:
    """Play what is asked for on standard input until it ends."""
    if command(0) is None:
        return NO_PLAYER
    for line in sys.stdin:
        name, percent = line.split()
        rate_hz, content = load(folder / f"{name}.wav", int(percent))
        if player := command(rate_hz):
            try:
                subprocess.run(player, input=content, timeout=LONGEST_S, check=False)  # noqa: S603 - found on PATH
            except subprocess.TimeoutExpired:
                continue
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
