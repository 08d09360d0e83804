"""A terminal of the demo club without a ledger: the cast in a real store, for tests of actions and screens."""
