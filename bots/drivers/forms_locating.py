"""Which element of a page does a locator mean? The same locators as in a browser, on a page that nobody draws."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from bots.drivers.forms_pages import Element, caption
from bridge.errors import BridgeError, InvalidConfig, TargetAmbiguous, TargetNotFound
from bridge.locale import Phrase, fault
from bridge.model.profiles import Locator, Screen

Test = Callable[[Element], bool]
Step = tuple[str, tuple[Test, ...]]

ROLES: dict[str, Test] = {
    "button": lambda each: each.is_button,
    "link": lambda each: each.tag == "a" and "href" in each.attributes,
    "textbox": lambda each: each.is_field and each.tag != "select" and each.type not in ("checkbox", "radio"),
    "combobox": lambda each: each.tag == "select",
    "checkbox": lambda each: each.type == "checkbox",
    "radio": lambda each: each.type == "radio",
    "heading": lambda each: each.tag in ("h1", "h2", "h3", "h4", "h5", "h6"),
    "cell": lambda each: each.tag in ("td", "th"),
}
_SIMPLE = re.compile(
    r"(?P<tag>[a-z][a-z0-9]*|\*)|#(?P<id>[\w-]+)|\.(?P<class>[\w-]+)|:nth-child\((?P<nth>\d+)\)"
    r"|\[(?P<name>[\w-]+)(?:(?P<how>[~|^$*]?=)(?P<quote>['\"]?)(?P<value>[^'\"\]]*)(?P=quote))?\]"
)
_COMPARED: dict[str, Callable[[str, str], bool]] = {
    "=": lambda found, wanted: found == wanted,
    "^=": lambda found, wanted: found.startswith(wanted),
    "$=": lambda found, wanted: found.endswith(wanted),
    "*=": lambda found, wanted: wanted in found,
    "~=": lambda found, wanted: wanted in found.split(),
    "|=": lambda found, wanted: found == wanted or found.startswith(f"{wanted}-"),
}


@dataclass(frozen=True)
class Hit:
    """What the locators of a target find: an element and the position of its locator, or how many there are."""

    element: Element | None
    position: int | None
    count: int
    locator: str


def locate(root: Element, locators: Sequence[Locator]) -> Hit:
    """The first locator that finds exactly one wins, unless another one finds something else."""
    found = [candidates(root, locator) for locator in locators]
    position = next((place for place, elements in enumerate(found) if len(elements) == 1), None)
    if position is None:
        count = max(map(len, found), default=0)
        return Hit(None, None, count, next((str(locators[at]) for at in range(len(found)) if len(found[at])), ""))
    (element,) = found[position]
    for place, elements in enumerate(found):
        if elements and not any(one.holds(element) or element.holds(one) for one in elements):
            return Hit(None, None, 2, f"{locators[position]} | {locators[place]}")
    return Hit(element, position, 1, str(locators[position]))


def anchored(root: Element, anchor: Sequence[Locator]) -> bool:
    """Whether the page is the screen with that anchor; one of its locators is enough."""
    return any(len(candidates(root, locator)) == 1 for locator in anchor)


def rows_of(root: Element, locators: Sequence[Locator]) -> list[Element]:
    """The rows of a grid, by the first locator that finds any."""
    return next((found for found in (candidates(root, locator) for locator in locators) if found), [])


def missing(name: str, screen: Screen, hit: Hit) -> BridgeError:
    """Why a target is not believed to be there."""
    if hit.count:
        return TargetAmbiguous(target=name, screen=screen.name, count=hit.count, locator=hit.locator)
    return TargetNotFound(target=name, screen=screen.name)


def candidates(root: Element, locator: Locator) -> list[Element]:
    """Every element that the locator means, once each; a page is never rebuilt, so it is asked once."""
    if locator not in root.located:
        found = _FINDERS[locator.strategy](root, locator) if locator.strategy in _FINDERS else []
        root.located[locator] = [each for each in dict.fromkeys(found) if each.is_seen]
    return root.located[locator]


# --- by selector ----------------------------------------------------------------------------------------------------


def _by_css(root: Element, locator: Locator) -> Iterable[Element]:
    ways = [_steps(part.strip()) for part in locator.value.split(",")]
    return [each for each in root.elements if any(_matches(each, steps, root) for steps in ways)]


@cache
def _steps(selector: str) -> tuple[Step, ...]:
    """The selector's parts from the last to the first, each with how it stands to the one after it."""
    parts = re.split(r"\s*(>)\s*|\s+(?![^\[]*\])", selector)
    steps: list[Step] = []
    how = ""
    for part in reversed([each for each in parts if each]):
        if part == ">":
            how = ">"
        else:
            steps.append((how, _tests(part)))
            how = " "
    return tuple(steps)


