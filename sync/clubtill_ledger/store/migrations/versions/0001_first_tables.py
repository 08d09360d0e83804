"""The first tables: logs, books, people, facts, master data (section 3.2 of the ledger's design)."""

from __future__ import annotations

from clubtill_ledger.store.migrations import making

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# table, its columns as name:type (? may be missing), its primary key, its unique keys
TABLES = (
    (
        "device",
        (
            "device_id:text public_key:text terminal_id:text name:text epoch:big incarnation:text boot_id:text "
            "clock_offset_us:big hello_us:big enrolled_us:big revoked_us:big? drain:small fork_us:big? "
            "store_version:text program_version:text"
        ),
        "device_id",
        ("public_key",),
    ),
    (
        "device_slot",
        (
            "bucket:small device_id:text epoch:big seq:big event_id:text event_bucket:big chain_hash:text "
            "received_us:big eff_us:big flags:text"
        ),
        "bucket device_id epoch seq",
        (),
    ),
    (
        "device_mark",
        "bucket:small device_id:text epoch:big acked_seq:big chain_hash:text",
        "bucket device_id epoch",
        (),
    ),
    (
        "device_fork",
        "bucket:small device_id:text side_epoch:big epoch:big from_seq:big from_hash:text found_us:big",
        "bucket device_id side_epoch",
        ("bucket device_id epoch from_seq from_hash",),
    ),
    (
        "nonce",
        "bucket:small device_id:text nonce:text received_us:big",
        "bucket device_id nonce",
        (),
    ),
    (
        "raw_event",
        (
            "bucket:small event_id:text device_id:text epoch:big seq:big kind:text version:big club_id:text "
            "account_id:text bytes:bytes chain_hash:text received_us:big eff_us:big status:text reason:text "
            "flags:text"
        ),
        "bucket event_id",
        (),
    ),
    (
        "stream_head",
        "bucket:small seq:big",
        "bucket",
        (),
    ),
    (
        "entry",
        (
            "bucket:small seq:big club_id:text account_id:text ver:big event_id:text leg:big kind:text "
            "amount_h:big eff_us:big day:text? earn_day:text? last_day:text? sale_id:text lease_id:text "
            "natural_key:text award_for:text refers_to:text refers_leg:big settled:small person_id:text "
            "device_id:text avail_after:big reserved_after:big deficit_after:big posted_us:big"
        ),
        "bucket seq",
        (
            "bucket club_id account_id ver",
            "bucket event_id leg",
        ),
    ),
    (
        "natural",
        "bucket:small natural_key:text club_id:text account_id:text event_id:text leg:big eff_us:big",
        "bucket natural_key",
        (),
    ),
    (
        "account_state",
        (
            "bucket:small club_id:text account_id:text ver:big card_ver:big avail_h:big reserved_h:big "
            "deficit_h:big next_expiry:text? folded_day:text? block:text"
        ),
        "bucket club_id account_id",
        (),
    ),
    (
        "lease",
        (
            "bucket:small club_id:text account_id:text lease_id:text sale_id:text ask_no:big device_id:text "
            "why:text asked_h:big granted_h:big spent_h:big returned_h:big state:text advice:text granted_us:big "
            "recall_us:big closed_by:text"
        ),
        "bucket club_id account_id lease_id",
        ("bucket sale_id ask_no",),
    ),
    (
        "card_change",
        "bucket:small seq:big club_id:text account_id:text",
        "bucket seq",
        (),
    ),
    (
        "member",
        "bucket:small club_id:text person_id:text account_id:text number:text body:bytes",
        "bucket club_id person_id",
        (),
    ),
    (
        "personal",
        (
            "bucket:small club_id:text person_id:text first_name:text last_name:text date_of_birth:text? "
            "birthday_awarded_on:text? photo:text note:text ban_note:text search:text"
        ),
        "bucket club_id person_id",
        (),
    ),
    (
        "member_card",
        "bucket:small club_id:text digest:text account_id:text person_id:text",
        "bucket club_id digest",
        (),
    ),
    (
        "sale",
        (
            "bucket:small event_id:text number:big club_id:text venue_id:text location_id:text device_id:text "
            "staff_id:text at_us:big eff_us:big trading_day:text? person_id:text account_id:text "
            "member_number:text classification:big? benefits:small multiplier_h:big ratio:big? points_used_h:big "
            "award_h:big award_again_h:big? total_minor:big tax_minor:big offline:small rules_version:text "
            "settings_version:text"
        ),
        "bucket event_id",
        (),
    ),
    (
        "sale_line",
        (
            "bucket:small event_id:text n:big product_id:text name:text family_id:text category_id:text kind:text "
            "qty:big added_at_us:big level:big unit_minor:big public_minor:big price_reason:text special_id:text "
            "discount_minor:big rate_h:big fixed_points:big? points_price_h:big? tax_code_id:text tax_bp:big "
            "tax_inclusive:small tax_minor:big pp_points_h:big pp_value_minor:big pp_discount_minor:big "
            "pp_own_price:small by_points:small"
        ),
        "bucket event_id n",
        (),
    ),
    (
        "tender",
        (
            "bucket:small event_id:text n:big media_id:text kind:text amount_minor:big given_minor:big "
            "change_minor:big rounding_minor:big"
        ),
        "bucket event_id n",
        (),
    ),
    (
        "posting",
        "bucket:small event_id:text n:big account:text amount_minor:big",
        "bucket event_id n",
        (),
    ),
    (
        "swipe",
        (
            "bucket:small event_id:text club_id:text venue_id:text location_id:text device_id:text staff_id:text "
            "at_us:big eff_us:big entry_day:text? card_digest:text person_id:text account_id:text "
            "member_number:text classification:big? verdict:text code:text visit_h:big birthday_h:big "
            "offline:small"
        ),
        "bucket event_id",
        (),
    ),
    (
        "admission",
        (
            "bucket:small event_id:text swipe_event_id:text club_id:text venue_id:text location_id:text "
            "device_id:text staff_id:text approver_id:text at_us:big eff_us:big entry_day:text? person_id:text "
            "account_id:text outcome:text reason:text guests:big"
        ),
        "bucket event_id",
        (),
    ),
    (
        "document",
        "bucket:small kind:text id:text version:big seq:big effective_from:text? deleted:small body:bytes",
        "bucket kind id version",
        ("bucket seq",),
    ),
    (
        "deny",
        "bucket:small kind:text id:text version:big seq:big code:text denied:small",
        "bucket kind id version",
        ("bucket seq",),
    ),
    (
        "installation",
        "bucket:small name:text value:text",
        "bucket name",
        (),
    ),
    (
        "enrol_code",
        ("bucket:small code_id:text secret_hash:text terminal_id:text expires_us:big tries_left:big device_id:text"),
        "bucket code_id",
        (),
    ),
)
INDEXES = (
    ("account_due", "account_state", "bucket next_expiry"),
    ("lease_of_device", "lease", "device_id state"),
    ("member_by_number", "member", "club_id number"),
    ("member_of_account", "member", "bucket club_id account_id"),
    ("member_card_by_digest", "member_card", "digest"),
)


def upgrade() -> None:
    making.create(TABLES, INDEXES)


def downgrade() -> None:
    making.drop(TABLES, INDEXES)
