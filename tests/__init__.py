"""The tests mirror the packages; `python -m tests.bench` measures."""
