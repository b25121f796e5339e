"""How is a document asked? In the words of the locating scripts, and an error of the browser never escapes."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import ElementHandle, Error, Frame, JSHandle

from bridge.errors import InvalidConfig
from bridge.locale import Phrase, fault
from bridge.model.profiles import Grid, Locator, Target

_PARTS = ("web_locating.js", "web_nearness.js", "web_stillness.js", "web_reading.js")
_NO_SELECTOR = re.compile(r"erpbridge-selector\[(.*)\]")


_ELEMENTS = """(all) => {
  const found = window.__erpbridge ? all.map(([question, ...given]) => window.__erpbridge[question](...given)) : [];
  return all.length === 1 ? found[0] : found;
}"""


def locating_script() -> str:
    """The scripts that find targets, as one that a document runs before its own."""
    parts = (Path(__file__).with_name(part).read_text(encoding="utf-8") for part in _PARTS)
    return "\n".join(["(() => {", "if (window.__erpbridge) return;", *parts, "})();"])


def ask(frame: Frame, question: str, *given: Any) -> Any:
    """What the document answers; None while the frame is between two documents, or gone.

    Raises InvalidConfig where a css locator is no selector.
    """
    try:
        return frame.evaluate(f"(given) => window.__erpbridge ? window.__erpbridge.{question}(...given) : null", given)
    except Error as error:
        _check_selector(error)
        return None


def elements(frame: Frame, questions: Sequence[tuple[Any, ...]]) -> list[ElementHandle | None] | None:
    """The elements that answer the questions, in one round trip; None where no document is there."""
    try:
        found = frame.evaluate_handle(_ELEMENTS, [list(question) for question in questions])
        handles = [found.as_element()] if len(questions) == 1 else _inside(found)
    except Error as error:
        _check_selector(error)
        return None
    return handles if len(handles) == len(questions) else None


def _inside(list_of_elements: JSHandle) -> list[ElementHandle | None]:
    return [handle.as_element() for handle in list_of_elements.get_properties().values()]


def plain(locators: Sequence[Locator]) -> list[dict[str, str]]:
    """Locators as the scripts read them."""
    return [{"strategy": x.strategy, "value": x.value, "name": x.name, "side": x.side} for x in locators]


def plain_targets(targets: Sequence[Target] | Mapping[str, Target]) -> dict[str, list[dict[str, str]]]:
    """Targets as the scripts read them, by their own names or by the names given."""
    named = targets if isinstance(targets, Mapping) else {target.name: target for target in targets}
    return {name: plain(target.locators) for name, target in named.items()}


def plain_grid(grid: Grid) -> dict[str, Any]:
    """A grid as the scripts read it."""
    columns = [{"name": column.name, "locators": plain(column.locators)} for column in grid.columns]
    return {"row": plain(grid.row), "columns": columns}


def _check_selector(error: Error) -> None:
    found = _NO_SELECTOR.search(error.message)
    if found:
        raise InvalidConfig.of(
            [fault("selectors: css", Phrase("{name} is no selector", name=repr(found[1])))]
        ) from None
