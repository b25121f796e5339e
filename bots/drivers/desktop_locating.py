"""How does the keyboard come to a target? By its locators in their order, never by a place that was written down."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import Image

from bots.drivers.desktop_parts import Desktop, Window
from bots.drivers.desktop_places import SECONDS_IF_BUSY, SECONDS_TO_DRAW, Place, changed, still
from bots.drivers.desktop_sights import Sight
from bots.drivers.desktop_watches import POLL, Watch
from bridge.errors import TargetAmbiguous, TargetElsewhere, TargetNotFound
from bridge.model.chords import Chord, chords
from bridge.model.profiles import Locator, Target
from bridge.ports import Rectangle

CLICKS = 3
SECONDS_TO_SHOW = 5.0


@dataclass(frozen=True)
class Found:
    """Which locator leads to a target, and how many there are of it; `position` is None where none does."""

    position: int | None
    locator: str
    count: int = 1


class Finder:
    """Brings the keyboard to targets of one desktop, and remembers where they are."""

    def __init__(self, desktop: Desktop, watch: Watch, sight: Sight) -> None:
        self.desktop, self.watch, self.sight = desktop, watch, sight
        self.places: dict[tuple[int, str], list[Place]] = {}
        self._seen: Place | None = None  # where what was read last stands; None where that was not to be seen
        self.misled: set[tuple[str, str]] = set()  # screens and targets to which keys led no more
        self._elsewhere: dict[str, str] = {}  # of these the ones that nobody has been told of, and their locators
        self.unread: set[tuple[int, str]] = set()  # grids that were typed into since they were read

    # --- going there ------------------------------------------------------------------------------------------------

    def focus(self, window: Window, target: Target, screen: str) -> Found:
        """Bring the keyboard to the target; raises TargetNotFound or TargetAmbiguous.

        Where keys led is known when the field is read: see `copied`.
        """
        if target.locators[0].strategy != "keys" or (screen, target.name) in self.misled:
            try:
                return self._click(window, target, screen)
            except TargetNotFound:
                if all(locator.strategy != "keys" for locator in target.locators):
                    raise
        position, locator = next((i, each) for i, each in enumerate(target.locators) if each.strategy == "keys")
        self.press(chords(locator.value))
        return Found(position, str(locator))

    def _click(self, window: Window, target: Target, screen: str) -> Found:
        """Press the mouse on the target; on a field until it has the keyboard, where its program tells that."""
        for _ in range(CLICKS):
            found, locator, spot = self._steady(window, target, screen)
            self.click(window, spot)
            if target.kind == "button" or self.sight.has_keyboard(window, locator) is not False:
                break  # a click into a window that has just opened may be lost
        return found

    def _steady(self, window: Window, target: Target, screen: str) -> tuple[Found, Locator, Rectangle]:
        """Where the target is, once it does not move any more."""
        seen = self.look(window, target, screen)
        while says(target):
            self.watch.done(window.id)
            before, seen = seen, self.look(window, target, screen)
            if seen == before:
                break
        return seen

    def look(self, window: Window, target: Target, screen: str) -> tuple[Found, Locator, Rectangle]:
        """Where the target is, as it is seen or said; a form that is still being drawn is waited for.

        Raises TargetNotFound or TargetAmbiguous.
        """
        patience = 0.0 if target.optional or not says(target) else SECONDS_TO_SHOW
        end = time.monotonic() + patience
        while True:
            for position, locator in enumerate(target.locators):
                spots = self.sight.spots(window, self.view(window), aimed(target, locator)) or ()
                if len(spots) > 1:
                    raise TargetAmbiguous(target=target.name, screen=screen, count=len(spots), locator=str(locator))
                if spots:
                    return Found(position, str(locator)), locator, spots[0]
            if time.monotonic() > end:
                raise TargetNotFound(target=target.name, screen=screen)
            time.sleep(POLL)

    def told(self, window: Window, target: Target, screen: str) -> str | None:
        """What its program says that the target holds; None where only copying it can tell. Raises as `look` does.

        An optional target that is not there holds nothing.
        """
        if not says(target):
            return None
        try:
            _, locator, spot = self.look(window, target, screen)
        except TargetNotFound:
            if target.optional:
                return ""
            raise
        self._know(window, target.name, spot)
        return self.sight.text(window, locator)

    def press(self, keys: Sequence[Chord]) -> None:
        """Press these, and wait until the program has done it."""
        for chord in keys:
            self.desktop.keys.press(*chord)
        self.watch.done()

    def click(self, window: Window, spot: Rectangle) -> None:
        """Press the mouse in the middle of a place in the window."""
        left, top = spot.left + spot.width // 2, spot.top + spot.height // 2
        self.desktop.keys.click(window.left + left, window.top + top)
        self.watch.done()

    # --- what is there ----------------------------------------------------------------------------------------------

    def read(self, window: Window, name: str, *, patiently: bool = False) -> str:
        """What the field that has the keyboard holds; where it is, is remembered under that name.

        Who is not patient may take for a part of it what a busy program was still drawing.
        """
        first, *rest = self.watch.profile.keys_for("select")
        self.press([first])
        before = still(lambda: self.view(window)) if patiently else self.view(window)
        for chord in rest:
            self.desktop.keys.press(*chord)
        text, self._seen = self.watch.hands.copied(*self.watch.profile.keys_for("copy")), None
        if text:
            self._note(window, name, before, SECONDS_IF_BUSY if patiently else SECONDS_TO_DRAW)
        return text

    def copied(self, window: Window, target: Target, screen: str) -> str:
        """What the field holds, as it is copied.

        One that is not seen beside its own label is looked for by its own label from then on; see `tell_elsewhere`.
        """
        self.focus(window, target, screen)
        text = self.read(window, target.name)
        if text and self._is_contradicted(window, target, screen):
            text = self.read(window, target.name, patiently=True)
        if text and self._is_contradicted(window, target, screen):
            self.misled.add((screen, target.name))
            self._elsewhere[target.name] = str(target.locators[0])
        return text

    def tell_elsewhere(self, screen: str) -> None:
        """Raises TargetElsewhere where fields were read of which none is known to be the one that was meant."""
        targets, self._elsewhere = self._elsewhere, {}
        if targets:
            names, locators = (", ".join(words) for words in (targets, targets.values()))
            raise TargetElsewhere(target=names, screen=screen, locator=locators)

    def _is_contradicted(self, window: Window, target: Target, screen: str) -> bool:
        targets = self.watch.profile.screens[screen].targets.values()
        others = [locator for each in targets if each is not target for locator in each.locators]
        place = self._seen.in_window() if self._seen else None
        return self.sight.contradicts(self.view(window), target.locators, others, place)

    def forget(self, window: Window, name: str) -> None:
        """Where that field, or the cells of that grid, are, is not known any more."""
        self.places = {
            key: places
            for key, places in self.places.items()
            if not (key[0] == window.id and name in (key[1], key[1].split(".")[0]))
        }

    def note_hidden(self, window: Window, target: Target, screen: str) -> None:
        """Remember where the field is that has the keyboard, of which nothing can be copied."""
        if says(target):
            self._know(window, target.name, self.look(window, target, screen)[2])
            return
        first, *rest = self.watch.profile.keys_for("select")
        self.press([first])
        before = self.view(window)
        self.press(rest)
        self._note(window, target.name, before)

    def _know(self, window: Window, name: str, spot: Rectangle) -> None:
        box = (spot.left, spot.top, spot.left + spot.width, spot.top + spot.height)
        self.places[window.id, name] = [Place.inside(window, box)]

    def _note(self, window: Window, name: str, before: Image.Image, seconds: float = SECONDS_TO_DRAW) -> None:
        box = changed(before, lambda: self.view(window), seconds)
        if box is not None:
            place = self._seen = Place.inside(window, box)
            known = self.places.setdefault((window.id, name), [])
            self.places[window.id, name] = [place, *(each for each in known if "." in name and each != place)]

    def view(self, window: Window) -> Image.Image:
        """What the display shows where the window is."""
        return self.desktop.eyes.grab(window)


def aimed(target: Target, locator: Locator) -> Locator:
    """The locator as it is looked for: the label of a button stands on it, and not beside it."""
    return replace(locator, side="on") if (target.kind, locator.strategy) == ("button", "label") else locator


def says(target: Target) -> bool:
    """Whether its program itself says where the target is and what it holds."""
    return any(locator.strategy == "accessible" for locator in target.locators)
