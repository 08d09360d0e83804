"""Paper: what the story's receipts must say, without what differs from day to day (see `telling.masked`)."""

from __future__ import annotations

from typing import Final

_HEAD: Final = """[drawer: pin 2]
LARKSPUR POINT CLUB
ABN 00 000 000 000
TAX INVOICE"""
_FOOT: Final = """[QR: ID]
Thank you. Keep as record."""

FIRST_RECEIPT: Final = f"""{_HEAD}
DEMO - not a real sale
Sale 1001 Main Bar 1 DAY HH:MM Sam
---
2 Schooner Pale @ 8.00 16.00
member price, you saved 1.00
1 Light schooner 7.20
1 Member parma 23.98
member offer, you saved 3.00
Points Pay discount 10 % -2.32
---
TOTAL (includes GST 4.08) 44.86
Points used 2,088 20.88
Cash rounding 0.02
CASH 30.00
CHANGE 6.00
---
Jean O. Gold +47 points balance 10,379
{_FOOT}"""

SECOND_RECEIPT: Final = f"""{_HEAD}
OFFLINE - points not yet booked
DEMO - not a real sale
Sale 1002 Main Bar 1 DAY HH:MM Sam
---
1 Schooner Pale 8.00
member price, you saved 0.50
1 Sea salt chips 4.50
Points Pay discount 10 % -0.80
---
TOTAL (includes GST 1.06) 11.70
Points used 720 7.20
CASH 4.50
---
Jean O. Gold +9 points balance 9,668
Offline - balance as at HH:MM
{_FOOT}"""
