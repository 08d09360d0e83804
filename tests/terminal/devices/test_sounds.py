"""Sounds: the files, the settings, and the two ways to play them (U77, U78)."""

from __future__ import annotations

import itertools
import math
import wave
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from clubtill_desk.faults import Fault
from clubtill_desk.resources import resources
from clubtill_terminal.devices import sound_player
from clubtill_terminal.devices.sound_shapes import SHAPES, wav_bytes
from clubtill_terminal.devices.sounds import ChildSounds, SimulatedSounds, Sound, Sounds, SoundSettings

FOLDER = resources() / "sounds"


def samples_of(sound: Sound) -> tuple[int, array[int]]:
    """Rate and samples of the file that ships."""
    with wave.open(str(FOLDER / f"{sound}.wav"), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return file.getframerate(), array("h", file.readframes(file.getnframes()))


def tones_ms(sound: Sound) -> list[int]:
    """The lengths of a file's tones: stretches in which some sample of each 5 ms is loud."""
    rate_hz, samples = samples_of(sound)
    step = rate_hz // 200
    loud = [max(map(abs, samples[at : at + step])) > 1_000 for at in range(0, len(samples), step)]
    return [5 * len(list(stretch)) for is_loud, stretch in itertools.groupby(loud) if is_loud]


def pitch_hz(sound: Sound) -> int:
    """The strongest of the frequencies 100 to 4,000 Hz, in steps of 20 Hz, in the first tone (Goertzel)."""
    rate_hz, samples = samples_of(sound)
    tone = samples[: rate_hz * tones_ms(sound)[0] // 1000]

    def power(hz: int) -> float:
        twice_cos = 2 * math.cos(2 * math.pi * hz / rate_hz)
        before, now = 0.0, 0.0
        for sample in tone:
            before, now = now, sample + twice_cos * now - before
        return before * before + now * now - twice_cos * before * now

    return max(range(100, 4_001, 20), key=power)


@pytest.mark.parametrize(
    ("sound", "tones", "each_ms"),
    [(Sound.OK, 1, (80, 160)), (Sound.CHECK, 2, (80, 160)), (Sound.STOP, 1, (400, 600)), (Sound.FAULT, 3, (50, 110))],
)
def test_each_sound_has_a_rhythm_of_its_own(sound: Sound, tones: int, each_ms: tuple[int, int]) -> None:
    """U77: one short, two, one long, three short; under 600 ms."""
    lengths = tones_ms(sound)
    assert len(lengths) == tones
    assert all(each_ms[0] <= length <= each_ms[1] for length in lengths)
    rate_hz, samples = samples_of(sound)
    assert len(samples) / rate_hz < 0.6


@pytest.mark.parametrize("sound", Sound)
def test_each_pitch_is_one_that_old_ears_and_small_speakers_have(sound: Sound) -> None:
    """U77: the dominant frequency lies between 500 and 2,000 Hz; STOP is the lowest."""
    assert 500 <= pitch_hz(sound) <= 2_000
    assert pitch_hz(Sound.STOP) <= pitch_hz(sound)


@pytest.mark.parametrize("sound", Sound)
def test_the_files_are_what_the_shapes_make(sound: Sound) -> None:
    """U77: nobody changed a file by hand; `python -m clubtill_terminal.devices.sound_shapes` writes them."""
    assert (FOLDER / f"{sound}.wav").read_bytes() == wav_bytes(SHAPES[sound])


def test_a_sound_begins_and_ends_in_silence() -> None:
    """A tone that is cut off clicks."""
    for sound in Sound:
        _, samples = samples_of(sound)
        assert max(map(abs, (*samples[:4], *samples[-4:]))) < 200
        assert max(samples) > 15_000


class Desk(Protocol):
    """A way to play, and what was heard."""

    def sounds(self, settings: SoundSettings) -> Sounds: ...  # noqa: D102
    def heard(self) -> list[Sound]: ...  # noqa: D102


class SimulatedDesk:
    """The twin that ships."""

    def sounds(self, settings: SoundSettings) -> Sounds:
        """Make it."""
        self._sounds = SimulatedSounds(settings)
        return self._sounds

    def heard(self) -> list[Sound]:
        """What it noted."""
        return self._sounds.played


class ChildDesk:
    """The real child process, with a program named `aplay` that keeps what it is given."""

    def __init__(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, player: str = "aplay") -> None:
        (tmp_path / "bin").mkdir()
        (tmp_path / "heard").mkdir()
        keeper = tmp_path / "bin" / player
        keeper.write_text(
            f'#!/bin/sh\ncd {tmp_path}/heard\nset -- *.raw\n[ -e "$1" ] || set --\n'
            'exec /bin/cat >"$(printf %03d $#).raw"\n'
        )
        keeper.chmod(0o700)
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))
        self._folder = tmp_path / "heard"
        self.faults: list[Fault] = []

    def sounds(self, settings: SoundSettings) -> Sounds:
        """Make it."""
        self._volume = settings.volume_percent
        return ChildSounds(folder=FOLDER, settings=settings, failed=self.faults.append)

    def heard(self) -> list[Sound]:
        """Which sounds arrived at the player, at the right loudness."""
        known = {sound_player.load(FOLDER / f"{sound}.wav", self._volume)[1]: sound for sound in Sound}
        return [known[path.read_bytes()] for path in sorted(self._folder.iterdir())]


