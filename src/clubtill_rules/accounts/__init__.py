"""Accounts: charge accounts, their limits, allowances and statements (R16, R96, R100)."""
