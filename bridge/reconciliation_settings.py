"""How are the books compared? By the table [reconciliation] of the configuration: which days, and what is tolerated?"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from bridge.locale import Phrase
from bridge.model.components import NET
from bridge.model.money import currency_known, decimals_of, minor_digits
from bridge.model.tolerances import Band, Tolerance, Tolerances


def _exact(given: Any) -> Any:
    """An amount as a text or a whole number; a float would not be the amount that stands there."""
    if isinstance(given, float):
        raise ValueError(Phrase("an amount is written as a text, for example {example}", example='"0.05"'))  # noqa: TRY004 - pydantic takes no TypeError
    return given


Amount = Annotated[Decimal, BeforeValidator(_exact), Field(ge=0)]


class BandSettings(BaseModel):
    """What is tolerated of one line, above and below; an amount alone is both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    above: Amount = Decimal(0)
    below: Amount = Decimal(0)

    @model_validator(mode="before")
    @classmethod
    def _both(cls, given: Any) -> Any:
        return given if isinstance(given, Mapping) else dict.fromkeys(("above", "below"), given)

    @property
    def band(self) -> Band:
        """What it means."""
        return Band(self.above, self.below)


class ToleranceSettings(BaseModel):
    """What is tolerated in one currency: of an order above and below, of a line, and in one report together."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    above: Amount = Decimal(0)
    below: Amount = Decimal(0)
    line: BandSettings | None = None
    cap: Amount | None = None

    @property
    def tolerance(self) -> Tolerance:
        """What it means."""
        return Tolerance(Band(self.above, self.below), self.line.band if self.line else None, self.cap)

    def amounts(self) -> Iterator[Decimal]:
        """Every amount that is given."""
        yield from (self.above, self.below)
        yield from (self.line.above, self.line.below) if self.line else ()
        yield from () if self.cap is None else (self.cap,)


class ReconciliationSettings(BaseModel):
    """`days` is the period of the daily workbook, `pending_hours` how long an order may wait before it is overdue.

    `parts_days` is how long after its date an order may be delivered in part before a person must look at it.

    `reread_days` is after how many days a document is opened anew though its row in the ERP's list stayed as it was (0
    is each time), `most_passes` how often the list is read at most until two passes agree, `most_lookups` how many
    documents that the list lacks are looked up by their numbers.

    `version` names the set of tolerances, so that a workbook says by which it was made. `compared` names, per ERP, what
    the compared total holds beside the goods; without it discount and freight.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    days: int = Field(default=31, ge=1)
    pending_hours: float = Field(default=4.0, ge=0)
    parts_days: int = Field(default=30, ge=0)
    reread_days: int = Field(default=7, ge=0)
    most_passes: int = Field(default=5, ge=2)
    most_lookups: int = Field(default=500, ge=0)
    version: str = ""
    tolerances: dict[str, ToleranceSettings] = Field(default_factory=dict)
    compared: dict[str, frozenset[Literal["discount", "freight", "tax"]]] = Field(default_factory=dict)

    @field_validator("tolerances")
    @classmethod
    def _known_currencies(cls, tolerances: dict[str, ToleranceSettings]) -> dict[str, ToleranceSettings]:
        for currency, given in tolerances.items():
            if not currency_known(currency):
                raise ValueError(Phrase("{currency} is no currency of ISO 4217", currency=repr(currency)))
            if any(decimals_of(each) > minor_digits(currency) for each in given.amounts()):
                raise ValueError(Phrase("an amount has more decimals than {currency} has", currency=currency))
        return tolerances

    @model_validator(mode="after")
    def _named(self) -> "ReconciliationSettings":
        if self.tolerances and not self.version:
            raise ValueError(Phrase("tolerances need a `version`, so that a workbook says by which it was made"))
        return self

    @property
    def pending_within(self) -> timedelta:
        """How long an order may wait."""
        return timedelta(hours=self.pending_hours)

    def compared_in(self, erp: str) -> frozenset[str]:
        """What the compared total of an ERP holds beside the goods."""
        return frozenset(self.compared[erp]) if erp in self.compared else NET.compared

    def tolerated(self, when_entered: Decimal) -> Tolerances:
        """The set; what an ERP's profile tolerates when an order is entered holds for every currency not named."""
        others = Tolerance(Band(when_entered, when_entered))
        named = {currency: given.tolerance for currency, given in self.tolerances.items()}
        return Tolerances(self.version or "profile", named, others)
