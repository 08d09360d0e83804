"""The terminal: till and Reception in one process, over two local databases.

Rules live in `clubtill_rules`, never here.
"""
