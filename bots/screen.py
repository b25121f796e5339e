"""How does a bot see an ERP? Named screens and targets of its profile, and the ERP's own words turned into errors."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from urllib.parse import quote

from bridge.errors import (
    BridgeError,
    ChangeRefused,
    CustomerAmbiguous,
    CustomerUnknown,
    DialogUnexpected,
    ErpSaid,
    InvalidConfig,
    ItemAmbiguous,
    ItemUnknown,
    ReadBackDiffers,
    RecordLocked,
    ScreenUnknown,
    SessionLost,
    ValueUnreadable,
)
from bridge.locale import Phrase, fault
from bridge.model.forms import Difference, told
from bridge.model.lists import RECORDS, TOTALS, ListTotals, declares_count, declares_sums, list_totals
from bridge.model.profiles import ErpProfile, Grid, Screen, Target
from bridge.model.texts import write_date
from bridge.ports import Leave, LocatorHit, Picture, ScreenDriver, Search

NOTICES = {"notice", "saved"}
MEANT: dict[str, type[BridgeError]] = {
    "customer_unknown": CustomerUnknown,
    "customer_ambiguous": CustomerAmbiguous,
    "item_unknown": ItemUnknown,
    "item_ambiguous": ItemAmbiguous,
    "record_locked": RecordLocked,
    "change_refused": ChangeRefused,
    "session_lost": SessionLost,
}


def filters_of(query: Search, profile: ErpProfile) -> dict[str, str]:
    """What an order list is asked for, in the texts of this ERP; what is not asked for stays blank."""
    return {
        "reference": query.reference,
        "customer": query.customer,
        "number": query.number,
        "since": write_date(query.since, profile.formats) if query.since else "",
        "until": write_date(query.until, profile.formats) if query.until else "",
    }


class ErpScreens:
    """The screens of one ERP, worked through a driver."""

    def __init__(self, profile: ErpProfile, driver: ScreenDriver) -> None:
        self.profile = profile
        self.driver = driver
        self.shown: Screen | None = None
        self.context: Mapping[str, str] = {}

    def open(self, name: str, **values: str) -> None:
        """Go to the screen's own address, and see it."""
        self.driver.open(self.address(name, **values))
        self.see(name)

    def address(self, name: str, **values: str) -> str:
        """The screen's own address with these values, which cannot break out of their places."""
        return self._screen(name).address.format(**{key: quote(value, safe="") for key, value in values.items()})

    def see(self, name: str, timeout: float | None = None) -> None:
        """Wait for the screen; an error text of the ERP, on it or instead of it, is raised as what it means."""
        screen = self._screen(name)
        try:
            errors = self.driver.show(screen, timeout)
        except ScreenUnknown as unknown:
            raise self.meant(str(unknown.params.get("text", "")), name) or unknown from None
        self.shown = screen
        for text in errors:
            meant = self.meant(text, name)
            if meant is not None:
                raise meant

    def look_again(self) -> None:
        """Wait for the shown screen once more, and so for what a lively one still does."""
        self.see(self._shown().name)

    def shows(self, name: str) -> bool:
        """Whether the screen is there at this moment, of which the present one may be another."""
        return self.driver.shows(self._screen(name))

    def meaning(self, text: str) -> str | None:
        """The profile's word for a text of the ERP."""
        return next((meaning for part, meaning in self.profile.messages.items() if part in text), None)

    def meant(self, text: str, screen: str) -> BridgeError | None:
        """The error that a text of the ERP means; an unknown text on a known screen is one too."""
        meaning = self.meaning(text)
        if meaning in NOTICES or not text:
            return None
        kind = MEANT.get(meaning or "", ErpSaid)
        about = {"customer": "?", "item": "?", "position": "?", "document": "?", **self.context}
        return kind(erp=self.profile.name, screen=screen, text=text, **about)

    def type(self, **texts: str) -> None:
        """Replace the contents of targets of the shown screen, in the order given."""
        with self._hearing():
            self.driver.fill([(self._target(name), text) for name, text in texts.items()])

    def type_row(self, grid: str, row: int, texts: Mapping[str, str]) -> None:
        """Replace the contents of cells in one row; -1 is the last row."""
        with self._hearing():
            self.driver.fill_row(self._grid(grid), row, texts)

    @contextmanager
    def _hearing(self) -> Iterator[None]:
        """A message that opens meanwhile is raised as what it means, where the profile knows it."""
        try:
            yield
        except DialogUnexpected as odd:
            text = str(odd.params.get("text", ""))
            meant = self.meant(text, self._shown().name) if self.meaning(text) else None
            raise meant or odd from None

    def type_form(self, header: Mapping[str, str]) -> None:
        """Type order attributes into the targets that the screen's form names."""
        form = self._shown().form
        self.type(**{form[attribute]: text for attribute, text in header.items()})

    def press(self, name: str, leads_to: str) -> None:
        """Press a target that brings a new page, and see the screen it leads to."""
        self.driver.press(self._target(name), self._screen(leads_to))
        self.see(leads_to)

    def press_only(self, name: str) -> None:
        """Press a target after which one of several screens is there, or none."""
        self.driver.press(self._target(name))

    def choose(self, name: str, text: str, leads_to: str, timeout: float | None = None) -> None:
        """Replace the content of a target that brings a new page by itself, and see the screen it leads to."""
        self.driver.expect(self._screen(leads_to))
        self.driver.fill([(self._target(name), text)])
        self.see(leads_to, timeout)

    def read(self, *names: str) -> dict[str, str]:
        """The texts of targets of the shown screen."""
        with self._hearing():
            return dict(self.driver.read([self._target(name) for name in names]))

    def confirm(self, **texts: str) -> None:
        """The targets show exactly these texts; raises ReadBackDiffers."""
        shown = self.read(*texts)
        found = tuple(Difference(name, text, shown[name]) for name, text in texts.items() if shown[name] != text)
        if found:
            raise ReadBackDiffers(differences=told(found))

    def read_form(self) -> dict[str, str]:
        """The texts of the shown screen by order attribute."""
        form = self._shown().form
        texts = self.read(*form.values())
        return {attribute: texts[target] for attribute, target in form.items()}

    def read_number(self, name: str) -> str | None:
        """What stands at `{}` in one of the target's formats ("Order {} saved | 订单 {} 已保存").

        None where the target shows something else.
        """
        text = self.read(name)[name]
        found = (_between(each.strip(), text) for each in self._target(name).format.split("|"))
        number = next((each for each in found if each), None)
        if number is not None and not number.isalnum():
            raise ValueUnreadable(field=name, text=text, kind=Phrase("document number"))
        return number

    def rows(self, grid: str) -> tuple[dict[str, str], ...]:
        """The texts of all rows that count."""
        with self._hearing():
            return tuple(dict(row) for row in self.driver.rows(self._grid(grid)))

    def totals(self) -> ListTotals | None:
        """What the shown list says of itself; None where the profile declares nothing of that kind."""
        screen = self._shown()
        counts, adds = declares_count(screen), declares_sums(screen)
        if not (counts or adds):
            return None
        records = self.read(RECORDS)[RECORDS] if counts else None
        return list_totals(records, self.rows(TOTALS) if adds else None, self.profile)

    def commit(self, name: str, leave: Leave) -> None:
        """Press the target whose request commits, once leave is given."""
        self.driver.commit(self._target(name), leave)

    def expecting(self, meaning: str, *, accept: bool) -> AbstractContextManager[None]:
        """Answer the dialogs of that meaning so, while inside."""
        answers = {text: accept for text, found in self.profile.dialogs.items() if found == meaning}
        return self.driver.dialogs(answers)

    def check(self, *names: str) -> None:
        """The screen contract: every one of these targets is there exactly once."""
        self.read(*names)

    def hits(self) -> tuple[LocatorHit, ...]:
        """Which locator finds each target of the shown screen."""
        return tuple(self.driver.hits(self._shown()))

    def use(self, window: str) -> None:
        """Work in that window from now on."""
        self.driver.use(window)

    def capture(self, step: str) -> Picture:
        """A masked picture of the present window."""
        return self.driver.capture(step)

    def _fault(self, screen: str, what: Phrase) -> Phrase:
        return fault(f"selectors/{self.profile.name}/{screen}.toml", what)

    def _screen(self, name: str) -> Screen:
        if name not in self.profile.screens:
            raise InvalidConfig.of([self._fault(name, Phrase("the file is missing"))])
        return self.profile.screens[name]

    def _shown(self) -> Screen:
        if self.shown is None:
            raise ScreenUnknown(erp=self.profile.name, expected=Phrase("any screen"), text="")
        return self.shown

    def _target(self, name: str) -> Target:
        screen = self._shown()
        if name not in screen.targets:
            raise InvalidConfig.of([self._fault(screen.name, Phrase("{name} is missing", name=f"targets.{name}"))])
        return screen.targets[name]

    def _grid(self, name: str) -> Grid:
        screen = self._shown()
        if name not in screen.grids:
            raise InvalidConfig.of([self._fault(screen.name, Phrase("{name} is missing", name=f"grid.{name}"))])
        return screen.grids[name]


def _between(form: str, text: str) -> str | None:
    """What stands in the text where the form has `{}`."""
    before, _, after = form.partition("{}")
    fits = text.startswith(before) and text.endswith(after) and len(text) > len(before) + len(after)
    return text[len(before) : len(text) - len(after)].strip() if fits else None
