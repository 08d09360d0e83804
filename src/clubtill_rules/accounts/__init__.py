"""Accounts: charge accounts, what is owed on them, allowances and statements (R16, R96, R100). No points here."""
