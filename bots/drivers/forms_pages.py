"""What stands on a page when no browser draws it? Its elements, read from HTML by the standard library."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser

from bridge.model.profiles import Locator

VOID = {"area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param", "source", "wbr"}
UNSAID = {"head", "script", "style", "noscript", "noframes", "option", "textarea", "title"}
BLOCKS = {"br", "center", "div", "form", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "pre", "table", "td"}
BLOCKS |= {"th", "tr", "ul"}
BUTTON_TYPES = {"submit", "button", "reset", "image"}
CLOSED_BY = {"td": {"td", "th", "tr"}, "th": {"td", "th", "tr"}, "tr": {"tr"}, "option": {"option"}, "li": {"li"}}
_BLANKS = re.compile(r"[\s\u00a0]+")
_STRETCHED = re.compile("([\u2e80-\u9fff]) (?=[\u2e80-\u9fff])")


def plain(text: str) -> str:
    """The text with single blanks."""
    return _BLANKS.sub(" ", text).strip()


def caption(text: str) -> str:
    """The text as a caption is compared: without colons and stars around it, and never stretched by blanks."""
    return _STRETCHED.sub(r"\1", plain(text)).lstrip(" *＊").rstrip(" :：*＊")


@dataclass(eq=False)
class Element:
    """One element; `inside` are its texts and elements in their order, `value` and `checked` what a field holds now.

    `located` is what locators were found to mean in it.
    """

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    inside: list["Element | str"] = field(default_factory=list)
    value: str = ""
    checked: bool = False
    located: dict[Locator, list["Element"]] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """What kind of input it is."""
        return self.attributes.get("type", "text").lower() if self.tag == "input" else ""

    @property
    def is_button(self) -> bool:
        """Whether it is pressed rather than filled."""
        return self.tag == "button" or self.type in BUTTON_TYPES

    @property
    def is_field(self) -> bool:
        """Whether it can be filled by a person."""
        return self.tag in ("select", "textarea") or (self.tag == "input" and not self.is_button and self.is_seen)

    @property
    def is_seen(self) -> bool:
        """Whether a browser would draw it, as far as HTML alone says."""
        return self.type != "hidden" and self.tag not in UNSAID - {"textarea"}

    @cached_property
    def elements(self) -> tuple["Element", ...]:
        """The elements in it at any depth, in their order."""
        return tuple(self._within())

    def _within(self) -> Iterator["Element"]:
        for each in self.inside:
            if isinstance(each, Element):
                yield each
                yield from each._within()  # noqa: SLF001 - of its own kind

    def around(self) -> Iterator["Element"]:
        """The elements it stands in, from the inside out."""
        outer = self.parent
        while outer is not None:
            yield outer
            outer = outer.parent

    def closest(self, *tags: str) -> "Element | None":
        """The innermost element around it with one of these tags."""
        return next((outer for outer in self.around() if outer.tag in tags), None)

    def holds(self, other: "Element") -> bool:
        """Whether the other one is this, or stands in it."""
        return other is self or any(outer is self for outer in other.around())

    @cached_property
    def said(self) -> str:
        """What it says to a reader."""
        if self.tag in UNSAID:
            return ""
        text = "".join(each if isinstance(each, str) else each.said for each in self.inside)
        return f"\n{text}\n" if self.tag in BLOCKS else text

    @cached_property
    def caption(self) -> str:
        """What it says, as captions are compared; a button says its value."""
        return caption(self.value if self.is_button and self.tag == "input" else self.said)

    def shows(self) -> str:
        """What a reader takes from it: a field's content, else its text."""
        if self.tag == "select":
            return plain(self.chosen.said_by_option if self.chosen else "")
        if self.type in ("checkbox", "radio"):
            return "1" if self.checked else ""
        if self.tag in ("input", "textarea"):
            return self.value
        return plain(self.said)

    @property
    def said_by_option(self) -> str:
        """The text of an option."""
        return "".join(each for each in self.inside if isinstance(each, str))

    @property
    def chosen(self) -> "Element | None":
        """The option a select has chosen: the last one that says so, else the first."""
        options = [each for each in self.elements if each.tag == "option"]
        return next((each for each in reversed(options) if each.checked), options[0] if options else None)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("#page", {})
        self._open = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._close_before(tag)
        attributes = {name: value or "" for name, value in attrs}
        new = Element(tag, attributes, self._open, value=attributes.get("value", ""))
        new.checked = "checked" in attributes or "selected" in attributes
        self._open.inside.append(new)
        if tag not in VOID:
            self._open = new

    def _close_before(self, tag: str) -> None:
        """Cells, rows and options need no end; a table inside a cell begins anew."""
        while tag in CLOSED_BY.get(self._open.tag, ()):
            self._open = self._open.parent or self.root

    def handle_endtag(self, tag: str) -> None:
        if self._open.tag == tag or any(outer.tag == tag for outer in self._open.around()):
            while self._open.tag != tag:
                self._open = self._open.parent or self.root
            self._open = self._open.parent or self.root

    def handle_data(self, data: str) -> None:
        self._open.inside.append(data)
        if self._open.tag == "textarea":
            self._open.value += data.removeprefix("\n") if not self._open.value else data


def read_page(html: str) -> Element:
    """The page as a tree of elements."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


def fields_of(form: Element, pressed: Element | None) -> list[tuple[str, str]]:
    """What the form sends when that button of it is pressed, as the HTML specification has it."""
    fields = []
    for each in form.elements:
        name, value = each.attributes.get("name", ""), _sent_by(each, pressed)
        if name and value is not None and "disabled" not in each.attributes:
            fields.append((name, value))
    return fields


def _sent_by(each: Element, pressed: Element | None) -> str | None:
    if each.tag == "select":
        chosen = each.chosen
        return None if chosen is None else chosen.attributes.get("value", plain(chosen.said_by_option))
    if each.type in ("checkbox", "radio"):
        return (each.attributes.get("value", "on")) if each.checked else None
    if each.is_button:
        return each.value if each is pressed else None
    return each.value if each.tag in ("input", "textarea") else None
