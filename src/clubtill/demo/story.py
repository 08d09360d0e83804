"""Story: the first sale and the first door, played through the real screens by touch, and what each step must leave.

What is expected is stated here by hand, from the club's price list and its rules on paper; no rule is asked for it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from clubtill.demo import cast, tour
from clubtill.demo.hands import NotSeenError
from clubtill.demo.paper import FIRST_RECEIPT, SECOND_RECEIPT
from clubtill.demo.telling import Telling

JEAN: Final = "100001"
MATEO: Final = "100002"
PRIYA: Final = "100003"
TOM: Final = "100004"
WEI: Final = "100007"
NORA: Final = "100011"
ALL_SENT: Final = ("connection", "statusBar", "chipText", "Online, all sent")
_FEES_CHECKED_ON: Final = ("Friday", "Saturday", "Sunday")
_FEES_CHECKED_FROM_H: Final = 17
_PRIYA_CAME_IN: Final = ("award opening 2,815", "award visit 5", "award birthday 200", "lease_grant 3,020")
"""Who comes in has points set aside at the till of the Main Bar."""
_JEAN_AFTER_ONE: Final = (
    "award opening 1,300",
    "award opening 11,120",
    "lease_grant 5,000",
    "lease_spend 2,088",
    "award sale 47",
)


class Story(Telling):
    """The story itself."""

    def tell(self, today: date) -> tour.Tour:
        """Play all of it; what cannot go on ends it, and the tour says so."""
        told = False
        try:
            self._welcome()
            self._stop()
            self._late()
            self._unchecked()
            self._ring_up()
            self._points_pay()
            self._cash()
            self._unplug()
            self._sell_offline()
            self._door_offline()
            self._plug_in()
            told = True
        except NotSeenError as no:
            self.say(f"The story ends here: {no} did not come.")
            if not self.hands.stopped:
                self.picture(self.scene.till.view, "stopped-till")
                self.picture(self.scene.door.view, "stopped-door")
        return tour.Tour(today=today.isoformat(), told=told, steps=tuple(self.steps))

    # ------------------------------------------------------------ at the door

    def _welcome(self) -> None:
        door = self.scene.door.view
        with self.step("At the door: it is Priya's birthday"):
            self.shows(door, ALL_SENT)
            self.swipe("door", PRIYA)
            self.shows(
                door,
                ("verdict", "verdict", "word", "WELCOME"),
                ("name", "name", "text", "Priya Nair"),
                ("birthday", "birthday", "", "BIRTHDAY TODAY 200 points given"),
                ("today", "Today", "", "Today First visit, 5 points given"),
            )
            self.picture(door, "door-welcome")
            self.shows(self.scene.public, ("public side", "publicText", "text", "Welcome, Priya"))
            self.picture(self.scene.public, "public-welcome")
            self.in_ledger(PRIYA, "Priya", "3,020", _PRIYA_CAME_IN)

    def _stop(self) -> None:
        door = self.scene.door.view
        with self.step("Tom is banned: the door stops him, and the public side does not tell"):
            self.swipe("door", TOM)
            self.shows(
                door,
                ("verdict", "verdict", "word", "STOP"),
                ("reason", "verdict", "reason", "Banned"),
                ("what to do", "Do this", "", "Do this Do not serve or admit. Follow the house procedure."),
            )
            self.shows(self.scene.public, ("public side", "publicText", "text", "Please see our staff"))
            self.picture(door, "door-stop")
            self.picture(self.scene.public, "public-stop")
            self.hands.touch(door, "primary")
            self.hands.see(door, "waiting")
            self.in_ledger(TOM, "Tom", "150", ("award opening 150",))

    def _late(self) -> None:
        """Mateo's fee is 12 days late. Bronze is checked from Friday to Sunday, from five in the afternoon on."""
        door = self.scene.door.view
        with self.step("Mateo's fee is 12 days late: a check, or a stop when fees are checked"):
            self.swipe("door", MATEO)
            at = datetime.fromtimestamp(self.scene.door.now_us() // 1_000_000, tz=ZoneInfo(cast.ZONE))
            stops = at.strftime("%A") in _FEES_CHECKED_ON and at.hour >= _FEES_CHECKED_FROM_H
            now = "Not now" if stops else "Allowed now"
            self.shows(
                door,
                ("verdict", "verdict", "word", "STOP" if stops else "CHECK"),
                ("paid to", "Paid to", "", "Paid to DAY, 12 days ago"),
                ("entry", "Entry", "", f"Entry {now}, fees are checked Fri to Sun after HH:MM"),
                ("renewal", "Renewal", "", "Renewal 18 days left to keep the date"),
                ("today", "Today", "", "Today First visit, 5 points given"),
            )
            self.shows(self.scene.public, ("public side", "publicText", "text", "Please see our staff"))
            self.picture(door, "door-late")
            self.hands.touch(door, "primary")
            self.hands.see(door, "waiting")
            self.in_ledger(MATEO, "Mateo", "645", ("award opening 640", "award visit 5"))

    def _unchecked(self) -> None:
        """Nora's fee is 20 days late, and nobody checks Golf's fees on any day: always a check, never a stop."""
        door = self.scene.door.view
        with self.step("Nora's fee is late too; Golf's fees are checked on no day, so staff look"):
            self.swipe("door", NORA)
            self.shows(
                door,
                ("verdict", "verdict", "word", "CHECK"),
                ("paid to", "Paid to", "", "Paid to DAY, 20 days ago"),
                ("entry", "Entry", "", "Entry Allowed now, fees are not checked at this door"),
                ("renewal", "Renewal", "", "Renewal Renewing costs $60.00"),
                ("today", "Today", "", "Today First visit, 5 points given"),
            )
            self.shows(self.scene.public, ("public side", "publicText", "text", "Please see our staff"))
            self.picture(door, "door-check")
            self.hands.touch(door, "primary")
            self.hands.see(door, "waiting")
            self.in_ledger(NORA, "Nora", "705", ("award opening 700", "award visit 5"))

    # ------------------------------------------------------------ at the till

    def _ring_up(self) -> None:
        till = self.scene.till.view
        with self.step("At the till: two Schooner Pale, a Light schooner and a Member parma"):
            self.shows(till, ALL_SENT)
            for product in ("schooner-pale", "schooner-pale", "light-schooner"):
                self.hands.touch(till, f"tile:{product}")
            self.hands.touch(till, "Bistro")
            self.hands.touch(till, "tile:member-parma")
            self.shows(
                till,
                ("lines", "lines", "", "2 Schooner Pale 17.00 1 Light schooner 7.20 1 Member parma 26.98"),
                ("total", "totals", "amount", "$51.18"),
            )
            self.picture(till, "till-public-prices")
        with self.step("Jean swipes: the prices become the members' own"):
            self.swipe("till", JEAN)
            pale, light = "2 Schooner Pale 16.00 Member price, saved 1.00", "1 Light schooner 7.20"
            self.shows(
                till,
                ("member", "memberStrip", "text", "Jean Okafor"),
                ("points", "memberStrip", "points", "12,420 points"),
                ("lines", "lines", "", f"{pale} {light} 1 Member parma 23.98 Member offer, saved 3.00"),
                ("saved", "totals", "saved", "Saved 4.00"),
                ("earns", "totals", "earns", "Earns 94 points"),
                ("total", "totals", "amount", "$47.18"),
            )
            self.picture(till, "till-member-prices")

    def _points_pay(self) -> None:
        till = self.scene.till.view
        with self.step("Points Pay: points for the beers; the parma says why not"):
            self.hands.touch(till, "Use points")
            self.hands.touch(till, "pointsRow:1")
            self.hands.touch(till, "pointsRow:2")
            self.shows(
                till,
                ("beers", "pointsRow:1", "", "2 Schooner Pale Points Pay discount 10 % 16.00 1,440"),
                ("light beer", "pointsRow:2", "", "1 Light schooner Points Pay discount 10 % 7.20 648"),
                ("parma", "pointsRow:3", "", "1 Member parma Already in a campaign: pay another way 23.98 –"),  # noqa: RUF001 - the screen's own dash
                ("offer", "usePoints", "", "Use 2,088 points then pay $23.98"),
                ("still to pay", "pointsDue", "text", "$23.98"),
            )
            self.picture(till, "till-points-pay")

    def _cash(self) -> None:
        till = self.scene.till.view
        with self.step("The ledger lends the points; the rest is due, in cash to five cents"):
            self.hands.touch(till, "usePoints")
            self.hands.touch(till, "30")
            self.shows(
                till,
                ("to pay", "due", "text", "$23.98"),
                ("in cash", "medium:cash", "", "Cash Rounded up 0.02 $24.00"),
                ("given", "given", "", "Given $30.00"),
                ("change", "change", "", "Change $6.00"),
            )
            self.picture(till, "till-tender")
        with self.step("Jean gives 30.00; change, receipt and points follow"):
            self.hands.touch(till, "take")
            self.shows(
                till,
                ("change", "changeDue", "text", "$6.00"),
                ("earned", "Jean Okafor", "text", "Jean Okafor +47 points"),
                ("balance", "Balance", "text", "Balance 10,379"),
                ("receipt", "Printed", "text", "Printed"),
            )
            self.picture(till, "till-paid")
            self.printed("receipt", 0, FIRST_RECEIPT)
            self.in_ledger(JEAN, "Jean", "10,379", _JEAN_AFTER_ONE)

    # ------------------------------------------------------------ without a network

    def _unplug(self) -> None:
        till = self.scene.till.view
        chip = ("connection", "statusBar", "chipText", "Offline since HH:MM, 0 waiting")
        with self.step("Somebody pulls the network's plug"):
            self.hands.touch(till, "next")
            self.hands.touch(self.scene.strip, "Unplug network")
            self.shows(till, chip)
            self.shows(self.scene.door.view, chip)
            self.shows(self.scene.strip, ("plug", "network", "text", "Plug network in"))
            self.picture(till, "till-offline")
            self.picture(self.scene.strip, "strip")

    def _sell_offline(self) -> None:
        till = self.scene.till.view
        with self.step("Jean again, offline: the points that the ledger lent this till are still good"):
            self.hands.touch(till, "Beer")
            self.hands.touch(till, "tile:schooner-pale")
            self.hands.touch(till, "Snacks")
            self.hands.touch(till, "tile:sea-salt-chips")
            self.swipe("till", JEAN)
            self.shows(
                till,
                ("member", "memberStrip", "", "JO Jean Okafor Gold, paid to DAY 10,379 points as at HH:MM Use points"),
            )
            self.picture(till, "till-offline-member")
            self.hands.touch(till, "Use points")
            self.hands.touch(till, "pointsRow:1")
            self.shows(
                till,
                ("usable", "2,912 of", "text", "2,912 of 10,379 points can be used at this till now."),
                ("offer", "usePoints", "", "Use 720 points then pay $4.50"),
            )
            self.picture(till, "till-offline-points")
            self.hands.touch(till, "usePoints")
            self.hands.touch(till, "take")
            self.shows(
                till,
                ("change", "changeDue", "text", "$0.00"),
                ("earned", "Jean Okafor", "text", "Jean Okafor +9 points when online"),
                ("balance", "Balance", "text", "Balance 9,668, as at HH:MM"),
                ("receipt", "Printed", "text", "Printed"),
            )
            self.picture(till, "till-offline-paid")
            self.printed("receipt", 1, SECOND_RECEIPT)

    def _door_offline(self) -> None:
        till, door = self.scene.till.view, self.scene.door.view
        with self.step("The door still answers: Wei is welcome"):
            self.swipe("door", WEI)
            self.shows(
                door,
                ("verdict", "verdict", "word", "WELCOME"),
                ("today", "Today", "", "Today First visit, 10 points, added when online"),
                ("data", "offline", "", "Checked on this terminal, data from HH:MM"),
            )
            self.picture(door, "door-offline")
            self.shows(door, ("connection", "statusBar", "chipText", "Offline since HH:MM, 2 waiting"))
        with self.step("What waits is counted"):
            self.hands.touch(till, "next")
            self.hands.touch(till, "Offline since")
            self.shows(
                till,
                ("connection", "statusBar", "chipText", "Offline since HH:MM, 1 waiting"),
                ("queue", "1 waiting to send", "text", "1 waiting to send"),
            )
            self.picture(till, "till-queue")

    def _plug_in(self) -> None:
        till, door = self.scene.till.view, self.scene.door.view
        with self.step("The plug goes back in: everything is sent, and every entry stands once"):
            self.hands.touch(self.scene.strip, "Plug network in")
            self.shows(till, ALL_SENT, ("queue", "Nothing is", "text", "Nothing is waiting to send"))
            self.shows(door, ALL_SENT)
            self.picture(till, "till-all-sent")
            self.picture(door, "door-all-sent")
            self.in_ledger(JEAN, "Jean", "9,668", (*_JEAN_AFTER_ONE, "lease_spend 720", "award sale 9"))
            self.in_ledger(PRIYA, "Priya", "3,020", _PRIYA_CAME_IN)
            self.in_ledger(TOM, "Tom", "150", ("award opening 150",))
            self.in_ledger(MATEO, "Mateo", "645", ("award opening 640", "award visit 5"))
            self.in_ledger(NORA, "Nora", "705", ("award opening 700", "award visit 5"))
            self.in_ledger(WEI, "Wei", "21,760", ("award opening 21,750", "award visit 10", "lease_grant 5,000"))
