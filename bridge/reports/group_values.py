"""Do documents that together hold all that was ordered hold it at its prices, and with the parts of its total?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bridge.model.components import PARTS, Basis
from bridge.reports.arrays import Flags, Positions
from bridge.reports.components import stated_in
from bridge.reports.crowds import Crowds, balances, is_tolerated, lines_of, numbers_of
from bridge.reports.frames import Frames
from bridge.reports.terms import CompareTerms


def worths_off(crowds: Crowds, frames: Frames, terms: CompareTerms) -> Flags:
    """The crowds in which any item comes to something else than what was ordered of it, in whatever unit it is counted.

    By quantities and prices, and by the amounts of the lines where the ERP shows them. Where prices are with tax on one
    side only, nobody can say.
    """
    asked = lines_of(crowds.orders, crowds.of_orders, frames.crm_lines)
    held = lines_of(crowds.documents, crowds.of_documents, frames.erp_lines)
    both = pd.concat([asked, held], ignore_index=True)
    owner, (items, _) = both["crowd"].to_numpy(), pd.factorize(both["item"].astype("str"), use_na_sentinel=False)
    key, _ = pd.factorize(pd.Series(list(zip(owner, items, strict=True))))
    quantities, prices = (numbers_of(both[name].astype("str")) for name in ("quantity", "price"))
    off = balances(key, quantities * prices, len(asked)) != 0
    if "amount" in terms.shows:
        off |= _amounts_off(key, both["amount"], len(asked))
    return crowds.any_of(owner, off[key]) & ~_of_other_prices(crowds, frames, terms.basis)


def _amounts_off(key: Positions, amounts: "pd.Series[Any]", asked: int) -> Flags:
    """By key whether the amounts held are not those asked for; one that is absent is another one.

    Where an item comes in another number of lines each of them may be half a unit off, since each is rounded by itself.
    """
    counts = [np.bincount(part, minlength=len(key)) for part in (key[:asked], key[asked:])]
    slack = np.where(counts[0] == counts[1], 0, (counts[0] + counts[1]) // 2)
    gaps = np.zeros(len(key), dtype=np.int64)
    np.add.at(gaps, key, np.where(np.arange(len(key)) < asked, -1, 1) * amounts.fillna(0).to_numpy(dtype=np.int64))
    absent = np.bincount(key[amounts.isna().to_numpy()], minlength=len(key)) > 0
    return absent | (np.abs(gaps) > slack)


def _of_other_prices(crowds: Crowds, frames: Frames, basis: Basis) -> Flags:
    if "gross" not in frames.crm:
        return np.full(crowds.count, basis.gross_prices)
    return crowds.any_of(crowds.of_orders, frames.crm["gross"].take(crowds.orders) != basis.gross_prices)


@dataclass(frozen=True)
class PartsOff:
    """The crowds in which a part of the total differs by more than is tolerated (`off`), and those in which by less.

    `beside` is what was tolerated of parts that the compared total does not hold, signs aside.
    """

    off: Flags
    within: Flags
    beside: Positions


def parts_off(crowds: Crowds, frames: Frames, terms: CompareTerms) -> PartsOff:
    """How the parts of the total differ in each crowd.

    A part of the compared total that nobody states is nothing; any other is compared where every order states it and a
    document does.
    """
    off, within = np.zeros(crowds.count, dtype=bool), np.zeros(crowds.count, dtype=bool)
    beside = np.zeros(crowds.count, dtype=np.int64)
    for name, gaps in _gaps(crowds, frames, terms):
        tolerated = is_tolerated(crowds, gaps, frames, terms.tolerances)
        off |= (gaps != 0) & ~tolerated
        within |= tolerated
        if name not in terms.basis.compared:
            beside += np.where(tolerated, np.abs(gaps), 0)
    return PartsOff(off, within, beside)


def _gaps(crowds: Crowds, frames: Frames, terms: CompareTerms) -> Iterator[tuple[str, Positions]]:
    """By how much each part differs, ERP less CRM."""
    for name in PARTS:
        if name in terms.shows and (name in frames.crm or name in frames.erp):
            asked = stated_in(frames.crm, name).take(crowds.orders)
            held = stated_in(frames.erp, name).take(crowds.documents)
            gaps = crowds.sums(crowds.of_documents, held) - crowds.sums(crowds.of_orders, asked)
            both = crowds.any_of(crowds.of_documents, held.notna()) & ~crowds.any_of(crowds.of_orders, asked.isna())
            yield name, np.where(both | (name in terms.basis.compared), gaps, 0)
