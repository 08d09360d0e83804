"""Migrations of the two files, one Alembic line each: `facts` and `cache`."""
