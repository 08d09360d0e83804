"""Alembic's scripts for the file `facts`."""
