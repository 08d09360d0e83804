"""Alembic's scripts for the file `cache`."""
