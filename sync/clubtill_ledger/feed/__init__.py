"""Feed: what every terminal must know, in 66 gap-free streams (6.5), and look-ups beyond a terminal's cache."""
