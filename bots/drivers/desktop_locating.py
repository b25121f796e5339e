"""How does the keyboard come to a target? By its locators in their order, never by a place that was written down."""

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from bots.drivers.desktop_parts import Desktop, Window
from bots.drivers.desktop_places import Place, changed
from bots.drivers.desktop_sights import Sight
from bots.drivers.desktop_watches import Watch
from bridge.errors import TargetAmbiguous, TargetNotFound
from bridge.model.chords import Chord, chords
from bridge.model.profiles import Target
from bridge.ports import Rectangle


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
        self.unread: set[tuple[int, str]] = set()  # grids that were typed into since they were read

    # --- going there ------------------------------------------------------------------------------------------------

    def focus(self, window: Window, target: Target, screen: str) -> Found:
        """Bring the keyboard to the target; raises TargetNotFound or TargetAmbiguous.

        Where keys led was seen when the field was read: one that stands elsewhere than its label says is not found.
        """
        for position, locator in enumerate(target.locators):
            if locator.strategy == "keys":
                self.press(chords(locator.value))
                return Found(position, str(locator))
            spots = self.sight.spots(window, self.view(window), locator) or ()
            if len(spots) > 1:
                raise TargetAmbiguous(target=target.name, screen=screen, count=len(spots), locator=str(locator))
            if spots:
                self.click(window, spots[0])
                return Found(position, str(locator))
        raise TargetNotFound(target=target.name, screen=screen)

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

    def read(self, window: Window, name: str) -> str:
        """What the field that has the keyboard holds; where it is, is remembered under that name."""
        first, *rest = self.watch.profile.keys_for("select")
        self.press([first])
        before = self.view(window)
        for chord in rest:
            self.desktop.keys.press(*chord)
        text = self.watch.hands.copied(*self.watch.profile.keys_for("copy"))
        if text:
            self._note(window, name, before)
        return text

    def forget(self, window: Window, name: str) -> None:
        """Where that field, or the cells of that grid, are, is not known any more."""
        self.places = {
            key: places
            for key, places in self.places.items()
            if not (key[0] == window.id and name in (key[1], key[1].split(".")[0]))
        }

    def note_hidden(self, window: Window, name: str) -> None:
        """Remember where the field is that has the keyboard, of which nothing can be copied."""
        first, *rest = self.watch.profile.keys_for("select")
        self.press([first])
        before = self.view(window)
        self.press(rest)
        self._note(window, name, before)

    def _note(self, window: Window, name: str, before: Image.Image) -> None:
        box = changed(before, lambda: self.view(window))
        if box is not None:
            place = Place.inside(window, box)
            known = self.places.setdefault((window.id, name), [])
            self.places[window.id, name] = [place, *(each for each in known if "." in name and each != place)]

    def view(self, window: Window) -> Image.Image:
        """What the display shows where the window is."""
        return self.desktop.eyes.grab(window)
