"""Values: money, points, days, ids, refusals and reasons. They know nothing of members, goods or sales."""
