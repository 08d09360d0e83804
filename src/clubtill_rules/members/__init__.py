"""Members: clubs, classifications, venues' house rules, persons, accounts, cards, standing. Rules R2-R19, R82-R88."""
