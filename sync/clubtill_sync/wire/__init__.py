"""Wire: what crosses between terminals and the ledger, one module a noun. Values only; no network, no store."""
