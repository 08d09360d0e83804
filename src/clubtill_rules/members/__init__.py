"""Members: settings, persons, accounts, cards, standing, fees, bans and blocks, campaigns, benefits and the register.

Rules R2-R25, R82-R88, R95, R99, R101, R106 and R107.
"""
