"""On what terms are the sides compared?"""

from dataclasses import dataclass

from bridge.model.components import NET, Basis
from bridge.model.tolerances import Tolerances


@dataclass(frozen=True)
class CompareTerms:
    """Which fields the ERP shows, what is tolerated, and what the compared total holds."""

    shows: frozenset[str]
    tolerances: Tolerances
    basis: Basis = NET
