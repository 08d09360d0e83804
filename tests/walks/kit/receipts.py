"""The receipts of the walk as the spool has them, word for word: section 7 of the interface and its worked figures."""

RULE = f"{'-' * 48}\n"
HEAD = """\
              LARKSPUR POINT CLUB
               ABN 00 000 000 000
                  TAX INVOICE
"""
FOOT = """\
     [QR: code]
           Thank you. Keep as record.

"""
OFFLINE = "        OFFLINE - points not yet booked\n"
AS_AT = "Offline - balance as at 18:44\n"
PALE = """\
2 Schooner Pale          @ 8.00            16.00
  member price, you saved 1.00
"""
LIGHT = "1 Light schooner                            7.20\n"
RECEIPTS = (
    f"""\
{HEAD}Sale 1001    Main Bar 1   DAY 18:44  Sam
{RULE}{PALE}{LIGHT}1 Member parma                             23.98
  member offer, you saved 3.00
Points Pay discount 10 %                   -2.32
{RULE}TOTAL (includes GST 4.08)                  44.86
Points used 2,088                          20.88
Cash rounding                               0.02
CASH                                       24.00
{RULE}Jean O.  Gold  +47 points   balance 10,389
{FOOT}""",
    f"""\
{HEAD}{OFFLINE}Sale 1002    Main Bar 1   DAY 18:44  Sam
{RULE}{PALE}{LIGHT}Points Pay discount 10 %                   -2.32
{RULE}TOTAL (includes GST 1.90)                  20.88
Points used 2,088                          20.88
{RULE}Jean O.  Gold   balance 8,301
{AS_AT}{FOOT}""",
    f"""\
{HEAD}{OFFLINE}Sale 1003    Main Bar 1   DAY 18:44  Sam
{RULE}{LIGHT}{RULE}TOTAL (includes GST 0.65)                   7.20
CASH                                        7.20
{RULE}Priya N.  Silver  +9 points   balance 3,029
{AS_AT}{FOOT}""",
    f"""\
{HEAD}Sale 1004    Main Bar 1   DAY 18:44  Sam
{RULE}{PALE}Points Pay discount 10 %                   -1.60
{RULE}TOTAL (includes GST 1.31)                  14.40
Points used 1,440                          14.40
{RULE}Jean O.  Gold   balance 6,861
{FOOT}""",
)
"""What the spool has of the four sales, in order."""

DRAWER = "[drawer: pin 2]\n"
"""What the spool says of the drawer's pulse, which goes before a receipt that cash was taken for."""
