"""Migrations: Alembic's files, one a change of the tables, never changed once they were released."""
