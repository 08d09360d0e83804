"""Accounts and persons in the order in which they come, so that a whole club is loaded end to end; photos."""

from typing import Final

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS: Final = (
    "ALTER TABLE account RENAME TO old_account",
    "ALTER TABLE person RENAME TO old_person",
    "DROP INDEX person_account",
    "DROP INDEX person_number",
    """
    CREATE TABLE account (
    id INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    club_id TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    version INTEGER NOT NULL,
    card BLOB NOT NULL,
    PRIMARY KEY (id)
    )
    STRICT
    """,
    """
    CREATE TABLE person (
    id INTEGER NOT NULL,
    person_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    number TEXT NOT NULL,
    name TEXT NOT NULL,
    photo TEXT NOT NULL,
    PRIMARY KEY (id)
    )
    STRICT
    """,
    """
    INSERT INTO account (account_id, club_id, bucket, version, card)
    SELECT account_id, club_id, bucket, version, card FROM old_account
    """,
    """
    INSERT INTO person (id, person_id, account_id, number, name, photo)
    SELECT id, person_id, account_id, number, name, '' FROM old_person
    """,
    "DROP TABLE old_account",
    "DROP TABLE old_person",
    "CREATE UNIQUE INDEX account_by_id ON account (account_id)",
    "CREATE INDEX account_bucket ON account (bucket)",
    "CREATE UNIQUE INDEX person_by_id ON person (person_id)",
    "CREATE INDEX person_number ON person (number)",
    "CREATE INDEX person_account ON person (account_id)",
    """
    CREATE TABLE photo (
    hash TEXT NOT NULL,
    body BLOB NOT NULL,
    size INTEGER NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (hash)
    )
    STRICT
    """,
    "CREATE INDEX photo_used ON photo (used)",
)


def upgrade() -> None:
    """Make the tables anew around what they hold. The statements are frozen: later changes are revisions again."""
    for statement in STATEMENTS:
        op.execute(statement)
