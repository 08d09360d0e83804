"""Demo: a made-up club to try Clubtill with. It seeds a ledger and starts the real programs; it decides nothing."""
