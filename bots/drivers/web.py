"""How is a web surface worked? Named targets in any frame or pop-up, through Playwright."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from playwright.sync_api import Browser, Error

from bots.drivers.web_asking import ask, plain, plain_grid, plain_targets
from bots.drivers.web_commits import Gate
from bots.drivers.web_hands import Hands, Wish, wish_for
from bots.drivers.web_pictures import capture
from bots.drivers.web_saves import save
from bots.drivers.web_screens import hits_of, look_for, missing, not_found
from bots.drivers.web_sessions import WebOptions, WebSession
from bridge.errors import ErpDown
from bridge.model.profiles import ErpProfile, Grid, Screen, Target
from bridge.ports import Leave, LocatorHit, Picture

UNKNOWN_AFTER = 1.0


class WebDriver:
    """Works the screens of a web ERP in one browser; `address` is where the ERP answers.

    A `browser` that is given is used and stays open; else one is started and ended.
    """

    def __init__(self, profile: ErpProfile, address: str, options: WebOptions, browser: Browser | None = None) -> None:
        self.profile = profile
        self.address = address.rstrip("/")
        self.options = options
        self.session = WebSession(profile.name, self.address, options, browser)
        gate = Gate.of(profile, options.save_timeout, lambda: self.session.surprise is not None)
        gate.close_on(self.session.context)
        self.hands = Hands(profile, self.session, gate, options.timeout)

    # --- moving about -----------------------------------------------------------------------------------------------

    def use(self, window: str) -> None:
        """Work in the window of that name from now on."""
        self.hands.window = window

    def open(self, address: str) -> None:
        """Go to an address of the ERP in the present window; raises ErpDown."""
        self.hands.current.pop(self.hands.window, None)
        self.hands.typed = self.hands.arriving = False
        url = self.address + address
        try:
            given = self.session.go(self.session.page(self.hands.window), url)
        except Error as error:
            if "ERR_ABORTED" not in error.message:
                raise ErpDown(erp=self.profile.name, address=self.address) from None
        else:
            if given is not None and given.ok:
                self.session.prove_the_road(url)

    def show(self, screen: Screen, timeout: float | None = None) -> tuple[str, ...]:
        """Wait for the screen's anchor and make it the current screen; the error texts that stand on it.

        Raises ScreenUnknown as soon as something else has come to rest, TargetAmbiguous where two frames show it,
        ErpDown where the browser shows its own error.
        """
        deadline = time.monotonic() + (timeout or self.options.timeout)
        rest_since: float | None = None
        pauses = self.hands.pauses()
        while True:
            self.hands.check_surprises()
            frames = self.session.frames(self.hands.window, screen.frame)
            sight = look_for(screen, frames, self.profile, self.address)
            if len(sight.found) == 1:
                self.hands.check_surprises()  # what the page said while it was looked at
                self.hands.current[self.hands.window] = (screen, sight.found[0])
                self.hands.typed, self.hands.arriving = False, sight.working
                return tuple(sight.errors)
            now = time.monotonic()
            rest_since = (rest_since or now) if sight.at_rest and self.hands.is_quiet() else None
            if now > deadline or (rest_since is not None and now - rest_since > UNKNOWN_AFTER):
                raise not_found(screen, sight, self.profile.name)
            next(pauses)

    def shows(self, screen: Screen) -> bool:
        """Whether exactly one frame shows the screen's anchor at this moment."""
        frames = self.session.frames(self.hands.window, screen.frame)
        return len(look_for(screen, frames, self.profile, self.address).found) == 1

    def expect(self, screen: Screen) -> None:
        """The screen shown next is a new page, even where it looks like the one that is there."""
        for frame in self.session.frames(self.hands.window, screen.frame) if screen.frame else [self.hands.frame]:
            if not screen.frame or frame.name == screen.frame:
                ask(frame, "mark", plain(screen.anchor))

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
        self.hands.settle_what_was_typed()
        found = self.hands.ask("readAll", plain_targets(targets))
        optional = {target.name for target in targets if target.optional}
        for name, value in found.items():
            if "missing" in value and (value["count"] or name not in optional):
                raise missing(name, self.hands.screen, value)
        return {name: str(value.get("text", "")) for name, value in found.items()}

    def rows(self, grid: Grid) -> tuple[dict[str, str], ...]:
        """The texts of all rows of the grid that count."""
        self.hands.settle_what_was_typed()
        rows = []
        for found in self.hands.ask("rows", plain_grid(grid)):
            for name, value in found.items():
                if "missing" in value:
                    raise missing(f"{grid.name}.{name}", self.hands.screen, value)
            row = {name: str(value["text"]) for name, value in found.items()}
            if not grid.skip_empty or row[grid.skip_empty]:
                rows.append(row)
        return tuple(rows)

    def hits(self, screen: Screen) -> tuple[LocatorHit, ...]:
        """Which locator finds each target of the current screen; a grid answers for its first row."""
        return tuple(hits_of(self.hands.frame, screen))

    # --- acting -----------------------------------------------------------------------------------------------------

    def fill(self, texts: Sequence[tuple[Target, str]]) -> None:
        """Replace the targets' contents, in this order."""
        self.hands.fill([wish_for(target, text) for target, text in texts])

    def fill_row(self, grid: Grid, row: int, texts: Mapping[str, str]) -> None:
        """Replace the contents of cells in one row; -1 is the last row."""
        rows = plain_grid(grid)
        self.hands.fill(
            [
                Wish(
                    "cell",
                    (rows, row, plain(column.locators)),
                    column,
                    f"{grid.name}.{column.name}",
                    texts[column.name],
                )
                for column in grid.columns
                if column.name in texts
            ]
        )

    def press(self, target: Target, leads_to: Screen | None = None) -> None:
        """Press the target once the screen has come to rest; a screen it leads to is new, even if it looks alike."""
        self.hands.gate.forget()
        self.hands.press(target, (lambda: self.expect(leads_to)) if leads_to else None)

    def commit(self, target: Target, leave: Leave) -> None:
        """Press the target whose request commits; it leaves once, after `leave`, and never again by itself.

        Raises StopOrdered where leave was refused, SaveUnanswered where the request left and no answer came, and what
        `leave` raised. Where no committing request came at all none will leave later. A target that only a fallback
        finds is not pressed.
        """
        save(self.hands, target, leave, self.expect)

    # --- pictures and the end ---------------------------------------------------------------------------------------

    def capture(self, step: str) -> Picture:
        """A masked picture of the present window, or of the pop-up that is worked in."""
        shown = self.hands.current.get(self.hands.window)
        look = ask(shown[1], "look", plain(shown[0].anchor), []) if shown else None
        if not look or not look["anchor"]:
            shown = None
        page = shown[1].page if shown else self.session.page(self.hands.window)
        self.session.to_front(page)
        return capture(page, shown, step, self.profile, self.options.picture_format)

    def close(self) -> None:
        """End the browser."""
        self.session.close()
