"""Leases: asks for points before a sale is final (4.2, 4.4). Here the ledger may say no: nothing has happened yet."""
