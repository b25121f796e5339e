"""How is a web surface worked? Named targets in any frame or pop-up, through Playwright."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import ElementHandle, Error, Frame
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from bots.drivers.web_commits import Gate
from bots.drivers.web_pictures import Shown, capture
from bots.drivers.web_sessions import ENTRY_WINDOW, WebOptions, WebSession
from bridge.errors import (
    BridgeError,
    ErpDown,
    SaveUnanswered,
    ScreenUnknown,
    StopOrdered,
    TargetAmbiguous,
    TargetNotFound,
    TimedOut,
)
from bridge.model.profiles import ErpProfile, Grid, Locator, Screen, Target
from bridge.ports import Leave, LocatorHit, Picture

POLL = 15
UNKNOWN_AFTER = 1.0
LOCATE_ALL = "(all) => all.map((locators) => window.__erpbridge.locate(document, locators).element)"
LOCATE_CELLS = """([grid, row, all]) => {
  const rows = window.__erpbridge.gridRows(grid);
  return all.map((locators) => rows.length ? window.__erpbridge.locate(rows.at(row), locators).element : null);
}"""
UNCOVERED = """(element) => {
  element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  const box = element.getBoundingClientRect();
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return !element.disabled && !!top && (top === element || element.contains(top));
}"""
SETTLED = """async () => {
  const before = window.__erpbridge.state();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return before === window.__erpbridge.state() && document.readyState === 'complete';
}"""


class WebDriver:
    """Works the screens of a web ERP in one browser; `address` is where the ERP answers."""

    def __init__(self, profile: ErpProfile, address: str, options: WebOptions) -> None:
        self.profile = profile
        self.address = address.rstrip("/")
        self.options = options
        self.session = WebSession(options)
        self.window = ENTRY_WINDOW
        self.current: dict[str, tuple[Screen, Frame]] = {}

    # --- moving about -----------------------------------------------------------------------------------------------

    def use(self, window: str) -> None:
        """Work in the window of that name from now on."""
        self.window = window

    def open(self, address: str) -> None:
        """Go to an address of the ERP in the present window; raises ErpDown."""
        self.current.pop(self.window, None)
        try:
            self.session.page(self.window).goto(self.address + address, wait_until="domcontentloaded")
        except PlaywrightTimeout:
            raise ErpDown(erp=self.profile.name, address=self.address) from None
        except Error as error:
            if "ERR_ABORTED" not in error.message:
                raise ErpDown(erp=self.profile.name, address=self.address) from None

    def show(self, screen: Screen, timeout: float | None = None) -> tuple[str, ...]:
        """Wait for the screen's anchor and make it the current screen; the error texts that stand on it.

        Raises ScreenUnknown as soon as something else has come to rest, ErpDown where the browser shows its own error.
        """
        deadline = time.monotonic() + (timeout or self.options.timeout)
        rest_since: float | None = None
        while True:
            self.session.check_dialogs()
            frame, looks = self._find(screen)
            if frame is not None:
                self.current[self.window] = (screen, frame)
                return tuple(looks[-1]["errors"])
            now = time.monotonic()
            at_rest = bool(looks) and all(look["ready"] and not look["stale"] for look in looks)
            rest_since = (rest_since or now) if at_rest and not self.session.in_flight else None
            if now > deadline or (rest_since is not None and now - rest_since > UNKNOWN_AFTER):
                raise self._unknown(screen, looks)
            self.session.page(self.window).wait_for_timeout(POLL)

    def _find(self, screen: Screen) -> tuple[Frame | None, list[dict[str, Any]]]:
        looks: list[dict[str, Any]] = []
        errors = _plain(self.profile.errors)
        for frame in self.session.frames(self.window, screen.frame):
            if frame.url.startswith("chrome-error:"):
                raise ErpDown(erp=self.profile.name, address=self.address)
            look = _evaluate(
                frame, "(asked) => window.__erpbridge.look(asked[0], asked[1])", [_plain(screen.anchor), errors]
            )
            if look is None:
                continue
            looks.append(look)
            if look["ready"] and look["anchor"] and not look["stale"]:
                return frame, looks
        return None, looks

    def _unknown(self, screen: Screen, looks: list[dict[str, Any]]) -> BridgeError:
        texts = [error for look in looks for error in look["errors"]] or [
            look["text"] for look in looks if look["text"]
        ]
        return ScreenUnknown(erp=self.profile.name, expected=screen.name, text=" / ".join(texts))

    @contextmanager
    def dialogs(self, answers: Mapping[str, bool]) -> Iterator[None]:
        """Expect these dialogs (a part of their text → accept or dismiss) until left."""
        self.session.allowed = answers
        try:
            yield
        finally:
            self.session.allowed = {}

    # --- reading ----------------------------------------------------------------------------------------------------

    def read(self, targets: Sequence[Target]) -> dict[str, str]:
        """The texts the targets show now; one that is not there once raises."""
        asked = {target.name: _plain(target.locators) for target in targets}
        found = self._ask("(targets) => window.__erpbridge.readAll(targets)", asked)
        optional = {target.name for target in targets if target.optional}
        for name, value in found.items():
            if "missing" in value and (value["count"] or name not in optional):
                raise self._missing(name, value)
        return {name: str(value.get("text", "")) for name, value in found.items()}

    def rows(self, grid: Grid) -> tuple[dict[str, str], ...]:
        """The texts of all rows of the grid that count."""
        found = self._ask("(grid) => window.__erpbridge.rows(grid)", _grid(grid))
        rows = []
        for row in found:
            empty = [name for name, text in row.items() if text is None]
            if empty:
                raise TargetNotFound(target=f"{grid.name}.{empty[0]}", screen=self._screen().name)
            if not grid.skip_empty or row[grid.skip_empty]:
                rows.append(row)
        return tuple(rows)

    def hits(self, screen: Screen) -> tuple[LocatorHit, ...]:
        """Which locator finds each target of the current screen; a grid answers for its first row."""
        asked = {target.name: _plain(target.locators) for target in screen.targets.values()}
        found = self._ask("(targets) => window.__erpbridge.hits(targets)", asked)
        return tuple(_hit(screen, target, found[target.name]) for target in screen.targets.values())

    # --- acting -----------------------------------------------------------------------------------------------------

    def fill(self, texts: Sequence[tuple[Target, str]]) -> None:
        """Replace the targets' contents, in this order; one that was redrawn meanwhile is located again."""
        self.session.to_front(self.window)
        found = self._elements(LOCATE_ALL, [_plain(target.locators) for target, _ in texts])
        for (target, text), element in zip(texts, found, strict=True):
            try:
                self._put(element or self._element(target), target, text)
            except TargetNotFound:
                self._put(self._element(target), target, text)

    def fill_row(self, grid: Grid, row: int, texts: Mapping[str, str]) -> None:
        """Replace the contents of cells in one row; -1 is the last row."""
        self.session.to_front(self.window)
        columns = [column for column in grid.columns if column.name in texts]
        found = self._elements(LOCATE_CELLS, [_grid(grid), row, [_plain(column.locators) for column in columns]])
        for column, element in zip(columns, found, strict=True):
            if element is None:
                raise TargetNotFound(target=f"{grid.name}.{column.name}", screen=self._screen().name)
            self._put(element, column, texts[column.name])

    def press(self, target: Target, leads_to: Screen | None = None) -> None:
        """Press the target once the screen has come to rest; what it leads to is a new page, even if it looks alike."""
        self.session.to_front(self.window)
        self._settle()
        if leads_to is not None:
            self.expect(leads_to)
        element = self._element(target)
        uncovered = self._ask_element(element, UNCOVERED)  # then nothing is left for Playwright to wait for
        self._act(lambda: element.click(force=uncovered), target.name)

    def expect(self, screen: Screen) -> None:
        """The screen shown next is a new page, even where it looks like the one that is there."""
        for frame in self.session.frames(self.window, screen.frame) if screen.frame else [self._frame()]:
            if not screen.frame or frame.name == screen.frame:
                _evaluate(frame, "() => { window.__erpbridge.stale = true; }", None)

    def commit(self, target: Target, leave: Leave) -> None:
        """Press the target whose request commits; it leaves once, after `leave`, and never again by itself.

        Raises StopOrdered where leave was refused, SaveUnanswered where the request left and no answer came.
        """
        screen = self._screen()
        if screen.commit is None:
            raise TargetNotFound(target="commit", screen=screen.name)
        gate = Gate(screen.commit, leave, self.options.save_timeout)
        open_again = gate.close_on(self.session.context)
        try:
            self.press(target, leads_to=screen)
            self._await_gate(gate)
        finally:
            open_again()
        if gate.failure is not None:
            raise SaveUnanswered(why=gate.failure)
        if not gate.sent:
            raise StopOrdered(person="erpbridge", why="leave was not given")

    def _await_gate(self, gate: Gate) -> None:
        deadline = time.monotonic() + self.options.timeout
        while not gate.done:
            self.session.check_dialogs()
            if not gate.seen and time.monotonic() > deadline:
                raise TimedOut(what="pressing Save", seconds=self.options.timeout)
            self.session.page(self.window).wait_for_timeout(POLL)

    def _put(self, element: ElementHandle, target: Target, text: str) -> None:
        if target.kind == "choice":
            self._act(lambda: element.select_option(label=text), target.name)
        elif target.kind == "tick":
            self._act(lambda: element.set_checked(bool(text)), target.name)
        else:
            self._act(lambda: element.fill(text), target.name)

    def _act(self, action: Any, name: str) -> None:
        try:
            action()
        except PlaywrightTimeout:
            self.session.check_dialogs()
            raise TimedOut(what=f"working {name}", seconds=self.options.timeout) from None
        except Error as error:
            self.session.check_dialogs()
            raise TargetNotFound(
                target=name, screen=f"{self._screen().name} ({error.message.splitlines()[0]})"
            ) from None
        self.session.check_dialogs()

    def _settle(self) -> None:
        """Wait until nothing is loading and the form no longer changes by itself."""
        deadline = time.monotonic() + self.options.timeout
        while not (self._ask(SETTLED, None) and not self.session.in_flight):
            if time.monotonic() > deadline:
                raise TimedOut(what="coming to rest", seconds=self.options.timeout)
            self.session.page(self.window).wait_for_timeout(POLL)

    # --- pictures and the end ---------------------------------------------------------------------------------------

    def capture(self, step: str) -> Picture:
        """A masked picture of the present window."""
        self.session.to_front(self.window)
        screen, frame = self.current.get(self.window, (None, None))
        shown = Shown(self.session.page(self.window), screen, frame)
        return capture(shown, step, self.profile, self.options.picture_format)

    def close(self) -> None:
        """End the browser."""
        self.session.close()

    # --- finding ----------------------------------------------------------------------------------------------------

    def _screen(self) -> Screen:
        if self.window not in self.current:
            raise ScreenUnknown(erp=self.profile.name, expected="any screen", text="")
        return self.current[self.window][0]

    def _frame(self) -> Frame:
        self._screen()
        return self.current[self.window][1]

    def _ask_element(self, element: ElementHandle, script: str) -> bool:
        try:
            return bool(element.evaluate(script))
        except Error:
            return False

    def _ask(self, script: str, argument: Any) -> Any:
        try:
            return self._frame().evaluate(script, argument)
        except Error as error:
            self.session.check_dialogs()
            raise ScreenUnknown(
                erp=self.profile.name, expected=self._screen().name, text=error.message.splitlines()[0]
            ) from None

    def _element(self, target: Target) -> ElementHandle:
        (element,) = self._elements(LOCATE_ALL, [_plain(target.locators)])
        if element is None:
            asked = {target.name: _plain(target.locators)}
            found = self._ask("(targets) => window.__erpbridge.readAll(targets)", asked)
            raise self._missing(target.name, found[target.name])
        return element

    def _elements(self, script: str, argument: Any) -> list[ElementHandle | None]:
        """What the script finds, in its order, in one round trip."""
        try:
            found = self._frame().evaluate_handle(script, argument)
            return [handle.as_element() for handle in found.get_properties().values()]
        except Error as error:
            self.session.check_dialogs()
            text = error.message.splitlines()[0]
            raise ScreenUnknown(erp=self.profile.name, expected=self._screen().name, text=text) from None

    def _missing(self, name: str, value: Mapping[str, Any]) -> BridgeError:
        if value.get("count"):
            return TargetAmbiguous(
                target=name, screen=self._screen().name, count=value["count"], locator=value.get("locator")
            )
        return TargetNotFound(target=name, screen=self._screen().name)


def _evaluate(frame: Frame, script: str, argument: Any) -> Any:
    """What the script gives, or None while the frame is between two documents."""
    try:
        return frame.evaluate(f"(asked) => window.__erpbridge ? ({script})(asked) : null", argument)
    except Error:
        return None


def _plain(locators: Sequence[Locator]) -> list[dict[str, str]]:
    return [{"strategy": x.strategy, "value": x.value, "name": x.name, "side": x.side} for x in locators]


def _grid(grid: Grid) -> dict[str, Any]:
    columns = [{"name": column.name, "locators": _plain(column.locators)} for column in grid.columns]
    return {"row": _plain(grid.row), "columns": columns}


def _hit(screen: Screen, target: Target, found: Mapping[str, Any]) -> LocatorHit:
    position = found["position"]
    locator = str(target.locators[position]) if position is not None else ""
    return LocatorHit(screen.name, target.name, locator, position, found["count"])
