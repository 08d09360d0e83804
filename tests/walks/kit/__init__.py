"""What the walk of the first sale is made of: a ledger process, stations with real devices, and hands on a window."""
