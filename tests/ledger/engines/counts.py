"""What the tests of this folder did to an engine, counted; `conftest.py` prints it at the end of the run."""

from collections import Counter

COUNTS: Counter[str] = Counter()
