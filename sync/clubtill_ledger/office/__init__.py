"""Office: what a manager looks at and decides: held facts, leases, closed periods, cards, erasure, repair of caches."""
