"""What do the selector files of one ERP say, and what is wrong with them, all at once, by file and key?"""

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bridge.errors import InvalidConfig
from bridge.locale import Phrase, fault, faults_in
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
    faults: list[Phrase] = []
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


def _read(path: Path, kind: type[Data], faults: list[Phrase]) -> Data | None:
    try:
        return kind.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        faults.append(fault(str(path), Phrase("the file is missing")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(fault(str(path), Phrase("it is no TOML in UTF-8: {why}", why=error)))
    except ValidationError as error:
        faults.extend(fault(f"{path}: {key}", what) for key, what in faults_in(error))
    return None


def _cross_faults(folder: Path, erp: ErpData, screens: dict[str, ScreenData]) -> Iterator[Phrase]:
    path = folder / "erp.toml"
    for key, meaning in (*erp.messages.items(), *erp.dialogs.items()):
        if meaning not in MEANINGS:
            known = ", ".join(sorted(MEANINGS))
            what = Phrase("{meaning} is no meaning; known are {known}", meaning=repr(meaning), known=known)
            yield fault(f"{path}: {key!r}", what)
    if erp.name != folder.name:
        yield fault(f"{path}: name", Phrase("{name} is not the name of its folder", name=repr(erp.name)))
    if "order_entry" not in screens or "order_show" not in screens:
        yield fault(str(folder), Phrase("the screens order_entry and order_show are needed"))
    for name, screen in screens.items():
        yield from _screen_faults(folder / f"{name}.toml", screen, erp.surface)
    yield from _reference_faults(path, erp, screens)
    for locator in erp.errors:
        yield from (fault(f"{path}: errors", what) for what in _locator_faults(locator, erp.surface))


def _screen_faults(path: Path, screen: ScreenData, surface: str) -> Iterator[Phrase]:
    named: list[tuple[str, LocatorData]] = [("anchor", locator) for locator in screen.anchor]
    for key, target in screen.targets.items():
        named.extend((f"targets.{key}", locator) for locator in target.locators)
    for key, grid in screen.grid.items():
        named.extend((f"grid.{key}.row", locator) for locator in grid.row)
        named.extend((f"grid.{key}.columns.{c}", x) for c, column in grid.columns.items() for x in column.locators)
        if grid.skip_empty and grid.skip_empty not in grid.columns:
            where = f"{path}: grid.{key}.skip_empty"
            yield fault(where, Phrase("there is no column {name}", name=repr(grid.skip_empty)))
    for key, locator in named:
        yield from (fault(f"{path}: {key}", what) for what in _locator_faults(locator, surface))
    for attribute, name in screen.form.items():
        if name not in screen.targets:
            yield fault(f"{path}: form.{attribute}", Phrase("there is no target {name}", name=repr(name)))


def _locator_faults(locator: LocatorData, surface: str) -> Iterator[Phrase]:
    given = locator.strategies()
    if len(given) != 1:
        yield Phrase("a locator has exactly one strategy, this one has {count}", count=len(given))
    for strategy, value in given:
        if strategy not in STRATEGIES[surface]:
            yield Phrase("the strategy {name} does not exist on the surface {surface}", name=strategy, surface=surface)
        if not value.strip():
            yield Phrase("the strategy {name} is empty", name=strategy)
    if locator.side not in SIDES:
        sides = ", ".join(sorted(SIDES))
        yield fault("side", Phrase("{name} is none of {known}", name=repr(locator.side), known=sides))


def _reference_faults(path: Path, erp: ErpData, screens: dict[str, ScreenData]) -> Iterator[Phrase]:
    if erp.reference is None:
        return
    rule = ReferenceRule(**erp.reference.model_dump())
    where = f"{path}: reference"
    yield from (fault(where, what) for what in rule.faults())
    entry = screens.get("order_entry")
    if entry is None:
        return
    target = entry.targets.get(entry.form.get("reference", ""))
    if target is None:
        yield fault(where, Phrase("the form of order_entry types no reference"))
    elif target.max_length is not None and target.max_length < rule.max_length:
        most, asked = target.max_length, rule.max_length
        yield fault(
            f"{where}.max_length", Phrase("{asked} is more than its field takes ({most})", asked=asked, most=most)
        )
