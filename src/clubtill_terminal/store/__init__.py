"""Store: the terminal's two local databases, `facts` and `cache` (D24). The terminal's only SQL; no rules."""
