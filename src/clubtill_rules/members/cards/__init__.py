"""Cards: how a stripe, a code or a tag is read, and whose card it is. Rules R82, R84-R88; nothing is looked up here."""

from clubtill_rules.members.cards.codes import card_code, opaque_id_of, read_scan
from clubtill_rules.members.cards.masks import CardMask, CardText, MaskKind, Reading, match
from clubtill_rules.members.cards.resolving import Bar, card_digest, resolve
from clubtill_rules.members.cards.tracks import (
    DEFAULT_MASKS,
    ClubCard,
    club_card,
    newer_issues,
    read_stripe,
    read_track,
)
from clubtill_rules.members.cards.uids import UidProfile, read_uid, uid_of

__all__ = [
    "DEFAULT_MASKS",
    "Bar",
    "CardMask",
    "CardText",
    "ClubCard",
    "MaskKind",
    "Reading",
    "UidProfile",
    "card_code",
    "card_digest",
    "club_card",
    "match",
    "newer_issues",
    "opaque_id_of",
    "read_scan",
    "read_stripe",
    "read_track",
    "read_uid",
    "resolve",
    "uid_of",
]