def _tests(part: str) -> tuple[Test, ...]:
    tests, at = [], 0
    while at < len(part):
        match = _SIMPLE.match(part, at)
        if match is None:
            raise InvalidConfig.of([fault("selectors: css", Phrase("{name} is no selector", name=repr(part)))])
        tests.append(_test(match))
        at = match.end()
    return tuple(tests)


def _test(match: re.Match[str]) -> Test:
    wanted = match.groupdict("")
    if wanted["tag"]:
        return lambda each: wanted["tag"] in ("*", each.tag)
    if wanted["id"]:
        return lambda each: each.attributes.get("id") == wanted["id"]
    if wanted["class"]:
        return lambda each: wanted["class"] in each.attributes.get("class", "").split()
    if wanted["nth"]:
        return lambda each: _place(each) == int(wanted["nth"])
    if not wanted["how"]:
        return lambda each: wanted["name"] in each.attributes
    compared = _COMPARED[wanted["how"]]
    return lambda each: wanted["name"] in each.attributes and compared(each.attributes[wanted["name"]], wanted["value"])


def _place(each: Element) -> int:
    siblings = [one for one in each.parent.inside if isinstance(one, Element)] if each.parent else [each]
    return next(place for place, one in enumerate(siblings, 1) if one is each)


def _matches(each: Element, steps: tuple[Step, ...], root: Element) -> bool:
    (_, tests), *rest = steps
    if not all(test(each) for test in tests):
        return False
    if not rest:
        return True
    outer = list(each.around())
    near = outer[:1] if rest[0][0] == ">" else outer
    return any(_matches(one, tuple(rest), root) for one in near)


# --- by what stands there -------------------------------------------------------------------------------------------


def _by_name(root: Element, locator: Locator) -> Iterable[Element]:
    return [each for each in root.elements if each.attributes.get("name") == locator.value]


def _by_text(root: Element, locator: Locator) -> Iterable[Element]:
    """The smallest elements that say just that."""
    wanted = caption(locator.value)
    saying = [each for each in root.elements if wanted and each.caption == wanted]
    return [each for each in saying if not any(one.parent is not None and each in one.around() for one in saying)]


def _by_label(root: Element, locator: Locator) -> Iterable[Element]:
    wanted = caption(locator.value)
    labels = [each for each in root.elements if each.tag == "label" and each.caption == wanted]
    for label in labels:
        tied = label.attributes.get("for")
        within = root.elements if tied else label.elements
        fields = [each for each in within if each.is_field and (not tied or each.attributes.get("id") == tied)]
        yield from fields if tied else fields[:1]
    yield from (each for each in root.elements if caption(each.attributes.get("aria-label", "")) == wanted != "")


def _no_role(_: Element) -> bool:
    return False


def _by_role(root: Element, locator: Locator) -> Iterable[Element]:
    test, wanted = ROLES.get(locator.value, _no_role), caption(locator.name)
    return [each for each in root.elements if test(each) and wanted in ("", each.caption)]


def _by_near(root: Element, locator: Locator) -> Iterable[Element]:
    """The fields of the next cell that has any, else the value in the next cell; only tables are read so."""
    if locator.side != "right":
        return
    for label in _by_text(root, locator):
        cell = label if label.tag in ("td", "th") else label.closest("td", "th")
        if cell is not None and not label.is_button:
            yield from _in_cells(cell)


def _in_cells(cell: Element) -> Iterable[Element]:
    siblings = [one for one in cell.parent.inside if isinstance(one, Element)] if cell.parent else []
    for other in siblings[siblings.index(cell) + 1 :]:
        fields = [each for each in other.elements if each.is_field]
        if fields:
            return fields
        if other.caption or "id" in other.attributes:
            return [other]
    return siblings[siblings.index(cell) + 1 :][:1]


_FINDERS: dict[str, Callable[[Element, Locator], Iterable[Element]]] = {
    "css": _by_css,
    "name": _by_name,
    "text": _by_text,
    "label": _by_label,
    "role": _by_role,
    "near": _by_near,
}
