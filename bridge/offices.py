"""Where does this installation issue its statements, and what does it remember of them?"""

from bridge.app import App
from bridge.reports.issuings import Office


def office_of(app: App) -> Office:
    """The office of the installation: statements lie among its reports, and nowhere else."""
    folder, store = app.data / "reports", app.store
    return Office(folder, app.evidence_folder, app.language, store.statements, store.annotations)
