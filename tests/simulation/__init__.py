"""The simulator: real terminals and the real ledger in one thread, on clocks, lines and disks that a seed decides."""
