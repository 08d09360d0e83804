"""App: the HTTP face of the ledger. Routes read a body and hand it on; the rooms below decide."""
