"""The rules of membership, points, sale and door. Standard library only; time, ids and settings are arguments."""
