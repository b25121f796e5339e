"""Which page is asked for next? A place is a small JSON value, so that reading can go on there another day."""

from collections.abc import Mapping
from typing import Any, assert_never

import httpx

from bridge.crm.endpoints import (
    CursorPages,
    HeaderLink,
    JsonLink,
    KeysetPages,
    NumberedPages,
    OffsetPages,
    Paginator,
    SinglePage,
)
from bridge.crm.paths import ABSENT
from bridge.crm.templates import fill
from bridge.crm.transports import Answer

Place = dict[str, Any]


def first_place(paginator: Paginator, values: Mapping[str, Any]) -> Place:
    """Where every reading begins."""
    match paginator:
        case KeysetPages():
            return {name: fill(value, values) for name, value in paginator.initial.items()}
        case OffsetPages():
            return {"offset": 0}
        case NumberedPages():
            return {"page": paginator.base_page}
        case SinglePage() | JsonLink() | HeaderLink() | CursorPages():
            return {}
        case _:
            assert_never(paginator)


def next_place(paginator: Paginator, place: Place, answer: Answer, records: list[Any]) -> Place | None:
    """Where the following page begins; None behind the last one."""
    match paginator:
        case JsonLink():
            return _linked(answer, paginator.next_url_path.find(answer.data))
        case HeaderLink():
            return _linked(answer, _header_link(answer, paginator.links_next_key))
        case CursorPages():
            cursor = paginator.cursor_path.find(answer.data)
            ended = cursor in (None, ABSENT, "", False) or _short(records, paginator.stop_when_shorter_than)
            return None if ended else {"cursor": cursor}
        case KeysetPages() if not _short(records, paginator.stop_when_shorter_than or 1):
            return {name: path.find(records[-1]) for name, path in paginator.keys.items()}
        case OffsetPages() | NumberedPages() if records:
            return {name: number + (len(records) if name == "offset" else 1) for name, number in place.items()}
        case _:
            return None


def page_params(paginator: Paginator, place: Place) -> dict[str, str]:
    """The parameters that ask for the place, besides those the endpoint writes itself."""
    match paginator:
        case OffsetPages():
            return {paginator.offset_param: str(place["offset"]), paginator.limit_param: str(paginator.limit)}
        case NumberedPages():
            return {paginator.page_param: str(place["page"])}
        case CursorPages() if paginator.cursor_param and "cursor" in place:
            return {paginator.cursor_param: str(place["cursor"])}
        case _:
            return {}


def with_cursor(paginator: Paginator, place: Place, body: Any) -> Any:
    """The body with the cursor at its place in it, where the CRM wants it there."""
    if isinstance(paginator, CursorPages) and paginator.cursor_body_path and "cursor" in place:
        return _put(body, paginator.cursor_body_path.split("."), place["cursor"])
    return body


def _put(body: Any, names: list[str], value: Any) -> Any:
    if not names:
        return value
    table = body if isinstance(body, dict) else {}
    return {**table, names[0]: _put(table.get(names[0]), names[1:], value)}


def _linked(answer: Answer, link: Any) -> Place | None:
    """The page a link leads to, reckoned from the page it stands on."""
    if not isinstance(link, str) or not link:
        return None
    try:
        return {"url": str(answer.url.join(link))}
    except httpx.InvalidURL:
        return {"url": link}


def _header_link(answer: Answer, key: str) -> Any:
    for link in answer.headers.get("link", "").split(","):
        address, *parts = link.split(";")
        if any(part.strip().replace('"', "") == f"rel={key}" for part in parts):
            return address.strip().strip("<>")
    return None


def _short(records: list[Any], length: int | None) -> bool:
    return length is not None and len(records) < length
