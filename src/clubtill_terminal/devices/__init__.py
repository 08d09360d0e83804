"""Card readers, scanner, printer, drawer, displays and the door: one protocol each, real and simulated.

A device reports what it saw as a value; what that means is decided elsewhere. Nothing read from a card is logged.
"""
