"""Jobs: what the ledger does by itself. Each can be run again at any time and then does nothing twice."""
