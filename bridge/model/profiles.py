"""Where is everything in one ERP version? All selector data as frozen values, and nothing that acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from bridge.model.chords import Chord, chords
from bridge.model.components import Basis
from bridge.model.documents import DocumentStatus
from bridge.model.references import ReferenceRule


@dataclass(frozen=True)
class Locator:
    """One way to find a target; `side` is where the target stands as seen from a `near` text.

    `name` narrows the strategies `role` (the name) and `accessible` (the role), and says of `label` and `column` on a
    terminal how many cells they mean, with a minus up to where a heading ends.
    """

    strategy: str
    value: str
    name: str = ""
    side: str = "right"

    def __str__(self) -> str:
        return f"{self.strategy}={self.value}" + (f"[{self.name}]" if self.name else "")


@dataclass(frozen=True)
class Target:
    """A named thing on a screen, with its locators in order; a hit of a later one is drift.

    `kind` is text, code, date, number, money, choice or tick and says how its text is formed and compared; a button is
    pressed, and has no text (on the web it need not be said). `folds` names what the ERP is known to do to a text
    ("upper", "trim", "nfkc"). `secret` and `mask` are painted over in every picture; an `optional` one may be absent
    and then shows nothing.
    """

    name: str
    locators: tuple[Locator, ...]
    kind: str = "text"
    format: str = ""
    max_length: int | None = None
    folds: tuple[str, ...] = ()
    secret: bool = False
    mask: bool = False
    read_only: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Grid:
    """A repeated row of targets: one per order line, or per document in a list.

    `skip_empty` names the column that is empty in a row that does not count (the blank line at the end of a form).
    `page_rows` is how many rows a terminal shows of it at once, below its headings.
    """

    name: str
    row: tuple[Locator, ...]
    columns: tuple[Target, ...]
    skip_empty: str = ""
    page_rows: int = 0


@dataclass(frozen=True)
class Commit:
    """What must leave exactly once: on the web a request, elsewhere the press of a target.

    `marks` are name=value pairs that the request's body must carry. Where one address takes all calls, `others` are
    patterns of what else may be asked there, by the name of a mark; any other call could store something, and is held.
    `answered` names a target that shows another text as soon as the ERP has answered, where no window opens for that.
    """

    method: str = ""
    path: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    target: str = ""
    answered: str = ""
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Screen:
    """One recognisable state of the ERP.

    `address` is where it opens by itself: part of a URL on the web, keys of the screen `menu` elsewhere. `answered`
    names a target that shows another text as soon as the ERP has answered what was asked here.
    """

    name: str
    title: str
    anchor: tuple[Locator, ...]
    frame: str = ""
    address: str = ""
    answered: str = ""
    commit: Commit | None = None
    targets: Mapping[str, Target] = field(default_factory=dict)
    grids: Mapping[str, Grid] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Formats:
    """How the ERP writes and reads dates and numbers.

    `price_digits` and `quantity_digits` are the decimals its fields take; `most_lines` is what one document holds.
    """

    date: str = "%Y-%m-%d"
    decimal: str = "."
    thousands: str = ""
    price_digits: int = 2
    quantity_digits: int = 0
    most_lines: int = 9999


@dataclass(frozen=True)
class Lags:
    """How late the ERP may be; None is "nobody declared it", and then nothing settles by itself.

    `commit` is the longest time from losing the client to storing its request, `listing` from storing to being listed.
    `absent` says what follows when both are over and nothing is found: "hold" for a person, or "retype" where this ERP
    cannot be later than declared, because ending its session ends what was under way.
    """

    commit: timedelta | None = None
    listing: timedelta | None = None
    absent: str = "hold"

    @property
    def declared(self) -> timedelta | None:
        """How long to wait before an absence means absence."""
        return None if self.commit is None or self.listing is None else self.commit + self.listing


@dataclass(frozen=True)
class ErpProfile:
    """All selector data of one ERP version.

    `messages` and `dialogs` map a text of the ERP to its meaning (a word of `MEANINGS`), `statuses` a word to ours,
    `defaults` a field nobody types to what it must show. `procedures` are what its bot can do with stored documents
    (keys of `PROCEDURES`); `cancelled` says whether a cancelled one is "kept", with a status of its own, or "gone".
    `total_includes` names what the total it shows holds beside the goods (discount, freight, tax), `prices_include_tax`
    whether the prices of its lines do. `house_currency` is the ISO code of the currency in which it keeps what it shows
    without one; "" where it always shows one. `busy` is what a terminal shows while the host takes no keys.
    """

    name: str
    version: str
    surface: str
    bot: str
    formats: Formats
    lags: Lags
    screens: Mapping[str, Screen]
    reference: ReferenceRule | None = None
    messages: Mapping[str, str] = field(default_factory=dict)
    errors: tuple[Locator, ...] = ()
    dialogs: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, DocumentStatus] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    currencies: frozenset[str] = frozenset()
    amount_tolerance: Decimal = Decimal(0)
    procedures: frozenset[str] = frozenset()
    cancelled: str = "kept"
    ends_sessions: bool = False
    encoding: str = "utf-8"
    folder: Path | None = None
    total_includes: frozenset[str] = frozenset()
    prices_include_tax: bool = False
    house_currency: str = ""
    keys: Mapping[str, tuple[Chord, ...]] = field(default_factory=dict)
    busy: tuple[Locator, ...] = ()

    def keys_for(self, habit: str) -> tuple[Chord, ...]:
        """What the ERP's screens want pressed for that; a name of `KEY_HABITS`."""
        return self.keys[habit] if habit in self.keys else chords(KEY_HABITS[habit])

    @property
    def strategies(self) -> frozenset[str]:
        """By which strategies its targets and grids are found."""
        targets = [target for screen in self.screens.values() for target in screen.targets.values()]
        grids = [grid for screen in self.screens.values() for grid in screen.grids.values()]
        locators = [*(each.locators for each in targets), *(grid.row for grid in grids)]
        return frozenset(locator.strategy for found in locators for locator in found)

    def basis(self, compared: frozenset[str]) -> Basis:
        """On what basis its documents are compared, where the compared total holds these parts."""
        return Basis(self.total_includes, compared, self.prices_include_tax)


PROCEDURES = {
    "amend": ("open_change", "type_change", "save_change", "abandon_change"),
    "cancel": ("open_change", "cancel_document", "abandon_change"),
}

KEY_HABITS = {
    "select": "home shift+end",  # Ctrl+A goes to the start of the line in some programs
    "erase": "delete",
    "paste": "ctrl+v",
    "copy": "ctrl+c",
    "next": "tab",
    "previous": "shift+tab",
    "down": "down",
    "yes": "alt+y",
    "no": "escape",
    "close_message": "enter",
    "copy_message": "ctrl+c",
    "hop": "",
    "repaint": "",
    "erase_field": "",
}

MEANINGS = {
    "customer_unknown",
    "customer_ambiguous",
    "item_unknown",
    "item_ambiguous",
    "record_locked",
    "session_lost",
    "sign_on_refused",
    "refused",
    "change_refused",
    "confirm_save",
    "confirm_change",
    "confirm_cancel",
    "saved",
    "notice",
    "broadcast",
}
