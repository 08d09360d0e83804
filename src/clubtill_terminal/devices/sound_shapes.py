"""The four sounds and how they are made: told apart by rhythm, not by pitch (U77).

Writes the WAV files of `resources/sounds`: `python -m clubtill_terminal.devices.sound_shapes FOLDER`. The program plays
the files; it does not come here.
"""

from __future__ import annotations

import io
import math
import sys
import wave
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from clubtill_terminal.devices.sounds import Sound

RATE_HZ: Final = 44_100
_LOUDNESS: Final = 0.6
_EDGE_MS: Final = 8
"""Each tone swells and fades for so long, or it would click."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Some tones of one length and pitch, with pauses of the same length between them."""

    tones: int
    tone_ms: int
    pitch_hz: int


SHAPES: Final[Mapping[Sound, Shape]] = MappingProxyType(
    {
        Sound.OK: Shape(tones=1, tone_ms=120, pitch_hz=880),
        Sound.CHECK: Shape(tones=2, tone_ms=120, pitch_hz=740),
        Sound.STOP: Shape(tones=1, tone_ms=540, pitch_hz=520),
        Sound.FAULT: Shape(tones=3, tone_ms=80, pitch_hz=1_040),
    }
)


def samples(shape: Shape) -> array[int]:
    """The sound as 16-bit samples, one channel."""
    tone = [_sample(n, shape) for n in range(RATE_HZ * shape.tone_ms // 1000)]
    pause = [0] * len(tone)
    return array("h", [*tone, *((pause + tone) * (shape.tones - 1))])


def wav_bytes(shape: Shape) -> bytes:
    """The sound as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(samples(shape).tobytes())
    return file.getvalue()


def write(folder: Path) -> None:
    """Write all four into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for sound, shape in SHAPES.items():
        (folder / f"{sound}.wav").write_bytes(wav_bytes(shape))


def _sample(n: int, shape: Shape) -> int:
    at_ms = n * 1000 / RATE_HZ
    edge = min(1.0, at_ms / _EDGE_MS, (shape.tone_ms - at_ms) / _EDGE_MS)
    swell = (1 - math.cos(math.pi * edge)) / 2
    return round(32_767 * _LOUDNESS * swell * math.sin(2 * math.pi * shape.pitch_hz * n / RATE_HZ))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
