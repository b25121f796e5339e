"""What may stand in the selector files of one ERP? Data only: no key says do, if or wait."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bridge.model.documents import DocumentStatus
from bridge.model.profiles import Commit, Grid, Locator, Screen, Target


def _located(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


NARROWS = {"role": "name", "accessible": "role", "label": "cells", "column": "cells"}


class LocatorData(_Strict):
    """`{ label = "Customer" }`, `{ role = "button", name = "Save" }`, `{ near = "Customer", side = "right" }`."""

    accessible: str | None = None
    role: str | None = None
    label: str | None = None
    text: str | None = None
    css: str | None = None
    near: str | None = None
    name: str | None = None
    window: str | None = None
    keys: str | None = None
    image: str | None = None
    copied: str | None = None
    column: str | None = None
    stop: str | None = None
    cell: str | None = None
    field: str | None = None
    cells: str | None = None
    side: str = "right"

    def locator(self) -> Locator:
        """The frozen value."""
        strategy, value = self.strategies()[0]
        return Locator(strategy, value, getattr(self, NARROWS.get(strategy, ""), None) or "", self.side)

    def strategies(self) -> list[tuple[str, str]]:
        """The strategies that are set; exactly one is right (`name` beside `role` narrows the role)."""
        given = {key: value for key, value in self if key != "side" and value is not None}
        first = next(iter(given), "")
        given.pop(NARROWS.get(first, ""), None)
        return list(given.items())


Locators = Annotated[tuple[LocatorData, ...], BeforeValidator(_located), Field(min_length=1)]


class TargetData(_Strict):
    """One target, by its locators in order."""

    locators: Locators
    kind: Literal["text", "code", "date", "number", "money", "choice", "tick", "button"] = "text"
    format: str = ""
    max_length: int | None = Field(default=None, gt=0)
    folds: tuple[Literal["upper", "trim", "nfkc"], ...] = ()
    secret: bool = False
    mask: bool = False
    read_only: bool = False
    optional: bool = False

    def target(self, name: str) -> Target:
        """The frozen value."""
        return Target(
            name,
            tuple(locator.locator() for locator in self.locators),
            **self.model_dump(exclude={"locators"}),
        )


class ColumnData(TargetData):
    """One cell of a row: a css shorthand or a full target."""


class GridData(_Strict):
    """Repeated rows; columns are targets inside a row."""

    row: Locators
    columns: dict[str, ColumnData]
    skip_empty: str = ""
    page_rows: int = Field(default=0, ge=0)

    def grid(self, name: str) -> Grid:
        """The frozen value."""
        columns = tuple(column.target(key) for key, column in self.columns.items())
        row = tuple(locator.locator() for locator in self.row)
        return Grid(name, row, columns, self.skip_empty, self.page_rows)


class CommitData(_Strict):
    """The committing request, or the target whose press commits."""

    method: Literal["POST", "GET", "PUT"] = "POST"
    path: str = ""
    marks: dict[str, str] = Field(default_factory=dict)
    target: str = ""
    answered: str = ""
    others: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class ScreenData(_Strict):
    """One file beside erp.toml; `like` names a screen of which it has the targets, grids and form as well."""

    title: str
    anchor: Locators
    like: str = ""
    frame: str = ""
    address: str = ""
    answered: str = ""
    commit: CommitData | None = None
    targets: dict[str, TargetData] = Field(default_factory=dict)
    grid: dict[str, GridData] = Field(default_factory=dict)
    form: dict[str, str] = Field(default_factory=dict)

    def with_parts_of(self, other: "ScreenData") -> "ScreenData":
        """The same, with the other's targets, grids and form where it has none of these names."""
        own = {"targets": other.targets | self.targets, "grid": other.grid | self.grid, "form": other.form | self.form}
        return self.model_copy(update=own)

    def screen(self, name: str) -> Screen:
        """The frozen value."""
        return Screen(
            name=name,
            title=self.title,
            anchor=tuple(locator.locator() for locator in self.anchor),
            frame=self.frame,
            address=self.address,
            answered=self.answered,
            commit=Commit(**self.commit.model_dump()) if self.commit else None,
            targets={key: target.target(key) for key, target in self.targets.items()},
            grids={key: grid.grid(key) for key, grid in self.grid.items()},
            form=self.form,
        )


class ReferenceData(_Strict):
    """The field that carries our reference."""

    field: str
    max_length: int = Field(gt=0)
    separator: Literal["", "-", "/", "."] = "-"
    search: Literal["exact", "substring"] = "exact"


class FormatsData(_Strict):
    """How the ERP writes."""

    date: str = "%Y-%m-%d"
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    price_digits: int = Field(default=2, ge=0, le=9)
    quantity_digits: int = Field(default=0, ge=0, le=9)
    most_lines: int = Field(default=9999, gt=0)


class LagsData(_Strict):
    """Seconds; leave one out where nobody knows it."""

    commit: float | None = Field(default=None, ge=0)
    listing: float | None = Field(default=None, ge=0)
    absent: Literal["hold", "retype"] = "hold"


class ErpData(_Strict):
    """erp.toml."""

    name: str
    version: str
    surface: Literal["web", "desktop", "terminal"]
    bot: str
    formats: FormatsData = FormatsData()
    lags: LagsData = LagsData()
    reference: ReferenceData | None = None
    messages: dict[str, str] = Field(default_factory=dict)
    errors: Annotated[tuple[LocatorData, ...], BeforeValidator(_located)] = ()
    dialogs: dict[str, str] = Field(default_factory=dict)
    statuses: dict[str, DocumentStatus] = Field(default_factory=dict)
    defaults: dict[str, str] = Field(default_factory=dict)
    currencies: frozenset[str] = frozenset()
    amount_tolerance: Decimal = Decimal(0)
    total_includes: frozenset[Literal["discount", "freight", "tax"]] = frozenset()
    prices_include_tax: bool = False
    house_currency: str = ""
    ends_sessions: bool = False
    procedures: frozenset[Literal["amend", "cancel"]] = frozenset()
    cancelled: Literal["kept", "gone"] = "kept"
    encoding: str = "utf-8"
    keys: dict[str, str] = Field(default_factory=dict)
    busy: Annotated[tuple[LocatorData, ...], BeforeValidator(_located)] = ()
