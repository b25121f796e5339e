"""Is this installation fit to work? Every fault at once, each with its file and key."""

import importlib
from collections.abc import Callable, Iterator
from typing import Any

from bridge.app import App
from bridge.cli.languages import language
from bridge.cli.outputs import Console
from bridge.engine.seat_processes import require_procedures
from bridge.errors import BridgeError, InvalidConfig
from bridge.scheduler import require_functions
from bridge.settings import secret


def check_installation(console: Console) -> list[str]:
    """The faults of configuration, selectors, schedule, secrets, ledger and browser."""
    try:
        app = console.open_app()
    except InvalidConfig as error:
        return _lines(error)
    faults: list[str] = []
    for check in _checks(app):
        try:
            check()
        except BridgeError as error:
            faults += _lines(error)
    return list(dict.fromkeys(faults))


def _checks(app: App) -> Iterator[Callable[[], object]]:
    yield lambda: app.crm_specs
    yield lambda: require_functions(app)
    yield lambda: app.store
    for crm in app.settings.crms:
        yield lambda crm=crm: app.crm(crm)  # type: ignore[misc]
    for target in app.settings.notices.to:
        yield lambda target=target: secret(f"notice.{target}", app.settings)  # type: ignore[misc]
    for erp, settings in app.settings.erps.items():
        for user in settings.seat_users:
            yield lambda erp=erp, user=user: app.password(erp, user)  # type: ignore[misc]
        yield lambda erp=erp: require_procedures(app.profile(erp))  # type: ignore[misc]
        yield lambda erp=erp: app.plan(erp, app.profile(erp))  # type: ignore[misc]
        yield lambda erp=erp: _surface(app, erp)  # type: ignore[misc]


def _surface(app: App, erp: str) -> None:
    """The surface's own check, by the dotted name of its driver package."""
    preflight = importlib.import_module("bots.drivers").preflight
    preflight(app.plan(erp, app.profile(erp)))


def _lines(error: BridgeError) -> list[str]:
    if isinstance(error, InvalidConfig):
        return error.lines(language())
    return [error.worded(language())]


def check_live(app: App, erp: str) -> list[dict[str, Any]]:
    """Open the ERP's screens and say which locator finds each target; a later locator than the first is drift."""
    with app.place(erp) as place:
        hits = place.seat().locate_all()
    optional = {
        (screen.name, target.name)
        for screen in app.profile(erp).screens.values()
        for target in screen.targets.values()
        if target.optional
    }
    return [
        {
            "screen": hit.screen,
            "target": hit.target,
            "locator": hit.locator,
            "state": _state(hit.position, optional=(hit.screen, hit.target) in optional),
        }
        for hit in hits
    ]


def _state(position: int | None, *, optional: bool) -> str:
    if position is None:
        return "absent" if optional else "missing"
    return "found" if position == 0 else "drift"
