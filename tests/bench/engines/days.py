"""Which orders of a day suffer what, and how many?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tests.bench.engines.deliveries import DELIVERIES
from tests.bench.engines.faults import FAULTS, blank, by_number, left_out, off_by_little
from tests.bench.engines.handworks import HANDWORKS, in_other_units, stored_before
from tests.bench.engines.sides import Orders, Sides, finished, plain_sides

MOST_AT_ONCE = 3


@dataclass(frozen=True)
class Shares:
    """Of all orders, how many have one break (of each kind equally many), several at once, and whatever else."""

    breaks: float = 0.02
    overlaps: float = 0.005
    blanks: float = 0.0025
    littles: float = 0.01
    by_number: float = 0.02
    left_out: float = 0.005
    deliveries: float = 0.02
    handworks: float = 0.02
    units: float = 0.02


EVERYTHING = Shares(0.32, 0.12, 0.04, 0.06, 0.06, 0.04, 0.22, 0.09, 0.04)


class _Deck:
    """Neighbours, shuffled; each is dealt once."""

    def __init__(self, sides: Sides) -> None:
        self._orders, self._dealt = len(sides.crm), 0
        self._pairs = sides.chance.permutation(self._orders // 2)

    def deal(self, share: float) -> Orders:
        most = max(1, round(self._orders * share / 2))
        firsts = np.sort(self._pairs[self._dealt : self._dealt + most]) * 2
        self._dealt += most
        orders: Orders = np.stack([firsts, firsts + 1], axis=1).ravel()
        return orders


def day_of(orders: int, seed: int = 1, shares: Shares = Shares()) -> dict[str, pd.DataFrame]:
    """The five tables of such a day; the same for the same seed."""
    sides = plain_sides(orders, seed)
    deck = _Deck(sides)
    several = deck.deal(shares.overlaps)
    for fault in FAULTS.values():
        chosen = several[sides.chance.random(len(several)) < MOST_AT_ONCE / len(FAULTS)]
        fault(sides, np.concatenate([deck.deal(shares.breaks / len(FAULTS)), chosen]))
    blank(sides, np.concatenate([deck.deal(shares.blanks), several[::3]]))
    off_by_little(sides, np.concatenate([deck.deal(shares.littles), several[1::3]]))
    by_number(sides, np.concatenate([deck.deal(shares.by_number), several[2::5]]))
    left_out(sides, deck.deal(shares.left_out))
    in_other_units(sides, np.concatenate([deck.deal(shares.units), several[3::7]]))
    stored_before(sides, several[4::5])
    for entered in HANDWORKS.values():
        entered(sides, deck.deal(shares.handworks / len(HANDWORKS)))
    for delivered in DELIVERIES.values():
        delivered(sides, deck.deal(shares.deliveries / len(DELIVERIES)))
    return finished(sides)
