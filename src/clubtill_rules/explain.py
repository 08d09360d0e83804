"""Explain: the facts, the rules and the arithmetic of any decision, as data. Worded by `clubtill_wording`."""
