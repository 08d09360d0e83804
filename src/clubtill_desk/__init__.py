"""What the desktop programs stand on: lanes, faults, resources, key store, theme tokens, crash report.

Knows nothing of sales, members or doors.
"""
