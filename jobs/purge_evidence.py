"""Which pictures are older than they may be kept? They go, and a tombstone in each chain says which and why."""

from datetime import timedelta

from bridge.app import App
from bridge.job_reports import JobReport


def run(app: App) -> JobReport:
    """Purge by the installation's rule; each packet's new head goes into the ledger before its files go."""
    days = app.settings.evidence.keep_days
    before = app.clock.now() - timedelta(days=days)
    packets = files = 0
    for purged in app.evidence.purge(before, f"keep_days={days}"):
        app.store.ledger.note_purge(purged.packet, purged.head)
        packets += 1
        files += purged.files
    return JobReport("purge_evidence", {"packets": packets, "files": files})
