"""The first tables of `facts`."""

from typing import Final

from alembic import op

revision = "0001"
down_revision = None

STATEMENTS: Final = (
    """
    CREATE TABLE device_state (
    id INTEGER NOT NULL,
    device_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    server_key TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    next_seq INTEGER NOT NULL,
    head_hash TEXT NOT NULL,
    acked_seq INTEGER NOT NULL,
    incarnation TEXT NOT NULL,
    ledger_epoch INTEGER NOT NULL,
    clock_offset_us INTEGER NOT NULL,
    last_contact_us INTEGER NOT NULL,
    next_sale_number INTEGER NOT NULL,
    trouble TEXT NOT NULL,
    PRIMARY KEY (id)
    )
    STRICT
    """,
    """
    CREATE TABLE lease (
    lease_id TEXT NOT NULL,
    club_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    granted_h INTEGER NOT NULL,
    spent_h INTEGER NOT NULL,
    open INTEGER NOT NULL,
    sale_id TEXT NOT NULL,
    ask_no INTEGER NOT NULL,
    advice TEXT NOT NULL,
    PRIMARY KEY (lease_id)
    )
    STRICT
    """,
    """
    CREATE INDEX lease_account ON lease (account_id, open)
    """,
    """
    CREATE TABLE outbox (
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    bytes BLOB NOT NULL,
    chain TEXT NOT NULL,
    occurred_at_us INTEGER NOT NULL,
    state TEXT NOT NULL,
    tries INTEGER NOT NULL,
    last_answer TEXT NOT NULL,
    stream INTEGER,
    position INTEGER,
    acked_at_us INTEGER,
    flags TEXT NOT NULL,
    account_id TEXT NOT NULL,
    overlay_h INTEGER NOT NULL,
    reserved_h INTEGER NOT NULL,
    label TEXT NOT NULL,
    amount_minor INTEGER,
    PRIMARY KEY (epoch, seq),
    UNIQUE (event_id)
    )
    STRICT
    """,
    """
    CREATE INDEX outbox_account ON outbox (account_id)
    """,
    """
    CREATE INDEX outbox_waiting ON outbox (state, epoch, seq)
    """,
    """
    CREATE TABLE print_job (
    job_id TEXT NOT NULL,
    sale_id TEXT NOT NULL,
    state TEXT NOT NULL,
    drawer INTEGER NOT NULL,
    PRIMARY KEY (job_id)
    )
    STRICT
    """,
    """
    CREATE TABLE sale (
    sale_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    total_minor INTEGER NOT NULL,
    member_number TEXT NOT NULL,
    receipt BLOB NOT NULL,
    PRIMARY KEY (sale_id)
    )
    STRICT
    """,
    """
    CREATE TABLE swipe (
    event_id TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    person_id TEXT NOT NULL,
    name TEXT NOT NULL,
    verdict TEXT NOT NULL,
    entry_day TEXT NOT NULL,
    visit_key TEXT NOT NULL,
    birthday_key TEXT NOT NULL,
    outcome TEXT NOT NULL,
    guests INTEGER NOT NULL,
    PRIMARY KEY (event_id)
    )
    STRICT
    """,
    """
    CREATE INDEX swipe_at ON swipe (at_us)
    """,
    """
    CREATE INDEX swipe_person_day ON swipe (person_id, entry_day)
    """,
)


def upgrade() -> None:
    """Make the tables. The statements are frozen: later changes are revisions of their own."""
    for statement in STATEMENTS:
        op.execute(statement)
