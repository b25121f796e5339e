"""Which document was entered under an order's own number, where neither our reference nor the ledger says so? M1b.

For what was entered by hand, before the cut-over or beside the bridge: the number stands in the field of our reference
or of the customer's own number. It is exact and the only one on both sides; anything else is at most a suggestion.
"""

import numpy as np
import pandas as pd

from bridge.reports.arrays import Flags, Positions
from bridge.reports.frames import Frames

ABSENT, UNCLEAR = -1, -2


def by_own_number(frames: Frames, free_orders: Flags, free_documents: Flags) -> Positions:
    """For each document the position of the one order whose number it carries, or -1; only what is free is paired.

    An order is free that nobody entered as far as is known, a document that belongs to none.
    """
    documents = np.flatnonzero(free_documents)
    texts = [frames.erp[field].take(documents) for field in ("reference", "po_number")]
    numbers = _shown(frames.crm["number"], texts)
    named = [_orders_named(each, numbers) for each in texts]
    both = (named[0] != ABSENT) & (named[1] != ABSENT) & (named[0] != named[1])
    order = np.where(both, UNCLEAR, np.where(named[0] != ABSENT, named[0], named[1]))
    fits = order >= 0
    fits[fits] = free_orders[order[fits]]
    alone = fits & ~pd.Series(order).where(fits).duplicated(keep=False).to_numpy()
    found: Positions = np.full(len(frames.erp), ABSENT, dtype=np.int64)
    found[documents[alone]] = order[alone]
    return found


def _shown(numbers: "pd.Series[str]", texts: list["pd.Series[str]"]) -> "pd.Series[str]":
    """The numbers that stand in any of these texts, by the positions of their orders; few of a million do."""
    wanted = pd.concat(texts).dropna()
    places = np.flatnonzero(numbers.isin(wanted[wanted != ""]).to_numpy(dtype=bool))
    return numbers.take(places).set_axis(places)


def _orders_named(texts: "pd.Series[str]", numbers: "pd.Series[str]") -> Positions:
    """The position of the order of that number; -1 where none has it, -2 where several do."""
    several = numbers.duplicated(keep=False)
    places = np.append(np.where(several, UNCLEAR, numbers.index), ABSENT)
    firsts = ~numbers.duplicated()
    known = np.append(np.flatnonzero(firsts), ABSENT)
    at = known[pd.Index(numbers[firsts]).get_indexer(pd.Index(texts))]
    found: Positions = places[at].astype(np.int64)
    return found
