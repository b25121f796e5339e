"""What is wrong with selector files that can each be read, but do not fit together or the ERP's surface?"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from bridge.locale import Phrase, fault
from bridge.model.lists import LIST_SCREEN, TOTALS
from bridge.model.money import currency_known
from bridge.model.profiles import MEANINGS
from bridge.model.references import ReferenceRule
from bridge.store.selector_tables import ErpData, LocatorData, ScreenData
from bridge.store.surface_faults import key_faults, locator_faults, surface_faults


def cross_faults(folder: Path, erp: ErpData, screens: Mapping[str, ScreenData]) -> Iterator[Phrase]:
    """Each fault with its file and key."""
    path = folder / "erp.toml"
    for key, meaning in (*erp.messages.items(), *erp.dialogs.items()):
        if meaning not in MEANINGS:
            known = ", ".join(sorted(MEANINGS))
            what = Phrase("{meaning} is no meaning; known are {known}", meaning=repr(meaning), known=known)
            yield fault(f"{path}: {key!r}", what)
    if erp.name != folder.name:
        yield fault(f"{path}: name", Phrase("{name} is not the name of its folder", name=repr(erp.name)))
    if erp.house_currency and not currency_known(erp.house_currency):
        what = Phrase("{currency} is no currency of ISO 4217", currency=repr(erp.house_currency))
        yield fault(f"{path}: house_currency", what)
    elif not erp.house_currency and "order_show" in screens and not _shows_currency(screens):
        yield fault(f"{path}: house_currency", Phrase("no screen shows a currency, so the ERP's own is needed"))
    if "order_entry" not in screens or "order_show" not in screens:
        yield fault(str(folder), Phrase("the screens order_entry and order_show are needed"))
    for name, screen in screens.items():
        yield from _screen_faults(folder / f"{name}.toml", screen, erp.surface)
        yield from surface_faults(folder / f"{name}.toml", screen, erp.surface)
    yield from key_faults(path, erp.keys)
    yield from _reference_faults(path, erp, screens)
    for locator in (*erp.errors, *erp.busy):
        yield from (fault(f"{path}: errors", what) for what in locator_faults(locator, erp.surface, folder))


def _shows_currency(screens: Mapping[str, ScreenData]) -> bool:
    """Whether the stored documents or the rows of their list show a currency; the sums below are no rows."""
    shown = [screen for name, screen in screens.items() if name in {"order_show", LIST_SCREEN}]
    grids = [grid for screen in shown for name, grid in screen.grid.items() if name != TOTALS]
    return any("currency" in screen.form for screen in shown) or any("currency" in grid.columns for grid in grids)


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
        yield from (fault(f"{path}: {key}", what) for what in locator_faults(locator, surface, path.parent))
    for attribute, name in screen.form.items():
        if name not in screen.targets:
            yield fault(f"{path}: form.{attribute}", Phrase("there is no target {name}", name=repr(name)))


def _reference_faults(path: Path, erp: ErpData, screens: Mapping[str, ScreenData]) -> Iterator[Phrase]:
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
