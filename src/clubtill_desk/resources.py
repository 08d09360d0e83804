"""Where the resources are: inside the wheel at clubtill_desk/resources, else the checkout's `resources/`."""

from __future__ import annotations

from pathlib import Path


def resources() -> Path:
    """The folder of what designers and translators hand over: icons, fonts, sounds, i18n."""
    inside_wheel = Path(__file__).parent / "resources"
    return inside_wheel if inside_wheel.is_dir() else Path(__file__).parents[2] / "resources"
