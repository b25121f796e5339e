"""In which looks is Granite's order form located, by what, and where is everything truly?"""

import itertools
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from bots.bot import Credentials
from bots.drivers.desktop import DesktopDriver
from bots.drivers.desktop_labels import Labels, wanted_labels
from bots.drivers.desktop_parts import Window
from bots.drivers.desktop_places import still
from bots.drivers.desktop_sights import Sights
from bots.drivers.ocr_readings import Reading, read_picture
from bots.granite import Granite
from bridge.model.chords import chords
from bridge.model.profiles import Screen
from bridge.ports import Rectangle
from tests.contracts.granite_worlds import KEY, OPTIONS, PASSWORD, USER, GraniteWorld
from tests.samples import granite

HEADER = {  # targets of the profile, what Granite calls them, and what is typed there
    "customer": ("customer", "C1001"),
    "order_date": ("order_date", "24/12/26"),
    "currency": ("currency", "EUR"),
    "your_ref": ("po_number", "PO-4711"),
    "external_number": ("external_number", "GL-1-X"),
    "remarks": ("remarks", "Leave at gate"),
}
LINE = {"item": "P-10", "quantity": "2", "price": "19.50"}
STORED = "SELECT customer_code, order_date, currency, po_number, external_number, remarks FROM orders ORDER BY number"
WANTED = ("C1001", "2026-12-24", "EUR", "PO-4711", "GL-1-X", "Leave at gate")
BUTTONS = ("save", "exit")
NAMES = {target: f"order_entry.{name}" for target, (name, _) in HEADER.items()} | {
    "lines": "order_entry.lines.1.item",
    "save": "order_entry.save",
    "exit": "order_entry.exit",
}
Look = Mapping[str, Any]
PLAIN: Look = {"skin": "en", "theme": "default", "font": "", "font_size": 10, "scale": 1.0}

LOOKS: tuple[Look, ...] = (
    {},
    {"position": "+150+60"},
    {"theme": "alt"},
    {"theme": "dark"},
    {"theme": "clam", "font": "DejaVu Serif"},
    {"font_size": 13},
    {"scale": 1.5},
    {"skin": "zh"},
    {"skin": "zh", "theme": "dark", "scale": 1.25, "position": "+60+20"},
    {"skin": "zh", "theme": "alt", "font": "Noto Sans CJK SC", "font_size": 12},
)
SIZES: tuple[Look, ...] = ({"font_size": 9}, {"font_size": 11}, {"scale": 1.4})
_EVERY: Sequence[Look] = [
    {"skin": skin, "theme": theme, "font": font, **size}
    for skin, theme, font, size in itertools.product(
        ("en", "zh"),
        ("default", "clam", "alt", "dark"),
        ("DejaVu Sans", "DejaVu Serif", "Noto Sans CJK SC"),
        SIZES,
    )
]
EVERY: Sequence[Look] = random.Random(7).sample(_EVERY, len(_EVERY))  # so that the first ones are of all kinds


def called(look: Look) -> str:
    """The look in a few words."""
    said = (str(value) if name in {"skin", "theme", "font"} else f"{name} {value}" for name, value in look.items())
    return ", ".join(said) or "as recorded"


@dataclass
class Reader:
    """Reads pictures, and keeps what was read of the last ones."""

    seen: list[tuple[Image.Image, Sequence[Reading]]] = field(default_factory=list)

    def __call__(self, picture: Image.Image) -> Sequence[Reading]:
        """Every text on it."""
        found = read_picture(picture)
        self.seen = [*self.seen[-3:], (picture, found)]
        return found

    def keep(self, folder: Path, name: str) -> None:
        """Write down what was seen and read."""
        folder.mkdir(parents=True, exist_ok=True)
        for place, (picture, found) in enumerate(self.seen):
            file = folder / f"{name}-{place}".replace(" ", "_").replace(",", "")
            picture.save(f"{file}.png")
            read = json.dumps([vars(each) for each in found], ensure_ascii=False, indent=1)
            Path(f"{file}.json").write_text(read, encoding="utf-8")
            print(f"  kept {file}.png and .json", flush=True)


class Form:
    """The order form of one desk in one look, worked by a driver that has seen nothing before."""

    def __init__(self, world: GraniteWorld, look: Look) -> None:
        self.world, self.look, self.reader = world, look, Reader()
        profile = granite()
        targets = [target for screen in profile.screens.values() for target in screen.targets.values()]
        self.labels = Labels(wanted_labels(each for target in targets for each in target.locators), self.reader)
        sight = Sights({"accessible": world.desktop.sight, "label": self.labels, "near": self.labels})
        self.driver = DesktopDriver(profile, world.desktop, OPTIONS, sight)
        self.bot = Granite(profile, self.driver, Credentials(USER, PASSWORD))
        self.screen: Screen = profile.screens["order_entry"]

    def open(self) -> None:
        """A blank form in this look."""
        self.bot.abandon_entry()
        self.bot.screens.see("menu")
        self.world.dress(**{**PLAIN, **{name: value for name, value in self.look.items() if name != "position"}})
        self.bot.screens.open("order_entry")
        if "position" in self.look:
            self.world.dress(position=self.look["position"])
        still(lambda: self.driver.finder.view(self.window()))

    def window(self) -> Window:
        """Where the form is, as the system says."""
        return self.driver.front()[1]

    def asked(self, what: str) -> dict[str, Any]:
        """What the control door says of this desk."""
        url = f"{self.world.books.url}/control/desks/{self.world.desk_pid}/{what}"
        answer = httpx.get(url, headers={"X-Control-Key": KEY}, timeout=60)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    def places(self) -> dict[str, Rectangle]:
        """Where each target truly is, in pixels of the display."""
        told = self.asked("places")
        sides = ("left", "top", "width", "height")
        return {name: Rectangle(*(told[of][side] for side in sides)) for name, of in NAMES.items() if of in told}

    def at_keyboard(self) -> str:
        """What has the keyboard, as Granite calls it."""
        return str(self.asked("keyboard")["name"])

    def is_pressed(self, button: str) -> bool:
        """Whether that button was pressed: Save says what is missing, Exit closes the form."""
        shown = self.asked("places")
        return any(name.startswith("message.") for name in shown) if button == "save" else NAMES["exit"] not in shown

    def close_message(self) -> None:
        """Close what Save said."""
        if self.is_pressed("save"):
            self.driver.finder.press(chords("enter"))
