"""How does the shipped installation get a CRM and an ERP to work with? Toys at the addresses that it expects."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from bridge.app import App
from bridge.cli.interruptions import ends_politely
from bridge.cli.outputs import console_of, say
from bridge.errors import InvalidConfig
from bridge.locale import Phrase, fault
from bridge.toys.samples import PASSWORD, USER, keep_secrets, load_orders, make_known
from bridge.toys.sandboxes import FOLDER, LOADED, Sandbox, sandbox

CRM, ERP = "sandbox", "harbour"
HERE = ("127.0.0.1", "localhost")
POLL = 0.5


def add_to(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("sandbox", help=say("Run a toy CRM and a toy ERP for this installation until stopped."))(play)


def play(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help=say("Print one JSON object."))] = False,
) -> None:
    """Serve both at the configured addresses; real orders and their master data are loaded the first time."""
    console = console_of(context)
    app = console.open_app()
    with ends_politely(console, app.stopping, quiet=True), _playground(app) as (crm, erp):
        if as_json:
            record = {"crm": crm.url, "erp": erp.url, "user": USER, "password": PASSWORD, "data": str(_folder(app))}
            console.json({"ok": True, **record})
        else:
            console.line(say("The toy CRM answers at {address}.", address=crm.url))
            facts = {"address": erp.url, "user": USER, "password": PASSWORD}
            console.line(say("The toy ERP answers at {address}; sign on as {user} with {password}.", **facts))
            console.line(say("Start `erpbridge serve` beside it; stop with Ctrl-C."))
        _wait(app.stopping)


@contextmanager
def _playground(app: App) -> Iterator[tuple[Sandbox, Sandbox]]:
    crm_port, erp_port = _ports(app)
    folder = _folder(app)
    loaded = folder / LOADED
    if not loaded.exists():
        _clear(folder)
    with (
        sandbox("crm", folder / "crm.sqlite", crm_port) as crm,
        sandbox(ERP, folder / "harbour.sqlite", erp_port) as erp,
    ):
        keep_secrets(app.settings)
        if not loaded.exists():
            load_orders(crm)
            reader, _ = app.crm(CRM)
            make_known(erp, (order for page in reader.changed_orders(None) for order in page.orders))
            loaded.touch()
        yield crm, erp


def _folder(app: App) -> Path:
    return app.data / FOLDER


def _clear(folder: Path) -> None:
    """Begin anew where the loading never came to its end."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.sqlite*"):
        path.unlink()


def _ports(app: App) -> tuple[int, int]:
    """Where the installation expects CRM and ERP; raises InvalidConfig where that is not on this machine."""
    crm = app.settings.crms.get(CRM, {}).get("client", {}).get("base_url", "")
    erp = app.settings.erps[ERP].address if ERP in app.settings.erps else ""
    keys = {f"crms.{CRM}.client.base_url": urlsplit(str(crm)), f"erps.{ERP}.address": urlsplit(erp)}
    faults = [
        fault(key, Phrase("the sandbox needs an address of this machine with a port, such as http://127.0.0.1:8701"))
        for key, address in keys.items()
        if address.hostname not in HERE or not address.port
    ]
    if faults:
        raise InvalidConfig.of(faults)
    crm_port, erp_port = (address.port or 0 for address in keys.values())
    return crm_port, erp_port


def _wait(stopping: threading.Event) -> None:
    while not stopping.wait(POLL):
        pass
