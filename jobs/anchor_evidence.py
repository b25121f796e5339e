"""With which hashes did all packets end today? One record says so, and is copied outside this store."""

from bridge.app import App
from bridge.errors import ApplicationError
from bridge.job_reports import JobReport
from bridge.store.evidence.anchors import Anchors


def run(app: App) -> JobReport:
    """Anchor every head the ledger knows; a copy that could not be delivered is delivered by the next run."""
    heads = app.store.ledger.packet_heads()
    now = app.clock.now()
    anchors = Anchors(app.evidence_folder, app.settings.evidence.anchor_folder)
    troubles: list[str] = []
    try:
        anchors.append(heads, now.date(), now)
    except ApplicationError as error:
        troubles.append(error.worded(app.language))
    return JobReport("anchor_evidence", {"packets": len(heads)}, tuple(troubles))
