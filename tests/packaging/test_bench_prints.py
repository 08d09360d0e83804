import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.figures import Figure, percentile

KEYS = ["bench", "value", "unit", "baseline", "ratio", "growth", "rounds", "bound", "met"]


def test_a_bench_prints_a_json_line_a_figure():
    """`python -m tests.bench sale_commit --quick` ends with 0 and prints the two figures of a sale, with every key."""
    root = Path(__file__).parents[2]
    ended = subprocess.run(
        [sys.executable, "-m", "tests.bench", "sale_commit", "--quick"],
        cwd=root, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    figures = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [one["bench"] for one in figures] == ["sale_commit.cpu", "sale_commit.wall"]
    assert [list(one) for one in figures] == [KEYS, KEYS]
    assert all(one["value"] > 0 and one["baseline"] > 0 and one["ratio"] > 0 for one in figures)
    assert [one["met"] is None for one in figures] == [one["bound"] is None for one in figures]


@pytest.mark.parametrize(
    ("judged", "bound", "met"),
    [("value", 9.9, False), ("value", 10.0, True), ("ratio", 2.0, True), ("ratio", 1.9, False), ("growth", 1.2, False)],
)
def test_a_bound_holds_for_the_figure_that_is_judged(judged, bound, met):
    """A figure is met up to its bound, and each figure is judged by the number that its promise names."""
    figure = Figure(
        bench="b", value=10.0, unit="ms", baseline=5.0, ratio=2.0, growth=1.3, rounds=1, bound=bound, judged=judged
    )
    assert json.loads(figure.line())["met"] is met


@pytest.mark.parametrize(("hundredths", "found"), [(50, 5), (95, 10), (99, 10), (10, 1)])
def test_a_percentile_is_one_of_what_was_measured(hundredths, found):
    """A percentile is by the nearest rank: of ten values the 95th is the largest."""
    assert percentile([3, 1, 2, 4, 10, 6, 7, 8, 9, 5], hundredths) == found
