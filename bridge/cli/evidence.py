"""Is the evidence as it was written? Asked for one packet, one order, or everything."""

from pathlib import Path
from typing import Annotated, Any

import typer

from bridge.app import App
from bridge.cli.languages import language
from bridge.cli.outputs import console_of, say
from bridge.errors import FileUnreadable
from bridge.locale import Phrase
from bridge.store.evidence.audits import verify_all
from bridge.store.evidence.verifications import verify_packet

group = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


@group.callback()
def evidence() -> None:
    """Keeps `verify` a command of its own name."""


@group.command("verify", help=say("Verify one packet (a folder), all packets of an order, or --all."))
def verify(
    context: typer.Context,
    what: Annotated[
        str | None, typer.Argument(help=say("A packet's folder, an order reference or an order number."))
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help=say("Verify everything, and the anchors."))] = False,
    as_json: Annotated[bool, typer.Option("--json", help=say("Print one JSON object."))] = False,
) -> None:
    """Name every file or entry that was changed, removed, reordered or cut off; exit status 0 where there is none."""
    console = console_of(context)
    app = console.open_app()
    if everything or what is None:
        outside = app.settings.evidence.anchor_folder
        audit = verify_all(app.evidence_folder, app.store.ledger.packet_heads(), outside)
        record: dict[str, Any] = audit.record()
        verdicts, loose = list(audit.verdicts), list(audit.findings)
    else:
        verdicts = [verify_packet(folder, _head(app, folder)) for folder in _packets(app, what)]
        loose = []
        record = {"packets": [verdict.record() for verdict in verdicts]}
    findings = [(verdict.packet, finding) for verdict in verdicts for finding in verdict.findings]
    findings += [("", finding) for finding in loose]
    intact = all(finding.torn for _, finding in findings)
    record["intact"] = intact
    if as_json:
        console.json(record)
    else:
        for packet, finding in findings:
            console.line(f"{packet}: {finding.worded(language())}" if packet else finding.worded(language()))
        count = len(verdicts)
        whole = say("Packets: {count}. All are as they were written.", count=count)
        console.line(whole if intact else say("Packets: {count}. Not all are as they were written.", count=count))
    if not intact:
        raise typer.Exit(1)


def _packets(app: App, what: str) -> list[Path]:
    folder = Path(what)
    if folder.is_dir():
        return [folder]
    reference = app.store.ledger.find(what).reference
    found = list(app.evidence.find(reference))
    if not found:
        raise FileUnreadable(path=what, why=Phrase("there is no evidence of it"))
    return found


def _head(app: App, folder: Path) -> str | None:
    try:
        path = folder.resolve().relative_to(app.evidence_folder.resolve()).as_posix()
    except ValueError:
        return None
    return app.store.ledger.packet_heads().get(path)
