"""Tables of what else happened: refunds, fees, guests, shifts, tracking."""

from __future__ import annotations

from alembic import op

from clubtill_ledger.store.migrations import making

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES: tuple[making.Told, ...] = (
    (
        "refund",
        (
            "bucket:small event_id:text void:small sale_id:text sale_device_id:text sale_number:big club_id:text "
            "venue_id:text location_id:text device_id:text staff_id:text approver_id:text reason:text at_us:big "
            "eff_us:big trading_day:text? person_id:text account_id:text member_number:text classification:big? "
            "points_back_h:big award_back_h:big total_minor:big points_value_minor:big value_by_amount_minor:big "
            "tax_minor:big offline:small rules_version:text settings_version:text"
        ),
        "bucket event_id",
        (),
    ),
    (
        "refund_line",
        (
            "bucket:small event_id:text n:big product_id:text name:text family_id:text category_id:text kind:text "
            "qty:big gross_minor:big discount_minor:big tax_minor:big pp_discount_minor:big points_h:big "
            "by_points:small tax_code_id:text tax_bp:big tax_inclusive:small discount_id:text reference:text"
        ),
        "bucket event_id n",
        (),
    ),
    (
        "fee",
        (
            "bucket:small event_id:text place:big line:big club_id:text account_id:text person_id:text "
            "venue_id:text classification:big fee_minor:big before_day:text? after_day:text? points_h:big "
            "provisional:small approver_id:text eff_us:big trading_day:text? settings_version:text"
        ),
        "bucket event_id place",
        (),
    ),
    (
        "renewal_start",
        "bucket:small club_id:text person_id:text classification:big start_day:text? after_us:big",
        "bucket club_id person_id classification",
        (),
    ),
    (
        "tracking",
        (
            "bucket:small event_id:text n:big club_id:text account_id:text person_id:text discount_id:text "
            "holder_id:text period:text? amount_minor:big times:big eff_us:big"
        ),
        "bucket event_id n",
        (),
    ),
    (
        "account_charge",
        (
            "bucket:small event_id:text n:big club_id:text account_id:text charge_account_id:text kind:text "
            "venue_id:text reference:text amount_minor:big names:text eff_us:big trading_day:text?"
        ),
        "bucket event_id n",
        (),
    ),
    (
        "gift_card",
        "bucket:small event_id:text n:big card_number:text kind:text amount_minor:big eff_us:big trading_day:text?",
        "bucket event_id n",
        (),
    ),
    (
        "voucher_use",
        "bucket:small event_id:text n:big voucher_number:text person_id:text eff_us:big",
        "bucket event_id n",
        (),
    ),
    (
        "campaign_entry",
        "bucket:small event_id:text n:big natural_key:text club_id:text campaign:text person_id:text trading_day:text?",
        "bucket event_id n",
        (),
    ),
    (
        "guest_entry",
        (
            "bucket:small event_id:text guest_key:text club_id:text venue_id:text location_id:text device_id:text "
            "staff_id:text at_us:big eff_us:big entry_day:text? kind:text name:text address:text signature:text "
            "own_club:text fee_paid_on:text? host_id:text ground:text purge_day:text? offline:small"
        ),
        "bucket event_id",
        (),
    ),
    (
        "head_count",
        (
            "bucket:small event_id:text club_id:text venue_id:text location_id:text device_id:text staff_id:text "
            "at_us:big eff_us:big entry_day:text? kind:text count:big reason:text"
        ),
        "bucket event_id",
        (),
    ),
    (
        "shift",
        (
            "bucket:small event_id:text shift_id:text kind:text club_id:text venue_id:text location_id:text "
            "device_id:text staff_id:text closed_by:text approver_id:text at_us:big eff_us:big trading_day:text? "
            "cash_media:text amount_minor:big reason:text expected_minor:big counted_minor:big variance_minor:big "
            "drops_minor:big paid_out_minor:big sales:big refunds:big voids:big drawer_opened:big"
        ),
        "bucket event_id",
        (),
    ),
    (
        "shift_count",
        "bucket:small event_id:text piece_minor:big pieces:big",
        "bucket event_id piece_minor",
        (),
    ),
    (
        "shift_medium",
        "bucket:small event_id:text media_id:text amount_minor:big",
        "bucket event_id media_id",
        (),
    ),
    (
        "awaited",
        "bucket:small sale_id:text event_id:text",
        "bucket sale_id event_id",
        (),
    ),
)
INDEXES: tuple[making.ToldIndex, ...] = (
    ("refund_of_sale", "refund", "bucket sale_id"),
    ("fee_of_person", "fee", "bucket club_id person_id classification"),
    ("tracking_of_account", "tracking", "bucket club_id account_id"),
    ("account_charge_of", "account_charge", "bucket club_id account_id"),
    ("gift_card_by_number", "gift_card", "card_number"),
    ("voucher_by_number", "voucher_use", "voucher_number"),
    ("guest_entry_due", "guest_entry", "bucket purge_day"),
    ("shift_events", "shift", "bucket shift_id"),
)
ADDED: tuple[tuple[str, str, str], ...] = (
    ("account_state", "fixed_rate_h:big?", ""),
    ("account_state", "kept:text?", ""),
    ("sale", "grain_h:big points_by_amount_h:big value_by_amount_minor:big account_rate_h:big?", "0"),
    ("sale", "parked_id:text", ""),
    ("sale_line", "discount_kind:text discount_id:text manual_reason:text reference:text", ""),
    ("sale_line", "discount_qty:big offer_points_h:big? extras_minor:big", "0"),
    ("tender", "reference:text", ""),
    ("tender", "surcharge_line:big", "0"),
    ("swipe", "voucher_id:text voucher_key:text voucher_number:text", ""),
)


def upgrade() -> None:
    making.create(TABLES, INDEXES)
    for table, columns, default in ADDED:
        making.add(table, columns, default)


def downgrade() -> None:
    for table, columns, _ in reversed(ADDED):
        for told in columns.split():
            op.drop_column(table, told.split(":")[0])
    making.drop(TABLES, INDEXES)
