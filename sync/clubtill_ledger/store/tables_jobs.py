"""Tables of jobs, outgoing mail, tier runs and statistics (section 3.2 of the ledger's design)."""

from __future__ import annotations

import sqlalchemy as sa

from clubtill_ledger.store.columns import amount, bucket, day, exact, key, table, text

job = table(
    "job",
    bucket(),
    key("kind"),
    key("subject"),
    amount("due_us"),
    amount("tries"),
    text("state"),
    text("result"),
    text("holder"),
    amount("until_us"),
    amount("begun_us"),
    amount("ended_us"),
    sa.Index("job_due", "bucket", "state", "due_us"),
)

mail = table(
    "mail",
    bucket(),
    key("kind"),
    key("subject"),
    key("club_id"),
    key("account_id"),
    text("person_id"),
    text("facts"),
    text("template"),
    text("state"),
    amount("tries"),
    amount("due_us"),
    amount("at_us"),
    text("answer"),
    sa.Index("mail_due", "bucket", "state", "due_us"),
)

mail_setting = table("mail_setting", bucket(), key("name"), text("value"))

tier_run = table(
    "tier_run",
    bucket(),
    key("run_id"),
    text("club_id"),
    day("run_day"),
    exact("setup"),
    text("hash"),
    text("state"),
    amount("at_us"),
)

tier_change = table(
    "tier_change",
    bucket(),
    key("run_id"),
    key("club_id"),
    key("person_id"),
    text("account_id"),
    amount("old"),
    amount("new"),
    text("direction"),
    amount("spend_minor"),
    amount("floor_minor"),
    amount("maximum_minor"),
    day("changed_on"),
    text("reason"),
    text("state"),
)

marketing = table("marketing", bucket(), key("club_id"), key("person_id"), text("account_id"), amount("added_us"))

statistic = table("statistic", bucket(), key("venue_id"), key("trading_day"), key("name"), amount("amount"))
