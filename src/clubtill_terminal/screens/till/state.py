"""State: everything the till's screens show, as one frozen value. The views derive their snapshots from it, purely."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from clubtill_rules.goods.product import MediaKind
from clubtill_rules.points.redeeming import Options
from clubtill_rules.sale.basket import Basket
from clubtill_terminal.actions.balance import Held
from clubtill_terminal.actions.find_member import FoundMember
from clubtill_terminal.actions.link import Broken, Queue
from clubtill_terminal.actions.place import Place
from clubtill_terminal.actions.sell import Sold
from clubtill_wording.speech import Sentence


class Page(Enum):
    """What stands in the work area."""

    SALE = "sale"
    MEMBER = "member"
    POINTS = "points"
    TENDER = "tender"
    PAID = "paid"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An earlier basket, and what was done to it: undo gives it back and names the act (U40)."""

    basket: Basket
    act: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A sentence on the screen with the act that its button does; `act` blank is none. It never blocks the sale."""

    sentence: Sentence
    act: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The till.

    Attributes:
        before_link: the page that the connection panel was opened from.
        basket: the open sale. `past` are the steps that undo gives back, newest last.
        tab: which tab of tiles; `selected` the line that the edit row acts on; `quantity_text` the digits
            typed for it.
        held: what the member's account has, own events included; None without a member or before it is known.
        searching, query_text, found: the member search and what it found.
        options, ticked: Points Pay as offered and as ticked; `asking` while the ledger is asked for points.
        medium, given_text: the tender chosen and the digits typed, in minor units.
        selling: the sale is being committed; every money button waits.
        sold: the finished sale on the After-paying screen.
        broken, offline_since_us: the connection (U57, U58).
        drawer_open, receipt_state: what the devices said of the last sale: blank, printing, printed or failed.
    """

    place: Place
    basket: Basket
    now_us: int
    page: Page = Page.SALE
    before_link: Page = Page.SALE
    past: tuple[Step, ...] = ()
    tab: int = 0
    selected: int | None = None
    quantity_text: str = ""
    held: Held | None = None
    searching: bool = False
    query_text: str = ""
    found: tuple[FoundMember, ...] = ()
    options: Options | None = None
    ticked: frozenset[int] = frozenset()
    asking: bool = False
    medium: MediaKind = MediaKind.CASH
    given_text: str = ""
    selling: bool = False
    sold: Sold | None = None
    notice: Notice | None = None
    online: bool = True
    broken: Broken = Broken.NOTHING
    offline_since_us: int = 0
    queue: Queue = field(default_factory=Queue)
    just_sent: bool = False
    staff_name: str = ""
    drawer_open: bool = False
    receipt_state: str = ""
