"""Codes and values become what people read: sentences, money, dates, receipts as a document tree.

Decides nothing: what a figure is stands in the rules, what a thing looks like stands in the screens.
"""
