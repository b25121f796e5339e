"""Of what is an amount made, and which parts of it are compared?"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

SIGNS: Mapping[str, int] = {"discount": -1, "freight": 1, "tax": 1}
PARTS = tuple(SIGNS)
Number = TypeVar("Number", int, Decimal)


@dataclass(frozen=True)
class Basis:
    """On what basis the sides are compared: total = goods - discount + freight + tax.

    `included` is what the ERP's total holds beside the goods, a fact about its screens; `compared` what the compared
    total shall hold, the installation's choice. `gross_prices` says that the prices of the ERP's lines include tax.
    """

    included: frozenset[str] = frozenset()
    compared: frozenset[str] = frozenset({"discount", "freight"})
    gross_prices: bool = False


NET = Basis()


class Stating(Protocol):
    """An order, a document or a row of a list: what its header states beside the goods, None where it says nothing."""

    @property
    def discount(self) -> Decimal | None:
        """What is taken off."""

    @property
    def freight(self) -> Decimal | None:
        """What carriage costs."""

    @property
    def tax(self) -> Decimal | None:
        """The tax on all of it."""


def stated(of: Stating) -> Mapping[str, Decimal]:
    """The parts that are stated, by name; nothing stated is no zero."""
    found = {"discount": of.discount, "freight": of.freight, "tax": of.tax}
    return {name: amount for name, amount in found.items() if amount is not None}


def added(parts: Mapping[str, Number], names: frozenset[str], nothing: Number) -> Number:
    """What the parts of these names add to the goods; a discount takes away."""
    return sum((SIGNS[name] * amount for name, amount in parts.items() if name in names), nothing)
