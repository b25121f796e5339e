"""A person at SQL-Ledger who works by plain form posts: the second pair of hands in a test, without a browser."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import httpx

from tests.real.sql_ledger_datasets import User

PATH = {"path": "bin/mozilla"}
SUCCESSFUL_WHEN_CHECKED = ("checkbox", "radio")


class FormReader(HTMLParser):
    """Reads the fields a browser would post from the first form of a page, in order, and the page's visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.options: dict[str, dict[str, str]] = {}
        self.words: list[str] = []
        self.select = ""
        self.option: str | None = None
        self.textarea = ""
        self.in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Fields come from inputs, options and text areas; the program closes neither inputs nor options."""
        values = {key: value or "" for key, value in attrs}
        self.in_script = tag == "script"
        if tag == "input":
            self.read_input(values, checked="checked" in values)
        elif tag == "select":
            self.select = values.get("name", "")
            self.fields.append((self.select, ""))
        elif tag == "option" and self.select:
            self.read_option(values, selected="selected" in values)
        elif tag == "textarea":
            self.textarea = values.get("name", "")
            self.fields.append((self.textarea, ""))

    def read_input(self, values: dict[str, str], *, checked: bool) -> None:
        """Buttons are not posted unless pressed, boxes not unless checked."""
        kind = values.get("type", "text").lower()
        if kind == "submit" or (kind in SUCCESSFUL_WHEN_CHECKED and not checked):
            return
        self.fields.append((values.get("name", ""), values.get("value", "on" if checked else "")))

    def read_option(self, values: dict[str, str], *, selected: bool) -> None:
        """The first option counts until one is marked as selected."""
        self.option = values.get("value", "")
        choices = self.options.setdefault(self.select, {})
        if selected or not choices:
            self.fields[-1] = (self.select, self.option)
        choices[self.option] = ""

    def handle_endtag(self, tag: str) -> None:
        """What follows belongs to no field."""
        self.in_script = False
        if tag == "select":
            self.select, self.option = "", None
        elif tag == "textarea":
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        """Text of an option, of a text area, or of the page."""
        if self.textarea:
            name, text = self.fields[-1]
            self.fields[-1] = (name, text + data)
        elif self.option is not None:
            self.options[self.select][self.option] += data.strip()
        elif data.strip() and not self.in_script:
            self.words.append(data.strip())


@dataclass
class FormClerk:
    """One signed-on person at `url` (the server's, or a proxy's in front of it)."""

    url: str
    user: User
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60))
    form: FormReader = field(default_factory=FormReader)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()

    @property
    def text(self) -> str:
        """The words of the page, one blank between them."""
        return " ".join(self.form.words)

    def sign_on(self, password: str | None = None) -> Self:
        """Ends every other session of the same user, as SQL-Ledger does."""
        words = {"login": self.user.login, "password": password or self.user.password, "action": "Login", "js": "1"}
        self.read(self.client.post(f"{self.url}/login.pl", data={**PATH, **words}))
        return self

    def visit(self, script: str, **fields: str) -> None:
        """Follows a link of the menu."""
        address = {**PATH, "login": self.user.full_login, **fields}
        self.read(self.client.get(f"{self.url}/{script}", params=address))

    def new_order(self) -> None:
        """The blank form "Add Sales Order", which opens on the customer of the last order."""
        self.visit("oe.pl", action="add", type="sales_order")

    def search_orders(self, **filters: str) -> None:
        """The list of orders, open and closed ones."""
        self.visit("oe.pl", action="search", type="sales_order")
        self.fill(closed="1", **filters)
        self.press("Continue")

    def value(self, name: str) -> str:
        """What a field of the form holds now."""
        return dict(self.form.fields)[name]

    def fill(self, **values: str) -> None:
        """Types into fields, or ticks boxes the page did not have ticked."""
        for name, value in values.items():
            present = [index for index, (each, _) in enumerate(self.form.fields) if each == name]
            for index in present:
                self.form.fields[index] = (name, value)
            if not present:
                self.form.fields.append((name, value))

    def choose(self, name: str, text: str) -> None:
        """Picks the option of a drop-down that shows `text`."""
        (value,) = [value for value, shown in self.form.options[name].items() if shown == text]
        self.fill(**{name: value})

    def press(self, button: str, script: str = "oe.pl") -> None:
        """Posts the form; of two fields with one name the program takes the last, so the button wins.

        Buttons stand before the last hidden fields of every form, and so they are posted.
        """
        body = urlencode([*self.form.fields[:-1], ("action", button), *self.form.fields[-1:]])
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self.read(self.client.post(f"{self.url}/{script}", content=body, headers=headers))

    def type_lines(self, lines: Iterable[tuple[str, str, str]]) -> None:
        """Item number, quantity and price per line, each with the Update it needs."""
        for position, (item, quantity, price) in enumerate(lines, 1):
            row = {"partnumber": f'"{item}"', "qty": quantity, "sellprice": price}
            self.fill(**{f"{name}_{position}": value for name, value in row.items()})
            self.press("Update")

    def enter_order(self, customer: str, reference: str, lines: Iterable[tuple[str, str, str]], **fields: str) -> None:
        """A whole order with `reference` as its description, saved."""
        self.new_order()
        self.choose("customer", customer)
        self.press("Update")
        self.fill(description=reference, **fields)
        self.type_lines(lines)
        self.press("Save")

    def read(self, answer: httpx.Response) -> None:
        """Takes in a page; its encoding stands only in a tag the program prints."""
        answer.raise_for_status()
        self.form = FormReader()
        self.form.feed(answer.content.decode("utf-8", errors="replace"))
        self.form.close()
