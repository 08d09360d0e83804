"""The till: grid, basket, member, Points Pay, tender."""
