"""Discounts: which offer each line of a sale gets, by which rule, up to which limit (R94, R98, R99, R102)."""
