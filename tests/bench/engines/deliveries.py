"""What becomes of orders that are stored in parts, or together? The groups of M3, whole ones and such as are none."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from tests.bench.engines.sides import PARTS, Orders, Sides

SEPARATORS = np.array([", ", " ", "/", "; ", "+"])
Parts = tuple[Orders, Orders]


def in_parts(sides: Sides, orders: Orders) -> Parts:
    """Each order in two documents: by lines where it has several and its number is odd, else by halves."""
    others = sides.more_documents(orders, "P")
    lines = sides.erp_lines
    several = set(lines[lines["place"] > 0]["record"].unique().tolist())
    by_lines = np.array([order % 2 == 1 and order in several for order in orders], dtype=bool)
    first, second = lines["record"].isin(orders[by_lines]), lines["record"].isin(others[by_lines])
    lines.loc[(first & (lines["place"] > 0)) | (second & (lines["place"] == 0)), "kept"] = False
    _halve(lines, orders[~by_lines], others[~by_lines])
    sides.erp.loc[others, list(PARTS)] = pd.NA  # the first document charges them all
    sides.retotal(np.concatenate([orders, others]))
    return orders, others


def _halve(lines: pd.DataFrame, orders: Orders, others: Orders) -> None:
    first, second = lines["record"].isin(orders), lines["record"].isin(others)
    lines.loc[second, "halves"] -= lines.loc[second, "halves"] // 2
    lines.loc[first, "halves"] //= 2
    both = first | second
    lines.loc[both, "amount"] = (lines.loc[both, "halves"] * lines.loc[both, "cents"] // 2).to_numpy()
    lines.loc[both & (lines["halves"] == 0), "kept"] = False


def whole_parts(sides: Sides, orders: Orders) -> None:
    """Two documents hold it all, some counted in tens; where an order names no company, they may be booked in any."""
    _, others = in_parts(sides, orders)
    sides.erp_lines.loc[sides.lines_of(np.concatenate([orders[1::4], others[1::4]])), "per"] = 10
    sides.crm.loc[orders[::4], "company"] = None
    sides.erp.loc[others[::4], "company"] = "9000"


def missing_parts(sides: Sides, orders: Orders) -> None:
    """The second document does not hold all of the rest yet."""
    _, others = in_parts(sides, orders)
    last = sides.erp_lines.loc[sides.lines_of(others)].query("kept").drop_duplicates("record", keep="last").index
    sides.erp_lines.loc[last, "kept"] = False
    sides.retotal(others)


def tolerated_parts(sides: Sides, orders: Orders) -> None:
    """Together they are a little off."""
    _, others = in_parts(sides, orders)
    sides.erp.loc[others, "minor"] += orders % 9 - 4


def dear_parts(sides: Sides, orders: Orders) -> None:
    """They come to what was asked for, by other prices or amounts; or what is beside the goods is another one."""
    _, others = in_parts(sides, orders)
    dear, taxed, little = (orders[place::4] for place in range(3))
    for documents, more in ((orders[3::4], 500), (others[3::4], -500)):  # nothing is off where it is the same item
        moved = sides.erp_lines.loc[sides.lines_of(documents)].query("kept").drop_duplicates("record").index
        sides.erp_lines.loc[moved, "amount"] += more
    lines: Any = sides.lines_of(others[::4])
    sides.erp_lines.loc[lines, "cents"] += 2
    sides.erp.loc[taxed, "tax"] += 700
    sides.erp.loc[little, "tax"] += little % 9 - 4
    sides.crm.loc[dear[::4], "gross"] = True


def false_parts(sides: Sides, orders: Orders) -> None:
    """Together they are far off in money, or one of them shows no total."""
    _, others = in_parts(sides, orders)
    sides.erp.loc[others[::2], "minor"] += 1000
    sides.erp.loc[others[1::2], "minor"] = None


def too_many_parts(sides: Sides, orders: Orders) -> None:
    """Together they hold more than was ordered."""
    _, others = in_parts(sides, orders)
    sides.erp_lines.loc[sides.lines_of(others), "halves"] += 2


def strange_parts(sides: Sides, orders: Orders) -> None:
    """The second is another customer's or company's, in another currency, of another item or unit, unread, unopened."""
    _, others = in_parts(sides, orders)
    customer, currency, item, unread, closed, company, unit = (others[place::7] for place in range(7))
    sides.erp.loc[company[::2], "company"], sides.erp.loc[company[1::2], "company"] = "9000", None
    for documents, other in ((unit[::2], "KG"), (unit[1::2], None)):
        lines: Any = sides.lines_of(documents)
        sides.erp_lines.loc[lines, "unit"] = other
    sides.erp.loc[customer, "customer"] = None
    sides.erp.loc[currency, "currency"] = "GBP"
    sides.erp_lines.loc[sides.lines_of(item), "item"] = ""
    sides.erp.loc[unread, "invalid"], sides.erp.loc[unread, "minor"] = True, None
    sides.erp.loc[closed, "opened"] = False
    sides.erp_lines.loc[sides.lines_of(closed), "kept"] = False


def together(sides: Sides, orders: Orders) -> Orders:
    """Each of the even orders in one document with its neighbour; the documents' labels."""
    firsts: Orders = orders[orders % 2 == 0]
    seconds = firsts + 1
    lines = sides.erp_lines
    for name in PARTS:
        both = sides.erp.loc[firsts, name].fillna(0).to_numpy() + sides.erp.loc[seconds, name].fillna(0).to_numpy()
        sides.erp.loc[firsts, name] = both
    moved = lines["record"].isin(seconds)
    lines.loc[moved, "place"] += 3
    lines.loc[moved, "record"] -= 1
    sides.erp.loc[seconds, "kept"] = False
    sides.crm.loc[seconds[::5], "company"] = None
    keys: Any = sides.crm["key"]
    separators = SEPARATORS[firsts // 2 % len(SEPARATORS)]
    both = zip(keys.loc[firsts], separators, keys.loc[seconds], strict=True)
    sides.erp.loc[firsts, "reference"] = ["".join(texts) for texts in both]
    sides.ledger.loc[seconds, "document"] = sides.ledger.loc[firsts, "document"].to_numpy()
    sides.retotal(firsts)
    return firsts


def whole_together(sides: Sides, orders: Orders) -> None:
    """One document holds two orders, of which its reference names both, or only the ledger knows."""
    firsts = together(sides, orders)
    by_ledger = firsts[firsts // 2 % 3 == 0]
    sides.erp.loc[by_ledger, "reference"] = sides.crm.loc[by_ledger, "key"]


def missing_together(sides: Sides, orders: Orders) -> None:
    """One document holds one order and not all of the other."""
    firsts = together(sides, orders)
    last = sides.erp_lines.loc[sides.lines_of(firsts)].sort_values("place").drop_duplicates("record", keep="last").index
    sides.erp_lines.loc[last, "kept"] = False
    sides.retotal(firsts)


def tolerated_together(sides: Sides, orders: Orders) -> None:
    """One document of two orders, a little off."""
    firsts = together(sides, orders)
    sides.erp.loc[firsts, "minor"] += firsts // 2 % 11 - 5


def too_much_together(sides: Sides, orders: Orders) -> None:
    """One document that holds more than its two orders; or a second one of both beside it."""
    firsts = together(sides, orders)
    sides.erp_lines.loc[sides.lines_of(firsts[::2]), "halves"] += 2
    sides.more_documents(firsts[1::2], "Q")


def withdrawn_together(sides: Sides, orders: Orders) -> None:
    """One document of two orders, of which the CRM cancelled one, or nobody knows whether it was entered."""
    seconds = together(sides, orders) + 1
    sides.crm.loc[seconds[::2], "status"], sides.crm.loc[seconds[::2], "released"] = "cancelled", False
    sides.ledger.loc[seconds[1::2], "uncertain"] = True


def void_together(sides: Sides, orders: Orders) -> None:
    """One document of two orders was cancelled, and of the two that followed each holds a line of the other."""
    firsts = orders[orders % 2 == 0]
    voids = sides.more_documents(firsts, "W")
    keys: Any = sides.crm["key"]
    sides.erp.loc[voids, "reference"] = (keys.loc[firsts].to_numpy() + " " + keys.loc[firsts + 1].to_numpy()).astype(
        object
    )
    sides.erp.loc[voids, "status"], sides.erp.loc[voids, "live"] = "cancelled", False
    by_ledger = np.concatenate([firsts[::2], firsts[::2] + 1])
    sides.ledger.loc[by_ledger, "document"] = [f"W{order // 2 * 2:08}" for order in by_ledger]
    lines = sides.erp_lines.loc[sides.lines_of(firsts)]
    last = lines[lines["kept"]].drop_duplicates("record", keep="last").index
    sides.erp_lines.loc[last, "place"] += 3
    sides.erp_lines.loc[last, "record"] += 1
    sides.retotal(orders)


DELIVERIES: Mapping[str, Callable[[Sides, Orders], None]] = {
    "whole parts": whole_parts,
    "missing parts": missing_parts,
    "tolerated parts": tolerated_parts,
    "dear parts": dear_parts,
    "false parts": false_parts,
    "too many parts": too_many_parts,
    "strange parts": strange_parts,
    "whole together": whole_together,
    "missing together": missing_together,
    "tolerated together": tolerated_together,
    "too much together": too_much_together,
    "withdrawn together": withdrawn_together,
    "void together": void_together,
}
