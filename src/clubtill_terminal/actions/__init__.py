"""What staff do, one function each. An action joins rules, store and devices; it knows no screen and reads no clock."""
