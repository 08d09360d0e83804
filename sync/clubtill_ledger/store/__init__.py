"""Store: the ledger's tables, engines and transactions. SQL sums and selects; `clubtill_rules` decides (D32).

It must not know HTTP, signatures or the clock: times and ids come in as arguments.
"""
