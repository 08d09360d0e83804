"""The first tables of `cache`."""

from typing import Final

from alembic import op

revision = "0001"
down_revision = None

STATEMENTS: Final = (
    """
    CREATE TABLE account (
    account_id TEXT NOT NULL,
    club_id TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    version INTEGER NOT NULL,
    card BLOB NOT NULL,
    PRIMARY KEY (account_id)
    )
    WITHOUT ROWID,
    STRICT
    """,
    """
    CREATE TABLE card_token (
    digest TEXT NOT NULL,
    person_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    PRIMARY KEY (digest)
    )
    WITHOUT ROWID,
    STRICT
    """,
    """
    CREATE INDEX card_token_account ON card_token (account_id)
    """,
    """
    CREATE TABLE cursor (
    stream INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (stream)
    )
    STRICT
    """,
    """
    CREATE TABLE deny (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (kind, id)
    )
    STRICT
    """,
    """
    CREATE TABLE document (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    effective_from TEXT NOT NULL,
    deleted INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (kind, id, version)
    )
    STRICT
    """,
    """
    CREATE TABLE feed_state (
    id INTEGER NOT NULL,
    cursor TEXT NOT NULL,
    feed_epoch INTEGER NOT NULL,
    updated_at_us INTEGER NOT NULL,
    deny_at_us INTEGER NOT NULL,
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
    PRIMARY KEY (id),
    UNIQUE (person_id)
    )
    STRICT
    """,
    """
    CREATE INDEX person_account ON person (account_id)
    """,
    """
    CREATE INDEX person_number ON person (number)
    """,
    """
    CREATE VIRTUAL TABLE person_search USING fts5 (
    name, number, content = 'person', content_rowid = 'id', prefix = '2 3'
    )
    """,
)


def upgrade() -> None:
    """Make the tables. The statements are frozen: later changes are revisions of their own."""
    for statement in STATEMENTS:
        op.execute(statement)
