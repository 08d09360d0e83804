"""Run benchmarks by name: `python -m tests.bench NAME|all [--quick]`. One JSON line a figure.

Some need PostgreSQL: `all` starts one by packaging/with_services.sh where CLUBTILL_TEST_POSTGRES names none.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

SERVICES: Final = Path(__file__).parents[2] / "packaging" / "with_services.sh"
NAMES: Final = (
    "card_to_panel",
    "sale_commit",
    "first_frame",
    "tap_to_line",
    "rules_fold",
    "rules_tier",
    "rules_sale",
    "expiry",
    "tier_wizard",
    "feed",
    "bootstrap",
    "ingest",
    "growth",
)


def main() -> int:
    """Print the figures; 0 when all were measured, whether their bounds are met or not."""
    words = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    words.add_argument("name", choices=(*NAMES, "all"))
    words.add_argument("--quick", action="store_true", help="fewer rounds, smaller clubs")
    words.add_argument("--members", type=int, help="of the benches of jobs: members of the club")
    words.add_argument("--facts", type=int, help="of the benches of jobs: entries or lines of sales")
    chosen = words.parse_args()
    sizes = {name: size for name in ("members", "facts") if (size := getattr(chosen, name)) is not None}
    # No screen is asked for and no graphics card: the same pixels everywhere. Set before Qt is there.
    os.environ.update(QT_QPA_PLATFORM="offscreen", QT_QUICK_BACKEND="software", QT_QUICK_CONTROLS_STYLE="Basic")
    if chosen.name == "all" and not os.environ.get("CLUBTILL_TEST_POSTGRES"):
        return subprocess.call(["sh", str(SERVICES), sys.executable, "-m", "tests.bench", *sys.argv[1:]])
    if chosen.name == "all":
        # A process for each, so that one's memory does not slow the next.
        quick = ["--quick"] if chosen.quick else []
        return max(subprocess.call([sys.executable, "-m", "tests.bench", name, *quick]) for name in NAMES)
    for figure in importlib.import_module(f"tests.bench.{chosen.name}").run(quick=chosen.quick, **sizes):
        print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
