"""What does a seat show while somebody looks on? Its masked picture after each action, where it has changed.

Whoever looks on touches `NAME.wanted` again and again; without it, and without a film, nothing is taken at all.
"""

import hashlib
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from bots.drivers.films import Film
from bridge.errors import BridgeError
from bridge.model.pictures import PICTURE_FORMATS
from bridge.model.profiles import Grid, Screen, Target
from bridge.ports import Leave, LocatorHit, Picture, ScreenDriver

WANTED, PART = ".wanted", ".part"
SECONDS_WANTED = 15.0  # since it was last asked for
SECONDS_BETWEEN = 0.5


class LiveFrames:
    """Writes frames beside `name`, a path without an extension, with so many seconds between two at least."""

    def __init__(self, name: Path, film: Film | None = None, between: float = SECONDS_BETWEEN) -> None:
        self._name, self._film, self._between = name, film, between
        self._shown = ""
        self._asked = -between

    def offer(self, driver: ScreenDriver) -> None:
        """Take a frame, where one is wanted and the last is some time ago; a surface that refuses is let be."""
        now = time.monotonic()
        if now - self._asked < self._between:
            return
        self._asked = now
        is_wanted = self._is_wanted()
        if not is_wanted and self._film is None:
            return
        with suppress(BridgeError, OSError):  # it is for looking on only
            picture = driver.capture("live")
            if self._film is not None:
                self._film.add(picture.content)
            if is_wanted:
                self._write(picture)

    def _is_wanted(self) -> bool:
        try:
            return time.time() - _beside(self._name, WANTED).stat().st_mtime < SECONDS_WANTED
        except OSError:
            return False

    def _write(self, picture: Picture) -> None:
        content = picture.content
        digest = hashlib.sha256(content).hexdigest()
        if digest == self._shown:
            return
        part = _beside(self._name, PART)
        part.write_bytes(content)
        part.replace(_beside(self._name, f".{picture.format}"))
        self._shown = digest

    def filmed(self, picture: Picture) -> Picture:
        """The picture, with the film of what led to it where it is one of trouble."""
        return picture if self._film is None else self._film.shown_with(picture)

    def end(self) -> None:
        """Nothing is left to be seen."""
        for extension in (PART, *(f".{each}" for each in PICTURE_FORMATS)):
            with suppress(OSError):
                _beside(self._name, extension).unlink(missing_ok=True)


def _beside(name: Path, extension: str) -> Path:
    return name.with_name(name.name + extension)


class WatchedDriver:
    """A driver whose surface may be looked on at after each action; never while something is committed."""

    def __init__(self, driver: ScreenDriver, frames: LiveFrames) -> None:
        self._driver, self._frames = driver, frames

    def use(self, window: str) -> None:
        """See ScreenDriver."""
        self._driver.use(window)

    def open(self, address: str) -> None:
        """See ScreenDriver."""
        self._driver.open(address)

    def show(self, screen: Screen, timeout: float | None = None) -> tuple[str, ...]:
        """See ScreenDriver."""
        texts = self._driver.show(screen, timeout)
        self._frames.offer(self._driver)
        return texts

    def shows(self, screen: Screen) -> bool:
        """See ScreenDriver."""
        return self._driver.shows(screen)

    def dialogs(self, answers: Mapping[str, bool]) -> AbstractContextManager[None]:
        """See ScreenDriver."""
        return self._driver.dialogs(answers)

    def fill(self, texts: Sequence[tuple[Target, str]]) -> None:
        """See ScreenDriver."""
        self._driver.fill(texts)
        self._frames.offer(self._driver)

    def fill_row(self, grid: Grid, row: int, texts: Mapping[str, str]) -> None:
        """See ScreenDriver."""
        self._driver.fill_row(grid, row, texts)
        self._frames.offer(self._driver)

    def read(self, targets: Sequence[Target]) -> Mapping[str, str]:
        """See ScreenDriver."""
        return self._driver.read(targets)

    def rows(self, grid: Grid) -> Sequence[Mapping[str, str]]:
        """See ScreenDriver."""
        rows = self._driver.rows(grid)
        self._frames.offer(self._driver)
        return rows

    def press(self, target: Target, leads_to: Screen | None = None) -> None:
        """See ScreenDriver."""
        self._driver.press(target, leads_to)

    def expect(self, screen: Screen) -> None:
        """See ScreenDriver."""
        self._driver.expect(screen)

    def commit(self, target: Target, leave: Leave) -> None:
        """See ScreenDriver."""
        self._driver.commit(target, leave)

    def capture(self, step: str) -> Picture:
        """See ScreenDriver."""
        return self._frames.filmed(self._driver.capture(step))

    def hits(self, screen: Screen) -> Sequence[LocatorHit]:
        """See ScreenDriver."""
        return self._driver.hits(screen)

    def close(self) -> None:
        """See ScreenDriver."""
        self._frames.end()
        self._driver.close()


def watched(driver: ScreenDriver, name: Path | None, *, films: bool) -> ScreenDriver:
    """The driver, to be looked on at where a name for its frames is given; `films` what leads to trouble, if asked."""
    return driver if name is None else WatchedDriver(driver, LiveFrames(name, Film() if films else None))
