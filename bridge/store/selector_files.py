"""What do the selector files of one ERP say, and what is wrong with them, all at once, by file and key?"""

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bridge.errors import InvalidConfig
from bridge.model.documents import DocumentStatus
from bridge.model.profiles import (
    MEANINGS,
    Commit,
    ErpProfile,
    Formats,
    Grid,
    Lags,
    Locator,
    Screen,
    Target,
)
from bridge.model.references import ReferenceRule

STRATEGIES = {
    "web": {"label", "role", "text", "css", "name", "near"},
    "desktop": {"accessible", "keys", "label", "image", "near"},
    "terminal": {"cell", "label", "field", "text"},
}
Data = TypeVar("Data", bound=BaseModel)
SIDES = {"right", "left", "above", "below"}


def _located(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LocatorData(_Strict):
    """`{ label = "Customer" }`, `{ role = "button", name = "Save" }`, `{ near = "Customer", side = "right" }`."""

    label: str | None = None
    role: str | None = None
    text: str | None = None
    css: str | None = None
    name: str | None = None
    near: str | None = None
    side: str = "right"

    def locator(self) -> Locator:
        """The frozen value."""
        strategy, value = self.strategies()[0]
        return Locator(strategy, value, (self.name or "") if strategy == "role" else "", self.side)

    def strategies(self) -> list[tuple[str, str]]:
        """The strategies that are set; exactly one is right (`name` beside `role` narrows the role)."""
        found = [(key, getattr(self, key)) for key in ("role", "label", "text", "css", "near", "name")]
        given = [(key, value) for key, value in found if value is not None]
        return given[:1] if len(given) > 1 and given[0][0] == "role" and given[1][0] == "name" else given


Locators = Annotated[tuple[LocatorData, ...], BeforeValidator(_located), Field(min_length=1)]


class TargetData(_Strict):
    """One target, by its locators in order."""

    locators: Locators
    kind: Literal["text", "code", "date", "number", "money", "choice", "tick"] = "text"
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

    def grid(self, name: str) -> Grid:
        """The frozen value."""
        columns = tuple(column.target(key) for key, column in self.columns.items())
        return Grid(name, tuple(locator.locator() for locator in self.row), columns, self.skip_empty)


class CommitData(_Strict):
    """The committing request."""

    method: Literal["POST", "GET", "PUT"] = "POST"
    path: str
    marks: dict[str, str] = Field(default_factory=dict)


class ScreenData(_Strict):
    """One file beside erp.toml."""

    title: str
    anchor: Locators
    frame: str = ""
    address: str = ""
    commit: CommitData | None = None
    targets: dict[str, TargetData] = Field(default_factory=dict)
    grid: dict[str, GridData] = Field(default_factory=dict)
    form: dict[str, str] = Field(default_factory=dict)

    def screen(self, name: str) -> Screen:
        """The frozen value."""
        return Screen(
            name=name,
            title=self.title,
            anchor=tuple(locator.locator() for locator in self.anchor),
            frame=self.frame,
            address=self.address,
            commit=Commit(self.commit.method, self.commit.path, self.commit.marks) if self.commit else None,
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
    encoding: str = "utf-8"


def load_profile(folder: Path) -> ErpProfile:
    """The ERP profile of a folder of selector files; raises InvalidConfig with every fault at once."""
    faults: list[str] = []
    erp = _read(folder / "erp.toml", ErpData, faults)
    screens: dict[str, ScreenData] = {}
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else []:
        if path.name != "erp.toml" and (screen := _read(path, ScreenData, faults)) is not None:
            screens[path.stem] = screen
    if erp is not None:
        faults.extend(_cross_faults(folder, erp, screens))
    if faults or erp is None:
        raise InvalidConfig.of(faults)
    return _profile(erp, screens, folder)


def _profile(erp: ErpData, screens: dict[str, ScreenData], folder: Path) -> ErpProfile:
    commit, listing = (None if x is None else timedelta(seconds=x) for x in (erp.lags.commit, erp.lags.listing))
    lags = Lags(commit, listing, erp.lags.absent)
    return ErpProfile(
        name=erp.name,
        version=erp.version,
        surface=erp.surface,
        bot=erp.bot,
        formats=Formats(**erp.formats.model_dump()),
        lags=lags,
        screens={name: screen.screen(name) for name, screen in screens.items()},
        reference=ReferenceRule(**erp.reference.model_dump()) if erp.reference else None,
        messages=erp.messages,
        errors=tuple(locator.locator() for locator in erp.errors),
        dialogs=erp.dialogs,
        statuses=erp.statuses,
        defaults=erp.defaults,
        currencies=erp.currencies,
        amount_tolerance=erp.amount_tolerance,
        encoding=erp.encoding,
        folder=folder,
    )


def _read(path: Path, kind: type[Data], faults: list[str]) -> Data | None:
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        faults.append(f"{path}: the file is missing")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{path}: {error}")
    except ValidationError as error:
        for fault in error.errors():
            key = ".".join(str(part) for part in fault["loc"])
            faults.append(f"{path}: {key}: {fault['msg']}")
    return None


def _cross_faults(folder: Path, erp: ErpData, screens: dict[str, ScreenData]) -> Iterator[str]:
    path = folder / "erp.toml"
    for key, meaning in (*erp.messages.items(), *erp.dialogs.items()):
        if meaning not in MEANINGS:
            yield f"{path}: {key!r}: {meaning!r} is no meaning; known are {', '.join(sorted(MEANINGS))}"
    if erp.name != folder.name:
        yield f"{path}: name: {erp.name!r} is not the name of its folder"
    if "order_entry" not in screens or "order_show" not in screens:
        yield f"{folder}: the screens order_entry and order_show are needed"
    for name, screen in screens.items():
        yield from _screen_faults(folder / f"{name}.toml", screen, erp.surface)
    yield from _reference_faults(path, erp, screens)
    yield from (f"{path}: errors: {fault}" for locator in erp.errors for fault in _locator_faults(locator, erp.surface))


def _screen_faults(path: Path, screen: ScreenData, surface: str) -> Iterator[str]:
    named: list[tuple[str, LocatorData]] = [("anchor", locator) for locator in screen.anchor]
    for key, target in screen.targets.items():
        named.extend((f"targets.{key}", locator) for locator in target.locators)
    for key, grid in screen.grid.items():
        named.extend((f"grid.{key}.row", locator) for locator in grid.row)
        named.extend((f"grid.{key}.columns.{c}", x) for c, column in grid.columns.items() for x in column.locators)
        if grid.skip_empty and grid.skip_empty not in grid.columns:
            yield f"{path}: grid.{key}.skip_empty: there is no column {grid.skip_empty!r}"
    for key, locator in named:
        yield from (f"{path}: {key}: {fault}" for fault in _locator_faults(locator, surface))
    for attribute, target_name in screen.form.items():
        if target_name not in screen.targets:
            yield f"{path}: form.{attribute}: there is no target {target_name!r}"


def _locator_faults(locator: LocatorData, surface: str) -> Iterator[str]:
    given = locator.strategies()
    if len(given) != 1:
        yield f"a locator has exactly one strategy, this one has {len(given)}"
    for strategy, value in given:
        if strategy not in STRATEGIES[surface]:
            yield f"the strategy {strategy!r} does not exist on the surface {surface}"
        if not value.strip():
            yield f"the strategy {strategy!r} is empty"
    if locator.side not in SIDES:
        yield f"side: {locator.side!r} is none of {', '.join(sorted(SIDES))}"


def _reference_faults(path: Path, erp: ErpData, screens: dict[str, ScreenData]) -> Iterator[str]:
    if erp.reference is None:
        return
    rule = ReferenceRule(**erp.reference.model_dump())
    yield from (f"{path}: reference: {fault}" for fault in rule.faults())
    entry = screens.get("order_entry")
    if entry is None:
        return
    target = entry.targets.get(entry.form.get("reference", ""))
    if target is None:
        yield f"{path}: reference: the form of order_entry types no reference"
    elif target.max_length is not None and target.max_length < rule.max_length:
        yield f"{path}: reference.max_length: {rule.max_length} is more than its field takes ({target.max_length})"
