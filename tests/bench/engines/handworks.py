"""What becomes of orders that people entered, before the cut-over or beside the bridge, and in units of their own?"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tests.bench.engines.deliveries import together
from tests.bench.engines.sides import Orders, Sides


def under_own_number(sides: Sides, orders: Orders) -> None:
    """M1b: the document shows the order's own number, where our reference would stand or the customer's number."""
    by_reference, by_po_number = orders[::2], orders[1::2]
    sides.erp.loc[orders, "reference"] = ""
    numbers: Any = sides.crm["number"].fillna("")  # an order that cannot be read has none
    sides.erp.loc[by_reference, "reference"] = numbers.loc[by_reference]
    sides.erp.loc[by_po_number, "po_number"] = numbers.loc[by_po_number]
    sides.erp.loc[by_po_number[::3], "reference"] = "BY PHONE"


def stored_before(sides: Sides, orders: Orders) -> None:
    """Before the cut-over: the ledger knows nothing of it, and says nothing of its status."""
    under_own_number(sides, orders)
    sides.crm.loc[orders, "two_sided"] = True
    sides.ledger.loc[orders, "kept"] = False
    sides.erp.loc[orders[::3], "status"] = "invoiced"


def never_stored_before(sides: Sides, orders: Orders) -> None:
    """Before the cut-over, and in no document."""
    stored_before(sides, orders)
    sides.erp.loc[orders, "kept"] = False


def known_though_before(sides: Sides, orders: Orders) -> None:
    """Before the cut-over, and yet the ledger waits for it, says that it was entered, or is in doubt."""
    stored_before(sides, orders)
    waits, doubts = orders[::3], orders[1::3]
    sides.ledger.loc[orders, "kept"] = True
    sides.ledger.loc[waits, ["posted", "committed"]] = False
    sides.ledger.loc[doubts, ["posted", "committed"]], sides.ledger.loc[doubts, "uncertain"] = False, True
    sides.ledger.loc[np.concatenate([waits, doubts]), ["document", "last_status"]] = None
    sides.ledger.loc[orders[2::6], "document"] = None
    sides.erp.loc[orders[5::6], "status"] = "invoiced"


def stored_beside(sides: Sides, orders: Orders) -> None:
    """Entered by hand while the bridge waited for it, or did not know it."""
    under_own_number(sides, orders)
    sides.ledger.loc[orders, ["posted", "committed"]] = False
    sides.ledger.loc[orders, ["document", "last_status"]] = None
    sides.ledger.loc[orders[::2], "kept"] = False


def twice_stored_before(sides: Sides, orders: Orders) -> None:
    """Two documents show the number, and nobody knows which; or the second was cancelled, or is another's."""
    stored_before(sides, orders)
    others = sides.more_documents(orders, "H")
    void, strange = others[1::3], others[2::3]
    sides.erp.loc[void, "status"], sides.erp.loc[void, "live"] = "cancelled", False
    sides.erp.loc[strange, "reference"] = sides.crm.loc[orders[2::3], "key"].to_numpy()


def twice_numbered_before(sides: Sides, orders: Orders) -> None:
    """Two orders have the number, so that no document is known to be of either."""
    stored_before(sides, orders)
    firsts = orders[orders % 2 == 0]
    sides.crm.loc[firsts + 1, "number"] = sides.crm.loc[firsts, "number"].to_numpy()


def crosswise_stored_before(sides: Sides, orders: Orders) -> None:
    """The document shows its own order's number in one field and the neighbour's in the other, or its own in both."""
    stored_before(sides, orders)
    neighbours = orders + np.where(orders % 2, -1, 1)
    shown = np.where(np.arange(len(orders)) // 2 % 2, orders, neighbours)
    sides.erp.loc[orders, "reference"] = sides.crm.loc[orders, "number"]
    sides.erp.loc[orders, "po_number"] = sides.crm.loc[shown, "number"].to_numpy()


def stored_again_by_hand(sides: Sides, orders: Orders) -> None:
    """What the bridge entered was entered again by hand, under the order's number: a document that is nobody's."""
    others = sides.more_documents(orders, "A")
    sides.erp.loc[others, "reference"] = ""
    sides.erp.loc[others, "po_number"] = sides.crm.loc[orders, "number"].to_numpy()


def stored_again_beside_both(sides: Sides, orders: Orders) -> None:
    """One document names two orders that the ledger does not know, and a second one shows the number of one of them."""
    firsts = together(sides, orders)
    sides.ledger.loc[orders, "kept"] = False
    others = sides.more_documents(firsts, "B")
    sides.erp.loc[others, "reference"] = ""
    sides.erp.loc[others, "po_number"] = sides.crm.loc[firsts + 1, "number"].to_numpy()


def in_other_units(sides: Sides, orders: Orders) -> None:
    """The documents count in tens what was ordered by the piece; some orders state no unit, so that this differs."""
    sides.erp_lines.loc[sides.lines_of(orders[::2]), "per"] = 10
    mute = orders[2::3]
    sides.crm_lines.loc[sides.crm_lines["record"].isin(mute), "unit"] = None


HANDWORKS: Mapping[str, Callable[[Sides, Orders], None]] = {
    "stored before": stored_before,
    "never stored before": never_stored_before,
    "known though before": known_though_before,
    "stored beside": stored_beside,
    "twice stored before": twice_stored_before,
    "twice numbered before": twice_numbered_before,
    "crosswise stored before": crosswise_stored_before,
    "stored again by hand": stored_again_by_hand,
    "stored again beside both": stored_again_beside_both,
}
