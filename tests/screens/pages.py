"""What do the small pages and profiles of these tests look like?"""

from collections.abc import Mapping
from typing import Any

from bridge.model.profiles import Commit, ErpProfile, Formats, Grid, Lags, Locator, Screen, Target

TITLE = "Order Entry (T-1)"
SAVE = Commit("POST", "/save")


def near(value: str, side: str = "right") -> Locator:
    """Beside a caption."""
    return Locator("near", value, side=side)


def label(value: str) -> Locator:
    """By its label."""
    return Locator("label", value)


def css(value: str) -> Locator:
    """By a selector."""
    return Locator("css", value)


def named(value: str) -> Locator:
    """By its name."""
    return Locator("name", value)


def text(value: str) -> Locator:
    """By what it says."""
    return Locator("text", value)


def button(value: str) -> Locator:
    """A button that says so."""
    return Locator("role", "button", name=value)


def target(name: str, *locators: Locator, **more: Any) -> Target:
    """A target with its locators in order."""
    return Target(name, locators, **more)


def grid(name: str, row: Locator, *columns: Target, **more: Any) -> Grid:
    """Rows of columns."""
    return Grid(name, (row,), columns, **more)


def screen(*targets: Target, name: str = "entry", anchor: str = TITLE, **more: Any) -> Screen:
    """A screen that is known by its title."""
    grids: Mapping[str, Grid] = {one.name: one for one in more.pop("grids", ())}
    by_name = {one.name: one for one in targets}
    return Screen(name=name, title=name, anchor=(text(anchor),), targets=by_name, grids=grids, **more)


def profile(*screens: Screen, **more: Any) -> ErpProfile:
    """An ERP of these screens; its errors are red headings."""
    plain = {"name": "small", "version": "1", "surface": "web", "bot": "", "formats": Formats(), "lags": Lags()}
    plain |= {"errors": (css("h2.error"),)}
    return ErpProfile(**plain | more, screens={one.name: one for one in screens})  # type: ignore[arg-type]


def page(body: str, head: str = "", title: str = TITLE) -> str:
    """A page under its title."""
    return f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}</head><body><h1>{title}</h1>{body}</body></html>'


def form(body: str = "", action: str = "/save", attributes: str = "", button: str = "") -> str:
    """A form with one box and Save."""
    return page(
        f'<form method="post" action="{action}" {attributes}><label for="c">Customer</label>'
        f'<input id="c" name="customer" value="C1">{body}<button {button}>Save</button></form>'
    )


ENTRY = screen(target("customer", label("Customer")), target("save", button("Save")), commit=SAVE)
SAVED = screen(target("number", css("#number")), name="saved", anchor="Saved")
PROFILE = profile(ENTRY, SAVED)
ANSWER = page('<p>Order <b id="number">10001</b></p>', title="Saved")
