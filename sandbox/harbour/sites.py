"""Which screens does Harbour have, and what is asked of every visitor? The program as a whole."""

from collections.abc import Callable

from flask import Flask, Response, g, request

from sandbox.harbour import (
    controls,
    desks,
    enquiries,
    entries,
    guards,
    lookups,
    master_screens,
    sign_ons,
    tables,
    texts,
)
from sandbox.harbour.faults import Fault, FaultBook
from sandbox.harbour.gates import FAULTS
from sandbox.harbour.options import Options
from sandbox.harbour.visits import BOOK, OPTIONS, Visit, visit

_SCREENS = (sign_ons, desks, entries, enquiries, lookups, master_screens, controls)


def create_site(options: Options, book: FaultBook) -> Flask:
    """The Flask application; the database must have its tables."""
    site = Flask(__name__, static_folder=None)
    site.extensions[OPTIONS] = options
    site.extensions[BOOK] = book
    for screens in _SCREENS:
        site.register_blueprint(screens.blueprint)
    site.before_request(_open_visit(options))
    site.before_request(guards.arrive)
    site.after_request(guards.depart)
    site.teardown_request(_close_visit)
    return site


def _open_visit(options: Options) -> Callable[[], Response | None]:
    def open_visit() -> Response | None:
        faults: dict[str, Fault] = request.environ.get(FAULTS, {})
        submitted = texts.fields(request.query_string, options)
        if request.method == "POST" and not request.is_json:
            submitted |= texts.fields(request.get_data(), options)
        g.visit = Visit(tables.connect(options.database), submitted, faults)
        return None

    return open_visit


def _close_visit(_: BaseException | None) -> None:
    if "visit" in g:
        visit().db.close()
