"""Sale: basket, pricing, discounts, tax, tender, the finished sale and its postings.

Rules R28-R29, R68-R73, R78-R81, R94, R97-R98, R102-R105.
"""
