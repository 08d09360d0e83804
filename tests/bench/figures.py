"""Figures: what a benchmark says, and the statistics behind it."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter_ns
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One printed line.

    Attributes:
        bench: the benchmark and, after a dot, what of it was measured.
        value, baseline: medians (or the percentile that `bench` names) in `unit`.
        ratio: the value over the baseline; the median of the rounds' ratios where rounds have both.
        growth: the value's growth over the baseline's own, from the smaller club to the larger.
        bound: what the figure named by `judged` must stay under; None when nothing is promised.
    """

    bench: str
    value: float
    unit: str
    rounds: int
    baseline: float | None = None
    ratio: float | None = None
    growth: float | None = None
    bound: float | None = None
    judged: Literal["value", "ratio", "growth"] = "ratio"

    def line(self) -> str:
        """Give the JSON line."""
        judged = {"value": self.value, "ratio": self.ratio, "growth": self.growth}[self.judged]
        met = None if self.bound is None or judged is None else judged <= self.bound
        return json.dumps(
            {
                "bench": self.bench,
                "value": _short(self.value),
                "unit": self.unit,
                "baseline": _short(self.baseline),
                "ratio": _short(self.ratio),
                "growth": _short(self.growth),
                "rounds": self.rounds,
                "bound": self.bound,
                "met": met,
            }
        )


def _short(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 3)


def median(found: Sequence[float]) -> float:
    """Give the median."""
    return statistics.median(found)


def percentile(found: Sequence[float], hundredths: int) -> float:
    """Give a percentile by the nearest rank."""
    return sorted(found)[max(0, math.ceil(len(found) * hundredths / 100) - 1)]


def since_us(start_ns: int) -> float:
    """Give how long it is since a reading of `perf_counter_ns`, in microseconds."""
    return (perf_counter_ns() - start_ns) / 1_000
