"""What no test may do: talk beyond this machine, sleep, or let a warning pass unseen.

Each guard is a plug-in of pytest.
"""
