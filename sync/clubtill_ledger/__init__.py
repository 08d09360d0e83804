"""The central ledger: accepts facts, numbers them, hands out leases and feeds every terminal.

A fact that happened is never refused.
"""
