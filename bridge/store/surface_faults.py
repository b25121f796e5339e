"""Which faults has a selector file that the ERP's surface cannot follow: a strategy, a key, a commit?"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bridge.locale import Phrase, fault
from bridge.model.chords import chords
from bridge.model.profiles import KEY_HABITS
from bridge.store.selector_tables import LocatorData, ScreenData

STRATEGIES = {
    "web": {"label", "role", "text", "css", "name", "near"},
    "desktop": {"window", "accessible", "keys", "label", "near", "image", "copied", "column", "stop"},
    "terminal": {"cell", "label", "field", "text", "column", "keys"},
}
SIDES = {"right", "left", "above", "below"}
KEYED = {"keys", "copied"}
PLACES = {"cell", "field"}
COUNTED = {"stop", "cell", "field"}


def locator_faults(locator: LocatorData, surface: str, folder: Path) -> Iterator[Phrase]:
    """What is wrong with one locator."""
    given = locator.strategies()
    if len(given) != 1:
        yield Phrase("a locator has exactly one strategy, this one has {count}", count=len(given))
    for strategy, value in given:
        if strategy not in STRATEGIES[surface]:
            yield Phrase("the strategy {name} does not exist on the surface {surface}", name=strategy, surface=surface)
        if not value.strip():
            yield Phrase("the strategy {name} is empty", name=strategy)
        if strategy in KEYED:
            yield from _chord_faults(value)
        if strategy in COUNTED and not all(_is_count(each) for each in value.split(",")):
            yield Phrase("{text} is no number from 1", text=repr(value))
        if strategy == "cell" and value.count(",") != 2:  # noqa: PLR2004 - the commas between three numbers
            yield Phrase("a cell is row, column and how many: {text}", text=repr(value))
        if strategy == "image" and not (folder / "images" / value).is_file():
            yield Phrase("there is no picture {name} in {folder}", name=repr(value), folder="images")
    if locator.side not in SIDES:
        sides = ", ".join(sorted(SIDES))
        yield fault("side", Phrase("{name} is none of {known}", name=repr(locator.side), known=sides))


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) > 0


def _chord_faults(text: str) -> Iterator[Phrase]:
    try:
        chords(text)
    except ValueError as unknown:
        yield Phrase("{keys} are no keys", keys=unknown)


def key_faults(path: Path, keys: Mapping[str, str]) -> Iterator[Phrase]:
    """What is wrong with an ERP's keys."""
    for habit, text in keys.items():
        where = f"{path}: keys.{habit}"
        if habit not in KEY_HABITS:
            known = ", ".join(sorted(KEY_HABITS))
            yield fault(where, Phrase("{name} is none of {known}", name=repr(habit), known=known))
        yield from (fault(where, what) for what in _chord_faults(text))


def surface_faults(path: Path, screen: ScreenData, surface: str) -> Iterator[Phrase]:
    """What of one screen cannot be done on its surface."""
    if screen.answered and screen.answered not in screen.targets:
        yield fault(f"{path}: answered", Phrase("there is no target {name}", name=repr(screen.answered)))
    if surface != "web" and not (surface == "desktop" and screen.address.startswith("/")):
        yield from (fault(f"{path}: address", what) for what in _chord_faults(screen.address))
    if surface == "terminal":
        yield from _place_faults(path, screen)
    if screen.commit is None:
        return
    if screen.commit.answered and screen.commit.answered not in screen.targets:
        what = Phrase("there is no target {name}", name=repr(screen.commit.answered))
        yield fault(f"{path}: commit.answered", what)
    if surface == "web" and not screen.commit.path:
        yield fault(f"{path}: commit.path", Phrase("it is missing"))
    if surface != "web":
        yield from _press_faults(path, screen, screen.commit.target)


def _place_faults(path: Path, screen: ScreenData) -> Iterator[Phrase]:
    """No place stands behind a label: where that is gone, an update may have put another field there."""
    for name, target in screen.targets.items():
        given = {strategy for locator in target.locators for strategy, _ in locator.strategies()}
        for place in sorted(given & PLACES if "label" in given else ()):
            what = Phrase(
                "a label's field is not looked for by {name}: after an update another may be there", name=place
            )
            yield fault(f"{path}: targets.{name}", what)


def _press_faults(path: Path, screen: ScreenData, commits: str) -> Iterator[Phrase]:
    """The target that commits is there, and no other one is reached over its keys."""
    if commits not in screen.targets:
        yield fault(f"{path}: commit.target", Phrase("there is no target {name}", name=repr(commits)))
        return
    if screen.targets[commits].kind != "button":
        yield fault(f"{path}: targets.{commits}.kind", Phrase("what commits is a button"))
    pressed = _pressed(screen.targets[commits].locators)
    for name, target in screen.targets.items():
        if name != commits and pressed & _pressed(target.locators):
            yield fault(f"{path}: targets.{name}", Phrase("its keys are those of {name}, which commits", name=commits))


def _pressed(locators: Iterable[LocatorData]) -> set[str]:
    """Every chord of their keys."""
    texts = [value for locator in locators for strategy, value in locator.strategies() if strategy in KEYED]
    return {chord.lower() for text in texts for chord in text.split() if chord.lower() != "tab"}
