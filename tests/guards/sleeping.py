"""A test waits for an event with a deadline; a real sleep of its own thread over 50 ms fails it."""

import threading
import time

LONGEST_S = 0.05
_real_sleep = time.sleep


class SleptError(Exception):
    """A test's own thread slept."""


def _sleep(duration_s: float, /) -> None:
    if duration_s > LONGEST_S and threading.current_thread() is threading.main_thread():
        raise SleptError(f"time.sleep({duration_s}): wait for an event with a deadline instead")
    _real_sleep(duration_s)


# For good and before any room is imported, so that `from time import sleep` gets this one too.
time.sleep = _sleep
