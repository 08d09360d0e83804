"""The colours of the three schemes, by role.

A table and nothing else: no Qt, no arithmetic. Contrast (U25) and colour distance (U27) are measured by the tests, so a
changed value that can no longer be read fails there. Colour never carries a meaning alone (U26).
"""

from collections.abc import Mapping
from types import MappingProxyType

_STATUS = {
    "okFill": "#45D0AB",
    "okInk": "#0B1220",
    "warnFill": "#FFD24A",
    "warnInk": "#0B1220",
    "deniedFill": "#A30F1B",
    "deniedInk": "#FFFFFF",
    "specialFill": "#B8B8F9",
    "specialInk": "#0B1220",
    "offlineFill": "#4A3A6A",
    "offlineInk": "#FFFFFF",
    "publicFill": "#16335F",
    "publicInk": "#FFFFFF",
    "publicSecond": "#D7E2F4",
}

_LIGHT = _STATUS | {
    "canvas": "#ECEFF3",
    "surface": "#FFFFFF",
    "sunken": "#F5F7F9",
    "ink": "#14181F",
    "muted": "#4A5361",
    "hairline": "#D5DAE2",
    "listRule": "#D5DAE2",
    "outline": "#7A8494",
    "primary": "#1F4E9C",
    "primaryInk": "#FFFFFF",
    "tint": "#E6EDF8",
    "focus": "#1F4E9C",
    "scrim": "#7314181F",  # the ink at 45 %
    "wrongFill": "#FBEBEC",
    "wrongEdge": "#A30F1B",
    "okEdge": "#0E6B54",
    "warnEdge": "#8A6400",
    "deniedEdge": "#6E0A12",
    "specialEdge": "#4F4FA8",
    "offlineEdge": "#2C2145",
    "beer": "#8A5A14",
    "wine": "#7A3B69",
    "spirits": "#4A4FA0",
    "soft": "#2F6C8C",
    "bistro": "#9A4E35",
    "snacks": "#6B6420",
    "fees": "#4A5361",
    "goods": "#6B5A4B",
    "photoInk": "#2B3442",
    "photo0": "#DCE4F2",
    "photo1": "#E8E0EE",
    "photo2": "#E4E6DC",
    "photo3": "#EFE3DA",
    "photo4": "#DAE6EA",
}

_DARK = _STATUS | {
    "canvas": "#12161C",
    "surface": "#1C222B",
    "sunken": "#161B22",
    "ink": "#F2F4F7",
    "muted": "#B4BDC9",
    "hairline": "#343D49",
    "listRule": "#343D49",
    "outline": "#6E7989",
    "primary": "#8AB4FF",
    "primaryInk": "#0B1220",
    "tint": "#22344F",
    "focus": "#FFD54A",
    "scrim": "#99000000",  # black at 60 %
    "wrongFill": "#3A1A1E",
    "wrongEdge": "#FF9C9C",
    "okEdge": "#9BE9D3",
    "warnEdge": "#FFE9A8",
    "deniedEdge": "#FF9C9C",
    "specialEdge": "#DCDCFF",
    "offlineEdge": "#B7A6DB",
    "beer": "#D9A760",
    "wine": "#D695C4",
    "spirits": "#A5A9F0",
    "soft": "#86BFDD",
    "bistro": "#E0A08A",
    "snacks": "#C9C07A",
    "fees": "#B4BDC9",
    "goods": "#C9B5A2",
    "photoInk": "#E6E9F2",
    "photo0": "#2C3950",
    "photo1": "#3B3249",
    "photo2": "#383B2F",
    "photo3": "#42372E",
    "photo4": "#2B3D42",
}

_FAMILIES = ("beer", "wine", "spirits", "soft", "bistro", "snacks", "fees", "goods")

_HIGH_CONTRAST = (
    _STATUS
    | {
        "canvas": "#000000",
        "surface": "#000000",
        "sunken": "#000000",
        "ink": "#FFFFFF",
        "muted": "#FFFFFF",
        "hairline": "#FFFFFF",
        "listRule": "#666666",
        "outline": "#FFFFFF",
        "primary": "#FFFF00",
        "primaryInk": "#000000",
        "tint": "#000000",
        "focus": "#FFFF00",
        "scrim": "#CC000000",  # black at 80 %
        "wrongFill": "#000000",
        "wrongEdge": "#FFFFFF",
        "photoInk": "#FFFFFF",
    }
    | {f"{status}Edge": "#FFFFFF" for status in ("ok", "warn", "denied", "special", "offline")}
    | dict.fromkeys(_FAMILIES, "#FFFFFF")
    | {f"photo{n}": "#000000" for n in range(5)}
)

SCHEMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "light": MappingProxyType(_LIGHT),
        "dark": MappingProxyType(_DARK),
        "highContrast": MappingProxyType(_HIGH_CONTRAST),
    }
)
"""Scheme name to role name to ``#RRGGBB`` (the scrim: ``#AARRGGBB``). Every scheme has the same roles."""