@pytest.fixture(params=["simulated", "child"])
def desk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Each way in turn."""
    return SimulatedDesk() if request.param == "simulated" else ChildDesk(tmp_path, monkeypatch)


@pytest.fixture
def start(desk: Desk) -> Iterator[Callable[[SoundSettings], Sounds]]:
    """Starts players and closes them."""
    started: list[Sounds] = []

    def one(settings: SoundSettings) -> Sounds:
        started.append(desk.sounds(settings))
        return started[-1]

    yield one
    for sounds in started:
        sounds.close()


class TestPlaying:
    """A way to play sounds."""

    def test_sounds_are_heard_in_order(self, start: Callable[[SoundSettings], Sounds], desk: Desk) -> None:
        """U77: each of the four, one after the other; closing lets the last one end."""
        sounds = start(SoundSettings())
        for sound in (Sound.STOP, Sound.OK, Sound.FAULT, Sound.CHECK, Sound.OK):
            sounds.play(sound)
        sounds.close()
        sounds.close()
        assert desk.heard() == [Sound.STOP, Sound.OK, Sound.FAULT, Sound.CHECK, Sound.OK]

    def test_a_muted_sound_is_not_heard_and_the_others_are(
        self, start: Callable[[SoundSettings], Sounds], desk: Desk
    ) -> None:
        """U78: mute is a setting of each sound."""
        sounds = start(SoundSettings(muted=frozenset({Sound.OK}), volume_percent=30))
        for sound in (Sound.OK, Sound.STOP, Sound.OK):
            sounds.play(sound)
        sounds.close()
        assert desk.heard() == [Sound.STOP]

    def test_without_volume_nothing_is_heard(self, start: Callable[[SoundSettings], Sounds], desk: Desk) -> None:
        """U78: volume is a setting of each terminal."""
        sounds = start(SoundSettings(volume_percent=0))
        sounds.play(Sound.STOP)
        sounds.close()
        assert desk.heard() == []


def test_another_player_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer with PulseAudio or PipeWire may have `pacat` and no `aplay`."""
    desk = ChildDesk(tmp_path, monkeypatch, player="pacat")
    sounds = desk.sounds(SoundSettings(volume_percent=100))
    sounds.play(Sound.CHECK)
    sounds.close()
    assert desk.heard() == [Sound.CHECK]


def test_a_computer_without_a_player_says_so_once_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """U78: sound never carries information alone, so its loss is one word and no more."""
    desk = ChildDesk(tmp_path, monkeypatch, player="nothing")
    sounds = desk.sounds(SoundSettings())
    sounds._child.wait(20)
    for _ in range(3):
        sounds.play(Sound.OK)
    sounds.close()
    assert [fault.code for fault in desk.faults] == ["sound.player"]


def test_half_the_volume_is_half_the_samples() -> None:
    """U78: 50 % halves every sample."""
    rate_hz, full = samples_of(Sound.OK)
    assert sound_player.load(FOLDER / "ok.wav", 50) == (rate_hz, array("h", (n * 50 // 100 for n in full)).tobytes())


@pytest.mark.parametrize("percent", [-1, 101])
def test_volume_is_a_percentage(percent: int) -> None:
    """A setting out of range is a bug at the caller, not a loud surprise."""
    with pytest.raises(ValueError, match="percent"):
        SoundSettings(volume_percent=percent)
