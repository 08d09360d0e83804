"""Web: the API of web stores and kiosks: member, balance, quote, redeem, refund, by keys (R15, R65, R75)."""
