"""How does Harbour answer? Pages in the old encoding, and errors that claim all is well (HTTP 200)."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Response, request
from jinja2 import Environment, FileSystemLoader

from sandbox.harbour import figures, sessions, texts
from sandbox.harbour.visits import options, release, visit

COOKIE = "HARBOURSESS"

# one for the process: compiling the screens costs more than anything else here
_SCREENS = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("screens")),
    autoescape=True,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
_SCREENS.filters["decimal"] = Decimal


def page(template: str, **values: Any) -> Response:
    """A rendered screen."""
    html = _SCREENS.get_template(template).render(
        release=release(),
        charset=options().charset,
        money=figures.money_text,
        quantity=figures.quantity_text,
        **values,
    )
    return raw_page(html)


def raw_page(html: str, status: int = 200) -> Response:
    """Any HTML in the encoding of the installation."""
    answer = Response(texts.page_bytes(html, options()), status)
    answer.headers["Content-Type"] = f"text/html; charset={options().charset}"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def error_page(message: str, detail: str = "") -> Response:
    """An error instead of the screen; what was typed is only behind the browser's back button."""
    return page("error.html", message=message, detail=detail)


def expired_page() -> Response:
    """The password box that appears inside the frame; it keeps what was submitted and sends it again."""
    kept = {name: value for name, value in visit().fields.items() if name not in ("txtUser2", "txtPass2")}
    user = sessions.last_user(visit().db, request.cookies.get(COOKIE, ""))
    return page("expired.html", user=user, kept=kept, action=request.path, method=request.method)
