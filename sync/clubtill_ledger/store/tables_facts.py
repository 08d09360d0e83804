"""Tables of what else happened: refunds, fees, guests, shifts, tracking (section 3.2 of the ledger's design).

Every one of them can be made again from the exact bytes, but for `renewal_start`, which is a member's own.
"""

from __future__ import annotations

import sqlalchemy as sa

from clubtill_ledger.store.columns import amount, bucket, day, flag, key, maybe, number, table, text

refund = table(
    "refund",
    bucket(),
    key("event_id"),
    flag("void"),
    text("sale_id"),
    text("sale_device_id"),
    amount("sale_number"),
    text("club_id"),
    text("venue_id"),
    text("location_id"),
    text("device_id"),
    text("staff_id"),
    text("approver_id"),
    text("reason"),
    amount("at_us"),
    amount("eff_us"),
    day("trading_day"),
    text("person_id"),
    text("account_id"),
    text("member_number"),
    maybe("classification"),
    amount("points_back_h"),
    amount("award_back_h"),
    amount("total_minor"),
    amount("points_value_minor"),
    amount("value_by_amount_minor"),
    amount("tax_minor"),
    flag("offline"),
    text("rules_version"),
    text("settings_version"),
    sa.Index("refund_of_sale", "bucket", "sale_id"),
)

refund_line = table(
    "refund_line",
    bucket(),
    key("event_id"),
    number("n"),
    text("product_id"),
    text("name"),
    text("family_id"),
    text("category_id"),
    text("kind"),
    amount("qty"),
    amount("gross_minor"),
    amount("discount_minor"),
    amount("tax_minor"),
    amount("pp_discount_minor"),
    amount("points_h"),
    flag("by_points"),
    text("tax_code_id"),
    amount("tax_bp"),
    flag("tax_inclusive"),
    text("discount_id"),
    text("reference"),
    amount("spend_minor"),
)
"""What went back of a sold line, as amounts of 0 or more; `n` is the number that the line had in its sale."""

fee = table(
    "fee",
    bucket(),
    key("event_id"),
    number("place"),
    amount("line"),
    text("club_id"),
    text("account_id"),
    text("person_id"),
    text("venue_id"),
    amount("classification"),
    amount("fee_minor"),
    day("before_day"),
    day("after_day"),
    amount("points_h"),
    flag("provisional"),
    text("approver_id"),
    amount("eff_us"),
    day("trading_day"),
    text("settings_version"),
    sa.Index("fee_of_person", "bucket", "club_id", "person_id", "classification"),
)
"""A fee of a sale, with the Renewal Dates that its terminal told; the ledger replays its own (R22)."""

renewal_start = table(
    "renewal_start",
    bucket(),
    key("club_id"),
    key("person_id"),
    number("classification"),
    day("start_day"),
    amount("after_us"),
)
"""The Renewal Date from which fees are replayed; fees of `after_us` and before it are in it already (C17)."""

tracking = table(
    "tracking",
    bucket(),
    key("event_id"),
    number("n"),
    text("club_id"),
    text("account_id"),
    text("person_id"),
    text("discount_id"),
    text("holder_id"),
    day("period"),
    amount("amount_minor"),
    amount("times"),
    amount("eff_us"),
    sa.Index("tracking_of_account", "bucket", "club_id", "account_id"),
)
"""What a sale counts against a discount's limit, or a refund gives back, below nil (R94)."""

account_charge = table(
    "account_charge",
    bucket(),
    key("event_id"),
    number("n"),
    text("club_id"),
    text("account_id"),
    text("charge_account_id"),
    text("kind"),
    text("venue_id"),
    text("reference"),
    amount("amount_minor"),
    text("names"),
    amount("eff_us"),
    day("trading_day"),
    sa.Index("account_charge_of", "bucket", "club_id", "account_id"),
)
"""Charges, payments and credits of charge accounts (R100); `amount_minor` is above nil, `names` is the charge."""

gift_card = table(
    "gift_card",
    bucket(),
    key("event_id"),
    number("n"),
    text("card_number"),
    text("kind"),
    amount("amount_minor"),
    amount("eff_us"),
    day("trading_day"),
    sa.Index("gift_card_by_number", "card_number"),
)
"""What gift cards were sold for, paid, got back, or were taken back for (R102)."""

voucher_use = table(
    "voucher_use",
    bucket(),
    key("event_id"),
    number("n"),
    text("voucher_number"),
    text("person_id"),
    amount("eff_us"),
    sa.Index("voucher_by_number", "voucher_number"),
)

campaign_entry = table(
    "campaign_entry",
    bucket(),
    key("event_id"),
    number("n"),
    text("natural_key"),
    text("club_id"),
    text("campaign"),
    text("person_id"),
    day("trading_day"),
)
"""The attribute entry of a sale for which a campaign counted (R95)."""

guest_entry = table(
    "guest_entry",
    bucket(),
    key("event_id"),
    text("guest_key"),
    text("club_id"),
    text("venue_id"),
    text("location_id"),
    text("device_id"),
    text("staff_id"),
    amount("at_us"),
    amount("eff_us"),
    day("entry_day"),
    text("kind"),
    text("name"),
    text("address"),
    text("signature"),
    text("own_club"),
    day("fee_paid_on"),
    text("host_id"),
    text("ground"),
    day("purge_day"),
    flag("offline"),
    sa.Index("guest_entry_due", "bucket", "purge_day"),
)
"""The register of guests (R53)."""

head_count = table(
    "head_count",
    bucket(),
    key("event_id"),
    text("club_id"),
    text("venue_id"),
    text("location_id"),
    text("device_id"),
    text("staff_id"),
    amount("at_us"),
    amount("eff_us"),
    day("entry_day"),
    text("kind"),
    amount("count"),
    text("reason"),
)
"""Who came in without a card, went out or was miscounted (R52)."""

shift = table(
    "shift",
    bucket(),
    key("event_id"),
    text("shift_id"),
    text("kind"),
    text("club_id"),
    text("venue_id"),
    text("location_id"),
    text("device_id"),
    text("staff_id"),
    text("closed_by"),
    text("approver_id"),
    amount("at_us"),
    amount("eff_us"),
    day("trading_day"),
    text("cash_media"),
    amount("amount_minor"),
    text("reason"),
    amount("expected_minor"),
    amount("counted_minor"),
    amount("variance_minor"),
    amount("drops_minor"),
    amount("paid_out_minor"),
    amount("sales"),
    amount("refunds"),
    amount("voids"),
    amount("drawer_opened"),
    sa.Index("shift_events", "bucket", "shift_id"),
)
"""What happened to a shift: `kind` is opened (amount: the float), a movement of its drawer, or closed."""

shift_count = table("shift_count", bucket(), key("event_id"), number("piece_minor"), amount("pieces"))
"""How many pieces of each denomination were counted at the close."""

shift_medium = table("shift_medium", bucket(), key("event_id"), key("media_id"), amount("amount_minor"))
"""What each medium took in a shift less what it gave back."""

awaited = table("awaited", bucket(), key("sale_id"), key("event_id"))
"""Held refunds by the sale that they wait for (C22)."""
